/* listing.c - all objects of a sink, read once and looked up by stamp and by match values.
 *
 * For a plan that will ask for many people: match.c answers its questions from here then. */
#include "build.h"

#include "engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/search.h"
#include "util/alloc.h"

static const char by_stamp[] = "\x01";       /* no attribute's name                    */

/* ---- a sink listed ---------------------------------------------------------------------- */

struct listed {                              /* an object, in the listing's arena      */
        const char *object, *name, *stamp, *version;
        struct mst_record *record;
};

struct key {                                 /* from a value's hash to an object       */
        uint64_t hash;
        uint32_t object;
};

struct mstc_listing {
        struct mst_arena *arena;
        struct listed *objects;
        size_t object_count, object_room;
        struct key *keys;
        size_t key_count, key_room;
};

void
mstc_listing_free(struct mstc_listing *listing)
{
        if (listing == NULL)
                return;
        mst_arena_free(listing->arena);
        mstc_free(listing->objects);
        mstc_free(listing->keys);
        mstc_free(listing);
}

/* FNV-1a over the folded text; a hit is always compared in full. */
static bool
hash_key(const char *attribute, const char *text, size_t length, struct mst_arena *scratch, uint64_t *ret)
{
        uint64_t h = UINT64_C(14695981039346656037);
        size_t folded_length;
        const char *folded = mstc_fold(text, length, scratch, &folded_length);

        for (const char *c = attribute; *c != '\0'; c++)
                h = (h ^ (unsigned char)(*c | 0x20)) * UINT64_C(1099511628211);
        h *= UINT64_C(1099511628211);
        for (size_t i = 0; folded != NULL && i < folded_length; i++)
                h = (h ^ (unsigned char)folded[i]) * UINT64_C(1099511628211);
        *ret = h;
        return folded != NULL;
}

static bool
add_key(struct mstc_listing *listing, const char *attribute, const char *text, size_t length, uint32_t object,
        struct mst_arena *scratch)
{
        if (listing->key_count == listing->key_room) {
                size_t room = listing->key_room != 0 ? listing->key_room * 2 : 1024;
                struct key *more = mstc_realloc_array(listing->keys, room, sizeof *more);

                if (more == NULL)
                        return false;
                listing->keys = more;
                listing->key_room = room;
        }
        listing->keys[listing->key_count].object = object;
        return hash_key(attribute, text, length, scratch, &listing->keys[listing->key_count++].hash);
}

static bool
add_value_keys(struct mstc_listing *listing, const char *attribute, const struct mst_value *value,
               uint32_t object, struct mst_arena *scratch)
{
        for (size_t i = 0; i < mst_value_count(value); i++) {
                const struct mst_value *v = mst_value_at(value, i);

                if (v->type == MST_TEXT && !add_key(listing, attribute, v->as.text, v->length, object, scratch))
                        return false;
        }
        return true;
}

static int
by_hash(const void *a, const void *b)
{
        const struct key *x = a, *y = b;

        if (x->hash != y->hash)
                return x->hash > y->hash ? 1 : -1;
        return (x->object > y->object) - (x->object < y->object);
}

static bool
same_text(const char *a, size_t a_length, const char *b, size_t b_length, struct mst_arena *arena, bool *ok)
{
        size_t x, y;
        const char *fa = mstc_fold(a, a_length, arena, &x), *fb = mstc_fold(b, b_length, arena, &y);

        *ok = *ok && fa != NULL && fb != NULL;
        return fa != NULL && fb != NULL && x == y && memcmp(fa, fb, x) == 0;
}

static bool
has_value(const struct mst_record *record, const char *attribute, const struct mst_value *want,
          struct mst_arena *arena, bool *ok)
{
        const struct mst_value *have = NULL;

        for (uint32_t i = 0; record != NULL && i < record->count && have == NULL; i++)
                if (strcasecmp(record->fields[i].name, attribute) == 0)
                        have = &record->fields[i].value;
        for (size_t i = 0; have != NULL && i < mst_value_count(have); i++) {
                const struct mst_value *v = mst_value_at(have, i);

                if (v->type == MST_TEXT && same_text(v->as.text, v->length, want->as.text, want->length, arena, ok))
                        return true;
        }
        return false;
}

/* ---- listing ------------------------------------------------------------------------------ */

struct list_call {
        struct mstc_live *live;
        const char *cursor;
        struct mst_page *page;
};

static int
call_list(void *argument, struct mst_error *err)
{
        struct list_call *call = argument;

        return call->live->setup->plugin->sink->list(call->live->self, MST_USER, call->cursor, call->page, err);
}

