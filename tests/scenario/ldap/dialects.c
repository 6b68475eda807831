/* dialects.c - the same of the ldap sink against 389 Directory Server and Samba's Active
 * Directory, with the defaults of their dialects; started by ../ldap-dialects.sh. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../plugins/ldap/dialect.h"
#include "../../../plugins/ldap/login.h"
#include "../../../plugins/ldap/password.h"
#include "../../unit/unit.h"

static const struct {
        const char *folder, *rdn, *stamp, *lock, *locked, *title, *id;
        bool ad;
} servers[] = {
        { "ds", "uid", "employeeNumber", "nsAccountLock", "true", "389 Directory Server", "nsUniqueId", false },
        { "ad", "cn", "adminDescription", "userAccountControl", "514", "Active Directory", "objectGUID", true },
};
#define SERVERS (int)(sizeof servers / sizeof *servers)

static const char *
in_work(const char *file)
{
        static char path[512];

        snprintf(path, sizeof path, "%s/%s", getenv("LDAP_SINK_WORK"), file);
        return path;
}

/* Another connection, and other eyes: libldap by itself. */
static LDAP *
look(const char *folder, const char *dn, const struct berval *password, int *rc)
{
        LDAP *ld = NULL;
        int version = LDAP_VERSION3, client = 0;

        ck_assert_int_eq(ldap_initialize(&ld, fx_read(folder, "ldaps-uri")), LDAP_SUCCESS);
        ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
        ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, in_work("ca/ca.pem"));
        ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
        *rc = ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, (struct berval *)password, NULL, NULL, NULL);
        return ld;
}

static void
begin(struct fixture *fx, int server)
{
        const char *folder = servers[server].folder;
        struct berval password;
        static char ca[512];
        int rc;

        fx_begin(fx, folder);
        snprintf(ca, sizeof ca, "%s", in_work("ca/ca.pem"));
        free(fx->uris[0]);
        fx->uris[0] = strdup(fx_read(folder, "ldaps-uri"));
        fx->config.access.ca_file = ca;
        fx->config.user_rdn = fx->config.group_rdn = fx->config.member_attribute = NULL;
        fx->config.user_classes = fx->config.group_classes = NULL;
        fx->config.user_stamp = (char *)servers[server].stamp;
        fx->config.group_stamp = NULL;
        fx->config.page_size = 7;
        fx->config.password_length = 20;
        password.bv_val = (char *)mst_secret_reveal(fx->config.access.password);
        password.bv_len = mst_secret_size(fx->config.access.password);
        fx->admin = look(folder, LOGIN, &password, &rc);
        ck_assert_msg(rc == LDAP_SUCCESS, "%s: %s", folder, ldap_err2string(rc));
        fx_empty_areas(fx);
}

static void
start(struct fixture *fx, int server)
{
        struct mst_error err = { 0 };

        begin(fx, server);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

static struct mst_op *
person(struct fixture *fx, int server, const char *name)
{
        struct mst_op *op = fx_person(fx, name);

        if (servers[server].ad) {
                fx_put(mst_test_op_after(op), "sAMAccountName", name);
                fx_put(mst_test_op_after(op), "userPrincipalName", mst_op_id(op));
        }
        return op;
}

static const char *
dn_of(int server, const char *name)
{
        static char dns[4][256];
        static size_t next;

        snprintf(dns[next % 4], sizeof dns[0], "%s=%s," PEOPLE, servers[server].rdn, name);
        return dns[next++ % 4];
}

static struct mst_op *
on(struct fixture *fx, enum mst_verb verb, const char *object, const char *dn)
{
        struct mst_op *op = fx_op(fx, verb, MST_USER, "record-1");

        ck_assert(mst_test_op_object(op, object, dn, NULL));
        return op;
}

/* From the first breath to the last; the server is looked at after each. */
START_TEST(life)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id, *ada = dn_of(_i, "ada"), *eve = dn_of(_i, "eve");

        start(&fx, _i);
        op = person(&fx, _i, "ada");
        fx_put(mst_test_op_after(op), "mail", "ada@x.org");
        fx_expect(&fx, MST_DONE);
        id = mst_test_new_object(op);
        ck_assert(id != NULL && strlen(id) == (servers[_i].ad ? 36u : 35u));
        if (!servers[_i].ad)
                ck_assert_str_eq(fx_look(&fx, ada, "nsUniqueId"), id);
        ck_assert_str_eq(fx_look(&fx, ada, servers[_i].stamp), "stamp-ada");
        ck_assert_str_eq(fx_look(&fx, ada, servers[_i].lock), servers[_i].ad ? "514" : "");

        op = on(&fx, MST_UPDATE, id, ada);
        fx_change(op, "mail", "ada@x.org", "lovelace@x.org");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ada, "mail"), "lovelace@x.org");

        (void)on(&fx, MST_DISABLE, id, ada);
        fx_expect(&fx, servers[_i].ad ? MST_ALREADY : MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ada, servers[_i].lock), servers[_i].locked);

        op = on(&fx, MST_RENAME, id, ada);
        fx_change(op, servers[_i].rdn, "ada", "eve");
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, ada) && fx_exists(&fx, eve));

        op = on(&fx, MST_UPDATE, id, ada);               /* its old name: the id finds it */
        fx_change(op, "mail", "lovelace@x.org", "eve@x.org");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, eve, "mail"), "eve@x.org");

        (void)on(&fx, MST_DELETE, id, eve);
        fx_expect(&fx, MST_DONE);
        ck_assert(!fx_exists(&fx, eve));
        (void)on(&fx, MST_DELETE, id, eve);
        op = on(&fx, MST_UPDATE, id, eve);
        fx_change(op, "mail", "eve@x.org", "x@x.org");
        fx_expect(&fx, MST_GONE);
        fx_close(&fx);
}
END_TEST

