/* SPDX-License-Identifier: Apache-2.0
 *
 * ahead.c - what must be known of entries before they are changed, for many in one search.
 *
 * A server without assertions must be asked whether an entry is still the one that we mean
 * (guard.c); Active Directory, under which name it stands when it is to be renamed, and what
 * the number is whose bit disables it (lock.c).  One by one that would double the calls.
 *
 *   await    what is to be known is written down, and the request stands in line
 *   flush    those in line become one request of their own, 'batch', without an op, which asks
 *            by their ids: (|(nsUniqueId=...)(nsUniqueId=...)...)
 *   answer   what each entry shows goes to the request with its id
 *   go on    guard.c decides; whom nothing came for asks alone: it may lie outside of the base,
 *            or be gone */
#include "request.h"

#include <string.h>

#include "lock.h"

enum ldp_next
ldp_ahead_await(struct ldp_request *req, const struct ldp_step *then)
{
        req->guarded = then;
        req->found = req->seen_dn = NULL;
        req->taken = false;
        req->line = LDP_LINE_LOOKS;
        return LDP_AWAIT;
}

static int
send_batch(struct ldp_request *batch, LDAP *ld, int *msgid)
{
        const struct ldp_sink *sink = batch->sink;
        char *wanted[4] = { (char *)sink->dir.id.attribute }, *filter, *at;
        size_t room = 8, used = 1;

        if (batch->place->stamp != NULL)
                wanted[used++] = (char *)batch->place->stamp;
        if (batch->place->kind == MST_USER && sink->lock.bit != 0)
                wanted[used] = (char *)sink->lock.attribute;
        mst_arena_reset(batch->arena);
        for (const struct ldp_request *req = batch->batch; req != NULL; req = req->next)
                room += strlen(req->id) * 3 + strlen(sink->dir.id.attribute) + 3;
        filter = at = mst_arena_alloc(batch->arena, room);
        if (filter == NULL)
                return LDAP_NO_MEMORY;
        at = stpcpy(at, "(|");
        for (const struct ldp_request *req = batch->batch; req != NULL; req = req->next) {
                const char *one = ldp_id_filter(batch->arena, &sink->dir.id, req->id);

                if (one == NULL || (size_t)(at - filter) + strlen(one) + 2 > room)
                        return LDAP_NO_MEMORY;
                at = stpcpy(at, one);
        }
        memcpy(at, ")", 2);
        return ldap_search_ext(ld, batch->place->base, LDAP_SCOPE_SUBTREE, filter, wanted, 0, NULL, NULL, NULL,
                               LDAP_NO_LIMIT, msgid);
}

static void
take_entry(struct ldp_request *batch, LDAP *ld, LDAPMessage *message)
{
        struct berval **values = ldap_get_values_len(ld, message, batch->sink->dir.id.attribute);
        const char *id = values != NULL && values[0] != NULL
                       ? ldp_id_text(batch->arena, &batch->sink->dir.id, values[0]) : NULL;

        for (struct ldp_request *req = batch->batch; req != NULL && id != NULL; req = req->next)
                if (strcmp(req->id, id) == 0) {
                        ldp_guard_note(req, ld, message);
                        break;
                }
        ldap_value_free_len(values);
}

static enum ldp_next
answer_batch(struct ldp_request *batch, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        (void)err;
        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                take_entry(batch, ld, message);
        return ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT ? LDP_BATCH : LDP_MORE;
}

static const struct ldp_step step_batch = { "looks", true, send_batch, answer_batch, NULL };

void
ldp_ahead_batch(struct ldp_request *batch, struct ldp_request *first)
{
        struct mst_arena *arena = batch->arena, *scratch = batch->members.scratch;
        struct ldp_sink *sink = batch->sink;

        *batch = (struct ldp_request){ .sink = sink, .arena = arena, .members = { .scratch = scratch },
                                       .place = first->place, .batch = first, .step = &step_batch };
}

enum ldp_next
ldp_ahead_go_on(struct ldp_request *req, struct mst_error *err)
{
        if (req->found != NULL && !ldp_lock_must_read(req))
                return ldp_guard_seen(req, err);
        return ldp_lock_must_read(req) ? ldp_lock_read(req) : ldp_guard_look(req, req->guarded);
}
