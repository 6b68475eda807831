/* entra-identity.c - managed identity and claims challenges, against the emulator's
 * identity services; and what is sent, to a server that keeps it. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../plugins/entra/signin.h"
#include "graph.h"
#include "server.h"
#include "unit.h"

static const char *const wants[] = { "displayName", "mail", NULL };

static struct graph g;
static struct server server;
static bool serving;

#define OWN "11111111-0000-4000-8000-000000000001"
#define ONE "22222222-0000-4000-8000-000000000002"
#define TWO "33333333-0000-4000-8000-000000000003"
#define OBJECT "44444444-0000-4000-8000-000000000004"

static void
begin(void)
{
        graph_start(&g, "3", wants);
        unsetenv("IDENTITY_ENDPOINT");
        unsetenv("IDENTITY_HEADER");
}

static void
end(void)
{
        graph_stop(&g);
        if (serving)
                server_end(&server);
        serving = false;
}

/* Managed identity is configured, and nothing else. */
static void
manage(const char *which)
{
        mst_secret_free(g.config.client_secret);
        g.config.client_secret = NULL;
        g.config.client_id = NULL;
        g.config.managed_identity = (char *)(uintptr_t)which;
        g.config.imds_url = g.login;
}

static void
install(bool own, bool assigned)
{
        if (own)
                graph_control(&g, "identity", "{\"clientId\":\"" OWN "\"}");
        if (!assigned)
                return;
        graph_control(&g, "identity", "{\"clientId\":\"" ONE "\",\"objectId\":\"" OBJECT "\",\"resourceId\":"
                      "\"/subscriptions/1/resourceGroups/r&d/x y\",\"assigned\":true}");
        graph_control(&g, "identity", "{\"clientId\":\"" TWO "\",\"assigned\":true}");
}

static int
try_code(void)
{
        if (g.entra != NULL)
                mst_plugin_entra.source->close(g.entra);
        g.entra = NULL;
        g.err = (struct mst_error){ 0 };
        if (mst_plugin_entra.source->open(&g.config, mst_test_host(g.test), &g.entra, &g.err) != MST_OK)
                return g.err.code;
        return graph_read(&g, NULL);
}

static void
says(const char *text)
{
        ck_assert_msg(strstr(g.err.text, text) != NULL, "no '%s' in: %s", text, g.err.text);
}

static void
use_app_service(const char *header)
{
        char url[160];

        snprintf(url, sizeof url, "%s/msi/token", g.login);
        ck_assert(setenv("IDENTITY_ENDPOINT", url, 1) == 0 && setenv("IDENTITY_HEADER", header, 1) == 0);
}

/* How many requests of that kind came in. */
static int
asked(const char *kind)
{
        const char *at = graph_look(&g, "ledger");
        char word[60];
        int count = 0;

        snprintf(word, sizeof word, "\"kind\":\"%s\"", kind);
        while ((at = strstr(at, word)) != NULL) {
                count++;
                at++;
        }
        return count;
}

static const struct {
        const char *which;
        bool app_service, own, assigned;
        int code;
        const char *says;
} identities[] = {
        { "system", false, true, false, MST_OK, NULL },
        { "system", true, true, false, MST_OK, NULL },
        { ONE, false, true, true, MST_OK, NULL },
        { ONE, true, true, true, MST_OK, NULL },
        { "object:" OBJECT, false, true, true, MST_OK, NULL },
        { "object:" OBJECT, true, true, true, MST_OK, NULL },
        { "/subscriptions/1/resourceGroups/r&d/x y", false, true, true, MST_OK, NULL },
        { "/subscriptions/1/resourceGroups/r&d/x y", true, true, true, MST_OK, NULL },
        { "system", false, false, false, MST_EAUTH, "invalid_request: Identity not found" },
        { "system", false, false, true, MST_EAUTH, "Multiple user assigned identities exist" },
        { OWN, false, true, true, MST_EAUTH, "Identity not found" },
        { "system", true, false, false, MST_EAUTH, "identity assigned to this machine or service" },
        { "", false, true, false, MST_ECONFIG, "none of: system" },
        { "System", false, true, false, MST_ECONFIG, "none of: system" },
        { "object:1", false, true, false, MST_ECONFIG, "none of: system" },
        { "11111111", false, true, false, MST_ECONFIG, "none of: system" },
        { OWN "&client_id=" ONE, false, true, true, MST_ECONFIG, "none of: system" },
};

