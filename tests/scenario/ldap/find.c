/* find.c - looking up, listing, and what the probe says. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static const struct mst_sink_calls *
calls(void)
{
        return mst_plugin_ldap.sink;
}

static void
make(struct fixture *fx, const char *uid, const char *mail, const char *stamp)
{
        const char *attributes[] = { "objectClass", "inetOrgPerson", "cn", uid, "sn", "x", "mail", mail,
                                     "telephoneNumber", "+49 30 12-34", "description", "Fran\xc3\xa7oise", NULL };
        char dn[256];

        snprintf(dn, sizeof dn, "uid=%s," PEOPLE, uid);
        fx_make(fx, dn, attributes);
        fx_modify(fx, dn, LDAP_MOD_ADD, "objectClass", "musterObject");
        if (stamp != NULL)
                fx_modify(fx, dn, LDAP_MOD_ADD, "musterStamp", stamp);
}

static const struct {
        const char *attribute, *value;   /* attribute NULL: a stamp */
        size_t found;
} asked[] = {
        { "mail", "ada@x.org", 1 },
        { "mail", "ADA@X.org", 1 },              /* twice the same in one search */
        { "mail", "shared@x.org", 2 },
        { "mail", "*", 0 },
        { "mail", "*@x.org", 0 },
        { "mail", "a*", 0 },
        { "mail", "ada@x.org)(uid=*", 0 },
        { "mail", "\\2a", 0 },
        { "mail", "nobody@x.org", 0 },
        { "uid", " Ada ", 1 },
        { "surname", "X", 4 },                   /* another name of sn */
        { "telephoneNumber", "+493012-34", 4 },  /* blanks and hyphens do not count */
        { "telephoneNumber", "+49301234", 4 },
        { "description", "FRAN\xc3\x87OISE", 4 },/* case of letters beyond ASCII */
        { "description", "Francoise", 0 },
        { NULL, "Stamp-1", 1 },
        { NULL, "stamp-1", 0 },                  /* exact */
        { NULL, "stamp-2", 1 },
        { NULL, "*", 0 },
};
#define ASKED (sizeof asked / sizeof *asked)

START_TEST(find)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;
        const char *const wants[] = { "@parent", "mail", "sn", "uid" };
        const struct mst_record *record;

        fx_start(&fx, "main");
        make(&fx, "ada", "ada@x.org", "Stamp-1");
        make(&fx, "bob", "bob@x.org", "stamp-2");
        make(&fx, "eve", "shared@x.org", NULL);
        make(&fx, "mallory", "Shared@x.org", NULL);
        ck_assert(mst_test_wants(fx.test, wants, 4));
        search = mst_test_search(fx.test);
        for (size_t i = 0; i < ASKED; i++)
                ck_assert(asked[i].attribute != NULL
                                  ? mst_test_ask_text(search, MST_USER, asked[i].attribute, asked[i].value)
                                  : mst_test_ask_stamp(search, MST_USER, asked[i].value));
        ck_assert(mst_test_ask_object(search, MST_USER, fx_id(&fx, "uid=bob," PEOPLE)));
        ck_assert(mst_test_ask_object(search, MST_USER, "00000000-0000-0000-0000-000000000000"));
        ck_assert(mst_test_ask_object(search, MST_USER, "*"));
        ck_assert(mst_test_ask_object(search, MST_GROUP, fx_id(&fx, "uid=bob," PEOPLE)));
        ck_assert_msg(calls()->find(fx.self, search, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < ASKED; i++) {
                const struct mst_query *query = mst_search_at(search, i);

                ck_assert_msg(mst_query_is_done(query), "%zu: '%s' not done", i, asked[i].value);
                ck_assert_msg(mst_query_found_count(query) == asked[i].found, "%zu: '%s' found %zu", i, asked[i].value,
                              mst_query_found_count(query));
        }
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, ASKED)), 1);
        ck_assert(mst_query_is_done(mst_search_at(search, ASKED + 1)));
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, ASKED + 1)), 0);
        ck_assert(!mst_query_is_done(mst_search_at(search, ASKED + 2)));         /* no id of this server */
        ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, ASKED + 3)), 0);
        record = mst_test_found(mst_search_at(search, 0), 0);
        ck_assert_str_eq(mst_record_id(record), fx_id(&fx, "uid=ada," PEOPLE));
        ck_assert_str_eq(mst_test_found_name(mst_search_at(search, 0), 0), "uid=ada," PEOPLE);
        ck_assert_str_eq(mst_test_found_stamp(mst_search_at(search, 0), 0), "Stamp-1");
        ck_assert_str_eq(mst_value_text(mst_record_get(record, "mail"), NULL), "ada@x.org");
        ck_assert_ptr_null(mst_record_get(record, "telephoneNumber"));
        ck_assert_ptr_null(mst_record_get(record, "@parent"));
        fx_close(&fx);
}
END_TEST

