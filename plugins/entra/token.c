/* token.c - the token endpoint (OAuth 2.0 client credentials), and what its refusals mean.
 *
 * The credential fills the form, or gets the token by itself.  When and how often to
 * sign in is mst_http's business; what comes here once more is trouble that only the
 * number of an error tells, and an assertion that grew old while the service made us
 * wait. */
#include <stdlib.h>
#include <string.h>

#include "signin.h"

enum { TRANSIENT_TRIES = 4, STALE_MS = 300000, SKEW_S = 5 };

static const char none[] = "unknown";

/* ids and time of the refusal, which Microsoft's support asks for. */
static const char *
say_ids(struct entra *entra, const struct entra_answer *answer)
{
        const char *text = mst_arena_printf(entra->scratch, "%s%s%ld, status %d, correlation id %s, trace id "
                                            "%s, time %s", answer->error,
                                            answer->number != 0 ? " AADSTS" : " ", answer->number,
                                            mst_http_status(entra->token_reply),
                                            answer->correlation != NULL ? answer->correlation : none,
                                            answer->trace != NULL ? answer->trace : none,
                                            answer->time != NULL ? answer->time : none);

        return text != NULL ? text : "memory is out";
}

/* How far this machine's clock is from the service's, when that is what is wrong. */
static const char *
say_skew(struct entra *entra)
{
        const char *text = NULL;
        int64_t theirs, skew;

        if (!mst_http_date(mst_http_reply_header(entra->token_reply, "Date"), &theirs))
                return "";
        skew = (mst_host_now(entra->host) - theirs) / MST_DATE_SECOND;
        if (skew > SKEW_S || skew < -SKEW_S)
                text = mst_arena_printf(entra->scratch, ": it is %lld min %lld s %s that of the service",
                                        llabs(skew) / 60, llabs(skew) % 60, skew > 0 ? "ahead of" : "behind");
        return text != NULL ? text : "";
}

/* The values that must be copied into the federated credential; also to the log, where
 * they are not cut. */
static const char *
say_claims(struct entra *entra)
{
        struct entra_claims claims;
        const char *text;

        if (!entra_federation_claims(entra, &claims))
                return "";
        text = mst_arena_printf(entra->scratch, ": its sub is '%s', its iss '%s', its aud '%s'",
                                claims.sub != NULL ? claims.sub : "", claims.iss != NULL ? claims.iss : "",
                                claims.aud != NULL ? claims.aud : "");
        if (text == NULL)
                return "";
        mst_host_log(entra->host, MST_LOG_WARNING, "the federated token was not accepted%s", text);
        return text;
}

/* What is known beyond the sentence in the table. */
static const char *
say_more(struct entra *entra, const struct entra_aadsts *known, const struct entra_answer *answer)
{
        const char *text = NULL;

        if (known == NULL)
                text = answer->description;
        else if (known->hint == ENTRA_HINT_CLOCK)
                return say_skew(entra);
        else if (known->hint == ENTRA_HINT_CLAIMS)
                return say_claims(entra);
        text = text != NULL ? mst_arena_printf(entra->scratch, ": %s", text) : "";
        return text != NULL ? text : "";
}

static int
refused(struct entra *entra, const struct entra_answer *answer, struct mst_error *err)
{
        const struct entra_aadsts *known = entra_aadsts(answer->number);
        enum mst_code code = known != NULL ? known->code : MST_EAUTH;
        const char *say = known != NULL ? known->say : "the sign-in was refused";

        if (known == NULL && answer->error != NULL
            && strcmp(answer->error, "temporarily_unavailable") == 0) {
                code = MST_ENET;
                say = "the sign-in service has trouble at the moment";
        }
        if (answer->error == NULL)
                return mst_fail(err, MST_ENET, "signing in at %s: status %d and no reason in a form that "
                                "is known; is login-url right?", entra->login,
                                mst_http_status(entra->token_reply));
        mst_fail(err, code, "signing in at %.100s as %.64s: %s%s (%s)", entra->login, entra->client_id, say,
                 say_more(entra, known, answer), say_ids(entra, answer));
        if (code == MST_ETHROTTLED || code == MST_ENET) {
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
        size_t size;
        const char *claims = entra_challenge_claims(entra, &size);
        bool good;

        mst_http_start_exact(request, "POST", entra->token_url, strlen(entra->token_url));
        mst_http_repeatable(request, true);
        mst_http_secret_reply(request);
        mst_http_header(request, "Accept", "application/json");
        mst_http_form(request, "grant_type", "client_credentials", 18);
        mst_http_form(request, "client_id", entra->client_id, strlen(entra->client_id));
        mst_http_form(request, "scope", entra->scope, strlen(entra->scope));
        if (claims != NULL)
                mst_http_form(request, "claims", claims, size);
        if (entra->credential->fill(entra, request, err) != MST_OK
            || mst_http_do(entra->http, request, entra->token_reply, err) != MST_OK)
                return mst_wrap(err, "signing in");
        good = entra_answer_read(entra, entra->token_reply, &answer);
        if (mst_http_status(entra->token_reply) == 200 && good)
                return entra_answer_take(entra, &answer, entra->login, ret, life_ms, err);
        refused(entra, &answer, err);
        if (claims != NULL && (err->code == MST_EAUTH || err->code == MST_EPERM))
                return mst_wrap(err, "access was revoked or is blocked by a policy");
        return err->code;
}

/* Is it worth another sign-in, and after how long?  0: no. */
static int64_t
pause_after(const struct entra *entra, int code, int tries, int64_t begun, const struct mst_error *err)
{
        int64_t unit = entra->config->backoff > 0 ? entra->config->backoff : 1000;
        bool old = mst_host_ticks_ms(entra->host) - begun > STALE_MS;

        if (tries >= TRANSIENT_TRIES)
                return 0;
        /* The assertion may have waited too long in mst_http. */
        if (code == MST_EAUTH && old)
                return 1;
        /* Some trouble comes as a 400 that only its number tells; the rest mst_http has
         * tried already. */
        if ((code != MST_ENET && code != MST_ETHROTTLED) || mst_http_status(entra->token_reply) != 400)
                return 0;
        if (err->retry_after_ms > 0)
                return err->retry_after_ms <= entra->config->patience ? err->retry_after_ms : 0;
        return unit << (tries - 1);
}

int
entra_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct entra *entra = self;

        if (entra->credential->get != NULL)
                return entra->credential->get(entra, ret, life_ms, err);
        for (int tries = 1;; tries++) {
                int64_t begun = mst_host_ticks_ms(entra->host), wait;
                int code = sign_in(entra, ret, life_ms, err);

                wait = code != MST_OK ? pause_after(entra, code, tries, begun, err) : 0;
                if (wait == 0 || !mst_host_sleep(entra->host, (uint32_t)wait))
                        return code;
        }
}
