/* setup.c - what is told once plugins, options, rules and maps meet.
 *
 * As in config.c a case is one line put into a file that is otherwise right, with the
 * plugins of tests/plugins; the complaint must be the only one. */
#include "engine/setup.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <json-c/json.h>
#include "engine/groupparts.h"
#include "engine/jsonrecord.h"
#include "unit.h"
#include "util/alloc.h"

static char folder[] = "/tmp/muster-setup-XXXXXX";
static char file[64], plugins[4096];

static void
setup(void)
{
        const char *top = getenv("top_builddir");

        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(file, sizeof file, "%s/muster.xml", folder);
        (void)snprintf(plugins, sizeof plugins, "%s/tests/plugins/.libs", top != NULL ? top : ".");
        ck_assert_int_eq(setenv("MUSTER_PLUGINS", plugins, 1), 0);
}

static void
teardown(void)
{
        char command[100];

        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
}

static struct mstc_setup *
make(const char *text, struct mstc_report *report)
{
        FILE *out = fopen(file, "w");
        struct mstc_config *config;

        ck_assert_ptr_nonnull(out);
        fputs(text, out);
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_int_eq(chmod(file, 0644), 0);
        config = mstc_config_read(file, report);
        ck_assert_msg(config != NULL, "%s: %s", text, mstc_report_count(report) > 0 ? mstc_report_at(report, 0)->text : "");
        return mstc_setup_new(config, report);
}

static const char *
all(struct mstc_report *report)
{
        static char text[8192];
        size_t used = 0;

        text[0] = '\0';
        for (size_t i = 0; i < mstc_report_count(report) && used < sizeof text; i++) {
                const struct mstc_complaint *c = mstc_report_at(report, i);

                used += (size_t)snprintf(text + used, sizeof text - used, "%s%u:%u: %s [%s]\n", c->warning ? "warning " : "",
                                         c->place.line, c->place.column, c->text, c->remedy != NULL ? c->remedy : "");
        }
        return text;
}

/* The parts of the file, each on its line; NULL keeps what is right. */
struct parts { const char *top, *source, *sink, *sync, *attributes, *target; };

#define RIGHT_SOURCE "<source name='src' plugin='demo-source'><file>/tmp/x</file></source>"
#define RIGHT_SINK "<sink name='snk' plugin='demo-sink'><file>/tmp/y</file></sink>"
#define RIGHT_TARGET "<match attribute='mail'/><groups use='*'/>"

static void
build(const struct parts *p, char *into, size_t room)
{
        (void)snprintf(into, room,
                       "<muster xmlns='urn:muster:config:1'>%s\n"
                       "%s\n"                                                            /* 2 */
                       "%s\n"                                                            /* 3 */
                       "<sync name='s' source='src'><group name='fin'>user.department -eq \"Finance\"</group>\n"
                       "%s\n"                                                            /* 5 */
                       "<target sink='snk'%s>\n"                                         /* 6 */
                       "%s\n"                                                            /* 7 */
                       "</target></sync></muster>\n",
                       p->top != NULL ? p->top : "", p->source != NULL ? p->source : RIGHT_SOURCE,
                       p->sink != NULL ? p->sink : RIGHT_SINK, p->sync != NULL ? p->sync : "",
                       p->attributes != NULL ? p->attributes : "", p->target != NULL ? p->target : RIGHT_TARGET);
}

#define FILTERS "<scope><filter><clause attribute='department' operator='EQUALS' value='Finance'/>" \
        "<clause attribute='accountEnabled' operator='is_true'/></filter>" \
        "<filter><clause attribute='jobTitle' operator='REGEX MATCH' value='^Chief'/></filter></scope>"

/* Groups made of groups, and exceptions. */
#define GROUPS "<group name='hr'>user.department -eq \"HR\"</group>" \
        "<group name='both' any-of='fin hr' none-of='out'/>" \
        "<group name='guests-in' all-of='both out-side'/><group name='out'>user.userType -eq \"Guest\"</group>" \
        "<group name='out-side'>user.userType -ne null</group><group name='not-out' none-of='out*'>user.mail -ne null</group>" \
        "<group name='named'>user.jobTitle -eq \"Boss\"<include user='x@y.z' reason='asked for'/>" \
        "<include user='42' until='2020-01-01'/><include user='43' until='9000-01-01'/>" \
        "<exclude user='boss@y.z'/><exclude user='late@y.z' until='2020-01-01T12:00:00Z'/></group>" \
        "<group name='team'>Direct Reports for \"m1\"</group><group name='led' all-of='team' none-of='out'/>"

