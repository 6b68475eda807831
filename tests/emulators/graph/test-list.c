/* test-list.c - ordinary reads (checklist 19 to 28, 44, 54) and their shape. */
#include "client.h"
#include "object.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERS "/v1.0/users"

static size_t
members(struct json_object *o)
{
        return (size_t)json_object_object_length(o);
}

/* The eleven that come unasked, and nothing else; nulls are there. */
static void
check_usual(struct json_object *o, size_t *nulls)
{
        static const char *const usual[] = {
                "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone",
                "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
        };
        struct json_object *v;

        ck_assert_uint_eq(members(o), 11);
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
                ck_assert_msg(json_object_object_get_ex(o, usual[i], &v), "%s is missing", usual[i]);
                *nulls += v == NULL;
        }
}

START_TEST(item_19_list_as_it_comes)
{
        struct client *c = client_open(250);
        size_t n = 0, pages = 0, nulls = 0;

        client_get(c, USERS);
        ck_assert_uint_eq(client_count(c), 100);
        ck_assert_ptr_nonnull(strstr(client_text(c, "@odata.nextLink"), "$skiptoken="));
        ck_assert_int_eq(strncmp(client_text(c, "@odata.nextLink"), BASE "/v1.0/users?", 33), 0);
        do {
                ck_assert_str_eq(client_text(c, "@odata.context"), BASE "/v1.0/$metadata#users");
                for (size_t i = 0; i < client_count(c); i++)
                        check_usual(client_value(c, i), &nulls);
                n += client_count(c);
                pages++;
        } while (client_next(c));
        ck_assert_uint_eq(n, 250);
        ck_assert_uint_eq(pages, 3);
        ck_assert_uint_gt(nulls, 10);
        ck_assert_str_eq(client_text(c, "@odata.nextLink"), "");
        client_close(c);
}
END_TEST

