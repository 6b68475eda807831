/* verify.c - a sync's sinks are read and compared with what the store has of them.
 *
 *   ready      each sink is asked what it is; one that is not the one its links were made with
 *              is not looked at
 *   list       all its objects, page by page; each is compared at once and forgotten.  Where
 *              a sink has no listing, or few people are chosen, they are asked for one by one
 *   missing    who was not in a listing that ended well is asked for once more
 *   strays     what carries our stamp and belongs to no link, of this sync or another
 *
 * Then what was found is mended in a run of its own, or noted as accepted. */
#include "build.h"

#include "engine/decide.h"
#include "engine/verifying.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "sdk/search.h"
#include "util/alloc.h"

#define AT_ONCE 64u

/* ---- one object ----------------------------------------------------------------------------- */

static struct mstc_run_target *
looked_at(struct mstc_verifying *v, int64_t target)
{
        struct mstc_run_target *t = mstc_run_target_of(v->run, target);

        if (t == NULL || t->sink != v->sink || t->no_plan
            || (v->options->target != NULL && strcmp(t->setup->name, v->options->target) != 0))
                return NULL;
        return t;
}

static bool
is_chosen(const struct mstc_verifying *v, int64_t entry)
{
        return v->chosen == NULL || mstc_set_has(v->chosen, (uint32_t)entry);
}

static int
take_link(struct mstc_verifying *v, const struct mstc_link *link, const struct mstc_shown_object *shown,
          struct mst_error *err)
{
        struct mstc_run_target *t = looked_at(v, link->target);

        if (t == NULL || !is_chosen(v, link->entry) || mstc_set_has(v->seen, (uint32_t)link->entry))
                return MST_OK;
        if (!mstc_set_add(v->seen, (uint32_t)link->entry))
                return mst_fail_memory(err, "verifying a sink");
        return mstc_verify_person(v, t, link, shown, err);
}

static bool
is_live(const struct mstc_link *link)
{
        return link->object != NULL && (link->state == MSTC_LINK_LIVE || link->state == MSTC_LINK_DISABLED);
}

/* The id that a stamp speaks of; NULL: it is not of our source. */
static const char *
id_in(const struct mstc_verifying *v, const char *stamp)
{
        const struct mstc_instance *source = v->run->source->setup;
        size_t length = strlen(source->config->name);

        if (source->plugin->source_ids_unique)
                return strncmp(stamp, "muster:", 7) == 0 ? NULL : stamp;
        return strncmp(stamp, source->config->name, length) == 0 && stamp[length] == ':' ? stamp + length + 1 : NULL;
}

static int
take_person(struct mstc_verifying *v, const struct mstc_shown_object *shown, struct mst_error *err)
{
        bool stamps = (mstc_live_facts(v->sink)->can & MST_CAN_STAMP) != 0;
        const char *id = stamps && shown->stamp != NULL && shown->stamp[0] != '\0' ? id_in(v, shown->stamp) : NULL;
        struct mstc_link link = { 0 };
        int64_t entry;
        int rc;

        if (!stamps) {
                rc = mstc_link_of_object(v->run->store, v->sink->id, shown->object, v->scratch, &link, err);
                return rc != MST_OK || !is_live(&link) ? (rc == MST_END ? MST_OK : rc) : take_link(v, &link, shown, err);
        }
        if (id == NULL)
                return MST_OK;               /* not of our source, or asked for by its id later */
        if (mstc_entry_find(v->run->store, v->run->row.id, MST_USER, id, &entry, err) != MST_OK)
                return err->code;
        rc = entry == 0 ? MST_END : mstc_link_get(v->run->store, entry, v->sink->id, v->scratch, &link, err);
        if (rc < 0)
                return rc;
        if (rc == MST_OK && is_live(&link) && strcmp(link.object, shown->object) == 0)
                return take_link(v, &link, shown, err);
        return mstc_verify_stray(v, shown, entry, id, &link, err);
}

