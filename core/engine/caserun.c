/* caserun.c - runs cases through the engine that runs in production.
 *
 * A difference is said in the words of whoever wrote the case: who is missing, who is too
 * many, which value came. */
#include "build.h"

#include "engine/casefile.h"

#include <string.h>
#include <strings.h>

#include "record/record.h"
#include "rules/filter.h"
#include "util/alloc.h"
#include "util/buffer.h"

static int
random_bytes(void *self, void *bytes, size_t size)
{
        static const char seed[] = "the same in each run, so that a test says the same twice";
        unsigned char *into = bytes;
        uint64_t *state = self;

        for (size_t i = 0; i < size; i++) {
                *state = *state * UINT64_C(6364136223846793005) + (unsigned char)seed[i % (sizeof seed - 1)] + 1;
                into[i] = (unsigned char)(*state >> 56);
        }
        return 0;
}

struct asked { uint64_t random; struct json_object *taken; };

static int
random_of(void *self, void *bytes, size_t size)
{
        return random_bytes(&((struct asked *)self)->random, bytes, size);
}

static bool
taken(void *self, const char *value, size_t length)
{
        struct json_object *list = ((struct asked *)self)->taken;

        for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
                struct json_object *one = json_object_array_get_idx(list, i);

                if (json_object_is_type(one, json_type_string) &&
                    (size_t)json_object_get_string_len(one) == length &&
                    strncasecmp(json_object_get_string(one), value, length) == 0)
                        return true;
        }
        return false;
}

static bool
has(struct json_object *list, const char *id)
{
        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), id) == 0)
                        return true;
        return false;
}

/* "line 1, column 7: ..." of the first error, which is kept. */
static const char *
first_error(struct mstc_cases *cases, const char *text, const struct mstc_finding *finding, struct mstc_case *ret)
{
        size_t line = 1, column = 1;

        while (finding != NULL && finding->warning)
                finding = finding->next;
        if (finding == NULL)
                return "out of memory";
        ret->refused = finding;
        for (size_t i = 0; i < finding->offset; i++) {
                column = text[i] == '\n' ? 1 : column + ((text[i] & 0xc0) != 0x80);
                line += text[i] == '\n';
        }
        return mst_arena_printf(cases->arena, "refused: line %zu, column %zu: %s", line, column, finding->text);
}

/* Who must match and who does: what differs, or passed. */
static void
compare_people(struct mstc_cases *cases, struct json_object *want, bool (*test)(void *, const struct mst_record *),
               void *self, struct mstc_case *ret)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer missing = { 0 };
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer extra = { 0 };

        for (size_t i = 0; i < cases->user_count; i++) {
                const char *id = mst_record_id(cases->users[i]);
                bool is = test(self, cases->users[i]), must = has(want, id);

                if (is != must)
                        mstc_buffer_printf(must ? &missing : &extra, " %s", id);
        }
        ret->passed = missing.length == 0 && extra.length == 0 && mstc_buffer_ok(&missing) && mstc_buffer_ok(&extra);
        if (ret->passed)
                return;
        ret->expected = missing.length == 0 ? "nobody else" :
                        mst_arena_printf(cases->arena, "in:%s", mstc_buffer_cstr(&missing));
        ret->got = mst_arena_printf(cases->arena, "%s%s%s%s", missing.length > 0 ? "not in" : "",
                                    missing.length > 0 && extra.length > 0 ? "; " : "",
                                    extra.length > 0 ? "also in:" : "", mstc_buffer_cstr(&extra));
}

struct subject {
        const struct mstc_expr *rule;
        const struct mstc_filter *filter;
        struct mstc_eval eval;
};

static bool
is_in(void *self, const struct mst_record *user)
{
        struct subject *s = self;

        return s->rule != NULL ? mstc_expr_test(s->rule, user, &s->eval)
                               : mstc_filter_test(s->filter, user, &s->eval);
}

/* Where an error was expected, or a text that compiles. */
static void
compare_refusal(bool refused, bool must, const char *why, struct mstc_case *ret)
{
        ret->passed = refused && must;
        if (!ret->passed) {
                ret->expected = must ? "an error" : "no error";
                ret->got = must ? "it compiles" : why;
        }
}

