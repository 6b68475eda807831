/* finder.c - from a text to the number of an object; see finder.h. */
#include "finder.h"
#include "../rest/seal.h"
#include "../rest/text.h"

#include <ctype.h>
#include <stdlib.h>

uint64_t
finder_hash(const char *text)
{
        uint64_t h = UINT64_C(0xcbf29ce484222325);

        for (; *text != '\0'; text++)
                h = (h ^ (unsigned char)tolower((unsigned char)*text)) * UINT64_C(0x100000001b3);
        return mix(h);
}

static void
place(struct finder *f, uint32_t number, uint64_t hash)
{
        uint32_t at = (uint32_t)hash & (f->size - 1);

        while (f->slots[at] != 0)
                at = (at + 1) & (f->size - 1);
        f->slots[at] = number + 1;
        f->used++;
}

void
finder_add(struct finder *f, uint32_t number, uint64_t hash)
{
        if ((uint64_t)f->used * 3 >= (uint64_t)f->size * 2) {
                struct finder old = *f;

                f->size = f->size > 0 ? f->size * 2 : 1024;
                f->slots = room((size_t)f->size * sizeof *f->slots);
                f->used = 0;
                for (uint32_t i = 0; i < old.size; i++)
                        if (old.slots[i] != 0)
                                place(f, old.slots[i] - 1, f->hash(f->self, old.slots[i] - 1));
                free(old.slots);
        }
        place(f, number, hash);
}

uint32_t
finder_get(const struct finder *f, const char *text, finder_fits *fits)
{
        if (f->size == 0)
                return NOBODY;
        for (uint32_t at = (uint32_t)finder_hash(text) & (f->size - 1); f->slots[at] != 0;
             at = (at + 1) & (f->size - 1))
                if (fits(f->self, f->slots[at] - 1, text))
                        return f->slots[at] - 1;
        return NOBODY;
}

void
finder_free(struct finder *f)
{
        free(f->slots);
        f->slots = NULL;
        f->size = f->used = 0;
}
