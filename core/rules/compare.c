/* compare.c - the comparisons: word operators as membership rules know them (6, 7),
 * symbol operators as mapping conditions know them (D38).
 *
 * A word operator is first asked in its positive form, of each element where the left
 * side is a list; the negative form is the complement of the answer.  So null and odd
 * values make the positive form false and the negative form true, without exception. */
#include "build.h"

#include <string.h>

#include "rules/eval.h"
#include "rules/fold.h"
#include "rules/regex.h"
#include "util/date.h"

static bool
ordered(enum mstc_op op, int order)
{
        switch (op) {
        case MSTC_OP_LE: return order <= 0;
        case MSTC_OP_GE: return order >= 0;
        case MSTC_OP_LT: return order < 0;
        case MSTC_OP_GT: return order > 0;
        default: return order == 0;
        }
}

static int
date_order(int64_t a, int64_t b)
{
        return a < b ? -1 : a > b;
}

static bool
is_number(const struct mst_value *value)
{
        return value->type == MST_INT || value->type == MST_REAL;
}

static bool
is_text(const struct mst_value *value)
{
        return value->type == MST_TEXT || value->type == MST_REF;
}

/* Table 6.1; 'dated': the schema calls the left side a date. */
static bool
equal(const struct mst_value *left, bool dated, const struct mstc_constant *right)
{
        int64_t date;

        switch (left->type) {
        case MST_TEXT:
        case MST_REF:
                if (right->value.type == MST_DATE || (dated && right->dated))
                        return mstc_value_instant(left, &date) && date == right->date;
                if (right->value.type == MST_NULL)
                        return false;
                return mstc_fold_equal(left->as.text, left->length, right->folded, right->folded_length);
        case MST_BOOL:
                if (right->value.type == MST_BOOL)
                        return left->as.is == right->value.as.is;
                return right->value.type == MST_TEXT &&
                       mstc_fold_equal(left->as.is ? "true" : "false", left->as.is ? 4 : 5,
                                       right->folded, right->folded_length);
        case MST_INT:
        case MST_REAL:
                return right->numeric && mstc_number_order(left, &right->number) == 0;
        case MST_DATE:
                return right->dated && left->as.number == right->date;
        default:
                return false;                /* null, object, bytes                    */
        }
}

static bool
relation(enum mstc_op op, const struct mst_value *left, const struct mstc_constant *right)
{
        struct mst_value number;
        int64_t date;

        if (right->numeric && mstc_value_number(left, &number))
                return ordered(op, mstc_number_order(&number, &right->number));
        return right->dated && mstc_value_instant(left, &date) && ordered(op, date_order(date, right->date));
}

static enum mstc_flow
contains(struct mstc_run *run, const char *text, size_t length, const struct mstc_constant *right, bool *ret)
{
        const char *folded;

        *ret = true;
        if (right->folded_length == 0)
                return MSTC_VALUE;
        if (length <= MSTC_FOLD_SHORT) {
                *ret = mstc_fold_contains(text, length, right->folded, right->folded_length);
                return MSTC_VALUE;
        }
        folded = mstc_run_folded(run, text, length, &length);
        *ret = folded != NULL && memmem(folded, length, right->folded, right->folded_length) != NULL;
        return folded != NULL ? MSTC_VALUE : MSTC_FAILED;
}

enum mstc_flow
mstc_compare_constant(struct mstc_run *run, enum mstc_op op, const struct mst_value *left, bool dated,
                      const struct mstc_constant *right, bool *ret)
{
        char room[MSTC_TEXT_ROOM];
        const char *text;
        size_t length;

        *ret = false;
        if (op == MSTC_OP_EQ)
                *ret = equal(left, dated, right);
        else if (op >= MSTC_OP_LE)
                *ret = relation(op, left, right);
        /* Text operators take text and numbers. */
        if (op == MSTC_OP_EQ || op >= MSTC_OP_LE || (!is_text(left) && !is_number(left)))
                return MSTC_VALUE;
        mstc_value_text_form(left, room, &text, &length);
        if (op == MSTC_OP_CONTAINS)
                return contains(run, text, length, right, ret);
        *ret = op == MSTC_OP_STARTS ? mstc_fold_begins(text, length, right->folded, right->folded_length)
             : mstc_fold_ends(text, length, right->folded, right->folded_length, right->folded_count);
        return MSTC_VALUE;
}

