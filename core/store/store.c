/* store.c - opening the store, its lock, its transactions.
 *
 *   lock      PATH.lock is locked (flock) for as long as we write; who has it stands in it
 *   open      the file is ours alone (0600, no link); WAL, synchronous=FULL, both read back,
 *             since SQLite falls back in silence when a sync fails at that moment
 *   schema    made in one transaction, or refused when it is newer than we are
 *   write     BEGIN IMMEDIATE ... COMMIT; automatic checkpoints are off, because they hide
 *             failed syncs: mstc_store_checkpoint() runs between transactions and looks
 *   close     a last checkpoint; the lock ends with the process, however that ends */
#include "build.h"

#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store/restored.h"
#include "store/schema.h"
#include "util/alloc.h"

#define CHECKPOINT_PAGES 32000               /* 4 KiB each: fold back at 128 MiB       */

int64_t
mstc_now_ms(void)
{
        struct timespec ts;

        clock_gettime(CLOCK_REALTIME, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- files ------------------------------------------------------------------------ */

static int
check_folder(const char *path, bool make, struct mst_error *err)
{
        char folder[PATH_MAX];
        const char *slash = strrchr(path, '/');
        size_t length = slash != NULL ? (size_t)(slash - path) : 0;
        struct stat st;

        if (path[0] != '/')
                return mst_fail(err, MST_ECONFIG, "store '%s': give an absolute path", path);
        if (length >= sizeof folder)
                return mst_fail(err, MST_ECONFIG, "store '%s': the path is too long", path);
        memcpy(folder, path, length);
        folder[length] = '\0';
        if (length == 0)
                return MST_OK;
        if (make && mkdir(folder, 0700) != 0 && errno != EEXIST)
                return mst_fail(err, MST_ECONFIG, "store %s: its folder %s cannot be made: %s", path,
                                folder, strerror(errno));
        if (stat(folder, &st) != 0)
                return mst_fail(err, errno == ENOENT ? MST_ENOTFOUND : MST_ECONFIG,
                                "store %s: its folder cannot be read: %s", path, strerror(errno));
        if ((st.st_mode & 022) != 0 && (st.st_mode & S_ISVTX) == 0)
                return mst_fail(err, MST_ECONFIG, "store %s: others can write to its folder %s; "
                                "chmod 0700 it", path, folder);
        return MST_OK;
}

static int
check_file(const char *path, struct mst_error *err)
{
        struct stat st;

        if (lstat(path, &st) != 0)
                return errno == ENOENT
                     ? mst_fail(err, MST_ENOTFOUND, "there is no store %s yet: nothing has run", path)
                     : mst_fail(err, MST_ECONFIG, "store %s: %s", path, strerror(errno));
        if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
                return mst_fail(err, MST_ECONFIG, "store %s: not a plain file with one name; links are "
                                "not followed", path);
        if ((st.st_mode & 077) != 0)
                return mst_fail(err, MST_ECONFIG, "store %s: others can read it (mode %04o); chmod 0600 it",
                                path, (unsigned)st.st_mode & 07777);
        if (st.st_uid != geteuid())
                return mst_fail(err, MST_ECONFIG, "store %s: belongs to user %u and we run as %u; run as "
                                "its owner", path, (unsigned)st.st_uid, (unsigned)geteuid());
        return MST_OK;
}

static int
create_file(const char *path, struct mst_error *err)
{
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0 && errno != EEXIST)
                return mst_fail(err, MST_ECONFIG, "store %s cannot be made: %s%s", path, strerror(errno),
                                errno == EROFS ? "; the file system is read-only" : "");
        if (fd >= 0)
                close(fd);
        return MST_OK;
}

/* ---- the lock --------------------------------------------------------------------- */

static int
refuse_second(const char *path, int fd, struct mst_error *err)
{
        char who[256];
        ssize_t n = pread(fd, who, sizeof who - 1, 0);

        close(fd);
        who[n > 0 ? n : 0] = '\0';
        who[strcspn(who, "\n")] = '\0';
        return mst_fail(err, MST_EREFUSED, "another muster works with the store %s: %s; wait until it has "
                        "ended, or stop it", path, who[0] != '\0' ? who : "an unknown process");
}

int
mstc_store_lock(const char *path, int *ret, struct mst_error *err)
{
        char name[PATH_MAX], who[256], when[32];
        time_t now = time(NULL);
        struct tm tm;
        int fd, n;

        if (snprintf(name, sizeof name, "%s.lock", path) >= (int)sizeof name)
                return mst_fail(err, MST_ECONFIG, "store %s: the path is too long", path);
        fd = open(name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return mst_fail(err, MST_ECONFIG, "store %s: its lock %s cannot be opened: %s%s", path, name,
                                strerror(errno), errno == EROFS ? "; the file system is read-only" : "");
        if (flock(fd, LOCK_EX | LOCK_NB) != 0)
                return refuse_second(path, fd, err);
        gmtime_r(&now, &tm);
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
        n = snprintf(who, sizeof who, "process %ld, since %s\n", (long)getpid(), when);
        if (ftruncate(fd, 0) != 0 || pwrite(fd, who, (size_t)n, 0) != n) {
                /* Who has the lock is a courtesy; that it is held is what counts. */
                errno = 0;
        }
        *ret = fd;
        return MST_OK;
}

/* ---- settings --------------------------------------------------------------------- */

static int
exec(struct mstc_store *store, const char *sql, struct mst_error *err)
{
        return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? MST_OK
             : mstc_sql_fail(store, err);
}

static int
expect(struct mstc_store *store, const char *sql, const char *want, struct mst_error *err)
{
        sqlite3_stmt *stmt = NULL;
        const char *is;
        int rc = MST_OK;

        if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK
            || sqlite3_step(stmt) != SQLITE_ROW)
                rc = mstc_sql_fail(store, err);
        else if ((is = mstc_sql_text(stmt, 0)) == NULL || strcmp(is, want) != 0)
                rc = mst_fail(err, MST_EINTERNAL, "store %s: '%s' answers '%s' where '%s' is needed; the "
                              "disk may be full or refuse to sync", store->path, sql,
                              is != NULL ? is : "", want);
        sqlite3_finalize(stmt);
        return rc;
}

static int
wal_hook(void *self, sqlite3 *db, const char *name, int pages)
{
        (void)db;
        (void)name;
        ((struct mstc_store *)self)->wal_pages = pages;
        return SQLITE_OK;
}

static int
settings(struct mstc_store *store, struct mst_error *err)
{
        sqlite3_busy_timeout(store->db, 5000);
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        if (exec(store, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-6144;",
                 err) != MST_OK)
                return err->code;
        return store->writes ? MST_OK : exec(store, "PRAGMA query_only=ON;", err);
}

/* What stays in the file: only once it is known to be ours. */
static int
writer_settings(struct mstc_store *store, struct mst_error *err)
{
        if (exec(store, "PRAGMA page_size=4096; PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST;"
                 "PRAGMA wal_autocheckpoint=0;", err) != MST_OK
            || expect(store, "PRAGMA journal_mode=WAL", "wal", err) != MST_OK
            || expect(store, "PRAGMA synchronous", "2", err) != MST_OK)
                return err->code;
        sqlite3_wal_hook(store->db, wal_hook, store);
        return MST_OK;
}

/* ---- schema ----------------------------------------------------------------------- */

static int
make_schema(struct mstc_store *store, struct mst_error *err)
{
        char sql[64];
        uint8_t bytes[sizeof store->secret];

        if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
                return mst_fail(err, MST_EINTERNAL, "the system gives no random bytes: %s", strerror(errno));
        snprintf(sql, sizeof sql, "PRAGMA application_id=%d;", MSTC_APPLICATION_ID);
        if (mstc_store_begin(store, err) != MST_OK)
                return err->code;
        if (mstc_migrate_steps(store, 0, err) != MST_OK || exec(store, sql, err) != MST_OK
            || mstc_sql_run(store, err, "INSERT INTO meta VALUES('secret', ?)", "b", (const void *)bytes,
                            sizeof bytes) != MST_OK
            || mstc_sql_run(store, err, "INSERT INTO meta VALUES('lineage', lower(hex(randomblob(16))))",
                            "") != MST_OK
            || mstc_store_commit(store, err) != MST_OK) {
                mstc_store_rollback(store);
                return err->code;
        }
        return MST_OK;
}

static int
pragma_number(struct mstc_store *store, const char *sql, int64_t *ret, struct mst_error *err)
{
        sqlite3_stmt *stmt = NULL;
        int rc = MST_OK;

        *ret = 0;
        if (sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL) != SQLITE_OK
            || sqlite3_step(stmt) != SQLITE_ROW)
                rc = mstc_sql_fail(store, err);
        else
                *ret = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
        return rc;
}

