/* rule-cases.c - files of cases: those of tests/cases through the real engine, and what is
 * said of files and cases that are not right.
 *
 * They hold people and what each rule, mapping and scoping filter must give for them; the
 * README there says how results are compared: rules-public.json came with the specification,
 * rules-decisions.json holds each of its decisions from more sides.  That the comparing itself
 * sees a difference is tested with cases that expect something else. */
#include "build.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/cases.h"
#include "engine/jsonrecord.h"
#include "unit.h"

static char folder[] = "/tmp/muster-cases-XXXXXX";
static char file[64];
static struct mstc_report *report;

static void
setup(void)
{
        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(file, sizeof file, "%s/cases.json", folder);
        report = mstc_report_new();
        ck_assert_ptr_nonnull(report);
}

static void
teardown(void)
{
        mstc_report_free(report);
        unlink(file);
        rmdir(folder);
        strcpy(folder + strlen(folder) - 6, "XXXXXX");
}

static const struct { const char *name; size_t of[MSTC_CASE_KINDS]; } files[] = {
        { "rules-public.json", { 122, 211, 21 } },
        { "rules-decisions.json", { 436, 655, 65 } },
};

static const char *
case_file(const char *name)
{
        static char path[4096];
        const char *top = getenv("top_srcdir");

        snprintf(path, sizeof path, "%s/tests/cases/%s", top != NULL ? top : ".", name);
        return path;
}

static void
write_file(const char *text)
{
        FILE *to = fopen(file, "w");

        ck_assert_ptr_nonnull(to);
        ck_assert_int_ge(fputs(text, to), 0);
        ck_assert_int_eq(fclose(to), 0);
}

START_TEST(as_expected)
{
        const char *path = case_file(files[_i].name);
        struct mstc_cases *cases = mstc_cases_read(path, NULL, report);
        size_t wrong = 0, of[MSTC_CASE_KINDS] = { 0 };

        ck_assert_msg(cases != NULL, "%s cannot be read", path);
        for (size_t i = 0; i < mstc_cases_count(cases); i++) {
                struct mstc_case one;

                ck_assert(mstc_cases_run(cases, i, &one));
                of[one.kind]++;
                if (one.passed)
                        continue;
                fprintf(stderr, "%s: %s\n    expected %s, got %s\n", one.id, one.text, one.expected, one.got);
                wrong++;
        }
        ck_assert_uint_eq(wrong, 0);
        for (size_t k = 0; k < MSTC_CASE_KINDS; k++)
                ck_assert_uint_eq(of[k], files[_i].of[k]);
        mstc_cases_free(cases);
}
END_TEST

/* What is refused is refused with a place within the text and a reason. */
START_TEST(refusals)
{
        static const struct { const char *list, *text; enum mstc_mode mode; } kinds[] = {
                { "membership", "rule", MSTC_RULE }, { "mapping", "expr", MSTC_MAPPING },
        };
        struct mst_error err = { 0 };
        struct json_object *json = mstc_json_read(case_file(files[_i].name), &err);
        struct mst_arena *arena = mst_arena_new(0);
        size_t refused = 0;

        ck_assert_int_eq(err.code, MST_OK);
        for (size_t k = 0; k < 2; k++) {
                struct json_object *list = json_object_object_get(json, kinds[k].list);

                for (size_t i = 0; i < json_object_array_length(list); i++) {
                        struct json_object *one = json_object_array_get_idx(list, i);
                        const char *text = json_object_get_string(json_object_object_get(one, kinds[k].text));
                        struct mstc_finding *finding = NULL;
                        struct mstc_expr *expr = mstc_expr_compile(kinds[k].mode, text, strlen(text), NULL, arena,
                                                                   &finding);

                        while (finding != NULL && finding->warning)
                                finding = finding->next;
                        if (expr == NULL) {
                                refused++;
                                ck_assert_msg(finding != NULL && finding->text[0] != '\0', "%s: no reason", text);
                                ck_assert_msg(finding->offset + finding->length <= strlen(text), "%s: the place lies "
                                              "outside", text);
                        }
                        mstc_expr_free(expr);
                }
        }
        ck_assert_uint_gt(refused, 20);
        json_object_put(json);
        mst_arena_free(arena);
}
END_TEST

