/* typist.c - somebody at a terminal, for tests: a program in a pseudo terminal and a script of
 * what is typed when what is shown.
 *
 *      typist SCRIPT PROGRAM [ARGUMENT]...
 *
 * The script's lines: "expect TEXT" waits until TEXT was shown after what was waited for before;
 * "type TEXT" and "key C" type a line and Ctrl-C; "hidden" and "shown" wait until the terminal does
 * not, does echo; "hangup" closes the terminal; "signal TERM" or so sends one.  What was shown goes to standard output.
 * Exits with the program's code (128 and the number for a signal), 99 when something expected
 * did not come within a minute. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 60

static struct {
        int master, slave;
        pid_t child;
        char shown[1 << 20];
        size_t length, seen;
} t;

static void
give_up(const char *what, const char *text)
{
        fprintf(stderr, "typist: %s: %s\n", what, text);
        fwrite(t.shown, 1, t.length, stdout);
        fflush(stdout);
        kill(t.child, SIGKILL);
        exit(99);
}

/* Takes what is there within 'ms'; false when nothing came. */
static bool
look(int ms)
{
        struct pollfd fd = { .fd = t.master, .events = POLLIN };
        ssize_t got;

        if (poll(&fd, 1, ms) <= 0)
                return false;
        got = read(t.master, t.shown + t.length, sizeof t.shown - 1 - t.length);
        if (got <= 0)
                return false;
        t.length += (size_t)got;
        t.shown[t.length] = '\0';
        return true;
}

static void
expect(const char *text)
{
        time_t end = time(NULL) + PATIENCE;

        for (;;) {
                char *found = memmem(t.shown + t.seen, t.length - t.seen, text, strlen(text));

                if (found != NULL) {
                        t.seen = (size_t)(found - t.shown) + strlen(text);
                        return;
                }
                if (time(NULL) > end)
                        give_up("was not shown", text);
                look(100);
        }
}

static void
expect_echo(bool wanted)
{
        time_t end = time(NULL) + PATIENCE;
        struct termios now;

        while (tcgetattr(t.slave, &now) != 0 || ((now.c_lflag & ECHO) != 0) != wanted) {
                if (time(NULL) > end)
                        give_up("the echo is not as it should be", wanted ? "shown" : "hidden");
                look(20);
        }
}

static void
type(const char *text, char last)
{
        if ((text[0] != '\0' && write(t.master, text, strlen(text)) < 0) || write(t.master, &last, 1) != 1)
                give_up("cannot be typed", text);
}

static int
start(char **argv)
{
        struct winsize size = { .ws_row = 24, .ws_col = 80 };

        t.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (t.master < 0 || grantpt(t.master) != 0 || unlockpt(t.master) != 0)
                return -1;
        t.slave = open(ptsname(t.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (t.slave < 0 || ioctl(t.slave, TIOCSWINSZ, &size) != 0)
                return -1;
        t.child = fork();
        if (t.child == 0) {
                setsid();
                if (ioctl(t.slave, TIOCSCTTY, 0) != 0 || dup2(t.slave, 0) < 0 || dup2(t.slave, 1) < 0 || dup2(t.slave, 2) < 0)
                        _exit(98);
                execvp(argv[0], argv);
                _exit(98);
        }
        return t.child < 0 ? -1 : 0;
}

static int
end(void)
{
        time_t limit = time(NULL) + PATIENCE;
        int status;

        while (waitpid(t.child, &status, WNOHANG) == 0) {
                if (time(NULL) > limit)
                        give_up("does not end", "the program");
                if (t.master < 0 || !look(50))
                        usleep(10000);
        }
        while (t.master >= 0 && look(0))
                continue;
        fwrite(t.shown, 1, t.length, stdout);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void
obey(const char *word, const char *rest)
{
        if (strcmp(word, "expect") == 0)
                expect(rest);
        else if (strcmp(word, "type") == 0)
                type(rest, '\n');
        else if (strcmp(word, "key") == 0)
                type("", (char)(rest[0] & 0x1f));
        else if (strcmp(word, "hidden") == 0 || strcmp(word, "shown") == 0)
                expect_echo(word[0] == 's');
        else if (strcmp(word, "signal") == 0)
                kill(t.child, strcmp(rest, "TERM") == 0 ? SIGTERM : SIGINT);
        else if (strcmp(word, "hangup") == 0) {
                close(t.slave);
                close(t.master);
                t.master = t.slave = -1;
        } else
                give_up("is no word of a script", word);
}

int
main(int argc, char **argv)
{
        FILE *script = argc > 2 ? fopen(argv[1], "r") : NULL;
        char line[4096];

        if (script == NULL || start(argv + 2) != 0) {
                perror("typist");
                return 99;
        }
        while (fgets(line, sizeof line, script) != NULL) {
                char *rest;

                line[strcspn(line, "\n")] = '\0';
                rest = strchr(line, ' ');
                if (rest != NULL)
                        *rest++ = '\0';
                if (line[0] != '\0' && line[0] != '#')
                        obey(line, rest != NULL ? rest : "");
        }
        fclose(script);
        if (t.slave >= 0)
                expect_echo(true);
        return end();
}
