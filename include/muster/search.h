/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/search.h> - looking objects up in a sink.
 *
 * A search is a batch of queries.  Each asks by stamp, by the object's lasting
 * id, or by one attribute's value, whichever is set, and is answered by any
 * number of mst_query_found() followed by mst_query_done(): done without found
 * means absent, proven.  A query that is not done when find() returns counts as
 * "could not be looked up", which is never "absent".  One thread.
 */
#ifndef MUSTER_SEARCH_H
#define MUSTER_SEARCH_H

#include <muster/error.h>
#include <muster/record.h>

MST_BEGIN

struct mst_search;
struct mst_query;

MST_API size_t mst_search_count(const struct mst_search *search);
MST_API struct mst_query *mst_search_at(struct mst_search *search, size_t index);

MST_API enum mst_kind mst_query_kind(const struct mst_query *query);

/* Exactly one of the three is not NULL. */
MST_API const char *mst_query_stamp(const struct mst_query *query);
MST_API const char *mst_query_object(const struct mst_query *query);
MST_API const char *mst_query_attribute(const struct mst_query *query);
MST_API const struct mst_value *mst_query_value(const struct mst_query *query);

/* An object that fits; arguments as for mst_page_object().  Fill the record that
 * is returned with the values that mst_host_want() lists. */
MST_API struct mst_record *mst_query_found(struct mst_query *query, const char *object,
                                           const char *name, const char *stamp,
                                           const char *version);
MST_API void mst_query_done(struct mst_query *query);

/* For connector tests: the answer so far. */
MST_API bool mst_query_is_done(const struct mst_query *query);
MST_API size_t mst_query_found_count(const struct mst_query *query);

MST_END_C
#endif
