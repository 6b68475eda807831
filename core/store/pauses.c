/* pauses.c - syncs that somebody holds back for a while. */
#include "build.h"

#include "store/pauses.h"

#include <string.h>

#include "store/view_read.h"

#define HOLDS "(until IS NULL OR until>?1)"

int
mstc_pause_put(struct mstc_store *store, const struct mstc_pause *pause, struct mst_error *err)
{
        return mstc_sql_run(store, err, "INSERT OR REPLACE INTO pause(sync, since, until, who, note) VALUES(?, ?, ?, ?, ?)",
                            "tistt", pause->sync != NULL ? pause->sync : "", pause->since, pause->until, pause->who, pause->note);
}

int
mstc_pause_end(struct mstc_store *store, const char *sync, int64_t now, int64_t *ret, struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret, 0, "SELECT count(*) FROM pause WHERE " HOLDS " AND (?2 IS NULL OR sync=?2)",
                            "it", now, sync) != MST_OK)
                return err->code;
        return mstc_sql_run(store, err, "DELETE FROM pause WHERE ?1 IS NULL OR sync=?1", "t", sync);
}

int
mstc_pauses(struct mstc_store *store, int64_t now, struct mst_arena *arena, struct mstc_pause **ret, size_t *ret_count,
            struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_pause *list = NULL;
        size_t count = 0, room = 0;

        if (MSTC_ROWS(&rows, "SELECT sync, since, until, who, note FROM pause WHERE " HOLDS " ORDER BY sync", "i", now))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, (void **)&list, count, &room, sizeof *list)) {
                                rows.failed = true;
                                break;
                        }
                        list[count] = (struct mstc_pause){
                                .sync = mstc_rows_text(&rows, 0), .since = mstc_rows_number(&rows, 1),
                                .until = mstc_rows_number(&rows, 2), .who = mstc_rows_text(&rows, 3),
                                .note = mstc_rows_text(&rows, 4),
                        };
                        if (list[count].sync != NULL && list[count].sync[0] == '\0')
                                list[count].sync = NULL;
                        count++;
                }
        *ret = list;
        *ret_count = count;
        return mstc_rows_end(&rows, "listing pauses");
}

const struct mstc_pause *
mstc_pause_of(const struct mstc_pause *pauses, size_t count, const char *sync)
{
        for (size_t i = 0; i < count; i++)
                if (pauses[i].sync == NULL || strcmp(pauses[i].sync, sync) == 0)
                        return &pauses[i];
        return NULL;
}
