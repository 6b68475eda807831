/* message.h - the little of LDAP (RFC 4511) that a proxy must read and write. */
#ifndef LDAP_PROXY_MESSAGE_H
#define LDAP_PROXY_MESSAGE_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define MESSAGE_LONGEST (64u << 20)

enum kind {
        BIND, UNBIND, SEARCH, MODIFY, ADD, DELETE, MODRDN, COMPARE, ABANDON, EXTENDED,
        KINDS, ANY = KINDS
};

struct piece {                  /* into the bytes of the message; not NUL-terminated */
        const unsigned char *at;
        size_t length;
};

/* One message, borrowed from a buffer as long as that is not touched. */
struct message {
        size_t length;          /* of all of it */
        int32_t id;
        unsigned char tag;      /* of the operation or answer: 0x60 bind request, ... */
        struct piece body;      /* what the tag holds */
        struct piece controls;  /* with tag and length; empty: none */
};

enum framed { FRAMED, PARTIAL, FOREIGN };       /* FOREIGN: not LDAP in clear text */

/* The first message of these bytes. */
enum framed message_read(const unsigned char *bytes, size_t count, struct message *ret);

const char *kind_name(enum kind);
enum kind kind_of_name(const char *name);       /* KINDS ("any") when there is none such */
bool message_kind(const struct message *, enum kind *ret);      /* of a request */

/* The entry that a request is about: bind name, base, entry; an extended operation's OID. */
struct piece message_dn(const struct message *);
bool message_ranged(const struct message *);     /* asks for a slice of an attribute's values */
bool message_paged(const struct message *);     /* has the control of RFC 2696 */
bool message_starts_tls(const struct message *);

bool message_is_entry(const struct message *);  /* of a search */
bool message_is_final(const struct message *);  /* an answer after which none follows */
int message_code(const struct message *);       /* its result code; -1: it has none */

/* An answer to a request of this kind: code and text.  False when such a one has none. */
bool message_answer(struct buffer *, enum kind, int32_t id, int code, const char *text);
/* The notice of disconnection, RFC 4511 4.4.1. */
void message_notice(struct buffer *, int code, const char *text);
/* A message from its parts. */
void message_put(struct buffer *, int32_t id, unsigned char tag, const struct buffer *body, struct piece controls);
/* The message again, without its controls. */
void message_bare(struct buffer *, const struct message *);

#endif
