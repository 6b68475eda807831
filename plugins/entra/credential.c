/* credential.c - which credential is configured.
 *
 * A credential is a row: whether it is given, whether it is whole, and how it goes into
 * the form for the token endpoint.  Exactly one must be given: to try another one when
 * the first is refused would hide what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "signin.h"

/* --- client secret ---------------------------------------------------------------- */

static bool
secret_given(const struct entra_config *config)
{
        return config->client_secret != NULL;
}

static int
secret_check(struct entra *entra, struct mst_error *err)
{
        if (mst_secret_size(entra->config->client_secret) == 0)
                return mst_fail(err, MST_ECONFIG, "client-secret is empty");
        return MST_OK;
}

static int
secret_fill(struct entra *entra, struct mst_http_request *request, struct mst_error *err)
{
        const struct mst_secret *secret = entra->config->client_secret;

        (void)err;
        mst_http_form(request, "client_secret", mst_secret_reveal(secret), mst_secret_size(secret));
        return MST_OK;
}

/* --- certificate ------------------------------------------------------------------ */

static bool
certificate_given(const struct entra_config *config)
{
        return config->certificate != NULL;
}

static int
certificate_fill(struct entra *entra, struct mst_http_request *request, struct mst_error *err)
{
        char *assertion = NULL;

        if (entra_assertion_make(entra, entra->token_url, &assertion, err) != MST_OK)
                return err->code;
        entra_assertion_put(request, assertion, strlen(assertion));
        mst_secret_wipe(assertion, strlen(assertion));
        return MST_OK;
}

/* --- federation -------------------------------------------------------------------- */

static bool
workload_given(const struct entra_config *config)
{
        return config->workload_identity;
}

static bool
token_file_given(const struct entra_config *config)
{
        return config->token_file != NULL && !config->workload_identity;
}

/* --- managed identity -------------------------------------------------------------- */

static bool
identity_given(const struct entra_config *config)
{
        return config->managed_identity != NULL;
}

/* --- the table -------------------------------------------------------------------- */

static const struct entra_credential credentials[] = {
        { .name = "client-secret", .given = secret_given, .check = secret_check, .fill = secret_fill },
        { .name = "certificate", .given = certificate_given, .check = entra_assertion_check,
          .fill = certificate_fill, .note = entra_assertion_note },
        { .name = "federated-token-file", .given = token_file_given, .check = entra_federation_check,
          .fill = entra_federation_fill },
        { .name = "workload-identity", .given = workload_given, .check = entra_federation_check,
          .fill = entra_federation_fill, .from_environment = true },
        { .name = "managed-identity", .given = identity_given, .check = entra_identity_check,
          .get = entra_identity_get },
};
enum { CREDENTIALS = sizeof credentials / sizeof credentials[0] };

void
entra_assertion_put(struct mst_http_request *request, const char *assertion, size_t length)
{
        static const char type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

        mst_http_form(request, "client_assertion_type", type, sizeof type - 1);
        mst_http_form(request, "client_assertion", assertion, length);
}

static int
choose(struct entra *entra, struct mst_error *err)
{
        for (size_t i = 0; i < CREDENTIALS; i++) {
                if (!credentials[i].given(entra->config))
                        continue;
                if (entra->credential != NULL)
                        return mst_fail(err, MST_ECONFIG, "both %s and %s are configured: keep the one to sign "
                                        "in with", entra->credential->name, credentials[i].name);
                entra->credential = &credentials[i];
        }
        if (entra->credential == NULL)
                return mst_fail(err, MST_ECONFIG, "there is nothing to sign in with: configure one of "
                                "managed-identity, workload-identity, federated-token-file, certificate and "
                                "client-secret");
        return MST_OK;
}

/* Options that only make sense beside another one. */
static int
check_lonely(const struct entra_config *config, struct mst_error *err)
{
        if (config->certificate == NULL && config->certificate_key != NULL)
                return mst_fail(err, MST_ECONFIG, "certificate-key is configured without certificate");
        if (config->certificate == NULL && config->certificate_password != NULL)
                return mst_fail(err, MST_ECONFIG, "certificate-password is configured without certificate");
        if (config->managed_identity == NULL && config->imds_url != NULL)
                return mst_fail(err, MST_ECONFIG, "imds-url is configured without managed-identity");
        return MST_OK;
}

/* What is configured goes before what the environment says. */
static int
from_environment(struct entra *entra, const char **to, const char *option, const char *variable, bool required,
                 struct mst_error *err)
{
        const char *value = getenv(variable);

        if (*to != NULL)
                return MST_OK;
        if (value == NULL || *value == '\0')
                return !required ? MST_OK
                        : mst_fail(err, MST_ECONFIG, "workload-identity: the environment has no variable %s and "
                                   "the option <%s> is not configured; in Kubernetes the pod needs the label "
                                   "azure.workload.identity/use: \"true\" and its service account the annotation "
                                   "azure.workload.identity/client-id", variable, option);
        *to = mst_arena_strdup(entra->arena, value);
        return *to != NULL ? MST_OK : mst_fail_memory(err, "reading the environment");
}

static int
look_around(struct entra *entra, struct mst_error *err)
{
        if (from_environment(entra, &entra->tenant, "tenant", "AZURE_TENANT_ID", true, err) != MST_OK
            || from_environment(entra, &entra->client_id, "client-id", "AZURE_CLIENT_ID", true, err) != MST_OK
            || from_environment(entra, &entra->token_file, "federated-token-file",
                                "AZURE_FEDERATED_TOKEN_FILE", true, err) != MST_OK)
                return err->code;
        if (entra->config->login_url != NULL)
                return MST_OK;
        return from_environment(entra, &entra->authority, "login-url", "AZURE_AUTHORITY_HOST", false, err);
}

int
entra_credential_choose(struct entra *entra, struct mst_error *err)
{
        const struct entra_config *config = entra->config;

        if (check_lonely(config, err) != MST_OK || choose(entra, err) != MST_OK)
                return err->code;
        if (config->managed_identity != NULL && config->client_id != NULL)
                return mst_fail(err, MST_ECONFIG, "client-id is configured beside managed-identity, which needs "
                                "none: a user-assigned identity is named in managed-identity itself");
        entra->tenant = config->tenant;
        entra->client_id = config->client_id;
        entra->token_file = config->token_file;
        if (entra->credential->from_environment && look_around(entra, err) != MST_OK)
                return err->code;
        if (entra->client_id == NULL && entra->credential->get == NULL)
                return mst_fail(err, MST_ECONFIG, "the option <client-id> is missing: add the application (client) "
                                "id of the app registration");
        return MST_OK;
}

int
entra_credential_check(struct entra *entra, struct mst_error *err)
{
        return entra->credential->check != NULL ? entra->credential->check(entra, err) : MST_OK;
}

void
entra_credential_note(struct entra *entra, struct mst_facts *facts)
{
        if (entra->credential->note != NULL)
                entra->credential->note(entra, facts);
}
