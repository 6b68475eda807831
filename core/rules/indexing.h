/* indexing.h - the parts of the rule index (index.h), for index.c, keys.c, access.c and
 * program.c.
 *
 *   slots     places in a record where a condition looks: an attribute, or a member of
 *             it or of its elements
 *   keys      what such a place can hold: a folded text, a number, a date, null, "there
 *             is something", a beginning, an end.  Every text that a rule compares with
 *             has a key, so that "equal" becomes a comparison of two key numbers
 *   access    the keys a rule cannot do without; under each of them it is posted
 *   program   the rule as jumps over predicates, which all rules share: each predicate
 *             is computed at most once for a record */
#ifndef MSTC_INDEXING_H
#define MSTC_INDEXING_H

#include "rules/eval.h"
#include "rules/index.h"

enum mstc_key_kind {
        MSTC_KEY_TEXT = 'e', MSTC_KEY_NUMBER = 'n', MSTC_KEY_DATE = 'd', MSTC_KEY_NULL = '0',
        MSTC_KEY_PRESENT = 'p', MSTC_KEY_BEGIN = 'b', MSTC_KEY_END = 'x'
};

/* Beginnings and ends longer than this are cut to it.  A slot remembers the lengths
 * that its keys have, so that only those are looked up. */
#define MSTC_AFFIX_MOST 64u

struct mstc_slot {
        uint32_t attribute;                  /* in index->attributes                   */
        uint32_t local;                      /* its number among the attribute's slots */
        const char *member;                  /* of it or of its elements; or NULL      */
        bool either_id;
        uint8_t kinds;                       /* bits of SLOT_...: which keys it has    */
        uint64_t begins, ends;               /* bit n: a key of n + 1 bytes            */
        uint32_t texts, affixes;             /* distinct keys of the kind              */
        uint32_t null_key, present_key;      /* where it has them                      */
};
enum { MSTC_SLOT_TEXT = 1, MSTC_SLOT_NUMBER = 2, MSTC_SLOT_DATE = 4, MSTC_SLOT_NULL = 8, MSTC_SLOT_PRESENT = 16 };

struct mstc_key {
        uint32_t slot, length;
        const char *bytes;
        uint32_t first, count;               /* in index->postings                     */
        uint8_t kind;
};

struct mstc_cell { uint32_t hash, key; };    /* key + 1; 0: free                       */

/* A predicate that programs share: its positive form. */
struct mstc_predicate {
        const struct mstc_node *node;
        const struct mstc_expr *expr;
        const uint32_t *map;                 /* of the rule it was taken from          */
        uint32_t attribute, local;           /* the one that it reads, and its number among those
                                              * that read it; MSTC_NO: it reads several, or time */
        uint32_t slot;                       /* MSTC_NO, or: true where the slot brings one of */
        uint32_t first_key, key_count;       /* these of index->decisive, unless it is odd */
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
        uint32_t first_access, access_count; /* in index->accesses                     */
        uint32_t *map;                       /* expr's attributes to index->attributes */
};

struct mstc_attribute {
        const char *name;
        bool exact;
        uint32_t *slots, slot_count;         /* in index->slots                        */
        uint32_t predicates;                 /* that read nothing else                 */
        bool presence;                       /* nothing matters but whether it has a value */
};
struct mstc_posting { uint32_t key, rule; };

struct mstc_index {
        struct mst_arena *arena;             /* what building made and matching needs  */
        struct mstc_indexed *rules;          /* in order of their ids once built       */
        uint32_t *starts;                    /* of them, close together                */
        size_t count, room;
        bool built;
        uint64_t serial;                     /* no other index has it                  */

        struct mstc_attribute *attributes;   /* in order of names                      */
        size_t attribute_count;
        struct mstc_slot *slots;
        size_t slot_count, slot_room;
        struct mstc_key *keys;
        size_t key_count, key_room;
        struct mstc_cell *cells;             /* open addressing, a power of two        */
        size_t cell_count;
        uint32_t longest;                    /* of the text keys                       */
        struct mstc_posting *postings;       /* in order of keys once built            */
        size_t posting_count, posting_room;
        uint32_t *accesses;                  /* the same by rules: keys                */
        uint64_t *always;                    /* bit set: rules without an access key   */
        struct mstc_instruction *code;
        uint32_t longest_program;
        uint32_t *tests;                     /* the predicate of each instruction      */
        size_t code_count, code_room;
        struct mstc_predicate *predicates;
        size_t predicate_count, predicate_room;
        uint32_t *decisive;                  /* keys of predicates                     */
        size_t decisive_count, decisive_room;
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

/* access.c.  Enters the texts that the rule compares with; then, when all rules have
 * been surveyed, posts the rule.  False: out of memory. */
bool mstc_access_survey(struct mstc_index *index, const struct mstc_indexed *rule);
bool mstc_access_post(struct mstc_index *index, uint32_t rule);

/* The slot of a comparison's left side, UINT32_MAX: none; false: out of memory. */
bool mstc_access_slot(struct mstc_index *index, const struct mstc_indexed *rule, const struct mstc_node *left,
                      const struct mstc_node *collection, uint32_t *ret);
/* It can be decided by comparing keys: equal, with a text, of an attribute. */
bool mstc_access_by_key(const struct mstc_node *left, const struct mstc_constant *right);

/* program.c. */
bool mstc_program_make(struct mstc_index *index, struct mstc_indexed *rule);

#endif
