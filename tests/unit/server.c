/* server.c - a small HTTP server for tests; see server.h. */
#include "build.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

struct connection {
        struct server *server;
        int fd;
};

static void
nap(int ms)
{
        struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

        nanosleep(&time, NULL);
}

static bool
is_ending(struct server *server)
{
        bool ending;

        pthread_mutex_lock(&server->lock);
        ending = server->ending;
        pthread_mutex_unlock(&server->lock);
        return ending;
}

/* One request, or NULL at the end of the connection. */
static char *
receive(int fd)
{
        size_t room = 65536, used = 0, need = 0;
        char *text = malloc(room);

        while (text != NULL) {
                ssize_t n = recv(fd, text + used, room - used - 1, 0);
                char *end, *length;

                if (n <= 0)
                        break;
                used += (size_t)n;
                text[used] = '\0';
                end = strstr(text, "\r\n\r\n");
                if (end == NULL)
                        continue;
                length = strcasestr(text, "\r\nContent-Length:");
                need = (size_t)(end + 4 - text);
                if (length != NULL && length < end)
                        need += (size_t)strtoul(length + 17, NULL, 10);
                if (used >= need)
                        return text;
        }
        free(text);
        return NULL;
}

static void
say(int fd, const char *text, size_t size)
{
        while (size > 0) {
                ssize_t n = send(fd, text, size, MSG_NOSIGNAL);
                if (n <= 0)
                        return;
                text += n;
                size -= (size_t)n;
        }
}

/* False: the connection ends. */
static bool
act(struct connection *at, const struct server_step *step)
{
        const char *text = step->text != NULL ? step->text : "";
        size_t size = step->size > 0 ? step->size : strlen(text);
        char head[2048];
        int n;

        if (step->delay_ms > 0)
                nap(step->delay_ms);
        switch (step->what) {
        case SERVER_REPLY: say(at->fd, text, size); return true;
        case SERVER_CUT: say(at->fd, text, size); return false;
        case SERVER_CLOSE: return false;
        case SERVER_SILENT:
                while (!is_ending(at->server))
                        nap(10);
                return false;
        case SERVER_STATUS:
                break;
        }
        n = snprintf(head, sizeof head, "HTTP/1.1 %d Said\r\nContent-Length: %zu\r\n%s\r\n", step->status,
                     size, step->headers != NULL ? step->headers : "");
        say(at->fd, head, (size_t)n);
        say(at->fd, text, size);
        return true;
}

static void *
serve(void *self)
{
        struct connection *at = self;
        struct server *server = at->server;
        bool more = true;
        char *text;

        while (more && (text = receive(at->fd)) != NULL) {
                size_t index;
                const struct server_step *step;

                pthread_mutex_lock(&server->lock);
                index = server->count;
                step = &server->steps[index < server->step_count ? index : server->step_count - 1];
                if (index < SERVER_MOST)
                        server->requests[server->count++] = text;
                if (++server->now > server->peak)
                        server->peak = server->now;
                pthread_mutex_unlock(&server->lock);
                more = act(at, step);
                pthread_mutex_lock(&server->lock);
                server->now--;
                pthread_mutex_unlock(&server->lock);
        }
        shutdown(at->fd, SHUT_RDWR);
        free(at);
        return NULL;
}

static void *
listen_on(void *self)
{
        struct server *server = self;
        struct pollfd wait = { .fd = server->listener, .events = POLLIN };

        while (!is_ending(server)) {
                struct connection *at;
                int fd;

                if (poll(&wait, 1, 20) <= 0)
                        continue;
                fd = accept(server->listener, NULL, NULL);
                if (fd < 0)
                        continue;
                at = malloc(sizeof *at);
                if (at == NULL || server->connections == SERVER_MOST)
                        abort();
                *at = (struct connection){ .server = server, .fd = fd };
                server->fds[server->connections] = fd;
                pthread_create(&server->threads[server->connections++], NULL, serve, at);
        }
        return NULL;
}

void
server_start(struct server *server, const struct server_step *steps, size_t count)
{
        struct sockaddr_in address = { .sin_family = AF_INET };
        socklen_t length = sizeof address;

        *server = (struct server){ .steps = steps, .step_count = count };
        pthread_mutex_init(&server->lock, NULL);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server->listener = socket(AF_INET, SOCK_STREAM, 0);
        if (server->listener < 0 || bind(server->listener, (struct sockaddr *)&address, length) != 0
            || listen(server->listener, 128) != 0
            || getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
                abort();
        server->port = ntohs(address.sin_port);
        snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", server->port);
        pthread_create(&server->thread, NULL, listen_on, server);
}

void
server_end(struct server *server)
{
        pthread_mutex_lock(&server->lock);
        server->ending = true;
        pthread_mutex_unlock(&server->lock);
        pthread_join(server->thread, NULL);
        for (size_t i = 0; i < server->connections; i++) {
                shutdown(server->fds[i], SHUT_RDWR);
                pthread_join(server->threads[i], NULL);
                close(server->fds[i]);
        }
        close(server->listener);
        for (size_t i = 0; i < server->count; i++)
                free(server->requests[i]);
        pthread_mutex_destroy(&server->lock);
}

size_t
server_count(struct server *server)
{
        size_t count;

        pthread_mutex_lock(&server->lock);
        count = server->count;
        pthread_mutex_unlock(&server->lock);
        return count;
}

const char *
server_request(struct server *server, size_t index)
{
        const char *text;

        pthread_mutex_lock(&server->lock);
        text = index < server->count ? server->requests[index] : "";
        pthread_mutex_unlock(&server->lock);
        return text;
}
