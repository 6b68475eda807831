/* faultscript.c - the fault script as text; see faultscript.h.  A line becomes the object of
 * the JSON form, so that both are checked in one place. */
#include "faultscript.h"
#include "spoil.h"

#include <errno.h>
#include <stdlib.h>

struct line {
        const struct service *service;
        const char *at;
        struct json_object *rule;
        const char *action;
        struct text *why;
};

static bool
blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r';
}

/* value, or "value" with \" and \\ in it. */
static bool
read_value(struct line *l, struct text *value)
{
        bool quoted = *l->at == '"';

        for (l->at += quoted; *l->at != '\0' && *l->at != '\n' && (quoted ? *l->at != '"' : !blank(*l->at)); l->at++) {
                if (quoted && *l->at == '\\' && (l->at[1] == '"' || l->at[1] == '\\'))
                        l->at++;
                text_char(value, *l->at);
        }
        if (!quoted)
                return true;
        if (*l->at != '"') {
                text_put(l->why, "a quote is not closed");
                return false;
        }
        l->at++;
        return true;
}

static bool
put(struct line *l, const char *name, const char *value)
{
        struct json_object *v;
        long long n;
        char *end;

        if (json_object_object_get_ex(l->rule, name, NULL)) {
                text_fmt(l->why, "'%s' is given twice", name);
                return false;
        }
        if (strcmp(name, "nested") == 0 && (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)) {
                v = json_object_new_boolean(strcmp(value, "yes") == 0);
        } else if (faults_number(name)) {
                errno = 0;
                n = strtoll(value, &end, 10);
                if (*value < '0' || *value > '9' || *end != '\0' || errno != 0) {
                        text_fmt(l->why, "'%s' must be a number, not '%s'", name, value);
                        return false;
                }
                v = json_object_new_int64(n);
        } else {
                v = json_object_new_string(value);
        }
        json_object_object_add(l->rule, name, v);
        return true;
}

/* "status" and "delay-ms" are members, too, and the action only if there is no other. */
static bool
is_action(const struct line *l, const char *word)
{
        return strcmp(word, "status") != 0 && strcmp(word, "delay-ms") != 0 && spoil_find(l->service, word) >= 0;
}

static bool
put_action(struct line *l, const char *word, const char *value)
{
        const struct action *action;

        if (l->action != NULL) {
                text_fmt(l->why, "'%s' and '%s' are two actions; a line has one", l->action, word);
                return false;
        }
        action = spoil_action(l->service, spoil_find(l->service, word));
        l->action = action->name;
        if (value == NULL)
                return true;
        if (action->member != NULL)
                return put(l, action->member, value);
        text_fmt(l->why, "'%s' takes no value", word);
        return false;
}

static bool
read_word(struct line *l)
{
        struct text name = { 0 }, value = { 0 };
        bool has_value, good;

        while (*l->at != '\0' && *l->at != '\n' && *l->at != '=' && !blank(*l->at))
                text_char(&name, *l->at++);
        has_value = *l->at == '=';
        l->at += has_value;
        good = !has_value || read_value(l, &value);
        if (good && strcmp(text_str(&name), "action") == 0)
                good = spoil_find(l->service, text_str(&value)) >= 0 ? put_action(l, text_str(&value), NULL)
                                                         : put(l, "action", text_str(&value));
        else if (good && is_action(l, text_str(&name)))
                good = put_action(l, text_str(&name), has_value ? text_str(&value) : NULL);
        else if (good && !has_value) {
                text_fmt(l->why, "there is no action '%s'; other words are name=value", text_str(&name));
                good = false;
        } else if (good) {
                good = put(l, strcmp(text_str(&name), "page") == 0 ? "nth" : text_str(&name), text_str(&value));
        }
        text_free(&name);
        text_free(&value);
        return good;
}

/* The rule of a line, NULL for an empty one or after a sentence; *at moves to the next. */
static struct json_object *
read_line(const struct service *s, const char **at, struct text *why)
{
        struct line l = { .service = s, .at = *at, .rule = json_object_new_object(), .why = why };
        bool good = true;

        while (good) {
                while (blank(*l.at))
                        l.at++;
                if (*l.at == '\0' || *l.at == '\n' || *l.at == '#')
                        break;
                good = read_word(&l);
        }
        *at = l.at + strcspn(l.at, "\n");
        *at += **at == '\n';
        if (good && json_object_object_length(l.rule) == 0 && l.action == NULL)
                good = false;
        if (good && l.action == NULL)
                l.action = json_object_object_get_ex(l.rule, "status", NULL) ? "status"
                           : json_object_object_get_ex(l.rule, "delay-ms", NULL) ? "delay-ms" : NULL;
        if (good && l.action != NULL)
                json_object_object_add(l.rule, "action", json_object_new_string(l.action));
        if (good && !json_object_object_get_ex(l.rule, "action", NULL)) {
                text_put(why, "there is no action, such as close, status=503 or reset-after-bytes=512");
                good = false;
        }
        if (good)
                return l.rule;
        json_object_put(l.rule);
        return NULL;
}

bool
faultscript_load(struct faults *f, const char *script, struct text *why)
{
        struct json_object *rule;
        int before = f->count;

        for (int number = 1; *script != '\0' && why->len == 0; number++) {
                struct text wrong = { 0 };

                rule = read_line(f->service, &script, &wrong);
                if (rule != NULL)
                        (void)faults_load(f, rule, &wrong);
                if (wrong.len > 0)
                        text_fmt(why, "line %d: %s", number, text_str(&wrong));
                json_object_put(rule);
                text_free(&wrong);
        }
        if (why->len > 0)
                faults_shrink(f, before);
        return why->len == 0;
}
