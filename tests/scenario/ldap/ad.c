/* ad.c - groups and places in Active Directory, as Samba has it: scopes and types, account
 * names, groups in groups, members that are there already, entries known by their GUID. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/ldap/chunk.h"
#include "../../../plugins/ldap/sink.h"

#define AD_SUFFIX "DC=contoso,DC=example"
#define AD_PEOPLE "OU=people," AD_SUFFIX
#define AD_GROUPS "OU=groups," AD_SUFFIX
#define AD_LOGIN "CN=muster,OU=services," AD_SUFFIX
#define TEAM "CN=team," AD_GROUPS

static char ca_file[600];

/* Another pair of eyes: libldap with the service account, over TLS. */
static LDAP *
look(struct fixture *fx)
{
        LDAP *ld = NULL;
        int version = LDAP_VERSION3, fresh = 0;
        struct berval password = { .bv_val = (char *)fx_read("ad", "muster.secret") };

        password.bv_len = strlen(password.bv_val);
        ck_assert_int_eq(ldap_initialize(&ld, fx->uris[0]), LDAP_SUCCESS);
        ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
        ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ca_file);
        ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &fresh);
        ck_assert_int_eq(ldap_sasl_bind_s(ld, AD_LOGIN, LDAP_SASL_SIMPLE, &password, NULL, NULL, NULL), LDAP_SUCCESS);
        return ld;
}

static void
start(struct fixture *fx, int64_t scope, bool security)
{
        struct mst_error err = { 0 };

        fx_begin(fx, "ad");
        snprintf(ca_file, sizeof ca_file, "%s/tls/ca.pem", fx_folder("ad"));
        free(fx->uris[0]);
        fx->uris[0] = strdup(fx_read("ad", "ldaps-uri"));
        fx->config.access.bind_dn = (char *)AD_LOGIN;
        fx->config.access.ca_file = ca_file;
        fx->config.user_base = (char *)AD_PEOPLE;
        fx->config.group_base = (char *)AD_GROUPS;
        fx->config.user_rdn = fx->config.group_rdn = NULL;
        fx->config.user_classes = fx->config.group_classes = NULL;
        fx->config.member_attribute = NULL;
        fx->config.user_stamp = (char *)"adminDescription";
        fx->config.group_stamp = (char *)"adminDescription";
        fx->config.create_parents = true;
        fx->config.group_scope = scope;
        fx->config.group_security = security;
        fx->admin = look(fx);
        fx_empty(fx, AD_PEOPLE);
        fx_empty(fx, AD_GROUPS);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static struct mst_op *
person(struct fixture *fx, const char *name)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_USER, name);
        char stamp[64];

        snprintf(stamp, sizeof stamp, "stamp-%s", name);
        mst_test_op_stamp(op, stamp);
        mst_test_op_enabled(op, false);
        fx_put(mst_test_op_after(op), "cn", name);
        fx_put(mst_test_op_after(op), "sAMAccountName", name);
        return op;
}

static struct mst_op *
group(struct fixture *fx, const char *name)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_GROUP, name);

        mst_test_op_stamp(op, name);
        fx_put(mst_test_op_after(op), "cn", name);
        return op;
}

static struct mst_op *
members(struct fixture *fx, const struct mst_op *made)
{
        struct mst_op *op = fx_op(fx, MST_MEMBERS, MST_GROUP, "team");

        mst_test_op_object(op, mst_test_new_object(made), mst_test_new_name(made), NULL);
        return op;
}

/* Scope and type, in groupType's bits. */
static const struct {
        int64_t scope;
        bool security;
        const char *type;
} types[] = {
        { 0, true, "-2147483646" }, { 1, true, "-2147483644" }, { 2, true, "-2147483640" },
        { 0, false, "2" }, { 1, false, "4" }, { 2, false, "8" },
};

