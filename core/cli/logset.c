/* logset.c - which lines of the log are told, and how: as the command line says, else the
 * configuration. */
#include "build.h"

#include "cli/logline.h"

#include "cli/cli.h"
#include "config/config.h"

int
mstc_logger_set(struct mstc_logger *logger, struct mstc_cli *cli, const struct mstc_config *config)
{
        const char *levels = mstc_args_value(cli->args, "log-level"), *form = mstc_args_value(cli->args, "log-form");
        struct mst_error err = { 0 };

        if (config != NULL) {
                levels = levels != NULL ? levels : cli->verbose ? NULL : config->log_levels;
                form = form != NULL ? form : config->log_form;
        }
        mstc_logger_close(logger);
        logger->form = MSTC_LOG_AUTO;
        mstc_log_levels_default(&logger->levels, cli->verbose);
        if (levels != NULL && mstc_log_levels_read(levels, &logger->levels, &err) != MST_OK)
                return mstc_cli_misused(cli, "%s", err.text);
        if (form != NULL && mstc_log_form_read(form, &logger->form, &err) != MST_OK)
                return mstc_cli_misused(cli, "%s", err.text);
        mstc_logger_open(logger);
        return MSTC_END_DONE;
}
