/* SPDX-License-Identifier: Apache-2.0
 *
 * write.c - from the table to the file.
 *
 *   CSV      a header, then a row each; quoted where RFC 4180 wants it
 *   JSONL    an object each, of what is not empty
 *   LDIF     an entry each; base64 where RFC 2849 wants it, lines folded
 *
 * With complete-marker "rows" the last line tells their number. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/base64.h>
#include <muster/json.h>

#include "table.h"

struct writing {
        const struct fil_table *table;
        FILE *out;
        struct mst_json_out *json;
        struct mst_arena *scratch;
        bool failed;                         /* memory; what the file refuses, 'out' knows */
};

/* ---- CSV ---- */

/* A spreadsheet would take it for a formula.  Apostrophes in front are counted, so that
 * taking one away gives back what was there. */
static bool
runs(const char *text)
{
        text += strspn(text, "'");
        return *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
}

static void
csv_text(const struct writing *w, const char *text, bool begins)
{
        if (begins && w->table->plan->defuse && runs(text))
                fputc_unlocked('\'', w->out);
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        fputc_unlocked('"', w->out);
                fputc_unlocked(*text, w->out);
        }
}

static bool
needs_quotes(const struct writing *w, const char *text)
{
        size_t length = strlen(text);

        return length > 0 && (text[0] == ' ' || text[length - 1] == ' ' || strpbrk(text, "\"\r\n") != NULL
                              || strchr(text, w->table->plan->layout.delimiter) != NULL);
}

static void
csv_cell(const struct writing *w, const struct fil_cell *cell)
{
        const char *separator = w->table->plan->separator;
        bool quotes = cell->count == 0 && w->table->column_count == 1;

        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;)
                quotes = quotes || needs_quotes(w, at) || (cell->count > 1 && needs_quotes(w, separator));
        if (quotes)
                fputc_unlocked('"', w->out);
        for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;) {
                if (at != cell->text)
                        fputs_unlocked(separator, w->out);
                csv_text(w, at, at == cell->text);
        }
        if (quotes)
                fputc_unlocked('"', w->out);
}

static void
csv_header(const struct writing *w)
{
        for (uint32_t i = 0; i < w->table->column_count; i++) {
                const char *name = w->table->names[i];
                struct fil_cell cell = { name, (uint32_t)strlen(name), 1 };

                if (i > 0)
                        fputc_unlocked(w->table->plan->layout.delimiter, w->out);
                csv_cell(w, &cell);
        }
        fputc_unlocked('\n', w->out);
}

static void
csv_line(struct writing *w, const struct fil_line *line)
{
        for (uint32_t i = 0; i < w->table->column_count; i++) {
                if (i > 0)
                        fputc_unlocked(w->table->plan->layout.delimiter, w->out);
                csv_cell(w, fil_cell(line, i));
        }
        fputc_unlocked('\n', w->out);
}

/* ---- JSON Lines ---- */

static void
json_value(const struct writing *w, enum mst_type type, const char *text)
{
        char *end;
        long long number;

        errno = 0;
        number = type == MST_INT ? strtoll(text, &end, 10) : 0;
        if (type == MST_INT && errno == 0 && end != text && *end == '\0')
                mst_json_out_int(w->json, number);
        else if (type == MST_BOOL && (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0))
                mst_json_out_bool(w->json, strcasecmp(text, "true") == 0);
        else
                mst_json_out_text(w->json, text, strlen(text));
}

static void
json_line(struct writing *w, const struct fil_line *line)
{
        const char *text;
        size_t size;

        mst_json_out_reset(w->json);
        mst_json_out_object(w->json);
        for (uint32_t i = 0; i < w->table->column_count; i++) {
                const struct fil_cell *cell = fil_cell(line, i);
                bool array = cell->count > 1 || (cell->count == 1 && w->table->types[i].many);

                if (cell->count == 0)
                        continue;
                mst_json_out_name(w->json, w->table->names[i]);
                if (array)
                        mst_json_out_array(w->json);
                for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;)
                        json_value(w, w->table->types[i].type, at);
                if (array)
                        mst_json_out_end(w->json);
        }
        mst_json_out_end(w->json);
        text = mst_json_written(w->json, &size);
        w->failed = w->failed || text == NULL;
        if (text != NULL) {
                fwrite_unlocked(text, 1, size, w->out);
                fputc_unlocked('\n', w->out);
        }
}

