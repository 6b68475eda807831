/* entra-properties.c - every property that the sheet names (3.3 users, 3.4 groups) with its type,
 * directory extensions of each type, and the rolls of ids that a cursor refers to. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/test.h>

#include "../../plugins/entra/read.h"
#include "graph.h"
#include "record/record.h"
#include "unit.h"
#include "util/buffer.h"

static const struct {
        const char *names;
        enum mst_type type;
        bool many;
} users[] = {
        { "id userPrincipalName displayName givenName surname jobTitle mobilePhone officeLocation preferredLanguage "
          "mail userType mailNickname department companyName employeeId employeeType streetAddress city state "
          "postalCode country faxNumber usageLocation creationType externalUserState ageGroup "
          "consentProvidedForMinor legalAgeGroupClassification onPremisesImmutableId onPremisesSamAccountName "
          "onPremisesUserPrincipalName onPremisesDistinguishedName onPremisesDomainName "
          "onPremisesSecurityIdentifier securityIdentifier passwordPolicies preferredDataLocation", MST_TEXT, false },
        { "businessPhones otherMails proxyAddresses imAddresses", MST_TEXT, true },
        { "accountEnabled onPremisesSyncEnabled showInAddressList isResourceAccount isManagementRestricted", MST_BOOL,
          false },
        { "createdDateTime deletedDateTime lastPasswordChangeDateTime signInSessionsValidFromDateTime employeeHireDate "
          "employeeLeaveDateTime externalUserStateChangeDateTime onPremisesLastSyncDateTime", MST_DATE, false },
        { "employeeOrgData onPremisesExtensionAttributes authorizationInfo passwordProfile", MST_OBJECT, false },
        { "onPremisesProvisioningErrors serviceProvisioningErrors identities assignedLicenses assignedPlans "
          "provisionedPlans licenseAssignmentStates", MST_OBJECT, true },
        { "manager", MST_REF, false },
        { "photo", MST_BYTES, false },
}, groups[] = {
        { "id displayName description mail mailNickname visibility membershipRule membershipRuleProcessingState "
          "classification onPremisesSamAccountName onPremisesDomainName onPremisesNetBiosName "
          "onPremisesSecurityIdentifier securityIdentifier uniqueName preferredLanguage preferredDataLocation theme",
          MST_TEXT, false },
        { "mailEnabled securityEnabled isAssignableToRole onPremisesSyncEnabled", MST_BOOL, false },
        { "groupTypes proxyAddresses", MST_TEXT, true },
        { "createdDateTime expirationDateTime renewedDateTime deletedDateTime onPremisesLastSyncDateTime", MST_DATE, false },
        { "onPremisesExtensionAttributes", MST_OBJECT, false },
        { "assignedLicenses assignedLabels", MST_OBJECT, true },
};

static const char *const refused[] = {
        "aboutMe", "birthday", "hireDate", "interests", "mySite", "pastProjects", "preferredName", "responsibilities",
        "schools", "skills", "mailboxSettings", "signInActivity", "customSecurityAttributes", "directReports",
        "transitiveMemberOf",
};

static size_t
check_row(const char *names, enum mst_type type, bool many, const struct mst_attribute *(*find)(const char *))
{
        char copy[1200], *save = NULL;
        size_t count = 0;

        snprintf(copy, sizeof copy, "%s", names);
        for (char *name = strtok_r(copy, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save), count++) {
                const struct mst_attribute *a = find(name);

                ck_assert_msg(a != NULL, "%s", name);
                ck_assert_msg(a->type == type, "%s", name);
                ck_assert_msg(((a->flags & MST_ATTR_MANY) != 0) == many, "%s", name);
                ck_assert_msg(a->help != NULL && *a->help != '\0', "%s", name);
        }
        return count;
}

START_TEST(types)
{
        size_t count = 0, group_count = 0, table = 0, group_table = 0;

        for (size_t i = 0; i < UNIT_COUNT(users); i++)
                count += check_row(users[i].names, users[i].type, users[i].many, entra_attribute);
        for (size_t i = 0; i < UNIT_COUNT(groups); i++)
                group_count += check_row(groups[i].names, groups[i].type, groups[i].many, entra_group_attribute);
        for (size_t i = 0; i < UNIT_COUNT(refused); i++) {
                ck_assert_ptr_nonnull(entra_refused(refused[i]));
                ck_assert_ptr_null(entra_attribute(refused[i]));
        }
        /* and nothing else but other names for them */
        for (const struct mst_attribute *a = entra_attributes; a->name != NULL; a++) {
                enum entra_how how;
                bool other = strcmp(entra_property(a->name, &how), a->name) != 0 || strchr(a->name, '*') != NULL;

                table += (a->flags & MST_ATTR_GROUP) == 0 && !other;
                group_table += (a->flags & MST_ATTR_GROUP) != 0;
        }
        ck_assert_uint_eq(table, count);
        ck_assert_uint_eq(group_table, group_count);
}
END_TEST