/* -match of one value. */
static enum mstc_flow
matches(struct mstc_run *run, const struct mstc_node *node, const struct mst_value *left, bool *ret)
{
        char room[MSTC_TEXT_ROOM];
        const char *text, *why = NULL;
        size_t length;
        int rc;

        *ret = false;
        if ((!is_text(left) && !is_number(left)) || !mstc_value_text_form(left, room, &text, &length))
                return MSTC_VALUE;
        rc = mstc_regex_search(node->regex, text, length, 0, NULL, 0, &run->work, MSTC_WORK_MOST, &why);
        if (rc < 0) {
                run->broken = true;
                return mstc_run_fail(run, "-match: %s", why);
        }
        *ret = rc > 0;
        return MSTC_VALUE;
}

/* What one value takes: equality and the like look at no more of it than the constant is long. */
static enum mstc_flow
spend(struct mstc_run *run, enum mstc_op op, const struct mst_value *left, const struct mstc_constant *right)
{
        size_t length;

        if (op == MSTC_OP_CONTAINS || op == MSTC_OP_MATCH)
                return mstc_run_spend_text(run, left);
        if (op > MSTC_OP_MATCH)
                return mstc_run_spend(run, MSTC_WORK_TEXT);
        length = !is_text(left) ? 0 : left->length < right->folded_length ? left->length : right->folded_length;
        return mstc_run_spend(run, MSTC_WORK_ELEMENT + (length < MSTC_WORK_SHORT ? length : MSTC_WORK_SHORT));
}

/* The positive form of a word operator on 'left', null or one value or a list. */
static enum mstc_flow
positive(struct mstc_run *run, const struct mstc_node *node, const struct mst_value *left, bool dated,
         const struct mstc_constant *right, bool *ret)
{
        enum mstc_op op = (enum mstc_op)node->op;
        enum mstc_flow flow = MSTC_VALUE;

        *ret = false;
        if (right != NULL && right->value.type == MST_NULL) {
                *ret = node->op == MSTC_OP_EQ &&
                       (left->type == MST_NULL || (left->type == MST_LIST && left->length == 0));
                return MSTC_VALUE;
        }
        if (left->type == MST_LIST) {
                for (uint32_t i = 0; i < left->length && !*ret && flow == MSTC_VALUE && !run->broken; i++)
                        if (left->as.items[i].type != MST_LIST)
                                flow = positive(run, node, &left->as.items[i], dated, right, ret);
                return flow;
        }
        flow = spend(run, op, left, right);
        if (flow != MSTC_VALUE)
                return flow;
        return op == MSTC_OP_MATCH ? matches(run, node, left, ret) : mstc_compare_constant(run, op, left, dated, right, ret);
}

#define COMPLETED 256                         /* the work of making a constant          */

/* The right side of a word operator, computed: it is then compared like a constant
 * (a date it may be, too).  Its elements one by one, when it is a list. */
static enum mstc_flow
computed(struct mstc_run *run, const struct mstc_node *node, const struct mst_value *left, bool dated, bool *ret)
{
        struct mst_value room;
        const struct mst_value *right;
        enum mstc_flow flow = mstc_run_refer(run, node->kids[1], &room, &right);
        size_t count;

        *ret = false;
        if (flow != MSTC_VALUE)
                return flow;
        count = right->type == MST_LIST && right->length > 0 ? right->length : 1;
        for (size_t i = 0; i < count && flow == MSTC_VALUE && !*ret && !run->broken; i++) {
                const struct mst_value *one = right->type == MST_LIST && right->length > 0 ?
                                              &right->as.items[i] : right;
                struct mstc_constant constant = { .value = *one };

                if (one->type == MST_DATE) {             /* no text is needed for it       */
                        constant.dated = true;
                        constant.date = one->as.number;
                        constant.folded = "";
                } else if (one->type == MST_LIST) {
                        constant.value = mstc_value_null();
                } else if (!mstc_constant_complete(&constant, run->eval->arena)) {
                        flow = mstc_run_memory(run);
                        break;
                }
                if (one->type == MST_OBJECT || one->type == MST_BYTES ||
                    (one->type == MST_NULL && node->op != MSTC_OP_EQ))
                        continue;            /* equals nothing                         */
                flow = mstc_run_spend(run, COMPLETED + (is_text(one) ? 2 * (uint64_t)one->length * MSTC_WORK_BYTE : 0));
                if (flow == MSTC_VALUE)
                        flow = positive(run, node, left, dated, &constant, ret);
        }
        return flow;
}

/* = and <>: exact text, null is "", numbers where one side is one (D38). */
static bool
symbol_equal(const struct mst_value *a, const struct mst_value *b)
{
        char room_a[MSTC_TEXT_ROOM], room_b[MSTC_TEXT_ROOM];
        const char *text_a = "", *text_b = "";
        size_t length_a = 0, length_b = 0;
        struct mst_value na, nb;
        int64_t da, db;

        if (is_number(a) || is_number(b))
                return mstc_value_number(a, &na) && mstc_value_number(b, &nb) && mstc_number_order(&na, &nb) == 0;
        if ((a->type == MST_DATE || b->type == MST_DATE) && mstc_value_instant(a, &da) && mstc_value_instant(b, &db))
                return da == db;
        if (a->type != MST_NULL && !mstc_value_text_form(a, room_a, &text_a, &length_a))
                return false;
        if (b->type != MST_NULL && !mstc_value_text_form(b, room_b, &text_b, &length_b))
                return false;
        return length_a == length_b && memcmp(text_a, text_b, length_a) == 0;
}

