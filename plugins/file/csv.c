/* SPDX-License-Identifier: Apache-2.0
 *
 * csv.c - rows of comma-separated values (RFC 4180).
 *
 *      id,displayName,note
 *      1,"Lovelace, Ada","two
 *      lines and a "" quotation mark"
 *
 * Where a field stands decides what a byte means:
 *
 *   at its start    a quotation mark opens a quoted field
 *   plain           ends at the delimiter or the line's end; a quotation mark is a mistake
 *   quoted          everything is text, line ends too, but a quotation mark
 *   closing         one more quotation mark is one of the text; else the field is over
 *   lost            after a mistake: the rest of the line is passed over
 *
 * A mistake costs the row it is in, and no other.  A file that ends within quotes was cut
 * off: what is in it may be anything. */
#include "format.h"

#include <inttypes.h>
#include <string.h>

enum place { AT_START, PLAIN, QUOTED, CLOSING, LOST };

struct scan {
        struct fil_reader *reader;
        enum place place;
        size_t start;                        /* of the field, in reader->text          */
        uint64_t quote_line;                 /* where the quoted field was opened      */
        bool keep;                           /* there is still room                    */
};

static void
add(struct scan *s, int c)
{
        s->keep = s->keep && fil_text_add(s->reader, c);
}

/* A formula that was kept from running has one apostrophe too many in front. */
static size_t
undo_defusing(const char *text, size_t length)
{
        size_t marks = strspn(text, "'");

        return marks > 0 && marks < length && strchr("=+-@\t\r", text[marks]) != NULL ? 1 : 0;
}

static void
end_field(struct scan *s)
{
        struct fil_reader *reader = s->reader;
        size_t length = reader->length - s->start, skip;
        char *text;

        s->place = AT_START;
        if (!s->keep)
                return;
        if (reader->row.count == FIL_COLUMNS_MOST) {
                fil_row_bad(reader, reader->row.line, 0, "the row has more than %u columns", FIL_COLUMNS_MOST);
                reader->row.torn = true;
                s->keep = false;
                return;
        }
        text = fil_text_copy(reader, s->start);
        if (text == NULL)
                return;
        skip = reader->layout->defused ? undo_defusing(text, length) : 0;
        fil_field_add(reader, reader->row.count < reader->name_count ? reader->names[reader->row.count] : "",
                      text + skip, length - skip, FIL_TEXT);
        s->start = reader->length;
}

static void
mistake(struct scan *s, const char *what)
{
        const struct fil_input *in = &s->reader->in;

        fil_row_bad(s->reader, in->line, in->column, "%s", what);
        s->reader->row.torn = true;
        s->place = LOST;
        s->keep = false;
}

/* A byte outside quotes; true when it ends the row. */
static bool
take_plain(struct scan *s, int c)
{
        if (c == '\r' && (fil_input_peek(&s->reader->in) == '\n' || fil_input_peek(&s->reader->in) == FIL_END))
                return false;
        if (c == '\n') {
                if (s->place != LOST)
                        end_field(s);
                return true;
        }
        if (s->place == LOST)
                return false;
        if (c == s->reader->layout->delimiter)
                end_field(s);
        else if (c == '"' && s->place == AT_START) {
                s->place = QUOTED;
                s->quote_line = s->reader->in.line;
        } else if (c == '"')
                mistake(s, "a quotation mark within a field: quote the field and double the mark");
        else if (c == '\r')
                mistake(s, "a carriage return within a field: quote the field");
        else if (s->place == CLOSING)
                mistake(s, "a quoted field goes on after its end: double the quotation marks within it");
        else {
                s->place = PLAIN;
                add(s, c);
        }
        return false;
}

static bool
take(struct scan *s, int c)
{
        if (s->place == QUOTED && c == '"') {
                s->place = CLOSING;
                return false;
        }
        if (s->place == CLOSING && c == '"') {
                add(s, c);
                s->place = QUOTED;
                return false;
        }
        if (s->place != QUOTED)
                return take_plain(s, c);
        add(s, c);
        return false;
}

