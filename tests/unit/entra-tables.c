/* entra-tables.c - the parts of the entra source that need no server: what is selected,
 * what a user's JSON becomes, cursors, addresses of the clouds, which refusals mean that
 * a cursor is lost. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include <muster/test.h>

#include "../../plugins/entra/entra.h"
#include "record/record.h"
#include "unit.h"

extern const struct mst_plugin mst_plugin_entra;

static struct mst_test *test;
static struct entra_config config;
static struct entra *entra;
static struct mst_error err;

static void
begin(void)
{
        void *self = NULL;

        test = mst_test_new("contoso");
        config = (struct entra_config){
                .tenant = (char *)(uintptr_t)"contoso.example", .client_id = (char *)(uintptr_t)"c1",
                .client_secret = mst_secret_new("s", 1), .graph_url = (char *)(uintptr_t)"https://graph.example",
        };
        err = (struct mst_error){ 0 };
        ck_assert_int_eq(mst_plugin_entra.source->open(&config, mst_test_host(test), &self, &err), MST_OK);
        entra = self;
}

static void
end(void)
{
        mst_plugin_entra.source->close(entra);
        mst_secret_free(config.client_secret);
        mst_test_free(test);
}

static void
want(const char *names)
{
        const char *list[40];
        char copy[1000], *save = NULL;
        size_t count = 0;

        snprintf(copy, sizeof copy, "%s", names);
        for (char *name = strtok_r(copy, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save))
                list[count++] = name;
        ck_assert(mst_test_wants(test, list, count));
}

static const struct {
        const char *wants, *select, *says;
} plans[] = {
        { "", "id", NULL },
        { "id", "id", NULL },
        { "objectId", "id", NULL },
        { "mail", "id,mail", NULL },
        { "MAIL", "id,mail", NULL },
        { "manager", "id,manager", NULL },
        { "department manager mail", "id,department,mail,manager", NULL },
        { "businessPhones telephoneNumber", "id,businessPhones", NULL },
        { "extensionAttribute1 extensionAttribute15 onPremisesExtensionAttributes",
          "id,onPremisesExtensionAttributes", NULL },
        { "facsimileTelephoneNumber mobile physicalDeliveryOfficeName dirSyncEnabled sipProxyAddress",
          "id,onPremisesSyncEnabled,faxNumber,mobilePhone,officeLocation,imAddresses", NULL },
        { "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook",
          "id,extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook", NULL },
        { "shoeSize", NULL, "'shoeSize' (Graph knows no such property" },
        { "skills", NULL, "(501)" },
        { "hireDate", NULL, "employeeHireDate" },
        { "memberOf", NULL, "group.members" },
        { "transitiveMemberOf", NULL, "delta does not carry" },
        { "photo", "id", NULL },
        { "group.displayName group.members mail", "id,mail", NULL },
        { "group.shoeSize", NULL, "'group.shoeSize' (Graph knows no such property of a group" },
        { "group.", NULL, "of a group" },
        { "group.manager", NULL, "of a group" },
        { "signInActivity", NULL, "every sign-in" },
        { "aboutMe birthday mail shoeSize", NULL, "'aboutMe' (" },
        { "aboutMe birthday mail shoeSize", NULL, "'shoeSize' (" },
        { "extension_short_x", NULL, "32 hex digits" },
        { "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_", NULL, "32 hex digits" },
        { "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_a&b", NULL, "32 hex digits" },
        { "extension_*", NULL, "32 hex digits" },
        { "extk9eruy7c_costs", NULL, "schema extensions" },
        { "extensionAttribute16", NULL, "no such property" },
        { "mail,department", NULL, "no such property" },
        { "mail&$top=1", NULL, "no such property" },
        { "*", NULL, "no such property" },
};

START_TEST(plan)
{
        int code;

        want(plans[_i].wants);
        code = entra_plan_make(entra, true, &err);
        ck_assert_msg((code == MST_OK) == (plans[_i].select != NULL), "%s: %s", plans[_i].wants, err.text);
        if (code == MST_OK) {
                ck_assert_str_eq(entra->plan->select, plans[_i].select);
                ck_assert_ptr_null(strstr(entra->plan->select_single, "manager"));
        } else {
                ck_assert_int_eq(code, MST_ECONFIG);
                ck_assert_msg(strstr(err.text, plans[_i].says) != NULL, "%s", err.text);
        }
}
END_TEST

#define EXT "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_x"
#define PHONES "{\"businessPhones\":"

/* Wanted names, a user's JSON, and the record as JSON; or why the record is bad. */
static const struct {
        const char *wants, *json, *record, *bad;
} people[] = {
        { "mail", "{}", "{}", NULL },
        { "mail", "{\"mail\":null}", "{\"mail\":null}", NULL },
        { "mail", "{\"mail\":\"a@b\"}", "{\"mail\":\"a@b\"}", NULL },
        { "mail", "{\"mail\":\"\"}", "{\"mail\":\"\"}", NULL },
        { "mail", "{\"mail\":\"1\",\"mail\":\"2\"}", "{\"mail\":\"2\"}", NULL },
        { "mail", "{\"displayName\":\"x\",\"mail\":\"a\",\"zzz\":[{}]}", "{\"mail\":\"a\"}", NULL },
        { "mail", "{\"mail@odata.type\":\"#x\",\"@odata.id\":1}", "{}", NULL },
        { "mail", "{\"\\u006dail\":\"a\"}", "{\"mail\":\"a\"}", NULL },
        { "mail", "{\"mail\":5}", NULL, "mail is a number where Graph promises text" },
        { "mail", "{\"mail\":true}", NULL, "mail is a boolean" },
        { "mail", "{\"mail\":[]}", NULL, "mail is a list" },
        { "mail", "{\"mail\":{}}", NULL, "mail is an object" },
        { "mail", "{\"mail\":\"\xff\"}", NULL, "mail is not UTF-8" },
        { "mail", "{\"mail\":\"\\u0000\"}", NULL, "mail holds a NUL" },
        { "mail", "{\"mail\":\"\\ud800\"}", NULL, "mail holds half a surrogate" },
        { "accountEnabled", "{\"accountEnabled\":false}", "{\"accountEnabled\":false}", NULL },
        { "accountEnabled", "{\"accountEnabled\":null}", "{\"accountEnabled\":null}", NULL },
        { "accountEnabled", "{\"accountEnabled\":\"false\"}", NULL, "accountEnabled is text" },
        { "accountEnabled", "{\"accountEnabled\":0}", NULL, "accountEnabled is a number" },
        { "createdDateTime", "{\"createdDateTime\":\"2026-01-15T09:30:00Z\"}",
          "{\"createdDateTime\":\"2026-01-15T09:30:00Z\"}", NULL },
        { "createdDateTime", "{\"createdDateTime\":\"2026-01-15T09:30:00.1234567Z\"}",
          "{\"createdDateTime\":\"2026-01-15T09:30:00.1234567Z\"}", NULL },
        { "createdDateTime", "{\"createdDateTime\":\"0001-01-01T00:00:00Z\"}",
          "{\"createdDateTime\":\"0001-01-01T00:00:00Z\"}", NULL },
        { "createdDateTime", "{\"createdDateTime\":\"soon\"}", NULL, "createdDateTime is not a date" },
        { "createdDateTime", "{\"createdDateTime\":17}", NULL, "createdDateTime is a number" },
        { "otherMails", "{\"otherMails\":[]}", "{\"otherMails\":[]}", NULL },
        { "otherMails", "{\"otherMails\":null}", "{\"otherMails\":null}", NULL },
        { "otherMails", "{\"otherMails\":[\"a\",null,\"b\"]}", "{\"otherMails\":[\"a\",\"b\"]}", NULL },
        { "otherMails", "{\"otherMails\":\"a\"}", NULL, "otherMails is text where Graph promises a list" },
        { "otherMails", "{\"otherMails\":[1]}", NULL, "otherMails is a number" },
        { "otherMails", "{\"otherMails\":[\"a\",[\"b\"]]}", NULL, "otherMails is a list" },
        { "employeeOrgData", "{\"employeeOrgData\":{\"costCenter\":\"5\",\"division\":null,\"x@y\":1}}",
          "{\"employeeOrgData\":{\"costCenter\":\"5\",\"division\":null}}", NULL },
        { "employeeOrgData", "{\"employeeOrgData\":null}", "{\"employeeOrgData\":null}", NULL },
        { "employeeOrgData", "{\"employeeOrgData\":\"5\"}", NULL, "employeeOrgData is text" },
        { "employeeOrgData", "{\"employeeOrgData\":{\"a\":\"\xff\"}}", NULL, "employeeOrgData is not UTF-8" },
        { "assignedLicenses", "{\"assignedLicenses\":[{\"skuId\":\"s\",\"disabledPlans\":[\"p\"]},{}]}",
          "{\"assignedLicenses\":[{\"disabledPlans\":[\"p\"],\"skuId\":\"s\"},{}]}", NULL },
        { "assignedLicenses", "{\"assignedLicenses\":[\"s\"]}", NULL, "assignedLicenses is text" },
        { EXT, "{\"" EXT "\":\"t\"}", "{\"" EXT "\":\"t\"}", NULL },
        { EXT, "{\"" EXT "\":true}", "{\"" EXT "\":true}", NULL },
        { EXT, "{\"" EXT "\":9007199254740993}", "{\"" EXT "\":9007199254740993}", NULL },
        { EXT, "{\"" EXT "\":0.5}", "{\"" EXT "\":0.5}", NULL },
        { EXT, "{\"" EXT "\":[\"a\",\"b\"],\"" EXT "@odata.type\":\"#Collection(String)\"}",
          "{\"" EXT "\":[\"a\",\"b\"]}", NULL },
        { EXT, "{\"Extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_X\":\"t\"}", "{\"" EXT "\":\"t\"}", NULL },
        { "MAIL", "{\"mail\":\"a\"}", "{\"MAIL\":\"a\"}", NULL },
        { EXT, "{\"" EXT "\":1e999}", NULL, EXT " is out of range" },
        { "telephoneNumber", PHONES "[\"1\",\"2\"]}", "{\"telephoneNumber\":\"1\"}", NULL },
        { "telephoneNumber", PHONES "[]}", "{\"telephoneNumber\":null}", NULL },
        { "telephoneNumber", PHONES "null}", "{\"telephoneNumber\":null}", NULL },
        { "telephoneNumber", PHONES "\"1\"}", NULL, "telephoneNumber is text" },
        { "businessPhones telephoneNumber", PHONES "[\"1\"]}",
          "{\"businessPhones\":[\"1\"],\"telephoneNumber\":\"1\"}", NULL },
        { "extensionAttribute2 extensionAttribute3",
          "{\"onPremisesExtensionAttributes\":{\"extensionAttribute2\":\"x\",\"extensionAttribute3\":null}}",
          "{\"extensionAttribute2\":\"x\",\"extensionAttribute3\":null}", NULL },
        { "extensionAttribute2", "{\"onPremisesExtensionAttributes\":null}", "{\"extensionAttribute2\":null}",
          NULL },
        { "extensionAttribute2", "{\"onPremisesExtensionAttributes\":{}}", "{\"extensionAttribute2\":null}",
          NULL },
        { "extensionAttribute2", "{}", "{}", NULL },
        { "manager", "{}", "{}", NULL },
        { "manager", "{\"manager@delta\":[{\"id\":\"m1\"}]}", "{\"manager\":\"m1\"}", NULL },
        { "manager", "{\"manager@delta\":[{\"@removed\":{\"reason\":\"deleted\"},\"id\":\"m1\"},"
          "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"m2\"}]}", "{\"manager\":\"m2\"}", NULL },
        { "manager", "{\"manager@delta\":[{\"id\":\"m2\"},{\"id\":\"m1\",\"@removed\":{}}]}",
          "{\"manager\":\"m2\"}", NULL },
        { "manager", "{\"manager@delta\":[{\"id\":\"m1\",\"@removed\":{\"reason\":\"changed\"}}]}",
          "{\"manager\":null}", NULL },
        { "manager", "{\"manager@delta\":[]}", "{\"manager\":null}", NULL },
        { "manager", "{\"manager@delta\":null}", "{\"manager\":null}", NULL },
        { "manager", "{\"manager@delta\":{}}", NULL, "manager@delta is an object" },
        { "manager", "{\"manager@delta\":[\"m1\"]}", NULL, "manager@delta is text" },
        { "manager", "{\"manager@delta\":[{}]}", NULL, "without a usable id" },
        { "manager", "{\"manager@delta\":[{\"id\":7}]}", NULL, "without a usable id" },
        { "manager", "{\"manager\":{\"id\":\"m1\",\"mail\":\"x\"}}", "{\"manager\":\"m1\"}", NULL },
        { "manager", "{\"manager\":null}", "{\"manager\":null}", NULL },
        { "manager", "{\"manager\":\"m1\"}", NULL, "manager is text" },
        { "mail", "{\"manager@delta\":[{\"id\":\"m1\"}]}", "{}", NULL },
        { "objectId", "{\"id\":\"u1\"}", "{\"objectId\":\"u1\"}", NULL },
};

