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

/* --- the table -------------------------------------------------------------------- */

static const struct entra_credential credentials[] = {
        { .name = "client-secret", .given = secret_given, .check = secret_check, .fill = secret_fill },
        { .name = "certificate", .given = certificate_given, .check = entra_assertion_check,
          .fill = certificate_fill, .note = entra_assertion_note },
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
                                "client-secret and certificate");
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
        return MST_OK;
}

int
entra_credential_choose(struct entra *entra, struct mst_error *err)
{
        const struct entra_config *config = entra->config;

        if (check_lonely(config, err) != MST_OK || choose(entra, err) != MST_OK)
                return err->code;
        entra->tenant = config->tenant;
        entra->client_id = config->client_id;
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
