/* view.c - how things stand: syncs, targets, sources and sinks at one look. */
#include "build.h"

#include "store/view_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int
read_syncs(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
           struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT s.name, i.name, s.generation, s.cursor_at, s.completed_at, s.live, s.reset, "
                      "(SELECT count(*) FROM dirty d WHERE d.sync=s.id), "
                      "s.succeeded FROM sync s LEFT JOIN instance i ON i.id=s.source ORDER BY s.name", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_view_sync))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_sync *)into)[count++] = (struct mstc_view_sync){
                                .name = mstc_rows_text(&rows, 0), .source = mstc_rows_text(&rows, 1),
                                .generation = mstc_rows_number(&rows, 2), .cursor_at = mstc_rows_number(&rows, 3),
                                .completed_at = mstc_rows_number(&rows, 4), .people = mstc_rows_number(&rows, 5),
                                .reset = mstc_rows_number(&rows, 6) != 0, .dirty = mstc_rows_number(&rows, 7),
                                .succeeded = mstc_rows_number(&rows, 8),
                        };
                }
        ret->syncs = into;
        ret->sync_count = count;
        return mstc_rows_end(&rows, "looking at the syncs");
}

static int
read_last_runs(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
               struct mst_error *err)
{
        for (size_t i = 0; i < ret->sync_count; i++) {
                struct mstc_view_run *run;
                int64_t after = 0;
                size_t count;
                bool more;

                if (mstc_view_runs(store, ret->syncs[i].name, &after, 1, arena, &run, &count, &more, err) != MST_OK)
                        return err->code;
                ret->syncs[i].last = count > 0 ? run : NULL;
        }
        return MST_OK;
}

static int
read_targets(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
             struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT s.name, t.name, i.name, t.live, "
                      "(SELECT count(*) FROM link l WHERE l.target=t.id AND l.state=2), "
                      "sum(o.state=0 AND o.hold IS NULL), sum(o.state=4), "
                      "sum(o.state IN (0,3) AND o.hold IS NOT NULL AND coalesce(o.approved,0)<=?), "
                      "sum(o.state=3 AND o.hold IS NULL), sum(o.state IN (1,2)), t.succeeded "
                      "FROM target t JOIN sync s ON s.id=t.sync LEFT JOIN instance i ON i.id=t.sink "
                      "LEFT JOIN op o ON o.sink=t.sink AND o.target=t.id AND o.open=1 "
                      "GROUP BY t.id ORDER BY s.name, t.bit", "i", mstc_now_ms()))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_view_target))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_target *)into)[count++] = (struct mstc_view_target){
                                .sync = mstc_rows_text(&rows, 0), .name = mstc_rows_text(&rows, 1),
                                .sink = mstc_rows_text(&rows, 2), .live = mstc_rows_number(&rows, 3),
                                .disabled = mstc_rows_number(&rows, 4), .waiting = mstc_rows_number(&rows, 5),
                                .parked = mstc_rows_number(&rows, 6), .held = mstc_rows_number(&rows, 7),
                                .retry = mstc_rows_number(&rows, 8), .unknown = mstc_rows_number(&rows, 9),
                                .succeeded = mstc_rows_number(&rows, 10),
                        };
                }
        ret->targets = into;
        ret->target_count = count;
        return mstc_rows_end(&rows, "looking at the targets");
}

static int
read_instances(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
               struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT name, plugin, identity, reason, role, facts_at, since, state, trial FROM instance "
                      "ORDER BY role, name", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_view_instance))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_view_instance *)into)[count++] = (struct mstc_view_instance){
                                .name = mstc_rows_text(&rows, 0), .plugin = mstc_rows_text(&rows, 1),
                                .identity = mstc_rows_text(&rows, 2), .reason = mstc_rows_text(&rows, 3),
                                .role = (int)mstc_rows_number(&rows, 4), .facts_at = mstc_rows_number(&rows, 5),
                                .since = mstc_rows_number(&rows, 6), .aside = mstc_rows_number(&rows, 7) != 0,
                                .quarantined = mstc_rows_number(&rows, 7) == 2, .trial = mstc_rows_number(&rows, 8),
                        };
                }
        ret->instances = into;
        ret->instance_count = count;
        return mstc_rows_end(&rows, "looking at sources and sinks");
}

/* Whose number stands in the lock's file, if such a process lives.  The lock itself is
 * not touched: a writer who begins at this moment must not be refused because of us. */
static int64_t
find_writer(const struct mstc_store *store)
{
        char name[PATH_MAX], text[64] = "";
        long process = 0;
        ssize_t got;
        int fd;

        if (snprintf(name, sizeof name, "%s.lock", mstc_store_path(store)) >= (int)sizeof name
            || (fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
                return 0;
        got = read(fd, text, sizeof text - 1);
        close(fd);
        if (got <= 0 || sscanf(text, "process %ld", &process) != 1 || process <= 0 || process > INT_MAX)
                return 0;
        return kill((pid_t)process, 0) == 0 || errno == EPERM ? process : 0;
}

int
mstc_view_size(struct mstc_store *store, struct mstc_view_size *ret, struct mst_error *err)
{
        int64_t pages, spare, page;

        if (mstc_sql_number(store, err, &pages, 0, "PRAGMA page_count", "") != MST_OK
            || mstc_sql_number(store, err, &spare, 0, "PRAGMA freelist_count", "") != MST_OK
            || mstc_sql_number(store, err, &page, 0, "PRAGMA page_size", "") != MST_OK
            || mstc_sql_number(store, err, &ret->runs, 0, "SELECT count(*) FROM run", "") != MST_OK
            || mstc_sql_number(store, err, &ret->since, 0, "SELECT coalesce(min(started), 0) FROM run", "") != MST_OK)
                return err->code;
        ret->bytes = pages * page;
        ret->used = (pages - spare) * page;
        return MST_OK;
}

int
mstc_view_status(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_status *ret,
                 struct mst_error *err)
{
        *ret = (struct mstc_view_status){ .writer = find_writer(store) };
        if (read_syncs(store, arena, ret, err) != MST_OK || read_last_runs(store, arena, ret, err) != MST_OK
            || read_targets(store, arena, ret, err) != MST_OK || read_instances(store, arena, ret, err) != MST_OK
            || mstc_sql_number(store, err, &ret->holds, 0, "SELECT count(*) FROM hold WHERE state=0", "") != MST_OK
            || mstc_sql_number(store, err, &ret->declined, 0, "SELECT count(*) FROM declined", "") != MST_OK
            || mstc_sql_number(store, err, &ret->vanished, 0, "SELECT count(DISTINCT grp) FROM glink WHERE state=1 AND "
                               "reason=7", "") != MST_OK)
                return err->code;
        return mstc_sql_number(store, err, &ret->duplicates, 0, "SELECT count(*) FROM duplicate", "");
}