START_TEST(managed_identity)
{
        install(identities[_i].own, identities[_i].assigned);
        manage(identities[_i].which);
        if (identities[_i].app_service)
                use_app_service("emulator-identity-header");
        /* a proxy is not asked: nobody listens there */
        g.config.http.proxy = (char *)(uintptr_t)"http://127.0.0.1:1";
        ck_assert_msg(try_code() == identities[_i].code, "%s", g.err.text);
        if (identities[_i].says != NULL)
                says(identities[_i].says);
        if (identities[_i].code == MST_OK) {
                ck_assert_uint_eq(mst_test_page_count(g.page), 3);
                ck_assert_int_eq(asked(identities[_i].app_service ? "app-service" : "imds"), 1);
                ck_assert_int_eq(asked("token"), 0);
        }
}
END_TEST

START_TEST(app_service_header_wrong)
{
        install(true, false);
        manage("system");
        use_app_service("not the header");
        ck_assert_int_eq(try_code(), MST_EAUTH);
        says("status 401");
        ck_assert_ptr_null(strstr(g.err.text, "not the header"));
}
END_TEST

/* One of the two variables alone means nothing. */
START_TEST(app_service_half)
{
        install(true, false);
        manage("system");
        use_app_service("emulator-identity-header");
        ck_assert_int_eq(unsetenv(_i == 0 ? "IDENTITY_HEADER" : "IDENTITY_ENDPOINT"), 0);
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        ck_assert_int_eq(asked("imds"), 1);
}
END_TEST

/* Trouble and how often is asked then. */
#define IMDS(n, c) "{\"kind\":\"imds\",\"from\":" #n ",\"count\":" #c ",\"action\":\"status\",\"status\":"
static const struct {
        const char *faults;
        int code, asked;
        const char *says;
} troubles[] = {
        { "[" IMDS(1, 1) "404}]", MST_OK, 2, NULL },
        { "[" IMDS(1, 1) "410}]", MST_OK, 2, NULL },
        { "[" IMDS(1, 1) "429}]", MST_OK, 2, NULL },
        { "[" IMDS(1, 1) "429,\"retry-after\":\"0.1\"}]", MST_OK, 2, NULL },
        { "[" IMDS(1, 3) "429,\"retry-after\":\"0\"}]", MST_OK, 4, NULL },
        { "[" IMDS(1, 0) "429,\"retry-after\":\"0\"}]", MST_ETHROTTLED, 5, "slow down" },
        { "[" IMDS(1, 2) "503,\"retry-after\":\"0.05\"}]", MST_OK, 3, NULL },
        { "[" IMDS(1, 4) "500}]", MST_OK, 5, NULL },
        { "[" IMDS(1, 1) "404}," IMDS(2, 1) "410}," IMDS(3, 1) "429}," IMDS(4, 1) "503}]", MST_OK, 5, NULL },
        { "[{\"kind\":\"imds\",\"nth\":1,\"action\":\"close\"}]", MST_OK, 2, NULL },
        { "[" IMDS(1, 0) "500}]", MST_ENET, 5, "status 500" },
        { "[" IMDS(1, 0) "404}]", MST_ENET, 5, "being updated" },
        /* 2 + 6 + 14 + 30 + 10 + 10 units: 70 have passed */
        { "[" IMDS(1, 0) "410}]", MST_ENET, 7, "being updated" },
        { "[" IMDS(1, 6) "410}]", MST_OK, 7, NULL },
        { "[" IMDS(1, 0) "400,\"body\":\"{\\\"error\\\":\\\"invalid_request\\\"}\"}]", MST_EAUTH, 1, "invalid_request" },
        { "[" IMDS(1, 0) "403,\"body\":\"<html>\"}]", MST_EAUTH, 1, "no reason given (status 403)" },
        { "[" IMDS(1, 0) "200,\"body\":\"<html>\"}]", MST_ENET, 5, "not what answers there" },
        { "[" IMDS(1, 0) "302,\"link\":\"http://evil.example/\"}]", MST_EAUTH, 1, "status 302" },
};

