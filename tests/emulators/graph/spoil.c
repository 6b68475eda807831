/* spoil.c - what faults can do to this service alone: links, tokens and empty pages. */
#include "emulator.h"
#include "spoil.h"
#include "../rest/mangle.h"

static const char *const link_names[] = { "@odata.nextLink", "@odata.deltaLink", NULL };

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
        x->own->empty_page = true;
}

static void
foreign_link(const struct fault *f, struct exchange *x)
{
        mangle_member(&x->reply, link_names, f->link != NULL ? f->link : "http://127.0.0.1:9/v1.0/users/delta?$skiptoken=stolen");
}

static void
no_link(const struct fault *f, struct exchange *x)
{
        (void)f;
        mangle_member(&x->reply, link_names, NULL);
}

static void
both_links(const struct fault *f, struct exchange *x)
{
        const char *both = ",\"@odata.nextLink\":\"http://127.0.0.1:9/a\",\"@odata.deltaLink\":\"http://127.0.0.1:9/b\"}";

        (void)f;
        if (mangle_member(&x->reply, link_names, NULL) && x->reply.len > 0) {
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
        mangle_member(&x->reply, link_names, text_str(&link));
        text_free(&link);
}

static void
big_array(const struct fault *f, struct exchange *x)
{
        struct text t = { 0 };

        text_put(&t, ",\"otherMails\":[");
        for (int i = 0; i < 10000; i++)
                text_fmt(&t, "%s\"address%d@many.example\"", i > 0 ? "," : "", i);
        text_char(&t, ']');
        mangle_drop(&x->reply, graph_service.lists, f->record, "otherMails");
        mangle_add(&x->reply, graph_service.lists, f->record, t.at, t.len);
        text_free(&t);
}

const struct action graph_actions[] = {
        { "expired-token", expired_token, INSTEAD, NULL }, { "empty-page", empty_page, AHEAD, NULL },
        { "foreign-next-link", foreign_link, BEHIND, "link" }, { "no-link", no_link, BEHIND, NULL },
        { "both-links", both_links, BEHIND, NULL }, { "same-link", same_link, BEHIND, NULL },
        { "big-array", big_array, BEHIND, NULL }, { .name = NULL }
};
