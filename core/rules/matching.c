/* matching.c - a record against the rule index.
 *
 * Its values say which keys the record brings (looking.c).  Of each clause posted there it is
 * asked whether its literals are there, too; most clauses are nothing else.  The programs of
 * the others share the predicates already computed.
 *
 * Whether a literal holds is one look, at 'holds': it has a place for each key and for the
 * absence of those whose absence is asked for.  The keys that a record brought are taken out again when it is done, and the answer
 * of a predicate that reads several attributes is kept with the number of the record: nothing
 * as large as the index is wiped between records, but for a bit for each rule. */
#include "build.h"

#include <string.h>

#include "rules/matching.h"
#include "util/alloc.h"

bool
mstc_widen(void *at, size_t *have, size_t want, size_t size)
{
        void *old, *new;

        if (*have >= want)
                return true;
        new = mstc_alloc(want * size);
        if (new == NULL)
                return false;
        memcpy(&old, at, sizeof old);
        mstc_free(old);
        memcpy(at, &new, sizeof new);
        *have = want;
        return true;
}

struct mstc_scratch *
mstc_matches_scratch(struct mstc_matches *matches)
{
        if (matches->scratch == NULL)
                matches->scratch = mstc_alloc(sizeof *matches->scratch);
        return matches->scratch;
}

static inline void
take_out(struct mstc_scratch *scratch, const struct mstc_brought *brought)
{
        scratch->holds[brought->key] = false;
        scratch->holds[brought->absent] = true;
}

static inline void
put_in(struct mstc_scratch *scratch, const struct mstc_brought *brought)
{
        scratch->holds[brought->key] = true;
        scratch->holds[brought->absent] = false;
}

/* For another index, or when the last record was not done with. */
static bool
begin_anew(const struct mstc_index *index, struct mstc_scratch *scratch)
{
        size_t rooms = scratch->attributes, asked = scratch->rules;

        if (!mstc_widen(&scratch->rooms, &rooms, index->attribute_count + 1, sizeof *scratch->rooms) ||
            !mstc_widen(&scratch->values, &scratch->attributes, index->attribute_count + 1, sizeof *scratch->values) ||
            !mstc_widen(&scratch->odd, &scratch->slots, index->slot_count + 1, sizeof *scratch->odd) ||
            !mstc_widen(&scratch->holds, &scratch->keys, index->literals_all, sizeof *scratch->holds) ||
            !mstc_widen(&scratch->asked, &asked, index->count / 64 + 1, sizeof *scratch->asked) ||
            !mstc_widen(&scratch->found, &scratch->rules, index->count / 64 + 1, sizeof *scratch->found) ||
            !mstc_widen(&scratch->answers, &scratch->predicates, index->predicate_count + 1, sizeof *scratch->answers))
                return false;
        for (size_t i = 0; i < index->literals_all; i++)
                scratch->holds[i] = i == MSTC_ALWAYS || i >= index->key_count;
        memset(scratch->answers, 0, scratch->predicates * sizeof *scratch->answers);
        scratch->round = 0;
        scratch->ready = index->serial;
        return true;
}

static struct mstc_scratch *
prepare(const struct mstc_index *index, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = mstc_matches_scratch(matches);

        if (scratch == NULL || !mstc_scratch_bind(index, scratch))
                return NULL;
        if ((scratch->ready != index->serial || scratch->round >= UINT32_MAX / 4 - 1) && !begin_anew(index, scratch))
                return NULL;
        if (matches->room < index->count) {
                uint32_t *ids = mstc_realloc_array(matches->ids, index->count, sizeof *ids);

                if (ids == NULL)
                        return NULL;
                matches->ids = ids;
                matches->room = index->count;
        }
        memset(scratch->found, 0, (index->count / 64 + 1) * sizeof *scratch->found);
        scratch->round++;
        scratch->odd_slots = 0;
        scratch->heavy = false;
        return scratch;
}

/* What the attribute's value brings to this record. */
static bool
look_at(struct mstc_looking *l, size_t number)
{
        const struct mstc_attribute *attribute = &l->index->attributes[number];
        struct mstc_scratch *scratch = l->scratch;
        const struct mstc_brought *brought;
        const struct mstc_known *known;

        mstc_known_settle(&scratch->tables[number], 1);
        if (!mstc_look(l, number, scratch->values[number]))
                return false;
        known = scratch->known[number] = l->known;
        scratch->heavy |= known->heavy;
        if (attribute->whole != MSTC_NO) {
                scratch->odd[attribute->whole] = known->odd;
                scratch->odd_slots |= (uint64_t)known->odd << attribute->whole % 64;
        }
        brought = known->brought;
        for (uint32_t i = 0; i < known->brought_count; i++)
                put_in(scratch, &brought[i]);
        for (uint32_t i = 0; i < known->posted_count; i++)
                __builtin_prefetch(&l->index->postings[brought[i].first]);
        return true;
}

