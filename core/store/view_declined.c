/* view_declined.c - what was decided against, for showing. */
#include "build.h"

#include "store/view_read.h"

static void
read_row(struct mstc_rows *rows, struct mstc_view_declined *d)
{
        *d = (struct mstc_view_declined){
                .kind = (int)mstc_rows_number(rows, 0), .entry = mstc_rows_number(rows, 1),
                .verb = (int)mstc_rows_number(rows, 2), .reason = (int)mstc_rows_number(rows, 3),
                .sync = mstc_rows_text(rows, 4), .target = mstc_rows_text(rows, 5), .sink = mstc_rows_text(rows, 6),
                .id = mstc_rows_text(rows, 7), .at = mstc_rows_number(rows, 9), .who = mstc_rows_text(rows, 10),
                .note = mstc_rows_text(rows, 11), .decided = (int)mstc_rows_number(rows, 12),
        };
        d->title = d->kind == MST_USER ? mstc_record_title(mstc_rows_record(rows, 8, d->id, false)) : d->id;
        if (d->title == NULL)
                d->title = d->id;
}

int
mstc_view_declined(struct mstc_store *store, int64_t entry, int64_t *after, size_t most, struct mst_arena *arena,
                   struct mstc_view_declined **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_declined *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing what is declined");
        if (MSTC_ROWS(&rows, "SELECT d.kind, d.entry, d.verb, d.reason, s.name, t.name, i.name, coalesce(e.id, g.name), "
                      "r.flat, c.at, c.who, c.note, c.what FROM declined d LEFT JOIN decision c ON c.id=d.decision "
                      "LEFT JOIN target t ON t.id=d.target LEFT JOIN sync s ON s.id=t.sync "
                      "LEFT JOIN instance i ON i.id=d.sink LEFT JOIN entry e ON e.number=d.entry AND d.kind=1 "
                      "LEFT JOIN record r ON r.number=e.number LEFT JOIN grp g ON g.id=d.entry AND d.kind=2 "
                      "WHERE ?1=0 OR (d.kind=1 AND d.entry=?1) ORDER BY d.kind, d.entry, d.sink, d.place LIMIT ?2 OFFSET ?3",
                      "iii", entry, (int64_t)most, *after))
                while (got < most && mstc_rows_next(&rows))
                        read_row(&rows, &into[got++]);
        *after += (int64_t)got;
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "listing what is declined");
}
