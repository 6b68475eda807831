/* target.c - <target>: one sink's part of a sync, and the maps that fill it. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include "config/parts.h"
#include "util/date.h"
#include "util/words.h"

#define DAY INT64_C(86400000)
#define MOST_TARGETS 32                      /* one bit each in the engine             */

/* ---- maps ---- */

static const struct mstc_config_map *
find_map(const struct mstc_config_map *maps, size_t count, const char *to)
{
        for (size_t i = 0; to != NULL && i < count; i++)
                if (maps[i].to != NULL && strcasecmp(maps[i].to, to) == 0)
                        return &maps[i];
        return NULL;
}

void
mstc_part_map(struct mstc_walk *walk, xmlNode *node, struct mstc_config_map **maps, size_t *count)
{
        static const struct mstc_shape shape = { "to! when null values", "", MSTC_MAY_TEXT,
                "write <map to=\"attribute of the sink\">[attribute of the source]</map>" };
        const char *to = mstc_walk_attribute(walk, node, "to");
        const struct mstc_config_map *other = find_map(*maps, *count, to);
        struct mstc_config_map *map;
        size_t at;

        (void)mstc_walk_into(walk, node, &shape);
        if (to != NULL && to[0] == '\0')
                mstc_report_error(walk->report, mstc_walk_at(node, "to"), shape.example, "to=\"\" names no attribute");
        if (other != NULL)
                mstc_report_error(walk->report, mstc_walk_at(node, "to"),
                                  mstc_walk_say(walk, "keep one of them; the first is in line %u", other->place.line),
                                  "there is a second <map> to '%s'", to);
        map = mstc_walk_grow(walk, maps, count, sizeof *map);
        if (map == NULL)
                return;
        map->to = to;
        map->expression = mstc_walk_text(walk, node);
        map->when = (enum mstc_when)mstc_walk_choice(walk, node, "when", "always|create|never", MSTC_ALWAYS);
        map->keep_null = mstc_walk_choice(walk, node, "null", "clear|keep", 0) == 1;
        map->own_values = mstc_walk_choice(walk, node, "values", "all|own", 0) == 1;
        map->place = mstc_walk_at(node, "to");
        if (map->expression.text == NULL && map->when != MSTC_NEVER
            && !mstc_raw_stray(&mstc_document_of(node)->raw, mstc_document_tag(node), &at))
                mstc_report_error(walk->report, mstc_walk_place(node), shape.example, "<map> is empty");
}

void
mstc_part_shared_maps(struct mstc_walk *walk, xmlNode *node)
{
        static const struct mstc_shape shape = { "name!", "map*", MSTC_NO_TEXT, "write <maps name=\"...\">" };
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        const char *name = mstc_walk_name(walk, node, "name");
        struct mstc_shared_maps *maps;

        for (size_t i = 0; name != NULL && i < walk->shared_count; i++)
                if (walk->shared[i].name != NULL && strcmp(walk->shared[i].name, name) == 0)
                        mstc_walk_twice(walk, mstc_walk_at(node, "name"), "<maps>", name, walk->shared[i].place);
        maps = mstc_walk_grow(walk, &walk->shared, &walk->shared_count, sizeof *maps);
        if (maps == NULL)
                return;
        maps->name = name;
        maps->place = mstc_walk_place(node);
        for (size_t i = 0; i < children.count; i++)
                mstc_part_map(walk, children.at[i], &maps->maps, &maps->map_count);
}

