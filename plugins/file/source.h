/* source.h - one configured file (and one of groups) that is read. */
#ifndef FIL_SOURCE_H
#define FIL_SOURCE_H

#include <muster/option.h>
#include <muster/source.h>

#include "convert.h"
#include "reader.h"

struct fil_source_config {
        char *path, *groups_path;
        int64_t format, groups_format;       /* enum fil_format                        */
        char *id, *group_id;
        char *members, *member_groups;
        int64_t delimiter;                   /* index into fil_delimiters              */
        bool header;
        char **columns, **group_columns, **types;
        char *list_separator;
        int64_t marker;                      /* enum fil_marker                        */
        char *rows_file, *groups_rows_file;
        bool defused;
        int64_t page_size;
};

/* The rows of one kind: where they are and what is made of them. */
struct fil_feed {
        enum mst_kind kind;
        struct fil_layout layout;
        const char *id;                      /* name of the column                     */
        const char *members, *member_groups; /* groups only; may be NULL               */
        struct fil_convert convert;
};

struct fil_round;

struct fil_source {
        const struct fil_source_config *config;
        struct mst_host *host;
        struct mst_arena *arena;             /* as long as the instance                */
        struct mst_arena *scratch;           /* of one row                             */
        struct mst_json *json;
        struct fil_types types;
        struct fil_feed users, groups;
        struct fil_round *round;             /* under way, or NULL                     */
};

extern const struct mst_option fil_source_options[];
extern const char fil_delimiters[];

int fil_source_open(const void *config, struct mst_host *host, void **self, struct mst_error *err);
void fil_source_close(void *self);
int fil_source_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int fil_source_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err);
int fil_source_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err);

/* FIL_AUTO by the end of the path's name; FIL_AUTO when that does not tell. */
enum fil_format fil_format_of(int64_t configured, const char *path);

/* Are groups wanted, and is there a file of them? */
bool fil_reads_groups(const struct fil_source *source);

/* row.c: a row becomes a record, or a complaint, in 'page'.  'ids' may be NULL. */
struct fil_ids;
int fil_row_tell(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row,
                 struct fil_ids *ids, struct mst_page *page, struct mst_error *err);
/* The row's id in source->scratch, or NULL. */
const char *fil_row_id(struct fil_source *source, const struct fil_feed *feed, const struct fil_row *row,
                       size_t *length);

/* round.c */
void fil_round_free(struct fil_round *round);        /* takes NULL */

#endif
