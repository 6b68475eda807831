/* teller.h - runs hooks and sendmail, one after the other, in a thread of its own: whatever hangs
 * keeps nobody but those behind it waiting, and them not for long. */
#ifndef MSTC_TELLER_H
#define MSTC_TELLER_H

#include "cli/program.h"

struct mstc_teller;

/* Of which ones what becomes is to be known: 'way' is a bit of a notice. */
struct mstc_told { const char *event, *what; bool over; };
struct mstc_teller_job {
        unsigned way;
        const char *const *command;
        const struct mstc_told *told; size_t told_count;
        const char *input; size_t size;
        int64_t timeout_ms;
        enum mstc_program_end end;           /* when it has been run                   */
        const char *said;
};

struct mstc_teller *mstc_teller_new(void);
/* Everything is copied; false: no memory, or too many wait already. */
bool mstc_teller_add(struct mstc_teller *teller, const struct mstc_teller_job *job);
/* Is it waiting, running, or not forgotten yet? */
bool mstc_teller_has(struct mstc_teller *teller, unsigned way, const char *event, const char *what);
/* The n-th that has been run and is not forgotten; NULL: there are no more. */
const struct mstc_teller_job *mstc_teller_ended(struct mstc_teller *teller, size_t n);
/* The first so many of them. */
void mstc_teller_forget(struct mstc_teller *teller, size_t count);
/* Waits until all have been run, or the descriptor becomes readable. */
void mstc_teller_wait(struct mstc_teller *teller, int stop_fd);
/* What runs has 'ms' more; the rest is dropped. */
void mstc_teller_free(struct mstc_teller *teller, int64_t ms);

#endif
