/* table.c - rows for people, within the width of their terminal.
 *
 *   gather   cells are escaped and measured as they come
 *   fit      the natural widths, then the flexible columns give way
 *   draw     row by row, a row as many lines as its longest wrapped cell */
#include "build.h"

#include "cli/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <muster/escape.h>

#include "util/utf8.h"

#define GAP 2u
#define MOST_COLUMNS 16u
#define ELLIPSIS "\xe2\x80\xa6"

struct cell {
        const char *text;
        unsigned columns;
        enum mstc_paint paint;
        struct cell *next;                   /* all cells in order                     */
};

struct mstc_table {
        struct mst_arena *arena;
        const struct mstc_column *columns;
        size_t column_count;
        unsigned widths[MOST_COLUMNS];
        struct cell *first, *last;
        size_t cell_count;
        struct mstc_widths *follows;
        bool failed;
};

static unsigned
columns_of(const char *text, size_t length)
{
        size_t columns = mstc_utf8_columns(text, length);

        return columns < 1000000 ? (unsigned)columns : 1000000;
}

/* Bytes of 'text' that fit into 'width' columns, marks with what they stand on. */
static size_t
span_within(const char *text, size_t length, unsigned width)
{
        size_t at = 0;
        unsigned used = 0;

        while (at < length) {
                size_t step = mstc_utf8_span(text + at, length - at, 1);
                unsigned wide = columns_of(text + at, step);

                if (used + wide > width)
                        break;
                used += wide;
                at += step;
        }
        return at;
}

#define BOTH_ENDS 8u                         /* columns that are worth an end of their own */

/* 'safe' has been escaped. */
static const char *
cut_to(struct mst_arena *arena, const char *safe, unsigned width, bool middle)
{
        size_t length = strlen(safe), from = length, head;
        unsigned all = columns_of(safe, length), tail;
        const char *cut;

        if (all <= width)
                return safe;
        tail = middle && width >= BOTH_ENDS ? (width - 1) / 3 : 0;
        head = span_within(safe, length, width - 1 - tail);
        /* The end begins behind so much that no more than 'tail' columns are left. */
        if (tail > 0) {
                from = head;
                while (from < length && columns_of(safe + from, length - from) > tail)
                        from += mstc_utf8_span(safe + from, length - from, 1);
        }
        cut = mst_arena_printf(arena, "%.*s" ELLIPSIS "%s", (int)head, safe, safe + from);
        return cut != NULL ? cut : "?";
}

const char *
mstc_fit(struct mst_arena *arena, const char *text, unsigned width)
{
        const char *safe = mst_escape_terminal(arena, text, strlen(text));

        if (safe == NULL)
                return "?";
        return width == 0 ? safe : cut_to(arena, safe, width, true);
}

const char *
mstc_fit_end(struct mst_arena *arena, const char *text, unsigned width)
{
        const char *safe = mst_escape_terminal(arena, text, strlen(text));

        if (safe == NULL)
                return "?";
        return width == 0 ? safe : cut_to(arena, safe, width, false);
}

const char *
mstc_thousands(struct mst_arena *arena, uint64_t number)
{
        char digits[24], out[32];
        size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), to = 0;
        const char *text;

        for (size_t i = 0; i < length; i++) {
                if (i > 0 && (length - i) % 3 == 0)
                        out[to++] = ',';
                out[to++] = digits[i];
        }
        out[to] = '\0';
        text = mst_arena_strdup(arena, out);
        return text != NULL ? text : "?";
}

const char *
mstc_paint_on(bool colour, enum mstc_paint paint)
{
        static const char *const on[] = {
                [MSTC_PLAIN] = "", [MSTC_BOLD] = "\033[1m", [MSTC_GOOD] = "\033[32m",
                [MSTC_CARE] = "\033[33m", [MSTC_BAD] = "\033[31m", [MSTC_FAINT] = "\033[2m",
        };

        return colour ? on[paint] : "";
}

