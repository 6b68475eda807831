/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.c - from a file to its rows, and the proof that they are all.
 *
 *   open     the file, and for CSV its header
 *   next     one row by its format; bytes that are no text make that row bad
 *   end      the last line is whole, the number of rows is what was promised, the file is
 *            the one that was opened: without all of that the end is an error */
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int
begin(struct fil_reader *reader, struct mst_error *err)
{
        int c = fil_input_peek(&reader->in);

        if (c == 0xff || c == 0xfe)
                return mst_fail(err, MST_ECONFIG, "the file '%s' is not UTF-8 but looks like UTF-16: save it as UTF-8",
                                reader->layout->path);
        if (c == 0xef) {
                static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };

                for (size_t i = 0; i < sizeof mark && fil_input_peek(&reader->in) == mark[i]; i++)
                        fil_input_get(&reader->in);
                if (reader->in.offset != sizeof mark)
                        return mst_fail(err, MST_ECONFIG, "the file '%s' is not UTF-8 (line 1, byte 1)",
                                        reader->layout->path);
                reader->in.column = 0;
        }
        if (reader->in.failed != 0)
                return fil_input_fail(&reader->in, err);
        if (fil_input_peek(&reader->in) == FIL_END)
                return mst_fail(err, MST_ENET, "the file '%s' is empty, as one is that has not been written yet: "
                                "nothing is concluded from it", reader->layout->path);
        return reader->layout->format == FIL_CSV ? fil_csv_begin(reader, err) : MST_OK;
}

int
fil_reader_open(struct fil_reader **ret, const struct fil_layout *layout, struct mst_error *err)
{
        struct fil_reader *reader = calloc(1, sizeof *reader);

        *ret = NULL;
        if (reader == NULL)
                return mst_fail_memory(err, "reading a file");
        reader->layout = layout;
        reader->arena = mst_arena_new(0);
        reader->lasting = mst_arena_new(0);
        reader->json = layout->format == FIL_JSONL ? mst_json_new() : NULL;
        if (reader->arena == NULL || reader->lasting == NULL
            || (layout->format == FIL_JSONL && reader->json == NULL))
                mst_fail_memory(err, "reading a file");
        else if (fil_input_open(&reader->in, layout->path, err) == MST_OK && begin(reader, err) == MST_OK) {
                *ret = reader;
                return MST_OK;
        }
        fil_reader_close(reader);
        return err->code;
}

void
fil_reader_close(struct fil_reader *reader)
{
        if (reader == NULL)
                return;
        fil_input_close(&reader->in);
        mst_json_free(reader->json);
        mst_arena_free(reader->arena);
        mst_arena_free(reader->lasting);
        free(reader->text);
        free(reader);
}

size_t
fil_reader_columns(const struct fil_reader *reader)
{
        return reader->name_count;
}

const char *
fil_reader_column(const struct fil_reader *reader, size_t index)
{
        return index < reader->name_count ? reader->names[index] : NULL;
}

const struct fil_input *
fil_reader_input(const struct fil_reader *reader)
{
        return &reader->in;
}

bool
fil_name_equal(const char *a, const char *b)
{
        return strcasecmp(a, b) == 0;
}

/* ---- what the formats collect ---- */

bool
fil_text_add(struct fil_reader *reader, int c)
{
        if (reader->length == FIL_ROW_MOST) {
                fil_row_bad(reader, reader->row.line, 0, "the row is larger than 8 MiB");
                reader->row.torn = true;
                return false;
        }
        if (reader->length + 1 >= reader->text_room) {
                size_t room = reader->text_room > 0 ? reader->text_room * 2 : 4096;
                char *text = realloc(reader->text, room);

                if (text == NULL) {
                        fil_row_bad(reader, reader->row.line, 0, "out of memory");
                        reader->row.torn = true;
                        return false;
                }
                reader->text = text;
                reader->text_room = room;
        }
        reader->text[reader->length++] = (char)c;
        reader->text[reader->length] = '\0';
        return true;
}

char *
fil_text_copy(struct fil_reader *reader, size_t start)
{
        char *copy = mst_arena_strndup(reader->arena, reader->length > start ? reader->text + start : "",
                                       reader->length - start);

        if (copy == NULL) {
                fil_row_bad(reader, reader->row.line, 0, "out of memory");
                reader->row.torn = true;
        }
        return copy;
}

bool
fil_field_add(struct fil_reader *reader, const char *name, const char *text, size_t length, enum fil_form form)
{
        struct fil_row *row = &reader->row;

        if (row->count == reader->room) {
                size_t room = reader->room > 0 ? reader->room * 2 : 16;
                struct fil_field *fields = mst_arena_alloc(reader->arena, room * sizeof *fields);

                if (fields == NULL) {
                        fil_row_bad(reader, row->line, 0, "out of memory");
                        row->torn = true;
                        return false;
                }
                if (row->count > 0)
                        memcpy(fields, row->fields, row->count * sizeof *fields);
                row->fields = fields;
                reader->room = room;
        }
        row->fields[row->count++] = (struct fil_field){ name, text, length, form };
        return true;
}

void
fil_row_bad(struct fil_reader *reader, uint64_t line, uint64_t byte, const char *format, ...)
{
        char text[400], place[64];
        va_list args;

        if (reader->row.bad != NULL)
                return;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        if (byte != 0)
                snprintf(place, sizeof place, "line %" PRIu64 ", byte %" PRIu64, line, byte);
        else
                snprintf(place, sizeof place, "line %" PRIu64, line);
        reader->row.bad = mst_arena_printf(reader->arena, "%s: %s", place, text);
        if (reader->row.bad == NULL)
                reader->row.bad = "out of memory";
}

