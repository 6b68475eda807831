/* setup-clash.c - two groups that would have one name in a sink, as far as that can be seen before
 * anybody is read: sinks hardly ever tell letters of another case apart.
 *
 * Where a <groups use> or <group use> has maps of its own it is not known what the groups are
 * called; the engine tells it when it meets them (groupabsent.c). */
#include "build.h"

#include <string.h>

#include "engine/maker.h"
#include "util/map.h"
#include "util/wild.h"

static const struct mstc_group_use *
use_of(const struct mstc_target *target, const char *name)
{
        for (size_t i = 0; i < target->use_count; i++)
                if (mstc_wild_match(target->uses[i].pattern, name))
                        return &target->uses[i];
        return NULL;
}

/* The name there, folded if the sink does not tell letters apart; NULL: not known, not carried. */
static const char *
label_of(struct mstc_maker *maker, const struct mstc_target *target, const struct mstc_rule_group *group)
{
        const struct mstc_group_use *use = group->name != NULL ? use_of(target, group->name) : NULL;
        const struct mst_facts *facts = target->sink->promised;
        const char *naming = mstc_facts_naming(facts, MST_GROUP), *name;
        const struct mstc_fact_attribute *a = naming != NULL ? mstc_facts_find(facts, MST_GROUP, naming) : NULL;
        size_t length;

        if (use == NULL || use->config->map_count != 0)
                return NULL;
        name = use->as != NULL ? use->as : group->name;
        if (a != NULL && (a->flags & MST_ATTR_EXACT) != 0)
                return name;
        name = mstc_fold(name, strlen(name), maker->arena, &length);
        maker->failed |= name == NULL;
        return name;
}

static void
check_target(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_target *target, struct mstc_map *labels)
{
        for (size_t i = 0; i < sync->group_count && !maker->failed; i++) {
                const struct mstc_rule_group *group = &sync->groups[i], *other;
                const char *label = label_of(maker, target, group);

                if (label == NULL)
                        continue;
                other = mstc_map_get(labels, label);
                if (other == NULL) {
                        maker->failed |= !mstc_map_put(labels, label, (void *)(uintptr_t)group);
                        continue;
                }
                mstc_report_error(maker->report, sync->config->groups[i].place,
                                  "rename one of them, or give it another name there: <group use= as=>",
                                  "the groups '%s' and '%s' have one name in target '%s'", other->name, group->name,
                                  target->name);
        }
}

/* Two targets that write to one sink: each makes its own group. */
static void
check_shared(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_target *a, const struct mstc_target *b)
{
        for (size_t i = 0; i < sync->group_count && !maker->failed; i++) {
                const char *one = label_of(maker, a, &sync->groups[i]), *two = label_of(maker, b, &sync->groups[i]);

                if (one == NULL || two == NULL || strcmp(one, two) != 0)
                        continue;
                mstc_report_warning(maker->report, b->config->uses[0].place,
                                    "give it another name in one of them: <group use= as=>",
                                    "the targets '%s' and '%s' both make the group '%s' in sink '%s': the second cannot",
                                    a->name, b->name, sync->groups[i].name, a->sink->config->name);
                return;                      /* one of many is enough                  */
        }
}

/* Perhaps nobody ever has that value. */
static void
check_families(struct mstc_maker *maker, const struct mstc_sync *sync)
{
        char pattern[300];

        for (size_t f = 0; f < sync->family_count; f++) {
                const struct mstc_config_family *family = sync->families[f].config;

                if (family->name == NULL)
                        continue;
                mstc_maker_as_pattern(family->name, pattern, sizeof pattern);
                for (size_t i = 0; i < sync->group_count; i++)
                        if (strchr(pattern, '*') != NULL && strcmp(pattern, "*") != 0 && sync->groups[i].name != NULL
                            && mstc_wild_match(pattern, sync->groups[i].name))
                                mstc_report_warning(maker->report, sync->config->groups[i].place, "rename one of them",
                                                    "the family '%s' could make the group '%s', too: it will not, as this "
                                                    "<group> has that name", family->name, sync->groups[i].name);
        }
}

void
mstc_maker_clashes(struct mstc_maker *maker, const struct mstc_sync *sync)
{
        for (size_t t = 0; t < sync->target_count && !maker->failed; t++) {
                const struct mstc_target *target = &sync->targets[t];
                struct mstc_map *labels = target->sink != NULL && target->sink->promised != NULL ? mstc_map_new() : NULL;

                if (target->sink == NULL || target->sink->promised == NULL || target->use_count == 0)
                        mstc_map_free(labels);
                else if (labels == NULL)
                        maker->failed = true;
                else {
                        check_target(maker, sync, target, labels);
                        mstc_map_free(labels);
                        for (size_t k = 0; k < t; k++)
                                if (sync->targets[k].sink == target->sink && sync->targets[k].use_count != 0)
                                        check_shared(maker, sync, &sync->targets[k], target);
                }
        }
        check_families(maker, sync);
}
