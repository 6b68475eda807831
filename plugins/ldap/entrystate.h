/* SPDX-License-Identifier: Apache-2.0
 *
 * entrystate.h - whether an account can be used, and who is in a group, when the engine verifies. */
#ifndef LDP_ENTRYSTATE_H
#define LDP_ENTRYSTATE_H

#include "entry.h"
#include "sink.h"

/* Puts what can be seen for sure. */
void ldp_entry_state(const struct ldp_entry *entry, const struct ldp_sink *sink, const struct ldp_place *place,
                     struct mst_arena *arena, struct mst_record *record);
/* The attributes to ask for, at most one: how many were put into 'into'. */
size_t ldp_entry_state_wanted(const struct ldp_sink *sink, const struct ldp_place *place, char **into);

#endif
