/* server.h - the web server: one thread, one epoll, loopback only. */
#ifndef REST_SERVER_H
#define REST_SERVER_H
#include "rest.h"

#include <stdint.h>

struct server;

/* Listens on 127.0.0.1; port 0 takes a free one. NULL after a sentence on
 * standard error. */
/* 'certificate' and 'key' as PEM, or both NULL for http. */
struct server *server_open(struct rest *r, uint16_t port, const char *certificate, const char *key);
uint16_t server_port(const struct server *s);
/* Serves until 'r->stop' or until something can be read from 'wake'. */
void server_run(struct server *s, int wake);
void server_close(struct server *s);
#endif
