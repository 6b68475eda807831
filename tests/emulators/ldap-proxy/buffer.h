/* buffer.h - bytes on their way: put in at the end, taken from the front. */
#ifndef LDAP_PROXY_BUFFER_H
#define LDAP_PROXY_BUFFER_H

#include <stddef.h>

struct buffer {                 /* all zero: empty */
        unsigned char *bytes;
        size_t length, room;
};

/* Ends the program when there is no memory: it is only for tests. */
void buffer_put(struct buffer *, const void *bytes, size_t count);
void buffer_take(struct buffer *, size_t count);
void buffer_drop(struct buffer *);

#endif
