/* gss.h - the client's side of SASL GSSAPI (RFC 4752): tokens in, tokens out; and after the
 * login the wrapping and unwrapping of what is said, where that was agreed on. */
#ifndef LDP_GSS_H
#define LDP_GSS_H

#include <ldap.h>

#include "directory.h"

struct ldp_gss;

/* The largest piece that we take, wrapped. */
#define LDP_GSS_MOST ((size_t)256 * 1024)

/* What protects the connection otherwise, and so which layer is asked for. */
enum ldp_layer {
        LDP_LAYER_NONE,                  /* TLS does, or it is a socket of this machine: none, if it can be */
        LDP_LAYER_BEST,                  /* nothing, but it does not leave this machine */
        LDP_LAYER_SEALED                 /* nothing: encrypted, or not at all          */
};

/* Whether this build can. */
bool ldp_gss_is_there(void);

/* For a login at 'host'; takes tickets from where the options say.  'binding': to the TLS
 * connection, see binding.h; NULL: none. */
int ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server,
                enum ldp_layer layer, const struct berval *binding, struct ldp_gss **ret, struct mst_error *err);
void ldp_gss_free(struct ldp_gss *gss);

/* What to send after 'in' (NULL: to begin with); '*out' is valid until the next call. */
int ldp_gss_step(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err);

/* After the login: was a layer agreed on? and one that encrypts? */
bool ldp_gss_wraps(const struct ldp_gss *gss);
bool ldp_gss_seals(const struct ldp_gss *gss);
/* The most to wrap at once. */
size_t ldp_gss_most(const struct ldp_gss *gss);
/* '*out' is valid until the next call of the same. */
int ldp_gss_wrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err);
int ldp_gss_unwrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err);

#endif
