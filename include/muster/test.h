/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/test.h> - the program's side of the border, for a connector's own tests.
 *
 * Makes what a connector's calls are given (host, page, facts, search, feed) and
 * reads what they left there, without a store, a configuration or a thread:
 *
 *      struct mst_test *test = mst_test_new("demo");
 *      struct mst_feed *feed = mst_test_feed(test);
 *      struct mst_op *op = mst_test_op(test, MST_CREATE, MST_USER, "u1");
 *      struct mst_record *after = mst_test_op_after(op);
 *
 *      mst_record_text(after, mst_record_put(after, "mail"), "ada@x.org", 9);
 *      mst_test_push(feed, op);
 *      mst_test_end(feed);
 *      demo_sink.open(&config, mst_test_host(test), &self, &err);
 *      mst_test_close(feed, demo_sink.apply(self, feed, &err) == MST_OK ? NULL : &err);
 *      while ((op = mst_test_collect(feed)) != NULL)
 *              assert(mst_test_outcome(op) == MST_DONE);
 *      demo_sink.close(self);
 *      mst_test_free(test);
 *
 * Everything belongs to the struct mst_test and ends with it; what makes something
 * returns NULL when memory is out.  One thread, but for the feed, where one thread may
 * push, end, halt and collect while another runs apply().
 */
#ifndef MUSTER_TEST_H
#define MUSTER_TEST_H

#include <muster/facts.h>
#include <muster/host.h>
#include <muster/op.h>
#include <muster/page.h>
#include <muster/search.h>
#include <muster/source.h>

MST_BEGIN

struct mst_test;

MST_API struct mst_test *mst_test_new(const char *instance);
MST_API void mst_test_free(struct mst_test *test);         /* takes NULL */

/* --- the host: keeps in memory, remembers every log line ----------------------- */

MST_API struct mst_host *mst_test_host(struct mst_test *test);
MST_API bool mst_test_wants(struct mst_test *test, const char *const *names, size_t count);
MST_API void mst_test_stop(struct mst_test *test);
MST_API size_t mst_test_log_count(const struct mst_test *test);
/* '*level' may be NULL; NULL past the last line. */
MST_API const char *mst_test_log_at(const struct mst_test *test, size_t index,
                                    enum mst_level *level);

/* --- probe ------------------------------------------------------------------------ */

MST_API struct mst_facts *mst_test_facts(struct mst_test *test);
MST_API const char *mst_test_facts_identity(const struct mst_facts *facts);    /* NULL: not told */
MST_API uint32_t mst_test_facts_can(const struct mst_facts *facts);
MST_API uint32_t mst_test_facts_limit(const struct mst_facts *facts, enum mst_limit what);
/* False when there is no such attribute; the pointers may be NULL. */
MST_API bool mst_test_facts_attribute(const struct mst_facts *facts, enum mst_kind kind,
                                      const char *name, enum mst_type *type, uint32_t *flags);
MST_API const char *mst_test_facts_note(const struct mst_facts *facts, size_t index, bool *bad);

/* --- read, fetch, list -------------------------------------------------------------- */

enum mst_test_what {
        MST_TEST_NONE = 0,       /* no item of that index                              */
        MST_TEST_WHOLE = 1,
        MST_TEST_PATCH = 2,
        MST_TEST_GONE_SOFT = 3,
        MST_TEST_GONE_HARD = 4,
        MST_TEST_OUTSIDE = 5,
        MST_TEST_OBJECT = 6,
        MST_TEST_PRESENT = 7
};

MST_API struct mst_page *mst_test_page(struct mst_test *test);
/* Empties a page for the next read; its cursor must be copied before. */
MST_API void mst_test_page_reset(struct mst_page *page);
MST_API bool mst_test_page_ended(const struct mst_page *page);
MST_API bool mst_test_page_is_complete(const struct mst_page *page);
MST_API const char *mst_test_page_cursor(const struct mst_page *page);
MST_API size_t mst_test_page_count(const struct mst_page *page);
MST_API enum mst_test_what mst_test_page_what(const struct mst_page *page, size_t index);
MST_API const struct mst_record *mst_test_page_record(const struct mst_page *page, size_t index);
/* The whole or patched record, or object, of that id; NULL when there is none. */
MST_API const struct mst_record *mst_test_page_find(const struct mst_page *page, const char *id);
/* Of an object: what mst_page_object() was told. */
MST_API const char *mst_test_page_name(const struct mst_page *page, size_t index);
MST_API const char *mst_test_page_stamp(const struct mst_page *page, size_t index);
/* Whether mst_page_all() was told of that kind. */
MST_API bool mst_test_page_all(const struct mst_page *page, enum mst_kind kind);
/* What mst_page_bad() was told; NULL past the last. */
MST_API const char *mst_test_page_bad(const struct mst_page *page, size_t index);

