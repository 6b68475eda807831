/* file-kit.c - see file-kit.h. */
#include "build.h"

#include "file-kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/record.h"

void
kit_write(const char *path, const void *bytes, size_t size)
{
        FILE *file = fopen(path, "w");

        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
}

void
kit_text(const char *path, const char *text)
{
        kit_write(path, text, strlen(text));
}

void
kit_start(struct kit *kit, const char *const *wants)
{
        size_t count = 0;

        memset(kit, 0, sizeof *kit);
        snprintf(kit->folder, sizeof kit->folder, "/tmp/muster-file.XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(kit->folder));
        snprintf(kit->path, sizeof kit->path, "%s/users.csv", kit->folder);
        snprintf(kit->groups, sizeof kit->groups, "%s/groups.csv", kit->folder);
        kit->config = (struct fil_source_config){
                .path = kit->path, .id = (char *)"id", .header = true, .list_separator = (char *)"|",
                .members = (char *)"members", .page_size = 1000,
        };
        kit->test = mst_test_new("people");
        ck_assert_ptr_nonnull(kit->test);
        while (wants != NULL && wants[count] != NULL)
                count++;
        ck_assert(count == 0 || mst_test_wants(kit->test, wants, count));
        kit->page = mst_test_page(kit->test);
}

void
kit_close(struct kit *kit)
{
        if (kit->self != NULL)
                fil_source_close(kit->self);
        kit->self = NULL;
}

void
kit_end(struct kit *kit)
{
        char command[128];

        kit_close(kit);
        mst_test_free(kit->test);
        mstc_buffer_done(&kit->said);
        snprintf(command, sizeof command, "rm -rf '%s'", kit->folder);
        ck_assert_int_eq(system(command), 0);
}

int
kit_open(struct kit *kit)
{
        kit->err = (struct mst_error){ 0 };
        if (kit->self != NULL)
                return MST_OK;
        return fil_source_open(&kit->config, mst_test_host(kit->test), &kit->self, &kit->err);
}

static void
say_bad(struct kit *kit, const char *text)
{
        const char *after = text[0] == '\'' ? strstr(text, "', ") : NULL;

        mstc_buffer_printf(&kit->said, "! %s\n", after != NULL ? after + 3 : text);
}

static void
say(struct kit *kit)
{
        enum mst_kind kind;
        const char *group, *member;
        bool joins;

        for (size_t i = 0; i < mst_test_page_count(kit->page); i++) {
                const struct mst_record *record = mst_test_page_record(kit->page, i);

                mstc_buffer_printf(&kit->said, "%s ", mst_record_id(record));
                if (mst_test_page_what(kit->page, i) == MST_TEST_GONE_SOFT)
                        mstc_buffer_text(&kit->said, "gone");
                else if (mst_record_why_bad(record) != NULL)
                        mstc_buffer_printf(&kit->said, "! %s", mst_record_why_bad(record));
                else
                        mstc_record_json(record, &kit->said);
                mstc_buffer_char(&kit->said, '\n');
        }
        for (size_t i = 0; (group = mst_test_page_member(kit->page, i, &kind, &member, &joins)) != NULL; i++)
                mstc_buffer_printf(&kit->said, "%s %c %s%s\n", group, joins ? '+' : '-',
                                   kind == MST_GROUP ? "group " : "", member);
        for (size_t i = 0; mst_test_page_bad(kit->page, i) != NULL; i++)
                say_bad(kit, mst_test_page_bad(kit->page, i));
}

int
kit_page(struct kit *kit, const char *cursor)
{
        char from[1024];
        int rc = kit_open(kit);

        if (rc != MST_OK)
                return rc;
        if (cursor != NULL)
                snprintf(from, sizeof from, "%s", cursor);
        mst_test_page_reset(kit->page);
        rc = fil_source_read(kit->self, cursor != NULL ? from : NULL, kit->page, &kit->err);
        if (rc != MST_OK) {
                ck_assert_int_eq(rc, kit->err.code);
                ck_assert_str_ne(kit->err.text, "");
                return rc;
        }
        ck_assert(mst_test_page_ended(kit->page));
        say(kit);
        kit->users_all |= mst_test_page_all(kit->page, MST_USER);
        kit->groups_all |= mst_test_page_all(kit->page, MST_GROUP);
        snprintf(kit->cursor, sizeof kit->cursor, "%s", mst_test_page_cursor(kit->page));
        return rc;
}

int
kit_round(struct kit *kit, const char *cursor)
{
        int rc;

        mstc_buffer_clear(&kit->said);
        kit->users_all = kit->groups_all = false;
        rc = kit_page(kit, cursor);
        while (rc == MST_OK && !mst_test_page_is_complete(kit->page))
                rc = kit_page(kit, kit->cursor);
        return rc;
}
