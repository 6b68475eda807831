/* SPDX-License-Identifier: Apache-2.0
 *
 * call.c - one call of the service: where it goes, and what its answer means.
 *
 * The token rides in a header of its own, which no HTTP library takes off when a call is
 * sent on elsewhere; so it goes only to the service's own domain and to hosts that the
 * admin names.  Any answer with an errorCode is an error whatever its status [O], and any
 * status from 400 on whatever its body. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kaizala.h"

enum { HOPS = 5 };

/* ---- where it may go ---- */

static bool
below(const char *host, size_t length, const char *domain)
{
        size_t n = strlen(domain);

        return n > 0 && length >= n && strncasecmp(host + length - n, domain, n) == 0
               && (length == n || host[length - n - 1] == '.');
}

bool
kzl_trusts(const struct kzl *k, const char *url)
{
        const char *host = strstr(url, "://");
        size_t length;

        if (host == NULL)
                return false;
        host += 3;
        length = strcspn(host, ":/?#");
        if (mst_http_same_origin(url, k->config->http.url) || below(host, length, "kaiza.la")
            || below(host, length, "osi.office.net"))
                return true;
        for (char **one = k->config->trusted_hosts; one != NULL && *one != NULL; one++)
                if (below(host, length, *one))
                        return true;
        return false;
}

int
kzl_allow(struct kzl *k, const char *url, struct mst_error *err)
{
        if (strlen(url) >= KZL_ADDRESS - 200 || !kzl_trusts(k, url))
                return mst_fail(err, MST_EPERM, "'%.200s' is neither below kaiza.la nor below osi.office.net, and is not called, as "
                                "the token would go there; if it is right, add its host to trusted-hosts", url);
        return mst_http_same_origin(url, k->endpoint) ? MST_OK : mst_http_allow(k->http, url, err);
}

/* Location is a bare base, to which the path is joined, or the whole new address [C]. */
int
kzl_moved(struct kzl *k, const struct mst_http_reply *reply, const char *path, char *url, char *base, struct mst_error *err)
{
        const char *to = mst_http_reply_header(reply, "Location"), *behind;
        size_t n, tail = strlen(path);

        if (to == NULL || strstr(to, "://") == NULL)
                return mst_fail(err, MST_ENET, "the service has moved (status 308) and does not say where to");
        if (kzl_allow(k, to, err) != MST_OK)
                return mst_wrap(err, "the service says that it has moved (status 308)");
        n = strlen(to);
        behind = strchr(strstr(to, "://") + 3, '/');
        if (behind == NULL || behind[1] == '\0') {
                snprintf(base, KZL_ADDRESS, "%.*s", (int)(behind != NULL ? behind - to : (long)n), to);
                snprintf(url, KZL_ADDRESS, "%s%s", base, path);
        } else {
                snprintf(url, KZL_ADDRESS, "%s", to);
                snprintf(base, KZL_ADDRESS, "%.*s", (int)(n > tail && strcmp(to + n - tail, path) == 0 ? n - tail
                                                          : (size_t)(behind - to)), to);
        }
        return MST_OK;
}

/* ---- what the answer means ---- */

bool
kzl_read(struct kzl *k, const struct mst_http_reply *reply, const struct mst_json_field *fields)
{
        size_t size;
        const char *body = mst_http_content(reply, &size);
        bool object;

        mst_json_start(k->json, body, size);
        object = mst_json_fields(k->json, k->work, fields, sizeof *fields);
        return mst_json_finish(k->json) && object;
}

void *
kzl_more(struct kzl *k, void *array, size_t count, size_t size)
{
        void *more;

        if (count != 0 && (count < 64 || (count & (count - 1)) != 0))
                return array;
        more = mst_arena_alloc(k->work, (count < 64 ? 64 : count * 2) * size);
        if (more != NULL && count > 0)
                memcpy(more, array, count * size);
        return more;
}

void
kzl_body(struct kzl *k, const char *name, const char *const *texts, size_t count)
{
        mst_json_out_reset(k->out);
        mst_json_out_object(k->out);
        mst_json_out_name(k->out, name);
        mst_json_out_array(k->out);
        for (size_t i = 0; i < count; i++)
                mst_json_out_text(k->out, texts[i], strlen(texts[i]));
        mst_json_out_end(k->out);
        mst_json_out_end(k->out);
}

/* The class of an error that the service told. */
static enum mst_code
class_of(int status, const char *code)
{
        if (status == 401 || strcmp(code, "InvalidToken") == 0 || strcmp(code, "Unauthenticated") == 0)
                return MST_EAUTH;
        if (status == 403)
                return MST_EPERM;
        if (status == 404 || status == 410)
                return MST_ENOTFOUND;
        return status >= 500 ? MST_ENET : MST_EREFUSED;
}

