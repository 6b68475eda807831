/* zoo.c - what an admin reads when a plugin is not fit to be loaded.
 *
 * Each sentence is compared in full but for the folder, written as FOLDER here. */
#include <muster/plugin.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/manual.h"
#include "host/options.h"
#include "host/plugins.h"
#include "unit.h"

#define IN(name) "plugin '" name "' in FOLDER/" name ".so: "
#define REBUILD ": rebuild it with this muster's headers"

/* Sizes stand as %zu-made text in no sentence here but those marked '~', of which only
 * the part before and after the sign must be found. */
static const struct {
        const char *name, *says;
} vices[] = {
        { "wrong-major", IN("wrong-major") "it was built for plugin ABI 2.0 and this muster has 1.0: get the plugin built for ABI 1" },
        { "newer-minor", IN("newer-minor") "it was built for plugin ABI 1.1 and this muster has 1.0: update muster, or get the plugin built for 1.0" },
        { "no-symbol", "plugin 'no-symbol': FOLDER/no-symbol.so has no symbol mst_plugin_no_symbol: it is not a plugin of muster, or was renamed" },
        { "unresolved", "plugin 'unresolved' cannot be loaded: FOLDER/unresolved.so: undefined symbol: mst_there_is_no_such_function" },
        { "other-name", IN("other-name") "its descriptor names it 'else', not 'other-name': file, symbol and name must agree" },
        { "no-summary", IN("no-summary") "its descriptor has no summary" },
        { "two-lines", IN("two-lines") "the summary in its descriptor is not one line of 1 to 200 bytes" },
        { "short-head", IN("short-head") "its descriptor is said to be 24 bytes long, which is not between ~" REBUILD },
        { "long-row", IN("long-row") "source option: a row is said to be ~ bytes long, which is not between ~" REBUILD },
        { "nobody", IN("nobody") "it is neither a source nor a sink" },
        { "no-read", IN("no-read") "its source lacks the call read()" },
        { "no-fetch", IN("no-fetch") "its source lacks the call fetch()" },
        { "no-find", IN("no-find") "its sink lacks the call find()" },
        { "wild-calls", IN("wild-calls") "its table of source calls lies outside the plugin" },
        { "wild-table", IN("wild-table") "source option: the table does not end with a NULL row" },
        { "open-table", IN("open-table") "source option 3 has no name that can be read: does the table end with a NULL row?" },
        { "outside", IN("outside") "source option 'number' is to be stored at byte 4096, outside the 24 bytes of the configuration" },
        { "at-the-edge", IN("at-the-edge") "source option 'number' is to be stored at byte 20, outside the 24 bytes of the configuration" },
        { "crooked", IN("crooked") "source option 'number' is to be stored at byte 4, which does not fit its type" },
        { "overlap", IN("overlap") "source options 'file' and 'number' are to be stored in the same place" },
        { "twice", IN("twice") "source option 'file' is in the table twice" },
        { "odd-type", IN("odd-type") "source option 'number' has the unknown type 77" },
        { "odd-name", IN("odd-name") "source option 1: 'Time Out' is not a name of small letters, digits and '-'" },
        { "odd-default", IN("odd-default") "source option 'number': its default is not possible: '9' is too large" },
        { "required-default", IN("required-default") "source option 'number' is required and has a default" },
        { "no-choices", IN("no-choices") "source option 'number' is a choice without choices" },
        { "no-help", IN("no-help") "source option 'number' has no help" },
        { "odd-attribute", IN("odd-attribute") "source attribute 'photo' has the unknown type 99" },
        { "same-attribute", IN("same-attribute") "source attribute 'Mail' is in the table twice" },
        { "lost-map", IN("lost-map") "sink default map to 'phone': there is no such attribute in its table" },
        { "there-is-none", "there is no plugin 'there-is-none' (searched: FOLDER)" },
        { "minor1", "there is no plugin 'minor1': did you mean 'minor0'? (searched: FOLDER)" },
        { "../minor0", "'../minor0' is not a plugin's name: small letters, digits and '-'" },
        { "", "'' is not a plugin's name: small letters, digits and '-'" },
};

static const char *
folder(void)
{
        static char path[PATH_MAX];
        const char *top = getenv("top_builddir");

        (void)snprintf(path, sizeof path, "%s/tests/plugins/.libs", top != NULL ? top : "/nowhere");
        return path;
}

