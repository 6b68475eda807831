/* drawing.c - a map that draws by chance draws the same for somebody until he is made.
 *
 * Else each plan would be another one: what was shown would not be what is done, and what was
 * approved would be replaced by the next run.  So the bytes that a map has drawn, which come from
 * the system's generator, are kept like a tape for the target, the entry and the attribute, and
 * played again when the map is evaluated again; where it needs more, more is recorded.  Another
 * record or another map may make another value of the same bytes.  The tape is thrown away with
 * the create that is done: nothing can be computed back, and who comes back gets new ones.
 *
 * A plan that is only shown is rolled back, but what was drawn for it stays. */
#include "build.h"

#include "engine/drawing.h"

#include <string.h>
#include <sys/random.h>

#include "store/drawn.h"
#include "util/alloc.h"

#define KEPT_MS (7 * INT64_C(86400000))      /* for who is never made, after the plan  */

struct mstc_drawn {
        int64_t target, entry;
        const char *attribute;               /* of the setup                           */
        const void *bytes;                   /* of run->arena                          */
        size_t size;
};

bool
mstc_map_draws(const struct mstc_map *map)
{
        return map->when == MSTC_ON_CREATE && map->expression != NULL && mstc_expr_uses_random(map->expression);
}

bool
mstc_draws(const struct mstc_target *target)
{
        for (size_t i = 0; i < target->map_count; i++)
                if (mstc_map_draws(&target->maps[i]))
                        return true;
        return false;
}

static int
draw(void *self, void *bytes, size_t size)
{
        struct mstc_drawing *d = self;
        size_t left = d->bytes.length - d->at;

        if (left < size) {
                char *more = mstc_buffer_reserve(&d->bytes, size - left);

                if (more == NULL || getrandom(more, size - left, 0) != (ssize_t)(size - left))
                        return -1;
                d->grown = true;
        }
        memcpy(bytes, d->bytes.bytes + d->at, size);
        d->at += size;
        return 0;
}

bool
mstc_drawing_begin(struct mstc_drawing *d, struct mstc_run *run, const struct mstc_run_target *target,
                   const struct mstc_map *map, struct mstc_eval *eval, struct mst_error *err)
{
        const void *bytes;
        size_t size;
        int rc;

        *d = (struct mstc_drawing){ .run = run, .target = target->row.id, .attribute = map->to, .unique = run->unique,
                                    .err = err };
        if (!mstc_map_draws(map))
                return true;
        eval->random = draw;
        eval->self = d;
        if (run->draws_for == 0)
                return true;
        rc = mstc_drawn_get(run->store, d->target, run->draws_for, d->attribute, run->scratch, &bytes, &size, err);
        if (rc == MST_OK)
                mstc_buffer_add(&d->bytes, bytes, size);
        return rc >= 0;
}

/* Remembered until the plan has been rolled back. */
static bool
remember(struct mstc_drawing *d)
{
        struct mstc_run *run = d->run;
        struct mstc_drawn *drawn;

        if (run->drawn_count == run->drawn_room) {
                size_t room = run->drawn_room != 0 ? run->drawn_room * 2 : 64;
                struct mstc_drawn *more = mstc_realloc_array(run->drawn, room, sizeof *more);

                if (more == NULL)
                        return false;
                run->drawn = more;
                run->drawn_room = room;
        }
        drawn = &run->drawn[run->drawn_count];
        *drawn = (struct mstc_drawn){ .target = d->target, .entry = run->draws_for, .attribute = d->attribute,
                                      .bytes = mst_arena_memdup(run->arena, d->bytes.bytes, d->bytes.length),
                                      .size = d->bytes.length };
        run->drawn_count += drawn->bytes != NULL;
        return drawn->bytes != NULL;
}

bool
mstc_drawing_end(struct mstc_drawing *d)
{
        bool kept = true;

        if (d->grown && !mstc_buffer_ok(&d->bytes)) {
                mst_fail_memory(d->err, "planning");
                kept = false;
        } else if (d->grown && d->run->draws_for != 0) {
                kept = mstc_drawn_put(d->run->store, d->target, d->run->draws_for, d->attribute, d->bytes.bytes,
                                      d->bytes.length, d->err) == MST_OK;
                if (kept && d->run->options->plan_only && !remember(d)) {
                        mst_fail_memory(d->err, "planning");
                        kept = false;
                }
        }
        mstc_buffer_done(&d->bytes);
        return kept;
}

int
mstc_drawing_keep(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->drawn_count; i++) {
                const struct mstc_drawn *d = &run->drawn[i];

                if (mstc_drawn_put(run->store, d->target, d->entry, d->attribute, d->bytes, d->size, err) != MST_OK)
                        return err->code;
        }
        run->drawn_count = 0;
        return MST_OK;
}

int
mstc_drawing_over(struct mstc_run *run, const struct mstc_run_target *target, int64_t entry, struct mst_error *err)
{
        return mstc_draws(target->setup) ? mstc_drawn_end(run->store, target->row.id, entry, err) : MST_OK;
}

int
mstc_drawing_tidy(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count; i++)
                if (mstc_draws(run->targets[i].setup)
                    && mstc_drawn_tidy(run->store, run->targets[i].row.id, mstc_now_ms() - KEPT_MS, err) != MST_OK)
                        return err->code;
        return MST_OK;
}
