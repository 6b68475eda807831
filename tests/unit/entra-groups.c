/* entra-groups.c - groups of the entra source and who is in them, against the emulator: what a
 * reader knows after each round is compared with the truth. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "graph-mirror.h"
#include "unit.h"

static const char *const wants[] = { "displayName", "group.description", "group.displayName", "group.members",
                                     "mail", NULL };

static struct graph g;
static struct mirror m;

static void
end(void)
{
        graph_stop(&g);
        mirror_free(&m);
}

static void
control(const char *what, const char *format, ...) MST_PRINTF(2, 3);

static void
control(const char *what, const char *format, ...)
{
        char json[1000];
        va_list ap;

        va_start(ap, format);
        vsnprintf(json, sizeof json, format, ap);
        va_end(ap);
        graph_control(&g, what, json);
}

static void
make(const char *name, int members)
{
        control("group", "{\"set\":{\"displayName\":\"%s\",\"description\":\"about %s\"}}", name, name);
        if (members > 0)
                control("join", "{\"group\":\"%s\",\"count\":%d}", name, members);
}

static void
nest(const char *outer, const char *inner)
{
        char id[40];

        control("join", "{\"group\":\"%s\",\"ids\":[\"%s\"]}", outer, mirror_group_id(&g, inner, id));
}

/* A member of a group, by the emulator. */
static const char *
member_of(const char *group, char into[40])
{
        char path[80];
        const char *at;

        snprintf(path, sizeof path, "group/%s", group);
        at = strstr(graph_look(&g, path), "\"members\":[\"");
        ck_assert_ptr_nonnull(at);
        snprintf(into, 40, "%.36s", at + 12);
        return into;
}

static void
begin(const char *people)
{
        graph_start(&g, people, wants);
        make("A", 1200);
        make("B", 3);
        make("C", 0);
        make("D", 40);
        nest("A", "B");
        nest("B", "D");
        nest("D", "A");                              /* a circle is nobody's concern here */
        control("join", "{\"group\":\"C\",\"others\":6}");
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
}

static void
next_round(void)
{
        mirror_round(&m, &g, g.cursor);
        mirror_check_groups(&m, &g);
}

START_TEST(full)
{
        char a[40], b[40];

        begin("1500");
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 1500);
        mirror_group_id(&g, "A", a);
        mirror_group_id(&g, "B", b);
        ck_assert_str_eq(mirror_find(&m, a)->title, "A");
        ck_assert(mirror_find(&m, a)->whole);
        ck_assert(mirror_has(&m, a, b));
        ck_assert_uint_eq(m.tie_count, 1200 + 3 + 40 + 3);       /* and no device or contact */
        ck_assert(strncmp(g.cursor, "D u u=http", 10) == 0 && strstr(g.cursor, " g=http") != NULL);
        graph_control(&g, "clear", "{}");
        next_round();
        ck_assert_uint_eq(m.told + m.members_told, 0);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 2);      /* an idle round */
}
END_TEST

START_TEST(changes)
{
        char a[40], c[40];

        begin("1500");
        control("leave", "{\"group\":\"A\",\"count\":700}");
        control("join", "{\"group\":\"B\",\"count\":100}");
        control("join", "{\"group\":\"C\",\"count\":1}");
        control("leave", "{\"group\":\"C\",\"others\":2}");
        control("group-change", "{\"group\":\"D\",\"set\":{\"description\":null,\"displayName\":\"Delta\"}}");
        make("E", 5);
        next_round();
        ck_assert_str_eq(mirror_find(&m, mirror_group_id(&g, "Delta", a))->title, "Delta");
        ck_assert(!mirror_find(&m, a)->whole || g.whole == 0);
        /* one join: two calls, as when nothing happens */
        graph_control(&g, "clear", "{}");
        control("join", "{\"group\":\"C\",\"count\":1}");
        next_round();
        ck_assert_uint_eq(m.members_told, 1);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 2);
        control("group-remove", "{\"group\":\"C\"}");
        next_round();
        ck_assert_int_eq(mirror_find(&m, mirror_group_id(&g, "C", c))->state, MIRROR_SOFT);
        control("group-remove", "{\"group\":\"E\"}");
        control("group-purge", "{\"group\":\"E\"}");
        next_round();
        ck_assert_uint_eq(g.hard, 1);
}
END_TEST

/* A group that comes back may come without its members: they are read from its list, also by
 * another process than the one that saw it go. */
