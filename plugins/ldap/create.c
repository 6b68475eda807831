/* SPDX-License-Identifier: Apache-2.0
 *
 * create.c - new entries.
 *
 *   add       with everything, and for a group the members that fit
 *   read id   only where the server did not tell the entryUUID with its answer and it
 *             was not found out together with others (ids.c)
 *   members   those of a group that did not fit
 *
 * A group that is refused with its members is tried again without them: then it is
 * known which member is to blame, and the others get in. */
#include <string.h>
#include <strings.h>

#include "chunk.h"
#include "dn.h"
#include "kind.h"
#include "lock.h"
#include "mods.h"
#include "password.h"
#include "request.h"
#include "result.h"

static const struct ldp_step step_add, step_read_id;

/* What Muster writes itself cannot also come from a map. */
static bool
is_ours(const struct ldp_request *req, const char *name)
{
        const struct ldp_sink *sink = req->sink;

        if (req->place->stamp != NULL && strcasecmp(name, req->place->stamp) == 0)
                return true;
        if (req->place->number.attribute != NULL && strcasecmp(name, req->place->number.attribute) == 0)
                return true;
        if (req->place->kind == MST_GROUP)
                return strcasecmp(name, sink->member) == 0;
        if (ldp_password_attribute(sink) != NULL && strcasecmp(name, ldp_password_attribute(sink)) == 0)
                return true;
        return sink->lock.attribute != NULL && strcasecmp(name, sink->lock.attribute) == 0;
}

static void
put_classes(struct ldp_request *req, struct ldp_mods *mods)
{
        struct ldp_values values = { 0 };
        size_t count = 0;

        while (req->place->classes[count] != NULL)
                count++;
        struct berval *texts = mst_arena_alloc(req->arena, count * sizeof *texts);

        values.list = mst_arena_alloc(req->arena, (count + 1) * sizeof *values.list);
        if (texts == NULL || values.list == NULL) {
                mods->failed = true;
                return;
        }
        for (size_t i = 0; i < count; i++) {
                texts[i].bv_val = req->place->classes[i];
                texts[i].bv_len = strlen(texts[i].bv_val);
                values.list[values.count++] = &texts[i];
        }
        ldp_mods_put(mods, LDAP_MOD_ADD, "objectClass", &values);
}

/* True: settled. */
static bool
put_changes(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        size_t count = mst_op_change_count(req->op);
        struct mst_error err = { 0 };
        struct ldp_values values;

        for (size_t i = 0; i < count; i++) {
                const char *name = mst_op_change_name(req->op, i);

                if (name[0] == '@')
                        continue;
                if (!ldp_is_attribute(name) || is_ours(req, name)) {
                        *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "'%s' cannot be mapped: %s", name,
                                                   ldp_is_attribute(name) ? "Muster writes it itself"
                                                                          : "it is no attribute's name");
                        return true;
                }
                if (ldp_values_write(req->arena, req->sink->dir.schema, name, mst_op_after(req->op, i), &values,
                                     &err) !=
                    MST_OK) {
                        *next = ldp_request_settle(req, MST_REFUSED, err.code, "%s", err.text);
                        return true;
                }
                if (values.count > 0)
                        ldp_mods_put(mods, LDAP_MOD_ADD, name, &values);
        }
        return false;
}

/* A user that is not to be used yet, or the mark of one that is. */
static bool
put_state(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        if (req->place->kind != MST_USER)
                return false;
        if (!mst_op_enabled(req->op) && req->sink->lock.attribute == NULL) {
                *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "the account is to be created disabled, "
                                           "which needs disabled-attribute and disabled-value");
                return true;
        }
        ldp_lock_create(req, mods);
        return false;
}

