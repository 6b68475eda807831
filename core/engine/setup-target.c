/* setup-target.c - a target against what its sink can do.
 *
 *   scope and maps      compiled
 *   matches             there, and mapped, so that there is something to compare
 *   leavers             only what the sink can do; what was left open becomes that
 *   groups              carried by a sink that has groups; no name without a group */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "engine/maker.h"
#include "store/store.h"
#include "util/near.h"
#include "util/wild.h"

static bool
can(const struct mstc_target *target, uint32_t what)
{
        return (target->sink->promised->can & what) == what;
}

/* ---- matches ---- */

static void
check_match(struct mstc_maker *maker, const struct mstc_target *target, const struct mstc_config_match *match)
{
        const struct mstc_map *map;

        if (match->attribute == NULL)
                return;
        map = mstc_maker_find_map(target->maps, target->map_count, match->attribute);
        if (mstc_facts_find(target->sink->promised, MST_USER, match->attribute) == NULL)
                mstc_report_error(maker->report, match->place,
                                  mstc_maker_say(maker, "`muster plugins %s` lists them", target->sink->plugin->name),
                                  "the users of sink '%s' have no attribute '%s'", target->sink->config->name,
                                  match->attribute);
        else if (map == NULL)
                mstc_report_error(maker->report, match->place,
                                  mstc_maker_say(maker,
                                                 "add <map to=\"%s\">, with when=\"never\" if it is not to be written",
                                                 match->attribute),
                                  "nothing is mapped to '%s', so there is nothing to match by", match->attribute);
        else if (map->expression != NULL && mstc_expr_uses_random(map->expression))
                mstc_report_error(maker->report, match->place, "match by another attribute",
                                  "'%s' is different each time it is computed: nobody could be found by it",
                                  match->attribute);
}

/* Those that the connector's admins are used to, where the target says nothing. */
static void
usual_matches(struct mstc_maker *maker, const struct mstc_target *target, struct mstc_config_target *config)
{
        const char *at = target->sink->plugin->sink_matches;

        if (config->match_count > 0 || at == NULL)
                return;
        config->matches = mst_arena_alloc(maker->arena, (strlen(at) / 2 + 1) * sizeof *config->matches);
        while (config->matches != NULL && at[0] != '\0') {
                size_t length = strcspn(at, " ");
                char *name = mst_arena_strndup(maker->arena, at, length);

                if (name != NULL && length > 0)
                        config->matches[config->match_count++] = (struct mstc_config_match){
                                .attribute = name, .adopt = config->import_existing, .place = config->place };
                at += length + (at[length] != '\0');
        }
        if (config->matches == NULL)
                maker->failed = true;
}

static void
check_matches(struct mstc_maker *maker, const struct mstc_target *target)
{
        const struct mstc_config_target *config = target->config;

        for (size_t i = 0; i < config->match_count; i++)
                check_match(maker, target, &config->matches[i]);
        if (config->match_count > 0)
                return;
        if (!can(target, MST_CAN_STAMP))
                mstc_report_error(maker->report, config->place, "add <match attribute=\"...\"/>",
                                  "sink '%s' has no room for our mark and the target has no <match>: "
                                  "nobody could be found again",
                                  target->sink->config->name);
        else
                mstc_report_warning(maker->report, config->place, "add <match attribute=\"...\"/>",
                                    "the target has no <match>: people who are in sink '%s' already are not recognized",
                                    target->sink->config->name);
}

/* ---- leavers ---- */

static void
check_leaver(struct mstc_maker *maker, const struct mstc_target *target, struct mstc_config_leaver *leaver)
{
        const char *sink = target->sink->config->name;

        if (!leaver->given) {
                if (leaver->what == MSTC_DISABLE && !can(target, MST_CAN_DISABLE))
                        leaver->what = MSTC_KEEP;
                return;
        }
        if (leaver->what == MSTC_DISABLE && !can(target, MST_CAN_DISABLE))
                mstc_report_error(maker->report, leaver->place, "write do=\"keep\" or do=\"delete\"",
                                  "sink '%s' cannot disable anybody", sink);
        if ((leaver->what == MSTC_DELETE || leaver->delete_after_ms > 0) && !can(target, MST_CAN_DELETE))
                mstc_report_error(maker->report, leaver->place, "write do=\"keep\" or do=\"disable\"",
                                  "sink '%s' cannot delete anybody", sink);
}

