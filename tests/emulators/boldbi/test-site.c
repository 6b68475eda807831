/* test-site.c - tokens and users of the site (items 1 to 14). */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#define SIGN_IN "grant_type=password&username=admin%40contoso.example&password=Example1%21"

/* sw v5 POST /token: access_token, token_type, expires_in (string), Email; a date and "email" in the
 * screenshot of docs/server-api-reference/interact-with-rest-api [S]; a number in sample [O]. */
START_TEST(item_01_token)
{
        static const struct step steps[] = {
                { "", "POST", B "/token", SIGN_IN, 200, "\"token_type\":\"bearer\",\"expires_in\":\"604799\",\"Email\":\"admin@contoso.example\"", NULL },
                { "", "POST", B "/token", "{\"grant_type\":\"password\",\"username\":\"admin\",\"password\":\"Example1!\"}", 200, "access_token", NULL },
                { NULL, "POST", "/_control/settings", "{\"expires-in\":\"number\"}", 200, NULL, NULL },
                { "", "POST", B "/token", SIGN_IN, 200, "\"expires_in\":604799", NULL },
                { NULL, "POST", "/_control/settings", "{\"expires-in\":\"date\",\"lower-email\":true}", 200, NULL, NULL },
                { "", "POST", B "/token", SIGN_IN, 200, "+00:00\",\"email\":", "\"Email\"" },
        };

        RUN(steps);
}
END_TEST

/* sw v5: 400 "Email address is empty", 404 "User detail not found", 405; a wrong password's status
 * is not published: 400 [C]. */
