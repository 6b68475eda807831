/* matching.c - a record against the rule index.
 *
 * Its values say which keys the record brings (looking.c); the rules posted there are
 * candidates, a bit each; their programs run in order of the ids, sharing the predicates
 * already computed.
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
            !mstc_widen(&scratch->candidates, &scratch->rules, words, sizeof *scratch->candidates) ||
            !mstc_widen(&scratch->list, &scratch->listed, words * 64, sizeof *scratch->list) ||
            !mstc_widen(&scratch->answers, &scratch->predicates, index->predicate_count + 1, sizeof *scratch->answers) ||
            !mstc_scratch_bind(index, scratch))
                return NULL;
        if (++scratch->round >= UINT32_MAX / 4) {
                memset(scratch->answers, 0, scratch->predicates * sizeof *scratch->answers);
                memset(scratch->brought, 0, scratch->keys * sizeof *scratch->brought);
                scratch->round = 1;
        }
        memcpy(scratch->candidates, index->always, words * sizeof *scratch->candidates);
        return scratch;
}

/* What the attribute's value brings to this record. */
static bool
look_at(struct mstc_looking *l, size_t number)
{
        const struct mstc_attribute *attribute = &l->index->attributes[number];
        struct mstc_scratch *scratch = l->scratch;
        const struct mstc_known *known;

        if (!mstc_look(l, number, scratch->values[number]))
                return false;
        known = l->known;
        scratch->said[number] = known->answers;
        for (uint32_t i = 0; i < attribute->slot_count; i++)
                scratch->odd[attribute->slots[i]] = known->odd[i];
        for (uint32_t i = 0; i < known->key_count; i++)
                scratch->brought[known->keys[i]] = scratch->round;
        for (uint32_t i = 0; i < known->span_count; i++) {
                const struct mstc_posting *posting = &l->index->postings[known->spans[i].first];

                for (uint32_t k = 0; k < known->spans[i].count; k++)
                        scratch->candidates[posting[k].rule / 64] |= UINT64_C(1) << posting[k].rule % 64;
        }
        return true;
}

uint32_t
mstc_predicate_compute(struct mstc_run *run, const struct mstc_predicate *predicate)
{
        bool is = false;

        run->expr = predicate->expr;
        run->map = predicate->map;
        run->broken = false;
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
        uint32_t number = index->tests[at], attribute = index->code[at].attribute, ret, shift;
        const struct mstc_predicate *predicate = &index->predicates[number];
        uint64_t *said;

        if (attribute == MSTC_NO_SLOT) {
                if (scratch->answers[number] / 4 != scratch->round)
                        scratch->answers[number] = scratch->round * 4 + mstc_predicate_compute(run, predicate);
                return scratch->answers[number] % 4;
        }
        said = &scratch->said[attribute][predicate->local / 32];
        shift = predicate->local % 32 * 2;
        ret = *said >> shift & 3;
        if (ret != 0)
                return ret;
        ret = mstc_predicate_compute(run, predicate);
        if (ret != MSTC_ANSWER_BROKEN)
                *said |= (uint64_t)ret << shift;
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
                        is = scratch->said[i->attribute][i->what / 32] >> i->what % 32 * 2 & 3;
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

#define AHEAD 8u                             /* programs are asked for while others run */

/* In order of the ids. */
static bool
run_candidates(const struct mstc_index *index, struct mstc_scratch *scratch, struct mstc_run *run,
               struct mstc_matches *matches)
{
        uint32_t *list = scratch->list;
        size_t count = 0;

        for (size_t word = 0; word < index->count / 64 + 1; word++)
                for (uint64_t bits = scratch->candidates[word]; bits != 0; bits &= bits - 1)
                        list[count++] = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(bits);
        matches->candidates += count;
        for (size_t i = 0; i < count; i++) {
                if (i + AHEAD < count && index->starts[list[i + AHEAD]] < MSTC_NO)
                        __builtin_prefetch(&index->code[index->starts[list[i + AHEAD]]]);
                if (satisfies(index, scratch, run, index->starts[list[i]])
                    && !add_match(matches, index->rules[list[i]].id))
                        return false;
                if (run->memory)
                        return false;
        }
        return true;
}

bool
mstc_index_match(const struct mstc_index *index, const struct mst_record *record,
                 struct mstc_eval *eval, struct mstc_matches *matches)
{
        struct mstc_scratch *scratch = prepare(index, matches);
        struct mstc_run run = { .record = record, .eval = eval, .rule = true };
        struct mstc_looking looking = { .index = index, .scratch = scratch, .arena = eval->arena };

        matches->count = 0;
        eval->why = NULL;
        if (scratch == NULL)
                return false;
        mstc_find_values(index, record, scratch->values, scratch->rooms);
        run.values = scratch->values;
        for (size_t i = 0; i < index->attribute_count; i++)
                if (!look_at(&looking, i))
                        return false;
        return run_candidates(index, scratch, &run, matches);
}
