/* roll.c - a set of ids with a number each: the members of a group, the hashes of pictures.
 *
 * A table of entries, found by hash; who is dropped leaves his entry behind, out of use.
 * As bytes a roll begins with eight that say what it is, then come the entries in the
 * order of the table: a GUID in lower case takes 16 bytes, any other id its length and
 * itself; then, where they are wanted, the numbers. */
#include <stdlib.h>
#include <string.h>

#include "read.h"

enum { HEAD = 8, GUID = 36 };
static const char magic[] = "mroll1";

struct entry {
        uint64_t number;
        uint32_t length;
        bool live;
        char id[];
};

struct entra_roll {
        struct mst_arena *arena;
        struct entry **slots;
        size_t room, used, live;             /* slots, entries ever, entries in use    */
};

struct entra_roll *
entra_roll_new(void)
{
        struct entra_roll *roll = calloc(1, sizeof *roll);

        if (roll == NULL)
                return NULL;
        roll->arena = mst_arena_new(0);
        roll->room = 64;
        roll->slots = calloc(roll->room, sizeof *roll->slots);
        if (roll->arena == NULL || roll->slots == NULL) {
                entra_roll_free(roll);
                return NULL;
        }
        return roll;
}

void
entra_roll_free(struct entra_roll *roll)
{
        if (roll == NULL)
                return;
        mst_arena_free(roll->arena);
        free(roll->slots);
        free(roll);
}

static struct entry **
slot(const struct entra_roll *roll, const char *id, size_t length)
{
        size_t at = (size_t)entra_hash(id, length) & (roll->room - 1);

        while (roll->slots[at] != NULL
               && (roll->slots[at]->length != length || memcmp(roll->slots[at]->id, id, length) != 0))
                at = (at + 1) & (roll->room - 1);
        return &roll->slots[at];
}

static bool
grow(struct entra_roll *roll)
{
        struct entra_roll larger = *roll;

        if (roll->used * 2 < roll->room)
                return true;
        larger.room = roll->room * 2;
        larger.slots = calloc(larger.room, sizeof *larger.slots);
        if (larger.slots == NULL)
                return false;
        for (size_t i = 0; i < roll->room; i++)
                if (roll->slots[i] != NULL)
                        *slot(&larger, roll->slots[i]->id, roll->slots[i]->length) = roll->slots[i];
        free(roll->slots);
        *roll = larger;
        return true;
}

bool
entra_roll_put(struct entra_roll *roll, const char *id, size_t length, uint64_t number)
{
        struct entry **at;

        if (!grow(roll))
                return false;
        at = slot(roll, id, length);
        if (*at == NULL) {
                *at = mst_arena_alloc(roll->arena, sizeof **at + length);
                if (*at == NULL)
                        return false;
                memcpy((*at)->id, id, length);
                (*at)->length = (uint32_t)length;
                roll->used++;
        }
        roll->live += !(*at)->live;
        (*at)->live = true;
        (*at)->number = number;
        return true;
}

bool
entra_roll_has(const struct entra_roll *roll, const char *id, size_t length, uint64_t *number)
{
        const struct entry *entry = *slot(roll, id, length);

        if (entry == NULL || !entry->live)
                return false;
        if (number != NULL)
                *number = entry->number;
        return true;
}

bool
entra_roll_drop(struct entra_roll *roll, const char *id, size_t length)
{
        struct entry *entry = *slot(roll, id, length);

        if (entry == NULL || !entry->live)
                return false;
        entry->live = false;
        roll->live--;
        return true;
}

size_t
entra_roll_count(const struct entra_roll *roll)
{
        return roll->live;
}

const char *
entra_roll_next(const struct entra_roll *roll, size_t *at, size_t *length)
{
        for (; *at < roll->room; (*at)++)
                if (roll->slots[*at] != NULL && roll->slots[*at]->live) {
                        const struct entry *entry = roll->slots[(*at)++];

                        *length = entry->length;
                        return entry->id;
                }
        return NULL;
}

/* --- as bytes ----------------------------------------------------------------------------- */

