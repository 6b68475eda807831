/* values.c - what a sink should hold of a record: maps evaluated, values turned into what
 * the sink's attributes take, differences.
 *
 *   value     becomes the attribute's type: text, one or many, a reference becomes a name
 *   null      clears, or with null="keep" leaves what was applied
 *   ignored   leaves what was applied
 *   failed    leaves what was applied, with a complaint; for a required attribute of an
 *             object that is to be made, the object cannot be made */
#include "build.h"

#include "engine/drawing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "store/entries.h"
#include "store/groups.h"
#include "util/utf8.h"
#include "util/wild.h"

static int
random_bytes(void *self, void *bytes, size_t size)
{
        (void)self;
        return getrandom(bytes, size, 0) == (ssize_t)size ? 0 : -1;
}

void
mstc_eval_init(struct mstc_run *run, struct mstc_eval *eval, struct mst_arena *arena)
{
        memset(eval, 0, sizeof *eval);
        eval->now = run->now;
        eval->arena = arena;
        eval->random = random_bytes;
}

bool
mstc_eval_starved(const struct mstc_eval *eval)
{
        return eval->why != NULL && strcmp(eval->why, "out of memory") == 0;
}

const char *
mstc_stamp(const struct mstc_run *run, const char *id, struct mst_arena *arena)
{
        if (run->source->setup->plugin->source_ids_unique)
                return id;
        return mst_arena_printf(arena, "%s:%s", run->source->setup->config->name, id);
}

const char *
mstc_group_stamp(const struct mstc_run *run, const char *name, struct mst_arena *arena)
{
        return mst_arena_printf(arena, "muster:%s/%s", run->sync->name, name);
}

int
mstc_group_identity(struct mstc_run *run, int64_t grp, const char *name, struct mst_arena *arena, const char **ret_id,
                    const char **ret_stamp, struct mst_error *err)
{
        int64_t entry;

        *ret_id = name;
        if (mstc_grp_entry(run->store, grp, &entry, err) != MST_OK
            || (entry != 0 && mstc_entry_id(run->store, entry, arena, ret_id, err) != MST_OK))
                return err->code;
        *ret_stamp = entry != 0 ? mstc_stamp(run, *ret_id, arena) : mstc_group_stamp(run, name, arena);
        return *ret_stamp != NULL ? MST_OK : mst_fail_memory(err, "reading groups");
}

/* ---- from the language's values to the sink's ----------------------------------------- */

struct shaping {
        struct mstc_run *run;
        struct mstc_run_target *target;
        const struct mstc_fact_attribute *attribute;
        struct mst_arena *arena;
        bool refs, lost_refs;
        struct mst_record *named;            /* references that have become names      */
        const char *why;
        struct mst_error *err;
};

/* Notes why a value does not flow; returns false, which is what its callers answer. */
static bool MST_PRINTF(2, 3)
complain(struct shaping *s, const char *format, ...)
{
        char text[512];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        s->why = mst_arena_strdup(s->arena, text);
        return false;                        /* without a reason: memory is out        */
}

/* Should he be renamed, it is a reference again: see mstc_wanted. */
static bool
note_named(struct shaping *s, const struct mst_value *from)
{
        struct mst_value ref = *from;

        ref.type = MST_REF;
        if (s->named == NULL)
                s->named = mstc_record_values(s->arena, MST_USER);
        return s->named != NULL && mstc_record_share(s->named, s->attribute->name, &ref);
}

/* A reference becomes the name that its object has in this sink now; without a link it
 * stays a reference, to be looked at again when the op is claimed.  One to somebody whom the
 * source does not have any more is none. */
static bool
shape_ref(struct shaping *s, const struct mst_value *from, struct mst_value *into)
{
        const char *object, *name;
        int64_t entry;

        if (!s->run->links_none) {
                if (mstc_entry_live(s->run->store, s->run->row.id, MST_USER, from->as.text, &entry, s->err) != MST_OK)
                        return false;
                if (entry == 0) {
                        s->lost_refs = true;
                        *into = mstc_value_null();
                        return true;
                }
                if (mstc_link_name(s->run->store, entry, s->target->sink->id, s->arena, &object, &name,
                                   s->err) != MST_OK)
                        return false;
                if (name != NULL) {
                        *into = mstc_value_text(name, strlen(name));
                        return note_named(s, from);
                }
        }
        *into = *from;
        into->type = MST_REF;
        s->refs = true;
        return true;
}

