/* crowd.c - groups that are larger than what the server takes in one request: the size is
 * learned from its refusals, kept, and used from the start the next time. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/ldap/chunk.h"
#include "../../../plugins/ldap/sink.h"

#define TEAM "cn=team," GROUPS

static const char *
person(size_t number)
{
        static char names[8][128];
        static size_t next;
        char *name = names[next++ % 8];

        snprintf(name, sizeof names[0], "uid=u%06zu," PEOPLE, number);
        return name;
}

static struct mst_op *
make_group(struct fixture *fx, size_t count)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_GROUP, "team");

        fx_put(mst_test_op_after(op), "cn", "team");
        for (size_t i = 0; i < count; i++)
                mst_test_op_member(op, true, "some-id", person(i));
        return op;
}

static struct mst_op *
change(struct fixture *fx, bool joins, size_t from, size_t to)
{
        struct mst_op *op = fx_op(fx, MST_MEMBERS, MST_GROUP, "team");

        mst_test_op_object(op, fx_id(fx, TEAM), TEAM, NULL);
        for (size_t i = from; i < to; i++)
                mst_test_op_member(op, joins, "id", person(i));
        return op;
}

static size_t
log_count(struct fixture *fx, const char *words)
{
        size_t found = 0;

        for (size_t i = 0; i < mst_test_log_count(fx->test); i++)
                found += strstr(mst_test_log_at(fx->test, i, NULL), words) != NULL;
        return found;
}

static void
open_again(struct fixture *fx)
{
        struct mst_error err = { 0 };

        mst_plugin_ldap.sink->close(fx->self);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

/* The server hangs up above 64 KB and nobody has said so. */
START_TEST(hangs_up)
{
        struct fixture fx;
        size_t bytes, lost;

        fx_start(&fx, "tight");
        (void)make_group(&fx, 10);
        fx_expect(&fx, MST_DONE);
        (void)change(&fx, true, 10, 10000);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 10000);
        bytes = ldp_chunk_bytes(fx.self);
        ck_assert_uint_le(bytes, 65536);
        ck_assert_uint_ge(bytes, 16384);
        lost = log_count(&fx, "lost") + log_count(&fx, "closed") + log_count(&fx, "ended");
        ck_assert_uint_gt(lost, 0);

        (void)change(&fx, false, 5, 9990);               /* now it is known: no connection is lost */
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 15);
        ck_assert_uint_eq(log_count(&fx, "lost") + log_count(&fx, "closed") + log_count(&fx, "ended"), lost);

        open_again(&fx);                                 /* and in a later run */
        ck_assert_uint_eq(ldp_chunk_bytes(fx.self), bytes);
        (void)change(&fx, true, 5, 9990);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 10000);
        ck_assert_uint_eq(log_count(&fx, "lost") + log_count(&fx, "closed") + log_count(&fx, "ended"), lost);

        fx.config.max_request = 3000000;                 /* the admin has changed something */
        open_again(&fx);
        ck_assert_uint_eq(ldp_chunk_bytes(fx.self), 3000000);
        fx_close(&fx);
}
END_TEST

/* A new group that is too large: nothing is known of the first attempt, as the server may
 * have carried it out; each further one brings fewer, and all arrive. */
START_TEST(made_too_large)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op = NULL;
        int tries;

        fx_start(&fx, "tight");
        for (tries = 0; tries < 8; tries++) {
                op = make_group(&fx, 10000);
                ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
                fx_forget(&fx);
                if (mst_test_outcome(op) == MST_DONE)
                        break;
                ck_assert_int_eq(mst_test_outcome(op), MST_UNKNOWN);
                ck_assert(!fx_exists(&fx, TEAM));
        }
        ck_assert_int_eq(mst_test_outcome(op), MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 10000);
        ck_assert_str_eq(mst_test_new_object(op), fx_id(&fx, TEAM));
        fx_close(&fx);
}
END_TEST

/* What is kept can be anything by now. */
static const struct {
        const char *kept;
        size_t bytes;
} keeps[] = {
        { "30000 0 4096000", 30000 }, { "0 500 4096000", 4096000 }, { "30000 0 1", 4096000 }, { "", 4096000 },
        { "x", 4096000 }, { "99999999999 0 4096000", 4096000 }, { "30000", 4096000 }, { "-1 -1 4096000", 4096000 },
};

START_TEST(kept)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_start(&fx, "main");
        ck_assert_int_eq(mst_host_keep(mst_test_host(fx.test), "chunk", keeps[_i].kept, strlen(keeps[_i].kept), &err),
                         MST_OK);
        ck_assert_uint_eq(ldp_chunk_bytes(fx.self), keeps[_i].bytes);
        fx_close(&fx);
}
END_TEST

/* SHAPE_CROWD=250000 makes it as large as that; then it says how long it took. */
START_TEST(crowd)
{
        const char *size = getenv("SHAPE_CROWD");
        size_t count = size != NULL ? strtoul(size, NULL, 10) : 20000;
        struct fixture fx;

        fx_start(&fx, "main");
        fx.config.access.timeout = 600000;
        (void)make_group(&fx, count);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), count);
        (void)change(&fx, false, count / 2, count);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), count / 2);
        (void)change(&fx, true, 0, count);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), count);
        fx_close(&fx);
}
END_TEST

TCase *
case_crowd(void)
{
        TCase *tests = tcase_create("crowd");

        tcase_set_timeout(tests, 1800);
        tcase_add_test(tests, hangs_up);
        tcase_add_test(tests, made_too_large);
        tcase_add_loop_test(tests, kept, 0, (int)(sizeof keeps / sizeof *keeps));
        tcase_add_test(tests, crowd);
        return tests;
}