START_TEST(imds_trouble)
{
        install(true, false);
        manage("system");
        g.config.backoff = 2;
        graph_control(&g, "faults", troubles[_i].faults);
        ck_assert_msg(try_code() == troubles[_i].code, "%s", g.err.text);
        ck_assert_int_eq(asked("imds"), troubles[_i].asked);
        if (troubles[_i].says != NULL)
                says(troubles[_i].says);
}
END_TEST

/* Where it may be; nothing is asked when it is opened. */
static const struct {
        const char *url;
        int code;
        const char *says;
} places[] = {
        { NULL, MST_OK, NULL },
        { "http://169.254.169.254", MST_OK, NULL },
        { "http://169.254.0.1:8081", MST_OK, NULL },
        { "https://imds.example", MST_OK, NULL },
        { "http://169.255.0.1", MST_ECONFIG, "imds-url" },
        { "http://169.254.169.254.evil.example", MST_ECONFIG, "imds-url" },
        { "http://evil.example/169.254.169.254", MST_ECONFIG, "imds-url" },
        { "http://169.254.169.254@evil.example", MST_ECONFIG, "imds-url" },
        { "http://10.0.0.1", MST_ECONFIG, "imds-url" },
        { "http://[fe80::1]", MST_ECONFIG, "imds-url" },
        { "ftp://169.254.169.254", MST_ECONFIG, "imds-url" },
};

START_TEST(imds_place)
{
        manage("system");
        g.config.imds_url = (char *)(uintptr_t)places[_i].url;
        mst_plugin_entra.source->close(g.entra);
        g.entra = NULL;
        ck_assert_msg(mst_plugin_entra.source->open(&g.config, mst_test_host(g.test), &g.entra, &g.err)
                      == places[_i].code, "%s", g.err.text);
        if (places[_i].says != NULL)
                says(places[_i].says);
}
END_TEST

/* The address of this link is for the identity service only: Graph and sign-in never. */
START_TEST(link_is_for_identity_only)
{
        if (_i == 0)
                g.config.graph_url = (char *)(uintptr_t)"http://169.254.169.254";
        else
                g.config.login_url = (char *)(uintptr_t)"http://169.254.169.254";
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says(_i == 0 ? "graph-url" : "login-url");
}
END_TEST

START_TEST(not_in_azure)
{
        manage("system");
        g.config.imds_url = (char *)(uintptr_t)"http://127.0.0.1:1";
        ck_assert_int_eq(try_code(), MST_ENET);
        says("a managed identity is only there on a machine or service of Azure");
}
END_TEST

START_TEST(lonely_and_double)
{
        g.config.client_id = NULL;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("<client-id> is missing");
        g.config.client_id = g.client;
        g.config.imds_url = g.login;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("imds-url is configured without managed-identity");
        g.config.managed_identity = (char *)(uintptr_t)"system";
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("both client-secret and managed-identity are configured");
        manage("system");
        g.config.client_id = g.client;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("named in managed-identity itself");
        g.config.client_id = NULL;
        g.config.scope = (char *)(uintptr_t)"https://graph.microsoft.com/User.Read";
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("does not end in /.default");
}
END_TEST

