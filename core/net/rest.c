/* rest.c - a service that speaks JSON: an instance of it, a call, and what the answer means. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "net/net.h"
#include "net/rest.h"
#include "util/alloc.h"
#include "util/date.h"

enum { HOPS = 5, LEAST_LIFE = 1, MOST_LIFE = INT32_MAX, WORD_MOST = 64 };

/* --- an instance ------------------------------------------------------------------------ */

struct mst_rest *
mst_rest_new(const struct mst_rest_service *service, const struct mst_http_config *config, size_t size,
             struct mst_host *host, struct mst_error *err)
{
        struct mst_rest *rest = mstc_alloc(sizeof *rest);

        if (rest == NULL) {
                mst_fail_memory(err, "opening the service");
                return NULL;
        }
        *rest = (struct mst_rest){ .service = service, .host = host, .url = config->url, .prefix = "" };
        rest->http = mst_http_new(config, size, host, err);
        rest->arena = rest->http != NULL ? mst_arena_new(0) : NULL;
        rest->json = mst_json_new();
        rest->out = mst_json_out_new();
        if (rest->http != NULL && (rest->arena == NULL || rest->json == NULL || rest->out == NULL))
                mst_fail_memory(err, "opening the service");
        else if (rest->http != NULL && (config->url == NULL || mst_rest_base(rest, config->url, err) == MST_OK))
                return rest;
        mst_rest_free(rest);
        return NULL;
}

void
mst_rest_free(struct mst_rest *rest)
{
        if (rest == NULL)
                return;
        mst_http_token_free(rest->token);
        mst_http_free(rest->http);
        mst_json_free(rest->json);
        mst_json_out_free(rest->out);
        mst_arena_free(rest->arena);
        mstc_free(rest);
}

void
mst_rest_key(struct mst_rest *rest, const char *prefix, const struct mst_secret *key)
{
        rest->key_prefix = prefix;
        rest->key = key;
}

int
mst_rest_token(struct mst_rest *rest, mst_http_token_get *get, void *self, struct mst_error *err)
{
        rest->token = mst_http_token_new(rest->http, get, self);
        return rest->token != NULL ? MST_OK : mst_fail_memory(err, "opening the service");
}

struct mst_http *
mst_rest_http(struct mst_rest *rest)
{
        return rest->http;
}

struct mst_arena *
mst_rest_arena(struct mst_rest *rest)
{
        return rest->arena;
}

void
mst_rest_begin(struct mst_rest *rest)
{
        mst_arena_reset(rest->arena);
        mst_http_renew(rest->http);
        rest->writing = false;
}

void
mst_rest_prefix(struct mst_rest *rest, const char *prefix)
{
        rest->prefix = prefix;
}

const char *
mst_rest_escape(struct mst_rest *rest, const char *text)
{
        const char *escaped = text != NULL ? mst_escape_url(rest->arena, text, strlen(text)) : NULL;

        return escaped != NULL && escaped[0] != '\0' ? escaped : "-";
}

/* --- what an answer means ------------------------------------------------------------------ */

bool
mstc_rest_words(const char *words, bool (*each)(const void *self, const char *word), const void *self)
{
        char word[WORD_MOST];

        while (words != NULL && *words != '\0') {
                size_t length = strcspn(words, " ");

                snprintf(word, sizeof word, "%.*s", (int)length, words);
                if (length > 0 && each(self, word))
                        return true;
                words += length + strspn(words + length, " ");
        }
        return false;
}

static bool
is_bad(const void *answer, const char *name)
{
        const struct mst_value *value = mst_value_find(answer, name);

        return mst_value_type(value) != MST_NULL && !mst_value_find_bool(answer, name);
}

static int
class_of(int status)
{
        switch (status) {
        case 401: return MST_EAUTH;
        case 403: return MST_EPERM;
        case 404:
        case 410: return MST_ENOTFOUND;
        case 429: return MST_ETHROTTLED;
        default: return status >= 500 && status != 501 ? MST_ENET : MST_EREFUSED;
        }
}

