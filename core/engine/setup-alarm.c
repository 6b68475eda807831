/* setup-alarm.c - can the programs that are to be told of trouble be run, and are they only ours to
 * change?  Whoever could write one of them could do what muster may. */
#include "build.h"

#include "engine/maker.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/trust.h"

static void
check_program(struct mstc_maker *maker, struct mstc_place place, const char *path)
{
        struct mstc_refusal no;

        if (access(path, F_OK) != 0)
                mstc_report_error(maker->report, place, "install it, or mend the path",
                                  "the program '%s' is not there: %s", path, strerror(errno));
        else if (!mstc_trust_plugin(path, &no))
                mstc_report_error(maker->report, place, no.remedy[0] != '\0' ? no.remedy : NULL, "the program %s", no.text);
        else if (access(path, X_OK) != 0)
                mstc_report_error(maker->report, place, mstc_maker_say(maker, "chmod +x '%s'", path),
                                  "the program '%s' cannot be run by user %lu: %s", path, (unsigned long)geteuid(),
                                  strerror(errno));
}

void
mstc_maker_alarms(struct mstc_maker *maker)
{
        const struct mstc_config *config = maker->setup->config;

        for (size_t i = 0; i < config->hook_count; i++)
                if (config->hooks[i].command != NULL)
                        check_program(maker, config->hooks[i].place, config->hooks[i].command[0]);
        for (size_t i = 0; i < config->mail_count; i++)
                check_program(maker, config->mails[i].place, config->mails[i].sendmail);
}
