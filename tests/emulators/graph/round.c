/* round.c - what the rounds of users/delta and groups/delta share; see round.h. */
#include "round.h"

#include <stdio.h>
#include <strings.h>

static void
refuse_old(struct round *r, int64_t form)
{
        static const enum trouble as[EXPIRY_FORMS] = {
                [EXPIRY_THIRTY] = T_THIRTY, [EXPIRY_SYNC_STATE] = T_SYNC_STATE, [EXPIRY_GONE] = T_GONE,
                [EXPIRY_CAPITAL] = T_CAPITAL, [EXPIRY_NESTED] = T_NESTED, [EXPIRY_RESYNC] = T_RESYNC,
                [EXPIRY_LENIENT] = T_THIRTY,
        };
        struct text location = { 0 };

        if (form == EXPIRY_GONE) {
                text_fmt(&location, "%s/v1.0/%s/delta?$deltatoken=", r->e->rest.base, r->track.name);
                exchange_add(r->x, "Location", text_str(&location));
                text_free(&location);
        }
        exchange_trouble(r->x, as[form], "");
}

/* Whether the link may still be used. */
static bool
fresh(struct round *r, bool page)
{
        const struct emulator *e = r->e;
        int64_t age = r->x->now - r->link.issued, form = e->set.expiry;
        bool dead = r->link.serial <= e->links_dead && (!page || e->pages_dead);

        if (!dead && (age <= e->set.link_age || (form == EXPIRY_LENIENT && age <= e->set.link_age_hard)))
                return true;
        if (page)
                exchange_trouble(r->x, T_PAGE_TOKEN, "");
        else
                refuse_old(r, dead ? e->links_dead_as : form);
        return false;
}

static bool
go_on(struct round *r, const struct query_option *token, enum link_kind kind)
{
        const struct emulator *e = r->e;
        struct link *k = &r->link;
        uint32_t from;

        if (!link_read(k, &r->filter, e->link_key, token->exact) || k->kind != kind) {
                exchange_trouble(r->x, T_THIRTY, "");
                return false;
        }
        if (query_option(&r->x->query, "$select") != NULL) {
                exchange_trouble(r->x, T_SELECT_ON_LINK, "");
                return false;
        }
        if (!fresh(r, kind == r->track.page))
                return false;
        if (k->from > r->track.log->count || k->to > r->track.log->count || k->people > r->track.count) {
                exchange_trouble(r->x, T_SYNC_STATE, "");       /* of another life of the emulator */
                return false;
        }
        if (kind == r->track.page)
                return true;
        from = k->from;
        k->to = r->track.log->count;
        if (e->set.replay)
                k->from = k->before;
        k->before = from;
        return true;
}

bool
round_open(struct round *r, bool (*begin)(struct round *r))
{
        const struct query_option *skip = query_option(&r->x->query, "$skiptoken");
        const struct query_option *token = query_option(&r->x->query, "$deltatoken");
        int64_t size = r->e->set.page_size;

        if (skip != NULL)
                return go_on(r, skip, r->track.page);
        if (token != NULL && strcasecmp(token->value, "latest") != 0 && *token->value != '\0') {
                if (!go_on(r, token, r->track.delta))
                        return false;
        } else if (r->e->set.b2c) {
                exchange_trouble(r->x, T_B2C, "");
                return false;
        } else if (!begin(r)) {
                return false;
        }
        r->link.size = (uint16_t)(size < UINT16_MAX ? size : UINT16_MAX);
        return true;
}

bool
round_read_ids(struct round *r, const char *filter)
{
        char number[16];
        int count = 0;

        while (true) {
                char id[GUID_LEN + 1];
                int len = 0;

                if (sscanf(filter, " id eq '%36[^']'%n", id, &len) != 1 || len == 0 || !guid_is(id)) {
                        exchange_trouble(r->x, T_DELTA_FILTER, filter);
                        return false;
                }
                text_raw(&r->filter, id, GUID_LEN);
                count++;
                filter += len;
                if (filter[strspn(filter, " ")] == '\0')
                        break;
                if (strncasecmp(filter, " or ", 4) != 0) {
                        exchange_trouble(r->x, T_DELTA_FILTER, filter);
                        return false;
                }
                filter += 4;
        }
        if (count > 50) {
                snprintf(number, sizeof number, "%d", count);
                exchange_trouble(r->x, T_MANY_IDS, number);
        }
        return count <= 50;
}

bool
round_wants(const struct round *r, uint32_t index)
{
        char id[GUID_LEN];

        if (r->filter.len == 0)
                return true;
        guid_write(id, r->track.realm, index);
        for (size_t at = 0; at + GUID_LEN <= r->filter.len; at += GUID_LEN)
                if (strncasecmp(r->filter.at + at, id, GUID_LEN) == 0)
                        return true;
        return false;
}

void
round_comma(struct round *r)
{
        if (!r->first)
                text_lit(&r->x->reply, ",\n");
        r->first = false;
        r->x->objects++;
}

void
round_link(struct round *r, bool more)
{
        struct emulator *e = r->e;
        struct link next = r->link;
        struct text *t = &r->x->reply;

        next.kind = (uint8_t)(more ? r->track.page : r->track.delta);
        next.serial = ++e->link_serial;
        next.issued = r->x->now;
        if (!more) {
                next.before = r->link.flags & LINK_INITIAL ? r->link.to : r->link.before;
                next.from = r->link.to;
                next.flags = 0;
                next.to = next.people = next.at = next.page_at = next.page = 0;
        }
        text_fmt(t, "\"%s\":\"%s/v1.0/%s/delta?$%s=", more ? "@odata.nextLink" : "@odata.deltaLink", e->rest.base,
                 r->track.name, more ? "skiptoken" : "deltatoken");
        link_write(&next, text_str(&r->filter), e->link_key, (size_t)e->set.link_length, t);
        text_char(t, '"');
}
