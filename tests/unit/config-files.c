/* config-files.c - whose file it is, how much of it there is, the files it includes, and
 * files that nobody would write. */
#include "config/config.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muster-xml.h"
#include "unit.h"

/* ---- the file itself ---- */

static void
expect_one(struct mstc_report *report, const char *says, const char *remedy)
{
        const struct mstc_complaint *c;

        ck_assert_msg(mstc_report_count(report) == 1, "%s", xml_complaints(report));
        c = mstc_report_at(report, 0);
        ck_assert_msg(strstr(c->text, says) != NULL, "%s", xml_complaints(report));
        ck_assert_msg(remedy == NULL || strstr(c->remedy, remedy) != NULL, "%s", xml_complaints(report));
        mstc_report_free(report);
}

START_TEST(owner_and_mode)
{
        static const mode_t modes[] = { 0664, 0646, 0666, 0777, 0620 };

        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
                struct mstc_report *report = mstc_report_new();

                xml_write(xml_file, xml_good, xml_good_size, modes[i]);
                ck_assert_ptr_null(mstc_config_read(xml_file, report));
                expect_one(report, "can be written by others (its mode is 0", "chmod go-w '");
        }
        for (int i = 0; i < 2; i++) {
                struct mstc_report *report = mstc_report_new();
                struct mstc_config *config;

                xml_write(xml_file, xml_good, xml_good_size, i == 0 ? 0600 : 0644);
                config = mstc_config_read(xml_file, report);
                ck_assert_msg(config != NULL, "%s", xml_complaints(report));
                ck_assert(config->private_file == (i == 0) && config->instances[0].private_file == (i == 0));
                mstc_config_free(config);
                mstc_report_free(report);
        }
        if (geteuid() == 0) {
                struct mstc_report *report = mstc_report_new();

                ck_assert_int_eq(chown(xml_file, 12345, 0), 0);
                ck_assert_ptr_null(mstc_config_read(xml_file, report));
                expect_one(report, "belongs to user 12345, who is neither root nor the user running muster", "chown root");
        }
}
END_TEST

START_TEST(not_a_file)
{
        struct mstc_report *report = mstc_report_new();

        ck_assert_ptr_null(mstc_config_read("/nowhere/muster.xml", report));
        expect_one(report, "'/nowhere/muster.xml' cannot be opened: No such file or directory", NULL);
        report = mstc_report_new();
        ck_assert_ptr_null(mstc_config_read(xml_folder, report));
        expect_one(report, "is not a regular file", "name a regular file");
        report = mstc_report_new();
        ck_assert_int_eq(mkfifo(xml_file, 0600), 0);
        ck_assert_ptr_null(mstc_config_read(xml_file, report));
        expect_one(report, "is not a regular file", "name a regular file");
}
END_TEST

START_TEST(four_megabytes)
{
        struct mstc_report *report = mstc_report_new();
        size_t most = (size_t)4 << 20;
        char *text = malloc(most + 1);
        size_t length = xml_good_size;
        struct mstc_config *config;

        ck_assert_ptr_nonnull(text);
        memset(text, '\n', most + 1);
        memcpy(text, xml_good, length);
        xml_write(xml_file, text, most, 0600);
        config = mstc_config_read(xml_file, report);
        ck_assert_msg(config != NULL, "%s", xml_complaints(report));
        mstc_config_free(config);
        xml_write(xml_file, text, most + 1, 0600);
        ck_assert_ptr_null(mstc_config_read(xml_file, report));
        expect_one(report, "has more than the 4194304 bytes that are taken", NULL);
        free(text);
}
END_TEST

/* Deeper than any stack should be trusted with; longer names than any buffer. */
START_TEST(bombs)
{
        size_t size = 200000;
        char *text = malloc(size + 1);

        ck_assert_ptr_nonnull(text);
        for (int kind = 0; kind < 3; kind++) {
                struct mstc_report *report = mstc_report_new();
                size_t used = 0;

                if (kind == 0)
                        while (used + 4 < size)
                                used += (size_t)snprintf(text + used, size - used, "<a>");
                else if (kind == 1)
                        used += (size_t)snprintf(text, size, "<muster %0*d='x'/>", 150000, 7);
                else
                        used += (size_t)snprintf(text, size, "<muster xmlns='urn:muster:config:1'><a%0*d/></muster>", 40000, 7);
                xml_write(xml_file, text, used, 0600);
                ck_assert_ptr_null(mstc_config_read(xml_file, report));
                ck_assert_uint_ge(mstc_report_errors(report), 1);
                mstc_report_free(report);
        }
        free(text);
}
END_TEST

