/* claim.c - from a row of the journal to the op that a connector is given.
 *
 * Names are looked up at this moment: what a reference or a member is called now.  A
 * reference to somebody who is just being created or renamed waits for him; one to somebody
 * who has no object there is left out, and comes with a later plan when he has one. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

#include "store/entries.h"
#include "util/alloc.h"

static struct mst_op *
new_op(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *row)
{
        struct mst_op *op = mstc_op_new();
        struct mstc_errand *errand;

        if (op == NULL)
                return NULL;
        errand = mst_arena_alloc(op->arena, sizeof *errand);
        if (errand == NULL) {
                mstc_op_free(op);
                return NULL;
        }
        errand->row = *row;
        errand->row.name = row->name != NULL ? mst_arena_strdup(op->arena, row->name) : NULL;
        errand->row.before = row->before != NULL ? mst_arena_memdup(op->arena, row->before, row->before_size) : NULL;
        errand->row.after = row->after != NULL ? mst_arena_memdup(op->arena, row->after, row->after_size) : NULL;
        errand->row.text = NULL;
        errand->row.id = row->id != NULL ? mst_arena_strdup(op->arena, row->id) : NULL;
        errand->target = target;
        op->engine = errand;
        op->number = row->number;
        op->verb = row->verb;
        op->kind = row->kind;
        op->retried = row->tries > 0;
        op->key = mst_arena_printf(op->arena, "muster-%lld-%lld", (long long)run->row.id, (long long)row->number);
        if (op->key != NULL && (row->name == NULL || errand->row.name != NULL)
            && (row->before == NULL || errand->row.before != NULL) && (row->after == NULL || errand->row.after != NULL)
            && (row->id == NULL || errand->row.id != NULL))
                return op;
        mstc_op_free(op);                    /* never half of what is to be done       */
        return NULL;
}

/* ---- references ------------------------------------------------------------------------- */

#define NAMES_MOST 4096                      /* remembered at once; managers have many reports */

struct mstc_names {                          /* what referred people are called in a sink now */
        struct mst_arena *arena;
        struct mstc_numbers table;           /* hash of sink and id -> struct known_name */
};

struct known_name {
        int64_t sink, entry;
        const char *id, *name;
};

void
mstc_names_forget(struct mstc_run *run)
{
        if (run->names == NULL)
                return;
        mstc_numbers_done(&run->names->table);
        mst_arena_free(run->names->arena);
        mstc_free(run->names);
        run->names = NULL;
}

static int64_t
name_key(struct mstc_run *run, int64_t sink, const char *id)
{
        int64_t key = mstc_toward(run->store, run->row.id, id) ^ sink;

        return key != 0 ? key : 1;
}

static const struct known_name *
remembered(struct mstc_run *run, int64_t sink, const char *id)
{
        const struct known_name *known = run->names == NULL ? NULL
                : mstc_numbers_get(&run->names->table, name_key(run, sink, id));

        return known != NULL && known->sink == sink && strcmp(known->id, id) == 0 ? known : NULL;
}

/* Forgetting is no harm: it is looked up again. */
static void
remember(struct mstc_run *run, int64_t sink, const char *id, int64_t entry, const char *name)
{
        struct known_name *known;

        if (run->names != NULL && run->names->table.used >= NAMES_MOST)
                mstc_names_forget(run);
        if (run->names == NULL) {
                run->names = mstc_alloc(sizeof *run->names);
                if (run->names == NULL)
                        return;
                run->names->arena = mst_arena_new(0);
                if (run->names->arena == NULL) {
                        mstc_names_forget(run);
                        return;
                }
        }
        known = mst_arena_alloc(run->names->arena, sizeof *known);
        if (known == NULL)
                return;
        known->sink = sink;
        known->entry = entry;
        known->id = mst_arena_strdup(run->names->arena, id);
        known->name = mst_arena_strdup(run->names->arena, name);
        if (known->id != NULL && known->name != NULL)
                mstc_numbers_put(&run->names->table, name_key(run, sink, id), known);
}

