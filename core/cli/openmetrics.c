/* openmetrics.c - writes the OpenMetrics 1.0 text format, or the Prometheus text format 0.0.4.
 *
 * They differ in that a counter's family has the name of its samples in the older one, which
 * also knows neither info nor UNIT, and no end. */
#include "build.h"

#include "cli/openmetrics.h"

#include <stdio.h>

static const char *const types[] = { "gauge", "counter", "histogram", "info" };

static const char *
suffix_of(const struct mstc_om *om)
{
        return om->type == MSTC_OM_COUNTER ? "_total" : om->type == MSTC_OM_INFO ? "_info" : "";
}

void
mstc_om_family(struct mstc_om *om, enum mstc_om_type type, const char *name, const char *unit, const char *help)
{
        const char *suffix;

        om->family = name;
        om->type = type;
        suffix = om->classic ? suffix_of(om) : "";
        mstc_buffer_printf(om->out, "# TYPE %s%s %s\n", name, suffix,
                           om->classic && type == MSTC_OM_INFO ? "gauge" : types[type]);
        if (unit != NULL && !om->classic)
                mstc_buffer_printf(om->out, "# UNIT %s %s\n", name, unit);
        mstc_buffer_printf(om->out, "# HELP %s%s ", name, suffix);
        mstc_escape_label_into(om->out, help);
        mstc_buffer_char(om->out, '\n');
}

/* The name and labels of a sample; one more label may come behind them. */
static void
begin(struct mstc_om *om, const char *suffix, const char *const *labels, const char *more, const char *value)
{
        const char *before = "{";

        mstc_buffer_printf(om->out, "%s%s", om->family, suffix);
        for (size_t i = 0; labels != NULL && labels[i] != NULL; i += 2, before = ",") {
                mstc_buffer_printf(om->out, "%s%s=\"", before, labels[i]);
                mstc_escape_label_into(om->out, labels[i + 1]);
                mstc_buffer_char(om->out, '"');
        }
        if (more != NULL) {
                mstc_buffer_printf(om->out, "%s%s=\"%s\"", before, more, value);
                before = ",";
        }
        mstc_buffer_text(om->out, *before == ',' ? "} " : " ");
}

static void
thousandths(struct mstc_om *om, int64_t number)
{
        mstc_buffer_printf(om->out, "%s%lld.%03lld\n", number < 0 ? "-" : "", (long long)(number < 0 ? -number : number) / 1000,
                           (long long)(number < 0 ? -number : number) % 1000);
}

void
mstc_om_number(struct mstc_om *om, const char *const *labels, int64_t number)
{
        begin(om, suffix_of(om), labels, NULL, NULL);
        mstc_buffer_printf(om->out, "%lld\n", (long long)number);
}

void
mstc_om_seconds(struct mstc_om *om, const char *const *labels, int64_t ms)
{
        begin(om, suffix_of(om), labels, NULL, NULL);
        thousandths(om, ms);
}

void
mstc_om_histogram(struct mstc_om *om, const char *const *labels, const int64_t *limits, size_t limit_count,
                  const int64_t *counts, int64_t sum_ms)
{
        int64_t sum = 0;
        char limit[32];

        for (size_t i = 0; i <= limit_count; i++) {
                sum += counts[i];
                if (i < limit_count)
                        (void)snprintf(limit, sizeof limit, "%lld.0", (long long)limits[i] / 1000);
                begin(om, "_bucket", labels, "le", i < limit_count ? limit : "+Inf");
                mstc_buffer_printf(om->out, "%lld\n", (long long)sum);
        }
        begin(om, "_sum", labels, NULL, NULL);
        thousandths(om, sum_ms);
        begin(om, "_count", labels, NULL, NULL);
        mstc_buffer_printf(om->out, "%lld\n", (long long)sum);
}

void
mstc_om_end(struct mstc_om *om)
{
        if (!om->classic)
                mstc_buffer_text(om->out, "# EOF\n");
}
