/* program.c - a rule as jumps over predicates.
 *
 * The condition is turned into instructions from its end to its beginning, so that
 * where a jump goes is known when it is written: an instruction tests a predicate and
 * names what follows either answer.  -not costs nothing: it swaps the two.
 *
 * Predicates that say the same of the same attribute are one, whichever rule they come
 * from.  Whether a text equals, begins or ends with another, or is in a list, the keys tell that
 * it brings: a predicate is only computed for what keys do not decide. */
#include "build.h"

#include <string.h>

#include "rules/indexing.h"
#include "util/alloc.h"
#include "util/map.h"

struct maker {
        struct mstc_index *index;
        struct mstc_indexed *rule;
        bool failed;
};

/* --- what keys decide ------------------------------------------------------------------ */

/* The kind of key that decides 'op' with the constant; 0: none does. */
static enum mstc_key_kind
decides(const struct mstc_node *node, const struct mstc_node *left, const struct mstc_node *right)
{
        const struct mstc_constant *constant = right->constant;

        if (node->symbol || right->kind != MSTC_NODE_CONSTANT)
                return 0;
        if (node->kind == MSTC_NODE_IN || node->op == MSTC_OP_EQ) {
                if (constant->value.type == MST_NULL && node->kind == MSTC_NODE_COMPARE &&
                    left->kind == MSTC_NODE_ATTRIBUTE)
                        return MSTC_KEY_NULL;
                return mstc_access_by_key(left, constant) ? MSTC_KEY_TEXT : 0;
        }
        if (constant->folded_length > MSTC_AFFIX_MOST || !mstc_access_as_piece((enum mstc_op)node->op, constant))
                return 0;
        return node->op == MSTC_OP_STARTS ? MSTC_KEY_BEGIN : node->op == MSTC_OP_ENDS ? MSTC_KEY_END : MSTC_KEY_PART;
}

/* The comparison that a condition is, or that one element at least has to satisfy, or that
 * none may satisfy; NULL: it is something else.  '*ret': the attribute. */
static const struct mstc_node *
comparison(const struct mstc_node *node, const struct mstc_node **ret)
{
        bool many = node->kind == MSTC_NODE_QUANTIFIER;
        const struct mstc_node *inner = many ? node->kids[1] : node;

        if ((inner->kind != MSTC_NODE_COMPARE && inner->kind != MSTC_NODE_IN) || (many && inner->negative != node->all) ||
            inner->kids[0]->kind != (many ? MSTC_NODE_ELEMENT : MSTC_NODE_ATTRIBUTE) || inner->kids[0]->level != 0 ||
            inner->kids[0]->path_count > 0)
                return NULL;
        *ret = many ? node->kids[0] : inner->kids[0];
        if ((*ret)->kind != MSTC_NODE_ATTRIBUTE || (*ret)->path_count > 0)
                return NULL;
        for (uint32_t i = 1; i < inner->count; i++)
                if (decides(inner, inner->kids[0], inner->kids[i]) == 0)
                        return NULL;
        return inner;
}

bool
mstc_index_decides(const struct mstc_node *node)
{
        const struct mstc_node *attribute;

        return comparison(node, &attribute) != NULL;
}

bool
mstc_index_decide(struct mstc_index *index, const struct mstc_indexed *rule, const struct mstc_node *node,
            struct mstc_decision *ret)
{
        const struct mstc_node *attribute, *inner = comparison(node, &attribute);

        *ret = (struct mstc_decision){ .slot = MSTC_NO, .first_key = (uint32_t)index->decisive_count };
        if (inner == NULL)
                return true;
        ret->negative = inner->negative;
        ret->slot = mstc_slot_add(index, rule->map[attribute->attribute], NULL, false);
        if (ret->slot == UINT32_MAX || !mstc_index_room(&index->decisive, index->decisive_count, &index->decisive_room,
                                                        inner->count, sizeof *index->decisive))
                return false;
        index->slots[ret->slot].decides = true;
        for (uint32_t i = 1; i < inner->count; i++) {
                const struct mstc_constant *constant = inner->kids[i]->constant;
                enum mstc_key_kind kind = decides(inner, inner->kids[0], inner->kids[i]);
                uint32_t key = mstc_key_add(index, ret->slot, kind, kind == MSTC_KEY_NULL ? "" : constant->folded,
                                            kind == MSTC_KEY_NULL ? 0 : constant->folded_length);

                if (key == UINT32_MAX)
                        return false;
                index->decisive[index->decisive_count++] = key;
                ret->key_count++;
        }
        return true;
}