/* Thousands at once, many of them not there. */
START_TEST(find_many)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;
        char text[64];

        fx_start(&fx, "main");
        for (size_t i = 0; i < 500; i++) {
                snprintf(text, sizeof text, "u%zu", i);
                fx_put(mst_test_op_after(fx_person(&fx, text)), "mail", text);
        }
        fx_expect(&fx, MST_DONE);
        search = mst_test_search(fx.test);
        for (size_t i = 0; i < 5000; i++) {
                snprintf(text, sizeof text, "%c%zu", i % 2 == 0 ? 'U' : 'u', i);
                ck_assert(mst_test_ask_text(search, MST_USER, "mail", text));
        }
        ck_assert_msg(calls()->find(fx.self, search, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < 5000; i++) {
                ck_assert(mst_query_is_done(mst_search_at(search, i)));
                ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, i)), i < 500);
        }
        fx_close(&fx);
}
END_TEST

/* The server gives 20 entries a search and no more: never "absent", never "all". */
START_TEST(cut_short)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;
        struct mst_page *page;
        char text[64];

        fx_start(&fx, "small");
        for (size_t i = 0; i < 60; i++) {
                snprintf(text, sizeof text, "u%zu", i);
                fx_put(mst_test_op_after(fx_person(&fx, text)), "mail", text);
        }
        fx_expect(&fx, MST_DONE);
        search = mst_test_search(fx.test);
        for (size_t i = 0; i < 60; i++) {                /* a chunk of 60 is over the limit: halved */
                snprintf(text, sizeof text, "u%zu", i);
                ck_assert(mst_test_ask_text(search, MST_USER, "mail", text));
        }
        ck_assert(mst_test_ask_text(search, MST_USER, "sn", "Lovelace"));
        ck_assert_msg(calls()->find(fx.self, search, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < 60; i++) {
                ck_assert(mst_query_is_done(mst_search_at(search, i)));
                ck_assert_uint_eq(mst_query_found_count(mst_search_at(search, i)), 1);
        }
        ck_assert(!mst_query_is_done(mst_search_at(search, 60)));
        page = mst_test_page(fx.test);
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, NULL, page, &err), MST_EREFUSED);
        ck_assert_ptr_nonnull(strstr(err.text, "cut the listing"));
        ck_assert(!mst_test_page_is_complete(page));
        fx_close(&fx);
}
END_TEST

START_TEST(unknown_attribute)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_search *search;

        fx_start(&fx, "main");
        search = mst_test_search(fx.test);
        ck_assert(mst_test_ask_text(search, MST_USER, "mial", "ada@x.org"));
        ck_assert_int_eq(calls()->find(fx.self, search, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "no attribute 'mial'"));
        ck_assert(!mst_query_is_done(mst_search_at(search, 0)));
        fx_close(&fx);
}
END_TEST

/* All pages, or nothing. */
static size_t
list_all(struct fixture *fx, enum mst_kind kind, size_t *pages)
{
        char cursor[128], *at = NULL;
        struct mst_error err = { 0 };
        size_t total = 0;

        for (*pages = 1;; ++*pages) {
                struct mst_page *page = mst_test_page(fx->test);

                ck_assert_msg(calls()->list(fx->self, kind, at, page, &err) == MST_OK, "%s", err.text);
                total += mst_test_page_count(page);
                if (mst_test_page_is_complete(page))
                        return total;
                snprintf(cursor, sizeof cursor, "%s", mst_test_page_cursor(page));
                at = cursor;
        }
}

