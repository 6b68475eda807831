/* block.c - many records against the rule index, a few words of 64 at a time.
 *
 * Everything is turned on its side: for each literal there is a row of bits, one for each of the
 * records at hand, that say whether it holds.  A clause is then the common bits of a few rows, and
 * whoever is left runs through its program together, an instruction sending some to 'yes' and
 * some to 'no'.  Only what keys do not decide is asked for each record, and once for each value.
 *
 * A record with a heavy value, or on which a condition took more than little, is matched alone
 * afterwards (matching.c), where what each rule takes is counted.
 *
 *   literals   [0110...] [0000...] [1000...]     a row each
 *   steps      s0   s1   s2 ...                  each: which of them satisfy the clause
 *   lists      r0: 4 17   r1: 17   r2: ...       the ids that each record of the block has so far
 *
 * What they bring is found in bringing.c. */
#include "build.h"

#include <string.h>

#include "rules/block.h"
#include "util/alloc.h"

void
mstc_block_free(struct mstc_block *b)
{
        if (b == NULL)
                return;
        mstc_free(b->values);
        mstc_free(b->rooms);
        mstc_free(b->row);
        mstc_free(b->holds);
        mstc_free(b->odd);
        mstc_free(b->active);
        mstc_free(b->memos);
        mstc_free(b->pool);
        mst_arena_free(b->spill);
        mstc_free(b);
}

static bool
prepare(struct mstc_block *b, const struct mstc_index *index, struct mstc_scratch *scratch)
{
        size_t cells = (index->attribute_count + 1) * MSTC_STRIDE;

        b->index = index;
        b->scratch = scratch;
        if (b->spill == NULL && (b->spill = mst_arena_new(0)) == NULL)
                return false;
        return mstc_scratch_bind(index, scratch) &&
               mstc_widen(&b->values, &b->values_room, cells, sizeof *b->values) &&
               mstc_widen(&b->rooms, &b->rooms_room, cells, sizeof *b->rooms) &&
               mstc_widen(&b->row, &b->row_room, cells, sizeof *b->row) &&
               mstc_widen(&b->holds, &b->holds_room, index->literals_all, sizeof *b->holds) &&
               mstc_widen(&b->odd, &b->odd_room, index->slot_count + 1, sizeof *b->odd) &&
               mstc_widen(&b->active, &b->active_room, (size_t)index->longest_program + 1, sizeof *b->active) &&
               mstc_widen(&b->memos, &b->memos_room, index->predicate_count + 1, sizeof *b->memos);
}

/* --- programs --------------------------------------------------------------------------- */

/* The predicate of one record; where it reads one attribute only, once for each value.  When that
 * took long, there is no answer, nor to anything else until the record is matched alone. */
static uint32_t
answer(struct mstc_block *b, const struct mstc_predicate *predicate, size_t r)
{
        struct mstc_known *known = predicate->attribute == MSTC_NO ? NULL : b->row[predicate->attribute * MSTC_STRIDE + r];
        uint32_t ret = known == NULL ? 0 : mstc_known_answer(known, predicate->local);

        if (ret != 0)
                return ret;
        if ((b->alone.words[r / 64] >> r % 64 & 1) != 0)
                return MSTC_ANSWER_BROKEN;
        b->run.record = b->records[b->first + r];
        b->run.values = b->values + r;
        b->run.before = 0;
        ret = mstc_predicate_compute(&b->run, b->scratch, predicate);
        if (b->run.before > 0) {
                b->alone.words[r / 64] |= UINT64_C(1) << r % 64;
                return MSTC_ANSWER_BROKEN;
        }
        if (ret == MSTC_ANSWER_BROKEN)
                b->said[b->first + r].why = b->run.eval->why;
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
        struct mstc_memo *memo = &b->memos[number];
        uint64_t missing;

        if (memo->round != b->round)
                *memo = (struct mstc_memo){ .round = b->round };
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
        uint64_t all = *yes, rest = all, is = 0, broken = 0;

        if (predicate->slot != MSTC_NO) {
                uint64_t odd = b->odd[predicate->slot].words[w];

                for (uint32_t i = 0; i < predicate->key_count; i++)
                        is |= b->holds[b->index->decisive[predicate->first_key + i]].words[w];
                is &= all & ~odd;
                rest = all & odd;
        }
        if (rest != 0 && predicate->moment == MSTC_NO
            && (predicate->attribute == MSTC_NO || b->scratch->tables[predicate->attribute].off))
                is |= ask_once(b, number, w, rest, &broken);
        else if (rest != 0)
                is |= ask_each(b, number, w, rest, &broken);
        *yes = is;
        *no = all & ~broken & ~is;
}

