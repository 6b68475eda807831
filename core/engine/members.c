/* members.c - who is in which group.
 *
 * The rules of a sync stand in an index; an entry that changed is looked up there once and
 * meets only the rules that it could satisfy.  A family makes a group for each value of an
 * attribute.  The groups an entry was in are kept with the entry, so that only the difference
 * touches a set; a group whose set changed becomes dirty and is planned with the rest.  Whoever
 * is in a group whose rule is not in the configuration any more stays in it: what becomes of such
 * a group is said in vanished.c.  Groups of the source that are carried (carry.c) are filled in
 * the same way. */
#include "build.h"

#include "engine/members.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/buffer.h"

/* ---- at the start ----------------------------------------------------------------------- */

static int
add_rule_groups(struct mstc_run *run, struct mstc_members *m, struct mst_error *err)
{
        const struct mstc_sync *sync = run->sync;

        for (size_t i = 0; i < sync->group_count; i++) {
                const struct mstc_rule_group *g = &sync->groups[i];
                struct mstc_grp grp;
                bool fresh;

                if (mstc_grp_get(run->store, run->row.id, g->name, g->title, "rule", NULL, m->arena, &grp, &fresh,
                                 err) != MST_OK)
                        return err->code;
                m->rule_groups[i] = grp.id;
                if (grp.family != NULL) {    /* a <group> goes before a family that made one of its name */
                        grp.family = NULL;
                        if (mstc_grp_update(run->store, &grp, err) != MST_OK)
                                return err->code;
                }
                if (!mstc_index_add(m->index, g->rule, (uint32_t)i)
                    || !mstc_numbers_put(&m->active, grp.id, m))
                        return mst_fail_memory(err, "reading groups");
                if ((fresh || (grp.title != NULL && g->title != NULL && strcmp(grp.title, g->title) != 0))) {
                        grp.title = g->title;
                        if (mstc_grp_update(run->store, &grp, err) != MST_OK
                            || mstc_gdirty_add(run->store, run->row.id, grp.id, err) != MST_OK)
                                return err->code;
                }
        }
        return mstc_index_build(m->index) ? MST_OK : mst_fail_memory(err, "reading groups");
}

int
mstc_members_new(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_members *m;
        const struct mstc_sync *sync = run->sync;
        bool any = sync->group_count != 0 || sync->family_count != 0 || sync->carry_count != 0 || sync->reads_members;

        if (run->members != NULL)
                return MST_OK;
        if (!any && mstc_members_any(run, &any, err) != MST_OK)
                return err->code;
        if (!any)
                return MST_OK;
        m = run->members = mstc_alloc(sizeof *m);
        if (m == NULL)
                return mst_fail_memory(err, "reading groups");
        m->arena = m->memberof.arena = mst_arena_new(8192);
        m->index = mstc_index_new();
        m->families = mstc_map_new();
        m->labels = mstc_map_new();
        m->rule_groups = mstc_alloc((sync->group_count + 1) * sizeof *m->rule_groups);
        m->family_counts = mstc_alloc((sync->family_count + 1) * sizeof *m->family_counts);
        m->family_full_told = mstc_alloc((sync->family_count + 1) * sizeof *m->family_full_told);
        if (m->arena == NULL || m->index == NULL || m->families == NULL || m->labels == NULL || m->rule_groups == NULL
            || m->family_counts == NULL || m->family_full_told == NULL)
                return mst_fail_memory(err, "reading groups");
        if (add_rule_groups(run, m, err) != MST_OK || mstc_carry_load(run, m, err) != MST_OK)
                return err->code;
        return mstc_members_known(run, m, err);
}

static void
forget_sets(struct mstc_numbers *numbers)
{
        size_t at = 0;
        int64_t key;
        void *value;

        while (mstc_numbers_each(numbers, &at, &key, &value)) {
                mstc_set_free(((struct mstc_loaded *)value)->set);
                mstc_free(value);
        }
        mstc_numbers_done(numbers);
}

void
mstc_members_free(struct mstc_members *m)
{
        if (m == NULL)
                return;
        forget_sets(&m->wanted);
        forget_sets(&m->present);
        mstc_members_off_forget(m);
        mstc_numbers_done(&m->active);
        mstc_numbers_done(&m->carried);
        mstc_memberof_done(&m->memberof);
        mstc_numbers_done(&m->dirty);
        mstc_index_free(m->index);
        mstc_map_free(m->families);
        mstc_map_free(m->labels);
        mstc_numbers_done(&m->places);
        mstc_numbers_done(&m->owners);
        mstc_numbers_done(&m->clashed);
        mstc_matches_done(&m->matches);
        mstc_free(m->rule_groups);
        mstc_free(m->family_counts);
        mstc_free(m->family_full_told);
        mst_arena_free(m->arena);
        mstc_free(m);
}

