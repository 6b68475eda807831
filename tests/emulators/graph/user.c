/* user.c - single reads: a user, his manager, a deleted user. */
#include "emulator.h"
#include "object.h"

static void
write_one(struct emulator *e, struct exchange *x, uint32_t index, const struct selection *s, const char *about)
{
        const char *expand = query_value(&x->query, "$expand");
        const struct style style = { .extras = e->set.extras };
        struct text *t = &x->reply;
        size_t start;

        x->status = 200;
        x->objects++;
        x->type = type_odata;
        text_fmt(t, "{\"@odata.context\":\"%s/v1.0/$metadata#%s/$entity\",", e->rest.base, about);
        start = t->len;
        if (strcmp(about, "users") == 0)
                object_write(&e->people, index, s, &style, t);
        else
                object_write_typed(&e->people, index, s, &style, t);
        memmove(t->at + start, t->at + start + 1, t->len - start - 1);  /* the object goes on */
        t->len--;
        if (expand != NULL && strncmp(expand, "manager", 7) == 0)
                object_write_boss(&e->people, index, &style, x);
}

/* Whether a single read can see him already. */
static bool
visible(const struct emulator *e, uint32_t index)
{
        return e->set.read_delay == 0 ||
               directory_hired_at(&e->people, index) + e->set.read_delay <= e->people.now;
}

static uint32_t
find_live(struct emulator *e, struct exchange *x, const char *name)
{
        uint32_t index = directory_find(&e->people, name);

        if (index != NOBODY && e->people.members[index].life == LIFE_LIVE && visible(e, index))
                return index;
        exchange_trouble(x, T_NO_OBJECT, name);
        return NOBODY;
}

void
user_get(struct emulator *e, struct exchange *x, const char *name)
{
        struct selection s;
        uint32_t index;

        if (!selection_read(&s, query_value(&x->query, "$select"), READING_SINGLE, x))
                return;
        index = find_live(e, x, name);
        if (index != NOBODY)
                write_one(e, x, index, &s, "users");
}

void
user_manager(struct emulator *e, struct exchange *x, const char *name)
{
        struct selection s;
        uint32_t index, boss;

        if (!selection_read(&s, query_value(&x->query, "$select"), READING_SINGLE, x))
                return;
        index = find_live(e, x, name);
        if (index == NOBODY)
                return;
        boss = object_boss(&e->people, index);
        if (boss == NOBODY)
                exchange_trouble(x, T_NO_MANAGER, "");
        else
                write_one(e, x, boss, &s, "directoryObjects");
}

static void
write_group(struct emulator *e, struct exchange *x, uint32_t group)
{
        struct props select;

        if (!group_select(&select, query_value(&x->query, "$select"), false, x))
                return;
        x->status = 200;
        x->type = type_odata;
        x->objects++;
        group_write(&e->groups, group, &select, false, &x->reply);
        text_char(&x->reply, '}');
}

void
deleted_get(struct emulator *e, struct exchange *x, const char *id)
{
        uint32_t index = directory_find(&e->people, id), group = guid_index(id, strlen(id), e->groups.realm);
        struct selection s;

        if (!selection_read(&s, query_value(&x->query, "$select"), READING_SINGLE, x))
                return;
        if (group != NOBODY && group < e->groups.count && e->groups.list[group].life == LIFE_DELETED)
                write_group(e, x, group);
        else if (index == NOBODY || e->people.members[index].life != LIFE_DELETED)
                exchange_trouble(x, T_NO_OBJECT, id);
        else
                write_one(e, x, index, &s, "directoryObjects");
}
