/* verifytell.c - what verifying finds: told, counted, and noted where it can be mended. */
#include "build.h"

#include "engine/verifying.h"

#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

static const char *const names[MSTC_FINDS] = {
        [MSTC_FINDS_MISSING] = "missing", [MSTC_FINDS_CHANGED] = "changed", [MSTC_FINDS_RENAMED] = "renamed",
        [MSTC_FINDS_DISABLED] = "disabled", [MSTC_FINDS_ENABLED] = "enabled", [MSTC_FINDS_UNSTAMPED] = "unstamped",
        [MSTC_FINDS_ORPHAN] = "orphan", [MSTC_FINDS_MEMBER_LOST] = "member lost",
        [MSTC_FINDS_MEMBER_FOREIGN] = "foreign member", [MSTC_FINDS_UNSURE] = "unsure",
};

const char *
mstc_mismatch_name(enum mstc_mismatch_what what)
{
        return (unsigned)what < MSTC_FINDS ? names[what] : "?";
}

struct mstc_verified_target *
mstc_verified_of(struct mstc_verifying *v, const struct mstc_run_target *target)
{
        return &v->ret->targets[target - v->run->targets];
}

/* ---- accepted --------------------------------------------------------------------------- */

static int
hash_value(struct mstc_store *store, const struct mst_value *value, uint8_t ret[16], struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mst_value null = mstc_value_null();

        mstc_value_flat(value != NULL ? value : &null, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "verifying a sink");
        mstc_hash128(store, flat.bytes, flat.length, ret);
        return MST_OK;
}

static bool
can_be_accepted(enum mstc_mismatch_what what)
{
        return what == MSTC_FINDS_CHANGED || what == MSTC_FINDS_DISABLED || what == MSTC_FINDS_ENABLED
            || what == MSTC_FINDS_RENAMED;
}

int
mstc_verify_accepted(struct mstc_store *store, const struct mstc_mend *mend, struct mstc_accepted *ret,
                     struct mst_error *err)
{
        ret->kind = mend->kind;
        ret->owner = mend->owner;
        ret->attribute = mend->what == MSTC_FINDS_CHANGED ? mend->attribute
                       : mend->what == MSTC_FINDS_RENAMED ? "@name" : "";
        if (hash_value(store, mend->ours, ret->wanted, err) != MST_OK)
                return err->code;
        return hash_value(store, mend->theirs, ret->actual, err);
}

/* ---- noting --------------------------------------------------------------------------------- */

static bool
copy_value(struct mst_arena *arena, const struct mst_value **value)
{
        struct mst_value *copy;

        if (*value == NULL)
                return true;
        copy = mst_arena_alloc(arena, sizeof *copy);
        if (copy == NULL || !mstc_value_copy(arena, copy, *value))
                return false;
        *value = copy;
        return true;
}

static bool
copy_text(struct mst_arena *arena, const char **text)
{
        if (*text != NULL)
                *text = mst_arena_strdup(arena, *text);
        return true;
}

static int
keep(struct mstc_verifying *v, const struct mstc_run_target *target, const struct mstc_mend *mend, struct mst_error *err)
{
        struct mstc_mends *mends = v->mends;
        struct mstc_mend *copy = mst_arena_alloc(mends->arena, sizeof *copy);

        if (copy == NULL)
                return mst_fail_memory(err, "verifying a sink");
        *copy = *mend;
        copy->next = NULL;
        copy->place = (size_t)(target - v->run->targets);
        copy->sink = target->sink->id;
        copy_text(mends->arena, &copy->attribute);
        copy_text(mends->arena, &copy->name);
        if (!copy_value(mends->arena, &copy->ours) || !copy_value(mends->arena, &copy->theirs)
            || (mend->attribute != NULL && copy->attribute == NULL) || (mend->name != NULL && copy->name == NULL))
                return mst_fail_memory(err, "verifying a sink");
        *mends->last = copy;
        mends->last = &copy->next;
        mends->count++;
        return MST_OK;
}

static bool
is_secret(struct mstc_verifying *v, const struct mstc_mismatch *finding)
{
        const struct mstc_fact_attribute *a = finding->attribute == NULL ? NULL
                : mstc_facts_find(mstc_live_facts(v->sink), finding->kind, finding->attribute);

        return a != NULL && (a->flags & MST_ATTR_SECRET) != 0;
}

int
mstc_verify_tell(struct mstc_verifying *v, struct mstc_run_target *target, struct mstc_mismatch *finding,
                 const struct mstc_mend *mend, struct mst_error *err)
{
        struct mstc_verified_target *t = mstc_verified_of(v, target);
        struct mstc_accepted accepted = { .sink = target->sink->id };

        finding->target = target->setup->name;
        finding->sink = target->sink->setup->config->name;
        finding->mends = finding->mends && mend != NULL;
        if (is_secret(v, finding))
                finding->ours = finding->theirs = NULL;
        if (mend != NULL && can_be_accepted(finding->what)
            && (mstc_verify_accepted(v->run->store, mend, &accepted, err) != MST_OK
                || mstc_accepted_has(v->run->store, &accepted, &finding->accepted, err) != MST_OK))
                return err->code;
        if (finding->accepted && !v->options->again)
                t->accepted++;
        else
                t->counts[finding->what]++;
        if (finding->what != MSTC_FINDS_MEMBER_FOREIGN && (!finding->accepted || v->options->again))
                v->ret->different++;
        if (v->options->found != NULL)
                v->options->found(v->options->self, finding);
        if (mend == NULL || (finding->accepted && !v->options->again)
            || !(v->options->accept ? can_be_accepted(finding->what) : v->options->repair && finding->mends))
                return MST_OK;
        v->ret->mended++;
        return keep(v, target, mend, err);
}
