/* groupname.c - is the name that a group is to have in a sink free there?
 *
 * Asked before a plan, of the groups that it would make where <groups use> says on-existing=
 * "adopt" or "suffix"; else the sink refuses the name, and that is told.  What lies there and
 *
 *   carries our stamp        is tied to the group: a store was lost, or an answer
 *   is another group's       of ours is a clash of two of our own: it waits, with a sentence
 *   is nobody's              is adopted by an op of its own, or the next number is put behind the
 *                            name: NAME-2, NAME-3 ...; it stays, kept with the group's object
 *
 * What could not be looked up is not known: the group is planned when it can be. */
#include "build.h"

#include "engine/members.h"

#include <string.h>

#include "rules/expr.h"
#include "sdk/search.h"
#include "util/alloc.h"

#define AT_ONCE 128
#define MOST_SUFFIX 99

struct asked {
        struct mstc_grp grp;
        const struct mstc_group_use *use;
        struct mstc_glink glink;
        struct mstc_group_place *place;
        const struct mst_value *name;        /* that it would have                     */
        const char *stamp;
        bool open;                           /* to be asked for                        */
};

struct naming {
        struct mstc_run *run;
        struct mstc_run_target *target;
        const char *attribute;
};

static int64_t
key_of(const struct mstc_run *run, const struct mstc_run_target *target, int64_t grp)
{
        return grp * 32 + (target - run->targets);
}

const struct mstc_group_place *
mstc_group_place(const struct mstc_run *run, const struct mstc_run_target *target, int64_t grp)
{
        return mstc_numbers_get(&run->members->places, key_of(run, target, grp));
}

static const struct mst_value *
first_text(const struct mst_record *record, const char *attribute)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++) {
                const struct mst_value *v = mst_value_at(&record->fields[i].value, 0);

                if (strcasecmp(record->fields[i].name, attribute) == 0 && v != NULL && v->type == MST_TEXT && v->length != 0)
                        return v;
        }
        return NULL;
}

const char *
mstc_group_label(struct mstc_run_target *target, const struct mst_record *record, struct mst_arena *arena)
{
        const struct mst_facts *facts = mstc_live_facts(target->sink);
        const char *attribute = mstc_facts_naming(facts, MST_GROUP), *text;
        const struct mst_value *name = attribute != NULL ? first_text(record, attribute) : NULL;
        const struct mst_value *parent = first_text(record, "@parent");
        const struct mstc_fact_attribute *a = attribute != NULL ? mstc_facts_find(facts, MST_GROUP, attribute) : NULL;
        size_t length;

        if (name == NULL)
                return NULL;
        text = mst_arena_printf(arena, "%s%s%s", parent != NULL ? parent->as.text : "", parent != NULL ? " " : "",
                                name->as.text);
        return text == NULL || (a != NULL && (a->flags & MST_ATTR_EXACT) != 0) ? text
             : mstc_fold(text, strlen(text), arena, &length);
}

/* ---- whom to ask for ------------------------------------------------------------------- */

/* The name with that number; none: it cannot be made. */
static int
name_it(const struct naming *n, struct asked *a, int64_t suffix, struct mst_error *err)
{
        struct mst_record *wanted = NULL;
        int rc = mstc_wanted_group(n->run, n->target, &a->grp, suffix, n->run->scratch, &wanted, err);

        a->name = NULL;
        if (rc == MST_EREFUSED)
                memset(err, 0, sizeof *err);
        if (rc == MST_EREFUSED || rc == MST_END)
                return MST_OK;               /* told when it is planned                */
        a->name = first_text(wanted, n->attribute);
        return rc;
}

static int
gather(const struct naming *n, int64_t *at, struct asked *all, size_t *ret, struct mst_error *err)
{
        struct mstc_run *run = n->run;

        for (*ret = 0; *ret < AT_ONCE; ) {
                struct asked *a = &all[*ret];
                const char *id;
                int rc;

                memset(a, 0, sizeof *a);
                if (mstc_gdirty_next(run->store, run->row.id, *at, at, err) != MST_OK || *at == 0)
                        return err->code;
                rc = mstc_grp_next(run->store, run->row.id, *at - 1, run->scratch, &a->grp, err);
                if (rc == MST_OK && a->grp.id == *at)
                        rc = mstc_glink_get(run->store, a->grp.id, n->target->row.id, run->scratch, &a->glink, err);
                if (rc < 0)
                        return rc;
                a->use = a->grp.id == *at && !a->grp.gone ? mstc_use_of(n->target->setup, a->grp.name) : NULL;
                if (a->use == NULL || a->use->config->existing == MSTC_EXISTING_DUPLICATE
                    || (rc == MST_OK && a->glink.state == MSTC_LINK_LIVE))
                        continue;
                if (name_it(n, a, a->glink.suffix, err) != MST_OK
                    || mstc_group_identity(run, a->grp.id, a->grp.name, run->scratch, &id, &a->stamp, err) != MST_OK)
                        return err->code;
                if (a->name == NULL)
                        continue;
                a->place = mst_arena_alloc(run->members->arena, sizeof *a->place);
                if (a->place == NULL
                    || !mstc_numbers_put(&run->members->places, key_of(run, n->target, a->grp.id), a->place))
                        return mst_fail_memory(err, "looking for groups");
                *a->place = (struct mstc_group_place){ .answer = MSTC_NOT_KNOWN, .suffix = a->glink.suffix };
                a->open = true;
                ++*ret;
        }
        return MST_OK;
}

