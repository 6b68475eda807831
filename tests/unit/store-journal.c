/* store-fold.c - what the source says becomes the mirror. */
#include "unit.h"
static Suite *suite(void) { return suite_create("store-fold"); }
UNIT_MAIN(suite)
