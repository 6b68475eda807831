/* signin.c - the root host: PINs, refresh tokens, access tokens (sheet, 3.2 and 3.3). */
#include "emulator.h"

#include <stdlib.h>

static void
unauthenticated(struct exchange *x, const char *message)
{
        kaizala_refuse(x, 401, "Unauthenticated", message, false);
}

void
generate_pin(struct emulator *e, struct exchange *x)
{
        const char *phone = asked_text(x, "mobileNumber"), *id = asked_text(x, "applicationId");

        if (phone == NULL || id == NULL || !phone_good(phone)) {
                refuse_parameters(x, "mobileNumber and applicationId are required.");
        } else if (connector_find(&e->grants, id) == NULL) {
                unauthenticated(x, "There is no such connector.");
        } else {
                pin_make(&e->grants, id, phone);
                text_lit(&x->reply, "{}");
        }
}

/* The PIN may be a number or a text: clients send both [O]. */
static int
asked_pin(const struct exchange *x)
{
        struct json_object *v = json_object_object_get(x->own->body, "pin");

        if (json_object_is_type(v, json_type_string))
                return atoi(json_object_get_string(v));
        return json_object_is_type(v, json_type_int) ? json_object_get_int(v) : 0;
}

void
login_with_pin(struct emulator *e, struct exchange *x)
{
        const char *phone = asked_text(x, "mobileNumber"), *id = asked_text(x, "applicationId");
        const char *secret = asked_text(x, "applicationSecret");
        struct connector *c = id != NULL ? connector_find(&e->grants, id) : NULL;
        struct grant *grant;

        if (phone == NULL || id == NULL || json_object_object_get(x->own->body, "pin") == NULL) {
                refuse_parameters(x, "mobileNumber, applicationId and pin are required.");
                return;
        }
        if (c == NULL || (secret != NULL && strcmp(secret, c->secret) != 0)
            || !pin_take(&e->grants, id, phone, asked_pin(x))) {
                unauthenticated(x, "The connector, its secret or the PIN is wrong.");
                return;
        }
        grant = grant_make(&e->grants, c, REACH_USER, phone, NULL, x->now);
        org_person_make(&e->org, phone)->registered = true;
        text_fmt(&x->reply, "{\"refreshToken\":\"%s\",\"grantedScope\":\"groupinfo.read,groupinfo.write,groupinfo.remove,"
                 "groupinfo.update,groupmember.read,groupmember.write,groupmember.remove\",\"refreshTokenExpiry\":%lld,"
                 "\"endpointUrl\":\"%s/\"}", grant->token, (long long)(x->now + REFRESH_DAYS * DAY) * 1000, region_of(e));
}

/* From day 328 on, every answer brings a new refresh token [D]. */
void
access_token(struct emulator *e, struct exchange *x)
{
        const char *id = exchange_header(x, "applicationId"), *secret = exchange_header(x, "applicationSecret");
        const char *refresh = exchange_header(x, "refreshToken");
        struct connector *c = id != NULL ? connector_find(&e->grants, id) : NULL;
        struct grant *grant = NULL;

        if (c != NULL && secret != NULL && strcmp(secret, c->secret) == 0 && refresh != NULL)
                grant = grant_use(&e->grants, c, refresh, x->now);
        if (grant == NULL) {
                unauthenticated(x, "The connector id, its secret or the refresh token is wrong.");
                return;
        }
        text_fmt(&x->reply, "{\"accessToken\":\"%s\",\"endpointUrl\":\"%s/\",\"accessTokenExpiry\":%lld,\"refreshToken\":",
                 access_make(&e->grants, grant, x->now)->token, region_of(e),
                 (long long)(x->now + ACCESS_SECONDS) * 1000);
        if (x->now - grant->issued >= ROTATE_DAYS * DAY)
                text_json(&x->reply, grant_follow(&e->grants, grant, x->now)->token);
        else
                text_lit(&x->reply, "null");
        text_lit(&x->reply, ",\"scope\":\"token.write\"}");
}

void
user_me(struct emulator *e, struct exchange *x)
{
        struct person *p = org_person_make(&e->org, x->own->access->grant->phone);

        text_fmt(&x->reply, "{\"id\":\"%s\",\"mobileNumber\":\"%s\"}", p->id, p->phone);
}
