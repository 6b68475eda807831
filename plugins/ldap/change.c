/* SPDX-License-Identifier: Apache-2.0
 *
 * change.c - entries that are there: update, rename, disable, enable, adopt, delete.
 *
 *   rename    when the RDN or the parent differs from what it shall be
 *   modify    what else differs
 *   reread    when a value to add was there or one to remove was not: somebody else
 *             has changed the entry; what is still to be done is worked out again.  Also
 *             when its classes do not allow an attribute: those that new entries get and
 *             it lacks are added (an adopted entry may not have the stamp's class)
 *
 * An attribute with one value before and after is replaced.  Where there are several,
 * single values are added and deleted, so that those of others stay.  An attribute is
 * cleared by replacing it with nothing, which is right whether it was there or not. */
#include <string.h>
#include <strings.h>

#include "dn.h"
#include "lock.h"
#include "mods.h"
#include "request.h"
#include "schema.h"
#include "self.h"

static const struct ldp_step step_rename, step_modify, step_reread, step_delete;

static bool
names_entries(const struct ldp_request *req, const char *name)
{
        for (const char **naming = req->place->rdn; *naming != NULL; naming++)
                if (strcasecmp(*naming, name) == 0)
                        return true;
        return false;
}

/* Is the entry named by the attributes that the options say?  One that was adopted
 * may not be. */
static bool
is_named_so(const struct ldp_request *req)
{
        const char *dn = req->dn;

        for (const char **naming = req->place->rdn; *naming != NULL; naming++) {
                size_t length = strlen(*naming);

                if (strncasecmp(dn, *naming, length) == 0 && dn[length] == '=')
                        return true;
        }
        return false;
}

static char *
first_rdn(struct ldp_request *req)
{
        const char *parent = ldp_dn_parent(req->dn), *end = parent;

        if (*parent == '\0' && (end == req->dn || end[-1] != ','))
                return mst_arena_strdup(req->arena, req->dn);
        while (end > req->dn && end[-1] == ' ')
                end--;
        return mst_arena_strndup(req->arena, req->dn, (size_t)(end - req->dn) - 1);
}

/* Sets 'rdn' and 'parent' where they differ.  False: settled. */
static bool
plan_rename(struct ldp_request *req, enum ldp_next *next)
{
        const char *rdn = NULL, *parent = NULL, *now, *a, *b;
        bool rename = false, move = false;

        req->rdn = req->parent = NULL;
        for (const char **naming = req->place->rdn; *naming != NULL; naming++) {
                bool there = false;

                (void)ldp_request_change(req, *naming, &there);
                rename |= there;
        }
        rename &= mst_op_verb(req->op) == MST_RENAME || is_named_so(req);
        (void)ldp_request_change(req, "@parent", &move);
        now = first_rdn(req);
        if (now == NULL || (rename && (rdn = ldp_request_rdn(req, next)) == NULL) ||
            (move && (parent = ldp_request_parent(req, next)) == NULL)) {
                if (now == NULL)
                        *next = ldp_request_no_memory(req);
                return false;
        }
        if (rename) {
                a = ldp_dn_spell(req->arena, rdn, false);
                b = ldp_dn_spell(req->arena, now, false);
                if (a == NULL || b == NULL || strcmp(a, b) != 0)
                        req->rdn = rdn;
        }
        if (move) {
                a = ldp_dn_normal(req->arena, parent);
                b = ldp_dn_normal(req->arena, ldp_dn_parent(req->dn));
                if (a == NULL || b == NULL || strcmp(a, b) != 0)
                        req->parent = parent;
        }
        if (req->parent != NULL && req->rdn == NULL)
                req->rdn = now;
        return true;
}

/* --- what differs ----------------------------------------------------------------- */

static void
drop_first(struct ldp_values *values, const struct ldp_values *all, bool exact)
{
        if (values->count > 0 && all->count > 0 && ldp_value_same(values->list[0], all->list[0], exact)) {
                memmove(values->list, values->list + 1, values->count * sizeof *values->list);
                values->count--;
        }
}

/* Leaves in 'out' what is there, and in 'in' what is not, or goes out in another spelling. */
static bool
compare(struct ldp_request *req, const struct ldp_values *there, bool exact, struct ldp_values *out,
        struct ldp_values *in)
{
        struct ldp_values missing, right, gone, rest;

