/* engine-rules.c - random rules over random people through the engine: whoever the mirror has is in
 * the groups whose rules he satisfies, each rule evaluated for itself, and in no other; with many
 * people at once (a first read, another configuration), and with a few; what rules have said is kept; who passes a
 * negative test without a value is counted. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "engine/headcount.h"
#include "store/view.h"
#include "util/date.h"
#include "util/report.h"

#define PEOPLE 100
#define RULES 40

static unsigned seed;

static unsigned
dice(unsigned sides)
{
        seed = seed * 1103515245u + 12345u;
        return (seed >> 16) % sides;
}

#define PICK(table) ((table)[dice((unsigned)UNIT_COUNT(table))])

static const char *const departments[] = { "Finance", "FINANCE", "Sales", "Supply", "Straße", "12" };
static const char *const titles[] = { "Senior Manager", "Manager", "Senior Clerk", "Clerk 7", "clerk" };
static const char *const days[] = { "2025-12-31", "2026-03-01", "2026-03-01T08:00:00Z", "2030-01-01", "soon" };
static const char *const others[] = { "a@x|b@y", "b@y", "a@x", "c@z|a@x|d@z" };

static void
any_person(FILE *out, int number, char kind)
{
        fprintf(out, "%c %d mailNickname=p%d", kind, number, number);
        fprintf(out, ";department=%s", dice(5) == 0 ? "" : PICK(departments));
        fprintf(out, ";jobTitle=%s", dice(5) == 0 ? "" : PICK(titles));
        fprintf(out, ";country=C%u;employeeId=%u", dice(4), dice(30));
        fprintf(out, ";employeeHireDate=%s", dice(4) == 0 ? "" : PICK(days));
        fprintf(out, ";otherMails=%s", dice(3) == 0 ? "" : PICK(others));
        fprintf(out, ";accountEnabled=%s\n", dice(4) == 0 ? "false" : "true");
}

/* Once a page there are so many; each is one that is there, or comes. */
static void
people(struct world *w, int from, int to, unsigned every, char kind)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (int i = from; i <= to; i++)
                if (dice(every) == 0)
                        any_person(out, i, kind);
        fputs("complete c\n", out);
        fclose(out);
        world_page(w, text);
        free(text);
}

static void
condition(FILE *out, unsigned depth)
{
        static const char *const patterns[] = { "^Sen", "er$", "[0-9]", "^S.*e$" };
        static const char *const order[] = { "-le", "-ge", "-lt", "-gt" };
        static const char *const names[] = { "department", "jobTitle", "country" };

        switch (dice(depth == 0 ? 9 : 13)) {
        case 0: fprintf(out, "user.department %s \"%s\"", dice(3) == 0 ? "-ne" : "-eq", PICK(departments)); break;
        case 1: fprintf(out, "user.jobTitle %s [\"%s\", \"%s\"]", dice(3) == 0 ? "-notIn" : "-in", PICK(titles), PICK(titles)); break;
        case 2: fprintf(out, "user.jobTitle -startsWith \"%.3s\"", PICK(titles)); break;
        case 3: fprintf(out, "user.department -contains \"%c\"", "aeiouSs"[dice(7)]); break;
        case 4: fprintf(out, "user.jobTitle -match \"%s\"", PICK(patterns)); break;
        case 5: fprintf(out, "user.%s -eq null", PICK(names)); break;
        case 6: fprintf(out, "user.employeeHireDate %s system.now%s", PICK(order), dice(2) == 0 ? "" : " -minus P60D"); break;
        case 7: fprintf(out, "user.otherMails %s (_ -eq \"%c@%c\")", dice(3) == 0 ? "-all" : "-any", "abc"[dice(3)], "xyz"[dice(3)]); break;
        case 8: fprintf(out, "user.accountEnabled -eq %s -and user.country -eq \"C%u\"", dice(2) == 0 ? "true" : "false", dice(5)); break;
        case 9:
                fputs("-not (", out);
                condition(out, depth - 1);
                fputs(")", out);
                break;
        default:
                fputs("(", out);
                condition(out, depth - 1);
                fputs(dice(2) == 0 ? ") -and (" : ") -or (", out);
                condition(out, depth - 1);
                fputs(")", out);
        }
}

/* The inside of a sync; to be freed. */
static char *
rules(void)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (dice(2) == 0)
                fputs("<scope>user.country -ne \"C3\"</scope>", out);
        for (int i = 0; i < RULES; i++) {
                fprintf(out, "<group name='g%d'>", i);
                condition(out, 2);
                fputs("</group>", out);
        }
        fputs("<target sink='snk'><groups use='*'/></target>", out);
        fclose(out);
        return text;
}

