/* environment.c - see environment.h. */
#include "build.h"

#include "store/environment.h"

#include <string.h>

#include "store/sql.h"

int
mstc_environment_check(struct mstc_store *store, const char *environment, struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT value FROM meta WHERE key='environment'", err);
        const char *is;
        int rc;

        if (stmt == NULL)
                return err->code;
        rc = mstc_sql_step(store, stmt, err);
        if (rc < 0)
                return rc;
        is = rc == MST_OK ? mstc_sql_text(stmt, 0) : NULL;
        if (is != NULL && (environment == NULL || strcmp(is, environment) != 0))
                mst_fail(err, MST_ECONFIG, "store %s belongs to the environment '%s', and the configuration %s%s%s: nothing is "
                         "read or written; give each environment a <store> of its own", store->path, is,
                         environment != NULL ? "is of '" : "has no environment=\"...\"", environment != NULL ? environment : "",
                         environment != NULL ? "'" : "");
        sqlite3_reset(stmt);
        return err->code;
}

int
mstc_environment_take(struct mstc_store *store, const char *environment, struct mst_error *err)
{
        int64_t has;

        if (environment == NULL
            || mstc_sql_number(store, err, &has, 0, "SELECT 1 FROM meta WHERE key='environment'", "") != MST_OK || has != 0)
                return err->code;
        return mstc_sql_run(store, err, "INSERT OR IGNORE INTO meta VALUES('environment', ?)", "t", environment);
}
