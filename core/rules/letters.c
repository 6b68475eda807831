/* letters.c - functions that change letters: case, and letters without their marks.
 *
 * Case goes one to one (D35): sharp s stays, sigma at a word's end is an ordinary
 * sigma.  NormalizeDiacritics (10.3) works on Latin letters only. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "rules/fold.h"
#include "rules/function.h"

/* tr and az, alone or with a region, use the dotted and the dotless i. */
static bool
turkish(const char *culture)
{
        return (strncasecmp(culture, "tr", 2) == 0 || strncasecmp(culture, "az", 2) == 0) &&
               (culture[2] == '-' || culture[2] == '\0');
}

/* "" or letters and digits in groups of 1 to 8, the first of 2 to 8 letters. */
static bool
well_formed(const char *culture)
{
        size_t n = 0, part = 0;

        for (const char *c = culture; ; c++) {
                bool letter = (*c | 0x20) >= 'a' && (*c | 0x20) <= 'z';

                if (letter || (part > 0 && *c >= '0' && *c <= '9')) {
                        n++;
                } else if (*c == '-' || *c == '\0') {
                        if (n > 8 || (n < 2 && part == 0) || n == 0)
                                return culture[0] == '\0';
                        if (*c == '\0')
                                return true;
                        n = 0;
                        part++;
                } else {
                        return false;
                }
        }
}

void
mstc_check_culture(struct mstc_node *node, struct mstc_expr *expr, struct mstc_findings *findings)
{
        const struct mst_value *culture = mstc_arg_constant(node, 1);

        (void)expr;
        if (culture != NULL && culture->type == MST_TEXT && !well_formed(culture->as.text))
                mstc_found_error(findings, node->kids[1]->offset, node->kids[1]->length, "write for instance \"tr-TR\"",
                                 "%s: expected a language tag, found '%s'", node->function->name,
                                 mstc_found_quote(findings, node->kids[1]->offset, node->kids[1]->length));
}

static int32_t
change(int32_t code, bool upper, bool turk)
{
        if (turk && upper && code == 'i')
                return 0x130;
        if (turk && !upper && code == 'I')
                return 0x131;
        return upper ? mstc_code_upper(code) : mstc_code_lower(code);
}

static enum mstc_flow
change_case(struct mstc_call *call, bool upper, struct mst_value *ret)
{
        struct mst_value text, culture;
        enum mstc_flow flow;
        size_t n = 0, bytes;
        bool turk;
        char *into;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, 1, &culture)) != MSTC_VALUE)
                return flow;
        if (!well_formed(culture.as.text))
                return mstc_call_fail(call, "'%.40s' is no language tag such as tr-TR", culture.as.text);
        turk = turkish(culture.as.text);
        into = mstc_call_alloc(call, 3 * (size_t)text.length + 4);
        if (into == NULL)
                return mstc_call_memory(call);
        for (size_t i = 0; i < text.length; i += bytes)
                n += mstc_code_put(change(mstc_code_at(text.as.text + i, text.length - i, &bytes), upper, turk),
                                   into + n);
        *ret = mstc_value_text(into, n);
        return MSTC_VALUE;
}

enum mstc_flow
mstc_fn_to_lower(struct mstc_call *call, struct mst_value *ret)
{
        return change_case(call, false, ret);
}

enum mstc_flow
mstc_fn_to_upper(struct mstc_call *call, struct mst_value *ret)
{
        return change_case(call, true, ret);
}

/* The categories that separate words by default (D33). */
static bool
separates(int32_t code)
{
        switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP:
        case UTF8PROC_CATEGORY_CC: case UTF8PROC_CATEGORY_CF: case UTF8PROC_CATEGORY_PC:
        case UTF8PROC_CATEGORY_PD: case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PE:
        case UTF8PROC_CATEGORY_PI: case UTF8PROC_CATEGORY_PF: case UTF8PROC_CATEGORY_PO:
        case UTF8PROC_CATEGORY_SM: case UTF8PROC_CATEGORY_SC: case UTF8PROC_CATEGORY_SK:
        case UTF8PROC_CATEGORY_SO:
                return true;
        default:
                return false;
        }
}

enum mstc_flow
mstc_fn_pcase(struct mstc_call *call, struct mst_value *ret)
{
        bool given = mstc_arg_has(call, 1), first = true;
        struct mst_value text, separators;
        enum mstc_flow flow;
        size_t n = 0, bytes;
        char *into;

        if ((flow = mstc_arg_text(call, 0, &text)) != MSTC_VALUE ||
            (flow = mstc_arg_text(call, 1, &separators)) != MSTC_VALUE)
                return flow;
        into = mstc_call_alloc(call, 3 * (size_t)text.length + 4);
        if (into == NULL)
                return mstc_call_memory(call);
        for (size_t i = 0; i < text.length; i += bytes) {
                int32_t code = mstc_code_at(text.as.text + i, text.length - i, &bytes);

                n += mstc_code_put(change(code, first, false), into + n);
                first = given ? memmem(separators.as.text, separators.length, text.as.text + i, bytes) != NULL :
                        separates(code);
        }
        *ret = mstc_value_text(into, n);
        return MSTC_VALUE;
}

