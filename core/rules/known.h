/* known.h - what the rule index remembers of a value that many records share.
 *
 * Departments, job titles and countries come again and again.  The first record that brings
 * one pays for folding it, looking up its keys and computing predicates; for the others a
 * value is found by its bytes, and what any predicate says of it is a look at two bits. */
#ifndef MSTC_KNOWN_H
#define MSTC_KNOWN_H

#include "rules/indexing.h"
#include "util/buffer.h"

/* Postings that the value brings. */
struct mstc_span { uint32_t first, count; };

struct mstc_known {
        uint32_t length, type;
        const char *bytes;                   /* what it is; they follow the struct     */
        struct mstc_span *spans;
        uint32_t span_count, span_room;
        uint32_t *keys;                      /* that it brings, with postings or without */
        uint32_t key_count, key_room;
        bool *odd;                           /* of each slot of the attribute: not only texts
                                              * and truth, so that keys do not decide  */
        uint64_t *answers;                   /* two bits for each of its predicates    */
};

struct mstc_known_cell { uint64_t hash; struct mstc_known *known; };

/* The values of one attribute. */
struct mstc_known_table {
        struct mst_arena *arena;
        struct mstc_known_cell *cells;       /* open addressing, a power of two        */
        size_t room, count;
        uint64_t hits, misses;
        bool off;                            /* hardly a value comes twice: none is kept */
        struct mstc_buffer flat;             /* what a list is known by                */
        struct mstc_known one;               /* the value at hand, when it is off      */
};

/* The value if it is known, else a new entry with nothing but its bytes, '*fresh' then set.
 * 'slots' and 'predicates' are the attribute's.  NULL: out of memory. */
struct mstc_known *mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, size_t slots,
                                   size_t predicates, bool *fresh);
/* The value brings the key and what is posted under it. */
bool mstc_known_bring(struct mstc_known_table *table, struct mstc_known *known, uint32_t key, struct mstc_span postings);
/* What is found from now on stays where it is for 'count' look-ups at least. */
void mstc_known_settle(struct mstc_known_table *table, size_t count);
void mstc_known_done(struct mstc_known_table *table);

#endif
