/* portal.c - the door to the Directory, below /_portal (sheet, 9.4).
 *
 * Clearly ours: Kaizala's portal is for people, and no public call reads or writes the
 * Directory.  It does what the portal's pages do, and what the sync of Azure AD did: an
 * import with source=entra ties people to Entra and takes them into Employee, removals
 * with source=entra loosen them and take them out of the Directory and of every
 * organisation group.  It wants the access token of an organisation admin. */
#include "emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static bool
usable(void *self, const char *phone)
{
        return phone_usable(self, phone);
}

static void
done(void *self, struct person *p, const char *what)
{
        struct emulator *e = self;

        effect(e, what, "phone", p->phone, "network", p->employee ? "Employee" : "Others", NULL);
}

void
portal_tick(struct emulator *e)
{
        struct import_rules rules = { .self = e, .value_length = (size_t)e->set.value_length, .usable = usable, .done = done };

        for (size_t i = 0; i < e->imports.count; i++) {
                struct job *job = e->imports.list[i];

                if (job->status == IMPORT_PROCESSING && job->at + e->set.import_delay <= e->rest.now)
                        import_run(job, &e->org, &rules);
        }
}

static void
send_file(struct emulator *e, struct exchange *x, bool removes)
{
        const char *network = query_value(&x->query, "network"), *source = query_value(&x->query, "source");
        const char *name = query_value(&x->query, "name");
        struct job *job;

        if (!removes && network == NULL) {
                refuse_parameters(x, "network must be Employee or Others.");
                return;
        }
        job = import_add(&e->imports, name != NULL ? name : "", text_str(&x->body), x->body.len, x->now);
        job->removes = removes;
        job->linked = source != NULL && strcasecmp(source, "entra") == 0;
        job->employee = network != NULL && strcasecmp(network, "Employee") == 0;
        text_fmt(&x->reply, "{\"job\":\"%zu\"}", e->imports.count);
}

static void
tell_job(struct emulator *e, struct exchange *x, const char *number)
{
        size_t n = strtoull(number, NULL, 10);
        const struct job *job = n > 0 && n <= e->imports.count ? e->imports.list[n - 1] : NULL;

        if (job == NULL) {
                refuse_missing(x, "The import");
                return;
        }
        text_fmt(&x->reply, "{\"job\":\"%zu\",\"fileName\":", n);
        text_json(&x->reply, job->name);
        text_lit(&x->reply, ",\"date\":\"");
        text_time(&x->reply, job->at);
        text_fmt(&x->reply, "\",\"status\":\"%s\",\"loaded\":%zu,\"failed\":%zu,\"errors\":[%.*s]}",
                 import_status_names[job->status], job->loaded, job->failed, (int)job->log.len,
                 job->log.at != NULL ? job->log.at : "");
}

/* ---- attributes ---- */

static void
tell_attributes(const struct emulator *e, struct text *t)
{
        text_lit(t, "{\"attributes\":[");
        for (int i = 0; i < e->org.attribute_count; i++) {
                const struct attribute *a = &e->org.attributes[i];

                text_put(t, i > 0 ? ",{\"name\":" : "{\"name\":");
                text_json(t, a->name);
                text_fmt(t, ",\"dataType\":\"%s\",\"isMandatory\":%s,\"isEditable\":%s,\"isVisible\":%s}",
                         data_type_names[a->type], a->mandatory ? "true" : "false", a->editable ? "true" : "false",
                         a->visible ? "true" : "false");
        }
        text_lit(t, "]}");
}

static bool
flag(struct json_object *o, const char *name, bool def)
{
        struct json_object *v = json_object_object_get(o, name);

        return v != NULL ? json_object_get_boolean(v) : def;
}

