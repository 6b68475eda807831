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

START_TEST(expired_by_order_and_by_age)
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

START_TEST(lenient_until_thirty_days)
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

START_TEST(pages_expire_too)
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
START_TEST(damaged_links)
{
        struct client *c = client_open(500);
        char *link, *at;

        client_do(c, "settings", _i == 0 ? "{\"link-length\":0}" : "{\"link-length\":3000}");
        client_get(c, DELTA "?$select=id");
        link = room_copy(client_text(c, "@odata.nextLink"));
        at = strchr(link, '=') + 1;
        if (_i == 1) {
                ck_assert_uint_ge(strlen(at), 3000);
                for (const char *needs = "+/=_-"; *needs != '\0'; needs++)
                        ck_assert_ptr_nonnull(strchr(at, *needs));
        }
        for (size_t n = strlen(at), i = 0; i < n; i += _i == 0 ? 1 : 97) {
                char was = at[i];

                at[i] = was == 'A' ? 'B' : 'A';
                ck_assert_int_eq(client_get(c, link), 400);
                ck_assert_str_eq(client_code(c), "Request_UnsupportedQuery");
                at[i] = was;
        }
        for (char *plus = strchr(at, '+'); plus != NULL; plus = NULL) {
                *plus = ' ';
                ck_assert_int_eq(client_get(c, link), 400);
                *plus = '+';
        }
        ck_assert_int_eq(client_get(c, link), 200);
        at[strlen(at) - 1] = '\0';
        ck_assert_int_eq(client_get(c, link), 400);
        free(link);
        client_close(c);
}
END_TEST

static const struct {
        const char *url;
        int status;
        const char *code;
} asks[] = {
        { DELTA "?$top=3&$orderby=displayName&$expand=manager", 200, "" },
        { "/v1.0/users/delta()?$select=id", 200, "" }, { "/v1.0/users/microsoft.graph.delta?$select=id", 200, "" },
        { "/v1.0/users/delta?%24select=id&$deltaToken=latest", 200, "" },
        { DELTA "?$select=nonsense", 400, "Request_BadRequest" }, { DELTA "?$select=skills", 501, "NotImplemented" },
        { DELTA "?$filter=department%20eq%20'Finance'", 400, "Request_UnsupportedQuery" },
        { DELTA "?$filter=id%20eq%20'x'", 400, "Request_UnsupportedQuery" },
        { DELTA "?$filter=id%20eq%20'9a593f8b-3cb4-47cd-bd30-9b6daa2e0a40'%20and%20id%20eq%20'9a593f8b-3cb4-47cd-bd30-9b6daa2e0a40'",
          400, "Request_UnsupportedQuery" },
        { DELTA "?$deltatoken=xyz", 400, "Request_UnsupportedQuery" },
        { DELTA "?$deltatoken=_", 400, "Request_UnsupportedQuery" },
        { DELTA "?$skiptoken=", 400, "Request_UnsupportedQuery" },
        { DELTA "?$skiptoken=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_", 400, "Request_UnsupportedQuery" },
};

START_TEST(delta_asked)
{
        struct client *c = client_open(30);

        ck_assert_msg(client_get(c, asks[_i].url) == asks[_i].status, "%s", text_str(&c->raw));
        ck_assert_str_eq(client_code(c), asks[_i].code);
        client_close(c);
}
END_TEST

START_TEST(select_on_a_link)
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

        tcase_add_loop_test(t, expired_by_order_and_by_age, 0, (int)(sizeof forms / sizeof forms[0]));
        tcase_add_test(t, lenient_until_thirty_days);
        tcase_add_test(t, pages_expire_too);
        tcase_add_loop_test(t, damaged_links, 0, 2);
        tcase_add_loop_test(t, delta_asked, 0, (int)(sizeof asks / sizeof asks[0]));
        tcase_add_test(t, select_on_a_link);
        suite_add_tcase(s, t);
        return s;
}
