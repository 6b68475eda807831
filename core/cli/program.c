/* program.c - runs a program for a moment. */
#include "build.h"

#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <muster/escape.h>

#include "util/date.h"

#define SAID_MOST 4096                       /* bytes of what it says that are kept    */
#define GRACE_MS 2000                        /* between SIGTERM and SIGKILL            */
#define STEP_MS 100

struct program {
        pid_t pid;
        int in, out;                         /* to its input, from its outputs; -1: closed */
        const char *input; size_t left;
        struct mstc_buffer text;
        int64_t until, kill_at;              /* monotonic; kill_at 0: it may still run */
        enum mstc_program_end end;
};

static void
shut(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

/* ---- the start --------------------------------------------------------------------------------- */

static int
arrange(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int in, int out)
{
        sigset_t all, none;
        int rc = posix_spawn_file_actions_adddup2(actions, in, 0);

        if (rc == 0)
                rc = posix_spawn_file_actions_adddup2(actions, out, 1);
        if (rc == 0)
                rc = posix_spawn_file_actions_adddup2(actions, out, 2);
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCHDIR_NP
        if (rc == 0)
                rc = posix_spawn_file_actions_addchdir_np(actions, "/");
#endif
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
        if (rc == 0)
                rc = posix_spawn_file_actions_addclosefrom_np(actions, 3);
#else
        for (int fd = 3; fd < 1024 && rc == 0; fd++)         /* ours are closed by exec anyway */
                rc = fcntl(fd, F_GETFD) >= 0 ? posix_spawn_file_actions_addclose(actions, fd) : 0;
#endif
        sigfillset(&all);
        sigemptyset(&none);
        if (rc == 0)
                rc = posix_spawnattr_setsigdefault(attributes, &all);
        if (rc == 0)
                rc = posix_spawnattr_setsigmask(attributes, &none);
        if (rc == 0)
                rc = posix_spawnattr_setpgroup(attributes, 0);
        return rc == 0 ? posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
                                                  | POSIX_SPAWN_SETPGROUP) : rc;
}

static int
spawn(struct program *p, const char *const *command, int in, int out)
{
        static const char *const environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                                   "LANG=C.UTF-8", NULL };
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        int rc = posix_spawn_file_actions_init(&actions);

        if (rc != 0)
                return rc;
        rc = posix_spawnattr_init(&attributes);
        if (rc == 0) {
                rc = arrange(&actions, &attributes, in, out);
                if (rc == 0)
                        rc = posix_spawn(&p->pid, command[0], &actions, &attributes, (char *const *)(uintptr_t)command,
                                         (char *const *)(uintptr_t)environment);
                posix_spawnattr_destroy(&attributes);
        }
        posix_spawn_file_actions_destroy(&actions);
        return rc;
}

static int
start(struct program *p, const char *const *command)
{
        int to[2] = { -1, -1 }, from[2] = { -1, -1 };
        int rc = pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0 ? errno : 0;

        if (rc == 0)
                rc = spawn(p, command, to[0], from[1]);
        shut(&to[0]);
        shut(&from[1]);
        p->in = to[1];
        p->out = from[0];
        if (rc == 0 && (fcntl(p->in, F_SETFL, O_NONBLOCK) != 0 || fcntl(p->out, F_SETFL, O_NONBLOCK) != 0))
                p->kill_at = 1;              /* it could keep us: it ends at once      */
        return rc;
}

/* ---- while it runs ------------------------------------------------------------------------------ */

