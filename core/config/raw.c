/* raw.c - where tags, attributes and characters stand in the bytes of a file.
 *
 * The walk can be simple because libxml2 has been there before: tags are closed,
 * quotes are paired, '<' in a value does not occur.  It still never leaves the
 * bytes, whatever they are. */
#include "build.h"

#include "config/raw.h"

#include <string.h>

#include "util/utf8.h"

static bool
starts(const struct mstc_raw *raw, size_t at, const char *with)
{
        size_t length = strlen(with);

        return at <= raw->length && raw->length - at >= length
               && memcmp(raw->bytes + at, with, length) == 0;
}

/* Past the next 'end' at or after 'at'; the end of the file when there is none. */
static size_t
past(const struct mstc_raw *raw, size_t at, const char *end)
{
        const char *found;

        if (at >= raw->length)
                return raw->length;
        found = memmem(raw->bytes + at, raw->length - at, end, strlen(end));
        return found == NULL ? raw->length : (size_t)(found - raw->bytes) + strlen(end);
}

static bool
is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t
skip_blank(const struct mstc_raw *raw, size_t at)
{
        while (at < raw->length && is_blank(raw->bytes[at]))
                at++;
        return at;
}

static size_t
skip_name(const struct mstc_raw *raw, size_t at)
{
        while (at < raw->length && !is_blank(raw->bytes[at]) && strchr("=/>\"'<", raw->bytes[at]) == NULL)
                at++;
        return at;
}

/* One attribute of a start tag; false at the tag's end, where 'at' then is. */
static bool
next_attribute(const struct mstc_raw *raw, size_t *at, size_t *name, size_t *name_end, size_t *value)
{
        char quote;

        *at = skip_blank(raw, *at);
        if (*at >= raw->length || raw->bytes[*at] == '>' || raw->bytes[*at] == '/')
                return false;
        *name = *at;
        *name_end = *at = skip_name(raw, *at);
        *at = skip_blank(raw, *at);
        if (*name_end == *name || *at >= raw->length || raw->bytes[*at] != '=')
                return false;
        *at = skip_blank(raw, *at + 1);
        if (*at >= raw->length)
                return false;
        quote = raw->bytes[*at];
        *value = ++*at;
        while (*at < raw->length && raw->bytes[*at] != quote)
                ++*at;
        if (*at < raw->length)
                ++*at;
        return true;
}

/* Past the start tag at 'tag'; '*empty' when it has no content. */
static size_t
past_tag(const struct mstc_raw *raw, size_t tag, bool *empty)
{
        size_t at = skip_name(raw, tag + 1), name, name_end, value;

        while (next_attribute(raw, &at, &name, &name_end, &value))
                ;
        *empty = at < raw->length && raw->bytes[at] == '/';
        return past(raw, at, ">");
}

enum thing { THING_END, THING_TEXT, THING_CDATA, THING_START, THING_CLOSE, THING_OTHER };

/* What begins at 'at', and where it ends. */
static enum thing
look(const struct mstc_raw *raw, size_t at, size_t *end, bool *empty)
{
        *empty = false;
        if (at >= raw->length)
                return THING_END;
        if (raw->bytes[at] != '<') {
                const char *lt = memchr(raw->bytes + at, '<', raw->length - at);

                *end = lt == NULL ? raw->length : (size_t)(lt - raw->bytes);
                return THING_TEXT;
        }
        if (starts(raw, at, "<!--"))
                return *end = past(raw, at + 4, "-->"), THING_OTHER;
        if (starts(raw, at, "<![CDATA["))
                return *end = past(raw, at + 9, "]]>"), THING_CDATA;
        if (starts(raw, at, "<?"))
                return *end = past(raw, at + 2, "?>"), THING_OTHER;
        if (starts(raw, at, "</"))
                return *end = past(raw, at, ">"), THING_CLOSE;
        *end = past_tag(raw, at, empty);
        return THING_START;
}

/* ---- lines and tags ---- */

bool
mstc_raw_lines(struct mstc_raw *raw, struct mst_arena *arena)
{
        size_t count = 1;

        for (size_t i = 0; i < raw->length; i++)
                count += raw->bytes[i] == '\n';
        raw->lines = mst_arena_alloc(arena, count * sizeof *raw->lines);
        if (raw->lines == NULL)
                return false;
        raw->line_count = 1;
        for (size_t i = 0; i < raw->length; i++)
                if (raw->bytes[i] == '\n')
                        raw->lines[raw->line_count++] = i + 1;
        return true;
}

static size_t
walk_tags(const struct mstc_raw *raw, size_t *into)
{
        size_t count = 0, end = 0;
        bool empty;

        for (size_t at = 0;; at = end) {
                enum thing thing = look(raw, at, &end, &empty);

                if (thing == THING_END)
                        return count;
                if (thing != THING_START)
                        continue;
                if (into != NULL)
                        into[count] = at;
                count++;
        }
}

