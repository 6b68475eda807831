/* block.c - many records against the rule index at once.
 *
 * Everything is turned on its side: for each key there is a set of bits, one for each record
 * of the block that brings it.  A clause starts with the records that its access keys bring;
 * its literals leave fewer; its program, if it has one, divides them, an instruction sending
 * some to 'yes' and some to 'no'.  Only what keys do not decide is asked for each record, and
 * once for each value.
 *
 * Most keys are rare, so that sets are mostly empty: a mask tells which words of it are not,
 * and whatever is done is done word for word, 64 records at a time.
 *
 *   key bits   mask 0100   [0000 0110 0000 0000]
 *   clauses    c0   c1   c2 ...                     each: bits in, bits out
 *   lists      r0: 4 17   r1: 17   r2: ...          the ids that each record has so far */
#include "build.h"

#include <string.h>

#include "rules/matching.h"
#include "util/alloc.h"

#define WORDS (MSTC_BLOCK_MOST / 64)
/* From an attribute to the next: not a power of two, so that they do not meet in the cache. */
#define STRIDE (MSTC_BLOCK_MOST + 8)

_Static_assert(WORDS <= 32, "a mask has a bit for each word");

struct bits { uint64_t words[WORDS]; };

/* What is known of a predicate for the records at hand. */
struct memo {
        uint32_t round;                      /* of the block that the rest is true of  */
        struct bits known, yes, broken;
};

struct list { uint32_t *ids, count, room; };

struct mstc_block {
        const struct mst_value **values;     /* of attribute a: from a * STRIDE        */
        struct mst_value *rooms;
        struct mstc_known **row;             /* the same; NULL: a value that is not kept */
        struct bits *keys, *odd;             /* of each key, of each slot              */
        uint32_t *masks;                     /* of each key                            */
        bool *any_odd;                       /* of each slot                           */
        uint64_t odd_slots;                  /* the same: bit number % 64              */
        uint64_t *active;                    /* of each instruction of a program       */
        struct memo *memos;                  /* of each predicate                      */
        size_t values_room, rooms_room, row_room, keys_room, odd_room, masks_room, any_room, active_room, memos_room;
        uint32_t round;

        struct list lists[MSTC_BLOCK_MOST];
        uint32_t *pool;                      /* where they lie                         */
        size_t pool_room, pool_used;         /* the latter also of what it had no room for: */
        struct mst_arena *spill;             /* that lies here                         */
        uint32_t usual;                      /* as many as most had the last time      */
        struct bits found;                   /* of an id that several clauses have     */
        uint32_t found_mask;

        const struct mstc_index *index;      /* of the block at hand                   */
        struct mstc_scratch *scratch;
        const struct mst_record *const *records;
        struct mstc_found *said;
        size_t count;
        struct mstc_run run;
};

void
mstc_block_free(struct mstc_block *b)
{
        if (b == NULL)
                return;
        mstc_free(b->values);
        mstc_free(b->rooms);
        mstc_free(b->row);
        mstc_free(b->keys);
        mstc_free(b->odd);
        mstc_free(b->masks);
        mstc_free(b->any_odd);
        mstc_free(b->active);
        mstc_free(b->memos);
        mstc_free(b->pool);
        mst_arena_free(b->spill);
        mstc_free(b);
}

/* --- what the records bring --------------------------------------------------------------- */

