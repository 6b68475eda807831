/* laying.h - files and folders that are put in their places together, or not at all.
 *
 * Each file lies beside its place under another name until it is put there, which never
 * overwrites: what is in the way is refused, or with 'keep' goes to a name of its own first.
 * Signals that would end the process wait from new to the end. */
#ifndef MSTC_LAYING_H
#define MSTC_LAYING_H

#include <sys/types.h>

#include <muster/arena.h>
#include <muster/error.h>

struct mstc_laying;

int mstc_laying_new(struct mst_arena *arena, bool keep, struct mstc_laying **ret, struct mst_error *err);
/* A folder with all above it that is missing; one that is there stays as it is. */
int mstc_laying_folder(struct mstc_laying *laying, const char *path, mode_t mode, struct mst_error *err);
/* A file's bytes, written and synced beside its place; '*ret_beside' (may be NULL) is where. */
int mstc_laying_file(struct mstc_laying *laying, const char *path, mode_t mode, const void *bytes, size_t size,
                     const char **ret_beside, struct mst_error *err);
/* All files written so far that are not there yet, in their places. */
int mstc_laying_place(struct mstc_laying *laying, struct mst_error *err);
/* Gives what was made at 'path' and below it to somebody, which only root can. */
int mstc_laying_give(struct mstc_laying *laying, const char *path, uid_t owner, gid_t group, struct mst_error *err);
/* The name that what was in the way of 'path' has now; NULL: nothing was. */
const char *mstc_laying_kept(const struct mstc_laying *laying, const char *path);
/* 'keep': what was put in place stays; else all is as it was before. */
void mstc_laying_end(struct mstc_laying *laying, bool keep);

#endif
