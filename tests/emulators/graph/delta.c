/* delta.c - GET /users/delta.
 *
 * A round is a walk over positions: the initial one over the people that were
 * there when it began, a later one over the entries of the log after the delta
 * link's and up to the end as it was at the round's first page. A position
 * gives at most one object, as it is when the page is written. Where objects
 * are to be repeated, a page begins with the right edition of those that the
 * page before it sent with an old value. */
#include "emulator.h"
#include "link.h"
#include "object.h"

#include <stdio.h>
#include <strings.h>

struct round {
        struct emulator *e;
        struct exchange *x;
        struct link link;
        struct text filter;             /* ids, 36 characters each */
        struct selection selection;
        struct style style;
        uint32_t end;                   /* positions */
        bool first;                     /* object of the page */
};

static void
refuse_old(struct emulator *e, struct exchange *x, int64_t form, const char *what)
{
        static const enum trouble as[EXPIRY_FORMS] = {
                [EXPIRY_THIRTY] = T_THIRTY, [EXPIRY_SYNC_STATE] = T_SYNC_STATE, [EXPIRY_GONE] = T_GONE,
                [EXPIRY_CAPITAL] = T_CAPITAL, [EXPIRY_NESTED] = T_NESTED, [EXPIRY_RESYNC] = T_RESYNC,
                [EXPIRY_LENIENT] = T_THIRTY,
        };
        struct text location = { 0 };

        if (form == EXPIRY_GONE) {
                text_fmt(&location, "%s/v1.0/%s/delta?$deltatoken=", e->base, what);
                exchange_add(x, "Location", text_str(&location));
                text_free(&location);
        }
        exchange_trouble(x, as[form], "");
}

bool
delta_link_fresh(struct emulator *e, struct exchange *x, const struct link *link, bool page, const char *what)
{
        int64_t age = x->now - link->issued;

        if (link->serial <= e->links_dead && (!page || e->pages_dead)) {
                if (page)
                        exchange_trouble(x, T_PAGE_TOKEN, "");
                else
                        refuse_old(e, x, e->links_dead_as, what);
                return false;
        }
        if (age <= e->set.link_age || (e->set.expiry == EXPIRY_LENIENT && age <= e->set.link_age_hard))
                return true;
        if (page)
                exchange_trouble(x, T_PAGE_TOKEN, "");
        else
                refuse_old(e, x, e->set.expiry, what);
        return false;
}

/* "id eq '...' or id eq '...'": the ids go into the link. */
bool
delta_read_ids(struct exchange *x, const char *filter, struct text *ids)
{
        int count = 0;

        while (true) {
                char id[GUID_LEN + 1];
                int len = 0;

                if (sscanf(filter, " id eq '%36[^']'%n", id, &len) != 1 || len == 0 || !guid_is(id)) {
                        exchange_trouble(x, T_DELTA_FILTER, filter);
                        return false;
                }
                text_raw(ids, id, GUID_LEN);
                count++;
                filter += len;
                if (filter[strspn(filter, " ")] == '\0')
                        break;
                if (strncasecmp(filter, " or ", 4) != 0) {
                        exchange_trouble(x, T_DELTA_FILTER, filter);
                        return false;
                }
                filter += 4;
        }
        if (count > 50) {
                char number[16];

                snprintf(number, sizeof number, "%d", count);
                exchange_trouble(x, T_MANY_IDS, number);
        }
        return count <= 50;
}

static bool
wanted(const struct round *r, uint32_t index)
{
        char id[GUID_LEN];

        if (r->filter.len == 0)
                return true;
        guid_write(id, r->e->people.world.realm, index);
        for (size_t at = 0; at + GUID_LEN <= r->filter.len; at += GUID_LEN)
                if (strncasecmp(r->filter.at + at, id, GUID_LEN) == 0)
                        return true;
        return false;
}

/* Another order, the same for all pages of the round: steps of a width that
 * has no divisor in common with the number of positions. */
