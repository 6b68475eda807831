/* notices.c - states that somebody was told of, or is to be. */
#include "build.h"

#include "store/notices.h"

#include "store/view_read.h"

int
mstc_notices(struct mstc_store *store, struct mst_arena *arena, struct mstc_notice **ret, size_t *count, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, got = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT event, what, since, over, told, text FROM notice ORDER BY event, what", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, got, &room, sizeof (struct mstc_notice))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_notice *)into)[got++] = (struct mstc_notice){
                                .event = mstc_rows_text(&rows, 0), .what = mstc_rows_text(&rows, 1),
                                .since = mstc_rows_number(&rows, 2), .over = mstc_rows_number(&rows, 3),
                                .told = (uint64_t)mstc_rows_number(&rows, 4), .text = mstc_rows_text(&rows, 5),
                        };
                }
        *ret = into;
        *count = got;
        return mstc_rows_end(&rows, "looking at who was told what");
}

int
mstc_notice_put(struct mstc_store *store, const struct mstc_notice *n, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO notice(event, what, since, over, told, text) VALUES(?,?,?,?,?,?)",
                            "ttisit", n->event, n->what, n->since, n->over, (int64_t)n->told, n->text);
}

int
mstc_notice_drop(struct mstc_store *store, const char *event, const char *what, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM notice WHERE event=? AND what=?", "tt", event, what);
}
