/* http-kit.h - what the tests of <muster/http.h> stand on: a host, a small server with a
 * script, and a client of it. */
#ifndef UNIT_HTTP_KIT_H
#define UNIT_HTTP_KIT_H

#include <muster/http.h>
#include <muster/test.h>

#include "server.h"

extern struct mst_test *test;
extern struct server server;
extern struct mst_http_config config;
extern struct mst_http *http;
extern struct mst_http_request *request;
extern struct mst_http_reply *reply;
extern struct mst_error err;

/* A checked fixture: the host first, the server and the client with serve(). */
void begin(void);
void end(void);
/* The client tries thrice, hardly waits between, and gives up after two seconds. */
void serve(const struct server_step *steps, size_t count);

/* None of the log's lines, nor the error, may hold 'secret'. */
void check_hidden(const char *secret);
bool logged(const char *what);

#define OK200 { .what = SERVER_STATUS, .status = 200, .text = "fine" }
#define STATUS(n) { .what = SERVER_STATUS, .status = n, .text = "trouble" }

#endif
