/* gchange.h - what the control door can do to groups; like change.h. */
#ifndef GRAPH_GCHANGE_H
#define GRAPH_GCHANGE_H
#include "change.h"

door_call gchange_make;       /* {"set":{...},"ids":[...]} */
door_call gchange_set;        /* {"group":NAME,"set":{...}} */
door_call gchange_join;       /* {"group":NAME,"ids":[...]} or "count":N, or "others":N */
door_call gchange_leave;
door_call gchange_remove;     /* {"group":NAME} */
door_call gchange_purge;
door_call gchange_restore;

/* The truth about one, or all. */
void gchange_tell(struct emulator *e, uint32_t index, bool members, struct text *t);
void gchange_tell_all(struct emulator *e, struct text *t);
#endif
