/* SPDX-License-Identifier: Apache-2.0
 *
 * ids.c - the ids of many new entries with one search.
 *
 * The post-read control tells the id with the answer to the add, which is right for a
 * few.  For many it costs slapd a third of its speed, and Active Directory does not know
 * it, while one search for 64 names, (|(entryDN=...)(entryDN=...)...), costs next to
 * nothing: entryDN, there distinguishedName, needs no index, as the server looks the name
 * itself up.
 *
 *   await    the entry is there, its id is not known: it stands in line
 *   flush    those in line become one request of their own, 'batch', without an op
 *   answer   each entry's id goes to the request with its name; whom nothing came for
 *            asks alone */
#include "request.h"

#include <string.h>

#include <muster/escape.h>

#include "dn.h"

static uint32_t
hash(const char *text)
{
        uint32_t sum = 2166136261u;

        for (; *text != '\0'; text++)
                sum = (sum ^ (unsigned char)*text) * 16777619u;
        return sum;
}

static int
send_batch(struct ldp_request *batch, LDAP *ld, int *msgid)
{
        char *wanted[] = { (char *)batch->sink->dir.id.attribute, NULL };
        size_t room = 8;
        const char *name = batch->sink->dir.server.dn_attribute;
        char *filter, *at;

        if (name == NULL)
                return LDAP_NOT_SUPPORTED;       /* meanwhile another batch has shown that it is of no use */
        mst_arena_reset(batch->arena);
        for (const struct ldp_request *req = batch->batch; req != NULL; req = req->next)
                room += strlen(req->dn) * 3 + strlen(name) + 3;
        filter = at = mst_arena_alloc(batch->arena, room);
        if (filter == NULL)
                return LDAP_NO_MEMORY;
        at = stpcpy(at, "(|");
        for (const struct ldp_request *req = batch->batch; req != NULL; req = req->next) {
                const char *safe = mst_escape_filter(batch->arena, req->dn, strlen(req->dn));

                if (safe == NULL)
                        return LDAP_NO_MEMORY;
                *at++ = '(';
                at = stpcpy(at, name);
                *at++ = '=';
                at = stpcpy(stpcpy(at, safe), ")");
        }
        memcpy(at, ")", 2);
        return ldap_search_ext(ld, batch->place->base, LDAP_SCOPE_SUBTREE, filter, wanted, 0, NULL, NULL, NULL,
                               LDAP_NO_LIMIT, msgid);
}

static void
take_entry(struct ldp_request *batch, LDAP *ld, LDAPMessage *message)
{
        struct berval **values = ldap_get_values_len(ld, message, batch->sink->dir.id.attribute);
        char *dn = ldap_get_dn(ld, message);
        const char *normal = dn != NULL ? ldp_dn_normal(batch->arena, dn) : NULL;
        uint32_t sum = normal != NULL ? hash(normal) : 0;

        for (struct ldp_request *req = batch->batch; req != NULL && normal != NULL && values != NULL; req = req->next)
                if (req->id == NULL && req->name_hash == sum && strcmp(req->name_normal, normal) == 0) {
                        req->id = ldp_id_text(req->arena, &batch->sink->dir.id, values[0]);
                        break;
                }
        ldap_memfree(dn);
        ldap_value_free_len(values);
}

static enum ldp_next
answer_batch(struct ldp_request *batch, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        bool any = false;

        (void)err;
        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                take_entry(batch, ld, message);
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        for (const struct ldp_request *req = batch->batch; req != NULL; req = req->next)
                any |= req->id != NULL;
        /* A server, or rights, that know nothing of that attribute: not that way again. */
        if (!any)
                batch->sink->dir.server.dn_attribute = NULL;
        return LDP_BATCH;
}

static const struct ldp_step step_batch = { "ids", true, send_batch, answer_batch, NULL };

bool
ldp_ids_await(struct ldp_request *req)
{
        req->name_normal = ldp_dn_normal(req->arena, req->dn);
        if (req->name_normal == NULL)
                return false;
        req->name_hash = hash(req->name_normal);
        req->line = LDP_LINE_IDS;
        return true;
}

void
ldp_ids_batch(struct ldp_request *batch, struct ldp_request *first)
{
        struct mst_arena *arena = batch->arena, *scratch = batch->members.scratch;
        struct ldp_sink *sink = batch->sink;

        *batch = (struct ldp_request){ .sink = sink, .arena = arena, .members = { .scratch = scratch },
                                       .place = first->place, .batch = first, .step = &step_batch };
}
