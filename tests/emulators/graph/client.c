/* client.c - what the Graph emulator's own tests have; see client.h. */
#include "client.h"

#include <check.h>
#include <stdlib.h>
#include <strings.h>

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
        struct emulator *e = room(sizeof *e);
        struct client *c;

        graph_service.begin(e);
        e->start.people = people;
        e->start.secret = room_copy("s+cret");
        graph_service.open(e);
        c = client_new(&e->rest);
        client_token(c);
        return c;
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

        guid_write(id, c->e->people.world.realm, index);
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
