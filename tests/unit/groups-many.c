/* groups-many.c - groups that are made of a great many others: in a chain, side by side, and
 * deeper than a rule can be nested. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/setup.h"
#include "unit.h"
#include "util/buffer.h"

static char file[64];
static char folder[] = "/tmp/muster-many-XXXXXX";

static void
setup(void)
{
        const char *top = getenv("top_builddir");
        char plugins[4096];

        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(file, sizeof file, "%s/muster.xml", folder);
        (void)snprintf(plugins, sizeof plugins, "%s/tests/plugins/.libs", top != NULL ? top : ".");
        ck_assert_int_eq(setenv("MUSTER_PLUGINS", plugins, 1), 0);
}

static void
teardown(void)
{
        unlink(file);
        rmdir(folder);
}

/* A setup with these groups; NULL, and the first complaint in 'said'. */
static struct mstc_setup *
make(const struct mstc_buffer *groups, char said[400])
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config;
        struct mstc_setup *made;
        FILE *out = fopen(file, "w");

        ck_assert_ptr_nonnull(out);
        fprintf(out, "<muster xmlns='urn:muster:config:1'>\n<source name='src' plugin='demo-source'><file>/tmp/x</file></source>\n"
                "<sink name='snk' plugin='demo-sink'><file>/tmp/y</file></sink>\n<sync name='s' source='src'>\n%s"
                "<target sink='snk'><match attribute='mail'/><groups use='*'/></target></sync></muster>\n",
                mstc_buffer_cstr(groups));
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_int_eq(chmod(file, 0644), 0);
        config = mstc_config_read(file, report);
        ck_assert_msg(config != NULL, "%s", mstc_report_count(report) > 0 ? mstc_report_at(report, 0)->text : "?");
        made = mstc_setup_new(config, report);
        said[0] = '\0';
        for (size_t i = 0; i < mstc_report_count(report) && said[0] == '\0'; i++)
                if (!mstc_report_at(report, i)->warning)
                        (void)snprintf(said, 400, "%s", mstc_report_at(report, i)->text);
        mstc_report_free(report);
        return made;
}

/* Is the person with that job title in the last of the groups? */
static bool
has(const struct mstc_setup *s, const char *title)
{
        const struct mstc_sync *sync = &s->syncs[0];
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_record *person = mstc_record_new(arena, MST_USER, title, strlen(title));
        struct mstc_eval eval = { .now = INT64_C(639079632000000000), .arena = arena };
        bool is;

        mst_record_text(person, mst_record_put(person, "jobTitle"), title, strlen(title));
        is = mstc_expr_test(sync->groups[sync->group_count - 1].rule, person, &eval);
        ck_assert_ptr_null(eval.why);
        mst_arena_free(arena);
        return is;
}

/* Each group is made of the one before it. */
static const struct {
        const char *each;                    /* of it: its number, the number before it, its number */
        unsigned count;
        const char *in, *out;                /* of the last; NULL: refused with 'says' */
        const char *says;
} chains[] = {
        { "<group name='g%u' any-of='g%u'/><!-- %u -->", 1000, "zero", "one", NULL },
        { "<group name='g%u' any-of='g%u'><include user='u%u'/></group>", 1000, "u7", "one", NULL },
        { "<group name='g%u' any-of='g%u'><include user='u%u'/></group>", 50, "zero", "one", NULL },
        { "<group name='g%u' all-of='g%u'>user.jobTitle -ne \"x%u\"</group>", 400, "zero", "x7", NULL },
        { "<group name='g%u' all-of='g%u'><exclude user='u%u'/></group>", 400, "zero", "u7", NULL },
        { "<group name='g%u' none-of='g%u'>user.jobTitle -ne \"x%u\"</group>", 200, "zero", "x200", NULL },
        { "<group name='g%u' none-of='g%u'>user.jobTitle -ne \"x%u\"</group>", 1000, NULL, NULL, "nested deeper than 500 levels" },
};

START_TEST(chain)
{
        struct mstc_buffer groups = { 0 };
        struct mstc_setup *s;
        char said[400], one[200];
        unsigned count = UNIT_SANITIZED && chains[_i].count > 500 ? 300 : chains[_i].count;

        mstc_buffer_text(&groups, "<group name='g0'>user.jobTitle -eq \"zero\"</group>\n");
        for (unsigned i = 1; i <= count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                (void)snprintf(one, sizeof one, chains[_i].each, i, i - 1, i);
#pragma GCC diagnostic pop
                mstc_buffer_printf(&groups, "%s\n", one);
        }
        s = make(&groups, said);
        if (chains[_i].says != NULL) {
                ck_assert_ptr_null(s);
                ck_assert_msg(strstr(said, chains[_i].says) != NULL, "%s", said);
                ck_assert_msg(strstr(said, "group 'g") != NULL, "%s", said);
        } else {
                ck_assert_msg(s != NULL && said[0] == '\0', "%s", said);
                ck_assert(has(s, chains[_i].in));
                ck_assert(!has(s, chains[_i].out));
        }
        mstc_setup_free(s);
        mstc_buffer_done(&groups);
}
END_TEST

START_TEST(side_by_side)
{
        struct mstc_buffer groups = { 0 };
        struct mstc_setup *s;
        char said[400];

        for (unsigned i = 0; i < 5000; i++)
                mstc_buffer_printf(&groups, "<group name='g%u'>user.jobTitle -eq \"t%u\"</group>\n", i, i);
        mstc_buffer_text(&groups, "<group name='out'>user.jobTitle -eq \"t17\"</group><group name='sum' any-of='g*' none-of='out'/>");
        s = make(&groups, said);
        ck_assert_msg(s != NULL && said[0] == '\0', "%s", said);
        ck_assert(has(s, "t0"));
        ck_assert(has(s, "t4999"));
        ck_assert(!has(s, "t17"));
        ck_assert(!has(s, "t5000"));
        mstc_setup_free(s);
        mstc_buffer_done(&groups);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("groups-many");
        TCase *all = tcase_create("many");

        tcase_add_checked_fixture(all, setup, teardown);
        tcase_add_loop_test(all, chain, 0, UNIT_COUNT(chains));
        tcase_add_test(all, side_by_side);
        tcase_set_timeout(all, 300);
        suite_add_tcase(suite, all);
        return suite;
}

UNIT_MAIN(suite)
