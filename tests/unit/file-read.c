/* file-read.c - the file source: what each format's rows become, which rows are put aside
 * and why, and what proves a file whole. */
#include "build.h"

#include <string.h>
#include <unistd.h>

#include "file-kit.h"
#include "unit.h"

#define U "\xef\xbb\xbf"

static struct kit k;

struct reading {
        enum fil_format format;
        const char *content;
        const char *said;                    /* exactly; NULL: the round fails         */
        const char *why;                     /* what the error must contain            */
};

static char *types[] = { (char *)"on=boolean", (char *)"n=integer", (char *)"r=number", (char *)"d=date",
                         (char *)"boss=reference", (char *)"l=list", (char *)"nl=integer-list", (char *)"b=bytes", NULL };

static const struct reading good[] = {
        { FIL_CSV, "id,a\n1,x\n2,y\n", "1 {\"a\":\"x\",\"id\":\"1\"}\n2 {\"a\":\"y\",\"id\":\"2\"}\n", NULL },
        { FIL_CSV, U "id,a\r\n1,x\r\n\r\n2,y\r\n", "1 {\"a\":\"x\",\"id\":\"1\"}\n2 {\"a\":\"y\",\"id\":\"2\"}\n", NULL },
        { FIL_CSV, "id,a\n1,\"x, \"\"y\"\"\nz\"\n", "1 {\"a\":\"x, \\\"y\\\"\\nz\",\"id\":\"1\"}\n", NULL },
        { FIL_CSV, "id,a\n1,\n\"2\",\"\"\n", "1 {\"id\":\"1\"}\n2 {\"id\":\"2\"}\n", NULL },
        { FIL_CSV, "id,a\n1,'=x\n", "1 {\"a\":\"'=x\",\"id\":\"1\"}\n", NULL },
        { FIL_CSV, "ID,a\n1,\xc3\x96\n", "1 {\"ID\":\"1\",\"a\":\"\xc3\x96\"}\n", NULL },
        { FIL_CSV, "id\n", "", NULL },
        { FIL_CSV, "id,on,n,r,d\n1,YES,-5,2.5,2026-01-31\n",
          "1 {\"d\":\"2026-01-31T00:00:00Z\",\"id\":\"1\",\"n\":-5,\"on\":true,\"r\":2.5}\n", NULL },
        { FIL_CSV, "id,boss,l,nl\n1,7,a|b||c,1|2\n",
          "1 {\"boss\":\"7\",\"id\":\"1\",\"l\":[\"a\",\"b\",\"c\"],\"nl\":[1,2]}\n", NULL },
        { FIL_CSV, "id,l,accountEnabled\n1,a,false\n", "1 {\"accountEnabled\":false,\"id\":\"1\",\"l\":[\"a\"]}\n", NULL },
        { FIL_CSV, "id,d\n1,20260131120000Z\n", "1 {\"d\":\"2026-01-31T12:00:00Z\",\"id\":\"1\"}\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"a\":\"x\"}\n\n {\"id\":2,\"t\":true,\"z\":null,\"f\":1.5}\r\n",
          "1 {\"a\":\"x\",\"id\":\"1\"}\n2 {\"f\":1.5,\"id\":2,\"t\":true,\"z\":null}\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"o\":{\"p\":[1,\"q\"]},\"l\":\"a\",\"d\":\"2026-01-31\",\"n\":\"7\"}\n",
          "1 {\"d\":\"2026-01-31T00:00:00Z\",\"id\":\"1\",\"l\":\"a\",\"n\":7,\"o\":{\"p\":[1,\"q\"]}}\n", NULL },
        { FIL_LDIF, "version: 1\n\ndn: cn=a\nid: 1\nmail: x@y\nmail: z@y\nsn:: w5Y=\n\n\n# c\n folded c\ndn:cn=b\nid:  2\n",
          "1 {\"dn\":\"cn=a\",\"id\":\"1\",\"mail\":[\"x@y\",\"z@y\"],\"sn\":\"\xc3\x96\"}\n2 {\"dn\":\"cn=b\",\"id\":\"2\"}\n",
          NULL },
        { FIL_LDIF, "dn: cn=a\r\nid: 1\r\ndescription: one\r\n  two\r\n \r\n three\r\njpegPhoto:: /9g=\r\n",
          "1 {\"description\":\"one twothree\",\"dn\":\"cn=a\",\"id\":\"1\",\"jpegPhoto\":\"/9g=\"}\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nl: a|b\n", "1 {\"dn\":\"cn=a\",\"id\":\"1\",\"l\":[\"a|b\"]}\n", NULL },
};

