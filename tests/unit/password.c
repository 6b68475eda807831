/* password.c - first passwords: what they are made of, and the file they are handed over in. */
#include "build.h"

#include <muster/password.h>
#include <muster/test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char folder[] = "/tmp/muster-password-XXXXXX";
static char path[64], other[64];
static struct mst_test *test;
static struct mst_error err;

static void
begin(void)
{
        strcpy(folder + strlen(folder) - 6, "XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/first", folder);
        snprintf(other, sizeof other, "%s/other", folder);
        err = (struct mst_error){ 0 };
        test = mst_test_new("sink");
        ck_assert_ptr_nonnull(test);
}

static void
end(void)
{
        mst_test_free(test);
        unlink(path);
        unlink(other);
        rmdir(folder);
}

static int
hand(const char *what, const char *name, const char *password)
{
        struct mst_secret *secret = mst_secret_new(password, strlen(password));
        int rc = mst_password_hand(mst_test_host(test), "password-file", path, what, "u1", name, secret, &err);

        mst_secret_free(secret);
        return rc;
}

static const size_t lengths[] = { 0, 7, 8, 9, 24, 128, 129, 100000 };

START_TEST(every_kind_is_in_it)
{
        size_t length = lengths[_i];

        for (int i = 0; i < 50; i++) {
                struct mst_secret *one = mst_password_new(mst_test_host(test), length, &err);
                const char *text = mst_secret_reveal(one);

                ck_assert((one != NULL) == (length >= 8 && length <= 128));
                if (one == NULL)
                        break;
                ck_assert_uint_eq(strlen(text), length);
                ck_assert_uint_eq(strcspn(text, "abcdefghijklmnopqrstuvwxyz") < length, 1);
                ck_assert_uint_eq(strcspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < length, 1);
                ck_assert_uint_eq(strcspn(text, "0123456789") < length, 1);
                ck_assert_uint_eq(strcspn(text, "!#%*.:?_") < length, 1);
                ck_assert_ptr_null(strpbrk(text, "lIO01\"',;= "));
                mst_secret_free(one);
        }
}
END_TEST

START_TEST(lines_are_quoted_and_added)
{
        char all[512] = "";
        struct stat st;
        FILE *f;

        ck_assert_int_eq(mst_password_check("password-file", path, &err), MST_OK);
        ck_assert_int_eq(hand("new", "a \"b\",c", "p\"1"), MST_OK);
        ck_assert_int_eq(hand("void", "a \"b\",c", "p\"1"), MST_OK);
        ck_assert_int_eq(mst_password_check("password-file", path, &err), MST_OK);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_uint_eq(st.st_mode & 0777, 0600);
        f = fopen(path, "r");
        ck_assert_uint_gt(fread(all, 1, sizeof all - 1, f), 0);
        fclose(f);
        ck_assert_msg(strstr(all, "Z\",\"new\",\"u1\",\"a \"\"b\"\",c\",\"p\"\"1\"\n\"") != NULL, "%s", all);
        ck_assert_msg(strstr(all, "Z\",\"void\",\"u1\",\"a \"\"b\"\",c\",\"p\"\"1\"\n") != NULL, "%s", all);
}
END_TEST

/* What lies at the path already, and what is said of it. */
static const struct { const char *what; mode_t mode; const char *says; } there[] = {
        { "file", 0640, "chmod 600" }, { "file", 0602, "chmod 600" }, { "link", 0, "password-file" },
        { "folder", 0, "password-file" }, { "pipe", 0600, "is not a file" }, { "nowhere", 0, "No such file" },
};

START_TEST(others_files_are_refused)
{
        const char *what = there[_i].what;
        FILE *f = fopen(other, "w");

        fclose(f);
        chmod(other, 0600);
        if (strcmp(what, "file") == 0)
                ck_assert(rename(other, path) == 0 && chmod(path, there[_i].mode) == 0);
        else if (strcmp(what, "link") == 0)
                ck_assert_int_eq(symlink(other, path), 0);
        else if (strcmp(what, "folder") == 0)
                ck_assert_int_eq(mkdir(path, 0700), 0);
        else if (strcmp(what, "pipe") == 0)
                ck_assert_int_eq(mkfifo(path, there[_i].mode), 0);
        else
                snprintf(path, sizeof path, "%s/not/there", folder);
        ck_assert_int_eq(hand("new", "a", "secret-word"), MST_ECONFIG);
        ck_assert_ptr_null(strstr(err.text, "secret-word"));
        if (strcmp(what, "pipe") != 0)
                ck_assert_msg(strstr(err.text, there[_i].says) != NULL, "%s", err.text);
        if (strcmp(what, "nowhere") != 0)
                ck_assert_int_eq(mst_password_check("password-file", path, &err), MST_ECONFIG);
        rmdir(path);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("password");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, every_kind_is_in_it, 0, UNIT_COUNT(lengths));
        tcase_add_test(c, lines_are_quoted_and_added);
        tcase_add_loop_test(c, others_files_are_refused, 0, UNIT_COUNT(there));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
