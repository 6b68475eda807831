/* halt.c - SIGINT and SIGTERM, and SIGHUP for the service.
 *
 * A signal handler gets no argument, so this is the one place of the command with
 * state at file scope. */
#include "build.h"

#include "cli/halt.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

static struct mstc_stop *halt_stop;
static volatile sig_atomic_t halt_asked;

static void
on_signal(int signal)
{
        (void)signal;
        if (halt_asked) {
                static const char text[] = "\nmuster: ended at once; the next sync looks up what was in flight\n";
                ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

                (void)ignored;
                _exit(4);
        }
        halt_asked = 1;
        mstc_stop_now(halt_stop);
}

void
mstc_halt_ignore_pipe(void)
{
        struct sigaction action = { .sa_handler = SIG_IGN };

        sigaction(SIGPIPE, &action, NULL);
}

static void
on_both(void (*handler)(int))
{
        struct sigaction action = { .sa_handler = handler };

        sigemptyset(&action.sa_mask);
        /* No SA_RESTART: who waits shall look. */
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
}

struct mstc_stop *
mstc_halt_begin(void)
{
        halt_stop = mstc_stop_new();
        halt_asked = 0;
        if (halt_stop != NULL)
                on_both(on_signal);
        return halt_stop;
}

void
mstc_halt_end(void)
{
        if (halt_stop == NULL)
                return;
        on_both(SIG_DFL);
        mstc_stop_free(halt_stop);
        halt_stop = NULL;
}

int
mstc_halt_reload_fd(void)
{
        sigset_t hup;

        sigemptyset(&hup);
        sigaddset(&hup, SIGHUP);
        if (sigprocmask(SIG_BLOCK, &hup, NULL) != 0)
                return -1;
        return signalfd(-1, &hup, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool
mstc_halt_reload_asked(int fd)
{
        struct signalfd_siginfo info;
        bool asked = false;

        while (fd >= 0 && read(fd, &info, sizeof info) == (ssize_t)sizeof info)
                asked = true;
        return asked;
}
