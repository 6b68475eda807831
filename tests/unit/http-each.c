/* http-each.c - a sink's feed carried out by requests: what each answer makes of an op,
 * and what ends the call. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http-kit.h"
#include "unit.h"

static struct mst_feed *feed;

static void
begin_feed(void)
{
        begin();
        feed = mst_test_feed(test);
        ck_assert_ptr_nonnull(feed);
}

static struct mst_op *
make(enum mst_verb verb, int number)
{
        char id[32];
        struct mst_op *op;
        struct mst_record *after;

        snprintf(id, sizeof id, "u%d", number);
        op = mst_test_op(test, verb, MST_USER, id);
        ck_assert_ptr_nonnull(op);
        after = mst_test_op_after(op);
        mst_record_text(after, mst_record_put(after, "mail"), "ada@x.org", 9);
        if (verb != MST_CREATE)
                ck_assert(mst_test_op_object(op, id, id, NULL));
        return op;
}

static void
push(enum mst_verb verb, int number)
{
        ck_assert(mst_test_push(feed, make(verb, number)));
}

static int
ask(void *self, struct mst_op *op, struct mst_http_request *into, struct mst_error *why)
{
        (void)self, (void)why;
        if (mst_op_verb(op) == MST_CREATE)
                mst_http_start(into, "POST", "/users");
        else
                mst_http_start(into, "PATCH", "/users/%s", mst_op_object(op));
        mst_http_body(into, "application/json", "{}", 2);
        return MST_OK;
}

static bool
tell(void *self, struct mst_op *op, struct mst_http_reply *got, struct mst_error *why)
{
        (void)self, (void)why;
        if (mst_http_status(got) != 201)
                return false;
        mst_op_set_object(op, "new-id", "new-name", NULL);
        mst_op_settle(op, MST_DONE, NULL);
        return true;
}

static int
carry_out(mst_http_ask *how)
{
        int code = mst_http_each(http, feed, how, tell, NULL, &err);

        mst_test_close(feed, code == MST_OK ? NULL : &err);
        return code;
}

#define DETAIL(n) { .what = SERVER_STATUS, .status = n, .text = "{\"detail\":\"be\tcause\"}" }

static const struct {
        enum mst_verb verb;
        struct server_step step;
        enum mst_outcome outcome;
        const char *says;
} cases[] = {
        { MST_CREATE, DETAIL(201), MST_DONE, NULL },
        { MST_UPDATE, DETAIL(200), MST_DONE, NULL },
        { MST_UPDATE, DETAIL(204), MST_DONE, NULL },
        { MST_UPDATE, DETAIL(404), MST_GONE, "PATCH http://127.0.0.1" },
        { MST_DELETE, DETAIL(410), MST_GONE, "410" },
        { MST_CREATE, DETAIL(404), MST_REFUSED, "404" },
        { MST_CREATE, DETAIL(409), MST_DUPLICATE, "409" },
        { MST_UPDATE, DETAIL(409), MST_REFUSED, "409" },
        { MST_UPDATE, DETAIL(412), MST_REFUSED, "412" },
        { MST_UPDATE, DETAIL(400), MST_REFUSED, "be cause" },
        { MST_UPDATE, DETAIL(403), MST_REFUSED, "403" },
        { MST_UPDATE, DETAIL(422), MST_REFUSED, "422" },
        { MST_UPDATE, DETAIL(501), MST_REFUSED, "501" },
        { MST_UPDATE, DETAIL(302), MST_REFUSED, "302" },
        { MST_UPDATE, DETAIL(401), MST_RETRY, "401" },
        { MST_UPDATE, DETAIL(429), MST_RETRY, "429" },
        { MST_UPDATE, DETAIL(500), MST_RETRY, "500" },
        { MST_CREATE, DETAIL(503), MST_RETRY, "503" },
        { MST_UPDATE, { .what = SERVER_STATUS, .status = 429, .headers = "Retry-After: 1.5\r\n" }, MST_RETRY,
          "429" },
        { MST_CREATE, { .what = SERVER_CLOSE }, MST_UNKNOWN, "POST" },
        { MST_UPDATE, { .what = SERVER_CUT, .text = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha" },
          MST_UNKNOWN, "PATCH" },
};

START_TEST(each_outcome)
{
        struct mst_op *op;

        serve(&cases[_i].step, 1);
        push(cases[_i].verb, 1);
        mst_test_end(feed);
        ck_assert_msg(carry_out(ask) == MST_OK, "%s", err.text);
        op = mst_test_collect(feed);
        ck_assert_ptr_nonnull(op);
        ck_assert_int_eq(mst_test_outcome(op), cases[_i].outcome);
        if (cases[_i].says != NULL)
                ck_assert_msg(strstr(mst_test_why(op)->text, cases[_i].says) != NULL, "%s",
                              mst_test_why(op)->text);
        if (_i == 0)
                ck_assert_str_eq(mst_test_new_object(op), "new-id");
        if (cases[_i].outcome == MST_RETRY && cases[_i].step.headers != NULL)
                ck_assert_uint_ge(mst_test_why(op)->retry_after_ms, 1500);
        ck_assert_ptr_null(mst_test_collect(feed));
        ck_assert_uint_eq(server_count(&server), 1);     /* never sent twice here */
}
END_TEST

