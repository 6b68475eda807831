/* spoil.h - what each action of a fault does. */
#ifndef GRAPH_SPOIL_H
#define GRAPH_SPOIL_H
#include "faults.h"

/* The number of an action, or -1. */
int spoil_find(const char *name);
const char *spoil_name(int action);
bool spoil_before(const struct fault *f, struct exchange *x);
void spoil_after(const struct fault *f, struct exchange *x);
#endif
