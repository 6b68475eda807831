/* test-delta.c - users/delta (checklist 29 to 39, 43 to 46): rounds, what wakes an
 * object, removals, managers, repeats, delays. Old and damaged links: test-links.c. */
#include "client.h"
#include "object.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define DELTA "/v1.0/users/delta"

/* What a reader keeps of a round: for each person the last state seen. */
struct mirror {
        struct client *c;
        struct json_object *last[4000];
        uint32_t times[4000];
        size_t items;
};

static void
keep(void *self, struct json_object *item)
{
        struct mirror *m = self;
        const char *id = json_object_get_string(json_object_object_get(item, "id"));
        uint32_t index = guid_index(id, strlen(id), m->c->e->people.world.realm);
        struct text why = { 0 };
        const char *wrong = shape_delta_item(item, &why);

        ck_assert_msg(wrong == NULL, "%s", wrong);
        ck_assert_uint_lt(index, 4000);
        json_object_put(m->last[index]);
        m->last[index] = json_object_get(item);
        m->times[index]++;
        m->items++;
}

static void
forget(struct mirror *m)
{
        for (size_t i = 0; i < 4000; i++)
                json_object_put(m->last[i]);
        free(m);
}

static struct mirror *
mirror_of(struct client *c)
{
        struct mirror *m = room(sizeof *m);

        m->c = c;
        return m;
}

static bool
present(struct json_object *o, const char *name, struct json_object **ret)
{
        return json_object_object_get_ex(o, name, ret);
}

START_TEST(item_29_initial_round)
{
        struct client *c = client_open(1000);
        struct mirror *m = mirror_of(c);
        size_t pages, absent = 0, managers = 0;
        struct json_object *v;
        char *link = client_round(c, DELTA "?$select=displayName,department,manager", keep, m, &pages);

        ck_assert_uint_eq(pages, 5);
        ck_assert_uint_eq(m->items, 1000);
        for (uint32_t i = 0; i < 1000; i++) {
                ck_assert_uint_eq(m->times[i], 1);
                if (!present(m->last[i], "department", &v))
                        absent++;
                else
                        ck_assert_ptr_nonnull(v);       /* never set: absent, not null */
                managers += present(m->last[i], "manager@delta", &v);
                ck_assert(!present(m->last[i], "mail", &v));
        }
        ck_assert_uint_gt(absent, 20);
        ck_assert_uint_gt(managers, 900);
        ck_assert_int_eq(strncmp(link, BASE DELTA "?$deltatoken=", 50), 0);
        free(link);
        client_do(c, "settings", "{\"page-size\":7}");
        client_get(c, DELTA "?$select=id");
        ck_assert_uint_eq(client_count(c), 7);
        forget(m);
        client_close(c);
}
END_TEST

/* An empty page is no end, the first and any other; a fault empties a chosen one. */
START_TEST(item_30_empty_pages)
{
        static const char *const doors[][2] = {
                { "settings", "{\"empty-first\":true,\"page-size\":50}" },
                { "settings", "{\"empty-every\":3,\"page-size\":50}" },
                { "faults", "{\"kind\":\"delta\",\"nth\":2,\"action\":\"empty-page\"}" },
        };
        struct client *c = client_open(500);
        struct mirror *m = mirror_of(c);
        size_t empty = 0;

        client_do(c, doors[_i][0], doors[_i][1]);
        client_get(c, DELTA "?$select=id");
        do {
                if (client_count(c) == 0) {
                        ck_assert_str_ne(client_text(c, "@odata.nextLink"), "");
                        empty++;
                }
                for (size_t i = 0; i < client_count(c); i++)
                        keep(m, client_value(c, i));
        } while (client_next(c));
        ck_assert_uint_gt(empty, 0);
        ck_assert_uint_eq(m->items, 500);
        forget(m);
        client_close(c);
}
END_TEST

START_TEST(item_31_from_now_on)
{
        struct client *c = client_open(500);

        ck_assert_int_eq(client_get(c, DELTA "?$deltatoken=latest&$select=displayName"), 200);
        ck_assert_uint_eq(client_count(c), 0);
        ck_assert(json_object_is_type(json_object_object_get(c->json, "value"), json_type_array));
        ck_assert_int_eq(strncmp(client_text(c, "@odata.deltaLink"), BASE DELTA "?$deltatoken=", 50), 0);
        ck_assert_str_eq(client_text(c, "@odata.nextLink"), "");
        client_close(c);
}
END_TEST

