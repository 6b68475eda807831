/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/op.h> - one thing asked of a sink, and the feed that hands them out.
 *
 * apply() draws ops from the feed, as many as it can have in flight, and settles
 * each as soon as its answer is there:
 *
 *      while ((op = mst_feed_wait(feed)) != NULL)
 *              mst_op_settle(op, send_one(op, &err), &err);
 *
 * A connector with its own event loop takes what there is with mst_feed_next()
 * and puts mst_feed_fd() beside its sockets in poll(); mst_feed_ended() tells when
 * nothing will come any more.  When stopping (<muster/host.h>) the feed hands out
 * no more, and the connector settles what is in flight within two seconds.
 *
 * An op is a change, not a state.  There is never more than one open op for an
 * object, so any order and any connection will do.  Everything an op returns is
 * valid until it is settled; a settled op must not be touched again.  What is
 * drawn and not settled when apply() returns counts as unknown: sent, without an
 * answer.  Ops are drawn and settled by the thread that runs apply().
 */
#ifndef MUSTER_OP_H
#define MUSTER_OP_H

#include <muster/error.h>
#include <muster/record.h>

MST_BEGIN

struct mst_op;
struct mst_feed;

enum mst_verb {
        MST_CREATE = 1,          /* changes: all values.  A group may bring first members */
        MST_UPDATE = 2,          /* changes: what differs                              */
        MST_RENAME = 3,          /* as update, and naming attributes are among them    */
        MST_DISABLE = 4,         /* may carry changes too; do both                     */
        MST_ENABLE = 5,          /* may carry changes too                              */
        MST_DELETE = 6,
        MST_ADOPT = 7,           /* an object that was there: stamp it, then as update  */
        MST_MEMBERS = 8          /* of a group: members to add and to remove           */
};

MST_API enum mst_verb mst_op_verb(const struct mst_op *op);
MST_API enum mst_kind mst_op_kind(const struct mst_op *op);
MST_API const char *mst_verb_name(enum mst_verb verb);

/* The source's id of the record; for a group that a rule makes, its name in the
 * configuration. */
MST_API const char *mst_op_id(const struct mst_op *op);

/* The object: its lasting id and what it is called as far as we know.  NULL for
 * a create.  Address it by the lasting id wherever the service can. */
MST_API const char *mst_op_object(const struct mst_op *op);
MST_API const char *mst_op_name(const struct mst_op *op);

/* Our mark, to be written with create and adopt; "" when stamping is off. */
MST_API const char *mst_op_stamp(const struct mst_op *op);

/* Stays the same over retries of this op: for services with idempotency keys. */
MST_API const char *mst_op_key(const struct mst_op *op);

/* The version (etag) last seen, or NULL. */
MST_API const char *mst_op_version(const struct mst_op *op);

/* create: whether the account is to be usable from the start. */
MST_API bool mst_op_enabled(const struct mst_op *op);

/* The object has been in doubt, or we retry: what we think of it may be stale. */
MST_API bool mst_op_retried(const struct mst_op *op);

/* Changes in order of the attributes' names.  'before' is what was last applied
 * (NULL: unknown or nothing), 'after' what shall be there; null or NULL clears. */
MST_API size_t mst_op_change_count(const struct mst_op *op);
MST_API const char *mst_op_change_name(const struct mst_op *op, size_t index);
MST_API const struct mst_value *mst_op_before(const struct mst_op *op, size_t index);
MST_API const struct mst_value *mst_op_after(const struct mst_op *op, size_t index);

/* The 'after' of attribute 'name' as far as this op changes it, else NULL.  All
 * values that the object shall have, changed or not, are in mst_op_wanted(). */
MST_API const struct mst_value *mst_op_change(const struct mst_op *op, const char *name);
MST_API const struct mst_value *mst_op_wanted(const struct mst_op *op, const char *name);

/* Their text, of a list that of the first; "" when it is none: the wanted value of that name, and the
 * 'after' of a change. */
MST_API const char *mst_op_text(const struct mst_op *op, const char *name);
MST_API const char *mst_op_after_text(const struct mst_op *op, size_t index);

/* What was last applied of an attribute that this op changes, or NULL. */
MST_API const struct mst_value *mst_op_was(const struct mst_op *op, const char *name);

/* Members: what the object of each is, and whether it joins or leaves.  They are users,
 * and, where the facts say MST_CAN_NEST, also groups. */
