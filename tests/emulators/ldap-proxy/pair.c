/* pair.c - one client and its own connection to the server.
 *
 *   client --> asked --[request by request: fault?]--> to_server --> server
 *   client <-- to_client <--[answer by answer: fault?]-- answered <-- server
 *
 * A request that gets an answer is remembered by its message id until the final one comes.
 * What is not LDAP in clear text (after StartTLS, below a SASL layer) is passed on as it
 * is.  A pair ends when either side does; what the other one is still owed is sent first. */
#include "pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct waiting {                /* a request without its final answer */
        int32_t id;
        size_t number;          /* in the ledger */
        unsigned long parts;    /* messages of its answer that came before the final one */
        bool starts_tls;
        struct fault fault;
        struct slice slice;
};

struct pair {
        struct proxy *proxy;
        int client, server;
        unsigned number;
        struct buffer asked, to_server, answered, to_client;
        struct waiting *waiting;
        size_t waiting_count, waiting_room;
        bool opaque;            /* no more LDAP that can be read */
        bool tls_coming;        /* nothing is read from the client before the answer */
        bool held, released;    /* by a rule; by "resume", for one request */
        bool ending;            /* nothing is read any more, only sent */
        int64_t quiet_until;    /* answers wait until then */
};

static int
open_server(const struct sockaddr_in *where)
{
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && connect(fd, (const struct sockaddr *)where, sizeof *where) != 0) {
                close(fd);
                fd = -1;
        }
        return fd;
}

struct pair *
pair_new(struct proxy *proxy, int client, unsigned number)
{
        struct pair *p = NULL;
        int server = open_server(&proxy->server);

        if (server >= 0)
                p = calloc(1, sizeof *p);
        if (p == NULL) {
                close(client);
                if (server >= 0)
                        close(server);
                return NULL;
        }
        p->proxy = proxy;
        p->client = client;
        p->server = server;
        p->number = number;
        return p;
}

void
pair_free(struct pair *p)
{
        if (p == NULL)
                return;
        close(p->client);
        close(p->server);
        buffer_drop(&p->asked);
        buffer_drop(&p->to_server);
        buffer_drop(&p->answered);
        buffer_drop(&p->to_client);
        free(p->waiting);
        free(p);
}

bool
pair_held(const struct pair *p)
{
        return p->held;
}

void
pair_resume(struct pair *p)
{
        p->released = p->held;
        p->held = false;
}

/* ---- requests ---------------------------------------------------------------- */

static void
wait_for(struct pair *p, const struct message *m, size_t number, struct fault fault, struct slice slice)
{
        if (p->waiting_count == p->waiting_room) {
                size_t room = p->waiting_room != 0 ? p->waiting_room * 2 : 64;
                struct waiting *more = realloc(p->waiting, room * sizeof *more);

                if (more == NULL) {
                        fprintf(stderr, "ldap-proxy: no memory for %zu requests\n", room);
                        exit(1);
                }
                p->waiting = more;
                p->waiting_room = room;
        }
        p->waiting[p->waiting_count++] = (struct waiting){ .id = m->id, .number = number, .fault = fault, .slice = slice,
                                                           .starts_tls = message_starts_tls(m) };
}

static void
forward(struct pair *p, const struct message *m, enum kind kind, size_t number, struct fault fault)
{
        struct slice slice;

        if (!slices_request(&p->proxy->slices, m, &p->to_server, &slice))
                buffer_put(&p->to_server, p->asked.bytes, m->length);
        if (kind != UNBIND && kind != ABANDON)
                wait_for(p, m, number, fault, slice);
        p->tls_coming = message_starts_tls(m);
}

/* One request that is there in full. */
static void
request(struct pair *p, const struct message *m)
{
        struct fault fault = { .action = FORWARD };
        enum kind kind = ANY;
        size_t number;

        if (!message_kind(m, &kind)) {          /* nothing of LDAP's: the server will say so */
                buffer_put(&p->to_server, p->asked.bytes, m->length);
                return;
        }
        if (p->released)                        /* this is what was held */
                p->released = false;
        else
                fault = faults_for(&p->proxy->faults, kind, m);
        if (fault.action == HOLD) {
                p->held = true;
                return;
        }
        number = ledger_note(&p->proxy->ledger, kind, message_dn(m), p->number, fault.action);
        switch (fault.action) {
        case CODE:
                if (message_answer(&p->to_client, kind, m->id, (int)fault.number, fault.text))
                        ledger_settle(&p->proxy->ledger, number, (int)fault.number);
                return;
        case NOTICE:
                message_notice(&p->to_client, (int)fault.number, fault.text);
                p->ending = true;
                return;
        case DROP:
                p->ending = true;
                return;
        case SILENT:
                return;
        case FORWARD: case LOST: case CUT: case DELAY: case NO_COOKIE: case SPOIL: case SHORT: case ASTRAY: case HOLD:
                break;
        }
        forward(p, m, kind, number, fault);
}

static void
requests(struct pair *p)
{
        struct message m;
        enum framed framed;

        while (!p->opaque && !p->held && !p->tls_coming && !p->ending && p->asked.length > 0) {
                framed = message_read(p->asked.bytes, p->asked.length, &m);
                if (framed == PARTIAL)
                        return;
                if (framed == FOREIGN) {
                        p->opaque = true;
                        break;
                }
                request(p, &m);
                if (!p->held)
                        buffer_take(&p->asked, m.length);
        }
        if (p->opaque) {
                buffer_put(&p->to_server, p->asked.bytes, p->asked.length);
                buffer_take(&p->asked, p->asked.length);
        }
}

