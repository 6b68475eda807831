/* setup.c - from what was written to what can run.
 *
 *   instances   plugins loaded, options filled, promises noted
 *   syncs       scope and groups compiled, then each target (setup-target.c)
 *   wants       what sources and sinks must be asked for
 *   prints      fingerprints
 *   tests       only when everything else is right
 *
 * A part that is wrong is left out and the rest goes on, so that one look shows all
 * mistakes; nothing is handed out unless there were none. */
#include "build.h"

#include "engine/setup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/maker.h"
#include "engine/zone.h"
#include "util/alloc.h"

/* What mstc_setup_new() really makes. */
struct whole {
        struct mstc_setup setup;             /* first                                  */
        struct mst_arena *arena;
        struct mstc_expr **exprs;
        size_t expr_count;
};

void *
mstc_maker_grow(struct mstc_maker *maker, void *array, size_t *count, size_t size)
{
        void **rows = array;

        if ((*count & (*count - 1)) == 0) {  /* 0, 1, 2, 4, 8: full */
                char *wider = mst_arena_alloc(maker->arena, (*count == 0 ? 1 : *count * 2) * size);

                if (wider == NULL) {
                        maker->failed = true;
                        return NULL;
                }
                if (*count > 0)
                        memcpy(wider, *rows, *count * size);
                *rows = wider;
        }
        return (char *)*rows + (*count)++ * size;
}

const char *
mstc_maker_say(struct mstc_maker *maker, const char *format, ...)
{
        char text[1024];
        va_list ap;
        char *copy;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        copy = mst_arena_strdup(maker->arena, text);
        maker->failed |= copy == NULL;
        return copy;
}

static void *
rows(struct mstc_maker *maker, size_t count, size_t size)
{
        void *array = mst_arena_alloc(maker->arena, (count + 1) * size);

        maker->failed |= array == NULL;
        return array;
}

/* ---- instances ---- */

static const struct mst_plugin *
load(struct mstc_maker *maker, const struct mstc_config_instance *config)
{
        const struct mst_plugin *plugin;
        struct mst_error err = { 0 };

        if (config->plugin == NULL || maker->setup->plugins == NULL)
                return NULL;
        plugin = mstc_plugins_get(maker->setup->plugins, config->plugin, &err);
        if (plugin == NULL) {
                mstc_report_error(maker->report, config->place, "`muster plugins` lists what there is", "%s", err.text);
                return NULL;
        }
        if ((config->is_source ? (const void *)plugin->source : (const void *)plugin->sink) != NULL)
                return plugin;
        mstc_report_error(maker->report, config->place, "choose another one: `muster plugins` lists what there is",
                          "the plugin '%s' cannot be %s", plugin->name, config->is_source ? "read from" : "written to");
        return NULL;
}

static void
make_instance(struct mstc_maker *maker, struct mstc_instance *instance, size_t at)
{
        const struct mstc_config_instance *config = instance->config;
        const struct mst_plugin *plugin = load(maker, config);
        const struct mst_option *table;

        if (plugin == NULL)
                return;
        table = config->is_source ? plugin->source_options : plugin->sink_options;
        instance->plugin = plugin;
        instance->filled = mstc_options_fill(table,
                                             config->is_source ? plugin->source->config_size : plugin->sink->config_size,
                                             plugin->name, config->options, config->place, config->private_file,
                                             maker->report);
        if (instance->filled != NULL)
                maker->failed |= !mstc_filled_identity(instance->filled, table, instance->identity_options);
        instance->promised = config->is_source ? mstc_facts_of_source(plugin) : mstc_facts_of_sink(plugin);
        if (instance->promised == NULL || !mstc_setup_schema(instance->promised, maker->arena, &maker->schemas[at])
            || !mstc_maker_group_schemas(maker, instance->promised, &maker->group_schemas[at], &maker->map_schemas[at])) {
                maker->failed = true;
                return;
        }
        if ((instance->promised->can & MST_CAN_USERS) == 0)
                mstc_report_error(maker->report, config->place, NULL, "the plugin '%s' knows no users", plugin->name);
}

