/* view_told.c - what the source has said of somebody, and which groups he joined or left.
 *
 * The store keeps what is now and, for each change, what was there before; so a history is read
 * from its end: the record of now, taken back step by step. */
#include "build.h"

#include "store/packset.h"
#include "store/view_read.h"

#include <string.h>

#include <muster/op.h>

#include "util/set.h"

/* What of 'record' the differences 'was' speak of: null where it has no such value. */
static const struct mst_record *
same_names(struct mst_arena *arena, const struct mst_record *record, const struct mst_record *was)
{
        struct mst_record *into = was != NULL ? mstc_record_values(arena, was->kind) : NULL;

        for (uint32_t i = 0; into != NULL && i < was->count; i++) {
                bool there = false;
                size_t at = record != NULL ? mstc_fields_find(record->fields, record->count, was->fields[i].name, &there) : 0;

                if (there && !mstc_record_share(into, was->fields[i].name, &record->fields[at].value))
                        return NULL;
        }
        return into;
}

/* Values without what is null: as a record says that it has none. */
static const struct mst_record *
tidy(struct mst_arena *arena, const struct mst_record *was)
{
        struct mst_record *into = was != NULL ? mstc_record_merge(arena, was, was) : NULL;

        if (into != NULL)
                mstc_record_tidy(into);
        return into;
}

/* The rows newest first, each with what was before in 'before'. */
static int
read_changes(struct mstc_store *store, int64_t entry, size_t most, struct mst_arena *arena, struct mstc_view_told *into,
             size_t *count, int64_t *ret_first_run, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };

        if (MSTC_ROWS(&rows, "SELECT id, run, at, gone, was_gone, was, before FROM told WHERE entry=? ORDER BY id DESC LIMIT ?",
                      "ii", entry, (int64_t)most))
                while (*count < most && mstc_rows_next(&rows)) {
                        into[(*count)++] = (struct mstc_view_told){
                                .id = mstc_rows_number(&rows, 0), .run = mstc_rows_number(&rows, 1),
                                .at = mstc_rows_number(&rows, 2), .gone = (int)mstc_rows_number(&rows, 3),
                                .was_gone = (int)mstc_rows_number(&rows, 4), .entry = entry,
                                .before = mstc_rows_record(&rows, 5, "", false),
                        };
                        *ret_first_run = mstc_rows_number(&rows, 6);
                }
        return mstc_rows_end(&rows, "reading what the source said");
}

int
mstc_view_told(struct mstc_store *store, const struct mstc_view_person *person, size_t most, struct mst_arena *arena,
               struct mstc_view_told **ret, size_t *count, struct mst_error *err)
{
        struct mstc_view_told *into = mst_arena_alloc(arena, (most + 1) * sizeof *into);
        const struct mst_record *now = person->record;
        int64_t first_run = 0, at = 0;

