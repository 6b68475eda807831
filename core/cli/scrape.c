/* scrape.c - metrics over HTTP, for a Prometheus on the same machine.
 *
 *   accept   at most SEATS at a time; one more, and whoever has been there longest must go
 *   read     a request's head, at most HEAD_MOST bytes, until DEADLINE_MS after the connect
 *   answer   measured at most once in FRESH_MS, however many ask
 *   write    and close; by the same deadline
 *
 * Nothing blocks but the look at the store, which is short.  The body of a request is not read: none
 * that is answered has one. */
#include "build.h"

#include "cli/scrape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/measure.h"
#include "util/alloc.h"
#include "util/date.h"

#define SEATS 8
#define HEAD_MOST 4096
#define DEADLINE_MS INT64_C(10000)
#define FRESH_MS INT64_C(1000)

struct client {
        int fd;                              /* -1: nobody                             */
        int64_t since;                       /* monotonic                              */
        char head[HEAD_MOST + 1];
        size_t length;
        struct mstc_buffer answer;           /* empty while the head is read           */
        size_t sent;
};

struct mstc_scrape {
        const struct mstc_config *config;
        int listening[2];
        int stop;                            /* an eventfd                             */
        pthread_t thread;
        struct client clients[SEATS];
        struct mstc_buffer metrics;          /* the last that were measured            */
        int64_t measured;                    /* monotonic                              */
        bool good;
};

/* ---- listening ------------------------------------------------------------------------------------ */

static int
listen_at(const struct sockaddr *address, socklen_t size)
{
        int one = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -1;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
            || (address->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0)
            || bind(fd, address, size) != 0 || listen(fd, SEATS) != 0) {
                int saved = errno;

                close(fd);
                errno = saved;
                return -1;
        }
        return fd;
}

/* A machine without IPv6 has 127.0.0.1 only. */
static int
listen_on_loopback(struct mstc_scrape *s, struct mst_error *err)
{
        in_port_t port = htons((in_port_t)s->config->metrics.port);
        struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT };

        s->listening[0] = listen_at((const struct sockaddr *)&four, sizeof four);
        if (s->listening[0] < 0)
                return mst_fail(err, MST_ECONFIG, "<metrics port=\"%d\"> cannot be listened on: %s; choose a port that is free",
                                s->config->metrics.port, strerror(errno));
        s->listening[1] = listen_at((const struct sockaddr *)&six, sizeof six);
        return MST_OK;
}

/* ---- one client ----------------------------------------------------------------------------------- */

static void
leave(struct client *c)
{
        if (c->fd >= 0)
                close(c->fd);
        c->fd = -1;
        mstc_buffer_done(&c->answer);
}

static void
take_in(struct mstc_scrape *s, int listening)
{
        int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        struct client *seat = &s->clients[0];

        if (fd < 0) {
                if (errno == EMFILE || errno == ENFILE)      /* no descriptor is left: not in a circle */
                        poll(NULL, 0, 100);
                return;
        }
        for (size_t i = 0; i < SEATS && seat->fd >= 0; i++)
                if (s->clients[i].fd < 0 || s->clients[i].since < seat->since)
                        seat = &s->clients[i];
        leave(seat);
        seat->fd = fd;
        seat->since = mstc_clock_ticks_ms();
        seat->length = seat->sent = 0;
}

