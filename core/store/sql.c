/* sql.c - prepared statements, binding, errors.
 *
 * Statements are found by the address of their SQL literal, so that asking for one costs
 * a look into a small table.  A statement that is asked for is reset first: nobody needs
 * to tidy up after an early return. */
#include "build.h"

#include "store/sql.h"

#include <stdarg.h>
#include <string.h>

#include <muster/arena.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct sqlite3_stmt *
mstc_sql(struct mstc_store *store, const char *sql, struct mst_error *err)
{
        size_t at = ((uintptr_t)sql >> 3) * 0x9E3779B1u % MSTC_PREPARED_MAX;

        for (size_t i = 0; i < MSTC_PREPARED_MAX; i++, at = (at + 1) % MSTC_PREPARED_MAX) {
                struct mstc_prepared *p = &store->prepared[at];

                if (p->sql == sql) {
                        sqlite3_reset(p->stmt);
                        return p->stmt;
                }
                if (p->sql != NULL)
                        continue;
                if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &p->stmt,
                                       NULL) != SQLITE_OK) {
                        mstc_sql_fail(store, err);
                        return NULL;
                }
                p->sql = sql;
                return p->stmt;
        }
        mst_fail(err, MST_EINTERNAL, "the store has more statements than places for them");
        return NULL;
}

static int
bind_all(sqlite3_stmt *stmt, const char *letters, va_list ap)
{
        int column = 1, rc = SQLITE_OK;

        for (const char *c = letters; *c != '\0' && rc == SQLITE_OK; c++, column++) {
                const void *bytes;
                const char *text;
                int64_t number;

                switch (*c) {
                case 'i':
                        rc = sqlite3_bind_int64(stmt, column, va_arg(ap, int64_t));
                        break;
                case 's':
                        number = va_arg(ap, int64_t);
                        rc = number != 0 ? sqlite3_bind_int64(stmt, column, number)
                                         : sqlite3_bind_null(stmt, column);
                        break;
                case 't':
                        text = va_arg(ap, const char *);
                        rc = sqlite3_bind_text(stmt, column, text, -1, SQLITE_STATIC);
                        break;
                case 'b':
                        bytes = va_arg(ap, const void *);
                        rc = sqlite3_bind_blob64(stmt, column, bytes, va_arg(ap, size_t), SQLITE_STATIC);
                        break;
                default:
                        rc = sqlite3_bind_null(stmt, column);
                        break;
                }
        }
        return rc;
}

int
mstc_sql_bind(sqlite3_stmt *stmt, const char *letters, ...)
{
        va_list ap;
        int rc;

        va_start(ap, letters);
        rc = bind_all(stmt, letters, ap);
        va_end(ap);
        return rc;
}

int
mstc_sql_step(struct mstc_store *store, sqlite3_stmt *stmt, struct mst_error *err)
{
        int rc = sqlite3_step(stmt);

        if (rc == SQLITE_ROW)
                return MST_OK;
        if (rc == SQLITE_DONE)
                return MST_END;
        return mstc_sql_fail(store, err);
}

int
mstc_sql_run(struct mstc_store *store, struct mst_error *err, const char *sql, const char *letters, ...)
{
        sqlite3_stmt *stmt = mstc_sql(store, sql, err);
        va_list ap;
        int rc;

        if (stmt == NULL)
                return err->code;
        va_start(ap, letters);
        rc = bind_all(stmt, letters, ap);
        va_end(ap);
        if (rc != SQLITE_OK)
                return mstc_sql_fail(store, err);
        rc = mstc_sql_step(store, stmt, err);
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

int
mstc_sql_number(struct mstc_store *store, struct mst_error *err, int64_t *ret, int64_t otherwise,
                const char *sql, const char *letters, ...)
{
        sqlite3_stmt *stmt = mstc_sql(store, sql, err);
        va_list ap;
        int rc;

        if (stmt == NULL)
                return err->code;
        va_start(ap, letters);
        rc = bind_all(stmt, letters, ap);
        va_end(ap);
        if (rc != SQLITE_OK)
                return mstc_sql_fail(store, err);
        rc = mstc_sql_step(store, stmt, err);
        if (rc < 0)
                return rc;
        *ret = rc == MST_OK && sqlite3_column_type(stmt, 0) != SQLITE_NULL
             ? sqlite3_column_int64(stmt, 0) : otherwise;
        sqlite3_reset(stmt);
        return MST_OK;
}

/* What an admin should do about it. */
static const char *
remedy(int rc)
{
        switch (rc & 0xff) {
        case SQLITE_FULL:
                return "the disk is full: make room; the next run goes on from here";
        case SQLITE_READONLY:
                return "it is read-only: look at the file system and at the owner of file and folder";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
                return "it is damaged: " MSTC_DAMAGE_REMEDY;
        case SQLITE_IOERR:
                return "the disk reports an error; nothing that was reported as done is lost";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return "another program holds it; try again";
        case SQLITE_CANTOPEN:
                return "it cannot be opened: look at the owner and mode of file and folder";
        case SQLITE_NOMEM:
                return "out of memory";
        default:
                return NULL;
        }
}

int
mstc_sql_fail(struct mstc_store *store, struct mst_error *err)
{
        int rc = sqlite3_extended_errcode(store->db);
        const char *say = remedy(rc);

        return mst_fail(err, MST_EINTERNAL, "store %s: %s%s%s", store->path, sqlite3_errmsg(store->db),
                        say != NULL ? "; " : "", say != NULL ? say : "");
}

const char *
mstc_sql_text(sqlite3_stmt *stmt, int column)
{
        return (const char *)sqlite3_column_text(stmt, column);
}

const void *
mstc_sql_blob(sqlite3_stmt *stmt, int column, size_t *size)
{
        const void *bytes = sqlite3_column_blob(stmt, column);

        *size = (size_t)sqlite3_column_bytes(stmt, column);
        return bytes;
}

void
mstc_hash128(const struct mstc_store *store, const void *bytes, size_t size, uint8_t ret[16])
{
        XXH128_canonical_t canonical;

        XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSecret(bytes, size, store->secret,
                                                                     sizeof store->secret));
        memcpy(ret, canonical.digest, 16);
}

int64_t
mstc_hash64(const struct mstc_store *store, const void *bytes, size_t size)
{
        XXH64_hash_t h = XXH3_64bits_withSecret(bytes, size, store->secret, sizeof store->secret);
        int64_t ret;

        memcpy(&ret, &h, sizeof ret);
        return ret;
}

const char *
mstc_sql_copy_text(sqlite3_stmt *stmt, int column, struct mst_arena *arena, bool *ok)
{
        const char *text = mstc_sql_text(stmt, column);
        char *copy;

        if (text == NULL)
                return NULL;
        copy = mst_arena_strdup(arena, text);
        if (copy == NULL && ok != NULL)
                *ok = false;
        return copy;
}

void
mstc_store_library(const char **built, const char **running)
{
        *built = SQLITE_VERSION;
        *running = sqlite3_libversion();
}
