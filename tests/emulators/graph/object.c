/* object.c - a user as Graph sends him; see object.h. */
#include "object.h"
#include "asked.h"

enum { PERSON_ROOM = 8192 };

void
selection_of(struct selection *s, const struct props *set)
{
        *s = (struct selection){ .set = *set };
        props_add(&s->set, PROP_ID);
        for (unsigned i = 0; i < property_count; i++)
                if (props_has(&s->set, i) && properties[i].kind != KIND_MANAGER)
                        s->list[s->count++] = (uint8_t)i;
}

static void
standard(struct props *set)
{
        for (unsigned i = 0; i < property_count; i++)
                if (properties[i].standard)
                        props_add(set, i);
}

bool
selection_read(struct selection *s, const char *text, enum reading reading, struct exchange *x)
{
        struct props set = { { 0 } };

        if (text == NULL || *text == '\0')
                standard(&set);
        while (text != NULL && *text != '\0') {
                size_t len = strcspn(text, ",");
                size_t lead = strspn(text, " ");
                size_t n = len > lead ? len - lead : 0;
                int p;

                while (n > 0 && text[lead + n - 1] == ' ')
                        n--;
                p = property_find(text + lead, n);
                if (p < 0 || (properties[p].kind == KIND_ELSEWHERE && reading == READING_COLLECTION)) {
                        struct text name = { 0 };

                        text_raw(&name, text + lead, n);
                        exchange_trouble(x, p < 0 ? T_NO_PROPERTY : T_ELSEWHERE, text_str(&name));
                        text_free(&name);
                        return false;
                }
                /* Without its own right this one is missing, as if it had not been asked for. */
                if (x->own->reads_leave || strcmp(properties[p].name, "employeeLeaveDateTime") != 0)
                        props_add(&set, (unsigned)p);
                text += len + (text[len] == ',');
        }
        selection_of(s, &set);
        return true;
}

void
selection_text(const struct selection *s, struct text *t)
{
        struct props usual = { { 0 } };

        standard(&usual);
        if (memcmp(&usual, &s->set, sizeof usual) == 0)
                return;
        text_char(t, '(');
        for (int i = 0; i < s->count; i++) {
                if (i > 0)
                        text_char(t, ',');
                text_put(t, properties[s->list[i]].name);
        }
        if (props_has(&s->set, PROP_MANAGER))
                text_lit(t, ",manager");
        text_char(t, ')');
}

uint32_t
object_boss(const struct directory *d, uint32_t index)
{
        uint32_t boss = directory_boss(d, index);

        return boss != NOBODY && d->members[boss].life == LIFE_LIVE ? boss : NOBODY;
}

static void
related(const struct directory *d, uint32_t index, bool removed, struct text *t)
{
        text_lit(t, "{\"@odata.type\":\"#microsoft.graph.user\",\"id\":\"");
        guid_text(t, d->world.realm, index);
        if (removed)
                text_lit(t, "\",\"@removed\":{\"reason\":\"deleted\"}}");
        else
                text_lit(t, "\"}");
}

/* In an initial round the manager as he is; in a later one only what changed.  Who was removed
 * and restored between two reads is told as he is, and who is his manager no longer: his reader
 * never saw him go. */
static void
write_boss_delta(const struct directory *d, uint32_t index, const struct style *style, struct text *t)
{
        uint32_t boss = object_boss(d, index), old = NOBODY;

        if (style->span != NULL) {
                if (props_has(&style->span->touched, PROP_MANAGER))
                        old = style->span->old_boss;
                else if (!style->span->came)
                        return;
        }
        if (boss == NOBODY && old == NOBODY)
                return;
        text_lit(t, ",\"manager@delta\":[");
        if (boss != NOBODY)
                related(d, boss, false, t);
        if (old != NOBODY && old != boss) {
                if (boss != NOBODY)
                        text_char(t, ',');
                related(d, old, true, t);
        }
        text_char(t, ']');
}

static void
write_extras(struct text *t)
{
        text_lit(t, ",\"@odata.type\":\"#microsoft.graph.user\",\"@odata.id\":\"directoryObjects/x\","
                    "\"department@odata.type\":\"#String\",\"unheardOf\":{\"deep\":[1,{\"a\":null},[true]],"
                    "\"text\":\"\\ud83d\\ude80 \xf0\x9f\x9a\x80\"}");
}