static const struct {
        struct parts parts;
        bool warning;
        unsigned line, column;               /* column 0: any                          */
        const char *says, *remedy;
} bad[] = {
        /* plugins and options */
        { { .source = "<source name='src' plugin='demo-sauce'/>" }, false, 2, 1, "there is no plugin 'demo-sauce'", "muster plugins" },
        { { .source = "<source name='src' plugin='demo-sink'/>" }, false, 2, 1, "the plugin 'demo-sink' cannot be read from", "choose another" },
        { { .sink = "<sink name='snk' plugin='demo-source'/>" }, false, 3, 1, "the plugin 'demo-source' cannot be written to", "choose another" },
        { { .sink = "<sink name='snk' plugin='wrong-major'/>" }, false, 3, 1, "it was built for plugin ABI 2.0", "muster plugins" },
        { { .sink = "<sink name='snk' plugin='demo-sink'/>" }, false, 3, 1, "the option <file> of the plugin 'demo-sink' is missing", "add <file>" },
        { { .sink = "<sink name='snk' plugin='demo-sink'><file>/x</file>\n<fiel>y</fiel></sink>" }, false, 4, 1, "has no option <fiel>", "did you mean <file>?" },
        { { .top = "<plugins folder='/nowhere/at/all'/>" }, false, 1, 54, "'/nowhere/at/all' cannot be examined", NULL },
        /* groups made of groups, exceptions */
        { { .sync = "<group name='a' any-of='b'/>\n<group name='b' all-of='a'/>" }, false, 6, 0, "groups in a circle: 'a' is made of 'b' is made of 'a'", "take one of them out" },
        { { .sync = "<group name='a' any-of='fin a'/>" }, false, 5, 0, "groups in a circle: 'a' is made of 'a'", NULL },
        { { .sync = "<group name='a' any-of='fin fim'/>" }, false, 5, 0, "any-of: there is no group 'fim'", "did you mean 'fin'?" },
        { { .sync = "<group name='a' any-of='fin' none-of='x*'/>" }, false, 5, 0, "none-of: there is no group 'x*'", "name groups that have a <group>" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><group name='a' all-of='d-{value}'/>" }, false, 5, 0, "all-of: 'd-{value}' is a family of groups, and nobody is in all of them", "use any-of" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><group name='a' any-of='d-{valu}'/>" }, false, 5, 0, "any-of: there is no group 'd-{valu}'", "did you mean 'd-{value}'?" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><group name='a' any-of='x-*'/>" }, false, 5, 0, "any-of: there is no group 'x-*'", "or a family" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><group name='a' any-of='d-a^b'/>" }, false, 5, 0, "but no rule can tell who has that value", "the whole family" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><group name='a' any-of='fin a d-x'/>" }, false, 5, 0, "groups in a circle: 'a' is made of 'a'", NULL },
        { { .attributes = " members='exact'" }, true, 6, 1, "members=\"exact\" is not carried out yet", "own" },
        /* one name in a sink */
        { { .sync = "<group name='FIN'>user.mail -ne null</group>" }, false, 5, 0, "the groups 'fin' and 'FIN' have one name in target 'snk'", "as=" },
        { { .sync = "<group name='a'>user.mail -ne null</group>", .target = "<match attribute='mail'/><groups use='*'/><group use='a' as='Fin'/>" },
          false, 5, 0, "the groups 'fin' and 'a' have one name", NULL },
        { { .sync = "<target sink='snk' name='b'><scope>user.mail -eq \"x\"</scope><match attribute='mail'/><group use='fin'/></target>",
            .attributes = " name='a'" }, true, 7, 0, "the targets 'b' and 'a' both make the group 'fin' in sink 'snk'", "as=" },
        { { .sync = "<groups for-each='department' name='f{value}'/>" }, true, 4, 0, "the family 'f{value}' could make the group 'fin', too", "rename" },
        { { .sync = "<group name='a'><exclude user='x@y.z'/></group>" }, false, 5, 0, "group 'a' would hold nobody", "write a rule" },
        { { .sync = "<group name='a' any-of='fin'>user.mail -nee null</group>" }, false, 5, 0, "unknown operator", NULL },
        { { .sync = "<group name='a' any-of='b'/><group name='b'>user.mail -nee null</group>" }, false, 5, 0, "unknown operator", NULL },
        { { .sync = GROUPS "<test user='{\"department\":\"IT\"}' in='both'/>" }, false, 5, 0, "this user is not in the group 'both'", NULL },
        /* scoping filters */
        { { .sync = "<scope><filter><clause attribute='mail' operator='LIKE' value='x'/></filter></scope>" }, false, 5, 51, "unknown operator 'LIKE': expected EQUALS", NULL },
        { { .sync = "<scope><filter><clause attribute='mail' operator='IS NULL' value='x'/></filter></scope>" }, false, 5, 51, "IS NULL takes no value", NULL },
        { { .sync = "<scope><filter><clause attribute='mail' operator='GREATER_THAN' value='x'/></filter></scope>" }, false, 5, 51, "expected a whole number, found 'x'", NULL },
        { { .sync = "<scope><filter><clause attribute='mail' operator='REGEX MATCH' value='('/></filter></scope>" }, false, 5, 51, "bad pattern", NULL },
        { { .sync = "<scope><filter><clause attribute='mail' operator='REGEX MATCH' value='[1-9][0-9]'/></filter></scope>" }, true, 5, 0, "is found anywhere", "for the whole value" },
        { { .sync = "<scope><filter><clause attribute='mail' operator='REGEX MATCH' value='^a++$'/></filter></scope>" }, true, 5, 0, "possessive", NULL },
        { { .sync = "<group name='a' any-of='b'/><group name='b'>user.mail -ne null -and Direct Reports for \"m\"</group>" }, false, 5, 0, "bare word 'Direct'", NULL },
        { { .sync = "<scope>\n<filter><clause attribute='mial' operator='IS NULL'/></filter></scope>" }, true, 6, 1, "mial", "mail" },
        { { .sync = FILTERS "<test user='{\"department\":\"finance\"}' scope='in'/>" }, false, 5, 0, "this user is outside the scope", NULL },
        { { .target = "<scope><filter><clause attribute='x' operator='NO'/></filter></scope>" RIGHT_TARGET }, false, 7, 0, "unknown operator 'NO'", NULL },
        /* rules */
        { { .sync = "<scope>user.department -eq \"x</scope>" }, false, 5, 0, "", NULL },
        { { .sync = "<scope>user.mail -ne null -and\n (user.surname -eq</scope>" }, false, 6, 0, "", NULL },
        { { .sync = "<scope>user.departmnet -eq \"x\"</scope>" }, true, 5, 0, "departmnet", "department" },
        { { .sync = "<group name='g'>&#40;user.mail -eq &quot;a&quot;</group>" }, false, 5, 0, "", NULL },
        { { .target = RIGHT_TARGET "<scope>user.mail -eq</scope>" }, false, 7, 0, "", NULL },
        { { .top = "<never-touch sink='snk'>[uid] -eq</never-touch>" }, false, 1, 0, "", NULL },
        { { .top = "<never-touch sink='snk'>[uid] -eq \"a\"</never-touch><never-touch sink='snk'>)</never-touch>" }, false, 1, 0, "", NULL },
        { { .sync = "<groups for-each='departmnt' name='d-{value}'/>" }, false, 5, 19, "source 'src' has no attribute 'departmnt'", "muster plugins demo-source" },
        { { .sync = "<groups from='source' name='{mailNicknam}'/>" }, false, 5, 29, "the groups of source 'src' have no attribute 'mailNicknam'", "did you mean {mailNickname}?" },
        { { .sync = "<groups from='source' name='{jobTitle}'/>" }, false, 5, 29, "have no attribute 'jobTitle'", "{id} is there always" },
        { { .sync = "<groups from='source' name='{id}' title='{x}'/>" }, false, 5, 29, "have no attribute 'x'", NULL },
        { { .sync = "<groups from='source' name='{id}'>user.mail -ne null</groups>" }, false, 5, 0, "this rule is about groups, not people", "write group.mail" },
        { { .sync = "<groups from='source' name='{id}'>group.mial -ne null</groups>" }, true, 5, 0, "no attribute 'mial'", "mail" },
        { { .sync = "<groups from='source' name='{id}'>group.mail -eq</groups>" }, false, 5, 0, "", NULL },
        { { .sync = "<scope>group.mail -ne null</scope>" }, false, 5, 0, "found the bare word 'group.mail'", NULL },
        /* maps */
        { { .target = RIGHT_TARGET "<map to='mial'>[mail]</map>" }, false, 7, 52, "the users of sink 'snk' have no attribute 'mial'", "did you mean 'mail'?" },
        { { .target = RIGHT_TARGET "<map to='frobnicate'>[mail]</map>" }, false, 7, 52, "have no attribute 'frobnicate'", "muster plugins demo-sink" },
        { { .target = RIGHT_TARGET "<map to='@parent'>[mail]</map>" }, false, 7, 52, "have no attribute '@parent'", NULL },
        { { .target = RIGHT_TARGET "<map to='*'>[mail]</map>" }, false, 7, 52, "have no attribute '*'", NULL },
        { { .target = RIGHT_TARGET "<map to='cn'>[mail]</map>" }, false, 7, 52, "have no attribute 'cn'", NULL },
        { { .target = RIGHT_TARGET "<map to='objectNumber'>[mail]</map>" }, false, 7, 52, "'objectNumber' of sink 'snk' cannot be written", "when=\"never\"" },
        { { .target = RIGHT_TARGET "<map to='title'>Frob([mail])</map>" }, false, 7, 0, "Frob", NULL },
        { { .target = RIGHT_TARGET "<map to='title' values='own'>[mail]</map>" }, true, 7, 52, "'title' has one value only", "remove values" },
        { { .attributes = " defaults='no'", .target = "<match attribute='mail'/><map to='mail'>[mail]</map><group use='fin'><map to='cn'>[name]</map></group>" }, false, 6, 1, "nothing is mapped to 'uid', without which sink 'snk' takes no user", "add <map to=\"uid\">" },
        { { .target = RIGHT_TARGET "<map to='uid' when='never'/>" }, false, 6, 1, "nothing is mapped to 'uid'", "add <map to=\"uid\">" },
        /* matches */
        { { .target = "<match attribute='mial'/><groups use='*'/>" }, false, 7, 19, "the users of sink 'snk' have no attribute 'mial'", NULL },
        { { .target = "<match attribute='employeeNumber'/><groups use='*'/>" }, false, 7, 19, "nothing is mapped to 'employeeNumber', so there is nothing to match by", "when=\"never\"" },
        { { .target = "<groups use='*'/>" }, true, 6, 1, "the target has no <match>", "add <match" },
        /* groups */
        { { .target = "<match attribute='mail'/>" }, true, 6, 1, "the target carries none of the sync's groups", "<groups use=\"*\"/>" },
        { { .target = "<match attribute='mail'/><groups use='fin hr'/>" }, false, 7, 39, "sync 's' has no group named 'hr'", "add <group name=\"hr\">" },
        { { .target = "<match attribute='mail'/><groups use='fni'/>" }, false, 7, 39, "sync 's' has no group named 'fni'", "did you mean 'fin'?" },
        { { .target = "<match attribute='mail'/><groups use='fin hr-*'/>" }, true, 7, 39, "no group of sync 's' is named like 'hr-*'", "remove it" },
        { { .target = "<match attribute='mail'/><groups use='fin'/><group use='hr'/>" }, false, 7, 57, "sync 's' has no group named 'hr'", NULL },
        { { .target = "<match attribute='mail'/><group use='fin'><map to='mail'>[name]</map></group>" }, false, 7, 52, "the groups of sink 'snk' have no attribute 'mail'", NULL },
        { { .target = "<match attribute='mail'/><group use='fin'><map to='description'>[mail]</map></group>" }, true, 7, 0, "mail", NULL },
        { { .sync = "<target sink='snk' name='t2'><match attribute='mail'/><group use='fin' as='f2'/></target>" }, true, 6, 1, "target 'snk' gets nobody: 't2' stands before it", "give the earlier target a <scope>" },
        /* tests */
        { { .sync = "<test user='{\"department\":\"Finance\"}' not-in='fin'/>" }, false, 5, 0, "the test fails: this user is in the group 'fin'", "correct the rule" },
        { { .sync = "<test user='{}' in='fin'/>" }, false, 5, 21, "the test fails: this user is not in the group 'fin'", NULL },
        { { .sync = "<test user='{}' in='hr'/>" }, false, 5, 21, "there is no group 'hr'", "name a group of this sync" },
        { { .sync = "<scope>user.userType -eq \"Member\"</scope><test user='{}' scope='in'/>" }, false, 5, 42, "this user is outside the scope", NULL },
        { { .sync = "<scope>user.userType -eq \"Member\"</scope><test user='{\"userType\":\"member\"}' scope='out'/>" }, false, 5, 42, "this user is in the scope", NULL },
        { { .sync = "<test user='{\"department\":}' in='fin'/>" }, false, 5, 13, "user= is not a JSON object", "write it like" },
        { { .sync = "<test user='[]' in='fin'/>" }, false, 5, 13, "user= is not a JSON object", NULL },
        { { .sync = "<test user='{} x' in='fin'/>" }, false, 5, 13, "user= is not a JSON object", NULL },
        { { .sync = "<test user='{\"departmen\":\"x\"}' not-in='fin'/>" }, true, 5, 13, "the source 'src' has no attribute 'departmen'", "did you mean 'department'?" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><test user='{\"department\":\"A\"}' in='d-B'/>" }, false, 5, 0, "this user is not in the group 'd-B'", NULL },
        { { .sync = "<groups for-each='department' name='d-{value}'/><test user='{\"department\":\"A\"}' not-in='fim d-B'/>" }, false, 5, 0, "there is no group 'fim'", "did you mean 'fin'?" },
        { { .sync = "<groups for-each='department' name='d-{value}'/><test user='{\"department\":\"A\"}' not-in='d-'/>" }, false, 5, 0, "there is no group 'd-'", NULL },
        { { .sync = "<groups for-each='department' name='{value}-d'/><test user='{\"department\":\"A\"}' not-in='x-d A-e'/>" }, false, 5, 0, "there is no group 'A-e'", NULL },
        /* minor0 can neither disable nor delete nor carry groups */
        { { .sink = "<sink name='snk' plugin='minor0'><text>t</text></sink>", .target = "<match attribute='mail'/><map to='mail'>[mail]</map><on-gone do='disable'/>" }, false, 7, 53, "sink 'snk' cannot disable anybody", "do=\"keep\"" },
        { { .sink = "<sink name='snk' plugin='minor0'><text>t</text></sink>", .target = "<match attribute='mail'/><map to='mail'>[mail]</map><on-gone do='delete'/>" }, false, 7, 53, "sink 'snk' cannot delete anybody", "do=\"keep\"" },
        { { .sink = "<sink name='snk' plugin='minor0'><text>t</text></sink>", .target = "<match attribute='mail'/><map to='mail'>[mail]</map><groups use='fin'/>" }, false, 7, 66, "sink 'snk' has no groups", "remove it" },
};