static int
take_group(struct mstc_verifying *v, const struct mstc_shown_object *shown, struct mst_error *err)
{
        struct mstc_verified_group *group = mstc_map_get(v->glinks, shown->object);
        const char *stamp = shown->stamp != NULL ? shown->stamp : "", *name = v->run->sync->name;
        size_t length = strlen(name);

        if (group != NULL)
                return group->seen ? MST_OK : mstc_verify_group(v, group, shown, err);
        if (strncmp(stamp, "muster:", 7) == 0 && strncmp(stamp + 7, name, length) == 0 && stamp[7 + length] == '/')
                return mstc_verify_stray_group(v, shown, stamp + 8 + length, err);
        return MST_OK;
}

static int
take_object(struct mstc_verifying *v, const struct mstc_shown_object *shown, struct mst_error *err)
{
        return shown->kind == MST_USER ? take_person(v, shown, err) : take_group(v, shown, err);
}

/* ---- the listing ------------------------------------------------------------------------------- */

struct list_call {
        struct mstc_live *live;
        enum mst_kind kind;
        const char *cursor;
        struct mst_page *page;
};

static int
call_list(void *argument, struct mst_error *err)
{
        struct list_call *call = argument;

        return call->live->setup->plugin->sink->list(call->live->self, call->kind, call->cursor, call->page, err);
}

static int
take_page(struct mstc_verifying *v, struct list_call *call, struct mst_error *err)
{
        if (mstc_live_call(call->live, call_list, call, err) != MST_OK
            || mstc_page_check(call->page, call->live->setup->plugin->name, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < call->page->count; i++) {
                const struct mstc_item *item = &call->page->items[i];
                struct mstc_shown_object shown = { call->kind, item->object, item->name, item->stamp, item->record };

                if (item->what == MSTC_OBJECT && take_object(v, &shown, err) != MST_OK)
                        return err->code;
                mst_arena_reset(v->scratch);
        }
        return mstc_engine_stopping(v->run->engine) ? mst_fail(err, MST_EINTERNAL, "stopped") : MST_OK;
}

/* An error is of the sink, and ends what is looked at there. */
static int
list_all(struct mstc_verifying *v, enum mst_kind kind, struct mst_error *err)
{
        struct list_call call = { .live = v->sink, .kind = kind, .page = mstc_page_new() };
        uint64_t objects = 0;
        int rc = call.page != NULL ? MST_OK : mst_fail_memory(err, "listing a sink");

        while (rc == MST_OK) {
                rc = take_page(v, &call, err);
                objects += call.page->count;
                mstc_progress(v->run, MSTC_PHASE_MATCH, objects, 0);
                if (rc != MST_OK || call.page->complete)
                        break;
                call.cursor = mst_arena_strdup(v->arena, call.page->cursor != NULL ? call.page->cursor : "");
                if (call.cursor == NULL)     /* never from the start again             */
                        rc = mst_fail_memory(err, "listing a sink");
                mstc_page_reset(call.page);
        }
        mstc_page_free(call.page);
        return rc;
}

/* ---- asking for one by one ------------------------------------------------------------------- */

struct asked {
        struct mstc_run_target *target;
        struct mstc_link link;               /* a person's; or                         */
        struct mstc_verified_group *group;
};

static int
tell_missing(struct mstc_verifying *v, const struct asked *a, bool known, struct mst_error *err)
{
        struct mstc_mismatch f = { .what = known ? MSTC_FINDS_MISSING : MSTC_FINDS_UNSURE, .mends = known };
        struct mstc_mend m = { .what = f.what };
        struct mstc_entry entry;
        int rc;

        if (!known)
                f.text = "the sink did not answer for it";
        if (a->group != NULL) {
                f.kind = m.kind = MST_GROUP;
                m.owner = a->group->grp.id;
                f.id = a->group->grp.name;
                f.title = a->group->grp.title;
                f.object = a->group->glink.object;
                f.name = a->group->glink.name;
                return mstc_verify_tell(v, a->target, &f, known ? &m : NULL, err);
        }
        rc = mstc_entry_get(v->run->store, a->link.entry, v->scratch, &entry, err);
        if (rc != MST_OK)
                return rc == MST_END ? MST_OK : rc;
        f.kind = m.kind = MST_USER;
        m.owner = a->link.entry;
        f.id = entry.id;
        f.title = mstc_plan_title(&entry);
        f.object = a->link.object;
        f.name = a->link.name;
        return mstc_verify_tell(v, a->target, &f, known ? &m : NULL, err);
}

static int
take_answer(struct mstc_verifying *v, const struct asked *a, const struct mst_query *query, struct mst_error *err)
{
        for (size_t i = 0; i < query->found_count; i++) {
                const struct mstc_candidate *c = &query->found[i];
                const char *object = a->group != NULL ? a->group->glink.object : a->link.object;
                struct mstc_shown_object shown = { query->kind, c->object, c->name, c->stamp, c->record };

                if (strcmp(c->object, object) != 0)
                        continue;
                return a->group != NULL ? mstc_verify_group(v, a->group, &shown, err)
                                        : mstc_verify_person(v, a->target, &a->link, &shown, err);
        }
        return tell_missing(v, a, query->done && !query->failed && query->found_count == 0, err);
}

static int
ask(struct mstc_verifying *v, struct asked *asked, size_t count, struct mst_error *err)
{
        struct mst_search *search = count != 0 ? mstc_search_new() : NULL;
        int rc = count == 0 || search != NULL ? MST_OK : mst_fail_memory(err, "verifying a sink");

        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                const char *object = asked[i].group != NULL ? asked[i].group->glink.object : asked[i].link.object;
                struct mst_query *query = mstc_search_add(search, asked[i].group != NULL ? MST_GROUP : MST_USER);

                if (query == NULL || !mstc_query_by_object(query, object))
                        rc = mst_fail_memory(err, "verifying a sink");
        }
        if (rc == MST_OK && count != 0)
                rc = mstc_live_find(v->sink, search, err);
        for (size_t i = 0; rc == MST_OK && i < count; i++)
                rc = take_answer(v, &asked[i], &search->queries[i], err);
        mstc_search_free(search);
        if (rc == MST_OK && mstc_engine_stopping(v->run->engine))
                rc = mst_fail(err, MST_EINTERNAL, "stopped");
        return rc;
}

