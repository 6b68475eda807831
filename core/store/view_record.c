/* view_record.c - the records of the mirror, one after the other, for rules to be tried on. */
#include "build.h"

#include "store/view_read.h"

static int
read_records(struct mstc_store *store, const char *sync, enum mst_kind kind, int64_t *after, size_t most,
             struct mst_arena *arena, struct mstc_view_record *into, size_t *count, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t got = 0;

        if (MSTC_ROWS(&rows, "SELECT e.number, e.id, r.flat FROM entry e JOIN record r ON r.number=e.number "
                      "WHERE e.number>?1 AND e.sync=(SELECT id FROM sync WHERE name=?2) AND e.kind=?4 AND e.gone=0 "
                      "AND e.born<=(SELECT generation FROM sync WHERE name=?2) ORDER BY e.number LIMIT ?3", "itii",
                      *after, sync, (int64_t)most, (int64_t)kind))
                while (got < most && mstc_rows_next(&rows)) {
                        struct mstc_view_record *one = &into[got++];

                        *one = (struct mstc_view_record){ .number = mstc_rows_number(&rows, 0),
                                                          .id = mstc_rows_text(&rows, 1) };
                        *after = one->number;
                        one->record = mstc_rows_record(&rows, 2, one->id, true);
                        if (one->record == NULL)
                                break;
                        one->title = mstc_record_title(one->record);
                        if (one->title == NULL)
                                one->title = one->id;
                }
        *count = got;
        return mstc_rows_end(&rows, "reading people");
}

/* One look for all of a batch: else each person's groups would cost locks of their own. */
static int
read_joined(struct mstc_store *store, const char *sync, struct mstc_memberof *memberof, int64_t *after, size_t most,
            struct mst_arena *arena, struct mstc_view_record *into, size_t *count, struct mst_error *err)
{
        int rc = mstc_sql_run(store, err, "BEGIN", "");

        if (rc == MST_OK)
                rc = read_records(store, sync, MST_USER, after, most, arena, into, count, err);
        for (size_t i = 0; rc == MST_OK && i < *count; i++)
                rc = mstc_memberof_put(store, memberof, into[i].number, (struct mst_record *)(uintptr_t)into[i].record, arena,
                                       err);
        mstc_store_rollback(store);
        return rc;
}

int
mstc_view_records(struct mstc_store *store, const char *sync, struct mstc_memberof *memberof, int64_t *after,
                  size_t most, struct mst_arena *arena, struct mstc_view_record **ret, size_t *count, bool *more,
                  struct mst_error *err)
{
        struct mstc_view_record *into = mst_arena_alloc(arena, most * sizeof *into);

        *ret = into;
        *count = 0;
        *more = false;
        if (into == NULL)
                return mst_fail_memory(err, "reading people");
        if ((memberof != NULL ? read_joined(store, sync, memberof, after, most, arena, into, count, err)
                              : read_records(store, sync, MST_USER, after, most, arena, into, count, err)) != MST_OK)
                return err->code;
        *more = *count == most;
        return MST_OK;
}

int
mstc_view_source_groups(struct mstc_store *store, const char *sync, int64_t *after, size_t most, struct mst_arena *arena,
                        struct mstc_view_record **ret, size_t *count, bool *more, struct mst_error *err)
{
        struct mstc_view_record *into = mst_arena_alloc(arena, most * sizeof *into);

        *ret = into;
        *count = 0;
        *more = false;
        if (into == NULL)
                return mst_fail_memory(err, "reading groups");
        if (read_records(store, sync, MST_GROUP, after, most, arena, into, count, err) != MST_OK)
                return err->code;
        *more = *count == most;
        return MST_OK;
}
