/* program.c - a rule as jumps over predicates.
 *
 * The condition is turned into instructions from its end to its beginning, so that
 * where a jump goes is known when it is written: an instruction tests a predicate and
 * names what follows either answer.  -not costs nothing: it swaps the two.
 *
 * Predicates that say the same of the same attribute are one, whichever rule they come
 * from.  "attribute equals text" needs no predicate where the record holds one text:
 * both sides have a key's number. */
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

static uint32_t
add_predicate(struct maker *m, const struct mstc_node *node)
{
        struct mstc_index *index = m->index;

        if (index->predicate_count == index->predicate_room) {
                size_t room = index->predicate_room == 0 ? 256 : index->predicate_room * 2;
                struct mstc_predicate *new = mstc_realloc_array(index->predicates, room, sizeof *new);

                if (new == NULL) {
                        m->failed = true;
                        return 0;
                }
                index->predicates = new;
                index->predicate_room = room;
        }
        index->predicates[index->predicate_count] = (struct mstc_predicate){ node, m->rule->expr, m->rule->map };
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
        const struct mstc_node *left = node->count > 0 ? node->kids[0] : NULL;
        uint32_t slot = MSTC_NO;

        if (node->kind == MSTC_NODE_COMPARE && node->op == MSTC_OP_EQ && !node->symbol &&
            left->kind == MSTC_NODE_ATTRIBUTE && left->path_count == 0 && node->kids[1]->kind == MSTC_NODE_CONSTANT &&
            mstc_access_by_key(left, node->kids[1]->constant)) {
                const struct mstc_constant *constant = node->kids[1]->constant;

                m->failed |= !mstc_access_slot(m->index, m->rule, left, NULL, &slot);
                if (!m->failed && slot < MSTC_NO_SLOT) {
                        new.slot = (uint16_t)slot;
                        new.what = mstc_key_add(m->index, slot, MSTC_KEY_TEXT, constant->folded,
                                                constant->folded_length);
                        m->failed |= new.what == UINT32_MAX;
                }
        }
        return emit(m, new, predicate(m, node));
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

bool
mstc_program_make(struct mstc_index *index, struct mstc_indexed *rule)
{
        struct maker m = { .index = index, .rule = rule };

        rule->start = make(&m, rule->expr->root, MSTC_YES, MSTC_NO);
        return !m.failed;
}
