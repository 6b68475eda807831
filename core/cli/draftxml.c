/* draftxml.c - the first muster.xml: what was answered, and beside it, as comments, all that
 * could have been.
 *
 * Every option that was not given stands there with its help and its default, so that the file
 * is the manual for whoever edits it later.  A comment must not hold two hyphens in a row. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "cli/draft.h"
#include "util/utf8.h"

#define WIDTH 80

struct writing {
        const struct mstc_draft *draft;
        struct mstc_buffer *into;
};

/* For text between tags or quotes; in a comment also for what is in it to be uncommented. */
static const char *
safe(struct writing *w, const char *text, bool comment)
{
        char *escaped = mst_escape_xml(w->draft->arena, text, strlen(text));

        if (escaped == NULL) {
                w->into->failed = true;
                return "";
        }
        for (char *at = escaped; comment && *at != '\0'; at++)
                if (at[0] == '-' && at[1] == '-')
                        at[1] = ' ';
        return escaped;
}

/* For what people read in a comment. */
static const char *
prose(struct writing *w, const char *text)
{
        char *copy = text != NULL ? mst_arena_strdup(w->draft->arena, text) : NULL;

        if (copy == NULL) {
                w->into->failed = true;
                return "";
        }
        for (char *at = copy; *at != '\0'; at++)
                if (at[0] == '-' && at[1] == '-')
                        at[1] = ' ';
        return copy;
}

/* Words of 'text' from column 'at' on, further lines from 'indent'; the column it ends in. */
static size_t
wrap(struct writing *w, const char *text, size_t at, size_t indent)
{
        for (bool first = true;; first = false) {
                size_t length, columns;

                text += strspn(text, " \n");
                length = strcspn(text, " \n");
                if (length == 0)
                        return at;
                columns = mstc_utf8_columns(text, length);
                if (!first && at + 1 + columns > WIDTH) {
                        mstc_buffer_printf(w->into, "\n%*s", (int)indent, "");
                        at = indent;
                } else if (!first) {
                        mstc_buffer_char(w->into, ' ');
                        at++;
                }
                mstc_buffer_add(w->into, text, length);
                at += columns;
                text += length;
        }
}

/* "<!-- words", which somebody else ends. */
static void
begin_note(struct writing *w, size_t indent, const char *text)
{
        mstc_buffer_printf(w->into, "%*s<!-- ", (int)indent, "");
        (void)wrap(w, prose(w, text), indent + 5, indent + 5);
}

static void
note(struct writing *w, size_t indent, const char *text)
{
        size_t at;

        mstc_buffer_printf(w->into, "%*s<!-- ", (int)indent, "");
        at = wrap(w, prose(w, text), indent + 5, indent + 5);
        if (at + 4 > WIDTH)
                mstc_buffer_printf(w->into, "\n%*s-->\n", (int)indent, "");
        else
                mstc_buffer_text(w->into, " -->\n");
}

/* ---- options ---- */

/* Help, further help, choices: as one text. */
static const char *
words_of(struct writing *w, const struct mst_option *row)
{
        struct mstc_buffer words = { 0 };
        const char *text;

        mstc_buffer_text(&words, row->help);
        if ((row->flags & MST_OPT_REQUIRED) != 0)
                mstc_buffer_text(&words, " (required)");
        if (row->type == MST_OPT_CHOICE) {
                mstc_buffer_text(&words, "; one of ");
                for (const char *c = row->choices; *c != '\0'; c++)
                        mstc_buffer_text(&words, *c == '|' ? ", " : (char[]){ *c, '\0' });
        }
        if (row->more != NULL)
                mstc_buffer_printf(&words, ".  %s", row->more);
        text = mst_arena_strdup(w->draft->arena, mstc_buffer_cstr(&words));
        w->into->failed |= words.failed || text == NULL;
        mstc_buffer_done(&words);
        return text != NULL ? text : "";
}

static void
put_given(struct writing *w, const struct mstc_draft_part *part, const struct mst_option *row)
{
        for (const struct mstc_given *given = part->given; given != NULL; given = given->next) {
                if (strcmp(given->name, row->name) != 0)
                        continue;
                if (given->file != NULL)
                        mstc_buffer_printf(w->into, "    <%s file=\"%s\"/>\n", row->name, safe(w, given->file, false));
                else
                        mstc_buffer_printf(w->into, "    <%s>%s</%s>\n", row->name, safe(w, given->text, false), row->name);
        }
}

