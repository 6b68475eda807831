/* list.c - GET /users, /users/$count and the deleted ones.
 *
 * A page's link holds the position, the size, the selection and the filter's
 * text; the header ConsistencyLevel is not remembered, as with the service. */
#include "emulator.h"
#include "filter.h"
#include "link.h"
#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { SIGN_INS_MAX = 500 };    /* on a page with signInActivity */

struct listing {
        struct emulator *e;
        struct exchange *x;
        struct link link;
        struct text text;               /* of the filter */
        struct filter filter;
        struct selection selection;
        enum life life;                 /* of whom it lists */
        const char *path;
};

bool
list_top(const struct emulator *e, struct exchange *x, struct link *link)
{
        const char *top = query_value(&x->query, "$top");
        int64_t usual = e->set.list_page_size;
        char *end;
        long n;

        link->size = (uint16_t)(usual < TOP_MAX ? usual : TOP_MAX);
        if (top == NULL)
                return true;
        n = strtol(top, &end, 10);
        if (*end != '\0' || *top == '\0' || n < 1 || n > TOP_MAX) {
                exchange_trouble(x, T_BAD_TOP, top);
                return false;
        }
        link->size = (uint16_t)n;
        return true;
}

bool
list_counted(const struct exchange *x)
{
        const char *count = query_value(&x->query, "$count");

        return x->own->eventual && count != NULL && strcasecmp(count, "true") == 0;
}

static bool
fits(const struct listing *l, uint32_t index, struct text *scratch)
{
        const struct directory *d = &l->e->people;

        return d->members[index].life == l->life &&
               (l->filter.count == 0 || filter_fits(&l->filter, d, index, scratch));
}

static uint32_t
count_all(const struct listing *l)
{
        struct text scratch = { 0 };
        uint32_t n = 0;

        if (l->filter.count == 0)
                return l->life == LIFE_LIVE ? l->e->people.live : l->e->people.deleted;
        for (uint32_t i = 0; i < l->e->people.count; i++)
                n += fits(l, i, &scratch);
        text_free(&scratch);
        return n;
}

static void
write_objects(struct listing *l)
{
        const struct style style = { .extras = l->e->set.extras };
        struct text scratch = { 0 };
        uint32_t written = 0, at = l->link.at;

        for (; at < l->e->people.count; at++) {
                if (!fits(l, at, &scratch))
                        continue;
                if (written == l->link.size)
                        break;
                if (written++ > 0)
                        text_lit(&l->x->reply, ",\n");
                object_write(&l->e->people, at, &l->selection, &style, &l->x->reply);
                if ((l->link.flags & LINK_EXPAND) != 0)
                        object_write_boss(&l->e->people, at, &style, l->x);
        }
        l->link.at = at;
        l->x->objects += written;
        text_free(&scratch);
}

static void
write_page(struct listing *l, bool first)
{
        struct emulator *e = l->e;
        struct text *t = &l->x->reply, link = { 0 };

        l->x->status = 200;
        l->x->type = type_odata;
        text_fmt(t, "{\"@odata.context\":\"%s/v1.0/$metadata#%s", e->rest.base,
                 l->life == LIFE_LIVE ? "users" : "directoryObjects");
        selection_text(&l->selection, t);
        text_lit(t, "\",");
        if (first && (l->link.flags & LINK_ADVANCED) != 0)
                text_fmt(t, "\"@odata.count\":%u,", count_all(l));
        text_lit(t, "\"value\":[");
        write_objects(l);
        text_char(t, ']');
        if (l->link.at < e->people.count) {
                l->link.serial = ++e->link_serial;
                link_write(&l->link, text_str(&l->text), e->link_key, (size_t)e->set.link_length, &link);
                text_fmt(t, ",\"@odata.nextLink\":\"%s/v1.0/%s?$skiptoken=%s\"", e->rest.base, l->path, text_str(&link));
                text_free(&link);
        }
        text_char(t, '}');
}

