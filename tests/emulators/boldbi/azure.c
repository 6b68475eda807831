/* azure.c - Bold BI's own synchronization with Azure AD: settings and schedule (6.3), the
 * import of groups (G9), and the activity log (6.4).
 *
 * Which groups and people the Azure AD has, the control door says. */
#include "emulator.h"

#include <stdlib.h>
#include <strings.h>

/* ---- settings ---- */

static void
settings(struct emulator *e, struct exchange *x)
{
        struct json_object *ask = x->own->body;
        bool get = is_verb(x, "GET") && x->own->version == 5, put = is_verb(x, "PUT");

        if (!x->own->allowed)
                return;
        if (get) {                      /* the secret is never returned [D] */
                x->status = 200;
                x->type = type_json;
                text_lit(&x->reply, "{\"TenantId\":");
                text_json(&x->reply, e->azure.tenant != NULL ? e->azure.tenant : "");
                text_lit(&x->reply, ",\"ClientId\":");
                text_json(&x->reply, e->azure.client != NULL ? e->azure.client : "");
                text_fmt(&x->reply, ",\"EnableGroupUserImport\":%s}", e->azure.groups ? "true" : "false");
        } else if (put && (text_of(ask, "TenantId") == NULL || text_of(ask, "ClientId") == NULL ||
                           text_of(ask, "ClientSecret") == NULL)) {
                reply_refuse(x, 412, "The Azure Active Directory connection is invalid.");
        } else if (put) {
                set_text(&e->azure.tenant, text_of(ask, "TenantId"));
                set_text(&e->azure.client, text_of(ask, "ClientId"));
                set_text(&e->azure.secret, text_of(ask, "ClientSecret"));
                e->azure.groups = member_of(ask, "EnableGroupUserImport") == NULL ||
                                  json_object_get_boolean(member_of(ask, "EnableGroupUserImport"));
                reply_done(x, "Azure Active Directory settings have been saved.", -1);
        }
}

/* ---- schedule ---- */

static void
put_schedule(struct emulator *e, struct exchange *x)
{
        static const char *const types[] = { "Daily", "Weekly", "Monthly", "Yearly" };
        struct json_object *ask = x->own->body;
        const char *type = text_of(ask, "ScheduleType"), *start = text_of(ask, "StartTime");
        bool known = false;
        int64_t at = 0;

        for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++)
                known = known || strcmp(types[i], type) == 0;
        if (!known) {
                reply_refuse(x, 406, "The schedule type is invalid.");
        } else if (start == NULL || strchr(start, 'T') == NULL || !clock_moment(start, &at) || at < e->rest.now) {
                reply_refuse(x, 412, "The start time is invalid.");
        } else {
                json_object_put(e->schedule);
                e->schedule = json_object_get(ask);
                x->status = 200;
                x->type = type_json;
                text_fmt(&x->reply, "{\"ScheduleType\":\"%s\",\"NextScheduleDate\":\"%s\",\"StatusMessage\":\"\"}", type, start);
        }
}

/* The answer calls the start StartDate. [D] */
static void
get_schedule(struct emulator *e, struct exchange *x)
{
        struct json_object *on = member_of(e->schedule, "EnableSchedule");

        x->status = 200;
        x->type = type_json;
        text_fmt(&x->reply, "{\"EnableSchedule\":%s,\"ScheduleType\":",
                 e->schedule != NULL && (on == NULL || json_object_get_boolean(on)) ? "true" : "false");
        text_json(&x->reply, e->schedule != NULL ? text_of(e->schedule, "ScheduleType") : "");
        text_lit(&x->reply, ",\"StartDate\":");
        text_json(&x->reply, e->schedule != NULL ? text_of(e->schedule, "StartTime") : "");
        text_lit(&x->reply, ",\"RecurrenceTypeId\":0,\"RecurrenceType\":\"\"}");
}

/* ---- import of groups ---- */

