/* grammar.c - muster.rng closed: each installed plugin's options in place of "any".
 *
 * For editors, which then complete option names, show their help and mark what is
 * missing while one types.  `muster check` does not need it. */
#include "build.h"

#include <string.h>

#include <muster/escape.h>

#include "config/schema.h"
#include "host/manual.h"
#include "util/alloc.h"

static const char begin_mark[] = "<!-- connectors: open begin -->";
static const char end_mark[] = "<!-- connectors: open end -->";

static void arena_drop(struct mst_arena **a) { mst_arena_free(*a); }

static void
put_value(struct mstc_buffer *into, const struct mst_option *row, struct mst_arena *arena)
{
        const char *at = row->choices;

        switch (row->type) {
        case MST_OPT_SECRET:
                mstc_buffer_text(into, "<ref name=\"option-value\"/>");
                return;
        case MST_OPT_BOOLEAN:
                mstc_buffer_text(into, "<ref name=\"yes-no\"/>");
                return;
        case MST_OPT_INTEGER:
                mstc_buffer_text(into, "<data type=\"integer\"/>");
                return;
        case MST_OPT_DURATION:
                mstc_buffer_text(into, "<data type=\"token\"><param name=\"pattern\">[0-9]+(ms|s|m|h|d|w)?</param>"
                                       "</data>");
                return;
        case MST_OPT_SIZE:
                mstc_buffer_text(into, "<data type=\"token\"><param name=\"pattern\">[0-9]+[kMG]?</param></data>");
                return;
        case MST_OPT_CHOICE:
                mstc_buffer_text(into, "<choice>");
                for (;;) {
                        size_t length = strcspn(at, "|");
                        const char *safe = mst_escape_xml(arena, at, length);

                        into->failed |= safe == NULL;
                        mstc_buffer_printf(into, "<value>%s</value>", safe != NULL ? safe : "");
                        if (at[length] == '\0')
                                break;
                        at += length + 1;
                }
                mstc_buffer_text(into, "</choice>");
                return;
        default:
                mstc_buffer_text(into, "<text/>");
        }
}

static void
put_option(struct mstc_buffer *into, const struct mst_option *row, struct mst_arena *arena)
{
        bool required = (row->flags & MST_OPT_REQUIRED) != 0;
        const char *around = row->type == MST_OPT_LIST ? (required ? "oneOrMore" : "zeroOrMore")
                                                       : (required ? NULL : "optional");
        const char *help = mst_escape_xml(arena, row->help, strlen(row->help));

        into->failed |= help == NULL;
        mstc_buffer_text(into, "          ");
        if (around != NULL)
                mstc_buffer_printf(into, "<%s>", around);
        mstc_buffer_printf(into, "<element name=\"%s\">", row->name);
        mstc_buffer_printf(into, "<a:documentation>%s</a:documentation>", help != NULL ? help : "");
        put_value(into, row, arena);
        mstc_buffer_text(into, "</element>");
        if (around != NULL)
                mstc_buffer_printf(into, "</%s>", around);
        mstc_buffer_char(into, '\n');
}

static void
put_plugin(struct mstc_buffer *into, const struct mst_plugin *plugin, bool source, struct mst_arena *arena)
{
        const struct mst_option *table = source ? plugin->source_options : plugin->sink_options;

        mstc_buffer_printf(into, "      <element name=\"%s\">\n        <ref name=\"connector\"/>\n"
                           "        <attribute name=\"plugin\"><value>%s</value></attribute>\n",
                           source ? "source" : "sink", plugin->name);
        if (table->name != NULL) {
                mstc_buffer_text(into, "        <interleave>\n");
                for (; table->name != NULL; table++)
                        put_option(into, table, arena);
                mstc_buffer_text(into, "        </interleave>\n");
        }
        mstc_buffer_text(into, "      </element>\n");
}

static void
put_define(struct mstc_buffer *into, struct mstc_plugins *plugins, bool source, struct mst_arena *arena)
{
        size_t count, put = 0;
        const char *const *names = mstc_plugins_names(plugins, &count);

        mstc_buffer_printf(into, "  <define name=\"%s\"\n          xmlns:a=\"http://relaxng.org/ns/compatibility/annotations/1.0\">\n"
                           "    <choice>\n", source ? "source" : "sink");
        for (size_t i = 0; i < count; i++) {
                struct mst_error err = { 0 };
                const struct mst_plugin *plugin = mstc_plugins_get(plugins, names[i], &err);

                if (plugin == NULL || (source ? plugin->source == NULL : plugin->sink == NULL))
                        continue;
                put_plugin(into, plugin, source, arena);
                put++;
        }
        mstc_buffer_printf(into, "%s    </choice>\n  </define>\n", put == 0 ? "      <notAllowed/>\n" : "");
}

void
mstc_plugins_rng(struct mstc_plugins *plugins, struct mstc_buffer *into)
{
        MSTC_CLEANUP(arena_drop) struct mst_arena *arena = mst_arena_new(0);
        const char *begin = strstr(mstc_config_schema, begin_mark), *end = strstr(mstc_config_schema, end_mark);

        if (arena == NULL || begin == NULL || end == NULL) {
                into->failed = true;
                return;
        }
        mstc_buffer_add(into, mstc_config_schema, (size_t)(begin - mstc_config_schema));
        mstc_buffer_text(into, "<!-- the options of the connectors that are installed -->\n");
        put_define(into, plugins, true, arena);
        put_define(into, plugins, false, arena);
        mstc_buffer_text(into, end + sizeof end_mark - 1);
}