START_TEST(restored_group)
{
        char b[40], cursor[70000];

        begin("1500");
        mirror_group_id(&g, "B", b);
        control("group-remove", "{\"group\":\"B\"}");
        next_round();
        ck_assert_int_eq(mirror_find(&m, b)->state, MIRROR_SOFT);
        ck_assert_ptr_nonnull(strstr(g.cursor, " a=1"));
        control("group-restore", "{\"group\":\"B\"}");
        m.tie_count = 0;                             /* as if all had been forgotten */
        strcpy(cursor, g.cursor);
        if (_i == 1)
                graph_open(&g);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, cursor);
        ck_assert_uint_eq(m.tie_count, 4);
        ck_assert_int_eq(mirror_find(&m, b)->state, MIRROR_LIVE);
        ck_assert_int_eq(graph_cost(&g, "members", "calls"), 1);
        /* and only once */
        control("group-change", "{\"group\":\"B\",\"set\":{\"description\":\"back\"}}");
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_int_eq(graph_cost(&g, "members", "calls"), 0);
        ck_assert_uint_eq(m.members_told, 0);
}
END_TEST

/* Deleting and restoring a person says nothing about groups, and nothing is made of it. */
START_TEST(restored_person)
{
        char who[40];

        begin("1500");
        control("remove", "{\"id\":\"%s\"}", member_of("B", who));
        next_round();
        ck_assert_uint_eq(m.members_told, 0);
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_SOFT);
        control("restore", "{\"id\":\"%s\"}", who);
        next_round();
        ck_assert_uint_eq(m.members_told, 0);
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_LIVE);
}
END_TEST

static const char *const habits[] = {
        "{\"member-slice\":50}", "{\"member-slice\":1,\"page-size\":1000}", "{\"page-size\":1}",
        "{\"empty-first\":true}", "{\"link-length\":9000}", "{\"link-length\":30000}", "{\"extras\":true}",
};

START_TEST(group_habits)
{
        graph_start(&g, "200", wants);
        graph_control(&g, "settings", habits[_i]);
        make("A", 150);
        make("B", 3);
        nest("A", "B");
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
        control("leave", "{\"group\":\"A\",\"count\":70}");
        control("join", "{\"group\":\"B\",\"count\":10}");
        control("bulk", "{\"op\":\"change\",\"count\":20,\"property\":\"displayName\",\"value\":\"x\"}");
        next_round();
        next_round();
}
END_TEST

/* Every page goes to another process. */
START_TEST(resumed)
{
        char cursor[70000];

        begin("1500");
        control("leave", "{\"group\":\"A\",\"count\":700}");
        control("group-remove", "{\"group\":\"C\"}");
        control("settings", "{\"member-slice\":100}");
        strcpy(cursor, g.cursor);
        do {
                graph_open(&g);
                ck_assert_msg(graph_read(&g, cursor) == MST_OK, "%s", g.err.text);
                mirror_take(&m, g.page);
                strcpy(cursor, g.cursor);
        } while (!mst_test_page_is_complete(g.page));
        mirror_check_groups(&m, &g);
}
END_TEST

/* --- lost places ------------------------------------------------------------------------------- */

static const char *const forms[] = { "thirty-days", "syncStateNotFound", "gone", "SyncStateNotFound",
                                     "nested", "resyncRequired" };

START_TEST(lost_link)
{
        char fault[400];
        static const char *const answers[] = {
                "\"status\":400,\"code\":\"Request_UnsupportedQuery\"", "\"status\":400,\"code\":\"syncStateNotFound\"",
                "\"status\":410,\"link\":\"http://127.0.0.1/v1.0/groups/delta?$deltatoken=\"",
                "\"status\":410,\"code\":\"SyncStateNotFound\"", "\"status\":400,\"code\":\"syncStateNotFound\",\"nested\":true",
                "\"status\":400,\"code\":\"resyncRequired\"",
        };

        begin("1500");
        snprintf(fault, sizeof fault, "[{\"kind\":\"groups-delta\",\"from\":1,\"count\":1,\"action\":\"status\",%s}]",
                 answers[_i]);
        graph_control(&g, "faults", fault);
        /* users were told and groups are lost: everything is read again */
        ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
        ck_assert_ptr_nonnull(strstr(g.err.text, "reading groups"));
        ck_assert_ptr_nonnull(strstr(g.err.text, "muster reset"));
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
        control("expire", "{\"form\":\"%s\"}", forms[_i]);
        ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
}
END_TEST

START_TEST(lost_page)
{
        begin("1500");
        control("join", "{\"group\":\"C\",\"count\":900}");
        control("settings", "{\"member-slice\":100}");
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_OK);      /* users */
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_OK);      /* the first of groups */
        ck_assert(strncmp(g.cursor, "C g l=", 6) == 0);
        graph_control(&g, "faults", "[{\"kind\":\"groups-delta\",\"from\":1,\"count\":1,\"action\":\"status\","
                      "\"status\":400,\"code\":\"Directory_ExpiredPageToken\"}]");
        mirror_round(&m, &g, g.cursor);
        mirror_check_groups(&m, &g);
        ck_assert_int_eq(graph_cost(&g, "groups-delta", "errors"), 1);
}
END_TEST