/* Somebody else has taken the name: a change meant for one does not hit the other. */
START_TEST(name_taken)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id, *ada = dn_of(_i, "ada");

        start(&fx, _i);
        op = person(&fx, _i, "ada");
        fx_expect(&fx, MST_DONE);
        id = mst_test_new_object(op);
        fx_delete(&fx, ada);
        (void)person(&fx, _i, "ada");
        fx_expect(&fx, MST_DONE);
        op = on(&fx, MST_UPDATE, id, ada);
        fx_change(op, "mail", NULL, "wrong@x.org");
        op = on(&fx, MST_RENAME, id, ada);
        fx_change(op, servers[_i].rdn, "ada", "wrong");
        (void)on(&fx, MST_DISABLE, id, ada);
        (void)on(&fx, MST_DELETE, id, ada);
        fx_expect(&fx, MST_GONE);
        ck_assert_str_eq(fx_look(&fx, ada, "mail"), "");
        fx_close(&fx);
}
END_TEST

/* The bit of the lock changes, and no other. */
START_TEST(other_bits)
{
        struct fixture fx;
        struct mst_op *op;
        const char *id, *ada = dn_of(1, "ada");

        start(&fx, 1);
        op = person(&fx, 1, "ada");
        fx_expect(&fx, MST_DONE);
        id = mst_test_new_object(op);
        fx_modify(&fx, ada, LDAP_MOD_REPLACE, "userAccountControl", "66080");    /* never expires, none required */
        (void)on(&fx, MST_DISABLE, id, ada);
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ada, "userAccountControl"), "66082");
        op = on(&fx, MST_ENABLE, id, ada);
        fx_change(op, "mail", NULL, "ada@x.org");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, ada, "userAccountControl"), "66080");
        ck_assert_str_eq(fx_look(&fx, ada, "mail"), "ada@x.org");
        (void)on(&fx, MST_ENABLE, id, ada);
        fx_expect(&fx, MST_ALREADY);
        fx_close(&fx);
}
END_TEST

START_TEST(refused)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        start(&fx, _i);
        (void)person(&fx, _i, "ada");
        fx_expect(&fx, MST_DONE);
        (void)person(&fx, _i, "ada");
        fx_put(mst_test_op_after(person(&fx, _i, "bob")), "nosuchthing", "x");
        if (servers[_i].ad) {
                struct mst_op *op = fx_person(&fx, "other");

                fx_put(mst_test_op_after(op), "sAMAccountName", "ADA");
        }
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        fx_outcome(&fx, 0, MST_DUPLICATE, NULL);
        fx_outcome(&fx, 1, MST_REFUSED, "nosuchthing");
        if (servers[_i].ad)
                fx_outcome(&fx, 2, MST_DUPLICATE, "already in use");
        ck_assert(!fx_exists(&fx, dn_of(_i, "bob")) && !fx_exists(&fx, dn_of(_i, "other")));
        fx_close(&fx);
}
END_TEST