START_TEST(person)
{
        struct mst_page *page = mst_test_page(test);
        struct mst_record *record = mst_page_patch(page, MST_USER, "u1", 2);
        struct mstc_buffer text = { 0 };

        want(people[_i].wants);
        ck_assert_int_eq(entra_plan_make(entra, true, &err), MST_OK);
        mst_json_start(entra->item, people[_i].json, strlen(people[_i].json));
        entra_person_fill(entra, entra->item, record);
        if (people[_i].bad != NULL) {
                ck_assert_msg(mst_record_why_bad(record) != NULL
                              && strstr(mst_record_why_bad(record), people[_i].bad) != NULL, "%s: %s",
                              people[_i].json, mst_record_why_bad(record));
                return;
        }
        ck_assert_msg(mst_record_why_bad(record) == NULL, "%s", mst_record_why_bad(record));
        mstc_record_json(record, &text);
        ck_assert_str_eq(mstc_buffer_cstr(&text), people[_i].record);
        mstc_buffer_done(&text);
        ck_assert(mst_json_finish(entra->item));
}
END_TEST

static const struct {
        int status;
        const char *body;
        bool expired;
} refusals[] = {
        { 410, "", true },
        { 410, "{\"error\":{\"code\":\"whatever\"}}", true },
        { 400, "{\"error\":{\"code\":\"syncStateNotFound\"}}", true },
        { 404, "{\"error\":{\"code\":\"SyncStateNotFound\"}}", true },
        { 409, "{\"error\":{\"code\":\"SYNCSTATENOTFOUND\"}}", true },
        { 400, "{\"error\":{\"code\":\"resyncRequired\"}}", true },
        { 400, "{\"error\":{\"code\":\"resyncApplyDifferences\"}}", true },
        { 400, "{\"error\":{\"code\":\"resyncUploadDifferences\"}}", true },
        { 400, "{\"error\":{\"code\":\"Directory_ExpiredPageToken\"}}", true },
        { 400, "{\"error\":{\"code\":\"Request_UnsupportedQuery\",\"message\":\"\"}}", true },
        { 400, "{\"error\":{\"code\":\"\",\"innerError\":{\"code\":\"syncStateNotFound\"}}}", true },
        { 400, "{\"error\":{\"code\":\"BadRequest\",\"innererror\":{\"innerError\":{\"code\":"
          "\"resyncRequired\"}}}}", true },
        { 400, "{\"error\":{\"code\":\"BadRequest\",\"message\":\"DeltaLink older than 30 days is not "
          "supported.\"}}", false },
        { 400, "{\"error\":{\"code\":\"Request_BadRequest\"}}", false },
        { 404, "{\"error\":{\"code\":\"Request_UnsupportedQuery\"}}", false },
        { 401, "{\"error\":{\"code\":\"syncStateNotFound\"}}", false },
        { 403, "{\"error\":{\"code\":\"syncStateNotFound\"}}", false },
        { 429, "{\"error\":{\"code\":\"resyncRequired\"}}", false },
        { 503, "{\"error\":{\"code\":\"resyncRequired\"}}", false },
        { 400, "{\"code\":\"syncStateNotFound\"}", false },
        { 400, "{\"error\":\"syncStateNotFound\"}", false },
        { 400, "{\"error\":{\"code\":[\"syncStateNotFound\"]}}", false },
        { 400, "<html>syncStateNotFound</html>", false },
        { 400, "", false },
        { 400, "{\"error\":{\"code\":\"syncStateNotFound\"", true },
};