/* --- what is told of members ------------------------------------------------------------------- */

static const struct {
        const char *value;
        size_t members, bad;
        enum mst_kind kind;
        bool joins;
} shapes[] = {
#define M(inside) "{\"id\":\"g1\",\"displayName\":\"x\",\"members@delta\":" inside "}"
        { M("[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"u1\"}]"), 1, 0, MST_USER, true },
        { M("[{\"@odata.type\":\"#microsoft.graph.group\",\"id\":\"u1\"}]"), 1, 0, MST_GROUP, true },
        { M("[{\"id\":\"u1\",\"@odata.type\":\"#microsoft.graph.user\",\"@removed\":{\"reason\":\"deleted\"}}]"), 1, 0,
          MST_USER, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.device\",\"id\":\"u1\"},{\"@odata.type\":\"#microsoft.graph.orgContact\","
            "\"id\":\"u2\"},{\"@odata.type\":\"#microsoft.graph.servicePrincipal\",\"id\":\"u3\"}]"), 0, 0, 0, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"u1\",\"displayName\":null,\"mail\":null}]"), 1, 0,
          MST_USER, true },
        { M("[{\"id\":\"u1\",\"@removed\":{\"reason\":\"deleted\"}}]"), 2, 0, MST_USER, false },
        { M("[{\"id\":\"u1\"}]"), 0, 1, 0, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.user\"}]"), 0, 1, 0, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"\"}]"), 0, 1, 0, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":7}]"), 0, 1, 0, false },
        { M("[{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"\\ud800\"}]"), 0, 1, 0, false },
        { M("[\"u1\"]"), 0, 1, 0, false }, { M("[null]"), 0, 1, 0, false },
        { M("{}"), 0, 1, 0, false }, { M("7"), 0, 1, 0, false },
        { M("null"), 0, 0, 0, false }, { M("[]"), 0, 0, 0, false },
        { "{\"id\":\"g1\"}", 0, 0, 0, false },
        { "{\"displayName\":\"x\"}", 0, 1, 0, false },
        { "{\"id\":\"g1\",\"@removed\":{\"reason\":\"changed\"},\"members@delta\":[{\"id\":\"u1\"}]}", 0, 0, 0, false },
};

/* A round of changes whose page of groups is made by hand. */
START_TEST(shape)
{
        char json[2000], body[1500];
        enum mst_kind kind = 0;
        const char *member = NULL;
        bool joins = false;
        size_t told = 0, bad = 0, out = 0;

        graph_start(&g, "5", wants);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_OK);
        snprintf(body, sizeof body, "{\"value\":[%s],\"@odata.deltaLink\":\"%s/v1.0/groups/delta?$deltatoken=x\"}",
                 shapes[_i].value, g.graph);
        out = (size_t)snprintf(json, sizeof json, "[{\"kind\":\"groups-delta\",\"from\":1,\"action\":\"status\",\"status\":200,"
                               "\"body\":\"");
        for (const char *c = body; *c != '\0'; c++) {
                if (*c == '"' || *c == '\\')
                        json[out++] = '\\';
                json[out++] = *c;
        }
        strcpy(json + out, "\"}]");
        graph_control(&g, "faults", json);
        ck_assert_msg(graph_read(&g, g.cursor) == MST_OK, "%s", g.err.text);
        while (mst_test_page_member(g.page, told, told == 0 ? &kind : &(enum mst_kind){ 0 },
                                    told == 0 ? &member : &(const char *){ NULL },
                                    told == 0 ? &joins : &(bool){ false }) != NULL)
                told++;
        while (mst_test_page_bad(g.page, bad) != NULL)
                bad++;
        ck_assert_uint_eq(told, shapes[_i].members);
        ck_assert_uint_eq(bad, shapes[_i].bad);
        if (told > 0) {
                ck_assert_int_eq(kind, shapes[_i].kind);
                ck_assert(joins == shapes[_i].joins);
                ck_assert_str_eq(member, "u1");
        }
}
END_TEST

/* --- rights, wishes, tenants ------------------------------------------------------------------- */

START_TEST(hidden_group)
{
        struct mst_facts *facts;
        struct mst_error err = { 0 };
        bool found = false;

        graph_start(&g, "50", wants);
        make("A", 5);
        control("group-change", "{\"group\":\"A\",\"set\":{\"visibility\":\"HiddenMembership\"}}");
        mirror_round(&m, &g, NULL);
        ck_assert_uint_eq(m.members_told, 0);
        facts = mst_test_facts(g.test);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, facts, &err), MST_OK);
        for (size_t i = 0; mst_test_facts_note(facts, i, NULL) != NULL; i++)
                found = found || strstr(mst_test_facts_note(facts, i, NULL), "Member.Read.Hidden") != NULL;
        ck_assert(found);
        control("app", "{\"roles\":\"User.Read.All GroupMember.Read.All Member.Read.Hidden\"}");
        graph_open(&g);
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
        ck_assert_uint_eq(m.members_told, 5);
        found = false;
        facts = mst_test_facts(g.test);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, facts, &err), MST_OK);
        for (size_t i = 0; mst_test_facts_note(facts, i, NULL) != NULL; i++)
                found = found || strstr(mst_test_facts_note(facts, i, NULL), "Member.Read.Hidden") != NULL;
        ck_assert(!found);
}
END_TEST

