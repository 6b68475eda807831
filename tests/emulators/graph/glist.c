/* glist.c - reads of groups: the list, one, its members (direct or through other
 * groups), and the groups of a user.
 *
 * All of them are first worked out as an array of members (see group.h), of which
 * a page shows a part; the link holds the position and the selection. */
#include "emulator.h"
#include "link.h"
#include "object.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct gathered {
        struct emulator *e;
        struct exchange *x;
        uint32_t *all;
        uint32_t count, room;
        uint8_t *person_seen, *group_seen;
        const char *cast;               /* "user", "group" or NULL */
        const char *named;              /* of the groups, only those called so, as JSON; or NULL */
        bool bare;                      /* groups are listed without @odata.type */
};

static void
gather(struct gathered *g, uint32_t member)
{
        bool group = (member & IS_GROUP) != 0;

        if (g->cast != NULL && strcmp(g->cast, group ? "group" : (member & IS_OTHER) != 0 ? "other" : "user") != 0)
                return;
        if (g->count == g->room) {
                g->room = g->room > 0 ? g->room * 2 : 256;
                g->all = room_grow(g->all, g->room * sizeof *g->all);
        }
        g->all[g->count++] = member;
}

/* Each member once, however many ways lead to him; circles end by that. */
static void
gather_members(struct gathered *g, uint32_t group, bool deep)
{
        const struct group *one = &g->e->groups.list[group];

        for (uint32_t i = 0; i < one->count; i++) {
                uint32_t m = one->members[i];
                uint8_t *seen;

                if (!groups_seen(&g->e->groups, &g->e->people, m))
                        continue;
                if ((m & IS_GROUP) == 0 && (m & IS_OTHER) != 0) {
                        gather(g, m);
                        continue;
                }
                seen = (m & IS_GROUP) != 0 ? &g->group_seen[m & ~IS_GROUP] : &g->person_seen[m];
                if (*seen != 0)
                        continue;
                *seen = 1;
                gather(g, m);
                if (deep && (m & IS_GROUP) != 0)
                        gather_members(g, m & ~IS_GROUP, true);
        }
}

static void
gather_owners(struct gathered *g, uint32_t member, bool deep)
{
        for (uint32_t i = 0; i < g->e->groups.count; i++) {
                if (g->e->groups.list[i].life != LIFE_LIVE || g->group_seen[i] != 0 ||
                    !groups_has(&g->e->groups, i, member))
                        continue;
                g->group_seen[i] = 1;
                gather(g, i | IS_GROUP);
                if (deep)
                        gather_owners(g, i | IS_GROUP, true);
        }
}

/* Nothing but type and id of a member that the application may not read. */
static void
write_member(struct gathered *g, uint32_t m, const struct selection *people, const struct props *groups)
{
        struct text *t = &g->x->reply;
        const struct style style = { .delta = false };
        size_t start;

        g->x->objects++;
        if ((m & IS_GROUP) == 0 && ((m & IS_OTHER) != 0 || !g->x->own->reads_users)) {
                groups_member_id(&g->e->groups, &g->e->people, m, t);
                for (int i = 1; i < people->count; i++)
                        text_fmt(t, ",\"%s\":null", properties[people->list[i]].name);
                text_char(t, '}');
                return;
        }
        if ((m & IS_GROUP) == 0) {
                object_write_typed(&g->e->people, m, people, &style, t);
                return;
        }
        if (!g->bare)
                text_lit(t, "{\"@odata.type\":\"#microsoft.graph.group\",");
        start = t->len;
        group_write(&g->e->groups, m & ~IS_GROUP, groups, false, t);
        text_char(t, '}');
        if (!g->bare) {
                memmove(t->at + start, t->at + start + 1, t->len - start - 1);
                t->len--;
        }
}

/* $select may name properties of people and of groups; the text is kept. */
static bool
read_link(struct gathered *g, struct link *link, struct text *select)
{
        const struct query_option *token = query_option(&g->x->query, "$skiptoken");
        const char *given = query_value(&g->x->query, "$select");

        if (token == NULL) {
                *link = (struct link){ .kind = LINK_MEMBERS, .issued = g->x->now };
                text_put(select, given != NULL ? given : "");
                link->filter_len = (uint32_t)select->len;
                return list_top(g->e, g->x, link);
        }
        if (link_read(link, select, g->e->link_key, token->exact) && link->kind == LINK_MEMBERS)
                return true;
        exchange_trouble(g->x, T_PAGE_TOKEN, "");
        return false;
}

