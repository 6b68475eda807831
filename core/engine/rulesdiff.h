/* rulesdiff.h - what another configuration would change, told from the mirror.
 *
 * Who would enter and leave each group and target, and which values would differ.  Nobody is
 * asked and nothing is written: it is what the rules say of the people as the source last
 * gave them, not what the sinks hold. */
#ifndef MSTC_RULESDIFF_H
#define MSTC_RULESDIFF_H

#include "engine/setup.h"
#include "store/store.h"

enum mstc_moved { MSTC_MOVED_GROUP = 0, MSTC_MOVED_TARGET, MSTC_MOVED_VALUE };

#define MSTC_MOVE_SAMPLES 3

/* What becomes of accounts in a target's sink. */
struct mstc_accounts {
        uint64_t created, enabled, disabled, deleted;        /* the last at once or after a wait */
        uint64_t kept;                       /* of those who leave: stays as it is     */
};

/* A group, a target, or an attribute in a target, and how many it concerns. */
struct mstc_mover {
        enum mstc_moved what;
        const char *sync, *target;           /* the latter NULL for groups             */
        const char *name;                    /* of the group or attribute, else NULL   */
        uint64_t enters, leaves, changes;
        struct mstc_accounts accounts;       /* of a target                            */
        const char *samples[MSTC_MOVE_SAMPLES];      /* people, by title               */
};

/* One person's part. */
struct mstc_move {
        const struct mstc_mover *mover;
        const char *id, *title;
        bool enters;                         /* else leaves; not for values            */
        const struct mst_value *before, *after;      /* values only                    */
        bool hidden;                         /* they must not be shown                 */
};

struct mstc_rulesdiff {
        struct mst_arena *arena;
        struct mstc_mover **movers; size_t count;    /* the biggest first              */
        uint64_t people, moved;              /* looked at; of them concerned           */
};

/* 'each' (may be NULL) hears of every move, person by person.  Returns MST_OK or the error;
 * '*ret' is to be freed with mstc_rulesdiff_done() in any case. */
int mstc_rulesdiff_run(struct mstc_store *store, const struct mstc_setup *before, const struct mstc_setup *after,
                       void (*each)(void *self, const struct mstc_move *move), void *self,
                       struct mstc_rulesdiff *ret, struct mst_error *err);
void mstc_rulesdiff_done(struct mstc_rulesdiff *diff);

#endif