static void
make_instances(struct mstc_maker *maker)
{
        const struct mstc_config *config = maker->setup->config;
        struct mstc_setup *setup = maker->setup;
        struct mst_error err = { 0 };

        setup->instances = rows(maker, config->instance_count, sizeof *setup->instances);
        maker->schemas = rows(maker, config->instance_count, sizeof *maker->schemas);
        maker->group_schemas = rows(maker, config->instance_count, sizeof *maker->group_schemas);
        maker->map_schemas = rows(maker, config->instance_count, sizeof *maker->map_schemas);
        if (maker->failed)
                return;
        if (mstc_plugins_new(config->plugin_folders, config->plugin_folder_count, &setup->plugins, &err) != 0) {
                struct mstc_place place = config->plugin_place;

                if (place.file == NULL)
                        place.file = config->file;
                mstc_report_error(maker->report, place, NULL, "%s", err.text);
        }
        for (size_t i = 0; i < config->instance_count; i++) {
                setup->instances[i].config = &config->instances[i];
                setup->instance_count++;
                make_instance(maker, &setup->instances[i], i);
        }
}

static struct mstc_instance *
find_instance(const struct mstc_setup *setup, const struct mstc_config_instance *config)
{
        return config == NULL ? NULL : &setup->instances[config - setup->config->instances];
}

static void
make_nevers(struct mstc_maker *maker)
{
        const struct mstc_config *config = maker->setup->config;
        const struct mstc_text **texts = rows(maker, config->never_count, sizeof *texts);

        for (size_t i = 0; texts != NULL && i < maker->setup->instance_count; i++) {
                struct mstc_instance *instance = &maker->setup->instances[i];
                size_t count = 0;

                for (size_t k = 0; k < config->never_count; k++)
                        if (config->nevers[k].sink == instance->config)
                                texts[count++] = &config->nevers[k].rule;
                if (count > 0 && instance->promised != NULL)
                        instance->never_touch = mstc_maker_compile_any(maker, texts, count, &maker->schemas[i]);
        }
}

/* ---- syncs ---- */

static void
make_groups(struct mstc_maker *maker, struct mstc_sync *sync, const struct mstc_schema *schema)
{
        const struct mstc_config_sync *config = sync->config;

        sync->groups = rows(maker, config->group_count, sizeof *sync->groups);
        sync->families = rows(maker, config->family_count, sizeof *sync->families);
        if (maker->failed)
                return;
        for (size_t i = 0; i < config->family_count; i++, sync->family_count++)
                sync->families[i] = (struct mstc_family){
                        .config = &config->families[i],
                        .rule = schema == NULL ? NULL : mstc_maker_compile(maker, MSTC_RULE, &config->families[i].rule,
                                                                           schema),
                };
        mstc_maker_groups(maker, sync, schema);
}

static void
check_families(struct mstc_maker *maker, const struct mstc_sync *sync)
{
        for (size_t i = 0; i < sync->family_count; i++) {
                const struct mstc_config_family *family = sync->families[i].config;

                if (family->each != NULL && mstc_facts_find(sync->source->promised, MST_USER, family->each) == NULL)
                        mstc_report_error(maker->report, family->place,
                                          mstc_maker_say(maker, "`muster plugins %s` lists them",
                                                         sync->source->plugin->name),
                                          "source '%s' has no attribute '%s'", sync->source->config->name,
                                          family->each);
        }
}

