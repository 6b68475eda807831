/* undovalues.c - which values of an object are put back.
 *
 * An attribute that a run wrote gets its former value only where the sink still holds what was
 * written: what somebody has changed since, here or there, is his, and is told. */
#include "build.h"

#include "engine/undo.h"

#include <string.h>

#include "util/alloc.h"

/* ---- what was written ------------------------------------------------------------------------ */

int
mstc_undo_fold(struct mstc_undo *u, struct mstc_undone_values *v, const struct mstc_entry_op *op, struct mst_error *err)
{
        struct mst_arena *arena = u->run->scratch;
        struct mst_record *before = NULL, *after = NULL;
        struct mst_value null = mstc_value_null();

        if (v->former == NULL) {
                v->former = mstc_record_values(arena, op->kind);
                v->written = mstc_record_values(arena, op->kind);
        }
        if (v->former == NULL || v->written == NULL)
                return mst_fail_memory(err, "undoing");
        if ((op->before_size != 0 && mstc_record_unflat(op->before, op->before_size, "", arena, &before, err) != MST_OK)
            || (op->after_size != 0 && mstc_record_unflat(op->after, op->after_size, "", arena, &after, err) != MST_OK))
                return err->code;
        for (uint32_t i = 0; after != NULL && i < after->count; i++) {
                const char *name = after->fields[i].name;
                const struct mst_value *was = before != NULL ? mst_record_get(before, name) : NULL;

                if ((mst_record_get(v->former, name) == NULL
                     && !mstc_record_share(v->former, name, was != NULL ? was : &null))
                    || !mstc_record_share(v->written, name, &after->fields[i].value))
                        return mst_fail_memory(err, "undoing");
        }
        return MST_OK;
}

int
mstc_undo_later(struct mstc_undo *u, const struct mstc_undo_place *place, struct mstc_undone_values *v,
                const struct mstc_past_object *object, int64_t last, enum mst_verb *ret_turned, int64_t *ret_by,
                struct mst_error *err)
{
        struct mstc_entry_op ops[16];
        size_t count = 16;

        *ret_turned = 0;
        *ret_by = 0;
        while (count == 16) {
                if (mstc_past_ops(u->run->store, object, 0, last, u->run->scratch, ops, 16, &count, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < count; i++) {
                        struct mst_record *after = NULL;

                        last = ops[i].number;
                        if (ops[i].verb == MST_DISABLE || ops[i].verb == MST_ENABLE || ops[i].verb == MST_DELETE
                            || ops[i].verb == MST_CREATE) {
                                *ret_turned = ops[i].verb;
                                *ret_by = ops[i].run;
                        }
                        if (ops[i].after_size == 0 || (ops[i].kind == MST_GROUP && ops[i].verb == MST_MEMBERS))
                                continue;
                        if (mstc_record_unflat(ops[i].after, ops[i].after_size, "", u->run->scratch, &after, err) != MST_OK)
                                return err->code;
                        for (uint32_t k = 0; v->written != NULL && k < after->count; k++) {
                                if (mst_record_get(v->written, after->fields[k].name) == NULL)
                                        continue;
                                mstc_undo_skip(u, place, after->fields[k].name, "run %lld has changed it since",
                                               (long long)ops[i].run);
                                mstc_record_remove(v->written, after->fields[k].name);
                                mstc_record_remove(v->former, after->fields[k].name);
                        }
                }
        }
        return MST_OK;
}

/* ---- what is there ----------------------------------------------------------------------------- */

static bool
same_one(const struct mst_value *a, const struct mst_value *b, bool exact, struct mstc_buffer *left,
         struct mstc_buffer *right)
{
        left->length = right->length = 0;
        mstc_value_say(a, left);
        mstc_value_say(b, right);
        mstc_buffer_char(left, '\0');
        mstc_buffer_char(right, '\0');
        return mstc_buffer_ok(left) && mstc_buffer_ok(right) && left->length == right->length
            && (exact ? memcmp(left->bytes, right->bytes, left->length) == 0
                      : strcasecmp((const char *)left->bytes, (const char *)right->bytes) == 0);
}

/* Several values are the same in any order. */
static bool
same(const struct mst_value *a, const struct mst_value *b, bool exact)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer left = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer right = { 0 };
        bool a_empty = a == NULL || mstc_value_empty(a), b_empty = b == NULL || mstc_value_empty(b);
        size_t count = a_empty ? 0 : mst_value_count(a);

        if (a_empty || b_empty)
                return a_empty && b_empty;
        if (count != mst_value_count(b))
                return false;
        for (size_t i = 0; i < count; i++) {
                bool there = false;

                for (size_t k = 0; k < count && !there; k++)
                        there = same_one(mst_value_at(a, i), mst_value_at(b, k), exact, &left, &right);
                if (!there)
                        return false;
        }
        return true;
}

