/* block.c - many records against the rule index at once.
 *
 * Everything is turned on its side: for each key there is a set of bits, one for each record
 * of the block that brings it.  A rule starts with the records that its access keys bring and
 * hands them down its program, an instruction dividing them into those that go to 'yes' and
 * those that go to 'no'; where a key decides, that is one operation for all of them.  Only
 * what keys do not decide is asked for each record, and once for each value.
 *
 *   rules      r0   r1   r2 ...            each: bits in, its program, bits out
 *   key bits   [0110...] [1000...]         filled by looking at the records' values
 *   results    (r0, bits) (r2, bits) ...   turned back into a list for each record */
#include "build.h"

#include <string.h>

#include "rules/matching.h"
#include "util/alloc.h"

#define WORDS (MSTC_BLOCK_MOST / 64)

struct bits { uint64_t words[WORDS]; };

/* What is known of a predicate for the records at hand. */
struct memo {
        uint32_t round;                      /* of the block that the rest is true of  */
        struct bits known, yes, broken;
};

struct result { uint32_t id; struct bits of; };

struct mstc_block {
        const struct mst_value **values;     /* of record r: from r * attributes       */
        struct mst_value *rooms;
        struct mstc_known **row;             /* the same; NULL: a value that is not kept */
        struct bits *keys, *odd;             /* of each key, of each slot              */
        bool *any_odd;                       /* of each slot                           */
        struct bits *active;                 /* of each instruction of a program       */
        struct memo *memos;                  /* of each predicate                      */
        struct result *results;
        uint32_t *ids;
        size_t values_room, rooms_room, row_room, keys_room, odd_room, any_room, active_room, memos_room, results_room, ids_room;
        size_t result_count;
        uint32_t round;

        const struct mstc_index *index;      /* of the block at hand                   */
        const struct mstc_known_table *tables;
        const struct mst_record *const *records;
        struct mstc_found *found;
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
        mstc_free(b->any_odd);
        mstc_free(b->active);
        mstc_free(b->memos);
        mstc_free(b->results);
        mstc_free(b->ids);
        mstc_free(b);
}

static struct bits
both(struct bits a, const struct bits *b)
{
        for (size_t w = 0; w < WORDS; w++)
                a.words[w] &= b->words[w];
        return a;
}

static struct bits
without(struct bits a, const struct bits *b)
{
        for (size_t w = 0; w < WORDS; w++)
                a.words[w] &= ~b->words[w];
        return a;
}

static void
add(struct bits *a, const struct bits *b)
{
        for (size_t w = 0; w < WORDS; w++)
                a->words[w] |= b->words[w];
}

static bool
none(const struct bits *a)
{
        uint64_t any = 0;

        for (size_t w = 0; w < WORDS; w++)
                any |= a->words[w];
        return any == 0;
}

static void
set(struct bits *a, size_t record)
{
        a->words[record / 64] |= UINT64_C(1) << record % 64;
}

/* --- what the records bring --------------------------------------------------------------- */

static bool
prepare(struct mstc_block *b, const struct mstc_index *index, struct mstc_scratch *scratch)
{
        size_t cells = (index->attribute_count + 1) * MSTC_BLOCK_MOST;
        size_t keys = index->key_count + 1, slots = index->slot_count + 1;

        if (!mstc_scratch_bind(index, scratch) ||
            !mstc_widen(&b->values, &b->values_room, cells, sizeof *b->values) ||
            !mstc_widen(&b->rooms, &b->rooms_room, cells, sizeof *b->rooms) ||
            !mstc_widen(&b->row, &b->row_room, cells, sizeof *b->row) ||
            !mstc_widen(&b->keys, &b->keys_room, keys, sizeof *b->keys) ||
            !mstc_widen(&b->odd, &b->odd_room, slots, sizeof *b->odd) ||
            !mstc_widen(&b->any_odd, &b->any_room, slots, sizeof *b->any_odd) ||
            !mstc_widen(&b->active, &b->active_room, index->longest_program + 1, sizeof *b->active) ||
            !mstc_widen(&b->memos, &b->memos_room, index->predicate_count + 1, sizeof *b->memos) ||
            !mstc_widen(&b->results, &b->results_room, index->count + 1, sizeof *b->results))
                return false;
        memset(b->keys, 0, keys * sizeof *b->keys);
        memset(b->odd, 0, slots * sizeof *b->odd);
        memset(b->any_odd, 0, slots * sizeof *b->any_odd);
        if (++b->round == 0) {
                memset(b->memos, 0, b->memos_room * sizeof *b->memos);
                b->round = 1;
        }
        b->index = index;
        b->tables = scratch->tables;
        b->result_count = 0;
        for (size_t i = 0; i < index->attribute_count; i++)
                mstc_known_settle(&scratch->tables[i], MSTC_BLOCK_MOST);
        return true;
}

/* One attribute of all records after the other, so that what is known of its values stays near
 * at hand. */
