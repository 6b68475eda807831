/* store-open.c - opening a store: modes, locks, links, damage, other people's files, full
 * disks; each with the sentence that an admin sees. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/entries.h"
#include "store/schema.h"
#include "store/sql.h"
#include "unit.h"

static char folder[] = "/tmp/muster-store-XXXXXX";
static char path[200], other[200];
static struct mst_error err;

static void
setup(void)
{
        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(path, sizeof path, "%s/s/state.db", folder);
        (void)snprintf(other, sizeof other, "%s/other", folder);
        memset(&err, 0, sizeof err);
}

static void
teardown(void)
{
        char command[100];

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

static void
refused(const char *file, enum mstc_access access, enum mst_code code, const char *says)
{
        struct mstc_store *store = NULL;
        int rc = mstc_store_open(file, access, &store, &err);

        ck_assert_ptr_null(store);
        ck_assert_msg(rc == (int)code && strstr(err.text, says) != NULL, "%d '%s', not '%s'", rc, err.text, says);
        memset(&err, 0, sizeof err);
}

/* A foreign file, made by SQL of its own. */
static void
make_sqlite(const char *file, const char *sql)
{
        sqlite3 *db;

        ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        ck_assert_int_eq(chmod(file, 0600), 0);
}

static void
write_file(const char *file, const char *text)
{
        FILE *out = fopen(file, "w");

        ck_assert_ptr_nonnull(out);
        fputs(text, out);
        fclose(out);
        ck_assert_int_eq(chmod(file, 0600), 0);
}

START_TEST(made_and_found)
{
        struct mstc_store *store;
        struct stat st;
        int64_t lineage = 0, again = 0;

        refused(path, MSTC_READ, MST_ENOTFOUND, "its folder cannot be read");
        store = opened(MSTC_WRITE);
        ck_assert_str_eq(mstc_store_path(store), path);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0600);
        (void)snprintf(other, sizeof other, "%s/s", folder);
        ck_assert_int_eq(stat(other, &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0700);
        ck_assert_int_eq(mstc_sql_number(store, &err, &lineage, 0, "SELECT count(*) FROM meta", ""), MST_OK);
        mstc_store_close(store);
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_sql_number(store, &err, &again, 0, "SELECT count(*) FROM meta", ""), MST_OK);
        ck_assert_int_eq(lineage, again);
        ck_assert_int_eq(mstc_sql_number(store, &err, &again, 0, "PRAGMA synchronous", ""), MST_OK);
        ck_assert_int_eq(again, 2);
        mstc_store_close(store);
}
END_TEST

/* The second writer is told who the first is; readers are not. */
START_TEST(one_writer)
{
        struct mstc_store *store = opened(MSTC_WRITE), *reader;
        char who[60];

        refused(path, MSTC_WRITE, MST_EREFUSED, "another muster works with the store");
        (void)snprintf(who, sizeof who, "process %ld, since 2", (long)getpid());
        refused(path, MSTC_WRITE, MST_EREFUSED, who);
        reader = opened(MSTC_READ);
        ck_assert_int_eq(mstc_store_begin(store, &err), MST_OK);
        ck_assert_int_eq(mstc_dirty_add(store, 1, 1, 1, &err), MST_OK);
        ck_assert_int_eq(mstc_store_commit(store, &err), MST_OK);
        ck_assert_int_lt(mstc_dirty_add(reader, 1, 2, 1, &err), 0);
        ck_assert_msg(strstr(err.text, "read-only") != NULL || strstr(err.text, "readonly") != NULL, "%s", err.text);
        mstc_store_close(reader);
        mstc_store_close(store);
        memset(&err, 0, sizeof err);
        store = opened(MSTC_WRITE);
        mstc_store_close(store);
}
END_TEST

/* A writer that was killed holds nothing, and what it had not committed is not there. */
START_TEST(killed_writer)
{
        struct mstc_store *store;
        int64_t count;
        pid_t child = fork();
        int status;

        if (child == 0) {
                store = opened(MSTC_WRITE);
                if (mstc_dirty_add(store, 1, 7, 1, &err) != MST_OK || mstc_store_begin(store, &err) != MST_OK
                    || mstc_dirty_add(store, 1, 8, 1, &err) != MST_OK)
                        _exit(1);
                _exit(42);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_dirty_count(store, 1, &count, &err), MST_OK);
        ck_assert_int_eq(count, 1);
        mstc_store_close(store);
}
END_TEST

