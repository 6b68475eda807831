/* http.c - the HTTP client against a server that does what a script says: what is
 * tried again, what is not, what never leaves. */
#include "build.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http-kit.h"
#include "unit.h"

static int64_t
now_ms(void)
{
        return mst_host_ticks_ms(mst_test_host(test));
}

#define WITH(n, h) { .what = SERVER_STATUS, .status = n, .headers = h, .text = "trouble" }
#define HALF { .what = SERVER_CUT, .text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }
#define SHUT { .what = SERVER_CLOSE }
#define JUNK { .what = SERVER_CUT, .text = "this is no HTTP\r\n\r\n" }

/* A request, the answers, and what comes of it. */
static const struct {
        const char *method;
        struct server_step steps[4];
        size_t step_count;
        int code, status;
        size_t sent;                         /* requests that arrive                   */
        const char *says;
} tries[] = {
        { "GET", { OK200 }, 1, MST_OK, 200, 1, NULL },
        { "GET", { STATUS(404) }, 1, MST_OK, 404, 1, NULL },
        { "GET", { STATUS(400) }, 1, MST_OK, 400, 1, NULL },
        { "GET", { STATUS(401) }, 1, MST_OK, 401, 1, NULL },
        { "GET", { STATUS(501) }, 1, MST_OK, 501, 1, NULL },
        { "GET", { WITH(301, "Location: /elsewhere\r\n") }, 1, MST_OK, 301, 1, NULL },
        { "GET", { WITH(307, "Location: http://127.0.0.1:1/\r\n") }, 1, MST_OK, 307, 1, NULL },
        { "GET", { STATUS(503), OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { STATUS(500), STATUS(502), OK200 }, 3, MST_OK, 200, 3, NULL },
        { "GET", { STATUS(504), STATUS(504), STATUS(504), OK200 }, 4, MST_ENET, 504, 3, "status 504" },
        { "GET", { WITH(429, "Retry-After: 0\r\n"), OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { WITH(429, "Retry-After: 0.02\r\n"), OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { WITH(429, "Retry-After: soon\r\n"), OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { WITH(429, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), OK200 }, 2, MST_OK, 200, 2,
          NULL },
        { "GET", { STATUS(429), OK200 }, 2, MST_OK, 200, 2, NULL },
        /* more patience than there is is not spent */
        { "GET", { WITH(429, "Retry-After: 30\r\n"), OK200 }, 2, MST_ETHROTTLED, 429, 1, "slow down" },
        { "GET", { WITH(429, "Retry-After: 99999999999999999999\r\n"), OK200 }, 2, MST_ETHROTTLED, 429, 1,
          "slow down" },
        { "GET", { WITH(503, "Retry-After: 3600\r\n"), OK200 }, 2, MST_ENET, 503, 1, "status 503" },
        { "GET", { HALF, OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { HALF }, 1, MST_ENET, 0, 3, "GET http://127.0.0.1:" },
        { "GET", { SHUT, OK200 }, 2, MST_OK, 200, 2, NULL },
        { "GET", { JUNK }, 1, MST_ENET, 0, 3, "GET http://127.0.0.1:" },
        { "DELETE", { SHUT, OK200 }, 2, MST_OK, 200, 2, NULL },
        { "PUT", { STATUS(500), OK200 }, 2, MST_OK, 200, 2, NULL },
        /* what may not be repeated */
        { "POST", { SHUT, OK200 }, 2, MST_ENET, 0, 1, "POST http://127.0.0.1:" },
        { "POST", { HALF, OK200 }, 2, MST_ENET, 0, 1, "POST http://127.0.0.1:" },
        { "POST", { STATUS(500), OK200 }, 2, MST_ENET, 500, 1, "status 500" },
        { "PATCH", { STATUS(502), OK200 }, 2, MST_ENET, 502, 1, "status 502" },
        { "POST", { STATUS(503), OK200 }, 2, MST_OK, 200, 2, NULL },
        { "POST", { WITH(429, "Retry-After: 0\r\n"), OK200 }, 2, MST_OK, 200, 2, NULL },
};

START_TEST(http_tries)
{
        serve(tries[_i].steps, tries[_i].step_count);
        mst_http_start(request, tries[_i].method, "/things?key=hush&x=1");
        if (tries[_i].method[0] == 'P')
                mst_http_body(request, "application/json", "{\"p\":\"psst\"}", 12);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), tries[_i].code);
        ck_assert_int_eq(mst_http_status(reply), tries[_i].status);
        ck_assert_uint_eq(server_count(&server), tries[_i].sent);
        if (tries[_i].status == 200)
                ck_assert_str_eq(mst_http_content(reply, NULL), "fine");
        if (tries[_i].code != MST_OK) {
                ck_assert_int_eq(err.code, tries[_i].code);
                ck_assert_msg(strstr(err.text, tries[_i].says) != NULL, "%s", err.text);
                ck_assert(mst_http_was_sent(reply));
        }
        if (tries[_i].code == MST_ETHROTTLED)
                ck_assert_uint_ge(err.retry_after_ms, 30000);
        if (tries[_i].code == MST_ETHROTTLED)
                ck_assert_uint_le(err.retry_after_ms, 3960000);
        check_hidden("hush");
        check_hidden("psst");
}
END_TEST

/* libcurl repeats by itself what it sent on a kept connection that then closed without a
 * word.  A POST must not be repeated that way. */
START_TEST(http_kept_connection_dies)
{
        static const struct server_step steps[] = { OK200, SHUT, OK200 };

        serve(steps, 3);
        mst_http_start(request, "POST", "/one");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        mst_http_start(request, "POST", "/two");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert(mst_http_was_sent(reply));
        ck_assert_uint_eq(server_count(&server), 2);
        ck_assert_msg(strstr(err.text, "broke off after the request was sent") != NULL, "%s", err.text);
        mst_http_start(request, "GET", "/three");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
}
END_TEST

START_TEST(http_keeps_connections)
{
        static const struct server_step steps[] = { OK200 };

        serve(steps, 1);
        for (int i = 0; i < 50; i++) {
                mst_http_start(request, "GET", "/%d", i);
                ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        }
        ck_assert_uint_eq(server.connections, 1);
        ck_assert_uint_eq(server_count(&server), 50);
}
END_TEST

START_TEST(http_what_is_sent)
{
        static const struct server_step steps[] = { STATUS(503), OK200, OK200 };
        struct mst_secret *key = mst_secret_new("k3y", 3);
        char id[80], first[80];

        serve(steps, 3);
        mst_http_id_header(http, "client-request-id");
        mst_http_start(request, "PUT", "/a/%s?x=%%20", "b");
        mst_http_header(request, "X-Plain", "yes");
        mst_http_header(request, "X-Empty", "");
        mst_http_secret_header(request, "X-Key", "Key ", key);
        mst_http_form(request, "name", "a b&c=d+e~f/\xc3\xa9", 14);
        mst_http_form(request, "more", "", 0);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        for (size_t i = 0; i < 2; i++) {
                const char *text = server_request(&server, i), *at = strstr(text, "client-request-id: ");
                ck_assert(strncmp(text, "PUT /a/b?x=%20 HTTP/1.1\r\n", 25) == 0);
                ck_assert_ptr_nonnull(strstr(text, "\r\nX-Plain: yes\r\n"));
                ck_assert_ptr_nonnull(strstr(text, "\r\nX-Empty:"));
                ck_assert_ptr_nonnull(strstr(text, "\r\nX-Key: Key k3y\r\n"));
                ck_assert_ptr_nonnull(strstr(text, "\r\nUser-Agent: muster/"));
                ck_assert_ptr_nonnull(strstr(text, "\r\nAccept-Encoding: gzip\r\n"));
                ck_assert_ptr_nonnull(strstr(text, "x-www-form-urlencoded\r\n"));
                ck_assert_ptr_nonnull(strstr(text, "\r\n\r\nname=a%20b%26c%3Dd%2Be~f%2F%C3%A9&more="));
                ck_assert_ptr_nonnull(at);
                snprintf(id, sizeof id, "%.36s", at + 19);
                if (i == 0)
                        strcpy(first, id);
                ck_assert_str_eq(id, first);             /* the same over its tries */
        }
        ck_assert_str_eq(mst_http_reply_id(reply), first);
        ck_assert(first[14] == '4' && strlen(first) == 36);
        check_hidden("k3y");
        ck_assert(logged("status 503"));
        ck_assert(logged(first));
        mst_http_start(request, "GET", "/other");
        mst_http_do(http, request, reply, &err);
        ck_assert_str_ne(mst_http_reply_id(reply), first);
        ck_assert_ptr_null(strstr(server_request(&server, 2), "X-Key"));
        mst_secret_free(key);
}
END_TEST

START_TEST(http_reply_headers)
{
        static const struct server_step steps[] = {
                { .what = SERVER_REPLY, .text = "HTTP/1.1 103 Early\r\nX-One: no\r\n\r\nHTTP/1.1 200 OK\r\n"
                  "x-ONE:  yes \r\nX-Two: 2\r\nX-Two: 3\r\nContent-Length: 0\r\n\r\n" },
        };

        serve(steps, 1);
        mst_http_start(request, "GET", "/");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_int_eq(strncmp(mst_http_reply_header(reply, "X-One"), "yes", 3), 0);
        ck_assert_str_eq(mst_http_reply_header(reply, "x-two"), "2");
        ck_assert_ptr_null(mst_http_reply_header(reply, "X-Thr"));
        ck_assert_ptr_null(mst_http_reply_header(reply, "X-T"));
}
END_TEST

/* 2,000 times the letter a */
static const char packed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x05\xa3\x60\x14"
        "\x8c\x82\x51\x30\x0a\x46\xc1\x50\x07\x00\x39\x3e\x13\xa8\xd0\x07\x00\x00";

START_TEST(http_packed_and_cap)
{
        struct server_step steps[] = {
                { .what = SERVER_STATUS, .status = 200, .headers = "Content-Encoding: gzip\r\n",
                  .text = packed, .size = sizeof packed - 1 },
        };
        size_t size;

        serve(steps, 1);
        mst_http_start(request, "GET", "/");
        ck_assert_msg(mst_http_do(http, request, reply, &err) == MST_OK, "%s", err.text);
        ck_assert_uint_eq(strspn(mst_http_content(reply, &size), "a"), 2000);
        ck_assert_uint_eq(size, 2000);
        mst_http_set(http, MST_HTTP_CAP, 1000);          /* far more than the packed bytes */
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "larger than 1000 bytes"));
        ck_assert_uint_eq(server_count(&server), 2);     /* and not tried again */
}
END_TEST

START_TEST(http_too_slow)
{
        static const struct server_step steps[] = { { .what = SERVER_SILENT } };
        int64_t start;

        config.timeout = 300;
        serve(steps, 1);
        mst_http_set(http, MST_HTTP_TRIES, 2);
        mst_http_start(request, "GET", "/");
        start = now_ms();
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "in time"));
        ck_assert_int_ge(now_ms() - start, 600);
        ck_assert_int_le(now_ms() - start, 5000);
}
END_TEST

