/* test-members.c - members, roles and subscribers (checklist 17 to 20, 23, 26). */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>

/* [D] connectors/members: "result" is a text in every sample; [C] one bad number: false, and
 * the others are added; 101: 400. */
START_TEST(item_17_add)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g"), *many = kaizala_numbers("members", 101), *most = kaizala_numbers("members", 100);
        static const struct { const char *body; int status; const char *result; int added; } rows[] = {
                { "{\"members\":[\"+14255550102\",\"+14255550103\"]}", 200, "true", 2 },
                { "{\"members\":[\"+14255550102\"]}", 200, "true", 2 },
                { "{\"members\":[\"14255550104\",\"+14255550105\"]}", 200, "false", 3 },
                { "{\"members\":[\"+14255550166\"]}", 200, "false", 3 },
                { "{\"members\":\"+14255550104\"}", 400, "", 3 }, { "{\"members\":[7]}", 400, "", 3 }, { "{}", 400, "", 3 },
        };

        client_do(c, "fail-numbers", "{\"numbers\":[\"+14255550166\"]}");
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/members", id, rows[i].body), rows[i].status);
                ck_assert_str_eq(client_text(c, "result"), rows[i].result);
                if (rows[i].status == 200)
                        ck_assert(json_object_is_type(json_object_object_get(c->json, "result"), json_type_string));
                ck_assert_int_eq(kaizala_effects(c, "member added"), rows[i].added);
        }
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/members", id, many), 400);
        ck_assert_int_eq(kaizala_effects(c, "member added"), 3);
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/members", id, most), 200);
        ck_assert_int_eq(kaizala_effects(c, "member added"), 103);
        free(id);
        free(many);
        free(most);
        client_close(c);
}
END_TEST

/* [D] connectors/members: id, role, mobileNumber, isProvisioned; no name, no attributes, no
 * paging. */
START_TEST(item_18_list)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g"), *most = kaizala_numbers("members", 100);
        struct json_object *list;

        kaizala_call(c, "PUT /v1/groups/%s/members", id, most);
        ck_assert_int_eq(kaizala_call(c, "GET /v1/groups/%s/members", id, NULL), 200);
        ck_assert_int_eq(json_object_object_length(c->json), 1);
        list = json_object_object_get(c->json, "members");
        ck_assert_int_eq((int)json_object_array_length(list), 101);
        for (size_t i = 0; i < 101; i++) {
                struct json_object *one = json_object_array_get_idx(list, i);

                ck_assert_int_eq(json_object_object_length(one), 4);
                ck_assert(json_object_is_type(json_object_object_get(one, "isProvisioned"), json_type_boolean));
                ck_assert_int_eq(json_object_get_string(json_object_object_get(one, "mobileNumber"))[0], '+');
        }
        free(id);
        free(most);
        client_close(c);
}
END_TEST

/* The member id of a number, in a buffer that the next call uses again. */
static const char *
member(struct client *c, const char *group, const char *phone)
{
        static char id[64];
        char path[64];

        id[0] = '\0';
        kaizala_call(c, "GET /v1/groups/%s/members", group, NULL);
        for (int i = 0; id[0] == '\0'; i++) {
                snprintf(path, sizeof path, "members.%d.mobileNumber", i);
                ck_assert_str_ne(kaizala_at(c, path), "");
                if (strcmp(kaizala_at(c, path), phone) != 0)
                        continue;
                snprintf(path, sizeof path, "members.%d.id", i);
                snprintf(id, sizeof id, "%s", kaizala_at(c, path));
        }
        return id;
}

static int
on_member(struct client *c, const char *method, const char *group, const char *who, const char *body)
{
        char call[256];

        snprintf(call, sizeof call, "%s /v1/groups/%s/members/%s", method, group, who);
        return kaizala_call(c, call, "", body);
}

/* [D] connectors/members: by member id, one a call; [C] a number in its place is 404. */
START_TEST(item_19_remove)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g"), *who;

        kaizala_call(c, "PUT /v1/groups/%s/members", id, "{\"members\":[\"+14255550102\"]}");
        who = room_copy(member(c, id, "+14255550102"));
        ck_assert_int_eq(on_member(c, "DELETE", id, "%2B14255550102", NULL), 404);
        ck_assert_int_eq(on_member(c, "DELETE", id, "c1de8b0a-7e64-4e0d-8a52-3f5d7c9ab644@2", NULL), 404);
        ck_assert_int_eq(on_member(c, "DELETE", id, who, NULL), 200);
        ck_assert_str_eq(client_text(c, "result"), "true");
        ck_assert_int_eq(on_member(c, "DELETE", id, who, NULL), 404);
        ck_assert_int_eq(kaizala_effects(c, "member removed"), 1);
        free(who);
        free(id);
        client_close(c);
}
END_TEST

