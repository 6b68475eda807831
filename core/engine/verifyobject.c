/* verifyobject.c - one object as the sink shows it, against what was last applied to it.
 *
 * Only what maps write now and what was really applied is compared: an attribute to which we
 * gave no value is none of ours.  Values count as equal as the sink itself would have it: without
 * regard to case where it has none, lists without regard to order, and with values="own" what
 * others added is no difference.  A value that is not shown is told in the end, and only where
 * the sink shows that attribute at all. */
#include "build.h"

#include "engine/decide.h"
#include "engine/verifying.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rules/expr.h"
#include "util/alloc.h"
#include "util/buffer.h"

#define UNTOLD_FROM 5                        /* objects that must all lack it          */

/* A value that was not shown; in the sink's arena. */
struct mstc_lacking {
        struct mstc_lacking *next;
        struct mstc_run_target *target;
        size_t attribute;                    /* of v->attributes                       */
        struct mstc_mismatch finding;
        struct mstc_mend mend;
};

/* ---- equal values --------------------------------------------------------------------- */

/* The text of one value for comparing; spaces around commas go from a name (a DN). */
static const char *
plain(const struct mst_value *value, bool exact, bool reference, struct mst_arena *arena)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        size_t length, out = 0;
        char *text;

        if (value->type == MST_TEXT || value->type == MST_REF)
                text = exact ? mst_arena_strndup(arena, value->as.text, value->length)
                             : mstc_fold(value->as.text, value->length, arena, &length);
        else {
                mstc_value_say(value, &say);
                text = mstc_buffer_ok(&say) ? mstc_fold(mstc_buffer_cstr(&say), say.length, arena, &length) : NULL;
        }
        for (size_t i = 0; reference && text != NULL && text[i] != '\0'; i++) {
                if (text[i] == ' ' && out > 0 && text[out - 1] == ',')
                        continue;
                text[out++] = text[i];
        }
        if (reference && text != NULL)
                text[out] = '\0';
        return text;
}

static bool
same_one(const struct mst_value *a, const struct mst_value *b, bool exact, bool reference, struct mst_arena *arena,
         bool *ok)
{
        const char *x, *y;

        if (a->type == MST_BYTES && b->type == MST_BYTES)
                return a->length == b->length && memcmp(a->as.text, b->as.text, a->length) == 0;
        x = plain(a, exact, reference, arena);
        y = plain(b, exact, reference, arena);
        *ok = *ok && x != NULL && y != NULL;
        return x != NULL && y != NULL && strcmp(x, y) == 0;
}

/* All of 'some' are among 'all'. */
static bool
within(const struct mst_value *some, const struct mst_value *all, bool exact, bool reference,
       struct mst_arena *arena, bool *ok)
{
        for (size_t i = 0; i < mst_value_count(some); i++) {
                bool found = false;

                for (size_t k = 0; k < mst_value_count(all) && !found; k++)
                        found = same_one(mst_value_at(some, i), mst_value_at(all, k), exact, reference, arena, ok);
                if (!found)
                        return false;
        }
        return true;
}

static bool
same(const struct mst_value *ours, const struct mst_value *theirs, const struct mstc_fact_attribute *attribute,
     bool own, struct mst_arena *arena, bool *ok)
{
        bool exact = attribute != NULL && (attribute->flags & MST_ATTR_EXACT) != 0;
        bool reference = (attribute != NULL && attribute->type == MST_REF) || theirs->type == MST_REF;

        return within(ours, theirs, exact, reference, arena, ok)
            && (own || within(theirs, ours, exact, reference, arena, ok));
}

static const struct mst_value *
put_as(const struct mst_record *record, const char *name)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++)
                if (strcasecmp(record->fields[i].name, name) == 0)
                        return &record->fields[i].value;
        return NULL;
}

static const struct mst_value *
value_of(const struct mst_record *record, const char *name)
{
        const struct mst_value *value = put_as(record, name);

        return value == NULL || mstc_value_empty(value) ? NULL : value;
}

/* ---- what a sink shows at all ------------------------------------------------------------ */

