/* entra-refusals.c - each number of the sign-in's errors: its class, its sentence, and
 * what is tried again. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "graph.h"
#include "unit.h"

static const char *const wants[] = { "displayName", "mail", NULL };

static struct graph g;

static void
begin(void)
{
        graph_start(&g, "3", wants);
}

static void
end(void)
{
        graph_stop(&g);
}

/* Requests at the token endpoint. */
static int
asked(void)
{
        const char *at = graph_look(&g, "ledger");
        int count = 0;

        while ((at = strstr(at, "\"kind\":\"token\"")) != NULL) {
                count++;
                at++;
        }
        return count;
}

/* Token requests from number 'from' on, 'count' of them (0: all), are refused so. */
static void
refuse(int from, int count, int status, const char *error, long number, const char *more)
{
        char rule[1000];

        snprintf(rule, sizeof rule, "[{\"kind\":\"token\",\"from\":%d,\"count\":%d,\"action\":\"status\",\"status\":%d%s,"
                 "\"body\":\"{\\\"error\\\":\\\"%s\\\",\\\"error_description\\\":\\\"AADSTS%ld: some text.\\\\r\\\\nTrace ID: "
                 "t\\\",\\\"error_codes\\\":[%ld],\\\"timestamp\\\":\\\"2026-01-15 09:30:00Z\\\",\\\"trace_id\\\":\\\"trace-1\\\","
                 "\\\"correlation_id\\\":\\\"correlation-1\\\"}\"}]", from, count, status, more, error, number, number);
        graph_control(&g, "faults", rule);
        graph_control(&g, "clear", "{}");
}

static void
says(const char *text)
{
        ck_assert_msg(strstr(g.err.text, text) != NULL, "no '%s' in: %s", text, g.err.text);
}

static const struct {
        long number;
        int status;
        const char *error;
        int code, asked;
        const char *says;
} rows[] = {
        { 7000215, 401, "invalid_client", MST_EAUTH, 1, "Secret ID" },
        { 7000215, 400, "invalid_client", MST_EAUTH, 1, "Secret ID" },
        { 7000222, 401, "invalid_client", MST_EAUTH, 1, "has expired" },
        { 7000218, 401, "invalid_client", MST_EAUTH, 1, "no credential arrived" },
        { 700016, 400, "unauthorized_client", MST_EAUTH, 1, "no application with this client-id" },
        { 700016, 401, "invalid_client", MST_EAUTH, 1, "no application with this client-id" },
        { 7000112, 400, "unauthorized_client", MST_EAUTH, 1, "disabled" },
        { 70001, 400, "unauthorized_client", MST_EAUTH, 1, "disabled" },
        { 7000229, 400, "unauthorized_client", MST_EAUTH, 1, "admin consent" },
        { 90002, 400, "invalid_request", MST_ECONFIG, 1, "lives in another cloud" },
        { 900023, 400, "invalid_request", MST_ECONFIG, 1, "domain name" },
        { 90038, 400, "invalid_request", MST_ECONFIG, 1, "national cloud" },
        { 900382, 400, "invalid_request", MST_ECONFIG, 1, "national cloud" },
        { 900432, 400, "invalid_request", MST_ECONFIG, 1, "national cloud" },
        { 70011, 400, "invalid_scope", MST_ECONFIG, 1, "/.default" },
        { 28002, 400, "invalid_scope", MST_ECONFIG, 1, "/.default" },
        { 500011, 400, "invalid_resource", MST_ECONFIG, 1, "unknown in this tenant's cloud" },
        { 700022, 400, "invalid_scope", MST_ECONFIG, 1, "more than one service" },
        { 700027, 401, "invalid_client", MST_EAUTH, 1, "not registered with the application" },
        { 50012, 401, "invalid_client", MST_EAUTH, 1, "not registered with the application" },
        { 700024, 401, "invalid_client", MST_EAUTH, 1, "clock" },
        { 500133, 400, "invalid_grant", MST_EAUTH, 1, "clock" },
        { 700213, 401, "invalid_client", MST_EAUTH, 1, "federated credential" },
        { 7002131, 401, "invalid_client", MST_EAUTH, 1, "federated credential" },
        { 70021, 400, "invalid_request", MST_EAUTH, 1, "federated credential" },
        { 65001, 400, "invalid_grant", MST_EPERM, 1, "consent" },
        { 650056, 400, "invalid_client", MST_EPERM, 1, "consent" },
        { 650057, 400, "invalid_client", MST_EPERM, 1, "consent" },
        { 90094, 400, "invalid_grant", MST_EPERM, 1, "consent" },
        { 53003, 400, "invalid_grant", MST_EPERM, 1, "Conditional Access" },
        { 530032, 400, "invalid_grant", MST_EPERM, 1, "Conditional Access" },
        { 90033, 400, "invalid_request", MST_ENET, 4, "has trouble" },
        { 90024, 400, "invalid_request", MST_ENET, 4, "has trouble" },
        { 90090, 400, "invalid_request", MST_ENET, 4, "has trouble" },
        { 90012, 400, "invalid_request", MST_ENET, 4, "has trouble" },
        { 50000, 400, "invalid_request", MST_ENET, 4, "has trouble" },
        { 90055, 400, "invalid_request", MST_ETHROTTLED, 4, "slow down" },
        { 0, 400, "temporarily_unavailable", MST_ENET, 4, "has trouble" },
        { 1234567, 400, "temporarily_unavailable", MST_ENET, 4, "has trouble" },
        { 1234567, 400, "invalid_client", MST_EAUTH, 1, "the sign-in was refused: AADSTS1234567: some text. (" },
        { 0, 403, "access_denied", MST_EAUTH, 1, "the sign-in was refused" },
};