static void
run_membership(struct mstc_cases *cases, struct json_object *one, struct asked *asked, struct mstc_case *ret)
{
        struct json_object *want = mstc_case_member(one, "matches");
        const char *group = mstc_case_text(one, "group");
        struct mstc_finding *findings = NULL;
        struct subject subject = { .eval = { .now = cases->now, .arena = cases->arena, .random = random_of,
                                             .taken = taken, .self = asked } };
        struct mstc_expr *own = NULL;

        if (group != NULL) {
                const struct mstc_rule_group *g = mstc_case_group(cases->sync, group);

                ret->text = group;
                subject.rule = g->rule;
        } else {
                ret->text = mstc_case_text(one, "rule");
                own = mstc_expr_compile(MSTC_RULE, ret->text, strlen(ret->text), cases->known, cases->arena, &findings);
                subject.rule = own;
        }
        if (subject.rule == NULL || want == NULL)
                compare_refusal(subject.rule == NULL, want == NULL,
                                subject.rule == NULL ? first_error(cases, ret->text, findings, ret) : NULL, ret);
        else
                compare_people(cases, want, is_in, &subject, ret);
        mstc_expr_free(own);
}

static bool
same(const struct mstc_cases *cases, const struct mst_value *value, struct json_object *want)
{
        size_t length;
        const char *text;

        switch (mst_value_type(value)) {
        case MST_NULL:
                return want == NULL;
        case MST_BOOL:
                return json_object_is_type(want, json_type_boolean) &&
                       (json_object_get_boolean(want) != 0) == mst_value_bool(value);
        case MST_INT:
                return json_object_is_type(want, json_type_int) && json_object_get_int64(want) == mst_value_int(value);
        case MST_REAL: {
                double is = mst_value_real(value), must = json_object_get_double(want);

                return json_object_is_type(want, json_type_double) && !(is < must) && !(is > must);
        }
        case MST_TEXT:
        case MST_REF:
        case MST_DATE:
                text = mstc_value_render(value, cases->arena, &length);
                return text != NULL && json_object_is_type(want, json_type_string) &&
                       (size_t)json_object_get_string_len(want) == length &&
                       memcmp(json_object_get_string(want), text, length) == 0;
        case MST_LIST:
                if (!json_object_is_type(want, json_type_array) ||
                    json_object_array_length(want) != mst_value_count(value))
                        return false;
                for (size_t i = 0; i < mst_value_count(value); i++)
                        if (!same(cases, mst_value_at(value, i), json_object_array_get_idx(want, i)))
                                return false;
                return true;
        default:
                return false;
        }
}

static const char *
say_value(struct mstc_cases *cases, const struct mst_value *value)
{
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer say = { 0 };

        mstc_value_say(value, &say);
        return mst_arena_printf(cases->arena, "%s (%s)", mstc_buffer_cstr(&say), mstc_type_name(mst_value_type(value)));
}

static const char *
say_flow(struct mstc_cases *cases, enum mstc_flow flow, const struct mst_value *value, const struct mstc_eval *eval)
{
        switch (flow) {
        case MSTC_IGNORE_ATTRIBUTE:
                return "{\"$ignore\":\"attribute\"}";
        case MSTC_IGNORE_OBJECT:
                return "{\"$ignore\":\"object\"}";
        case MSTC_FAILED:
                return mst_arena_printf(cases->arena, "an error: %s", eval->why != NULL ? eval->why : "no reason given");
        case MSTC_VALUE:
                break;
        }
        return say_value(cases, value);
}

static bool
as_wanted(struct mstc_cases *cases, struct json_object *one, enum mstc_flow flow, const struct mst_value *value)
{
        struct json_object *want = mstc_case_member(one, "result"), *ignore = NULL;

        if (json_object_get_boolean(mstc_case_member(one, "error")))
                return flow == MSTC_FAILED;
        if (json_object_is_type(want, json_type_object) && json_object_object_get_ex(want, "$ignore", &ignore))
                return flow == (strcmp(json_object_get_string(ignore), "object") == 0 ? MSTC_IGNORE_OBJECT
                                                                                     : MSTC_IGNORE_ATTRIBUTE);
        return flow == MSTC_VALUE && same(cases, value, want);
}

