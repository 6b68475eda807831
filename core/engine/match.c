/* match.c - is a person already in the sink?
 *
 * Few are asked for one by one (find), in one search of many queries; before a plan that will
 * ask for many, the sink is listed once and the questions are answered from that.  An object
 * is ours when it has our stamp.  One without that fits a match value is a duplicate, or with
 * on-existing="adopt" can be taken over; several are always duplicates: never a choice.  What
 * could not be looked up is not known, which is never absent. */
#include "build.h"

#include "engine/run.h"

#include <stdlib.h>
#include <string.h>

#include "rules/expr.h"
#include "sdk/search.h"
#include "util/alloc.h"

/* ---- judging candidates --------------------------------------------------------------------- */

struct candidates {
        struct mstc_candidate *items;
        size_t count;
};

static void
duplicate(struct mstc_match *match, const struct mstc_candidate *c, const char *why)
{
        match->answer = MSTC_DUPLICATE;
        match->object = c->object;
        match->name = c->name;
        match->present = c->record;
        match->why = why;
}

static void
accept(struct mstc_match *match, enum mstc_answer answer, const struct mstc_candidate *c)
{
        match->answer = answer;
        match->object = c->object;
        match->name = c->name;
        match->version = c->version;
        match->present = c->record;
}

/* A value that the person will have and an object has; the first makes the duplicate, the
 * others are told beside it. */
static void
note_clash(struct mstc_question *q, const struct candidates *found, const char *attribute, const char *value)
{
        struct mstc_match *m = &q->match;

        for (size_t i = 0; i < found->count && m->clash_count < MSTC_CLASHES; i++)
                m->clashes[m->clash_count++] = (struct mstc_clash){ found->items[i].object, found->items[i].name, attribute, value };
}

static int
taken_by_another(struct mstc_run *run, const struct mstc_question *q, const struct mstc_candidate *c,
                 struct mst_arena *arena, bool *ret, struct mst_error *err)
{
        struct mstc_link link;
        int rc = MST_END;

        if (!run->links_none)
                rc = mstc_link_of_object(run->store, q->target->sink->id, c->object, arena, &link, err);
        *ret = rc == MST_OK && link.entry != q->entry && link.state <= MSTC_LINK_DISABLED;
        return rc < 0 ? rc : MST_OK;
}

static bool
untouchable(struct mstc_run *run, const struct mstc_question *q, const struct mstc_candidate *c,
            struct mst_arena *arena)
{
        struct mstc_eval eval;

        if (q->target->sink->setup->never_touch == NULL || c->record == NULL)
                return false;
        mstc_eval_init(run, &eval, arena);
        return mstc_expr_test(q->target->sink->setup->never_touch, c->record, &eval);
}

/* Those with our stamp: it says whose they are.  A never-touch rule counts for them, too. */
static void
judge_stamped(struct mstc_run *run, struct mstc_question *q, const struct candidates *found, struct mst_arena *arena)
{
        if (found->count > 1)
                duplicate(&q->match, &found->items[0], "several objects carry this person's stamp");
        else if (untouchable(run, q, &found->items[0], arena))
                duplicate(&q->match, &found->items[0], "a never-touch rule protects the object");
        else
                accept(&q->match, MSTC_OURS, &found->items[0]);
        q->match.by_stamp = true;
}

static int
judge_matched(struct mstc_run *run, struct mstc_question *q, const struct candidates *found, bool adopt,
              struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_candidate *c = &found->items[0];
        bool taken;

        if (found->count > 1) {
                duplicate(&q->match, c, "several objects have this value");
                return MST_OK;
        }
        if (taken_by_another(run, q, c, arena, &taken, err) != MST_OK)
                return err->code;
        if (taken)
                duplicate(&q->match, c, "the object is tied to another person");
        else if (c->stamp != NULL && c->stamp[0] != '\0' && strcmp(c->stamp, q->stamp) != 0)
                duplicate(&q->match, c, "the object carries another stamp");
        else if (untouchable(run, q, c, arena))
                duplicate(&q->match, c, "a never-touch rule protects the object");
        else if (!adopt)
                duplicate(&q->match, c, "the object is not ours; on-existing=\"adopt\" would take it over");
        else
                accept(&q->match, MSTC_ADOPTABLE, c);
        return MST_OK;
}

