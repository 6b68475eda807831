/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/sink.h> - a connector that is written to.
 *
 * Life of an instance: open, [probe], (find | list | apply)*, close; threads and
 * blocking as for a source (<muster/source.h>).
 *
 * An error returned from find, list or apply speaks of the sink as a whole
 * (not reached, credentials refused): the engine puts the sink aside and asks
 * again later.  What concerns one object is its op's outcome.
 */
#ifndef MUSTER_SINK_H
#define MUSTER_SINK_H

#include <muster/error.h>
#include <muster/facts.h>
#include <muster/host.h>
#include <muster/op.h>
#include <muster/page.h>
#include <muster/search.h>

MST_BEGIN

struct mst_sink_calls {
        size_t size;             /* sizeof (struct mst_sink_calls) in the plugin's build */
        size_t config_size;

        /* As for a source: no connection yet. */
        int (*open)(const void *config, struct mst_host *host, void **self,
                    struct mst_error *err);

        /* Asks the server what it is and what we may do there. */
        int (*probe)(void *self, struct mst_facts *facts, struct mst_error *err);

        /* Answers the queries of 'search', see <muster/search.h>. */
        int (*find)(void *self, struct mst_search *search, struct mst_error *err);

        /* Carries out ops until the feed has ended, see <muster/op.h>. */
        int (*apply)(void *self, struct mst_feed *feed, struct mst_error *err);

        /* Lists the objects below the configured place, a page at a time, with
         * mst_page_object().  'cursor' NULL: from the start.  A listing that the
         * server cut short is an error, never complete.  NULL when the service
         * has no such call. */
        int (*list)(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page,
                    struct mst_error *err);

        void (*close)(void *self);
};

MST_END_C
#endif