START_TEST(bad_files)
{
        char sql[100];

        mstc_store_close(opened(MSTC_WRITE));
        refused("state.db", MSTC_WRITE, MST_ECONFIG, "store 'state.db': give an absolute path");
        refused("/nowhere/at/all/state.db", MSTC_WRITE, MST_ECONFIG, "/nowhere/at/all cannot be made: No such file");
        ck_assert_int_eq(chmod(path, 0640), 0);
        refused(path, MSTC_WRITE, MST_ECONFIG, "others can read it (mode 0640); chmod 0600 it");
        ck_assert_int_eq(chmod(path, 0600), 0);
        ck_assert_int_eq(link(path, other), 0);
        refused(path, MSTC_READ, MST_ECONFIG, "not a plain file with one name; links are not followed");
        ck_assert_int_eq(unlink(other), 0);
        ck_assert_int_eq(symlink(path, other), 0);
        refused(other, MSTC_WRITE, MST_ECONFIG, "not a plain file with one name; links are not followed");
        refused(other, MSTC_READ, MST_ECONFIG, "not a plain file with one name; links are not followed");
        ck_assert_int_eq(unlink(other), 0);
        ck_assert_int_eq(mkdir(other, 0700), 0);
        refused(other, MSTC_READ, MST_ECONFIG, "not a plain file");
        (void)snprintf(sql, sizeof sql, "%s/s", folder);
        ck_assert_int_eq(chmod(sql, 0777), 0);
        refused(path, MSTC_WRITE, MST_ECONFIG, "others can write to its folder");
        ck_assert_int_eq(chmod(sql, 0700), 0);
        mstc_store_close(opened(MSTC_READ));
}
END_TEST

START_TEST(foreign_files)
{
        char sql[100];
        sqlite3 *db;
        sqlite3_stmt *stmt;

        write_file(other, "This is a letter to my mother, and longer than the head of a database file needs to be; "
                   "it goes on and on, as such letters do.");
        refused(other, MSTC_READ, MST_EINTERNAL, "it is damaged: put back a copy");
        refused(other, MSTC_WRITE, MST_EINTERNAL, "it is damaged: put back a copy");
        ck_assert_int_eq(unlink(other), 0);
        /* somebody's database stays as it is, down to its journal's mode */
        make_sqlite(other, "CREATE TABLE songs(name)");
        refused(other, MSTC_WRITE, MST_ECONFIG, "is an SQLite file, but not a store of muster; name another path in <store>");
        refused(other, MSTC_READ, MST_ECONFIG, "not a store of muster");
        ck_assert_int_eq(sqlite3_open(other, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL), SQLITE_OK);
        ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
        ck_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), "delete");
        sqlite3_finalize(stmt);
        sqlite3_close(db);
        /* a newer one */
        ck_assert_int_eq(unlink(other), 0);
        (void)snprintf(sql, sizeof sql, "CREATE TABLE meta(x); PRAGMA application_id=%d; PRAGMA user_version=%d", MSTC_APPLICATION_ID,
                       MSTC_SCHEMA_VERSION + 1);
        make_sqlite(other, sql);
        refused(other, MSTC_WRITE, MST_ECONFIG, "was written by a newer muster");
        refused(other, MSTC_READ, MST_ECONFIG, "install that version again");
        /* nothing at all */
        ck_assert_int_eq(unlink(other), 0);
        write_file(other, "");
        refused(other, MSTC_READ, MST_ENOTFOUND, "is empty: nothing has run");
}
END_TEST

static void
spoil(long at, const char *bytes, size_t size)
{
        int fd = open(path, O_RDWR);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq((int)pwrite(fd, bytes, size, at), (int)size);
        close(fd);
}

static const struct {
        long at;
        const char *says;
} spoilt[] = {
        { 0, "it is damaged" },              /* the head                               */
        { 100, "it is damaged" },            /* the list of tables                     */
};

START_TEST(damaged)
{
        static const char junk[64] = "junk junk junk junk junk junk junk junk junk junk junk junk jun";

        mstc_store_close(opened(MSTC_WRITE));
        spoil(spoilt[_i].at, junk, sizeof junk);
        refused(path, MSTC_READ, MST_EINTERNAL, spoilt[_i].says);
        refused(path, MSTC_WRITE, MST_EINTERNAL, spoilt[_i].says);
}
END_TEST

START_TEST(cut_short)
{
        struct stat st;

        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_int_eq(truncate(path, st.st_size / 2), 0);
        refused(path, MSTC_WRITE, MST_EINTERNAL, "it is damaged");
}
END_TEST

START_TEST(lost_secret)
{
        struct mstc_store *store = opened(MSTC_WRITE);

        ck_assert_int_eq(mstc_sql_run(store, &err, "DELETE FROM meta WHERE key='secret'", ""), MST_OK);
        mstc_store_close(store);
        refused(path, MSTC_WRITE, MST_EINTERNAL, "its hash secret is missing; put back a copy");
}
END_TEST