START_TEST(mistake)
{
        struct mstc_report *report = mstc_report_new();
        const struct mstc_complaint *c;
        struct mstc_setup *made;
        char text[8192];

        build(&bad[_i].parts, text, sizeof text);
        made = make(text, report);
        ck_assert_msg(mstc_report_count(report) == 1, "%s%s", text, all(report));
        c = mstc_report_at(report, 0);
        ck_assert_msg(c->warning == bad[_i].warning && (made != NULL) == c->warning, "%s%s", text, all(report));
        ck_assert_msg(c->place.file != NULL && strcmp(c->place.file, file) == 0 && c->place.line == bad[_i].line
                      && (bad[_i].column == 0 || c->place.column == bad[_i].column), "%s%s", text, all(report));
        ck_assert_msg(strstr(c->text, bad[_i].says) != NULL, "%s", all(report));
        ck_assert_msg(bad[_i].remedy == NULL || (c->remedy != NULL && strstr(c->remedy, bad[_i].remedy) != NULL), "%s", all(report));
        mstc_setup_free(made);
        mstc_report_free(report);
}
END_TEST

static struct mstc_setup *
good(const struct parts *parts)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_setup *made;
        char text[8192];

        build(parts, text, sizeof text);
        made = make(text, report);
        ck_assert_msg(made != NULL && mstc_report_count(report) == 0, "%s%s", text, all(report));
        mstc_report_free(report);
        return made;
}

