/* strays.c - who is renamed and leaves in one run is told to the sink by the old name: where
 * the server has moved the group's link along, the new one must go; and must stay where the
 * same op lets its bearer in. */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../plugins/ldap/kind.h"

#define TEAM "cn=team," GROUPS
#define ADA "uid=ada," PEOPLE
#define ADA_LOUD "UID=Ada, ou=People,dc=contoso,DC=example"
#define BOB "uid=bob," PEOPLE
#define COUNTESS "uid=countess," PEOPLE
#define MANY 300

/* "main" does not follow who is renamed, "linked" and "ds" do. */
static const char *const servers[] = { "main", "linked", "ds" };

static void
start(struct fixture *fx, const char *server, enum ldp_kind_name kind)
{
        struct mst_error err = { 0 };

        fx_start(fx, server);
        mst_plugin_ldap.sink->close(fx->self);
        fx->config.group_kind = kind;
        fx->config.group_classes = NULL;
        fx->config.member_attribute = NULL;
        fx->config.group_stamp = NULL;
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static struct mst_op *
make_group(struct fixture *fx, const char *name)
{
        struct mst_op *op = fx_op(fx, MST_CREATE, MST_GROUP, name);

        fx_put(mst_test_op_after(op), "cn", name);
        return op;
}

static struct mst_op *
members(struct fixture *fx, const struct mst_op *group)
{
        struct mst_op *op = fx_op(fx, MST_MEMBERS, MST_GROUP, "team");

        ck_assert(mst_test_op_object(op, mst_test_new_object(group), mst_test_new_name(group), NULL));
        return op;
}

/* Renamed past the sink; a server that follows does so soon, and slapd not at once. */
static void
rename_to(struct fixture *fx, const char *server, const char *from, const char *rdn, const char *dn)
{
        char filter[512];

        ck_assert_int_eq(ldap_rename_s(fx->admin, from, rdn, NULL, 1, NULL, NULL), LDAP_SUCCESS);
        snprintf(filter, sizeof filter, "(|(member=%s)(uniqueMember=%s))", dn, dn);
        for (int i = 0; strcmp(server, "main") != 0 && fx_entries(fx, GROUPS, filter) == 0; i++) {
                ck_assert_msg(i < 1200, "%s does not follow who is renamed", server);
                usleep(50000);
        }
}

/* Ada and Bob are in the group.  Then she is, or is not, called Countess ... */
enum { RENAMED = 1, OUT_BY_HAND = 2, DELETED = 4 };

/* ... and the op takes out and lets in: 'a' and 'c' are Ada by her old and new name, 'A' is her old
 * one in another spelling, 'b' is Bob. */
static const struct {
        const char *what;
        int before;
        const char *out, *in, *left;
} cases[] = {
        { "leaves", 0, "a", "", BOB },
        { "renamed and leaves", RENAMED, "a", "", BOB },
        { "renamed and stays", RENAMED, "a", "c", BOB "|" COUNTESS },
        { "renamed and leaves, the other is let in again", RENAMED, "a", "b", BOB },
        { "renamed, and both leave", RENAMED, "ab", "", NULL },
        { "renamed by somebody else, leaves by the new name", RENAMED, "c", "", BOB },
        { "told twice", RENAMED, "aa", "", BOB },
        { "out already", OUT_BY_HAND, "a", "", BOB },
        { "out already and renamed", RENAMED | OUT_BY_HAND, "a", "", BOB },
        { "out already and let in", RENAMED | OUT_BY_HAND, "a", "c", BOB "|" COUNTESS },
        { "deleted", DELETED, "a", "", BOB },
        { "the same name, spelled in another way", 0, "a", "A", ADA "|" BOB },
        { "the same, and the other leaves", 0, "Ab", "a", ADA },
};

static void
tell(struct mst_op *op, bool joins, const char *letters, const struct mst_op *ada, const struct mst_op *bob)
{
        for (; *letters != '\0'; letters++)
                mst_test_op_member(op, joins, mst_test_new_object(*letters == 'b' ? bob : ada),
                                   *letters == 'b' ? BOB : *letters == 'c' ? COUNTESS : *letters == 'A' ? ADA_LOUD : ADA);
}

/* The name that is not followed, on "main", is there until the op takes it out. */
static void
before(struct fixture *fx, const char *server, const char *attribute, int what)
{
        if ((what & OUT_BY_HAND) != 0)
                fx_modify(fx, TEAM, LDAP_MOD_DELETE, attribute, ADA);
        if (what == RENAMED)
                rename_to(fx, server, ADA, "uid=countess", COUNTESS);
        else if ((what & RENAMED) != 0)
                ck_assert_int_eq(ldap_rename_s(fx->admin, ADA, "uid=countess", NULL, 1, NULL, NULL), LDAP_SUCCESS);
        if (what == DELETED)
                fx_delete(fx, ADA);
}

static void
one_case(const char *server, enum ldp_kind_name kind, const char *attribute, size_t number)
{
        struct mst_op *ada, *bob, *team, *op;
        struct fixture fx;
        const char *left = cases[number].left, *there;

        start(&fx, server, kind);
        ada = fx_person(&fx, "ada");
        bob = fx_person(&fx, "bob");
        fx_expect(&fx, MST_DONE);
        team = make_group(&fx, "team");
        tell(team, true, "ab", ada, bob);
        fx_expect(&fx, MST_DONE);
        before(&fx, server, attribute, cases[number].before);
        op = members(&fx, team);
        tell(op, false, cases[number].out, ada, bob);
        tell(op, true, cases[number].in, ada, bob);
        ck_assert_int_eq(fx_apply(&fx, &(struct mst_error){ 0 }), MST_OK);
        ck_assert_msg(mst_test_outcome(op) == MST_DONE || mst_test_outcome(op) == MST_ALREADY, "%s, %s: outcome %d", server,
                      cases[number].what, mst_test_outcome(op));
        there = fx_look(&fx, TEAM, attribute);
        if (left == NULL)
                left = strcmp(server, "ds") == 0 ? "" : LOGIN;
        /* by hand is by hand: nobody knew that name on a server that does not follow */
        if (strcmp(server, "main") == 0 && strcmp(cases[number].out, "c") == 0)
                left = ADA "|" BOB;
        ck_assert_msg(strcmp(there, left) == 0, "%s, %s: '%s' instead of '%s'", server, cases[number].what, there, left);
        fx_close(&fx);
}

START_TEST(one)
{
        size_t count = sizeof cases / sizeof *cases, server = (size_t)_i / count;

        one_case(servers[server], LDP_KIND_NAMES, "member", (size_t)_i % count);
}
END_TEST

START_TEST(unique)
{
        one_case("linked", LDP_KIND_UNIQUE, "uniqueMember", (size_t)_i);
}
END_TEST

/* Many at once: every second one stays under the new name, the others leave. */
START_TEST(many)
{
        static struct mst_op *people[MANY];
        char uid[32], old[128], now[128];
        struct mst_op *team, *op;
        const char *server = servers[_i];
        struct fixture fx;

        start(&fx, server, LDP_KIND_NAMES);
        for (int i = 0; i < MANY; i++) {
                snprintf(uid, sizeof uid, "u%d", i);
                people[i] = fx_person(&fx, uid);
        }
        fx_expect(&fx, MST_DONE);
        team = make_group(&fx, "team");
        for (int i = 0; i < MANY; i++)
                mst_test_op_member(team, true, mst_test_new_object(people[i]), mst_test_new_name(people[i]));
        fx_expect(&fx, MST_DONE);
        op = members(&fx, team);
        for (int i = 0; i < MANY; i++) {
                snprintf(uid, sizeof uid, "uid=n%d", i);
                snprintf(old, sizeof old, "uid=u%d," PEOPLE, i);
                snprintf(now, sizeof now, "uid=n%d," PEOPLE, i);
                rename_to(&fx, server, old, uid, now);
                mst_test_op_member(op, false, mst_test_new_object(people[i]), old);
                if (i % 2 == 0)
                        mst_test_op_member(op, true, mst_test_new_object(people[i]), now);
        }
        ck_assert_int_eq(fx_apply(&fx, &(struct mst_error){ 0 }), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), MANY / 2);
        for (int i = 0; i < MANY; i++) {
                snprintf(now, sizeof now, "(member=uid=n%d," PEOPLE ")", i);
                ck_assert_msg(fx_entries(&fx, TEAM, now) == (size_t)(i % 2 == 0), "%s: n%d", server, i);
        }
        fx_close(&fx);
}
END_TEST