static void
import_users(struct emulator *e, struct group *g, struct json_object *users)
{
        for (size_t i = 0; e->azure.groups && i < json_object_array_length(users); i++) {
                struct json_object *one = json_object_array_get_idx(users, i);
                struct person *p = person_named(e, text_of(one, "Email"));

                if (p == NULL) {
                        p = person_add(e);
                        person_call(e, p, text_of(one, "Username") != NULL ? text_of(one, "Username") : text_of(one, "Email"),
                                    text_of(one, "Email"));
                        set_text(&p->first, text_of(one, "FirstName"));
                        set_text(&p->last, text_of(one, "Lastname"));
                        p->directory = AZURE_AD;
                        person_enter(e, p);
                }
                group_join(g, p->id, true);
        }
}

/* One bad name does not fail the call. [D shape, C] */
static void
import_one(struct emulator *e, const char *name, struct text *t)
{
        const struct aad_group *from = NULL;
        const char *why = "Group not found.";

        for (size_t i = 0; i < e->aad_count; i++)
                if (strcasecmp(e->aad[i].name, name) == 0)
                        from = &e->aad[i];
        if (from != NULL && group_named(e, name) != NULL) {
                from = NULL;
                why = "Group name already exists.";
        }
        if (from != NULL)
                import_users(e, group_add(e, from->name, "", AZURE_AD), from->users);
        text_lit(t, "{\"GroupName\":");
        text_json(t, name);
        text_fmt(t, ",\"Status\":%s,\"StatusMessage\":\"%s\",\"ImportedUsers\":%zu,\"FailedUsers\":0}",
                 from != NULL ? "true" : "false", from != NULL ? "" : why,
                 from != NULL && e->azure.groups ? json_object_array_length(from->users) : 0);
}

static void
import(struct emulator *e, struct exchange *x)
{
        struct json_object *names = member_of(x->own->body, "GroupName");

        if (e->azure.tenant == NULL) {
                reply_refuse(x, 412, "Azure Active Directory details are not configured.");
                return;
        }
        if (!json_object_is_type(names, json_type_array) || json_object_array_length(names) == 0) {
                reply_refuse(x, 400, "Request body is missing or incomplete.");
                return;
        }
        x->status = 200;
        x->type = type_json;
        text_lit(&x->reply, "{\"ApiStatus\":true,\"ImportStatus\":[");
        for (size_t i = 0; i < json_object_array_length(names); i++) {
                if (i > 0)
                        text_char(&x->reply, ',');
                import_one(e, json_object_get_string(json_object_array_get_idx(names, i)), &x->reply);
        }
        text_lit(&x->reply, "]}");
}

void
azure_answer(struct emulator *e, struct exchange *x)
{
        bool set = strcasecmp(segment(x, 0), "settings") == 0;

        if (set && e->set.cloud)
                return;                 /* self-hosted only */
        if (set && segments(x) == 2 && strcasecmp(segment(x, 1), "azure-active-directory") == 0) {
                settings(e, x);
        } else if (set && segments(x) == 3 && strcasecmp(segment(x, 1), "schedule-synchronization") == 0 &&
                   strcasecmp(segment(x, 2), "azure-active-directory") == 0) {
                if (is_verb(x, "GET") && x->own->version == 5)
                        get_schedule(e, x);
                if (is_verb(x, "PUT"))
                        put_schedule(e, x);
        } else if (strcasecmp(segment(x, 0), "groups") == 0 && strcasecmp(segment(x, 1), "azure-active-directory") == 0 &&
                   strcasecmp(segment(x, 2), "import") == 0 && is_verb(x, "POST")) {
                import(e, x);
        }
}

void
log_answer(struct emulator *e, struct exchange *x)
{
        const char *module = query_value(&x->query, "activitymodule");
        bool any = false;

        if (x->own->version != 5 || strcasecmp(segment(x, 0), "activity-logs") != 0 || segments(x) != 1 || !is_verb(x, "GET"))
                return;
        x->status = 200;
        x->type = type_json;
        text_lit(&x->reply, "{\"Data\":[");
        for (size_t i = 0; i < json_object_array_length(e->log); i++) {
                struct json_object *row = json_object_array_get_idx(e->log, i);

                if (module != NULL && strcasecmp(module, text_of(row, "ActivityModule")) != 0)
                        continue;
                text_fmt(&x->reply, "%s%s", any ? "," : "", json_object_to_json_string(row));
                any = true;
        }
        text_lit(&x->reply, "]}");
        if (!any)
                reply_empty(x, 204);
}
