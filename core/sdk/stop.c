/* stop.c - one wish to stop, for everybody who looks or polls.
 *
 * The flag is for loops, the eventfd for poll(); it is written once and never read,
 * so it stays readable for all.  Both are safe in a signal handler. */
#include "build.h"

#include "sdk/host.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/alloc.h"

struct mstc_stop {
        atomic_bool is;
        int fd;
};

struct mstc_stop *
mstc_stop_new(void)
{
        struct mstc_stop *stop = mstc_alloc(sizeof *stop);

        if (stop == NULL)
                return NULL;
        atomic_init(&stop->is, false);
        stop->fd = mstc_alloc_granted() ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
        if (stop->fd < 0) {
                mstc_free(stop);
                return NULL;
        }
        return stop;
}

void
mstc_stop_free(struct mstc_stop *stop)
{
        if (stop == NULL)
                return;
        close(stop->fd);
        mstc_free(stop);
}

void
mstc_stop_now(struct mstc_stop *stop)
{
        const uint64_t one = 1;
        int before = errno;

        /* The write cannot fail but for a counter that is full, which is readable too. */
        if (!atomic_exchange(&stop->is, true) && write(stop->fd, &one, sizeof one) < 0)
                errno = before;
        errno = before;
}

bool
mstc_stop_is(const struct mstc_stop *stop)
{
        return stop != NULL && atomic_load(&stop->is);
}

int
mstc_stop_fd(const struct mstc_stop *stop)
{
        return stop != NULL ? stop->fd : -1;
}
