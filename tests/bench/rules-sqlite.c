/* rules-sqlite.c - the rules of rules-world.h as SQL, each counting its people.
 *
 *   tests/bench/rules-sqlite RULES PEOPLE
 *
 * The database lies in memory, has an index for each attribute that rules compare with,
 * and was analyzed.  Prints "load SECONDS seconds SECONDS found COUNT kib KIB". */
#include "build.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "rules-world.h"

static sqlite3 *db;

static void
fail(void)
{
        fprintf(stderr, "rules-sqlite: %s\n", sqlite3_errmsg(db));
        exit(1);
}

static void
run(const char *sql)
{
        if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
                fail();
}

static void
drop_pattern(void *code)
{
        pcre2_code_free(code);
}

/* As the engine does it: compiled once, JIT, without regard to case. */
static void
regexp(sqlite3_context *context, int argc, sqlite3_value **argv)
{
        static pcre2_match_data *data;
        const unsigned char *text = sqlite3_value_text(argv[1]);
        pcre2_code *code = sqlite3_get_auxdata(context, 0);
        int error;
        PCRE2_SIZE offset;

        if (argc != 2 || text == NULL)
                return;
        if (data == NULL)
                data = pcre2_match_data_create(8, NULL);
        if (code == NULL) {
                code = pcre2_compile(sqlite3_value_text(argv[0]), PCRE2_ZERO_TERMINATED,
                                     PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
                pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
                sqlite3_set_auxdata(context, 0, code, drop_pattern);
        }
        sqlite3_result_int(context, pcre2_match(code, text, (PCRE2_SIZE)sqlite3_value_bytes(argv[1]), 0, 0, data,
                                                NULL) >= 0);
}

static void
load(uint32_t people)
{
        sqlite3_stmt *insert, *tag;
        char sql[1024], index[200];
        size_t n = (size_t)snprintf(sql, sizeof sql, "CREATE TABLE person(number INTEGER PRIMARY KEY, "
                                    "accountEnabled, hired");

        for (size_t i = 0; i < WORLD_TEXTS; i++)
                n += (size_t)snprintf(sql + n, sizeof sql - n, ", %s TEXT COLLATE NOCASE", world_names[i]);
        snprintf(sql + n, sizeof sql - n, "); CREATE TABLE tag(person, tag, PRIMARY KEY(person, tag)) WITHOUT ROWID; BEGIN");
        run(sql);
        if (sqlite3_prepare_v2(db, "INSERT INTO person VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, NULL) != SQLITE_OK
            || sqlite3_prepare_v2(db, "INSERT OR IGNORE INTO tag VALUES(?,?)", -1, &tag, NULL) != SQLITE_OK)
                fail();
        for (uint32_t p = 0; p < people; p++) {
                struct world_person person;

                world_person(p, &person);
                sqlite3_bind_int64(insert, 1, p);
                sqlite3_bind_int(insert, 2, person.enabled);
                sqlite3_bind_int64(insert, 3, person.hired);
                for (int i = 0; i < WORLD_TEXTS; i++) {
                        if (person.texts[i][0] == '\0')
                                sqlite3_bind_null(insert, 4 + i);
                        else
                                sqlite3_bind_text(insert, 4 + i, person.texts[i], -1, SQLITE_TRANSIENT);
                }
                if (sqlite3_step(insert) != SQLITE_DONE)
                        fail();
                sqlite3_reset(insert);
                for (unsigned i = 0; i < person.tag_count; i++) {
                        sqlite3_bind_int64(tag, 1, p);
                        sqlite3_bind_text(tag, 2, person.tags[i], -1, SQLITE_TRANSIENT);
                        if (sqlite3_step(tag) != SQLITE_DONE)
                                fail();
                        sqlite3_reset(tag);
                }
        }
        sqlite3_finalize(insert);
        sqlite3_finalize(tag);
        run("COMMIT");
        for (size_t i = 0; i < WORLD_MAIL; i++) {
                snprintf(index, sizeof index, "CREATE INDEX by_%s ON person(%s)", world_names[i], world_names[i]);
                run(index);
        }
        run("CREATE INDEX by_tag ON tag(tag, person); ANALYZE");
}

int
main(int argc, char **argv)
{
        uint32_t rules = argc > 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100;
        uint32_t people = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20000;
        double start = world_clock(), loaded;
        long long found = 0;

        if (sqlite3_open(":memory:", &db) != SQLITE_OK
            || sqlite3_create_function(db, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, regexp, NULL, NULL)
                       != SQLITE_OK)
                fail();
        load(people);
        loaded = world_clock() - start;
        start = world_clock();
        for (uint32_t i = 0; i < rules; i++) {
                struct world_rule rule;
                sqlite3_stmt *count;
                char sql[4096] = "SELECT count(*) FROM person WHERE ";
                size_t n = strlen(sql);

                world_rule(i, &rule);
                world_write(&rule, WORLD_SQL, sql + n, sizeof sql - n);
                if (sqlite3_prepare_v2(db, sql, -1, &count, NULL) != SQLITE_OK || sqlite3_step(count) != SQLITE_ROW)
                        fail();
                found += sqlite3_column_int64(count, 0);
                sqlite3_finalize(count);
        }
        printf("load %.3f seconds %.6f found %lld kib %ld\n", loaded, world_clock() - start, found, world_memory());
        sqlite3_close(db);
        return 0;
}
