/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/page.h> - what one read, fetch or list returns.
 *
 * The engine makes the page and frees it; the connector fills it and ends it
 * with exactly one of mst_page_more() and mst_page_complete().  Everything is
 * copied.  A page that was not ended, or whose call returned an error, is
 * thrown away whole: half a page is never used.
 *
 * Only mst_page_complete() lets the engine conclude anything from absence, so
 * never call it to paper over trouble.  One thread at a time; the calls return
 * NULL or MST_EINTERNAL when memory is out, which mst_page_more() and
 * mst_page_complete() report again, so that a connector may check only there.
 */
#ifndef MUSTER_PAGE_H
#define MUSTER_PAGE_H

#include <muster/error.h>
#include <muster/record.h>

MST_BEGIN

struct mst_page;

/* A record as it is: an attribute that is not put has no value. */
MST_API struct mst_record *mst_page_whole(struct mst_page *page, enum mst_kind kind,
                                          const char *id, size_t length);

/* A change: an attribute that is not put is unchanged, null is cleared. */
MST_API struct mst_record *mst_page_patch(struct mst_page *page, enum mst_kind kind,
                                          const char *id, size_t length);

enum mst_gone {
        MST_GONE_SOFT = 1,       /* the source can bring it back (Entra: deleted items) */
        MST_GONE_HARD = 2        /* for good                                           */
};

/* The source states that the record was removed. */
MST_API int mst_page_gone(struct mst_page *page, enum mst_kind kind, const char *id, size_t length,
                          enum mst_gone how);

/* fetch only: the record exists but is not within what this source reads. */
MST_API int mst_page_outside(struct mst_page *page, enum mst_kind kind,
                             const char *id, size_t length);

/* Something in the page that cannot be told as a record at all, such as one
 * without an id.  It is counted and logged; a generation with such a record is
 * not used to conclude that anybody has left. */
MST_API int mst_page_bad(struct mst_page *page, const char *format, ...) MST_PRINTF(2, 3);

/* list only: an object of the sink.  'object' is its lasting id (entryUUID),
 * 'name' what it is called now (its DN), 'stamp' our mark or NULL, 'version' the
 * server's mark of its state (etag) or NULL.  The record takes its values. */
MST_API struct mst_record *mst_page_object(struct mst_page *page, enum mst_kind kind,
                                           const char *object, const char *name,
                                           const char *stamp, const char *version);

/* Ends the page: there is more, and reading goes on from 'cursor'.  Text or
 * bytes as the connector likes, at most 64 KiB, opaque to the engine, which may
 * store it and give it back to another process. */
MST_API int mst_page_more(struct mst_page *page, const char *cursor, struct mst_error *err);

/* Ends the page and the round: everything was read.  'cursor' is where the next
 * round starts; NULL when the source cannot tell changes and is to be read whole
 * each time (and for list). */
MST_API int mst_page_complete(struct mst_page *page, const char *cursor, struct mst_error *err);

MST_END_C
#endif
