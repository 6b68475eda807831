/* test-faults.c - what a fault does to a reply (checklist 58, 59, 61, 62). */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define DELTA "/v1.0/users/delta?$select=displayName,department"

/* Seconds, with a fraction, a date, or nothing at all. */
START_TEST(item_58_retry_after)
{
        static const struct { const char *rule, *want; } rows[] = {
                { "\"status\":429,\"retry-after\":\"7\"", "7" }, { "\"status\":503,\"retry-after\":\"7\"", "7" },
                { "\"status\":429,\"retry-after\":\"2.128\"", "2.128" },
                { "\"status\":429,\"retry-after\":\"date+3\"", "GMT" }, { "\"status\":429", NULL },
                { "\"status\":504,\"retry-after\":\"1\"", "1" },
        };
        struct client *c = client_open(5);
        struct text rule = { 0 };
        const char *got;

        text_fmt(&rule, "{\"kind\":\"delta\",\"action\":\"status\",%s}", rows[_i].rule);
        client_do(c, "faults", text_str(&rule));
        ck_assert_int_ge(client_get(c, DELTA), 429);
        got = client_header(c, "Retry-After");
        if (rows[_i].want == NULL)
                ck_assert_ptr_null(got);
        else if (strcmp(rows[_i].want, "GMT") == 0)
                ck_assert(strlen(got) == 29 && strcmp(got + 25, " GMT") == 0);
        else
                ck_assert_str_eq(got, rows[_i].want);
        text_free(&rule);
        client_close(c);
}
END_TEST

START_TEST(item_59_at_any_page)
{
        static const int statuses[] = { 500, 502, 503, 504 };
        struct client *c = client_open(1000);
        struct text rule = { 0 };
        int page = 0, refused = 0;

        text_fmt(&rule, "{\"kind\":\"delta\",\"nth\":%d,\"action\":\"status\",\"status\":%d}", _i / 4 + 1,
                 statuses[_i % 4]);
        client_do(c, "faults", text_str(&rule));
        client_get(c, DELTA);
        for (char *link = room_copy(DELTA); ; page++) {
                if (c->status != 200) {
                        ck_assert_int_eq(page, _i / 4);
                        ck_assert_int_eq(c->status, statuses[_i % 4]);
                        ck_assert_ptr_nonnull(json_object_object_get(c->json, "error"));
                        refused++;
                        client_get(c, link);            /* the same link again */
                        ck_assert_int_eq(c->status, 200);
                }
                free(link);
                link = room_copy(client_text(c, "@odata.nextLink"));
                if (*link == '\0') {
                        free(link);
                        break;
                }
                client_get(c, link);
        }
        ck_assert_int_eq(refused, 1);
        ck_assert_int_eq(page, 4);
        text_free(&rule);
        client_close(c);
}
END_TEST

START_TEST(faults_count)
{
        struct client *c = client_open(20);
        static const int want[] = { 200, 503, 503, 429, 200, 200 };

        client_do(c, "faults", "[{\"kind\":\"delta\",\"from\":2,\"count\":2,\"action\":\"status\",\"status\":503},"
                  "{\"kind\":\"delta\",\"nth\":4,\"action\":\"status\",\"status\":429,\"retry-after\":\"2.128\"}]");
        for (size_t i = 0; i < 6; i++) {
                ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
                ck_assert_int_eq(client_get(c, DELTA), want[i]);
                if (want[i] == 429)
                        ck_assert_str_eq(client_header(c, "Retry-After"), "2.128");
                if (want[i] == 503)
                        ck_assert_ptr_null(client_header(c, "Retry-After"));
        }
        client_do(c, "faults", "{\"clear\":true,\"rules\":[{\"path\":\"/v1.0/users/delta\",\"count\":0,"
                  "\"action\":\"status\",\"status\":504,\"code\":\"UnknownError\",\"retry-after\":\"date+5\"}]}");
        ck_assert_int_eq(client_get(c, DELTA), 504);
        ck_assert_str_eq(client_code(c), "UnknownError");
        ck_assert_ptr_nonnull(strstr(client_header(c, "Retry-After"), " GMT"));
        ck_assert_int_eq(client_get(c, DELTA), 504);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        client_get(c, "/_control/faults");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"seen\":2,\"acted\":2"));
        client_close(c);
}
END_TEST