        return ldp_values_without(req->arena, in, there, true, &missing) &&
               ldp_values_without(req->arena, in, &missing, true, &right) &&
               ldp_values_without(req->arena, out, &right, exact, out) &&
               ldp_values_without(req->arena, out, there, exact, &gone) &&
               ldp_values_without(req->arena, out, &gone, true, out) &&
               ldp_values_without(req->arena, there, out, exact, &rest) &&
               ldp_values_without(req->arena, &missing, &rest, exact, in);
}

/* Values to take out and to put in, one by one. */
static bool
put_difference(struct ldp_request *req, struct ldp_mods *mods, size_t index, const struct ldp_values *before,
               const struct ldp_values *after)
{
        const char *name = mst_op_change_name(req->op, index);
        const struct ldp_type *type = ldp_schema_type(req->sink->dir.schema, name, strlen(name));
        bool exact = type == NULL || type->rule != LDP_RULE_FOLD;
        struct ldp_values out, in;

        /* byte for byte, so that "ada" becomes "Ada" where case does not count */
        if (!ldp_values_without(req->arena, before, after, true, &out) ||
            !ldp_values_without(req->arena, after, before, true, &in))
                return false;
        if (names_entries(req, name)) {
                drop_first(&in, after, true);    /* in the name, or brought there by the rename */
                /* Active Directory never has another value of it than the name's */
                if (req->rdn != NULL || req->sink->dir.dialect->name == LDP_AD)
                        drop_first(&out, before, true);
        }
        if (req->present != NULL && !compare(req, &req->present[index], exact, &out, &in))
                return false;
        if (out.count > 0)
                ldp_mods_put(mods, LDAP_MOD_DELETE, name, &out);
        if (in.count > 0)
                ldp_mods_put(mods, LDAP_MOD_ADD, name, &in);
        return true;
}

/* False: settled. */
static bool
put_change(struct ldp_request *req, struct ldp_mods *mods, size_t index, enum ldp_next *next)
{
        const char *name = mst_op_change_name(req->op, index);
        const struct mst_value *old = mst_op_before(req->op, index), *new = mst_op_after(req->op, index);
        bool naming = names_entries(req, name) && (req->rdn != NULL || is_named_so(req));
        bool several = mst_value_type(old) == MST_LIST || mst_value_type(new) == MST_LIST;
        struct ldp_values before = { 0 }, after = { 0 };
        struct mst_error err = { 0 };

        if (ldp_values_write(req->arena, req->sink->dir.schema, name, old, &before, &err) != MST_OK ||
            ldp_values_write(req->arena, req->sink->dir.schema, name, new, &after, &err) != MST_OK) {
                *next = ldp_request_settle(req, MST_REFUSED, err.code, "%s", err.text);
                return false;
        }
        if (naming || (several && before.count > 0)) {
                if (!put_difference(req, mods, index, &before, &after))
                        mods->failed = true;
        } else {
                ldp_mods_put(mods, LDAP_MOD_REPLACE, name, &after);
        }
        return true;
}

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
        return sink->lock.attribute != NULL && strcasecmp(name, sink->lock.attribute) == 0;
}

static bool
put_changes(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        size_t count = mst_op_change_count(req->op);

        for (size_t i = 0; i < count; i++) {
                const char *name = mst_op_change_name(req->op, i);

                if (name[0] == '@')
                        continue;
                if (!ldp_is_attribute(name) || is_ours(req, name)) {
                        *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "'%s' cannot be mapped: %s", name,
                                                   ldp_is_attribute(name) ? "Muster writes it itself"
                                                                          : "it is no attribute's name");
                        return false;
                }
                if (!put_change(req, mods, i, next))
                        return false;
        }
        return true;
}

