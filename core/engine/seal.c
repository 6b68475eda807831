/* seal.c - what tells whether an op is still the one that was shown. */
#include "build.h"

#include "engine/seal.h"

#include <string.h>

#include "engine/run.h"
#include "store/entries.h"
#include "store/groups.h"
#include "util/alloc.h"
#include "util/buffer.h"

static void
put_text(struct mstc_buffer *into, const char *text)
{
        mstc_buffer_add(into, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

static void
put_blob(struct mstc_buffer *into, const void *bytes, size_t size)
{
        mstc_buffer_varint(into, size);
        mstc_buffer_add(into, bytes, size);
}

static int
hash(struct mstc_run *run, const struct mstc_buffer *text, uint8_t ret[16], struct mst_error *err)
{
        if (!mstc_buffer_ok(text))
                return mst_fail_memory(err, "sealing a plan");
        mstc_hash128(run->store, text->bytes != NULL ? text->bytes : "", text->length, ret);
        return MST_OK;
}

static int
id_of(struct mstc_run *run, enum mst_kind kind, int64_t entry, const char *name, struct mst_arena *arena, const char **ret,
      struct mst_error *err)
{
        *ret = name;
        return kind != MST_USER ? MST_OK : mstc_entry_id(run->store, entry, arena, ret, err);
}

int
mstc_seal_op(struct mstc_run *run, const struct mstc_run_target *target, const struct mstc_entry_op *op,
             struct mst_arena *arena, uint8_t ret[16], struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        const char *id;

        if (id_of(run, op->kind, op->entry, op->name, arena, &id, err) != MST_OK)
                return err->code;
        put_text(&text, target->setup->name);
        put_text(&text, id);
        mstc_buffer_varint(&text, (uint64_t)op->kind);
        mstc_buffer_varint(&text, (uint64_t)op->verb);
        mstc_buffer_varint(&text, (uint64_t)op->reason);
        put_blob(&text, op->before, op->before_size);
        put_blob(&text, op->after, op->after_size);
        return hash(run, &text, ret, err);
}

/* ---- what was seen ------------------------------------------------------------------------- */

static int
note(struct mstc_run *run, struct mstc_seen *seen, const char *name, const void *bytes, size_t size, struct mst_arena *arena,
     struct mst_error *err)
{
        seen->name = mst_arena_strdup(arena, name);
        seen->hash = (uint32_t)mstc_hash64(run->store, bytes, size);
        return seen->name != NULL ? MST_OK : mst_fail_memory(err, "sealing a plan");
}

/* Each attribute of a record by itself. */
static int
note_record(struct mstc_run *run, const struct mst_record *record, struct mst_arena *arena, struct mstc_seen *into,
            size_t *count, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };

        for (uint32_t i = 0; record != NULL && i < record->count; i++) {
                struct mst_record *one = mstc_record_values(arena, record->kind);

                if (one == NULL || !mstc_record_share(one, record->fields[i].name, &record->fields[i].value))
                        return mst_fail_memory(err, "sealing a plan");
                mstc_buffer_clear(&flat);
                mstc_record_flat(one, &flat);
                if (!mstc_buffer_ok(&flat))
                        return mst_fail_memory(err, "sealing a plan");
                if (note(run, &into[*count], record->fields[i].name, flat.bytes, flat.length, arena, err) != MST_OK)
                        return err->code;
                ++*count;
        }
        return MST_OK;
}

static int
room(struct mstc_seen **ret, size_t count, struct mst_arena *arena, struct mst_error *err)
{
        *ret = mst_arena_alloc(arena, (count + 4) * sizeof **ret);
        return *ret != NULL ? MST_OK : mst_fail_memory(err, "sealing a plan");
}

/* An object: what it is called, whether it can be used, what was written there. */
static int
see_object(struct mstc_run *run, const char *object, const char *name, int state, const struct mst_record *applied,
           struct mst_arena *arena, struct mstc_seal *ret, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        put_text(&text, object);
        put_text(&text, name);
        mstc_buffer_varint(&text, (uint64_t)state);
        if (applied != NULL)
                mstc_record_flat(applied, &text);
        if (room(&ret->held, applied != NULL ? applied->count : 0, arena, err) != MST_OK
            || hash(run, &text, ret->link, err) != MST_OK
            || note(run, &ret->held[0], "its object", object != NULL ? object : "", object != NULL ? strlen(object) : 0, arena,
                    err) != MST_OK
            || note(run, &ret->held[1], "its name there", name != NULL ? name : "", name != NULL ? strlen(name) : 0, arena,
                    err) != MST_OK
            || note(run, &ret->held[2], "its state there", &state, sizeof state, arena, err) != MST_OK)
                return err->code;
        ret->held_count = 3;
        return note_record(run, applied, arena, ret->held, &ret->held_count, err);
}

static int
see_user(struct mstc_run *run, const struct mstc_run_target *target, int64_t entry, struct mst_arena *arena,
         struct mstc_seal *ret, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mstc_entry e;
        struct mstc_link link;
        int rc = mstc_entry_get(run->store, entry, arena, &e, err);

        if (rc != MST_OK)
                return rc == MST_END ? mst_fail(err, MST_EINTERNAL, "an op has no entry: the store is damaged; put back a "
                                                "copy") : rc;
        mstc_buffer_varint(&text, (uint64_t)e.gone);
        mstc_record_flat(e.record, &text);
        if (hash(run, &text, ret->entry, err) != MST_OK || room(&ret->parts, e.record->count, arena, err) != MST_OK
            || note(run, &ret->parts[0], "whether he is there", &e.gone, sizeof e.gone, arena, err) != MST_OK)
                return err->code;
        ret->part_count = 1;
        if (note_record(run, e.record, arena, ret->parts, &ret->part_count, err) != MST_OK)
                return err->code;
        rc = mstc_link_get(run->store, entry, target->sink->id, arena, &link, err);
        return rc < 0 ? rc : rc == MST_END ? see_object(run, NULL, NULL, 0, NULL, arena, ret, err)
             : see_object(run, link.object, link.name, link.state, link.applied, arena, ret, err);
}

static int
see_group(struct mstc_run *run, const struct mstc_run_target *target, int64_t number, struct mst_arena *arena,
          struct mstc_seal *ret, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct mst_record *applied = NULL;
        struct mstc_glink glink;
        struct mstc_grp grp;
        int rc = mstc_grp_next(run->store, run->row.id, number - 1, arena, &grp, err);

        if (rc < 0)
                return rc;
        if (rc == MST_END || grp.id != number)
                return mst_fail(err, MST_EINTERNAL, "an op has no group: the store is damaged; put back a copy");
        put_text(&text, grp.name);
        put_text(&text, grp.title);
        put_text(&text, grp.fingerprint);
        mstc_buffer_varint(&text, grp.gone);
        if (hash(run, &text, ret->entry, err) != MST_OK || room(&ret->parts, 0, arena, err) != MST_OK
            || note(run, &ret->parts[0], "the group", ret->entry, sizeof ret->entry, arena, err) != MST_OK)
                return err->code;
        ret->part_count = 1;
        rc = mstc_glink_get(run->store, number, target->row.id, arena, &glink, err);
        if (rc == MST_END)
                return see_object(run, NULL, NULL, 0, NULL, arena, ret, err);
        if (rc == MST_OK && glink.applied_size != 0)
                rc = mstc_record_unflat(glink.applied, glink.applied_size, "", arena, &applied, err);
        return rc != MST_OK ? rc : see_object(run, glink.object, glink.name, glink.state, applied, arena, ret, err);
}

int
mstc_seal_seen(struct mstc_run *run, const struct mstc_run_target *target, enum mst_kind kind, int64_t entry,
               struct mst_arena *arena, struct mstc_seal *ret, struct mst_error *err)
{
        return kind == MST_USER ? see_user(run, target, entry, arena, ret, err)
                                : see_group(run, target, entry, arena, ret, err);
}

/* ---- members ------------------------------------------------------------------------------- */

static int
ids_of(struct mstc_run *run, const void *packed, size_t size, struct mst_arena *arena, const char ***ret, size_t *count,
       struct mst_error *err)
{
        struct mstc_set *set = mstc_set_new();
        int rc = set != NULL && mstc_unpack_set(packed, size, set) ? MST_OK : mst_fail_memory(err, "sealing a plan");

        if (rc == MST_OK && (*ret = mst_arena_alloc(arena, (mstc_set_count(set) + 1) * sizeof **ret)) == NULL)
                rc = mst_fail_memory(err, "sealing a plan");
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(set, &n); n++)
                rc = mstc_entry_id(run->store, n, arena, &(*ret)[(*count)++], err);
        mstc_set_free(set);
        return rc;
}