const char *
mstc_paint_off(bool colour, enum mstc_paint paint)
{
        return colour && paint != MSTC_PLAIN ? "\033[0m" : "";
}

struct mstc_table *
mstc_table_new(struct mst_arena *arena, const struct mstc_column *columns, size_t count)
{
        struct mstc_table *table = mst_arena_alloc(arena, sizeof *table);

        assert(count > 0 && count <= MOST_COLUMNS);
        if (table == NULL)
                return NULL;
        *table = (struct mstc_table){ .arena = arena, .columns = columns, .column_count = count };
        for (size_t i = 0; i < count; i++)
                table->widths[i] = columns_of(columns[i].title, strlen(columns[i].title));
        return table;
}

void
mstc_table_paint(struct mstc_table *table, enum mstc_paint paint, const char *text)
{
        struct cell *cell;
        unsigned *width;

        if (table == NULL || table->failed)
                return;
        cell = mst_arena_alloc(table->arena, sizeof *cell);
        if (cell == NULL) {
                table->failed = true;
                return;
        }
        cell->text = text != NULL && *text != '\0' ? mstc_fit(table->arena, text, 0) : "-";
        cell->columns = columns_of(cell->text, strlen(cell->text));
        cell->paint = paint;
        width = &table->widths[table->cell_count % table->column_count];
        if (cell->columns > *width)
                *width = cell->columns;
        if (table->last != NULL)
                table->last->next = cell;
        else
                table->first = cell;
        table->last = cell;
        table->cell_count++;
}

void
mstc_table_cell(struct mstc_table *table, const char *text)
{
        mstc_table_paint(table, MSTC_PLAIN, text);
}

void
mstc_table_count(struct mstc_table *table, uint64_t number)
{
        if (table != NULL)
                mstc_table_paint(table, number == 0 ? MSTC_FAINT : MSTC_PLAIN,
                                 mstc_thousands(table->arena, number));
}

void
mstc_table_printf(struct mstc_table *table, const char *format, ...)
{
        char text[1024];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        mstc_table_cell(table, text);
}

void
mstc_table_follow(struct mstc_table *table, struct mstc_widths *widths)
{
        if (table != NULL)
                table->follows = widths;
}

size_t
mstc_table_rows(const struct mstc_table *table)
{
        return table != NULL ? table->cell_count / table->column_count : 0;
}

struct mst_arena *
mstc_table_arena(const struct mstc_table *table)
{
        return table->arena;
}

static unsigned
least_of(const struct mstc_column *column)
{
        unsigned title = columns_of(column->title, strlen(column->title));

        return column->least > title ? column->least : title;
}

/* The flexible columns give way, always the widest by one, until the table fits; false: it cannot. */
static bool
fit_widths(const struct mstc_table *table, unsigned width, unsigned *widths)
{
        unsigned total = (unsigned)(table->column_count - 1) * GAP;

        for (size_t i = 0; i < table->column_count; i++) {
                widths[i] = table->widths[i];
                total += widths[i];
        }
        while (total > width) {
                size_t widest = SIZE_MAX;

                for (size_t i = 0; i < table->column_count; i++) {
                        const struct mstc_column *column = &table->columns[i];

                        if ((column->flags & (MSTC_FLEXIBLE | MSTC_WRAPS)) != 0 && widths[i] > least_of(column)
                            && (widest == SIZE_MAX || widths[i] > widths[widest]))
                                widest = i;
                }
                if (widest == SIZE_MAX)
                        return false;
                widths[widest]--;
                total--;
        }
        return true;
}