/* Each rule for itself, for whoever is in the mirror. */
static void
check_group(struct world *w, struct mstc_store *store, const struct mstc_view_group *group,
            const struct mstc_view_record *all, size_t count, int64_t now)
{
        const struct mstc_sync *sync = &w->setup->syncs[0];
        struct mst_arena *arena = mst_arena_new(0);

        for (size_t g = 0; g < sync->group_count; g++) {
                if (strcmp(sync->groups[g].name, group->name) != 0)
                        continue;
                for (size_t i = 0; i < count; i++) {
                        struct mstc_eval eval = { .now = now, .arena = arena };
                        bool is, want, present;

                        want = (sync->scope == NULL || mstc_expr_test(sync->scope, all[i].record, &eval))
                            && mstc_expr_test(sync->groups[g].rule, all[i].record, &eval);
                        ck_assert_int_eq(mstc_view_membership(store, group->number, 0, all[i].number, &is, &present, &w->err), MST_OK);
                        ck_assert_msg(is == want, "%s is %s %s: %s", all[i].id, is ? "in" : "not in", group->name,
                                      mstc_expr_text(sync->groups[g].rule));
                }
        }
        mst_arena_free(arena);
}

static void
check_all(struct world *w, int64_t now, size_t people_count)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_store *store;
        struct mstc_view_record *all;
        struct mstc_view_group *groups;
        size_t count, group_count;
        int64_t after = 0;
        bool more;

        ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &w->err) == MST_OK, "%s", w->err.text);
        ck_assert_int_eq(mstc_view_records(store, "s", NULL, &after, 1000, arena, &all, &count, &more, &w->err), MST_OK);
        ck_assert_uint_eq(count, people_count);
        after = 0;
        ck_assert_int_eq(mstc_view_groups(store, NULL, &after, 1000, arena, &groups, &group_count, &more, &w->err), MST_OK);
        ck_assert_uint_eq(group_count, RULES);
        for (size_t g = 0; g < group_count; g++)
                check_group(w, store, &groups[g], all, count, now);
        mstc_store_close(store);
        mst_arena_free(arena);
}

START_TEST(same)
{
        static const char at[] = "2026-03-01T12:00:00Z";
        struct mstc_sync_options options = { 0 };
        struct world *w;
        char *text;

        seed = (unsigned)_i * 7919u + 1;
        ck_assert(mstc_date_parse_iso(at, strlen(at), &options.now));
        text = rules();
        w = world_new("", text);
        free(text);
        w->quiet = true;
        people(w, 1, PEOPLE, 1, 'w');
        world_sync(w, &options);
        check_all(w, options.now, PEOPLE);
        for (int round = 0; round < 3; round++) {
                text = rules();
                world_configure(w, "", text);
                free(text);
                world_sync(w, &options);
                check_all(w, options.now, PEOPLE);
                people(w, 1, PEOPLE, round == 0 ? 2 : 20, 'p');      /* many, and few */
                world_sync(w, &options);
                check_all(w, options.now, PEOPLE);
        }
        world_free(w);
}
END_TEST

/* ---- what rules have said --------------------------------------------------------------- */

#define FIN(rule) "<group name='fin'>" rule "</group>"
#define END "<target sink='snk'><groups use='*'/></target>"

/* "2@3 text;1@1 text": version 2 since run 3. */
static void
versions_are(struct world *w, const char *name, const char *want)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mstc_view_version *rows;
        struct mstc_store *store;
        size_t count, size;
        int64_t after = 0;
        char *is = NULL;
        bool more;
        FILE *out = open_memstream(&is, &size);

        ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &w->err) == MST_OK, "%s", w->err.text);
        ck_assert_int_eq(mstc_view_versions(store, "s", name, &after, 100, arena, &rows, &count, &more, &w->err), MST_OK);
        for (size_t i = 0; i < count; i++) {
                fprintf(out, "%s%d@%d %s", i > 0 ? ";" : "", (int)rows[i].number, (int)rows[i].run,
                        rows[i].text != NULL ? rows[i].text : "-");
                ck_assert_uint_eq(strlen(rows[i].fingerprint), rows[i].text != NULL ? 16 : 0);
                ck_assert_int_gt(rows[i].at, 0);
                if (i + 1 < count && rows[i].before != NULL)
                        ck_assert_str_eq(rows[i].before, rows[i + 1].text);
        }
        fclose(out);
        ck_assert_str_eq(is, want);
        free(is);
        mstc_store_close(store);
        mst_arena_free(arena);
}

static void
configured(struct world *w, const char *sync)
{
        world_configure(w, "", sync);
        world_sync(w, NULL);
}

