/* traits.c - the columns of a list that its reader chooses. */
#include "build.h"

#include "cli/traits.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <muster/escape.h>

#include "record/record.h"

/* ---- which ---- */

static const struct mstc_trait *
field_of(const struct mstc_trait *known, const char *name)
{
        for (; known->name != NULL; known++)
                if (strcasecmp(known->name, name) == 0)
                        return known;
        return NULL;
}

static bool
is_attribute_name(const char *name)
{
        if (!isalpha((unsigned char)*name))
                return false;
        for (; *name != '\0'; name++)
                if (!isalnum((unsigned char)*name) && strchr("_-.@", *name) == NULL)
                        return false;
        return true;
}

static bool
choose(struct mst_arena *arena, struct mstc_traits *fields, const char *name, const struct mstc_trait *field)
{
        char *title = mst_arena_strdup(arena, field != NULL ? field->name : name);

        if (title == NULL)
                return false;
        for (char *c = title; *c != '\0'; c++)
                *c = (char)toupper((unsigned char)*c);
        fields->names[fields->count] = field != NULL ? field->name : name;
        fields->fields[fields->count] = field;
        fields->columns[fields->count++] = (struct mstc_column){ .title = title,
                .flags = field != NULL ? field->flags : MSTC_FLEXIBLE, .least = field != NULL ? field->least : 10 };
        return true;
}

static int
no_such_column(struct mstc_cli *cli, const struct mstc_trait *known, bool attributes, const char *name)
{
        struct mstc_buffer all = { 0 };
        int code;

        for (; known->name != NULL; known++)
                mstc_buffer_printf(&all, "%s%s", all.length > 0 ? ", " : "", known->name);
        code = mstc_cli_misused(cli, "--columns takes names with commas between, '%s' is none; there are %s%s", name,
                                mstc_buffer_cstr(&all), attributes ? " and the attributes of the source" : "");
        mstc_buffer_done(&all);
        return code;
}

bool
mstc_traits_usual(struct mstc_cli *cli, const struct mstc_trait *known, struct mstc_traits *into)
{
        for (; known->name != NULL; known++)
                if (known->usual && !choose(cli->arena, into, known->name, known))
                        return false;
        return true;
}

int
mstc_traits_read(struct mstc_cli *cli, const struct mstc_trait *known, bool attributes, struct mstc_traits *ret)
{
        const char *list = mstc_args_value(cli->args, "columns");
        struct mst_error err = { 0 };
        char *text = list != NULL ? mst_arena_strdup(cli->arena, list) : NULL, *rest = NULL;
        bool good = list == NULL || text != NULL;

        *ret = (struct mstc_traits){ .csv = mstc_args_has(cli->args, "csv") };
        if (ret->csv && cli->json != NULL)
                return mstc_cli_misused(cli, "--csv and --json exclude each other");
        if (text != NULL && strspn(text, ", ") == strlen(text))
                return no_such_column(cli, known, attributes, text);
        for (char *name = text != NULL ? strtok_r(text, ", ", &rest) : NULL; good && name != NULL;
             name = strtok_r(NULL, ", ", &rest)) {
                const struct mstc_trait *field = field_of(known, name);

                if (ret->count == MSTC_MOST_TRAITS)
                        return mstc_cli_misused(cli, "--columns takes %u names at most", MSTC_MOST_TRAITS);
                if (field == NULL && strncasecmp(name, "user.", 5) == 0)
                        name += 5;
                if (field == NULL && (!attributes || !is_attribute_name(name)))
                        return no_such_column(cli, known, attributes, name);
                good = choose(cli->arena, ret, name, field);
        }
        if (good && list == NULL && ret->csv)
                good = mstc_traits_usual(cli, known, ret);
        if (good)
                return MSTC_END_DONE;
        mst_fail_memory(&err, "reading --columns");
        return mstc_cli_fail(cli, &err);
}

bool
mstc_traits_have(const struct mstc_traits *fields, const char *attribute)
{
        for (size_t i = 0; i < fields->count; i++)
                if (fields->fields[i] == NULL && strcasecmp(fields->names[i], attribute) == 0)
                        return true;
        return false;
}

