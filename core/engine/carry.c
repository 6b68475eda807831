/* carry.c - groups of the source that are carried as they are.
 *
 *   choose    a group that is new or has changed goes to the first <groups from="source"> whose
 *             rule it satisfies, which says what it is called; a name that another group has is
 *             told, and the group waits
 *   hold on   what the sinks know it by is its id at the source: another name is a rename
 *   leave     one that is gone, or that no rule takes any more, stays in the sinks as it is, or
 *             is deleted there with on-gone="delete"
 *   members   whoever is in it, or in a group in it, is a member like one whom a rule makes
 *             (members.c); where a sink takes groups in groups, a group that is carried there
 *             stands for its members
 *
 * All this comes before people are planned, so that they find their groups. */
#include "build.h"

#include "engine/decide.h"
#include "engine/members.h"

#include <string.h>

#include "store/entries.h"
#include "store/membership.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/utf8.h"

#define NAME_MOST 256u

/* ---- at the start ----------------------------------------------------------------------- */

static int
note_carried(struct mstc_members *m, const struct mstc_grp *grp, struct mst_error *err)
{
        return mstc_numbers_put(&m->carried, grp->entry, (void *)(intptr_t)grp->id) && mstc_numbers_put(&m->active, grp->id, m)
             ? MST_OK : mst_fail_memory(err, "reading groups");
}

int
mstc_carry_load(struct mstc_run *run, struct mstc_members *m, struct mst_error *err)
{
        struct mst_arena *arena;
        struct mstc_grp grp;
        int64_t after = 0;
        int rc = MST_OK;

        if (run->sync->carry_count == 0)
                return MST_OK;
        arena = mst_arena_new(4096);
        if (arena == NULL)
                return mst_fail_memory(err, "reading groups");
        while (rc == MST_OK && (rc = mstc_grp_next(run->store, run->row.id, after, arena, &grp, err)) == MST_OK) {
                after = grp.id;
                if (grp.entry != 0 && !grp.gone)
                        rc = note_carried(m, &grp, err);
                mst_arena_reset(arena);
        }
        mst_arena_free(arena);
        return rc < 0 ? rc : MST_OK;
}

/* ---- choosing and naming ----------------------------------------------------------------- */

static const struct mst_value *
value_named(const struct mst_record *record, const char *name, size_t length)
{
        for (uint32_t i = 0; i < record->count; i++)
                if (strncasecmp(record->fields[i].name, name, length) == 0 && record->fields[i].name[length] == '\0')
                        return &record->fields[i].value;
        return NULL;
}

const char *
mstc_carry_fill(struct mst_arena *arena, const char *template, const struct mst_record *record, const char **why)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer out = { 0 };
        const char *c = template;

        *why = NULL;
        while (*c != '\0') {
                size_t length = strcspn(c, "{"), text_length = 0;
                const struct mst_value *value;
                const char *text;

                mstc_buffer_add(&out, c, length);
                c += length;
                if (*c == '\0')
                        break;
                length = strcspn(c + 1, "}");
                value = value_named(record, c + 1, length);
                text = value == NULL ? NULL : mstc_value_render(value, arena, &text_length);
                if (text == NULL && length == 2 && strncmp(c + 1, "id", 2) == 0) {
                        text = record->id;
                        text_length = strlen(text);
                }
                if (text == NULL || text_length == 0) {
                        *why = mst_arena_printf(arena, "it has no %.*s", (int)length, c + 1);
                        return NULL;
                }
                mstc_buffer_add(&out, text, text_length);
                c += 1 + length + (c[1 + length] != '\0');
        }
        return mstc_buffer_ok(&out) ? mst_arena_strndup(arena, out.bytes, out.length) : NULL;
}

