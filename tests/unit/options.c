/* options.c - a connector's struct from what the admin wrote, and secrets from where they
 * are kept.  Bad values outnumber good ones. */
#include "host/options.h"

#include <muster/secret.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

struct config {
        char *text, *url, *any_url, *path;
        struct mst_secret *secret;
        int64_t integer, duration, size, choice, old;
        bool flag, other;
        char **list, **words, **whole;
};

#define C struct config
static const struct mst_option table[] = {
        { .name = "text", MST_TEXT_OPTION(C, text), .help = "any text", .flags = MST_OPT_IDENTITY },
        { .name = "url", MST_URL_OPTION(C, url), .choices = "https|ldap", .help = "where", .flags = MST_OPT_IDENTITY },
        { .name = "any-url", MST_URL_OPTION(C, any_url), .help = "where" },
        { .name = "path", MST_PATH_OPTION(C, path), .help = "a file" },
        { .name = "secret", MST_SECRET_OPTION(C, secret), .help = "a secret", .flags = MST_OPT_IDENTITY },
        { .name = "integer", MST_INTEGER_OPTION(C, integer), .min = 1, .max = 10, .def = "3", .help = "a number", .flags = MST_OPT_IDENTITY },
        { .name = "duration", MST_DURATION_OPTION(C, duration), .min = 1000, .max = 3600000, .def = "30s", .help = "how long" },
        { .name = "size", MST_SIZE_OPTION(C, size), .min = 1024, .max = 1048576, .help = "how much" },
        { .name = "choice", MST_CHOICE_OPTION(C, choice), .choices = "red|green|blue", .def = "green", .help = "which" },
        { .name = "flag", MST_BOOLEAN_OPTION(C, flag), .def = "yes", .help = "whether", .flags = MST_OPT_IDENTITY },
        { .name = "other", MST_BOOLEAN_OPTION(C, other), .help = "whether" },
        { .name = "list", MST_LIST_OPTION(C, list), .help = "several", .flags = MST_OPT_IDENTITY },
        { .name = "words", MST_LIST_OPTION(C, words), .def = "a b", .help = "several" },
        { .name = "whole", MST_LIST_OPTION(C, whole), .flags = MST_OPT_WHOLE, .help = "several" },
        { .name = "limit", MST_INTEGER_OPTION(C, old), .def = "5", .help = "a limit" },
        { .name = "max-limit", MST_INTEGER_OPTION(C, old), .flags = MST_OPT_DEPRECATED, .help = "a limit", .more = "write <limit> instead" },
        { .name = NULL }
};

static const struct mst_option required[] = {
        { .name = "text", MST_TEXT_OPTION(C, text), .flags = MST_OPT_REQUIRED, .help = "the text to take" },
        { .name = "secret", MST_SECRET_OPTION(C, secret), .flags = MST_OPT_REQUIRED, .help = "the key" },
        { .name = NULL }
};

static const struct mstc_place owner = { .file = "m.xml", .line = 3, .column = 5 };

static struct mstc_filled *
fill(struct mstc_given *given, bool private_file, struct mstc_report *report)
{
        unsigned line = 10;

        for (struct mstc_given *g = given; g != NULL; g = g->next)
                g->place = (struct mstc_place){ .file = "m.xml", .line = line++, .column = 7 };
        return mstc_options_fill(table, sizeof(struct config), "demo", given, owner, private_file, report);
}

static void
expect(struct mstc_report *report, bool warning, const char *says, const char *remedy)
{
        const struct mstc_complaint *c;

        ck_assert_uint_eq(mstc_report_count(report), 1);
        c = mstc_report_at(report, 0);
        ck_assert_int_eq(c->warning, warning);
        ck_assert_msg(strstr(c->text, says) != NULL, "'%s' lacks '%s'", c->text, says);
        ck_assert_msg(remedy == NULL || (c->remedy != NULL && strstr(c->remedy, remedy) != NULL), "'%s' lacks '%s'",
                      c->remedy != NULL ? c->remedy : "(none)", remedy);
        mstc_report_free(report);
}

