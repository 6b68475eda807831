/* suites.h - the parts of the emulator's own test. */
#ifndef GRAPH_SUITES_H
#define GRAPH_SUITES_H
#include <check.h>

Suite *suite_people(void);
Suite *suite_token(void);
Suite *suite_signin(void);
Suite *suite_list(void);
Suite *suite_delta(void);
Suite *suite_links(void);
Suite *suite_control(void);
Suite *suite_faults(void);
Suite *suite_faultscript(void);
Suite *suite_groups(void);
Suite *suite_glist(void);
Suite *suite_batch(void);
Suite *suite_photo(void);
Suite *suite_shape(void);
#endif