/* The first that takes it; '*unsure': a rule could not be told. */
static const struct mstc_carry *
taker(struct mstc_run *run, const struct mstc_entry *entry, bool *unsure)
{
        for (size_t i = 0; i < run->sync->carry_count; i++) {
                const struct mstc_carry *carry = &run->sync->carries[i];
                struct mstc_eval eval;
                bool is;

                if (carry->rule == NULL)
                        return carry;
                mstc_eval_init(run, &eval, run->scratch);
                is = mstc_expr_test(carry->rule, entry->record, &eval);
                if (eval.why != NULL) {
                        mstc_log(run->engine, MSTC_EVENT_CARRY_UNSURE, "whether the group %s is carried cannot be told, and it "
                                 "stays as it is: %s", entry->id, eval.why);
                        *unsure = true;
                        return NULL;
                }
                if (is)
                        return carry;
        }
        return NULL;
}

/* One group that cannot be carried is told, and holds nobody else back. */
static int
refuse(struct mstc_run *run, const struct mstc_entry *entry, const char *why)
{
        run->counts[MSTC_N_FAILED]++;
        mstc_log(run->engine, MSTC_EVENT_CARRY_CANNOT, "the group %s of the source cannot be carried: %s", entry->id, why);
        return MST_END;
}

/* Fills in what the group is called; MST_END when it has no name, which was told. */
static int
name_it(struct mstc_run *run, const struct mstc_entry *entry, const struct mstc_carry *carry, struct mstc_grp *grp,
        struct mst_error *err)
{
        const char *why, *name = mstc_carry_fill(run->scratch, carry->config->name, entry->record, &why);
        int64_t owner;

        if (name == NULL)
                return why != NULL ? refuse(run, entry, why) : mst_fail_memory(err, "reading groups");
        if (mstc_utf8_count(name, strlen(name)) > NAME_MOST)
                return refuse(run, entry, "its name is longer than 256 characters");
        if (mstc_grp_named(run->store, run->row.id, name, &owner, err) != MST_OK)
                return err->code;
        if (owner != 0 && owner != grp->id) {
                if (mstc_plan_keep(run, entry->number, MSTC_GROUP_BIT, err) != MST_OK)
                        return err->code;
                why = mst_arena_printf(run->scratch, "another group is called '%s'; rename one of them", name);
                return why != NULL ? refuse(run, entry, why) : mst_fail_memory(err, "reading groups");
        }
        grp->name = name;
        grp->title = carry->config->title != NULL ? mstc_carry_fill(run->scratch, carry->config->title, entry->record, &why) : name;
        if (grp->title == NULL && why == NULL)
                return mst_fail_memory(err, "reading groups");
        if (grp->title == NULL)
                grp->title = name;
        grp->family = carry->config->name;
        grp->fingerprint = "source";
        return MST_OK;
}

/* ---- who is in it, and what it is in ------------------------------------------------------- */

/* A group that is carried from now on is filled: whoever is in it is looked at, and whoever was
 * when it was last carried. */
static int
look_at_members(struct mstc_run *run, const struct mstc_grp *grp, struct mst_error *err)
{
        struct mstc_set *users, *groups, *was;
        struct mstc_members *m = run->members;
        int rc;

        /* Once for all groups: nobody becomes clean meanwhile. */
        if (!m->asked_everybody && mstc_dirty_everybody(run->store, run->row.id, &m->everybody, err) != MST_OK)
                return err->code;
        m->asked_everybody = true;
        users = mstc_set_new();
        groups = mstc_set_new();
        was = mstc_members_set(run, grp->id, err);
        rc = users == NULL || groups == NULL ? mst_fail_memory(err, "reading groups")
           : was == NULL ? err->code
           : m->everybody ? MST_OK : mstc_membership_below(run->store, grp->entry, users, groups, err);
        if (rc == MST_OK && !mstc_set_union(users, was))
                rc = mst_fail_memory(err, "reading groups");
        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(users, &n); n++)
                rc = mstc_dirty_known(run->store, n, MSTC_GROUP_BIT, err);
        mstc_set_free(users);
        mstc_set_free(groups);
        return rc;
}