/* ---- from the listing -------------------------------------------------------------------------- */

static const struct mst_value *
first_text(const struct mst_record *record, const char *name)
{
        for (uint32_t i = 0; record != NULL && i < record->count; i++)
                if (strcasecmp(record->fields[i].name, name) == 0) {
                        const struct mst_value *v = mst_value_at(&record->fields[i].value, 0);

                        return v != NULL && v->type == MST_TEXT && v->length != 0 ? v : NULL;
                }
        return NULL;
}

/* The first single text of an attribute that the person will have, or is compared by. */
static const struct mst_value *
match_value(const struct mstc_question *q, size_t index)
{
        const char *name = q->target->setup->config->matches[index].attribute;
        const struct mst_value *value = first_text(q->wanted, name);

        return value != NULL ? value : first_text(q->compared, name);
}

static int
answer_from_listing(struct mstc_run *run, const struct mstc_listing *listing, struct mstc_question *q,
                    struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_config_target *config = q->target->setup->config;
        struct mst_value stamp = mstc_value_text(q->stamp, strlen(q->stamp));
        struct candidates found;

        q->match.answer = MSTC_ABSENT;
        if (!mstc_listing_look(listing, NULL, &stamp, arena, &found.items, &found.count))
                return mst_fail_memory(err, "matching");
        if (found.count != 0) {
                judge_stamped(run, q, &found, arena);
                return MST_OK;
        }
        for (size_t m = 0; m < config->match_count; m++) {
                const struct mst_value *value = match_value(q, m);

                if (value == NULL || (q->match.answer != MSTC_ABSENT && q->match.answer != MSTC_DUPLICATE))
                        continue;
                if (!mstc_listing_look(listing, config->matches[m].attribute, value, arena, &found.items, &found.count))
                        return mst_fail_memory(err, "matching");
                note_clash(q, &found, config->matches[m].attribute, value->as.text);
                if (q->match.answer == MSTC_DUPLICATE)
                        continue;
                q->match.attribute = config->matches[m].attribute;
                q->match.value = value->as.text;
                if (found.count != 0
                    && judge_matched(run, q, &found, config->matches[m].adopt, arena, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

/* ---- by asking ------------------------------------------------------------------------------------ */

static bool
ask(struct mst_search *search, struct mstc_question *q, bool can_stamp)
{
        struct mst_query *query;

        if (can_stamp && q->stamp != NULL) {
                query = mstc_search_add(search, q->kind);
                if (query == NULL || !mstc_query_by_stamp(query, q->stamp))
                        return false;
                query->engine = q;
        }
        for (size_t m = 0; q->kind == MST_USER && m < q->target->setup->config->match_count; m++) {
                const struct mst_value *value = match_value(q, m);

                if (value == NULL)
                        continue;
                query = mstc_search_add(search, q->kind);
                if (query == NULL
                    || !mstc_query_by_value(query, q->target->setup->config->matches[m].attribute, value))
                        return false;
                query->engine = q;
        }
        return true;
}

static const struct mstc_config_match *
match_named(const struct mstc_question *q, const char *attribute)
{
        const struct mstc_config_target *config = q->target->setup->config;

        for (size_t m = 0; m < config->match_count; m++)
                if (strcasecmp(config->matches[m].attribute, attribute) == 0)
                        return &config->matches[m];
        return NULL;
}

static bool
copy_candidates(const struct mst_query *query, struct mst_arena *arena, struct candidates *ret)
{
        ret->count = query->found_count;
        ret->items = mst_arena_memdup(arena, query->found, query->found_count * sizeof *ret->items);
        for (size_t i = 0; ret->items != NULL && i < ret->count; i++) {
                struct mstc_candidate *c = &ret->items[i];
                struct mst_record *copy = mstc_record_values(arena, query->kind);

                c->object = mst_arena_strdup(arena, c->object);
                c->name = mst_arena_strdup(arena, c->name);
                c->stamp = c->stamp != NULL ? mst_arena_strdup(arena, c->stamp) : NULL;
                c->version = c->version != NULL ? mst_arena_strdup(arena, c->version) : NULL;
                if (copy == NULL || c->object == NULL || c->name == NULL)
                        return false;
                for (uint32_t k = 0; c->record != NULL && k < c->record->count; k++)
                        if (!mstc_record_set(copy, c->record->fields[k].name, &c->record->fields[k].value))
                                return false;
                c->record = copy;
        }
        return ret->items != NULL || ret->count == 0;
}

static int
take_clash(const struct mst_query *query, struct mstc_question *q, struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_config_match *match = query->attribute != NULL ? match_named(q, query->attribute) : NULL;
        struct candidates found;

        if (match == NULL)
                return MST_OK;
        if (!copy_candidates(query, arena, &found))
                return mst_fail_memory(err, "matching");
        note_clash(q, &found, match->attribute, mst_arena_strdup(arena, mst_value_text(query->value, NULL)));
        return MST_OK;
}

/* One query's answer, in the order in which they were asked: the first that finds counts, and of a
 * duplicate the others tell what else clashes. */
static int
take_answer(struct mstc_run *run, struct mst_query *query, struct mst_arena *arena, struct mst_error *err)
{
        struct mstc_question *q = query->engine;
        const struct mstc_config_match *match;
        struct candidates found;

        if (q->match.answer == MSTC_DUPLICATE && !q->match.by_stamp && query->done && !query->failed && query->found_count != 0)
                return take_clash(query, q, arena, err);
        if (q->match.answer == MSTC_NOT_KNOWN || (q->match.answer != MSTC_ABSENT
                                                  && q->match.answer != MSTC_NOT_ASKED))
                return MST_OK;
        if (!query->done || query->failed) {
                q->match.answer = MSTC_NOT_KNOWN;
                return MST_OK;
        }
        q->match.answer = MSTC_ABSENT;
        if (query->found_count == 0)
                return MST_OK;
        if (!copy_candidates(query, arena, &found))
                return mst_fail_memory(err, "matching");
        if (query->stamp != NULL) {
                judge_stamped(run, q, &found, arena);
                return MST_OK;
        }
        match = match_named(q, query->attribute);
        q->match.attribute = match != NULL ? match->attribute : NULL;
        q->match.value = mst_arena_strdup(arena, mst_value_text(query->value, NULL));
        note_clash(q, &found, q->match.attribute, q->match.value);
        return judge_matched(run, q, &found, match != NULL && match->adopt, arena, err);
}

int
mstc_match_by_asking(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
                     struct mst_arena *arena, struct mst_error *err)
{
        struct mst_search *search = mstc_search_new();
        const struct mst_facts *facts = mstc_live_facts(sink);
        int rc = MST_OK;

        if (search == NULL)
                return mst_fail_memory(err, "matching");
        for (size_t i = 0; i < count && rc == MST_OK; i++) {
                questions[i].match.answer = MSTC_NOT_ASKED;
                if (!ask(search, &questions[i], (facts->can & MST_CAN_STAMP) != 0))
                        rc = mst_fail_memory(err, "matching");
        }
        if (rc == MST_OK && search->count != 0)
                rc = mstc_live_find(sink, search, err);
        for (size_t i = 0; i < search->count && rc == MST_OK; i++)
                rc = take_answer(run, &search->queries[i], arena, err);
        /* Nothing to ask by (no stamp, no value): it cannot be there as ours. */
        for (size_t i = 0; i < count && rc == MST_OK; i++)
                if (questions[i].match.answer == MSTC_NOT_ASKED)
                        questions[i].match.answer = MSTC_ABSENT;
        mstc_search_free(search);
        return rc;
}

/* How many may be asked for at once: each by stamp and by all match values. */
static size_t
portion(struct mstc_live *sink, const struct mstc_question *questions)
{
        uint32_t most = mstc_live_facts(sink)->find;
        size_t each = 1 + questions[0].target->setup->config->match_count;

        return most == 0 ? SIZE_MAX : most > each ? most / each : 1;
}

int
mstc_match(struct mstc_run *run, struct mstc_live *sink, struct mstc_question *questions, size_t count,
           struct mst_arena *arena, struct mst_error *err)
{
        const struct mstc_listing *listing = run->listings[sink - run->engine->lives];
        int rc = MST_OK;

        if (count == 0)
                return MST_OK;
        for (size_t at = 0, part = portion(sink, questions); listing == NULL && at < count && rc == MST_OK; at += part)
                rc = mstc_match_by_asking(run, sink, questions + at, part < count - at ? part : count - at, arena, err);
        if (listing == NULL)
                return rc;
        for (size_t i = 0; i < count && rc == MST_OK; i++)
                rc = answer_from_listing(run, listing, &questions[i], arena, err);
        return rc;
}

/* ---- duplicates --------------------------------------------------------------------------- */

/* A row for each object, with all by which it clashes. */
static int
put_clashes(struct mstc_run *run, int64_t sink, int64_t entry, const struct mstc_match *m, struct mst_error *err)
{
        for (unsigned i = 0; i < m->clash_count; i++) {
                const struct mstc_clash *one = &m->clashes[i];
                const char *attributes = one->attribute, *values = one->value != NULL ? one->value : "";
                bool told = false;

                for (unsigned k = 0; k < i; k++)
                        told = told || strcmp(m->clashes[k].object, one->object) == 0;
                for (unsigned k = i + 1; k < m->clash_count && !told; k++) {
                        if (strcmp(m->clashes[k].object, one->object) != 0)
                                continue;
                        attributes = mst_arena_printf(run->scratch, "%s" MSTC_CLASH_GAP "%s", attributes, m->clashes[k].attribute);
                        values = mst_arena_printf(run->scratch, "%s" MSTC_CLASH_GAP "%s", values, m->clashes[k].value);
                        if (attributes == NULL || values == NULL)
                                return mst_fail_memory(err, "noting a duplicate");
                }
                if (!told && mstc_duplicate_put(run->store, sink, entry, one->object, one->name, attributes,
                                                values, run->id, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
mstc_match_keep(struct mstc_run *run, int64_t sink, int64_t entry, const struct mstc_match *m, struct mst_error *err)
{
        if (mstc_duplicate_clear(run->store, sink, entry, err) != MST_OK)
                return err->code;
        run->duplicates = MSTC_SOME_NOTED;
        if (m->clash_count != 0 && !m->by_stamp)
                return put_clashes(run, sink, entry, m, err);
        return mstc_duplicate_put(run->store, sink, entry, m->object, m->name, m->attribute != NULL ? m->attribute : "stamp",
                                  m->value, run->id, err);
}

/* Nearly always there is none at all, so that is what is asked first, once a run. */
int
mstc_match_over(struct mstc_run *run, int64_t sink, int64_t entry, struct mst_error *err)
{
        bool none;

        if (run->duplicates == MSTC_NOT_LOOKED) {
                if (mstc_duplicates_none(run->store, &none, err) != MST_OK)
                        return err->code;
                run->duplicates = none ? MSTC_NONE_NOTED : MSTC_SOME_NOTED;
        }
        return run->duplicates == MSTC_NONE_NOTED ? MST_OK : mstc_duplicate_clear(run->store, sink, entry, err);
}
