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
        emulator_answer(&c->e, &x);
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

void
client_token(struct client *c)
{
        struct text bearer = { 0 };

        free(c->bearer);
        c->bearer = NULL;
        ck_assert_int_eq(client_send(c, "POST", "/" TENANT "/oauth2/v2.0/token", FORM "&client_secret=s%2Bcret"), 200);
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        c->bearer = text_take(&bearer);
}

struct client *
client_open(uint32_t people)
{
        struct client *c = room(sizeof *c);
        struct app *app;

        settings_init(&c->e.set);
        c->e.tenant = TENANT;
        c->e.domain = "contoso.example";
        c->e.link_key = 11;
        c->e.token_key = 12;
        strcpy(c->e.base, BASE);
        directory_open(&c->e.people, 1, people, "contoso.example", "contoso.onmicrosoft.example");
        groups_open(&c->e.groups, 1);
        app = apps_make(&c->e.apps, CLIENT);
        app_set(&app->secret, "s+cret");
        client_token(c);
        return c;
}

void
client_close(struct client *c)
{
        forget(c);
        free(c->bearer);
        emulator_close(&c->e);
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

const char *
client_code(struct client *c)
{
        struct json_object *v = json_object_object_get(json_object_object_get(c->json, "error"), "code");

        return v != NULL ? json_object_get_string(v) : "";
}

size_t
client_count(struct client *c)
{
        struct json_object *v = json_object_object_get(c->json, "value");

        return v != NULL ? json_object_array_length(v) : 0;
}

struct json_object *
client_value(struct client *c, size_t n)
{
        struct json_object *v = json_object_object_get(c->json, "value");

        return v != NULL ? json_object_array_get_idx(v, n) : NULL;
}

bool
client_next(struct client *c)
{
        const char *link = client_text(c, "@odata.nextLink");
        char *copy;

        if (*link == '\0')
                return false;
        copy = room_copy(link);
        client_get(c, copy);
        free(copy);
        return true;
}

char *
client_round(struct client *c, const char *url, client_each *each, void *self, size_t *pages)
{
        size_t n = 0;

        client_get(c, url);
        do {
                ck_assert_msg(c->status == 200, "%s", text_str(&c->raw));
                ck_assert((*client_text(c, "@odata.nextLink") == '\0') != (*client_text(c, "@odata.deltaLink") == '\0'));
                for (size_t i = 0; each != NULL && i < client_count(c); i++)
                        each(self, client_value(c, i));
                n++;
        } while (client_next(c));
        if (pages != NULL)
                *pages = n;
        return room_copy(client_text(c, "@odata.deltaLink"));
}

const char *
client_id(struct client *c, uint32_t index)
{
        static char id[GUID_LEN + 1];

        guid_write(id, c->e.people.world.realm, index);
        return id;
}

void
client_ask(struct client *c, const char *name, uint32_t index, const char *rest)
{
        struct text body = { 0 };

        text_fmt(&body, "{\"id\":\"%s\"%s}", client_id(c, index), rest);
        client_do(c, name, text_str(&body));
        text_free(&body);
}

char *
client_follow(struct client *c, char *link)
{
        char *next = client_round(c, link, NULL, NULL, NULL);

        free(link);
        return next;
}

char *
client_latest(struct client *c, const char *select)
{
        struct text url = { 0 };
        char *link;

        text_fmt(&url, "/v1.0/users/delta?$deltatoken=latest&$select=%s", select);
        link = client_round(c, text_str(&url), NULL, NULL, NULL);
        ck_assert_uint_eq(client_count(c), 0);
        text_free(&url);
        return link;
}