static bool
wants(const struct mstc_instance *instance, const char *name)
{
        for (size_t i = 0; i < instance->want_count; i++) {
                ck_assert(i == 0 || strcmp(instance->wants[i - 1], instance->wants[i]) < 0);
                if (strcmp(instance->wants[i], name) == 0)
                        return true;
        }
        return false;
}

static const struct mstc_map *
map_to(const struct mstc_target *target, const char *to)
{
        for (size_t i = 0; i < target->map_count; i++) {
                ck_assert(i == 0 || strcmp(target->maps[i - 1].to, target->maps[i].to) < 0);
                if (strcmp(target->maps[i].to, to) == 0)
                        return &target->maps[i];
        }
        return NULL;
}

START_TEST(everything_together)
{
        struct parts parts = {
                .top = "<never-touch sink='snk'>[uid] -eq \"admin\"</never-touch><never-touch sink='snk'>[title] -eq \"Boss\"</never-touch>",
                .sync = "<scope>user.userType -eq \"Member\"</scope><groups for-each='country' name='c-{value}'/>"
                        "<test user='{\"userType\":\"Member\",\"department\":\"finance\",\"country\":\"NO\"}' in='fin c-NO' not-in='c-SE' scope='in'/>",
                .target = "<scope>user.mail -ne null</scope><match attribute='MAIL'/><match attribute='objectNumber'/>"
                          "<map to='TITLE' null='keep'>[employeeId]</map><map to='objectNumber' when='never'>[employeeId]</map>"
                          "<map to='employeeNumber'>[surname]</map><group use='fin' as='F'><map to='description'>\"x\"</map></group><groups use='c-*'/>",
        };
        struct mstc_setup *s = good(&parts);
        struct mstc_target *t = &s->syncs[0].targets[0];
        struct mstc_instance *src = &s->instances[0], *snk = &s->instances[1];

        ck_assert_ptr_eq(mstc_setup_sync(s, "s"), &s->syncs[0]);
        ck_assert_ptr_null(mstc_setup_sync(s, "S"));
        ck_assert(s->syncs[0].source == src && t->sink == snk && t->bit == 0);
        ck_assert_ptr_nonnull(s->syncs[0].scope);
        ck_assert_ptr_nonnull(t->scope);
        ck_assert_ptr_nonnull(snk->never_touch);
        ck_assert(wants(src, "accountEnabled") && wants(src, "userType") && wants(src, "department") && wants(src, "country"));
        ck_assert(wants(src, "employeeId") && wants(src, "surname") && wants(src, "manager"));
        ck_assert(!wants(src, "otherMails") && !wants(src, "jobTitle") && !wants(src, "givenName"));
        ck_assert(wants(snk, "title") && wants(snk, "objectNumber") && wants(snk, "uid") && wants(snk, "mail"));
        ck_assert_str_eq(mstc_expr_text(map_to(t, "title")->expression), "[employeeId]");
        ck_assert(map_to(t, "title")->keep_null && !map_to(t, "title")->from_default);
        ck_assert(map_to(t, "uid")->from_default && map_to(t, "manager")->from_default);
        ck_assert_int_eq(map_to(t, "objectNumber")->when, MSTC_NEVER);
        ck_assert_int_eq(map_to(t, "employeeNumber")->when, MSTC_ON_CREATE);      /* the sink fixes it */
        ck_assert_uint_eq(t->use_count, 2);
        ck_assert_str_eq(t->uses[0].as, "F");
        ck_assert_uint_eq(t->uses[0].map_count, 2);
        ck_assert_str_eq(mstc_expr_text(t->uses[0].maps[1].expression), "\"x\"");
        ck_assert(!t->uses[1].maps[1].expression || strcmp(mstc_expr_text(t->uses[1].maps[1].expression), "[title]") == 0);
        ck_assert_int_eq(t->config->on_gone.what, MSTC_DISABLE);
        mstc_setup_free(s);
}
END_TEST