int
mstc_members_dirty(struct mstc_run *run, int64_t grp, struct mst_error *err)
{
        struct mstc_members *m = run->members;

        if (mstc_numbers_get(&m->dirty, grp) != NULL)
                return MST_OK;
        if (!mstc_numbers_put(&m->dirty, grp, m))
                return mst_fail_memory(err, "reading groups");
        return mstc_gdirty_add(run->store, run->row.id, grp, err);
}

/* ---- sets ---------------------------------------------------------------------------------- */

static struct mstc_loaded *
load(struct mstc_run *run, struct mstc_numbers *numbers, enum mstc_set_table table, int64_t id,
     struct mst_error *err)
{
        struct mstc_loaded *l = mstc_numbers_get(numbers, id);

        if (l != NULL)
                return l;
        l = mstc_alloc(sizeof *l);
        if (l == NULL || (l->set = mstc_set_new()) == NULL || !mstc_numbers_put(numbers, id, l)) {
                if (l != NULL)
                        mstc_set_free(l->set);
                mstc_free(l);
                mst_fail_memory(err, "reading groups");
                return NULL;
        }
        l->id = id;
        return mstc_set_load(run->store, table, id, l->set, err) == MST_OK ? l : NULL;
}

struct mstc_loaded *
mstc_members_present(struct mstc_run *run, int64_t glink, struct mst_error *err)
{
        return load(run, &run->members->present, MSTC_PSET, glink, err);
}

struct mstc_set *
mstc_members_set(struct mstc_run *run, int64_t grp, struct mst_error *err)
{
        struct mstc_loaded *l = load(run, &run->members->wanted, MSTC_GSET, grp, err);

        return l != NULL ? l->set : NULL;
}

struct mstc_set *
mstc_members_off(struct mstc_run *run, const struct mstc_run_target *target, struct mst_error *err)
{
        struct mstc_set **off = &run->members->off[target - run->targets];

        if (*off != NULL)
                return *off;
        *off = mstc_set_new();
        if (*off == NULL) {
                mst_fail_memory(err, "reading groups");
                return NULL;
        }
        return mstc_links_off(run->store, target->row.id, *off, err) == MST_OK ? *off : NULL;
}

int
mstc_members_turn(struct mstc_run *run, const struct mstc_run_target *target, int64_t entry, bool on, struct mst_error *err)
{
        struct mstc_set *off;

        if (run->members == NULL || !target->carries_groups)
                return MST_OK;
        off = mstc_members_off(run, target, err);
        if (off == NULL)
                return err->code;
        if (on)
                mstc_set_remove(off, (uint32_t)entry);
        return on || mstc_set_add(off, (uint32_t)entry) ? MST_OK : mst_fail_memory(err, "reading groups");
}

void
mstc_members_off_forget(struct mstc_members *m)
{
        for (size_t i = 0; i < sizeof m->off / sizeof m->off[0]; i++) {
                mstc_set_free(m->off[i]);
                m->off[i] = NULL;
        }
}

static int
save_sets(struct mstc_run *run, struct mstc_numbers *numbers, enum mstc_set_table table, struct mst_error *err)
{
        size_t at = 0;
        int64_t key;
        void *value;

        while (mstc_numbers_each(numbers, &at, &key, &value)) {
                struct mstc_loaded *l = value;

                if (l->changed && mstc_set_save(run->store, table, l->id, l->set, err) != MST_OK)
                        return err->code;
                l->changed = false;
        }
        return MST_OK;
}

int
mstc_members_save(struct mstc_run *run, struct mst_error *err)
{
        if (run->members == NULL)
                return MST_OK;
        if (save_sets(run, &run->members->wanted, MSTC_GSET, err) != MST_OK)
                return err->code;
        return save_sets(run, &run->members->present, MSTC_PSET, err);
}

/* ---- the groups of an entry ------------------------------------------------------------------ */

struct ids {
        uint32_t *items;
        size_t count, room;
        struct mst_arena *arena;
};

static bool
add_id(struct ids *ids, int64_t id)
{
        if (ids->count == ids->room) {
                size_t room = ids->room != 0 ? ids->room * 2 : 16;
                uint32_t *more = mst_arena_alloc(ids->arena, room * sizeof *more);

                if (more == NULL)
                        return false;
                if (ids->count != 0)
                        memcpy(more, ids->items, ids->count * sizeof *more);
                ids->items = more;
                ids->room = room;
        }
        ids->items[ids->count++] = (uint32_t)id;
        return true;
}