/* ---- what lies there --------------------------------------------------------------------- */

static int
settle(const struct naming *n, struct asked *a, enum mstc_answer answer, const char *why, struct mst_error *err)
{
        a->open = false;
        a->place->answer = answer;
        a->place->why = why != NULL ? mst_arena_strdup(n->run->members->arena, why) : NULL;
        return why == NULL || a->place->why != NULL ? MST_OK : mst_fail_memory(err, "looking for groups");
}

/* What it holds of what would be written there. */
static struct mst_record *
holds(const struct naming *n, const struct asked *a, const struct mst_record *present, struct mst_error *err)
{
        struct mst_arena *arena = n->run->members->arena;
        struct mst_record *ret = mstc_record_values(arena, MST_GROUP), *wanted = NULL;
        int rc = mstc_wanted_group(n->run, n->target, &a->grp, a->place->suffix, n->run->scratch, &wanted, err);

        for (uint32_t i = 0; rc == MST_OK && ret != NULL && present != NULL && i < wanted->count; i++)
                for (uint32_t k = 0; k < present->count; k++)
                        if (strcasecmp(present->fields[k].name, wanted->fields[i].name) == 0
                            && !mstc_record_set(ret, wanted->fields[i].name, &present->fields[k].value))
                                rc = mst_fail_memory(err, "looking for groups");
        if (ret == NULL)
                mst_fail_memory(err, "looking for groups");
        mstc_names_as_text(ret);
        return rc == MST_OK ? ret : NULL;
}

static int
take_place(const struct naming *n, struct asked *a, const struct mstc_candidate *c, struct mst_error *err)
{
        struct mst_arena *arena = n->run->members->arena;
        struct mstc_group_place *p = a->place;

        p->object = mst_arena_strdup(arena, c->object);
        p->name = mst_arena_strdup(arena, c->name);
        p->version = c->version != NULL ? mst_arena_strdup(arena, c->version) : NULL;
        p->holds = holds(n, a, c->record, err);
        if (p->holds == NULL || p->object == NULL || p->name == NULL)
                return err->code != MST_OK ? err->code : mst_fail_memory(err, "looking for groups");
        return MST_OK;
}

/* It carries our stamp: who is in it is not known. */
static int
tie(const struct naming *n, struct asked *a, const struct mstc_candidate *c, struct mst_error *err)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer flat = { 0 };
        struct mstc_glink *g = &a->glink;

        if (take_place(n, a, c, err) != MST_OK)
                return err->code;
        mstc_record_flat(a->place->holds, &flat);
        if (!mstc_buffer_ok(&flat))
                return mst_fail_memory(err, "looking for groups");
        g->sink = n->target->sink->id;
        g->target = n->target->row.id;
        g->grp = a->grp.id;
        g->object = a->place->object;
        g->name = a->place->name;
        g->version = a->place->version;
        g->made = g->made == MSTC_MADE_ADOPTED ? MSTC_MADE_ADOPTED : MSTC_MADE_FOUND;
        g->state = MSTC_LINK_LIVE;
        g->applied = flat.bytes;
        g->applied_size = flat.length;
        g->label = mstc_group_label(n->target, a->place->holds, n->run->scratch);
        if (mstc_glink_put(n->run->store, g, err) != MST_OK
            || mstc_carry_linked(n->run, n->target, g->grp, NULL, NULL, err) != MST_OK)
                return err->code;
        return settle(n, a, MSTC_OURS, NULL, err);
}

static bool
untouchable(const struct naming *n, const struct mstc_candidate *c)
{
        const struct mstc_expr *never = n->target->sink->setup->never_touch;
        struct mstc_eval eval;

        if (never == NULL || c->record == NULL)
                return false;
        mstc_eval_init(n->run, &eval, n->run->scratch);
        return mstc_expr_test(never, c->record, &eval);
}

static int
next_suffix(const struct naming *n, struct asked *a, struct mst_error *err)
{
        const struct mst_value *was = a->name;

        if (a->place->suffix >= MOST_SUFFIX)
                return settle(n, a, MSTC_DUPLICATE, "its name is taken there, with each number up to 99, too", err);
        a->place->suffix = a->place->suffix != 0 ? a->place->suffix + 1 : 2;
        if (name_it(n, a, a->place->suffix, err) != MST_OK)
                return err->code;
        if (a->name == NULL || mst_value_equal(a->name, was))
                return settle(n, a, MSTC_DUPLICATE, "its name is taken there, and does not come from [name], so that no "
                              "number can stand behind it", err);
        return MST_OK;
}