/* The disk fills up: a sentence, nothing half done, and room heals it.  (A write past the limit
 * of a file is ENOSPC's cousin EFBIG, which SQLite takes for a full disk.) */
START_TEST(full_disk)
{
        struct mstc_store *store = opened(MSTC_WRITE);
        struct rlimit was, small;
        int64_t count = 0;
        int rc = MST_OK;

        signal(SIGXFSZ, SIG_IGN);
        ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
        small = was;
        small.rlim_cur = (rlim_t)512 * 1024;
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
        for (int round = 0; rc == MST_OK && round < 100; round++) {
                rc = mstc_store_begin(store, &err);
                for (int i = 0; rc == MST_OK && i < 1000; i++)
                        rc = mstc_dirty_add(store, 1, round * 1000 + i, 1, &err);
                if (rc == MST_OK)
                        rc = mstc_store_commit(store, &err);
                if (rc != MST_OK)
                        mstc_store_rollback(store);
        }
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
        ck_assert_int_lt(rc, 0);
        ck_assert_msg(strstr(err.text, "the disk is full: make room; the next run goes on from here") != NULL
                      || strstr(err.text, "the disk reports an error") != NULL, "%s", err.text);
        ck_assert(!mstc_store_in_transaction(store));
        memset(&err, 0, sizeof err);
        ck_assert_int_eq(mstc_dirty_count(store, 1, &count, &err), MST_OK);
        ck_assert_int_eq(count % 1000, 0);
        ck_assert_int_eq(mstc_dirty_add(store, 2, 1, 1, &err), MST_OK);
        mstc_store_close(store);
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_dirty_count(store, 2, &count, &err), MST_OK);
        ck_assert_int_eq(count, 1);
        mstc_store_close(store);
}
END_TEST

/* A store of version 1 as it was left: brought up to date once, by who writes, after a copy. */
START_TEST(migrated)
{
        struct mstc_store *store;
        char copy[220];
        struct stat st;
        int64_t got = 0;

        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_eq(unlink(path), 0);
        make_sqlite(path, MSTC_SCHEMA_1_SQL "PRAGMA application_id=1299542900; PRAGMA user_version=1;"
                    "INSERT INTO meta VALUES('secret', zeroblob(192));"
                    "INSERT INTO sync(name, source) VALUES('s', 1);"
                    "INSERT INTO grp(sync, name, fingerprint) VALUES(1, 'fin', 'rule');"
                    "INSERT INTO glink(sink, target, grp, name, made, state, count, touched) VALUES(1, 1, 1, 'cn=fin', 1, 1, 3, 0);"
                    "INSERT INTO entry(sync, kind, id, born, run) VALUES(1, 2, 'g1', 1, 1)");
        refused(path, MSTC_READ, MST_ECONFIG, "the next `muster sync` brings it up to date");
        (void)snprintf(copy, sizeof copy, "%s.v1", path);
        write_file(copy, "of an attempt that failed");
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "PRAGMA user_version", ""), MST_OK);
        ck_assert_int_eq(got, MSTC_SCHEMA_VERSION);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM grp WHERE name='fin' AND entry IS NULL", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT members FROM sync", ""), MST_OK);
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT count(*) FROM mset", ""), MST_OK);
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT count(*) FROM glink WHERE name='cn=fin' AND state=1 AND "
                                         "count=3 AND reason=0 AND since IS NULL AND due IS NULL AND suffix=0", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        mstc_store_close(store);
        ck_assert_int_eq(stat(copy, &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0600);
        ck_assert_int_gt(st.st_size, 4096);
        ck_assert_int_eq(unlink(copy), 0);
        mstc_store_close(opened(MSTC_READ));
        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_ne(stat(copy, &st), 0);            /* once                           */
}
END_TEST

/* One of version 2, with what it had. */
START_TEST(migrated_from_2)
{
        struct mstc_store *store;
        int64_t got = 0;

        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_eq(unlink(path), 0);
        make_sqlite(path, MSTC_SCHEMA_1_SQL MSTC_SCHEMA_2_SQL "PRAGMA application_id=1299542900; PRAGMA user_version=2;"
                    "INSERT INTO meta VALUES('secret', zeroblob(192));"
                    "INSERT INTO sync(name, source) VALUES('s', 1);"
                    "INSERT INTO grp(sync, name, fingerprint, entry) VALUES(1, 'fin', 'source', 7);"
                    "INSERT INTO glink(sink, target, grp, name, made, state, count, touched) VALUES(1, 1, 1, 'cn=fin', 1, 1, 3, 0);");
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "PRAGMA user_version", ""), MST_OK);
        ck_assert_int_eq(got, MSTC_SCHEMA_VERSION);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT entry FROM grp WHERE name='fin'", ""), MST_OK);
        ck_assert_int_eq(got, 7);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT count(*) FROM rule", ""), MST_OK);
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM glink, grp WHERE due IS NULL AND grp.since IS NULL", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        mstc_store_close(store);
}
END_TEST

