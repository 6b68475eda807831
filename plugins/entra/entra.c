/* entra.c - the connector for Microsoft Entra ID, a source.
 *
 * It reads the users of one directory through Microsoft Graph: everybody once, and
 * from then on the changes (delta query).  This file holds what the program sees:
 * options, descriptor, and the life of an instance. */
#include <stdlib.h>

#include "read.h"
#include "signin.h"

static const struct mst_option entra_options[] = {
        { .name = "tenant", MST_TEXT_OPTION(struct entra_config, tenant),
          .flags = MST_OPT_IDENTITY | MST_OPT_ASK,
          .help = "the directory to read: its id (GUID) or one of its domain names",
          .more = "Required, unless workload-identity takes it from the environment." },
        { .name = "client-id", MST_TEXT_OPTION(struct entra_config, client_id),
          .flags = MST_OPT_ASK, .help = "application (client) id of the app registration",
          .more = "Required, unless workload-identity takes it from the environment or a managed identity "
                  "signs in. The application needs the application permission User.Read.All of Microsoft "
                  "Graph, with admin consent." },
        { .name = "client-secret", MST_SECRET_OPTION(struct entra_config, client_secret),
          .flags = MST_OPT_ASK, .help = "client secret: its Value, not its Secret ID" },
        { .name = "certificate", MST_SECRET_OPTION(struct entra_config, certificate),
          .help = "certificate to sign in with, and its RSA key: PEM, or PKCS#12 (.pfx)",
          .more = "The same certificate, without the key, is uploaded to the app registration." },
        { .name = "certificate-key", MST_SECRET_OPTION(struct entra_config, certificate_key),
          .help = "private key of the certificate (PEM), when it is not in the same file" },
        { .name = "certificate-password", MST_SECRET_OPTION(struct entra_config, certificate_password),
          .help = "password of an encrypted key or PKCS#12 file" },
        { .name = "certificate-form", MST_CHOICE_OPTION(struct entra_config, certificate_form),
          .flags = MST_OPT_ADVANCED, .choices = "PS256|RS256", .def = "PS256",
          .help = "how the certificate's key signs, and which thumbprint goes with it",
          .more = "PS256 goes with the SHA-256 thumbprint, RS256 (older) with that of SHA-1." },
        { .name = "federated-token-file", MST_PATH_OPTION(struct entra_config, token_file),
          .help = "file with the token of an issuer that the application trusts",
          .more = "It is read again for each sign-in." },
        { .name = "workload-identity", MST_BOOLEAN_OPTION(struct entra_config, workload_identity),
          .help = "take tenant, client-id, federated-token-file and login-url from the environment",
          .more = "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE and AZURE_AUTHORITY_HOST, as "
                  "the Azure workload identity webhook sets them; what is configured goes before." },
        { .name = "managed-identity", MST_TEXT_OPTION(struct entra_config, managed_identity),
          .help = "sign in as the identity that Azure gave this machine or service",
          .more = "system, or a user-assigned one: its client id, object:GUID, or /subscriptions/..." },
        { .name = "imds-url", MST_URL_OPTION(struct entra_config, imds_url),
          .flags = MST_OPT_ADVANCED, .choices = "http|https",
          .help = "the instance metadata service, instead of http://169.254.169.254" },
        { .name = "cloud", MST_CHOICE_OPTION(struct entra_config, cloud),
          .flags = MST_OPT_IDENTITY, .choices = "global|us-gov|us-dod|china", .def = "global",
          .help = "the cloud in which the directory lives" },
        { .name = "login-url", MST_URL_OPTION(struct entra_config, login_url),
          .flags = MST_OPT_ADVANCED, .choices = "https|http",
          .help = "where to sign in, instead of the cloud's address" },
        { .name = "graph-url", MST_URL_OPTION(struct entra_config, graph_url),
          .flags = MST_OPT_ADVANCED | MST_OPT_IDENTITY, .choices = "https|http",
          .help = "where Graph is, instead of the cloud's address",
          .more = "http is accepted for this machine (loopback) only." },
        { .name = "scope", MST_TEXT_OPTION(struct entra_config, scope),
          .flags = MST_OPT_ADVANCED,
          .help = "scope to ask a token for, instead of GRAPH-URL/.default" },
        MST_HTTP_COMMON_OPTIONS(struct entra_config, http),
        { .name = "patience", MST_DURATION_OPTION(struct entra_config, patience),
          .flags = MST_OPT_ADVANCED, .def = "30m", .min = 0, .max = 86400000,
          .help = "most time to spend waiting in one round when Graph throttles or fails",
          .more = "After that the run ends with what it has, and the next one goes on there." },
        { .name = "restrict-to-group", MST_TEXT_OPTION(struct entra_config, restrict_to_group),
          .flags = MST_OPT_IDENTITY,
          .help = "read only the people of this group, and of the groups in it: its object id or name" },
        { .name = "photo-size", MST_CHOICE_OPTION(struct entra_config, photo_size),
          .flags = MST_OPT_IDENTITY, .def = "96x96",
          .choices = "48x48|64x64|96x96|120x120|240x240|360x360|432x432|504x504|648x648",
          .help = "size of the pictures, where the attribute photo is used" },
        { .name = "photo-refresh", MST_DURATION_OPTION(struct entra_config, photo_refresh),
          .flags = MST_OPT_ADVANCED, .def = "7d", .min = 0, .max = INT64_C(31536000000),
          .help = "time in which everybody's picture is looked at again",
          .more = "Graph does not tell that a picture has changed. 0: only of people who change otherwise." },
        { .name = "resource-units", MST_INTEGER_OPTION(struct entra_config, resource_units),
          .flags = MST_OPT_ADVANCED, .def = "3500", .min = 0, .max = 150000,
          .help = "units that Graph grants an application in ten seconds, to stay below; 0: not counted",
          .more = "3500 below 50 users, 5000 up to 500, 8000 above." },
        { .name = "priority", MST_CHOICE_OPTION(struct entra_config, priority),
          .flags = MST_OPT_ADVANCED, .choices = "normal|low|high", .def = "normal",
          .help = "which calls Graph should refuse first when there are too many",
          .more = "low lets the other programs of the same application go first." },
        { .name = "backoff", MST_DURATION_OPTION(struct entra_config, backoff),
          .flags = MST_OPT_ADVANCED, .def = "1s", .min = 1, .max = 60000,
          .help = "wait before the second try when Graph does not say how long",
          .more = "It doubles with each further try, up to a minute." },
        { .name = NULL }
};

