/* emulator.h - the whole emulator: its state, and the handlers of its files.
 *
 * Two hosts are played by one address: the root host R, which gives tokens, and the
 * regional host E, which the token answer names (sheet, section 2).  Both are loopback;
 * E is told from R, and an E that was moved from the new one, by the Host header.
 * Marks such as [D] and [C] are those of the protocol sheet. */
#ifndef KAIZALA_EMULATOR_H
#define KAIZALA_EMULATOR_H
#include "../rest/rest.h"
#include "../rest/settings.h"
#include "grant.h"
#include "import.h"
#include "org.h"

#include <json-c/json.h>

struct settings {
        int64_t calls, tenant_calls;    /* a minute; 0: any number */
        int64_t import_delay;           /* seconds that an import stays "Processing" */
        int64_t value_length;           /* characters of a value of the Directory [C] */
        int64_t group_cap;              /* people in a group */
        int64_t latency;                /* milliseconds before each reply */
        bool lenient;                   /* JSON as in Microsoft's own samples */
};

/* What the handlers know of a request beside what every emulator knows. */
struct asked {
        int at;                         /* the segment behind "v1" */
        const struct route *route;
        struct access *access;          /* of a call that needs one */
        struct json_object *body;       /* NULL: none, or not JSON */
        bool bad_body;
};

struct route {
        const char *kind, *method;
        int segments;                   /* behind "v1" */
        const char *words[4];           /* NULL: any text stands there */
        void (*answer)(struct emulator *e, struct exchange *x);
        bool open;                      /* no access token is needed */
};

enum { FAIL_NUMBERS = 64, HOOKS = 32 };

struct hook {
        char *id, *object, *url;
        bool active;
};

struct emulator {
        struct rest rest;
        struct settings set;
        struct org org;
        struct grants grants;
        struct imports imports;
        char *fail_numbers[FAIL_NUMBERS];       /* that no call accepts */
        int fail_count;
        char *region;                   /* E, without a slash at its end */
        char *moved_from;               /* host and port that answer 308, or NULL */
        bool moved_root;                /* accessToken answers 308, too */
        bool moved_whole;               /* Location is the whole new address [C] */
        struct hook hooks[HOOKS];
        int hook_count;
        int64_t tenant_window;          /* of calls: where the minute began */
        int64_t tenant_made;
};

extern const struct service kaizala_service;

/* ---- what the handlers use ---- */

const char *asked_segment(const struct exchange *x, int n);     /* behind "v1"; "" past the last */
/* A member of the body as text; NULL when it is not there or no text. */
const char *asked_text(const struct exchange *x, const char *name);
/* The array of that name, NULL when it is not there; no array of texts: *bad. */
struct json_object *asked_list(const struct exchange *x, const char *name, bool *bad);
/* "true" in the query, under any of two names. */
bool asked_flag(const struct exchange *x, const char *name, const char *other);
/* The number can be used: its form, and no fail-number. */
bool phone_usable(const struct emulator *e, const char *phone);
/* E, without a slash at its end: http(s)://localhost:PORT until it is moved. */
const char *region_of(struct emulator *e);
/* Notes an effect: "group created", and the members of a JSON object as pairs. */
void effect(struct emulator *e, const char *what, ...) __attribute__((sentinel));

void kaizala_refuse(struct exchange *x, int status, const char *code, const char *message, bool nested);
void refuse_parameters(struct exchange *x, const char *message);
void refuse_missing(struct exchange *x, const char *what);
void answer_result(struct exchange *x, bool result);            /* {"result":"true"}: a string */

void api_route(struct emulator *e, struct exchange *x);
void api_answer(struct emulator *e, struct exchange *x);
/* api.c: who asks, and whether he may; false when it was answered. */
bool api_admit(struct emulator *e, struct exchange *x);
bool portal_admit(struct emulator *e, struct exchange *x);
bool api_organisation(struct exchange *x);                      /* a tenant-level user token */
/* A group token reaches its group and what is below it. */
bool api_reaches(struct group *from, const struct group *g);
/* The group of that segment, or NULL after a 404. */
struct group *api_group(struct emulator *e, struct exchange *x, int segment);

/* ---- handlers ---- */
void generate_pin(struct emulator *e, struct exchange *x);
void login_with_pin(struct emulator *e, struct exchange *x);
void access_token(struct emulator *e, struct exchange *x);
void groups_create(struct emulator *e, struct exchange *x);
void groups_list(struct emulator *e, struct exchange *x);
void groups_get(struct emulator *e, struct exchange *x);
void subgroups_list(struct emulator *e, struct exchange *x);
void subgroups_create(struct emulator *e, struct exchange *x);
void subgroups_attach(struct emulator *e, struct exchange *x);
void subgroups_detach(struct emulator *e, struct exchange *x);
void members_list(struct emulator *e, struct exchange *x);
void members_add(struct emulator *e, struct exchange *x);
void members_remove(struct emulator *e, struct exchange *x);
void members_role(struct emulator *e, struct exchange *x);
void subscribers_add(struct emulator *e, struct exchange *x);
void subscribers_list(struct emulator *e, struct exchange *x);
void subscribers_remove(struct emulator *e, struct exchange *x);
void user_me(struct emulator *e, struct exchange *x);
void hooks_register(struct emulator *e, struct exchange *x);
void hooks_list(struct emulator *e, struct exchange *x);
void hooks_remove(struct emulator *e, struct exchange *x);
/* portal.c: below /_portal. */
void portal_answer(struct emulator *e, struct exchange *x);
void portal_tick(struct emulator *e);
/* door.c */
extern const struct door kaizala_doors[];
bool door_tell(struct emulator *e, struct exchange *x, const char *name, const char *about);
#endif
