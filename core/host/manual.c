/* manual.c - `muster plugins NAME`: a manual made from the tables. */
#include "build.h"

#include "host/manual.h"

#include <stdio.h>
#include <string.h>

#include <muster/escape.h>

#include "host/value.h"
#include "record/record.h"
#include "util/alloc.h"
#include "util/utf8.h"

#define WIDTH 80

static void arena_drop(struct mst_arena **a) { mst_arena_free(*a); }

/* ---- words ---- */

static const struct {
        uint32_t bit;
        const char *word;
} cans[] = {
        { MST_CAN_USERS, "users" }, { MST_CAN_GROUPS, "groups" }, { MST_CAN_UPDATE, "update" },
        { MST_CAN_RENAME, "rename" }, { MST_CAN_DISABLE, "disable" }, { MST_CAN_DELETE, "delete" },
        { MST_CAN_STAMP, "stamp" }, { MST_CAN_LIST, "list" }, { MST_CAN_FIND, "find" },
        { MST_CAN_MEMBERS, "member changes" }, { MST_CAN_EMPTY_GROUP, "empty groups" },
        { MST_CAN_NEST, "nested groups" }, { MST_CAN_PHOTO, "photos" }, { MST_CAN_INCREMENTAL, "incremental" },
        { MST_CAN_FETCH, "fetch" }, { MST_CAN_PRESENT, "present values" },
        { MST_CAN_MEMBER_IDS, "members by id" },
};

static const struct {
        uint32_t bit;
        const char *word;
} attribute_words[] = {
        { MST_ATTR_MANY, "many" }, { MST_ATTR_REQUIRED, "required" }, { MST_ATTR_FIXED, "fixed after creation" },
        { MST_ATTR_EXACT, "case counts" }, { MST_ATTR_NAMING, "part of the name" },
        { MST_ATTR_READ_ONLY, "read only" }, { MST_ATTR_SECRET, "never shown" },
};

void
mstc_plugin_can(uint32_t can, struct mstc_buffer *into)
{
        bool first = true;

        for (size_t i = 0; i < sizeof cans / sizeof *cans; i++) {
                if ((can & cans[i].bit) == 0)
                        continue;
                mstc_buffer_printf(into, "%s%s", first ? "" : ", ", cans[i].word);
                first = false;
        }
}

/* ---- lines ---- */

/* Words of 'text' from column 'at' on; further lines begin at 'indent'. */
static void
wrap(struct mstc_buffer *into, const char *text, size_t at, size_t indent)
{
        bool first = true;

        for (;;) {
                size_t length, columns;

                text += strspn(text, " \n");
                length = strcspn(text, " \n");
                if (length == 0)
                        break;
                columns = mstc_utf8_columns(text, length);
                if (!first && at + 1 + columns > WIDTH) {
                        mstc_buffer_printf(into, "\n%*s", (int)indent, "");
                        at = indent;
                } else if (!first) {
                        mstc_buffer_char(into, ' ');
                        at++;
                }
                mstc_buffer_add(into, text, length);
                at += columns;
                text += length;
                first = false;
        }
        mstc_buffer_char(into, '\n');
}

/* "  name            what it is" */
static void
line(struct mstc_buffer *into, const char *name, const char *what)
{
        size_t columns = mstc_utf8_columns(name, strlen(name)) + 2;

        mstc_buffer_printf(into, "  %s", name);
        if (columns >= 24) {
                mstc_buffer_printf(into, "\n%24s", "");
                columns = 24;
        }
        for (; columns < 24; columns++)
                mstc_buffer_char(into, ' ');
        wrap(into, what, columns, 24);
}

static void
explain(struct mstc_buffer *into, const char *text)
{
        size_t length = text == NULL ? 0 : strlen(text);

        if (length == 0)
                return;
        mstc_buffer_printf(into, "%6s", "");
        wrap(into, text, 6, 6);
}

/* ---- options ---- */

static void
facts_of(const struct mst_option *row, struct mstc_buffer *into)
{
        char range[96];

        mstc_buffer_text(into, mstc_value_type(row->type));
        if (row->choices != NULL) {
                mstc_buffer_text(into, row->type == MST_OPT_URL ? ", scheme " : ": ");
                for (const char *c = row->choices; *c != '\0'; c++)
                        mstc_buffer_text(into, *c == '|' ? " | " : (char[]){ *c, '\0' });
        }
        mstc_value_range(row, range, sizeof range);
        if (range[0] != '\0')
                mstc_buffer_printf(into, ", %s", range);
        if ((row->flags & MST_OPT_REQUIRED) != 0)
                mstc_buffer_text(into, ", required");
        if (row->def != NULL)
                mstc_buffer_printf(into, ", default %s", row->def);
        if ((row->flags & MST_OPT_WHOLE) != 0)
                mstc_buffer_text(into, ", an element each");
        if ((row->flags & MST_OPT_DEPRECATED) != 0)
                mstc_buffer_text(into, ", deprecated");
        if ((row->flags & MST_OPT_IDENTITY) != 0)
                mstc_buffer_text(into, ", a change reads everything again");
}

