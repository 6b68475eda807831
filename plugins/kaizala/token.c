/* SPDX-License-Identifier: Apache-2.0
 *
 * token.c - access tokens: a GET with the credentials in headers [D].
 *
 * From the 328th day on every answer brings a new refresh token [D], which is sealed into
 * the store together with the configured one that it descends from: a new one in the
 * configuration wins over what was kept. */
#include <stdio.h>
#include <string.h>

#include <muster/seal.h>

#include "kaizala.h"

#define KEPT "refresh-token"
enum { HOPS = 5, LIFE_LEAST_MS = 60000 };

/* The newest refresh token that there is; '*own' is to be freed, or NULL. */
static const struct mst_secret *
newest(struct kzl *k, struct mst_secret **own)
{
        const struct kzl_config *c = k->config;
        struct mst_secret *kept;
        struct mst_error why = { 0 };
        size_t size = mst_secret_size(c->refresh_token);

        *own = NULL;
        if (mst_seal_kept(k->host, KEPT, c->token_key, &kept, &why) != MST_OK)
                mst_host_log(k->host, MST_LOG_WARNING, "token-key: %s; the configured refresh token is used", why.text);
        else if (kept != NULL && mst_secret_size(kept) > size + 1 && mst_secret_reveal(kept)[size] == '\n'
                 && memcmp(mst_secret_reveal(kept), mst_secret_reveal(c->refresh_token), size) == 0)
                *own = mst_secret_new(mst_secret_reveal(kept) + size + 1, mst_secret_size(kept) - size - 1);
        mst_secret_free(kept);
        return *own != NULL ? *own : c->refresh_token;
}

/* Not being able to keep it is no reason to stop: the old one lives for weeks. */
static void
keep(struct kzl *k, const char *token, size_t length)
{
        const struct mst_secret *configured = k->config->refresh_token;
        char both[8192];
        int n = snprintf(both, sizeof both, "%s\n%.*s", mst_secret_reveal(configured), (int)length, token);
        struct mst_secret *value = n > 0 && (size_t)n < sizeof both ? mst_secret_new(both, (size_t)n) : NULL;
        struct mst_error why = { 0 };

        mst_secret_wipe(both, sizeof both);
        if (value == NULL)
                mst_fail_memory(&why, "keeping a refresh token");
        else if (mst_seal_keep(k->host, KEPT, k->config->token_key, value, &why) == MST_OK)
                mst_host_log(k->host, MST_LOG_INFO, "the service gave a new refresh token, which is kept");
        mst_secret_free(value);
        if (why.code != MST_OK)
                mst_host_log(k->host, MST_LOG_ERROR, "the service gave a new refresh token, and it could not be kept: %s; without "
                             "one the connector stops when the old one is 365 days old", why.text);
}

/* The answer's members; the access token goes away in '*ret'. */
static int
read_answer(struct kzl *k, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        const char *access = NULL, *refresh = "", *endpoint = NULL;
        int64_t expiry = 0, now = (mst_host_now(k->host) - MST_DATE_UNIX_EPOCH) / (MST_DATE_SECOND / 1000);
        const struct mst_json_field fields[] = {
                { .name = "accessToken", .text = &access }, { .name = "refreshToken", .text = &refresh },
                { .name = "endpointUrl", .text = &endpoint }, { .name = "accessTokenExpiry", .number = &expiry }, { .name = NULL }
        };

        if (!kzl_read(k, k->token_reply, fields) || access == NULL || endpoint == NULL)
                return mst_fail(err, MST_ENET, "%s/v1/accessToken: the answer has no accessToken, or no endpointUrl: is url right?",
                                k->config->http.url);
        if (refresh[0] != '\0')
                keep(k, refresh, strlen(refresh));
        *ret = mst_secret_new(access, strlen(access));
        if (*ret == NULL)
                return mst_fail_memory(err, "signing in");
        if (kzl_allow(k, endpoint, err) != MST_OK)
                return mst_wrap(err, "endpointUrl");
        snprintf(k->endpoint, sizeof k->endpoint, "%s", endpoint);
        for (size_t n = strlen(k->endpoint); n > 0 && k->endpoint[n - 1] == '/'; n--)
                k->endpoint[n - 1] = '\0';
        *life_ms = expiry - now > LIFE_LEAST_MS ? expiry - now : LIFE_LEAST_MS;
        return MST_OK;
}

static int
ask(struct kzl *k, const struct mst_secret *refresh, const char *url, struct mst_error *err)
{
        struct mst_http_request *r = k->token_request;

        mst_http_start(r, "GET", "%s", url);
        mst_http_header(r, "applicationId", k->config->application_id);
        mst_http_secret_header(r, "applicationSecret", "", k->config->application_secret);
        mst_http_secret_header(r, "refreshToken", "", refresh);
        mst_http_secret_reply(r);
        return mst_http_do(k->http, r, k->token_reply, err);
}

int
kzl_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct kzl *k = self;
        struct mst_secret *own;
        const struct mst_secret *refresh = newest(k, &own);
        char url[KZL_ADDRESS], base[KZL_ADDRESS];
        int code;

        snprintf(url, sizeof url, "%.400s/v1/accessToken", k->config->http.url);
        code = ask(k, refresh, url, err);
        for (int hop = 0; hop < HOPS && code == MST_OK && mst_http_status(k->token_reply) == 308; hop++) {
                code = kzl_moved(k, k->token_reply, "/v1/accessToken", url, base, err);
                if (code == MST_OK)
                        code = ask(k, refresh, url, err);
        }
        if (code == MST_OK)
                code = kzl_judge(k, k->token_request, k->token_reply, err);
        if (code == MST_OK)
                code = read_answer(k, ret, life_ms, err);
        else if (code == MST_EAUTH)
                mst_fail(err, MST_EAUTH, "Kaizala refuses the connector %.60s: application-id, application-secret or refresh-token "
                         "is wrong, or the refresh token has ended (after 365 days, or because a newer one was made): make a new "
                         "one in the management portal under Connectors and put it into the file of refresh-token",
                         k->config->application_id);
        mst_secret_free(own);
        return code;
}