/* [D] FAQ 8: PUT with a role; [C] Member demotes; the last admin stays. */
START_TEST(item_20_role)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g"), *who, *self;

        kaizala_call(c, "PUT /v1/groups/%s/members", id, "{\"members\":[\"+14255550102\"]}");
        who = room_copy(member(c, id, "+14255550102"));
        self = room_copy(member(c, id, ADMIN));
        ck_assert_int_eq(on_member(c, "DELETE", id, self, NULL), 400);
        ck_assert_int_eq(on_member(c, "PUT", id, self, "{\"role\":\"Member\"}"), 400);
        ck_assert_int_eq(on_member(c, "PUT", id, who, "{\"role\":\"Owner\"}"), 400);
        ck_assert_int_eq(on_member(c, "PUT", id, "nobody", "{\"role\":\"Admin\"}"), 404);
        ck_assert_int_eq(on_member(c, "PUT", id, who, "{\"role\":\"Admin\"}"), 200);
        kaizala_call(c, "GET /v1/groups/%s/members", id, NULL);
        ck_assert_str_eq(kaizala_at(c, "members.1.role"), "Admin");
        ck_assert_int_eq(on_member(c, "PUT", id, self, "{\"role\":\"Member\"}"), 200);
        ck_assert_int_eq(on_member(c, "DELETE", id, who, NULL), 400);
        free(who);
        free(self);
        free(id);
        client_close(c);
}
END_TEST

/* [D] connectors/subscribers: a POST that lists, 50 at most, cursor only when there is more;
 * the answers to add and remove are keyed by number. */
START_TEST(item_23_subscribers)
{
        struct client *c = kaizala_client();
        char *flat = kaizala_group(c, "flat"), *many = kaizala_numbers("subscribers", 100), *id;
        struct text body = { 0 };
        int pages = 0, seen = 0;

        ck_assert_int_eq(kaizala_call(c, "POST /v1/groups/%s/subscribers", flat, "{}"), 400);
        kaizala_call(c, "POST /v1/groups", "", "{\"name\":\"news\",\"welcomeMessage\":\"w\",\"groupType\":\"ConnectGroup\"}");
        id = room_copy(client_text(c, "groupId"));
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/subscribers/add", id, many), 200);
        ck_assert_str_eq(kaizala_at(c, "result.+14255551001.isAdded"), "true");
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/subscribers/add", id, "{\"subscribers\":[\"+14255551150\",\"x\"]}"), 200);
        ck_assert_str_eq(kaizala_at(c, "result.x.isAdded"), "false");
        ck_assert_str_ne(kaizala_at(c, "result.x.reason"), "");
        text_fmt(&body, "{\"count\":%d}", _i == 0 ? 50 : 51);
        do {
                ck_assert_int_eq(kaizala_call(c, "POST /v1/groups/%s/subscribers", id, text_str(&body)), 200);
                seen += (int)json_object_array_length(json_object_object_get(c->json, "subscribers"));
                body.len = 0;
                text_fmt(&body, "{\"count\":50,\"cursor\":\"%s\"}", client_text(c, "cursor"));
                pages++;
        } while (json_object_object_get(c->json, "cursor") != NULL);
        ck_assert_int_eq(pages, 3);
        ck_assert_int_eq(seen, 101);
        ck_assert_int_eq(kaizala_call(c, "PUT /v1/groups/%s/subscribers/remove", id, "{\"subscribers\":[\"+14255551150\","
                                      "\"+14255559999\"]}"), 200);
        ck_assert_str_eq(kaizala_at(c, "result.+14255551150.isRemoved"), "true");
        ck_assert_str_eq(kaizala_at(c, "result.+14255559999.isRemoved"), "false");
        free(flat);
        free(many);
        free(id);
        text_free(&body);
        client_close(c);
}
END_TEST

/* [D] admin/add-users: anyone added to an organisation group enters the Directory. */
START_TEST(item_26_enters_the_directory)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g");

        client_do(c, "person", "{\"number\":\"+14255550103\",\"network\":\"Employee\"}");
        kaizala_call(c, "PUT /v1/groups/%s/members", id, "{\"members\":[\"+14255550102\",\"+14255550103\"]}");
        client_get(c, "/_portal/directory?network=Others");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "+14255550102,"));
        ck_assert_ptr_null(strstr(text_str(&c->raw), "+14255550103,"));
        client_get(c, "/_portal/directory?network=Employee");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "+14255550103,"));
        free(id);
        client_close(c);
}
END_TEST

TCase *
case_members(void)
{
        TCase *t = tcase_create("members");

        tcase_add_test(t, item_17_add);
        tcase_add_test(t, item_18_list);
        tcase_add_test(t, item_19_remove);
        tcase_add_test(t, item_20_role);
        tcase_add_loop_test(t, item_23_subscribers, 0, 2);
        tcase_add_test(t, item_26_enters_the_directory);
        return t;
}
