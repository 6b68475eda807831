/* openmetrics.h - writes the OpenMetrics 1.0 text format, or with 'classic' the older Prometheus
 * text format 0.0.4, which is what node_exporter reads from textfiles.
 *
 * A family is begun, then its samples follow; labels are names and values in turns, with a NULL
 * behind them.  What is wrong with memory shows in the buffer. */
#ifndef MSTC_OPENMETRICS_H
#define MSTC_OPENMETRICS_H

#include "util/buffer.h"

enum mstc_om_type { MSTC_OM_GAUGE, MSTC_OM_COUNTER, MSTC_OM_HISTOGRAM, MSTC_OM_INFO };

struct mstc_om {
        struct mstc_buffer *out;
        bool classic;
        const char *family;
        enum mstc_om_type type;
};

/* 'unit' is the end of the name, or NULL. */
void mstc_om_family(struct mstc_om *om, enum mstc_om_type type, const char *name, const char *unit, const char *help);
/* A whole number; milliseconds as seconds; a number with three decimals, given in thousandths. */
void mstc_om_number(struct mstc_om *om, const char *const *labels, int64_t number);
void mstc_om_seconds(struct mstc_om *om, const char *const *labels, int64_t ms);
/* 'counts' has one more than there are limits (ms); they are not summed up yet. */
void mstc_om_histogram(struct mstc_om *om, const char *const *labels, const int64_t *limits, size_t limit_count,
                       const int64_t *counts, int64_t sum_ms);
void mstc_om_end(struct mstc_om *om);

#endif
