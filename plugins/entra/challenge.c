/* challenge.c - what a 401 asks of the next token.
 *
 *      WWW-Authenticate: Bearer realm="", authorization_uri="https://...",
 *              error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsi..."
 *
 * The header may come several times, hold several schemes, and its parameters in any
 * order, quoted or not.  The claims are JSON in base64 of either alphabet; as JSON they
 * go into the next token request, which is the whole answer to the challenge. */
#include <string.h>
#include <strings.h>

#include "signin.h"

enum { MOST = 16 * 1024 };

struct parameter {
        const char *name, *value;
        size_t name_length, value_length;
};

static const char *
skip(const char *at)
{
        return at + strspn(at, " \t,");
}

/* The next "name=value"; words without one (schemes) are passed over.  '*at' moves on;
 * false at the end.  A backslash in a quoted value stands for what follows it, which
 * base64 and error words never need: such a value is told as it is written. */
static bool
next_parameter(const char **at, struct parameter *ret)
{
        for (;;) {
                const char *from = skip(*at);
                size_t length = strcspn(from, " \t,=");

                *at = from + length;
                if (*from == '\0')
                        return false;
                if (**at != '=') {
                        continue;
                }
                ret->name = from;
                ret->name_length = length;
                ++*at;
                if (**at != '"') {
                        ret->value = *at;
                        ret->value_length = strcspn(*at, " \t,");
                        *at += ret->value_length;
                        return true;
                }
                ret->value = ++*at;
                while (**at != '\0' && **at != '"')
                        *at += **at == '\\' && (*at)[1] != '\0' ? 2 : 1;
                ret->value_length = (size_t)(*at - ret->value);
                *at += **at == '"';
                return true;
        }
}

static bool
is(const char *text, size_t length, const char *word)
{
        return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

bool
entra_challenge_read(const char *header, const char **claims, size_t *length)
{
        struct parameter p;
        bool insufficient = false;

        *claims = NULL;
        *length = 0;
        while (next_parameter(&header, &p)) {
                if (is(p.name, p.name_length, "error"))
                        insufficient = is(p.value, p.value_length, "insufficient_claims");
                else if (is(p.name, p.name_length, "claims")) {
                        *claims = p.value;
                        *length = p.value_length;
                }
        }
        return insufficient && *claims != NULL;
}

/* Only a JSON object goes on. */
static bool
is_object(struct entra *entra, const char *text, size_t size)
{
        mst_json_start(entra->json, text, size);
        return mst_json_enter_object(entra->json) && (mst_json_leave(entra->json), mst_json_finish(entra->json));
}

const char *
entra_challenge_claims(struct entra *entra, size_t *size)
{
        const char *header, *coded;
        size_t length;

        for (size_t i = 0; (header = mst_http_token_challenge(entra->token, i)) != NULL; i++) {
                char *plain;

                if (!entra_challenge_read(header, &coded, &length) || length > MOST)
                        continue;
                plain = entra_base64_read(entra->scratch, coded, length, size);
                if (plain != NULL && is_object(entra, plain, *size))
                        return plain;
        }
        return NULL;
}

bool
entra_challenged(const struct mst_http_reply *reply)
{
        const char *header, *claims;
        size_t length;

        for (size_t i = 0; (header = mst_http_reply_header_at(reply, "WWW-Authenticate", i)) != NULL; i++)
                if (entra_challenge_read(header, &claims, &length))
                        return true;
        return false;
}
