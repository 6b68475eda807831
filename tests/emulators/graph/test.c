/* test.c - the emulator's own test: its parts as one Check program. */
#include "suites.h"
#include "../../unit/unit.h"

int
main(void)
{
        SRunner *r = srunner_create(suite_people());
        int failed;

        srunner_add_suite(r, suite_token());
        srunner_add_suite(r, suite_signin());
        srunner_add_suite(r, suite_list());
        srunner_add_suite(r, suite_delta());
        srunner_add_suite(r, suite_links());
        srunner_add_suite(r, suite_control());
        srunner_add_suite(r, suite_faults());
        srunner_add_suite(r, suite_faultscript());
        srunner_add_suite(r, suite_groups());
        srunner_add_suite(r, suite_glist());
        srunner_add_suite(r, suite_batch());
        srunner_add_suite(r, suite_photo());
        srunner_add_suite(r, suite_shape());
        if (UNIT_SANITIZED && getenv("CK_FORK") == NULL)
                srunner_set_fork_status(r, CK_NOFORK);
        srunner_run_all(r, CK_ENV);
        failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed == 0 ? 0 : 1;
}
