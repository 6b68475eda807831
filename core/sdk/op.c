/* op.c - one thing asked of a sink, as the connector sees it.
 *
 * Everything an op holds lies in its own arena.  Between push and collect that arena
 * is the sink's thread's, so nothing here needs the feed's lock but the settling,
 * which is in feed.c. */
#include "build.h"

#include "sdk/op.h"

#include <muster/host.h>

#include <string.h>

#include "util/alloc.h"

#define OP_BLOCK 4032u

struct mst_op *
mstc_op_new(void)
{
        struct mst_arena *arena = mst_arena_new(OP_BLOCK);
        struct mst_op *op = arena != NULL ? mst_arena_alloc(arena, sizeof *op) : NULL;

        if (op == NULL) {
                mst_arena_free(arena);
                return NULL;
        }
        op->arena = arena;
        return op;
}

void
mstc_op_free(struct mst_op *op)
{
        if (op != NULL)
                mst_arena_free(op->arena);
}

enum mst_verb
mst_op_verb(const struct mst_op *op)
{
        return op->verb;
}

enum mst_kind
mst_op_kind(const struct mst_op *op)
{
        return op->kind;
}

const char *
mst_verb_name(enum mst_verb verb)
{
        switch (verb) {
        case MST_CREATE:  return "create";
        case MST_UPDATE:  return "update";
        case MST_RENAME:  return "rename";
        case MST_DISABLE: return "disable";
        case MST_ENABLE:  return "enable";
        case MST_DELETE:  return "delete";
        case MST_ADOPT:   return "adopt";
        case MST_MEMBERS: return "members";
        }
        return "unknown";
}

const char *
mst_op_id(const struct mst_op *op)
{
        return op->id;
}

const char *
mst_op_object(const struct mst_op *op)
{
        return op->object;
}

const char *
mst_op_name(const struct mst_op *op)
{
        return op->name;
}

const char *
mst_op_stamp(const struct mst_op *op)
{
        return op->stamp != NULL ? op->stamp : "";
}

const char *
mst_op_key(const struct mst_op *op)
{
        return op->key != NULL ? op->key : "";
}

const char *
mst_op_version(const struct mst_op *op)
{
        return op->version;
}

bool
mst_op_enabled(const struct mst_op *op)
{
        return op->enabled;
}

bool
mst_op_retried(const struct mst_op *op)
{
        return op->retried;
}

/* --- changes ---------------------------------------------------------------------------- */

size_t
mst_op_change_count(const struct mst_op *op)
{
        return op->change_count;
}

const char *
mst_op_change_name(const struct mst_op *op, size_t index)
{
        return index < op->change_count ? op->changes[index].name : NULL;
}

const struct mst_value *
mst_op_before(const struct mst_op *op, size_t index)
{
        return index < op->change_count ? op->changes[index].before : NULL;
}

const struct mst_value *
mst_op_after(const struct mst_op *op, size_t index)
{
        return index < op->change_count ? op->changes[index].after : NULL;
}

const struct mst_value *
mst_op_change(const struct mst_op *op, const char *name)
{
        for (size_t i = 0; i < op->change_count; i++)
                if (strcmp(op->changes[i].name, name) == 0)
                        return op->changes[i].after;
        return NULL;
}

const struct mst_value *
mst_op_wanted(const struct mst_op *op, const char *name)
{
        return mst_record_get(op->wanted, name);
}

/* --- members ------------------------------------------------------------------------------ */

size_t
mst_op_member_count(const struct mst_op *op)
{
        return op->member_count;
}

enum mst_kind
mst_op_member_kind(const struct mst_op *op, size_t index)
{
        return index < op->member_count && op->members[index].is_group ? MST_GROUP : MST_USER;
}

bool
mst_op_member_joins(const struct mst_op *op, size_t index)
{
        return index < op->member_count && op->members[index].joins;
}

const char *
mst_op_member_object(const struct mst_op *op, size_t index)
{
        return index < op->member_count ? op->members[index].object : NULL;
}

const char *
mst_op_member_name(const struct mst_op *op, size_t index)
{
        return index < op->member_count ? op->members[index].name : NULL;
}

void
mst_op_member_settle(struct mst_op *op, size_t index, enum mst_outcome outcome, const char *why)
{
        struct mstc_op_member *member;

        if (index >= op->member_count)
                return;
        member = &op->members[index];
        if (outcome < MST_DONE || outcome > MST_UNSENT) {
                outcome = MST_UNKNOWN;
                why = "the connector told an outcome that does not exist";
        }
        member->outcome = outcome;
        /* Without memory the outcome still counts; the reason is what is lost. */
        member->why = why != NULL ? mst_arena_strdup(op->arena, why) : NULL;
}