/* --- through the emulator ------------------------------------------------------------------------ */

#define EXT(name) "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_" name

static struct graph g;

static void
end_graph(void)
{
        graph_stop(&g);
}

static const struct {
        const char *set, *value;             /* JSON set at the emulator, and of the record    */
        enum mst_type type;
} extensions[] = {
        { "\"text\"", "\"text\"", MST_TEXT },
        { "\"QmluYXJ5AA==\"", "\"QmluYXJ5AA==\"", MST_TEXT },            /* Binary: base64     */
        { "true", "true", MST_BOOL },
        { "\"2026-01-15T09:30:00Z\"", "\"2026-01-15T09:30:00Z\"", MST_TEXT },    /* DateTime */
        { "-17", "-17", MST_INT },
        { "9007199254740993", "9007199254740993", MST_INT },             /* LargeInteger beyond 2^53 */
        { "9223372036854775807", "9223372036854775807", MST_INT },
        { "[\"a\",\"b\"]", "[\"a\",\"b\"]", MST_LIST },
        { "[1,9007199254740993]", "[1,9007199254740993]", MST_LIST },
        { "[\"QQ==\",\"Qg==\"]", "[\"QQ==\",\"Qg==\"]", MST_LIST },
        { "[]", "[]", MST_LIST },
};

START_TEST(extension)
{
        static const char *const wants[] = { EXT("costBook"), NULL };
        struct mstc_buffer text = { 0 };
        const struct mst_value *value;
        char json[300], id[40];

        graph_start(&g, "3", wants);
        graph_control(&g, "settings", "{\"extras\":true}");      /* annotations everywhere */
        snprintf(id, sizeof id, "%.36s", strstr(graph_look(&g, "people?offset=1&limit=1"), "\"id\":\"") + 6);
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"set\":{\"%s\":%s}}", id, wants[0], extensions[_i].set);
        graph_control(&g, "change", json);
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        value = mst_record_get(mst_test_page_find(g.page, id), wants[0]);
        ck_assert_int_eq(mst_value_type(value), extensions[_i].type);
        mstc_value_json(value, &text);
        ck_assert_str_eq(mstc_buffer_cstr(&text), extensions[_i].value);
        mstc_buffer_done(&text);
}
END_TEST

/* What Graph does not know is named. */
START_TEST(unknown_property)
{
        static const char *const wants[] = { EXT("nowhere"), "mail", NULL }, *const of_groups[] = {
                "group." EXT("nowhere"), "mail", NULL };
        struct mst_error err = { 0 };

        graph_start(&g, "3", _i == 0 ? wants : of_groups);
        ck_assert_int_eq(graph_round(&g, NULL), MST_ECONFIG);
        ck_assert_msg(strstr(g.err.text, "'" EXT("nowhere") "'") != NULL, "%s", g.err.text);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err), MST_ECONFIG);
        ck_assert_msg(strstr(err.text, "'" EXT("nowhere") "'") != NULL, "%s", err.text);
}
END_TEST

/* A front end that finds the address too long says so in JSON or in HTML. */
START_TEST(request_too_long)
{
        static const char *const wants[] = { "mail", NULL };
        const char *settings = _i % 2 == 0 ? "{\"max-request\":2500}" : "{\"max-request\":2500,\"max-request-html\":true}";

        graph_start(&g, "300", wants);
        if (_i < 2) {
                graph_control(&g, "settings", "{\"link-length\":9000}");
                ck_assert_int_eq(graph_read(&g, NULL), MST_OK);
        } else {
                settings = _i == 2 ? "{\"max-request\":50}" : "{\"max-request\":50,\"max-request-html\":true}";
        }
        graph_control(&g, "settings", settings);
        ck_assert_int_eq(graph_read(&g, _i < 2 ? g.cursor : NULL), MST_ECONFIG);
        ck_assert_msg(strstr(g.err.text, "too long") != NULL && strstr(g.err.text, "muster reset") != NULL, "%s",
                      g.err.text);
        graph_control(&g, "settings", "{\"max-request\":0}");
        ck_assert_msg(graph_round(&g, _i < 2 ? g.cursor : NULL) == MST_OK, "%s", g.err.text);
}
END_TEST

