/* SPDX-License-Identifier: Apache-2.0
 *
 * password.c - first passwords of new accounts.
 *
 *   make     random, every kind of character in it
 *   hand     a line in the admin's file, on disk before the server hears of it: no account
 *            exists whose password nobody knows
 *   send     with the account itself, in one add: no account exists without it either
 *   close    when the server made no account, a second line takes the first one back; when
 *            it is not known whether it did, the line stands
 *
 * The file and its lines are <muster/password.h>. */
#include "password.h"

#include <string.h>
#include <strings.h>

#include <muster/password.h>

#include "login.h"

#define LONGEST 128

/* --- options ---------------------------------------------------------------------- */

/* By TLS, or by Kerberos, which it is asked for over ldap:// (gss.h). */
static bool
is_encrypted(const struct ldp_access *access)
{
        for (size_t i = 0; access->uris[i] != NULL; i++)
                if (strncasecmp(access->uris[i], "ldaps:", 6) != 0 && !access->start_tls &&
                    (ldp_bind_of(access) != LDP_BIND_GSSAPI || strncasecmp(access->uris[i], "ldap:", 5) != 0))
                        return false;
        return true;
}

int
ldp_password_check(const struct ldp_config *c, struct mst_error *err)
{
        if (c->initial_password != LDP_RANDOM_PASSWORD) {
                if (c->password_file != NULL || c->password_attribute != NULL || c->must_change)
                        return mst_fail(err, MST_ECONFIG, "password-file, password-attribute and must-change need "
                                        "<initial-password>random</initial-password>");
                return MST_OK;
        }
        if (c->password_file == NULL)
                return mst_fail(err, MST_ECONFIG, "initial-password random needs password-file: without it nobody would "
                                "know the passwords");
        if (c->access.dialect == LDP_AD && !is_encrypted(&c->access))
                return mst_fail(err, MST_ECONFIG, "Active Directory takes passwords over an encrypted connection only: "
                                "use ldaps://, <start-tls>yes</start-tls> or bind gssapi");
        if (c->access.dialect == LDP_389DS && c->must_change)
                return mst_fail(err, MST_ECONFIG, "389 Directory Server has no attribute for must-change: set "
                                "passwordMustChange in its password policy");
        return mst_password_check("password-file", c->password_file, err);
}

const char *
ldp_password_attribute(const struct ldp_sink *sink)
{
        const struct ldp_config *c = sink->config;

        if (c->initial_password != LDP_RANDOM_PASSWORD)
                return NULL;
        if (c->password_attribute != NULL)
                return c->password_attribute;
        return sink->dir.dialect->name == LDP_AD ? "unicodePwd" : "userPassword";
}

/* --- make and hand ----------------------------------------------------------------- */

/* Active Directory wants it in quotes and UTF-16, little end first; ours is ASCII. */
static bool
encode(struct ldp_request *req)
{
        const char *text = mst_secret_reveal(req->password);
        char wide[(LONGEST + 2) * 2] = { '"' };
        size_t used = 2;

        if (strcasecmp(ldp_password_attribute(req->sink), "unicodePwd") != 0)
                return true;
        for (; *text != '\0'; text++, used += 2)
                wide[used] = *text;
        wide[used] = '"';
        req->password_sent = mst_secret_new(wide, used + 2);
        mst_secret_wipe(wide, sizeof wide);
        return req->password_sent != NULL;
}

static int
hand(struct ldp_request *req, const char *what, struct mst_error *err)
{
        return mst_password_hand(req->sink->host, "password-file", req->sink->config->password_file, what,
                                 mst_op_id(req->op), req->dn, req->password, err);
}

/* --- send ------------------------------------------------------------------------- */

static void
put(struct ldp_request *req, struct ldp_mods *mods)
{
        const struct mst_secret *sent = req->password_sent != NULL ? req->password_sent : req->password;
        struct ldp_values values;

        if (!ldp_values_text(req->arena, mst_secret_reveal(sent), &values)) {
                mods->failed = true;
                return;
        }
        values.list[0]->bv_len = mst_secret_size(sent);
        ldp_mods_put(mods, LDAP_MOD_ADD, ldp_password_attribute(req->sink), &values);
        if (req->sink->config->must_change && req->sink->dir.dialect->name == LDP_AD)
                ldp_mods_text(mods, LDAP_MOD_ADD, "pwdLastSet", "0");
        else if (req->sink->config->must_change && req->sink->dir.dialect->name != LDP_389DS)
                ldp_mods_text(mods, LDAP_MOD_ADD, "pwdReset", "TRUE");
}

bool
ldp_password_put(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next)
{
        struct mst_error err = { 0 };

        if (req->place->kind != MST_USER || ldp_password_attribute(req->sink) == NULL || mods->failed)
                return true;
        if (req->sink->dir.dialect->name == LDP_AD && !is_encrypted(req->sink->dir.access)) {
                *next = ldp_request_settle(req, MST_REFUSED, MST_ECONFIG, "Active Directory takes passwords over an "
                                           "encrypted connection only: use ldaps://, start-tls or bind gssapi");
                return false;
        }
        if (req->password == NULL &&
            ((req->password = mst_password_new(req->sink->host, (size_t)req->sink->config->password_length, &err)) == NULL ||
             !encode(req) || hand(req, "new", &err) != MST_OK)) {
                mst_secret_free(req->password);  /* nobody was told */
                req->password = NULL;
                *next = ldp_request_settle(req, MST_RETRY, err.code != 0 ? err.code : MST_EINTERNAL, "no account without "
                                           "a password that is known: %s", err.code != 0 ? err.text : "out of memory");
                return false;
        }
        put(req, mods);
        return true;
}

void
ldp_password_close(struct ldp_request *req, enum mst_outcome outcome)
{
        struct mst_error err = { 0 };

        if (req->password == NULL)
                return;
        if (!req->wrote && outcome != MST_UNKNOWN && outcome != MST_DONE && hand(req, "void", &err) != MST_OK)
                mst_host_log(req->sink->host, MST_LOG_WARNING, "the password of '%s', which was not created, stays in "
                             "password-file: %s", req->dn, err.text);
        mst_secret_free(req->password);
        mst_secret_free(req->password_sent);
        req->password = req->password_sent = NULL;
}
