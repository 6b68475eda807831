/* person.c - one believable person, from (seed, index); see person.h. */
#include "person.h"

#include <stddef.h>

enum { SPAN = 8, DIVIDED_ABOVE = 5000 };

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
        while (b != 0) {
                uint32_t rest = a % b;

                a = b;
                b = rest;
        }
        return a;
}

/* The number that undoes a multiplication by 'a' modulo 'n' (a and n have no
 * common divisor), by Euclid's way. */
static uint32_t
inverse(uint32_t a, uint32_t n)
{
        int64_t t = 0, next_t = 1, r = n, next_r = a;

        while (next_r != 0) {
                int64_t q = r / next_r, keep = t - q * next_t;

                t = next_t;
                next_t = keep;
                keep = r - q * next_r;
                r = next_r;
                next_r = keep;
        }
        return (uint32_t)(t < 0 ? t + n : t);
}

void
world_make(struct world *w, uint64_t seed, uint32_t founders, const char *domain,
           const char *own_domain)
{
        uint32_t at = 0;

        *w = (struct world){ .seed = seed, .realm = mix(seed ^ 0x70656f706c65), .founders = founders,
                             .step = 1, .unstep = 1, .domain = domain, .own_domain = own_domain };
        if (founders > 2) {
                w->step = (uint32_t)(mix(seed) % founders);
                while (w->step < 2 || common_divisor(w->step, founders) != 1)
                        w->step = w->step % founders + 1;
                w->unstep = inverse(w->step, founders);
                w->shift = (uint32_t)(mix(seed + 1) % founders);
        }
        for (int i = 0; i < TONGUES; i++) {
                w->first[i] = at;
                for (uint32_t k = 0; k < tongues[i].share; k++)
                        w->tongue_of[at++] = (uint8_t)i;
        }
}

/* Where a founder stands: 0 is the head, t's manager is at (t - 1) / SPAN. */
static uint32_t
standing(const struct world *w, uint32_t index)
{
        return (uint32_t)(((uint64_t)index * w->step + w->shift) % w->founders);
}

static uint32_t
founder_at(const struct world *w, uint32_t t)
{
        return (uint32_t)((uint64_t)(t + w->founders - w->shift) % w->founders * w->unstep % w->founders);
}

/* The place in the tree: one's own, or for who came later the place he would
 * have as one more person below a manager picked by his number. */
static uint32_t
place_in_tree(const struct world *w, uint32_t index, bool *founder)
{
        uint32_t managers = (w->founders + SPAN - 2) / SPAN;

        *founder = index < w->founders;
        if (*founder)
                return standing(w, index);
        return (uint32_t)(mix(w->seed ^ index) % (managers > 0 ? managers : 1)) * SPAN + 1;
}

uint32_t
person_boss(const struct world *w, uint32_t index)
{
        bool founder;
        uint32_t t;

        if (w->founders == 0)
                return index == 0 ? NOBODY : (index - 1) / SPAN;
        t = place_in_tree(w, index, &founder);
        if (founder && t == 0)
                return NOBODY;
        if (mix(w->seed + 77 + index) % 64 == 0 && t > SPAN)
                return NOBODY;                  /* some have none, for no reason */
        return founder_at(w, (t - 1) / SPAN);
}

static void
choose_name(struct person *p)
{
        const struct world *w = p->world;
        uint32_t slot = (p->index * 37 + 11) % TONGUE_SHARES;
        uint32_t which = w->tongue_of[slot], pairs, nth, pair;
        bool twin;

        p->tongue = &tongues[which];
        pairs = p->tongue->givens * p->tongue->families;
        nth = p->index / TONGUE_SHARES * p->tongue->share + slot - w->first[which];
        /* One in 97 has the name of the one before him. */
        twin = nth % 97 == 96;
        if (twin)
                nth--;
        pair = (uint32_t)(((uint64_t)(nth % pairs) * 7919 + mix(w->seed + which) % pairs) % pairs);
        p->given = &p->tongue->given[pair % p->tongue->givens];
        p->family = &p->tongue->family[pair / p->tongue->givens];
        p->number = nth / pairs * 2 + twin;
}

/* Which department: that of the ancestor two steps below the head, so that a
 * team belongs together; some work elsewhere and a few nowhere. */
static void
choose_work(struct person *p, uint32_t t, bool manages)
{
        uint32_t depth = 0, above[12], n = 0;

        for (uint32_t at = t; at != 0 && n < 12; at = (at - 1) / SPAN)
                above[n++] = at;
        depth = n;
        p->rank = depth == 0 && manages ? RANK_HEAD : depth == 1 && manages ? RANK_VICE
                  : depth == 2 && manages ? RANK_DIRECTOR : manages ? RANK_MANAGER : RANK_STAFF;
        p->part = 4;
        if (depth < 1 || roll(p, 'D', 50) == 0)
                return;
        p->trade = &trades[above[depth >= 2 ? n - 2 : n - 1] % TRADES];
        if (roll(p, 'd', 20) == 0)
                p->trade = &trades[roll(p, 'e', TRADES)];
        if (p->world->founders > DIVIDED_ABOVE && depth >= 3)
                p->part = (uint8_t)(above[n - 3] % 6);
}

void
person_make(struct person *p, const struct world *w, uint32_t index)
{
        bool founder, manages;
        uint32_t t;

        p->world = w;
        p->index = index;
        p->dice = mix(w->seed ^ (uint64_t)index * UINT64_C(0x9e3779b97f4a7c15));
        p->trade = NULL;
        t = w->founders > 0 ? place_in_tree(w, index, &founder) : index;
        manages = w->founders > 0 && index < w->founders && (uint64_t)t * SPAN + 1 < w->founders;
        p->boss = person_boss(w, index);
        choose_name(p);
        choose_work(p, t, manages);
        p->guest = !manages && t != 0 && roll(p, 'G', 1000) < 46;
        p->contractor = !p->guest && p->rank == RANK_STAFF && roll(p, 'C', 12) == 0;
        p->disabled = !manages && roll(p, 'X', 50) == 0;
        p->licensed = !p->guest && !p->disabled && roll(p, 'L', 16) != 0;
        p->synced = !p->guest && roll(p, 'S', 10) < 3;
        p->place = &places[roll(p, 'P', 5) == 0 ? roll(p, 'p', PLACES)
                                                : p->tongue->places[roll(p, 'q', 4)]];
}