START_TEST(list)
{
        static const char *const wants[] = { "mail", "@parent" };
        static const char *const unit[] = { "objectClass", "organizationalUnit", NULL };
        struct fixture fx;
        struct mst_error err = { 0 };
        const struct mst_record *record;
        struct mst_page *page;
        struct mst_op *group;
        size_t pages;
        char text[64];

        fx_start(&fx, "main");
        ck_assert_uint_eq(list_all(&fx, MST_USER, &pages), 0);
        fx_make(&fx, "ou=deep," PEOPLE, unit);
        for (size_t i = 0; i < 250; i++) {
                snprintf(text, sizeof text, "u%zu", i);
                fx_put(mst_test_op_after(fx_person(&fx, text)), "mail", text);
        }
        fx_put(mst_test_op_after(fx_person(&fx, "deep")), "@parent", "ou=deep");
        group = fx_op(&fx, MST_CREATE, MST_GROUP, "team");
        fx_put(mst_test_op_after(group), "cn", "team");
        fx_expect(&fx, MST_DONE);
        ck_assert_uint_eq(list_all(&fx, MST_USER, &pages), 251);
        ck_assert_uint_eq(pages, 3);
        ck_assert_uint_eq(list_all(&fx, MST_GROUP, &pages), 1);

        ck_assert(mst_test_wants(fx.test, wants, 2));
        mst_plugin_ldap.sink->close(fx.self);
        fx.config.page_size = 1000;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        page = mst_test_page(fx.test);
        ck_assert_msg(calls()->list(fx.self, MST_USER, NULL, page, &err) == MST_OK, "%s", err.text);
        record = mst_test_page_find(page, fx_id(&fx, "uid=deep,ou=deep," PEOPLE));
        ck_assert_ptr_nonnull(record);
        ck_assert_str_eq(mst_value_text(mst_record_get(record, "@parent"), NULL), "ou=deep");
        record = mst_test_page_find(page, fx_id(&fx, "uid=u7," PEOPLE));
        ck_assert_str_eq(mst_value_text(mst_record_get(record, "mail"), NULL), "u7");
        ck_assert_uint_eq(mst_record_count(record), 1);
        for (size_t i = 0; i < mst_test_page_count(page); i++)
                if (strcmp(mst_record_id(mst_test_page_record(page, i)), mst_record_id(record)) == 0) {
                        ck_assert_str_eq(mst_test_page_name(page, i), "uid=u7," PEOPLE);
                        ck_assert_str_eq(mst_test_page_stamp(page, i), "stamp-u7");
                }
        fx_close(&fx);
}
END_TEST

/* A cursor of another life, a wrong one, one whose connection has ended: an error, and
 * from the start it works again. */
START_TEST(list_lost)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        char text[64];
        size_t pages;

        fx_start(&fx, "main");
        for (size_t i = 0; i < 250; i++) {
                snprintf(text, sizeof text, "u%zu", i);
                (void)fx_person(&fx, text);
        }
        fx_expect(&fx, MST_DONE);
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, "page 1", mst_test_page(fx.test), &err), MST_ENET);
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, NULL, mst_test_page(fx.test), &err), MST_OK);
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, "page 2", mst_test_page(fx.test), &err), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "must begin again"));
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, NULL, mst_test_page(fx.test), &err), MST_OK);
        fx_shell("main", "slapd_stop");
        fx_shell("main", "slapd_start");
        ck_assert_int_eq(calls()->list(fx.self, MST_USER, "page 1", mst_test_page(fx.test), &err), MST_ENET);
        ck_assert_uint_eq(list_all(&fx, MST_USER, &pages), 250);
        fx_close(&fx);
}
END_TEST

static bool
notes_say(const struct mst_facts *facts, const char *text)
{
        bool bad = false;

        for (size_t i = 0; mst_test_facts_note(facts, i, &bad) != NULL; i++)
                if (strstr(mst_test_facts_note(facts, i, &bad), text) != NULL)
                        return bad;
        return false;
}

