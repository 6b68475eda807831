/* SPDX-License-Identifier: Apache-2.0
 *
 * wire.c - reading and writing a socket for liblber.
 *
 * Reads never wait: what has come is taken in one go and handed out as asked for.
 * Writes do, for room in the socket, as a request must leave whole: a server that takes
 * nothing for too long, or the wish to stop, ends the connection.  An answer longer
 * than MOST is none that we asked for. */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST ((ber_len_t)256 * 1024 * 1024)

static int
setup(Sockbuf_IO_Desc *layer, void *wire)
{
        layer->sbiod_pvt = wire;
        return 0;
}

static int
detach(Sockbuf_IO_Desc *layer)
{
        layer->sbiod_pvt = NULL;
        return 0;
}

static int
control(Sockbuf_IO_Desc *layer, int option, void *argument)
{
        const struct ldp_wire *wire = layer->sbiod_pvt;

        (void)argument;
        return option == LBER_SB_OPT_DATA_READY && wire->head < wire->tail;
}

static ber_slen_t
take(Sockbuf_IO_Desc *layer, void *into, ber_len_t length)
{
        struct ldp_wire *wire = layer->sbiod_pvt;
        ssize_t got;

        if (wire->head == wire->tail) {
                do {
                        got = recv(wire->fd, wire->bytes, sizeof wire->bytes, MSG_DONTWAIT);
                } while (got < 0 && errno == EINTR);
                if (got <= 0) {
                        if (got == 0)
                                errno = 0;       /* the end, not "later" */
                        return got;
                }
                wire->head = 0;
                wire->tail = (size_t)got;
        }
        if (length > wire->tail - wire->head)
                length = wire->tail - wire->head;
        memcpy(into, wire->bytes + wire->head, length);
        wire->head += length;
        return (ber_slen_t)length;
}

/* Room in the socket, or the end of patience. */
static bool
wait_for_room(const struct ldp_wire *wire, int64_t until)
{
        struct pollfd fds[2] = {
                { .fd = wire->fd, .events = POLLOUT },
                { .fd = mst_host_stop_fd(wire->host), .events = POLLIN },
        };
        int64_t left = until - mst_host_ticks_ms(wire->host);
        int rc;

        if (left <= 0)
                return false;
        rc = poll(fds, 2, left > 60000 ? 60000 : (int)left);
        return (rc > 0 && fds[0].revents != 0) || (rc < 0 && errno == EINTR) ||
               (rc == 0 && mst_host_ticks_ms(wire->host) < until);
}

static ber_slen_t
put(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t length)
{
        const struct ldp_wire *wire = layer->sbiod_pvt;
        int64_t until = 0;
        ssize_t sent;

        for (;;) {
                sent = send(wire->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
                if (sent >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
                        return sent;
                if (until == 0)
                        until = mst_host_ticks_ms(wire->host) + wire->patience;
                if (!wait_for_room(wire, until)) {
                        errno = ETIMEDOUT;       /* anything but "later", which libldap would wait for */
                        return -1;
                }
        }
}

static int
end(Sockbuf_IO_Desc *layer)
{
        const struct ldp_wire *wire = layer->sbiod_pvt;

        return close(wire->fd);
}

static Sockbuf_IO wire_layer = {
        .sbi_setup = setup,
        .sbi_remove = detach,
        .sbi_ctrl = control,
        .sbi_read = take,
        .sbi_write = put,
        .sbi_close = end,
};

bool
ldp_wire_attach(struct ldp_wire *wire, LDAP *ld)
{
        ber_len_t most = MOST;
        Sockbuf *sockbuf = NULL;

        wire->head = wire->tail = 0;
        return ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sockbuf) == LDAP_OPT_SUCCESS && sockbuf != NULL &&
               ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_SET_MAX_INCOMING, &most) == 1 &&
               ber_sockbuf_add_io(sockbuf, &wire_layer, LBER_SBIOD_LEVEL_PROVIDER, wire) == 0;
}
