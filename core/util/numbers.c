/* numbers.c - from a number to a pointer. */
#include "build.h"

#include "util/numbers.h"

#include "util/alloc.h"

static size_t
place(const struct mstc_numbers *n, int64_t key)
{
        uint64_t h = (uint64_t)key * UINT64_C(0x9E3779B97F4A7C15);
        size_t at = (size_t)(h >> 32) & (n->room - 1);

        while (n->slots[at].key != 0 && n->slots[at].key != key)
                at = (at + 1) & (n->room - 1);
        return at;
}

void *
mstc_numbers_get(const struct mstc_numbers *n, int64_t key)
{
        return n->room == 0 ? NULL : n->slots[place(n, key)].value;
}

static bool
grow(struct mstc_numbers *n)
{
        struct mstc_numbers more = { .room = n->room != 0 ? n->room * 2 : 64 };

        more.slots = mstc_alloc(more.room * sizeof *more.slots);
        if (more.slots == NULL)
                return false;
        for (size_t i = 0; i < n->room; i++)
                if (n->slots[i].value != NULL) {
                        more.slots[place(&more, n->slots[i].key)] = n->slots[i];
                        more.used++;
                }
        mstc_free(n->slots);
        *n = more;
        return true;
}

bool
mstc_numbers_put(struct mstc_numbers *n, int64_t key, void *value)
{
        size_t at;

        if (value != NULL && (n->used + 1) * 2 > n->room && !grow(n))
                return false;
        if (n->room == 0)
                return true;
        at = place(n, key);
        if (value == NULL && n->slots[at].key == 0)
                return true;
        n->used += n->slots[at].key == 0;
        n->slots[at] = (struct mstc_number_slot){ key, value };
        return true;
}

bool
mstc_numbers_each(const struct mstc_numbers *n, size_t *at, int64_t *key, void **value)
{
        for (; *at < n->room; ++*at)
                if (n->slots[*at].value != NULL) {
                        *key = n->slots[*at].key;
                        *value = n->slots[(*at)++].value;
                        return true;
                }
        return false;
}

void
mstc_numbers_done(struct mstc_numbers *n)
{
        mstc_free(n->slots);
        *n = (struct mstc_numbers){ 0 };
}
