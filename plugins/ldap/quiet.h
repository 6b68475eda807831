/* quiet.h - writing to a connection that the server has closed raises SIGPIPE, and
 * liblber has no way to ask for an error instead.  A plugin must not change what the
 * process does with a signal, so it is held back in this thread for the time of a call
 * and thrown away if it came. */
#ifndef LDP_QUIET_H
#define LDP_QUIET_H

#include <signal.h>
#include <stdbool.h>

struct ldp_quiet {
        bool held;               /* we blocked it: it was neither blocked nor pending  */
};

struct ldp_quiet ldp_quiet_begin(void);
void ldp_quiet_end(struct ldp_quiet quiet);

#endif
