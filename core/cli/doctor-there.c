/* doctor-there.c - the services at the other ends: their names, and what a connector's own probe
 * shows and hears: rights, schema, clock, certificate.
 *
 * Looking a name up may hang for long and cannot be broken off, so a child does it; a probe is
 * told to stop by a thread that waits beside it. */
#include "build.h"

#include "cli/doctor.h"

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sdk/facts.h"
#include "sdk/host.h"

#define NAME_MS 5000                         /* longest look for a name                */
#define SLOW_MS 1000
#define PROBE_S 20                           /* longest probe                          */

static int64_t
ticks(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- names ---- */

/* 0, the resolver's error, or 1: no answer in time. */
static int
look_up(const char *host)
{
        struct pollfd fd = { .events = POLLIN };
        int ends[2], result = 1;
        pid_t child;

        if (pipe(ends) != 0)
                return EAI_SYSTEM;
        child = fork();
        if (child == 0) {
                struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
                int rc = getaddrinfo(host, NULL, &hints, &found);

                _exit(write(ends[1], &rc, sizeof rc) == (ssize_t)sizeof rc ? 0 : 1);
        }
        close(ends[1]);
        fd.fd = ends[0];
        if (child < 0)
                result = EAI_SYSTEM;
        else if (poll(&fd, 1, NAME_MS) == 1 && read(ends[0], &result, sizeof result) != (ssize_t)sizeof result)
                result = EAI_FAIL;
        if (child > 0) {
                kill(child, SIGKILL);
                waitpid(child, NULL, 0);
        }
        close(ends[0]);
        return result;
}

static void
look_at_name(struct mstc_doctor *doctor, const char *area, const char *url)
{
        const char *at = strstr(url, "://"), *host;
        int64_t begun = ticks(), took;
        size_t length;
        int rc;

        if (at == NULL || strncmp(url, "ldapi", 5) == 0)
                return;
        at += 3;
        if (memchr(at, '@', strcspn(at, "/?#")) != NULL)
                at = strchr(at, '@') + 1;
        length = at[0] == '[' ? strcspn(++at, "]") : strcspn(at, ":/?#");
        host = mst_arena_strndup(doctor->cli->arena, at, length);
        if (host == NULL || host[0] == '\0')
                return;
        rc = look_up(host);
        took = ticks() - begun;
        if (rc == 1)
                mstc_doctor_tell(doctor, area, MSTC_ILL, "is the network there? /etc/resolv.conf names the servers that are asked",
                                 "no name server has told within %d s who %s is", NAME_MS / 1000, host);
        else if (rc != 0)
                mstc_doctor_tell(doctor, area, MSTC_ILL, "is the name right, and the network there?", "the name %s: %s", host, gai_strerror(rc));
        else if (took > SLOW_MS)
                mstc_doctor_tell(doctor, area, MSTC_DOUBTFUL, "one of the name servers in /etc/resolv.conf may be dead",
                                 "it took %lld ms to learn who %s is", (long long)took, host);
        else
                mstc_doctor_tell(doctor, area, MSTC_WELL, NULL, "the name %s is known (%lld ms)", host, (long long)took);
}

/* Whatever looks like an address among the options, as given or by default. */
static void
look_at_names(struct mstc_doctor *doctor, const char *area, const struct mstc_instance *instance)
{
        const struct mst_plugin *plugin = instance->plugin;
        const struct mst_option *row = instance->config->is_source ? plugin->source_options : plugin->sink_options;

        for (; row->name != NULL; row++) {
                bool given = false;

                if (row->type != MST_OPT_URL && row->type != MST_OPT_LIST)
                        continue;
                for (const struct mstc_given *one = instance->config->options; one != NULL; one = one->next)
                        if (strcmp(one->name, row->name) == 0) {
                                given = true;
                                for (const char *word = one->text; *word != '\0';) {
                                        size_t length = strcspn(word, " \t\n");
                                        const char *url = mst_arena_strndup(doctor->cli->arena, word, length);

                                        if (url != NULL)
                                                look_at_name(doctor, area, url);
                                        word += length + strspn(word + length, " \t\n");
                                }
                        }
                if (!given && row->type == MST_OPT_URL && row->def != NULL)
                        look_at_name(doctor, area, row->def);
        }
}

/* ---- probes ---- */

struct patience {
        pthread_mutex_t lock;
        pthread_cond_t over;
        bool done, late;
        struct mstc_stop *stop;
};

static void *
wait_beside(void *to)
{
        struct patience *p = to;
        struct timespec until;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += PROBE_S;
        pthread_mutex_lock(&p->lock);
        while (!p->done && !p->late)
                p->late = pthread_cond_timedwait(&p->over, &p->lock, &until) != 0;
        if (!p->done)
                mstc_stop_now(p->stop);
        pthread_mutex_unlock(&p->lock);
        return NULL;
}

struct hearing { struct mstc_doctor *doctor; const char *area; };

/* A service's clock and certificate, which its connector's client looks at in passing; and every warning. */
static void
hear(void *self, const char *instance, enum mst_level level, const char *text)
{
        const struct hearing *h = self;
        bool watched = strncmp(text, "clock: ", 7) == 0 || strncmp(text, "certificate: ", 13) == 0;

        (void)instance;
        if (level <= MST_LOG_WARNING)
                mstc_doctor_tell(h->doctor, h->area, MSTC_DOUBTFUL, NULL, "%s", text);
        else if (watched)
                mstc_doctor_tell(h->doctor, h->area, MSTC_WELL, NULL, "%s", text);
}

static void
tell_notes(struct mstc_doctor *doctor, const char *area, const struct mst_facts *facts)
{
        size_t others = 0;

        for (size_t i = 0; i < facts->note_count; i++) {
                const struct mstc_fact_note *note = &facts->notes[i];

                if (note->attribute != NULL || note->lack || note->kind != 0)
                        others++;            /* whether it matters depends on the maps */
                else if (note->bad || note->mistake)
                        mstc_doctor_tell(doctor, area, note->mistake ? MSTC_ILL : MSTC_DOUBTFUL, NULL, "%s", note->text);
        }
        mstc_doctor_tell(doctor, area, MSTC_WELL, NULL, "it answers, and our rights suffice%s",
                         others > 0 ? "; muster check --online holds its schema against the maps" : "");
}

static void
probe(struct mstc_doctor *doctor, const char *area, struct mstc_instance *instance)
{
        struct patience p = { .lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER, .stop = mstc_stop_new() };
        struct hearing h = { doctor, area };
        struct mst_facts *facts = NULL;
        struct mst_error err = { 0 };
        pthread_t beside;
        int rc;

        if (p.stop == NULL || pthread_create(&beside, NULL, wait_beside, &p) != 0) {
                mstc_stop_free(p.stop);
                mstc_doctor_tell(doctor, area, MSTC_ILL, NULL, "no memory or thread is left to ask it");
                return;
        }
        rc = mstc_probe_heard(instance, p.stop, hear, &h, &facts, &err);
        pthread_mutex_lock(&p.lock);
        p.done = true;
        pthread_cond_signal(&p.over);
        pthread_mutex_unlock(&p.lock);
        pthread_join(beside, NULL);
        if (rc == MST_OK)
                tell_notes(doctor, area, facts);
        else if (p.late)
                mstc_doctor_tell(doctor, area, MSTC_ILL, "is the network there, and the service up?", "it did not answer within %d s: %s",
                                 PROBE_S, err.text);
        else
                mstc_doctor_tell(doctor, area, MSTC_ILL, NULL, "%s", err.text);
        mstc_facts_free(facts);
        mstc_stop_free(p.stop);
}

void
mstc_doctor_services(struct mstc_doctor *doctor)
{
        struct mstc_setup *setup = doctor->place.setup;

        if (setup == NULL || mstc_report_errors(doctor->place.report) > 0)
                return;
        for (size_t i = 0; i < setup->instance_count; i++) {
                struct mstc_instance *instance = &setup->instances[i];
                const char *area = mst_arena_printf(doctor->cli->arena, "%s %s (%s)", instance->config->is_source ? "Source" : "Sink",
                                                    instance->config->name, instance->config->plugin);

                if (area == NULL)
                        return;
                look_at_names(doctor, area, instance);
                probe(doctor, area, instance);
        }
}
