/* nevertouch.c - objects that a never-touch rule protects, also where they are ours.
 *
 * Whoever is not tied yet is met while he is matched (match.c).  For the others each op of a plan is
 * held against the rule before the plan is judged: its object is looked up in the sink, and what is
 * protected is not touched; what cannot be looked up is planned again. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "sdk/search.h"
#include "store/entries.h"
#include "store/groups.h"

#define BATCH 128

struct looked {
        struct mstc_entry_op row;
        struct mstc_run_target *target;
};

static int
object_of(struct mstc_run *run, const struct looked *l, struct mst_arena *arena, const char **ret, struct mst_error *err)
{
        struct mstc_glink glink;
        const char *name;
        int rc;

        *ret = NULL;
        if (l->row.kind == MST_USER)
                return mstc_link_name(run->store, l->row.entry, l->row.sink, arena, ret, &name, err);
        rc = mstc_glink_get(run->store, l->row.entry, l->row.target, arena, &glink, err);
        if (rc == MST_OK)
                *ret = glink.object;
        return rc < 0 ? rc : MST_OK;
}

static int
end(struct mstc_run *run, const struct looked *l, const char *why, bool again, struct mst_error *err)
{
        const char *name = l->row.name != NULL ? l->row.name : l->row.id;

        l->target->counts[MSTC_N_SKIPPED]++;
        mstc_log(run->engine, MSTC_EVENT_NEVER_TOUCH, "%s of %s in '%s' is not done: %s", mst_verb_name(l->row.verb), name,
                 l->target->setup->name, why);
        if (mstc_op_end(run->store, l->row.number, MSTC_OP_SUPERSEDED, 0, run->id, why, err) != MST_OK || !again)
                return err->code;
        return l->row.kind == MST_GROUP ? mstc_gdirty_add(run->store, run->row.id, l->row.entry, err)
             : mstc_dirty_add(run->store, run->row.id, l->row.entry, UINT32_C(1) << l->target->setup->bit, err);
}

static int
judge_one(struct mstc_run *run, const struct mst_query *query, struct mst_arena *arena, struct mst_error *err)
{
        const struct looked *l = query->engine;
        const struct mstc_expr *rule = l->target->sink->setup->never_touch;
        struct mstc_eval eval;

        if (!query->done || query->failed)
                return end(run, l, "it could not be looked up whether a never-touch rule protects it", true, err);
        for (size_t i = 0; i < query->found_count; i++) {
                mstc_eval_init(run, &eval, arena);
                if (query->found[i].record != NULL && mstc_expr_test(rule, query->found[i].record, &eval))
                        return end(run, l, "a never-touch rule protects the object", false, err);
        }
        return MST_OK;
}

static int
look(struct mstc_run *run, struct mstc_live *sink, struct looked *looked, size_t count, struct mst_arena *arena,
     struct mst_error *err)
{
        struct mst_search *search = mstc_search_new();
        struct mst_error why = { 0 };
        int rc = search != NULL ? MST_OK : mst_fail_memory(err, "looking for protected objects");

        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                struct mst_query *query;
                const char *object;

                rc = object_of(run, &looked[i], arena, &object, err);
                if (rc != MST_OK || object == NULL)
                        continue;
                query = mstc_search_add(search, looked[i].row.kind);
                if (query == NULL || !mstc_query_by_object(query, object))
                        rc = mst_fail_memory(err, "looking for protected objects");
                else
                        query->engine = &looked[i];
        }
        if (rc == MST_OK && search->count != 0 && mstc_live_find(sink, search, &why) != MST_OK
            && !mstc_engine_stopping(run->engine))
                mstc_live_put_aside(sink, &why);
        for (size_t i = 0; rc == MST_OK && i < search->count; i++)
                rc = judge_one(run, &search->queries[i], arena, err);
        mstc_search_free(search);
        return rc;
}

static int
sink_ops(struct mstc_run *run, struct mstc_live *sink, struct mst_arena *arena, struct mst_error *err)
{
        size_t most = mstc_live_facts(sink)->find, count = BATCH;
        struct mstc_entry_op rows[BATCH];
        struct looked looked[BATCH];
        int64_t after = run->plan_from;

        if (most == 0 || most > BATCH)
                most = BATCH;
        for (count = most; count == most; ) {
                size_t n = 0;

                mst_arena_reset(arena);
                if (mstc_op_of_run(run->store, run->id, after, arena, rows, most, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        after = rows[i].number;
                        looked[n] = (struct looked){ rows[i], mstc_run_target_of(run, rows[i].target) };
                        n += looked[n].target != NULL && looked[n].target->sink == sink && rows[i].verb != MST_CREATE
                          && rows[i].verb != MST_ADOPT;
                }
                if (n != 0 && look(run, sink, looked, n, arena, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_never_touch(struct mstc_run *run, struct mst_error *err)
{
        struct mst_arena *arena = NULL;
        int rc = MST_OK;

        for (size_t i = 0; rc == MST_OK && i < run->target_count && !run->options->offline; i++) {
                struct mstc_live *sink = run->targets[i].sink;

                if (sink->setup->never_touch == NULL || !mstc_first_of_sink(run, i) || run->targets[i].no_plan
                    || (mstc_live_facts(sink)->can & MST_CAN_FIND) == 0)
                        continue;
                if (arena == NULL && (arena = mst_arena_new(0)) == NULL)
                        return mst_fail_memory(err, "looking for protected objects");
                rc = sink_ops(run, sink, arena, err);
        }
        mst_arena_free(arena);
        return rc;
}