static bool
put_verb(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        enum mst_verb verb = mst_op_verb(req->op);

        if (verb == MST_ADOPT && req->place->stamp != NULL && mst_op_stamp(req->op)[0] != '\0' && !req->ours)
                ldp_mods_text(mods, req->sink->dir.server.assertion ? LDAP_MOD_REPLACE : LDAP_MOD_ADD, req->place->stamp,
                              mst_op_stamp(req->op));
        if (verb != MST_DISABLE && verb != MST_ENABLE)
                return true;
        if (req->sink->lock.attribute == NULL || req->place->kind != MST_USER) {
                *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "this cannot be disabled or enabled: it "
                                           "needs disabled-attribute and disabled-value, and a user");
                return false;
        }
        ldp_lock_put(req, mods, verb == MST_DISABLE);
        return true;
}

static void
put_classes(struct ldp_request *req, struct ldp_mods *mods)
{
        struct ldp_values wanted = { 0 }, text;
        size_t count = 0;

        if (req->classes.count == 0)
                return;
        while (req->place->classes[count] != NULL)
                count++;
        wanted.list = mst_arena_alloc(req->arena, (count + 1) * sizeof *wanted.list);
        for (; wanted.list != NULL && wanted.count < count; wanted.count++) {
                if (!ldp_values_text(req->arena, req->place->classes[wanted.count], &text))
                        break;
                wanted.list[wanted.count] = text.list[0];
        }
        if (wanted.count < count || !ldp_values_without(req->arena, &wanted, &req->classes, false, &wanted))
                mods->failed = true;
        else if (wanted.count > 0)
                ldp_mods_put(mods, LDAP_MOD_ADD, "objectClass", &wanted);
}

/* Fills 'mods'; NULL when nothing differs.  False: settled. */
static bool
build(struct ldp_request *req, enum ldp_next *next)
{
        struct ldp_mods mods;

        ldp_mods_begin(&mods, req->arena, mst_op_change_count(req->op) * 2 + 7);
        put_classes(req, &mods);
        if (!put_changes(req, &mods, next) || !put_verb(req, &mods, next))
                return false;
        if (mods.count > 0 && ldp_guard_stamps(req)) {
                ldp_mods_text(&mods, LDAP_MOD_DELETE, req->place->stamp, mst_op_stamp(req->op));
                ldp_mods_text(&mods, LDAP_MOD_ADD, req->place->stamp, mst_op_stamp(req->op));
        }
        if (mods.failed) {
                *next = ldp_request_no_memory(req);
                return false;
        }
        if (mods.bytes + strlen(req->dn) + 1024 > (size_t)req->sink->config->max_request) {
                *next = ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "the change of '%s' would be a request of "
                                           "%zu bytes, more than max-request-size", req->dn, mods.bytes);
                return false;
        }
        req->mods = mods.count > 0 ? mods.list : NULL;
        return true;
}

enum ldp_next
ldp_change_begin(struct ldp_request *req)
{
        enum ldp_next next = LDP_SEND;

        if (mst_op_verb(req->op) == MST_DISABLE && ldp_self_is(&req->sink->dir, req->arena, req->dn))
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' is Muster's own login and is never "
                                          "disabled", req->dn);
        if (ldp_lock_must_read(req))
                return ldp_request_has_id(req) && req->bits_read == 0 ? ldp_ahead_await(req, NULL) : ldp_lock_read(req);
        if (!plan_rename(req, &next) || !build(req, &next))
                return next;
        if (req->rdn == NULL && req->mods == NULL)
                return ldp_request_done(req, MST_ALREADY);
        return ldp_guard_go(req, req->rdn != NULL ? &step_rename : &step_modify, req->rdn == NULL);
}

/* --- rename ------------------------------------------------------------------------ */

int
ldp_rename_send(struct ldp_request *req, LDAP *ld, const char *rdn, const char *parent, int *msgid)
{
        LDAPControl guard, confirm, *list[3], **controls;

        /* Samba does not know the parent of what is called by its id. */
        if (parent == NULL && ldp_request_target(req) != req->dn)
                parent = ldp_dn_parent(req->dn);
        if (!ldp_request_guard(req, ld, &guard, list, &controls))
                return LDAP_NO_MEMORY;
        ldp_confirm_ask(req, LDAP_CONTROL_POST_READ, &confirm, list, &controls);
        return ldap_rename(ld, ldp_request_target(req), rdn, parent, 1, controls, NULL, msgid);
}

static int
send_rename(struct ldp_request *req, LDAP *ld, int *msgid)
{
        return ldp_rename_send(req, ld, req->rdn, req->parent, msgid);
}