static const struct {
        int item;                       /* of the checklist, 0: of none */
        const char *url;
        int status;
        const char *code;               /* or the number of objects as text */
        const char *says;               /* in the reply, or NULL */
} reads[] = {
        { 20, USERS "?$top=999", 200, "300", NULL },
        { 20, USERS "?$top=1", 200, "1", NULL },
        { 20, USERS "?%24top=7", 200, "7", NULL },
        { 20, USERS "?$TOP=7", 200, "7", NULL },
        { 20, USERS "?$top=1000", 400, "Request_UnsupportedQuery",
          "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive." },
        { 20, USERS "?$top=0", 400, "Request_UnsupportedQuery", "'0'" },
        { 20, USERS "?$top=-1", 400, "Request_UnsupportedQuery", "'-1'" },
        { 20, USERS "?$top=x", 400, "Request_UnsupportedQuery", "'x'" },
        { 20, "/v1.0/groups?$top=5x", 400, "Request_UnsupportedQuery", "'5x'" },
        { 20, USERS "?$top=500&$select=id,signInActivity", 200, "300", NULL },
        { 20, USERS "?$top=501&$select=id,signInActivity", 400, "Request_UnsupportedQuery", "between 1 and 500" },
        { 22, USERS "?$select=skills", 501, "NotImplemented", "'skills'" },
        { 22, USERS "?$select=id,hireDate", 501, "NotImplemented", "'hireDate'" },
        { 22, USERS "?$select=id,nonsense", 400, "Request_BadRequest", "Could not find a property named 'nonsense'" },
        { 22, USERS "?$select=*", 400, "Request_BadRequest", "'*'" },
        { 24, USERS "/$count", 400, "Request_BadRequest", "$count is not currently supported." },
        { 24, USERS "?$skiptoken=xyz", 400, "Directory_ExpiredPageToken", NULL },
        { 25, USERS "?$filter=accountEnabled%20eq%20false", 200, NULL, NULL },
        { 25, USERS "?$filter=startsWith(displayName,'A')", 200, NULL, NULL },
        { 25, USERS "?$filter=department%20in%20('Finance','Sales')&$top=500", 200, NULL, NULL },
        { 25, USERS "?$filter=accountEnabled+eq+true+and+userType+eq+'Guest'", 200, NULL, NULL },
        { 25, USERS "?$filter=accountEnabled%20ne%20true", 400, "Request_UnsupportedQuery", NULL },
        { 25, USERS "?$filter=accountEnabled%20ne%20true&$count=true", 400, "Request_UnsupportedQuery", NULL },
        { 25, USERS "?$filter=endsWith(mail,'example')", 400, "Request_UnsupportedQuery", NULL },
        { 25, USERS "?$filter=not(startsWith(mail,'a'))", 400, "Request_UnsupportedQuery", NULL },
        { 25, USERS "?$filter=nonsense%20eq%20'a'", 400, "Request_BadRequest", "'nonsense'" },
        { 25, USERS "?$filter=department", 400, "Request_BadRequest", NULL },
        { 25, USERS "?$filter=mail%20eq", 400, "Request_BadRequest", NULL },
        { 25, USERS "?$filter=mail%20eq%20'a'%20xor%20mail%20eq%20'b'", 400, "Request_BadRequest", NULL },
        { 26, USERS "/nobody@contoso.example/manager", 404, "Request_ResourceNotFound", NULL },
        { 54, "/v1.0/directory/deletedItems", 400, "Request_BadRequest", "microsoft.graph.user" },
        { 54, "/v1.0/directory/deletedItems/microsoft.graph.user", 200, "0", NULL },
        { 54, "/v1.0/directory/deletedItems/00000000-0000-4000-8000-000000000000", 404, "Request_ResourceNotFound", NULL },
        { 0, USERS "?$skip=3", 400, "Request_UnsupportedQuery", NULL },
        { 0, USERS "/nobody@contoso.example", 404, "Request_ResourceNotFound", NULL },
        { 0, USERS "/00000000-0000-4000-8000-000000000000", 404, "Request_ResourceNotFound", NULL },
        { 0, "/v1.0/nonsense", 400, "BadRequest", NULL }, { 0, "/v1.0", 400, "BadRequest", NULL },
        { 0, USERS "/a/b/c", 400, "BadRequest", NULL }, { 0, USERS "?$select=%zz", 400, "BadRequest", NULL },
        { 0, "/elsewhere", 404, "ResourceNotFound", NULL },
};

static void
read_one(int row)
{
        struct client *c = client_open(300);
        struct text why = { 0 };
        char n[16];

        ck_assert_msg(client_get(c, reads[row].url) == reads[row].status, "%s: %d %s", reads[row].url, c->status,
                      text_str(&c->raw));
        snprintf(n, sizeof n, "%zu", client_count(c));
        if (c->status == 200 && reads[row].code != NULL)
                ck_assert_str_eq(n, reads[row].code);
        else if (c->status == 200)
                ck_assert_uint_gt(client_count(c), 0);
        else
                ck_assert_str_eq(client_code(c), reads[row].code);
        if (c->status != 200)
                ck_assert_ptr_null(shape_error(c->json, &why));
        if (reads[row].says != NULL)
                ck_assert_msg(strstr(text_str(&c->raw), reads[row].says) != NULL, "%s: %s", reads[row].url, c->raw.at);
        client_close(c);
}

START_TEST(item_20_page_size) { CLIENT_ROWS(reads, 20, read_one); } END_TEST
START_TEST(item_22_what_no_collection_gives) { CLIENT_ROWS(reads, 22, read_one); } END_TEST
START_TEST(item_24_no_count) { CLIENT_ROWS(reads, 24, read_one); } END_TEST
START_TEST(item_25_filters) { CLIENT_ROWS(reads, 25, read_one); } END_TEST
START_TEST(item_26_no_such_manager) { CLIENT_ROWS(reads, 26, read_one); } END_TEST
START_TEST(item_54_deleted_asked) { CLIENT_ROWS(reads, 54, read_one); } END_TEST
START_TEST(other_requests) { CLIENT_ROWS(reads, 0, read_one); } END_TEST