static struct mstc_told_attribute *
told_attribute(struct mstc_verifying *v, const char *name)
{
        struct mstc_told_attribute *a;

        for (size_t i = 0; i < v->attribute_count; i++)
                if (strcasecmp(v->attributes[i].name, name) == 0)
                        return &v->attributes[i];
        if (v->attribute_count == v->attribute_room) {
                size_t room = v->attribute_room != 0 ? 2 * v->attribute_room : 64;

                a = mstc_realloc_array(v->attributes, room, sizeof *a);
                if (a == NULL)
                        return NULL;
                v->attributes = a;
                v->attribute_room = room;
        }
        a = &v->attributes[v->attribute_count];
        *a = (struct mstc_told_attribute){ .name = mst_arena_strdup(v->arena, name) };
        if (a->name == NULL)
                return NULL;
        v->attribute_count++;
        return a;
}

static int
note_lacking(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_mismatch *finding,
             const struct mstc_mend *mend, struct mstc_told_attribute *attribute, struct mst_error *err)
{
        struct mstc_lacking *l = mst_arena_alloc(v->arena, sizeof *l);
        struct mst_value *ours = mst_arena_alloc(v->arena, sizeof *ours);

        attribute->absent++;
        if (l == NULL || ours == NULL || !mstc_value_copy(v->arena, ours, finding->ours))
                return mst_fail_memory(err, "verifying a sink");
        *l = (struct mstc_lacking){ .next = v->lacking, .target = target, .finding = *finding, .mend = *mend,
                                    .attribute = (size_t)(attribute - v->attributes) };
        l->finding.ours = l->mend.ours = ours;
        l->finding.attribute = l->mend.attribute = attribute->name;
        l->finding.id = mst_arena_strdup(v->arena, finding->id != NULL ? finding->id : "");
        l->finding.title = mst_arena_strdup(v->arena, finding->title != NULL ? finding->title : "");
        l->finding.object = mst_arena_strdup(v->arena, finding->object != NULL ? finding->object : "");
        l->finding.name = mst_arena_strdup(v->arena, finding->name != NULL ? finding->name : "");
        if (l->finding.id == NULL || l->finding.title == NULL || l->finding.object == NULL || l->finding.name == NULL)
                return mst_fail_memory(err, "verifying a sink");
        v->lacking = l;
        return MST_OK;
}

static void
add_untold(struct mstc_verified_target *t, const char *name)
{
        size_t length = strlen(t->untold);

        if (length + strlen(name) + 3 < sizeof t->untold && strstr(t->untold, name) == NULL)
                snprintf(t->untold + length, sizeof t->untold - length, "%s%s", length != 0 ? ", " : "", name);
}

int
mstc_verify_lacking(struct mstc_verifying *v, struct mst_error *err)
{
        bool present = (mstc_live_facts(v->sink)->can & MST_CAN_PRESENT) != 0;

        for (struct mstc_lacking *l = v->lacking; l != NULL; l = l->next) {
                const struct mstc_told_attribute *a = &v->attributes[l->attribute];

                if (!a->told && (!present || a->absent >= UNTOLD_FROM))
                        add_untold(mstc_verified_of(v, l->target), a->name);
                else if (mstc_verify_tell(v, l->target, &l->finding, &l->mend, err) != MST_OK)
                        return err->code;
        }
        v->lacking = NULL;
        return MST_OK;
}

/* ---- values ------------------------------------------------------------------------------ */

/* A value of ours that is another there. */
static int
compare_value(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_map *map,
              const struct mst_value *ours, const struct mst_record *shown, struct mstc_mismatch *finding,
              struct mstc_mend *mend, struct mst_error *err)
{
        const struct mstc_fact_attribute *fact = mstc_facts_find(mstc_live_facts(v->sink), finding->kind, map->to);
        struct mstc_told_attribute *told = told_attribute(v, map->to);
        const struct mst_value *theirs = value_of(shown, map->to);
        bool ok = true, equal;

