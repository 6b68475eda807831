/* verifymend.c - the store says what a sink really holds; the plan that follows puts it right.
 *
 * A link whose applied values are those that were found differs from what is wanted, and gets
 * an op like any other; one whose object is gone is lost, and is made again past the guard for
 * that.  Nothing else is done here, so that whatever the guards, holds and refusals say of a
 * plan is true of this one. */
#include "build.h"

#include "engine/members.h"
#include "engine/verifying.h"

#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

/* ---- people ------------------------------------------------------------------------------ */

static int
change_applied(struct mst_record *applied, const struct mstc_mend *mend, struct mst_error *err)
{
        if (mend->theirs == NULL)
                mstc_record_remove(applied, mend->attribute);
        else if (!mstc_record_set(applied, mend->attribute, mend->theirs))
                return mst_fail_memory(err, "mending a link");
        mstc_names_as_text(applied);
        return MST_OK;
}

static int
mend_link(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_mend *mend, struct mst_error *err)
{
        struct mstc_link link;
        int rc = mstc_link_get(run->store, mend->owner, target->sink->id, run->scratch, &link, err);

        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        switch (mend->what) {
        case MSTC_FINDS_MISSING:
                return mstc_link_ended(run, target, &link, MSTC_LINK_LOST, err);
        case MSTC_FINDS_CHANGED:
                if (change_applied(link.applied, mend, err) != MST_OK)
                        return err->code;
                break;
        case MSTC_FINDS_RENAMED:
                link.name = mend->name;
                mstc_record_remove(link.applied, "@parent");
                break;
        case MSTC_FINDS_DISABLED:
                link.state = MSTC_LINK_DISABLED;
                link.reason = MSTC_WHY_DISABLED;
                link.since = mstc_now_ms();
                break;
        case MSTC_FINDS_ENABLED:
                link.state = MSTC_LINK_LIVE;
                break;
        default:
                return MST_OK;
        }
        mstc_names_forget(run);
        return mstc_link_put(run->store, &link, err);
}

static int
mend_person(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_mend *mend, struct mst_error *err)
{
        uint32_t mask = 0;

        if (mend->what != MSTC_FINDS_ORPHAN && mend_link(run, target, mend, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < run->target_count; i++)
                if (run->targets[i].sink == target->sink)
                        mask |= UINT32_C(1) << run->targets[i].setup->bit;
        return mstc_dirty_add(run->store, run->row.id, mend->owner, mask, err);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static int
lose_member(struct mstc_run *run, const struct mstc_glink *glink, const struct mstc_mend *mend, struct mst_error *err)
{
        struct mstc_loaded *present = mstc_members_present(run, glink->id, err);

        if (present == NULL)
                return err->code;
        mstc_set_remove(present->set, (uint32_t)mend->member);
        present->changed = true;
        return MST_OK;
}

static int
change_group(struct mstc_run *run, struct mstc_glink *glink, const struct mstc_mend *mend, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mst_record *applied = mstc_record_values(run->scratch, MST_GROUP);

        if (applied == NULL)
                return mst_fail_memory(err, "mending a group");
        if (glink->applied_size != 0
            && mstc_record_unflat(glink->applied, glink->applied_size, "", run->scratch, &applied, err) != MST_OK)
                return err->code;
        if (change_applied(applied, mend, err) != MST_OK)
                return err->code;
        mstc_record_flat(applied, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "mending a group");
        glink->applied = flat.bytes;
        glink->applied_size = flat.length;
        return mstc_glink_put(run->store, glink, err);
}

/* Nobody is in what is made anew, under whatever name. */
static int
forget_old_names(struct mstc_run *run, int64_t glink, struct mst_error *err)
{
        const char *name, *object;
        int64_t entry;
        int rc;

        while ((rc = mstc_gchange_next(run->store, glink, 0, "", run->scratch, &entry, &name, &object, err)) == MST_OK)
                if (mstc_gchange_done(run->store, glink, entry, name, err) != MST_OK)
                        return err->code;
        return rc == MST_END ? MST_OK : rc;
}

static int
mend_group(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_mend *mend, struct mst_error *err)
{
        struct mstc_glink glink;
        int rc = mstc_glink_get(run->store, mend->owner, target->row.id, run->scratch, &glink, err);

        if (rc != MST_OK || run->members == NULL)
                return rc < 0 ? rc : MST_OK;
        switch (mend->what) {
        case MSTC_FINDS_MISSING:
                glink.state = MSTC_LINK_LOST;
                rc = mstc_glink_put(run->store, &glink, err);
                if (rc == MST_OK)
                        rc = forget_old_names(run, glink.id, err);
                if (rc == MST_OK)
                        rc = mstc_carry_linked(run, target, glink.grp, NULL, NULL, err);
                break;
        case MSTC_FINDS_RENAMED:
                glink.name = mend->name;
                rc = mstc_glink_put(run->store, &glink, err);
                break;
        case MSTC_FINDS_CHANGED:
                rc = change_group(run, &glink, mend, err);
                break;
        case MSTC_FINDS_MEMBER_LOST:
                rc = lose_member(run, &glink, mend, err);
                break;
        default:
                break;
        }
        return rc == MST_OK ? mstc_members_dirty(run, mend->owner, err) : rc;
}

/* ---- all ------------------------------------------------------------------------------------- */

static int
mend_all(struct mstc_run *run, const struct mstc_mends *mends, struct mst_error *err)
{
        for (const struct mstc_mend *m = mends->first; m != NULL; m = m->next) {
                struct mstc_run_target *target = &run->targets[m->place];
                struct mstc_accepted accepted = { .sink = target->sink->id };
                int rc;

                mst_arena_reset(run->scratch);
                if (mstc_verify_accepted(run->store, m, &accepted, err) != MST_OK
                    || mstc_accepted_drop(run->store, &accepted, err) != MST_OK)
                        return err->code;
                rc = m->kind == MST_USER ? mend_person(run, target, m, err) : mend_group(run, target, m, err);
                if (rc != MST_OK)
                        return rc;
        }
        return MST_OK;
}

int
mstc_verify_mend(struct mstc_run *run, const struct mstc_mends *mends, struct mst_error *err)
{
        int rc = mstc_store_begin(run->store, err);

        if (rc == MST_OK)
                rc = mstc_run_load_links(run, err);
        if (rc == MST_OK)
                rc = mstc_members_new(run, err);
        if (rc == MST_OK)
                rc = mend_all(run, mends, err);
        if (rc == MST_OK && run->members != NULL)
                rc = mstc_members_save(run, err);
        if (rc == MST_OK)
                rc = mstc_targets_save(run, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(run->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(run->store);
        return rc;
}

int
mstc_verify_accept(struct mstc_engine *engine, const struct mstc_mends *mends, const struct mstc_verify_options *options,
                   struct mst_error *err)
{
        int rc = mstc_store_begin(engine->store, err);

        for (const struct mstc_mend *m = mends->first; rc == MST_OK && m != NULL; m = m->next) {
                struct mstc_accepted accepted = { .sink = m->sink, .who = options->who, .note = options->note };

                rc = mstc_verify_accepted(engine->store, m, &accepted, err);
                if (rc == MST_OK)
                        rc = mstc_accepted_put(engine->store, &accepted, err);
        }
        if (rc == MST_OK)
                rc = mstc_store_commit(engine->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(engine->store);
        return rc;
}
