/* test-links.c - delta links that are old, damaged or asked for in the wrong way
 * (checklist 40 to 42, 44). */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdlib.h>

#define DELTA "/v1.0/users/delta"

static const struct {
        const char *form;
        int status;
        const char *code;
} forms[] = {
        { "thirty-days", 400, "Request_UnsupportedQuery" }, { "syncStateNotFound", 400, "syncStateNotFound" },
        { "gone", 410, "Gone" }, { "SyncStateNotFound", 410, "SyncStateNotFound" }, { "nested", 400, "BadRequest" },
        { "resyncRequired", 400, "resyncRequired" },
};

START_TEST(item_42_expired_by_order_and_by_age)
{
        struct client *c = client_open(500);
        struct text body = { 0 };
        char *link = client_latest(c, "jobTitle"), *page;

        client_get(c, DELTA "?$select=id");
        page = room_copy(client_text(c, "@odata.nextLink"));
        for (int round = 0; round < 2; round++) {
                text_fmt(&body, round == 0 ? "{\"form\":\"%s\"}" : "{\"expiry\":\"%s\"}", forms[_i].form);
                client_do(c, round == 0 ? "expire" : "settings", text_str(&body));
                body.len = 0;
                if (round == 1) {
                        free(link);
                        link = client_latest(c, "jobTitle");
                        client_do(c, "clock", "{\"advance\":\"7d\"}");
                        client_do(c, "clock", "{\"advance\":\"10\"}");
                        client_token(c);
                } else {
                        ck_assert_int_eq(client_get(c, page), 200);     /* pages live on */
                }
                ck_assert_int_eq(client_get(c, link), forms[_i].status);
                ck_assert_str_eq(client_code(c), forms[_i].code);
                if (strcmp(forms[_i].form, "thirty-days") == 0)
                        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"DeltaLink older than 30 days is not supported.\""));
                if (strcmp(forms[_i].form, "gone") == 0)
                        ck_assert_str_eq(client_header(c, "Location"), BASE DELTA "?$deltatoken=");
                if (strcmp(forms[_i].form, "nested") == 0)
                        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"innerError\":{\"code\":\"syncStateNotFound\""));
        }
        free(link);
        link = client_round(c, DELTA "?$deltatoken=&$select=id", NULL, NULL, NULL);      /* as in Location */
        free(link);
        free(page);
        text_free(&body);
        client_close(c);
}
END_TEST

START_TEST(item_42_lenient_until_thirty_days)
{
        struct client *c = client_open(10);
        char *link = client_latest(c, "jobTitle");

        client_do(c, "clock", "{\"advance\":\"20d\"}");
        client_token(c);
        ck_assert_int_eq(client_get(c, link), 200);
        client_do(c, "clock", "{\"advance\":\"11d\"}");
        client_token(c);
        ck_assert_int_eq(client_get(c, link), 400);
        ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
        free(link);
        client_close(c);
}
END_TEST

START_TEST(item_42_pages_expire_too)
{
        struct client *c = client_open(500);
        char *page;

        client_get(c, DELTA "?$select=id");
        page = room_copy(client_text(c, "@odata.nextLink"));
        client_do(c, "expire", "{\"form\":\"gone\",\"pages\":true}");
        ck_assert_int_eq(client_get(c, page), 400);
        ck_assert_str_eq(client_code(c), "Directory_ExpiredPageToken");
        free(page);
        client_close(c);
}
END_TEST

/* Every damage to a link is noticed. */
START_TEST(item_41_damaged_links)
{
        struct client *c = client_open(500);
        char *link, *at;
        int plusses = 0;

        client_do(c, "settings", _i == 0 ? "{\"link-length\":0}" : "{\"link-length\":3000}");
        client_get(c, DELTA "?$select=id");
        link = room_copy(client_text(c, "@odata.nextLink"));
        at = strchr(link, '=') + 1;
        for (size_t n = strlen(at), i = 0; i < n; i += _i == 0 ? 1 : 97) {
                char was = at[i];

                at[i] = was == 'A' ? 'B' : 'A';
                ck_assert_int_eq(client_get(c, link), 400);
                ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
                ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"DeltaLink older than 30 days is not supported.\""));
                at[i] = was;
        }
        for (char *plus = strchr(at, '+'); plus != NULL; plus = NULL) {
                *plus = ' ';
                ck_assert_int_eq(client_get(c, link), 400);
                ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"DeltaLink older than 30 days is not supported.\""));
                plusses++;
                *plus = '+';
        }
        ck_assert(_i == 0 || plusses > 0);
        ck_assert_int_eq(client_get(c, link), 200);
        at[strlen(at) - 1] = '\0';
        ck_assert_int_eq(client_get(c, link), 400);
        free(link);
        client_close(c);
}
END_TEST

