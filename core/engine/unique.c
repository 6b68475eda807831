/* unique.c - values that nobody else may have in a sink: SelectUniqueValue() in a create.
 *
 *   reserved  what another create of this sink has chosen and the sink has perhaps not seen
 *             yet: those of this plan, and those that are still open from earlier ones
 *   asked     else the sink is asked for each candidate, just before the create is planned;
 *             a value is free when the sink says so, never because it did not answer
 *
 * Who could not be asked for is planned again with the next run; whose candidates are all
 * taken, or whose random value failed, is put aside with that reason: nobody is made without
 * the value.  A plan without any sink (offline) knows what is reserved only. */
#include "build.h"

#include "engine/drawing.h"

#include <string.h>

#include "sdk/facts.h"
#include "sdk/search.h"
#include "store/journal.h"
#include "util/map.h"
#include "util/set.h"

struct mstc_unique {
        struct mstc_run *run;
        struct mstc_run_target *target;
        int64_t entry;
        const char *attribute;               /* the one that is being chosen           */
        bool unsure;                         /* the sink did not answer                */
        const char *why;                     /* it cannot be made                      */
        struct mst_error *err;               /* memory is out, or the store failed     */
};

/* What a value is reserved under: sink, attribute and value, without regard to case. */
static const char *
place_of(struct mstc_run *run, const struct mstc_run_target *target, const char *attribute, const char *value)
{
        const char *text = mst_arena_printf(run->scratch, "%lld %s %s", (long long)target->sink->id, attribute, value);
        size_t length;

        return text != NULL ? mstc_fold(text, strlen(text), run->scratch, &length) : NULL;
}

static bool
reserve(struct mstc_run *run, const struct mstc_run_target *target, const char *attribute, const char *value,
        int64_t entry)
{
        const char *place = place_of(run, target, attribute, value);

        return place != NULL && mstc_map_put(run->reserved, place, (void *)(intptr_t)entry);
}

/* The values that an open create of an earlier plan has chosen. */
static int
reserve_open(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, struct mst_error *err)
{
        struct mstc_entry_op op;
        struct mst_record *after;
        int rc = mstc_op_of(run->store, MST_USER, entry, target->sink->id, run->scratch, &op, err);

        if (rc == MST_OK)
                rc = mstc_record_unflat(op.after, op.after_size, "", run->scratch, &after, err);
        for (size_t m = 0; rc == MST_OK && m < target->setup->map_count; m++) {
                const struct mstc_map *map = &target->setup->maps[m];
                const struct mst_value *value = mstc_map_draws(map) ? mst_record_get(after, map->to) : NULL;

                if (value != NULL && value->type == MST_TEXT && !reserve(run, target, map->to, value->as.text, entry))
                        rc = mst_fail_memory(err, "planning");
        }
        return rc == MST_END ? MST_OK : rc;
}

/* Once a run for each target that chooses values. */
static int
load(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err)
{
        struct mstc_set *creates = mstc_set_new();
        int rc = creates != NULL ? MST_OK : mst_fail_memory(err, "planning");

        if (rc == MST_OK && run->reserved == NULL && (run->reserved = mstc_map_new()) == NULL)
                rc = mst_fail_memory(err, "planning");
        if (rc == MST_OK && !run->ops_none)
                rc = mstc_op_open_creates(run->store, target->sink->id, creates, err);
        for (uint32_t entry = 0; rc == MST_OK && mstc_set_next(creates, &entry); entry++)
                rc = reserve_open(run, target, entry, err);
        mstc_set_free(creates);
        target->reserved = rc == MST_OK;
        return rc;
}

/* Does the sink know an object with this value?  'unsure' where it does not say. */
static bool
is_there(struct mstc_unique *u, const struct mst_value *value)
{
        struct mstc_live *sink = u->target->sink;
        struct mst_search *search = mstc_search_new();
        struct mst_query *query = search != NULL ? mstc_search_add(search, MST_USER) : NULL;
        struct mst_error why = { 0 };
        bool there = false;

        if (query == NULL || !mstc_query_by_value(query, u->attribute, value)) {
                mst_fail_memory(u->err, "planning");
        } else if (mstc_live_find(sink, search, &why) != MST_OK) {
                u->unsure = true;
                if (!mstc_engine_stopping(u->run->engine))
                        mstc_live_put_aside(sink, &why);
        } else {
                query = &search->queries[0];
                u->unsure = !query->done || query->failed;
                there = query->found_count != 0;
        }
        mstc_search_free(search);
        return there;
}

static bool
taken(void *self, const char *text, size_t length)
{
        const struct mstc_drawing *drawing = self;
        struct mstc_unique *u = drawing->unique;
        struct mst_value value = { .type = MST_TEXT, .length = (uint32_t)length, .as.text = text };
        const char *place = place_of(u->run, u->target, u->attribute, text);
        int64_t owner = place != NULL ? (intptr_t)mstc_map_get(u->run->reserved, place) : 0;

        if (place == NULL)
                mst_fail_memory(u->err, "planning");
        if (u->err->code != MST_OK || u->unsure || u->why != NULL || (owner != 0 && owner != u->entry))
                return true;
        if (u->run->options->offline)
                return !reserve(u->run, u->target, u->attribute, text, u->entry) && mst_fail_memory(u->err, "planning") != 0;
        if (u->target->sink->aside[0] != '\0') {
                u->unsure = true;
        } else if ((mstc_live_facts(u->target->sink)->can & MST_CAN_FIND) == 0) {
                u->why = "the connector cannot look values up, which SelectUniqueValue needs";
        } else if (!is_there(u, &value) && !u->unsure && u->err->code == MST_OK) {
                if (reserve(u->run, u->target, u->attribute, text, u->entry))
                        return false;
                mst_fail_memory(u->err, "planning");
        }
        return true;
}

void
mstc_unique_begin(struct mstc_unique *unique, const struct mstc_map *map, struct mstc_eval *eval)
{
        if (unique == NULL || !mstc_map_draws(map))
                return;
        unique->attribute = map->to;
        eval->taken = taken;                 /* and mstc_drawing_begin() has set 'self' */
}

void
mstc_unique_end(struct mstc_unique *unique, const struct mstc_map *map, const struct mstc_eval *eval,
                enum mstc_flow flow)
{
        if (unique != NULL && mstc_map_draws(map) && flow == MSTC_FAILED && unique->why == NULL)
                unique->why = mst_arena_printf(unique->run->scratch, "'%s' has no value: %s", map->to,
                                               eval->why != NULL ? eval->why : "the map failed");
}

int
mstc_unique_values(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry *entry,
                   struct mstc_wanted *wanted, bool *unsure, struct mst_error *err)
{
        struct mstc_unique unique = { .run = run, .target = target, .entry = entry->number, .err = err };
        int rc;

        *unsure = false;
        if (!mstc_draws(target->setup))
                return MST_OK;
        if (!target->reserved && load(run, target, err) != MST_OK)
                return err->code;
        run->unique = &unique;
        run->draws_for = entry->number;
        rc = mstc_wanted_values(run, target, entry->record, NULL, true, run->scratch, wanted, err);
        run->draws_for = 0;
        run->unique = NULL;
        *unsure = unique.unsure;
        if (unique.why != NULL)
                wanted->why = unique.why;
        return rc == MST_OK ? err->code : rc;
}
