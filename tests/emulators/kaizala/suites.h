/* suites.h - the parts of the emulator's own test, and what they share: a client with the
 * token of an organisation admin.
 *
 * Each test names its number in the checklist of the protocol sheet (part i), and above it
 * stands where the fact is from: [D] Microsoft's documentation, [O] seen in public clients,
 * [S] a screenshot, [C] our own choice where no public source says. */
#ifndef KAIZALA_SUITES_H
#define KAIZALA_SUITES_H
#include "emulator.h"

#include "../rest/client.h"

#include <check.h>

#define CONNECTOR "6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10"
#define SECRET "EXAMPLE0KEY"
#define ADMIN "+14255550100"

TCase *case_signin(void);
TCase *case_groups(void);
TCase *case_members(void);
TCase *case_portal(void);

/* With a tenant-level token in 'accessToken'. */
struct client *kaizala_client(void);
/* The client's header of that name from now on; NULL: not sent. */
void kaizala_header(struct client *c, const char *name, const char *value);
/* Asks for an access token with the refresh token, and sends it from now on; the status. */
int kaizala_token(struct client *c, const char *refresh);
/* A refresh token of another reach by the control door, and its access token. */
void kaizala_reach(struct client *c, const char *grant);
/* "POST /v1/groups" {body} and so on, with %s in address or body as 'id'; the status. */
int kaizala_call(struct client *c, const char *call, const char *id, const char *body);
/* A new group of that name without members; its id, to be freed. */
char *kaizala_group(struct client *c, const char *name);
/* The value behind a path like "groups.0.userCount" of the last reply, "" when not there. */
const char *kaizala_at(struct client *c, const char *path);
/* How many effects of that name there are. */
int kaizala_effects(struct client *c, const char *what);
/* {"members":["+14255551001", ...]} with so many numbers; to be freed. */
char *kaizala_numbers(const char *name, int count);
#endif