static size_t
collect(enum mst_outcome which)
{
        struct mst_op *op;
        size_t count = 0;

        while ((op = mst_test_collect(feed)) != NULL) {
                ck_assert_int_eq(mst_test_outcome(op), which);
                count++;
        }
        return count;
}

START_TEST(each_several_at_once)
{
        static const struct server_step steps[] = { { .what = SERVER_STATUS, .status = 200, .delay_ms = 10 } };

        serve(steps, 1);
        for (int i = 0; i < 40; i++)
                push(MST_UPDATE, i);
        mst_test_end(feed);
        ck_assert_int_eq(carry_out(ask), MST_OK);
        ck_assert_uint_eq(collect(MST_DONE), 40);
        ck_assert_int_ge(server.peak, 2);
        ck_assert_int_le(server.peak, 4);
}
END_TEST

/* An op of two requests: what the second answer makes of it. */
static const struct {
        enum mst_verb verb;
        struct server_step second;
        enum mst_outcome outcome;
        const char *says;
} pairs[] = {
        { MST_CREATE, DETAIL(200), MST_DONE, NULL },
        { MST_CREATE, DETAIL(406), MST_UNKNOWN, "406" },        /* it is there: the engine looks */
        { MST_CREATE, DETAIL(409), MST_UNKNOWN, "409" },
        { MST_CREATE, DETAIL(404), MST_UNKNOWN, "404" },
        { MST_CREATE, DETAIL(429), MST_UNKNOWN, "429" },
        { MST_CREATE, DETAIL(503), MST_UNKNOWN, "503" },
        { MST_CREATE, { .what = SERVER_CLOSE }, MST_UNKNOWN, "POST" },
        { MST_CREATE, { .status = -1 }, MST_UNKNOWN, "too long" },      /* ask() refuses it */
        { MST_UPDATE, DETAIL(200), MST_DONE, NULL },
        { MST_UPDATE, DETAIL(406), MST_REFUSED, "406" },
        { MST_UPDATE, DETAIL(503), MST_RETRY, "503" },
        { MST_UPDATE, { .what = SERVER_CLOSE }, MST_UNKNOWN, "PATCH" },
        { MST_UPDATE, { .status = -1 }, MST_REFUSED, "too long" },
};

static int
ask_twice(void *self, struct mst_op *op, struct mst_http_request *into, struct mst_error *why)
{
        const bool *second_refused = self;

        if (mst_op_user(op) != NULL && *second_refused)
                return mst_fail(why, MST_EREFUSED, "the number is too long");
        return ask(self, op, into, why);
}

static bool
tell_twice(void *self, struct mst_op *op, struct mst_http_reply *got, struct mst_error *why)
{
        (void)why;
        if (mst_op_user(op) != NULL)
                return false;
        mst_op_set_object(op, "id", "name", NULL);
        mst_op_set_user(op, self);
        mst_http_more(got);
        return true;
}

