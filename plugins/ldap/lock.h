/* lock.h - what makes an account unusable, in requests. */
#ifndef LDP_LOCK_H
#define LDP_LOCK_H

#include "mods.h"

/* Whether the lock's number must be read before 'req' can be built; the step that does. */
bool ldp_lock_must_read(const struct ldp_request *req);
enum ldp_next ldp_lock_read(struct ldp_request *req);
/* A change was refused, and the number may not be any more what it was. */
bool ldp_lock_is_stale(const struct ldp_request *req);

/* Disables, or enables. */
void ldp_lock_put(struct ldp_request *req, struct ldp_mods *mods, bool locked);
/* For a new account, as the op wants it; its 'attribute' is there when it must be. */
void ldp_lock_create(struct ldp_request *req, struct ldp_mods *mods);

#endif
