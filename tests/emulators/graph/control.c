/* control.c - the control door, /_control: changes the directory, moves the clock,
 * loads faults, tells the truth. No part of Graph; loopback only, no password.
 *
 * With the setting 'delay' the changes to people wait here until the virtual
 * clock has passed their time, and then happen as if asked for just now. */
#include "change.h"
#include "faultscript.h"
#include "gchange.h"
#include "object.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIMIT = 1000 };

typedef change_made control_call;

struct waiting {
        int64_t due;
        change_made *change;
        struct json_object *ask;
        struct waiting *next;
};

static control_call call_photo, call_expire, call_clock, call_faults, call_settings, call_app, call_revoke, call_clear,
        call_quit;

static const struct door {
        const char *name;
        control_call *call;
        bool delayed;           /* waits for the delay */
} doors[] = {
        { "hire", change_hire, true }, { "change", change_set, true }, { "remove", change_remove, true },
        { "purge", change_purge, true }, { "restore", change_restore, true }, { "enable", change_enable, true },
        { "disable", change_disable, true }, { "bulk", change_bulk, true },
        { "group", gchange_make, true }, { "group-change", gchange_set, true }, { "join", gchange_join, true },
        { "leave", gchange_leave, true }, { "group-remove", gchange_remove, true },
        { "group-purge", gchange_purge, true }, { "group-restore", gchange_restore, true },
        { "photo", call_photo, false }, { "expire", call_expire, false }, { "clock", call_clock, false }, { "faults", call_faults, false },
        { "settings", call_settings, false }, { "app", call_app, false }, { "clear", call_clear, false },
        { "identity", identity_register, false }, { "revoke", call_revoke, false }, { "quit", call_quit, false },
};

void
control_tick(struct emulator *e)
{
        while (e->waiting != NULL && e->waiting->due <= e->people.now) {
                struct waiting *w = e->waiting;
                struct text answer = { 0 }, why = { 0 };

                e->waiting = w->next;
                if (!w->change(e, w->ask, &answer, &why))
                        fprintf(stderr, "graph-emulator: a delayed change failed: %s\n", text_str(&why));
                json_object_put(w->ask);
                free(w);
                text_free(&answer);
                text_free(&why);
        }
        directory_tick(&e->people);
}

void
control_close(struct emulator *e)
{
        while (e->waiting != NULL) {
                struct waiting *w = e->waiting;

                e->waiting = w->next;
                json_object_put(w->ask);
                free(w);
        }
}

static void
put_off(struct emulator *e, change_made *change, struct json_object *ask, struct text *answer)
{
        struct waiting **at = &e->waiting, *w = room(sizeof *w);

        *w = (struct waiting){ .due = e->people.now + e->set.delay, .change = change, .ask = json_object_get(ask) };
        while (*at != NULL && (*at)->due <= w->due)
                at = &(*at)->next;
        w->next = *at;
        *at = w;
        text_lit(answer, "{\"due\":\"");
        text_time(answer, w->due);
        text_lit(answer, "\"}");
}

static const char *
word_of(struct json_object *ask, const char *name, const char *def)
{
        struct json_object *v = json_object_object_get(ask, name);

        return v != NULL ? json_object_get_string(v) : def;
}

static uint32_t
person_of(struct emulator *e, struct json_object *ask)
{
        return directory_find(&e->people, word_of(ask, "id", ""));
}

/* {"id":NAME}: a new made-up picture; with "text" those bytes, with "remove" none.
 * {"every":3}: every third person has one. */
static bool
call_photo(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *bytes = word_of(ask, "text", NULL);
        uint32_t every = (uint32_t)json_object_get_int(json_object_object_get(ask, "every"));
        uint32_t who = every > 0 ? NOBODY : person_of(e, ask);

        if (every == 0 && who == NOBODY) {
                text_fmt(why, "there is nobody called '%s'", word_of(ask, "id", ""));
                return false;
        }
        for (uint32_t i = 0; every > 0 && i < e->people.count; i += every)
                photos_set(&e->photos, i, NULL, 0);
        if (every == 0 && json_object_get_boolean(json_object_object_get(ask, "remove")))
                photos_drop(&e->photos, who);
        else if (every == 0)
                photos_set(&e->photos, who, bytes, bytes != NULL ? strlen(bytes) : 0);
        text_fmt(answer, "{\"photos\":%u}", e->photos.count);
        return true;
}

/* {"form":"gone","pages":true}: all links issued so far are dead. */
static bool
call_expire(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *form = word_of(ask, "form", expiry_names[EXPIRY_THIRTY]);
        int n = 0;

        while (n < EXPIRY_FORMS && strcmp(expiry_names[n], form) != 0)
                n++;
        if (n == EXPIRY_FORMS) {
                text_fmt(why, "there is no form '%s' of an expired link", form);
                return false;
        }
        e->links_dead = e->link_serial;
        e->links_dead_as = n;
        e->pages_dead = json_object_get_boolean(json_object_object_get(ask, "pages"));
        text_fmt(answer, "{\"links\":%u}", e->link_serial);
        return true;
}

