/* conditions.c - conditions as rows, a whole before its parts.
 *
 * What decides: of an -and that is false its first false part, of an -or that is true its
 * first true part, and of the others all parts.  The fewest that would have to be otherwise:
 * of an -and all that are false, of an -or the part that costs least, below a -not the
 * opposite. */
#include "build.h"

#include "rules/explain.h"

#include <string.h>

#define NEVER SIZE_MAX

size_t
mstc_conditions_open(struct mstc_conditions *all, const struct mstc_condition *row)
{
        if (all->count == all->room) {
                size_t room = all->room == 0 ? 32 : all->room * 2;
                struct mstc_condition *new = mst_arena_alloc(all->arena, room * sizeof *new);

                if (new == NULL) {
                        all->failed = true;
                        return 0;
                }
                if (all->count > 0)
                        memcpy(new, all->rows, all->count * sizeof *new);
                all->rows = new;
                all->room = room;
        }
        all->rows[all->count] = *row;
        all->rows[all->count].size = 1;
        return all->count++;
}

void
mstc_conditions_close(struct mstc_conditions *all, size_t at)
{
        struct mstc_condition *row;

        if (all->failed)
                return;
        row = &all->rows[at];
        row->size = all->count - at;
        if (row->kind == MSTC_CONDITION_ONE)
                return;
        row->holds = row->kind == MSTC_CONDITION_ALL;
        for (size_t i = at + 1; i < all->count; i += all->rows[i].size) {
                bool is = all->rows[i].holds;

                if (row->kind == MSTC_CONDITION_NOT)
                        row->holds = !is;
                else if (is == (row->kind == MSTC_CONDITION_ANY))
                        row->holds = is;
        }
}

/* 'against': a true condition here keeps the whole from being true (below -not). */
static void
mark(struct mstc_conditions *all, size_t at, bool decides, bool against, bool *marked)
{
        struct mstc_condition *row = &all->rows[at];
        bool first_only = row->kind == (row->holds ? MSTC_CONDITION_ANY : MSTC_CONDITION_ALL), told = false;

        row->decides = decides;
        row->change = false;
        row->first = row->kind == MSTC_CONDITION_ONE && !row->fixed && decides && !*marked && row->holds == against;
        *marked |= row->first;
        for (size_t i = at + 1; i < at + row->size; i += all->rows[i].size) {
                bool one = decides && (!first_only || (!told && all->rows[i].holds == row->holds));

                told |= one;
                mark(all, i, one, row->kind == MSTC_CONDITION_NOT ? !against : against, marked);
        }
}

/* How many conditions must be otherwise for a row to be as wanted. */
static size_t
cost(const struct mstc_conditions *all, size_t at, bool want)
{
        const struct mstc_condition *row = &all->rows[at];
        bool sum = want == (row->kind == MSTC_CONDITION_ALL);
        size_t ret = sum ? 0 : NEVER;

        if (row->holds == want)
                return 0;
        if (row->kind == MSTC_CONDITION_ONE)
                return row->fixed ? NEVER : 1;
        if (row->kind == MSTC_CONDITION_NOT)
                return row->size > 1 ? cost(all, at + 1, !want) : NEVER;
        for (size_t i = at + 1; i < at + row->size; i += all->rows[i].size) {
                size_t one = cost(all, i, want);

                if (sum)
                        ret = one == NEVER || ret == NEVER ? NEVER : ret + one;
                else
                        ret = one < ret ? one : ret;
        }
        return ret;
}

static void
choose(struct mstc_conditions *all, size_t at, bool want)
{
        struct mstc_condition *row = &all->rows[at];
        size_t least = cost(all, at, want);

        if (least == 0)
                return;
        if (row->kind == MSTC_CONDITION_ONE)
                row->change = true;
        else if (row->kind == MSTC_CONDITION_NOT)
                choose(all, at + 1, !want);
        for (size_t i = at + 1; row->kind != MSTC_CONDITION_NOT && i < at + row->size; i += all->rows[i].size) {
                if (want == (row->kind == MSTC_CONDITION_ALL))
                        choose(all, i, want);
                else if (cost(all, i, want) == least) {
                        choose(all, i, want);
                        return;
                }
        }
}

size_t
mstc_conditions_mark(struct mstc_conditions *all, size_t at)
{
        bool marked;
        size_t ret;

        if (all->failed || at >= all->count)
                return 0;
        marked = all->rows[at].holds;        /* nothing keeps a true rule from being true */
        mark(all, at, true, false, &marked);
        ret = cost(all, at, true);
        if (ret == NEVER)
                return 0;
        choose(all, at, true);
        return ret;
}
