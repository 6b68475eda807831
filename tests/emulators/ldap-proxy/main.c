/* main.c - ldap-proxy: stands between an LDAP client and a server, and lets things go wrong
 * as a test asks for it.  The README beside it shows the use.
 *
 * One thread, one poll(): a listener for clients, one for the control door, and a pair of
 * connections for each client. */
#include "control.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS, CLIENTS, DOOR, FIXED };         /* places in the poll table */
#define MOST_PAIRS 512

struct loop {
        struct proxy proxy;
        int fixed[FIXED];
        struct pair *pairs[MOST_PAIRS];
        size_t count;
        unsigned clients;       /* so far: their numbers */
        bool quit;
};

static void
usage(void)
{
        puts("Usage: ldap-proxy --server ADDRESS:PORT [--ready-file FILE]\n\n"
             "  --server WHERE       the LDAP server, 127.0.0.1:389 or ldap://127.0.0.1:389\n"
             "  --ready-file FILE    the JSON line of standard output, written when ready");
}

static int
complain(const char *what)
{
        fprintf(stderr, "ldap-proxy: %s: %s\n", what, strerror(errno));
        return -1;
}

/* "ldap://127.0.0.1:389" or less of it. */
static bool
server_read(const char *text, struct sockaddr_in *ret)
{
        char host[64], *colon, *end;
        unsigned long port = 389;

        if (strncasecmp(text, "ldap://", 7) == 0)
                text += 7;
        if ((size_t)snprintf(host, sizeof host, "%s", text) >= sizeof host)
                return false;
        host[strcspn(host, "/")] = '\0';
        colon = strchr(host, ':');
        if (colon != NULL) {
                *colon = '\0';
                port = strtoul(colon + 1, &end, 10);
                if (end == colon + 1 || *end != '\0' || port == 0 || port > 65535)
                        return false;
        }
        *ret = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        return inet_pton(AF_INET, host, &ret->sin_addr) == 1;
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
        char part[4096];
        FILE *file;

        printf("{\"uri\":\"ldap://127.0.0.1:%u\",\"port\":%u,\"control\":%u,\"pid\":%ld}\n", port, port, door, (long)getpid());
        fflush(stdout);
        if (path == NULL)
                return true;
        if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part || (file = fopen(part, "w")) == NULL)
                return complain(path) == 0;
        fprintf(file, "{\"uri\":\"ldap://127.0.0.1:%u\",\"port\":%u,\"control\":%u,\"pid\":%ld}\n",
                port, port, door, (long)getpid());
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

static void
pair_over(struct loop *l, size_t i)
{
        pair_free(l->pairs[i]);
        l->pairs[i] = l->pairs[--l->count];
}

static void
new_client(struct loop *l)
{
        int fd = accept(l->fixed[CLIENTS], NULL, NULL);

        if (fd < 0)
                return;
        if (l->proxy.down || l->count == MOST_PAIRS) {
                close(fd);
                return;
        }
        l->pairs[l->count] = pair_new(&l->proxy, fd, ++l->clients);
        l->count += l->pairs[l->count] != NULL;
}

static void
obey(struct loop *l, enum order order)
{
        if (order == RESUME)
                for (size_t i = 0; i < l->count; i++)
                        pair_resume(l->pairs[i]);
        while (order == CUT_ALL && l->count > 0)
                pair_over(l, 0);
        l->quit |= order == QUIT;
}

/* Who comes to the door says one line, at once, and reads the answer. */
static void
door(struct loop *l)
{
        const struct timeval patience = { .tv_sec = 5 };
        int fd = accept(l->fixed[DOOR], NULL, NULL), copy = fd >= 0 ? dup(fd) : -1;
        FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL, *out = copy >= 0 ? fdopen(copy, "w") : NULL;
        enum order order = NOTHING;
        char line[1024];

        if (in != NULL && out != NULL) {
                setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
                setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
                l->proxy.held = 0;
                for (size_t i = 0; i < l->count; i++)
                        l->proxy.held += pair_held(l->pairs[i]);
                if (fgets(line, sizeof line, in) != NULL && strchr(line, '\n') != NULL) {
                        line[strcspn(line, "\n")] = '\0';
                        order = control_line(&l->proxy, line, out);
                }
        }
        if (out != NULL)
                fclose(out);
        if (in != NULL)
                fclose(in);
        obey(l, order);
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
                if (!pair_serve(l->pairs[i], &wish[FIXED + 2 * i], now))
                        pair_over(l, i);
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
        const char *server = NULL, *ready = NULL;
        uint16_t port = 0, door_port = 0;
        int c;

        while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
                switch (c) {
                case 's': server = optarg; break;
                case 'r': ready = optarg; break;
                case 'h': usage(); return 0;
                default: return 2;
                }
        if (server == NULL || !server_read(server, &l.proxy.server)) {
                fprintf(stderr, "ldap-proxy: --server wants an address and a port, like 127.0.0.1:389\n");
                return 2;
        }
        l.fixed[SIGNALS] = signals();
        l.fixed[CLIENTS] = listener(&port);
        l.fixed[DOOR] = listener(&door_port);
        if (l.fixed[SIGNALS] < 0 || l.fixed[CLIENTS] < 0 || l.fixed[DOOR] < 0 || !tell_ready(ready, port, door_port))
                return 1;
        while (!l.quit)
                turn(&l);
        obey(&l, CUT_ALL);
        ledger_clear(&l.proxy.ledger);
        return 0;
}