static int
digit(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
guid_pack(const struct entry *entry, unsigned char to[16])
{
        size_t n = 0;

        if (entry->length != GUID)
                return false;
        for (size_t i = 0; i < GUID; i++) {
                bool dash = i == 8 || i == 13 || i == 18 || i == 23;
                int high = digit(entry->id[i]);

                if (dash ? entry->id[i] != '-' : high < 0)
                        return false;
                if (dash)
                        continue;
                if (n % 2 == 0)
                        to[n / 2] = (unsigned char)(high << 4);
                else
                        to[n / 2] = (unsigned char)(to[n / 2] | high);
                n++;
        }
        return true;
}

static void
guid_unpack(const unsigned char from[16], char to[GUID])
{
        static const char digits[] = "0123456789abcdef";
        size_t n = 0;

        for (size_t i = 0; i < GUID; i++) {
                if (i == 8 || i == 13 || i == 18 || i == 23) {
                        to[i] = '-';
                        continue;
                }
                to[i] = digits[n % 2 == 0 ? from[n / 2] >> 4 : from[n / 2] & 15];
                n++;
        }
}

/* An id's length stands in two bytes, 0 for a GUID of 16. */
static size_t
pack_entry(const struct entry *entry, bool numbers, unsigned char *to)
{
        size_t n = 2;

        if (guid_pack(entry, to + 2)) {
                to[0] = to[1] = 0;
                n += 16;
        } else {
                to[0] = (unsigned char)(entry->length & 0xff);
                to[1] = (unsigned char)(entry->length >> 8);
                memcpy(to + 2, entry->id, entry->length);
                n += entry->length;
        }
        for (unsigned i = 0; numbers && i < 64; i += 8)
                to[n++] = (unsigned char)(entry->number >> i);
        return n;
}

char *
entra_roll_pack(const struct entra_roll *roll, bool numbers, struct mst_arena *arena, size_t *size)
{
        size_t most = HEAD;
        unsigned char *bytes;

        for (size_t i = 0; i < roll->room; i++)
                if (roll->slots[i] != NULL && roll->slots[i]->live)
                        most += 2 + 8 + (roll->slots[i]->length == GUID ? GUID : roll->slots[i]->length);
        bytes = mst_arena_alloc(arena, most);
        if (bytes == NULL)
                return NULL;
        memcpy(bytes, magic, 6);
        bytes[6] = numbers;
        *size = HEAD;
        for (size_t i = 0; i < roll->room; i++)
                if (roll->slots[i] != NULL && roll->slots[i]->live)
                        *size += pack_entry(roll->slots[i], numbers, bytes + *size);
        return (char *)bytes;
}

static bool
unpack_entry(struct entra_roll *roll, const unsigned char *bytes, size_t size, size_t *at, bool numbers)
{
        size_t length, need;
        const char *id;
        char guid[GUID];
        uint64_t number = 0;

        if (size - *at < 2)
                return false;
        length = bytes[*at] | (size_t)bytes[*at + 1] << 8;
        need = (length == 0 ? 16 : length) + (numbers ? 8 : 0);
        *at += 2;
        if (size - *at < need)
                return false;
        id = (const char *)bytes + *at;
        if (length == 0) {
                guid_unpack(bytes + *at, guid);
                id = guid;
        }
        for (unsigned i = 0; numbers && i < 8; i++)
                number |= (uint64_t)bytes[*at + need - 8 + i] << 8 * i;
        *at += need;
        return entra_roll_put(roll, id, length == 0 ? GUID : length, number);
}

struct entra_roll *
entra_roll_unpack(const void *bytes, size_t size)
{
        struct entra_roll *roll;
        size_t at = HEAD;
        bool good;

        if (size < HEAD || memcmp(bytes, magic, 6) != 0)
                return NULL;
        roll = entra_roll_new();
        good = roll != NULL;
        while (good && at < size)
                good = unpack_entry(roll, bytes, size, &at, ((const char *)bytes)[6] != 0);
        if (good)
                return roll;
        entra_roll_free(roll);
        return NULL;
}
