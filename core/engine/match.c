/* match.c - is a person already in the sink?
 *
 * Few are asked for one by one (find), in one search of many queries; before a plan that will
 * ask for many, the sink is listed once and the questions are answered from that.  An object
 * is ours when it has our stamp.  One without that fits a match value is a duplicate, or with
 * on-existing="adopt" can be taken over; several are always duplicates: never a choice.  What
 * could not be looked up is not known, which is never absent. */
#include "build.h"

#include "engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "rules/expr.h"
#include "sdk/search.h"
#include "util/alloc.h"

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
        if (o->stamp != NULL && !add_key(listing, "\x01", o->stamp, strlen(o->stamp), number, run->scratch))
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
        mstc_log(run->engine, MST_LOG_INFO, "sink '%s' holds %zu objects", sink->setup->config->name,
                 listing->object_count);
        return MST_OK;
}

/* ---- judging candidates --------------------------------------------------------------------- */

struct candidates {
        struct mstc_candidate *items;
        size_t count;
};

static void
duplicate(struct mstc_match *match, const struct mstc_candidate *c, const char *why)
{
        match->answer = MSTC_DUPLICATE;
        match->object = c->object;
        match->name = c->name;
        match->present = c->record;
        match->why = why;
}

static void
accept(struct mstc_match *match, enum mstc_answer answer, const struct mstc_candidate *c)
{
        match->answer = answer;
        match->object = c->object;
        match->name = c->name;
        match->version = c->version;
        match->present = c->record;
}

static int
taken_by_another(struct mstc_run *run, const struct mstc_question *q, const struct mstc_candidate *c,
                 struct mst_arena *arena, bool *ret, struct mst_error *err)
{
        struct mstc_link link;
        int rc = MST_END;

        if (!run->links_none)
                rc = mstc_link_of_object(run->store, q->target->sink->id, c->object, arena, &link, err);
        *ret = rc == MST_OK && link.entry != q->entry && link.state <= MSTC_LINK_DISABLED;
        return rc < 0 ? rc : MST_OK;
}

static bool
untouchable(struct mstc_run *run, const struct mstc_question *q, const struct mstc_candidate *c,
            struct mst_arena *arena)
{
        struct mstc_eval eval;

        if (q->target->sink->setup->never_touch == NULL || c->record == NULL)
                return false;
        mstc_eval_init(run, &eval, arena);
        return mstc_expr_test(q->target->sink->setup->never_touch, c->record, &eval);
}

/* Those with our stamp: it says whose they are.  A never-touch rule counts for them, too. */
static void
judge_stamped(struct mstc_run *run, struct mstc_question *q, const struct candidates *found, struct mst_arena *arena)
{
        if (found->count > 1)
                duplicate(&q->match, &found->items[0], "several objects carry this person's stamp");
        else if (untouchable(run, q, &found->items[0], arena))
                duplicate(&q->match, &found->items[0], "a never-touch rule protects the object");
        else
                accept(&q->match, MSTC_OURS, &found->items[0]);
        q->match.by_stamp = true;
}

static int
judge_matched(struct mstc_run *run, struct mstc_question *q, const struct candidates *found, bool adopt,
              struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_candidate *c = &found->items[0];
        bool taken;

        if (found->count > 1) {
                duplicate(&q->match, c, "several objects have this value");
                return MST_OK;
        }
        if (taken_by_another(run, q, c, arena, &taken, err) != MST_OK)
                return err->code;
        if (taken)
                duplicate(&q->match, c, "the object is tied to another person");
        else if (c->stamp != NULL && c->stamp[0] != '\0' && strcmp(c->stamp, q->stamp) != 0)
                duplicate(&q->match, c, "the object carries another stamp");
        else if (untouchable(run, q, c, arena))
                duplicate(&q->match, c, "a never-touch rule protects the object");
        else if (!adopt)
                duplicate(&q->match, c, "the object is not ours; on-existing=\"adopt\" would take it over");
        else
                accept(&q->match, MSTC_ADOPTABLE, c);
        return MST_OK;
}

/* ---- from the listing -------------------------------------------------------------------------- */

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

static bool
look_in_listing(const struct mstc_listing *listing, const char *attribute, const struct mst_value *value,
                struct mst_arena *arena, struct candidates *ret)
{
        uint64_t hash;
        bool ok = true;

