/* walk.c - what may be where, and how a value is read. */
#include "build.h"

#include "config/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/include.h"
#include "util/date.h"
#include "util/near.h"

#define MOST_WORDS 32                        /* in a shape's list                      */

/* ---- helpers ---- */

const char *
mstc_walk_say(struct mstc_walk *walk, const char *format, ...)
{
        char text[1024];
        va_list ap;
        char *copy;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        copy = mst_arena_strdup(walk->arena, text);
        walk->failed |= copy == NULL;
        return copy;
}

void *
mstc_walk_grow(struct mstc_walk *walk, void *array, size_t *count, size_t size)
{
        void **rows = array;

        if ((*count & (*count - 1)) == 0) {  /* 0, 1, 2, 4, 8: full */
                size_t room = *count == 0 ? 1 : *count * 2;
                char *wider = mst_arena_alloc(walk->arena, room * size);

                if (wider == NULL) {
                        walk->failed = true;
                        return NULL;
                }
                if (*count > 0)
                        memcpy(wider, *rows, *count * size);
                *rows = wider;
        }
        return (char *)*rows + (*count)++ * size;
}

const char *
mstc_walk_near(struct mstc_walk *walk, const char *wrong, const char *const *names, size_t count)
{
        const char *near = mstc_near(wrong, names, count);
        char list[512] = "";
        size_t used = 0;

        if (near != NULL)
                return mstc_walk_say(walk, "did you mean '%s'?", near);
        for (size_t i = 0; i < count; i++) {
                int n = snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", names[i]);

                if (n < 0 || (size_t)n >= sizeof list - used) {
                        list[used] = '\0';
                        return mstc_walk_say(walk, "there are %zu: %s ...", count, list);
                }
                used += (size_t)n;
        }
        return count == 0 ? NULL : mstc_walk_say(walk, "%s: %s", count == 1 ? "there is only one" : "there are", list);
}

void
mstc_walk_twice(struct mstc_walk *walk, struct mstc_place place, const char *what, const char *name,
                struct mstc_place first)
{
        mstc_report_error(walk->report, place,
                          mstc_walk_say(walk, "rename one of them; the first is in %s:%u", first.file, first.line),
                          "there is a second %s named '%s'", what, name);
}

bool
mstc_walk_is(const xmlNode *node, const char *name)
{
        return strcmp((const char *)node->name, name) == 0;
}

struct mstc_place
mstc_walk_place(const xmlNode *node)
{
        return mstc_raw_place(&mstc_document_of(node)->raw, mstc_document_tag(node));
}

static struct mstc_place
attribute_place(const xmlNode *node, const char *name, bool value)
{
        const struct mstc_raw *raw = &mstc_document_of(node)->raw;

        return mstc_raw_place(raw, mstc_raw_attribute(raw, mstc_document_tag(node), name, value));
}

struct mstc_place
mstc_walk_at(const xmlNode *node, const char *attribute)
{
        return attribute_place(node, attribute, true);
}

/* ---- shapes ---- */

struct word {
        char name[40];
        char mark;                           /* '!', '?', '*' or NUL                   */
        unsigned seen;
};

static size_t
split(const char *list, struct word words[MOST_WORDS])
{
        size_t count = 0;

        while (list != NULL && *list != '\0' && count < MOST_WORDS) {
                size_t length = strcspn(list, " ");
                struct word *word = &words[count++];

                *word = (struct word){ .mark = list[length - 1] };
                if (strchr("!?*", word->mark) == NULL)
                        word->mark = '\0';
                (void)snprintf(word->name, sizeof word->name, "%.*s",
                               (int)(word->mark == '\0' ? length : length - 1), list);
                list += length;
                list += strspn(list, " ");
        }
        return count;
}

static struct word *
find(struct word *words, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(words[i].name, name) == 0)
                        return &words[i];
        return NULL;
}

static const char *
nearest(struct mstc_walk *walk, const char *wrong, const struct word *words, size_t count)
{
        const char *names[MOST_WORDS];

        for (size_t i = 0; i < count; i++)
                names[i] = words[i].name;
        return mstc_walk_near(walk, wrong, names, count);
}

