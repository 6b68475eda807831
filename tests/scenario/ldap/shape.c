/* shape.c - names, places, numbers and groups of every kind in real directories; started
 * by ../ldap-shape.sh. */
#include "shape.h"

#include <stdlib.h>

#include "../../unit/unit.h"

static Suite *
suite(void)
{
        Suite *suite = suite_create("ldap shape");

        if (getenv("SHAPE_OTHERS") != NULL) {    /* ldap-shape-others.sh */
                suite_add_tcase(suite, case_others());
                suite_add_tcase(suite, case_strays());
                suite_add_tcase(suite, case_ad());
                return suite;
        }
        suite_add_tcase(suite, case_names());
        suite_add_tcase(suite, case_places());
        suite_add_tcase(suite, case_kinds());
        suite_add_tcase(suite, case_stuff());
        suite_add_tcase(suite, case_crowd());
        suite_add_tcase(suite, case_cost());
        suite_add_tcase(suite, case_numbers());
        suite_add_tcase(suite, case_strays());
        return suite;
}

UNIT_MAIN(suite)