/* Everybody has the name of the one after him now, and the last one a new one.  All stay, in any
 * order of telling: a name that somebody leaves by is the next one's to come by.  One is in
 * doubt, so that large groups are read again. */
START_TEST(exchanged)
{
        static struct mst_op *people[MANY];
        char name[32], old[128], now[128];
        const char *server = servers[_i % 3];
        const int count = _i / 3 == 0 ? 8 : 40;
        struct mst_op *team, *op;
        struct fixture fx;

        start(&fx, server, LDP_KIND_NAMES);
        for (int i = 0; i < count; i++) {
                snprintf(name, sizeof name, "u%d", i);
                people[i] = fx_person(&fx, name);
        }
        fx_expect(&fx, MST_DONE);
        team = make_group(&fx, "team");
        for (int i = 0; i < count; i++)
                mst_test_op_member(team, true, mst_test_new_object(people[i]), mst_test_new_name(people[i]));
        fx_expect(&fx, MST_DONE);
        op = members(&fx, team);
        for (int i = count - 1; i >= 0; i--) {
                snprintf(name, sizeof name, "uid=u%d", i + 1);
                snprintf(old, sizeof old, "uid=u%d," PEOPLE, i);
                snprintf(now, sizeof now, "uid=u%d," PEOPLE, i + 1);
                rename_to(&fx, server, old, name, now);
                mst_test_op_member(op, i % 2 == 0, mst_test_new_object(people[i]), i % 2 == 0 ? now : old);
                mst_test_op_member(op, i % 2 != 0, mst_test_new_object(people[i]), i % 2 != 0 ? now : old);
        }
        mst_test_op_member(op, false, "11111111-2222-3333-4444-555555555555", "uid=nobody," PEOPLE);
        ck_assert_int_eq(fx_apply(&fx, &(struct mst_error){ 0 }), MST_OK);
        ck_assert_uint_eq(fx_values(&fx, TEAM, "member"), (size_t)count);
        for (int i = 1; i <= count; i++) {
                snprintf(now, sizeof now, "(member=uid=u%d," PEOPLE ")", i);
                ck_assert_msg(fx_entries(&fx, TEAM, now) == 1, "%s: u%d is out", server, i);
        }
        fx_close(&fx);
}
END_TEST

