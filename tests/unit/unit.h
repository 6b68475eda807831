/* unit.h - what every Check program of ours shares: UNIT_MAIN.
 *
 *      static Suite *suite(void) { ... }
 *      UNIT_MAIN(suite)
 *
 * Each test runs in a child of its own unless CK_FORK=no says otherwise, as it must
 * under valgrind; a build with a sanitizer never forks, so that one report covers
 * the whole program. */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNIT_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNIT_SANITIZED 1
#endif
#endif
#ifndef UNIT_SANITIZED
#define UNIT_SANITIZED 0
#endif

#define UNIT_COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

#define UNIT_MAIN(make_suite)                                                           \
        int                                                                             \
        main(void)                                                                      \
        {                                                                               \
                SRunner *runner = srunner_create(make_suite());                         \
                int failed;                                                             \
                                                                                        \
                if (UNIT_SANITIZED && getenv("CK_FORK") == NULL)                        \
                        srunner_set_fork_status(runner, CK_NOFORK);                     \
                srunner_run_all(runner, CK_ENV);                                        \
                failed = srunner_ntests_failed(runner);                                 \
                srunner_free(runner);                                                   \
                return failed == 0 ? 0 : 1;                                             \
        }

#endif