static bool
prepare(struct mstc_block *b, const struct mstc_index *index, struct mstc_scratch *scratch)
{
        size_t cells = (index->attribute_count + 1) * STRIDE;
        size_t keys = index->key_count + 1, slots = index->slot_count + 1;

        if (!mstc_scratch_bind(index, scratch) ||
            !mstc_widen(&b->values, &b->values_room, cells, sizeof *b->values) ||
            !mstc_widen(&b->rooms, &b->rooms_room, cells, sizeof *b->rooms) ||
            !mstc_widen(&b->row, &b->row_room, cells, sizeof *b->row) ||
            !mstc_widen(&b->keys, &b->keys_room, keys, sizeof *b->keys) ||
            !mstc_widen(&b->masks, &b->masks_room, keys, sizeof *b->masks) ||
            !mstc_widen(&b->odd, &b->odd_room, slots, sizeof *b->odd) ||
            !mstc_widen(&b->any_odd, &b->any_room, slots, sizeof *b->any_odd) ||
            !mstc_widen(&b->active, &b->active_room, (size_t)index->longest_program + 1, sizeof *b->active) ||
            !mstc_widen(&b->memos, &b->memos_room, index->predicate_count + 1, sizeof *b->memos))
                return false;
        if (b->spill == NULL && (b->spill = mst_arena_new(0)) == NULL)
                return false;
        memset(b->keys, 0, keys * sizeof *b->keys);
        memset(b->masks, 0, keys * sizeof *b->masks);
        memset(b->odd, 0, slots * sizeof *b->odd);
        memset(b->any_odd, 0, slots * sizeof *b->any_odd);
        if (++b->round == 0) {
                memset(b->memos, 0, b->memos_room * sizeof *b->memos);
                b->round = 1;
        }
        b->index = index;
        b->scratch = scratch;
        b->odd_slots = 0;
        for (size_t i = 0; i < index->attribute_count; i++)
                mstc_known_settle(&scratch->tables[i], MSTC_BLOCK_MOST);
        return true;
}

static inline void
bring(struct mstc_block *b, const struct mstc_known *known, size_t w, uint64_t records)
{
        const struct mstc_brought *end = known->brought + known->brought_count;

        for (const struct mstc_brought *brought = known->brought; brought < end; brought++) {
                b->keys[brought->key].words[w] |= records;
                b->masks[brought->key] |= UINT32_C(1) << w;
        }
}

/* The value of record 'r'. */
static struct mstc_known *
look_at_one(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t r)
{
        const struct mstc_attribute *attribute = &b->index->attributes[number];

        if (!mstc_look(l, number, b->values[number * STRIDE + r]))
                return NULL;
        if (l->known->odd) {
                b->odd[attribute->whole].words[r / 64] |= UINT64_C(1) << r % 64;
                b->any_odd[attribute->whole] = true;
                b->odd_slots |= UINT64_C(1) << attribute->whole % 64;
        }
        return l->known;
}

/* The same, for a value that is like many others; NULL: it is not, or not yet. */
static inline struct mstc_known *
known_at_once(struct mstc_known_table *table, const struct mst_value *value, bool presence)
{
        switch (value->type) {
        case MST_NULL: return table->null;
        case MST_LIST: return NULL;
        case MST_BOOL: return table->truth[value->as.is && !presence];
        default: return presence ? table->truth[0] : value->type == MST_TEXT ? mstc_known_recent(table, value) : NULL;
        }
}

/* What the attribute of the 64 records of word 'w' brings. */
static bool
look_at_word(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t w)
{
        struct mstc_known_table *table = &b->scratch->tables[number];
        const struct mst_value *const *values = b->values + number * STRIDE;
        struct mstc_known **row = b->row + number * STRIDE;
        size_t end = w * 64 + 64 < b->count ? w * 64 + 64 : b->count;
        bool presence = b->index->attributes[number].presence;
        uint64_t bit = 1;

        for (size_t r = w * 64; r < end; r++, bit <<= 1) {
                struct mstc_known *known = known_at_once(table, values[r], presence);

                if (known != NULL && !known->odd) {
                        row[r] = known;
                        bring(b, known, w, bit);
                        continue;
                }
                known = look_at_one(b, l, number, r);
                if (known == NULL)
                        return false;
                row[r] = mstc_known_passes(table, known) ? NULL : known;
                bring(b, known, w, bit);
        }
        return true;
}

/* 64 records after the other, so that their values are still near at hand when they are looked
 * at; of those, one attribute after the other, so that what is known of its values is. */
static bool
look_at_all(struct mstc_block *b, struct mst_arena *arena)
{
        struct mstc_looking looking = { .index = b->index, .scratch = b->scratch, .arena = arena };

        for (size_t w = 0; w * 64 < b->count; w++) {
                for (size_t r = w * 64; r < w * 64 + 64 && r < b->count; r++) {
                        b->said[r] = (struct mstc_found){ 0 };
                        mstc_find_values(b->index, b->records[r], b->values + r, STRIDE, b->rooms + r);
                        b->keys[MSTC_ALWAYS].words[w] |= UINT64_C(1) << r % 64;
                }
                b->masks[MSTC_ALWAYS] |= UINT32_C(1) << w;
                for (size_t i = 0; i < b->index->attribute_count; i++)
                        if (!look_at_word(b, &looking, i, w))
                                return false;
        }
        return true;
}