static const struct {
        const char *name, *text, *says, *remedy;
} bad[] = {
        { "txet", "x", "the plugin 'demo' has no option <txet>", "did you mean <text>?" },
        { "frobnicate", "x", "the plugin 'demo' has no option <frobnicate>", "`muster plugins demo`" },
        { "Text", "x", "has no option <Text>", "did you mean <text>?" },
        { "url", "", "<url>: there is no value", "write a value" },
        { "url", "ldap.example.org", "<url>: 'ldap.example.org' is not a URL", "https|ldap://host" },
        { "url", "://x", "is not a URL", "https|ldap" },
        { "url", "http://x", "the scheme 'http' is not possible here", "https|ldap" },
        { "url", "https://a b", "a URL holds no blanks", "https|ldap" },
        { "url", "https://me:pw@host/x", "a URL must not hold a password", "option for secrets" },
        { "path", "etc/x", "'etc/x' is not an absolute path", "from /" },
        { "path", "", "there is no value", NULL },
        { "integer", "", "there is no value", NULL },
        { "integer", "0", "'0' is too small", "from 1 to 10" },
        { "integer", "11", "'11' is too large", "from 1 to 10" },
        { "integer", "-1", "'-1' is too small", NULL },
        { "integer", "3.5", "'3.5' is not a whole number", "digits only" },
        { "integer", "0x3", "'0x3' is not a whole number", NULL },
        { "integer", " 3", "' 3' is not a whole number", NULL },
        { "integer", "three", "'three' is not a whole number", NULL },
        { "integer", "-", "'-' is not a whole number", NULL },
        { "integer", "99999999999999999999", "too large a number", NULL },
        { "duration", "10", NULL, NULL },
        { "duration", "10 minutes", "<duration>: ", "10s, 5m" },
        { "duration", "500ms", "'500ms' is too small", "from 1s to 1h" },
        { "duration", "2h", "'2h' is too large", "from 1s to 1h" },
        { "size", "1X", "<size>: ", "16k or 4M" },
        { "size", "512", "'512' is too small", "from 1k to 1M" },
        { "size", "2M", "'2M' is too large", "from 1k to 1M" },
        { "choice", "yellow", "'yellow' is not one of the choices", "red|green|blue" },
        { "choice", "re", "'re' is not one of the choices", NULL },
        { "choice", "red|green", "is not one of the choices", NULL },
        { "flag", "true", "'true' is neither yes nor no", "write yes or no" },
        { "flag", "1", "'1' is neither yes nor no", NULL },
        { "list", "", "<list> is empty", "several" },
        { "list", " \n ", "<list> is empty", "several" },
        { "secret", "", "<secret> names no secret", "file=\"...\"" },
};

START_TEST(bad_value)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_given given = { .name = bad[_i].name, .text = bad[_i].text };
        struct mstc_filled *filled = fill(&given, true, report);

        if (bad[_i].says == NULL) {
                ck_assert_ptr_nonnull(filled);
                mstc_filled_free(filled);
                mstc_report_free(report);
                return;
        }
        ck_assert_ptr_null(filled);
        ck_assert_uint_eq(mstc_report_at(report, 0)->place.line, 10);
        expect(report, false, bad[_i].says, bad[_i].remedy);
}
END_TEST

START_TEST(defaults)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled = fill(NULL, false, report);
        const struct config *c;

        ck_assert_ptr_nonnull(filled);
        ck_assert_uint_eq(mstc_report_count(report), 0);
        c = mstc_filled_config(filled);
        ck_assert(c->text == NULL && c->url == NULL && c->secret == NULL && c->list == NULL);
        ck_assert(c->integer == 3 && c->duration == 30000 && c->size == 0 && c->choice == 1 && c->flag && !c->other);
        ck_assert_int_eq(c->old, 5);
        ck_assert(strcmp(c->words[0], "a") == 0 && strcmp(c->words[1], "b") == 0 && c->words[2] == NULL);
        mstc_filled_free(filled);
        mstc_report_free(report);
}
END_TEST

