/* SPDX-License-Identifier: Apache-2.0
 *
 * ldif.c - rows of LDIF (RFC 2849): entries, never changes.
 *
 *      version: 1
 *
 *      dn: uid=ada,ou=people,dc=example,dc=org
 *      uid: ada
 *      cn:: QWRhIEzDtnZlbGFjZQ==
 *      description: a line that goes on in
 *        the next one
 *
 *   line     a physical line and those that begin with one blank are one
 *   entry    lines up to an empty one; the first names the entry, and becomes the field "dn"
 *   value    as it stands, or base64 after "::"; after ":<" it would be in another file,
 *            which nobody here opens
 *
 * A file of changes says what to do and not what is: it is refused whole. */
#include "format.h"

#include <inttypes.h>
#include <string.h>

#include <muster/base64.h>

/* Reads a line and its continuations into reader->text.  MST_END when there is none. */
static int
logical_line(struct fil_reader *reader, struct mst_error *err)
{
        int rc = fil_line(reader, err);
        size_t length = reader->length;
        int c;

        if (rc != MST_OK || length == 0)
                return rc;
        while (fil_input_peek(&reader->in) == ' ') {
                bool room = true;

                fil_input_get(&reader->in);
                while ((c = fil_input_get(&reader->in)) != FIL_END && c != '\n')
                        room = room && fil_text_add(reader, c);
                if (reader->length > length && reader->text[reader->length - 1] == '\r')
                        reader->text[--reader->length] = '\0';
                length = reader->length;
        }
        return reader->in.failed != 0 ? fil_input_fail(&reader->in, err) : MST_OK;
}

static bool
is_name(const char *text, size_t length)
{
        if (length == 0 || length > FIL_NAME_MOST)
                return false;
        for (size_t i = 0; i < length; i++)
                if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-;.", text[i]) == NULL)
                        return false;
        return true;
}

/* The value behind the colon. */
static void
add_value(struct fil_reader *reader, uint64_t line, const char *name, const char *value)
{
        enum fil_form form = FIL_TEXT;
        size_t length;
        char *text;

        if (*value == '<') {
                fil_row_bad(reader, line, 0, "the value of '%s' is in another file (':<'), which is not read", name);
                return;
        }
        if (*value == ':') {
                value++;
                form = FIL_BYTES;
        }
        value += strspn(value, " ");
        length = reader->length - (size_t)(value - reader->text);
        if (form == FIL_BYTES) {
                length -= length > 0 && value[length - 1] == ' ';
                text = mst_base64_decode(reader->arena, value, length, &length);
                if (text == NULL && length == 0)
                        fil_row_bad(reader, line, 0, "the value of '%s' is not base64", name);
        } else {
                text = mst_arena_strndup(reader->arena, value, length);
        }
        if (text == NULL) {
                fil_row_bad(reader, line, 0, "out of memory");
                return;
        }
        fil_field_add(reader, name, text, length, form);
}

static int
take_line(struct fil_reader *reader, uint64_t line, struct mst_error *err)
{
        const char *text = reader->text, *colon = memchr(text, ':', reader->length), *name;
        size_t length = colon != NULL ? (size_t)(colon - text) : 0;

        if (reader->row.torn)
                return MST_OK;
        if (colon == NULL || !is_name(text, length)) {
                fil_row_bad(reader, line, 0, "the line is not 'attribute: value'");
                reader->row.torn = true;
                return MST_OK;
        }
        name = mst_arena_strndup(reader->arena, text, length);
        if (name == NULL)
                return mst_fail_memory(err, "reading a file");
        if (reader->row.count == 0 && !fil_name_equal(name, "dn")) {
                fil_row_bad(reader, line, 0, "the entry does not begin with 'dn:' but with '%s:'", name);
                reader->row.torn = true;
        } else if (reader->row.count > 0 && fil_name_equal(name, "dn")) {
                fil_row_bad(reader, line, 0, "a second 'dn:' in one entry: an empty line is missing before it");
                reader->row.torn = true;
        } else if (reader->row.count > 0 && (fil_name_equal(name, "changetype") || fil_name_equal(name, "control"))) {
                return mst_fail(err, MST_ECONFIG, "the file '%s' tells changes ('%s:' in line %" PRIu64 ") and not what "
                                "there is: export entries, as slapcat and ldapsearch -LLL write them",
                                reader->layout->path, name, line);
        }
        if (!reader->row.torn)
                add_value(reader, line, name, colon + 1);
        return MST_OK;
}

/* Of the whole entry: values, so that a hostile one ends somewhere. */
static void
bound(struct fil_reader *reader, size_t *bytes)
{
        *bytes += reader->length;
        if (*bytes <= FIL_ROW_MOST)
                return;
        fil_row_bad(reader, reader->row.line, 0, "the entry is larger than 8 MiB");
        reader->row.torn = true;
}

static bool
is_version(const struct fil_reader *reader)
{
        return reader->rows == 0 && reader->row.count == 0 && strncmp(reader->text, "version:", 8) == 0;
}

int
fil_ldif_next(struct fil_reader *reader, struct mst_error *err)
{
        bool begun = false;
        size_t bytes = 0;

        for (;;) {
                uint64_t line = reader->in.line;
                int rc = logical_line(reader, err);

                if (rc < 0 || (rc == MST_END && !begun))
                        return rc;
                if (rc == MST_END || (reader->length == 0 && begun))
                        return MST_OK;
                if (reader->length == 0)
                        continue;
                if (reader->text[0] == '#') {
                        (void)(!begun && fil_is_trailer(reader, reader->text));
                        continue;
                }
                if (is_version(reader)) {
                        if (strspn(reader->text + 8, " ") + 9 != reader->length
                            || reader->text[reader->length - 1] != '1')
                                return mst_fail(err, MST_ECONFIG, "the file '%s' is LDIF of another version than 1",
                                                reader->layout->path);
                        continue;
                }
                if (!begun)
                        reader->row.line = line;
                begun = true;
                bound(reader, &bytes);
                if (take_line(reader, line, err) != MST_OK)
                        return err->code;
        }
}
