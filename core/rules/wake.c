/* wake.c - when will time alone change the outcome?
 *
 * A comparison with system.now turns at the instant where the moved clock passes the
 * record's date.  Moving by a duration never turns time back, so that instant is found
 * by bisection, calendar months and their clamping included.  Both "reaches" and
 * "passes" are candidates; waking once too often does no harm.
 *
 * Conditions of a rule that the clock has no part in come first: beside one that is false
 * under an -and, or true under an -or, nothing turns until the record changes, and that plans
 * it anyway.
 *
 * Where the clock enters in another way (Now() in a function) nothing is known but
 * that calendars turn by the hour: the next full hour is the answer.  So it is where there are
 * more dates than can be looked at (eval.h). */
#include "build.h"

#include "rules/eval.h"
#include "rules/function.h"
#include "util/date.h"

#define DATE_MOST INT64_C(3155378975999999999)
#define HOUR (3600 * MST_DATE_SECOND)

#define REACHING 8192                        /* the work of finding an instant         */

struct wake {
        struct mstc_run run;
        uint64_t work;                       /* of finding instants                    */
        int64_t now, at;                     /* at: the earliest so far                */
};

static void
earlier(struct wake *wake, int64_t at)
{
        if (at > wake->now && at < wake->at)
                wake->at = at;
}

static void
next_hour(struct wake *wake)
{
        if (wake->now < DATE_MOST - HOUR)
                earlier(wake, wake->now - wake->now % HOUR + HOUR);
}

/* False: it has taken too long. */
static bool
spend(struct wake *wake, uint64_t work)
{
        wake->work += work;
        if (wake->work <= MSTC_WORK_MOST)
                return true;
        next_hour(wake);
        return false;
}

/* A value that cannot be had is none, unless that is because it takes too long. */
static bool
refer(struct wake *wake, const struct mstc_node *node, struct mst_value *room, const struct mst_value **ret)
{
        wake->run.work = wake->work;
        if (mstc_run_refer(&wake->run, node, room, ret) == MSTC_VALUE)
                return spend(wake, wake->run.work - wake->work);
        if (wake->run.broken)
                next_hour(wake);
        return false;
}

/* system.now, moved or not, when the clock shows 'at'; past either end of time it is
 * held there, so that it still never goes back. */
static int64_t
moved(const struct mstc_node *node, int64_t at)
{
        if (node->kind == MSTC_NODE_SHIFT)
                for (uint32_t i = 0; i < node->shift_count; i++) {
                        const struct mstc_shift *shift = &node->shifts[i];
                        bool back = shift->months < 0 || shift->ticks < 0;

                        if (!mstc_date_shift(at, shift->months, shift->ticks, &at))
                                return back ? -1 : DATE_MOST + 1;
                }
        return at;
}

/* The first instant after now at which the moved clock is at least 'date'. */
static void
reaches(struct wake *wake, const struct mstc_node *clock, int64_t date)
{
        int64_t low = wake->now, high = DATE_MOST;

        if (moved(clock, low) >= date || moved(clock, high) < date)
                return;
        while (high - low > 1) {
                int64_t middle = low + (high - low) / 2;

                if (moved(clock, middle) >= date)
                        high = middle;
                else
                        low = middle;
        }
        earlier(wake, high);
}

/* system.now with -plus and -minus, and nothing else that moves. */
static bool
is_clock(const struct mstc_node *node)
{
        return node->kind == MSTC_NODE_NOW ||
               (node->kind == MSTC_NODE_SHIFT && node->kids[0]->kind == MSTC_NODE_NOW) ||
               (node->kind == MSTC_NODE_CALL && node->function->call == mstc_fn_now);
}

static void
against(struct wake *wake, const struct mstc_node *clock, const struct mst_value *value)
{
        int64_t date;

        if (value->type == MST_LIST) {
                for (uint32_t i = 0; i < value->length && spend(wake, MSTC_WORK_ELEMENT); i++)
                        against(wake, clock, &value->as.items[i]);
        } else if (mstc_value_instant(value, &date) && spend(wake, REACHING)) {
                reaches(wake, clock, date);
                reaches(wake, clock, date + 1);
        }
}

