/* SPDX-License-Identifier: Apache-2.0
 *
 * site.c - the site API: what its answers mean, and its token.
 *
 * The Swagger nests lists ({"Data":[{"UserList":[...]}]}), servers may flatten them, v4 has no
 * Data around them, and single objects come bare.  ApiStatus and Status are the flags of the
 * write envelope: a 200 in which one of them is false was not done. */
#include "boldbi.h"

enum { LIFE_MS = 3000 * 1000 };              /* where the answer does not say, as Syncfusion's sample */

#define LOGIN "the API key or token has ended, or its user is not in the group System Administrator"

/* A 400 to a GET is a page beyond the end, or the attributes of a user who has gone. */
static const struct mst_rest_rule rules[] = {
        { NULL, 401, NULL, MST_EAUTH, LOGIN },
        { NULL, 403, NULL, MST_EPERM, LOGIN },
        { "GET", 400, NULL, MST_ENOTFOUND, NULL },
        { NULL, 0, NULL, MST_OK, NULL }
};

const struct mst_rest_service bbi_service = {
        .size = sizeof bbi_service, .name = "Bold BI", .good = "ApiStatus Status LoginResult", .message = "StatusMessage",
        .inside = "Data UserList GroupList", .ids = "UserId Id", .named = "Name",
        .rules = rules,
};

int
bbi_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        const struct bbi_config *c = sink->config;
        const struct mst_value *answer;
        int code;

        code = mst_rest_password_grant(sink->rest, "/token", c->username, c->password, &answer, err);
        *life_ms = LIFE_MS;
        if (code == MST_OK)
                code = mst_rest_token_answer(sink->rest, answer, ret, life_ms, err);
        if (code == MST_ENOTFOUND)
                return mst_fail(err, MST_EAUTH, "signing in: Bold BI has no user '%s', or there is no site at %s (status 404)",
                                c->username, c->http.url);
        if (code == MST_EREFUSED || code == MST_EPERM)
                return mst_fail(err, MST_EAUTH, "signing in: Bold BI refuses the user name or password of '%s' (status %d): a user who "
                                "signs in by Azure AD or another provider has none here; make a local one, or use api-key",
                                c->username, mst_rest_status(sink->rest));
        return code;
}
