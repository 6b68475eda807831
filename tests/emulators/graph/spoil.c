/* spoil.c - what each action of a fault does: one function an action, in a
 * table. Those marked 'instead' give the reply; the others change the one that
 * the handler gave. */
#include "spoil.h"
#include "clock.h"
#include "mangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* "3" and "2.128" as they are; "date+3" becomes the HTTP date in 3 seconds. */
static void
retry_after(const struct fault *f, struct exchange *x)
{
        char date[32];

        if (f->retry_after == NULL)
                return;
        if (strncmp(f->retry_after, "date", 4) == 0) {
                clock_http((int64_t)time(NULL) + strtoll(f->retry_after + 4, NULL, 10), date);
                exchange_add(x, "Retry-After", date);
        } else {
                exchange_add(x, "Retry-After", f->retry_after);
        }
}

static void
status(const struct fault *f, struct exchange *x)
{
        static const struct { int status; const char *code; } usual[] = {
                { 400, "BadRequest" }, { 401, "InvalidAuthenticationToken" }, { 403, "Authorization_RequestDenied" },
                { 404, "Request_ResourceNotFound" }, { 429, "TooManyRequests" }, { 500, "Service_InternalServerError" },
                { 503, "serviceNotAvailable" }, { 501, "NotImplemented" },
        };
        int number = f->status > 0 ? f->status : 503;
        const char *code = f->code != NULL ? f->code : "UnknownError";

        for (size_t i = 0; f->code == NULL && i < sizeof usual / sizeof usual[0]; i++)
                if (usual[i].status == number)
                        code = usual[i].code;
        if (strcmp(x->kind, "token") == 0 && f->body == NULL) {
                text_fmt(&x->reply, "{\"error\":\"%s\",\"error_description\":\"AADSTS90033: A transient error has "
                         "occurred. Please try again.\",\"error_codes\":[90033]}",
                         f->code != NULL ? f->code : "temporarily_unavailable");
                x->status = number;
                x->type = type_plain_json;
        } else if (f->nested) {
                exchange_nested(x, number, "BadRequest", code, f->message != NULL ? f->message : "");
        } else {
                exchange_error(x, number, code, f->message != NULL ? f->message : "");
        }
        x->code = "(fault)";
        if (f->body != NULL) {
                x->reply.len = 0;
                text_put(&x->reply, f->body);
        }
        if (f->type != NULL)
                x->type = f->type;
        if (f->link != NULL)
                exchange_add(x, "Location", f->link);
        retry_after(f, x);
}

static void
html(const struct fault *f, struct exchange *x)
{
        x->status = f->status > 0 ? f->status : 502;
        x->type = type_html;
        x->code = "(fault)";
        text_put(&x->reply, f->body != NULL ? f->body : "<html><head><title>502 Bad Gateway</title></head>"
                 "<body><center><h1>502 Bad Gateway</h1></center></body></html>\r\n");
        retry_after(f, x);
}

static void
closed(const struct fault *f, struct exchange *x)
{
        (void)f;
        x->ending = ENDING_NO_REPLY;
        x->status = 0;
        x->code = "(closed)";
}

static void
expired_token(const struct fault *f, struct exchange *x)
{
        (void)f;
        exchange_trouble(x, T_OLD_TOKEN, "");
}

static void
empty_page(const struct fault *f, struct exchange *x)
{
        (void)f;
        x->empty_page = true;
}

static void
nothing(const struct fault *f, struct exchange *x)
{
        (void)f;
        (void)x;
}

static void
cut_at(const struct fault *f, struct exchange *x, enum ending ending)
{
        x->ending = ending;
        x->cut = f->after >= 0 ? (size_t)f->after : x->reply.len / 2;
}

static void
reset(const struct fault *f, struct exchange *x)
{
        cut_at(f, x, ENDING_RESET);
}

static void
short_body(const struct fault *f, struct exchange *x)
{
        cut_at(f, x, ENDING_SHORT);
}

static void
silent(const struct fault *f, struct exchange *x)
{
        cut_at(f, x, ENDING_SILENT);
}

static void
truncate_json(const struct fault *f, struct exchange *x)
{
        size_t at = f->after >= 0 ? (size_t)f->after : x->reply.len / 2;

        if (at < x->reply.len)
                x->reply.len = at;
}

/* A closing brace too many in the middle of the page. */
static void
broken_json(const struct fault *f, struct exchange *x)
{
        size_t from, to;

        if (mangle_record(&x->reply, f->record, &from, &to))
                x->reply.at[from] = ']';
        else if (x->reply.len > 0)
                x->reply.at[0] = '<';
}

static void
put(const struct fault *f, struct exchange *x, const char *json, size_t len)
{
        if (!mangle_value(&x->reply, f->record, f->property, json, len))
                fprintf(stderr, "graph-emulator: fault '%s' found nothing to spoil in %s\n", fault_name(f), x->query.path);
}

static void
wrong_type(const struct fault *f, struct exchange *x)
{
        if (f->body != NULL)
                put(f, x, f->body, strlen(f->body));
        else
                put(f, x, "12345", 5);
}

