/* commands.c - which subcommands there are, and what command-line mistakes are told. */
#include "build.h"

#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

#include "cli/table.h"

const struct mstc_command *const mstc_commands[] = {
        &mstc_command_init,
        &mstc_command_check,
        &mstc_command_doctor,
        &mstc_command_plan,
        &mstc_command_apply,
        &mstc_command_sync,
        &mstc_command_run,
        &mstc_command_pause,
        &mstc_command_resume,
        &mstc_command_status,
        &mstc_command_metrics,
        &mstc_command_history,
        &mstc_command_log,
        &mstc_command_timeline,
        &mstc_command_changes,
        &mstc_command_users,
        &mstc_command_groups,
        &mstc_command_duplicates,
        &mstc_command_holds,
        &mstc_command_approve,
        &mstc_command_reject,
        &mstc_command_retry,
        &mstc_command_verify,
        &mstc_command_undo,
        &mstc_command_reset,
        &mstc_command_explain,
        &mstc_command_rules,
        &mstc_command_test,
        &mstc_command_eval,
        &mstc_command_state,
        &mstc_command_plugins,
        &mstc_command_version,
        &mstc_command_help,
        &mstc_command_complete,
};
const size_t mstc_command_count = sizeof mstc_commands / sizeof mstc_commands[0];

const struct mstc_command *
mstc_command_find(const char *name)
{
        for (size_t i = 0; i < mstc_command_count; i++)
                if (strcmp(mstc_commands[i]->name, name) == 0)
                        return mstc_commands[i];
        return NULL;
}

static void
tell(struct mstc_cli *cli, const char *class, const char *text)
{
        bool first = !cli->told;

        cli->told = true;
        if (cli->json != NULL && !first)
                return;                      /* a document has one "error"             */
        if (cli->json != NULL) {
                mstc_json_end_all(cli->json);
                mstc_json_object(cli->json, "error");
                mstc_json_text(cli->json, "class", class);
                mstc_json_text(cli->json, "text", text);
                mstc_json_end(cli->json);
                return;
        }
        fflush(stdout);
        fprintf(stderr, "muster: %s\n", mstc_fit(cli->arena, text, 0));
}

int
mstc_cli_fail(struct mstc_cli *cli, const struct mst_error *err)
{
        tell(cli, mst_code_name(err->code), err->text);
        return err->code == MST_ECONFIG ? MSTC_END_CONFIG : MSTC_END_FAILED;
}

int
mstc_cli_misused(struct mstc_cli *cli, const char *format, ...)
{
        char text[1024];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        tell(cli, "usage", text);
        if (cli->json == NULL)
                mstc_help_usage(cli->command, stderr);
        return MSTC_END_CONFIG;
}

bool
mstc_cli_number(struct mstc_cli *cli, const char *what, const char *text, int64_t *ret)
{
        char *end;
        intmax_t number;

        errno = 0;
        number = strtoimax(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > INT64_MAX) {
                mstc_cli_misused(cli, "%s is a number, not '%s'", what, text);
                return false;
        }
        *ret = number;
        return true;
}