/* One of version 3: guards have nothing to look back on yet, what was in doubt then is in doubt now. */
START_TEST(migrated_from_3)
{
        struct mstc_store *store;
        int64_t got = 0;

        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_eq(unlink(path), 0);
        make_sqlite(path, MSTC_SCHEMA_1_SQL MSTC_SCHEMA_2_SQL MSTC_SCHEMA_3_SQL "PRAGMA application_id=1299542900; "
                    "PRAGMA user_version=3; INSERT INTO meta VALUES('secret', zeroblob(192));"
                    "INSERT INTO link(sink, entry, target, made, state, touched, declined) VALUES(1, 5, 2, 1, 1, 77, zeroblob(16)),"
                    "(1, 6, 2, 1, 1, 78, NULL);"
                    "INSERT INTO sync(name, source) VALUES('s', 1);"
                    "INSERT INTO target(sync, name, sink, planned, bit) VALUES(1, 't', 1, 1, 0);"
                    "INSERT INTO instance(role, name, plugin) VALUES(2, 'snk', 'ldap');"
                    "INSERT INTO op(run, target, sink, kind, entry, verb, state, rank) VALUES(1, 1, 5, 1, 1, 1, 2, 0),"
                    "(1, 1, 5, 1, 2, 1, 0, 0);");
        store = opened(MSTC_WRITE);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "PRAGMA user_version", ""), MST_OK);
        ck_assert_int_eq(got, MSTC_SCHEMA_VERSION);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM target WHERE planned=1 AND first IS NULL", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT (SELECT count(*) FROM effect)+(SELECT count(*) FROM bygone)", ""), MST_OK);
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM doubt WHERE op=1 AND sink=5", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM doubt", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, -1, "SELECT fails+tried+recent+trials FROM instance WHERE trial IS NULL", ""), MST_OK);
        ck_assert_int_eq(got, 0);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM declined d JOIN decision c ON c.id=d.decision "
                                         "WHERE d.kind=1 AND d.entry=5 AND d.sink=1 AND c.at=77", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        ck_assert_int_eq(mstc_sql_number(store, &err, &got, 0, "SELECT count(*) FROM declined", ""), MST_OK);
        ck_assert_int_eq(got, 1);
        mstc_store_close(store);
}
END_TEST

/* One that cannot be brought up to date stays what it was. */
START_TEST(migration_fails)
{
        struct mstc_store *store = NULL;
        sqlite3 *db;

        mstc_store_close(opened(MSTC_WRITE));
        ck_assert_int_eq(unlink(path), 0);
        make_sqlite(path, MSTC_SCHEMA_1_SQL "PRAGMA application_id=1299542900; PRAGMA user_version=1;"
                    "INSERT INTO meta VALUES('secret', zeroblob(192)); CREATE TABLE memof(x)");
        ck_assert_int_ne(mstc_store_open(path, MSTC_WRITE, &store, &err), MST_OK);
        ck_assert_msg(strstr(err.text, "memof") != NULL, "%s", err.text);
        ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, "SELECT entry FROM grp", NULL, NULL, NULL), SQLITE_ERROR);
        ck_assert_int_eq(sqlite3_exec(db, "DROP TABLE memof", NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        memset(&err, 0, sizeof err);
        mstc_store_close(opened(MSTC_WRITE));
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("store-open");
        TCase *t = tcase_create("all");

        tcase_add_checked_fixture(t, setup, teardown);
        tcase_set_timeout(t, 60);
        tcase_add_test(t, made_and_found);
        tcase_add_test(t, migrated);
        tcase_add_test(t, migrated_from_2);
        tcase_add_test(t, migrated_from_3);
        tcase_add_test(t, migration_fails);
        tcase_add_test(t, one_writer);
        tcase_add_test(t, killed_writer);
        tcase_add_test(t, bad_files);
        tcase_add_test(t, foreign_files);
        tcase_add_loop_test(t, damaged, 0, UNIT_COUNT(spoilt));
        tcase_add_test(t, cut_short);
        tcase_add_test(t, lost_secret);
        tcase_add_test(t, full_disk);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
