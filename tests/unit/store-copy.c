/* store-copy.c - what a writer sets is read back; a copy is whole while somebody writes; a store
 * that was restored is known by its copy's mark or by the place's; one that is damaged is noticed
 * when the last life ended badly. */
#include "store/copy.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/entries.h"
#include "store/restored.h"
#include "store/runs.h"
#include "store/sql.h"
#include "unit.h"

static char folder[] = "/tmp/muster-copy-XXXXXX";
static char path[200], other[200];
static struct mst_error err;
static struct mst_arena *arena;

static void
setup(void)
{
        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(path, sizeof path, "%s/state.db", folder);
        (void)snprintf(other, sizeof other, "%s/copy.db", folder);
        memset(&err, 0, sizeof err);
        arena = mst_arena_new(0);
}

static void
teardown(void)
{
        char command[100];

        mst_arena_free(arena);
        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
}

static struct mstc_store *
opened(enum mstc_access access)
{
        struct mstc_store *store = NULL;

        ck_assert_msg(mstc_store_open(path, access, &store, &err) == MST_OK, "%s", err.text);
        return store;
}

static int64_t
asked(struct mstc_store *store, const char *sql)
{
        int64_t ret = -1;

        ck_assert_msg(mstc_sql_number(store, &err, &ret, -1, sql, "") == MST_OK, "%s", err.text);
        return ret;
}

/* What the file and the connection are set to, each by its own question. */
static const struct {
        const char *sql;
        int64_t writer, reader;              /* -2: not asked                          */
} pragmas[] = {
        { "PRAGMA synchronous", 2, -2 },
        { "PRAGMA cell_size_check", 1, 1 },
        { "PRAGMA trusted_schema", 0, 0 },
        { "PRAGMA wal_autocheckpoint", 0, -2 },
        { "PRAGMA secure_delete", 2, -2 },   /* FAST: whatever costs no further page   */
        { "PRAGMA query_only", 0, 1 },
        { "PRAGMA temp_store", 2, 2 },
        { "PRAGMA page_size", 4096, 4096 },
};

START_TEST(settings)
{
        struct mstc_store *store = opened(MSTC_WRITE);
        int on = 0;

        ck_assert_int_eq(asked(store, pragmas[_i].sql), pragmas[_i].writer);
        ck_assert_int_eq(sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on), SQLITE_OK);
        ck_assert_int_eq(on, 1);
        /* which is more than a word: the schema cannot be written */
        ck_assert_int_ne(sqlite3_exec(store->db, "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema", NULL, NULL, NULL), SQLITE_OK);
        mstc_store_close(store);
        if (pragmas[_i].reader == -2)
                return;
        store = opened(MSTC_READ);
        ck_assert_int_eq(asked(store, pragmas[_i].sql), pragmas[_i].reader);
        mstc_store_close(store);
}
END_TEST

