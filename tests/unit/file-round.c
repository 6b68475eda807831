/* file-round.c - rounds of the file source: cursors, files that change under way, proofs
 * that a file is whole, groups, ids that are asked for, what the probe and open() say. */
#include "build.h"

#include <stdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file-kit.h"
#include "unit.h"

static struct kit k;

#define V(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Rows 1 to n. */
static void
people(const char *path, int n)
{
        FILE *file = fopen(path, "w");

        ck_assert_ptr_nonnull(file);
        fprintf(file, "id,a\n");
        for (int i = 1; i <= n; i++)
                fprintf(file, "%d,x%d\n", i, i);
        ck_assert_int_eq(fclose(file), 0);
}

static size_t
lines(void)
{
        size_t n = 0;

        for (const char *c = mstc_buffer_cstr(&k.said); *c != '\0'; c++)
                n += *c == '\n';
        return n;
}

static void
fails(int rc, int code, const char *why)
{
        ck_assert_int_eq(rc, code);
        ck_assert_msg(strstr(k.err.text, why) != NULL, "'%s' lacks '%s'", k.err.text, why);
}

/* ---- cursors ---- */

START_TEST(nothing_new)
{
        char cursor[1024], more[1024];

        kit_start(&k, V("a"));
        people(k.path, 5);
        k.config.page_size = 2;
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_uint_eq(lines(), 5);
        snprintf(cursor, sizeof cursor, "%s", k.cursor);
        ck_assert_int_eq(kit_round(&k, cursor), MST_OK);
        ck_assert_uint_eq(lines(), 0);
        ck_assert_str_eq(k.cursor, cursor);
        /* The same content in another file of another day is nothing new, in another process. */
        kit_close(&k);
        unlink(k.path);
        people(k.path, 5);
        ck_assert_int_eq(kit_round(&k, cursor), MST_OK);
        ck_assert_uint_eq(lines(), 0);
        people(k.path, 6);
        ck_assert(!k.users_all);
        /* Another content is a round that names everybody. */
        ck_assert_int_eq(kit_round(&k, cursor), MST_OK);
        ck_assert_uint_eq(lines(), 6);
        ck_assert(k.users_all && !k.groups_all);
        ck_assert_str_ne(k.cursor, cursor);
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert(!k.users_all);
        /* Cut off, it begins anew: whom it had named is forgotten. */
        ck_assert_int_eq(kit_page(&k, cursor), MST_OK);
        ck_assert(!mst_test_page_is_complete(k.page));
        snprintf(more, sizeof more, "%s", k.cursor);
        kit_close(&k);
        fails(kit_round(&k, more), MST_EEXPIRED, "was cut off: it begins anew");
        unlink(k.path);
        fails(kit_round(&k, cursor), MST_ENOTFOUND, "there is no file");
        kit_end(&k);
}
END_TEST

START_TEST(goes_on)
{
        char cursor[1024];

        kit_start(&k, V("a"));
        people(k.path, 10);
        kit_text(k.path, "id,a\n1,x\n2,x\n3,x\n4,\"x\ny\"\n5,x\n2,again\n7\n");
        k.config.page_size = 4;
        ck_assert_int_eq(kit_page(&k, NULL), MST_OK);
        ck_assert_uint_eq(lines(), 4);
        snprintf(cursor, sizeof cursor, "%s", k.cursor);
        if (_i == 1)
                kit_close(&k);               /* another process                        */
        mstc_buffer_clear(&k.said);
        ck_assert_int_eq(kit_page(&k, cursor), MST_OK);
        ck_assert(mst_test_page_is_complete(k.page));
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), "5 {\"a\":\"x\"}\n! line 8: id '2' is in line 3 already\n"
                                                    "! line 9: the row has 1 columns where 2 are in the header\n");
        kit_end(&k);
}
END_TEST

static const struct { const char *cursor; int code; } cursors[] = {
        { "", MST_EEXPIRED }, { "1 part", MST_EEXPIRED }, { "1 part 2 5 - -", MST_EEXPIRED },
        { "1 part -1 5 - -", MST_EEXPIRED }, { "1 part 0 2 1:2:3:4:5 -", MST_EEXPIRED },
        { "1 done 0 -", MST_OK }, { "1 more", MST_EEXPIRED }, { "1 more 0 2 1:2:3:4:5 -", MST_EEXPIRED },
        { "2 done 0 -", MST_EEXPIRED }, { "nonsense", MST_EEXPIRED },
};

