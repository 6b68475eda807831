/* known.h - what the rule index remembers of a value that many records share.
 *
 * Departments, job titles and countries come again and again.  The first record that brings
 * one pays for folding it, looking up its keys and computing predicates; for the others a
 * value is found by its bytes, and what any predicate says of it is a look at two bits. */
#ifndef MSTC_KNOWN_H
#define MSTC_KNOWN_H

#include <string.h>

#include "rules/indexing.h"
#include "util/buffer.h"

/* A key that the value brings, and the postings under it. */
struct mstc_brought { uint32_t key, absent, first, count; };

struct mstc_known {
        const char *bytes;                   /* what it is; they follow the struct     */
        uint64_t eight;                      /* of a text, the first of them           */
        uint32_t length;
        uint8_t type;
        bool odd;                            /* not only texts and truth, so that keys do not decide */
        bool heavy;                          /* a condition on it may be counted (eval.h) */
        uint32_t brought_count, brought_room;
        uint32_t posted_count;               /* so many of them, the first, have postings */
        uint32_t place;                      /* for bringing.c, and when it was there  */
        uint64_t met;
        struct mstc_brought *brought;
        uint64_t *answers;                   /* two bits for each of the attribute's predicates; NULL
                                              * until the first of them is kept        */
};

struct mstc_known_cell { uint64_t hash; struct mstc_known *known; };

/* The values of one attribute. */
struct mstc_known_table {
        struct mst_arena *arena;
        struct mstc_known_cell *cells;       /* open addressing, a power of two        */
        struct mstc_known_cell *recent;      /* by a hash that costs less, as far as there is room */
        struct mstc_known *null, *truth[2];  /* of the values that need no bytes       */
        size_t room, count;
        uint64_t hits, misses, list_hits, list_misses;
        bool off;                            /* hardly a value comes twice: none is kept */
        bool lists_off;                      /* nor a list; what is known of its elements is joined */
        struct mstc_buffer flat;             /* what a list is known by                */
        struct mstc_known one;               /* the value at hand, when it is off      */
        struct mstc_known joined;            /* the list at hand, when they are        */
};

/* The value if it is known, else a new entry with nothing but its bytes, '*fresh' then set.
 * NULL: out of memory. */
struct mstc_known *mstc_known_find(struct mstc_known_table *table, const struct mst_value *value, bool *fresh);

/* A list of texts that is known by its elements: then 'joined', with nothing in it; else NULL. */
struct mstc_known *mstc_known_join(struct mstc_known_table *table, const struct mst_value *list);
/* It is only the value at hand: nothing can be kept for it. */
static inline bool
mstc_known_passes(const struct mstc_known_table *table, const struct mstc_known *known)
{
        return known == &table->one || known == &table->joined;
}
/* The value brings the key and what is posted under it.  False: out of memory. */
bool mstc_known_bring(struct mstc_known_table *table, struct mstc_known *known, struct mstc_brought brought);
/* What predicate 'local' of the attribute's 'predicates' says; 0: that is not known. */
static inline uint32_t
mstc_known_answer(const struct mstc_known *known, uint32_t local)
{
        return known->answers == NULL ? 0 : (uint32_t)(known->answers[local / 32] >> local % 32 * 2 & 3);
}
/* False: out of memory. */
bool mstc_known_keep(struct mstc_known_table *table, struct mstc_known *known, uint32_t predicates, uint32_t local,
                     uint32_t answer);
/* What is found from now on stays where it is for 'count' look-ups.  Before any look-up. */
#define MSTC_KNOWN_MOST 16384u
#define MSTC_KNOWN_TRIED 1024u               /* enough to tell that hardly a value comes twice */
void mstc_known_start_anew(struct mstc_known_table *table);
static inline void
mstc_known_settle(struct mstc_known_table *table, size_t count)
{
        if (table->count + count > MSTC_KNOWN_MOST ||
            (table->misses > MSTC_KNOWN_TRIED && table->hits < table->misses / 16))
                mstc_known_start_anew(table);
}
void mstc_known_done(struct mstc_known_table *table);

/* --- marks: what tells most texts from each other ---------------------------------------- */

#define MSTC_KNOWN_RECENT 1024u              /* pairs of 'recent'                      */

static inline uint64_t
mstc_known_eight(const char *bytes)
{
        uint64_t ret;

        memcpy(&ret, bytes, sizeof ret);
        return ret;
}

static inline uint64_t
mstc_known_mark(const char *text, uint32_t length, uint64_t mark)
{
        uint64_t a = 0;
        uint32_t half, other;

        if (length >= 8) {
                a = mstc_known_eight(text) + (mstc_known_eight(text + length - 8) << 31 | mstc_known_eight(text + length - 8) >> 33);
        } else if (length >= 4) {
                memcpy(&half, text, 4);
                memcpy(&other, text + length - 4, 4);
                a = (uint64_t)half << 32 | other;
        } else {
                for (uint32_t i = 0; i < length; i++)
                        a = a << 8 | (unsigned char)text[i];
        }
        a = (mark + length + a) * 0x9E3779B97F4A7C15u;
        return a ^ a >> 32;
}

/* Two texts with one length and one mark: no two of less than eight bytes have that, nor two of up to
 * sixteen that begin with the same eight. */
static inline bool
mstc_known_same(const struct mstc_known *known, const char *text, uint32_t length)
{
        uint32_t last = length > 16 ? length - 16 : 0;
        uint64_t differs;

        if (length < 8)
                return true;
        differs = known->eight ^ mstc_known_eight(text);
        if (length > 16)
                differs |= (mstc_known_eight(known->bytes + 8) ^ mstc_known_eight(text + 8)) |
                           (mstc_known_eight(known->bytes + last) ^ mstc_known_eight(text + last));
        return differs == 0 && (length <= 32 || memcmp(known->bytes + 16, text + 16, length - 32) == 0);
}

/* Where a mark may be: here, or next to it. */
static inline struct mstc_known_cell *
mstc_known_place(const struct mstc_known_table *table, uint64_t mark)
{
        return &table->recent[2 * (mark % MSTC_KNOWN_RECENT)];
}

/* The text, whose mark it is, if it was met a short while ago; or NULL. */
static inline struct mstc_known *
mstc_known_marked(struct mstc_known_table *table, const struct mst_value *text, uint64_t mark)
{
        const struct mstc_known_cell *cell = mstc_known_place(table, mark);

        if (cell->hash != mark)
                cell++;
        if (cell->hash != mark || cell->known->length != text->length || cell->known->type != text->type
            || !mstc_known_same(cell->known, text->as.text, text->length))
                return NULL;
        table->hits++;
        return cell->known;
}

#endif
