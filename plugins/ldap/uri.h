/* uri.h - where a server is, and whether it may be spoken to in clear. */
#ifndef LDP_URI_H
#define LDP_URI_H

#include <netdb.h>
#include <sys/socket.h>

#include <muster/error.h>

enum ldp_scheme { LDP_LDAP = 1, LDP_LDAPS, LDP_LDAPI };

struct ldp_uri {
        enum ldp_scheme scheme;
        char host[256];          /* name, address without brackets, or path of the socket */
        char port[8];
        char bare[300];          /* scheme://host:port for libldap */
};

int ldp_uri_parse(const char *text, struct ldp_uri *ret, struct mst_error *err);

/* Parses, and refuses what would send passwords over a network in clear. */
int ldp_uri_check(const char *text, bool start_tls, struct mst_error *err);

/* This machine, as an address says it. */
bool ldp_is_loopback(const struct sockaddr *address);

#endif