static const struct mst_value *
value_of(const struct mst_record *record, const char *name)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++)
                if (strcasecmp(record->fields[i].name, name) == 0)
                        return &record->fields[i].value;
        return NULL;
}

static const struct mst_facts *
facts_of(const struct mstc_undo_place *place)
{
        return mstc_live_facts(place->target->sink);
}

static uint32_t
flags_of(const struct mstc_undo_place *place, const char *name)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(facts_of(place), place->kind, name);

        return a != NULL ? a->flags : 0;
}

/* What we wrote: of a reference, as what it was called. */
static bool
holds(const struct mstc_undo_place *place, const char *name, const struct mst_value *written)
{
        if (written != NULL && written->type == MST_REF)
                written = place->applied != NULL ? mst_record_get(place->applied, name) : NULL;
        if (strcmp(name, "@parent") == 0)
                return place->found->name != NULL && place->name != NULL && strcmp(place->found->name, place->name) == 0;
        return same(value_of(place->found->record, name), written, (flags_of(place, name) & MST_ATTR_EXACT) != 0);
}

bool
mstc_undo_untouched(const struct mstc_undo_place *place)
{
        if (place->found == NULL || (facts_of(place)->can & MST_CAN_PRESENT) == 0)
                return false;
        for (uint32_t i = 0; place->applied != NULL && i < place->applied->count; i++) {
                const char *name = place->applied->fields[i].name;

                if ((flags_of(place, name) & MST_ATTR_SECRET) == 0 && !holds(place, name, &place->applied->fields[i].value))
                        return false;
        }
        return true;
}

/* ---- what is put back ---------------------------------------------------------------------------- */

static bool
is_mapped(const struct mstc_undo_place *place, const char *name)
{
        const struct mstc_target *setup = place->target->setup;

        for (size_t i = 0; place->kind == MST_USER && i < setup->map_count; i++)
                if (strcasecmp(setup->maps[i].to, name) == 0)
                        return true;
        return place->kind == MST_GROUP;     /* its name comes of the group, not of a map */
}

/* Why this one stays; NULL: it is put back. */
static const char *
stays(const struct mstc_undo_place *place, const char *name, const struct mst_value *former, const struct mst_value *written)
{
        uint32_t flags = flags_of(place, name);

        if ((flags & MST_ATTR_SECRET) != 0)
                return "it is secret, and its former value was not kept";
        if ((flags & (MST_ATTR_FIXED | MST_ATTR_READ_ONLY)) != 0)
                return "the sink does not let it be changed";
        if ((flags & MST_ATTR_REQUIRED) != 0 && mstc_value_empty(former))
                return "it had no value, and the sink demands one";
        if (place->found == NULL || (facts_of(place)->can & MST_CAN_PRESENT) == 0)
                return "the sink does not tell what it holds";
        if (!is_mapped(place, name))
                return "no map writes it any more";
        if (!holds(place, name, written))
                return "somebody has changed it since";
        return NULL;
}

int
mstc_undo_values(struct mstc_undo *u, const struct mstc_undo_place *place, const struct mstc_undone_values *v,
                 struct mst_record **before, struct mst_record **after, bool *ret_naming, struct mst_error *err)
{
        struct mst_value null = mstc_value_null();

        *ret_naming = false;
        *before = mstc_record_values(u->run->scratch, place->kind);
        *after = mstc_record_values(u->run->scratch, place->kind);
        if (*before == NULL || *after == NULL)
                return mst_fail_memory(err, "undoing");
        for (uint32_t i = 0; v->former != NULL && i < v->former->count; i++) {
                const char *name = v->former->fields[i].name, *why;
                const struct mst_value *former = &v->former->fields[i].value, *written = mst_record_get(v->written, name);
                const struct mst_value *is = place->applied != NULL ? mst_record_get(place->applied, name) : NULL;

                if (strcmp(name, "@parent") != 0 && place->found != NULL
                    && same(value_of(place->found->record, name), former, true) && is != NULL && same(is, former, true))
                        continue;            /* it is so already                       */
                why = stays(place, name, former, written);
                if (why != NULL) {
                        mstc_undo_skip(u, place, name, "%s", why);
                        continue;
                }
                *ret_naming = *ret_naming || (flags_of(place, name) & MST_ATTR_NAMING) != 0 || strcmp(name, "@parent") == 0;
                if (!mstc_record_share(*before, name, is != NULL ? is : &null) || !mstc_record_share(*after, name, former))
                        return mst_fail_memory(err, "undoing");
        }
        return MST_OK;
}