static int
keep_object(struct mstc_run *run, struct mstc_live *sink, struct mstc_listing *listing,
            const struct mstc_item *item, struct mst_error *err)
{
        struct mst_arena *a = listing->arena;
        struct listed *o;
        uint32_t number = (uint32_t)listing->object_count;
        struct mst_record *copy;

        if (listing->object_count == listing->object_room) {
                size_t room = listing->object_room != 0 ? listing->object_room * 2 : 256;

                o = mstc_realloc_array(listing->objects, room, sizeof *o);
                if (o == NULL)
                        return mst_fail_memory(err, "listing a sink");
                listing->objects = o;
                listing->object_room = room;
        }
        o = &listing->objects[listing->object_count++];
        memset(o, 0, sizeof *o);
        copy = mstc_record_values(a, MST_USER);
        o->object = mst_arena_strdup(a, item->object);
        o->name = mst_arena_strdup(a, item->name);
        o->stamp = item->stamp != NULL ? mst_arena_strdup(a, item->stamp) : NULL;
        o->version = item->version != NULL ? mst_arena_strdup(a, item->version) : NULL;
        o->record = copy;
        if (copy == NULL || o->object == NULL || o->name == NULL || (item->stamp != NULL && o->stamp == NULL))
                return mst_fail_memory(err, "listing a sink");
        for (uint32_t i = 0; i < item->record->count; i++)
                if (!mstc_record_set(copy, item->record->fields[i].name, &item->record->fields[i].value))
                        return mst_fail_memory(err, "listing a sink");
        if (o->stamp != NULL && !add_key(listing, by_stamp, o->stamp, strlen(o->stamp), number, run->scratch))
                return mst_fail_memory(err, "listing a sink");
        for (size_t t = 0; t < run->target_count; t++) {
                const struct mstc_config_target *config = run->targets[t].setup->config;

                for (size_t m = 0; run->targets[t].sink == sink && m < config->match_count; m++) {
                        const char *name = config->matches[m].attribute;

                        for (uint32_t i = 0; i < copy->count; i++)
                                if (strcasecmp(copy->fields[i].name, name) == 0
                                    && !add_value_keys(listing, name, &copy->fields[i].value, number,
                                                       run->scratch))
                                        return mst_fail_memory(err, "listing a sink");
                }
        }
        return MST_OK;
}

static int
list_page(struct mstc_run *run, struct list_call *call, struct mstc_listing *listing, struct mst_error *err)
{
        if (mstc_live_call(call->live, call_list, call, err) != MST_OK)
                return err->code;
        if (call->page->failed)
                return mst_fail_memory(err, "listing a sink");
        if (!call->page->ended)
                return mst_fail(err, MST_EINTERNAL, "the connector '%s' did not end a page of its listing",
                                call->live->setup->plugin->name);
        for (size_t i = 0; i < call->page->count; i++) {
                if (call->page->items[i].what == MSTC_OBJECT
                    && keep_object(run, call->live, listing, &call->page->items[i], err) != MST_OK)
                        return err->code;
                mst_arena_reset(run->scratch);
        }
        return MST_OK;
}

int
mstc_match_in_bulk(struct mstc_run *run, struct mstc_live *sink, struct mst_error *err)
{
        struct mstc_listing *listing = mstc_alloc(sizeof *listing);
        struct list_call call = { .live = sink, .page = mstc_page_new() };
        struct mst_arena *cursors = mst_arena_new(1024);
        int rc = MST_OK;

        if (listing == NULL || call.page == NULL || cursors == NULL
            || (listing->arena = mst_arena_new(4096)) == NULL)
                rc = mst_fail_memory(err, "listing a sink");
        while (rc == MST_OK) {
                rc = list_page(run, &call, listing, err);
                mstc_progress(run, MSTC_PHASE_MATCH, listing->object_count, 0);
                if (rc == MST_OK && mstc_engine_stopping(run->engine))
                        rc = mst_fail(err, MST_EINTERNAL, "stopped");
                if (rc != MST_OK || call.page->complete)
                        break;
                call.cursor = mst_arena_strdup(cursors, call.page->cursor != NULL ? call.page->cursor : "");
                if (call.cursor == NULL)     /* never from the start again             */
                        rc = mst_fail_memory(err, "listing a sink");
                mstc_page_reset(call.page);
        }
        mstc_page_free(call.page);
        mst_arena_free(cursors);
        if (rc != MST_OK) {
                mstc_listing_free(listing);
                return mst_wrap(err, "sink '%s'", sink->setup->config->name);
        }
        if (listing->key_count != 0)
                qsort(listing->keys, listing->key_count, sizeof *listing->keys, by_hash);
        run->listings[sink - run->engine->lives] = listing;
        mstc_log(run->engine, MSTC_EVENT_SINK_LISTED, "sink '%s' holds %zu objects", sink->setup->config->name,
                 listing->object_count);
        return MST_OK;
}

/* ---- looking up ------------------------------------------------------------------------- */

static size_t
first_key(const struct mstc_listing *listing, uint64_t hash)
{
        size_t low = 0, high = listing->key_count;

        while (low < high) {
                size_t mid = low + (high - low) / 2;

                if (listing->keys[mid].hash < hash)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low;
}

bool
mstc_listing_look(const struct mstc_listing *listing, const char *attribute, const struct mst_value *value,
                  struct mst_arena *arena, struct mstc_candidate **items, size_t *count)
{
        uint64_t hash;
        bool ok = true;

        *count = 0;
        *items = NULL;
        if (listing->key_count == 0)
                return true;
        if (!hash_key(attribute != NULL ? attribute : by_stamp, value->as.text, value->length, arena, &hash))
                return false;
        for (size_t i = first_key(listing, hash); i < listing->key_count && listing->keys[i].hash == hash; i++) {
                const struct listed *o = &listing->objects[listing->keys[i].object];
                bool fits = attribute == NULL
                          ? o->stamp != NULL && strcmp(o->stamp, value->as.text) == 0
                          : has_value(o->record, attribute, value, arena, &ok);

                if (!fits)
                        continue;
                if (*items == NULL
                    && (*items = mst_arena_alloc(arena, 8 * sizeof **items)) == NULL)
                        return false;
                if (*count < 8)
                        (*items)[(*count)++] = (struct mstc_candidate){ o->object, o->name, o->stamp, o->version,
                                                                            o->record };
        }
        return ok;
}

bool
mstc_listing_empty(const struct mstc_listing *listing)
{
        return listing != NULL && listing->object_count == 0;
}
