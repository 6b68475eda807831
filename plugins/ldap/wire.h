/* wire.h - the lowest layer of a connection: our socket below libldap's messages.
 *
 * liblber's own writes raise SIGPIPE, forget half a request when the socket is full, and
 * need two reads for an answer.  This one does none of that. */
#ifndef LDP_WIRE_H
#define LDP_WIRE_H

#include <ldap.h>

#include <muster/host.h>

struct ldp_wire {
        int fd;
        const struct mst_host *host;
        int64_t patience;                /* ms that a write may wait for room; 0: not at all */
        size_t head, tail;               /* what was read and not asked for yet         */
        char bytes[16384];
};

/* Puts 'wire', filled but for head and tail, below 'ld', which has no other (made with
 * LDAP_PROTO_EXT).  It must live until 'ld' ends, which closes the socket. */
bool ldp_wire_attach(struct ldp_wire *wire, LDAP *ld);

#endif
