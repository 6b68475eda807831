/* numbers.c - numbers like uidNumber: drawn from a counter or above the highest in use,
 * never twice, not even after a crash, a deletion or a lost answer. */
#include "shape.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/ldap/sink.h"

#define COUNTER "cn=uidNext,ou=services," SUFFIX
#define RANGE "20000-20999"

static char *classes[] = { (char *)"top", (char *)"person", (char *)"organizationalPerson", (char *)"inetOrgPerson",
                           (char *)"posixAccount", (char *)"musterObject", NULL };

static void
open_again(struct fixture *fx)
{
        struct mst_error err = { 0 };

        if (fx->self != NULL)
                mst_plugin_ldap.sink->close(fx->self);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static void
make_counter(struct fixture *fx, const char *next)
{
        char *values[3][3] = { { (char *)"applicationProcess", (char *)"extensibleObject", NULL },
                               { (char *)"uidNext", NULL }, { (char *)next, NULL } };
        LDAPMod mods[] = {
                { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)"objectClass", .mod_values = values[0] },
                { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)"cn", .mod_values = values[1] },
                { .mod_op = LDAP_MOD_ADD, .mod_type = (char *)"uidNumber", .mod_values = values[2] },
        };
        LDAPMod *list[] = { &mods[0], &mods[1], &mods[2], NULL };

        ck_assert_int_eq(ldap_add_ext_s(fx->admin, COUNTER, list, NULL, NULL), LDAP_SUCCESS);
}

static void
start(struct fixture *fx, const char *range, const char *counter)
{
        fx_start(fx, "main");
        fx->config.user_classes = classes;
        fx->config.number_attribute = (char *)"uidNumber";
        fx->config.number_range = (char *)range;
        fx->config.number_counter = (char *)(counter != NULL ? COUNTER : NULL);
        open_again(fx);
        (void)ldap_delete_ext_s(fx->admin, COUNTER, NULL, NULL);
        if (counter != NULL && counter[0] != '\0')
                make_counter(fx, counter);
}

/* An account that somebody else has made. */
static void
make_theirs(struct fixture *fx, const char *dn, const char *number)
{
        static const char *const plain[] = { "objectClass", "account", NULL };

        (void)ldap_delete_ext_s(fx->admin, dn, NULL, NULL);
        fx_make(fx, dn, plain);
        fx_modify(fx, dn, LDAP_MOD_ADD, "objectClass", "extensibleObject");
        fx_modify(fx, dn, LDAP_MOD_ADD, "uidNumber", number);
}

static struct mst_op *
account(struct fixture *fx, const char *uid)
{
        struct mst_op *op = fx_person(fx, uid);

        fx_put(mst_test_op_after(op), "homeDirectory", "/home/x");
        fx_put(mst_test_op_after(op), "gidNumber", "100");
        return op;
}

static void
accounts(struct fixture *fx, const char *prefix, int count)
{
        char uid[32];

        for (int i = 0; i < count; i++) {
                snprintf(uid, sizeof uid, "%s%d", prefix, i);
                (void)account(fx, uid);
        }
}

static int
number_of(struct fixture *fx, const char *uid)
{
        char dn[128];
        const char *text;

        snprintf(dn, sizeof dn, "uid=%s,%s", uid, PEOPLE);
        text = fx_look(fx, dn, "uidNumber");
        ck_assert_msg(text != NULL && text[0] != '\0', "%s has no number", dn);
        return (int)strtol(text, NULL, 10);
}

static int
by_value(const void *a, const void *b)
{
        return *(const int *)a - *(const int *)b;
}

/* All that people have are different, from 'least' on with 'gaps' left out at most. */
static void
expect_numbers(struct fixture *fx, size_t count, int least, int gaps)
{
        char *wanted[] = { (char *)"uidNumber", NULL };
        static int numbers[4096];
        LDAPMessage *found = NULL;
        size_t used = 0;

        ck_assert_int_eq(ldap_search_ext_s(fx->admin, PEOPLE, LDAP_SCOPE_SUBTREE, "(uidNumber=*)", wanted, 0, NULL, NULL,
                                           NULL, 0, &found), LDAP_SUCCESS);
        for (LDAPMessage *e = ldap_first_entry(fx->admin, found); e != NULL; e = ldap_next_entry(fx->admin, e)) {
                struct berval **values = ldap_get_values_len(fx->admin, e, "uidNumber");

                numbers[used++] = (int)strtol(values[0]->bv_val, NULL, 10);
                ldap_value_free_len(values);
        }
        ldap_msgfree(found);
        ck_assert_uint_eq(used, count);
        qsort(numbers, used, sizeof *numbers, by_value);
        ck_assert_int_eq(numbers[0], least);
        for (size_t i = 1; i < used; i++)
                ck_assert_msg(numbers[i] != numbers[i - 1], "%d twice", numbers[i]);
        ck_assert_int_le(numbers[used - 1], least + (int)used - 1 + gaps);
}