static void
run_mapping(struct mstc_cases *cases, struct json_object *one, struct asked *asked, struct mstc_case *ret)
{
        const struct mst_record *user = NULL;
        bool error = json_object_get_boolean(mstc_case_member(one, "error"));
        struct mstc_finding *findings = NULL;
        struct mstc_eval eval = { .now = cases->now, .arena = cases->arena, .random = random_of, .taken = taken,
                                  .self = asked };
        struct mst_value value = { 0 };
        struct mstc_expr *expr;
        enum mstc_flow flow;

        ret->text = mstc_case_text(one, "expr");
        for (size_t i = 0; i < cases->user_count; i++)
                if (strcmp(mst_record_id(cases->users[i]), mstc_case_text(one, "user")) == 0)
                        user = cases->users[i];
        expr = mstc_expr_compile(MSTC_MAPPING, ret->text, strlen(ret->text), cases->known, cases->arena, &findings);
        if (expr == NULL) {
                compare_refusal(true, error, first_error(cases, ret->text, findings, ret), ret);
                return;
        }
        flow = mstc_expr_value(expr, user, &eval, &value);
        ret->passed = as_wanted(cases, one, flow, &value);
        if (!ret->passed) {
                ret->expected = error ? "an error" : mst_arena_strdup(cases->arena, json_object_to_json_string_ext(
                                        mstc_case_member(one, "result"), JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
                ret->got = say_flow(cases, flow, &value, &eval);
        }
        mstc_expr_free(expr);
}

/* False with '*why': refused. */
static bool
build_filter(struct mstc_cases *cases, struct mstc_filter *filter, struct json_object *filters, const char **why)
{
        for (size_t i = 0; i < json_object_array_length(filters); i++) {
                struct json_object *clauses = mstc_case_member(json_object_array_get_idx(filters, i), "clauses");
                size_t count = json_object_is_type(clauses, json_type_array) ? json_object_array_length(clauses) : 0;

                if (!mstc_filter_begin(filter)) {
                        *why = "out of memory";
                        return false;
                }
                for (size_t k = 0; k < count; k++) {
                        struct json_object *clause = json_object_array_get_idx(clauses, k);
                        const char *attribute = mstc_case_text(clause, "attribute"), *is = mstc_case_text(clause, "operator");

                        if (attribute == NULL || is == NULL)
                                *why = "a clause needs \"attribute\" and \"operator\"";
                        if (attribute == NULL || is == NULL ||
                            !mstc_filter_clause(filter, attribute, is, mstc_case_text(clause, "value"), cases->arena, why))
                                return false;
                }
        }
        return mstc_filter_check(filter, why);
}

static void
run_scoping(struct mstc_cases *cases, struct json_object *one, struct asked *asked, struct mstc_case *ret)
{
        struct json_object *want = mstc_case_member(one, "matches");
        struct mstc_filter *filter = mstc_filter_new();
        const char *why = "out of memory";
        bool good = filter != NULL && build_filter(cases, filter, mstc_case_member(one, "filters"), &why);
        struct subject subject = { .filter = filter, .eval = { .now = cases->now, .arena = cases->arena,
                                                               .random = random_of, .taken = taken, .self = asked } };

        ret->text = mst_arena_strdup(cases->arena, json_object_to_json_string_ext(
                            mstc_case_member(one, "filters"), JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        if (!good || want == NULL)
                compare_refusal(!good, want == NULL, why, ret);
        else
                compare_people(cases, want, is_in, &subject, ret);
        mstc_filter_free(filter);
}

bool
mstc_cases_run(struct mstc_cases *cases, size_t index, struct mstc_case *ret)
{
        struct json_object *one = cases->items[index];
        struct asked asked = { .random = index, .taken = mstc_case_member(one, "taken") };
        const char *note = mstc_case_text(one, "note");

        *ret = (struct mstc_case){ .kind = cases->kinds[index], .id = mstc_case_name(cases, index), .note = note };
        switch (ret->kind) {
        case MSTC_CASE_MEMBERSHIP:
                run_membership(cases, one, &asked, ret);
                break;
        case MSTC_CASE_MAPPING:
                run_mapping(cases, one, &asked, ret);
                break;
        case MSTC_CASE_SCOPING:
                run_scoping(cases, one, &asked, ret);
                break;
        }
        return ret->id != NULL && ret->text != NULL && (ret->passed || (ret->expected != NULL && ret->got != NULL));
}
