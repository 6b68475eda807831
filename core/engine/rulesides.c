/* rulesides.c - what is written differently in two configurations of a sync. */
#include "build.h"

#include "engine/rulesdiffing.h"

#include <string.h>
#include <strings.h>

#include "util/alloc.h"

/* ---- movers ---- */

struct mstc_mover *
mstc_diff_mover(struct mstc_diffing *d, enum mstc_moved what, const char *target, const char *name)
{
        struct mst_arena *arena = d->diff->arena;
        char *key = mst_arena_printf(d->scratch, "%d %zu:%s %zu:%s %s", (int)what, strlen(d->sync), d->sync,
                                     target != NULL ? strlen(target) : 0, target != NULL ? target : "",
                                     name != NULL ? name : "");
        struct mstc_mover *ret = key != NULL ? mstc_map_get(d->known, key) : NULL, **all;

        if (ret != NULL)
                return ret;
        ret = key != NULL ? mst_arena_alloc(arena, sizeof *ret) : NULL;
        all = ret != NULL ? mstc_realloc_array(d->diff->movers, d->diff->count + 1, sizeof *all) : NULL;
        if (all == NULL || !mstc_map_put(d->known, key, ret)) {
                if (all != NULL)
                        d->diff->movers = all;
                d->failed = true;
                return NULL;
        }
        *ret = (struct mstc_mover){ .what = what, .sync = mst_arena_strdup(arena, d->sync),
                                    .target = target != NULL ? mst_arena_strdup(arena, target) : NULL,
                                    .name = name != NULL ? mst_arena_strdup(arena, name) : NULL };
        d->diff->movers = all;
        all[d->diff->count++] = ret;
        return ret;
}

/* ---- what differs in the texts ---- */

static bool
same_text(const struct mstc_expr *a, const struct mstc_expr *b)
{
        if (a == NULL || b == NULL)
                return a == b;
        return strcmp(mstc_expr_text(a), mstc_expr_text(b)) == 0;
}

static const struct mstc_rule_group *
group_named(const struct mstc_sync *sync, const char *name)
{
        for (size_t i = 0; sync != NULL && i < sync->group_count; i++)
                if (strcmp(sync->groups[i].name, name) == 0)
                        return &sync->groups[i];
        return NULL;
}

static bool
same_family(const struct mstc_family *a, const struct mstc_family *b)
{
        return strcasecmp(a->config->each, b->config->each) == 0 && strcmp(a->config->name, b->config->name) == 0
               && same_text(a->rule, b->rule);
}

bool
mstc_diff_has_family(const struct mstc_sync *sync, const struct mstc_family *family)
{
        for (size_t i = 0; sync != NULL && i < sync->family_count; i++)
                if (same_family(&sync->families[i], family))
                        return true;
        return false;
}

static bool
enter_groups(struct mstc_diffing *d, int which)
{
        struct mstc_diff_side *side = &d->sides[which];
        const struct mstc_sync *other = d->sides[1 - which].sync;

        side->index = mstc_index_new();
        if (side->index == NULL)
                return false;
        for (size_t i = 0; side->sync != NULL && i < side->sync->group_count; i++) {
                const struct mstc_rule_group *group = &side->sync->groups[i], *twin = group_named(other, group->name);
                struct mstc_mover **more;

                if (!d->scopes_differ && twin != NULL && same_text(group->rule, twin->rule))
                        continue;
                more = mstc_realloc_array(d->by_rule, d->rule_count + 1, sizeof(struct mstc_mover *));
                if (more == NULL)
                        return false;
                d->by_rule = more;
                more[d->rule_count] = mstc_diff_mover(d, MSTC_MOVED_GROUP, NULL, group->name);
                if (d->failed || !mstc_index_add(side->index, group->rule, (uint32_t)d->rule_count++))
                        return false;
        }
        return mstc_index_build(side->index);
}

static const struct mstc_map *
map_to(const struct mstc_target *target, const char *to)
{
        for (size_t i = 0; target != NULL && i < target->map_count; i++)
                if (strcasecmp(target->maps[i].to, to) == 0)
                        return &target->maps[i];
        return NULL;
}

