/* approval.c - what an admin decides about a hold: all of it, or the ops that he chose.
 *
 * Each is one transaction of the one writer: of two admins who decide at the same time the second
 * finds the hold as the first has left it, and is told so.  An approval is of ops as they are in
 * the journal, which never change: who is planned anew has a new op, and that is not approved. */
#include "build.h"

#include "engine/decline.h"

#include <string.h>

#include "store/entries.h"
#include "store/groups.h"
#include "store/holds.h"

#define APPROVED_FOR_MS INT64_C(86400000)

struct deciding {
        struct mstc_engine *engine;
        const struct mstc_choice *choice;
        struct mstc_hold_row hold;
        struct mst_arena *arena;             /* of a batch                             */
        struct mstc_set *members;            /* who satisfies the chosen group; NULL: none is */
        int64_t group;                       /* its number                             */
        int64_t decision, until;
        uint64_t count;
};

/* ---- which ops are meant ------------------------------------------------------------------- */

static bool
is_user(struct deciding *d, int64_t entry)
{
        struct mst_error ignored = { 0 };
        struct mstc_entry e;

        if (mstc_entry_get(d->engine->store, entry, d->arena, &e, &ignored) != MST_OK)
                return false;
        for (size_t i = 0; i < d->choice->user_count; i++) {
                static const char *const names[] = { "userPrincipalName", "mail" };

                if (strcmp(e.id, d->choice->users[i]) == 0)
                        return true;
                for (size_t k = 0; k < 2; k++) {
                        const struct mst_value *v = mst_record_get(e.record, names[k]);

                        if (v != NULL && strcasecmp(mst_value_text(v, NULL), d->choice->users[i]) == 0)
                                return true;
                }
        }
        return false;
}

static bool
is_meant(struct deciding *d, const struct mstc_entry_op *op)
{
        const struct mstc_choice *choice = d->choice;

        if (choice->sample > 0 && (d->count >= (uint64_t)choice->sample || op->kind != MST_USER))
                return false;
        if (choice->user_count != 0 && (op->kind != MST_USER || !is_user(d, op->entry)))
                return false;
        if (d->members != NULL)
                return op->kind == MST_USER ? mstc_set_has(d->members, (uint32_t)op->entry) : op->entry == d->group;
        return true;
}

static int
load_group(struct deciding *d, struct mst_error *err)
{
        struct mstc_store *store = d->engine->store;

        if (d->choice->group == NULL)
                return MST_OK;
        if (mstc_grp_named(store, d->hold.sync, d->choice->group, &d->group, err) != MST_OK)
                return err->code;
        if (d->group == 0)
                return mst_fail(err, MST_ENOTFOUND, "there is no group '%s' in the hold's sync; `muster groups` lists them",
                                d->choice->group);
        d->members = mstc_set_new();
        return d->members == NULL ? mst_fail_memory(err, "deciding about a hold")
             : mstc_set_load(store, MSTC_GSET, d->group, d->members, err);
}

/* ---- deciding ------------------------------------------------------------------------------ */

static int
approve_op(struct deciding *d, const struct mstc_entry_op *op, struct mst_error *err)
{
        return mstc_op_approve(d->engine->store, op->number, d->until, err);
}

static int
reject_op(struct deciding *d, const struct mstc_entry_op *op, struct mst_error *err)
{
        struct mstc_store *store = d->engine->store;
        int rc = op->kind == MST_USER ? mstc_decline(store, op, d->decision, err)
               : mstc_decline_group(store, op, d->decision, d->choice->who, d->arena, err);

        return rc != MST_OK ? rc
             : mstc_op_end(store, op->number, MSTC_OP_REJECTED, 0, op->run, d->choice->note != NULL ? d->choice->note
                           : "rejected by an admin", err);
}

static int
decide_ops(struct deciding *d, int (*decide)(struct deciding *, const struct mstc_entry_op *, struct mst_error *),
           struct mst_error *err)
{
        struct mstc_entry_op ops[64];
        size_t count = 64;
        int64_t after = 0;

