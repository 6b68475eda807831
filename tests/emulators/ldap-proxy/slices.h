/* slices.h - an attribute's values in slices, as Active Directory gives them ([MS-ADTS]
 * 3.1.1.3.1.3.3), in front of a server that gives all of them at once. */
#ifndef LDAP_PROXY_SLICES_H
#define LDAP_PROXY_SLICES_H

#include "faults.h"

struct slices {
        size_t most;            /* values at once; 0: all of them */
        char attribute[64];
};

struct slice {                  /* what a search asks for */
        bool asked;             /* for a range */
        size_t from, to;        /* SIZE_MAX: to the end, "*" */
        bool beyond;            /* there is nobody any more where it begins: an error, no entry */
};

/* A search that asks for a range: into 'to' without it, as a request for all values.  False: it
 * asks for none, and nothing was written. */
bool slices_request(const struct slices *, const struct message *, struct buffer *to, struct slice *ret);

/* An entry of its answer, with the slice that is wanted and what shall be wrong about it. */
void slices_entry(const struct slices *, struct slice *, const struct message *, const struct fault *,
                  struct buffer *to);

#endif