START_TEST(strange_cursor)
{
        kit_start(&k, V("a"));
        people(k.path, 3);
        ck_assert_int_eq(kit_round(&k, cursors[_i].cursor), cursors[_i].code);
        kit_end(&k);
}
END_TEST

/* ---- files that change under way ---- */

enum upset { GROWS, SHRINKS, REPLACED, REMOVED, TOUCHED };

static void
upset(int how)
{
        char other[160];
        FILE *file;

        switch (how) {
        case GROWS:
                file = fopen(k.path, "a");
                ck_assert_ptr_nonnull(file);
                fprintf(file, "99,x\n");
                fclose(file);
                return;
        case SHRINKS:
                ck_assert_int_eq(truncate(k.path, 20), 0);
                return;
        case REPLACED:
                snprintf(other, sizeof other, "%s.new", k.path);
                people(other, 10);
                ck_assert_int_eq(rename(other, k.path), 0);
                return;
        case REMOVED:
                unlink(k.path);
                return;
        default:
                ck_assert_int_eq(utimensat(AT_FDCWD, k.path, (struct timespec[]){ { 1, 0 }, { 1, 0 } }, 0), 0);
        }
}

/* In the middle of a round in this process: an error.  In another: the round begins anew. */
START_TEST(changes_under_way)
{
        char cursor[1024];
        int rc;

        kit_start(&k, V("a"));
        people(k.path, 10);
        k.config.page_size = 4;
        ck_assert_int_eq(kit_page(&k, NULL), MST_OK);
        snprintf(cursor, sizeof cursor, "%s", k.cursor);
        upset(_i % 5);
        if (_i < 5) {
                rc = kit_page(&k, cursor);
                fails(rc, MST_ENET, _i == REPLACED || _i == REMOVED ? "while it was read" : "written to while it was read");
        } else {
                kit_close(&k);
                rc = kit_page(&k, cursor);
                if (_i % 5 == REMOVED)
                        fails(rc, MST_ENOTFOUND, "there is no file");
                else
                        fails(rc, MST_EEXPIRED, "is not the one any more in whose middle");
        }
        kit_end(&k);
}
END_TEST

/* ---- is it whole? ---- */

static const struct {
        enum fil_marker marker;
        const char *content, *rows;          /* of the rows-file; NULL: none           */
        const char *why;                     /* NULL: it is                            */
        enum fil_format format;
} whole[] = {
        { FIL_MARK_NONE, "id\n1\n2", NULL, NULL, FIL_CSV },
        { FIL_MARK_NONE, "{\"id\":\"1\"}", NULL, NULL, FIL_JSONL },
        { FIL_MARK_NONE, "id,a\n1,x\n2", NULL, "was cut off", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n#rows=2\n", NULL, NULL, FIL_CSV },
        { FIL_MARK_ROWS, "id,a\n1,x\n2\n#rows=2", NULL, NULL, FIL_CSV },
        { FIL_MARK_ROWS, "id\n#rows=0\n\n", NULL, NULL, FIL_CSV },
        { FIL_MARK_ROWS, "{\"id\":\"1\"}\n#rows=1\n", NULL, NULL, FIL_JSONL },
        { FIL_MARK_ROWS, "dn: a\nid: 1\n\n#rows=1\n", NULL, NULL, FIL_LDIF },
        { FIL_MARK_ROWS, "#rows=0\n", NULL, NULL, FIL_LDIF },
        { FIL_MARK_ROWS, "id\n1\n2\n", NULL, "does not end with the line #rows=N", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n#rows=", NULL, "does not end with the line #rows=N", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n#rows=3\n", NULL, "has 2 rows where 3 are promised", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n3\n#rows=2\n", NULL, "has 3 rows where 2 are promised", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n#rows=x2\n", NULL, "does not end with", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n2\n#rows=99999999999999999999\n", NULL, "does not end with", FIL_CSV },
        { FIL_MARK_ROWS, "id\n1\n#rows=1\n2\n", NULL, "goes on after its last line", FIL_CSV },
        { FIL_MARK_ROWS, "{\"id\":\"1\"}\n#rows=1\n{\"id\":\"2\"}\n", NULL, "goes on after its last line", FIL_JSONL },
        { FIL_MARK_ROWS, "dn: a\nid: 1\n", NULL, "does not end with", FIL_LDIF },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", "2\n", NULL, FIL_CSV },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", "1", "has 2 rows where 1 are promised", FIL_CSV },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", "two\n", "does not hold one number", FIL_CSV },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", "2 3\n", "does not hold one number", FIL_CSV },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", "-2\n", "does not hold one number", FIL_CSV },
        { FIL_MARK_ROWS_FILE, "id\n1\n2\n", NULL, "cannot be opened", FIL_CSV },
        { FIL_MARK_NEWLINE, "id\n1\n#rows=1\n", NULL, NULL, FIL_CSV },
};

