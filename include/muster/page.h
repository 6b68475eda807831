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

/* read and fetch: the record exists, but is not, or no longer, within what this source
 * reads (the admin restricted it to a group, and the person has left it).  It is not
 * deleted: the engine treats who was there as out of scope, and forgets nothing of him;
 * who was never there costs nothing.  A later whole record or patch brings him back. */
MST_API int mst_page_outside(struct mst_page *page, enum mst_kind kind,
                             const char *id, size_t length);

/* read, in a round of changes: the record is there, and is as it was told last.  Of use only
 * where the round names everybody of the kind, see mst_page_all(); who is not known as
 * there is asked for by fetch(). */
MST_API int mst_page_present(struct mst_page *page, enum mst_kind kind, const char *id, size_t length);

/* In a round of changes: this round names everybody of that kind.  Who is not told in any of its
 * pages, in whatever way, is not there any more when it is complete, as at the end of a full
 * round.  To be told once, in any page; the round must have been read by one instance without a
 * break, as the engine forgets whom a round named that was cut off, and refuses the word then.
 * For services that say what is left instead of what has gone, and for sources that read
 * everybody from time to time because removals are not told. */
MST_API int mst_page_all(struct mst_page *page, enum mst_kind kind);

/* --- members of groups -------------------------------------------------------------------
 *
 * A group of the source is a record of kind MST_GROUP: its attributes come by
 * mst_page_whole(), mst_page_patch() and mst_page_gone() like a person's, but never its
 * members.  Those are told apart, one by one, for groups are large and come in slices:
 *
 *      mst_page_member(page, "g1", 2, MST_USER, "ada", 3, true);     ada is in g1
 *      mst_page_member(page, "g1", 2, MST_GROUP, "g2", 2, true);     and so is the group g2
 *      mst_page_member(page, "g1", 2, MST_USER, "eve", 3, false);    eve is not
 *
 * In any order, before or after the group's record and the member's, in any page of the
 * round, as often as the service says it: what is said last of a group and a member counts.
 *
 *   a full round (cursor NULL at its start): who was not told is no member when the round
 *       is complete.  A round that ends otherwise changes no membership.
 *   a round of changes: what is told changes, the rest stays.
 *
 * Only direct members are told; what follows from groups in groups, the engine finds out.
 * A member whose record is not known (not read yet, outside, of a kind that nobody reads) is
 * remembered and counts from the moment the record appears.  A member whose record is gone
 * does not count meanwhile, and counts again when it is back: do not tell "joins false"
 * because a person was deleted, and nothing anew because one was restored.  Such a member
 * stays one even where a group is told whole and he is not among those told; only "joins
 * false" takes him out then.  The members of a
 * group that is gone for good (MST_GONE_HARD) are forgotten with it; a group that is back
 * after that is told with all its members.  mst_page_bad() for a member that cannot be told
 * keeps a full round from concluding who has left a group. */
MST_API int mst_page_member(struct mst_page *page, const char *group, size_t group_length,
                            enum mst_kind kind, const char *member, size_t member_length,
                            bool joins);

/* In a round of changes: what is told of this group from here on, in this page and the
 * following ones of the round, is its whole membership, for services that give a group
 * only as a whole (LDAP).  Who is not told until the round is complete is no member.  Told
 * again, it begins anew.  In a full round that is so of every group, and need not be said. */
MST_API int mst_page_members_all(struct mst_page *page, const char *group, size_t length);

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
