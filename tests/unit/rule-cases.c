/* rule-cases.c - the public cases of the rule language through the real engine.
 *
 * tests/cases/rules-public.json holds records and what each rule, mapping and scoping
 * filter must give for them; its README says how results are compared.  Every
 * difference is a failure, and so is a case listed as not supported that passes. */
#include "build.h"

#include <json-c/json.h>
#include <muster/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "record/record.h"
#include "rules/expr.h"
#include "rules/filter.h"
#include "unit.h"
#include "util/date.h"

/* Not supported yet: must shrink to nothing. */
static const char *const unsupported[] = { NULL };

static struct {
        struct json_object *file;
        struct mst_arena *arena;
        struct mst_record **users;
        size_t count;
        int64_t now;
} all;

/* --- records from JSON --------------------------------------------------------------- */

static void
fill(struct mst_record *record, struct mst_value *value, struct json_object *json)
{
        switch (json_object_get_type(json)) {
        case json_type_null:
                break;
        case json_type_boolean:
                mst_record_bool(record, value, json_object_get_boolean(json));
                break;
        case json_type_int:
                mst_record_int(record, value, json_object_get_int64(json));
                break;
        case json_type_double:
                mst_record_real(record, value, json_object_get_double(json));
                break;
        case json_type_string:
                mst_record_text(record, value, json_object_get_string(json),
                                (size_t)json_object_get_string_len(json));
                break;
        case json_type_array:
                mst_record_list(record, value);
                for (size_t i = 0; i < json_object_array_length(json); i++)
                        fill(record, mst_record_append(record, value), json_object_array_get_idx(json, i));
                break;
        case json_type_object:
                mst_record_object(record, value);
                json_object_object_foreach(json, name, member)
                        fill(record, mst_record_member(record, value, name), member);
                break;
        default:
                ck_abort_msg("unknown JSON type");
        }
}

static void
read_users(void)
{
        struct json_object *users = json_object_object_get(all.file, "users");

        all.count = json_object_array_length(users);
        all.users = mst_arena_alloc(all.arena, all.count * sizeof(struct mst_record *));
        for (size_t i = 0; i < all.count; i++) {
                struct json_object *user = json_object_array_get_idx(users, i);
                const char *id = json_object_get_string(json_object_object_get(user, "id"));

                all.users[i] = mstc_record_new(all.arena, MST_USER, id, strlen(id));
                json_object_object_foreach(user, name, value)
                        if (strcmp(name, "id") != 0)
                                fill(all.users[i], mst_record_put(all.users[i], name), value);
                ck_assert_msg(mst_record_why_bad(all.users[i]) == NULL, "%s: %s", id,
                              mst_record_why_bad(all.users[i]));
        }
}

static void
setup(void)
{
        const char *folder = getenv("top_srcdir");
        char path[4096];
        const char *now;

        snprintf(path, sizeof path, "%s/tests/cases/rules-public.json", folder != NULL ? folder : ".");
        all.file = json_object_from_file(path);
        ck_assert_msg(all.file != NULL, "%s cannot be read", path);
        all.arena = mst_arena_new(0);
        now = json_object_get_string(json_object_object_get(all.file, "now"));
        ck_assert(mstc_date_parse_iso(now, strlen(now), &all.now));
        read_users();
}

static void
teardown(void)
{
        mst_arena_free(all.arena);
        json_object_put(all.file);
}

static const struct mst_record *
user(const char *id)
{
        for (size_t i = 0; i < all.count; i++)
                if (strcmp(mst_record_id(all.users[i]), id) == 0)
                        return all.users[i];
        ck_abort_msg("no user '%s'", id);
        return NULL;
}

/* --- judging ------------------------------------------------------------------------- */

static const char *
field(struct json_object *json, const char *name)
{
        return json_object_get_string(json_object_object_get(json, name));
}

static bool
listed(const char *id)
{
        for (size_t i = 0; unsupported[i] != NULL; i++)
                if (strcmp(unsupported[i], id) == 0)
                        return true;
        return false;
}

