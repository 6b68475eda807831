/* shape.h - whether a reply has the shape of the published entity model. */
#ifndef GRAPH_SHAPE_H
#define GRAPH_SHAPE_H
#include "text.h"

#include <json-c/json.h>

/* NULL, or a sentence about the first member that is not as it should be. */
const char *shape_user(struct json_object *user, struct text *why);
const char *shape_delta_item(struct json_object *item, struct text *why);
const char *shape_error(struct json_object *reply, struct text *why);
#endif
