/* SPDX-License-Identifier: Apache-2.0
 *
 * refer.c - what stands for a member in a group.
 *
 * Mostly it is the DN, which the engine tells.  In a posixGroup it is the account name:
 * that is in the DN when people are named by it; for others it is looked up by their
 * lasting ids, many in one search. */
#include <string.h>
#include <strings.h>

#include "id.h"
#include "request.h"

#define LINE 128                 /* members in one search */

static const struct ldp_step step_refer;

/* The value of 'attribute' in the first RDN, or NULL. */
static const char *
from_name(struct mst_arena *arena, const char *name, const char *attribute, bool *failed)
{
        size_t length = strlen(attribute), end = strcspn(name, ",\\+\";<>#");
        const char *value = NULL;
        LDAPDN dn = NULL;

        if (strncasecmp(name, attribute, length) == 0 && name[length] == '=' && name[length + 1] != ' ' &&
            (name[end] == ',' || name[end] == '\0') && end > length + 1 && name[end - 1] != ' ') {
                value = mst_arena_strndup(arena, name + length + 1, end - length - 1);
                *failed |= value == NULL;
                return value;
        }
        if (ldap_str2dn(name, &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || dn == NULL)
                return NULL;
        for (LDAPAVA **ava = dn[0]; ava != NULL && *ava != NULL && value == NULL; ava++)
                if ((*ava)->la_attr.bv_len == length && strncasecmp((*ava)->la_attr.bv_val, attribute, length) == 0) {
                        value = mst_arena_strndup(arena, (*ava)->la_value.bv_val, (*ava)->la_value.bv_len);
                        *failed |= value == NULL;
                }
        ldap_dnfree(dn);
        return value;
}

/* All that can be said is said. */
static enum ldp_next
finish(struct ldp_request *req, enum ldp_next (*then)(struct ldp_request *req))
{
        return ldp_members_order(req) ? then(req) : ldp_request_no_memory(req);
}

enum ldp_next
ldp_refer_begin(struct ldp_request *req, enum ldp_next (*then)(struct ldp_request *req))
{
        const char *refers = req->sink->refers;
        struct ldp_members *m = &req->members;
        bool failed = false;

        if (refers == NULL)
                return finish(req, then);
        m->values = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *m->values);
        m->unknown = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *m->unknown);
        if (m->values == NULL || m->unknown == NULL)
                return ldp_request_no_memory(req);
        for (uint32_t i = 0; i < m->count; i++) {
                const char *name = mst_op_member_name(req->op, i);

                if (name != NULL)
                        m->values[i] = from_name(req->arena, name, refers, &failed);
                if (m->values[i] == NULL && ldp_id_is(&req->sink->dir.id, mst_op_member_object(req->op, i)))
                        m->unknown[m->asks++] = i;
        }
        if (failed)
                return ldp_request_no_memory(req);
        req->then = then;
        req->step = &step_refer;
        return m->asks > 0 ? LDP_SEND : finish(req, then);
}

static uint32_t
line_end(const struct ldp_members *m)
{
        return m->asks - m->asked > LINE ? m->asked + LINE : m->asks;
}

static int
send_refer(struct ldp_request *req, LDAP *ld, int *msgid)
{
        const struct ldp_members *m = &req->members;
        char *wanted[] = { (char *)req->sink->refers, (char *)req->sink->dir.id.attribute, NULL };
        const char *filter;
        char *whole, *at;

        mst_arena_reset(m->scratch);
        whole = at = mst_arena_alloc(m->scratch, LINE * 128 + 8);
        if (whole == NULL)
                return LDAP_NO_MEMORY;
        at = stpcpy(at, "(|");
        for (uint32_t i = m->asked; i < line_end(m); i++) {
                filter = ldp_id_filter(m->scratch, &req->sink->dir.id, mst_op_member_object(req->op, m->unknown[i]));
                if (filter == NULL || strlen(filter) >= 128)
                        return LDAP_NO_MEMORY;
                at = stpcpy(at, filter);
        }
        memcpy(at, ")", 2);
        return ldap_search_ext(ld, req->sink->users.base, LDAP_SCOPE_SUBTREE, whole, wanted, 0, NULL, NULL, NULL,
                               LDAP_NO_LIMIT, msgid);
}

static bool
take_entry(struct ldp_request *req, LDAP *ld, LDAPMessage *message)
{
        struct ldp_members *m = &req->members;
        struct berval **ids = ldap_get_values_len(ld, message, req->sink->dir.id.attribute);
        struct berval **values = ldap_get_values_len(ld, message, req->sink->refers);
        const char *id = ids != NULL && ids[0] != NULL ? ldp_id_text(m->scratch, &req->sink->dir.id, ids[0]) : NULL;
        bool ok = true;

        for (uint32_t i = m->asked; ok && id != NULL && values != NULL && i < line_end(m); i++)
                if (strcasecmp(mst_op_member_object(req->op, m->unknown[i]), id) == 0) {
                        const char *value = mst_arena_strndup(req->arena, values[0]->bv_val, values[0]->bv_len);

                        m->values[m->unknown[i]] = value;
                        ok = value != NULL;
                }
        ldap_value_free_len(ids);
        ldap_value_free_len(values);
        return ok;
}

static enum ldp_next
answer_refer(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_members *m = &req->members;
        struct ldp_result result;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                return take_entry(req, ld, message) ? LDP_MORE : ldp_request_no_memory(req);
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "looking up members of", err);
        for (uint32_t end = line_end(m); m->asked < end; m->asked++)
                if (m->values[m->unknown[m->asked]] == NULL)
                        ldp_member_settle(req, m->unknown[m->asked], MST_REFUSED,
                                          mst_arena_printf(req->arena, "the member has no '%s' that we may read",
                                                           req->sink->refers));
        return m->asked < m->asks ? LDP_SEND : finish(req, req->then);
}

static const struct ldp_step step_refer = { "refer", true, send_refer, answer_refer, NULL };