/* ---- includes ---- */

static void
put_part(const char *name, const char *text, mode_t mode)
{
        char path[128];

        (void)snprintf(path, sizeof path, "%s/%s", xml_folder, name);
        xml_write(path, text, strlen(text), mode);
}

#define PART "<part xmlns='urn:muster:config:1'>"

START_TEST(parts_are_read)
{
        struct mstc_report *report = mstc_report_new();
        char text[4096];
        struct mstc_config *c;
        struct mstc_place place;

        put_part("b.xml", PART "<group name='b'>false</group></part>", 0644);
        put_part("a.xml", "<?xml version='1.0'?>\n" PART "\n<group name='a'>user.x</group><test user='{}' in='a'/></part>", 0644);
        put_part("top.part", PART "<sink name='more' plugin='p'/></part>", 0600);
        xml_build(SYNC, "<include file='*.xml'/>", text, sizeof text);
        ck_assert_ptr_null(xml_read(text, report));         /* that takes muster.xml too */
        ck_assert_msg(strstr(xml_complaints(report), "muster.xml' is read already [include a file once]") != NULL, "%s", xml_complaints(report));
        mstc_report_free(report);
        report = mstc_report_new();
        xml_build(SYNC, "<include file='[ab].xml'/><include file='none*.xml'/>", text, sizeof text);
        c = xml_read(text, report);
        ck_assert_msg(c != NULL && mstc_report_count(report) == 0, "%s", xml_complaints(report));
        ck_assert_uint_eq(c->syncs[0].group_count, 3);
        ck_assert_str_eq(c->syncs[0].groups[1].name, "a");
        ck_assert_str_eq(c->syncs[0].groups[2].name, "b");
        ck_assert_uint_eq(c->syncs[0].test_count, 1);
        place = mstc_config_place(&c->syncs[0].groups[1].rule, 5);
        ck_assert(strstr(place.file, "/a.xml") != NULL && place.line == 3 && place.column == 22);
        mstc_config_free(c);
        mstc_report_free(report);
        report = mstc_report_new();
        xml_build(TOP, "<include file='top.part'/>", text, sizeof text);
        c = xml_read(text, report);
        ck_assert_msg(c != NULL && c->instance_count == 3, "%s", xml_complaints(report));
        ck_assert(!c->instances[0].private_file && c->instances[2].private_file);
        mstc_config_free(c);
        mstc_report_free(report);
}
END_TEST

static const struct {
        const char *part;
        mode_t mode;
        enum where where;
        const char *says, *at;
} parts[] = {
        { PART "<group name='g'>true</group></part>", 0644, SYNC, "there is a second group named 'g'", "/x.part:1:" },
        { PART "<group name='x'>true</group></part>", 0644, TOP, "<muster> has no element <group>", "/x.part:1:" },
        { PART "<sink name='x' plugin='p'/></part>", 0644, SYNC, "<sync> has no element <sink>", "/x.part:1:" },
        { PART "\n<include file='y'/></part>", 0644, SYNC, "an included file cannot include others", "/x.part:2:1:" },
        { PART "text</part>", 0644, SYNC, "<part> holds no text", "/x.part:1:35:" },
        { "<part/>", 0644, SYNC, "an included file holds a <part> of this namespace", "/x.part:1:1:" },
        { "<muster xmlns='urn:muster:config:1'/>", 0644, TOP, "not <muster>", "/x.part:1:1:" },
        { "<!DOCTYPE part>" PART "</part>", 0644, TOP, "DOCTYPE", "/x.part:1:1:" },
        { "<part", 0644, TOP, "not well-formed", "/x.part:1:" },
        { PART "</part>", 0664, TOP, "can be written by others", "/muster.xml:3:16:" },
        { PART "<group name='x' nmae='y'>true</group></part>", 0644, SYNC, "<group> has no attribute 'nmae'", "/x.part:1:51:" },
};