/* With the right to groups alone, people are seen as members and cannot be read. */
START_TEST(limited_information)
{
        struct mst_error err = { 0 };

        graph_start(&g, "50", wants);
        make("A", 5);
        control("app", "{\"roles\":\"User.Read.All\"}");
        graph_open(&g);
        ck_assert_int_eq(graph_round(&g, NULL), MST_EPERM);
        ck_assert_ptr_nonnull(strstr(g.err.text, "GroupMember.Read.All"));
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err), MST_EPERM);
        ck_assert_ptr_nonnull(strstr(err.text, "GroupMember.Read.All"));
        ck_assert_ptr_nonnull(strstr(err.text, "groups"));
}
END_TEST

START_TEST(only_what_is_wanted)
{
        static const char *const names[] = { "group.displayName", "mail", NULL }, *const people[] = { "mail", NULL };

        graph_start(&g, "50", names);
        make("A", 5);
        mirror_round(&m, &g, NULL);
        ck_assert_uint_eq(m.members_told, 0);
        ck_assert_uint_eq(m.told, 51);
        ck_assert_ptr_nonnull(strstr(graph_look(&g, "ledger?after=0&limit=50"), "groups/delta?$select=id,displayName\""));
        graph_wants(&g, people);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, NULL);
        ck_assert_uint_eq(m.told, 50);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 1);
}
END_TEST

START_TEST(b2c)
{
        graph_start(&g, "300", wants);
        graph_control(&g, "settings", "{\"b2c\":true,\"list-page-size\":10}");
        make("A", 250);
        make("B", 3);
        nest("A", "B");
        control("join", "{\"group\":\"B\",\"others\":2}");
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
        ck_assert(g.untracked);
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 300);
        ck_assert_uint_eq(g.whole, 302);
        control("leave", "{\"group\":\"A\",\"count\":200}");
        mirror_round(&m, &g, NULL);
        mirror_check_groups(&m, &g);
}
END_TEST

START_TEST(fetch_groups)
{
        char id[4][40];
        const char *ids[4] = { id[0], id[1], id[2], id[3] };

        graph_start(&g, "50", wants);
        make("A", 5);
        make("B", 1);
        make("C", 1);
        mirror_group_id(&g, "A", id[0]);
        mirror_group_id(&g, "B", id[1]);
        mirror_group_id(&g, "C", id[2]);
        strcpy(id[3], "11111111-2222-4333-8444-555555555555");
        control("group-remove", "{\"group\":\"B\"}");
        control("group-purge", "{\"group\":\"C\"}");
        mst_test_page_reset(g.page);
        ck_assert_msg(mst_plugin_entra.source->fetch(g.entra, mst_test_ids(g.test, MST_GROUP, ids, 4), g.page, &g.err)
                      == MST_OK, "%s", g.err.text);
        mirror_take(&m, g.page);
        ck_assert_int_eq(mirror_find(&m, id[0])->state, MIRROR_LIVE);
        ck_assert_str_eq(mirror_find(&m, id[0])->title, "A");
        ck_assert_uint_eq(m.tie_count, 5);
        ck_assert_int_eq(mirror_find(&m, id[1])->state, MIRROR_SOFT);
        ck_assert_int_eq(mirror_find(&m, id[2])->state, MIRROR_HARD);
        ck_assert_int_eq(mirror_find(&m, id[3])->state, MIRROR_HARD);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-groups");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, NULL, end);
        tcase_set_timeout(c, 60);
        tcase_add_test(c, full);
        tcase_add_test(c, changes);
        tcase_add_loop_test(c, restored_group, 0, 2);
        tcase_add_test(c, restored_person);
        tcase_add_loop_test(c, group_habits, 0, UNIT_COUNT(habits));
        tcase_add_test(c, resumed);
        tcase_add_loop_test(c, lost_link, 0, UNIT_COUNT(forms));
        tcase_add_test(c, lost_page);
        tcase_add_loop_test(c, shape, 0, UNIT_COUNT(shapes));
        tcase_add_test(c, hidden_group);
        tcase_add_test(c, limited_information);
        tcase_add_test(c, only_what_is_wanted);
        tcase_add_test(c, b2c);
        tcase_add_test(c, fetch_groups);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
