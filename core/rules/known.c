/* known.c - values that were met before, by their bytes.
 *
 * A table that grows past MSTC_KNOWN_MOST starts anew; when most look-ups fail (mail addresses, names), it
 * is switched off and each value is looked at as it comes.
 *
 * In front of the table lies a smaller one, 'recent', where a value has one of two places only: a
 * mark made of its ends tells it, and its bytes are compared.  Texts whose ends are alike share
 * them, and are found in the table, whose hash is not to be foreseen from a few bytes. */
#include "build.h"

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "rules/known.h"
#include "util/alloc.h"

#define LINE 64u
#define BYTES_MOST 512u                      /* a longer value is not kept             */
#define ELEMENTS_MOST 8u                     /* lists of so many short texts have a mark, too */
#define ELEMENT_MOST 127u

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

/* --- the table ------------------------------------------------------------------------- */

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

void
mstc_known_start_anew(struct mstc_known_table *table)
{
        table->off = table->hits < 2 * table->misses;
        if (table->room > 0)
                memset(table->cells, 0, table->room * sizeof *table->cells);
        if (table->recent != NULL)
                memset(table->recent, 0, 2 * MSTC_KNOWN_RECENT * sizeof *table->recent);
        table->count = 0;
        table->hits = table->misses = 0;
        table->null = table->truth[0] = table->truth[1] = NULL;
        table->one = table->joined = (struct mstc_known){ 0 };
        mst_arena_reset(table->arena);
}

static bool
make_room(struct mstc_known_table *table)
{
        if (table->arena == NULL && (table->arena = mst_arena_new(0)) == NULL)
                return false;
        if (table->recent == NULL && (table->recent = mstc_alloc(2 * MSTC_KNOWN_RECENT * sizeof *table->recent)) == NULL)
                return false;
        return grow(table);
}

/* A value that is not kept: one place for all of them. */
static struct mstc_known *
passing(struct mstc_known_table *table)
{
        struct mstc_known *one = &table->one;

        one->brought_count = one->posted_count = 0;
        one->answers = NULL;
        return one;
}

static struct mstc_known *
keep(struct mstc_known_table *table, const char *bytes, uint32_t length, uint8_t type)
{
        char *room = mst_arena_alloc(table->arena, sizeof(struct mstc_known) + length + LINE);
        struct mstc_known *known;

        if (room == NULL)
                return NULL;
        /* All of it lies in one line of the cache, and a text of sixteen bytes is told by it. */
        known = (struct mstc_known *)(void *)(room + (LINE - (uintptr_t)room % LINE) % LINE);
        *known = (struct mstc_known){ .bytes = (const char *)(known + 1), .length = length, .type = type };
        memcpy(known + 1, bytes, length);
        if (length >= 8)
                known->eight = mstc_known_eight(bytes);
        table->count++;
        return known;
}

static struct mstc_known *
look_up(struct mstc_known_table *table, const struct mst_value *value, bool *fresh)
{
        struct mstc_known *known;
        const char *bytes;
        uint32_t length;
        uint64_t hash;
        size_t at;

        if (!make_room(table) || !bytes_of(value, &table->flat, &bytes, &length))
                return NULL;
        if (length > BYTES_MOST)
                return passing(table);
        hash = XXH3_64bits_withSeed(bytes, length, value->type);
        for (at = hash & (table->room - 1); (known = table->cells[at].known) != NULL; at = (at + 1) & (table->room - 1))
                if (table->cells[at].hash == hash && known->length == length && known->type == value->type
                    && memcmp(known->bytes, bytes, length) == 0) {
                        table->hits++;
                        *fresh = false;
                        return known;
                }
        table->misses++;
        known = keep(table, bytes, length, value->type);
        if (known != NULL)
                table->cells[at] = (struct mstc_known_cell){ hash, known };
        return known;
}

/* --- marks ----------------------------------------------------------------------------- */

static bool
list_has_mark(const struct mst_value *list)
{
        if (list->length > ELEMENTS_MOST)
                return false;
        for (uint32_t i = 0; i < list->length; i++)
                if (list->as.items[i].type != MST_TEXT || list->as.items[i].length > ELEMENT_MOST)
                        return false;
        return true;
}

/* What is known is the flat form (record.h): type, how many, and of each: type, length, text, NUL. */
static bool
same_list(const struct mstc_known *known, const struct mst_value *list)
{
        const char *at = known->bytes + 2, *end = known->bytes + known->length;

        if (known->length < 2 || (unsigned char)known->bytes[1] != list->length)
                return false;
        for (uint32_t i = 0; i < list->length; i++) {
                const struct mst_value *one = &list->as.items[i];

                if (end - at < (ptrdiff_t)one->length + 3 || at[0] != MST_TEXT || (unsigned char)at[1] != one->length ||
                    memcmp(at + 2, one->as.text, one->length) != 0)
                        return false;
                at += one->length + 3;
        }
        return at == end;
}

