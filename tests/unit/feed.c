/* feed.c - ops go in, are drawn, settled and collected, each exactly once, whatever
 * happens in between. */
#include "sdk/op.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "util/alloc.h"
#include "util/date.h"

static bool
readable(int fd)
{
        struct pollfd p = { .fd = fd, .events = POLLIN };

        return poll(&p, 1, 0) == 1;
}

static struct mst_op *
op_of(int64_t number, enum mst_verb verb)
{
        struct mst_op *op = mstc_op_new();

        op->number = number;
        op->verb = verb;
        op->kind = MST_USER;
        return op;
}

static struct mst_op *
collect_one(struct mst_feed *feed)
{
        struct mst_op *op = NULL;

        return mstc_feed_collect(feed, &op, 1, 0) == 1 ? op : NULL;
}

/* Collects one op, checks it, frees it. */
static void
expect(struct mst_feed *feed, int64_t number, enum mst_outcome outcome, const char *why)
{
        struct mst_op *op = collect_one(feed);

        ck_assert_ptr_nonnull(op);
        ck_assert_int_eq(op->number, number);
        ck_assert_int_eq(op->outcome, outcome);
        if (why != NULL)
                ck_assert_msg(strstr(op->why.text, why) != NULL, "%s", op->why.text);
        mstc_op_free(op);
}

START_TEST(in_and_out)
{
        struct mst_feed *feed = mstc_feed_new(3);
        struct mst_op *a, *b;

        ck_assert_uint_eq(mstc_feed_room(feed), 3);
        ck_assert_ptr_null(mst_feed_next(feed));
        mstc_feed_push(feed, op_of(1, MST_UPDATE));
        mstc_feed_push(feed, op_of(2, MST_UPDATE));
        ck_assert_uint_eq(mstc_feed_room(feed), 1);
        a = mst_feed_next(feed);
        b = mst_feed_wait(feed);
        ck_assert_int_eq(a->number, 1);
        ck_assert_int_eq(b->number, 2);
        ck_assert_ptr_null(mst_feed_next(feed));
        ck_assert(!mst_feed_ended(feed));
        ck_assert_ptr_null(collect_one(feed));
        mst_op_settle(b, MST_DONE, NULL);
        mst_op_settle(a, MST_ALREADY, NULL);
        ck_assert_uint_eq(mstc_feed_open_count(feed), 2);
        expect(feed, 2, MST_DONE, NULL);
        expect(feed, 1, MST_ALREADY, NULL);
        ck_assert_uint_eq(mstc_feed_open_count(feed), 0);
        ck_assert_ptr_null(collect_one(feed));
        mstc_feed_free(feed);
        mstc_feed_free(NULL);
}
END_TEST

START_TEST(descriptors_follow)
{
        struct mst_feed *feed = mstc_feed_new(10);
        int draw = mst_feed_fd(feed), done = mstc_feed_collect_fd(feed);
        struct mst_op *ops[3];

        ck_assert(!readable(draw) && !readable(done));
        for (int i = 0; i < 3; i++)
                mstc_feed_push(feed, op_of(i, MST_UPDATE));
        for (int i = 0; i < 3; i++) {
                ck_assert(readable(draw));
                ops[i] = mst_feed_next(feed);
        }
        ck_assert(!readable(draw));
        for (int i = 0; i < 3; i++) {
                mst_op_settle(ops[i], MST_DONE, NULL);
                ck_assert(readable(done));
        }
        ck_assert_uint_eq(mstc_feed_collect(feed, ops, 2, 0), 2);
        ck_assert(readable(done));
        mstc_op_free(ops[0]);
        mstc_op_free(ops[1]);
        expect(feed, 2, MST_DONE, NULL);
        ck_assert(!readable(done));
        mstc_feed_end(feed);
        ck_assert(readable(draw) && mst_feed_ended(feed));
        mstc_feed_reopen(feed);
        ck_assert(!readable(draw) && !mst_feed_ended(feed));
        mstc_feed_push(feed, op_of(7, MST_UPDATE));
        mstc_feed_end(feed);
        ck_assert(!mst_feed_ended(feed));
        ops[0] = mst_feed_next(feed);
        ck_assert(readable(draw) && mst_feed_ended(feed));
        ck_assert_ptr_null(mst_feed_wait(feed));
        mstc_feed_free(feed);                              /* with an op that is drawn */
        feed = mstc_feed_new(1);
        mstc_feed_push(feed, op_of(1, MST_UPDATE));
        ck_assert(readable(mst_feed_fd(feed)));            /* asked for only now */
        mstc_feed_free(feed);
}
END_TEST

