/* known.h - what the rule index remembers of a value that many records share.
 *
 * Departments, job titles and countries come again and again.  The first record that brings
 * one pays for folding it, looking up its keys and computing predicates; for the others a
 * value is found by its bytes, and what any predicate says of it is a look at two bits. */
#ifndef MSTC_KNOWN_H
#define MSTC_KNOWN_H

#include "rules/indexing.h"

/* Postings that the value brings. */
struct mstc_span { uint32_t first, count; };

struct mstc_known {
        uint64_t hash;
        const char *bytes;                   /* what it is: see mstc_known_find()      */
        uint32_t length, type;
        struct mstc_span *spans;
        uint32_t span_count, span_room;
        uint32_t *held;                      /* of each slot of the attribute          */
        uint64_t *answers;                   /* two bits for each of its predicates    */
};

/* The values of one attribute. */
struct mstc_known_table {
        struct mst_arena *arena;
        struct mstc_known **cells;           /* open addressing, a power of two        */
        size_t room, count;
        uint64_t hits, misses;
        bool off;                            /* hardly a value comes twice: none is kept */
        struct mstc_known one;               /* the value at hand, when it is off      */
};

/* The value if it is known, else a new entry with nothing but its bytes, '*fresh' then set.
 * 'slots' and 'predicates' are the attribute's.  NULL: out of memory. */
struct mstc_known *mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, size_t slots,
                                   size_t predicates, bool *fresh);
bool mstc_known_span(struct mstc_known_table *table, struct mstc_known *known, uint32_t first, uint32_t count);
void mstc_known_done(struct mstc_known_table *table);

#endif
