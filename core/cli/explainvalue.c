/* explainvalue.c - how an attribute of a sink gets its value for one person. */
#include "build.h"

#include "cli/explain.h"

#include <string.h>
#include <strings.h>

#include "cli/moment.h"
#include "record/record.h"
#include "rules/explain.h"
#include "util/alloc.h"
#include "util/near.h"

#define HIDDEN "(not shown)"

struct wanted {
        enum mstc_flow flow;
        struct mst_value value;
        const char *why;
        bool hidden;                         /* Redact(), or secret in the sink        */
};

static const char *
say(struct mst_arena *arena, const struct mst_value *value)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer text = { 0 };

        mstc_value_json(value, &text);
        return mst_arena_strdup(arena, mstc_buffer_cstr(&text));
}

static void
tell(struct mstc_explained *x, const char *title, const char *key, const struct mst_value *value, bool hidden)
{
        if (x->cli->json == NULL)
                mstc_explain_line(x, title, hidden ? HIDDEN : value == NULL || mst_value_type(value) == MST_NULL
                                  ? "nothing" : say(x->cli->arena, value));
        else if (hidden)
                mstc_json_text(x->cli->json, key, HIDDEN);
        else
                mstc_json_value(x->cli->json, key, value);
}

static void
tell_wanted(struct mstc_explained *x, const struct wanted *wanted)
{
        static const char *const flows[] = { NULL, "left as it is: the attribute is ignored",
                                             "left as it is: the whole person is ignored" };
        struct mstc_cli *cli = x->cli;

        if (wanted->flow == MSTC_VALUE)
                tell(x, "wanted", "wanted", &wanted->value, wanted->hidden);
        else if (cli->json != NULL)
                mstc_json_text(cli->json, "none", wanted->flow == MSTC_FAILED ? wanted->why : flows[wanted->flow]);
        else
                mstc_explain_line(x, "wanted", wanted->flow == MSTC_FAILED
                                  ? mst_arena_printf(cli->arena, "no value: %s", wanted->why != NULL ? wanted->why : "it failed")
                                  : flows[wanted->flow]);
}

/* The last run that changed the attribute there. */
static int
tell_last(struct mstc_explained *x, const struct mstc_target *target, const char *to)
{
        struct mstc_view_which which = { .entry = x->person.number };
        struct mstc_view_op *ops;
        struct mst_error err = { 0 };
        int64_t after = 0, run = 0, at = 0;
        bool more = true;
        size_t count;

        while (more) {
                if (mstc_view_ops(x->place.store, &which, &after, 200, x->cli->arena, &ops, &count, &more, &err) != MST_OK)
                        return mstc_cli_fail(x->cli, &err);
                for (size_t i = 0; i < count; i++)
                        if (ops[i].target != NULL && strcmp(ops[i].target, target->name) == 0
                            && (ops[i].outcome == MST_DONE || ops[i].outcome == MST_ALREADY)
                            && ops[i].after != NULL && mst_record_get(ops[i].after, to) != NULL) {
                                run = ops[i].run;
                                at = ops[i].ended;
                        }
        }
        if (x->cli->json != NULL) {
                mstc_json_number(x->cli->json, "run", run);
                mstc_json_time(x->cli->json, "at", at);
        } else if (run != 0)
                printf("  %-12s by run %lld, %s\n", "last change", (long long)run, mstc_moment(x->cli->arena, at));
        else
                printf("  %-12s never by us, as far as the history goes\n", "last change");
        return MSTC_END_DONE;
}

static void
tell_map(struct mstc_explained *x, const struct mstc_map *map)
{
        static const char *const when[] = { "always", "create", "never" };
        struct mstc_cli *cli = x->cli;
        struct mst_arena *arena = cli->arena;

        if (cli->json != NULL) {
                mstc_json_text(cli->json, "expression", mstc_expr_text(map->expression));
                mstc_json_bool(cli->json, "default", map->from_default);
                mstc_json_text(cli->json, "when", when[map->when]);
                return;
        }
        mstc_explain_line(x, "map", mstc_expr_text(map->expression));
        if (map->from_default)
                printf("  %-12s from the connector's default map\n", "");
        else
                mstc_explain_line(x, "", mst_arena_printf(arena, "%s, line %u", map->config->place.file, map->config->place.line));
        if (map->when != MSTC_ALWAYS)
                printf("  %-12s when=\"%s\"\n", "", when[map->when]);
}

