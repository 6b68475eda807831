/* testkit.c - a whole small connector, tested the way its author would: with nothing
 * but <muster/...>. */
#include <muster/test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* A service that holds one object for each id and knows nobody called "eve". */
struct demo {
        struct mst_host *host;
        int calls;
};

static int
demo_read(struct demo *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct mst_record *r;

        mst_host_log(self->host, MST_LOG_DEBUG, "reading from %s", cursor != NULL ? cursor : "the start");
        r = mst_page_whole(page, MST_USER, "u1", 2);
        for (size_t i = 0; i < mst_host_want_count(self->host); i++)
                mst_record_text(r, mst_record_put(r, mst_host_want(self->host, i)), "x", 1);
        mst_page_gone(page, MST_USER, "u2", 2, MST_GONE_HARD);
        mst_page_bad(page, "row %d", 3);
        mst_page_object(page, MST_GROUP, "o1", "cn=o1", "src:1", NULL);
        return cursor == NULL ? mst_page_more(page, "2", err) : mst_page_complete(page, "3", err);
}

static void
demo_find(struct mst_search *search)
{
        for (size_t i = 0; i < mst_search_count(search); i++) {
                struct mst_query *q = mst_search_at(search, i);

                if (mst_query_stamp(q) != NULL)
                        mst_query_found(q, mst_query_stamp(q), "cn=x", mst_query_stamp(q), NULL);
                if (mst_query_object(q) == NULL)
                        mst_query_done(q);
        }
}

static int
demo_apply(struct demo *self, struct mst_feed *feed, struct mst_error *err)
{
        struct mst_op *op;
        struct mst_error why;

        while ((op = mst_feed_wait(feed)) != NULL) {
                self->calls++;
                if (strcmp(mst_op_id(op), "crash") == 0)
                        return mst_fail(err, MST_ENET, "connection lost");
                if (strcmp(mst_op_id(op), "eve") == 0) {
                        mst_fail(&why, MST_EREFUSED, "nobody called eve");
                        mst_op_settle(op, MST_REFUSED, &why);
                        continue;
                }
                if (mst_op_verb(op) == MST_MEMBERS)
                        mst_op_member_settle(op, 1, MST_GONE, "left");
                mst_op_set_object(op, "new-id", "cn=new", "v2");
                mst_op_settle(op, MST_DONE, NULL);
        }
        return MST_OK;
}

START_TEST(reading)
{
        static const char *const wanted[] = { "mail", "cn" };
        struct mst_test *test = mst_test_new("demo");
        struct demo demo = { .host = mst_test_host(test) };
        struct mst_page *page = mst_test_page(test);
        struct mst_error err = { 0 };
        enum mst_level level = MST_LOG_ERROR;

        ck_assert(mst_test_wants(test, wanted, 2));
        ck_assert_int_eq(demo_read(&demo, NULL, page, &err), MST_OK);
        ck_assert(mst_test_page_ended(page) && !mst_test_page_is_complete(page));
        ck_assert_str_eq(mst_test_page_cursor(page), "2");
        ck_assert_uint_eq(mst_test_page_count(page), 3);
        ck_assert_int_eq(mst_test_page_what(page, 0), MST_TEST_WHOLE);
        ck_assert_int_eq(mst_test_page_what(page, 1), MST_TEST_GONE_HARD);
        ck_assert_int_eq(mst_test_page_what(page, 2), MST_TEST_OBJECT);
        ck_assert_int_eq(mst_test_page_what(page, 3), MST_TEST_NONE);
        ck_assert_uint_eq(mst_record_count(mst_test_page_find(page, "u1")), 2);
        ck_assert_ptr_null(mst_test_page_find(page, "u2"));
        ck_assert_str_eq(mst_test_page_name(page, 2), "cn=o1");
        ck_assert_str_eq(mst_test_page_stamp(page, 2), "src:1");
        ck_assert_str_eq(mst_test_page_bad(page, 0), "row 3");
        ck_assert_ptr_null(mst_test_page_bad(page, 1));
        mst_test_page_reset(page);
        ck_assert_int_eq(demo_read(&demo, "2", page, &err), MST_OK);
        ck_assert(mst_test_page_is_complete(page));
        ck_assert_uint_eq(mst_test_log_count(test), 2);
        ck_assert_str_eq(mst_test_log_at(test, 1, &level), "reading from 2");
        ck_assert_int_eq(level, MST_LOG_DEBUG);
        ck_assert_ptr_null(mst_test_log_at(test, 2, NULL));
        ck_assert_str_eq(mst_ids_at(mst_test_ids(test, MST_USER, wanted, 2), 1), "cn");
        mst_test_free(test);
        mst_test_free(NULL);
}
END_TEST

