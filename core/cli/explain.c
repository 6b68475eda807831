/* explain.c - `muster explain`: why somebody is in, out, or has a value.
 *
 * Everything comes from the mirror and the configuration as it is now, and from the history:
 * what a rule says today, and which run last acted on it.  Nobody is asked. */
#include "build.h"

#include "cli/explain.h"

#include <string.h>

#include <muster/page.h>

#include "cli/declined.h"
#include "cli/moment.h"
#include "cli/who.h"
#include "store/entries.h"
#include "util/date.h"
#include "util/alloc.h"
#include "util/near.h"

static void
tell_head(struct mstc_explained *x, const char *name, const char *text)
{
        mstc_head(x->cli->arena, x->cli->colour, x->cli->width, name, text != NULL ? text : "");
}

/* ---- parts that all answers have ----------------------------------------------------- */

static void
tell_person(struct mstc_explained *x)
{
        struct mstc_cli *cli = x->cli;
        const struct mstc_view_person *person = &x->person;
        bool with_upn;

        if (cli->json != NULL) {
                mstc_json_object(cli->json, "user");
                mstc_json_text(cli->json, "id", person->id);
                mstc_json_text(cli->json, "title", person->title);
                mstc_json_text(cli->json, "upn", person->upn);
                mstc_json_text(cli->json, "sync", person->sync);
                mstc_json_bool(cli->json, "gone", person->gone != 0);
                mstc_json_text(cli->json, "bad", person->bad);
                mstc_json_end(cli->json);
                return;
        }
        with_upn = person->upn != NULL && strcmp(person->upn, person->title) != 0;
        tell_head(x, person->title, mst_arena_printf(cli->arena, "%s%s%s, sync %s", with_upn ? " (" : "",
                          with_upn ? person->upn : "", with_upn ? ")" : "", person->sync));
        if (person->gone != 0)
                printf("  gone from the source since %s; what follows is his last record\n",
                       mstc_moment(cli->arena, person->since));
        if (person->bad != NULL)
                mstc_explain_line(x, "bad", mst_arena_printf(cli->arena, "his last record could not be used: %s", person->bad));
}

struct mstc_eval
mstc_explain_eval(struct mstc_explained *x)
{
        return (struct mstc_eval){ .now = mstc_clock_now(), .arena = x->cli->arena };
}

const struct mstc_view_link *
mstc_explain_link(const struct mstc_explained *x, const struct mstc_target *target)
{
        const char *sink = target->sink->config->name;

        for (size_t i = 0; i < x->person.link_count; i++)
                if (x->person.links[i].sink != NULL && strcmp(x->person.links[i].sink, sink) == 0)
                        return &x->person.links[i];
        return NULL;
}

bool
mstc_explain_scope(struct mstc_explained *x, const struct mstc_expr *scope)
{
        struct mstc_eval eval = mstc_explain_eval(x);

        return scope == NULL || mstc_expr_test(scope, x->person.record, &eval);
}

/* ---- one target ---------------------------------------------------------------------- */

static int
tell_ops(struct mstc_explained *x, const struct mstc_target *target)
{
        static const char *const rows[] = { "open", "last change" };
        struct mstc_view_which which = { .entry = x->person.number };
        struct mstc_view_op *ops;
        struct mst_error err = { 0 };
        int64_t after = 0, last = 0, last_at = 0;
        int verb = 0;
        bool more = true;
        size_t count;

        if (x->cli->json != NULL)
                mstc_json_array(x->cli->json, "open");
        while (more) {
                if (mstc_view_ops(x->place.store, &which, &after, 200, x->cli->arena, &ops, &count, &more, &err) != MST_OK)
                        return mstc_cli_fail(x->cli, &err);
                for (size_t i = 0; i < count; i++) {
                        if (ops[i].target == NULL || strcmp(ops[i].target, target->name) != 0)
                                continue;
                        if (ops[i].state < MSTC_OP_OPEN)
                                mstc_explain_open(x, rows[0], &ops[i]);
                        else if (ops[i].outcome == MST_DONE || ops[i].outcome == MST_ALREADY) {
                                last = ops[i].run;
                                last_at = ops[i].ended;
                                verb = ops[i].verb;
                        }
                }
        }
        if (x->cli->json != NULL) {
                mstc_json_end(x->cli->json);
                mstc_json_object(x->cli->json, "last");
                mstc_json_number(x->cli->json, "run", last);
                mstc_json_text(x->cli->json, "verb", last != 0 ? mst_verb_name((enum mst_verb)verb) : NULL);
                mstc_json_time(x->cli->json, "at", last_at);
                mstc_json_end(x->cli->json);
        } else if (last != 0)
                mstc_explain_line(x, rows[1], mst_arena_printf(x->cli->arena, "%s by run %lld, %s",
                                  mst_verb_name((enum mst_verb)verb), (long long)last, mstc_moment(x->cli->arena, last_at)));
        else
                printf("  %-12s never written to\n", rows[1]);
        return MSTC_END_DONE;
}

