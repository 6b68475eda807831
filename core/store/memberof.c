/* memberof.c - which groups of the source somebody is in.
 *
 * What is above a group (the groups that it is in, and those they are in) is found once and
 * kept; a person then costs a look at his own groups only. */
#include "build.h"

#include "store/memberof.h"

#include <string.h>

#include "store/membership.h"
#include "util/set.h"

int
mstc_memberof_above(struct mstc_store *store, struct mstc_memberof *known, int64_t group,
                    const struct mstc_above **ret, struct mst_error *err)
{
        struct mstc_above *above = mstc_numbers_get(&known->above, group);
        struct mstc_set *met;
        int rc;

        *ret = above;
        if (above != NULL)
                return MST_OK;
        met = mstc_set_new();
        rc = met != NULL ? mstc_membership_above(store, group, met, err) : mst_fail_memory(err, "reading groups");
        if (rc == MST_OK) {
                above = mst_arena_alloc(known->arena, sizeof *above);
                if (above != NULL)
                        above->groups = mst_arena_alloc(known->arena, ((size_t)mstc_set_count(met) + 1) * sizeof *above->groups);
                if (above == NULL || above->groups == NULL || !mstc_numbers_put(&known->above, group, above))
                        rc = mst_fail_memory(err, "reading groups");
        }
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(met, &n); n++)
                above->groups[above->count++] = n;
        mstc_set_free(met);
        *ret = above;
        return rc;
}

static int
id_of(struct mstc_store *store, struct mstc_memberof *known, uint32_t group, const char **ret, struct mst_error *err)
{
        *ret = mstc_numbers_get(&known->ids, group);
        if (*ret != NULL)
                return MST_OK;
        if (mstc_entry_id(store, group, known->arena, ret, err) != MST_OK)
                return err->code;
        return mstc_numbers_put(&known->ids, group, (char *)(uintptr_t)*ret) ? MST_OK : mst_fail_memory(err, "reading groups");
}

static int
put_ids(struct mstc_store *store, struct mstc_memberof *known, const struct mstc_set *groups, struct mst_record *record,
        const char *name, struct mst_arena *arena, struct mst_error *err)
{
        struct mst_value list = { .type = MST_LIST };

        list.as.items = mst_arena_alloc(arena, ((size_t)mstc_set_count(groups) + 1) * sizeof *list.as.items);
        if (list.as.items == NULL)
                return mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; mstc_set_next(groups, &n); n++) {
                const char *id;

                if (id_of(store, known, n, &id, err) != MST_OK)
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
gather(struct mstc_store *store, struct mstc_memberof *known, const uint32_t *groups, size_t count,
       struct mstc_set *direct, struct mstc_set *all, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++) {
                const struct mstc_above *above;

                if (mstc_memberof_above(store, known, groups[i], &above, err) != MST_OK)
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
mstc_memberof_put(struct mstc_store *store, struct mstc_memberof *known, int64_t entry, struct mst_record *record,
                  struct mst_arena *arena, struct mst_error *err)
{
        struct mstc_set *direct, *all;
        uint32_t *groups;
        size_t count;
        int rc;

        if (mstc_membership_of(store, entry, arena, &groups, &count, err) != MST_OK)
                return err->code;
        if (count == 0) {
                mstc_record_remove(record, "memberOf");
                mstc_record_remove(record, "transitiveMemberOf");
                return MST_OK;
        }
        direct = mstc_set_new();
        all = mstc_set_new();
        rc = direct != NULL && all != NULL ? gather(store, known, groups, count, direct, all, err)
                                           : mst_fail_memory(err, "reading groups");
        if (rc == MST_OK)
                rc = put_ids(store, known, direct, record, "memberOf", arena, err);
        if (rc == MST_OK)
                rc = put_ids(store, known, all, record, "transitiveMemberOf", arena, err);
        mstc_set_free(direct);
        mstc_set_free(all);
        return rc;
}

void
mstc_memberof_done(struct mstc_memberof *known)
{
        mstc_numbers_done(&known->above);
        mstc_numbers_done(&known->ids);
}