static void
say(struct client *c, const char *status, const char *more, const struct mstc_buffer *body, bool head_only)
{
        static const char type[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        bool good = body != NULL;
        char text[64];
        int length = snprintf(text, sizeof text, "%s\n", status);

        mstc_buffer_printf(&c->answer, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
                           "X-Content-Type-Options: nosniff\r\n%sConnection: close\r\n\r\n", status,
                           good ? type : "text/plain; charset=utf-8", good ? body->length : (size_t)length, more);
        if (!head_only)
                mstc_buffer_add(&c->answer, good ? body->bytes : text, good ? body->length : (size_t)length);
        if (!mstc_buffer_ok(&c->answer))
                leave(c);
}

static void
measure(struct mstc_scrape *s)
{
        struct mst_error err = { 0 };
        int64_t now = mstc_clock_ticks_ms();

        if (s->measured != 0 && now - s->measured < FRESH_MS)
                return;
        mstc_buffer_done(&s->metrics);
        s->good = mstc_measure(s->config, MSTC_OPENMETRICS, &s->metrics, &err) == MST_OK;
        s->measured = now;
}

/* "GET /metrics HTTP/1.1": which is asked for?  What follows the path is left out of it. */
static void
answer(struct mstc_scrape *s, struct client *c)
{
        char *line_end = strstr(c->head, "\r\n"), method[8], path[64], version[16];
        bool head_only;

        *line_end = '\0';
        if (sscanf(c->head, "%7[A-Z] %63[!-~] %15[!-~]", method, path, version) != 3
            || (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)) {
                say(c, "400 Bad Request", "", NULL, false);
                return;
        }
        head_only = strcmp(method, "HEAD") == 0;
        path[strcspn(path, "?")] = '\0';
        if (!head_only && strcmp(method, "GET") != 0)
                say(c, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", NULL, false);
        else if (strcmp(path, "/metrics") != 0)
                say(c, "404 Not Found", "", NULL, head_only);
        else {
                measure(s);
                if (s->good)
                        say(c, "200 OK", "", &s->metrics, head_only);
                else
                        say(c, "503 Service Unavailable", "Retry-After: 5\r\n", NULL, head_only);
        }
}

static void
read_head(struct mstc_scrape *s, struct client *c)
{
        ssize_t n = recv(c->fd, c->head + c->length, HEAD_MOST - c->length, 0);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n <= 0) {
                leave(c);
                return;
        }
        c->length += (size_t)n;
        c->head[c->length] = '\0';
        if (strlen(c->head) != c->length)
                say(c, "400 Bad Request", "", NULL, false);
        else if (strstr(c->head, "\r\n\r\n") != NULL)
                answer(s, c);
        else if (c->length == HEAD_MOST)
                say(c, "431 Request Header Fields Too Large", "", NULL, false);
}

static void
write_answer(struct client *c)
{
        ssize_t n = send(c->fd, c->answer.bytes + c->sent, c->answer.length - c->sent, MSG_NOSIGNAL);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return;
        if (n > 0)
                c->sent += (size_t)n;
        if (n < 0 || c->sent == c->answer.length) {
                /* What was not read would turn the end into a reset, and lose the answer. */
                shutdown(c->fd, SHUT_WR);
                (void)!recv(c->fd, c->head, HEAD_MOST, 0);
                leave(c);
        }
}

/* ---- the thread -------------------------------------------------------------------------------------- */

static void *
serve(void *argument)
{
        struct mstc_scrape *s = argument;
        struct pollfd fds[3 + SEATS];

        for (;;) {
                int64_t now = mstc_clock_ticks_ms();

                fds[0] = (struct pollfd){ .fd = s->stop, .events = POLLIN };
                for (size_t i = 0; i < 2; i++)
                        fds[1 + i] = (struct pollfd){ .fd = s->listening[i], .events = POLLIN };
                for (size_t i = 0; i < SEATS; i++)
                        fds[3 + i] = (struct pollfd){ .fd = s->clients[i].fd,
                                                      .events = s->clients[i].answer.length > 0 ? POLLOUT : POLLIN };
                poll(fds, 3 + SEATS, 1000);
                if (fds[0].revents != 0)
                        return NULL;
                for (size_t i = 0; i < SEATS; i++) {
                        struct client *c = &s->clients[i];

                        if (c->fd >= 0 && fds[3 + i].revents != 0 && c->answer.length == 0)
                                read_head(s, c);
                        else if (c->fd >= 0 && fds[3 + i].revents != 0)
                                write_answer(c);
                        if (c->fd >= 0 && now - c->since > DEADLINE_MS)
                                leave(c);
                }
                for (size_t i = 0; i < 2; i++)
                        if (fds[1 + i].revents != 0)
                                take_in(s, s->listening[i]);
        }
}

int
mstc_scrape_new(const struct mstc_config *config, struct mstc_scrape **ret, struct mst_error *err)
{
        struct mstc_scrape *s = mstc_alloc(sizeof *s);
        sigset_t all, before;
        int rc;

        if (s == NULL)
                return mst_fail_memory(err, "serving metrics");
        s->config = config;
        s->listening[0] = s->listening[1] = -1;
        for (size_t i = 0; i < SEATS; i++)
                s->clients[i].fd = -1;
        s->stop = eventfd(0, EFD_CLOEXEC);
        rc = s->stop >= 0 ? listen_on_loopback(s, err) : mst_fail_memory(err, "serving metrics");
        if (rc == MST_OK) {
                /* Signals are for the thread that waits for them. */
                sigfillset(&all);
                pthread_sigmask(SIG_SETMASK, &all, &before);
                rc = pthread_create(&s->thread, NULL, serve, s) == 0 ? MST_OK : mst_fail_memory(err, "serving metrics");
                pthread_sigmask(SIG_SETMASK, &before, NULL);
        }
        if (rc == MST_OK) {
                *ret = s;
                return MST_OK;
        }
        for (size_t i = 0; i < 2; i++)
                if (s->listening[i] >= 0)
                        close(s->listening[i]);
        if (s->stop >= 0)
                close(s->stop);
        mstc_free(s);
        return rc;
}

void
mstc_scrape_free(struct mstc_scrape *s)
{
        const uint64_t one = 1;

        if (s == NULL)
                return;
        (void)!write(s->stop, &one, sizeof one);
        pthread_join(s->thread, NULL);
        for (size_t i = 0; i < SEATS; i++)
                leave(&s->clients[i]);
        for (size_t i = 0; i < 2; i++)
                if (s->listening[i] >= 0)
                        close(s->listening[i]);
        close(s->stop);
        mstc_buffer_done(&s->metrics);
        mstc_free(s);
}
