/* interview.h - the questions of `muster init`, to somebody at a terminal. */
#ifndef MSTC_INTERVIEW_H
#define MSTC_INTERVIEW_H

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/draft.h"

/* Asks for what 'draft' lacks: the source, sinks, the options that each must have or that most
 * admins set, judging each answer at once.  False: it was broken off. */
bool mstc_interview(struct mstc_cli *cli, struct mstc_ask *ask, struct mstc_draft *draft, struct mstc_plugins *plugins);
/* "Write these files? [Y/n]" */
bool mstc_interview_agrees(struct mstc_cli *cli, struct mstc_ask *ask, const struct mstc_draft *draft);

#endif
