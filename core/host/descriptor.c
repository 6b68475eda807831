/* descriptor.c - is this a descriptor that we can live with?
 *
 *   head     ABI, then size: nothing else is looked at before they fit
 *   words    name, version, summary
 *   calls    those that cannot be missing, and those that capabilities promise
 *   tables   options, attributes, default map (tables.c)
 *
 * All that is checked is copied, so that later code has our own sizes everywhere. */
#include "build.h"

#include "host/descriptor.h"

#include <string.h>

#define LEAST_PLUGIN (offsetof(struct mst_plugin, sink_members) + sizeof(uint32_t))        /* 1.0 */
#define LEAST_SOURCE (offsetof(struct mst_source_calls, close) + sizeof(void (*)(void *))) /* 1.0 */
#define LEAST_SINK (offsetof(struct mst_sink_calls, close) + sizeof(void (*)(void *)))     /* 1.0 */
#define MOST_CONFIG ((size_t)1 << 20)

bool
mstc_descriptor_name(const char *name)
{
        return name[0] >= 'a' && name[0] <= 'z' && strlen(name) <= 64
               && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool
refuse_abi(const struct mst_plugin *raw, struct mst_error *err)
{
        if (raw->abi_major == MST_ABI_MAJOR && raw->abi_minor <= MST_ABI_MINOR)
                return false;
        if (raw->abi_major == MST_ABI_MAJOR)
                mst_fail(err, MST_ECONFIG, "it was built for plugin ABI %u.%u and this muster has %d.%d: "
                         "update muster, or get the plugin built for %d.%d",
                         raw->abi_major, raw->abi_minor, MST_ABI_MAJOR, MST_ABI_MINOR, MST_ABI_MAJOR, MST_ABI_MINOR);
        else
                mst_fail(err, MST_ECONFIG, "it was built for plugin ABI %u.%u and this muster has %d.%d: "
                         "get the plugin built for ABI %d", raw->abi_major, raw->abi_minor, MST_ABI_MAJOR,
                         MST_ABI_MINOR, MST_ABI_MAJOR);
        return true;
}

static bool
check_size(const char *what, size_t size, size_t least, size_t most, struct mst_error *err)
{
        if (size >= least && size <= most)
                return true;
        mst_fail(err, MST_ECONFIG, "its %s is said to be %zu bytes long, which is not between %zu and %zu: "
                 "rebuild it with this muster's headers", what, size, least, most);
        return false;
}

static bool
check_words(const struct mst_plugin *plugin, const char *name, const struct mstc_image *image, struct mst_error *err)
{
        const struct { const char *what, *text; size_t most; } words[] = {
                { "name", plugin->name, 64 }, { "version", plugin->version, 64 }, { "summary", plugin->summary, 200 },
        };

        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                if (words[i].text == NULL) {
                        mst_fail(err, MST_ECONFIG, "its descriptor has no %s", words[i].what);
                        return false;
                }
                if (!mstc_image_text(image, words[i].text, words[i].most) || words[i].text[0] == '\0'
                    || strpbrk(words[i].text, "\n\r\t\033") != NULL) {
                        mst_fail(err, MST_ECONFIG, "the %s in its descriptor is not one line of 1 to %zu bytes",
                                 words[i].what, words[i].most);
                        return false;
                }
        }
        if ((plugin->sink_matches != NULL && !mstc_image_text(image, plugin->sink_matches, 500))
            || (plugin->sink_words != NULL && !mstc_image_text(image, plugin->sink_words, 500))) {
                mst_fail(err, MST_ECONFIG, "the matches or words in its descriptor are not a text of up to 500 bytes");
                return false;
        }
        if (strcmp(plugin->name, name) == 0)
                return true;
        mst_fail(err, MST_ECONFIG, "its descriptor names it '%s', not '%s': file, symbol and name must agree",
                 plugin->name, name);
        return false;
}

/* A call that is missing, or NULL. */
static const char *
missing_source_call(const struct mst_source_calls *calls, uint32_t can)
{
        if (calls->open == NULL)
                return "open";
        if (calls->probe == NULL)
                return "probe";
        if (calls->read == NULL)
                return "read";
        if (calls->close == NULL)
                return "close";
        return (can & MST_CAN_FETCH) != 0 && calls->fetch == NULL ? "fetch" : NULL;
}

static const char *
missing_sink_call(const struct mst_sink_calls *calls, uint32_t can)
{
        if (calls->open == NULL)
                return "open";
        if (calls->probe == NULL)
                return "probe";
        if (calls->apply == NULL)
                return "apply";
        if (calls->close == NULL)
                return "close";
        if ((can & MST_CAN_LIST) != 0 && calls->list == NULL)
                return "list";
        /* Without a way to look, no lost reply could ever be cleared up. */
        return calls->find == NULL && ((can & MST_CAN_FIND) != 0 || calls->list == NULL) ? "find" : NULL;
}