static void *
stop_soon(void *self)
{
        struct timespec nap = { .tv_nsec = 200000000 };

        (void)self;
        nanosleep(&nap, NULL);
        mst_test_stop(test);
        return NULL;
}

/* Stopping ends a wait for an answer, and one between tries. */
START_TEST(http_stops)
{
        static const struct server_step steps[2][1] = {
                { { .what = SERVER_SILENT } }, { WITH(503, "Retry-After: 30\r\n") },
        };
        pthread_t thread;
        int64_t start;

        config.timeout = 60000;
        serve(steps[_i], 1);
        mst_http_set(http, MST_HTTP_PATIENCE, 3600000);
        mst_http_start(request, "GET", "/");
        pthread_create(&thread, NULL, stop_soon, NULL);
        start = now_ms();
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert_int_le(now_ms() - start, 1500);
        ck_assert_ptr_nonnull(strstr(err.text, "stop"));
        pthread_join(thread, NULL);
}
END_TEST

START_TEST(http_nobody_there)
{
        static const struct server_step steps[] = { OK200 };
        char url[64];

        serve(steps, 1);
        mst_http_free(http);
        snprintf(url, sizeof url, "http://127.0.0.1:1");
        config.url = url;
        http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);
        mst_http_set(http, MST_HTTP_BACKOFF, 1);
        mst_http_start(request, "POST", "/x");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert(!mst_http_was_sent(reply));
        ck_assert_int_eq(mst_http_status(reply), 0);
        ck_assert_ptr_nonnull(strstr(err.text, "POST http://127.0.0.1:1/x"));
}
END_TEST