MST_API size_t mst_op_member_count(const struct mst_op *op);
MST_API enum mst_kind mst_op_member_kind(const struct mst_op *op, size_t index);
MST_API bool mst_op_member_joins(const struct mst_op *op, size_t index);
MST_API const char *mst_op_member_object(const struct mst_op *op, size_t index);
MST_API const char *mst_op_member_name(const struct mst_op *op, size_t index);

enum mst_outcome {
        MST_DONE = 1,            /* create: tell the object with mst_op_set_object()    */
        MST_ALREADY = 2,         /* it was so already; as done                         */
        MST_DUPLICATE = 3,       /* something that is not ours has that name or key    */
        MST_GONE = 4,            /* the object is not there any more                   */
        MST_RETRY = 5,           /* not done, proven; may work later                   */
        MST_REFUSED = 6,         /* not done, and will not be until something changes  */
        MST_UNKNOWN = 7,         /* sent, and no answer: may or may not have happened  */
        MST_UNSENT = 8           /* drawn, but nothing was sent: give it back          */
};

/* The object's lasting id and its name (and etag, may be NULL) as they are now.
 * Required before settling a create or adopt as done, and after a rename. */
MST_API void mst_op_set_object(struct mst_op *op, const char *object, const char *name,
                               const char *version);

/* The outcome of one member where it differs from that of the op: a members op
 * may be settled as done with some members refused. */
MST_API void mst_op_member_settle(struct mst_op *op, size_t index, enum mst_outcome outcome,
                                  const char *why);

/* The objects of those of a kind who join, or leave, in 'arena'; NULL: no memory. */
MST_API const char **mst_op_members(const struct mst_op *op, enum mst_kind kind, bool joins, struct mst_arena *arena,
                                    size_t *count);
/* The same outcome for all members. */
MST_API void mst_op_members_settle(struct mst_op *op, enum mst_outcome outcome, const char *why);

/* Ends the op.  'why' is required for all but done, already and unsent, and is
 * copied; its retry_after_ms counts for retry. */
MST_API void mst_op_settle(struct mst_op *op, enum mst_outcome outcome,
                           const struct mst_error *why);

/* The next op, or NULL: none now (see mst_feed_ended()). */
MST_API struct mst_op *mst_feed_next(struct mst_feed *feed);

/* Waits for one; NULL when nothing will come any more. */
MST_API struct mst_op *mst_feed_wait(struct mst_feed *feed);

/* Waits for one and takes what else comes, up to 'most' ops: for a sink that writes many at
 * once.  Few are not waited for long (20 ms); where many came already, longer (half a second).
 * How many; 0 when nothing will come any more. */
MST_API size_t mst_feed_gather(struct mst_feed *feed, struct mst_op **ops, size_t most);

/* Readable while mst_feed_next() would not return NULL, or the feed has ended. */
MST_API int mst_feed_fd(const struct mst_feed *feed);
MST_API bool mst_feed_ended(const struct mst_feed *feed);

/* The body of apply() of such a sink: gathers up to 'most' ops at a time and hands them over, users and
 * groups apart (one may be none), until the feed has ended or 'batch' fails.  'batch' settles
 * all of them. */
typedef int mst_op_batch(void *self, struct mst_op **users, size_t user_count, struct mst_op **groups,
                         size_t group_count, struct mst_error *err);
MST_API int mst_feed_batches(struct mst_feed *feed, size_t most, mst_op_batch *batch, void *self,
                             struct mst_error *err);

/* For a sink that does one op after the other: 'one' does it and says what became of it, and why unless
 * it is done; all are settled.  Trouble that is the service's as a whole (MST_ENET, MST_ETHROTTLED or
 * MST_EAUTH in 'why', or any class beside a done op) ends it with that error, a host that says stop
 * without one; the ops that were not begun, or were put off by the stop, are given back.  An 'err' that
 * is set already gives all back. */
typedef enum mst_outcome mst_op_one(void *self, struct mst_op *op, struct mst_error *why);
struct mst_host;
MST_API int mst_ops_one_by_one(struct mst_host *host, struct mst_op **ops, size_t count, mst_op_one *one, void *self,
                               struct mst_error *err);

/* The connector's own spaces, kept with the op until it is settled. */
MST_API void mst_op_set_user(struct mst_op *op, void *user);
MST_API void *mst_op_user(const struct mst_op *op);

MST_END_C
#endif
