/* ask.c - somebody at a terminal is asked, and answers a line.
 *
 * No handler and no state at file scope: the signals are blocked and read from a descriptor,
 * which is waited for together with the terminal. */
#include "build.h"

#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define LONGEST 4096                         /* what a terminal gives as one line      */

struct mstc_ask {
        struct mst_arena *arena;
        sigset_t before;
        int signals;
        bool over;
};

bool
mstc_ask_possible(void)
{
        return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int
mstc_ask_begin(struct mst_arena *arena, struct mstc_ask **ret, struct mst_error *err)
{
        struct mstc_ask *ask = mst_arena_alloc(arena, sizeof *ask);
        sigset_t mine;

        if (ask == NULL)
                return mst_fail_memory(err, "asking");
        sigemptyset(&mine);
        sigaddset(&mine, SIGINT);
        sigaddset(&mine, SIGTERM);
        sigaddset(&mine, SIGQUIT);
        sigaddset(&mine, SIGHUP);
        if (sigprocmask(SIG_BLOCK, &mine, &ask->before) != 0)
                return mst_fail(err, MST_EINTERNAL, "signals cannot be kept waiting: %s", strerror(errno));
        ask->arena = arena;
        ask->signals = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
        if (ask->signals < 0) {
                mst_fail(err, MST_EINTERNAL, "no descriptor is left for signals: %s", strerror(errno));
                sigprocmask(SIG_SETMASK, &ask->before, NULL);
                return err->code;
        }
        *ret = ask;
        return MST_OK;
}

static bool
signalled(const struct mstc_ask *ask)
{
        struct signalfd_siginfo info;

        return read(ask->signals, &info, sizeof info) == (ssize_t)sizeof info;
}

void
mstc_ask_end(struct mstc_ask *ask)
{
        if (ask == NULL || ask->signals < 0)
                return;
        while (signalled(ask))
                continue;
        close(ask->signals);
        ask->signals = -1;
        sigprocmask(SIG_SETMASK, &ask->before, NULL);
}

bool
mstc_ask_over(const struct mstc_ask *ask)
{
        return ask->over;
}

/* A line of at most LONGEST bytes; its length without the end, -1 when it is over. */
static ssize_t
take_line(struct mstc_ask *ask, char line[LONGEST])
{
        struct pollfd both[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = ask->signals, .events = POLLIN } };
        ssize_t got;

        fflush(stdout);
        for (;;) {
                if (ask->over || (poll(both, 2, -1) < 0 && errno != EINTR))
                        break;
                if ((both[1].revents & POLLIN) != 0 && signalled(ask))
                        break;
                if (both[0].revents == 0)
                        continue;
                got = read(STDIN_FILENO, line, LONGEST);
                if (got < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (got <= 0)
                        break;
                return line[got - 1] == '\n' ? got - 1 : got;
        }
        ask->over = true;
        return -1;
}

const char *
mstc_ask_line(struct mstc_ask *ask, const char *prompt)
{
        char line[LONGEST], *first = line;
        ssize_t length;

        if (ask->over)
                return NULL;
        fputs(prompt, stdout);
        length = take_line(ask, line);
        if (length < 0)
                return NULL;
        while (length > 0 && strchr(" \t\r", first[length - 1]) != NULL)
                length--;
        for (; length > 0 && (*first == ' ' || *first == '\t'); length--)
                first++;
        return mst_arena_strndup(ask->arena, first, (size_t)length);
}

struct mst_secret *
mstc_ask_secret(struct mstc_ask *ask, const char *prompt)
{
        struct termios before, silent;
        struct mst_secret *secret = NULL;
        char line[LONGEST];
        ssize_t length;
        sigset_t stop;

        if (ask->over || tcgetattr(STDIN_FILENO, &before) != 0) {
                ask->over = true;
                return NULL;
        }
        /* Ctrl-Z would leave the shell without an echo. */
        sigemptyset(&stop);
        sigaddset(&stop, SIGTSTP);
        sigprocmask(SIG_BLOCK, &stop, NULL);
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        silent.c_lflag |= ECHONL;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        fputs(prompt, stdout);
        length = take_line(ask, line);
        if (length > 0)
                secret = mst_secret_new(line, (size_t)length);
        mst_secret_wipe(line, sizeof line);
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
        sigprocmask(SIG_UNBLOCK, &stop, NULL);
        return secret;
}