static bool
add_carried(void *self, int64_t grp)
{
        return add_id(self, grp);
}

/* "dept-{value}" with the value in its place. */
static const char *
fill_in(struct mst_arena *arena, const char *template, const char *value)
{
        const char *mark = strstr(template, "{value}");

        if (mark == NULL)
                return mst_arena_strdup(arena, template);
        return mst_arena_printf(arena, "%.*s%s%s", (int)(mark - template), template, value, mark + 7);
}

/* Another family or a <group> has that name: told once a run for each name, and nobody is put into
 * it for this one's sake. */
static int
tell_clash(struct mstc_run *run, const struct mstc_config_family *family, const char *value, const struct mstc_grp *grp,
           struct mst_error *err)
{
        bool of_family = grp->family != NULL;

        if (mstc_numbers_get(&run->members->clashed, -grp->id) != NULL)
                return MST_OK;
        run->counts[MSTC_N_FAILED]++;
        mstc_log(run->engine, MSTC_EVENT_FAMILY_CLASH, "the family '%s' would make the group '%s' for the value '%s', but %s%s%s has "
                 "that name; rename one of them", family->name, grp->name, value, of_family ? "the family '" : "a <group>",
                 of_family ? grp->family : "", of_family ? "'" : "");
        return mstc_numbers_put(&run->members->clashed, -grp->id, run) ? MST_OK : mst_fail_memory(err, "reading groups");
}

static int
family_group(struct mstc_run *run, size_t family, const char *value, int64_t *ret, struct mst_error *err)
{
        struct mstc_members *m = run->members;
        const struct mstc_config_family *config = run->sync->families[family].config;
        const char *name = fill_in(run->scratch, config->name, value), *title;
        struct mstc_grp grp;
        bool fresh;

        *ret = 0;
        if (name == NULL)
                return mst_fail_memory(err, "reading groups");
        *ret = (intptr_t)mstc_map_get(m->families, name);
        if (*ret != 0 && (intptr_t)mstc_numbers_get(&m->owners, *ret) == (intptr_t)family + 1)
                return MST_OK;
        if (config->most > 0 && m->family_counts[family] >= (size_t)config->most) {
                if (!m->family_full_told[family])
                        mstc_log(run->engine, MSTC_EVENT_FAMILY_FULL, "the family of groups '%s' has reached its cap of "
                                 "%lld; '%s' and others are not made", config->name, (long long)config->most, name);
                m->family_full_told[family] = true;
                return MST_OK;
        }
        title = config->title != NULL ? fill_in(run->scratch, config->title, value) : name;
        if (mstc_grp_get(run->store, run->row.id, name, title, "family", config->name, m->arena, &grp, &fresh,
                         err) != MST_OK)
                return err->code;
        if (mstc_numbers_get(&m->active, grp.id) != NULL)
                return tell_clash(run, config, value, &grp, err);
        if (grp.family == NULL || strcmp(grp.family, config->name) != 0 || grp.gone) {
                grp.family = config->name;   /* whoever had the name has vanished      */
                grp.title = title;
                grp.gone = false;
                grp.since = 0;
                if (mstc_grp_update(run->store, &grp, err) != MST_OK || mstc_members_dirty(run, grp.id, err) != MST_OK)
                        return err->code;
        }
        m->family_counts[family]++;
        if (!mstc_map_put(m->families, name, (void *)(intptr_t)grp.id) || !mstc_numbers_put(&m->active, grp.id, m)
            || !mstc_numbers_put(&m->owners, grp.id, (void *)(intptr_t)(family + 1)))
                return mst_fail_memory(err, "reading groups");
        *ret = grp.id;
        return MST_OK;
}

static const struct mst_value *
value_named(const struct mst_record *record, const char *name)
{
        const struct mst_value *v = mst_record_get(record, name);

        for (uint32_t i = 0; v == NULL && i < record->count; i++)
                if (strcasecmp(record->fields[i].name, name) == 0)
                        v = &record->fields[i].value;
        return v;
}

