/* cases.c - reads a file of cases.
 *
 * The form of the whole file is checked, so that nobody repairs it mistake by mistake; a
 * name that the format does not know is one. */
#include "build.h"

#include "engine/casefile.h"

#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "engine/caseplaces.h"
#include "engine/jsonrecord.h"
#include "record/record.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"
#include "util/near.h"
#include "util/utf8.h"

static const char *const kind_names[MSTC_CASE_KINDS] = { "membership", "mapping", "scoping" };

const char *
mstc_case_kind_name(enum mstc_case_kind kind)
{
        return kind_names[kind];
}

size_t
mstc_cases_count(const struct mstc_cases *cases)
{
        return cases->count;
}

void
mstc_cases_free(struct mstc_cases *cases)
{
        if (cases == NULL)
                return;
        json_object_put(cases->file);
        mstc_buffer_done(&cases->text);
        mst_arena_free(cases->arena);
        mstc_free(cases);
}

/* ---- reading ---- */

struct reading {
        struct mstc_cases *cases;
        struct mstc_report *report;
        const char *path;
        struct mstc_caseplaces *places;      /* made for the first mistake             */
        bool failed;                         /* memory                                 */
};

/* What is complained of: a member of 'owner', the element 'index', or, with neither, the file. */
struct spot { const struct json_object *owner; const char *member; size_t index; };

static struct mstc_place
place_of(struct reading *r, struct spot spot)
{
        if (r->places == NULL)
                r->places = mstc_caseplaces_new(r->path, mstc_buffer_cstr(&r->cases->text), r->cases->text.length, r->cases->file);
        if (r->places == NULL) {
                r->failed = true;
                return (struct mstc_place){ .file = r->path };
        }
        return spot.member != NULL ? mstc_caseplace_member(r->places, spot.owner, spot.member)
                                   : mstc_caseplace_element(r->places, spot.owner, spot.index);
}

static void
complain(struct reading *r, struct spot spot, const char *remedy, const char *format, ...) MST_PRINTF(4, 5);

static void
complain(struct reading *r, struct spot spot, const char *remedy, const char *format, ...)
{
        char text[512];
        va_list ap;

        va_start(ap, format);
        mstc_text_format(text, sizeof text, format, ap);
        va_end(ap);
        mstc_report_error(r->report, place_of(r, spot), remedy, "%s", text);
}

/* "did you mean 'x'?", or else what is said otherwise. */
static const char *
suggest(struct reading *r, const char *name, const char **names, size_t count, const char *otherwise)
{
        const char *near = name != NULL && names != NULL ? mstc_near(name, names, count) : NULL, *text = NULL;

        if (near != NULL)
                text = mst_arena_printf(r->cases->arena, "did you mean \"%s\"?", near);
        return text != NULL ? text : otherwise;
}

struct json_object *
mstc_case_member(struct json_object *json, const char *name)
{
        struct json_object *ret = NULL;

        return json_object_object_get_ex(json, name, &ret) ? ret : NULL;
}

const char *
mstc_case_text(struct json_object *json, const char *name)
{
        struct json_object *member = mstc_case_member(json, name);

        return json_object_is_type(member, json_type_string) ? json_object_get_string(member) : NULL;
}

static bool
has_user(const struct mstc_cases *cases, const char *id)
{
        for (size_t i = 0; i < cases->user_count; i++)
                if (strcmp(mst_record_id(cases->users[i]), id) == 0)
                        return true;
        return false;
}

static void
read_user(struct reading *r, struct json_object *list, size_t index)
{
        struct json_object *one = json_object_array_get_idx(list, index);
        struct spot spot = { .owner = list, .index = index };
        struct mst_error err = { 0 };
        const char *id = json_object_is_type(one, json_type_object) ? mstc_case_text(one, "id") : NULL;
        struct mst_record *user;

        if (!json_object_is_type(one, json_type_object)) {
                complain(r, spot, "write it like {\"id\":\"u1\",\"department\":\"Finance\"}", "user %zu is not an object", index + 1);
                return;
        }
        if (id == NULL || *id == '\0') {
                complain(r, spot, "give it one: a text, such as \"id\":\"u1\"", "user %zu has no \"id\"", index + 1);
                return;
        }
        if (has_user(r->cases, id)) {
                complain(r, spot, "give each an id of its own", "two users have the id '%s'", id);
                return;
        }
        user = mstc_json_to_record(one, id, r->cases->known, r->cases->arena, &err);
        if (user == NULL)
                complain(r, spot, "write its attributes as the source would give them", "user '%s': %s", id, err.text);
        else
                r->cases->users[r->cases->user_count++] = user;
}

