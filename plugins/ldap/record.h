/* record.h - an entry as a record of the source. */
#ifndef LDP_RECORD_H
#define LDP_RECORD_H

#include "batch.h"

/* Gathers the names in it for the resolver; false: out of memory. */
bool ldp_record_ask(struct ldp_source *source, const struct ldp_shelf *shelf, const struct ldp_item *item);

/* Puts it into the page, a group with its members; 'changes': in a round of changes. */
void ldp_record_tell(struct ldp_source *source, const struct ldp_shelf *shelf, const struct ldp_item *item,
                     struct mst_page *page, bool changes);

#endif
