/* grant.c - connectors and tokens; see grant.h. */
#include "grant.h"

#include "../rest/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static void *
more(void *list, size_t count, size_t *have, size_t size)
{
        if (count < *have)
                return list;
        *have = *have == 0 ? 16 : *have * 2;
        return room_grow(list, *have * size);
}

void
grants_close(struct grants *g)
{
        for (size_t i = 0; i < g->connector_count; i++) {
                free(g->connectors[i]->id);
                free(g->connectors[i]->secret);
                free(g->connectors[i]);
        }
        for (size_t i = 0; i < g->count; i++) {
                free(g->list[i]->token);
                free(g->list[i]->phone);
                free(g->list[i]->group);
                free(g->list[i]);
        }
        for (size_t i = 0; i < g->access_count; i++) {
                free(g->access[i]->token);
                free(g->access[i]);
        }
        for (int i = 0; i < g->pin_count; i++) {
                free(g->pins[i].phone);
                free(g->pins[i].connector);
        }
        free(g->connectors);
        free(g->list);
        free(g->access);
}

struct connector *
connector_find(struct grants *g, const char *id)
{
        for (size_t i = 0; i < g->connector_count; i++)
                if (strcasecmp(g->connectors[i]->id, id) == 0)
                        return g->connectors[i];
        return NULL;
}

struct connector *
connector_make(struct grants *g, const char *id, const char *secret)
{
        struct connector *c = connector_find(g, id);

        if (c == NULL) {
                g->connectors = more(g->connectors, g->connector_count, &g->connector_room, sizeof(struct connector *));
                c = g->connectors[g->connector_count++] = room(sizeof *c);
                c->id = room_copy(id);
        }
        free(c->secret);
        c->secret = room_copy(secret);
        return c;
}

/* Opaque, and in the shape of a JWT, which real ones have (sheet, 3.1). */
static char *
fresh_token(struct grants *g, const char *what)
{
        struct text t = { 0 };
        uint64_t mixed = (++g->serial + 77) * UINT64_C(0x9e3779b97f4a7c15);

        text_fmt(&t, "%s.%016llx.%04llu", what, (unsigned long long)(mixed ^ mixed >> 29), (unsigned long long)g->serial);
        return text_take(&t);
}

static struct grant *
add(struct grants *g, struct connector *c, enum reach reach, const char *phone, const char *group, int64_t now)
{
        struct grant *grant;

        g->list = more(g->list, g->count, &g->have, sizeof(struct grant *));
        grant = g->list[g->count++] = room(sizeof *grant);
        grant->token = fresh_token(g, "rt");
        grant->connector = c;
        grant->reach = reach;
        grant->phone = room_copy(phone);
        grant->group = room_copy(group != NULL ? group : "");
        grant->issued = now;
        return grant;
}

struct grant *
grant_make(struct grants *g, struct connector *c, enum reach reach, const char *phone, const char *group, int64_t now)
{
        for (size_t i = 0; i < g->count; i++)
                if (g->list[i]->connector == c && strcmp(g->list[i]->phone, phone) == 0)
                        g->list[i]->dead = true;
        return add(g, c, reach, phone, group, now);
}

struct grant *
grant_follow(struct grants *g, struct grant *old, int64_t now)
{
        struct grant *next = add(g, old->connector, old->reach, old->phone, old->group, now);

        next->before = old;
        return next;
}

struct grant *
grant_use(struct grants *g, const struct connector *c, const char *token, int64_t now)
{
        for (size_t i = 0; i < g->count; i++) {
                struct grant *grant = g->list[i];

                if (grant->connector != c || strcmp(grant->token, token) != 0)
                        continue;
                if (grant->dead || now - grant->issued >= REFRESH_DAYS * DAY)
                        return NULL;
                if (grant->before != NULL)
                        grant->before->dead = true;
                return grant;
        }
        return NULL;
}

struct access *
access_make(struct grants *g, struct grant *grant, int64_t now)
{
        struct access *a;

        g->access = more(g->access, g->access_count, &g->access_room, sizeof(struct access *));
        a = g->access[g->access_count++] = room(sizeof *a);
        a->token = fresh_token(g, "at");
        a->grant = grant;
        a->issued = now;
        return a;
}

struct access *
access_find(struct grants *g, const char *token, int64_t now)
{
        for (size_t i = 0; i < g->access_count; i++)
                if (strcmp(g->access[i]->token, token) == 0)
                        return g->access[i]->expired || now - g->access[i]->issued >= ACCESS_SECONDS ? NULL : g->access[i];
        return NULL;
}

void
access_expire(struct grants *g)
{
        for (size_t i = 0; i < g->access_count; i++)
                g->access[i]->expired = true;
}

int
pin_make(struct grants *g, const char *connector, const char *phone)
{
        int n = 0;

        while (n < g->pin_count && strcmp(g->pins[n].phone, phone) != 0)
                n++;
        if (n == (int)(sizeof g->pins / sizeof g->pins[0]))
                n = 0;                          /* the oldest is forgotten */
        free(g->pins[n].phone);
        free(g->pins[n].connector);
        g->pins[n] = (struct pin){ room_copy(phone), room_copy(connector), 1000 + (int)((++g->serial * 7919) % 9000) };
        g->pin_count = n + 1 > g->pin_count ? n + 1 : g->pin_count;
        return g->pins[n].number;
}

int
pin_find(const struct grants *g, const char *phone)
{
        for (int i = 0; i < g->pin_count; i++)
                if (strcmp(g->pins[i].phone, phone) == 0)
                        return g->pins[i].number;
        return 0;
}

bool
pin_take(struct grants *g, const char *connector, const char *phone, int number)
{
        for (int i = 0; i < g->pin_count; i++)
                if (number != 0 && strcmp(g->pins[i].phone, phone) == 0 && g->pins[i].number == number
                    && strcasecmp(g->pins[i].connector, connector) == 0) {
                        g->pins[i].number = 0;
                        return true;
                }
        return false;
}