/* --- answers -------------------------------------------------------------------------------- */

static const char *
keep_text(struct mst_op *op, const char *text, size_t most)
{
        char why[80];

        if (text == NULL || mstc_text_bad(text, strlen(text), most, why))
                return NULL;
        return mst_arena_strdup(op->arena, text);
}

void
mst_op_set_object(struct mst_op *op, const char *object, const char *name, const char *version)
{
        op->new_object = keep_text(op, object, MSTC_ID_MOST);
        op->new_name = keep_text(op, name, MSTC_TEXT_MOST);
        op->new_version = keep_text(op, version, MSTC_ID_MOST);
}

void
mst_op_set_user(struct mst_op *op, void *user)
{
        op->user = user;
}

void *
mst_op_user(const struct mst_op *op)
{
        return op->user;
}

const char *
mst_op_text(const struct mst_op *op, const char *name)
{
        const struct mst_value *value = mst_value_at(mst_op_wanted(op, name), 0);

        return mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : "";
}

const char *
mst_op_after_text(const struct mst_op *op, size_t index)
{
        const struct mst_value *value = mst_value_at(mst_op_after(op, index), 0);

        return mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : "";
}

const struct mst_value *
mst_op_was(const struct mst_op *op, const char *name)
{
        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (strcmp(mst_op_change_name(op, i), name) == 0)
                        return mst_op_before(op, i);
        return NULL;
}

const char **
mst_op_members(const struct mst_op *op, enum mst_kind kind, bool joins, struct mst_arena *arena, size_t *count)
{
        const char **objects = mst_arena_alloc(arena, mst_op_member_count(op) * sizeof *objects);

        *count = 0;
        for (size_t i = 0; objects != NULL && i < mst_op_member_count(op); i++)
                if (mst_op_member_kind(op, i) == kind && mst_op_member_joins(op, i) == joins)
                        objects[(*count)++] = mst_op_member_object(op, i);
        return objects;
}

void
mst_op_members_settle(struct mst_op *op, enum mst_outcome outcome, const char *why)
{
        for (size_t i = 0; i < mst_op_member_count(op); i++)
                mst_op_member_settle(op, i, outcome, why);
}

int
mst_feed_batches(struct mst_feed *feed, size_t most, mst_op_batch *batch, void *self, struct mst_error *err)
{
        struct mst_op **ops = mstc_alloc(most * sizeof(struct mst_op *)), **groups = mstc_alloc(most * sizeof(struct mst_op *));
        size_t count, users, rest;

        *err = (struct mst_error){ 0 };
        if (ops == NULL || groups == NULL)
                mst_fail_memory(err, "taking ops");
        while (err->code == MST_OK && (count = mst_feed_gather(feed, ops, most)) > 0) {
                users = rest = 0;
                for (size_t i = 0; i < count; i++)
                        if (mst_op_kind(ops[i]) == MST_GROUP)
                                groups[rest++] = ops[i];
                        else
                                ops[users++] = ops[i];
                (void)batch(self, ops, users, groups, rest, err);
        }
        mstc_free(ops);
        mstc_free(groups);
        return err->code;
}

int
mst_ops_one_by_one(struct mst_host *host, struct mst_op **ops, size_t count, mst_op_one *one, void *self,
                   struct mst_error *err)
{
        for (size_t i = 0; i < count; i++) {
                struct mst_error why = { 0 };
                enum mst_outcome outcome = MST_UNSENT;
                bool good;

                if (err->code == MST_OK && !mst_host_stopping(host))
                        outcome = one(self, ops[i], &why);
                /* Cut short by us: what was done of it, the next run finds done already. */
                if (outcome == MST_RETRY && mst_host_stopping(host))
                        outcome = MST_UNSENT;
                good = outcome == MST_DONE || outcome == MST_ALREADY;
                mst_op_settle(ops[i], outcome, good || outcome == MST_UNSENT ? NULL : &why);
                if (outcome != MST_UNSENT && (why.code == MST_ENET || why.code == MST_ETHROTTLED || why.code == MST_EAUTH
                                              || (good && why.code != MST_OK)))
                        *err = why;
        }
        return err->code;
}