static int
judge(const struct naming *n, struct asked *a, const struct mst_query *query, struct mst_error *err)
{
        const struct mstc_candidate *c = query->found;
        bool stamps = (mstc_live_facts(n->target->sink)->can & MST_CAN_STAMP) != 0, foreign;
        const char *owner, *why;

        if (!query->done || query->failed)
                return settle(n, a, MSTC_NOT_KNOWN, NULL, err);
        if (query->found_count == 0)
                return settle(n, a, MSTC_ABSENT, NULL, err);
        foreign = c->stamp != NULL && c->stamp[0] != '\0';
        if (mstc_glink_owner(n->run->store, n->target->sink->id, a->grp.id, c->object, NULL, n->run->scratch, &owner,
                             err) != MST_OK)
                return err->code;
        if (owner != NULL) {
                why = mst_arena_printf(n->run->scratch, "the group '%s' has that name there: rename one of them", owner);
                return why != NULL ? settle(n, a, MSTC_DUPLICATE, why, err) : mst_fail_memory(err, "looking for groups");
        }
        if (stamps && foreign && query->found_count == 1 && strcmp(c->stamp, a->stamp) == 0)
                return tie(n, a, c, err);
        if (a->use->config->existing == MSTC_EXISTING_SUFFIX)
                return next_suffix(n, a, err);
        if (query->found_count > 1)
                return settle(n, a, MSTC_DUPLICATE, "several objects have its name there", err);
        if (foreign)
                return settle(n, a, MSTC_DUPLICATE, "what has its name there carries another stamp", err);
        if (untouchable(n, c))
                return settle(n, a, MSTC_DUPLICATE, "a never-touch rule protects what has its name there", err);
        return take_place(n, a, c, err) != MST_OK ? err->code : settle(n, a, MSTC_ADOPTABLE, NULL, err);
}

/* One search for all that are open; what it leaves open has another name and is asked again. */
static int
ask(const struct naming *n, struct asked *all, size_t count, struct mst_error *err)
{
        struct mst_search *search = mstc_search_new();
        struct mst_error why = { 0 };
        uint32_t most = mstc_live_facts(n->target->sink)->find;
        int rc = search != NULL ? MST_OK : mst_fail_memory(err, "looking for groups");

        for (size_t i = 0; rc == MST_OK && i < count && (most == 0 || search->count < most); i++) {
                struct mst_query *query = all[i].open ? mstc_search_add(search, MST_GROUP) : NULL;

                if (!all[i].open)
                        continue;
                if (query == NULL || !mstc_query_by_value(query, n->attribute, all[i].name))
                        rc = mst_fail_memory(err, "looking for groups");
                else
                        query->engine = &all[i];
        }
        if (rc == MST_OK
            && (n->target->sink->aside[0] != '\0' || mstc_live_find(n->target->sink, search, &why) != MST_OK)) {
                for (size_t i = 0; i < count; i++)   /* they stay not known              */
                        all[i].open = false;
                if (why.code != MST_OK && !mstc_engine_stopping(n->run->engine))
                        mstc_live_put_aside(n->target->sink, &why);
                mstc_search_free(search);
                return MST_OK;
        }
        for (size_t i = 0; rc == MST_OK && i < search->count; i++)
                rc = judge(n, search->queries[i].engine, &search->queries[i], err);
        mstc_search_free(search);
        return rc;
}

static size_t
count_open(const struct asked *all, size_t count)
{
        size_t open = 0;

        for (size_t i = 0; i < count; i++)
                open += all[i].open;
        return open;
}

static int
look_in(const struct naming *n, struct mst_error *err)
{
        struct asked *all = mstc_alloc(AT_ONCE * sizeof *all);
        int64_t at = 0;
        int rc = all != NULL ? MST_OK : mst_fail_memory(err, "looking for groups");

        do {
                size_t count = 0;

                mst_arena_reset(n->run->scratch);
                if (rc == MST_OK)
                        rc = gather(n, &at, all, &count, err);
                while (rc == MST_OK && count_open(all, count) != 0)
                        rc = ask(n, all, count, err);
        } while (rc == MST_OK && at != 0);
        mstc_free(all);
        return rc;
}

int
mstc_groups_name(struct mstc_run *run, struct mst_error *err)
{
        mstc_numbers_done(&run->members->places);
        for (size_t i = 0; i < run->target_count && !run->options->offline; i++) {
                struct naming n = { .run = run, .target = &run->targets[i] };
                bool asks = false;

                for (size_t u = 0; u < n.target->setup->use_count; u++)
                        asks = asks || n.target->setup->uses[u].config->existing != MSTC_EXISTING_DUPLICATE;
                n.attribute = asks ? mstc_facts_naming(mstc_live_facts(n.target->sink), MST_GROUP) : NULL;
                if (n.attribute != NULL && !n.target->no_plan && n.target->sink->aside[0] == '\0'
                    && (mstc_live_facts(n.target->sink)->can & MST_CAN_FIND) != 0 && look_in(&n, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}