static void
read_users(struct reading *r)
{
        struct json_object *list = mstc_case_member(r->cases->file, "users");
        size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

        if (count == 0)
                complain(r, (struct spot){ .owner = r->cases->file, .member = "users" },
                         "\"users\": [{\"id\":\"u1\",\"department\":\"Finance\"}]", "\"users\" is missing or empty");
        r->cases->users = mst_arena_alloc(r->cases->arena, (count + 1) * sizeof *r->cases->users);
        r->failed |= r->cases->users == NULL;
        for (size_t i = 0; i < count && !r->failed; i++)
                read_user(r, list, i);
}

static void
no_user(struct reading *r, struct spot spot, const char *name, const char *id)
{
        const char **ids = mst_arena_alloc(r->cases->arena, (r->cases->user_count + 1) * sizeof *ids);

        for (size_t i = 0; ids != NULL && i < r->cases->user_count; i++)
                ids[i] = mst_record_id(r->cases->users[i]);
        complain(r, spot, suggest(r, id, ids, r->cases->user_count, "name ids that stand under \"users\""),
                 "%s: there is no user '%s'", name, id != NULL ? id : "?");
}

/* Ids in a list of a case: strings, of users that are there. */
static void
check_ids(struct reading *r, const char *name, struct json_object *one)
{
        struct json_object *list = mstc_case_member(one, "matches");

        if (!json_object_is_type(list, json_type_array)) {
                complain(r, (struct spot){ .owner = one, .member = "matches" }, "write it like \"matches\": [\"u1\"], for nobody []",
                         "%s: \"matches\" is not a list of ids", name);
                return;
        }
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *element = json_object_array_get_idx(list, i);
                const char *id = json_object_is_type(element, json_type_string) ? json_object_get_string(element) : NULL;

                if (id == NULL || !has_user(r->cases, id))
                        no_user(r, (struct spot){ .owner = list, .index = i }, name, id);
        }
}

const struct mstc_rule_group *
mstc_case_group(const struct mstc_sync *sync, const char *name)
{
        for (size_t i = 0; sync != NULL && i < sync->group_count; i++)
                if (strcmp(sync->groups[i].name, name) == 0)
                        return &sync->groups[i];
        return NULL;
}

static void
check_group(struct reading *r, const char *name, struct json_object *one, struct spot spot)
{
        const char *group = mstc_case_text(one, "group"), **names;
        const struct mstc_sync *sync = r->cases->sync;

        if ((group != NULL) == (mstc_case_text(one, "rule") != NULL))
                complain(r, spot, "\"rule\": \"user.department -eq \\\"Finance\\\"\", or \"group\" with the name of one",
                         "%s: needs either \"rule\" or \"group\", as text", name);
        if (group == NULL)
                return;
        spot = (struct spot){ .owner = one, .member = "group" };
        if (sync == NULL)
                complain(r, spot, "say muster test --sync NAME", "%s: \"group\" needs a configuration", name);
        else if (mstc_case_group(sync, group) == NULL) {
                names = mst_arena_alloc(r->cases->arena, (sync->group_count + 1) * sizeof *names);
                for (size_t i = 0; names != NULL && i < sync->group_count; i++)
                        names[i] = sync->groups[i].name;
                complain(r, spot, suggest(r, group, names, sync->group_count, "name a <group> of the sync"),
                         "%s: the sync '%s' has no group '%s'", name, sync->name, group);
        }
}

/* What the case is about; 'spot' is the whole case. */
static void
check_subject(struct reading *r, const char *name, struct json_object *one, enum mstc_case_kind kind, struct spot spot)
{
        const char *user = mstc_case_text(one, "user");
        struct spot at = { .owner = one };

        switch (kind) {
        case MSTC_CASE_MEMBERSHIP:
                check_group(r, name, one, spot);
                break;
        case MSTC_CASE_MAPPING:
                if (mstc_case_text(one, "expr") == NULL)
                        complain(r, spot, "\"expr\": \"ToUpper([surname])\"", "%s: \"expr\" is missing, or no text", name);
                at.member = "user";
                if (mstc_case_member(one, "user") == NULL)
                        complain(r, spot, "\"user\": \"u1\"", "%s: \"user\" is missing", name);
                else if (user == NULL || !has_user(r->cases, user))
                        no_user(r, at, name, user);
                at.member = "taken";
                if (mstc_case_member(one, "taken") != NULL && !json_object_is_type(mstc_case_member(one, "taken"), json_type_array))
                        complain(r, at, "write it like \"taken\": [\"ab\"]", "%s: \"taken\" is not a list", name);
                break;
        case MSTC_CASE_SCOPING:
                at.member = "filters";
                if (!json_object_is_type(mstc_case_member(one, "filters"), json_type_array))
                        complain(r, mstc_case_member(one, "filters") != NULL ? at : spot,
                                 "\"filters\": [{\"clauses\":[{\"attribute\":\"mail\",\"operator\":\"IS NOT NULL\"}]}]",
                                 "%s: \"filters\" is missing, or not a list", name);
                break;
        }
}