START_TEST(item_32_nothing_new_and_replay)
{
        struct client *c = client_open(500);
        char *link = client_latest(c, "displayName"), *next;
        struct json_object *first;

        next = client_follow(c, room_copy(link));
        ck_assert_uint_eq(client_count(c), 0);
        ck_assert_str_ne(next, link);
        free(next);
        client_ask(c, "change", 3, ",\"set\":{\"displayName\":\"New Name\"}");
        next = client_follow(c, room_copy(link));
        ck_assert_uint_eq(client_count(c), 1);
        first = json_object_get(client_value(c, 0));
        free(client_follow(c, next));
        ck_assert_uint_eq(client_count(c), 0);
        link = client_follow(c, link);                         /* a replay gives the same */
        ck_assert_uint_eq(client_count(c), 1);
        ck_assert(json_object_equal(first, client_value(c, 0)));
        json_object_put(first);
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_33_changed_and_cleared)
{
        struct client *c = client_open(100);
        char *link = client_latest(c, "displayName,jobTitle,city");
        struct json_object *o, *v;

        client_ask(c, "change", 0, ",\"set\":{\"jobTitle\":\"Queen\",\"city\":\"Oslo\"}");
        link = client_follow(c, link);
        client_ask(c, "change", 0, ",\"set\":{\"jobTitle\":null}");
        c->headers[0] = "Prefer";
        c->headers[1] = "return=minimal";
        free(client_follow(c, room_copy(link)));
        o = client_value(c, 0);
        ck_assert(present(o, "jobTitle", &v) && v == NULL);
        ck_assert(!present(o, "displayName", &v) && !present(o, "city", &v));
        ck_assert_str_eq(client_header(c, "Preference-Applied"), "return=minimal");
        c->headers[0] = NULL;
        link = client_follow(c, link);
        o = client_value(c, 0);
        ck_assert(present(o, "jobTitle", &v) && v == NULL);
        ck_assert(present(o, "displayName", &v) && v != NULL);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(o, "city")), "Oslo");
        ck_assert_uint_eq((size_t)json_object_object_length(o), 4);
        client_do(c, "settings", "{\"page-size\":500}");
        free(client_round(c, DELTA "?$select=displayName,jobTitle", NULL, NULL, NULL));
        ck_assert(!present(client_value(c, 0), "jobTitle", &v));       /* no value: absent from a full round */
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_34_unselected_wakes_nobody)
{
        struct client *c = client_open(100);
        char *link = client_latest(c, "displayName,jobTitle,city");

        client_ask(c, "change", 0, ",\"set\":{\"department\":\"Elsewhere\"}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 0);
        free(link);
        client_close(c);
}
END_TEST

static const char *
reason(struct client *c)
{
        struct json_object *v;

        ck_assert_uint_eq(client_count(c), 1);
        ck_assert(present(client_value(c, 0), "@removed", &v));
        return json_object_get_string(json_object_object_get(v, "reason"));
}

START_TEST(item_35_deleted_restored_purged)
{
        struct client *c = client_open(100);
        char *link = client_latest(c, "displayName");
        struct json_object *v;

        client_ask(c, "remove", 7, "");
        link = client_follow(c, link);
        ck_assert_str_eq(reason(c), "changed");
        client_ask(c, "restore", 7, "");
        link = client_follow(c, link);
        ck_assert(!present(client_value(c, 0), "@removed", &v));
        ck_assert(present(client_value(c, 0), "displayName", &v));
        ck_assert_str_eq(json_object_get_string(json_object_object_get(client_value(c, 0), "id")), client_id(c, 7));
        client_ask(c, "remove", 7, "");
        link = client_follow(c, link);
        client_do(c, "clock", "{\"advance\":\"29d\"}");
        client_token(c);
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 0);
        client_do(c, "clock", "{\"advance\":\"1d\"}");
        client_token(c);
        link = client_follow(c, link);
        ck_assert_str_eq(reason(c), "deleted");
        client_ask(c, "remove", 8, "");
        link = client_follow(c, link);
        client_ask(c, "purge", 8, "");
        link = client_follow(c, link);
        ck_assert_str_eq(reason(c), "deleted");
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_36_deleted_and_restored_between_rounds)
{
        struct client *c = client_open(100);
        char *link = client_latest(c, "displayName");
        struct mirror *m = mirror_of(c);
        struct json_object *v;

        client_ask(c, "remove", 7, "");
        client_ask(c, "restore", 7, "");
        free(client_round(c, link, keep, m, NULL));
        ck_assert_ptr_nonnull(m->last[7]);
        ck_assert(!present(m->last[7], "@removed", &v));
        ck_assert(present(m->last[7], "displayName", &v));
        free(link);
        forget(m);
        client_close(c);
}
END_TEST