static void
put_option(struct mstc_buffer *into, const struct mst_option *row)
{
        struct mstc_buffer facts = { 0 };
        char name[80];

        (void)snprintf(name, sizeof name, "<%s>", row->name);
        facts_of(row, &facts);
        line(into, name, mstc_buffer_cstr(&facts));
        into->failed |= facts.failed;
        mstc_buffer_done(&facts);
        explain(into, row->help);
        explain(into, row->more);
}

static void
put_options(struct mstc_buffer *into, const struct mst_option *table, bool advanced)
{
        bool title = false;

        for (const struct mst_option *row = table; row != NULL && row->name != NULL; row++) {
                if (((row->flags & MST_OPT_ADVANCED) != 0) != advanced)
                        continue;
                if (!title)
                        mstc_buffer_printf(into, "\n%s\n", advanced ? "Options that are seldom needed" : "Options");
                title = true;
                put_option(into, row);
        }
}

/* ---- attributes and maps ---- */

static void
put_attributes(struct mstc_buffer *into, const struct mst_attribute *table, uint32_t group)
{
        bool title = false;

        for (; table != NULL && table->name != NULL; table++) {
                struct mstc_buffer what = { 0 };

                if ((table->flags & MST_ATTR_GROUP) != group)
                        continue;
                if (!title)
                        mstc_buffer_printf(into, "\nAttributes of %s\n", group != 0 ? "groups" : "users");
                title = true;
                mstc_buffer_text(&what, mstc_type_name(table->type));
                for (size_t i = 0; i < sizeof attribute_words / sizeof *attribute_words; i++)
                        if ((table->flags & attribute_words[i].bit) != 0)
                                mstc_buffer_printf(&what, ", %s", attribute_words[i].word);
                if (table->longest > 0)
                        mstc_buffer_printf(&what, ", at most %u characters", table->longest);
                if (table->help != NULL)
                        mstc_buffer_printf(&what, "; %s", table->help);
                line(into, strcmp(table->name, "*") == 0 ? "(any other)" : table->name, mstc_buffer_cstr(&what));
                into->failed |= what.failed;
                mstc_buffer_done(&what);
        }
}

static void
put_map(struct mstc_buffer *into, const struct mst_default_map *table, uint32_t group)
{
        bool title = false;

        for (; table != NULL && table->to != NULL; table++) {
                if ((table->flags & MST_ATTR_GROUP) != group)
                        continue;
                if (!title)
                        mstc_buffer_printf(into, "\nDefault map of %s\n", group != 0 ? "groups" : "users");
                title = true;
                line(into, table->to, table->expression);
        }
}

static void
put_role(struct mstc_buffer *into, const char *title, uint32_t can, const struct mst_option *options,
         const struct mst_attribute *attributes, const struct mst_default_map *map)
{
        struct mstc_buffer words = { 0 };

        mstc_buffer_printf(into, "\n%s\n", title);
        mstc_plugin_can(can, &words);
        line(into, "can at most", words.length == 0 ? "nothing" : mstc_buffer_cstr(&words));
        into->failed |= words.failed;
        mstc_buffer_done(&words);
        put_options(into, options, false);
        put_options(into, options, true);
        put_attributes(into, attributes, 0);
        put_attributes(into, attributes, MST_ATTR_GROUP);
        put_map(into, map, 0);
        put_map(into, map, MST_ATTR_GROUP);
}

void
mstc_plugin_manual(const struct mst_plugin *plugin, struct mstc_buffer *into)
{
        char head[160];

        (void)snprintf(head, sizeof head, "%s %s -", plugin->name, plugin->version);
        mstc_buffer_printf(into, "%s ", head);
        wrap(into, plugin->summary, strlen(head) + 1, 4);
        if (plugin->source != NULL)
                put_role(into, "AS A SOURCE", plugin->source_can, plugin->source_options, plugin->source_attributes,
                         NULL);
        if (plugin->sink != NULL)
                put_role(into, "AS A SINK", plugin->sink_can, plugin->sink_options, plugin->sink_attributes,
                         plugin->sink_map);
}

/* ---- JSON ---- */

struct json {
        struct mstc_buffer *into;
        struct mst_arena *arena;
};

static void
json_text(struct json *j, const char *key, const char *text)
{
        const char *safe = text == NULL ? "" : mst_escape_json(j->arena, text, strlen(text));

        if (key != NULL)
                mstc_buffer_printf(j->into, "\"%s\":", key);
        if (text == NULL)
                mstc_buffer_text(j->into, "null");
        else
                mstc_buffer_printf(j->into, "\"%s\"", safe != NULL ? safe : "");
        j->into->failed |= safe == NULL;
}