static bool
begin(struct listing *l)
{
        struct exchange *x = l->x;
        const char *filter = query_value(&x->query, "$filter"), *expand = query_value(&x->query, "$expand");
        bool advanced = list_counted(x);

        l->link = (struct link){ .kind = LINK_LIST, .issued = x->now };
        if (query_option(&x->query, "$skip") != NULL || query_option(&x->query, "$orderby") != NULL ||
            query_option(&x->query, "$search") != NULL) {
                exchange_trouble(x, T_UNSUPPORTED, "$skip, $orderby and $search are not available here.");
                return false;
        }
        if (expand != NULL && strncasecmp(expand, "manager", 7) != 0) {
                exchange_trouble(x, T_UNSUPPORTED, expand);
                return false;
        }
        if (!list_top(l->e, x, &l->link) || !selection_read(&l->selection, query_value(&x->query, "$select"), READING_COLLECTION, x))
                return false;
        if (filter != NULL) {
                text_put(&l->text, filter);
                if (!filter_read(&l->filter, filter, advanced, x))
                        return false;
        }
        if (l->link.size > SIGN_INS_MAX && props_has(&l->selection.set, (unsigned)property_find("signInActivity", 14))) {
                if (query_value(&x->query, "$top") != NULL) {
                        exchange_trouble(x, T_BAD_SIGN_INS, query_value(&x->query, "$top"));
                        return false;
                }
                l->link.size = SIGN_INS_MAX;
        }
        l->link.flags = (uint8_t)((advanced ? LINK_ADVANCED : 0) | (expand != NULL ? LINK_EXPAND : 0));
        l->link.filter_len = (uint32_t)l->text.len;
        l->link.select = l->selection.set;
        return true;
}

static bool
go_on(struct listing *l, const struct query_option *token)
{
        struct emulator *e = l->e;
        struct exchange *x = l->x;

        if (!link_read(&l->link, &l->text, e->link_key, token->exact) || l->link.kind != LINK_LIST ||
            l->link.at > e->people.count || (e->pages_dead && l->link.serial <= e->links_dead) ||
            ((l->link.flags & LINK_ADVANCED) != 0 && !x->own->eventual)) {
                exchange_trouble(x, T_PAGE_TOKEN, "");
                return false;
        }
        if (query_option(&x->query, "$select") != NULL) {
                exchange_trouble(x, T_SELECT_ON_LINK, "");
                return false;
        }
        selection_of(&l->selection, &l->link.select);
        return l->text.len == 0 || filter_read(&l->filter, text_str(&l->text), (l->link.flags & LINK_ADVANCED) != 0, x);
}

static void
answer(struct listing *l)
{
        const struct query_option *token = query_option(&l->x->query, "$skiptoken");

        if (token != NULL ? go_on(l, token) : begin(l))
                write_page(l, token == NULL);
        filter_free(&l->filter);
        text_free(&l->text);
}

void
users_list(struct emulator *e, struct exchange *x)
{
        struct listing l = { .e = e, .x = x, .life = LIFE_LIVE, .path = "users" };

        answer(&l);
}

void
deleted_list(struct emulator *e, struct exchange *x)
{
        struct listing l = { .e = e, .x = x, .life = LIFE_DELETED, .path = "directory/deletedItems/microsoft.graph.user" };

        if (x->query.segment_count < 4)
                exchange_trouble(x, T_CAST_NEEDED, "");
        else
                answer(&l);
}

void
users_count(struct emulator *e, struct exchange *x)
{
        struct listing l = { .e = e, .x = x, .life = LIFE_LIVE };
        const char *filter = query_value(&x->query, "$filter");

        if (!x->own->eventual) {
                exchange_trouble(x, T_COUNT, "");
                return;
        }
        if (filter == NULL || filter_read(&l.filter, filter, true, x)) {
                x->status = 200;
                x->type = type_text;
                text_uint(&x->reply, count_all(&l));
        }
        filter_free(&l.filter);
}
