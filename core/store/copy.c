/* copy.c - copies of a store.
 *
 *   export    VACUUM INTO a file that was made just before (0600, O_EXCL); its mark is set,
 *             it is checked, and it and its folder are synced before it counts
 *   import    the copy is checked whole; with the lock held, a copy of the copy is made beside
 *             the store, what is there is renamed, and the new one takes its name
 *   inspect   integrity_check, and what is in it */
#include "build.h"

#include "store/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/schema.h"
#include "store/sql.h"
#include "util/alloc.h"
#include "util/buffer.h"

static int
fail(sqlite3 *db, const char *file, struct mst_error *err)
{
        return mst_fail(err, MST_EINTERNAL, "%s: %s", file, db != NULL ? sqlite3_errmsg(db) : "out of memory");
}

static int
run(sqlite3 *db, const char *file, const char *sql, struct mst_error *err)
{
        return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? MST_OK : fail(db, file, err);
}

static void
close_db(sqlite3 **db)
{
        sqlite3_close(*db);
}

/* ---- files ---------------------------------------------------------------------------- */

static int
sync_path(const char *path, struct mst_error *err)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC), rc = MST_OK;

        if (fd < 0 || fsync(fd) != 0)
                rc = mst_fail(err, MST_EINTERNAL, "%s is not safe on the disk: %s", path, strerror(errno));
        if (fd >= 0)
                close(fd);
        return rc;
}

static int
sync_folder_of(const char *file, struct mst_error *err)
{
        char folder[PATH_MAX];
        const char *slash = strrchr(file, '/');

        if (slash == NULL)
                return sync_path(".", err);
        if (snprintf(folder, sizeof folder, "%.*s", slash == file ? 1 : (int)(slash - file), file) >= (int)sizeof folder)
                return mst_fail(err, MST_ECONFIG, "%s: the path is too long", file);
        return sync_path(folder, err);
}

static int
make_file(const char *file, struct mst_error *err)
{
        int fd = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0 && errno == EEXIST)
                return mst_fail(err, MST_ECONFIG, "%s exists: a copy never replaces a file; name another one", file);
        if (fd < 0)
                return mst_fail(err, MST_ECONFIG, "the copy %s cannot be made: %s", file, strerror(errno));
        close(fd);
        return MST_OK;
}

/* ---- checking ------------------------------------------------------------------------------ */

static int
number(sqlite3 *db, const char *file, const char *sql, int64_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = NULL;
        int rc = MST_OK;

        *ret = 0;
        if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW)
                rc = fail(db, file, err);
        else
                *ret = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
        return rc;
}

/* Every page is read; the first complaints make the sentence. */
static int
check_pages(sqlite3 *db, const char *file, bool quick, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer says = { 0 };
        sqlite3_stmt *stmt = NULL;
        int step = SQLITE_ERROR;

        if (sqlite3_prepare_v2(db, quick ? "PRAGMA quick_check(3)" : "PRAGMA integrity_check(3)", -1, &stmt, NULL) == SQLITE_OK)
                while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
                        if (strcmp(mstc_sql_text(stmt, 0), "ok") != 0)
                                mstc_buffer_printf(&says, "%s%s", says.length != 0 ? "; " : "", mstc_sql_text(stmt, 0));
        if (step != SQLITE_DONE)
                mstc_buffer_printf(&says, "%s%s", says.length != 0 ? "; " : "", sqlite3_errmsg(db));
        sqlite3_finalize(stmt);
        if (says.length != 0)
                return mst_fail(err, MST_EREFUSED, "%s is damaged: %.300s", file, mstc_buffer_cstr(&says));
        return MST_OK;
}

static int
check_ours(sqlite3 *db, const char *file, int64_t *version, struct mst_error *err)
{
        int64_t application;

        if (number(db, file, "PRAGMA application_id", &application, err) != MST_OK
            || number(db, file, "PRAGMA user_version", version, err) != MST_OK)
                return mst_fail(err, MST_EREFUSED, "%s is no store of muster, or is damaged at its beginning: %s", file,
                                sqlite3_errmsg(db));
        if (application != MSTC_APPLICATION_ID)
                return mst_fail(err, MST_ECONFIG, "%s is not a store of muster", file);
        if (*version > MSTC_SCHEMA_VERSION)
                return mst_fail(err, MST_ECONFIG, "%s was written by a newer muster (store version %lld; this one, %s, "
                                "knows up to %d)", file, (long long)*version, PACKAGE_VERSION, MSTC_SCHEMA_VERSION);
        return MST_OK;
}

