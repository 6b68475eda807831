/* spoil.h - what faults can do to this service alone. */
#ifndef GRAPH_SPOIL_H
#define GRAPH_SPOIL_H
#include "../rest/faults.h"

extern const struct action graph_actions[];
#endif
