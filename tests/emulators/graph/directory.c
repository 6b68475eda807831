/* directory.c - the people as they are now; see directory.h. */
#include "directory.h"

#include <stdlib.h>
#include <strings.h>

enum { KEPT_DAYS = 30, DAY = 86400 };

struct change {
        char *json;
        uint32_t len;
        uint8_t property;
};

struct overlay {
        struct change *changes;         /* in the order they were first made */
        uint16_t count;
        bool boss_known;                /* 'boss' counts, not the generator */
        uint32_t boss;
        int64_t hired_at, deleted_at;
};

static struct overlay *
overlay_of(struct directory *d, uint32_t index)
{
        struct member *m = &d->members[index];

        if (m->over == NULL) {
                m->over = room(sizeof *m->over);
                m->over->boss = NOBODY;
        }
        return m->over;
}

const struct person *
directory_person(const struct directory *d, uint32_t index, struct person *made)
{
        if (d->members[index].given)
                return NULL;
        person_make(made, &d->world, index);
        return made;
}

static const struct change *
changed_value(const struct directory *d, uint32_t index, unsigned property)
{
        const struct overlay *o = d->members[index].over;

        for (unsigned i = 0; o != NULL && i < o->count; i++)
                if (o->changes[i].property == property)
                        return &o->changes[i];
        return NULL;
}

/* A deleted person's name makes room for a new one. */
static void
deleted_upn(const struct directory *d, uint32_t index, struct text *t, size_t start)
{
        char id[GUID_LEN];
        size_t n = 0, len = t->len - start;

        guid_write(id, d->world.realm, index);
        for (int i = 0; i < GUID_LEN; i++)
                if (id[i] != '-')
                        id[n++] = id[i];
        text_need(t, n);
        memmove(t->at + start + 1 + n, t->at + start + 1, len - 1);
        memcpy(t->at + start + 1, id, n);
        t->len += n;
}

bool
directory_value(const struct directory *d, uint32_t index, const struct person *made,
                unsigned property, struct text *t)
{
        const struct member *m = &d->members[index];
        const struct change *c = m->over != NULL ? changed_value(d, index, property) : NULL;
        size_t start = t->len;

        if (property == PROP_ID) {
                text_char(t, '"');
                guid_text(t, d->world.realm, index);
                text_char(t, '"');
                return true;
        }
        if (property == PROP_DELETED_AT) {
                if (m->life == LIFE_LIVE)
                        return false;
                text_char(t, '"');
                text_time(t, directory_deleted_at(d, index));
                text_char(t, '"');
                return true;
        }
        if (c != NULL)
                text_raw(t, c->json, c->len);
        else if (made == NULL || properties[property].write == NULL || !properties[property].write(t, made))
                return false;
        if (property == PROP_UPN && m->life != LIFE_LIVE && t->len - start > 2)
                deleted_upn(d, index, t, start);
        return true;
}

uint32_t
directory_boss(const struct directory *d, uint32_t index)
{
        const struct member *m = &d->members[index];

        if (m->over != NULL && m->over->boss_known)
                return m->over->boss;
        return m->given ? NOBODY : person_boss(&d->world, index);
}

int64_t
directory_hired_at(const struct directory *d, uint32_t index)
{
        return d->members[index].over != NULL ? d->members[index].over->hired_at : 0;
}

int64_t
directory_deleted_at(const struct directory *d, uint32_t index)
{
        return d->members[index].over != NULL ? d->members[index].over->deleted_at : 0;
}

/* The name as a bare text, NUL-terminated; "" when there is none. */
static const char *
bare_upn(const struct directory *d, uint32_t index, struct text *t)
{
        struct person made;

        t->len = 0;
        if (!directory_value(d, index, directory_person(d, index, &made), PROP_UPN, t) || t->len < 2 ||
            t->at[0] != '"')
                t->len = 2;
        text_str(t);
        t->at[t->len - 1] = '\0';
        return t->at + 1;
}

static uint64_t
upn_hash(void *self, uint32_t index)
{
        struct text t = { 0 };
        uint64_t h;

        text_need(&t, 512);
        h = finder_hash(bare_upn(self, index, &t));
        text_free(&t);
        return h;
}

static bool
upn_fits(void *self, uint32_t index, const char *upn)
{
        const struct directory *d = self;
        struct text t = { 0 };
        bool fits;

        text_need(&t, 512);
        fits = d->members[index].life != LIFE_PURGED && strcasecmp(bare_upn(d, index, &t), upn) == 0;
        text_free(&t);
        return fits;
}

static void
enter_upn(struct directory *d, uint32_t index)
{
        if (d->upn_ready)
                finder_add(&d->by_upn, index, upn_hash(d, index));
}

uint32_t
directory_find_upn(struct directory *d, const char *upn)
{
        if (!d->upn_ready) {
                d->upn_ready = true;
                d->by_upn = (struct finder){ .hash = upn_hash, .self = d };
                for (uint32_t i = 0; i < d->count; i++)
                        enter_upn(d, i);
        }
        return *upn != '\0' ? finder_get(&d->by_upn, upn, upn_fits) : NOBODY;
}

uint32_t
directory_find(struct directory *d, const char *name)
{
        uint32_t index = guid_index(name, strlen(name), d->world.realm);

        if (index != NOBODY)
                return index < d->count ? index : NOBODY;
        return directory_find_upn(d, name);
}

