/* redact.c - a configuration file as it may be shown to strangers.
 *
 * Works on the bytes as they are written, which have been proved well-formed: what is no secret
 * stays as the admin wrote it, line by line.  Options of sources and sinks that are secret, or that
 * nobody knows, and maps to attributes that are secret lose their text; comments go, as people put
 * old passwords there; so does what stands before the @ of a URL. */
#include "build.h"

#include "config/redact.h"

#include <string.h>

#include "config/parts.h"

#define REMOVED "(removed)"

struct tag {
        const char *name; size_t length;     /* of the element                         */
        const char *end;                     /* behind its '>'                         */
        bool closes, empty;
};

struct redaction {
        const struct mstc_redact *ask;
        struct mstc_buffer *into;
        char instance[80];                   /* the <source> or <sink> around, or ""   */
        bool is_source;
        unsigned depth, instance_depth;      /* of elements; of that one               */
        unsigned hidden_depth;               /* of the element whose text goes; 0: none */
        bool hidden_told;
};

static struct tag
read_tag(const char *at, const char *end)
{
        struct tag tag = { .closes = at[1] == '/' };
        const char *p = at + 1 + tag.closes;
        char quote = 0;

        tag.name = p;
        while (p < end && strchr(" \t\r\n/>", *p) == NULL)
                p++;
        tag.length = (size_t)(p - tag.name);
        for (; p < end && (quote != 0 || *p != '>'); p++)
                if (quote != 0 ? *p == quote : *p == '"' || *p == '\'')
                        quote = quote != 0 ? 0 : *p;
        tag.empty = p > at && p[-1] == '/';
        tag.end = p < end ? p + 1 : end;
        return tag;
}

static bool
is(const struct tag *tag, const char *name)
{
        return tag->length == strlen(name) && memcmp(tag->name, name, tag->length) == 0;
}

/* The value of an attribute, cut to the room; false when it is not there. */
static bool
attribute(const struct tag *tag, const char *name, char *ret, size_t room)
{
        size_t length = strlen(name);

        ret[0] = '\0';
        for (const char *p = tag->name + tag->length; p + length < tag->end; ) {
                const char *from = p, *equals, *quote;

                while (from < tag->end && strchr(" \t\r\n", *from) != NULL)
                        from++;
                equals = memchr(from, '=', (size_t)(tag->end - from));
                if (equals == NULL)
                        return false;
                for (quote = equals + 1; quote < tag->end && *quote != '"' && *quote != '\''; quote++)
                        ;
                p = quote < tag->end ? memchr(quote + 1, *quote, (size_t)(tag->end - quote - 1)) : NULL;
                if (p == NULL)
                        return false;
                if (strncmp(from, name, length) == 0 && strchr(" \t\r\n=", from[length]) != NULL) {
                        size_t size = (size_t)(p - quote - 1);

                        size = size < room - 1 ? size : room - 1;
                        memcpy(ret, quote + 1, size);
                        ret[size] = '\0';
                        return true;
                }
                p++;
        }
        return false;
}

static void
say_text(struct redaction *r, const char *at, size_t length)
{
        const char *end = at + length;

        if (r->hidden_depth != 0) {
                if (!r->hidden_told)
                        mstc_buffer_text(r->into, REMOVED);
                r->hidden_told = true;
                return;
        }
        while (at < end) {
                const char *url = memmem(at, (size_t)(end - at), "://", 3), *host, *sign = NULL;

                if (url == NULL)
                        break;
                url += 3;
                for (host = url; host < end && strchr("/ \t\r\n\"'<", *host) == NULL; host++)
                        sign = *host == '@' ? host : sign;
                mstc_buffer_add(r->into, at, (size_t)(url - at));
                if (sign != NULL)
                        mstc_buffer_text(r->into, REMOVED);
                at = sign != NULL ? sign : url;
        }
        mstc_buffer_add(r->into, at, (size_t)(end - at));
}

/* What an element that begins means for the text in it. */
static void
enter(struct redaction *r, const struct tag *tag)
{
        char name[80], to[300];
        bool secret = false;

        r->depth++;
        if (r->instance_depth == 0 && (is(tag, "source") || is(tag, "sink"))) {
                (void)attribute(tag, "name", r->instance, sizeof r->instance);
                r->is_source = is(tag, "source");
                r->instance_depth = r->depth;
        } else if (r->instance_depth != 0 && r->depth == r->instance_depth + 1) {
                size_t length = tag->length < sizeof name - 1 ? tag->length : sizeof name - 1;

                memcpy(name, tag->name, length);
                name[length] = '\0';
                secret = r->ask->option(r->ask->self, r->is_source, r->instance, name);
        } else if (r->instance_depth == 0 && is(tag, "map") && attribute(tag, "to", to, sizeof to))
                secret = r->ask->attribute(r->ask->self, to);
        if (secret && r->hidden_depth == 0) {
                r->hidden_depth = r->depth;
                r->hidden_told = false;
        }
}

static void
leave(struct redaction *r)
{
        if (r->hidden_depth == r->depth)
                r->hidden_depth = 0;
        if (r->instance_depth == r->depth)
                r->instance_depth = 0;
        r->depth -= r->depth > 0;
}

/* Past a comment, an instruction or a CDATA section that begins at 'at'; NULL: it is none. */
static const char *
special(struct redaction *r, const char *at, const char *end)
{
        static const struct { const char *begins, *ends; } kinds[] = {
                { "<!--", "-->" }, { "<?", "?>" }, { "<![CDATA[", "]]>" } };

        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                size_t length = strlen(kinds[i].begins);
                const char *over;

                if ((size_t)(end - at) < length || memcmp(at, kinds[i].begins, length) != 0)
                        continue;
                over = memmem(at + length, (size_t)(end - at) - length, kinds[i].ends, strlen(kinds[i].ends));
                over = over != NULL ? over + strlen(kinds[i].ends) : end;
                if (i == 2)
                        say_text(r, at, (size_t)(over - at));
                return over;
        }
        return NULL;
}

void
mstc_redact_bytes(const char *bytes, size_t size, const struct mstc_redact *ask, struct mstc_buffer *into)
{
        struct redaction r = { .ask = ask, .into = into };
        const char *at = bytes, *end = bytes + size;

        while (at < end) {
                const char *next = memchr(at, '<', (size_t)(end - at)), *over;
                struct tag tag;

                if (next == NULL || next > at) {
                        say_text(&r, at, (size_t)((next != NULL ? next : end) - at));
                        at = next != NULL ? next : end;
                        continue;
                }
                over = special(&r, at, end);
                if (over != NULL) {
                        at = over;
                        continue;
                }
                tag = read_tag(at, end);
                if (tag.closes)
                        leave(&r);
                else
                        enter(&r, &tag);
                if (r.hidden_depth == 0 || tag.closes || r.hidden_depth == r.depth)
                        mstc_buffer_add(into, at, (size_t)(tag.end - at));
                if (!tag.closes && tag.empty)
                        leave(&r);
                at = tag.end;
        }
}