START_TEST(values)
{
        struct mstc_given g[] = {
                { .name = "text", .text = "a text with blanks" }, { .name = "url", .text = "LDAP://host:389/x?y" },
                { .name = "any-url", .text = "foo://me@host" }, { .name = "path", .text = "/etc/x" },
                { .name = "integer", .text = "+10" }, { .name = "duration", .text = "5m" }, { .name = "size", .text = "16k" },
                { .name = "choice", .text = "blue" }, { .name = "flag", .text = "no" }, { .name = "list", .text = "one\n  two" },
                { .name = "list", .text = "three" }, { .name = "words", .text = "c" },
                { .name = "whole", .text = " a b\tc\n" }, { .name = "whole", .text = "d" },
        };
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled;
        const struct config *c;

        for (size_t i = 0; i + 1 < sizeof g / sizeof *g; i++)
                g[i].next = &g[i + 1];
        filled = fill(g, false, report);
        ck_assert_ptr_nonnull(filled);
        c = mstc_filled_config(filled);
        ck_assert_str_eq(c->text, "a text with blanks");
        ck_assert_str_eq(c->url, "LDAP://host:389/x?y");
        ck_assert_str_eq(c->any_url, "foo://me@host");
        ck_assert_str_eq(c->path, "/etc/x");
        ck_assert(c->integer == 10 && c->duration == 300000 && c->size == 16384 && c->choice == 2 && !c->flag);
        ck_assert_str_eq(c->list[0], "one");
        ck_assert_str_eq(c->list[1], "two");
        ck_assert_str_eq(c->list[2], "three");
        ck_assert_ptr_null(c->list[3]);
        ck_assert(strcmp(c->words[0], "c") == 0 && c->words[1] == NULL);
        ck_assert(strcmp(c->whole[0], "a b\tc") == 0 && strcmp(c->whole[1], "d") == 0 && c->whole[2] == NULL);
        mstc_filled_free(filled);
        mstc_report_free(report);
}
END_TEST

START_TEST(all_at_once)
{
        struct mstc_given g[] = {
                { .name = "integer", .text = "x" }, { .name = "nope", .text = "x" }, { .name = "integer", .text = "4" },
                { .name = "text", .text = "", .file = "/x" },
        };
        struct mstc_report *report = mstc_report_new();

        for (size_t i = 0; i + 1 < sizeof g / sizeof *g; i++)
                g[i].next = &g[i + 1];
        ck_assert_ptr_null(fill(g, false, report));
        ck_assert_uint_eq(mstc_report_errors(report), 4);
        ck_assert_str_eq(mstc_report_at(report, 0)->text, "<integer>: 'x' is not a whole number");
        ck_assert_str_eq(mstc_report_at(report, 1)->text, "the plugin 'demo' has no option <nope>");
        ck_assert_str_eq(mstc_report_at(report, 2)->text, "<integer> is given twice; the first is in line 10");
        ck_assert_str_eq(mstc_report_at(report, 3)->text,
                         "<text> is not a secret: file=, credential= and env= are for secrets");
        mstc_report_free(report);
}
END_TEST

START_TEST(missing)
{
        struct mstc_report *report = mstc_report_new();

        ck_assert_ptr_null(mstc_options_fill(required, sizeof(struct config), "demo", NULL, owner, true, report));
        ck_assert_uint_eq(mstc_report_errors(report), 2);
        ck_assert_uint_eq(mstc_report_at(report, 0)->place.line, 3);
        ck_assert_str_eq(mstc_report_at(report, 0)->text, "the option <text> of the plugin 'demo' is missing");
        ck_assert_str_eq(mstc_report_at(report, 0)->remedy, "add <text>...</text>: the text to take");
        ck_assert_str_eq(mstc_report_at(report, 1)->remedy, "add <secret file=\"...\"/>: the key");
        mstc_report_free(report);
}
END_TEST

/* An old and a new name of one member: what was given wins over the other's default. */
START_TEST(deprecated)
{
        struct mstc_given given = { .name = "max-limit", .text = "9" };
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled = fill(&given, true, report);

        ck_assert_ptr_nonnull(filled);
        ck_assert_int_eq(((const struct config *)mstc_filled_config(filled))->old, 9);
        mstc_filled_free(filled);
        expect(report, true, "<max-limit> is deprecated", "write <limit> instead");
}
END_TEST

/* ---- secrets ---- */

static char folder[] = "/tmp/muster-options-XXXXXX";
static char file[64];

static void
setup(void)
{
        memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(folder));
        (void)snprintf(file, sizeof file, "%s/secret", folder);
        unsetenv("CREDENTIALS_DIRECTORY");
}