static size_t
portion(const struct mstc_verifying *v)
{
        uint32_t most = mstc_live_facts(v->sink)->find;

        return most == 0 || most > AT_ONCE ? AT_ONCE : most;
}

static int
ask_people(struct mstc_verifying *v, struct mstc_run_target *target, struct mst_error *err)
{
        struct asked asked[AT_ONCE];
        size_t count = 0;

        for (uint32_t n = 0; mstc_set_next(target->linked, &n); n++) {
                int rc;

                if (mstc_set_has(v->seen, n) || !is_chosen(v, n))
                        continue;
                asked[count] = (struct asked){ .target = target };
                rc = mstc_link_get(v->run->store, n, v->sink->id, v->scratch, &asked[count].link, err);
                if (rc < 0)
                        return rc;
                if (rc != MST_OK || !is_live(&asked[count].link) || asked[count].link.target != target->row.id)
                        continue;
                if (++count < portion(v))
                        continue;
                if (ask(v, asked, count, err) != MST_OK)
                        return err->code;
                count = 0;
                mst_arena_reset(v->scratch);
        }
        return ask(v, asked, count, err);
}

static int
ask_groups(struct mstc_verifying *v, struct mst_error *err)
{
        struct asked asked[AT_ONCE];
        size_t count = 0;

        for (size_t i = 0; i < v->group_count; i++) {
                if (v->groups[i].seen)
                        continue;
                asked[count++] = (struct asked){ .target = v->groups[i].target, .group = &v->groups[i] };
                if (count < portion(v))
                        continue;
                if (ask(v, asked, count, err) != MST_OK)
                        return err->code;
                count = 0;
                mst_arena_reset(v->scratch);
        }
        return ask(v, asked, count, err);
}

/* ---- one sink ------------------------------------------------------------------------------------ */

static int
keep_group(struct mstc_verifying *v, struct mstc_run_target *target, const struct mstc_grp *grp, size_t *room,
           struct mst_error *err)
{
        struct mstc_verified_group *g;
        int rc;

        if (v->group_count == *room) {
                size_t more = *room != 0 ? 2 * *room : 32;

                g = mstc_realloc_array(v->groups, more, sizeof *g);
                if (g == NULL)
                        return mst_fail_memory(err, "verifying a sink");
                v->groups = g;
                *room = more;
        }
        g = &v->groups[v->group_count];
        *g = (struct mstc_verified_group){ .target = target, .grp = *grp };
        rc = mstc_glink_get(v->run->store, grp->id, target->row.id, v->arena, &g->glink, err);
        if (rc == MST_OK && g->glink.object != NULL && g->glink.state == MSTC_LINK_LIVE)
                v->group_count++;
        return rc == MST_END ? MST_OK : rc;
}

