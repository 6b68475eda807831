/* test-token.c - the token endpoint (checklist 1 to 12) and who may pass Graph's
 * door (15 to 18, 57, 60, 63). */
#include "client.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <stdlib.h>

#define URL "/" TENANT "/oauth2/v2.0/token"
#define GRANT "grant_type=client_credentials"
#define SECRET "&client_secret=s%2Bcret"
#define BEARER "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

static const struct {
        int item;                       /* of the checklist */
        const char *url, *body, *basic;
        int status;
        const char *error;
        int number;
} asks[] = {
        { 1, URL, FORM SECRET, NULL, 200, "", 0 },
        { 1, "/contoso.example/oauth2/v2.0/token", FORM SECRET, NULL, 200, "", 0 },
        { 1, URL, GRANT "&client_id=" CLIENT "&scope=https://graph.microsoft.com/.default" SECRET, NULL, 200, "", 0 },
        /* id and secret by HTTP Basic: base64 of "5e0d...:s%2Bcret" and with a wrong one */
        { 1, URL, GRANT SCOPE, "right", 200, "", 0 },
        { 2, URL, GRANT SCOPE, "wrong", 401, "invalid_client", 7000215 },
        { 2, URL, FORM "&client_secret=nope", NULL, 401, "invalid_client", 7000215 },
        { 8, URL, FORM "&client_secret=s+cret", NULL, 401, "invalid_client", 7000215 },
        { 8, URL, FORM "&client_secret=s&cret", NULL, 401, "invalid_client", 7000215 },
        { 7, URL, FORM, NULL, 401, "invalid_client", 7000218 },
        { 7, URL, FORM "&client_secret=", NULL, 401, "invalid_client", 7000218 },
        { 9, URL, FORM "&client_assertion=a.b.c", NULL, 400, "invalid_request", 900144 },
        { 9, URL, FORM BEARER "&client_assertion=a.b.c", NULL, 401, "invalid_client", 700027 },
        { 4, "/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token", FORM SECRET, NULL, 400, "invalid_request", 90002 },
        { 4, "/fabrikam.example/oauth2/v2.0/token", FORM SECRET, NULL, 400, "invalid_request", 90002 },
        { 4, "/no-tenant/oauth2/v2.0/token", FORM SECRET, NULL, 400, "invalid_request", 900023 },
        { 5, URL, GRANT "&client_id=nobody" SCOPE SECRET, NULL, 400, "unauthorized_client", 700016 },
        { 6, URL, GRANT "&client_id=" CLIENT "&scope=User.Read.All" SECRET, NULL, 400, "invalid_scope", 70011 },
        { 6, URL, GRANT "&client_id=" CLIENT "&scope=https%3A%2F%2Fgraph.example%2F.default" SECRET, NULL, 400,
          "invalid_resource", 500011 },
        { 6, URL, GRANT "&client_id=" CLIENT "&scope=https%3A%2F%2Fa%2F.default%20https%3A%2F%2Fb%2F.default" SECRET, NULL,
          400, "invalid_scope", 700022 },
        { 6, URL, GRANT "&client_id=" CLIENT SECRET, NULL, 400, "invalid_request", 900144 },
        { 6, URL, "client_id=" CLIENT SCOPE SECRET, NULL, 400, "invalid_request", 900144 },
        { 6, URL, GRANT SCOPE SECRET, NULL, 400, "invalid_request", 900144 },
        { 6, URL, "", NULL, 400, "invalid_request", 900144 },
        { 6, URL, "%zz", NULL, 400, "invalid_request", 900144 },
        { 6, URL, "grant_type=password&client_id=" CLIENT SCOPE SECRET, NULL, 400, "unsupported_grant_type", 70003 },
};