/* Who has no object there does not get the value either. */
static void
tell_place(struct mstc_explained *x, const struct mstc_target *target)
{
        struct mstc_cli *cli = x->cli;
        bool in = mstc_explain_scope(x, x->sync->scope) && mstc_explain_scope(x, target->scope) && x->person.gone == 0;

        if (cli->json != NULL)
                mstc_json_bool(cli->json, "in", in);
        else if (!in)
                mstc_explain_line(x, "out", mst_arena_printf(cli->arena, "%s: no value is written (muster explain --target %s)",
                                  x->person.gone != 0 ? "gone from the source" : "out of scope there", target->name));
}

static int
explain_map(struct mstc_explained *x, const struct mstc_target *target, const struct mstc_map *map)
{
        const struct mstc_fact_attribute *attribute = mstc_facts_find(target->sink->promised, MST_USER, map->to);
        const struct mstc_view_link *link = mstc_explain_link(x, target);
        struct mstc_eval eval = mstc_explain_eval(x);
        const struct mstc_input *inputs = NULL;
        struct wanted wanted = { .hidden = mstc_expr_is_redacted(map->expression)
                                        || (attribute != NULL && (attribute->flags & MST_ATTR_SECRET) != 0) };
        struct mst_error err = { 0 };
        size_t count = 0;
        int code;

        if (x->cli->json != NULL) {
                mstc_json_object(x->cli->json, NULL);
                mstc_json_text(x->cli->json, "target", target->name);
                mstc_json_text(x->cli->json, "attribute", map->to);
        } else
                printf("\n%s%s of %s%s\n", mstc_paint_on(x->cli->colour, MSTC_BOLD), mstc_fit(x->cli->arena, map->to, 0),
                       mstc_fit(x->cli->arena, target->name, 0), mstc_paint_off(x->cli->colour, MSTC_BOLD));
        tell_place(x, target);
        tell_map(x, map);
        if (!mstc_expr_inputs(map->expression, x->person.record, &eval, &inputs, &count)) {
                mst_fail_memory(&err, "explaining a map");
                return mstc_cli_fail(x->cli, &err);
        }
        if (x->cli->json != NULL)
                mstc_json_object(x->cli->json, "reads");
        for (size_t i = 0; i < count; i++)
                tell(x, x->cli->json != NULL ? "" : mst_arena_printf(x->cli->arena, "[%s]", mstc_fit(x->cli->arena, inputs[i].name, 0)),
                     inputs[i].name, &inputs[i].value, wanted.hidden);
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        wanted.flow = mstc_expr_value(map->expression, x->person.record, &eval, &wanted.value);
        wanted.why = eval.why;
        tell_wanted(x, &wanted);
        tell(x, "written", "written", link != NULL && link->applied != NULL ? mst_record_get(link->applied, map->to) : NULL,
             wanted.hidden);
        code = tell_last(x, target, map->to);
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        return code;
}

static int
no_attribute(struct mstc_explained *x, const char *name, const struct mstc_target *only)
{
        const char **names, *near;
        size_t count = 0, room = 1;

        for (size_t i = 0; i < x->sync->target_count; i++)
                room += x->sync->targets[i].map_count;
        names = mst_arena_alloc(x->cli->arena, room * sizeof *names);
        for (size_t i = 0; names != NULL && i < x->sync->target_count; i++)
                for (size_t k = 0; (only == NULL || only == &x->sync->targets[i]) && k < x->sync->targets[i].map_count; k++)
                        names[count++] = x->sync->targets[i].maps[k].to;
        near = mstc_near(name, names, count);
        return mstc_cli_misused(x->cli, "no target%s%s%s writes an attribute '%s'%s%s%s", only != NULL ? " '" : "",
                                only != NULL ? only->name : "", only != NULL ? "'" : "", name,
                                near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

int
mstc_explain_attribute(struct mstc_explained *x, const char *name, const struct mstc_target *only)
{
        int code = MSTC_END_DONE;
        size_t found = 0;

        if (x->cli->json != NULL)
                mstc_json_array(x->cli->json, "maps");
        for (size_t i = 0; i < x->sync->target_count && code == MSTC_END_DONE; i++) {
                const struct mstc_target *target = &x->sync->targets[i];

                for (size_t k = 0; (only == NULL || only == target) && k < target->map_count && code == MSTC_END_DONE; k++)
                        if (strcasecmp(target->maps[k].to, name) == 0) {
                                found++;
                                code = explain_map(x, target, &target->maps[k]);
                        }
        }
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        if (code == MSTC_END_DONE && found == 0)
                return no_attribute(x, name, only);
        return code;
}
