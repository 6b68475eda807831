/* people.c - users in a real directory: every verb, and what it says when refused. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../plugins/ldap/dialect.h"

#define ADA "uid=ada," PEOPLE

static const char *const plain[] = { "objectClass", "inetOrgPerson", "cn", "Somebody", "sn", "Else", NULL };

static struct mst_op *
on(struct fixture *fx, enum mst_verb verb, const char *object, const char *dn)
{
        struct mst_op *op = fx_op(fx, verb, MST_USER, "record-1");

        ck_assert(mst_test_op_object(op, object, dn, NULL));
        return op;
}

/* uid=ada, with title and two mails. */
static const char *
make_ada(struct fixture *fx)
{
        static const char *const mails[] = { "ada@x.org", "lovelace@x.org" };
        struct mst_op *op = fx_person(fx, "ada");

        fx_put(mst_test_op_after(op), "title", "Analyst");
        fx_list(mst_test_op_after(op), "mail", mails, 2);
        fx_expect(fx, MST_DONE);
        return fx_id(fx, ADA);
}

START_TEST(create)
{
        struct fixture fx;
        struct mst_op *op;

        fx_start(&fx, "main");
        op = fx_person(&fx, "ada");
        fx_put(mst_test_op_after(op), "displayName", "Ada Lovelace");
        fx_put(mst_test_op_after(op), "description", "");
        mst_record_null(mst_test_op_after(op), mst_record_put(mst_test_op_after(op), "title"));
        mst_record_bytes(mst_test_op_after(op), mst_record_put(mst_test_op_after(op), "jpegPhoto"), "\xff\xd8\0\1", 4);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), ADA);
        ck_assert_str_eq(mst_test_new_object(op), fx_id(&fx, ADA));
        ck_assert_str_eq(fx_look(&fx, ADA, "objectClass"),
                         "inetOrgPerson|musterObject|organizationalPerson|person|top");
        ck_assert_str_eq(fx_look(&fx, ADA, "musterStamp"), "stamp-ada");
        ck_assert_str_eq(fx_look(&fx, ADA, "displayName"), "Ada Lovelace");
        ck_assert_str_eq(fx_look(&fx, ADA, "description"), "");
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "");
        ck_assert_uint_eq(fx_values(&fx, ADA, "jpegPhoto"), 1);
        fx_close(&fx);
}
END_TEST

START_TEST(create_below)
{
        static const char *const unit[] = { "objectClass", "organizationalUnit", NULL };
        struct fixture fx;
        struct mst_error err;

        fx_start(&fx, "main");
        fx_make(&fx, "ou=a\\2Cb," PEOPLE, unit);
        fx_put(mst_test_op_after(fx_person(&fx, "ada")), "@parent", "ou=a\\,b");
        fx_put(mst_test_op_after(fx_person(&fx, "bob")), "@parent", "ou=nowhere");
        fx_put(mst_test_op_after(fx_person(&fx, "eve")), "@parent", "not a name");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        fx_outcome(&fx, 1, MST_REFUSED, "'ou=nowhere," PEOPLE "' does not exist");
        fx_outcome(&fx, 2, MST_REFUSED, "@parent gives 'not a name'");
        ck_assert(fx_exists(&fx, "uid=ada,ou=a\\2Cb," PEOPLE));
        fx_close(&fx);
}
END_TEST

/* One bad entry among good ones: each says why, the others go through. */
static const struct {
        const char *attribute, *value;
        enum mst_outcome outcome;
        const char *says;
} refusals[] = {
        { "shoeSize", "42", MST_REFUSED, "Undefined attribute type (17)" },
        { "telephoneNumber", "\xc3\xa9", MST_REFUSED, "Invalid syntax (21)" },
        { "manager", "not a dn", MST_REFUSED, "(21)" },
        { "c", "Germany", MST_REFUSED, "(" },
        { "member", PEOPLE, MST_REFUSED, "'member'" },
        { "entryUUID", "x", MST_REFUSED, "(" },
        { "uid", "", MST_REFUSED, "no value for 'uid'" },
        { "musterStamp", "mine", MST_REFUSED, "'musterStamp' cannot be mapped" },
        { "bad name", "x", MST_REFUSED, "'bad name' cannot be mapped" },
        { "a)(b", "x", MST_REFUSED, "cannot be mapped" },
        { "sn", "", MST_REFUSED, "(65)" },
};

