/* decline.c - what somebody has decided against is not planned while exactly that is wanted.
 *
 * What is kept is a hash: of the verb, of the reason, and of the values that would be written.
 * Of a user and of a group as a whole it stands in the table of what is declined; members that
 * were not to join or leave are refused ones of their group, which end as those of a sink do. */
#include "build.h"

#include "engine/decline.h"

#include <stdio.h>
#include <string.h>

#include "store/declined.h"
#include "store/groups.h"
#include "util/alloc.h"
#include "util/buffer.h"

bool
mstc_decline_hash(struct mstc_store *store, enum mst_verb verb, int reason, const void *after, size_t size,
                  uint8_t ret[16])
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        mstc_buffer_char(&text, (char)verb);
        mstc_buffer_char(&text, (char)reason);
        mstc_buffer_add(&text, after, size);
        if (mstc_buffer_ok(&text))
                mstc_hash128(store, text.bytes, text.length, ret);
        return mstc_buffer_ok(&text);
}

int
mstc_decline(struct mstc_store *store, const struct mstc_entry_op *op, int64_t decision, struct mst_error *err)
{
        struct mstc_declined d = { .kind = op->kind, .entry = op->entry, .sink = op->sink, .target = op->target,
                                   .verb = op->verb, .reason = op->reason, .decision = decision };

        if (!mstc_decline_hash(store, op->verb, op->reason, op->after, op->after_size, d.hash))
                return mst_fail_memory(err, "declining");
        return mstc_declined_put(store, &d, err);
}

static int
refuse(struct mstc_store *store, int64_t glink, const struct mstc_entry_op *op, const void *packed, size_t size,
       bool joins, const char *why, struct mst_error *err)
{
        struct mstc_set *set = mstc_set_new();
        int rc = set != NULL && mstc_unpack_set(packed, size, set) ? MST_OK : mst_fail_memory(err, "rejecting");

        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(set, &n); n++)
                rc = mstc_gbad_add(store, glink, n, joins, why, op->run, err);
        mstc_set_free(set);
        return rc;
}

/* Members whose change was rejected are not asked for again until they change; a group whose
 * deletion was stays until it has another reason to go; what was not to be adopted is not. */
int
mstc_decline_group(struct mstc_store *store, const struct mstc_entry_op *op, int64_t decision, const char *who,
                   struct mst_arena *arena, struct mst_error *err)
{
        struct mstc_glink glink;
        char why[200];
        int rc = mstc_glink_get(store, op->entry, op->target, arena, &glink, err);

        if (rc == MST_END)
                return mstc_decline(store, op, decision, err);
        if (rc == MST_OK && (op->verb == MST_DELETE || op->verb == MST_ADOPT)) {
                glink.declined = op->reason;
                rc = mstc_glink_put(store, &glink, err);
        }
        if (rc != MST_OK || op->verb != MST_MEMBERS)
                return rc != MST_OK ? rc : mstc_decline(store, op, decision, err);
        (void)snprintf(why, sizeof why, MSTC_REJECTED_BY "%s", who != NULL ? who : "an admin");
        rc = refuse(store, glink.id, op, op->before, op->before_size, false, why, err);
        return rc != MST_OK ? rc : refuse(store, glink.id, op, op->after, op->after_size, true, why, err);
}

int
mstc_declines(struct mstc_run *run, const struct mstc_declined *wanted, const void *after, size_t size, bool *ret,
              struct mst_error *err)
{
        struct mstc_declined d;
        uint8_t hash[16];
        int rc = mstc_declined_get(run->store, wanted->kind, wanted->entry, wanted->sink, wanted->target, &d, err);

        *ret = false;
        if (rc != MST_OK)
                return rc < 0 ? rc : MST_OK;
        if (!mstc_decline_hash(run->store, wanted->verb, wanted->reason, after, size, hash))
                return mst_fail_memory(err, "planning");
        *ret = memcmp(hash, d.hash, sizeof hash) == 0;
        return *ret ? MST_OK
             : mstc_declined_end(run->store, wanted->kind, wanted->entry, wanted->sink, wanted->target, err);
}

int
mstc_declines_user(struct mstc_run *run, int64_t entry, const struct mstc_run_target *target, enum mst_verb verb,
                   int reason, const struct mstc_buffer *after, bool *ret, struct mst_error *err)
{
        struct mstc_declined wanted = { .kind = MST_USER, .entry = entry, .sink = target->sink->id,
                                        .target = target->row.id, .verb = verb, .reason = reason };

        *ret = false;
        return run->declined_none ? MST_OK : mstc_declines(run, &wanted, after->bytes, after->length, ret, err);
}

int
mstc_declined_over(struct mstc_run *run, int64_t entry, int64_t sink, struct mst_error *err)
{
        return run->declined_none ? MST_OK : mstc_declined_end(run->store, MST_USER, entry, sink, 0, err);
}