/* <maps use="...">: its maps, except those that the target has itself or has taken. */
static void
use_maps(struct mstc_walk *walk, xmlNode *node, struct mstc_config_target *target)
{
        static const struct mstc_shape shape = { "use!", "", MSTC_NO_TEXT, "write <maps use=\"name of a <maps>\"/>" };
        const char *use = mstc_walk_attribute(walk, node, "use"), *names[64];
        const struct mstc_shared_maps *found = NULL;
        size_t count = 0;

        (void)mstc_walk_into(walk, node, &shape);
        for (size_t i = 0; use != NULL && i < walk->shared_count; i++) {
                if (walk->shared[i].name == NULL)
                        continue;
                if (strcmp(walk->shared[i].name, use) == 0)
                        found = &walk->shared[i];
                else if (count < 64)
                        names[count++] = walk->shared[i].name;
        }
        if (use != NULL && found == NULL)
                mstc_report_error(walk->report, mstc_walk_at(node, "use"),
                                  count == 0 ? "add <maps name=\"...\"> below <muster>"
                                             : mstc_walk_near(walk, use, names, count),
                                  "there are no <maps> named '%s'", use);
        for (size_t i = 0; found != NULL && i < found->map_count; i++) {
                struct mstc_config_map *map;

                if (find_map(target->maps, target->map_count, found->maps[i].to) != NULL)
                        continue;
                map = mstc_walk_grow(walk, &target->maps, &target->map_count, sizeof *map);
                if (map != NULL)
                        *map = found->maps[i];
        }
}

/* ---- groups ---- */

/* <on-empty> and <on-vanished>; a wait before a group is emptied that nobody satisfies would
 * leave those in who are not to be. */
static void
read_fate(struct mstc_walk *walk, xmlNode *node, struct mstc_config_fate *fate, bool vanished)
{
        static const struct mstc_shape shape = { "do! after", "", MSTC_NO_TEXT,
                "write do=\"keep\", do=\"empty\" or do=\"delete\" after=\"30d\"" };

        (void)mstc_walk_into(walk, node, &shape);
        fate->given = true;
        fate->place = mstc_walk_place(node);
        fate->what = (enum mstc_fate_do)mstc_walk_choice(walk, node, "do", "keep|empty|delete", MSTC_FATE_KEEP);
        fate->after_ms = mstc_walk_duration(walk, node, "after", 60000, 3650 * DAY, 0);
        if (fate->after_ms != 0 && fate->what != MSTC_FATE_DELETE && !(vanished && fate->what == MSTC_FATE_EMPTY))
                mstc_report_error(walk->report, mstc_walk_at(node, "after"), "remove it",
                                  vanished ? "after goes with do=\"empty\" and do=\"delete\" only"
                                           : "after goes with do=\"delete\" only");
}

/* What a <groups use> and a <group use> may hold, and what they say of existing ones. */
static void
read_use(struct mstc_walk *walk, xmlNode *node, const struct mstc_nodes *children, struct mstc_config_use *use)
{
        use->existing = (enum mstc_existing)mstc_walk_choice(walk, node, "on-existing", "duplicate|adopt|suffix",
                                                             MSTC_EXISTING_DUPLICATE);
        use->disabled_stay = mstc_walk_choice(walk, node, "disabled", "leave|stay", 0) == 1;
        use->place = mstc_walk_at(node, "use");
        for (size_t i = 0; i < children->count; i++)
                if (mstc_walk_is(children->at[i], "on-empty"))
                        read_fate(walk, children->at[i], &use->on_empty, false);
                else if (mstc_walk_is(children->at[i], "on-vanished"))
                        read_fate(walk, children->at[i], &use->on_vanished, true);
                else
                        mstc_part_map(walk, children->at[i], &use->maps, &use->map_count);
}

static void
use_patterns(struct mstc_walk *walk, xmlNode *node, struct mstc_config_target *target)
{
        static const struct mstc_shape shape = { "use! on-existing disabled", "map* on-empty? on-vanished?", MSTC_NO_TEXT,
                "write <groups use=\"finance-* dept-*\"/>" };
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        const char *use = mstc_walk_attribute(walk, node, "use"), *word;
        size_t length;
        struct mstc_config_use all = { 0 };      /* the same for all its patterns          */

        read_use(walk, node, &children, &all);
        if (use == NULL)
                return;
        use += strspn(use, " ");
        if (*use == '\0')
                mstc_report_error(walk->report, mstc_walk_at(node, "use"), shape.example, "use=\"\" names no group");
        while (mstc_words_next(&use, &word, &length)) {
                struct mstc_config_use *row = mstc_walk_grow(walk, &target->uses, &target->use_count, sizeof *row);

                if (row == NULL)
                        return;
                *row = all;
                row->pattern = mst_arena_strndup(walk->arena, word, length);
                walk->failed |= row->pattern == NULL;
        }
}