START_TEST(refused)
{
        struct fixture fx;
        struct mst_error err;
        size_t bad = sizeof refusals / sizeof *refusals;

        fx_start(&fx, "main");
        for (size_t i = 0; i < bad; i++) {
                char uid[32];

                snprintf(uid, sizeof uid, "bad%zu", i);
                fx_put(mst_test_op_after(fx_person(&fx, uid)), refusals[i].attribute, refusals[i].value);
                snprintf(uid, sizeof uid, "good%zu", i);
                (void)fx_person(&fx, uid);
        }
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        for (size_t i = 0; i < bad; i++) {
                fx_outcome(&fx, i * 2, refusals[i].outcome, refusals[i].says);
                fx_outcome(&fx, i * 2 + 1, MST_DONE, NULL);
        }
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), bad);
        fx_close(&fx);
}
END_TEST

START_TEST(duplicate)
{
        struct fixture fx;
        struct mst_error err;

        fx_start(&fx, "main");
        fx_make(&fx, ADA, plain);
        (void)fx_person(&fx, "ada");
        (void)fx_person(&fx, "ADA");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DUPLICATE, "there is already an entry '" ADA "'");
        fx_outcome(&fx, 1, MST_DUPLICATE, NULL);
        ck_assert_str_eq(fx_look(&fx, ADA, "cn"), "Somebody");
        fx_close(&fx);
}
END_TEST

START_TEST(update)
{
        struct fixture fx;
        const char *id;
        struct mst_op *op;
        static const char *const two[] = { "ada@x.org", "lovelace@x.org" };
        static const char *const other[] = { "ada@x.org", "countess@x.org" };

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_modify(&fx, ADA, LDAP_MOD_ADD, "mail", "theirs@x.org");
        op = on(&fx, MST_UPDATE, id, ADA);
        fx_change(op, "title", "Analyst", "Countess");
        fx_change(op, "displayName", NULL, "Ada");
        fx_change(op, "sn", "Lovelace", "Byron");
        fx_list(mst_test_op_before(op), "mail", two, 2);
        fx_list(mst_test_op_after(op), "mail", other, 2);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Countess");
        ck_assert_str_eq(fx_look(&fx, ADA, "displayName"), "Ada");
        ck_assert_str_eq(fx_look(&fx, ADA, "sn"), "Byron");
        ck_assert_str_eq(fx_look(&fx, ADA, "mail"), "ada@x.org|countess@x.org|theirs@x.org");

        op = on(&fx, MST_UPDATE, id, ADA);               /* cleared: also where nothing is */
        fx_change(op, "title", "Countess", NULL);
        fx_change(op, "description", "was never there", NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "");
        fx_close(&fx);
}
END_TEST

/* What we believe is there is not: the wanted values come in all the same, once. */
START_TEST(update_stale)
{
        static const char *const before[] = { "ada@x.org", "lovelace@x.org", "gone@x.org" };
        static const char *const after[] = { "ADA@x.org", "theirs@x.org", "new@x.org" };
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_modify(&fx, ADA, LDAP_MOD_ADD, "mail", "theirs@x.org");
        op = on(&fx, MST_UPDATE, id, ADA);
        fx_list(mst_test_op_before(op), "mail", before, 3);
        fx_list(mst_test_op_after(op), "mail", after, 3);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "mail"), "ADA@x.org|new@x.org|theirs@x.org");

        op = on(&fx, MST_UPDATE, id, ADA);               /* all of it is so already */
        fx_list(mst_test_op_before(op), "mail", before + 1, 2);
        fx_list(mst_test_op_after(op), "mail", after + 1, 2);
        fx_expect(&fx, MST_ALREADY);
        ck_assert_str_eq(fx_look(&fx, ADA, "mail"), "ADA@x.org|new@x.org|theirs@x.org");
        fx_close(&fx);
}
END_TEST

