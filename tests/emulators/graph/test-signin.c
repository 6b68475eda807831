/* test-signin.c - credentials other than a secret: assertions (checklist 9 and 10),
 * trouble at the endpoint (12), managed identity (13 and 14), and what client libraries
 * ask before they sign in (64). */
#include "client.h"
#include "forge.h"
#include "suites.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define URL "/" TENANT "/oauth2/v2.0/token"
#define BEARER "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
#define AUD BASE URL
#define GRAPH "https%3A%2F%2Fgraph.microsoft.com%2F"

static EVP_PKEY *key;
static X509 *x509;

static void
begin(void)
{
        key = forge_rsa(2048);
        x509 = forge_certificate(key, -86400, 30 * 86400);
}

static void
end(void)
{
        X509_free(x509);
        EVP_PKEY_free(key);
}

static int
number(struct client *c)
{
        struct json_object *codes = json_object_object_get(c->json, "error_codes");

        return codes != NULL ? json_object_get_int(json_object_array_get_idx(codes, 0)) : 0;
}

static void
register_certificate(struct client *c, X509 *x)
{
        char *pem = forge_pem(x, NULL, NULL);
        struct json_object *ask = json_object_new_object();

        json_object_object_add(ask, "certificate", json_object_new_string(pem));
        client_do(c, "app", json_object_to_json_string(ask));
        json_object_put(ask);
        free(pem);
}

static int
send_assertion(struct client *c, const char *assertion)
{
        struct text form = { 0 };
        int status;

        text_fmt(&form, "%s%s&client_assertion=%s", FORM, BEARER, assertion);
        status = client_send(c, "POST", URL, text_str(&form));
        text_free(&form);
        return status;
}

/* --- item 9 ----------------------------------------------------------------------- */

enum thumbprint { LONG /* x5t#S256 */, SHORT /* x5t */, BOTH, NEITHER, HEX, OTHER };

