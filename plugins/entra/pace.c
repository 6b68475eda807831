/* pace.c - resource units: slower before Graph has to ask for it.
 *
 * Graph counts what an application costs a tenant in a bucket that runs out in ten seconds.
 * We keep one like it: each answer pours in what it cost (x-ms-resource-unit), and where Graph
 * says how full its own is (x-ms-throttle-limit-percentage, only from 0.8 on), ours is at least
 * as full.  Above four fifths nothing is sent until it has run down to there.  That is our own
 * wish and costs no patience.  A bucket is an instance's: two sources with the same
 * application share Graph's bucket and learn of each other only by the percentage. */
#include <stdlib.h>

#include "entra.h"

enum { WINDOW_MS = 10000 };
#define ENOUGH 0.8

static double
number(const struct mst_http_reply *reply, const char *name)
{
        const char *text = mst_http_reply_header(reply, name);
        char *end = NULL;
        double value = text != NULL ? strtod(text, &end) : -1;

        return text != NULL && end != text && *end == '\0' && value >= 0 && value < 1e6 ? value : -1;
}

static void
run_out(struct entra *entra, double size)
{
        int64_t now = mst_host_ticks_ms(entra->host);

        entra->pace.used -= size * (double)(now - entra->pace.at) / WINDOW_MS;
        if (entra->pace.used < 0)
                entra->pace.used = 0;
        entra->pace.at = now;
}

double
entra_pace_level(struct entra *entra)
{
        double size = (double)entra->config->resource_units;

        if (size <= 0)
                return 0;
        run_out(entra, size);
        return entra->pace.used / size;
}

void
entra_pace_note(struct entra *entra, const struct mst_http_reply *reply, unsigned units)
{
        double size = (double)entra->config->resource_units, cost = number(reply, "x-ms-resource-unit");
        double said = number(reply, "x-ms-throttle-limit-percentage"), level;

        if (size <= 0)
                return;
        run_out(entra, size);
        entra->pace.used += cost > units ? cost : units;
        if (said > 2)
                said = 2;
        if (said * size > entra->pace.used)
                entra->pace.used = said * size;
        level = entra->pace.used / size;
        if (level > ENOUGH)
                mst_http_hold(entra->http, (int64_t)((level - ENOUGH) * WINDOW_MS) + 1, false);
}