START_TEST(rename_and_move)
{
        static const char *const unit[] = { "objectClass", "organizationalUnit", NULL };
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        fx_make(&fx, "ou=Berlin," PEOPLE, unit);
        id = make_ada(&fx);
        op = on(&fx, MST_RENAME, id, ADA);
        fx_change(op, "uid", "ada", "lovelace");
        fx_change(op, "title", "Analyst", "Countess");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), "uid=lovelace," PEOPLE);
        ck_assert_str_eq(mst_test_new_object(op), id);
        ck_assert(!fx_exists(&fx, ADA));
        ck_assert_str_eq(fx_look(&fx, "uid=lovelace," PEOPLE, "uid"), "lovelace");
        ck_assert_str_eq(fx_look(&fx, "uid=lovelace," PEOPLE, "title"), "Countess");

        op = on(&fx, MST_RENAME, id, "uid=lovelace," PEOPLE);
        fx_change(op, "@parent", NULL, "ou=Berlin");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), "uid=lovelace,ou=Berlin," PEOPLE);
        ck_assert_str_eq(fx_id(&fx, "uid=lovelace,ou=Berlin," PEOPLE), id);

        op = on(&fx, MST_RENAME, id, "uid=lovelace,ou=Berlin," PEOPLE);     /* case only */
        fx_change(op, "uid", "lovelace", "Lovelace");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "uid=lovelace,ou=Berlin," PEOPLE, "uid"), "Lovelace");

        op = on(&fx, MST_RENAME, id, "uid=Lovelace,ou=Berlin," PEOPLE);     /* both, back to the top */
        fx_change(op, "uid", "Lovelace", "ada");
        fx_change(op, "@parent", "ou=Berlin", NULL);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_id(&fx, ADA), id);
        fx_close(&fx);
}
END_TEST

START_TEST(rename_refused)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_make(&fx, "uid=bob," PEOPLE, plain);
        op = on(&fx, MST_RENAME, id, ADA);
        fx_change(op, "uid", "ada", "bob");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DUPLICATE, "there is already such an entry");
        fx_forget(&fx);
        op = on(&fx, MST_RENAME, id, ADA);
        fx_change(op, "@parent", NULL, "ou=nowhere");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "ou=nowhere");
        fx_forget(&fx);
        op = on(&fx, MST_RENAME, id, ADA);                /* renamed, but the rest is refused */
        fx_change(op, "uid", "ada", "countess");
        fx_change(op, "manager", NULL, "not a dn");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "renamed, but");
        ck_assert_str_eq(mst_test_new_name(op), "uid=countess," PEOPLE);
        ck_assert_str_eq(fx_id(&fx, "uid=countess," PEOPLE), id);
        fx_close(&fx);
}
END_TEST

/* Somebody moved it: the lasting id leads there, and the new name is told. */
START_TEST(followed)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        ck_assert_int_eq(ldap_rename_s(fx.admin, ADA, "uid=moved", NULL, 1, NULL, NULL), LDAP_SUCCESS);
        op = on(&fx, MST_UPDATE, id, ADA);
        fx_change(op, "title", "Analyst", "Found");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_name(op), "uid=moved," PEOPLE);
        ck_assert_str_eq(fx_look(&fx, "uid=moved," PEOPLE, "title"), "Found");
        op = on(&fx, MST_RENAME, id, ADA);                 /* wanted where it is already */
        fx_change(op, "uid", "ada", "moved");
        fx_expect(&fx, MST_ALREADY);
        (void)on(&fx, MST_DELETE, id, ADA);
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, "uid=moved," PEOPLE));
        fx_close(&fx);
}
END_TEST

/* Another entry has taken the name: it is not the one we mean, and stays untouched. */
START_TEST(impostor)
{
        static const enum mst_verb verbs[] = { MST_UPDATE, MST_RENAME, MST_DISABLE, MST_ENABLE, MST_DELETE, MST_ADOPT };
        struct fixture fx;
        struct mst_error err;
        const char *id, *other;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_delete(&fx, ADA);
        other = fx_make(&fx, ADA, plain);
        fx_close(&fx);
        fx_begin(&fx, "main");
        fx.config.disabled_attribute = (char *)"employeeType";
        fx.config.disabled_value = (char *)"disabled";
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
                struct mst_op *op = on(&fx, verbs[i], id, ADA);

                mst_test_op_stamp(op, "stamp-ada");
                if (verbs[i] == MST_RENAME)
                        fx_change(op, "uid", "ada", "renamed");
                else if (verbs[i] != MST_DELETE)
                        fx_change(op, "title", NULL, "touched");
                ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
                fx_outcome(&fx, 0, MST_GONE, "not there any more");
                fx_forget(&fx);
        }
        fx_close(&fx);
        fx_begin(&fx, "main");
        ck_assert_int_eq(ldap_initialize(&fx.admin, fx_read("main", "uri")), LDAP_SUCCESS);
        ck_assert_str_eq(fx_id(&fx, ADA), other);
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "");
        fx_close(&fx);
}
END_TEST

/* 'attribute' locks, as the admin says. */
static const struct {
        const char *attribute, *disabled, *enabled;
} locks[] = {
        { "pwdAccountLockedTime", "000001010000Z", NULL },
        { "employeeType", "disabled", NULL },
        { "employeeType", "disabled", "active" },
};

