/* seal.h - the Kerberos security layer of a connection (RFC 4752): each message wrapped, with
 * its length before it. */
#ifndef LDP_SEAL_H
#define LDP_SEAL_H

#include <ldap.h>

#include <muster/host.h>

struct ldp_gss;
struct ldp_seal;

/* Puts a layer above 'ld's others that wraps and unwraps with 'gss', which must live until 'ld'
 * has ended, as the layer must; it is freed afterwards.  NULL: libldap does not take it, or no
 * memory. */
struct ldp_seal *ldp_seal_attach(struct ldp_gss *gss, LDAP *ld, struct mst_host *host);
void ldp_seal_free(struct ldp_seal *seal);

#endif
