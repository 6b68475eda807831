/* SPDX-License-Identifier: Apache-2.0
 *
 * look.c - who and what is there: find, list, and the pages they read.
 *
 * A list that is paged by number is no snapshot: what is made or deleted meanwhile shifts the
 * later pages.  So a list is read to its end at once, and again from the start when its total
 * has changed or an object came twice.
 *
 *   by e-mail or user name   GET users/{it}, many at once; it may be either's
 *   by id, or anything else  no such call: the whole list, once for all queries
 *   groups                   GET groups/{id}, or a search by name and then exactly that name
 *
 * Attributes of users are asked for user by user, and only when a map or rule needs them. */
#include "boldbi.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

enum { PAGE = 100, READINGS = 4 };

/* --- all of a list ------------------------------------------------------------------ */

/* One reading; '*whole' tells whether nothing moved meanwhile. */
static int
read_once(struct bbi_sink *sink, struct bbi_answer *a, const char *path, const char *search, bool *whole, struct mst_error *err)
{
        int64_t total = -1;
        size_t before = SIZE_MAX;
        int status = 200;

        a->count = 0;
        *whole = true;
        if (sink->config->version == BBI_V4)
                return bbi_get(sink, a, 0, &status, err, "%s", path);
        for (int page = 1; a->count != before && (total < 0 || a->count < (size_t)total); page++) {
                before = a->count;
                /* Beyond the end of what has shrunk: 400, or 204. */
                if (bbi_get(sink, a, page > 1 ? 400 : 204, &status, err, "%s?page=%d&page_size=%d%s", path, page, PAGE, search) != MST_OK)
                        return err->code;
                if (status != 200)
                        break;
                *whole = *whole && (total < 0 || a->total == total);
                total = a->total >= 0 ? a->total : (int64_t)a->count;
        }
        *whole = *whole && (total < 0 || a->count == (size_t)total);
        return MST_OK;
}

static int
read_all(struct bbi_sink *sink, struct bbi_answer *a, const char *path, const char *search, struct mst_error *err)
{
        bool whole = false;

        for (int i = 0; i < READINGS && !whole; i++)
                if (read_once(sink, a, path, search, &whole, err) != MST_OK)
                        return err->code;
        if (!whole)
                return mst_fail(err, MST_ENET, "the list %s changed each of the %d times it was read", path, READINGS);
        return MST_OK;
}

int
bbi_read_groups(struct bbi_sink *sink, struct bbi_answer *a, const char *name, struct mst_error *err)
{
        const char *escaped = mst_escape_url(a->arena, name, strlen(name)), *search;

        search = escaped != NULL && name[0] != '\0' ? mst_arena_printf(a->arena, "&q=%s", escaped) : "";
        if (escaped == NULL || search == NULL)
                return mst_fail_memory(err, "reading groups");
        return read_all(sink, a, "/groups", search, err);
}

/* --- what is told of them ------------------------------------------------------------- */

static const char *
name_of(const struct bbi_item *item)
{
        if (item->text[BBI_NAME] != NULL)
                return item->text[BBI_NAME];
        return item->text[BBI_EMAIL] != NULL && item->text[BBI_EMAIL][0] != '\0' ? item->text[BBI_EMAIL]
             : item->text[BBI_USERNAME] != NULL ? item->text[BBI_USERNAME] : "";
}

static void
fill(struct bbi_sink *sink, struct mst_record *record, const struct bbi_item *item)
{
        for (size_t i = 0; i < mst_host_want_count(sink->host); i++) {
                const char *name = mst_host_want(sink->host, i), *text;
                enum bbi_field field = bbi_field_of(name, strlen(name));
                const struct bbi_item *own = field == BBI_FIELDS ? bbi_answer_attribute(item->attributes, name) : item;

                text = own != NULL ? own->text[field == BBI_FIELDS ? BBI_VALUE : field] : NULL;
                if (text != NULL && text[0] != '\0')
                        mst_record_text(record, mst_record_put(record, name), text, strlen(text));
        }
}

static bool
wants_attributes(const struct bbi_sink *sink)
{
        for (size_t i = 0; i < mst_host_want_count(sink->host); i++) {
                const char *name = mst_host_want(sink->host, i);

                if (bbi_field_of(name, strlen(name)) == BBI_FIELDS)
                        return true;
        }
        return false;
}

