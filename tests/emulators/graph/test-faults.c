/* test-faults.c - the control door and the fault script (checklist 58 to 62). */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define DELTA "/v1.0/users/delta?$select=displayName,department"

static const struct {
        const char *name, *body;
        int status;
        const char *says;
} calls[] = {
        { "hire", "{\"count\":3}", 200, "\"ids\":[" },
        { "hire", "{\"count\":-1}", 409, "must be between" },
        { "hire", "{\"people\":3}", 409, "must be an array" },
        { "hire", "{\"people\":[{\"displayName\":\"No Name\"}]}", 409, "needs a userPrincipalName" },
        { "hire", "{\"people\":[{\"userPrincipalName\":\"a@b\",\"nonsense\":1}]}", 409, "no property 'nonsense'" },
        { "hire", "{\"count\":1,\"set\":[]}", 409, "must be an object" },
        { "change", "{\"id\":\"nobody@contoso.example\",\"set\":{}}", 409, "nobody called" },
        { "change", "{\"set\":{}}", 409, "nobody called" }, { "change", "{}", 409, "is missing" },
        { "remove", "{}", 409, "nobody called" }, { "restore", "{\"ids\":[\"x\"]}", 409, "nobody called" },
        { "bulk", "{\"op\":\"dance\"}", 409, "no bulk operation 'dance'" }, { "bulk", "{}", 409, "no bulk operation" },
        { "bulk", "{\"op\":\"change\",\"property\":\"manager\"}", 409, "cannot be changed" },
        { "bulk", "{\"op\":\"change\",\"count\":2,\"property\":\"city\",\"value\":\"X\"}", 200, "\"done\":2" },
        { "expire", "{\"form\":\"never\"}", 409, "no form 'never'" }, { "clock", "{\"advance\":\"soon\"}", 409, "no span" },
        { "clock", "{\"advance\":\"-5\"}", 409, "no span" },
        { "settings", "{\"page-size\":0}", 409, "cannot be '0'" }, { "settings", "{\"colour\":1}", 409, "no setting 'colour'" },
        { "settings", "{\"shuffle\":\"perhaps\"}", 409, "cannot be 'perhaps'" },
        { "settings", "{\"expiry\":\"perhaps\"}", 409, "cannot be 'perhaps'" },
        { "faults", "{\"action\":\"explode\"}", 409, "no action 'explode'" }, { "faults", "{}", 409, "with an \\\"action\\\"" },
        { "faults", "[{\"action\":\"close\"},{\"action\":\"close\",\"colour\":1}]", 409, "no member 'colour'" },
        { "app", "{\"secretEnds\":\"tomorrow\"}", 409, "must be a time" },
        { "nonsense", "{}", 404, "no such call" }, { "hire", "{", 400, "must be a JSON object" },
        { "hire", "[]", 400, "must be a JSON object" }, { "hire", "null", 400, "must be a JSON object" },
};

