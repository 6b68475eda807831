/* file-turn.c - what the sink writes, the source reads: random people with everything that a
 * format could stumble over, in each format, are the same when they come back. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../plugins/file/sink.h"
#include "file-kit.h"
#include "unit.h"

#define PEOPLE 400
#define COLUMNS 5

static const char *const names[COLUMNS] = { "a", "b", "c", "l", "m" };
static char *types[] = { (char *)"l=list", (char *)"m=list", NULL };
static uint64_t seed;

static uint32_t
dice(uint32_t sides)
{
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return (uint32_t)(seed >> 32) % sides;
}

/* Up to eight pieces, each a stumbling block; never empty. */
static void
make_text(char *into, size_t room)
{
        static const char *const pieces[] = {
                "\"", ",", ";", "\n", "\r\n", "\r", "'", "=", "+", "-", "@", " ", "\t", ":", "<", "#", "#rows=1", "\\",
                "\xc3\xb6", "\xf0\x9f\x98\x80", "a", "B", "7", "\x7f", "\x01", "dn: x", "{", "]", "null", "\xef\xbb\xbf",
                "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
        };
        size_t at = 0;

        for (uint32_t n = 1 + dice(8); n > 0; n--)
                at += (size_t)snprintf(into + at, room - at, "%s", pieces[dice(sizeof pieces / sizeof *pieces)]);
}

static void
fill(struct mst_record *record)
{
        char text[1024];

        for (size_t i = 0; i < COLUMNS; i++) {
                struct mst_value *value;
                uint32_t count = names[i][0] >= 'l' ? dice(4) : 1;

                if (dice(4) == 0 || count == 0)
                        continue;
                value = mst_record_put(record, names[i]);
                if (names[i][0] >= 'l')
                        mst_record_list(record, value);
                for (; count > 0; count--) {
                        make_text(text, sizeof text);
                        mst_record_text(record, names[i][0] >= 'l' ? mst_record_append(record, value) : value, text,
                                        strlen(text));
                }
        }
        ck_assert_ptr_null(mst_record_why_bad(record));
}

static void
same(const struct mst_record *wrote, const struct mst_record *read)
{
        ck_assert_msg(mst_record_why_bad(read) == NULL, "%s", mst_record_why_bad(read));
        for (size_t i = 0; i < COLUMNS; i++) {
                const struct mst_value *a = mst_record_get(wrote, names[i]), *b = mst_record_get(read, names[i]);

                ck_assert_uint_eq(mst_value_count(a), mst_value_count(b));
                for (size_t n = 0; n < mst_value_count(a); n++)
                        ck_assert_str_eq(mst_value_text(mst_value_at(a, n), NULL), mst_value_text(mst_value_at(b, n), NULL));
        }
}

static void
apply(const struct fil_sink_config *config, struct mst_test *test, struct mst_op *const *ops, size_t count)
{
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_error err = { 0 };
        struct mst_op *op;
        void *self;

        ck_assert_msg(fil_sink_open(config, mst_test_host(test), &self, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < count; i++)
                ck_assert(mst_test_push(feed, ops[i]));
        mst_test_end(feed);
        ck_assert_msg(fil_sink_apply(self, feed, &err) == MST_OK, "%s", err.text);
        mst_test_close(feed, NULL);
        while ((op = mst_test_collect(feed)) != NULL)
                ck_assert_int_eq(mst_test_outcome(op), MST_DONE);
        fil_sink_close(self);
}

static size_t
size_of(const char *path, char **ret)
{
        FILE *file = fopen(path, "r");
        size_t size;

        ck_assert_ptr_nonnull(file);
        *ret = malloc(8 << 20);
        ck_assert_ptr_nonnull(*ret);
        size = fread(*ret, 1, 8 << 20, file);
        fclose(file);
        return size;
}

static void
turn(enum fil_format format, bool defuse, enum fil_marker marker)
{
        struct kit k;
        struct fil_sink_config config;
        struct mst_op *ops[PEOPLE], *more;
        char id[32], *before, *after;
        size_t size;

        kit_start(&k, NULL);
        config = (struct fil_sink_config){
                .path = k.path, .format = format, .id = (char *)"id", .list_separator = (char *)"||", .defuse = defuse,
                .types = types, .marker = marker, .base = (char *)"ou=p", .stamp = (char *)"s", .lock_timeout = 1000,
        };
        for (size_t i = 0; i < PEOPLE; i++) {
                snprintf(id, sizeof id, "p%zu, \"%c", i, (char)('a' + dice(26)));
                ops[i] = mst_test_op(k.test, MST_CREATE, MST_USER, id);
                fill(mst_test_op_after(ops[i]));
        }
        apply(&config, k.test, ops, PEOPLE);
        k.config.format = format;
        k.config.defused = defuse;
        k.config.marker = marker;
        k.config.types = types;
        k.config.list_separator = (char *)"||";
        k.config.page_size = 100000;
        ck_assert_msg(kit_round(&k, NULL) == MST_OK, "%s", k.err.text);
        ck_assert_uint_eq(mst_test_page_count(k.page), PEOPLE);
        ck_assert_ptr_null(mst_test_page_bad(k.page, 0));
        for (size_t i = 0; i < PEOPLE; i++)
                same(mst_test_op_after(ops[i]), mst_test_page_find(k.page, mst_op_id(ops[i])));
        /* Read by a sink and written again, nothing has moved. */
        size = size_of(k.path, &before);
        more = mst_test_op(k.test, MST_CREATE, MST_USER, "more");
        apply(&config, k.test, &more, 1);
        more = mst_test_op(k.test, MST_DELETE, MST_USER, "more");
        ck_assert(mst_test_op_object(more, "more", "more", NULL));
        apply(&config, k.test, &more, 1);
        ck_assert_uint_eq(size_of(k.path, &after), size);
        ck_assert_int_eq(memcmp(before, after, size), 0);
        free(before);
        free(after);
        kit_end(&k);
}

START_TEST(there_and_back)
{
        static const struct { enum fil_format format; bool defuse; enum fil_marker marker; } ways[] = {
                { FIL_CSV, false, FIL_MARK_NEWLINE }, { FIL_CSV, true, FIL_MARK_ROWS },
                { FIL_JSONL, false, FIL_MARK_ROWS }, { FIL_LDIF, false, FIL_MARK_ROWS },
        };

        seed = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
        turn(ways[_i % 4].format, ways[_i % 4].defuse, ways[_i % 4].marker);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("file-turn");
        TCase *c = tcase_create("turns");

        tcase_add_loop_test(c, there_and_back, 0, 12);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
