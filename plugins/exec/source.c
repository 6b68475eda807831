/* SPDX-License-Identifier: Apache-2.0
 *
 * source.c - pages of what the program tells: read, fetch, and the list of a sink. */
#include <string.h>

#include "exec.h"

/* Sends the call that stands in x->out, and takes lines until it has ended. */
int
exe_page(struct exe *x, struct mst_page *page,
         int (*item)(struct exe *x, struct mst_page *page, const struct mst_value *line, struct mst_error *err),
         struct mst_error *err)
{
        const struct mst_value *line;
        const char *end, *cursor;
        int rc = exe_send(x, err);

        while (rc == MST_OK) {
                rc = exe_answer(x, &line, err);
                if (rc == MST_OK)
                        rc = item(x, page, line, err);
        }
        if (rc != MST_END)
                return rc;
        end = mst_value_find_text(line, "end");
        cursor = exe_text(line, "cursor");
        if (strcmp(end, "complete") == 0)
                return mst_page_complete(page, cursor, err);
        if (strcmp(end, "more") != 0 || cursor == NULL)
                return exe_break(x, MST_EINTERNAL, err, "ended a page with '%s'%s: it must be \"complete\", or \"more\" with a cursor", end,
                                 strcmp(end, "more") == 0 ? " and no cursor" : "");
        return mst_page_more(page, cursor, err);
}

int
exe_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct exe *x = self;

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        exe_begin(x, "read");
        exe_put(x, "cursor", cursor);
        mst_json_out_end(x->out);
        return exe_page(x, page, exe_item, err);
}

int
exe_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct exe *x = self;

        if (exe_ready(x, err) != MST_OK)
                return err->code;
        if ((x->can & MST_CAN_FETCH) == 0)
                return mst_fail(err, MST_END, "the program '%s' cannot read single people", x->config->command);
        exe_begin(x, "fetch");
        mst_json_out_name(x->out, "ids");
        mst_json_out_array(x->out);
        for (size_t i = 0; i < mst_ids_count(ids); i++) {
                mst_json_out_object(x->out);
                mst_json_out_member(x->out, exe_kind_word(mst_ids_kind_at(ids, i)), mst_ids_at(ids, i));
                mst_json_out_end(x->out);
        }
        mst_json_out_end(x->out);
        mst_json_out_end(x->out);
        return exe_page(x, page, exe_item, err);
}
