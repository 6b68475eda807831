/* hooks.c - webhooks, as far as they are registered: the callback is asked for the
 * validation token and must echo it as plain text within 5 seconds (sheet, section 6,
 * checklist 29).  Only loopback over http is called here [C]; the service wants https. */
#include "emulator.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ECHO_MS = 5000 };

static int
dial(unsigned port)
{
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
                return fd;
        if (fd >= 0)
                close(fd);
        return -1;
}

/* All that comes until the other side ends, or until time is up. */
static void
read_all(int fd, struct text *t)
{
        int64_t until = clock_monotonic_ms() + ECHO_MS;
        char piece[1024];

        for (;;) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int64_t left = until - clock_monotonic_ms();
                ssize_t n;

                if (left <= 0 || poll(&p, 1, (int)left) <= 0)
                        return;
                n = read(fd, piece, sizeof piece);
                if (n <= 0)
                        return;
                text_raw(t, piece, (size_t)n);
        }
}

static bool
echoes(const char *url, const char *token)
{
        unsigned port = 0;
        char path[512] = "/";
        struct text request = { 0 }, reply = { 0 };
        bool good = false;
        const char *body;
        int fd;

        if (sscanf(url, "http://127.0.0.1:%5u%511s", &port, path) < 1 || (fd = dial(port)) < 0)
                return false;
        text_fmt(&request, "GET %s%cvalidationToken=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path,
                 strchr(path, '?') != NULL ? '&' : '?', token);
        if (write(fd, request.at, request.len) == (ssize_t)request.len) {
                read_all(fd, &reply);
                body = strstr(text_str(&reply), "\r\n\r\n");
                good = strncmp(text_str(&reply), "HTTP/1.1 200", 12) == 0 && body != NULL && strcmp(body + 4, token) == 0;
        }
        close(fd);
        text_free(&request);
        text_free(&reply);
        return good;
}

void
hooks_register(struct emulator *e, struct exchange *x)
{
        const char *object = asked_text(x, "objectId"), *url = asked_text(x, "callBackUrl");
        struct text id = { 0 }, token = { 0 };

        if (object == NULL || url == NULL || e->hook_count == HOOKS) {
                refuse_parameters(x, "objectId and callBackUrl are required.");
                return;
        }
        text_fmt(&token, "echo-%llu", (unsigned long long)++e->org.serial);
        if (echoes(url, text_str(&token))) {
                text_fmt(&id, "hook-%d", e->hook_count + 1);
                text_fmt(&x->reply, "{\"webhookId\":\"%s\"}", text_str(&id));
                e->hooks[e->hook_count++] = (struct hook){ text_take(&id), room_copy(object), room_copy(url), true };
        } else {
                refuse_parameters(x, "The callback did not echo the validation token.");
        }
        text_free(&token);
        text_free(&id);
}

void
hooks_list(struct emulator *e, struct exchange *x)
{
        const char *object = query_value(&x->query, "objectId"), *before = "";

        text_lit(&x->reply, "{\"webhooks\":[");
        for (int i = 0; i < e->hook_count; i++) {
                if (!e->hooks[i].active || (object != NULL && strcmp(object, e->hooks[i].object) != 0))
                        continue;
                text_fmt(&x->reply, "%s{\"webhookId\":\"%s\",\"objectId\":\"%s\"}", before, e->hooks[i].id, e->hooks[i].object);
                before = ",";
        }
        text_lit(&x->reply, "]}");
}

void
hooks_remove(struct emulator *e, struct exchange *x)
{
        for (int i = 0; i < e->hook_count; i++)
                if (e->hooks[i].active && strcmp(e->hooks[i].id, asked_segment(x, 1)) == 0) {
                        e->hooks[i].active = false;
                        answer_result(x, true);
                        return;
                }
        refuse_missing(x, "The webhook");
}
