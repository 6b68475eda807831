/* event.h - what may stand in a log, each event with a number that never changes.
 *
 * People search for MST-1042, and scripts wait for it: a number is given once and never again,
 * not even when its event is no more (tests/lint/events.tsv keeps them all).  What an event means,
 * why it comes and what to do stands in the table of event.c and nowhere else: `muster help
 * MST-1042` prints it, and muster-messages(7) is made from it.
 *
 *   10xx   runs: reading, matching, planning, guards, applying, groups
 *   19xx   what connectors have to say
 *   20xx   the service
 *   21xx   what others are told: metrics, hooks, mail
 *
 * A new event: a line here, an entry in event.c in order of number, a line in events.tsv, and
 * conf/build-aux/messages.sh for the page; tests/lint/events.sh tells what was forgotten. */
#ifndef MSTC_EVENT_H
#define MSTC_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include <muster/host.h>

enum mstc_event {
        /* runs */
        MSTC_EVENT_CLOCK_BACK = 1001,
        MSTC_EVENT_RUN_FAILED = 1002,
        MSTC_EVENT_CONFIG_EFFECT = 1003,
        MSTC_EVENT_MORE_ALIKE = 1004,
        MSTC_EVENT_PUT_ASIDE = 1005,
        MSTC_EVENT_TRIAL_PASSED = 1006,
        MSTC_EVENT_PAST_DROPPED = 1007,
        MSTC_EVENT_PAST_STAYS = 1008,
        /* reading the source */
        MSTC_EVENT_RECORD_BAD = 1010,
        MSTC_EVENT_RECORDS_BAD = 1011,
        MSTC_EVENT_CURSOR_EXPIRED = 1012,
        MSTC_EVENT_READ_AGAIN = 1013,
        MSTC_EVENT_NAMELESS = 1014,
        MSTC_EVENT_ROUND_GOES_ON = 1015,
        MSTC_EVENT_ROUND_ANEW = 1016,
        MSTC_EVENT_BAD_NOT_ASKED = 1017,
        MSTC_EVENT_BAD_MENDED = 1018,
        MSTC_EVENT_ABSENT_UNSURE = 1019,
        MSTC_EVENT_ABSENT = 1020,
        MSTC_EVENT_SHRUNK = 1021,
        MSTC_EVENT_MEMBERS_UNSURE = 1022,
        MSTC_EVENT_CHOSEN_MISSING = 1023,
        MSTC_EVENT_STRANGERS = 1024,
        MSTC_EVENT_THERE_AFTER_ALL = 1025,
        MSTC_EVENT_READ_ALL = 1026,
        MSTC_EVENT_NOT_READ = 1027,
        /* matching and planning */
        MSTC_EVENT_SINK_LISTED = 1030,
        MSTC_EVENT_DUPLICATE = 1031,
        MSTC_EVENT_SCOPE_UNSURE = 1035,
        MSTC_EVENT_VALUE = 1036,
        /* applying */
        MSTC_EVENT_RETRY = 1041,
        MSTC_EVENT_PARKED = 1042,
        MSTC_EVENT_NEVER_TOUCH = 1043,
        MSTC_EVENT_NAME_FREE = 1044,
        MSTC_EVENT_OBJECT_GONE = 1045,
        MSTC_EVENT_DOUBT = 1046,
        MSTC_EVENT_LOOKED_UP = 1047,
        MSTC_EVENT_CAME_LATE = 1048,
        MSTC_EVENT_TWICE = 1049,
        MSTC_EVENT_NOT_AS_LEFT = 1050,
        MSTC_EVENT_GONE_LATE = 1051,
        /* guards */
        MSTC_EVENT_HELD = 1060,
        /* groups */
        MSTC_EVENT_GROUP_AGAIN = 1070,
        MSTC_EVENT_GROUP_NO_RULE = 1071,
        MSTC_EVENT_CARRY_UNSURE = 1072,
        MSTC_EVENT_CARRY_CANNOT = 1073,
        MSTC_EVENT_CARRY_ENDS = 1074,
        MSTC_EVENT_MEMBER_REFUSED = 1075,
        MSTC_EVENT_GROUP_GONE = 1076,
        MSTC_EVENT_OLD_NAMES = 1077,
        MSTC_EVENT_GROUP_PARKED = 1078,
        MSTC_EVENT_GROUP_LATE = 1079,
        MSTC_EVENT_FAMILY_CLASH = 1080,
        MSTC_EVENT_FAMILY_FULL = 1081,
        MSTC_EVENT_GROUPS_UNSURE = 1082,
        MSTC_EVENT_GROUP_VALUE = 1083,
        /* undo */
        MSTC_EVENT_NOT_UNDONE = 1090,
        /* connectors */
        MSTC_EVENT_CONNECTOR_ERROR = 1901,
        MSTC_EVENT_CONNECTOR_WARNING = 1902,
        MSTC_EVENT_CONNECTOR_INFO = 1903,
        MSTC_EVENT_CONNECTOR_DEBUG = 1904,
        MSTC_EVENT_HTTP_RETRY = 1911,
        MSTC_EVENT_HTTP_CALL = 1912,
        /* the service */
        MSTC_EVENT_SERVES = 2001,
        MSTC_EVENT_STOPPED = 2002,
        MSTC_EVENT_RELOADED = 2003,
        MSTC_EVENT_RELOAD_MISTAKES = 2004,
        MSTC_EVENT_RELOAD_STORE = 2005,
        MSTC_EVENT_STORE_BUSY = 2006,
        MSTC_EVENT_TURN_BROKE = 2007,
        MSTC_EVENT_ZONES = 2008,
        MSTC_EVENT_RUN_DONE = 2009,
        MSTC_EVENT_RUN_TROUBLE = 2010,
        MSTC_EVENT_TURN_FAILED = 2011,
        MSTC_EVENT_HELD_WAITS = 2012,
        MSTC_EVENT_LOG_LOST = 2013,
        MSTC_EVENT_NO_SOCKET = 2020,
        MSTC_EVENT_ASKED = 2021,
        MSTC_EVENT_ASKED_FAILED = 2022,
        MSTC_EVENT_ASKED_DROPPED = 2023,
        MSTC_EVENT_PAUSES_UNKNOWN = 2024,
        /* what others are told */
        MSTC_EVENT_METRICS = 2101,
        MSTC_EVENT_ALARM_BEGUN = 2102,
        MSTC_EVENT_ALARM_OVER = 2103,
        MSTC_EVENT_ALARM_UNTOLD = 2104,
        MSTC_EVENT_ALARM_STORE = 2105,
};

struct mstc_event_about {
        enum mstc_event event;
        enum mst_level level;
        const char *component;               /* run, pull, plan, apply, guards, groups, undo, connector, http, service */
        const char *means, *cause, *cure;    /* sentences                              */
};

extern const struct mstc_event_about mstc_events[];
extern const size_t mstc_event_count;

/* Never NULL: what is not in the table is of the engine, and only told. */
const struct mstc_event_about *mstc_event_about(enum mstc_event event);
/* "MST-1042", "mst-1042" or "1042" as the admin wrote it: its number, whether or not there is such
 * an event; 0: it is nothing of the kind. */
int mstc_event_read(const char *text);
/* The form of connectors' lines: by level, and by what the text begins with. */
enum mstc_event mstc_event_of_connector(enum mst_level level, const char **text);

/* A line of the log, as it is told: the texts are borrowed. */
struct mstc_line {
        enum mstc_event event;
        enum mst_level level;
        const char *component;               /* of the event, or the connector's instance */
        const char *text;
        int64_t run;                         /* 0: none                                */
};

#define MSTC_CODE_FORMAT "MST-%04d"

#endif
