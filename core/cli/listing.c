/* listing.c - rows from the store, batch by batch, to a table or to the document. */
#include "build.h"

#include "cli/listing.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define ENOUGH 10000u                        /* nobody waits to learn how many a million are */

size_t
mstc_patience(const struct mstc_cli *cli, size_t terminal)
{
        return cli->json != NULL || mstc_args_has(cli->args, "all") || !isatty(STDOUT_FILENO) ? SIZE_MAX : terminal;
}

bool
mstc_limit_good(struct mstc_cli *cli)
{
        const char *limit = mstc_args_value(cli->args, "limit");
        int64_t number;

        return limit == NULL || mstc_cli_number(cli, "--limit", limit, &number);
}

static void
begin_batch(struct mstc_listing *list)
{
        mst_arena_reset(list->arena);
        if (list->cli->json != NULL || list->columns == NULL)
                return;
        list->table = mstc_table_new(list->arena, list->columns, list->column_count);
        mstc_table_follow(list->table, &list->widths);
}

static void
flush_batch(struct mstc_listing *list)
{
        struct mstc_buffer out = { 0 };

        if (list->cli->json != NULL || list->columns == NULL || mstc_table_rows(list->table) == 0)
                return;
        list->failed |= !mstc_table_render(list->table, list->cli->width, list->cli->colour, &out);
        fputs(mstc_buffer_cstr(&out), stdout);
        mstc_buffer_done(&out);
}

bool
mstc_listing_open(struct mstc_listing *list, struct mstc_cli *cli, const char *key,
                  const struct mstc_column *columns, size_t count)
{
        *list = (struct mstc_listing){ .cli = cli, .columns = columns, .column_count = count,
                                       .most = mstc_patience(cli, 50),
                                       .limited = mstc_args_value(cli->args, "limit") != NULL };
        if (list->limited)
                list->most = strtoul(mstc_args_value(cli->args, "limit"), NULL, 10);
        list->arena = mst_arena_new(65536);
        if (list->arena == NULL) {
                list->failed = true;
                return false;
        }
        if (cli->json != NULL)
                mstc_json_array(cli->json, key);
        begin_batch(list);
        return true;
}

bool
mstc_listing_takes(struct mstc_listing *list)
{
        if (list->shown < list->most) {
                list->shown++;
                return true;
        }
        list->rest++;
        return false;
}

bool
mstc_listing_goes_on(struct mstc_listing *list, bool more, const struct mst_error *err)
{
        flush_batch(list);
        begin_batch(list);
        /* Nobody reads any more. */
        if (list->rest >= ENOUGH || (list->limited && list->rest > 0))
                return false;
        return more && err->code == 0 && !list->failed && !ferror(stdout);
}

int
mstc_listing_close(struct mstc_listing *list, const char *when_empty, const struct mst_error *err)
{
        struct mst_error failed = *err;
        struct mstc_cli *cli = list->cli;

        if (list->failed && failed.code == 0)
                mst_fail_memory(&failed, "listing");
        if (cli->json != NULL && list->arena != NULL) {
                mstc_json_end(cli->json);
                if (list->limited)
                        mstc_json_bool(cli->json, "more", list->rest > 0);
        } else if (list->bare)
                ;
        else if (failed.code == 0 && list->shown == 0 && when_empty != NULL)
                puts(when_empty);
        else if (list->rest > 0 && list->limited)
                puts("... and more (--limit)");
        else if (list->rest > 0)
                printf("... and %s%s more (--all shows them)\n", list->rest >= ENOUGH ? "more than " : "",
                       mstc_thousands(list->arena, list->rest >= ENOUGH ? ENOUGH : list->rest));
        mst_arena_free(list->arena);
        list->arena = NULL;
        return failed.code == 0 ? MSTC_END_DONE : mstc_cli_fail(cli, &failed);
}