        if (told == NULL)
                return mst_fail_memory(err, "verifying a sink");
        told->told = told->told || theirs != NULL;
        if ((fact != NULL && (fact->flags & (MST_ATTR_SECRET | MST_ATTR_READ_ONLY)) != 0)
            || ours == NULL || (theirs == NULL && map->to[0] == '@'))
                return MST_OK;
        finding->what = mend->what = MSTC_FINDS_CHANGED;
        finding->attribute = mend->attribute = map->to;
        finding->ours = mend->ours = ours;
        finding->theirs = mend->theirs = theirs;
        /* Computed once and never again: what somebody made of it since is his. */
        finding->mends = map->when != MSTC_ON_CREATE && !(fact != NULL && (fact->flags & MST_ATTR_FIXED) != 0);
        if (theirs == NULL)
                return note_lacking(v, target, finding, mend, told, err);
        equal = same(ours, theirs, fact, map->own_values, v->scratch, &ok);
        if (!ok)
                return mst_fail_memory(err, "verifying a sink");
        return equal ? MST_OK : mstc_verify_tell(v, target, finding, mend, err);
}

static int
compare_values(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_map *maps, size_t count,
               const struct mst_record *applied, const struct mst_record *shown, const struct mstc_mismatch *finding,
               const struct mstc_mend *mend, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++) {
                struct mstc_mismatch f = *finding;
                struct mstc_mend m = *mend;

                if (maps[i].when == MSTC_NEVER || strchr(maps[i].to, '*') != NULL)
                        continue;
                if (compare_value(v, target, &maps[i], value_of(applied, maps[i].to), shown, &f, &m, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- the whole object ---------------------------------------------------------------------- */

static bool
same_name(struct mstc_verifying *v, const char *a, const char *b, bool *ok)
{
        struct mst_value x = mstc_value_text(a, strlen(a)), y = mstc_value_text(b, strlen(b));

        return same_one(&x, &y, false, true, v->scratch, ok);
}

static int
compare_name(struct mstc_verifying *v, struct mstc_run_target *target, const char *ours,
             const struct mstc_shown_object *shown, const struct mstc_mismatch *finding, const struct mstc_mend *mend,
             struct mst_error *err)
{
        struct mst_value was = mstc_value_text(ours != NULL ? ours : "", ours != NULL ? strlen(ours) : 0);
        struct mst_value is = mstc_value_text(shown->name, strlen(shown->name));
        struct mstc_mismatch f = *finding;
        struct mstc_mend m = *mend;
        bool ok = true, equal = ours == NULL || same_name(v, ours, shown->name, &ok);

        if (!ok)
                return mst_fail_memory(err, "verifying a sink");
        if (equal)
                return MST_OK;
        f.what = m.what = MSTC_FINDS_RENAMED;
        f.ours = m.ours = &was;
        f.theirs = m.theirs = &is;
        m.name = shown->name;
        f.mends = true;
        return mstc_verify_tell(v, target, &f, &m, err);
}

static int
compare_stamp(struct mstc_verifying *v, struct mstc_run_target *target, const char *stamp,
              const struct mstc_shown_object *shown, const struct mstc_mismatch *finding, struct mst_error *err)
{
        struct mstc_mismatch f = *finding;

        if (stamp == NULL)
                return mst_fail_memory(err, "verifying a sink");
        if ((mstc_live_facts(v->sink)->can & MST_CAN_STAMP) == 0 || (shown->stamp != NULL && strcmp(shown->stamp, stamp) == 0))
                return MST_OK;
        /* Many a directory has no place for it in groups. */
        if (finding->kind == MST_GROUP && (shown->stamp == NULL || shown->stamp[0] == '\0'))
                return MST_OK;
        f.what = MSTC_FINDS_UNSTAMPED;
        f.text = shown->stamp != NULL && shown->stamp[0] != '\0'
               ? mst_arena_printf(v->scratch, "carries the stamp '%s'", shown->stamp) : "carries no stamp";
        return mstc_verify_tell(v, target, &f, NULL, err);
}

/* Disabled, as far as the sink says so. */
static int
compare_state(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_link *link,
              const struct mst_value *enabled, const struct mstc_mismatch *finding, const struct mstc_mend *mend,
              struct mst_error *err)
{
        struct mst_value ours = mstc_value_bool(link->state == MSTC_LINK_LIVE);
        struct mstc_mismatch f = *finding;
        struct mstc_mend m = *mend;

        if (enabled == NULL || enabled->type != MST_BOOL || enabled->as.is == ours.as.is
            || link->reason == MSTC_WHY_DOUBT)
                return MST_OK;
        f.what = m.what = enabled->as.is ? MSTC_FINDS_ENABLED : MSTC_FINDS_DISABLED;
        f.ours = m.ours = &ours;
        f.theirs = m.theirs = enabled;
        f.mends = true;
        return mstc_verify_tell(v, target, &f, &m, err);
}

static bool
is_under_way(struct mstc_verifying *v, enum mst_kind kind, int64_t owner, int64_t sink)
{
        struct mst_error ignored = { 0 };
        struct mstc_entry_op op;

        return mstc_op_of(v->run->store, kind, owner, sink, v->scratch, &op, &ignored) == MST_OK
            && (op.state == MSTC_OP_SENT || op.state == MSTC_OP_UNKNOWN);
}

int
mstc_verify_person(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_link *link,
                   const struct mstc_shown_object *shown, struct mst_error *err)
{
        struct mstc_verified_target *counts = mstc_verified_of(v, target);
        struct mstc_mismatch finding = { .kind = MST_USER, .object = link->object, .name = shown->name };
        struct mstc_mend mend = { .kind = MST_USER, .owner = link->entry };
        struct mstc_entry entry;
        int rc = mstc_entry_get(v->run->store, link->entry, v->scratch, &entry, err);

        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        counts->objects++;
        if (is_under_way(v, MST_USER, link->entry, link->sink)) {
                counts->left++;
                return MST_OK;
        }
        finding.id = entry.id;
        finding.title = mstc_plan_title(&entry);
        if (shown->record != NULL && shown->record->bad != NULL) {
                finding.what = MSTC_FINDS_UNSURE;
                finding.text = shown->record->bad;
                return mstc_verify_tell(v, target, &finding, NULL, err);
        }
        if (compare_stamp(v, target, mstc_stamp(v->run, entry.id, v->scratch), shown, &finding, err) != MST_OK
            || compare_name(v, target, link->name, shown, &finding, &mend, err) != MST_OK
            || compare_state(v, target, link, value_of(shown->record, MST_OBJECT_ENABLED), &finding, &mend, err) != MST_OK)
                return err->code;
        return compare_values(v, target, target->setup->maps, target->setup->map_count, link->applied, shown->record,
                              &finding, &mend, err);
}

int
mstc_verify_group(struct mstc_verifying *v, struct mstc_verified_group *group, const struct mstc_shown_object *shown,
                  struct mst_error *err)
{
        struct mstc_run_target *target = group->target;
        const struct mstc_group_use *use = mstc_use_of(target->setup, group->grp.name);
        struct mstc_mismatch finding = { .kind = MST_GROUP, .id = group->grp.name, .title = group->grp.title,
                                        .object = group->glink.object, .name = shown->name };
        struct mstc_mend mend = { .kind = MST_GROUP, .owner = group->grp.id };
        struct mst_record *applied = NULL;
        const char *id, *stamp;
        bool own = use != NULL && use->map_count != 0;

        group->seen = true;
        mstc_verified_of(v, target)->groups++;
        if (is_under_way(v, MST_GROUP, group->grp.id, target->sink->id)) {
                mstc_verified_of(v, target)->left++;
                return MST_OK;
        }
        if (shown->record != NULL && shown->record->bad != NULL) {
                finding.what = MSTC_FINDS_UNSURE;
                finding.text = shown->record->bad;
                return mstc_verify_tell(v, target, &finding, NULL, err);
        }
        if (group->glink.applied_size != 0
            && mstc_record_unflat(group->glink.applied, group->glink.applied_size, "", v->scratch, &applied, err) != MST_OK)
                return err->code;
        if (mstc_group_identity(v->run, group->grp.id, group->grp.name, v->scratch, &id, &stamp, err) != MST_OK
            || compare_stamp(v, target, stamp, shown, &finding, err) != MST_OK
            || compare_name(v, target, group->glink.name, shown, &finding, &mend, err) != MST_OK
            || compare_values(v, target, own ? use->maps : target->setup->group_maps,
                              own ? use->map_count : target->setup->group_map_count, applied, shown->record, &finding,
                              &mend, err) != MST_OK)
                return err->code;
        return mstc_verify_members(v, group, put_as(shown->record, MST_OBJECT_MEMBERS), err);
}