/* Who is in groups that are made of others. */
static const struct { const char *user, *in, *not_in; } made_of[] = {
        { "{\"department\":\"HR\",\"userType\":\"Member\"}", "hr both guests-in", "fin out not-out named" },
        { "{\"department\":\"HR\",\"userType\":\"Guest\"}", "hr out", "both guests-in named" },
        { "{\"department\":\"Finance\"}", "fin both", "hr guests-in named" },
        { "{\"mail\":\"m@y.z\"}", "not-out", "both named" },
        { "{\"mail\":\"X@Y.Z\"}", "named", "both" },
        { "{\"userPrincipalName\":\"x@y.z\"}", "named", "both" },
        { "{\"id\":\"42\"}", "", "named" },
        { "{\"id\":\"43\"}", "named", "" },
        { "{\"id\":\"44\",\"jobTitle\":\"boss\"}", "named", "" },
        { "{\"jobTitle\":\"Boss\",\"mail\":\"boss@y.z\"}", "", "named" },
        { "{\"jobTitle\":\"Boss\",\"mail\":\"late@y.z\"}", "named", "" },
        { "{\"department\":\"HR\",\"mail\":\"boss@y.z\"}", "hr both", "named" },
        { "{\"manager\":\"m1\"}", "team led", "" },
        { "{\"manager\":\"m1\",\"userType\":\"Guest\"}", "team", "led" },
        { "{\"manager\":\"m2\"}", "", "team led" },
};

