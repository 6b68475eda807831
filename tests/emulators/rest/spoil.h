/* spoil.h - what each action of a fault does: those that every service knows, and after
 * them those of the service. */
#ifndef REST_SPOIL_H
#define REST_SPOIL_H
#include "faults.h"

/* The number of an action, or -1. */
int spoil_find(const struct service *s, const char *name);
const struct action *spoil_action(const struct service *s, int action);
/* True when the reply is complete. */
bool spoil_before(const struct fault *f, struct exchange *x);
void spoil_after(const struct fault *f, struct exchange *x);
/* Puts the bytes of 'json' in place of the value that the rule names; says so on standard
 * error when there is nothing of that name. */
void spoil_value(const struct fault *f, struct exchange *x, const char *json, size_t len);
/* The Retry-After that the rule wants. */
void spoil_retry_after(const struct fault *f, struct exchange *x);
#endif
