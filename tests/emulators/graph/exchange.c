/* exchange.c - one request and the reply to it; see exchange.h. */
#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>

const char type_json[] = "application/json;odata.metadata=minimal;odata.streaming=true;"
                         "IEEE754Compatible=false;charset=utf-8";
const char type_plain_json[] = "application/json; charset=utf-8";
const char type_html[] = "text/html; charset=us-ascii";
const char type_text[] = "text/plain";

const char *
exchange_header(const struct exchange *x, const char *name)
{
        return x->header != NULL ? x->header(x->self, name) : NULL;
}

void
exchange_add(struct exchange *x, const char *name, const char *value)
{
        if (x->header_count == EXCHANGE_HEADERS) {
                fputs("graph-emulator: a reply with too many headers\n", stderr);
                abort();
        }
        x->headers[x->header_count++] = (struct header){ room_copy(name), room_copy(value) };
}

void
exchange_free(struct exchange *x)
{
        for (int i = 0; i < x->header_count; i++) {
                free(x->headers[i].name);
                free(x->headers[i].value);
        }
        query_free(&x->query);
        text_free(&x->body);
        text_free(&x->reply);
}

/* The inner part of every error: when, and the two request ids. */
static void
inner(struct exchange *x, const char *code)
{
        struct text *t = &x->reply;

        text_lit(t, ",\"innerError\":{");
        if (code != NULL) {
                text_lit(t, "\"code\":");
                text_json(t, code);
                text_char(t, ',');
        }
        text_lit(t, "\"date\":\"");
        text_time(t, x->now);
        t->len--;                               /* no 'Z' in this one */
        text_lit(t, "\",\"request-id\":\"");
        text_put(t, x->request_id);
        text_lit(t, "\",\"client-request-id\":\"");
        text_put(t, x->client_request_id);
        text_lit(t, "\"}");
}

void
exchange_nested(struct exchange *x, int status, const char *outer, const char *nested, const char *message)
{
        struct text *t = &x->reply;

        t->len = 0;
        x->status = status;
        x->type = type_json;
        x->code = nested != NULL ? nested : outer;
        text_lit(t, "{\"error\":{\"code\":");
        text_json(t, outer);
        text_lit(t, ",\"message\":");
        text_json(t, message);
        inner(x, nested);
        text_lit(t, "}}");
        if (status == 401)
                exchange_add(x, "WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"https://login."
                             "microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"");
}

void
exchange_error(struct exchange *x, int status, const char *code, const char *message)
{
        exchange_nested(x, status, code, NULL, message);
}

void
exchange_trouble(struct exchange *x, enum trouble what, const char *about)
{
        const struct trouble_row *row = &troubles[what];
        struct text message = { 0 };
        const char *at = strstr(row->text, "%s");

        if (at != NULL) {
                text_raw(&message, row->text, (size_t)(at - row->text));
                text_put(&message, about);
                text_put(&message, at + 2);
        } else {
                text_put(&message, row->text);
        }
        if (what == T_NESTED)
                exchange_nested(x, row->status, row->code, "syncStateNotFound", text_str(&message));
        else
                exchange_error(x, row->status, row->code, text_str(&message));
        text_free(&message);
}