/* One case each, with people a (Finance) and b (HR). */
static const struct { const char *list, *one, *expected, *got; } differences[] = {
        { "membership", "'rule':'user.department -eq \\'Finance\\'','matches':['a']", NULL, NULL },
        { "membership", "'rule':'user.department -eq \\'Finance\\'','matches':[]", "nobody else", "also in: a" },
        { "membership", "'rule':'user.department -eq \\'Finance\\'','matches':['a','b']", "in: b", "not in" },
        { "membership", "'rule':'user.department -eq \\'HR\\'','matches':['a']", "in: a", "not in; also in: b" },
        { "membership", "'rule':'user.department -eq \\'HR\\'','error':true", "an error", "it compiles" },
        { "membership", "'rule':'user.department -eq','matches':['a']", "no error", "refused: line 1, column 20:" },
        { "membership", "'rule':'user.department -eq','error':true", NULL, NULL },
        { "mapping", "'expr':'[department]','user':'a','result':'Finance'", NULL, NULL },
        { "mapping", "'expr':'[department]','user':'a','result':'finance'", "\"finance\"", "Finance (text)" },
        { "mapping", "'expr':'[level]','user':'a','result':7", NULL, NULL },
        { "mapping", "'expr':'[level]','user':'a','result':'7'", "\"7\"", "7 (integer)" },
        { "mapping", "'expr':'[level]','user':'a','result':7.5", "7.5", "7 (integer)" },
        { "mapping", "'expr':'[none]','user':'a','result':null", NULL, NULL },
        { "mapping", "'expr':'[none]','user':'a','result':''", "\"\"", "(null)" },
        { "mapping", "'expr':'[list]','user':'a','result':['x','y']", NULL, NULL },
        { "mapping", "'expr':'[list]','user':'a','result':['y','x']", "[\"y\",\"x\"]", "x; y (list)" },
        { "mapping", "'expr':'[list]','user':'a','result':['x']", "[\"x\"]", "x; y (list)" },
        { "mapping", "'expr':'IgnoreFlowIfNullOrEmpty([none])','user':'a','result':{'$ignore':'attribute'}", NULL, NULL },
        { "mapping", "'expr':'IgnoreFlowIfNullOrEmpty([none])','user':'a','result':{'$ignore':'object'}",
          "{\"$ignore\":\"object\"}", "{\"$ignore\":\"attribute\"}" },
        { "mapping", "'expr':'[department]','user':'a','result':{'$ignore':'object'}", "{\"$ignore\":\"object\"}",
          "Finance (text)" },
        { "mapping", "'expr':'Error(\\'no\\')','user':'a','result':'no'", "\"no\"", "an error: " },
        { "mapping", "'expr':'Error(\\'no\\')','user':'a','error':true", NULL, NULL },
        { "mapping", "'expr':'[department]','user':'a','error':true", "an error", "Finance (text)" },
        { "mapping", "'expr':'[department','user':'a','result':'x'", "no error", "refused: line 1, column 1:" },
        { "mapping", "'expr':'SelectUniqueValue([department],\\'z\\')','user':'a','taken':['finance'],'result':'z'", NULL,
          NULL },
        { "scoping", "'filters':[{'clauses':[{'attribute':'department','operator':'EQUALS','value':'HR'}]}],"
          "'matches':['b']", NULL, NULL },
        { "scoping", "'filters':[],'matches':['a']", "nobody else", "also in: b" },
        { "scoping", "'filters':[{'clauses':[{'attribute':'department','operator':'LIKE','value':'HR'}]}],"
          "'matches':['b']", "no error", "" },
        { "scoping", "'filters':[{'clauses':[]}],'matches':['b']", "no error", "" },
        { "scoping", "'filters':[{'clauses':[{'attribute':'department'}]}],'error':true", NULL, NULL },
};

/* ' in the tables is " in the file. */
static void
write_case(const char *list, const char *one)
{
        char text[2048];
        int length = snprintf(text, sizeof text, "{'users':[{'id':'a','department':'Finance','level':7,'list':['x','y']},"
                              "{'id':'b','department':'HR'}],'%s':[{'id':'one',%s}]}", list, one);

        ck_assert_int_lt(length, (int)sizeof text);
        for (char *at = text; *at != '\0'; at++)
                if (*at == '\'')
                        *at = '"';
        write_file(text);
}

START_TEST(difference)
{
        struct mstc_cases *cases;
        struct mstc_case one;

        write_case(differences[_i].list, differences[_i].one);
        cases = mstc_cases_read(file, NULL, report);
        ck_assert_msg(cases != NULL, "%s", mstc_report_count(report) > 0 ? mstc_report_at(report, 0)->text : "?");
        ck_assert_uint_eq(mstc_cases_count(cases), 1);
        ck_assert(mstc_cases_run(cases, 0, &one));
        ck_assert_str_eq(one.id, "one");
        ck_assert_int_eq(one.passed, differences[_i].expected == NULL);
        if (!one.passed) {
                ck_assert_str_eq(one.expected, differences[_i].expected);
                ck_assert_msg(strstr(one.got, differences[_i].got) != NULL, "'%s' has no '%s'", one.got,
                              differences[_i].got);
        }
        mstc_cases_free(cases);
}
END_TEST

