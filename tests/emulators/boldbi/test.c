/* test.c - the Bold BI emulator's own test: its parts as one Check program.
 *
 * Each test names the item of the checklist in the protocol sheet (boldbi.md) and quotes
 * where the fact comes from:
 *
 *   sw vN      repository boldbi/bold-bi-docs, api/server-api-reference/vN.0/api-reference/swagger.json
 *   sw UMS     the same, api/site-administration/api-reference/v2.0/api-reference/swagger.json
 *   intro      the same, api/server-api-reference/common/api-reference/introduction - v5.0.md
 *   docs/x     the same, docs/x.md (help.boldbi.com)
 *   sample     repository boldbi/custom-samples, BoldBI REST API Sample
 *   KB n       support.boldbi.com/kb/article/n
 *   [S]        seen in a screenshot of the page; [C] our choice, nothing is published */
#include "kit.h"
#include "../../unit/unit.h"

int
main(void)
{
        SRunner *r = srunner_create(suite_site());
        int failed;

        srunner_add_suite(r, suite_groups());
        srunner_add_suite(r, suite_rest());
        if (UNIT_SANITIZED && getenv("CK_FORK") == NULL)
                srunner_set_fork_status(r, CK_NOFORK);
        srunner_run_all(r, CK_ENV);
        failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed == 0 ? 0 : 1;
}
