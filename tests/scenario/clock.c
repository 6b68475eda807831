/* clock.c - a clock that a test moves: preloaded into the program, it puts forward what the system
 * says of the time of day by as many ms as stand, in eight bytes, in the file $MUSTER_TEST_CLOCK.
 *
 * The program knows nothing of it, so there is nothing in it that could be misused.  Deadlines and
 * waits are by the monotonic clock, which stays as it is. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void
begin(void)
{
        const char *name = getenv("MUSTER_TEST_CLOCK");
        int fd = name != NULL ? open(name, O_RDONLY | O_CLOEXEC) : -1;
        void *page = fd >= 0 ? mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

        if (fd >= 0)
                close(fd);
        if (page != MAP_FAILED)
                ahead = page;
}

int
clock_gettime(clockid_t which, struct timespec *ret)
{
        long rc = syscall(SYS_clock_gettime, which, ret);

        if (rc == 0 && ahead != NULL && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
                int64_t ms = *ahead + ret->tv_nsec / 1000000;

                ret->tv_sec += (time_t)(ms / 1000);
                ret->tv_nsec = (long)(ms % 1000) * 1000000 + ret->tv_nsec % 1000000;
        }
        return (int)rc;
}

time_t
time(time_t *ret)
{
        struct timespec now = { 0 };

        clock_gettime(CLOCK_REALTIME, &now);
        if (ret != NULL)
                *ret = now.tv_sec;
        return now.tv_sec;
}

int
gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
        struct timespec now = { 0 };

        (void)zone;
        clock_gettime(CLOCK_REALTIME, &now);
        ret->tv_sec = now.tv_sec;
        ret->tv_usec = now.tv_nsec / 1000;
        return 0;
}