START_TEST(halt_gives_back)
{
        struct mst_feed *feed = mstc_feed_new(10);
        struct mst_op *op;

        for (int i = 0; i < 3; i++)
                mstc_feed_push(feed, op_of(i, MST_UPDATE));
        op = mst_feed_next(feed);
        mstc_feed_halt(feed);
        ck_assert(mst_feed_ended(feed) && readable(mst_feed_fd(feed)));
        ck_assert_ptr_null(mst_feed_next(feed));
        ck_assert_ptr_null(mst_feed_wait(feed));
        mstc_feed_push(feed, op_of(3, MST_UPDATE));
        expect(feed, 1, MST_UNSENT, NULL);
        expect(feed, 2, MST_UNSENT, NULL);
        expect(feed, 3, MST_UNSENT, NULL);
        mst_op_settle(op, MST_DONE, NULL);                 /* in flight, still answered */
        expect(feed, 0, MST_DONE, NULL);
        mstc_feed_free(feed);
}
END_TEST

START_TEST(close_leaves_nothing_open)
{
        struct mst_feed *feed = mstc_feed_new(10);
        struct mst_error err = { 0 };

        for (int i = 0; i < 3; i++)
                mstc_feed_push(feed, op_of(i, MST_UPDATE));
        mst_feed_next(feed);
        mst_feed_next(feed);
        mst_fail(&err, MST_ENET, "connection reset");
        mstc_feed_close(feed, &err);
        expect(feed, 0, MST_UNKNOWN, "connection reset");
        expect(feed, 1, MST_UNKNOWN, "connection reset");
        expect(feed, 2, MST_UNSENT, NULL);
        mstc_feed_reopen(feed);
        mstc_feed_push(feed, op_of(3, MST_UPDATE));
        mst_feed_next(feed);
        mstc_feed_close(feed, NULL);
        expect(feed, 3, MST_UNKNOWN, "without telling");
        mstc_feed_free(feed);
}
END_TEST

/* What came back unsent may be pushed again, and remembers nothing of the first time. */
START_TEST(an_unsent_op_can_go_again)
{
        struct mst_feed *feed = mstc_feed_new(10);
        struct mst_op *op = op_of(1, MST_CREATE);

        mstc_feed_push(feed, op);
        op = mst_feed_next(feed);
        mst_op_set_object(op, "uuid", "cn=x", NULL);
        mst_op_set_user(op, feed);
        mst_op_settle(op, MST_UNSENT, NULL);
        op = collect_one(feed);
        mstc_feed_push(feed, op);
        op = mst_feed_next(feed);
        ck_assert_ptr_null(mst_op_user(op));
        mst_op_settle(op, MST_DONE, NULL);
        expect(feed, 1, MST_UNKNOWN, "without naming");
        mstc_feed_free(feed);
}
END_TEST

static const struct {
        enum mst_verb verb;
        const char *object;                  /* given to mst_op_set_object(), or NULL */
        int outcome;
        const char *why;
        enum mst_outcome becomes;
        const char *says;
} outcomes[] = {
        { MST_CREATE, "uuid", MST_DONE, NULL, MST_DONE, NULL },
        { MST_CREATE, "uuid", MST_ALREADY, NULL, MST_ALREADY, NULL },
        { MST_CREATE, NULL, MST_DONE, NULL, MST_UNKNOWN, "without naming" },
        { MST_CREATE, NULL, MST_ALREADY, NULL, MST_UNKNOWN, "without naming" },
        { MST_CREATE, "", MST_DONE, NULL, MST_UNKNOWN, "without naming" },
        { MST_CREATE, "\xff", MST_DONE, NULL, MST_UNKNOWN, "without naming" },
        { MST_CREATE, NULL, MST_REFUSED, "no such class", MST_REFUSED, "no such class" },
        { MST_UPDATE, NULL, MST_DONE, NULL, MST_DONE, NULL },
        { MST_ADOPT, NULL, MST_DONE, NULL, MST_DONE, NULL },
        { MST_UPDATE, NULL, MST_REFUSED, NULL, MST_REFUSED, "no reason" },
        { MST_UPDATE, NULL, MST_RETRY, NULL, MST_RETRY, "no reason" },
        { MST_UPDATE, NULL, MST_GONE, "", MST_GONE, "no reason" },
        { MST_UPDATE, NULL, MST_DUPLICATE, "taken", MST_DUPLICATE, "taken" },
        { MST_UPDATE, NULL, MST_UNKNOWN, "timed out", MST_UNKNOWN, "timed out" },
        { MST_UPDATE, NULL, MST_UNSENT, NULL, MST_UNSENT, NULL },
        { MST_UPDATE, NULL, 0, NULL, MST_UNKNOWN, "does not exist (0)" },
        { MST_UPDATE, NULL, 9, "x", MST_UNKNOWN, "does not exist (9)" },
        { MST_UPDATE, NULL, -5, NULL, MST_UNKNOWN, "does not exist (-5)" },
};

