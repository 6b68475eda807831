/* entra-federation.c - the entra source signs in with a token that somebody else wrote
 * into a file, with and without the environment of a workload identity. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../emulators/graph/forge.h"
#include "graph.h"
#include "unit.h"

static const char *const wants[] = { "displayName", "mail", NULL };

static struct graph g;
static char folder[64], path[80];

#define ISSUER "https://issuer.example/a"
#define SUBJECT "system:serviceaccount:muster:muster"
#define AUDIENCE "api://AzureADTokenExchange"

static void
begin(void)
{
        graph_start(&g, "3", wants);
        mst_secret_free(g.config.client_secret);
        g.config.client_secret = NULL;
        strcpy(folder, "/tmp/muster-federation-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/token", folder);
        graph_control(&g, "app", "{\"federation\":{\"issuer\":\"" ISSUER "\",\"subject\":\"" SUBJECT
                      "\",\"audience\":\"" AUDIENCE "\"}}");
}

static void
end(void)
{
        unlink(path);
        rmdir(folder);
        graph_stop(&g);
}

static void
write_file(const char *text, size_t size)
{
        FILE *f = fopen(path, "w");

        ck_assert(f != NULL && fwrite(text, 1, size, f) == size && fclose(f) == 0);
}

/* The token into the file, with 'tail' behind it. */
static void
write_token(const char *iss, const char *sub, const char *aud, const char *tail)
{
        char claims[1000], *jwt, text[3000];

        snprintf(claims, sizeof claims, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":%s,\"exp\":%lld}", iss, sub, aud,
                 (long long)time(NULL) + 86400);
        jwt = forge_jwt("{\"alg\":\"RS256\",\"typ\":\"JWT\"}", claims, NULL, false);
        snprintf(text, sizeof text, "%s%s", jwt, tail);
        write_file(text, strlen(text));
        free(jwt);
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

/* Nothing that the connector said or logged holds the token. */
static void
nothing_told(void)
{
        char token[3000] = "";
        FILE *f = fopen(path, "r");
        const char *line;

        ck_assert(f != NULL && fgets(token, sizeof token, f) != NULL && fclose(f) == 0);
        token[40] = '\0';                    /* its head and some of its claims */
        ck_assert_ptr_null(strstr(g.err.text, token));
        for (size_t i = 0; (line = mst_test_log_at(g.test, i, NULL)) != NULL; i++)
                ck_assert_ptr_null(strstr(line, token));
}

static const struct {
        const char *iss, *sub, *aud, *tail;
        int code;
        const char *says[4];
} tokens[] = {
        { ISSUER, SUBJECT, "\"" AUDIENCE "\"", "", MST_OK, { NULL } },
        { ISSUER, SUBJECT, "\"" AUDIENCE "\"", "\n", MST_OK, { NULL } },
        { ISSUER, SUBJECT, "\"" AUDIENCE "\"", " \t\r\n\n", MST_OK, { NULL } },
        { ISSUER, "system:serviceaccount:muster:Muster", "\"" AUDIENCE "\"", "", MST_EAUTH,
          { "AADSTS700213", "sub is 'system:serviceaccount:muster:Muster'", "iss '" ISSUER "'", "aud '" AUDIENCE "'" } },
        { ISSUER "/", SUBJECT, "\"" AUDIENCE "\"", "", MST_EAUTH, { "iss '" ISSUER "/'", "federated credential" } },
        { ISSUER, SUBJECT, "[\"api://azureadtokenexchange\",\"other\"]", "", MST_EAUTH,
          { "aud 'api://azureadtokenexchange'" } },
        { ISSUER, SUBJECT, "[]", "", MST_EAUTH, { "aud ''" } },
        { ISSUER, SUBJECT, "17", "", MST_EAUTH, { "aud ''" } },
        { ISSUER, "evil\\u001b[2J\\nline", "\"" AUDIENCE "\"", "", MST_EAUTH, { "sub is 'evil\\x1b[2J\\nline'" } },
};

START_TEST(token_file)
{
        g.config.token_file = path;
        write_token(tokens[_i].iss, tokens[_i].sub, tokens[_i].aud, tokens[_i].tail);
        ck_assert_msg(try_code() == tokens[_i].code, "%s", g.err.text);
        for (size_t i = 0; i < 4 && tokens[_i].says[i] != NULL; i++)
                says(tokens[_i].says[i]);
        nothing_told();
}
END_TEST

/* What is in the file, or is not. */
static const struct {
        const char *text;
        size_t size;
        int code;
        const char *says;
} files[] = {
        { NULL, 0, MST_ECONFIG, "cannot be read: No such file" },
        { "", 0, MST_ECONFIG, "is empty" },
        { " \n\t\r\n", 5, MST_ECONFIG, "is empty" },
        { "two words", 9, MST_ECONFIG, "more than one word" },
        { "a.b.c\nd.e.f\n", 12, MST_ECONFIG, "more than one word" },
        { "a\0b", 3, MST_ECONFIG, "more than one word" },
        { "\xc3\xa4", 2, MST_ECONFIG, "more than one word" },
        { NULL, 70000, MST_ECONFIG, "more than 64 KiB" },
        { "a.b.c", 5, MST_EAUTH, "AADSTS700027" },
        { "nodots", 6, MST_EAUTH, "AADSTS700027" },
        { "..", 2, MST_EAUTH, "AADSTS700027" },
        { "e30.e30.", 8, MST_EAUTH, "AADSTS700213" },
};

START_TEST(token_file_bad)
{
        static char large[70001];

        memset(large, 'x', sizeof large - 1);
        g.config.token_file = path;
        if (files[_i].text != NULL)
                write_file(files[_i].text, files[_i].size);
        else if (files[_i].size > 0)
                write_file(large, files[_i].size);
        ck_assert_int_eq(try_code(), files[_i].code);
        says(files[_i].says);
        if (files[_i].code == MST_ECONFIG)
                says(path);
}
END_TEST

START_TEST(token_file_is_no_file)
{
        static char null[] = "/dev/null", root[] = "/tmp";

        g.config.token_file = _i == 0 ? null : root;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says(_i == 0 ? "is empty" : "Is a directory");
}
END_TEST

/* The file is exchanged in place: each sign-in takes what is there now. */
START_TEST(token_file_read_each_time)
{
        g.config.token_file = path;
        write_token(ISSUER, SUBJECT, "\"" AUDIENCE "\"", "");
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        graph_control(&g, "app", "{\"forget\":true,\"federation\":{\"issuer\":\"" ISSUER "\",\"subject\":\"new\","
                      "\"audience\":\"" AUDIENCE "\"}}");
        write_token(ISSUER, "new", "\"" AUDIENCE "\"", "");
        graph_control(&g, "clock", "{\"advance\":\"61m\"}");     /* the access token ends */
        ck_assert_msg(graph_read(&g, NULL) == MST_OK, "%s", g.err.text);
        unlink(path);
        mst_http_token_drop(((struct entra *)g.entra)->token);
        ck_assert_int_eq(graph_read(&g, NULL), MST_ECONFIG);
        says("cannot be read");
        write_token(ISSUER, SUBJECT, "\"" AUDIENCE "\"", "");
        mst_http_token_drop(((struct entra *)g.entra)->token);
        ck_assert_int_eq(graph_read(&g, NULL), MST_EAUTH);
        says("sub is '" SUBJECT "'");
}
END_TEST

/* --- the environment ---------------------------------------------------------------- */

static void
set(const char *name, const char *value)
{
        ck_assert_int_eq(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void
environment(void)
{
        char host[140];

        snprintf(host, sizeof host, "%s/", g.login);     /* with a slash, as the webhook writes it */
        set("AZURE_CLIENT_ID", g.client);
        set("AZURE_TENANT_ID", g.tenant);
        set("AZURE_FEDERATED_TOKEN_FILE", path);
        set("AZURE_AUTHORITY_HOST", host);
        g.config.tenant = g.config.client_id = g.config.login_url = NULL;
        g.config.workload_identity = true;
        write_token(ISSUER, SUBJECT, "\"" AUDIENCE "\"", "\n");
}

static const struct {
        const char *variable, *value;
        int code;
        const char *says;
} surroundings[] = {
        { NULL, NULL, MST_OK, NULL },
        { "AZURE_CLIENT_ID", NULL, MST_ECONFIG, "AZURE_CLIENT_ID and the option <client-id>" },
        { "AZURE_TENANT_ID", NULL, MST_ECONFIG, "AZURE_TENANT_ID and the option <tenant>" },
        { "AZURE_TENANT_ID", "", MST_ECONFIG, "AZURE_TENANT_ID" },
        { "AZURE_TENANT_ID", "../evil", MST_ECONFIG, "neither a directory id" },
        { "AZURE_FEDERATED_TOKEN_FILE", NULL, MST_ECONFIG, "AZURE_FEDERATED_TOKEN_FILE" },
        { "AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token", MST_ECONFIG, "/nowhere/token" },
        { "AZURE_AUTHORITY_HOST", "http://evil.example/", MST_ECONFIG, "AZURE_AUTHORITY_HOST" },
        { "AZURE_AUTHORITY_HOST", "nonsense", MST_ECONFIG, "AZURE_AUTHORITY_HOST" },
        { "AZURE_CLIENT_ID", "11111111-2222-4333-8444-555555555555", MST_EAUTH, "AADSTS700016" },
};

START_TEST(workload_identity)
{
        environment();
        if (surroundings[_i].variable != NULL)
                set(surroundings[_i].variable, surroundings[_i].value);
        ck_assert_msg(try_code() == surroundings[_i].code, "%d: %s", surroundings[_i].code, g.err.text);
        if (surroundings[_i].says != NULL)
                says(surroundings[_i].says);
}
END_TEST

/* What is configured goes before the environment. */
START_TEST(configured_goes_before)
{
        environment();
        set("AZURE_CLIENT_ID", "nobody");
        set("AZURE_TENANT_ID", "fabrikam.example");
        set("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token");
        set("AZURE_AUTHORITY_HOST", "https://127.0.0.1:1/");
        g.config.tenant = g.tenant;
        g.config.client_id = g.client;
        g.config.token_file = path;
        g.config.login_url = g.login;
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        /* and without workload-identity the environment says nothing */
        g.config.workload_identity = false;
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        g.config.client_id = NULL;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("<client-id> is missing");
        g.config.client_id = g.client;
        g.config.tenant = NULL;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("<tenant> is missing");
}
END_TEST

/* The authority of another cloud comes with the environment, Graph with 'cloud'. */
static const struct {
        const char *host, *token_url;
        int64_t cloud;
        const char *base;
} authorities[] = {
        { "https://login.microsoftonline.com/", "https://login.microsoftonline.com/t.example/oauth2/v2.0/token", 0,
          "https://graph.microsoft.com/v1.0" },
        { "https://login.microsoftonline.us", "https://login.microsoftonline.us/t.example/oauth2/v2.0/token", 2,
          "https://dod-graph.microsoft.us/v1.0" },
        { "https://login.chinacloudapi.cn//", "https://login.chinacloudapi.cn/t.example/oauth2/v2.0/token", 3,
          "https://microsoftgraph.chinacloudapi.cn/v1.0" },
        { NULL, "https://login.chinacloudapi.cn/t.example/oauth2/v2.0/token", 3,
          "https://microsoftgraph.chinacloudapi.cn/v1.0" },
};

START_TEST(authority_host)
{
        struct entra *entra;

        environment();
        set("AZURE_AUTHORITY_HOST", authorities[_i].host);
        set("AZURE_TENANT_ID", "t.example");
        g.config.graph_url = NULL;
        g.config.cloud = authorities[_i].cloud;
        graph_open(&g);
        entra = g.entra;
        ck_assert_str_eq(entra->token_url, authorities[_i].token_url);
        ck_assert_str_eq(entra->base, authorities[_i].base);
}
END_TEST

START_TEST(two_credentials)
{
        environment();
        g.config.client_secret = mst_secret_new("s", 1);
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("both client-secret and workload-identity are configured");
        g.config.workload_identity = false;
        g.config.token_file = path;
        ck_assert_int_eq(try_code(), MST_ECONFIG);
        says("both client-secret and federated-token-file are configured");
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-federation");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, token_file, 0, UNIT_COUNT(tokens));
        tcase_add_loop_test(c, token_file_bad, 0, UNIT_COUNT(files));
        tcase_add_loop_test(c, token_file_is_no_file, 0, 2);
        tcase_add_test(c, token_file_read_each_time);
        tcase_add_loop_test(c, workload_identity, 0, UNIT_COUNT(surroundings));
        tcase_add_test(c, configured_goes_before);
        tcase_add_loop_test(c, authority_host, 0, UNIT_COUNT(authorities));
        tcase_add_test(c, two_credentials);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
