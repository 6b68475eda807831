/* block.h - many records at the rule index at once: for block.c, which finds their rules, and for
 * bringing.c, which finds out what they bring. */
#ifndef MSTC_BLOCK_H
#define MSTC_BLOCK_H

#include "rules/matching.h"

#define MSTC_WORDS 8u
#define MSTC_ROW (MSTC_WORDS * 64)
/* From an attribute to the next: not a power of two, so that they do not meet in the cache. */
#define MSTC_STRIDE (MSTC_ROW + 8)

struct mstc_bits { uint64_t words[MSTC_WORDS]; };

/* Half of them: as many registers as the processor needs for it. */
typedef uint64_t mstc_half __attribute__((vector_size(MSTC_WORDS * 4), aligned(8), may_alias));

/* What is known of a predicate for the records at hand. */
struct mstc_memo {
        struct mstc_bits known, yes, broken;
        uint64_t round;                      /* of the records that the rest is true of */
};

struct mstc_list { uint32_t *ids, count, room; };

/* Who has which of an attribute's values: where those are few, what a value brings is brought once for
 * all of them. */
struct mstc_sharers {
        bool few;
        uint32_t count;
        struct mstc_known *values[MSTC_ROW];
        struct mstc_bits records[MSTC_ROW];  /* none, from 'count' on                  */
};

/* A step, and for whom its literals hold. */
#define MSTC_HITS_MOST 256u
struct mstc_hit {
        size_t step;
        struct mstc_bits records;
};

struct mstc_block {
        const struct mst_value **values;     /* of attribute a: from a * MSTC_STRIDE        */
        struct mst_value *rooms;
        struct mstc_known **row;             /* the same; NULL: a value that is not kept */
        struct mstc_bits *holds;             /* of each literal                        */
        struct mstc_bits *odd;               /* of each slot                           */
        uint64_t odd_slots;                  /* where there is one: bit number % 64    */
        struct mstc_bits alone;              /* records that are to be matched alone   */
        bool heavy;                          /* and there are some because of a value  */
        uint64_t *active;                    /* of each instruction of a program       */
        struct mstc_memo *memos;             /* of each predicate                      */
        size_t values_room, rooms_room, row_room, holds_room, odd_room, active_room, memos_room;
        uint64_t round;
        struct mstc_sharers sharers;
        struct mstc_hit hits[MSTC_HITS_MOST];

        struct mstc_list lists[MSTC_BLOCK_MOST];
        uint32_t *pool;                      /* where they lie                         */
        size_t pool_room, pool_used;         /* the latter also of what it had no room for: */
        struct mst_arena *spill;             /* that lies here                         */
        uint32_t usual;                      /* as many as most had the last time      */

        const struct mstc_index *index;      /* of the block at hand                   */
        struct mstc_scratch *scratch;
        const struct mst_record *const *records;
        struct mstc_found *said;
        struct mstc_shared_names shared;
        size_t count;
        size_t first, many;                  /* the records at hand                    */
        struct mstc_run run;
};

static inline void
mstc_bits_add(struct mstc_bits *to, const struct mstc_bits *more)
{
        ((mstc_half *)to)[0] |= ((const mstc_half *)more)[0];
        ((mstc_half *)to)[1] |= ((const mstc_half *)more)[1];
}

/* bringing.c.  Everything that the records at hand bring; texts are folded in 'arena'.  False: out of
 * memory. */
bool mstc_block_look(struct mstc_block *b, struct mst_arena *arena);

#endif
