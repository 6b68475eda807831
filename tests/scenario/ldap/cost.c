/* cost.c - what it costs: calls that the server has counted (cn=monitor), those for the
 * schema, ids and numbers among them, for each object that was changed. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 1000

static struct mst_op *made[COUNT];
static char *accounts[] = { (char *)"top", (char *)"person", (char *)"organizationalPerson", (char *)"inetOrgPerson",
                            (char *)"posixAccount", (char *)"musterObject", NULL };

/* Operations since the server's start, but for logins and this question. */
static long
calls(struct fixture *fx)
{
        static const char *const kinds[] = { "Search", "Compare", "Modify", "Modrdn", "Add", "Delete" };
        char *wanted[] = { (char *)"monitorOpCompleted", NULL };
        long sum = 0;

        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
                char dn[64];
                LDAPMessage *found = NULL;
                struct berval **values;

                snprintf(dn, sizeof dn, "cn=%s,cn=Operations,cn=Monitor", kinds[i]);
                ck_assert_int_eq(ldap_search_ext_s(fx->admin, dn, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL,
                                                   NULL, NULL, 0, &found), LDAP_SUCCESS);
                values = ldap_get_values_len(fx->admin, ldap_first_entry(fx->admin, found), wanted[0]);
                ck_assert_ptr_nonnull(values);
                sum += strtol(values[0]->bv_val, NULL, 10);
                ldap_value_free_len(values);
                ldap_msgfree(found);
        }
        return sum;
}

/* The ops that stand ready, by a sink that knows nothing yet. */
static void
expect_cost(struct fixture *fx, const char *what, double most)
{
        struct mst_error err = { 0 };
        size_t count = fx->count;
        long before, after;

        mst_plugin_ldap.sink->close(fx->self);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
        before = calls(fx);
        ck_assert_msg(fx_apply(fx, &err) == MST_OK, "%s", err.text);
        after = calls(fx) - 6;                   /* what calls() asked between */
        for (size_t i = 0; i < count; i++)
                fx_outcome(fx, i, MST_DONE, NULL);
        fx_forget(fx);
        if (getenv("SHAPE_COST") != NULL)
                printf("%-40s %zu objects, %ld calls, %.3f each\n", what, count, after - before,
                       (double)(after - before) / (double)count);
        ck_assert_msg((double)(after - before) <= most * (double)count, "%s: %ld calls for %zu objects", what,
                      after - before, count);
}

static struct mst_op *
on(struct fixture *fx, enum mst_verb verb, size_t i)
{
        struct mst_op *op = fx_op(fx, verb, mst_op_kind(made[i]), "x");

        mst_test_op_object(op, mst_test_new_object(made[i]), mst_test_new_name(made[i]), NULL);
        mst_test_op_stamp(op, mst_op_stamp(made[i]));
        return op;
}

static void
make_people(struct fixture *fx)
{
        char uid[32];

        for (size_t i = 0; i < COUNT; i++) {
                snprintf(uid, sizeof uid, "u%zu", i);
                made[i] = fx_person(fx, uid);
                fx_put(mst_test_op_after(made[i]), "homeDirectory", "/");
                fx_put(mst_test_op_after(made[i]), "gidNumber", "1");
        }
}

START_TEST(of_people)
{
        struct fixture fx;
        char text[64];

        fx_start(&fx, "main");
        fx.config.user_classes = accounts;
        fx.config.number_attribute = (char *)"uidNumber";
        fx.config.number_range = (char *)"20000-29999";
        fx.config.disabled_attribute = (char *)"employeeType";
        fx.config.disabled_value = (char *)"locked";
        make_people(&fx);
        expect_cost(&fx, "create, with a number", 1.05);
        for (size_t i = 0; i < COUNT; i++) {
                snprintf(text, sizeof text, "Title %zu", i);
                fx_change(on(&fx, MST_UPDATE, i), "title", NULL, text);
                fx_change(fx.ops[i], "mail", NULL, "x@x.org");
        }
        expect_cost(&fx, "update", 1.05);
        for (size_t i = 0; i < COUNT; i++)
                fx_change(on(&fx, MST_DISABLE, i), "title", "x", NULL);
        expect_cost(&fx, "disable, with a change", 1.05);
        for (size_t i = 0; i < COUNT; i++) {
                char old[32];

                snprintf(old, sizeof old, "u%zu", i);
                snprintf(text, sizeof text, "new%zu", i);
                fx_change(on(&fx, MST_RENAME, i), "uid", old, text);
        }
        memcpy(made, fx.ops, sizeof made);
        expect_cost(&fx, "rename", 1.05);
        for (size_t i = 0; i < COUNT; i++) {
                char old[32];

                snprintf(old, sizeof old, "new%zu", i);
                snprintf(text, sizeof text, "newer%zu", i);
                fx_change(on(&fx, MST_RENAME, i), "uid", old, text);
                fx_change(fx.ops[i], "title", NULL, "x");
        }
        memcpy(made, fx.ops, sizeof made);
        expect_cost(&fx, "rename, with a change: two by nature", 2.05);
        for (size_t i = 0; i < COUNT; i++)
                (void)on(&fx, MST_DELETE, i);
        expect_cost(&fx, "delete", 1.05);
        fx_close(&fx);
}
END_TEST

START_TEST(of_groups)
{
        struct fixture fx;
        char name[64];

        fx_start(&fx, "main");
        for (size_t i = 0; i < COUNT; i++) {
                snprintf(name, sizeof name, "g%zu", i);
                made[i] = fx_op(&fx, MST_CREATE, MST_GROUP, name);
                fx_put(mst_test_op_after(made[i]), "cn", name);
                mst_test_op_stamp(made[i], name);
                mst_test_op_member(made[i], true, "id", "uid=a," PEOPLE);
        }
        expect_cost(&fx, "create a group", 1.05);
        for (size_t i = 0; i < COUNT; i++) {
                mst_test_op_member(on(&fx, MST_MEMBERS, i), true, "id", "uid=b," PEOPLE);
                mst_test_op_member(fx.ops[i], true, "id", "uid=c," PEOPLE);
        }
        expect_cost(&fx, "two join a group", 1.05);
        for (size_t i = 0; i < COUNT; i++) {
                mst_test_op_member(on(&fx, MST_MEMBERS, i), false, "id", "uid=b," PEOPLE);
                mst_test_op_member(fx.ops[i], true, "id", "uid=d," PEOPLE);
        }
        expect_cost(&fx, "one leaves, one joins", 1.05);
        for (size_t i = 0; i < COUNT; i++)
                fx_change(on(&fx, MST_UPDATE, i), "description", NULL, "x");
        expect_cost(&fx, "update a group", 1.05);
        fx_close(&fx);
}
END_TEST

TCase *
case_cost(void)
{
        TCase *tests = tcase_create("cost");

        tcase_set_timeout(tests, 240);
        tcase_add_test(tests, of_people);
        tcase_add_test(tests, of_groups);
        return tests;
}
