/* explain.c - a rule told condition by condition.
 *
 * The tree is walked as evaluation walks it, but nothing is left out; what the conditions mean
 * for the whole is found out when all rows are there (conditions.c). */
#include "build.h"

#include "rules/explain.h"

#include <string.h>
#include <strings.h>

#include "rules/eval.h"

struct telling {
        struct mstc_run run;
        struct mstc_conditions *all;
};

/* The text of a node, white space folded to single blanks. */
static const char *
text_of(const struct mstc_expr *expr, const struct mstc_node *node, struct mst_arena *arena)
{
        char *ret = mst_arena_strndup(arena, expr->text + node->offset, node->length), *to = ret;

        for (const char *from = ret; from != NULL && *from != '\0'; from++) {
                bool blank = strchr(" \t\r\n", *from) != NULL;

                if (!blank)
                        *to++ = *from;
                else if (to > ret && to[-1] != ' ')
                        *to++ = ' ';
        }
        while (ret != NULL && to > ret && to[-1] == ' ')
                to--;
        if (ret != NULL)
                *to = '\0';
        return ret;
}

struct inputs {
        struct mstc_input *values;
        size_t count, room;
};

static const char *
name_of(const struct mstc_node *node, struct mst_arena *arena)
{
        const char *name = mst_arena_strdup(arena, node->kind == MSTC_NODE_NOW ? "system.now" : node->name);

        for (uint32_t i = 0; name != NULL && i < node->path_count; i++)
                name = mst_arena_printf(arena, "%s.%s", name, node->path[i]);
        return name;
}

static bool
add_input(struct mstc_run *run, const struct mstc_node *node, struct inputs *inputs)
{
        struct mst_arena *arena = run->eval->arena;
        struct mstc_input *new = inputs->values;
        const char *name = name_of(node, arena);
        struct mst_value value;

        if (name == NULL)
                return false;
        for (size_t i = 0; i < inputs->count; i++)
                if (strcasecmp(inputs->values[i].name, name) == 0)
                        return true;
        if (inputs->count == inputs->room) {
                size_t room = inputs->room == 0 ? 4 : inputs->room * 2;

                new = mst_arena_alloc(arena, room * sizeof *new);
                if (new == NULL)
                        return false;
                if (inputs->count > 0)
                        memcpy(new, inputs->values, inputs->count * sizeof *new);
                inputs->values = new;
                inputs->room = room;
        }
        if (mstc_run_value(run, node, &value) != MSTC_VALUE)
                value = mstc_value_null();
        inputs->values[inputs->count++] = (struct mstc_input){ .name = name, .value = value };
        return !run->memory;
}

static bool
gather(struct mstc_run *run, const struct mstc_node *node, struct inputs *inputs)
{
        if ((node->kind == MSTC_NODE_ATTRIBUTE || node->kind == MSTC_NODE_NOW) && !add_input(run, node, inputs))
                return false;
        for (uint32_t i = 0; i < node->count; i++)
                if (!gather(run, node->kids[i], inputs))
                        return false;
        return true;
}

static enum mstc_condition_kind
kind_of(const struct mstc_node *node)
{
        switch (node->kind) {
        case MSTC_NODE_AND:
                return MSTC_CONDITION_ALL;
        case MSTC_NODE_OR:
                return MSTC_CONDITION_ANY;
        case MSTC_NODE_NOT:
                return MSTC_CONDITION_NOT;
        default:
                return MSTC_CONDITION_ONE;
        }
}

static bool
holds(struct telling *t, const struct mstc_node *node)
{
        bool ret = false;

        t->run.broken = false;
        if (mstc_run_test(&t->run, node, &ret) != MSTC_VALUE || t->run.broken)
                ret = false;
        t->all->failed |= t->run.memory;
        return ret;
}

/* The first element for which the body says what the whole says. */
static void
find_element(struct telling *t, const struct mstc_node *node, struct mstc_condition *condition)
{
        const struct mst_value *list;
        struct mst_value room;
        struct mstc_element at = { .out = t->run.element };
        size_t count;

        if (node->kind != MSTC_NODE_QUANTIFIER || condition->holds == node->all ||
            mstc_run_refer(&t->run, node->kids[0], &room, &list) != MSTC_VALUE)
                return;
        count = mstc_value_elements(list);
        t->run.element = &at;
        for (size_t i = 0; i < count && condition->element_at == 0; i++) {
                bool is = node->all;

                at.value = mstc_value_element(list, i);
                if (mstc_run_test(&t->run, node->kids[1], &is) != MSTC_VALUE || t->run.broken)
                        break;
                if (is == condition->holds) {
                        condition->element = mst_arena_memdup(t->all->arena, at.value, sizeof *at.value);
                        t->all->failed |= condition->element == NULL;
                        condition->element_at = i + 1;
                        condition->element_count = count;
                }
        }
        t->run.element = at.out;
}

static void
tell(struct telling *t, const struct mstc_node *node, unsigned depth)
{
        struct inputs inputs = { 0 };
        struct mstc_condition condition = { .kind = kind_of(node), .depth = depth, .holds = holds(t, node) };
        bool whole = condition.holds;
        size_t at;

        if (condition.kind == MSTC_CONDITION_ONE) {
                condition.text = text_of(t->run.expr, node, t->all->arena);
                t->all->failed |= condition.text == NULL || !gather(&t->run, node, &inputs);
                condition.values = inputs.values;
                condition.count = inputs.count;
                find_element(t, node, &condition);
        }
        at = mstc_conditions_open(t->all, &condition);
        for (uint32_t i = 0; condition.kind != MSTC_CONDITION_ONE && i < node->count && !t->all->failed; i++)
                tell(t, node->kids[i], depth + 1);
        mstc_conditions_close(t->all, at);
        if (!t->all->failed)
                t->all->rows[at].holds = whole;      /* a pattern that gave up makes all of it false */
}

static struct mstc_run
run_of(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval)
{
        return (struct mstc_run){ .record = record, .eval = eval, .expr = expr, .rule = expr->mode == MSTC_RULE };
}

void
mstc_conditions_rule(struct mstc_conditions *all, unsigned depth, const struct mstc_expr *rule,
                     const struct mst_record *record, struct mstc_eval *eval)
{
        struct telling t = { .run = run_of(rule, record, eval), .all = all };

        tell(&t, rule->root, depth);
}

bool
mstc_expr_inputs(const struct mstc_expr *expr, const struct mst_record *record, struct mstc_eval *eval,
                 const struct mstc_input **ret, size_t *count)
{
        struct mstc_run run = run_of(expr, record, eval);
        struct inputs inputs = { 0 };
        bool good = gather(&run, expr->root, &inputs);

        *ret = inputs.values;
        *count = inputs.count;
        return good;
}
