/* server.c - the web server on libmicrohttpd; see server.h.
 *
 * The daemon has no thread of its own: server_run() waits for its epoll
 * descriptor and for what is due. A reply that must come late, or break off,
 * is parked: its connection is suspended and taken up again when its time has
 * come. Everything else is answered at once. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BODY_MAX = 64 << 20, CONNECTION_MEMORY = 256 << 10, RESET_PAUSE_MS = 40, SILENCE_MS = 600000, WAIT_MOST_US = 60000000 };

enum stage { STAGE_BODY, STAGE_WAITING, STAGE_READY, STAGE_BREAKING };

struct call {
        struct server *server;
        struct MHD_Connection *conn;
        struct exchange x;
        char *url;
        enum stage stage;
        bool too_big;
        bool broke;                     /* the moment to break off has come */
        int64_t due;                    /* when to take it up again */
        struct call *next;              /* of the suspended */
};

struct server {
        struct rest *rest;
        struct MHD_Daemon *daemon;
        struct call *suspended;
        int listener;
        uint16_t port;
};

static void
suspend(struct call *c, int64_t ms)
{
        c->due = clock_monotonic_us() + ms * 1000;
        c->next = c->server->suspended;
        c->server->suspended = c;
        MHD_suspend_connection(c->conn);
}

static void *
began(void *cls, const char *uri, struct MHD_Connection *conn)
{
        struct call *c = room(sizeof *c);

        c->server = cls;
        c->conn = conn;
        c->url = room_copy(uri);
        return c;
}

static void
ended(void *cls, struct MHD_Connection *conn, void **of, enum MHD_RequestTerminationCode why)
{
        struct call *c = *of;
        (void)cls;
        (void)conn;
        (void)why;

        if (c == NULL)
                return;
        for (struct call **at = &c->server->suspended; *at != NULL; at = &(*at)->next)
                if (*at == c) {
                        *at = c->next;
                        break;
                }
        exchange_free(&c->x);
        free(c->url);
        free(c);
        *of = NULL;
}

static const char *
header(void *self, const char *name)
{
        struct call *c = self;

        return MHD_lookup_connection_value(c->conn, MHD_HEADER_KIND, name);
}

static enum MHD_Result
count_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
        size_t *bytes = cls;

        (void)kind;
        *bytes += strlen(name) + (value != NULL ? strlen(value) : 0) + 4;
        return MHD_YES;
}

static void
read_request(struct call *c, const char *method)
{
        struct exchange *x = &c->x;

        x->method = method;
        x->url = c->url;
        x->header = header;
        x->self = c;
        x->head_bytes = strlen(c->url) + strlen(method) + 12;
        MHD_get_connection_values(c->conn, MHD_HEADER_KIND, count_header, &x->head_bytes);
        if (c->too_big) {
                exchange_open(x, c->server->rest);
                x->kind = "other";
                x->rest->service->refuse(x, 413, "RequestEntityTooLarge", "The body of the request is too large.", false);
                return;
        }
        rest_answer(c->server->rest, x);
}

/* The library ends a connection politely (shutdown, then close), so SO_LINGER is
 * of no use; to dissolve the association makes Linux send the reset at once. */
static void
send_reset(struct MHD_Connection *conn)
{
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
        const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

        if (info != NULL)
                (void)connect(info->connect_fd, &nowhere, sizeof nowhere);
}

/* The body of a reply that breaks off: what is to be sent, a pause in which it
 * gets out, then the end. */
static ssize_t
broken_body(void *cls, uint64_t at, char *to, size_t max)
{
        struct call *c = cls;
        size_t left = c->x.cut > at ? c->x.cut - (size_t)at : 0;

        if (left > 0) {
                size_t n = left < max ? left : max;

                memcpy(to, c->x.reply.at + at, n);
                return (ssize_t)n;
        }
        if (c->broke) {
                if (c->x.ending == ENDING_RESET)
                        send_reset(c->conn);
                return MHD_CONTENT_READER_END_WITH_ERROR;
        }
        c->stage = STAGE_BREAKING;
        suspend(c, c->x.ending == ENDING_SILENT ? SILENCE_MS : RESET_PAUSE_MS);
        return 0;
}

static struct MHD_Response *
make_response(struct call *c)
{
        struct exchange *x = &c->x;
        struct MHD_Response *r;

        if (x->ending == ENDING_WELL) {
                size_t len = x->reply.len;

                r = MHD_create_response_from_buffer(len, text_take(&x->reply), MHD_RESPMEM_MUST_FREE);
        } else {
                if (x->cut > x->reply.len)
                        x->cut = x->reply.len;
                r = MHD_create_response_from_callback(x->reply.len + (x->cut == x->reply.len), 65536,
                                                      broken_body, c, NULL);
        }
        return r;
}

static enum MHD_Result
reply(struct call *c)
{
        struct exchange *x = &c->x;
        struct MHD_Response *r;
        enum MHD_Result done;
        char date[32];

        if (x->ending == ENDING_NO_REPLY)
                return MHD_NO;
        r = make_response(c);
        if (r == NULL)
                return MHD_NO;
        clock_http((int64_t)time(NULL) + x->date_skew, date);
        MHD_add_response_header(r, "Date", date);
        if (x->type != NULL)
                MHD_add_response_header(r, "Content-Type", x->type);
        for (int i = 0; i < x->header_count; i++)
                MHD_add_response_header(r, x->headers[i].name, x->headers[i].value);
        done = MHD_queue_response(c->conn, (unsigned)x->status, r);
        MHD_destroy_response(r);
        return done;
}