/* Takes one line of a wrapped cell from '*text': broken at a blank where there is one. */
static const char *
take_line(struct mst_arena *arena, const char **text, unsigned width)
{
        size_t length = strlen(*text), fits = span_within(*text, length, width);
        const char *line;

        if (fits < length) {
                size_t blank = fits;

                while (blank > 0 && (*text)[blank] != ' ')
                        blank--;
                if (blank > strspn(*text, " "))
                        fits = blank;
                else if (fits == 0)          /* a wide character in a narrow column    */
                        fits = mstc_utf8_span(*text, length, 1);
        }
        line = mst_arena_strndup(arena, *text, fits);
        *text += fits;
        *text += strspn(*text, " ");
        return line != NULL ? line : "";
}

void
mstc_wrap(struct mst_arena *arena, FILE *to, const char *text, unsigned at, unsigned indent, unsigned width)
{
        const char *left = mstc_fit(arena, text, 0);

        do {
                fputs(take_line(arena, &left, width > at + 16 ? width - at : 16), to);
                fputc('\n', to);
                if (*left != '\0')
                        fprintf(to, "%*s", (int)indent, "");
                at = indent;
        } while (*left != '\0');
}

void
mstc_head(struct mst_arena *arena, bool colour, unsigned width, const char *name, const char *text)
{
        const char *fit = mstc_fit(arena, name, width > 40 ? width - 20 : 20);

        printf("%s%s%s", mstc_paint_on(colour, MSTC_BOLD), fit, mstc_paint_off(colour, MSTC_BOLD));
        mstc_wrap(arena, stdout, text, columns_of(fit, strlen(fit)), 2, width);
}

static void
pad(struct mstc_buffer *into, unsigned count)
{
        while (count-- > 0)
                mstc_buffer_char(into, ' ');
}

/* A text that begins with blanks goes on below itself, and a little to the right. */
static unsigned
hang_of(const char *text, unsigned width)
{
        unsigned blanks = (unsigned)strspn(text, " ");

        return blanks == 0 ? 0 : blanks + 2 + 12 < width ? blanks + 2 : width > 14 ? width - 14 : 0;
}

static const char *
take_hung(struct mst_arena *arena, const char **text, unsigned width, unsigned hang)
{
        const char *line;

        if (**text == '\0' || hang == 0)
                return take_line(arena, text, width);
        line = mst_arena_printf(arena, "%*s%s", (int)hang, "", take_line(arena, text, width - hang));
        return line != NULL ? line : "";
}

static void
draw_cell(struct mstc_buffer *into, const struct mstc_column *column, const char *text, unsigned width,
          bool last, bool colour, enum mstc_paint paint)
{
        unsigned wide = columns_of(text, strlen(text));
        unsigned rest = wide < width ? width - wide : 0;

        if ((column->flags & MSTC_RIGHT) != 0)
                pad(into, rest);
        mstc_buffer_printf(into, "%s%s%s", mstc_paint_on(colour, paint), text, mstc_paint_off(colour, paint));
        if ((column->flags & MSTC_RIGHT) == 0 && !last)
                pad(into, rest);
        if (!last)
                pad(into, GAP);
}

static bool
draw_row(const struct mstc_table *table, const struct cell *cells, const unsigned *widths, bool colour,
         struct mstc_buffer *into)
{
        const char *left[MOST_COLUMNS];
        unsigned hang[MOST_COLUMNS];         /* the lines of a wrapped cell begin where its first does, and two more */
        const struct cell *cell = cells;
        bool more, first = true;

        for (size_t i = 0; i < table->column_count; i++, cell = cell->next) {
                left[i] = cell->text;
                hang[i] = hang_of(cell->text, widths[i]);
        }
        do {
                size_t begin = into->length;

                more = false;
                cell = cells;
                for (size_t i = 0; i < table->column_count; i++, cell = cell->next) {
                        const struct mstc_column *column = &table->columns[i];
                        const char *text = "";

                        if ((column->flags & MSTC_WRAPS) != 0)
                                text = take_hung(table->arena, &left[i], widths[i], first ? 0 : hang[i]);
                        else if (first)
                                text = (column->flags & MSTC_FLEXIBLE) != 0
                                       ? cut_to(table->arena, cell->text, widths[i], true) : cell->text;
                        more |= (column->flags & MSTC_WRAPS) != 0 && *left[i] != '\0';
                        draw_cell(into, column, text, widths[i], i + 1 == table->column_count, colour,
                                  cell->paint);
                }
                /* What an empty last cell leaves behind. */
                while (mstc_buffer_ok(into) && into->length > begin && into->bytes[into->length - 1] == ' ')
                        into->bytes[--into->length] = '\0';
                mstc_buffer_char(into, '\n');
                first = false;
        } while (more);
        return mstc_buffer_ok(into);
}

