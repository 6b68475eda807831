/* places.c - where entries are: parents that are missing and are made, moves between
 * them, RDNs of several values. */
#include "shape.h"

#include <stdio.h>
#include <string.h>

static struct mst_op *
on(struct fixture *fx, enum mst_verb verb, const char *object, const char *dn)
{
        struct mst_op *op = fx_op(fx, verb, MST_USER, "record-1");

        ck_assert(mst_test_op_object(op, object, dn, NULL));
        return op;
}

static void
start(struct fixture *fx, bool parents, const char *rdn)
{
        fx_start(fx, "main");
        mst_plugin_ldap.sink->close(fx->self);
        fx->config.create_parents = parents;
        fx->config.user_rdn = (char *)rdn;
        ck_assert_int_eq(fx_open(fx, &(struct mst_error){ 0 }), MST_OK);
}

static struct mst_op *
person_in(struct fixture *fx, const char *uid, const char *parent)
{
        struct mst_op *op = fx_person(fx, uid);

        fx_put(mst_test_op_after(op), "@parent", parent);
        return op;
}

/* Which entries come to stand between the base and a new one. */
static const struct {
        const char *parent, *makes[4], *attribute, *value;       /* of the first of 'makes' */
} chains[] = {
        { "ou=Berlin", { "ou=Berlin" }, "objectClass", "organizationalUnit" },
        { "ou=Mitte,ou=Berlin,ou=DE", { "ou=Mitte,ou=Berlin,ou=DE", "ou=Berlin,ou=DE", "ou=DE" }, "ou", "Mitte" },
        { "l=Paris,c=FR", { "l=Paris,c=FR", "c=FR" }, "objectClass", "locality" },
        { "st=Bavaria", { "st=Bavaria" }, "objectClass", "locality" },
        { "o=Contoso\\, Ltd.", { "o=Contoso\\2C Ltd." }, "o", "Contoso, Ltd." },
        { "dc=a,dc=b", { "dc=a,dc=b", "dc=b" }, "objectClass", "domain" },
        { "ou=A+l=B", { "ou=A+l=B" }, "l", "B" },
        { "OU=caf\xc3\xa9 \\\"x\\\"", { "ou=caf\xc3\xa9 \\22x\\22" }, "ou", "caf\xc3\xa9 \"x\"" },
};

START_TEST(made)
{
        struct fixture fx;
        char dn[256];

        start(&fx, true, "uid");
        (void)person_in(&fx, "ada", chains[_i].parent);
        (void)person_in(&fx, "bob", chains[_i].parent);          /* both in flight: one is told that it exists */
        fx_expect(&fx, MST_DONE);
        for (size_t i = 0; i < 4 && chains[_i].makes[i] != NULL; i++) {
                snprintf(dn, sizeof dn, "%s,%s", chains[_i].makes[i], PEOPLE);
                ck_assert_msg(fx_exists(&fx, dn), "%s", dn);
        }
        snprintf(dn, sizeof dn, "%s,%s", chains[_i].makes[0], PEOPLE);
        ck_assert_str_eq(fx_look(&fx, dn, chains[_i].attribute), chains[_i].value);
        ck_assert_str_eq(fx_look(&fx, dn, "musterStamp"), "");
        ck_assert_uint_eq(fx_entries(&fx, dn, "(objectClass=person)"), 2);
        fx_close(&fx);
}
END_TEST

/* What is not made, and what is said. */
static const struct {
        bool option;
        const char *base, *parent, *says;
} refusals[] = {
        { false, PEOPLE, "ou=nowhere", "'ou=nowhere," PEOPLE "' does not exist" },
        { false, PEOPLE, "ou=x,ou=nowhere", "create it, or change the map of @parent" },
        { true, PEOPLE, "cn=box", "create-parents can make only entries that are named by" },
        { true, PEOPLE, "ou=x,cn=box", "'cn=box," PEOPLE "' does not exist, and create-parents" },
        { true, PEOPLE, "c=Germany", "(34)" },
        { true, "ou=missing," SUFFIX, "ou=x", "'ou=missing," SUFFIX "' does not exist" },
        { true, "ou=missing," SUFFIX, "", "'ou=missing," SUFFIX "' does not exist" },
};

START_TEST(not_made)
{
        struct fixture fx;
        struct mst_error err;

        start(&fx, refusals[_i].option, "uid");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.user_base = (char *)refusals[_i].base;
        ck_assert_int_eq(fx_open(&fx, &(struct mst_error){ 0 }), MST_OK);
        (void)person_in(&fx, "ada", refusals[_i].parent);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, refusals[_i].says);
        ck_assert(!fx_exists(&fx, "ou=missing," SUFFIX));
        ck_assert_uint_eq(fx_entries(&fx, SUFFIX, "(|(uid=ada)(ou=nowhere)(ou=x))"), 0);
        fx_close(&fx);
}
END_TEST