START_TEST(refusal)
{
        char number[40];

        refuse(1, 0, rows[_i].status, rows[_i].error, rows[_i].number, "");
        ck_assert_msg(graph_read(&g, NULL) == rows[_i].code, "%ld: %d %s", rows[_i].number, g.err.code, g.err.text);
        says(rows[_i].says);
        snprintf(number, sizeof number, rows[_i].number != 0 ? " AADSTS%ld," : " 0,", rows[_i].number);
        says(number);
        says("correlation id correlation-1");
        says("trace id trace-1");
        says("time 2026-01-15 09:30:00Z");
        says(rows[_i].error);
        ck_assert_int_eq(asked(), rows[_i].asked);
}
END_TEST

/* Trouble that ends is not told. */
static const struct {
        int status;
        long number;
        const char *more;
        int count, asked;
} passing[] = {
        { 400, 90033, "", 3, 4 },
        { 400, 50000, "", 1, 2 },
        { 400, 90055, ",\"retry-after\":\"0.05\"", 2, 3 },
        { 400, 90033, ",\"retry-after\":\"0.05\"", 2, 3 },
        { 429, 90055, ",\"retry-after\":\"0.05\"", 3, 4 },
        { 429, 0, "", 2, 3 },
        { 503, 0, ",\"retry-after\":\"0.05\"", 2, 3 },
        { 500, 50000, "", 2, 3 },
        { 504, 0, "", 4, 5 },
};

START_TEST(passes)
{
        refuse(1, passing[_i].count, passing[_i].status, "invalid_request", passing[_i].number, passing[_i].more);
        ck_assert_msg(graph_read(&g, NULL) == MST_OK, "%s", g.err.text);
        ck_assert_int_eq(asked(), passing[_i].asked);
}
END_TEST

/* More than there is patience for is not waited; when to come back is told. */
START_TEST(too_long_to_wait)
{
        refuse(1, 0, _i == 0 ? 400 : 429, "invalid_request", 90055, ",\"retry-after\":\"300\"");
        ck_assert_int_eq(graph_read(&g, NULL), MST_ETHROTTLED);
        ck_assert_int_eq(asked(), 1);
        ck_assert_uint_ge(g.err.retry_after_ms, 300000);
}
END_TEST

/* What is no error reply of the protocol. */
static const struct {
        int status;
        const char *body;
        int code;
        const char *says;
} strange[] = {
        { 400, "", MST_ENET, "is login-url right?" },
        { 400, "<html>", MST_ENET, "is login-url right?" },
        { 400, "{}", MST_ENET, "is login-url right?" },
        { 400, "{\\\"error\\\":{\\\"code\\\":\\\"x\\\"}}", MST_ENET, "is login-url right?" },
        { 404, "{\\\"error\\\":7}", MST_ENET, "is login-url right?" },
        { 401, "{\\\"error\\\":\\\"invalid_client\\\",\\\"error_codes\\\":\\\"7000215\\\"}", MST_EAUTH, "was refused" },
        { 401, "{\\\"error\\\":\\\"invalid_client\\\",\\\"error_codes\\\":[]}", MST_EAUTH, "correlation id unknown" },
        { 401, "{\\\"error\\\":\\\"invalid_client\\\",\\\"error_codes\\\":[[7000215]]}", MST_EAUTH, "was refused" },
        { 401, "{\\\"error\\\":\\\"evil\\\\u001b[2J\\\",\\\"error_codes\\\":[7000215]}", MST_EAUTH, "evil\\x1b[2J" },
        { 200, "{}", MST_EINTERNAL, "no access_token" },
        { 200, "{\\\"access_token\\\":\\\"\\\"}", MST_EINTERNAL, "no access_token" },
        { 200, "[]", MST_ENET, "is login-url right?" },
        { 302, "", MST_ENET, "is login-url right?" },
};

START_TEST(no_error_reply)
{
        char rule[600];

        snprintf(rule, sizeof rule, "[{\"kind\":\"token\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":%d,"
                 "\"link\":\"https://evil.example/\",\"body\":\"%s\"}]", strange[_i].status, strange[_i].body);
        graph_control(&g, "faults", rule);
        ck_assert_msg(graph_read(&g, NULL) == strange[_i].code, "%d %s", g.err.code, g.err.text);
        says(strange[_i].says);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-refusals");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, refusal, 0, UNIT_COUNT(rows));
        tcase_add_loop_test(c, passes, 0, UNIT_COUNT(passing));
        tcase_add_loop_test(c, too_long_to_wait, 0, 2);
        tcase_add_loop_test(c, no_error_reply, 0, UNIT_COUNT(strange));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