static enum ldp_next
answer_rename(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        const char *dn;

        ldp_result_read(ld, message, &result);
        /* Samba has no code of its own for it */
        if (result.rc == LDAP_OTHER && req->parent != NULL && strstr(result.text, "parent does not exist") != NULL)
                return ldp_parents_missing(req, &step_rename);
        if (result.rc == LDAP_NO_SUCH_OBJECT || result.rc == LDAP_ASSERTION_FAILED)
                return ldp_request_locate(req, NULL, &result, err);
        if (result.rc == LDAP_ALREADY_EXISTS)
                return ldp_contest(req, &step_rename);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "renaming", err);
        if (ldp_confirm_another(req, ld, message, LDAP_CONTROL_POST_READ))
                return ldp_confirm_undo(req);
        dn = ldp_dn_join(req->arena, req->rdn, req->parent != NULL ? req->parent : ldp_dn_parent(req->dn));
        if (dn == NULL)
                return ldp_request_settle(req, MST_UNKNOWN, MST_EINTERNAL, "out of memory after renaming '%s'",
                                          req->dn);
        req->dn = dn;
        req->moved = req->renamed = req->wrote = true;
        req->sink->renames++;
        if (req->mods == NULL)
                return ldp_request_done(req, MST_DONE);
        req->step = &step_modify;
        return LDP_SEND;
}

static const struct ldp_step step_rename = { "rename", false, send_rename, answer_rename, NULL };

/* --- modify ------------------------------------------------------------------------ */

static int
send_modify(struct ldp_request *req, LDAP *ld, int *msgid)
{
        LDAPControl guard, *list[2], **controls;

        if (!ldp_request_guard(req, ld, &guard, list, &controls))
                return LDAP_NO_MEMORY;
        return ldap_modify_ext(ld, ldp_request_target(req), req->mods, controls, NULL, msgid);
}

/* Perhaps it was the stamp that is not there: whose entry is it then? */
static enum ldp_next
without_stamp(struct ldp_request *req)
{
        enum ldp_next next = LDP_SEND;

        req->unstamped = true;
        if (!build(req, &next))
                return next;
        return ldp_guard_go(req, &step_modify, true);
}

static enum ldp_next
answer_modify(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        switch (result.rc) {
        case LDAP_SUCCESS:
                return ldp_request_done(req, MST_DONE);
        case LDAP_NO_SUCH_OBJECT:
        case LDAP_ASSERTION_FAILED:
                return ldp_request_locate(req, NULL, &result, err);
        case LDAP_TYPE_OR_VALUE_EXISTS:
        case LDAP_NO_SUCH_ATTRIBUTE:
                if (result.rc == LDAP_NO_SUCH_ATTRIBUTE && ldp_guard_stamps(req))
                        return without_stamp(req);
                if (result.rc == LDAP_TYPE_OR_VALUE_EXISTS && mst_op_verb(req->op) == MST_ADOPT && !req->looked)
                        return ldp_guard_look(req, &step_modify);        /* whose stamp is it? */
                if (ldp_lock_is_stale(req))
                        return ldp_lock_read(req);
                if (!req->again) {
                        req->again = true;
                        req->blamed = result;
                        req->step = &step_reread;
                        return LDP_SEND;
                }
                break;
        case LDAP_OBJECT_CLASS_VIOLATION:
                if (!req->classed) {
                        req->classed = true;
                        req->blamed = result;
                        req->step = &step_reread;
                        return LDP_SEND;
                }
                break;
        default:
                break;
        }
        return ldp_request_refused(req, &result, req->renamed ? "renamed, but then changing" : "changing", err);
}

static const struct ldp_step step_modify = { "modify", false, send_modify, answer_modify, NULL };

static int
send_reread(struct ldp_request *req, LDAP *ld, int *msgid)
{
        size_t count = mst_op_change_count(req->op), used = 0;
        char **wanted = mst_arena_alloc(req->arena, (count + 3) * sizeof *wanted);

        req->present = mst_arena_alloc(req->arena, (count + 1) * sizeof *req->present);
        if (wanted == NULL || req->present == NULL)
                return LDAP_NO_MEMORY;
        for (size_t i = 0; i < count; i++)
                if (mst_op_change_name(req->op, i)[0] != '@')
                        wanted[used++] = (char *)mst_op_change_name(req->op, i);
        if (req->classed)
                wanted[used++] = (char *)"objectClass";
        if (used == 0)
                wanted[0] = (char *)LDAP_NO_ATTRS;
        return ldap_search_ext(ld, ldp_request_target(req), LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 1,
                               msgid);
}

