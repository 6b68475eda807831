/* message.c - the little of LDAP that a proxy must read and write.
 *
 * A message is SEQUENCE { id INTEGER, operation [APPLICATION n], controls [0] OPTIONAL }.
 * Everything that comes from outside is looked at before it is believed: a length never
 * leads out of what holds it. */
#include "message.h"

#include <string.h>
#include <strings.h>

enum { UNIVERSAL_SEQUENCE = 0x30, UNIVERSAL_INTEGER = 0x02, UNIVERSAL_OCTETS = 0x04,
       UNIVERSAL_ENUMERATED = 0x0a, CONTEXT_CONTROLS = 0xa0 };

static const struct {
        const char *name;
        unsigned char request, answer;          /* answer 0: there is none */
} kinds[KINDS] = {
        [BIND]     = { "bind",     0x60, 0x61 },
        [UNBIND]   = { "unbind",   0x42, 0 },
        [SEARCH]   = { "search",   0x63, 0x65 },
        [MODIFY]   = { "modify",   0x66, 0x67 },
        [ADD]      = { "add",      0x68, 0x69 },
        [DELETE]   = { "delete",   0x4a, 0x6b },
        [MODRDN]   = { "modrdn",   0x6c, 0x6d },
        [COMPARE]  = { "compare",  0x6e, 0x6f },
        [ABANDON]  = { "abandon",  0x50, 0 },
        [EXTENDED] = { "extended", 0x77, 0x78 },
};

/* ---- reading --------------------------------------------------------------- */

struct element {
        unsigned char tag;
        struct piece value;
        size_t length;          /* with tag and length */
};

/* The first element; PARTIAL: the bytes end in it, FOREIGN: it has no form that we know. */
static enum framed
element_read(struct piece from, struct element *ret)
{
        size_t length, at = 2;
        unsigned count;

        if (from.length < 2)
                return PARTIAL;
        ret->tag = from.at[0];
        length = from.at[1];
        if (length >= 0x80) {
                count = (unsigned)(length & 0x7f);
                if (count == 0 || count > 4)
                        return FOREIGN;
                if (from.length < 2 + count)
                        return PARTIAL;
                for (length = 0; count > 0; count--)
                        length = length << 8 | from.at[at++];
        }
        if (length > MESSAGE_LONGEST)
                return FOREIGN;
        ret->length = at + length;
        if (from.length - at < length)
                return PARTIAL;
        ret->value = (struct piece){ from.at + at, length };
        return FRAMED;
}

/* The next element of a value that is there in full; moves on behind it. */
static bool
element_next(struct piece *from, struct element *ret)
{
        if (element_read(*from, ret) != FRAMED)
                return false;
        from->at += ret->length;
        from->length -= ret->length;
        return true;
}

static int32_t
integer(struct piece value)
{
        uint32_t n = 0;

        for (size_t i = 0; i < value.length && i < 4; i++)
                n = n << 8 | value.at[i];
        return (int32_t)n;
}

enum framed
message_read(const unsigned char *bytes, size_t count, struct message *ret)
{
        struct element whole = { 0 }, part;
        struct piece rest;
        enum framed framed;

        if (count > 0 && bytes[0] != UNIVERSAL_SEQUENCE)
                return FOREIGN;
        framed = element_read((struct piece){ bytes, count }, &whole);
        if (framed != FRAMED)
                return framed;
        *ret = (struct message){ .length = whole.length };
        rest = whole.value;
        if (!element_next(&rest, &part) || part.tag != UNIVERSAL_INTEGER)
                return FOREIGN;
        ret->id = integer(part.value);
        if (!element_next(&rest, &part))
                return FOREIGN;
        ret->tag = part.tag;
        ret->body = part.value;
        if (rest.length > 0 && rest.at[0] == CONTEXT_CONTROLS)
                ret->controls = rest;
        return FRAMED;
}

const char *
kind_name(enum kind kind)
{
        return kind < KINDS ? kinds[kind].name : "any";
}

enum kind
kind_of_name(const char *name)
{
        for (unsigned k = 0; k < KINDS; k++)
                if (strcmp(kinds[k].name, name) == 0)
                        return (enum kind)k;
        return KINDS;
}

bool
message_kind(const struct message *m, enum kind *ret)
{
        for (unsigned k = 0; k < KINDS; k++)
                if (kinds[k].request == m->tag) {
                        *ret = (enum kind)k;
                        return true;
                }
        return false;
}

