/* query.c - the address of a request, taken apart; see query.h. */
#include "query.h"

#include <stdlib.h>
#include <strings.h>

static int
hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A NUL in it would end the text early: refused like a bad escape. */
static char *
decode(const char *from, size_t len, bool plus)
{
        struct text t = { 0 };

        for (size_t i = 0; i < len; i++) {
                int high, low;

                if (from[i] != '%') {
                        text_char(&t, plus && from[i] == '+' ? ' ' : from[i]);
                        continue;
                }
                high = i + 2 < len ? hex(from[i + 1]) : -1;
                low = high >= 0 ? hex(from[i + 2]) : -1;
                if (high < 0 || low < 0 || high + low == 0) {
                        text_free(&t);
                        return NULL;
                }
                text_char(&t, (char)(high * 16 + low));
                i += 2;
        }
        return text_take(&t);
}

static bool
read_path(struct query *q, const char *path)
{
        while (*path == '/') {
                size_t len = strcspn(++path, "/");

                if (len == 0 && path[0] == '\0')
                        return true;
                if (q->segment_count == QUERY_SEGMENTS)
                        return false;
                q->segments[q->segment_count] = decode(path, len, false);
                if (q->segments[q->segment_count] == NULL)
                        return false;
                q->segment_count++;
                path += len;
        }
        return true;
}

bool
query_read(struct query *q, const char *url)
{
        size_t len = strcspn(url, "?");
        const char *at = url[len] == '?' ? url + len + 1 : "";
        struct text path = { 0 };

        *q = (struct query){ 0 };
        text_raw(&path, url, len);
        q->path = text_take(&path);
        if (!read_path(q, q->path))
                return false;
        while (*at != '\0') {
                size_t end = strcspn(at, "&"), name = strcspn(at, "=&");
                size_t from = name < end ? name + 1 : end;
                struct query_option *o = &q->options[q->option_count];

                if (q->option_count == QUERY_OPTIONS)
                        return false;
                q->option_count++;
                o->name = decode(at, name, true);
                o->value = decode(at + from, end - from, true);
                o->exact = decode(at + from, end - from, false);
                if (o->name == NULL || o->value == NULL || o->exact == NULL)
                        return false;
                at += end + (at[end] == '&');
        }
        return true;
}

void
query_free(struct query *q)
{
        free(q->path);
        for (int i = 0; i < q->segment_count; i++)
                free(q->segments[i]);
        for (int i = 0; i < q->option_count; i++) {
                free(q->options[i].name);
                free(q->options[i].value);
                free(q->options[i].exact);
        }
        *q = (struct query){ 0 };
}

const struct query_option *
query_option(const struct query *q, const char *name)
{
        for (int i = 0; i < q->option_count; i++)
                if (strcasecmp(q->options[i].name, name) == 0)
                        return &q->options[i];
        return NULL;
}

const char *
query_value(const struct query *q, const char *name)
{
        const struct query_option *o = query_option(q, name);

        return o != NULL ? o->value : NULL;
}