/* A group in a group lies below another base. */
START_TEST(nested)
{
        struct mst_op *inner, *team, *op;
        struct fixture fx;

        start(&fx, "linked", LDP_KIND_NAMES);
        inner = make_group(&fx, "inner");
        fx_expect(&fx, MST_DONE);
        team = make_group(&fx, "team");
        mst_test_op_member(team, true, mst_test_new_object(inner), mst_test_new_name(inner));
        fx_expect(&fx, MST_DONE);
        rename_to(&fx, "linked", "cn=inner," GROUPS, "cn=core", "cn=core," GROUPS);
        op = members(&fx, team);
        mst_test_op_member(op, false, mst_test_new_object(inner), "cn=inner," GROUPS);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, TEAM, "member"), LOGIN);
        fx_close(&fx);
}
END_TEST

/* Account names: no server follows them; somebody may have put them right by hand. */
static const struct {
        bool by_hand;
        const char *in, *left;
} accounts[] = { { false, "", "bob" }, { false, "c", "bob|countess" }, { true, "", "bob" }, { true, "c", "bob|countess" } };

START_TEST(account)
{
        struct mst_op *ada, *bob, *team, *op;
        struct fixture fx;

        start(&fx, "main", LDP_KIND_POSIX);
        ada = fx_person(&fx, "ada");
        bob = fx_person(&fx, "bob");
        fx_expect(&fx, MST_DONE);
        team = make_group(&fx, "team");
        fx_put(mst_test_op_after(team), "gidNumber", "20001");
        tell(team, true, "ab", ada, bob);
        fx_expect(&fx, MST_DONE);
        rename_to(&fx, "main", ADA, "uid=countess", COUNTESS);
        if (accounts[_i].by_hand) {
                fx_modify(&fx, TEAM, LDAP_MOD_DELETE, "memberUid", "ada");
                fx_modify(&fx, TEAM, LDAP_MOD_ADD, "memberUid", "countess");
        }
        op = members(&fx, team);
        tell(op, false, "a", ada, bob);
        tell(op, true, accounts[_i].in, ada, bob);
        ck_assert_int_eq(fx_apply(&fx, &(struct mst_error){ 0 }), MST_OK);
        ck_assert_str_eq(fx_look(&fx, TEAM, "memberUid"), accounts[_i].left);
        fx_close(&fx);
}
END_TEST

TCase *
case_strays(void)
{
        TCase *tests = tcase_create("strays");
        int count = (int)(sizeof cases / sizeof *cases);
        bool others = getenv("SHAPE_OTHERS") != NULL;

        tcase_set_timeout(tests, 240);
        tcase_add_loop_test(tests, one, others ? 2 * count : 0, others ? 3 * count : 2 * count);
        tcase_add_loop_test(tests, many, others ? 2 : 0, others ? 3 : 2);
        tcase_add_loop_test(tests, exchanged, others ? 2 : 0, others ? 3 : 2);
        tcase_add_loop_test(tests, exchanged, others ? 5 : 3, others ? 6 : 5);
        if (others)
                return tests;
        tcase_add_loop_test(tests, unique, 0, count);
        tcase_add_test(tests, nested);
        tcase_add_loop_test(tests, account, 0, (int)(sizeof accounts / sizeof *accounts));
        return tests;
}