START_TEST(bad_part)
{
        struct mstc_report *report = mstc_report_new();
        char text[4096];

        put_part("x.part", parts[_i].part, parts[_i].mode);
        xml_build(parts[_i].where, "<include file='x.part'/>", text, sizeof text);
        ck_assert_ptr_null(xml_read(text, report));
        ck_assert_uint_ge(mstc_report_errors(report), 1);
        ck_assert_msg(strstr(xml_complaints(report), parts[_i].says) != NULL && strstr(xml_complaints(report), parts[_i].at) != NULL, "%s", xml_complaints(report));
        mstc_report_free(report);
}
END_TEST

/* ---- 300 files that nobody would write ---- */

static uint32_t
next(uint32_t *seed)
{
        *seed ^= *seed << 13;
        *seed ^= *seed >> 17;
        return *seed ^= *seed << 5;
}

static size_t
mutate(char *text, size_t length, uint32_t *seed)
{
        static const char *const pieces[] = {
                "<", ">", "/>", "</", "&", "&#0;", "<![CDATA[", "]]>", "<!--", "-->", "\"", "'", "=", "\xff", "\xc3", "<?", "?>",
                "<!DOCTYPE x>", "&#x41;", "{value}", " name=\"", "xmlns=\"\"", "\r", "<map to=\"x\">", "</target>", "-1", "*",
        };
        size_t at = next(seed) % length, size;
        const char *piece;

        switch (next(seed) % 4) {
        case 0:
                text[at] = (char)next(seed);
                return length;
        case 1:
                size = 1 + next(seed) % 40;
                size = size < length - at ? size : length - at;
                memmove(text + at, text + at + size, length - at - size);
                return length - size > 0 ? length - size : 1;
        case 2:
                size = 1 + next(seed) % 60;
                size = size < length - at ? size : length - at;
                memmove(text + at + size, text + at, length - at);
                return length + size;
        default:
                piece = pieces[next(seed) % (sizeof pieces / sizeof *pieces)];
                memmove(text + at + strlen(piece), text + at, length - at);
                memcpy(text + at, piece, strlen(piece));
                return length + strlen(piece);
        }
}

START_TEST(mutants)
{
        uint32_t seed = 0x9e3779b9u + (uint32_t)_i;
        size_t accepted = 0;
        char *text = malloc(xml_good_size + 4096);

        ck_assert_ptr_nonnull(text);
        for (int round = 0; round < 100; round++) {
                struct mstc_report *report = mstc_report_new();
                struct mstc_config *config;
                size_t length = xml_good_size;

                memcpy(text, xml_good, length);
                for (uint32_t n = 1 + next(&seed) % 5; n > 0; n--)
                        length = mutate(text, length, &seed);
                xml_write(xml_file, text, length, 0600);
                config = mstc_config_read(xml_file, report);
                /* Either it is right, or there is a sentence; and the schema never
                 * knows better than the walk. */
                ck_assert((config != NULL) == (mstc_report_errors(report) == 0));
                ck_assert_msg(strstr(xml_complaints(report), "not as the schema wants it") == NULL, "%s\n%.*s", xml_complaints(report), (int)length, text);
                accepted += config != NULL;
                mstc_config_free(config);
                mstc_report_free(report);
        }
        ck_assert_uint_lt(accepted, 60);
        free(text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("config files");
        TCase *files = tcase_create("files");

        tcase_add_checked_fixture(files, xml_setup, xml_teardown);
        tcase_add_test(files, owner_and_mode);
        tcase_add_test(files, not_a_file);
        tcase_add_test(files, four_megabytes);
        tcase_add_test(files, bombs);
        tcase_add_test(files, parts_are_read);
        tcase_add_loop_test(files, bad_part, 0, UNIT_COUNT(parts));
        tcase_add_loop_test(files, mutants, 0, 3);
        suite_add_tcase(s, files);
        return s;
}

UNIT_MAIN(suite)
