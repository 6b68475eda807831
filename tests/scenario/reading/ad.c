/* ad.c - a Samba domain controller as the source: DirSync where the login may, else uSNChanged.  It is
 * changed over ldaps by the account that may write, and read by one that may only read. */
#include "fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AD_SUFFIX "DC=contoso,DC=example"
#define AD_PEOPLE "OU=people," AD_SUFFIX
#define AD_GROUPS "OU=groups," AD_SUFFIX

static const struct {
        const char *login;
        enum ldp_changes way, becomes;
} logins[] = {
        { "reader", LDP_BY_AUTO, LDP_BY_DIRSYNC },
        { "reader", LDP_BY_USN, LDP_BY_USN },
        { "muster", LDP_BY_AUTO, LDP_BY_DIRSYNC },
        { "warden", LDP_BY_AUTO, LDP_BY_DIRSYNC },
        { "warden", LDP_BY_USN, LDP_BY_USN },
};
#define WITH_TOMBSTONES 3                    /* the first that sees them */

static const char *
words(const struct fixture *fx)
{
        static char text[2048];
        const char *folder = getenv("LDAP_SOURCE_WORK");

        snprintf(text, sizeof text, "-x -H '%s' -D 'CN=muster,OU=services," AD_SUFFIX "' -y '%s/ad/muster.secret'",
                 fx->uris[0], folder);
        return text;
}

static void ldif(const struct fixture *fx, const char *format, ...) MST_PRINTF(2, 3);

static void
ldif(const struct fixture *fx, const char *format, ...)
{
        char command[4096];
        va_list args;
        FILE *to;

        snprintf(command, sizeof command, "ldapmodify %s >/dev/null", words(fx));
        to = popen(command, "w");
        ck_assert_ptr_nonnull(to);
        va_start(args, format);
        vfprintf(to, format, args);
        va_end(args);
        ck_assert_int_eq(pclose(to), 0);
}

static void
delete_all(const struct fixture *fx)
{
        char command[8192];

        snprintf(command, sizeof command, "for base in '" AD_GROUPS "' '" AD_PEOPLE "'; do ldapsearch -LLL -o ldif-wrap=no "
                 "%s -b $base -s one '(objectClass=*)' 1.1 | sed -n 's/^dn: //p' | ldapdelete -c %s; done", words(fx),
                 words(fx));
        ck_assert_int_eq(system(command), 0);
}

static void
person(const struct fixture *fx, const char *name, const char *more)
{
        ldif(fx, "dn: CN=%s," AD_PEOPLE "\nchangetype: add\nobjectClass: user\nsAMAccountName: %s\nsn: %s\n%s\n", name, name,
             name, more);
}

/* The id under which somebody was told, by sn. */
static const char *
id_of(const struct fixture *fx, const char *surname)
{
        static char ids[16][64];
        static size_t next;
        char *id = ids[next++ % 16];

        for (size_t p = 0; p < fx->page_count; p++)
                for (size_t i = 0; i < mst_test_page_count(fx->pages[p]); i++) {
                        const struct mst_record *record = mst_test_page_record(fx->pages[p], i);

                        if (strcmp(mst_value_text(mst_record_get(record, "surname"), NULL), surname) == 0 ||
                            strcmp(mst_value_text(mst_record_get(record, "displayName"), NULL), surname) == 0) {
                                snprintf(id, sizeof ids[0], "%s", mst_record_id(record));
                                return id;
                        }
                }
        ck_abort_msg("%s was not told", surname);
        return NULL;
}

static void
begin(struct fixture *fx, int which)
{
        static const char *const wants[] = { "accountEnabled", "dn", "group.displayName", "group.members",
                                             "mailNickname", "manager", "surname" };
        static char login[128], ca[512], file[64];
        struct mst_error err = { 0 };
        const char *secret;

        fx_begin(fx, "ad");
        mst_secret_free(fx->config.access.password);
        snprintf(file, sizeof file, "%s.secret", logins[which].login);
        secret = fx_read("ad", file);
        fx->config.access.password = mst_secret_new(secret, strlen(secret));
        free(fx->uris[0]);
        fx->uris[0] = strdup(fx_read("ad", "ldaps-uri"));
        snprintf(login, sizeof login, "CN=%s,OU=services," AD_SUFFIX, logins[which].login);
        snprintf(ca, sizeof ca, "%s/tls/ca.pem", getenv("LDAP_SOURCE_WORK"));
        setenv("LDAPTLS_CACERT", ca, 1);
        fx->config.access.bind_dn = login;
        fx->config.access.ca_file = ca;
        fx->config.user_base = (char *)AD_PEOPLE;
        fx->config.group_base = (char *)AD_GROUPS;
        fx->config.changes = logins[which].way;
        delete_all(fx);
        fx_wants(fx, wants, sizeof wants / sizeof *wants);
        ck_assert_msg(fx_open(fx, &err) == MST_OK, "%s", err.text);
}

