/* control.c - the control door, /_control: changes the service, moves the clock, loads
 * faults, tells the truth.  No part of the service; loopback only, no password.
 *
 * A call that is marked 'delayed' waits here until the virtual clock has passed its time,
 * and then happens as if asked for just now. */
#include "faultscript.h"
#include "rest.h"
#include "settings.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIMIT = 1000 };

struct waiting {
        int64_t due;
        door_call *change;
        struct json_object *ask;
        struct waiting *next;
};

typedef bool control_call(struct rest *r, struct json_object *ask, struct text *answer, struct text *why);

static control_call call_clock, call_faults, call_settings, call_clear, call_quit;

static const struct {
        const char *name;
        control_call *call;
} own[] = {
        { "clock", call_clock }, { "faults", call_faults }, { "settings", call_settings }, { "clear", call_clear },
        { "quit", call_quit },
};
enum { OWN = sizeof own / sizeof own[0] };

void
control_tick(struct rest *r)
{
        while (r->waiting != NULL && r->waiting->due <= r->now) {
                struct waiting *w = r->waiting;
                struct text answer = { 0 }, why = { 0 };

                r->waiting = w->next;
                if (!w->change(rest_emulator(r), w->ask, &answer, &why))
                        fprintf(stderr, "%s: a delayed change failed: %s\n", r->service->name, text_str(&why));
                json_object_put(w->ask);
                free(w);
                text_free(&answer);
                text_free(&why);
        }
        if (r->service->tick != NULL)
                r->service->tick(rest_emulator(r));
}

void
control_close(struct rest *r)
{
        while (r->waiting != NULL) {
                struct waiting *w = r->waiting;

                r->waiting = w->next;
                json_object_put(w->ask);
                free(w);
        }
}

int
control_waiting(const struct rest *r)
{
        int n = 0;

        for (const struct waiting *w = r->waiting; w != NULL; w = w->next)
                n++;
        return n;
}

static void
put_off(struct rest *r, int64_t delay, door_call *change, struct json_object *ask, struct text *answer)
{
        struct waiting **at = &r->waiting, *w = room(sizeof *w);

        *w = (struct waiting){ .due = r->now + delay, .change = change, .ask = json_object_get(ask) };
        while (*at != NULL && (*at)->due <= w->due)
                at = &(*at)->next;
        w->next = *at;
        *at = w;
        text_lit(answer, "{\"due\":\"");
        text_time(answer, w->due);
        text_lit(answer, "\"}");
}

const char *
control_word(struct json_object *ask, const char *name, const char *def)
{
        struct json_object *v = json_object_object_get(ask, name);

        return v != NULL ? json_object_get_string(v) : def;
}

/* {"advance":"8d"}; {} only tells the time. */
static bool
call_clock(struct rest *r, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *span = control_word(ask, "advance", "0");
        int64_t seconds;

        if (!clock_span(span, &seconds)) {
                text_fmt(why, "'%s' is no span of time: use 90, 15m, 2h or 7d", span);
                return false;
        }
        r->clock.moved += seconds;
        r->now = clock_now(&r->clock);
        control_tick(r);
        text_lit(answer, "{\"now\":\"");
        text_time(answer, r->now);
        text_lit(answer, "\"}");
        return true;
}

/* A rule, or an array of rules, or {"rules":[...],"clear":true}. */
static bool
call_faults(struct rest *r, struct json_object *ask, struct text *answer, struct text *why)
{
        struct json_object *rules = json_object_object_get(ask, "rules");

        if (json_object_get_boolean(json_object_object_get(ask, "clear")))
                faults_clear(&r->faults);
        else if (rules == NULL)
                rules = ask;
        if (rules != NULL && !faults_load(&r->faults, rules, why))
                return false;
        faults_json(&r->faults, answer);
        return true;
}

static bool
call_settings(struct rest *r, struct json_object *ask, struct text *answer, struct text *why)
{
        if (!settings_take(r, ask, why))
                return false;
        settings_json(r, answer);
        return true;
}

static bool
call_clear(struct rest *r, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        ledger_clear(&r->ledger);
        effects_clear(&r->effects);
        text_lit(answer, "{}");
        return true;
}

static bool
call_quit(struct rest *r, struct json_object *ask, struct text *answer, struct text *why)
{
        (void)ask;
        (void)why;
        r->stop = true;
        text_lit(answer, "{}");
        return true;
}