/* A comparison with a time that now's alone; the others are for mstc_run_test(). */
static uint32_t
by_moment(struct mstc_run *run, struct mstc_moment *moment, const struct mstc_predicate *predicate)
{
        const struct mst_value *value = run->values[run->stride * predicate->moment], *right;
        struct mst_value room;
        bool is;

        if (value->type != MST_DATE)
                return 0;
        if (!moment->known || moment->now != run->eval->now) {
                *moment = (struct mstc_moment){ .now = run->eval->now, .known = true };
                if (mstc_run_refer(run, predicate->node->kids[1], &room, &right) == MSTC_VALUE && right->type == MST_DATE) {
                        moment->date = right->as.number;
                        moment->good = true;
                }
        }
        if (!moment->good)
                return 0;
        switch (predicate->node->op) {
        case MSTC_OP_LE: is = value->as.number <= moment->date; break;
        case MSTC_OP_GE: is = value->as.number >= moment->date; break;
        case MSTC_OP_LT: is = value->as.number < moment->date; break;
        default: is = value->as.number > moment->date; break;
        }
        return is ? MSTC_ANSWER_YES : MSTC_ANSWER_NO;
}

uint32_t
mstc_predicate_compute(struct mstc_run *run, struct mstc_scratch *scratch, const struct mstc_predicate *predicate)
{
        bool is = false;
        uint32_t answer;

        run->expr = predicate->expr;
        run->map = predicate->map;
        run->broken = false;
        if (predicate->moment != MSTC_NO &&
            (answer = by_moment(run, &scratch->moments[predicate->moment_number], predicate)) != 0)
                return answer;
        if (mstc_run_test(run, predicate->node, &is) != MSTC_VALUE)
                is = false;
        run->before = run->work;
        if (predicate->node->kind == MSTC_NODE_COMPARE || predicate->node->kind == MSTC_NODE_IN)
                is = is != predicate->node->negative;
        return run->broken ? MSTC_ANSWER_BROKEN : is ? MSTC_ANSWER_YES : MSTC_ANSWER_NO;
}

/* The predicate of an instruction, computed at most once for a record; where it reads one
 * attribute only, at most once for each value.  What broke or took long is not remembered: it
 * has to be told, and to be counted, again. */
static uint32_t
answer(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        uint32_t number = index->tests[at], attribute = index->code[at].attribute, ret;
        const struct mstc_predicate *predicate = &index->predicates[number];
        uint64_t before = run->before;

        if (attribute == MSTC_NO_SLOT && scratch->answers[number] / 4 == scratch->round)
                return scratch->answers[number] % 4;
        ret = attribute == MSTC_NO_SLOT ? 0 : mstc_known_answer(scratch->known[attribute], predicate->local);
        if (ret != 0)
                return ret;
        ret = mstc_predicate_compute(run, scratch, predicate);
        if (ret == MSTC_ANSWER_BROKEN || run->before != before)
                return ret;
        if (attribute == MSTC_NO_SLOT)
                scratch->answers[number] = scratch->round * 4 + ret;
        else if (!mstc_known_keep(&scratch->tables[attribute], scratch->known[attribute],
                                  index->attributes[attribute].predicates, predicate->local, ret))
                run->memory = true;
        return ret;
}

static bool
satisfies(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        run->before = 0;
        while (at < MSTC_NO) {
                const struct mstc_instruction *i = &index->code[at];
                uint32_t is = 0;

                if (i->slot != MSTC_NO_SLOT) {
                        if (!scratch->odd[i->slot] && !scratch->heavy) {
                                at = scratch->holds[i->what] ? i->yes : i->no;
                                continue;
                        }
                } else if (i->attribute != MSTC_NO_SLOT) {
                        is = mstc_known_answer(scratch->known[i->attribute], i->what);
                }
                if (is == 0)
                        is = answer(index, scratch, run, at);
                if (is == MSTC_ANSWER_BROKEN)
                        return false;
                at = is == MSTC_ANSWER_YES ? i->yes : i->no;
        }
        return at == MSTC_YES;
}

