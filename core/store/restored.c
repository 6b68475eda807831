/* restored.c - a store that is older than what its sinks have seen. */
#include "build.h"

#include "store/restored.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sql.h"

#define LINEAGE 32                           /* hexadecimal digits                     */

static int
lineage_of(struct mstc_store *store, char ret[LINEAGE + 1], struct mst_error *err)
{
        sqlite3_stmt *stmt = mstc_sql(store, "SELECT value FROM meta WHERE key='lineage'", err);
        const char *text;
        int rc;

        ret[0] = '\0';
        if (stmt == NULL)
                return err->code;
        rc = mstc_sql_step(store, stmt, err);
        text = rc == MST_OK ? mstc_sql_text(stmt, 0) : NULL;
        if (text != NULL)
                snprintf(ret, LINEAGE + 1, "%s", text);
        sqlite3_reset(stmt);
        return rc < 0 ? rc : MST_OK;
}

static int
last_run(struct mstc_store *store, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT max(id) FROM run", "");
}

/* "LINEAGE RUN"; false: there is none that can be read. */
static bool
read_mark(const struct mstc_store *store, char lineage[LINEAGE + 1], int64_t *run)
{
        char name[PATH_MAX], text[LINEAGE + 32], *end;
        ssize_t size;
        int fd;

        if (snprintf(name, sizeof name, "%s.mark", store->path) >= (int)sizeof name)
                return false;
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return false;
        size = read(fd, text, sizeof text - 1);
        close(fd);
        if (size <= LINEAGE || text[LINEAGE] != ' ')
                return false;
        text[size] = '\0';
        memcpy(lineage, text, LINEAGE);
        lineage[LINEAGE] = '\0';
        errno = 0;
        *run = strtoll(text + LINEAGE + 1, &end, 10);
        return errno == 0 && end != text + LINEAGE + 1;
}

void
mstc_restored_mark(struct mstc_store *store)
{
        char name[PATH_MAX], fresh[PATH_MAX], text[LINEAGE + 32], lineage[LINEAGE + 1];
        struct mst_error ignored = { 0 };
        int64_t run;
        int fd, length;

        if (lineage_of(store, lineage, &ignored) != MST_OK || strlen(lineage) != LINEAGE
            || last_run(store, &run, &ignored) != MST_OK
            || snprintf(name, sizeof name, "%s.mark", store->path) >= (int)sizeof name
            || snprintf(fresh, sizeof fresh, "%s.mark-new", store->path) >= (int)sizeof fresh)
                return;
        length = snprintf(text, sizeof text, "%s %lld\n", lineage, (long long)run);
        fd = open(fresh, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return;
        if (write(fd, text, (size_t)length) != length || rename(fresh, name) != 0)
                unlink(fresh);
        close(fd);
}

/* What was under way in the copy was done or dropped long ago; all is planned anew. */
static int
begin_anew(struct mstc_store *store, int64_t taken, struct mst_error *err)
{
        int rc = mstc_store_begin(store, err);

        if (rc == MST_OK)
                rc = mstc_sql_run(store, err, "UPDATE op SET state=?, open=NULL, ended=? WHERE open=1", "ii",
                                  (int64_t)MSTC_OP_SUPERSEDED, mstc_now_ms());
        if (rc == MST_OK)
                rc = mstc_sql_run(store, err, "UPDATE hold SET state=2 WHERE state=0", "");
        if (rc == MST_OK)
                rc = mstc_sql_run(store, err, "DELETE FROM meta WHERE key='exported'", "");
        if (rc == MST_OK)
                rc = mstc_sql_run(store, err, "INSERT OR REPLACE INTO meta SELECT 'restored:' || id, ? FROM target", "i",
                                  taken);
        if (rc == MST_OK)
                rc = mstc_store_commit(store, err);
        if (rc != MST_OK)
                mstc_store_rollback(store);
        return rc;
}

int
mstc_restored_look(struct mstc_store *store, struct mst_error *err)
{
        char is[LINEAGE + 1], was[LINEAGE + 1];
        int64_t exported, run, marked;

        if (mstc_sql_number(store, err, &exported, 0, "SELECT value FROM meta WHERE key='exported'", "") != MST_OK
            || lineage_of(store, is, err) != MST_OK || last_run(store, &run, err) != MST_OK)
                return err->code;
        if (exported == 0 && read_mark(store, was, &marked)
            && (strcmp(is, was) == 0 ? marked > run : run > 0))
                exported = 1;
        return exported != 0 ? begin_anew(store, exported, err) : MST_OK;
}

int
mstc_restored_target(struct mstc_store *store, int64_t target, int64_t *ret, struct mst_error *err)
{
        return mstc_sql_number(store, err, ret, 0, "SELECT value FROM meta WHERE key='restored:' || ?", "i", target);
}

int
mstc_restored_done(struct mstc_store *store, int64_t target, struct mst_error *err)
{
        return mstc_sql_run(store, err, "DELETE FROM meta WHERE key='restored:' || ?", "i", target);
}
