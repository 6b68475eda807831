/* view_memberof.c - which groups of the source somebody is in, for rules that are tried and
 * explained. */
#include "build.h"

#include <string.h>

#include "store/membership.h"
#include "store/view_read.h"
#include "util/set.h"

static int
put_ids(struct mstc_store *store, const struct mstc_set *groups, struct mst_record *record, const char *name,
        struct mst_arena *arena, struct mst_error *err)
{
        struct mst_value list = { .type = MST_LIST };

        list.as.items = mst_arena_alloc(arena, ((size_t)mstc_set_count(groups) + 1) * sizeof *list.as.items);
        if (list.as.items == NULL)
                return mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; mstc_set_next(groups, &n); n++) {
                const char *id;

                if (mstc_entry_id(store, n, arena, &id, err) != MST_OK)
                        return err->code;
                list.as.items[list.length++] = mstc_value_text(id, strlen(id));
        }
        return list.length == 0 || mstc_record_share(record, name, &list) ? MST_OK
             : mst_fail_memory(err, "reading groups");
}

int
mstc_view_memberof(struct mstc_store *store, int64_t entry, const struct mst_record *record,
                   struct mst_arena *arena, struct mst_error *err)
{
        struct mst_record *into = (struct mst_record *)(uintptr_t)record;
        struct mstc_set *direct, *all;
        uint32_t *groups;
        size_t count;
        int rc;

        if (mstc_membership_of(store, entry, arena, &groups, &count, err) != MST_OK || count == 0)
                return err->code;
        direct = mstc_set_new();
        all = mstc_set_new();
        rc = direct != NULL && all != NULL ? MST_OK : mst_fail_memory(err, "reading groups");
        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                bool live = false;

                rc = mstc_membership_is_live(store, groups[i], &live, err);
                if (rc == MST_OK && live && !mstc_set_add(direct, groups[i]))
                        rc = mst_fail_memory(err, "reading groups");
                if (rc == MST_OK && live)
                        rc = mstc_membership_above(store, groups[i], all, err);
        }
        if (rc == MST_OK)
                rc = put_ids(store, direct, into, "memberOf", arena, err);
        if (rc == MST_OK)
                rc = put_ids(store, all, into, "transitiveMemberOf", arena, err);
        mstc_set_free(direct);
        mstc_set_free(all);
        return rc;
}
