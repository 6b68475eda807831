/* ber.h - tag, length and value: what LDAP's messages are made of (X.690, RFC 4511 5.1). */
#ifndef LDAP_PROXY_BER_H
#define LDAP_PROXY_BER_H

#include "message.h"

enum { UNIVERSAL_SEQUENCE = 0x30, UNIVERSAL_INTEGER = 0x02, UNIVERSAL_OCTETS = 0x04,
       UNIVERSAL_ENUMERATED = 0x0a, UNIVERSAL_SET = 0x31, CONTEXT_CONTROLS = 0xa0 };

struct element {
        unsigned char tag;
        struct piece value;
        size_t length;          /* with tag and length */
};

/* The first element; PARTIAL: the bytes end in it, FOREIGN: it has no form that we know. */
enum framed element_read(struct piece from, struct element *ret);
/* The next element of a value that is there in full; moves on behind it.  False: there is none. */
bool element_next(struct piece *from, struct element *ret);
int32_t element_integer(struct piece value);

void element_put(struct buffer *, unsigned char tag, const void *value, size_t length);
void integer_put(struct buffer *, unsigned char tag, int32_t);

#endif
