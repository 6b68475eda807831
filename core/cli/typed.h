/* typed.h - a rule or an expression that somebody typed on the command line. */
#ifndef MSTC_TYPED_H
#define MSTC_TYPED_H

#include "cli/cli.h"
#include "cli/workplace.h"

/* What compiling found, each with its place in the text marked: on stderr, or as "complaints". */
void mstc_typed_tell(struct mstc_cli *cli, const char *text, const struct mstc_finding *finding);

/* There is an operator in it ("x -eq y"): no name, mail or id looks so. */
bool mstc_typed_is_rule(const char *text);

/* A rule for people of whatever sync: compiled once for each sync of the setup, since each source
 * has attributes of its own, and once without any for who is of none of them. */
struct mstc_typed {
        const char *text;
        struct mstc_typed_rule { const char *sync; struct mstc_expr *expr; } *rules; size_t count;
        struct mstc_expr *plain;
        int64_t now;
};

/* MSTC_END_DONE, or the mistakes have been told.  'sync' NULL: for all; 'setup' NULL: nothing is known
 * of attributes.  Done with in any case. */
int mstc_typed_compile(struct mstc_cli *cli, const struct mstc_setup *setup, const char *sync, const char *text,
                       struct mstc_typed *ret);
void mstc_typed_done(struct mstc_typed *typed);
bool mstc_typed_reads(const struct mstc_typed *typed, const char *attribute);
/* Does it hold for him?  For mstc_view_filtered(). */
struct mstc_view_person;
bool mstc_typed_wants(void *typed, const struct mstc_view_person *person, struct mst_arena *scratch);

#endif