START_TEST(domain)
{
        struct fixture fx;
        const char *ada, *bob, *eve, *staff, *kim;

        begin(&fx, _i);
        person(&fx, "ada", "userAccountControl: 514\n");
        person(&fx, "bob", "manager: CN=ada," AD_PEOPLE "\nuserAccountControl: 514\n");
        person(&fx, "eve", "");
        ldif(&fx, "dn: CN=staff," AD_GROUPS "\nchangetype: add\nobjectClass: group\nsAMAccountName: staff\n"
             "member: CN=ada," AD_PEOPLE "\nmember: CN=eve," AD_PEOPLE "\n");
        fx_round(&fx, true);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 3);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_GROUP), 1);
        ada = id_of(&fx, "ada");
        bob = id_of(&fx, "bob");
        eve = id_of(&fx, "eve");
        staff = id_of(&fx, "staff");
        ck_assert_str_eq(fx_text(&fx, bob, "manager"), ada);
        ck_assert_str_eq(fx_text(&fx, ada, "mailNickname"), "ada");
        ck_assert(!mst_value_bool(mst_record_get(fx_record(&fx, ada), "accountEnabled")));
        ck_assert(fx_member(&fx, staff, MST_USER, ada) && fx_member(&fx, staff, MST_USER, eve));
        ck_assert_int_eq(strncmp(fx.cursor, "dirsync", 7) == 0, logins[_i].becomes == LDP_BY_DIRSYNC);

        ldif(&fx, "dn: CN=ada," AD_PEOPLE "\nchangetype: modify\nreplace: sn\nsn: Lovelace\n\n"
             "dn: CN=bob," AD_PEOPLE "\nchangetype: modrdn\nnewrdn: CN=robert\ndeleteoldrdn: 1\n\n"
             "dn: CN=eve," AD_PEOPLE "\nchangetype: delete\n");
        person(&fx, "kim", "");
        ldif(&fx, "dn: CN=staff," AD_GROUPS "\nchangetype: modify\nadd: member\nmember: CN=kim," AD_PEOPLE "\n-\n"
             "delete: member\nmember: CN=ada," AD_PEOPLE "\n");
        fx_again(&fx);
        fx_round(&fx, false);
        ck_assert_str_eq(fx_text(&fx, ada, "surname"), "Lovelace");
        ck_assert_str_eq(fx_text(&fx, bob, "dn"), "CN=robert," AD_PEOPLE);
        kim = id_of(&fx, "kim");
        ck_assert(fx_member(&fx, staff, MST_USER, kim));
        ck_assert_uint_eq(fx_members(&fx, staff), 1);
        ck_assert_ptr_null(fx_record(&fx, eve));
        ck_assert(!fx_told(&fx, MST_TEST_GONE_SOFT, ada) && !fx_told(&fx, MST_TEST_GONE_HARD, ada));

        fx_round(&fx, false);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 0);
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_GONE_HARD, MST_USER), 0);

        /* who may not read the remains is not told who is deleted: everybody is read when it is due */
        fx.config.full_every = 1;
        fx_round(&fx, false);
        ck_assert(fx_all(&fx, MST_USER) && fx_all(&fx, MST_GROUP));
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_WHOLE, MST_USER), 3);
        ck_assert_ptr_null(fx_record(&fx, eve));
        fx_close(&fx);
}
END_TEST

/* What cannot be undone; later tests have it. */
static void
with_recycle_bin(void)
{
        ck_assert_int_eq(system("printf 'dn:\\nchangetype: modify\\nadd: enableOptionalFeature\\nenableOptionalFeature: "
                                "CN=Partitions,CN=Configuration," AD_SUFFIX ":766ddcd8-acd0-445e-f3b9-a7f9b6744f2a\\n' | "
                                "bash -c '. \"$srcdir/tests/scenario/samba.sh\"; samba_ldb \"$LDAP_SOURCE_WORK/ad\" ldbmodify' "
                                ">/dev/null"), 0);
}