/* The ways to draw: increment, exchange of the counter's value, and without a counter. */
static const struct {
        const char *counter;
        bool increment;
} ways[] = { { "20000", true }, { "20000", false }, { NULL, false } };

/* One of them, and whether this server can do it. */
static void
choose(struct fixture *fx, int way)
{
        struct ldp_sink *sink = fx->self;
        struct ldp_conn *conn = NULL;
        struct mst_error err = { 0 };

        ck_assert_int_eq(ldp_sink_first(sink, &conn, &err), MST_OK);
        ck_assert(sink->dir.server.increment && sink->dir.server.pre_read);
        sink->dir.server.increment = ways[way].increment;
}

static void
begin(struct fixture *fx, int way)
{
        start(fx, RANGE, ways[way].counter);
        choose(fx, way);
}

/* Three hundred, then a later run that goes on with what was left. */
START_TEST(drawn)
{
        struct fixture fx;

        begin(&fx, _i);
        accounts(&fx, "a", 300);
        fx_expect(&fx, MST_DONE);
        expect_numbers(&fx, 300, 20000, 0);
        if (ways[_i].counter != NULL)
                ck_assert_str_eq(fx_look(&fx, COUNTER, "uidNumber"), "20384");
        open_again(&fx);
        choose(&fx, _i);
        accounts(&fx, "b", 84);
        fx_expect(&fx, MST_DONE);
        expect_numbers(&fx, 384, 20000, 0);
        if (ways[_i].counter != NULL)
                ck_assert_str_eq(fx_look(&fx, COUNTER, "uidNumber"), "20384");
        fx_close(&fx);
}
END_TEST

/* A number in use is left out, one whose owner was deleted is not given again; nor one that
 * was kept when the program was killed before it could use it. */
START_TEST(never_twice)
{
        struct fixture fx;
        struct mst_op *op;
        int first, second, third;

        begin(&fx, _i);
        if (ways[_i].counter != NULL)
                make_theirs(&fx, "uid=theirs," PEOPLE, "20001");
        (void)account(&fx, "a");
        (void)account(&fx, "b");
        fx_expect(&fx, MST_DONE);
        first = number_of(&fx, "a");
        second = number_of(&fx, "b");
        ck_assert(first != second && first != 20001 && (ways[_i].counter == NULL || second != 20001));
        op = fx_op(&fx, MST_DELETE, MST_USER, "b");
        mst_test_op_object(op, fx_id(&fx, "uid=b," PEOPLE), "uid=b," PEOPLE, NULL);
        op = fx_op(&fx, MST_DELETE, MST_USER, "a");
        mst_test_op_object(op, fx_id(&fx, "uid=a," PEOPLE), "uid=a," PEOPLE, NULL);
        fx_expect(&fx, MST_DONE);

        ((struct ldp_sink *)fx.self)->users.number.spare_count = 0;      /* as if killed: close() keeps nothing */
        open_again(&fx);
        choose(&fx, _i);
        (void)account(&fx, "c");
        fx_expect(&fx, MST_DONE);
        third = number_of(&fx, "c");
        ck_assert_int_ge(third, 20128);
        fx_close(&fx);
}
END_TEST

/* Stops a server, and waits until it stands. */
static void
stop(const char *server)
{
        char path[64], line[256];

        snprintf(path, sizeof path, "/proc/%s/stat", fx_read(server, "pid"));
        fx_signal(server, SIGSTOP);
        for (;;) {
                FILE *from = fopen(path, "r");
                const char *state;

                ck_assert_ptr_nonnull(from);
                ck_assert_ptr_nonnull(fgets(line, sizeof line, from));
                fclose(from);
                state = strrchr(line, ')');
                if (state != NULL && state[2] == 'T')
                        return;
        }
}

/* What was certainly not made gives its number back; what may have been made does not. */
START_TEST(given_back)
{
        static const char *const plain[] = { "objectClass", "inetOrgPerson", "cn", "Somebody", "sn", "Else", NULL };
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;

        begin(&fx, _i);
        fx_make(&fx, "uid=taken," PEOPLE, plain);
        (void)account(&fx, "taken");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DUPLICATE, NULL);
        fx_forget(&fx);
        op = account(&fx, "bad");
        fx_put(mst_test_op_after(op), "manager", "no dn");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, NULL);
        fx_forget(&fx);
        (void)account(&fx, "a");
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(number_of(&fx, "a"), 20000);

        fx.config.access.timeout = 300;
        stop("main");                            /* the answer does not come */
        (void)account(&fx, "lost");
        (void)fx_apply(&fx, &err);
        fx_signal("main", SIGCONT);
        fx.config.access.timeout = 10000;
        fx_outcome(&fx, 0, MST_UNKNOWN, NULL);
        fx_forget(&fx);
        (void)account(&fx, "b");
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(number_of(&fx, "b"), 20002);
        fx_close(&fx);
}
END_TEST