/* Letters of the Latin script. */
static bool
latin(int32_t c)
{
        static const int32_t ranges[][2] = {
                { 'A', 'Z' }, { 'a', 'z' }, { 0xAA, 0xAA }, { 0xBA, 0xBA }, { 0xC0, 0xD6 }, { 0xD8, 0xF6 },
                { 0xF8, 0x2B8 }, { 0x2E0, 0x2E4 }, { 0x1D00, 0x1D25 }, { 0x1D2C, 0x1D5C }, { 0x1D62, 0x1D65 },
                { 0x1D6B, 0x1D77 }, { 0x1D79, 0x1DBE }, { 0x1E00, 0x1EFF }, { 0x2071, 0x2071 },
                { 0x207F, 0x207F }, { 0x2090, 0x209C }, { 0x212A, 0x212B }, { 0x2132, 0x2132 },
                { 0x214E, 0x214E }, { 0x2160, 0x2188 }, { 0x2C60, 0x2C7F }, { 0xA722, 0xA787 },
                { 0xA78B, 0xA7CA }, { 0xA7F2, 0xA7FF }, { 0xAB30, 0xAB5A }, { 0xAB5C, 0xAB64 },
                { 0xFB00, 0xFB06 }, { 0xFF21, 0xFF3A }, { 0xFF41, 0xFF5A },
        };

        for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
                if (c >= ranges[i][0] && c <= ranges[i][1])
                        return true;
        return false;
}

/* Puts what stands for 'c' at 'into' (two at most) and returns how many. */
static size_t
plain(int32_t c, int32_t *into)
{
        static const struct { int32_t from; char to[3]; } table[] = {
                { 0xE6, "ae" }, { 0xC6, "AE" }, { 0xF8, "oe" }, { 0xD8, "OE" }, { 0x153, "oe" },
                { 0x152, "OE" }, { 0xDF, "ss" }, { 0x142, "l" }, { 0x141, "L" }, { 0x131, "i" },
                { 0x111, "d" }, { 0x110, "D" }, { 0x127, "h" }, { 0x126, "H" }, { 0x167, "t" },
                { 0x166, "T" },
        };

        for (size_t i = 0; i < sizeof table / sizeof *table; i++)
                if (table[i].from == c) {
                        into[0] = table[i].to[0];
                        into[1] = table[i].to[1];
                        return table[i].to[1] != '\0' ? 2 : 1;
                }
        into[0] = c;
        return 1;
}

/* Latin letters without their marks, in place; 'codes' has twice the room. */
static size_t
strip(const int32_t *from, size_t count, int32_t *into)
{
        size_t n = 0;
        bool on_latin = false;

        for (size_t i = 0; i < count; i++) {
                bool mark = utf8proc_category(from[i]) == UTF8PROC_CATEGORY_MN;

                if (mark && on_latin)
                        continue;
                if (!mark)
                        on_latin = latin(from[i]);
                n += plain(from[i], into + n);
        }
        return n;
}

enum mstc_flow
mstc_fn_normalize(struct mstc_call *call, struct mst_value *ret)
{
        struct mst_value text;
        enum mstc_flow flow = mstc_arg_text(call, 0, &text);
        utf8proc_ssize_t room, count;
        int32_t *codes, *into;
        char *out;
        size_t n = 0;

        if (flow != MSTC_VALUE)
                return flow;
        for (n = 0; n < text.length && (text.as.text[n] & 0x80) == 0; n++)
                ;
        if (n == text.length) {
                *ret = text;                 /* nothing but ASCII: as it is            */
                return MSTC_VALUE;
        }
        room = utf8proc_decompose((const utf8proc_uint8_t *)text.as.text, text.length, NULL, 0,
                                  UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
        if (room < 0)
                return mstc_call_fail(call, "the text is not well-formed");
        codes = mstc_call_alloc(call, ((size_t)room + 1) * sizeof *codes);
        into = mstc_call_alloc(call, (2 * (size_t)room + 1) * sizeof *into);
        out = mstc_call_alloc(call, 8 * (size_t)room + 4);
        if (codes == NULL || into == NULL || out == NULL)
                return mstc_call_memory(call);
        count = utf8proc_decompose((const utf8proc_uint8_t *)text.as.text, text.length, codes, room,
                                   UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
        count = (utf8proc_ssize_t)strip(codes, (size_t)count, into);
        count = utf8proc_normalize_utf32(into, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        n = 0;
        for (utf8proc_ssize_t i = 0; i < count; i++)
                n += mstc_code_put(into[i], out + n);
        *ret = mstc_value_text(out, n);
        return MSTC_VALUE;
}
