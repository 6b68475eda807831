/* explainrule.c - a rule's conditions with the values that decided them, and what stands
 * between a person and his object. */
#include "build.h"

#include "cli/explain.h"

#include <string.h>

#include "record/record.h"
#include "rules/explain.h"
#include "util/alloc.h"
#include "util/utf8.h"

#define LONGEST 320                           /* columns of a value, without --verbose  */

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

/* Long values are cut, unless all is wanted. */
void
mstc_explain_line(struct mstc_explained *x, const char *title, const char *text)
{
        struct mstc_cli *cli = x->cli;
        unsigned wide = (unsigned)mstc_utf8_columns(title, strlen(title)), at = wide > 12 ? wide + 3 : 15;

        printf("  %s%*s ", title, wide < 12 ? (int)(12 - wide) : 0, "");
        mstc_wrap(cli->arena, stdout, mstc_fit(cli->arena, text != NULL ? text : "?", cli->verbose ? 0 : LONGEST), at, 15,
                  cli->width);
}

static void
write_condition(struct mstc_json *json, const struct mstc_condition *condition)
{
        static const char *const kinds[] = { "condition", "all", "any", "not" };

        mstc_json_object(json, NULL);
        mstc_json_text(json, "kind", condition->role != NULL ? condition->role : kinds[condition->kind]);
        mstc_json_number(json, "depth", condition->depth);
        mstc_json_text(json, "text", condition->text);
        mstc_json_bool(json, "holds", condition->holds);
        mstc_json_bool(json, "decides", condition->decides);
        mstc_json_bool(json, "first", condition->first);
        mstc_json_bool(json, "change", condition->change);
        if (condition->name != NULL)
                mstc_json_text(json, "name", condition->name);
        if (condition->line != 0) {
                mstc_json_text(json, "reason", condition->reason);
                mstc_json_text(json, "by", condition->by);
                mstc_json_number(json, "line", condition->line);
        }
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

static void
show_condition(struct mstc_cli *cli, struct mstc_table *table, const struct mstc_condition *condition)
{
        static const char *const heads[] = { NULL, "all of these:", "one of these:", "not this:" };
        const char *text = condition->text != NULL ? condition->text : heads[condition->kind];
        enum mstc_paint paint = !condition->decides ? MSTC_FAINT : condition->holds ? MSTC_GOOD : MSTC_BAD;

        mstc_table_paint(table, paint, condition->holds ? "  yes" : "  no");
        mstc_table_cell(table, mst_arena_printf(cli->arena, "%*s%s", (int)(2 * condition->depth), "", text));
        mstc_table_cell(table, condition->count > 0 ? say_values(cli, condition) : " ");
        mstc_table_cell(table, condition->first ? "<- this" : " ");
}

/* What is in a group that decides nothing is left out, unless all is wanted. */
static bool
show_conditions(struct mstc_explained *x, const char *title, const struct mstc_conditions *all)
{
        struct mstc_cli *cli = x->cli;
        const struct mstc_column columns[] = { { " ", 0, 5 }, { title, MSTC_WRAPS, 24 }, { " ", MSTC_WRAPS, 16 },
                                               { " ", 0, 0 } };
        struct mstc_table *table = mstc_table_new(cli->arena, columns, 4);
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        bool good;

        for (size_t i = 0; i < all->count; ) {
                const struct mstc_condition *row = &all->rows[i];
                bool closed = row->role != NULL && strcmp(row->role, "group") == 0 && !row->decides && !cli->verbose;

                if (!row->silent)
                        show_condition(cli, table, row);
                i += closed ? row->size : 1;
        }
        good = mstc_table_render(table, cli->width, cli->colour, &out);
        fputs(mstc_buffer_cstr(&out), stdout);
        return good;
}

/* A condition that several groups have is told once. */
static void
add_change(struct mstc_explained *x, const char *text)
{
        size_t most = sizeof x->changes / sizeof x->changes[0];

        for (size_t i = 0; i < x->change_count && i < most; i++)
                if (strcmp(x->changes[i], text) == 0)
                        return;
        if (x->change_count < most)
                x->changes[x->change_count] = text;
        x->change_count++;
}

/* What would have to be otherwise, for mstc_explain_changes(). */
static bool
note_changes(struct mstc_explained *x, const struct mstc_conditions *all, size_t count)
{
        if (!all->rows[0].holds && count == 0)
                x->hopeless = true;
        for (size_t i = 0; count > 0 && i < all->count; i++) {
                const struct mstc_condition *row = &all->rows[i];
                const char *text;

                if (!row->change)
                        continue;
                text = row->role != NULL ? mst_arena_printf(x->cli->arena, "the <%s> in line %u must go", row->role, row->line)
                     : mst_arena_printf(x->cli->arena, "%s must become %s", row->text, row->holds ? "false" : "true");
                if (text == NULL)
                        return false;
                add_change(x, text);
        }
        return true;
}

int
mstc_explain_conditions(struct mstc_explained *x, const char *title, const char *key, struct mstc_conditions *all)
{
        struct mstc_cli *cli = x->cli;
        struct mst_error err = { 0 };
        size_t changes = mstc_conditions_mark(all, 0);
        bool good = !all->failed;

        if (cli->json != NULL) {
                mstc_json_array(cli->json, key);
                for (size_t i = 0; good && i < all->count; i++)
                        if (!all->rows[i].silent)
                                write_condition(cli->json, &all->rows[i]);
                mstc_json_end(cli->json);
        } else
                good = good && show_conditions(x, title, all);
        if (good && note_changes(x, all, changes))
                return MSTC_END_DONE;
        mst_fail_memory(&err, "explaining a rule");
        return mstc_cli_fail(cli, &err);
}

int
mstc_explain_rule(struct mstc_explained *x, const char *title, const char *key, const struct mstc_expr *rule)
{
        struct mstc_conditions all = { .arena = x->cli->arena };
        struct mstc_eval eval = mstc_explain_eval(x);

        if (rule == NULL)
                return MSTC_END_DONE;
        mstc_conditions_rule(&all, 0, rule, x->person.record, &eval);
        return mstc_explain_conditions(x, title, key, &all);
}

void
mstc_explain_changes(struct mstc_explained *x, bool in)
{
        size_t most = sizeof x->changes / sizeof x->changes[0];

        if (x->cli->json == NULL && !in && x->person.gone == 0 && !x->hopeless)
                for (size_t i = 0; i < x->change_count && i < most; i++)
                        mstc_explain_line(x, i == 0 ? "to be in" : "", x->changes[i]);
        if (x->cli->json == NULL && !in && !x->hopeless && x->change_count > most)
                mstc_explain_line(x, "", mst_arena_printf(x->cli->arena, "and %zu more", x->change_count - most));
        x->change_count = 0;
        x->hopeless = false;
}

void
mstc_explain_open(struct mstc_explained *x, const char *title, const struct mstc_view_op *op)
{
        struct mstc_cli *cli = x->cli;
        const char *verb = mst_verb_name((enum mst_verb)op->verb), *hold = "";

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
        if (op->hold != 0)
                hold = mst_arena_printf(cli->arena, " by hold %lld (muster holds %lld)", (long long)op->hold, (long long)op->hold);
        mstc_explain_line(x, title, mst_arena_printf(cli->arena, "%s, %s%s%s%s", verb, mstc_op_state_name(op->state), hold,
                                                     op->text != NULL ? ": " : "", op->text != NULL ? op->text : ""));
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
                mstc_explain_line(x, "duplicate", mst_arena_printf(x->cli->arena, "%s is there already and is not ours (%s = %s)",
                                  (*ret)->name != NULL ? (*ret)->name : (*ret)->object,
                                  (*ret)->attribute != NULL ? (*ret)->attribute : "stamp",
                                  (*ret)->value != NULL ? (*ret)->value : "?"));
        return MSTC_END_DONE;
}