/* --- predicates ------------------------------------------------------------------------ */

/* An attribute, whole, in order with a time that follows from now alone; MSTC_NO: none. */
static uint32_t
compared_with_now(const struct maker *m, const struct mstc_node *node)
{
        const struct mstc_node *right = node->count == 2 ? node->kids[1] : NULL;

        if (node->kind != MSTC_NODE_COMPARE || node->symbol || node->op < MSTC_OP_LE ||
            node->kids[0]->kind != MSTC_NODE_ATTRIBUTE || node->kids[0]->path_count > 0)
                return MSTC_NO;
        if (right->kind == MSTC_NODE_SHIFT)
                right = right->kids[0];
        return right->kind == MSTC_NODE_NOW ? m->rule->map[node->kids[0]->attribute] : MSTC_NO;
}

static uint32_t
add_predicate(struct maker *m, const struct mstc_node *node)
{
        struct mstc_index *index = m->index;
        struct mstc_predicate new = { node, m->rule->expr, m->rule->map, .slot = MSTC_NO };
        struct mstc_decision decision;

        if (!mstc_index_room(&index->predicates, index->predicate_count, &index->predicate_room, 1,
                             sizeof *index->predicates)) {
                m->failed = true;
                return 0;
        }
        /* What no element may satisfy: its complement is decided, which no instruction can say. */
        if (node->kind != MSTC_NODE_QUANTIFIER || !node->all) {
                m->failed |= !mstc_index_decide(index, m->rule, node, &decision);
                new.slot = decision.slot;
                new.first_key = decision.first_key;
                new.key_count = decision.key_count;
        }
        new.moment = compared_with_now(m, node);
        if (new.moment != MSTC_NO)
                new.moment_number = index->moments++;
        index->predicates[index->predicate_count] = new;
        return (uint32_t)index->predicate_count++;
}

/* What a comparison of an attribute with constants says, as text; false: it is
 * something else, which is nobody's business but its rule's. */
static bool
describe(const struct maker *m, const struct mstc_node *node, struct mstc_buffer *into)
{
        const struct mstc_node *left = node->count > 0 ? node->kids[0] : NULL;

        if ((node->kind != MSTC_NODE_COMPARE && node->kind != MSTC_NODE_IN) || node->symbol ||
            left->kind != MSTC_NODE_ATTRIBUTE)
                return false;
        mstc_buffer_printf(into, "%d %d %u %d", node->kind, node->op, m->rule->map[left->attribute], left->dated);
        for (uint32_t i = 0; i < left->path_count; i++)
                mstc_buffer_printf(into, " .%s", left->path[i]);
        for (uint32_t i = 1; i < node->count; i++) {
                const struct mstc_constant *c = node->kids[i]->constant;

                if (node->kids[i]->kind != MSTC_NODE_CONSTANT)
                        return false;
                /* A pattern is not folded: \d is not \D. */
                mstc_buffer_printf(into, " %d %zu:%s", c->value.type, c->folded_length,
                                   node->op == MSTC_OP_MATCH ? c->text : c->folded);
                if (c->value.type == MST_DATE)
                        mstc_buffer_printf(into, " %lld", (long long)c->date);
        }
        return true;
}

/* The shared predicate's number. */
static uint32_t
predicate(struct maker *m, const struct mstc_node *node)
{
        struct mstc_buffer said = { 0 };
        uint32_t number;
        void *known = NULL;
        bool sharable = describe(m, node, &said);

        if (sharable && mstc_buffer_ok(&said))
                known = mstc_map_get(m->index->shared, mstc_buffer_cstr(&said));
        if (known != NULL) {
                number = (uint32_t)(uintptr_t)known - 1;
        } else {
                number = add_predicate(m, node);
                if (sharable && !m->failed)
                        m->failed = !mstc_buffer_ok(&said) ||
                                    !mstc_map_put(m->index->shared, mstc_buffer_cstr(&said),
                                                  (void *)((uintptr_t)number + 1));
        }
        mstc_buffer_done(&said);
        return number;
}