static bool
add_map(struct mstc_diffing *d, struct mstc_diff_pair *pair, const struct mstc_map *before, const struct mstc_map *after)
{
        const struct mstc_map *one = before != NULL ? before : after;
        struct mstc_diff_map *maps;

        if ((before != NULL && before->when != MSTC_ALWAYS) || (after != NULL && after->when != MSTC_ALWAYS))
                return true;                 /* what is written once is not written again */
        if (before != NULL && after != NULL && same_text(before->expression, after->expression))
                return true;
        maps = mstc_realloc_array(pair->maps, pair->map_count + 1, sizeof *maps);
        if (maps == NULL)
                return false;
        pair->maps = maps;
        maps[pair->map_count] = (struct mstc_diff_map){ .maps = { before, after } };
        maps[pair->map_count].mover = mstc_diff_mover(d, MSTC_MOVED_VALUE, pair->targets[0]->name, one->to);
        return maps[pair->map_count++].mover != NULL;
}

static bool
add_pair(struct mstc_diffing *d, const struct mstc_target *before, const struct mstc_target *after)
{
        struct mstc_diff_pair *pairs = mstc_realloc_array(d->pairs, d->pair_count + 1, sizeof *pairs), *pair;

        if (pairs == NULL)
                return false;
        d->pairs = pairs;
        pair = &pairs[d->pair_count++];
        *pair = (struct mstc_diff_pair){ .targets = { before, after } };
        pair->scopes_differ = d->scopes_differ || before == NULL || after == NULL || !same_text(before->scope, after->scope);
        d->targets_differ = d->targets_differ || pair->scopes_differ;
        if (pair->scopes_differ)
                pair->mover = mstc_diff_mover(d, MSTC_MOVED_TARGET, (before != NULL ? before : after)->name, NULL);
        if (before == NULL || after == NULL)
                return !d->failed;
        for (size_t i = 0; i < before->map_count; i++)
                if (!add_map(d, pair, &before->maps[i], map_to(after, before->maps[i].to)))
                        return false;
        for (size_t i = 0; i < after->map_count; i++)
                if (map_to(before, after->maps[i].to) == NULL && !add_map(d, pair, NULL, &after->maps[i]))
                        return false;
        return !d->failed;
}

static const struct mstc_target *
target_named(const struct mstc_sync *sync, const char *name)
{
        for (size_t i = 0; sync != NULL && i < sync->target_count; i++)
                if (strcmp(sync->targets[i].name, name) == 0)
                        return &sync->targets[i];
        return NULL;
}

static bool
enter_targets(struct mstc_diffing *d)
{
        const struct mstc_sync *before = d->sides[0].sync, *after = d->sides[1].sync;

        for (size_t i = 0; before != NULL && i < before->target_count; i++)
                if (!add_pair(d, &before->targets[i], target_named(after, before->targets[i].name)))
                        return false;
        for (size_t i = 0; after != NULL && i < after->target_count; i++)
                if (target_named(before, after->targets[i].name) == NULL && !add_pair(d, NULL, &after->targets[i]))
                        return false;
        return true;
}

bool
mstc_diff_enter(struct mstc_diffing *d)
{
        const struct mstc_sync *before = d->sides[0].sync, *after = d->sides[1].sync;

        d->targets_differ = false;
        d->scopes_differ = before == NULL || after == NULL || !same_text(before->scope, after->scope);
        return enter_groups(d, 0) && enter_groups(d, 1) && enter_targets(d);
}

void
mstc_diff_leave(struct mstc_diffing *d)
{
        for (int s = 0; s < 2; s++) {
                mstc_index_free(d->sides[s].index);
                mstc_matches_done(&d->sides[s].matches);
                mstc_free(d->sides[s].groups);
                d->sides[s] = (struct mstc_diff_side){ 0 };
        }
        for (size_t i = 0; i < d->pair_count; i++) {
                mstc_diff_accounts_free(&d->pairs[i]);
                mstc_free(d->pairs[i].maps);
        }
        mstc_free(d->pairs);
        mstc_free(d->by_rule);
        mstc_map_free(d->carried);
        d->carried = NULL;
        d->pairs = NULL;
        d->by_rule = NULL;
        d->pair_count = d->rule_count = 0;
}
