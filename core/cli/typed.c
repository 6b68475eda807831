/* typed.c - a rule or an expression that somebody typed on the command line. */
#include "build.h"

#include "cli/typed.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "store/view.h"
#include "util/date.h"
#include "util/report.h"

void
mstc_typed_tell(struct mstc_cli *cli, const char *text, const struct mstc_finding *finding)
{
        struct mstc_report *report = mstc_report_new();

        for (; report != NULL && finding != NULL; finding = finding->next) {
                struct mstc_place place = { .file = "expression", .line = 1, .column = 1 };

                for (size_t i = 0; i < finding->offset; i++) {
                        place.column = text[i] == '\n' ? 1 : place.column + ((text[i] & 0xc0) != 0x80);
                        place.line += text[i] == '\n';
                }
                if (finding->warning)
                        mstc_report_warning(report, place, finding->remedy, "%s", finding->text);
                else
                        mstc_report_error(report, place, finding->remedy, "%s", finding->text);
                mstc_report_show(report, text, strlen(text), finding->offset, finding->length);
        }
        if (report != NULL && mstc_report_count(report) > 0)
                mstc_report_print(cli, report, true);
        mstc_report_free(report);
}

bool
mstc_typed_is_rule(const char *text)
{
        for (const char *dash = strchr(text, '-'); dash != NULL; dash = strchr(dash + 1, '-'))
                if ((dash == text || strchr(" \t\n()\"'", dash[-1]) != NULL) && isalpha((unsigned char)dash[1]))
                        return true;
        return false;
}

static int
compile_for(struct mstc_cli *cli, const struct mstc_sync *sync, const char *text, bool tell, struct mstc_expr **ret)
{
        struct mstc_finding *findings = NULL;
        struct mstc_schema schema = { 0 };
        struct mst_error err = { 0 };

        if (sync != NULL && !mstc_setup_schema(sync->source->promised, cli->arena, &schema)) {
                mst_fail_memory(&err, "reading the attributes");
                return mstc_cli_fail(cli, &err);
        }
        *ret = mstc_expr_compile(MSTC_RULE, text, strlen(text), sync != NULL ? &schema : NULL, cli->arena, &findings);
        if (tell || *ret == NULL)
                mstc_typed_tell(cli, text, findings);
        if (*ret != NULL)
                return MSTC_END_DONE;
        mst_fail(&err, MST_ECONFIG, "the text is no rule; muster-rules(7) tells what one is");
        return mstc_cli_fail(cli, &err);
}

int
mstc_typed_compile(struct mstc_cli *cli, const struct mstc_setup *setup, const char *sync, const char *text,
                   struct mstc_typed *ret)
{
        size_t count = setup != NULL ? setup->sync_count : 0;
        struct mst_error err = { 0 };
        int code = MSTC_END_DONE;

        *ret = (struct mstc_typed){ .text = text, .now = mstc_clock_now(),
                                    .rules = mst_arena_alloc(cli->arena, (count + 1) * sizeof *ret->rules) };
        if (ret->rules == NULL) {
                mst_fail_memory(&err, "reading a rule");
                return mstc_cli_fail(cli, &err);
        }
        for (size_t i = 0; code == MSTC_END_DONE && i < count; i++) {
                const struct mstc_sync *one = &setup->syncs[i];

                if (sync != NULL && strcmp(sync, one->name) != 0)
                        continue;
                ret->rules[ret->count] = (struct mstc_typed_rule){ .sync = one->name };
                code = compile_for(cli, one, text, ret->count == 0, &ret->rules[ret->count].expr);
                ret->count++;
        }
        return code == MSTC_END_DONE ? compile_for(cli, NULL, text, false, &ret->plain) : code;
}

void
mstc_typed_done(struct mstc_typed *typed)
{
        for (size_t i = 0; i < typed->count; i++)
                mstc_expr_free(typed->rules[i].expr);
        mstc_expr_free(typed->plain);
        *typed = (struct mstc_typed){ 0 };
}

bool
mstc_typed_reads(const struct mstc_typed *typed, const char *attribute)
{
        size_t count = 0;
        const char *const *reads = typed->plain != NULL ? mstc_expr_reads(typed->plain, &count) : NULL;

        for (size_t i = 0; i < count; i++)
                if (strcasecmp(reads[i], attribute) == 0)
                        return true;
        return false;
}

static int
random_bytes(void *self, void *bytes, size_t size)
{
        (void)self;
        return getentropy(bytes, size) == 0 ? 0 : -1;
}

bool
mstc_typed_wants(void *self, const struct mstc_view_person *person, struct mst_arena *scratch)
{
        const struct mstc_typed *typed = self;
        struct mstc_eval eval = { .now = typed->now, .arena = scratch, .random = random_bytes };
        const struct mstc_expr *expr = typed->plain;

        for (size_t i = 0; i < typed->count; i++)
                if (strcmp(typed->rules[i].sync, person->sync) == 0)
                        expr = typed->rules[i].expr;
        return mstc_expr_test(expr, person->record, &eval);
}