/* {"advance":"8d"}; {} only tells the time. */
static bool
call_clock(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *span = word_of(ask, "advance", "0");
        int64_t seconds;

        if (!clock_span(span, &seconds)) {
                text_fmt(why, "'%s' is no span of time: use 90, 15m, 2h or 7d", span);
                return false;
        }
        e->clock.moved += seconds;
        e->people.now = clock_now(&e->clock);
        control_tick(e);
        text_lit(answer, "{\"now\":\"");
        text_time(answer, e->people.now);
        text_lit(answer, "\"}");
        return true;
}

/* A rule, or an array of rules, or {"rules":[...],"clear":true}. */
static bool
call_faults(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *rules = json_object_object_get(ask, "rules");

        if (json_object_get_boolean(json_object_object_get(ask, "clear")))
                faults_clear(&e->faults);
        else if (rules == NULL)
                rules = ask;
        if (rules != NULL && !faults_load(&e->faults, rules, why))
                return false;
        faults_json(&e->faults, answer);
        return true;
}

static bool
call_settings(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        struct settings set = e->set;

        json_object_object_foreach(ask, name, value) {
                if (settings_set(&set, name, value != NULL ? json_object_get_string(value) : "", why) != NULL)
                        return false;
        }
        e->set = set;
        settings_json(&e->set, answer);
        return true;
}

/* "certificate" (PEM) and "federation" are added to what is registered; "forget" empties
 * both first. */
static bool
register_credentials(struct app *app, struct json_object *ask, struct text *why)
{
        const char *pem = word_of(ask, "certificate", NULL);
        struct json_object *trust = json_object_object_get(ask, "federation");

        if (json_object_get_boolean(json_object_object_get(ask, "forget")))
                assertion_forget(app);
        if (pem != NULL && !assertion_register(app, pem)) {
                text_put(why, "\"certificate\" must be a certificate in PEM form, and there is room for four");
                return false;
        }
        if (trust != NULL && !assertion_trust(app, word_of(trust, "issuer", ""), word_of(trust, "subject", ""),
                                              word_of(trust, "audience", ""))) {
                text_put(why, "there is room for four federations");
                return false;
        }
        return true;
}

/* {"clientId":...,"secret":...,"secretEnds":...,"disabled":...,"roles":"A B"} */
static bool
call_app(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *id = word_of(ask, "clientId", e->apps.list[0].id), *secret = word_of(ask, "secret", NULL);
        const char *roles = word_of(ask, "roles", NULL), *ends = word_of(ask, "secretEnds", NULL);
        struct app *app = apps_make(&e->apps, id);
        int64_t at = 0;

        if (app == NULL || (ends != NULL && !clock_moment(ends, &at))) {
                text_put(why, app == NULL ? "there are too many applications"
                                          : "\"secretEnds\" must be a time like 2026-01-15T09:30:00Z");
                return false;
        }
        if (ends != NULL)
                app->secret_ends = at;
        if (secret != NULL)
                app_set(&app->secret, secret);
        if (roles != NULL)
                app_set(&app->roles, roles);
        if (!register_credentials(app, ask, why))
                return false;
        app->disabled = json_object_get_boolean(json_object_object_get(ask, "disabled"));
        text_lit(answer, "{\"clientId\":");
        text_json(answer, app->id);
        text_lit(answer, ",\"roles\":");
        text_json(answer, app->roles);
        text_fmt(answer, ",\"disabled\":%s}", app->disabled ? "true" : "false");
        return true;
}

/* Access is revoked: who said that he can answer a challenge gets one. */
static bool
call_revoke(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        e->revoked_at = e->people.now;
        text_lit(answer, "{}");
        return true;
}

static bool
call_clear(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        ledger_clear(&e->ledger);
        text_lit(answer, "{}");
        return true;
}

static bool
call_quit(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        e->stop = true;
        text_lit(answer, "{}");
        return true;
}

static void
refuse(struct exchange *x, int status, const char *why)
{
        x->reply.len = 0;
        x->status = status;
        text_lit(&x->reply, "{\"error\":");
        text_json(&x->reply, why);
        text_lit(&x->reply, "}\n");
}

/* The fault script as text: curl -H 'Content-Type: text/plain' --data-binary @FILE */
static bool
answer_script(struct emulator *e, struct exchange *x, const char *name)
{
        const char *type = exchange_header(x, "Content-Type");
        struct text why = { 0 };

        if (strcmp(name, "faults") != 0 || type == NULL || strncmp(type, "text/plain", 10) != 0)
                return false;
        if (faultscript_load(&e->faults, text_str(&x->body), &why))
                faults_json(&e->faults, &x->reply);
        else
                refuse(x, 409, text_str(&why));
        text_free(&why);
        return true;
}