static void
ask(int row)
{
        struct client *c = client_open(10);
        struct text basic = { 0 }, start = { 0 };
        const char *description;

        free(c->bearer);
        c->bearer = NULL;
        if (asks[row].basic != NULL) {
                const char *pair = strcmp(asks[row].basic, "right") == 0 ? CLIENT ":s%2Bcret" : CLIENT ":s+cret";

                text_lit(&basic, "Basic ");
                base64_write(&basic, pair, strlen(pair), false);
                c->bearer = text_take(&basic);
        }
        ck_assert_int_eq(client_send(c, "POST", asks[row].url, asks[row].body), asks[row].status);
        ck_assert_str_eq(client_text(c, "error"), asks[row].error);
        if (asks[row].status == 200) {
                ck_assert_str_eq(client_text(c, "token_type"), "Bearer");
                ck_assert(json_object_is_type(json_object_object_get(c->json, "expires_in"), json_type_int));
                ck_assert_str_eq(client_text(c, "expires_in"), "3599");
                ck_assert_str_ne(client_text(c, "access_token"), "");
        } else {
                ck_assert_int_eq(json_object_get_int(json_object_array_get_idx(
                        json_object_object_get(c->json, "error_codes"), 0)), asks[row].number);
                text_fmt(&start, "AADSTS%d: ", asks[row].number);
                description = client_text(c, "error_description");
                ck_assert_int_eq(strncmp(description, text_str(&start), start.len), 0);
                ck_assert_ptr_nonnull(strstr(description, "\r\nTrace ID: "));
                ck_assert_ptr_nonnull(strstr(description, "\r\nCorrelation ID: "));
                ck_assert_uint_eq(strlen(client_text(c, "trace_id")), 36);
                ck_assert_uint_eq(strlen(client_text(c, "correlation_id")), 36);
                ck_assert_uint_eq(strlen(client_text(c, "timestamp")), 20);
                text_free(&start);
        }
        client_close(c);
}

START_TEST(item_01_right_secret) { CLIENT_ROWS(asks, 1, ask); } END_TEST
START_TEST(item_02_wrong_secret) { CLIENT_ROWS(asks, 2, ask); } END_TEST
START_TEST(item_04_unknown_tenant) { CLIENT_ROWS(asks, 4, ask); } END_TEST
START_TEST(item_05_unknown_client) { CLIENT_ROWS(asks, 5, ask); } END_TEST
START_TEST(item_06_bad_form) { CLIENT_ROWS(asks, 6, ask); } END_TEST
START_TEST(item_07_no_credential) { CLIENT_ROWS(asks, 7, ask); } END_TEST
START_TEST(item_08_secret_not_encoded) { CLIENT_ROWS(asks, 8, ask); } END_TEST
START_TEST(item_09_assertion_malformed) { CLIENT_ROWS(asks, 9, ask); } END_TEST

START_TEST(item_06_token_not_by_get)
{
        struct client *c = client_open(1);

        ck_assert_int_eq(client_get(c, URL), 400);
        ck_assert_ptr_nonnull(strstr(client_text(c, "error_description"), "AADSTS900561"));
        client_close(c);
}
END_TEST

START_TEST(item_03_and_05_secret_ends_app_disabled)
{
        struct client *c = client_open(1);

        client_do(c, "app", "{\"secretEnds\":\"2000-01-01T00:00:00Z\"}");
        ck_assert_int_eq(client_send(c, "POST", URL, FORM SECRET), 401);
        ck_assert_ptr_nonnull(strstr(client_text(c, "error_description"), "AADSTS7000222"));
        client_do(c, "app", "{\"disabled\":true}");
        ck_assert_int_eq(client_send(c, "POST", URL, FORM SECRET), 400);
        ck_assert_ptr_nonnull(strstr(client_text(c, "error_description"), "AADSTS7000112"));
        client_close(c);
}
END_TEST

START_TEST(item_15_graph_needs_a_good_token)
{
        static const char *const bad[] = { NULL, "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer garbage", "bearer" };
        struct client *c = client_open(3);
        struct text why = { 0 };

        free(c->bearer);
        c->bearer = bad[_i] != NULL ? room_copy(bad[_i]) : NULL;
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        ck_assert_str_eq(client_code(c), "InvalidAuthenticationToken");
        ck_assert_int_eq(strncmp(client_header(c, "WWW-Authenticate"), "Bearer", 6), 0);
        ck_assert_ptr_null(shape_error(c->json, &why));
        client_close(c);
}
END_TEST

