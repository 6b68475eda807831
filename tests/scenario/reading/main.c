/* main.c - the ldap source against real directories; started by ../ldap-source.sh and
 * ../ldap-source-ad.sh. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../unit/unit.h"

static Suite *
suite(void)
{
        Suite *suite = suite_create("ldap source");
        const char *work = getenv("LDAP_SOURCE_WORK");
        char domain[1024];

        snprintf(domain, sizeof domain, "%s/ad", work != NULL ? work : "");
        if (access(domain, R_OK) == 0) {
                suite_add_tcase(suite, case_ad());
                return suite;
        }
        suite_add_tcase(suite, case_whole());
        suite_add_tcase(suite, case_changes());
        suite_add_tcase(suite, case_shelves());
        suite_add_tcase(suite, case_hostile());
        return suite;
}

UNIT_MAIN(suite)