/* What is wrong with a request keeps it from being sent. */
START_TEST(http_bad_requests)
{
        static const struct server_step steps[] = { OK200 };
        struct mst_secret *broken = mst_secret_new("a\r\nX-Evil: 1", 12);
        struct mst_secret *nul = mst_secret_new("a\0b", 3);

        serve(steps, 1);
        mst_http_start(request, "GET", "/");
        switch (_i) {
        case 0: mst_http_header(request, "X-A", "b\r\nX-Evil: 1"); break;
        case 1: mst_http_header(request, "X-A: b\r\nX-Evil", "1"); break;
        case 2: mst_http_secret_header(request, "X-A", "", broken); break;
        case 3: mst_http_secret_header(request, "X-A", "", nul); break;
        case 4: mst_http_start(request, "GET /evil", "/"); break;
        case 5: mst_http_start(request, "GET", "/a b"); break;
        case 6: mst_http_start(request, "GET", "/a\r\nX-Evil: 1"); break;
        case 7: mst_http_start(request, "GET", "http://127.0.0.1:%d/", server.port + 1); break;
        case 8: mst_http_start(request, "GET", "https://127.0.0.1:%d/", server.port); break;
        case 9: mst_http_start(request, "GET", "http://user:pw@127.0.0.1:%d/", server.port); break;
        case 10: mst_http_start(request, "GET", "http://127.0.0.1:%d@evil.example/", server.port); break;
        case 11: mst_http_start(request, "GET", "http://localhost:%d/", server.port); break;
        case 12: mst_http_start_exact(request, "GET", "/a\0b", 4); break;
        case 13: mst_http_start(request, "GET", "/caf\xc3\xa9"); break;
        case 14: mst_http_start(request, "GET", "http://127.0.0.1:%d\\@evil.example/", server.port); break;
        default: ck_abort();
        }
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "not sent"));
        ck_assert_uint_eq(server_count(&server), 0);
        mst_secret_free(broken);
        mst_secret_free(nul);
}
END_TEST

