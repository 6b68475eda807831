/* settings.h - how an emulator behaves.  The service's table serves the command line
 * (--page-size 200) and the control door (GET and POST /_control/settings). */
#ifndef REST_SETTINGS_H
#define REST_SETTINGS_H
#include "rest.h"

/* The usual values. */
void settings_init(struct rest *r);
/* NULL, or a sentence about what is wrong in 'why'. */
const char *settings_set(struct rest *r, const char *name, const char *value, struct text *why);
/* All members of an object, or none of them. */
bool settings_take(struct rest *r, struct json_object *all, struct text *why);
void settings_json(const struct rest *r, struct text *t);
void settings_help(const struct service *s);
#endif
