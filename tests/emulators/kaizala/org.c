/* org.c - people, groups and who is in them; see org.h. */
#include "org.h"

#include "../rest/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const char *const data_type_names[DATA_TYPES] = { "String", "Integer", "Boolean", "DateTime" };
const char *const role_names[] = { "Member", "Admin", "Subscriber" };

/* Ids look like those seen: a GUID with the region behind (sheet, section 4). */
static void
fresh_id(struct org *o, char to[ORG_ID])
{
        uint64_t n = ++o->serial, mixed = n * UINT64_C(0x9e3779b97f4a7c15);

        snprintf(to, ORG_ID, "%08x-%04x-4%03x-8%03x-%012llx@2", (unsigned)(mixed >> 32),
                 (unsigned)(mixed >> 16 & 0xffff), (unsigned)(mixed & 0xfff), (unsigned)(mixed >> 52),
                 (unsigned long long)n);
}

/* Room for one more in an array of pointers or structs. */
static void *
more(void *list, size_t count, size_t *have, size_t size)
{
        if (count < *have)
                return list;
        *have = *have == 0 ? 16 : *have * 2;
        return room_grow(list, *have * size);
}

void
org_open(struct org *o)
{
        static const char *const names[] = { "PhoneNumber", "First Name", "Last Name", "City", "Job Title", "Department",
                                             "Email" };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                org_attribute_set(o, &(struct attribute){ .name = (char *)names[i], .mandatory = i == 0,
                                                          .editable = i != 0, .visible = true });
}

static void
group_free(struct group *g)
{
        free(g->name);
        free(g->welcome);
        free(g->image);
        free(g->members);
        free(g->places);
        free(g->children);
        free(g);
}

void
org_close(struct org *o)
{
        for (size_t i = 0; i < o->person_count; i++) {
                for (int a = 0; a < ORG_ATTRIBUTES; a++)
                        free(o->people[i]->values[a]);
                free(o->people[i]->phone);
                free(o->people[i]);
        }
        for (size_t i = 0; i < o->group_count; i++)
                group_free(o->groups[i]);
        for (int i = 0; i < o->attribute_count; i++)
                free(o->attributes[i].name);
        free(o->people);
        free(o->groups);
        index_close(&o->phones);
        index_close(&o->ids);
}

/* ---- people ---- */

bool
phone_good(const char *phone)
{
        size_t digits = strspn(phone + (phone[0] == '+'), "0123456789");

        return phone[0] == '+' && phone[1] != '0' && digits >= 8 && digits <= 15 && phone[digits + 1] == '\0';
}

struct person *
org_person(struct org *o, const char *phone)
{
        uint32_t n;

        for (size_t at = 0; index_each(&o->phones, phone, &at, &n);)
                if (strcmp(o->people[n]->phone, phone) == 0)
                        return o->people[n];
        return NULL;
}

struct person *
org_person_id(struct org *o, const char *id)
{
        uint32_t n;

        for (size_t at = 0; index_each(&o->ids, id, &at, &n);)
                if (strcasecmp(o->people[n]->id, id) == 0)
                        return o->people[n];
        return NULL;
}

struct person *
org_person_make(struct org *o, const char *phone)
{
        struct person *p = org_person(o, phone);

        if (p != NULL)
                return p;
        o->people = more(o->people, o->person_count, &o->person_room, sizeof(struct person *));
        p = o->people[o->person_count] = room(sizeof *p);
        p->number = (uint32_t)o->person_count++;
        p->phone = room_copy(phone);
        fresh_id(o, p->id);
        index_add(&o->phones, p->phone, p->number);
        index_add(&o->ids, p->id, p->number);
        return p;
}

void
org_list(struct person *p, bool employee)
{
        if (!p->listed)
                p->employee = employee;
        p->listed = true;
}

size_t
org_unlist(struct org *o, struct person *p)
{
        size_t left = 0;

        for (size_t i = 0; i < o->group_count; i++)
                left += o->groups[i]->tenant && group_drop(o->groups[i], p);
        for (int i = 0; i < ORG_ATTRIBUTES; i++)
                person_set(p, i, NULL);
        p->listed = p->linked = p->employee = false;
        return left;
}

int
org_attribute(const struct org *o, const char *name)
{
        for (int i = 0; i < o->attribute_count; i++)
                if (strcasecmp(o->attributes[i].name, name) == 0)
                        return i;
        return -1;
}

bool
org_attribute_set(struct org *o, const struct attribute *a)
{
        int at = org_attribute(o, a->name);
        char *name;

        if (at < 0 && o->attribute_count == ORG_ATTRIBUTES)
                return false;
        if (at < 0)
                at = o->attribute_count++;
        name = room_copy(a->name);
        free(o->attributes[at].name);
        o->attributes[at] = *a;
        o->attributes[at].name = name;
        return true;
}

