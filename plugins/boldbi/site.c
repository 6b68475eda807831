/* SPDX-License-Identifier: Apache-2.0
 *
 * site.c - requests to the site API: its token, its address, its refusals. */
#include "boldbi.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIFE_MS = 3000 * 1000 };              /* where the answer does not say, as Syncfusion's sample */

/* A number, the same as text, or the date on which it ends: all have been seen. */
static int64_t
read_life(struct bbi_sink *sink, struct mst_json *json)
{
        enum mst_json_kind kind = mst_json_peek(json);
        const char *text;
        size_t length;
        char copy[64], *end;
        int64_t n = 0, date;

        if (kind == MST_JSON_NUMBER)
                return mst_json_int(json, &n) == MST_JSON_OK && n > 0 && n < INT32_MAX ? n * 1000 : LIFE_MS;
        if (kind != MST_JSON_STRING || mst_json_text(json, NULL, &text, &length) != MST_JSON_OK || length >= sizeof copy) {
                if (kind != MST_JSON_STRING)
                        (void)mst_json_skip(json, NULL, NULL);
                return LIFE_MS;
        }
        snprintf(copy, sizeof copy, "%.*s", (int)length, text);
        n = strtoll(copy, &end, 10);
        if (*end == '\0' && n > 0 && n < INT32_MAX)
                return n * 1000;
        snprintf(copy, sizeof copy, "\"%.*s\"", (int)length, text);
        mst_json_start(json, copy, strlen(copy));
        if (mst_json_date(json, &date) != MST_JSON_OK || date <= mst_host_now(sink->host))
                return LIFE_MS;
        return (date - mst_host_now(sink->host)) / (MST_DATE_SECOND / 1000);
}

/* LoginResult, where it comes, must be true; else it is no sign-in. */
static int
read_token(struct bbi_sink *sink, const struct mst_http_reply *reply, struct mst_secret **ret, int64_t *life_ms)
{
        struct mst_json *json = mst_json_new(), *life = mst_json_new();
        const char *name, *text, *bytes;
        size_t size, length;
        bool refused = false, is;

        *life_ms = LIFE_MS;
        if (json != NULL && life != NULL)
                mst_json_start(json, mst_http_content(reply, &size), strlen(mst_http_content(reply, NULL)));
        if (json != NULL && life != NULL && mst_json_enter_object(json))
                while (mst_json_member(json, &name, &size)) {
                        if (size == 12 && strncasecmp(name, "access_token", size) == 0 &&
                            mst_json_text(json, NULL, &text, &length) == MST_JSON_OK && length > 0 && *ret == NULL) {
                                *ret = mst_secret_new(text, length);
                        } else if (size == 10 && strncasecmp(name, "expires_in", size) == 0 && mst_json_skip(json, &bytes, &length)) {
                                mst_json_start(life, bytes, length);
                                *life_ms = read_life(sink, life);
                        } else if (size == 11 && strncasecmp(name, "LoginResult", size) == 0) {
                                if (mst_json_peek(json) == MST_JSON_STRING)
                                        refused = mst_json_text(json, NULL, &text, &length) != MST_JSON_OK ||
                                                  length != 4 || strncasecmp(text, "true", 4) != 0;
                                else
                                        refused = mst_json_bool(json, &is) != MST_JSON_OK || !is;
                        } else if (size != 12 || strncasecmp(name, "access_token", size) != 0) {
                                (void)mst_json_skip(json, NULL, NULL);
                        }
                }
        mst_json_free(json);
        mst_json_free(life);
        if (refused) {
                mst_secret_free(*ret);
                *ret = NULL;
        }
        return *ret != NULL ? MST_OK : MST_EAUTH;
}

