/* rulesdiff.c - two configurations held against the same people.
 *
 * Only what is written differently is evaluated (rulesides.c): a group, a scope or a map whose
 * text is the same on both sides gives the same.  The groups that differ stand in a rule index,
 * one a side, so that the cost of a person does not grow with their number. */
#include "build.h"

#include "engine/rulesdiffing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "util/date.h"

static void
tell(struct mstc_diffing *d, struct mstc_mover *mover, const struct mstc_view_record *person, struct mstc_move move)
{
        uint64_t so_far = mover->enters + mover->leaves + mover->changes;

        if (so_far < MSTC_MOVE_SAMPLES)
                mover->samples[so_far] = mst_arena_strdup(d->diff->arena, person->title);
        if (mover->what == MSTC_MOVED_VALUE)
                mover->changes++;
        else if (move.enters)
                mover->enters++;
        else
                mover->leaves++;
        d->counted = true;
        move.mover = mover;
        move.id = person->id;
        move.title = person->title;
        if (d->each != NULL)
                d->each(d->self, &move);
}

/* ---- one person ---- */

static struct mstc_eval
eval_of(const struct mstc_diffing *d)
{
        return (struct mstc_eval){ .now = d->now, .arena = d->scratch };
}

static bool
in_scope(struct mstc_diffing *d, const struct mstc_expr *scope, const struct mst_record *record)
{
        struct mstc_eval eval = eval_of(d);

        return scope == NULL || mstc_expr_test(scope, record, &eval);
}

void
mstc_diff_add_group(struct mstc_diffing *d, struct mstc_diff_side *side, struct mstc_mover *group)
{
        struct mstc_mover **more = side->groups;

        if (group == NULL)
                return;
        if (side->group_count == side->group_room) {
                size_t room = side->group_room == 0 ? 64 : side->group_room * 2;

                more = mstc_realloc_array(side->groups, room, sizeof(struct mstc_mover *));
                if (more == NULL) {
                        d->failed = true;
                        return;
                }
                side->groups = more;
                side->group_room = room;
        }
        more[side->group_count++] = group;
}

static void
add_families(struct mstc_diffing *d, int which, const struct mst_record *record)
{
        struct mstc_diff_side *side = &d->sides[which];

        for (size_t f = 0; f < side->sync->family_count && !d->failed; f++) {
                const struct mstc_family *family = &side->sync->families[f];
                const struct mst_value *values = NULL;
                const char *hole = strstr(family->config->name, "{value}");

                if (hole == NULL || (!d->scopes_differ && mstc_diff_has_family(d->sides[1 - which].sync, family))
                    || (family->rule != NULL && !in_scope(d, family->rule, record)))
                        continue;
                for (size_t i = 0; i < mst_record_count(record); i++)
                        if (strcasecmp(mst_record_name_at(record, i), family->config->each) == 0)
                                values = mst_record_at(record, i);
                for (size_t i = 0; i < mst_value_count(values); i++) {
                        const char *value = mstc_value_render(mst_value_at(values, i), d->scratch, NULL), *name;

                        if (value == NULL || *value == '\0')
                                continue;
                        name = mst_arena_printf(d->scratch, "%.*s%s%s", (int)(hole - family->config->name),
                                                family->config->name, value, hole + 7);
                        if (name == NULL)
                                d->failed = true;
                        else
                                mstc_diff_add_group(d, side, mstc_diff_mover(d, MSTC_MOVED_GROUP, NULL, name));
                }
        }
}

static int
by_address(const void *a, const void *b)
{
        uintptr_t x = (uintptr_t)*(struct mstc_mover *const *)a, y = (uintptr_t)*(struct mstc_mover *const *)b;

        return (x > y) - (x < y);
}

/* The groups that he is in on one side, sorted, each once.  False: they cannot be told. */
static bool
find_groups(struct mstc_diffing *d, int which, size_t at, const struct mst_record *record)
{
        struct mstc_diff_side *side = &d->sides[which];
        const struct mstc_found *found;
        size_t unique = 0;

        side->group_count = 0;
        if (!side->in[at])
                return true;
        found = &side->found[side->found_at++];
        if (found->why != NULL)
                return false;
        for (size_t i = 0; i < found->count && !d->failed; i++)
                mstc_diff_add_group(d, side, d->by_rule[found->ids[i]]);
        add_families(d, which, record);
        mstc_diff_carried_of(d, which, record);
        if (side->group_count > 1)
                qsort(side->groups, side->group_count, sizeof(struct mstc_mover *), by_address);
        for (size_t i = 0; i < side->group_count; i++)
                if (unique == 0 || side->groups[unique - 1] != side->groups[i])
                        side->groups[unique++] = side->groups[i];
        side->group_count = unique;
        return !d->failed;
}

