/* tables.c - a plugin's tables, row by row.
 *
 * The sentence is for whoever wrote the plugin: which row, and what is wrong. */
#include "build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/descriptor.h"
#include "host/value.h"

#define MOST_ROWS 1000
#define LEAST_OPTION (offsetof(struct mst_option, more) + sizeof(char *))                   /* 1.0 */
#define LEAST_ATTRIBUTE (offsetof(struct mst_attribute, help) + sizeof(char *))             /* 1.0 */
#define LEAST_MAP (offsetof(struct mst_default_map, flags) + sizeof(uint32_t))              /* 1.0 */

MST_PRINTF(2, 3)
static bool
refuse(struct mstc_tables *t, const char *format, ...)
{
        char text[800];
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        mst_fail(t->err, MST_ECONFIG, "%s %s", t->what, text);
        return false;
}

/* Counts the rows before the one whose first member, a pointer, is NULL. */
static bool
count_rows(struct mstc_tables *t, const char *table, const char *what, size_t row, size_t least, size_t most,
           size_t *ret)
{
        if (row < least || row > most)
                return refuse(t, "%s: a row is said to be %zu bytes long, which is not between %zu and %zu: "
                              "rebuild it with this muster's headers", what, row, least, most);
        for (*ret = 0; *ret <= MOST_ROWS; ++*ret) {
                const char *first;

                if (!mstc_image_has(t->image, table + *ret * row, row))
                        break;
                memcpy(&first, table + *ret * row, sizeof first);
                if (first == NULL)
                        return true;
                if (!mstc_image_text(t->image, first, 256))
                        return refuse(t, "%s %zu has no name that can be read: does the table end with a NULL row?",
                                      what, *ret + 1);
        }
        return refuse(t, "%s: the table does not end with a NULL row", what);
}

/* A copy with rows of our own size; NULL (an empty table) stays NULL's equal. */
static void *
copy_rows(struct mstc_tables *t, const void *table, size_t count, size_t row, size_t ours)
{
        char *copy = mst_arena_alloc(t->arena, (count + 1) * ours);

        if (copy == NULL) {
                mst_fail_memory(t->err, "loading a plugin");
                return NULL;
        }
        for (size_t i = 0; i < count; i++)
                memcpy(copy + i * ours, (const char *)table + i * row, row);
        return copy;
}

/* ---- options ---- */

static bool
check_choices(struct mstc_tables *t, const struct mst_option *row)
{
        const char *at = row->choices;

        if (row->type != MST_OPT_CHOICE && row->choices == NULL)
                return true;
        if (at == NULL || at[0] == '\0')
                return refuse(t, "option '%s' is a choice without choices", row->name);
        for (;;) {
                size_t length = strcspn(at, "|");

                if (length == 0)
                        return refuse(t, "option '%s' has an empty choice in \"%s\"", row->name, row->choices);
                if (at[length] == '\0')
                        return true;
                at += length + 1;
        }
}

static bool
check_default(struct mstc_tables *t, const struct mst_option *row)
{
        struct mstc_parsed parsed;

        if (row->def == NULL)
                return true;
        if (row->type == MST_OPT_SECRET)
                return refuse(t, "option '%s': a secret has no default", row->name);
        if ((row->flags & MST_OPT_REQUIRED) != 0)
                return refuse(t, "option '%s' is required and has a default", row->name);
        if (row->type == MST_OPT_LIST || mstc_value_parse(row, row->def, &parsed))
                return true;
        return refuse(t, "option '%s': its default is not possible: %s", row->name, parsed.why);
}

static bool
check_texts(struct mstc_tables *t, const struct mst_option *row)
{
        const struct { const char *what, *text; } texts[] = {
                { "default", row->def }, { "list of choices", row->choices }, { "help", row->help },
                { "further text", row->more },
        };

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                if (texts[i].text != NULL && !mstc_image_text(t->image, texts[i].text, 8192))
                        return refuse(t, "option '%s': its %s cannot be read", row->name, texts[i].what);
        if (row->help == NULL || row->help[0] == '\0')
                return refuse(t, "option '%s' has no help", row->name);
        return true;
}

static bool
check_option(struct mstc_tables *t, const struct mst_option *row, size_t number, size_t config_size)
{
        size_t width = mstc_value_width(row->type);

        if (!mstc_descriptor_name(row->name))
                return refuse(t, "option %zu: '%.80s' is not a name of small letters, digits and '-'", number,
                              row->name);
        if (width == 0)
                return refuse(t, "option '%s' has the unknown type %u", row->name, row->type);
        if (row->offset > config_size || width > config_size - row->offset)
                return refuse(t, "option '%s' is to be stored at byte %zu, outside the %zu bytes of the configuration",
                              row->name, row->offset, config_size);
        if (row->offset % width != 0)
                return refuse(t, "option '%s' is to be stored at byte %zu, which does not fit its type", row->name,
                              row->offset);
        if (row->min > row->max)
                return refuse(t, "option '%s': its least value is larger than its largest", row->name);
        return check_texts(t, row) && check_choices(t, row) && check_default(t, row);
}

