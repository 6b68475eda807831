/* SPDX-License-Identifier: Apache-2.0
 *
 * answer.c - what the site API answers.
 *
 * The Swagger nests lists ({"Data":[{"UserList":[...]}]}), servers may flatten them, v4 has no
 * Data around them, and single objects come bare.  So an object that has an id is an item
 * wherever it stands, and lists are looked into wherever they stand.  The flags of the write
 * envelope are ApiStatus and Status: a 200 in which one of them is false was not done. */
#include "boldbi.h"

#include <string.h>
#include <strings.h>

enum { DEEP = 6 };

const char *const bbi_fields[BBI_FIELDS] = {
        [BBI_USERNAME] = "Username", [BBI_EMAIL] = "Email", [BBI_FIRST] = "FirstName", [BBI_LAST] = "Lastname",
        [BBI_CONTACT] = "ContactNumber", [BBI_DIRECTORY] = "DirectoryType", [BBI_STATUS] = "UserStatus",
        [BBI_NAME] = "Name", [BBI_DESCRIPTION] = "Description", [BBI_VALUE] = "Value",
};

static bool
named(const char *name, size_t length, const char *want)
{
        return strlen(want) == length && strncasecmp(name, want, length) == 0;
}

enum bbi_field
bbi_field_of(const char *name, size_t length)
{
        int i = 0;

        while (i < BBI_FIELDS && !named(name, length, bbi_fields[i]))
                i++;
        return (enum bbi_field)i;
}

static bool
add(struct bbi_answer *a, const struct bbi_item *item)
{
        if (a->count == a->room) {
                size_t room = a->room != 0 ? a->room * 2 : 8;
                struct bbi_item *more = mst_arena_alloc(a->arena, room * sizeof *more);

                if (more == NULL)
                        return false;
                if (a->count != 0)
                        memcpy(more, a->items, a->count * sizeof *more);
                a->items = more;
                a->room = room;
        }
        a->items[a->count++] = *item;
        return true;
}

static const char *
take_text(struct bbi_answer *a, struct mst_json *json)
{
        const char *text;
        size_t length;

        if (mst_json_text(json, a->arena, &text, &length) != MST_JSON_OK)
                return NULL;
        return mst_arena_strndup(a->arena, text, length);
}

static int64_t
take_number(struct mst_json *json)
{
        int64_t number;

        return mst_json_int(json, &number) == MST_JSON_OK ? number : -1;
}

static bool
take_bool(struct mst_json *json)
{
        bool is;

        return mst_json_bool(json, &is) == MST_JSON_OK && is;
}

/* One member of an object that may be an item; what is of no use is passed over. */
static void
take_member(struct bbi_answer *a, struct mst_json *json, const char *name, size_t length, struct bbi_item *item)
{
        enum mst_json_kind kind = mst_json_peek(json);
        enum bbi_field field = bbi_field_of(name, length);

        if (kind == MST_JSON_NUMBER && (named(name, length, "UserId") || named(name, length, "Id")))
                item->id = take_number(json);
        else if (kind == MST_JSON_NUMBER && named(name, length, "Data"))
                a->data = take_number(json);
        else if (kind == MST_JSON_NUMBER && named(name, length, "TotalResults"))
                a->total = take_number(json);
        else if (kind == MST_JSON_BOOL && (named(name, length, "Status") || named(name, length, "ApiStatus")))
                a->denied = !take_bool(json) || a->denied;
        else if (kind == MST_JSON_BOOL && named(name, length, "EnableSchedule"))
                a->enabled = take_bool(json);
        else if (kind == MST_JSON_STRING && named(name, length, "StatusMessage"))
                a->message = take_text(a, json);
        else if (kind == MST_JSON_STRING && field != BBI_FIELDS)
                item->text[field] = take_text(a, json);
        else
                (void)mst_json_skip(json, NULL, NULL);
}

static bool walk(struct bbi_answer *a, struct mst_json *json, int deep);

static bool
walk_object(struct bbi_answer *a, struct mst_json *json, int deep)
{
        struct bbi_item item = { 0 };
        const char *name;
        size_t length;
        bool ok = true;

        while (ok && mst_json_member(json, &name, &length)) {
                enum mst_json_kind kind = mst_json_peek(json);
                bool list = named(name, length, "Data") || named(name, length, "UserList") || named(name, length, "GroupList");

                if (list && (kind == MST_JSON_ARRAY || kind == MST_JSON_OBJECT))
                        ok = walk(a, json, deep + 1);
                else
                        take_member(a, json, name, length, &item);
        }
        return ok && (item.id <= 0 || add(a, &item));
}

static bool
walk(struct bbi_answer *a, struct mst_json *json, int deep)
{
        bool ok = true;

        if (deep < DEEP && mst_json_enter_object(json))
                return walk_object(a, json, deep);
        if (deep >= DEEP || !mst_json_enter_array(json)) {
                if (mst_json_peek(json) == MST_JSON_NUMBER && a->data < 0)
                        a->data = take_number(json);
                else
                        (void)mst_json_skip(json, NULL, NULL);
                return true;
        }
        while (ok && mst_json_element(json))
                ok = walk(a, json, deep + 1);
        return ok;
}

int
bbi_answer_read(struct bbi_answer *a, const struct mst_http_reply *reply, struct mst_error *err)
{
        struct mst_json *json;
        size_t size;
        const char *body = mst_http_content(reply, &size);
        int rc = MST_OK;

        a->total = a->data = -1;
        if (size == 0)
                return MST_OK;
        json = mst_json_new();
        if (json == NULL)
                return mst_fail_memory(err, "reading an answer");
        mst_json_start(json, body, size);
        if (mst_json_peek(json) != MST_JSON_OBJECT && mst_json_peek(json) != MST_JSON_ARRAY)
                rc = mst_fail(err, MST_ENET, "Bold BI's answer is not JSON (status %d): is there a proxy's page in "
                              "place of it?", mst_http_status(reply));
        else if (!walk(a, json, 0))
                rc = mst_fail_memory(err, "reading an answer");
        else if (!mst_json_finish(json))
                rc = mst_json_fail(json, err);
        mst_json_free(json);
        return rc;
}

const struct bbi_item *
bbi_answer_find(const struct bbi_answer *a, int64_t id)
{
        for (size_t i = 0; i < a->count; i++)
                if (a->items[i].id == id)
                        return &a->items[i];
        return NULL;
}

const struct bbi_item *
bbi_answer_attribute(const struct bbi_answer *a, const char *name)
{
        for (size_t i = 0; a != NULL && i < a->count; i++)
                if (a->items[i].text[BBI_NAME] != NULL && strcasecmp(a->items[i].text[BBI_NAME], name) == 0)
                        return &a->items[i];
        return NULL;
}