static void
teardown(void)
{
        char command[100];

        (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
        ck_assert_int_eq(system(command), 0);
}

static void
put(const char *bytes, size_t size, mode_t mode)
{
        FILE *out;

        (void)unlink(file);                  /* it may be one that we cannot write */
        out = fopen(file, "wb");
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_int_eq(chmod(file, mode), 0);
}

static void
good_secret(struct mstc_given *given, const char *bytes, size_t size)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled = fill(given, false, report);
        const struct config *c;

        ck_assert_msg(filled != NULL, "%s", mstc_report_at(report, 0)->text);
        ck_assert_uint_eq(mstc_report_count(report), 0);
        c = mstc_filled_config(filled);
        ck_assert_uint_eq(mst_secret_size(c->secret), size);
        ck_assert_mem_eq(mst_secret_reveal(c->secret), bytes, size);
        mstc_filled_free(filled);
        mstc_report_free(report);
}

static void
bad_secret(struct mstc_given *given, const char *says, const char *remedy)
{
        struct mstc_report *report = mstc_report_new();

        ck_assert_ptr_null(fill(given, true, report));
        expect(report, false, says, remedy);
}

static const struct {
        const char *bytes;
        size_t size, left;                   /* what is left of it                     */
} contents[] = {
        { "pw", 2, 2 }, { "pw\n", 3, 2 }, { "pw\r\n", 4, 2 }, { "pw\n\n", 4, 3 }, { " p w ", 5, 5 }, { "a\0b\n", 4, 3 },
        { "\xff\xfe", 2, 2 },
};

START_TEST(secret_from_file)
{
        struct mstc_given given = { .name = "secret", .text = "", .file = file };

        put(contents[_i].bytes, contents[_i].size, 0600);
        good_secret(&given, contents[_i].bytes, contents[_i].left);
        ck_assert_int_eq(chmod(file, 0400), 0);
        good_secret(&given, contents[_i].bytes, contents[_i].left);
        if (getegid() == 0 || chown(file, (uid_t)-1, getegid()) == 0) {
                ck_assert_int_eq(chmod(file, 0640), 0);
                good_secret(&given, contents[_i].bytes, contents[_i].left);
        }
}
END_TEST

static const struct { mode_t mode; const char *says; } modes[] = {
        { 0644, "can be read by everybody (its mode is 0644)" }, { 0604, "everybody (its mode is 0604)" },
        { 0602, "everybody (its mode is 0602)" }, { 0660, "by its group (its mode is 0660)" },
        { 0650, "by its group (its mode is 0650)" }, { 0666, "everybody" }, { 0777, "everybody" },
};

START_TEST(secret_others_can_read)
{
        struct mstc_given given = { .name = "secret", .text = "", .file = file };

        put("pw", 2, modes[_i].mode);
        bad_secret(&given, modes[_i].says, "chmod 600 '");
}
END_TEST

START_TEST(secret_file_trouble)
{
        struct mstc_given given = { .name = "secret", .text = "", .file = file };
        char *long_one = calloc(1, 65537);

        bad_secret(&given, "cannot be opened: No such file or directory", NULL);
        put("", 0, 0600);
        bad_secret(&given, "secret' is empty", "put the secret there");
        put("\r\n", 2, 0600);
        bad_secret(&given, "secret' is empty", NULL);
        ck_assert_ptr_nonnull(long_one);
        put(long_one, 65537, 0600);
        bad_secret(&given, "has more than the 65536 bytes that are taken", NULL);
        put(long_one, 65536, 0600);
        good_secret(&given, long_one, 65536);
        free(long_one);
        given.file = folder;
        bad_secret(&given, "is not a regular file", NULL);
        given.file = "secret";
        bad_secret(&given, "file=\"secret\" is not an absolute path", "from /");
        if (geteuid() != 0)
                return;
        given.file = file;
        put("pw", 2, 0600);
        ck_assert_int_eq(chown(file, 12345, 0), 0);
        bad_secret(&given, "belongs to user 12345", "chown root");
        ck_assert_int_eq(chown(file, 0, 12345), 0);
        ck_assert_int_eq(chmod(file, 0640), 0);
        bad_secret(&given, "can be read by its group (its mode is 0640)", "chmod 600");
}
END_TEST