/* Is it ours, and of a version we know?  Nothing is written before that is clear. */
static int
check_schema(struct mstc_store *store, bool *ret_empty, int64_t *ret_version, struct mst_error *err)
{
        int64_t application, version, tables;

        if (pragma_number(store, "PRAGMA application_id", &application, err) != MST_OK
            || pragma_number(store, "PRAGMA user_version", &version, err) != MST_OK
            || pragma_number(store, "SELECT count(*) FROM sqlite_schema", &tables, err) != MST_OK)
                return err->code;
        *ret_empty = application == 0 && version == 0 && tables == 0;
        if (*ret_empty)
                return store->writes ? MST_OK
                     : mst_fail(err, MST_ENOTFOUND, "the store %s is empty: nothing has run", store->path);
        if (application != MSTC_APPLICATION_ID)
                return mst_fail(err, MST_ECONFIG, "%s is an SQLite file, but not a store of muster; name "
                                "another path in <store>", store->path);
        if (version > MSTC_SCHEMA_VERSION)
                return mst_fail(err, MST_ECONFIG, "store %s was written by a newer muster (store version "
                                "%lld; this one, %s, knows up to %d): install that version again", store->path,
                                (long long)version, PACKAGE_VERSION, MSTC_SCHEMA_VERSION);
        if (version < MSTC_SCHEMA_VERSION && !store->writes)
                return mst_fail(err, MST_ECONFIG, "store %s is still that of an earlier muster (store version %lld; "
                                "this one, %s, needs %d): the next `muster sync` brings it up to date, after a copy",
                                store->path, (long long)version, PACKAGE_VERSION, MSTC_SCHEMA_VERSION);
        *ret_version = version;
        return MST_OK;
}