/* What a spoiled page looks like: JSON or not, and what is in it. */
static const struct {
        int item;                       /* of the checklist */
        const char *rule;
        int status;
        bool json;
        const char *has;                /* in the raw reply, or NULL */
        const char *lacks;
} spoils[] = {
        { 59, "\"action\":\"html\"", 502, false, "<html>", NULL },
        { 59, "\"action\":\"html\",\"status\":200,\"body\":\"<p>portal\"", 200, false, "<p>portal", NULL },
        { 59, "\"action\":\"truncate\"", 200, false, "{\"@odata.context\"", "deltaLink" },
        { 59, "\"action\":\"truncate\",\"after\":20", 200, false, NULL, "value" },
        { 59, "\"action\":\"broken-json\",\"record\":2", 200, false, ",\n]\"id\"", NULL },
        { 62, "\"action\":\"wrong-type\",\"record\":1", 200, true, "\"displayName\":12345", NULL },
        { 62, "\"action\":\"wrong-type\",\"property\":\"id\",\"body\":\"[7]\"", 200, true, "{\"id\":[7]", NULL },
        { 62, "\"action\":\"missing-id\"", 200, true, "[{\"displayName\"", NULL },
        { 62, "\"action\":\"huge-value\"", 200, true, "xyzabcdefgh", NULL },
        { 59, "\"action\":\"bad-utf8\"", 200, true, "\xff\xfe", NULL },
        { 62, "\"action\":\"lone-surrogate\"", 200, true, "\\ud83d end", NULL },
        { 62, "\"action\":\"nul-escape\"", 200, true, "nul\\u0000end", NULL },
        { 61, "\"action\":\"foreign-next-link\",\"link\":\"http://evil.example/x\"", 200, true, "\"http://evil.example/x\"", BASE "/v1.0/users/delta" },
        { 59, "\"action\":\"no-link\"", 200, true, "\"value\":[", "Link\":" },
        { 59, "\"action\":\"both-links\"", 200, true, "\"@odata.nextLink\":", NULL },
        { 59, "\"action\":\"both-links\"", 200, true, "\"@odata.deltaLink\":", NULL },
        { 59, "\"action\":\"same-link\"", 200, true, "/v1.0/users/delta?$select=displayName,department\"", NULL },
        { 30, "\"action\":\"empty-page\"", 200, true, "\"value\":[],\"@odata.nextLink\"", NULL },
        { 16, "\"action\":\"expired-token\"", 401, true, "InvalidAuthenticationToken", NULL },
        { 62, "\"action\":\"extra-members\"", 200, true, "\"unheardOf\"", NULL },
        { 62, "\"action\":\"big-array\"", 200, true, "address9999@", NULL },
        { 59, "\"action\":\"status\",\"status\":500,\"code\":\"\",\"message\":\"\"", 500, true, "\"code\":\"\"", NULL },
        { 59, "\"action\":\"status\",\"status\":400,\"code\":\"resyncRequired\",\"nested\":true", 400, true, "\"innerError\":{\"code\":\"resyncRequired\"", NULL },
        { 59, "\"action\":\"delay\",\"delay-ms\":50", 200, true, "\"value\":[{", NULL },
};

static void
spoil(int row)
{
        struct client *c = client_open(30);
        struct text rule = { 0 };

        text_fmt(&rule, "{\"kind\":\"delta\",%s}", spoils[row].rule);
        client_do(c, "faults", text_str(&rule));
        ck_assert_int_eq(client_get(c, DELTA), spoils[row].status);
        ck_assert_msg((c->json != NULL) == spoils[row].json, "%s: %s", spoils[row].rule, text_str(&c->raw));
        if (spoils[row].has != NULL)
                ck_assert_msg(memmem(c->raw.at, c->raw.len, spoils[row].has, strlen(spoils[row].has)) != NULL, "%s: %s",
                              spoils[row].rule, c->raw.at);
        if (spoils[row].lacks != NULL)
                ck_assert_ptr_null(strstr(text_str(&c->raw), spoils[row].lacks));
        if (strstr(spoils[row].rule, "huge") != NULL)
                ck_assert_uint_gt(c->raw.len, 100000);
        if (strstr(spoils[row].rule, "delay") != NULL)
                ck_assert_int_eq((int)c->delay_ms, 50);
        ck_assert_int_eq(client_get(c, DELTA), 200);    /* once only */
        ck_assert_ptr_nonnull(c->json);
        ck_assert_uint_eq(client_count(c), 30);
        text_free(&rule);
        client_close(c);
}