static const char *const members_of[MSTC_CASE_KINDS][10] = {
        { "id", "rule", "group", "matches", "error", "decision", "note", NULL },
        { "id", "expr", "user", "result", "error", "taken", "decision", "note", NULL },
        { "id", "filters", "matches", "error", "decision", "note", NULL },
};

static void
check_members(struct reading *r, const char *name, struct json_object *one, const char *const *known)
{
        const char *names[16];
        MSTC_CLEANUP(mstc_buffer_done) struct mstc_buffer all = { 0 };
        size_t count = 0;

        for (; known[count] != NULL && count < 16; count++) {
                names[count] = known[count];
                mstc_buffer_printf(&all, "%s%s", count == 0 ? "known here are " : ", ", known[count]);
        }
        json_object_object_foreach(one, key, value) {
                bool is = false;

                (void)value;
                for (size_t i = 0; i < count; i++)
                        is |= strcmp(known[i], key) == 0;
                if (!is)
                        complain(r, (struct spot){ .owner = one, .member = key },
                                 suggest(r, key, names, count, mstc_buffer_cstr(&all)), "%s: what is \"%s\"?", name, key);
        }
}

const char *
mstc_case_name(struct mstc_cases *cases, size_t index)
{
        const char *id = mstc_case_text(cases->items[index], "id");
        size_t first = index;

        if (id != NULL)
                return id;
        while (first > 0 && cases->kinds[first - 1] == cases->kinds[index])
                first--;
        return mst_arena_printf(cases->arena, "%s %zu", kind_names[cases->kinds[index]], index - first + 1);
}

static void
check_case(struct reading *r, size_t index, struct spot spot)
{
        struct json_object *one = r->cases->items[index], *error;
        enum mstc_case_kind kind = r->cases->kinds[index];
        const char *name, *outcome = kind == MSTC_CASE_MAPPING ? "result" : "matches";
        bool refused;

        if (!json_object_is_type(one, json_type_object)) {
                complain(r, spot, "cases are written in braces: { ... }", "%s %zu is not an object", kind_names[kind], spot.index + 1);
                return;
        }
        name = mstc_case_name(r->cases, index);
        if (name == NULL) {
                r->failed = true;
                return;
        }
        error = mstc_case_member(one, "error");
        refused = json_object_get_boolean(error);
        check_members(r, name, one, members_of[kind]);
        check_subject(r, name, one, kind, spot);
        if (error != NULL && !json_object_is_type(error, json_type_boolean))
                complain(r, (struct spot){ .owner = one, .member = "error" }, "write \"error\": true, or leave it out",
                         "%s: \"error\" is neither true nor false", name);
        else if (json_object_object_get_ex(one, outcome, NULL) == refused)
                complain(r, spot, "say what must come out, or that the text must be refused",
                         "%s: needs either \"%s\" or \"error\": true", name, outcome);
        else if (!refused && kind != MSTC_CASE_MAPPING)
                check_ids(r, name, one);
}

static void
check_cases(struct reading *r)
{
        const struct json_object *lists[MSTC_CASE_KINDS];
        size_t nth = 0;

        for (int k = 0; k < MSTC_CASE_KINDS; k++)
                lists[k] = mstc_case_member(r->cases->file, kind_names[k]);
        for (size_t i = 0; i < r->cases->count && !r->failed; i++) {
                nth = i > 0 && r->cases->kinds[i] == r->cases->kinds[i - 1] ? nth + 1 : 0;
                check_case(r, i, (struct spot){ .owner = lists[r->cases->kinds[i]], .index = nth });
        }
}

