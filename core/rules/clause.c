/* clause.c - the alternatives of a rule, and what each of them needs.
 *
 *   (department is A and title begins with B and mail matches C) or (city is D)
 *
 * becomes two clauses.  The first is posted under the key that promises the fewest records
 * (access.c), say "department is A"; "title begins with B" is a literal: another key that has
 * to be there; the pattern is its rest, a program (program.c).  The second has only its key.
 *
 * A condition can hit a limit, and then the rule as a whole is false: whether the other
 * alternatives are asked depends on their order.  Such a rule stays one clause, and all of it
 * is its rest. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "rules/indexing.h"
#include "util/alloc.h"

#define LITERALS_MOST 1000u                  /* more, and they are asked as programs   */

struct conditions {
        struct mstc_condition *all;
        size_t count, room;
};

static bool
more(struct conditions *into, const struct mstc_node *node, bool negated)
{
        if (!mstc_index_room(&into->all, into->count, &into->room, 1, sizeof *into->all))
                return false;
        into->all[into->count++] = (struct mstc_condition){ node, negated };
        return true;
}

/* The parts that an -or (or the complement of an -and) has, or the other way round. */
static bool
split(struct conditions *into, const struct mstc_node *node, bool negated, enum mstc_node_kind kind)
{
        enum mstc_node_kind other = kind == MSTC_NODE_OR ? MSTC_NODE_AND : MSTC_NODE_OR;

        if (node->kind == MSTC_NODE_NOT)
                return split(into, node->kids[0], !negated, kind);
        if (node->kind != (negated ? other : kind))
                return more(into, node, negated);
        for (uint32_t i = 0; i < node->count; i++)
                if (!split(into, node->kids[i], negated, kind))
                        return false;
        return true;
}

/* It may come to no answer: a pattern at its limit, a function, lists that take too long. */
static bool
can_break(const struct mstc_node *node)
{
        if (node->regex != NULL || node->kind == MSTC_NODE_CALL || node->kind == MSTC_NODE_CLAUSE)
                return true;
        if (node->kind == MSTC_NODE_QUANTIFIER)
                return !mstc_index_decides(node);
        if (node->kind == MSTC_NODE_COMPARE && node->kids[1]->kind != MSTC_NODE_CONSTANT &&
            node->kids[1]->kind != MSTC_NODE_NOW && node->kids[1]->kind != MSTC_NODE_SHIFT)
                return true;
        for (uint32_t i = 0; i < node->count; i++)
                if (can_break(node->kids[i]))
                        return true;
        return false;
}

/* Whatever brings the clause its record says it already. */
static bool
said_by_access(const struct mstc_index *index, const struct mstc_clause *clause, const struct mstc_decision *decision)
{
        for (uint32_t i = 0; i < clause->access_count; i++) {
                uint32_t key = index->accesses[clause->first_access + i], k = 0;

                while (k < decision->key_count && index->decisive[decision->first_key + k] != key)
                        k++;
                /* Only odd values bring those, and of odd values it is not asked. */
                if (k == decision->key_count && (index->keys[key].slot != decision->slot ||
                    (index->keys[key].kind != MSTC_KEY_NUMBER && index->keys[key].kind != MSTC_KEY_DATE)))
                        return false;
        }
        return true;
}

static int
by_number(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

        return x < y ? -1 : x > y;
}

/* One key for all of the decision's; UINT32_MAX: out of memory. */
static uint32_t
one_key(struct mstc_index *index, const struct mstc_decision *decision)
{
        uint32_t *keys = index->decisive + decision->first_key, key;
        size_t known = index->key_count;

        if (decision->key_count == 1)
                return keys[0];
        qsort(keys, decision->key_count, sizeof *keys, by_number);
        key = mstc_key_add(index, decision->slot, MSTC_KEY_LIST, keys, decision->key_count * sizeof *keys);
        if (key == UINT32_MAX || index->key_count == known)
                return key;
        if (!mstc_index_room(&index->implied, index->implied_count, &index->implied_room, decision->key_count,
                             sizeof *index->implied))
                return UINT32_MAX;
        for (uint32_t i = 0; i < decision->key_count; i++)
                if (i == 0 || keys[i] != keys[i - 1])
                        index->implied[index->implied_count++] = (struct mstc_entry){ keys[i], key };
        return key;
}