START_TEST(item_02_token_refused)
{
        static const struct step steps[] = {
                { "", "POST", B "/token", "grant_type=password&username=&password=x", 400, "empty", "access_token" },
                { "", "POST", B "/token", "grant_type=password&password=x", 400, "empty", NULL },
                { "", "POST", B "/token", "", 400, NULL, NULL }, { "", "POST", B "/token", "{", 400, NULL, NULL },
                { "", "POST", B "/token", "grant_type=password&username=nobody%40x&password=x", 404, "not found", NULL },
                { "", "GET", B "/token", NULL, 405, NULL, NULL },
                { "", "POST", B "/token", "grant_type=password&username=admin&password=wrong", 400, "invalid_grant", "access_token" },
                { "", "POST", B "/token", "grant_type=magic&username=admin&password=Example1!", 400, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* FAQ token (KB 16716): the password grant is for users whose password Bold BI stores; embed_secret
 * for any user; docs/site-administration/embed-settings: Regenerate kills the old secret. */
START_TEST(item_03_grants)
{
        static const struct step steps[] = {
                { NULL, "POST", "/_control/user", "{\"set\":{\"Email\":\"lee@x.example\",\"Password\":\"Example1!\"},\"directory\":\"AzureAD\"}", 200, NULL, NULL },
                { "", "POST", B "/token", "grant_type=password&username=lee%40x.example&password=Example1!", 400, "invalid_grant", NULL },
                { "", "POST", B "/token", "grant_type=embed_secret&username=lee%40x.example&embed_secret=one", 400, NULL, NULL },
                { NULL, "POST", "/_control/embed", "{\"secret\":\"one\"}", 200, NULL, NULL },
                { "", "POST", B "/token", "grant_type=embed_secret&username=lee%40x.example&embed_secret=one", 200, "lee@x.example", NULL },
                { NULL, "POST", "/_control/embed", "{\"secret\":\"two\"}", 200, NULL, NULL },
                { "", "POST", B "/token", "grant_type=embed_secret&username=lee%40x.example&embed_secret=one", 400, NULL, NULL },
                { "", "POST", B "/token", "grant_type=embed_secret&username=lee%40x.example&embed_secret=two", 200, NULL, NULL },
                { NULL, "POST", "/_control/settings", "{\"embed\":false}", 200, NULL, NULL },
                { "", "POST", B "/token", "grant_type=embed_secret&username=lee%40x.example&embed_secret=two", 400, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* 7 days by the dates of the screenshot [S]; 401 "token missing/bad" sw v5. */
START_TEST(item_04_token_ends)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v5.0/users", NULL, 200, NULL, NULL }, { "", "GET", B "/v5.0/users", NULL, 401, NULL, NULL },
                { "Bearer nonsense", "GET", B "/v5.0/users", NULL, 401, NULL, NULL },
                { "Bearer ", "GET", B "/v5.0/users", NULL, 401, NULL, NULL },
                { NULL, "POST", "/_control/clock", "{\"advance\":\"6d\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 200, NULL, NULL },
                { NULL, "POST", "/_control/clock", "{\"advance\":\"25h\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 401, NULL, NULL }, { NULL, "GET", B "/v4.0/groups", NULL, 401, NULL, NULL },
        };
        struct client *c = client_open();
        struct text ums = { 0 };

        client_send(c, "POST", M "/token", "grant_type=client_credentials&client_id=ums-client&client_secret=ums~secret");
        text_fmt(&ums, "Bearer %s", client_text(c, "access_token"));
        free(c->bearer);
        c->bearer = text_take(&ums);
        ck_assert_int_eq(client_get(c, B "/v5.0/users"), 401);          /* a UMS token is none of the site */
        client_close(c);
        RUN(steps);
}
END_TEST

/* docs/managing-resources/user-profile: header "basic <key>", at most two keys a user and site. */
START_TEST(item_05_api_key)
{
        struct client *c = client_open();
        struct text key = { 0 };

        client_do(c, "credential", "{\"of\":\"admin\"}");
        text_fmt(&key, "basic %s", client_text(c, "credential"));
        free(c->bearer);
        c->bearer = text_take(&key);
        ck_assert_int_eq(client_get(c, B "/v5.0/users"), 200);
        client_do(c, "credential", "{\"of\":\"admin\"}");
        ck_assert_int_eq(client_send(c, "POST", "/_control/credential", "{\"of\":\"admin\"}"), 409);
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "at most two"));
        memcpy(c->bearer, "Basic", 5);
        ck_assert_int_eq(client_get(c, B "/v5.0/users"), 200);          /* the scheme in any case */
        memcpy(c->bearer, "basis", 5);
        ck_assert_int_eq(client_get(c, B "/v5.0/users"), 401);
        client_close(c);
}
END_TEST

/* docs/server-api-reference: user and group administration needs System Administrator; 401 "Access
 * denied" sw v5. */
START_TEST(item_06_no_administrator)
{
        static const struct { const char *method, *url; } calls[] = {
                { "GET", B "/v5.0/users" }, { "POST", B "/v5.0/users" }, { "GET", B "/v5.0/users/admin" },
                { "PUT", B "/v5.0/users/admin" }, { "DELETE", B "/v5.0/users/admin" }, { "GET", B "/v5.0/users/1/groups" },
                { "GET", B "/v5.0/csv-users/download-template" }, { "POST", B "/v5.0/csv-users" },
                { "GET", B "/v5.0/user/import/job/1" }, { "GET", B "/v5.0/user/import/job/1/failed-import" },
                { "GET", B "/v5.0/groups" }, { "POST", B "/v5.0/groups" }, { "GET", B "/v5.0/groups/1" },
                { "PUT", B "/v5.0/groups/1" }, { "DELETE", B "/v5.0/groups/1" }, { "GET", B "/v5.0/groups/1/users" },
                { "POST", B "/v5.0/groups/1/users" }, { "DELETE", B "/v5.0/groups/1/users" },
                { "POST", B "/v5.0/groups/azure-active-directory/import" },
        };
        struct client *c = client_open();
        struct text key = { 0 };

        client_do(c, "user", "{\"set\":{\"Email\":\"lee@x.example\"}}");
        client_do(c, "credential", "{\"of\":\"lee@x.example\"}");
        text_fmt(&key, "basic %s", client_text(c, "credential"));
        free(c->bearer);
        c->bearer = text_take(&key);
        for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
                ck_assert_int_eq(client_send(c, calls[i].method, calls[i].url, "{}"), 401);
                ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "Access denied"));
        }
        client_close(c);
}
END_TEST

/* sw v5 POST /users; Data is the new id [O sample]; docs/site-administration/account-settings: activation
 * modes, password in Automatic only; password rule docs/managing-resources/manage-users/index. */
START_TEST(item_07_create)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, "{\"ApiStatus\":true,\"Data\":2,\"Status\":true", NULL },
                { NULL, "GET", B "/v5.0/users/user1", NULL, 200, "\"IsActive\":true,\"UserStatus\":\"Active\",\"DirectoryType\":\"Local\"", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"a@x\",\"Password\":\"Example1!\"}", 400, "\"Status\":false", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Email\":\"a@x\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 400, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 400, "Email", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"a@x\",\"FirstName\":\"A\",\"Password\":\"example1!\"}", 406, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"a@x\",\"FirstName\":\"A\",\"Password\":\"Ex1!\"}", 406, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"a@x\",\"FirstName\":\"A\"}", 406, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"nowhere\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 406, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", "not json", 400, NULL, NULL }, { NULL, "POST", B "/v5.0/users", "[]", 400, NULL, NULL },
                { NULL, "POST", "/_control/settings", "{\"activation\":\"email\"}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/users", U(2), 406, "Password", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"a\",\"Email\":\"a@x\",\"FirstName\":\"A\"}", 200, "\"Data\":3", NULL },
                { NULL, "GET", B "/v5.0/users/a", NULL, 200, "\"IsActive\":false,\"UserStatus\":\"InActive\"", NULL },
                { NULL, "GET", "/_control/effects", NULL, 200, "\"counts\":{\"user created\":2}", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5: 409 "Email address already exists"; the user name's clash is [C]. */
START_TEST(item_08_duplicate)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL }, { NULL, "POST", B "/v5.0/users", U(1), 409, "Email address already exists", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"x\",\"Email\":\"USER1@Contoso.EXAMPLE\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 409, "Email", NULL },
                { NULL, "POST", B "/v5.0/users", "{\"Username\":\"USER1\",\"Email\":\"x@x\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 409, "Username", NULL },
                { NULL, "GET", "/_control/effects", NULL, 200, "\"counts\":{\"user created\":1}", NULL },
        };

        RUN(steps);
}
END_TEST