/* Each carried group that a group is in, directly or not, also if the source has it no more. */
static int
each_above(struct mstc_run *run, int64_t entry, int (*tell)(void *self, int64_t grp, struct mst_error *err), void *self,
           struct mst_error *err)
{
        uint32_t *groups;
        size_t count;

        if (mstc_membership_of(run->store, entry, run->scratch, &groups, &count, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < count; i++) {
                const struct mstc_above *above;

                if (mstc_memberof_above(run->store, &run->members->memberof, groups[i], &above, err) != MST_OK)
                        return err->code;
                for (size_t k = 0; k < above->count; k++) {
                        int64_t grp = (intptr_t)mstc_numbers_get(&run->members->carried, above->groups[k]);

                        if (grp != 0 && tell(self, grp, err) != MST_OK)
                                return err->code;
                }
        }
        return MST_OK;
}

static int
plan_it(void *self, int64_t grp, struct mst_error *err)
{
        return mstc_members_dirty(self, grp, err);
}

/* It, and the carried groups that it is in. */
static int
plan_above(struct mstc_run *run, int64_t entry, struct mst_error *err)
{
        int64_t own = (intptr_t)mstc_numbers_get(&run->members->carried, entry);

        if (own != 0 && mstc_members_dirty(run, own, err) != MST_OK)
                return err->code;
        return each_above(run, entry, plan_it, run, err);
}

/* ---- one group ------------------------------------------------------------------------------- */

bool
mstc_carry_known(const struct mstc_run *run, const struct mstc_grp *grp)
{
        for (size_t i = 0; i < run->sync->carry_count; i++)
                if (grp->family != NULL && strcmp(run->sync->carries[i].config->name, grp->family) == 0)
                        return true;
        return false;
}

bool
mstc_carry_deletes(const struct mstc_run *run, const struct mstc_grp *grp)
{
        for (size_t i = 0; i < run->sync->carry_count; i++)
                if (grp->family != NULL && strcmp(run->sync->carries[i].config->name, grp->family) == 0)
                        return run->sync->carries[i].config->delete_gone;
        return false;
}

static int
leave(struct mstc_run *run, const struct mstc_entry *entry, struct mstc_grp *grp, struct mst_error *err)
{
        bool deletes = mstc_carry_deletes(run, grp);

        grp->gone = true;
        grp->since = mstc_now_ms();
        mstc_log(run->engine, MSTC_EVENT_CARRY_ENDS, "the group '%s' %s; %s", grp->name,
                 entry->gone != 0 ? "is gone from the source" : "is carried no more",
                 deletes ? "it is deleted where we made it"
                 : mstc_carry_known(run, grp) ? "it stays in the sinks as it is" : "the targets say what becomes of it");
        mstc_numbers_put(&run->members->carried, entry->number, NULL);
        mstc_numbers_put(&run->members->active, grp->id, NULL);
        if (mstc_grp_update(run->store, grp, err) != MST_OK)
                return err->code;
        return deletes || !mstc_carry_known(run, grp) ? mstc_members_dirty(run, grp->id, err) : MST_OK;
}

static bool
same(const char *a, const char *b)
{
        return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int
carry(struct mstc_run *run, const struct mstc_entry *entry, const struct mstc_carry *by, struct mstc_grp *grp,
      struct mst_error *err)
{
        struct mstc_grp was = *grp;
        int rc;

        grp->entry = entry->number;
        rc = name_it(run, entry, by, grp, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        grp->gone = false;
        grp->since = 0;
        if (grp->id == 0)
                rc = mstc_grp_carry(run->store, run->row.id, grp, err);
        else if (was.gone || !same(was.name, grp->name) || !same(was.title, grp->title) || !same(was.family, grp->family))
                rc = mstc_grp_update(run->store, grp, err);
        if (rc == MST_OK && (was.id == 0 || was.gone)) {
                rc = note_carried(run->members, grp, err);
                if (rc == MST_OK)
                        rc = look_at_members(run, grp, err);
        }
        return rc;
}

static int
plan_one(struct mstc_run *run, const struct mstc_entry *entry, struct mst_error *err)
{
        const struct mstc_carry *by = NULL;
        struct mstc_grp grp = { 0 };
        bool unsure = false;
        int rc = mstc_grp_of_entry(run->store, entry->number, run->scratch, &grp, err);

        if (rc < 0)
                return rc;
        if (entry->gone == 0)
                by = taker(run, entry, &unsure);
        if (unsure)
                return mstc_plan_keep(run, entry->number, entry->mask, err);
        rc = by != NULL ? carry(run, entry, by, &grp, err)
           : grp.id != 0 && !grp.gone ? leave(run, entry, &grp, err) : MST_OK;
        return rc != MST_OK ? rc : plan_above(run, entry->number, err);
}

int
mstc_carry_plan(struct mstc_run *run, struct mst_error *err)
{
        struct mstc_entry entry;
        int64_t at = 0;
        int rc;

        if (run->sync->carry_count == 0 || run->members == NULL)
                return MST_OK;
        run->members->asked_everybody = false;
        for (;;) {
                mst_arena_reset(run->scratch);
                rc = mstc_dirty_group(run->store, run->row.id, at, run->scratch, &entry, err);
                if (rc != MST_OK)
                        return rc == MST_END ? MST_OK : rc;
                at = entry.number;
                if (plan_one(run, &entry, err) != MST_OK)
                        return err->code;
        }
}

/* ---- for members ------------------------------------------------------------------------------- */

struct handing {
        bool (*add)(void *self, int64_t grp);
        void *self;
};

static int
hand(void *self, int64_t grp, struct mst_error *err)
{
        struct handing *h = self;

        return h->add(h->self, grp) ? MST_OK : mst_fail_memory(err, "reading groups");
}

int
mstc_carry_of(struct mstc_run *run, int64_t entry, bool (*add)(void *self, int64_t grp), void *self,
              struct mst_error *err)
{
        struct handing h = { add, self };

        return run->sync->carry_count == 0 ? MST_OK : each_above(run, entry, hand, &h, err);
}

/* Is that group carried by this target, and there?  '*carried' even before it is there. */
static int
stands_there(struct mstc_run *run, struct mstc_run_target *target, uint32_t group, bool *carried, bool *there,
             struct mst_error *err)
{
        int64_t id = (intptr_t)mstc_numbers_get(&run->members->carried, group);
        const char *object, *name;
        struct mstc_grp grp;
        int rc;

        *carried = *there = false;
        if (id == 0)
                return MST_OK;
        rc = mstc_grp_of_entry(run->store, group, run->scratch, &grp, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        *carried = mstc_carries(target, grp.name);
        if (mstc_glink_of_entry(run->store, group, target->row.id, true, run->scratch, &object, &name, err) != MST_OK)
                return err->code;
        *there = *carried && object != NULL;
        return MST_OK;
}

struct walk {
        struct mstc_run *run;
        struct mstc_run_target *target;
        struct mstc_set *users, *nested, *open, *met, *set;
};

static int
walk_group(struct walk *w, uint32_t group, struct mst_error *err)
{
        struct mstc_store *store = w->run->store;

        mstc_set_clear(w->set);
        if (mstc_set_load(store, MSTC_MSET, group, w->set, err) != MST_OK)
                return err->code;
        if (!mstc_set_union(w->users, w->set))
                return mst_fail_memory(err, "planning groups");
        mstc_set_clear(w->set);
        if (mstc_set_load(store, MSTC_NSET, group, w->set, err) != MST_OK)
                return err->code;
        for (uint32_t n = 0; mstc_set_next(w->set, &n); n++) {
                bool live = false, carried, there;

                if (mstc_set_has(w->met, n))
                        continue;
                if (mstc_membership_is_live(store, n, &live, err) != MST_OK
                    || stands_there(w->run, w->target, n, &carried, &there, err) != MST_OK)
                        return err->code;
                if (!mstc_set_add(w->met, n) || (live && there && !mstc_set_add(w->nested, n))
                    || (live && !carried && !mstc_set_add(w->open, n)))
                        return mst_fail_memory(err, "planning groups");
        }
        return MST_OK;
}

int
mstc_carry_wanted(struct mstc_run *run, struct mstc_run_target *target, int64_t entry, const struct mstc_set *all,
                  struct mstc_set **ret, struct mstc_set **ret_nested, struct mst_error *err)
{
        struct walk w = { .run = run, .target = target, .users = mstc_set_new(), .nested = mstc_set_new(),
                          .open = mstc_set_new(), .met = mstc_set_new(), .set = mstc_set_new() };
        int rc = w.users != NULL && w.nested != NULL && w.open != NULL && w.met != NULL && w.set != NULL
              && mstc_set_add(w.open, (uint32_t)entry) && mstc_set_add(w.met, (uint32_t)entry)
               ? MST_OK : mst_fail_memory(err, "planning groups");

        for (uint32_t n = 0; rc == MST_OK && mstc_set_next(w.open, &n); n = 0) {
                mstc_set_remove(w.open, n);
                rc = walk_group(&w, n, err);
        }
        if (rc == MST_OK && (!mstc_set_intersect(w.users, all) || !mstc_set_union(w.users, w.nested)))
                rc = mst_fail_memory(err, "planning groups");
        mstc_set_free(w.open);
        mstc_set_free(w.met);
        mstc_set_free(w.set);
        *ret = rc == MST_OK ? w.users : NULL;
        *ret_nested = rc == MST_OK ? w.nested : NULL;
        if (rc != MST_OK) {
                mstc_set_free(w.users);
                mstc_set_free(w.nested);
        }
        return rc;
}

int
mstc_member_name(struct mstc_run *run, struct mstc_run_target *target, uint32_t member, bool live,
                 struct mst_arena *arena, const char **ret_object, const char **ret_name, bool *ret_group,
                 struct mst_error *err)
{
        *ret_group = false;
        if (mstc_link_name(run->store, member, target->sink->id, arena, ret_object, ret_name, err) != MST_OK)
                return err->code;
        if (*ret_name != NULL || (mstc_live_facts(target->sink)->can & MST_CAN_NEST) == 0)
                return MST_OK;
        if (mstc_glink_of_entry(run->store, member, target->row.id, live, arena, ret_object, ret_name, err) != MST_OK)
                return err->code;
        *ret_group = *ret_name != NULL;
        return MST_OK;
}

struct linking {
        struct mstc_run *run;
        struct mstc_run_target *target;
        int64_t entry, own;
        const char *old_name, *old_object;
};

static int
note_link(void *self, int64_t grp, struct mst_error *err)
{
        struct linking *l = self;

        if (grp == l->own)
                return MST_OK;
        if (l->old_name != NULL
            && mstc_members_old_name(l->run, l->target, grp, l->entry, l->old_name, l->old_object, err) != MST_OK)
                return err->code;
        return mstc_members_dirty(l->run, grp, err);
}

int
mstc_carry_linked(struct mstc_run *run, struct mstc_run_target *target, int64_t grp, const char *old_name,
                  const char *old_object, struct mst_error *err)
{
        struct linking l = { .run = run, .target = target, .own = grp, .old_name = old_name, .old_object = old_object };

        if (run->members == NULL || (mstc_live_facts(target->sink)->can & MST_CAN_NEST) == 0)
                return MST_OK;
        if (mstc_grp_entry(run->store, grp, &l.entry, err) != MST_OK || l.entry == 0)
                return err->code;
        return each_above(run, l.entry, note_link, &l, err);
}