        while (count == 64) {
                mst_arena_reset(d->arena);
                if (mstc_hold_ops(d->engine->store, d->hold.number, after, d->arena, ops, 64, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        after = ops[i].number;
                        if (!is_meant(d, &ops[i]))
                                continue;
                        if (decide(d, &ops[i], err) != MST_OK
                            || mstc_op_decided(d->engine->store, ops[i].number, d->decision, err) != MST_OK)
                                return err->code;
                        d->count++;
                }
        }
        return MST_OK;
}

static int
check_hold(struct deciding *d, int64_t hold, struct mst_arena *texts, struct mst_error *err)
{
        int rc = mstc_hold_get(d->engine->store, hold, texts, &d->hold, err);
        char digest[MSTC_DIGEST];

        if (rc == MST_END)
                return mst_fail(err, MST_ENOTFOUND, "there is no hold %lld; `muster holds` lists them", (long long)hold);
        if (rc == MST_OK && d->hold.state != 0)
                return mst_fail(err, MST_EREFUSED, "hold %lld is closed already: %s%s", (long long)hold,
                                d->hold.state == 3 ? "rejected by " : d->hold.state == 1 ? "approved by "
                                : "nothing is held by it any more",
                                d->hold.state == 2 ? "" : d->hold.decided_by != NULL ? d->hold.decided_by : "an admin");
        if (rc != MST_OK || d->choice->digest == NULL)
                return rc;
        if (mstc_hold_digest(d->engine->store, hold, digest, err) != MST_OK)
                return err->code;
        return strcasecmp(digest, d->choice->digest) == 0 ? MST_OK
             : mst_fail(err, MST_EREFUSED, "hold %lld keeps back other ops than those that you saw; look at `muster holds "
                        "%lld` again", (long long)hold, (long long)hold);
}

/* Nothing is decided when it is not what was expected. */
static int
check_count(const struct deciding *d, struct mst_error *err)
{
        const struct mstc_choice *choice = d->choice;
        bool chosen = choice->user_count != 0 || choice->group != NULL;
        long long hold = d->hold.number;

        if (choice->expect >= 0 && (uint64_t)choice->expect != d->count)
                return mst_fail(err, MST_EREFUSED, "hold %lld keeps back %llu ops, not the %lld that you expect; look "
                                "at `muster holds %lld` again", hold, (unsigned long long)d->count,
                                (long long)choice->expect, hold);
        if (d->count == 0)
                return mst_fail(err, MST_ENOTFOUND, "hold %lld keeps back nothing%s any more%s%s", hold,
                                chosen ? " of what you chose" : "", d->hold.decided_by != NULL ? "; last decided by " : "",
                                d->hold.decided_by != NULL ? d->hold.decided_by : "");
        return MST_OK;
}

/* A source that shrank has no ops: the number that is expected goes on. */
static bool
of_source(const struct mstc_hold_row *hold)
{
        return strcmp(hold->guard, "source-shrank") == 0 || strcmp(hold->guard, "groups-shrank") == 0;
}

static int
approve(struct deciding *d, struct mst_error *err)
{
        const struct mstc_choice *c = d->choice;

        if (of_source(&d->hold) && c->expect < 0)
                return mst_fail(err, MST_ECONFIG, "say with --expect how many people there shall be: %s", d->hold.reason);
        if (of_source(&d->hold))
                return mstc_hold_decide(d->engine->store, d->hold.number, 1, c->who, c->note, c->expect, err);
        if (decide_ops(d, approve_op, err) != MST_OK || check_count(d, err) != MST_OK)
                return err->code;
        return mstc_hold_decide(d->engine->store, d->hold.number, 0, c->who, c->note, c->expect, err);
}

/* The hold is over with its last op. */
static int
reject(struct deciding *d, struct mst_error *err)
{
        int64_t left = 0;

        if (!of_source(&d->hold) && (decide_ops(d, reject_op, err) != MST_OK || check_count(d, err) != MST_OK))
                return err->code;
        if (mstc_hold_open(d->engine->store, d->hold.number, &left, err) != MST_OK)
                return err->code;
        return mstc_hold_decide(d->engine->store, d->hold.number, left == 0 ? 3 : 0, d->choice->who, d->choice->note,
                                d->choice->expect, err);
}

static int
decide(struct mstc_engine *engine, int64_t hold, const struct mstc_choice *choice, enum mstc_decided what,
       int (*how)(struct deciding *, struct mst_error *), uint64_t *ret_count, struct mst_error *err)
{
        struct deciding d = { .engine = engine, .choice = choice, .arena = mst_arena_new(0),
                              .until = mstc_now_ms() + APPROVED_FOR_MS };
        struct mst_arena *texts = mst_arena_new(0);
        int rc = d.arena != NULL && texts != NULL ? mstc_store_begin(engine->store, err)
                                                  : mst_fail_memory(err, "deciding about a hold");

        *ret_count = 0;
        if (rc == MST_OK)
                rc = check_hold(&d, hold, texts, err);
        if (rc == MST_OK)
                rc = load_group(&d, err);
        if (rc == MST_OK)
                rc = mstc_decision_add(engine->store, what, hold, choice->who, choice->note, &d.decision, err);
        if (rc == MST_OK)
                rc = how(&d, err);
        if (rc == MST_OK)
                rc = mstc_store_commit(engine->store, err);
        if (rc != MST_OK)
                mstc_store_rollback(engine->store);
        else
                *ret_count = d.count;
        mstc_set_free(d.members);
        mst_arena_free(d.arena);
        mst_arena_free(texts);
        return rc;
}

int
mstc_engine_approve(struct mstc_engine *engine, int64_t hold, const struct mstc_choice *choice, uint64_t *ret_count,
                    struct mst_error *err)
{
        return decide(engine, hold, choice, MSTC_APPROVED, approve, ret_count, err);
}

int
mstc_engine_reject(struct mstc_engine *engine, int64_t hold, const struct mstc_choice *choice, uint64_t *ret_count,
                   struct mst_error *err)
{
        return decide(engine, hold, choice, MSTC_REJECTED, reject, ret_count, err);
}