/* Rows that are put aside while the others go on. */
static const struct reading bad_rows[] = {
        { FIL_CSV, "id,a\n1,x,y\n2,y\n", "2 {\"a\":\"y\",\"id\":\"2\"}\n! line 2: the row has 3 columns where 2 are in the header\n", NULL },
        { FIL_CSV, "id,a\n1\n", "! line 2: the row has 1 columns where 2 are in the header\n", NULL },
        { FIL_CSV, "id,a\n1,x\"y\n2,y\n",
          "2 {\"a\":\"y\",\"id\":\"2\"}\n! line 2, byte 4: a quotation mark within a field: quote the field and double the mark\n", NULL },
        { FIL_CSV, "id,a\n1,\"x\"y\"\n2,y\n",
          "2 {\"a\":\"y\",\"id\":\"2\"}\n! line 2, byte 6: a quoted field goes on after its end: double the quotation marks within it\n", NULL },
        { FIL_CSV, "id,a\n1,x\ry\n", "! line 2, byte 4: a carriage return within a field: quote the field\n", NULL },
        { FIL_CSV, "id,a\n1,\xff\n2,y\n", "2 {\"a\":\"y\",\"id\":\"2\"}\n! line 2, byte 3: not UTF-8\n", NULL },
        { FIL_CSV, "id,a\n1,\"\n\xc3\"\n", "! line 3, byte 2: not UTF-8\n", NULL },
        { FIL_CSV, "id,a\n1,\xed\xa0\x80\n", "! line 2, byte 4: not UTF-8\n", NULL },
        { FIL_CSV, "id,a\n1,\xc0\x80\n", "! line 2, byte 3: not UTF-8\n", NULL },
        { FIL_CSV, "id,a\n,x\n", "! line 2: the row has no id\n", NULL },
        { FIL_CSV, "id,a\n1,x\n2,y\n1,z\n",
          "1 {\"a\":\"x\",\"id\":\"1\"}\n2 {\"a\":\"y\",\"id\":\"2\"}\n! line 4: id '1' is in line 2 already\n", NULL },
        { FIL_CSV, "id,on\n1,maybe\n2,no\n",
          "1 ! line 2: on 'maybe' is neither true nor false (nor yes, no, 1 or 0)\n2 {\"id\":\"2\",\"on\":false}\n", NULL },
        { FIL_CSV, "id,n\n1,12x\n", "1 ! line 2: n '12x' is not a whole number of at most 64 bits\n", NULL },
        { FIL_CSV, "id,n\n1,9223372036854775808\n",
          "1 ! line 2: n '9223372036854775808' is not a whole number of at most 64 bits\n", NULL },
        { FIL_CSV, "id,n\n1,-\n", "1 ! line 2: n '-' is not a whole number of at most 64 bits\n", NULL },
        { FIL_CSV, "id,nl\n1,1|x\n", "1 ! line 2: nl 'x' is not a whole number of at most 64 bits\n", NULL },
        { FIL_CSV, "id,r\n1,1e999\n", "1 ! line 2: r '1e999' is not a number like -12.5\n", NULL },
        { FIL_CSV, "id,r\n1,nan\n", "1 ! line 2: r 'nan' is not a number like -12.5\n", NULL },
        { FIL_CSV, "id,d\n1,31.1.2026\n",
          "1 ! line 2: d '31.1.2026' is not a date like 2026-01-31 or 2026-01-31T12:00:00Z\n", NULL },
        { FIL_CSV, "id,d\n1,20261331120000Z\n",
          "1 ! line 2: d '20261331120000Z' is not a date like 2026-01-31 or 2026-01-31T12:00:00Z\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\"\n[1]\n7\n{\"id\":\"2\"}\n",
          "2 {\"id\":\"2\"}\n! line 1: not JSON at byte 9 of 9: the object is not closed\n"
          "! line 2: the line is not a JSON object\n! line 3: the line is not a JSON object\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"a\":1,\"a\":2}\n", "! line 1: the member 'a' is there twice\n", NULL },
        { FIL_JSONL, "{\"id\":[1]}\n{\"id\":null}\n{\"a\":1}\n",
          "! line 1: the row has no id\n! line 2: the row has no id\n! line 3: the row has no id\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"on\":\"maybe\"}\n{\"id\":\"2\",\"n\":true}\n",
          "1 ! line 1: on 'maybe' is neither true nor false (nor yes, no, 1 or 0)\n"
          "2 ! line 2: n is a boolean, which is not of the type that 'types' says\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"a\":\"\\ud800\"}\n", "1 ! line 1: a holds half a surrogate pair\n", NULL },
        { FIL_JSONL, "{\"id\":\"1\",\"a\":\"\\u0000\"}\n", "1 ! line 1: a holds a NUL character\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nx\n\ndn: cn=b\nid: 2\n",
          "2 {\"dn\":\"cn=b\",\"id\":\"2\"}\n! line 3: the line is not 'attribute: value'\n", NULL },
        { FIL_LDIF, "id: 1\nx: y\n", "! line 1: the entry does not begin with 'dn:' but with 'id:'\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nphoto:< file:///etc/shadow\n",
          "1 ! line 3: the value of 'photo' is in another file (':<'), which is not read\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nsn:: w5Y\n", "1 ! line 3: the value of 'sn' is not base64\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nsn:: w5Z=\n", "1 ! line 3: the value of 'sn' is not base64\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\ndn: cn=b\nid: 2\n",
          "! line 3: a second 'dn:' in one entry: an empty line is missing before it\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nid: 2\n", "! line 1: the row has no id\n", NULL },
        { FIL_LDIF, "dn: cn=a\nid: 1\nn:: /9g=\n", "1 ! line 1: n is not UTF-8 text\n", NULL },
};

