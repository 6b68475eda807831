/* main.c - tcp-proxy: stands between a client and a server, and at a byte that a test names
 * something goes wrong.  The README beside it shows the use.
 *
 * One thread, one poll(): a listener for clients, one for the control door, and a pair of
 * connections for each client. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "pair.h"

enum { SIGNALS, CLIENTS, DOOR, FIXED };         /* places in the poll table */
#define MOST_PAIRS 512

struct loop {
        struct proxy proxy;
        int fixed[FIXED];
        struct pair *pairs[MOST_PAIRS];
        size_t count;
        bool quit;
};

static int
complain(const char *what)
{
        fprintf(stderr, "tcp-proxy: %s: %s\n", what, strerror(errno));
        return -1;
}

/* "127.0.0.1:8080", whatever stands before and behind it in a URL. */
static bool
server_read(const char *text, struct sockaddr_in *ret)
{
        const char *scheme = strstr(text, "://");
        char host[64], rest = '/';
        unsigned port;
        int fields = sscanf(scheme != NULL ? scheme + 3 : text, "%63[0-9.]:%5u%c", host, &port, &rest);

        *ret = (struct sockaddr_in){ .sin_family = AF_INET };
        if (fields < 2 || rest != '/' || port == 0 || port > 65535 || inet_pton(AF_INET, host, &ret->sin_addr) != 1)
                return false;
        ret->sin_port = htons((uint16_t)port);
        return true;
}

static int
listener(uint16_t *port)
{
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t length = sizeof at;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 128) != 0 ||
            getsockname(fd, (struct sockaddr *)&at, &length) != 0)
                return complain("cannot listen on 127.0.0.1");
        *port = ntohs(at.sin_port);
        return fd;
}

static int
signals(void)
{
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGINT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Under another name first: who sees it sees all of it. */
static bool
tell_ready(const char *path, uint16_t port, uint16_t door)
{
        char line[300], part[4096];
        FILE *file;

        snprintf(line, sizeof line, "{\"url\":\"http://127.0.0.1:%u\",\"uri\":\"ldap://127.0.0.1:%u\",\"port\":%u,\"control\":%u,\"pid\":%ld}\n",
                 port, port, port, door, (long)getpid());
        fputs(line, stdout);
        fflush(stdout);
        if (path == NULL)
                return true;
        if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part || (file = fopen(part, "w")) == NULL)
                return complain(path) == 0;
        fputs(line, file);
        if (fclose(file) != 0 || rename(part, path) != 0)
                return complain(path) == 0;
        return true;
}

