/* truth-wanted.c - what truth compares with: the settings, and the people of the source. */
#include "truth.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
differs(struct truth *t, const char *format, ...)
{
        va_list ap;

        t->differences++;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        putchar('\n');
}

void
die(const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        fputs("truth: ", stderr);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
        exit(2);
}

void *
need(void *p)
{
        if (p == NULL)
                die("out of memory");
        return p;
}

char *
normal(const char *dn)
{
        char *ret = NULL;

        if (ldap_dn_normalize(dn, LDAP_DN_FORMAT_LDAPV3, &ret, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || ret == NULL)
                return need(strdup(dn));
        for (char *p = ret; *p != '\0'; p++)
                if (*p >= 'A' && *p <= 'Z')
                        *p = (char)(*p - 'A' + 'a');
        return ret;
}

/* ---- settings ------------------------------------------------------------------------ */

static char *
cut(char *text, char at)
{
        char *mark = strchr(text, at);

        if (mark == NULL)
                return NULL;
        *mark = '\0';
        return mark + 1;
}

static void
add_rule(struct truth *t, char *text)
{
        struct rule *r = &t->rules[t->rule_count++];
        char *conditions = cut(text, ':');

        r->group = text;
        while (conditions != NULL && r->count < 8) {
                char *next = cut(conditions, ',');

                r->attribute[r->count] = conditions;
                r->value[r->count] = cut(conditions, '=');
                if (r->value[r->count++] == NULL)
                        die("a rule needs SOURCE=VALUE");
                conditions = next;
        }
}

/* What differs from server to server. */
static void
setting_of_server(struct truth *t, const char *name, const char *value)
{
        const struct { const char *name; const char **into; } texts[] = {
                { "rdn", &t->rdn }, { "stamp", &t->stamp }, { "class", &t->group_class }, { "bind", &t->bind },
        };

        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
                if (strcmp(texts[i].name, name) == 0) {
                        *texts[i].into = value;
                        return;
                }
        if (strcmp(name, "least") == 0)
                t->least = strtol(value, NULL, 10);
        else if (strcmp(name, "idle") == 0)
                t->idle = strcmp(value, "yes") == 0;
        else
                die("what is '%s'?", name);
}

void
setting(struct truth *t, char *text)
{
        char *value = cut(text, '=');

        if (value == NULL || t->map_count == MOST || t->rule_count == MOST || t->family_count == MOST
            || t->excepted_count == MOST)
                die("what is '%s'?", text);
        if (strcmp(text, "map") == 0) {
                struct map *m = &t->maps[t->map_count++];
                m->to = value;
                m->from = cut(value, ':');
                if (m->from == NULL)
                        die("map=LDAP:SOURCE");
                m->or = cut((char *)(uintptr_t)m->from, '|');
        } else if (strcmp(text, "uid") == 0) {
                t->uid = value;
        } else if (strcmp(text, "rule") == 0) {
                add_rule(t, value);
        } else if (strcmp(text, "family") == 0) {
                struct family *f = &t->families[t->family_count++];
                f->prefix = value;
                f->attribute = cut(value, ':');
        } else if (strcmp(text, "except") == 0) {
                t->excepted[t->excepted_count++] = value;
        } else if (strcmp(text, "foreign") == 0) {
                t->foreign = strtol(value, NULL, 10);
        } else if (strcmp(text, "gone") == 0) {
                t->gone_absent = strcmp(value, "absent") == 0;
        } else if (strcmp(text, "lock") == 0) {
                t->lock = value;
                value = cut(value, '&');
                t->lock_bit = value != NULL ? strtol(value, NULL, 10) : 0;
        } else {
                setting_of_server(t, text, value);
        }
}

/* ---- the source ------------------------------------------------------------------------- */

const char *
text_of(const struct person *p, const char *name)
{
        struct json_object *v;

        if (!json_object_object_get_ex(p->json, name, &v) || v == NULL)
                return NULL;
        return json_object_get_string(v);
}

static int
by_id(const void *a, const void *b)
{
        return strcmp(((const struct person *)a)->id, ((const struct person *)b)->id);
}

struct person *
person_of(const struct truth *t, const char *id)
{
        struct person key = { .id = id };

        return t->person_count == 0 ? NULL : bsearch(&key, t->people, t->person_count, sizeof key, by_id);
}

bool
same(const char *a, const char *b)
{
        return a != NULL && strcasecmp(a, b) == 0;
}

void
read_people(struct truth *t, const char *file)
{
        struct json_object *all = json_object_from_file(file), *list;

        if (all == NULL || !json_object_object_get_ex(all, "value", &list))
                die("%s: no people in it", file);
        t->person_count = json_object_array_length(list);
        t->people = need(calloc(t->person_count + 1, sizeof *t->people));
        for (size_t i = 0; i < t->person_count; i++) {
                struct person *p = &t->people[i];

                p->json = json_object_array_get_idx(list, i);
                p->id = text_of(p, "id");
                if (p->id == NULL)
                        die("%s: somebody without id", file);
                p->in_scope = same(text_of(p, "@state"), "live") && same(text_of(p, "userType"), "Member")
                           && text_of(p, "mail") != NULL;
                for (size_t k = 0; k < t->excepted_count; k++)
                        p->excepted = p->excepted || strcmp(t->excepted[k], p->id) == 0;
        }
        qsort(t->people, t->person_count, sizeof *t->people, by_id);
}
