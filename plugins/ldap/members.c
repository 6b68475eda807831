/* SPDX-License-Identifier: Apache-2.0
 *
 * members.c - who is in a group.
 *
 *   ask       is the placeholder in the group?  (only when somebody joins)
 *   write     one modify with all that join and leave, as long as it fits into a request
 *   reread    when a large one is refused because somebody is in already, or out: the
 *             group is read and what is so already is left out
 *   write     ... and what is then refused is halved until the one to blame stands alone
 *
 * A server rewrites the whole entry for each modify, so one for everything is right
 * at any size; a request that the server does not take as too long is cut before. */
#include <stdlib.h>
#include <string.h>

#include "dn.h"
#include "request.h"

/* A refusal of fewer members than this is halved at once, without reading the group. */
#define REREAD_FROM 16

static const struct ldp_step step_ask, step_write, step_reread;

const char *
ldp_placeholder(const struct ldp_request *req)
{
        const struct ldp_config *c = req->sink->config;

        if (c->empty_member != NULL)
                return strcmp(c->empty_member, "none") != 0 ? c->empty_member : NULL;
        return c->access.bind_dn != NULL ? c->access.bind_dn : req->dn;
}

static const char *
member_value(const struct ldp_request *req, uint32_t index)
{
        return mst_op_member_name(req->op, index);
}

static bool
joins(const struct ldp_request *req, uint32_t index)
{
        return mst_op_member_joins(req->op, index);
}

/* How the member ended, where that differs from how the op will: "done" is not told. */
static void
settle_member(struct ldp_request *req, uint32_t index, enum mst_outcome outcome, const char *why)
{
        req->members.state[index] = (uint8_t)outcome;
        if (outcome != MST_DONE)
                mst_op_member_settle(req->op, index, outcome, why);
}

static bool
push_range(struct ldp_request *req, uint32_t from, uint32_t to)
{
        struct ldp_members *m = &req->members;

        if (from == to)
                return true;
        if (m->range_count == m->range_room) {
                size_t room = m->range_room != 0 ? m->range_room * 2 : 32;
                struct ldp_range *ranges = mst_arena_alloc(req->arena, room * sizeof *ranges);

                if (ranges == NULL)
                        return false;
                if (m->range_count > 0)
                        memcpy(ranges, m->ranges, m->range_count * sizeof *ranges);
                m->ranges = ranges;
                m->range_room = room;
        }
        m->ranges[m->range_count++] = (struct ldp_range){ from, to };
        return true;
}

/* How many of 'order' from 'from' on fit into 'room' bytes; at least one. */
static uint32_t
fit(const struct ldp_request *req, uint32_t from, size_t room)
{
        const struct ldp_members *m = &req->members;
        size_t bytes = 0;
        uint32_t to = from;

        while (to < m->order_count) {
                bytes += strlen(member_value(req, m->order[to])) + 6;
                if (bytes > room && to > from)
                        break;
                to++;
        }
        return to;
}

/* Cuts 'order' into ranges that fit, the first on top of the stack. */
static bool
cut(struct ldp_request *req, uint32_t from)
{
        struct ldp_members *m = &req->members;
        size_t most = (size_t)req->sink->config->max_request, extra = 4096 + strlen(req->dn);
        uint32_t count = (uint32_t)m->order_count;
        size_t pushed = 0;

        m->range_count = 0;
        while (from < count) {
                uint32_t to = fit(req, from, most > extra ? most - extra : 0);

                if (!push_range(req, from, to))
                        return false;
                from = to;
                pushed++;
        }
        for (size_t i = 0; i < pushed / 2; i++) {
                struct ldp_range swap = m->ranges[i];

                m->ranges[i] = m->ranges[pushed - 1 - i];
                m->ranges[pushed - 1 - i] = swap;
        }
        return true;
}