static bool
look_at(struct mstc_block *b, struct mstc_looking *l, size_t number, size_t record_count)
{
        const struct mstc_attribute *attribute = &b->index->attributes[number];

        for (size_t r = 0; r < record_count; r++) {
                size_t cell = r * b->index->attribute_count + number;
                struct mstc_known *known;

                if (!mstc_look(l, number, b->values[cell]))
                        return false;
                known = l->known;
                for (uint32_t k = 0; k < known->key_count; k++)
                        set(&b->keys[known->keys[k]], r);
                for (uint32_t k = 0; k < attribute->slot_count; k++)
                        if (known->odd[k]) {
                                set(&b->odd[attribute->slots[k]], r);
                                b->any_odd[attribute->slots[k]] = true;
                        }
                b->row[cell] = known == &l->table->one ? NULL : known;
        }
        return true;
}

/* --- programs --------------------------------------------------------------------------- */

/* The predicate of one record; where it reads one attribute only, once for each value. */
static uint32_t
answer(struct mstc_block *b, const struct mstc_predicate *predicate, size_t record)
{
        size_t first = record * b->index->attribute_count;
        struct mstc_known *known = predicate->attribute == MSTC_NO ? NULL : b->row[first + predicate->attribute];
        uint32_t shift = predicate->local % 32 * 2, ret = 0;

        if (known != NULL)
                ret = known->answers[predicate->local / 32] >> shift & 3;
        if (ret != 0)
                return ret;
        b->run.record = b->records[record];
        b->run.values = b->values + first;
        ret = mstc_predicate_compute(&b->run, predicate);
        if (ret == MSTC_ANSWER_BROKEN)
                b->found[record].why = b->run.eval->why;
        else if (known != NULL)
                known->answers[predicate->local / 32] |= (uint64_t)ret << shift;
        return ret;
}

/* Asks for each of the records: 'yes' and 'broken' get those for whom it is so. */
static void
ask_each(struct mstc_block *b, uint32_t number, const struct bits *records, struct bits *yes, struct bits *broken)
{
        const struct mstc_predicate *predicate = &b->index->predicates[number];

        for (size_t w = 0; w < WORDS; w++)
                for (uint64_t left = records->words[w]; left != 0; left &= left - 1) {
                        uint32_t is = answer(b, predicate, w * 64 + (size_t)__builtin_ctzll(left));
                        uint64_t bit = left & -left;

                        yes->words[w] |= is == MSTC_ANSWER_YES ? bit : 0;
                        broken->words[w] |= is == MSTC_ANSWER_BROKEN ? bit : 0;
                }
}

/* The same, and nobody twice: where values are not kept with their answers. */
static void
ask_once(struct mstc_block *b, uint32_t number, const struct bits *records, struct bits *yes, struct bits *broken)
{
        struct memo *memo = &b->memos[number];
        struct bits missing;

        if (memo->round != b->round)
                *memo = (struct memo){ .round = b->round };
        missing = without(*records, &memo->known);
        if (!none(&missing)) {
                ask_each(b, number, &missing, &memo->yes, &memo->broken);
                add(&memo->known, &missing);
        }
        *yes = both(*records, &memo->yes);
        *broken = both(*records, &memo->broken);
}

/* What keys do not decide: leaves in 'yes' those who satisfy the predicate.  For whom it broke
 * is in neither set. */
static void
split_by_asking(struct mstc_block *b, uint32_t number, struct bits *yes, struct bits *no)
{
        const struct mstc_predicate *predicate = &b->index->predicates[number];
        struct bits all = *yes, rest = all, keyed = { { 0 } }, asked = { { 0 } }, broken = { { 0 } };

        if (predicate->slot != MSTC_NO) {
                for (uint32_t i = 0; i < predicate->key_count; i++)
                        add(&keyed, &b->keys[b->index->decisive[predicate->first_key + i]]);
                keyed = without(both(keyed, &all), &b->odd[predicate->slot]);
                rest = both(all, &b->odd[predicate->slot]);
        }
        *yes = keyed;
        if (!none(&rest)) {
                if (predicate->attribute == MSTC_NO || b->tables[predicate->attribute].off)
                        ask_once(b, number, &rest, &asked, &broken);
                else
                        ask_each(b, number, &rest, &asked, &broken);
                add(yes, &asked);
                all = without(all, &broken);
        }
        *no = without(all, yes);
}

/* Divides 'yes' by the instruction. */
static inline void
split(struct mstc_block *b, uint32_t at, struct bits *yes, struct bits *no)
{
        const struct mstc_instruction *i = &b->index->code[at];
        struct bits all = *yes;

        if (i->slot == MSTC_NO_SLOT || b->any_odd[i->slot]) {
                split_by_asking(b, b->index->tests[at], yes, no);
                return;
        }
        *yes = both(all, &b->keys[i->what]);
        *no = without(all, yes);
}