static void
read_cases(struct reading *r)
{
        struct mstc_cases *cases = r->cases;
        bool broken = false;
        size_t count = 0;

        for (int k = 0; k < MSTC_CASE_KINDS; k++) {
                struct json_object *list = mstc_case_member(cases->file, kind_names[k]);

                if (list != NULL && !json_object_is_type(list, json_type_array)) {
                        complain(r, (struct spot){ .owner = cases->file, .member = kind_names[k] },
                                 "cases stand in brackets: [ {...}, {...} ]", "\"%s\" is not a list of cases", kind_names[k]);
                        broken = true;
                } else if (list != NULL)
                        count += json_object_array_length(list);
        }
        if (count == 0 && !broken)
                complain(r, (struct spot){ .owner = cases->file, .member = "membership" },
                         "\"membership\": [{\"id\":\"m1\",\"rule\":\"user.department -eq \\\"Finance\\\"\","
                         "\"matches\":[\"u1\"]}]", "there is no case in it");
        cases->items = mst_arena_alloc(cases->arena, (count + 1) * sizeof *cases->items);
        cases->kinds = mst_arena_alloc(cases->arena, (count + 1) * sizeof *cases->kinds);
        r->failed |= cases->items == NULL || cases->kinds == NULL;
        for (int k = 0; k < MSTC_CASE_KINDS && !r->failed; k++) {
                struct json_object *list = mstc_case_member(cases->file, kind_names[k]);

                for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
                        cases->kinds[cases->count] = (enum mstc_case_kind)k;
                        cases->items[cases->count++] = json_object_array_get_idx(list, i);
                }
        }
        check_cases(r);
}

static void
read_head(struct reading *r)
{
        static const char *const known[] = { "format", "set", "now", "users", "membership", "mapping", "scoping", NULL };
        const char *now = mstc_case_text(r->cases->file, "now");
        struct json_object *format = mstc_case_member(r->cases->file, "format");

        check_members(r, "the file", r->cases->file, known);
        if (format != NULL && json_object_get_int(format) != 1)
                complain(r, (struct spot){ .owner = r->cases->file, .member = "format" }, "this version reads format 1",
                         "\"format\" is %s", json_object_get_string(format));
        r->cases->now = mstc_clock_now();
        if (mstc_case_member(r->cases->file, "now") != NULL &&
            (now == NULL || !mstc_date_parse_iso(now, strlen(now), &r->cases->now)))
                complain(r, (struct spot){ .owner = r->cases->file, .member = "now" }, "write it like \"2026-01-15T09:30:00Z\"",
                         "\"now\" is not an instant");
}

/* False: it cannot be read at all, which has been told. */
static bool
read_file(struct reading *r)
{
        struct mstc_cases *cases = r->cases;
        struct mst_error err = { 0 };
        struct mstc_place place = { .file = r->path };

        if (mstc_json_load(r->path, &cases->text, &err) != MST_OK) {
                mstc_report_error(r->report, (struct mstc_place){ 0 }, NULL, "%s", err.text);
                return false;
        }
        cases->file = mstc_json_parse_at(mstc_buffer_cstr(&cases->text), cases->text.length, &place.line, &place.column, &err);
        if (err.code != MST_OK)
                mstc_report_error(r->report, place, "mend it there: what follows cannot be read before", "this is not JSON: %s", err.text);
        else if (!json_object_is_type(cases->file, json_type_object)) {
                place.line = place.column = 1;
                mstc_report_error(r->report, place, "muster-rules(7) tells the format", "not a file of cases: it is not an object");
                return false;
        }
        return err.code == MST_OK;
}

struct mstc_cases *
mstc_cases_read(const char *path, const struct mstc_sync *sync, struct mstc_report *report)
{
        struct mstc_cases *cases = mstc_alloc(sizeof *cases);
        struct reading r = { .cases = cases, .report = report, .path = path };

        if (cases == NULL || (cases->arena = mst_arena_new(0)) == NULL) {
                mstc_report_error(report, (struct mstc_place){ .file = path }, NULL, "out of memory");
                mstc_cases_free(cases);
                return NULL;
        }
        cases->sync = sync;
        if (sync != NULL && !mstc_setup_schema(sync->source->promised, cases->arena, &cases->schema))
                r.failed = true;
        cases->known = sync != NULL ? &cases->schema : NULL;
        if (!r.failed && read_file(&r)) {
                read_head(&r);
                read_users(&r);
                read_cases(&r);
        }
        mstc_caseplaces_free(r.places);
        mstc_buffer_done(&cases->text);
        if (r.failed)
                mstc_report_error(report, (struct mstc_place){ .file = path }, NULL, "out of memory");
        if (mstc_report_errors(report) == 0)
                return cases;
        mstc_cases_free(cases);
        return NULL;
}
