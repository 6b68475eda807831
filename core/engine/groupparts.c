/* groupparts.c - why somebody is in a group of the configuration, part by part.
 *
 * The same order and the same meaning as in the rule that setup-group.c makes of them:
 *
 *      not excluded, and (included, or (rule, and any-of, and all-of, and not none-of))
 *
 * The parts are compiled here once more and dropped; a group is explained to one person, not
 * to many.  No configuration with a mistake in it comes this far, so what does not compile is
 * no part. */
#include "build.h"

#include "engine/groupparts.h"

#include <string.h>

#include "engine/maker.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"
#include "util/wild.h"
#include "util/words.h"

struct telling {
        const struct mstc_sync *sync;
        const struct mst_record *record;
        struct mstc_eval *eval;
        struct mstc_conditions *into;
        struct mstc_schema schema;
};

static void tell_group(struct telling *t, const struct mstc_rule_group *group, unsigned depth, const char *role);

static void
tell_text(struct telling *t, const char *text, size_t length, unsigned depth)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *rule = mstc_expr_compose(text, length, &t->schema, t->into->arena, &findings);

        if (rule != NULL)
                mstc_conditions_rule(t->into, depth, rule, t->record, t->eval);
        else
                t->into->failed = true;
        mstc_expr_free(rule);
}

/* ---- any-of, all-of, none-of ---- */

static void
tell_family(struct telling *t, const struct mstc_family *family, const char *word, unsigned depth)
{
        struct mstc_maker maker = { .arena = t->into->arena };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer rule = { 0 };
        enum mstc_family_fit fit = mstc_maker_family(&maker, family, &t->schema, word, &rule);
        const struct mstc_condition row = { .kind = MSTC_CONDITION_ALL, .depth = depth, .role = "group", .name = word,
                                            .text = word };
        size_t at;

        t->into->failed |= maker.failed || !mstc_buffer_ok(&rule);
        if (fit == MSTC_FAMILY_NOT || fit == MSTC_FAMILY_CANNOT || t->into->failed)
                return;
        at = mstc_conditions_open(t->into, &row);
        tell_text(t, mstc_buffer_cstr(&rule), rule.length, depth + 1);
        mstc_conditions_close(t->into, at);
}

static void
tell_word(struct telling *t, const struct mstc_rule_group *self, const char *word, unsigned depth)
{
        bool wild = strpbrk(word, "*?") != NULL;

        for (size_t i = 0; i < t->sync->group_count; i++) {
                const struct mstc_rule_group *group = &t->sync->groups[i];

                if (mstc_wild_match(word, group->name) && !(wild && group == self))
                        tell_group(t, group, depth, "group");
        }
        for (size_t i = 0; i < t->sync->family_count; i++)
                tell_family(t, &t->sync->families[i], word, depth);
}

static void
tell_list(struct telling *t, const struct mstc_rule_group *self, const char *list, enum mstc_condition_kind kind,
          const char *role, const char *text, unsigned depth)
{
        const struct mstc_condition row = { .kind = kind, .depth = depth, .role = role, .text = text };
        const char *word;
        size_t at, length;

        if (list == NULL)
                return;
        at = mstc_conditions_open(t->into, &row);
        while (!t->into->failed && mstc_words_next(&list, &word, &length)) {
                word = mst_arena_strndup(t->into->arena, word, length);
                t->into->failed |= word == NULL;
                if (word != NULL)
                        tell_word(t, self, word, depth + 1);
        }
        mstc_conditions_close(t->into, at);
}

/* ---- by name ---- */

/* "included by name: works on the board (line 46), until 2026-09-01" */
static const char *
say_exception(struct telling *t, const struct mstc_config_exception *exception, bool over)
{
        const char *text = mst_arena_printf(t->into->arena, "%s by name%s%s (line %u%s%s)%s%s%s",
                                            exception->include ? "included" : "excluded",
                                            exception->reason != NULL ? ": " : "",
                                            exception->reason != NULL ? exception->reason : "", exception->place.line,
                                            exception->by != NULL ? ", by " : "", exception->by != NULL ? exception->by : "",
                                            exception->until != NULL ? ", until " : "",
                                            exception->until != NULL ? exception->until : "",
                                            over ? ", which is over" : "");

        t->into->failed |= text == NULL;
        return text;
}

static bool
is_true(struct telling *t, const char *text, size_t length)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *rule = mstc_expr_compose(text, length, &t->schema, t->into->arena, &findings);
        bool ret = rule != NULL && mstc_expr_test(rule, t->record, t->eval);

        t->into->failed |= rule == NULL;
        mstc_expr_free(rule);
        return ret;
}