static const struct mst_rest_rule *
rule_of(const struct mst_rest_service *service, const char *method, int status, const char *code)
{
        const struct mst_rest_rule *r = service->rules;

        for (; r != NULL && r->means != MST_OK; r++)
                if ((r->method == NULL || strcmp(r->method, method) == 0) && (r->status == 0 || r->status == status)
                    && (r->code == NULL || strcmp(r->code, code) == 0))
                        return r;
        return NULL;
}

/* In the service's own words, as far as it has any. */
static int
refuse(const struct mst_rest *rest, const char *method, int status, const struct mst_value *answer, struct mst_error *err)
{
        const struct mst_rest_service *s = rest->service;
        const char *code = s->code != NULL ? mst_value_find_text(answer, s->code) : "";
        const char *message = s->message != NULL ? mst_value_find_text(answer, s->message) : "";
        const struct mst_rest_rule *rule = rule_of(s, method, status, code);
        int means = rule != NULL ? rule->means : class_of(status);
        const char *colon = rule != NULL && rule->advice != NULL ? ": " : "", *comma = code[0] != '\0' ? ", " : "";
        const char *advice = colon[0] != '\0' ? rule->advice : "", *of = code[0] != '\0' ? code : "";

        if (means == MST_EAUTH || means == MST_EPERM)
                return mst_fail(err, means, "%s does not let us in (%s%sstatus %d)%s%s%s%s", s->name, of, comma, status, colon, advice,
                                message[0] != '\0' ? ": " : "", message);
        return mst_fail(err, means, "%s %s: %s (%s%sstatus %d)%s%s", s->name, means == MST_ENET ? "fails" : "refuses it",
                        message[0] != '\0' ? message : "it gives no reason", of, comma, status, colon, advice);
}

int
mstc_rest_judge(struct mst_rest *rest, const char *method, const struct mst_http_reply *reply, struct mst_arena *arena,
                const struct mst_value **ret, struct mst_error *err)
{
        const struct mst_rest_service *s = rest->service;
        int status = mst_http_status(reply);
        size_t size;
        const char *body = mst_http_content(reply, &size);
        const struct mst_value *answer = NULL;
        bool json = true;

        if (size > 0) {
                mst_json_start(rest->json, body, size);
                answer = mst_json_value(rest->json, arena);
                json = mst_json_finish(rest->json);
                if (json && answer == NULL)
                        return mst_fail_memory(err, "reading an answer");
        }
        *ret = json ? answer : NULL;
        if (!json)
                return mst_fail(err, status >= 300 ? class_of(status) : MST_ENET, "%s's answer is not JSON (status %d): is there a proxy's "
                                "page in place of it? See proxy and ca-file", s->name, status);
        if (status < 300 && (s->code == NULL || mst_value_find_text(answer, s->code)[0] == '\0')
            && !mstc_rest_words(s->good, is_bad, answer))
                return MST_OK;
        return refuse(rest, method, status, answer, err);
}

enum mst_outcome
mst_rest_outcome(const struct mst_rest *rest, int code, bool creates)
{
        if (code == MST_OK)
                return MST_DONE;
        if (creates && rest->doubt)
                return MST_UNKNOWN;
        if (code == MST_ENOTFOUND && !creates)
                return MST_GONE;
        return code == MST_ENET || code == MST_ETHROTTLED || code == MST_EAUTH ? MST_RETRY : MST_REFUSED;
}

bool
mst_rest_in_doubt(const struct mst_rest *rest)
{
        return rest->doubt;
}

int
mst_rest_status(const struct mst_rest *rest)
{
        return rest->status;
}

/* --- a call ------------------------------------------------------------------------------------ */

void
mstc_rest_fill(struct mst_rest *rest, struct mst_http_request *request, const char *method, const char *path)
{
        const struct mst_rest_service *s = rest->service;
        const char *header = s->header != NULL ? s->header : "Authorization";
        bool whole = strncasecmp(path, "https://", 8) == 0 || strncasecmp(path, "http://", 7) == 0;

        mst_http_start(request, method, "%s%s%s", whole ? "" : rest->base, whole ? "" : rest->prefix, path);
        if (rest->token != NULL)
                mst_http_token_header(request, rest->token, header, s->prefix != NULL ? s->prefix : "Bearer ");
        else if (rest->key != NULL)
                mst_http_secret_header(request, header, rest->key_prefix, rest->key);
}