/* What is told part by part says the same as the rule that was made of the parts. */
static void
told_alike(const struct mstc_setup *setup, const char *json)
{
        const struct mstc_sync *sync = &setup->syncs[0];
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        struct json_object *object = mstc_json_parse(json, strlen(json), &err);
        struct mst_record *user = mstc_json_to_record(object, "test", NULL, arena, &err);

        for (size_t i = 0; i < sync->group_count; i++) {
                struct mstc_eval eval = { .now = INT64_C(140000000000000000), .arena = arena };
                struct mstc_conditions all = { .arena = arena };
                bool is = mstc_expr_test(sync->groups[i].rule, user, &eval);

                mstc_group_conditions(sync, &sync->groups[i], user, &eval, &all);
                ck_assert_msg(!all.failed && all.rows[0].holds == is, "%s: '%s' is told otherwise", json, sync->groups[i].name);
                ck_assert(!is || mstc_conditions_mark(&all, 0) == 0);
        }
        json_object_put(object);
        mst_arena_free(arena);
}

START_TEST(groups_of_groups)
{
        char sync[4096];
        struct parts parts = { .sync = sync };
        struct mstc_setup *s;

        (void)snprintf(sync, sizeof sync, GROUPS "<test user='%s' in='%s' not-in='%s'/>", made_of[_i].user,
                       made_of[_i].in, made_of[_i].not_in);
        s = good(&parts);
        ck_assert_uint_eq(s->syncs[0].group_count, 10);
        told_alike(s, made_of[_i].user);
        mstc_setup_free(s);
}
END_TEST

/* Families as parts of groups: all of one, one of its groups, some by a pattern. */
#define FAMILIES "<groups for-each='department' name='d-{value}-x'/><groups for-each='otherMails' name='m-{value}'>user.jobTitle -ne \"Boss\"</groups>" \
        "<group name='whole' any-of='d-{value}-x'/><group name='one' any-of='d-Sales-x'/><group name='some' any-of='d-S*-x fin'/>" \
        "<group name='odd' any-of='*-s-x d-?T-x'/><group name='mails' any-of='m-{value}'/><group name='mail' all-of='m-a@y.z'/>" \
        "<group name='no-one' none-of='d-*'>user.mail -ne null</group><group name='dots' any-of='d-a.(b)*c-x'/>"

static const struct { const char *user, *in, *not_in; } of_families[] = {
        { "{\"department\":\"Sales\",\"mail\":\"m\"}", "whole one some", "odd mails no-one dots" },
        { "{\"department\":\"sales\"}", "whole one some", "odd" },         /* as everywhere in rules */
        { "{\"department\":\"Support\"}", "whole some", "one" },
        { "{\"department\":\"HR\",\"mail\":\"m\"}", "whole", "one some odd no-one" },
        { "{\"department\":\"Finance\"}", "whole some fin", "one" },
        { "{\"department\":\"\",\"mail\":\"m\"}", "no-one", "whole some" },
        { "{\"mail\":\"m\"}", "no-one", "whole some mails" },
        { "{\"department\":\"s\"}", "whole odd some", "one" },              /* d-s-x: the star is the d */
        { "{\"department\":\"a-s\"}", "whole odd", "some" },
        { "{\"department\":\"as\"}", "whole", "odd" },
        { "{\"department\":\"IT\"}", "whole odd", "some" },
        { "{\"department\":\"a.(b)zzc\"}", "dots", "" },
        { "{\"department\":\"ax(b)zzc\"}", "", "dots" },
        { "{\"otherMails\":[\"b@y.z\",\"A@y.z\"]}", "mails mail", "" },
        { "{\"otherMails\":[\"b@y.z\"]}", "mails", "mail" },
        { "{\"otherMails\":[\"a@y.z\"],\"jobTitle\":\"Boss\"}", "", "mails mail" },
        { "{\"otherMails\":[\"\"]}", "", "mails" },
};

