/* view_hold.c - what guards keep back, and whose object is somebody else's, for showing. */
#include "build.h"

#include <string.h>

#include "store/links.h"
#include "store/view_read.h"

enum { CLASHES = 8 };                        /* of one object, at most               */

#define HOLD_COLUMNS "h.number, h.run, h.created, h.decided, h.expect, s.name, t.name, h.guard, h.reason, "     \
                     "h.decided_by, h.note, h.state=0, "                                                        \
                     "(SELECT count(*) FROM op o WHERE o.hold=h.number AND o.open=1), "                       \
                     "(SELECT count(*) FROM op o WHERE o.hold=h.number AND o.open=1 AND o.approved>?1) "      \
                     "FROM hold h LEFT JOIN sync s ON s.id=h.sync LEFT JOIN target t ON t.id=h.target "

static void
read_hold(struct mstc_rows *rows, struct mstc_view_hold *hold)
{
        *hold = (struct mstc_view_hold){
                .number = mstc_rows_number(rows, 0), .run = mstc_rows_number(rows, 1),
                .created = mstc_rows_number(rows, 2), .decided = mstc_rows_number(rows, 3),
                .expect = mstc_rows_number(rows, 4), .sync = mstc_rows_text(rows, 5),
                .target = mstc_rows_text(rows, 6), .guard = mstc_rows_text(rows, 7),
                .reason = mstc_rows_text(rows, 8), .decided_by = mstc_rows_text(rows, 9),
                .note = mstc_rows_text(rows, 10), .open = mstc_rows_number(rows, 11) != 0,
                .ops = mstc_rows_number(rows, 12), .approved = mstc_rows_number(rows, 13),
        };
}

int
mstc_view_holds(struct mstc_store *store, bool closed, int64_t *after, size_t most, struct mst_arena *arena,
                struct mstc_view_hold **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_hold *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing holds");
        if (MSTC_ROWS(&rows, "SELECT " HOLD_COLUMNS "WHERE h.number>?2 AND (h.state=0 OR ?3<>0) ORDER BY h.number "
                      "LIMIT ?4", "iiii", mstc_now_ms(), *after, (int64_t)closed, (int64_t)most))
                while (got < most && mstc_rows_next(&rows))
                        read_hold(&rows, &into[got++]);
        if (got > 0)
                *after = into[got - 1].number;
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "listing holds");
}

int
mstc_view_hold(struct mstc_store *store, int64_t number, struct mst_arena *arena, struct mstc_view_hold *ret,
               struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        bool found = false;

        if (MSTC_ROWS(&rows, "SELECT " HOLD_COLUMNS "WHERE h.number=?2", "ii", mstc_now_ms(), number)
            && mstc_rows_next(&rows)) {
                read_hold(&rows, ret);
                found = true;
        }
        if (mstc_rows_end(&rows, "looking for a hold") != MST_OK)
                return err->code;
        return found ? MST_OK : MST_END;
}

/* Each clash of an object is told by itself; how many there are. */
static size_t
split_clashes(struct mstc_view_duplicate *into, struct mst_arena *arena, struct mstc_view_duplicate row)
{
        const char *attributes = row.attribute, *values = row.value;
        size_t count = 0;

        while (count + 1 < CLASHES && attributes != NULL && values != NULL && strstr(attributes, MSTC_CLASH_GAP) != NULL
               && strstr(values, MSTC_CLASH_GAP) != NULL) {
                row.attribute = mst_arena_strndup(arena, attributes, strcspn(attributes, MSTC_CLASH_GAP));
                row.value = mst_arena_strndup(arena, values, strcspn(values, MSTC_CLASH_GAP));
                into[count++] = row;
                attributes += strcspn(attributes, MSTC_CLASH_GAP) + 1;
                values += strcspn(values, MSTC_CLASH_GAP) + 1;
        }
        row.attribute = attributes;
        row.value = values;
        into[count++] = row;
        return count;
}

/* Objects that match people, and then groups whose name is taken: their create is parked. */
#define DUPLICATES "SELECT i.name, s.name, e.id, r.flat, d.object, d.name, d.attribute, d.value, d.run, NULL, NULL, " \
        "0 AS part, d.sink AS at, d.entry AS who, d.object AS what " \
        "FROM duplicate d LEFT JOIN instance i ON i.id=d.sink LEFT JOIN entry e ON e.number=d.entry " \
        "LEFT JOIN sync s ON s.id=e.sync LEFT JOIN record r ON r.number=e.number " \
        "UNION ALL SELECT i.name, s.name, NULL, NULL, NULL, NULL, 'group', g.name, o.run, coalesce(g.title, g.name), x.text, " \
        "1, o.sink, o.number, '' FROM op o JOIN grp g ON g.id=o.entry JOIN opdata x ON x.number=o.number " \
        "LEFT JOIN instance i ON i.id=o.sink LEFT JOIN sync s ON s.id=g.sync " \
        "WHERE o.open IS NOT NULL AND o.kind=? AND o.state=? AND o.outcome=? " \
        "ORDER BY part, at, who, what LIMIT ? OFFSET ?"

int
mstc_view_duplicates(struct mstc_store *store, int64_t *after, size_t most, struct mst_arena *arena,
                     struct mstc_view_duplicate **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_duplicate *into = mst_arena_alloc(arena, most * CLASHES * sizeof *into);
        size_t got = 0, told = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing duplicates");
        if (MSTC_ROWS(&rows, DUPLICATES, "iiiii", (int64_t)MST_GROUP, (int64_t)MSTC_OP_PARKED, (int64_t)MST_DUPLICATE,
                      (int64_t)most, *after))
                for (; got < most && mstc_rows_next(&rows); got++) {
                        const char *id = mstc_rows_text(&rows, 2);
                        const char *title = id != NULL ? mstc_record_title(mstc_rows_record(&rows, 3, id, false))
                                                       : mstc_rows_text(&rows, 9);

                        told += split_clashes(into + told, arena, (struct mstc_view_duplicate){
                                .sink = mstc_rows_text(&rows, 0), .sync = mstc_rows_text(&rows, 1), .id = id,
                                .title = title != NULL ? title : id, .object = mstc_rows_text(&rows, 4),
                                .name = mstc_rows_text(&rows, 5), .attribute = mstc_rows_text(&rows, 6),
                                .value = mstc_rows_text(&rows, 7), .run = mstc_rows_number(&rows, 8),
                                .why = mstc_rows_text(&rows, 10),
                        });
                }
        *after += (int64_t)got;
        *ret = into;
        *count = told;
        *more = got == most;
        return mstc_rows_end(&rows, "listing duplicates");
}