static struct mst_http_request *start(struct mst_rest *rest, const char *method, const char *format, va_list ap)
        MST_PRINTF(3, 0);

static struct mst_http_request *
start(struct mst_rest *rest, const char *method, const char *format, va_list ap)
{
        struct mst_http_request *request = mst_http_request_new();
        const struct mst_secret *token;
        struct mst_error later = { 0 };      /* told when it is sent, which asks again */
        va_list again;
        char *path;
        int length;

        /* The token's answer may lead elsewhere. */
        if (rest->token != NULL && rest->service->domains != NULL)
                (void)mst_http_token_use(rest->token, &token, &later);
        va_copy(again, ap);
        length = vsnprintf(NULL, 0, format, again);
        va_end(again);
        path = length < 0 ? NULL : mst_arena_alloc(rest->arena, (size_t)length + 1);
        if (path == NULL || request == NULL) {
                mst_http_request_free(request);
                return NULL;
        }
        vsnprintf(path, (size_t)length + 1, format, ap);
        mstc_rest_fill(rest, request, method, path);
        return request;
}

struct mst_http_request *
mst_rest_start(struct mst_rest *rest, const char *method, const char *format, ...)
{
        struct mst_http_request *request;
        va_list ap;

        va_start(ap, format);
        request = start(rest, method, format, ap);
        va_end(ap);
        return request;
}

/* Sends it until it comes to where it should: a 308 is followed, and a token that only the body
 * calls bad is fetched anew once.  'raw': the body of a good answer is not looked at. */
static int
exchange(struct mst_rest *rest, struct mst_http_request *request, struct mst_http_reply *reply, bool raw,
         const struct mst_value **ret, struct mst_error *err)
{
        bool again = false;
        char say[300];
        int code;

        rest->doubt = false;
        rest->status = 0;
        for (int hop = 0; hop < HOPS; hop++) {
                code = mst_http_do(rest->http, request, reply, err);
                rest->status = mst_http_status(reply);
                rest->doubt = code != MST_OK && code != MST_ETHROTTLED && mst_http_was_sent(reply);
                rest->retry_after = mst_http_retry_after(mst_http_reply_header(reply, "Retry-After"), mst_host_now(rest->host));
                if (code != MST_OK)
                        return code;
                if (mst_http_status(reply) == 308) {
                        if (mstc_rest_moved(rest, request, reply, err) != MST_OK)
                                return err->code;
                        continue;
                }
                if (raw && mst_http_status(reply) < 300)
                        return MST_OK;
                code = mstc_rest_judge(rest, request->method, reply, rest->arena, ret, err);
                if (code != MST_EAUTH || again || request->token == NULL || mst_http_status(reply) == 401) {
                        rest->doubt = code == MST_ENET;
                        return code == MST_OK ? code : mst_wrap(err, "%s", mst_http_say(request, say, sizeof say));
                }
                mst_http_token_drop(rest->token);
                again = true;
        }
        return mst_fail(err, MST_ENET, "%s sends us round in circles (status 308)", rest->service->name);
}

static int
carry(struct mst_rest *rest, struct mst_http_request *request, const struct mst_value **ret, char **text, size_t *size,
     struct mst_error *err)
{
        struct mst_http_reply *reply = mst_http_reply_new();
        const struct mst_value *answer = NULL;
        const char *body;
        int code;

        code = request == NULL || reply == NULL ? mst_fail_memory(err, "writing a request")
               : exchange(rest, request, reply, text != NULL, &answer, err);
        if (ret != NULL)
                *ret = answer;
        if (code == MST_OK && text != NULL) {
                body = mst_http_content(reply, size);
                *text = mst_arena_memdup(rest->arena, body, *size);
                if (*text == NULL)
                        code = mst_fail_memory(err, "reading an answer");
        }
        mst_http_request_free(request);
        mst_http_reply_free(reply);
        return code;
}