/* Without the option it waits, and works once the parent is there. */
START_TEST(comes_later)
{
        static const char *const unit[] = { "objectClass", "organizationalUnit", NULL };
        struct fixture fx;
        struct mst_error err;

        start(&fx, false, "uid");
        (void)person_in(&fx, "ada", "ou=later");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "does not exist");
        fx_forget(&fx);
        fx_make(&fx, "ou=later," PEOPLE, unit);
        (void)person_in(&fx, "ada", "ou=later");
        fx_expect(&fx, MST_DONE);
        ck_assert(fx_exists(&fx, "uid=ada,ou=later," PEOPLE));
        fx_close(&fx);
}
END_TEST

/* People move to places that are made for them; the place that they left stays. */
START_TEST(moved)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        start(&fx, true, "uid");
        (void)person_in(&fx, "ada", "ou=Berlin,ou=DE");
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, "uid=ada,ou=Berlin,ou=DE," PEOPLE);
        op = on(&fx, MST_RENAME, id, "uid=ada,ou=Berlin,ou=DE," PEOPLE);
        fx_change(op, "@parent", "ou=Berlin,ou=DE", "ou=Lyon,ou=FR");
        fx_change(op, "uid", "ada", "countess");
        fx_change(op, "title", NULL, "Analyst");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), "uid=countess,ou=Lyon,ou=FR," PEOPLE);
        ck_assert_str_eq(fx_id(&fx, "uid=countess,ou=Lyon,ou=FR," PEOPLE), id);
        ck_assert_str_eq(fx_look(&fx, "uid=countess,ou=Lyon,ou=FR," PEOPLE, "title"), "Analyst");
        ck_assert(fx_exists(&fx, "ou=Berlin,ou=DE," PEOPLE));
        op = on(&fx, MST_DELETE, id, "uid=countess,ou=Lyon,ou=FR," PEOPLE);
        fx_expect(&fx, MST_DONE);
        ck_assert(fx_exists(&fx, "ou=Lyon,ou=FR," PEOPLE));

        (void)fx_op(&fx, MST_CREATE, MST_GROUP, "team");         /* groups too */
        fx_put(mst_test_op_after(fx.ops[0]), "cn", "team");
        fx_put(mst_test_op_after(fx.ops[0]), "@parent", "ou=teams");
        fx_expect(&fx, MST_DONE);
        ck_assert(fx_exists(&fx, "cn=team,ou=teams," GROUPS));
        fx_close(&fx);
}
END_TEST

/* Five hundred at once into a tree that is not there: every one arrives. */
START_TEST(many_at_once)
{
        struct fixture fx;
        char uid[32], parent[64];

        start(&fx, true, "uid");
        for (int i = 0; i < 500; i++) {
                snprintf(uid, sizeof uid, "u%d", i);
                snprintf(parent, sizeof parent, "ou=t%d,ou=d%d,ou=top", i % 7, i % 3);
                (void)person_in(&fx, uid, parent);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), 500);
        ck_assert_uint_eq(fx_entries(&fx, "ou=top," PEOPLE, "(objectClass=organizationalUnit)"), 1 + 3 + 21);
        fx_close(&fx);
}
END_TEST

#define ADA "cn=Ada+uid=ada," PEOPLE

/* One of an RDN's values changes, then the other, then both; old values go, and those that
 * were never in the name stay. */
