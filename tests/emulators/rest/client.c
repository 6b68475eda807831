/* client.c - a client without a web server between; see client.h. */
#include "client.h"

#include <check.h>
#include <stdlib.h>
#include <strings.h>

static const char *
header(void *self, const char *name)
{
        struct client *c = self;

        if (strcasecmp(name, "Authorization") == 0 && c->bearer != NULL)
                return c->bearer;
        for (int i = 0; c->headers[i] != NULL; i += 2)
                if (strcasecmp(c->headers[i], name) == 0)
                        return c->headers[i + 1];
        return NULL;
}

static void
forget(struct client *c)
{
        for (int i = 0; i < c->got_count; i++) {
                free(c->got[i].name);
                free(c->got[i].value);
        }
        c->got_count = 0;
        text_free(&c->raw);
        json_object_put(c->json);
        c->json = NULL;
}

int
client_send(struct client *c, const char *method, const char *url, const char *body)
{
        struct exchange x = { .method = method, .header = header, .self = c };
        char *copy = room_copy(strncmp(url, BASE, strlen(BASE)) == 0 ? url + strlen(BASE) : url);

        x.url = copy;
        x.head_bytes = strlen(copy);
        if (body != NULL)
                text_put(&x.body, body);
        rest_answer(c->rest, &x);
        forget(c);
        c->status = x.status;
        c->ending = x.ending;
        c->delay_ms = x.delay_ms;
        c->type = x.type;
        c->raw = x.reply;
        x.reply = (struct text){ 0 };
        memcpy(c->got, x.headers, sizeof c->got);
        c->got_count = x.header_count;
        x.header_count = 0;
        c->json = json_tokener_parse(text_str(&c->raw));
        exchange_free(&x);
        free(copy);
        return c->status;
}

int
client_get(struct client *c, const char *url)
{
        return client_send(c, "GET", url, NULL);
}

struct json_object *
client_do(struct client *c, const char *name, const char *body)
{
        struct text url = { 0 };

        text_fmt(&url, "/_control/%s", name);
        client_send(c, "POST", text_str(&url), body);
        ck_assert_msg(c->status == 200, "%s %s: %s", name, body, text_str(&c->raw));
        text_free(&url);
        return c->json;
}

struct client *
client_new(struct rest *r)
{
        struct client *c = room(sizeof *c);

        c->rest = r;
        c->e = rest_emulator(r);
        strcpy(r->base, BASE);
        return c;
}

void
client_close(struct client *c)
{
        forget(c);
        free(c->bearer);
        c->rest->service->close(c->e);
        free(c->e);
        free(c);
}

const char *
client_header(const struct client *c, const char *name)
{
        for (int i = 0; i < c->got_count; i++)
                if (strcasecmp(c->got[i].name, name) == 0)
                        return c->got[i].value;
        return NULL;
}

const char *
client_text(struct client *c, const char *name)
{
        struct json_object *v = json_object_object_get(c->json, name);

        return v != NULL ? json_object_get_string(v) : "";
}