/* --- many at once ----------------------------------------------------------------------- */

/* Single users, or the attributes of each item, by a request each. */
struct many {
        struct bbi_sink *sink;
        struct mst_search *search;           /* NULL: attributes of 'items'            */
        struct bbi_answer *items, *answers;  /* of the queries, by their numbers       */
        size_t at;
        bool *list;                          /* the whole list is needed for that one  */
};

/* Asked by a value that is a user's key? */
static bool
by_key(const struct mst_query *query)
{
        const char *name = mst_query_attribute(query);

        return mst_query_kind(query) == MST_USER && name != NULL && mst_value_type(mst_query_value(query)) == MST_TEXT
            && (strcasecmp(name, "Email") == 0 || strcasecmp(name, "Username") == 0);
}

static int
next_user(struct many *m, struct mst_http_request *request, void **user, struct mst_error *err)
{
        for (; m->at < mst_search_count(m->search); m->at++) {
                const struct mst_query *query = mst_search_at(m->search, m->at);
                const char *text;
                size_t length;
                char *key;

                m->list[m->at] = !by_key(query) && mst_query_kind(query) == MST_USER && mst_query_stamp(query) == NULL;
                if (!by_key(query))
                        continue;
                text = mst_value_text(mst_query_value(query), &length);
                key = mst_escape_url(m->items->arena, text, length);
                if (key == NULL)
                        return mst_fail_memory(err, "finding users");
                bbi_start(m->sink, request, "GET", "/users/%s", key);
                *user = &m->answers[m->at++];
                return MST_OK;
        }
        return MST_END;
}

static int
next(void *self, struct mst_http_request *request, void **user, struct mst_error *err)
{
        struct many *m = self;
        struct bbi_item *item;

        if (m->search != NULL)
                return next_user(m, request, user, err);
        if (m->at == m->items->count)
                return MST_END;
        item = &m->items->items[m->at++];
        item->attributes = mst_arena_alloc(m->items->arena, sizeof *item->attributes);
        if (item->attributes == NULL)
                return mst_fail_memory(err, "reading attributes of users");
        item->attributes->arena = m->items->arena;
        bbi_start(m->sink, request, "GET", "/attribute/user/%lld", (long long)item->id);
        *user = item->attributes;
        return MST_OK;
}

/* 404 is nobody; 400 is a user who has gone since. */
static int
done(void *self, void *user, struct mst_http_reply *reply, int code, const struct mst_error *why, struct mst_error *err)
{
        struct many *m = self;
        struct bbi_answer *answer = user;
        int status = mst_http_status(reply);

        if (code != MST_OK) {
                *err = *why;
                return code;
        }
        if (bbi_answer_read(answer, reply, err) != MST_OK && status == 200)
                return err->code;
        if (status != 200 && status != 204 && status != (m->search != NULL ? 404 : 400))
                return bbi_fail(err, reply, answer);
        answer->total = status;
        return MST_OK;
}

static int
ask_many(struct many *m, struct mst_error *err)
{
        const struct mst_http_many calls = { .size = sizeof calls, .next = next, .done = done, .self = m };

        return mst_http_many(m->sink->http, &calls, err);
}

static int
add_attributes(struct bbi_sink *sink, struct bbi_answer *items, struct mst_error *err)
{
        struct many m = { .sink = sink, .items = items };

        return wants_attributes(sink) ? ask_many(&m, err) : MST_OK;
}

/* --- find ---------------------------------------------------------------------------------- */

static bool
fits(const struct mst_query *query, const struct bbi_item *item)
{
        const char *object = mst_query_object(query), *name = mst_query_attribute(query), *have, *want;
        enum bbi_field field;

        if (object != NULL) {
                char number[24];

                snprintf(number, sizeof number, "%lld", (long long)item->id);
                return strcmp(number, object) == 0;
        }
        field = bbi_field_of(name, strlen(name));
        have = field != BBI_FIELDS ? item->text[field] : NULL;
        if (field == BBI_FIELDS && bbi_answer_attribute(item->attributes, name) != NULL)
                have = bbi_answer_attribute(item->attributes, name)->text[BBI_VALUE];
        want = mst_value_text(mst_query_value(query), NULL);
        return have != NULL && strcasecmp(have, want) == 0;
}