START_TEST(probe)
{
        static const char *const wants[] = { "mail", "mial", "cn", "uidNumber" };
        static char *classes[] = { (char *)"top", (char *)"inetOrgPerson", (char *)"noSuchClass", NULL };
        struct fixture fx;
        struct mst_error err = { 0 };
        struct mst_facts *facts, *again;
        enum mst_type type;
        uint32_t flags;

        fx_start(&fx, "main");
        ck_assert(mst_test_wants(fx.test, wants, 4));
        facts = mst_test_facts(fx.test);
        ck_assert_msg(calls()->probe(fx.self, facts, &err) == MST_OK, "%s", err.text);
        ck_assert_ptr_nonnull(strstr(mst_test_facts_identity(facts), fx_id(&fx, PEOPLE)));
        ck_assert_ptr_nonnull(strstr(mst_test_facts_identity(facts), PEOPLE));
        ck_assert_uint_eq(mst_test_facts_can(facts),
                          MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE |
                          MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP |
                          MST_CAN_NEST | MST_CAN_PRESENT | MST_CAN_DISABLE);
        ck_assert_str_eq(mst_test_facts_note(facts, 0, NULL), "it is taken for OpenLDAP");
        ck_assert_uint_eq(mst_test_facts_limit(facts, MST_LIMIT_IN_FLIGHT), 32);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "mail", &type, &flags));
        ck_assert_int_eq(type, MST_TEXT);
        ck_assert_uint_eq(flags, MST_ATTR_MANY);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "manager", &type, &flags));
        ck_assert_int_eq(type, MST_REF);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "jpegPhoto", &type, &flags));
        ck_assert_int_eq(type, MST_BYTES);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "displayName", &type, &flags));
        ck_assert_uint_eq(flags, 0);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "sn", &type, &flags));
        ck_assert((flags & MST_ATTR_REQUIRED) != 0);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "uid", &type, &flags));
        ck_assert((flags & MST_ATTR_NAMING) != 0);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "musterStamp", &type, &flags));
        ck_assert((flags & MST_ATTR_READ_ONLY) != 0 && (flags & MST_ATTR_EXACT) != 0);
        ck_assert(mst_test_facts_attribute(facts, MST_GROUP, "description", &type, &flags));
        ck_assert(!mst_test_facts_attribute(facts, MST_USER, "uidNumber", &type, &flags));
        ck_assert(notes_say(facts, "'mial'"));
        ck_assert(notes_say(facts, "none of the user-object-classes allows 'uidNumber'"));
        ck_assert(!notes_say(facts, "none of the user-object-classes allows 'mail'"));
        ck_assert(notes_say(facts, "none of the group-object-classes allows 'mail'"));

        mst_plugin_ldap.sink->close(fx.self);
        fx.config.user_classes = classes;
        fx.config.empty_member = (char *)"none";
        fx.config.user_stamp = NULL;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        again = mst_test_facts(fx.test);
        ck_assert_msg(calls()->probe(fx.self, again, &err) == MST_OK, "%s", err.text);
        ck_assert_str_eq(mst_test_facts_identity(again), mst_test_facts_identity(facts));
        ck_assert(notes_say(again, "'noSuchClass'"));
        ck_assert_uint_eq(mst_test_facts_can(again) & (MST_CAN_STAMP | MST_CAN_EMPTY_GROUP), 0);
        fx_close(&fx);
}
END_TEST

static const struct {
        const char *user_base, *group_base, *says;
} bases[] = {
        { "ou=nobody," SUFFIX, GROUPS, "user-base 'ou=nobody," SUFFIX "' does not exist" },
        { PEOPLE, "ou=nothing," SUFFIX, "group-base" },
        { "dc=elsewhere", GROUPS, "dc=elsewhere" },
};

START_TEST(probe_bad_base)
{
        struct fixture fx;
        struct mst_error err = { 0 };

        fx_begin(&fx, "main");
        fx.config.user_base = (char *)bases[_i].user_base;
        fx.config.group_base = (char *)bases[_i].group_base;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        ck_assert_int_eq(calls()->probe(fx.self, mst_test_facts(fx.test), &err), MST_ECONFIG);
        ck_assert_msg(strstr(err.text, bases[_i].says) != NULL, "%s", err.text);
        fx_close(&fx);
}
END_TEST

TCase *
case_find(void)
{
        TCase *finding = tcase_create("find");

        tcase_set_timeout(finding, 120);
        tcase_add_test(finding, find);
        tcase_add_test(finding, find_many);
        tcase_add_test(finding, cut_short);
        tcase_add_test(finding, unknown_attribute);
        tcase_add_test(finding, list);
        tcase_add_test(finding, list_lost);
        tcase_add_test(finding, probe);
        tcase_add_loop_test(finding, probe_bad_base, 0, (int)(sizeof bases / sizeof *bases));
        return finding;
}
