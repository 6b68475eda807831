/* SPDX-License-Identifier: Apache-2.0
 *
 * lock.c - accounts made unusable, and usable again.
 *
 * Where a value tells, it is replaced.  Where a bit of a number tells (Active Directory's
 * userAccountControl), the number is read, and then the old one is deleted and the new
 * one added in one modify: when somebody else has changed another bit meanwhile, the old
 * one is not there, nothing is done, and the number is read again. */
#include "lock.h"

#include <stdlib.h>
#include <string.h>

#include "password.h"

#define MOST_READS 5

/* userAccountControl of a plain user. */
#define NORMAL_ACCOUNT 0x200

static const struct ldp_step step_read_bits;

bool
ldp_lock_must_read(const struct ldp_request *req)
{
        enum mst_verb verb = mst_op_verb(req->op);

        return (verb == MST_DISABLE || verb == MST_ENABLE) && req->sink->lock.bit != 0 &&
               req->place->kind == MST_USER && req->bits == NULL;
}

bool
ldp_lock_is_stale(const struct ldp_request *req)
{
        return req->bits_new != NULL && req->bits_read < MOST_READS;
}

enum ldp_next
ldp_lock_read(struct ldp_request *req)
{
        req->bits = req->bits_new = NULL;
        req->bits_read++;
        req->step = &step_read_bits;
        return LDP_SEND;
}

static int
send_read_bits(struct ldp_request *req, LDAP *ld, int *msgid)
{
        char *wanted[] = { (char *)req->sink->lock.attribute, NULL };

        return ldap_search_ext(ld, ldp_request_target(req), LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL,
                               NULL, 1, msgid);
}

static enum ldp_next
answer_read_bits(struct ldp_request *req, LDAP *ld, LDAPMessage *message, struct mst_error *err)
{
        struct ldp_result result;
        struct berval **values;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
                values = ldap_get_values_len(ld, message, req->sink->lock.attribute);
                if (values != NULL && values[0] != NULL)
                        req->bits = mst_arena_strndup(req->arena, values[0]->bv_val, values[0]->bv_len);
                ldap_value_free_len(values);
                return LDP_MORE;
        }
        if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT)
                return LDP_MORE;
        ldp_result_read(ld, message, &result);
        if (result.rc == LDAP_NO_SUCH_OBJECT)
                return ldp_request_locate(req, NULL, &result, err);
        if (result.rc != LDAP_SUCCESS)
                return ldp_request_refused(req, &result, "reading", err);
        if (req->bits == NULL)
                return ldp_request_settle(req, MST_REFUSED, MST_EPERM, "'%s' shows us no %s, so that it cannot be "
                                          "disabled or enabled: grant bind-dn the right to read it", req->dn,
                                          req->sink->lock.attribute);
        return ldp_change_begin(req);
}

static const struct ldp_step step_read_bits = { "read lock", true, send_read_bits, answer_read_bits };

static void
put_bits(struct ldp_request *req, struct ldp_mods *mods, bool locked)
{
        const struct ldp_lock *lock = &req->sink->lock;
        long long is = strtoll(req->bits, NULL, 10), shall = locked ? is | lock->bit : is & ~(long long)lock->bit;

        if (is == shall)
                return;
        req->bits_new = mst_arena_printf(req->arena, "%lld", shall);
        if (req->bits_new == NULL) {
                mods->failed = true;
                return;
        }
        ldp_mods_text(mods, LDAP_MOD_DELETE, lock->attribute, req->bits);
        ldp_mods_text(mods, LDAP_MOD_ADD, lock->attribute, req->bits_new);
}

void
ldp_lock_put(struct ldp_request *req, struct ldp_mods *mods, bool locked)
{
        const struct ldp_lock *lock = &req->sink->lock;

        if (lock->bit != 0)
                put_bits(req, mods, locked);
        else if (locked)
                ldp_mods_text(mods, LDAP_MOD_REPLACE, lock->attribute, lock->on);
        else if (lock->off != NULL)
                ldp_mods_text(mods, LDAP_MOD_REPLACE, lock->attribute, lock->off);
        else
                ldp_mods_put(mods, LDAP_MOD_REPLACE, lock->attribute, NULL);
}

void
ldp_lock_create(struct ldp_request *req, struct ldp_mods *mods)
{
        const struct ldp_lock *lock = &req->sink->lock;
        const char *text;

        if (lock->attribute == NULL)
                return;
        if (lock->bit != 0) {
                /* Without a password an account of Active Directory cannot be open. */
                bool open = mst_op_enabled(req->op) && ldp_password_attribute(req->sink) != NULL;

                text = mst_arena_printf(req->arena, "%u", NORMAL_ACCOUNT | (open ? 0 : lock->bit));
                if (text == NULL)
                        mods->failed = true;
                else
                        ldp_mods_text(mods, LDAP_MOD_ADD, lock->attribute, text);
        } else if (!mst_op_enabled(req->op)) {
                ldp_mods_text(mods, LDAP_MOD_ADD, lock->attribute, lock->on);
        } else if (lock->off != NULL) {
                ldp_mods_text(mods, LDAP_MOD_ADD, lock->attribute, lock->off);
        }
}