/* Hands the records down the program; instructions lead to lower ones only. */
static void
run_branches(struct mstc_block *b, const struct mstc_indexed *rule, uint32_t from, struct bits *records)
{
        const struct mstc_index *index = b->index;
        struct bits *active = b->active, result = { { 0 } };

        active[from - rule->first] = *records;
        for (uint32_t at = from + 1; at-- > rule->first;) {
                const struct mstc_instruction *i = &index->code[at];
                struct bits yes = active[at - rule->first], no;

                if (none(&yes))
                        continue;
                active[at - rule->first] = (struct bits){ { 0 } };
                split(b, at, &yes, &no);
                if (i->yes != MSTC_NO)
                        add(i->yes == MSTC_YES ? &result : &active[i->yes - rule->first], &yes);
                if (i->no != MSTC_NO)
                        add(i->no == MSTC_YES ? &result : &active[i->no - rule->first], &no);
        }
        *records = result;
}

/* As long as whoever fails is out and the others go on to the next instruction, the set only
 * shrinks; most programs are nothing else. */
static void
run_program(struct mstc_block *b, const struct mstc_indexed *rule, struct bits *records)
{
        struct bits no;

        for (uint32_t at = rule->start; at != MSTC_YES; at--) {
                const struct mstc_instruction *i = &b->index->code[at];

                if (i->no != MSTC_NO || (i->yes != MSTC_YES && i->yes != at - 1)) {
                        run_branches(b, rule, at, records);
                        return;
                }
                split(b, at, records, &no);
                if (i->yes == MSTC_YES || none(records))
                        return;
        }
}

static void
run_rules(struct mstc_block *b, const struct bits *all)
{
        const struct mstc_index *index = b->index;

        for (size_t i = 0; i < index->count && !b->run.memory; i++) {
                const struct mstc_indexed *rule = &index->rules[i];
                struct bits records = { { 0 } };

                if ((index->always[i / 64] >> i % 64 & 1) != 0)
                        records = *all;
                for (uint32_t k = 0; k < rule->access_count; k++)
                        add(&records, &b->keys[index->accesses[rule->first_access + k]]);
                if (none(&records) || rule->start == MSTC_NO)
                        continue;
                run_program(b, rule, &records);
                if (none(&records))
                        continue;
                if (b->result_count > 0 && b->results[b->result_count - 1].id == rule->id)
                        add(&b->results[b->result_count - 1].of, &records);
                else
                        b->results[b->result_count++] = (struct result){ rule->id, records };
        }
}

/* --- results ---------------------------------------------------------------------------- */

static bool
turn_results(struct mstc_block *b, size_t record_count)
{
        uint32_t counts[MSTC_BLOCK_MOST] = { 0 };
        uint32_t *next[MSTC_BLOCK_MOST];
        size_t sum = 0;

        for (size_t i = 0; i < b->result_count; i++)
                for (size_t w = 0; w < WORDS; w++)
                        for (uint64_t left = b->results[i].of.words[w]; left != 0; left &= left - 1)
                                counts[w * 64 + (size_t)__builtin_ctzll(left)]++;
        for (size_t r = 0; r < record_count; r++)
                sum += counts[r];
        if (b->ids_room < sum && !mstc_widen(&b->ids, &b->ids_room, sum + sum / 2, sizeof *b->ids))
                return false;
        sum = 0;
        for (size_t r = 0; r < record_count; r++) {
                next[r] = b->ids + sum;
                b->found[r].ids = next[r];
                b->found[r].count = counts[r];
                sum += counts[r];
        }
        for (size_t i = 0; i < b->result_count; i++)
                for (size_t w = 0; w < WORDS; w++)
                        for (uint64_t left = b->results[i].of.words[w]; left != 0; left &= left - 1)
                                *next[w * 64 + (size_t)__builtin_ctzll(left)]++ = b->results[i].id;
        return true;
}

bool
mstc_index_match_all(const struct mstc_index *index, const struct mst_record *const *records, size_t record_count,
                     struct mstc_eval *eval, struct mstc_matches *matches, struct mstc_found *found)
{
        struct mstc_scratch *scratch = mstc_matches_scratch(matches);
        struct mstc_looking looking = { .index = index, .scratch = scratch, .arena = eval->arena };
        struct mstc_block *b = scratch == NULL ? NULL : scratch->block;
        struct bits all = { { 0 } };

        if (record_count > MSTC_BLOCK_MOST || scratch == NULL)
                return false;
        if (b == NULL && (scratch->block = b = mstc_alloc(sizeof *b)) == NULL)
                return false;
        b->records = records;
        b->found = found;
        b->run = (struct mstc_run){ .eval = eval, .rule = true };
        if (!prepare(b, index, scratch))
                return false;
        for (size_t r = 0; r < record_count; r++) {
                found[r] = (struct mstc_found){ 0 };
                set(&all, r);
                mstc_find_values(index, records[r], b->values + r * index->attribute_count,
                                 b->rooms + r * index->attribute_count);
        }
        for (size_t i = 0; i < index->attribute_count; i++)
                if (!look_at(b, &looking, i, record_count))
                        return false;
        run_rules(b, &all);
        return !b->run.memory && turn_results(b, record_count);
}
