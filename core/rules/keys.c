/* keys.c - slots and keys of the rule index: entered while it is built, looked up while
 * it matches. */
#include "build.h"

#define XXH_INLINE_ALL
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "rules/indexing.h"
#include "util/alloc.h"

void
mstc_key_number(const struct mst_value *number, unsigned char into[9])
{
        int64_t whole = number->as.number;
        double real = number->as.real;

        into[0] = 'i';
        if (number->type == MST_REAL) {
                if (real >= -9223372036854775808.0 && real < 9223372036854775808.0 &&
                    !((double)(int64_t)real < real) && !((double)(int64_t)real > real)) {
                        whole = (int64_t)real;
                } else {
                        into[0] = 'r';
                        memcpy(&whole, &real, sizeof whole);
                }
        }
        memcpy(into + 1, &whole, sizeof whole);
}

uint32_t
mstc_slot_add(struct mstc_index *index, uint32_t attribute, const char *member, bool either_id)
{
        struct mstc_slot *slot;

        for (size_t i = 0; i < index->slot_count; i++) {
                slot = &index->slots[i];
                if (slot->attribute == attribute && (slot->member == NULL) == (member == NULL) &&
                    (member == NULL || (strcmp(slot->member, member) == 0 && slot->either_id == either_id)))
                        return (uint32_t)i;
        }
        if (index->slot_count == index->slot_room) {
                size_t room = index->slot_room == 0 ? 16 : index->slot_room * 2;

                slot = mstc_realloc_array(index->slots, room, sizeof *slot);
                if (slot == NULL)
                        return UINT32_MAX;
                index->slots = slot;
                index->slot_room = room;
        }
        index->slots[index->slot_count] = (struct mstc_slot){ .attribute = attribute, .member = member,
                                                              .either_id = either_id };
        return (uint32_t)index->slot_count++;
}

static uint32_t
hash_of(uint32_t slot, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint64_t hash = XXH3_64bits_withSeed(bytes, length, (uint64_t)slot << 8 | kind);

        return (uint32_t)(hash ^ hash >> 32);
}

/* Where the key is, or the free cell where it would go. */
static struct mstc_cell *
cell_of(const struct mstc_index *index, uint32_t hash, uint32_t slot, enum mstc_key_kind kind,
        const void *bytes, size_t length)
{
        size_t at = hash & (index->cell_count - 1);

        for (; index->cells[at].key != 0; at = (at + 1) & (index->cell_count - 1)) {
                const struct mstc_key *key;

                if (index->cells[at].hash != hash)
                        continue;
                key = &index->keys[index->cells[at].key - 1];
                if (key->slot == slot && key->kind == (uint8_t)kind && key->length == length &&
                    memcmp(key->bytes, bytes, length) == 0)
                        break;
        }
        return &index->cells[at];
}

uint32_t
mstc_key_find(const struct mstc_index *index, uint32_t slot, enum mstc_key_kind kind,
              const void *bytes, size_t length)
{
        if (index->cell_count == 0)
                return UINT32_MAX;
        return cell_of(index, hash_of(slot, kind, bytes, length), slot, kind, bytes, length)->key - 1;
}

bool
mstc_index_room(void *array, size_t count, size_t *room, size_t more, size_t size)
{
        size_t want = *room == 0 ? 256 : *room;
        void *old, *new;

        if (more > SIZE_MAX / 4 - count)
                return false;
        while (want < count + more)
                want *= 2;
        if (want == *room)
                return true;
        memcpy(&old, array, sizeof old);
        new = mstc_realloc_array(old, want, size);
        if (new == NULL)
                return false;
        memcpy(array, &new, sizeof new);
        *room = want;
        return true;
}

/* Half full at most. */
static bool
grow(struct mstc_index *index)
{
        size_t old_count = index->cell_count, count = old_count == 0 ? 256 : old_count * 2;
        struct mstc_cell *old = index->cells, *new;

        if (index->key_count * 2 < old_count)
                return true;
        new = mstc_alloc(count * sizeof *new);
        if (new == NULL)
                return false;
        for (size_t i = 0; i < old_count; i++)
                if (old[i].key != 0) {
                        size_t at = old[i].hash & (count - 1);

                        while (new[at].key != 0)
                                at = (at + 1) & (count - 1);
                        new[at] = old[i];
                }
        mstc_free(old);
        index->cells = new;
        index->cell_count = count;
        return true;
}

