/* memberof.c - which groups of the source somebody is in.
 *
 * What is above a group (the groups that it is in, and those they are in) is found once a run
 * and kept; a person then costs a look at his own groups only.  A group that the source has no
 * more stands for nothing: not itself, and not a way to others.  A circle of groups ends where
 * it began. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

#include "store/entries.h"
#include "store/membership.h"
#include "util/alloc.h"

/* ---- above a group ---------------------------------------------------------------------- */

int
mstc_above(struct mstc_run *run, int64_t group, const struct mstc_above **ret, struct mst_error *err)
{
        struct mstc_members *m = run->members;
        struct mstc_above *above = mstc_numbers_get(&m->above, group);
        struct mstc_set *met;
        int rc;

        *ret = above;
        if (above != NULL)
                return MST_OK;
        met = mstc_set_new();
        rc = met != NULL ? mstc_membership_above(run->store, group, met, err) : mst_fail_memory(err, "reading groups");
        if (rc == MST_OK) {
                above = mst_arena_alloc(m->arena, sizeof *above);
                if (above != NULL)
                        above->groups = mst_arena_alloc(m->arena, ((size_t)mstc_set_count(met) + 1) * sizeof *above->groups);
                if (above == NULL || above->groups == NULL || !mstc_numbers_put(&m->above, group, above))
                        rc = mst_fail_memory(err, "reading groups");
        }
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(met, &n); n++)
                above->groups[above->count++] = n;
        mstc_set_free(met);
        *ret = above;
        return rc;
}

/* ---- for rules and maps ------------------------------------------------------------------ */

static int
id_of(struct mstc_run *run, uint32_t group, const char **ret, struct mst_error *err)
{
        struct mstc_members *m = run->members;

        *ret = mstc_numbers_get(&m->ids, group);
        if (*ret != NULL)
                return MST_OK;
        if (mstc_entry_id(run->store, group, m->arena, ret, err) != MST_OK)
                return err->code;
        return mstc_numbers_put(&m->ids, group, (char *)(uintptr_t)*ret) ? MST_OK : mst_fail_memory(err, "reading groups");
}

static int
put_ids(struct mstc_run *run, const struct mstc_set *groups, struct mst_record *record, const char *name,
        struct mst_error *err)
{
        struct mst_value list = { .type = MST_LIST };
        size_t count = (size_t)mstc_set_count(groups);

        list.as.items = mst_arena_alloc(run->scratch, (count + 1) * sizeof *list.as.items);
        if (list.as.items == NULL)
                return mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; mstc_set_next(groups, &n); n++) {
                const char *id;

                if (id_of(run, n, &id, err) != MST_OK)
                        return err->code;
                list.as.items[list.length++] = mstc_value_text(id, strlen(id));
        }
        if (list.length == 0) {
                mstc_record_remove(record, name);
                return MST_OK;
        }
        return mstc_record_share(record, name, &list) ? MST_OK : mst_fail_memory(err, "reading groups");
}

static int
gather(struct mstc_run *run, int64_t entry, struct mstc_set *direct, struct mstc_set *all, struct mst_error *err)
{
        uint32_t *groups;
        size_t count;

        if (mstc_membership_of(run->store, entry, run->scratch, &groups, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                const struct mstc_above *above;

                if (mstc_above(run, groups[i], &above, err) != MST_OK)
                        return err->code;
                if (above->count != 0 && !mstc_set_add(direct, groups[i]))
                        return mst_fail_memory(err, "reading groups");
                for (size_t k = 0; k < above->count; k++)
                        if (!mstc_set_add(all, above->groups[k]))
                                return mst_fail_memory(err, "reading groups");
        }
        return MST_OK;
}

int
mstc_memberof(struct mstc_run *run, const struct mstc_entry *entry, struct mst_error *err)
{
        struct mstc_set *direct, *all;
        int rc = MST_OK;

        if (!run->sync->reads_members || run->members == NULL || entry->kind != MST_USER)
                return MST_OK;
        direct = mstc_set_new();
        all = mstc_set_new();
        rc = direct != NULL && all != NULL ? gather(run, entry->number, direct, all, err)
                                           : mst_fail_memory(err, "reading groups");
        if (rc == MST_OK)
                rc = put_ids(run, direct, entry->record, "memberOf", err);
        if (rc == MST_OK)
                rc = put_ids(run, all, entry->record, "transitiveMemberOf", err);
        mstc_set_free(direct);
        mstc_set_free(all);
        return rc;
}