static void
put_open(struct writing *w, const struct mst_option *row)
{
        begin_note(w, 4, words_of(w, row));
        if (row->type == MST_OPT_SECRET)
                mstc_buffer_printf(w->into, "\n         <%s file=\"/...\"/> -->\n", row->name);
        else
                mstc_buffer_printf(w->into, "\n         <%s>%s</%s> -->\n", row->name,
                                   row->def != NULL ? safe(w, row->def, true) : "...", row->name);
}

static void
put_options(struct writing *w, const struct mstc_draft_part *part, bool advanced)
{
        bool title = !advanced;

        for (const struct mst_option *row = part->table; row->name != NULL; row++) {
                bool given = mstc_draft_given(part, row) != NULL;

                /* Given ones stand with the others, however seldom they are. */
                if ((given ? advanced : ((row->flags & MST_OPT_ADVANCED) != 0) != advanced)
                    || (!given && (row->flags & MST_OPT_DEPRECATED) != 0))
                        continue;
                if (!title)
                        mstc_buffer_text(w->into, "\n    <!-- What is seldom needed: -->\n");
                title = true;
                if (given) {
                        note(w, 4, words_of(w, row));
                        put_given(w, part, row);
                } else
                        put_open(w, row);
        }
}

static void
put_part(struct writing *w, const struct mstc_draft_part *part)
{
        const char *element = part->is_source ? "source" : "sink";

        mstc_buffer_char(w->into, '\n');
        note(w, 2, mst_arena_printf(w->draft->arena, "%s %s; `muster plugins %s` tells all about it.",
                                    part->plugin->name, part->plugin->summary, part->plugin->name));
        mstc_buffer_printf(w->into, "  <%s name=\"%s\" plugin=\"%s\">\n", element, part->name, part->plugin->name);
        put_options(w, part, false);
        put_options(w, part, true);
        mstc_buffer_printf(w->into, "  </%s>\n", element);
}

/* ---- targets ---- */

/* The attribute of people by which those who are there already are best found: what holds the
 * mail, else the name, as far as the connector's own map goes. */
static const char *
match_of(const struct mst_plugin *sink)
{
        for (const struct mst_default_map *map = sink->sink_map; map->to != NULL; map++)
                if ((map->flags & MST_ATTR_GROUP) == 0 && strcmp(map->expression, "[mail]") == 0)
                        return map->to;
        for (const struct mst_default_map *map = sink->sink_map; map->to != NULL; map++)
                for (const struct mst_attribute *a = sink->sink_attributes; a->name != NULL; a++)
                        if ((map->flags & MST_ATTR_GROUP) == 0 && (a->flags & MST_ATTR_GROUP) == 0
                            && (a->flags & MST_ATTR_NAMING) != 0 && strcasecmp(a->name, map->to) == 0)
                                return map->to;
        return NULL;
}

static void
put_match(struct writing *w, const struct mst_plugin *sink)
{
        const char *match = match_of(sink);

        if (sink->sink_matches != NULL) {
                begin_note(w, 6, mst_arena_printf(w->draft->arena, "Who is in the sink already is found by %s; it can be "
                           "another attribute of the sink, and on-existing=\"adopt\" takes such people over instead of "
                           "telling them as duplicates:", sink->sink_matches));
                mstc_buffer_printf(w->into, "\n           <match attribute=\"%s\"/> -->\n", match != NULL ? match : "...");
                return;
        }
        note(w, 6, "By which attribute of the sink those are found who are there already. They are left alone "
             "and listed as duplicates, unless on-existing=\"adopt\" is added.");
        if (match != NULL)
                mstc_buffer_printf(w->into, "      <match attribute=\"%s\"/>\n", match);
}

static void
put_maps(struct writing *w, const struct mst_plugin *sink, bool group, size_t indent)
{
        for (const struct mst_default_map *map = sink->sink_map; map->to != NULL; map++)
                if (((map->flags & MST_ATTR_GROUP) != 0) == group)
                        mstc_buffer_printf(w->into, "\n%*s<map to=\"%s\">%s</map>", (int)indent, "", safe(w, map->to, true),
                                           safe(w, map->expression, true));
}

