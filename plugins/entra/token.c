/* token.c - signing in as the application (OAuth 2.0 client credentials).
 *
 * A credential is a row: whether it is configured, and how it goes into the form.
 * So far there is the client secret; certificates, federation and managed identity
 * are further rows.  When and how often to sign in is mst_http's business. */
#include <string.h>
#include <strings.h>

#include "entra.h"

enum { TRANSIENT_TRIES = 4 };

struct credential {
        const char *name;
        bool (*given)(const struct entra_config *config);
        int (*fill)(struct entra *entra, struct mst_http_request *request, struct mst_error *err);
};

static bool
secret_given(const struct entra_config *config)
{
        return config->client_secret != NULL;
}

static int
secret_fill(struct entra *entra, struct mst_http_request *request, struct mst_error *err)
{
        const struct mst_secret *secret = entra->config->client_secret;

        (void)err;
        mst_http_form(request, "client_secret", mst_secret_reveal(secret), mst_secret_size(secret));
        return MST_OK;
}

static const struct credential credentials[] = {
        { "client-secret", secret_given, secret_fill },
};
enum { CREDENTIALS = sizeof credentials / sizeof credentials[0] };

static const struct credential *
chosen(const struct entra_config *config)
{
        for (size_t i = 0; i < CREDENTIALS; i++)
                if (credentials[i].given(config))
                        return &credentials[i];
        return NULL;
}

int
entra_credential_check(const struct entra_config *config, struct mst_error *err)
{
        if (chosen(config) == NULL)
                return mst_fail(err, MST_ECONFIG, "there is nothing to sign in with: configure "
                                "client-secret");
        if (config->client_secret != NULL && mst_secret_size(config->client_secret) == 0)
                return mst_fail(err, MST_ECONFIG, "client-secret is empty");
        return MST_OK;
}

/* --- the answer -------------------------------------------------------------------- */

struct answer {
        const char *token;
        size_t token_length;
        int64_t life;                        /* seconds, or -1                         */
        const char *error, *correlation, *trace, *time;
        long number;                         /* first of error_codes                   */
};

static const char *
text_of(struct entra *entra)
{
        const char *text;
        size_t length;

        if (mst_json_text(entra->json, entra->scratch, &text, &length) != MST_JSON_OK)
                return NULL;
        return mst_escape_terminal(entra->scratch, text, length < 200 ? length : 200);
}

/* A number, or a string that holds one. */
static int64_t
whole(struct entra *entra)
{
        int64_t number = -1;
        const char *text;
        size_t length;

        if (mst_json_peek(entra->json) == MST_JSON_NUMBER)
                return mst_json_int(entra->json, &number) == MST_JSON_OK ? number : -1;
        if (mst_json_text(entra->json, entra->scratch, &text, &length) != MST_JSON_OK
            || length == 0 || length > 10)
                return -1;
        number = 0;
        for (size_t i = 0; i < length; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return -1;
                number = number * 10 + (text[i] - '0');
        }
        return number;
}

static void
take_member(struct entra *entra, const char *name, size_t length, struct answer *ret)
{
        int64_t number;

#define IS(literal) (length == sizeof literal - 1 && memcmp(name, literal, length) == 0)
        if (IS("access_token")) {
                if (mst_json_text(entra->json, entra->scratch, &ret->token, &ret->token_length)
                    != MST_JSON_OK)
                        ret->token = NULL;
        } else if (IS("expires_in")) {
                ret->life = whole(entra);
        } else if (IS("error")) {
                ret->error = text_of(entra);
        } else if (IS("correlation_id")) {
                ret->correlation = text_of(entra);
        } else if (IS("trace_id")) {
                ret->trace = text_of(entra);
        } else if (IS("timestamp")) {
                ret->time = text_of(entra);
        } else if (IS("error_codes") && mst_json_enter_array(entra->json)) {
                if (mst_json_element(entra->json)) {
                        if (mst_json_int(entra->json, &number) == MST_JSON_OK)
                                ret->number = (long)number;
                        mst_json_leave(entra->json);
                }
        }
#undef IS
}

