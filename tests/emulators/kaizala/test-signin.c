/* test-signin.c - tokens, moved endpoints and the limits of calls (checklist 1 to 10). */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

#define PIN_ASKED "{\"mobileNumber\":\"+14255550101\",\"applicationId\":\"" CONNECTOR "\"}"

/* [D] swagger, generatePin; FAQ 2: "POST {api-root}/v1/generatePin ... 200 {}". */
START_TEST(item_01_pin)
{
        static const struct { const char *body; int status; } rows[] = {
                { PIN_ASKED, 200 }, { "{\"mobileNumber\":\"+14255550101\"}", 400 },
                { "{\"mobileNumber\":\"0171\",\"applicationId\":\"" CONNECTOR "\"}", 400 },
                { "{\"mobileNumber\":\"+14255550101\",\"applicationId\":\"nobody\"}", 401 }, { "[]", 400 },
        };
        struct client *c = kaizala_client();

        ck_assert_int_eq(kaizala_call(c, "POST /v1/generatePin", "", rows[_i].body), rows[_i].status);
        if (_i == 0)
                ck_assert_str_eq(text_str(&c->raw), "{}");
        client_get(c, "/_control/pin/%2B14255550101");
        ck_assert_int_eq(atoi(client_text(c, "pin")) != 0, _i == 0);
        client_close(c);
}
END_TEST

static int
login(struct client *c, const char *form, int off)
{
        struct text body = { 0 };
        int pin, status;

        ck_assert_int_eq(kaizala_call(c, "POST /v1/generatePin", "", PIN_ASKED), 200);
        client_get(c, "/_control/pin/%2B14255550101");
        pin = atoi(client_text(c, "pin")) + off;
        text_fmt(&body, "{\"mobileNumber\":\"+14255550101\",\"applicationId\":\"" CONNECTOR "\",\"applicationSecret\":\"" SECRET
                 "\",\"pin\":%s%d%s}", form, pin, form);
        status = kaizala_call(c, "POST /v1/loginWithPinAndApplicationId", "", text_str(&body));
        text_free(&body);
        return status;
}

/* [D] swagger: pin is an integer; [O] several public clients send a string; 365 days
 * (connectors/Tokens) in milliseconds; [C] a wrong PIN is 401. */
START_TEST(item_02_login)
{
        struct client *c = kaizala_client();
        const char *form = _i % 2 == 0 ? "" : "\"", *url;
        char *refresh;
        int64_t left;

        ck_assert_int_eq(login(c, form, _i < 2 ? 0 : 1), _i < 2 ? 200 : 401);
        if (_i >= 2) {
                ck_assert_str_eq(client_text(c, "errorCode"), "Unauthenticated");
                client_close(c);
                return;
        }
        left = strtoll(client_text(c, "refreshTokenExpiry"), NULL, 10) / 1000 - c->rest->now;
        ck_assert_int_eq(left, 365 * 86400);
        url = client_text(c, "endpointUrl");
        ck_assert_int_eq(url[strlen(url) - 1], '/');
        ck_assert_ptr_nonnull(strstr(client_text(c, "grantedScope"), "groupmember.write"));
        refresh = room_copy(client_text(c, "refreshToken"));
        ck_assert_int_eq(kaizala_token(c, refresh), 200);
        free(refresh);
        client_close(c);
}
END_TEST

/* [D] connectors/Tokens: a GET with the credentials in headers; 24 hours; milliseconds in 64
 * bits; refreshToken null.  [C] POST is 405. */
START_TEST(item_03_access_token)
{
        struct client *c = kaizala_client();

        ck_assert_int_eq(client_get(c, "/v1/accessToken"), 200);
        ck_assert_int_eq(json_object_object_length(c->json), 5);
        ck_assert_int_gt((int)strlen(client_text(c, "accessToken")), 10);
        ck_assert_int_eq(strtoll(client_text(c, "accessTokenExpiry"), NULL, 10) / 1000 - c->rest->now, 86400);
        ck_assert(json_object_object_get_ex(c->json, "refreshToken", NULL));
        ck_assert_ptr_null(json_object_object_get(c->json, "refreshToken"));
        ck_assert_str_eq(client_text(c, "scope"), "token.write");
        ck_assert_str_eq(client_text(c, "endpointUrl"), "http://localhost:8080/");
        ck_assert_int_eq(client_send(c, "POST", "/v1/accessToken", "{}"), 405);
        client_close(c);
}
END_TEST

/* [D] connectors/Tokens: for the first 90 % of its life none, then with every answer a new
 * refresh token; FAQ 3.  [C] the new one ends the old one only when it is used. */
