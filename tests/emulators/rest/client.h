/* client.h - an emulator's own test talks to it as a client would, only without a web
 * server between: a request goes in as text, the reply comes out parsed. */
#ifndef REST_CLIENT_H
#define REST_CLIENT_H
#include "rest.h"

#include <json-c/json.h>

#define BASE "http://127.0.0.1:8080"

struct client {
        struct emulator *e;             /* the same as */
        struct rest *rest;
        char *bearer;                   /* sent as Authorization with every request, or NULL */
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

/* The emulator is open and is closed by client_close(), which frees it as well. */
struct client *client_new(struct rest *r);
void client_close(struct client *c);

/* 'url' may begin with BASE. Returns the status. */
int client_send(struct client *c, const char *method, const char *url, const char *body);
int client_get(struct client *c, const char *url);
/* POST /_control/NAME; must succeed. */
struct json_object *client_do(struct client *c, const char *name, const char *body);
const char *client_header(const struct client *c, const char *name);
/* The reply's member; "" when there is none. */
const char *client_text(struct client *c, const char *name);

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
#endif