static void
put_leavers(struct writing *w, const struct mst_plugin *sink)
{
        bool disable = (sink->sink_can & MST_CAN_DISABLE) != 0, delete = (sink->sink_can & MST_CAN_DELETE) != 0;

        begin_note(w, 6, mst_arena_printf(w->draft->arena, "What becomes of whom the source has deleted, of who is no longer in "
                   "the scope, of who is blocked at the source: keep%s%s (never for the last). To begin with, "
                   "nobody is removed; guards hold whatever looks like damage.", disable ? ", disable" : "",
                   delete ? ", delete" : ""));
        mstc_buffer_text(w->into, " -->\n      <on-gone do=\"keep\"/>\n      <on-out-of-scope do=\"keep\"/>\n");
        if (disable)
                mstc_buffer_text(w->into, "      <on-disabled do=\"keep\"/>\n");
}

static void
put_target(struct writing *w, const struct mstc_draft_part *part)
{
        const struct mst_plugin *sink = part->plugin;

        mstc_buffer_printf(w->into, "\n    <target sink=\"%s\">\n", part->name);
        put_match(w, sink);
        if (sink->sink_map->to != NULL) {
                begin_note(w, 6, "What the plugin maps by itself, attribute of the sink and expression. A <map> of "
                           "your own takes the place of the one with its name; `muster eval` tries expressions.");
                put_maps(w, sink, false, 11);
                mstc_buffer_text(w->into, " -->\n");
        }
        if ((sink->sink_can & MST_CAN_GROUPS) != 0) {
                note(w, 6, "The groups that this sink gets: * is all of them.");
                mstc_buffer_text(w->into, "      <!-- <groups use=\"*\"/> -->\n");
        }
        put_leavers(w, sink);
        mstc_buffer_text(w->into, "    </target>\n");
}

static void
put_sync(struct writing *w)
{
        const struct mstc_draft *draft = w->draft;

        mstc_buffer_printf(w->into, "\n  <sync name=\"%s\" source=\"%s\">\n", draft->sync, draft->parts[0].name);
        note(w, 4, "When the service (`muster run`) starts it. `muster sync` starts it by hand.");
        mstc_buffer_printf(w->into, "    <schedule every=\"%s\"/>\n\n", safe(w, draft->every, false));
        note(w, 4, "Who is to be in the sinks: a rule as in Entra's dynamic groups. Without it, everybody whom the "
             "source gives.");
        if (draft->scope != NULL)
                mstc_buffer_printf(w->into, "    <scope>%s</scope>\n\n", safe(w, draft->scope, false));
        else
                mstc_buffer_text(w->into, "    <!-- <scope>user.mail -ne null</scope> -->\n\n");
        begin_note(w, 4, "Groups with the people who satisfy a rule, and one for each value of an attribute; "
                   "targets name those that they carry:");
        mstc_buffer_text(w->into, "\n         <group name=\"finance\" title=\"Finance\">user.department -eq \"Finance\"</group>"
                                  "\n         <groups for-each=\"department\" name=\"dept-{value}\" title=\"{value}\"/> -->\n");
        for (size_t i = 1; i < draft->part_count; i++)
                put_target(w, &draft->parts[i]);
        mstc_buffer_text(w->into, "  </sync>\n");
}

void
mstc_draft_write(const struct mstc_draft *draft, struct mstc_buffer *into)
{
        struct writing w = { .draft = draft, .into = into };

        mstc_buffer_text(into, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        note(&w, 0, "Made by `muster init`. What is a comment with an element in it has its default or is not set: take it "
             "out of the comment to set it. muster.xml(5) explains every element; `muster check` finds every mistake, "
             "`muster plan` shows what a sync would do, `muster sync` does it.");
        mstc_buffer_printf(into, "<muster xmlns=\"urn:muster:config:1\">\n\n  <store path=\"%s\"/>\n",
                           safe(&w, draft->store, false));
        for (size_t i = 0; i < draft->part_count; i++)
                put_part(&w, &draft->parts[i]);
        put_sync(&w);
        mstc_buffer_text(into, "</muster>\n");
}
