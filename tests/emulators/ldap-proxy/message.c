/* message.c - the little of LDAP that a proxy must read and write.
 *
 * A message is SEQUENCE { id INTEGER, operation [APPLICATION n], controls [0] OPTIONAL }.
 * Everything that comes from outside is looked at before it is believed. */
#include "message.h"

#include "ber.h"

#include <string.h>
#include <strings.h>

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
        ret->id = element_integer(part.value);
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
        size_t n = strlen(text);

        for (size_t i = 0; i + n <= in.length; i++)
                if (strncasecmp((const char *)in.at + i, text, n) == 0)
                        return true;
        return false;
}

bool
message_ranged(const struct message *m)
{
        return m->tag == kinds[SEARCH].request && holds(m->body, ";range=");
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
message_is_entry(const struct message *m)
{
        return m->tag == 0x64;
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
        return element_integer(part.value);
}

/* ---- writing --------------------------------------------------------------- */

static void
result_put(struct buffer *to, int code, const char *text)
{
        integer_put(to, UNIVERSAL_ENUMERATED, code);
        element_put(to, UNIVERSAL_OCTETS, "", 0);
        element_put(to, UNIVERSAL_OCTETS, text, strlen(text));
}

void
message_put(struct buffer *to, int32_t id, unsigned char tag, const struct buffer *body, struct piece controls)
{
        struct buffer inner = { 0 };

        integer_put(&inner, UNIVERSAL_INTEGER, id);
        element_put(&inner, tag, body->bytes, body->length);
        buffer_put(&inner, controls.at, controls.length);
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
        message_put(to, id, kinds[kind].answer, &body, (struct piece){ 0 });
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
        message_put(to, 0, kinds[EXTENDED].answer, &body, (struct piece){ 0 });
        buffer_drop(&body);
}

void
message_bare(struct buffer *to, const struct message *m)
{
        const struct buffer body = { .bytes = (unsigned char *)(uintptr_t)m->body.at, .length = m->body.length };

        message_put(to, m->id, m->tag, &body, (struct piece){ 0 });
}