START_TEST(item_16_token_damaged_or_old)
{
        struct client *c = client_open(300);
        char *link;

        client_do(c, "settings", "{\"page-size\":100}");
        client_get(c, "/v1.0/users/delta");
        link = room_copy(client_text(c, "@odata.nextLink"));
        c->bearer[60] = c->bearer[60] == 'a' ? 'b' : 'a';
        ck_assert_int_eq(client_get(c, link), 401);
        client_token(c);
        client_do(c, "clock", "{\"advance\":\"3600\"}");
        ck_assert_int_eq(client_get(c, link), 401);
        ck_assert_str_eq(client_code(c), "InvalidAuthenticationToken");
        client_token(c);
        ck_assert_int_eq(client_get(c, link), 200);     /* the same link goes on */
        ck_assert_uint_eq(client_count(c), 100);
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_11_and_17_token_without_role_or_of_another_cloud)
{
        struct client *c = client_open(3);
        struct text bearer = { 0 };

        client_do(c, "app", "{\"roles\":\"Mail.Read User.Read.Alles\"}");
        client_token(c);                                /* 200: consent is not looked at here */
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 403);
        ck_assert_str_eq(client_code(c), "Authorization_RequestDenied");
        client_do(c, "app", "{\"roles\":\"User.Read.All\"}");
        ck_assert_int_eq(client_send(c, "POST", URL, GRANT "&client_id=" CLIENT
                                     "&scope=https://graph.microsoft.us/.default" SECRET), 200);
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        free(c->bearer);
        c->bearer = text_take(&bearer);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        client_close(c);
}
END_TEST

/* The claims of the challenge, as they go into the form; must be freed. */
static char *
challenge_form(struct client *c)
{
        struct text plain = { 0 }, form = { 0 };
        const char *header = NULL, *from;

        for (int i = 0; i < c->got_count; i++)
                if (strstr(c->got[i].value, "error=\"insufficient_claims\", claims=\"") != NULL)
                        header = c->got[i].value;
        ck_assert_ptr_nonnull(header);
        from = strstr(header, "claims=\"") + 8;
        ck_assert(base64_read(&plain, from, strcspn(from, "\"")));
        text_put(&form, FORM SECRET "&claims=");
        for (size_t i = 0; i < plain.len; i++)
                text_fmt(&form, "%%%02X", (unsigned)(unsigned char)plain.at[i]);
        text_free(&plain);
        return text_take(&form);
}

static void
take_bearer(struct client *c)
{
        struct text bearer = { 0 };

        ck_assert_int_eq(c->status, 200);
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        free(c->bearer);
        c->bearer = text_take(&bearer);
}

START_TEST(item_18_claims_challenge_forced)
{
        struct client *c = client_open(3);
        char *form;

        client_do(c, "settings", "{\"challenge\":true}");
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        form = challenge_form(c);
        client_send(c, "POST", URL, FORM SECRET "&claims=%7B%7D");      /* others do not help */
        take_bearer(c);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        client_send(c, "POST", URL, form);
        take_bearer(c);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        client_do(c, "settings", "{\"revoked\":true}");
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        free(form);
        client_close(c);
}
END_TEST

/* Without being forced only who said cp1 gets one, when access is revoked. */
START_TEST(item_18_claims_challenge_for_cp1)
{
        struct client *c = client_open(3);
        char *form;

        client_do(c, "revoke", "{}");
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        client_send(c, "POST", URL, FORM SECRET "&claims=%7B%22access_token%22%3A%7B%22xms_cc%22%3A%7B%22values%22%3A%5B"
                    "%22cp1%22%5D%7D%7D%7D");
        take_bearer(c);
        client_do(c, "revoke", "{}");
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 401);
        form = challenge_form(c);
        client_send(c, "POST", URL, form);
        take_bearer(c);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        free(form);
        client_close(c);
}
END_TEST

START_TEST(item_60_headers_of_every_reply)
{
        struct client *c = client_open(3);
        const char *mine = "66666666-1111-4222-8333-444444444444";

        c->headers[0] = "client-request-id";
        c->headers[1] = mine;
        for (int i = 0; i < 2; i++) {
                client_get(c, i == 0 ? "/v1.0/users" : "/v1.0/nothing");
                ck_assert_str_eq(client_header(c, "client-request-id"), mine);
                ck_assert(guid_is(client_header(c, "request-id")));
                ck_assert_int_eq(strncmp(c->type, "application/json;odata.metadata=minimal", 39), 0);
                ck_assert_str_eq(client_header(c, "OData-Version"), "4.0");
        }
        c->headers[1] = "no guid\r\nX-Evil: 1";
        client_get(c, "/v1.0/users");
        ck_assert(guid_is(client_header(c, "client-request-id")));
        client_close(c);
}
END_TEST

