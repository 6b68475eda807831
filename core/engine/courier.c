/* courier.c - one instance's thread: it carries one call at a time to the plugin.
 *
 *   idle --post--> called --(thread)--> back --wait--> idle */
#include "build.h"

#include "engine/courier.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/alloc.h"

enum where { IDLE, CALLED, BACK, LEAVE };

struct mstc_courier {
        pthread_t thread;
        bool started;
        pthread_mutex_t lock;
        pthread_cond_t posted;
        enum where where;
        mstc_call *call;
        void *argument;
        int result;
        struct mst_error err;
        int fd;
        char name[16];
};

static void *
carry(void *self)
{
        struct mstc_courier *courier = self;
        const uint64_t one = 1;

        pthread_mutex_lock(&courier->lock);
        for (;;) {
                struct mst_error err = { 0 };
                int result;

                while (courier->where != CALLED && courier->where != LEAVE)
                        pthread_cond_wait(&courier->posted, &courier->lock);
                if (courier->where == LEAVE)
                        break;
                pthread_mutex_unlock(&courier->lock);
                result = courier->call(courier->argument, &err);
                pthread_mutex_lock(&courier->lock);
                courier->result = result;
                courier->err = err;
                if (courier->where != LEAVE)
                        courier->where = BACK;
                if (write(courier->fd, &one, sizeof one) < 0)
                        errno = 0;           /* the counter cannot be full with one answer */
        }
        pthread_mutex_unlock(&courier->lock);
        return NULL;
}

struct mstc_courier *
mstc_courier_new(const char *name)
{
        struct mstc_courier *courier = mstc_alloc(sizeof *courier);

        if (courier == NULL)
                return NULL;
        courier->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (courier->fd < 0) {
                mstc_free(courier);
                return NULL;
        }
        strncpy(courier->name, name, sizeof courier->name - 1);
        pthread_mutex_init(&courier->lock, NULL);
        pthread_cond_init(&courier->posted, NULL);
        return courier;
}

void
mstc_courier_free(struct mstc_courier *courier)
{
        struct mst_error err;
        int result;

        if (courier == NULL)
                return;
        if (courier->started) {
                while (mstc_courier_busy(courier) && !mstc_courier_wait(courier, -1, &result, &err))
                        continue;            /* a signal woke us                       */
                pthread_mutex_lock(&courier->lock);
                courier->where = LEAVE;
                pthread_cond_signal(&courier->posted);
                pthread_mutex_unlock(&courier->lock);
                pthread_join(courier->thread, NULL);
        }
        pthread_cond_destroy(&courier->posted);
        pthread_mutex_destroy(&courier->lock);
        close(courier->fd);
        mstc_free(courier);
}

/* Signals are the conductor's business. */
static int
start(struct mstc_courier *courier, struct mst_error *err)
{
        sigset_t all, old;
        int rc;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &old);
        rc = pthread_create(&courier->thread, NULL, carry, courier);
        pthread_sigmask(SIG_SETMASK, &old, NULL);
        if (rc != 0)
                return mst_fail(err, MST_EINTERNAL, "no thread can be started: %s", strerror(rc));
        pthread_setname_np(courier->thread, courier->name);
        courier->started = true;
        return MST_OK;
}

int
mstc_courier_post(struct mstc_courier *courier, mstc_call *call, void *argument, struct mst_error *err)
{
        if (!courier->started && start(courier, err) != MST_OK)
                return err->code;
        pthread_mutex_lock(&courier->lock);
        courier->call = call;
        courier->argument = argument;
        courier->where = CALLED;
        pthread_cond_signal(&courier->posted);
        pthread_mutex_unlock(&courier->lock);
        return MST_OK;
}

bool
mstc_courier_busy(struct mstc_courier *courier)
{
        bool busy;

        pthread_mutex_lock(&courier->lock);
        busy = courier->where == CALLED || courier->where == BACK;
        pthread_mutex_unlock(&courier->lock);
        return busy;
}

bool
mstc_courier_wait(struct mstc_courier *courier, int ms, int *ret, struct mst_error *err)
{
        struct pollfd pfd = { .fd = courier->fd, .events = POLLIN };
        uint64_t count;
        bool back = false;

        poll(&pfd, 1, ms);                   /* whatever it says, the courier knows    */
        pthread_mutex_lock(&courier->lock);
        if (courier->where == BACK) {
                back = true;
                *ret = courier->result;
                *err = courier->err;
                courier->where = IDLE;
                if (read(courier->fd, &count, sizeof count) < 0)
                        errno = 0;
        }
        pthread_mutex_unlock(&courier->lock);
        return back;
}

int
mstc_courier_fd(const struct mstc_courier *courier)
{
        return courier->fd;
}