        *count = 0;
        *ret = into;
        if (into == NULL)
                return mst_fail_memory(err, "reading what the source said");
        if (mstc_sql_number(store, err, &first_run, 0, "SELECT run FROM entry WHERE number=?", "i", person->number) != MST_OK
            || read_changes(store, person->number, most, arena, into, count, &first_run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < *count; i++) {
                const struct mst_record *was = into[i].before;

                into[i].after = same_names(arena, now, was);
                into[i].before = tidy(arena, was);
                now = was != NULL ? mstc_record_merge(arena, now, was) : now;
        }
        if (*count < most) {
                if (mstc_sql_number(store, err, &at, 0, "SELECT started FROM run WHERE id=?", "i", first_run) != MST_OK)
                        return err->code;
                into[(*count)++] = (struct mstc_view_told){ .run = first_run, .at = at, .first = true, .after = now,
                                                            .entry = person->number };
        }
        for (size_t i = 0, k = *count; i + 1 < k--; i++) {
                struct mstc_view_told other = into[i];

                into[i] = into[k];
                into[k] = other;
        }
        return MST_OK;
}

/* An entry is new when its first run is in the range: that of its oldest row, or its own. */
#define SINCE \
"SELECT t.id, t.run, t.at, t.entry, t.gone, t.was_gone, 0 first, t.was IS NOT NULL changed FROM told t " \
"WHERE (?1=0 OR t.at>=?1) AND t.run>=?2 " \
"UNION ALL SELECT 0, e.run, r.started, e.number, 0, 0, 1, 1 FROM entry e JOIN run r ON r.id=e.run " \
"WHERE e.kind=1 AND e.gone=0 AND (?1=0 OR r.started>=?1) AND e.run>=?2 AND NOT EXISTS (SELECT 1 FROM told WHERE entry=e.number) " \
"UNION ALL SELECT 0, t.before, r.started, t.entry, 0, 0, 1, 1 FROM told t JOIN run r ON r.id=t.before " \
"WHERE (?1=0 OR r.started>=?1) AND t.before>=?2 AND t.id=(SELECT min(id) FROM told WHERE entry=t.entry)"

int
mstc_view_told_since(struct mstc_store *store, int64_t since, int64_t run, const char *sync, int64_t *after, size_t most,
                     struct mst_arena *arena, struct mstc_view_told **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_told *into = mst_arena_alloc(arena, most * sizeof *into);

        *count = 0;
        *ret = into;
        if (into == NULL)
                return mst_fail_memory(err, "listing what the source said");
        if (MSTC_ROWS(&rows, "SELECT c.id, c.run, c.at, c.entry, c.gone, c.was_gone, c.first, e.id, s.name, r.flat FROM (" SINCE ") c "
                      "JOIN entry e ON e.number=c.entry JOIN sync s ON s.id=e.sync LEFT JOIN record r ON r.number=c.entry "
                      "WHERE e.kind=1 AND e.born<=s.generation AND (?3 IS NULL OR s.name=?3) ORDER BY c.at, c.entry, c.id "
                      "LIMIT ?4 OFFSET ?5", "iitii", since, run, sync, (int64_t)most, *after))
                while (*count < most && mstc_rows_next(&rows)) {
                        struct mstc_view_told *t = &into[(*count)++];
                        const struct mst_record *record;

                        *t = (struct mstc_view_told){
                                .id = mstc_rows_number(&rows, 0), .run = mstc_rows_number(&rows, 1),
                                .at = mstc_rows_number(&rows, 2), .entry = mstc_rows_number(&rows, 3),
                                .gone = (int)mstc_rows_number(&rows, 4), .was_gone = (int)mstc_rows_number(&rows, 5),
                                .first = mstc_rows_number(&rows, 6) != 0, .person = mstc_rows_text(&rows, 7),
                                .sync = mstc_rows_text(&rows, 8),
                        };
                        record = mstc_rows_record(&rows, 9, "", false);
                        t->title = mstc_record_title(record);
                        t->title = t->title != NULL ? t->title : t->person;
                }
        *after += (int64_t)*count;
        *more = *count == most;
        return mstc_rows_end(&rows, "listing what the source said");
}

/* ---- groups ------------------------------------------------------------------------------------- */

static bool
holds(struct mstc_rows *rows, int column, uint32_t person)
{
        struct mstc_set *set = mstc_set_new();
        size_t size;
        const void *bytes = mstc_sql_blob(rows->stmt, column, &size);
        bool is = set != NULL && bytes != NULL && mstc_unpack_set(bytes, size, set) && mstc_set_has(set, person);

        rows->failed |= set == NULL;
        mstc_set_free(set);
        return is;
}

/* As view_joined.c: a create keeps its first members where a change keeps those who leave. */
int
mstc_view_moved(struct mstc_store *store, int64_t person, struct mst_arena *arena, struct mstc_view_moved **ret,
                size_t *count, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        void *into = NULL;
        size_t room = 0;

        *count = 0;
        if (MSTC_ROWS(&rows, "SELECT o.number, o.run, o.ended, g.name, t.name, i.name, o.verb, d.before, d.after FROM op o "
                      "JOIN opdata d ON d.number=o.number JOIN grp g ON g.id=o.entry LEFT JOIN target t ON t.id=o.target "
                      "LEFT JOIN instance i ON i.id=o.sink WHERE o.kind=2 AND o.verb IN (1,8) AND o.outcome IN (1,2) AND "
                      "o.number>? ORDER BY o.number", "i", INT64_C(0)))
                while (!rows.failed && mstc_rows_next(&rows)) {
                        bool create = mstc_rows_number(&rows, 6) == MST_CREATE;
                        bool joins = holds(&rows, create ? 7 : 8, (uint32_t)person);

                        if (!joins && (create || !holds(&rows, 7, (uint32_t)person)))
                                continue;
                        if (!mstc_rows_grow(arena, &into, *count, &room, sizeof (struct mstc_view_moved))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_moved *)into)[(*count)++] = (struct mstc_view_moved){
                                .op = mstc_rows_number(&rows, 0), .run = mstc_rows_number(&rows, 1),
                                .ended = mstc_rows_number(&rows, 2), .group = mstc_rows_text(&rows, 3),
                                .target = mstc_rows_text(&rows, 4), .sink = mstc_rows_text(&rows, 5), .joined = joins,
                        };
                }
        *ret = into;
        return mstc_rows_end(&rows, "looking for memberships");
}
