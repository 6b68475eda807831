/* bygone.c - the same address, a new person.
 *
 * What somebody is told apart by in a sink (his name there, his mail, what he is matched by) is
 * remembered when he leaves or gets another.  Whoever is to be made with it soon after is
 * somebody else: groups, rights and mail of the one may reach the other, so it is held until
 * somebody says yes. */
#include "build.h"

#include "engine/run.h"

#include <string.h>

#include "store/effects.h"
#include "util/alloc.h"
#include "util/buffer.h"

/* 0: nothing that a person could be told apart by. */
static int64_t
hash_of(struct mstc_run *run, const char *name, const struct mst_value *value)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        value = value != NULL ? mst_value_at(value, 0) : NULL;
        if (name[0] == '@' || value == NULL || mstc_value_empty(value) || value->type == MST_REF)
                return 0;
        mstc_buffer_add(&text, name, strlen(name) + 1);
        mstc_value_say(value, &text);
        for (size_t i = 0; i < text.length; i++)
                text.bytes[i] = text.bytes[i] >= 'A' && text.bytes[i] <= 'Z' ? text.bytes[i] | 0x20 : text.bytes[i];
        return mstc_buffer_ok(&text) ? mstc_hash64(run->store, text.bytes, text.length) : 0;
}

static bool
leaves(const struct mstc_entry_op *op)
{
        return op->verb == MST_DELETE || (op->verb == MST_DISABLE && op->reason != MSTC_WHY_DISABLED);
}

/* What he has now, where he leaves, or had, where it changes. */
static int
note(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
     const struct mst_record *before, struct mst_error *err)
{
        struct mstc_link link = { 0 };

        if (leaves(op)) {
                int rc = mstc_link_get(run->store, op->entry, op->sink, run->scratch, &link, err);

                if (rc != MST_OK)
                        return rc < 0 ? rc : MST_OK;
                before = link.applied;
        }
        for (uint32_t i = 0; before != NULL && i < before->count; i++) {
                const char *name = before->fields[i].name;
                int64_t hash = mstc_is_identity(target, name) ? hash_of(run, name, &before->fields[i].value) : 0;

                if (hash != 0 && mstc_bygone_put(run->store, op->sink, hash, op->entry, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_bygone(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *op,
            const struct mst_record *before, const struct mst_record *after, bool *ret_again, struct mst_error *err)
{
        *ret_again = false;
        if (op->kind != MST_USER || !target->row.planned)
                return MST_OK;
        if (op->verb != MST_CREATE)
                return note(run, target, op, before, err);
        for (uint32_t i = 0; after != NULL && i < after->count && !*ret_again; i++) {
                const char *name = after->fields[i].name;
                int64_t hash = mstc_is_identity(target, name) ? hash_of(run, name, &after->fields[i].value) : 0;

                if (hash != 0 && mstc_bygone_other(run->store, op->sink, hash, op->entry, ret_again, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}