START_TEST(proof)
{
        int rc;

        kit_start(&k, V("a"));
        kit_text(k.path, whole[_i].content);
        k.config.format = whole[_i].format;
        k.config.marker = whole[_i].marker;
        k.config.rows_file = k.groups;
        if (whole[_i].rows != NULL)
                kit_text(k.groups, whole[_i].rows);
        rc = kit_round(&k, NULL);
        if (whole[_i].why == NULL)
                ck_assert_msg(rc == MST_OK, "%s", k.err.text);
        else
                fails(rc, MST_ENET, whole[_i].why);
        kit_end(&k);
}
END_TEST

/* ---- what is read of a row ---- */

START_TEST(wanted_only)
{
        kit_start(&k, V("Mail", "id", "note", "group.displayName"));
        kit_text(k.path, "employee;mail;other\n7;a@x;secret\n");
        k.config.delimiter = 1;
        k.config.id = (char *)"EMPLOYEE";
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), "7 {\"Mail\":\"a@x\",\"id\":\"7\"}\n");
        kit_end(&k);
}
END_TEST

START_TEST(without_header)
{
        static char *columns[] = { (char *)"id", (char *)"a", NULL };

        kit_start(&k, V("a"));
        kit_text(k.path, "7\tx,y\n8\n");
        k.config.delimiter = 2;
        k.config.header = false;
        k.config.columns = columns;
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said),
                         "7 {\"a\":\"x,y\"}\n! line 2: the row has 1 columns where 2 are configured\n");
        kit_end(&k);
}
END_TEST

static const struct { enum fil_format format; const char *content, *said; } groups[] = {
        { FIL_CSV, "id,displayName,members,sub\ng1,G,1|2,g2\ng2,H,,\n",
          "1 {}\n2 {}\ng1 {\"displayName\":\"G\"}\ng2 {\"displayName\":\"H\"}\ng1 + 1\ng1 + 2\ng1 + group g2\n" },
        { FIL_JSONL, "{\"id\":\"g1\",\"displayName\":\"G\",\"members\":[\"1\"],\"sub\":null}\n{\"id\":\"g2\",\"members\":[7]}\n",
          "1 {}\n2 {}\ng1 {\"displayName\":\"G\"}\ng2 {}\ng1 + 1\n! line 2: 'members' is not a list of ids\n" },
        { FIL_LDIF, "dn: cn=g1\nid: g1\nmembers: 1\nmembers: 2\n", "1 {}\n2 {}\ng1 {}\ng1 + 1\ng1 + 2\n" },
};