int
kzl_judge(struct kzl *k, const struct mst_http_request *request, const struct mst_http_reply *reply, struct mst_error *err)
{
        const char *code = NULL, *message = NULL;
        const struct mst_json_field fields[] = {
                { .name = "errorCode", .text = &code }, { .name = "message", .text = &message }, { .name = NULL }
        };
        bool json = kzl_read(k, reply, fields);
        int status = mst_http_status(reply);
        char say[300];

        mst_http_say(request, say, sizeof say);
        if (!json && status != 204)
                return mst_fail(err, status >= 400 ? class_of(status, "") : MST_ENET, "%s: status %d and no JSON: something between "
                                "Muster and Kaizala (a proxy, a sign-in page) answers in its place; see proxy and ca-file",
                                say, status);
        if (status < 300 && (code == NULL || code[0] == '\0'))
                return MST_OK;
        return mst_fail(err, class_of(status, code != NULL ? code : ""), "%s: %s (%s, status %d)%s", say,
                        message != NULL ? message : "refused", code != NULL ? code : "no errorCode", status,
                        status == 403 ? ": the token must be a user token of an organisation admin" : "");
}

/* ---- calls ---- */

static void
fill(struct kzl *k, const char *method, const char *url, const char *type, const char *body, size_t size)
{
        mst_http_start(k->request, method, "%s", url);
        mst_http_token_header(k->request, k->token, "accessToken", "");
        if (body != NULL)
                mst_http_body(k->request, type, body, size);
}

/* Sends, follows 308 and judges; a token that the body alone calls invalid is fetched anew
 * once, as mst_http does for a 401. */
static int
send(struct kzl *k, const char *method, const char *path, const char *type, const char *body, size_t size, bool api,
     struct mst_error *err)
{
        const struct mst_secret *token;
        char url[KZL_ADDRESS * 4], base[KZL_ADDRESS];
        bool again = false;
        int code = mst_http_token_use(k->token, &token, err);

        k->sent = false;
        if (code != MST_OK)
                return code;
        if (snprintf(url, sizeof url, "%s%s", api ? k->endpoint : k->config->portal_url, path) >= KZL_ADDRESS)
                return mst_fail(err, MST_EREFUSED, "an address is too long: %.100s", path);
        for (int hop = 0; hop < HOPS; hop++) {
                fill(k, method, url, type, body, size);
                code = mst_http_do(k->http, k->request, k->reply, err);
                k->sent = k->sent || (code != MST_OK && code != MST_ETHROTTLED && mst_http_was_sent(k->reply));
                if (code != MST_OK)
                        return code;
                if (mst_http_status(k->reply) == 308 && api) {
                        if (kzl_moved(k, k->reply, path, url, base, err) != MST_OK)
                                return err->code;
                        snprintf(k->endpoint, sizeof k->endpoint, "%s", base);
                        mst_host_log(k->host, MST_LOG_INFO, "the service has moved to %s", base);
                        continue;
                }
                if (!api && mst_http_status(k->reply) == 200 && strcmp(method, "GET") == 0)
                        return MST_OK;
                code = kzl_judge(k, k->request, k->reply, err);
                if (code != MST_EAUTH || again || mst_http_status(k->reply) == 401)
                        break;
                mst_http_token_drop(k->token);
                again = true;
        }
        k->sent = code == MST_ENET;
        return mst_http_status(k->reply) == 308 ? mst_fail(err, MST_ENET, "the service sends us round in circles (status 308)") : code;
}

int
kzl_call(struct kzl *k, const char *method, struct mst_error *err, const char *format, ...)
{
        char path[KZL_ADDRESS * 2];
        bool has_body = method[0] == 'P';
        size_t size = 0;
        const char *body = has_body ? mst_json_written(k->out, &size) : NULL;
        va_list ap;
        int n;

        va_start(ap, format);
        n = vsnprintf(path, sizeof path, format, ap);
        va_end(ap);
        if (n < 0 || (size_t)n >= sizeof path)
                return mst_fail(err, MST_EREFUSED, "an address is too long: %.100s", path);
        if (has_body && body == NULL)
                return mst_fail_memory(err, "writing a request");
        return send(k, method, path, "application/json", body, size, true, err);
}

int
kzl_portal(struct kzl *k, const char *method, const char *body, size_t size, struct mst_error *err, const char *format, ...)
{
        char path[KZL_ADDRESS];
        va_list ap;

        va_start(ap, format);
        vsnprintf(path, sizeof path, format, ap);
        va_end(ap);
        return send(k, method, path, "text/csv", body, size, false, err);
}