START_TEST(item_16_expired_by_a_fault) { CLIENT_ROWS(spoils, 16, spoil); } END_TEST
START_TEST(item_30_emptied_by_a_fault) { CLIENT_ROWS(spoils, 30, spoil); } END_TEST
START_TEST(item_59_spoilt_replies) { CLIENT_ROWS(spoils, 59, spoil); } END_TEST
START_TEST(item_61_foreign_link) { CLIENT_ROWS(spoils, 61, spoil); } END_TEST
START_TEST(item_62_strange_values) { CLIENT_ROWS(spoils, 62, spoil); } END_TEST

/* What the setting 'extras' puts into every object: all still JSON, and the same people. */
START_TEST(item_62_extras_everywhere)
{
        struct client *c = client_open(30);

        client_do(c, "settings", "{\"extras\":true}");
        client_get(c, DELTA);
        ck_assert_uint_eq(client_count(c), 30);
        for (size_t i = 0; i < 30; i++) {
                ck_assert_ptr_nonnull(json_object_object_get(client_value(c, i), "unheardOf"));
                ck_assert_ptr_nonnull(json_object_object_get(client_value(c, i), "department@odata.type"));
        }
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\\ud83d\\ude80 \xf0\x9f\x9a\x80"));
        client_close(c);
}
END_TEST

START_TEST(item_59_broken_off)
{
        static const struct { const char *action; enum ending ending; } rows[] = {
                { "close", ENDING_NO_REPLY }, { "reset-after-bytes", ENDING_RESET }, { "short-body", ENDING_SHORT },
                { "silent", ENDING_SILENT },
        };
        struct client *c = client_open(5);
        struct text rule = { 0 };

        text_fmt(&rule, "{\"kind\":\"graph\",\"action\":\"%s\",\"after\":10}", rows[_i].action);
        client_do(c, "faults", text_str(&rule));
        client_get(c, DELTA);
        ck_assert_int_eq((int)c->ending, (int)rows[_i].ending);
        client_get(c, "/_control/ledger");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), rows[_i].action));
        text_free(&rule);
        client_close(c);
}
END_TEST

START_TEST(token_faults)
{
        struct client *c = client_open(5);

        client_do(c, "faults", "{\"kind\":\"token\",\"action\":\"status\",\"status\":503,\"retry-after\":\"1\"}");
        ck_assert_int_eq(client_send(c, "POST", "/" TENANT "/oauth2/v2.0/token", FORM "&client_secret=s%2Bcret"), 503);
        ck_assert_str_eq(client_text(c, "error"), "temporarily_unavailable");
        ck_assert_str_eq(client_header(c, "Retry-After"), "1");
        client_token(c);
        client_close(c);
}
END_TEST

Suite *
suite_faults(void)
{
        Suite *s = suite_create("graph faults");
        TCase *t = tcase_create("faults");

        tcase_add_test(t, item_16_expired_by_a_fault);
        tcase_add_test(t, item_30_emptied_by_a_fault);
        tcase_add_loop_test(t, item_58_retry_after, 0, 6);
        tcase_add_loop_test(t, item_59_at_any_page, 0, 20);
        tcase_add_test(t, item_59_spoilt_replies);
        tcase_add_loop_test(t, item_59_broken_off, 0, 4);
        tcase_add_test(t, item_61_foreign_link);
        tcase_add_test(t, item_62_strange_values);
        tcase_add_test(t, item_62_extras_everywhere);
        tcase_add_test(t, faults_count);
        tcase_add_test(t, token_faults);
        suite_add_tcase(s, t);
        return s;
}
