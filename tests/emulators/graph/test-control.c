/* test-control.c - the control door: what it is told, and what it tells. */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

Suite *
suite_control(void)
{
        Suite *s = suite_create("graph control");
        TCase *t = tcase_create("control door");

        tcase_add_loop_test(t, control_called, 0, (int)(sizeof calls / sizeof calls[0]));
        tcase_add_test(t, a_name_is_given_once);
        tcase_add_test(t, the_truth_is_told);
        tcase_add_test(t, bulk_is_the_same_twice);
        suite_add_tcase(s, t);
        return s;
}
