/* excerpt.c - a line of a rule with its place marked below it.
 *
 * The three parts of the line, before, at and behind the place, are made harmless for the
 * terminal one by one, so that the mark stands where its part is seen, whatever the letters
 * before it are. */
#include "build.h"

#include "cli/excerpt.h"

#include <string.h>

#include "util/utf8.h"

#define INDENT 8u
#define ELLIPSIS "\xe2\x80\xa6"

static unsigned
columns_of(const char *text)
{
        return (unsigned)mstc_utf8_columns(text, strlen(text));
}

static const char *
part(struct mst_arena *arena, const char *text, size_t length)
{
        char *copy = mst_arena_strndup(arena, text, length);

        for (char *c = copy; c != NULL && *c != '\0'; c++)
                if (*c == '\t' || *c == '\r')
                        *c = ' ';
        return copy != NULL ? mstc_fit(arena, copy, 0) : "";
}

/* The last columns of a text, behind an ellipsis when it has more. */
static const char *
tail(struct mst_arena *arena, const char *text, unsigned width)
{
        const char *ret;

        if (columns_of(text) <= width)
                return text;
        while (*text != '\0' && columns_of(text) > width - 1)
                text += mstc_utf8_span(text, strlen(text), 1);
        ret = mst_arena_printf(arena, ELLIPSIS "%s", text);
        return ret != NULL ? ret : "";
}

void
mstc_excerpt(struct mst_arena *arena, FILE *to, bool colour, unsigned width, const char *line, size_t at, size_t length)
{
        unsigned room = width > INDENT + 20 ? width - INDENT : 20, marked;
        size_t blanks = line != NULL ? strspn(line, " \t") : 0, end = line != NULL ? strlen(line) : 0;
        const char *before, *here, *behind;

        if (line == NULL || at > end || length > end - at)
                return;
        if (blanks > at)
                blanks = 0;
        before = part(arena, line + blanks, at - blanks);
        here = part(arena, line + at, length);
        behind = part(arena, line + at + length, end - at - length);
        if (columns_of(before) + columns_of(here) + columns_of(behind) > room)
                before = tail(arena, before, room / 2);
        room -= columns_of(before);
        here = mstc_fit(arena, here, room);
        room -= columns_of(here);
        behind = room == 0 ? "" : mstc_fit(arena, behind, room);
        fprintf(to, "%*s%s%s%s\n%*s%s^", (int)INDENT, "", before, here, behind, (int)(INDENT + columns_of(before)), "",
                mstc_paint_on(colour, MSTC_GOOD));
        for (marked = 1; marked < columns_of(here); marked++)
                fputc('~', to);
        fprintf(to, "%s\n", mstc_paint_off(colour, MSTC_GOOD));
}