START_TEST(type)
{
        struct fixture fx;
        struct mst_op *op;

        start(&fx, types[_i].scope, types[_i].security);
        (void)group(&fx, "team");
        op = group(&fx, "named");
        fx_put(mst_test_op_after(op), "sAMAccountName", "other-name");
        fx_put(mst_test_op_after(op), "groupType", "8");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "groupType"), types[_i].type);
        ck_assert_str_eq(fx_look(&fx, TEAM, "sAMAccountName"), "team");
        ck_assert_str_eq(fx_look(&fx, TEAM, "objectClass"), "group|top");
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "");
        ck_assert_str_eq(fx_look(&fx, "CN=named," AD_GROUPS, "groupType"), "8");
        ck_assert_str_eq(fx_look(&fx, "CN=named," AD_GROUPS, "sAMAccountName"), "other-name");
        fx_close(&fx);
}
END_TEST

/* People and a group join and leave; once more is no error; a new name keeps all. */
START_TEST(in_and_out)
{
        struct fixture fx;
        struct mst_op *people[5], *team, *inner, *op;
        char name[32];

        start(&fx, 0, true);
        for (int i = 0; i < 5; i++) {
                snprintf(name, sizeof name, "u%d, x", i);
                people[i] = person(&fx, i == 4 ? name : (snprintf(name, sizeof name, "u%d", i), name));
                if (i == 4)
                        fx_put(mst_test_op_after(people[i]), "sAMAccountName", "u4");
        }
        team = group(&fx, "team");
        inner = group(&fx, "inner");
        fx_expect(&fx, MST_DONE);
        op = members(&fx, team);
        for (int i = 0; i < 5; i++)
                mst_test_op_member(op, true, mst_test_new_object(people[i]), mst_test_new_name(people[i]));
        mst_test_op_member(op, true, mst_test_new_object(inner), mst_test_new_name(inner));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 6);
        ck_assert_uint_eq(ldp_chunk_values(fx.self), 5000);
        ldp_chunk_learn(fx.self, 0, 6000);               /* more than it takes is not learned */
        ck_assert_uint_eq(ldp_chunk_values(fx.self), 5000);
        ldp_chunk_learn(fx.self, 0, 2000);
        ck_assert_uint_eq(ldp_chunk_values(fx.self), 2000);
        ck_assert_str_eq(fx_look(&fx, "CN=u4\\, x," AD_PEOPLE, "memberOf"), TEAM);
        ck_assert_str_eq(fx_look(&fx, "CN=inner," AD_GROUPS, "memberOf"), TEAM);
        op = members(&fx, team);
        mst_test_op_member(op, true, mst_test_new_object(people[0]), mst_test_new_name(people[0]));
        mst_test_op_member(op, false, mst_test_new_object(people[1]), mst_test_new_name(people[1]));
        mst_test_op_member(op, false, mst_test_new_object(people[2]), mst_test_new_name(people[2]));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 4);
        op = members(&fx, team);
        mst_test_op_member(op, false, mst_test_new_object(people[1]), mst_test_new_name(people[1]));
        mst_test_op_member(op, true, mst_test_new_object(people[2]), mst_test_new_name(people[2]));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 5);
        op = fx_op(&fx, MST_RENAME, MST_GROUP, "team");
        mst_test_op_object(op, mst_test_new_object(team), mst_test_new_name(team), NULL);
        fx_change(op, "cn", "team", "crew + \"A\"");
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, mst_test_new_name(op), "member"), 5);
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "cn"), "crew + \"A\"");
        fx_close(&fx);
}
END_TEST

/* A domain moves members along with who is renamed: who is told to leave by the old name does,
 * unless he joins by the new one. */
