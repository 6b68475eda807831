/* gdelta.c - GET /groups/delta.
 *
 * An initial round walks positions (slice, group): first every group with its
 * first members, then those with more come again with the next, and a page ends
 * when it holds a slice of members, so that a large group is spread over pages
 * with others between. A later round walks the log; neighbouring entries of one
 * group become one item. A joining is told only if it still holds, a leaving
 * too: what is told is true, though it may be told twice. */
#include "round.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void
member(struct round *r, uint32_t who, bool gone, bool *any)
{
        struct text *t = &r->x->reply;

        text_put(t, *any ? "," : ",\"members@delta\":[");
        *any = true;
        groups_member_id(&r->e->groups, &r->e->people, who, t);
        text_put(t, gone ? ",\"@removed\":{\"reason\":\"deleted\"}}" : "}");
        r->members++;
        r->x->objects++;
}

/* Who is in a hidden group is told only to those who may know. */
static bool
hidden(const struct round *r, uint32_t group)
{
        const char *visibility = r->e->groups.list[group].values[GROUP_VISIBILITY];

        return visibility != NULL && strcmp(visibility, "\"HiddenMembership\"") == 0 && !r->x->own->reads_hidden;
}

static bool
write_removed(struct round *r, uint32_t group)
{
        const struct groups *g = &r->e->groups;
        struct text *t = &r->x->reply;

        if (g->list[group].life == LIFE_LIVE)
                return false;
        round_comma(r);
        text_lit(t, "{\"id\":\"");
        guid_text(t, g->realm, group);
        text_put(t, g->list[group].life == LIFE_DELETED ? "\",\"@removed\":{\"reason\":\"changed\"}}"
                                                        : "\",\"@removed\":{\"reason\":\"deleted\"}}");
        return true;
}

/* The members who are no more: they may come in an initial round, too, and more than once. */
static void
write_left(struct round *r, uint32_t group, bool *any)
{
        const struct groups *g = &r->e->groups;

        for (uint32_t n = g->list[group].last_entry; n != 0; n = deltalog_at(&g->log, n)->before) {
                const struct log_entry *entry = deltalog_at(&g->log, n);

                if (entry->what == HAPPENED_LEAVE && !groups_has(g, group, entry->other))
                        member(r, entry->other, true, any);
        }
}

static void
write_slice(struct round *r, uint32_t position)
{
        const struct groups *g = &r->e->groups;
        uint32_t group = position % r->link.people, slice = position / r->link.people;
        uint32_t size = (uint32_t)r->e->set.member_slice, from = slice * size;
        const struct group *one = &g->list[group];
        bool any = false;

        if (!round_wants(r, group) || one->life != LIFE_LIVE || (slice > 0 && (from >= one->count || !props_has(&r->link.select, GROUP_MEMBERS))))
                return;
        round_comma(r);
        group_write(g, group, &r->link.select, true, &r->x->reply);
        if (props_has(&r->link.select, GROUP_MEMBERS) && !hidden(r, group))
                for (uint32_t i = from; i < one->count && i - from < size; i++)
                        if (groups_seen(g, &r->e->people, one->members[i]))
                                member(r, one->members[i], false, &any);
        if (slice == 0 && r->e->set.ghosts && props_has(&r->link.select, GROUP_MEMBERS) && !hidden(r, group))
                write_left(r, group, &any);
        text_put(&r->x->reply, any ? "]}" : "}");
}

/* The entries from 'at' on that belong to one group; returns the position
 * behind them. */
static uint32_t
write_run(struct round *r, uint32_t at)
{
        const struct groups *g = &r->e->groups;
        uint32_t group = deltalog_at(&g->log, r->link.from + 1 + at)->object, stop = at;
        struct props touched = { { 0 } };
        bool came = false, any = false;

        for (; stop < r->end && stop - at < (uint32_t)r->e->set.member_slice; stop++) {
                const struct log_entry *entry = deltalog_at(&g->log, r->link.from + 1 + stop);

                if (entry->object != group)
                        break;
                props_join(&touched, &entry->touched);
                came = came || entry->what == HAPPENED_HIRE || entry->what == HAPPENED_RESTORE;
        }
        if (!round_wants(r, group) || write_removed(r, group) || (!came && !props_meet(&touched, &r->link.select)))
                return stop;
        round_comma(r);
        group_write(g, group, &r->link.select, true, &r->x->reply);
        for (uint32_t i = at; i < stop && props_has(&r->link.select, GROUP_MEMBERS) && !hidden(r, group); i++) {
                const struct log_entry *entry = deltalog_at(&g->log, r->link.from + 1 + i);
                bool join = entry->what == HAPPENED_JOIN;

                if ((join || entry->what == HAPPENED_LEAVE) && groups_has(g, group, entry->other) == join)
                        member(r, entry->other, !join, &any);
        }
        text_put(&r->x->reply, any ? "]}" : "}");
        return stop;
}

static void
write_page(struct round *r)
{
        struct link *k = &r->link;
        bool initial = (k->flags & LINK_INITIAL) != 0;
        bool empty = r->x->own->empty_page || (r->e->set.empty_first && k->page == 0);
        uint32_t start = k->at;

        r->x->status = 200;
        r->x->type = type_odata;
        r->first = true;
        k->page++;
        text_fmt(&r->x->reply, "{\"@odata.context\":\"%s/v1.0/$metadata#groups\",\"value\":[", r->e->rest.base);
        while (!empty && k->at < r->end && k->at - start < k->size && r->members < (uint32_t)r->e->set.member_slice)
                if (initial)
                        write_slice(r, k->at++);
                else
                        k->at = write_run(r, k->at);
        text_lit(&r->x->reply, "],");
        round_link(r, empty || k->at < r->end);
        text_char(&r->x->reply, '}');
}

/* How often the largest group must come. */
static uint32_t
slices(const struct round *r)
{
        uint32_t most = 1, size = (uint32_t)r->e->set.member_slice;

        for (uint32_t i = 0; i < r->e->groups.count; i++)
                if ((r->e->groups.list[i].count + size - 1) / size > most)
                        most = (r->e->groups.list[i].count + size - 1) / size;
        return most;
}

static bool
begin(struct round *r)
{
        const char *token = query_value(&r->x->query, "$deltatoken"), *filter = query_value(&r->x->query, "$filter");
        bool latest = token != NULL && strcasecmp(token, "latest") == 0;

        if (filter != NULL && !round_read_ids(r, filter))
                return false;
        r->link = (struct link){ .flags = LINK_INITIAL, .to = r->e->groups.log.count,
                                 .people = r->e->groups.count, .before = latest ? 0 : slices(r),
                                 .filter_len = (uint32_t)r->filter.len };
        return group_select(&r->link.select, query_value(&r->x->query, "$select"), true, r->x);
}

void
groups_delta(struct emulator *e, struct exchange *x)
{
        struct round r = { .e = e, .x = x, .track = { "groups", LINK_GROUPS_PAGE, LINK_GROUPS, &e->groups.log,
                                                      e->groups.count, e->groups.realm } };

        if (round_open(&r, begin)) {
                r.end = r.link.flags & LINK_INITIAL ? r.link.people * r.link.before : r.link.to - r.link.from;
                write_page(&r);
        }
        text_free(&r.filter);
}