static bool
shape_one(struct shaping *s, const struct mst_value *from, struct mst_value *into)
{
        const char *text;
        size_t length;

        if (from->type == MST_NULL) {
                *into = mstc_value_null();
                return true;
        }
        if (s->attribute->type == MST_REF)
                return from->type == MST_REF || from->type == MST_TEXT ? shape_ref(s, from, into)
                     : complain(s, "'%s' takes a reference such as [manager]", s->attribute->name);
        if (s->attribute->type == MST_BYTES && from->type == MST_BYTES) {
                *into = *from;
                return true;
        }
        if (from->type == MST_OBJECT)
                return complain(s, "'%s': an object has no text form; name one of its members",
                                s->attribute->name);
        if (from->type == s->attribute->type && from->type != MST_TEXT) {
                *into = *from;
                return true;
        }
        text = mstc_value_render(from, s->arena, &length);
        if (text == NULL)
                return from->type == MST_LIST && complain(s, "'%s': a list in a list has no text form", s->attribute->name);
        if (s->attribute->longest != 0 && length > s->attribute->longest
            && mstc_utf8_count(text, length) > s->attribute->longest)
                return complain(s, "'%s': the value is longer than the %u characters it may have; cut it "
                                "with Left()", s->attribute->name, s->attribute->longest);
        *into = length != 0 ? mstc_value_text(text, length) : mstc_value_null();
        return true;
}

static int
by_text(const void *a, const void *b)
{
        const struct mst_value *x = a, *y = b;
        size_t n = x->length < y->length ? x->length : y->length;
        int c = memcmp(x->as.text, y->as.text, n);

        return c != 0 ? c : (x->length > y->length) - (x->length < y->length);
}

/* Sinks hold sets: in order and without doubles, so that equal sets are equal. */
static void
sort_unique(struct mst_value *list)
{
        uint32_t kept = 0;

        for (uint32_t i = 0; i < list->length; i++)
                if (list->as.items[i].type != MST_TEXT && list->as.items[i].type != MST_BYTES)
                        return;
        qsort(list->as.items, list->length, sizeof *list->as.items, by_text);
        for (uint32_t i = 0; i < list->length; i++)
                if (kept == 0 || by_text(&list->as.items[kept - 1], &list->as.items[i]) != 0)
                        list->as.items[kept++] = list->as.items[i];
        list->length = kept;
}

static bool
shape_list(struct shaping *s, const struct mst_value *from, struct mst_value *into)
{
        struct mst_value *items = mst_arena_alloc(s->arena, (from->length + 1) * sizeof *items);
        uint32_t kept = 0;

        if (items == NULL)
                return false;
        for (uint32_t i = 0; i < from->length; i++) {
                if (!shape_one(s, &from->as.items[i], &items[kept]))
                        return false;
                if (items[kept].type != MST_NULL)
                        kept++;
        }
        if (kept == 0) {
                *into = mstc_value_null();
                return true;
        }
        if ((s->attribute->flags & MST_ATTR_MANY) == 0 && kept > 1)
                return complain(s, "'%s' holds one value and the map yields %u; choose one with Item()",
                                s->attribute->name, kept);
        *into = (struct mst_value){ .type = MST_LIST, .length = kept, .as.items = items };
        sort_unique(into);
        if (into->length == 1)
                *into = items[0];
        return true;
}

static bool
shape(struct shaping *s, const struct mst_value *from, struct mst_value *into)
{
        return from->type == MST_LIST ? shape_list(s, from, into) : shape_one(s, from, into);
}

/* ---- maps -------------------------------------------------------------------------------- */

static bool
keep_applied(struct mst_record *into, const struct mst_record *applied, const char *name)
{
        const struct mst_value *value = applied != NULL ? mst_record_get(applied, name) : NULL;

        return value == NULL || mstc_record_share(into, name, value);
}

static void
missing(struct mstc_wanted *ret, struct mst_arena *arena, const char *to, const char *why)
{
        const char *text = mst_arena_printf(arena, "'%s' is required and has no value%s%s", to,
                                            why != NULL ? ": " : "", why != NULL ? why : "");

        ret->why = text != NULL ? text : "a required value is missing";
}

/* A map that is never written can still be what a match compares. */
static bool
put_compared(struct shaping *s, const struct mstc_map *map, const struct mst_record *record,
             struct mstc_wanted *ret)
{
        struct mst_value value = { 0 }, shaped = { 0 };
        struct mstc_eval eval;

        if (map->expression == NULL)
                return true;
        mstc_eval_init(s->run, &eval, s->arena);
        if (mstc_expr_value(map->expression, record, &eval, &value) != MSTC_VALUE || !shape(s, &value, &shaped))
                return s->err->code == MST_OK;
        if (ret->compared == NULL)
                ret->compared = mstc_record_values(s->arena, MST_USER);
        return ret->compared != NULL && mstc_record_share(ret->compared, map->to, &shaped);
}