static int
read_secret(struct mstc_store *store, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT value FROM meta WHERE key='secret'", err);
        const void *bytes;
        size_t size;
        int rc;

        if (stmt == NULL)
                return err->code;
        rc = mstc_sql_step(store, stmt, err);
        if (rc < 0)
                return rc;
        bytes = rc == MST_OK ? mstc_sql_blob(stmt, 0, &size) : NULL;
        if (bytes == NULL || size != sizeof store->secret)
                return mst_fail(err, MST_EINTERNAL, "store %s is damaged: its hash secret is missing; put "
                                "back a copy (muster state import FILE)", store->path);
        memcpy(store->secret, bytes, size);
        sqlite3_reset(stmt);
        return MST_OK;
}

int
mstc_store_lineage(struct mstc_store *store, char ret[33], struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT value FROM meta WHERE key='lineage'", err);
        const char *text;
        int rc;

        if (stmt == NULL)
                return err->code;
        rc = mstc_sql_step(store, stmt, err);
        text = rc == MST_OK ? mstc_sql_text(stmt, 0) : NULL;
        if (rc >= 0 && (text == NULL || strlen(text) != 32))
                rc = mst_fail(err, MST_EINTERNAL, "store %s is damaged: its lineage is missing; put back a copy",
                              store->path);
        else if (rc == MST_OK)
                memcpy(ret, text, 33);
        sqlite3_reset(stmt);
        return rc;
}

/* ---- after an unclean end ---------------------------------------------------------- */

#define CHECK_MS 3000                        /* what a start may cost; then it goes on  */

static int
enough(void *self)
{
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 > *(const int64_t *)self;
}

/* Who ended well has folded the log back. */
static bool
ended_badly(const struct mstc_store *store)
{
        char name[PATH_MAX];
        struct stat st;

        return snprintf(name, sizeof name, "%s-wal", store->path) < (int)sizeof name && stat(name, &st) == 0
            && st.st_size != 0;
}

static int
quick_check(struct mstc_store *store, struct mst_error *err)
{
        sqlite3_stmt *stmt = NULL;
        struct timespec ts;
        int64_t until;
        int rc = MST_OK, step;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        until = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + CHECK_MS;
        sqlite3_progress_handler(store->db, 20000, enough, &until);
        if (sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &stmt, NULL) != SQLITE_OK)
                rc = mstc_sql_fail(store, err);
        step = rc == MST_OK ? sqlite3_step(stmt) : SQLITE_OK;
        if (step == SQLITE_ROW && strcmp(mstc_sql_text(stmt, 0), "ok") != 0)
                rc = mst_fail(err, MST_EINTERNAL, "store %s is damaged: %.200s; " MSTC_DAMAGE_REMEDY, store->path,
                              mstc_sql_text(stmt, 0));
        else if (step != SQLITE_ROW && step != SQLITE_INTERRUPT && rc == MST_OK)
                rc = mstc_sql_fail(store, err);
        sqlite3_finalize(stmt);
        sqlite3_progress_handler(store->db, 0, NULL, NULL);
        return rc;
}

