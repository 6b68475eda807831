/* asof.c - what the sinks had from us at an instant of the past, from the history.
 *
 *   objects   what the last op until then made of it; if there was none, what the first
 *             one after it presumes; if there is none either, as it is now
 *   values    those of now, and the 'before' of each later op laid over them
 *   members   those of now, without who joined later, with who left later */
#include "build.h"

#include "store/asof.h"

#include <string.h>

#include <muster/op.h>

#include "store/packset.h"
#include "store/view_read.h"
#include "util/alloc.h"
#include "util/set.h"

#define DONE "(o.state=16 OR (o.state=17 AND o.outcome=1))"

static void set_drop(struct mstc_set **set) { mstc_set_free(*set); }

int
mstc_asof_begin(struct mstc_store *store, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT coalesce(min(started), 0) FROM run", "");
}

/* ---- objects ------------------------------------------------------------------------ */

struct past_op {
        int verb;
        int64_t ended, run;
        const struct mst_record *before, *after;
};

/* One object on the way back. */
struct object {
        int64_t sink;
        struct mstc_asof_link link;
        int then, presumed, now;             /* states; 0: not known                   */
        struct past_op *later; size_t later_count, room;
};

struct objects {
        struct object *all; size_t count, room;
        int64_t at;
        struct mst_arena *arena;
        bool with_values;
};

static int
state_after(int verb, int old)
{
        switch (verb) {
        case MST_CREATE: case MST_ADOPT: case MST_ENABLE: return MSTC_LINK_LIVE;
        case MST_DISABLE: return MSTC_LINK_DISABLED;
        case MST_DELETE: return MSTC_LINK_DELETED;
        default: return old;
        }
}

/* What must have been there before it; 0: it does not say. */
static int
state_before(int verb)
{
        switch (verb) {
        case MST_CREATE: case MST_ADOPT: return MSTC_LINK_DELETED;
        case MST_ENABLE: return MSTC_LINK_DISABLED;
        case MST_DISABLE: case MST_DELETE: return MSTC_LINK_LIVE;
        default: return 0;
        }
}

static struct object *
object_of(struct objects *objects, int64_t sink, const char *name)
{
        void *into = objects->all;

        for (size_t i = 0; i < objects->count; i++)
                if (objects->all[i].sink == sink)
                        return &objects->all[i];
        if (!mstc_rows_grow(objects->arena, &into, objects->count, &objects->room, sizeof (struct object)))
                return NULL;
        objects->all = into;
        objects->all[objects->count] = (struct object){ .sink = sink, .link = { .sink = name } };
        return &objects->all[objects->count++];
}

static int
read_now(struct mstc_store *store, struct objects *objects, int64_t entry, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = objects->arena, .err = err };

        if (MSTC_ROWS(&rows, "SELECT l.sink, i.name, l.state, l.name, a.flat FROM link l LEFT JOIN applied a ON ?2<>0 AND "
                      "a.link=l.id LEFT JOIN instance i ON i.id=l.sink WHERE l.entry=?1 ORDER BY i.name", "ii", entry,
                      (int64_t)objects->with_values))
                while (mstc_rows_next(&rows)) {
                        struct object *object = object_of(objects, mstc_rows_number(&rows, 0), mstc_rows_text(&rows, 1));

                        if (object == NULL) {
                                rows.failed = true;
                                break;
                        }
                        object->now = (int)mstc_rows_number(&rows, 2);
                        object->link.name = mstc_rows_text(&rows, 3);
                        object->link.values = mstc_rows_record(&rows, 4, "", false);
                }
        return mstc_rows_end(&rows, "reading links");
}

static bool
take_op(struct mstc_rows *rows, struct objects *objects, struct object *object, const char **title)
{
        struct past_op op = { .verb = (int)mstc_rows_number(rows, 2), .ended = mstc_rows_number(rows, 3),
                              .run = mstc_rows_number(rows, 4) };
        void *later = object->later;

        if (op.ended <= objects->at) {
                const char *name = mstc_rows_text(rows, 5);

                if (name != NULL)
                        *title = name;
                object->then = state_after(op.verb, object->then);
                object->link.since = op.ended;
                object->link.run = op.run;
                return true;
        }
        if (object->presumed == 0)
                object->presumed = state_before(op.verb);
        if (!objects->with_values)
                return true;
        op.before = mstc_rows_record(rows, 6, "", false);
        op.after = mstc_rows_record(rows, 7, "", false);
        if (!mstc_rows_grow(objects->arena, &later, object->later_count, &object->room, sizeof op))
                return false;
        object->later = later;
        object->later[object->later_count++] = op;
        return true;
}

