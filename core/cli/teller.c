/* teller.c - runs hooks and sendmail, one after the other, in a thread of its own. */
#include "build.h"

#include "cli/teller.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include <muster/arena.h>

#include "util/alloc.h"
#include "util/date.h"

#define MOST_WAITING 256

struct errand {
        struct mstc_teller_job job;          /* all in the arena                       */
        struct mst_arena *arena;
        struct errand *next;
};

struct mstc_teller {
        pthread_mutex_t lock;
        pthread_cond_t more;
        pthread_t thread;
        bool over;
        _Atomic int64_t hurry;
        struct errand *waiting, **last, *running, *ended, **ended_last;
        size_t count;
};

static void
drop(struct errand *e)
{
        if (e == NULL)
                return;
        mst_arena_free(e->arena);
        mstc_free(e);
}

static void
run(struct mstc_teller *t, struct errand *e)
{
        struct mstc_buffer said = { 0 };

        e->job.end = mstc_program_run(e->job.command, e->job.input, e->job.size, e->job.timeout_ms, &t->hurry, &said);
        e->job.said = mst_arena_strdup(e->arena, mstc_buffer_cstr(&said));
        mstc_buffer_done(&said);
}

static void *
work(void *argument)
{
        struct mstc_teller *t = argument;
        pthread_mutex_lock(&t->lock);
        while (!t->over) {
                struct errand *e = t->waiting;

                if (e == NULL) {
                        pthread_cond_wait(&t->more, &t->lock);
                        continue;
                }
                t->waiting = e->next;
                if (t->waiting == NULL)
                        t->last = &t->waiting;
                e->next = NULL;
                t->running = e;
                pthread_mutex_unlock(&t->lock);
                run(t, e);
                pthread_mutex_lock(&t->lock);
                t->running = NULL;
                *t->ended_last = e;
                t->ended_last = &e->next;
        }
        pthread_mutex_unlock(&t->lock);
        return NULL;
}

struct mstc_teller *
mstc_teller_new(void)
{
        struct mstc_teller *t = mstc_alloc(sizeof *t);
        sigset_t all, before;
        int rc;

        if (t == NULL)
                return NULL;
        t->last = &t->waiting;
        t->ended_last = &t->ended;
        pthread_mutex_init(&t->lock, NULL);
        pthread_cond_init(&t->more, NULL);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        rc = pthread_create(&t->thread, NULL, work, t);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (rc == 0)
                return t;
        mstc_free(t);
        return NULL;
}

/* ---- adding ------------------------------------------------------------------------------------ */

static bool
copy(struct errand *e, const struct mstc_teller_job *job)
{
        size_t words = 0;
        const char **command;
        struct mstc_told *told;

        while (job->command[words] != NULL)
                words++;
        command = mst_arena_alloc(e->arena, (words + 1) * sizeof *command);
        told = mst_arena_alloc(e->arena, (job->told_count + 1) * sizeof *told);
        e->job = *job;
        e->job.command = command;
        e->job.told = told;
        e->job.input = mst_arena_memdup(e->arena, job->input, job->size);
        if (command == NULL || told == NULL || e->job.input == NULL)
                return false;
        for (size_t i = 0; i < words; i++)
                if ((command[i] = mst_arena_strdup(e->arena, job->command[i])) == NULL)
                        return false;
        for (size_t i = 0; i < job->told_count; i++) {
                told[i].event = mst_arena_strdup(e->arena, job->told[i].event);
                told[i].what = mst_arena_strdup(e->arena, job->told[i].what);
                told[i].over = job->told[i].over;
                if (told[i].event == NULL || told[i].what == NULL)
                        return false;
        }
        return true;
}

bool
mstc_teller_add(struct mstc_teller *t, const struct mstc_teller_job *job)
{
        struct errand *e = t->count < MOST_WAITING ? mstc_alloc(sizeof *e) : NULL;

        if (e == NULL)
                return false;
        e->arena = mst_arena_new(0);
        if (e->arena == NULL || !copy(e, job)) {
                drop(e);
                return false;
        }
        pthread_mutex_lock(&t->lock);
        *t->last = e;
        t->last = &e->next;
        t->count++;
        pthread_cond_signal(&t->more);
        pthread_mutex_unlock(&t->lock);
        return true;
}

/* ---- asking ------------------------------------------------------------------------------------- */

static bool
in(const struct errand *e, unsigned way, const char *event, const char *what)
{
        for (; e != NULL; e = e->next)
                for (size_t i = 0; e->job.way == way && i < e->job.told_count; i++)
                        if (strcmp(e->job.told[i].event, event) == 0 && strcmp(e->job.told[i].what, what) == 0)
                                return true;
        return false;
}

bool
mstc_teller_has(struct mstc_teller *t, unsigned way, const char *event, const char *what)
{
        bool has;

        pthread_mutex_lock(&t->lock);
        has = in(t->waiting, way, event, what) || in(t->running, way, event, what) || in(t->ended, way, event, what);
        pthread_mutex_unlock(&t->lock);
        return has;
}

const struct mstc_teller_job *
mstc_teller_ended(struct mstc_teller *t, size_t n)
{
        const struct errand *e;

        pthread_mutex_lock(&t->lock);
        for (e = t->ended; e != NULL && n > 0; n--)
                e = e->next;
        pthread_mutex_unlock(&t->lock);
        return e != NULL ? &e->job : NULL;   /* nobody but the caller forgets it       */
}

void
mstc_teller_forget(struct mstc_teller *t, size_t count)
{
        pthread_mutex_lock(&t->lock);
        while (count-- > 0 && t->ended != NULL) {
                struct errand *e = t->ended;

                t->ended = e->next;
                if (t->ended == NULL)
                        t->ended_last = &t->ended;
                t->count--;
                drop(e);
        }
        pthread_mutex_unlock(&t->lock);
}

static bool
all_run(struct mstc_teller *t)
{
        bool all;

        pthread_mutex_lock(&t->lock);
        all = t->waiting == NULL && t->running == NULL;
        pthread_mutex_unlock(&t->lock);
        return all;
}

void
mstc_teller_wait(struct mstc_teller *t, int stop_fd)
{
        struct pollfd fd = { .fd = stop_fd, .events = POLLIN };

        while (!all_run(t) && (poll(&fd, 1, 20) <= 0 || stop_fd < 0))
                continue;
}

void
mstc_teller_free(struct mstc_teller *t, int64_t ms)
{
        if (t == NULL)
                return;
        atomic_store(&t->hurry, mstc_clock_ticks_ms() + ms);
        pthread_mutex_lock(&t->lock);
        t->over = true;
        pthread_cond_signal(&t->more);
        pthread_mutex_unlock(&t->lock);
        pthread_join(t->thread, NULL);
        for (struct errand *e = t->waiting, *next; e != NULL; e = next) {
                next = e->next;
                drop(e);
        }
        for (struct errand *e = t->ended, *next; e != NULL; e = next) {
                next = e->next;
                drop(e);
        }
        pthread_cond_destroy(&t->more);
        pthread_mutex_destroy(&t->lock);
        mstc_free(t);
}
