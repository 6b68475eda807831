/* client.h - the emulator's own test talks to it as a client would, only without
 * a web server between: a request goes in as text, the reply comes out parsed. */
#ifndef GRAPH_CLIENT_H
#define GRAPH_CLIENT_H
#include "emulator.h"

#include <json-c/json.h>

#define TENANT "9c1f0a3e-5b7d-4c2e-8f60-3a9d1e7bc0de"
#define CLIENT "5e0d7a42-91c3-4b8f-a6d2-0f4c8e1b7a93"
#define BASE "http://127.0.0.1:8080"
#define SCOPE "&scope=http%3A%2F%2F127.0.0.1%3A8080%2F.default"
#define FORM "grant_type=client_credentials&client_id=" CLIENT SCOPE

struct client {
        struct emulator e;
        char *bearer;                   /* sent with every request, or NULL */
        const char *headers[16];        /* further ones: name, value, ..., NULL */
        /* the last reply */
        int status;
        enum ending ending;
        int64_t delay_ms;
        struct text raw;
        struct json_object *json;       /* NULL when it is none */
        struct header got[EXCHANGE_HEADERS];
        int got_count;
        const char *type;
};

/* An emulator with so many people and a client with a token. */
struct client *client_open(uint32_t people);
void client_close(struct client *c);

/* 'url' may begin with BASE. Returns the status. */
int client_send(struct client *c, const char *method, const char *url, const char *body);
int client_get(struct client *c, const char *url);
/* POST /_control/NAME; must succeed. */
struct json_object *client_do(struct client *c, const char *name, const char *body);
void client_token(struct client *c);
const char *client_header(const struct client *c, const char *name);

/* The reply's member, or of an object; "" when there is none. */
const char *client_text(struct client *c, const char *name);
const char *client_code(struct client *c);
struct json_object *client_value(struct client *c, size_t n);   /* value[n], or NULL */
size_t client_count(struct client *c);
/* The next page, or false when there is no nextLink. */
bool client_next(struct client *c);
/* Reads a round to its end; the deltaLink must be freed. 'each' sees each item. */
typedef void client_each(void *self, struct json_object *item);
char *client_round(struct client *c, const char *url, client_each *each, void *self, size_t *pages);

/* run(row) for each row of a table whose 'item' is the number; there must be some. */
#define CLIENT_ROWS(table, number, run) do { \
                int rows_run = 0; \
                for (int row = 0; row < (int)(sizeof (table) / sizeof (table)[0]); row++) \
                        if ((table)[row].item == (number)) { \
                                run(row); \
                                rows_run++; \
                        } \
                ck_assert_int_gt(rows_run, 0); \
        } while (0)

/* The id of a person, in a buffer that the next call uses again. */
const char *client_id(struct client *c, uint32_t index);
/* client_do() with {"id":ID REST}. */
void client_ask(struct client *c, const char *name, uint32_t index, const char *rest);
/* A deltaLink from now on; must be freed. */
char *client_latest(struct client *c, const char *select);
/* Follows 'link' to the end and frees it; the items of the last page stay in
 * c->json, the next link is returned. */
char *client_follow(struct client *c, char *link);
#endif
