/* migrate.c - a store of an earlier version is brought up to this one.
 *
 * Step by step, each in a transaction that also notes the version it leads to, after a copy
 * of the whole was put beside it (PATH.vN): whoever goes back to the earlier muster puts that
 * in its place.  A step is never changed once it was released. */
#include "build.h"

#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/schema.h"
#include "store/sql.h"

/* steps[n] leads to version n + 1; the first makes a store. */
static const char *const steps[MSTC_SCHEMA_VERSION] = { MSTC_SCHEMA_1_SQL, MSTC_SCHEMA_2_SQL, MSTC_SCHEMA_3_SQL,
                                                           MSTC_SCHEMA_4_SQL };

static int
run(struct mstc_store *store, const char *sql, struct mst_error *err)
{
        return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? MST_OK : mstc_sql_fail(store, err);
}

int
mstc_migrate_steps(struct mstc_store *store, int64_t from, struct mst_error *err)
{
        char version[64];

        for (int64_t at = from; at < MSTC_SCHEMA_VERSION; at++)
                if (run(store, steps[at], err) != MST_OK)
                        return err->code;
        (void)snprintf(version, sizeof version, "PRAGMA user_version=%d", MSTC_SCHEMA_VERSION);
        return run(store, version, err);
}

/* The copy must be nobody else's to read: the file is made first, then filled. */
static int
copy(struct mstc_store *store, int64_t version, struct mst_error *err)
{
        char name[PATH_MAX];
        sqlite3_stmt *stmt = NULL;
        int fd, rc = MST_OK;

        if (snprintf(name, sizeof name, "%s.v%lld", store->path, (long long)version) >= (int)sizeof name)
                return mst_fail(err, MST_ECONFIG, "store %s: the path is too long", store->path);
        if (unlink(name) != 0 && errno != ENOENT)
                return mst_fail(err, MST_ECONFIG, "the copy %s of an earlier attempt cannot be removed: %s", name,
                                strerror(errno));
        fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return mst_fail(err, MST_ECONFIG, "the store's copy %s cannot be made: %s", name, strerror(errno));
        close(fd);
        if (sqlite3_prepare_v2(store->db, "VACUUM INTO ?", -1, &stmt, NULL) != SQLITE_OK
            || sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
                rc = mstc_sql_fail(store, err);
        sqlite3_finalize(stmt);
        return rc != MST_OK ? mst_wrap(err, "copying it to %s before it is brought up to date", name) : MST_OK;
}

int
mstc_migrate(struct mstc_store *store, int64_t from, struct mst_error *err)
{
        if (copy(store, from, err) != MST_OK || mstc_store_begin(store, err) != MST_OK)
                return err->code;
        if (mstc_migrate_steps(store, from, err) == MST_OK && mstc_store_commit(store, err) == MST_OK)
                return MST_OK;
        mstc_store_rollback(store);
        return err->code;
}
