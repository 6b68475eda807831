/* view_meter.c - what metrics and freshness are made of. */
#include "build.h"

#include "store/view_meter.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/view_read.h"

static int
read_syncs(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT s.id, s.name, s.live, s.succeeded, (SELECT count(*) FROM dirty d WHERE d.sync=s.id), "
                      "(SELECT started FROM run r WHERE r.sync=s.id ORDER BY id LIMIT 1), l.id, l.ended, l.outcome, l.text, "
                      "(SELECT count(*) FROM hold h WHERE h.sync=s.id AND h.state=0) FROM sync s LEFT JOIN run l ON l.id="
                      "(SELECT id FROM run r WHERE r.sync=s.id AND r.state=5 ORDER BY id DESC LIMIT 1) ORDER BY s.name", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_meter_sync))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_meter_sync *)into)[count++] = (struct mstc_meter_sync){
                                .id = mstc_rows_number(&rows, 0), .name = mstc_rows_text(&rows, 1),
                                .people = mstc_rows_number(&rows, 2), .succeeded = mstc_rows_number(&rows, 3),
                                .pending = mstc_rows_number(&rows, 4), .first = mstc_rows_number(&rows, 5),
                                .last = mstc_rows_number(&rows, 6), .last_ended = mstc_rows_number(&rows, 7),
                                .outcome = (int)mstc_rows_number(&rows, 8), .text = mstc_rows_text(&rows, 9),
                                .holds = mstc_rows_number(&rows, 10),
                        };
                }
        ret->syncs = into;
        ret->sync_count = count;
        return mstc_rows_end(&rows, "measuring the syncs");
}

static int
read_targets(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT t.id, t.live, t.succeeded, s.name, t.name, i.name FROM target t JOIN sync s ON s.id=t.sync "
                      "JOIN instance i ON i.id=t.sink ORDER BY s.name, t.bit", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_meter_target))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_meter_target *)into)[count++] = (struct mstc_meter_target){
                                .id = mstc_rows_number(&rows, 0), .linked = mstc_rows_number(&rows, 1),
                                .succeeded = mstc_rows_number(&rows, 2), .sync = mstc_rows_text(&rows, 3),
                                .name = mstc_rows_text(&rows, 4), .sink = mstc_rows_text(&rows, 5),
                        };
                }
        ret->targets = into;
        ret->target_count = count;
        return mstc_rows_end(&rows, "measuring the targets");
}

/* Each count has its index; only ops that are held are looked at one by one. */
static int
read_instances(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT i.id, i.role, i.name, i.state, i.since, "
                      "(SELECT count(*) FROM op o WHERE o.sink=i.id AND o.open IS NOT NULL), "
                      "(SELECT count(*) FROM op o WHERE o.sink=i.id AND o.state=4), "
                      "(SELECT count(*) FROM op o WHERE o.sink=i.id AND o.state=3), "
                      "(SELECT count(*) FROM op o WHERE o.sink=i.id AND o.state=2), "
                      "(SELECT count(*) FROM hold h CROSS JOIN op o ON o.hold=h.number WHERE h.state=0 AND o.sink=i.id "
                      "AND o.state IN (0, 3) AND coalesce(o.approved, 0)<=?), "
                      "(SELECT count(*) FROM duplicate d WHERE d.sink=i.id), i.reason FROM instance i ORDER BY i.role, i.name",
                      "i", mstc_now_ms()))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_meter_instance))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_meter_instance *)into)[count++] = (struct mstc_meter_instance){
                                .id = mstc_rows_number(&rows, 0), .role = (int)mstc_rows_number(&rows, 1),
                                .name = mstc_rows_text(&rows, 2), .aside = mstc_rows_number(&rows, 3) != 0,
                                .quarantined = mstc_rows_number(&rows, 3) == 2, .since = mstc_rows_number(&rows, 4),
                                .open = mstc_rows_number(&rows, 5), .parked = mstc_rows_number(&rows, 6),
                                .retry = mstc_rows_number(&rows, 7), .unknown = mstc_rows_number(&rows, 8),
                                .held = mstc_rows_number(&rows, 9), .duplicates = mstc_rows_number(&rows, 10),
                                .reason = mstc_rows_text(&rows, 11),
                        };
                }
        ret->instances = into;
        ret->instance_count = count;
        return mstc_rows_end(&rows, "measuring sources and sinks");
}

static int
read_values(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .arena = arena, .err = err };
        size_t room = 0, count = 0;
        void *into = NULL;

        if (MSTC_ROWS(&rows, "SELECT name, owner, part, value FROM meter ORDER BY name, owner, part", ""))
                while (mstc_rows_next(&rows)) {
                        if (!mstc_rows_grow(arena, &into, count, &room, sizeof (struct mstc_meter_value))) {
                                rows.failed = true;
                                break;
                        }
                        ((struct mstc_meter_value *)into)[count++] = (struct mstc_meter_value){
                                .name = mstc_rows_text(&rows, 0), .owner = mstc_rows_number(&rows, 1),
                                .part = mstc_rows_number(&rows, 2), .value = mstc_rows_number(&rows, 3),
                        };
                }
        ret->values = into;
        ret->value_count = count;
        return mstc_rows_end(&rows, "reading counters");
}

static int64_t
size_of(const char *path, const char *suffix)
{
        char name[PATH_MAX];
        struct stat st;

        if (snprintf(name, sizeof name, "%s%s", path, suffix) >= (int)sizeof name || stat(name, &st) != 0)
                return 0;
        return (int64_t)st.st_size;
}

int
mstc_view_meters(struct mstc_store *store, struct mst_arena *arena, struct mstc_view_meters *ret, struct mst_error *err)
{
        *ret = (struct mstc_view_meters){ .store_bytes = size_of(mstc_store_path(store), ""),
                                          .log_bytes = size_of(mstc_store_path(store), "-wal") };
        if (read_syncs(store, arena, ret, err) != MST_OK || read_targets(store, arena, ret, err) != MST_OK
            || read_instances(store, arena, ret, err) != MST_OK)
                return err->code;
        return read_values(store, arena, ret, err);
}