/* Who may see the remains is told at once; not for good where there is a recycle bin. */
START_TEST(deleted)
{
        static const char *const nobody = "00000000-0000-1000-8000-000000000000";
        struct mst_error err = { 0 };
        const enum mst_test_what how = _i < 2 ? MST_TEST_GONE_HARD : MST_TEST_GONE_SOFT;
        const char *ids[3], *staff;
        struct fixture fx;

        begin(&fx, WITH_TOMBSTONES + _i % 2);
        if (_i == 2)
                with_recycle_bin();
        person(&fx, "ada", "");
        person(&fx, "eve", "");
        ldif(&fx, "dn: CN=staff," AD_GROUPS "\nchangetype: add\nobjectClass: group\nsAMAccountName: staff\n"
             "member: CN=eve," AD_PEOPLE "\n");
        fx_round(&fx, true);
        ids[0] = id_of(&fx, "eve");
        ids[1] = id_of(&fx, "ada");
        ids[2] = nobody;
        staff = id_of(&fx, "staff");
        ldif(&fx, "dn: CN=eve," AD_PEOPLE "\nchangetype: delete\n\ndn: CN=staff," AD_GROUPS "\nchangetype: delete\n");
        fx_round(&fx, false);
        ck_assert(fx_told(&fx, how, ids[0]));
        ck_assert(fx_told(&fx, how, staff));
        ck_assert_uint_eq(fx_count(&fx, MST_TEST_GONE_SOFT, MST_USER) > 0, _i >= 2);
        ck_assert(!fx_told(&fx, how, ids[1]) && !fx_told(&fx, MST_TEST_OUTSIDE, ids[1]));
        fx.pages[0] = mst_test_page(fx.test);
        fx.page_count = 1;
        ck_assert_msg(mst_plugin_ldap.source->fetch(fx.self, mst_test_ids(fx.test, MST_USER, ids, 3), fx.pages[0],
                                                    &err) == MST_OK, "%s", err.text);
        ck_assert(fx_told(&fx, how, ids[0]));
        ck_assert(fx_told(&fx, MST_TEST_WHOLE, ids[1]));
        ck_assert(fx_told(&fx, MST_TEST_GONE_HARD, nobody));
        fx_close(&fx);
}
END_TEST

/* The numbers of one domain controller mean nothing to another, nor to one that was put back. */
START_TEST(another_server)
{
        static const char other[] = "11111111-2222-3333-4444-555555555555";
        struct mst_error err = { 0 };
        unsigned long long usn = 0, date = 0;
        struct fixture fx;
        char server[64];

        begin(&fx, 1);
        person(&fx, "ada", "");
        fx_round(&fx, true);
        ck_assert_int_eq(sscanf(fx.cursor, "usn %63s %llu %llu", server, &usn, &date), 3);
        snprintf(fx.cursor, sizeof fx.cursor, "usn %s %llu %llu", other, usn, date);
        ck_assert_int_eq(fx_try(&fx, false, &err), MST_EEXPIRED);
        ck_assert_msg(strstr(err.text, "another domain controller") != NULL, "%s", err.text);
        snprintf(fx.cursor, sizeof fx.cursor, "usn %s %llu %llu", server, usn + 1000000, date);
        ck_assert_int_eq(fx_try(&fx, false, &err), MST_EEXPIRED);
        ck_assert_msg(strstr(err.text, "gone back in time") != NULL, "%s", err.text);
        snprintf(fx.cursor, sizeof fx.cursor, "usn %s %llu %llu", server, usn, date);
        fx_round(&fx, false);
        fx_close(&fx);
}
END_TEST

/* The probe says how changes are found, and who will not be told of as deleted. */
START_TEST(noted)
{
        bool way = false, remains = false, bad;
        struct mst_error err = { 0 };
        struct mst_facts *facts;
        struct fixture fx;
        const char *note;

        begin(&fx, _i);
        facts = mst_test_facts(fx.test);
        ck_assert_msg(mst_plugin_ldap.source->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; (note = mst_test_facts_note(facts, i, &bad)) != NULL; i++) {
                way |= strcmp(note, logins[_i].becomes == LDP_BY_USN ? "changes are found by uSNChanged"
                                                                     : "changes are found by DirSync") == 0;
                remains |= bad && strstr(note, "CN=Deleted Objects") != NULL;
        }
        ck_assert(way);
        ck_assert_int_eq(remains, _i < WITH_TOMBSTONES);
        fx_close(&fx);
}
END_TEST

TCase *
case_ad(void)
{
        TCase *tc = tcase_create("ad");

        tcase_set_timeout(tc, 120);
        tcase_add_loop_test(tc, domain, 0, sizeof logins / sizeof *logins);
        tcase_add_loop_test(tc, deleted, 0, 4);
        tcase_add_test(tc, another_server);
        tcase_add_loop_test(tc, noted, 0, sizeof logins / sizeof *logins);
        return tc;
}
