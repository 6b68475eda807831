/* tree.c - JSON as a value, for answers that are looked into here and there.
 *
 * An object's members are put in order of their names, as everywhere in values; the reader's
 * own limit (64 deep) bounds the recursion. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include <muster/json.h>

#include "record/record.h"

static bool take(struct mst_json *json, struct mst_arena *arena, struct mst_value *into);

/* An array in the arena with room for one more; NULL: no memory. */
static void *
more(struct mst_arena *arena, void *array, size_t count, size_t size)
{
        void *bigger;

        if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
                return array;
        bigger = mst_arena_alloc(arena, (count < 4 ? 4 : count * 2) * size);
        if (bigger != NULL && count > 0)
                memcpy(bigger, array, count * size);
        return bigger;
}

/* A member and where it stood: qsort keeps no order of its own among members of one name. */
struct placed {
        struct mstc_field field;
        size_t place;
};

static int
by_name(const void *a, const void *b)
{
        const struct placed *one = a, *two = b;
        int order = strcmp(one->field.name, two->field.name);

        return order != 0 ? order : one->place < two->place ? -1 : 1;
}

static bool
take_object(struct mst_json *json, struct mst_arena *arena, struct mst_value *into)
{
        struct placed *all = NULL;
        struct mstc_field *members;
        const char *name;
        size_t length, count = 0, n = 0;

        while (mst_json_member(json, &name, &length)) {
                all = more(arena, all, count, sizeof *all);
                if (all == NULL)
                        return false;
                all[count].field.name = mst_arena_strndup(arena, name, length);
                all[count].place = count;
                if (all[count].field.name == NULL || !take(json, arena, &all[count].field.value))
                        return false;
                count++;
        }
        members = mst_arena_alloc(arena, count * sizeof *members);
        if (members == NULL)
                return false;
        if (count > 0)
                qsort(all, count, sizeof *all, by_name);
        for (size_t i = 0; i < count; i++)
                if (i + 1 == count || strcmp(all[i].field.name, all[i + 1].field.name) != 0)
                        members[n++] = all[i].field;
        *into = (struct mst_value){ .type = MST_OBJECT, .length = (uint32_t)n, .as.members = members };
        return true;
}

static bool
take_list(struct mst_json *json, struct mst_arena *arena, struct mst_value *into)
{
        struct mst_value *items = NULL;
        size_t count = 0;

        while (mst_json_element(json)) {
                items = more(arena, items, count, sizeof *items);
                if (items == NULL || !take(json, arena, &items[count]))
                        return false;
                count++;
        }
        *into = (struct mst_value){ .type = MST_LIST, .length = (uint32_t)count, .as.items = items };
        return true;
}

static bool
take_text(struct mst_json *json, struct mst_arena *arena, struct mst_value *into)
{
        const char *text;
        size_t length;

        if (mst_json_text(json, arena, &text, &length) != MST_JSON_OK)
                return true;
        text = mst_arena_strndup(arena, text, length);
        if (text != NULL)
                *into = mstc_value_text(text, length);
        return text != NULL;
}

/* Whatever stands here; false: no memory.  What cannot be used stays null. */
static bool
take(struct mst_json *json, struct mst_arena *arena, struct mst_value *into)
{
        int64_t number;
        double real;
        bool whole, is;

        *into = mstc_value_null();
        switch (mst_json_peek(json)) {
        case MST_JSON_OBJECT:
                return !mst_json_enter_object(json) || take_object(json, arena, into);
        case MST_JSON_ARRAY:
                return !mst_json_enter_array(json) || take_list(json, arena, into);
        case MST_JSON_STRING:
                return take_text(json, arena, into);
        case MST_JSON_NUMBER:
                if (mst_json_number(json, &whole, &number, &real) == MST_JSON_OK)
                        *into = whole ? mstc_value_int(number) : (struct mst_value){ .type = MST_REAL, .as.real = real };
                return true;
        case MST_JSON_BOOL:
                if (mst_json_bool(json, &is) == MST_JSON_OK)
                        *into = mstc_value_bool(is);
                return true;
        default:
                (void)mst_json_skip(json, NULL, NULL);
                return true;
        }
}

const struct mst_value *
mst_json_value(struct mst_json *json, struct mst_arena *arena)
{
        struct mst_value *value = mst_arena_alloc(arena, sizeof *value);

        if (value == NULL || !take(json, arena, value) || mst_json_is_broken(json))
                return NULL;
        return value;
}