static void
check_attributes(struct mstc_walk *walk, const xmlNode *node, const struct mstc_shape *shape)
{
        struct word words[MOST_WORDS];
        size_t count = split(shape->attributes, words);

        for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
                const char *name = (const char *)a->name;
                struct word *word = a->ns == NULL ? find(words, count, name) : NULL;

                if (word != NULL) {
                        word->seen++;
                        continue;
                }
                if (a->ns != NULL && a->ns->prefix != NULL)
                        name = mstc_walk_say(walk, "%s:%s", (const char *)a->ns->prefix, name);
                mstc_report_error(walk->report, attribute_place(node, name != NULL ? name : "", false),
                                  count == 0 ? "it takes no attributes" : nearest(walk, name, words, count),
                                  "<%s> has no attribute '%s'", (const char *)node->name, name);
        }
        for (size_t i = 0; i < count; i++)
                if (words[i].mark == '!' && words[i].seen == 0)
                        mstc_report_error(walk->report, mstc_walk_place(node), shape->example,
                                          "<%s> lacks the attribute '%s'", (const char *)node->name, words[i].name);
}

static void
check_words(struct mstc_walk *walk, const xmlNode *node, const struct mstc_shape *shape)
{
        const struct mstc_raw *raw = &mstc_document_of(node)->raw;
        size_t at = 0;
        bool has = mstc_raw_stray(raw, mstc_document_tag(node), &at);

        if (has && shape->words == MSTC_NO_TEXT)
                mstc_report_error(walk->report, mstc_raw_place(raw, at), shape->example,
                                  "<%s> holds no text", (const char *)node->name);
        if (!has && shape->words == MSTC_MUST_TEXT)
                mstc_report_error(walk->report, mstc_walk_place(node), shape->example,
                                  "<%s> is empty", (const char *)node->name);
}

static bool
in_space(struct mstc_walk *walk, const xmlNode *node)
{
        if (node->ns != NULL && strcmp((const char *)node->ns->href, MSTC_CONFIG_SPACE) == 0)
                return true;
        mstc_report_error(walk->report, mstc_walk_place(node),
                          "put all elements into the namespace " MSTC_CONFIG_SPACE,
                          "<%s> is in %s%s", (const char *)node->name,
                          node->ns == NULL ? "no namespace" : "another namespace, ",
                          node->ns == NULL ? "" : (const char *)node->ns->href);
        return false;
}

/* 'node' is what holds the child in its own file: an element or a <part>. */
static void
take_children(struct mstc_walk *walk, xmlNode *node, const char *parent, struct word *words, size_t count,
              struct mstc_nodes *into)
{
        for (xmlNode *child = node->children; child != NULL; child = child->next) {
                const char *name = (const char *)child->name;
                struct word *word;
                xmlNode **slot;

                if (child->type != XML_ELEMENT_NODE || !in_space(walk, child))
                        continue;
                word = find(words, count, name);
                if (word == NULL) {
                        mstc_report_error(walk->report, mstc_walk_place(child),
                                          count == 0 ? "it takes no elements" : nearest(walk, name, words, count),
                                          "<%s> has no element <%s>", parent, name);
                        continue;
                }
                if (word->seen++ > 0 && word->mark == '?') {
                        mstc_report_error(walk->report, mstc_walk_place(child), "keep one of them",
                                          "<%s> has more than one <%s>", parent, name);
                        continue;
                }
                /* In a group that is a person, not a file. */
                if (mstc_walk_is(child, "include") && !mstc_walk_is(node, "group")) {
                        struct mstc_nodes parts = mstc_include(walk, child, mstc_walk_is(node, "part"));

                        for (size_t i = 0; i < parts.count; i++)
                                take_children(walk, parts.at[i], parent, words, count, into);
                        continue;
                }
                slot = mstc_walk_grow(walk, &into->at, &into->count, sizeof *into->at);
                if (slot != NULL)
                        *slot = child;
        }
}

void
mstc_walk_plain(struct mstc_walk *walk, const xmlNode *node, const struct mstc_shape *shape)
{
        check_attributes(walk, node, shape);
        check_words(walk, node, shape);
}

struct mstc_nodes
mstc_walk_into(struct mstc_walk *walk, xmlNode *node, const struct mstc_shape *shape)
{
        struct word words[MOST_WORDS];
        size_t count = split(shape->children, words);
        struct mstc_nodes children = { NULL, 0 };

        mstc_walk_plain(walk, node, shape);
        take_children(walk, node, (const char *)node->name, words, count, &children);
        return children;
}

/* ---- values ---- */

const char *
mstc_walk_attribute(struct mstc_walk *walk, const xmlNode *node, const char *name)
{
        xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
        const char *copy;

        if (value == NULL)
                return NULL;
        copy = mst_arena_strdup(walk->arena, (const char *)value);
        walk->failed |= copy == NULL;
        xmlFree(value);
        return copy;
}

