/* matching.c - a record against the rule index.
 *
 * Its values say which keys the record brings (looking.c).  Of each clause posted there it is
 * asked whether its literals are there, too; most clauses are nothing else.  The programs of
 * the others share the predicates already computed.
 *
 * A key that was brought, and the answer of a predicate that reads several attributes, are
 * kept with the number of the record, so that nothing has to be wiped between records. */
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

static struct mstc_scratch *
prepare(const struct mstc_index *index, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = mstc_matches_scratch(matches);
        size_t rooms, words = index->count / 64 + 1;

        if (scratch == NULL)
                return NULL;
        rooms = scratch->attributes;
        if (!mstc_widen(&scratch->rooms, &rooms, index->attribute_count + 1, sizeof *scratch->rooms) ||
            !mstc_widen(&scratch->values, &scratch->attributes, index->attribute_count + 1, sizeof *scratch->values) ||
            !mstc_widen(&scratch->odd, &scratch->slots, index->slot_count + 1, sizeof *scratch->odd) ||
            !mstc_widen(&scratch->brought, &scratch->keys, index->key_count + 1, sizeof *scratch->brought) ||
            !mstc_widen(&scratch->found, &scratch->rules, words, sizeof *scratch->found) ||
            !mstc_widen(&scratch->answers, &scratch->predicates, index->predicate_count + 1, sizeof *scratch->answers) ||
            !mstc_scratch_bind(index, scratch))
                return NULL;
        if (++scratch->round >= UINT32_MAX / 4) {
                memset(scratch->answers, 0, scratch->predicates * sizeof *scratch->answers);
                memset(scratch->brought, 0, scratch->keys * sizeof *scratch->brought);
                scratch->round = 1;
        }
        memset(scratch->found, 0, words * sizeof *scratch->found);
        scratch->odd_slots = 0;
        scratch->brought[MSTC_ALWAYS] = scratch->round;
        return scratch;
}

/* What the attribute's value brings to this record. */
static bool
look_at(struct mstc_looking *l, size_t number)
{
        const struct mstc_attribute *attribute = &l->index->attributes[number];
        struct mstc_scratch *scratch = l->scratch;
        const struct mstc_known *known;

        mstc_known_settle(&scratch->tables[number], 1);
        if (!mstc_look(l, number, scratch->values[number]))
                return false;
        known = scratch->known[number] = l->known;
        if (attribute->whole != MSTC_NO) {
                scratch->odd[attribute->whole] = known->odd;
                scratch->odd_slots |= (uint64_t)known->odd << attribute->whole % 64;
        }
        for (uint32_t i = 0; i < known->brought_count; i++)
                scratch->brought[known->brought[i].key] = scratch->round;
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
        if (predicate->node->kind == MSTC_NODE_COMPARE || predicate->node->kind == MSTC_NODE_IN)
                is = is != predicate->node->negative;
        return run->broken ? MSTC_ANSWER_BROKEN : is ? MSTC_ANSWER_YES : MSTC_ANSWER_NO;
}

/* The predicate of an instruction, computed at most once for a record; where it reads one
 * attribute only, at most once for each value.  What broke is not remembered: it has to be
 * told again. */
static uint32_t
answer(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        uint32_t number = index->tests[at], attribute = index->code[at].attribute, ret;
        const struct mstc_predicate *predicate = &index->predicates[number];

        if (attribute == MSTC_NO_SLOT) {
                if (scratch->answers[number] / 4 != scratch->round)
                        scratch->answers[number] = scratch->round * 4 + mstc_predicate_compute(run, scratch, predicate);
                return scratch->answers[number] % 4;
        }
        ret = mstc_known_answer(scratch->known[attribute], predicate->local);
        if (ret != 0)
                return ret;
        ret = mstc_predicate_compute(run, scratch, predicate);
        if (ret != MSTC_ANSWER_BROKEN && !mstc_known_keep(&scratch->tables[attribute], scratch->known[attribute],
                                                          index->attributes[attribute].predicates, predicate->local, ret))
                run->memory = true;
        return ret;
}