/* A right that is missing may be a matter of hours with a managed identity. */
START_TEST(permission_missing)
{
        struct mst_error err = { 0 };

        graph_control(&g, "identity", "{\"clientId\":\"" OWN "\",\"roles\":\"\"}");
        manage("system");
        graph_open(&g);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err), MST_EPERM);
        ck_assert_msg(strstr(err.text, "about 8 hours") != NULL && strstr(err.text, "User.Read.All") != NULL, "%s",
                      err.text);
}
END_TEST

/* The machine's identity may live in another tenant than the one that is configured. */
static const struct {
        const char *reply;              /* of /organization */
        int code;
} tenants[] = {
        { "\"status\":200,\"body\":\"{\\\"value\\\":[{\\\"id\\\":\\\"9C1F0A3E-5B7D-4C2E-8F60-3A9D1E7BC0DE\\\"}]}\"", MST_OK },
        { "\"status\":200,\"body\":\"{\\\"value\\\":[{\\\"id\\\":\\\"11111111-2222-4333-8444-555555555555\\\"}]}\"",
          MST_ECONFIG },
        { "\"status\":200,\"body\":\"{\\\"value\\\":[]}\"", MST_OK },
        { "\"status\":403", MST_OK },
};

START_TEST(other_tenant)
{
        struct mst_facts *facts = mst_test_facts(g.test);
        char rule[300];

        install(true, false);
        manage("system");
        snprintf(rule, sizeof rule, "[{\"path\":\"/v1.0/organization\",\"from\":1,\"count\":0,\"action\":\"status\",%s}]",
                 tenants[_i].reply);
        graph_control(&g, "faults", rule);
        graph_open(&g);
        ck_assert_msg(mst_plugin_entra.source->probe(g.entra, facts, &g.err) == tenants[_i].code, "%s",
                      g.err.text);
        if (tenants[_i].code != MST_OK)
                says("belongs to the tenant 11111111-2222-4333-8444-555555555555");
        else
                ck_assert_str_eq(mst_test_facts_identity(facts), g.tenant);
}
END_TEST

/* What exactly is sent, and lives in forms that the emulator does not give. */
#define JSON_200(text) { SERVER_STATUS, 200, "Content-Type: application/json\r\n", text, 0, 0 }
static const struct {
        struct server_step step;
        int64_t least, most;            /* of the life in ms */
        const char *says;
} lives[] = {
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_in\":\"3599\"}"), 3599000, 3599000, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_in\":86399}"), 86399000, 86399000, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_on\":\"4102444800\"}"), 300000, INT64_MAX, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_on\":\"1\"}"), 300000, 300000, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_on\":\"01/02/2026 03:04:05 +00:00\"}"), 300000, 300000, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_in\":\"\",\"expires_on\":null}"), 300000, 300000, NULL },
        { JSON_200("{\"access_token\":\"t0ken\",\"expires_in\":\"-5\"}"), 300000, 300000, NULL },
        { JSON_200("{\"expires_in\":\"3599\"}"), 0, 0, "no access_token" },
        { JSON_200("{\"access_token\":\"\"}"), 0, 0, "no access_token" },
        { JSON_200("{\"access_token\":7}"), 0, 0, "no access_token" },
};

START_TEST(imds_lives)
{
        struct mst_secret *token = NULL;
        int64_t life = 0;
        int code;

        server_start(&server, &lives[_i].step, 1);
        serving = true;
        manage("system");
        g.config.imds_url = server.url;
        graph_open(&g);
        code = entra_token_get(g.entra, &token, &life, &g.err);
        ck_assert_int_eq(code, lives[_i].says == NULL ? MST_OK : MST_EINTERNAL);
        if (lives[_i].says != NULL) {
                says(lives[_i].says);
                return;
        }
        ck_assert_str_eq(mst_secret_reveal(token), "t0ken");
        ck_assert(life >= lives[_i].least && life <= lives[_i].most);
        ck_assert_ptr_nonnull(strstr(server_request(&server, 0), "GET /metadata/identity/oauth2/token?api-version="
                                     "2018-02-01&resource=http%3A%2F%2F127.0.0.1%3A"));
        ck_assert_ptr_nonnull(strstr(server_request(&server, 0), "%2F HTTP/1.1\r\n"));
        ck_assert_ptr_nonnull(strstr(server_request(&server, 0), "\r\nMetadata: true\r\n"));
        ck_assert_ptr_null(strstr(server_request(&server, 0), "Authorization"));
        mst_secret_free(token);
}
END_TEST