static int
add_families(struct mstc_run *run, const struct mst_record *record, struct ids *ids, struct mst_error *err)
{
        const struct mstc_sync *sync = run->sync;
        struct mstc_eval eval;

        for (size_t f = 0; f < sync->family_count; f++) {
                const struct mst_value *v = value_named(record, sync->families[f].config->each);

                mstc_eval_init(run, &eval, run->scratch);
                if (v == NULL || (sync->families[f].rule != NULL
                                  && !mstc_expr_test(sync->families[f].rule, record, &eval) && !mstc_eval_starved(&eval)))
                        continue;
                if (mstc_eval_starved(&eval))
                        return mst_fail_memory(err, "reading groups");
                for (size_t i = 0; i < mst_value_count(v); i++) {
                        size_t length;
                        const char *text = mstc_value_render(mst_value_at(v, i), run->scratch, &length);
                        int64_t grp;

                        if (text == NULL || length == 0)
                                continue;
                        if (family_group(run, f, text, &grp, err) != MST_OK)
                                return err->code;
                        if (grp != 0 && !add_id(ids, grp))
                                return mst_fail_memory(err, "reading groups");
                }
        }
        return MST_OK;
}

static int
by_number(const void *a, const void *b)
{
        const uint32_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static int
change(struct mstc_run *run, int64_t entry, uint32_t grp, bool joins, struct mst_error *err)
{
        struct mstc_loaded *l = load(run, &run->members->wanted, MSTC_GSET, grp, err);

        if (l == NULL)
                return err->code;
        for (size_t t = 0; !joins && t < run->target_count; t++)
                if (run->targets[t].leaving != NULL && !mstc_set_add(run->targets[t].leaving, (uint32_t)entry))
                        return mst_fail_memory(err, "reading groups");
        if (!joins)
                mstc_set_remove(l->set, (uint32_t)entry);
        else if (!mstc_set_add(l->set, (uint32_t)entry))
                return mst_fail_memory(err, "reading groups");
        l->changed = true;
        /* Whom a sink refused before is asked for again. */
        if (!run->refused_none && mstc_gbad_forget(run->store, entry, grp, err) != MST_OK)
                return err->code;
        return mstc_members_dirty(run, grp, err);
}

/* Both lists are sorted: one walk finds who joins and who leaves. */
/* Some target that carries groups has no object of his: if this plan makes one, the ops of his
 * groups must be of this plan, too, for they count on him (mstc_members_link()). */
static bool
may_be_made(const struct mstc_run *run, int64_t entry)
{
        for (size_t t = 0; t < run->target_count; t++)
                if (run->targets[t].carries_groups && !mstc_set_has(run->targets[t].linked, (uint32_t)entry))
                        return true;
        return false;
}

static int
apply_difference(struct mstc_run *run, int64_t entry, const uint32_t *old, size_t old_count, struct ids *now,
                 struct mst_error *err)
{
        size_t i = 0, k = 0, kept = now->count;
        bool differs = false, unlinked = old_count != 0 && may_be_made(run, entry);

        while (i < old_count || k < kept) {
                bool leaves = k == kept || (i < old_count && old[i] < now->items[k]);
                bool joins = i == old_count || (k < kept && now->items[k] < old[i]);
                uint32_t grp = leaves ? old[i] : now->items[k];

                i += !joins;
                k += !leaves;
                if (leaves && mstc_numbers_get(&run->members->active, grp) == NULL) {
                        if (!add_id(now, grp))       /* its rule is gone: it stays as it is */
                                return mst_fail_memory(err, "reading groups");
                        continue;
                }
                if ((leaves || joins) ? change(run, entry, grp, joins, err) != MST_OK
                    : unlinked && mstc_members_dirty(run, grp, err) != MST_OK)
                        return err->code;
                differs = differs || leaves || joins;
        }
        if (!differs)
                return MST_OK;
        if (now->count > 0)
                qsort(now->items, now->count, sizeof *now->items, by_number);
        return mstc_gmem_put(run->store, entry, now->items, now->count, err);
}

int
mstc_members_of(struct mstc_run *run, int64_t entry, const struct mst_record *record,
                const struct mstc_found *found, struct mst_error *err)
{
        struct mstc_members *m = run->members;
        struct ids now = { .arena = run->scratch };
        uint32_t *old;
        size_t old_count, unique = 0;

        if (mstc_gmem_get(run->store, entry, run->scratch, &old, &old_count, err) != MST_OK)
                return err->code;
        if (found != NULL) {
                if (found->why != NULL) {
                        mstc_log(run->engine, MSTC_EVENT_GROUPS_UNSURE, "the groups of %s cannot be told and stay as they are: "
                                 "%s", record->id, found->why);
                        return MST_OK;
                }
                for (size_t i = 0; i < found->count; i++)
                        if (!add_id(&now, m->rule_groups[found->ids[i]]))
                                return mst_fail_memory(err, "reading groups");
                if (add_families(run, record, &now, err) != MST_OK
                    || mstc_carry_of(run, entry, add_carried, &now, err) != MST_OK)
                        return err->code;
        }
        if (now.count == 0 && old_count == 0)
                return MST_OK;
        if (now.count != 0)
                qsort(now.items, now.count, sizeof *now.items, by_number);
        for (size_t i = 0; i < now.count; i++)
                if (unique == 0 || now.items[unique - 1] != now.items[i])
                        now.items[unique++] = now.items[i];
        now.count = unique;
        return apply_difference(run, entry, old, old_count, &now, err);
}

/* ---- when a link changes ------------------------------------------------------------------------ */

int
mstc_members_old_name(struct mstc_run *run, struct mstc_run_target *target, int64_t grp, int64_t entry,
                      const char *old_name, const char *old_object, struct mst_error *err)
{
        struct mstc_loaded *present;
        struct mstc_glink glink;
        int rc = mstc_glink_get(run->store, grp, target->row.id, run->scratch, &glink, err);

        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        present = mstc_members_present(run, glink.id, err);
        if (present == NULL)
                return err->code;
        if (!mstc_set_has(present->set, (uint32_t)entry))
                return MST_OK;
        mstc_set_remove(present->set, (uint32_t)entry);
        present->changed = true;
        return mstc_gchange_add(run->store, glink.id, entry, old_name, old_object, err);
}

/* Who is being left by a group and is renamed meanwhile is there under his old name, too;
 * his memberships do not tell of that group any more.  That is rare: all who are being left
 * by some group are looked up once. */
static int
find_leaving(struct mstc_run *run, struct mstc_run_target *target, const struct mstc_set *groups, struct mst_error *err)
{
        struct mstc_set *leaving = target->leaving = mstc_set_new(), *left;

        if (leaving == NULL)
                return mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; mstc_set_next(groups, &n); n++) {
                struct mstc_set *wanted = mstc_members_set(run, n, err);
                struct mstc_loaded *present;
                struct mstc_glink glink;
                int rc = wanted == NULL ? err->code
                       : mstc_glink_get(run->store, n, target->row.id, run->scratch, &glink, err);
                bool ok;

                if (rc == MST_END)
                        continue;
                if (rc != MST_OK || (present = mstc_members_present(run, glink.id, err)) == NULL)
                        return err->code;
                left = mstc_set_copy(present->set);
                ok = left != NULL && mstc_set_subtract(left, wanted) && mstc_set_union(leaving, left);
                mstc_set_free(left);
                if (!ok)
                        return mst_fail_memory(err, "reading groups");
        }
        return MST_OK;
}

