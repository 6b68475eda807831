/* host.c - what an instance gets from the program, and the wish to stop. */
#include "sdk/host.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "unit.h"
#include "util/date.h"

struct told {
        char line[4096];
        char name[64];
        size_t size;
};

static void
hear(void *self, const char *instance, enum mst_level level, const char *text)
{
        struct told *told = self;

        snprintf(told->line, sizeof told->line, "%s/%d/%s", instance, (int)level, text);
}

static int
keep(void *self, const char *instance, const char *name, const void *bytes, size_t size,
     struct mst_error *err)
{
        struct told *told = self;

        (void)bytes;
        snprintf(told->name, sizeof told->name, "%s/%s", instance, name);
        told->size = size;
        return size == 13 ? mst_fail(err, MST_EINTERNAL, "disk full") : MST_OK;
}

static bool
readable(int fd)
{
        struct pollfd p = { .fd = fd, .events = POLLIN };

        return poll(&p, 1, 0) == 1;
}

START_TEST(logs_and_keeps)
{
        static const struct mstc_host_calls calls = { .log = hear, .keep = keep };
        struct told told = { .size = 0 };
        struct mst_host *host = mstc_host_new("staff", &calls, &told, NULL);
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        static char large[16777217];
        char name[300];
        size_t size = 9;

        ck_assert_str_eq(mst_host_name(host), "staff");
        mst_host_log(host, MST_LOG_WARNING, "waited %d s", 5);
        ck_assert_str_eq(told.line, "staff/2/waited 5 s");
        memset(large, 'x', sizeof large - 1);
        mst_host_log(host, MST_LOG_INFO, "%s\xc3\xa9", large + 16777216 - 2046);
        ck_assert_uint_eq(strlen(told.line), strlen("staff/3/") + 2046);       /* not half a character */
        ck_assert_int_eq(mst_host_keep(host, "token", "abc", 3, &err), MST_OK);
        ck_assert_str_eq(told.name, "staff/token");
        ck_assert_int_eq(mst_host_keep(host, "token", large, 16777216, &err), MST_OK);
        ck_assert_int_eq(mst_host_keep(host, "token", large, 16777217, &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "16 MiB"));
        ck_assert_int_eq(mst_host_keep(host, "", "abc", 3, &err), MST_EINTERNAL);
        ck_assert_int_eq(mst_host_keep(host, "\xff", "abc", 3, &err), MST_EINTERNAL);
        memset(name, 'n', sizeof name);
        name[257] = '\0';
        ck_assert_int_eq(mst_host_keep(host, name, "abc", 3, &err), MST_EINTERNAL);
        ck_assert_int_eq(mst_host_keep(host, "token", large, 13, &err), MST_EINTERNAL);
        ck_assert_str_eq(err.text, "disk full");
        ck_assert_ptr_null(mst_host_kept(host, "token", arena, &size));        /* no such call */
        ck_assert_uint_eq(size, 0);
        ck_assert_ptr_null(mst_host_kept(host, "token", arena, NULL));
        mst_arena_free(arena);
        mstc_host_free(host);
        mstc_host_free(NULL);
}
END_TEST

START_TEST(alone)
{
        struct mst_host *host = mstc_host_new("x", NULL, NULL, NULL);
        struct mst_error err = { 0 };
        unsigned char a[64] = { 0 }, b[64] = { 0 };

        mst_host_log(host, MST_LOG_ERROR, "nobody hears");
        ck_assert(!mst_host_stopping(host));
        ck_assert_int_eq(mst_host_stop_fd(host), -1);
        ck_assert(mst_host_sleep(host, 1));
        ck_assert_int_eq(mst_host_keep(host, "t", "a", 1, &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "no store"));
        ck_assert_int_eq(mst_host_random(host, a, sizeof a, &err), MST_OK);
        ck_assert_int_eq(mst_host_random(host, b, sizeof b, &err), MST_OK);
        ck_assert_mem_ne(a, b, sizeof a);
        ck_assert_int_gt(mst_host_now(host), MST_DATE_UNIX_EPOCH);
        ck_assert_int_ge(mst_host_ticks_ms(host), 0);
        mstc_host_free(host);
}
END_TEST