        ret->count = 0;
        ret->items = NULL;
        if (listing->key_count == 0)
                return true;
        if (!hash_key(attribute, value->as.text, value->length, arena, &hash))
                return false;
        for (size_t i = first_key(listing, hash); i < listing->key_count && listing->keys[i].hash == hash; i++) {
                const struct listed *o = &listing->objects[listing->keys[i].object];
                bool fits = attribute[0] == '\x01'
                          ? o->stamp != NULL && strcmp(o->stamp, value->as.text) == 0
                          : has_value(o->record, attribute, value, arena, &ok);

                if (!fits)
                        continue;
                if (ret->items == NULL
                    && (ret->items = mst_arena_alloc(arena, 8 * sizeof *ret->items)) == NULL)
                        return false;
                if (ret->count < 8)
                        ret->items[ret->count++] = (struct mstc_candidate){ o->object, o->name, o->stamp, o->version,
                                                                            o->record };
        }
        return ok;
}

static const struct mst_value *
first_text(const struct mst_record *record, const char *name)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++)
                if (strcasecmp(record->fields[i].name, name) == 0) {
                        const struct mst_value *v = mst_value_at(&record->fields[i].value, 0);

                        return v != NULL && v->type == MST_TEXT && v->length != 0 ? v : NULL;
                }
        return NULL;
}

/* The first single text of an attribute that the person will have, or is compared by. */
static const struct mst_value *
match_value(const struct mstc_question *q, size_t index)
{
        const char *name = q->target->setup->config->matches[index].attribute;
        const struct mst_value *value = first_text(q->wanted, name);

        return value != NULL ? value : first_text(q->compared, name);
}