START_TEST(groups_and_members)
{
        kit_start(&k, V("group.displayName", "group.members"));
        kit_text(k.path, "id\n1\n2\n");
        kit_text(k.groups, groups[_i].content);
        k.config.groups_path = k.groups;
        k.config.groups_format = groups[_i].format;
        k.config.group_id = (char *)"id";
        k.config.member_groups = (char *)"sub";
        ck_assert_msg(kit_round(&k, NULL) == MST_OK, "%s", k.err.text);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said)[0] == '1' ? "1" : "", "1");
        ck_assert_uint_gt(lines(), 4);
        for (const char *at = groups[_i].said; *at != '\0'; at = strchr(at, '\n') + 1) {
                char line[256];

                snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
                ck_assert_msg(strstr(mstc_buffer_cstr(&k.said), line) != NULL, "'%s' is not in '%s'", line,
                              mstc_buffer_cstr(&k.said));
        }
        /* The cursor knows both files. */
        char cursor[1024];
        snprintf(cursor, sizeof cursor, "%s", k.cursor);
        ck_assert_int_eq(kit_round(&k, cursor), MST_OK);
        people(k.groups, 3);
        kit_close(&k);
        k.config.groups_format = FIL_CSV;
        ck_assert_msg(kit_round(&k, cursor) == MST_OK, "%s", k.err.text);
        ck_assert(k.users_all && k.groups_all);
        kit_end(&k);
}
END_TEST

/* ---- fetch ---- */

START_TEST(fetch)
{
        const char *const ids[] = { "2", "7", "3" };
        struct mst_page *page;

        kit_start(&k, V("a"));
        kit_text(k.path, _i == 0 ? "id,a\n1,x\n2,y\n3,z\n" : "id,a\n1,x\n2,y\nlost\n");
        ck_assert_int_eq(kit_open(&k), MST_OK);
        page = mst_test_page(k.test);
        ck_assert_int_eq(fil_source_fetch(k.self, mst_test_ids(k.test, MST_USER, ids, 3), page, &k.err), MST_OK);
        ck_assert_str_eq(mst_value_text(mst_record_get(mst_test_page_find(page, "2"), "a"), NULL), "y");
        ck_assert_uint_eq(mst_test_page_count(page), _i == 0 ? 3 : 1);
        /* A file that is not whole says nothing of anybody. */
        kit_text(k.path, "id,a\n1,x\n2,\"y\n");
        mst_test_page_reset(page);
        fails(fil_source_fetch(k.self, mst_test_ids(k.test, MST_USER, ids, 3), page, &k.err), MST_ENET, "quoted field");
        kit_end(&k);
}
END_TEST

/* ---- probe, open ---- */

static bool
noted(const struct mst_facts *facts, const char *text, bool want_bad)
{
        const char *note;
        bool bad;

        for (size_t i = 0; (note = mst_test_facts_note(facts, i, &bad)) != NULL; i++)
                if (strstr(note, text) != NULL)
                        return bad == want_bad;
        return false;
}

START_TEST(probe)
{
        static char *types[] = { (char *)"hireDat=date", (char *)"mails=list", NULL };
        struct mst_facts *facts;
        enum mst_type type;
        uint32_t flags;

        kit_start(&k, V("departmnt", "hireDate", "zzz"));
        kit_text(k.path, "id,department,hireDate,mails\n1,x,2026-01-01,a\n2,y\n,z,,\n");
        k.config.types = types;
        k.config.marker = FIL_MARK_NONE;
        ck_assert_int_eq(kit_open(&k), MST_OK);
        facts = mst_test_facts(k.test);
        ck_assert_int_eq(fil_source_probe(k.self, facts, &k.err), MST_OK);
        ck_assert(noted(facts, "'departmnt', which the file", true) && noted(facts, "did you mean 'department'", true));
        ck_assert(noted(facts, "'zzz', which the file", false));
        ck_assert(noted(facts, "'types' names 'hireDat'", true));
        ck_assert(noted(facts, "line 3: the row has 2 columns", true));
        ck_assert(noted(facts, "1 of the first 3 rows have no id", true));
        ck_assert(noted(facts, "complete-marker is 'none'", true));
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "mails", &type, &flags));
        ck_assert((flags & MST_ATTR_MANY) != 0);
        kit_close(&k);
        k.config.id = (char *)"ID_";
        ck_assert_int_eq(kit_open(&k), MST_OK);
        fails(fil_source_probe(k.self, facts, &k.err), MST_ECONFIG, "has no column 'ID_', which is to be the id; did you mean 'id'?");
        unlink(k.path);
        fails(fil_source_probe(k.self, facts, &k.err), MST_ENOTFOUND, "there is no file");
        ck_assert_int_eq(mkdir(k.path, 0700), 0);
        fails(fil_source_probe(k.self, facts, &k.err), MST_ECONFIG, "is not a regular file");
        ck_assert_int_eq(rmdir(k.path), 0);
        /* Nobody ever writes into it: it must not be waited for. */
        ck_assert_int_eq(mkfifo(k.path, 0600), 0);
        fails(fil_source_probe(k.self, facts, &k.err), MST_ECONFIG, "is not a regular file");
        kit_end(&k);
}
END_TEST

