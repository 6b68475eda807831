/* savefile.h - a file for its owner alone that is there whole, or as it was before. */
#ifndef MSTC_SAVEFILE_H
#define MSTC_SAVEFILE_H

#include <stdio.h>

#include <muster/error.h>

struct mstc_save;

/* Begins beside 'path', which is left as it is until the end. */
int mstc_save_open(const char *path, struct mstc_save **ret, struct mst_error *err);
FILE *mstc_save_file(struct mstc_save *save);
/* 'keep': written out, synced, put in place; else it is as if nothing had been. */
int mstc_save_close(struct mstc_save *save, bool keep, struct mst_error *err);

#endif
