/* SPDX-License-Identifier: Apache-2.0
 *
 * child.c - the process: started without a shell, confined, and never left behind.
 *
 * It gets three descriptors, and as the fourth a pipe with its secret if it has one; a clean
 * environment; a session of its own, so that what it starts ends with it; no new privileges, no
 * core file.  Its stdin is a socket: writing to one that has gone is an error and no signal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec.h"

enum { SECRET_MOST = 32768, SECRET_FD = 3, FILES = 1024 };

/* What the child gets, all made before the fork: after it nothing may allocate. */
struct start {
        char **argv, **env;
        int in[2], out[2], err[2], secret[2], report[2];
};

/* ---- may it be started ---- */

static int
check_owner(const char *what, const char *path, const struct stat *st, struct mst_error *err)
{
        if ((st->st_uid != 0 && st->st_uid != geteuid()) || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
                return mst_fail(err, MST_ECONFIG, "command: %s '%s' can be written by others: give it to root or to the user who runs "
                                "Muster, and take others the right (chmod go-w)", what, path);
        return MST_OK;
}

int
exe_child_check(const struct exe_config *config, struct mst_error *err)
{
        const char *path = config->command, *slash = strrchr(path, '/');
        char folder[4096];
        struct stat st;

        if (stat(path, &st) != 0)
                return mst_fail(err, MST_ECONFIG, "command: '%s' cannot be started: %s", path, strerror(errno));
        if (!S_ISREG(st.st_mode) || access(path, X_OK) != 0)
                return mst_fail(err, MST_ECONFIG, "command: '%s' is not a program that may be started (chmod +x)", path);
        if (check_owner("the program", path, &st, err) != MST_OK)
                return err->code;
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
        if (stat(folder, &st) != 0)
                return mst_fail(err, MST_ECONFIG, "command: '%s' cannot be looked at: %s", folder, strerror(errno));
        if ((st.st_mode & S_ISVTX) == 0 && check_owner("its folder", folder, &st, err) != MST_OK)
                return err->code;
        if (config->secret != NULL && mst_secret_size(config->secret) > SECRET_MOST)
                return mst_fail(err, MST_ECONFIG, "secret: it is larger than %d bytes", SECRET_MOST);
        return MST_OK;
}

/* ---- starting ---- */

static size_t
count(char *const *words)
{
        size_t n = 0;

        while (words != NULL && words[n] != NULL)
                n++;
        return n;
}

static bool
prepare(struct exe *x, struct start *s)
{
        const struct exe_config *c = x->config;
        size_t arguments = count(c->arguments), variables = count(c->environment);
        const char *zone = getenv("TZ");

        s->argv = mst_arena_alloc(x->kept, (arguments + 2) * sizeof *s->argv);
        s->env = mst_arena_alloc(x->kept, (variables + 4) * sizeof *s->env);
        if (s->argv == NULL || s->env == NULL)
                return false;
        s->argv[0] = c->command;
        for (size_t i = 0; i < arguments; i++)
                s->argv[i + 1] = c->arguments[i];
        for (size_t i = 0; i < variables; i++)
                s->env[i] = c->environment[i];               /* the first of a name counts: the admin's */
        s->env[variables] = mst_arena_strdup(x->kept, "PATH=/usr/local/bin:/usr/bin:/bin");
        s->env[variables + 1] = mst_arena_strdup(x->kept, "LANG=C.UTF-8");
        s->env[variables + 2] = zone != NULL ? mst_arena_printf(x->kept, "TZ=%s", zone) : NULL;
        return s->env[variables] != NULL && s->env[variables + 1] != NULL;
}

static void
shut(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

static void
shut_all(struct start *s)
{
        for (int i = 0; i < 2; i++) {
                shut(&s->in[i]);
                shut(&s->out[i]);
                shut(&s->err[i]);
                shut(&s->secret[i]);
                shut(&s->report[i]);
        }
}

static bool
make_pipes(const struct exe *x, struct start *s)
{
        return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s->in) == 0 && pipe2(s->out, O_CLOEXEC) == 0
            && pipe2(s->err, O_CLOEXEC) == 0 && pipe2(s->report, O_CLOEXEC) == 0
            && (x->config->secret == NULL || pipe2(s->secret, O_CLOEXEC) == 0);
}

/* In the child, between fork and exec: system calls only.  What fails is reported by its number. */
static _Noreturn void
become(const struct exe *x, struct start *s)
{
        const struct rlimit none = { 0, 0 }, files = { FILES, FILES };
        struct rlimit memory = { (rlim_t)x->config->memory, (rlim_t)x->config->memory };
        int report = fcntl(s->report[1], F_DUPFD_CLOEXEC, SECRET_FD + 1);
        int secret = s->secret[0] >= 0 ? fcntl(s->secret[0], F_DUPFD, SECRET_FD + 1) : -1;
        struct sigaction usual = { .sa_handler = SIG_DFL };
        sigset_t all;
        int e;

        sigemptyset(&all);
        for (int n = 1; n < NSIG; n++)
                (void)sigaction(n, &usual, NULL);
        if (report >= 0 && setsid() >= 0 && dup2(s->in[1], 0) >= 0 && dup2(s->out[1], 1) >= 0 && dup2(s->err[1], 2) >= 0
            && (secret >= 0 ? dup2(secret, SECRET_FD) >= 0 : true)
            && fcntl(report, F_SETFD, FD_CLOEXEC) == 0
            && setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_NOFILE, &files) == 0
            && (x->config->memory == 0 || setrlimit(RLIMIT_AS, &memory) == 0)
            && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && chdir(x->config->directory) == 0
            && sigprocmask(SIG_SETMASK, &all, NULL) == 0) {
                umask(077);
                /* Whatever was open without close-on-exec is none of its business. */
                for (int fd = secret >= 0 ? SECRET_FD + 1 : SECRET_FD; fd < 65536; fd++)
                        if (fd != report)
                                close(fd);
                execve(x->config->command, s->argv, s->env);
        }
        e = errno;
        if (report >= 0)
                (void)!write(report, &e, sizeof e);
        _exit(127);
}