static void
put_members(struct ldp_request *req, struct ldp_mods *mods)
{
        const char *name = req->sink->member, *holder = ldp_kind_holder(req);
        size_t most = ldp_chunk_bytes(req->sink);
        struct ldp_values values = { 0 };

        if (!req->bare &&
            !ldp_members_first(req, most > mods->bytes + 4096 ? most - mods->bytes - 4096 : 0, &values))
                mods->failed = true;
        if (values.count > 0)
                ldp_mods_put(mods, LDAP_MOD_ADD, name, &values);
        else if (holder != NULL)
                ldp_mods_text(mods, LDAP_MOD_ADD, name, holder);
        req->members.holder = values.count == 0 && holder != NULL;
}

/* True: settled. */
static bool
put_number(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        struct ldp_number *number = &req->place->number;
        struct mst_error err = { 0 };
        const char *text;

        if (number->attribute == NULL)
                return false;
        if (req->number == 0 && ldp_number_take(req->sink, number, &req->number, &err) != MST_OK) {
                *next = ldp_request_settle(req, err.code == MST_EREFUSED || err.code == MST_ECONFIG ? MST_REFUSED : MST_RETRY,
                                           err.code, "%s", err.text);
                return true;
        }
        text = mst_arena_printf(req->arena, "%lld", (long long)req->number);
        if (text != NULL)
                ldp_mods_text(mods, LDAP_MOD_ADD, number->attribute, text);
        mods->failed |= text == NULL;
        return false;
}

/* Makes the add; also a second time, 'bare'. */
static enum ldp_next
build(struct ldp_request *req)
{
        size_t most = (size_t)req->sink->config->max_request;
        const char *stamp = mst_op_stamp(req->op);
        struct ldp_mods mods;
        enum ldp_next next = LDP_SEND;

        ldp_mods_begin(&mods, req->arena, mst_op_change_count(req->op) + 11);
        if (put_changes(req, &mods, &next) || put_state(req, &mods, &next))
                return next;
        if (!ldp_mods_has(&mods, "objectClass"))
                put_classes(req, &mods);
        if (req->place->stamp != NULL && stamp[0] != '\0')
                ldp_mods_text(&mods, LDAP_MOD_ADD, req->place->stamp, stamp);
        ldp_kind_put(req, &mods);
        if (put_number(req, &mods, &next))
                return next;
        if (req->place->kind == MST_GROUP)
                put_members(req, &mods);
        if (!mods.failed && mods.bytes + strlen(req->dn) + 1024 <= most && !ldp_password_put(req, &mods, &next))
                return next;
        if (mods.failed)
                return ldp_request_no_memory(req);
        if (mods.bytes + strlen(req->dn) + 1024 > most)
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' would be a request of %zu bytes, "
                                          "more than max-request-size", req->dn, mods.bytes);
        req->mods = mods.list;
        req->bytes = mods.bytes;
        req->step = &step_add;
        return LDP_SEND;
}

enum ldp_next
ldp_create_begin(struct ldp_request *req)
{
        enum ldp_next next = LDP_SEND;

        req->rdn = ldp_request_rdn(req, &next);
        if (req->rdn == NULL)
                return next;
        req->parent = ldp_request_parent(req, &next);
        if (req->parent == NULL)
                return next;
        req->dn = ldp_dn_join(req->arena, req->rdn, req->parent);
        req->id = NULL;
        if (req->dn == NULL || (req->place->kind == MST_GROUP && !ldp_members_prepare(req)))
                return ldp_request_no_memory(req);
        return req->place->kind == MST_GROUP ? ldp_refer_begin(req, build) : build(req);
}

static int
send_add(struct ldp_request *req, LDAP *ld, int *msgid)
{
        LDAPControl *controls[] = { &req->sink->post_read, NULL };

        return ldap_add_ext(ld, req->dn, req->mods, req->sink->dir.server.post_read && !req->bulk ? controls : NULL, NULL,
                            msgid);
}

/* The entry is there: on with what it still lacks. */
enum ldp_next
ldp_create_go_on(struct ldp_request *req)
{
        if (req->id == NULL) {
                req->step = &step_read_id;
                return LDP_SEND;
        }
        if (req->place->kind == MST_GROUP && ldp_members_left(req))
                return ldp_members_go(req);
        return ldp_request_done(req, MST_DONE);
}

