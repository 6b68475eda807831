/* binding.h - what ties a login to the TLS connection that it goes over (RFC 5929). */
#ifndef LDP_BINDING_H
#define LDP_BINDING_H

#include <ldap.h>

#include <muster/arena.h>

/* "tls-server-end-point:" and the hash of the server's certificate; false: there is none, as
 * without TLS, for a certificate whose signature names no hash, or in a build without libcrypto. */
bool ldp_binding(LDAP *ld, struct mst_arena *arena, struct berval *ret);

#endif