static const struct {
        const char *alg;
        enum thumbprint print;
        bool pss;
        const char *aud, *iss, *sub, *jti;
        int nbf, exp;                   /* from now on */
        int status, number;
} assertions[] = {
        { "PS256", LONG, true, AUD, CLIENT, CLIENT, "j", 0, 600, 200, 0 },
        { "RS256", SHORT, false, AUD, CLIENT, CLIENT, "j", 0, 600, 200, 0 },
        { "PS256", LONG, true, BASE "/contoso.example/oauth2/v2.0/token", CLIENT, CLIENT, "j", 0, 600, 200, 0 },
        { "PS256", LONG, true, AUD, CLIENT, CLIENT, "j", 290, 600, 200, 0 },
        /* the two forms mixed, or a signature of the other form */
        { "PS256", SHORT, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "RS256", LONG, false, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", BOTH, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, false, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "RS256", SHORT, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "none", LONG, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "HS256", LONG, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", NEITHER, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", HEX, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", OTHER, true, AUD, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, "https://login.microsoftonline.com" URL, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, BASE "/fabrikam.example/oauth2/v2.0/token", CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, BASE, CLIENT, CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, AUD, "somebody", CLIENT, "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, AUD, CLIENT, "somebody", "j", 0, 600, 401, 700027 },
        { "PS256", LONG, true, AUD, CLIENT, CLIENT, "", 0, 600, 401, 700027 },
        { "PS256", LONG, true, AUD, CLIENT, CLIENT, "j", -1200, -5, 401, 700024 },
        { "PS256", LONG, true, AUD, CLIENT, CLIENT, "j", 400, 1000, 401, 700024 },
};

static void
write_head(struct text *t, const char *alg, enum thumbprint print)
{
        static const char other[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        char *sha256 = forge_thumbprint(x509, true), *sha1 = forge_thumbprint(x509, false);

        text_fmt(t, "{\"alg\":\"%s\",\"typ\":\"JWT\"", alg);
        if (print == LONG || print == BOTH)
                text_fmt(t, ",\"x5t#S256\":\"%s\"", sha256);
        if (print == SHORT || print == BOTH)
                text_fmt(t, ",\"x5t\":\"%s\"", sha1);
        if (print == HEX)
                text_fmt(t, ",\"x5t#S256\":\"%064d\"", 7);
        if (print == OTHER)
                text_fmt(t, ",\"x5t#S256\":\"%s\"", other);
        text_char(t, '}');
        free(sha256);
        free(sha1);
}

static char *
assertion_of(int row, struct client *c)
{
        long long now = (long long)clock_now(&c->rest->clock);
        struct text head = { 0 }, claims = { 0 };
        char *jwt;

        write_head(&head, assertions[row].alg, assertions[row].print);
        text_fmt(&claims, "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\",\"nbf\":%lld,\"iat\":%lld,"
                 "\"exp\":%lld}", assertions[row].aud, assertions[row].iss, assertions[row].sub, assertions[row].jti,
                 now + assertions[row].nbf, now, now + assertions[row].exp);
        jwt = forge_jwt(text_str(&head), text_str(&claims), key, assertions[row].pss);
        text_free(&head);
        text_free(&claims);
        return jwt;
}

START_TEST(item_09_assertion)
{
        struct client *c = client_open(3);
        char *jwt = assertion_of(_i, c);

        ck_assert_int_eq(send_assertion(c, jwt), 401);          /* nothing is registered yet */
        register_certificate(c, x509);
        ck_assert_msg(send_assertion(c, jwt) == assertions[_i].status, "%s", text_str(&c->raw));
        ck_assert_int_eq(number(c), assertions[_i].number);
        if (assertions[_i].status == 200) {
                ck_assert_str_eq(client_text(c, "token_type"), "Bearer");
                ck_assert_int_eq(send_assertion(c, jwt), 200);  /* the same jti is no matter */
        } else {
                ck_assert_str_eq(client_text(c, "error"), "invalid_client");
        }
        free(jwt);
        client_close(c);
}
END_TEST

/* Any byte of it that is changed makes it worthless, and so does padding. */
START_TEST(item_09_assertion_damaged)
{
        struct client *c = client_open(3);
        char *jwt = assertion_of(0, c), padded[4000];
        size_t len = strlen(jwt);

        register_certificate(c, x509);
        for (size_t i = 0; i < len - 1; i += 37) {
                char was = jwt[i];

                jwt[i] = was == 'x' ? 'y' : 'x';
                ck_assert_int_eq(send_assertion(c, jwt), 401);
                jwt[i] = was;
        }
        ck_assert_int_eq(send_assertion(c, jwt), 200);
        snprintf(padded, sizeof padded, "%.*s=%s", (int)strcspn(jwt, "."), jwt, strchr(jwt, '.'));
        ck_assert_int_eq(send_assertion(c, padded), 401);
        client_do(c, "app", "{\"forget\":true}");
        ck_assert_int_eq(send_assertion(c, jwt), 401);
        free(jwt);
        client_close(c);
}
END_TEST

START_TEST(item_09_certificate_over)
{
        struct client *c = client_open(3);
        char *jwt;

        register_certificate(c, x509);
        client_do(c, "clock", "{\"advance\":\"31d\"}");
        jwt = assertion_of(0, c);
        ck_assert_int_eq(send_assertion(c, jwt), 401);
        ck_assert_int_eq(number(c), 700027);
        free(jwt);
        client_close(c);
}
END_TEST

/* --- item 10 ------------------------------------------------------------------------ */

static const struct {
        const char *iss, *sub, *aud;
        int status, number;
} federated[] = {
        { "https://issuer.example/a", "system:serviceaccount:muster:muster", "api://AzureADTokenExchange", 200, 0 },
        { "https://issuer.example/A", "system:serviceaccount:muster:muster", "api://AzureADTokenExchange", 401, 700213 },
        { "https://issuer.example/a/", "system:serviceaccount:muster:muster", "api://AzureADTokenExchange", 401, 700213 },
        { "https://issuer.example/a", "system:serviceaccount:Muster:muster", "api://AzureADTokenExchange", 401, 700213 },
        { "https://issuer.example/a", "system:serviceaccount:muster:other", "api://AzureADTokenExchange", 401, 700213 },
        { "https://issuer.example/a", "system:serviceaccount:muster:muster", "api://azureadtokenexchange", 401, 700213 },
        { "https://issuer.example/a", "", "api://AzureADTokenExchange", 401, 700213 },
};

START_TEST(item_10_federation)
{
        struct client *c = client_open(3);
        struct text claims = { 0 }, subject = { 0 };
        char *jwt;

        client_do(c, "app", "{\"federation\":{\"issuer\":\"https://issuer.example/a\",\"subject\":"
                  "\"system:serviceaccount:muster:muster\",\"audience\":\"api://AzureADTokenExchange\"}}");
        text_fmt(&claims, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%lld}", federated[_i].iss,
                 federated[_i].sub, federated[_i].aud, (long long)clock_now(&c->rest->clock) + 3600);
        jwt = forge_jwt("{\"alg\":\"RS256\",\"kid\":\"k\",\"typ\":\"JWT\"}", text_str(&claims), key, false);
        ck_assert_int_eq(send_assertion(c, jwt), federated[_i].status);
        ck_assert_int_eq(number(c), federated[_i].number);
        if (federated[_i].status != 200) {
                text_fmt(&subject, "subject '%s'", federated[_i].sub);
                ck_assert_ptr_nonnull(strstr(client_text(c, "error_description"), text_str(&subject)));
        } else {
                client_do(c, "clock", "{\"advance\":\"2h\"}");
                ck_assert_int_eq(send_assertion(c, jwt), 401);
                ck_assert_int_eq(number(c), 700024);
        }
        free(jwt);
        text_free(&claims);
        text_free(&subject);
        client_close(c);
}
END_TEST

/* --- item 12 -------------------------------------------------------------------------- */

START_TEST(item_12_trouble)
{
        struct client *c = client_open(3);
        static const char form[] = FORM "&client_secret=s%2Bcret";

        client_do(c, "faults", "[{\"kind\":\"token\",\"nth\":1,\"action\":\"status\",\"status\":429,\"retry-after\":\"7\"},"
                  "{\"kind\":\"token\",\"nth\":2,\"action\":\"status\",\"status\":503,\"retry-after\":\"2.128\"},"
                  "{\"kind\":\"token\",\"nth\":3,\"action\":\"close\"},"
                  "{\"kind\":\"token\",\"nth\":4,\"action\":\"delay\",\"delay-ms\":1500}]");
        ck_assert_int_eq(client_send(c, "POST", URL, form), 429);
        ck_assert_str_eq(client_header(c, "Retry-After"), "7");
        ck_assert_int_eq(client_send(c, "POST", URL, form), 503);
        ck_assert_str_eq(client_header(c, "Retry-After"), "2.128");
        client_send(c, "POST", URL, form);
        ck_assert_int_eq(c->ending, ENDING_NO_REPLY);
        ck_assert_int_eq(client_send(c, "POST", URL, form), 200);
        ck_assert_int_eq(c->delay_ms, 1500);
        client_close(c);
}
END_TEST

/* --- items 13 and 14 -------------------------------------------------------------------- */

#define OWN "11111111-0000-4000-8000-000000000001"
#define ONE "22222222-0000-4000-8000-000000000002"
#define TWO "33333333-0000-4000-8000-000000000003"
#define IMDS "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
#define MSI "/msi/token?api-version=2019-08-01&resource="

enum present { NOBODY_HERE, SYSTEM_ONLY, USER_ONE, USER_BOTH, ALL_THREE };

static const struct {
        const char *url, *header, *value;
        enum present present;
        int status;
        const char *error, *client;
} identities[] = {
        { IMDS GRAPH, "Metadata", "true", SYSTEM_ONLY, 200, "", OWN },
        { IMDS GRAPH, "Metadata", "true", USER_ONE, 200, "", ONE },
        { IMDS GRAPH, "Metadata", "true", ALL_THREE, 200, "", OWN },
        { IMDS GRAPH "&client_id=" TWO, "Metadata", "true", ALL_THREE, 200, "", TWO },
        { IMDS GRAPH "&object_id=object-one", "Metadata", "true", ALL_THREE, 200, "", ONE },
        { IMDS GRAPH "&msi_res_id=%2Fsubscriptions%2Ftwo", "Metadata", "true", ALL_THREE, 200, "", TWO },
        { IMDS GRAPH, NULL, NULL, SYSTEM_ONLY, 400, "bad_request_102", NULL },
        { IMDS GRAPH, "Metadata", "True", SYSTEM_ONLY, 400, "bad_request_102", NULL },
        { "/metadata/identity/oauth2/token?api-version=2018-02-01&scope=" GRAPH ".default", "Metadata", "true", SYSTEM_ONLY,
          400, "invalid_request", NULL },
        { "/metadata/identity/oauth2/token?resource=" GRAPH, "Metadata", "true", SYSTEM_ONLY, 400, "bad_request", NULL },
        { IMDS "https%3A%2F%2Fnowhere.example%2F", "Metadata", "true", SYSTEM_ONLY, 400, "invalid_resource", NULL },
        { IMDS GRAPH, "Metadata", "true", NOBODY_HERE, 400, "invalid_request", NULL },
        { IMDS GRAPH, "Metadata", "true", USER_BOTH, 400, "invalid_request", NULL },
        { IMDS GRAPH "&client_id=" OWN, "Metadata", "true", USER_BOTH, 400, "invalid_request", NULL },
        { IMDS GRAPH "&client_id=" ONE "&object_id=object-one", "Metadata", "true", ALL_THREE, 400, "invalid_request", NULL },
        /* App Service */
        { MSI GRAPH, "X-IDENTITY-HEADER", identity_header, SYSTEM_ONLY, 200, "", OWN },
        { MSI GRAPH "&client_id=" ONE, "X-IDENTITY-HEADER", identity_header, ALL_THREE, 200, "", ONE },
        { MSI GRAPH "&principal_id=object-two", "X-IDENTITY-HEADER", identity_header, ALL_THREE, 200, "", TWO },
        { MSI GRAPH "&object_id=object-two", "X-IDENTITY-HEADER", identity_header, ALL_THREE, 200, "", TWO },
        { MSI GRAPH "&mi_res_id=%2Fsubscriptions%2Fone", "X-IDENTITY-HEADER", identity_header, ALL_THREE, 200, "", ONE },
        { MSI GRAPH, "X-IDENTITY-HEADER", "wrong", SYSTEM_ONLY, 401, "unauthorized", NULL },
        { MSI GRAPH, "Metadata", "true", SYSTEM_ONLY, 401, "unauthorized", NULL },
        { "/msi/token?api-version=2017-09-01&resource=" GRAPH, "X-IDENTITY-HEADER", identity_header, SYSTEM_ONLY, 400,
          "bad_request", NULL },
};

static void
install(struct client *c, enum present present)
{
        if (present == SYSTEM_ONLY || present == ALL_THREE)
                client_do(c, "identity", "{\"clientId\":\"" OWN "\",\"objectId\":\"object-own\"}");
        if (present >= USER_ONE)
                client_do(c, "identity", "{\"clientId\":\"" ONE "\",\"objectId\":\"object-one\",\"resourceId\":"
                          "\"/subscriptions/one\",\"assigned\":true}");
        if (present >= USER_BOTH)
                client_do(c, "identity", "{\"clientId\":\"" TWO "\",\"objectId\":\"object-two\",\"resourceId\":"
                          "\"/subscriptions/two\",\"assigned\":true}");
}

static void
check_identity_reply(struct client *c, bool app_service, const char *client)
{
        struct json_object *life = json_object_object_get(c->json, "expires_in");
        struct json_object *ends = json_object_object_get(c->json, "expires_on");
        struct text bearer = { 0 };

        ck_assert(json_object_is_type(ends, json_type_string));
        ck_assert_int_gt(json_object_get_int64(ends), (int64_t)time(NULL) + 3000);
        ck_assert(app_service ? life == NULL : json_object_is_type(life, json_type_string));
        ck_assert_str_eq(client_text(c, "resource"), "https://graph.microsoft.com/");
        ck_assert_str_eq(client_text(c, "token_type"), "Bearer");
        ck_assert_str_eq(client_text(c, "client_id"), client);
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        free(c->bearer);
        c->bearer = text_take(&bearer);
        c->headers[0] = NULL;
        ck_assert_int_eq(client_get(c, "/v1.0/users"), 200);
}

START_TEST(items_13_and_14_managed_identity)
{
        struct client *c = client_open(3);
        bool app_service = strncmp(identities[_i].url, "/msi/", 5) == 0;

        install(c, identities[_i].present);
        free(c->bearer);
        c->bearer = NULL;
        c->headers[0] = identities[_i].header;
        c->headers[1] = identities[_i].value;
        ck_assert_msg(client_get(c, identities[_i].url) == identities[_i].status, "%s", text_str(&c->raw));
        ck_assert_str_eq(client_text(c, "error"), identities[_i].error);
        if (identities[_i].status == 200)
                check_identity_reply(c, app_service, identities[_i].client);
        client_close(c);
}
END_TEST

START_TEST(item_13_scripted_trouble)
{
        static const int statuses[] = { 404, 410, 429, 500, 200 };
        struct client *c = client_open(3);

        install(c, SYSTEM_ONLY);
        client_do(c, "faults", "[{\"kind\":\"imds\",\"nth\":1,\"action\":\"status\",\"status\":404},"
                  "{\"kind\":\"imds\",\"nth\":2,\"action\":\"status\",\"status\":410},"
                  "{\"kind\":\"imds\",\"nth\":3,\"action\":\"status\",\"status\":429},"
                  "{\"kind\":\"imds\",\"nth\":4,\"action\":\"status\",\"status\":500},"
                  "{\"kind\":\"graph\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":503}]");
        c->headers[0] = "Metadata";
        c->headers[1] = "true";
        for (int i = 0; i < 5; i++)
                ck_assert_int_eq(client_get(c, IMDS GRAPH), statuses[i]);
        client_close(c);
}
END_TEST

