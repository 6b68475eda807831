/* again.c - what waits for its time or for a change comes again at an admin's word. */
#include "build.h"

#include "store/again.h"

#include "store/sql.h"

#define OF_OPS "(?1=0 OR (op.kind=1 AND op.entry=?1)) AND (?2=0 OR op.sink=?2) "
#define PARKED "op.open=1 AND op.state=4 AND " OF_OPS
#define WAITING "op.open=1 AND op.state=3 AND " OF_OPS
#define DECLINED "(?1=0 OR (declined.kind=1 AND declined.entry=?1)) AND (?2=0 OR declined.sink=?2) "
#define REFUSED "(?1=0 OR gbad.entry=?1) AND (?2=0 OR gbad.glink IN (SELECT id FROM glink WHERE sink=?2)) "
#define UNREAD "?2=0 AND (?1=0 OR (kind, id, sync) IN (SELECT kind, id, sync FROM entry WHERE number=?1)) "

/* A retry is looked up before it is sent: its tries stay, so that one can tell. */
static const char *const parked[] = {
        "INSERT INTO dirty SELECT e.sync, e.number, -1 FROM op JOIN entry e ON e.number=op.entry WHERE op.kind=1 AND "
        PARKED "ON CONFLICT(sync, entry) DO UPDATE SET mask=-1",
        "INSERT OR IGNORE INTO gdirty SELECT g.sync, g.id FROM op JOIN grp g ON g.id=op.entry WHERE op.kind=2 AND " PARKED,
        "UPDATE op SET state=0, due=NULL, tries=1 WHERE outcome IS NOT NULL AND "
        "NOT (kind=2 AND coalesce(matched,0)=0 AND verb=1) AND " PARKED,
};

static const char *const the_rest[] = {
        "UPDATE op SET due=NULL WHERE " WAITING,
        "INSERT INTO dirty SELECT e.sync, e.number, -1 FROM declined JOIN entry e ON e.number=declined.entry WHERE "
        "declined.kind=1 AND " DECLINED "ON CONFLICT(sync, entry) DO UPDATE SET mask=-1",
        "INSERT OR IGNORE INTO gdirty SELECT g.sync, g.id FROM declined JOIN grp g ON g.id=declined.entry WHERE "
        "declined.kind=2 AND " DECLINED,
        "UPDATE glink SET declined=0 WHERE declined<>0 AND ?1=0 AND (?2=0 OR sink=?2)",
        "DELETE FROM declined WHERE " DECLINED,
        "INSERT OR IGNORE INTO gdirty SELECT g.sync, g.id FROM gbad JOIN glink l ON l.id=gbad.glink JOIN grp g ON "
        "g.id=l.grp WHERE " REFUSED,
        "DELETE FROM gbad WHERE " REFUSED,
        "UPDATE bad SET due=0, tries=0 WHERE " UNREAD,
        "INSERT INTO dirty SELECT sync, number, -1 FROM entry WHERE number=?1 AND ?2=0 "
        "ON CONFLICT(sync, entry) DO UPDATE SET mask=-1",
        "UPDATE instance SET state=0, reason=NULL, since=NULL, fails=0, tried=0, recent=0, trial=NULL, trials=0 WHERE id=?2 "
        "AND ?1=0",
};

static int
run_all(struct mstc_store *store, const char *const *sql, size_t count, const struct mstc_again *again,
        struct mst_error *err)
{
        for (size_t i = 0; i < count; i++)
                if (mstc_sql_run(store, err, sql[i], "ii", again->entry, again->sink) != MST_OK)
                        return err->code;
        return MST_OK;
}

static int
add(struct mstc_store *store, const struct mstc_again *again, const char *sql, int64_t *into, struct mst_error *err)
{
        int64_t count;

        if (mstc_sql_number(store, err, &count, 0, sql, "ii", again->entry, again->sink) != MST_OK)
                return err->code;
        *into += count;
        return MST_OK;
}

int
mstc_come_again(struct mstc_store *store, struct mstc_again *again, struct mst_error *err)
{
        if (add(store, again, "SELECT count(*) FROM op WHERE " PARKED, &again->parked, err) != MST_OK
            || run_all(store, parked, sizeof parked / sizeof parked[0], again, err) != MST_OK)
                return err->code;
        if (again->parked_only)
                return MST_OK;
        if (add(store, again, "SELECT count(*) FROM op WHERE " WAITING, &again->waiting, err) != MST_OK
            || add(store, again, "SELECT count(*) FROM declined WHERE " DECLINED, &again->declined, err) != MST_OK
            || add(store, again, "SELECT count(*) FROM gbad WHERE " REFUSED, &again->members, err) != MST_OK
            || add(store, again, "SELECT count(*) FROM bad WHERE " UNREAD, &again->records, err) != MST_OK)
                return err->code;
        return run_all(store, the_rest, sizeof the_rest / sizeof the_rest[0], again, err);
}
