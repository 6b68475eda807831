/* entra-read.c - the entra source against the emulator: rounds, pages and trouble. */
#include "build.h"

#include <string.h>

#include "graph.h"
#include "unit.h"

static const char *const wants[] = { "accountEnabled", "businessPhones", "department", "displayName",
                                     "mail", "manager", "userPrincipalName", NULL };

START_TEST(full_round)
{
        struct graph g;

        graph_start(&g, "1000", wants);
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        ck_assert_uint_eq(g.whole, 1000);
        ck_assert_uint_eq(g.pages, 5);
        ck_assert_uint_eq(g.bad, 0);
        graph_stop(&g);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-read");
        TCase *c = tcase_create("all");

        tcase_add_test(c, full_round);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
