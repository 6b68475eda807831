/* memberrules.c - whose rules do these people satisfy?
 *
 * A changed configuration and a first read put many people before the rule index: they are
 * evaluated as one block, which costs a fraction of one after the other and finds the same.
 * A few changed people are looked up one by one, since a block costs something for each rule. */
#include "build.h"

#include "engine/members.h"

#include "util/alloc.h"

#define BLOCK_FROM 32u

/* What was found lives until the index is asked again: one by one it must be kept. */
static int
match_one(struct mstc_run *run, const struct mst_record *record, struct mstc_found *ret, struct mst_error *err)
{
        struct mstc_matches *matches = &run->members->matches;
        struct mstc_eval eval;

        mstc_eval_init(run, &eval, run->scratch);
        matches->count = 0;
        if (!mstc_index_match(run->members->index, record, &eval, matches) || mstc_eval_starved(&eval))
                return mst_fail_memory(err, "reading groups");
        *ret = (struct mstc_found){ .count = matches->count, .why = eval.why };
        if (matches->count != 0)
                ret->ids = mst_arena_memdup(run->scratch, matches->ids, matches->count * sizeof *matches->ids);
        return matches->count == 0 || ret->ids != NULL ? MST_OK : mst_fail_memory(err, "reading groups");
}

int
mstc_members_match(struct mstc_run *run, const struct mst_record *const *records, size_t count,
                   struct mstc_found *found, struct mst_error *err)
{
        struct mstc_eval eval;

        mstc_eval_init(run, &eval, run->scratch);
        if (count >= BLOCK_FROM && !mstc_index_match_all(run->members->index, records, count, &eval,
                                                         &run->members->matches, found))
                return mst_fail_memory(err, "reading groups");
        for (size_t i = 0; count < BLOCK_FROM && i < count; i++)
                if (match_one(run, records[i], &found[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}