static void
answer_query(struct bbi_sink *sink, struct mst_query *query, const struct bbi_answer *items)
{
        for (size_t i = 0; i < items->count; i++) {
                const struct bbi_item *item = &items->items[i];
                char object[24];

                if (!fits(query, item))
                        continue;
                snprintf(object, sizeof object, "%lld", (long long)item->id);
                fill(sink, mst_query_found(query, object, name_of(item), NULL, NULL), item);
        }
        mst_query_done(query);
}

static int
find_group(struct bbi_sink *sink, struct mst_query *query, struct bbi_answer *items, struct mst_error *err)
{
        const char *object = mst_query_object(query), *name = mst_query_attribute(query);
        bool by_name = name != NULL && strcasecmp(name, "Name") == 0;
        int status;

        items->count = 0;
        if (object != NULL ? bbi_get(sink, items, 404, &status, err, "/groups/%s", object) != MST_OK
                           : bbi_read_groups(sink, items, by_name ? mst_value_text(mst_query_value(query), NULL) : "", err) != MST_OK)
                return err->code;
        answer_query(sink, query, items);
        return MST_OK;
}

/* The answer to a key may be somebody who has it as his other one; then only the list says. */
static int
find_users(struct many *m, struct mst_error *err)
{
        bool list = false;

        for (size_t i = 0; i < mst_search_count(m->search); i++) {
                struct mst_query *query = mst_search_at(m->search, i);

                if (!by_key(query))
                        continue;
                m->list[i] = m->answers[i].count != 0 && !fits(query, &m->answers[i].items[0]);
                if (m->list[i])
                        continue;
                if (add_attributes(m->sink, &m->answers[i], err) != MST_OK)
                        return err->code;
                answer_query(m->sink, query, &m->answers[i]);
        }
        for (size_t i = 0; i < mst_search_count(m->search); i++)
                list = list || m->list[i];
        if (list && (read_all(m->sink, m->items, "/users", "", err) != MST_OK || add_attributes(m->sink, m->items, err) != MST_OK))
                return err->code;
        for (size_t i = 0; i < mst_search_count(m->search); i++)
                if (m->list[i])
                        answer_query(m->sink, mst_search_at(m->search, i), m->items);
        return MST_OK;
}

int
bbi_find(void *self, struct mst_search *search, struct mst_error *err)
{
        struct bbi_answer items = { .arena = mst_arena_new(0) };
        size_t count = mst_search_count(search);
        struct many m = { .sink = self, .search = search, .items = &items };
        int rc;

        if (items.arena != NULL) {
                m.answers = mst_arena_alloc(items.arena, count * sizeof *m.answers);
                m.list = mst_arena_alloc(items.arena, count * sizeof *m.list);
        }
        if (m.answers == NULL || m.list == NULL) {
                mst_arena_free(items.arena);
                return mst_fail_memory(err, "finding users");
        }
        for (size_t i = 0; i < count; i++)
                m.answers[i].arena = items.arena;
        rc = ask_many(&m, err) != MST_OK ? err->code : find_users(&m, err);
        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                struct mst_query *query = mst_search_at(search, i);

                if (mst_query_kind(query) == MST_GROUP && mst_query_stamp(query) == NULL)
                        rc = find_group(self, query, &items, err);
        }
        mst_arena_free(items.arena);
        return rc;
}

/* --- list ------------------------------------------------------------------------------------ */

int
bbi_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct bbi_answer items = { .arena = mst_arena_new(0) };
        struct bbi_sink *sink = self;
        int rc = items.arena == NULL ? mst_fail_memory(err, "listing") : MST_OK;

        (void)cursor;
        if (rc == MST_OK)
                rc = kind == MST_GROUP ? bbi_read_groups(sink, &items, "", err) : read_all(sink, &items, "/users", "", err);
        if (rc == MST_OK && kind == MST_USER)
                rc = add_attributes(sink, &items, err);
        for (size_t i = 0; rc == MST_OK && i < items.count; i++) {
                char object[24];

                snprintf(object, sizeof object, "%lld", (long long)items.items[i].id);
                fill(sink, mst_page_object(page, kind, object, name_of(&items.items[i]), NULL, NULL), &items.items[i]);
        }
        mst_arena_free(items.arena);
        return rc == MST_OK ? mst_page_complete(page, NULL, err) : rc;
}
