/* test-groups.c - groups, their members and deltas (checklist 47 to 53). */
#include "client.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define DELTA "/v1.0/groups/delta"

/* What a reader keeps: the members of each group, by number of person. */
struct mirror {
        struct client *c;
        uint8_t in[8][5000];
        uint32_t times[8], largest;
        bool live[8];
};

static void
keep(void *self, struct json_object *item)
{
        struct mirror *m = self;
        const char *id = json_object_get_string(json_object_object_get(item, "id"));
        uint32_t group = guid_index(id, strlen(id), m->c->e->groups.realm);
        struct json_object *list = json_object_object_get(item, "members@delta"), *gone;

        ck_assert_uint_lt(group, 8);
        m->live[group] = !json_object_object_get_ex(item, "@removed", &gone);
        m->times[group]++;
        ck_assert(list == NULL || json_object_array_length(list) > 0);
        for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
                struct json_object *one = json_object_array_get_idx(list, i);
                const char *who = json_object_get_string(json_object_object_get(one, "id"));
                uint32_t person = guid_index(who, strlen(who), m->c->e->people.world.realm);

                if (person == NOBODY) {
                        ck_assert_str_eq(json_object_get_string(json_object_object_get(one, "@odata.type")),
                                         "#microsoft.graph.group");
                        continue;
                }
                m->in[group][person] = !json_object_object_get_ex(one, "@removed", &gone);
                if (gone != NULL)
                        ck_assert_str_eq(json_object_get_string(json_object_object_get(gone, "reason")), "deleted");
        }
        if (list != NULL && json_object_array_length(list) > m->largest)
                m->largest = (uint32_t)json_object_array_length(list);
}

static void
compare(struct mirror *m)
{
        for (uint32_t g = 0; g < m->c->e->groups.count; g++)
                for (uint32_t i = 0; i < m->c->e->people.count; i++)
                        ck_assert_int_eq(m->in[g][i], groups_has(&m->c->e->groups, g, i));
}

static void
make(struct client *c, const char *name, int members)
{
        struct text body = { 0 };

        text_fmt(&body, "{\"set\":{\"displayName\":\"%s\"}}", name);
        client_do(c, "group", text_str(&body));
        body.len = 0;
        text_fmt(&body, "{\"group\":\"%s\",\"count\":%d}", name, members);
        client_do(c, "join", text_str(&body));
        text_free(&body);
}

/* 1,200 members come as 500 + 500 + 200 on three pages, with other groups between. */
START_TEST(item_48_slices)
{
        static const size_t want[] = { 500, 500, 200 };
        struct client *c = client_open(3000);
        char a[GUID_LEN + 1] = "";
        size_t page = 0, others = 0;

        make(c, "A", 1200);
        make(c, "B", 3);
        make(c, "C", 2);
        guid_write(a, c->e->groups.realm, 0);
        client_get(c, DELTA);
        do {
                size_t seen = 0;

                for (size_t i = 0; i < client_count(c); i++) {
                        struct json_object *item = client_value(c, i);
                        struct json_object *list = json_object_object_get(item, "members@delta");

                        if (strcmp(json_object_get_string(json_object_object_get(item, "id")), a) != 0) {
                                others += page > 0 && page < 2;
                                continue;
                        }
                        ck_assert_uint_eq(seen++, 0);
                        ck_assert_uint_lt(page, 3);
                        ck_assert_uint_eq(json_object_array_length(list), want[page]);
                }
                page++;
        } while (client_next(c));
        ck_assert_uint_eq(page, 3);
        ck_assert_uint_eq(others, 2);
        client_do(c, "settings", "{\"member-slice\":100}");
        client_get(c, DELTA);
        ck_assert_uint_eq(json_object_array_length(json_object_object_get(client_value(c, 0), "members@delta")), 100);
        client_close(c);
}
END_TEST