START_TEST(versions)
{
        struct mstc_sync_options look = { .plan_only = true };
        struct world *w = world_new("", FIN("user.department -eq \"F\"") END);

        world_people(w, 1, 3, "department=F", "complete c");
        world_sync(w, &look);                /* who only looks notes nothing           */
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule"), 0);
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT max(id) FROM run"), 2);
        versions_are(w, "fin", "1@2 user.department -eq \"F\"");
        world_sync(w, NULL);
        configured(w, "  " FIN("  user.department -eq \"F\"  ") "<target sink='snk'><groups use='*'/><map to='title'>[mail]</map></target>");
        versions_are(w, "fin", "1@2 user.department -eq \"F\"");
        configured(w, FIN("user.department -eq \"I\"") END);       /* by the run of the configuration */
        ck_assert_int_eq(world_sql(w, "SELECT r.mode FROM rule v JOIN run r ON r.id=v.run WHERE v.id=2"), MSTC_RUN_CONFIG);
        configured(w, "<groups for-each='department' name='d-{value}'>user.mail -ne null</groups>" END);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule WHERE name='fin' AND text IS NULL AND fingerprint=''"), 1);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule WHERE name='d-{value}' AND text='for each department: user.mail -ne null'"), 1);
        configured(w, FIN("user.department -eq \"F\"") "<groups for-each='department' name='d-{value}'/>" END);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule WHERE name='fin'"), 4);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule WHERE name='d-{value}' AND text='for each department'"), 1);
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule"), 6);
        /* a store that knew of none: with the next plan */
        world_change(w, "DELETE FROM rule");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule"), 0);
        world_page(w, "p 1 department=F2\ncomplete c\n");
        world_sync(w, NULL);
        ck_assert_int_eq(world_sql(w, "SELECT count(*) FROM rule"), 2);
        world_free(w);
        w = world_new("", "<groups from='source' name='{id}'>group.mail -ne null</groups>" END);
        world_page(w, "gw 1 mail=a\ncomplete c\n");
        world_sync(w, NULL);
        versions_are(w, "{id}", "1@1 from the source: group.mail -ne null");
        world_free(w);
}
END_TEST

/* ---- negative tests ---------------------------------------------------------------------- */

/* Of ten people two have a department F, one I; seven have none, of whom four have a jobTitle. */
#define TEN "w 1 department=F\nw 2 department=F\nw 3 department=I\nw 4 jobTitle=B\nw 5 jobTitle=B\nw 6 jobTitle=B\n" \
            "w 7 jobTitle=B\nw 8 mail=x\nw 9 mail=x\nw 10 mail=x\ncomplete c\n"
static const struct { const char *sync, *says[3]; int count; } counted[] = {
        { FIN("user.department -ne \"F\"") END, { "user.department -ne \"F\" is also true for the 7 of 10 people who have no department",
          "add -and user.department -ne null" }, 1 },
        { FIN("user.department -eq \"F\"") END, { NULL }, 0 },
        { FIN("user.department -ne \"F\" -and user.department -ne null") END, { NULL }, 0 },
        { FIN("user.jobTitle -ne \"B\" -or user.department -notIn [\"F\", \"I\"]") END, { "6 of 10 people who have no jobTitle", "7 of 10" }, 2 },
        { FIN("user.country -ne \"x\"") END, { NULL }, 0 },                  /* nobody has one, or it was never read */
        { "<scope>user.mail -ne \"y\"</scope>" FIN("user.department -ne \"F\"") END, { "7 of 10 people who have no mail", "7 of 10 people who have no department" }, 2 },
        { "<scope>user.mail -eq null</scope>" FIN("user.department -ne \"F\"") END, { "4 of 7 people who have no department" }, 1 },
        { "<scope>user.department -ne null</scope>" FIN("user.department -ne \"F\"") END, { NULL }, 0 },
        { "<target sink='snk'><scope>user.department -ne \"F\"</scope></target>", { "7 of 10" }, 1 },
        { "<groups for-each='mail' name='m-{value}'>user.department -notMatch \"F\"</groups>" END, { "7 of 10" }, 1 },
        { "<group name='fin'>user.department -ne \"F\"<exclude user='1'/></group>" END, { "7 of 10" }, 1 },
};

START_TEST(heads)
{
        struct world *w = world_new("", counted[_i].sync);
        struct mstc_report *report = mstc_report_new();
        struct mstc_store *store;

        world_page(w, TEN);
        world_sync(w, NULL);
        ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &w->err) == MST_OK, "%s", w->err.text);
        ck_assert_msg(mstc_headcount(store, w->setup, report, &w->err) == MST_OK, "%s", w->err.text);
        ck_assert_int_eq((int)mstc_report_count(report), counted[_i].count);
        for (int i = 0; i < 3 && counted[_i].says[i] != NULL; i++) {
                bool found = false;

                for (size_t k = 0; k < mstc_report_count(report); k++) {
                        const struct mstc_complaint *c = mstc_report_at(report, k);

                        ck_assert(c->warning && c->place.line > 0);
                        found = found || strstr(c->text, counted[_i].says[i]) != NULL || strstr(c->remedy, counted[_i].says[i]) != NULL;
                }
                ck_assert_msg(found, "%s", counted[_i].says[i]);
        }
        mstc_store_close(store);
        mstc_report_free(report);
        world_free(w);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("engine-rules");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 300);
        tcase_add_loop_test(t, same, 0, 4);
        tcase_add_test(t, versions);
        tcase_add_loop_test(t, heads, 0, UNIT_COUNT(counted));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