static void
compare_groups(struct mstc_diffing *d, const struct mstc_view_record *person)
{
        struct mstc_diff_side *old = &d->sides[0], *new = &d->sides[1];
        size_t i = 0, k = 0;

        while (i < old->group_count || k < new->group_count) {
                bool only_old = k == new->group_count
                             || (i < old->group_count && by_address(&old->groups[i], &new->groups[k]) < 0);
                bool only_new = !only_old && (i == old->group_count || old->groups[i] != new->groups[k]);

                if (only_old)
                        tell(d, old->groups[i++], person, (struct mstc_move){ .enters = false });
                else if (only_new)
                        tell(d, new->groups[k++], person, (struct mstc_move){ .enters = true });
                else
                        i++, k++;
        }
}

/* Null where there is no map; false: no value flows, so that nothing is known. */
static bool
value_of(struct mstc_diffing *d, const struct mstc_map *map, const struct mst_record *record, struct mst_value *ret)
{
        struct mstc_eval eval = eval_of(d);

        *ret = mstc_value_null();
        return map == NULL || mstc_expr_value(map->expression, record, &eval, ret) == MSTC_VALUE;
}

static bool
is_hidden(const struct mstc_diff_pair *pair, const struct mstc_diff_map *map)
{
        for (int s = 0; s < 2; s++) {
                const struct mstc_fact_attribute *a = map->maps[s] == NULL ? NULL :
                        mstc_facts_find(pair->targets[s]->sink->promised, MST_USER, map->maps[s]->to);

                if (map->maps[s] != NULL && mstc_expr_is_redacted(map->maps[s]->expression))
                        return true;
                if (a != NULL && (a->flags & MST_ATTR_SECRET) != 0)
                        return true;
        }
        return false;
}

/* Which targets take him: of all, where some scope is another one. */
static void
find_targets(struct mstc_diffing *d, size_t at, const struct mst_record *record)
{
        for (size_t i = 0; i < d->pair_count; i++) {
                struct mstc_diff_pair *pair = &d->pairs[i];

                for (int s = 0; s < 2; s++)
                        pair->in[s] = (d->targets_differ || pair->map_count > 0) && pair->targets[s] != NULL
                                   && d->sides[s].in[at] && in_scope(d, pair->targets[s]->scope, record);
        }
}

static void
compare_target(struct mstc_diffing *d, const struct mstc_diff_pair *pair, const struct mstc_view_record *person)
{
        if (pair->in[0] != pair->in[1])
                tell(d, pair->mover, person, (struct mstc_move){ .enters = pair->in[1] });
        for (size_t i = 0; pair->in[0] && pair->in[1] && i < pair->map_count; i++) {
                struct mstc_diff_map *map = &pair->maps[i];
                struct mst_value before, after;

                if (value_of(d, map->maps[0], person->record, &before) && value_of(d, map->maps[1], person->record, &after)
                    && !mst_value_equal(&before, &after))
                        tell(d, map->mover, person, (struct mstc_move){ .before = &before, .after = &after,
                                                                        .hidden = is_hidden(pair, map) });
        }
}

static void
compare_person(struct mstc_diffing *d, size_t at, const struct mstc_view_record *person)
{
        bool old = find_groups(d, 0, at, person->record), new = find_groups(d, 1, at, person->record);

        d->counted = false;
        d->diff->people++;
        if (old && new)
                compare_groups(d, person);
        find_targets(d, at, person->record);
        for (size_t i = 0; i < d->pair_count && !d->failed; i++)
                compare_target(d, &d->pairs[i], person);
        if (d->targets_differ)
                mstc_diff_accounts_count(d, person);
        d->diff->moved += d->counted;
}

/* All at once before the index of each side. */
static void
compare_people(struct mstc_diffing *d, const struct mstc_view_record *people, size_t count)
{
        const struct mst_record *records[MSTC_DIFF_BATCH];

        for (int s = 0; s < 2; s++) {
                struct mstc_diff_side *side = &d->sides[s];
                struct mstc_eval eval = eval_of(d);
                size_t n = 0;

                for (size_t i = 0; i < count; i++) {
                        side->in[i] = side->sync != NULL && in_scope(d, side->sync->scope, people[i].record);
                        if (side->in[i])
                                records[n++] = people[i].record;
                }
                side->found_at = 0;
                if (!mstc_index_match_all(side->index, records, n, &eval, &side->matches, side->found))
                        d->failed = true;
        }
        for (size_t i = 0; i < count && !d->failed; i++)
                compare_person(d, i, &people[i]);
}

