/* map.c - from text to a pointer, by open addressing.
 *
 * Linear probing over a power of two of slots, at most three quarters full; removal
 * moves later entries back instead of leaving gravestones.  Keys come from outside,
 * so they are hashed with SipHash-1-3 and a seed that each map draws for itself. */
#include "build.h"

#include "util/map.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "util/alloc.h"
#include "util/date.h"

struct slot {
        uint64_t hash;
        char *key;                           /* NULL: free */
        void *value;
};

struct mstc_map {
        uint64_t seed[2];
        struct slot *slots;
        size_t room, count;
};

static uint64_t
rotate(uint64_t x, unsigned by)
{
        return x << by | x >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
        v[0] += v[1]; v[1] = rotate(v[1], 13); v[1] ^= v[0]; v[0] = rotate(v[0], 32);
        v[2] += v[3]; v[3] = rotate(v[3], 16); v[3] ^= v[2];
        v[0] += v[3]; v[3] = rotate(v[3], 21); v[3] ^= v[0];
        v[2] += v[1]; v[1] = rotate(v[1], 17); v[1] ^= v[2]; v[2] = rotate(v[2], 32);
}

static uint64_t
hash_of(const struct mstc_map *map, const char *key)
{
        uint64_t v[4] = {
                map->seed[0] ^ UINT64_C(0x736f6d6570736575), map->seed[1] ^ UINT64_C(0x646f72616e646f6d),
                map->seed[0] ^ UINT64_C(0x6c7967656e657261), map->seed[1] ^ UINT64_C(0x7465646279746573)
        };
        size_t length = strlen(key);
        uint64_t last = (uint64_t)length << 56, word = 0;

        for (size_t i = 0; i + 8 <= length; i += 8) {
                memcpy(&word, key + i, 8);
                v[3] ^= word;
                sip_round(v);
                v[0] ^= word;
        }
        for (size_t i = 0; i < length % 8; i++)
                last |= (uint64_t)(unsigned char)key[length - length % 8 + i] << 8 * i;
        v[3] ^= last;
        sip_round(v);
        v[0] ^= last;
        v[2] ^= 0xff;
        sip_round(v);
        sip_round(v);
        sip_round(v);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct mstc_map *
mstc_map_new(void)
{
        struct mstc_map *map = mstc_alloc(sizeof *map);

        if (map == NULL)
                return NULL;
        /* Before the system's random source is ready, time and place must do. */
        if (getrandom(map->seed, sizeof map->seed, GRND_NONBLOCK) != (ssize_t)sizeof map->seed) {
                map->seed[0] = (uint64_t)mstc_clock_now();
                map->seed[1] = (uint64_t)(uintptr_t)map;
        }
        return map;
}

void
mstc_map_free(struct mstc_map *map)
{
        if (map == NULL)
                return;
        for (size_t i = 0; i < map->room; i++)
                mstc_free(map->slots[i].key);
        mstc_free(map->slots);
        mstc_free(map);
}

/* The slot that holds 'key', or the free one where it belongs. */
static struct slot *
find(const struct mstc_map *map, const char *key, uint64_t hash)
{
        for (size_t i = (size_t)hash & (map->room - 1);; i = (i + 1) & (map->room - 1)) {
                struct slot *s = &map->slots[i];

                if (s->key == NULL || (s->hash == hash && strcmp(s->key, key) == 0))
                        return s;
        }
}

static bool
grow(struct mstc_map *map)
{
        struct mstc_map next = { .room = map->room > 0 ? map->room * 2 : 16 };

        if (next.room > SIZE_MAX / sizeof *next.slots)
                return false;
        next.slots = mstc_alloc(next.room * sizeof *next.slots);
        if (next.slots == NULL)
                return false;
        for (size_t i = 0; i < map->room; i++)
                if (map->slots[i].key != NULL)
                        *find(&next, map->slots[i].key, map->slots[i].hash) = map->slots[i];
        mstc_free(map->slots);
        map->slots = next.slots;
        map->room = next.room;
        return true;
}

/* Closes the gap: whoever probed past it moves up. */
static void
remove_slot(struct mstc_map *map, struct slot *s)
{
        size_t gap = (size_t)(s - map->slots);

        mstc_free(s->key);
        s->key = NULL;
        map->count--;
        for (size_t i = (gap + 1) & (map->room - 1); map->slots[i].key != NULL;
             i = (i + 1) & (map->room - 1)) {
                size_t home = (size_t)map->slots[i].hash & (map->room - 1);

                if (((i - home) & (map->room - 1)) < ((i - gap) & (map->room - 1)))
                        continue;
                map->slots[gap] = map->slots[i];
                map->slots[i].key = NULL;
                gap = i;
        }
}

bool
mstc_map_put(struct mstc_map *map, const char *key, void *value)
{
        uint64_t hash = hash_of(map, key);
        struct slot *s;

        if (map->room > 0) {
                s = find(map, key, hash);
                if (s->key != NULL) {
                        if (value != NULL)
                                s->value = value;
                        else
                                remove_slot(map, s);
                        return true;
                }
        }
        if (value == NULL)
                return true;
        if (map->count + 1 > map->room / 4 * 3 && !grow(map))
                return false;
        s = find(map, key, hash);
        s->key = mstc_strdup(key);
        if (s->key == NULL)
                return false;
        s->hash = hash;
        s->value = value;
        map->count++;
        return true;
}

void *
mstc_map_get(const struct mstc_map *map, const char *key)
{
        struct slot *s;

        if (map->count == 0)
                return NULL;
        s = find(map, key, hash_of(map, key));
        return s->key != NULL ? s->value : NULL;
}

size_t
mstc_map_count(const struct mstc_map *map)
{
        return map->count;
}

bool
mstc_map_each(const struct mstc_map *map, size_t *at, const char **key, void **value)
{
        for (; *at < map->room; ++*at) {
                const struct slot *s = &map->slots[*at];

                if (s->key == NULL)
                        continue;
                if (key != NULL)
                        *key = s->key;
                if (value != NULL)
                        *value = s->value;
                ++*at;
                return true;
        }
        return false;
}