/* The range ends: who still fits gets in, the others are told; nothing moves the counter. */
START_TEST(used_up)
{
        struct fixture fx;
        struct mst_error err;
        size_t done = 0;

        start(&fx, "20000-20004", ways[_i].counter);
        choose(&fx, _i);
        accounts(&fx, "a", 8);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        for (size_t i = 0; i < 8; i++) {
                done += mst_test_outcome(fx.ops[i]) == MST_DONE;
                if (mst_test_outcome(fx.ops[i]) != MST_DONE)
                        fx_outcome(&fx, i, MST_REFUSED, "no number is left for uidNumber between 20000 and 20004");
        }
        ck_assert_uint_eq(done, 5);
        expect_numbers(&fx, 5, 20000, 0);
        if (ways[_i].counter != NULL)
                ck_assert_str_eq(fx_look(&fx, COUNTER, "uidNumber"), "20005");
        fx_forget(&fx);
        open_again(&fx);
        choose(&fx, _i);
        (void)account(&fx, "late");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "extend number-range");
        if (ways[_i].counter != NULL)
                ck_assert_str_eq(fx_look(&fx, COUNTER, "uidNumber"), "20005");
        fx_close(&fx);
}
END_TEST

/* Two who draw from one counter, in turns, one by increment, one by exchange. */
START_TEST(two_at_once)
{
        static struct fixture one, two;
        char uid[32];

        start(&one, RANGE, "19000");             /* below the range: it is brought there */
        fx_begin(&two, "main");
        two.config.user_classes = classes;
        two.config.number_attribute = one.config.number_attribute;
        two.config.number_range = one.config.number_range;
        two.config.number_counter = one.config.number_counter;
        ck_assert_int_eq(fx_open(&two, &(struct mst_error){ 0 }), MST_OK);
        choose(&one, 0);
        choose(&two, 1);
        for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 100; i++) {
                        snprintf(uid, sizeof uid, "one-%d-%d", round, i);
                        (void)account(&one, uid);
                        snprintf(uid, sizeof uid, "two-%d-%d", round, i);
                        (void)account(&two, uid);
                }
                fx_expect(&one, MST_DONE);
                fx_expect(&two, MST_DONE);
        }
        expect_numbers(&one, 600, 20000, 2 * 128);
        fx_close(&two);
        fx_close(&one);
}
END_TEST

/* Above what people have, wherever in the directory, within the range. */
START_TEST(above_the_highest)
{
        struct fixture fx;
        static const struct { const char *dn, *number; } there[] = {
                { "uid=a," PEOPLE, "20017" }, { "uid=b,ou=services," SUFFIX, "20023" }, { "uid=c," PEOPLE, "65534" },
                { "uid=d," PEOPLE, "999" },
        };

        start(&fx, RANGE, NULL);
        for (size_t i = 0; i < 4; i++)
                make_theirs(&fx, there[i].dn, there[i].number);
        (void)account(&fx, "new");
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(number_of(&fx, "new"), 20024);
        fx_delete(&fx, "uid=b,ou=services," SUFFIX);
        fx_close(&fx);
}
END_TEST

/* Groups have theirs. */
START_TEST(of_groups)
{
        struct fixture fx;
        struct mst_op *op;

        start(&fx, RANGE, NULL);
        fx.config.group_kind = LDP_KIND_POSIX;
        fx.config.group_classes = NULL;
        fx.config.member_attribute = NULL;
        fx.config.group_stamp = NULL;
        fx.config.group_number_attribute = (char *)"gidNumber";
        fx.config.group_number_range = (char *)"30000-30999";
        open_again(&fx);
        for (int i = 0; i < 3; i++) {
                char name[16];

                snprintf(name, sizeof name, "g%d", i);
                op = fx_op(&fx, MST_CREATE, MST_GROUP, name);
                fx_put(mst_test_op_after(op), "cn", name);
                mst_test_op_member(op, true, "id", "uid=a," PEOPLE);
        }
        (void)account(&fx, "a");
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_entries(&fx, GROUPS, "(|(gidNumber=30000)(gidNumber=30001)(gidNumber=30002))"), 3);
        ck_assert_int_eq(number_of(&fx, "a"), 20000);
        fx_close(&fx);
}
END_TEST