/* Unknown names are errors only if neither a person nor a group has them. */
static bool
split_select(struct gathered *g, const char *select, struct selection *people, struct props *groups)
{
        struct props set = { { 0 } };
        const char *at = select;

        if (*select == '\0')
                return selection_read(people, NULL, READING_COLLECTION, g->x) && group_select(groups, NULL, false, g->x);
        *groups = (struct props){ { 0 } };
        while (*at != '\0') {
                size_t len = strcspn(at, ",");
                int p = property_find(at, len), q = group_property(at, len);

                if (p < 0 && q < 0)
                        return selection_read(people, at, READING_COLLECTION, g->x);
                if (p >= 0)
                        props_add(&set, (unsigned)p);
                if (q >= 0)
                        props_add(groups, (unsigned)q);
                at += len + (at[len] == ',');
        }
        selection_of(people, &set);
        return true;
}

static void
write_gathered(struct gathered *g, const char *context)
{
        struct text select = { 0 }, *t = &g->x->reply;
        struct selection people;
        struct props groups;
        struct link link;
        uint32_t at;

        if (!read_link(g, &link, &select) || !split_select(g, text_str(&select), &people, &groups)) {
                text_free(&select);
                return;
        }
        g->x->status = 200;
        g->x->type = type_odata;
        text_fmt(t, "{\"@odata.context\":\"%s/v1.0/$metadata#%s\",", g->e->rest.base, context);
        if (query_option(&g->x->query, "$skiptoken") == NULL && list_counted(g->x))
                text_fmt(t, "\"@odata.count\":%u,", g->count);
        text_lit(t, "\"value\":[");
        for (at = link.at; at < g->count && at - link.at < link.size; at++) {
                if (at > link.at)
                        text_lit(t, ",\n");
                write_member(g, g->all[at], &people, &groups);
        }
        text_char(t, ']');
        if (at < g->count) {
                link.at = at;
                link.serial = ++g->e->link_serial;
                text_fmt(t, ",\"@odata.nextLink\":\"%s%s?$skiptoken=", g->e->rest.base, g->x->query.path);
                link_write(&link, text_str(&select), g->e->link_key, (size_t)g->e->set.link_length, t);
                text_char(t, '"');
        }
        text_char(t, '}');
        text_free(&select);
}

static void
begin(struct gathered *g, struct emulator *e, struct exchange *x)
{
        *g = (struct gathered){ .e = e, .x = x, .person_seen = room(e->people.count),
                                .group_seen = room(e->groups.count) };
}

static void
end(struct gathered *g)
{
        free(g->all);
        free(g->person_seen);
        free(g->group_seen);
}

static uint32_t
find(struct emulator *e, struct exchange *x, const char *name)
{
        uint32_t index = guid_index(name, strlen(name), e->groups.realm);

        if (index != NOBODY && index < e->groups.count && e->groups.list[index].life == LIFE_LIVE)
                return index;
        exchange_trouble(x, T_NO_OBJECT, name);
        return NOBODY;
}

/* $filter=displayName eq 'O''Neill', and no other; the name as JSON. */
static bool
read_name(struct exchange *x, struct text *name)
{
        const char *filter = query_value(&x->query, "$filter"), *at = filter;
        struct text plain = { 0 };
        bool good;

        if (filter == NULL)
                return true;
        good = strncasecmp(at, "displayName eq '", 16) == 0;
        for (at += good ? 16 : 0; good && *at != '\0' && (at[0] != '\'' || at[1] == '\''); at++) {
                text_char(&plain, *at);
                at += *at == '\'';
        }
        good = good && strcmp(at, "'") == 0 && plain.len > 0;
        if (good)
                text_json(name, text_str(&plain));
        else
                exchange_trouble(x, T_UNSUPPORTED, "groups can be filtered by displayName eq '...' here.");
        text_free(&plain);
        return good;
}

