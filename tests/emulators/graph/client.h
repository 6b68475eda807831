/* client.h - what the Graph emulator's own tests have beside ../rest/client.h: people, a
 * token, and rounds that are followed. */
#ifndef GRAPH_CLIENT_H
#define GRAPH_CLIENT_H
#include "../rest/client.h"
#include "emulator.h"

#define TENANT "9c1f0a3e-5b7d-4c2e-8f60-3a9d1e7bc0de"
#define CLIENT "5e0d7a42-91c3-4b8f-a6d2-0f4c8e1b7a93"
#define SCOPE "&scope=http%3A%2F%2F127.0.0.1%3A8080%2F.default"
#define FORM "grant_type=client_credentials&client_id=" CLIENT SCOPE

/* An emulator with so many people and a client with a token. */
struct client *client_open(uint32_t people);
void client_token(struct client *c);
const char *client_code(struct client *c);
struct json_object *client_value(struct client *c, size_t n);   /* value[n], or NULL */
size_t client_count(struct client *c);
/* The next page, or false when there is no nextLink. */
bool client_next(struct client *c);
/* Reads a round to its end; the deltaLink must be freed. 'each' sees each item. */
typedef void client_each(void *self, struct json_object *item);
char *client_round(struct client *c, const char *url, client_each *each, void *self, size_t *pages);

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