START_TEST(item_29_no_deleted_ones_unless_ghosts)
{
        struct client *c = client_open(300);
        struct mirror *m = mirror_of(c);

        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":20}");
        free(client_round(c, DELTA "?$select=id", keep, m, NULL));
        ck_assert_uint_eq(m->items, 280);
        client_do(c, "settings", "{\"ghosts\":true}");
        free(client_round(c, DELTA "?$select=id", keep, m, NULL));
        ck_assert_uint_eq(m->items, 580);
        forget(m);
        client_close(c);
}
END_TEST

static const char *
relation(struct json_object *item, size_t n, bool *removed)
{
        struct json_object *list = json_object_object_get(item, "manager@delta"), *v, *one;

        one = list != NULL ? json_object_array_get_idx(list, n) : NULL;
        *removed = one != NULL && json_object_object_get_ex(one, "@removed", &v);
        return one != NULL ? json_object_get_string(json_object_object_get(one, "id")) : "";
}

START_TEST(item_38_managers)
{
        struct client *c = client_open(100);
        char *link = client_latest(c, "displayName,manager"), body[128];
        uint32_t who = 0, old, boss;
        struct json_object *v;
        bool removed;

        while (object_boss(&c->e->people, who) == NOBODY)
                who++;
        old = object_boss(&c->e->people, who);
        boss = old == 50 ? 51 : 50;
        client_ask(c, "change", who, ",\"set\":{\"displayName\":\"X\"}");
        link = client_follow(c, link);
        ck_assert(!present(client_value(c, 0), "manager@delta", &v));
        snprintf(body, sizeof body, ",\"set\":{\"manager\":\"%s\"}", client_id(c, boss));
        client_ask(c, "change", who, body);
        link = client_follow(c, link);
        ck_assert_str_eq(relation(client_value(c, 0), 0, &removed), client_id(c, boss));
        ck_assert(!removed);
        ck_assert_str_eq(relation(client_value(c, 0), 1, &removed), client_id(c, old));
        ck_assert(removed);
        client_ask(c, "change", who, ",\"set\":{\"manager\":null}");
        link = client_follow(c, link);
        ck_assert_str_eq(relation(client_value(c, 0), 0, &removed), client_id(c, boss));
        ck_assert(removed);
        ck_assert_str_eq(relation(client_value(c, 0), 1, &removed), "");
        client_ask(c, "change", who, body);
        link = client_follow(c, link);
        client_ask(c, "change", who, ",\"set\":{\"manager\":null}");
        client_ask(c, "remove", who, "");                      /* and back, before anybody reads */
        client_ask(c, "restore", who, "");
        link = client_follow(c, link);
        ck_assert_str_eq(relation(client_value(c, 0), 0, &removed), client_id(c, boss));
        ck_assert(removed);
        free(link);
        link = client_latest(c, "displayName");                /* not selected: no manager */
        client_ask(c, "change", who, body);
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 0);
        free(link);
        client_close(c);
}
END_TEST

/* However the pages come, a reader that merges by id ends with the truth. */
static const struct {
        const char *settings;
        size_t items;                   /* at least */
} orders[] = {
        { "{\"page-size\":7}", 500 },
        { "{\"page-size\":500}", 500 },
        { "{\"page-size\":50,\"shuffle\":true}", 500 },
        { "{\"page-size\":50,\"empty-first\":true}", 500 },
        { "{\"page-size\":50,\"empty-every\":2}", 500 },
        { "{\"page-size\":50,\"repeat-every\":3}", 600 },
        { "{\"page-size\":20,\"repeat-every\":1,\"shuffle\":true,\"empty-every\":3}", 900 },
        { "{\"page-size\":50,\"link-length\":9000}", 500 },
        { "{\"page-size\":50,\"extras\":true}", 500 },
};