static enum MHD_Result
handle(void *cls, struct MHD_Connection *conn, const char *url, const char *method, const char *version,
       const char *data, size_t *data_size, void **of)
{
        struct call *c = *of;
        (void)cls;
        (void)conn;
        (void)url;
        (void)version;

        if (c->stage == STAGE_BODY && *data_size > 0) {
                if (c->x.body.len + *data_size > BODY_MAX)
                        c->too_big = true;
                else
                        text_raw(&c->x.body, data, *data_size);
                *data_size = 0;
                return MHD_YES;
        }
        if (c->stage == STAGE_BODY && c->x.method == NULL) {
                c->x.method = "";               /* the headers are there; the body comes next */
                return MHD_YES;
        }
        if (c->stage == STAGE_BODY) {
                read_request(c, method);
                c->stage = STAGE_READY;
                if (c->x.delay_ms > 0) {
                        c->stage = STAGE_WAITING;
                        suspend(c, c->x.delay_ms);
                        return MHD_YES;
                }
        }
        return reply(c);
}

static int
open_listener(const char *program, uint16_t port, uint16_t *got)
{
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
        socklen_t len = sizeof at;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
            bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 256) != 0 ||
            getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
                fprintf(stderr, "%s: cannot listen on 127.0.0.1 port %u: %s\n", program, port, strerror(errno));
                if (fd >= 0)
                        close(fd);
                return -1;
        }
        *got = ntohs(at.sin_port);
        return fd;
}

/* With certificate and key (PEM) https is spoken, else http. */
static struct MHD_Daemon *
start(struct server *s, const char *certificate, const char *key)
{
        struct MHD_OptionItem tls[] = {
                { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate },
                { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key },
                { MHD_OPTION_END, 0, NULL },
        };
        unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ERROR_LOG;

        if (certificate == NULL)
                tls[0].option = MHD_OPTION_END;
        else
                flags |= MHD_USE_TLS;
        return MHD_start_daemon(flags, 0, NULL, NULL, handle, s,
                                MHD_OPTION_LISTEN_SOCKET, s->listener,
                                MHD_OPTION_URI_LOG_CALLBACK, began, s,
                                MHD_OPTION_NOTIFY_COMPLETED, ended, s,
                                MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                                MHD_OPTION_CONNECTION_TIMEOUT, 0U,
                                MHD_OPTION_ARRAY, tls,
                                MHD_OPTION_END);
}

struct server *
server_open(struct rest *r, uint16_t port, const char *certificate, const char *key)
{
        struct server *s = room(sizeof *s);

        s->rest = r;
        s->listener = open_listener(r->service->name, port, &s->port);
        if (s->listener < 0) {
                free(s);
                return NULL;
        }
        s->daemon = start(s, certificate, key);
        if (s->daemon == NULL) {
                fprintf(stderr, "%s: the web server does not start; are certificate and key good?\n", r->service->name);
                close(s->listener);
                free(s);
                return NULL;
        }
        return s;
}

uint16_t
server_port(const struct server *s)
{
        return s->port;
}

/* Takes up what is due; returns the microseconds until the next, or -1. */
static int64_t
resume_due(struct server *s)
{
        int64_t now = clock_monotonic_us(), next = -1;
        struct call **at = &s->suspended;

        while (*at != NULL) {
                struct call *c = *at;

                if (c->due > now) {
                        next = next < 0 || c->due - now < next ? c->due - now : next;
                        at = &c->next;
                        continue;
                }
                *at = c->next;
                c->broke = c->stage == STAGE_BREAKING;
                c->stage = c->stage == STAGE_WAITING ? STAGE_READY : c->stage;
                MHD_resume_connection(c->conn);
                next = 0;
        }
        return next;
}

void
server_run(struct server *s, int wake)
{
        const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
        struct pollfd fds[2] = { { .fd = info->epoll_fd, .events = POLLIN }, { .fd = wake, .events = POLLIN } };

        while (!s->rest->stop) {
                int64_t wait = resume_due(s);
                MHD_UNSIGNED_LONG_LONG theirs;

                if (MHD_get_timeout(s->daemon, &theirs) == MHD_YES && (wait < 0 || theirs * 1000 < (uint64_t)wait))
                        wait = (int64_t)theirs * 1000;
                if (wait < 0 || wait > WAIT_MOST_US)
                        wait = WAIT_MOST_US;
                if (ppoll(fds, 2, &(struct timespec){ wait / 1000000, wait % 1000000 * 1000 }, NULL) < 0 && errno != EINTR)
                        break;
                if ((fds[1].revents & POLLIN) != 0)
                        break;
                MHD_run(s->daemon);
        }
        /* Let the reply to 'quit' out. */
        for (int i = 0; i < 20 && s->rest->stop; i++)
                if (MHD_run(s->daemon) != MHD_YES || usleep(1000) != 0)
                        break;
}

void
server_close(struct server *s)
{
        while (s->suspended != NULL) {
                struct call *c = s->suspended;

                s->suspended = c->next;
                c->broke = true;
                c->stage = STAGE_READY;
                c->x.ending = c->x.ending == ENDING_WELL ? ENDING_NO_REPLY : c->x.ending;
                MHD_resume_connection(c->conn);
        }
        MHD_run(s->daemon);
        MHD_stop_daemon(s->daemon);
        free(s);
}
