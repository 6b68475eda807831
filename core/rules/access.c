/* access.c - the keys that a rule cannot do without.
 *
 * For every condition: either a set of keys such that a record with none of them
 * certainly fails it, or nothing.  A conjunction takes the part that promises the
 * fewest records, a disjunction needs all its parts; -not turns one into the other.
 * Negative conditions are true for whoever has nothing, so they give nothing.
 *
 * How many records a key will bring is not known when rules are compiled.  It is
 * guessed from the rules themselves: an attribute that they compare with many texts
 * (job titles) splits people more finely than one with few (account enabled). */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "rules/indexing.h"
#include "util/alloc.h"

#define PRESENT_COST 3000u
#define NULL_COST 2000u
#define KEYS_MOST 4096u                      /* more, and the rule is always evaluated */

struct access {
        struct mstc_index *index;
        const struct mstc_indexed *rule;
        const struct mstc_node *collection;  /* of the innermost -any, or NULL         */
        bool survey;                         /* only enter the texts                   */
        bool failed;
        uint32_t *keys;                      /* what was found, as a stack             */
        size_t count, room;
};

/* What a condition needs: keys [from, to) of the stack; cost UINT64_MAX: nothing. */
struct need {
        size_t from, to;
        uint64_t cost;
};

static struct need
nothing(struct access *a, size_t from)
{
        a->count = from;
        return (struct need){ from, from, UINT64_MAX };
}

static void
push(struct access *a, uint32_t slot, enum mstc_key_kind kind, const void *bytes, size_t length)
{
        uint32_t key = mstc_key_add(a->index, slot, kind, bytes, length);

        if (a->count == a->room) {
                size_t room = a->room == 0 ? 64 : a->room * 2;
                uint32_t *new = mstc_realloc_array(a->keys, room, sizeof *new);

                if (new == NULL) {
                        a->failed = true;
                        return;
                }
                a->keys = new;
                a->room = room;
        }
        if (key == UINT32_MAX)
                a->failed = true;
        else
                a->keys[a->count++] = key;
}

bool
mstc_access_slot(struct mstc_index *index, const struct mstc_indexed *rule, const struct mstc_node *left,
                 const struct mstc_node *collection, uint32_t *ret)
{
        const struct mstc_node *base = left;

        *ret = UINT32_MAX;
        if (left->kind == MSTC_NODE_ELEMENT) {
                if (left->level != 0 || collection == NULL || collection->kind != MSTC_NODE_ATTRIBUTE ||
                    collection->path_count > 0)
                        return true;
                base = collection;
        } else if (left->kind != MSTC_NODE_ATTRIBUTE) {
                return true;
        }
        if (left->path_count > 1)
                return true;
        *ret = mstc_slot_add(index, rule->map[base->attribute], left->path_count == 1 ? left->path[0] : NULL,
                             left->either_id);
        return *ret != UINT32_MAX;
}

bool
mstc_access_by_key(const struct mstc_node *left, const struct mstc_constant *right)
{
        return !left->dated && right->value.type != MST_DATE && right->value.type != MST_NULL;
}

/* A broken byte counts as U+FFFD where texts are folded, and not always where they are searched. */
bool
mstc_access_as_piece(enum mstc_op op, const struct mstc_constant *right)
{
        if (right->value.type == MST_NULL || right->folded_length == 0)
                return false;
        if (op == MSTC_OP_STARTS)
                return true;
        return (op == MSTC_OP_ENDS || op == MSTC_OP_CONTAINS)
               && memmem(right->folded, right->folded_length, "\xEF\xBF\xBD", 3) == NULL;
}

/* Every key under which a value equal to 'constant' can lie. */
static uint64_t
equal_keys(struct access *a, uint32_t slot, const struct mstc_constant *constant)
{
        unsigned char number[9];

        push(a, slot, MSTC_KEY_TEXT, constant->folded, constant->folded_length);
        if (constant->numeric) {
                mstc_key_number(&constant->number, number);
                push(a, slot, MSTC_KEY_NUMBER, number, sizeof number);
        }
        if (constant->dated)
                push(a, slot, MSTC_KEY_DATE, &constant->date, sizeof constant->date);
        return 1 + 4096 / ((uint64_t)a->index->slots[slot].texts + 1);
}