static void
entra_close(void *self)
{
        struct entra *entra = self;

        mst_http_request_free(entra->request);
        mst_http_request_free(entra->token_request);
        mst_http_reply_free(entra->reply);
        mst_http_reply_free(entra->token_reply);
        mst_http_token_free(entra->token);
        mst_http_free(entra->http);
        entra_identity_free(entra->identity);
        mst_json_free(entra->json);
        mst_json_free(entra->item);
        entra_kept_close(entra);
        mst_arena_free(entra->scratch);
        mst_arena_free(entra->plan_arena);
        mst_arena_free(entra->arena);
        free(entra);
}

static int
start_client(struct entra *entra, struct mst_error *err)
{
        entra->http = mst_http_new(&entra->config->http, sizeof entra->config->http, entra->host, err);
        if (entra->http == NULL)
                return err->code;
        if (mst_http_allow(entra->http, entra->login, err) != MST_OK)
                return mst_wrap(err, entra->authority != NULL ? "AZURE_AUTHORITY_HOST" : "login-url");
        if (mst_http_allow(entra->http, entra->graph, err) != MST_OK)
                return mst_wrap(err, "graph-url");
        mst_http_id_header(entra->http, "client-request-id");
        mst_http_set(entra->http, MST_HTTP_PATIENCE, entra->config->patience);
        if (entra->config->backoff > 0)
                mst_http_set(entra->http, MST_HTTP_BACKOFF, entra->config->backoff);
        entra->token = mst_http_token_new(entra->http, entra_token_get, entra);
        entra->request = mst_http_request_new();
        entra->token_request = mst_http_request_new();
        entra->reply = mst_http_reply_new();
        entra->token_reply = mst_http_reply_new();
        entra->json = mst_json_new();
        entra->item = mst_json_new();
        if (entra->token == NULL || entra->request == NULL || entra->token_request == NULL
            || entra->reply == NULL || entra->token_reply == NULL || entra->json == NULL
            || entra->item == NULL)
                return mst_fail_memory(err, "opening the connector");
        return MST_OK;
}

static int
entra_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct entra *entra = calloc(1, sizeof *entra);
        int code;

        if (entra == NULL)
                return mst_fail_memory(err, "opening the connector");
        entra->config = config;
        entra->host = host;
        entra->arena = mst_arena_new(0);
        entra->plan_arena = mst_arena_new(0);
        entra->scratch = mst_arena_new(64 * 1024);
        if (entra->arena == NULL || entra->plan_arena == NULL || entra->scratch == NULL)
                code = mst_fail_memory(err, "opening the connector");
        else
                code = entra_credential_choose(entra, err);
        if (code == MST_OK)
                code = entra_cloud_set(entra, err);
        if (code == MST_OK)
                code = entra_credential_check(entra, err);
        if (code == MST_OK)
                code = start_client(entra, err);
        if (code != MST_OK) {
                entra_close(entra);
                return code;
        }
        *self = entra;
        return MST_OK;
}

static const struct mst_source_calls entra_calls = {
        .size = sizeof(struct mst_source_calls),
        .config_size = sizeof(struct entra_config),
        .open = entra_open,
        .probe = entra_probe,
        .read = entra_read,
        .fetch = entra_fetch,
        .close = entra_close,
};

MST_PLUGIN(entra) = {
        MST_PLUGIN_HEAD,
        .name = "entra",
        .version = "0.1.0",
        .summary = "reads users and groups from Microsoft Entra ID through Microsoft Graph",
        .source = &entra_calls,
        .source_options = entra_options,
        .source_attributes = entra_attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_INCREMENTAL | MST_CAN_FETCH | MST_CAN_PHOTO,
        .source_ids_unique = true,
};