/* Proxies of the environment are ignored; one of the configuration is used, but not for
 * what stays on this machine unencrypted. */
START_TEST(http_proxy)
{
        static const struct server_step steps[] = { OK200 }, gate[] = { STATUS(502) };
        struct server proxy;

        server_start(&proxy, gate, 1);
        setenv("http_proxy", proxy.url, 1);
        setenv("https_proxy", proxy.url, 1);
        setenv("ALL_PROXY", proxy.url, 1);
        serve(steps, 1);
        mst_http_start(request, "GET", "/");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_uint_eq(proxy.connections, 0);

        mst_http_free(http);
        config.proxy = proxy.url;
        http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);
        mst_http_set(http, MST_HTTP_TRIES, 1);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_uint_eq(proxy.connections, 0);
        ck_assert_int_eq(mst_http_allow(http, "https://service.invalid", &err), MST_OK);
        mst_http_start(request, "GET", "https://service.invalid/path");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert_uint_eq(server_count(&proxy), 1);
        ck_assert(strncmp(server_request(&proxy, 0), "CONNECT service.invalid:443 ", 28) == 0);
        server_end(&proxy);
}
END_TEST

START_TEST(http_rate)
{
        static const struct server_step steps[] = { OK200 };
        int64_t start;

        config.rate = 100;
        serve(steps, 1);
        start = now_ms();
        for (int i = 0; i < 40; i++) {
                mst_http_start(request, "GET", "/");
                ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        }
        ck_assert_int_ge(now_ms() - start, 320);         /* 39 steps of 10 ms, less the burst */
}
END_TEST