/* Many at once by stamp, id and value; all of them page by page. */
START_TEST(found)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;
        struct mst_page *page;
        const char *ids[40];
        char text[40], cursor[64] = "";
        size_t seen = 0;

        start(&fx, _i);
        for (size_t i = 0; i < 40; i++) {
                snprintf(text, sizeof text, "p%zu", i);
                fx_put(mst_test_op_after(person(&fx, _i, text)), "mail", text);
        }
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        search = mst_test_search(fx.test);
        for (size_t i = 0; i < 40; i++) {
                fx_outcome(&fx, i, MST_DONE, NULL);
                ids[i] = mst_test_new_object(fx.ops[i]);
                snprintf(text, sizeof text, "stamp-p%zu", i);
                ck_assert(mst_test_ask_stamp(search, MST_USER, text));
                ck_assert(mst_test_ask_object(search, MST_USER, ids[i]));
                snprintf(text, sizeof text, "P%zu", i);
                ck_assert(mst_test_ask_text(search, MST_USER, "mail", text));
        }
        ck_assert(mst_test_ask_stamp(search, MST_USER, "stamp-nobody"));
        ck_assert(mst_test_ask_object(search, MST_USER, "00000000-0000-0000-0000-000000000000"));
        ck_assert_msg(mst_plugin_ldap.sink->find(fx.self, search, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < 122; i++) {
                const struct mst_query *query = mst_search_at(search, i);

                ck_assert_msg(mst_query_is_done(query), "query %zu is open", i);
                if (i >= 120) {
                        ck_assert_ptr_null(mst_test_found(query, 0));
                        continue;
                }
                ck_assert_ptr_nonnull(mst_test_found(query, 0));
                ck_assert_str_eq(mst_record_id(mst_test_found(query, 0)), ids[i / 3]);
                ck_assert_ptr_null(mst_test_found(query, 1));
        }
        page = mst_test_page(fx.test);
        do {
                mst_test_page_reset(page);
                ck_assert_msg(mst_plugin_ldap.sink->list(fx.self, MST_USER, cursor[0] != '\0' ? cursor : NULL, page,
                                                         &err) == MST_OK, "%s", err.text);
                seen += mst_test_page_count(page);
                if (!mst_test_page_is_complete(page))
                        snprintf(cursor, sizeof cursor, "%s", mst_test_page_cursor(page));
        } while (!mst_test_page_is_complete(page));
        ck_assert_uint_eq(seen, 40);
        fx_close(&fx);
}
END_TEST

START_TEST(groups)
{
        struct fixture fx;
        struct mst_op *op, *ada;

        start(&fx, _i);
        ada = person(&fx, _i, "ada");
        fx_expect(&fx, MST_DONE);
        op = fx_op(&fx, MST_CREATE, MST_GROUP, "finance");
        fx_put(mst_test_op_after(op), "cn", "finance");
        if (servers[_i].ad)
                fx_put(mst_test_op_after(op), "sAMAccountName", "finance");
        ck_assert(mst_test_op_member(op, true, mst_test_new_object(ada), mst_test_new_name(ada)));
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(fx_values(&fx, "cn=finance," GROUPS, "member"), 1);
        ck_assert_int_eq(strcasecmp(fx_look(&fx, "cn=finance," GROUPS, "member"), dn_of(_i, "ada")), 0);
        ck_assert_ptr_nonnull(mst_test_new_object(op));
        fx_close(&fx);
}
END_TEST

START_TEST(probe)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_facts *facts;
        uint32_t flags = 0;
        enum mst_type type;

        start(&fx, _i);
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.sink->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        ck_assert_ptr_nonnull(strstr(mst_test_facts_note(facts, 0, NULL), servers[_i].title));
        ck_assert((mst_test_facts_can(facts) & MST_CAN_DISABLE) != 0);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "manager", &type, &flags));
        ck_assert_int_eq(type, MST_REF);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, servers[_i].lock, NULL, &flags) || !servers[_i].ad);
        if (servers[_i].ad) {
                ck_assert((flags & MST_ATTR_READ_ONLY) != 0);
                ck_assert(mst_test_facts_attribute(facts, MST_USER, "sAMAccountName", NULL, &flags));
                ck_assert((flags & MST_ATTR_REQUIRED) == 0);     /* the server makes one up, which is warned of */
                ck_assert(mst_test_facts_attribute(facts, MST_USER, "instanceType", NULL, &flags));
                ck_assert((flags & MST_ATTR_REQUIRED) == 0);
                ck_assert(mst_test_facts_attribute(facts, MST_USER, "telephoneNumber", NULL, &flags));
                ck_assert((flags & MST_ATTR_MANY) == 0);
        }
        fx_close(&fx);
}
END_TEST

/* --- first passwords ----------------------------------------------------------------- */

