/* eval.c - `muster eval`: what a rule or an expression gives for one person. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "cli/table.h"
#include "cli/typed.h"
#include "cli/who.h"
#include "cli/workplace.h"
#include "engine/jsonrecord.h"
#include "record/record.h"
#include "util/alloc.h"
#include "util/date.h"

#define HIDDEN "(not shown)"

struct job {
        struct mstc_cli *cli;
        const char *text;
        struct mstc_schema schema;
        const struct mstc_schema *known;     /* &schema, or NULL                       */
        const struct mst_record *record;
        struct mstc_eval eval;
        struct mstc_expr *expr;
        enum mstc_mode mode;
};

static void json_drop(struct json_object **json) { json_object_put(*json); }

/* ---- whom it is about ---- */

static int
take_file(struct job *job, const char *path)
{
        struct mst_error err = { 0 };
        MSTC_CLEANUP(json_drop) struct json_object *json = mstc_json_read(path, &err);

        if (err.code != MST_OK)
                return mstc_cli_fail(job->cli, &err);
        job->record = mstc_json_to_record(json, "record", job->known, job->cli->arena, &err);
        if (job->record != NULL)
                return MSTC_END_DONE;
        mst_wrap(&err, "%s", path);
        return mstc_cli_fail(job->cli, &err);
}

static int
take_user(struct job *job, struct mstc_workplace *place, const char *who)
{
        struct mstc_cli *cli = job->cli;
        struct mstc_view_person *found, person;
        struct mst_error err = { 0 };
        const struct mstc_sync *sync;
        int code = mstc_workplace_rules(cli, place, NULL);

        if (code == MSTC_END_DONE)
                code = mstc_who_meant(cli, place->store, who, &found);
        if (code != MSTC_END_DONE)
                return code;
        if (mstc_view_person(place->store, found->number, cli->arena, &person, &err) < 0)
                return mstc_cli_fail(cli, &err);
        if (person.record == NULL)
                return mstc_cli_misused(cli, "nothing is known of '%s' but that he was there", who);
        sync = mstc_setup_sync(place->setup, person.sync);
        if (sync != NULL && !mstc_setup_schema(sync->source->promised, cli->arena, &job->schema)) {
                mst_fail_memory(&err, "reading the attributes");
                return mstc_cli_fail(cli, &err);
        }
        job->known = sync != NULL ? &job->schema : NULL;
        job->record = person.record;
        return MSTC_END_DONE;
}

/* ---- compiling ---- */

static size_t
first_error(const struct mstc_finding *finding)
{
        while (finding != NULL && finding->warning)
                finding = finding->next;
        return finding != NULL ? finding->offset : 0;
}

/* As what it was said to be, else as what it compiles as; when it is neither, the
 * mistakes of the language in which more of it makes sense are told. */
static int
compile(struct job *job)
{
        struct mstc_cli *cli = job->cli;
        bool rule = mstc_args_has(cli->args, "rule"), map = mstc_args_has(cli->args, "map");
        struct mstc_finding *as_rule = NULL, *as_map = NULL;
        struct mst_error err = { 0 };
        size_t length = strlen(job->text);

        job->mode = MSTC_RULE;
        if (!map)
                job->expr = mstc_expr_compile(MSTC_RULE, job->text, length, job->known, cli->arena, &as_rule);
        if (job->expr == NULL && !rule) {
                job->mode = MSTC_MAPPING;
                job->expr = mstc_expr_compile(MSTC_MAPPING, job->text, length, job->known, cli->arena, &as_map);
                if (job->expr == NULL && !map && first_error(as_rule) > first_error(as_map))
                        job->mode = MSTC_RULE;
        }
        mstc_typed_tell(cli, job->text, job->mode == MSTC_RULE ? as_rule : as_map);
        if (job->expr != NULL)
                return MSTC_END_DONE;
        mst_fail(&err, MST_ECONFIG, "the text is no %s", rule ? "rule" : map ? "mapping expression"
                                                         : "rule and no mapping expression");
        return mstc_cli_fail(cli, &err);
}

/* ---- the value ---- */

static int
random_bytes(void *self, void *bytes, size_t size)
{
        (void)self;
        return getentropy(bytes, size) == 0 ? 0 : -1;
}

