/* doubt.c - members of an op whose answer was lost: they are in the group, or they are not. */
#include "build.h"

#include "engine/members.h"

#include "store/links.h"

/* Each leaves under his name, and is not taken to be in; who is wanted joins, and his name
 * then stays (claim.c). */
static int
doubt_set(struct mstc_run *run, struct mstc_run_target *target, int64_t glink, const void *bytes, size_t size,
          struct mst_error *err)
{
        struct mstc_loaded *present = mstc_members_present(run, glink, err);
        struct mstc_set *set = present != NULL ? mstc_set_new() : NULL;
        int rc = MST_OK;

        if (present == NULL)
                return err->code;
        if (set == NULL || !mstc_unpack_set(bytes, size, set))
                rc = mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(set, &n); n++) {
                const char *object, *name;
                bool is_group;

                rc = mstc_member_name(run, target, n, false, run->scratch, &object, &name, &is_group, err);
                if (rc != MST_OK || name == NULL)
                        continue;
                mstc_set_remove(present->set, n);
                present->changed = true;
                rc = mstc_gchange_add(run->store, glink, n, name, object, err);
        }
        mstc_set_free(set);
        return rc;
}

int
mstc_members_doubt(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
                   struct mst_error *err)
{
        struct mstc_glink glink;
        int rc;

        if (run->members == NULL || (op->verb != MST_MEMBERS && op->verb != MST_CREATE))
                return MST_OK;
        rc = mstc_glink_get(run->store, op->entry, target->row.id, run->scratch, &glink, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        rc = doubt_set(run, target, glink.id, op->before, op->before_size, err);
        return rc != MST_OK || op->verb == MST_CREATE ? rc
             : doubt_set(run, target, glink.id, op->after, op->after_size, err);
}