/* ---- LDIF ---- */

static bool
is_safe(const char *text)
{
        size_t length = strlen(text);

        if (length == 0)
                return true;
        if (strchr(" :<", text[0]) != NULL || text[length - 1] == ' ')
                return false;
        for (size_t i = 0; i < length; i++)
                if ((unsigned char)text[i] >= 0x80 || text[i] == '\n' || text[i] == '\r')
                        return false;
        return true;
}

static void
ldif_value(struct writing *w, const char *name, const char *text)
{
        bool safe = is_safe(text);
        size_t column;

        if (!safe)
                text = mst_base64_encode(w->scratch, text, strlen(text));
        if (text == NULL) {
                w->failed = true;
                return;
        }
        fprintf(w->out, "%s:%s ", name, safe ? "" : ":");
        column = strlen(name) + (safe ? 2 : 3);
        for (; *text != '\0'; text++) {
                if (column == 76) {
                        fputs_unlocked("\n ", w->out);
                        column = 1;
                }
                fputc_unlocked(*text, w->out);
                column++;
        }
        fputc_unlocked('\n', w->out);
}

static void
ldif_line(struct writing *w, const struct fil_line *line)
{
        const struct fil_table *table = w->table;
        const char *name;

        mst_arena_reset(w->scratch);
        name = fil_line_name(table, fil_cell_text(line, table->id), w->scratch);
        if (name == NULL) {
                w->failed = true;
                return;
        }
        ldif_value(w, "dn", name);
        for (uint32_t i = 0; i < table->column_count; i++) {
                const struct fil_cell *cell = fil_cell(line, i);

                for (const char *at = NULL; (at = fil_cell_next(cell, at)) != NULL;)
                        if (table->types[i].type == MST_BOOL && strcasecmp(at, "true") == 0)
                                ldif_value(w, table->names[i], "TRUE");
                        else if (table->types[i].type == MST_BOOL && strcasecmp(at, "false") == 0)
                                ldif_value(w, table->names[i], "FALSE");
                        else
                                ldif_value(w, table->names[i], at);
        }
        fputc_unlocked('\n', w->out);
}

/* ---- the file ---- */

int
fil_table_write(const struct fil_table *table, FILE *out, struct mst_error *err)
{
        static void (*const lines[])(struct writing *, const struct fil_line *) = {
                [FIL_CSV] = csv_line, [FIL_JSONL] = json_line, [FIL_LDIF] = ldif_line,
        };
        enum fil_format format = table->plan->layout.format;
        struct writing w = { table, out, mst_json_out_new(), mst_arena_new(0), false };

        w.failed = w.json == NULL || w.scratch == NULL;
        if (!w.failed && format == FIL_CSV)
                csv_header(&w);
        /* slapadd takes no version; but a file of nothing would look like one not written yet. */
        if (!w.failed && format == FIL_LDIF && table->alive == 0)
                fputs_unlocked("# no entries\n", out);
        for (size_t i = 0; i < table->count && !w.failed && ferror(out) == 0; i++)
                if (!table->lines[i].gone)
                        lines[format](&w, &table->lines[i]);
        if (table->plan->layout.marker == FIL_MARK_ROWS)
                fprintf(out, "%s%zu\n", FIL_TRAILER, table->alive);
        mst_json_out_free(w.json);
        mst_arena_free(w.scratch);
        if (w.failed)
                return mst_fail_memory(err, "writing a file");
        if (ferror(out) != 0)
                return mst_fail(err, MST_ENET, "the file '%s' cannot be written: %s", table->plan->layout.path,
                                strerror(errno != 0 ? errno : EIO));
        return MST_OK;
}
