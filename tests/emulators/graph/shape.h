/* shape.h - whether a reply has the shape of the published entity model. */
#ifndef GRAPH_SHAPE_H
#define GRAPH_SHAPE_H
#include "../rest/text.h"

#include <json-c/json.h>
#include <stdbool.h>

/* NULL, or a sentence about the first member that is not as it should be. */
typedef const char *shape_of(struct json_object *o, struct text *why);
shape_of shape_user, shape_group, shape_error;
shape_of shape_delta_item, shape_group_item;    /* of users/delta and groups/delta */
/* A page of a list, or of a delta, and all that is in it. */
const char *shape_page(struct json_object *page, bool delta, shape_of *item, struct text *why);
#endif