/* --- programs --------------------------------------------------------------------------- */

/* The predicate of one record; where it reads one attribute only, once for each value. */
static uint32_t
answer(struct mstc_block *b, const struct mstc_predicate *predicate, size_t record)
{
        struct mstc_known *known = predicate->attribute == MSTC_NO ? NULL : b->row[predicate->attribute * STRIDE + record];
        uint32_t ret = known == NULL ? 0 : mstc_known_answer(known, predicate->local);

        if (ret != 0)
                return ret;
        b->run.record = b->records[record];
        b->run.values = b->values + record;
        ret = mstc_predicate_compute(&b->run, b->scratch, predicate);
        if (ret == MSTC_ANSWER_BROKEN)
                b->said[record].why = b->run.eval->why;
        else if (known != NULL && !mstc_known_keep(&b->scratch->tables[predicate->attribute], known,
                                                   b->index->attributes[predicate->attribute].predicates,
                                                   predicate->local, ret))
                b->run.memory = true;
        return ret;
}

/* Asks for each of the records; '*broken' gets those for whom there is no answer. */
static uint64_t
ask_each(struct mstc_block *b, uint32_t number, size_t w, uint64_t records, uint64_t *broken)
{
        const struct mstc_predicate *predicate = &b->index->predicates[number];
        uint64_t yes = 0;

        for (uint64_t left = records; left != 0; left &= left - 1) {
                uint32_t is = answer(b, predicate, w * 64 + (size_t)__builtin_ctzll(left));
                uint64_t bit = left & -left;

                yes |= is == MSTC_ANSWER_YES ? bit : 0;
                *broken |= is == MSTC_ANSWER_BROKEN ? bit : 0;
        }
        return yes;
}

/* The same, and nobody twice: where values are not kept with their answers. */
static uint64_t
ask_once(struct mstc_block *b, uint32_t number, size_t w, uint64_t records, uint64_t *broken)
{
        struct memo *memo = &b->memos[number];
        uint64_t missing;

        if (memo->round != b->round)
                *memo = (struct memo){ .round = b->round };
        missing = records & ~memo->known.words[w];
        if (missing != 0) {
                memo->yes.words[w] |= ask_each(b, number, w, missing, &memo->broken.words[w]);
                memo->known.words[w] |= missing;
        }
        *broken = records & memo->broken.words[w];
        return records & memo->yes.words[w];
}

/* What keys do not decide: leaves in '*yes' those who satisfy the predicate.  For whom it broke
 * is in neither set. */
static void
split_by_asking(struct mstc_block *b, uint32_t number, size_t w, uint64_t *yes, uint64_t *no)
{
        const struct mstc_predicate *predicate = &b->index->predicates[number];
        uint64_t all = *yes, rest = all, keyed = 0, broken = 0;

        if (predicate->slot != MSTC_NO) {
                uint64_t odd = b->odd[predicate->slot].words[w];

                for (uint32_t i = 0; i < predicate->key_count; i++)
                        keyed |= b->keys[b->index->decisive[predicate->first_key + i]].words[w];
                keyed &= all & ~odd;
                rest = all & odd;
        }
        if (rest != 0 && predicate->moment == MSTC_NO
            && (predicate->attribute == MSTC_NO || b->scratch->tables[predicate->attribute].off))
                keyed |= ask_once(b, number, w, rest, &broken);
        else if (rest != 0)
                keyed |= ask_each(b, number, w, rest, &broken);
        *yes = keyed;
        *no = all & ~broken & ~keyed;
}

/* Divides '*yes' by the instruction. */
static inline void
split(struct mstc_block *b, uint32_t at, size_t w, uint64_t *yes, uint64_t *no)
{
        const struct mstc_instruction *i = &b->index->code[at];
        uint64_t all = *yes;

        if (i->slot == MSTC_NO_SLOT || b->any_odd[i->slot]) {
                split_by_asking(b, b->index->tests[at], w, yes, no);
                return;
        }
        *yes = all & b->keys[i->what].words[w];
        *no = all & ~*yes;
}