static int
read_ops(struct mstc_store *store, struct objects *objects, int64_t entry, const char **title, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = objects->arena, .err = err };

        if (MSTC_ROWS(&rows, "SELECT o.sink, i.name, o.verb, o.ended, o.run, d.name, CASE ?2 WHEN 0 THEN NULL ELSE d.before END, "
                      "CASE ?2 WHEN 0 THEN NULL ELSE d.after END FROM op o LEFT JOIN opdata d ON d.number=o.number "
                      "LEFT JOIN instance i ON i.id=o.sink WHERE o.entry=?1 AND o.kind=1 AND " DONE " ORDER BY o.number", "ii",
                      entry, (int64_t)objects->with_values))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        struct object *object = object_of(objects, mstc_rows_number(&rows, 0), mstc_rows_text(&rows, 1));

                        rows.failed |= object == NULL || !take_op(&rows, objects, object, title);
                }
        return mstc_rows_end(&rows, "reading the history");
}

/* Puts what was there before an op in place of what it made of it. */
static bool
take_back(struct mst_record *values, const struct past_op *op)
{
        for (size_t i = 0; op->after != NULL && i < mst_record_count(op->after); i++)
                mstc_record_remove(values, mst_record_name_at(op->after, i));
        for (size_t i = 0; op->before != NULL && i < mst_record_count(op->before); i++)
                if (!mstc_record_share(values, mst_record_name_at(op->before, i), mst_record_at(op->before, i)))
                        return false;
        return true;
}

static bool
values_then(struct objects *objects, struct object *object)
{
        struct mst_record *values = mstc_record_values(objects->arena, MST_USER);
        const struct mst_record *now = object->link.values;

        if (values == NULL)
                return false;
        for (size_t i = 0; now != NULL && i < mst_record_count(now); i++)
                if (!mstc_record_share(values, mst_record_name_at(now, i), mst_record_at(now, i)))
                        return false;
        for (size_t i = object->later_count; i > 0; i--)
                if (!take_back(values, &object->later[i - 1]))
                        return false;
        mstc_record_tidy(values);
        object->link.values = values;
        return true;
}

int
mstc_asof_links(struct mstc_store *store, int64_t entry, int64_t at, bool with_values, struct mst_arena *arena,
                struct mstc_asof_link **ret, size_t *count, const char **title, struct mst_error *err)
{
        struct objects objects = { .at = at, .arena = arena, .with_values = with_values };

        *count = 0;
        *title = NULL;
        if (read_now(store, &objects, entry, err) != MST_OK || read_ops(store, &objects, entry, title, err) != MST_OK)
                return err->code;
        *ret = mst_arena_alloc(arena, (objects.count + 1) * sizeof **ret);
        if (*ret == NULL)
                return mst_fail_memory(err, "reading the history");
        for (size_t i = 0; i < objects.count; i++) {
                struct object *object = &objects.all[i];

                object->link.state = object->then != 0 ? object->then : object->presumed != 0 ? object->presumed : object->now;
                if (object->link.state != MSTC_LINK_LIVE && object->link.state != MSTC_LINK_DISABLED)
                        continue;
                if (with_values && !values_then(&objects, object))
                        return mst_fail_memory(err, "reading the history");
                (*ret)[(*count)++] = object->link;
        }
        return MST_OK;
}

/* ---- groups ------------------------------------------------------------------------- */

static bool
unpack(const struct mstc_rows *rows, int column, struct mstc_set *into)
{
        size_t size;
        const void *bytes = mstc_sql_blob(rows->stmt, column, &size);

        return bytes == NULL || mstc_unpack_set(bytes, size, into);
}

static int
members_now(struct mstc_store *store, int64_t group, const char *target, struct mstc_set *members, bool *is,
            struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };

        if (MSTC_ROWS(&rows, "SELECT g.state, p.chunk, p.bits FROM glink g JOIN target t ON t.id=g.target LEFT JOIN pset p ON "
                      "p.glink=g.id WHERE g.grp=? AND t.name=?", "it", group, target))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        size_t size;
                        const void *bytes = mstc_sql_blob(rows.stmt, 2, &size);

                        *is = mstc_rows_number(&rows, 0) == MSTC_LINK_LIVE;
                        if (bytes != NULL && !mstc_set_chunk_unpack(members, (uint32_t)mstc_rows_number(&rows, 1), bytes, size))
                                rows.failed = true;
                }
        return mstc_rows_end(&rows, "reading the members of a group");
}