/* Nobody is there whom it could name: no value, which takes an older one away. */
static int
leave_out(const struct mst_record *before, struct mst_record *after, const char *attribute, struct mst_error *err)
{
        const struct mst_value *was = before != NULL ? mst_record_get(before, attribute) : NULL;
        struct mst_value null = mstc_value_null();

        if (was == NULL || was->type == MST_NULL)
                mstc_record_remove(after, attribute);
        else if (!mstc_record_share(after, attribute, &null))
                return mst_fail_memory(err, "sending ops");
        return 2;
}

/* 1: resolved, 2: left out, 0: it waits, < 0: failed. */
static int
resolve_ref(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_set *naming,
            const struct mst_record *before, struct mst_record *after, const char *attribute, const struct mst_value *ref, int64_t *ret_waits,
            struct mst_error *err)
{
        const struct known_name *known = remembered(run, target->sink->id, ref->as.text);
        const char *object, *name = NULL, *id = ref->as.text;
        struct mst_value value;
        int64_t entry = known != NULL ? known->entry : 0;

        if (known == NULL
            && (mstc_entry_live(run->store, run->row.id, MST_USER, id, &entry, err) != MST_OK
                || (entry != 0 && mstc_link_name(run->store, entry, target->sink->id, after->arena, &object, &name,
                                                 err) != MST_OK)))
                return err->code;
        if (entry != 0 && naming != NULL && mstc_set_has(naming, (uint32_t)entry)) {
                *ret_waits = entry;
                return 0;
        }
        if (known == NULL && name == NULL)
                return leave_out(before, after, attribute, err);
        if (known == NULL)
                remember(run, target->sink->id, id, entry, name);
        else if ((name = mst_arena_strdup(after->arena, known->name)) == NULL)
                return mst_fail_memory(err, "sending ops");
        value = mstc_value_text(name, strlen(name));
        return mstc_record_share(after, attribute, &value) ? 1 : mst_fail_memory(err, "sending ops");
}

static int
resolve_refs(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_set *naming,
             const struct mst_record *before, struct mst_record *after, bool *ret_left_out, int64_t *ret_waits,
             struct mst_error *err)
{
        for (uint32_t i = 0; i < after->count; ) {
                uint32_t count = after->count;
                int rc;

                if (after->fields[i].value.type != MST_REF) {
                        i++;
                        continue;
                }
                rc = resolve_ref(run, target, naming, before, after, after->fields[i].name, &after->fields[i].value,
                                 ret_waits, err);
                if (rc < 0)
                        return rc;
                if (rc == 0)
                        return MST_OK;
                *ret_left_out = *ret_left_out || rc == 2;
                i += count == after->count;
        }
        return MST_OK;
}

/* ---- users --------------------------------------------------------------------------------- */

static int
fill_changes(struct mst_op *op, const struct mst_record *before, const struct mst_record *after,
             struct mst_error *err)
{
        op->changes = mst_arena_alloc(op->arena, (after->count + 1) * sizeof *op->changes);
        if (op->changes == NULL)
                return mst_fail_memory(err, "sending ops");
        for (uint32_t i = 0; i < after->count; i++)
                op->changes[op->change_count++] = (struct mstc_change){
                        after->fields[i].name,
                        before != NULL ? mst_record_get(before, after->fields[i].name) : NULL,
                        &after->fields[i].value,
                };
        return MST_OK;
}

static int
unflat_row(struct mst_op *op, const struct mstc_errand *errand, struct mst_record **before,
           struct mst_record **after, struct mst_error *err)
{
        *before = NULL;
        if (errand->row.before != NULL
            && mstc_record_unflat(errand->row.before, errand->row.before_size, "", op->arena, before, err) != MST_OK)
                return err->code;
        if (errand->row.after != NULL)
                return mstc_record_unflat(errand->row.after, errand->row.after_size, "", op->arena, after, err);
        *after = mstc_record_values(op->arena, op->kind);
        return *after != NULL ? MST_OK : mst_fail_memory(err, "sending ops");
}

