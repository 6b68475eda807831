/* SPDX-License-Identifier: Apache-2.0
 *
 * members.c - who is in a group.
 *
 *   refer     what stands for each member: its DN, or for memberUid its uid (refer.c)
 *   ask       is the placeholder in the group?  Only when somebody joins, and the server
 *             knows neither assertions, by which the change itself says "it is not", nor
 *             the control to pass over what is so already
 *   write     one modify with all that join and leave, as long as the server takes it
 *   present   when a large one is refused because somebody is in already, or out: the
 *             group is read and what is so already is left out (present.c)
 *   write     ... and what is then refused is halved until the one to blame stands alone
 *   seek      who was to leave and was out already may be in by a new name (stray.c)
 *
 * A server rewrites the whole entry for each modify, so one for everything is right at
 * any size.  What it does not take as too much, saying so or by hanging up, is halved and
 * the size remembered (chunk.c); such a change may be sent again, since nobody can be a
 * member twice. */
#include <string.h>

#include "advice.h"
#include "chunk.h"
#include "kind.h"
#include "request.h"

/* A refusal of fewer members than this is halved at once, without reading the group. */
#define REREAD_FROM 16

static const struct ldp_step step_ask, step_write;

const char *
ldp_member_value(const struct ldp_request *req, uint32_t index)
{
        return req->members.values != NULL ? req->members.values[index] : mst_op_member_name(req->op, index);
}

static bool
joins(const struct ldp_request *req, uint32_t index)
{
        return mst_op_member_joins(req->op, index);
}

