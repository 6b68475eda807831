/* leaders.c - whom do others point at?  They are made first, so that nobody waits.
 *
 * A small plan asks the store for each.  A large one reads all who are pointed at once, as
 * hashes in a table of their own, notes for each leader whom he points at himself, and at its
 * end puts leaders in ranks by how many leaders stand above them: within a rank nobody waits
 * for anybody. */
#include "build.h"

#include "engine/run.h"

#include "util/numbers.h"
#include "store/entries.h"
#include "util/alloc.h"

#define DEEPEST (MSTC_RANK_USERS - MSTC_RANK_LEADERS - 1)

struct leader {
        int64_t op;                          /* his create in this plan; 0: none       */
        int64_t above;                       /* hash of whom he points at; 0: nobody   */
        int depth;                           /* -1: not known yet                      */
};

struct mstc_leaders {
        struct mstc_numbers table;           /* hash -> struct leader                  */
        struct mst_arena *arena;
};

/* 0 is no key. */
static int64_t
key_of(struct mstc_run *run, const char *id)
{
        int64_t toward = mstc_toward(run->store, run->row.id, id);

        return toward != 0 ? toward : 1;
}

static bool
add(void *self, int64_t toward)
{
        struct mstc_leaders *leaders = self;
        struct leader *leader = mst_arena_alloc(leaders->arena, sizeof *leader);

        if (leader == NULL)
                return false;
        leader->depth = -1;
        return mstc_numbers_put(&leaders->table, toward != 0 ? toward : 1, leader);
}

int
mstc_leaders_load(struct mstc_run *run, struct mst_error *err)
{
        if (run->leaders != NULL)
                return MST_OK;
        run->leaders = mstc_alloc(sizeof *run->leaders);
        if (run->leaders == NULL || (run->leaders->arena = mst_arena_new(0)) == NULL)
                return mst_fail_memory(err, "planning");
        return mstc_pointed_at_all(run->store, add, run->leaders, err);
}

void
mstc_leaders_free(struct mstc_leaders *leaders)
{
        if (leaders == NULL)
                return;
        mstc_numbers_done(&leaders->table);
        mst_arena_free(leaders->arena);
        mstc_free(leaders);
}

int
mstc_is_leader(struct mstc_run *run, const char *id, bool *ret, struct mst_error *err)
{
        if (run->leaders == NULL)
                return mstc_pointed_at(run->store, run->row.id, id, ret, err);
        *ret = mstc_numbers_get(&run->leaders->table, key_of(run, id)) != NULL;
        return MST_OK;
}

void
mstc_leader_planned(struct mstc_run *run, const char *id, int64_t op, const struct mst_record *after)
{
        struct leader *leader = run->leaders == NULL ? NULL
                : mstc_numbers_get(&run->leaders->table, key_of(run, id));

        if (leader == NULL)
                return;
        leader->op = op;
        for (uint32_t i = 0; i < after->count && leader->above == 0; i++)
                if (after->fields[i].value.type == MST_REF)
                        leader->above = key_of(run, after->fields[i].value.as.text);
}

/* Leaders with a create in this plan who stand above.  Two who point at each other end at
 * the deepest rank, and wait there as anybody would. */
static int
depth_of(const struct mstc_leaders *leaders, const struct leader *leader)
{
        int depth = 0;

        while (leader->depth < 0 && leader->above != 0 && depth < DEEPEST) {
                leader = mstc_numbers_get(&leaders->table, leader->above);
                if (leader == NULL || leader->op == 0)
                        return depth;
                depth++;
        }
        if (leader->depth > 0)
                depth += leader->depth;
        return depth < DEEPEST ? depth : DEEPEST;
}

int
mstc_leaders_rank(struct mstc_run *run, struct mst_error *err)
{
        size_t at = 0;
        int64_t key;
        void *value;

        while (run->leaders != NULL && mstc_numbers_each(&run->leaders->table, &at, &key, &value)) {
                struct leader *leader = value;

                if (leader->op == 0)
                        continue;
                leader->depth = depth_of(run->leaders, leader);
                if (leader->depth > 0
                    && mstc_op_set_rank(run->store, leader->op, MSTC_RANK_LEADERS + leader->depth, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}