/* ---- answers ------------------------------------------------------------------- */

static struct waiting *
waiting_for(struct pair *p, int32_t id)
{
        for (size_t i = 0; i < p->waiting_count; i++)
                if (p->waiting[i].id == id)
                        return &p->waiting[i];
        return NULL;
}

/* One message of an answer, with its fault. */
static void
pass_on(struct pair *p, const struct message *m, struct fault fault, int64_t now)
{
        const size_t count = (size_t)fault.number < m->length ? (size_t)fault.number : m->length;

        switch (fault.action) {
        case LOST:
                p->ending = true;
                return;
        case CUT:
                buffer_put(&p->to_client, p->answered.bytes, count);
                p->ending = true;
                return;
        case NO_COOKIE:
                message_bare(&p->to_client, m);
                return;
        case SPOIL:
                memset(p->answered.bytes + m->length - count, 0xff, count);
                break;
        case DELAY:
                p->quiet_until = now + fault.number;
                break;
        case FORWARD: case CODE: case DROP: case NOTICE: case SHORT: case ASTRAY: case SILENT: case HOLD:
                break;
        }
        buffer_put(&p->to_client, p->answered.bytes, m->length);
}

static void
answer(struct pair *p, const struct message *m, int64_t now)
{
        static const struct fault none = { .action = FORWARD };
        struct waiting *found = waiting_for(p, m->id), w;
        struct fault fault;

        if (found == NULL) {
                pass_on(p, m, none, now);
                return;
        }
        if (!message_is_final(m)) {
                fault = ++found->parts == found->fault.part ? found->fault : none;
                if (p->proxy->slices.most != 0 && message_is_entry(m) && fault.action == FORWARD)
                        slices_entry(&p->proxy->slices, &found->slice, m, &found->fault, &p->to_client);
                else
                        pass_on(p, m, fault, now);
                return;
        }
        w = *found;
        *found = p->waiting[--p->waiting_count];
        ledger_settle(&p->proxy->ledger, w.number, message_code(m));
        if (w.starts_tls) {
                p->tls_coming = false;
                p->opaque = message_code(m) == 0;
        }
        if (w.slice.beyond)
                message_answer(&p->to_client, SEARCH, m->id, 1, "no value has that number");
        else
                pass_on(p, m, w.fault.part == 0 ? w.fault : none, now);
}

static void
answers(struct pair *p, int64_t now)
{
        struct message m;
        enum framed framed;

        while (p->answered.length > 0 && !p->ending) {
                framed = p->opaque ? FOREIGN : message_read(p->answered.bytes, p->answered.length, &m);
                if (framed == PARTIAL)
                        return;
                if (framed == FOREIGN) {
                        buffer_put(&p->to_client, p->answered.bytes, p->answered.length);
                        buffer_take(&p->answered, p->answered.length);
                        return;
                }
                answer(p, &m, now);
                buffer_take(&p->answered, m.length);
        }
}

/* ---- bytes ----------------------------------------------------------------------- */

static bool
quiet(const struct pair *p, int64_t now)
{
        return p->quiet_until > now;
}

int
pair_wish(const struct pair *p, struct pollfd wish[2], int64_t now)
{
        const bool wants = !p->ending && !p->held && !p->tls_coming;

        wish[0] = (struct pollfd){ .fd = p->client, .events = wants ? POLLIN : 0 };
        /* A connection that has ended would be reported again and again: it is not asked. */
        wish[1] = (struct pollfd){ .fd = p->ending ? -1 : p->server, .events = POLLIN };
        if (p->to_client.length > 0 && !quiet(p, now))
                wish[0].events |= POLLOUT;
        if (p->to_server.length > 0)
                wish[1].events |= POLLOUT;
        if (p->released)                        /* what was held is there already */
                return 0;
        return quiet(p, now) ? (int)(p->quiet_until - now) : -1;
}

/* What is there now.  False: the other side has ended. */
static bool
take_in(int fd, struct buffer *to)
{
        unsigned char bytes[65536];
        ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

        if (n > 0)
                buffer_put(to, bytes, (size_t)n);
        return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool
send_out(int fd, struct buffer *from)
{
        ssize_t n;

        if (from->length == 0)
                return true;
        n = send(fd, from->bytes, from->length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
                buffer_take(from, (size_t)n);
        return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

bool
pair_serve(struct pair *p, const struct pollfd got[2], int64_t now)
{
        const short some = POLLIN | POLLERR | POLLHUP;
        bool server_ends = (got[1].revents & some) != 0 && !take_in(p->server, &p->answered);
        bool client_ends = !p->ending && (got[0].revents & some) != 0 && !take_in(p->client, &p->asked);

        if (!p->ending) {
                requests(p);
                answers(p, now);                /* StartTLS lets more requests through */
                requests(p);
        }
        p->ending |= server_ends;
        send_out(p->server, &p->to_server);     /* whether it failed is seen when it is read */
        if (client_ends || (!quiet(p, now) && !send_out(p->client, &p->to_client)))
                return false;
        return !p->ending || p->to_client.length > 0;
}
