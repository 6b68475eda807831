/* mods.h - the attributes of an add, the changes of a modify. */
#ifndef LDP_MODS_H
#define LDP_MODS_H

#include "request.h"

struct ldp_mods {
        struct mst_arena *arena;
        LDAPMod **list;                  /* ends with NULL */
        size_t count, room, bytes;
        bool failed;                     /* out of memory  */
};

void ldp_mods_begin(struct ldp_mods *mods, struct mst_arena *arena, size_t room);
/* 'how' is LDAP_MOD_ADD, DELETE or REPLACE; no values with REPLACE: none shall be left. */
void ldp_mods_put(struct ldp_mods *mods, int how, const char *name, const struct ldp_values *values);
void ldp_mods_text(struct ldp_mods *mods, int how, const char *name, const char *text);
/* Whether an entry 'name' was put already (case does not matter). */
bool ldp_mods_has(const struct ldp_mods *mods, const char *name);

#endif