bool
mstc_raw_tags(struct mstc_raw *raw, struct mst_arena *arena)
{
        size_t count = walk_tags(raw, NULL);

        raw->tags = mst_arena_alloc(arena, count * sizeof *raw->tags);
        if (raw->tags == NULL)
                return false;
        raw->tag_count = walk_tags(raw, raw->tags);
        return true;
}

struct mstc_place
mstc_raw_place(const struct mstc_raw *raw, size_t offset)
{
        struct mstc_place place = { .file = raw->file };
        size_t low = 0, high = raw->line_count;

        if (offset > raw->length)
                offset = raw->length;
        if (raw->line_count == 0)
                return place;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (raw->lines[middle] <= offset)
                        low = middle;
                else
                        high = middle;
        }
        place.line = (unsigned)(low + 1);
        place.column = (unsigned)mstc_utf8_count(raw->bytes + raw->lines[low], offset - raw->lines[low]) + 1;
        return place;
}

/* ---- the prolog ---- */

bool
mstc_raw_encoding(const struct mstc_raw *raw, char *ret, size_t room, size_t *offset)
{
        size_t at = 5, name, name_end, value;

        if (!starts(raw, 0, "<?xml") || raw->length < 6 || !is_blank(raw->bytes[5]))
                return false;
        while (next_attribute(raw, &at, &name, &name_end, &value)) {
                size_t length = at - 1 - value;

                if (name_end - name != 8 || !starts(raw, name, "encoding") || at <= value || length >= room)
                        continue;
                memcpy(ret, raw->bytes + value, length);
                ret[length] = '\0';
                *offset = value;
                return true;
        }
        return false;
}

bool
mstc_raw_doctype(const struct mstc_raw *raw, size_t *offset)
{
        size_t at = 0, end = 0;
        bool empty;

        for (;; at = end) {
                enum thing thing;

                if (starts(raw, at, "<!DOCTYPE") || starts(raw, at, "<!doctype")) {
                        *offset = at;
                        return true;
                }
                thing = look(raw, at, &end, &empty);
                if (thing != THING_OTHER && thing != THING_TEXT)
                        return false;
        }
}

/* ---- in an element ---- */

size_t
mstc_raw_attribute(const struct mstc_raw *raw, size_t tag, const char *name, bool value)
{
        size_t at = skip_name(raw, tag + 1), from, to, begin;

        while (next_attribute(raw, &at, &from, &to, &begin))
                if (to - from == strlen(name) && starts(raw, from, name))
                        return value ? begin : from;
        return tag;
}

bool
mstc_raw_stray(const struct mstc_raw *raw, size_t tag, size_t *ret)
{
        bool empty;
        size_t depth = 0, end = 0, at = past_tag(raw, tag, &empty);

        if (empty)
                return false;
        for (;; at = end) {
                enum thing thing = look(raw, at, &end, &empty);

                if (thing == THING_END)
                        return false;
                if (thing == THING_START && !empty)
                        depth++;
                if (thing == THING_CLOSE && depth-- == 0)
                        return false;
                if (depth > 0 || (thing != THING_TEXT && thing != THING_CDATA))
                        continue;
                *ret = thing == THING_CDATA ? at : skip_blank(raw, at);
                if (*ret < end)
                        return true;
        }
}

/* ---- text, one decoded character at a time ---- */

struct walker {
        const struct mstc_raw *raw;
        size_t at;
        size_t cdata_end;                    /* where "]]>" is, while inside one       */
};

static size_t
put_utf8(unsigned long c, char *out)
{
        if (c < 0x80)
                return out[0] = (char)c, 1;
        if (c < 0x800) {
                out[0] = (char)(0xC0 | c >> 6);
                out[1] = (char)(0x80 | (c & 0x3F));
                return 2;
        }
        if (c < 0x10000) {
                out[0] = (char)(0xE0 | c >> 12);
                out[1] = (char)(0x80 | (c >> 6 & 0x3F));
                out[2] = (char)(0x80 | (c & 0x3F));
                return 3;
        }
        out[0] = (char)(0xF0 | (c >> 18 & 7));
        out[1] = (char)(0x80 | (c >> 12 & 0x3F));
        out[2] = (char)(0x80 | (c >> 6 & 0x3F));
        out[3] = (char)(0x80 | (c & 0x3F));
        return 4;
}