bool
ldp_members_prepare(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;

        m->count = mst_op_member_count(req->op);
        m->state = mst_arena_alloc(req->arena, m->count + 1);
        m->order = mst_arena_alloc(req->arena, (m->count + 1) * sizeof *m->order);
        if (m->scratch == NULL)
                m->scratch = mst_arena_new(4096);
        if (m->state == NULL || m->order == NULL || m->scratch == NULL)
                return false;
        for (uint32_t i = 0; i < m->count; i++) {
                const char *name = member_value(req, i);

                if (name != NULL && name[0] != '\0')
                        m->order[m->order_count++] = i;
                else
                        settle_member(req, i, MST_REFUSED, "the member has no DN");
        }
        return cut(req, 0);
}

void
ldp_members_close(struct ldp_request *req, enum mst_outcome outcome)
{
        struct ldp_members *m = &req->members;

        /* Those that got through before the rest failed. */
        for (uint32_t i = 0; m->state != NULL && i < m->count; i++)
                if (m->state[i] == MST_DONE && outcome != MST_DONE && outcome != MST_ALREADY)
                        mst_op_member_settle(req->op, i, MST_DONE, NULL);
        if (m->state == NULL || outcome != MST_UNKNOWN)
                return;
        /* Of one call nothing is known; those that were not in it were not sent. */
        for (size_t r = 0; r + 1 < m->range_count; r++)
                for (uint32_t at = m->ranges[r].from; at < m->ranges[r].to; at++)
                        mst_op_member_settle(req->op, m->order[at], MST_RETRY, "not sent before the connection ended");
}

static enum ldp_next
finish(struct ldp_request *req)
{
        const struct ldp_members *m = &req->members;
        bool done = mst_op_verb(req->op) == MST_CREATE, already = false;

        for (size_t i = 0; i < m->count; i++) {
                done |= m->state[i] == MST_DONE;
                already |= m->state[i] == MST_ALREADY;
        }
        if (done || already || m->count == 0)
                return ldp_request_done(req, done ? MST_DONE : MST_ALREADY);
        return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "none of the %zu members could be written to "
                                  "'%s': %s", m->count, req->dn, req->blamed.text[0] != '\0' ? req->blamed.text : "no DN");
}

/* --- a new group --------------------------------------------------------------- */

/* The values of the members 'from' to 'to' of 'order' that join, or leave. */
static bool
gather(const struct ldp_request *req, struct ldp_range range, bool join, const char *extra, struct mst_arena *arena,
       struct ldp_values *ret)
{
        const struct ldp_members *m = &req->members;
        size_t most = range.to - range.from + (extra != NULL), used = 0;
        struct berval *values = mst_arena_alloc(arena, most * sizeof *values);

        ret->count = 0;
        ret->list = mst_arena_alloc(arena, (most + 1) * sizeof *ret->list);
        if (values == NULL || ret->list == NULL)
                return false;
        if (extra != NULL)
                values[used++] = (struct berval){ .bv_val = (char *)extra, .bv_len = strlen(extra) };
        for (uint32_t at = range.from; at < range.to; at++)
                if (joins(req, m->order[at]) == join) {
                        const char *name = member_value(req, m->order[at]);

                        values[used++] = (struct berval){ .bv_val = (char *)name, .bv_len = strlen(name) };
                }
        for (; ret->count < used; ret->count++)
                ret->list[ret->count] = &values[ret->count];
        return true;
}

bool
ldp_members_first(struct ldp_request *req, size_t room, struct ldp_values *ret)
{
        struct ldp_members *m = &req->members;
        struct ldp_range first = { 0 };

        ret->count = 0;
        if (m->order_count == 0)
                return true;
        first.to = fit(req, 0, room);
        return cut(req, first.to) && push_range(req, 0, first.to) && gather(req, first, true, NULL, req->arena, ret);
}

void
ldp_members_first_done(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;

        if (m->range_count == 0)
                return;
        m->range_count--;
        for (uint32_t at = m->ranges[m->range_count].from; at < m->ranges[m->range_count].to; at++)
                settle_member(req, m->order[at], MST_DONE, NULL);
}

bool
ldp_members_first_undone(struct ldp_request *req)
{
        return cut(req, 0);
}

bool
ldp_members_left(const struct ldp_request *req)
{
        return req->members.range_count > 0;
}