START_TEST(item_49_joined_and_left)
{
        struct client *c = client_open(3000);
        struct mirror *m = room(sizeof *m);
        size_t pages;
        char *link, *next;

        m->c = c;
        make(c, "A", 1200);
        make(c, "B", 3);
        make(c, "C", 0);
        link = client_round(c, DELTA, keep, m, &pages);
        ck_assert_uint_eq(m->times[0], 3);
        ck_assert_uint_eq(m->times[1], 1);
        ck_assert_uint_eq(m->times[2], 1);
        ck_assert_uint_eq(m->largest, 500);
        ck_assert_uint_ge(pages, 3);
        compare(m);
        client_do(c, "leave", "{\"group\":\"A\",\"count\":700}");
        client_do(c, "join", "{\"group\":\"B\",\"count\":900}");
        client_do(c, "join", "{\"group\":\"C\",\"count\":1}");
        client_do(c, "leave", "{\"group\":\"B\",\"count\":20}");
        client_do(c, "join", "{\"group\":\"A\",\"count\":5}");
        next = client_round(c, link, keep, m, NULL);
        compare(m);
        free(link);
        link = client_round(c, next, keep, m, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        free(next);
        next = client_round(c, DELTA "?$deltatoken=latest", NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        client_do(c, "group-remove", "{\"group\":\"C\"}");
        free(link);
        link = client_round(c, next, keep, m, NULL);
        ck_assert(!m->live[2]);
        client_do(c, "group-restore", "{\"group\":\"C\"}");
        free(next);
        next = client_round(c, link, keep, m, NULL);
        ck_assert(m->live[2]);
        free(link);
        free(next);
        free(m);
        client_close(c);
}
END_TEST

/* One who left is told as removed, in a later round and, if so set, in an initial one. */
START_TEST(item_49_removed_members)
{
        struct client *c = client_open(50);
        struct json_object *list, *gone;
        char *link, *next, body[100];
        uint32_t who = 0;

        make(c, "A", 5);
        while (!groups_has(&c->e->groups, 0, who))
                who++;
        link = client_round(c, DELTA, NULL, NULL, NULL);
        snprintf(body, sizeof body, "{\"group\":\"A\",\"ids\":[\"%s\"]}", client_id(c, who));
        client_do(c, "leave", body);
        next = client_round(c, link, NULL, NULL, NULL);
        for (int initial = 0; initial < 2; initial++) {
                ck_assert_uint_eq(client_count(c), 1);
                list = json_object_object_get(client_value(c, 0), "members@delta");
                ck_assert_uint_eq(json_object_array_length(list), initial == 0 ? 1 : 5);
                list = json_object_array_get_idx(list, initial == 0 ? 0 : 4);
                ck_assert_str_eq(json_object_get_string(json_object_object_get(list, "id")), client_id(c, who));
                ck_assert_str_eq(json_object_get_string(json_object_object_get(list, "@odata.type")), "#microsoft.graph.user");
                ck_assert(json_object_object_get_ex(list, "@removed", &gone));
                ck_assert_str_eq(json_object_get_string(json_object_object_get(gone, "reason")), "deleted");
                client_do(c, "settings", "{\"ghosts\":true}");
                client_get(c, DELTA);
        }
        client_do(c, "join", body);
        client_get(c, DELTA);                   /* back again: removed no more */
        ck_assert_ptr_null(strstr(text_str(&c->raw), "@removed"));
        free(link);
        free(next);
        client_close(c);
}
END_TEST

START_TEST(item_47_members_only_when_asked_for)
{
        struct client *c = client_open(50);
        struct json_object *v;
        char *link, *next;

        make(c, "A", 5);
        client_get(c, DELTA "?$select=displayName");
        ck_assert(!json_object_object_get_ex(client_value(c, 0), "members@delta", &v));
        link = room_copy(client_text(c, "@odata.deltaLink"));
        client_get(c, DELTA "?$select=displayName,members");
        ck_assert(json_object_object_get_ex(client_value(c, 0), "members@delta", &v));
        client_get(c, DELTA);
        ck_assert(json_object_object_get_ex(client_value(c, 0), "members@delta", &v));
        client_do(c, "join", "{\"group\":\"A\",\"count\":1}");
        next = client_round(c, link, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        client_do(c, "group-change", "{\"group\":\"A\",\"set\":{\"displayName\":\"Z\"}}");
        free(link);
        link = client_round(c, next, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 1);
        free(link);
        free(next);
        client_close(c);
}
END_TEST

START_TEST(item_50_deleted_people_stay_members)
{
        struct client *c = client_open(50);
        struct text url = { 0 }, body = { 0 };
        char *link, *next, *who;

        make(c, "A", 5);
        link = client_round(c, DELTA, NULL, NULL, NULL);
        client_get(c, "/_control/group/A");
        text_fmt(&url, "/v1.0/groups/%s/members?$select=id", client_text(c, "id"));
        client_get(c, text_str(&url));
        ck_assert_uint_eq(client_count(c), 5);
        who = room_copy(json_object_get_string(json_object_object_get(client_value(c, 0), "id")));
        text_fmt(&body, "{\"id\":\"%s\"}", who);
        client_do(c, "remove", text_str(&body));
        next = client_round(c, link, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        client_get(c, text_str(&url));
        ck_assert_uint_eq(client_count(c), 4);
        client_do(c, "restore", text_str(&body));
        client_get(c, text_str(&url));
        ck_assert_uint_eq(client_count(c), 5);
        free(link);
        free(next);
        free(who);
        text_free(&url);
        text_free(&body);
        client_close(c);
}
END_TEST

static char *
group_url(struct client *c, const char *name, const char *rest)
{
        struct text url = { 0 }, truth = { 0 };

        text_fmt(&truth, "/_control/group/%s", name);
        client_get(c, text_str(&truth));
        text_fmt(&url, "/v1.0/groups/%s%s", client_text(c, "id"), rest);
        text_free(&truth);
        return text_take(&url);
}

/* What a reader of the delta sees of an inner group. */
START_TEST(item_51_a_group_is_a_member)
{
        struct client *c = client_open(20);
        struct json_object *one;
        char body[100], id[GUID_LEN + 1] = "";

        make(c, "A", 0);
        make(c, "B", 2);
        guid_write(id, c->e->groups.realm, 1);
        snprintf(body, sizeof body, "{\"group\":\"A\",\"ids\":[\"%s\"]}", id);
        client_do(c, "join", body);
        client_get(c, DELTA);
        one = json_object_array_get_idx(json_object_object_get(client_value(c, 0), "members@delta"), 0);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(one, "@odata.type")), "#microsoft.graph.group");
        ck_assert_str_eq(json_object_get_string(json_object_object_get(one, "id")), id);
        client_close(c);
}
END_TEST

START_TEST(item_51_nested_and_circular)
{
        static const struct { const char *rest; size_t count; } rows[] = {
                { "/members", 6 }, { "/members/", 6 }, { "/members/microsoft.graph.user", 5 },
                { "/members/microsoft.graph.user/", 5 }, { "/members/microsoft.graph.group", 1 },
                { "/transitiveMembers/microsoft.graph.user?$count=true&$select=id", 5 + 7 },
                { "/transitiveMembers", 5 + 7 + 3 }, { "/members?$top=2", 2 },
        };
        struct client *c = client_open(300);
        struct text body = { 0 };
        char id[GUID_LEN + 1] = "";

        make(c, "A", 5);
        make(c, "B", 0);
        make(c, "C", 0);
        for (uint32_t g = 0; g < 3; g++) {              /* A holds B, B holds C, C holds A */
                guid_write(id, c->e->groups.realm, (g + 1) % 3);
                text_fmt(&body, "{\"group\":\"%c\",\"ids\":[\"%s\"]}", (char)('A' + g), id);
                client_do(c, "join", text_str(&body));
                body.len = 0;
        }
        for (uint32_t i = 0, n = 0; n < 7; i++)         /* seven in C who are not in A */
                if (!groups_has(&c->e->groups, 0, i))
                        n += groups_join(&c->e->groups, 2, i, true);
        {
                char *url = group_url(c, "A", rows[_i].rest);

                if (strstr(url, "/transitiveMembers/") != NULL) {       /* a cast is an advanced query */
                        ck_assert_int_eq(client_get(c, url), 400);
                        c->headers[0] = "ConsistencyLevel";
                        c->headers[1] = "eventual";
                }
                ck_assert_int_eq(client_get(c, url), 200);
                ck_assert_uint_eq(client_count(c), rows[_i].count);
                ck_assert_int_eq(json_object_get_int(json_object_object_get(c->json, "@odata.count")),
                                 strstr(url, "$count=true") != NULL ? (int)rows[_i].count : 0);
                ck_assert_ptr_nonnull(json_object_object_get(client_value(c, 0), "@odata.type"));
                free(url);
        }
        text_free(&body);
        client_close(c);
}
END_TEST

START_TEST(pages_of_members)
{
        struct client *c = client_open(500);
        size_t n = 0;
        char *url;

        make(c, "A", 321);
        url = group_url(c, "A", "/members?$select=id");
        client_get(c, url);
        ck_assert_uint_eq(client_count(c), 100);
        do {
                n += client_count(c);
        } while (client_next(c));
        ck_assert_uint_eq(n, 321);
        free(url);
        client_close(c);
}
END_TEST

START_TEST(item_52_limited_information)
{
        struct client *c = client_open(50);
        struct json_object *v;
        char *url;

        make(c, "A", 3);
        url = group_url(c, "A", "/members");
        client_do(c, "app", "{\"roles\":\"GroupMember.Read.All\"}");
        client_token(c);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 403);
        ck_assert_int_eq(client_get(c, url), 200);
        for (size_t i = 0; i < 3; i++) {
                size_t other = 0;

                json_object_object_foreach(client_value(c, i), name, value) {
                        bool told = strcmp(name, "id") == 0 || strcmp(name, "@odata.type") == 0;

                        ck_assert(told == (value != NULL));
                        other += !told;
                }
                ck_assert_uint_eq(other, 10);
                ck_assert(json_object_object_get_ex(client_value(c, i), "displayName", &v) && v == NULL);
        }
        client_do(c, "app", "{\"roles\":\"User.Read.All\"}");
        client_token(c);
        ck_assert_int_eq(client_get(c, "/v1.0/groups"), 403);
        free(url);
        client_close(c);
}
END_TEST

START_TEST(item_53_hidden_members)
{
        struct client *c = client_open(50);
        char *url;

        make(c, "A", 3);
        client_do(c, "group-change", "{\"group\":\"A\",\"set\":{\"visibility\":\"HiddenMembership\"}}");
        url = group_url(c, "A", "/members");
        client_get(c, url);
        ck_assert_uint_eq(client_count(c), 0);
        client_get(c, DELTA);
        ck_assert_ptr_null(json_object_object_get(client_value(c, 0), "members@delta"));
        client_do(c, "settings", "{\"hidden-refused\":true}");
        ck_assert_int_eq(client_get(c, url), 403);
        ck_assert_str_eq(client_code(c), "Authorization_RequestDenied");
        client_do(c, "app", "{\"roles\":\"Directory.Read.All Member.Read.Hidden\"}");
        client_token(c);
        client_get(c, url);
        ck_assert_uint_eq(client_count(c), 3);
        client_get(c, DELTA);
        ck_assert_ptr_nonnull(json_object_object_get(client_value(c, 0), "members@delta"));
        free(url);
        client_close(c);
}
END_TEST

/* Devices and contacts are members like others, with another type. */
START_TEST(item_52_members_of_other_types)
{
        static const char *const types[] = { "#microsoft.graph.user", "#microsoft.graph.device",
                                             "#microsoft.graph.orgContact" };
        struct client *c = client_open(50);
        struct json_object *list;
        char *url, *link, *next;
        int seen[3] = { 0 };

        make(c, "A", 2);
        client_do(c, "join", "{\"group\":\"A\",\"others\":4}");
        link = client_round(c, DELTA, NULL, NULL, NULL);
        list = json_object_object_get(client_value(c, 0), "members@delta");
        for (size_t i = 0; i < json_object_array_length(list); i++)
                for (int k = 0; k < 3; k++)
                        seen[k] += strcmp(types[k], json_object_get_string(json_object_object_get(
                                json_object_array_get_idx(list, i), "@odata.type"))) == 0;
        ck_assert(seen[0] == 2 && seen[1] == 2 && seen[2] == 2);
        url = group_url(c, "A", "/members");
        client_get(c, url);
        ck_assert_uint_eq(client_count(c), 6);
        free(url);
        url = group_url(c, "A", "/members/microsoft.graph.user");
        client_get(c, url);
        ck_assert_uint_eq(client_count(c), 2);
        client_do(c, "leave", "{\"group\":\"A\",\"others\":1}");
        next = client_round(c, link, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 1);
        free(url);
        free(link);
        free(next);
        client_close(c);
}
END_TEST

START_TEST(item_39_delta_of_some_groups)
{
        struct client *c = client_open(50);
        struct text url = { 0 };
        char *link, *next;

        make(c, "A", 2);
        make(c, "B", 2);
        text_lit(&url, DELTA "?$select=members&$deltatoken=latest&$filter=");
        for (int i = 0; i < 51; i++) {
                char id[GUID_LEN + 1] = "";

                guid_write(id, c->e->groups.realm, (uint32_t)(i == 0 ? 1 : i + 5));
                text_fmt(&url, "%sid%%20eq%%20'%s'", i > 0 ? "%20or%20" : "", id);
                if (i == 49)
                        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        }
        link = NULL;
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);
        url.len = 0;
        {
                char id[GUID_LEN + 1] = "";

                guid_write(id, c->e->groups.realm, 1);
                text_fmt(&url, DELTA "?$select=members&$deltatoken=latest&$filter=id%%20eq%%20'%s'", id);
                link = client_round(c, text_str(&url), NULL, NULL, NULL);
        }
        client_do(c, "join", "{\"group\":\"A\",\"count\":1}");
        next = client_round(c, link, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        client_do(c, "join", "{\"group\":\"B\",\"count\":1}");
        free(link);
        link = client_round(c, next, NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 1);
        free(link);
        free(next);
        text_free(&url);
        client_close(c);
}
END_TEST

/* A link of users is no link of groups, nor the other way round. */
START_TEST(links_are_not_mixed)
{
        struct client *c = client_open(5);
        struct text url = { 0 };

        client_get(c, "/v1.0/users/delta?$deltatoken=latest");
        text_fmt(&url, DELTA "?%s", strchr(client_text(c, "@odata.deltaLink"), '?') + 1);
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);
        url.len = 0;
        client_get(c, DELTA "?$deltatoken=latest");
        text_fmt(&url, "/v1.0/users/delta?%s", strchr(client_text(c, "@odata.deltaLink"), '?') + 1);
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);
        text_free(&url);
        client_close(c);
}
END_TEST

Suite *
suite_groups(void)
{
        Suite *s = suite_create("graph groups");
        TCase *t = tcase_create("groups");

        tcase_add_test(t, item_39_delta_of_some_groups);
        tcase_add_test(t, item_47_members_only_when_asked_for);
        tcase_add_test(t, item_48_slices);
        tcase_add_test(t, item_49_joined_and_left);
        tcase_add_test(t, item_49_removed_members);
        tcase_add_test(t, item_50_deleted_people_stay_members);
        tcase_add_test(t, item_51_a_group_is_a_member);
        tcase_add_loop_test(t, item_51_nested_and_circular, 0, 8);
        tcase_add_test(t, item_52_limited_information);
        tcase_add_test(t, item_52_members_of_other_types);
        tcase_add_test(t, item_53_hidden_members);
        tcase_add_test(t, pages_of_members);
        tcase_add_test(t, links_are_not_mixed);
        suite_add_tcase(s, t);
        return s;
}