static bool
may_be_a_member(int rc)
{
        switch (rc) {
        case LDAP_CONSTRAINT_VIOLATION:
        case LDAP_TYPE_OR_VALUE_EXISTS:
        case LDAP_INVALID_SYNTAX:
        case LDAP_NO_SUCH_OBJECT:
        case LDAP_INVALID_DN_SYNTAX:
        case LDAP_UNWILLING_TO_PERFORM:
        case LDAP_OBJECT_CLASS_VIOLATION:
        case LDAP_ADMINLIMIT_EXCEEDED:
                return true;
        default:
                return false;
        }
}

static enum ldp_next
add_refused(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT && ldp_parents_can(req))
                return ldp_parents_begin(req, &step_add);
        if (req->place->kind == MST_GROUP && !req->bare && mst_op_member_count(req->op) > 0 &&
            may_be_a_member(result.rc)) {
                req->bare = true;
                if (!ldp_members_cut(req, 0))
                        return ldp_request_no_memory(req);
                return build(req);
        }
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' cannot be created: '%s' does not "
                                          "exist, or we may not see it: create it, or change the map of @parent",
                                          req->rdn, req->parent);
        return ldp_request_refused(req, &result, "creating", err);
}

static enum ldp_next
answer_add(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        LDAPControl **controls = NULL;
        int rc = LDAP_OTHER;

        if (ldap_parse_result(ld, message, &rc, NULL, NULL, NULL, &controls, 0) != LDAP_SUCCESS)
                return ldp_request_settle(req, MST_UNKNOWN, MST_ENET, "the answer cannot be read");
        if (rc == LDAP_SUCCESS)
                req->id = ldp_confirm_id(req, controls, LDAP_CONTROL_POST_READ);
        ldap_controls_free(controls);
        if (rc != LDAP_SUCCESS)
                return add_refused(req, ld, message, err);
        req->wrote = req->looked = true;
        req->looked_at = mst_host_ticks_ms(req->sink->host);
        if (req->place->kind == MST_GROUP && !req->bare)
                ldp_members_first_done(req);
        if (req->bulk && req->id == NULL && ldp_ids_await(req))
                return LDP_AWAIT;
        return ldp_create_go_on(req);
}

/* A group with many members may have been too much for the server: the next attempt, ours
 * or, when the server may have acted on this one, the engine's, brings fewer. */
static enum ldp_next
add_lost(struct ldp_request *req, bool sent)
{
        if (req->place->kind != MST_GROUP || req->bare || mst_op_member_count(req->op) < 2 || req->bytes < LDP_SUSPECT ||
            req->losses > LDP_LOSSES)
                return LDP_MORE;
        ldp_chunk_learn(req->sink, req->bytes / 2, 0);
        if (sent)
                return LDP_MORE;
        return ldp_members_cut(req, 0) ? build(req) : ldp_request_no_memory(req);
}

static const struct ldp_step step_add = { "add", false, send_add, answer_add, add_lost };

static int
send_read_id(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *wanted[] = { (char *)req->sink->dir.id.attribute, NULL };

        return ldap_search_ext(ld, req->dn, LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 1,
                               msgid);
}

static enum ldp_next
answer_read_id(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct berval **values;

        (void)err;
        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                values = ldap_get_values_len(ld, message, req->sink->dir.id.attribute);
                if (values != NULL && values[0] != NULL)
                        req->id = ldp_id_text(req->arena, &req->sink->dir.id, values[0]);
                ldap_value_free_len(values);
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        if (req->id == NULL)
                return ldp_request_settle(req, MST_UNKNOWN, MST_EPERM, "'%s' was created, but its %s cannot "
                                          "be read: grant bind-dn the right to", req->dn, req->sink->dir.id.attribute);
        return ldp_create_go_on(req);
}

static const struct ldp_step step_read_id = { "read id", true, send_read_id, answer_read_id, NULL };