START_TEST(item_63_graph_is_read_only)
{
        static const char *const methods[] = { "POST", "PATCH", "PUT", "DELETE" };
        struct client *c = client_open(3);

        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/users", "{}"), 405);
        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/users/delta", "{}"), 405);
        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/groups/a/members/$ref", "{}"), 405);
        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/groups/a/members/b/$ref", "{}"), 405);
        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/directory/deletedItems/a/restore", "{}"), 405);
        ck_assert_int_eq(client_send(c, methods[_i], "/v1.0/nonsense", "{}"), 405);
        ck_assert_str_eq(client_code(c), "Request_BadRequest");
        ck_assert_uint_eq(c->e->people.live, 3);
        client_close(c);
}
END_TEST

START_TEST(item_57_throttling)
{
        struct client *c = client_open(3);
        int wait;

        client_do(c, "settings", "{\"throttle\":true,\"throttle-units\":10,\"throttle-seconds\":100}");
        for (int i = 0; i < 4; i++)
                ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
        ck_assert_ptr_nonnull(client_header(c, "x-ms-throttle-limit-percentage"));
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 429);
        ck_assert_str_eq(client_code(c), "TooManyRequests");
        wait = atoi(client_header(c, "Retry-After"));
        ck_assert_int_ge(wait, 1);
        for (int i = 0; i < 5; i++)             /* who does not wait keeps the bucket full */
                ck_assert_int_eq(client_get(c, "/v1.0/users"), 429);
        ck_assert_int_ge(atoi(client_header(c, "Retry-After")), wait);
        ck_assert(c->e->throttle.level >= 10 && atof(client_header(c, "x-ms-throttle-limit-percentage")) >= 1.0);
        ck_assert_ptr_nonnull(strstr(client_header(c, "x-ms-throttle-scope"), "Tenant_Application/ReadWrite/" CLIENT));
        ck_assert_str_eq(client_header(c, "x-ms-throttle-information"), "ResourceUnitLimitExceeded");
        client_close(c);
}
END_TEST

START_TEST(ledger_tells_all_and_no_secret)
{
        struct client *c = client_open(3);
        struct json_object *lines, *line;
        char *link;

        client_do(c, "clear", "");
        client_get(c, "/v1.0/users/delta?$deltatoken=latest&$select=id");
        link = room_copy(client_text(c, "@odata.deltaLink"));
        client_get(c, link);
        client_get(c, "/_control/ledger");
        ck_assert_ptr_null(strstr(text_str(&c->raw), strchr(link, '=') + 1));
        lines = json_object_object_get(c->json, "lines");
        ck_assert_uint_eq(json_object_array_length(lines), 2);
        line = json_object_array_get_idx(lines, 1);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(line, "kind")), "delta");
        ck_assert(json_object_get_boolean(json_object_object_get(line, "authorization")));
        ck_assert_int_eq(json_object_get_int(json_object_object_get(line, "status")), 200);
        ck_assert_ptr_nonnull(strstr(json_object_get_string(json_object_object_get(line, "request")), "$deltatoken=#"));
        free(link);
        client_close(c);
}
END_TEST

Suite *
suite_token(void)
{
        Suite *s = suite_create("graph token");
        TCase *t = tcase_create("token and door");

        tcase_add_test(t, item_01_right_secret);
        tcase_add_test(t, item_02_wrong_secret);
        tcase_add_test(t, item_04_unknown_tenant);
        tcase_add_test(t, item_05_unknown_client);
        tcase_add_test(t, item_06_bad_form);
        tcase_add_test(t, item_07_no_credential);
        tcase_add_test(t, item_08_secret_not_encoded);
        tcase_add_test(t, item_09_assertion_malformed);
        tcase_add_test(t, item_06_token_not_by_get);
        tcase_add_test(t, item_03_and_05_secret_ends_app_disabled);
        tcase_add_loop_test(t, item_15_graph_needs_a_good_token, 0, 6);
        tcase_add_test(t, item_16_token_damaged_or_old);
        tcase_add_test(t, item_11_and_17_token_without_role_or_of_another_cloud);
        tcase_add_test(t, item_18_claims_challenge_forced);
        tcase_add_test(t, item_18_claims_challenge_for_cp1);
        tcase_add_test(t, item_60_headers_of_every_reply);
        tcase_add_loop_test(t, item_63_graph_is_read_only, 0, 4);
        tcase_add_test(t, item_57_throttling);
        tcase_add_test(t, ledger_tells_all_and_no_secret);
        suite_add_tcase(s, t);
        return s;
}
