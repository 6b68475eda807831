/* outbox.c - numbered files and rows of CSV, and an object of JSON by its table. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <muster/json.h>
#include <muster/outbox.h>

#include "unit.h"

static char folder[64];
static struct mst_arena *arena;
static struct mst_error err;

static void
begin(void)
{
        strcpy(folder, "/tmp/muster-outbox-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        arena = mst_arena_new(0);
        err = (struct mst_error){ 0 };
}

static void
end(void)
{
        char command[128];

        snprintf(command, sizeof command, "rm -rf %s", folder);
        ck_assert_int_eq(system(command), 0);
        mst_arena_free(arena);
}

static const char *
in_folder(const char *name)
{
        return mst_arena_printf(arena, "%s/%s", folder, name);
}

static void
put(const char *name, const char *text)
{
        FILE *f = fopen(in_folder(name), "w");

        fputs(text, f);
        fclose(f);
}

static int
note(void *self, const struct mst_outbox_file *file, struct mst_error *e)
{
        char *into = self;

        ck_assert_int_gt(file->changed_ns, 0);
        sprintf(into + strlen(into), "%s:%d ", file->name, (int)file->number);
        return strcmp(file->name, "stop") == 0 ? mst_fail(e, MST_EREFUSED, "stopped") : MST_OK;
}

START_TEST(files)
{
        char seen[256] = "", *text;
        uint64_t last = 9;
        size_t size;
        struct stat st;

        ck_assert_int_eq(mst_outbox_read(folder, arena, note, seen, &last, &err), MST_OK);
        ck_assert_uint_eq(last, 0);
        ck_assert_int_eq(mst_outbox_write(folder, "users", 3, "abc", 3, &err), MST_OK);
        ck_assert_int_eq(mst_outbox_write(folder, "gone-users", 12, "", 0, &err), MST_OK);
        ck_assert_int_eq(mst_outbox_write(folder, "users", 1234567, "x", 1, &err), MST_OK);
        put(".users-000099.csv.part", "half");
        put("users-12.csv", "not six digits");
        put("users-000013.csv.bak", "");
        put("users000014.csv", "");
        put("-000015.csv", "");
        put("users-0000x5.csv", "");
        put("users-99999999999999999999999.csv", "");
        ck_assert_int_eq(mst_outbox_read(folder, arena, note, seen, &last, &err), MST_OK);
        ck_assert_str_eq(seen, "users:3 gone-users:12 users:1234567 ");
        ck_assert_uint_eq(last, 1234567);
        ck_assert_int_eq(mst_outbox_load(in_folder("users-000003.csv"), arena, &text, &size, &err), MST_OK);
        ck_assert(size == 3 && strcmp(text, "abc") == 0);
        ck_assert_int_eq(stat(in_folder("users-000003.csv"), &st), 0);
        ck_assert_uint_eq(st.st_mode & 0777, 0600);
        /* A number is written once, and what is there stays. */
        ck_assert_int_eq(mst_outbox_write(folder, "users", 3, "other", 5, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "users-000003.csv' cannot be written"));
        ck_assert_int_eq(mst_outbox_load(in_folder("users-000003.csv"), arena, &text, &size, &err), MST_OK);
        ck_assert_str_eq(text, "abc");
        ck_assert_int_ne(access(in_folder(".users-000003.part"), F_OK), 0);
        put("stop-000001.csv", "");
        seen[0] = '\0';
        ck_assert_int_eq(mst_outbox_read(folder, arena, note, seen, &last, &err), MST_EREFUSED);
        ck_assert_str_eq(seen, "stop:1 ");
}
END_TEST

START_TEST(no_folder)
{
        uint64_t last;
        char *text;
        size_t size;

        ck_assert_int_eq(mst_outbox_read("/nonexistent/outbox", arena, note, NULL, &last, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "make it"));
        ck_assert_int_eq(mst_outbox_write("/nonexistent/outbox", "a", 1, "", 0, &err), MST_ECONFIG);
        ck_assert_int_eq(mst_outbox_load("/nonexistent/file", arena, &text, &size, &err), MST_ECONFIG);
        ck_assert_int_eq(mst_outbox_load(folder, arena, &text, &size, &err), MST_ECONFIG);
}
END_TEST

static const struct { const char *text, *want; } rows[] = {
        { "a,b,c\n", "[a][b][c]." }, { "a,b,c", "[a][b][c]." }, { "a\r\nb\r\n", "[a].[b]." }, { "a\rb", "[a].[b]." },
        { "\"a,\"\"b\"\"\",c\r\n", "[a,\"b\"][c]." }, { "\"two\nlines\",x\n", "[two\nlines][x]." }, { ",,\n", "[][][]." },
        { "\"\",\"\"\n", "[][]." }, { "\n", "[]." }, { "", "" }, { "a,", "[a][]." }, { "\"a\"", "[a]." },
        { "a\"b,c\n", "[a\"b][c]." }, { "Zo\xc3\xab,\xe6\x9d\x8e\n", "[Zo\xc3\xab][\xe6\x9d\x8e]." },
        { "\"a", "!" }, { "\"a\"b,c\n", "!" }, { "a,\"b\n", "!" }, { "\"", "!" }, { "1,2,3,4,5,6,7,8,9\n", "!" }, { "ok\n\"a\"x", "[ok].!" },
};

