/* explain.h - what the files of `muster explain` share. */
#ifndef MSTC_CLI_EXPLAIN_H
#define MSTC_CLI_EXPLAIN_H

#include "cli/table.h"
#include "cli/workplace.h"
#include "engine/setup.h"
#include "rules/explain.h"
#include "store/view.h"

struct mstc_explained {
        struct mstc_cli *cli;
        struct mstc_workplace place;
        struct mstc_view_person person;      /* with his record                        */
        const struct mstc_sync *sync;
        /* What would have to be otherwise, of all rules that were told since it was last asked. */
        const char *changes[8]; size_t change_count;     /* there may be more of them  */
        bool hopeless;                       /* nothing in his record would help       */
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
/* The same of what was put together; it is marked first. */
int mstc_explain_conditions(struct mstc_explained *x, const char *title, const char *key, struct mstc_conditions *all);
/* After the rules: what would have to change for him to be in; and forgets it. */
void mstc_explain_changes(struct mstc_explained *x, bool in);
/* "  title        text", in as many lines as it needs.  A NULL text is one that memory was out for. */
void mstc_explain_line(struct mstc_explained *x, const char *title, const char *text);
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