/* How the member ended, where that differs from how the op will: "done" is not told. */
void
ldp_member_settle(struct ldp_request *req, uint32_t index, enum mst_outcome outcome, const char *why)
{
        req->members.state[index] = (uint8_t)outcome;
        if (outcome != MST_DONE || req->members.sought)
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

/* How many of 'order' from 'from' to 'to' fit into 'room' bytes, and are not too many; at
 * least one. */
static uint32_t
fit(const struct ldp_request *req, uint32_t from, uint32_t to, size_t room)
{
        const struct ldp_members *m = &req->members;
        size_t bytes = 0, most = ldp_chunk_values(req->sink);
        uint32_t at = from;

        while (at < to && at - from < most) {
                bytes += strlen(ldp_member_value(req, m->order[at])) + 6;
                if (bytes > room && at > from)
                        break;
                at++;
        }
        return at;
}

/* Room for values in a request of its own. */
static size_t
room(const struct ldp_request *req)
{
        size_t most = ldp_chunk_bytes(req->sink), extra = 512 + strlen(req->dn);

        return most > extra ? most - extra : 0;
}

bool
ldp_members_cut(struct ldp_request *req, uint32_t from)
{
        req->members.range_count = 0;
        return push_range(req, from, (uint32_t)req->members.order_count);
}

/* The range on top is cut to what the server takes. */
static bool
trim(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        struct ldp_range top = m->ranges[m->range_count - 1];
        uint32_t middle = fit(req, top.from, top.to, room(req));

        if (middle == top.to)
                return true;
        m->range_count--;
        return push_range(req, middle, top.to) && push_range(req, top.from, middle);
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
        return m->state != NULL && m->order != NULL && m->scratch != NULL;
}

bool
ldp_members_order(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;

        m->order_count = 0;
        for (uint32_t i = 0; i < m->count; i++) {
                const char *value = ldp_member_value(req, i);

                if (m->state[i] != 0)
                        continue;
                if (value != NULL && value[0] != '\0')
                        m->order[m->order_count++] = i;
                else
                        ldp_member_settle(req, i, MST_REFUSED, req->sink->refers == NULL ? "the member has no DN"
                                                                           : "it is not known what it is called there");
        }
        return ldp_members_cut(req, 0);
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
                        const char *name = ldp_member_value(req, m->order[at]);

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
        first.to = fit(req, 0, (uint32_t)m->order_count, room);
        return ldp_members_cut(req, first.to) && push_range(req, 0, first.to) &&
               gather(req, first, true, NULL, req->arena, ret);
}

void
ldp_members_first_done(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;

        if (m->range_count == 0)
                return;
        m->range_count--;
        for (uint32_t at = m->ranges[m->range_count].from; at < m->ranges[m->range_count].to; at++)
                ldp_member_settle(req, m->order[at], MST_DONE, NULL);
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
                return req->members.sought ? finish(req) : ldp_stray_begin(req);
        if (!trim(req))
                return ldp_request_no_memory(req);
        return ldp_guard_go(req, &step_write, true);
}

/* --- the placeholder ------------------------------------------------------------- */

/* What stands for the members is known. */
static enum ldp_next
referred(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        bool any = false, leaves = false;

        if (req->sink->dir.dialect->name == LDP_AD && req->sink->refers == NULL && !ldp_stray_pairs(req))
                return ldp_request_no_memory(req);
        for (size_t i = 0; i < m->order_count; i++) {
                any |= joins(req, m->order[i]);
                leaves |= !joins(req, m->order[i]);
        }
        if (any && leaves && !ldp_present_meet(req))
                return ldp_request_no_memory(req);
        /* Who is out already must be told, as he may be in by another name; Active Directory
         * tells it of names that are nobody's all the same. */
        m->lenient = req->sink->dir.server.permissive && (!leaves || req->sink->dir.dialect->name == LDP_AD);
        if (!any || ldp_kind_holder(req) == NULL)
                return ldp_members_go(req);
        m->holder = m->lenient;
        m->presumes = !m->lenient && req->sink->dir.server.assertion && ldp_id_is(&req->sink->dir.id, req->id);
        if (m->lenient || m->presumes)
                return ldp_members_go(req);
        req->step = &step_ask;
        return LDP_SEND;
}

enum ldp_next
ldp_members_begin(struct ldp_request *req)
{
        if (req->place->kind != MST_GROUP)
                return ldp_request_settle(req, MST_REFUSED, MST_EINTERNAL, "only groups have members");
        if (!ldp_members_prepare(req))
                return ldp_request_no_memory(req);
        return ldp_refer_begin(req, referred);
}

static int
send_ask(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct berval value = { .bv_val = (char *)ldp_kind_holder(req) };

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

static const struct ldp_step step_ask = { "ask", true, send_ask, answer_ask, NULL };

/* --- the change ------------------------------------------------------------------ */

static struct ldp_range
current(const struct ldp_request *req)
{
        return req->members.ranges[req->members.range_count - 1];
}

/* That it is the group we mean, and that what is so already shall be no error. */
static bool
put_controls(struct ldp_request *req, LDAP *ld, LDAPControl room[2], LDAPControl *list[3])
{
        LDAPControl **guard = NULL;
        size_t used = 0;

        if (!ldp_request_guard(req, ld, &room[0], list, &guard))
                return false;
        used = guard != NULL;
        if (req->members.lenient) {
                room[1] = (LDAPControl){ .ldctl_oid = (char *)LDAP_CONTROL_X_PERMISSIVE_MODIFY, .ldctl_iscritical = 1 };
                list[used++] = &room[1];
        }
        list[used] = NULL;
        return true;
}

static int
send_write(struct ldp_request *req, LDAP *ld, int *msgid)
{
        struct ldp_members *m = &req->members;
        struct ldp_range range = current(req);
        struct ldp_values in, out;
        LDAPMod mods[4], *list[5] = { NULL };
        struct berval stamp = { .bv_val = (char *)mst_op_stamp(req->op) }, *stamps[] = { &stamp, NULL };
        LDAPControl room[2], *list_of[3];
        size_t used = 0;
        const char *holder = ldp_kind_holder(req);
        bool any = false;

        for (uint32_t at = range.from; at < range.to && !any; at++)
                any = joins(req, m->order[at]);
        m->drops_holder = m->holder && any && !m->put_holder;
        m->presuming = m->presumes && any && !m->put_holder;
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
        stamp.bv_len = strlen(stamp.bv_val);
        for (int i = 0; i < 2 && ldp_guard_stamps(req); i++) {
                mods[used] = (LDAPMod){ .mod_op = (i == 0 ? LDAP_MOD_DELETE : LDAP_MOD_ADD) | LDAP_MOD_BVALUES,
                                        .mod_type = (char *)req->place->stamp, .mod_bvalues = stamps };
                list[used] = &mods[used];
                used++;
        }
        if (!put_controls(req, ld, room, list_of))
                return LDAP_NO_MEMORY;
        return ldap_modify_ext(ld, ldp_request_target(req), list, list_of, NULL, msgid);
}

static enum ldp_next
written(struct ldp_request *req)
{
        struct ldp_members *m = &req->members;
        struct ldp_range range = current(req);

        for (uint32_t at = range.from; at < range.to; at++)
                ldp_member_settle(req, m->order[at], MST_DONE, NULL);
        m->range_count--;
        req->wrote = true;
        if (m->less_bytes != 0 || m->less_values != 0)
                ldp_chunk_learn(req->sink, m->less_bytes, m->less_values);
        m->less_bytes = m->less_values = 0;
        m->holder = m->put_holder || (m->holder && !m->drops_holder);
        m->presumes &= !m->presuming;            /* now it is known */
        m->presuming = false;
        m->put_holder = false;
        return ldp_members_go(req);
}

/* A single member that the server does not take, or does not let go. */
static enum ldp_next
blame(struct ldp_request *req, const struct ldp_result *result)
{
        struct ldp_members *m = &req->members;
        uint32_t index = m->order[current(req).from];
        const char *why = mst_arena_printf(req->arena, "%s%s", result->text, ldp_advice(result->rc, result->text));

        if ((joins(req, index) && (result->rc == LDAP_TYPE_OR_VALUE_EXISTS || result->rc == LDAP_ALREADY_EXISTS)) ||
            (!joins(req, index) && result->rc == LDAP_NO_SUCH_ATTRIBUTE)) {
                ldp_member_settle(req, index, MST_ALREADY, NULL);
        } else {
                ldp_member_settle(req, index, MST_REFUSED, why != NULL ? why : "refused");
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

/* Half of it, and if that goes through no more than that from now on. */
static enum ldp_next
too_much(struct ldp_request *req)
{
        struct ldp_range range = current(req);

        req->members.less_values = (range.to - range.from) / 2;
        return halve(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

/* Somebody is in already, or out: a few are halved at once, without reading the group.
 * Active Directory has codes of its own for that, and 53 is also its word for much else:
 * there the group is read.  Who was renamed is in it by his new name already. */
static bool
is_stale(const struct ldp_request *req, int rc)
{
        struct ldp_range range = current(req);

        if (req->sink->dir.dialect->name == LDP_AD && !req->members.reread)
                return rc == LDAP_ALREADY_EXISTS || rc == LDAP_UNWILLING_TO_PERFORM || rc == LDAP_NO_SUCH_ATTRIBUTE;
        return (rc == LDAP_NO_SUCH_ATTRIBUTE || rc == LDAP_TYPE_OR_VALUE_EXISTS) && !req->members.reread &&
               range.to - range.from >= REREAD_FROM;
}

static enum ldp_next
answer_write(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_members *m = &req->members;
        bool alone = current(req).to - current(req).from == 1;
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_SUCCESS)
                return written(req);
        if (result.rc == LDAP_ASSERTION_FAILED && m->presuming) {
                m->presumes = m->presuming = false;
                m->holder = true;                /* unless it is another group, which is told next */
                return LDP_SEND;
        }
        if ((result.rc == LDAP_NO_SUCH_OBJECT || result.rc == LDAP_ASSERTION_FAILED) && !req->located)
                return ldp_request_locate(req, &step_write, &result, err);
        if ((result.rc == LDAP_ADMINLIMIT_EXCEEDED || result.rc == LDAP_TIMELIMIT_EXCEEDED) && !alone)
                return too_much(req);
        if (ldp_result_is_fatal(result.rc) || ldp_result_outcome(result.rc) == MST_RETRY)
                return ldp_request_refused(req, &result, "writing members of", err);
        if (result.rc == LDAP_NO_SUCH_ATTRIBUTE && ldp_guard_stamps(req)) {
                req->unstamped = true;           /* perhaps it was that; is it our group? */
                return ldp_members_go(req);
        }
        if (result.rc == LDAP_NO_SUCH_ATTRIBUTE && m->drops_holder) {
                m->holder = false;               /* it went in the meantime */
                return LDP_SEND;
        }
        if (result.rc == LDAP_OBJECT_CLASS_VIOLATION && !m->put_holder && ldp_kind_holder(req) != NULL &&
            any_leaves(req)) {
                m->put_holder = true;            /* nobody would be left */
                return LDP_SEND;
        }
        if (is_stale(req, result.rc)) {
                m->reread = true;
                return ldp_present_begin(req);
        }
        if (result.rc == LDAP_INSUFFICIENT_ACCESS)
                return ldp_request_refused(req, &result, "writing members of", err);
        if (alone)
                return blame(req, &result);
        m->put_holder = false;
        return halve(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

/* The connection ended: perhaps the request was too long.  Whether it was carried out or
 * not, its halves may be sent. */
static enum ldp_next
write_lost(struct ldp_request *req, bool sent)
{
        struct ldp_range range = current(req);
        size_t bytes = 0;

        (void)sent;
        for (uint32_t at = range.from; at < range.to; at++)
                bytes += strlen(ldp_member_value(req, req->members.order[at])) + 6;
        if (range.to - range.from == 1 || bytes < LDP_SUSPECT || req->losses > LDP_LOSSES)
                return LDP_MORE;
        req->members.less_bytes = bytes / 2 + 512;
        req->members.put_holder = false;
        return halve(req) ? ldp_members_go(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_write = { "write", false, send_write, answer_write, write_lost };
