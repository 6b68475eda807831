/* view_joined.c - one person and one group: is he in it, and since which run. */
#include "build.h"

#include "store/packset.h"
#include "store/view_read.h"

#include <muster/op.h>

static bool
holds(const void *bytes, size_t size, uint32_t person, bool *failed)
{
        struct mstc_set *set = mstc_set_new();
        bool ret = false;

        if (set == NULL || !mstc_unpack_set(bytes, size, set))
                *failed = true;
        else
                ret = mstc_set_has(set, person);
        mstc_set_free(set);
        return ret;
}

/* A create keeps its first members where a change of members keeps those who leave. */
int
mstc_view_joined(struct mstc_store *store, int64_t group, const char *target, int64_t person,
                 struct mstc_view_joined *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };
        bool found = false, failed = false;

        if (MSTC_ROWS(&rows, "SELECT o.run, o.ended, o.verb, d.before, d.after FROM op o JOIN opdata d ON "
                      "d.number=o.number JOIN target t ON t.id=o.target WHERE o.kind=2 AND o.entry=? AND t.name=? "
                      "AND o.verb IN (1,8) AND o.outcome IN (1,2) ORDER BY o.number DESC", "it", group, target))
                while (!found && !failed && mstc_rows_next(&rows)) {
                        bool create = mstc_rows_number(&rows, 2) == MST_CREATE;
                        size_t before_size, after_size;
                        const void *before = mstc_sql_blob(rows.stmt, 3, &before_size);
                        const void *after = mstc_sql_blob(rows.stmt, 4, &after_size);
                        bool joins = create ? holds(before, before_size, (uint32_t)person, &failed)
                                            : holds(after, after_size, (uint32_t)person, &failed);
                        bool leaves = !create && !joins && holds(before, before_size, (uint32_t)person, &failed);

                        found = joins || leaves;
                        if (found)
                                *ret = (struct mstc_view_joined){ .run = mstc_rows_number(&rows, 0), .joined = joins,
                                                                  .ended = mstc_rows_number(&rows, 1) };
                }
        if (mstc_rows_end(&rows, "looking for a membership") != MST_OK)
                return err->code;
        if (failed)
                return mst_fail_memory(err, "looking for a membership");
        return found ? MST_OK : MST_END;
}

static int
in_chunk(struct mstc_rows *rows, uint32_t person, bool *is)
{
        struct mstc_set *set = mstc_set_new();
        bool good = set != NULL;

        while (mstc_rows_next(rows)) {
                size_t size;
                const void *bytes = mstc_sql_blob(rows->stmt, 1, &size);

                good = good && mstc_set_chunk_unpack(set, (uint32_t)mstc_rows_number(rows, 0), bytes, size);
        }
        *is = good && mstc_set_has(set, person);
        mstc_set_free(set);
        if (mstc_rows_end(rows, "looking for a membership") != MST_OK)
                return rows->err->code;
        return good ? MST_OK : mst_fail(rows->err, MST_EINTERNAL, "store %s is damaged: the members of a group "
                                        "cannot be read; put back a copy", mstc_store_path(rows->store));
}

int
mstc_view_membership(struct mstc_store *store, int64_t group, int64_t glink, int64_t person, bool *wanted,
                     bool *present, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };
        int64_t chunk = person / MSTC_SET_CHUNK;

        *wanted = *present = false;
        if (!MSTC_ROWS(&rows, "SELECT chunk, bits FROM gset WHERE grp=? AND chunk=?", "ii", group, chunk)
            || in_chunk(&rows, (uint32_t)person, wanted) != MST_OK)
                return err->code;
        if (glink != 0 && (!MSTC_ROWS(&rows, "SELECT chunk, bits FROM pset WHERE glink=? AND chunk=?", "ii", glink, chunk)
                           || in_chunk(&rows, (uint32_t)person, present) != MST_OK))
                return err->code;
        return MST_OK;
}
