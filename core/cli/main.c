/* main.c - the muster command.
 *
 *   parse     the line, by tables; nothing has been opened
 *   close     umask, core dumps, signals: before anything that could hold a secret
 *   run       the subcommand, which opens what it needs
 *   tell      the end of the JSON document; whether all output could be written
 *
 * `muster --version` must cost no more than its loading, so no library is called here
 * before a command needs it. */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/guise.h"
#include "cli/halt.h"
#include "util/alloc.h"

#define NARROWEST 40u
#define WIDEST 500u

static unsigned
columns_of_output(void)
{
        const char *wish = getenv("COLUMNS");
        unsigned long width = wish != NULL ? strtoul(wish, NULL, 10) : 0;
        struct winsize size;

        if (width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
                width = size.ws_col;
        if (width == 0)
                return 80;
        return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : (unsigned)width;
}

static bool
colour_is_welcome(int fd)
{
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return (no == NULL || *no == '\0') && term != NULL && strcmp(term, "dumb") != 0
            && isatty(fd);
}

/* What is asked for before the line has been understood. */
static bool
json_is_asked(int argc, char **argv)
{
        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
                if (strcmp(argv[i], "--json") == 0)
                        return true;
        return false;
}

static bool
begin_json(struct mstc_cli *cli)
{
        cli->json = mstc_json_new(stdout);
        if (cli->json == NULL)
                return false;
        mstc_json_text(cli->json, "muster", PACKAGE_VERSION);
        mstc_json_text(cli->json, "command", cli->command != NULL ? cli->command->name : NULL);
        return true;
}

/* A reader who has seen enough (head) may leave: that is no failure. */
static bool
reader_has_left(void)
{
        struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

        return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

static int
end_output(struct mstc_cli *cli, int code)
{
        bool good = cli->json == NULL || mstc_json_close(cli->json);

        cli->json = NULL;
        errno = 0;
        good &= fflush(stdout) == 0 && !ferror(stdout);
        if (good || errno == EPIPE || reader_has_left())
                return code;
        fprintf(stderr, "muster: the output could not be written%s%s\n", errno != 0 ? ": " : "",
                errno != 0 ? strerror(errno) : "");
        return code == MSTC_END_DONE ? MSTC_END_FAILED : code;
}

static int
run(struct mstc_cli *cli)
{
        if (mstc_args_has(cli->args, "help") || cli->command == NULL) {
                if (cli->command != NULL)
                        mstc_help_command(cli->command, stdout);
                else
                        mstc_help_program(stdout);
                return MSTC_END_DONE;
        }
        if (!cli->command->plain)
                mstc_guise_close();
        mstc_halt_ignore_pipe();
        cli->verbose = mstc_args_has(cli->args, "verbose");
        cli->colour = colour_is_welcome(STDOUT_FILENO);
        cli->error_colour = colour_is_welcome(STDERR_FILENO);
        cli->width = columns_of_output();
        return cli->command->run(cli);
}

/* A descriptor 0, 1 or 2 that is closed would be given to the store. */
static bool
fill_standard_descriptors(void)
{
        for (int fd = 0; fd <= 2; fd++)
                if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
                        return false;
        return true;
}

int
main(int argc, char **argv)
{
        struct mstc_args *args = NULL;
        struct mstc_cli cli = { 0 };
        char *wrong = NULL;
        bool good, json = json_is_asked(argc, argv);
        int code;

        if (!fill_standard_descriptors())
                return MSTC_END_FAILED;
        good = mstc_args_parse(argc, argv, &args, &cli.command, &wrong);
        cli.args = args;
        cli.arena = mst_arena_new(0);
        if (args == NULL || cli.arena == NULL || (!good && wrong == NULL)) {
                fputs("muster: out of memory\n", stderr);
                return MSTC_END_FAILED;
        }
        /* Help is for people. */
        if (json && !(good && mstc_args_has(args, "help")) && !begin_json(&cli)) {
                fputs("muster: out of memory\n", stderr);
                return MSTC_END_FAILED;
        }
        if (!good)
                code = mstc_cli_misused(&cli, "%s", wrong);
        else if (cli.command == NULL && !mstc_args_has(args, "help"))
                code = mstc_cli_misused(&cli, "which command?");
        else
                code = run(&cli);
        code = end_output(&cli, code);
        mst_arena_free(cli.arena);
        mstc_args_free(args);
        mstc_free(wrong);
        return code;
}