/* What mst_page_member() and mst_page_members_all() were told, in that order: the group, or
 * NULL past the last.  '*member' is NULL for mst_page_members_all(). */
MST_API const char *mst_test_page_member(const struct mst_page *page, size_t index, enum mst_kind *kind,
                                         const char **member, bool *joins);

/* For fetch(); all of one kind. */
MST_API struct mst_ids *mst_test_ids(struct mst_test *test, enum mst_kind kind,
                                     const char *const *ids, size_t count);

/* --- find ------------------------------------------------------------------------------ */

/* Queries are answered in mst_search_at(), in the order they were asked. */
MST_API struct mst_search *mst_test_search(struct mst_test *test);
MST_API bool mst_test_ask_stamp(struct mst_search *search, enum mst_kind kind, const char *stamp);
MST_API bool mst_test_ask_object(struct mst_search *search, enum mst_kind kind, const char *object);
MST_API bool mst_test_ask_text(struct mst_search *search, enum mst_kind kind,
                               const char *attribute, const char *text);
/* What was found: the record with its values (its id is the object's), or NULL. */
MST_API const struct mst_record *mst_test_found(const struct mst_query *query, size_t index);
MST_API const char *mst_test_found_name(const struct mst_query *query, size_t index);
MST_API const char *mst_test_found_stamp(const struct mst_query *query, size_t index);

/* --- apply ------------------------------------------------------------------------------ */

MST_API struct mst_feed *mst_test_feed(struct mst_test *test);

/* An op to be pushed.  Fill the records of what was there and what shall be there;
 * the changes are the differences between the two. */
MST_API struct mst_op *mst_test_op(struct mst_test *test, enum mst_verb verb, enum mst_kind kind,
                                   const char *id);
MST_API struct mst_record *mst_test_op_before(struct mst_op *op);
MST_API struct mst_record *mst_test_op_after(struct mst_op *op);
/* The object as the program knows it; 'version' may be NULL. */
MST_API bool mst_test_op_object(struct mst_op *op, const char *object, const char *name,
                                const char *version);
MST_API bool mst_test_op_stamp(struct mst_op *op, const char *stamp);
MST_API void mst_test_op_enabled(struct mst_op *op, bool enabled);       /* true at first */
MST_API void mst_test_op_retried(struct mst_op *op, bool retried);
MST_API bool mst_test_op_member(struct mst_op *op, bool joins, const char *object, const char *name);

/* Hands the op to the feed; false when memory is out or one of its records is bad. */
MST_API bool mst_test_push(struct mst_feed *feed, struct mst_op *op);
MST_API void mst_test_end(struct mst_feed *feed);          /* no more is pushed          */
MST_API void mst_test_halt(struct mst_feed *feed);         /* no more is handed out      */
/* apply() has returned, with 'err' or NULL: what it did not settle is unknown. */
MST_API void mst_test_close(struct mst_feed *feed, const struct mst_error *err);
/* A settled op, in the order of settling, or NULL: none now. */
MST_API struct mst_op *mst_test_collect(struct mst_feed *feed);

MST_API enum mst_outcome mst_test_outcome(const struct mst_op *op);
MST_API const struct mst_error *mst_test_why(const struct mst_op *op);
/* What mst_op_set_object() told, or NULL. */
MST_API const char *mst_test_new_object(const struct mst_op *op);
MST_API const char *mst_test_new_name(const struct mst_op *op);
MST_API const char *mst_test_new_version(const struct mst_op *op);
/* The outcome of one member, the op's where it was not told apart; 'why' may be NULL. */
MST_API enum mst_outcome mst_test_member_outcome(const struct mst_op *op, size_t index,
                                                 const char **why);

MST_END_C
#endif
