/* SPDX-License-Identifier: Apache-2.0
 *
 * jsonl.c - rows of JSON Lines: every line is one object.
 *
 *      {"id": "1", "displayName": "Ada", "otherMails": ["a@x.org", "b@x.org"]}
 *
 * The values stay as they stand in the line; what becomes of them is decided by whoever
 * knows the attribute's type.  A line that is no object costs that line only. */
#include "format.h"

#include <string.h>

static const char *
keep(struct fil_reader *reader, const char *text, size_t length)
{
        const char *copy = mst_arena_strndup(reader->arena, text, length);

        if (copy == NULL) {
                fil_row_bad(reader, reader->row.line, 0, "out of memory");
                reader->row.torn = true;
        }
        return copy;
}

static void
add_member(struct fil_reader *reader, const char *name, size_t length)
{
        const char *bytes;
        size_t size;

        if (length == 0 || length > FIL_NAME_MOST || memchr(name, '\0', length) != NULL)
                fil_row_bad(reader, reader->row.line, 0, "the name of a member is empty or longer than %u bytes",
                            FIL_NAME_MOST);
        if (reader->row.count == FIL_COLUMNS_MOST)
                fil_row_bad(reader, reader->row.line, 0, "the object has more than %u members", FIL_COLUMNS_MOST);
        if (reader->row.bad != NULL)
                return;
        name = keep(reader, name, length);
        if (name == NULL || !mst_json_skip(reader->json, &bytes, &size))
                return;
        for (size_t i = 0; i < reader->row.count; i++)
                if (strcmp(reader->row.fields[i].name, name) == 0)
                        fil_row_bad(reader, reader->row.line, 0, "the member '%s' is there twice", name);
        bytes = keep(reader, bytes, size);
        if (bytes != NULL)
                fil_field_add(reader, name, bytes, size, FIL_JSON);
}

static void
read_object(struct fil_reader *reader)
{
        struct mst_error why = { 0 };
        const char *name;
        size_t length;

        mst_json_start(reader->json, reader->text, reader->length);
        if (!mst_json_enter_object(reader->json)) {
                fil_row_bad(reader, reader->row.line, 0, "the line is not a JSON object");
                reader->row.torn = true;
                return;
        }
        while (mst_json_member(reader->json, &name, &length) && reader->row.bad == NULL)
                add_member(reader, name, length);
        if (reader->row.bad == NULL && !mst_json_finish(reader->json)) {
                mst_json_fail(reader->json, &why);
                fil_row_bad(reader, reader->row.line, 0, "%s", why.text);
        }
        reader->row.torn = reader->row.bad != NULL;
}

int
fil_jsonl_next(struct fil_reader *reader, struct mst_error *err)
{
        int rc;

        do {
                reader->row.line = reader->in.line;
                rc = fil_line(reader, err);
                if (rc != MST_OK)
                        return rc;
        } while (!reader->row.torn
                 && (reader->length == 0 || strspn(reader->text, " \t") == reader->length
                     || fil_is_trailer(reader, reader->text)));
        if (!reader->row.torn && reader->in.trouble.what == NULL)
                read_object(reader);
        return MST_OK;
}