static void
use_group(struct mstc_walk *walk, xmlNode *node, struct mstc_config_target *target)
{
        static const struct mstc_shape shape = { "use! as on-existing disabled", "map* on-empty? on-vanished?", MSTC_NO_TEXT,
                "write <group use=\"name of a group\" as=\"its name in the sink\"/>" };
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        const char *use = mstc_part_group_name(walk, node, "use"), *as = mstc_walk_attribute(walk, node, "as");
        struct mstc_config_use *row;

        if (as != NULL && as[0] == '\0')
                mstc_report_error(walk->report, mstc_walk_at(node, "as"), "leave 'as' out to keep the name",
                                  "as=\"\" is no name");
        for (size_t i = 0; use != NULL && i < target->use_count; i++)
                if (target->uses[i].pattern != NULL && strcmp(target->uses[i].pattern, use) == 0)
                        mstc_report_error(walk->report, mstc_walk_at(node, "use"), "keep one of them",
                                          "the target uses group '%s' twice", use);
        row = mstc_walk_grow(walk, &target->uses, &target->use_count, sizeof *row);
        if (row == NULL)
                return;
        row->pattern = use;
        row->as = as;
        read_use(walk, node, &children, row);
}

/* ---- leavers and limits ---- */

static void
read_leaver(struct mstc_walk *walk, xmlNode *node, struct mstc_config_leaver *leaver, bool may_delete)
{
        static const struct mstc_shape with = { "do! delete-after", "", MSTC_NO_TEXT,
                "write do=\"keep\", do=\"disable\" or do=\"delete\"" };
        static const struct mstc_shape without = { "do!", "", MSTC_NO_TEXT, "write do=\"keep\" or do=\"disable\"" };

        (void)mstc_walk_into(walk, node, may_delete ? &with : &without);
        leaver->given = true;
        leaver->place = mstc_walk_place(node);
        leaver->what = (enum mstc_do)mstc_walk_choice(walk, node, "do",
                                                      may_delete ? "keep|disable|delete" : "keep|disable",
                                                      MSTC_DISABLE);
        if (!may_delete)
                return;
        leaver->delete_after_ms = mstc_walk_duration(walk, node, "delete-after", 60000, 3650 * DAY, 0);
        if (leaver->delete_after_ms != 0 && leaver->what != MSTC_DISABLE)
                mstc_report_error(walk->report, mstc_walk_at(node, "delete-after"),
                                  "write do=\"disable\" with it, or remove it",
                                  "delete-after goes with do=\"disable\" only");
}

static void
read_match(struct mstc_walk *walk, xmlNode *node, struct mstc_config_target *target)
{
        static const struct mstc_shape shape = { "attribute! on-existing", "", MSTC_NO_TEXT,
                "write <match attribute=\"attribute of the sink\"/>" };
        const char *attribute = mstc_walk_attribute(walk, node, "attribute");
        struct mstc_config_match *match;

        (void)mstc_walk_into(walk, node, &shape);
        for (size_t i = 0; attribute != NULL && i < target->match_count; i++)
                if (target->matches[i].attribute != NULL && strcasecmp(target->matches[i].attribute, attribute) == 0)
                        mstc_report_error(walk->report, mstc_walk_at(node, "attribute"), "keep one of them",
                                          "there is a second <match> by '%s'", attribute);
        match = mstc_walk_grow(walk, &target->matches, &target->match_count, sizeof *match);
        if (match == NULL)
                return;
        match->attribute = attribute;
        match->given = xmlHasProp(node, (const xmlChar *)"on-existing") != NULL;
        match->adopt = mstc_walk_choice(walk, node, "on-existing", "duplicate|adopt", 0) == 1;
        match->place = mstc_walk_at(node, "attribute");
}

