/* SPDX-License-Identifier: Apache-2.0
 *
 * ids.c - a set with open addressing, at most half full. */
#include "ids.h"

#include <stdlib.h>

#include <xxhash.h>

struct slot {
        uint64_t high, low, line;            /* line 0: free                           */
};

struct fil_ids {
        uint64_t seed[2];
        struct slot *slots;
        size_t room, count;                  /* room: a power of two                   */
};

struct fil_ids *
fil_ids_new(struct mst_host *host, struct mst_error *err)
{
        struct fil_ids *ids = calloc(1, sizeof *ids);

        if (ids != NULL) {
                ids->room = 1024;
                ids->slots = calloc(ids->room, sizeof *ids->slots);
        }
        if (ids == NULL || ids->slots == NULL)
                mst_fail_memory(err, "noting ids");
        else if (mst_host_random(host, ids->seed, sizeof ids->seed, err) == MST_OK)
                return ids;
        fil_ids_free(ids);
        return NULL;
}

void
fil_ids_free(struct fil_ids *ids)
{
        if (ids != NULL)
                free(ids->slots);
        free(ids);
}

static struct slot *
find(struct slot *slots, size_t room, uint64_t high, uint64_t low)
{
        size_t at = (size_t)low & (room - 1);

        while (slots[at].line != 0 && (slots[at].high != high || slots[at].low != low))
                at = (at + 1) & (room - 1);
        return &slots[at];
}

static bool
widen(struct fil_ids *ids)
{
        size_t room = ids->room * 2;
        struct slot *slots = calloc(room, sizeof *slots);

        if (slots == NULL)
                return false;
        for (size_t i = 0; i < ids->room; i++)
                if (ids->slots[i].line != 0)
                        *find(slots, room, ids->slots[i].high, ids->slots[i].low) = ids->slots[i];
        free(ids->slots);
        ids->slots = slots;
        ids->room = room;
        return true;
}

uint64_t
fil_ids_note(struct fil_ids *ids, const char *id, size_t length, uint64_t line)
{
        struct slot *slot;
        uint64_t high, low;

        if (ids->count * 2 >= ids->room && !widen(ids))
                return UINT64_MAX;
        high = XXH3_64bits_withSeed(id, length, ids->seed[0]);
        low = XXH3_64bits_withSeed(id, length, ids->seed[1]);
        slot = find(ids->slots, ids->room, high, low);
        if (slot->line != 0)
                return slot->line;
        *slot = (struct slot){ high, low, line };
        ids->count++;
        return 0;
}
