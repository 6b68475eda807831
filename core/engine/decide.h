/* decide.h - between plan.c, which gathers what is known of an entry and a sink, and
 * decide.c, which says what op that needs. */
#ifndef MSTC_DECIDE_H
#define MSTC_DECIDE_H

#include "engine/run.h"
#include "store/entries.h"
#include "util/buffer.h"

/* What a plan would do, without doing it. */
struct mstc_foreseen {
        bool any;
        enum mst_verb verb;
        int reason;
        struct mstc_buffer *after;           /* flat                                   */
};

/* One entry as one sink sees it. */
struct mstc_case {
        struct mstc_entry *entry;
        struct mstc_run_target *target;      /* that wants it; NULL: none does         */
        uint32_t mask;                       /* the sink's targets                     */
        bool linked;                         /* has a live object there                */
        bool unsure;                         /* whether it is wanted cannot be told    */
        struct mstc_link link;
        bool has_open;
        struct mstc_entry_op open;           /* its open op                            */
        struct mstc_wanted wanted;
        struct mstc_question *question;      /* whether it is there already; NULL: not asked */
        struct mstc_foreseen *foreseen;      /* not NULL: only what would be planned is told */
};

/* What the object holds now; NULL: out of memory. */
struct mst_record *mstc_present_values(struct mstc_run *run, const struct mstc_case *c);
/* The object that was found with our stamp is tied to the entry; nothing is decided yet. */
int mstc_link_found(struct mstc_run *run, struct mstc_case *c, struct mst_error *err);
int mstc_decide(struct mstc_run *run, struct mstc_case *c, struct mst_error *err);
/* The entry stays dirty for these targets. */
int mstc_plan_keep(struct mstc_run *run, int64_t entry, uint32_t mask, struct mst_error *err);
/* Does a target of that sink want the entry, and which? */
struct mstc_run_target *mstc_plan_taker(struct mstc_run *run, const struct mstc_live *sink,
                                        const struct mstc_entry *entry, bool *unsure);
bool mstc_plan_wants(struct mstc_run *run, const struct mstc_live *sink, const struct mstc_entry *entry);
bool mstc_plan_chosen(const struct mstc_run *run, int64_t entry);
/* What a person would call the entry: display name, else UPN, else id. */
const char *mstc_plan_title(const struct mstc_entry *entry);

#endif