START_TEST(item_04_rotation)
{
        struct client *c = kaizala_client();
        char *old = room_copy(c->e->grants.list[0]->token), *next, *other;

        client_do(c, "clock", "{\"advance\":\"327d\"}");
        ck_assert_int_eq(kaizala_token(c, old), 200);
        ck_assert_ptr_null(json_object_object_get(c->json, "refreshToken"));
        client_do(c, "clock", "{\"advance\":\"1d\"}");
        ck_assert_int_eq(kaizala_token(c, old), 200);
        next = room_copy(client_text(c, "refreshToken"));
        ck_assert_int_eq(kaizala_token(c, old), 200);
        other = room_copy(client_text(c, "refreshToken"));
        ck_assert(next[0] != '\0' && other[0] != '\0' && strcmp(next, other) != 0 && strcmp(next, old) != 0);
        client_do(c, "clock", "{\"advance\":\"36d\"}");
        ck_assert_int_eq(kaizala_token(c, old), 200);
        ck_assert_int_eq(kaizala_token(c, next), 200);
        ck_assert_int_eq(kaizala_token(c, old), 401);           /* the new one was used */
        client_do(c, "clock", "{\"advance\":\"328d\"}");        /* 364 days after its own issue */
        ck_assert_int_eq(kaizala_token(c, next), 200);
        client_do(c, "clock", "{\"advance\":\"1d\"}");
        ck_assert_int_eq(kaizala_token(c, next), 401);
        ck_assert_str_eq(client_text(c, "errorCode"), "Unauthenticated");
        free(old);
        free(next);
        free(other);
        client_close(c);
}
END_TEST

/* [D] connectors/Tokens: a refresh token dies early if a newer one is generated for the same
 * connector. */
START_TEST(item_05_second_refresh_token)
{
        struct client *c = kaizala_client();
        char *old = room_copy(c->e->grants.list[0]->token);

        client_do(c, "grant", "{\"reach\":\"tenant\",\"phone\":\"+14255550199\"}");
        ck_assert_int_eq(kaizala_token(c, old), 200);           /* another user's */
        client_do(c, "grant", "{\"reach\":\"tenant\"}");
        ck_assert_int_eq(kaizala_token(c, old), 401);
        ck_assert_str_eq(client_text(c, "errorCode"), "Unauthenticated");
        free(old);
        client_close(c);
}
END_TEST

/* [O] DLL constants: Unauthenticated; the envelope is that of issue #2; [C] the status. */
START_TEST(item_06_wrong_secret)
{
        static const struct { const char *name, *value; } rows[] = {
                { "applicationSecret", "WRONG" }, { "applicationSecret", NULL }, { "applicationId", "nobody" },
                { "refreshToken", "rt.none" }, { "applicationId", NULL }, { "refreshToken", NULL },
        };
        struct client *c = kaizala_client();

        kaizala_header(c, rows[_i].name, rows[_i].value);
        ck_assert_int_eq(client_get(c, "/v1/accessToken"), 401);
        ck_assert_str_eq(client_text(c, "errorCode"), "Unauthenticated");
        ck_assert_str_eq(client_text(c, "errorCategoryKey"), "AuthException");
        ck_assert_str_ne(client_text(c, "message"), "");
        client_close(c);
}
END_TEST

static const char *const calls[] = {
        "GET /v1/groups", "POST /v1/groups", "GET /v1/groups/x", "GET /groups/x", "GET /v1/groups/x/subGroups",
        "POST /v1/groups/x/subGroups", "PUT /v1/groups/x/subGroups", "DELETE /v1/groups/x/subGroups/y",
        "GET /v1/groups/x/members", "PUT /v1/groups/x/members", "DELETE /v1/groups/x/members/y",
        "PUT /v1/groups/x/members/y", "PUT /v1/groups/x/subscribers/add", "POST /v1/groups/x/subscribers",
        "PUT /v1/groups/x/subscribers/remove", "GET /v1/users/me", "POST /v1/webhook",
};

/* [O] issue #2: the text names the header ACCESSTOKEN; [C] Bearer is not enough. */
START_TEST(item_07_no_token)
{
        struct client *c = kaizala_client();

        kaizala_header(c, "accessToken", NULL);
        c->bearer = room_copy("Bearer at.example");
        ck_assert_int_eq(kaizala_call(c, calls[_i], "", "{}"), 401);
        ck_assert_str_eq(client_text(c, "errorCode"), "InvalidToken");
        ck_assert_str_eq(client_text(c, "errorCategoryKey"), "AuthException");
        ck_assert_ptr_nonnull(strstr(client_text(c, "message"), "ACCESSTOKEN"));
        client_close(c);
}
END_TEST

/* [O] DLL: the text of a token that fails validation, expiry included; [D] 24 hours. */
START_TEST(item_08_old_token)
{
        struct client *c = kaizala_client();

        ck_assert_int_eq(client_get(c, "/v1/groups"), 200);
        if (_i == 0)
                client_do(c, "clock", "{\"advance\":\"1d\"}");
        else
                client_do(c, "expire-token", "{}");
        ck_assert_int_eq(client_get(c, "/v1/groups"), 401);
        ck_assert_str_eq(client_text(c, "errorCode"), "InvalidToken");
        ck_assert_ptr_nonnull(strstr(client_text(c, "message"), "validation failed"));
        ck_assert_int_eq(kaizala_token(c, c->e->grants.list[0]->token), 200);
        ck_assert_int_eq(client_get(c, "/v1/groups"), 200);
        client_close(c);
}
END_TEST