START_TEST(groups_of_families)
{
        char sync[4096];
        struct parts parts = { .sync = sync };
        struct mstc_setup *s = NULL;
        (void)snprintf(sync, sizeof sync, FAMILIES "<test user='%s' in='%s' not-in='%s'/>", of_families[_i].user,
                       of_families[_i].in, of_families[_i].not_in);
        s = good(&parts);
        told_alike(s, of_families[_i].user);
        mstc_setup_free(s);
}
END_TEST

static const struct { const char *user, *scope; } filtered[] = {
        { "{\"department\":\"Finance\",\"accountEnabled\":true}", "in" },
        { "{\"department\":\"Finance\",\"accountEnabled\":false}", "out" },
        { "{\"department\":\"Finance\"}", "out" },
        { "{\"jobTitle\":\"Chief Clerk\"}", "in" },
        { "{\"jobTitle\":\"chief clerk\"}", "out" },
        { "{\"department\":\"finance\",\"accountEnabled\":true,\"jobTitle\":\"Chief\"}", "in" },
        { "{}", "out" },
};

START_TEST(scopes_of_filters)
{
        char sync[1024];
        struct parts parts = { .sync = sync };
        struct mstc_setup *s;
        size_t count;

        (void)snprintf(sync, sizeof sync, FILTERS "<test user='%s' scope='%s'/>", filtered[_i].user, filtered[_i].scope);
        s = good(&parts);
        ck_assert_str_eq(mstc_expr_text(s->syncs[0].scope), "department EQUALS \"Finance\" and accountEnabled IS TRUE or "
                         "jobTitle REGEX MATCH \"^Chief\"");
        (void)mstc_expr_reads(s->syncs[0].scope, &count);
        ck_assert_uint_eq(count, 3);
        mstc_setup_free(s);
}
END_TEST

/* What time changes is known to the rule. */
START_TEST(exceptions_end)
{
        struct parts parts = { .sync = GROUPS };
        struct mstc_setup *s = good(&parts);

        for (size_t i = 0; i < s->syncs[0].group_count; i++)
                ck_assert_int_eq(mstc_expr_uses_now(s->syncs[0].groups[i].rule), strcmp(s->syncs[0].groups[i].name, "named") == 0);
        mstc_setup_free(s);
}
END_TEST

START_TEST(leavers_as_the_sink_can)
{
        struct parts parts = { .sink = "<sink name='snk' plugin='minor0'><text>t</text></sink>",
                               .target = "<match attribute='mail'/><map to='mail'>[mail]</map>" };
        struct mstc_setup *s = good(&parts);

        ck_assert_int_eq(s->syncs[0].targets[0].config->on_gone.what, MSTC_KEEP);
        ck_assert_int_eq(s->syncs[0].targets[0].config->on_disabled.what, MSTC_KEEP);
        mstc_setup_free(s);
}
END_TEST

/* Which fingerprints differ: r(eads), s(ync), g(roups), t(arget). */
static const struct {
        struct parts parts;
        const char *differ;
} prints[] = {
        { { .sync = "<!-- a comment -->" }, "" },
        { { .sync = "<schedule every='1h'/>" }, "" },
        { { .target = RIGHT_TARGET "<limit of='removals' above='9'/>" }, "" },
        { { .sync = "<test user='{}' not-in='fin'/>" }, "" },
        { { .sync = "<scope>user.mail -ne null</scope>" }, "s" },
        { { .sync = "<scope>user.surname -ne null</scope>" }, "rs" },
        { { .sync = "<group name='g'>user.department -eq \"x\"</group>" }, "sg" },
        { { .sync = "<groups for-each='country' name='c-{value}'/>" }, "rsg" },
        { { .sync = "<groups from='source' name='{id}'/>" }, "rsg" },
        { { .sync = "<scope>user.memberOf -any (group.objectId -eq \"g\")</scope>" }, "rs" },
        { { .target = RIGHT_TARGET "<on-gone do='keep'/>" }, "st" },
        { { .target = RIGHT_TARGET "<on-gone do='disable' delete-after='3d'/>" }, "st" },
        { { .target = RIGHT_TARGET "<map to='title'>[mail]</map>" }, "rst" },
        { { .target = RIGHT_TARGET "<map to='description'>[displayName]</map>" }, "st" },
        { { .target = RIGHT_TARGET "<map to='mail' null='keep'>[mail]</map>" }, "st" },
        { { .target = "<match attribute='mail' on-existing='adopt'/><groups use='*'/>" }, "st" },
        { { .target = "<match attribute='mail'/><groups use='*' disabled='stay'/>" }, "st" },
        { { .target = "<match attribute='mail'/><groups use='*' on-existing='suffix'/>" }, "st" },
        { { .target = "<match attribute='mail'/><groups use='*'/><on-empty do='keep'/>" }, "st" },
        { { .target = "<match attribute='mail'/><groups use='*'/><on-vanished do='delete' after='30d'/>" }, "st" },
        { { .target = "<match attribute='mail'/><groups use='f*'/>" }, "st" },
        { { .source = "<source name='src' plugin='demo-source'><file>/tmp/other</file></source>" }, "r" },
        { { .source = "<source name='src' plugin='demo-source'><file>/tmp/x</file><page-size>7</page-size></source>" }, "" },
};