static bool
refuse_calls(const char *what, const char *missing, struct mst_error *err)
{
        mst_fail(err, MST_ECONFIG, "its %s lacks the call %s()", what, missing);
        return false;
}

static bool
take_source(struct mst_plugin *plugin, struct mstc_tables *t)
{
        const struct mst_source_calls *raw = plugin->source;
        struct mst_source_calls *calls;
        const char *missing;

        t->what = "source";
        if (!mstc_image_has(t->image, raw, sizeof raw->size)
            || !check_size("table of source calls", raw->size, LEAST_SOURCE, sizeof *raw, t->err)
            || !mstc_image_has(t->image, raw, raw->size)) {
                if (t->err->code == 0)
                        mst_fail(t->err, MST_ECONFIG, "its table of source calls lies outside the plugin");
                return false;
        }
        calls = mst_arena_alloc(t->arena, sizeof *calls);
        if (calls == NULL)
                return mst_fail_memory(t->err, "loading a plugin"), false;
        memcpy(calls, raw, raw->size);
        calls->size = sizeof *calls;
        plugin->source = calls;
        missing = missing_source_call(calls, plugin->source_can);
        if (missing != NULL)
                return refuse_calls("source", missing, t->err);
        return check_size("source configuration", calls->config_size, 0, MOST_CONFIG, t->err)
               && mstc_tables_options(t, &plugin->source_options, plugin->option_size, calls->config_size)
               && mstc_tables_attributes(t, &plugin->source_attributes, plugin->attribute_size);
}

static bool
take_sink(struct mst_plugin *plugin, struct mstc_tables *t)
{
        const struct mst_sink_calls *raw = plugin->sink;
        struct mst_sink_calls *calls;
        const char *missing;

        t->what = "sink";
        if (!mstc_image_has(t->image, raw, sizeof raw->size)
            || !check_size("table of sink calls", raw->size, LEAST_SINK, sizeof *raw, t->err)
            || !mstc_image_has(t->image, raw, raw->size)) {
                if (t->err->code == 0)
                        mst_fail(t->err, MST_ECONFIG, "its table of sink calls lies outside the plugin");
                return false;
        }
        calls = mst_arena_alloc(t->arena, sizeof *calls);
        if (calls == NULL)
                return mst_fail_memory(t->err, "loading a plugin"), false;
        memcpy(calls, raw, raw->size);
        calls->size = sizeof *calls;
        plugin->sink = calls;
        missing = missing_sink_call(calls, plugin->sink_can);
        if (missing != NULL)
                return refuse_calls("sink", missing, t->err);
        return check_size("sink configuration", calls->config_size, 0, MOST_CONFIG, t->err)
               && mstc_tables_options(t, &plugin->sink_options, plugin->option_size, calls->config_size)
               && mstc_tables_attributes(t, &plugin->sink_attributes, plugin->attribute_size)
               && mstc_tables_map(t, &plugin->sink_map, plugin->default_map_size, plugin->sink_attributes);
}

const struct mst_plugin *
mstc_descriptor_take(const void *raw, const char *name, struct mst_arena *arena, struct mst_error *err)
{
        const struct mst_plugin *given = raw;
        struct mst_plugin *plugin = mst_arena_alloc(arena, sizeof *plugin);
        struct mstc_image image;
        struct mstc_tables t = { .image = &image, .arena = arena, .err = err };

        if (plugin == NULL)
                return mst_fail_memory(err, "loading a plugin"), NULL;
        err->code = 0;
        if (!mstc_image_of(raw, &image)
            || !mstc_image_has(&image, raw, offsetof(struct mst_plugin, size) + sizeof given->size))
                return mst_fail(err, MST_ECONFIG, "its descriptor lies outside the plugin"), NULL;
        if (refuse_abi(given, err) || !check_size("descriptor", given->size, LEAST_PLUGIN, sizeof *given, err))
                return NULL;
        if (!mstc_image_has(&image, raw, given->size))
                return mst_fail(err, MST_ECONFIG, "its descriptor lies outside the plugin"), NULL;
        memcpy(plugin, raw, given->size);
        plugin->size = sizeof *plugin;
        if (!check_words(plugin, name, &image, err))
                return NULL;
        if (plugin->source == NULL && plugin->sink == NULL)
                return mst_fail(err, MST_ECONFIG, "it is neither a source nor a sink"), NULL;
        if ((plugin->source != NULL && !take_source(plugin, &t)) || (plugin->sink != NULL && !take_sink(plugin, &t)))
                return NULL;
        plugin->option_size = sizeof(struct mst_option);
        plugin->attribute_size = sizeof(struct mst_attribute);
        plugin->default_map_size = sizeof(struct mst_default_map);
        return plugin;
}