int
mstc_asof_members(struct mstc_store *store, int64_t group, const char *target, int64_t at, struct mstc_set *members,
                  bool *is, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };

        *is = false;
        mstc_set_clear(members);
        if (members_now(store, group, target, members, is, err) != MST_OK)
                return err->code;
        if (!MSTC_ROWS(&rows, "SELECT o.verb, d.before, d.after, m.bits FROM op o JOIN target t ON t.id=o.target LEFT JOIN "
                       "opdata d ON d.number=o.number LEFT JOIN opmembers m ON m.number=o.number WHERE o.kind=2 AND o.entry=?1 "
                       "AND t.name=?2 AND o.ended>?3 AND " DONE " ORDER BY o.number DESC", "iti", group, target, at))
                return err->code;
        while (!rows.failed && mstc_rows_next(&rows)) {
                int verb = (int)mstc_rows_number(&rows, 0);
                MSTC_CLEANUP(set_drop) struct mstc_set *joined = mstc_set_new();

                if (verb == MST_CREATE || verb == MST_ADOPT) {
                        mstc_set_clear(members);
                        *is = false;
                } else if (verb == MST_DELETE) {
                        rows.failed |= !unpack(&rows, 3, members);
                        *is = true;
                } else if (verb == MST_MEMBERS)
                        rows.failed |= joined == NULL || !unpack(&rows, 2, joined) || !mstc_set_subtract(members, joined)
                                    || !unpack(&rows, 1, members);
        }
        return mstc_rows_end(&rows, "reading the history");
}

int
mstc_asof_targets(struct mstc_store *store, int64_t group, struct mst_arena *arena, const char ***ret, size_t *count,
                  struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0;
        void *into = NULL;

        *count = 0;
        if (MSTC_ROWS(&rows, "SELECT t.name FROM target t WHERE t.id IN (SELECT target FROM glink WHERE grp=?1 UNION SELECT "
                      "target FROM op WHERE entry=?1 AND kind=2) ORDER BY t.bit, t.name", "i", group))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, *count, &room, sizeof (const char *)))
                                rows.failed = true;
                        else
                                ((const char **)into)[(*count)++] = mstc_rows_text(&rows, 0);
                }
        *ret = into;
        return mstc_rows_end(&rows, "reading the history");
}

/* Whoever of 'found' is sought and has not been met in a newer op joined by this one. */
static bool
note_joined(const struct mstc_set *found, const struct mstc_set *members, const struct mstc_view_joined *joined,
            struct mstc_numbers *into, uint64_t *met)
{
        for (uint32_t n = 0; mstc_set_next(found, &n); n++) {
                if (!mstc_set_has(members, n) || mstc_numbers_get(into, n) != NULL)
                        continue;
                if (!mstc_numbers_put(into, n, (void *)(uintptr_t)joined))
                        return false;
                ++*met;
        }
        return true;
}

int
mstc_asof_joined(struct mstc_store *store, int64_t group, const char *target, const struct mstc_set *members,
                 struct mst_arena *arena, struct mstc_numbers *into, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };
        uint64_t sought = mstc_set_count(members), met = 0;

        if (!MSTC_ROWS(&rows, "SELECT o.run, o.ended, o.verb, d.before, d.after FROM op o JOIN opdata d ON d.number=o.number "
                       "JOIN target t ON t.id=o.target WHERE o.kind=2 AND o.entry=? AND t.name=? AND o.verb IN (1,8) AND " DONE
                       " ORDER BY o.number DESC", "it", group, target))
                return err->code;
        while (!rows.failed && met < sought && mstc_rows_next(&rows)) {
                MSTC_CLEANUP(set_drop) struct mstc_set *found = mstc_set_new();
                struct mstc_view_joined *joined = mst_arena_alloc(arena, sizeof *joined);

                if (joined == NULL || found == NULL) {
                        rows.failed = true;
                        break;
                }
                *joined = (struct mstc_view_joined){ .run = mstc_rows_number(&rows, 0), .ended = mstc_rows_number(&rows, 1),
                                                     .joined = true };
                /* A create keeps its first members where a change of members keeps those who leave. */
                rows.failed |= !unpack(&rows, mstc_rows_number(&rows, 2) == MST_CREATE ? 3 : 4, found)
                            || !note_joined(found, members, joined, into, &met);
        }
        return mstc_rows_end(&rows, "reading the history");
}
