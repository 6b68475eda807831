/* token.c - a token and its life.
 *
 * The loop is one thread's, so the first request that finds the token old fetches
 * it, turning the loop meanwhile, and those behind it find it new: nobody else can
 * start to fetch.  A failure is kept for five seconds, so that many requests that
 * wait do not knock at a closed door one after the other. */
#include "build.h"

#include <string.h>

#include "net/net.h"
#include "util/alloc.h"

enum { MARGIN_MS = 300000, FAILURE_MS = 5000 };

struct mst_http_token *
mst_http_token_new(struct mst_http *http, mst_http_token_get *get, void *self)
{
        struct mst_http_token *token = mstc_alloc(sizeof *token);

        if (token == NULL)
                return NULL;
        token->http = http;
        token->get = get;
        token->self = self;
        return token;
}

void
mst_http_token_free(struct mst_http_token *token)
{
        if (token == NULL)
                return;
        mst_secret_free(token->secret);
        mstc_net_done(&token->challenge);
        mstc_free(token);
}

void
mst_http_token_drop(struct mst_http_token *token)
{
        mst_secret_free(token->secret);
        token->secret = NULL;
        token->failure.code = MST_OK;
}

/* What it says about the next one is kept; without memory for it a token like the last
 * one is asked for, and the second 401 ends that. */
void
mstc_token_refused(struct mst_http_token *token, const struct mst_http_reply *reply)
{
        const char *header;

        mst_http_token_drop(token);
        mstc_net_clear(&token->challenge);
        for (size_t i = 0; (header = mst_http_reply_header_at(reply, "WWW-Authenticate", i)) != NULL; i++)
                mstc_net_add(&token->challenge, header, strlen(header) + 1);
        if (token->challenge.failed)
                mstc_net_clear(&token->challenge);
}

const char *
mst_http_token_challenge(const struct mst_http_token *token, size_t index)
{
        const struct mstc_net_bytes *all = &token->challenge;
        size_t at = 0;

        while (at < all->length && index > 0) {
                at += strlen(all->bytes + at) + 1;
                index--;
        }
        return at < all->length ? all->bytes + at : NULL;
}

uint64_t
mst_http_token_count(const struct mst_http_token *token)
{
        return token->count;
}

static void
keep(struct mst_http_token *token, struct mst_secret *secret, int64_t life)
{
        int64_t now = mst_host_ticks_ms(token->http->host);
        int64_t margin = life / 10 < MARGIN_MS ? life / 10 : MARGIN_MS;

        mst_secret_free(token->secret);
        token->secret = secret;
        token->ends_at = now + life;
        token->renew_at = now + life - margin;
        token->serial++;
        token->failure.code = MST_OK;
        mstc_net_clear(&token->challenge);
}

static int
fetch(struct mst_http_token *token, int64_t now, struct mst_error *err)
{
        struct mst_secret *secret = NULL;
        int64_t life = 0;
        int code;

        token->fetching = true;
        token->count++;
        token->failure = (struct mst_error){ 0 };
        code = token->get(token->self, &secret, &life, &token->failure);
        token->fetching = false;
        if (code == MST_OK && secret != NULL) {
                keep(token, secret, life > 0 ? life : 0);
                return MST_OK;
        }
        mst_secret_free(secret);
        token->failed_at = now;
        if (token->failure.code == MST_OK)
                mst_fail(&token->failure, MST_EINTERNAL, "no token was given");
        if (token->secret != NULL && now < token->ends_at) {
                mst_host_log(token->http->host, MST_LOG_WARNING, "the access token could not be renewed "
                             "and is used as long as it lives: %s", token->failure.text);
                return MST_OK;
        }
        *err = token->failure;
        return token->failure.code;
}

int
mst_http_token_use(struct mst_http_token *token, const struct mst_secret **ret,
                   struct mst_error *err)
{
        int64_t now = mst_host_ticks_ms(token->http->host);
        bool recent = token->failure.code != MST_OK && now - token->failed_at < FAILURE_MS;
        bool alive = token->secret != NULL && now < token->ends_at;

        if (token->fetching)
                return mst_fail(err, MST_EINTERNAL, "fetching a token needs that token");
        if (!(alive && (now < token->renew_at || recent))) {
                if (recent) {
                        *err = token->failure;
                        return token->failure.code;
                }
                if (fetch(token, now, err) != MST_OK)
                        return err->code;
        }
        *ret = token->secret;
        return MST_OK;
}