static struct mstc_plugins *
zoo(void)
{
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        const char *folders[] = { folder() };

        ck_assert_int_eq(setenv("MUSTER_PLUGINS", "", 1), 0);
        ck_assert_msg(mstc_plugins_new(folders, 1, &plugins, &err) == 0, "%s", err.text);
        return plugins;
}

/* 'text' is 'pattern' with the folder and, for each '~', anything. */
static bool
is(const char *text, const char *pattern)
{
        while (*pattern != '\0') {
                if (strncmp(pattern, "FOLDER", 6) == 0) {
                        if (strncmp(text, folder(), strlen(folder())) != 0)
                                return false;
                        text += strlen(folder());
                        pattern += 6;
                } else if (*pattern == '~') {
                        for (pattern++; *text != '\0' && strncmp(text, pattern, 6) != 0; text++)
                                ;
                } else if (*text++ != *pattern++) {
                        return false;
                }
        }
        return *text == '\0';
}

START_TEST(vice_is_told)
{
        struct mstc_plugins *plugins = zoo();
        struct mst_error err = { 0 };

        ck_assert_ptr_null(mstc_plugins_get(plugins, vices[_i].name, &err));
        ck_assert_int_lt(err.code, 0);
        ck_assert_msg(is(err.text, vices[_i].says), "'%s' is not '%s'", err.text, vices[_i].says);
        mstc_plugins_free(plugins);
}
END_TEST

START_TEST(first_minor_loads_for_ever)
{
        struct mstc_plugins *plugins = zoo();
        struct mst_error err = { 0 };
        const struct mst_plugin *plugin = mstc_plugins_get(plugins, "minor0", &err);
        struct mstc_report *report = mstc_report_new();
        struct mstc_given text = { .name = "text", .text = "hello" };
        struct mstc_filled *filled;
        void *self = NULL;

        ck_assert_msg(plugin != NULL, "%s", err.text);
        ck_assert_ptr_eq(mstc_plugins_get(plugins, "minor0", &err), plugin);
        ck_assert_str_eq(plugin->version, "1.0");
        ck_assert_uint_eq(plugin->size, sizeof *plugin);
        ck_assert(plugin->source_ids_unique);
        ck_assert_uint_eq(plugin->source_can, MST_CAN_USERS | MST_CAN_INCREMENTAL | MST_CAN_FETCH);
        ck_assert_uint_eq(plugin->sink_in_flight, 4);
        ck_assert_uint_eq(plugin->sink_members, 100);
        ck_assert_str_eq(plugin->sink_options[9].name, "list");
        ck_assert_uint_eq(plugin->sink_options[9].type, MST_OPT_LIST);
        ck_assert_ptr_null(plugin->sink_options[10].name);
        ck_assert_str_eq(plugin->source_attributes[2].name, "phones");
        ck_assert_uint_eq(plugin->source_attributes[2].flags, MST_ATTR_MANY);
        ck_assert_str_eq(plugin->sink_map[1].expression, "[name]");
        ck_assert_uint_eq(plugin->sink_map[1].flags, MST_ATTR_GROUP);
        filled = mstc_options_fill(plugin->source_options, plugin->source->config_size, "minor0", &text,
                                   (struct mstc_place){ .file = "x", .line = 1 }, true, report);
        ck_assert_ptr_nonnull(filled);
        ck_assert_int_eq(plugin->source->open(mstc_filled_config(filled), NULL, &self, &err), 0);
        ck_assert_ptr_eq(self, mstc_filled_config(filled));
        plugin->source->close(self);
        mstc_filled_free(filled);
        mstc_report_free(report);
        mstc_plugins_free(plugins);
}
END_TEST

START_TEST(all_are_listed)
{
        struct mstc_plugins *plugins = zoo();
        size_t count = 0, seen = 0;
        const char *const *names = mstc_plugins_names(plugins, &count);

        for (size_t i = 0; i < count; i++) {
                ck_assert(i == 0 || strcmp(names[i - 1], names[i]) < 0);
                seen += strcmp(names[i], "minor0") == 0 || strcmp(names[i], "wrong-major") == 0;
                ck_assert_ptr_nonnull(strstr(mstc_plugins_file(plugins, names[i]), names[i]));
        }
        ck_assert_uint_eq(seen, 2);
        ck_assert_uint_ge(count, 31);
        mstc_plugins_free(plugins);
}
END_TEST