static bool
set_attribute(struct emulator *e, struct json_object *one)
{
        struct json_object *name = json_object_object_get(one, "name"), *type = json_object_object_get(one, "dataType");
        struct attribute a = { .mandatory = flag(one, "isMandatory", false), .editable = flag(one, "isEditable", true),
                               .visible = flag(one, "isVisible", true) };

        if (!json_object_is_type(name, json_type_string) || json_object_get_string_len(name) == 0)
                return false;
        a.name = (char *)json_object_get_string(name);
        while (type != NULL && a.type < DATA_TYPES && strcmp(data_type_names[a.type], json_object_get_string(type)) != 0)
                a.type++;
        if (a.type == DATA_TYPES || org_attribute(&e->org, a.name) == 0)
                return false;                   /* PhoneNumber offers no edit and no remove [S] */
        return org_attribute_set(&e->org, &a);
}

/* Several can be given at once [D]. */
static void
put_attributes(struct emulator *e, struct exchange *x)
{
        struct json_object *all = json_tokener_parse(text_str(&x->body)), *list = json_object_object_get(all, "attributes");
        bool good = json_object_is_type(list, json_type_array);

        for (size_t i = 0; good && i < json_object_array_length(list); i++)
                good = set_attribute(e, json_object_array_get_idx(list, i));
        if (good)
                tell_attributes(e, &x->reply);
        else
                refuse_parameters(x, "An attribute is not valid.");
        json_object_put(all);
}

/* ---- one person ---- */

/* Who is linked cannot be moved to Others, nor deleted (item 28). */
static void
one_person(struct emulator *e, struct exchange *x, struct person *p, bool moves)
{
        struct json_object *body = json_tokener_parse(text_str(&x->body));
        struct json_object *to = json_object_object_get(body, "network");
        bool employee = to != NULL && strcmp(json_object_get_string(to), "Employee") == 0;

        if (p->linked && !(moves && employee)) {
                kaizala_refuse(x, 409, "Conflict", "The person is linked to Azure AD.", false);
        } else if (moves) {
                p->employee = employee;
                effect(e, "person moved", "phone", p->phone, "network", employee ? "Employee" : "Others", NULL);
                text_lit(&x->reply, "{}");
        } else {
                effect(e, "person removed", "phone", p->phone, NULL);
                org_unlist(&e->org, p);
                text_lit(&x->reply, "{}");
        }
        json_object_put(body);
}

static void
answer_person(struct emulator *e, struct exchange *x)
{
        int n = x->query.segment_count;
        struct person *p = org_person(&e->org, x->query.segments[2]);
        bool moves = n == 4 && strcmp(x->method, "POST") == 0 && strcmp(x->query.segments[3], "network") == 0;

        if (p == NULL || !p->listed)
                refuse_missing(x, "The person");
        else if (moves || (n == 3 && strcmp(x->method, "DELETE") == 0))
                one_person(e, x, p, moves);
        else
                kaizala_refuse(x, 405, "MethodNotAllowed", "There is no such call.", false);
}

void
portal_answer(struct emulator *e, struct exchange *x)
{
        int n = x->query.segment_count;
        const char *first = n > 1 ? x->query.segments[1] : "", *second = n > 2 ? x->query.segments[2] : "";
        bool get = strcmp(x->method, "GET") == 0, post = strcmp(x->method, "POST") == 0;

        if (!portal_admit(e, x))
                return;
        if (strcmp(first, "attributes") == 0 && n == 2 && get) {
                tell_attributes(e, &x->reply);
        } else if (strcmp(first, "attributes") == 0 && n == 2 && strcmp(x->method, "PUT") == 0) {
                put_attributes(e, x);
        } else if (strcmp(first, "directory") == 0 && n == 2 && get) {
                export_csv(&e->org, query_value(&x->query, "network"), &x->reply);
                x->type = "text/csv";
        } else if (strcmp(first, "directory") == 0 && n == 3 && post
                   && (strcmp(second, "import") == 0 || strcmp(second, "removals") == 0)) {
                send_file(e, x, second[0] == 'r');
        } else if (strcmp(first, "directory") == 0 && n == 4 && get && strcmp(second, "import") == 0) {
                tell_job(e, x, x->query.segments[3]);
        } else if (strcmp(first, "directory") == 0 && n >= 3) {
                answer_person(e, x);
        } else {
                refuse_missing(x, "The address");
        }
}
