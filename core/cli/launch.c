/* launch.c - what a command works with when it does something: the setup and the engine,
 * and how all of a workplace ends. */
#include "build.h"

#include "cli/workplace.h"

#include "cli/halt.h"
#include "util/report.h"

int
mstc_workplace_setup(struct mstc_cli *cli, struct mstc_workplace *place, bool quiet)
{
        int code = mstc_workplace_config(cli, place);

        if (code != MSTC_END_DONE)
                return code;
        place->setup = mstc_setup_new(place->config, place->report);
        if (place->setup == NULL) {
                place->config = NULL;        /* freed with what was made of it         */
                return mstc_workplace_mistakes(cli, place);
        }
        if (!quiet && mstc_report_count(place->report) > 0)
                mstc_report_print(cli, place->report, true);
        return MSTC_END_DONE;
}

int
mstc_workplace_engine(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_watch *watch)
{
        struct mst_error err = { 0 };
        int code = mstc_workplace_setup(cli, place, false);

        if (code != MSTC_END_DONE)
                return code;
        place->stop = mstc_halt_begin();
        if (place->stop == NULL) {
                mst_fail(&err, MST_EINTERNAL, "no descriptor or memory is left to catch signals with");
                return mstc_cli_fail(cli, &err);
        }
        if (mstc_engine_new(place->setup, watch, place->stop, &place->engine, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        return MSTC_END_DONE;
}

void
mstc_workplace_close(struct mstc_workplace *place)
{
        mstc_store_close(place->store);
        mstc_engine_free(place->engine);
        if (place->setup != NULL)
                mstc_setup_free(place->setup);
        else
                mstc_config_free(place->config);
        mstc_halt_end();
        mstc_report_free(place->report);
        *place = (struct mstc_workplace){ 0 };
}