static int
leave_unsettled(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, const char *old_name,
                const char *old_object, struct mst_error *err)
{
        struct mstc_set *groups;
        int rc;

        if (target->leaving != NULL && !mstc_set_has(target->leaving, (uint32_t)entry))
                return MST_OK;
        groups = mstc_set_new();
        rc = groups != NULL ? mstc_grp_unsettled(run->store, run->row.id, target->sink->id, groups, err)
                            : mst_fail_memory(err, "reading groups");
        if (rc == MST_OK && target->leaving == NULL)
                rc = find_leaving(run, target, groups, err);
        for (uint32_t n = 0; rc == MST_OK && mstc_set_has(target->leaving, (uint32_t)entry)
             && mstc_set_next(groups, &n); n++)
                rc = mstc_members_old_name(run, target, n, entry, old_name, old_object, err);
        mstc_set_free(groups);
        return rc;
}

int
mstc_members_link(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, const char *old_name,
                  const char *old_object, struct mst_error *err)
{
        uint32_t *ids;
        size_t count;

        if (run->members == NULL || !target->carries_groups)
                return MST_OK;
        /* In a first plan all groups are planned with all whom it makes; in a later one somebody
         * can be made whose groups have not changed, as what kept him away is over. */
        if (old_name == NULL && !target->row.planned && mstc_set_has(target->creating, (uint32_t)entry))
                return MST_OK;
        if ((!run->refused_none && mstc_gbad_forget(run->store, entry, 0, err) != MST_OK)
            || mstc_gmem_get(run->store, entry, run->scratch, &ids, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++)
                if ((old_name != NULL && mstc_members_old_name(run, target, ids[i], entry, old_name, old_object,
                                                              err) != MST_OK)
                    || mstc_members_dirty(run, ids[i], err) != MST_OK)
                        return err->code;
        return old_name != NULL ? leave_unsettled(run, target, entry, old_name, old_object, err) : MST_OK;
}
