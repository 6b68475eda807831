/* view_version.c - what the rule of a group has said, for showing. */
#include "build.h"

#include "store/view_read.h"

int
mstc_view_versions(struct mstc_store *store, const char *sync, const char *name, int64_t *after, size_t most,
                   struct mst_arena *arena, struct mstc_view_version **ret, size_t *count, bool *more,
                   struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        struct mstc_view_version *into = mst_arena_alloc(arena, most * sizeof *into);
        size_t got = 0;

        if (into == NULL)
                return mst_fail_memory(err, "listing rules");
        if (MSTC_ROWS(&rows, "SELECT (SELECT count(*) FROM rule o WHERE o.sync=r.sync AND o.name=r.name AND o.id<=r.id), "
                      "r.run, r.at, r.fingerprint, r.text, (SELECT o.text FROM rule o WHERE o.sync=r.sync AND o.name=r.name "
                      "AND o.id<r.id ORDER BY o.id DESC LIMIT 1), r.id, s.name FROM rule r JOIN sync s ON s.id=r.sync "
                      "WHERE (?1 IS NULL OR s.name=?1) AND r.name=?2 AND r.id<?3 ORDER BY r.id DESC LIMIT ?4", "ttii", sync, name,
                      *after > 0 ? *after : INT64_MAX, (int64_t)most))
                while (got < most && mstc_rows_next(&rows)) {
                        into[got++] = (struct mstc_view_version){
                                .number = mstc_rows_number(&rows, 0), .run = mstc_rows_number(&rows, 1),
                                .at = mstc_rows_number(&rows, 2), .fingerprint = mstc_rows_text(&rows, 3),
                                .text = mstc_rows_text(&rows, 4), .before = mstc_rows_text(&rows, 5),
                                .sync = mstc_rows_text(&rows, 7),
                        };
                        *after = mstc_rows_number(&rows, 6);
                }
        *ret = into;
        *count = got;
        *more = got == most;
        return mstc_rows_end(&rows, "listing rules");
}

int
mstc_view_version(struct mstc_store *store, const char *sync, const char *name, int64_t run,
                  struct mst_arena *arena, struct mstc_view_version *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        bool found = false;

        if (MSTC_ROWS(&rows, "SELECT count(*) OVER (ORDER BY r.id), r.run, r.at, r.fingerprint, r.text FROM rule r "
                      "JOIN sync s ON s.id=r.sync WHERE s.name=?1 AND r.name=?2 AND r.run<=?3 ORDER BY r.id DESC LIMIT 1",
                      "tti", sync, name, run) && mstc_rows_next(&rows)) {
                *ret = (struct mstc_view_version){ .sync = sync, .number = mstc_rows_number(&rows, 0), .run = mstc_rows_number(&rows, 1),
                                                   .at = mstc_rows_number(&rows, 2), .fingerprint = mstc_rows_text(&rows, 3),
                                                   .text = mstc_rows_text(&rows, 4) };
                found = true;
        }
        return mstc_rows_end(&rows, "looking for a rule") != MST_OK ? err->code : found ? MST_OK : MST_END;
}