int
bbi_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        struct mst_http_request *request = mst_http_request_new();
        struct mst_http_reply *reply = mst_http_reply_new();
        const struct bbi_config *c = sink->config;
        int rc = MST_OK, status;

        *ret = NULL;
        mst_http_start(request, "POST", "/token");
        mst_http_form(request, "grant_type", "password", 8);
        mst_http_form(request, "username", c->username, strlen(c->username));
        mst_http_form(request, "password", mst_secret_reveal(c->password), mst_secret_size(c->password));
        mst_http_repeatable(request, true);
        mst_http_secret_reply(request);
        if (request == NULL || reply == NULL)
                rc = mst_fail_memory(err, "signing in");
        else
                rc = mst_http_do(sink->http, request, reply, err);
        status = mst_http_status(reply);
        if (rc == MST_OK && status == 404)
                rc = mst_fail(err, MST_EAUTH, "Bold BI has no user '%s', or there is no site at %s (status 404)", c->username,
                              c->http.url);
        else if (rc == MST_OK && status != 200)
                rc = mst_fail(err, MST_EAUTH, "Bold BI refuses the user name or password of '%s' (status %d): a user who signs "
                              "in by Azure AD or another provider has none here; make a local one, or use api-key",
                              c->username, status);
        else if (rc == MST_OK && read_token(sink, reply, ret, life_ms) != MST_OK)
                rc = mst_fail(err, MST_EAUTH, "Bold BI's answer to the sign-in of '%s' holds no token: is url the address of "
                              "the site's API?", c->username);
        mst_http_request_free(request);
        mst_http_reply_free(reply);
        return rc != MST_OK ? mst_wrap(err, "signing in") : MST_OK;
}

static void
start(struct bbi_sink *sink, struct mst_http_request *request, const char *method, const char *path)
{
        mst_http_start(request, method, "/v%s%s", sink->config->version == BBI_V4 ? "4.0" : "5.0", path);
        if (sink->token != NULL)
                mst_http_bearer(request, sink->token);
        else                                 /* the word and the key as it is, no base64 */
                mst_http_secret_header(request, "Authorization", "basic ", sink->config->api_key);
}

void
bbi_start(struct bbi_sink *sink, struct mst_http_request *request, const char *method, const char *format, ...)
{
        char path[4096];
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(path, sizeof path, format, ap);
        va_end(ap);
        start(sink, request, method, path);
}

int
bbi_fail(struct mst_error *err, const struct mst_http_reply *reply, const struct bbi_answer *answer)
{
        int status = mst_http_status(reply);
        const char *message = answer->message != NULL && answer->message[0] != '\0' ? answer->message : "it gives no reason";

        if (status == 401 || status == 403)
                return mst_fail(err, status == 401 ? MST_EAUTH : MST_EPERM, "Bold BI does not let us in (status %d): the API key or "
                                "token has ended, or its user is not in the group System Administrator", status);
        if (status >= 500)
                return mst_fail(err, MST_ENET, "Bold BI fails (status %d): %s", status, message);
        return mst_fail(err, status == 404 ? MST_ENOTFOUND : MST_EREFUSED, "Bold BI refuses it: %s (status %d)", message, status);
}

int
bbi_get(struct bbi_sink *sink, struct bbi_answer *answer, int also, int *status, struct mst_error *err, const char *format, ...)
{
        struct mst_http_request *request = mst_http_request_new();
        struct mst_http_reply *reply = mst_http_reply_new();
        char path[4096];
        va_list ap;
        int rc;

        va_start(ap, format);
        (void)vsnprintf(path, sizeof path, format, ap);
        va_end(ap);
        start(sink, request, "GET", path);
        rc = request == NULL || reply == NULL ? mst_fail_memory(err, "reading") : mst_http_do(sink->http, request, reply, err);
        *status = mst_http_status(reply);
        if (rc == MST_OK && *status != 200 && *status != 204 && *status != also) {
                (void)bbi_answer_read(answer, reply, &(struct mst_error){ 0 });
                rc = bbi_fail(err, reply, answer);
        } else if (rc == MST_OK && *status == 200) {
                rc = bbi_answer_read(answer, reply, err);
        }
        mst_http_request_free(request);
        mst_http_reply_free(reply);
        return rc != MST_OK ? mst_wrap(err, "GET %.*s", (int)strcspn(path, "?"), path) : MST_OK;
}