START_TEST(disable_and_enable)
{
        const char *attribute = locks[_i].attribute, *open = locks[_i].enabled != NULL ? locks[_i].enabled : "";
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.disabled_attribute = (char *)attribute;
        fx.config.disabled_value = (char *)locks[_i].disabled;
        fx.config.enabled_value = (char *)locks[_i].enabled;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        id = make_ada(&fx);
        ck_assert_str_eq(fx_look(&fx, ADA, attribute), open);
        for (int twice = 0; twice < 2; twice++) {
                op = on(&fx, MST_DISABLE, id, ADA);
                fx_change(op, "title", "Analyst", "Away");
                fx_expect(&fx, MST_DONE);
                ck_assert_str_eq(fx_look(&fx, ADA, attribute), locks[_i].disabled);
                ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Away");
        }
        for (int twice = 0; twice < 2; twice++) {
                (void)on(&fx, MST_ENABLE, id, ADA);
                fx_expect(&fx, MST_DONE);
                ck_assert_str_eq(fx_look(&fx, ADA, attribute), open);
        }
        mst_test_op_enabled(fx_person(&fx, "eve"), false);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "uid=eve," PEOPLE, attribute), locks[_i].disabled);
        op = on(&fx, MST_UPDATE, id, ADA);
        fx_change(op, attribute, NULL, "by a map");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "cannot be mapped");
        fx_close(&fx);
}
END_TEST

START_TEST(disable_unconfigured)
{
        struct fixture fx;
        struct mst_error err;

        fx_start(&fx, "main");
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.access.dialect = LDP_OTHER;           /* of which nobody knows how it locks */
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        (void)on(&fx, MST_DISABLE, make_ada(&fx), ADA);
        mst_test_op_enabled(fx_person(&fx, "eve"), false);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "needs disabled-attribute");
        fx_outcome(&fx, 1, MST_REFUSED, "needs disabled-attribute");
        ck_assert(!fx_exists(&fx, "uid=eve," PEOPLE));
        fx_close(&fx);
}
END_TEST

/* Whoever we are after a login without a name: that entry is ours, and is left alone. */
START_TEST(own_entry)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        const char *login;
        char *at;

        fx_start(&fx, "main");
        login = fx_id(&fx, LOGIN);
        mst_plugin_ldap.sink->close(fx.self);
        free(fx.uris[0]);
        fx.uris[0] = at = calloc(1, 1024);
        at = stpcpy(at, "ldapi://");
        for (const char *c = fx_folder("main"); *c != '\0'; c++)
                at = *c == '/' ? stpcpy(at, "%2F") : stpcpy(at, (char[]){ *c, '\0' });
        stpcpy(at, "%2Fsocket");
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = NULL;
        fx.config.access.bind_dn = NULL;
        fx.config.disabled_attribute = (char *)"employeeType";
        fx.config.disabled_value = (char *)"locked";
        ck_assert_msg(fx_open(&fx, &err) == MST_OK, "%s", err.text);
        (void)on(&fx, MST_DELETE, login, LOGIN);
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        fx_outcome(&fx, 0, MST_REFUSED, "Muster's own login");
        fx_forget(&fx);
        (void)on(&fx, MST_DISABLE, login, "CN=Muster, ou=services," SUFFIX);
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        fx_outcome(&fx, 0, MST_REFUSED, "Muster's own login");
        ck_assert(fx_exists(&fx, LOGIN));
        fx_close(&fx);
}
END_TEST

START_TEST(delete)
{
        static const char *const child[] = { "objectClass", "organizationalUnit", NULL };
        struct fixture fx;
        struct mst_error err;
        const char *id, *login;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_make(&fx, "ou=child," ADA, child);
        (void)on(&fx, MST_DELETE, id, ADA);
        login = fx_id(&fx, LOGIN);
        (void)on(&fx, MST_DELETE, login, "CN=Muster, ou=services," SUFFIX);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "(66)");
        fx_outcome(&fx, 1, MST_REFUSED, "Muster's own login");
        fx_forget(&fx);
        fx_delete(&fx, "ou=child," ADA);
        (void)on(&fx, MST_DELETE, id, ADA);
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, ADA));
        ck_assert(fx_exists(&fx, LOGIN));
        (void)on(&fx, MST_DELETE, id, ADA);
        fx_expect(&fx, MST_GONE);
        fx_close(&fx);
}
END_TEST

