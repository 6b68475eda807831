/* escape.c - what is escaped reads back as it was, and cannot leave its place. */
#include <muster/escape.h>

#include <string.h>

#include "unit.h"
#include "util/alloc.h"

static const struct {
        char *(*escape)(struct mst_arena *, const char *, size_t);
        const char *in;
        size_t length;                       /* 0: strlen */
        const char *out;
} cases[] = {
        { mst_escape_dn, "Ada Lovelace", 0, "Ada Lovelace" },
        { mst_escape_dn, "", 0, "" },
        { mst_escape_dn, " ", 0, "\\ " },
        { mst_escape_dn, "  ", 0, "\\ \\ " },
        { mst_escape_dn, " a b ", 0, "\\ a b\\ " },
        { mst_escape_dn, "#1 #2", 0, "\\#1 #2" },
        { mst_escape_dn, "Smith, Jo+x", 0, "Smith\\, Jo\\+x" },
        { mst_escape_dn, "a\"b\\c", 0, "a\\\"b\\\\c" },
        { mst_escape_dn, "<a>;b=c", 0, "\\<a\\>\\;b\\=c" },
        { mst_escape_dn, "a\0b", 3, "a\\00b" },
        { mst_escape_dn, "a\r\nb", 0, "a\\0D\\0Ab" },
        { mst_escape_dn, "\x7f", 0, "\\7F" },
        { mst_escape_dn, "Zo\xc3\xab", 0, "Zo\xc3\xab" },
        { mst_escape_dn, "\xff\xc3", 0, "\\FF\\C3" },
        { mst_escape_url, "a-b.c_d~e", 0, "a-b.c_d~e" },
        { mst_escape_url, "a b&c=d/e?f#g%", 0, "a%20b%26c%3Dd%2Fe%3Ff%23g%25" },
        { mst_escape_url, "\xc3\xa9'", 0, "%C3%A9%27" },
        { mst_escape_url, "../..", 0, "..%2F.." },
        { mst_escape_url, "a\0b", 3, "a%00b" },
        { mst_escape_json, "plain", 0, "plain" },
        { mst_escape_json, "\"\\/\b\f\n\r\t", 0, "\\\"\\\\/\\b\\f\\n\\r\\t" },
        { mst_escape_json, "\x01\x1f\x7f", 0, "\\u0001\\u001f\\u007f" },
        { mst_escape_json, "a\0b", 3, "a\\u0000b" },
        { mst_escape_json, "\xc3\xa9\xff.", 0, "\xc3\xa9\xef\xbf\xbd." },
        { mst_escape_xml, "a<b>&\"c'", 0, "a&lt;b&gt;&amp;&quot;c&#39;" },
        { mst_escape_xml, "a\tb\nc\rd", 0, "a&#9;b&#10;c&#13;d" },
        { mst_escape_xml, "\x01" "a\xff", 0, "\xef\xbf\xbd" "a\xef\xbf\xbd" },
        { mst_escape_xml, "\xef\xbf\xbe", 0, "\xef\xbf\xbd" },           /* U+FFFE */
        { mst_escape_xml, "]]>", 0, "]]&gt;" },
        { mst_escape_csv, "plain", 0, "plain" },
        { mst_escape_csv, "", 0, "" },
        { mst_escape_csv, "a,b", 0, "\"a,b\"" },
        { mst_escape_csv, "a\"b", 0, "\"a\"\"b\"" },
        { mst_escape_csv, "a\nb", 0, "\"a\nb\"" },
        { mst_escape_csv, "=1+1", 0, "'=1+1" },
        { mst_escape_csv, "+49", 0, "'+49" },
        { mst_escape_csv, "-1", 0, "'-1" },
        { mst_escape_csv, "@x,y", 0, "\"'@x,y\"" },
        { mst_escape_csv, "\t=1", 0, "\"'\t=1\"" },
        { mst_escape_csv, "a=b", 0, "a=b" },
        { mst_escape_csv, " a", 0, "\" a\"" },
        { mst_escape_terminal, "Zo\xc3\xab", 0, "Zo\xc3\xab" },
        { mst_escape_terminal, "a\033[31mb", 0, "a\\x1b[31mb" },
        { mst_escape_terminal, "a\r\nb\tc", 0, "a\\r\\nb\\tc" },
        { mst_escape_terminal, "\xe2\x80\xae" "evil", 0, "\\u{202e}evil" },
        { mst_escape_terminal, "\xe2\x81\xa6x", 0, "\\u{2066}x" },
        { mst_escape_terminal, "\xc2\x9b" "31m", 0, "\\x9b31m" },        /* the C1 CSI */
        { mst_escape_terminal, "\xff", 0, "\\xff" },
        { mst_escape_terminal, "a\xe2\x80\xa8" "b", 0, "a\\u{2028}b" },
        { mst_escape_terminal, "a\0b", 3, "a\\x00b" },
};