static int64_t
now_ms(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the door -------------------------------------------------------------------- */

static void
tell_counts(const struct loop *l, FILE *out)
{
        const struct counts *c = &l->proxy.counts;

        fprintf(out, "asked %" PRIu64 "\nanswered %" PRIu64 "\nconnections %lu\nacted %lu\nopen %zu\nok\n",
                c->bytes[ASKED], c->bytes[ANSWERED], c->connections, c->acted, l->count);
}

static const char *
obey_with(struct loop *l, const char *name, const char *rest)
{
        const char *why = NULL;
        struct sockaddr_in server;
        char *end;
        unsigned long n;

        if (strcmp(name, "at") == 0)
                return rule_read(rest, &l->proxy.rule, &why) ? NULL : why;
        if (strcmp(name, "server") == 0) {
                if (!server_read(rest, &server))
                        return "server ADDRESS:PORT, like 127.0.0.1:8080";
                l->proxy.server = server;
                return NULL;
        }
        if (strcmp(name, "pieces") == 0) {
                n = strtoul(rest, &end, 10);
                if (rest[0] < '0' || rest[0] > '9' || *end != '\0')
                        return "pieces N; N is a number";
                l->proxy.piece = n;
                return NULL;
        }
        return "unknown command; known: server at clear reset counts pieces quit";
}

static void
obey(struct loop *l, char *line, FILE *out)
{
        char *rest = line + strcspn(line, " ");
        const char *wrong = NULL;

        if (*rest != '\0')
                *rest++ = '\0';
        if (strcmp(line, "counts") == 0) {
                tell_counts(l, out);
                return;
        }
        if (strcmp(line, "clear") == 0)
                l->proxy.rule.action = NO_ACTION;
        else if (strcmp(line, "reset") == 0)
                l->proxy.counts = (struct counts){ 0 };
        else if (strcmp(line, "quit") == 0)
                l->quit = true;
        else
                wrong = obey_with(l, line, rest);
        if (wrong != NULL)
                fprintf(out, "error: %s\n", wrong);
        else
                fputs("ok\n", out);
}

/* Who comes to the door says one line, at once, and reads the answer. */
static void
door(struct loop *l)
{
        const struct timeval patience = { .tv_sec = 5 };
        int fd = accept(l->fixed[DOOR], NULL, NULL), copy = fd >= 0 ? dup(fd) : -1;
        FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL, *out = copy >= 0 ? fdopen(copy, "w") : NULL;
        char line[256];

        if (in != NULL && out != NULL) {
                setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
                setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
                if (fgets(line, sizeof line, in) != NULL && strchr(line, '\n') != NULL) {
                        line[strcspn(line, "\r\n")] = '\0';
                        obey(l, line, out);
                }
        }
        if (out != NULL)
                fclose(out);
        if (in != NULL)
                fclose(in);
}

/* ---- the loop -------------------------------------------------------------------- */

static void
new_client(struct loop *l)
{
        int fd = accept(l->fixed[CLIENTS], NULL, NULL);

        if (fd < 0)
                return;
        if (l->count == MOST_PAIRS) {
                close(fd);
                return;
        }
        l->pairs[l->count] = pair_new(&l->proxy, fd);
        l->count += l->pairs[l->count] != NULL;
}

static void
turn(struct loop *l)
{
        struct pollfd wish[FIXED + 2 * MOST_PAIRS];
        const size_t count = l->count;
        int64_t now = now_ms();
        int wait = -1;

        for (size_t i = 0; i < FIXED; i++)
                wish[i] = (struct pollfd){ .fd = l->fixed[i], .events = POLLIN };
        for (size_t i = 0; i < count; i++) {
                int w = pair_wish(l->pairs[i], &wish[FIXED + 2 * i], now);

                if (w >= 0 && (wait < 0 || w < wait))
                        wait = w;
        }
        if (poll(wish, FIXED + 2 * count, wait) < 0)
                return;
        now = now_ms();
        /* From the end: the one that takes the place of one that is over was served already. */
        for (size_t i = count; i-- > 0;)
                if (!pair_serve(l->pairs[i], &wish[FIXED + 2 * i], now)) {
                        pair_free(l->pairs[i]);
                        l->pairs[i] = l->pairs[--l->count];
                }
        if (wish[CLIENTS].revents != 0)
                new_client(l);
        if (wish[DOOR].revents != 0)
                door(l);
        l->quit |= wish[SIGNALS].revents != 0;
}

int
main(int argc, char **argv)
{
        static const struct option known[] = {
                { "server", required_argument, NULL, 's' }, { "ready-file", required_argument, NULL, 'r' },
                { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
        };
        static struct loop l;
        const char *ready = NULL;
        uint16_t port = 0, door_port = 0;
        int c;

        while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
                switch (c) {
                case 's':
                        if (server_read(optarg, &l.proxy.server))
                                break;
                        fprintf(stderr, "tcp-proxy: --server wants an address and a port, like 127.0.0.1:8080\n");
                        return 2;
                case 'r': ready = optarg; break;
                case 'h': puts("Usage: tcp-proxy [--server ADDRESS:PORT] [--ready-file FILE]"); return 0;
                default: return 2;
                }
        if (optind != argc)
                return 2;
        l.fixed[SIGNALS] = signals();
        l.fixed[CLIENTS] = listener(&port);
        l.fixed[DOOR] = listener(&door_port);
        if (l.fixed[SIGNALS] < 0 || l.fixed[CLIENTS] < 0 || l.fixed[DOOR] < 0 || !tell_ready(ready, port, door_port))
                return 1;
        while (!l.quit)
                turn(&l);
        while (l.count > 0)
                pair_free(l.pairs[--l.count]);
        return 0;
}
