/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/outbox.h> - numbered files for somebody who carries them on: an admin, a job.
 *
 *      users-000001.csv  removals-000002.csv  users-000003.csv
 *
 * All names of a folder share one row of numbers, so that their order can be kept.  A file
 * appears whole under its number or not at all, is on disk when mst_outbox_write() returns,
 * and is never written again.  Also here: rows of CSV (RFC 4180).  One thread.
 */
#ifndef MUSTER_OUTBOX_H
#define MUSTER_OUTBOX_H

#include <muster/arena.h>
#include <muster/error.h>

MST_BEGIN

struct mst_outbox_file {
        uint64_t number;
        const char *name;        /* "users", without the number                        */
        const char *path;
        int64_t changed_ns;      /* when it was written, since 1970                    */
};

/* Calls 'each' for each file of the folder in the order of the numbers, until it fails; what
 * it is given lives in 'arena'.  '*last' is the highest number, 0 where there is none.  Files
 * that are not called so are passed over. */
typedef int mst_outbox_each(void *self, const struct mst_outbox_file *file, struct mst_error *err);
MST_API int mst_outbox_read(const char *folder, struct mst_arena *arena, mst_outbox_each *each,
                            void *self, uint64_t *last, struct mst_error *err);

/* Writes FOLDER/NAME-NUMBER.csv, which must not be there, with mode 0600. */
MST_API int mst_outbox_write(const char *folder, const char *name, uint64_t number, const void *bytes,
                             size_t size, struct mst_error *err);

/* A whole file in 'arena', with a NUL behind it. */
MST_API int mst_outbox_load(const char *path, struct mst_arena *arena, char **ret, size_t *size,
                            struct mst_error *err);

/* The next row of CSV from '*at' on: its cells, cut in place (there must be room for a NUL at
 * 'end'), at most 'most'.  How many; 0: the end; -1: this is no CSV. */
MST_API int mst_csv_row(char **at, char *end, char **cells, int most);

/* The text as one cell, in quotation marks where it needs them: the text itself, or a copy in
 * 'arena' (NULL: no memory).  'safe': with an apostrophe in front of what a spreadsheet would
 * take for a formula. */
MST_API const char *mst_csv_cell(struct mst_arena *arena, const char *text, bool safe);

MST_END_C
#endif