static bool
keep_values(struct ldp_request *req, LDAP *ld, LDAPMessage *message, const char *name, struct ldp_values *there)
{
        struct berval **values = ldap_get_values_len(ld, message, name);
        size_t count = values != NULL ? (size_t)ldap_count_values_len(values) : 0;
        struct berval *copies = mst_arena_alloc(req->arena, (count + 1) * sizeof *copies);
        bool ok;

        there->list = mst_arena_alloc(req->arena, (count + 1) * sizeof *there->list);
        ok = copies != NULL && there->list != NULL;
        for (size_t i = 0; ok && i < count; i++) {
                copies[i].bv_len = values[i]->bv_len;
                copies[i].bv_val = mst_arena_memdup(req->arena, values[i]->bv_val, values[i]->bv_len);
                there->list[there->count++] = &copies[i];
                ok = copies[i].bv_val != NULL;
        }
        ldap_value_free_len(values);
        return ok;
}

static enum ldp_next
answer_reread(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        size_t count = mst_op_change_count(req->op);
        struct ldp_result result;
        enum ldp_next next = LDP_SEND;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                for (size_t i = 0; i < count; i++) {
                        const char *name = mst_op_change_name(req->op, i);

                        if (name[0] != '@' && !keep_values(req, ld, message, name, &req->present[i]))
                                return ldp_request_no_memory(req);
                }
                if (req->classed && !keep_values(req, ld, message, "objectClass", &req->classes))
                        return ldp_request_no_memory(req);
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, NULL, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "reading", err);
        if (!build(req, &next))
                return next;
        if (req->mods == NULL)
                return ldp_request_done(req, req->renamed ? MST_DONE : MST_ALREADY);
        if (req->blamed.rc == LDAP_OBJECT_CLASS_VIOLATION && strcasecmp(req->mods[0]->mod_type, "objectClass") != 0)
                return ldp_request_refused(req, &req->blamed, "changing", err);
        req->step = &step_modify;
        return LDP_SEND;
}

static const struct ldp_step step_reread = { "reread", true, send_reread, answer_reread, NULL };

/* --- delete ------------------------------------------------------------------------ */

static int
send_delete(struct ldp_request *req, LDAP *ld, int *msgid)
{
        LDAPControl guard, confirm, *list[3], **controls;

        if (!ldp_request_guard(req, ld, &guard, list, &controls))
                return LDAP_NO_MEMORY;
        ldp_confirm_ask(req, LDAP_CONTROL_PRE_READ, &confirm, list, &controls);
        return ldap_delete_ext(ld, ldp_request_target(req), controls, NULL, msgid);
}

static enum ldp_next
answer_delete(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_SUCCESS && ldp_confirm_another(req, ld, message, LDAP_CONTROL_PRE_READ)) {
                mst_host_log(req->sink->host, MST_LOG_ERROR, "'%s' was taken by another entry in the moment before it was "
                             "deleted: that one is deleted now; restore it from a backup", req->dn);
                result.rc = LDAP_ASSERTION_FAILED;
        }
        if (result.rc == LDAP_SUCCESS)
                return ldp_request_done(req, MST_DONE);
        if (result.rc == LDAP_NO_SUCH_OBJECT || result.rc == LDAP_ASSERTION_FAILED)
                return ldp_request_locate(req, NULL, &result, err);
        return ldp_request_refused(req, &result, "deleting", err);
}

static const struct ldp_step step_delete = { "delete", false, send_delete, answer_delete, NULL };

enum ldp_next
ldp_delete_begin(struct ldp_request *req)
{
        if (ldp_self_is(&req->sink->dir, req->arena, req->dn))
                return ldp_request_settle(req, MST_REFUSED, MST_EREFUSED, "'%s' is Muster's own login and is never "
                                          "deleted", req->dn);
        return ldp_guard_go(req, &step_delete, false);
}