/* --- item 64 ------------------------------------------------------------------------------ */

START_TEST(item_64_discovery)
{
        struct client *c = client_open(3);
        struct json_object *one;

        free(c->bearer);
        c->bearer = NULL;
        ck_assert_int_eq(client_get(c, "/contoso.example/v2.0/.well-known/openid-configuration"), 200);
        ck_assert_str_eq(client_text(c, "token_endpoint"), BASE URL);
        ck_assert_str_eq(client_text(c, "issuer"), BASE "/" TENANT "/v2.0");
        ck_assert_int_eq(client_send(c, "POST", client_text(c, "token_endpoint") + strlen(BASE),
                                     FORM "&client_secret=s%2Bcret"), 200);
        ck_assert_int_eq(client_get(c, "/common/v2.0/.well-known/openid-configuration"), 200);
        ck_assert_str_eq(client_text(c, "token_endpoint"), BASE "/common/oauth2/v2.0/token");
        ck_assert_int_eq(client_get(c, "/fabrikam.example/v2.0/.well-known/openid-configuration"), 400);
        ck_assert_str_eq(client_text(c, "error"), "invalid_tenant");
        ck_assert_int_eq(client_get(c, "/common/discovery/instance?api-version=1.1&authorization_endpoint=x"), 200);
        ck_assert_str_eq(client_text(c, "tenant_discovery_endpoint"),
                         BASE "/" TENANT "/v2.0/.well-known/openid-configuration");
        one = json_object_array_get_idx(json_object_object_get(c->json, "metadata"), 0);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(one, "preferred_network")), "127.0.0.1:8080");
        client_close(c);
}
END_TEST

