/* id.h - lasting ids: between the server's attribute and the text that the engine keeps. */
#ifndef LDP_ID_H
#define LDP_ID_H

#include <ldap.h>

#include <muster/arena.h>

/* Which attribute it is and how its values look. */
struct ldp_id {
        const char *attribute;
        bool guid;                       /* 16 bytes, little-endian as Microsoft has it */
        bool addresses;                  /* the server takes <GUID=...> for a DN        */
};

/* The text for a value of the attribute; NULL: none (it is no id), or no memory. */
const char *ldp_id_text(struct mst_arena *arena, const struct ldp_id *id, const struct berval *value);

/* Whether a text can be an id there: what an earlier configuration or another server
 * left in the store may not. */
bool ldp_id_is(const struct ldp_id *id, const char *text);

/* The bytes to search for.  False: no memory. */
bool ldp_id_value(struct mst_arena *arena, const struct ldp_id *id, const char *text, struct berval *ret);

/* "(attribute=value)", or NULL: no memory. */
const char *ldp_id_filter(struct mst_arena *arena, const struct ldp_id *id, const char *text);

#endif
