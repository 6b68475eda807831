/* indexing.h - the parts of the rule index (index.h), for index.c, keys.c, access.c, clause.c
 * and program.c.
 *
 *   slots     places in a record where a condition looks: an attribute, or a member of
 *             it or of its elements
 *   keys      what such a place can hold: a folded text, a number, a date, null, "there
 *             is something", a beginning, an end, a part, one of a list.  Every text that
 *             a rule compares with has a key, so that "equal" becomes a comparison of two
 *             key numbers
 *   clauses   the alternatives of a rule.  Each has keys that it cannot do without, under
 *             which it is posted; keys that must or must not be there besides, its
 *             literals; and a program for what keys do not decide
 *   program   conditions as jumps over predicates, which all rules share: each predicate
 *             is computed at most once for a record */
#ifndef MSTC_INDEXING_H
#define MSTC_INDEXING_H

#include <string.h>

#include "rules/eval.h"
#include "rules/index.h"

enum mstc_key_kind {
        MSTC_KEY_TEXT = 'e', MSTC_KEY_NUMBER = 'n', MSTC_KEY_DATE = 'd', MSTC_KEY_NULL = '0',
        MSTC_KEY_PRESENT = 'p', MSTC_KEY_BEGIN = 'b', MSTC_KEY_END = 'x', MSTC_KEY_PART = 'c',
        MSTC_KEY_LIST = 'l',                 /* other keys bring it; never looked up by a value */
        MSTC_KEY_ALWAYS = 'a'                /* the first key: every record brings it  */
};
#define MSTC_ALWAYS 0u

/* Beginnings, ends and parts longer than this are cut to it.  A slot remembers the lengths
 * that its keys have, so that only those are looked up. */
#define MSTC_AFFIX_MOST 64u

struct mstc_slot {
        uint32_t attribute;                  /* in index->attributes                   */
        uint32_t local;                      /* its number among the attribute's slots */
        const char *member;                  /* of it or of its elements; or NULL      */
        bool either_id;
        bool decides;                        /* a condition is a matter of its keys alone */
        uint8_t kinds;                       /* bits of SLOT_...: which keys it has    */
        uint64_t begins, ends;               /* bit n: a key of n + 1 bytes            */
        uint32_t texts, affixes, parts;      /* distinct keys of the kind              */
        uint64_t edges[16];                  /* of its beginnings and ends: bits of mstc_edge_of() */
        struct mstc_parts *by_start;         /* where parts are looked up; or NULL     */
        uint32_t null_key, present_key;      /* where it has them                      */
};
enum { MSTC_SLOT_TEXT = 1, MSTC_SLOT_NUMBER = 2, MSTC_SLOT_DATE = 4, MSTC_SLOT_NULL = 8, MSTC_SLOT_PRESENT = 16 };

struct mstc_key {
        uint32_t slot, length;
        const char *bytes;
        uint32_t first, count;               /* in index->postings                     */
        uint32_t first_implied, implied_count;                  /* in index->implied   */
        uint32_t absent;                     /* the literal that holds where it is not brought */
        uint8_t kind;
};

/* The parts that a slot has keys of, by a hash of their first two bytes; those of one byte
 * are the last. */
#define MSTC_STARTS 2048u                    /* 11 bits of hash                        */
struct mstc_parts {
        bool any[MSTC_STARTS];
        uint32_t first[MSTC_STARTS + 2];     /* in 'keys'                              */
        uint32_t *keys;
};

struct mstc_cell { uint32_t hash, key; };    /* key + 1; 0: free                       */

/* A predicate that programs share: its positive form. */
struct mstc_predicate {
        const struct mstc_node *node;
        const struct mstc_expr *expr;
        const uint32_t *map;                 /* of the rule it was taken from          */
        uint32_t attribute, local;           /* the one that it reads, and its number among those
                                              * that read it; MSTC_NO: it reads several, or time */
        uint32_t moment;                     /* MSTC_NO, or: it compares this attribute ... */
        uint32_t moment_number;              /* ... with a time that is now's alone; its number */
        uint32_t slot;                       /* MSTC_NO, or: true where the slot brings one of */
        uint32_t first_key, key_count;       /* these of index->decisive, unless it is odd */
};

/* A condition, or its complement. */
struct mstc_condition {
        const struct mstc_node *node;
        bool negated;
};