/* Hands the records down the program, whose lowest instruction is 'first'; instructions lead to
 * lower ones only. */
static uint64_t
run_branches(struct mstc_block *b, uint32_t first, uint32_t from, size_t w, uint64_t records)
{
        uint64_t *active = b->active, result = 0;

        memset(active, 0, (from - first + 1) * sizeof *active);
        active[from - first] = records;
        for (uint32_t at = from + 1; at-- > first;) {
                const struct mstc_instruction *i = &b->index->code[at];
                uint64_t yes = active[at - first], no;

                if (yes == 0)
                        continue;
                split(b, at, w, &yes, &no);
                if (i->yes == MSTC_YES)
                        result |= yes;
                else if (i->yes != MSTC_NO)
                        active[i->yes - first] |= yes;
                if (i->no == MSTC_YES)
                        result |= no;
                else if (i->no != MSTC_NO)
                        active[i->no - first] |= no;
        }
        return result;
}

/* As long as whoever fails is out and the others go on to the next instruction, the set only
 * shrinks; most programs are nothing else. */
static uint64_t
run_program(struct mstc_block *b, uint32_t first, uint32_t at, size_t w, uint64_t records)
{
        uint64_t no;

        for (; at < MSTC_NO && records != 0; at--) {
                const struct mstc_instruction *i = &b->index->code[at];

                if (i->no != MSTC_NO || (i->yes != MSTC_YES && i->yes != at - 1))
                        return run_branches(b, first, at, w, records);
                split(b, at, w, &records, &no);
                if (i->yes == MSTC_YES)
                        return records;
        }
        return at == MSTC_NO ? 0 : records;
}

/* --- results ---------------------------------------------------------------------------- */

static bool
longer(struct mstc_block *b, struct list *list)
{
        uint32_t room = list->room == 0 ? b->usual : list->room * 2;
        uint32_t *new = b->pool_room < b->pool_used + room ? mst_arena_alloc(b->spill, room * sizeof *new)
                                                           : b->pool + b->pool_used;

        if (new == NULL)
                return false;
        b->pool_used += room;
        if (list->count > 0)
                memcpy(new, list->ids, list->count * sizeof *new);
        list->ids = new;
        list->room = room;
        return true;
}

static bool
add_to_lists(struct mstc_block *b, uint32_t id, size_t w, uint64_t records)
{
        for (; records != 0; records &= records - 1) {
                struct list *list = &b->lists[w * 64 + (size_t)__builtin_ctzll(records)];

                if (list->count == list->room && !longer(b, list))
                        return false;
                list->ids[list->count++] = id;
        }
        return true;
}

static bool
add_found(struct mstc_block *b, uint32_t id)
{
        for (uint32_t mask = b->found_mask; mask != 0; mask &= mask - 1) {
                size_t w = (size_t)__builtin_ctz(mask);

                if (!add_to_lists(b, id, w, b->found.words[w]))
                        return false;
                b->found.words[w] = 0;
        }
        b->found_mask = 0;
        return true;
}

static void
tell_lists(struct mstc_block *b)
{
        size_t sum = 0;

        for (size_t r = 0; r < b->count; r++) {
                b->said[r].ids = b->lists[r].ids;
                b->said[r].count = b->lists[r].count;
                sum += b->lists[r].count;
        }
        b->usual = b->count == 0 ? 16 : (uint32_t)((sum + sum / 2) / b->count) + 5;
}

/* --- clauses ------------------------------------------------------------------------------ */

/* The records of word 'w' for which keys do not decide all of the clause. */
static uint64_t
odd_ones(const struct mstc_block *b, const struct mstc_clause *clause, size_t w)
{
        uint64_t odd = 0;

        for (size_t i = 0; i < b->index->slot_count; i++)
                if (b->any_odd[i] && (clause->slots >> i % 64 & 1) != 0)
                        odd |= b->odd[i].words[w];
        return odd;
}

/* Of the records that access brings in word 'w', those that satisfy the clause (where keys do not
 * decide: the rule). */
