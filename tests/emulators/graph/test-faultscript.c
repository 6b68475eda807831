/* test-faultscript.c - the fault script as text: what a line means, and what is refused. */
#include "client.h"
#include "../rest/faultscript.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define DELTA "/v1.0/users/delta"

/* Each line, and the rule that it is in the JSON form. */
static const struct {
        const char *line, *json;
} same[] = {
        { "kind=delta page=3 reset-after-bytes=512", "{\"kind\":\"delta\",\"nth\":3,\"action\":\"reset-after-bytes\",\"after\":512}" },
        { "  close\tkind=token\r\n", "{\"kind\":\"token\",\"action\":\"close\"}" },
        { "status=503 retry-after=2.128 from=2 count=0", "{\"status\":503,\"retry-after\":\"2.128\",\"from\":2,\"count\":0,\"action\":\"status\"}" },
        { "html=200 body=\"<p class=\\\"a\\\">\"", "{\"action\":\"html\",\"status\":200,\"body\":\"<p class=\\\"a\\\">\"}" },
        { "html status=200", "{\"action\":\"html\",\"status\":200}" },
        { "delay-ms=70", "{\"action\":\"delay-ms\",\"delay-ms\":70}" },
        { "delay-ms=70 kind=delta truncate=9", "{\"action\":\"truncate\",\"after\":9,\"delay-ms\":70,\"kind\":\"delta\"}" },
        { "silent path=/v1.0/groups # at once", "{\"action\":\"silent\",\"path\":\"/v1.0/groups\"}" },
        { "foreign-next-link=http://evil.example/x", "{\"action\":\"foreign-next-link\",\"link\":\"http://evil.example/x\"}" },
        { "huge-value=2000000 property=displayName record=4", "{\"action\":\"huge-value\",\"size\":2000000,\"property\":\"displayName\",\"record\":4}" },
        { "status=400 code=resyncRequired nested=yes", "{\"action\":\"status\",\"status\":400,\"code\":\"resyncRequired\",\"nested\":true}" },
        { "action=short-body after=10", "{\"action\":\"short-body\",\"after\":10}" },
        { "status=500 message=\"\" code=\"\"", "{\"action\":\"status\",\"status\":500,\"message\":\"\",\"code\":\"\"}" },
};

static bool
same_text(const char *a, const char *b)
{
        return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

START_TEST(a_line_is_a_rule)
{
        struct faults lines = { .service = &graph_service }, rules = { .service = &graph_service };
        struct json_object *rule = json_tokener_parse(same[_i].json);
        const struct fault *a = &lines.list[0], *b = &rules.list[0];
        struct text why = { 0 };

        ck_assert_ptr_nonnull(rule);
        ck_assert_msg(faultscript_load(&lines, same[_i].line, &why), "%s", text_str(&why));
        ck_assert_msg(faults_load(&rules, rule, &why), "%s", text_str(&why));
        ck_assert(lines.count == 1 && rules.count == 1);
        ck_assert(same_text(a->kind, b->kind) && same_text(a->path, b->path) && same_text(a->code, b->code) &&
                  same_text(a->message, b->message) && same_text(a->retry_after, b->retry_after) &&
                  same_text(a->property, b->property) && same_text(a->link, b->link) && same_text(a->body, b->body));
        ck_assert(a->from == b->from && a->count == b->count && a->action == b->action && a->status == b->status &&
                  a->after == b->after && a->delay_ms == b->delay_ms && a->size == b->size && a->record == b->record &&
                  a->nested == b->nested);
        json_object_put(rule);
        faults_clear(&lines);
        faults_clear(&rules);
}
END_TEST

static const struct {
        const char *script, *says;
} bad[] = {
        { "kind=delta", "line 1: there is no action, such as" },
        { "close\n\n# so\nexplode\n", "line 4: there is no action 'explode'" },
        { "action=explode", "line 1: there is no action 'explode'" },
        { "close\nclose silent", "line 2: 'close' and 'silent' are two actions" },
        { "kind=dleta close", "line 1: there is no kind 'dleta'" },
        { "kind=delta kind=users close", "line 1: 'kind' is given twice" },
        { "page=3 nth=4 close", "line 1: 'nth' is given twice" },
        { "page=three close", "line 1: 'nth' must be a number, not 'three'" },
        { "page=-1 close", "'nth' must be a number, not '-1'" },
        { "page= close", "'nth' must be a number, not ''" },
        { "page=99999999999999999999 close", "must be a number" },
        { "reset-after-bytes=5k", "'after' must be a number, not '5k'" },
        { "close=3", "'close' takes no value" },
        { "close colour=red", "a fault has no member 'colour'" },
        { "status=503 message=\"open", "line 1: a quote is not closed" },
        { "status=503 message=\"open\nclose\"", "line 1: a quote is not closed" },
        { "nested=perhaps status=400", "'nested' must be true or false" },
        { "=5 close", "a fault has no member ''" },
        { "\"close\"", "there is no action" },
        { "{\"action\":\"close\"}", "line 1: there is no action" },
};

START_TEST(a_bad_script_adds_nothing)
{
        struct client *c = client_open(5);

        client_do(c, "faults", "{\"kind\":\"token\",\"action\":\"close\"}");
        c->headers[0] = "Content-Type";
        c->headers[1] = "text/plain; charset=utf-8";
        ck_assert_int_eq(client_send(c, "POST", "/_control/faults", bad[_i].script), 409);
        ck_assert_msg(strstr(json_object_get_string(json_object_object_get(c->json, "error")), bad[_i].says) != NULL,
                      "%s: %s", bad[_i].script, text_str(&c->raw));
        ck_assert_int_eq(c->rest->faults.count, 1);
        client_close(c);
}
END_TEST

START_TEST(a_script_acts)
{
        static const char script[] = "# two rules\n\n"
                                     "kind=delta page=3 reset-after-bytes=512\n"
                                     "kind=users from=2 count=1 status=503 retry-after=\"2.128\"\n";
        struct client *c = client_open(1000);

        c->headers[0] = "Content-Type";
        c->headers[1] = "text/plain";
        ck_assert_int_eq(client_send(c, "POST", "/_control/faults", script), 200);
        ck_assert_int_eq(c->rest->faults.count, 2);
        client_get(c, DELTA "?$select=id");
        client_next(c);
        ck_assert_int_eq((int)c->ending, (int)ENDING_WELL);
        client_next(c);
        ck_assert_int_eq((int)c->ending, (int)ENDING_RESET);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 503);
        ck_assert_str_eq(client_header(c, "Retry-After"), "2.128");
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        client_close(c);
}
END_TEST

START_TEST(a_full_table_is_told)
{
        struct faults f = { .service = &graph_service };
        struct text script = { 0 }, why = { 0 };

        for (int i = 0; i <= FAULTS_MAX; i++)
                text_put(&script, "close\n");
        ck_assert(!faultscript_load(&f, text_str(&script), &why));
        ck_assert_str_eq(text_str(&why), "line 129: there is room for 128 faults");
        ck_assert_int_eq(f.count, 0);
        text_free(&script);
        text_free(&why);
}
END_TEST

Suite *
suite_faultscript(void)
{
        Suite *s = suite_create("graph faultscript");
        TCase *t = tcase_create("fault script");

        tcase_add_loop_test(t, a_line_is_a_rule, 0, (int)(sizeof same / sizeof same[0]));
        tcase_add_loop_test(t, a_bad_script_adds_nothing, 0, (int)(sizeof bad / sizeof bad[0]));
        tcase_add_test(t, a_script_acts);
        tcase_add_test(t, a_full_table_is_told);
        suite_add_tcase(s, t);
        return s;
}
