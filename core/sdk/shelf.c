/* shelf.c - objects that were read, kept to be looked for; see <muster/shelf.h>. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include <muster/shelf.h>

#include "record/record.h"
#include "util/alloc.h"
#include "util/map.h"

struct item {
        struct item *next;
        const char *name;
        struct mst_record *record;
};

struct mst_shelf {
        const struct mst_host *host;
        enum mst_kind kind;
        bool exact, failed;
        struct mst_arena *arena;
        struct mstc_map *map;
        struct item *first, **last;          /* in the order they were put             */
};

struct mst_shelf *
mst_shelf_new(const struct mst_host *host, enum mst_kind kind, bool exact)
{
        struct mst_shelf *shelf = mstc_alloc(sizeof *shelf);

        if (shelf == NULL)
                return NULL;
        *shelf = (struct mst_shelf){ .host = host, .kind = kind, .exact = exact, .last = &shelf->first };
        shelf->arena = mst_arena_new(0);
        shelf->map = mstc_map_new();
        if (shelf->arena != NULL && shelf->map != NULL)
                return shelf;
        mst_shelf_free(shelf);
        return NULL;
}

void
mst_shelf_free(struct mst_shelf *shelf)
{
        if (shelf == NULL)
                return;
        mstc_map_free(shelf->map);
        mst_arena_free(shelf->arena);
        mstc_free(shelf);
}

struct mst_record *
mst_shelf_put(struct mst_shelf *shelf, const char *object, const char *name)
{
        struct item *item = shelf != NULL && object != NULL ? mstc_map_get(shelf->map, object) : NULL;

        if (item != NULL || shelf == NULL)
                return item != NULL ? item->record : NULL;
        item = mst_arena_alloc(shelf->arena, sizeof *item);
        if (item != NULL)
                *item = (struct item){ .name = mst_arena_strdup(shelf->arena, name),
                                       .record = mstc_record_new(shelf->arena, shelf->kind, object != NULL ? object : "",
                                                                 object != NULL ? strlen(object) : 0) };
        if (item == NULL || item->name == NULL || item->record == NULL || *item->record->id == '\0'
            || !mstc_map_put(shelf->map, object, item)) {
                shelf->failed = true;
                return NULL;
        }
        *shelf->last = item;
        shelf->last = &item->next;
        return item->record;
}

void
mst_shelf_take(struct mst_record *record, const struct mst_value *object, const char *names)
{
        char name[MSTC_NAME_MOST + 1];

        while (record != NULL && *names != '\0') {
                size_t length = strcspn(names, " ");
                const struct mst_value *value;

                if (length > 0 && length < sizeof name) {
                        memcpy(name, names, length);
                        name[length] = '\0';
                        value = mst_value_find(object, name);
                        if (!mstc_value_empty(value) && mst_value_type(value) != MST_OBJECT)
                                mst_record_copy(record, name, value);
                }
                names += length + strspn(names + length, " ");
        }
}

static bool
same(const struct mst_shelf *shelf, const struct mst_value *have, const struct mst_value *want)
{
        size_t a, b;
        const char *one = mst_value_text(have, &a), *two = mst_value_text(want, &b);

        if (mst_value_type(have) != MST_TEXT || mst_value_type(want) != MST_TEXT)
                return mst_value_equal(have, want);
        return a == b && (shelf->exact ? memcmp(one, two, a) == 0 : strcasecmp(one, two) == 0);
}

static bool
fits(const struct mst_shelf *shelf, const struct item *item, const struct mst_query *query)
{
        const struct mst_value *have;

        if (mst_query_attribute(query) == NULL)
                return false;
        have = mst_record_get(item->record, mst_query_attribute(query));
        for (size_t i = 0; i < mst_value_count(have); i++)
                if (same(shelf, mst_value_at(have, i), mst_query_value(query)))
                        return true;
        return false;
}

static void
tell(const struct mst_shelf *shelf, struct mst_record *into, const struct item *item)
{
        for (size_t i = 0; i < mst_record_count(item->record); i++)
                if (mst_host_wants(shelf->host, mst_record_name_at(item->record, i)))
                        mst_record_copy(into, mst_record_name_at(item->record, i), mst_record_at(item->record, i));
        if (into != NULL && item->record->bad != NULL)
                mst_record_bad(into, "%s", item->record->bad);
}

bool
mst_shelf_fits(const struct mst_shelf *shelf, const struct mst_query *query)
{
        if (shelf == NULL)
                return false;
        if (mst_query_object(query) != NULL)
                return mstc_map_get(shelf->map, mst_query_object(query)) != NULL;
        for (const struct item *item = shelf->first; item != NULL; item = item->next)
                if (fits(shelf, item, query))
                        return true;
        return false;
}

void
mst_shelf_answer(const struct mst_shelf *shelf, struct mst_query *query, const char *object)
{
        const char *id = object != NULL ? object : mst_query_object(query);

        if (shelf == NULL || shelf->failed || mst_query_kind(query) != shelf->kind || mst_query_stamp(query) != NULL)
                return;
        for (const struct item *item = id != NULL ? mstc_map_get(shelf->map, id) : shelf->first; item != NULL;
             item = id != NULL ? NULL : item->next)
                if (id != NULL || fits(shelf, item, query))
                        tell(shelf, mst_query_found(query, item->record->id, item->name, NULL, NULL), item);
        mst_query_done(query);
}

int
mst_shelf_page(const struct mst_shelf *shelf, struct mst_page *page, struct mst_error *err)
{
        if (shelf == NULL || shelf->failed)
                return mst_fail(err, MST_EINTERNAL, "listing: out of memory, or an object without an id");
        for (const struct item *item = shelf->first; item != NULL; item = item->next)
                tell(shelf, mst_page_object(page, shelf->kind, item->record->id, item->name, NULL, NULL), item);
        return mst_page_complete(page, NULL, err);
}

/* --- find and list as a whole ------------------------------------------------------------ */

static struct mst_shelf *
filled(const struct mst_shelf_ways *ways, enum mst_kind kind, struct mst_error *err)
{
        struct mst_shelf *shelf = mst_shelf_new(ways->host, kind, ways->exact);

        if (shelf == NULL)
                mst_fail_memory(err, "listing what is there");
        else if (ways->fill(ways->self, kind, shelf, err) == MST_OK)
                return shelf;
        mst_shelf_free(shelf);
        return NULL;
}

int
mst_shelf_find(const struct mst_shelf_ways *ways, struct mst_search *search, struct mst_error *err)
{
        struct mst_shelf *shelves[MST_GROUP + 1] = { NULL };
        int code = MST_OK;

        for (size_t i = 0; code == MST_OK && i < mst_search_count(search); i++) {
                struct mst_query *query = mst_search_at(search, i);
                struct mst_shelf **shelf = &shelves[mst_query_kind(query)];
                bool by_value = mst_query_attribute(query) != NULL && ways->means != NULL;

                if (*shelf == NULL && (*shelf = filled(ways, mst_query_kind(query), err)) == NULL)
                        code = err->code;
                mst_shelf_answer(*shelf, query, by_value ? ways->means(ways->self, query) : NULL);
        }
        mst_shelf_free(shelves[MST_USER]);
        mst_shelf_free(shelves[MST_GROUP]);
        return code;
}

int
mst_shelf_list(const struct mst_shelf_ways *ways, enum mst_kind kind, struct mst_page *page, struct mst_error *err)
{
        struct mst_shelf *shelf = filled(ways, kind, err);
        int code = shelf != NULL ? mst_shelf_page(shelf, page, err) : err->code;

        mst_shelf_free(shelf);
        return code;
}