START_TEST(control_called)
{
        struct client *c = client_open(20);
        struct text url = { 0 };

        text_fmt(&url, "/_control/%s", calls[_i].name);
        ck_assert_msg(client_send(c, "POST", text_str(&url), calls[_i].body) == calls[_i].status, "%s: %s", calls[_i].body,
                      text_str(&c->raw));
        ck_assert_msg(strstr(text_str(&c->raw), calls[_i].says) != NULL, "%s", c->raw.at);
        ck_assert_ptr_nonnull(c->json);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(a_name_is_given_once)
{
        struct client *c = client_open(20);
        char body[128];

        client_do(c, "hire", "{\"people\":[{\"userPrincipalName\":\"Zed@contoso.example\"}]}");
        ck_assert_int_eq(client_send(c, "POST", "/_control/hire", "{\"people\":[{\"userPrincipalName\":\"zed@CONTOSO.example\"}]}"), 409);
        client_do(c, "remove", "{\"id\":\"zed@contoso.example\"}");
        client_do(c, "hire", "{\"people\":[{\"userPrincipalName\":\"zed@contoso.example\"}]}");
        snprintf(body, sizeof body, "{\"id\":\"%s\"}", client_id(c, 20));
        ck_assert_int_eq(client_send(c, "POST", "/_control/restore", body), 409);
        client_do(c, "purge", body);
        snprintf(body, sizeof body, "{\"id\":\"%s\",\"set\":{\"city\":\"X\"}}", client_id(c, 20));
        ck_assert_int_eq(client_send(c, "POST", "/_control/change", body), 409);
        ck_assert_int_eq(client_get(c, "/_control/person/zed@contoso.example"), 200);
        ck_assert_str_eq(client_text(c, "@state"), "live");
        client_do(c, "change", "{\"id\":\"zed@contoso.example\",\"set\":{\"userPrincipalName\":\"zoe@contoso.example\"}}");
        ck_assert_int_eq(client_get(c, "/_control/person/zed@contoso.example"), 404);
        ck_assert_int_eq(client_get(c, "/_control/person/zoe@contoso.example"), 200);
        client_close(c);
}
END_TEST

START_TEST(the_truth_is_told)
{
        struct client *c = client_open(20);

        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":4,\"seed\":7}");
        client_do(c, "bulk", "{\"op\":\"purge\",\"count\":1}");
        client_get(c, "/_control/people?offset=5&limit=3");
        ck_assert_str_eq(client_text(c, "count"), "20");
        ck_assert_uint_eq(client_count(c), 3);
        ck_assert_int_eq(json_object_get_int(json_object_object_get(client_value(c, 0), "@index")), 5);
        client_get(c, "/_control/counts");
        ck_assert_str_eq(client_text(c, "live"), "16");
        ck_assert_str_eq(client_text(c, "deleted"), "3");
        ck_assert_str_eq(client_text(c, "purged"), "1");
        client_close(c);
}
END_TEST

START_TEST(bulk_is_the_same_twice)
{
        char *first = NULL;

        for (int i = 0; i < 2; i++) {
                struct client *c = client_open(200);

                client_do(c, "bulk", "{\"op\":\"move\",\"count\":9}");
                client_do(c, "bulk", "{\"op\":\"rename\",\"count\":9}");
                client_do(c, "bulk", "{\"op\":\"disable\",\"count\":9}");
                client_do(c, "bulk", "{\"op\":\"enable\",\"count\":3}");
                ck_assert_str_eq(client_text(c, "done"), "3");
                client_get(c, "/v1.0/users?$select=displayName,city,department,accountEnabled,userPrincipalName&$top=200");
                if (i == 0)
                        first = room_copy(text_str(&c->raw));
                else
                        ck_assert_str_eq(text_str(&c->raw), first);
                client_close(c);
        }
        free(first);
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
        const char *rule;
        int status;
        bool json;
        const char *has;                /* in the raw reply, or NULL */
        const char *lacks;
} spoils[] = {
        { "\"action\":\"html\"", 502, false, "<html>", NULL },
        { "\"action\":\"html\",\"status\":200,\"body\":\"<p>portal\"", 200, false, "<p>portal", NULL },
        { "\"action\":\"truncate\"", 200, false, "{\"@odata.context\"", "deltaLink" },
        { "\"action\":\"truncate\",\"after\":20", 200, false, NULL, "value" },
        { "\"action\":\"broken-json\",\"record\":2", 200, false, ",\n]\"id\"", NULL },
        { "\"action\":\"wrong-type\",\"record\":1", 200, true, "\"displayName\":12345", NULL },
        { "\"action\":\"wrong-type\",\"property\":\"id\",\"body\":\"[7]\"", 200, true, "{\"id\":[7]", NULL },
        { "\"action\":\"missing-id\"", 200, true, "[{\"displayName\"", NULL },
        { "\"action\":\"huge-value\"", 200, true, "xyzabcdefgh", NULL },
        { "\"action\":\"bad-utf8\"", 200, true, "\xff\xfe", NULL },
        { "\"action\":\"lone-surrogate\"", 200, true, "\\ud83d end", NULL },
        { "\"action\":\"nul-escape\"", 200, true, "nul\\u0000end", NULL },
        { "\"action\":\"foreign-next-link\",\"link\":\"http://evil.example/x\"", 200, true, "\"http://evil.example/x\"", BASE "/v1.0/users/delta" },
        { "\"action\":\"no-link\"", 200, true, "\"value\":[", "Link\":" },
        { "\"action\":\"both-links\"", 200, true, "\"@odata.nextLink\":", NULL },
        { "\"action\":\"both-links\"", 200, true, "\"@odata.deltaLink\":", NULL },
        { "\"action\":\"same-link\"", 200, true, "/v1.0/users/delta?$select=displayName,department\"", NULL },
        { "\"action\":\"empty-page\"", 200, true, "\"value\":[],\"@odata.nextLink\"", NULL },
        { "\"action\":\"expired-token\"", 401, true, "InvalidAuthenticationToken", NULL },
        { "\"action\":\"extra-members\"", 200, true, "\"unheardOf\"", NULL },
        { "\"action\":\"big-array\"", 200, true, "address9999@", NULL },
        { "\"action\":\"status\",\"status\":500,\"code\":\"\",\"message\":\"\"", 500, true, "\"code\":\"\"", NULL },
        { "\"action\":\"status\",\"status\":400,\"code\":\"resyncRequired\",\"nested\":true", 400, true, "\"innerError\":{\"code\":\"resyncRequired\"", NULL },
        { "\"action\":\"delay\",\"delay-ms\":50", 200, true, "\"value\":[{", NULL },
};