/* Not there, no number in it, and what a map may not do. */
START_TEST(refused)
{
        static const char *const unit[] = { "objectClass", "applicationProcess", NULL };
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_facts *facts;
        struct mst_op *op;
        uint32_t flags = 0;

        start(&fx, RANGE, "");
        (void)account(&fx, "a");
        (void)account(&fx, "b");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "number-counter '" COUNTER "' does not exist");
        fx_outcome(&fx, 1, MST_REFUSED, "number-counter '" COUNTER "' does not exist");
        fx_forget(&fx);
        fx_make(&fx, COUNTER, unit);
        open_again(&fx);
        (void)account(&fx, "a");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "has no number in uidNumber");
        fx_forget(&fx);
        fx_delete(&fx, COUNTER);
        make_counter(&fx, "20000");
        open_again(&fx);
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.sink->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "uidNumber", NULL, &flags));
        ck_assert((flags & MST_ATTR_READ_ONLY) != 0 && (flags & MST_ATTR_REQUIRED) == 0);
        op = account(&fx, "a");
        fx_put(mst_test_op_after(op), "uidnumber", "7");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "'uidnumber' cannot be mapped");
        fx_close(&fx);
}
END_TEST

static const struct {
        const char *attribute, *range, *counter, *counter_attribute, *says;
} options[] = {
        { NULL, "1-2", NULL, NULL, "need number-attribute" },
        { NULL, NULL, COUNTER, NULL, "need number-attribute" },
        { "uid number", "1-2", NULL, NULL, "number-attribute" },
        { "uidNumber", NULL, NULL, NULL, "not a range" },
        { "uidNumber", "", NULL, NULL, "not a range" },
        { "uidNumber", "5", NULL, NULL, "not a range" },
        { "uidNumber", "5-", NULL, NULL, "not a range" },
        { "uidNumber", "5-4", NULL, NULL, "'5-4' is not a range" },
        { "uidNumber", "0-4", NULL, NULL, "not a range" },
        { "uidNumber", "-4-4", NULL, NULL, "not a range" },
        { "uidNumber", "1-2x", NULL, NULL, "not a range" },
        { "uidNumber", "1-99999999999999999999", NULL, NULL, "not a range" },
        { "uidNumber", "1-2", "counter", NULL, "number-counter" },
        { "uidNumber", "1-2", COUNTER, "a)b", "number-counter-attribute" },
        { "uidNumber", "1-2", NULL, "uidNumber", "needs number-counter" },
        { "uidNumber", "1-2", COUNTER, "uidNumber", NULL },
};

START_TEST(checked)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        int rc;

        fx_begin(&fx, "main");
        fx.config.number_attribute = (char *)options[_i].attribute;
        fx.config.number_range = (char *)options[_i].range;
        fx.config.number_counter = (char *)options[_i].counter;
        fx.config.number_counter_attribute = (char *)options[_i].counter_attribute;
        rc = fx_open(&fx, &err);
        ck_assert_msg(rc == (options[_i].says != NULL ? MST_ECONFIG : MST_OK), "%s", err.text);
        if (options[_i].says != NULL)
                ck_assert_msg(strstr(err.text, options[_i].says) != NULL, "%s", err.text);
        fx_close(&fx);
}
END_TEST

/* What is kept can be anything by now. */
static const struct {
        const char *kept;
        int first;
} keeps[] = {
        { "20500 20400 20401", 20400 }, { "20500", 20501 }, { "", 20000 }, { "x", 20000 }, { "-5 20003", 20003 },
        { "30000", 20000 }, { "20500 7 99999", 20501 }, { "20500 20400 20400", 20400 }, { "20500 x", 20501 },
};

START_TEST(kept)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        start(&fx, RANGE, NULL);
        ck_assert_int_eq(mst_host_keep(mst_test_host(fx.test), "number uidNumber", keeps[_i].kept,
                                       strlen(keeps[_i].kept), &err), MST_OK);
        (void)account(&fx, "a");
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(number_of(&fx, "a"), keeps[_i].first);
        fx_close(&fx);
}
END_TEST

TCase *
case_numbers(void)
{
        TCase *tests = tcase_create("numbers");
        int count = (int)(sizeof ways / sizeof *ways);

        tcase_set_timeout(tests, 120);
        tcase_add_loop_test(tests, drawn, 0, count);
        tcase_add_loop_test(tests, never_twice, 0, count);
        tcase_add_loop_test(tests, given_back, 0, count);
        tcase_add_loop_test(tests, used_up, 0, count);
        tcase_add_test(tests, two_at_once);
        tcase_add_test(tests, above_the_highest);
        tcase_add_test(tests, of_groups);
        tcase_add_test(tests, refused);
        tcase_add_loop_test(tests, checked, 0, (int)(sizeof options / sizeof *options));
        tcase_add_loop_test(tests, kept, 0, (int)(sizeof keeps / sizeof *keeps));
        return tests;
}
