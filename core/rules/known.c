/* known.c - values that were met before, by their bytes.
 *
 * A table that grows past MOST starts anew; when by then most look-ups have failed (mail
 * addresses, names), it is switched off and each value is looked at as it comes. */
#include "build.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "rules/known.h"
#include "util/alloc.h"

#define MOST 16384u
#define BYTES_MOST 512u                      /* a longer value is not kept             */

/* What tells a value from others: text itself, the flat form of lists and objects, else the
 * eight bytes of the number. */
static bool
bytes_of(const struct mst_value *value, struct mstc_buffer *room, const char **ret, uint32_t *length)
{
        switch (value->type) {
        case MST_TEXT:
        case MST_REF:
        case MST_BYTES:
                *ret = value->as.text;
                *length = value->length;
                return true;
        case MST_NULL:
                *ret = "";
                *length = 0;
                return true;
        case MST_LIST:
        case MST_OBJECT:
                mstc_buffer_clear(room);
                mstc_value_flat(value, room);
                *ret = mstc_buffer_cstr(room);
                *length = (uint32_t)room->length;
                return mstc_buffer_ok(room);
        default:
                *ret = (const char *)&value->as;
                *length = value->type == MST_BOOL ? sizeof value->as.is : sizeof value->as.number;
                return true;
        }
}

static bool
grow(struct mstc_known_table *table)
{
        size_t room = table->room == 0 ? 64 : table->room * 2;
        struct mstc_known_cell *new;

        if (table->count * 2 < table->room)
                return true;
        new = mstc_alloc(room * sizeof *new);
        if (new == NULL)
                return false;
        for (size_t i = 0; i < table->room; i++)
                if (table->cells[i].known != NULL) {
                        size_t at = table->cells[i].hash & (room - 1);

                        while (new[at].known != NULL)
                                at = (at + 1) & (room - 1);
                        new[at] = table->cells[i];
                }
        mstc_free(table->cells);
        table->cells = new;
        table->room = room;
        return true;
}

static void
start_anew(struct mstc_known_table *table)
{
        table->off = table->hits < 2 * table->misses;
        memset(table->cells, 0, table->room * sizeof *table->cells);
        table->count = 0;
        table->hits = table->misses = 0;
        table->one = (struct mstc_known){ 0 };
        mst_arena_reset(table->arena);
}

void
mstc_known_settle(struct mstc_known_table *table, size_t count)
{
        if (table->count + count > MOST)
                start_anew(table);
}

static bool
make_room(struct mstc_known_table *table)
{
        if (table->arena == NULL && (table->arena = mst_arena_new(0)) == NULL)
                return false;
        if (table->count < MOST)
                return grow(table);
        start_anew(table);
        return true;
}

static bool
fill(struct mst_arena *arena, struct mstc_known *known, size_t slots, size_t predicates)
{
        known->odd = mst_arena_alloc(arena, (slots + 1) * sizeof *known->odd);
        known->answers = mst_arena_alloc(arena, (predicates / 32 + 1) * sizeof *known->answers);
        return known->odd != NULL && known->answers != NULL;
}

static void
wipe(struct mstc_known *known, size_t slots, size_t predicates)
{
        memset(known->odd, 0, (slots + 1) * sizeof *known->odd);
        memset(known->answers, 0, (predicates / 32 + 1) * sizeof *known->answers);
        known->span_count = known->key_count = 0;
}

/* A value that is not kept: one place for all of them. */
static struct mstc_known *
passing(struct mstc_known_table *table, size_t slots, size_t predicates)
{
        struct mstc_known *one = &table->one;

        if (one->odd == NULL && !fill(table->arena, one, slots, predicates))
                return NULL;
        wipe(one, slots, predicates);
        return one;
}

static struct mstc_known *
keep(struct mstc_known_table *table, const struct mstc_known *like, size_t slots, size_t predicates)
{
        struct mstc_known *known = mst_arena_alloc(table->arena, sizeof *known + like->length);

        if (known == NULL)
                return NULL;
        *known = *like;
        memcpy(known + 1, like->bytes, like->length);
        known->bytes = (const char *)(known + 1);
        if (!fill(table->arena, known, slots, predicates))
                return NULL;
        wipe(known, slots, predicates);
        table->count++;
        return known;
}

struct mstc_known *
mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, size_t slots, size_t predicates,
                bool *fresh)
{
        struct mstc_known like = { .type = value->type }, *known;
        uint64_t hash;
        size_t at;

        *fresh = true;
        if (table->off)
                return passing(table, slots, predicates);
        if (!make_room(table) || !bytes_of(value, &table->flat, &like.bytes, &like.length))
                return NULL;
        if (table->off || like.length > BYTES_MOST)
                return passing(table, slots, predicates);
        hash = XXH3_64bits_withSeed(like.bytes, like.length, like.type);
        for (at = hash & (table->room - 1); (known = table->cells[at].known) != NULL; at = (at + 1) & (table->room - 1))
                if (table->cells[at].hash == hash && known->length == like.length && known->type == like.type
                    && memcmp(known->bytes, like.bytes, like.length) == 0) {
                        table->hits++;
                        *fresh = false;
                        return known;
                }
        table->misses++;
        known = keep(table, &like, slots, predicates);
        if (known != NULL)
                table->cells[at] = (struct mstc_known_cell){ hash, known };
        return known;
}

/* Room for one more in an array that lies in the arena. */
static void *
more(struct mst_arena *arena, void *have, uint32_t count, uint32_t *room, size_t size)
{
        void *new;

        if (count < *room)
                return have;
        *room = *room == 0 ? 4 : *room * 2;
        new = mst_arena_alloc(arena, *room * size);
        if (new != NULL && count > 0)
                memcpy(new, have, count * size);
        return new;
}

bool
mstc_known_bring(struct mstc_known_table *table, struct mstc_known *known, uint32_t key, struct mstc_span postings)
{
        known->keys = more(table->arena, known->keys, known->key_count, &known->key_room, sizeof *known->keys);
        if (known->keys == NULL)
                return false;
        known->keys[known->key_count++] = key;
        if (postings.count == 0)
                return true;
        known->spans = more(table->arena, known->spans, known->span_count, &known->span_room, sizeof *known->spans);
        if (known->spans == NULL)
                return false;
        known->spans[known->span_count++] = postings;
        return true;
}

void
mstc_known_done(struct mstc_known_table *table)
{
        mst_arena_free(table->arena);
        mstc_free(table->cells);
        mstc_buffer_done(&table->flat);
        *table = (struct mstc_known_table){ 0 };
}
