/* fuzz-escape.c - any value in any place: a DN, a filter, a URL, JSON, XML, CSV, a terminal.
 *
 * What stands there afterwards reads back as the value, by a reader that is not ours where there is
 * one (libldap for DN and filter), and nothing in it ends its place.  And any text as a DN: what the
 * connector takes for a DN, libldap does, and one spelling stays one. */
#include "build.h"

#include <ldap.h>
#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>
#include <muster/json.h>

#include "../../plugins/ldap/dn.h"
#include "fuzz.h"
#include "util/utf8.h"

static struct mst_arena *arena;

static void
in_a_dn(const char *value, size_t length)
{
        const char *escaped = mst_escape_dn(arena, value, length);
        char *dn = escaped != NULL ? mst_arena_printf(arena, "cn=%s,dc=x", escaped) : NULL;
        LDAPDN parsed = NULL;

        FUZZ_CHECK(dn != NULL && ldap_str2dn(dn, &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS);
        FUZZ_CHECK(parsed[0] != NULL && parsed[1] != NULL && parsed[2] == NULL && parsed[0][1] == NULL);
        FUZZ_CHECK(parsed[0][0]->la_value.bv_len == length);
        FUZZ_CHECK(length == 0 || memcmp(parsed[0][0]->la_value.bv_val, value, length) == 0);
        ldap_dnfree(parsed);
        FUZZ_CHECK(ldp_dn_valid(dn) && strcmp(ldp_dn_parent(dn), "dc=x") == 0);
}

static int
hex(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 'mark' and two hexadecimal digits stand for a byte, all else for itself. */
static void
in_hex(const char *escaped, char mark, const char *value, size_t length, const char *forbidden)
{
        size_t at = 0;

        FUZZ_CHECK(escaped != NULL);
        for (const char *c = escaped; *c != '\0'; c++, at++) {
                unsigned char byte = (unsigned char)*c;

                FUZZ_CHECK(at < length && strchr(forbidden, *c) == NULL);
                if (*c == mark) {
                        FUZZ_CHECK(hex(c[1]) >= 0 && hex(c[2]) >= 0);
                        byte = (unsigned char)(hex(c[1]) * 16 + hex(c[2]));
                        c += 2;
                }
                FUZZ_CHECK(byte == (unsigned char)value[at]);
        }
        FUZZ_CHECK(at == length);
}

static void
in_json(const char *value, size_t length)
{
        const char *escaped = mst_escape_json(arena, value, length), *back;
        char *json = escaped != NULL ? mst_arena_printf(arena, "[\"%s\"]", escaped) : NULL;
        struct mst_json *reader = mst_json_new();
        size_t size = 0;

        FUZZ_CHECK(json != NULL && reader != NULL);
        if (mstc_utf8_valid(value, length) == length && memchr(value, '\0', length) == NULL) {
                mst_json_start(reader, json, strlen(json));
                FUZZ_CHECK(mst_json_enter_array(reader) && mst_json_element(reader));
                FUZZ_CHECK(mst_json_text(reader, arena, &back, &size) == MST_JSON_OK && size == length);
                FUZZ_CHECK(memcmp(back, value, length) == 0 && !mst_json_element(reader) && mst_json_finish(reader));
        } else {
                for (const char *c = escaped; *c != '\0'; c++)
                        FUZZ_CHECK((unsigned char)*c >= ' ');
        }
        mst_json_free(reader);
}

static void
in_lines(const char *value, size_t length)
{
        const char *xml = mst_escape_xml(arena, value, length), *csv = mst_escape_csv(arena, value, length);
        const char *terminal = mst_escape_terminal(arena, value, length);
        size_t quotes = 0;

        FUZZ_CHECK(xml != NULL && csv != NULL && terminal != NULL);
        FUZZ_CHECK(strpbrk(xml, "<>\"'") == NULL && mstc_utf8_valid(xml, strlen(xml)) == strlen(xml));
        for (const char *c = xml; *c != '\0'; c++)
                FUZZ_CHECK(((unsigned char)*c >= ' ' || *c == '\t' || *c == '\n' || *c == '\r') && (*c != '&' || strchr(c, ';') != NULL));
        if (csv[0] != '"') {
                FUZZ_CHECK(strpbrk(csv, ",\"\r\n") == NULL && strchr("=+-@\t", csv[0]) == (csv[0] == '\0' ? strchr("=+-@\t", '\0') : NULL));
        } else {
                FUZZ_CHECK(strlen(csv) >= 2 && csv[strlen(csv) - 1] == '"' && strchr("=+-@\t", csv[1]) == NULL);
                for (const char *c = csv + 1; c[1] != '\0'; c++) {
                        quotes = *c == '"' ? quotes + 1 : 0;
                        FUZZ_CHECK(*c != '"' || quotes % 2 == 0 || c[1] == '"');
                }
        }
        for (const char *c = terminal; *c != '\0'; c++)
                FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
        FUZZ_CHECK(mstc_utf8_valid(terminal, strlen(terminal)) == strlen(terminal) && strstr(terminal, "\xc2\x9b") == NULL);
}

static void
as_a_dn(const char *text)
{
        LDAPDN parsed = NULL;
        bool theirs = ldap_str2dn(text, &parsed, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS, ours = ldp_dn_valid(text);
        char *spelt, *again;

        ldap_dnfree(parsed);
        FUZZ_CHECK(!ours || theirs);
        spelt = ldp_dn_normal(arena, text);
        again = spelt != NULL ? ldp_dn_normal(arena, spelt) : NULL;
        FUZZ_CHECK(again != NULL && strcmp(spelt, again) == 0);
        if (!ours)
                return;
        FUZZ_CHECK(ldp_dn_valid(spelt) && ldp_dn_below(spelt, spelt) && ldp_dn_valid(ldp_dn_parent(text)));
        FUZZ_CHECK(ldp_dn_below(ldp_dn_normal(arena, ldp_dn_join(arena, "cn=a", text)), spelt));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        const char *value = (const char *)bytes;
        char *text;

        arena = mst_arena_new(0);
        FUZZ_CHECK(arena != NULL);
        text = mst_arena_strndup(arena, value, size);
        FUZZ_CHECK(text != NULL);
        in_a_dn(value, size);
        in_hex(mst_escape_filter(arena, value, size), '\\', value, size, "()*");
        in_hex(mst_escape_url(arena, value, size), '%', value, size, "/?#&=+ \"<>:@;");
        in_json(value, size);
        in_lines(value, size);
        as_a_dn(text);
        mst_arena_free(arena);
        return 0;
}