static struct client *
with_users(int count)
{
        struct client *c = client_open();

        for (int i = 2; i <= count; i++) {
                char body[200];

                snprintf(body, sizeof body, "{\"set\":{\"Username\":\"p%02d\",\"Email\":\"p%02d@x.example\",\"FirstName\":\"P%02d\"}}", i, i, i);
                client_do(c, "user", body);
        }
        return c;
}

/* intro: page from 1, page_size 25 by default and 100 at most, Links First Prev Next Last, a page beyond
 * the end 400; the cap is [C]. */
START_TEST(item_09_pages)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v5.0/users?page=1&page_size=25", NULL, 200, "\"TotalResults\":60,\"Links\":[{", "\"Prev\"" },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "p25@x.example", "p26@x.example" },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "page=2&page_size=25\",\"Rel\":\"Next\",\"Type\":\"GET\"", NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "page=3&page_size=25\",\"Rel\":\"Last\"", NULL },
                { NULL, "GET", B "/v5.0/users?page=2", NULL, 200, "\"Rel\":\"Prev\"", "p25@x.example" },
                { NULL, "GET", B "/v5.0/users?page=3", NULL, 200, "p60@x.example", "\"Next\"" },
                { NULL, "GET", B "/v5.0/users?page=4", NULL, 400, NULL, NULL }, { NULL, "GET", B "/v5.0/users?page=0", NULL, 400, NULL, NULL },
                { NULL, "GET", B "/v5.0/users?page_size=101", NULL, 200, "p60@x.example", NULL },
                { NULL, "POST", "/_control/settings", "{\"moving\":1}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users?page=2", NULL, 200, "\"TotalResults\":60", NULL },
                { NULL, "GET", B "/v5.0/users?page=3", NULL, 200, "\"TotalResults\":61", NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "\"TotalResults\":61", NULL },
                { NULL, "GET", B "/v5.0/users?q=P07", NULL, 200, "\"TotalResults\":1,", "p08" },
        };

        run_with(with_users(60), steps, sizeof steps / sizeof steps[0]);
        run_with(with_users(150), (const struct step[]){
                { NULL, "GET", B "/v5.0/users?page_size=101", NULL, 200, "p100@x.example", "p101@x.example" } }, 1);
}
END_TEST

/* sw v5 GET /users: 204 when there are none. */
START_TEST(item_10_empty)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v5.0/users?q=nobody", NULL, 204, "", NULL }, { NULL, "GET", B "/v5.0/groups?q=none", NULL, 204, "", NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"G\"}]", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/groups/2/users", NULL, 204, "", NULL }, { NULL, "GET", B "/v4.0/groups/2/users", NULL, 204, "", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v4: {"UserList":[...]} with ExternalProviderId; sw v5: Data[0].UserList; flat by switch [C]. */
START_TEST(item_11_shapes)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v4.0/users", NULL, 200, "{\"UserList\":[{\"UserId\":1,", "TotalResults" },
                { NULL, "GET", B "/v4.0/users", NULL, 200, "p60@x.example", NULL },
                { NULL, "GET", B "/v4.0/users?page=9", NULL, 200, "ExternalProviderId", NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "{\"Data\":[{\"UserList\":[{\"UserId\":1,", "ExternalProviderId" },
                { NULL, "POST", "/_control/settings", "{\"shape\":\"flat\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 200, "{\"Data\":[{\"UserId\":1,", "UserList" },
                { NULL, "GET", B "/v4.0/groups", NULL, 200, "{\"GroupList\":[", "GroupLogo" },
        };

        run_with(with_users(60), steps, sizeof steps / sizeof steps[0]);
}
END_TEST