START_TEST(item_64_coded_names_and_slashes)
{
        struct client *c = client_open(5);
        struct text url = { 0 };

        ck_assert_int_eq(client_get(c, "/v1.0/users?%24select=id%2CdisplayName&%24top=2"), 200);
        ck_assert_uint_eq(client_count(c), 2);
        ck_assert_int_eq(json_object_object_length(client_value(c, 0)), 2);
        client_do(c, "group", "{\"set\":{\"displayName\":\"Pilots\"}}");
        client_do(c, "join", "{\"group\":\"Pilots\",\"count\":3}");
        client_get(c, "/v1.0/groups");
        text_fmt(&url, "/v1.0/groups/%s/members/microsoft.graph.user",
                 json_object_get_string(json_object_object_get(client_value(c, 0), "id")));
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_uint_eq(client_count(c), 3);
        text_char(&url, '/');
        ck_assert_int_eq(client_get(c, text_str(&url)), 200);
        ck_assert_uint_eq(client_count(c), 3);
        text_free(&url);
        client_close(c);
}
END_TEST

Suite *
suite_signin(void)
{
        Suite *s = suite_create("graph signin");
        TCase *t = tcase_create("credentials");

        tcase_add_unchecked_fixture(t, begin, end);
        tcase_add_loop_test(t, item_09_assertion, 0, (int)(sizeof assertions / sizeof assertions[0]));
        tcase_add_test(t, item_09_assertion_damaged);
        tcase_add_test(t, item_09_certificate_over);
        tcase_add_loop_test(t, item_10_federation, 0, (int)(sizeof federated / sizeof federated[0]));
        tcase_add_test(t, item_12_trouble);
        tcase_add_loop_test(t, items_13_and_14_managed_identity, 0, (int)(sizeof identities / sizeof identities[0]));
        tcase_add_test(t, item_13_scripted_trouble);
        tcase_add_test(t, item_64_discovery);
        tcase_add_test(t, item_64_coded_names_and_slashes);
        suite_add_tcase(s, t);
        return s;
}
