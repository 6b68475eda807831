/* engine-rulesdiff.c - what another configuration would change, told from the mirror and the links:
 * who enters and leaves groups and targets, and what that does to accounts. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "engine/headcount.h"
#include "engine/rulesdiff.h"
#include "util/alloc.h"
#include "util/report.h"

#define ADA "w 1 mailNickname=ada;department=F;accountEnabled=true\n"
#define BOB "w 2 mailNickname=bob;department=F;accountEnabled=true\n"
#define CY "w 3 mailNickname=cy;department=I;accountEnabled=true\n"
#define ALL ADA BOB CY "complete c\n"
#define SCOPE(rule) "<scope>user." rule "</scope>"
#define LEAVER(what) "<on-out-of-scope do='" what "'/>"
#define OF(name, sink, inside) "<target name='" name "' sink='" sink "'>" inside "</target>"
#define SNK(inside) OF("snk", "snk", inside)
#define F SCOPE("department -eq \"F\"")
#define I SCOPE("department -eq \"I\"")

/* Runs under 'before', with a page each, then the two are held against each other.  A line a mover:
 * what it is, who enters, leaves, changes; of a target what becomes of accounts. */
static const struct {
        const char *before, *pages[2], *after, *moves;
} stories[] = {
        { SNK(""), { ALL }, SNK(""), "" },
        /* whoever leaves meets the new policy */
        { SNK(""), { ALL }, F SNK(LEAVER("disable")), "target snk +0 -1: disabled 1\n" },
        { SNK(LEAVER("disable")), { ALL }, I SNK(LEAVER("delete")), "target snk +0 -2: deleted 2\n" },
        { SNK(LEAVER("disable")), { ALL }, I SNK(LEAVER("keep")), "target snk +0 -2: kept 2\n" },
        { SNK(LEAVER("disable")), { ALL }, "<target sink='two'/>", "target snk +0 -3: kept 3\ntarget two +3 -0: created 3\n" },
        /* and who has no account loses none */
        { F SNK(LEAVER("disable")), { ALL }, I SNK(LEAVER("disable")), "target snk +1 -2: created 1 disabled 2\n" },
        /* who comes back gets the account that we disabled, unless the source blocks him */
        { F SNK(LEAVER("disable")), { ALL, "p 1 department=I\np 2 department=I;accountEnabled=false\ncomplete c\n" },
          SNK(LEAVER("disable")), "target snk +3 -0: created 1 enabled 1\n" },
        /* from one target of a sink to another: the same account */
        { OF("a", "snk", F LEAVER("delete")) OF("b", "snk", I LEAVER("delete")), { ALL },
          OF("a", "snk", I LEAVER("delete")) OF("b", "snk", F LEAVER("delete")), "target a +1 -2:\ntarget b +2 -1:\n" },
        /* one that two targets of a sink take is told once */
        { I OF("a", "snk", "") OF("b", "snk", ""), { ALL }, OF("a", "snk", "") OF("b", "snk", ""),
          "target a +2 -0: created 2\ntarget b +2 -0:\n" },
        /* groups, families, values */
        { "<group name='g'>user.department -eq \"F\"</group>" SNK("<groups use='*'/>"), { ALL },
          "<group name='g'>user.department -eq \"I\"</group>" SNK("<groups use='*'/>"), "group g +1 -2\n" },
        { "<groups for-each='department' name='d-{value}'/>" SNK("<groups use='*'/>"), { ALL },
          "<groups for-each='department' name='d-{value}'>user.mailNickname -ne \"bob\"</groups>" SNK("<groups use='*'/>"),
          "group d-F +0 -1\n" },
        { SNK(""), { ALL }, SNK("<map to='title'>[department]</map>"), "value title ~3\n" },
        { SNK("<map to='title' when='create'>[mail]</map>"), { ALL }, SNK("<map to='title' when='create'>[department]</map>"), "" },
        /* groups of the source are read where a rule reads them */
        { "<group name='g'>user.memberOf -any (group.objectId -eq \"g1\")</group>" SNK("<groups use='*'/>"),
          { ADA BOB "gw g1 displayName=A\ngw g2 displayName=B\nm g1 1\nm g2 2\nm g1 @g2\ncomplete c\n" },
          "<group name='g'>user.transitiveMemberOf -any (group.objectId -eq \"g1\")</group>" SNK("<groups use='*'/>"), "group g +1 -0\n" },
        /* and those that are carried, by which of them another rule takes; a name is not what counts */
#define THREE ADA BOB "gw g1 displayName=A;securityEnabled=true\ngw g2 displayName=B;securityEnabled=false\ngw g3 displayName=C\n" \
              "m g1 1\nm g2 2\nm g1 @g2\nm g3 1\ncomplete c\n"
#define USE SNK("<groups use='*'/>")
        { "<groups from='source' name='x-{displayName}'>group.securityEnabled -eq true</groups>" USE, { THREE },
          "<groups from='source' name='{displayName}'/>" USE, "group B +1 -0\ngroup C +1 -0\n" },
        { "<groups from='source' name='{displayName}'/>" USE, { THREE },
          "<groups from='source' name='y-{displayName}'/>" USE, "" },
        { "<groups from='source' name='{displayName}'/>" USE, { THREE }, USE, "group A +0 -2\ngroup B +0 -1\ngroup C +0 -1\n" },
        { "<scope>user.mailNickname -eq \"ada\"</scope><groups from='source' name='{displayName}'>group.securityEnabled -eq true</groups>"
          USE, { THREE }, "<groups from='source' name='{displayName}'>group.securityEnabled -eq true</groups>" USE,
          "group A +1 -0\ntarget snk +1 -0: created 1\n" },
        /* whose rule cannot be told is not moved */
        { "<group name='g'>user.jobTitle -match \"^(a+)+(b+)+$\"</group>" SNK("<groups use='*'/>"),
          { "w 1 mailNickname=ada;jobTitle=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\nw 2 mailNickname=bob;jobTitle=aab\ncomplete c\n" },
          "<group name='g'>user.mailNickname -ne null</group>" SNK("<groups use='*'/>"), NULL },
};