/* The next row that is not an empty line. */
static int
scan_row(struct fil_reader *reader, struct mst_error *err)
{
        struct scan s = { .reader = reader, .keep = true };
        int c;

        while ((c = fil_input_peek(&reader->in)) == '\n' || c == '\r') {
                fil_input_get(&reader->in);
                if (c == '\r' && fil_input_peek(&reader->in) != '\n' && fil_input_peek(&reader->in) != FIL_END) {
                        mistake(&s, "a carriage return within a field: quote the field");
                        break;
                }
        }
        reader->row.line = reader->in.line;
        if (fil_input_peek(&reader->in) == FIL_END)
                return reader->in.failed != 0 ? fil_input_fail(&reader->in, err) : MST_END;
        while ((c = fil_input_get(&reader->in)) != FIL_END)
                if (take(&s, c))
                        return MST_OK;
        if (reader->in.failed != 0)
                return fil_input_fail(&reader->in, err);
        if (s.place == QUOTED)
                return mst_fail(err, MST_ENET, "the file '%s' ends within a quoted field that was opened in line %" PRIu64
                                ": it was cut off, or a quotation mark is not doubled", reader->layout->path,
                                s.quote_line);
        if (s.place != LOST)
                end_field(&s);
        return MST_OK;
}

/* ---- the header ---- */

static int
check_name(const struct fil_reader *reader, size_t at, const char *name, struct mst_error *err)
{
        if (name[0] == '\0')
                return mst_fail(err, MST_ECONFIG, "the file '%s': column %zu has no name in the header",
                                reader->layout->path, at + 1);
        if (strlen(name) > FIL_NAME_MOST)
                return mst_fail(err, MST_ECONFIG, "the file '%s': the name of column %zu is longer than %u bytes",
                                reader->layout->path, at + 1, FIL_NAME_MOST);
        for (size_t i = 0; i < at; i++)
                if (fil_name_equal(reader->names[i], name))
                        return mst_fail(err, MST_ECONFIG, "the file '%s': the columns %zu and %zu are both called '%s'",
                                        reader->layout->path, i + 1, at + 1, name);
        return MST_OK;
}

static int
keep_name(struct fil_reader *reader, const char *name, struct mst_error *err)
{
        if (check_name(reader, reader->name_count, name, err) != MST_OK)
                return err->code;
        name = mst_arena_strdup(reader->lasting, name);
        if (name == NULL)
                return mst_fail_memory(err, "reading a header");
        reader->names[reader->name_count++] = name;
        return MST_OK;
}

static int
read_header(struct fil_reader *reader, struct mst_error *err)
{
        const struct fil_trouble *trouble = &reader->in.trouble;
        int rc = scan_row(reader, err);

        if (rc == MST_END)
                return mst_fail(err, MST_ENET, "the file '%s' has no header", reader->layout->path);
        if (rc == MST_OK && trouble->what != NULL)
                return mst_fail(err, MST_ECONFIG, "the file '%s': line %" PRIu64 ", byte %" PRIu64 ": %s in the header",
                                reader->layout->path, trouble->line, trouble->byte, trouble->what);
        if (rc == MST_OK && reader->row.bad != NULL)
                return mst_fail(err, MST_ECONFIG, "the header of the file '%s' cannot be read: %s", reader->layout->path,
                                reader->row.bad);
        for (size_t i = 0; rc == MST_OK && i < reader->row.count; i++)
                rc = keep_name(reader, reader->row.fields[i].text, err);
        return rc;
}

int
fil_csv_begin(struct fil_reader *reader, struct mst_error *err)
{
        int rc = MST_OK;

        reader->names = mst_arena_alloc(reader->lasting, FIL_COLUMNS_MOST * sizeof *reader->names);
        if (reader->names == NULL)
                return mst_fail_memory(err, "reading a header");
        if (reader->layout->header)
                return read_header(reader, err);
        for (size_t i = 0; rc == MST_OK && i < FIL_COLUMNS_MOST && reader->layout->columns[i] != NULL; i++)
                rc = keep_name(reader, reader->layout->columns[i], err);
        return rc;
}

int
fil_csv_next(struct fil_reader *reader, struct mst_error *err)
{
        int rc = scan_row(reader, err);

        if (rc != MST_OK || reader->row.torn)
                return rc;
        if (reader->row.count == 1 && fil_is_trailer(reader, reader->row.fields[0].text)) {
                rc = scan_row(reader, err);
                return rc;
        }
        if (reader->row.count != reader->name_count) {
                fil_row_bad(reader, reader->row.line, 0, "the row has %zu columns where %zu are %s", reader->row.count,
                            reader->name_count, reader->layout->header ? "in the header" : "configured");
                reader->row.torn = true;
        }
        return MST_OK;
}
