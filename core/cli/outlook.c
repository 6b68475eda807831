/* outlook.c - what others see of how things stand: the textfile, the port, hooks and mail.
 *
 * None of it keeps a run from its work: what goes wrong here is told and no more. */
#include "build.h"

#include "cli/outlook.h"

#include "cli/alarms.h"
#include "cli/measure.h"
#include "cli/scrape.h"
#include "util/alloc.h"
#include "util/date.h"

#define LOOK_MS INT64_C(5000)                /* between looks that nothing has called for */

struct mstc_outlook {
        const struct mstc_config *config;
        bool serves;
        void (*log)(void *self, enum mstc_event event, const char *text);
        void *self;
        struct mstc_scrape *scrape;
        struct mstc_alarms *alarms;
        int64_t looked;                      /* monotonic                              */
};

static void
open_port(struct mstc_outlook *o)
{
        struct mst_error err = { 0 };

        if (o->serves && o->config->metrics.port != 0 && mstc_scrape_new(o->config, &o->scrape, &err) != MST_OK)
                o->log(o->self, MSTC_EVENT_METRICS, err.text);
}

struct mstc_outlook *
mstc_outlook_new(const struct mstc_config *config, bool serve, void (*log)(void *self, enum mstc_event event, const char *text),
                 void *self)
{
        struct mstc_outlook *o = mstc_alloc(sizeof *o);

        if (o == NULL)
                return NULL;
        *o = (struct mstc_outlook){ .config = config, .serves = serve, .log = log, .self = self };
        o->alarms = mstc_alarms_new(log, self);
        if (o->alarms == NULL) {
                mstc_free(o);
                return NULL;
        }
        open_port(o);
        return o;
}

void
mstc_outlook_renew(struct mstc_outlook *o, const struct mstc_config *config)
{
        if (o == NULL)
                return;
        mstc_scrape_free(o->scrape);
        o->scrape = NULL;
        o->config = config;
        open_port(o);
}

void
mstc_outlook_after_run(struct mstc_outlook *o, bool patient)
{
        struct mst_error err = { 0 };

        if (o == NULL)
                return;
        if (o->config->metrics.textfile != NULL && mstc_measure_file(o->config, o->config->metrics.textfile, &err) != MST_OK)
                o->log(o->self, MSTC_EVENT_METRICS, err.text);
        o->looked = mstc_clock_ticks_ms();
        mstc_alarms_look(o->alarms, o->config, patient);
}

void
mstc_outlook_finish(struct mstc_outlook *o, int stop_fd)
{
        if (o != NULL)
                mstc_alarms_finish(o->alarms, o->config, stop_fd);
}

void
mstc_outlook_between(struct mstc_outlook *o)
{
        if (o == NULL || mstc_clock_ticks_ms() - o->looked < LOOK_MS)
                return;
        o->looked = mstc_clock_ticks_ms();
        mstc_alarms_look(o->alarms, o->config, false);
}

void
mstc_outlook_free(struct mstc_outlook *o)
{
        if (o == NULL)
                return;
        mstc_scrape_free(o->scrape);
        mstc_alarms_free(o->alarms);
        mstc_free(o);
}
