/* json-fields.c - an object taken by a table of its members; see <muster/json.h>. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "util/json.h"

static const struct mst_json_field *
field_of(const struct mst_json_field *fields, size_t row, const char *name, size_t length)
{
        const struct mst_json_field *f = fields;

        while (f->name != NULL && (strlen(f->name) != length || memcmp(f->name, name, length) != 0))
                f = (const struct mst_json_field *)(const void *)((const char *)f + row);
        return f->name != NULL ? f : NULL;
}

static void
take_text(struct mst_json *json, struct mst_arena *arena, const char **ret)
{
        const char *text, *copy;
        size_t length;

        if (mst_json_text(json, arena, &text, &length) != MST_JSON_OK)
                return;
        copy = mst_arena_strndup(arena, text, length);
        if (copy != NULL)
                *ret = copy;
}

static void
take_flag(struct mst_json *json, struct mst_arena *arena, bool *ret)
{
        const char *text = NULL;
        bool is = false;

        if (mst_json_peek(json) == MST_JSON_STRING) {
                take_text(json, arena, &text);
                *ret = text != NULL && strcasecmp(text, "true") == 0;
        } else {
                *ret = mst_json_bool(json, &is) == MST_JSON_OK && is;
        }
}

static void
take(struct mst_json *json, struct mst_arena *arena, const struct mst_json_field *f)
{
        if (f->each != NULL) {
                if (!mst_json_enter_array(json))
                        return;
                if (f->found != NULL)
                        *f->found = true;
                while (mst_json_element(json))
                        f->each(f->self);
                return;
        }
        if (f->found != NULL)
                *f->found = true;
        if (f->text != NULL && mst_json_peek(json) == MST_JSON_STRING)
                take_text(json, arena, f->text);
        else if (f->flag != NULL)
                take_flag(json, arena, f->flag);
        else if (f->number != NULL && mst_json_peek(json) == MST_JSON_NUMBER)
                mst_json_int(json, f->number);
}

bool
mst_json_fields(struct mst_json *json, struct mst_arena *arena, const struct mst_json_field *fields, size_t row)
{
        const char *name;
        size_t length;

        if (!mst_json_enter_object(json))
                return false;
        while (mst_json_member(json, &name, &length)) {
                const struct mst_json_field *f = field_of(fields, row, name, length);

                if (f != NULL)
                        take(json, arena, f);
        }
        return !mst_json_is_broken(json);
}