/* --- claims challenges -------------------------------------------------------------- */

START_TEST(challenge_is_answered)
{
        char cursor[70000];

        graph_control(&g, "settings", "{\"challenge\":true}");
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        ck_assert_int_eq(asked("token"), 2);
        strcpy(cursor, g.cursor);
        /* in the middle of a run: the token without the claims is taken no more */
        graph_control(&g, "settings", "{\"challenge\":false}");
        graph_open(&g);
        ck_assert_msg(graph_read(&g, cursor) == MST_OK, "%s", g.err.text);
        graph_control(&g, "settings", "{\"challenge\":true}");
        graph_control(&g, "clear", "{}");
        ck_assert_msg(graph_read(&g, g.cursor) == MST_OK, "%s", g.err.text);
        ck_assert_int_eq(asked("token"), 1);
        ck_assert_int_eq(asked("delta"), 2);
}
END_TEST

/* Once, and then it is an error. */
START_TEST(challenge_does_not_help)
{
        graph_control(&g, "settings", "{\"revoked\":true}");
        ck_assert_int_eq(try_code(), MST_EAUTH);
        says("access was revoked or is blocked by a policy");
        ck_assert_int_eq(asked("token"), 2);
        ck_assert_int_eq(asked("delta"), 2);
}
END_TEST

START_TEST(challenge_ends_at_sign_in)
{
        graph_control(&g, "settings", "{\"challenge\":true}");
        graph_control(&g, "faults", "[{\"kind\":\"token\",\"nth\":2,\"action\":\"status\",\"status\":400,\"body\":"
                      "\"{\\\"error\\\":\\\"invalid_grant\\\",\\\"error_codes\\\":[53003]}\"}]");
        ck_assert_int_eq(try_code(), MST_EPERM);
        says("access was revoked or is blocked by a policy: signing in");
        says("AADSTS53003");
}
END_TEST

static const struct {
        const char *header, *claims;    /* NULL: no challenge */
} headers[] = {
        { "Bearer realm=\"\", authorization_uri=\"https://l/\", error=\"insufficient_claims\", claims=\"e30=\"", "e30=" },
        { "Bearer claims=\"e30\", error=\"insufficient_claims\"", "e30" },
        { "bearer CLAIMS=e30, ERROR=insufficient_claims", "e30" },
        { "Basic realm=\"a, b=\\\"c\\\"\", Bearer error=\"insufficient_claims\",claims=\"x-_y\"", "x-_y" },
        { "Bearer error=\"insufficient_claims\" , claims=\"\"", "" },
        { "Bearer error=\"insufficient_claims\", claims=\"open", "open" },
        { "Bearer error=\"insufficient_claims\"", NULL },
        { "Bearer error=\"invalid_token\", claims=\"e30\"", NULL },
        { "Bearer claims=\"e30\"", NULL },
        { "Bearer realm=\"error=insufficient_claims, claims=e30\"", NULL },
        { "Bearer", NULL },
        { "", NULL },
        { "=\"=,,==\"\\", NULL },
        { "Bearer claimsx=\"e30\", error=\"insufficient_claims\"", NULL },
};

START_TEST(challenge_read)
{
        const char *claims;
        size_t length;
        bool is = entra_challenge_read(headers[_i].header, &claims, &length);

        ck_assert_int_eq(is, headers[_i].claims != NULL);
        if (is) {
                ck_assert_uint_eq(length, strlen(headers[_i].claims));
                ck_assert_int_eq(memcmp(claims, headers[_i].claims, length), 0);
        }
}
END_TEST