/* Files from which nothing may be concluded. */
static const struct reading broken[] = {
        { FIL_CSV, "", NULL, "is empty" },
        { FIL_CSV, "id,a\n1,\"x\n2,y\n", NULL, "ends within a quoted field that was opened in line 2" },
        { FIL_CSV, "id,a\n1,x\n2,y", NULL, "ends in the middle of line 3" },
        { FIL_CSV, "id,a\n1,x\n2", NULL, "was cut off: line 3: the row has 1 columns" },
        { FIL_CSV, "id,a\n1,\xc3", NULL, "was cut off: line 2, byte 4: not UTF-8" },
        { FIL_CSV, "id,,a\n", NULL, "column 2 has no name" },
        { FIL_CSV, "id,a,A\n", NULL, "the columns 2 and 3 are both called 'A'" },
        { FIL_CSV, "id,\"a\n", NULL, "ends within a quoted field that was opened in line 1" },
        { FIL_CSV, "id,a\"b\n", NULL, "the header of the file" },
        { FIL_CSV, "id,\xff\n", NULL, "line 1, byte 4: not UTF-8 in the header" },
        { FIL_CSV, "\n\n", NULL, "has no header" },
        { FIL_CSV, "\xff\xfei\1d\1", NULL, "looks like UTF-16" },
        { FIL_CSV, "\xef\xbb" "id\n", NULL, "is not UTF-8 (line 1, byte 1)" },
        { FIL_JSONL, "{\"id\":\"1\"}\n{\"id\":\"2", NULL, "was cut off: line 2" },
        { FIL_JSONL, "{\"id\":\"1\"}\n{\"id\":\"2\"}", NULL, "ends in the middle of line 2" },
        { FIL_LDIF, "dn: cn=a\nid: 1\nmail", NULL, "was cut off: line 3" },
        { FIL_LDIF, "dn: cn=a\nid: 1", NULL, "ends in the middle of line 2" },
        { FIL_LDIF, "dn: cn=a\nchangetype: delete\n", NULL, "tells changes ('changetype:' in line 2)" },
        { FIL_LDIF, "dn: cn=a\ncontrol: 1.2.3\n", NULL, "tells changes" },
        { FIL_LDIF, "version: 2\n\ndn: cn=a\n", NULL, "LDIF of another version than 1" },
};

static int
read_it(const struct reading *r)
{
        kit_start(&k, NULL);
        k.config.format = r->format;
        k.config.types = types;
        kit_text(k.path, r->content);
        return kit_round(&k, NULL);
}

static void
check_said(const struct reading *r)
{
        ck_assert_msg(read_it(r) == MST_OK, "%s: %s", r->content, k.err.text);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), r->said);
        kit_end(&k);
}

START_TEST(rows_good) { check_said(&good[_i]); }
END_TEST

START_TEST(rows_bad) { check_said(&bad_rows[_i]); }
END_TEST

START_TEST(files_broken)
{
        ck_assert_msg(read_it(&broken[_i]) != MST_OK, "%s", broken[_i].content);
        ck_assert_msg(strstr(k.err.text, broken[_i].why) != NULL, "'%s' lacks '%s'", k.err.text, broken[_i].why);
        kit_end(&k);
}
END_TEST

/* A NUL ends C's strings, so these stand apart. */
START_TEST(nul_is_refused)
{
        static const char csv[] = "id,a\n1,x\0y\n2,z\n", jsonl[] = "{\"id\":\"1\",\"a\":\"\0\"}\n";

        kit_start(&k, NULL);
        kit_write(k.path, csv, sizeof csv - 1);
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), "2 {\"a\":\"z\",\"id\":\"2\"}\n! line 2, byte 4: a NUL byte\n");
        kit_close(&k);
        k.config.format = FIL_JSONL;
        kit_write(k.path, jsonl, sizeof jsonl - 1);
        ck_assert_int_eq(kit_round(&k, NULL), MST_OK);
        ck_assert_str_eq(mstc_buffer_cstr(&k.said), "! line 1, byte 16: a NUL byte\n");
        kit_end(&k);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("file-read");
        TCase *c = tcase_create("rows");

        tcase_add_loop_test(c, rows_good, 0, UNIT_COUNT(good));
        tcase_add_loop_test(c, rows_bad, 0, UNIT_COUNT(bad_rows));
        tcase_add_loop_test(c, files_broken, 0, UNIT_COUNT(broken));
        tcase_add_test(c, nul_is_refused);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
