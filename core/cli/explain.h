/* explain.h - what the files of `muster explain` share. */
#ifndef MSTC_CLI_EXPLAIN_H
#define MSTC_CLI_EXPLAIN_H

#include "cli/table.h"
#include "cli/workplace.h"
#include "engine/setup.h"
#include "store/view.h"

struct mstc_explained {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_view_person person;      /* with his record                        */
        const struct mstc_sync *sync;
};

/* explain.c */
struct mstc_eval mstc_explain_eval(struct mstc_explained *x);
/* His object in the target's sink, or NULL. */
const struct mstc_view_link *mstc_explain_link(const struct mstc_explained *x, const struct mstc_target *target);
/* No scope takes everybody. */
bool mstc_explain_scope(struct mstc_explained *x, const struct mstc_expr *scope);

/* explainrule.c: the conditions of a rule, as a table under 'title' or as array 'key'.  NULL
 * for a rule that is not there says nothing. */
int mstc_explain_rule(struct mstc_explained *x, const char *title, const char *key, const struct mstc_expr *rule);
/* An op that is not done yet, as a line or a row. */
void mstc_explain_open(struct mstc_explained *x, const char *title, const struct mstc_view_op *op);
/* What lies in the sink and keeps him out, as a line or as "duplicate". */
int mstc_explain_duplicate(struct mstc_explained *x, const struct mstc_target *target,
                           const struct mstc_view_duplicate **ret);

/* explaingroup.c: one group; and the names of all that he is in. */
int mstc_explain_group(struct mstc_explained *x, const char *name, const struct mstc_target *only);
int mstc_explain_groups(struct mstc_explained *x);

/* explainvalue.c */
int mstc_explain_attribute(struct mstc_explained *x, const char *name, const struct mstc_target *only);

#endif