static bool
symbol_relation(enum mstc_op op, const struct mst_value *a, const struct mst_value *b)
{
        struct mst_value na, nb;
        int64_t da, db;
        size_t n;
        int order;

        if (a->type == MST_NULL || b->type == MST_NULL)
                return false;
        if (mstc_value_number(a, &na) && mstc_value_number(b, &nb))
                return ordered(op, mstc_number_order(&na, &nb));
        if (mstc_value_instant(a, &da) && mstc_value_instant(b, &db))
                return ordered(op, date_order(da, db));
        if (!is_text(a) || !is_text(b))
                return false;
        n = a->length < b->length ? a->length : b->length;
        order = memcmp(a->as.text, b->as.text, n);
        if (order == 0)
                order = a->length < b->length ? -1 : a->length > b->length;
        return ordered(op, order);
}

/* Whether it says null itself, rather than yields it. */
static bool
says_null(const struct mstc_node *node)
{
        return node->kind == MSTC_NODE_CONSTANT && node->constant->value.type == MST_NULL;
}

static enum mstc_flow
symbol(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        struct mst_value room_a, room_b;
        const struct mst_value *a, *b;
        enum mstc_flow flow;

        if ((flow = mstc_run_refer(run, node->kids[0], &room_a, &a)) != MSTC_VALUE ||
            (flow = mstc_run_refer(run, node->kids[1], &room_b, &b)) != MSTC_VALUE)
                return flow;
        if (a->type == MST_LIST || b->type == MST_LIST || a->type == MST_OBJECT || b->type == MST_OBJECT) {
                if (says_null(node->kids[0]) || says_null(node->kids[1])) {
                        const struct mst_value *one = says_null(node->kids[0]) ? b : a;

                        *ret = (one->type == MST_LIST && one->length == 0) != node->negative;
                        return MSTC_VALUE;
                }
                return mstc_run_fail(run, "a comparison needs single values, found a %s",
                                     a->type == MST_LIST || b->type == MST_LIST ? "list" : "structured value");
        }
        *ret = node->op == MSTC_OP_EQ ? symbol_equal(a, b) != node->negative :
               symbol_relation((enum mstc_op)node->op, a, b);
        return MSTC_VALUE;
}

/* What comparing yields where odd data may not fail: false, its complement true. */
static enum mstc_flow
settle(struct mstc_run *run, const struct mstc_node *node, enum mstc_flow flow, bool *ret)
{
        if (flow == MSTC_VALUE)
                return flow;
        if (!run->rule)
                return flow;
        *ret = node->negative;
        return MSTC_VALUE;
}

enum mstc_flow
mstc_compare(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        const struct mstc_node *left_node = node->kids[0], *right_node = node->kids[1];
        struct mst_value room;
        const struct mst_value *left;
        enum mstc_flow flow;

        if (node->symbol)
                return settle(run, node, symbol(run, node, ret), ret);
        flow = mstc_run_refer(run, left_node, &room, &left);
        if (flow == MSTC_VALUE) {
                if (right_node->kind == MSTC_NODE_CONSTANT)
                        flow = positive(run, node, left, left_node->dated, right_node->constant, ret);
                else
                        flow = computed(run, node, left, left_node->dated, ret);
        }
        if (flow == MSTC_VALUE)
                *ret = *ret != node->negative;
        return settle(run, node, flow, ret);
}

enum mstc_flow
mstc_compare_in(struct mstc_run *run, const struct mstc_node *node, bool *ret)
{
        struct mst_value room;
        const struct mst_value *left;
        enum mstc_flow flow = mstc_run_refer(run, node->kids[0], &room, &left);
        size_t count = flow == MSTC_VALUE ? mstc_value_elements(left) : 0;
        bool found = false;

        for (size_t i = 0; i < count && flow == MSTC_VALUE && !found && !run->broken; i++) {
                const struct mst_value *one = mstc_value_element(left, i);

                flow = mstc_run_spend(run, MSTC_WORK_TEXT);
                if (flow == MSTC_VALUE)
                        flow = mstc_choice_has(run, node->choice, one, &found);
        }
        if (flow == MSTC_VALUE)
                *ret = found != node->negative;
        return settle(run, node, flow, ret);
}
