/* SPDX-License-Identifier: Apache-2.0
 *
 * confirm.c - which entry it was, asked with the change itself (RFC 4527).
 *
 *   ask      a rename is to tell the id of what it has renamed, a delete of what it deletes;
 *            only where nothing in the request says which entry is meant (guard.c)
 *   compare  another's: somebody was faster than a look ahead could see
 *   undo     a renamed one gets its name and place back, and ours is looked for */
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "request.h"

static const struct ldp_step step_undo;

/* An entry in BER with one attribute. */
const char *
ldp_confirm_id(struct ldp_request *req, LDAPControl **controls, const char *oid)
{
        const struct ldp_id *id = &req->sink->dir.id;
        LDAPControl *control = ldp_result_control(controls, oid);
        BerElement *ber;
        struct berval dn, name, *values = NULL;
        const char *text = NULL;

        if (control == NULL || (ber = ber_init(&control->ldctl_value)) == NULL)
                return NULL;
        if (ber_scanf(ber, "{m{{m[W]", &dn, &name, &values) != LBER_ERROR && values != NULL &&
            values[0].bv_val != NULL && name.bv_len == strlen(id->attribute) &&
            strncasecmp(name.bv_val, id->attribute, name.bv_len) == 0)
                text = ldp_id_text(req->arena, id, &values[0]);
        ber_bvarray_free(values);
        ber_free(ber, 1);
        return text;
}

void
ldp_confirm_ask(struct ldp_request *req, const char *oid, LDAPControl *room, LDAPControl *list[3], LDAPControl ***ret)
{
        const struct ldp_dir *dir = &req->sink->dir;
        bool can = strcmp(oid, LDAP_CONTROL_PRE_READ) == 0 ? dir->server.pre_read : dir->server.post_read;

        if (*ret != NULL || !can || dir->id.addresses || !ldp_request_has_id(req))
                return;
        *room = req->sink->post_read;            /* the same question, before or after */
        room->ldctl_oid = (char *)oid;
        list[0] = room;
        list[1] = NULL;
        *ret = list;
}

bool
ldp_confirm_another(struct ldp_request *req, LDAP *ld, LDAPMessage *message, const char *oid)
{
        LDAPControl **controls = NULL;
        const char *id = NULL;

        if (ldap_parse_result(ld, message, NULL, NULL, NULL, NULL, &controls, 0) == LDAP_SUCCESS)
                id = ldp_confirm_id(req, controls, oid);
        ldap_controls_free(controls);
        return id != NULL && ldp_request_has_id(req) && strcmp(id, req->id) != 0;
}

/* --- undo ---------------------------------------------------------------------------- */

enum ldp_next
ldp_confirm_undo(struct ldp_request *req)
{
        const char *parent = req->parent != NULL ? req->parent : ldp_dn_parent(req->dn);

        req->home = req->dn;                     /* what the other one was called */
        req->dn = ldp_dn_join(req->arena, req->rdn, parent);
        if (req->dn == NULL)
                return ldp_request_settle(req, MST_REFUSED, MST_EINTERNAL, "out of memory after another entry with the "
                                          "name '%s' was renamed to '%s': give it its name back", req->home, req->rdn);
        mst_host_log(req->sink->host, MST_LOG_WARNING, "'%s' was taken by another entry in the moment before it was renamed "
                     "to '%s': that one gets its name back", req->home, req->dn);
        req->step = &step_undo;
        return LDP_SEND;
}

static int
send_undo(struct ldp_request *req, LDAP *ld, int *msgid)
{
        const char *parent = ldp_dn_parent(req->home);
        const char *rdn = mst_arena_strndup(req->arena, req->home, (size_t)(parent - req->home) - (*parent != '\0'));

        if (rdn == NULL)
                return LDAP_NO_MEMORY;
        return ldap_rename(ld, req->dn, rdn, req->parent != NULL ? parent : NULL, 1, NULL, NULL, msgid);
}

static enum ldp_next
answer_undo(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        const char *wrong = req->dn;

        ldp_result_read(ld, message, &result);
        req->dn = req->home;
        req->home = NULL;
        req->looked = false;
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "another entry with the name '%s' was renamed to "
                                          "'%s', and cannot be given its name back: %s: do it by hand", req->dn, wrong,
                                          result.text);
        result.rc = LDAP_ASSERTION_FAILED;
        return ldp_request_locate(req, NULL, &result, err);
}

static enum ldp_next
lost_undo(struct ldp_request *req, bool sent)
{
        return ldp_request_settle(req, sent ? MST_UNKNOWN : MST_RETRY, MST_ENET, "another entry with the name '%s' was renamed "
                                  "to '%s', and the connection ended before it had its name back: do it by hand", req->home,
                                  req->dn);
}

static const struct ldp_step step_undo = { "undo", false, send_undo, answer_undo, lost_undo };
