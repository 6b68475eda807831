/* progress.h - what a run is doing, for somebody who watches.
 *
 * On a terminal some lines of stderr are drawn over, at most ten times a second: one for what
 * the run does, and while it writes one for each sink.  In a pipe there are log lines and
 * nothing else.  Everything comes from the conductor's thread. */
#ifndef MSTC_PROGRESS_H
#define MSTC_PROGRESS_H

#include "cli/cli.h"
#include "engine/engine.h"

struct mstc_shown;

/* 'verbose' shows all of the log, else its errors and warnings. */
struct mstc_shown *mstc_shown_new(bool verbose);
void mstc_shown_free(struct mstc_shown *shown);      /* takes the lines away */
/* The watch for the engine; valid as long as 'shown'. */
struct mstc_watch mstc_shown_watch(struct mstc_shown *shown);
/* Takes the lines away, so that something else can be printed. */
void mstc_shown_clear(struct mstc_shown *shown);

/* The line for a state of things at 'now_ms' (monotonic): its text, for tests too. */
void mstc_progress_say(const char *sync, const struct mstc_progress *progress, int64_t now_ms,
                       struct mstc_buffer *into);

/* The lines for it and for each sink below it, cut to 'width'; each ends in '\n'. */
void mstc_progress_lines(const char *sync, const struct mstc_progress *progress, int64_t now_ms, unsigned width,
                         struct mstc_buffer *into);

#endif
