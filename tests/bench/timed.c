/* timed.c - runs a command and tells what it cost.
 *
 *      timed [-n TIMES] [-o FILE] COMMAND [ARGUMENT...]
 *
 * Writes one line a run to FILE (standard error without): seconds that passed, seconds
 * of processor time, the most memory it held in KiB, its exit status.  The memory is
 * that of the command itself and of no more: wait4() tells it for the child waited for,
 * so a wrapper script would be measured instead of what it starts.  Ends with the
 * status of the last run, or 127 where the command could not be started. */
#include "build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
        struct timespec at;

        clock_gettime(CLOCK_MONOTONIC, &at);
        return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double
seconds(struct timeval span)
{
        return (double)span.tv_sec + (double)span.tv_usec / 1e6;
}

/* Returns the exit status as a shell would give it. */
static int
run(char **argv, FILE *to)
{
        struct rusage cost = { 0 };
        double start = now();
        int status = 0;
        pid_t child = fork();

        if (child == 0) {
                execvp(argv[0], argv);
                fprintf(stderr, "timed: %s: %s\n", argv[0], strerror(errno));
                _exit(127);
        }
        if (child < 0 || wait4(child, &status, 0, &cost) != child) {
                fprintf(stderr, "timed: %s: %s\n", argv[0], strerror(errno));
                return 127;
        }
        status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        fprintf(to, "%.6f %.6f %ld %d\n", now() - start, seconds(cost.ru_utime) + seconds(cost.ru_stime),
                cost.ru_maxrss, status);
        return status;
}

int
main(int argc, char **argv)
{
        FILE *to = stderr;
        long times = 1;
        int option, status = 0;

        while ((option = getopt(argc, argv, "+n:o:")) != -1) {
                if (option == 'n')
                        times = strtol(optarg, NULL, 10);
                else if (option == 'o')
                        to = fopen(optarg, "a");
                if (option == '?' || times < 1 || to == NULL) {
                        fprintf(stderr, "usage: timed [-n TIMES] [-o FILE] COMMAND [ARGUMENT...]\n");
                        return 127;
                }
        }
        if (argv[optind] == NULL)
                return 127;
        for (long i = 0; i < times && status != 127; i++)
                status = run(argv + optind, to);
        return fclose(to) == 0 ? status : 127;
}
