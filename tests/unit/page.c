/* page.c - pages and searches: what a connector tells, and what it cannot tell. */
#include "sdk/page.h"

#include <muster/source.h>
#include <muster/test.h>

#include <stdio.h>
#include <string.h>

#include "sdk/search.h"
#include "unit.h"
#include "util/alloc.h"

static struct mst_error err;

static void
put_text(struct mst_record *r, const char *name, const char *text)
{
        mst_record_text(r, mst_record_put(r, name), text, strlen(text));
}

START_TEST(items_in_order)
{
        struct mst_page *page = mstc_page_new();
        struct mst_record *r;
        char id[16];

        for (int i = 0; i < 500; i++) {
                snprintf(id, sizeof id, "u%d", i);
                r = i % 2 == 0 ? mst_page_whole(page, MST_USER, id, strlen(id))
                               : mst_page_patch(page, MST_GROUP, id, strlen(id));
                put_text(r, "mail", id);
        }
        ck_assert_int_eq(mst_page_gone(page, MST_USER, "g1", 2, MST_GONE_SOFT), MST_OK);
        ck_assert_int_eq(mst_page_gone(page, MST_USER, "g2xx", 2, MST_GONE_HARD), MST_OK);
        ck_assert_int_eq(mst_page_outside(page, MST_USER, "o", 1), MST_OK);
        ck_assert_int_eq(mst_page_more(page, "next", &err), MST_OK);
        ck_assert_uint_eq(page->count, 503);
        ck_assert(page->ended && !page->complete);
        ck_assert_str_eq(page->cursor, "next");
        for (size_t i = 0; i < 500; i++) {
                snprintf(id, sizeof id, "u%zu", i);
                ck_assert_int_eq(page->items[i].what, i % 2 == 0 ? MSTC_WHOLE : MSTC_PATCH);
                ck_assert_int_eq(mst_record_kind(page->items[i].record), i % 2 == 0 ? MST_USER : MST_GROUP);
                ck_assert_str_eq(mst_record_id(page->items[i].record), id);
                ck_assert_str_eq(mst_value_text(mst_record_get(page->items[i].record, "mail"), NULL), id);
        }
        ck_assert_int_eq(page->items[500].what, MSTC_GONE_SOFT);
        ck_assert_int_eq(page->items[501].what, MSTC_GONE_HARD);
        ck_assert_str_eq(page->items[501].record->id, "g2");
        ck_assert_int_eq(page->items[502].what, MSTC_OUTSIDE);
        mstc_page_reset(page);
        ck_assert(page->count == 0 && !page->ended && page->cursor == NULL && page->complaint_count == 0);
        ck_assert_int_eq(mst_page_complete(page, NULL, &err), MST_OK);
        ck_assert(page->complete && page->cursor == NULL);
        mstc_page_free(page);
        mstc_page_free(NULL);
}
END_TEST

/* What cannot be told apart by an id is a complaint, and what is put there is lost. */
START_TEST(no_id_no_item)
{
        struct mst_page *page = mstc_page_new();
        static char long_id[1100];
        struct mst_record *r;

        memset(long_id, 'x', sizeof long_id);
        r = mst_page_whole(page, MST_USER, "", 0);
        ck_assert_ptr_nonnull(r);
        put_text(r, "mail", "lost");
        ck_assert_ptr_nonnull(mst_record_why_bad(r));
        mst_page_patch(page, MST_GROUP, NULL, 0);
        mst_page_whole(page, MST_USER, "a\xff", 2);
        mst_page_whole(page, MST_USER, long_id, 1025);
        mst_page_whole(page, (enum mst_kind)3, "x", 1);
        ck_assert_int_eq(mst_page_gone(page, MST_USER, "a\0b", 3, MST_GONE_SOFT), MST_OK);
        ck_assert_ptr_nonnull(mst_page_object(page, MST_USER, NULL, "cn=x", NULL, NULL));
        ck_assert_int_eq(mst_page_bad(page, "entry %d is no object", 7), MST_OK);
        ck_assert_uint_eq(page->count, 0);
        ck_assert_uint_eq(page->complaint_count, 8);
        ck_assert_uint_eq(page->bad_count, 8);
        ck_assert_str_eq(page->complaints[0], "the id of a user is empty");
        ck_assert_str_eq(page->complaints[1], "the id of a group is empty");
        ck_assert_ptr_nonnull(strstr(page->complaints[2], "UTF-8"));
        ck_assert_ptr_nonnull(strstr(page->complaints[3], "1025"));
        ck_assert_ptr_nonnull(strstr(page->complaints[4], "kind 3"));
        ck_assert_ptr_nonnull(strstr(page->complaints[5], "NUL"));
        ck_assert_str_eq(page->complaints[7], "entry 7 is no object");
        ck_assert_ptr_nonnull(mst_page_whole(page, MST_USER, long_id, 1024));
        ck_assert_uint_eq(page->count, 1);
        ck_assert_int_eq(mst_page_complete(page, "c", &err), MST_OK);
        mstc_page_free(page);
}
END_TEST

