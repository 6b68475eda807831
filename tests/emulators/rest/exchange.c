/* exchange.c - one request and the reply to it; see exchange.h. */
#include "exchange.h"
#include "rest.h"

#include <stdio.h>
#include <stdlib.h>

const char type_json[] = "application/json; charset=utf-8";
const char type_html[] = "text/html; charset=us-ascii";
const char type_text[] = "text/plain";

void
exchange_open(struct exchange *x, struct rest *r)
{
        if (x->rest != NULL)
                return;
        x->rest = r;
        if (r->service->asked_size > 0)
                x->own = room(r->service->asked_size);
}

const char *
exchange_header(const struct exchange *x, const char *name)
{
        return x->header != NULL ? x->header(x->self, name) : NULL;
}

void
exchange_add(struct exchange *x, const char *name, const char *value)
{
        if (x->header_count == EXCHANGE_HEADERS) {
                fprintf(stderr, "%s: a reply with too many headers\n", x->rest->service->name);
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
        free(x->own);
        text_free(&x->body);
        text_free(&x->reply);
}
