/* SPDX-License-Identifier: Apache-2.0
 *
 * contest.c - a name that another of our own entries still has.
 *
 *   again     who has it is about to be renamed himself: the rename is sent again
 *   aside     he waits for ours in turn, as when two people swap their names: one of the
 *             circle takes a name that nobody else has, and all the others can go on
 *   back      if the wanted name is not free after all, the old one is taken again
 *
 * Interrupted in between, the entry has the odd name until the next attempt, which finds it
 * by its lasting id. */
#include <stdio.h>
#include <string.h>

#include "dn.h"
#include "request.h"

#define PATIENT 3                /* how often it is sent again before somebody steps aside */
#define LAST 60

static const struct ldp_step step_aside, step_back;

/* The request whose entry has the name that 'req' wants and which is to be renamed too. */
static const struct ldp_request *
holder(struct ldp_request *req, const char *wanted)
{
        const struct ldp_sink *sink = req->sink;

        for (size_t i = 0; i < sink->request_count; i++) {
                const struct ldp_request *other = &sink->requests[i];
                const char *name;

                if (other == req || other->op == NULL || other->batch != NULL || other->rdn == NULL || other->dn == NULL ||
                    mst_op_verb(other->op) == MST_CREATE)
                        continue;
                name = ldp_dn_normal(req->arena, other->dn);
                if (name != NULL && strcmp(name, wanted) == 0)
                        return other;
        }
        return NULL;
}

static enum ldp_next
duplicate(struct ldp_request *req)
{
        return ldp_request_settle(req, MST_DUPLICATE, MST_EREFUSED, "'%s' cannot become '%s%s%s': there is already such "
                                  "an entry", req->dn, req->rdn, req->parent != NULL ? "," : "",
                                  req->parent != NULL ? req->parent : "");
}

/* A name that nobody else has: made of the lasting id. */
static const char *
odd_name(struct ldp_request *req)
{
        const char *rdn = NULL;

        for (const char **name = req->place->rdn; *name != NULL; name++) {
                rdn = mst_arena_printf(req->arena, "%s%s%s=muster-%s", rdn != NULL ? rdn : "", rdn != NULL ? "+" : "",
                                       *name, req->id);
                if (rdn == NULL)
                        return NULL;
        }
        return rdn;
}

enum ldp_next
ldp_contest(struct ldp_request *req, const struct ldp_step *rename)
{
        const char *parent = req->parent != NULL ? req->parent : ldp_dn_parent(req->dn);
        const char *wanted = ldp_dn_join(req->arena, req->rdn, parent);
        const struct ldp_request *other;

        wanted = wanted != NULL ? ldp_dn_normal(req->arena, wanted) : NULL;
        if (wanted == NULL)
                return ldp_request_no_memory(req);
        other = holder(req, wanted);
        req->contests++;
        if ((other != NULL && req->contests <= LAST) || (other == NULL && req->sink->renames != req->renames)) {
                req->renames = req->sink->renames;       /* somebody has moved since: it may be free */
                req->step = rename;
                if (other == NULL || req->contests < PATIENT || req->aside != NULL || req > other ||
                    !ldp_request_has_id(req))
                        return LDP_SEND;
                req->resume = rename;
                req->aside = odd_name(req);
                req->step = &step_aside;
                return req->aside != NULL ? LDP_SEND : ldp_request_no_memory(req);
        }
        if (req->home == NULL)
                return duplicate(req);
        req->step = &step_back;
        return LDP_SEND;
}

static int
send_aside(struct ldp_request *req, LDAP *ld, int *msgid)
{
        return ldp_rename_send(req, ld, req->aside, NULL, msgid);
}

static enum ldp_next
answer_aside(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "making way for another, renaming", err);
        req->home = req->dn;
        req->dn = ldp_dn_join(req->arena, req->aside, ldp_dn_parent(req->home));
        if (req->dn == NULL)
                return ldp_request_settle(req, MST_UNKNOWN, MST_EINTERNAL, "out of memory after renaming '%s'", req->home);
        req->moved = req->wrote = true;
        req->sink->renames++;
        req->step = req->resume;
        return LDP_SEND;
}

static const struct ldp_step step_aside = { "aside", false, send_aside, answer_aside, NULL };

static int
send_back(struct ldp_request *req, LDAP *ld, int *msgid)
{
        const char *parent = ldp_dn_parent(req->home);
        const char *rdn = mst_arena_strndup(req->arena, req->home, (size_t)(parent - req->home) - (*parent != '\0'));

        return rdn != NULL ? ldp_rename_send(req, ld, rdn, NULL, msgid) : LDAP_NO_MEMORY;
}

static enum ldp_next
answer_back(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        (void)err;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_SUCCESS) {
                req->dn = req->home;
                req->moved = false;
        }
        return duplicate(req);
}

static const struct ldp_step step_back = { "back", false, send_back, answer_back, NULL };
