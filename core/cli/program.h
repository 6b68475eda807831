/* program.h - runs a program for a moment: a hook, or the system's sendmail.
 *
 * No shell.  The program gets the bytes on its standard input, an environment of its own (PATH,
 * LANG), the folder /, no other descriptor of ours, default signals and a process group that is
 * its own; what it says on both outputs is kept up to a limit.  When its time is over the group
 * gets SIGTERM, and a little later SIGKILL; nothing of the group outlives the call, and no zombie
 * is left. */
#ifndef MSTC_PROGRAM_H
#define MSTC_PROGRAM_H

#include <stdatomic.h>

#include <muster/abi.h>

#include "util/buffer.h"

enum mstc_program_end { MSTC_PROGRAM_DONE, MSTC_PROGRAM_FAILED, MSTC_PROGRAM_LATE, MSTC_PROGRAM_STOPPED };

/* Blocks; '*hurry' (monotonic ms, 0: none) may be set by another thread to end it earlier.
 * 'said' takes what it said, made harmless, or why it could not be run. */
enum mstc_program_end mstc_program_run(const char *const *command, const void *input, size_t size, int64_t timeout_ms,
                                       const _Atomic int64_t *hurry, struct mstc_buffer *said);

#endif