const char *
mstc_walk_name(struct mstc_walk *walk, const xmlNode *node, const char *name)
{
        static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
        const char *value = mstc_walk_attribute(walk, node, name);

        if (value == NULL)
                return NULL;
        if (value[0] != '\0' && strlen(value) <= 64 && value[strspn(value, good)] == '\0'
            && strchr("._-", value[0]) == NULL)
                return value;
        mstc_report_error(walk->report, mstc_walk_at(node, name),
                          "use letters, digits, '.', '_' and '-', at most 64, a letter or digit first",
                          "%s=\"%s\" is not a name", name, value);
        return NULL;
}

int
mstc_walk_choice(struct mstc_walk *walk, const xmlNode *node, const char *name, const char *choices,
                 int otherwise)
{
        const char *value = mstc_walk_attribute(walk, node, name), *at = choices;

        if (value == NULL)
                return otherwise;
        for (int i = 0;; i++) {
                size_t length = strcspn(at, "|");

                if (strlen(value) == length && memcmp(at, value, length) == 0)
                        return i;
                if (at[length] == '\0')
                        break;
                at += length + 1;
        }
        mstc_report_error(walk->report, mstc_walk_at(node, name), mstc_walk_say(walk, "write one of %s", choices),
                          "%s=\"%s\" is not possible", name, value);
        return otherwise;
}

bool
mstc_walk_yes(struct mstc_walk *walk, const xmlNode *node, const char *name, bool otherwise)
{
        return mstc_walk_choice(walk, node, name, "no|yes", otherwise) == 1;
}

int64_t
mstc_walk_integer(struct mstc_walk *walk, const xmlNode *node, const char *name, int64_t least, int64_t most,
                  int64_t otherwise)
{
        const char *value = mstc_walk_attribute(walk, node, name);
        int64_t number = 0;
        size_t digits;

        if (value == NULL)
                return otherwise;
        digits = strspn(value, "0123456789");
        if (digits > 0 && digits <= 18 && value[digits] == '\0') {
                number = strtoll(value, NULL, 10);
                if (number >= least && number <= most)
                        return number;
        }
        mstc_report_error(walk->report, mstc_walk_at(node, name),
                          mstc_walk_say(walk, "write a whole number from %lld to %lld", (long long)least,
                                        (long long)most),
                          "%s=\"%s\" is not possible", name, value);
        return otherwise;
}

double
mstc_walk_percent(struct mstc_walk *walk, const xmlNode *node, const char *name)
{
        const char *value = mstc_walk_attribute(walk, node, name);
        size_t digits, rest;
        double number = 0, place = 1;

        if (value == NULL)
                return -1;
        /* By hand: strtod() would go by the locale's decimal point. */
        digits = strspn(value, "0123456789");
        for (size_t i = 0; i < digits && i < 4; i++)
                number = number * 10 + (value[i] - '0');
        rest = digits;
        if (value[rest] == '.' && digits > 0) {
                rest++;
                for (; value[rest] >= '0' && value[rest] <= '9'; rest++)
                        number += (value[rest] - '0') * (place /= 10);
        }
        if (digits > 0 && digits <= 3 && value[rest] == '\0' && value[rest - 1] != '.' && number <= 100)
                return number;
        mstc_report_error(walk->report, mstc_walk_at(node, name), "write a number from 0 to 100, such as 2.5",
                          "%s=\"%s\" is not possible", name, value);
        return -1;
}

int64_t
mstc_walk_duration(struct mstc_walk *walk, const xmlNode *node, const char *name, int64_t least, int64_t most,
                   int64_t otherwise)
{
        const char *value = mstc_walk_attribute(walk, node, name);
        struct mst_error err = { 0 };
        char from[32], to[32];
        int64_t ms = 0;

        if (value == NULL)
                return otherwise;
        if (mstc_duration_parse(value, &ms, &err) != 0) {
                mstc_report_error(walk->report, mstc_walk_at(node, name), "write it like 90s, 15m, 2h or 30d",
                                  "%s=\"%s\" is not a duration: %s", name, value, err.text);
                return otherwise;
        }
        if (ms >= least && ms <= most)
                return ms;
        mstc_duration_format(least, from, sizeof from);
        mstc_duration_format(most, to, sizeof to);
        mstc_report_error(walk->report, mstc_walk_at(node, name),
                          mstc_walk_say(walk, "write a duration from %s to %s", from, to),
                          "%s=\"%s\" is not possible", name, value);
        return otherwise;
}

struct mstc_text
mstc_walk_text(struct mstc_walk *walk, const xmlNode *node)
{
        struct mstc_text text = { 0 };

        if (!mstc_raw_text(&mstc_document_of(node)->raw, mstc_document_tag(node), walk->arena, &text))
                walk->failed = true;
        if (text.length == 0)
                text.text = NULL;
        return text;
}