static void
compare(struct mirror *m)
{
        struct client *c = m->c;

        for (uint32_t i = 0; i < c->e->people.count; i++) {
                struct json_object *truth, *v = NULL, *w = NULL, *removed;
                struct text t = { 0 };

                object_write_truth(&c->e->people, i, &t);
                truth = json_tokener_parse(text_str(&t));
                ck_assert_ptr_nonnull(m->last[i]);
                if (c->e->people.members[i].life != LIFE_LIVE) {
                        ck_assert(present(m->last[i], "@removed", &removed));
                } else {
                        present(truth, "jobTitle", &v);
                        present(m->last[i], "jobTitle", &w);
                        ck_assert(json_object_equal(v, w));
                        present(truth, "displayName", &v);
                        present(m->last[i], "displayName", &w);
                        ck_assert(json_object_equal(v, w));
                }
                json_object_put(truth);
                text_free(&t);
        }
}

START_TEST(item_37_any_order)
{
        struct client *c = client_open(500);
        struct mirror *m = mirror_of(c);
        char *link, *next;

        client_do(c, "settings", orders[_i].settings);
        link = client_round(c, DELTA "?$select=displayName,jobTitle", keep, m, NULL);
        ck_assert_uint_ge(m->items, orders[_i].items);
        compare(m);
        client_do(c, "bulk", "{\"op\":\"change\",\"count\":100}");
        client_do(c, "bulk", "{\"op\":\"rename\",\"count\":50}");
        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":30}");
        client_do(c, "bulk", "{\"op\":\"restore\",\"count\":10}");
        client_do(c, "hire", "{\"count\":25}");
        next = client_round(c, link, keep, m, NULL);
        compare(m);
        free(link);
        free(next);
        forget(m);
        client_close(c);
}
END_TEST

START_TEST(item_37_changes_while_reading)
{
        struct client *c = client_open(500);
        struct mirror *m = mirror_of(c);
        char *link, *next;
        int n = 0;

        client_do(c, "settings", "{\"page-size\":50,\"shuffle\":true}");
        client_get(c, DELTA "?$select=displayName,jobTitle");
        do {
                char *more = room_copy(client_text(c, "@odata.nextLink"));

                for (size_t i = 0; i < client_count(c); i++)
                        keep(m, client_value(c, i));
                link = room_copy(client_text(c, "@odata.deltaLink"));
                if (*more == '\0') {
                        free(more);
                        break;
                }
                free(link);
                client_do(c, "bulk", n++ % 2 == 0 ? "{\"op\":\"change\",\"count\":20}" : "{\"op\":\"hire\",\"count\":3}");
                client_get(c, more);
                free(more);
        } while (true);
        next = client_round(c, link, keep, m, NULL);
        compare(m);
        free(link);
        free(next);
        forget(m);
        client_close(c);
}
END_TEST

/* The first time he is as he was, on a later page as he is. */
START_TEST(item_37_twice_in_a_round)
{
        struct client *c = client_open(200);
        size_t page = 0, *stale = room(200 * sizeof *stale), *right = room(200 * sizeof *right), twice = 0;

        client_do(c, "settings", "{\"page-size\":20,\"repeat-every\":5}");
        client_get(c, DELTA "?$select=displayName");
        do {
                page++;
                for (size_t i = 0; i < client_count(c); i++) {
                        const char *id = json_object_get_string(json_object_object_get(client_value(c, i), "id"));
                        const char *name = json_object_get_string(json_object_object_get(client_value(c, i), "displayName"));
                        uint32_t who = guid_index(id, strlen(id), c->e->people.world.realm);

                        *(strcmp(name, "Outdated") == 0 ? &stale[who] : &right[who]) = page;
                }
        } while (client_next(c));
        for (size_t i = 0; i < 200; i++) {
                ck_assert_uint_gt(right[i], stale[i]);
                twice += stale[i] > 0;
        }
        ck_assert_uint_eq(twice, 40);
        free(stale);
        free(right);
        client_close(c);
}
END_TEST