static void
tell_link(struct mstc_explained *x, const struct mstc_view_link *link)
{
        struct mstc_cli *cli = x->cli;

        if (cli->json != NULL) {
                mstc_json_text(cli->json, "link", link != NULL ? mstc_link_state_name(link->state) : NULL);
                mstc_json_text(cli->json, "name", link != NULL ? link->name : NULL);
                mstc_json_text(cli->json, "reason", link != NULL && link->reason != 0 ? mstc_reason_name(link->reason) : NULL);
                return;
        }
        if (link == NULL) {
                printf("  %-12s no object of his is known there\n", "object");
                return;
        }
        mstc_explain_line(x, "object", mst_arena_printf(cli->arena, "%s: %s%s%s%s", mstc_link_state_name(link->state),
                          link->name != NULL ? link->name : "?", link->reason != 0 ? ", " : "",
                          link->reason != 0 ? mstc_reason_name(link->reason) : "", link->declined ? ", something is declined" : ""));
}

static int
explain_target(struct mstc_explained *x, const struct mstc_target *target)
{
        const struct mstc_view_link *link = mstc_explain_link(x, target);
        const struct mstc_view_duplicate *duplicate = NULL;
        bool in = mstc_explain_scope(x, x->sync->scope) && mstc_explain_scope(x, target->scope);
        int code;

        if (x->cli->json != NULL) {
                mstc_json_object(x->cli->json, NULL);
                mstc_json_text(x->cli->json, "target", target->name);
                mstc_json_text(x->cli->json, "sink", target->sink->config->name);
                mstc_json_bool(x->cli->json, "in", in && x->person.gone == 0);
        } else {
                putchar('\n');
                tell_head(x, target->name, mst_arena_printf(x->cli->arena, " (%s): %s", target->sink->config->name,
                                  x->person.gone == MSTC_GONE_OUTSIDE ? "out: not within what the source reads"
                                  : x->person.gone != 0 ? "out: gone from the source" : in ? "in" : "out of scope"));
        }
        code = mstc_explain_rule(x, "the sync's scope", "scope", x->sync->scope);
        if (code == MSTC_END_DONE)
                code = mstc_explain_rule(x, "the target's scope", "targetScope", target->scope);
        mstc_explain_changes(x, in);
        tell_link(x, link);
        if (code == MSTC_END_DONE)
                code = mstc_explain_duplicate(x, target, &duplicate);
        if (code == MSTC_END_DONE)
                code = tell_ops(x, target);
        if (code == MSTC_END_DONE)
                code = mstc_declined_tell(x->cli, x->place.store, x->person.number, target->name, "  declined     ");
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        return code;
}

/* ---- everything in short ------------------------------------------------------------- */

static int
explain_all(struct mstc_explained *x, const struct mstc_target *only)
{
        int code = MSTC_END_DONE;

        if (x->cli->json != NULL)
                mstc_json_array(x->cli->json, "targets");
        for (size_t i = 0; i < x->sync->target_count && code == MSTC_END_DONE; i++)
                if (only == NULL || only == &x->sync->targets[i])
                        code = explain_target(x, &x->sync->targets[i]);
        if (x->cli->json != NULL)
                mstc_json_end(x->cli->json);
        return code == MSTC_END_DONE && only == NULL ? mstc_explain_groups(x) : code;
}

