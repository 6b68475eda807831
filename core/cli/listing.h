/* listing.h - rows from the store, batch by batch, to a table or to the document.
 *
 *      mstc_listing_open(&list, cli, "runs", columns, COUNT);
 *      do {
 *              view(..., mstc_listing_room(&list), list.arena, &rows, &count, &more, &err);
 *              for (i = 0; i < count; i++)
 *                      if (mstc_listing_takes(&list))
 *                              show(&list, &rows[i]);
 *      } while (mstc_listing_goes_on(&list, more, &err));
 *      code = mstc_listing_close(&list, "No run matches.", &err);
 *
 * On a terminal a list ends after what somebody may want to look at, and the rest is
 * counted; --all (where a command has it) and pipes get everything, --limit N so many. */
#ifndef MSTC_LISTING_H
#define MSTC_LISTING_H

#include "cli/cli.h"
#include "cli/table.h"

#define MSTC_BATCH 500u

struct mstc_listing {
        struct mstc_cli *cli;
        const struct mstc_column *columns;
        size_t column_count;
        struct mst_arena *arena;             /* of the batch at hand                   */
        struct mstc_table *table;            /* NULL with JSON                         */
        struct mstc_widths widths;
        size_t shown, most, rest;
        bool limited;                        /* by --limit: the rest is not counted    */
        bool bare;                           /* rows and nothing else: CSV             */
        bool failed;
};

/* 'columns' NULL: rows are printed by the command itself.  False: out of memory. */
bool mstc_listing_open(struct mstc_listing *list, struct mstc_cli *cli, const char *key,
                       const struct mstc_column *columns, size_t count);
bool mstc_listing_takes(struct mstc_listing *list);
bool mstc_listing_goes_on(struct mstc_listing *list, bool more, const struct mst_error *err);
/* The exit code; an error has been told. */
int mstc_listing_close(struct mstc_listing *list, const char *when_empty, const struct mst_error *err);

/* Is --limit, where it is given, a number?  Else it has been told that it is not. */
bool mstc_limit_good(struct mstc_cli *cli);
/* Rows that a terminal gets, SIZE_MAX in a pipe or with --all. */
size_t mstc_patience(const struct mstc_cli *cli, size_t terminal);

#endif
