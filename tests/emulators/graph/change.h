/* change.h - what the control door can do to people. Each takes the JSON of the
 * request, writes the JSON of the answer and returns true; or leaves a sentence
 * in 'why' and returns false, in which case nobody was changed after the one
 * named in it. */
#ifndef GRAPH_CHANGE_H
#define GRAPH_CHANGE_H
#include "emulator.h"

#include <json-c/json.h>
#include <stdbool.h>

door_call change_hire;        /* {"count":N,"set":{...}} or {"people":[{...}]} */
door_call change_set;         /* {"id":NAME,"set":{property:value,"manager":NAME}} */
door_call change_remove;      /* {"id":NAME} or {"ids":[...]}, so the next four */
door_call change_purge;
door_call change_restore;
door_call change_enable;
door_call change_disable;
door_call change_bulk;        /* {"op":OP,"count":N,"property":P,"value":V,"seed":S} */

/* Applies a patch of properties; one entry in the log. */
bool change_apply(struct emulator *e, uint32_t index, struct json_object *set, bool hired, struct text *why);
#endif