enum ldp_next
ldp_members_go(struct ldp_request *req)
{
        if (req->members.range_count == 0)
                return finish(req);
        req->step = &step_write;
        return LDP_SEND;
}

/* --- the placeholder ------------------------------------------------------------- */

enum ldp_next
ldp_members_begin(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        bool any = false;

        if (req->place->kind != MST_GROUP)
                return ldp_request_settle(req, MST_REFUSED, MST_EINTERNAL, "only groups have members");
        if (!ldp_members_prepare(req))
                return ldp_request_no_memory(req);
        for (size_t i = 0; i < m->order_count && !any; i++)
                any = joins(req, m->order[i]);
        if (!any || ldp_placeholder(req) == NULL)
                return ldp_members_go(req);
        req->step = &step_ask;
        return LDP_SEND;
}

static int
send_ask(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct berval value = { .bv_val = (char *)ldp_placeholder(req) };

        value.bv_len = strlen(value.bv_val);
        return ldap_compare_ext(ld, ldp_request_target(req), req->sink->member, &value, NULL, NULL, msgid);
}

static enum ldp_next
answer_ask(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, &step_ask, &result, err);
        if (ldp_result_is_fatal(result.rc) || ldp_result_outcome(result.rc) == MST_RETRY)
                return ldp_request_refused(req, &result, "asking for the members of", err);
        req->members.holder = result.rc == LDAP_COMPARE_TRUE;
        return ldp_members_go(req);
}

static const struct ldp_step step_ask = { "ask", true, send_ask, answer_ask };

/* --- the change ------------------------------------------------------------------ */

static struct ldp_range
current(const struct ldp_request *req)
{
        return req->members.ranges[req->members.range_count - 1];
}

static int
send_write(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct ldp_members *m = &req->members;
        struct ldp_range range = current(req);
        struct ldp_values in, out;
        LDAPMod mods[2], *list[3] = { NULL, NULL, NULL };
        LDAPControl guard, *asserted[2], **controls;
        size_t used = 0;
        const char *holder = ldp_placeholder(req);
        bool any = false;

        for (uint32_t at = range.from; at < range.to && !any; at++)
                any = joins(req, m->order[at]);
        m->drops_holder = m->holder && any && !m->put_holder;
        mst_arena_reset(m->scratch);
        if (!gather(req, range, false, m->drops_holder ? holder : NULL, m->scratch, &out) ||
            !gather(req, range, true, m->put_holder ? holder : NULL, m->scratch, &in))
                return LDAP_NO_MEMORY;
        if (out.count > 0) {
                mods[used] = (LDAPMod){ .mod_op = LDAP_MOD_DELETE | LDAP_MOD_BVALUES, .mod_bvalues = out.list };
                list[used] = &mods[used];
                used++;
        }
        if (in.count > 0) {
                mods[used] = (LDAPMod){ .mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES, .mod_bvalues = in.list };
                list[used] = &mods[used];
                used++;
        }
        for (size_t i = 0; i < used; i++)
                mods[i].mod_type = req->sink->member;
        if (!ldp_request_guard(req, ld, &guard, asserted, &controls))
                return LDAP_NO_MEMORY;
        return ldap_modify_ext(ld, ldp_request_target(req), list, controls, NULL, msgid);
}

static enum ldp_next
written(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        struct ldp_range range = current(req);

        for (uint32_t at = range.from; at < range.to; at++)
                settle_member(req, m->order[at], MST_DONE, NULL);
        m->range_count--;
        req->wrote = true;
        m->holder = m->put_holder || (m->holder && !m->drops_holder);
        m->put_holder = false;
        return ldp_members_go(req);
}

/* A single member that the server does not take, or does not let go. */
static enum ldp_next
blame(struct ldp_request *req, const struct ldp_result *result)
{
        struct ldp_members *m = &req->members;
        uint32_t index = m->order[current(req).from];
        const char *why = mst_arena_strdup(req->arena, result->text);

        if ((joins(req, index) && result->rc == LDAP_TYPE_OR_VALUE_EXISTS) ||
            (!joins(req, index) && result->rc == LDAP_NO_SUCH_ATTRIBUTE)) {
                settle_member(req, index, MST_ALREADY, NULL);
        } else {
                settle_member(req, index, MST_REFUSED, why != NULL ? why : "refused");
                req->blamed = *result;
        }
        m->range_count--;
        m->put_holder = false;
        return ldp_members_go(req);
}

