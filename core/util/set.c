/* set.c - dense numbers, compressed by chunks of 4,096.
 *
 *   set    chunks in order of their number, found by bisection
 *   chunk  list    count < 256, or shrinking and not yet < 192: sorted offsets
 *          bitmap  64 words, bit i of word i/64
 *
 * A chunk that lost its last member stays, empty and dirty, until mstc_set_clean():
 * that its row must go is a change too.  Nothing that removes allocates. */
#include "build.h"

#include "util/set.h"

#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

#define WORDS (MSTC_SET_CHUNK / 64)
#define LIST_MOST 255u                       /* members of the list form                */
#define LIST_AGAIN 192u                      /* a shrinking bitmap becomes a list here  */
#define CHUNKS (UINT32_MAX / MSTC_SET_CHUNK + 1)

enum { FORM_LIST = 1, FORM_BITMAP = 2 };     /* the tag byte of the stored form */

struct chunk {
        uint32_t number;
        uint16_t count, room;                /* room: of the list; 0 for a bitmap       */
        bool dirty;
        union {
                uint16_t *list;
                uint64_t *bits;
        } as;
};

struct mstc_set {
        struct chunk *chunks;
        size_t count, room;
        uint64_t members;
};

static bool
is_bitmap(const struct chunk *c)
{
        return c->room == 0 && c->as.bits != NULL;
}

struct mstc_set *
mstc_set_new(void)
{
        return mstc_alloc(sizeof(struct mstc_set));
}

void
mstc_set_free(struct mstc_set *set)
{
        if (set == NULL)
                return;
        for (size_t i = 0; i < set->count; i++)
                mstc_free(set->chunks[i].as.list);
        mstc_free(set->chunks);
        mstc_free(set);
}

struct mstc_set *
mstc_set_copy(const struct mstc_set *set)
{
        struct mstc_set *copy = mstc_set_new();

        if (copy == NULL || set->count == 0)
                return copy;
        copy->chunks = mstc_realloc_array(NULL, set->count, sizeof *copy->chunks);
        if (copy->chunks == NULL) {
                mstc_set_free(copy);
                return NULL;
        }
        copy->room = set->count;
        for (size_t i = 0; i < set->count; i++) {
                const struct chunk *from = &set->chunks[i];
                size_t size = is_bitmap(from) ? WORDS * sizeof(uint64_t) : from->room * sizeof(uint16_t);

                copy->chunks[i] = *from;
                copy->chunks[i].as.list = NULL;
                copy->count = i + 1;
                if (size == 0)
                        continue;
                copy->chunks[i].as.list = mstc_realloc(NULL, size);
                if (copy->chunks[i].as.list == NULL) {
                        mstc_set_free(copy);
                        return NULL;
                }
                memcpy(copy->chunks[i].as.list, from->as.list, size);
        }
        copy->members = set->members;
        return copy;
}

/* --- chunks ----------------------------------------------------------------------- */