static uint64_t
run_word(struct mstc_block *b, const struct mstc_clause *clause, size_t w, uint64_t records)
{
        const uint32_t *literals = b->index->literals + clause->first_literal;
        const struct mstc_indexed *rule = &b->index->rules[clause->rule];
        uint64_t odd = (clause->slots & b->odd_slots) == 0 ? 0 : records & odd_ones(b, clause, w);
        uint32_t i = 0;

        records &= ~odd;
        for (; i < clause->positive; i++)
                records &= b->keys[literals[i] / 2].words[w];
        for (; i < (uint32_t)clause->positive + clause->negative; i++)
                records &= ~b->keys[literals[i] / 2].words[w];
        if (clause->rest != MSTC_YES && records != 0)
                records = run_program(b, clause->first, clause->rest, w, records);
        return odd == 0 ? records : records | run_program(b, rule->first, rule->start, w, odd);
}

/* The words where there can be somebody. */
static inline uint32_t
mask_of(const struct mstc_block *b, const struct mstc_clause *clause)
{
        const struct mstc_index *index = b->index;
        const uint32_t *literals = index->literals + clause->first_literal;
        uint32_t mask = 0;

        for (uint32_t k = 0; k < clause->access_count; k++)
                mask |= b->masks[index->accesses[clause->first_access + k]];
        if ((clause->slots & b->odd_slots) == 0)
                for (uint32_t i = 0; i < clause->positive; i++)
                        mask &= b->masks[literals[i] / 2];
        return mask;
}

/* 'alone': no other clause has its id. */
static bool
run_clause(struct mstc_block *b, const struct mstc_clause *clause, uint32_t id, bool alone)
{
        const uint32_t *accesses = b->index->accesses + clause->first_access;

        for (uint32_t mask = mask_of(b, clause); mask != 0; mask &= mask - 1) {
                size_t w = (size_t)__builtin_ctz(mask);
                uint64_t records = b->keys[accesses[0]].words[w];

                for (uint32_t k = 1; k < clause->access_count; k++)
                        records |= b->keys[accesses[k]].words[w];
                records = run_word(b, clause, w, records);
                if (records == 0)
                        continue;
                if (alone) {
                        if (!add_to_lists(b, id, w, records))
                                return false;
                        continue;
                }
                b->found.words[w] |= records;
                b->found_mask |= UINT32_C(1) << w;
        }
        return true;
}

static bool
run_clauses(struct mstc_block *b)
{
        const struct mstc_index *index = b->index;

        for (size_t i = 0; i < index->count && !b->run.memory; i++) {
                const struct mstc_indexed *rule = &index->rules[i];
                bool more = i + 1 < index->count && rule[1].id == rule->id;
                bool alone = rule->clause_count == 1 && !more && b->found_mask == 0;

                for (uint32_t k = 0; k < rule->clause_count; k++)
                        if (!run_clause(b, &index->clauses[rule->first_clause + k], rule->id, alone))
                                return false;
                if (!more && b->found_mask != 0 && !add_found(b, rule->id))
                        return false;
        }
        return !b->run.memory;
}

bool
mstc_index_match_all(const struct mstc_index *index, const struct mst_record *const *records, size_t record_count,
                     struct mstc_eval *eval, struct mstc_matches *matches, struct mstc_found *found)
{
        struct mstc_scratch *scratch = mstc_matches_scratch(matches);
        struct mstc_block *b = scratch == NULL ? NULL : scratch->block;

        if (record_count > MSTC_BLOCK_MOST || scratch == NULL)
                return false;
        if (b == NULL && (scratch->block = b = mstc_alloc(sizeof *b)) == NULL)
                return false;
        if (!prepare(b, index, scratch))
                return false;
        b->records = records;
        b->said = found;
        b->count = record_count;
        b->run = (struct mstc_run){ .eval = eval, .rule = true, .stride = STRIDE };
        b->found_mask = 0;
        b->found = (struct bits){ { 0 } };
        if (b->usual == 0)
                b->usual = 16;
        if (!mstc_widen(&b->pool, &b->pool_room, b->pool_used, sizeof *b->pool))
                return false;
        b->pool_used = 0;
        mst_arena_reset(b->spill);
        memset(b->lists, 0, record_count * sizeof *b->lists);
        if (!look_at_all(b, eval->arena) || !run_clauses(b))
                return false;
        tell_lists(b);
        return true;
}