void
directory_open(struct directory *d, uint64_t seed, uint32_t people, const char *domain,
               const char *own_domain)
{
        *d = (struct directory){ .count = people, .room = people + 1024, .live = people };
        world_make(&d->world, seed, people, domain, own_domain);
        d->members = room((size_t)d->room * sizeof *d->members);
        d->probation_from = people;
}

void
directory_close(struct directory *d)
{
        for (uint32_t i = 0; i < d->count; i++) {
                struct overlay *o = d->members[i].over;

                for (unsigned k = 0; o != NULL && k < o->count; k++)
                        free(o->changes[k].json);
                if (o != NULL)
                        free(o->changes);
                free(o);
        }
        free(d->members);
        free(d->leavers);
        finder_free(&d->by_upn);
        deltalog_free(&d->log);
}

static struct log_entry *
tell(struct directory *d, uint32_t index, enum happening what)
{
        struct log_entry *e = deltalog_add(&d->log, index, d->members[index].last_entry, what);

        d->members[index].last_entry = d->log.count;
        return e;
}

uint32_t
directory_hire(struct directory *d, bool generated)
{
        uint32_t index = d->count;

        if (d->count == d->room) {
                size_t old = d->room;

                d->room += d->room / 2;
                d->members = room_grow(d->members, (size_t)d->room * sizeof *d->members);
                memset(d->members + old, 0, ((size_t)d->room - old) * sizeof *d->members);
        }
        d->count++;
        d->live++;
        d->members[index].given = !generated;
        overlay_of(d, index)->hired_at = d->now;
        return index;
}

void
directory_arrive(struct directory *d, uint32_t index)
{
        tell(d, index, HAPPENED_HIRE);
        enter_upn(d, index);
}

void
directory_set(struct directory *d, uint32_t index, unsigned property, const char *json, size_t len)
{
        struct overlay *o = overlay_of(d, index);
        struct change *c = NULL;

        for (unsigned i = 0; i < o->count; i++)
                if (o->changes[i].property == property)
                        c = &o->changes[i];
        if (c == NULL) {
                o->changes = room_grow(o->changes, (size_t)(o->count + 1) * sizeof *o->changes);
                c = &o->changes[o->count++];
                *c = (struct change){ .property = (uint8_t)property };
        }
        c->json = room_grow(c->json, len);
        memcpy(c->json, json, len);
        c->len = (uint32_t)len;
        if (property == PROP_UPN)
                enter_upn(d, index);
}

void
directory_set_boss(struct directory *d, uint32_t index, uint32_t boss)
{
        struct overlay *o = overlay_of(d, index);

        o->boss_known = true;
        o->boss = boss;
}

void
directory_changed(struct directory *d, uint32_t index, const struct props *touched, uint32_t old_boss)
{
        struct log_entry *e = tell(d, index, HAPPENED_CHANGE);

        e->touched = *touched;
        e->other = old_boss;
}

bool
directory_remove(struct directory *d, uint32_t index)
{
        if (d->members[index].life != LIFE_LIVE)
                return false;
        if (d->leaver_count == d->leaver_room) {
                d->leaver_room = d->leaver_room > 0 ? d->leaver_room * 2 : 256;
                d->leavers = room_grow(d->leavers, (size_t)d->leaver_room * sizeof *d->leavers);
        }
        overlay_of(d, index)->deleted_at = d->now;
        d->leavers[d->leaver_count++] = (struct leaver){ .index = index, .at = d->now };
        d->members[index].life = LIFE_DELETED;
        enter_upn(d, index);
        d->live--;
        d->deleted++;
        tell(d, index, HAPPENED_REMOVE);
        return true;
}

bool
directory_purge(struct directory *d, uint32_t index)
{
        if (d->members[index].life == LIFE_PURGED)
                return false;
        if (d->members[index].life == LIFE_LIVE)
                d->live--;
        else
                d->deleted--;
        overlay_of(d, index);
        d->members[index].life = LIFE_PURGED;
        d->purged++;
        tell(d, index, HAPPENED_PURGE);
        return true;
}

/* Whether somebody else has the name that a deleted person would get back. */
static bool
name_given_away(struct directory *d, uint32_t index)
{
        struct text t = { 0 };
        bool taken;

        text_need(&t, 512);
        d->members[index].life = LIFE_LIVE;
        bare_upn(d, index, &t);
        d->members[index].life = LIFE_DELETED;
        taken = directory_find_upn(d, t.at + 1) != NOBODY;
        text_free(&t);
        return taken;
}

bool
directory_restore(struct directory *d, uint32_t index)
{
        if (d->members[index].life != LIFE_DELETED || name_given_away(d, index))
                return false;
        d->members[index].life = LIFE_LIVE;
        d->deleted--;
        d->live++;
        tell(d, index, HAPPENED_RESTORE);
        enter_upn(d, index);
        return true;
}

void
directory_tick(struct directory *d)
{
        while (d->leaver_next < d->leaver_count &&
               d->leavers[d->leaver_next].at + (int64_t)KEPT_DAYS * DAY <= d->now) {
                const struct leaver *l = &d->leavers[d->leaver_next++];

                if (d->members[l->index].life == LIFE_DELETED &&
                    d->members[l->index].over->deleted_at == l->at)
                        directory_purge(d, l->index);
        }
}
