/* index.c - rows by a key that is text; see index.h. */
#include "index.h"

#include "text.h"

#include <ctype.h>
#include <stdlib.h>

struct index_node {
        uint64_t hash;
        uint32_t row, next;             /* next: number of a node of the same head, 0: none */
};

/* FNV-1a. */
static uint64_t
hash(const char *key)
{
        uint64_t h = UINT64_C(0xcbf29ce484222325);

        for (; *key != '\0'; key++)
                h = (h ^ (uint64_t)tolower((unsigned char)*key)) * UINT64_C(0x100000001b3);
        return h ^ h >> 32;
}

/* Behind all that are under its head. */
static void
hang(struct index *i, uint32_t node)
{
        uint32_t *at = &i->heads[i->nodes[node - 1].hash & (i->room - 1)];

        while (*at != 0)
                at = &i->nodes[*at - 1].next;
        *at = node;
}

static void
grow(struct index *i)
{
        i->room = i->room > 0 ? i->room * 2 : 256;
        i->nodes = room_grow(i->nodes, i->room * sizeof *i->nodes);
        free(i->heads);
        i->heads = room(i->room * sizeof *i->heads);
        for (uint32_t n = 1; n <= i->count; n++) {
                i->nodes[n - 1].next = 0;
                hang(i, n);
        }
}

void
index_add(struct index *i, const char *key, uint32_t row)
{
        uint32_t there;

        for (size_t at = 0; index_each(i, key, &at, &there);)
                if (there == row)
                        return;
        if (i->count == i->room)
                grow(i);
        i->nodes[i->count++] = (struct index_node){ .hash = hash(key), .row = row };
        hang(i, (uint32_t)i->count);
}

bool
index_each(const struct index *i, const char *key, size_t *at, uint32_t *row)
{
        uint64_t want = hash(key);
        uint32_t node = i->room == 0 ? 0 : *at == 0 ? i->heads[want & (i->room - 1)] : i->nodes[*at - 1].next;

        while (node != 0 && i->nodes[node - 1].hash != want)
                node = i->nodes[node - 1].next;
        if (node == 0)
                return false;
        *at = node;
        *row = i->nodes[node - 1].row;
        return true;
}

void
index_close(struct index *i)
{
        free(i->nodes);
        free(i->heads);
        *i = (struct index){ 0 };
}
