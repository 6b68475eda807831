/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.c - that a change meant for one entry does not hit another which has its name by
 * now.
 *
 *   assertion   where the server knows it (RFC 4528), each change carries "if your id is
 *               this one", and is refused otherwise
 *   GUID        Active Directory takes the id in place of the name, which needs no guard;
 *               for a rename the name that it has must be known all the same
 *   stamp       others (389 DS): a modify takes our stamp out and puts it in again, which
 *               fails, with all the rest, where it is another's
 *   look        and before what is no modify, or where there is no stamp, the entry is
 *               read, with others that are about to be changed too (ahead.c).  That is no
 *               proof: for it to go wrong somebody else must, in the LOOK_MS at most (for a
 *               deletion LOOK_DELETE_MS) between look and change, rename our entry away and give its name to another.  Ops of
 *               ours cannot: a name is free only after the op of who has it
 *   afterwards  so the answer to a rename or delete is asked for the id of what it met, where
 *               the server can tell (RFC 4527).  A wrong entry is renamed back; a deletion
 *               cannot be taken back, and is told loudly (confirm.c) */
#include <string.h>

#include <muster/escape.h>

#include "dn.h"
#include "id.h"
#include "lock.h"
#include "request.h"

#define LOOK_MS 2000             /* after which a look counts no more */
#define LOOK_DELETE_MS 250       /* what is deleted cannot be put back */

static const struct ldp_step step_look;

/* The filter (attribute=id) as BER: A3 length { 04 length attribute 04 length value }. */
static bool
assert_id(struct ldp_request *req, LDAPControl *control)
{
        const struct ldp_id *id = &req->sink->dir.id;
        size_t name = strlen(id->attribute);
        struct berval value;
        char *bytes = mst_arena_alloc(req->arena, name + 64), *at = bytes;

        if (bytes == NULL || name > 60 || !ldp_id_value(req->arena, id, req->id, &value))
                return false;
        *at++ = (char)0xa3;
        *at++ = (char)(name + value.bv_len + 4);
        *at++ = 0x04;
        *at++ = (char)name;
        at = mempcpy(at, id->attribute, name);
        *at++ = 0x04;
        *at++ = (char)value.bv_len;
        at = mempcpy(at, value.bv_val, value.bv_len);
        control->ldctl_value.bv_val = bytes;
        control->ldctl_value.bv_len = (size_t)(at - bytes);
        return true;
}

static bool
assert_filter(struct ldp_request *req, LDAP *ld, LDAPControl *control, char *filter)
{
        struct berval value = { 0 };

        if (filter == NULL || ldap_create_assertion_control_value(ld, filter, &value) != LDAP_SUCCESS)
                return false;
        control->ldctl_value.bv_val = mst_arena_memdup(req->arena, value.bv_val, value.bv_len);
        control->ldctl_value.bv_len = value.bv_len;
        ber_memfree(value.bv_val);
        return control->ldctl_value.bv_val != NULL;
}

/* For an adoption also: it bears no stamp, or ours. */
static bool
assert_free(struct ldp_request *req, LDAP *ld, LDAPControl *control)
{
        const char *stamp = mst_op_stamp(req->op), *safe = mst_escape_filter(req->arena, stamp, strlen(stamp));
        const char *id = ldp_id_filter(req->arena, &req->sink->dir.id, req->id), *own = req->place->stamp;

        return safe != NULL && id != NULL &&
               assert_filter(req, ld, control, mst_arena_printf(req->arena, "(&%s(|(!(%s=*))(%s=%s)))", id, own, own,
                                                                safe));
}

/* For those who join a group also: its placeholder is not in it. */
static bool
assert_unheld(struct ldp_request *req, LDAP *ld, LDAPControl *control)
{
        const char *holder = ldp_kind_holder(req), *safe = mst_escape_filter(req->arena, holder, strlen(holder));
        const char *id = ldp_id_filter(req->arena, &req->sink->dir.id, req->id);

        return safe != NULL && id != NULL &&
               assert_filter(req, ld, control, mst_arena_printf(req->arena, "(&%s(!(%s=%s)))", id, req->sink->member,
                                                                safe));
}

bool
ldp_request_guard(struct ldp_request *req, LDAP *ld, LDAPControl *room, LDAPControl **list, LDAPControl ***ret)
{
        bool adopts = mst_op_verb(req->op) == MST_ADOPT && req->place->stamp != NULL &&
                      mst_op_stamp(req->op)[0] != '\0';

        *ret = NULL;
        if (!req->sink->dir.server.assertion || !ldp_request_has_id(req))
                return true;
        *room = (LDAPControl){ .ldctl_oid = (char *)LDAP_CONTROL_ASSERT, .ldctl_iscritical = 1 };
        if (!(adopts ? assert_free(req, ld, room)
                     : req->members.presuming ? assert_unheld(req, ld, room) : assert_id(req, room)))
                return false;
        list[0] = room;
        list[1] = NULL;
        *ret = list;
        return true;
}

/* --- without assertions ------------------------------------------------------------- */