struct piece
message_dn(const struct message *m)
{
        struct piece rest = m->body;
        struct element part;
        enum kind kind;

        if (!message_kind(m, &kind) || kind == UNBIND || kind == ABANDON)
                return (struct piece){ 0 };
        if (kind == DELETE)
                return m->body;
        if (kind == BIND && !element_next(&rest, &part))        /* the version */
                return (struct piece){ 0 };
        return element_next(&rest, &part) ? part.value : (struct piece){ 0 };
}

static bool
holds(struct piece in, const char *text)
{
        return in.length > 0 && memmem(in.at, in.length, text, strlen(text)) != NULL;
}

bool
message_paged(const struct message *m)
{
        return holds(m->controls, "1.2.840.113556.1.4.319");
}

bool
message_starts_tls(const struct message *m)
{
        return m->tag == kinds[EXTENDED].request && holds(m->body, "1.3.6.1.4.1.1466.20037");
}

bool
message_is_final(const struct message *m)
{
        for (unsigned k = 0; k < KINDS; k++)
                if (kinds[k].answer != 0 && kinds[k].answer == m->tag)
                        return true;
        return false;
}

int
message_code(const struct message *m)
{
        struct piece rest = m->body;
        struct element part;

        if (!message_is_final(m) || !element_next(&rest, &part) || part.tag != UNIVERSAL_ENUMERATED)
                return -1;
        return integer(part.value);
}

/* ---- writing --------------------------------------------------------------- */

/* Tag, length, value.  Lengths are written in four bytes: allowed, and the same everywhere. */
static void
element_put(struct buffer *to, unsigned char tag, const void *value, size_t length)
{
        unsigned char head[6] = { tag, 0x84, (unsigned char)(length >> 24), (unsigned char)(length >> 16),
                                  (unsigned char)(length >> 8), (unsigned char)length };

        if (length < 0x80) {
                head[1] = (unsigned char)length;
                buffer_put(to, head, 2);
        } else {
                buffer_put(to, head, sizeof head);
        }
        buffer_put(to, value, length);
}

static void
integer_put(struct buffer *to, unsigned char tag, int32_t n)
{
        const uint32_t u = (uint32_t)n;
        const unsigned char bytes[5] = { 0, (unsigned char)(u >> 24), (unsigned char)(u >> 16),
                                         (unsigned char)(u >> 8), (unsigned char)u };
        size_t at = 1;

        /* As short as it can be, with a first bit that says "not negative". */
        while (at < 4 && bytes[at] == 0)
                at++;
        if (bytes[at] >= 0x80)
                at--;
        element_put(to, tag, bytes + at, sizeof bytes - at);
}

static void
result_put(struct buffer *to, int code, const char *text)
{
        integer_put(to, UNIVERSAL_ENUMERATED, code);
        element_put(to, UNIVERSAL_OCTETS, "", 0);
        element_put(to, UNIVERSAL_OCTETS, text, strlen(text));
}

static void
envelope_put(struct buffer *to, int32_t id, unsigned char tag, const struct buffer *body)
{
        struct buffer inner = { 0 };

        integer_put(&inner, UNIVERSAL_INTEGER, id);
        element_put(&inner, tag, body->bytes, body->length);
        element_put(to, UNIVERSAL_SEQUENCE, inner.bytes, inner.length);
        buffer_drop(&inner);
}

bool
message_answer(struct buffer *to, enum kind kind, int32_t id, int code, const char *text)
{
        struct buffer body = { 0 };

        if (kind >= KINDS || kinds[kind].answer == 0)
                return false;
        result_put(&body, code, text);
        envelope_put(to, id, kinds[kind].answer, &body);
        buffer_drop(&body);
        return true;
}

void
message_notice(struct buffer *to, int code, const char *text)
{
        static const char oid[] = "1.3.6.1.4.1.1466.20036";
        struct buffer body = { 0 };

        result_put(&body, code, text);
        element_put(&body, 0x8a, oid, sizeof oid - 1);
        envelope_put(to, 0, kinds[EXTENDED].answer, &body);
        buffer_drop(&body);
}

void
message_bare(struct buffer *to, const struct message *m)
{
        const struct buffer body = { .bytes = (unsigned char *)(uintptr_t)m->body.at, .length = m->body.length };

        envelope_put(to, m->id, m->tag, &body);
}