static char *
told(const struct mstc_rulesdiff *diff)
{
        static const char *const words[] = { "created", "enabled", "disabled", "deleted", "kept" };
        char *ret = NULL;
        size_t size;
        FILE *out = open_memstream(&ret, &size);

        for (size_t i = 0; i < diff->count; i++) {
                const struct mstc_mover *m = diff->movers[i];
                const struct mstc_accounts *a = &m->accounts;
                uint64_t counts[] = { a->created, a->enabled, a->disabled, a->deleted, a->kept };

                if (m->what == MSTC_MOVED_VALUE) {
                        fprintf(out, "value %s ~%d\n", m->name, (int)m->changes);
                        continue;
                }
                fprintf(out, "%s %s +%d -%d", m->what == MSTC_MOVED_GROUP ? "group" : "target",
                        m->what == MSTC_MOVED_GROUP ? m->name : m->target, (int)m->enters, (int)m->leaves);
                if (m->what == MSTC_MOVED_TARGET)
                        fputc(':', out);
                for (int k = 0; k < 5; k++)
                        if (counts[k] > 0)
                                fprintf(out, " %s %d", words[k], (int)counts[k]);
                fputc('\n', out);
        }
        fclose(out);
        return ret;
}

START_TEST(story)
{
        struct world *w = world_new("", stories[_i].before);
        struct mstc_setup *before;
        struct mstc_rulesdiff diff;
        struct mstc_store *store;
        char *is;

        for (int i = 0; i < 2 && stories[_i].pages[i] != NULL; i++) {
                world_page(w, stories[_i].pages[i]);
                world_sync(w, NULL);
        }
        before = w->setup;
        w->setup = NULL;
        world_configure(w, "", stories[_i].after);
        ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &w->err) == MST_OK, "%s", w->err.text);
        ck_assert_msg(mstc_rulesdiff_run(store, before, w->setup, NULL, NULL, &diff, &w->err) == MST_OK, "%s", w->err.text);
        is = told(&diff);
        /* How far a pattern gets depends on the library: the other one enters or is in already. */
        if (stories[_i].moves != NULL)
                ck_assert_str_eq(is, stories[_i].moves);
        else
                ck_assert_msg(strcmp(is, "") == 0 || strcmp(is, "group g +1 -0\n") == 0, "%s", is);
        free(is);
        mstc_rulesdiff_done(&diff);
        mstc_store_close(store);
        mstc_setup_free(before);
        world_free(w);
}
END_TEST

/* Each request for memory fails once: an error that says so, and the same result when none does. */
START_TEST(memory_out)
{
        struct world *w = world_new("", "<group name='g'>user.department -ne \"F\"</group><groups for-each='department' name='d-{value}'/>"
                                    SNK("<groups use='*'/>" LEAVER("disable")));
        struct mstc_report *report = mstc_report_new();
        struct mstc_setup *before;
        struct mstc_store *store;
        bool failed = true;
        long n;

        world_page(w, "w 3 mailNickname=cy\nw 4 mailNickname=di\nw 5 mailNickname=ed\n" ADA BOB "complete c\n");
        world_sync(w, NULL);
        before = w->setup;
        w->setup = NULL;
        world_configure(w, "", F "<group name='g'>user.department -eq \"F\"</group>"
                        "<groups from='source' name='{id}'/>" SNK("<groups use='*'/><map to='title'>[department]</map>"));
        for (n = 1; failed; n++) {
                struct mstc_rulesdiff diff = { 0 };
                struct mst_error err = { 0 };
                int rc;

                /* What the store has prepared is prepared once. */
                ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &w->err) == MST_OK, "%s", w->err.text);
                mstc_alloc_fail_at(n);
                rc = mstc_rulesdiff_run(store, before, w->setup, NULL, NULL, &diff, &err);
                if (rc == MST_OK)
                        rc = mstc_headcount(store, before, report, &err);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                if (failed && rc != MST_OK) {
                        ck_assert_int_eq(rc, MST_EINTERNAL);
                        ck_assert_msg(strstr(err.text, "memory") != NULL, "%ld: %s", n, err.text);
                } else {
                        char *is = told(&diff);

                        ck_assert_msg(rc == MST_OK, "%ld: %d %s", n, rc, err.text);
                        ck_assert_str_eq(is, "group g +2 -3\ntarget snk +0 -3: disabled 3\ngroup d-F +0 -2\nvalue title ~2\n");
                        free(is);
                }
                mstc_rulesdiff_done(&diff);
                mstc_store_close(store);
        }
        ck_assert_int_gt(n, 60);
        mstc_report_free(report);
        mstc_setup_free(before);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-rulesdiff");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, story, 0, UNIT_COUNT(stories));
        tcase_add_test(t, memory_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