static bool
add_literal(struct mstc_index *index, struct mstc_clause *clause, const struct mstc_decision *decision, bool negative)
{
        uint32_t key = one_key(index, decision), *literals;
        size_t count = (size_t)clause->positive + clause->negative;

        if (key == UINT32_MAX || !mstc_index_room(&index->literals, index->literal_count, &index->literal_room, 1,
                                                  sizeof *index->literals))
                return false;
        literals = index->literals + clause->first_literal;
        literals[count] = 2 * key + negative;
        index->literal_count++;
        if (negative) {
                clause->negative++;
        } else {
                literals[count] = literals[clause->positive];
                literals[clause->positive++] = 2 * key;
        }
        clause->slots |= UINT64_C(1) << decision->slot % 64;
        return true;
}

/* Literals as far as keys decide; what is left of the conditions is the rest. */
static bool
sort_out(struct mstc_index *index, struct mstc_clause *clause, struct conditions *conditions)
{
        const struct mstc_indexed *rule = &index->rules[clause->rule];
        size_t rest = 0;

        for (size_t i = 0; i < conditions->count; i++) {
                struct mstc_condition *condition = &conditions->all[i];
                struct mstc_decision decision;
                bool negative;

                if (!mstc_index_decide(index, rule, condition->node, &decision))
                        return false;
                if (decision.slot == MSTC_NO || i >= LITERALS_MOST) {
                        conditions->all[rest++] = *condition;
                        continue;
                }
                negative = decision.negative != condition->negated;
                if (!negative && said_by_access(index, clause, &decision))
                        clause->slots |= UINT64_C(1) << decision.slot % 64;
                else if (!add_literal(index, clause, &decision, negative))
                        return false;
        }
        conditions->count = rest;
        return true;
}

static bool
add_clause(struct mstc_index *index, uint32_t number, struct mstc_condition alternative, bool whole,
           struct conditions *conditions)
{
        struct mstc_indexed *rule = &index->rules[number];
        struct mstc_clause clause = { .rule = number, .first_access = (uint32_t)index->access_count,
                                      .first_literal = (uint32_t)index->literal_count };

        if (!mstc_index_room(&index->clauses, index->clause_count, &index->clause_room, 1, sizeof *index->clauses) ||
            !mstc_access_find(index, rule, alternative, &clause.access_count) ||
            !mstc_index_room(&index->accesses, index->access_count, &index->access_room, 1, sizeof *index->accesses))
                return false;
        if (clause.access_count == 0) {
                index->accesses[index->access_count++] = MSTC_ALWAYS;
                clause.access_count = 1;
        }
        clause.rest = rule->start;
        clause.first = rule->first;
        if (!whole) {
                conditions->count = 0;
                if (!split(conditions, alternative.node, alternative.negated, MSTC_NODE_AND) ||
                    !sort_out(index, &clause, conditions))
                        return false;
                clause.first = (uint32_t)index->code_count;
                if (!mstc_program_rest(index, rule, conditions->all, conditions->count, &clause.rest))
                        return false;
        }
        index->clauses[index->clause_count++] = clause;
        rule->clause_count++;
        return true;
}

bool
mstc_clauses_make(struct mstc_index *index, uint32_t rule)
{
        const struct mstc_node *root = index->rules[rule].expr->root;
        struct conditions alternatives = { 0 }, parts = { 0 };
        bool whole = false, good = split(&alternatives, root, false, MSTC_NODE_OR);

        if (good && alternatives.count > 1 && can_break(root)) {
                alternatives.all[0] = (struct mstc_condition){ root, false };
                alternatives.count = 1;
                whole = true;
        }
        index->rules[rule].first_clause = (uint32_t)index->clause_count;
        for (size_t i = 0; i < alternatives.count && good; i++)
                good = add_clause(index, rule, alternatives.all[i], whole, &parts);
        mstc_free(alternatives.all);
        mstc_free(parts.all);
        return good;
}

