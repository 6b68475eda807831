/* door.c - what the control door does here, beside what every emulator's does (../rest):
 * changes the directory and the applications, and tells the truth.
 *
 * With the setting 'delay' the changes to people wait until the virtual clock has passed
 * their time. */
#include "change.h"
#include "../rest/faultscript.h"
#include "gchange.h"
#include "object.h"

#include <stdio.h>
#include <stdlib.h>

enum { LIMIT = 1000 };

static uint32_t
person_of(struct emulator *e, struct json_object *ask)
{
        return directory_find(&e->people, control_word(ask, "id", ""));
}

/* {"id":NAME}: a new made-up picture; with "text" those bytes, with "remove" none.
 * {"every":3}: every third person has one. */
static bool
call_photo(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *bytes = control_word(ask, "text", NULL);
        uint32_t every = (uint32_t)json_object_get_int(json_object_object_get(ask, "every"));
        uint32_t who = every > 0 ? NOBODY : person_of(e, ask);

        if (every == 0 && who == NOBODY) {
                text_fmt(why, "there is nobody called '%s'", control_word(ask, "id", ""));
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
        const char *form = control_word(ask, "form", expiry_names[EXPIRY_THIRTY]);
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

/* "certificate" (PEM) and "federation" are added to what is registered; "forget" empties
 * both first. */
static bool
register_credentials(struct app *app, struct json_object *ask, struct text *why)
{
        const char *pem = control_word(ask, "certificate", NULL);
        struct json_object *trust = json_object_object_get(ask, "federation");

        if (json_object_get_boolean(json_object_object_get(ask, "forget")))
                assertion_forget(app);
        if (pem != NULL && !assertion_register(app, pem)) {
                text_put(why, "\"certificate\" must be a certificate in PEM form, and there is room for four");
                return false;
        }
        if (trust != NULL && !assertion_trust(app, control_word(trust, "issuer", ""), control_word(trust, "subject", ""),
                                              control_word(trust, "audience", ""))) {
                text_put(why, "there is room for four federations");
                return false;
        }
        return true;
}

/* {"clientId":...,"secret":...,"secretEnds":...,"disabled":...,"roles":"A B"} */
static bool
call_app(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why)
{
        const char *id = control_word(ask, "clientId", e->apps.list[0].id), *secret = control_word(ask, "secret", NULL);
        const char *roles = control_word(ask, "roles", NULL), *ends = control_word(ask, "secretEnds", NULL);
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

static void
tell_people(struct emulator *e, struct exchange *x)
{
        uint64_t at = control_number(x, "offset", 0), limit = control_number(x, "limit", LIMIT);
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
        text_fmt(&x->reply, "{\"people\":%u,\"live\":%u,\"deleted\":%u,\"purged\":%u,\"changes\":%u,\"waiting\":%d,"
                 "\"requests\":%llu,\"now\":\"", e->people.count, e->people.live, e->people.deleted,
                 e->people.purged, e->people.log.count, control_waiting(&e->rest), (unsigned long long)e->rest.ledger.count);
        text_time(&x->reply, e->people.now);
        text_lit(&x->reply, "\"}");
}

bool
emulator_tell(struct emulator *e, struct exchange *x, const char *name, const char *about)
{
        uint32_t index;

        if (strcmp(name, "people") == 0) {
                tell_people(e, x);
        } else if (strcmp(name, "person") == 0) {
                index = directory_find(&e->people, about);
                if (index == NOBODY)
                        control_refuse(x, 404, "there is nobody of that name");
                else
                        object_write_truth(&e->people, index, &x->reply);
        } else if (strcmp(name, "groups") == 0) {
                gchange_tell_all(e, &x->reply);
        } else if (strcmp(name, "group") == 0) {
                index = groups_find(&e->groups, about);
                if (index == NOBODY)
                        control_refuse(x, 404, "there is no group of that name");
                else
                        gchange_tell(e, index, true, &x->reply);
        } else if (strcmp(name, "counts") == 0) {
                tell_counts(e, x);
        } else {
                return false;
        }
        return true;
}

const struct door graph_doors[] = {
        { "hire", change_hire, true }, { "change", change_set, true }, { "remove", change_remove, true },
        { "purge", change_purge, true }, { "restore", change_restore, true }, { "enable", change_enable, true },
        { "disable", change_disable, true }, { "bulk", change_bulk, true },
        { "group", gchange_make, true }, { "group-change", gchange_set, true }, { "join", gchange_join, true },
        { "leave", gchange_leave, true }, { "group-remove", gchange_remove, true },
        { "group-purge", gchange_purge, true }, { "group-restore", gchange_restore, true },
        { "photo", call_photo, false }, { "expire", call_expire, false }, { "app", call_app, false },
        { "identity", identity_register, false }, { "revoke", call_revoke, false }, { .name = NULL }
};