/* Does it let nearly everything pass?  Both bounds must be passed, or the one that never may be. */
static bool
is_wide(const struct mstc_config_limit *limit)
{
        bool removals = limit->of != NULL && strcmp(limit->of, "removals") == 0;
        double most = limit->of != NULL && strcmp(limit->of, "group-members") == 0 ? 90 : 50;

        return (limit->percent > most || limit->above >= 100000) && (!removals || limit->never_above > 1000);
}

/* A guard that is as good as off is so for a while and for a reason, and both stand there. */
static void
read_end(struct mstc_walk *walk, xmlNode *node, struct mstc_config_limit *limit)
{
        int64_t at = 0;

        limit->wide = is_wide(limit);
        limit->until = mstc_walk_attribute(walk, node, "until");
        limit->reason = mstc_walk_attribute(walk, node, "reason");
        if (limit->until != NULL && !mstc_date_parse_iso(limit->until, strlen(limit->until), &at))
                mstc_report_error(walk->report, mstc_walk_at(node, "until"),
                                  "write a day (2026-12-31: until it begins, in UTC) or an instant (2026-12-31T18:00:00Z)",
                                  "until=\"%s\" is no date", limit->until);
        limit->until_ms = at != 0 ? (at - MST_DATE_UNIX_EPOCH) / (MST_DATE_SECOND / 1000) : 0;
        if (limit->wide && (limit->until == NULL || limit->reason == NULL || limit->reason[strspn(limit->reason, " ")] == '\0'))
                mstc_report_error(walk->report, limit->place, "add until=\"2026-12-31\" and reason=\"...\", or narrow it",
                                  "this limit of %s lets nearly everything pass, and does not say until when and why",
                                  limit->of != NULL ? limit->of : "this kind");
}

static void
read_limit(struct mstc_walk *walk, xmlNode *node, struct mstc_config_target *target)
{
        static const struct mstc_shape shape = { "of! above and-percent never-above until reason", "", MSTC_NO_TEXT,
                "write <limit of=\"removals\" above=\"5\" and-percent=\"2\" never-above=\"100\"/>" };
        static const char of[] = "removals|creates|gone|changes|clears|identity|group-members|group-deletes|reuse";
        struct mstc_config_limit *limit;
        const char *name = mstc_walk_attribute(walk, node, "of");

        (void)mstc_walk_into(walk, node, &shape);
        (void)mstc_walk_choice(walk, node, "of", of, 0);
        for (size_t i = 0; name != NULL && i < target->limit_count; i++)
                if (target->limits[i].of != NULL && strcmp(target->limits[i].of, name) == 0)
                        mstc_report_error(walk->report, mstc_walk_at(node, "of"), "put both into one",
                                          "there is a second <limit> of '%s'", name);
        limit = mstc_walk_grow(walk, &target->limits, &target->limit_count, sizeof *limit);
        if (limit == NULL)
                return;
        limit->of = name;
        limit->above = mstc_walk_integer(walk, node, "above", 0, 1000000000, -1);
        limit->percent = mstc_walk_percent(walk, node, "and-percent");
        limit->never_above = mstc_walk_integer(walk, node, "never-above", 0, 1000000000, -1);
        limit->place = mstc_walk_place(node);
        read_end(walk, node, limit);
        if (!xmlHasProp(node, (const xmlChar *)"above") && !xmlHasProp(node, (const xmlChar *)"and-percent")
            && !xmlHasProp(node, (const xmlChar *)"never-above"))
                mstc_report_error(walk->report, limit->place, shape.example, "<limit> sets no limit");
        if (limit->above >= 0 && limit->never_above >= 0 && limit->never_above < limit->above)
                mstc_report_error(walk->report, mstc_walk_at(node, "never-above"), "make it the larger of the two",
                                  "never-above=\"%lld\" is below above=\"%lld\"", (long long)limit->never_above,
                                  (long long)limit->above);
}

/* ---- the target ---- */