static const struct { const char *path, *id, *type; bool header; enum fil_marker marker; const char *why; } options[] = {
        { "/x/people", "id", NULL, true, FIL_MARK_NONE, "does not tell its format: add <format>csv" },
        { "/x/people.csv", NULL, NULL, true, FIL_MARK_NONE, "which column of '/x/people.csv' is the id?" },
        { "/x/people.csv", "id", NULL, false, FIL_MARK_NONE, "name the columns" },
        { "/x/people.csv", "id", NULL, true, FIL_MARK_ROWS_FILE, "name that of '/x/people.csv' with <rows-file>" },
        { "/x/people.csv", "id", "a", true, FIL_MARK_NONE, "types: 'a' is not name=type" },
        { "/x/people.csv", "id", "a=", true, FIL_MARK_NONE, "types: 'a=' is not name=type" },
        { "/x/people.csv", "id", "=text", true, FIL_MARK_NONE, "types: '=text' is not name=type" },
        { "/x/people.csv", "id", "a=bool", true, FIL_MARK_NONE, "is not name=type" },
        { "/x/people.csv", "id", "a=list-list", true, FIL_MARK_NONE, "is not name=type" },
        { "/x/people.LDIF", NULL, "a=-list", true, FIL_MARK_NONE, "is not name=type" },
};

START_TEST(options_wrong)
{
        char *types[] = { (char *)(uintptr_t)options[_i].type, NULL };

        kit_start(&k, NULL);
        k.config.path = (char *)(uintptr_t)options[_i].path;
        k.config.id = (char *)(uintptr_t)options[_i].id;
        k.config.types = types;
        k.config.header = options[_i].header;
        k.config.marker = options[_i].marker;
        fails(kit_open(&k), MST_ECONFIG, options[_i].why);
        kit_end(&k);
}
END_TEST

/* ---- sizes ---- */

START_TEST(too_large)
{
        FILE *file;

        kit_start(&k, V("a"));
        file = fopen(k.path, "w");
        ck_assert_ptr_nonnull(file);
        fprintf(file, "id,a\n1,x\n2,\"");
        for (int i = 0; i < 9 * 1024 * 1024; i++)
                fputc('y', file);
        fprintf(file, "\"\n3,");
        for (int i = 0; i < 1024 * 1024 + 1; i++)
                fputc('z', file);
        fprintf(file, "\n4");
        for (int i = 0; i < 1500; i++)
                fputc(',', file);
        fprintf(file, "\n5,x\n");
        fclose(file);
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&k.said), "! line 3: the row is larger than 8 MiB\n"));
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&k.said), "3 ! attribute 'a' is longer than"));
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&k.said), "! line 5: the row has more than 1000 columns\n"));
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&k.said), "5 {\"a\":\"x\"}\n"));
        kit_end(&k);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("file-round");
        TCase *c = tcase_create("rounds");

        tcase_add_test(c, nothing_new);
        tcase_add_loop_test(c, goes_on, 0, 2);
        tcase_add_loop_test(c, strange_cursor, 0, UNIT_COUNT(cursors));
        tcase_add_loop_test(c, changes_under_way, 0, 10);
        tcase_add_loop_test(c, proof, 0, UNIT_COUNT(whole));
        tcase_add_test(c, wanted_only);
        tcase_add_test(c, without_header);
        tcase_add_loop_test(c, groups_and_members, 0, UNIT_COUNT(groups));
        tcase_add_loop_test(c, fetch, 0, 2);
        tcase_add_test(c, probe);
        tcase_add_loop_test(c, options_wrong, 0, UNIT_COUNT(options));
        tcase_add_test(c, too_large);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