/* There is something in the attribute: true of every positive condition. */
static struct need
present(struct access *a, const struct mstc_node *left, size_t from)
{
        const struct mstc_node *base = left->kind == MSTC_NODE_ELEMENT && left->level == 0 ? a->collection : left;
        uint32_t slot;

        a->count = from;
        if (base == NULL || base->kind != MSTC_NODE_ATTRIBUTE)
                return nothing(a, from);
        slot = mstc_slot_add(a->index, a->rule->map[base->attribute], NULL, false);
        if (slot == UINT32_MAX) {
                a->failed = true;
                return nothing(a, from);
        }
        push(a, slot, MSTC_KEY_PRESENT, "", 0);
        return (struct need){ from, a->count, PRESENT_COST };
}

static struct need
affix(struct access *a, uint32_t slot, const struct mstc_node *node, size_t from)
{
        const struct mstc_constant *constant = node->kids[1]->constant;
        size_t length = constant->folded_length < MSTC_AFFIX_MOST ? constant->folded_length : MSTC_AFFIX_MOST;
        uint64_t others;

        if (node->op == MSTC_OP_STARTS)
                push(a, slot, MSTC_KEY_BEGIN, constant->folded, length);
        else if (node->op == MSTC_OP_ENDS)
                push(a, slot, MSTC_KEY_END, constant->folded + constant->folded_length - length, length);
        else
                push(a, slot, MSTC_KEY_PART, constant->folded, length);
        others = node->op == MSTC_OP_CONTAINS ? a->index->slots[slot].parts : a->index->slots[slot].affixes;
        return (struct need){ from, a->count, 16 + 4096 / (others + 1) };
}

static struct need
comparison(struct access *a, const struct mstc_node *node, bool negated)
{
        const struct mstc_node *left = node->kids[0], *right = node->kids[1];
        bool positive = node->negative == negated;
        size_t from = a->count;
        uint32_t slot;

        if (node->symbol || right->kind != MSTC_NODE_CONSTANT)
                return nothing(a, from);
        if (!mstc_access_slot(a->index, a->rule, left, a->collection, &slot))
                a->failed = true;
        if (slot == UINT32_MAX)
                return nothing(a, from);
        if (right->constant->value.type == MST_NULL) {
                if (left->kind != MSTC_NODE_ATTRIBUTE || left->path_count > 0)
                        return nothing(a, from);
                if (!positive)
                        return present(a, left, from);
                push(a, slot, MSTC_KEY_NULL, "", 0);
                return (struct need){ from, a->count, NULL_COST };
        }
        if (!positive)
                return nothing(a, from);
        if (node->op == MSTC_OP_EQ && mstc_access_by_key(left, right->constant)) {
                uint64_t cost = equal_keys(a, slot, right->constant);

                return (struct need){ from, a->count, cost };
        }
        if (node->op <= MSTC_OP_CONTAINS && mstc_access_as_piece((enum mstc_op)node->op, right->constant))
                return affix(a, slot, node, from);
        return present(a, left, from);
}

static struct need
in_list(struct access *a, const struct mstc_node *node, bool negated)
{
        const struct mstc_node *left = node->kids[0];
        size_t from = a->count;
        uint64_t cost = 0;
        uint32_t slot;

        if (node->negative != negated)
                return nothing(a, from);
        if (!mstc_access_slot(a->index, a->rule, left, a->collection, &slot))
                a->failed = true;
        if (slot == UINT32_MAX)
                return nothing(a, from);
        for (uint32_t i = 1; i < node->count && !a->failed; i++) {
                if (!mstc_access_by_key(left, node->kids[i]->constant))
                        return present(a, left, from);
                cost += equal_keys(a, slot, node->kids[i]->constant);
        }
        return (struct need){ from, a->count, cost };
}

static struct need find(struct access *a, const struct mstc_node *node, bool negated);

