/* probe.c - `muster check --online`: what each connector's server says it is and can do. */
#include "build.h"

#include "cli/probe.h"

#include <strings.h>

#include "cli/halt.h"
#include "cli/table.h"
#include "host/manual.h"

static const struct { uint32_t can; const char *name; } capabilities[] = {
        { MST_CAN_USERS, "users" }, { MST_CAN_GROUPS, "groups" }, { MST_CAN_UPDATE, "update" },
        { MST_CAN_RENAME, "rename" }, { MST_CAN_DISABLE, "disable" }, { MST_CAN_DELETE, "delete" },
        { MST_CAN_STAMP, "stamp" }, { MST_CAN_LIST, "list" }, { MST_CAN_FIND, "find" },
        { MST_CAN_MEMBERS, "members" }, { MST_CAN_EMPTY_GROUP, "empty-group" }, { MST_CAN_NEST, "nest" },
        { MST_CAN_PHOTO, "photo" }, { MST_CAN_INCREMENTAL, "incremental" }, { MST_CAN_FETCH, "fetch" },
        { MST_CAN_PRESENT, "present" }, { MST_CAN_MEMBER_IDS, "member-ids" },
};
#define CAPABILITIES (sizeof capabilities / sizeof capabilities[0])

static const struct mstc_column columns[] = {
        { "NAME", MSTC_FLEXIBLE, 10 }, { "ROLE", 0, 0 }, { "PLUGIN", 0, 0 },
        { "IDENTITY", MSTC_WRAPS, 20 }, { "CAN", MSTC_WRAPS, 20 },
};

static void
tell_facts(struct mstc_table *table, const struct mst_facts *facts)
{
        struct mstc_buffer can = { 0 };

        mstc_plugin_can(facts->can, &can);
        mstc_table_cell(table, facts->identity);
        mstc_table_cell(table, mstc_buffer_cstr(&can));
        mstc_buffer_done(&can);
}

static void
write_facts(struct mstc_json *json, const struct mst_facts *facts)
{
        mstc_json_text(json, "identity", facts->identity);
        mstc_json_array(json, "can");
        for (size_t i = 0; i < CAPABILITIES; i++)
                if ((facts->can & capabilities[i].can) != 0)
                        mstc_json_text(json, NULL, capabilities[i].name);
        mstc_json_end(json);
        mstc_json_number(json, "attributes", (int64_t)facts->attribute_count);
}

/* Where the notes go: a document, or lines below the table, each with the name it belongs to. */
struct notes {
        struct mstc_cli *cli;
        const struct mstc_setup *setup;
        const struct mstc_instance *instance;
        struct mstc_buffer lines;
        size_t mistakes;
};

static void
tell_note(struct notes *n, const struct mstc_fact_note *note, const struct mstc_place *place, const char *remedy)
{
        struct mstc_cli *cli = n->cli;
        enum mstc_paint paint = note->mistake ? MSTC_BAD : note->bad ? MSTC_CARE : MSTC_PLAIN;
        const char *severity = note->mistake ? "error" : note->bad ? "warning" : "note";

        n->mistakes += note->mistake;
        if (cli->json == NULL) {
                mstc_buffer_printf(&n->lines, "%s: %s%s:%s %s%s%s\n",
                                   mstc_fit(cli->arena, n->instance->config->name, 0), mstc_paint_on(cli->colour, paint),
                                   severity, mstc_paint_off(cli->colour, paint),
                                   place != NULL ? mstc_place_text(cli->arena, place) : "",
                                   mstc_fit(cli->arena, note->text, 0), remedy);
                return;
        }
        mstc_json_object(cli->json, NULL);
        mstc_json_text(cli->json, "severity", severity);
        mstc_json_text(cli->json, "text", note->text);
        if (place != NULL) {
                mstc_json_text(cli->json, "file", place->file);
                mstc_json_number(cli->json, "line", place->line);
                mstc_json_number(cli->json, "column", place->column);
        }
        mstc_json_end(cli->json);
}