/* ---- the command --------------------------------------------------------------------- */

static int
find_person(struct mstc_explained *x, const char *who)
{
        struct mstc_view_person *found;
        struct mst_error err = { 0 };
        int code = mstc_who_meant(x->cli, x->place.store, who, &found);

        if (code != MSTC_END_DONE)
                return code;
        if (mstc_view_person(x->place.store, found->number, x->cli->arena, &x->person, &err) < 0)
                return mstc_cli_fail(x->cli, &err);
        if (x->person.record == NULL)
                return mstc_cli_misused(x->cli, "nothing is known of '%s' but that he was there", who);
        x->sync = mstc_setup_sync(x->place.setup, x->person.sync);
        if (x->sync == NULL)
                return mstc_cli_misused(x->cli, "'%s' belongs to the sync '%s', which is not in the configuration",
                                        who, x->person.sync);
        return MSTC_END_DONE;
}

static int
find_target(struct mstc_explained *x, const char *name, const struct mstc_target **ret)
{
        const char **names = mst_arena_alloc(x->cli->arena, (x->sync->target_count + 1) * sizeof *names);
        const char *near;

        *ret = NULL;
        for (size_t i = 0; name != NULL && i < x->sync->target_count; i++) {
                if (strcmp(x->sync->targets[i].name, name) == 0)
                        *ret = &x->sync->targets[i];
                if (names != NULL)
                        names[i] = x->sync->targets[i].name;
        }
        if (name == NULL || *ret != NULL)
                return MSTC_END_DONE;
        near = names != NULL ? mstc_near(name, names, x->sync->target_count) : NULL;
        return mstc_cli_misused(x->cli, "the sync '%s' has no target '%s'%s%s%s", x->sync->name, name,
                                near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int
run(struct mstc_cli *cli)
{
        const char *group = mstc_args_value(cli->args, "group"), *attribute = mstc_args_value(cli->args, "attribute");
        const char *target_name = mstc_args_value(cli->args, "target");
        struct mstc_explained x = { .cli = cli };
        const struct mstc_target *target = NULL;
        int code;

        if (group != NULL && attribute != NULL)
                return mstc_cli_misused(cli, "--group and --attribute are two questions: ask one after the other");
        code = mstc_workplace_rules(cli, &x.place, NULL);
        if (code == MSTC_END_DONE)
                code = find_person(&x, mstc_args_at(cli->args, 0));
        if (code == MSTC_END_DONE)
                code = find_target(&x, target_name, &target);
        if (code == MSTC_END_DONE) {
                tell_person(&x);
                code = group != NULL ? mstc_explain_group(&x, group, target)
                     : attribute != NULL ? mstc_explain_attribute(&x, attribute, target) : explain_all(&x, target);
        }
        mstc_workplace_close(&x.place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "group", .takes = "NAME", .help = "why in or out of that group" },
        { .name = "attribute", .takes = "NAME", .help = "how that attribute of the sink gets its value" },
        { .name = "target", .takes = "NAME", .help = "only in that target" },
        { .name = NULL }
};

const struct mstc_command mstc_command_explain = {
        .name = "explain", .arguments = "USER", .flags = flags, .least = 1, .most = 1,
        .summary = "tell why somebody is in or out, or has a value",
        .about =
        "Tells for each target whether the person is in its scope, condition by condition\n"
        "with the values that decided it, what is known of the object there, what is held,\n"
        "parked or waiting, and which run last wrote it; then the groups.  With --group the\n"
        "rule of one group, with --attribute the map of one attribute.  USER is an id, UPN,\n"
        "mail or SINK:OBJECT; people who are gone are explained from their last record.",
        .example =
        "  muster explain anna@contoso.example\n"
        "  muster explain anna@contoso.example --group finance\n",
        .run = run,
};