static void
answer_post(struct emulator *e, struct exchange *x, const char *name)
{
        struct text why = { 0 };
        struct json_object *ask = x->body.len > 0 ? json_tokener_parse(text_str(&x->body)) : json_object_new_object();
        const struct door *door = NULL;

        for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++)
                if (strcmp(doors[i].name, name) == 0)
                        door = &doors[i];
        if (door == NULL)
                refuse(x, 404, "there is no such call; see tests/emulators/graph/README");
        else if (!json_object_is_type(ask, json_type_object) &&
                 !(door->call == call_faults && json_object_is_type(ask, json_type_array)))
                refuse(x, 400, "the body must be a JSON object");
        else if (door->delayed && e->set.delay > 0)
                put_off(e, door->call, ask, &x->reply);
        else if (!door->call(e, ask, &x->reply, &why))
                refuse(x, 409, text_str(&why));
        json_object_put(ask);
        text_free(&why);
}

static uint64_t
number_option(const struct exchange *x, const char *name, uint64_t def)
{
        const char *value = query_value(&x->query, name);

        return value != NULL ? strtoull(value, NULL, 10) : def;
}

static void
tell_people(struct emulator *e, struct exchange *x)
{
        uint64_t at = number_option(x, "offset", 0), limit = number_option(x, "limit", LIMIT);
        bool first = true;

        text_fmt(&x->reply, "{\"count\":%u,\"value\":[", e->people.count);
        for (; at < e->people.count && limit > 0; at++, limit--) {
                if (!first)
                        text_lit(&x->reply, ",\n");
                object_write_truth(&e->people, (uint32_t)at, &x->reply);
                first = false;
        }
        text_lit(&x->reply, "]}");
}

static void
tell_counts(struct emulator *e, struct exchange *x)
{
        int waiting = 0;

        for (const struct waiting *w = e->waiting; w != NULL; w = w->next)
                waiting++;
        text_fmt(&x->reply, "{\"people\":%u,\"live\":%u,\"deleted\":%u,\"purged\":%u,\"changes\":%u,\"waiting\":%d,"
                 "\"requests\":%llu,\"now\":\"", e->people.count, e->people.live, e->people.deleted,
                 e->people.purged, e->people.log.count, waiting, (unsigned long long)e->ledger.count);
        text_time(&x->reply, e->people.now);
        text_lit(&x->reply, "\"}");
}

static void
answer_get(struct emulator *e, struct exchange *x, const char *name)
{
        const char *third = x->query.segment_count > 2 ? x->query.segments[2] : "";
        uint32_t index;

        if (strcmp(name, "people") == 0) {
                tell_people(e, x);
        } else if (strcmp(name, "person") == 0) {
                index = directory_find(&e->people, third);
                if (index == NOBODY)
                        refuse(x, 404, "there is nobody of that name");
                else
                        object_write_truth(&e->people, index, &x->reply);
        } else if (strcmp(name, "groups") == 0) {
                gchange_tell_all(e, &x->reply);
        } else if (strcmp(name, "group") == 0) {
                index = groups_find(&e->groups, third);
                if (index == NOBODY)
                        refuse(x, 404, "there is no group of that name");
                else
                        gchange_tell(e, index, true, &x->reply);
        } else if (strcmp(name, "counts") == 0) {
                tell_counts(e, x);
        } else if (strcmp(name, "settings") == 0) {
                settings_json(&e->set, &x->reply);
        } else if (strcmp(name, "faults") == 0) {
                faults_json(&e->faults, &x->reply);
        } else if (strcmp(name, "cost") == 0) {
                ledger_cost(&e->ledger, &x->reply);
        } else if (strcmp(name, "ledger") == 0) {
                ledger_json(&e->ledger, number_option(x, "after", 0), number_option(x, "limit", LIMIT), &x->reply);
        } else {
                refuse(x, 404, "there is no such call; see tests/emulators/graph/README");
        }
}

void
control_answer(struct emulator *e, struct exchange *x)
{
        const char *name = x->query.segment_count > 1 ? x->query.segments[1] : "";

        x->status = 200;
        x->type = type_plain_json;
        x->kind = "control";
        if (strcmp(x->method, "POST") == 0 && answer_script(e, x, name))
                (void)0;
        else if (strcmp(x->method, "POST") == 0)
                answer_post(e, x, name);
        else if (strcmp(x->method, "GET") == 0)
                answer_get(e, x, name);
        else
                refuse(x, 405, "only GET and POST");
        if (x->reply.len > 0 && x->reply.at[x->reply.len - 1] != '\n')
                text_char(&x->reply, '\n');
}
