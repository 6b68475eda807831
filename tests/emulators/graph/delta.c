/* delta.c - GET /users/delta.
 *
 * A round is a walk over positions: the initial one over the people that were
 * there when it began, a later one over the entries of the log after the delta
 * link's and up to the end as it was at the round's first page. A position
 * gives at most one object, as it is when the page is written. Where objects
 * are to be repeated, a page begins with the right edition of those that the
 * page before it sent with an old value. */
#include "round.h"

#include <string.h>

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
        if (!round_wants(r, index))
                return false;
        if (d->members[index].life != LIFE_LIVE) {
                if (number == 0 && !r->e->set.ghosts)
                        return false;
                round_comma(r);
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
        round_comma(r);
        object_write(d, index, &r->selection, &style, &r->x->reply);
        return true;
}

static bool
repeats(const struct round *r, uint32_t position)
{
        return r->e->set.repeat_every > 0 && position % r->e->set.repeat_every == 0;
}

/* The page: header, objects, then the link (real Graph puts it first; readers
 * must not care). */
static void
write_page(struct round *r)
{
        struct emulator *e = r->e;
        struct link *k = &r->link;
        uint32_t start = k->at, written = 0;
        bool empty = r->x->own->empty_page || (e->set.empty_first && k->page == 0) ||
                     (e->set.empty_every > 0 && k->page % e->set.empty_every == e->set.empty_every - 1);
        bool pending = false;

        r->x->status = 200;
        r->x->type = type_odata;
        text_fmt(&r->x->reply, "{\"@odata.context\":\"%s/v1.0/$metadata#users", e->rest.base);
        selection_text(&r->selection, &r->x->reply);
        text_lit(&r->x->reply, "\",\"value\":[");
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
        round_link(r, empty || k->at < r->end || pending);
        text_char(&r->x->reply, '}');
}

static bool
begin(struct round *r)
{
        struct emulator *e = r->e;
        const char *filter = query_value(&r->x->query, "$filter");
        const char *token = query_value(&r->x->query, "$deltatoken");

        if (!selection_read(&r->selection, query_value(&r->x->query, "$select"), READING_COLLECTION, r->x) ||
            (filter != NULL && !round_read_ids(r, filter)))
                return false;
        r->link = (struct link){
                .flags = (uint8_t)(LINK_INITIAL | (e->set.shuffle ? LINK_SHUFFLE : 0)), .to = e->people.log.count,
                .people = e->people.count, .filter_len = (uint32_t)r->filter.len, .select = r->selection.set,
        };
        if (token != NULL && *token != '\0')
                r->link.people = 0;             /* "latest" */
        return true;
}

void
users_delta(struct emulator *e, struct exchange *x)
{
        struct round r = { .e = e, .x = x, .track = { "users", LINK_DELTA_PAGE, LINK_DELTA, &e->people.log,
                                                      e->people.count, e->people.world.realm } };
        const char *prefer = exchange_header(x, "Prefer");

        if (round_open(&r, begin)) {
                selection_of(&r.selection, &r.link.select);
                if (r.link.kind == LINK_DELTA && e->set.shuffle)
                        r.link.flags |= LINK_SHUFFLE;
                r.style = (struct style){ .delta = true, .extras = e->set.extras,
                                          .minimal = prefer != NULL && strstr(prefer, "return=minimal") != NULL };
                if (r.style.minimal)
                        exchange_add(x, "Preference-Applied", "return=minimal");
                r.end = r.link.flags & LINK_INITIAL ? r.link.people : r.link.to - r.link.from;
                write_page(&r);
        }
        text_free(&r.filter);
}