static bool
read_answer(struct entra *entra, struct answer *ret)
{
        size_t size, length;
        const char *body = mst_http_content(entra->token_reply, &size), *name;

        *ret = (struct answer){ .life = -1 };
        mst_json_start(entra->json, body, size);
        if (!mst_json_enter_object(entra->json))
                return false;
        while (mst_json_member(entra->json, &name, &length))
                take_member(entra, name, length, ret);
        return mst_json_finish(entra->json);
}

static int
refused(struct entra *entra, const struct answer *answer, struct mst_error *err)
{
        const struct entra_aadsts *known = entra_aadsts(answer->number);
        int status = mst_http_status(entra->token_reply);
        enum mst_code code = known != NULL ? known->code : MST_EAUTH;
        const char *say = known != NULL ? known->say : "the sign-in was refused";
        const char *none = "unknown";

        if (known == NULL && answer->error != NULL
            && strcmp(answer->error, "temporarily_unavailable") == 0) {
                code = MST_ENET;
                say = "the sign-in service has trouble at the moment";
        }
        if (answer->error == NULL)
                return mst_fail(err, MST_ENET, "signing in at %s: status %d and no reason in a form that "
                                "is known; is login-url right?", entra->login, status);
        mst_fail(err, code, "signing in at %s as %.64s: %s (%s%s%ld, status %d, correlation id %s, trace "
                 "id %s, time %s)", entra->login, entra->config->client_id, say, answer->error,
                 answer->number != 0 ? " AADSTS" : " ", answer->number, status,
                 answer->correlation != NULL ? answer->correlation : none,
                 answer->trace != NULL ? answer->trace : none,
                 answer->time != NULL ? answer->time : none);
        if (code == MST_ETHROTTLED) {
                int64_t wait = mst_http_retry_after(mst_http_reply_header(entra->token_reply,
                                                                          "Retry-After"),
                                                    mst_host_now(entra->host));
                err->retry_after_ms = wait > 0 ? (uint32_t)wait : 0;
        }
        return code;
}

static int
sign_in(struct entra *entra, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        const struct entra_config *config = entra->config;
        struct mst_http_request *request = entra->token_request;
        struct answer answer;
        bool good;

        mst_http_start_exact(request, "POST", entra->token_url, strlen(entra->token_url));
        mst_http_repeatable(request, true);
        mst_http_secret_reply(request);
        mst_http_header(request, "Accept", "application/json");
        mst_http_form(request, "grant_type", "client_credentials", 18);
        mst_http_form(request, "client_id", config->client_id, strlen(config->client_id));
        mst_http_form(request, "scope", entra->scope, strlen(entra->scope));
        if (chosen(config)->fill(entra, request, err) != MST_OK
            || mst_http_do(entra->http, request, entra->token_reply, err) != MST_OK)
                return mst_wrap(err, "signing in");
        good = read_answer(entra, &answer);
        if (mst_http_status(entra->token_reply) != 200 || !good)
                return refused(entra, &answer, err);
        if (answer.token == NULL || answer.token_length == 0)
                return mst_fail(err, MST_EINTERNAL, "signing in at %s: the answer holds no access_token",
                                entra->login);
        *ret = mst_secret_new(answer.token, answer.token_length);
        if (*ret == NULL)
                return mst_fail_memory(err, "keeping the access token");
        /* Without a life it is used until it is refused, which a 401 tells. */
        *life_ms = (answer.life > 0 ? answer.life : 300) * 1000;
        return MST_OK;
}

int
entra_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct entra *entra = self;
        int64_t wait = entra->config->backoff > 0 ? entra->config->backoff : 1000;
        int code = sign_in(entra, ret, life_ms, err);

        /* Some transient trouble comes as a 400 that only its number tells. */
        for (int i = 1; code == MST_ENET && i < TRANSIENT_TRIES
             && mst_http_status(entra->token_reply) == 400; i++) {
                if (!mst_host_sleep(entra->host, (uint32_t)wait))
                        break;
                wait *= 2;
                code = sign_in(entra, ret, life_ms, err);
        }
        return code;
}