static const struct { const char *text; const char *says[3]; size_t errors; } mistakes[] = {
        { "", { "1:1: this is not JSON" }, 1 },
        { "{", { "1:2: this is not JSON: unexpected end" }, 1 },
        { "{}\n{}", { "2:1: this" }, 1 },
        { "{'users':[{'id':'a'}],\n 'membership':[{'rule':'x','matches':[]}\n}", { "3:1: " }, 1 },
        { "[]", { "1:1: not a file of cases" }, 1 },
        { "null", { "not a file of cases" }, 1 },
        { "{}", { "\"users\" is missing", "there is no case" }, 2 },
        { "{'format':2,'users':[{'id':'a'}],'mapping':[{'expr':'[a]','user':'a','result':1}]}", { "\"format\" is 2" }, 1 },
        { "{'now':'yesterday','users':[{'id':'a'}],'mapping':[{'expr':'[a]','user':'a','result':1}]}", { "\"now\"" }, 1 },
        { "{'users':[{'id':'a'},{'id':'a'},{},7],'mapping':[{'expr':'[a]','user':'a','result':1}]}",
          { "two users have the id 'a'", "1:33: user 3 has no", "1:36: user 4 is not an object" }, 3 },
        { "{'users':[{'id':'a'}],'mapping':[{},7]}",
          { "mapping 1: \"expr\" is missing", "1:34: mapping 1: \"user\" is missing", "1:37: mapping 2 is not an object" }, 4 },
        { "{'users':[{'id':'a'}],'mapping':[{'expr':'[a]','user':'b','result':1}]}", { "1:48: mapping 1: there is no user 'b'" }, 1 },
        { "{'users':[{'id':'a'}],'mapping':[{'expr':'[a]','user':'a','result':1,'error':true}]}",
          { "needs either \"result\" or \"error\"" }, 1 },
        { "{'users':[{'id':'a'}],'membership':[{'rule':'x','group':'y','matches':[]}]}",
          { "either \"rule\" or \"group\"", "\"group\" needs a configuration" }, 2 },
        { "{'users':[{'id':'a'}],'membership':[{'id':'m','rule':'x','matches':['b',7]}]}",
          { "m: there is no user 'b'", "m: there is no user '?'" }, 2 },
        { "{'users':[{'id':'a'}],'membership':[{'rule':'x','matches':'a'}]}", { "not a list of ids" }, 1 },
        { "{'users':[{'id':'a'}],'membership':[{'rule':'x','matchs':['a'],'matches':['a']}]}", { "what is \"matchs\"?" }, 1 },
        { "{'users':[{'id':'a'}],'membership':{}}", { "1:23: \"membership\" is not a list" }, 1 },
        { "{'users':[{'id':'a'}],'scoping':[{'filters':{},'matches':[]}]}", { "\"filters\" is missing, or not a list" }, 1 },
};

START_TEST(mistake)
{
        char text[1024];

        snprintf(text, sizeof text, "%s", mistakes[_i].text);
        for (char *at = text; *at != '\0'; at++)
                if (*at == '\'')
                        *at = '"';
        write_file(text);
        ck_assert_ptr_null(mstc_cases_read(file, NULL, report));
        for (size_t s = 0; s < 3 && mistakes[_i].says[s] != NULL; s++) {
                bool said = false;

                for (size_t i = 0; i < mstc_report_count(report); i++) {
                        const struct mstc_complaint *c = mstc_report_at(report, i);
                        char told[1024];

                        snprintf(told, sizeof told, "%u:%u: %s", c->place.line, c->place.column, c->text);
                        said |= strstr(told, mistakes[_i].says[s]) != NULL;
                        ck_assert_msg(c->place.line > 0 && c->place.column > 0 && c->remedy != NULL, "%s", told);
                }
                ck_assert_msg(said, "nobody says '%s' but: %s", mistakes[_i].says[s], mstc_report_at(report, 0)->text);
        }
        ck_assert_uint_eq(mstc_report_errors(report), mistakes[_i].errors);
}
END_TEST

START_TEST(no_file)
{
        ck_assert_ptr_null(mstc_cases_read(file, NULL, report));
        ck_assert_ptr_nonnull(strstr(mstc_report_at(report, 0)->text, "cannot be opened"));
}
END_TEST

static Suite *
suite(void)
{
        Suite *suite = suite_create("rule-cases");
        TCase *cases = tcase_create("files");

        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_loop_test(cases, as_expected, 0, sizeof files / sizeof *files);
        tcase_add_loop_test(cases, refusals, 0, sizeof files / sizeof *files);
        tcase_add_loop_test(cases, difference, 0, sizeof differences / sizeof *differences);
        tcase_add_loop_test(cases, mistake, 0, sizeof mistakes / sizeof *mistakes);
        tcase_add_test(cases, no_file);
        suite_add_tcase(suite, cases);
        return suite;
}

UNIT_MAIN(suite)
