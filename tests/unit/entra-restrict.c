/* entra-restrict.c - restrict-to-group: who is read, who came, who left, and what it costs;
 * against the emulator, whose groups are the truth. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph-mirror.h"
#include "unit.h"

static const char *const plain[] = { "department", "displayName", "mail", NULL };
static const char *const bosses[] = { "department", "displayName", "mail", "manager", NULL };

static struct graph g;
static struct mirror m;
static char pilots[40], inner[40];

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

/* 'Pilots' with 30 people and the group 'Inner' of 20 in it; all people are 500. */
static void
begin(const char *const *wants, const char *name)
{
        graph_start(&g, "500", wants);
        control("group", "{\"set\":{\"displayName\":\"Pilots\"}}");
        control("group", "{\"set\":{\"displayName\":\"Inner\"}}");
        control("join", "{\"group\":\"Pilots\",\"count\":30}");
        control("join", "{\"group\":\"Inner\",\"count\":20}");
        control("join", "{\"group\":\"Pilots\",\"others\":2}");
        mirror_group_id(&g, "Pilots", pilots);
        mirror_group_id(&g, "Inner", inner);
        control("join", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", inner);
        g.config.restrict_to_group = (char *)(uintptr_t)(name != NULL ? name : pilots);
        graph_open(&g);
}

/* Who is in the group, or in the one inside, and lives: as the emulator has it. */
static size_t
check_people(void)
{
        char seen[600][40], path[80];
        const char *groups[2] = { pilots, inner }, *at;
        size_t count = 0;

        for (int i = 0; i < 2; i++) {
                snprintf(path, sizeof path, "group/%s", groups[i]);
                at = strstr(graph_look(&g, path), "\"members\":[");
                ck_assert_ptr_nonnull(at);
                for (at += 11; (at = strchr(at, '"')) != NULL && count < 600; at += 38) {
                        bool twice = strncmp(at + 1, inner, 36) == 0;

                        snprintf(seen[count], 40, "%.36s", at + 1);
                        for (size_t k = 0; k < count; k++)
                                twice = twice || strcmp(seen[k], seen[count]) == 0;
                        count += !twice;
                        if (at[37] == '\0' || at[38] == ']')
                                break;
                }
        }
        for (size_t i = 0; i < count; i++) {
                const struct mirror_one *one = mirror_find(&m, seen[i]);

                ck_assert_msg(one != NULL && one->state == MIRROR_LIVE, "%s is not there", seen[i]);
        }
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), count);
        return count;
}

static void
next_round(void)
{
        mirror_round(&m, &g, g.cursor);
        check_people();
}

/* Somebody who is no member, or one who is. */
static const char *
somebody(bool member, char into[40])
{
        char path[64];

        for (int i = 0; i < 500; i++) {
                const char *at;
                const struct mirror_one *one;

                snprintf(path, sizeof path, "people?offset=%d&limit=1", i);
                at = strstr(graph_look(&g, path), "\"id\":\"");
                ck_assert_ptr_nonnull(at);
                snprintf(into, 40, "%.36s", at + 6);
                one = mirror_find(&m, into);
                if ((one != NULL && one->state == MIRROR_LIVE) == member)
                        return into;
        }
        ck_abort();
        return NULL;
}

static const char *const *const wishes[] = { plain, bosses };

START_TEST(full)
{
        size_t people;

        begin(wishes[_i % 2], _i < 2 ? NULL : "pilots");
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, NULL);
        people = check_people();
        ck_assert_uint_ge(people, 30);
        ck_assert_uint_le(people, 50);
        ck_assert_uint_eq(g.whole, people);
        /* sign-in, "from now on", the deleted, two looks at the groups, the watch, one list */
        if (_i == 0)
                ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 7);
        graph_control(&g, "clear", "{}");
        next_round();
        ck_assert_uint_eq(m.told, 0);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 2);      /* an idle round */
        ck_assert_int_eq(graph_cost(&g, "members", "calls"), 0);
}
END_TEST

