/* person.h - one believable person, from (seed, index) and nothing else.
 *
 * A million people are not kept anywhere: person_make() works out who number
 * 'index' is in some hundred nanoseconds, always the same, and the writers of
 * property.c take his values from that.  Addresses are unique by construction:
 * the people of one language walk through all pairs of given and family name
 * and carry a number from the second round on.
 *
 * The first 'founders' people (those of the start) form a tree with eight to a
 * manager.  Where somebody stands in it has nothing to do with his index, so
 * that managers come before and after their people.  Who is hired later is put
 * below one of the founders. */
#ifndef GRAPH_PERSON_H
#define GRAPH_PERSON_H
#include "names.h"
#include "places.h"
#include "../rest/seal.h"

#include <stdbool.h>
#include <stdint.h>

struct world {
        uint64_t seed;
        uint64_t realm;                 /* of people's ids, for seal.h */
        uint32_t founders;
        uint32_t step, unstep, shift;   /* index to place in the tree and back */
        uint32_t first[TONGUES];        /* first of a language's shares of 64 */
        uint8_t tongue_of[TONGUE_SHARES];
        const char *domain;             /* contoso.example */
        const char *own_domain;         /* contoso.onmicrosoft.example */
};

enum rank { RANK_HEAD, RANK_VICE, RANK_DIRECTOR, RANK_MANAGER, RANK_STAFF };

struct person {
        const struct world *world;
        uint32_t index;
        uint32_t boss;                  /* index, or NOBODY */
        uint64_t dice;                  /* see roll() */
        const struct tongue *tongue;
        const struct name *given, *family;
        uint32_t number;                /* 0: the first of that name */
        const struct place *place;
        const struct trade *trade;      /* NULL: in no department */
        uint8_t part;                   /* of the trade; 4 and more: undivided */
        enum rank rank;
        bool guest, contractor, disabled, licensed, synced;
};

void world_make(struct world *w, uint64_t seed, uint32_t founders, const char *domain,
                const char *own_domain);
void person_make(struct person *p, const struct world *w, uint32_t index);
/* Only who is above him: cheap. */
uint32_t person_boss(const struct world *w, uint32_t index);

/* A number from 0 to n - 1 that belongs to this person and to 'what'. */
static inline uint32_t
roll(const struct person *p, unsigned what, uint32_t n)
{
        uint64_t x = p->dice ^ what * UINT64_C(0xd1342543de82ef95);

        x = (x ^ (x >> 32)) * UINT64_C(0xdaba0b6eb09322e3);
        return (uint32_t)(((x ^ (x >> 32)) & UINT32_MAX) * n >> 32);
}
#endif