/* --- postings -------------------------------------------------------------------------- */

/* Now that there are no more keys to come: a place for each absence that is asked for. */
static bool
number_literals(struct mstc_index *index)
{
        index->absences = mst_arena_alloc(index->arena, (index->literal_count + 1) * sizeof *index->absences);
        if (index->absences == NULL)
                return false;
        for (size_t i = 0; i < index->literal_count; i++) {
                uint32_t key = index->literals[i] / 2;

                if (index->literals[i] % 2 == 0) {
                        index->literals[i] = key;
                        continue;
                }
                if (index->keys[key].absent == 0) {
                        index->keys[key].absent = (uint32_t)(index->key_count + index->absence_count);
                        index->absences[index->absence_count++] = key;
                }
                index->literals[i] = index->keys[key].absent;
        }
        index->literals_all = index->key_count + index->absence_count + 1;
        for (size_t i = 0; i < index->key_count; i++)
                if (index->keys[i].absent == 0)
                        index->keys[i].absent = (uint32_t)index->literals_all - 1;
        return true;
}

/* The first literals; true: that is not all. */
static bool
first_literals(const struct mstc_index *index, const struct mstc_clause *clause, uint32_t into[MSTC_LITERALS])
{
        uint32_t count = (uint32_t)clause->positive + clause->negative;

        for (uint32_t i = 0; i < MSTC_LITERALS; i++)
                into[i] = i < count ? index->literals[clause->first_literal + i] : MSTC_ALWAYS;
        return count > MSTC_LITERALS || clause->rest != MSTC_YES;
}

static void
post(struct mstc_index *index, uint32_t number)
{
        const struct mstc_clause *clause = &index->clauses[number];

        for (uint32_t k = 0; k < clause->access_count; k++) {
                struct mstc_key *key = &index->keys[index->accesses[clause->first_access + k]];
                struct mstc_posting *posting = &index->postings[key->first + key->count];

                /* A key may have been named twice. */
                if (key->count > 0 && index->posted[key->first + key->count - 1] == number)
                        continue;
                posting->rule = clause->rule;
                posting->rule |= first_literals(index, clause, posting->literals) ? MSTC_MORE : 0;
                index->posted[key->first + key->count++] = number;
        }
}

static void
put_steps(struct mstc_index *index, uint32_t number)
{
        const struct mstc_clause *clause = &index->clauses[number];
        bool last = number + 1 == index->clause_count || index->ids[clause[1].rule] != index->ids[clause->rule];

        for (uint32_t k = 0; k < clause->access_count; k++) {
                struct mstc_step *step = &index->steps[index->step_count];
                uint32_t *stepped = &index->stepped[index->step_count++];

                step->access = index->accesses[clause->first_access + k];
                *stepped = number;
                *stepped |= first_literals(index, clause, step->literals) ? MSTC_MORE : 0;
                *stepped |= last && k + 1 == clause->access_count ? MSTC_LAST : 0;
        }
}

bool
mstc_clauses_post(struct mstc_index *index)
{
        uint32_t sum = 0;
        size_t room = index->access_count + 1;

        if (index->clause_count >= MSTC_LAST || !number_literals(index))
                return false;
        for (size_t i = 0; i < index->access_count; i++)
                index->keys[index->accesses[i]].count++;
        for (size_t i = 0; i < index->key_count; i++) {
                index->keys[i].first = sum;
                sum += index->keys[i].count;
                index->keys[i].count = 0;
        }
        index->postings = mst_arena_alloc(index->arena, room * sizeof *index->postings);
        index->posted = mst_arena_alloc(index->arena, room * sizeof *index->posted);
        index->steps = mst_arena_alloc(index->arena, room * sizeof *index->steps);
        index->stepped = mst_arena_alloc(index->arena, room * sizeof *index->stepped);
        if (index->postings == NULL || index->posted == NULL || index->steps == NULL || index->stepped == NULL)
                return false;
        for (size_t i = 0; i < index->clause_count; i++) {
                post(index, (uint32_t)i);
                put_steps(index, (uint32_t)i);
        }
        return true;
}