#define LEAST_STACKED 8u                     /* of a text beside its title             */

static void
stack_cell(const struct mstc_table *table, const char *title, unsigned title_width, const struct cell *cell, unsigned width,
           bool colour, struct mstc_buffer *into)
{
        unsigned room = width > title_width + GAP + LEAST_STACKED ? width - title_width - GAP : LEAST_STACKED;
        const char *left = cell->text + strspn(cell->text, " ");

        mstc_buffer_printf(into, "%s%s%s", mstc_paint_on(colour, MSTC_BOLD), title, mstc_paint_off(colour, MSTC_BOLD));
        pad(into, title_width - columns_of(title, strlen(title)) + GAP);
        do {
                mstc_buffer_printf(into, "%s%s%s\n", mstc_paint_on(colour, cell->paint), take_line(table->arena, &left, room),
                                   mstc_paint_off(colour, cell->paint));
                if (*left != '\0')
                        pad(into, title_width + GAP);
        } while (*left != '\0');
}

/* Row by row, each cell in lines of its own. */
static bool
stack(const struct mstc_table *table, unsigned width, bool colour, bool first, struct mstc_buffer *into)
{
        const struct cell *cell = table->first;
        unsigned title_width = 0;

        for (size_t i = 0; i < table->column_count; i++) {
                unsigned wide = columns_of(table->columns[i].title, strlen(table->columns[i].title));

                title_width = wide > title_width ? wide : title_width;
        }
        while (cell != NULL) {
                if (!first)
                        mstc_buffer_char(into, '\n');
                first = false;
                for (size_t i = 0; i < table->column_count; i++, cell = cell->next)
                        stack_cell(table, table->columns[i].title, title_width, cell, width, colour, into);
        }
        return mstc_buffer_ok(into);
}

bool
mstc_table_render(struct mstc_table *table, unsigned width, bool colour, struct mstc_buffer *into)
{
        bool stacked = false;
        unsigned widths[MOST_COLUMNS] = { 0 };
        struct cell titles[MOST_COLUMNS];
        const struct cell *cell;

        if (table == NULL || table->failed)
                return false;
        assert(table->cell_count % table->column_count == 0);
        if (table->follows != NULL && table->follows->set)
                memcpy(widths, table->follows->widths, sizeof widths);
        else
                stacked = !fit_widths(table, width, widths);
        if (stacked && table->follows != NULL)
                *table->follows = (struct mstc_widths){ .set = true, .stacked = true };
        else if (table->follows != NULL && table->follows->stacked)
                return stack(table, width, colour, false, into);
        if (stacked)
                return stack(table, width, colour, true, into);
        for (size_t i = 0; i < table->column_count; i++)
                titles[i] = (struct cell){ .text = table->columns[i].title, .paint = MSTC_BOLD,
                        .next = i + 1 < table->column_count ? &titles[i + 1] : NULL };
        if ((table->follows == NULL || !table->follows->set) && !draw_row(table, titles, widths, colour, into))
                return false;
        if (table->follows != NULL && !table->follows->set) {
                memcpy(table->follows->widths, widths, sizeof widths);
                table->follows->set = true;
        }
        for (cell = table->first; cell != NULL; ) {
                if (!draw_row(table, cell, widths, colour, into))
                        return false;
                for (size_t i = 0; i < table->column_count; i++)
                        cell = cell->next;
        }
        return true;
}