/* Jumps: to another instruction, or to an end. */
#define MSTC_YES UINT32_MAX
#define MSTC_NO (UINT32_MAX - 1)
/* Sixteen bytes, four to a cache line: a record runs through hundreds of them. */
struct mstc_instruction {
        uint16_t slot;                       /* MSTC_NO_SLOT: 'what' is a predicate's number
                                              * among the attribute's; else true where the slot
                                              * brings the key 'what', unless it is odd */
        uint16_t attribute;                  /* MSTC_NO_SLOT: the predicate is nobody's */
        uint32_t what;
        uint32_t yes, no;
};
#define MSTC_NO_SLOT UINT16_MAX

struct mstc_indexed {
        const struct mstc_expr *expr;
        uint32_t id;
        uint32_t start;                      /* in index->code, or MSTC_YES, MSTC_NO   */
        uint32_t first;                      /* its lowest instruction; 'start' is the highest */
        uint32_t first_clause, clause_count;
        uint32_t *map;                       /* expr's attributes to index->attributes */
};

/* One of the alternatives that a rule is.  Where a slot of its literals is odd, keys do not
 * decide: then the whole rule's program is run. */
struct mstc_clause {
        uint32_t rule;
        uint32_t first_access, access_count; /* in index->accesses: one of them is brought */
        uint32_t first_literal;              /* in index->literals                     */
        uint16_t positive, negative;         /* how many; the positive ones come first */
        uint32_t rest, first;                /* as 'start' and 'first' of a rule       */
        uint64_t slots;                      /* of its literals: bit number % 64       */
};

struct mstc_attribute {
        const char *name;
        bool exact;
        uint32_t *slots, slot_count;         /* in index->slots                        */
        uint32_t whole;                      /* the one of them that is no member's; or MSTC_NO */
        bool is_id;                          /* the record's id is its value, if it has no other */
        uint32_t predicates;                 /* that read nothing else                 */
        bool presence;                       /* nothing matters but whether it has a value */
};

/* Under a key: a clause that needs it, and what can be told of it without looking further:
 * sixteen bytes, read one after the other.
 *
 * A literal is a key, or from index->key_count on the absence of one; the last stands for what
 * nobody asks.  While the index is built: 2 * key, and 1 for its absence. */
#define MSTC_LITERALS 3u
struct mstc_posting {
        uint32_t rule;                       /* and MSTC_MORE: its other literals and its rest count, too */
        uint32_t literals[MSTC_LITERALS];    /* filled up with MSTC_ALWAYS             */
};
#define MSTC_MORE (UINT32_C(1) << 31)
/* The same for all clauses in order of the rules, once for each of its keys: for block.c. */
struct mstc_step { uint32_t access, literals[MSTC_LITERALS]; };
#define MSTC_LAST (UINT32_C(1) << 30)        /* of the steps of one id                 */
struct mstc_entry { uint32_t key, clause; };  /* while building                         */

struct mstc_index {
        struct mst_arena *arena;             /* what building made and matching needs  */
        struct mstc_indexed *rules;          /* in order of their ids once built       */
        uint32_t *ids;                       /* of the rules, close together           */
        size_t count, room;
        bool built;
        uint64_t serial;                     /* no other index has it                  */

        struct mstc_attribute *attributes;   /* in order of names                      */
        size_t attribute_count;
        const char **names;                  /* of them, and NULL                      */
        const char **letters;                /* the same, in order of their letters whatever case */
        bool any_id;                         /* one of them is the record's id         */
        bool alike;                          /* two of them differ in case only, or not at all */
        struct mstc_slot *slots;
        size_t slot_count, slot_room;
        struct mstc_key *keys;
        size_t key_count, key_room;
        struct mstc_cell *cells;             /* open addressing, a power of two        */
        size_t cell_count;
        uint32_t longest;                    /* of the text keys                       */
        struct mstc_entry *implied;          /* key and the list's key; in order of keys once built */
        size_t implied_count, implied_room;
        struct mstc_clause *clauses;         /* in order of the rules                  */
        size_t clause_count, clause_room;
        uint32_t *accesses, *literals;
        size_t access_count, access_room, literal_count, literal_room;
        struct mstc_posting *postings;       /* in order of keys                       */
        uint32_t *posted;                    /* the clause of each                     */
        struct mstc_step *steps;
        uint32_t *stepped;                   /* the clause of each, MSTC_MORE, MSTC_LAST */
        size_t step_count;
        uint32_t *absences;                  /* keys; the literal of the first is key_count */
        size_t absence_count, literals_all;
        struct mstc_instruction *code;
        uint32_t longest_program;
        uint32_t *tests;                     /* the predicate of each instruction      */
        size_t code_count, code_room;
        struct mstc_predicate *predicates;
        size_t predicate_count, predicate_room;
        uint32_t *decisive;                  /* keys of predicates                     */
        size_t decisive_count, decisive_room;
        uint32_t moments;                    /* predicates that have one               */
        struct mstc_map *shared;             /* while building: predicates by what they say */
};