/* A page that is taken while a writer is in the middle of a transaction holds what was committed. */
START_TEST(copied_while_written)
{
        struct mstc_store *store = opened(MSTC_WRITE), *reader;
        struct mstc_store_facts facts;
        struct stat st;
        char log[220];
        sqlite3 *db;

        ck_assert_int_eq(mstc_dirty_add(store, 1, 1, 1, &err), MST_OK);
        ck_assert_int_eq(mstc_store_begin(store, &err), MST_OK);
        ck_assert_int_eq(mstc_dirty_add(store, 1, 2, 1, &err), MST_OK);
        reader = opened(MSTC_READ);
        ck_assert_msg(mstc_store_export(reader, other, &err) == MST_OK, "%s", err.text);
        ck_assert_int_eq(mstc_store_export(reader, other, &err), MST_ECONFIG);
        ck_assert_int_eq(asked(reader, "PRAGMA query_only"), 1);
        mstc_store_close(reader);
        ck_assert_int_eq(mstc_store_commit(store, &err), MST_OK);
        mstc_store_close(store);
        memset(&err, 0, sizeof err);
        ck_assert_int_eq(stat(other, &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0600);
        (void)snprintf(log, sizeof log, "%s-wal", other);
        ck_assert_int_ne(stat(log, &st), 0);
        ck_assert_msg(mstc_store_inspect(other, false, arena, &facts, &err) == MST_OK, "%s", err.text);
        ck_assert_int_gt(facts.exported, 0);
        ck_assert_uint_eq(strlen(facts.lineage), 32);
        /* an independent look */
        ck_assert_int_eq(sqlite3_open_v2(other, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, "SELECT 1/(count(*)=1) FROM dirty", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
}
END_TEST

static void
begin_run(void)
{
        struct mstc_store *store = opened(MSTC_WRITE);
        int64_t run;

        ck_assert_int_eq(mstc_run_new(store, 1, MSTC_RUN_FULL, 0, "", &run, &err), MST_OK);
        ck_assert_int_eq(mstc_sql_run(store, &err, "INSERT OR IGNORE INTO target(id, sync, name, sink, bit) VALUES(7, 1, 't', 1, 0)", ""), MST_OK);
        mstc_store_close(store);
}

static void
copy_file(const char *from, const char *to)
{
        char command[500];

        (void)snprintf(command, sizeof command, "install -m 600 '%s' '%s'", from, to);
        ck_assert_int_eq(system(command), 0);
}

static int64_t
restored(void)
{
        struct mstc_store *store = opened(MSTC_WRITE);
        int64_t ret;

        ck_assert_int_eq(mstc_restored_target(store, 7, &ret, &err), MST_OK);
        mstc_store_close(store);
        return ret;
}

START_TEST(restored_is_known)
{
        struct mstc_store *store;
        int64_t first;
        char mark[220];

        begin_run();
        ck_assert_int_eq(restored(), 0);
        copy_file(path, other);              /* nothing has happened since             */
        copy_file(other, path);
        ck_assert_int_eq(restored(), 0);
        begin_run();
        copy_file(other, path);
        ck_assert_int_eq(restored(), 1);     /* when it was taken is not known         */
        ck_assert_int_eq(restored(), 1);     /* until somebody says so                 */
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_restored_done(store, 7, &err), MST_OK);
        mstc_store_close(store);
        ck_assert_int_eq(restored(), 0);
        /* another store at the same place */
        ck_assert_int_eq(unlink(path), 0);
        store = opened(MSTC_WRITE);          /* a new one is no old one                */
        mstc_store_close(store);
        ck_assert_int_eq(restored(), 0);
        copy_file(other, path);
        ck_assert_int_eq(restored(), 1);
        /* without a mark nothing is known, but of an export it is */
        (void)snprintf(mark, sizeof mark, "%s.mark", path);
        ck_assert_int_eq(unlink(mark), 0);
        copy_file(other, path);
        ck_assert_int_eq(restored(), 0);
        ck_assert_int_eq(unlink(other), 0);
        store = opened(MSTC_READ);
        ck_assert_int_eq(mstc_store_export(store, other, &err), MST_OK);
        mstc_store_close(store);
        copy_file(other, path);
        first = restored();
        ck_assert_int_gt(first, 1);
        ck_assert_int_eq(restored(), first);
}
END_TEST

/* Marks that nobody of us has written are none. */
START_TEST(odd_marks)
{
        static const char *const texts[] = { "", " ", "x", "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef ",
                                             "0123456789abcdef0123456789abcdef x", "0123456789abcdef0123456789abcdefx 1" };
        char mark[220];
        FILE *out;

        begin_run();
        (void)snprintf(mark, sizeof mark, "%s.mark", path);
        for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
                ck_assert_ptr_nonnull(out = fopen(mark, "w"));
                fputs(texts[i], out);
                fclose(out);
                ck_assert_int_eq(restored(), 0);
        }
}
END_TEST

/* A life that ended badly leaves a log; the next looks at the pages before it goes on. */
START_TEST(damage_is_noticed)
{
        struct mstc_store *store = opened(MSTC_WRITE);
        int fd, status;
        pid_t child;

        for (int64_t i = 1; i < 3000; i++)
                ck_assert_int_eq(mstc_wake_set(store, 1, i, "a reason that takes some room", i, &err), MST_OK);
        mstc_store_close(store);
        child = fork();
        if (child == 0) {
                store = opened(MSTC_WRITE);
                _exit(mstc_dirty_add(store, 1, 7, 1, &err) == MST_OK ? 42 : 1);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
        fd = open(path, O_WRONLY);
        ck_assert_int_ge(fd, 0);
        for (off_t at = 60 * 4096; at < 100 * 4096; at += 4096)
                ck_assert_int_eq(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, at), 8);
        close(fd);
        store = NULL;
        ck_assert_int_ne(mstc_store_open(path, MSTC_WRITE, &store, &err), MST_OK);
        ck_assert_msg(strstr(err.text, "is damaged") != NULL && strstr(err.text, "muster state import") != NULL, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("store-copy");
        TCase *t = tcase_create("all");

        tcase_add_checked_fixture(t, setup, teardown);
        tcase_set_timeout(t, 60);
        tcase_add_loop_test(t, settings, 0, UNIT_COUNT(pragmas));
        tcase_add_test(t, copied_while_written);
        tcase_add_test(t, restored_is_known);
        tcase_add_test(t, odd_marks);
        tcase_add_test(t, damage_is_noticed);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
