/* groups.c - groups and who is in them. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define TEAM "cn=team," GROUPS

static const char *
person(size_t number)
{
        static char names[8][128];
        static size_t next;
        char *name = names[next++ % 8];

        snprintf(name, sizeof names[0], "uid=u%06zu," PEOPLE, number);
        return name;
}

static struct mst_op *
make_group(struct fixture *fx, size_t from, size_t to)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_GROUP, "team");

        fx_put(mst_test_op_after(op), "cn", "team");
        mst_test_op_stamp(op, "group-stamp");
        for (size_t i = from; i < to; i++)
                mst_test_op_member(op, true, "some-id", person(i));
        return op;
}

static struct mst_op *
members(struct fixture *fx)
{
        struct mst_op *op = fx_op(fx, MST_MEMBERS, MST_GROUP, "team");

        mst_test_op_object(op, fx_id(fx, TEAM), TEAM, NULL);
        return op;
}

static void
expect_member(const struct mst_op *op, size_t index, enum mst_outcome outcome, const char *says)
{
        const char *why = NULL;
        enum mst_outcome was = mst_test_member_outcome(op, index, &why);

        ck_assert_msg(was == outcome, "member %zu: outcome %d, not %d (%s)", index, was, outcome,
                      why != NULL ? why : "");
        if (says != NULL)
                ck_assert_msg(why != NULL && strstr(why, says) != NULL, "member %zu says '%s'", index,
                              why != NULL ? why : "");
}

START_TEST(create)
{
        struct fixture fx;
        struct mst_op *op;

        fx_start(&fx, "main");
        op = make_group(&fx, 0, 3);
        fx_put(mst_test_op_after(op), "description", "The team");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), TEAM);
        ck_assert_str_eq(mst_test_new_object(op), fx_id(&fx, TEAM));
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 3);
        ck_assert_str_eq(fx_look(&fx, TEAM, "musterStamp"), "group-stamp");
        ck_assert_str_eq(fx_look(&fx, TEAM, "description"), "The team");
        ck_assert_str_eq(fx_look(&fx, TEAM, "objectClass"), "groupOfNames|musterObject|top");

        op = fx_op(&fx, MST_RENAME, MST_GROUP, "team");
        mst_test_op_object(op, fx_id(&fx, TEAM), TEAM, NULL);
        fx_change(op, "cn", "team", "crew");
        fx_change(op, "description", "The team", "The crew");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "cn=crew," GROUPS, "description"), "The crew");
        ck_assert_uint_eq(fx_values(&fx, "cn=crew," GROUPS, "member"), 3);
        op = fx_op(&fx, MST_DELETE, MST_GROUP, "team");
        mst_test_op_object(op, fx_id(&fx, "cn=crew," GROUPS), "cn=crew," GROUPS, NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, GROUPS, "(objectClass=groupOfNames)"), 0);
        fx_close(&fx);
}
END_TEST

/* The placeholder: default, one of the admin's, and the group itself without a login. */
static const struct {
        const char *option, *there;
} holders[] = { { NULL, LOGIN }, { "cn=nobody", "cn=nobody" } };

START_TEST(placeholder)
{
        struct fixture fx;
        struct mst_op *op;

        fx_start(&fx, "main");
        fx.config.empty_member = (char *)holders[_i].option;
        (void)make_group(&fx, 0, 0);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), holders[_i].there);
        op = members(&fx);                               /* goes with the first who join */
        mst_test_op_member(op, true, "id", person(1));
        mst_test_op_member(op, true, "id", person(2));
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "uid=u000001," PEOPLE "|uid=u000002," PEOPLE);
        op = members(&fx);                               /* comes with the last who leave */
        mst_test_op_member(op, false, "id", person(1));
        mst_test_op_member(op, false, "id", person(2));
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), holders[_i].there);
        op = members(&fx);                               /* one in, nobody out */
        mst_test_op_member(op, true, "id", person(3));
        fx_expect(&fx, MST_DONE);
        op = members(&fx);                               /* all change places */
        mst_test_op_member(op, false, "id", person(3));
        mst_test_op_member(op, true, "id", person(4));
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "uid=u000004," PEOPLE);
        fx_close(&fx);
}
END_TEST

START_TEST(no_placeholder)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;

        fx_start(&fx, "main");
        fx.config.empty_member = (char *)"none";
        (void)make_group(&fx, 0, 0);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "(65)");
        fx_forget(&fx);
        (void)make_group(&fx, 0, 2);
        fx_expect(&fx, MST_DONE);
        op = members(&fx);
        mst_test_op_member(op, false, "id", person(0));
        mst_test_op_member(op, false, "id", person(1));
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        expect_member(op, 1, MST_REFUSED, "(65)");       /* one had to stay */
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 1);
        fx_close(&fx);
}
END_TEST