/* What entra_problem_read() makes of a body is seen through a reader of its own. */
START_TEST(lost_cursor)
{
        struct entra_problem problem = { .status = refusals[_i].status, .message = "" };

        entra_problem_parse(entra, refusals[_i].body, strlen(refusals[_i].body), &problem);
        ck_assert_msg(entra_problem_expired(&problem) == refusals[_i].expired, "%d %s", refusals[_i].status,
                      refusals[_i].body);
}
END_TEST

#define L(name) "https://graph.example/" name

static const struct {
        const char *text;
        bool good;
        enum entra_mode mode;
        enum entra_step step;
        const char *link, *users, *groups;
        uint64_t members;
} cursors[] = {
        { "F u l=" L("v1.0/users/delta?$skiptoken=a+b/c=="), true, ENTRA_FULL, ENTRA_USERS,
          L("v1.0/users/delta?$skiptoken=a+b/c=="), "", "", 0 },
        { "D u u=" L("x"), true, ENTRA_DELTA, ENTRA_USERS, "", L("x"), "", 0 },
        { "D u u=" L("x") " g=" L("y") " w=" L("z") " i=0a m=12 p=3 a=4 r=20000", true, ENTRA_DELTA, ENTRA_USERS, "",
          L("x"), L("y"), 12 },
        { "C g l=" L("n") " u=https://GRAPH.example:443/y g=" L("y"), true, ENTRA_CHANGES, ENTRA_GROUPS, L("n"),
          "https://GRAPH.example:443/y", L("y"), 0 },
        { "C u l=" L("x"), true, ENTRA_CHANGES, ENTRA_USERS, L("x"), "", "", 0 },
        { "C m", true, ENTRA_CHANGES, ENTRA_PEOPLE, "", "", "", 0 },
        { "F u l=" L("x") " " L("y"), false, 0, 0, NULL, NULL, NULL, 0 },
        { "F u l=" L("x") "  u=" L("y"), false, 0, 0, NULL, NULL, NULL, 0 },
        { "C u l=" L("x") " u=https://evil.example/y", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=http://graph.example/x", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=https://graph.example:444/x", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=https://graph.example@evil.example/x", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " w=https://evil.example/y", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " m=1x", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " m=-1", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " m=99999999999999999999", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " i=../users", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u u=" L("x") " q=1", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u l=" L("x"), false, 0, 0, NULL, NULL, NULL, 0 },
        { "D u", false, 0, 0, NULL, NULL, NULL, 0 }, { "D", false, 0, 0, NULL, NULL, NULL, 0 },
        { "D ", false, 0, 0, NULL, NULL, NULL, 0 }, { "", false, 0, 0, NULL, NULL, NULL, 0 },
        { "Du u=" L("x"), false, 0, 0, NULL, NULL, NULL, 0 }, { "D x u=" L("x"), false, 0, 0, NULL, NULL, NULL, 0 },
        { "D uu=" L("x"), false, 0, 0, NULL, NULL, NULL, 0 },
        { "D " L("x"), false, 0, 0, NULL, NULL, NULL, 0 },       /* as an earlier version wrote it */
        { L("x"), false, 0, 0, NULL, NULL, NULL, 0 },
};

static bool
is(struct entra_link link, const char *text)
{
        return link.length == strlen(text) && (link.length == 0 || memcmp(link.text, text, link.length) == 0);
}

START_TEST(cursor)
{
        struct entra_cursor got;
        int code = entra_cursor_parse(entra, cursors[_i].text, &got, &err);

        ck_assert_msg((code == MST_OK) == cursors[_i].good, "%s", cursors[_i].text);
        if (code != MST_OK) {
                ck_assert_int_eq(code, MST_EEXPIRED);
                return;
        }
        ck_assert_int_eq(got.mode, cursors[_i].mode);
        ck_assert_int_eq(got.step, cursors[_i].step);
        ck_assert(is(got.link, cursors[_i].link) && is(got.users, cursors[_i].users)
                  && is(got.groups, cursors[_i].groups));
        ck_assert_uint_eq(got.kept[ENTRA_MEMBERS], cursors[_i].members);
        ck_assert_str_eq(entra_cursor_write(entra->scratch, &got, &err), cursors[_i].text);
}
END_TEST

START_TEST(long_cursor)
{
        static char link[40000];
        struct entra_link one = { link, sizeof link - 1 };
        struct entra_cursor to = { .mode = ENTRA_CHANGES, .step = ENTRA_USERS, .link = one, .users = one };
        const char *text;

        memset(link, 'a', sizeof link - 1);
        memcpy(link, "https://graph.example/", 22);
        text = entra_cursor_write(entra->scratch, &to, &err);
        ck_assert_uint_lt(strlen(text), 65536);          /* the start is left out */
        ck_assert_ptr_null(strstr(text, "u="));
        ck_assert_int_eq(entra_cursor_parse(entra, text, &to, &err), MST_OK);
        ck_assert_uint_eq(to.link.length, sizeof link - 1);
        ck_assert_uint_eq(to.users.length, 0);
        to = (struct entra_cursor){ .mode = ENTRA_DELTA, .step = ENTRA_USERS, .users = one, .groups = one };
        ck_assert_ptr_null(entra_cursor_write(entra->scratch, &to, &err));
        ck_assert_int_eq(err.code, MST_EINTERNAL);
}
END_TEST

/* Any circle of links is noticed, and nothing else is taken for one. */
START_TEST(loops)
{
        struct entra_loop loop;
        char link[40];

        for (int circle = 1; circle < 40; circle++) {
                bool seen = false;
                entra_loop_reset(&loop);
                for (int i = 0; i < 300 && !seen; i++) {
                        snprintf(link, sizeof link, "link-%d", i < 17 ? i : 17 + (i - 17) % circle);
                        seen = entra_loop_seen(&loop, link, strlen(link));
                }
                ck_assert(seen);
        }
        entra_loop_reset(&loop);
        for (int i = 0; i < 20000; i++) {
                snprintf(link, sizeof link, "link-%d", i);
                ck_assert(!entra_loop_seen(&loop, link, strlen(link)));
        }
}
END_TEST

static const struct {
        const char *tenant, *login, *graph, *scope;
        int64_t cloud;
        const char *token_url, *base, *want_scope, *says;
} clouds[] = {
        { "contoso.example", NULL, NULL, NULL, 0,
          "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
          "https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/.default", NULL },
        { "t", NULL, NULL, NULL, 1, "https://login.microsoftonline.us/t/oauth2/v2.0/token",
          "https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/.default", NULL },
        { "t", NULL, NULL, NULL, 2, "https://login.microsoftonline.us/t/oauth2/v2.0/token",
          "https://dod-graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us/.default", NULL },
        { "t", NULL, NULL, NULL, 3, "https://login.chinacloudapi.cn/t/oauth2/v2.0/token",
          "https://microsoftgraph.chinacloudapi.cn/v1.0", "https://microsoftgraph.chinacloudapi.cn/.default",
          NULL },
        { "t", "https://l.example//", "https://g.example:8443/graph/", NULL, 0,
          "https://l.example/t/oauth2/v2.0/token", "https://g.example:8443/graph/v1.0",
          "https://g.example:8443/.default", NULL },
        { "t", NULL, "https://g.example/v1.0/", "api://x/.default", 0,
          "https://login.microsoftonline.com/t/oauth2/v2.0/token", "https://g.example/v1.0",
          "api://x/.default", NULL },
        { "t", NULL, "http://127.0.0.1:8080", NULL, 0, "https://login.microsoftonline.com/t/oauth2/v2.0/token",
          "http://127.0.0.1:8080/v1.0", "http://127.0.0.1:8080/.default", NULL },
        { "t", NULL, "http://g.example", NULL, 0, NULL, NULL, NULL, "graph-url" },
        { "t", "http://l.example", NULL, NULL, 0, NULL, NULL, NULL, "login-url" },
        { "t", "https://u:p@l.example", NULL, NULL, 0, NULL, NULL, NULL, "password" },
        { "t", NULL, NULL, NULL, 4, NULL, NULL, NULL, "no such cloud" },
        { "common", NULL, NULL, NULL, 0, NULL, NULL, NULL, "one directory" },
        { "consumers", NULL, NULL, NULL, 0, NULL, NULL, NULL, "one directory" },
        { "", NULL, NULL, NULL, 0, NULL, NULL, NULL, "neither a directory id" },
        { "a/b", NULL, NULL, NULL, 0, NULL, NULL, NULL, "neither a directory id" },
        { "a?b", NULL, NULL, NULL, 0, NULL, NULL, NULL, "neither a directory id" },
        { "..", NULL, NULL, NULL, 0, NULL, NULL, NULL, "neither a directory id" },
        { "a b", NULL, NULL, NULL, 0, NULL, NULL, NULL, "neither a directory id" },
};

START_TEST(cloud)
{
        struct entra_config other = config;
        struct entra *got = NULL;
        void *self = NULL;
        int code;

        other.tenant = (char *)(uintptr_t)clouds[_i].tenant;
        other.login_url = (char *)(uintptr_t)clouds[_i].login;
        other.graph_url = (char *)(uintptr_t)clouds[_i].graph;
        other.scope = (char *)(uintptr_t)clouds[_i].scope;
        other.cloud = clouds[_i].cloud;
        code = mst_plugin_entra.source->open(&other, mst_test_host(test), &self, &err);
        got = self;
        if (clouds[_i].says != NULL) {
                ck_assert_int_eq(code, MST_ECONFIG);
                ck_assert_msg(strstr(err.text, clouds[_i].says) != NULL, "%s", err.text);
                return;
        }
        ck_assert_msg(code == MST_OK, "%s", err.text);
        ck_assert_str_eq(got->token_url, clouds[_i].token_url);
        ck_assert_str_eq(got->base, clouds[_i].base);
        ck_assert_str_eq(got->scope, clouds[_i].want_scope);
        mst_plugin_entra.source->close(got);
}
END_TEST

START_TEST(no_credential)
{
        struct entra_config other = config;
        struct mst_secret *empty = mst_secret_new("", 0);
        void *self = NULL;

        other.client_secret = NULL;
        ck_assert_int_eq(mst_plugin_entra.source->open(&other, mst_test_host(test), &self, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "client-secret"));
        other.client_secret = empty;
        ck_assert_int_eq(mst_plugin_entra.source->open(&other, mst_test_host(test), &self, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "empty"));
        mst_secret_free(empty);
}
END_TEST

/* Each number of the sheet has a sentence. */
START_TEST(numbers)
{
        static const long known[] = {
                7000215, 7000222, 7000218, 700016, 7000112, 70001, 7000229, 90002, 900023, 90038, 900382,
                900432, 70011, 28002, 500011, 700022, 700027, 50012, 700024, 500133, 700213, 7002131, 70021,
                65001, 650056, 650057, 90094, 53003, 530032, 90033, 90024, 90090, 90012, 50000, 90055,
        };

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
                const struct entra_aadsts *row = entra_aadsts(known[i]);
                ck_assert_msg(row != NULL && row->say[0] != '\0' && row->code < 0, "%ld", known[i]);
        }
        ck_assert_ptr_null(entra_aadsts(0));
        ck_assert_ptr_null(entra_aadsts(1234567));
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-tables");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, plan, 0, UNIT_COUNT(plans));
        tcase_add_loop_test(c, person, 0, UNIT_COUNT(people));
        tcase_add_loop_test(c, lost_cursor, 0, UNIT_COUNT(refusals));
        tcase_add_loop_test(c, cursor, 0, UNIT_COUNT(cursors));
        tcase_add_test(c, long_cursor);
        tcase_add_test(c, loops);
        tcase_add_loop_test(c, cloud, 0, UNIT_COUNT(clouds));
        tcase_add_test(c, no_credential);
        tcase_add_test(c, numbers);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
