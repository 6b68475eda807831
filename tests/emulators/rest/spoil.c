/* spoil.c - what each action of a fault does: one function an action, in a
 * table. Those marked INSTEAD give the reply; the others change the one that
 * the handler gave. */
#include "spoil.h"
#include "clock.h"
#include "mangle.h"
#include "rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* "3" and "2.128" as they are; "date+3" becomes the HTTP date in 3 seconds. */
void
spoil_retry_after(const struct fault *f, struct exchange *x)
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
        int number = f->status > 0 ? f->status : 503;

        x->status = number;
        x->type = type_json;
        x->rest->service->refuse(x, number, f->code, f->message, f->nested);
        x->code = "(fault)";
        if (f->body != NULL) {
                x->reply.len = 0;
                text_put(&x->reply, f->body);
        }
        if (f->type != NULL)
                x->type = f->type;
        if (f->link != NULL)
                exchange_add(x, "Location", f->link);
        spoil_retry_after(f, x);
}

static void
html(const struct fault *f, struct exchange *x)
{
        x->status = f->status > 0 ? f->status : 502;
        x->type = type_html;
        x->code = "(fault)";
        text_put(&x->reply, f->body != NULL ? f->body : "<html><head><title>502 Bad Gateway</title></head>"
                 "<body><center><h1>502 Bad Gateway</h1></center></body></html>\r\n");
        spoil_retry_after(f, x);
}

static void
closed(const struct fault *f, struct exchange *x)
{
        (void)f;
        x->ending = ENDING_NO_REPLY;
        x->status = 0;
        x->code = "(closed)";
}

/* The service has done what was asked, and nobody hears of it. */
static void
lost(const struct fault *f, struct exchange *x)
{
        (void)f;
        x->ending = ENDING_NO_REPLY;
        x->code = "(lost)";
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

        if (mangle_record(&x->reply, x->rest->service->lists, f->record, &from, &to))
                x->reply.at[from] = ']';
        else if (x->reply.len > 0)
                x->reply.at[0] = '<';
}

void
spoil_value(const struct fault *f, struct exchange *x, const char *json, size_t len)
{
        const struct service *s = x->rest->service;

        if (!mangle_value(&x->reply, s->lists, f->record, f->property, json, len))
                fprintf(stderr, "%s: fault '%s' found nothing to spoil in %s\n", s->name,
                        spoil_action(s, f->action)->name, x->query.path);
}

static void
wrong_type(const struct fault *f, struct exchange *x)
{
        if (f->body != NULL)
                spoil_value(f, x, f->body, strlen(f->body));
        else
                spoil_value(f, x, "12345", 5);
}

static void
huge_value(const struct fault *f, struct exchange *x)
{
        struct text t = { 0 };

        text_char(&t, '"');
        for (int64_t i = 0; i < f->size; i++)
                text_char(&t, (char)('a' + i % 26));
        text_char(&t, '"');
        spoil_value(f, x, t.at, t.len);
        text_free(&t);
}

static void
bad_utf8(const struct fault *f, struct exchange *x)
{
        spoil_value(f, x, "\"bad \xff\xfe\xc0\xaf end\"", 14);
}

static void
lone_surrogate(const struct fault *f, struct exchange *x)
{
        spoil_value(f, x, "\"lone \\ud83d end\"", 17);
}

static void
nul_escape(const struct fault *f, struct exchange *x)
{
        spoil_value(f, x, "\"nul\\u0000end\"", 14);
}

static void
missing_id(const struct fault *f, struct exchange *x)
{
        mangle_drop(&x->reply, x->rest->service->lists, f->record, "id");
}

static void
missing(const struct fault *f, struct exchange *x)
{
        if (f->property != NULL)
                mangle_drop(&x->reply, x->rest->service->lists, f->record, f->property);
}

static void
extra_members(const struct fault *f, struct exchange *x)
{
        static const char members[] = ",\"@odata.type\":\"#microsoft.graph.user\",\"x@odata.type\":\"#Collection(String)\","
                                      "\"unheardOf\":{\"deep\":[1,{\"a\":null},[true,-0.5e3]]},\"rocket\":\"\\ud83d\\ude80\"";

        mangle_add(&x->reply, x->rest->service->lists, f->record, members, sizeof members - 1);
}

static const struct action actions[] = {
        { "status", status, INSTEAD, NULL }, { "html", html, INSTEAD, "status" }, { "close", closed, INSTEAD, NULL },
        { "delay-ms", nothing, AHEAD, NULL }, { "delay", nothing, AHEAD, NULL },
        { "lose", lost, BEHIND, NULL },
        { "reset-after-bytes", reset, BEHIND, "after" }, { "short-body", short_body, BEHIND, "after" },
        { "silent", silent, BEHIND, "after" }, { "truncate", truncate_json, BEHIND, "after" },
        { "broken-json", broken_json, BEHIND, NULL }, { "wrong-type", wrong_type, BEHIND, NULL },
        { "missing-id", missing_id, BEHIND, NULL }, { "missing", missing, BEHIND, "property" }, { "huge-value", huge_value, BEHIND, "size" },
        { "bad-utf8", bad_utf8, BEHIND, NULL }, { "lone-surrogate", lone_surrogate, BEHIND, NULL },
        { "nul-escape", nul_escape, BEHIND, NULL }, { "extra-members", extra_members, BEHIND, NULL },
};
enum { ACTIONS = sizeof actions / sizeof actions[0] };

int
spoil_find(const struct service *s, const char *name)
{
        for (int i = 0; i < ACTIONS; i++)
                if (strcmp(actions[i].name, name) == 0)
                        return i;
        for (int i = 0; s->actions[i].name != NULL; i++)
                if (strcmp(s->actions[i].name, name) == 0)
                        return ACTIONS + i;
        return -1;
}

const struct action *
spoil_action(const struct service *s, int action)
{
        return action < ACTIONS ? &actions[action] : &s->actions[action - ACTIONS];
}

bool
spoil_before(const struct fault *f, struct exchange *x)
{
        const struct action *a = spoil_action(x->rest->service, f->action);

        if (a->when != BEHIND)
                a->act(f, x);
        return a->when == INSTEAD;
}

void
spoil_after(const struct fault *f, struct exchange *x)
{
        const struct action *a = spoil_action(x->rest->service, f->action);

        if (a->when == BEHIND)
                a->act(f, x);
}