static void
tell(struct job *job, enum mstc_flow flow, const struct mst_value *value)
{
        static const char *const flows[] = { "value", "ignore-attribute", "ignore-object", "failed" };
        struct mstc_cli *cli = job->cli;
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };
        size_t count = mst_value_count(value);
        bool hidden = mstc_expr_is_redacted(job->expr) && !mstc_args_has(cli->args, "reveal");

        if (cli->json != NULL) {
                mstc_json_text(cli->json, "language", job->mode == MSTC_RULE ? "rule" : "mapping");
                mstc_json_text(cli->json, "outcome", flows[flow]);
                if (flow == MSTC_VALUE) {
                        mstc_json_text(cli->json, "type", mstc_type_name(mst_value_type(value)));
                        mstc_json_bool(cli->json, "redacted", hidden);
                        if (hidden)
                                mstc_json_text(cli->json, "value", HIDDEN);
                        else
                                mstc_json_value(cli->json, "value", value);
                } else if (flow == MSTC_FAILED)
                        mstc_json_text(cli->json, "why", hidden ? HIDDEN : job->eval.why);
                return;
        }
        switch (flow) {
        case MSTC_VALUE:
                mstc_value_json(value, &say);
                printf("%s\n", hidden ? HIDDEN " because of Redact(); --reveal shows it"
                                       : mstc_fit(cli->arena, mstc_buffer_cstr(&say), 0));
                printf("  %s%s", mstc_paint_on(cli->colour, MSTC_FAINT), mstc_type_name(mst_value_type(value)));
                if (mst_value_type(value) == MST_LIST)
                        printf(" of %zu", count);
                /* = compares otherwise than -eq, and as a rule the text would be refused. */
                if (mst_value_type(value) == MST_BOOL && job->mode == MSTC_MAPPING && !mstc_args_has(cli->args, "map"))
                        printf(", of a mapping: it is no rule (--rule tells why)");
                printf("%s\n", mstc_paint_off(cli->colour, MSTC_FAINT));
                break;
        case MSTC_IGNORE_ATTRIBUTE:
                puts("nothing: the attribute is left as it is");
                break;
        case MSTC_IGNORE_OBJECT:
                puts("nothing: the whole object is left alone");
                break;
        case MSTC_FAILED:
                printf("no value: %s\n", hidden ? HIDDEN " because of Redact(); --reveal shows it"
                       : job->eval.why != NULL ? mstc_fit(cli->arena, job->eval.why, 0) : "it failed");
                break;
        }
}

static int
evaluate(struct job *job)
{
        const char *now = mstc_args_value(job->cli->args, "now");
        struct mst_value value = { 0 };
        enum mstc_flow flow = MSTC_VALUE;

        job->eval = (struct mstc_eval){ .now = mstc_clock_now(), .arena = job->cli->arena, .random = random_bytes };
        if (now != NULL && !mstc_date_parse_iso(now, strlen(now), &job->eval.now))
                return mstc_cli_misused(job->cli, "--now takes an instant such as 2026-01-15T09:30:00Z, not '%s'", now);
        if (job->mode == MSTC_RULE) {
                value = mstc_value_bool(mstc_expr_test(job->expr, job->record, &job->eval));
                if (job->eval.why != NULL)
                        flow = MSTC_FAILED;
        } else
                flow = mstc_expr_value(job->expr, job->record, &job->eval, &value);
        tell(job, flow, &value);
        return flow == MSTC_FAILED ? MSTC_END_SOME_FAILED : MSTC_END_DONE;
}

static int
run(struct mstc_cli *cli)
{
        const char *user = mstc_args_value(cli->args, "user"), *file = mstc_args_value(cli->args, "record");
        struct job job = { .cli = cli, .text = mstc_args_at(cli->args, 0) };
        struct mstc_workplace place = { 0 };
        int code;

        if ((user != NULL) == (file != NULL))
                return mstc_cli_misused(cli, "say whom it is about: --user U or --record FILE");
        if (mstc_args_has(cli->args, "rule") && mstc_args_has(cli->args, "map"))
                return mstc_cli_misused(cli, "--rule and --map exclude each other");
        code = user != NULL ? take_user(&job, &place, user) : take_file(&job, file);
        if (code == MSTC_END_DONE)
                code = compile(&job);
        if (code == MSTC_END_DONE)
                code = evaluate(&job);
        mstc_expr_free(job.expr);
        mstc_workplace_close(&place);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "user", .letter = 'u', .takes = "USER", .help = "somebody of the mirror: id, UPN, mail or SINK:OBJECT" },
        { .name = "record", .takes = "FILE", .help = "a made-up person: a file with one JSON object" },
        { .name = "rule", .help = "EXPR is a membership rule" },
        { .name = "map", .help = "EXPR is a mapping expression" },
        { .name = "reveal", .help = "also show a value that Redact() hides" },
        { .name = "now", .takes = "TIME", .help = "the instant that system.now and Now() give" },
        { .name = NULL }
};

const struct mstc_command mstc_command_eval = {
        .name = "eval", .arguments = "EXPR", .flags = flags, .least = 1, .most = 1,
        .summary = "evaluate an expression for one person",
        .about =
        "Prints what EXPR gives for the person, and its type.  EXPR is a membership rule\n"
        "(user.department -eq \"Finance\") or a mapping expression (ToUpper([surname]));\n"
        "which it is shows by itself unless --rule or --map says so.  A value that Redact()\n"
        "hides is not shown unless --reveal is given.  Nobody is asked and nothing is changed.  Exits with 1 when the person's data give no value.",
        .example =
        "  muster eval --user anna@contoso.example 'user.department -eq \"Finance\"'\n"
        "  muster eval --record anna.json 'ToUpper([surname])'\n"
        "  muster eval --record anna.json -- '-not (user.mail -eq null)'\n",
        .run = run,
};
