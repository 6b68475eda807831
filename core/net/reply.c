/* reply.c - what came back: status, headers, body.
 *
 * The body is counted after unpacking, so that a small packed answer cannot fill
 * the memory.  Headers are kept as lines, each followed by a NUL; those of an
 * interim answer (100, 103) are forgotten when the next status line comes. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "net/net.h"
#include "util/alloc.h"

enum { HEADER_CAP = 64 * 1024 };

struct mst_http_reply *
mst_http_reply_new(void)
{
        return mstc_alloc(sizeof(struct mst_http_reply));
}

void
mst_http_reply_free(struct mst_http_reply *reply)
{
        if (reply == NULL)
                return;
        mstc_net_done(&reply->body);
        mstc_net_done(&reply->lines);
        mstc_free(reply);
}

void
mstc_reply_reset(struct mst_http_reply *reply, size_t cap, bool secret)
{
        mstc_net_clear(&reply->body);
        mstc_net_clear(&reply->lines);
        reply->body.secret = secret;
        reply->status = 0;
        reply->sent = reply->too_large = reply->more = false;
        reply->cap = cap;
}

size_t
mstc_reply_write(char *bytes, size_t size, size_t count, void *to)
{
        struct mst_http_reply *reply = to;
        size_t length = size * count;

        if (length > reply->cap - reply->body.length) {
                reply->too_large = true;
                return 0;
        }
        return mstc_net_add(&reply->body, bytes, length) ? length : 0;
}

size_t
mstc_reply_line(char *bytes, size_t size, size_t count, void *to)
{
        struct mst_http_reply *reply = to;
        size_t length = size * count, whole = length;

        if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
                mstc_net_clear(&reply->lines);
                return whole;
        }
        while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
                length--;
        if (length == 0 || memchr(bytes, '\0', length) != NULL)
                return whole;
        if (length > HEADER_CAP - reply->lines.length) {
                reply->too_large = true;
                return 0;
        }
        if (!mstc_net_add(&reply->lines, bytes, length) || !mstc_net_add(&reply->lines, "", 1))
                return 0;
        return whole;
}

int
mst_http_status(const struct mst_http_reply *reply)
{
        return reply != NULL ? reply->status : 0;
}

const char *
mst_http_content(const struct mst_http_reply *reply, size_t *size)
{
        bool has = reply != NULL && reply->body.bytes != NULL;

        if (size != NULL)
                *size = has ? reply->body.length : 0;
        return has ? reply->body.bytes : "";
}

const char *
mst_http_reply_header_at(const struct mst_http_reply *reply, const char *name, size_t index)
{
        size_t length = strlen(name);

        if (reply == NULL || reply->lines.bytes == NULL)
                return NULL;
        for (const char *at = reply->lines.bytes; at < reply->lines.bytes + reply->lines.length;
             at += strlen(at) + 1)
                if (strncasecmp(at, name, length) == 0 && at[length] == ':' && index-- == 0) {
                        at += length + 1;
                        return at + strspn(at, " \t");
                }
        return NULL;
}

const char *
mst_http_reply_header(const struct mst_http_reply *reply, const char *name)
{
        return mst_http_reply_header_at(reply, name, 0);
}

const char *
mst_http_reply_id(const struct mst_http_reply *reply)
{
        return reply != NULL ? reply->id : "";
}

bool
mst_http_was_sent(const struct mst_http_reply *reply)
{
        return reply != NULL && reply->sent;
}
