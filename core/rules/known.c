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
#include "util/buffer.h"

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
        struct mstc_known **new;

        if (table->count * 2 < table->room)
                return true;
        new = mstc_realloc_array(NULL, room, sizeof(struct mstc_known *));
        if (new == NULL)
                return false;
        memset(new, 0, room * sizeof(struct mstc_known *));
        for (size_t i = 0; i < table->room; i++)
                if (table->cells[i] != NULL) {
                        size_t at = table->cells[i]->hash & (room - 1);

                        while (new[at] != NULL)
                                at = (at + 1) & (room - 1);
                        new[at] = table->cells[i];
                }
        mstc_free(table->cells);
        table->cells = new;
        table->room = room;
        return true;
}

static bool
make_room(struct mstc_known_table *table)
{
        if (table->arena == NULL && (table->arena = mst_arena_new(0)) == NULL)
                return false;
        if (table->count < MOST)
                return grow(table);
        table->off = table->hits < 2 * table->misses;
        memset(table->cells, 0, table->room * sizeof(struct mstc_known *));
        table->count = 0;
        table->hits = table->misses = 0;
        table->one = (struct mstc_known){ 0 };
        mst_arena_reset(table->arena);
        return true;
}

static bool
fill(struct mst_arena *arena, struct mstc_known *known, size_t slots, size_t predicates)
{
        known->held = mst_arena_alloc(arena, (slots + 1) * sizeof *known->held);
        known->answers = mst_arena_alloc(arena, (predicates / 32 + 1) * sizeof *known->answers);
        return known->held != NULL && known->answers != NULL;
}

/* A value that is not kept: one place for all of them. */
static struct mstc_known *
passing(struct mstc_known_table *table, size_t slots, size_t predicates)
{
        struct mstc_known *one = &table->one;

        if (one->held == NULL && !fill(table->arena, one, slots, predicates))
                return NULL;
        memset(one->held, 0, (slots + 1) * sizeof *one->held);
        memset(one->answers, 0, (predicates / 32 + 1) * sizeof *one->answers);
        one->span_count = 0;
        return one;
}

static struct mstc_known *
keep(struct mstc_known_table *table, size_t at, const struct mstc_known *like, size_t slots, size_t predicates)
{
        struct mstc_known *known = mst_arena_alloc(table->arena, sizeof *known);

        if (known == NULL)
                return NULL;
        *known = *like;
        known->bytes = mst_arena_memdup(table->arena, like->bytes, like->length + 1);
        if (known->bytes == NULL || !fill(table->arena, known, slots, predicates))
                return NULL;
        memset(known->held, 0, (slots + 1) * sizeof *known->held);
        memset(known->answers, 0, (predicates / 32 + 1) * sizeof *known->answers);
        table->cells[at] = known;
        table->count++;
        return known;
}

struct mstc_known *
mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, size_t slots, size_t predicates,
                bool *fresh)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer room = { 0 };
        struct mstc_known like = { .type = value->type };
        size_t at;

        *fresh = true;
        if (table->off)
                return passing(table, slots, predicates);
        if (!make_room(table) || !bytes_of(value, &room, &like.bytes, &like.length))
                return NULL;
        if (table->off || like.length > BYTES_MOST)
                return passing(table, slots, predicates);
        like.hash = XXH3_64bits_withSeed(like.bytes, like.length, like.type);
        for (at = like.hash & (table->room - 1); table->cells[at] != NULL; at = (at + 1) & (table->room - 1)) {
                struct mstc_known *known = table->cells[at];

                if (known->hash == like.hash && known->length == like.length && known->type == like.type
                    && memcmp(known->bytes, like.bytes, like.length) == 0) {
                        table->hits++;
                        *fresh = false;
                        return known;
                }
        }
        table->misses++;
        return keep(table, at, &like, slots, predicates);
}

bool
mstc_known_span(struct mstc_known_table *table, struct mstc_known *known, uint32_t first, uint32_t count)
{
        if (known->span_count == known->span_room) {
                uint32_t room = known->span_room == 0 ? 4 : known->span_room * 2;
                struct mstc_span *new = mst_arena_alloc(table->arena, room * sizeof *new);

                if (new == NULL)
                        return false;
                if (known->span_count > 0)
                        memcpy(new, known->spans, known->span_count * sizeof *new);
                known->spans = new;
                known->span_room = room;
        }
        known->spans[known->span_count++] = (struct mstc_span){ first, count };
        return true;
}

void
mstc_known_done(struct mstc_known_table *table)
{
        mst_arena_free(table->arena);
        mstc_free(table->cells);
        *table = (struct mstc_known_table){ 0 };
}
