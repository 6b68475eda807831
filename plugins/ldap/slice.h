/* slice.h - the values of an attribute in slices, as Active Directory gives them. */
#ifndef LDP_SLICE_H
#define LDP_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ldap.h>

enum ldp_sliced {
        LDP_NO_SLICE,                    /* another attribute, or all of its values    */
        LDP_SLICE,                       /* the one that was asked for, in full        */
        LDP_SLICE_BAD                    /* not that one, or not all of it             */
};

/* An attribute of an answer with 'count' values, where those of 'attribute' from the number 'from'
 * on were asked for.  'next': where the next slice begins, 0: this was the last. */
enum ldp_sliced ldp_slice_read(const struct berval *name, size_t count, const char *attribute, uint64_t from,
                               uint64_t *next);

#endif
