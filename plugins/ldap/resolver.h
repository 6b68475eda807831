/* resolver.h - from the names in an entry (DNs, or uids of memberUid) to ids.
 *
 * Names are gathered with ask(), looked up together with run(), and then found. */
#ifndef LDP_RESOLVER_H
#define LDP_RESOLVER_H

#include <muster/record.h>

#include "source.h"

struct ldp_resolver;

struct ldp_known {
        const char *id;                  /* NULL: nobody has that name                 */
        enum mst_kind kind;
};

struct ldp_resolver *ldp_resolver_new(struct ldp_source *source);
void ldp_resolver_free(struct ldp_resolver *resolver);

/* Forgets everything: a new round.  trim() forgets what is long ago, when it is much; what
 * find() gave is invalid after either. */
bool ldp_resolver_reset(struct ldp_resolver *resolver);
bool ldp_resolver_trim(struct ldp_resolver *resolver);

/* An entry that was read anyway. */
bool ldp_resolver_learn(struct ldp_resolver *resolver, const char *dn, const char *id, enum mst_kind kind);

/* False: out of memory. */
bool ldp_resolver_ask(struct ldp_resolver *resolver, const struct berval *name, bool uid);

/* Looks up what was asked for and is not known.  An error when any of it cannot be told. */
int ldp_resolver_run(struct ldp_resolver *resolver, struct mst_error *err);

/* What is known after run(); never NULL for a name that was asked for. */
const struct ldp_known *ldp_resolver_find(struct ldp_resolver *resolver, const struct berval *name, bool uid);

#endif