/* sw v5: {user} is a user name or e-mail in U3 to U5, a user id or e-mail in U6. */
START_TEST(item_12_keys)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users/user1%40contoso.example", NULL, 200, "{\"UserId\":2,\"Username\":\"user1\"", "ApiStatus" },
                { NULL, "GET", B "/v5.0/users/user1", NULL, 200, "\"Avatar\":null", "ApiStatus" },
                { NULL, "GET", B "/v5.0/users/USER1", NULL, 200, "\"UserId\":2", NULL },
                { NULL, "GET", B "/v5.0/users/user9", NULL, 404, NULL, NULL }, { NULL, "GET", B "/v5.0/users/2", NULL, 404, NULL, NULL },
                { NULL, "GET", B "/v5.0/users/1/groups", NULL, 200, "\"GroupList\":[{\"Id\":1,\"Name\":\"System Administrator\"", "UserCount" },
                { NULL, "GET", B "/v5.0/users/2/groups", NULL, 204, "", NULL }, { NULL, "GET", B "/v5.0/users/user1%40contoso.example/groups", NULL, 204, "", NULL },
                { NULL, "GET", B "/v5.0/users/user1/groups", NULL, 404, NULL, NULL }, { NULL, "GET", B "/v5.0/users/99/groups", NULL, 404, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 PUT /users/{user}: all members optional, what is left out stays; 404; the clash as 406 is [C]. */
START_TEST(item_13_update)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL }, { NULL, "POST", B "/v5.0/users", U(2), 200, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"ContactNumber\":\"+1 425 555 0102\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users/user1", NULL, 200, "\"FirstName\":\"U\",\"Lastname\":\"\",\"DisplayName\":\"U\",\"ContactNumber\":\"+1 425 555 0102\"", NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"Email\":\"USER2@contoso.example\"}", 406, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"Username\":\"user2\"}", 406, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"FirstName\":\"\"}", 406, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{}", 400, NULL, NULL }, { NULL, "PUT", B "/v5.0/users/nobody", "{\"FirstName\":\"X\"}", 404, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"Email\":\"new@x.example\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users/user1%40contoso.example", NULL, 404, NULL, NULL },         /* the key has changed */
                { NULL, "GET", B "/v5.0/users/new%40x.example", NULL, 200, "\"UserId\":2", NULL },
                { NULL, "GET", "/_control/effects", NULL, 200, "\"user updated\":2", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 DELETE: 204; docs/managing-resources/manage-users/index: the account of the UMS stays. */
START_TEST(item_14_delete)
{
        struct client *c = client_open();
        char *guid;

        client_send(c, "POST", B "/v5.0/users", U(1));
        client_get(c, "/_control/user/user1");
        guid = room_copy(client_text(c, "@guid"));
        ck_assert_int_eq(client_send(c, "DELETE", B "/v5.0/users/user1", NULL), 204);
        ck_assert_uint_eq(c->raw.len, 0);
        ck_assert_int_eq(client_get(c, B "/v5.0/users/user1"), 404);
        ck_assert_int_eq(client_send(c, "DELETE", B "/v5.0/users/user1", NULL), 404);
        ck_assert_ptr_nonnull(person_known(c->e, "user1@contoso.example"));
        ck_assert_int_eq(client_send(c, "POST", B "/v5.0/users", U(1)), 200);
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"Data\":3"));
        client_get(c, "/_control/user/user1");
        ck_assert_str_eq(client_text(c, "@guid"), guid);
        free(guid);
        client_close(c);
}
END_TEST

Suite *
suite_site(void)
{
        Suite *s = suite_create("boldbi site");
        TCase *t = tcase_create("users");

        tcase_add_test(t, item_01_token);
        tcase_add_test(t, item_02_token_refused);
        tcase_add_test(t, item_03_grants);
        tcase_add_test(t, item_04_token_ends);
        tcase_add_test(t, item_05_api_key);
        tcase_add_test(t, item_06_no_administrator);
        tcase_add_test(t, item_07_create);
        tcase_add_test(t, item_08_duplicate);
        tcase_add_test(t, item_09_pages);
        tcase_add_test(t, item_10_empty);
        tcase_add_test(t, item_11_shapes);
        tcase_add_test(t, item_12_keys);
        tcase_add_test(t, item_13_update);
        tcase_add_test(t, item_14_delete);
        suite_add_tcase(s, t);
        return s;
}