/* --- probe: each right ---------------------------------------------------------------------------- */

static const char *const everything[] = { "employeeLeaveDateTime", "group.displayName", "group.members", "mail",
                                          "photo", NULL };

static const struct {
        const char *roles, *fault;
        int code;
        const char *says;                    /* in the error, or in a warning          */
} rights[] = {
        { "User.Read.All GroupMember.Read.All User-LifeCycleInfo.Read.All", NULL, MST_OK, NULL },
        { "Directory.Read.All User-LifeCycleInfo.Read.All", NULL, MST_OK, NULL },
        { "Directory.Read.All", NULL, MST_OK, "User-LifeCycleInfo.Read.All" },
        { "", NULL, MST_EPERM, "User.Read.All" },
        { "GroupMember.Read.All", NULL, MST_EPERM, "listing users" },
        { "User.Read.All", NULL, MST_EPERM, "GroupMember.Read.All" },
        { NULL, "\"kind\":\"delta\"", MST_EPERM, "asking for changes of users" },
        { NULL, "\"kind\":\"groups-delta\"", MST_EPERM, "asking for changes of groups" },
        { NULL, "\"kind\":\"members\"", MST_EPERM, "reading the members of a group" },
        { NULL, "\"path\":\"/v1.0/directory/deletedItems/microsoft.graph.user\"", MST_OK, "reading deleted users is not allowed" },
        { NULL, "\"path\":\"/v1.0/directory/deletedItems/microsoft.graph.group\"", MST_OK, "Group.Read.All" },
        { NULL, "\"kind\":\"photo\"", MST_EPERM, "reading a picture" },
};

START_TEST(right)
{
        struct mst_facts *facts;
        struct mst_error err = { 0 };
        char json[300];
        int code;
        bool found = false, bad = false;

        graph_start(&g, "10", everything);
        graph_control(&g, "group", "{\"set\":{\"displayName\":\"A\"}}");
        if (rights[_i].roles != NULL) {
                snprintf(json, sizeof json, "{\"roles\":\"%s\"}", rights[_i].roles);
                graph_control(&g, "app", json);
        }
        if (rights[_i].fault != NULL) {
                snprintf(json, sizeof json, "[{%s,\"from\":1,\"count\":0,\"action\":\"status\",\"status\":403,"
                         "\"code\":\"Authorization_RequestDenied\"}]", rights[_i].fault);
                graph_control(&g, "faults", json);
        }
        facts = mst_test_facts(g.test);
        code = mst_plugin_entra.source->probe(g.entra, facts, &err);
        ck_assert_msg(code == rights[_i].code, "%d %s", code, err.text);
        if (code != MST_OK) {
                ck_assert_msg(strstr(err.text, rights[_i].says) != NULL, "%s", err.text);
                return;
        }
        for (size_t i = 0; mst_test_facts_note(facts, i, &bad) != NULL; i++) {
                ck_assert_msg(!bad || rights[_i].says != NULL, "%s", mst_test_facts_note(facts, i, NULL));
                found = found || (bad && strstr(mst_test_facts_note(facts, i, NULL), rights[_i].says) != NULL);
        }
        ck_assert(found == (rights[_i].says != NULL));
}
END_TEST

START_TEST(right_b2c)
{
        static const char *const wants[] = { "group.members", "mail", NULL };
        struct mst_facts *facts;
        struct mst_error err = { 0 };
        bool found = false;

        graph_start(&g, "10", wants);
        graph_control(&g, "settings", "{\"b2c\":true}");
        facts = mst_test_facts(g.test);
        ck_assert_msg(mst_plugin_entra.source->probe(g.entra, facts, &err) == MST_OK, "%s", err.text);
        ck_assert_uint_eq(mst_test_facts_can(facts) & MST_CAN_INCREMENTAL, 0);
        ck_assert_uint_ne(mst_test_facts_can(facts) & MST_CAN_FETCH, 0);
        for (size_t i = 0; mst_test_facts_note(facts, i, NULL) != NULL; i++)
                found = found || strstr(mst_test_facts_note(facts, i, NULL), "no change tracking") != NULL;
        ck_assert(found);
}
END_TEST

