/* test-photo.c - pictures (checklist 55), the property that needs a right of its own, and what
 * the ledger says of the cost (57). */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
ask(struct client *c, uint32_t who, const char *rest)
{
        struct text url = { 0 };
        int status;

        text_fmt(&url, "/v1.0/users/%s%s", client_id(c, who), rest);
        status = client_get(c, text_str(&url));
        text_free(&url);
        return status;
}

START_TEST(item_55_pictures)
{
        struct client *c = client_open(20);
        char first[80];

        ck_assert_int_eq(ask(c, 3, "/photo/$value"), 404);
        ck_assert_str_eq(client_code(c), "ImageNotFound");
        client_ask(c, "photo", 3, "");
        ck_assert_int_eq(ask(c, 3, "/photo/$value"), 200);
        ck_assert_str_eq(c->type, "image/jpeg");
        ck_assert(memcmp(c->raw.at, "\xff\xd8\xff", 3) == 0 && c->raw.len > 5000);
        snprintf(first, sizeof first, "%s", client_header(c, "ETag"));
        ck_assert_int_eq(ask(c, 3, "/photos/48x48/$value"), 200);
        ck_assert(c->raw.len < 500);
        ck_assert_int_eq(ask(c, 3, "/photos/47x47/$value"), 404);
        client_ask(c, "photo", 3, ",\"text\":\"not much of a picture\"");
        ask(c, 3, "/photo/$value");
        ck_assert_str_eq(text_str(&c->raw), "not much of a picture");
        ck_assert_str_ne(first, client_header(c, "ETag"));
        client_ask(c, "photo", 3, ",\"remove\":true");
        ck_assert_int_eq(ask(c, 3, "/photo/$value"), 404);
        client_do(c, "photo", "{\"every\":4}");
        ck_assert_int_eq(ask(c, 8, "/photo/$value"), 200);
        ck_assert_int_eq(ask(c, 9, "/photo/$value"), 404);
        client_ask(c, "remove", 8, "");
        ck_assert_int_eq(ask(c, 8, "/photo/$value"), 404);
        ck_assert_str_eq(client_code(c), "Request_ResourceNotFound");
        client_close(c);
}
END_TEST

/* No delta tells of a picture; in a batch it is base64 and keeps its ETag. */
START_TEST(items_55_56_pictures_elsewhere)
{
        struct client *c = client_open(20);
        char *link = client_latest(c, "displayName");
        struct json_object *one, *headers;
        struct text body = { 0 };

        client_ask(c, "photo", 3, ",\"text\":\"Ada\"");
        link = client_follow(c, link);
        ck_assert_uint_eq(client_count(c), 0);
        text_fmt(&body, "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/users/%s/photos/96x96/$value\"}]}",
                 client_id(c, 3));
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", text_str(&body)), 200);
        one = json_object_array_get_idx(json_object_object_get(c->json, "responses"), 0);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(one, "body")), "QWRh");
        headers = json_object_object_get(one, "headers");
        ck_assert_str_eq(json_object_get_string(json_object_object_get(headers, "Content-Type")), "image/jpeg");
        ck_assert_ptr_nonnull(json_object_object_get(headers, "ETag"));
        text_free(&body);
        free(link);
        client_close(c);
}
END_TEST

START_TEST(leave_date_needs_its_right)
{
        struct client *c = client_open(5);
        struct json_object *v;

        client_get(c, "/v1.0/users?$top=1&$select=employeeLeaveDateTime,department");
        ck_assert(json_object_object_get_ex(client_value(c, 0), "employeeLeaveDateTime", &v));
        client_do(c, "app", "{\"roles\":\"User.Read.All\"}");
        client_token(c);
        ck_assert_int_eq(client_get(c, "/v1.0/users?$top=1&$select=employeeLeaveDateTime,department"), 200);
        ck_assert(!json_object_object_get_ex(client_value(c, 0), "employeeLeaveDateTime", &v));
        ck_assert(json_object_object_get_ex(client_value(c, 0), "department", &v));
        client_close(c);
}
END_TEST

static int64_t
cost(struct client *c, const char *kind, const char *what)
{
        struct json_object *o;

        client_get(c, "/_control/cost");
        o = *kind == '\0' ? c->json : json_object_object_get(json_object_object_get(c->json, "kinds"), kind);
        return json_object_get_int64(json_object_object_get(o, what));
}