/* ---- groups ---- */

static bool
names_a_group(const struct mstc_sync *sync, const char *pattern)
{
        char family[300];

        for (size_t i = 0; i < sync->group_count; i++)
                if (sync->groups[i].name != NULL && mstc_wild_match(pattern, sync->groups[i].name))
                        return true;
        for (size_t i = 0; i < sync->family_count; i++) {
                if (sync->families[i].config->name == NULL)
                        continue;
                mstc_maker_as_pattern(sync->families[i].config->name, family, sizeof family);
                if (mstc_wild_match(pattern, family))
                        return true;
        }
        /* What the groups of the source are called is not known before they are read. */
        for (size_t i = 0; i < sync->carry_count; i++)
                if (sync->carries[i].config->name != NULL)
                        return true;
        return false;
}

static void
check_pattern(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_config_use *use)
{
        const char **names, *near = NULL;
        size_t count = 0;

        if (use->pattern == NULL || names_a_group(sync, use->pattern))
                return;
        if (strpbrk(use->pattern, "*?") != NULL) {
                mstc_report_warning(maker->report, use->place, "remove it, or add the groups",
                                    "no group of sync '%s' is named like '%s'", sync->name, use->pattern);
                return;
        }
        names = mst_arena_alloc(maker->arena, (sync->group_count + 1) * sizeof *names);
        for (size_t i = 0; names != NULL && i < sync->group_count; i++)
                if (sync->groups[i].name != NULL)
                        names[count++] = sync->groups[i].name;
        if (names != NULL)
                near = mstc_near(use->pattern, names, count);
        mstc_report_error(maker->report, use->place,
                          near != NULL ? mstc_maker_say(maker, "did you mean '%s'?", near)
                                       : mstc_maker_say(maker, "add <group name=\"%s\"> to the sync", use->pattern),
                          "sync '%s' has no group named '%s'", sync->name, use->pattern);
}

static void
check_fate(struct mstc_maker *maker, const struct mstc_target *target, const struct mstc_config_fate *fate)
{
        if (fate->given && fate->what == MSTC_FATE_DELETE && !can(target, MST_CAN_DELETE))
                mstc_report_error(maker->report, fate->place, "write do=\"keep\" or do=\"empty\"",
                                  "sink '%s' cannot delete groups", target->sink->config->name);
}

static void
check_use(struct mstc_maker *maker, const struct mstc_target *target, const struct mstc_config_use *use)
{
        check_fate(maker, target, &use->on_empty);
        check_fate(maker, target, &use->on_vanished);
        if (use->existing != MSTC_EXISTING_DUPLICATE
            && !can(target, MST_CAN_FIND))
                mstc_report_error(maker->report, use->place, "leave on-existing out",
                                  "sink '%s' cannot look for a group by its name", target->sink->config->name);
}