START_TEST(each_two_requests)
{
        struct server_step steps[] = { DETAIL(200), pairs[_i].second };
        bool refused = pairs[_i].second.status < 0;
        struct mst_op *op;
        int code;

        config.in_flight = 1;
        serve(steps, refused ? 1 : 2);
        push(pairs[_i].verb, 1);
        mst_test_end(feed);
        code = mst_http_each(http, feed, ask_twice, tell_twice, &refused, &err);
        mst_test_close(feed, code == MST_OK ? NULL : &err);
        op = mst_test_collect(feed);
        ck_assert_ptr_nonnull(op);
        ck_assert_int_eq(mst_test_outcome(op), pairs[_i].outcome);
        if (pairs[_i].says != NULL)
                ck_assert_msg(strstr(mst_test_why(op)->text, pairs[_i].says) != NULL, "%s", mst_test_why(op)->text);
        ck_assert_ptr_null(mst_test_collect(feed));
        ck_assert_uint_eq(server_count(&server), refused ? 1 : 2);
}
END_TEST

static int
ask_badly(void *self, struct mst_op *op, struct mst_http_request *into, struct mst_error *why)
{
        if (strcmp(mst_op_id(op), "u0") == 0)
                return mst_fail(why, MST_EREFUSED, "the name is too long for us");
        if (strcmp(mst_op_id(op), "u1") == 0)
                return mst_fail(why, MST_ENET, "later");
        if (strcmp(mst_op_id(op), "u2") == 0) {
                mst_op_settle(op, MST_ALREADY, NULL);
                return MST_END;
        }
        return ask(self, op, into, why);
}

START_TEST(each_ask)
{
        static const struct server_step steps[] = { DETAIL(200) };
        static const enum mst_outcome want[] = { MST_REFUSED, MST_RETRY, MST_ALREADY, MST_DONE };
        struct mst_op *op;
        size_t seen = 0;

        serve(steps, 1);
        for (int i = 0; i < 4; i++)
                push(MST_UPDATE, i);
        mst_test_end(feed);
        ck_assert_int_eq(carry_out(ask_badly), MST_OK);
        while ((op = mst_test_collect(feed)) != NULL) {
                ck_assert_int_eq(mst_test_outcome(op), want[mst_op_id(op)[1] - '0']);
                seen++;
        }
        ck_assert_uint_eq(seen, 4);
        ck_assert_uint_eq(server_count(&server), 1);
}
END_TEST

/* Nobody there: a few tries, then the sink as a whole is at fault and the rest is given
 * back, unsent. */
START_TEST(each_unreached)
{
        static const struct server_step steps[] = { DETAIL(200) };
        char url[40] = "http://127.0.0.1:1";
        struct mst_op *op;
        size_t retry = 0, unsent = 0;

        serve(steps, 1);
        mst_http_free(http);
        config.url = url;
        config.in_flight = 1;
        http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);
        for (int i = 0; i < 20; i++)
                push(MST_CREATE, i);
        mst_test_end(feed);
        ck_assert_int_eq(carry_out(ask), MST_ENET);
        while ((op = mst_test_collect(feed)) != NULL) {
                retry += mst_test_outcome(op) == MST_RETRY;
                unsent += mst_test_outcome(op) == MST_UNSENT;
        }
        ck_assert_uint_eq(retry, 3);
        ck_assert_uint_eq(unsent, 17);
}
END_TEST

START_TEST(each_denied)
{
        static const struct server_step steps[] = { DETAIL(401) };

        config.in_flight = 1;
        serve(steps, 1);
        for (int i = 0; i < 10; i++)
                push(MST_UPDATE, i);
        mst_test_end(feed);
        ck_assert_int_eq(carry_out(ask), MST_EAUTH);
        ck_assert_uint_eq(server_count(&server), 2);
}
END_TEST

