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
 *               read: no proof, but the time in which it could go wrong is one call's */
#include <string.h>

#include <muster/escape.h>

#include "dn.h"
#include "id.h"
#include "request.h"

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

        return !is_safe(req) && !req->looked && !req->unstamped && req->place->stamp != NULL &&
               mst_op_stamp(req->op)[0] != '\0' && verb != MST_ADOPT && verb != MST_CREATE;
}

const struct ldp_step *
ldp_guard_step(struct ldp_request *req, const struct ldp_step *step, bool modifies)
{
        bool renames = mst_op_verb(req->op) != MST_DELETE && !modifies;

        if (req->looked || (modifies && ldp_guard_stamps(req)) ||
            (is_safe(req) && !(renames && req->sink->dir.id.addresses)))
                return step;
        req->guarded = step;
        return &step_look;
}

enum ldp_next
ldp_guard_look(struct ldp_request *req, const struct ldp_step *then)
{
        req->guarded = then;
        req->step = &step_look;
        return LDP_SEND;
}

static int
send_look(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *wanted[] = { (char *)req->sink->dir.id.attribute, (char *)req->place->stamp, NULL };

        req->found = req->seen_dn = NULL;
        req->taken = false;
        return ldap_search_ext(ld, ldp_request_target(req), LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 1, msgid);
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

static enum ldp_next
go_on(struct ldp_request *req)
{
        req->step = req->guarded;
        return LDP_SEND;
}

/* Addressed by its id it was found wherever it is: what is to be renamed, then? */
static enum ldp_next
renamed_since(struct ldp_request *req)
{
        const char *was = ldp_dn_normal(req->arena, req->dn);
        const char *now = req->seen_dn != NULL ? ldp_dn_normal(req->arena, req->seen_dn) : NULL;

        if (was == NULL || now == NULL)
                return ldp_request_no_memory(req);
        if (strcmp(was, now) == 0)
                return go_on(req);
        req->dn = req->seen_dn;
        req->moved = true;
        return ldp_change_begin(req);
}

static enum ldp_next
answer_look(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        const char *stamp;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                char *dn = ldap_get_dn(ld, message);

                req->found = first_value(req, ld, message, req->sink->dir.id.attribute, true);
                req->seen_dn = dn != NULL ? mst_arena_strdup(req->arena, dn) : NULL;
                ldap_memfree(dn);
                stamp = first_value(req, ld, message, req->place->stamp, false);
                req->taken = mst_op_verb(req->op) == MST_ADOPT && stamp != NULL && mst_op_stamp(req->op)[0] != '\0' &&
                             strcmp(stamp, mst_op_stamp(req->op)) != 0;
                req->ours = mst_op_verb(req->op) == MST_ADOPT && stamp != NULL && !req->taken;
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, NULL, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "looking at", err);
        if (req->found == NULL || strcmp(req->found, req->id) != 0 || req->taken) {
                result.rc = LDAP_ASSERTION_FAILED;
                return ldp_request_locate(req, NULL, &result, err);
        }
        req->looked = true;
        if (req->ours)
                return ldp_change_begin(req);    /* what is left to do does not stamp it again */
        return req->sink->dir.id.addresses ? renamed_since(req) : go_on(req);
}

static const struct ldp_step step_look = { "look", true, send_look, answer_look, NULL };
