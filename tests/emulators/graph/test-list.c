/* test-list.c - ordinary reads (checklist 19 to 28, 54) and their shape. */
#include "client.h"
#include "object.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define USERS "/v1.0/users"

static size_t
members(struct json_object *o)
{
        return (size_t)json_object_object_length(o);
}

START_TEST(list_default)
{
        struct client *c = client_open(250);
        size_t n = 0, pages = 0;

        client_get(c, USERS);
        ck_assert_uint_eq(client_count(c), 100);
        ck_assert_uint_eq(members(client_value(c, 0)), 11);
        ck_assert_ptr_nonnull(strstr(client_text(c, "@odata.nextLink"), "$skiptoken="));
        ck_assert_int_eq(strncmp(client_text(c, "@odata.nextLink"), BASE "/v1.0/users?", 33), 0);
        do {
                n += client_count(c);
                pages++;
        } while (client_next(c));
        ck_assert_uint_eq(n, 250);
        ck_assert_uint_eq(pages, 3);
        ck_assert_str_eq(client_text(c, "@odata.nextLink"), "");
        client_close(c);
}
END_TEST

static const struct {
        const char *url;
        int status;
        const char *code;               /* or the number of objects as text */
} reads[] = {
        { USERS "?$top=999", 200, "300" }, { USERS "?$top=1", 200, "1" }, { USERS "?%24top=7", 200, "7" },
        { USERS "?$TOP=7", 200, "7" },
        { USERS "?$top=1000", 400, "Request_UnsupportedQuery" }, { USERS "?$top=0", 400, "Request_UnsupportedQuery" },
        { USERS "?$top=-1", 400, "Request_UnsupportedQuery" }, { USERS "?$top=x", 400, "Request_UnsupportedQuery" },
        { USERS "?$select=skills", 501, "NotImplemented" }, { USERS "?$select=id,hireDate", 501, "NotImplemented" },
        { USERS "?$select=id,nonsense", 400, "Request_BadRequest" }, { USERS "?$select=*", 400, "Request_BadRequest" },
        { USERS "?$skip=3", 400, "Request_UnsupportedQuery" }, { USERS "?$skiptoken=xyz", 400, "Directory_ExpiredPageToken" },
        { USERS "/$count", 400, "Request_BadRequest" },
        { USERS "?$filter=accountEnabled%20eq%20false", 200, NULL },
        { USERS "?$filter=startsWith(displayName,'A')", 200, NULL },
        { USERS "?$filter=department%20in%20('Finance','Sales')&$top=500", 200, NULL },
        { USERS "?$filter=accountEnabled+eq+true+and+userType+eq+'Guest'", 200, NULL },
        { USERS "?$filter=accountEnabled%20ne%20true", 400, "Request_UnsupportedQuery" },
        { USERS "?$filter=endsWith(mail,'example')", 400, "Request_UnsupportedQuery" },
        { USERS "?$filter=not(startsWith(mail,'a'))", 400, "Request_UnsupportedQuery" },
        { USERS "?$filter=nonsense%20eq%20'a'", 400, "Request_BadRequest" },
        { USERS "?$filter=department", 400, "Request_BadRequest" }, { USERS "?$filter=mail%20eq", 400, "Request_BadRequest" },
        { USERS "?$filter=mail%20eq%20'a'%20xor%20mail%20eq%20'b'", 400, "Request_BadRequest" },
        { USERS "/nobody@contoso.example", 404, "Request_ResourceNotFound" },
        { USERS "/nobody@contoso.example/manager", 404, "Request_ResourceNotFound" },
        { USERS "/00000000-0000-4000-8000-000000000000", 404, "Request_ResourceNotFound" },
        { "/v1.0/nonsense", 400, "BadRequest" }, { "/v1.0", 400, "BadRequest" },
        { USERS "/a/b/c", 400, "BadRequest" }, { USERS "?$select=%zz", 400, "BadRequest" },
        { "/v1.0/directory/deletedItems", 400, "Request_BadRequest" },
        { "/v1.0/directory/deletedItems/microsoft.graph.user", 200, "0" }, { "/elsewhere", 404, "ResourceNotFound" },
};

START_TEST(list_asked)
{
        struct client *c = client_open(300);
        struct text why = { 0 };
        char n[16];

        ck_assert_msg(client_get(c, reads[_i].url) == reads[_i].status, "%s: %d %s", reads[_i].url, c->status, text_str(&c->raw));
        snprintf(n, sizeof n, "%zu", client_count(c));
        if (c->status == 200 && reads[_i].code != NULL)
                ck_assert_str_eq(n, reads[_i].code);
        else if (c->status == 200)
                ck_assert_uint_gt(client_count(c), 0);
        else
                ck_assert_str_eq(client_code(c), reads[_i].code);
        if (c->status != 200)
                ck_assert_ptr_null(shape_error(c->json, &why));
        client_close(c);
}
END_TEST

