/* helpevent.c - `muster help MST-1042`: what a line of the log means, by its number. */
#include "build.h"

#include "cli/helpevent.h"

#include <stdlib.h>
#include <string.h>

#include "cli/logline.h"
#include "engine/event.h"

#define NEAR 3u

static void
event_json(struct mstc_json *json, const struct mstc_event_about *about)
{
        char code[24];

        snprintf(code, sizeof code, MSTC_CODE_FORMAT, (int)about->event);
        mstc_json_object(json, NULL);
        mstc_json_text(json, "code", code);
        mstc_json_text(json, "level", mstc_level_name(about->level));
        mstc_json_text(json, "component", about->component);
        mstc_json_text(json, "means", about->means);
        mstc_json_text(json, "cause", about->cause);
        mstc_json_text(json, "cure", about->cure);
        mstc_json_end(json);
}

int
mstc_help_events(struct mstc_cli *cli)
{
        if (cli->json != NULL)
                mstc_json_array(cli->json, "messages");
        for (size_t i = 0; i < mstc_event_count; i++)
                if (cli->json != NULL)
                        event_json(cli->json, &mstc_events[i]);
                else {
                        printf(MSTC_CODE_FORMAT "  %-7s  ", (int)mstc_events[i].event, mstc_level_name(mstc_events[i].level));
                        mstc_help_words(mstc_events[i].means, 19, stdout);
                }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        return MSTC_END_DONE;
}

static int
distance(enum mstc_event event, int number)
{
        return abs((int)event - number);
}

/* The numbers around it: somebody who mistypes one digit at the end finds his there. */
static int
unknown(struct mstc_cli *cli, int number)
{
        size_t first = 0;
        char say[NEAR * 16] = "";

        for (size_t i = 0; i + NEAR <= mstc_event_count; i++)
                if (distance(mstc_events[i + NEAR / 2].event, number) < distance(mstc_events[first + NEAR / 2].event, number))
                        first = i;
        for (size_t i = first; i < first + NEAR; i++)
                snprintf(say + strlen(say), sizeof say - strlen(say), "%s" MSTC_CODE_FORMAT, i == first ? "" : ", ",
                         (int)mstc_events[i].event);
        return mstc_cli_misused(cli, "there is no message " MSTC_CODE_FORMAT "; near it are %s (muster help messages lists all)",
                                number, say);
}

int
mstc_help_event(struct mstc_cli *cli, int number)
{
        const struct mstc_event_about *about = mstc_event_about((enum mstc_event)number);

        if (about->event == 0)
                return unknown(cli, number);
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "messages");
                event_json(cli->json, about);
                mstc_json_end(cli->json);
                return MSTC_END_DONE;
        }
        printf(MSTC_CODE_FORMAT " (%s, %s)\n\n", (int)about->event, mstc_level_name(about->level), about->component);
        mstc_help_words(about->means, 0, stdout);
        fputs("\nCause   ", stdout);
        mstc_help_words(about->cause, 8, stdout);
        fputs("Cure    ", stdout);
        mstc_help_words(about->cure, 8, stdout);
        return MSTC_END_DONE;
}
