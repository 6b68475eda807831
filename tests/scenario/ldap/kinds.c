/* kinds.c - groups of every kind: what they are made of, who stands in them and how. */
#include "shape.h"

#include <stdio.h>
#include <string.h>

#include "../../../plugins/ldap/kind.h"

#define TEAM "cn=team," GROUPS

static void
start(struct fixture *fx, const char *server, enum ldp_kind_name kind, const char *rdn)
{
        fx_start(fx, server);
        mst_plugin_ldap.sink->close(fx->self);
        fx->config.group_kind = kind;
        fx->config.group_classes = NULL;
        fx->config.member_attribute = NULL;
        fx->config.group_stamp = NULL;
        fx->config.user_rdn = (char *)rdn;
        ck_assert_int_eq(fx_open(fx, &(struct mst_error){ 0 }), MST_OK);
}

static struct mst_op *
make_team(struct fixture *fx)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_GROUP, "team");

        fx_put(mst_test_op_after(op), "cn", "team");
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
member(struct mst_op *op, bool joins, const char *name)
{
        ck_assert(mst_test_op_member(op, joins, "11111111-2222-3333-4444-555555555555", name));
}

/* Of each kind: made with two members, one leaves, one joins, both leave, both join. */
static const struct {
        enum ldp_kind_name kind;
        const char *classes, *attribute, *a, *b, *nobody;
} kinds[] = {
        { LDP_KIND_AUTO, "groupOfNames|top", "member", "uid=a," PEOPLE, "uid=b," PEOPLE, LOGIN },
        { LDP_KIND_NAMES, "groupOfNames|top", "member", "uid=a," PEOPLE, "uid=b," PEOPLE, LOGIN },
        { LDP_KIND_UNIQUE, "groupOfUniqueNames|top", "uniqueMember", "uid=a," PEOPLE, "uid=b," PEOPLE, LOGIN },
        { LDP_KIND_POSIX, "posixGroup|top", "memberUid", "a", "b", "" },
};

START_TEST(kind)
{
        const char *attribute = kinds[_i].attribute;
        struct fixture fx;
        struct mst_op *op;
        char both[256];

        start(&fx, "main", kinds[_i].kind, "uid");
        snprintf(both, sizeof both, "%s|%s", kinds[_i].a, kinds[_i].b);
        op = make_team(&fx);
        if (kinds[_i].kind == LDP_KIND_POSIX)
                fx_put(mst_test_op_after(op), "gidNumber", "20001");
        member(op, true, "uid=a," PEOPLE);
        member(op, true, "uid=b," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "objectClass"), kinds[_i].classes);
        ck_assert_str_eq(fx_look(&fx, TEAM, attribute), both);
        op = members(&fx);
        member(op, false, "uid=a," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, attribute), kinds[_i].b);
        op = members(&fx);
        member(op, false, "uid=b," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, attribute), kinds[_i].nobody);
        op = members(&fx);
        member(op, true, "uid=a," PEOPLE);
        member(op, true, "uid=b," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, attribute), both);
        op = members(&fx);                       /* so already, and never so */
        member(op, true, "uid=a," PEOPLE);
        member(op, false, "uid=c," PEOPLE);
        fx_expect(&fx, MST_ALREADY);
        ck_assert_str_eq(fx_look(&fx, TEAM, attribute), both);
        fx_close(&fx);
}
END_TEST

/* A new name: the same entry, the same members; a group in a group follows too. */
START_TEST(renamed)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        start(&fx, "main", kinds[_i].kind, "uid");
        op = make_team(&fx);
        if (kinds[_i].kind == LDP_KIND_POSIX)
                fx_put(mst_test_op_after(op), "gidNumber", "20001");
        member(op, true, "uid=a," PEOPLE);
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, TEAM);
        op = fx_op(&fx, MST_RENAME, MST_GROUP, "team");
        mst_test_op_object(op, id, TEAM, NULL);
        fx_change(op, "cn", "team", "crew, the \"A\" + B");
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, TEAM));
        ck_assert_str_eq(fx_id(&fx, mst_test_new_name(op)), id);
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "cn"), "crew, the \"A\" + B");
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), kinds[_i].attribute), kinds[_i].a);
        fx_close(&fx);
}
END_TEST

/* A group is a member of another where members are DNs. */
START_TEST(nested)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_op *op;
        struct mst_facts *facts;

        start(&fx, "main", kinds[_i].kind, "uid");
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.sink->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        ck_assert_int_eq((mst_test_facts_can(facts) & MST_CAN_NEST) != 0, kinds[_i].kind != LDP_KIND_POSIX);
        op = make_team(&fx);
        if (kinds[_i].kind == LDP_KIND_POSIX)
                fx_put(mst_test_op_after(op), "gidNumber", "20001");
        fx_expect(&fx, MST_DONE);
        op = members(&fx);
        ck_assert(mst_test_op_member(op, true, "99999999-2222-3333-4444-555555555555", "cn=inner," GROUPS));
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        if (kinds[_i].kind == LDP_KIND_POSIX)
                fx_outcome(&fx, 0, MST_REFUSED, NULL);
        else
                ck_assert_str_eq(fx_look(&fx, TEAM, kinds[_i].attribute), "cn=inner," GROUPS);
        fx_close(&fx);
}
END_TEST

