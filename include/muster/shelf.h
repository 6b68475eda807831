/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/shelf.h> - what is there in a service, kept to answer find() and list() from it.
 *
 * For services that are read as whole lists, or whose answers hold the whole object:
 *
 *      shelf = mst_shelf_new(host, MST_GROUP, false);
 *      for each object that was read:
 *              mst_shelf_take(mst_shelf_put(shelf, id, name), object, "Name Description");
 *      mst_shelf_answer(shelf, query, NULL);        in find()
 *      return mst_shelf_page(shelf, page, err);     in list()
 *
 * Nothing needs to be checked in between: when memory was out, queries are not done and a page
 * fails.  Everything is copied.  Of the values those are told that mst_host_want() lists.  One
 * thread.
 */
#ifndef MUSTER_SHELF_H
#define MUSTER_SHELF_H

#include <muster/host.h>
#include <muster/page.h>
#include <muster/search.h>

MST_BEGIN

struct mst_shelf;

/* Of one kind.  'exact': values are looked for with regard to case.  NULL: out of memory,
 * taken by all. */
MST_API struct mst_shelf *mst_shelf_new(const struct mst_host *host, enum mst_kind kind, bool exact);
MST_API void mst_shelf_free(struct mst_shelf *shelf);      /* takes NULL */

/* An object by its lasting id and its name; the record that is returned takes its values and lasts
 * as long as the shelf.  One of that id that is there already stays as it is, and what is put
 * again is put over it. */
MST_API struct mst_record *mst_shelf_put(struct mst_shelf *shelf, const char *object, const char *name);

/* Puts those members of an object in JSON that are among 'names', words with a blank between, each
 * under the name as it is written there; without regard to case, and to what is null or "". */
MST_API void mst_shelf_take(struct mst_record *record, const struct mst_value *object, const char *names);

/* Does anything on the shelf fit?  Or: everything that fits is the answer, and nothing else is there.
 * 'object' not NULL: by that id, whatever the query asks by. */
MST_API bool mst_shelf_fits(const struct mst_shelf *shelf, const struct mst_query *query);
MST_API void mst_shelf_answer(const struct mst_shelf *shelf, struct mst_query *query, const char *object);

/* find() and list() as a whole, for a service of which everything is read: shelves are filled by kinds,
 * as far as they are needed. */
struct mst_shelf_ways {
        size_t size;             /* of this struct in the connector's build            */
        const struct mst_host *host;
        void *self;
        bool exact;
        int (*fill)(void *self, enum mst_kind kind, struct mst_shelf *shelf, struct mst_error *err);
        /* The id that a query by an attribute means, or NULL: it is looked for by value.  May be NULL. */
        const char *(*means)(void *self, const struct mst_query *query);
};
MST_API int mst_shelf_find(const struct mst_shelf_ways *ways, struct mst_search *search, struct mst_error *err);
MST_API int mst_shelf_list(const struct mst_shelf_ways *ways, enum mst_kind kind, struct mst_page *page,
                           struct mst_error *err);

/* All of it, and the page is complete. */
MST_API int mst_shelf_page(const struct mst_shelf *shelf, struct mst_page *page, struct mst_error *err);

MST_END_C
#endif