START_TEST(spoiled)
{
        struct client *c = client_open(30);
        struct text rule = { 0 };

        text_fmt(&rule, "{\"kind\":\"delta\",%s}", spoils[_i].rule);
        client_do(c, "faults", text_str(&rule));
        ck_assert_int_eq(client_get(c, DELTA), spoils[_i].status);
        ck_assert_msg((c->json != NULL) == spoils[_i].json, "%s: %s", spoils[_i].rule, text_str(&c->raw));
        if (spoils[_i].has != NULL)
                ck_assert_msg(memmem(c->raw.at, c->raw.len, spoils[_i].has, strlen(spoils[_i].has)) != NULL, "%s: %s",
                              spoils[_i].rule, c->raw.at);
        if (spoils[_i].lacks != NULL)
                ck_assert_ptr_null(strstr(text_str(&c->raw), spoils[_i].lacks));
        if (strstr(spoils[_i].rule, "huge") != NULL)
                ck_assert_uint_gt(c->raw.len, 100000);
        if (strstr(spoils[_i].rule, "delay") != NULL)
                ck_assert_int_eq((int)c->delay_ms, 50);
        ck_assert_int_eq(client_get(c, DELTA), 200);    /* once only */
        ck_assert_ptr_nonnull(c->json);
        ck_assert_uint_eq(client_count(c), 30);
        text_free(&rule);
        client_close(c);
}
END_TEST

START_TEST(broken_off)
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
        TCase *t = tcase_create("control door and faults");

        tcase_add_loop_test(t, control_called, 0, (int)(sizeof calls / sizeof calls[0]));
        tcase_add_test(t, a_name_is_given_once);
        tcase_add_test(t, the_truth_is_told);
        tcase_add_test(t, bulk_is_the_same_twice);
        tcase_add_test(t, faults_count);
        tcase_add_loop_test(t, spoiled, 0, (int)(sizeof spoils / sizeof spoils[0]));
        tcase_add_loop_test(t, broken_off, 0, 4);
        tcase_add_test(t, token_faults);
        suite_add_tcase(s, t);
        return s;
}
