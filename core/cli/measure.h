/* measure.h - how things stand, as metrics. */
#ifndef MSTC_MEASURE_H
#define MSTC_MEASURE_H

#include "config/config.h"
#include "store/store.h"
#include "util/buffer.h"

enum mstc_form { MSTC_OPENMETRICS, MSTC_TEXTFILE };

/* Appends all of them.  A store that is not there yet has none but what is known without it.  Opens
 * the store for reading, and closes it.  Any thread, with arguments of its own. */
int mstc_measure(const struct mstc_config *config, enum mstc_form form, struct mstc_buffer *into, struct mst_error *err);

/* The same into a file, in place at once and readable by everybody: nothing secret is in it. */
int mstc_measure_file(const struct mstc_config *config, const char *path, struct mst_error *err);

#endif
