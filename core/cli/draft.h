/* draft.h - a configuration that `muster init` is making.
 *
 * One source, its sinks, and what was answered for each option so far.  What there is to answer
 * comes from the plugins' own tables, and what is wrong with an answer is said by those who
 * would say it of muster.xml.  Everything lives in the arena, but for secrets, which
 * mstc_draft_done() zeroes. */
#ifndef MSTC_DRAFT_H
#define MSTC_DRAFT_H

#include <muster/secret.h>

#include "host/plugins.h"
#include "util/buffer.h"
#include "util/given.h"
#include "util/report.h"

#define MSTC_DRAFT_SINKS 16

/* A secret that was told and has no file yet. */
struct mstc_draft_secret {
        struct mstc_given *given;            /* its file: where it is to be            */
        struct mst_secret *secret;
        struct mstc_draft_secret *next;
};

struct mstc_draft_part {                     /* a <source> or <sink>                   */
        const char *name;
        bool is_source;
        const struct mst_plugin *plugin;
        const struct mst_option *table;
        struct mstc_given *given;            /* in the order of the answers            */
        struct mstc_draft_secret *secrets;
};

struct mstc_draft {
        struct mst_arena *arena;
        const char *config;                  /* the files and folders, absolute        */
        const char *secrets, *state;
        const char *store;
        struct mstc_draft_part parts[1 + MSTC_DRAFT_SINKS];
        size_t part_count;                   /* the source comes first                 */
        const char *sync, *scope, *every;
};

/* A source or sink made of "[NAME=]PLUGIN"; a name that is taken gets a number.  NULL with 'err'. */
struct mstc_draft_part *mstc_draft_add(struct mstc_draft *draft, struct mstc_plugins *plugins, const char *what,
                                       bool is_source, struct mst_error *err);
/* Another name for it, before anything was answered; false with 'err' when it cannot be. */
bool mstc_draft_name(struct mstc_draft *draft, struct mstc_draft_part *part, const char *name, struct mst_error *err);
/* By its name; "source" and "sink" mean the only one.  NULL: there is none. */
struct mstc_draft_part *mstc_draft_part(struct mstc_draft *draft, const char *name, size_t length);
const struct mst_option *mstc_draft_option(const struct mstc_draft_part *part, const char *name, size_t length);
const struct mstc_given *mstc_draft_given(const struct mstc_draft_part *part, const struct mst_option *row);

/* An answer, which takes the place of an earlier one (of a list: is added to them).  MST_ECONFIG with
 * the sentence and its remedy when it is none for that option; it is not kept then. */
int mstc_draft_set(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row,
                   const char *value, struct mst_error *err);
void mstc_draft_forget(struct mstc_draft_part *part, const struct mst_option *row);
/* A secret that is in a file already, and one that is to get one; the latter takes it over. */
int mstc_draft_set_file(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row,
                        const char *file, struct mst_error *err);
int mstc_draft_set_secret(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row,
                          struct mst_secret *secret, struct mst_error *err);

/* What `muster check` would say of these options, secrets as they were told; true when it would say nothing. */
bool mstc_draft_try(const struct mstc_draft *draft, const struct mstc_draft_part *part, struct mstc_report *report);
/* The file, as text. */
void mstc_draft_write(const struct mstc_draft *draft, struct mstc_buffer *into);
void mstc_draft_done(struct mstc_draft *draft);

#endif