START_TEST(item_37_replay)
{
        struct client *c = client_open(50);
        char *link = client_latest(c, "jobTitle");

        client_do(c, "settings", "{\"replay\":true}");
        client_ask(c, "change", 1, ",\"set\":{\"jobTitle\":\"A\"}");
        link = client_follow(c, link);
        client_ask(c, "change", 2, ",\"set\":{\"jobTitle\":\"B\"}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 2);
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 1);
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_39_filter_by_ids)
{
        struct client *c = client_open(100);
        struct text url = { 0 };
        char *link;

        for (uint32_t i = 0; i < 51; i++) {
                text_fmt(&url, "%s%s'%s'", i == 0 ? DELTA "?$select=displayName&$filter=" : "%20or%20",
                         "id%20eq%20", client_id(c, i));
                if (i == 49) {
                        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
                        ck_assert_uint_eq(client_count(c), 50);
                }
        }
        link = room_copy(client_text(c, "@odata.deltaLink"));
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);
        ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
        client_ask(c, "change", 80, ",\"set\":{\"displayName\":\"X\"}");
        client_ask(c, "change", 8, ",\"set\":{\"displayName\":\"Y\"}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 1);
        free(link);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(item_43_b2c_tenant)
{
        struct client *c = client_open(10);

        client_do(c, "settings", "{\"b2c\":true}");
        ck_assert_int_eq(client_get(c, DELTA), 400);
        ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "Change enumeration is not supported for requested tenant."));
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        client_close(c);
}
END_TEST

START_TEST(item_45_delayed_changes)
{
        struct client *c = client_open(10);
        char *link = client_latest(c, "displayName");

        client_do(c, "settings", "{\"delay\":\"15m\"}");
        client_do(c, "hire", "{\"people\":[{\"userPrincipalName\":\"late@contoso.example\",\"displayName\":\"Late\"}]}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 0);
        ck_assert_int_eq(client_get(c, "/v1.0/users/late@contoso.example"), 404);
        client_do(c, "clock", "{\"advance\":\"16m\"}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 1);
        client_do(c, "settings", "{\"delay\":0,\"read-delay\":\"10m\"}");
        client_do(c, "hire", "{\"people\":[{\"userPrincipalName\":\"new@contoso.example\"}]}");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 1);
        ck_assert_int_eq(client_get(c, "/v1.0/users/new@contoso.example"), 404);
        client_do(c, "clock", "{\"advance\":\"11m\"}");
        ck_assert_int_eq(client_get(c, "/v1.0/users/new@contoso.example"), 200);
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_46_extensions_come_together)
{
        struct client *c = client_open(10);
        char *link = client_latest(c, "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook,"
                            "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift,displayName");
        struct json_object *v;

        client_ask(c, "change", 2, ",\"set\":{\"extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift\":\"night\"}");
        link = client_follow(c, link);
        client_ask(c, "change", 2, ",\"set\":{\"extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook\":\"CB-1\"}");
        c->headers[0] = "Prefer";
        c->headers[1] = "return=minimal";
        link = client_follow(c, link);
        ck_assert(present(client_value(c, 0), "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift", &v));
        ck_assert(present(client_value(c, 0), "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook", &v));
        ck_assert(!present(client_value(c, 0), "displayName", &v));
        free(link);
        client_close(c);
}
END_TEST

Suite *
suite_delta(void)
{
        Suite *s = suite_create("graph delta");
        TCase *t = tcase_create("users/delta");

        tcase_add_test(t, item_29_initial_round);
        tcase_add_test(t, item_29_no_deleted_ones_unless_ghosts);
        tcase_add_loop_test(t, item_30_empty_pages, 0, 3);
        tcase_add_test(t, item_31_from_now_on);
        tcase_add_test(t, item_32_nothing_new_and_replay);
        tcase_add_test(t, item_33_changed_and_cleared);
        tcase_add_test(t, item_34_unselected_wakes_nobody);
        tcase_add_test(t, item_35_deleted_restored_purged);
        tcase_add_test(t, item_36_deleted_and_restored_between_rounds);
        tcase_add_loop_test(t, item_37_any_order, 0, (int)(sizeof orders / sizeof orders[0]));
        tcase_add_test(t, item_37_changes_while_reading);
        tcase_add_test(t, item_37_twice_in_a_round);
        tcase_add_test(t, item_37_replay);
        tcase_add_test(t, item_38_managers);
        tcase_add_test(t, item_39_filter_by_ids);
        tcase_add_test(t, item_43_b2c_tenant);
        tcase_add_test(t, item_45_delayed_changes);
        tcase_add_test(t, item_46_extensions_come_together);
        suite_add_tcase(s, t);
        return s;
}