static int
load_groups(struct mstc_verifying *v, struct mst_error *err)
{
        struct mstc_grp grp;
        size_t room = 0;
        int rc = MST_OK;

        v->glinks = mstc_map_new();
        if (v->glinks == NULL)
                return mst_fail_memory(err, "verifying a sink");
        for (int64_t at = 0; v->chosen == NULL; at = grp.id) {
                rc = mstc_grp_next(v->run->store, v->run->row.id, at, v->arena, &grp, err);
                if (rc != MST_OK)
                        break;
                for (size_t i = 0; i < v->run->target_count; i++)
                        if (looked_at(v, v->run->targets[i].row.id) != NULL
                            && keep_group(v, &v->run->targets[i], &grp, &room, err) != MST_OK)
                                return err->code;
        }
        for (size_t i = 0; rc >= 0 && i < v->group_count; i++)
                if (!mstc_map_put(v->glinks, v->groups[i].glink.object, &v->groups[i]))
                        return mst_fail_memory(err, "verifying a sink");
        return rc < 0 ? rc : MST_OK;
}

static int
look(struct mstc_verifying *v, struct mstc_run_target *first, struct mst_error *err)
{
        uint32_t can = mstc_live_facts(v->sink)->can;
        bool list = (can & MST_CAN_LIST) != 0 && v->chosen == NULL;

        if (load_groups(v, err) != MST_OK || (list && list_all(v, MST_USER, err) != MST_OK)
            || (list && (can & MST_CAN_GROUPS) != 0 && list_all(v, MST_GROUP, err) != MST_OK))
                return err->code;
        for (size_t i = 0; i < v->run->target_count; i++)
                if (looked_at(v, v->run->targets[i].row.id) != NULL && ask_people(v, &v->run->targets[i], err) != MST_OK)
                        return err->code;
        if (ask_groups(v, err) != MST_OK || mstc_verify_lacking(v, err) != MST_OK)
                return err->code;
        return mstc_verify_strays(v, first, err);
}

static void
not_looked_at(struct mstc_verifying *v, const char *why)
{
        for (size_t i = 0; i < v->run->target_count; i++)
                if (v->run->targets[i].sink == v->sink)
                        snprintf(v->ret->targets[i].reason, sizeof v->ret->targets[i].reason, "%s", why);
        v->ret->whole = false;
}

/* What goes wrong with a sink is told as the reason; what goes wrong here is an error. */
static int
look_at_sink(struct mstc_verifying *v, struct mst_error *err)
{
        struct mstc_run_target *first = NULL;
        struct mst_error why = { 0 };

        for (size_t i = 0; i < v->run->target_count; i++) {
                struct mstc_run_target *t = &v->run->targets[i];

                if (t->sink != v->sink)
                        continue;
                if (mstc_target_ready(v->run, t, err) != MST_OK)
                        return err->code;
                if (first == NULL && looked_at(v, t->row.id) != NULL)
                        first = t;
        }
        if (v->sink->aside[0] != '\0')
                not_looked_at(v, v->sink->aside);
        if (first == NULL)
                return MST_OK;
        v->arena = mst_arena_new(4096);
        v->scratch = mst_arena_new(16384);
        v->seen = mstc_set_new();
        if (v->arena == NULL || v->scratch == NULL || v->seen == NULL)
                mst_fail_memory(&why, "verifying a sink");
        else
                look(v, first, &why);
        mst_arena_free(v->arena);
        mst_arena_free(v->scratch);
        mstc_set_free(v->seen);
        mstc_map_free(v->glinks);
        mstc_free(v->groups);
        mstc_free(v->attributes);
        *v = (struct mstc_verifying){ .run = v->run, .options = v->options, .ret = v->ret, .mends = v->mends,
                                      .chosen = v->chosen, .sink = v->sink };
        if (why.code != MST_OK)
                not_looked_at(v, why.text);
        return MST_OK;
}