/* Divides '*yes' by the instruction. */
static inline void
split(struct mstc_block *b, uint32_t at, size_t w, uint64_t *yes, uint64_t *no)
{
        const struct mstc_instruction *i = &b->index->code[at];
        uint64_t all = *yes;

        if (i->slot == MSTC_NO_SLOT || b->odd[i->slot].words[w] != 0) {
                split_by_asking(b, b->index->tests[at], w, yes, no);
                return;
        }
        *yes = all & b->holds[i->what].words[w];
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
longer(struct mstc_block *b, struct mstc_list *list)
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
        struct mstc_list *lists = b->lists + b->first + w * 64;

        for (; records != 0; records &= records - 1) {
                struct mstc_list *list = &lists[__builtin_ctzll(records)];

                if (list->count == list->room && !longer(b, list))
                        return false;
                list->ids[list->count++] = id;
        }
        return true;
}

static bool
add_all_to_lists(struct mstc_block *b, uint32_t id, const struct mstc_bits *records)
{
        for (size_t w = 0; w < MSTC_WORDS; w++)
                if (!add_to_lists(b, id, w, records->words[w]))
                        return false;
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

/* Those of the records that satisfy all of the clause, where keys decide. */
static uint64_t
run_clause(struct mstc_block *b, const struct mstc_clause *clause, size_t w, uint64_t records)
{
        const uint32_t *literals = b->index->literals + clause->first_literal;

        for (uint32_t i = 0; i < (uint32_t)clause->positive + clause->negative; i++)
                records &= b->holds[literals[i]].words[w];
        return clause->rest == MSTC_YES ? records : run_program(b, clause->first, clause->rest, w, records);
}

/* Those of the records for whom keys do not tell all of the clause. */
static void
run_rest(struct mstc_block *b, const struct mstc_clause *clause, struct mstc_bits *records)
{
        for (size_t w = 0; w < MSTC_WORDS; w++)
                if (records->words[w] != 0)
                        records->words[w] = run_clause(b, clause, w, records->words[w]);
}

/* Whoever satisfies what can be told of the step without looking further; false: nobody. */
static inline bool
run_literals(const struct mstc_bits *holds, const struct mstc_step *step, struct mstc_bits *records)
{
        const mstc_half *access = (const mstc_half *)&holds[step->access];
        const mstc_half *first = (const mstc_half *)&holds[step->literals[0]];
        const mstc_half *second = (const mstc_half *)&holds[step->literals[1]];
        const mstc_half *third = (const mstc_half *)&holds[step->literals[2]];
        mstc_half low = access[0] & first[0] & second[0] & third[0], high = access[1] & first[1] & second[1] & third[1];
        mstc_half any = low | high;
        uint64_t some = 0;

        ((mstc_half *)records)[0] = low;
        ((mstc_half *)records)[1] = high;

        for (size_t i = 0; i < MSTC_WORDS / 2; i++)
                some |= any[i];
        return some != 0;
}

static bool
run_step(struct mstc_block *b, struct mstc_hit *hit, uint32_t *id, struct mstc_bits *found)
{
        uint32_t stepped = b->index->stepped[hit->step];
        const struct mstc_clause *clause = &b->index->clauses[stepped & ~(MSTC_MORE | MSTC_LAST)];
        uint32_t its = b->index->ids[clause->rule];

        if ((stepped & MSTC_MORE) != 0)
                run_rest(b, clause, &hit->records);
        if (its != *id) {
                if (!add_all_to_lists(b, *id, found))
                        return false;
                *found = (struct mstc_bits){ { 0 } };
                *id = its;
        }
        mstc_bits_add(found, &hit->records);
        return true;
}

/* Hits are gathered before they are looked at: whether there is one nobody can foresee, a
 * processor neither. */
static bool
run_steps(struct mstc_block *b)
{
        const struct mstc_index *index = b->index;
        struct mstc_bits found = { { 0 } };
        uint32_t id = 0;

        for (size_t at = 0; at < index->step_count;) {
                size_t end = index->step_count - at < MSTC_HITS_MOST ? index->step_count : at + MSTC_HITS_MOST, hits = 0;

                for (; at < end; at++) {
                        b->hits[hits].step = at;
                        hits += run_literals(b->holds, &index->steps[at], &b->hits[hits].records);
                }
                for (size_t i = 0; i < hits; i++)
                        if (!run_step(b, &b->hits[i], &id, &found))
                                return false;
        }
        return add_all_to_lists(b, id, &found);
}

/* The records for which keys do not decide all of the clause. */
static uint64_t
odd_ones(const struct mstc_block *b, const struct mstc_clause *clause, size_t w)
{
        uint64_t odd = 0;

        for (size_t i = 0; i < b->index->slot_count; i++)
                if ((clause->slots >> i % 64 & 1) != 0)
                        odd |= b->odd[i].words[w];
        return odd;
}

/* The same as run_steps(), when there are some: the whole rule is asked of those. */
static bool
run_odd_steps(struct mstc_block *b, size_t w)
{
        const struct mstc_index *index = b->index;
        uint64_t found = 0;

        for (size_t i = 0; i < index->step_count; i++) {
                const struct mstc_clause *clause = &index->clauses[index->stepped[i] & ~(MSTC_MORE | MSTC_LAST)];
                const struct mstc_indexed *rule = &index->rules[clause->rule];
                uint64_t records = b->holds[index->steps[i].access].words[w];
                uint64_t odd = (clause->slots & b->odd_slots) == 0 ? 0 : records & odd_ones(b, clause, w);

                if ((records & ~odd) != 0)
                        found |= run_clause(b, clause, w, records & ~odd);
                if (odd != 0)
                        found |= run_program(b, rule->first, rule->start, w, odd);
                if ((index->stepped[i] & MSTC_LAST) == 0)
                        continue;
                if (!add_to_lists(b, rule->id, w, found))
                        return false;
                found = 0;
        }
        return true;
}

static bool
run_all(struct mstc_block *b)
{
        if (b->odd_slots == 0)
                return run_steps(b);
        for (size_t w = 0; w * 64 < b->many; w++)
                if (!run_odd_steps(b, w))
                        return false;
        return true;
}

/* --- alone ---------------------------------------------------------------------------------- */

static bool
match_alone(struct mstc_block *b, size_t number, struct mstc_matches *matches)
{
        struct mstc_list *list = &b->lists[number];

        if (!mstc_index_match(b->index, b->records[number], b->run.eval, matches))
                return false;
        b->said[number].why = b->run.eval->why;
        list->count = 0;
        for (size_t i = 0; i < matches->count; i++) {
                if (list->count == list->room && !longer(b, list))
                        return false;
                list->ids[list->count++] = matches->ids[i];
        }
        return true;
}

/* Those of the records at hand for whom nothing that was found counts. */
static bool
match_all_alone(struct mstc_block *b, struct mstc_matches *matches)
{
        for (size_t w = 0; w < MSTC_WORDS; w++)
                for (uint64_t left = b->alone.words[w]; left != 0; left &= left - 1)
                        if (!match_alone(b, b->first + w * 64 + (size_t)__builtin_ctzll(left), matches))
                                return false;
        return true;
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
        if (!prepare(b, index, scratch) || !mstc_widen(&b->pool, &b->pool_room, b->pool_used, sizeof *b->pool))
                return false;
        b->records = records;
        b->said = found;
        b->count = record_count;
        b->run = (struct mstc_run){ .eval = eval, .rule = true, .stride = MSTC_STRIDE };
        matches->count = 0;
        b->usual = b->usual == 0 ? 16 : b->usual;
        b->pool_used = 0;
        b->shared = (struct mstc_shared_names){ 0 };
        b->sharers = (struct mstc_sharers){ 0 };
        mst_arena_reset(b->spill);
        memset(b->lists, 0, record_count * sizeof *b->lists);
        for (size_t r = 0; r < record_count; r++)
                found[r] = (struct mstc_found){ 0 };
        for (b->first = 0; b->first < record_count; b->first += MSTC_ROW) {
                b->many = record_count - b->first < MSTC_ROW ? record_count - b->first : MSTC_ROW;
                if (!mstc_block_look(b, eval->arena) || !run_all(b) || b->run.memory || !match_all_alone(b, matches))
                        return false;
        }
        tell_lists(b);
        return true;
}
