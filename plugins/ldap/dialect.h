/* dialect.h - in what the families of LDAP servers differ.
 *
 * A dialect is a constant row of defaults: what the admin says himself always goes
 * before it.  Which one it is the admin says too, or the server's root DSE. */
#ifndef LDP_DIALECT_H
#define LDP_DIALECT_H

#include <ldap.h>

#include <muster/arena.h>

/* In the order of the option's choices. */
enum ldp_dialect_name {
        LDP_AUTO = 0,
        LDP_OPENLDAP,
        LDP_389DS,
        LDP_AD,
        LDP_OTHER                        /* nothing but what the standards say          */
};

struct ldp_dialect {
        enum ldp_dialect_name name;
        const char *title;
        const char *id;                  /* the attribute with an entry's lasting id    */
        bool id_is_guid;                 /* 16 bytes; shown as {a GUID} without braces  */
        bool id_addresses;               /* <GUID=...> stands for a DN                  */
        char **user_classes;
        const char *user_rdn, *group_rdn;
        const char *user_filter;         /* NULL: the first class after top             */
        const char *lock, *locked;       /* attribute and value of a disabled account   */
        uint32_t lock_bit;               /* or the bit of it that tells                 */
        const char *stamp_hint;          /* attributes that are good for a stamp        */
        size_t most_paged;               /* entries in a page that the server gives     */
        size_t most_values;              /* of an attribute in one change; 0: unknown   */
};

/* The row of that name; LDP_AUTO has none. */
const struct ldp_dialect *ldp_dialect_of(enum ldp_dialect_name name);

/* What the root DSE shows: 'capabilities' (supportedCapabilities) and 'classes' end with
 * NULL, 'vendor' (vendorName) may be NULL. */
const struct ldp_dialect *ldp_dialect_guess(const char *const *capabilities, const char *const *classes,
                                            const char *vendor);

#endif
