/* server.h - a small HTTP server on loopback that does what a script says.
 *
 * Each request takes the next step of the script, in order of arrival; the last step
 * is repeated.  What came in is kept.  A thread for each connection; connections are
 * kept alive. */
#ifndef UNIT_SERVER_H
#define UNIT_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum server_do {
        SERVER_REPLY = 0,        /* 'text' as it is                                    */
        SERVER_STATUS,           /* a complete answer: 'status', 'headers' and 'text'  */
        SERVER_CLOSE,            /* closes without a word                              */
        SERVER_CUT,              /* 'text' as it is, then closes                       */
        SERVER_SILENT,           /* says nothing until the server ends                 */
};

struct server_step {
        enum server_do what;
        int status;
        const char *headers;     /* "Name: value\r\n" ...                              */
        const char *text;
        size_t size;             /* of 'text'; 0: its length                           */
        int delay_ms;
};

enum { SERVER_MOST = 4096 };

struct server {
        const struct server_step *steps;
        size_t step_count;
        int listener, port;
        char url[64];
        pthread_t thread;
        pthread_mutex_t lock;
        char *requests[SERVER_MOST];         /* head and body                          */
        size_t count, connections;
        int now, peak;                       /* requests under way                     */
        bool ending;
        int fds[SERVER_MOST];
        pthread_t threads[SERVER_MOST];
};

void server_start(struct server *server, const struct server_step *steps, size_t count);
void server_end(struct server *server);

/* How many requests came in, and one of them. */
size_t server_count(struct server *server);
const char *server_request(struct server *server, size_t index);

#endif