START_TEST(keeping_and_stopping)
{
        struct mst_test *test = mst_test_new("demo");
        struct mst_host *host = mst_test_host(test);
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_error err = { 0 };
        size_t size = 0;

        ck_assert_ptr_null(mst_host_kept(host, "token", arena, &size));
        ck_assert_int_eq(mst_host_keep(host, "token", "one", 3, &err), MST_OK);
        ck_assert_int_eq(mst_host_keep(host, "token", "three", 5, &err), MST_OK);
        ck_assert_int_eq(mst_host_keep(host, "other", "x", 1, &err), MST_OK);
        ck_assert_str_eq(mst_host_kept(host, "token", arena, &size), "three");
        ck_assert_uint_eq(size, 5);
        ck_assert_int_eq(mst_host_keep(host, "token", NULL, 0, &err), MST_OK);
        ck_assert_ptr_null(mst_host_kept(host, "token", arena, &size));
        ck_assert(!mst_host_stopping(host));
        mst_test_stop(test);
        ck_assert(mst_host_stopping(host) && !mst_host_sleep(host, 60000));
        mst_arena_free(arena);
        mst_test_free(test);
}
END_TEST

START_TEST(probing_and_finding)
{
        struct mst_test *test = mst_test_new("demo");
        struct mst_facts *facts = mst_test_facts(test);
        struct mst_search *search = mst_test_search(test);
        enum mst_type type = MST_NULL;
        uint32_t flags = 0;
        bool bad = false;

        ck_assert_ptr_null(mst_test_facts_identity(facts));
        mst_facts_identity(facts, "me");
        mst_facts_can(facts, MST_CAN_FIND);
        mst_facts_limit(facts, MST_LIMIT_FIND, 50);
        mst_facts_attribute(facts, "mail", MST_TEXT, MST_ATTR_MANY, 0);
        mst_facts_note(facts, true, "slow");
        ck_assert_str_eq(mst_test_facts_identity(facts), "me");
        ck_assert_uint_eq(mst_test_facts_can(facts), MST_CAN_FIND);
        ck_assert_uint_eq(mst_test_facts_limit(facts, MST_LIMIT_FIND), 50);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "MAIL", &type, &flags));
        ck_assert(type == MST_TEXT && flags == MST_ATTR_MANY);
        ck_assert(!mst_test_facts_attribute(facts, MST_GROUP, "mail", NULL, NULL));
        ck_assert_str_eq(mst_test_facts_note(facts, 0, &bad), "slow");
        ck_assert(bad);
        ck_assert_ptr_null(mst_test_facts_note(facts, 1, NULL));

        ck_assert(mst_test_ask_stamp(search, MST_USER, "src:1"));
        ck_assert(mst_test_ask_object(search, MST_USER, "uuid"));
        ck_assert(mst_test_ask_text(search, MST_USER, "mail", "a@x"));
        demo_find(search);
        ck_assert(mst_query_is_done(mst_search_at(search, 0)));
        ck_assert_str_eq(mst_record_id(mst_test_found(mst_search_at(search, 0), 0)), "src:1");
        ck_assert_str_eq(mst_test_found_name(mst_search_at(search, 0), 0), "cn=x");
        ck_assert_str_eq(mst_test_found_stamp(mst_search_at(search, 0), 0), "src:1");
        ck_assert_ptr_null(mst_test_found(mst_search_at(search, 0), 1));
        ck_assert(!mst_query_is_done(mst_search_at(search, 1)));
        ck_assert(mst_query_is_done(mst_search_at(search, 2)));
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, 2)), 0);
        mst_test_free(test);
}
END_TEST

static void
put_text(struct mst_record *r, const char *name, const char *text)
{
        mst_record_text(r, mst_record_put(r, name), text, strlen(text));
}