static bool
put_map(struct shaping *s, const struct mstc_map *map, const struct mst_record *record,
        const struct mst_record *applied, bool creating, struct mstc_wanted *ret)
{
        struct mstc_drawing drawing;
        struct mstc_eval eval;
        struct mst_value value = { 0 }, shaped = { 0 };
        enum mstc_flow flow;

        if (map->when == MSTC_NEVER && creating && !put_compared(s, map, record, ret))
                return false;
        if (map->when == MSTC_NEVER || (map->when == MSTC_ON_CREATE && !creating))
                return keep_applied(ret->record, applied, map->to);
        mstc_eval_init(s->run, &eval, s->arena);
        if (!mstc_drawing_begin(&drawing, s->run, s->target, map, &eval, s->err))
                return false;
        mstc_unique_begin(s->run->unique, map, &eval);
        flow = mstc_expr_value(map->expression, record, &eval, &value);
        mstc_unique_end(s->run->unique, map, &eval, flow);
        if (!mstc_drawing_end(&drawing))
                return false;
        s->why = NULL;
        if (flow == MSTC_IGNORE_OBJECT) {
                ret->ignore_object = true;
                return true;
        }
        if (flow == MSTC_FAILED && mstc_eval_starved(&eval))
                return false;
        if (flow == MSTC_FAILED)
                s->why = eval.why != NULL ? eval.why : "the map failed";
        else if (flow == MSTC_VALUE && !shape(s, &value, &shaped) && s->why == NULL)
                return false;                /* the store failed                       */
        if (s->why != NULL) {
                ret->complaint = mst_arena_printf(s->arena, "'%s' does not flow: %s", map->to, s->why);
                if (creating && (s->attribute->flags & MST_ATTR_REQUIRED) != 0)
                        missing(ret, s->arena, map->to, s->why);
        }
        if (s->why != NULL || flow == MSTC_IGNORE_ATTRIBUTE
            || (shaped.type == MST_NULL && map->keep_null))
                return keep_applied(ret->record, applied, map->to);
        if (shaped.type != MST_NULL)
                return mstc_record_share(ret->record, map->to, &shaped);
        if ((s->attribute->flags & MST_ATTR_REQUIRED) == 0)
                return true;
        if (creating)
                missing(ret, s->arena, map->to, NULL);
        else
                ret->complaint = mst_arena_printf(s->arena, "'%s' is required there and would be cleared; it "
                                                  "keeps its value", map->to);
        return keep_applied(ret->record, applied, map->to);
}

static struct mstc_fact_attribute
kind_of(struct mstc_run_target *target, enum mst_kind kind, const char *to)
{
        const struct mstc_fact_attribute *found = mstc_facts_find(mstc_live_facts(target->sink), kind, to);
        struct mstc_fact_attribute own = { .type = MST_TEXT, .flags = MST_ATTR_MANY };

        if (found != NULL)
                own = *found;
        own.name = to;
        return own;
}

int
mstc_kinds_load(struct mstc_run *run, struct mst_error *err)
{
        for (size_t t = 0; t < run->target_count; t++) {
                struct mstc_run_target *target = &run->targets[t];

                target->kinds = mst_arena_alloc(run->arena, (target->setup->map_count + 1) * sizeof *target->kinds);
                if (target->kinds == NULL)
                        return mst_fail_memory(err, "planning");
                for (size_t i = 0; i < target->setup->map_count; i++)
                        target->kinds[i] = kind_of(target, MST_USER, target->setup->maps[i].to);
        }
        return MST_OK;
}

static int
put_maps(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_map *maps, size_t count,
         enum mst_kind kind, const struct mst_record *record, const struct mst_record *applied, bool creating,
         struct mst_arena *arena, struct mstc_wanted *ret, struct mst_error *err)
{
        struct shaping s = { .run = run, .target = target, .arena = arena, .err = err };

        memset(ret, 0, sizeof *ret);
        ret->record = mstc_record_values(arena, kind);
        if (ret->record == NULL)
                return mst_fail_memory(err, "evaluating maps");
        for (size_t i = 0; i < count && !ret->ignore_object; i++) {
                struct mstc_fact_attribute own;

                if (maps == target->setup->maps && target->kinds != NULL) {
                        s.attribute = &target->kinds[i];
                } else {
                        own = kind_of(target, kind, maps[i].to);
                        s.attribute = &own;
                }
                if (!put_map(&s, &maps[i], record, applied, creating, ret))
                        return err->code != MST_OK ? err->code : mst_fail_memory(err, "evaluating maps");
        }
        ret->refs = s.refs;
        ret->lost_refs = s.lost_refs;
        ret->named = s.named;
        return MST_OK;
}

int
mstc_wanted_values(struct mstc_run *run, struct mstc_run_target *target, const struct mst_record *record,
                   const struct mst_record *applied, bool creating, struct mst_arena *arena,
                   struct mstc_wanted *ret, struct mst_error *err)
{
        return put_maps(run, target, target->setup->maps, target->setup->map_count, MST_USER, record, applied,
                        creating, arena, ret, err);
}