/* ---- a sync, and all ---- */

static int
compare_sync(struct mstc_diffing *d, const struct mstc_sync *before, const struct mstc_sync *after, struct mst_error *err)
{
        struct mstc_memberof memberof = { .arena = d->kept };
        bool reads = (before != NULL && before->reads_members) || (after != NULL && after->reads_members), more = true;
        struct mstc_view_record *people;
        int64_t after_number = 0;
        size_t count;

        d->sync = (before != NULL ? before : after)->name;
        d->sides[0].sync = before;
        d->sides[1].sync = after;
        if (!mstc_diff_enter(d))
                return mst_fail_memory(err, "comparing rules");
        if (mstc_diff_accounts_load(d, err) != MST_OK || mstc_diff_carried_load(d, err) != MST_OK)
                return err->code;
        while (more && !d->failed && err->code == MST_OK) {
                mst_arena_reset(d->scratch);
                if (mstc_view_records(d->store, d->sync, reads || d->carried != NULL ? &memberof : NULL, &after_number, MSTC_DIFF_BATCH, d->scratch,
                                      &people, &count, &more, err) == MST_OK)
                        compare_people(d, people, count);
        }
        mstc_memberof_done(&memberof);
        if (err->code != MST_OK)
                return err->code;
        return d->failed ? mst_fail_memory(err, "comparing rules") : MST_OK;
}

static int
biggest_first(const void *a, const void *b)
{
        const struct mstc_mover *x = *(struct mstc_mover *const *)a, *y = *(struct mstc_mover *const *)b;
        uint64_t m = x->enters + x->leaves + x->changes, n = y->enters + y->leaves + y->changes;

        if (m != n)
                return m < n ? 1 : -1;
        if (x->what != y->what)
                return x->what < y->what ? -1 : 1;
        return strcmp(x->name != NULL ? x->name : x->target, y->name != NULL ? y->name : y->target);
}

/* Those whom nobody enters or leaves are left out. */
static void
sort_movers(struct mstc_rulesdiff *diff)
{
        size_t kept = 0;

        for (size_t i = 0; i < diff->count; i++)
                if (diff->movers[i]->enters + diff->movers[i]->leaves + diff->movers[i]->changes > 0)
                        diff->movers[kept++] = diff->movers[i];
        diff->count = kept;
        if (kept > 1)
                qsort(diff->movers, kept, sizeof *diff->movers, biggest_first);
}

int
mstc_rulesdiff_run(struct mstc_store *store, const struct mstc_setup *before, const struct mstc_setup *after,
                   void (*each)(void *self, const struct mstc_move *move), void *self,
                   struct mstc_rulesdiff *ret, struct mst_error *err)
{
        struct mstc_diffing d = { .store = store, .diff = ret, .each = each, .self = self, .now = mstc_clock_now() };

        *ret = (struct mstc_rulesdiff){ .arena = mst_arena_new(0) };
        d.scratch = mst_arena_new(0);
        d.kept = mst_arena_new(0);
        d.known = mstc_map_new();
        if (ret->arena == NULL || d.scratch == NULL || d.kept == NULL || d.known == NULL)
                mst_fail_memory(err, "comparing rules");
        for (size_t i = 0; i < before->sync_count && err->code == MST_OK; i++) {
                compare_sync(&d, &before->syncs[i], mstc_setup_sync(after, before->syncs[i].name), err);
                mstc_diff_leave(&d);
        }
        for (size_t i = 0; i < after->sync_count && err->code == MST_OK; i++)
                if (mstc_setup_sync(before, after->syncs[i].name) == NULL) {
                        compare_sync(&d, NULL, &after->syncs[i], err);
                        mstc_diff_leave(&d);
                }
        mst_arena_free(d.scratch);
        mst_arena_free(d.kept);
        mstc_map_free(d.known);
        sort_movers(ret);
        return err->code;
}

void
mstc_rulesdiff_done(struct mstc_rulesdiff *diff)
{
        mstc_free(diff->movers);
        mst_arena_free(diff->arena);
        *diff = (struct mstc_rulesdiff){ 0 };
}
