/* SPDX-License-Identifier: Apache-2.0
 *
 * look.c - who and what is there: find and list.
 *
 *   by e-mail or user name   GET users/{it}, many at once; it may be either's
 *   by id, or anything else  no such call: the whole list, once for all queries
 *   groups                   the whole list
 *
 * Attributes of users are asked for user by user, and only when a map or rule needs them. */
#include "boldbi.h"

#include <string.h>

#include <muster/shelf.h>

enum { PAGE = 100 };

struct looking {
        struct bbi_sink *sink;
        struct mst_search *search;           /* NULL: everybody */
};

static bool
wants_attributes(const struct bbi_sink *sink)
{
        for (size_t i = 0; i < mst_host_want_count(sink->host); i++)
                if (!mst_text_among(BBI_FIELDS, mst_host_want(sink->host, i)))
                        return true;
        return false;
}

static void
put_attributes(const struct bbi_sink *sink, struct mst_record *record, const struct mst_value *answer)
{
        const struct mst_value **all = NULL;
        size_t count = mst_rest_objects(sink->rest, answer, &all, 0);

        for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
                const char *name = mst_host_wanted(sink->host, mst_value_find_text(all[i], "Name"));
                const char *value = mst_value_find_text(all[i], "Value");

                if (name != NULL && value[0] != '\0' && !mst_text_among(BBI_FIELDS, name))
                        mst_record_text(record, mst_record_put(record, name), value, strlen(value));
        }
}

/* Objects onto the shelf; users with their attributes where these are needed. */
static int
put_all(struct bbi_sink *sink, struct mst_shelf *shelf, enum mst_kind kind, const struct mst_value *const *all, size_t count,
        struct mst_error *err)
{
        bool attributes = kind == MST_USER && wants_attributes(sink);
        struct mst_arena *arena = mst_rest_arena(sink->rest);
        const char **paths = mst_arena_alloc(arena, count * sizeof *paths);
        const struct mst_value **of = mst_arena_alloc(arena, count * sizeof *of);

        for (size_t i = 0; attributes && paths != NULL && i < count; i++)
                if ((paths[i] = mst_arena_printf(arena, "/attribute/user/%s", mst_rest_id(sink->rest, all[i]))) == NULL)
                        paths = NULL;
        if (paths == NULL || of == NULL)
                return mst_fail_memory(err, "reading users");
        if (attributes && mst_rest_gets(sink->rest, paths, count, of, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                const char *name = mst_value_find_text(all[i], kind == MST_GROUP ? "Name" : "Email");
                struct mst_record *record;

                record = mst_shelf_put(shelf, mst_rest_id(sink->rest, all[i]),
                                       name[0] != '\0' ? name : mst_value_find_text(all[i], "Username"));
                mst_shelf_take(record, all[i], BBI_FIELDS);
                if (attributes)
                        put_attributes(sink, record, of[i]);
        }
        return MST_OK;
}

static int
read_all(struct bbi_sink *sink, struct mst_shelf *shelf, enum mst_kind kind, struct mst_error *err)
{
        const struct mst_rest_list list = {
                .path = kind == MST_GROUP ? "/groups" : "/users", .page = sink->config->version == BBI_V4 ? NULL : "page",
                .most = "page_size", .size = PAGE, .total = "TotalResults",
        };
        const struct mst_value **all = NULL;
        size_t count;

        if (mst_rest_list(sink->rest, &list, &all, &count, err) != MST_OK)
                return err->code;
        return put_all(sink, shelf, kind, all, count, err);
}

/* Asked by a value that is a user's key? */
static bool
by_key(const struct mst_query *query)
{
        return mst_query_kind(query) == MST_USER && mst_query_attribute(query) != NULL
               && mst_text_among("Email Username", mst_query_attribute(query));
}

/* Those who are asked for by key.  '*list': somebody can be answered for by the whole list only. */
static int
find_by_key(struct bbi_sink *sink, struct mst_search *search, struct mst_shelf *shelf, bool *list, struct mst_error *err)
{
        struct mst_arena *arena = mst_rest_arena(sink->rest);
        size_t count = mst_search_count(search), found = 0;
        const char **paths = mst_arena_alloc(arena, count * sizeof *paths);
        const struct mst_value **answers = mst_arena_alloc(arena, count * sizeof *answers);
        const struct mst_value **all = mst_arena_alloc(arena, count * sizeof *all);

        for (size_t i = 0; paths != NULL && i < count; i++) {
                const struct mst_query *query = mst_search_at(search, i);

                if (by_key(query))
                        paths[i] = mst_arena_printf(arena, "/users/%s",
                                                    mst_rest_escape(sink->rest, mst_value_text(mst_query_value(query), NULL)));
                *list = *list || (mst_query_kind(query) == MST_USER && mst_query_stamp(query) == NULL && paths[i] == NULL);
        }
        if (paths == NULL || answers == NULL || all == NULL)
                return mst_fail_memory(err, "finding users");
        if (mst_rest_gets(sink->rest, paths, count, answers, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                if (mst_value_type(answers[i]) != MST_NULL)
                        all[found++] = answers[i];
        if (put_all(sink, shelf, MST_USER, all, found, err) != MST_OK)
                return err->code;
        /* The answer to a key may be somebody who has it as his other one. */
        for (size_t i = 0; i < count; i++)
                *list = *list || (answers[i] != NULL && !mst_shelf_fits(shelf, mst_search_at(search, i)));
        return MST_OK;
}

/* All of a kind, but of users only those who are asked for by key, where these suffice. */
static int
fill(void *self, enum mst_kind kind, struct mst_shelf *shelf, struct mst_error *err)
{
        struct looking *l = self;
        bool list = l->search == NULL || kind == MST_GROUP;

        if (!list && find_by_key(l->sink, l->search, shelf, &list, err) != MST_OK)
                return err->code;
        return list ? read_all(l->sink, shelf, kind, err) : MST_OK;
}

int
bbi_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        struct looking l = { sink, search };
        const struct mst_shelf_ways ways = { .size = sizeof ways, .host = sink->host, .self = &l, .fill = fill };

        mst_rest_begin(sink->rest);
        return mst_shelf_find(&ways, search, err);
}

int
bbi_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        struct looking l = { sink, NULL };
        const struct mst_shelf_ways ways = { .size = sizeof ways, .host = sink->host, .self = &l, .fill = fill };

        (void)cursor;
        mst_rest_begin(sink->rest);
        return mst_shelf_list(&ways, kind, page, err);
}
