/* drawing.h - a map that draws by chance draws the same for somebody until he is made. */
#ifndef MSTC_DRAWING_H
#define MSTC_DRAWING_H

#include "engine/run.h"
#include "util/buffer.h"

struct mstc_drawing {
        struct mstc_run *run;
        int64_t target;
        const char *attribute;
        struct mstc_unique *unique;          /* unique.c: the same 'self' serves both  */
        struct mstc_buffer bytes;            /* what was drawn                         */
        size_t at;                           /* and is used up                         */
        bool grown;
        struct mst_error *err;
};

/* Around the evaluation of one map: sets eval->random and eval->self.  end() keeps what is new,
 * and frees; false: the store failed ('err', of begin). */
bool mstc_drawing_begin(struct mstc_drawing *drawing, struct mstc_run *run, const struct mstc_run_target *target,
                        const struct mstc_map *map, struct mstc_eval *eval, struct mst_error *err);
bool mstc_drawing_end(struct mstc_drawing *drawing);

/* Its maps draw. */
bool mstc_draws(const struct mstc_target *target);
bool mstc_map_draws(const struct mstc_map *map);
/* The plan was only shown and is rolled back: what was drawn for it stays; in a transaction. */
int mstc_drawing_keep(struct mstc_run *run, struct mst_error *err);
/* The object is there: nothing is drawn for him any more.  And, at the end of a run, for those who
 * were never made. */
int mstc_drawing_over(struct mstc_run *run, const struct mstc_run_target *target, int64_t entry, struct mst_error *err);
int mstc_drawing_tidy(struct mstc_run *run, struct mst_error *err);

#endif