/* False: another person is meant. */
static bool
tell_exception(struct telling *t, const struct mstc_config_exception *exception, unsigned depth)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer person = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer whole = { 0 };
        struct mstc_condition row = { .depth = depth, .fixed = exception->include,
                                      .role = exception->include ? "include" : "exclude", .name = exception->user,
                                      .reason = exception->reason, .by = exception->by, .line = exception->place.line };

        mstc_maker_person(&t->schema, exception->user, &person);
        mstc_maker_exception(&t->schema, exception, &whole);
        t->into->failed |= !mstc_buffer_ok(&person) || !mstc_buffer_ok(&whole);
        if (t->into->failed || !is_true(t, mstc_buffer_cstr(&person), person.length))
                return false;
        row.holds = is_true(t, mstc_buffer_cstr(&whole), whole.length);
        row.text = say_exception(t, exception, !row.holds);
        mstc_conditions_close(t->into, mstc_conditions_open(t->into, &row));
        return true;
}

static void
tell_exceptions(struct telling *t, const struct mstc_config_group *config, bool include, unsigned depth)
{
        struct mstc_condition row = { .depth = depth, .fixed = true, .role = include ? "include" : "exclude" };
        size_t named = 0;
        bool found = false;

        for (size_t i = 0; i < config->exception_count && !t->into->failed; i++)
                if (config->exceptions[i].include == include) {
                        named++;
                        found = tell_exception(t, &config->exceptions[i], depth) || found;
                }
        if (named == 0 || found || t->into->failed)
                return;
        row.text = mst_arena_printf(t->into->arena, "%s by name (as %zu other%s)", include ? "included" : "excluded",
                                    named, named == 1 ? " is" : "s are");
        t->into->failed |= row.text == NULL;
        mstc_conditions_close(t->into, mstc_conditions_open(t->into, &row));
}

static bool
has_exceptions(const struct mstc_config_group *config, bool include)
{
        for (size_t i = 0; i < config->exception_count; i++)
                if (config->exceptions[i].include == include)
                        return true;
        return false;
}

/* ---- one group ---- */

static void
tell_made(struct telling *t, const struct mstc_rule_group *group, const struct mstc_config_group *config, unsigned depth)
{
        static const struct mstc_condition all = { .kind = MSTC_CONDITION_ALL, .silent = true },
                none = { .kind = MSTC_CONDITION_NOT, .silent = true };
        bool made = config->rule.text != NULL || config->any_of != NULL || config->all_of != NULL;
        size_t whole, not;

        if (!made)                           /* of exceptions only                     */
                return;
        whole = mstc_conditions_open(t->into, &all);
        if (config->rule.text != NULL)
                tell_text(t, config->rule.text, config->rule.length, depth);
        tell_list(t, group, config->any_of, MSTC_CONDITION_ANY, "any-of", "in one of these groups:", depth);
        tell_list(t, group, config->all_of, MSTC_CONDITION_ALL, "all-of", "in all of these groups:", depth);
        if (config->none_of != NULL) {
                not = mstc_conditions_open(t->into, &none);
                tell_list(t, group, config->none_of, MSTC_CONDITION_ANY, "none-of", "in one of these, which are taken out:",
                          depth);
                mstc_conditions_close(t->into, not);
        }
        mstc_conditions_close(t->into, whole);
}

static void
tell_group(struct telling *t, const struct mstc_rule_group *group, unsigned depth, const char *role)
{
        static const struct mstc_condition any = { .kind = MSTC_CONDITION_ANY, .silent = true },
                none = { .kind = MSTC_CONDITION_NOT, .silent = true };
        const struct mstc_config_group *config = &t->sync->config->groups[group->id];
        const struct mstc_condition row = { .kind = MSTC_CONDITION_ALL, .depth = depth, .silent = role == NULL,
                                            .role = role, .name = group->name, .text = group->name };
        unsigned below = role == NULL ? depth : depth + 1;
        size_t at = mstc_conditions_open(t->into, &row), part;

        if (has_exceptions(config, false)) {
                size_t out = mstc_conditions_open(t->into, &none);

                part = mstc_conditions_open(t->into, &any);
                tell_exceptions(t, config, false, below);
                mstc_conditions_close(t->into, part);
                mstc_conditions_close(t->into, out);
        }
        if (has_exceptions(config, true)) {
                part = mstc_conditions_open(t->into, &any);
                tell_exceptions(t, config, true, below);
                tell_made(t, group, config, below);
                mstc_conditions_close(t->into, part);
        } else
                tell_made(t, group, config, below);
        mstc_conditions_close(t->into, at);
}

void
mstc_group_conditions(const struct mstc_sync *sync, const struct mstc_rule_group *group,
                      const struct mst_record *record, struct mstc_eval *eval, struct mstc_conditions *into)
{
        struct telling t = { .sync = sync, .record = record, .eval = eval, .into = into };

        into->failed |= !mstc_setup_schema(sync->source->promised, into->arena, &t.schema);
        if (!into->failed)
                tell_group(&t, group, 0, NULL);
}
