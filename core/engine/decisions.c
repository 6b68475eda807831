/* decisions.c - what an admin decides: approve, reject, reset.  Each is one transaction. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/entries.h"
#include "store/forget.h"
#include "store/groups.h"
#include "store/holds.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define APPROVED_FOR_MS INT64_C(86400000)

static int
end(struct mstc_engine *engine, int rc, struct mst_error *err)
{
        if (rc == MST_OK)
                rc = mstc_store_commit(engine->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(engine->store);
        return rc;
}

int
mstc_engine_reset(struct mstc_engine *engine, const char *sync, struct mst_error *err)
{
        struct mstc_sync *s = mstc_setup_sync(engine->setup, sync);
        struct mst_arena *arena;
        struct mstc_sync_row row;
        int rc;

        if (s == NULL)
                return mst_fail(err, MST_ECONFIG, "there is no sync '%s' in the configuration", sync);
        arena = mst_arena_new(0);
        if (arena == NULL)
                return mst_fail_memory(err, "resetting");
        rc = mstc_sync_row(engine->store, sync, 0, arena, &row, err);
        if (rc == MST_OK)
                rc = mstc_sync_reset(engine->store, row.id, err);
        mst_arena_free(arena);
        return rc;
}

int
mstc_engine_forget(struct mstc_engine *engine, const char *name, struct mst_error *err)
{
        int64_t sync, target;
        int rc = mstc_store_begin(engine->store, err);

        if (rc == MST_OK)
                rc = mstc_forget_find(engine->store, name, &sync, &target, err);
        if (rc == MST_OK && sync == 0 && target == 0)
                rc = mst_fail(err, MST_ENOTFOUND, "the store knows no sync and no target '%s'", name);
        if (rc == MST_OK && sync != 0 && target != 0)
                rc = mst_fail(err, MST_ECONFIG, "'%s' is a sync and a target; rename one of them (was=\"%s\") and "
                              "forget it by its new name", name, name);
        if (rc == MST_OK)
                rc = sync != 0 ? mstc_forget_sync(engine->store, sync, err)
                               : mstc_forget_target(engine->store, target, err);
        return end(engine, rc, err);
}

/* ---- approve --------------------------------------------------------------------------------- */

static bool
is_chosen(struct mstc_engine *engine, int64_t entry, const char *const *users, size_t count,
          struct mst_arena *arena)
{
        struct mst_error ignored = { 0 };
        struct mstc_entry e;

        if (count == 0)
                return true;
        if (mstc_entry_get(engine->store, entry, arena, &e, &ignored) != MST_OK)
                return false;
        for (size_t i = 0; i < count; i++) {
                static const char *const names[] = { "userPrincipalName", "mail" };

                if (strcmp(e.id, users[i]) == 0)
                        return true;
                for (size_t k = 0; k < 2; k++) {
                        const struct mst_value *v = mst_record_get(e.record, names[k]);

                        if (v != NULL && strcasecmp(mst_value_text(v, NULL), users[i]) == 0)
                                return true;
                }
        }
        return false;
}

static int
approve_ops(struct mstc_engine *engine, int64_t hold, const char *const *users, size_t user_count, int64_t expect,
            uint64_t *ret_count, struct mst_arena *arena, struct mst_error *err)
{
        int64_t until = mstc_now_ms() + APPROVED_FOR_MS, after = 0;
        struct mstc_entry_op ops[64];
        size_t count = 64;

        *ret_count = 0;
        while (count == 64) {
                mst_arena_reset(arena);
                if (mstc_hold_ops(engine->store, hold, after, arena, ops, 64, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        after = ops[i].number;
                        if (user_count != 0 && (ops[i].kind != MST_USER
                                                || !is_chosen(engine, ops[i].entry, users, user_count, arena)))
                                continue;
                        if (mstc_op_approve(engine->store, ops[i].number, until, err) != MST_OK)
                                return err->code;
                        ++*ret_count;
                }
        }
        if (expect >= 0 && (uint64_t)expect != *ret_count)
                return mst_fail(err, MST_EREFUSED, "hold %lld keeps back %llu ops, not the %lld that you expect; look "
                                "at `muster holds %lld` again", (long long)hold, (unsigned long long)*ret_count,
                                (long long)expect, (long long)hold);
        if (*ret_count == 0)
                return mst_fail(err, MST_ENOTFOUND, "hold %lld keeps back nothing%s any more", (long long)hold,
                                user_count != 0 ? " for these people" : "");
        return MST_OK;
}

static int
open_hold(struct mstc_engine *engine, int64_t hold, struct mstc_hold_row *row, struct mst_arena *arena,
          struct mst_error *err)
{
        int rc = mstc_hold_get(engine->store, hold, arena, row, err);

        if (rc == MST_END)
                return mst_fail(err, MST_ENOTFOUND, "there is no hold %lld; `muster holds` lists them", (long long)hold);
        if (rc == MST_OK && row->state != 0)
                return mst_fail(err, MST_EREFUSED, "hold %lld is closed already", (long long)hold);
        return rc;
}

int
mstc_engine_approve(struct mstc_engine *engine, int64_t hold, const char *const *users, size_t user_count,
                    int64_t expect, const char *who, const char *note, uint64_t *ret_count, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0), *texts = mst_arena_new(0);
        struct mstc_hold_row row;
        int rc = arena != NULL && texts != NULL ? mstc_store_begin(engine->store, err)
                                                : mst_fail_memory(err, "approving");

        *ret_count = 0;
        if (rc == MST_OK) {
                rc = open_hold(engine, hold, &row, texts, err);
                if (rc == MST_OK && (strcmp(row.guard, "source-shrank") == 0
                                      || strcmp(row.guard, "groups-shrank") == 0)) {
                        if (expect < 0)
                                rc = mst_fail(err, MST_ECONFIG, "say with --expect how many people there shall be: %s",
                                              row.reason);
                        else
                                rc = mstc_hold_decide(engine->store, hold, 1, who, note, expect, err);
                } else if (rc == MST_OK) {
                        rc = approve_ops(engine, hold, users, user_count, expect, ret_count, arena, err);
                        if (rc == MST_OK)
                                rc = mstc_hold_decide(engine->store, hold, 0, who, note, expect, err);
                }
                rc = end(engine, rc, err);
        }
        mst_arena_free(arena);
        mst_arena_free(texts);
        return rc;
}

