/* SPDX-License-Identifier: Apache-2.0
 *
 * token.c - the service, what its answers mean, and its access tokens.
 *
 * The token rides in a header of its own, which no HTTP library takes off when a call is
 * sent on elsewhere; so it goes only to the service's own domains and to hosts that the
 * admin names.  Any answer with an errorCode is an error whatever its status [O].
 *
 * A token is got by a GET with the credentials in headers [D].  From the 328th day on every answer
 * brings a new refresh token [D], which is sealed into the store together with the
 * configured one that it descends from. */
#include <stdio.h>
#include <string.h>

#include <muster/seal.h>

#include "kaizala.h"

#define KEPT "refresh-token"
enum { LIFE_LEAST_MS = 60000 };

static const struct mst_rest_rule rules[] = {
        { NULL, 401, NULL, MST_EAUTH, NULL },
        { NULL, 0, "InvalidToken", MST_EAUTH, NULL },
        { NULL, 0, "Unauthenticated", MST_EAUTH, NULL },
        { NULL, 403, NULL, MST_EPERM, "the token must be a user token of an organisation admin" },
        { NULL, 0, NULL, MST_OK, NULL }
};

const struct mst_rest_service kzl_service = {
        .size = sizeof kzl_service, .name = "Kaizala", .header = "accessToken", .prefix = "", .code = "errorCode",
        .message = "message", .inside = "groups members", .ids = "groupId id", .domains = "kaiza.la osi.office.net",
        .rules = rules,
};

/* Not being able to keep it is no reason to stop: the old one lives for weeks. */
static void
keep(struct kzl *k, const struct mst_value *answer)
{
        const struct kzl_config *c = k->config;
        struct mst_secret *newer = mst_rest_secret(answer, "refreshToken");
        struct mst_error why = { 0 };

        if (newer != NULL && mst_seal_renew(k->host, KEPT, c->token_key, c->refresh_token, newer, &why) == MST_OK)
                mst_host_log(k->host, MST_LOG_INFO, "the service gave a new refresh token, which is kept");
        else if (newer != NULL)
                mst_host_log(k->host, MST_LOG_ERROR, "the service gave a new refresh token, and it could not be kept: %s; without "
                             "one the connector stops when the old one is 365 days old", why.text);
        mst_secret_free(newer);
}

/* The answer's members; the access token goes away in '*ret', and calls go to endpointUrl. */
static int
read_answer(struct kzl *k, const struct mst_value *answer, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        int64_t now = (mst_host_now(k->host) - MST_DATE_UNIX_EPOCH) / (MST_DATE_SECOND / 1000);
        const char *endpoint = mst_value_find_text(answer, "endpointUrl");

        keep(k, answer);
        *ret = mst_rest_secret(answer, "accessToken");
        if (*ret == NULL || endpoint[0] == '\0')
                return mst_fail(err, MST_ENET, "%s/v1/accessToken: the answer has no accessToken, or no endpointUrl: is url right?",
                                k->config->http.url);
        if (mst_rest_base(k->rest, endpoint, err) != MST_OK)
                return mst_wrap(err, "endpointUrl");
        *life_ms = mst_value_find_int(answer, "accessTokenExpiry", 0) - now;
        if (*life_ms < LIFE_LEAST_MS)
                *life_ms = LIFE_LEAST_MS;
        return MST_OK;
}

int
kzl_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct kzl *k = self;
        const struct kzl_config *c = k->config;
        struct mst_secret *refresh = mst_seal_newest(k->host, KEPT, "token-key", c->token_key, c->refresh_token);
        struct mst_http_request *request = refresh != NULL ? mst_http_request_new() : NULL;
        const struct mst_value *answer;
        int code;

        mst_http_start(request, "GET", "/v1/accessToken");
        mst_http_header(request, "applicationId", c->application_id);
        mst_http_secret_header(request, "applicationSecret", "", c->application_secret);
        mst_http_secret_header(request, "refreshToken", "", refresh);
        mst_http_secret_reply(request);
        code = mst_rest_send(k->rest, request, &answer, err);
        mst_secret_free(refresh);
        if (code == MST_OK)
                return read_answer(k, answer, ret, life_ms, err);
        if (code == MST_EAUTH)
                mst_fail(err, MST_EAUTH, "Kaizala refuses the connector %.60s: application-id, application-secret or refresh-token "
                         "is wrong, or the refresh token has ended (after 365 days, or because a newer one was made): make a new "
                         "one in the management portal under Connectors and put it into the file of refresh-token",
                         c->application_id);
        return code;
}