/* One name, or all that begin alike; no more and no less. */
START_TEST(wants_by_name)
{
        static const char *const names[] = { "mail", "group.members", "group.displayName", "groupTypes", "ma" };
        static const struct { const char *name; bool is; } cases[] = {
                { "mail", true }, { "ma", true }, { "m", false }, { "mai", false }, { "mailNickname", false },
                { "group.*", true }, { "group.members", true }, { "group.member", false }, { "group.", false },
                { "group.x*", false }, { "groups*", false }, { "groupTypes*", true }, { "zz*", false }, { "", false },
                { "*", true }, { "Mail", false },
        };
        struct mst_host *host = mstc_host_new("x", NULL, NULL, NULL);

        ck_assert(!mst_host_wants(host, "mail") && !mst_host_wants(host, "*"));
        ck_assert(mstc_host_set_wants(host, names, 5));
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
                ck_assert_msg(mst_host_wants(host, cases[i].name) == cases[i].is, "'%s'", cases[i].name);
        mstc_host_free(host);
}
END_TEST

START_TEST(wants)
{
        struct mst_host *host = mstc_host_new("x", NULL, NULL, NULL);
        char first[] = "mail";
        const char *names[] = { first, "cn", "sn", "cn", "Mail" };

        ck_assert_uint_eq(mst_host_want_count(host), 0);
        ck_assert_ptr_null(mst_host_want(host, 0));
        ck_assert(mstc_host_set_wants(host, names, 5));
        first[0] = 'X';
        ck_assert_uint_eq(mst_host_want_count(host), 4);
        ck_assert_str_eq(mst_host_want(host, 0), "Mail");
        ck_assert_str_eq(mst_host_want(host, 1), "cn");
        ck_assert_str_eq(mst_host_want(host, 2), "mail");
        ck_assert_str_eq(mst_host_want(host, 3), "sn");
        ck_assert_ptr_null(mst_host_want(host, 4));
        ck_assert(mstc_host_set_wants(host, NULL, 0));
        ck_assert_uint_eq(mst_host_want_count(host), 0);
        mstc_host_free(host);
}
END_TEST

/* --- stopping ------------------------------------------------------------------------------ */

static struct mstc_stop *stop;

static void
on_signal(int number)
{
        (void)number;
        mstc_stop_now(stop);
}

START_TEST(stop_is_seen_by_all)
{
        struct mst_host *host;

        stop = mstc_stop_new();
        host = mstc_host_new("x", NULL, NULL, stop);
        ck_assert(!mstc_stop_is(stop) && !readable(mst_host_stop_fd(host)));
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
        raise(SIGUSR1);
        signal(SIGUSR1, SIG_DFL);
        ck_assert(mst_host_stopping(host));
        ck_assert(readable(mst_host_stop_fd(host)));
        ck_assert(readable(mstc_stop_fd(stop)));           /* and stays so */
        ck_assert(!mst_host_sleep(host, 60000));
        mstc_host_free(host);
        mstc_stop_free(stop);
        mstc_stop_free(NULL);
        ck_assert(!mstc_stop_is(NULL));
}
END_TEST

static void *
stop_soon(void *argument)
{
        struct timespec wait = { .tv_nsec = 50000000 };

        nanosleep(&wait, NULL);
        mstc_stop_now(argument);
        return NULL;
}

START_TEST(sleep_is_cut_short)
{
        struct mst_host *host;
        pthread_t other;
        int64_t began = mstc_clock_ticks_ms();

        stop = mstc_stop_new();
        host = mstc_host_new("x", NULL, NULL, stop);
        ck_assert(mst_host_sleep(host, 30));
        ck_assert_int_ge(mstc_clock_ticks_ms() - began, 30);
        pthread_create(&other, NULL, stop_soon, stop);
        ck_assert(!mst_host_sleep(host, 50000));
        ck_assert_int_lt(mstc_clock_ticks_ms() - began, 20000);
        pthread_join(other, NULL);
        mstc_host_free(host);
        mstc_stop_free(stop);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("host");
        TCase *t = tcase_create("host");

        tcase_add_test(t, logs_and_keeps);
        tcase_add_test(t, alone);
        tcase_add_test(t, wants);
        tcase_add_test(t, wants_by_name);
        tcase_add_test(t, stop_is_seen_by_all);
        tcase_add_test(t, sleep_is_cut_short);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