START_TEST(manual_of_all_types)
{
        struct mstc_plugins *plugins = zoo();
        struct mst_error err = { 0 };
        const struct mst_plugin *plugin = mstc_plugins_get(plugins, "minor0", &err);
        struct mstc_buffer text = { 0 }, json = { 0 }, rng = { 0 };
        static const char *const parts[] = {
                "minor0 1.0 - is as old as the first promise\n", "AS A SOURCE", "AS A SINK",
                "can at most           users, incremental, fetch\n", "<integer>             number, 1 to 9, default 7\n",
                "<url>                 url, scheme https | http\n", "<choice>              choice: a | b | c, default b\n",
                "text, required, a change reads everything again\n", "Options that are seldom needed\n  <duration>",
                "list, default x y, deprecated\n", "      where\n      From /.\n", "Attributes of groups\n  cn ",
                "text, required, part of the name\n", "text, at most 64 characters; address\n", "Default map of groups\n  cn ",
        };

        ck_assert_ptr_nonnull(plugin);
        mstc_plugin_manual(plugin, &text);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
                ck_assert_msg(strstr(mstc_buffer_cstr(&text), parts[i]) != NULL, "no '%s' in:\n%s", parts[i],
                              mstc_buffer_cstr(&text));
        for (const char *line = text.bytes; *line != '\0'; line += strcspn(line, "\n") + 1)
                ck_assert_uint_le(strcspn(line, "\n"), 80);
        mstc_plugin_json(plugin, &json);
        ck_assert_ptr_nonnull(strstr(mstc_buffer_cstr(&json), "\"name\":\"choice\",\"type\":\"choice\",\"required\":false,"
                                                              "\"default\":\"b\",\"range\":null,\"choices\":\"a|b|c\""));
        mstc_plugins_rng(plugins, &rng);
        ck_assert(mstc_buffer_ok(&rng));
        ck_assert_ptr_nonnull(strstr(rng.bytes, "<attribute name=\"plugin\"><value>minor0</value></attribute>"));
        ck_assert_ptr_nonnull(strstr(rng.bytes, "<choice><value>a</value><value>b</value><value>c</value></choice>"));
        ck_assert_ptr_null(strstr(rng.bytes, "wrong-major"));
        mstc_buffer_done(&text);
        mstc_buffer_done(&json);
        mstc_buffer_done(&rng);
        mstc_plugins_free(plugins);
}
END_TEST

/* ---- folders and files that others can write ---- */

static char place[] = "/tmp/muster-zoo-XXXXXX";

static void
copy(const char *to, size_t most)
{
        char from[PATH_MAX + 16], bytes[4096];
        FILE *in, *out;
        size_t n, total = 0;

        (void)snprintf(from, sizeof from, "%s/minor0.so", folder());
        in = fopen(from, "rb");
        out = fopen(to, "wb");
        ck_assert(in != NULL && out != NULL);
        while ((n = fread(bytes, 1, sizeof bytes, in)) > 0 && total < most) {
                n = n < most - total ? n : most - total;
                ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
                total += n;
        }
        fclose(in);
        ck_assert_int_eq(fclose(out), 0);
}

static void
setup_place(void)
{
        memcpy(place + strlen(place) - 6, "XXXXXX", 6);
        ck_assert_ptr_nonnull(mkdtemp(place));
        ck_assert_int_eq(setenv("MUSTER_PLUGINS", "", 1), 0);
}

static void
teardown_place(void)
{
        char command[200];

        (void)snprintf(command, sizeof command, "rm -rf '%s'", place);
        ck_assert_int_eq(system(command), 0);
}

static void
expect_folder(const char *path, const char *says)
{
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        const char *folders[] = { path };

        ck_assert_int_ne(mstc_plugins_new(folders, 1, &plugins, &err), 0);
        ck_assert_msg(strstr(err.text, says) != NULL, "'%s' lacks '%s'", err.text, says);
}

