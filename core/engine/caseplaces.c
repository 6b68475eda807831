/* caseplaces.c - where things stand in a file of cases.
 *
 * Two walk side by side: our reader through the text, which knows where it is, and a finger on
 * json-c's tree, which is what is complained of.  Of members with one name json-c has the last,
 * and so its place counts.  Below the ids of a case nobody looks. */
#include "build.h"

#include "engine/caseplaces.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "util/alloc.h"
#include "util/json.h"

#define DEEPEST 5u                           /* file, list, case, "matches", id       */

struct row {
        const struct json_object *owner;
        size_t order;                        /* of adding: elements of a list in their order */
        const char *name;                    /* of a member, in the text; else NULL    */
        size_t length;
        const char *at;
};

struct mstc_caseplaces {
        const char *path, *text;
        struct row *rows; size_t count, room;
        bool failed;
};

static void
add(struct mstc_caseplaces *places, const struct row *row)
{
        if (places->count == places->room) {
                size_t room = places->room > 0 ? places->room * 2 : 256;
                struct row *rows = mstc_realloc_array(places->rows, room, sizeof *rows);

                if (rows == NULL) {
                        places->failed = true;
                        return;
                }
                places->rows = rows;
                places->room = room;
        }
        places->rows[places->count] = *row;
        places->rows[places->count].order = places->count;
        places->count++;
}

static void walk(struct mstc_caseplaces *places, struct mst_json *json, struct json_object *owner, unsigned depth);

static void
walk_members(struct mstc_caseplaces *places, struct mst_json *json, struct json_object *owner, unsigned depth)
{
        const char *name;
        size_t length;

        while (!places->failed && mst_json_member(json, &name, &length)) {
                bool inside = name >= json->start && name < json->end;      /* else it had escapes */
                struct json_object *below = NULL;
                char key[64];

                (void)mst_json_peek(json);
                add(places, &(struct row){ .owner = owner, .name = inside ? name : "", .length = inside ? length : 0,
                                           .at = inside ? name - 1 : json->at });
                if (length >= sizeof key)
                        continue;
                memcpy(key, name, length);
                key[length] = '\0';
                if (json_object_object_get_ex(owner, key, &below) && below != NULL)
                        walk(places, json, below, depth + 1);
        }
}

static void
walk(struct mstc_caseplaces *places, struct mst_json *json, struct json_object *owner, unsigned depth)
{
        enum mst_json_kind kind = mst_json_peek(json);

        if (depth >= DEEPEST)
                return;
        if (kind == MST_JSON_OBJECT && json_object_is_type(owner, json_type_object) && mst_json_enter_object(json))
                walk_members(places, json, owner, depth);
        else if (kind == MST_JSON_ARRAY && json_object_is_type(owner, json_type_array) && mst_json_enter_array(json))
                for (size_t i = 0; mst_json_element(json); i++) {
                        struct json_object *below = i < json_object_array_length(owner) ? json_object_array_get_idx(owner, i)
                                                                                         : NULL;

                        (void)mst_json_peek(json);
                        add(places, &(struct row){ .owner = owner, .at = json->at });
                        if (below != NULL)
                                walk(places, json, below, depth + 1);
                }
}

static int
compare(const void *left, const void *right)
{
        const struct row *a = left, *b = right;
        uintptr_t one = (uintptr_t)a->owner, other = (uintptr_t)b->owner;

        return one != other ? (one > other) - (one < other) : (a->order > b->order) - (a->order < b->order);
}

struct mstc_caseplaces *
mstc_caseplaces_new(const char *path, const char *text, size_t length, struct json_object *root)
{
        struct mstc_caseplaces *places = mstc_alloc(sizeof *places);
        struct mst_json *json = mst_json_new();

        if (places == NULL || json == NULL) {
                mst_json_free(json);
                mstc_free(places);
                return NULL;
        }
        places->path = path;
        places->text = text;
        mst_json_start(json, text, length);
        walk(places, json, root, 0);
        mst_json_free(json);
        if (places->failed) {
                mstc_caseplaces_free(places);
                return NULL;
        }
        if (places->count > 0)
                qsort(places->rows, places->count, sizeof *places->rows, compare);
        return places;
}

void
mstc_caseplaces_free(struct mstc_caseplaces *places)
{
        if (places == NULL)
                return;
        mstc_free(places->rows);
        mstc_free(places);
}

static struct mstc_place
place_of(const struct mstc_caseplaces *places, const char *at)
{
        struct mstc_place place = { .file = places->path, .line = 1, .column = 1 };

        for (const char *c = places->text; c < at; c++) {
                place.column = *c == '\n' ? 1 : place.column + ((*c & 0xc0) != 0x80);
                place.line += *c == '\n';
        }
        return place;
}

/* The first of the owner's rows, or behind all. */
static size_t
first_of(const struct mstc_caseplaces *places, const struct json_object *owner)
{
        size_t low = 0, high = places->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if ((uintptr_t)places->rows[middle].owner < (uintptr_t)owner)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

struct mstc_place
mstc_caseplace_member(const struct mstc_caseplaces *places, const struct json_object *owner, const char *name)
{
        const char *at = places->text;
        size_t length = strlen(name);

        for (size_t i = first_of(places, owner); i < places->count && places->rows[i].owner == owner; i++)
                if (places->rows[i].length == length && strncmp(places->rows[i].name, name, length) == 0)
                        at = places->rows[i].at;
        return place_of(places, at);
}

struct mstc_place
mstc_caseplace_element(const struct mstc_caseplaces *places, const struct json_object *owner, size_t index)
{
        size_t at = first_of(places, owner);

        return place_of(places, index < places->count - at && places->rows[at + index].owner == owner
                                ? places->rows[at + index].at : places->text);
}