START_TEST(csv)
{
        char *text = mst_arena_strdup(arena, rows[_i].text), *at = text, *end_of = text + strlen(text), *cells[8], got[256] = "";
        int n;

        while ((n = mst_csv_row(&at, end_of, cells, 8)) > 0) {
                for (int i = 0; i < n; i++)
                        sprintf(got + strlen(got), "[%s]", cells[i]);
                strcat(got, ".");
        }
        if (n < 0)
                strcat(got, "!");
        ck_assert_str_eq(got, rows[_i].want);
}
END_TEST

static const struct { const char *text; bool safe; const char *want; } cells[] = {
        { "plain", true, "plain" }, { "", true, "" }, { "a,b", false, "\"a,b\"" }, { "a\"b", false, "\"a\"\"b\"" },
        { "two\nlines", false, "\"two\nlines\"" }, { "=1+1", false, "=1+1" }, { "=1+1", true, "'=1+1" }, { "+1", true, "'+1" },
        { "-1", true, "'-1" }, { "@x", true, "'@x" }, { "\tx", true, "'\tx" }, { "=a,b", true, "\"'=a,b\"" },
};

START_TEST(cell)
{
        ck_assert_str_eq(mst_csv_cell(arena, cells[_i].text, cells[_i].safe), cells[_i].want);
}
END_TEST

/* ---- JSON by a table ---- */

struct list {
        struct mst_json *json;
        int64_t sum;
};

static void
add_one(void *self)
{
        struct list *list = self;
        int64_t n = 0;

        if (mst_json_int(list->json, &n) == MST_JSON_OK)
                list->sum += n;
}

static const struct { const char *json; bool good; const char *name; bool is; int64_t count, sum; bool found; } objects[] = {
        { "{\"name\":\"Ada\",\"is\":true,\"count\":7,\"list\":[1,2,3],\"other\":{\"name\":\"x\"}}", true, "Ada", true, 7, 6, true },
        { "{\"is\":\"True\",\"name\":\"a\\\"\\u00e9\",\"list\":[]}", true, "a\"\xc3\xa9", true, 0, 0, true },
        { "{\"is\":\"false\",\"name\":null,\"list\":{\"a\":1},\"count\":\"7\"}", true, NULL, false, 0, 0, false },
        { "{\"is\":1,\"name\":[\"a\"],\"count\":1.5,\"list\":[1,\"x\",{\"a\":[2]},4]}", true, NULL, false, 0, 5, true },
        { "{\"Name\":\"a\",\"names\":\"b\",\"\":1}", true, NULL, false, 0, 0, false }, { "{}", true, NULL, false, 0, 0, false },
        { "[]", false, NULL, false, 0, 0, false }, { "7", false, NULL, false, 0, 0, false }, { "", false, NULL, false, 0, 0, false },
        { "{\"name\":\"a\"", false, "a", false, 0, 0, false }, { "{\"list\":[1,2", false, NULL, false, 0, 3, true },
        { "{\"name\":\"\\ud83d\",\"count\":3}", true, NULL, false, 3, 0, false },
        { "<html>", false, NULL, false, 0, 0, false },
};

START_TEST(json_object)
{
        struct list list = { .json = mst_json_new() };
        const char *name = NULL;
        bool is = false, found = false;
        int64_t count = 0;
        const struct mst_json_field fields[] = {
                { .name = "name", .text = &name }, { .name = "is", .flag = &is }, { .name = "count", .number = &count },
                { .name = "list", .each = add_one, .self = &list, .found = &found }, { .name = NULL }
        };

        mst_json_start(list.json, objects[_i].json, strlen(objects[_i].json));
        ck_assert_int_eq(mst_json_fields(list.json, arena, fields, sizeof fields[0]), objects[_i].good);
        if (objects[_i].name == NULL)
                ck_assert_ptr_null(name);
        else
                ck_assert_str_eq(name, objects[_i].name);
        ck_assert(is == objects[_i].is && count == objects[_i].count && list.sum == objects[_i].sum && found == objects[_i].found);
        mst_json_free(list.json);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("outbox");
        TCase *t = tcase_create("outbox");

        tcase_add_checked_fixture(t, begin, end);
        tcase_add_test(t, files);
        tcase_add_test(t, no_folder);
        tcase_add_loop_test(t, csv, 0, UNIT_COUNT(rows));
        tcase_add_loop_test(t, cell, 0, UNIT_COUNT(cells));
        tcase_add_loop_test(t, json_object, 0, UNIT_COUNT(objects));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
