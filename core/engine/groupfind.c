/* groupfind.c - groups that a lost store had made are found again by their stamp.
 *
 * Only before the first plan of a target in which people were found again: else a group that
 * is there already is somebody else's, and its create is refused.  Who is in a group that was
 * found is not known: whoever is wanted joins, which is harmless for those who are in. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

#define AT_ONCE 128

/* What it holds of what is written there. */
static int
holds(struct mstc_run *run, const struct mstc_question *q, struct mstc_buffer *ret, struct mst_error *err)
{
        struct mst_record *record = mstc_record_values(run->scratch, MST_GROUP);
        const struct mst_record *present = q->match.present;

        for (uint32_t i = 0; record != NULL && present != NULL && i < q->wanted->count; i++)
                for (uint32_t k = 0; k < present->count; k++)
                        if (strcasecmp(present->fields[k].name, q->wanted->fields[i].name) == 0
                            && !mstc_record_share(record, q->wanted->fields[i].name, &present->fields[k].value))
                                return mst_fail_memory(err, "looking for groups");
        if (record == NULL)
                return mst_fail_memory(err, "looking for groups");
        mstc_names_as_text(record);
        mstc_record_flat(record, ret);
        return mstc_buffer_ok(ret) ? MST_OK : mst_fail_memory(err, "looking for groups");
}

static int
take(struct mstc_run *run, const struct mstc_question *q, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mstc_glink glink = { .sink = q->target->sink->id, .target = q->target->row.id, .grp = q->entry,
                                    .object = q->match.object, .name = q->match.name, .version = q->match.version,
                                    .made = MSTC_MADE_FOUND, .state = MSTC_LINK_LIVE };

        if (holds(run, q, &flat, err) != MST_OK)
                return err->code;
        glink.applied = flat.bytes;
        glink.applied_size = flat.length;
        if (mstc_glink_put(run->store, &glink, err) != MST_OK)
                return err->code;
        return mstc_carry_linked(run, q->target, glink.grp, NULL, NULL, err);
}

/* The next groups that this target wants and has no object of; '*at' is the last one seen, 0
 * when there are no more. */
static int
gather(struct mstc_run *run, struct mstc_run_target *target, int64_t *at, struct mstc_question *questions,
       size_t *ret, struct mst_error *err)
{
        *ret = 0;
        while (*ret < AT_ONCE) {
                struct mstc_question *q = &questions[*ret];
                struct mst_record *wanted = NULL;
                struct mstc_glink glink;
                struct mstc_grp grp;
                int rc;

                if (mstc_gdirty_next(run->store, run->row.id, *at, at, err) != MST_OK)
                        return err->code;
                if (*at == 0)
                        return MST_OK;
                rc = mstc_grp_next(run->store, run->row.id, *at - 1, run->scratch, &grp, err);
                if (rc == MST_OK && grp.id == *at)
                        rc = mstc_glink_get(run->store, grp.id, target->row.id, run->scratch, &glink, err);
                if (rc < 0)
                        return rc;
                if (rc == MST_OK)
                        continue;            /* tied already, or no group at all       */
                rc = mstc_wanted_group(run, target, &grp, 0, run->scratch, &wanted, err);
                if (rc == MST_EREFUSED || rc == MST_END) {
                        memset(err, 0, sizeof *err);
                        continue;            /* not carried here, or told when planned */
                }
                if (rc != MST_OK)
                        return rc;
                *q = (struct mstc_question){ .target = target, .entry = grp.id, .kind = MST_GROUP, .wanted = wanted };
                if (mstc_group_identity(run, grp.id, grp.name, run->scratch, &q->id, &q->stamp, err) != MST_OK)
                        return err->code;
                ++*ret;
        }
        return MST_OK;
}

static int
find_in(struct mstc_run *run, struct mstc_run_target *target, struct mst_error *err)
{
        struct mstc_question questions[AT_ONCE];
        struct mst_error why = { 0 };
        int64_t at = 0;
        size_t count;

        do {
                mst_arena_reset(run->scratch);
                if (gather(run, target, &at, questions, &count, err) != MST_OK)
                        return err->code;
                if (count != 0 && mstc_match_by_asking(run, target->sink, questions, count, run->scratch, &why) != MST_OK)
                        return MST_OK;       /* what is there already will be refused  */
                for (size_t i = 0; i < count; i++)
                        if (questions[i].match.answer == MSTC_OURS && take(run, &questions[i], err) != MST_OK)
                                return err->code;
        } while (at != 0);
        return MST_OK;
}

int
mstc_groups_find(struct mstc_run *run, struct mst_error *err)
{
        for (size_t i = 0; i < run->target_count && !run->options->offline; i++) {
                struct mstc_run_target *t = &run->targets[i];

                if (t->carries_groups && !t->row.planned && !t->no_plan && t->row.live + t->live_change > 0
                    && (mstc_live_facts(t->sink)->can & MST_CAN_STAMP) != 0 && find_in(run, t, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}