/* ---- rows ---- */

/* A leading sign makes a formula, but a number (and a telephone's) may have one. */
static bool
is_formula(const char *text)
{
        if (*text == '=' || *text == '@')
                return true;
        return (*text == '+' || *text == '-') && text[1] != '\0' && text[strspn(text, "+-0123456789 ().,/")] != '\0';
}

void
mstc_csv_cell(struct mst_arena *arena, const char *text, bool first)
{
        const char *safe = text == NULL ? "" : isatty(STDOUT_FILENO) ? mst_escape_terminal(arena, text, strlen(text)) : text;

        if (!first)
                putchar(',');
        if (safe == NULL)
                safe = "";
        if (safe[strcspn(safe, ",\"\r\n")] == '\0' && !is_formula(safe) && *safe != ' ') {
                fputs(safe, stdout);
                return;
        }
        putchar('"');
        if (is_formula(safe))
                putchar('\'');
        for (; *safe != '\0'; safe++) {
                if (*safe == '"')
                        putchar('"');
                putchar(*safe);
        }
        putchar('"');
}

bool
mstc_traits_open(struct mstc_traits *fields, struct mstc_listing *list, struct mstc_cli *cli, const char *key)
{
        if (!mstc_listing_open(list, cli, key, fields->csv ? NULL : fields->columns, fields->count))
                return false;
        list->bare = fields->csv;
        for (size_t i = 0; fields->csv && i < fields->count; i++)
                mstc_csv_cell(list->arena, fields->names[i], i == 0);
        if (fields->csv)
                putchar('\n');
        return true;
}

static const struct mst_value *
attribute_of(const struct mst_record *record, const char *name)
{
        for (size_t i = 0; record != NULL && i < mst_record_count(record); i++)
                if (strcasecmp(mst_record_name_at(record, i), name) == 0)
                        return mst_record_at(record, i);
        return NULL;
}

static const char *
say_value(struct mst_arena *arena, const struct mst_value *value)
{
        struct mstc_buffer say = { 0 };
        const char *text = NULL;

        if (value == NULL || mst_value_type(value) == MST_NULL)
                return NULL;
        if (mst_value_type(value) == MST_TEXT)
                return mst_value_text(value, NULL);
        mstc_value_say(value, &say);
        text = mst_arena_strdup(arena, mstc_buffer_cstr(&say));
        mstc_buffer_done(&say);
        return text;
}

void
mstc_traits_show(struct mstc_traits *fields, struct mstc_listing *list, const void *row, const struct mst_record *record)
{
        struct mstc_json *json = list->cli->json;

        if (json != NULL)
                mstc_json_object(json, NULL);
        for (size_t i = 0; i < fields->count; i++) {
                const struct mst_value *value = fields->fields[i] == NULL ? attribute_of(record, fields->names[i]) : NULL;
                const char *text = fields->fields[i] != NULL ? fields->fields[i]->say(row, list->arena) : NULL;

                fields->met[i] |= value != NULL || fields->fields[i] != NULL;
                if (json != NULL && fields->fields[i] == NULL)
                        mstc_json_value(json, fields->names[i], value);
                else if (json != NULL)
                        mstc_json_text(json, fields->names[i], text);
                else if (fields->csv)
                        mstc_csv_cell(list->arena, value != NULL ? say_value(list->arena, value) : text, i == 0);
                else
                        mstc_table_cell(list->table, value != NULL ? say_value(list->arena, value) : text);
        }
        if (json != NULL)
                mstc_json_end(json);
        else if (fields->csv)
                putchar('\n');
}

void
mstc_traits_tell(const struct mstc_traits *fields, const struct mstc_listing *list)
{
        for (size_t i = 0; i < fields->count && list->shown > 0 && list->cli->json == NULL; i++)
                if (!fields->met[i])
                        fprintf(stderr, "muster: nobody who is listed has an attribute '%s'\n",
                                mstc_fit(list->cli->arena, fields->names[i], 60));
}