static void
json_option(struct json *j, const struct mst_option *row)
{
        char range[96];

        mstc_value_range(row, range, sizeof range);
        mstc_buffer_char(j->into, '{');
        json_text(j, "name", row->name);
        mstc_buffer_char(j->into, ',');
        json_text(j, "type", mstc_value_type(row->type));
        mstc_buffer_printf(j->into, ",\"required\":%s,", (row->flags & MST_OPT_REQUIRED) != 0 ? "true" : "false");
        json_text(j, "default", row->def);
        mstc_buffer_char(j->into, ',');
        json_text(j, "range", range[0] == '\0' ? NULL : range);
        mstc_buffer_char(j->into, ',');
        json_text(j, "choices", row->choices);
        mstc_buffer_printf(j->into, ",\"advanced\":%s,\"deprecated\":%s,\"identity\":%s,",
                           (row->flags & MST_OPT_ADVANCED) != 0 ? "true" : "false",
                           (row->flags & MST_OPT_DEPRECATED) != 0 ? "true" : "false",
                           (row->flags & MST_OPT_IDENTITY) != 0 ? "true" : "false");
        json_text(j, "help", row->help);
        mstc_buffer_char(j->into, ',');
        json_text(j, "more", row->more);
        mstc_buffer_char(j->into, '}');
}

static void
json_words(struct json *j, const char *list)
{
        bool first = true;

        mstc_buffer_char(j->into, '[');
        while (*list != '\0') {
                size_t length = strcspn(list, ",");

                mstc_buffer_printf(j->into, "%s\"%.*s\"", first ? "" : ",", (int)length, list);
                first = false;
                list += length;
                list += strspn(list, ", ");
        }
        mstc_buffer_char(j->into, ']');
}

static void
json_attribute(struct json *j, const struct mst_attribute *row)
{
        bool first = true;

        mstc_buffer_char(j->into, '{');
        json_text(j, "name", row->name);
        mstc_buffer_char(j->into, ',');
        json_text(j, "kind", (row->flags & MST_ATTR_GROUP) != 0 ? "group" : "user");
        mstc_buffer_char(j->into, ',');
        json_text(j, "type", mstc_type_name(row->type));
        mstc_buffer_text(j->into, ",\"flags\":[");
        for (size_t i = 0; i < sizeof attribute_words / sizeof *attribute_words; i++) {
                if ((row->flags & attribute_words[i].bit) == 0)
                        continue;
                mstc_buffer_printf(j->into, "%s\"%s\"", first ? "" : ",", attribute_words[i].word);
                first = false;
        }
        mstc_buffer_printf(j->into, "],\"longest\":%u,", row->longest);
        json_text(j, "help", row->help);
        mstc_buffer_char(j->into, '}');
}

static void
json_role(struct json *j, const char *key, uint32_t can, const struct mst_option *options,
          const struct mst_attribute *attributes, const struct mst_default_map *map)
{
        struct mstc_buffer words = { 0 };

        mstc_plugin_can(can, &words);
        mstc_buffer_printf(j->into, ",\"%s\":{\"can\":", key);
        json_words(j, mstc_buffer_cstr(&words));
        j->into->failed |= words.failed;
        mstc_buffer_done(&words);
        mstc_buffer_text(j->into, ",\"options\":[");
        for (const struct mst_option *row = options; row != NULL && row->name != NULL; row++) {
                mstc_buffer_text(j->into, row == options ? "" : ",");
                json_option(j, row);
        }
        mstc_buffer_text(j->into, "],\"attributes\":[");
        for (const struct mst_attribute *row = attributes; row != NULL && row->name != NULL; row++) {
                mstc_buffer_text(j->into, row == attributes ? "" : ",");
                json_attribute(j, row);
        }
        mstc_buffer_text(j->into, "],\"map\":[");
        for (const struct mst_default_map *row = map; row != NULL && row->to != NULL; row++) {
                mstc_buffer_text(j->into, row == map ? "{" : ",{");
                json_text(j, "kind", (row->flags & MST_ATTR_GROUP) != 0 ? "group" : "user");
                mstc_buffer_char(j->into, ',');
                json_text(j, "to", row->to);
                mstc_buffer_char(j->into, ',');
                json_text(j, "expression", row->expression);
                mstc_buffer_char(j->into, '}');
        }
        mstc_buffer_text(j->into, "]}");
}

void
mstc_plugin_json(const struct mst_plugin *plugin, struct mstc_buffer *into)
{
        MSTC_CLEANUP(arena_drop) struct mst_arena *arena = mst_arena_new(0);
        struct json j = { .into = into, .arena = arena };

        if (arena == NULL) {
                into->failed = true;
                return;
        }
        mstc_buffer_char(into, '{');
        json_text(&j, "name", plugin->name);
        mstc_buffer_char(into, ',');
        json_text(&j, "version", plugin->version);
        mstc_buffer_char(into, ',');
        json_text(&j, "summary", plugin->summary);
        mstc_buffer_printf(into, ",\"abi\":\"%u.%u\"", plugin->abi_major, plugin->abi_minor);
        if (plugin->source != NULL)
                json_role(&j, "source", plugin->source_can, plugin->source_options, plugin->source_attributes, NULL);
        if (plugin->sink != NULL)
                json_role(&j, "sink", plugin->sink_can, plugin->sink_options, plugin->sink_attributes,
                          plugin->sink_map);
        mstc_buffer_char(into, '}');
}
