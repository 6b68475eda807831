/* search.c - a batch of queries and their answers, in one arena.
 *
 * "Done" is a proof of absence where nothing was found, so a query that lost a
 * candidate to want of memory, or got one without an id, can never become done. */
#include "build.h"

#include "sdk/search.h"

#include <string.h>

#include "sdk/page.h"
#include "util/alloc.h"

struct mst_search *
mstc_search_new(void)
{
        struct mst_search *search = mstc_alloc(sizeof *search);

        if (search == NULL)
                return NULL;
        search->arena = mst_arena_new(0);
        if (search->arena == NULL) {
                mstc_free(search);
                return NULL;
        }
        return search;
}

void
mstc_search_free(struct mst_search *search)
{
        if (search == NULL)
                return;
        mst_arena_free(search->arena);
        mstc_free(search->queries);
        mstc_free(search);
}

struct mst_query *
mstc_search_add(struct mst_search *search, enum mst_kind kind)
{
        struct mst_query *query;

        if (search->count == search->room) {
                size_t room = search->room > 0 ? search->room * 2 : 16;
                struct mst_query *queries = mstc_realloc_array(search->queries, room, sizeof *queries);

                if (queries == NULL)
                        return NULL;
                search->queries = queries;
                search->room = room;
        }
        query = &search->queries[search->count++];
        *query = (struct mst_query){ .arena = search->arena, .kind = kind };
        return query;
}

bool
mstc_query_by_stamp(struct mst_query *query, const char *stamp)
{
        query->object = query->attribute = NULL;
        query->value = NULL;
        query->stamp = mst_arena_strdup(query->arena, stamp);
        query->failed |= query->stamp == NULL;
        return query->stamp != NULL;
}

bool
mstc_query_by_object(struct mst_query *query, const char *object)
{
        query->stamp = query->attribute = NULL;
        query->value = NULL;
        query->object = mst_arena_strdup(query->arena, object);
        query->failed |= query->object == NULL;
        return query->object != NULL;
}

bool
mstc_query_by_value(struct mst_query *query, const char *attribute, const struct mst_value *value)
{
        struct mst_value *copy = mst_arena_alloc(query->arena, sizeof *copy);
        const char *name = mst_arena_strdup(query->arena, attribute);

        if (copy == NULL || name == NULL || !mstc_value_copy(query->arena, copy, value)) {
                query->failed = true;
                return false;
        }
        query->stamp = query->object = NULL;
        query->attribute = name;
        query->value = copy;
        return true;
}

/* --- the sink's side ------------------------------------------------------------------- */

size_t
mst_search_count(const struct mst_search *search)
{
        return search->count;
}

struct mst_query *
mst_search_at(struct mst_search *search, size_t index)
{
        return index < search->count ? &search->queries[index] : NULL;
}

enum mst_kind
mst_query_kind(const struct mst_query *query)
{
        return query->kind;
}

const char *
mst_query_stamp(const struct mst_query *query)
{
        return query->stamp;
}

const char *
mst_query_object(const struct mst_query *query)
{
        return query->object;
}

const char *
mst_query_attribute(const struct mst_query *query)
{
        return query->attribute;
}

const struct mst_value *
mst_query_value(const struct mst_query *query)
{
        return query->value;
}

static bool
have_room(struct mst_query *query)
{
        size_t room = query->found_room > 0 ? query->found_room * 2 : 2;
        struct mstc_candidate *found;

        if (query->found_count < query->found_room)
                return true;
        found = mst_arena_alloc(query->arena, room * sizeof *found);
        if (found == NULL)
                return false;
        if (query->found_count > 0)
                memcpy(found, query->found, query->found_count * sizeof *found);
        query->found = found;
        query->found_room = room;
        return true;
}

struct mst_record *
mst_query_found(struct mst_query *query, const char *object, const char *name, const char *stamp,
                const char *version)
{
        struct mstc_object_texts texts = { name, stamp, version };
        struct mst_record *record = mstc_record_new(query->arena, query->kind, object,
                                                    object != NULL ? strlen(object) : 0);

        if (record == NULL || !have_room(query) || !mstc_object_texts(query->arena, &texts, record)) {
                query->failed = true;
                query->done = false;
                return NULL;
        }
        /* Something is there, and cannot be told by its id. */
        if (*record->id == '\0') {
                query->failed = true;
                query->done = false;
                return record;
        }
        query->found[query->found_count++] = (struct mstc_candidate){
                .object = record->id, .name = texts.name, .stamp = texts.stamp,
                .version = texts.version, .record = record
        };
        return record;
}

void
mst_query_done(struct mst_query *query)
{
        query->done = !query->failed;
}

bool
mst_query_is_done(const struct mst_query *query)
{
        return query->done;
}

size_t
mst_query_found_count(const struct mst_query *query)
{
        return query->found_count;
}
