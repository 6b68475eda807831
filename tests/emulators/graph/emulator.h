/* emulator.h - the whole emulator: its state, and the handlers that the server
 * calls. One thread does everything, so nothing is locked. */
#ifndef GRAPH_EMULATOR_H
#define GRAPH_EMULATOR_H
#include "../rest/rest.h"
#include "app.h"
#include "asked.h"
#include "directory.h"
#include "group.h"
#include "photo.h"
#include "settings.h"
#include "throttle.h"
#include "trouble.h"

#include <stdbool.h>
#include <stdint.h>

enum { IDENTITIES_MAX = 8 };
/* The value of X-IDENTITY-HEADER that the App Service door wants. */
#define identity_header "emulator-identity-header"

/* A managed identity; its application holds the roles. */
struct identity {
        char *client, *object, *resource;
        bool assigned;                  /* by a user; else the machine's own */
};

struct json_object;
struct link;

/* What the command line asks for at the start. */
struct start {
        uint64_t people, seed, groups;
        const char *client;
        char *secret;
};

struct emulator {
        struct rest rest;
        struct settings set;
        struct start start;
        struct directory people;
        struct groups groups;
        struct photos photos;
        struct apps apps;
        struct throttle throttle;
        struct identity identities[IDENTITIES_MAX];
        int identity_count;
        int64_t revoked_at;             /* tokens issued until then, to clients with cp1, are challenged */
        const char *tenant, *domain;
        uint64_t link_key, token_key;   /* seals */
        uint32_t link_serial;           /* links issued */
        uint32_t links_dead;            /* those up to this number are refused, */
        int64_t links_dead_as;          /* in this form (enum expiry), */
        bool pages_dead;                /* the skip tokens as well */
};

extern const struct service graph_service;
extern const struct door graph_doors[];

/* The callbacks of the service. */
void emulator_route(struct emulator *e, struct exchange *x);
void emulator_answer(struct emulator *e, struct exchange *x);
void emulator_finish(struct emulator *e, struct exchange *x);
bool emulator_tell(struct emulator *e, struct exchange *x, const char *name, const char *about);

/* Graph, one file each; the path below /v1.0 has been matched. */
void users_list(struct emulator *e, struct exchange *x);
void users_count(struct emulator *e, struct exchange *x);
void users_delta(struct emulator *e, struct exchange *x);
void user_get(struct emulator *e, struct exchange *x, const char *name);
void user_manager(struct emulator *e, struct exchange *x, const char *name);
void user_photo(struct emulator *e, struct exchange *x, const char *name);
/* $top, or the usual size, into the link of a list; answers if it is none. */
bool list_top(const struct emulator *e, struct exchange *x, struct link *link);
/* $count=true with ConsistencyLevel: the first page says how many there are. */
bool list_counted(const struct exchange *x);
void deleted_list(struct emulator *e, struct exchange *x);
void deleted_get(struct emulator *e, struct exchange *x, const char *id);
void groups_list(struct emulator *e, struct exchange *x);
void groups_delta(struct emulator *e, struct exchange *x);
void group_get(struct emulator *e, struct exchange *x, const char *name);
/* What follows the id in the address chooses what is listed. */
void group_members(struct emulator *e, struct exchange *x, const char *name);
void user_groups(struct emulator *e, struct exchange *x, const char *name);
void deleted_groups(struct emulator *e, struct exchange *x);
void batch_answer(struct emulator *e, struct exchange *x);
void objects_by_id(struct emulator *e, struct exchange *x);
/* The rest of the emulator. */
void token_answer(struct emulator *e, struct exchange *x, const char *tenant);
/* Whether a token may be for it: Graph by any of its names; a '/' at the end is no matter. */
bool resource_known(const struct emulator *e, const char *resource);
void identity_answer(struct emulator *e, struct exchange *x, bool app_service);
bool identity_register(struct emulator *e, struct json_object *ask, struct text *answer, struct text *why);
void identity_close(struct emulator *e);
void discovery_tenant(struct emulator *e, struct exchange *x);
void discovery_instance(struct emulator *e, struct exchange *x);
#endif