static bool
more_code(struct mstc_index *index)
{
        size_t room = index->code_room == 0 ? 1024 : index->code_room * 2;
        struct mstc_instruction *code;
        uint32_t *tests;

        if (index->code_count < index->code_room)
                return true;
        if (room >= MSTC_NO)
                return false;
        code = mstc_realloc_array(index->code, room, sizeof *code);
        if (code == NULL)
                return false;
        index->code = code;
        tests = mstc_realloc_array(index->tests, room, sizeof *tests);
        if (tests == NULL)
                return false;
        index->tests = tests;
        index->code_room = room;
        return true;
}

static uint32_t
emit(struct maker *m, struct mstc_instruction instruction, uint32_t test)
{
        struct mstc_index *index = m->index;

        if (!more_code(index)) {
                m->failed = true;
                return MSTC_NO;
        }
        index->code[index->code_count] = instruction;
        index->tests[index->code_count] = test;
        return (uint32_t)index->code_count++;
}

/* A leaf whose positive form leads to 'yes'. */
static uint32_t
leaf(struct maker *m, const struct mstc_node *node, uint32_t yes, uint32_t no)
{
        struct mstc_instruction new = { .slot = MSTC_NO_SLOT, .yes = yes, .no = no };
        uint32_t number = predicate(m, node);
        const struct mstc_predicate *said = &m->index->predicates[number];

        if (!m->failed && said->slot < MSTC_NO_SLOT && said->key_count == 1) {
                new.slot = (uint16_t)said->slot;
                new.what = m->index->decisive[said->first_key];
        }
        return emit(m, new, number);
}

static uint32_t make(struct maker *m, const struct mstc_node *node, uint32_t yes, uint32_t no);

/* All parts of the whole rule must hold: what keys decide comes first.  It costs little and
 * nothing can go wrong with it, so that no pattern is tried that would not be in turn. */
static uint32_t
all_of(struct maker *m, const struct mstc_node *node)
{
        const struct mstc_node *attribute;
        uint32_t yes = MSTC_YES;

        for (int keys = 0; keys < 2; keys++)
                for (uint32_t i = node->count; i > 0 && !m->failed; i--)
                        if ((comparison(node->kids[i - 1], &attribute) != NULL) == (keys == 1))
                                yes = make(m, node->kids[i - 1], yes, MSTC_NO);
        return yes;
}

static uint32_t
make(struct maker *m, const struct mstc_node *node, uint32_t yes, uint32_t no)
{
        switch (node->kind) {
        case MSTC_NODE_NOT:
                return make(m, node->kids[0], no, yes);
        case MSTC_NODE_AND:
                for (uint32_t i = node->count; i > 0 && !m->failed; i--)
                        yes = make(m, node->kids[i - 1], yes, no);
                return yes;
        case MSTC_NODE_OR:
                for (uint32_t i = node->count; i > 0 && !m->failed; i--)
                        no = make(m, node->kids[i - 1], yes, no);
                return no;
        case MSTC_NODE_COMPARE:
        case MSTC_NODE_IN:
                return node->negative ? leaf(m, node, no, yes) : leaf(m, node, yes, no);
        default:
                return leaf(m, node, yes, no);
        }
}

static void
note_length(struct mstc_index *index, size_t first)
{
        if (index->code_count - first > index->longest_program)
                index->longest_program = (uint32_t)(index->code_count - first);
}

bool
mstc_program_make(struct mstc_index *index, struct mstc_indexed *rule)
{
        struct maker m = { .index = index, .rule = rule };

        rule->first = (uint32_t)index->code_count;
        rule->start = rule->expr->root->kind == MSTC_NODE_AND ? all_of(&m, rule->expr->root)
                                                              : make(&m, rule->expr->root, MSTC_YES, MSTC_NO);
        note_length(index, rule->first);
        return !m.failed;
}

bool
mstc_program_rest(struct mstc_index *index, struct mstc_indexed *rule, const struct mstc_condition *conditions,
                  size_t count, uint32_t *start)
{
        struct maker m = { .index = index, .rule = rule };
        size_t first = index->code_count;
        uint32_t yes = MSTC_YES;

        for (size_t i = count; i > 0 && !m.failed; i--)
                yes = conditions[i - 1].negated ? make(&m, conditions[i - 1].node, MSTC_NO, yes)
                                                : make(&m, conditions[i - 1].node, yes, MSTC_NO);
        note_length(index, first);
        *start = yes;
        return !m.failed;
}
