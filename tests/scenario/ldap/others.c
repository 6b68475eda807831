/* others.c - the same on a 389 Directory Server, which has neither assertions nor a schema
 * that demands members: what stands for the one, and that there is no placeholder. */
#include "shape.h"

#include <stdio.h>
#include <string.h>

#include "../../../plugins/ldap/chunk.h"
#include "../../../plugins/ldap/sink.h"

#define TEAM "cn=team," GROUPS
#define ADA "uid=ada," PEOPLE
#define ID "nsUniqueId"

static const char *
id_of(struct fixture *fx, const char *dn)
{
        static char ids[8][64];
        static size_t next;
        const char *id = fx_look(fx, dn, ID);

        ck_assert_msg(id != NULL && strlen(id) == 35, "no entry %s", dn);
        return strcpy(ids[next++ % 8], id);
}

static struct mst_op *
on(struct fixture *fx, enum mst_verb verb, enum mst_kind kind, const char *id, const char *dn, const char *stamp)
{
        struct mst_op *op = fx_op(fx, verb, kind, "record-1");

        ck_assert(mst_test_op_object(op, id, dn, NULL));
        ck_assert(mst_test_op_stamp(op, stamp));
        return op;
}

static void
start(struct fixture *fx)
{
        struct mst_error err = { 0 };

        fx_start(fx, "ds");
        mst_plugin_ldap.sink->close(fx->self);
        fx->config.group_kind = LDP_KIND_NAMES;
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static const char *
make_ada(struct fixture *fx)
{
        (void)fx_person(fx, "ada");
        fx_expect(fx, MST_DONE);
        return id_of(fx, ADA);
}

/* Somebody else's entry takes the name, with that stamp or none. */
static void
take_name(struct fixture *fx, const char *stamp)
{
        static const char *const plain[] = { "objectClass", "inetOrgPerson", "cn", "Else", "sn", "Else", NULL };

        fx_add(fx, ADA, plain);
        if (stamp == NULL)
                return;
        fx_modify(fx, ADA, LDAP_MOD_ADD, "objectClass", "musterObject");
        fx_modify(fx, ADA, LDAP_MOD_ADD, "musterStamp", stamp);
}

/* Changes meant for Ada, who was moved, while another has her name: she is followed, and
 * the other is left alone, whatever stamp he bears. */
static const struct {
        enum mst_verb verb;
        const char *stamp;
} meant[] = {
        { MST_UPDATE, "stamp-of-another" }, { MST_UPDATE, NULL }, { MST_UPDATE, "stamp-ada" },
        { MST_RENAME, "stamp-of-another" }, { MST_RENAME, NULL },
        { MST_DELETE, "stamp-of-another" }, { MST_DELETE, NULL },
        { MST_ADOPT, "stamp-of-another" }, { MST_ADOPT, NULL },
        { MST_DISABLE, "stamp-of-another" }, { MST_DISABLE, NULL },
};

START_TEST(impostor)
{
        enum mst_verb verb = meant[_i].verb;
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        start(&fx);
        id = make_ada(&fx);
        ck_assert_int_eq(ldap_rename_s(fx.admin, ADA, "uid=moved", NULL, 1, NULL, NULL), LDAP_SUCCESS);
        take_name(&fx, meant[_i].stamp);
        op = on(&fx, verb, MST_USER, id, ADA, "stamp-ada");
        if (verb != MST_DELETE && verb != MST_RENAME)
                fx_change(op, "title", NULL, "Countess");
        if (verb == MST_RENAME)
                fx_change(op, "uid", "ada", "countess");
        fx_expect(&fx, MST_DONE);
        if (verb == MST_UPDATE && meant[_i].stamp != NULL && strcmp(meant[_i].stamp, "stamp-ada") == 0) {
                /* two entries with her stamp: that one was taken for her */
                ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Countess");
                fx_close(&fx);
                return;
        }
        ck_assert_str_eq(fx_look(&fx, ADA, "cn"), "Else");
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "");
        ck_assert_str_eq(fx_look(&fx, ADA, "musterStamp"), meant[_i].stamp != NULL ? meant[_i].stamp : "");
        ck_assert_str_eq(fx_look(&fx, ADA, "nsAccountLock"), "");
        if (verb == MST_DELETE)
                ck_assert(!fx_exists(&fx, "uid=moved," PEOPLE));
        else if (verb == MST_RENAME)
                ck_assert_str_eq(id_of(&fx, "uid=countess," PEOPLE), id);
        else
                ck_assert_str_eq(fx_look(&fx, "uid=moved," PEOPLE, "title"), "Countess");
        fx_close(&fx);
}
END_TEST

/* She bears no stamp, though we think so: she is looked at, and then changed all the same. */
START_TEST(unstamped)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        start(&fx);
        id = make_ada(&fx);
        fx_modify(&fx, ADA, LDAP_MOD_DELETE, "musterStamp", NULL);
        op = on(&fx, MST_UPDATE, MST_USER, id, ADA, "stamp-ada");
        fx_change(op, "title", NULL, "Countess");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Countess");
        fx_close(&fx);
}
END_TEST

