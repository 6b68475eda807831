/* tls.h - making a connection secret and the server proven. */
#ifndef LDP_TLS_H
#define LDP_TLS_H

#include <muster/error.h>

struct ldp_conn;

/* The handshake, on the connected socket that libldap has.  Waits up to
 * connect-timeout, less when stopping.  The caller closes on failure. */
int ldp_tls_install(struct ldp_conn *conn, struct mst_error *err);

#endif
