/* explainrule.c - a rule's conditions with the values that decided them, and what stands
 * between a person and his object. */
#include "build.h"

#include "cli/explain.h"

#include <string.h>

#include "record/record.h"
#include "rules/explain.h"
#include "util/alloc.h"

#define LONGEST 320                           /* columns of a value, without --verbose  */

struct telling {
        struct mstc_explained *x;
        struct mstc_table *table;
};

/* A long value is cut, unless all is wanted. */
static void
say_value(struct mstc_cli *cli, const struct mst_value *value, struct mstc_buffer *into)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };

        if (mst_value_type(value) == MST_NULL)
                mstc_buffer_text(&say, "nothing");
        else
                mstc_value_json(value, &say);
        mstc_buffer_text(into, mstc_fit(cli->arena, mstc_buffer_cstr(&say), cli->verbose ? 0 : LONGEST));
}

static const char *
say_values(struct mstc_cli *cli, const struct mstc_condition *condition)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };

        for (size_t i = 0; i < condition->count; i++) {
                mstc_buffer_printf(&say, "%s%s", i > 0 ? ", " : "", condition->values[i].name);
                if (i == 0 && condition->element_count > 1)
                        mstc_buffer_printf(&say, ", %zu of %zu", condition->element_at, condition->element_count);
                mstc_buffer_text(&say, " = ");
                say_value(cli, i == 0 && condition->element_count > 1 ? condition->element : &condition->values[i].value, &say);
        }
        return mst_arena_strdup(cli->arena, mstc_buffer_cstr(&say));
}

static void
write_condition(struct mstc_json *json, const struct mstc_condition *condition)
{
        static const char *const kinds[] = { "condition", "all", "any", "not" };

        mstc_json_object(json, NULL);
        mstc_json_text(json, "kind", kinds[condition->kind]);
        mstc_json_number(json, "depth", condition->depth);
        mstc_json_text(json, "text", condition->text);
        mstc_json_bool(json, "holds", condition->holds);
        mstc_json_bool(json, "decides", condition->decides);
        mstc_json_bool(json, "first", condition->first);
        mstc_json_object(json, "values");
        for (size_t i = 0; i < condition->count; i++)
                mstc_json_value(json, condition->values[i].name, &condition->values[i].value);
        mstc_json_end(json);
        if (condition->element_at > 0) {
                mstc_json_number(json, "element-at", (int64_t)condition->element_at);
                mstc_json_value(json, "element", condition->element);
        }
        mstc_json_end(json);
}

static bool
tell(void *self, const struct mstc_condition *condition)
{
        static const char *const heads[] = { NULL, "all of these:", "one of these:", "not this:" };
        struct telling *t = self;
        struct mst_arena *arena = t->x->cli->arena;
        const char *text = condition->kind == MSTC_CONDITION_ONE ? condition->text : heads[condition->kind];
        enum mstc_paint paint = !condition->decides ? MSTC_FAINT : condition->holds ? MSTC_GOOD : MSTC_BAD;

        if (t->x->cli->json != NULL) {
                write_condition(t->x->cli->json, condition);
                return true;
        }
        mstc_table_paint(t->table, paint, condition->holds ? "  yes" : "  no");
        mstc_table_cell(t->table, mst_arena_printf(arena, "%*s%s", (int)(2 * condition->depth), "", text));
        mstc_table_cell(t->table, condition->kind == MSTC_CONDITION_ONE ? say_values(t->x->cli, condition) : " ");
        mstc_table_cell(t->table, condition->first ? "<- this" : " ");
        return true;
}

int
mstc_explain_rule(struct mstc_explained *x, const char *title, const char *key, const struct mstc_expr *rule)
{
        struct mstc_cli *cli = x->cli;
        const struct mstc_column columns[] = { { " ", 0, 5 }, { title, MSTC_WRAPS, 24 }, { " ", MSTC_WRAPS, 16 },
                                               { " ", 0, 0 } };
        struct telling t = { .x = x, .table = mstc_table_new(cli->arena, columns, 4) };
        struct mstc_eval eval = mstc_explain_eval(x);
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        struct mst_error err = { 0 };
        bool holds, good;

        if (rule == NULL)
                return MSTC_END_DONE;
        if (cli->json != NULL)
                mstc_json_array(cli->json, key);
        good = mstc_rule_explain(rule, x->person.record, &eval, tell, &t, &holds);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else if (good) {
                good = mstc_table_render(t.table, cli->width, cli->colour, &out);
                fputs(mstc_buffer_cstr(&out), stdout);
        }
        if (good)
                return MSTC_END_DONE;
        mst_fail_memory(&err, "explaining a rule");
        return mstc_cli_fail(cli, &err);
}

void
mstc_explain_open(struct mstc_explained *x, const char *title, const struct mstc_view_op *op)
{
        struct mstc_cli *cli = x->cli;
        const char *verb = mst_verb_name((enum mst_verb)op->verb);

        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "verb", verb);
                mstc_json_text(cli->json, "state", mstc_op_state_name(op->state));
                mstc_json_number(cli->json, "hold", op->hold);
                mstc_json_text(cli->json, "text", op->text);
                mstc_json_number(cli->json, "run", op->run);
                mstc_json_end(cli->json);
                return;
        }
        printf("  %-12s %s, %s", title, verb, mstc_op_state_name(op->state));
        if (op->hold != 0)
                printf(" by hold %lld (muster holds %lld)", (long long)op->hold, (long long)op->hold);
        printf("%s%s\n", op->text != NULL ? ": " : "", op->text != NULL ? mstc_fit(cli->arena, op->text, 0) : "");
}

int
mstc_explain_duplicate(struct mstc_explained *x, const struct mstc_target *target,
                       const struct mstc_view_duplicate **ret)
{
        struct mstc_view_duplicate *rows;
        struct mst_error err = { 0 };
        int64_t after = 0;
        bool more = true;
        size_t count;

        *ret = NULL;
        while (more && *ret == NULL) {
                if (mstc_view_duplicates(x->place.store, &after, 200, x->cli->arena, &rows, &count, &more, &err) != MST_OK)
                        return mstc_cli_fail(x->cli, &err);
                for (size_t i = 0; i < count && *ret == NULL; i++)
                        if (rows[i].id != NULL && strcmp(rows[i].id, x->person.id) == 0
                            && strcmp(rows[i].sync, x->person.sync) == 0
                            && strcmp(rows[i].sink, target->sink->config->name) == 0)
                                *ret = &rows[i];
        }
        if (*ret == NULL)
                return MSTC_END_DONE;
        if (x->cli->json != NULL) {
                mstc_json_object(x->cli->json, "duplicate");
                mstc_json_text(x->cli->json, "name", (*ret)->name);
                mstc_json_text(x->cli->json, "attribute", (*ret)->attribute);
                mstc_json_text(x->cli->json, "value", (*ret)->value);
                mstc_json_end(x->cli->json);
        } else
                printf("  %-12s %s is there already and is not ours (%s = %s)\n", "duplicate",
                       mstc_fit(x->cli->arena, (*ret)->name != NULL ? (*ret)->name : (*ret)->object, 0),
                       mstc_fit(x->cli->arena, (*ret)->attribute != NULL ? (*ret)->attribute : "stamp", 0),
                       mstc_fit(x->cli->arena, (*ret)->value != NULL ? (*ret)->value : "?", 0));
        return MSTC_END_DONE;
}