static bool
check_pair(struct mstc_tables *t, const struct mst_option *a, const struct mst_option *b)
{
        if (strcmp(a->name, b->name) == 0)
                return refuse(t, "option '%s' is in the table twice", a->name);
        /* The same member under an old and a new name is all right. */
        if (a->offset == b->offset && a->type == b->type)
                return true;
        if (a->offset < b->offset + mstc_value_width(b->type) && b->offset < a->offset + mstc_value_width(a->type))
                return refuse(t, "options '%s' and '%s' are to be stored in the same place", b->name, a->name);
        return true;
}

bool
mstc_tables_options(struct mstc_tables *t, const struct mst_option **table, size_t row, size_t config_size)
{
        static const struct mst_option none;
        struct mst_option *copy;
        size_t count;

        if (*table == NULL) {
                *table = &none;
                return true;
        }
        if (!count_rows(t, (const char *)*table, "option", row, LEAST_OPTION, sizeof none, &count))
                return false;
        copy = copy_rows(t, *table, count, row, sizeof none);
        if (copy == NULL)
                return false;
        *table = copy;
        for (size_t i = 0; i < count; i++) {
                if (!check_option(t, &copy[i], i + 1, config_size))
                        return false;
                for (size_t k = 0; k < i; k++)
                        if (!check_pair(t, &copy[i], &copy[k]))
                                return false;
        }
        return true;
}

/* ---- attributes ---- */

bool
mstc_tables_attributes(struct mstc_tables *t, const struct mst_attribute **table, size_t row)
{
        static const struct mst_attribute none;
        struct mst_attribute *copy;
        size_t count;

        if (*table == NULL) {
                *table = &none;
                return true;
        }
        if (!count_rows(t, (const char *)*table, "attribute", row, LEAST_ATTRIBUTE, sizeof none, &count))
                return false;
        copy = copy_rows(t, *table, count, row, sizeof none);
        if (copy == NULL)
                return false;
        *table = copy;
        for (size_t i = 0; i < count; i++) {
                if (copy[i].name[0] == '\0')
                        return refuse(t, "attribute %zu has an empty name", i + 1);
                if (copy[i].type <= MST_NULL || copy[i].type > MST_OBJECT || copy[i].type == MST_LIST)
                        return refuse(t, "attribute '%s' has the unknown type %u", copy[i].name, copy[i].type);
                if (copy[i].help != NULL && !mstc_image_text(t->image, copy[i].help, 8192))
                        return refuse(t, "attribute '%s': its help cannot be read", copy[i].name);
                for (size_t k = 0; k < i; k++)
                        if (strcasecmp(copy[i].name, copy[k].name) == 0
                            && ((copy[i].flags ^ copy[k].flags) & MST_ATTR_GROUP) == 0)
                                return refuse(t, "attribute '%s' is in the table twice", copy[i].name);
        }
        return true;
}

/* ---- the default map ---- */

static bool
known(const struct mst_attribute *attributes, const struct mst_default_map *row)
{
        for (const struct mst_attribute *a = attributes; a->name != NULL; a++)
                if (((a->flags ^ row->flags) & MST_ATTR_GROUP) == 0
                    && (strcasecmp(a->name, row->to) == 0
                        || (strlen(a->name) > 0 && a->name[strlen(a->name) - 1] == '*'
                            && strncasecmp(a->name, row->to, strlen(a->name) - 1) == 0)))
                        return true;
        return false;
}

bool
mstc_tables_map(struct mstc_tables *t, const struct mst_default_map **table, size_t row,
                const struct mst_attribute *attributes)
{
        static const struct mst_default_map none;
        struct mst_default_map *copy;
        size_t count;

        if (*table == NULL) {
                *table = &none;
                return true;
        }
        if (!count_rows(t, (const char *)*table, "default map", row, LEAST_MAP, sizeof none, &count))
                return false;
        copy = copy_rows(t, *table, count, row, sizeof none);
        if (copy == NULL)
                return false;
        *table = copy;
        for (size_t i = 0; i < count; i++) {
                if (copy[i].expression == NULL || !mstc_image_text(t->image, copy[i].expression, 65536))
                        return refuse(t, "default map to '%s' has no expression", copy[i].to);
                if (!known(attributes, &copy[i]))
                        return refuse(t, "default map to '%s': there is no such attribute in its table", copy[i].to);
                for (size_t k = 0; k < i; k++)
                        if (strcasecmp(copy[i].to, copy[k].to) == 0
                            && ((copy[i].flags ^ copy[k].flags) & MST_ATTR_GROUP) == 0)
                                return refuse(t, "default map to '%s' is in the table twice", copy[i].to);
        }
        return true;
}