int
mst_rest_send(struct mst_rest *rest, struct mst_http_request *request, const struct mst_value **ret, struct mst_error *err)
{
        return carry(rest, request, ret, NULL, NULL, err);
}

int
mst_rest_load(struct mst_rest *rest, struct mst_http_request *request, char **ret, size_t *size, struct mst_error *err)
{
        return carry(rest, request, NULL, ret, size, err);
}

struct mst_json_out *
mst_rest_body(struct mst_rest *rest)
{
        mst_json_out_reset(rest->out);
        rest->writing = true;
        return rest->out;
}

void
mst_rest_body_text(struct mst_rest *rest, const char *name, const char *text)
{
        struct mst_json_out *out = mst_rest_body(rest);

        mst_json_out_object(out);
        mst_json_out_member(out, name, text);
        mst_json_out_end(out);
}

void
mst_rest_body_texts(struct mst_rest *rest, const char *name, const char *const *texts, size_t count)
{
        struct mst_json_out *out = mst_rest_body(rest);

        mst_json_out_object(out);
        mst_json_out_texts(out, name, texts, count);
        mst_json_out_end(out);
}

int
mst_rest_call(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err, const char *method,
              const char *format, ...)
{
        struct mst_http_request *request;
        size_t size;
        const char *body = rest->writing ? mst_json_written(rest->out, &size) : NULL;
        va_list ap;

        va_start(ap, format);
        request = start(rest, method, format, ap);
        va_end(ap);
        if (rest->writing && body == NULL) {
                mst_http_request_free(request);
                request = NULL;
        } else if (body != NULL) {
                mst_http_body(request, "application/json", body, size);
        }
        rest->writing = false;
        return mst_rest_send(rest, request, ret, err);
}

int
mstc_rest_vget(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err, const char *format, va_list ap)
{
        return mst_rest_send(rest, start(rest, "GET", format, ap), ret, err);
}

int
mst_rest_get(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err, const char *format, ...)
{
        va_list ap;
        int code;

        va_start(ap, format);
        code = mstc_rest_vget(rest, ret, err, format, ap);
        va_end(ap);
        return code;
}

/* --- a token's answer ------------------------------------------------------------------------------ */

int
mst_rest_password_grant(struct mst_rest *rest, const char *path, const char *username, const struct mst_secret *password,
                        const struct mst_value **ret, struct mst_error *err)
{
        struct mst_http_request *request = mst_http_request_new();

        mst_http_start(request, "POST", "%s", path);
        mst_http_form(request, "grant_type", "password", 8);
        mst_http_form(request, "username", username, strlen(username));
        mst_http_form(request, "password", mst_secret_reveal(password), mst_secret_size(password));
        mst_http_repeatable(request, true);
        mst_http_secret_reply(request);
        return mst_rest_send(rest, request, ret, err);
}

struct mst_secret *
mst_rest_secret(const struct mst_value *answer, const char *name)
{
        const char *text = mst_value_find_text(answer, name);
        size_t size = strlen(text);
        struct mst_secret *secret = size > 0 ? mst_secret_new(text, size) : NULL;

        /* It stands in the arena of the instance. */
        if (secret != NULL)
                mst_secret_wipe((char *)(uintptr_t)text, size);
        return secret;
}

int
mst_rest_token_answer(struct mst_rest *rest, const struct mst_value *answer, struct mst_secret **ret, int64_t *life_ms,
                      struct mst_error *err)
{
        const char *text = mst_value_find_text(answer, "expires_in");
        int64_t seconds = mst_value_find_int(answer, "expires_in", 0), date, now = mst_host_now(rest->host);

        *ret = mst_rest_secret(answer, "access_token");
        if (*ret == NULL)
                return mst_fail(err, MST_EAUTH, "%s's answer to the sign-in holds no token", rest->service->name);
        if (seconds >= LEAST_LIFE && seconds < MOST_LIFE)
                *life_ms = seconds * 1000;
        else if (mstc_date_parse_iso(text, strlen(text), &date) && date > now)
                *life_ms = (date - now) / (MST_DATE_SECOND / 1000);
        return MST_OK;
}
