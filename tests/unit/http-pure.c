/* http-pure.c - the parts of the HTTP client that ask nobody: Retry-After, addresses. */
#include "build.h"

#include <string.h>

#include <muster/http.h>
#include <muster/test.h>
#include <muster/value.h>

#include "unit.h"

/* 1994-11-06 08:49:37 */
#define THEN (MST_DATE_UNIX_EPOCH + INT64_C(784111777) * MST_DATE_SECOND)

static const struct {
        const char *text;
        int64_t ms;
} waits[] = {
        { "0", 0 }, { "7", 7000 }, { "120", 120000 }, { "2.128", 2128 }, { "0.5", 500 }, { "1.0001", 1000 },
        { "007", 7000 }, { "3600", 3600000 }, { "3601", 3600000 }, { "3600.5", 3600000 },
        { "86400", 3600000 }, { "99999999999999999999999999", 3600000 },
        { "9223372036854775807", 3600000 }, { "18446744073709551617", 3600000 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:47 GMT", 10000 },
        { "Sun, 06 Nov 1994 08:49:27 GMT", 0 },                  /* past */
        { "Sunday, 06-Nov-94 08:50:37 GMT", 60000 },
        { "Sun Nov  6 08:50:37 1994", 60000 },
        { "Tue, 01 Jan 2069 00:00:00 GMT", 3600000 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { NULL, -1 }, { "", -1 }, { " ", -1 }, { "-1", -1 }, { "+1", -1 }, { ".5", -1 }, { "5.", -1 },
        { "5,5", -1 }, { "1e3", -1 }, { "0x10", -1 }, { "5 ", -1 }, { "5s", -1 }, { "nan", -1 },
        { "inf", -1 }, { "soon", -1 }, { "1.2.3", -1 }, { "5;", -1 },
        { "Sun, 06 Nov 1994 08:49:37", -1 }, { "Sun, 06 Nov 1994 08:49:37 CET", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMT+1", -1 }, { "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 32 Nov 1994 08:49:37 GMT", -1 }, { "Sun, 06 Nuv 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 94 08:49:37 GMT", -1 }, { "Sun, 06 Nov 1994 25:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:61:37 GMT", -1 }, { "06 Nov 1994 08:49:37 GMT", -1 },
        { "1994-11-06T08:49:37Z", -1 }, { "Sun", -1 }, { "Sun,", -1 }, { "Sun, ", -1 },
        { "Sun, 06 Nov 0000 08:49:37 GMT", -1 },
};

START_TEST(retry_after)
{
        ck_assert_msg(mst_http_retry_after(waits[_i].text, THEN) == waits[_i].ms, "'%s': %lld",
                      waits[_i].text, (long long)mst_http_retry_after(waits[_i].text, THEN));
}
END_TEST

static const struct {
        const char *a, *b;
        bool same;
} origins[] = {
        { "https://graph.example/v1.0/users?x=1", "https://graph.example", true },
        { "https://graph.example:443/", "https://graph.example", true },
        { "HTTPS://GRAPH.example/", "https://graph.EXAMPLE/other", true },
        { "http://127.0.0.1:80/", "http://127.0.0.1", true },
        { "https://graph.example", "http://graph.example", false },
        { "https://graph.example", "https://graph.example:8443", false },
        { "https://graph.example", "https://graph.example.evil.test", false },
        { "https://graph.example", "https://evil.test/graph.example", false },
        { "https://graph.example", "https://graph.example@evil.test/", false },
        { "https://graph.example", "https://evil.test\\@graph.example/", false },
        { "https://graph.example", "https://evil.test#@graph.example/", false },
        { "https://graph.example", "https://user@graph.example/", false },
        { "https://graph.example", "//graph.example/", false },
        { "https://graph.example", "/v1.0/users", false },
        { "https://graph.example", "graph.example", false },
        { "https://graph.example", "ftp://graph.example", false },
        { "https://graph.example", "https:graph.example", false },
        { "https://graph.example", "https://graph.example:99999/", false },
        { "https://graph.example", "https:///", false },
        { "https://graph.example", "", false },
        { "", "", false },
        { "https://graph.example", " https://graph.example", false },
        { "https://graph.example", "https://graph.exa\nmple", false },
        { "https://graph.example", NULL, false },
};

START_TEST(same_origin)
{
        ck_assert_msg(mst_http_same_origin(origins[_i].a, origins[_i].b) == origins[_i].same, "%s",
                      origins[_i].b);
}
END_TEST

static const struct {
        const char *url;
        int code;
        const char *says;
} allowed[] = {
        { "https://service.example", MST_OK, NULL },
        { "https://service.example:8443/base", MST_OK, NULL },
        { "http://127.0.0.1:8080", MST_OK, NULL },
        { "http://127.1.2.3", MST_OK, NULL },
        { "http://localhost:9/x", MST_OK, NULL },
        { "http://[::1]:8080/", MST_OK, NULL },
        { "http://service.example", MST_ECONFIG, "this machine only" },
        { "http://128.0.0.1", MST_ECONFIG, "this machine only" },
        { "http://127.0.0.1.evil.test", MST_ECONFIG, "this machine only" },
        { "http://127.0.0.256", MST_ECONFIG, NULL },
        { "http://localhost.evil.test", MST_ECONFIG, "this machine only" },
        { "http://10.0.0.1", MST_ECONFIG, "this machine only" },
        { "http://0.0.0.0", MST_ECONFIG, "this machine only" },
        { "http://[::2]", MST_ECONFIG, "this machine only" },
        { "https://user:s3cret@service.example", MST_ECONFIG, "password" },
        { "ftp://service.example", MST_ECONFIG, "https://" },
        { "service.example", MST_ECONFIG, "https://" },
        { "file:///etc/passwd", MST_ECONFIG, "https://" },
        { "https://", MST_ECONFIG, NULL },
        { "", MST_ECONFIG, NULL },
};

START_TEST(allow)
{
        struct mst_test *test = mst_test_new("acme");
        struct mst_http_config config = { 0 };
        struct mst_error err = { 0 };
        struct mst_http *http;

        config.url = (char *)(uintptr_t)allowed[_i].url;
        http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);
        ck_assert_msg((http != NULL) == (allowed[_i].code == MST_OK), "%s: %s", allowed[_i].url, err.text);
        ck_assert_int_eq(err.code, allowed[_i].code);
        if (allowed[_i].says != NULL)
                ck_assert_msg(strstr(err.text, allowed[_i].says) != NULL, "%s", err.text);
        ck_assert_ptr_null(strstr(err.text, "s3cret"));
        mst_http_free(http);
        mst_test_free(test);
}
END_TEST

/* With the exception for this link, and that it is an exception. */
static const struct {
        const char *url;
        bool link, plain;               /* may be called by that name, by the usual rule */
} links[] = {
        { "http://169.254.169.254", true, false },
        { "http://169.254.0.0:8081/msi/token", true, false },
        { "http://169.254.255.255", true, false },
        { "http://127.0.0.1", true, true },
        { "https://service.example", true, true },
        { "http://169.253.0.1", false, false },
        { "http://169.255.0.1", false, false },
        { "http://169.254.0.256", false, false },
        { "http://169.254.1", true, false },             /* libcurl writes it out: 169.254.0.1 */
        { "http://0xa9fea9fe", true, false },            /* 169.254.169.254 */
        { "http://0xa9fd0001", false, false },
        { "http://169.254.169.254.evil.test", false, false },
        { "http://169.254.169.evil.test", false, false },
        { "http://169.254.169.254@evil.test", false, false },
        { "http://evil.test/169.254.169.254", false, false },
        { "http://[fe80::1]", false, false },
        { "http://[::ffff:169.254.169.254]", false, false },
        { "http://10.0.0.1", false, false },
        { "http://service.example", false, false },
        { NULL, false, false },
};

START_TEST(allow_link)
{
        struct mst_test *test = mst_test_new("acme");
        struct mst_http_config config = { 0 };
        struct mst_error err = { 0 };
        struct mst_http *http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);

        ck_assert_int_eq(mst_http_allow_link(http, links[_i].url, &err), links[_i].link ? MST_OK : MST_ECONFIG);
        ck_assert_int_eq(mst_http_allow(http, links[_i].url, &err), links[_i].plain ? MST_OK : MST_ECONFIG);
        mst_http_free(http);
        mst_test_free(test);
}
END_TEST

static const struct {
        const char *text;
        int64_t unix_time;              /* -1: no date */
} dates[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "Tue, 24 Nov 2026 09:23:14 GMT", 1795512194 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:37 UTC", -1 },
        { "Sun, 31 Feb 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMT and more", -1 },
        { "7", -1 },
        { "", -1 },
        { NULL, -1 },
};

START_TEST(date)
{
        int64_t got = 0;
        bool is = mst_http_date(dates[_i].text, &got);

        ck_assert_int_eq(is, dates[_i].unix_time >= 0);
        if (is)
                ck_assert_int_eq((got - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND, dates[_i].unix_time);
}
END_TEST

START_TEST(bad_ca_file)
{
        struct mst_test *test = mst_test_new("acme");
        struct mst_http_config config = { .ca_file = (char *)(uintptr_t)"/nowhere/ca.pem" };
        struct mst_error err = { 0 };

        ck_assert_ptr_null(mst_http_new(&config, sizeof config, mst_test_host(test), &err));
        ck_assert_int_eq(err.code, MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "/nowhere/ca.pem"));
        mst_test_free(test);
}
END_TEST

/* What is said of a request leaves out what may be secret. */
START_TEST(say)
{
        struct mst_http_request *request = mst_http_request_new();
        char text[64];

        mst_http_start(request, "GET", "https://a.example/b/c?token=hush#x");
        ck_assert_str_eq(mst_http_say(request, text, sizeof text), "GET https://a.example/b/c");
        ck_assert_str_eq(mst_http_say(request, text, 10), "GET https");
        ck_assert_str_eq(mst_http_say(NULL, text, sizeof text), " ");
        mst_http_request_free(request);
        mst_http_start(NULL, "GET", "/");
        mst_http_header(NULL, "a", "b");
        mst_http_form(NULL, "a", "b", 1);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("http-pure");
        TCase *c = tcase_create("all");

        tcase_add_loop_test(c, retry_after, 0, UNIT_COUNT(waits));
        tcase_add_loop_test(c, same_origin, 0, UNIT_COUNT(origins));
        tcase_add_loop_test(c, allow, 0, UNIT_COUNT(allowed));
        tcase_add_loop_test(c, allow_link, 0, UNIT_COUNT(links));
        tcase_add_loop_test(c, date, 0, UNIT_COUNT(dates));
        tcase_add_test(c, bad_ca_file);
        tcase_add_test(c, say);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
