/* jsonrecord.c - from JSON to records. */
#include "build.h"

#include "engine/jsonrecord.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "record/record.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"

#define FILE_MOST (64u * 1024u * 1024u)

static void tokener_drop(json_tokener **t) { if (*t != NULL) json_tokener_free(*t); }
static void file_drop(FILE **f) { if (*f != NULL) fclose(*f); }

struct json_object *
mstc_json_parse_at(const char *text, size_t length, unsigned *line, unsigned *column, struct mst_error *err)
{
        MSTC_CLEANUP(tokener_drop) json_tokener *tokener = json_tokener_new_ex(64);
        struct json_object *json;
        size_t at;

        *line = *column = 0;
        if (tokener == NULL) {
                mst_fail_memory(err, "reading JSON");
                return NULL;
        }
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        json = json_tokener_parse_ex(tokener, text, (int)length + 1);
        if (json_tokener_get_error(tokener) == json_tokener_success)
                return json;
        at = json_tokener_get_parse_end(tokener);
        *line = *column = 1;
        for (size_t i = 0; i < at && i < length; i++) {
                *column = text[i] == '\n' ? 1 : *column + ((text[i] & 0xc0) != 0x80);
                *line += text[i] == '\n';
        }
        mst_fail(err, MST_ECONFIG, "%s", json_tokener_error_desc(json_tokener_get_error(tokener)));
        return NULL;
}

struct json_object *
mstc_json_parse(const char *text, size_t length, struct mst_error *err)
{
        unsigned line, column;
        struct json_object *json = mstc_json_parse_at(text, length, &line, &column, err);

        if (line != 0)
                mst_wrap(err, "line %u, column %u", line, column);
        return json;
}

int
mstc_json_load(const char *path, struct mstc_buffer *text, struct mst_error *err)
{
        MSTC_CLEANUP(file_drop) FILE *file = fopen(path, "re");
        char piece[16384];
        size_t got;

        if (file == NULL)
                return mst_fail(err, MST_ECONFIG, "%s cannot be opened: %s", path, strerror(errno));
        while ((got = fread(piece, 1, sizeof piece, file)) > 0 && text->length <= FILE_MOST)
                mstc_buffer_add(text, piece, got);
        if (ferror(file) != 0 || text->length > FILE_MOST)
                return mst_fail(err, MST_ECONFIG, ferror(file) != 0 ? "%s cannot be read: %s"
                                                                    : "%s is larger than 64 MiB", path, strerror(errno));
        return mstc_buffer_ok(text) ? MST_OK : mst_fail_memory(err, "reading JSON");
}

struct json_object *
mstc_json_read(const char *path, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };
        struct json_object *json;

        if (mstc_json_load(path, &text, err) != MST_OK)
                return NULL;
        json = mstc_json_parse(mstc_buffer_cstr(&text), text.length, err);
        if (err->code != MST_OK)
                mst_wrap(err, "%s", path);
        return json;
}

static void
put_text(struct mst_record *record, struct mst_value *value, struct json_object *from, enum mst_type type)
{
        const char *text = json_object_get_string(from);
        size_t length = (size_t)json_object_get_string_len(from);
        int64_t date;

        if (type == MST_DATE && mstc_date_parse_iso(text, length, &date))
                mst_record_date(record, value, date);
        else if (type == MST_REF)
                mst_record_ref(record, value, text, length);
        else
                mst_record_text(record, value, text, length);
}

void
mstc_json_to_value(struct mst_record *record, struct mst_value *value, struct json_object *json, enum mst_type type)
{
        switch (json_object_get_type(json)) {
        case json_type_null:
                mst_record_null(record, value);
                break;
        case json_type_boolean:
                mst_record_bool(record, value, json_object_get_boolean(json));
                break;
        case json_type_int:
                mst_record_int(record, value, json_object_get_int64(json));
                break;
        case json_type_double:
                mst_record_real(record, value, json_object_get_double(json));
                break;
        case json_type_string:
                put_text(record, value, json, type);
                break;
        case json_type_array:
                mst_record_list(record, value);
                for (size_t i = 0; i < json_object_array_length(json); i++)
                        mstc_json_to_value(record, mst_record_append(record, value),
                                           json_object_array_get_idx(json, i), type);
                break;
        case json_type_object:
                mst_record_object(record, value);
                json_object_object_foreach(json, key, member)
                        mstc_json_to_value(record, mst_record_member(record, value, key), member, MST_NULL);
                break;
        }
}

static enum mst_type
type_of(const struct mstc_schema *schema, const char *name)
{
        for (size_t i = 0; schema != NULL && i < schema->count; i++)
                if (strcasecmp(schema->attributes[i].name, name) == 0)
                        return schema->attributes[i].type;
        return MST_NULL;
}

struct mst_record *
mstc_json_to_record(struct json_object *json, const char *id, const struct mstc_schema *schema,
                    struct mst_arena *arena, struct mst_error *err)
{
        struct mst_record *record;
        struct json_object *member;

        if (!json_object_is_type(json, json_type_object)) {
                mst_fail(err, MST_ECONFIG, "a user is a JSON object such as "
                         "{\"department\":\"Finance\",\"accountEnabled\":true}");
                return NULL;
        }
        if (json_object_object_get_ex(json, "id", &member) && json_object_is_type(member, json_type_string))
                id = json_object_get_string(member);
        record = mstc_record_new(arena, MST_USER, id, strlen(id));
        if (record == NULL) {
                mst_fail_memory(err, "reading JSON");
                return NULL;
        }
        json_object_object_foreach(json, key, value)
                if (strcmp(key, "id") != 0 || !json_object_is_type(value, json_type_string))
                        mstc_json_to_value(record, mst_record_put(record, key), value, type_of(schema, key));
        if (mst_record_why_bad(record) == NULL)
                return record;
        mst_fail(err, MST_ECONFIG, "%s", mst_record_why_bad(record));
        return NULL;
}