/* The first chunk with a number >= 'number'. */
static size_t
lower_bound(const struct mstc_set *set, uint32_t number)
{
        size_t low = 0, high = set->count;

        if (high > 0 && set->chunks[high - 1].number < number)
                return high;
        while (low < high) {
                size_t middle = (low + high) / 2;

                if (set->chunks[middle].number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct chunk *
find_chunk(const struct mstc_set *set, uint32_t number)
{
        size_t at = lower_bound(set, number);

        return at < set->count && set->chunks[at].number == number ? &set->chunks[at] : NULL;
}

/* The chunk of that number, made when there is none. */
static struct chunk *
have_chunk(struct mstc_set *set, uint32_t number)
{
        size_t at = lower_bound(set, number);

        if (at < set->count && set->chunks[at].number == number)
                return &set->chunks[at];
        if (set->count == set->room) {
                size_t room = set->room > 0 ? set->room * 2 : 4;
                struct chunk *chunks = mstc_realloc_array(set->chunks, room, sizeof *chunks);

                if (chunks == NULL)
                        return NULL;
                set->chunks = chunks;
                set->room = room;
        }
        memmove(&set->chunks[at + 1], &set->chunks[at], (set->count - at) * sizeof *set->chunks);
        set->chunks[at] = (struct chunk){ .number = number };
        set->count++;
        return &set->chunks[at];
}

/* Where 'offset' is in the list, or belongs. */
static unsigned
list_at(const struct chunk *c, unsigned offset)
{
        unsigned low = 0, high = c->count;

        if (high > 0 && c->as.list[high - 1] < offset)
                return high;
        while (low < high) {
                unsigned middle = (low + high) / 2;

                if (c->as.list[middle] < offset)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool
chunk_has(const struct chunk *c, unsigned offset)
{
        unsigned at;

        if (is_bitmap(c))
                return (c->as.bits[offset / 64] >> offset % 64 & 1) != 0;
        at = list_at(c, offset);
        return at < c->count && c->as.list[at] == offset;
}

static void
chunk_bits(const struct chunk *c, uint64_t bits[WORDS])
{
        if (is_bitmap(c)) {
                memcpy(bits, c->as.bits, WORDS * sizeof *bits);
                return;
        }
        memset(bits, 0, WORDS * sizeof *bits);
        for (unsigned i = 0; i < c->count; i++)
                bits[c->as.list[i] / 64] |= UINT64_C(1) << c->as.list[i] % 64;
}

static unsigned
count_bits(const uint64_t bits[WORDS])
{
        unsigned count = 0;

        for (unsigned i = 0; i < WORDS; i++)
                count += (unsigned)__builtin_popcountll(bits[i]);
        return count;
}

static void
list_from_bits(uint16_t *list, const uint64_t bits[WORDS])
{
        for (unsigned i = 0; i < WORDS; i++)
                for (uint64_t word = bits[i]; word != 0; word &= word - 1)
                        *list++ = (uint16_t)(i * 64 + (unsigned)__builtin_ctzll(word));
}

/* Gives the chunk exactly these members.  Takes memory only where they do not fit in
 * what the chunk has; on failure the chunk is as it was. */
static bool
chunk_store(struct mstc_set *set, struct chunk *c, const uint64_t bits[WORDS])
{
        unsigned count = count_bits(bits);
        bool list = count <= (is_bitmap(c) ? LIST_AGAIN : LIST_MOST);
        unsigned room = is_bitmap(c) ? MSTC_SET_CHUNK / 16 : c->room;
        uint16_t *memory;

        if (list && count > room) {
                memory = mstc_realloc_array(c->as.list, count, sizeof *memory);
                if (memory == NULL)
                        return false;
                c->as.list = memory;
                room = count;
        } else if (!list && !is_bitmap(c)) {
                memory = mstc_realloc(c->as.list, WORDS * sizeof *bits);
                if (memory == NULL)
                        return false;
                c->as.list = memory;
        }
        if (list && count > 0)
                list_from_bits(c->as.list, bits);
        else if (!list)
                memcpy(c->as.bits, bits, WORDS * sizeof *bits);
        set->members = set->members - c->count + count;
        c->count = (uint16_t)count;
        c->room = (uint16_t)(list ? room : 0);
        return true;
}

/* --- members ------------------------------------------------------------------------ */

static bool
list_insert(struct chunk *c, unsigned at, unsigned offset)
{
        if (c->count == c->room) {
                unsigned room = c->room > 0 ? c->room * 2u : 4u;
                uint16_t *list = mstc_realloc_array(c->as.list, room, sizeof *list);

                if (list == NULL)
                        return false;
                c->as.list = list;
                c->room = (uint16_t)room;
        }
        memmove(&c->as.list[at + 1], &c->as.list[at], (c->count - at) * sizeof *c->as.list);
        c->as.list[at] = (uint16_t)offset;
        return true;
}

bool
mstc_set_add(struct mstc_set *set, uint32_t number)
{
        struct chunk *c = have_chunk(set, number / MSTC_SET_CHUNK);
        unsigned offset = number % MSTC_SET_CHUNK;

        if (c == NULL)
                return false;
        if (chunk_has(c, offset))
                return true;
        if (!is_bitmap(c) && c->count < LIST_MOST) {
                if (!list_insert(c, list_at(c, offset), offset))
                        return false;
        } else if (!is_bitmap(c)) {
                uint64_t bits[WORDS];

                chunk_bits(c, bits);
                bits[offset / 64] |= UINT64_C(1) << offset % 64;
                if (!chunk_store(set, c, bits))
                        return false;
                c->dirty = true;
                return true;
        } else
                c->as.bits[offset / 64] |= UINT64_C(1) << offset % 64;
        c->count++;
        set->members++;
        c->dirty = true;
        return true;
}

void
mstc_set_remove(struct mstc_set *set, uint32_t number)
{
        struct chunk *c = find_chunk(set, number / MSTC_SET_CHUNK);
        unsigned offset = number % MSTC_SET_CHUNK, at;
        uint64_t bits[WORDS];

        if (c == NULL || !chunk_has(c, offset))
                return;
        if (is_bitmap(c)) {
                c->as.bits[offset / 64] &= ~(UINT64_C(1) << offset % 64);
                if (c->count - 1u <= LIST_AGAIN) {
                        chunk_bits(c, bits);
                        (void)chunk_store(set, c, bits);      /* fits, cannot fail */
                } else {
                        c->count--;
                        set->members--;
                }
        } else {
                at = list_at(c, offset);
                memmove(&c->as.list[at], &c->as.list[at + 1], (c->count - at - 1) * sizeof *c->as.list);
                c->count--;
                set->members--;
        }
        c->dirty = true;
}

void
mstc_set_clear(struct mstc_set *set)
{
        for (uint32_t n = 0; mstc_set_next(set, &n); n++)
                mstc_set_remove(set, n);
}

bool
mstc_set_has(const struct mstc_set *set, uint32_t number)
{
        const struct chunk *c = find_chunk(set, number / MSTC_SET_CHUNK);

        return c != NULL && chunk_has(c, number % MSTC_SET_CHUNK);
}

uint64_t
mstc_set_count(const struct mstc_set *set)
{
        return set->members;
}

/* The first member of the chunk that is >= 'offset', or MSTC_SET_CHUNK. */
static unsigned
chunk_next(const struct chunk *c, unsigned offset)
{
        if (!is_bitmap(c)) {
                unsigned at = list_at(c, offset);

                return at < c->count ? c->as.list[at] : MSTC_SET_CHUNK;
        }
        for (unsigned i = offset / 64; i < WORDS; i++) {
                uint64_t word = c->as.bits[i];

                if (i == offset / 64)
                        word &= UINT64_MAX << offset % 64;
                if (word != 0)
                        return i * 64 + (unsigned)__builtin_ctzll(word);
        }
        return MSTC_SET_CHUNK;
}

bool
mstc_set_next(const struct mstc_set *set, uint32_t *number)
{
        uint32_t wanted = *number / MSTC_SET_CHUNK;
        unsigned offset = *number % MSTC_SET_CHUNK;

        for (size_t i = lower_bound(set, wanted); i < set->count; i++) {
                const struct chunk *c = &set->chunks[i];
                unsigned found = chunk_next(c, c->number == wanted ? offset : 0);

                if (found == MSTC_SET_CHUNK)
                        continue;
                *number = c->number * MSTC_SET_CHUNK + found;
                return true;
        }
        return false;
}

/* --- sets with sets ------------------------------------------------------------------- */

enum how { UNION, INTERSECT, SUBTRACT };

static bool
combine_chunk(struct mstc_set *set, struct chunk *c, const struct chunk *other, enum how how)
{
        uint64_t bits[WORDS], more[WORDS], before, changed = 0;

        chunk_bits(c, bits);
        if (other != NULL)
                chunk_bits(other, more);
        else
                memset(more, 0, sizeof more);
        for (unsigned i = 0; i < WORDS; i++) {
                before = bits[i];
                bits[i] = how == UNION ? before | more[i] : before & (how == SUBTRACT ? ~more[i] : more[i]);
                changed |= before ^ bits[i];
        }
        if (changed == 0)
                return true;
        if (!chunk_store(set, c, bits))
                return false;
        c->dirty = true;
        return true;
}

bool
mstc_set_union(struct mstc_set *into, const struct mstc_set *other)
{
        for (size_t i = 0; i < other->count; i++) {
                const struct chunk *from = &other->chunks[i];
                struct chunk *c;

                if (from->count == 0)
                        continue;
                c = have_chunk(into, from->number);
                if (c == NULL || !combine_chunk(into, c, from, UNION))
                        return false;
        }
        return true;
}

bool
mstc_set_intersect(struct mstc_set *into, const struct mstc_set *other)
{
        for (size_t i = 0; i < into->count; i++)
                if (!combine_chunk(into, &into->chunks[i], find_chunk(other, into->chunks[i].number),
                                   INTERSECT))
                        return false;
        return true;
}

bool
mstc_set_subtract(struct mstc_set *into, const struct mstc_set *other)
{
        for (size_t i = 0; i < into->count; i++) {
                const struct chunk *from = find_chunk(other, into->chunks[i].number);

                if (from != NULL && !combine_chunk(into, &into->chunks[i], from, SUBTRACT))
                        return false;
        }
        return true;
}

/* --- the stored form -------------------------------------------------------------------- */

bool
mstc_set_next_chunk(const struct mstc_set *set, uint32_t *chunk)
{
        for (size_t i = lower_bound(set, *chunk); i < set->count; i++)
                if (set->chunks[i].count > 0) {
                        *chunk = set->chunks[i].number;
                        return true;
                }
        return false;
}

void
mstc_set_chunk_pack(const struct mstc_set *set, uint32_t chunk, struct mstc_buffer *into)
{
        const struct chunk *c = find_chunk(set, chunk);
        unsigned char bytes[1 + MSTC_SET_CHUNK / 8];
        uint64_t bits[WORDS];
        uint16_t list[LIST_MOST];
        size_t size = 1;

        if (c == NULL || c->count == 0)
                return;
        chunk_bits(c, bits);
        if (c->count <= LIST_MOST) {
                bytes[0] = FORM_LIST;
                list_from_bits(list, bits);
                for (unsigned i = 0; i < c->count; i++) {
                        bytes[size++] = (unsigned char)(list[i] & 0xff);
                        bytes[size++] = (unsigned char)(list[i] >> 8);
                }
        } else {
                bytes[0] = FORM_BITMAP;
                for (unsigned i = 0; i < MSTC_SET_CHUNK / 8; i++)
                        bytes[size++] = (unsigned char)(bits[i / 8] >> i % 8 * 8);
        }
        mstc_buffer_add(into, bytes, size);
}

/* Members of a stored chunk; false when pack cannot have made these bytes. */
static bool
read_packed(const unsigned char *bytes, size_t size, uint64_t bits[WORDS])
{
        long last = -1;

        memset(bits, 0, WORDS * sizeof *bits);
        if (size == 0)
                return true;
        if (bytes[0] == FORM_LIST && size > 1 && size <= 1 + 2 * LIST_MOST && size % 2 == 1) {
                for (size_t i = 1; i < size; i += 2) {
                        unsigned offset = bytes[i] | (unsigned)bytes[i + 1] << 8;

                        if (offset >= MSTC_SET_CHUNK || (long)offset <= last)
                                return false;
                        last = (long)offset;
                        bits[offset / 64] |= UINT64_C(1) << offset % 64;
                }
                return true;
        }
        if (bytes[0] != FORM_BITMAP || size != 1 + MSTC_SET_CHUNK / 8)
                return false;
        for (unsigned i = 0; i < MSTC_SET_CHUNK / 8; i++)
                bits[i / 8] |= (uint64_t)bytes[1 + i] << i % 8 * 8;
        return count_bits(bits) > LIST_MOST;
}

bool
mstc_set_chunk_unpack(struct mstc_set *set, uint32_t chunk, const void *bytes, size_t size)
{
        uint64_t bits[WORDS];
        struct chunk *c;

        if (chunk >= CHUNKS || !read_packed(bytes, size, bits))
                return false;
        c = have_chunk(set, chunk);
        if (c == NULL || !chunk_store(set, c, bits))
                return false;
        c->dirty = false;
        return true;
}

bool
mstc_set_next_dirty(const struct mstc_set *set, uint32_t *chunk)
{
        for (size_t i = lower_bound(set, *chunk); i < set->count; i++)
                if (set->chunks[i].dirty) {
                        *chunk = set->chunks[i].number;
                        return true;
                }
        return false;
}

void
mstc_set_clean(struct mstc_set *set)
{
        size_t kept = 0;

        for (size_t i = 0; i < set->count; i++) {
                if (set->chunks[i].count == 0) {
                        mstc_free(set->chunks[i].as.list);
                        continue;
                }
                set->chunks[kept] = set->chunks[i];
                set->chunks[kept++].dirty = false;
        }
        set->count = kept;
}
