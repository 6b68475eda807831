/* test-glist.c - reads of groups that no item of the checklist names. */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <string.h>

#define DELTA "/v1.0/groups/delta"

START_TEST(generated_groups)
{
        struct client *c = client_open(400);
        struct text url = { 0 };
        char id[GUID_LEN + 1] = "";

        groups_generate(&c->e->groups, &c->e->people, 30);
        client_get(c, "/v1.0/groups");
        ck_assert_uint_eq(client_count(c), 30);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(client_value(c, 0), "displayName")), "All Staff");
        guid_write(id, c->e->people.world.realm, 5);
        text_fmt(&url, "/v1.0/users/%s/transitiveMemberOf/microsoft.graph.group?$select=id", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);   /* a cast is an advanced query */
        ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
        text_lit(&url, "&$count=true");
        c->headers[0] = "ConsistencyLevel";
        c->headers[1] = "eventual";
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_uint_ge(client_count(c), 1);
        url.len = 0;
        guid_write(id, c->e->groups.realm, 2);
        text_fmt(&url, "/v1.0/groups/%s?$select=displayName,groupTypes", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_str_eq(client_text(c, "id"), id);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(groups_by_name_and_deleted)
{
        struct client *c = client_open(5);
        struct text url = { 0 };
        char id[GUID_LEN + 1] = "";

        client_do(c, "group", "{\"set\":{\"displayName\":\"O'Neill & Co\"}}");
        ck_assert_int_eq(client_get(c, "/v1.0/groups?$select=id&$filter=displayName%20eq%20'O''Neill%20%26%20Co'"), 200);
        ck_assert_uint_eq(client_count(c), 1);
        client_get(c, "/v1.0/groups?$filter=displayName%20eq%20'other'");
        ck_assert_uint_eq(client_count(c), 0);
        guid_write(id, c->e->groups.realm, 0);
        text_fmt(&url, "/v1.0/directory/deletedItems/%s?$select=id", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 404);
        client_do(c, "group-remove", "{\"group\":\"O'Neill & Co\"}");
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_str_eq(client_text(c, "id"), id);
        client_do(c, "group-purge", "{\"group\":\"O'Neill & Co\"}");
        ck_assert_int_eq(client_get(c, text_str(&url)), 404);
        text_free(&url);
        client_close(c);
}
END_TEST

static const struct {
        const char *url;
        int status;
        const char *code;
} asks[] = {
        { "/v1.0/groups/nobody", 404, "Request_ResourceNotFound" },
        { "/v1.0/groups/00000000-0000-4000-8000-000000000000/members", 404, "Request_ResourceNotFound" },
        { "/v1.0/groups?$select=nonsense", 400, "Request_BadRequest" },
        { DELTA "?$select=nonsense", 400, "Request_BadRequest" },
        { "/v1.0/groups?$filter=displayName%20eq%20'a", 400, "Request_UnsupportedQuery" },
        { "/v1.0/groups?$filter=mail%20eq%20'a'", 400, "Request_UnsupportedQuery" },
        { DELTA "?$filter=displayName%20eq%20'a'", 400, "Request_UnsupportedQuery" },
        { DELTA "?$deltatoken=xyz", 400, "Request_UnsupportedQuery" },
        { "/v1.0/groups?$top=1000", 400, "Request_UnsupportedQuery" },
        { "/v1.0/groups?$skiptoken=x", 400, "Directory_ExpiredPageToken" },
        { "/v1.0/users/nobody@x/memberOf", 404, "Request_ResourceNotFound" },
        { "/v1.0/groups/a/b", 400, "BadRequest" },
};

START_TEST(groups_asked)
{
        struct client *c = client_open(5);

        ck_assert_msg(client_get(c, asks[_i].url) == asks[_i].status, "%s", text_str(&c->raw));
        ck_assert_str_eq(client_code(c), asks[_i].code);
        client_close(c);
}
END_TEST

Suite *
suite_glist(void)
{
        Suite *s = suite_create("graph glist");
        TCase *t = tcase_create("reads of groups");

        tcase_add_test(t, generated_groups);
        tcase_add_test(t, groups_by_name_and_deleted);
        tcase_add_loop_test(t, groups_asked, 0, (int)(sizeof asks / sizeof asks[0]));
        suite_add_tcase(s, t);
        return s;
}
