/* answer.c - what a sign-in service answers, taken apart.
 *
 * The token endpoint writes numbers as numbers, managed identity as strings, and some
 * give no life but its end.  Members that are not known are passed over. */
#include <string.h>

#include "signin.h"

enum { SHOWN = 200 };

/* The first line of it: what follows repeats the other members. */
static const char *
text_of(struct entra *entra)
{
        const char *text;
        size_t length, line = 0;

        if (mst_json_text(entra->json, entra->scratch, &text, &length) != MST_JSON_OK)
                return NULL;
        while (line < length && text[line] != '\r' && text[line] != '\n')
                line++;
        length = line;
        return mst_escape_terminal(entra->scratch, text, length < SHOWN ? length : SHOWN);
}

/* A number, or a string that holds one. */
static int64_t
whole(struct entra *entra)
{
        int64_t number = -1;
        const char *text;
        size_t length;

        if (mst_json_peek(entra->json) == MST_JSON_NUMBER)
                return mst_json_int(entra->json, &number) == MST_JSON_OK ? number : -1;
        if (mst_json_text(entra->json, entra->scratch, &text, &length) != MST_JSON_OK
            || length == 0 || length > 12)
                return -1;
        number = 0;
        for (size_t i = 0; i < length; i++) {
                if (text[i] < '0' || text[i] > '9')
                        return -1;
                number = number * 10 + (text[i] - '0');
        }
        return number;
}

static long
first_number(struct entra *entra)
{
        int64_t number = 0;

        if (mst_json_enter_array(entra->json) && mst_json_element(entra->json)) {
                if (mst_json_int(entra->json, &number) != MST_JSON_OK)
                        number = 0;
                mst_json_leave(entra->json);
        }
        return (long)number;
}

static void
take_member(struct entra *entra, const char *name, size_t length, struct entra_answer *ret, int64_t *end)
{
#define IS(literal) (length == sizeof literal - 1 && memcmp(name, literal, length) == 0)
        if (IS("access_token")) {
                if (mst_json_text(entra->json, entra->scratch, &ret->token, &ret->token_length)
                    != MST_JSON_OK)
                        ret->token = NULL;
        } else if (IS("expires_in")) {
                ret->life = whole(entra);
        } else if (IS("expires_on")) {
                *end = whole(entra);
        } else if (IS("error")) {
                ret->error = text_of(entra);
        } else if (IS("error_description")) {
                ret->description = text_of(entra);
        } else if (IS("correlation_id")) {
                ret->correlation = text_of(entra);
        } else if (IS("trace_id")) {
                ret->trace = text_of(entra);
        } else if (IS("timestamp")) {
                ret->time = text_of(entra);
        } else if (IS("error_codes")) {
                ret->number = first_number(entra);
        }
#undef IS
}

bool
entra_answer_read(struct entra *entra, const struct mst_http_reply *reply, struct entra_answer *ret)
{
        size_t size, length;
        const char *body = mst_http_content(reply, &size), *name;
        int64_t end = -1, now = (mst_host_now(entra->host) - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND;

        *ret = (struct entra_answer){ .life = -1 };
        mst_json_start(entra->json, body, size);
        if (!mst_json_enter_object(entra->json))
                return false;
        while (mst_json_member(entra->json, &name, &length))
                take_member(entra, name, length, ret, &end);
        if (ret->life <= 0 && end > now)
                ret->life = end - now;
        return mst_json_finish(entra->json);
}

int
entra_answer_take(struct entra *entra, const struct entra_answer *answer, const char *where,
                  struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        (void)entra;
        if (answer->token == NULL || answer->token_length == 0)
                return mst_fail(err, MST_EINTERNAL, "signing in at %s: the answer holds no access_token",
                                where);
        *ret = mst_secret_new(answer->token, answer->token_length);
        mst_secret_wipe((void *)(uintptr_t)answer->token, answer->token_length);
        if (*ret == NULL)
                return mst_fail_memory(err, "keeping the access token");
        /* Without a life it is used until it is refused, which a 401 tells. */
        *life_ms = (answer->life > 0 && answer->life < INT64_C(10000000) ? answer->life : 300) * 1000;
        return MST_OK;
}