static void
make_uses(struct mstc_maker *maker, const struct mstc_sync *sync, struct mstc_target *target)
{
        const struct mstc_config_target *config = target->config;

        if (config->exact_members)
                mstc_report_warning(maker->report, config->place, "write members=\"own\", or leave it out",
                                    "members=\"exact\" is not carried out yet: members whom muster has not added stay in "
                                    "the groups of target '%s'", config->name != NULL ? config->name : "");
        if (config->use_count == 0) {
                if ((sync->group_count + sync->family_count + sync->carry_count > 0) && can(target, MST_CAN_GROUPS | MST_CAN_MEMBERS))
                        mstc_report_warning(maker->report, config->place, "add <groups use=\"*\"/> to carry all",
                                            "the target carries none of the sync's groups");
                return;
        }
        if (!can(target, MST_CAN_GROUPS | MST_CAN_MEMBERS)) {
                mstc_report_error(maker->report, config->uses[0].place, "remove it", "sink '%s' has no groups",
                                  target->sink->config->name);
                return;
        }
        for (size_t i = 0; i < config->use_count; i++)
                if (config->uses[i].map_count == 0) {        /* somebody needs the default one */
                        target->group_maps = mstc_maker_maps(maker, target->sink, MST_GROUP, mstc_maker_map_schema(maker, sync),
                                                             NULL, 0, true, config->uses[i].place,
                                                             &target->group_map_count);
                        break;
                }
        target->uses = mst_arena_alloc(maker->arena, config->use_count * sizeof *target->uses);
        if (target->uses == NULL) {
                maker->failed = true;
                return;
        }
        for (; target->use_count < config->use_count; target->use_count++) {
                const struct mstc_config_use *from = &config->uses[target->use_count];
                struct mstc_group_use *use = &target->uses[target->use_count];

                check_pattern(maker, sync, from);
                *use = (struct mstc_group_use){ .pattern = from->pattern, .as = from->as, .maps = target->group_maps,
                                                .map_count = target->group_map_count, .config = from };
                check_use(maker, target, from);
                if (from->map_count > 0)
                        use->maps = mstc_maker_maps(maker, target->sink, MST_GROUP, mstc_maker_map_schema(maker, sync), from->maps,
                                                    from->map_count, true, from->place, &use->map_count);
        }
}

/* A limit that counts no more is told wherever the configuration is looked at. */
static void
check_limits(struct mstc_maker *maker, const struct mstc_target *target)
{
        const struct mstc_config_target *config = target->config;

        for (size_t i = 0; i < config->limit_count; i++) {
                const struct mstc_config_limit *l = &config->limits[i];

                if (l->until_ms != 0 && l->until_ms <= mstc_now_ms())
                        mstc_report_warning(maker->report, l->place, "remove it, or give it another date",
                                            "this limit of %s counted until %s; the default is in force again", l->of, l->until);
        }
}

/* ---- the target ---- */

static void
check_shadow(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_target *target)
{
        for (const struct mstc_target *earlier = sync->targets; earlier < target; earlier++)
                if (earlier->sink == target->sink && earlier->sink != NULL && earlier->config->scope.rule.text == NULL
                    && earlier->config->scope.filter_count == 0) {
                        mstc_report_warning(maker->report, target->config->place,
                                            "give the earlier target a <scope>, or put it last",
                                            "target '%s' gets nobody: '%s' stands before it and takes everybody",
                                            target->config->name != NULL ? target->config->name : "",
                                            earlier->name != NULL ? earlier->name : "");
                        return;
                }
}

void
mstc_maker_target(struct mstc_maker *maker, struct mstc_sync *sync, struct mstc_target *target)
{
        struct mstc_config_target *config = (struct mstc_config_target *)target->config;
        const struct mstc_schema *schema;

        target->name = config->name;
        if (sync->source == NULL || sync->source->promised == NULL)
                return;
        schema = mstc_maker_schema_of(maker, sync->source);
        target->scope = mstc_maker_scope(maker, &config->scope, schema);
        check_shadow(maker, sync, target);
        check_limits(maker, target);
        if (target->sink == NULL || target->sink->promised == NULL)
                return;
        target->maps = mstc_maker_maps(maker, target->sink, MST_USER, schema, config->maps, config->map_count,
                                       config->defaults, config->place, &target->map_count);
        usual_matches(maker, target, config);
        check_matches(maker, target);
        if (!config->on_gone.given && target->sink->plugin->sink_gone == MST_DELETE && can(target, MST_CAN_DELETE))
                config->on_gone.what = MSTC_DELETE;
        check_leaver(maker, target, &config->on_gone);
        check_leaver(maker, target, &config->on_out_of_scope);
        check_leaver(maker, target, &config->on_disabled);
        check_fate(maker, target, &config->on_empty);
        check_fate(maker, target, &config->on_vanished);
        make_uses(maker, sync, target);
}
