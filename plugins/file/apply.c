/* SPDX-License-Identifier: Apache-2.0
 *
 * apply.c - ops become a new file, many at once.
 *
 *   gather    what the feed has, up to a number; a file is written once for all of them
 *   change    in memory, under the lock, upon the file as it is
 *   save      the groups after the users; overtaken by somebody who does not lock: read
 *             again and change anew, a few times
 *   settle    only now, when the disk has it; what was refused was never in the file
 *
 * Where the file cannot be written the ops go back unsent, and the call says why: it is the
 * sink that fails, not them. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "sink.h"

#define GATHER_MS 20                         /* longest wait for one more              */
#define TRIES 5

struct gathered {
        struct mst_op *ops[FIL_AT_ONCE];
        enum mst_outcome outcomes[FIL_AT_ONCE];
        const struct mst_error *whys[FIL_AT_ONCE];   /* in the batch's arena; NULL: done */
        size_t count;
};

static void
gather(struct fil_sink *sink, struct mst_feed *feed, struct gathered *g)
{
        struct mst_op *op = mst_feed_wait(feed);

        g->count = 0;
        while (op != NULL) {
                struct pollfd fd = { .fd = mst_feed_fd(feed), .events = POLLIN };

                g->ops[g->count++] = op;
                op = g->count < FIL_AT_ONCE ? mst_feed_next(feed) : NULL;
                if (op == NULL && g->count < FIL_AT_ONCE && !mst_feed_ended(feed) && !mst_host_stopping(sink->host)
                    && poll(&fd, 1, GATHER_MS) > 0)
                        op = mst_feed_next(feed);
        }
}

/* Upon the file as it is now. */
static int
change_all(struct fil_sink *sink, struct gathered *g, struct mst_arena *arena, struct mst_error *err)
{
        struct fil_batch batch = { .sink = sink, .arena = arena };

        mst_arena_reset(arena);
        if (fil_book_fresh(&sink->users, err) != MST_OK
            || (sink->has_groups && fil_book_fresh(&sink->groups, err) != MST_OK))
                return err->code;
        for (size_t i = 0; i < g->count; i++) {
                struct mst_error why = { 0 };

                g->outcomes[i] = fil_change(&batch, g->ops[i], &why);
                g->whys[i] = why.code != MST_OK ? mst_arena_memdup(arena, &why, sizeof why) : NULL;
                /* Out of memory in the middle of a row: that table is not to be written. */
                if (g->outcomes[i] == MST_RETRY || (why.code != MST_OK && g->whys[i] == NULL))
                        return mst_fail_memory(err, "changing rows");
        }
        return fil_fix_members(&batch) ? MST_OK : mst_fail_memory(err, "changing members");
}

/* FIL_SAVED also when there was nothing to save. */
static enum fil_saved
save(struct fil_sink *sink, struct fil_book *book, struct mst_error *err)
{
        return book->table != NULL && book->changed ? fil_book_save(sink, book, err) : FIL_SAVED;
}

static void
settle(struct gathered *g, enum mst_kind kind, enum fil_saved saved, const struct mst_error *err)
{
        for (size_t i = 0; i < g->count; i++) {
                enum mst_outcome outcome = g->outcomes[i];
                bool good = outcome == MST_DONE || outcome == MST_ALREADY;

                if (g->ops[i] == NULL || mst_op_kind(g->ops[i]) != kind)
                        continue;
                if (good && saved == FIL_IN_DOUBT)
                        mst_op_settle(g->ops[i], MST_UNKNOWN, err);
                else if (good && saved != FIL_SAVED)
                        mst_op_settle(g->ops[i], MST_UNSENT, NULL);
                else
                        mst_op_settle(g->ops[i], outcome, good ? NULL : g->whys[i]);
                g->ops[i] = NULL;
        }
}

static void
give_back(struct gathered *g)
{
        for (size_t i = 0; i < g->count; i++)
                if (g->ops[i] != NULL)
                        mst_op_settle(g->ops[i], MST_UNSENT, NULL);
}

/* One try, under the locks.  FIL_OVERTAKEN: once more. */
static enum fil_saved
try(struct fil_sink *sink, struct gathered *g, struct mst_arena *arena, struct mst_error *err)
{
        enum fil_saved saved;

        if (change_all(sink, g, arena, err) != MST_OK)
                return FIL_NOT_SAVED;
        /* A group that names somebody who is not in the other file yet would be worse than
         * one that does not name him yet. */
        saved = save(sink, &sink->users, err);
        if (saved == FIL_OVERTAKEN)
                return saved;
        settle(g, MST_USER, saved, err);
        if (saved != FIL_SAVED)
                return saved;
        saved = save(sink, &sink->groups, err);
        if (saved != FIL_OVERTAKEN)
                settle(g, MST_GROUP, saved, err);
        return saved;
}

/* What is left of the groups' ops when only their file was overtaken. */
static void
drop_settled(struct gathered *g)
{
        size_t kept = 0;

        for (size_t i = 0; i < g->count; i++)
                if (g->ops[i] != NULL)
                        g->ops[kept++] = g->ops[i];
        g->count = kept;
}

static int
carry_out(struct fil_sink *sink, struct gathered *g, struct mst_arena *arena, struct mst_error *err)
{
        enum fil_saved saved = FIL_OVERTAKEN;

        if (fil_book_lock(sink, &sink->users, err) != MST_OK
            || (sink->has_groups && fil_book_lock(sink, &sink->groups, err) != MST_OK))
                saved = FIL_NOT_SAVED;
        for (int i = 0; saved == FIL_OVERTAKEN && i < TRIES; i++) {
                drop_settled(g);
                saved = try(sink, g, arena, err);
        }
        if (saved == FIL_OVERTAKEN)
                mst_fail(err, MST_ENET, "the file '%s' is written all the time by somebody else, who does not lock it: "
                         "let only one write it", sink->config->path);
        give_back(g);
        fil_book_unlock(&sink->users);
        fil_book_unlock(&sink->groups);
        if (saved == FIL_SAVED)
                return MST_OK;
        fil_book_forget(&sink->users);
        fil_book_forget(&sink->groups);
        return err->code;
}

int
fil_sink_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct fil_sink *sink = self;
        struct gathered *g = malloc(sizeof *g);
        struct mst_arena *arena = mst_arena_new(0);
        int rc = g != NULL && arena != NULL ? MST_OK : mst_fail_memory(err, "writing a file");

        if (rc == MST_OK)
                gather(sink, feed, g);
        while (rc == MST_OK && g->count > 0) {
                rc = carry_out(sink, g, arena, err);
                if (rc == MST_OK)
                        gather(sink, feed, g);
        }
        mst_arena_free(arena);
        free(g);
        return rc;
}