START_TEST(secret_from_credential)
{
        struct mstc_given given = { .name = "secret", .text = "", .credential = "secret" };
        static const char *const names[] = { "", "a/b", "..", ".x", "/etc/shadow" };

        bad_secret(&given, "CREDENTIALS_DIRECTORY is not set", "LoadCredential=");
        setenv("CREDENTIALS_DIRECTORY", "here", 1);
        bad_secret(&given, "CREDENTIALS_DIRECTORY is not set", NULL);
        setenv("CREDENTIALS_DIRECTORY", folder, 1);
        bad_secret(&given, "cannot be opened", NULL);
        put("pw\n", 3, 0440);
        good_secret(&given, "pw", 2);
        put("pw\n", 3, 0444);
        bad_secret(&given, "can be read by everybody", NULL);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                given.credential = names[i];
                bad_secret(&given, "is not a credential's name", "LoadCredential=");
        }
}
END_TEST

START_TEST(secret_from_environment)
{
        struct mstc_given given = { .name = "secret", .text = "", .env = "MUSTER_TEST_SECRET" };

        unsetenv("MUSTER_TEST_SECRET");
        bad_secret(&given, "the environment has no variable 'MUSTER_TEST_SECRET'", "set it");
        setenv("MUSTER_TEST_SECRET", "", 1);
        bad_secret(&given, "the variable 'MUSTER_TEST_SECRET' is empty", NULL);
        setenv("MUSTER_TEST_SECRET", "pw", 1);
        good_secret(&given, "pw", 2);
        unsetenv("MUSTER_TEST_SECRET");
}
END_TEST

START_TEST(secret_in_the_file_itself)
{
        struct mstc_given given = { .name = "secret", .text = "hunter2" };
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled;

        ck_assert_ptr_null(fill(&given, false, report));
        ck_assert_ptr_null(strstr(mstc_report_at(report, 0)->text, "hunter2"));
        expect(report, false, "stands in a configuration file that others can read", "mode 0600");
        report = mstc_report_new();
        filled = fill(&given, true, report);
        ck_assert_ptr_nonnull(filled);
        ck_assert_str_eq(mst_secret_reveal(((const struct config *)mstc_filled_config(filled))->secret), "hunter2");
        mstc_filled_free(filled);
        expect(report, true, "the secret stands in the configuration file itself", "a file of its own");
}
END_TEST

/* ---- identity ---- */

static void
identity(const char *name, const char *text, char ret[33])
{
        struct mstc_given given = { .name = name, .text = text };
        struct mstc_report *report = mstc_report_new();
        struct mstc_filled *filled = fill(name != NULL ? &given : NULL, true, report);

        ck_assert_ptr_nonnull(filled);
        ck_assert(mstc_filled_identity(filled, table, ret));
        ck_assert_uint_eq(strlen(ret), 32);
        mstc_filled_free(filled);
        mstc_report_free(report);
}

START_TEST(identity_changes)
{
        char none[33], again[33], now[33];

        identity(NULL, NULL, none);
        identity(NULL, NULL, again);
        ck_assert_str_eq(none, again);
        identity("text", "x", now);
        ck_assert_str_ne(none, now);
        identity("integer", "4", now);
        ck_assert_str_ne(none, now);
        identity("integer", "3", now);       /* the default, written out */
        ck_assert_str_eq(none, now);
        identity("flag", "no", now);
        ck_assert_str_ne(none, now);
        identity("list", "a b", again);
        identity("list", "ab", now);
        ck_assert_str_ne(again, now);
        identity("secret", "pw", now);       /* a new password reads the same people */
        ck_assert_str_eq(none, now);
        identity("choice", "red", now);      /* not flagged */
        ck_assert_str_eq(none, now);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("options");
        TCase *fills = tcase_create("fill"), *secrets = tcase_create("secrets");

        tcase_add_loop_test(fills, bad_value, 0, UNIT_COUNT(bad));
        tcase_add_test(fills, defaults);
        tcase_add_test(fills, values);
        tcase_add_test(fills, all_at_once);
        tcase_add_test(fills, missing);
        tcase_add_test(fills, deprecated);
        tcase_add_test(fills, identity_changes);
        tcase_add_checked_fixture(secrets, setup, teardown);
        tcase_add_loop_test(secrets, secret_from_file, 0, UNIT_COUNT(contents));
        tcase_add_loop_test(secrets, secret_others_can_read, 0, UNIT_COUNT(modes));
        tcase_add_test(secrets, secret_file_trouble);
        tcase_add_test(secrets, secret_from_credential);
        tcase_add_test(secrets, secret_from_environment);
        tcase_add_test(secrets, secret_in_the_file_itself);
        suite_add_tcase(s, fills);
        suite_add_tcase(s, secrets);
        return s;
}

UNIT_MAIN(suite)