/* Empty groups are right there: no placeholder comes; who is in already is told. */
START_TEST(empty_groups)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;
        char name[64];

        start(&fx);
        op = fx_op(&fx, MST_CREATE, MST_GROUP, "team");
        fx_put(mst_test_op_after(op), "cn", "team");
        mst_test_op_stamp(op, "team");
        fx_expect(&fx, MST_DONE);
        id = id_of(&fx, TEAM);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "");
        op = on(&fx, MST_MEMBERS, MST_GROUP, id, TEAM, "team");
        mst_test_op_member(op, true, "id", ADA);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), ADA);
        op = on(&fx, MST_MEMBERS, MST_GROUP, id, TEAM, "team");
        for (int i = 0; i < 100; i++) {
                snprintf(name, sizeof name, "uid=u%d,%s", i, PEOPLE);
                mst_test_op_member(op, true, "id", i == 50 ? ADA : name);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(mst_test_member_outcome(op, 50, NULL), MST_ALREADY);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 100);
        op = on(&fx, MST_MEMBERS, MST_GROUP, id, TEAM, "team");
        for (int i = 0; i < 100; i++) {
                snprintf(name, sizeof name, "uid=u%d,%s", i, PEOPLE);
                mst_test_op_member(op, false, "id", i == 50 ? ADA : name);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), "");
        fx_close(&fx);
}
END_TEST

/* It ends connections that bring more than two megabytes. */
START_TEST(too_large)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;
        char name[256];

        start(&fx);
        op = fx_op(&fx, MST_CREATE, MST_GROUP, "team");
        fx_put(mst_test_op_after(op), "cn", "team");
        fx_expect(&fx, MST_DONE);
        id = id_of(&fx, TEAM);
        op = on(&fx, MST_MEMBERS, MST_GROUP, id, TEAM, "");
        for (int i = 0; i < 12000; i++) {
                snprintf(name, sizeof name, "uid=%0180d,%s", i, PEOPLE);
                mst_test_op_member(op, true, "id", name);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), 12000);
        ck_assert_uint_lt(ldp_chunk_bytes(fx.self), 2097152);
        fx_close(&fx);
}
END_TEST

/* Numbers, parents, several values in a name: as with slapd, by other means. */
START_TEST(the_rest)
{
        static char *classes[] = { (char *)"top", (char *)"inetOrgPerson", (char *)"posixAccount",
                                   (char *)"musterObject", NULL };
        struct fixture fx;
        struct mst_op *op;
        const char *id;
        char uid[16];

        start(&fx);
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.user_rdn = (char *)"cn+uid";
        fx.config.user_classes = classes;
        fx.config.create_parents = true;
        fx.config.number_attribute = (char *)"uidNumber";
        fx.config.number_range = (char *)"20000-20999";
        ck_assert_int_eq(fx_open(&fx, &(struct mst_error){ 0 }), MST_OK);
        for (int i = 0; i < 20; i++) {
                snprintf(uid, sizeof uid, "u%d", i);
                op = fx_person(&fx, uid);
                fx_put(mst_test_op_after(op), "@parent", "ou=Mitte\\, \\\"1\\\",ou=Berlin");
                fx_put(mst_test_op_after(op), "homeDirectory", "/");
                fx_put(mst_test_op_after(op), "gidNumber", "1");
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, "ou=Berlin," PEOPLE, "(&(uidNumber>=20000)(uidNumber<=20019))"), 20);
        id = id_of(&fx, mst_test_new_name(op));
        ck_assert_str_eq(id, mst_test_new_object(op));
        op = on(&fx, MST_RENAME, MST_USER, id, mst_test_new_name(op), "stamp-u19");
        fx_change(op, "cn", "u19", "Ada, \"L\" + #");
        fx_change(op, "uid", "u19", "u19");      /* not a change, but wanted */
        fx_change(op, "@parent", "ou=Mitte\\, \\\"1\\\",ou=Berlin", "l=Lyon,c=FR");
        fx_change(op, "title", NULL, "Countess");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(id_of(&fx, mst_test_new_name(op)), id);
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "title"), "Countess");
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "cn"), "Ada, \"L\" + #");
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "uid"), "u19");
        fx_close(&fx);
}
END_TEST

TCase *
case_others(void)
{
        TCase *tests = tcase_create("others");

        tcase_set_timeout(tests, 240);
        tcase_add_loop_test(tests, impostor, 0, (int)(sizeof meant / sizeof *meant));
        tcase_add_test(tests, unstamped);
        tcase_add_test(tests, empty_groups);
        tcase_add_test(tests, too_large);
        tcase_add_test(tests, the_rest);
        return tests;
}
