/* shape.h - the parts of shape.c. */
#ifndef SHAPE_H
#define SHAPE_H

#include "fixture.h"

TCase *case_places(void);
TCase *case_kinds(void);
TCase *case_crowd(void);
TCase *case_others(void);
TCase *case_cost(void);
TCase *case_stuff(void);
TCase *case_ad(void);
TCase *case_names(void);
TCase *case_numbers(void);
TCase *case_strays(void);

#endif