static void
read_child(struct mstc_walk *walk, xmlNode *child, struct mstc_config_target *target)
{
        if (mstc_walk_is(child, "scope")) {
                mstc_part_scope(walk, child, &target->scope);
        } else if (mstc_walk_is(child, "freshness")) {
                target->fresh_ms = mstc_part_freshness(walk, child);
        } else if (mstc_walk_is(child, "match")) {
                read_match(walk, child, target);
        } else if (mstc_walk_is(child, "map")) {
                mstc_part_map(walk, child, &target->maps, &target->map_count);
        } else if (mstc_walk_is(child, "groups")) {
                use_patterns(walk, child, target);
        } else if (mstc_walk_is(child, "on-gone")) {
                read_leaver(walk, child, &target->on_gone, true);
        } else if (mstc_walk_is(child, "on-out-of-scope")) {
                read_leaver(walk, child, &target->on_out_of_scope, true);
        } else if (mstc_walk_is(child, "on-disabled")) {
                read_leaver(walk, child, &target->on_disabled, false);
        } else if (mstc_walk_is(child, "on-empty")) {
                read_fate(walk, child, &target->on_empty, false);
        } else if (mstc_walk_is(child, "on-vanished")) {
                read_fate(walk, child, &target->on_vanished, true);
        } else if (mstc_walk_is(child, "limit")) {
                read_limit(walk, child, target);
        }
}

static const char *
target_name(struct mstc_walk *walk, xmlNode *node, const struct mstc_config_sync *sync,
            const struct mstc_config_instance *sink)
{
        const char *name = mstc_walk_name(walk, node, "name");
        bool own = xmlHasProp(node, (const xmlChar *)"name") != NULL;

        if (!own && sink != NULL)
                name = sink->name;
        for (size_t i = 0; name != NULL && i < sync->target_count; i++)
                if (sync->targets[i].name != NULL && strcmp(sync->targets[i].name, name) == 0)
                        mstc_report_error(walk->report, own ? mstc_walk_at(node, "name") : mstc_walk_place(node),
                                          own ? "rename one of them"
                                              : "give each <target> of this sink a name=\"...\" of its own",
                                          "there is a second target named '%s' in this sync", name);
        return name;
}

void
mstc_part_target(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "name sink! was defaults members import",
                "scope? freshness? match* map* maps* groups* group* on-gone? on-out-of-scope? on-disabled? on-empty? on-vanished? limit*",
                MSTC_NO_TEXT,
                "write <target sink=\"name of a sink\">" };
        struct mstc_nodes children = mstc_walk_into(walk, node, &shape);
        const struct mstc_config_instance *sink = mstc_part_find_instance(walk, node, "sink", false);
        const char *name = target_name(walk, node, sync, sink);
        struct mstc_config_target *target;

        if (sync->target_count == MOST_TARGETS)
                mstc_report_error(walk->report, mstc_walk_place(node), "divide the sync in two",
                                  "a sync has at most %d targets", MOST_TARGETS);
        target = mstc_walk_grow(walk, &sync->targets, &sync->target_count, sizeof *target);
        if (target == NULL)
                return;
        target->name = name;
        target->sink = sink;
        target->was = mstc_walk_name(walk, node, "was");
        target->defaults = mstc_walk_yes(walk, node, "defaults", true);
        target->exact_members = mstc_walk_choice(walk, node, "members", "own|exact", 0) == 1;
        target->import_existing = mstc_walk_choice(walk, node, "import", "new|existing", 0) == 1;
        target->on_gone.what = target->on_out_of_scope.what = target->on_disabled.what = MSTC_DISABLE;
        target->on_empty.what = MSTC_FATE_EMPTY;
        target->place = mstc_walk_place(node);
        for (size_t i = 0; i < children.count; i++)      /* the first that fits counts: names before patterns */
                if (mstc_walk_is(children.at[i], "group"))
                        use_group(walk, children.at[i], target);
        for (size_t i = 0; i < children.count; i++)
                read_child(walk, children.at[i], target);
        for (size_t i = 0; i < target->match_count; i++)
                target->matches[i].adopt |= target->import_existing && !target->matches[i].given;
        for (size_t i = 0; i < children.count; i++)      /* below the target's own */
                if (mstc_walk_is(children.at[i], "maps"))
                        use_maps(walk, children.at[i], target);
}