/* What has no value is absent from a delta, but null there when it was cleared; elsewhere it is
 * null, and an unset extension is absent everywhere. */
static void
write_value(const struct directory *d, uint32_t index, const struct person *made, unsigned p,
            const struct style *style, struct text *t)
{
        size_t start = t->len, value;
        bool set;

        text_char(t, ',');
        text_raw(t, properties[p].key, properties[p].key_len);
        value = t->len;
        set = directory_value(d, index, made, p, t);
        if (set && (t->len - value != 4 || memcmp(t->at + value, "null", 4) != 0))
                return;
        t->len = value;
        if (style->delta ? style->span == NULL || !set : properties[p].extension)
                t->len = start;
        else if (properties[p].kind == KIND_LIST)
                text_lit(t, "[]");
        else
                text_lit(t, "null");
}

/* What an old edition of a record would say: some text that is not his name. */
static bool
outdated(unsigned p)
{
        return p == PROP_JOB_TITLE || p == PROP_DEPARTMENT || p == PROP_OFFICE || p == PROP_DISPLAY_NAME;
}

void
object_write(const struct directory *d, uint32_t index, const struct selection *s,
             const struct style *style, struct text *t)
{
        struct person room_for_one;
        const struct person *made = directory_person(d, index, &room_for_one);
        const struct props *only = style->minimal && style->span != NULL && !style->span->came
                                   ? &style->span->touched : NULL;

        text_need(t, PERSON_ROOM);
        text_lit(t, "{\"id\":\"");
        guid_text(t, d->world.realm, index);
        text_char(t, '"');
        for (int i = 1; i < s->count; i++) {
                unsigned p = s->list[i];

                if (only != NULL && !props_has(only, p))
                        continue;
                if (style->stale && outdated(p)) {
                        text_char(t, ',');
                        text_raw(t, properties[p].key, properties[p].key_len);
                        text_lit(t, "\"Outdated\"");
                } else {
                        write_value(d, index, made, p, style, t);
                }
        }
        if (style->delta && props_has(&s->set, PROP_MANAGER))
                write_boss_delta(d, index, style, t);
        if (style->extras)
                write_extras(t);
        text_char(t, '}');
}

void
object_write_typed(const struct directory *d, uint32_t index, const struct selection *s,
                   const struct style *style, struct text *t)
{
        size_t start;

        text_lit(t, "{\"@odata.type\":\"#microsoft.graph.user\",");
        start = t->len;
        object_write(d, index, s, style, t);
        memmove(t->at + start, t->at + start + 1, t->len - start - 1);  /* without its brace */
        t->len--;
}

void
object_write_boss(const struct directory *d, uint32_t index, const struct style *style, struct exchange *x)
{
        uint32_t boss = object_boss(d, index);
        struct selection usual;

        if (boss == NOBODY || !selection_read(&usual, NULL, READING_COLLECTION, x))
                return;
        x->reply.len--;
        text_lit(&x->reply, ",\"manager\":");
        object_write_typed(d, boss, &usual, style, &x->reply);
        text_char(&x->reply, '}');
}

void
object_write_removed(const struct directory *d, uint32_t index, const char *reason, struct text *t)
{
        text_lit(t, "{\"id\":\"");
        guid_text(t, d->world.realm, index);
        text_lit(t, "\",\"@removed\":{\"reason\":\"");
        text_put(t, reason);
        text_lit(t, "\"}}");
}

void
object_write_truth(const struct directory *d, uint32_t index, struct text *t)
{
        static const char *const states[] = { "live", "deleted", "purged" };
        struct person room_for_one;
        const struct person *made = directory_person(d, index, &room_for_one);
        const struct style style = { .delta = true };
        uint32_t boss = object_boss(d, index);

        text_lit(t, "{\"id\":\"");
        guid_text(t, d->world.realm, index);
        text_fmt(t, "\",\"@index\":%u,\"@state\":\"%s\"", index, states[d->members[index].life]);
        for (unsigned p = 0; p < property_count; p++)
                if (p != PROP_ID && properties[p].kind != KIND_MANAGER)
                        write_value(d, index, made, p, &style, t);
        text_lit(t, ",\"manager\":");
        if (boss == NOBODY) {
                text_lit(t, "null}");
        } else {
                text_char(t, '"');
                guid_text(t, d->world.realm, boss);
                text_lit(t, "\"}");
        }
}