/* The clause of a posting, when its first literals do not tell all. */
static bool
clause_holds(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run,
             const struct mstc_clause *clause)
{
        if ((clause->slots & scratch->odd_slots) != 0 || scratch->heavy)
                return satisfies(index, scratch, run, index->rules[clause->rule].start);
        for (uint32_t i = 0; i < (uint32_t)clause->positive + clause->negative; i++)
                if (!scratch->holds[index->literals[clause->first_literal + i]])
                        return false;
        return satisfies(index, scratch, run, clause->rest);
}

/* The postings of one key. */
static inline void
run_postings(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t first,
             uint32_t count)
{
        const struct mstc_posting *posting = &index->postings[first], *end = posting + count;
        const bool *holds = scratch->holds;

        for (; posting < end; posting++) {
                uint32_t rule = posting->rule & ~MSTC_MORE;
                bool is = holds[posting->literals[0]] & holds[posting->literals[1]] & holds[posting->literals[2]];

                if (is && rule != posting->rule)
                        is = clause_holds(index, scratch, run, &index->clauses[index->posted[posting - index->postings]]);
                scratch->found[rule / 64] |= (uint64_t)is << rule % 64;
        }
}

/* The same, when keys do not decide everything. */
static void
run_odd_postings(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t first,
                 uint32_t count)
{
        for (uint32_t i = first; i < first + count; i++) {
                const struct mstc_clause *clause = &index->clauses[index->posted[i]];
                uint64_t bit = UINT64_C(1) << clause->rule % 64, *asked = &scratch->asked[clause->rule / 64];

                if (scratch->heavy && (*asked & bit) != 0)
                        continue;
                if (scratch->heavy)
                        *asked |= bit;
                if (clause_holds(index, scratch, run, clause))
                        scratch->found[clause->rule / 64] |= bit;
        }
}

static void
run_all(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, struct mstc_matches *matches)
{
        const struct mstc_key *always = &index->keys[MSTC_ALWAYS];
        struct mstc_brought first = { MSTC_ALWAYS, 0, always->first, always->count }, *brought = &first;
        uint32_t count = 1;

        if (scratch->heavy)
                memset(scratch->asked, 0, (index->count / 64 + 1) * sizeof *scratch->asked);
        for (size_t i = 0; ; i++) {
                for (uint32_t k = 0; k < count; k++) {
                        if (scratch->odd_slots != 0 || scratch->heavy)
                                run_odd_postings(index, scratch, run, brought[k].first, brought[k].count);
                        else
                                run_postings(index, scratch, run, brought[k].first, brought[k].count);
                        matches->candidates += brought[k].count;
                }
                if (i == index->attribute_count || run->memory)
                        return;
                brought = scratch->known[i]->brought;
                count = scratch->known[i]->posted_count;
        }
}

/* In order of the ids, of which there may be several alike; the keys are taken out again. */
static void
list_found(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_matches *matches)
{
        size_t words = index->count / 64 + 1;
        uint32_t *ids = matches->ids;
        const uint32_t *all = index->ids;

        for (size_t word = 0; word < words; word++)
                for (uint64_t bits = scratch->found[word]; bits != 0; bits &= bits - 1) {
                        *ids = all[word * 64 + (size_t)__builtin_ctzll(bits)];
                        ids += ids == matches->ids || ids[-1] != *ids;
                }
        matches->count = (size_t)(ids - matches->ids);
        for (size_t i = 0; i < index->attribute_count; i++) {
                const struct mstc_known *known = scratch->known[i];

                for (uint32_t k = 0; k < known->brought_count; k++)
                        take_out(scratch, &known->brought[k]);
        }
}

bool
mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                 struct mstc_eval *eval, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = prepare(index, matches);
        struct mstc_run run = { .record = record, .eval = eval, .rule = true, .stride = 1 };
        struct mstc_looking looking = { .index = index, .scratch = scratch, .arena = eval->arena };

        matches->count = 0;
        eval->why = NULL;
        if (scratch == NULL)
                return false;
        scratch->ready = 0;
        mstc_find_values(index, record, scratch->values, 1, scratch->rooms);
        run.values = scratch->values;
        for (size_t i = 0; i < index->attribute_count; i++)
                if (!look_at(&looking, i))
                        return false;
        run_all(index, scratch, &run, matches);
        if (run.memory)
                return false;
        list_found(index, scratch, matches);
        scratch->ready = index->serial;
        return true;
}
