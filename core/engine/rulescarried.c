/* rulescarried.c - groups of the source that one of two configurations carries, or both.
 *
 * Each is put before the rules of both sides once; a person's memberships then say which of them
 * he is in.  One that both carry is the same group, whatever it is called on either side. */
#include "build.h"

#include "engine/rulesdiffing.h"

#include <string.h>

#include "engine/members.h"
#include "util/alloc.h"

static bool
same(const char *a, const char *b)
{
        return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_carries(const struct mstc_sync *a, const struct mstc_sync *b)
{
        size_t count = a != NULL ? a->carry_count : 0;

        if (count != (b != NULL ? b->carry_count : 0))
                return false;
        for (size_t i = 0; i < count; i++) {
                const struct mstc_expr *x = a->carries[i].rule, *y = b->carries[i].rule;

                if (!same(x != NULL ? mstc_expr_text(x) : NULL, y != NULL ? mstc_expr_text(y) : NULL))
                        return false;
        }
        return true;
}

/* The first that takes it, as in a run; NULL: none. */
static const struct mstc_carry *
taker(const struct mstc_diffing *d, int side, const struct mst_record *group)
{
        const struct mstc_sync *sync = d->sides[side].sync;
        struct mstc_eval eval = { .now = d->now, .arena = d->scratch };

        for (size_t i = 0; sync != NULL && i < sync->carry_count; i++)
                if (sync->carries[i].rule == NULL || mstc_expr_test(sync->carries[i].rule, group, &eval))
                        return &sync->carries[i];
        return NULL;
}

static void
add(struct mstc_diffing *d, const struct mstc_view_record *group)
{
        const struct mstc_carry *by[2] = { taker(d, 0, group->record), taker(d, 1, group->record) };
        const struct mstc_carry *one = by[1] != NULL ? by[1] : by[0];
        struct mstc_diff_carried *carried;
        const char *name, *why;

        if (one == NULL)
                return;
        name = mstc_carry_fill(d->scratch, one->config->name, group->record, &why);
        carried = mst_arena_alloc(d->kept, sizeof *carried);
        if (carried != NULL) {
                *carried = (struct mstc_diff_carried){ .by = { by[0] != NULL, by[1] != NULL } };
                carried->mover = mstc_diff_mover(d, MSTC_MOVED_GROUP, NULL, name != NULL ? name : group->title);
        }
        if (carried == NULL || carried->mover == NULL || !mstc_map_put(d->carried, group->id, carried))
                d->failed = true;
}

int
mstc_diff_carried_load(struct mstc_diffing *d, struct mst_error *err)
{
        const struct mstc_sync *before = d->sides[0].sync, *after = d->sides[1].sync;
        struct mstc_view_record *groups;
        int64_t at = 0;
        bool more = true;
        size_t count;

        if (((before == NULL || before->carry_count == 0) && (after == NULL || after->carry_count == 0))
            || (!d->scopes_differ && same_carries(before, after)))
                return MST_OK;
        d->carried = mstc_map_new();
        if (d->carried == NULL)
                return mst_fail_memory(err, "comparing rules");
        while (more && !d->failed) {
                mst_arena_reset(d->scratch);
                if (mstc_view_source_groups(d->store, d->sync, &at, MSTC_DIFF_BATCH, d->scratch, &groups, &count, &more,
                                            err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count && !d->failed; i++)
                        add(d, &groups[i]);
        }
        return d->failed ? mst_fail_memory(err, "comparing rules") : MST_OK;
}

void
mstc_diff_carried_of(struct mstc_diffing *d, int side, const struct mst_record *record)
{
        const struct mst_value *in = d->carried != NULL ? mst_record_get(record, "transitiveMemberOf") : NULL;

        for (size_t i = 0; i < mst_value_count(in); i++) {
                const struct mst_value *id = mst_value_at(in, i);
                const struct mstc_diff_carried *carried = id->type == MST_TEXT ? mstc_map_get(d->carried, id->as.text) : NULL;

                if (carried != NULL && carried->by[side])
                        mstc_diff_add_group(d, &d->sides[side], carried->mover);
        }
}
