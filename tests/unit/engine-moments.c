/* engine-moments.c - what time alone changes: a rule, a scope or a map that reads the clock turns at
 * its instant, in a run that reads nothing new, and nobody is looked at before. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "util/date.h"

#define USE "<target sink='snk'><groups use='*'/></target>"
#define ADA "w 1 mailNickname=ada;department=2100-01-01\n"
#define BOB "w 2 mailNickname=bob;department=2100-06-01T12:00:00Z\n"
#define MADE(id, uid) "create " id ": uid=" uid "\n"
#define G1 "gw g1 mailNickname=staff;mail=2100-01-01;securityEnabled=true\nm g1 1\n"

/* One run at each time; "-": nobody is looked at in it, so that the sink is not even asked what it is. */
static const struct {
        const char *sync, *page;
        struct { const char *at, *did; } steps[6];
        int wakes;                           /* how many are waiting at the end        */
} stories[] = {
        /* a group: joins and leaves at the instant, each person at his own */
        { "<group name='g'>user.department -le system.now</group>" USE, ADA BOB,
          { { "2099-07-01", MADE("1", "ada") MADE("2", "bob") "create g: cn=g description=g\n" },
            { "2099-12-31T23:59:59Z", "-" }, { "2100-01-01T00:00:01Z", "members g: +ada\n" }, { "2100-06-01T11:59:59Z", "-" },
            { "2100-06-01T12:00:00.001Z", "members g: +bob\n" }, { "2150-01-01", "-" } }, 0 },
        { "<group name='g'>user.department -gt system.now -minus P1D</group>" USE, ADA,
          { { "2099-07-01", MADE("1", "ada") "create g: cn=g description=g +ada\n" },
            { "2100-01-01T23:59:59Z", "-" }, { "2100-01-02T00:00:01Z", "members g: -ada\n" } }, 0 },
        /* made of others, and an exception that ends */
        { "<group name='a'>user.department -le system.now</group><group name='b' none-of='a'>user.mailNickname -ne null</group>" USE, ADA,
          { { "2099-07-01", MADE("1", "ada") "create a: cn=a description=a\ncreate b: cn=b description=b +ada\n" },
            { "2099-12-31T23:59:59Z", "-" }, { "2100-01-01T00:00:01Z", "members a: +ada\nmembers b: -ada\n" } }, 0 },
        { "<group name='g'>user.mailNickname -eq \"bob\"<include user='1' until='2100-03-01'/></group>" USE, ADA BOB,
          { { "2099-07-01", MADE("1", "ada") MADE("2", "bob") "create g: cn=g description=g +ada +bob\n" },
            { "2100-02-28T23:59:59Z", "-" }, { "2100-03-01T00:00:01Z", "members g: -ada\n" } }, 0 },
        /* whom other conditions keep out is not looked at, however the clock stands */
        { "<group name='g'>user.mailNickname -eq \"bob\" -and user.department -le system.now</group>" USE, ADA BOB,
          { { "2099-07-01", MADE("1", "ada") MADE("2", "bob") "create g: cn=g description=g\n" },
            { "2100-01-01T00:00:01Z", "-" }, { "2100-06-01T12:00:01Z", "members g: +bob\n" } }, 0 },
        /* a family */
        { "<groups for-each='mailNickname' name='n-{value}'>user.department -le system.now</groups>" USE, ADA BOB,
          { { "2099-07-01", MADE("1", "ada") MADE("2", "bob") }, { "2099-12-31T23:59:59Z", "-" },
            { "2100-01-01T00:00:01Z", "create n-ada: cn=n-ada description=n-ada +ada\n" } }, 1 },
        /* a group of the source: carried from then on, until then */
        { "<groups from='source' name='{mailNickname}'>group.mail -le system.now</groups>" USE, ADA BOB G1,
          { { "2099-07-01", MADE("1", "ada") MADE("2", "bob") }, { "2099-12-31T23:59:59Z", "-" },
            { "2100-01-01T00:00:01Z", "create g1: cn=staff description=staff +ada\n" }, { "2150-01-01", "-" } }, 0 },
        { "<groups from='source' name='{mailNickname}' on-gone='delete'>group.mail -ge system.now</groups>" USE, ADA G1,
          { { "2099-07-01", MADE("1", "ada") "create g1: cn=staff description=staff +ada\n" }, { "2099-12-31T23:59:59Z", "-" },
            { "2100-01-01T00:00:01Z", "delete g1:\n" } }, 0 },
        /* rules of people say nothing of groups, and the other way round */
        { "<groups from='source' name='{mailNickname}'/><group name='g'>user.mail -le system.now</group>" USE, ADA G1,
          { { "2099-07-01", MADE("1", "ada") "create g1: cn=staff description=staff +ada\ncreate g: cn=g description=g\n" },
            { "2100-01-01T00:00:01Z", "-" } }, 0 },
        /* a scope of the sync, of a target; whoever is out waits for nothing else */
        { "<scope>user.department -le system.now</scope><target sink='snk'/>", ADA,
          { { "2099-07-01", "" }, { "2099-12-31T23:59:59Z", "-" }, { "2100-01-01T00:00:01Z", MADE("1", "ada") } }, 0 },
        { "<target sink='snk'><scope>user.department -ge system.now</scope><on-out-of-scope do='disable'/></target>", ADA,
          { { "2099-07-01", MADE("1", "ada") }, { "2099-12-31T23:59:59Z", "-" }, { "2100-01-01T00:00:01Z", "disable 1:\n" } }, 0 },
        { "<scope>user.mailNickname -eq \"bob\"</scope><group name='g'>user.department -le system.now</group>" USE, ADA BOB,
          { { "2099-07-01", MADE("2", "bob") "create g: cn=g description=g\n" }, { "2100-01-01T00:00:01Z", "-" },
            { "2100-06-01T12:00:01Z", "members g: +bob\n" } }, 0 },
        /* a map; one that is written once, or for those whom the target does not take, waits for nothing */
        { "<target sink='snk'><map to='title'>IIF([department] -le system.now, \"here\", \"soon\")</map></target>", ADA,
          { { "2099-07-01", "create 1: title=soon uid=ada\n" }, { "2099-12-31T23:59:59Z", "-" },
            { "2100-01-01T00:00:01Z", "update 1: title=here\n" }, { "2150-01-01", "-" } }, 0 },
        { "<target sink='snk'><map to='title' when='create'>FormatDateTime(Now(), , \"M/d/yyyy h:mm:ss tt\", \"yyyy\")</map></target>", ADA,
          { { "2099-07-01", "create 1: title=2099 uid=ada\n" }, { "2150-01-01", "-" } }, 0 },
        { "<target sink='snk'><scope>user.mailNickname -eq \"bob\"</scope><map to='title'>IIF([department] -le system.now, \"here\", "
          "\"soon\")</map></target>", ADA BOB,
          { { "2099-07-01", "create 2: title=soon uid=bob\n" }, { "2100-01-01T00:00:01Z", "-" },
            { "2100-06-01T12:00:01Z", "update 2: title=here\n" } }, 0 },
        /* gone before his time has come */
        { "<group name='g'>user.department -le system.now</group>" USE, ADA "complete c",
          { { "2099-07-01", MADE("1", "ada") "create g: cn=g description=g\n" }, { "2099-12-31T23:59:59Z", "-" } }, 1 },
};

