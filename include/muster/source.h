/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/source.h> - a connector that is read from.
 *
 * Life of an instance: open, [probe], (read | fetch)*, close.  One thread at a
 * time, not always the same one.  'self' is the connector's own; close() is
 * called once after a successful open() and never after a failed one.  Every
 * call may block, within the connector's own timeouts, and comes back within
 * two seconds once mst_host_stopping() is true.
 *
 * A source of groups, too, says MST_CAN_GROUPS, names their attributes with MST_ATTR_GROUP,
 * and, when mst_host_wants(host, "group.*"), tells them like people and who is in them with
 * mst_page_member() (<muster/page.h>); one cursor is for both.
 */
#ifndef MUSTER_SOURCE_H
#define MUSTER_SOURCE_H

#include <muster/error.h>
#include <muster/facts.h>
#include <muster/host.h>
#include <muster/page.h>

MST_BEGIN

struct mst_ids;

/* The ids that fetch() is asked for. */
MST_API size_t mst_ids_count(const struct mst_ids *ids);
MST_API enum mst_kind mst_ids_kind_at(const struct mst_ids *ids, size_t index);
MST_API const char *mst_ids_at(const struct mst_ids *ids, size_t index);

struct mst_source_calls {
        size_t size;             /* sizeof (struct mst_source_calls) in the plugin's build */
        size_t config_size;      /* of the struct that the option table fills          */

        /* Makes an instance.  Opens no connection and asks nobody: that is for
         * probe() and read(), so that `muster check` works offline.  'config'
         * stays valid until close() has returned. */
        int (*open)(const void *config, struct mst_host *host, void **self,
                    struct mst_error *err);

        /* Asks the service what it is and proves that reading works, with real
         * calls.  Names the right that is missing. */
        int (*probe)(void *self, struct mst_facts *facts, struct mst_error *err);

        /* Reads the next page.  'cursor' NULL: everything, from the start (a full
         * round); otherwise what an earlier page ended with.  MST_EEXPIRED says
         * that the cursor is too old; every other error leaves it good. */
        int (*read)(void *self, const char *cursor, struct mst_page *page,
                    struct mst_error *err);

        /* Reads single records: each id is answered whole, outside, gone, or not
         * at all, which leaves everything as it is.  The page is ended with
         * mst_page_complete(page, NULL).  NULL when the service has no such call;
         * MST_END (with a sentence) when that turns out only when it is asked. */
        int (*fetch)(void *self, const struct mst_ids *ids, struct mst_page *page,
                     struct mst_error *err);

        void (*close)(void *self);
};

MST_END_C
#endif