/* The target that follows 'last' of those that this sink has; NULL: there is none. */
static const struct mstc_target *
next_target(const struct notes *n, const struct mstc_target *last)
{
        bool here = last == NULL;

        for (size_t s = 0; s < n->setup->sync_count; s++)
                for (size_t t = 0; t < n->setup->syncs[s].target_count; t++) {
                        const struct mstc_target *target = &n->setup->syncs[s].targets[t];

                        if (here && target->sink == n->instance)
                                return target;
                        here |= target == last;
                }
        return NULL;
}

/* Something about an attribute, at each of these maps that writes it; how many do. */
static size_t
tell_maps(struct notes *n, const struct mstc_fact_note *note, enum mst_kind kind, const struct mstc_target *target,
          const struct mstc_map *maps, size_t count)
{
        size_t told = 0;

        for (size_t i = 0; i < count; i++) {
                if (maps[i].when == MSTC_NEVER || strcasecmp(maps[i].to, note->attribute) != 0 ||
                    (note->kind != 0 && note->kind != (int)kind))
                        continue;
                tell_note(n, note, maps[i].config != NULL ? &maps[i].config->place : &target->config->place,
                          maps[i].config != NULL ? "" : " (a map that the plugin brings: when=\"never\" removes it)");
                told++;
        }
        return told;
}

static void
tell_doubt(struct notes *n, const struct mstc_fact_note *note)
{
        size_t told = 0;

        for (const struct mstc_target *target = NULL; (target = next_target(n, target)) != NULL;) {
                told += tell_maps(n, note, MST_USER, target, target->maps, target->map_count);
                for (size_t u = 0; u < target->use_count; u++)
                        told += tell_maps(n, note, MST_GROUP, target, target->uses[u].maps, target->uses[u].map_count);
        }
        if (told == 0 && note->kind == 0)
                tell_note(n, note, NULL, "");
}

static bool
is_mapped(const struct mstc_map *maps, size_t count, const char *attribute)
{
        for (size_t i = 0; i < count; i++)
                if (maps[i].when != MSTC_NEVER && strcasecmp(maps[i].to, attribute) == 0)
                        return true;
        return false;
}

/* At each target that does not write it. */
static void
tell_lack(struct notes *n, const struct mstc_fact_note *note)
{
        for (const struct mstc_target *target = NULL; (target = next_target(n, target)) != NULL;) {
                bool lacks = note->kind == MST_USER && !is_mapped(target->maps, target->map_count, note->attribute);

                for (size_t u = 0; u < target->use_count && !lacks; u++)
                        lacks = note->kind == MST_GROUP &&
                                !is_mapped(target->uses[u].maps, target->uses[u].map_count, note->attribute);
                if (lacks)
                        tell_note(n, note, &target->config->place, "");
        }
}

/* What an object cannot be without, as the system says, and nobody maps. */
static void
tell_required(struct notes *n, const struct mst_facts *facts)
{
        for (size_t i = 0; i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];
                bool group = (a->flags & MST_ATTR_GROUP) != 0;
                struct mstc_fact_note note = { .bad = true, .mistake = true, .attribute = a->name,
                                               .kind = group ? MST_GROUP : MST_USER };

                if ((a->flags & MST_ATTR_REQUIRED) == 0 || (a->flags & MST_ATTR_READ_ONLY) != 0)
                        continue;
                note.text = mst_arena_printf(n->cli->arena, "nothing is mapped to '%s', without which it takes no %s: add "
                                             "<map to=\"%s\">...</map>", a->name, group ? "group" : "user", a->name);
                if (note.text != NULL)
                        tell_lack(n, &note);
        }
}

/* A mistake in the options; in those of groups, where groups are carried. */
static void
tell_options(struct notes *n, const struct mstc_fact_note *note)
{
        if (note->kind != MST_GROUP) {
                tell_note(n, note, &n->instance->config->place, "");
                return;
        }
        for (const struct mstc_target *target = NULL; (target = next_target(n, target)) != NULL;)
                if (target->config->use_count > 0)
                        tell_note(n, note, &target->config->uses[0].place, "");
}

