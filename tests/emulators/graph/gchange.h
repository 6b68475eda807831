/* gchange.h - what the control door can do to groups; like change.h. */
#ifndef GRAPH_GCHANGE_H
#define GRAPH_GCHANGE_H
#include "change.h"

change_made gchange_make;       /* {"set":{...},"ids":[...]} */
change_made gchange_set;        /* {"group":NAME,"set":{...}} */
change_made gchange_join;       /* {"group":NAME,"ids":[...]} or "count":N, or "others":N */
change_made gchange_leave;
change_made gchange_remove;     /* {"group":NAME} */
change_made gchange_purge;
change_made gchange_restore;

/* The truth about one, or all. */
void gchange_tell(struct emulator *e, uint32_t index, bool members, struct text *t);
void gchange_tell_all(struct emulator *e, struct text *t);
#endif
