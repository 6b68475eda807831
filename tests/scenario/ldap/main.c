/* main.c - the ldap sink against real slapds; started by ../ldap-sink.sh. */
#include "fixture.h"

#include <stdlib.h>

#include "../../unit/unit.h"

static Suite *
suite(void)
{
        Suite *suite = suite_create("ldap sink");

        suite_add_tcase(suite, case_pieces());
        suite_add_tcase(suite, case_people());
        suite_add_tcase(suite, case_payloads());
        suite_add_tcase(suite, case_groups());
        suite_add_tcase(suite, case_find());
        suite_add_tcase(suite, case_tls());
        suite_add_tcase(suite, case_trouble());
        return suite;
}

UNIT_MAIN(suite)