static bool
satisfies(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t at)
{
        while (at < MSTC_NO) {
                const struct mstc_instruction *i = &index->code[at];
                uint32_t is = 0;

                if (i->slot != MSTC_NO_SLOT) {
                        if (!scratch->odd[i->slot]) {
                                at = scratch->brought[i->what] == scratch->round ? i->yes : i->no;
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

static bool
add_match(struct mstc_matches *matches, uint32_t id)
{
        if (matches->count > 0 && matches->ids[matches->count - 1] == id)
                return true;
        if (matches->count == matches->room) {
                size_t room = matches->room == 0 ? 64 : matches->room * 2;
                uint32_t *new = mstc_realloc_array(matches->ids, room, sizeof *new);

                if (new == NULL)
                        return false;
                matches->ids = new;
                matches->room = room;
        }
        matches->ids[matches->count++] = id;
        return true;
}

static inline bool
holds(const struct mstc_scratch *scratch, uint32_t literal)
{
        return (scratch->brought[literal / 2] == scratch->round) != (literal & 1);
}

/* The clause of a posting, when its first literals do not tell all. */
static bool
clause_holds(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run,
             const struct mstc_clause *clause)
{
        if ((clause->slots & scratch->odd_slots) != 0)
                return satisfies(index, scratch, run, index->rules[clause->rule].start);
        for (uint32_t i = 0; i < (uint32_t)clause->positive + clause->negative; i++)
                if (!holds(scratch, index->literals[clause->first_literal + i]))
                        return false;
        return satisfies(index, scratch, run, clause->rest);
}

/* The postings of one key. */
static void
run_postings(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run, uint32_t first,
             uint32_t count)
{
        for (uint32_t i = first; i < first + count; i++) {
                const struct mstc_posting *posting = &index->postings[i];
                uint32_t rule = posting->rule & ~MSTC_MORE;
                bool is = holds(scratch, posting->literals[0]) & holds(scratch, posting->literals[1])
                          & holds(scratch, posting->literals[2]);

                if (scratch->odd_slots != 0 || (is && rule != posting->rule))
                        is = clause_holds(index, scratch, run, &index->clauses[index->posted[i]]);
                scratch->found[rule / 64] |= (uint64_t)is << rule % 64;
        }
}

/* In order of the ids. */
static bool
list_found(const struct mstc_index *index, const struct mstc_scratch *scratch, struct mstc_matches *matches)
{
        for (size_t word = 0; word < index->count / 64 + 1; word++)
                for (uint64_t bits = scratch->found[word]; bits != 0; bits &= bits - 1)
                        if (!add_match(matches, index->rules[word * 64 + (size_t)__builtin_ctzll(bits)].id))
                                return false;
        return true;
}

bool
mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                 struct mstc_eval *eval, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = prepare(index, matches);
        struct mstc_run run = { .record = record, .eval = eval, .rule = true, .stride = 1 };
        struct mstc_looking looking = { .index = index, .scratch = scratch, .arena = eval->arena };
        const struct mstc_key *always = &index->keys[MSTC_ALWAYS];

        matches->count = 0;
        eval->why = NULL;
        if (scratch == NULL)
                return false;
        mstc_find_values(index, record, scratch->values, 1, scratch->rooms);
        run.values = scratch->values;
        for (size_t i = 0; i < index->attribute_count; i++)
                if (!look_at(&looking, i))
                        return false;
        run_postings(index, scratch, &run, always->first, always->count);
        matches->candidates += always->count;
        for (size_t i = 0; i < index->attribute_count && !run.memory; i++) {
                const struct mstc_known *known = scratch->known[i];

                for (uint32_t k = 0; k < known->brought_count; k++) {
                        run_postings(index, scratch, &run, known->brought[k].first, known->brought[k].count);
                        matches->candidates += known->brought[k].count;
                }
        }
        return !run.memory && list_found(index, scratch, matches);
}