/* ---- open and close --------------------------------------------------------------- */

static int
open_all(struct mstc_store *store, struct mst_error *err)
{
        bool empty = false;
        int64_t version = MSTC_SCHEMA_VERSION;
        bool unclean;
        int flags = SQLITE_OPEN_NOMUTEX | (store->writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

        if (check_folder(store->path, store->writes, err) != MST_OK)
                return err->code;
        if (store->writes && (create_file(store->path, err) != MST_OK || mstc_store_lock(store->path, &store->lock_fd, err) != MST_OK))
                return err->code;
        if (check_file(store->path, err) != MST_OK)
                return err->code;
        unclean = store->writes && ended_badly(store);
        if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK)
                return store->db != NULL ? mstc_sql_fail(store, err) : mst_fail_memory(err, "opening the store");
        if (settings(store, err) != MST_OK || check_schema(store, &empty, &version, err) != MST_OK
            || (store->writes && writer_settings(store, err) != MST_OK)
            || (unclean && !empty && quick_check(store, err) != MST_OK)
            || (empty && make_schema(store, err) != MST_OK)
            || (!empty && version < MSTC_SCHEMA_VERSION && mstc_migrate(store, version, err) != MST_OK)
            || read_secret(store, err) != MST_OK || (store->writes && mstc_restored_look(store, err) != MST_OK))
                return err->code;
        return MST_OK;
}

int
mstc_store_open(const char *path, enum mstc_access access, struct mstc_store **ret, struct mst_error *err)
{
        struct mstc_store *store = mstc_alloc(sizeof *store);

        if (store == NULL || (store->path = mstc_strdup(path)) == NULL) {
                mstc_free(store);
                return mst_fail_memory(err, "opening the store");
        }
        store->lock_fd = -1;
        store->writes = access == MSTC_WRITE;
        if (open_all(store, err) != MST_OK) {
                store->failed = true;
                mstc_store_close(store);
                return err->code;
        }
        *ret = store;
        return MST_OK;
}

void
mstc_store_close(struct mstc_store *store)
{
        struct mst_error err = { 0 };

        if (store == NULL)
                return;
        if (store->db != NULL && store->writes && sqlite3_get_autocommit(store->db) == 0)
                mstc_store_rollback(store);
        if (store->db != NULL && store->writes && !store->failed) {
                mstc_restored_mark(store);
                mstc_store_checkpoint(store, true, &err);
        }
        for (size_t i = 0; i < MSTC_PREPARED_MAX; i++)
                sqlite3_finalize(store->prepared[i].stmt);
        sqlite3_close(store->db);
        if (store->lock_fd >= 0)
                close(store->lock_fd);
        mstc_free(store->path);
        mstc_free(store);
}

const char *
mstc_store_path(const struct mstc_store *store)
{
        return store->path;
}

/* ---- transactions ----------------------------------------------------------------- */

int
mstc_store_begin(struct mstc_store *store, struct mst_error *err)
{
        return mstc_sql_run(store, err, "BEGIN IMMEDIATE", "");
}

int
mstc_store_commit(struct mstc_store *store, struct mst_error *err)
{
        return mstc_sql_run(store, err, "COMMIT", "");
}

void
mstc_store_rollback(struct mstc_store *store)
{
        struct mst_error ignored = { 0 };

        if (sqlite3_get_autocommit(store->db) == 0)
                mstc_sql_run(store, &ignored, "ROLLBACK", "");
}

bool
mstc_store_in_transaction(const struct mstc_store *store)
{
        return sqlite3_get_autocommit(store->db) == 0;
}

int
mstc_store_checkpoint(struct mstc_store *store, bool now, struct mst_error *err)
{
        int pages = 0, done = 0, rc;

        if (!now && store->wal_pages < CHECKPOINT_PAGES)
                return MST_OK;
        rc = sqlite3_wal_checkpoint_v2(store->db, NULL, now ? SQLITE_CHECKPOINT_TRUNCATE
                                       : SQLITE_CHECKPOINT_PASSIVE, &pages, &done);
        /* A reader that still looks at old pages is no trouble: the next one gets further. */
        if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED || rc == SQLITE_OK) {
                store->wal_pages = rc == SQLITE_OK && done == pages ? 0 : store->wal_pages / 2;
                return MST_OK;
        }
        return mstc_sql_fail(store, err);
}