static int
fill_user(struct mstc_run *run, struct mstc_run_target *target, struct mst_op *op, const struct mstc_set *naming,
          int64_t *ret_waits, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mst_record *before, *after;

        if (errand->row.id == NULL)
                return mst_fail(err, MST_EINTERNAL, "an op of the journal has no entry: the store is damaged; put back "
                                "a copy");
        errand->source_id = op->id = errand->row.id;
        op->stamp = (mstc_live_facts(target->sink)->can & MST_CAN_STAMP) != 0 ? mstc_stamp(run, op->id, op->arena) : "";
        if (op->stamp == NULL)
                return mst_fail_memory(err, "sending ops");
        op->enabled = errand->row.reason != MSTC_WHY_DISABLED && errand->row.reason != MSTC_WHY_UNDONE_OFF;
        if (unflat_row(op, errand, &before, &after, err) != MST_OK
            || (errand->row.refs && resolve_refs(run, target, naming, before, after, &errand->left_out, ret_waits,
                                                       err) != MST_OK))
                return err->code;
        if (*ret_waits != 0)
                return MST_OK;
        errand->after = after;
        if (op->verb != MST_CREATE || errand->row.had_link || op->retried) {
                int rc = mstc_link_get(run->store, errand->row.entry, target->sink->id, op->arena, &errand->link, err);

                if (rc < 0)
                        return rc;
        }
        errand->link.sink = target->sink->id;
        errand->link.entry = errand->row.entry;
        if (op->verb == MST_CREATE) {
                op->wanted = after;
                return fill_changes(op, NULL, after, err);
        }
        op->object = errand->link.object;
        op->name = errand->link.name;
        op->version = errand->link.version;
        op->wanted = mstc_record_merge(op->arena, errand->link.applied, after);
        if (op->wanted == NULL)
                return mst_fail_memory(err, "sending ops");
        return fill_changes(op, before, after, err);
}

/* Nothing that could be done is left: no object, or no change. */
static const char *
void_op(const struct mst_op *op)
{
        const struct mstc_errand *errand = op->engine;

        if (op->verb == MST_CREATE)
                return errand->link.id != 0 && errand->link.object != NULL && errand->link.state >= MSTC_LINK_LIVE
                    && errand->link.state <= MSTC_LINK_DISABLED ? "it is there already" : NULL;
        if (op->object == NULL)
                return "its object is not known any more";
        if ((op->verb == MST_UPDATE || op->verb == MST_RENAME) && op->change_count == 0)
                return "nothing is left to change";
        return NULL;
}

static int
mark_sent(struct mstc_run *run, struct mst_op *op, struct mst_op **ret, struct mst_error *err)
{
        if (mstc_op_sent(run->store, op->number, err) != MST_OK) {
                mstc_op_free(op);
                return err->code;
        }
        *ret = op;
        return MST_OK;
}