START_TEST(changes_of_members)
{
        char in[40], out[40];

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        somebody(true, in);
        somebody(false, out);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"In\"}}", in);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"Out\"}}", out);
        graph_control(&g, "clear", "{}");
        next_round();
        ck_assert_uint_eq(m.told, 1);
        ck_assert_str_eq(mirror_find(&m, in)->title, "In");
        ck_assert_ptr_null(mirror_find(&m, out));
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 2);
}
END_TEST

/* A join does not show in users/delta. */
START_TEST(join_and_leave)
{
        char who[40];

        begin(wishes[_i], NULL);
        mirror_round(&m, &g, NULL);
        somebody(false, who);
        control("join", "{\"group\":\"%s\",\"ids\":[\"%s\"]}", _i == 0 ? pilots : inner, who);
        next_round();
        ck_assert(mirror_find(&m, who)->whole);
        ck_assert_uint_eq(m.told, 1);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"Joined\"}}", who);
        next_round();
        ck_assert_str_eq(mirror_find(&m, who)->title, "Joined");
        control("leave", "{\"group\":\"%s\",\"ids\":[\"%s\"]}", _i == 0 ? pilots : inner, who);
        next_round();
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_OUTSIDE);
        ck_assert_uint_eq(g.outside, 1);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"Gone\"}}", who);
        next_round();
        ck_assert_uint_eq(m.told, 0);
        control("join", "{\"group\":\"%s\",\"ids\":[\"%s\"]}", pilots, who);
        next_round();
        ck_assert_str_eq(mirror_find(&m, who)->title, "Gone");
}
END_TEST

