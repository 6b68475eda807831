/* request.c - what is sent: method, address, headers, body.
 *
 * A request is put together without checks; the first thing that is wrong with it
 * is remembered and told when it is sent.  Headers lie behind each other as lines,
 * each followed by a NUL. */
#include "build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "util/alloc.h"

struct mst_http_request *
mst_http_request_new(void)
{
        return mstc_alloc(sizeof(struct mst_http_request));
}

void
mst_http_request_free(struct mst_http_request *request)
{
        if (request == NULL)
                return;
        mstc_net_done(&request->url);
        mstc_net_done(&request->lines);
        mstc_net_done(&request->body);
        mstc_free(request);
}

static void
blame(struct mst_http_request *request, const char *why)
{
        if (request->bad == NULL)
                request->bad = why;
}

static void
add(struct mst_http_request *request, struct mstc_net_bytes *to, const void *bytes, size_t size)
{
        if (!mstc_net_add(to, bytes, size))
                blame(request, "memory is out");
}

static void
begin(struct mst_http_request *request, const char *method)
{
        mstc_net_clear(&request->url);
        mstc_net_clear(&request->lines);
        mstc_net_clear(&request->body);
        request->has_body = request->is_form = request->secret_reply = false;
        request->token = NULL;
        request->bad = NULL;
        snprintf(request->method, sizeof request->method, "%s", method);
        request->repeatable = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0
                || strcmp(method, "PUT") == 0 || strcmp(method, "DELETE") == 0;
        for (const char *c = method; *c != '\0'; c++)
                if (*c < 'A' || *c > 'Z')
                        blame(request, "its method is not a word in capitals");
}

void
mst_http_start(struct mst_http_request *request, const char *method, const char *format, ...)
{
        char small[1024], *text = small;
        va_list ap;
        int need;

        if (request == NULL)
                return;
        begin(request, method);
        va_start(ap, format);
        need = vsnprintf(small, sizeof small, format, ap);
        va_end(ap);
        if (need >= (int)sizeof small) {
                text = mstc_alloc((size_t)need + 1);
                va_start(ap, format);
                if (text != NULL)
                        vsnprintf(text, (size_t)need + 1, format, ap);
                va_end(ap);
        }
        if (need < 0 || text == NULL)
                blame(request, "memory is out");
        else
                add(request, &request->url, text, (size_t)need);
        if (text != small)
                mstc_free(text);
}

void
mst_http_start_exact(struct mst_http_request *request, const char *method, const char *url,
                     size_t length)
{
        if (request == NULL)
                return;
        begin(request, method);
        if (memchr(url, '\0', length) != NULL)
                blame(request, "its address holds a NUL");
        add(request, &request->url, url, length);
}

static bool
good_name(const char *name)
{
        if (*name == '\0')
                return false;
        for (; *name != '\0'; name++)
                if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z')
                      || (*name >= '0' && *name <= '9') || *name == '-' || *name == '_'))
                        return false;
        return true;
}

static bool
good_value(const char *value)
{
        for (; *value != '\0'; value++)
                if ((unsigned char)*value < 0x20 || *value == 0x7f)
                        return false;
        return true;
}

static void
line(struct mst_http_request *request, const char *name, const char *prefix, const char *value)
{
        if (!good_name(name) || !good_value(prefix) || !good_value(value)) {
                blame(request, "a header holds a control character");
                return;
        }
        add(request, &request->lines, name, strlen(name));
        /* "Name:" alone would tell libcurl to leave the header out. */
        if (*prefix == '\0' && *value == '\0') {
                add(request, &request->lines, ";", 2);
                return;
        }
        add(request, &request->lines, ": ", 2);
        add(request, &request->lines, prefix, strlen(prefix));
        add(request, &request->lines, value, strlen(value) + 1);
}

void
mst_http_header(struct mst_http_request *request, const char *name, const char *value)
{
        if (request != NULL)
                line(request, name, "", value);
}

void
mst_http_secret_header(struct mst_http_request *request, const char *name, const char *prefix,
                       const struct mst_secret *secret)
{
        if (request == NULL)
                return;
        request->lines.secret = true;
        if (mst_secret_size(secret) != strlen(mst_secret_reveal(secret)))
                blame(request, "a secret holds a NUL");
        line(request, name, prefix, mst_secret_reveal(secret));
}

void
mst_http_body(struct mst_http_request *request, const char *type, const void *bytes, size_t size)
{
        if (request == NULL)
                return;
        mstc_net_clear(&request->body);
        request->body.secret = true;
        request->has_body = true;
        mst_http_header(request, "Content-Type", type);
        add(request, &request->body, bytes, size);
}

void
mst_http_form(struct mst_http_request *request, const char *name, const char *value, size_t length)
{
        static const char hex[] = "0123456789ABCDEF";

        if (request == NULL)
                return;
        if (!request->is_form)
                mst_http_body(request, "application/x-www-form-urlencoded", "", 0);
        else
                add(request, &request->body, "&", 1);
        request->is_form = true;
        add(request, &request->body, name, strlen(name));
        add(request, &request->body, "=", 1);
        for (size_t i = 0; i < length; i++) {
                unsigned char c = (unsigned char)value[i];
                char coded[3] = { '%', hex[c >> 4], hex[c & 15] };

                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                    || c == '-' || c == '.' || c == '_' || c == '~')
                        add(request, &request->body, &c, 1);
                else
                        add(request, &request->body, coded, 3);
        }
}

void
mst_http_token_header(struct mst_http_request *request, struct mst_http_token *token, const char *name,
                      const char *prefix)
{
        if (request == NULL)
                return;
        if (!good_name(name) || !good_value(prefix) || strlen(name) >= sizeof request->token_name
            || strlen(prefix) + 2 >= sizeof request->token_prefix) {
                blame(request, "the header of its token cannot be sent");
                return;
        }
        request->token = token;
        snprintf(request->token_name, sizeof request->token_name, "%s", name);
        snprintf(request->token_prefix, sizeof request->token_prefix, ": %s", prefix);
}

void
mst_http_bearer(struct mst_http_request *request, struct mst_http_token *token)
{
        mst_http_token_header(request, token, "Authorization", "Bearer ");
}

void
mst_http_repeatable(struct mst_http_request *request, bool is)
{
        if (request != NULL)
                request->repeatable = is;
}

void
mst_http_secret_reply(struct mst_http_request *request)
{
        if (request != NULL)
                request->secret_reply = true;
}

bool
mstc_request_url(const struct mst_http *http, const struct mst_http_request *request,
                 struct mstc_net_bytes *into)
{
        const char *url = request->url.bytes != NULL ? request->url.bytes : "";

        mstc_net_clear(into);
        if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0) {
                const char *base = http->config.url != NULL ? http->config.url : "";
                size_t length = strlen(base);

                while (length > 0 && base[length - 1] == '/')
                        length--;
                mstc_net_add(into, base, length);
                if (*url != '/')
                        mstc_net_add(into, "/", 1);
        }
        return mstc_net_add(into, url, strlen(url));
}

const char *
mstc_request_say(const char *method, const char *url, char *into, size_t room)
{
        snprintf(into, room, "%s %.*s", method, (int)strcspn(url, "?#"), url);
        return into;
}

const char *
mst_http_say(const struct mst_http_request *request, char *into, size_t room)
{
        const char *url = request != NULL && request->url.bytes != NULL ? request->url.bytes : "";

        return mstc_request_say(request != NULL ? request->method : "", url, into, room);
}
