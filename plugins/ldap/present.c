/* SPDX-License-Identifier: Apache-2.0
 *
 * present.c - who is in a group already.
 *
 * The group is read again when a large change of it was refused because somebody is in
 * already, or out: what is so already is settled, and the rest is written.
 *
 * Before anything is written: who leaves under a name under which somebody joins.  Two have
 * changed names, or one name is spelled in two ways; taken out after that one has come in,
 * or while he is in already, the wrong one would be missing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "request.h"
#include "slice.h"

static const struct ldp_step step_reread;

static int
by_key(const void *a, const void *b, void *keys)
{
        const char **of = keys;

        return strcmp(of[*(const uint32_t *)a], of[*(const uint32_t *)b]);
}

/* One spelling for each value: of a DN, without the bit string that uniqueMember may have
 * behind it; or the value itself. */
static const char *
key_of(const struct ldp_request *req, struct mst_arena *arena, const char *value)
{
        const char *bits = strrchr(value, '#');

        if (req->sink->refers != NULL)
                return mst_arena_strdup(arena, value);
        if (bits != NULL && bits[1] == '\'' && bits > value && bits[-1] != '\\') {
                value = mst_arena_strndup(arena, value, (size_t)(bits - value));
                if (value == NULL)
                        return NULL;
        }
        return ldp_dn_normal(arena, value);
}

/* Names of our members in order, to look the server's values up in. */
static bool
make_keys(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;

        m->keys = mst_arena_alloc(req->arena, (m->order_count + 1) * sizeof *m->keys);
        m->key_order = mst_arena_alloc(req->arena, (m->order_count + 1) * sizeof *m->key_order);
        m->present = mst_arena_alloc(req->arena, m->order_count + 1);
        if (m->keys == NULL || m->key_order == NULL || m->present == NULL)
                return false;
        for (uint32_t i = 0; i < m->order_count; i++) {
                m->keys[i] = key_of(req, req->arena, ldp_member_value(req, m->order[i]));
                m->key_order[i] = i;
                if (m->keys[i] == NULL)
                        return false;
        }
        qsort_r(m->key_order, m->order_count, sizeof *m->key_order, by_key, m->keys);
        return true;
}

/* From 'at' on in the order of keys: the first that has another one.  Does anybody of them join? */
static size_t
end_of_key(const struct ldp_request *req, size_t at, bool *joined)
{
        const struct ldp_members *m = &req->members;
        const char *key = m->keys[m->key_order[at]];

        *joined = false;
        for (; at < m->order_count && strcmp(m->keys[m->key_order[at]], key) == 0; at++)
                *joined |= mst_op_member_joins(req->op, m->order[m->key_order[at]]);
        return at;
}

bool
ldp_present_meet(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        size_t kept = 0, end;
        bool joined;

        if (!make_keys(req))
                return false;
        for (size_t at = 0; at < m->order_count; at = end) {
                end = end_of_key(req, at, &joined);
                for (size_t i = at; joined && i < end; i++)
                        m->present[m->key_order[i]] = true;
        }
        for (size_t i = 0; i < m->order_count; i++)
                if (m->present[i] && !mst_op_member_joins(req->op, m->order[i]))
                        ldp_member_settle(req, m->order[i], MST_ALREADY, NULL);
                else
                        m->order[kept++] = m->order[i];
        m->order_count = kept;
        return ldp_members_cut(req, 0);
}

static int
send_reread(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct ldp_members *m = &req->members;
        char *wanted[] = { req->sink->member, NULL };

        m->next_slice = 0;
        m->slice_read = m->slice_bad = false;
        if (m->slice > 0)
                wanted[0] = mst_arena_printf(req->arena, "%s;range=%" PRIu64 "-*", req->sink->member, m->slice);
        if (wanted[0] == NULL || (m->slice == 0 && !make_keys(req)))
                return LDAP_NO_MEMORY;
        return ldap_search_ext(ld, ldp_request_target(req), LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 1,
                               msgid);
}

static void
note_present(struct ldp_request *req, const char *key)
{
        struct ldp_members *m = &req->members;
        size_t low = 0, high = m->order_count;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (strcmp(m->keys[m->key_order[middle]], key) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        for (; low < m->order_count && strcmp(m->keys[m->key_order[low]], key) == 0; low++)
                m->present[m->key_order[low]] = true;
}

static bool
note_values(struct ldp_request *req, struct berval **values)
{
        struct ldp_members *m = &req->members;
        bool ok = true;

        for (size_t i = 0; ok && values != NULL && values[i] != NULL; i++) {
                const char *key;

                if (i % 1024 == 0)
                        mst_arena_reset(m->scratch);
                key = key_of(req, m->scratch, values[i]->bv_val);
                ok = key != NULL;
                if (ok)
                        note_present(req, key);
        }
        return ok;
}

/* "member", or "member;range=0-1499" where the server gives no more at once. */
static bool
note_entry(struct ldp_request *req, LDAP *ld, LDAPMessage *message)
{
        struct ldp_members *m = &req->members;
        BerElement *ber = NULL;
        bool ok = true;

        m->slice_read = m->slice == 0;           /* without any there is nobody in it */
        for (char *text = ldap_first_attribute(ld, message, &ber); text != NULL;
             text = ldap_next_attribute(ld, message, ber)) {
                struct berval **values = ldap_get_values_len(ld, message, text), name = { .bv_val = text };
                enum ldp_sliced sliced;

                name.bv_len = strlen(text);
                sliced = ldp_slice_read(&name, (size_t)ldap_count_values_len(values), req->sink->member, m->slice,
                                        &m->next_slice);
                m->slice_bad |= sliced == LDP_SLICE_BAD;
                m->slice_read |= sliced == LDP_SLICE;
                if (sliced == LDP_SLICE || strcasecmp(text, req->sink->member) == 0)
                        ok = note_values(req, values) && ok;
                ldap_value_free_len(values);
                ldap_memfree(text);
        }
        ber_free(ber, 0);
        return ok;
}

/* What is so already is settled; the rest is written again. */
static bool
subtract(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        size_t kept = 0;

        for (size_t i = 0; i < m->order_count; i++) {
                uint32_t index = m->order[i];

                if (m->state[index] != 0)
                        continue;
                if (m->present[i] == mst_op_member_joins(req->op, index))
                        ldp_member_settle(req, index, MST_ALREADY, NULL);
                else
                        m->order[kept++] = index;
        }
        m->order_count = kept;
        return ldp_members_cut(req, 0);
}

static enum ldp_next
answer_reread(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                return note_entry(req, ld, message) ? LDP_MORE : ldp_request_no_memory(req);
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, &step_reread, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "reading the members of", err);
        if (!req->members.slice_read || req->members.slice_bad)
                return ldp_request_settle(req, MST_RETRY, MST_ENET, "the members of '%s' could not be read to their end: the "
                                          "server gives another slice of them than the one asked for, or not all of it",
                                          mst_op_name(req->op));
        if (req->members.next_slice != 0) {
                req->members.slice = req->members.next_slice;
                return LDP_SEND;
        }
        return subtract(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_reread = { "reread", true, send_reread, answer_reread, NULL };

enum ldp_next
ldp_present_begin(struct ldp_request *req)
{
        req->step = &step_reread;
        req->members.slice = 0;
        return LDP_SEND;
}