void
person_set(struct person *p, int attribute, const char *value)
{
        free(p->values[attribute]);
        p->values[attribute] = value != NULL && value[0] != '\0' && attribute != 0 ? room_copy(value) : NULL;
}

/* ---- groups ---- */

struct group *
org_group(struct org *o, const char *id)
{
        for (size_t i = 0; i < o->group_count; i++)
                if (strcasecmp(o->groups[i]->id, id) == 0)
                        return o->groups[i];
        return NULL;
}

struct group *
org_group_make(struct org *o, const char *name, const char *welcome, bool connect)
{
        struct group *g = room(sizeof *g);

        o->groups = more(o->groups, o->group_count, &o->group_room, sizeof(struct group *));
        o->groups[o->group_count++] = g;
        g->name = room_copy(name);
        g->welcome = room_copy(welcome);
        g->image = room_copy("");
        g->connect = connect;
        g->tenant = true;
        fresh_id(o, g->id);
        return g;
}

void
org_group_end(struct org *o, struct group *g)
{
        size_t kept = 0;

        for (size_t i = 0; i < o->group_count; i++) {
                group_detach(o->groups[i], g);
                if (o->groups[i] != g)
                        o->groups[kept++] = o->groups[i];
        }
        o->group_count = kept;
        group_free(g);
}

struct member *
group_find(struct group *g, const struct person *p)
{
        uint32_t place = p->number < g->place_count ? g->places[p->number] : 0;

        return place != 0 ? &g->members[place - 1] : NULL;
}

static void
put(struct group *g, size_t at, struct member m)
{
        size_t count = g->place_count > 0 ? g->place_count : 64;

        while (count <= m.who->number)
                count *= 2;
        if (count > g->place_count) {
                g->places = room_grow(g->places, count * sizeof *g->places);
                memset(g->places + g->place_count, 0, (count - g->place_count) * sizeof *g->places);
                g->place_count = count;
        }
        g->members[at] = m;
        g->places[m.who->number] = (uint32_t)at + 1;
}

bool
group_add(struct group *g, struct person *p, enum role role)
{
        if (group_find(g, p) != NULL)
                return false;
        g->members = more(g->members, g->member_count, &g->member_room, sizeof *g->members);
        put(g, g->member_count++, (struct member){ p, role });
        if (g->tenant)
                org_list(p, false);
        return true;
}

bool
group_drop(struct group *g, const struct person *p)
{
        struct member *m = group_find(g, p);

        if (m == NULL)
                return false;
        put(g, (size_t)(m - g->members), g->members[--g->member_count]);
        g->places[p->number] = 0;
        return true;
}

size_t
group_with(const struct group *g, enum role role)
{
        size_t n = 0;

        for (size_t i = 0; i < g->member_count; i++)
                n += g->members[i].role == role;
        return n;
}

/* ---- groups below groups ---- */

bool
group_holds(const struct group *g, const struct group *child)
{
        for (size_t i = 0; i < g->child_count; i++)
                if (g->children[i] == child)
                        return true;
        return false;
}

static bool
reaches(const struct group *g, const struct group *other)
{
        if (g == other)
                return true;
        for (size_t i = 0; i < g->child_count; i++)
                if (reaches(g->children[i], other))
                        return true;
        return false;
}

bool
group_attach(struct group *g, struct group *child)
{
        if (reaches(child, g))
                return false;
        if (group_holds(g, child))
                return true;
        g->children = more(g->children, g->child_count, &g->child_room, sizeof(struct group *));
        g->children[g->child_count++] = child;
        return true;
}

bool
group_detach(struct group *g, const struct group *child)
{
        size_t kept = 0, before = g->child_count;

        for (size_t i = 0; i < before; i++)
                if (g->children[i] != child)
                        g->children[kept++] = g->children[i];
        g->child_count = kept;
        return kept != before;
}

size_t
group_parents(const struct org *o, const struct group *g)
{
        size_t n = 0;

        for (size_t i = 0; i < o->group_count; i++)
                n += group_holds(o->groups[i], g);
        return n;
}

struct head_count
group_count(const struct org *o, const struct group *g)
{
        bool *seen = room(o->person_count * sizeof *seen);
        struct head_count count = { 0 };

        for (size_t i = 0; i < o->group_count; i++) {
                const struct group *below = o->groups[i];

                if (!reaches(g, below))
                        continue;
                count.all += below->member_count;
                for (size_t m = 0; m < below->member_count; m++) {
                        const struct person *p = below->members[m].who;

                        count.unique += !seen[p->number];
                        count.unregistered += !seen[p->number] && !p->registered;
                        seen[p->number] = true;
                }
        }
        free(seen);
        return count;
}