START_TEST(fingerprints)
{
        struct parts none = { NULL };
        struct mstc_setup *a = good(&none), *b = good(&prints[_i].parts);
        const struct mstc_sync *x = &a->syncs[0], *y = &b->syncs[0];
        char differ[8] = "";

        strcat(differ, strcmp(x->reads, y->reads) != 0 ? "r" : "");
        strcat(differ, strcmp(x->fingerprint, y->fingerprint) != 0 ? "s" : "");
        strcat(differ, strcmp(x->groups_fingerprint, y->groups_fingerprint) != 0 ? "g" : "");
        strcat(differ, strcmp(x->targets[0].fingerprint, y->targets[0].fingerprint) != 0 ? "t" : "");
        ck_assert_str_eq(differ, prints[_i].differ);
        ck_assert_uint_eq(strlen(x->reads), 32);
        mstc_setup_free(a);
        mstc_setup_free(b);
}
END_TEST

START_TEST(strict_makes_warnings_errors)
{
        struct mstc_report *report = mstc_report_new();
        char text[8192];
        struct parts parts = { .sync = "<scope>user.departmnet -eq \"x\"</scope>" };

        build(&parts, text, sizeof text);
        memmove(text + 21, text + 7, strlen(text + 7) + 1);
        memcpy(text, "<muster strict='yes' ", 21);
        ck_assert_ptr_null(make(text, report));
        ck_assert_msg(mstc_report_errors(report) == 1, "%s", all(report));
        mstc_report_free(report);
}
END_TEST

START_TEST(connectors_are_tried)
{
        struct mstc_report *report = mstc_report_new();
        struct parts none = { NULL };
        struct mstc_setup *s = good(&none);

        ck_assert(mstc_setup_try(s, report));
        mstc_setup_free(s);
        mstc_report_free(report);
        report = mstc_report_new();
        s = good(&(struct parts){ .source = "<source name='src' plugin='refuses'><file>/x</file></source>" });
        ck_assert(!mstc_setup_try(s, report));
        ck_assert_str_eq(mstc_report_at(report, 0)->text, "source 'src': the file must be in /y (on purpose)");
        ck_assert_uint_eq(mstc_report_at(report, 0)->place.line, 2);
        mstc_setup_free(s);
        mstc_report_free(report);
}
END_TEST

/* Memory that runs out at any point ends in a sentence, and nothing is lost or touched
 * twice (which the sanitizers see). */
START_TEST(out_of_memory)
{
        struct parts parts = { .top = "<never-touch sink='snk'>[uid] -eq \"a\"</never-touch><never-touch sink='snk'>[uid] -eq \"b\"</never-touch>",
                               .sync = "<groups for-each='country' name='c-{value}'/><test user='{\"department\":\"Finance\"}' in='fin'/>",
                               .target = RIGHT_TARGET "<map to='title'>[mail]</map>" };
        char text[8192];
        long n = 1, refused = 0;

        build(&parts, text, sizeof text);
        mstc_setup_free(good(&parts));
        for (;; n += n < 400 ? 1 : 13) {
                struct mstc_report *report = mstc_report_new();
                struct mstc_config *config;
                struct mstc_setup *made = NULL;
                bool failed;

                mstc_alloc_fail_at(n);
                config = mstc_config_read(file, report);
                if (config != NULL)
                        made = mstc_setup_new(config, report);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                ck_assert_msg((made != NULL) == (mstc_report_errors(report) == 0), "at %ld: %s", n, all(report));
                refused += made == NULL;
                mstc_setup_free(made);
                mstc_report_free(report);
                if (!failed)
                        break;
        }
        ck_assert_int_gt(n, 50);
        ck_assert_int_ge(refused, 40);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("setup");
        TCase *all_cases = tcase_create("setup");

        tcase_add_checked_fixture(all_cases, setup, teardown);
        tcase_add_loop_test(all_cases, mistake, 0, UNIT_COUNT(bad));
        tcase_add_test(all_cases, everything_together);
        tcase_add_loop_test(all_cases, groups_of_groups, 0, sizeof made_of / sizeof *made_of);
        tcase_add_loop_test(all_cases, groups_of_families, 0, sizeof of_families / sizeof *of_families);
        tcase_add_test(all_cases, exceptions_end);
        tcase_add_loop_test(all_cases, scopes_of_filters, 0, sizeof filtered / sizeof *filtered);
        tcase_add_test(all_cases, leavers_as_the_sink_can);
        tcase_add_loop_test(all_cases, fingerprints, 0, UNIT_COUNT(prints));
        tcase_add_test(all_cases, strict_makes_warnings_errors);
        tcase_add_test(all_cases, connectors_are_tried);
        tcase_add_test(all_cases, out_of_memory);
        suite_add_tcase(s, all_cases);
        return s;
}

UNIT_MAIN(suite)
