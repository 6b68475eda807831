/* reply.c - the shapes of answers, and what is read of requests; see emulator.h. */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { PAGE_MOST = 100 };               /* [D intro] */

static void
envelope(struct exchange *x, int status, bool good, const char *message, int64_t data)
{
        x->status = status;
        x->type = type_json;
        x->reply.len = 0;
        text_lit(&x->reply, "{\"ApiStatus\":true,\"Data\":");
        if (data >= 0)
                text_int(&x->reply, data);
        else
                text_lit(&x->reply, "null");
        text_fmt(&x->reply, ",\"Status\":%s,\"StatusMessage\":", good ? "true" : "false");
        text_json(&x->reply, message);
        text_char(&x->reply, '}');
}

void
reply_done(struct exchange *x, const char *message, int64_t data)
{
        envelope(x, 200, true, message, data);
        x->objects = 1;
}

void
reply_empty(struct exchange *x, int status)
{
        x->status = status;
        x->type = NULL;
        x->reply.len = 0;
}

/* The body of an error is not documented: the envelope, or nothing. [C] */
void
reply_refuse(struct exchange *x, int status, const char *message)
{
        struct emulator *e = rest_emulator(x->rest);

        x->code = "(refused)";
        envelope(x, status, false, message, -1);
        if (e->set.error_body == ERROR_EMPTY)
                reply_empty(x, status);
}

bool
is_verb(const struct exchange *x, const char *verb)
{
        x->own->found = true;
        x->own->allowed = x->own->allowed || strcmp(x->method, verb) == 0;
        return strcmp(x->method, verb) == 0;
}

const char *
segment(const struct exchange *x, int n)
{
        return x->own->at + n < x->query.segment_count ? x->query.segments[x->own->at + n] : "";
}

int
segments(const struct exchange *x)
{
        return x->query.segment_count - x->own->at;
}

struct json_object *
member_of(struct json_object *o, const char *name)
{
        if (!json_object_is_type(o, json_type_object))
                return NULL;
        json_object_object_foreach(o, key, value) {
                if (strcasecmp(key, name) == 0)
                        return value;
        }
        return NULL;
}

const char *
text_of(struct json_object *o, const char *name)
{
        struct json_object *v = member_of(o, name);

        return v != NULL ? json_object_get_string(v) : NULL;
}

bool
fits(const char *search, const char *a, const char *b)
{
        return search == NULL || *search == '\0' || strcasestr(a, search) != NULL || strcasestr(b, search) != NULL;
}

static int
page_number(const struct exchange *x, const char *name, int def)
{
        const char *value = query_value(&x->query, name);

        return value != NULL ? atoi(value) : def;
}

static void
write_link(struct exchange *x, const char *rel, int page, int size, bool first, struct text *t)
{
        text_fmt(t, "%s{\"Link\":\"%s%s?page=%d&page_size=%d\",\"Rel\":\"%s\",\"Type\":\"GET\"}", first ? "" : ",", x->rest->base,
                 x->query.path, page, size, rel);
}

static void
write_items(struct emulator *e, struct exchange *x, const struct list *list, size_t from, size_t to)
{
        text_char(&x->reply, '[');
        for (size_t i = from; i < to; i++) {
                if (i > from)
                        text_lit(&x->reply, ",\n");
                list->write(e, list->items[i], x->own->version, &x->reply);
                x->objects++;
        }
        text_char(&x->reply, ']');
}

/* v4: everything in {"UserList":[...]}.  v5: Data, nested as the Swagger says or flat, with
 * TotalResults and Links.  An empty list is 204 without a body. [D sw v4/v5, intro] */
void
reply_list(struct emulator *e, struct exchange *x, const struct list *list)
{
        int page = page_number(x, "page", 1), size = page_number(x, "page_size", (int)e->set.page_size);
        int pages;
        size_t from, to;

        if (list->count == 0) {
                reply_empty(x, 204);
                return;
        }
        x->status = 200;
        x->type = type_json;
        if (x->own->version == 4) {
                text_fmt(&x->reply, "{\"%s\":", list->name);
                write_items(e, x, list, 0, list->count);
                text_char(&x->reply, '}');
                return;
        }
        size = size < 1 ? 1 : size > PAGE_MOST ? PAGE_MOST : size;              /* capped [C] */
        pages = (int)((list->count + (size_t)size - 1) / (size_t)size);
        if (page < 1 || page > pages) {
                reply_refuse(x, 400, "The page does not exist.");
                return;
        }
        from = (size_t)(page - 1) * (size_t)size;
        to = from + (size_t)size < list->count ? from + (size_t)size : list->count;
        text_put(&x->reply, "{\"Data\":");
        if (e->set.shape == SHAPE_NESTED)
                text_fmt(&x->reply, "[{\"%s\":", list->name);
        write_items(e, x, list, from, to);
        if (e->set.shape == SHAPE_NESTED)
                text_lit(&x->reply, "}]");
        text_fmt(&x->reply, ",\"TotalResults\":%zu,\"Links\":[", list->count);
        write_link(x, "First", 1, size, true, &x->reply);
        if (page > 1)
                write_link(x, "Prev", page - 1, size, false, &x->reply);
        if (page < pages)
                write_link(x, "Next", page + 1, size, false, &x->reply);
        write_link(x, "Last", pages, size, false, &x->reply);
        text_lit(&x->reply, "]}");
}