static int
open_sound(const char *file, bool quick, sqlite3 **db, int64_t *version, struct mst_error *err)
{
        struct stat st;

        if (stat(file, &st) != 0)
                return mst_fail(err, MST_ENOTFOUND, "%s: %s", file, strerror(errno));
        if (!S_ISREG(st.st_mode) || st.st_size == 0)
                return mst_fail(err, MST_ECONFIG, "%s is not a store of muster%s", file, st.st_size == 0 ? ": it is empty" : "");
        if (sqlite3_open_v2(file, db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
                return fail(*db, file, err);
        sqlite3_busy_timeout(*db, 5000);
        sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        if (run(*db, file, "PRAGMA cell_size_check=ON; PRAGMA query_only=ON", err) != MST_OK
            || check_ours(*db, file, version, err) != MST_OK)
                return err->code == MST_EINTERNAL ? mst_fail(err, MST_EREFUSED, "%s is damaged: %s", file, sqlite3_errmsg(*db))
                                                  : err->code;
        return check_pages(*db, file, quick, err);
}

/* ---- making a copy --------------------------------------------------------------------------- */

static int
fill(sqlite3 *from, const char *file, struct mst_error *err)
{
        sqlite3_stmt *stmt = NULL;
        int rc = MST_OK;

        if (sqlite3_prepare_v2(from, "VACUUM INTO ?", -1, &stmt, NULL) != SQLITE_OK
            || sqlite3_bind_text(stmt, 1, file, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
                rc = mst_fail(err, MST_EINTERNAL, "copying to %s: %s", file, sqlite3_errmsg(from));
        sqlite3_finalize(stmt);
        return rc;
}

/* The copy says that it is one; what a copy of a copy says of itself stays. */
static int
finish(const char *file, struct mst_error *err)
{
        MSTC_CLEANUP(close_db) sqlite3 *db = NULL;
        char sql[200];

        snprintf(sql, sizeof sql, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; "
                 "INSERT OR IGNORE INTO meta VALUES('exported', %lld);", (long long)mstc_now_ms());
        if (sqlite3_open_v2(file, &db, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
                return fail(db, file, err);
        if (run(db, file, sql, err) != MST_OK || check_pages(db, file, true, err) != MST_OK)
                return err->code;
        return MST_OK;
}

static int
copy_to(sqlite3 *from, const char *file, struct mst_error *err)
{
        int rc = make_file(file, err);

        if (rc != MST_OK)
                return rc;
        rc = fill(from, file, err);
        if (rc == MST_OK)
                rc = finish(file, err);
        if (rc == MST_OK)
                rc = sync_path(file, err);
        if (rc == MST_OK)
                rc = sync_folder_of(file, err);
        if (rc != MST_OK)
                unlink(file);
        return rc;
}

int
mstc_store_export(struct mstc_store *store, const char *file, struct mst_error *err)
{
        int rc;

        /* A copy is made by reading, but SQLite counts it as writing. */
        if (!store->writes)
                sqlite3_exec(store->db, "PRAGMA query_only=OFF", NULL, NULL, NULL);
        rc = copy_to(store->db, file, err);
        if (!store->writes)
                sqlite3_exec(store->db, "PRAGMA query_only=ON", NULL, NULL, NULL);
        return rc;
}

/* ---- putting one in its place ------------------------------------------------------------------ */

/* The store and what belongs to it get another name together. */
static int
set_aside(const char *path, struct mst_arena *arena, const char **ret, struct mst_error *err)
{
        static const char *const parts[] = { "-wal", "-shm", "" };
        char when[32], from[PATH_MAX], to[PATH_MAX];
        time_t now = time(NULL);
        struct tm tm;
        struct stat st;

        *ret = NULL;
        if (lstat(path, &st) != 0)
                return errno == ENOENT ? MST_OK : mst_fail(err, MST_ECONFIG, "store %s: %s", path, strerror(errno));
        gmtime_r(&now, &tm);
        strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &tm);
        *ret = mst_arena_printf(arena, "%s.before-%s", path, when);
        if (*ret == NULL)
                return mst_fail_memory(err, "keeping the present store");
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
                if (snprintf(from, sizeof from, "%s%s", path, parts[i]) >= (int)sizeof from
                    || snprintf(to, sizeof to, "%s%s", *ret, parts[i]) >= (int)sizeof to)
                        return mst_fail(err, MST_ECONFIG, "store %s: the path is too long", path);
                if (rename(from, to) != 0 && (errno != ENOENT || parts[i][0] == '\0'))
                        return mst_fail(err, MST_ECONFIG, "the present store cannot be kept as %s: %s", to, strerror(errno));
        }
        return MST_OK;
}

static int
replace(const char *path, sqlite3 *copy, struct mst_arena *arena, const char **ret_kept, struct mst_error *err)
{
        const char *fresh = mst_arena_printf(arena, "%s.import", path);
        int rc;

        if (fresh == NULL)
                return mst_fail_memory(err, "importing a store");
        if (unlink(fresh) != 0 && errno != ENOENT)
                return mst_fail(err, MST_ECONFIG, "%s of an earlier attempt cannot be removed: %s", fresh, strerror(errno));
        rc = copy_to(copy, fresh, err);
        if (rc == MST_OK)
                rc = set_aside(path, arena, ret_kept, err);
        if (rc == MST_OK && rename(fresh, path) != 0)
                rc = mst_fail(err, MST_ECONFIG, "%s cannot take the place of the store: %s%s%s", fresh, strerror(errno),
                              *ret_kept != NULL ? "; what was there is " : "", *ret_kept != NULL ? *ret_kept : "");
        else if (rc != MST_OK)
                unlink(fresh);
        return rc == MST_OK ? sync_folder_of(path, err) : rc;
}

int
mstc_store_import(const char *path, const char *file, struct mst_arena *arena, const char **ret_kept,
                  struct mst_error *err)
{
        MSTC_CLEANUP(close_db) sqlite3 *copy = NULL;
        struct stat is, st;
        int64_t version;
        int lock, rc;

        *ret_kept = NULL;
        if (stat(file, &is) == 0 && stat(path, &st) == 0 && is.st_dev == st.st_dev && is.st_ino == st.st_ino)
                return mst_fail(err, MST_ECONFIG, "%s is the store itself", file);
        if (open_sound(file, false, &copy, &version, err) != MST_OK || mstc_store_lock(path, &lock, err) != MST_OK)
                return err->code;
        run(copy, file, "PRAGMA query_only=OFF", err);
        rc = replace(path, copy, arena, ret_kept, err);
        close(lock);
        return rc;
}

/* ---- looking ------------------------------------------------------------------------------------- */

static int
look(sqlite3 *db, const char *file, struct mst_arena *arena, struct mstc_store_facts *ret, struct mst_error *err)
{
        const struct { const char *sql; int64_t *into; } asked[] = {
                { "SELECT count(*) FROM run", &ret->runs },
                { "SELECT max(started) FROM run", &ret->last_run },
                { "SELECT count(*) FROM sync", &ret->syncs },
                { "SELECT count(*) FROM entry", &ret->entries },
                { "SELECT count(*) FROM link WHERE state IN (1,2)", &ret->links },
                { "SELECT count(*) FROM op WHERE open=1", &ret->open_ops },
                { "SELECT count(*) FROM op WHERE open IS NULL", &ret->history },
                { "SELECT count(*) FROM hold WHERE state=0", &ret->holds },
                { "SELECT count(*) FROM meta WHERE key GLOB 'restored:*'", &ret->restored },
                { "SELECT coalesce((SELECT value FROM meta WHERE key='exported'), 0)", &ret->exported },
                { "SELECT page_count*page_size FROM pragma_page_count, pragma_page_size", &ret->size },
                { "SELECT freelist_count*page_size FROM pragma_freelist_count, pragma_page_size", &ret->free },
        };
        sqlite3_stmt *stmt = NULL;

        for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
                if (number(db, file, asked[i].sql, asked[i].into, err) != MST_OK)
                        return err->code;
        if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key='lineage'", -1, &stmt, NULL) == SQLITE_OK
            && sqlite3_step(stmt) == SQLITE_ROW)
                ret->lineage = mst_arena_strdup(arena, mstc_sql_text(stmt, 0));
        sqlite3_finalize(stmt);
        return MST_OK;
}

int
mstc_store_inspect(const char *file, bool quick, struct mst_arena *arena, struct mstc_store_facts *ret, struct mst_error *err)
{
        MSTC_CLEANUP(close_db) sqlite3 *db = NULL;
        char name[PATH_MAX];
        struct stat st;

        *ret = (struct mstc_store_facts){ 0 };
        if (open_sound(file, quick, &db, &ret->version, err) != MST_OK || look(db, file, arena, ret, err) != MST_OK)
                return err->code;
        if (snprintf(name, sizeof name, "%s-wal", file) < (int)sizeof name && stat(name, &st) == 0)
                ret->log = st.st_size;
        return MST_OK;
}