START_TEST(item_57_costs)
{
        struct client *c = client_open(250);

        client_do(c, "clear", "{}");
        client_get(c, "/v1.0/users/delta?$select=id");
        client_next(c);
        client_get(c, "/v1.0/users?$expand=manager");
        client_send(c, "POST", "/v1.0/$batch",
                    "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users?$top=2\"},"
                    "{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/users/nobody@x\"}]}");
        ck_assert_int_eq(cost(c, "delta", "calls"), 2);
        ck_assert_int_eq(cost(c, "delta", "objects"), 250);
        ck_assert_int_eq(cost(c, "delta", "units"), 2);
        ck_assert_int_eq(cost(c, "users", "calls"), 1);
        ck_assert_int_eq(cost(c, "users", "requests"), 2);
        ck_assert_int_eq(cost(c, "users", "objects"), 102);
        ck_assert_int_eq(cost(c, "users", "units"), 3 + 1);
        ck_assert_int_eq(cost(c, "user", "errors"), 1);
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"callsPerObject\":0.0080"));         /* 2 of 250 */
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"callsPerObject\":null"));           /* nobody@x */
        ck_assert_int_eq(cost(c, "", "calls"), 4);
        ck_assert_int_eq(cost(c, "", "requests"), 6);
        client_close(c);
}
END_TEST

/* The price list of section 7: base, less $select, more $expand, less a small $top, never below 1;
 * ID and GROUP stand for ids. */
static const struct {
        const char *url;
        int units;
} prices[] = {
        { "/v1.0/users", 2 }, { "/v1.0/users?$select=id", 1 }, { "/v1.0/users?$top=5", 1 }, { "/v1.0/users?$top=20", 2 },
        { "/v1.0/users?$expand=manager", 3 }, { "/v1.0/users?$select=id&$expand=manager", 2 },
        { "/v1.0/users/ID", 1 }, { "/v1.0/users/ID?$select=id", 1 }, { "/v1.0/users/delta", 1 }, { "/v1.0/groups", 1 },
        { "/v1.0/groups/delta", 1 }, { "/v1.0/groups/GROUP/members", 3 }, { "/v1.0/groups/GROUP/members?$select=id", 2 },
        { "/v1.0/groups/GROUP/transitiveMembers", 5 }, { "/v1.0/groups/GROUP/transitiveMembers?$select=id&$top=5", 3 },
        { "/v1.0/users/ID/memberOf", 2 }, { "/v1.0/users/ID/transitiveMemberOf?$select=id", 1 },
        { "/v1.0/users/ID/photo/$value", 1 }, { "/v1.0/directory/deletedItems/microsoft.graph.user", 1 },
};

START_TEST(item_57_prices)
{
        struct client *c = client_open(5);
        struct text url = { 0 };
        char group[GUID_LEN + 1] = "", units[8];
        const char *at = prices[_i].url, *mark;

        client_do(c, "group", "{\"set\":{\"displayName\":\"A\"}}");
        guid_write(group, c->e->groups.realm, 0);
        if ((mark = strstr(at, "GROUP")) != NULL)
                text_fmt(&url, "%.*s%s%s", (int)(mark - at), at, group, mark + 5);
        else if ((mark = strstr(at, "ID")) != NULL)
                text_fmt(&url, "%.*s%s%s", (int)(mark - at), at, client_id(c, 2), mark + 2);
        else
                text_put(&url, at);
        client_get(c, text_str(&url));
        snprintf(units, sizeof units, "%d", prices[_i].units);
        ck_assert_str_eq(client_header(c, "x-ms-resource-unit"), units);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(item_57_price_of_ids)
{
        struct client *c = client_open(5);

        client_send(c, "POST", "/v1.0/directoryObjects/getByIds", "{\"ids\":[]}");
        ck_assert_str_eq(client_header(c, "x-ms-resource-unit"), "3");
        client_send(c, "POST", "/v1.0/directoryObjects/getByIds?$select=id", "{\"ids\":[]}");
        ck_assert_str_eq(client_header(c, "x-ms-resource-unit"), "2");
        ck_assert_int_eq(client_get(c, "/v1.0/nonsense"), 400);         /* an error of the asker costs nothing */
        ck_assert_ptr_null(client_header(c, "x-ms-resource-unit"));
        client_close(c);
}
END_TEST

Suite *
suite_photo(void)
{
        Suite *s = suite_create("graph photo");
        TCase *t = tcase_create("pictures and costs");

        tcase_add_test(t, item_55_pictures);
        tcase_add_test(t, items_55_56_pictures_elsewhere);
        tcase_add_test(t, leave_date_needs_its_right);
        tcase_add_test(t, item_57_costs);
        tcase_add_loop_test(t, item_57_prices, 0, (int)(sizeof prices / sizeof prices[0]));
        tcase_add_test(t, item_57_price_of_ids);
        suite_add_tcase(s, t);
        return s;
}