int
fil_line(struct fil_reader *reader, struct mst_error *err)
{
        int c;
        bool room = true;

        reader->length = 0;
        if (fil_input_peek(&reader->in) == FIL_END)
                return reader->in.failed != 0 ? fil_input_fail(&reader->in, err) : MST_END;
        while ((c = fil_input_get(&reader->in)) != FIL_END && c != '\n')
                room = room && fil_text_add(reader, c);
        if (reader->in.failed != 0)
                return fil_input_fail(&reader->in, err);
        if (reader->length > 0 && reader->text[reader->length - 1] == '\r')
                reader->text[--reader->length] = '\0';
        if (reader->length == 0 && reader->text != NULL)
                reader->text[0] = '\0';
        return MST_OK;
}

/* ---- the end ---- */

/* Digits and nothing else. */
static bool
parse_count(const char *text, uint64_t *ret)
{
        size_t digits = strspn(text, "0123456789");
        uint64_t number = 0;

        if (digits == 0 || digits > 18 || text[digits + strspn(text + digits, " \r\n")] != '\0')
                return false;
        for (size_t i = 0; i < digits; i++)
                number = number * 10 + (uint64_t)(text[i] - '0');
        *ret = number;
        return true;
}

bool
fil_is_trailer(struct fil_reader *reader, const char *text)
{
        if (reader->layout->marker != FIL_MARK_ROWS || strncmp(text, FIL_TRAILER, strlen(FIL_TRAILER)) != 0
            || !parse_count(text + strlen(FIL_TRAILER), &reader->promised))
                return false;
        reader->trailer = true;
        return true;
}

static int
read_rows_file(const struct fil_reader *reader, uint64_t *ret, struct mst_error *err)
{
        const char *path = reader->layout->rows_file;
        FILE *file = fopen(path, "re");
        char text[64] = "";
        size_t n;

        if (file == NULL)
                return mst_fail(err, MST_ENET, "the file '%s', which tells how many rows '%s' has, cannot be opened: %s",
                                path, reader->layout->path, strerror(errno));
        n = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        text[n] = '\0';
        if (parse_count(text, ret))
                return MST_OK;
        return mst_fail(err, MST_ENET, "the file '%s' does not hold one number, the rows of '%s'", path,
                        reader->layout->path);
}

static int
prove(struct fil_reader *reader, struct mst_error *err)
{
        const struct fil_layout *layout = reader->layout;

        if (layout->marker == FIL_MARK_NEWLINE && reader->in.column != 0)
                return mst_fail(err, MST_ENET, "the file '%s' ends in the middle of line %" PRIu64 ", which has no line "
                                "end: it was cut off (complete-marker 'none' takes such files)", layout->path,
                                reader->in.line);
        if (layout->marker == FIL_MARK_ROWS && !reader->trailer)
                return mst_fail(err, MST_ENET, "the file '%s' does not end with the line %sN: it was cut off, or is not "
                                "written to its end yet", layout->path, FIL_TRAILER);
        if (layout->marker == FIL_MARK_ROWS_FILE && read_rows_file(reader, &reader->promised, err) != MST_OK)
                return err->code;
        if ((layout->marker == FIL_MARK_ROWS || layout->marker == FIL_MARK_ROWS_FILE)
            && reader->promised != reader->rows)
                return mst_fail(err, MST_ENET, "the file '%s' has %" PRIu64 " rows where %" PRIu64 " are promised: "
                                "nothing is concluded from it", layout->path, reader->rows, reader->promised);
        if (fil_input_same(&reader->in, err) != MST_OK)
                return err->code;
        return MST_END;
}

int
fil_reader_next(struct fil_reader *reader, struct fil_row **ret, struct mst_error *err)
{
        static int (*const next[])(struct fil_reader *, struct mst_error *) = {
                [FIL_CSV] = fil_csv_next, [FIL_JSONL] = fil_jsonl_next, [FIL_LDIF] = fil_ldif_next,
        };
        const struct fil_trouble *trouble = &reader->in.trouble;
        int rc;

        mst_arena_reset(reader->arena);
        fil_input_calm(&reader->in);
        reader->row = (struct fil_row){ .line = reader->in.line };
        reader->room = reader->length = 0;
        rc = next[reader->layout->format](reader, err);
        if (rc == MST_END)
                return prove(reader, err);
        if (rc != MST_OK)
                return rc;
        if (reader->trailer)
                return mst_fail(err, MST_ENET, "the file '%s' goes on after its last line (%s%" PRIu64 "): nothing is "
                                "concluded from it", reader->layout->path, FIL_TRAILER, reader->promised);
        reader->rows++;
        if (trouble->what != NULL) {
                /* What the format made of such bytes is beside the point. */
                reader->row.bad = NULL;
                reader->row.torn = true;
                fil_row_bad(reader, trouble->line, trouble->byte, "%s", trouble->what);
        }
        /* The last line, without an end and not even readable, has its rest missing. */
        if (reader->row.bad != NULL && reader->in.column != 0 && fil_input_peek(&reader->in) == FIL_END)
                return mst_fail(err, MST_ENET, "the file '%s' was cut off: %s", reader->layout->path, reader->row.bad);
        *ret = &reader->row;
        return MST_OK;
}