/* What a filter finds is what a look at everybody finds. */
START_TEST(item_25_filter_finds_the_right_ones)
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

START_TEST(item_21_selection)
{
        struct client *c = client_open(500);
        struct json_object *v;
        size_t nulls = 0;

        client_get(c, USERS "?$select=DEPARTMENT,mail,businessPhones,assignedLicenses&$top=500");
        ck_assert_str_eq(client_text(c, "@odata.context"),
                         BASE "/v1.0/$metadata#users(id,mail,businessPhones,department,assignedLicenses)");
        for (size_t i = 0; i < client_count(c); i++) {
                struct json_object *o = client_value(c, i);

                ck_assert_uint_eq(members(o), 5);
                ck_assert(json_object_object_get_ex(o, "department", &v));
                nulls += v == NULL;
                ck_assert(json_object_object_get_ex(o, "businessPhones", &v) && v != NULL);
                ck_assert(json_object_object_get_ex(o, "assignedLicenses", &v) && v != NULL);
        }
        ck_assert_uint_gt(nulls, 10);
        client_get(c, USERS "?$select=id,accountEnabled,onPremisesExtensionAttributes&$top=500");
        for (size_t i = 0; i < client_count(c); i++) {
                struct json_object *o = client_value(c, i);
                char name[32];

                ck_assert_uint_eq(members(o), 3);
                ck_assert(json_object_object_get_ex(o, "accountEnabled", &v));
                v = json_object_object_get(o, "onPremisesExtensionAttributes");
                ck_assert_uint_eq(members(v), 15);
                for (int k = 1; k <= 15; k++) {
                        snprintf(name, sizeof name, "extensionAttribute%d", k);
                        ck_assert(json_object_object_get_ex(v, name, NULL));
                }
        }
        client_close(c);
}
END_TEST

START_TEST(item_23_directory_extension)
{
        static const char name[] = "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift";
        struct client *c = client_open(500);
        struct json_object *v;
        size_t set = 0;

        client_get(c, USERS "?$top=500&$select=id,extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift");
        for (size_t i = 0; i < client_count(c); i++)
                if (json_object_object_get_ex(client_value(c, i), name, &v)) {
                        ck_assert(json_object_is_type(v, json_type_string));
                        set++;
                }
        ck_assert(set > 0 && set < 500);        /* unset is absent, not null */
        client_ask(c, "change", 3, ",\"set\":{\"extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift\":null}");
        client_ask(c, "change", 4, ",\"set\":{\"extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift\":\"night\"}");
        client_get(c, USERS "?$top=500&$select=id,extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_shift");
        ck_assert(!json_object_object_get_ex(client_value(c, 3), name, &v));
        ck_assert_str_eq(json_object_get_string(json_object_object_get(client_value(c, 4), name)), "night");
        client_close(c);
}
END_TEST

START_TEST(item_24_counted)
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

START_TEST(item_26_managers_of_a_list)
{
        struct client *c = client_open(200);
        struct text url = { 0 };
        size_t with = 0, without = 0;

        client_get(c, USERS "?$expand=manager&$select=id&$top=200");
        ck_assert_uint_eq(client_count(c), 200);
        for (uint32_t i = 0; i < 200; i++) {
                struct json_object *boss;
                uint32_t want = object_boss(&c->e->people, i);

                if (!json_object_object_get_ex(client_value(c, i), "manager", &boss)) {
                        ck_assert_uint_eq(want, NOBODY);
                        if (without++ > 0)
                                continue;
                        text_fmt(&url, USERS "/%s/manager",
                                 json_object_get_string(json_object_object_get(client_value(c, i), "id")));
                        continue;
                }
                ck_assert_str_eq(json_object_get_string(json_object_object_get(boss, "@odata.type")),
                                 "#microsoft.graph.user");
                ck_assert_str_eq(json_object_get_string(json_object_object_get(boss, "id")), client_id(c, want));
                with++;
        }
        ck_assert(with > 0 && without > 0);
        ck_assert_int_eq(client_get(c, text_str(&url)), 404);           /* of somebody without one */
        ck_assert_str_eq(client_code(c), "Request_ResourceNotFound");
        text_free(&url);
        client_close(c);
}
END_TEST