static void
feed(struct program *p)
{
        ssize_t n = p->left > 0 ? write(p->in, p->input, p->left) : 0;

        if (n > 0) {
                p->input += n;
                p->left -= (size_t)n;
        }
        if (p->left == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
                shut(&p->in);
}

/* All that is there now; what is too much is read and dropped. */
static void
listen_to(struct program *p)
{
        char piece[4096];
        ssize_t n;

        for (int i = 0; i < 64 && p->out >= 0; i++) {
                n = read(p->out, piece, sizeof piece);
                if (n < 0 && (errno == EAGAIN || errno == EINTR))
                        return;
                if (n <= 0)
                        shut(&p->out);
                else if (p->text.length < SAID_MOST)
                        mstc_buffer_add(&p->text, piece, (size_t)n < SAID_MOST - p->text.length ? (size_t)n
                                        : SAID_MOST - p->text.length);
        }
}

static void
look_at_clock(struct program *p, const _Atomic int64_t *hurry)
{
        int64_t now = mstc_clock_ticks_ms(), early = hurry != NULL ? *hurry : 0;
        bool stopped = early != 0 && early < p->until;

        if (p->kill_at == 0 && (now >= p->until || (stopped && now >= early))) {
                p->end = now >= p->until ? MSTC_PROGRAM_LATE : MSTC_PROGRAM_STOPPED;
                p->kill_at = now + GRACE_MS;
                kill(-p->pid, SIGTERM);
        } else if (p->kill_at != 0 && now >= p->kill_at) {
                kill(-p->pid, SIGKILL);
        }
}

static bool
has_ended(const struct program *p)
{
        siginfo_t info = { 0 };

        return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == p->pid;
}

static void
attend(struct program *p, const _Atomic int64_t *hurry)
{
        while (!has_ended(p)) {
                struct pollfd fds[] = { { .fd = p->in, .events = POLLOUT }, { .fd = p->out, .events = POLLIN } };

                poll(fds, 2, p->in < 0 && p->out < 0 ? STEP_MS / 5 : STEP_MS);
                if (fds[0].revents != 0)
                        feed(p);
                if (fds[1].revents != 0)
                        listen_to(p);
                look_at_clock(p, hurry);
        }
}

static void
settle(struct program *p, struct mstc_buffer *said)
{
        int status = 0;

        /* Not reaped yet, so the group's number is still its own. */
        kill(-p->pid, SIGKILL);
        while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
                continue;
        listen_to(p);
        if (p->end == MSTC_PROGRAM_LATE)
                mstc_buffer_text(said, "it was ended because it took too long");
        else if (p->end == MSTC_PROGRAM_STOPPED)
                mstc_buffer_text(said, "it was ended because muster stops");
        else if (WIFSIGNALED(status))
                mstc_buffer_printf(said, "it was ended by signal %d", WTERMSIG(status));
        else if (WEXITSTATUS(status) != 0)
                mstc_buffer_printf(said, "its exit code is %d", WEXITSTATUS(status));
        if (p->end == MSTC_PROGRAM_DONE && status != 0)
                p->end = MSTC_PROGRAM_FAILED;
}

enum mstc_program_end
mstc_program_run(const char *const *command, const void *input, size_t size, int64_t timeout_ms, const _Atomic int64_t *hurry,
                 struct mstc_buffer *said)
{
        struct program p = { .in = -1, .out = -1, .input = input, .left = size, .end = MSTC_PROGRAM_DONE };
        struct mst_arena *arena;
        const char *text;
        int rc;

        p.until = mstc_clock_ticks_ms() + timeout_ms;
        rc = start(&p, command);
        if (rc == 0) {
                attend(&p, hurry);
                settle(&p, said);
        } else {
                mstc_buffer_printf(said, "it cannot be run: %s", strerror(rc));
                p.end = MSTC_PROGRAM_FAILED;
        }
        shut(&p.in);
        shut(&p.out);
        arena = mst_arena_new(0);
        while (p.text.length > 0 && p.text.bytes[p.text.length - 1] == '\n')
                p.text.length--;
        text = arena != NULL && p.text.length > 0 ? mst_escape_terminal(arena, p.text.bytes, p.text.length) : NULL;
        if (text != NULL)
                mstc_buffer_printf(said, "%s%s", said->length > 0 ? "; it says: " : "it says: ", text);
        mst_arena_free(arena);
        mstc_buffer_done(&p.text);
        return p.end;
}