static void
tell_notes(struct notes *n, const struct mst_facts *facts)
{
        if (n->cli->json != NULL)
                mstc_json_array(n->cli->json, "notes");
        for (size_t i = 0; i < facts->note_count; i++) {
                const struct mstc_fact_note *note = &facts->notes[i];

                if (note->lack)
                        tell_lack(n, note);
                else if (note->attribute != NULL)
                        tell_doubt(n, note);
                else if (note->mistake)
                        tell_options(n, note);
                else
                        tell_note(n, note, NULL, "");
        }
        if (!n->instance->config->is_source)
                tell_required(n, facts);
        if (n->cli->json != NULL)
                mstc_json_end(n->cli->json);
}

static bool
probe_one(struct mstc_cli *cli, struct mstc_instance *instance, struct mstc_stop *stop,
          struct mstc_table *table, struct notes *notes)
{
        const char *role = instance->config->is_source ? "source" : "sink";
        struct mst_facts *facts = NULL;
        struct mst_error err = { 0 };
        bool good;

        notes->instance = instance;
        good = mstc_probe(NULL, instance, stop, &facts, &err) == MST_OK;

        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "name", instance->config->name);
                mstc_json_text(cli->json, "role", role);
                mstc_json_text(cli->json, "plugin", instance->config->plugin);
                mstc_json_bool(cli->json, "good", good);
                if (good) {
                        write_facts(cli->json, facts);
                        tell_notes(notes, facts);
                } else {
                        mstc_json_text(cli->json, "class", mst_code_name(err.code));
                        mstc_json_text(cli->json, "text", err.text);
                }
                mstc_json_end(cli->json);
        } else {
                mstc_table_cell(table, instance->config->name);
                mstc_table_cell(table, role);
                mstc_table_cell(table, instance->config->plugin);
                if (good) {
                        tell_facts(table, facts);
                        tell_notes(notes, facts);
                } else {
                        mstc_table_paint(table, MSTC_BAD, "failed, see below");
                        mstc_table_cell(table, NULL);
                        mstc_buffer_printf(&notes->lines, "%s: %serror:%s %s\n",
                                           mstc_fit(cli->arena, instance->config->name, 0),
                                           mstc_paint_on(cli->colour, MSTC_BAD),
                                           mstc_paint_off(cli->colour, MSTC_BAD),
                                           mstc_fit(cli->arena, err.text, 0));
                }
        }
        mstc_facts_free(facts);
        return good;
}

int
mstc_probe_all(struct mstc_cli *cli, struct mstc_workplace *place,
               void (*good)(struct mstc_cli *cli, const struct mstc_workplace *place))
{
        struct mstc_table *table = mstc_table_new(cli->arena, columns, sizeof columns / sizeof columns[0]);
        struct notes notes = { .cli = cli, .setup = place->setup };
        struct mstc_buffer out = { 0 };
        struct mst_error err = { 0 };
        size_t failed = 0;

        place->stop = mstc_halt_begin();
        if (cli->json != NULL)
                mstc_json_array(cli->json, "instances");
        for (size_t i = 0; i < place->setup->instance_count; i++) {
                if (place->stop != NULL && mstc_stop_is(place->stop)) {
                        failed++;
                        break;
                }
                failed += !probe_one(cli, &place->setup->instances[i], place->stop, table, &notes);
        }
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        if (cli->json == NULL && notes.mistakes == 0)
                good(cli, place);
        if (cli->json == NULL && mstc_table_rows(table) > 0 && mstc_table_render(table, cli->width, cli->colour, &out))
                printf("\n%s%s%s", mstc_buffer_cstr(&out), notes.lines.length > 0 ? "\n" : "",
                       mstc_buffer_cstr(&notes.lines));
        mstc_buffer_done(&notes.lines);
        mstc_buffer_done(&out);
        if (notes.mistakes == 0)
                return failed > 0 ? MSTC_END_FAILED : MSTC_END_DONE;
        mst_fail(&err, MST_ECONFIG, "the configuration has %zu mistake%s that the systems themselves show",
                 notes.mistakes, notes.mistakes == 1 ? "" : "s");
        return failed > 0 ? MSTC_END_FAILED : mstc_cli_fail(cli, &err);
}