START_TEST(applying)
{
        struct mst_test *test = mst_test_new("demo");
        struct demo demo = { .host = mst_test_host(test) };
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_op *create = mst_test_op(test, MST_CREATE, MST_USER, "ada"), *op;
        struct mst_op *eve = mst_test_op(test, MST_UPDATE, MST_USER, "eve");
        struct mst_op *members = mst_test_op(test, MST_MEMBERS, MST_GROUP, "staff");
        struct mst_error err = { 0 };
        const char *why = NULL;

        put_text(mst_test_op_after(create), "mail", "ada@x");
        put_text(mst_test_op_before(eve), "cn", "Eve");
        put_text(mst_test_op_before(eve), "sn", "Old");
        put_text(mst_test_op_after(eve), "cn", "Eve");
        put_text(mst_test_op_after(eve), "sn", "New");
        ck_assert(mst_test_op_object(eve, "uuid", "cn=eve", "v1"));
        ck_assert(mst_test_op_stamp(create, "src:ada"));
        mst_test_op_enabled(create, false);
        mst_test_op_retried(eve, true);
        for (int i = 0; i < 20; i++)
                ck_assert(mst_test_op_member(members, i % 2 == 0, "uuid", "cn=x"));
        ck_assert(mst_test_push(feed, create));
        ck_assert(mst_test_push(feed, eve));
        ck_assert(mst_test_push(feed, members));
        ck_assert(mst_test_push(feed, mst_test_op(test, MST_DELETE, MST_USER, "crash")));
        ck_assert(mst_test_push(feed, mst_test_op(test, MST_DELETE, MST_USER, "late")));
        ck_assert_uint_eq(mst_op_change_count(eve), 1);
        ck_assert_str_eq(mst_op_change_name(eve, 0), "sn");
        ck_assert_str_eq(mst_value_text(mst_op_wanted(eve, "cn"), NULL), "Eve");
        ck_assert(mst_op_retried(eve) && !mst_op_enabled(create));
        ck_assert_str_eq(mst_op_stamp(create), "src:ada");
        ck_assert_str_eq(mst_op_key(create), "test-create-ada");
        ck_assert_str_eq(mst_op_version(eve), "v1");
        mst_test_end(feed);
        ck_assert_int_eq(demo_apply(&demo, feed, &err), MST_ENET);
        mst_test_close(feed, &err);
        ck_assert_int_eq(demo.calls, 4);
        op = mst_test_collect(feed);
        ck_assert_ptr_eq(op, create);
        ck_assert_int_eq(mst_test_outcome(op), MST_DONE);
        ck_assert_str_eq(mst_test_new_object(op), "new-id");
        ck_assert_str_eq(mst_test_new_name(op), "cn=new");
        ck_assert_str_eq(mst_test_new_version(op), "v2");
        op = mst_test_collect(feed);
        ck_assert_int_eq(mst_test_outcome(op), MST_REFUSED);
        ck_assert_str_eq(mst_test_why(op)->text, "nobody called eve");
        op = mst_test_collect(feed);
        ck_assert_int_eq(mst_test_member_outcome(op, 1, &why), MST_GONE);
        ck_assert_str_eq(why, "left");
        ck_assert_int_eq(mst_test_member_outcome(op, 2, NULL), MST_DONE);
        op = mst_test_collect(feed);
        ck_assert_int_eq(mst_test_outcome(op), MST_UNKNOWN);
        ck_assert_str_eq(mst_test_why(op)->text, "connection lost");
        op = mst_test_collect(feed);
        ck_assert_int_eq(mst_test_outcome(op), MST_UNSENT);
        ck_assert_ptr_null(mst_test_collect(feed));
        mst_test_free(test);
}
END_TEST

START_TEST(unused_things_end_with_the_test)
{
        struct mst_test *test = mst_test_new("demo");
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_op *bad = mst_test_op(test, MST_CREATE, MST_USER, "bad");

        put_text(mst_test_op_after(bad), "cn", "\xff");
        ck_assert(!mst_test_push(feed, bad));
        mst_test_op(test, MST_CREATE, MST_USER, "never pushed");
        ck_assert(mst_test_push(feed, mst_test_op(test, MST_CREATE, MST_USER, "never drawn")));
        mst_test_halt(feed);
        mst_test_page(test);
        mst_test_search(test);
        mst_test_facts(test);
        mst_test_free(test);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("testkit");
        TCase *t = tcase_create("testkit");

        tcase_add_test(t, reading);
        tcase_add_test(t, keeping_and_stopping);
        tcase_add_test(t, probing_and_finding);
        tcase_add_test(t, applying);
        tcase_add_test(t, unused_things_end_with_the_test);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
