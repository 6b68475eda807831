/* event.c - the table of what may stand in a log: what it means, why it comes, what to do.
 *
 * In order of number.  Each entry has the same form, as conf/build-aux/messages.sh reads it, too. */
#include "build.h"

#include "engine/event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define E MST_LOG_ERROR
#define W MST_LOG_WARNING
#define I MST_LOG_INFO
#define D MST_LOG_DEBUG

const struct mstc_event_about mstc_events[] = {
        { MSTC_EVENT_CLOCK_BACK, W, "run",
          "The clock was put back, and waits that began in the future are over.",
          "The system's clock stood ahead when somebody's wait began, and was set right later: by that "
          "wait he would have stayed days too long.",
          "Nothing for these waits. Let a time service (chrony, systemd-timesyncd) keep the clock." },
        { MSTC_EVENT_RUN_FAILED, E, "run",
          "The run could not do its work; the sentence tells why.",
          "The source could not be read, the store could not be written, or something else that the "
          "whole run depends on failed. What was written to sinks before that is known.",
          "Do what the sentence says, then run muster sync again: it goes on from where this one "
          "stopped. If the cause is not clear, muster check --online asks every connector." },
        { MSTC_EVENT_CONFIG_EFFECT, I, "run",
          "The configuration has changed, and what that means is planned first, as a run of its own.",
          "A scope, map, rule or option that results depend on is not as it was in the last run.",
          "Nothing. A guard may hold what the change would remove: muster holds." },
        { MSTC_EVENT_MORE_ALIKE, W, "run",
          "There were more warnings of kinds that had been shown often enough.",
          "Many people or groups have the same trouble; the first of each kind were shown.",
          "See all of them with muster log RUN." },
        { MSTC_EVENT_PUT_ASIDE, E, "run",
          "A source or sink could not be used, and this run went on without it.",
          "The connector could not reach its service, sign in there, or do what it was asked, as the "
          "sentence tells. What belongs there stays to be done.",
          "Mend what the sentence names and see with muster check --online. The next run tries again; "
          "a sink in quarantine is tried at the time that muster status shows, or after muster retry." },
        { MSTC_EVENT_TRIAL_PASSED, I, "run",
          "A sink that was in quarantine works again.",
          "A few ops were sent to it on trial and all were done.",
          "Nothing." },
        { MSTC_EVENT_PAST_DROPPED, I, "run",
          "Old runs were dropped from the store, with their logs and what they did.",
          "They are older than <retention days> says, or the store is larger than its size.",
          "Nothing. Keep more with <retention>; what is dropped cannot be undone any more." },
        { MSTC_EVENT_PAST_STAYS, W, "run",
          "Old runs could not be dropped from the store.",
          "The store could not be written, as the sentence tells: a full disk, for instance.",
          "Do what the sentence says; it is tried again after the next run." },
        { MSTC_EVENT_RECORD_BAD, W, "pull",
          "A record of the source could not be used and was put aside.",
          "The source gave something that is no good record: a value of the wrong type, too long, or "
          "without an id. Whoever it is stays in every sink as he is.",
          "Correct the record at the source. It is asked for again by itself." },
        { MSTC_EVENT_RECORDS_BAD, W, "pull",
          "More records were put aside than are shown one by one.",
          "As for MST-1010, with more than twenty in one run.",
          "Look at the first ones; many of them mostly have one cause at the source." },
        { MSTC_EVENT_CURSOR_EXPIRED, W, "pull",
          "The source does not know any more how far it was read.",
          "The place marker is too old for the service, because no sync has run for days, or the service "
          "has dropped it.",
          "Nothing, unless on-expired=\"stop\" is set: then run muster reset SYNC. Let syncs run more "
          "often if it happens again." },
        { MSTC_EVENT_READ_AGAIN, I, "pull",
          "The source is read from its beginning.",
          "The place where it was left is lost, see MST-1012. Who has not changed costs nothing more.",
          "Nothing." },
        { MSTC_EVENT_NAMELESS, I, "pull",
          "Everything is read again, because a record of an earlier run did not say whom it was about.",
          "The source gave a damaged record without an id; only a full read finds out whose it was.",
          "Nothing. If it comes with every run, report it to the source's maker." },
        { MSTC_EVENT_ROUND_GOES_ON, I, "pull",
          "An earlier run was cut off while it read; this one goes on from there.",
          "The earlier run was stopped, killed, or lost its connection.",
          "Nothing." },
        { MSTC_EVENT_ROUND_ANEW, W, "pull",
          "The place where an earlier run was cut off is gone; reading starts again.",
          "The service keeps places inside a read for a short time only.",
          "Nothing." },
        { MSTC_EVENT_BAD_NOT_ASKED, W, "pull",
          "Records that could not be read before could not be asked for again.",
          "The source failed when it was asked for single records.",
          "Nothing at first: they are asked for again later. If it stays, muster check --online." },
        { MSTC_EVENT_BAD_MENDED, I, "pull",
          "Records that could not be read before are good now.",
          "They were corrected at the source, or the damage was on the way.",
          "Nothing." },
        { MSTC_EVENT_ABSENT_UNSURE, W, "pull",
          "Records were not named by the source, and nobody is taken as gone because of that.",
          "Other records of the same read could not be used: those who are missing may be among them.",
          "Mend the records of MST-1010; the next full read decides." },
        { MSTC_EVENT_ABSENT, I, "pull",
          "A full read did not name records that were known.",
          "They have left the source, or its scope. Where the source can be asked for single ones, it is.",
          "Nothing if so many have left; the guards look at what follows from it." },
        { MSTC_EVENT_SHRUNK, W, "guards",
          "The source names far fewer people or groups than are known, and the read is held.",
          "The source is not whole: a filter was changed, a right was taken away, the wrong tenant was "
          "asked. Or so many have really left.",
          "Look at the source. If the number is right: muster approve HOLD --expect NUMBER. If not, mend "
          "the source and sync again; nobody has been touched." },
        { MSTC_EVENT_MEMBERS_UNSURE, W, "pull",
          "Part of what was read could not be told, and nobody is taken out of groups because of it.",
          "A damaged record may have spoken of members.",
          "Mend the records of MST-1010; the next read decides." },
        { MSTC_EVENT_CHOSEN_MISSING, W, "pull",
          "The source answered for fewer people than were chosen with --user.",
          "Some of them do not exist there, or the source may not read them.",
          "Look at what was typed; muster explain USER tells what is known." },
        { MSTC_EVENT_STRANGERS, W, "plan",
          "Somebody named by <include> or <exclude> does not exist at the source.",
          "The name is mistyped, or that person has left.",
          "Correct or remove the name in the configuration." },
        { MSTC_EVENT_THERE_AFTER_ALL, W, "pull",
          "The source left somebody out when it was read as a whole, and says that he is there.",
          "Who was not named is asked for by id before anything follows from it; the answer was that "
          "he is there. The listing was not whole, whatever its end said.",
          "Nobody was removed. Look after the source: a filter, a right or a limit of the server may "
          "keep people out of its listings, and new ones would be missed there." },
        { MSTC_EVENT_READ_ALL, I, "pull",
          "Everybody is read, although the source could tell what has changed.",
          "It was long ago that everybody was read (read-all), or somebody was missing when it was "
          "done and would be deleted if he is missing a second time.",
          "Nothing. Unchanged people cost nothing but the reading." },
        { MSTC_EVENT_NOT_READ, W, "pull",
          "The source has not been read to its end for days.",
          "Every run since then failed while reading. Many sources forget after some days what has "
          "changed (Entra: 7 days); then everything is read anew.",
          "Mend what the error of the run tells." },
        { MSTC_EVENT_SINK_LISTED, I, "plan",
          "Everything that the sink holds was read, to find the objects that belong to people.",
          "There were many people without an object of their own in this sink, as in a first run.",
          "Nothing." },
        { MSTC_EVENT_DUPLICATE, W, "plan",
          "Somebody has an object in the sink already that is not ours, and it was left alone.",
          "An object there has the same match value, and on-existing=\"adopt\" is not set; or several "
          "have it, or it belongs to somebody else.",
          "See muster duplicates. Adopt it with on-existing=\"adopt\", or change or remove the object." },
        { MSTC_EVENT_SCOPE_UNSURE, W, "plan",
          "Whether somebody is in scope cannot be told, so he stays as he is.",
          "The scope's rule cannot be answered for his values, as the sentence tells.",
          "Correct the value at the source or the rule; muster explain USER shows how it is answered." },
        { MSTC_EVENT_VALUE, W, "plan",
          "A value that a map makes cannot be used as it is, or a required one is missing.",
          "A map gives something for this person that the sink's attribute cannot hold.",
          "muster explain USER shows the value and where it comes from; correct the map or the source." },
        { MSTC_EVENT_RETRY, I, "apply",
          "An op failed for now and is tried again later.",
          "The sink was busy, throttled us, or the connection broke before anything was done.",
          "Nothing. muster status counts what waits; muster retry does it with the next run." },
        { MSTC_EVENT_PARKED, W, "apply",
          "An op was refused by the sink and is put aside; all others go on.",
          "The sink does not accept it, as the sentence after the colon tells: a value that breaks its "
          "rules, a name that is taken, a right that is missing.",
          "Correct what the sentence names, at the source, in the map, or in the sink. The op is made "
          "anew when the person changes; muster retry USER does it with the next run." },
        { MSTC_EVENT_NEVER_TOUCH, W, "apply",
          "An op was not done because its object is not to be touched.",
          "A <never-touch> rule holds for the object, or we neither made nor adopted it.",
          "Nothing if that is meant; else change the rule." },
        { MSTC_EVENT_NAME_FREE, I, "apply",
          "A name has become free, and ops that wanted one are tried again.",
          "Whoever had the name was renamed or deleted in this run.",
          "Nothing." },
        { MSTC_EVENT_OBJECT_GONE, W, "apply",
          "An object of ours is gone from the sink; what to do is planned again.",
          "Somebody deleted or moved it there by hand.",
          "Nothing; it is made anew if the person should be there. Find out who deleted it: a guard "
          "holds it when there are many." },
        { MSTC_EVENT_DOUBT, I, "apply",
          "An op was sent and no answer came; whether it was done is looked up.",
          "The connection broke, or the service took too long.",
          "Nothing: nothing is sent twice before the sink has been looked at." },
        { MSTC_EVENT_LOOKED_UP, I, "apply",
          "Ops of earlier runs that had no answer are looked up in the sink.",
          "See MST-1046; or an earlier run was killed while it wrote.",
          "Nothing." },
        { MSTC_EVENT_CAME_LATE, W, "apply",
          "An object is there after all: a call was carried out after it had been given up.",
          "The service answered a lost call late; the object was found by its stamp and taken over.",
          "Nothing." },
        { MSTC_EVENT_TWICE, E, "apply",
          "Somebody has several objects with our stamp in a sink.",
          "A call whose answer was lost was carried out late, after another one had been made.",
          "Remove the wrong ones in the sink by hand; muster duplicates lists them." },
        { MSTC_EVENT_NOT_AS_LEFT, W, "apply",
          "An object is not as we left it, and is planned anew.",
          "A call whose answer was lost was carried out late, or somebody changed the object by hand.",
          "Nothing." },
        { MSTC_EVENT_GONE_LATE, W, "apply",
          "An object of ours is gone after all, and is planned anew.",
          "A delete whose answer was lost was carried out late, or somebody deleted it by hand.",
          "Nothing." },
        { MSTC_EVENT_HELD, W, "guards",
          "A guard keeps changes back until somebody has decided.",
          "The plan would do more of one thing than the guard lets pass, as the sentence tells.",
          "Look at it with muster holds NUMBER; then muster approve NUMBER, or muster reject NUMBER. "
          "A limit that is too tight is set with <limit>." },
        { MSTC_EVENT_GROUP_AGAIN, I, "groups",
          "A rule makes a group again that none had made for a while.",
          "The configuration changed, or somebody has the value again that a family makes it for.",
          "Nothing." },
        { MSTC_EVENT_GROUP_NO_RULE, I, "groups",
          "No rule makes a group any more that a sink has from us.",
          "Its <group> was taken out of the configuration, or nobody has the value of its family.",
          "Nothing; what becomes of it says the target: keep, empty or delete." },
        { MSTC_EVENT_CARRY_UNSURE, W, "groups",
          "Whether a group of the source is carried cannot be told, so it stays as it is.",
          "The rule that chooses groups cannot be answered for its values.",
          "Correct the rule or the group's values at the source." },
        { MSTC_EVENT_CARRY_CANNOT, W, "groups",
          "A group of the source cannot be carried; the sentence tells why.",
          "The name that is made for it is empty, too long, or another group has it.",
          "Change the template of names, or the group's name at the source." },
        { MSTC_EVENT_CARRY_ENDS, I, "groups",
          "A group of the source is carried no more.",
          "It is gone from the source, or no rule chooses it any more.",
          "Nothing; what becomes of it in the sinks says the target." },
        { MSTC_EVENT_MEMBER_REFUSED, W, "groups",
          "A sink does not let somebody join or leave a group; the others have.",
          "The sink refuses this one member, as the sentence tells.",
          "Correct it in the sink, then muster retry." },
        { MSTC_EVENT_GROUP_GONE, W, "groups",
          "A group of ours is gone from the sink, and is made again.",
          "Somebody deleted it there by hand.",
          "Nothing; if it should not be there, take it out of the configuration." },
        { MSTC_EVENT_OLD_NAMES, W, "groups",
          "Names that members had before could not be taken out of a group.",
          "The sink refuses to remove names that have no object any more.",
          "Remove them by hand if they stay; muster verify shows them." },
        { MSTC_EVENT_GROUP_PARKED, W, "groups",
          "An op for a group was refused and is put aside; all others go on.",
          "The sink does not accept it: a name that is taken, a value, a missing right.",
          "Correct what the sentence names, then muster retry." },
        { MSTC_EVENT_GROUP_LATE, W, "groups",
          "A group is in the sink after all: a call was carried out after it had been given up.",
          "The service answered a lost call late; the group was taken over.",
          "Nothing." },
        { MSTC_EVENT_FAMILY_CLASH, W, "groups",
          "A family of groups would make one whose name another has already.",
          "The template of names gives the same for two values, or for a <group>'s name.",
          "Change the template, for instance with a prefix of its own." },
        { MSTC_EVENT_FAMILY_FULL, W, "groups",
          "A family of groups would make more than its cap allows; the rest are not made.",
          "The attribute has more different values than was thought, as with free text.",
          "Raise the cap with most=\"NUMBER\", or choose another attribute." },
        { MSTC_EVENT_GROUPS_UNSURE, W, "groups",
          "The groups of somebody cannot be told, and stay as they are.",
          "A rule cannot be answered for his values, as the sentence tells.",
          "Correct the value at the source or the rule; muster explain USER --group NAME shows it." },
        { MSTC_EVENT_GROUP_VALUE, W, "groups",
          "A value that a group should have in a sink cannot be used.",
          "A map of the group gives something that the sink's attribute cannot hold.",
          "Correct the map, or the title or name of the group." },
        { MSTC_EVENT_NOT_UNDONE, I, "undo",
          "Something that undo was asked for was left as it is.",
          "It has changed since, its sink is not configured any more, or the sink cannot do it.",
          "Nothing if that is right; else change it in the sink by hand." },
        { MSTC_EVENT_CONNECTOR_ERROR, E, "connector",
          "A connector reports an error of its own; the sentence begins with its name.",
          "Something at the service that needs a hand, as the sentence tells.",
          "Do what the sentence says; the page of the connector (muster-ldap(7) and its like) tells more." },
        { MSTC_EVENT_CONNECTOR_WARNING, W, "connector",
          "A connector reports something that should be looked at; the sentence begins with its name.",
          "As the sentence tells: an unusual answer, a certificate that ends soon, something left undone.",
          "Do what the sentence says; the page of the connector tells more." },
        { MSTC_EVENT_CONNECTOR_INFO, I, "connector",
          "A connector tells how it works; the sentence begins with its name.",
          "A choice it has made, or a try that comes again.",
          "Nothing." },
        { MSTC_EVENT_CONNECTOR_DEBUG, D, "connector",
          "A connector tells details that help to find a mistake.",
          "The level debug was asked for.",
          "Nothing." },
        { MSTC_EVENT_HTTP_RETRY, I, "http",
          "A call to a service failed and is tried again after a pause.",
          "The service is busy, throttles us, or the connection broke.",
          "Nothing. If it is frequent, set a lower rate or fewer calls in flight in the configuration." },
        { MSTC_EVENT_HTTP_CALL, D, "http",
          "A call to a service, with its status, size and time.",
          "The level debug was asked for.",
          "Nothing." },
        { MSTC_EVENT_SERVES, I, "service",
          "The service has started.",
          "muster run was started.",
          "Nothing." },
        { MSTC_EVENT_STOPPED, I, "service",
          "The service has stopped in good order.",
          "It was asked to (systemctl stop, SIGTERM, Ctrl-C).",
          "Nothing; the next run goes on from there." },
        { MSTC_EVENT_RELOADED, I, "service",
          "The configuration was read anew and is in force.",
          "The service was asked to (systemctl reload, SIGHUP).",
          "Nothing." },
        { MSTC_EVENT_RELOAD_MISTAKES, E, "service",
          "The changed configuration has mistakes, and the old one stays in force.",
          "muster check would not pass it.",
          "Mend what muster check tells, then reload again." },
        { MSTC_EVENT_RELOAD_STORE, E, "service",
          "The changed configuration names another store, and the old one stays in force.",
          "<store path> was changed; a running service keeps its store.",
          "Restart the service if another store is meant." },
        { MSTC_EVENT_STORE_BUSY, I, "service",
          "The store is in use by another command; the service waits for it.",
          "Somebody runs muster sync, apply, undo or the like.",
          "Nothing; if it stays so, muster status names the process." },
        { MSTC_EVENT_TURN_BROKE, E, "service",
          "A sync's turn could not even be recorded; the sentence tells why.",
          "The store could not be opened or written: a full disk, a wrong owner, damage.",
          "Do what the sentence says. The service tries again, at longer and longer distances." },
        { MSTC_EVENT_ZONES, E, "service",
          "A time zone of a schedule could not be read anew.",
          "The system's zone files are missing or damaged.",
          "Install tzdata; the schedule goes on by what was known." },
        { MSTC_EVENT_RUN_DONE, I, "service",
          "A run has ended well; the counts tell what it did.",
          "A schedule, or what was due by itself.",
          "Nothing." },
        { MSTC_EVENT_RUN_TROUBLE, W, "service",
          "A run has ended, and something in it failed, is parked or held.",
          "As its counts and its log tell.",
          "muster log RUN shows what; muster holds, muster duplicates and muster status what to do." },
        { MSTC_EVENT_TURN_FAILED, E, "service",
          "A run could not do its work.",
          "As the sentence tells; see MST-1002.",
          "Do what the sentence says. The service tries again, at longer and longer distances." },
        { MSTC_EVENT_HELD_WAITS, W, "service",
          "Guards keep changes back and wait for a decision.",
          "See MST-1060.",
          "muster holds, then muster approve or muster reject." },
        { MSTC_EVENT_LOG_LOST, W, "service",
          "Lines of the log could not be written for a while and are lost; nothing else is.",
          "The disk that the log goes to was full, or whoever reads it was not there.",
          "Make room on that disk. muster log RUN has what runs had to say." },
        { MSTC_EVENT_NO_SOCKET, E, "service",
          "The control socket could not be made, and the service does its work without it.",
          "Its folder is not there or cannot be written, something else has its name, or another process "
          "listens there.",
          "Do what the sentence says and restart the service. Until then commands work on the store "
          "themselves, between the service's runs." },
        { MSTC_EVENT_ASKED, I, "service",
          "Somebody has asked the service for something, and it was done.",
          "A command such as muster pause or muster approve was given while the service ran.",
          "Nothing." },
        { MSTC_EVENT_ASKED_FAILED, E, "service",
          "What somebody had asked for could not be done, and he did not wait for the answer.",
          "As the sentence tells.",
          "Do what the sentence says, and ask again." },
        { MSTC_EVENT_ASKED_DROPPED, W, "service",
          "The service ended before it had done what somebody had asked for without waiting.",
          "It was stopped while a run was under way or other requests came first.",
          "Ask again when it runs." },
        { MSTC_EVENT_PAUSES_UNKNOWN, E, "service",
          "It could not be read what is paused, so nothing was begun.",
          "The store cannot be read, or memory is out.",
          "Do what the sentence says; the service looks again by itself." },
        { MSTC_EVENT_METRICS, W, "alarms",
          "Metrics could not be written to their file, or their port could not be opened; nothing else suffers.",
          "The folder of the textfile is not there or not writable for muster, or another program has the port.",
          "Mend the folder or the port in <metrics> of muster.xml; muster metrics prints them meanwhile." },
        { MSTC_EVENT_ALARM_BEGUN, W, "alarms",
          "Something has come about that somebody wants to be told of: a run failed, a guard holds, a sink "
          "is in quarantine, or the last success is older than <freshness> allows.",
          "As the sentence tells.",
          "muster status shows how things stand, and the sentence what to look at." },
        { MSTC_EVENT_ALARM_OVER, I, "alarms",
          "What was told of before is over.",
          "Somebody or something has put it right.",
          "Nothing is to be done." },
        { MSTC_EVENT_ALARM_UNTOLD, E, "alarms",
          "A hook or the system's sendmail could not be run, failed, or took too long. A mail is tried again "
          "with the next run, a hook is not.",
          "The program is broken, or waits for something that does not come; or the service may not run it.",
          "Run the program by hand as the user muster; see <on> and <mail> in muster.xml(5)." },
        { MSTC_EVENT_ALARM_STORE, W, "alarms",
          "Whether somebody is to be told of something could not be found out this time.",
          "Another muster had the store for itself, or it could not be read.",
          "Nothing, if it passes: the next run looks again." },
};
const size_t mstc_event_count = sizeof mstc_events / sizeof mstc_events[0];