static uint32_t
shuffled(const struct round *r, uint32_t position)
{
        static const uint32_t steps[] = { 2147483647, 1000003, 7919, 104729 };
        uint32_t step = 1;

        if ((r->link.flags & LINK_SHUFFLE) == 0 || r->end < 3)
                return position;
        for (size_t i = 0; i < sizeof steps / sizeof steps[0] && step == 1; i++)
                if (r->end % steps[i] != 0)
                        step = steps[i];
        return (uint32_t)((uint64_t)position * step % r->end);
}

static void
comma(struct round *r)
{
        if (!r->first)
                text_lit(&r->x->reply, ",\n");
        r->first = false;
        r->x->objects++;
}

/* Writes what stands at a position; false if nothing does. */
static bool
write_position(struct round *r, uint32_t position, bool stale)
{
        const struct directory *d = &r->e->people;
        uint32_t at = shuffled(r, position), index = at, number = 0;
        struct style style = r->style;
        struct span span;

        style.stale = stale;
        if ((r->link.flags & LINK_INITIAL) == 0) {
                number = r->link.from + 1 + at;
                index = deltalog_at(&d->log, number)->object;
                if (!deltalog_last(&d->log, number, r->link.to))
                        return false;
        }
        if (!wanted(r, index))
                return false;
        if (d->members[index].life != LIFE_LIVE) {
                if (number == 0 && !r->e->set.ghosts)
                        return false;
                comma(r);
                object_write_removed(d, index, d->members[index].life == LIFE_DELETED ? "changed" : "deleted",
                                     &r->x->reply);
                return true;
        }
        if (number != 0) {
                deltalog_span(&d->log, number, r->link.from, &span);
                if (!span.came && !props_meet(&span.touched, &r->selection.set))
                        return false;
                style.span = &span;
        }
        comma(r);
        object_write(d, index, &r->selection, &style, &r->x->reply);
        return true;
}

static bool
repeats(const struct round *r, uint32_t position)
{
        return r->e->set.repeat_every > 0 && position % r->e->set.repeat_every == 0;
}

static void
write_link(struct round *r, bool more)
{
        struct emulator *e = r->e;
        struct link next = r->link;
        struct text *t = &r->x->reply;

        next.kind = more ? LINK_DELTA_PAGE : LINK_DELTA;
        next.serial = ++e->link_serial;
        next.issued = r->x->now;
        if (!more) {
                next.before = r->link.flags & LINK_INITIAL ? r->link.to : r->link.before;
                next.from = r->link.to;
                next.flags = 0;
                next.to = next.people = next.at = next.page_at = next.page = 0;
        }
        text_fmt(t, "\"%s\":\"%s/v1.0/users/delta?$%s=", more ? "@odata.nextLink" : "@odata.deltaLink", e->base,
                 more ? "skiptoken" : "deltatoken");
        link_write(&next, text_str(&r->filter), e->link_key, (size_t)e->set.link_length, t);
        text_char(t, '"');
}

/* The page: header, objects, then the link (real Graph puts it first; readers
 * must not care). */
static void
write_page(struct round *r)
{
        struct emulator *e = r->e;
        struct link *k = &r->link;
        uint32_t start = k->at, written = 0;
        bool empty = r->x->empty_page || (e->set.empty_first && k->page == 0) ||
                     (e->set.empty_every > 0 && k->page % e->set.empty_every == e->set.empty_every - 1);
        bool pending = false;

        r->x->status = 200;
        r->x->type = type_json;
        text_fmt(&r->x->reply, "{\"@odata.context\":\"%s/v1.0/$metadata#users(", e->base);
        selection_text(&r->selection, &r->x->reply);
        text_lit(&r->x->reply, ")\",\"value\":[");
        r->first = true;
        k->page++;
        if (!empty) {
                for (uint32_t i = k->page_at; i < k->at; i++)
                        if (repeats(r, i))
                                write_position(r, i, false);
                while (k->at < r->end && written < k->size) {
                        bool stale = repeats(r, k->at);
                        bool wrote = write_position(r, k->at, stale);

                        written += wrote;
                        pending = pending || (wrote && stale);
                        k->at++;
                }
                k->page_at = start;
        }
        text_lit(&r->x->reply, "],");
        write_link(r, empty || k->at < r->end || pending);
        text_char(&r->x->reply, '}');
}

