/* gss.h - the client's side of SASL GSSAPI (RFC 4752): tokens in, tokens out. */
#ifndef LDP_GSS_H
#define LDP_GSS_H

#include <ldap.h>

#include "directory.h"

struct ldp_gss;

/* Whether this build can. */
bool ldp_gss_is_there(void);

/* For a login at 'host'; takes tickets from where the options say. */
int ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server,
                struct ldp_gss **ret, struct mst_error *err);
void ldp_gss_free(struct ldp_gss *gss);

/* What to send after 'in' (NULL: to begin with); '*out' is valid until the next call. */
int ldp_gss_step(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err);

#endif