static void
missing_id(const struct fault *f, struct exchange *x)
{
        mangle_drop(&x->reply, f->record, "id");
}

static void
huge_value(const struct fault *f, struct exchange *x)
{
        struct text t = { 0 };

        text_char(&t, '"');
        for (int64_t i = 0; i < f->size; i++)
                text_char(&t, (char)('a' + i % 26));
        text_char(&t, '"');
        put(f, x, t.at, t.len);
        text_free(&t);
}

static void
bad_utf8(const struct fault *f, struct exchange *x)
{
        put(f, x, "\"bad \xff\xfe\xc0\xaf end\"", 14);
}

static void
lone_surrogate(const struct fault *f, struct exchange *x)
{
        put(f, x, "\"lone \\ud83d end\"", 17);
}

static void
nul_escape(const struct fault *f, struct exchange *x)
{
        put(f, x, "\"nul\\u0000end\"", 14);
}

static void
foreign_link(const struct fault *f, struct exchange *x)
{
        mangle_link(&x->reply, f->link != NULL ? f->link : "http://127.0.0.1:9/v1.0/users/delta?$skiptoken=stolen");
}

static void
no_link(const struct fault *f, struct exchange *x)
{
        (void)f;
        mangle_link(&x->reply, NULL);
}

static void
both_links(const struct fault *f, struct exchange *x)
{
        const char *both = ",\"@odata.nextLink\":\"http://127.0.0.1:9/a\",\"@odata.deltaLink\":\"http://127.0.0.1:9/b\"}";

        (void)f;
        if (mangle_link(&x->reply, NULL) && x->reply.len > 0) {
                x->reply.len--;
                text_put(&x->reply, both);
        }
}

/* The link leads to this very page again. */
static void
same_link(const struct fault *f, struct exchange *x)
{
        const char *host = exchange_header(x, "Host");
        struct text link = { 0 };

        (void)f;
        text_fmt(&link, "http://%s%s", host != NULL ? host : "127.0.0.1", x->url);
        mangle_link(&x->reply, text_str(&link));
        text_free(&link);
}

static void
extra_members(const struct fault *f, struct exchange *x)
{
        static const char members[] = ",\"@odata.type\":\"#microsoft.graph.user\",\"x@odata.type\":\"#Collection(String)\","
                                      "\"unheardOf\":{\"deep\":[1,{\"a\":null},[true,-0.5e3]]},\"rocket\":\"\\ud83d\\ude80\"";

        mangle_add(&x->reply, f->record, members, sizeof members - 1);
}

static void
big_array(const struct fault *f, struct exchange *x)
{
        struct text t = { 0 };

        text_put(&t, ",\"otherMails\":[");
        for (int i = 0; i < 10000; i++)
                text_fmt(&t, "%s\"address%d@many.example\"", i > 0 ? "," : "", i);
        text_char(&t, ']');
        mangle_drop(&x->reply, f->record, "otherMails");
        mangle_add(&x->reply, f->record, t.at, t.len);
        text_free(&t);
}

static const struct action {
        const char *name;
        void (*act)(const struct fault *f, struct exchange *x);
        enum { INSTEAD, AHEAD, BEHIND } when;
} actions[] = {
        { "status", status, INSTEAD }, { "html", html, INSTEAD }, { "close", closed, INSTEAD },
        { "expired-token", expired_token, INSTEAD }, { "empty-page", empty_page, AHEAD },
        { "delay-ms", nothing, AHEAD }, { "delay", nothing, AHEAD },
        { "reset-after-bytes", reset, BEHIND }, { "short-body", short_body, BEHIND }, { "silent", silent, BEHIND },
        { "truncate", truncate_json, BEHIND }, { "broken-json", broken_json, BEHIND },
        { "wrong-type", wrong_type, BEHIND }, { "missing-id", missing_id, BEHIND },
        { "huge-value", huge_value, BEHIND }, { "bad-utf8", bad_utf8, BEHIND },
        { "lone-surrogate", lone_surrogate, BEHIND }, { "nul-escape", nul_escape, BEHIND },
        { "foreign-next-link", foreign_link, BEHIND }, { "no-link", no_link, BEHIND },
        { "both-links", both_links, BEHIND }, { "same-link", same_link, BEHIND },
        { "extra-members", extra_members, BEHIND }, { "big-array", big_array, BEHIND },
};

int
spoil_find(const char *name)
{
        for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
                if (strcmp(actions[i].name, name) == 0)
                        return (int)i;
        return -1;
}

const char *
spoil_name(int action)
{
        return actions[action].name;
}

bool
spoil_before(const struct fault *f, struct exchange *x)
{
        const struct action *a = &actions[f->action];

        if (a->when != BEHIND)
                a->act(f, x);
        return a->when == INSTEAD;
}

void
spoil_after(const struct fault *f, struct exchange *x)
{
        if (actions[f->action].when == BEHIND)
                actions[f->action].act(f, x);
}