/* The last line of the file for a name: what it says, and the password. */
static bool
handed(const char *path, const char *dn, char what[8], char password[200])
{
        char line[1024], name[256], id[128], when[64];
        FILE *file = fopen(path, "r");
        bool any = false;

        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof line, file) != NULL) {
                char said[8], secret[200];

                ck_assert_msg(sscanf(line, "\"%63[^\"]\",\"%7[^\"]\",\"%127[^\"]\",\"%255[^\"]\",\"%199[^\"]\"", when, said, id,
                                     name, secret) == 5, "%s", line);
                if (strcasecmp(name, dn) != 0)
                        continue;
                if (strcmp(said, "void") == 0)
                        ck_assert_str_eq(secret, password);      /* it names what it takes back */
                strcpy(what, said);
                strcpy(password, secret);
                any = true;
        }
        fclose(file);
        return any;
}

static int
login(int server, const char *dn, const char *password)
{
        struct berval value = { .bv_val = (char *)password, .bv_len = strlen(password) };
        int rc;
        LDAP *ld = look(servers[server].folder, dn, &value, &rc);

        ldap_unbind_ext(ld, NULL, NULL);
        return rc;
}

START_TEST(first_password)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        char what[8] = "", password[200] = "", other[200] = "";
        static char path[600];
        struct stat st;

        begin(&fx, _i);
        snprintf(path, sizeof path, "%s-%s.csv", in_work("passwords"), servers[_i].folder);
        (void)unlink(path);
        fx.config.initial_password = LDP_RANDOM_PASSWORD;
        fx.config.password_file = path;
        ck_assert_msg(fx_open(&fx, &err) == MST_OK, "%s", err.text);
        ck_assert_int_ne(access(path, F_OK), 0);         /* to look at the options makes none */
        (void)person(&fx, _i, "ada");
        mst_test_op_enabled(person(&fx, _i, "shut"), false);
        fx_put(mst_test_op_after(person(&fx, _i, "bad")), "nosuchthing", "x");
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        fx_outcome(&fx, 0, MST_DONE, NULL);
        fx_outcome(&fx, 1, MST_DONE, NULL);
        fx_outcome(&fx, 2, MST_REFUSED, NULL);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_int_eq(st.st_mode & 0777, 0600);
        ck_assert(handed(path, dn_of(_i, "ada"), what, password));
        ck_assert_str_eq(what, "new");
        ck_assert_uint_eq(strlen(password), 20);
        ck_assert_int_eq(login(_i, dn_of(_i, "ada"), password), LDAP_SUCCESS);
        ck_assert_int_ne(login(_i, dn_of(_i, "ada"), "Wrong-password-1"), LDAP_SUCCESS);
        ck_assert(handed(path, dn_of(_i, "shut"), what, other));
        ck_assert_str_ne(password, other);
        ck_assert_int_ne(login(_i, dn_of(_i, "shut"), other), LDAP_SUCCESS);
        ck_assert(handed(path, dn_of(_i, "bad"), what, other));
        ck_assert_str_eq(what, "void");
        ck_assert_str_eq(fx_look(&fx, dn_of(_i, "ada"), servers[_i].lock), servers[_i].ad ? "512" : "");
        for (size_t i = 0; i < mst_test_log_count(fx.test); i++)
                ck_assert_ptr_null(strstr(mst_test_log_at(fx.test, i, NULL), password));

        /* Nobody may read along, and no account is made that nobody knows the password of. */
        ck_assert_int_eq(chmod(path, 0640), 0);
        fx.count = 0;
        (void)person(&fx, _i, "bob");
        ck_assert_msg(fx_apply(&fx, &err) == MST_OK, "%s", err.text);
        fx_outcome(&fx, 0, MST_RETRY, "chmod 600");
        ck_assert(!fx_exists(&fx, dn_of(_i, "bob")));
        mst_plugin_ldap.sink->close(fx.self);
        fx.self = NULL;
        ck_assert_int_eq(fx_open(&fx, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "chmod 600"));
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(symlink("/dev/null", path), 0);
        ck_assert_int_eq(fx_open(&fx, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "is not a file"));
        ck_assert_int_eq(unlink(path), 0);
        fx_close(&fx);
}
END_TEST

START_TEST(must_change)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        static char path[512];

        begin(&fx, 1);
        snprintf(path, sizeof path, "%s", in_work("passwords-must.csv"));
        fx.config.initial_password = LDP_RANDOM_PASSWORD;
        fx.config.password_file = path;
        fx.config.must_change = true;
        ck_assert_msg(fx_open(&fx, &err) == MST_OK, "%s", err.text);
        (void)person(&fx, 1, "ada");
        fx_expect(&fx, MST_DONE);
        ck_assert_str_eq(fx_look(&fx, dn_of(1, "ada"), "pwdLastSet"), "0");
        fx_close(&fx);
}
END_TEST

