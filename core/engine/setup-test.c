/* setup-test.c - <test> elements: a made-up user, and where the rules must put him. */
#include "build.h"

#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "engine/jsonrecord.h"
#include "engine/maker.h"
#include "util/alloc.h"
#include "util/date.h"
#include "util/near.h"
#include "util/words.h"

struct testing {
        struct mstc_maker *maker;
        const struct mstc_sync *sync;
        const struct mstc_config_test *config;
        const struct mstc_schema *schema;
        struct mst_arena *arena;
        struct mst_record *user;
        struct mstc_eval eval;
};

static void json_drop(json_object **o) { json_object_put(*o); }
static void arena_drop(struct mst_arena **a) { mst_arena_free(*a); }

/* ---- the user ---- */

static void
check_name(struct testing *t, const char *name)
{
        const char **names, *near;

        if (strcasecmp(name, "id") == 0 || mstc_maker_knows(t->schema, name))
                return;
        names = mst_arena_alloc(t->arena, (t->schema->count + 1) * sizeof *names);
        for (size_t i = 0; names != NULL && i < t->schema->count; i++)
                names[i] = t->schema->attributes[i].name;
        near = names == NULL ? NULL : mstc_near(name, names, t->schema->count);
        mstc_report_warning(t->maker->report, t->config->user_place,
                            near == NULL ? NULL : mstc_maker_say(t->maker, "did you mean '%s'?", near),
                            "the source '%s' has no attribute '%s'", t->sync->source->config->name, name);
}

static bool
make_user(struct testing *t)
{
        struct mst_error err = { 0 };
        MSTC_CLEANUP(json_drop) json_object *json = mstc_json_parse(t->config->user, strlen(t->config->user), &err);

        if (err.code == MST_OK && !json_object_is_type(json, json_type_object))
                mst_fail(&err, MST_ECONFIG, "it is something else");
        if (err.code != MST_OK) {
                mstc_report_error(t->maker->report, t->config->user_place,
                                  "write it like user='{\"department\":\"Finance\",\"accountEnabled\":true}'",
                                  "user= is not a JSON object: %s", err.text);
                return false;
        }
        t->user = mstc_json_to_record(json, "test", t->schema, t->arena, &err);
        if (t->user == NULL) {
                mstc_report_error(t->maker->report, t->config->user_place, NULL, "user= is not possible: %s", err.text);
                return false;
        }
        json_object_object_foreach(json, key, value) {
                (void)value;
                check_name(t, key);
        }
        return true;
}

/* ---- the expectations ---- */

/* "dept-{value}" for one value of the attribute. */
static bool
is_family_name(const char *pattern, const char *value, size_t length, const char *name)
{
        const char *hole = strstr(pattern, "{value}");
        size_t before = (size_t)(hole - pattern);

        return strncmp(pattern, name, before) == 0 && strncmp(name + before, value, length) == 0
               && strcmp(name + before + length, hole + 7) == 0;
}

/* Whether some value would make a group of that name. */
static bool
may_make(const char *pattern, const char *name)
{
        const char *hole = strstr(pattern, "{value}");
        size_t before = (size_t)(hole - pattern), after = strlen(hole + 7), length = strlen(name);

        return length > before + after && strncmp(pattern, name, before) == 0
               && strcmp(name + length - after, hole + 7) == 0;
}

static bool
in_family(struct testing *t, const struct mstc_family *family, const char *name)
{
        const struct mst_value *values = NULL;

        for (size_t i = 0; i < mst_record_count(t->user); i++)
                if (strcasecmp(mst_record_name_at(t->user, i), family->config->each) == 0)
                        values = mst_record_at(t->user, i);
        if (family->rule != NULL && !mstc_expr_test(family->rule, t->user, &t->eval))
                return false;
        for (size_t i = 0; i < mst_value_count(values); i++) {
                size_t length = 0;
                const char *text = mstc_value_render(mst_value_at(values, i), t->arena, &length);

                if (text != NULL && length > 0 && is_family_name(family->config->name, text, length, name))
                        return true;
        }
        return false;
}

/* 1: in it, 0: not in it, -1: there is no such group. */
static int
membership(struct testing *t, const char *name)
{
        int ret = -1;

        for (size_t i = 0; i < t->sync->group_count; i++)
                if (strcmp(t->sync->groups[i].name, name) == 0)
                        return mstc_expr_test(t->sync->groups[i].rule, t->user, &t->eval);
        for (size_t i = 0; i < t->sync->family_count && ret < 1; i++) {
                if (in_family(t, &t->sync->families[i], name))
                        ret = 1;
                else if (may_make(t->sync->families[i].config->name, name))
                        ret = 0;
        }
        return ret;
}

static void
no_group(struct testing *t, const char *name, struct mstc_place place)
{
        const char **names = mst_arena_alloc(t->arena, (t->sync->group_count + 1) * sizeof *names), *near = NULL;

        for (size_t i = 0; names != NULL && i < t->sync->group_count; i++)
                names[i] = t->sync->groups[i].name;
        if (names != NULL)
                near = mstc_near(name, names, t->sync->group_count);
        mstc_report_error(t->maker->report, place,
                          near != NULL ? mstc_maker_say(t->maker, "did you mean '%s'?", near)
                                       : "name a group of this sync; one with blanks in its name stands between '...'",
                          "there is no group '%s'", name);
}

static void
expect_groups(struct testing *t, const char *list, bool in, struct mstc_place place)
{
        const char *word;
        size_t length;

        while (list != NULL && mstc_words_next(&list, &word, &length)) {
                char *name = mst_arena_strndup(t->arena, word, length);
                int is = name == NULL ? in : membership(t, name);

                if (is < 0)
                        no_group(t, name, place);
                else if (is != in)
                        mstc_report_error(t->maker->report, place, "correct the rule, or the test",
                                          "the test fails: this user is %sin the group '%s'", in ? "not " : "", name);
        }
}

static void
expect_scope(struct testing *t)
{
        bool in = t->sync->scope == NULL || mstc_expr_test(t->sync->scope, t->user, &t->eval);

        if (t->config->scope == NULL || in == (strcmp(t->config->scope, "in") == 0))
                return;
        mstc_report_error(t->maker->report, t->config->place, "correct the scope, or the test",
                          "the test fails: this user is %s the scope", in ? "in" : "outside");
}

void
mstc_maker_tests(struct mstc_maker *maker, const struct mstc_sync *sync)
{
        for (size_t i = 0; i < sync->config->test_count; i++) {
                MSTC_CLEANUP(arena_drop) struct mst_arena *arena = mst_arena_new(0);
                struct testing t = { .maker = maker, .sync = sync, .config = &sync->config->tests[i], .arena = arena,
                                     .schema = mstc_maker_schema_of(maker, sync->source) };

                if (arena == NULL) {
                        maker->failed = true;
                        return;
                }
                t.eval = (struct mstc_eval){ .now = mstc_clock_now(), .arena = arena };
                if (!make_user(&t))
                        continue;
                expect_groups(&t, t.config->in, true, t.config->in_place);
                expect_groups(&t, t.config->not_in, false, t.config->not_in_place);
                expect_scope(&t);
        }
}
