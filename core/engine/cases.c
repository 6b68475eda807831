/* cases.c - reads a file of cases.
 *
 * The form of the whole file is checked, so that nobody repairs it mistake by mistake; a
 * name that the format does not know is one. */
#include "build.h"

#include "engine/casefile.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "engine/jsonrecord.h"
#include "record/record.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/date.h"
#include "util/near.h"

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
        mst_arena_free(cases->arena);
        mstc_free(cases);
}

/* ---- reading ---- */

struct reading {
        struct mstc_cases *cases;
        struct mstc_report *report;
        const char *path;
        bool failed;                         /* memory                                 */
};

static void
complain(struct reading *r, const char *remedy, const char *format, ...) MST_PRINTF(3, 4);

static void
complain(struct reading *r, const char *remedy, const char *format, ...)
{
        char text[512];
        va_list ap;

        va_start(ap, format);
        if (vsnprintf(text, sizeof text, format, ap) < 0)
                text[0] = '\0';
        va_end(ap);
        mstc_report_error(r->report, (struct mstc_place){ .file = r->path }, remedy, "%s", text);
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
read_users(struct reading *r)
{
        struct json_object *list = mstc_case_member(r->cases->file, "users");
        size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

        if (count == 0)
                complain(r, "\"users\": [{\"id\":\"u1\",\"department\":\"Finance\"}]", "\"users\" is missing or empty");
        r->cases->users = mst_arena_alloc(r->cases->arena, (count + 1) * sizeof *r->cases->users);
        r->failed |= r->cases->users == NULL;
        for (size_t i = 0; i < count && !r->failed; i++) {
                struct json_object *one = json_object_array_get_idx(list, i);
                struct mst_error err = { 0 };
                const char *id = json_object_is_type(one, json_type_object) ? mstc_case_text(one, "id") : NULL;
                struct mst_record *user;

                if (id == NULL || *id == '\0') {
                        complain(r, "give each an \"id\"", "user %zu has no \"id\"", i + 1);
                        continue;
                }
                if (has_user(r->cases, id)) {
                        complain(r, NULL, "two users have the id '%s'", id);
                        continue;
                }
                user = mstc_json_to_record(one, id, r->cases->known, r->cases->arena, &err);
                if (user == NULL)
                        complain(r, NULL, "user '%s': %s", id, err.text);
                else
                        r->cases->users[r->cases->user_count++] = user;
        }
}

/* Ids in a list of a case: strings, of users that are there. */
static void
check_ids(struct reading *r, const char *name, struct json_object *list)
{
        if (!json_object_is_type(list, json_type_array)) {
                complain(r, NULL, "%s: \"matches\" is not a list of ids", name);
                return;
        }
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *one = json_object_array_get_idx(list, i);
                const char *id = json_object_is_type(one, json_type_string) ? json_object_get_string(one) : NULL;

                if (id == NULL || !has_user(r->cases, id))
                        complain(r, NULL, "%s: there is no user '%s'", name, id != NULL ? id : "?");
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
check_subject(struct reading *r, const char *name, struct json_object *one, enum mstc_case_kind kind)
{
        const char *group = mstc_case_text(one, "group");

        switch (kind) {
        case MSTC_CASE_MEMBERSHIP:
                if (group != NULL && r->cases->sync == NULL)
                        complain(r, "say muster test --sync NAME", "%s: \"group\" needs a configuration", name);
                else if (group != NULL && mstc_case_group(r->cases->sync, group) == NULL)
                        complain(r, NULL, "%s: the sync '%s' has no group '%s'", name, r->cases->sync->name, group);
                if ((group != NULL) == (mstc_case_text(one, "rule") != NULL))
                        complain(r, NULL, "%s: needs either \"rule\" or \"group\"", name);
                break;
        case MSTC_CASE_MAPPING:
                if (mstc_case_text(one, "expr") == NULL)
                        complain(r, NULL, "%s: \"expr\" is missing", name);
                if (mstc_case_text(one, "user") == NULL || !has_user(r->cases, mstc_case_text(one, "user")))
                        complain(r, NULL, "%s: \"user\" is not the id of one of the users", name);
                break;
        case MSTC_CASE_SCOPING:
                if (!json_object_is_type(mstc_case_member(one, "filters"), json_type_array))
                        complain(r, NULL, "%s: \"filters\" is not a list", name);
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
        size_t count = 0;

        while (known[count] != NULL)
                count++;
        json_object_object_foreach(one, key, value) {
                bool is = false;
                const char *near = mstc_near(key, known, count);

                (void)value;
                for (size_t i = 0; i < count; i++)
                        is |= strcmp(known[i], key) == 0;
                if (!is)
                        complain(r, near != NULL ? mst_arena_printf(r->cases->arena, "did you mean \"%s\"?", near) : NULL,
                                 "%s: what is \"%s\"?", name, key);
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
check_case(struct reading *r, size_t index)
{
        struct json_object *one = r->cases->items[index];
        enum mstc_case_kind kind = r->cases->kinds[index];
        bool error = json_object_get_boolean(mstc_case_member(one, "error"));
        const char *name, *outcome = kind == MSTC_CASE_MAPPING ? "result" : "matches";

        if (!json_object_is_type(one, json_type_object)) {
                complain(r, NULL, "a case under \"%s\" is not an object", kind_names[kind]);
                return;
        }
        name = mstc_case_name(r->cases, index);
        if (name == NULL) {
                r->failed = true;
                return;
        }
        check_members(r, name, one, members_of[kind]);
        check_subject(r, name, one, kind);
        if (json_object_object_get_ex(one, outcome, NULL) == error)
                complain(r, NULL, "%s: needs either \"%s\" or \"error\": true", name, outcome);
        else if (!error && kind != MSTC_CASE_MAPPING)
                check_ids(r, name, mstc_case_member(one, "matches"));
}

static void
read_cases(struct reading *r)
{
        struct mstc_cases *cases = r->cases;
        size_t count = 0;

        for (int k = 0; k < MSTC_CASE_KINDS; k++) {
                struct json_object *list = mstc_case_member(cases->file, kind_names[k]);

                if (list != NULL && !json_object_is_type(list, json_type_array))
                        complain(r, NULL, "\"%s\" is not a list of cases", kind_names[k]);
                else if (list != NULL)
                        count += json_object_array_length(list);
        }
        if (count == 0)
                complain(r, "\"membership\": [{\"id\":\"m1\",\"rule\":\"user.department -eq \\\"Finance\\\"\","
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
        for (size_t i = 0; i < cases->count && !r->failed; i++)
                check_case(r, i);
}

static void
read_head(struct reading *r)
{
        static const char *const known[] = { "format", "set", "now", "users", "membership", "mapping", "scoping", NULL };
        const char *now = mstc_case_text(r->cases->file, "now");
        struct json_object *format = mstc_case_member(r->cases->file, "format");

        check_members(r, "the file", r->cases->file, known);
        if (format != NULL && json_object_get_int(format) != 1)
                complain(r, "this version reads format 1", "\"format\" is %s", json_object_get_string(format));
        r->cases->now = mstc_clock_now();
        if (mstc_case_member(r->cases->file, "now") != NULL &&
            (now == NULL || !mstc_date_parse_iso(now, strlen(now), &r->cases->now)))
                complain(r, "write it like \"2026-01-15T09:30:00Z\"", "\"now\" is not an instant");
}

struct mstc_cases *
mstc_cases_read(const char *path, const struct mstc_sync *sync, struct mstc_report *report)
{
        struct mstc_cases *cases = mstc_alloc(sizeof *cases);
        struct reading r = { .cases = cases, .report = report, .path = path };
        struct mst_error err = { 0 };

        if (cases == NULL || (cases->arena = mst_arena_new(0)) == NULL) {
                complain(&r, NULL, "out of memory");
                mstc_cases_free(cases);
                return NULL;
        }
        cases->sync = sync;
        if (sync != NULL && !mstc_setup_schema(sync->source->promised, cases->arena, &cases->schema))
                r.failed = true;
        cases->known = sync != NULL ? &cases->schema : NULL;
        cases->file = mstc_json_read(path, &err);
        if (err.code != MST_OK)
                complain(&r, NULL, "%s", err.text);
        else if (!json_object_is_type(cases->file, json_type_object))
                complain(&r, "tests/cases/README.md and muster-rules(7) tell the format", "not a file of cases");
        else {
                read_head(&r);
                read_users(&r);
                read_cases(&r);
        }
        if (r.failed)
                complain(&r, NULL, "out of memory");
        if (mstc_report_errors(report) == 0)
                return cases;
        mstc_cases_free(cases);
        return NULL;
}