static const struct {
        int item;
        const char *url;
        int status;
        const char *code;
} asks[] = {
        { 40, DELTA "?$top=3&$orderby=displayName&$expand=manager", 200, "" },
        { 0, "/v1.0/users/delta()?$select=id", 200, "" }, { 0, "/v1.0/users/microsoft.graph.delta?$select=id", 200, "" },
        { 0, "/v1.0/users/delta?%24select=id&$deltaToken=latest", 200, "" },
        { 0, DELTA "?$select=nonsense", 400, "Request_BadRequest" }, { 0, DELTA "?$select=skills", 501, "NotImplemented" },
        { 39, DELTA "?$filter=department%20eq%20'Finance'", 400, "Request_UnsupportedQuery" },
        { 39, DELTA "?$filter=id%20eq%20'x'", 400, "Request_UnsupportedQuery" },
        { 39, DELTA "?$filter=id%20eq%20'9a593f8b-3cb4-47cd-bd30-9b6daa2e0a40'%20and%20id%20eq%20'9a593f8b-3cb4-47cd-bd30-9b6daa2e0a40'",
          400, "Request_UnsupportedQuery" },
        { 41, DELTA "?$deltatoken=xyz", 400, "Request_UnsupportedQuery" },
        { 41, DELTA "?$deltatoken=_", 400, "Request_UnsupportedQuery" },
        { 41, DELTA "?$skiptoken=", 400, "Request_UnsupportedQuery" },
        { 41, DELTA "?$skiptoken=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_", 400, "Request_UnsupportedQuery" },
};

static void
ask(int row)
{
        struct client *c = client_open(30);

        ck_assert_msg(client_get(c, asks[row].url) == asks[row].status, "%s: %s", asks[row].url, text_str(&c->raw));
        ck_assert_str_eq(client_code(c), asks[row].code);
        client_close(c);
}

START_TEST(item_39_other_filters) { CLIENT_ROWS(asks, 39, ask); } END_TEST
START_TEST(item_41_no_links_of_ours) { CLIENT_ROWS(asks, 41, ask); } END_TEST
START_TEST(other_requests) { CLIENT_ROWS(asks, 0, ask); } END_TEST

/* All of them come, in no order of ours, without managers. */
START_TEST(item_40_ignored_options)
{
        struct client *c = client_open(30);
        struct json_object *v;

        CLIENT_ROWS(asks, 40, ask);
        ck_assert_int_eq(client_get(c, DELTA "?$select=id&$top=3&$orderby=displayName&$expand=manager"), 200);
        ck_assert_uint_eq(client_count(c), 30);
        for (size_t i = 0; i < 30; i++)
                ck_assert(!json_object_object_get_ex(client_value(c, i), "manager", &v));
        client_close(c);
}
END_TEST

START_TEST(item_44_long_links)
{
        struct client *c = client_open(500);
        const char *at;

        client_do(c, "settings", "{\"link-length\":3000}");
        client_get(c, DELTA "?$select=id");
        at = strchr(client_text(c, "@odata.nextLink"), '=') + 1;
        ck_assert_uint_ge(strlen(at), 3000);
        for (const char *needs = "+/=_-"; *needs != '\0'; needs++)
                ck_assert_ptr_nonnull(strchr(at, *needs));
        client_do(c, "settings", "{\"link-length\":8200}");
        client_get(c, DELTA "?$select=id");
        ck_assert_uint_gt(strlen(client_text(c, "@odata.nextLink")), 8192);
        free(client_round(c, DELTA "?$select=id", NULL, NULL, NULL));
        client_close(c);
}
END_TEST

START_TEST(item_41_select_on_a_link)
{
        struct client *c = client_open(500);
        struct text url = { 0 };

        client_get(c, DELTA "?$select=id");
        text_fmt(&url, "%s&$select=id", client_text(c, "@odata.nextLink"));
        ck_assert_int_eq(client_get(c, text_str(&url)), 400);
        text_free(&url);
        client_close(c);
}
END_TEST

Suite *
suite_links(void)
{
        Suite *s = suite_create("graph links");
        TCase *t = tcase_create("links");

        tcase_add_test(t, item_39_other_filters);
        tcase_add_test(t, item_40_ignored_options);
        tcase_add_loop_test(t, item_41_damaged_links, 0, 2);
        tcase_add_test(t, item_41_no_links_of_ours);
        tcase_add_test(t, item_41_select_on_a_link);
        tcase_add_loop_test(t, item_42_expired_by_order_and_by_age, 0, (int)(sizeof forms / sizeof forms[0]));
        tcase_add_test(t, item_42_lenient_until_thirty_days);
        tcase_add_test(t, item_42_pages_expire_too);
        tcase_add_test(t, item_44_long_links);
        tcase_add_test(t, other_requests);
        suite_add_tcase(s, t);
        return s;
}
