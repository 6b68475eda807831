/* op.h - inside an op, and the engine's end of the feed.
 *
 * The conductor makes an op in an arena of its own, fills the first part, and
 * pushes it; the sink's thread draws and settles it; the conductor collects it
 * and frees it with mstc_op_free().  Between push and collect it belongs to the
 * sink's thread.  The feed is one of the two places with a lock. */
#ifndef MSTC_OP_H
#define MSTC_OP_H

#include <muster/arena.h>
#include <muster/op.h>

#include "record/record.h"

struct mstc_change {
        const char *name;
        const struct mst_value *before, *after;
};

struct mstc_op_member {
        uint32_t entry;                      /* the engine's number of the person, or group */
        bool joins, is_group;
        const char *object, *name;
        enum mst_outcome outcome;            /* 0: as the op                           */
        const char *why;
};

struct mst_op {
        /* the conductor's part */
        struct mst_arena *arena;
        int64_t number;                      /* in the journal                         */
        enum mst_verb verb;
        enum mst_kind kind;
        const char *id, *object, *name, *stamp, *key, *version;
        bool enabled, retried;
        struct mstc_change *changes;
        size_t change_count;
        const struct mst_record *wanted;     /* all values, or NULL                    */
        struct mstc_op_member *members;
        size_t member_count;
        void *engine;                        /* whatever the conductor ties to it      */

        /* the sink's part */
        struct mst_feed *feed;               /* set by push                            */
        bool drawn;
        enum mst_outcome outcome;            /* 0: not settled                         */
        struct mst_error why;
        const char *new_object, *new_name, *new_version;
        void *user;
        struct mst_op *next, *previous;      /* in one of the feed's queues            */
};

/* What the sink tells is checked at the settling: a create that is done (or already so)
 * without an object, or an outcome that does not exist, becomes MST_UNKNOWN; a missing
 * reason gets a sentence.  'why' of a done op may hold what the connector told.
 *
 * A new op with its arena; NULL: out of memory. */
MST_API struct mst_op *mstc_op_new(void);
MST_API void mstc_op_free(struct mst_op *op);

/* A feed that holds at most 'room' ops between push and collect. */
MST_API struct mst_feed *mstc_feed_new(size_t room);
MST_API void mstc_feed_free(struct mst_feed *feed);      /* frees ops that are still in it */

/* Ops that may be pushed now without passing 'room'. */
MST_API size_t mstc_feed_room(struct mst_feed *feed);
MST_API void mstc_feed_push(struct mst_feed *feed, struct mst_op *op);
/* What is pushed after end, halt or close comes back as MST_UNSENT.
 * No more will be pushed: next() and wait() return NULL once the queue is empty. */
MST_API void mstc_feed_end(struct mst_feed *feed);
/* Hands out nothing more, at once: what was not drawn is collected as MST_UNSENT. */
MST_API void mstc_feed_halt(struct mst_feed *feed);
/* apply() has returned: what was drawn and not settled becomes MST_UNKNOWN (its 'why'
 * is 'err' or a sentence), what was not drawn MST_UNSENT. */
MST_API void mstc_feed_close(struct mst_feed *feed, const struct mst_error *err);
/* Makes the feed usable for another apply(). */
MST_API void mstc_feed_reopen(struct mst_feed *feed);

/* Takes up to 'most' settled ops, waiting up to 'ms' for the first (0: not at all);
 * returns how many. */
MST_API size_t mstc_feed_collect(struct mst_feed *feed, struct mst_op **ops, size_t most, int ms);
/* Readable while something can be collected, for the conductor's poll(). */
MST_API int mstc_feed_collect_fd(struct mst_feed *feed);
/* Ops pushed and not yet collected. */
MST_API size_t mstc_feed_open_count(struct mst_feed *feed);

#endif