/* [D] connectors/API: 308 with Location from any call; issue #145: from accessToken, too.
 * [C] Location is a bare base, or the whole address. */
START_TEST(item_09_moved)
{
        struct client *c = kaizala_client();
        bool whole = _i % 2 == 1, root = _i >= 2;
        struct text ask = { 0 };

        text_fmt(&ask, "{\"to\":\"http://127.0.0.2:8080\",\"mode\":\"%s\",\"root\":%s}", whole ? "url" : "base",
                 root ? "true" : "false");
        client_do(c, "move-endpoint", text_str(&ask));
        kaizala_header(c, "Host", "localhost:8080");
        ck_assert_int_eq(client_get(c, "/v1/groups?showDetail=true"), 308);
        ck_assert_str_eq(client_header(c, "Location"), whole ? "http://127.0.0.2:8080/v1/groups?showDetail=true"
                         : "http://127.0.0.2:8080/");
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/x/members", "", "{}"), 308);
        ck_assert_int_eq(client_get(c, "/v1/accessToken"), root ? 308 : 200);
        kaizala_header(c, "Host", "127.0.0.2:8080");
        ck_assert_int_eq(client_get(c, "/v1/accessToken"), 200);
        ck_assert_str_eq(client_text(c, "endpointUrl"), "http://127.0.0.2:8080/");
        ck_assert_int_eq(client_get(c, "/v1/groups"), 200);     /* the state is shared */
        free(kaizala_group(c, "after the move"));
        text_free(&ask);
        client_close(c);
}
END_TEST

/* [D] connectors/API: 100 calls a minute a connector, 300 a tenant, then 429 with Retry-After
 * in seconds; what is refused has no effect. */
START_TEST(item_10_limits)
{
        struct client *c = kaizala_client();
        char token[4][128], id[4][32], refresh[4][128];
        int wait;

        client_do(c, "settings", "{\"tenant-calls\":\"300\"}");
        for (int i = 0; i < 4; i++) {
                struct text ask = { 0 };

                snprintf(id[i], sizeof id[i], "connector-%d", i);
                text_fmt(&ask, "{\"id\":\"%s\",\"secret\":\"" SECRET "\"}", id[i]);
                client_do(c, "connector", text_str(&ask));
                ask.len = 0;
                text_fmt(&ask, "{\"connector\":\"%s\"}", id[i]);
                client_do(c, "grant", text_str(&ask));
                kaizala_header(c, "applicationId", id[i]);
                snprintf(refresh[i], sizeof refresh[i], "%s", client_text(c, "refreshToken"));
                kaizala_header(c, "refreshToken", refresh[i]);
                ck_assert_int_eq(client_get(c, "/v1/accessToken"), 200);
                snprintf(token[i], sizeof token[i], "%s", client_text(c, "accessToken"));
                text_free(&ask);
        }
        kaizala_header(c, "applicationId", CONNECTOR);
        for (int i = 0; i < 3; i++) {
                kaizala_header(c, "accessToken", token[i]);
                for (int n = 0; n < 100; n++)
                        ck_assert_int_eq(client_get(c, "/v1/users/me"), 200);
                if (i == 0) {
                        ck_assert_int_eq(kaizala_call(c, "POST /v1/groups", "", "{\"name\":\"n\",\"welcomeMessage\":\"w\"}"), 429);
                        wait = atoi(client_header(c, "Retry-After"));
                        ck_assert(wait > 0 && wait <= 60);
                }
        }
        kaizala_header(c, "accessToken", token[3]);             /* 300 are made, by three others */
        ck_assert_int_eq(client_get(c, "/v1/users/me"), 429);
        ck_assert_int_eq(kaizala_effects(c, "group created"), 0);
        client_do(c, "clock", "{\"advance\":\"60s\"}");
        ck_assert_int_eq(client_get(c, "/v1/users/me"), 200);
        client_close(c);
}
END_TEST

TCase *
case_signin(void)
{
        TCase *t = tcase_create("signin");

        tcase_add_loop_test(t, item_01_pin, 0, 5);
        tcase_add_loop_test(t, item_02_login, 0, 4);
        tcase_add_test(t, item_03_access_token);
        tcase_add_test(t, item_04_rotation);
        tcase_add_test(t, item_05_second_refresh_token);
        tcase_add_loop_test(t, item_06_wrong_secret, 0, 6);
        tcase_add_loop_test(t, item_07_no_token, 0, (int)(sizeof calls / sizeof calls[0]));
        tcase_add_loop_test(t, item_08_old_token, 0, 2);
        tcase_add_loop_test(t, item_09_moved, 0, 4);
        tcase_add_test(t, item_10_limits);
        return t;
}
