/* dn.h - names of entries: RFC 4514 text taken apart and compared. */
#ifndef LDP_DN_H
#define LDP_DN_H

#include <muster/arena.h>

/* Whether text is a DN, or RDNs that can stand below one; "" is. */
bool ldp_dn_valid(const char *dn);

/* What follows the first RDN and its comma; "" for the last RDN.  Points into 'dn'. */
const char *ldp_dn_parent(const char *dn);

/* One spelling for each name: names of attributes in small letters, escapes in one way,
 * no blanks around separators.  With 'fold' ASCII letters of values are small too, which
 * is how most naming attributes are compared.  NULL: out of memory.  What is no DN comes
 * back as it is. */
char *ldp_dn_spell(struct mst_arena *arena, const char *dn, bool fold);
char *ldp_dn_normal(struct mst_arena *arena, const char *dn);

/* Both as ldp_dn_normal() gives them: is 'dn' base or below it? */
bool ldp_dn_below(const char *dn, const char *base);

/* 'rdn,parent', or either when the other is empty. */
char *ldp_dn_join(struct mst_arena *arena, const char *rdn, const char *parent);

#endif
