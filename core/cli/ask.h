/* ask.h - somebody at a terminal is asked, and answers a line.
 *
 * Between begin and end the signals that would end or stop the process wait: whoever is asked for
 * a secret always gets the echo back, however the asking ends (Ctrl-C, a closed terminal, an end
 * of file).  Questions go to standard output, answers come from standard input. */
#ifndef MSTC_ASK_H
#define MSTC_ASK_H

#include <muster/arena.h>
#include <muster/error.h>
#include <muster/secret.h>

struct mstc_ask;

/* Is there anybody? */
bool mstc_ask_possible(void);
int mstc_ask_begin(struct mst_arena *arena, struct mstc_ask **ret, struct mst_error *err);
void mstc_ask_end(struct mstc_ask *ask);     /* takes NULL; what was signalled is gone */
/* The answering has come to an end before the questions have: all further answers are NULL. */
bool mstc_ask_over(const struct mstc_ask *ask);

/* The answer, without the blanks around it, in the arena.  NULL: it is over. */
const char *mstc_ask_line(struct mstc_ask *ask, const char *prompt);
/* The same, not shown.  NULL: nothing was typed, or it is over. */
struct mst_secret *mstc_ask_secret(struct mstc_ask *ask, const char *prompt);

#endif
