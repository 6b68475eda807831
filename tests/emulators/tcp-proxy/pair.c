/* pair.c - one client and its own connection to the server.
 *
 *   client --> [rule?] --> waiting --> server          'asked' keeps what was said, for "twice"
 *   client <-- waiting <-- [rule?] <-- server
 *
 * A pair ends when either side does and the other one has got what it was still owed; a request that
 * is late is owed to the server even when its client has left. */
#include "pair.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../ldap-proxy/buffer.h"

struct side {
        int fd;
        struct buffer out;      /* on its way there */
        bool over;              /* it will say nothing more */
};

struct pair {
        struct proxy *proxy;
        struct side client, server;
        struct buffer asked;    /* all of it: it may be said again */
        int again;              /* the connection by which it is, or -1 */
        enum action met;        /* what has happened to this pair */
        enum way late_way;
        int64_t late_until;
};

static int
open_server(const struct sockaddr_in *where)
{
        int fd = where->sin_port != 0 ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;

        if (fd >= 0 && connect(fd, (const struct sockaddr *)where, sizeof *where) != 0) {
                close(fd);
                fd = -1;
        }
        return fd;
}

struct pair *
pair_new(struct proxy *proxy, int client)
{
        int server = open_server(&proxy->server);
        struct pair *p = server >= 0 ? calloc(1, sizeof *p) : NULL;

        if (p == NULL) {
                close(client);
                if (server >= 0)
                        close(server);
                return NULL;
        }
        p->proxy = proxy;
        p->client.fd = client;
        p->server.fd = server;
        p->again = -1;
        proxy->counts.connections++;
        return p;
}

void
pair_free(struct pair *p)
{
        const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

        if (p == NULL)
                return;
        if (p->met == RESET) {
                setsockopt(p->client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                setsockopt(p->server.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        close(p->client.fd);
        close(p->server.fd);
        if (p->again >= 0)
                close(p->again);
        buffer_drop(&p->client.out);
        buffer_drop(&p->server.out);
        buffer_drop(&p->asked);
        free(p);
}

/* Said over another connection, which stays open as long as the pair. */
static void
say_again(struct pair *p)
{
        const unsigned char *at = p->asked.bytes;
        size_t left = p->asked.length;

        p->again = open_server(&p->proxy->server);
        while (p->again >= 0 && left > 0) {
                ssize_t n = send(p->again, at, left, MSG_NOSIGNAL);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return;
                at += n;
                left -= (size_t)n;
        }
}

static void
meet(struct pair *p, enum way way, int64_t now)
{
        struct rule *rule = &p->proxy->rule;

        p->met = rule->action;
        if (rule->action == LATE) {
                p->late_way = way;
                p->late_until = now + rule->late_ms;
        }
        rule->action = NO_ACTION;
}

static bool
is_over(const struct pair *p)
{
        return p->met == END || p->met == RESET;
}

static bool
waits(const struct pair *p, enum way way, int64_t now)
{
        return p->met == LATE && p->late_way == way && p->late_until > now;
}

/* What one side says now goes into what the other one gets. */
static void
take_in(struct pair *p, enum way way, int64_t now)
{
        struct side *from = way == ASKED ? &p->client : &p->server, *to = way == ASKED ? &p->server : &p->client;
        unsigned char bytes[65536];
        const size_t most = p->proxy->piece != 0 && p->proxy->piece < sizeof bytes ? p->proxy->piece : sizeof bytes;
        ssize_t n = recv(from->fd, bytes, most, MSG_DONTWAIT);
        size_t passed;
        bool acts;

        if (n <= 0) {
                from->over |= n == 0 || (errno != EAGAIN && errno != EINTR);
                return;
        }
        passed = rule_pass(&p->proxy->rule, &p->proxy->counts, way, (size_t)n, &acts);
        buffer_put(&to->out, bytes, passed);
        if (way == ASKED)
                buffer_put(&p->asked, bytes, passed);
        if (!acts)
                return;
        meet(p, way, now);
        /* A late byte and those behind it wait in the buffer with what came before: it went out already
         * where the other side took it, and a test of lateness names the first byte of something. */
        if (p->met != LATE && p->met != TWICE)
                return;
        buffer_put(&to->out, bytes + passed, (size_t)n - passed);
        p->proxy->counts.bytes[way] += (size_t)n - passed;
        if (way == ASKED)
                buffer_put(&p->asked, bytes + passed, (size_t)n - passed);
        if (p->met == TWICE)
                say_again(p);
}

/* False: nobody takes it any more. */
static bool
send_out(struct side *to)
{
        ssize_t n;

        if (to->out.length == 0)
                return true;
        n = send(to->fd, to->out.bytes, to->out.length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
                buffer_take(&to->out, (size_t)n);
        return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

int
pair_wish(const struct pair *p, struct pollfd wish[2], int64_t now)
{
        const short reads = is_over(p) ? 0 : POLLIN;
        const bool late[2] = { waits(p, ASKED, now), waits(p, ANSWERED, now) };

        /* A side that has ended would be reported again and again: it is not asked. */
        wish[0] = (struct pollfd){ .fd = p->client.over ? -1 : p->client.fd, .events = reads };
        wish[1] = (struct pollfd){ .fd = p->server.over ? -1 : p->server.fd, .events = reads };
        if (p->client.out.length > 0 && !late[ANSWERED])
                wish[0].events |= POLLOUT;
        if (p->server.out.length > 0 && !late[ASKED])
                wish[1] = (struct pollfd){ .fd = p->server.fd, .events = (short)(wish[1].events | POLLOUT) };
        return late[ASKED] || late[ANSWERED] ? (int)(p->late_until - now) : -1;
}

/* What is said while a connection stalls is thrown away; that a side leaves is noticed. */
static bool
stalled(struct pair *p, const struct pollfd got[2])
{
        struct side *sides[2] = { &p->client, &p->server };
        unsigned char bytes[4096];

        for (size_t i = 0; i < 2; i++)
                if (got[i].revents != 0) {
                        ssize_t n = recv(sides[i]->fd, bytes, sizeof bytes, MSG_DONTWAIT);

                        sides[i]->over |= n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
                }
        send_out(&p->client);                   /* what came before the byte at which it stalls */
        send_out(&p->server);
        return !p->client.over && !p->server.over;
}

bool
pair_serve(struct pair *p, const struct pollfd got[2], int64_t now)
{
        const short some = POLLIN | POLLERR | POLLHUP;

        if (p->met == STALL)
                return stalled(p, got);
        if (!is_over(p) && (got[0].revents & some) != 0 && !p->client.over)
                take_in(p, ASKED, now);
        if (!is_over(p) && p->met != STALL && (got[1].revents & some) != 0 && !p->server.over)
                take_in(p, ANSWERED, now);
        if (p->met == STALL)
                return true;
        if (!waits(p, ASKED, now) && !send_out(&p->server))
                p->server.over = true;
        if (!waits(p, ANSWERED, now) && !send_out(&p->client))
                p->client.over = true;
        if (is_over(p))
                return (p->server.out.length > 0 && !p->server.over) || (p->client.out.length > 0 && !p->client.over);
        /* What is late is owed to the server; nobody waits for the answer then. */
        if (p->client.over)
                return p->met == LATE && p->late_way == ASKED && p->server.out.length > 0 && !p->server.over;
        return !p->server.over || (p->client.out.length > 0);
}
