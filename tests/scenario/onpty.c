/* onpty.c - runs a command on a terminal of its own, for tests, and plays the terminal.
 *
 *      onpty [-s ROWSxCOLUMNS] [-n COLUMNS] [-o RAW] [-f FIGURES] COMMAND...
 *
 * Prints what stands on the screen in the end (with what has scrolled off it) and exits as the
 * command did.  -n: the terminal becomes that wide when something has been drawn over for the
 * third time.  RAW gets all bytes; FIGURES "frames N ms M rows R wraps W": how often something was
 * wiped, in which time, how many rows it took at most, and how many lines were broken at the edge.
 * Knows what muster uses: CR, LF, BS, colours, cursor up, erase in line and below. */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/utf8.h"

#define MOST_ROWS 4000
#define MOST_CELLS 512

struct screen {
        char cells[MOST_ROWS][MOST_CELLS][32];       /* "": the second half of a wide one */
        int row, column, columns, last;
        int frames, rows, wraps, drawn_from;
        char pending[64]; size_t pending_length;
};

static struct screen screen;

static void
put(const char *bytes, size_t length)
{
        int wide = (int)mstc_utf8_columns(bytes, length);

        if (wide == 0 && screen.column > 0) {
                char *cell = screen.cells[screen.row][screen.column - 1];

                size_t at = strlen(cell);

                if (at + length < sizeof screen.cells[0][0]) {
                        memcpy(cell + at, bytes, length);
                        cell[at + length] = '\0';
                }
                return;
        }
        if (screen.column + wide > screen.columns) {
                screen.wraps++;
                screen.row++;
                screen.column = 0;
        }
        if (screen.row >= MOST_ROWS)
                exit(98);
        snprintf(screen.cells[screen.row][screen.column], sizeof screen.cells[0][0], "%.*s", (int)length, bytes);
        if (wide == 2)
                screen.cells[screen.row][screen.column + 1][0] = '\0';
        screen.column += wide;
        screen.last = screen.row > screen.last ? screen.row : screen.last;
}

static void
erase(int row, int column)
{
        memset(screen.cells[row][column], 0, (size_t)(MOST_CELLS - column) * sizeof screen.cells[0][0]);
}

/* A whole sequence "ESC [ ... letter". */
static void
obey(const char *sequence, size_t length)
{
        int number = atoi(sequence + 2);

        switch (sequence[length - 1]) {
        case 'm':
                break;
        case 'A':
                screen.row -= number > 0 ? number : 1;
                screen.row = screen.row < 0 ? 0 : screen.row;
                break;
        case 'J':
                screen.frames++;
                screen.rows = screen.last - screen.row + 1 > screen.rows && screen.frames > 1 ? screen.last - screen.row + 1 : screen.rows;
                erase(screen.row, screen.column);
                for (int row = screen.row + 1; row <= screen.last; row++)
                        erase(row, 0);
                screen.last = screen.row;
                break;
        case 'K':
                erase(screen.row, screen.column);
                break;
        default:
                fprintf(stderr, "onpty: a sequence that is not known: ESC%.*s\n", (int)length - 1, sequence + 1);
                exit(97);
        }
}

/* Takes one character or sequence; false: more bytes are needed. */
static bool
take(void)
{
        const char *p = screen.pending;
        size_t left = screen.pending_length, used = 1;

        if (*p == '\033') {
                for (used = 2; used < left && (unsigned char)p[used] < 0x40; used++)
                        ;
                if (used >= left)
                        return false;
                obey(p, ++used);
        } else if (*p == '\r')
                screen.column = 0;
        else if (*p == '\n') {
                screen.row++;
                screen.last = screen.row > screen.last ? screen.row : screen.last;
        } else if (*p == '\b')
                screen.column -= screen.column > 0;
        else {
                unsigned char c = (unsigned char)*p;

                used = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
                if (left < used)
                        return false;
                put(p, used);
        }
        memmove(screen.pending, p + used, left - used);
        screen.pending_length -= used;
        return true;
}

static int
open_terminal(int rows, int columns, char *name, size_t room)
{
        struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };
        int master = posix_openpt(O_RDWR | O_NOCTTY);

        if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, room) != 0
            || ioctl(master, TIOCSWINSZ, &size) != 0) {
                fprintf(stderr, "onpty: no terminal: %s\n", strerror(errno));
                exit(99);
        }
        return master;
}

static pid_t
start(const char *name, char **command)
{
        pid_t child = fork();
        int fd;

        if (child != 0)
                return child;
        setsid();
        fd = open(name, O_RDWR);
        if (fd < 0)
                _exit(99);
        dup2(fd, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        close(fd);
        execvp(command[0], command);
        _exit(99);
}

static void
print_screen(void)
{
        for (int row = 0; row <= screen.last; row++) {
                int end = MOST_CELLS;

                while (end > 0 && screen.cells[row][end - 1][0] == '\0')
                        end--;
                for (int i = 0; i < end; i++)
                        if (screen.cells[row][i][0] != '\0')
                                fputs(screen.cells[row][i], stdout);
                        else if (i == 0 || mstc_utf8_columns(screen.cells[row][i - 1], strlen(screen.cells[row][i - 1])) != 2)
                                putchar(' ');
                putchar('\n');
        }
}

static void
play(int master, int narrower, FILE *raw)
{
        char bytes[4096];
        ssize_t got;

        while ((got = read(master, bytes, sizeof bytes)) > 0) {
                if (raw != NULL)
                        fwrite(bytes, 1, (size_t)got, raw);
                for (ssize_t i = 0; i < got; i++) {
                        screen.pending[screen.pending_length++] = bytes[i];
                        while (screen.pending_length > 0 && take())
                                ;
                        if (screen.pending_length == sizeof screen.pending)
                                exit(97);
                }
                if (narrower > 0 && screen.frames >= 3) {
                        struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)narrower };

                        ioctl(master, TIOCSWINSZ, &size);
                        screen.columns = narrower;
                        narrower = 0;
                }
        }
}

int
main(int argc, char **argv)
{
        int rows = 24, narrower = 0, option, status = 0, master;
        const char *figures = NULL;
        struct timespec begin, end;
        char name[128];
        FILE *raw = NULL, *out;
        pid_t child;

        screen.columns = 80;
        while ((option = getopt(argc, argv, "+s:n:o:f:")) != -1)
                if (option == 's' && sscanf(optarg, "%dx%d", &rows, &screen.columns) == 2 && screen.columns < MOST_CELLS)
                        continue;
                else if (option == 'n')
                        narrower = atoi(optarg);
                else if (option == 'o')
                        raw = fopen(optarg, "w");
                else if (option == 'f')
                        figures = optarg;
                else
                        return 99;
        if (optind >= argc)
                return 99;
        master = open_terminal(rows, screen.columns, name, sizeof name);
        clock_gettime(CLOCK_MONOTONIC, &begin);
        child = start(name, argv + optind);
        if (child < 0)
                return 99;
        play(master, narrower, raw);
        waitpid(child, &status, 0);
        clock_gettime(CLOCK_MONOTONIC, &end);
        print_screen();
        out = figures != NULL ? fopen(figures, "w") : NULL;
        if (out != NULL) {
                fprintf(out, "frames %d ms %lld rows %d wraps %d\n", screen.frames,
                        (long long)(end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000, screen.rows, screen.wraps);
                fclose(out);
        }
        if (raw != NULL)
                fclose(raw);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