START_TEST(settled_as)
{
        struct mst_feed *feed = mstc_feed_new(1);
        struct mst_error err = { .retry_after_ms = 0 };
        struct mst_op *op;

        mstc_feed_push(feed, op_of(1, outcomes[_i].verb));
        op = mst_feed_next(feed);
        if (outcomes[_i].object != NULL)
                mst_op_set_object(op, outcomes[_i].object, "cn=x", NULL);
        if (outcomes[_i].why != NULL)
                mst_fail(&err, MST_EREFUSED, "%s", outcomes[_i].why);
        err.retry_after_ms = 1500;
        mst_op_settle(op, (enum mst_outcome)outcomes[_i].outcome, outcomes[_i].why != NULL ? &err : NULL);
        mst_op_settle(op, MST_GONE, &err);                 /* the first word stands */
        op = collect_one(feed);
        ck_assert_int_eq(op->outcome, outcomes[_i].becomes);
        if (outcomes[_i].says != NULL)
                ck_assert_msg(strstr(op->why.text, outcomes[_i].says) != NULL, "%s", op->why.text);
        if (outcomes[_i].outcome == MST_DUPLICATE)
                ck_assert_uint_eq(op->why.retry_after_ms, 1500);
        ck_assert_ptr_null(collect_one(feed));
        mstc_op_free(op);
        mstc_feed_free(feed);
}
END_TEST

START_TEST(what_an_op_says)
{
        struct mst_op *op = op_of(1, MST_MEMBERS);
        struct mst_value old = mstc_value_text("old", 3), new = mstc_value_text("new", 3);
        struct mstc_change changes[] = { { "cn", &old, &new }, { "sn", &old, NULL } };
        struct mstc_op_member members[] = { { .joins = true, .object = "u1", .name = "cn=1" },
                                            { .object = "u2", .name = "cn=2" } };
        struct mst_record *wanted = mstc_record_new(op->arena, MST_USER, "x", 1);

        mstc_record_set(wanted, "mail", &new);
        op->changes = changes;
        op->change_count = 2;
        op->members = members;
        op->member_count = 2;
        op->wanted = wanted;
        ck_assert_uint_eq(mst_op_change_count(op), 2);
        ck_assert_str_eq(mst_op_change_name(op, 1), "sn");
        ck_assert_ptr_eq(mst_op_before(op, 0), &old);
        ck_assert_ptr_eq(mst_op_after(op, 0), &new);
        ck_assert_ptr_eq(mst_op_change(op, "cn"), &new);
        ck_assert_ptr_null(mst_op_change(op, "sn"));
        ck_assert_ptr_null(mst_op_change(op, "mail"));
        ck_assert(mst_value_equal(mst_op_wanted(op, "mail"), &new));
        ck_assert_ptr_null(mst_op_change_name(op, 2));
        ck_assert(mst_op_member_joins(op, 0) && !mst_op_member_joins(op, 1) && !mst_op_member_joins(op, 2));
        ck_assert_str_eq(mst_op_member_object(op, 1), "u2");
        ck_assert_str_eq(mst_op_member_name(op, 1), "cn=2");
        mst_op_member_settle(op, 1, MST_REFUSED, "no such member");
        mst_op_member_settle(op, 0, (enum mst_outcome)44, "x");
        mst_op_member_settle(op, 2, MST_GONE, "nobody");
        ck_assert_int_eq(members[1].outcome, MST_REFUSED);
        ck_assert_str_eq(members[1].why, "no such member");
        ck_assert_int_eq(members[0].outcome, MST_UNKNOWN);
        ck_assert_str_eq(mst_op_stamp(op), "");
        ck_assert_str_eq(mst_verb_name(MST_MEMBERS), "members");
        ck_assert_str_eq(mst_verb_name((enum mst_verb)99), "unknown");
        mstc_op_free(op);
        mstc_op_free(NULL);
}
END_TEST

/* --- two threads -------------------------------------------------------------------------- */

#define MANY 20000
#define ROOM 64

static void *
sink_waits(void *argument)
{
        struct mst_op *op;

        while ((op = mst_feed_wait(argument)) != NULL) {
                mst_op_set_object(op, "uuid", "cn=x", NULL);
                mst_op_settle(op, op->number % 7 == 0 ? MST_UNSENT : MST_DONE, NULL);
        }
        return NULL;
}