/* The service asks for more time than there is: that is the sink's affair. */
START_TEST(each_throttled_long)
{
        static const struct server_step steps[] = {
                { .what = SERVER_STATUS, .status = 429, .headers = "Retry-After: 600\r\n" },
        };
        struct mst_op *op;
        size_t unsent = 0;

        config.in_flight = 1;
        serve(steps, 1);
        for (int i = 0; i < 10; i++)
                push(MST_UPDATE, i);
        mst_test_end(feed);
        ck_assert_int_eq(carry_out(ask), MST_ETHROTTLED);
        ck_assert_uint_ge(err.retry_after_ms, 590000);
        while ((op = mst_test_collect(feed)) != NULL)
                unsent += mst_test_outcome(op) == MST_UNSENT;
        ck_assert_uint_eq(unsent, 9);
        ck_assert_uint_eq(server_count(&server), 1);
}
END_TEST

/* A short wait is waited, with the ops still in the feed. */
START_TEST(each_throttled_short)
{
        static const struct server_step steps[] = {
                { .what = SERVER_STATUS, .status = 429, .headers = "Retry-After: 0.3\r\n" }, DETAIL(200),
        };
        int64_t start;

        config.in_flight = 1;
        serve(steps, 2);
        push(MST_UPDATE, 0);
        push(MST_UPDATE, 1);
        mst_test_end(feed);
        start = mst_host_ticks_ms(mst_test_host(test));
        ck_assert_int_eq(carry_out(ask), MST_OK);
        ck_assert_int_ge(mst_host_ticks_ms(mst_test_host(test)) - start, 290);
        ck_assert_uint_eq(server_count(&server), 2);
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

/* Stopping: in flight and unanswered is unknown, the rest is given back, in time. */
START_TEST(each_stops)
{
        static const struct server_step steps[] = { { .what = SERVER_SILENT } };
        pthread_t thread;
        struct mst_op *op;
        size_t unknown = 0, unsent = 0;
        int64_t start;

        config.timeout = 60000;
        serve(steps, 1);
        for (int i = 0; i < 10; i++)
                push(MST_CREATE, i);
        pthread_create(&thread, NULL, stop_soon, NULL);
        start = mst_host_ticks_ms(mst_test_host(test));
        carry_out(ask);
        ck_assert_int_le(mst_host_ticks_ms(mst_test_host(test)) - start, 2200);
        while ((op = mst_test_collect(feed)) != NULL) {
                unknown += mst_test_outcome(op) == MST_UNKNOWN;
                unsent += mst_test_outcome(op) == MST_UNSENT;
        }
        ck_assert_uint_eq(unknown, 4);
        ck_assert_uint_eq(unsent, 6);
        pthread_join(thread, NULL);
}
END_TEST

static void *
push_later(void *self)
{
        struct timespec nap = { .tv_nsec = 100000000 };
        struct mst_op **ops = self;

        for (int i = 0; i < 5; i++) {
                nanosleep(&nap, NULL);
                ck_assert(mst_test_push(feed, ops[i]));
        }
        mst_test_end(feed);
        return NULL;
}

/* Ops that come while the call waits are taken at once. */
START_TEST(each_waits_for_the_feed)
{
        struct mst_op *ops[5];
        static const struct server_step steps[] = { DETAIL(200) };
        pthread_t thread;

        serve(steps, 1);
        for (int i = 0; i < 5; i++)              /* all of a test is one thread's but its feed */
                ops[i] = make(MST_UPDATE, i);
        pthread_create(&thread, NULL, push_later, ops);
        ck_assert_int_eq(carry_out(ask), MST_OK);
        pthread_join(thread, NULL);
        ck_assert_uint_eq(collect(MST_DONE), 5);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("http-each");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin_feed, end);
        tcase_add_loop_test(c, each_outcome, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(c, each_two_requests, 0, UNIT_COUNT(pairs));
        tcase_add_test(c, each_several_at_once);
        tcase_add_test(c, each_ask);
        tcase_add_test(c, each_unreached);
        tcase_add_test(c, each_denied);
        tcase_add_test(c, each_throttled_long);
        tcase_add_test(c, each_throttled_short);
        tcase_add_test(c, each_stops);
        tcase_add_test(c, each_waits_for_the_feed);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