START_TEST(renamed)
{
        struct fixture fx;
        struct mst_op *op, *people[4], *team;
        char name[32], rdn[32];

        start(&fx, 0, true);
        for (int i = 0; i < 4; i++) {
                snprintf(name, sizeof name, "u%d", i);
                people[i] = person(&fx, name);
        }
        team = group(&fx, "team");
        fx_expect(&fx, MST_DONE);
        op = members(&fx, team);
        for (int i = 0; i < 4; i++)
                mst_test_op_member(op, true, mst_test_new_object(people[i]), mst_test_new_name(people[i]));
        fx_expect(&fx, MST_DONE);
        for (int i = 0; i < 3; i++) {
                snprintf(rdn, sizeof rdn, "CN=n%d", i);
                ck_assert_int_eq(ldap_rename_s(fx.admin, mst_test_new_name(people[i]), rdn, NULL, 1, NULL, NULL),
                                 LDAP_SUCCESS);
        }
        op = members(&fx, team);                         /* 0 leaves, 1 stays */
        mst_test_op_member(op, false, mst_test_new_object(people[0]), mst_test_new_name(people[0]));
        mst_test_op_member(op, false, mst_test_new_object(people[1]), mst_test_new_name(people[1]));
        mst_test_op_member(op, true, mst_test_new_object(people[1]), "CN=n1," AD_PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "CN=n1," AD_PEOPLE "|CN=n2," AD_PEOPLE "|CN=u3," AD_PEOPLE);
        op = members(&fx, team);                         /* alone in its op */
        mst_test_op_member(op, false, mst_test_new_object(people[2]), mst_test_new_name(people[2]));
        ck_assert_int_eq(fx_apply(&fx, &(struct mst_error){ 0 }), MST_OK);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "CN=n1," AD_PEOPLE "|CN=u3," AD_PEOPLE);
        fx_close(&fx);
}
END_TEST

/* Into a place that is made; somebody moved it, and the GUID leads there. */
START_TEST(places)
{
        struct fixture fx;
        struct mst_op *op, *made;

        start(&fx, 0, true);
        made = person(&fx, "ada");
        fx_put(mst_test_op_after(made), "@parent", "OU=Mitte,OU=Berlin");
        fx_expect(&fx, MST_DONE);
        ck_assert(fx_exists(&fx, "CN=ada,OU=Mitte,OU=Berlin," AD_PEOPLE));
        ck_assert_int_eq(ldap_rename_s(fx.admin, "CN=ada,OU=Mitte,OU=Berlin," AD_PEOPLE, "CN=ada", AD_PEOPLE, 1, NULL,
                                       NULL), LDAP_SUCCESS);
        op = fx_op(&fx, MST_UPDATE, MST_USER, "ada");
        mst_test_op_object(op, mst_test_new_object(made), mst_test_new_name(made), NULL);
        fx_change(op, "title", NULL, "Countess");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "CN=ada," AD_PEOPLE, "title"), "Countess");
        op = fx_op(&fx, MST_RENAME, MST_USER, "ada");    /* she is renamed where she is now */
        mst_test_op_object(op, mst_test_new_object(made), mst_test_new_name(made), NULL);
        fx_change(op, "cn", "ada", "countess");
        fx_change(op, "title", "Countess", NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "CN=countess," AD_PEOPLE, "cn"), "countess");
        ck_assert_str_eq(fx_look(&fx, "CN=countess," AD_PEOPLE, "title"), "");
        op = fx_op(&fx, MST_RENAME, MST_USER, "ada");    /* the name is so already: half of it was done */
        mst_test_op_object(op, mst_test_new_object(made), "CN=countess," AD_PEOPLE, NULL);
        fx_change(op, "cn", "ada", "countess");
        fx_change(op, "title", NULL, "Dame");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "CN=countess," AD_PEOPLE, "cn"), "countess");
        ck_assert_str_eq(fx_look(&fx, "CN=countess," AD_PEOPLE, "title"), "Dame");
        op = fx_op(&fx, MST_RENAME, MST_USER, "ada");
        mst_test_op_object(op, mst_test_new_object(made), "CN=countess," AD_PEOPLE, NULL);
        fx_change(op, "@parent", NULL, "OU=Lyon");
        fx_expect(&fx, MST_DONE);
        ck_assert(fx_exists(&fx, "CN=countess,OU=Lyon," AD_PEOPLE));
        op = fx_op(&fx, MST_DELETE, MST_USER, "ada");
        mst_test_op_object(op, mst_test_new_object(made), mst_test_new_name(made), NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, "CN=countess,OU=Lyon," AD_PEOPLE));
        fx_close(&fx);
}
END_TEST

TCase *
case_ad(void)
{
        TCase *tests = tcase_create("ad");

        tcase_set_timeout(tests, 240);
        tcase_add_loop_test(tests, type, 0, (int)(sizeof types / sizeof *types));
        tcase_add_test(tests, in_and_out);
        tcase_add_test(tests, renamed);
        tcase_add_test(tests, places);
        return tests;
}