static void
comparison(struct wake *wake, const struct mstc_node *node)
{
        const struct mstc_node *left = node->kids[0], *right = node->kids[1];
        const struct mst_value *value;
        struct mst_value room;

        if (is_clock(left) && !right->now) {
                const struct mstc_node *swap = left;

                left = right;
                right = swap;
        }
        if (!is_clock(right) || left->now) {
                next_hour(wake);
                return;
        }
        if (refer(wake, left, &room, &value))
                against(wake, right, value);
}

static void walk(struct wake *wake, const struct mstc_node *node);

/* The body for each element: each has dates of its own. */
static void
quantifier(struct wake *wake, const struct mstc_node *node)
{
        struct mst_value room;
        const struct mst_value *list;
        struct mstc_element at = { .out = wake->run.element };

        if (node->kids[0]->now || !refer(wake, node->kids[0], &room, &list))
                return;
        wake->run.element = &at;
        for (size_t i = 0; i < mstc_value_elements(list) && spend(wake, MSTC_WORK_TEXT); i++) {
                at.value = mstc_value_element(list, i);
                walk(wake, node->kids[1]);
        }
        wake->run.element = at.out;
}

/* An attribute against the clock is true or false, whatever the hour: it never breaks off what
 * stands behind it. */
static bool
is_plain(const struct mstc_node *node)
{
        for (uint32_t i = 0; node->kind == MSTC_NODE_COMPARE && i < node->count; i++)
                if (!is_clock(node->kids[i]) && node->kids[i]->kind != MSTC_NODE_ATTRIBUTE
                    && node->kids[i]->kind != MSTC_NODE_CONSTANT)
                        return false;
        return node->kind == MSTC_NODE_COMPARE;
}

/* Does one that the clock has no part in decide for all? */
static bool
is_settled(struct wake *wake, const struct mstc_node *node)
{
        bool decides = node->kind == MSTC_NODE_OR, is;

        for (uint32_t i = 0; i < node->count && wake->run.expr->mode == MSTC_RULE; i++) {
                if (node->kids[i]->now && !is_plain(node->kids[i]))
                        return false;
                if (node->kids[i]->now)
                        continue;
                wake->run.broken = false;
                if (mstc_run_test(&wake->run, node->kids[i], &is) != MSTC_VALUE || wake->run.broken)
                        return false;
                if (is == decides)
                        return true;
        }
        return false;
}

static void
walk(struct wake *wake, const struct mstc_node *node)
{
        if (!node->now)
                return;
        switch (node->kind) {
        case MSTC_NODE_AND:
        case MSTC_NODE_OR:
        case MSTC_NODE_NOT:
                if (node->kind != MSTC_NODE_NOT && is_settled(wake, node))
                        break;
                for (uint32_t i = 0; i < node->count; i++)
                        walk(wake, node->kids[i]);
                break;
        case MSTC_NODE_COMPARE:
                comparison(wake, node);
                break;
        case MSTC_NODE_QUANTIFIER:
                quantifier(wake, node);
                break;
        case MSTC_NODE_CALL:
                if (node->function->call == mstc_fn_iif || node->function->call == mstc_fn_coalesce ||
                    node->function->call == mstc_fn_switch) {
                        for (uint32_t i = 0; i < node->count; i++)
                                walk(wake, node->kids[i]);
                        break;
                }
                next_hour(wake);
                break;
        default:
                next_hour(wake);
        }
}

bool
mstc_expr_wake(const struct mstc_expr *expr, const struct mst_record *record,
               struct mstc_eval *eval, int64_t *ret)
{
        struct wake wake = {
                .run = { .record = record, .eval = eval, .expr = expr, .rule = true },
                .now = eval->now, .at = INT64_MAX,
        };

        if (!expr->uses_now)
                return false;
        walk(&wake, expr->root);
        if (wake.at == INT64_MAX)
                return false;
        *ret = wake.at;
        return true;
}