/* Members come in the order they were told; what cannot be told is a complaint, and no member. */
START_TEST(members)
{
        struct mst_page *page = mstc_page_new();
        static char long_id[1100];
        enum mst_kind kind;
        const char *member;
        bool joins;

        memset(long_id, 'x', sizeof long_id);
        ck_assert_int_eq(mst_page_member(page, "g1xx", 2, MST_USER, "adaxx", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g1", 2, MST_GROUP, "g2", 2, true), MST_OK);
        ck_assert_int_eq(mst_page_members_all(page, "g", 1), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, "eve", 3, false), MST_OK);
        ck_assert_int_eq(mst_page_member(page, long_id, 1024, MST_USER, long_id, 1024, true), MST_OK);
        ck_assert_uint_eq(page->told_count, 5);
        ck_assert_uint_eq(page->count, 0);
        ck_assert_str_eq(mst_test_page_member(page, 0, &kind, &member, &joins), "g1");
        ck_assert(kind == MST_USER && joins);
        ck_assert_str_eq(member, "ada");
        ck_assert_ptr_eq(page->told[0].group, page->told[1].group);
        ck_assert_int_eq(page->told[1].kind, MST_GROUP);
        ck_assert_str_eq(mst_test_page_member(page, 2, &kind, &member, &joins), "g");
        ck_assert_ptr_null(member);
        ck_assert_str_eq(page->told[3].group, "g");
        ck_assert(!page->told[3].joins);
        ck_assert_ptr_null(mst_test_page_member(page, 5, &kind, &member, &joins));
        ck_assert_uint_eq(page->bad_count, 0);

        ck_assert_int_eq(mst_page_member(page, "", 0, MST_USER, "ada", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, NULL, 0, MST_USER, "ada", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, "", 0, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, NULL, 0, false), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, "a\xff", 2, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, "a\0b", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, MST_USER, long_id, 1025, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, long_id, 1025, MST_USER, "ada", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_member(page, "g", 1, (enum mst_kind)3, "ada", 3, true), MST_OK);
        ck_assert_int_eq(mst_page_members_all(page, "", 0), MST_OK);
        ck_assert_int_eq(mst_page_members_all(page, "\xff", 1), MST_OK);
        ck_assert_uint_eq(page->bad_count, 11);
        ck_assert_uint_eq(page->told_count, 5);
        ck_assert_str_eq(page->complaints[0], "the id of a group whose members are told is empty");
        ck_assert_str_eq(page->complaints[2], "the id of a member of group 'g' is empty");
        ck_assert_ptr_nonnull(strstr(page->complaints[4], "UTF-8"));
        ck_assert_ptr_nonnull(strstr(page->complaints[6], "1025"));
        ck_assert_str_eq(page->complaints[8], "a member of unknown kind 3");

        mstc_page_reset(page);
        ck_assert_uint_eq(page->told_count, 0);
        for (int i = 0; i < 10000; i++) {
                char id[16];

                snprintf(id, sizeof id, "u%d", i);
                ck_assert_int_eq(mst_page_member(page, "g1", 2, MST_USER, id, strlen(id), true), MST_OK);
        }
        ck_assert_str_eq(page->told[9999].member, "u9999");
        ck_assert_ptr_eq(page->told[0].group, page->told[9999].group);
        ck_assert_int_eq(mst_page_complete(page, "c", &err), MST_OK);
        mstc_page_free(page);
}
END_TEST

START_TEST(a_flood_of_complaints)
{
        struct mst_page *page = mstc_page_new();

        for (int i = 0; i < 2500; i++)
                ck_assert_int_eq(mst_page_bad(page, "%d", i), MST_OK);
        ck_assert_uint_eq(page->complaint_count, 1000);
        ck_assert_uint_eq(page->bad_count, 2500);
        ck_assert_str_eq(page->complaints[999], "999");
        mstc_page_free(page);
}
END_TEST

START_TEST(ends_once)
{
        struct mst_page *page = mstc_page_new();
        static char cursor[65538];

        ck_assert_int_eq(mst_page_more(page, NULL, &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "not where"));
        memset(cursor, 'c', sizeof cursor - 1);
        ck_assert_int_eq(mst_page_more(page, cursor, &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "64 KiB"));
        ck_assert(!page->ended);
        cursor[65536] = '\0';
        ck_assert_int_eq(mst_page_complete(page, cursor, &err), MST_OK);
        ck_assert_int_eq(mst_page_complete(page, NULL, &err), MST_EINTERNAL);
        ck_assert_int_eq(mst_page_more(page, "x", &err), MST_EINTERNAL);
        ck_assert_ptr_nonnull(strstr(err.text, "twice"));
        ck_assert_uint_eq(strlen(page->cursor), 65536);
        mstc_page_free(page);
}
END_TEST

START_TEST(memory_out_is_told_at_the_end)
{
        for (long n = 1;; n++) {
                struct mst_page *page = mstc_page_new();
                bool failed;
                int rc;

                mstc_alloc_fail_at(n);
                for (int i = 0; i < 300; i++) {
                        struct mst_record *r = mst_page_whole(page, MST_USER, "some-id", 7);

                        for (char name[] = "a"; name[0] < 'p'; name[0]++)
                                put_text(r, name, "a text of about forty bytes, not too short");
                        mst_page_object(page, MST_USER, "object", "name", "stamp", "version");
                        mst_page_member(page, "a group's id", 12, MST_USER, "a member's id", 13, true);
                        mst_page_bad(page, "complaint %d", i);
                }
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                rc = mst_page_complete(page, "cursor", &err);
                if (!failed)
                        ck_assert_int_eq(rc, MST_OK);
                else if (rc == MST_OK) {
                        /* Then it hit the inside of a record, which says so itself. */
                        int bad = 0;

                        for (size_t i = 0; i < page->count; i++)
                                bad += mst_record_why_bad(page->items[i].record) != NULL;
                        ck_assert_int_eq(bad, 1);
                } else
                        ck_assert_ptr_nonnull(strstr(err.text, "out of memory"));
                mstc_page_free(page);
                if (!failed)
                        break;
        }
}
END_TEST

/* --- objects --------------------------------------------------------------------------- */

START_TEST(objects)
{
        struct mst_page *page = mstc_page_new();
        static char long_name[8200];
        struct mst_record *r = mst_page_object(page, MST_USER, "uuid-1", "cn=Ada", "src:1", "etag");

        put_text(r, "mail", "ada@x.org");
        ck_assert_str_eq(page->items[0].object, "uuid-1");
        ck_assert_str_eq(page->items[0].name, "cn=Ada");
        ck_assert_str_eq(page->items[0].stamp, "src:1");
        ck_assert_str_eq(page->items[0].version, "etag");
        ck_assert_ptr_null(mst_record_why_bad(r));
        mst_page_object(page, MST_USER, "uuid-2", NULL, "", NULL);
        ck_assert_str_eq(page->items[1].name, "");
        ck_assert_ptr_null(page->items[1].stamp);
        ck_assert_ptr_null(page->items[1].version);
        ck_assert_ptr_null(mst_record_why_bad(page->items[1].record));
        /* A mark that cannot be ours must not look like none: the object is put aside. */
        mst_page_object(page, MST_USER, "uuid-3", "cn=x", "\xff", NULL);
        ck_assert_str_eq(mst_record_why_bad(page->items[2].record), "its stamp is not UTF-8 (from byte 1 on)");
        memset(long_name, 'n', sizeof long_name - 1);
        mst_page_object(page, MST_USER, "uuid-4", long_name, NULL, NULL);
        ck_assert_ptr_nonnull(strstr(mst_record_why_bad(page->items[3].record), "its name is longer"));
        ck_assert_uint_eq(page->complaint_count, 0);
        mstc_page_free(page);
}
END_TEST

START_TEST(ids_to_fetch)
{
        static const enum mst_kind kinds[] = { MST_USER, MST_GROUP };
        static const char *const ids[] = { "a", "b" };
        struct mst_ids list = { 2, kinds, ids };

        ck_assert_uint_eq(mst_ids_count(&list), 2);
        ck_assert_int_eq(mst_ids_kind_at(&list, 1), MST_GROUP);
        ck_assert_str_eq(mst_ids_at(&list, 1), "b");
        ck_assert_ptr_null(mst_ids_at(&list, 2));
}
END_TEST

/* --- searches ----------------------------------------------------------------------------- */

START_TEST(queries)
{
        struct mst_search *search = mstc_search_new();
        struct mst_value mail = mstc_value_text("ada@x.org", 9);
        struct mst_query *q;

        ck_assert(mstc_query_by_stamp(mstc_search_add(search, MST_USER), "src:1"));
        ck_assert(mstc_query_by_object(mstc_search_add(search, MST_GROUP), "uuid"));
        for (int i = 0; i < 100; i++)
                ck_assert(mstc_query_by_value(mstc_search_add(search, MST_USER), "mail", &mail));
        ck_assert_uint_eq(mst_search_count(search), 102);
        ck_assert_ptr_null(mst_search_at(search, 102));
        q = mst_search_at(search, 0);
        ck_assert_str_eq(mst_query_stamp(q), "src:1");
        ck_assert(mst_query_object(q) == NULL && mst_query_attribute(q) == NULL && mst_query_value(q) == NULL);
        q = mst_search_at(search, 1);
        ck_assert_int_eq(mst_query_kind(q), MST_GROUP);
        ck_assert_str_eq(mst_query_object(q), "uuid");
        q = mst_search_at(search, 101);
        ck_assert_str_eq(mst_query_attribute(q), "mail");
        ck_assert(mst_value_equal(mst_query_value(q), &mail));
        ck_assert_ptr_null(mst_query_stamp(q));
        mstc_search_free(search);
        mstc_search_free(NULL);
}
END_TEST

START_TEST(answers)
{
        struct mst_search *search = mstc_search_new();
        struct mst_query *q = mstc_search_add(search, MST_USER);
        char id[16];

        mstc_query_by_stamp(q, "x");
        ck_assert(!mst_query_is_done(q));
        for (int i = 0; i < 20; i++) {
                snprintf(id, sizeof id, "o%d", i);
                put_text(mst_query_found(q, id, "cn=a", i == 3 ? "stamp" : NULL, NULL), "mail", id);
        }
        mst_query_done(q);
        ck_assert(mst_query_is_done(q));
        ck_assert_uint_eq(mst_query_found_count(q), 20);
        ck_assert_str_eq(q->found[3].stamp, "stamp");
        ck_assert_str_eq(q->found[19].object, "o19");
        ck_assert_str_eq(mst_value_text(mst_record_get(q->found[7].record, "mail"), NULL), "o7");
        /* Something without an id was there: nobody may conclude that it was not. */
        ck_assert_ptr_nonnull(mst_query_found(q, "", "cn=b", NULL, NULL));
        ck_assert(!mst_query_is_done(q));
        mst_query_done(q);
        ck_assert(!mst_query_is_done(q));
        ck_assert_uint_eq(mst_query_found_count(q), 20);
        mstc_search_free(search);
}
END_TEST

START_TEST(a_lost_answer_is_no_absence)
{
        for (long n = 1;; n++) {
                struct mst_search *search = mstc_search_new();
                struct mst_query *q = mstc_search_add(search, MST_USER);
                bool failed;
                int got = 0;

                mstc_query_by_stamp(q, "x");
                mstc_alloc_fail_at(n);
                for (int i = 0; i < 200; i++)
                        got += mst_query_found(q, "object", "cn=with-a-long-name", "st", "v") != NULL;
                mst_query_done(q);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                ck_assert_int_eq(mst_query_is_done(q), !failed);
                ck_assert_uint_eq(mst_query_found_count(q), (size_t)got);
                ck_assert_int_eq(got, failed ? 199 : 200);
                mstc_search_free(search);
                if (!failed)
                        break;
        }
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("page");
        TCase *t = tcase_create("page");

        tcase_add_test(t, items_in_order);
        tcase_add_test(t, no_id_no_item);
        tcase_add_test(t, members);
        tcase_add_test(t, a_flood_of_complaints);
        tcase_add_test(t, ends_once);
        tcase_add_test(t, memory_out_is_told_at_the_end);
        tcase_add_test(t, objects);
        tcase_add_test(t, ids_to_fetch);
        tcase_add_test(t, queries);
        tcase_add_test(t, answers);
        tcase_add_test(t, a_lost_answer_is_no_absence);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