START_TEST(escaped)
{
        struct mst_arena *arena = mst_arena_new(0);
        size_t length = cases[_i].length > 0 ? cases[_i].length : strlen(cases[_i].in);

        ck_assert_str_eq(cases[_i].escape(arena, cases[_i].in, length), cases[_i].out);
        mst_arena_free(arena);
}
END_TEST

static const struct {
        const char *in;
        size_t length;
        const char *out;
} filters[] = {
        { "Ada", 3, "Ada" },
        { "*", 1, "\\2a" },
        { "a*)(uid=*", 9, "a\\2a\\29\\28uid=\\2a" },
        { "\\", 1, "\\5c" },
        { "a\0b", 3, "a\\00b" },
        { "caf\xc3\xa9", 5, "caf\xc3\xa9" },
        { "\xff\xfe", 2, "\\ff\\fe" },
        { "\n", 1, "\\0a" },
        { "&|!<>=~", 7, "&|!<>=~" },
        { "", 0, "" },
};

START_TEST(filter_escaped)
{
        struct mst_arena *arena = mst_arena_new(0);

        ck_assert_str_eq(mst_escape_filter(arena, filters[_i].in, filters[_i].length), filters[_i].out);
        mst_arena_free(arena);
}
END_TEST

/* Reads RFC 4514 (and 4515, which knows only the pairs) as a server would. */
static size_t
unescape(const char *text, char *into)
{
        static const char hex[] = "0123456789abcdef0123456789ABCDEF";
        size_t n = 0;

        for (; *text != '\0'; text++) {
                const char *high, *low;

                if (*text != '\\') {
                        into[n++] = *text;
                        continue;
                }
                text++;
                high = strchr(hex, text[0]);
                low = text[0] != '\0' && text[1] != '\0' ? strchr(hex, text[1]) : NULL;
                if (*text != '\0' && high != NULL && low != NULL) {
                        into[n++] = (char)((high - hex) % 16 * 16 + (low - hex) % 16);
                        text++;
                } else
                        into[n++] = *text;
        }
        return n;
}

static bool
reads_back(const char *text, const char *value, size_t length)
{
        char back[64];

        return unescape(text, back) == length && memcmp(back, value, length) == 0;
}

/* No special of a DN stands alone. */
static bool
is_guarded(const char *dn)
{
        for (const char *c = dn; *c != '\0'; c++)
                if (strchr(",+;<>=\"", *c) != NULL && (c == dn || c[-1] != '\\'))
                        return false;
        return true;
}

/* All pairs of bytes, so that every special stands first, last and beside every other.
 * One assertion for many: Check makes a note of every single one. */
START_TEST(round_trips)
{
        struct mst_arena *arena = mst_arena_new(0);
        char value[4];
        unsigned wrong = 0;

        for (unsigned a = 0; a < 256; a++) {
                for (unsigned b = 0; b < 256; b++) {
                        const char *dn, *filter;

                        value[0] = (char)a;
                        value[1] = (char)b;
                        value[2] = (char)(_i == 0 ? ' ' : '#');
                        dn = mst_escape_dn(arena, value, 3);
                        filter = mst_escape_filter(arena, value, 3);
                        wrong += !reads_back(dn, value, 3) || !is_guarded(dn);
                        wrong += !reads_back(filter, value, 3) || strpbrk(filter, "*()") != NULL;
                }
                mst_arena_reset(arena);
        }
        ck_assert_uint_eq(wrong, 0);
        mst_arena_free(arena);
}
END_TEST

START_TEST(memory_out)
{
        struct mst_arena *arena = mst_arena_new(4096);

        mstc_alloc_fail_at(1);
        ck_assert_ptr_null(mst_escape_dn(arena, "a,b", 3));
        ck_assert(mstc_alloc_failed());
        mstc_alloc_fail_at(0);
        mst_arena_free(arena);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("escape");
        TCase *t = tcase_create("escape");

        tcase_add_loop_test(t, escaped, 0, UNIT_COUNT(cases));
        tcase_add_loop_test(t, filter_escaped, 0, UNIT_COUNT(filters));
        tcase_add_loop_test(t, round_trips, 0, 2);
        tcase_add_test(t, memory_out);
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