/* --- ways to log in ------------------------------------------------------------------- */

static const struct {
        const char *folder;
        enum ldp_bind bind;
        const char *uri;                 /* "ldaps-uri", or "socket" */
        const char *certificate, *keytab;
        int code;
        const char *says;
} ways[] = {
        { "ds", LDP_BIND_AUTO, "socket", NULL, NULL, MST_OK, NULL },
        { "ds", LDP_BIND_EXTERNAL, "ldaps-uri", "ca/muster", NULL, MST_OK, NULL },
        { "ds", LDP_BIND_AUTO, "ldaps-uri", "ca/muster", NULL, MST_OK, NULL },
        { "ds", LDP_BIND_EXTERNAL, "ldaps-uri", "ca/nobody", NULL, MST_EAUTH, "EXTERNAL" },
        { "ds", LDP_BIND_EXTERNAL, "ldaps-uri", NULL, NULL, MST_ECONFIG, "needs client-certificate" },
        { "ds", LDP_BIND_GSSAPI, "ldaps-uri", "ca/muster", "ad/none.keytab", MST_ECONFIG, "none.keytab: No such file" },
        { "ds", LDP_BIND_EXTERNAL, "socket", NULL, "ad/muster.keytab", MST_ECONFIG, "bind gssapi only" },
        { "ad", LDP_BIND_AUTO, "ldaps-uri", NULL, "ad/muster.keytab", MST_OK, NULL },
        { "ad", LDP_BIND_GSSAPI, "ldaps-uri", NULL, "ad/muster.keytab", MST_OK, NULL },
};

START_TEST(logins)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        static char paths[3][600];
        char *at;
        int rc, server = strcmp(ways[_i].folder, "ad") == 0;

        begin(&fx, server);
        fx.config.access.bind = ways[_i].bind;
        fx.config.access.bind_dn = NULL;
        mst_secret_free(fx.config.access.password);
        fx.config.access.password = NULL;
        if (strcmp(ways[_i].uri, "socket") == 0) {
                free(fx.uris[0]);
                fx.uris[0] = at = calloc(1, 1024);
                at = stpcpy(at, "ldapi://");
                snprintf(paths[0], sizeof paths[0], "%s/socket", fx_folder(ways[_i].folder));
                for (const char *c = paths[0]; *c != '\0'; c++)
                        at = *c == '/' ? stpcpy(at, "%2F") : stpcpy(at, (char[]){ *c, '\0' });
        }
        if (ways[_i].certificate != NULL) {
                snprintf(paths[0], sizeof paths[0], "%s.pem", in_work(ways[_i].certificate));
                snprintf(paths[1], sizeof paths[1], "%s.key", in_work(ways[_i].certificate));
                fx.config.access.client_certificate = paths[0];
                fx.config.access.client_key = paths[1];
        }
        if (ways[_i].keytab != NULL) {
                snprintf(paths[2], sizeof paths[2], "%s", in_work(ways[_i].keytab));
                fx.config.access.keytab = paths[2];
        }
        rc = fx_open(&fx, &err);
        if (rc == MST_OK) {
                (void)person(&fx, server, "ada");
                rc = fx_apply(&fx, &err);
        }
        ck_assert_msg(rc == ways[_i].code, "%d: %s", rc, err.text);
        if (ways[_i].says != NULL)
                ck_assert_msg(strstr(err.text, ways[_i].says) != NULL, "%s", err.text);
        if (rc == MST_OK) {
                fx_outcome(&fx, 0, MST_DONE, NULL);
                ck_assert(fx_exists(&fx, dn_of(server, "ada")));
        }
        fx_close(&fx);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("ldap dialects");
        TCase *dialects = tcase_create("dialects");

        tcase_set_timeout(dialects, 120);
        tcase_add_loop_test(dialects, life, 0, SERVERS);
        tcase_add_loop_test(dialects, name_taken, 0, SERVERS);
        tcase_add_test(dialects, other_bits);
        tcase_add_loop_test(dialects, refused, 0, SERVERS);
        tcase_add_loop_test(dialects, found, 0, SERVERS);
        tcase_add_loop_test(dialects, groups, 0, SERVERS);
        tcase_add_loop_test(dialects, probe, 0, SERVERS);
        tcase_add_loop_test(dialects, first_password, 0, SERVERS);
        tcase_add_test(dialects, must_change);
        tcase_add_loop_test(dialects, logins, 0, (int)(sizeof ways / sizeof *ways));
        suite_add_tcase(suite, dialects);
        return suite;
}

UNIT_MAIN(suite)
