/* settings.c - how an emulator behaves; see settings.h. */
#include "settings.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static bool
switch_value(const char *value, bool *ret)
{
        *ret = strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0;
        return *ret || strcasecmp(value, "no") == 0 || strcasecmp(value, "false") == 0 || strcmp(value, "0") == 0;
}

static bool
take(struct settings *set, const struct setting *r, const char *value)
{
        void *to = (char *)set + r->offset;
        int64_t n = 0;
        bool on = false;

        switch (r->sort) {
        case SORT_SWITCH:
                if (!switch_value(value, &on))
                        return false;
                memcpy(to, &on, sizeof on);
                return true;
        case SORT_CHOICE:
                while (r->choices[n] != NULL && strcmp(value, r->choices[n]) != 0)
                        n++;
                if (r->choices[n] == NULL)
                        return false;
                break;
        case SORT_COUNT:
                if (!clock_span(value, &n) || n < 1 || n > 100000)
                        return false;
                break;
        case SORT_NUMBER:
        case SORT_SPAN:
                if (!clock_span(value, &n))
                        return false;
                break;
        }
        memcpy(to, &n, sizeof n);
        return true;
}

void
settings_init(struct rest *r)
{
        for (const struct setting *one = r->service->settings; one->name != NULL; one++)
                take(r->set, one, one->def);
}

const char *
settings_set(struct rest *r, const char *name, const char *value, struct text *why)
{
        for (const struct setting *one = r->service->settings; one->name != NULL; one++) {
                if (strcmp(one->name, name) != 0)
                        continue;
                if (take(r->set, one, value))
                        return NULL;
                text_fmt(why, "setting '%s' cannot be '%s' (%s)", name, value, one->help);
                return text_str(why);
        }
        text_fmt(why, "there is no setting '%s'", name);
        return text_str(why);
}

bool
settings_take(struct rest *r, struct json_object *all, struct text *why)
{
        size_t size = r->service->settings_size;
        void *before = room(size);
        bool good = true;

        memcpy(before, r->set, size);
        json_object_object_foreach(all, name, value) {
                if (good)
                        good = settings_set(r, name, value != NULL ? json_object_get_string(value) : "", why) == NULL;
        }
        if (!good)
                memcpy(r->set, before, size);
        free(before);
        return good;
}

void
settings_json(const struct rest *r, struct text *t)
{
        char before = '{';

        for (const struct setting *one = r->service->settings; one->name != NULL; one++) {
                const void *from = (const char *)r->set + one->offset;
                int64_t n = 0;
                bool on = false;

                text_char(t, before);
                before = ',';
                text_json(t, one->name);
                text_char(t, ':');
                if (one->sort == SORT_SWITCH) {
                        memcpy(&on, from, sizeof on);
                        text_put(t, on ? "true" : "false");
                        continue;
                }
                memcpy(&n, from, sizeof n);
                if (one->sort == SORT_CHOICE)
                        text_json(t, one->choices[n]);
                else
                        text_int(t, n);
        }
        text_put(t, before == '{' ? "{}" : "}");
}

void
settings_help(const struct service *s)
{
        for (const struct setting *one = s->settings; one->name != NULL; one++)
                printf("  --%-18s %s [%s]\n", one->name, one->help, one->def);
}