/* Account names that are not in the DN are looked up, many at once; who has none is told. */
START_TEST(by_look_up)
{
        static struct mst_op *people[300];
        char name[64];
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        const char *why = NULL;

        start(&fx, "main", LDP_KIND_POSIX, "cn");
        for (int i = 0; i < 300; i++) {
                snprintf(name, sizeof name, "u%d, \"x\"+*", i);
                people[i] = fx_person(&fx, name);
        }
        fx_expect(&fx, MST_DONE);
        op = make_team(&fx);
        fx_put(mst_test_op_after(op), "gidNumber", "20001");
        for (int i = 0; i < 300; i++)
                ck_assert(mst_test_op_member(op, true, mst_test_new_object(people[i]), mst_test_new_name(people[i])));
        member(op, true, "cn=nobody," PEOPLE);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "memberUid"), 300);
        ck_assert_uint_eq(fx_entries(&fx, TEAM, "(memberUid=u299, \"x\"+\\2a)"), 1);
        ck_assert_int_eq(mst_test_member_outcome(op, 300, &why), MST_REFUSED);
        ck_assert_ptr_nonnull(strstr(why, "no 'uid'"));
        fx_close(&fx);
}
END_TEST

/* A renamed account: the old name out, the new one in. */
START_TEST(account_renamed)
{
        struct fixture fx;
        struct mst_op *op;

        start(&fx, "main", LDP_KIND_POSIX, "uid");
        op = make_team(&fx);
        fx_put(mst_test_op_after(op), "gidNumber", "20001");
        member(op, true, "uid=old\\, er," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "memberUid"), "old, er");
        op = members(&fx);
        member(op, false, "cn=x+uid=old\\2c er," PEOPLE);
        member(op, true, "uid=new," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "memberUid"), "new");
        fx_close(&fx);
}
END_TEST

/* What uniqueMember may have behind a DN is not taken for another member. */
START_TEST(with_bits)
{
        struct fixture fx;
        struct mst_op *op;

        start(&fx, "main", LDP_KIND_UNIQUE, "uid");
        op = make_team(&fx);
        for (int i = 0; i < 40; i++) {
                char name[64];

                snprintf(name, sizeof name, "uid=u%d#'0101'B,%s", i, PEOPLE);
                member(op, true, name);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "uniqueMember"), 40);
        op = members(&fx);
        for (int i = 0; i < 41; i++) {
                char name[64];

                snprintf(name, sizeof name, "uid=u%d#'0101'B,%s", i, PEOPLE);
                member(op, true, name);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "uniqueMember"), 41);
        ck_assert_int_eq(mst_test_member_outcome(op, 0, NULL), MST_ALREADY);
        ck_assert_int_eq(mst_test_member_outcome(op, 40, NULL), MST_DONE);
        fx_close(&fx);
}
END_TEST

static const struct {
        int64_t kind;
        char *member, *value, *holder;
        const char *says;                /* NULL: right */
} options[] = {
        { LDP_KIND_CUSTOM, NULL, NULL, NULL, "custom needs" },
        { LDP_KIND_POSIX, NULL, NULL, (char *)"cn=x", "empty-member is a DN" },
        { LDP_KIND_NAMES, NULL, (char *)"u id", NULL, "member-value" },
        { LDP_KIND_NAMES, NULL, (char *)"uid", (char *)"cn=x", "values of 'uid'" },
        { LDP_KIND_NAMES, (char *)"a b", NULL, NULL, "member-attribute" },
        { LDP_KIND_POSIX, NULL, (char *)"dn", (char *)"cn=x", NULL },
        { LDP_KIND_POSIX, NULL, NULL, (char *)"none", NULL },
        { LDP_KIND_AD, NULL, NULL, NULL, NULL },
};

START_TEST(checked)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        int rc;

        fx_begin(&fx, "main");
        fx.config.group_kind = options[_i].kind;
        fx.config.group_classes = NULL;
        fx.config.member_attribute = options[_i].member;
        fx.config.member_value = options[_i].value;
        fx.config.empty_member = options[_i].holder;
        rc = fx_open(&fx, &err);
        ck_assert_msg(rc == (options[_i].says != NULL ? MST_ECONFIG : MST_OK), "%s", err.text);
        if (options[_i].says != NULL)
                ck_assert_msg(strstr(err.text, options[_i].says) != NULL, "%s", err.text);
        fx_close(&fx);
}
END_TEST

TCase *
case_kinds(void)
{
        TCase *tests = tcase_create("kinds");

        tcase_set_timeout(tests, 120);
        tcase_add_loop_test(tests, kind, 0, (int)(sizeof kinds / sizeof *kinds));
        tcase_add_loop_test(tests, renamed, 0, (int)(sizeof kinds / sizeof *kinds));
        tcase_add_loop_test(tests, nested, 0, (int)(sizeof kinds / sizeof *kinds));
        tcase_add_test(tests, by_look_up);
        tcase_add_test(tests, account_renamed);
        tcase_add_test(tests, with_bits);
        tcase_add_loop_test(tests, checked, 0, (int)(sizeof options / sizeof *options));
        return tests;
}