static void
note_kind(struct mstc_index *index, struct mstc_slot *slot, enum mstc_key_kind kind, size_t length, uint32_t key)
{
        switch (kind) {
        case MSTC_KEY_TEXT:
                slot->kinds |= MSTC_SLOT_TEXT;
                slot->texts++;
                if (length > index->longest)
                        index->longest = (uint32_t)length;
                break;
        case MSTC_KEY_NUMBER: slot->kinds |= MSTC_SLOT_NUMBER; break;
        case MSTC_KEY_DATE: slot->kinds |= MSTC_SLOT_DATE; break;
        case MSTC_KEY_NULL:
                slot->kinds |= MSTC_SLOT_NULL;
                slot->null_key = key;
                break;
        case MSTC_KEY_PRESENT:
                slot->kinds |= MSTC_SLOT_PRESENT;
                slot->present_key = key;
                break;
        case MSTC_KEY_BEGIN:
                slot->begins |= UINT64_C(1) << (length - 1);
                slot->affixes++;
                break;
        case MSTC_KEY_END:
                slot->ends |= UINT64_C(1) << (length - 1);
                slot->affixes++;
                break;
        case MSTC_KEY_PART: slot->parts++; break;
        case MSTC_KEY_LIST:
        case MSTC_KEY_ALWAYS: break;
        }
}

uint32_t
mstc_key_add(struct mstc_index *index, uint32_t slot, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint32_t hash = hash_of(slot, kind, bytes, length);
        struct mstc_cell *cell;
        struct mstc_key *key;

        if (!grow(index))
                return UINT32_MAX;
        cell = cell_of(index, hash, slot, kind, bytes, length);
        if (cell->key != 0)
                return cell->key - 1;
        if (index->key_count == index->key_room) {
                size_t room = index->key_room == 0 ? 256 : index->key_room * 2;

                key = mstc_realloc_array(index->keys, room, sizeof *key);
                if (key == NULL)
                        return UINT32_MAX;
                index->keys = key;
                index->key_room = room;
        }
        key = &index->keys[index->key_count];
        *key = (struct mstc_key){ .slot = slot, .length = (uint32_t)length, .kind = (uint8_t)kind };
        key->bytes = mst_arena_memdup(index->arena, bytes, length);
        if (key->bytes == NULL)
                return UINT32_MAX;
        if (kind != MSTC_KEY_ALWAYS)
                note_kind(index, &index->slots[slot], kind, length, (uint32_t)index->key_count);
        *cell = (struct mstc_cell){ hash, (uint32_t)++index->key_count };
        return cell->key - 1;
}

/* --- once all keys are there ---------------------------------------------------------- */

static int
by_entry(const void *a, const void *b)
{
        const struct mstc_entry *x = a, *y = b;

        if (x->key != y->key)
                return x->key < y->key ? -1 : 1;
        return x->clause < y->clause ? -1 : x->clause > y->clause;
}

static void
settle_edges(struct mstc_index *index)
{
        for (size_t i = 0; i < index->key_count; i++) {
                const struct mstc_key *key = &index->keys[i];

                if (key->kind == MSTC_KEY_BEGIN || key->kind == MSTC_KEY_END) {
                        uint32_t edge = mstc_edge_of(key->bytes, key->length);

                        index->slots[key->slot].edges[edge / 64] |= UINT64_C(1) << edge % 64;
                }
        }
}

/* Which lists each key brings. */
static void
settle_implied(struct mstc_index *index)
{
        if (index->implied_count > 0)
                qsort(index->implied, index->implied_count, sizeof *index->implied, by_entry);
        for (size_t i = 0; i < index->implied_count; i++) {
                struct mstc_key *key = &index->keys[index->implied[i].key];

                if (key->implied_count++ == 0)
                        key->first_implied = (uint32_t)i;
        }
}

static uint32_t
start_of(const struct mstc_key *key)
{
        return key->length == 1 ? MSTC_STARTS : mstc_start_of(key->bytes);
}

/* Sorted by their starts, by counting. */
static bool
settle_parts(struct mstc_index *index, uint32_t slot)
{
        struct mstc_parts *parts = mst_arena_alloc(index->arena, sizeof *parts);
        uint32_t sum = 0;

        if (parts == NULL)
                return false;
        *parts = (struct mstc_parts){ .keys = mst_arena_alloc(index->arena, index->slots[slot].parts * sizeof *parts->keys) };
        if (parts->keys == NULL)
                return false;
        for (size_t i = 0; i < index->key_count; i++)
                if (index->keys[i].slot == slot && index->keys[i].kind == MSTC_KEY_PART)
                        parts->first[start_of(&index->keys[i])]++;
        for (size_t i = 0; i <= MSTC_STARTS; i++) {
                uint32_t count = parts->first[i];

                if (i < MSTC_STARTS)
                        parts->any[i] = count > 0;
                sum += count;
                parts->first[i] = sum;       /* its end; filling brings it to its beginning */
        }
        parts->first[MSTC_STARTS + 1] = sum;
        for (size_t i = 0; i < index->key_count; i++)
                if (index->keys[i].slot == slot && index->keys[i].kind == MSTC_KEY_PART)
                        parts->keys[--parts->first[start_of(&index->keys[i])]] = (uint32_t)i;
        index->slots[slot].by_start = parts;
        return true;
}

bool
mstc_keys_settle(struct mstc_index *index)
{
        settle_implied(index);
        settle_edges(index);
        for (size_t i = 0; i < index->slot_count; i++)
                if (index->slots[i].parts > 0 && !settle_parts(index, (uint32_t)i))
                        return false;
        return true;
}