int
mstc_seal_members(struct mstc_run *run, const struct mstc_entry_op *op, struct mst_arena *arena, struct mstc_seal *ret,
                  struct mst_error *err)
{
        if (op->kind != MST_GROUP || (op->verb != MST_CREATE && op->verb != MST_MEMBERS))
                return MST_OK;
        if (op->verb == MST_CREATE)
                return ids_of(run, op->before, op->before_size, arena, &ret->joins, &ret->join_count, err);
        return ids_of(run, op->after, op->after_size, arena, &ret->joins, &ret->join_count, err) != MST_OK ? err->code
             : ids_of(run, op->before, op->before_size, arena, &ret->leaves, &ret->leave_count, err);
}

/* ---- what has changed ---------------------------------------------------------------------- */

static const struct mstc_seen *
find(const struct mstc_seen *seen, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(seen[i].name, name) == 0)
                        return &seen[i];
        return NULL;
}

static void
name_changes(const struct mstc_seen *a, size_t a_count, const struct mstc_seen *b, size_t b_count, bool both,
             struct mstc_buffer *into)
{
        for (size_t i = 0; i < a_count; i++) {
                const struct mstc_seen *other = find(b, b_count, a[i].name);

                if (other == NULL || (both && other->hash != a[i].hash))
                        mstc_buffer_printf(into, "%s%s", into->length != 0 ? ", " : "", a[i].name);
        }
}

const char *
mstc_seal_changed(const struct mstc_seal *was, const struct mstc_seal *is, struct mst_arena *arena)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer names = { 0 };
        const char *text;

        if (memcmp(was->entry, is->entry, 16) == 0 && memcmp(was->link, is->link, 16) == 0)
                return NULL;
        name_changes(was->parts, was->part_count, is->parts, is->part_count, true, &names);
        name_changes(is->parts, is->part_count, was->parts, was->part_count, false, &names);
        if (names.length == 0 || memcmp(was->link, is->link, 16) != 0) {
                name_changes(was->held, was->held_count, is->held, is->held_count, true, &names);
                name_changes(is->held, is->held_count, was->held, was->held_count, false, &names);
        }
        if (!mstc_buffer_ok(&names))
                return "";
        text = mst_arena_printf(arena, "changed since: %s", names.length != 0 ? names.bytes : "what it was made from");
        return text != NULL ? text : "";
}
