/* scrape.h - metrics over HTTP, for a Prometheus on the same machine.
 *
 * Listens on 127.0.0.1 and ::1 only, in a thread of its own with a look of its own at the store:
 * neither a run nor a client who dawdles keeps the other waiting.  Answers GET and HEAD of
 * /metrics, one request a connection. */
#ifndef MSTC_SCRAPE_H
#define MSTC_SCRAPE_H

#include "config/config.h"

#include <muster/error.h>

struct mstc_scrape;

/* 'config' must live as long as what is returned, and is not changed meanwhile. */
int mstc_scrape_new(const struct mstc_config *config, struct mstc_scrape **ret, struct mst_error *err);
void mstc_scrape_free(struct mstc_scrape *scrape);       /* within a moment; NULL is all right */

#endif