static int
answer_from_listing(struct mstc_run *run, const struct mstc_listing *listing, struct mstc_question *q,
                    struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_config_target *config = q->target->setup->config;
        struct mst_value stamp = mstc_value_text(q->stamp, strlen(q->stamp));
        struct candidates found;

        q->match.answer = MSTC_ABSENT;
        if (!look_in_listing(listing, "\x01", &stamp, arena, &found))
                return mst_fail_memory(err, "matching");
        if (found.count != 0) {
                judge_stamped(run, q, &found, arena);
                return MST_OK;
        }
        for (size_t m = 0; m < config->match_count && q->match.answer == MSTC_ABSENT; m++) {
                const struct mst_value *value = match_value(q, m);

                if (value == NULL)
                        continue;
                if (!look_in_listing(listing, config->matches[m].attribute, value, arena, &found))
                        return mst_fail_memory(err, "matching");
                q->match.attribute = config->matches[m].attribute;
                q->match.value = value->as.text;
                if (found.count != 0
                    && judge_matched(run, q, &found, config->matches[m].adopt, arena, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- by asking ------------------------------------------------------------------------------------ */

static bool
ask(struct mst_search *search, struct mstc_question *q, bool can_stamp)
{
        struct mst_query *query;

        if (can_stamp && q->stamp != NULL) {
                query = mstc_search_add(search, q->kind);
                if (query == NULL || !mstc_query_by_stamp(query, q->stamp))
                        return false;
                query->engine = q;
        }
        for (size_t m = 0; q->kind == MST_USER && m < q->target->setup->config->match_count; m++) {
                const struct mst_value *value = match_value(q, m);

                if (value == NULL)
                        continue;
                query = mstc_search_add(search, q->kind);
                if (query == NULL
                    || !mstc_query_by_value(query, q->target->setup->config->matches[m].attribute, value))
                        return false;
                query->engine = q;
        }
        return true;
}

static const struct mstc_config_match *
match_named(const struct mstc_question *q, const char *attribute)
{
        const struct mstc_config_target *config = q->target->setup->config;

        for (size_t m = 0; m < config->match_count; m++)
                if (strcasecmp(config->matches[m].attribute, attribute) == 0)
                        return &config->matches[m];
        return NULL;
}

static bool
copy_candidates(const struct mst_query *query, struct mst_arena *arena, struct candidates *ret)
{
        ret->count = query->found_count;
        ret->items = mst_arena_memdup(arena, query->found, query->found_count * sizeof *ret->items);
        for (size_t i = 0; ret->items != NULL && i < ret->count; i++) {
                struct mstc_candidate *c = &ret->items[i];
                struct mst_record *copy = mstc_record_values(arena, query->kind);

                c->object = mst_arena_strdup(arena, c->object);
                c->name = mst_arena_strdup(arena, c->name);
                c->stamp = c->stamp != NULL ? mst_arena_strdup(arena, c->stamp) : NULL;
                c->version = c->version != NULL ? mst_arena_strdup(arena, c->version) : NULL;
                if (copy == NULL || c->object == NULL || c->name == NULL)
                        return false;
                for (uint32_t k = 0; c->record != NULL && k < c->record->count; k++)
                        if (!mstc_record_set(copy, c->record->fields[k].name, &c->record->fields[k].value))
                                return false;
                c->record = copy;
        }
        return ret->items != NULL || ret->count == 0;
}

/* One query's answer, in the order in which they were asked: the first that finds counts. */
static int
take_answer(struct mstc_run *run, struct mst_query *query, struct mst_arena *arena, struct mst_error *err)
{
        struct mstc_question *q = query->engine;
        const struct mstc_config_match *match;
        struct candidates found;

        if (q->match.answer == MSTC_NOT_KNOWN || (q->match.answer != MSTC_ABSENT
                                                  && q->match.answer != MSTC_NOT_ASKED))
                return MST_OK;
        if (!query->done || query->failed) {
                q->match.answer = MSTC_NOT_KNOWN;
                return MST_OK;
        }
        q->match.answer = MSTC_ABSENT;
        if (query->found_count == 0)
                return MST_OK;
        if (!copy_candidates(query, arena, &found))
                return mst_fail_memory(err, "matching");
        if (query->stamp != NULL) {
                judge_stamped(run, q, &found, arena);
                return MST_OK;
        }
        match = match_named(q, query->attribute);
        q->match.attribute = match != NULL ? match->attribute : NULL;
        q->match.value = mst_arena_strdup(arena, mst_value_text(query->value, NULL));
        return judge_matched(run, q, &found, match != NULL && match->adopt, arena, err);
}

int
mstc_match_by_asking(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
                     struct mst_arena *arena, struct mst_error *err)
{
        struct mst_search *search = mstc_search_new();
        const struct mst_facts *facts = mstc_live_facts(sink);
        int rc = MST_OK;

        if (search == NULL)
                return mst_fail_memory(err, "matching");
        for (size_t i = 0; i < count && rc == MST_OK; i++) {
                questions[i].match.answer = MSTC_NOT_ASKED;
                if (!ask(search, &questions[i], (facts->can & MST_CAN_STAMP) != 0))
                        rc = mst_fail_memory(err, "matching");
        }
        if (rc == MST_OK && search->count != 0)
                rc = mstc_live_find(sink, search, err);
        for (size_t i = 0; i < search->count && rc == MST_OK; i++)
                rc = take_answer(run, &search->queries[i], arena, err);
        /* Nothing to ask by (no stamp, no value): it cannot be there as ours. */
        for (size_t i = 0; i < count && rc == MST_OK; i++)
                if (questions[i].match.answer == MSTC_NOT_ASKED)
                        questions[i].match.answer = MSTC_ABSENT;
        mstc_search_free(search);
        return rc;
}

/* How many may be asked for at once: each by stamp and by all match values. */
static size_t
portion(struct mstc_live *sink, const struct mstc_question *questions)
{
        uint32_t most = mstc_live_facts(sink)->find;
        size_t each = 1 + questions[0].target->setup->config->match_count;

        return most == 0 ? SIZE_MAX : most > each ? most / each : 1;
}

int
mstc_match(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
           struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_listing *listing = run->listings[sink - run->engine->lives];
        int rc = MST_OK;

        if (count == 0)
                return MST_OK;
        for (size_t at = 0, part = portion(sink, questions); listing == NULL && at < count && rc == MST_OK; at += part)
                rc = mstc_match_by_asking(run, sink, questions + at, part < count - at ? part : count - at, arena, err);
        if (listing == NULL)
                return rc;
        for (size_t i = 0; i < count && rc == MST_OK; i++)
                rc = answer_from_listing(run, listing, &questions[i], arena, err);
        return rc;
}

bool
mstc_listing_empty(const struct mstc_listing *listing)
{
        return listing != NULL && listing->object_count == 0;
}
