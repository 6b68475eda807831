/* sink.h - one configured file (and one of groups) that is written. */
#ifndef FIL_SINK_H
#define FIL_SINK_H

#include <muster/option.h>
#include <muster/sink.h>

#include "table.h"

#define FIL_AT_ONCE 32768u                   /* ops that become one new file, at most  */

struct fil_sink_config {
        char *path, *groups_path;
        int64_t format, groups_format;       /* enum fil_format                        */
        char *id, *group_id;
        int64_t delimiter;
        char **columns, **group_columns, **types;
        char *list_separator;
        char *mode;
        bool defuse;
        char *stamp, *disabled, *members;    /* names of columns                       */
        int64_t marker;                      /* FIL_MARK_NEWLINE or FIL_MARK_ROWS      */
        int64_t lock_timeout;                /* ms                                     */
        char *base, *group_base, *rdn, *group_rdn;         /* LDIF                     */
        char **classes, **group_classes;
};

/* One file, its rows, and which state of the file they are. */
struct fil_book {
        struct fil_plan plan;
        struct fil_table *table;             /* NULL: not read                         */
        struct fil_identity identity;        /* of the file that was read or written   */
        bool exists;                         /* there was one                          */
        bool changed;                        /* the table has what the file has not    */
        int lock;                            /* descriptor, or -1                      */
};

struct fil_sink {
        const struct fil_sink_config *config;
        struct mst_host *host;
        struct mst_arena *arena;             /* as long as the instance                */
        struct fil_types types;
        struct fil_book users, groups;
        bool has_groups;
        unsigned mode;
};

extern const struct mst_option fil_sink_options[];

int fil_sink_open(const void *config, struct mst_host *host, void **self, struct mst_error *err);
void fil_sink_close(void *self);
int fil_sink_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int fil_sink_find(void *self, struct mst_search *search, struct mst_error *err);
int fil_sink_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page,
                  struct mst_error *err);
int fil_sink_apply(void *self, struct mst_feed *feed, struct mst_error *err);

/* --- book.c ----------------------------------------------------------------------------- */

/* Keeps others out, who lock too.  MST_EPERM, MST_ENET. */
int fil_book_lock(const struct fil_sink *sink, struct fil_book *book, struct mst_error *err);
void fil_book_unlock(struct fil_book *book);
/* The rows of the file as it is now, read only if it has changed. */
int fil_book_fresh(struct fil_book *book, struct mst_error *err);
/* Forgets the rows, so that they are read anew. */
void fil_book_forget(struct fil_book *book);

enum fil_saved {
        FIL_SAVED = 1,                       /* durably                                */
        FIL_OVERTAKEN = 2,                   /* somebody else has written: nothing was */
        FIL_NOT_SAVED = 3,                   /* proven; the sentence says why          */
        FIL_IN_DOUBT = 4                     /* the new file may or may not stay       */
};
enum fil_saved fil_book_save(const struct fil_sink *sink, struct fil_book *book, struct mst_error *err);

/* --- change.c: an op upon the tables in memory -------------------------------------------- */

struct fil_fix {                             /* a name that has changed or gone, for members */
        const char *old, *new;               /* new NULL: gone                         */
};

struct fil_batch {
        struct fil_sink *sink;
        struct mst_arena *arena;             /* until the batch is settled             */
        struct fil_fix *fixes;
        size_t fix_count, fix_room;
};

enum mst_outcome fil_change(struct fil_batch *batch, struct mst_op *op, struct mst_error *why);
/* Names that have changed are changed, or taken out, in all groups. */
bool fil_fix_members(struct fil_batch *batch);

/* members.c */
enum mst_outcome fil_change_members(struct fil_batch *batch, struct fil_line *group, struct mst_op *op,
                                    struct mst_error *why);

#endif