static bool
halve(struct ldp_request *req)
{
        struct ldp_range range = current(req);
        uint32_t middle = range.from + (range.to - range.from) / 2;

        req->members.range_count--;
        return push_range(req, middle, range.to) && push_range(req, range.from, middle);
}

static bool
any_leaves(const struct ldp_request *req)
{
        struct ldp_range range = current(req);

        for (uint32_t at = range.from; at < range.to; at++)
                if (!joins(req, req->members.order[at]))
                        return true;
        return false;
}

static enum ldp_next
answer_write(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_members *m = &req->members;
        struct ldp_range range = current(req);
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_SUCCESS)
                return written(req);
        if ((result.rc == LDAP_NO_SUCH_OBJECT || result.rc == LDAP_ASSERTION_FAILED) && !req->located)
                return ldp_request_locate(req, &step_write, &result, err);
        if (ldp_result_is_fatal(result.rc) || ldp_result_outcome(result.rc) == MST_RETRY)
                return ldp_request_refused(req, &result, "writing members of", err);
        if (result.rc == LDAP_NO_SUCH_ATTRIBUTE && m->drops_holder) {
                m->holder = false;               /* it went in the meantime */
                return LDP_SEND;
        }
        if (result.rc == LDAP_OBJECT_CLASS_VIOLATION && !m->put_holder && ldp_placeholder(req) != NULL &&
            any_leaves(req)) {
                m->put_holder = true;            /* nobody would be left */
                return LDP_SEND;
        }
        if ((result.rc == LDAP_NO_SUCH_ATTRIBUTE || result.rc == LDAP_TYPE_OR_VALUE_EXISTS) && !m->reread &&
            range.to - range.from >= REREAD_FROM) {
                m->reread = true;
                req->step = &step_reread;
                return LDP_SEND;
        }
        if (result.rc == LDAP_INSUFFICIENT_ACCESS)
                return ldp_request_refused(req, &result, "writing members of", err);
        if (range.to - range.from == 1)
                return blame(req, &result);
        m->put_holder = false;
        return halve(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_write = { "write", false, send_write, answer_write };

/* --- who is in it ------------------------------------------------------------------ */

static int
by_key(const void *a, const void *b, void *keys)
{
        const char **of = keys;

        return strcmp(of[*(const uint32_t *)a], of[*(const uint32_t *)b]);
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
                m->keys[i] = ldp_dn_normal(req->arena, member_value(req, m->order[i]));
                m->key_order[i] = i;
                if (m->keys[i] == NULL)
                        return false;
        }
        qsort_r(m->key_order, m->order_count, sizeof *m->key_order, by_key, m->keys);
        return true;
}

static int
send_reread(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *wanted[] = { req->sink->member, NULL };

        if (!make_keys(req))
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
note_entry(struct ldp_request *req, LDAP *ld, LDAPMessage *message)
{
        struct ldp_members *m = &req->members;
        struct berval **values = ldap_get_values_len(ld, message, req->sink->member);
        bool ok = true;

        for (size_t i = 0; ok && values != NULL && values[i] != NULL; i++) {
                const char *key;

                if (i % 1024 == 0)
                        mst_arena_reset(m->scratch);
                key = ldp_dn_normal(m->scratch, values[i]->bv_val);
                ok = key != NULL;
                if (ok)
                        note_present(req, key);
        }
        ldap_value_free_len(values);
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
                if (m->present[i] == joins(req, index))
                        settle_member(req, index, MST_ALREADY, NULL);
                else
                        m->order[kept++] = index;
        }
        m->order_count = kept;
        return cut(req, 0);
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
                return ldp_request_locate(req, &step_write, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "reading the members of", err);
        return subtract(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_reread = { "reread", true, send_reread, answer_reread };
