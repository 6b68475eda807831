/* waits.c - ops that wait for another op.
 *
 * Who points at somebody who is being created or renamed waits for his name; it would point
 * at nobody, or at a name that is somebody else's by then.  When only ops that wait are left,
 * the circle is broken, by the first of these that there is:
 *
 *   later    a rename that comes in a later rank: those who wait for it go with his name of now
 *   ring     renames of people who point at each other: one op goes with the names of now.
 *            Nobody is under way who could change them meanwhile, and then the others follow
 *   create   those who wait for it go without; they are planned again when he is there */
#include "build.h"

#include "engine/waits.h"

#include "store/journal.h"
#include "util/alloc.h"
#include "util/date.h"

static int
no_memory(struct mst_error *err)
{
        return mst_fail_memory(err, "sending ops");
}

static bool
push(struct mstc_wait_list *list, struct mstc_wait op)
{
        if (list->count == list->room) {
                size_t room = list->room != 0 ? list->room * 2 : 4;
                struct mstc_wait *more = mstc_realloc_array(list->ops, room, sizeof *more);

                if (more == NULL)
                        return false;
                list->ops = more;
                list->room = room;
        }
        list->ops[list->count++] = op;
        return true;
}

int
mstc_waits_begin(struct mstc_waits *w, struct mstc_store *store, int64_t sink, struct mst_error *err)
{
        const int64_t now = mstc_now_ms();

        w->creating = mstc_set_new();
        w->naming = mstc_set_new();
        w->renaming = mstc_set_new();
        w->waiting = mstc_set_new();
        if (w->creating == NULL || w->naming == NULL || w->renaming == NULL || w->waiting == NULL)
                return no_memory(err);
        if (mstc_op_entries(store, sink, MST_CREATE, now, w->creating, err) != MST_OK
            || mstc_op_entries(store, sink, MST_RENAME, now, w->renaming, err) != MST_OK)
                return err->code;
        return mstc_set_union(w->naming, w->creating) && mstc_set_union(w->naming, w->renaming) ? MST_OK : no_memory(err);
}

void
mstc_waits_done(struct mstc_waits *w)
{
        size_t at = 0;
        int64_t key;
        void *value;

        while (mstc_numbers_each(&w->lists, &at, &key, &value)) {
                mstc_free(((struct mstc_wait_list *)value)->ops);
                mstc_free(value);
        }
        mstc_numbers_done(&w->lists);
        mstc_free(w->ready.ops);
        mstc_set_free(w->creating);
        mstc_set_free(w->naming);
        mstc_set_free(w->renaming);
        mstc_set_free(w->waiting);
}

int
mstc_waits_add(struct mstc_waits *w, int64_t entry, struct mstc_wait op, struct mst_error *err)
{
        struct mstc_wait_list *list = mstc_numbers_get(&w->lists, entry);

        if (list == NULL) {
                list = mstc_alloc(sizeof *list);
                if (list == NULL || !mstc_numbers_put(&w->lists, entry, list)) {
                        mstc_free(list);
                        return no_memory(err);
                }
        }
        if (!push(list, op) || (op.entry != 0 && !mstc_set_add(w->waiting, (uint32_t)op.entry)))
                return no_memory(err);
        w->count++;
        return MST_OK;
}

static bool
let_go(struct mstc_waits *w, struct mstc_wait op)
{
        if (op.entry != 0)
                mstc_set_remove(w->waiting, (uint32_t)op.entry);
        w->count--;
        return push(&w->ready, op);
}

static void
forget(struct mstc_waits *w, int64_t entry)
{
        if (entry <= 0)
                return;
        mstc_set_remove(w->creating, (uint32_t)entry);
        mstc_set_remove(w->renaming, (uint32_t)entry);
        mstc_set_remove(w->naming, (uint32_t)entry);
}

const struct mstc_set *
mstc_waits_for(const struct mstc_waits *w, int64_t number)
{
        return number == w->alone ? w->creating : w->naming;
}

int
mstc_waits_over(struct mstc_waits *w, int64_t entry, struct mst_error *err)
{
        struct mstc_wait_list *list = mstc_numbers_get(&w->lists, entry);

        forget(w, entry);
        if (list == NULL)
                return MST_OK;
        for (size_t i = 0; i < list->count; i++)
                if (!let_go(w, list->ops[i]))
                        return no_memory(err);
        mstc_numbers_put(&w->lists, entry, NULL);
        mstc_free(list->ops);
        mstc_free(list);
        return MST_OK;
}

enum why { LATER, RING, CREATE, WHYS };

static enum why
why_waited_for(const struct mstc_waits *w, int64_t entry)
{
        if (entry < 0 || !mstc_set_has(w->renaming, (uint32_t)entry))
                return CREATE;
        return mstc_set_has(w->waiting, (uint32_t)entry) ? RING : LATER;
}

/* All that wait for one of that kind; first none of these is waited for any more. */
static int
all_go(struct mstc_waits *w, enum why why, struct mst_error *err)
{
        struct mstc_set *entries = mstc_set_new();
        int rc = entries != NULL ? MST_OK : no_memory(err);
        int64_t entry;
        void *value;

        for (size_t at = 0; rc == MST_OK && mstc_numbers_each(&w->lists, &at, &entry, &value);)
                if (entry > 0 && why_waited_for(w, entry) == why && !mstc_set_add(entries, (uint32_t)entry))
                        rc = no_memory(err);
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(entries, &n); n++)
                forget(w, n);
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(entries, &n); n++)
                rc = mstc_waits_over(w, n, err);
        mstc_set_free(entries);
        return rc;
}

int
mstc_waits_break(struct mstc_waits *w, struct mst_error *err)
{
        struct mstc_wait_list *some[WHYS] = { NULL };
        int64_t entry;
        void *value;

        for (size_t at = 0; mstc_numbers_each(&w->lists, &at, &entry, &value);)
                if (((struct mstc_wait_list *)value)->count > 0)
                        some[why_waited_for(w, entry)] = value;
        if (some[LATER] != NULL || some[RING] == NULL)
                return all_go(w, some[LATER] != NULL ? LATER : CREATE, err);
        w->alone = some[RING]->ops[--some[RING]->count].number;
        return let_go(w, some[RING]->ops[some[RING]->count]) ? MST_OK : no_memory(err);
}

int64_t
mstc_waits_next(struct mstc_waits *w)
{
        int64_t number = 0;

        if (w->ready_at < w->ready.count)
                number = w->ready.ops[w->ready_at++].number;
        if (w->ready_at == w->ready.count)
                w->ready_at = w->ready.count = 0;
        return number;
}

bool
mstc_waits_ready(const struct mstc_waits *w)
{
        return w->ready_at < w->ready.count;
}
