/* view_account.c - who has an account in a sink that is ours. */
#include "build.h"

#include "store/view_read.h"
#include "util/set.h"

int
mstc_view_accounts(struct mstc_store *store, const char *sink, struct mstc_set *live, struct mstc_set *off,
                   struct mst_error *err)
{
        struct mstc_rows rows = { .store = store, .err = err };
        bool full = false;

        if (MSTC_ROWS(&rows, "SELECT l.entry, l.state FROM link l JOIN instance i ON i.id=l.sink WHERE i.role=2 AND i.name=? "
                      "AND l.object IS NOT NULL AND l.state IN (1,2)", "t", sink))
                while (!full && mstc_rows_next(&rows))
                        full = !mstc_set_add(mstc_rows_number(&rows, 1) == MSTC_LINK_LIVE ? live : off,
                                             (uint32_t)mstc_rows_number(&rows, 0));
        if (mstc_rows_end(&rows, "reading links") != MST_OK)
                return err->code;
        return full ? mst_fail_memory(err, "reading links") : MST_OK;
}