/* keys.c.  UINT32_MAX: out of memory (add), not there (find). */
uint32_t mstc_slot_add(struct mstc_index *index, uint32_t attribute, const char *member, bool either_id);
uint32_t mstc_key_add(struct mstc_index *index, uint32_t slot, enum mstc_key_kind kind,
                      const void *bytes, size_t length);
uint32_t mstc_key_find(const struct mstc_index *index, uint32_t slot, enum mstc_key_kind kind,
                       const void *bytes, size_t length);
/* The 8 bytes under which equal numbers meet. */
void mstc_key_number(const struct mst_value *number, unsigned char into[9]);

/* Once all keys are there: what brings lists, where parts are looked up.  False: out of memory. */
bool mstc_keys_settle(struct mstc_index *index);
static inline uint32_t
mstc_start_of(const char *two)
{
        uint16_t both;

        memcpy(&both, two, sizeof both);
        return both * UINT32_C(0x9E3779B1) >> 21;
}

/* Most texts that are no beginning or end differ from all of them in length, first or last byte. */
static inline uint32_t
mstc_edge_of(const char *bytes, size_t length)
{
        uint32_t edge = (uint32_t)length << 16 | (uint32_t)(unsigned char)bytes[0] << 8 | (unsigned char)bytes[length - 1];

        return edge * UINT32_C(0x9E3779B1) >> 22;
}

/* Room for 'more' in an array of the index.  False: out of memory. */
bool mstc_index_room(void *array, size_t count, size_t *room, size_t more, size_t size);

/* access.c.  Enters the texts that the rule compares with. */
bool mstc_access_survey(struct mstc_index *index, const struct mstc_indexed *rule);
/* Then, when all rules have been surveyed: the keys, one of which each record brings that
 * satisfies the condition; they are added to index->accesses.  '*count' is 0: there are none.
 * False: out of memory. */
bool mstc_access_find(struct mstc_index *index, const struct mstc_indexed *rule, struct mstc_condition condition,
                      uint32_t *count);

/* The slot of a comparison's left side, UINT32_MAX: none; false: out of memory. */
bool mstc_access_slot(struct mstc_index *index, const struct mstc_indexed *rule, const struct mstc_node *left,
                      const struct mstc_node *collection, uint32_t *ret);
/* It can be decided by comparing keys: equal, with a text, of an attribute. */
bool mstc_access_by_key(const struct mstc_node *left, const struct mstc_constant *right);
/* Whether a text begins or ends with it, or contains it, a key can tell. */
bool mstc_access_as_piece(enum mstc_op op, const struct mstc_constant *right);

/* clause.c.  The rule's clauses; and the postings of all.  False: out of memory. */
bool mstc_clauses_make(struct mstc_index *index, uint32_t rule);
bool mstc_clauses_post(struct mstc_index *index);

/* program.c.  The whole rule; or only the conditions, all of which must hold: '*start' as in
 * struct mstc_indexed.  False: out of memory. */
bool mstc_program_make(struct mstc_index *index, struct mstc_indexed *rule);
bool mstc_program_rest(struct mstc_index *index, struct mstc_indexed *rule, const struct mstc_condition *conditions,
                       size_t count, uint32_t *start);

/* The condition is true, or where 'negative' false, for just the values that bring one of
 * these of index->decisive, unless the slot is odd. */
struct mstc_decision {
        uint32_t slot;                       /* MSTC_NO: keys do not decide            */
        uint32_t first_key, key_count;
        bool negative;
};
bool mstc_index_decides(const struct mstc_node *node);
bool mstc_index_decide(struct mstc_index *index, const struct mstc_indexed *rule, const struct mstc_node *node,
                 struct mstc_decision *ret);

#endif
