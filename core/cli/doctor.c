/* doctor.c - `muster doctor`: is everything around Muster as it should be, and what to do.
 *
 * Areas from near to far: the program and its plugins, the machine, the service, the
 * configuration, the store, and at last the services at the other ends, each with a deadline.
 * What check says is not said twice: it is counted here and told there. */
#include "build.h"

#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/table.h"

static const struct { const char *word; enum mstc_paint paint; } healths[] = {
        [MSTC_WELL] = { "ok", MSTC_GOOD }, [MSTC_DOUBTFUL] = { "warning", MSTC_CARE }, [MSTC_ILL] = { "error", MSTC_BAD },
};

void
mstc_doctor_tell(struct mstc_doctor *doctor, const char *area, enum mstc_health health, const char *remedy,
                 const char *format, ...)
{
        struct mstc_cli *cli = doctor->cli;
        char text[2048];
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        doctor->counts[health]++;
        if (health > doctor->worst)
                doctor->worst = health;
        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "area", area);
                mstc_json_text(cli->json, "health", healths[health].word);
                mstc_json_text(cli->json, "text", text);
                mstc_json_text(cli->json, "remedy", remedy);
                mstc_json_end(cli->json);
                return;
        }
        if (doctor->area == NULL || strcmp(doctor->area, area) != 0)
                printf("%s%s%s%s\n", doctor->area != NULL ? "\n" : "", mstc_paint_on(cli->colour, MSTC_BOLD),
                       mstc_fit(cli->arena, area, cli->width), mstc_paint_off(cli->colour, MSTC_BOLD));
        doctor->area = area;
        printf("  %s%-7s%s  ", mstc_paint_on(cli->colour, healths[health].paint), healths[health].word,
               mstc_paint_off(cli->colour, healths[health].paint));
        mstc_wrap(cli->arena, stdout, text, 11, 11, cli->width);
        if (remedy != NULL) {
                printf("%11s", "");
                mstc_wrap(cli->arena, stdout, remedy, 11, 11, cli->width);
        }
        fflush(stdout);                      /* the next thing may take a while        */
}

static int
run(struct mstc_cli *cli)
{
        struct mstc_doctor doctor = { .cli = cli };

        if (cli->json != NULL)
                mstc_json_array(cli->json, "findings");
        mstc_doctor_program(&doctor);
        mstc_doctor_machine(&doctor);
        mstc_doctor_unit(&doctor);
        mstc_doctor_configuration(&doctor);
        mstc_doctor_store(&doctor);
        if (!mstc_args_has(cli->args, "offline"))
                mstc_doctor_services(&doctor);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else
                printf("\n%zu ok, %zu warning%s, %zu error%s\n", doctor.counts[MSTC_WELL], doctor.counts[MSTC_DOUBTFUL],
                       doctor.counts[MSTC_DOUBTFUL] == 1 ? "" : "s", doctor.counts[MSTC_ILL],
                       doctor.counts[MSTC_ILL] == 1 ? "" : "s");
        mstc_workplace_close(&doctor.place);
        return (int)doctor.worst;
}

static const struct mstc_flag flags[] = {
        { .name = "offline", .help = "do not ask the services at the other ends" },
        { .name = NULL }
};

const struct mstc_command mstc_command_doctor = {
        .name = "doctor", .arguments = "", .flags = flags,
        .summary = "look at everything around Muster, and say what to do",
        .about =
        "Looks at the program, its plugins, the machine (clock, limits, time zones, locale), the\n"
        "service, the configuration and its secrets, the store and the room for it, and asks each\n"
        "service at the other end: its address, its clock and certificate, our rights, its schema.\n"
        "Each finding is ok, a warning or an error, and says what to do.  Nothing is changed, and\n"
        "every look has a deadline.  Exits with 0 when all is well, 1 with warnings, 2 with errors.",
        .run = run,
};