static void
run_at(struct world *w, const char *at)
{
        struct mstc_sync_options options = { 0 };

        ck_assert(mstc_date_parse_iso(at, strlen(at), &options.now));
        world_sync(w, &options);
        ck_assert_msg(w->summary.outcome == MSTC_END_DONE, "%s: %s", at, w->log);
}

START_TEST(story)
{
        struct world *w = world_new("", stories[_i].sync);
        char page[1000];

        (void)snprintf(page, sizeof page, "%s%s", stories[_i].page, strstr(stories[_i].page, "complete") != NULL ? "\n" : "complete c\n");
        world_page(w, page);
        for (size_t i = 0; i < 6 && stories[_i].steps[i].at != NULL; i++) {
                const char *did = stories[_i].steps[i].did;
                unsigned probes = w->sinks[0].probes;

                run_at(w, stories[_i].steps[i].at);
                if (strcmp(did, "-") == 0)
                        ck_assert_msg(w->sinks[0].probes == probes, "%s: somebody was looked at", stories[_i].steps[i].at);
                else
                        world_did_members(w, did);
        }
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM wake"), stories[_i].wakes);
        world_free(w);
}
END_TEST

/* Whoever goes before his time has come is not waited for; a new date counts at once. */
START_TEST(other_time)
{
        struct world *w = world_new("", "<group name='g'>user.department -le system.now</group>" USE);

        world_page(w, ADA BOB "complete c\n");
        run_at(w, "2099-07-01");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM wake"), 2);
        world_page(w, "s 2\np 1 department=2100-02-01\ncomplete c\n");
        run_at(w, "2099-07-02");
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM wake"), 1);
        w->did_length = 0;
        run_at(w, "2100-01-01T00:00:01Z");
        ck_assert_uint_eq(w->did_length, 0);
        run_at(w, "2100-02-01T00:00:01Z");
        world_did_members(w, "members g: +ada\n");
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-moments");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, other_time);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
