/* copy.h - copies of a store: made, put in its place, and looked at. */
#ifndef MSTC_COPY_H
#define MSTC_COPY_H

#include <muster/arena.h>

#include "store/store.h"

/* What is in a store, or in a copy of one. */
struct mstc_store_facts {
        int64_t version;                     /* of the schema                          */
        const char *lineage;                 /* the same in all copies of one store    */
        int64_t exported;                    /* ms: a copy, made then; 0: none, or in use since */
        int64_t runs, last_run;              /* and when that began, ms                */
        int64_t syncs, entries, links, open_ops, history, holds;
        int64_t restored;                    /* targets that still hold all that follows from a copy */
        int64_t size, free;                  /* bytes, and of them unused              */
        int64_t log;                         /* bytes not folded back yet              */
};

/* A consistent copy of all of an open store, also while another process writes: 0600, quick_check
 * passed, marked with its time, on the disk when this returns.  Refused when 'file' exists;
 * nothing is left of one that failed. */
int mstc_store_export(struct mstc_store *store, const char *file, struct mst_error *err);

/* Puts a copy in the place of the store at 'path', which nobody may be working with.  The copy
 * is checked whole first.  What is there now is kept beside it: '*ret_kept' in the arena, or
 * NULL.  The next writer finds that it was restored (restored.h). */
int mstc_store_import(const char *path, const char *file, struct mst_arena *arena, const char **ret_kept,
                      struct mst_error *err);

/* Reads every page ('quick': without comparing tables with their indexes) and looks at what is there.
 * 'file' is a store or a copy; MST_EREFUSED and the first damages in the error when it is not sound. */
int mstc_store_inspect(const char *file, bool quick, struct mst_arena *arena, struct mstc_store_facts *ret,
                       struct mst_error *err);

#endif
