/* SPDX-License-Identifier: Apache-2.0
 *
 * quiet.c - SIGPIPE held back in one thread. */
#include "quiet.h"

#include <errno.h>
#include <time.h>

static sigset_t
just_pipe(void)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGPIPE);
        return set;
}

struct ldp_quiet
ldp_quiet_begin(void)
{
        sigset_t pipe = just_pipe(), before;
        struct ldp_quiet quiet = { 0 };

        if (pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0)
                quiet.held = sigismember(&before, SIGPIPE) == 0;
        return quiet;
}

void
ldp_quiet_end(struct ldp_quiet quiet)
{
        sigset_t pipe = just_pipe();
        struct timespec now = { 0 };

        if (!quiet.held)
                return;
        while (sigtimedwait(&pipe, NULL, &now) == -1 && errno == EINTR)
                ;
        (void)pthread_sigmask(SIG_UNBLOCK, &pipe, NULL);
}