/* Looked up in the table; then the first place of the mark is its own, and the second is that of
 * whoever was there. */
static struct mstc_known *
note_mark(struct mstc_known_table *table, const struct mst_value *value, uint64_t mark, bool *fresh)
{
        struct mstc_known *known = look_up(table, value, fresh);

        /* A mark of 0 is that of an empty place. */
        if (known != NULL && known != &table->one && mark != 0) {
                struct mstc_known_cell *place = mstc_known_place(table, mark);

                place[1] = place[0];
                place[0] = (struct mstc_known_cell){ mark, known };
        }
        return known;
}

static struct mstc_known *
find_list(struct mstc_known_table *table, const struct mst_value *list, bool *fresh)
{
        const struct mstc_known_cell *cell;
        uint64_t mark = MST_LIST;

        if (!list_has_mark(list))
                return look_up(table, list, fresh);
        for (uint32_t i = 0; i < list->length; i++)
                mark = mstc_known_mark(list->as.items[i].as.text, list->as.items[i].length, mark);
        cell = table->recent == NULL ? NULL : mstc_known_place(table, mark);
        cell += cell != NULL && cell->hash != mark;
        if (cell == NULL || cell->known == NULL || cell->hash != mark || cell->known->type != MST_LIST
            || !same_list(cell->known, list)) {
                table->list_misses++;
                return note_mark(table, list, mark, fresh);
        }
        table->list_hits++;
        *fresh = false;
        return cell->known;
}

struct mstc_known *
mstc_known_join(struct mstc_known_table *table, const struct mst_value *list)
{
        if (!table->lists_off)
                table->lists_off = table->list_misses > MSTC_KNOWN_TRIED && table->list_hits < table->list_misses;
        if (!table->lists_off || list->length == 0 || !list_has_mark(list))
                return NULL;
        table->joined.brought_count = table->joined.posted_count = 0;
        table->joined.answers = NULL;
        return &table->joined;
}

static struct mstc_known *
by_itself(struct mstc_known_table *table, struct mstc_known **place, const struct mst_value *value, bool *fresh)
{
        *fresh = *place == NULL;
        if (*place == NULL)
                *place = look_up(table, value, fresh);
        return *place;
}

struct mstc_known *
mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, bool *fresh)
{
        struct mstc_known *known;
        uint64_t mark;

        *fresh = true;
        if (table->off)
                return make_room(table) ? passing(table) : NULL;
        switch (value->type) {
        case MST_NULL: return by_itself(table, &table->null, value, fresh);
        case MST_BOOL: return by_itself(table, &table->truth[value->as.is], value, fresh);
        case MST_TEXT:
        case MST_REF:
                mark = mstc_known_mark(value->as.text, value->length, value->type);
                known = table->recent == NULL || mark == 0 ? NULL : mstc_known_marked(table, value, mark);
                *fresh = known == NULL;
                return known != NULL ? known : note_mark(table, value, mark, fresh);
        case MST_LIST: return find_list(table, value, fresh);
        default: return look_up(table, value, fresh);
        }
}

/* --- what follows from them ------------------------------------------------------------- */

bool
mstc_known_bring(struct mstc_known_table *table, struct mstc_known *known, struct mstc_brought brought)
{
        if (known->brought_count == known->brought_room) {
                uint32_t room = known->brought_room == 0 ? 4 : known->brought_room * 2;
                struct mstc_brought *new = mst_arena_alloc(table->arena, room * sizeof *new);

                if (new == NULL)
                        return false;
                if (known->brought_count > 0)
                        memcpy(new, known->brought, known->brought_count * sizeof *new);
                known->brought = new;
                known->brought_room = room;
        }
        known->brought[known->brought_count++] = brought;
        if (brought.count > 0) {
                known->brought[known->brought_count - 1] = known->brought[known->posted_count];
                known->brought[known->posted_count++] = brought;
        }
        return true;
}

bool
mstc_known_keep(struct mstc_known_table *table, struct mstc_known *known, uint32_t predicates, uint32_t local,
                uint32_t answer)
{
        size_t size = ((size_t)predicates / 32 + 1) * sizeof *known->answers;

        if (known->answers == NULL) {
                known->answers = mst_arena_alloc(table->arena, size);
                if (known->answers == NULL)
                        return false;
                memset(known->answers, 0, size);
        }
        known->answers[local / 32] |= (uint64_t)answer << local % 32 * 2;
        return true;
}

void
mstc_known_done(struct mstc_known_table *table)
{
        mst_arena_free(table->arena);
        mstc_free(table->cells);
        mstc_free(table->recent);
        mstc_buffer_done(&table->flat);
        *table = (struct mstc_known_table){ 0 };
}