void
control_refuse(struct exchange *x, int status, const char *why)
{
        x->reply.len = 0;
        x->status = status;
        text_lit(&x->reply, "{\"error\":");
        text_json(&x->reply, why);
        text_lit(&x->reply, "}\n");
}

static void
refuse_name(const struct rest *r, struct exchange *x)
{
        struct text why = { 0 };

        text_fmt(&why, "there is no such call; see %s/README", r->service->folder);
        control_refuse(x, 404, text_str(&why));
        text_free(&why);
}

/* The fault script as text: curl -H 'Content-Type: text/plain' --data-binary @FILE */
static bool
answer_script(struct rest *r, struct exchange *x, const char *name)
{
        const char *type = exchange_header(x, "Content-Type");
        struct text why = { 0 };

        if (strcmp(name, "faults") != 0 || type == NULL || strncmp(type, "text/plain", 10) != 0)
                return false;
        if (faultscript_load(&r->faults, text_str(&x->body), &why))
                faults_json(&r->faults, &x->reply);
        else
                control_refuse(x, 409, text_str(&why));
        text_free(&why);
        return true;
}

static void
answer_post(struct rest *r, struct exchange *x, const char *name)
{
        struct text why = { 0 };
        struct json_object *ask = x->body.len > 0 ? json_tokener_parse(text_str(&x->body)) : json_object_new_object();
        const struct door *door = r->service->doors;
        bool known, list = json_object_is_type(ask, json_type_array) && strcmp(name, "faults") == 0;
        int64_t delay = r->service->delay != NULL ? r->service->delay(rest_emulator(r)) : 0;
        int i = 0;

        while (i < OWN && strcmp(own[i].name, name) != 0)
                i++;
        while (door->name != NULL && strcmp(door->name, name) != 0)
                door++;
        known = i < OWN || door->name != NULL;
        if (!known)
                refuse_name(r, x);
        else if (!json_object_is_type(ask, json_type_object) && !list)
                control_refuse(x, 400, "the body must be a JSON object");
        else if (i == OWN && door->delayed && delay > 0)
                put_off(r, delay, door->call, ask, &x->reply);
        else if (i < OWN ? !own[i].call(r, ask, &x->reply, &why) : !door->call(rest_emulator(r), ask, &x->reply, &why))
                control_refuse(x, 409, text_str(&why));
        json_object_put(ask);
        text_free(&why);
}

uint64_t
control_number(const struct exchange *x, const char *name, uint64_t def)
{
        const char *value = query_value(&x->query, name);

        return value != NULL ? strtoull(value, NULL, 10) : def;
}

static void
answer_get(struct rest *r, struct exchange *x, const char *name)
{
        uint64_t after = control_number(x, "after", 0), limit = control_number(x, "limit", LIMIT);

        if (strcmp(name, "settings") == 0)
                settings_json(r, &x->reply);
        else if (strcmp(name, "faults") == 0)
                faults_json(&r->faults, &x->reply);
        else if (strcmp(name, "cost") == 0)
                ledger_cost(&r->ledger, &x->reply);
        else if (strcmp(name, "ledger") == 0)
                ledger_json(&r->ledger, after, limit, &x->reply);
        else if (strcmp(name, "effects") == 0)
                effects_json(&r->effects, after, limit, &x->reply);
        else if (strcmp(name, "pace") == 0)
                effects_pace(&r->effects, &x->reply);
        else if (!r->service->tell(rest_emulator(r), x, name, x->query.segment_count > 2 ? x->query.segments[2] : ""))
                refuse_name(r, x);
}

void
control_answer(struct rest *r, struct exchange *x)
{
        const char *name = x->query.segment_count > 1 ? x->query.segments[1] : "";

        x->status = 200;
        x->type = type_json;
        x->kind = "control";
        if (strcmp(x->method, "POST") == 0 && answer_script(r, x, name))
                (void)0;
        else if (strcmp(x->method, "POST") == 0)
                answer_post(r, x, name);
        else if (strcmp(x->method, "GET") == 0)
                answer_get(r, x, name);
        else
                control_refuse(x, 405, "only GET and POST");
        if (x->reply.len > 0 && x->reply.at[x->reply.len - 1] != '\n')
                text_char(&x->reply, '\n');
}
