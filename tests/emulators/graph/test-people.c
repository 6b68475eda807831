/* test-people.c - the generator: the same people for the same seed, unique
 * addresses, ids that lead back, a tree of managers, believable shares. */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdlib.h>

enum { MANY = 200000 };

START_TEST(names_are_sound)
{
        ck_assert_ptr_null(names_check());
}
END_TEST

START_TEST(ids_lead_back)
{
        struct world w;

        world_make(&w, (uint64_t)_i, MANY, "a.example", "b.example");
        for (uint32_t i = 0; i < 5000; i++) {
                char id[GUID_LEN + 1] = "";

                guid_write(id, w.realm, i * 7);
                ck_assert(guid_is(id));
                ck_assert_uint_eq(guid_index(id, GUID_LEN, w.realm), i * 7);
                id[30] = id[30] == '0' ? '1' : '0';
                ck_assert_uint_eq(guid_index(id, GUID_LEN, w.realm), NOBODY);
        }
}
END_TEST

static int
compare_texts(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

START_TEST(aliases_are_unique)
{
        struct world w;
        char **all = room(MANY * sizeof *all);

        world_make(&w, 3, MANY, "contoso.example", "own.example");
        for (uint32_t i = 0; i < MANY; i++) {
                struct text t = { 0 };
                struct person p;

                person_make(&p, &w, i);
                person_alias(&t, &p);
                all[i] = text_take(&t);
                ck_assert(strspn(all[i], "abcdefghijklmnopqrstuvwxyz.-0123456789") == strlen(all[i]));
        }
        qsort(all, MANY, sizeof *all, compare_texts);
        for (uint32_t i = 1; i < MANY; i++)
                ck_assert_msg(strcmp(all[i - 1], all[i]) != 0, "twice: %s", all[i]);
        for (uint32_t i = 0; i < MANY; i++)
                free(all[i]);
        free(all);
}
END_TEST

START_TEST(managers_form_a_tree)
{
        static const uint32_t sizes[] = { 1, 2, 3, 9, 50, 1000, 6000, 100000 };
        uint32_t n = sizes[_i], without = 0, later = 0;
        struct world w;

        world_make(&w, 42, n, "a.example", "b.example");
        for (uint32_t i = 0; i < n + 100; i++) {
                uint32_t at = i;
                int steps = 0;

                while (person_boss(&w, at) != NOBODY) {
                        ck_assert_uint_lt(person_boss(&w, at), n);
                        ck_assert_int_lt(steps++, 20);
                        at = person_boss(&w, at);
                }
                without += steps == 0;
                later += steps > 0 && person_boss(&w, i) > i;
        }
        ck_assert_uint_ge(without, 1);
        if (n >= 1000) {
                ck_assert_uint_lt(without, n / 20);
                ck_assert_uint_gt(later, n / 10);       /* managers who come after their people */
        }
}
END_TEST

START_TEST(a_manager_is_no_guest)
{
        struct world w;

        world_make(&w, 5, 3000, "a.example", "b.example");
        for (uint32_t i = 0; i < 3000; i++) {
                struct person p, boss;

                person_make(&p, &w, i);
                if (p.boss == NOBODY)
                        continue;
                person_make(&boss, &w, p.boss);
                ck_assert(!boss.guest && !boss.disabled && boss.rank < RANK_STAFF);
        }
}
END_TEST

static uint32_t
share(const struct world *w, const char *property, const char *json)
{
        int p = property_find(property, strlen(property));
        uint32_t n = 0;

        ck_assert_int_ge(p, 0);
        for (uint32_t i = 0; i < 10000; i++) {
                struct text t = { 0 };
                struct person who;

                person_make(&who, w, i);
                if (!properties[p].write(&t, &who))
                        n += json == NULL;
                else
                        n += json != NULL && strcmp(text_str(&t), json) == 0;
                text_free(&t);
        }
        return n;
}

/* Of 10,000. */
START_TEST(shares_are_believable)
{
        static const struct {
                const char *property, *json;    /* NULL: never set */
                uint32_t least, most;
        } rows[] = {
                { "userType", "\"Guest\"", 300, 550 }, { "accountEnabled", "false", 120, 280 },
                { "mail", NULL, 150, 600 }, { "department", NULL, 400, 1200 }, { "mobilePhone", NULL, 3000, 5000 },
                { "department", "\"Finance\"", 100, 1200 }, { "department", "\"R&D, Hardware\"", 100, 1200 },
                { "jobTitle", "\"Senior Manager\"", 100, 900 }, { "displayName", NULL, 0, 0 },
                { "onPremisesSyncEnabled", "true", 2000, 4000 }, { "otherMails", NULL, 7000, 9500 },
        };
        struct world w;
        uint32_t n;

        world_make(&w, 9, 10000, "a.example", "b.example");
        n = share(&w, rows[_i].property, rows[_i].json);
        ck_assert_msg(n >= rows[_i].least && n <= rows[_i].most, "%s %s: %u", rows[_i].property,
                      rows[_i].json != NULL ? rows[_i].json : "unset", n);
}
END_TEST

START_TEST(every_value_is_json)
{
        struct world w;

        world_make(&w, 1, 3000, "contoso.example", "own.example");
        for (uint32_t i = 0; i < 3000; i++) {
                struct person who;

                person_make(&who, &w, i);
                for (unsigned p = 0; p < property_count; p++) {
                        struct text t = { 0 };
                        struct json_tokener *tok;
                        struct json_object *o;

                        if (properties[p].write == NULL || !properties[p].write(&t, &who)) {
                                ck_assert_uint_eq(t.len, 0);
                                continue;
                        }
                        tok = json_tokener_new();
                        json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
                        o = json_tokener_parse_ex(tok, text_str(&t), (int)t.len + 1);
                        ck_assert_msg(json_tokener_get_error(tok) == json_tokener_success, "%s: %s",
                                      properties[p].name, t.at);
                        json_object_put(o);
                        json_tokener_free(tok);
                        text_free(&t);
                }
        }
}
END_TEST

START_TEST(dates_are_right)
{
        static const struct { int64_t at; const char *text; } rows[] = {
                { 0, "1970-01-01T00:00:00Z" }, { 951782400, "2000-02-29T00:00:00Z" },
                { 1768469400, "2026-01-15T09:30:00Z" }, { -1, "1969-12-31T23:59:59Z" },
                { 4107542400, "2100-03-01T00:00:00Z" },
        };
        struct text t = { 0 };
        int64_t back;

        text_time(&t, rows[_i].at);
        ck_assert_str_eq(text_str(&t), rows[_i].text);
        ck_assert(clock_moment(t.at, &back));
        ck_assert_int_eq(back, rows[_i].at);
        text_free(&t);
}
END_TEST

START_TEST(base64_goes_both_ways)
{
        char data[40];

        for (size_t i = 0; i < sizeof data; i++)
                data[i] = (char)mix(i);
        for (size_t n = 0; n <= sizeof data; n++)
                for (int url = 0; url < 2; url++) {
                        struct text t = { 0 }, back = { 0 };

                        base64_write(&t, data, n, url != 0);
                        ck_assert(base64_read(&back, text_str(&t), t.len));
                        ck_assert_uint_eq(back.len, n);
                        ck_assert(n == 0 || memcmp(back.at, data, n) == 0);
                        text_free(&t);
                        text_free(&back);
                }
}
END_TEST

Suite *
suite_people(void)
{
        Suite *s = suite_create("graph people");
        TCase *t = tcase_create("generator");

        tcase_add_test(t, names_are_sound);
        tcase_add_loop_test(t, ids_lead_back, 0, 3);
        tcase_add_test(t, aliases_are_unique);
        tcase_add_loop_test(t, managers_form_a_tree, 0, 8);
        tcase_add_test(t, a_manager_is_no_guest);
        tcase_add_loop_test(t, shares_are_believable, 0, 11);
        tcase_add_test(t, every_value_is_json);
        tcase_add_loop_test(t, dates_are_right, 0, 5);
        tcase_add_test(t, base64_goes_both_ways);
        suite_add_tcase(s, t);
        return s;
}