static void
list_by_life(struct emulator *e, struct exchange *x, enum life life, const char *context)
{
        struct gathered g;
        struct text name = { 0 };

        if (!read_name(x, &name))
                return;
        begin(&g, e, x);
        g.bare = true;
        for (uint32_t i = 0; i < e->groups.count; i++)
                if (e->groups.list[i].life == life
                    && (name.len == 0 || (e->groups.list[i].values[GROUP_NAME] != NULL
                                          && strcasecmp(e->groups.list[i].values[GROUP_NAME], text_str(&name)) == 0)))
                        gather(&g, i | IS_GROUP);
        write_gathered(&g, context);
        end(&g);
        text_free(&name);
}

void
groups_list(struct emulator *e, struct exchange *x)
{
        list_by_life(e, x, LIFE_LIVE, "groups");
}

void
deleted_groups(struct emulator *e, struct exchange *x)
{
        list_by_life(e, x, LIFE_DELETED, "directoryObjects");
}

void
group_get(struct emulator *e, struct exchange *x, const char *name)
{
        struct props select;
        uint32_t index;
        size_t start;

        if (!group_select(&select, query_value(&x->query, "$select"), false, x))
                return;
        index = find(e, x, name);
        if (index == NOBODY)
                return;
        x->status = 200;
        x->type = type_odata;
        x->objects++;
        text_fmt(&x->reply, "{\"@odata.context\":\"%s/v1.0/$metadata#groups/$entity\",", e->rest.base);
        start = x->reply.len;
        group_write(&e->groups, index, &select, false, &x->reply);
        memmove(x->reply.at + start, x->reply.at + start + 1, x->reply.len - start - 1);
        x->reply.at[x->reply.len - 1] = '}';
}

/* "microsoft.graph.user" and "microsoft.graph.group" as a cast; false for
 * anything else. */
static bool
read_cast(struct gathered *g, const char *segment)
{
        g->cast = strcasecmp(segment, "microsoft.graph.user") == 0 ? "user"
                  : strcasecmp(segment, "microsoft.graph.group") == 0 ? "group" : NULL;
        if (g->cast == NULL)
                exchange_trouble(g->x, T_NO_SEGMENT, segment);
        return g->cast != NULL;
}

/* A cast is an advanced query, on each of its pages. */
static bool
advanced(struct exchange *x)
{
        bool page = query_option(&x->query, "$skiptoken") != NULL;

        if (page ? x->own->eventual : list_counted(x))
                return true;
        exchange_trouble(x, page ? T_PAGE_TOKEN : T_ADVANCED, "An OData cast");
        return false;
}

void
group_members(struct emulator *e, struct exchange *x, const char *name)
{
        uint32_t index = find(e, x, name);
        const char *visibility = index != NOBODY ? e->groups.list[index].values[GROUP_VISIBILITY] : NULL;
        bool hidden = visibility != NULL && strcmp(visibility, "\"HiddenMembership\"") == 0 && !x->own->reads_hidden;
        struct gathered g;

        if (index == NOBODY)
                return;
        begin(&g, e, x);
        if (x->query.segment_count <= 4 || read_cast(&g, x->query.segments[4])) {
                bool deep = strcasecmp(x->query.segments[3], "transitiveMembers") == 0;

                if (deep && g.cast != NULL && !advanced(x)) {
                        end(&g);
                        return;
                }
                if (hidden && e->set.hidden_refused) {
                        exchange_trouble(x, T_DENIED, "");
                } else {
                        if (!hidden)
                                gather_members(&g, index, deep);
                        write_gathered(&g, "directoryObjects");
                }
        }
        end(&g);
}

void
user_groups(struct emulator *e, struct exchange *x, const char *name)
{
        uint32_t index = directory_find(&e->people, name);
        struct gathered g;

        if (index == NOBODY || e->people.members[index].life != LIFE_LIVE) {
                exchange_trouble(x, T_NO_OBJECT, name);
                return;
        }
        begin(&g, e, x);
        if (x->query.segment_count <= 4 || (read_cast(&g, x->query.segments[4]) && advanced(x))) {
                gather_owners(&g, index, strcasecmp(x->query.segments[3], "transitiveMemberOf") == 0);
                write_gathered(&g, "directoryObjects");
        }
        end(&g);
}