/* A group with its people comes into the group, and another goes. */
START_TEST(nested_comes_and_goes)
{
        char more[40];

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        control("group", "{\"set\":{\"displayName\":\"More\"}}");
        control("join", "{\"group\":\"More\",\"count\":60}");
        mirror_group_id(&g, "More", more);
        control("join", "{\"group\":\"Inner\",\"ids\":[\"%s\"]}", more);
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_ge(mirror_people(&m, MIRROR_LIVE), 60);
        /* and it is watched from now on */
        control("leave", "{\"group\":\"More\",\"count\":5}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_ge(g.outside, 1);
        control("leave", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", inner);
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 30);
        control("group-remove", "{\"group\":\"More\"}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 30);
}
END_TEST

START_TEST(inner_group_is_deleted_and_restored)
{
        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        control("group-remove", "{\"group\":\"Inner\"}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 30);
        control("group-restore", "{\"group\":\"Inner\"}");
        mirror_round(&m, &g, g.cursor);
        check_people();
        ck_assert_uint_gt(mirror_people(&m, MIRROR_LIVE), 30);
}
END_TEST

/* Who is deleted is gone, not outside, also where others come and go at the same time. */
START_TEST(deleted_member)
{
        char a[40], b[40];

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        somebody(true, a);
        control("remove", "{\"id\":\"%s\"}", a);
        control("join", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", somebody(false, b));
        next_round();
        ck_assert_int_eq(mirror_find(&m, a)->state, MIRROR_SOFT);
        ck_assert_uint_eq(g.outside, 0);
        control("restore", "{\"id\":\"%s\"}", a);        /* a member as before */
        next_round();
        ck_assert_int_eq(mirror_find(&m, a)->state, MIRROR_LIVE);
        control("remove", "{\"id\":\"%s\"}", a);
        control("purge", "{\"id\":\"%s\"}", a);
        control("leave", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", b);
        next_round();
        ck_assert_int_eq(mirror_find(&m, a)->state, MIRROR_HARD);
        ck_assert_int_eq(mirror_find(&m, b)->state, MIRROR_OUTSIDE);
}
END_TEST

/* Who was deleted before anything was read, and is restored: a member, of whom no list and no watch
 * knew. */
START_TEST(deleted_before)
{
        char path[80], who[40];

        begin(plain, NULL);
        snprintf(path, sizeof path, "group/%s", pilots);
        snprintf(who, sizeof who, "%.36s", strstr(graph_look(&g, path), "\"members\":[\"") + 12);
        control("remove", "{\"id\":\"%s\"}", who);
        mirror_round(&m, &g, NULL);
        check_people();
        ck_assert_ptr_null(mirror_find(&m, who));
        next_round();
        control("restore", "{\"id\":\"%s\"}", who);
        mirror_round(&m, &g, g.cursor);
        if (_i == 1)
                graph_open(&g);
        next_round();
        ck_assert(mirror_find(&m, who)->whole);
        graph_control(&g, "clear", "{}");
        next_round();
        ck_assert_int_le(graph_cost(&g, NULL, "calls"), 3);      /* watched again (or signed in) */
        ck_assert_int_eq(graph_cost(&g, "members", "calls"), 0);
}
END_TEST

/* More than 50 groups are not watched: the members are listed each time. */
START_TEST(too_many_groups_to_watch)
{
        char id[40], who[40];

        begin(plain, NULL);
        for (int i = 0; i < 50; i++) {
                control("group", "{\"set\":{\"displayName\":\"N%d\"}}", i);
                snprintf(who, sizeof who, "N%d", i);
                control("join", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", mirror_group_id(&g, who, id));
        }
        mirror_round(&m, &g, NULL);
        ck_assert_ptr_null(strstr(g.cursor, " w="));
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_int_eq(graph_cost(&g, "members", "calls"), 2);         /* groups in it, people in it */
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 3);
        control("join", "{\"group\":\"N49\",\"ids\":[\"%s\"]}", somebody(false, who));
        mirror_round(&m, &g, g.cursor);
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_LIVE);
}
END_TEST

/* Graph lost the watch, or does not want one: the members are listed, and nothing else is lost. */
START_TEST(watch_is_lost)
{
        static const char *const faults[] = {
                "\"status\":410", "\"status\":400,\"code\":\"syncStateNotFound\"",
                "\"status\":400,\"code\":\"Request_UnsupportedQuery\"",
        };
        char who[40];

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        control("join", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", somebody(false, who));
        control("faults", "[{\"kind\":\"groups-delta\",\"from\":1,\"count\":%d,\"action\":\"status\",%s}]", _i == 2 ? 2 : 1,
                faults[_i]);
        next_round();
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_LIVE);
        ck_assert((strstr(g.cursor, " w=") != NULL) == (_i != 2));
        control("leave", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", who);
        next_round();
        ck_assert_int_eq(mirror_find(&m, who)->state, MIRROR_OUTSIDE);
}
END_TEST

/* Each page by another process: nobody is missed, nobody told twice as gone. */
START_TEST(many_join_and_processes_change)
{
        char cursor[70000];
        int pages = 0;

        begin(wishes[_i], NULL);
        mirror_round(&m, &g, NULL);
        control("join", "{\"group\":\"Pilots\",\"count\":380}");
        control("leave", "{\"group\":\"Inner\",\"count\":10}");
        strcpy(cursor, g.cursor);
        do {
                graph_open(&g);
                ck_assert_msg(graph_read(&g, cursor) == MST_OK, "%s", g.err.text);
                mirror_take(&m, g.page);
                strcpy(cursor, g.cursor);
                pages++;
        } while (!mst_test_page_is_complete(g.page));
        check_people();
        ck_assert_int_ge(pages, 2);
}
END_TEST

/* A list has no lasting place: another process begins it again, and a lost one is begun again. */
START_TEST(list_begins_again)
{
        begin(bosses, NULL);
        control("join", "{\"group\":\"Pilots\",\"count\":420}");
        if (_i == 0) {
                ck_assert_int_eq(graph_read(&g, NULL), MST_OK);
                ck_assert(strncmp(g.cursor, "F m l=", 6) == 0);
                mirror_take(&m, g.page);
                graph_open(&g);
                mirror_round(&m, &g, g.cursor);
        } else {
                graph_control(&g, "faults", "[{\"path\":\"/v1.0/groups/\",\"from\":5,\"count\":1,\"action\":\"status\","
                              "\"status\":400,\"code\":\"Directory_ExpiredPageToken\"}]");
                mirror_round(&m, &g, NULL);
        }
        check_people();
        next_round();
        ck_assert_uint_eq(m.told, 0);
}
END_TEST

START_TEST(kept_members_are_lost)
{
        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        ck_assert_ptr_nonnull(strstr(g.cursor, " m=1"));
        ck_assert_int_eq(mst_host_keep(mst_test_host(g.test), "members-1", NULL, 0, &g.err), MST_OK);
        graph_open(&g);
        ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
        ck_assert_ptr_nonnull(strstr(g.err.text, "read again"));
}
END_TEST

/* Old generations do not pile up. */
START_TEST(kept_members_are_few)
{
        struct mst_arena *arena = mst_arena_new(0);
        char who[40], name[40];
        size_t size, count = 0;

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        for (int i = 0; i < 5; i++) {
                control("join", "{\"group\":\"Pilots\",\"ids\":[\"%s\"]}", somebody(false, who));
                next_round();
        }
        for (int i = 0; i < 20; i++) {
                snprintf(name, sizeof name, "members-%d", i);
                count += mst_host_kept(mst_test_host(g.test), name, arena, &size) != NULL;
        }
        mst_arena_free(arena);
        ck_assert_uint_le(count, 2);
}
END_TEST

/* A group that is not there must not look like one that is empty. */
START_TEST(group_is_deleted)
{
        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        control("group-remove", "{\"group\":\"Pilots\"}");
        ck_assert_int_eq(graph_round(&g, g.cursor), MST_ECONFIG);
        ck_assert_msg(strstr(g.err.text, "is not there any more") != NULL || strstr(g.err.text, "not found") != NULL,
                      "%s", g.err.text);
        ck_assert_int_eq(graph_round(&g, NULL), MST_ECONFIG);
        control("group-restore", "{\"group\":\"Pilots\"}");
        mirror_round(&m, &g, NULL);
        check_people();
}
END_TEST

static const struct {
        const char *name;
        int code;
        const char *says;
} names[] = {
        { "Pilots", MST_OK, NULL }, { "PILOTS", MST_OK, NULL },
        { "O'Neill & Sons", MST_OK, NULL },
        { "Nobody", MST_ECONFIG, "no group that is called 'Nobody'" },
        { "Twice", MST_ECONFIG, "2 groups that are called 'Twice'" },
        { "11111111-2222-4333-8444-555555555555", MST_ECONFIG, "11111111-2222" },
        { "' or displayName eq 'Pilots", MST_ECONFIG, "no group that is called" },
};

START_TEST(by_name)
{
        struct mst_error err = { 0 };
        int code;

        begin(plain, names[_i].name);
        control("group", "{\"set\":{\"displayName\":\"Twice\"}}");
        control("group", "{\"set\":{\"displayName\":\"Twice\"}}");
        control("group", "{\"set\":{\"displayName\":\"O'Neill & Sons\"}}");
        code = mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err);
        ck_assert_msg(code == names[_i].code, "%d %s", code, err.text);
        graph_open(&g);
        ck_assert_msg(graph_round(&g, NULL) == names[_i].code, "%s", g.err.text);
        if (code != MST_OK) {
                ck_assert_msg(strstr(err.text, names[_i].says) != NULL, "%s", err.text);
                ck_assert_msg(strstr(g.err.text, names[_i].says) != NULL || strstr(g.err.text, "restrict-to-group") != NULL,
                              "%s", g.err.text);
        }
}
END_TEST

START_TEST(fetch)
{
        char in[40], out[40], gone[40];
        const char *ids[] = { in, out, gone };

        begin(wishes[_i], NULL);
        mirror_round(&m, &g, NULL);
        somebody(true, gone);
        control("remove", "{\"id\":\"%s\"}", gone);
        next_round();
        somebody(true, in);
        somebody(false, out);
        if (strcmp(out, gone) == 0)                      /* he is first, and no member now */
                control("restore", "{\"id\":\"%s\"}", gone);
        mst_test_page_reset(g.page);
        ck_assert_msg(mst_plugin_entra.source->fetch(g.entra, mst_test_ids(g.test, MST_USER, ids, 3), g.page, &g.err)
                      == MST_OK, "%s", g.err.text);
        mirror_empty(&m);
        mirror_take(&m, g.page);
        ck_assert_int_eq(mirror_find(&m, in)->state, MIRROR_LIVE);
        if (strcmp(out, gone) != 0) {
                ck_assert_int_eq(mirror_find(&m, out)->state, MIRROR_OUTSIDE);
                ck_assert_int_eq(mirror_find(&m, gone)->state, MIRROR_SOFT);
        }
}
END_TEST

START_TEST(fetch_outside)
{
        char out[40];
        const char *ids[] = { out };

        begin(plain, NULL);
        mirror_round(&m, &g, NULL);
        somebody(false, out);
        mst_test_page_reset(g.page);
        ck_assert_int_eq(mst_plugin_entra.source->fetch(g.entra, mst_test_ids(g.test, MST_USER, ids, 1), g.page, &g.err),
                         MST_OK);
        ck_assert_uint_eq(mst_test_page_count(g.page), 1);
        ck_assert_int_eq(mst_test_page_what(g.page, 0), MST_TEST_OUTSIDE);
}
END_TEST

static const struct {
        const char *roles;
        int code;
        const char *says;
} rights[] = {
        { "User.Read.All", MST_EPERM, "GroupMember.Read.All" },
        { "GroupMember.Read.All", MST_EPERM, "User.Read.All" },
        { "User.Read.All GroupMember.Read.All", MST_OK, NULL },
        { "Directory.Read.All", MST_OK, NULL },
};

START_TEST(rights_needed)
{
        struct mst_error err = { 0 };
        int code;

        begin(plain, NULL);
        control("app", "{\"roles\":\"%s\"}", rights[_i].roles);
        graph_open(&g);
        code = mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err);
        ck_assert_msg(code == rights[_i].code, "%s", err.text);
        ck_assert_msg(rights[_i].says == NULL || strstr(err.text, rights[_i].says) != NULL, "%s", err.text);
        ck_assert_int_eq(graph_round(&g, NULL), rights[_i].code);
}
END_TEST

START_TEST(empty_group_is_noted)
{
        struct mst_facts *facts;
        struct mst_error err = { 0 };
        bool found = false, bad = false;

        begin(plain, NULL);
        control("group-change", "{\"group\":\"Pilots\",\"set\":{\"visibility\":\"HiddenMembership\"}}");
        facts = mst_test_facts(g.test);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, facts, &err), MST_OK);
        for (size_t i = 0; mst_test_facts_note(facts, i, &bad) != NULL; i++)
                found = found || (bad && strstr(mst_test_facts_note(facts, i, NULL), "nobody will be read") != NULL);
        ck_assert(found);
}
END_TEST

START_TEST(b2c)
{
        begin(wishes[_i], NULL);
        graph_control(&g, "settings", "{\"b2c\":true}");
        mirror_round(&m, &g, NULL);
        check_people();
        ck_assert(g.untracked);
        control("leave", "{\"group\":\"Pilots\",\"count\":10}");
        mirror_round(&m, &g, NULL);
        check_people();
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-restrict");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, NULL, end);
        tcase_set_timeout(c, 60);
        tcase_add_loop_test(c, full, 0, 3);
        tcase_add_test(c, changes_of_members);
        tcase_add_loop_test(c, join_and_leave, 0, 2);
        tcase_add_test(c, nested_comes_and_goes);
        tcase_add_test(c, inner_group_is_deleted_and_restored);
        tcase_add_test(c, deleted_member);
        tcase_add_loop_test(c, deleted_before, 0, 2);
        tcase_add_test(c, too_many_groups_to_watch);
        tcase_add_loop_test(c, watch_is_lost, 0, 3);
        tcase_add_loop_test(c, many_join_and_processes_change, 0, 2);
        tcase_add_loop_test(c, list_begins_again, 0, 2);
        tcase_add_test(c, kept_members_are_lost);
        tcase_add_test(c, kept_members_are_few);
        tcase_add_test(c, group_is_deleted);
        tcase_add_loop_test(c, by_name, 0, UNIT_COUNT(names));
        tcase_add_loop_test(c, fetch, 0, 2);
        tcase_add_test(c, fetch_outside);
        tcase_add_loop_test(c, rights_needed, 0, UNIT_COUNT(rights));
        tcase_add_test(c, empty_group_is_noted);
        tcase_add_loop_test(c, b2c, 0, 2);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