/* What a filter finds is what a look at everybody finds. */
START_TEST(filter_finds_the_right_ones)
{
        static const struct { const char *filter, *property, *value; bool same; } rows[] = {
                { "accountEnabled%20eq%20false", "accountEnabled", "false", true },
                { "department%20eq%20'R%26D,%20Hardware'", "department", "R&D, Hardware", true },
                { "userType%20ne%20'Guest'", "userType", "Guest", false },
                { "mail%20eq%20null", "mail", NULL, true },
        };
        struct client *c = client_open(800);
        struct text url = { 0 };
        size_t want = 0, got = 0;

        c->headers[0] = "ConsistencyLevel";
        c->headers[1] = "eventual";
        text_fmt(&url, USERS "?$select=id,%s&$top=999", rows[_i].property);
        client_get(c, text_str(&url));
        for (size_t i = 0; i < client_count(c); i++) {
                struct json_object *v = json_object_object_get(client_value(c, i), rows[_i].property);
                const char *text = v != NULL ? json_object_get_string(v) : NULL;
                bool same = rows[_i].value == NULL ? text == NULL : text != NULL && strcmp(text, rows[_i].value) == 0;

                want += same == rows[_i].same;
        }
        url.len = 0;
        text_fmt(&url, USERS "?$count=true&$select=id&$top=50&$filter=%s", rows[_i].filter);
        client_get(c, text_str(&url));
        ck_assert_int_eq(atoi(client_text(c, "@odata.count")), (int)want);
        do {
                got += client_count(c);
        } while (client_next(c));
        ck_assert_uint_gt(want, 5);
        ck_assert_uint_eq(got, want);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(list_nulls_and_selection)
{
        struct client *c = client_open(500);
        struct json_object *first;
        size_t nulls = 0;

        client_get(c, USERS "?$select=DEPARTMENT,mail,businessPhones,assignedLicenses,"
                   "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift&$top=500");
        for (size_t i = 0; i < client_count(c); i++) {
                struct json_object *o = client_value(c, i), *v;

                ck_assert(json_object_object_get_ex(o, "department", &v));
                nulls += v == NULL;
                ck_assert(json_object_object_get_ex(o, "businessPhones", &v) && v != NULL);
                if (json_object_object_get_ex(o, "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift", &v))
                        ck_assert_ptr_nonnull(v);
        }
        ck_assert_uint_gt(nulls, 10);
        client_get(c, USERS "?$select=id,accountEnabled,onPremisesExtensionAttributes&$top=1");
        first = client_value(c, 0);
        ck_assert_uint_eq(members(first), 3);
        ck_assert_uint_eq(members(json_object_object_get(first, "onPremisesExtensionAttributes")), 15);
        client_close(c);
}
END_TEST

START_TEST(list_counted)
{
        struct client *c = client_open(300);
        char *link;

        client_get(c, USERS "?$count=true&$select=id");
        ck_assert_str_eq(client_text(c, "@odata.count"), "");
        c->headers[0] = "ConsistencyLevel";
        c->headers[1] = "eventual";
        client_get(c, USERS "?$count=true&$select=id");
        ck_assert_str_eq(client_text(c, "@odata.count"), "300");
        link = room_copy(client_text(c, "@odata.nextLink"));
        client_get(c, link);
        ck_assert_str_eq(client_text(c, "@odata.count"), "");
        ck_assert_uint_eq(client_count(c), 100);
        c->headers[0] = NULL;
        ck_assert_int_eq(client_get(c, link), 400);
        ck_assert_str_eq(client_code(c), "Directory_ExpiredPageToken");
        c->headers[0] = "ConsistencyLevel";
        ck_assert_int_eq(client_get(c, USERS "/$count"), 200);
        ck_assert_str_eq(text_str(&c->raw), "300");
        ck_assert_str_eq(c->type, "text/plain");
        free(link);
        client_close(c);
}
END_TEST

START_TEST(single_reads)
{
        struct client *c = client_open(100);
        struct text url = { 0 }, why = { 0 };
        char id[GUID_LEN + 1] = "", *upn;
        uint32_t i = 0;

        while (object_boss(&c->e.people, i) == NOBODY)
                i++;
        guid_write(id, c->e.people.world.realm, i);
        text_fmt(&url, USERS "/%s?$select=skills,userPrincipalName", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        upn = room_copy(client_text(c, "userPrincipalName"));
        url.len = 0;
        text_fmt(&url, USERS "('%s')", upn);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_str_eq(client_text(c, "id"), id);
        ck_assert_ptr_null(shape_user(c->json, &why));
        url.len = 0;
        text_fmt(&url, USERS "/%s/manager?$select=id", upn);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_uint_eq(guid_index(client_text(c, "id"), 36, c->e.people.world.realm), object_boss(&c->e.people, i));
        url.len = 0;
        text_fmt(&url, USERS "/%s?$expand=manager", upn);
        client_get(c, text_str(&url));
        ck_assert_ptr_nonnull(json_object_object_get(json_object_object_get(c->json, "manager"), "displayName"));
        free(upn);
        text_free(&url);
        client_close(c);
}
END_TEST

static void
escape_hash(const char *upn, struct text *t)
{
        for (; *upn != '\0'; upn++)
                if (*upn == '#')
                        text_lit(t, "%23");
                else
                        text_char(t, *upn);
}

START_TEST(guests)
{
        struct client *c = client_open(600);
        size_t without_mail = 0, n = 0;
        struct text url = { 0 }, full = { 0 };

        client_get(c, USERS "?$select=id,userPrincipalName,mail,userType&$filter=userType%20eq%20'Guest'&$top=900");
        n = client_count(c);
        ck_assert_uint_gt(n, 10);
        for (size_t i = 0; i < n; i++) {
                struct json_object *o = client_value(c, i), *v;
                const char *upn = json_object_get_string(json_object_object_get(o, "userPrincipalName"));

                ck_assert_ptr_nonnull(strstr(upn, "#EXT#@"));
                ck_assert(json_object_object_get_ex(o, "mail", &v));
                without_mail += v == NULL;
                if (i == 0)
                        escape_hash(upn, &url);
        }
        ck_assert(without_mail > 0 && without_mail < n);
        text_fmt(&full, USERS "/%s", text_str(&url));
        ck_assert_int_eq(client_get(c, text_str(&full)), 200);
        text_free(&full);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(item_54_deleted_ones)
{
        struct client *c = client_open(50);
        struct text url = { 0 };
        char id[GUID_LEN + 1];

        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":3}");
        ck_assert_int_eq(client_get(c, "/v1.0/directory/deletedItems/microsoft.graph.user?"
                                    "$select=id,userPrincipalName,deletedDateTime"), 200);
        ck_assert_uint_eq(client_count(c), 3);
        strcpy(id, json_object_get_string(json_object_object_get(client_value(c, 0), "id")));
        ck_assert_ptr_nonnull(json_object_object_get(client_value(c, 0), "deletedDateTime"));
        ck_assert_int_eq(strncmp(json_object_get_string(json_object_object_get(client_value(c, 0), "userPrincipalName")),
                                 id, 8), 0);
        text_fmt(&url, "/v1.0/directory/deletedItems/%s", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        url.len = 0;
        text_fmt(&url, USERS "/%s", id);
        ck_assert_int_eq(client_get(c, text_str(&url)), 404);
        client_do(c, "clock", "{\"advance\":\"30d\"}");
        client_token(c);
        client_get(c, "/v1.0/directory/deletedItems/microsoft.graph.user");
        ck_assert_uint_eq(client_count(c), 0);
        ck_assert_uint_eq(c->e.people.purged, 3);
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(shape_of_everybody)
{
        struct client *c = client_open(999);
        struct text url = { 0 }, why = { 0 };
        bool dead = false;

        text_lit(&url, USERS "?$top=999&$expand=manager&$select=id");
        for (unsigned p = 0; p < property_count; p++)
                if (properties[p].kind != KIND_ELSEWHERE && properties[p].kind != KIND_MANAGER)
                        text_fmt(&url, ",%s", properties[p].name);
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_uint_eq(client_count(c), 999);
        for (size_t i = 0; i < 999; i++) {
                const char *wrong = shape_user(client_value(c, i), &why);
                const char *owned = json_object_to_json_string(json_object_object_get(client_value(c, i), "assignedPlans"));
                const char *gone = strstr(owned, "\"Deleted\"");

                ck_assert_msg(wrong == NULL, "%s", wrong);
                dead = dead || (gone != NULL && strstr(owned, "\"Enabled\"") != NULL);
        }
        ck_assert(dead);                        /* checklist 28 */
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(request_too_long)
{
        struct client *c = client_open(3);

        client_do(c, "settings", "{\"max-request\":30}");
        ck_assert_int_eq(client_get(c, USERS "?$select=id,displayName,mail"), 400);
        ck_assert_str_eq(client_code(c), "UnknownError");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "Request Too Long"));
        client_do(c, "settings", "{\"max-request-html\":true}");
        ck_assert_int_eq(client_get(c, USERS "?$select=id,displayName,mail"), 400);
        ck_assert_ptr_null(c->json);
        ck_assert_int_eq(strncmp(c->type, "text/html", 9), 0);
        client_close(c);
}
END_TEST

Suite *
suite_list(void)
{
        Suite *s = suite_create("graph list");
        TCase *t = tcase_create("lists and reads");

        tcase_add_test(t, list_default);
        tcase_add_loop_test(t, list_asked, 0, (int)(sizeof reads / sizeof reads[0]));
        tcase_add_loop_test(t, filter_finds_the_right_ones, 0, 4);
        tcase_add_test(t, list_nulls_and_selection);
        tcase_add_test(t, list_counted);
        tcase_add_test(t, single_reads);
        tcase_add_test(t, guests);
        tcase_add_test(t, item_54_deleted_ones);
        tcase_add_test(t, shape_of_everybody);
        tcase_add_test(t, request_too_long);
        suite_add_tcase(s, t);
        return s;
}