START_TEST(several_values)
{
        static const char *const before[] = { "ada", "adal" }, *const after[] = { "al", "adal" };
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        start(&fx, false, "cn+uid");
        op = fx_person(&fx, "ada");
        fx_put(mst_test_op_after(op), "cn", "Ada");
        fx_list(mst_test_op_after(op), "uid", before, 2);
        fx_expect(&fx, MST_DONE);
        id = fx_id(&fx, ADA);
        ck_assert_str_eq(mst_test_new_name(op), ADA);
        ck_assert_str_eq(fx_look(&fx, ADA, "uid"), "ada|adal");

        op = on(&fx, MST_RENAME, id, ADA);
        fx_put(mst_test_op_before(op), "cn", "Ada");
        fx_put(mst_test_op_after(op), "cn", "Ada");
        fx_list(mst_test_op_before(op), "uid", before, 2);
        fx_list(mst_test_op_after(op), "uid", after, 2);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_id(&fx, "cn=Ada+uid=al," PEOPLE), id);
        ck_assert_str_eq(fx_look(&fx, "cn=Ada+uid=al," PEOPLE, "uid"), "adal|al");
        ck_assert_str_eq(fx_look(&fx, "cn=Ada+uid=al," PEOPLE, "cn"), "Ada");

        op = on(&fx, MST_RENAME, id, "uid=al+cn=Ada," PEOPLE);   /* in whatever order it is told */
        fx_change(op, "cn", "Ada", "Ada, Countess + \"L\"");
        fx_list(mst_test_op_before(op), "uid", after, 2);
        fx_list(mst_test_op_after(op), "uid", after, 2);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "cn"), "Ada, Countess + \"L\"");
        ck_assert_str_eq(fx_look(&fx, mst_test_new_name(op), "uid"), "adal|al");
        ck_assert_str_eq(fx_id(&fx, mst_test_new_name(op)), id);

        op = on(&fx, MST_UPDATE, id, mst_test_new_name(op));     /* a value that is not in the name */
        fx_put(mst_test_op_before(op), "cn", "Ada, Countess + \"L\"");
        fx_put(mst_test_op_after(op), "cn", "Ada, Countess + \"L\"");
        fx_list(mst_test_op_before(op), "uid", after, 2);
        fx_list(mst_test_op_after(op), "uid", after, 1);
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(&(uid=al)(!(uid=adal)))"), 1);
        fx_close(&fx);
}
END_TEST

/* Names go round in a circle of two, of three, of many; along a chain; and one wants the
 * name of somebody who keeps it. */
static const struct {
        const char *from[5], *to[5];
        size_t done;                     /* the rest are duplicates and stay as they are */
} circles[] = {
        { { "a", "b" }, { "b", "a" }, 2 },
        { { "a", "b", "c" }, { "b", "c", "a" }, 3 },
        { { "a", "b", "c", "d", "e" }, { "b", "c", "d", "e", "a" }, 5 },
        { { "a", "b", "c" }, { "b", "c", "free" }, 3 },
        { { "a", "b" }, { "taken", "free" }, 1 },
        { { "a", "b", "c" }, { "b", "a", "taken" }, 2 },
        { { "a", "b" }, { "b", "taken" }, 0 },
};

START_TEST(round_and_round)
{
        static const char *const plain[] = { "objectClass", "inetOrgPerson", "cn", "Somebody", "sn", "Else", NULL };
        struct mst_op *op[5];
        struct fixture fx;
        struct mst_error err;
        const char *ids[5];
        size_t count = 0, done = 0;
        char dn[128];

        start(&fx, false, "uid");
        fx_make(&fx, "uid=taken," PEOPLE, plain);
        for (; count < 5 && circles[_i].from[count] != NULL; count++)
                op[count] = fx_person(&fx, circles[_i].from[count]);
        fx_expect(&fx, MST_DONE);
        for (size_t i = 0; i < count; i++) {
                snprintf(dn, sizeof dn, "uid=%s,%s", circles[_i].from[i], PEOPLE);
                ids[i] = fx_id(&fx, dn);
                op[i] = on(&fx, MST_RENAME, ids[i], dn);
                fx_change(op[i], "uid", circles[_i].from[i], circles[_i].to[i]);
                fx_change(op[i], "title", NULL, circles[_i].to[i]);
        }
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        for (size_t i = 0; i < count; i++) {
                bool ok = mst_test_outcome(op[i]) == MST_DONE;

                done += ok;
                if (!ok)
                        fx_outcome(&fx, i, MST_DUPLICATE, "there is already such an entry");
                snprintf(dn, sizeof dn, "uid=%s,%s", ok ? circles[_i].to[i] : circles[_i].from[i], PEOPLE);
                ck_assert_str_eq(fx_id(&fx, dn), ids[i]);
                ck_assert_str_eq(fx_look(&fx, dn, "uid"), ok ? circles[_i].to[i] : circles[_i].from[i]);
                ck_assert_str_eq(fx_look(&fx, dn, "title"), ok ? circles[_i].to[i] : "");
        }
        ck_assert_uint_eq(done, circles[_i].done);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(uid=muster-*)"), 0);
        fx_close(&fx);
}
END_TEST

TCase *
case_places(void)
{
        TCase *places = tcase_create("places");

        tcase_set_timeout(places, 120);
        tcase_add_loop_test(places, made, 0, (int)(sizeof chains / sizeof *chains));
        tcase_add_loop_test(places, not_made, 0, (int)(sizeof refusals / sizeof *refusals));
        tcase_add_test(places, comes_later);
        tcase_add_test(places, moved);
        tcase_add_test(places, many_at_once);
        tcase_add_test(places, several_values);
        tcase_add_loop_test(places, round_and_round, 0, (int)(sizeof circles / sizeof *circles));
        return places;
}