static void
make_sync(struct mstc_maker *maker, struct mstc_sync *sync)
{
        const struct mstc_config_sync *config = sync->config;
        const struct mstc_schema *schema = NULL;

        sync->name = config->name;
        if (config->schedule.zone != NULL && !mstc_zone_known(config->schedule.zone))
                mstc_report_error(maker->report, config->schedule.place,
                                  "write it as zone=\"Europe/Berlin\"; `timedatectl list-timezones` lists them",
                                  "there is no time zone '%s' on this machine", config->schedule.zone);
        sync->source = find_instance(maker->setup, config->source);
        if (sync->source != NULL && sync->source->promised != NULL)
                schema = mstc_maker_schema_of(maker, sync->source);
        if (schema != NULL)
                sync->scope = mstc_maker_scope(maker, &config->scope, schema);
        make_groups(maker, sync, schema);
        mstc_maker_carries(maker, sync);
        if (schema != NULL)
                check_families(maker, sync);
        sync->targets = rows(maker, config->target_count, sizeof *sync->targets);
        if (sync->targets == NULL)
                return;
        for (size_t i = 0; i < config->target_count; i++, sync->target_count++) {
                struct mstc_target *target = &sync->targets[i];

                target->config = &config->targets[i];
                target->bit = (uint32_t)i;
                target->sink = find_instance(maker->setup, config->targets[i].sink);
                mstc_maker_target(maker, sync, target);
        }
        mstc_maker_clashes(maker, sync);
}

static void
make_all(struct mstc_maker *maker)
{
        struct mstc_setup *setup = maker->setup;
        size_t errors = mstc_report_errors(maker->report);

        make_instances(maker);
        if (maker->failed)
                return;
        make_nevers(maker);
        mstc_maker_alarms(maker);
        setup->syncs = rows(maker, setup->config->sync_count, sizeof *setup->syncs);
        for (size_t i = 0; setup->syncs != NULL && i < setup->config->sync_count; i++, setup->sync_count++) {
                setup->syncs[i].config = &setup->config->syncs[i];
                make_sync(maker, &setup->syncs[i]);
        }
        if (maker->failed || mstc_report_errors(maker->report) > errors)
                return;
        mstc_maker_wants(maker);
        for (size_t i = 0; i < setup->sync_count; i++) {
                mstc_maker_fingerprints(maker, &setup->syncs[i]);
                mstc_maker_tests(maker, &setup->syncs[i]);
        }
}

/* ---- life ---- */

struct mstc_setup *
mstc_setup_new(struct mstc_config *config, struct mstc_report *report)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct whole *whole = arena == NULL ? NULL : mst_arena_alloc(arena, sizeof *whole);
        size_t errors = mstc_report_errors(report);
        struct mstc_maker maker = { .arena = arena, .report = report };

        if (whole == NULL) {
                mstc_report_error(report, (struct mstc_place){ .file = config->file }, NULL, "out of memory");
                mst_arena_free(arena);
                mstc_config_free(config);
                return NULL;
        }
        whole->arena = arena;
        whole->setup.config = config;
        maker.setup = &whole->setup;
        make_all(&maker);
        whole->exprs = maker.exprs;
        whole->expr_count = maker.expr_count;
        if (maker.failed)
                mstc_report_error(report, (struct mstc_place){ .file = config->file }, NULL, "out of memory");
        if (mstc_report_errors(report) == errors)
                return &whole->setup;
        mstc_setup_free(&whole->setup);
        return NULL;
}

void
mstc_setup_free(struct mstc_setup *setup)
{
        struct whole *whole = (struct whole *)(void *)setup;

        if (setup == NULL)
                return;
        for (size_t i = 0; i < whole->expr_count; i++)
                mstc_expr_free(whole->exprs[i]);
        for (size_t i = 0; i < setup->instance_count; i++) {
                mstc_filled_free(setup->instances[i].filled);
                mstc_facts_free(setup->instances[i].promised);
        }
        mstc_plugins_free(setup->plugins);
        mstc_config_free((struct mstc_config *)setup->config);
        mst_arena_free(whole->arena);
}

struct mstc_sync *
mstc_setup_sync(const struct mstc_setup *setup, const char *name)
{
        for (size_t i = 0; i < setup->sync_count; i++)
                if (strcmp(setup->syncs[i].name, name) == 0)
                        return &setup->syncs[i];
        return NULL;
}
