/* self.h - who we are to the server, as an entry: nobody may lock Muster out by its own hand. */
#ifndef LDP_SELF_H
#define LDP_SELF_H

#include "conn.h"
#include "directory.h"

/* Finds it out, once in the life of 'dir'; that it cannot be is no failure.  MST_ENET: the
 * connection has ended. */
int ldp_self_ask(struct ldp_conn *conn, struct mst_error *err);

/* Whether 'dn' is our own entry; also when there is no memory to tell. */
bool ldp_self_is(const struct ldp_dir *dir, struct mst_arena *arena, const char *dn);

#endif