/* Keeps up to sixteen in flight and settles them out of order. */
static void *
sink_polls(void *argument)
{
        struct mst_feed *feed = argument;
        struct pollfd p = { .fd = mst_feed_fd(feed), .events = POLLIN };
        struct mst_op *flying[16];
        size_t count = 0;

        for (;;) {
                struct mst_op *op = count < 16 ? mst_feed_next(feed) : NULL;

                if (op != NULL) {
                        mst_op_set_object(op, "uuid", "cn=x", NULL);
                        flying[count++] = op;
                        continue;
                }
                if (count > 0) {
                        op = flying[count / 2];
                        flying[count / 2] = flying[count - 1];
                        count--;
                        mst_op_settle(op, op->number % 7 == 0 ? MST_UNSENT : MST_DONE, NULL);
                } else if (mst_feed_ended(feed))
                        return NULL;
                else
                        poll(&p, 1, 1000);
        }
}

static void
account(struct mst_op **ops, size_t n, unsigned char *seen, size_t *collected)
{
        size_t wrong = 0;

        for (size_t i = 0; i < n; i++) {
                wrong += ops[i]->outcome != (ops[i]->number % 7 == 0 ? MST_UNSENT : MST_DONE);
                wrong += seen[ops[i]->number]++ != 0;
                mstc_op_free(ops[i]);
        }
        ck_assert_uint_eq(wrong, 0);
        *collected += n;
}

START_TEST(every_op_once)
{
        void *(*const sinks[])(void *) = { sink_waits, sink_polls };
        struct mst_feed *feed = mstc_feed_new(ROOM);
        static unsigned char seen[MANY];
        struct pollfd p = { .fd = mstc_feed_collect_fd(feed), .events = POLLIN };
        struct mst_op *ops[ROOM];
        size_t pushed = 0, collected = 0;
        pthread_t sink;

        memset(seen, 0, sizeof seen);
        ck_assert_int_eq(pthread_create(&sink, NULL, sinks[_i % 2], feed), 0);
        while (collected < MANY) {
                for (size_t room = mstc_feed_room(feed); room > 0 && pushed < MANY; room--)
                        mstc_feed_push(feed, op_of((int64_t)pushed++, MST_CREATE));
                if (pushed == MANY)
                        mstc_feed_end(feed);
                if (_i / 2 == 0)
                        account(ops, mstc_feed_collect(feed, ops, ROOM, 1000), seen, &collected);
                else {
                        ck_assert_int_eq(poll(&p, 1, 10000), 1);
                        account(ops, mstc_feed_collect(feed, ops, 7, 0), seen, &collected);
                }
                ck_assert_uint_eq(mstc_feed_open_count(feed), pushed - collected);
        }
        pthread_join(sink, NULL);
        mstc_feed_close(feed, NULL);
        ck_assert_uint_eq(mstc_feed_open_count(feed), 0);
        mstc_feed_free(feed);
}
END_TEST

START_TEST(halt_wakes_the_sink)
{
        struct mst_feed *feed = mstc_feed_new(ROOM);
        struct mst_op *op;
        pthread_t sink;
        int64_t began = mstc_clock_ticks_ms();

        pthread_create(&sink, NULL, sink_waits, feed);
        ck_assert_uint_eq(mstc_feed_collect(feed, &op, 1, 50), 0);
        ck_assert_int_ge(mstc_clock_ticks_ms() - began, 45);
        if (_i == 0)
                mstc_feed_halt(feed);
        else
                mstc_feed_end(feed);
        pthread_join(sink, NULL);
        ck_assert_int_lt(mstc_clock_ticks_ms() - began, 5000);
        mstc_feed_free(feed);
}
END_TEST

START_TEST(memory_out)
{
        mstc_alloc_fail_at(1);
        ck_assert_ptr_null(mstc_op_new());
        for (long n = 1; n <= 2; n++) {
                mstc_alloc_fail_at(n);
                ck_assert_ptr_null(mstc_feed_new(1));
                ck_assert(mstc_alloc_failed());
        }
        mstc_alloc_fail_at(0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("feed");
        TCase *t = tcase_create("feed");

        tcase_add_test(t, in_and_out);
        tcase_add_test(t, descriptors_follow);
        tcase_add_test(t, halt_gives_back);
        tcase_add_test(t, close_leaves_nothing_open);
        tcase_add_test(t, an_unsent_op_can_go_again);
        tcase_add_loop_test(t, settled_as, 0, UNIT_COUNT(outcomes));
        tcase_add_test(t, what_an_op_says);
        tcase_add_loop_test(t, every_op_once, 0, 4);
        tcase_add_loop_test(t, halt_wakes_the_sink, 0, 2);
        tcase_add_test(t, memory_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