const struct mstc_event_about *
mstc_event_about(enum mstc_event event)
{
        static const struct mstc_event_about none = { 0, MST_LOG_INFO, "engine", "", "", "" };
        size_t from = 0, to = mstc_event_count;

        while (from < to) {
                size_t middle = from + (to - from) / 2;

                if (mstc_events[middle].event == event)
                        return &mstc_events[middle];
                if (mstc_events[middle].event < event)
                        from = middle + 1;
                else
                        to = middle;
        }
        return &none;
}

int
mstc_event_read(const char *text)
{
        size_t length;

        if (strncasecmp(text, "mst-", 4) == 0)
                text += 4;
        length = strspn(text, "0123456789");
        return length >= 1 && length <= 6 && text[length] == '\0' ? (int)strtol(text, NULL, 10) : 0;
}

enum mstc_event
mstc_event_of_connector(enum mst_level level, const char **text)
{
        static const char http[] = "http: ";

        if (level >= MST_LOG_INFO && strncmp(*text, http, sizeof http - 1) == 0) {
                *text += sizeof http - 1;
                return level == MST_LOG_INFO ? MSTC_EVENT_HTTP_RETRY : MSTC_EVENT_HTTP_CALL;
        }
        return level <= MST_LOG_ERROR ? MSTC_EVENT_CONNECTOR_ERROR
             : level == MST_LOG_WARNING ? MSTC_EVENT_CONNECTOR_WARNING
             : level == MST_LOG_INFO ? MSTC_EVENT_CONNECTOR_INFO : MSTC_EVENT_CONNECTOR_DEBUG;
}