START_TEST(item_26_single_reads)
{
        struct client *c = client_open(100);
        struct text url = { 0 }, why = { 0 };
        char id[GUID_LEN + 1] = "", *upn;
        uint32_t i = 0;

        while (object_boss(&c->e->people, i) == NOBODY)
                i++;
        guid_write(id, c->e->people.world.realm, i);
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
        ck_assert_uint_eq(guid_index(client_text(c, "id"), 36, c->e->people.world.realm), object_boss(&c->e->people, i));
        ck_assert_str_eq(client_text(c, "@odata.type"), "#microsoft.graph.user");
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

START_TEST(item_27_guests)
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
                ck_assert_str_eq(json_object_get_string(json_object_object_get(o, "userType")), "Guest");
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
        ck_assert_uint_eq(c->e->people.purged, 3);
        text_free(&url);
        client_close(c);
}
END_TEST

/* Whether a service stands in the plans both dead and alive. */
static bool
dead_and_alive(struct json_object *list)
{
        bool found = false;

        for (size_t i = 0; i < json_object_array_length(list); i++)
                for (size_t k = 0; k < json_object_array_length(list); k++) {
                        struct json_object *a = json_object_array_get_idx(list, i), *b = json_object_array_get_idx(list, k);
                        const char *one = json_object_get_string(json_object_object_get(a, "capabilityStatus"));
                        const char *two = json_object_get_string(json_object_object_get(b, "capabilityStatus"));

                        found = found || (strcmp(one, "Deleted") == 0 && strcmp(two, "Enabled") == 0 &&
                                          json_object_equal(json_object_object_get(a, "service"),
                                                            json_object_object_get(b, "service")));
                }
        return found;
}

START_TEST(item_28_dead_plans)
{
        struct client *c = client_open(900);
        size_t both = 0;

        client_get(c, USERS "?$top=900&$select=assignedPlans");
        ck_assert_uint_eq(client_count(c), 900);
        for (size_t i = 0; i < 900; i++)
                both += dead_and_alive(json_object_object_get(client_value(c, i), "assignedPlans"));
        ck_assert_uint_gt(both, 0);
        client_close(c);
}
END_TEST

START_TEST(item_44_request_too_long)
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

        tcase_add_test(t, item_19_list_as_it_comes);
        tcase_add_test(t, item_20_page_size);
        tcase_add_test(t, item_21_selection);
        tcase_add_test(t, item_22_what_no_collection_gives);
        tcase_add_test(t, item_23_directory_extension);
        tcase_add_test(t, item_24_no_count);
        tcase_add_test(t, item_24_counted);
        tcase_add_test(t, item_25_filters);
        tcase_add_loop_test(t, item_25_filter_finds_the_right_ones, 0, 4);
        tcase_add_test(t, item_26_no_such_manager);
        tcase_add_test(t, item_26_managers_of_a_list);
        tcase_add_test(t, item_26_single_reads);
        tcase_add_test(t, item_27_guests);
        tcase_add_test(t, item_28_dead_plans);
        tcase_add_test(t, item_44_request_too_long);
        tcase_add_test(t, item_54_deleted_asked);
        tcase_add_test(t, item_54_deleted_ones);
        tcase_add_test(t, other_requests);
        suite_add_tcase(s, t);
        return s;
}