/* The first that fits: uses of one group stand before patterns. */
const struct mstc_group_use *
mstc_use_of(const struct mstc_target *target, const char *name)
{
        for (size_t i = 0; i < target->use_count; i++)
                if (mstc_wild_match(target->uses[i].pattern, name))
                        return &target->uses[i];
        return NULL;
}

bool
mstc_carries(const struct mstc_run_target *target, const char *group)
{
        return mstc_use_of(target->setup, group) != NULL;
}

/* What the source says of a group of its own. */
static int
add_attributes(struct mstc_run *run, int64_t entry, struct mst_arena *arena, struct mst_record *into, struct mst_error *err)
{
        struct mstc_entry of;
        int rc = mstc_entry_get(run->store, entry, arena, &of, err);

        for (uint32_t i = 0; rc == MST_OK && i < of.record->count; i++)
                if (!mstc_record_share(into, of.record->fields[i].name, &of.record->fields[i].value))
                        rc = mst_fail_memory(err, "evaluating a group's maps");
        return rc == MST_END ? MST_OK : rc;
}

/* Whom a group points at is not followed: only who has a name there counts. */
static void
drop_refs(struct mst_record *record)
{
        for (uint32_t i = 0; i < record->count; ) {
                if (record->fields[i].value.type == MST_REF)
                        mstc_record_remove(record, record->fields[i].name);
                else
                        i++;
        }
}

int
mstc_wanted_group(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_grp *grp, int64_t suffix,
                  struct mst_arena *arena, struct mst_record **ret, struct mst_error *err)
{
        const char *name = grp->name, *title = grp->title;
        const struct mstc_group_use *use = mstc_use_of(target->setup, name);
        struct mst_record *group = mstc_record_new(arena, MST_GROUP, name, strlen(name));
        struct mst_value value;
        struct mstc_wanted wanted;
        int rc;

        *ret = NULL;
        if (use == NULL)
                return MST_END;              /* this target does not carry it          */
        if (group == NULL)
                return mst_fail_memory(err, "evaluating a group's maps");
        if (grp->entry != 0 && add_attributes(run, grp->entry, arena, group, err) != MST_OK)
                return err->code;
        if (use->as != NULL)
                name = use->as;
        if (suffix != 0)
                name = mst_arena_printf(arena, "%s-%lld", name, (long long)suffix);
        if (name == NULL)
                return mst_fail_memory(err, "evaluating a group's maps");
        if (title == NULL || title[0] == '\0')
                title = name;
        value = mstc_value_text(title, strlen(title));
        if (!mstc_record_set(group, "title", &value))
                return mst_fail_memory(err, "evaluating a group's maps");
        value = mstc_value_text(name, strlen(name));
        if (!mstc_record_set(group, "name", &value))
                return mst_fail_memory(err, "evaluating a group's maps");
        rc = use->maps != NULL && use->map_count != 0
           ? put_maps(run, target, use->maps, use->map_count, MST_GROUP, group, NULL, true, arena, &wanted, err)
           : put_maps(run, target, target->setup->group_maps, target->setup->group_map_count, MST_GROUP, group,
                      NULL, true, arena, &wanted, err);
        if (rc != MST_OK)
                return rc;
        if (wanted.why != NULL)
                return mst_fail(err, MST_EREFUSED, "group '%s': %s", name, wanted.why);
        drop_refs(wanted.record);
        *ret = wanted.record;
        return MST_OK;
}

void
mstc_names_as_text(struct mst_record *record)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++)
                if (record->fields[i].value.type == MST_REF)
                        record->fields[i].value.type = MST_TEXT;
}

/* ---- differences ---------------------------------------------------------------------------- */

struct differing {
        struct mst_record *before, *after;
        bool ok;
};

static bool
note_difference(void *self, const char *name, const struct mst_value *before, const struct mst_value *after)
{
        struct differing *d = self;
        struct mst_value null = mstc_value_null();

        d->ok = d->ok && mstc_record_share(d->before, name, before != NULL ? before : &null)
             && mstc_record_share(d->after, name, after != NULL ? after : &null);
        return d->ok;
}

bool
mstc_difference(struct mst_arena *arena, const struct mst_record *applied, const struct mst_record *wanted,
                struct mst_record **ret_before, struct mst_record **ret_after)
{
        struct differing d = { .ok = true };

        d.before = mstc_record_values(arena, wanted->kind);
        d.after = mstc_record_values(arena, wanted->kind);
        if (d.before == NULL || d.after == NULL)
                return false;
        mstc_record_compare(applied, wanted, note_difference, &d);
        *ret_before = d.before;
        *ret_after = d.after;
        return d.ok;
}