/* Is the id in the name, or said with each change? */
static bool
is_safe(const struct ldp_request *req)
{
        return req->sink->dir.server.assertion || req->sink->dir.id.addresses || !ldp_request_has_id(req);
}

bool
ldp_guard_stamps(const struct ldp_request *req)
{
        enum mst_verb verb = mst_op_verb(req->op);

        return !is_safe(req) && !req->unstamped && req->place->stamp != NULL && mst_op_stamp(req->op)[0] != '\0' &&
               verb != MST_ADOPT && verb != MST_CREATE;
}

enum ldp_next
ldp_guard_go(struct ldp_request *req, const struct ldp_step *step, bool modifies)
{
        bool renames = mst_op_verb(req->op) != MST_DELETE && !modifies;

        req->step = step;
        if (req->looked || (modifies && ldp_guard_stamps(req)) ||
            (is_safe(req) && !(renames && req->sink->dir.id.addresses && ldp_request_has_id(req))))
                return LDP_SEND;
        return req->located ? ldp_guard_look(req, step) : ldp_ahead_await(req, step);
}

enum ldp_next
ldp_guard_look(struct ldp_request *req, const struct ldp_step *then)
{
        req->guarded = then;
        req->step = &step_look;
        return LDP_SEND;
}

void
ldp_guard_renew(struct ldp_request *req, int64_t now)
{
        int64_t counts = req->op != NULL && mst_op_verb(req->op) == MST_DELETE ? LOOK_DELETE_MS : LOOK_MS;

        if (req->looked && req->op != NULL && !req->step->reads && !is_safe(req) && now - req->looked_at > counts)
                (void)ldp_guard_look(req, req->step);
}

static int
send_look(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *wanted[] = { (char *)req->sink->dir.id.attribute, (char *)req->place->stamp, NULL };

        req->found = req->seen_dn = NULL;
        req->taken = false;
        return ldap_search_ext(ld, ldp_request_target(req), LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL,
                               NULL, 1, msgid);
}

static const char *
first_value(struct ldp_request *req, LDAP *ld, LDAPMessage *message, const char *attribute, bool id)
{
        struct berval **values = attribute != NULL ? ldap_get_values_len(ld, message, attribute) : NULL;
        const char *text = NULL;

        if (values != NULL && values[0] != NULL)
                text = id ? ldp_id_text(req->arena, &req->sink->dir.id, values[0])
                          : mst_arena_strndup(req->arena, values[0]->bv_val, values[0]->bv_len);
        ldap_value_free_len(values);
        return text;
}

void
ldp_guard_note(struct ldp_request *req, LDAP *ld, LDAPMessage *message)
{
        const char *ours = mst_op_stamp(req->op), *stamp;
        bool adopts = mst_op_verb(req->op) == MST_ADOPT;
        char *dn = ldap_get_dn(ld, message);

        req->found = first_value(req, ld, message, req->sink->dir.id.attribute, true);
        req->seen_dn = dn != NULL ? mst_arena_strdup(req->arena, dn) : NULL;
        ldap_memfree(dn);
        stamp = first_value(req, ld, message, req->place->stamp, false);
        req->taken = adopts && stamp != NULL && ours[0] != '\0' && strcmp(stamp, ours) != 0;
        req->ours = adopts && stamp != NULL && !req->taken;
        if (ldp_lock_must_read(req))
                req->bits = first_value(req, ld, message, req->sink->lock.attribute, false);
}

/* It may be elsewhere: what is to be renamed, then? */
static enum ldp_next
go_on(struct ldp_request *req)
{
        const char *was = ldp_dn_normal(req->arena, req->dn);
        const char *now = req->seen_dn != NULL ? ldp_dn_normal(req->arena, req->seen_dn) : NULL;
        bool moved, goes_on = req->guarded != NULL && !req->ours;

        if (was == NULL || now == NULL)
                return ldp_request_no_memory(req);
        moved = strcmp(was, now) != 0;
        if (moved) {
                req->dn = req->seen_dn;
                req->moved = true;
        }
        if (moved && mst_op_verb(req->op) == MST_DELETE)
                return ldp_delete_begin(req);
        if (goes_on && (!moved || mst_op_verb(req->op) == MST_MEMBERS)) {
                req->step = req->guarded;
                return LDP_SEND;
        }
        return ldp_change_begin(req);            /* an adopted one that is ours is not stamped again */
}

enum ldp_next
ldp_guard_seen(struct ldp_request *req, struct mst_error *err)
{
        static const struct ldp_result another = { .rc = LDAP_ASSERTION_FAILED };

        if (req->found == NULL || strcmp(req->found, req->id) != 0 || req->taken)
                return ldp_request_locate(req, NULL, &another, err);
        req->looked = true;
        req->looked_at = mst_host_ticks_ms(req->sink->host);
        return go_on(req);
}

static enum ldp_next
answer_look(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                ldp_guard_note(req, ld, message);
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, NULL, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "looking at", err);
        return ldp_guard_seen(req, err);
}

static const struct ldp_step step_look = { "look", true, send_look, answer_look, NULL };