static void *
stop_after_three(void *self)
{
        (void)self;
        while (server_count(&server) < 3)
                mst_host_sleep(mst_test_host(test), 10);
        mst_host_sleep(mst_test_host(test), 300);
        mst_test_stop(test);
        return NULL;
}

/* So many in a minute go out at once, and the next waits, which costs no patience. */
START_TEST(http_minute)
{
        static const struct server_step steps[] = { STATUS(503), OK200 };
        pthread_t thread;

        serve(steps, 2);
        mst_http_set(http, MST_HTTP_PATIENCE, 500);
        mst_http_set(http, MST_HTTP_MINUTE, 3);
        ck_assert_int_eq(pthread_create(&thread, NULL, stop_after_three, NULL), 0);
        for (int i = 0; i < 2; i++) {                    /* the first is sent twice */
                mst_http_start(request, "GET", "/");
                ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        }
        mst_http_start(request, "GET", "/");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ENET);
        ck_assert_uint_eq(server_count(&server), 3);
        ck_assert_int_lt(mst_http_waited(http), 500);
        pthread_join(thread, NULL);
}
END_TEST

/* What a service asks to wait, everybody waits. */
/* A wait of the caller's own costs no patience; one that the service asked for does. */
START_TEST(http_hold)
{
        static const struct server_step steps[] = { OK200 };
        int64_t start;

        serve(steps, 1);
        mst_http_set(http, MST_HTTP_PATIENCE, 50);
        mst_http_hold(http, 300, false);
        mst_http_hold(http, 1, false);               /* the longer one counts */
        mst_http_hold(http, -5, true);
        start = now_ms();
        mst_http_start(request, "GET", "/x");
        ck_assert_msg(mst_http_do(http, request, reply, &err) == MST_OK, "%s", err.text);
        ck_assert_int_ge(now_ms() - start, 290);
        ck_assert_int_eq(mst_http_waited(http), 0);
        mst_http_hold(http, 5000, true);
        mst_http_start(request, "GET", "/x");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ETHROTTLED);
        ck_assert_uint_gt(err.retry_after_ms, 1000);
        ck_assert_uint_eq(server_count(&server), 1);
}
END_TEST

START_TEST(http_gate)
{
        static const struct server_step steps[] = { WITH(429, "Retry-After: 0.3\r\n"), OK200 };
        int64_t start;

        serve(steps, 2);
        mst_http_set(http, MST_HTTP_PATIENCE, 0);
        mst_http_start(request, "GET", "/");
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ETHROTTLED);
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_ETHROTTLED);
        ck_assert_ptr_nonnull(strstr(err.text, "not sent"));
        ck_assert_uint_gt(err.retry_after_ms, 0);
        ck_assert_uint_eq(server_count(&server), 1);
        mst_http_set(http, MST_HTTP_PATIENCE, 1000);
        start = now_ms();
        ck_assert_int_eq(mst_http_do(http, request, reply, &err), MST_OK);
        ck_assert_int_ge(now_ms() - start, 200);
        ck_assert_int_ge(mst_http_waited(http), 200);
        mst_http_renew(http);
        ck_assert_int_eq(mst_http_waited(http), 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("http");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, http_tries, 0, UNIT_COUNT(tries));
        tcase_add_test(c, http_kept_connection_dies);
        tcase_add_test(c, http_keeps_connections);
        tcase_add_test(c, http_what_is_sent);
        tcase_add_test(c, http_reply_headers);
        tcase_add_test(c, http_packed_and_cap);
        tcase_add_test(c, http_too_slow);
        tcase_add_loop_test(c, http_stops, 0, 2);
        tcase_add_test(c, http_nobody_there);
        tcase_add_loop_test(c, http_bad_requests, 0, 15);
        tcase_add_test(c, http_proxy);
        tcase_add_test(c, http_rate);
        tcase_add_test(c, http_minute);
        tcase_add_test(c, http_hold);
        tcase_add_test(c, http_gate);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
