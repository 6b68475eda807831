/* SPDX-License-Identifier: Apache-2.0
 *
 * self.c - our own entry.
 *
 * A simple bind names it.  After another login, or one with a name that is no DN
 * (muster@contoso.example), only the server knows: it is asked "who am I?" (RFC 4532).  Active
 * Directory answers that with a name, and Samba not at all; both show whose rights we have in
 * tokenGroups of the root DSE, and the one of these SIDs that is a user's is ours. */
#include "self.h"

#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "dn.h"
#include "login.h"

#define SIDS 128                 /* of our rights that are looked at; ours is the first */

/* Asks for 'what' at 'base' and gives each entry to 'note'. */
static int
read_entries(struct ldp_conn *conn, const char *base, int scope, const char *filter, const char *what,
             bool (*note)(struct ldp_conn *conn, LDAPMessage *entry, const char **ret), const char **ret,
             struct mst_error *err)
{
        char *wanted[] = { (char *)what, NULL };
        LDAPMessage *message = NULL;
        int msgid = 0, type;
        bool ok = true;

        if (ldp_conn_search(conn, base, scope, filter, wanted, NULL, &msgid, err) != MST_OK)
                return err->code;
        do {
                if (ldp_conn_wait(conn, msgid, &message, err) != MST_OK)
                        return mst_wrap(err, "asking who we are");
                type = ldap_msgtype(message);
                if (type == LDAP_RES_SEARCH_ENTRY)
                        ok = note(conn, message, ret) && ok;
                ldap_msgfree(message);
        } while (type != LDAP_RES_SEARCH_RESULT);
        return ok ? MST_OK : mst_fail_memory(err, "asking who we are");
}

/* A filter for the users among those whose SIDs are in our security context: ourselves. */
static bool
note_token(struct ldp_conn *conn, LDAPMessage *entry, const char **filter)
{
        struct mst_arena *arena = conn->dir->arena;
        struct berval **sids = ldap_get_values_len(conn->ld, entry, "tokenGroups");
        const char *sum = "";

        for (size_t i = 0; sum != NULL && sids != NULL && sids[i] != NULL && i < SIDS; i++) {
                const char *safe = mst_escape_filter(arena, sids[i]->bv_val, sids[i]->bv_len);

                sum = safe != NULL ? mst_arena_printf(arena, "%s(objectSid=%s)", sum, safe) : NULL;
        }
        ldap_value_free_len(sids);
        if (sum != NULL && sum[0] != '\0')
                *filter = sum = mst_arena_printf(arena, "(&(objectClass=user)(|%s))", sum);
        return sum != NULL;
}

static bool
note_self(struct ldp_conn *conn, LDAPMessage *entry, const char **self)
{
        char *dn = ldap_get_dn(conn->ld, entry);

        *self = dn != NULL ? ldp_dn_normal(conn->dir->arena, dn) : NULL;
        ldap_memfree(dn);
        return *self != NULL;
}

static int
ask_token(struct ldp_conn *conn, struct mst_error *err)
{
        struct ldp_dir *dir = conn->dir;
        const char *filter = NULL, *domain = dir->server.contexts != NULL ? dir->server.contexts[0] : NULL;

        if (read_entries(conn, "", LDAP_SCOPE_BASE, "(objectClass=*)", "tokenGroups", note_token, &filter, err) != MST_OK)
                return err->code;
        if (filter == NULL || domain == NULL)
                return MST_OK;
        return read_entries(conn, domain, LDAP_SCOPE_SUBTREE, filter, LDAP_NO_ATTRS, note_self, &dir->self, err);
}

static int
ask(struct ldp_conn *conn, struct mst_error *err)
{
        struct ldp_dir *dir = conn->dir;
        LDAPMessage *message = NULL;
        struct berval *said = NULL;
        const char *text = NULL;
        int msgid = 0, rc;

        rc = ldap_extended_operation(conn->ld, LDAP_EXOP_WHO_AM_I, NULL, NULL, NULL, &msgid);
        if (rc != LDAP_SUCCESS)
                return ldp_conn_lost(conn, rc, err);
        if (ldp_conn_wait(conn, msgid, &message, err) != MST_OK)
                return mst_wrap(err, "asking who we are");
        if (ldap_parse_extended_result(conn->ld, message, NULL, &said, 0) != LDAP_SUCCESS)
                said = NULL;
        ldap_msgfree(message);
        if (said != NULL && said->bv_len > 3)
                text = mst_arena_strndup(dir->arena, said->bv_val, said->bv_len);
        if (text != NULL && strncasecmp(text, "dn:", 3) == 0 && ldp_dn_valid(text + 3))
                dir->self = ldp_dn_normal(dir->arena, text + 3);
        ber_bvfree(said);
        return MST_OK;
}

int
ldp_self_ask(struct ldp_conn *conn, struct mst_error *err)
{
        struct ldp_dir *dir = conn->dir;
        const char *login = dir->access->bind_dn;
        int rc = MST_OK;

        if (dir->self_known || dir->dialect == NULL)
                return MST_OK;
        if (ldp_bind_of(dir->access) == LDP_BIND_SIMPLE && ldp_dn_valid(login))
                dir->self = ldp_dn_normal(dir->arena, login);
        else if (ldp_bind_of(dir->access) != LDP_BIND_ANONYMOUS && dir->dialect->name == LDP_AD)
                rc = ask_token(conn, err);
        else if (ldp_bind_of(dir->access) != LDP_BIND_ANONYMOUS && dir->server.who_am_i)
                rc = ask(conn, err);
        dir->self_known = rc == MST_OK;
        return rc;
}

bool
ldp_self_is(const struct ldp_dir *dir, struct mst_arena *arena, const char *dn)
{
        const char *normal;

        if (dir->self == NULL)
                return false;
        normal = ldp_dn_normal(arena, dn);
        return normal == NULL || strcmp(normal, dir->self) == 0;
}