/* ---- reject ------------------------------------------------------------------------------------ */

static int
decline_user(struct mstc_engine *engine, const struct mstc_entry_op *op, struct mst_arena *arena,
             struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mstc_link link;
        uint8_t hash[16];
        int rc = mstc_link_get(engine->store, op->entry, op->sink, arena, &link, err);

        if (rc < 0)
                return rc;
        if (rc == MST_END)
                link = (struct mstc_link){ .sink = op->sink, .entry = op->entry, .target = op->target };
        mstc_buffer_char(&text, (char)op->verb);
        mstc_buffer_char(&text, (char)op->reason);
        mstc_buffer_add(&text, op->after, op->after_size);
        if (!mstc_buffer_ok(&text))
                return mst_fail_memory(err, "rejecting");
        mstc_hash128(engine->store, text.bytes, text.length, hash);
        link.declined = hash;
        if (link.applied == NULL && (link.applied = mstc_record_values(arena, MST_USER)) == NULL)
                return mst_fail_memory(err, "rejecting");
        return mstc_link_put(engine->store, &link, err);
}

/* Members whose change was rejected are not asked for again until they change; a group whose
 * deletion was stays until it has another reason to go; what was not to be adopted is not. */
static int
decline_group(struct mstc_engine *engine, const struct mstc_entry_op *op, struct mst_arena *arena,
              struct mst_error *err)
{
        struct mstc_glink glink;
        struct mstc_set *set = mstc_set_new();
        int rc = set != NULL ? mstc_glink_get(engine->store, op->entry, op->target, arena, &glink, err)
                             : mst_fail_memory(err, "rejecting");

        if (rc == MST_OK && (op->verb == MST_DELETE || op->verb == MST_ADOPT)) {
                glink.declined = op->reason;
                rc = mstc_glink_put(engine->store, &glink, err);
        }
        if (rc == MST_OK && op->verb == MST_MEMBERS) {
                if (!mstc_unpack_set(op->before, op->before_size, set))
                        rc = mst_fail_memory(err, "rejecting");
                for (uint32_t n = 0; rc == MST_OK && mstc_set_next(set, &n); n++)
                        rc = mstc_gbad_add(engine->store, glink.id, n, false, "rejected by an admin", op->run, err);
        }
        mstc_set_free(set);
        return rc < 0 ? rc : MST_OK;
}

static int
reject_ops(struct mstc_engine *engine, int64_t hold, uint64_t *ret_count, struct mst_arena *arena,
           struct mst_error *err)
{
        struct mstc_entry_op ops[64];
        size_t count = 64;

        *ret_count = 0;
        while (count == 64) {
                mst_arena_reset(arena);
                if (mstc_hold_ops(engine->store, hold, 0, arena, ops, 64, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        int rc = ops[i].kind == MST_USER ? decline_user(engine, &ops[i], arena, err)
                                                         : decline_group(engine, &ops[i], arena, err);

                        if (rc != MST_OK
                            || mstc_op_end(engine->store, ops[i].number, MSTC_OP_REJECTED, 0, ops[i].run,
                                           "rejected by an admin", err) != MST_OK)
                                return err->code;
                        ++*ret_count;
                }
        }
        return MST_OK;
}

int
mstc_engine_reject(struct mstc_engine *engine, int64_t hold, const char *who, const char *note,
                   uint64_t *ret_count, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0), *texts = mst_arena_new(0);
        struct mstc_hold_row row;
        int rc = arena != NULL && texts != NULL ? mstc_store_begin(engine->store, err)
                                                : mst_fail_memory(err, "rejecting");

        *ret_count = 0;
        if (rc == MST_OK) {
                rc = open_hold(engine, hold, &row, texts, err);
                if (rc == MST_OK)
                        rc = reject_ops(engine, hold, ret_count, arena, err);
                if (rc == MST_OK)
                        rc = mstc_hold_decide(engine->store, hold, 3, who, note, -1, err);
                rc = end(engine, rc, err);
        }
        mst_arena_free(arena);
        mst_arena_free(texts);
        return rc;
}