/* Any bytes: what is found lies within the header. */
START_TEST(challenge_random)
{
        static const char alphabet[] = "\"\"\"==,, \\abBearer error=insufficient_claims,claims=\"e30\"\x01\xff";
        char header[80];

        srandom(11);
        for (int n = 0; n < 200000; n++) {
                size_t length = (size_t)random() % (sizeof header - 1), found;
                const char *claims;

                for (size_t i = 0; i < length; i++)
                        header[i] = alphabet[(size_t)random() % (sizeof alphabet - 1)];
                header[length] = '\0';
                if (entra_challenge_read(header, &claims, &found))
                        ck_assert(claims >= header && claims + found <= header + length);
        }
}
END_TEST

/* What comes of it in the next sign-in; "" for none. */
#define GRAPH_401(header) { SERVER_STATUS, 401, header, "{}", 0, 0 }
static const struct {
        const char *headers, *claims;
} answers[] = {
        { "WWW-Authenticate: Bearer realm=\"\"\r\nWWW-Authenticate: Bearer claims=\"eyJhIjoiw79-In0\", "
          "error=\"insufficient_claims\"\r\n", "&claims=%7B%22a%22%3A%22%C3%BF~%22%7D" },
        { "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"eyJhIjoiw79+In0=\"\r\n",
          "&claims=%7B%22a%22%3A%22%C3%BF~%22%7D" },
        { "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"!!!\"\r\n", "" },
        { "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"bm8gSlNPTg\"\r\n", "" },
        { "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"WzFd\"\r\n", "" },
        { "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"e30gZTMw\"\r\n", "" },
        { "", "" },
};

START_TEST(challenge_in_the_form)
{
        struct server_step steps[] = {
                JSON_200("{\"access_token\":\"one\",\"expires_in\":3599}"), GRAPH_401(answers[_i].headers),
                JSON_200("{\"access_token\":\"two\",\"expires_in\":3599}"), GRAPH_401(answers[_i].headers),
        };
        const char *second;

        server_start(&server, steps, 4);
        serving = true;
        g.config.login_url = g.config.graph_url = server.url;
        ck_assert_int_eq(try_code(), MST_EAUTH);
        ck_assert_uint_eq(server_count(&server), 4);
        ck_assert_ptr_nonnull(strstr(server_request(&server, 1), "Bearer one"));
        ck_assert_ptr_nonnull(strstr(server_request(&server, 3), "Bearer two"));
        ck_assert_ptr_null(strstr(server_request(&server, 0), "claims="));
        second = strstr(server_request(&server, 2), "&claims=");
        if (answers[_i].claims[0] == '\0')
                ck_assert_ptr_null(second);
        else
                ck_assert(second != NULL && strncmp(second, answers[_i].claims, strlen(answers[_i].claims)) == 0);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-identity");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, managed_identity, 0, UNIT_COUNT(identities));
        tcase_add_test(c, app_service_header_wrong);
        tcase_add_loop_test(c, app_service_half, 0, 2);
        tcase_add_loop_test(c, imds_trouble, 0, UNIT_COUNT(troubles));
        tcase_add_loop_test(c, imds_place, 0, UNIT_COUNT(places));
        tcase_add_loop_test(c, link_is_for_identity_only, 0, 2);
        tcase_add_test(c, not_in_azure);
        tcase_add_test(c, lonely_and_double);
        tcase_add_test(c, permission_missing);
        tcase_add_loop_test(c, other_tenant, 0, UNIT_COUNT(tenants));
        tcase_add_loop_test(c, imds_lives, 0, UNIT_COUNT(lives));
        tcase_add_test(c, challenge_is_answered);
        tcase_add_test(c, challenge_does_not_help);
        tcase_add_test(c, challenge_ends_at_sign_in);
        tcase_add_loop_test(c, challenge_read, 0, UNIT_COUNT(headers));
        tcase_add_test(c, challenge_random);
        tcase_add_loop_test(c, challenge_in_the_form, 0, UNIT_COUNT(answers));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