/* The cheapest of the parts. */
static struct need
one_of(struct access *a, const struct mstc_node *node, bool negated)
{
        size_t from = a->count;
        struct need best = { from, from, UINT64_MAX };

        for (uint32_t i = 0; i < node->count && !a->failed; i++) {
                struct need part = find(a, node->kids[i], negated);

                if (part.cost < best.cost && part.to > part.from) {
                        memmove(a->keys + from, a->keys + part.from, (part.to - part.from) * sizeof *a->keys);
                        best = (struct need){ from, from + (part.to - part.from), part.cost };
                }
                a->count = best.to;
        }
        return best;
}

/* All of the parts, or nothing. */
static struct need
each_of(struct access *a, const struct mstc_node *node, bool negated)
{
        size_t from = a->count;
        uint64_t cost = 0;
        bool none = false;

        for (uint32_t i = 0; i < node->count && !a->failed; i++) {
                struct need part = find(a, node->kids[i], negated);

                none |= part.cost == UINT64_MAX;
                if (none && !a->survey)
                        return nothing(a, from);
                cost += none ? 0 : part.cost;
        }
        return none ? nothing(a, from) : (struct need){ from, a->count, cost };
}

/* An element that satisfies the body, or (-not ... -all) fails it. */
static struct need
quantifier(struct access *a, const struct mstc_node *node, bool negated)
{
        const struct mstc_node *outer = a->collection;
        size_t from = a->count;
        struct need body;

        if (node->all != negated)
                return nothing(a, from);
        a->collection = node->kids[0];
        body = find(a, node->kids[1], negated);
        a->collection = outer;
        return body.cost <= PRESENT_COST ? body : present(a, node->kids[0], from);
}

static struct need
reports(struct access *a, const struct mstc_node *node)
{
        size_t from = a->count;
        uint32_t slot = mstc_slot_add(a->index, a->rule->map[node->kids[0]->attribute], "objectId", true);
        uint64_t cost;

        if (slot == UINT32_MAX) {
                a->failed = true;
                return nothing(a, from);
        }
        cost = equal_keys(a, slot, node->constant);
        return (struct need){ from, a->count, cost };
}

static struct need
find(struct access *a, const struct mstc_node *node, bool negated)
{
        switch (node->kind) {
        case MSTC_NODE_COMPARE:
                return comparison(a, node, negated);
        case MSTC_NODE_IN:
                return in_list(a, node, negated);
        case MSTC_NODE_NOT:
                return find(a, node->kids[0], !negated);
        case MSTC_NODE_AND:
                return negated ? each_of(a, node, true) : one_of(a, node, false);
        case MSTC_NODE_OR:
                return negated ? one_of(a, node, true) : each_of(a, node, false);
        case MSTC_NODE_QUANTIFIER:
                return quantifier(a, node, negated);
        case MSTC_NODE_REPORTS:
                return negated ? nothing(a, a->count) : reports(a, node);
        default:
                return nothing(a, a->count);
        }
}

bool
mstc_access_survey(struct mstc_index *index, const struct mstc_indexed *rule)
{
        struct access a = { .index = index, .rule = rule, .survey = true };

        find(&a, rule->expr->root, false);
        mstc_free(a.keys);
        return !a.failed;
}

bool
mstc_access_find(struct mstc_index *index, const struct mstc_indexed *rule, struct mstc_condition condition,
                 uint32_t *count)
{
        struct access a = { .index = index, .rule = rule };
        struct need need = find(&a, condition.node, condition.negated);
        bool good = !a.failed;

        *count = 0;
        if (need.cost != UINT64_MAX && need.to - need.from <= KEYS_MOST)
                *count = (uint32_t)(need.to - need.from);
        if (good && *count > 0) {
                good = mstc_index_room(&index->accesses, index->access_count, &index->access_room, *count,
                                       sizeof *index->accesses);
                if (good)
                        memcpy(index->accesses + index->access_count, a.keys + need.from, *count * sizeof *a.keys);
                index->access_count += good ? *count : 0;
        }
        mstc_free(a.keys);
        return good;
}