/* Its secret lies in the pipe before it starts: a pipe holds more. */
static bool
hand_over(const struct exe *x, struct start *s)
{
        size_t size = mst_secret_size(x->config->secret);

        return x->config->secret == NULL || write(s->secret[1], mst_secret_reveal(x->config->secret), size) == (ssize_t)size;
}

int
exe_child_start(struct exe *x, struct mst_error *err)
{
        struct start s = { NULL, NULL, { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
        struct exe_child *c = &x->child;
        int why = 0;
        pid_t pid;

        if (!prepare(x, &s))
                return mst_fail_memory(err, "starting the program");
        if (!make_pipes(x, &s) || !hand_over(x, &s) || (pid = fork()) < 0) {
                why = errno;
                shut_all(&s);
                return mst_fail(err, MST_ENET, "'%s' cannot be started: %s", x->config->command, strerror(why));
        }
        if (pid == 0)
                become(x, &s);
        shut(&s.report[1]);
        while (read(s.report[0], &why, sizeof why) < 0 && errno == EINTR)
                ;
        if (why != 0) {
                (void)waitpid(pid, NULL, 0);
                shut_all(&s);
                return mst_fail(err, MST_ECONFIG, "'%s' cannot be started in '%s': %s", x->config->command, x->config->directory,
                                strerror(why));
        }
        c->pid = pid;
        c->in = s.in[0];
        c->out = s.out[0];
        c->err = s.err[0];
        s.in[0] = s.out[0] = s.err[0] = -1;
        shut_all(&s);
        c->send_length = c->send_sent = c->got_begin = c->got_length = c->partial_length = 0;
        c->words[0] = '\0';
        c->told = 0;
        (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
        (void)fcntl(c->out, F_SETFL, O_NONBLOCK);
        (void)fcntl(c->err, F_SETFL, O_NONBLOCK);
        return MST_OK;
}

/* ---- ending ---- */

/* Gives it 'ms' to end by itself; what it writes meanwhile is thrown away, so that it can. */
static bool
reap(struct exe_child *c, int ms, int *status)
{
        for (int waited = 0;; waited += 10) {
                char room[4096];
                pid_t got = waitpid(c->pid, status, WNOHANG);

                if (got == c->pid || (got < 0 && errno == ECHILD))
                        return true;
                if (waited >= ms)
                        return false;
                while (c->out >= 0 && read(c->out, room, sizeof room) > 0)
                        ;
                while (c->err >= 0 && read(c->err, room, sizeof room) > 0)
                        ;
                (void)poll(NULL, 0, 10);
        }
}

static int
finish(struct exe_child *c, int ms)
{
        int status = 0;

        shut(&c->in);
        if (!reap(c, ms, &status)) {
                (void)kill(-c->pid, SIGTERM);
                if (!reap(c, 500, &status)) {
                        (void)kill(-c->pid, SIGKILL);
                        while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
                                ;
                }
        }
        (void)kill(-c->pid, SIGKILL);        /* what it started and left                */
        c->pid = 0;
        shut(&c->out);
        shut(&c->err);
        return status;
}

void
exe_child_end(struct exe *x, int ms)
{
        if (x->child.pid != 0)
                finish(&x->child, ms);
        x->greeted = false;
}

void
exe_child_fate(struct exe *x, char *text, size_t size)
{
        struct exe_child *c = &x->child;
        int status = finish(c, 500);
        const char *words = c->words[0] != '\0' ? exe_clean(x, c->words) : "";

        x->greeted = false;
        if (WIFSIGNALED(status))
                snprintf(text, size, "was ended by signal %d%s%s", WTERMSIG(status), words[0] != '\0' ? "; its last words: " : "", words);
        else
                snprintf(text, size, "ended with exit code %d%s%s", WEXITSTATUS(status), words[0] != '\0' ? "; its last words: " : "",
                         words);
}