static size_t
numeric_reference(const char *from, size_t length, char *out)
{
        unsigned long c = 0;
        bool hex = length > 0 && from[0] == 'x';

        for (size_t i = hex ? 1 : 0; i < length; i++) {
                char d = from[i];
                unsigned long digit;

                if (d >= '0' && d <= '9')
                        digit = (unsigned long)(d - '0');
                else if (hex && ((d | 32) >= 'a' && (d | 32) <= 'f'))
                        digit = (unsigned long)((d | 32) - 'a' + 10);
                else
                        return 0;
                c = c * (hex ? 16 : 10) + digit;
                if (c > 0x10FFFF)
                        return 0;
        }
        return c == 0 ? 0 : put_utf8(c, out);
}

/* The reference at w->at, which is an '&'; moves past it. */
static size_t
reference(struct walker *w, char *out)
{
        static const struct { const char *name; char c; } known[] = {
                { "lt;", '<' }, { "gt;", '>' }, { "amp;", '&' }, { "quot;", '"' }, { "apos;", '\'' },
        };
        const struct mstc_raw *raw = w->raw;
        size_t end = past(raw, w->at, ";"), made = 0;

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (starts(raw, w->at + 1, known[i].name)) {
                        out[0] = known[i].c;
                        made = 1;
                }
        if (made == 0 && starts(raw, w->at, "&#"))
                made = numeric_reference(raw->bytes + w->at + 2, end - w->at - 3, out);
        if (made == 0) {                     /* cannot be in well-formed XML */
                out[0] = '&';
                w->at++;
                return 1;
        }
        w->at = end;
        return made;
}

/* Decodes one character into 'out' (room for four bytes); its length, or 0 at the
 * first tag.  '*from' is where it stands. */
static size_t
next_character(struct walker *w, char *out, size_t *from)
{
        const struct mstc_raw *raw = w->raw;
        bool empty;
        size_t end = 0;

        for (;;) {
                if (w->cdata_end != 0 && w->at >= w->cdata_end) {
                        w->at = w->cdata_end + 3;
                        w->cdata_end = 0;
                }
                *from = w->at;
                if (w->at >= raw->length)
                        return 0;
                if (w->cdata_end != 0 || raw->bytes[w->at] != '<')
                        break;
                switch (look(raw, w->at, &end, &empty)) {
                case THING_CDATA:
                        w->cdata_end = end >= w->at + 12 ? end - 3 : end;
                        w->at += 9;
                        break;
                case THING_OTHER:
                        w->at = end;
                        break;
                default:
                        return 0;
                }
        }
        if (raw->bytes[w->at] == '&' && w->cdata_end == 0)
                return reference(w, out);
        if (raw->bytes[w->at] == '\r') {
                w->at += starts(raw, w->at, "\r\n") ? 2 : 1;
                out[0] = '\n';
                return 1;
        }
        out[0] = raw->bytes[w->at++];
        return 1;
}

struct origin {
        const struct mstc_raw *raw;
        size_t start;                        /* of the element's content               */
        size_t trimmed;                      /* decoded bytes cut off in front         */
};

bool
mstc_raw_text(const struct mstc_raw *raw, size_t tag, struct mst_arena *arena, struct mstc_text *ret)
{
        struct origin *origin = mst_arena_alloc(arena, sizeof *origin);
        struct walker w = { .raw = raw };
        size_t from, made, end = 0, close = 0, length = 0, skip = 0;
        char *text, c[4];
        bool empty;

        w.at = past_tag(raw, tag, &empty);
        if (origin == NULL)
                return false;
        *origin = (struct origin){ .raw = raw, .start = empty ? raw->length : w.at };
        /* What is decoded is never longer than what is written. */
        for (close = w.at; !empty; close = end) {
                enum thing thing = look(raw, close, &end, &empty);

                if (thing == THING_END || thing == THING_START || thing == THING_CLOSE)
                        break;
        }
        text = mst_arena_alloc(arena, close - w.at + 1);
        if (text == NULL)
                return false;
        w.at = origin->start;
        while ((made = next_character(&w, c, &from)) > 0) {
                memcpy(text + length, c, made);
                length += made;
        }
        while (length > 0 && is_blank(text[length - 1]))
                length--;
        while (skip < length && is_blank(text[skip]))
                skip++;
        text[length] = '\0';
        origin->trimmed = skip;
        *ret = (struct mstc_text){ .text = text + skip, .length = length - skip, .origin = origin };
        ret->place = length == skip ? mstc_raw_place(raw, tag) : mstc_config_place(ret, 0);
        return true;
}

struct mstc_place
mstc_config_place(const struct mstc_text *text, size_t offset)
{
        const struct origin *origin = text->origin;
        struct walker w;
        size_t seen = 0, from = 0, made;
        char c[4];

        if (origin == NULL)
                return text->place;
        w = (struct walker){ .raw = origin->raw, .at = origin->start };
        while ((made = next_character(&w, c, &from)) > 0) {
                if (seen + made > origin->trimmed + offset)
                        break;
                seen += made;
        }
        return mstc_raw_place(origin->raw, from);
}
