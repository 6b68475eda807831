/* main.c - the ldap source against real directories; started by ../ldap-source.sh. */
#include "fixture.h"

#include <stdlib.h>

#include "../../unit/unit.h"

static Suite *
suite(void)
{
        Suite *suite = suite_create("ldap source");

        suite_add_tcase(suite, case_whole());
        suite_add_tcase(suite, case_changes());
        return suite;
}

UNIT_MAIN(suite)