START_TEST(adopt)
{
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        id = make_ada(&fx);
        fx_modify(&fx, ADA, LDAP_MOD_REPLACE, "musterStamp", NULL);
        op = on(&fx, MST_ADOPT, id, ADA);
        mst_test_op_stamp(op, "ours");
        fx_change(op, "title", "Analyst", "Adopted");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(mst_test_new_object(op), id);
        ck_assert_str_eq(fx_look(&fx, ADA, "musterStamp"), "ours");
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Adopted");
        op = on(&fx, MST_ADOPT, id, ADA);                 /* again, as after a lost answer */
        mst_test_op_stamp(op, "ours");
        fx_expect(&fx, MST_DONE);

        fx_modify(&fx, ADA, LDAP_MOD_REPLACE, "musterStamp", "somebody else's");
        op = on(&fx, MST_ADOPT, id, ADA);
        mst_test_op_stamp(op, "ours");
        fx_change(op, "title", "Adopted", "Stolen");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_DUPLICATE, "belongs to somebody else");
        ck_assert_str_eq(fx_look(&fx, ADA, "title"), "Adopted");
        fx_close(&fx);
}
END_TEST

START_TEST(manager_and_types)
{
        struct fixture fx;
        struct mst_op *op;
        struct mst_record *after;

        fx_start(&fx, "main");
        (void)make_ada(&fx);
        op = fx_person(&fx, "bob");
        after = mst_test_op_after(op);
        mst_record_ref(after, mst_record_put(after, "manager"), ADA, strlen(ADA));
        mst_record_int(after, mst_record_put(after, "roomNumber"), -42);
        mst_record_bool(after, mst_record_put(after, "carLicense"), true);
        mst_record_date(after, mst_record_put(after, "description"), INT64_C(638447922000000000));
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, "uid=bob," PEOPLE, "manager"), ADA);
        ck_assert_str_eq(fx_look(&fx, "uid=bob," PEOPLE, "roomNumber"), "-42");
        ck_assert_str_eq(fx_look(&fx, "uid=bob," PEOPLE, "carLicense"), "TRUE");
        ck_assert_str_eq(fx_look(&fx, "uid=bob," PEOPLE, "description"), "20240229083000Z");
        fx_close(&fx);
}
END_TEST

/* An entry from before us lacks the class that allows the stamp: it gets it. */
START_TEST(adopt_class)
{
        static const char *const account[] = { "objectClass", "account", "uid", "ada", NULL };
        struct fixture fx;
        struct mst_error err;
        struct mst_op *op;
        const char *id;

        fx_start(&fx, "main");
        id = fx_make(&fx, ADA, plain);
        op = on(&fx, MST_ADOPT, id, ADA);
        mst_test_op_stamp(op, "ours");
        fx_change(op, "cn", "Somebody", "Ada");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ADA, "musterStamp"), "ours");
        ck_assert_str_eq(fx_look(&fx, ADA, "cn"), "Ada");
        ck_assert_ptr_nonnull(strstr(fx_look(&fx, ADA, "objectClass"), "musterObject"));
        op = on(&fx, MST_UPDATE, id, ADA);                /* allowed by none of the classes */
        fx_change(op, "dc", NULL, "x");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "(65)");
        fx_forget(&fx);
        fx_delete(&fx, ADA);
        op = on(&fx, MST_ADOPT, fx_make(&fx, ADA, account), ADA);
        mst_test_op_stamp(op, "ours");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_OK);
        fx_outcome(&fx, 0, MST_REFUSED, "(6");           /* another structural class: not ours to change */
        ck_assert_str_eq(fx_look(&fx, ADA, "objectClass"), "account");
        fx_close(&fx);
}
END_TEST

TCase *
case_people(void)
{
        TCase *people = tcase_create("people");

        tcase_set_timeout(people, 60);
        tcase_add_test(people, create);
        tcase_add_test(people, create_below);
        tcase_add_test(people, refused);
        tcase_add_test(people, duplicate);
        tcase_add_test(people, update);
        tcase_add_test(people, update_stale);
        tcase_add_test(people, rename_and_move);
        tcase_add_test(people, rename_refused);
        tcase_add_test(people, followed);
        tcase_add_test(people, impostor);
        tcase_add_loop_test(people, disable_and_enable, 0, (int)(sizeof locks / sizeof *locks));
        tcase_add_test(people, disable_unconfigured);
        tcase_add_test(people, own_entry);
        tcase_add_test(people, delete);
        tcase_add_test(people, adopt);
        tcase_add_test(people, adopt_class);
        tcase_add_test(people, manager_and_types);
        return people;
}