/* Counts a case; says what differs. */
static void
judge(const char *id, const char *text, const char *difference, int *wrong)
{
        if (listed(id) && difference == NULL)
                difference = "passes although it is listed as unsupported";
        else if (listed(id))
                return;
        if (difference == NULL)
                return;
        fprintf(stderr, "%s: %s\n    %s\n", id, text, difference);
        ++*wrong;
}

static int
random_bytes(void *self, void *bytes, size_t size)
{
        static uint64_t state = 88172645463325252u;
        unsigned char *into = bytes;

        (void)self;
        for (size_t i = 0; i < size; i++) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                into[i] = (unsigned char)(state >> 24);
        }
        return 0;
}

static bool
taken(void *self, const char *value, size_t length)
{
        struct json_object *list = self;

        for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++)
                if (strncasecmp(json_object_get_string(json_object_array_get_idx(list, i)), value, length + 1) == 0)
                        return true;
        return false;
}

static struct mstc_eval
eval(struct json_object *self)
{
        return (struct mstc_eval){ .now = all.now, .arena = all.arena, .random = random_bytes,
                                   .taken = taken, .self = self };
}

static bool
has(struct json_object *list, const char *id)
{
        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), id) == 0)
                        return true;
        return false;
}

static struct mstc_expr *
compile(enum mstc_mode mode, const char *text, struct mstc_finding **findings)
{
        return mstc_expr_compile(mode, text, strlen(text), NULL, all.arena, findings);
}

/* An error has a place within the text and a reason. */
static const char *
well_told(const struct mstc_finding *finding, const char *text)
{
        for (; finding != NULL; finding = finding->next)
                if (!finding->warning)
                        return finding->offset + finding->length > strlen(text) ? "the place lies outside" :
                               finding->text == NULL || finding->text[0] == '\0' ? "no reason" : NULL;
        return "refused without an error";
}

START_TEST(membership)
{
        struct json_object *cases = json_object_object_get(all.file, "membership");
        int wrong = 0;

        for (size_t i = 0; i < json_object_array_length(cases); i++) {
                struct json_object *one = json_object_array_get_idx(cases, i);
                struct json_object *matches = json_object_object_get(one, "matches");
                const char *text = field(one, "rule"), *difference = NULL;
                struct mstc_finding *findings = NULL;
                struct mstc_expr *expr = compile(MSTC_RULE, text, &findings);
                struct mstc_eval how = eval(NULL);

                if (matches == NULL)
                        difference = expr != NULL ? "should be refused" : well_told(findings, text);
                else if (expr == NULL)
                        difference = findings->text;
                for (size_t u = 0; matches != NULL && expr != NULL && u < all.count; u++)
                        if (mstc_expr_test(expr, all.users[u], &how) != has(matches, mst_record_id(all.users[u])))
                                difference = mst_record_id(all.users[u]);
                judge(field(one, "id"), text, difference, &wrong);
                mstc_expr_free(expr);
        }
        ck_assert_int_eq(wrong, 0);
        ck_assert_uint_eq(json_object_array_length(cases), 122);
}
END_TEST

static bool
same(const struct mst_value *value, struct json_object *want)
{
        size_t length;
        const char *text;

        switch (mst_value_type(value)) {
        case MST_NULL:
                return want == NULL;
        case MST_BOOL:
                return json_object_is_type(want, json_type_boolean) &&
                       json_object_get_boolean(want) == mst_value_bool(value);
        case MST_INT:
                return json_object_is_type(want, json_type_int) && json_object_get_int64(want) == mst_value_int(value);
        case MST_REAL:
                return json_object_is_type(want, json_type_double) &&
                       json_object_get_double(want) == mst_value_real(value);
        case MST_TEXT:
        case MST_REF:
        case MST_DATE:
                text = mstc_value_render(value, all.arena, &length);
                return json_object_is_type(want, json_type_string) &&
                       (size_t)json_object_get_string_len(want) == length && strlen(text) == length &&
                       memcmp(json_object_get_string(want), text, length) == 0;
        case MST_LIST:
                if (!json_object_is_type(want, json_type_array) ||
                    json_object_array_length(want) != mst_value_count(value))
                        return false;
                for (size_t i = 0; i < mst_value_count(value); i++)
                        if (!same(mst_value_at(value, i), json_object_array_get_idx(want, i)))
                                return false;
                return true;
        default:
                return false;
        }
}

