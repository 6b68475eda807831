/* token.c - signing in as the application (OAuth 2.0 client credentials).
 *
 * The credential fills the form, or gets the token by itself; what a refusal means is
 * said here.  When and how often to sign in is mst_http's business. */
#include <string.h>
#include <strings.h>

#include "signin.h"

enum { TRANSIENT_TRIES = 4 };

static int
refused(struct entra *entra, const struct entra_answer *answer, struct mst_error *err)
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
                 "id %s, time %s)", entra->login, entra->client_id, say, answer->error,
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
        struct mst_http_request *request = entra->token_request;
        struct entra_answer answer;
        bool good;

        mst_http_start_exact(request, "POST", entra->token_url, strlen(entra->token_url));
        mst_http_repeatable(request, true);
        mst_http_secret_reply(request);
        mst_http_header(request, "Accept", "application/json");
        mst_http_form(request, "grant_type", "client_credentials", 18);
        mst_http_form(request, "client_id", entra->client_id, strlen(entra->client_id));
        mst_http_form(request, "scope", entra->scope, strlen(entra->scope));
        if (entra->credential->fill(entra, request, err) != MST_OK
            || mst_http_do(entra->http, request, entra->token_reply, err) != MST_OK)
                return mst_wrap(err, "signing in");
        good = entra_answer_read(entra, entra->token_reply, &answer);
        if (mst_http_status(entra->token_reply) != 200 || !good)
                return refused(entra, &answer, err);
        return entra_answer_take(entra, &answer, entra->login, ret, life_ms, err);
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