/* --- rolls ----------------------------------------------------------------------------------------- */

static struct mst_arena *arena;

static void
begin_roll(void)
{
        arena = mst_arena_new(0);
}

static void
end_roll(void)
{
        mst_arena_free(arena);
}

static const char *const ids[] = {
        "0a1b2c3d-0000-4000-8000-00000000c0de", "0A1B2C3D-0000-4000-8000-00000000C0DE", "a", "0a1b2c3d-0000-4000-8000",
        "0a1b2c3d-0000-4000-8000-00000000c0d", "0a1b2c3d-0000-4000-8000-00000000c0deX", "0a1b2c3d00000-4000-8000-00000000c0de",
        "\xc3\xa9t\xc3\xa9", "with blanks and \t", "-------------------------------------",
};

START_TEST(roll_round_trip)
{
        struct entra_roll *roll = entra_roll_new(), *back;
        uint64_t number = 0;
        char id[40], *bytes;
        size_t size, at = 0, length, count = 0;

        for (size_t i = 0; i < UNIT_COUNT(ids); i++)
                ck_assert(entra_roll_put(roll, ids[i], strlen(ids[i]), UINT64_MAX - i));
        for (unsigned i = 0; i < 5000; i++) {
                snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", i * 2654435761u, i);
                ck_assert(entra_roll_put(roll, id, 36, i));
        }
        ck_assert(entra_roll_drop(roll, "a", 1));
        ck_assert(!entra_roll_drop(roll, "a", 1));
        ck_assert(!entra_roll_has(roll, "a", 1, NULL));
        ck_assert_uint_eq(entra_roll_count(roll), 5000 + UNIT_COUNT(ids) - 1);
        bytes = entra_roll_pack(roll, _i == 0, arena, &size);
        ck_assert_ptr_nonnull(bytes);
        if (_i == 1)
                ck_assert_uint_lt(size, 5000 * 19);
        back = entra_roll_unpack(bytes, size);
        ck_assert_ptr_nonnull(back);
        ck_assert_uint_eq(entra_roll_count(back), entra_roll_count(roll));
        for (const char *one; (one = entra_roll_next(roll, &at, &length)) != NULL; count++) {
                uint64_t mine = 1;

                ck_assert(entra_roll_has(roll, one, length, &number) && entra_roll_has(back, one, length, &mine));
                ck_assert_uint_eq(mine, _i == 0 ? number : 0);
        }
        ck_assert_uint_eq(count, entra_roll_count(roll));
        /* a damaged one is refused, or at least does no harm */
        for (size_t cut = 0; cut < 200; cut++)
                entra_roll_free(entra_roll_unpack(bytes, cut));
        ck_assert_ptr_null(entra_roll_unpack(bytes, 7));
        ck_assert_ptr_null(entra_roll_unpack("mroll0\0\0", 8));
        ck_assert_ptr_null(entra_roll_unpack(bytes, size - 1));
        entra_roll_free(roll);
        entra_roll_free(back);
        entra_roll_free(NULL);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-properties");
        TCase *c = tcase_create("tables"), *t = tcase_create("emulator"), *r = tcase_create("rolls");

        tcase_add_test(c, types);
        suite_add_tcase(s, c);
        tcase_add_checked_fixture(t, NULL, end_graph);
        tcase_add_loop_test(t, extension, 0, UNIT_COUNT(extensions));
        tcase_add_loop_test(t, unknown_property, 0, 2);
        tcase_add_loop_test(t, request_too_long, 0, 4);
        tcase_add_loop_test(t, right, 0, UNIT_COUNT(rights));
        tcase_add_test(t, right_b2c);
        suite_add_tcase(s, t);
        tcase_add_checked_fixture(r, begin_roll, end_roll);
        tcase_add_loop_test(r, roll_round_trip, 0, 2);
        suite_add_tcase(s, r);
        return s;
}

UNIT_MAIN(suite)