static const char *
outcome(struct json_object *one, struct mstc_expr *expr)
{
        struct mstc_eval how = eval(json_object_object_get(one, "taken"));
        struct json_object *want = json_object_object_get(one, "result"), *ignore = NULL;
        bool error = json_object_object_get(one, "error") != NULL;
        struct mst_value value;
        enum mstc_flow flow = mstc_expr_value(expr, user(field(one, "user")), &how, &value);

        if (flow == MSTC_FAILED)
                return error && how.why != NULL ? NULL : how.why != NULL ? how.why : "failed without a reason";
        if (error)
                return "should fail";
        if (json_object_is_type(want, json_type_object))
                ignore = json_object_object_get(want, "$ignore");
        if (ignore != NULL)
                return flow == (strcmp(json_object_get_string(ignore), "object") == 0 ? MSTC_IGNORE_OBJECT :
                                MSTC_IGNORE_ATTRIBUTE) ? NULL : "should be ignored";
        if (flow != MSTC_VALUE)
                return "should have a value";
        return same(&value, want) ? NULL :
               mst_arena_printf(all.arena, "gave '%s'", mstc_value_render(&value, all.arena, NULL));
}

START_TEST(mapping)
{
        struct json_object *cases = json_object_object_get(all.file, "mapping");
        int wrong = 0;

        for (size_t i = 0; i < json_object_array_length(cases); i++) {
                struct json_object *one = json_object_array_get_idx(cases, i);
                const char *text = field(one, "expr"), *difference;
                struct mstc_finding *findings = NULL;
                struct mstc_expr *expr = compile(MSTC_MAPPING, text, &findings);

                if (expr != NULL)
                        difference = outcome(one, expr);
                else
                        difference = json_object_object_get(one, "error") != NULL ? well_told(findings, text) :
                                     findings->text;
                judge(field(one, "id"), text, difference, &wrong);
                mstc_expr_free(expr);
        }
        ck_assert_int_eq(wrong, 0);
        ck_assert_uint_eq(json_object_array_length(cases), 211);
}
END_TEST

/* False with '*why': refused. */
static bool
build(struct mstc_filter *filter, struct json_object *filters, const char **why)
{
        for (size_t i = 0; i < json_object_array_length(filters); i++) {
                struct json_object *clauses = json_object_object_get(json_object_array_get_idx(filters, i), "clauses");

                ck_assert(mstc_filter_begin(filter));
                for (size_t k = 0; k < json_object_array_length(clauses); k++) {
                        struct json_object *clause = json_object_array_get_idx(clauses, k);

                        if (!mstc_filter_clause(filter, field(clause, "attribute"), field(clause, "operator"),
                                                field(clause, "value"), all.arena, why))
                                return false;
                }
        }
        return mstc_filter_check(filter, why);
}

START_TEST(scoping)
{
        struct json_object *cases = json_object_object_get(all.file, "scoping");
        int wrong = 0;

        for (size_t i = 0; i < json_object_array_length(cases); i++) {
                struct json_object *one = json_object_array_get_idx(cases, i);
                struct json_object *matches = json_object_object_get(one, "matches");
                struct mstc_filter *filter = mstc_filter_new();
                const char *why = NULL, *difference = NULL;
                bool good = build(filter, json_object_object_get(one, "filters"), &why);
                struct mstc_eval how = eval(NULL);

                if (good != (matches != NULL))
                        difference = why != NULL ? why : "should be refused";
                for (size_t u = 0; good && matches != NULL && u < all.count; u++)
                        if (mstc_filter_test(filter, all.users[u], &how) != has(matches, mst_record_id(all.users[u])))
                                difference = mst_record_id(all.users[u]);
                judge(field(one, "id"), json_object_to_json_string(one), difference, &wrong);
                mstc_filter_free(filter);
        }
        ck_assert_int_eq(wrong, 0);
        ck_assert_uint_eq(json_object_array_length(cases), 21);
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rule-cases");
        TCase *cases = tcase_create("public");

        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, membership);
        tcase_add_test(cases, mapping);
        tcase_add_test(cases, scoping);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