/* ---- one sync ---------------------------------------------------------------------------------- */

static int
choose(struct mstc_verifying *v, struct mst_error *err)
{
        if (v->options->user_count == 0)
                return MST_OK;
        v->chosen = mstc_set_new();
        if (v->chosen == NULL)
                return mst_fail_memory(err, "choosing people");
        for (size_t i = 0; i < v->options->user_count; i++) {
                const char *user = v->options->users[i];
                int64_t numbers[2];
                size_t count;

                if (mstc_entry_named(v->run->store, v->run->row.id, user, v->run->scratch, numbers, 2, &count, err) != MST_OK)
                        return err->code;
                if (count > 1)
                        return mst_fail(err, MST_ECONFIG, "several people are called '%s'; give the id of one (`muster "
                                        "users %s`)", user, user);
                if (count == 1 && !mstc_set_add(v->chosen, (uint32_t)numbers[0]))
                        return mst_fail_memory(err, "choosing people");
        }
        return MST_OK;
}

static int
look_at_all(struct mstc_verifying *v, struct mst_error *err)
{
        if (choose(v, err) != MST_OK || mstc_run_load_links(v->run, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < v->run->target_count && !mstc_engine_stopping(v->run->engine); i++) {
                v->sink = v->run->targets[i].sink;
                if (mstc_first_of_sink(v->run, i)
                    && (v->options->sink == NULL || strcmp(v->sink->setup->config->name, v->options->sink) == 0)
                    && look_at_sink(v, err) != MST_OK)
                        return err->code;
        }
        v->ret->whole = v->ret->whole && !mstc_engine_stopping(v->run->engine);
        return MST_OK;
}

static int
make_result(const struct mstc_sync *sync, struct mstc_verified *ret, struct mst_error *err)
{
        *ret = (struct mstc_verified){ .target_count = sync->target_count, .whole = true };
        ret->targets = mstc_alloc((sync->target_count + 1) * sizeof *ret->targets);
        if (ret->targets == NULL)
                return mst_fail_memory(err, "verifying");
        for (size_t i = 0; i < sync->target_count; i++) {
                ret->targets[i].name = sync->targets[i].name;
                ret->targets[i].sink = sync->targets[i].sink->config->name;
        }
        return MST_OK;
}

static int
look_at_sync(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_verify_options *options,
             struct mstc_mends *mends, struct mstc_verified *ret, struct mst_error *err)
{
        struct mstc_sync_options how = { .plan_only = true };
        struct mstc_summary nothing = { 0 };
        struct mstc_run run = { 0 };
        struct mstc_verifying v = { .run = &run, .options = options, .ret = ret, .mends = mends };
        int rc = mstc_run_init(&run, engine, sync, &how, &nothing, err);

        if (rc == MST_OK)
                rc = look_at_all(&v, err);
        mstc_set_free(v.chosen);
        mstc_run_done(&run);
        return rc;
}

int
mstc_engine_verify(struct mstc_engine *engine, struct mstc_sync *sync, const struct mstc_verify_options *options,
                   struct mstc_verified *ret, struct mstc_summary *summary, struct mst_error *err)
{
        struct mstc_mends mends = { .arena = mst_arena_new(4096) };
        struct mstc_sync_options mend = { .mends = &mends };
        int rc;

        memset(summary, 0, sizeof *summary);
        mends.last = &mends.first;
        engine->conductor = pthread_self();
        engine->verifying = true;
        rc = make_result(sync, ret, err);
        if (rc == MST_OK && mends.arena == NULL)
                rc = mst_fail_memory(err, "verifying");
        if (rc == MST_OK && engine->unsure)
                rc = mstc_engine_recover(engine, err);
        if (rc == MST_OK)
                rc = look_at_sync(engine, sync, options, &mends, ret, err);
        if (rc == MST_OK && mends.first != NULL && !mstc_engine_stopping(engine))
                rc = options->accept ? mstc_verify_accept(engine, &mends, options, err)
                                     : mstc_engine_sync(engine, sync, &mend, summary, err);
        mst_arena_free(mends.arena);
        return rc;
}

void
mstc_verified_done(struct mstc_verified *verified)
{
        mstc_free(verified->targets);
        memset(verified, 0, sizeof *verified);
}
