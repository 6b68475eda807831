/* effects.c - what was really done, counted by what guards look back on: many small runs shall not
 * do what one large run may not.  What an admin has approved is not counted, nor is a first plan. */
#include "build.h"

#include "engine/run.h"

#include <stdio.h>
#include <string.h>

#include "store/effects.h"
#include "util/alloc.h"

struct mstc_effect {
        char guard[160];
        int64_t number;
};

static int
count(struct mstc_run_target *t, const char *kind, const char *name, struct mst_error *err)
{
        char guard[160];

        (void)snprintf(guard, sizeof guard, "%s%s%s", kind, name != NULL ? ":" : "", name != NULL ? name : "");
        for (size_t i = 0; i < t->effect_count; i++)
                if (strcmp(t->effects[i].guard, guard) == 0) {
                        t->effects[i].number++;
                        return MST_OK;
                }
        if (t->effect_count == t->effect_room) {
                size_t room = t->effect_room != 0 ? t->effect_room * 2 : 16;
                struct mstc_effect *more = mstc_realloc_array(t->effects, room, sizeof *more);

                if (more == NULL)
                        return mst_fail_memory(err, "counting what was done");
                t->effects = more;
                t->effect_room = room;
        }
        t->effects[t->effect_count].number = 1;
        memcpy(t->effects[t->effect_count++].guard, guard, sizeof guard);
        return MST_OK;
}

int
mstc_effect_note(struct mstc_run_target *t, const struct mst_op *op, struct mst_error *err)
{
        const struct mstc_errand *errand = op->engine;

        if (!t->row.planned || errand->row.run <= t->row.first || errand->row.approved != 0)
                return MST_OK;
        if (op->verb == MST_CREATE)
                return errand->row.reason == MSTC_WHY_LOST ? count(t, "gone", NULL, err)
                     : errand->row.reason == MSTC_WHY_UNDONE ? MST_OK : count(t, "creates", NULL, err);
        if (op->verb == MST_DELETE || op->verb == MST_ADOPT)
                return MST_OK;
        for (size_t i = 0; i < op->change_count; i++) {
                const struct mstc_change *c = &op->changes[i];

                if (c->before == NULL || c->before->type == MST_NULL || mstc_is_reference(t, c->name))
                        continue;
                if (count(t, "changes", c->name, err) != MST_OK
                    || (c->after->type == MST_NULL && count(t, "clears", c->name, err) != MST_OK))
                        return err->code;
        }
        return MST_OK;
}

int
mstc_effects_save(struct mstc_run *run, struct mstc_run_target *t, struct mst_error *err)
{
        for (size_t i = 0; i < t->effect_count; i++) {
                if (t->effects[i].number != 0
                    && mstc_effect_add(run->store, t->row.id, t->effects[i].guard, t->effects[i].number, err) != MST_OK)
                        return err->code;
                t->effects[i].number = 0;
        }
        return MST_OK;
}