START_TEST(folders_that_are_not_trusted)
{
        char below[200], says[400];

        expect_folder("tests/plugins", "is not an absolute path");
        expect_folder("/nowhere/at/all", "the folder '/nowhere/at/all' cannot be examined: No such file");
        ck_assert_int_eq(chmod(place, 0777), 0);
        (void)snprintf(says, sizeof says, "the folder '%s' can be written by others (its mode is 0777); chmod go-w '%s'",
                       place, place);
        expect_folder(place, says);
        ck_assert_int_eq(chmod(place, 01777), 0);
        expect_folder(place, "its mode is 1777");
        ck_assert_int_eq(chmod(place, 0770), 0);
        if (getegid() == 0)
                expect_folder(place, "its mode is 0770");
        (void)snprintf(below, sizeof below, "%s/below", place);
        ck_assert_int_eq(mkdir(below, 0755), 0);
        ck_assert_int_eq(chmod(place, 0777), 0);
        expect_folder(below, says);
        ck_assert_int_eq(chmod(place, 0700), 0);
        (void)snprintf(below, sizeof below, "%s/file", place);
        copy(below, 100);
        expect_folder(below, "is not a folder");
        if (geteuid() != 0)
                return;
        ck_assert_int_eq(chown(place, 12345, 0), 0);
        expect_folder(place, "belongs to user 12345, who is neither root nor the user running muster");
}
END_TEST

static void
expect_file(mode_t mode, const char *says)
{
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        const char *folders[] = { place };
        char file[200];

        (void)snprintf(file, sizeof file, "%s/minor0.so", place);
        ck_assert(mode == 0 || chmod(file, mode) == 0);
        ck_assert_int_eq(mstc_plugins_new(folders, 1, &plugins, &err), 0);
        if (says == NULL)
                ck_assert_msg(mstc_plugins_get(plugins, "minor0", &err) != NULL, "%s", err.text);
        else
                ck_assert_ptr_null(mstc_plugins_get(plugins, "minor0", &err));
        ck_assert_msg(says == NULL || strstr(err.text, says) != NULL, "'%s' lacks '%s'", err.text, says);
        mstc_plugins_free(plugins);
}

START_TEST(files_that_are_not_trusted)
{
        char file[200];

        (void)snprintf(file, sizeof file, "%s/minor0.so", place);
        copy(file, 40);
        expect_file(0644, "plugin 'minor0' cannot be loaded: ");
        ck_assert_int_eq(unlink(file), 0);
        copy(file, 0);
        expect_file(0644, "file too short");
        ck_assert_int_eq(unlink(file), 0);
        ck_assert_int_eq(mkdir(file, 0755), 0);
        expect_file(0, "is not a regular file");
        ck_assert_int_eq(rmdir(file), 0);
        ck_assert_int_eq(symlink("/nowhere/x.so", file), 0);
        expect_file(0, "there is no plugin 'minor0'");
        ck_assert_int_eq(unlink(file), 0);
        /* Last, since what is loaded once stays. */
        copy(file, SIZE_MAX);
        expect_file(0646, "can be written by others (its mode is 0646); chmod go-w '");
        expect_file(0644, NULL);
}
END_TEST

/* A .la file must not lead anywhere, nor the current folder, nor LTDL_LIBRARY_PATH. */
START_TEST(nothing_else_is_searched)
{
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        const char *folders[] = { place };
        char file[200];
        FILE *la;

        ck_assert_int_eq(setenv("LTDL_LIBRARY_PATH", folder(), 1), 0);
        ck_assert_int_eq(chdir(folder()), 0);
        (void)snprintf(file, sizeof file, "%s/minor0.la", place);
        la = fopen(file, "w");
        ck_assert_ptr_nonnull(la);
        fprintf(la, "dlname='minor0.so'\nlibdir='%s'\ninstalled=yes\n", folder());
        fclose(la);
        ck_assert_int_eq(mstc_plugins_new(folders, 1, &plugins, &err), 0);
        ck_assert_ptr_null(mstc_plugins_get(plugins, "minor0", &err));
        ck_assert_int_eq(err.code, MST_ENOTFOUND);
        mstc_plugins_free(plugins);
        unsetenv("LTDL_LIBRARY_PATH");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("zoo");
        TCase *bad = tcase_create("bad"), *good = tcase_create("good"), *trust = tcase_create("trust");

        tcase_add_loop_test(bad, vice_is_told, 0, UNIT_COUNT(vices));
        tcase_add_test(good, first_minor_loads_for_ever);
        tcase_add_test(good, all_are_listed);
        tcase_add_test(good, manual_of_all_types);
        tcase_add_checked_fixture(trust, setup_place, teardown_place);
        tcase_add_test(trust, folders_that_are_not_trusted);
        tcase_add_test(trust, files_that_are_not_trusted);
        tcase_add_test(trust, nothing_else_is_searched);
        suite_add_tcase(s, bad);
        suite_add_tcase(s, good);
        suite_add_tcase(s, trust);
        return s;
}

UNIT_MAIN(suite)