static bool
begin(struct round *r)
{
        struct emulator *e = r->e;
        const char *filter = query_value(&r->x->query, "$filter");
        const char *token = query_value(&r->x->query, "$deltatoken");

        if (e->set.b2c) {
                exchange_trouble(r->x, T_B2C, "");
                return false;
        }
        if (!selection_read(&r->selection, query_value(&r->x->query, "$select"), READING_COLLECTION, r->x) ||
            (filter != NULL && !delta_read_ids(r->x, filter, &r->filter)))
                return false;
        r->link = (struct link){
                .flags = LINK_INITIAL, .to = e->people.log.count, .people = e->people.count,
                .filter_len = (uint32_t)r->filter.len, .select = r->selection.set,
        };
        if (token != NULL && strcasecmp(token, "latest") == 0)
                r->link.people = 0;
        return true;
}

/* Goes on from a link; what the page size or the order is now does not matter
 * to a round that has begun. */
static bool
go_on(struct round *r, const struct query_option *token, enum link_kind kind)
{
        struct emulator *e = r->e;

        if (!link_read(&r->link, &r->filter, e->link_key, token->exact) || r->link.kind != kind) {
                exchange_trouble(r->x, T_THIRTY, "");
                return false;
        }
        if (query_option(&r->x->query, "$select") != NULL) {
                exchange_trouble(r->x, T_SELECT_ON_LINK, "");
                return false;
        }
        if (!delta_link_fresh(e, r->x, &r->link, kind == LINK_DELTA_PAGE, "users"))
                return false;
        if (r->link.from > e->people.log.count || r->link.people > e->people.count ||
            r->link.to > e->people.log.count) {
                exchange_trouble(r->x, T_SYNC_STATE, "");       /* of another life of the emulator */
                return false;
        }
        selection_of(&r->selection, &r->link.select);
        if (kind == LINK_DELTA) {
                uint32_t from = r->link.from;

                r->link.to = e->people.log.count;
                if (e->set.replay)
                        r->link.from = r->link.before;
                r->link.before = from;
        }
        return true;
}

void
users_delta(struct emulator *e, struct exchange *x)
{
        struct round r = { .e = e, .x = x };
        const struct query_option *skip = query_option(&x->query, "$skiptoken");
        const struct query_option *token = query_option(&x->query, "$deltatoken");
        const char *prefer = exchange_header(x, "Prefer");
        bool good;

        if (skip != NULL)
                good = go_on(&r, skip, LINK_DELTA_PAGE);
        else if (token != NULL && strcasecmp(token->value, "latest") != 0 && *token->value != '\0')
                good = go_on(&r, token, LINK_DELTA);
        else
                good = begin(&r);
        if (good) {
                if (skip == NULL) {
                        r.link.size = (uint16_t)(e->set.page_size < UINT16_MAX ? e->set.page_size : UINT16_MAX);
                        if (e->set.shuffle)
                                r.link.flags |= LINK_SHUFFLE;
                }
                r.style = (struct style){ .delta = true, .extras = e->set.extras,
                                          .minimal = prefer != NULL && strstr(prefer, "return=minimal") != NULL };
                if (r.style.minimal)
                        exchange_add(x, "Preference-Applied", "return=minimal");
                r.end = r.link.flags & LINK_INITIAL ? r.link.people : r.link.to - r.link.from;
                write_page(&r);
        }
        text_free(&r.filter);
}
