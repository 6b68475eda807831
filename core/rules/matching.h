/* matching.h - what matching works with: for matching.c, one record after the other, for
 * block.c, many at once, and for looking.c, which looks at their values for both. */
#ifndef MSTC_MATCHING_H
#define MSTC_MATCHING_H

#include "rules/known.h"

/* A time that follows from now alone. */
struct mstc_moment {
        int64_t now, date;
        bool known, good;                    /* reckoned for 'now'; and there is such a time */
};

/* What a thread needs while it matches; grown to the index's size. */
struct mstc_scratch {
        const struct mst_value **values;     /* of the attributes                      */
        struct mst_value *rooms;             /* for objectId and id                    */
        bool *odd;                           /* of each slot: keys do not decide       */
        uint64_t odd_slots;                  /* the same: bit number % 64              */
        bool heavy;                          /* a value is: then all rules are evaluated as they stand */
        bool *holds;                         /* of each literal                        */
        uint64_t *found;                     /* bit set: rules that are true           */
        uint64_t *asked;                     /* the same: evaluated, of a record that is heavy */
        uint32_t *answers;                   /* of each predicate: 4 * round + answer  */
        struct mstc_known_table *tables;     /* of the attributes                      */
        struct mstc_known **known;           /* what is known of their values at hand  */
        uint32_t *seen;                      /* of each key: the look that last brought it */
        struct mstc_moment *moments;
        size_t attributes, slots, keys, rules, predicates, table_count, key_room, moment_room;
        uint64_t serial;                     /* of the index that the tables belong to */
        uint64_t ready;                      /* and of that for which the rest is in order; 0: none */
        uint32_t round, look;
        struct mstc_block *block;            /* or NULL                                */
};

enum { MSTC_ANSWER_NO = 1, MSTC_ANSWER_YES = 2, MSTC_ANSWER_BROKEN = 3 };

struct mstc_looking {
        const struct mstc_index *index;
        struct mstc_scratch *scratch;
        struct mst_arena *arena;
        struct mstc_known_table *table;
        struct mstc_known *known;            /* what is found out goes here            */
        uint32_t slot;
        uint64_t tried;                      /* see TRIED_MOST                         */
        bool memory;
};

/* looking.c.  What is known belongs to one index: it is forgotten when it was another.
 * False: out of memory. */
bool mstc_scratch_bind(const struct mstc_index *index, struct mstc_scratch *scratch);
/* The values of the index's attributes, 'stride' places apart; 'rooms' likewise. */
void mstc_find_values(const struct mstc_index *index, const struct mst_record *record,
                      const struct mst_value **values, size_t stride, struct mst_value *rooms);
/* The same for many records that are there together: a name that they share (names.h) is known
 * again by where it lies.  'shared' begins as zero. */
#define MSTC_SHARED_NAMES 256u               /* 8 bits of hash                         */
struct mstc_shared_name {
        const char *name;
        uint32_t attribute;                  /* that is spelled like it; or MSTC_NO    */
        bool nearly;                         /* and one is but for case                */
};
struct mstc_shared_names { struct mstc_shared_name cells[MSTC_SHARED_NAMES]; };
void mstc_find_all(const struct mstc_index *index, const struct mst_record *const *records, size_t count,
                   const struct mst_value **values, size_t stride, struct mst_value *rooms,
                   struct mstc_shared_names *shared);
/* Everything that follows from the attribute's value, in l->known.  False: out of memory. */
bool mstc_look(struct mstc_looking *l, size_t attribute, const struct mst_value *value);

/* matching.c.  The predicate for run->record and run->values, an MSTC_ANSWER_.  What it took,
 * when it was not little, is in run->before: such an answer may not be kept. */
uint32_t mstc_predicate_compute(struct mstc_run *run, struct mstc_scratch *scratch,
                                const struct mstc_predicate *predicate);
/* '*at' has room for 'want' of 'size' bytes; what it held is gone when it had not. */
bool mstc_widen(void *at, size_t *have, size_t want, size_t size);
struct mstc_scratch *mstc_matches_scratch(struct mstc_matches *matches);

/* block.c. */
void mstc_block_free(struct mstc_block *block);

#endif