/* Ten thousand, some in already, some no DNs, some gone already: each its own outcome. */
START_TEST(to_blame)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        size_t count = 10000;

        fx_start(&fx, "main");
        (void)make_group(&fx, 0, 50);
        fx_expect(&fx, MST_DONE);
        op = members(&fx);
        for (size_t i = 0; i < count; i++)
                mst_test_op_member(op, true, "id", i == 777 ? "no dn" : i == 9999 ? "uid=," : person(i));
        mst_test_op_member(op, false, "id", "uid=never-there," PEOPLE);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        for (size_t i = 0; i < count; i++)
                if (i != 777 && i != 9999)
                        expect_member(op, i, i < 50 ? MST_ALREADY : MST_DONE, NULL);
        expect_member(op, 777, MST_REFUSED, "(21)");
        expect_member(op, count, MST_ALREADY, NULL);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), count - 2);
        fx_forget(&fx);

        op = members(&fx);                               /* all of them once more, then out */
        for (size_t i = 0; i < 700; i++)
                mst_test_op_member(op, true, "id", person(i));
        fx_expect(&fx, MST_ALREADY);
        op = members(&fx);
        for (size_t i = 0; i < count; i++)
                if (i != 777 && i != 9999)
                        mst_test_op_member(op, false, "id", person(i));
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), LOGIN);
        fx_close(&fx);
}
END_TEST

/* A new group with one that the server does not take: the others get in. */
START_TEST(create_to_blame)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;

        fx_start(&fx, "main");
        op = make_group(&fx, 0, 100);
        mst_test_op_member(op, true, "id", "no dn");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        expect_member(op, 0, MST_DONE, NULL);
        expect_member(op, 100, MST_REFUSED, "(21)");
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 100);
        ck_assert_str_eq(mst_test_new_object(op), fx_id(&fx, TEAM));
        fx_close(&fx);
}
END_TEST

/* The server hangs up on what is larger than 64 KB: nothing larger is sent. */
START_TEST(cut_to_size)
{
        struct fixture fx;
        struct mst_op *op;

        fx_start(&fx, "small");
        fx.config.max_request = 60000;
        (void)make_group(&fx, 0, 5000);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 5000);
        op = members(&fx);
        for (size_t i = 0; i < 10000; i++)
                mst_test_op_member(op, i >= 5000, "id", person(i));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 5000);
        ck_assert_uint_eq(fx_entries(&fx, TEAM, "(member=uid=u004999," PEOPLE ")"), 0);
        ck_assert_uint_eq(fx_entries(&fx, TEAM, "(member=uid=u005000," PEOPLE ")"), 1);
        op = fx_person(&fx, "large");                    /* cannot be cut */
        for (size_t i = 0; i < 100; i++) {
                char text[1200];

                memset(text, 'x', 1000);
                snprintf(text + 1000, 100, "%zu", i);
                if (i == 0)
                        mst_record_list(mst_test_op_after(op), mst_record_put(mst_test_op_after(op), "description"));
                mst_record_text(mst_test_op_after(op),
                                mst_record_append(mst_test_op_after(op),
                                                  (struct mst_value *)mst_record_get(mst_test_op_after(op), "description")),
                                text, strlen(text));
        }
        struct mst_error err;
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "more than max-request-size");
        fx_close(&fx);
}
END_TEST

START_TEST(gone)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;

        fx_start(&fx, "main");
        (void)make_group(&fx, 0, 2);
        fx_expect(&fx, MST_DONE);
        op = members(&fx);
        mst_test_op_member(op, true, "id", person(5));
        ck_assert_int_eq(ldap_rename_s(fx.admin, TEAM, "cn=moved", NULL, 1, NULL, NULL), LDAP_SUCCESS);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), "cn=moved," GROUPS);
        ck_assert_uint_eq(fx_values(&fx, "cn=moved," GROUPS, "member"), 3);
        op = fx_op(&fx, MST_MEMBERS, MST_GROUP, "team");
        mst_test_op_object(op, fx_id(&fx, "cn=moved," GROUPS), TEAM, NULL);
        mst_test_op_member(op, false, "id", person(5));
        fx_delete(&fx, "cn=moved," GROUPS);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_GONE, "not there any more");
        fx_close(&fx);
}
END_TEST

TCase *
case_groups(void)
{
        TCase *groups = tcase_create("groups");

        tcase_set_timeout(groups, 120);
        tcase_add_test(groups, create);
        tcase_add_loop_test(groups, placeholder, 0, (int)(sizeof holders / sizeof *holders));
        tcase_add_test(groups, no_placeholder);
        tcase_add_test(groups, to_blame);
        tcase_add_test(groups, create_to_blame);
        tcase_add_test(groups, cut_to_size);
        tcase_add_test(groups, gone);
        return groups;
}