int
mstc_claim_user(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *row,
                const struct mstc_set *naming, struct mst_op **ret, int64_t *ret_waits, struct mst_error *err)
{
        struct mst_op *op = new_op(run, target, row);
        const char *why;
        int rc;

        *ret = NULL;
        *ret_waits = 0;
        if (op == NULL)
                return mst_fail_memory(err, "sending ops");
        rc = fill_user(run, target, op, naming, ret_waits, err);
        if (rc != MST_OK || *ret_waits != 0) {
                mstc_op_free(op);
                return rc;
        }
        why = void_op(op);
        if (why != NULL) {
                mstc_op_free(op);
                return mstc_op_end(run->store, row->number, MSTC_OP_SUPERSEDED, 0, run->id, why, err);
        }
        return mark_sent(run, op, ret, err);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static int
add_members(struct mstc_run *run, struct mstc_run_target *target, struct mst_op *op, const struct mstc_set *set,
            bool joins, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_loaded *present = NULL;

        if (!joins && errand->glink != 0 && (present = mstc_members_present(run, errand->glink, err)) == NULL)
                return err->code;
        for (uint32_t n = 0; mstc_set_next(set, &n); n++) {
                struct mstc_op_member *m = &op->members[op->member_count];

                if (!joins && present != NULL && !mstc_set_has(present->set, n))
                        continue;            /* he leaves under an old name            */
                if (mstc_member_name(run, target, n, joins, op->arena, &m->object, &m->name, &m->is_group, err) != MST_OK)
                        return err->code;
                if (m->name == NULL)
                        continue;            /* he waits for his link                  */
                m->entry = n;
                m->joins = joins;
                op->member_count++;
        }
        return MST_OK;
}

/* Names that somebody has who joins stay: for him it is told anew, whoever had it before. */
static bool
joining_names(const struct mst_op *op, struct mstc_map *names)
{
        for (size_t i = 0; i < op->member_count; i++)
                if (op->members[i].joins && !mstc_map_put(names, op->members[i].name, names))
                        return false;
        return true;
}

static int
add_old_names(struct mstc_run *run, struct mst_op *op, size_t room, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mstc_map *names = NULL;
        const char *name = "", *object;
        int64_t entry = -1;
        int rc = MST_END;

        while (errand->glink != 0 && op->member_count < room) {
                rc = mstc_gchange_next(run->store, errand->glink, entry, name, op->arena, &entry, &name, &object, err);
                if (rc != MST_OK)
                        break;
                if (names == NULL && ((names = mstc_map_new()) == NULL || !joining_names(op, names))) {
                        rc = mst_fail_memory(err, "sending ops");
                        break;
                }
                if (mstc_map_get(names, name) != NULL) {
                        rc = mstc_gchange_done(run->store, errand->glink, entry, name, err);
                        if (rc != MST_OK)
                                break;
                        continue;
                }
                op->members[op->member_count++] = (struct mstc_op_member){ .entry = (uint32_t)entry, .name = name,
                                                                           .object = object, .joins = false };
        }
        mstc_map_free(names);
        return rc < 0 ? rc : MST_OK;
}

/* Who leaves, who leaves under an old name, who joins: for a sink that knows its members by
 * lasting ids, out with the old and in with the new is the same object twice. */
static int
order_members(struct mst_op *op, size_t leaves, size_t joins_end, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        size_t joins = joins_end - leaves, old = op->member_count - joins_end;
        struct mstc_op_member *copy;

        errand->old_names_from = leaves;
        errand->old_names_to = leaves + old;
        if (old == 0 || joins == 0)
                return MST_OK;
        copy = mst_arena_memdup(op->arena, op->members + leaves, (joins + old) * sizeof *copy);
        if (copy == NULL)
                return mst_fail_memory(err, "sending ops");
        memcpy(op->members + leaves, copy + joins, old * sizeof *copy);
        memcpy(op->members + leaves + old, copy, joins * sizeof *copy);
        return MST_OK;
}

/* Old names take what room the others leave, in one op no more than the sink takes. */
static int
room_for_old(struct mstc_run *run, struct mstc_run_target *target, const struct mst_op *op, size_t own,
             size_t *ret, struct mst_error *err)
{
        const struct mstc_errand *errand = op->engine;
        uint32_t most = mstc_live_facts(target->sink)->members;
        int64_t count = 0;

        if (op->verb != MST_CREATE && errand->glink != 0
            && mstc_gchange_count(run->store, errand->glink, &count, err) != MST_OK)
                return err->code;
        *ret = (size_t)count;
        if (most != 0 && own + *ret > most)
                *ret = own < most ? most - own : 0;
        return MST_OK;
}

static int
fill_both(struct mstc_run *run, struct mstc_run_target *target, struct mst_op *op, const struct mstc_set *leaves,
          const struct mstc_set *joins, struct mst_error *err)
{
        size_t own = (size_t)(mstc_set_count(joins) + mstc_set_count(leaves)), old = 0, left = 0;

        if (room_for_old(run, target, op, own, &old, err) != MST_OK)
                return err->code;
        op->members = mst_arena_alloc(op->arena, (own + old + 1) * sizeof *op->members);
        if (op->members == NULL)
                return mst_fail_memory(err, "sending ops");
        if (add_members(run, target, op, leaves, false, err) != MST_OK)
                return err->code;
        left = op->member_count;
        if (add_members(run, target, op, joins, true, err) != MST_OK)
                return err->code;
        own = op->member_count;
        if (add_old_names(run, op, own + old, err) != MST_OK)
                return err->code;
        return order_members(op, left, own, err);
}

static int
fill_members(struct mstc_run *run, struct mstc_run_target *target, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        bool create = op->verb == MST_CREATE;
        const void *in = create ? errand->row.before : errand->row.after;
        size_t in_size = create ? errand->row.before_size : errand->row.after_size;
        struct mstc_set *joins = mstc_set_new(), *leaves = mstc_set_new();
        int rc;

        if (joins == NULL || leaves == NULL || !mstc_unpack_set(in, in_size, joins)
            || (!create && !mstc_unpack_set(errand->row.before, errand->row.before_size, leaves)))
                rc = mst_fail_memory(err, "sending ops");
        else
                rc = fill_both(run, target, op, leaves, joins, err);
        mstc_set_free(joins);
        mstc_set_free(leaves);
        return rc;
}

static int
fill_group(struct mstc_run *run, struct mstc_run_target *target, struct mst_op *op, struct mst_error *err)
{
        struct mstc_errand *errand = op->engine;
        struct mst_record *before = NULL, *after = NULL;
        struct mstc_glink glink;
        int rc = mstc_glink_get(run->store, errand->row.entry, target->row.id, op->arena, &glink, err);

        if (rc < 0)
                return rc;
        if (mstc_group_identity(run, errand->row.entry, errand->row.name, op->arena, &op->id, &op->stamp, err) != MST_OK)
                return err->code;
        errand->source_id = op->id;
        op->enabled = true;
        if (rc == MST_OK) {
                errand->glink = glink.id;
                op->object = glink.state == MSTC_LINK_LIVE || op->verb == MST_ADOPT ? glink.object : NULL;
                op->name = glink.name;
                op->version = glink.version;
        }
        if (op->verb == MST_MEMBERS)
                return op->object == NULL ? MST_OK : fill_members(run, target, op, err);
        if (op->verb == MST_CREATE) {
                if (mstc_record_unflat(errand->row.after, errand->row.after_size, "", op->arena, &after, err) != MST_OK
                    || fill_members(run, target, op, err) != MST_OK)
                        return err->code;
        } else if (unflat_row(op, errand, &before, &after, err) != MST_OK) {
                return err->code;
        }
        errand->after = after;
        op->wanted = after;
        return fill_changes(op, before, after, err);
}

int
mstc_claim_group(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_entry_op *row,
                 struct mst_op **ret, struct mst_error *err)
{
        struct mst_op *op = new_op(run, target, row);
        const char *why = NULL;
        int rc;

        *ret = NULL;
        if (op == NULL)
                return mst_fail_memory(err, "sending ops");
        rc = fill_group(run, target, op, err);
        if (rc != MST_OK) {
                mstc_op_free(op);
                return rc;
        }
        if (op->verb != MST_CREATE && op->object == NULL)
                why = "the group is not there";
        else if (op->verb == MST_MEMBERS && op->member_count == 0)
                why = "nobody is left to join or leave";
        else if (op->verb == MST_CREATE && op->member_count == 0
                 && (mstc_live_facts(target->sink)->can & MST_CAN_EMPTY_GROUP) == 0)
                why = "it has no member there yet";
        if (why != NULL) {
                mstc_op_free(op);
                return mstc_op_end(run->store, row->number, MSTC_OP_SUPERSEDED, 0, run->id, why, err);
        }
        return mark_sent(run, op, ret, err);
}
