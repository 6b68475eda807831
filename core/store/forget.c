/* forget.c - names that change, and what is dropped at an admin's wish. */
#include "build.h"

#include "store/forget.h"

#include "store/sql.h"

#define N(x) ((int64_t)(x))

int
mstc_rename_instance(struct mstc_store *store, enum mstc_role role, const char *was, const char *name,
                     struct mst_error *err)
{
        return was == NULL ? MST_OK
             : mstc_sql_run(store, err, "UPDATE OR IGNORE instance SET name=?1 WHERE role=?2 AND name=?3", "tit", name,
                            N(role), was);
}

int
mstc_rename_sync(struct mstc_store *store, const char *was, const char *name, struct mst_error *err)
{
        return was == NULL ? MST_OK
             : mstc_sql_run(store, err, "UPDATE OR IGNORE sync SET name=? WHERE name=?", "tt", name, was);
}

int
mstc_rename_target(struct mstc_store *store, int64_t sync, const char *was, const char *name,
                   struct mst_error *err)
{
        return was == NULL ? MST_OK
             : mstc_sql_run(store, err, "UPDATE OR IGNORE target SET name=? WHERE sync=? AND name=?", "tit", name, sync,
                            was);
}

/* Statements with one number, in order. */
static int
run_all(struct mstc_store *store, const char *const *sql, size_t count, int64_t number, struct mst_error *err)
{
        for (size_t i = 0; i < count; i++)
                if (mstc_sql_run(store, err, sql[i], "i", number) != MST_OK)
                        return err->code;
        return MST_OK;
}

int
mstc_forget_target(struct mstc_store *store, int64_t target, struct mst_error *err)
{
        static const char *const sql[] = {
                "UPDATE op SET state=17, open=NULL, ended=0 WHERE target=? AND open=1",
                "UPDATE hold SET state=2 WHERE target=? AND state=0",
                "DELETE FROM duplicate WHERE sink=(SELECT sink FROM target WHERE id=?1) AND entry IN "
                "(SELECT number FROM entry WHERE sync=(SELECT sync FROM target WHERE id=?1))",
                "DELETE FROM accepted WHERE sink=(SELECT sink FROM target WHERE id=?1) AND ((kind=1 AND owner IN "
                "(SELECT entry FROM link WHERE target=?1)) OR (kind=2 AND owner IN (SELECT grp FROM glink WHERE target=?1)))",
                "DELETE FROM applied WHERE link IN (SELECT id FROM link WHERE target=?)",
                "DELETE FROM link WHERE target=?",
                "DELETE FROM tset WHERE target=?",
                "DELETE FROM pset WHERE glink IN (SELECT id FROM glink WHERE target=?)",
                "DELETE FROM gchange WHERE glink IN (SELECT id FROM glink WHERE target=?)",
                "DELETE FROM gbad WHERE glink IN (SELECT id FROM glink WHERE target=?)",
                "DELETE FROM glink WHERE target=?",
                "DELETE FROM tally WHERE target=?", "DELETE FROM effect WHERE target=?",
                "DELETE FROM bygone WHERE sink=(SELECT sink FROM target WHERE id=?1) AND entry IN "
                "(SELECT number FROM entry WHERE sync=(SELECT sync FROM target WHERE id=?1))",
                "DELETE FROM declined WHERE target=?",
                "DELETE FROM drawn WHERE target=?",
                "DELETE FROM census WHERE target=?",
                "INSERT INTO dirty SELECT sync, number, -1 FROM entry WHERE sync=(SELECT sync FROM target WHERE id=?) "
                "ON CONFLICT(sync, entry) DO UPDATE SET mask=-1",
                "INSERT OR IGNORE INTO gdirty SELECT sync, id FROM grp WHERE sync=(SELECT sync FROM target WHERE id=?)",
                "DELETE FROM target WHERE id=?",
        };

        return run_all(store, sql, sizeof sql / sizeof sql[0], target, err);
}

int
mstc_forget_sync(struct mstc_store *store, int64_t sync, struct mst_error *err)
{
        static const char *const sql[] = {
                "DELETE FROM record WHERE number IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM told WHERE entry IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM entry_key WHERE number IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM ref WHERE entry IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM mset WHERE grp IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM nset WHERE grp IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM mstage WHERE abs(grp) IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM nstage WHERE abs(grp) IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM mtold WHERE sync=?",
                "DELETE FROM memof WHERE entry IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM gmem WHERE entry IN (SELECT number FROM entry WHERE sync=?)",
                "DELETE FROM stage WHERE sync=?",
                "DELETE FROM seen WHERE sync=?",
                "DELETE FROM dirty WHERE sync=?", "DELETE FROM bad WHERE sync=?",
                "DELETE FROM wake WHERE sync=?",
                "DELETE FROM gdirty WHERE sync=?", "DELETE FROM rule WHERE sync=?",
                "DELETE FROM gset WHERE grp IN (SELECT id FROM grp WHERE sync=?)",
                "DELETE FROM grp WHERE sync=?",
                "UPDATE hold SET state=2 WHERE sync=? AND state=0",
                "DELETE FROM entry WHERE sync=?",
                "DELETE FROM sync WHERE id=?",
        };
        int64_t target = 0;

        for (;;) {
                if (mstc_sql_number(store, err, &target, 0, "SELECT id FROM target WHERE sync=? LIMIT 1", "i",
                                    sync) != MST_OK)
                        return err->code;
                if (target == 0)
                        return run_all(store, sql, sizeof sql / sizeof sql[0], sync, err);
                if (mstc_forget_target(store, target, err) != MST_OK)
                        return err->code;
        }
}

int
mstc_forget_find(struct mstc_store *store, const char *name, int64_t *ret_sync, int64_t *ret_target,
                 struct mst_error *err)
{
        if (mstc_sql_number(store, err, ret_sync, 0, "SELECT id FROM sync WHERE name=?", "t", name) != MST_OK)
                return err->code;
        return mstc_sql_number(store, err, ret_target, 0, "SELECT id FROM target WHERE name=? ORDER BY id LIMIT 1",
                               "t", name);
}
