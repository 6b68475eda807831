/* SPDX-License-Identifier: Apache-2.0
 *
 * login.c - who we are to the server.
 *
 *   simple     a DN and its password
 *   external   SASL EXTERNAL: the server knows us already, by our user id at the other
 *              end of ldapi, or by the certificate that we showed in the handshake
 *   gssapi     SASL GSSAPI: Kerberos; several messages, see gss.h
 *   anonymous  nothing is said
 *
 * Nobody is ever asked for anything.  When a server does not know the mechanism, its root
 * DSE is asked for those that it knows, so that the refusal can name them. */
#include "login.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <muster/escape.h>

#include "advice.h"
#include "binding.h"
#include "gss.h"
#include "result.h"
#include "seal.h"

enum ldp_bind
ldp_bind_of(const struct ldp_access *access)
{
        bool ldapi = true;

        if (access->bind != LDP_BIND_AUTO)
                return (enum ldp_bind)access->bind;
        if (access->bind_dn != NULL)
                return LDP_BIND_SIMPLE;
        if (access->keytab != NULL || access->credential_cache != NULL || access->principal != NULL)
                return LDP_BIND_GSSAPI;
        for (size_t i = 0; access->uris != NULL && access->uris[i] != NULL; i++)
                ldapi &= strncasecmp(access->uris[i], "ldapi:", 6) == 0;
        return access->client_certificate != NULL || ldapi ? LDP_BIND_EXTERNAL : LDP_BIND_ANONYMOUS;
}

static int
check_simple(const struct ldp_access *access, struct mst_error *err)
{
        if (access->bind_dn == NULL)
                return mst_fail(err, MST_ECONFIG, "a simple bind needs bind-dn and password");
        if (access->password == NULL || mst_secret_size(access->password) == 0)
                return mst_fail(err, MST_ECONFIG, "bind-dn is given but password is missing or empty: many "
                                "servers take such a login for an anonymous one");
        if (strlen(mst_secret_reveal(access->password)) != mst_secret_size(access->password))
                return mst_fail(err, MST_ECONFIG, "the password contains a NUL byte");
        return MST_OK;
}

/* SASL EXTERNAL needs something outside of LDAP that tells who we are. */
static int
check_external(const struct ldp_access *access, struct mst_error *err)
{
        for (size_t i = 0; access->uris[i] != NULL; i++) {
                bool ldapi = strncasecmp(access->uris[i], "ldapi:", 6) == 0;
                bool tls = strncasecmp(access->uris[i], "ldaps:", 6) == 0 || (!ldapi && access->start_tls);

                if (!ldapi && (!tls || access->client_certificate == NULL))
                        return mst_fail(err, MST_ECONFIG, "bind external at %s needs client-certificate and client-key, "
                                        "and ldaps:// or start-tls", access->uris[i]);
        }
        return MST_OK;
}

/* A file that holds a key. */
static int
check_private(const char *option, const char *path, struct mst_error *err)
{
        struct stat st;

        if (path == NULL)
                return MST_OK;
        if (stat(path, &st) != 0)
                return mst_fail(err, MST_ECONFIG, "%s %s: %s", option, path, strerror(errno));
        if (!S_ISREG(st.st_mode))
                return mst_fail(err, MST_ECONFIG, "%s %s is not a file", option, path);
        if ((st.st_mode & (S_IRWXO | S_IWGRP)) != 0)
                return mst_fail(err, MST_ECONFIG, "%s %s can be read or written by others: chmod 600 (or 640 with the "
                                "group muster)", option, path);
        return MST_OK;
}

int
ldp_login_check(const struct ldp_access *access, struct mst_error *err)
{
        enum ldp_bind bind = ldp_bind_of(access);

        if (access->password != NULL && access->bind_dn == NULL)
                return mst_fail(err, MST_ECONFIG, "password is given but bind-dn is not");
        if (bind != LDP_BIND_SIMPLE && access->password != NULL)
                return mst_fail(err, MST_ECONFIG, "password goes with a simple bind only");
        if ((access->client_certificate != NULL) != (access->client_key != NULL))
                return mst_fail(err, MST_ECONFIG, "client-certificate and client-key go together");
        if (check_private("client-key", access->client_key, err) != MST_OK ||
            check_private("keytab", access->keytab, err) != MST_OK)
                return err->code;
        if (bind != LDP_BIND_GSSAPI &&
            (access->keytab != NULL || access->credential_cache != NULL || access->principal != NULL))
                return mst_fail(err, MST_ECONFIG, "keytab, credential-cache and principal go with bind gssapi only");
        if (access->keytab != NULL && access->credential_cache != NULL)
                return mst_fail(err, MST_ECONFIG, "either keytab or credential-cache, not both");
        if (access->authzid != NULL && bind != LDP_BIND_EXTERNAL && bind != LDP_BIND_GSSAPI)
                return mst_fail(err, MST_ECONFIG, "authzid goes with bind external or gssapi");
        if (bind == LDP_BIND_GSSAPI && !ldp_gss_is_there())
                return mst_fail(err, MST_ECONFIG, "this build of the ldap connector knows no Kerberos (GSSAPI)");
        if (bind == LDP_BIND_SIMPLE)
                return check_simple(access, err);
        return bind == LDP_BIND_EXTERNAL ? check_external(access, err) : MST_OK;
}

/* --- begin ------------------------------------------------------------------------ */

static int
send_bind(struct ldp_conn *conn, const char *dn, const char *mechanism, struct berval *cred, struct mst_error *err)
{
        int rc = ldap_sasl_bind(conn->ld, dn, mechanism, cred, NULL, NULL, &conn->msgid);

        return rc == LDAP_SUCCESS ? MST_OK : ldp_conn_lost(conn, rc, err);
}

static int
send_token(struct ldp_conn *conn, const struct berval *in, struct mst_error *err)
{
        struct berval out;

        if (ldp_gss_step(conn->gss, in, &out, err) != MST_OK)
                return mst_wrap(err, "%s", conn->uri.host);
        return send_bind(conn, NULL, "GSSAPI", &out, err);
}

/* Over TLS the login is tied to it; otherwise Kerberos itself is to protect what follows. */
static int
begin_gss(struct ldp_conn *conn, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        enum ldp_layer layer = LDP_LAYER_SEALED;
        struct berval binding;
        bool bound = arena != NULL && ldp_binding(conn->ld, arena, &binding);
        int rc;

        if (conn->uri.scheme == LDP_LDAPI || ldap_tls_inplace(conn->ld))
                layer = LDP_LAYER_NONE;
        else if (conn->address != NULL && ldp_is_loopback(conn->address->ai_addr))
                layer = LDP_LAYER_BEST;
        rc = ldp_gss_new(conn->dir->access, conn->dir->host, conn->uri.host, layer, bound ? &binding : NULL, &conn->gss, err);
        mst_arena_free(arena);
        return rc == MST_OK ? send_token(conn, NULL, err) : mst_wrap(err, "%s", conn->uri.host);
}

int
ldp_login_begin(struct ldp_conn *conn, struct mst_error *err)
{
        const struct ldp_access *access = conn->dir->access;
        struct berval cred = { .bv_val = (char *)"" };

        conn->state = LDP_BINDING;
        switch (ldp_bind_of(access)) {
        case LDP_BIND_SIMPLE:
                cred.bv_val = (char *)mst_secret_reveal(access->password);
                cred.bv_len = mst_secret_size(access->password);
                return send_bind(conn, access->bind_dn, LDAP_SASL_SIMPLE, &cred, err);
        case LDP_BIND_EXTERNAL:
                if (access->authzid != NULL) {
                        cred.bv_val = access->authzid;
                        cred.bv_len = strlen(access->authzid);
                }
                return send_bind(conn, NULL, "EXTERNAL", &cred, err);
        case LDP_BIND_GSSAPI:
                return begin_gss(conn, err);
        case LDP_BIND_AUTO:
        case LDP_BIND_ANONYMOUS:
                break;
        }
        conn->state = LDP_READY;
        return MST_OK;
}

/* --- answers ---------------------------------------------------------------------- */

static const char *
who(const struct ldp_conn *conn)
{
        switch (ldp_bind_of(conn->dir->access)) {
        case LDP_BIND_SIMPLE:
                return conn->dir->access->bind_dn;
        case LDP_BIND_EXTERNAL:
                return conn->uri.scheme == LDP_LDAPI ? "the owner of this process (EXTERNAL)"
                                                     : "the owner of client-certificate (EXTERNAL)";
        default:
                return conn->dir->access->principal != NULL ? conn->dir->access->principal : "the ticket's owner (GSSAPI)";
        }
}

static const char *
what_to_do(const struct ldp_conn *conn)
{
        switch (ldp_bind_of(conn->dir->access)) {
        case LDP_BIND_SIMPLE:
                return "check bind-dn and password";
        case LDP_BIND_EXTERNAL:
                return conn->uri.scheme == LDP_LDAPI
                               ? "the server must map this process's user and group to an entry"
                               : "the server must ask for client certificates, trust this one and map it to an entry";
        default:
                return "the server must map the principal to an entry; clocks must agree; it must have a key for "
                       "ldap/HOST as written in uri";
        }
}

/* Asks which mechanisms there are; the answer ends the login. */
static int
ask_mechanisms(struct ldp_conn *conn, struct mst_error *err)
{
        char *wanted[] = { (char *)"supportedSASLMechanisms", NULL };
        int rc = ldap_search_ext(conn->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", wanted, 0, NULL, NULL, NULL, 1,
                                 &conn->msgid);

        if (rc != LDAP_SUCCESS)
                return ldp_conn_lost(conn, rc, err);
        conn->state = LDP_ASKING;
        return MST_OK;
}

static int
answer_mechanisms(struct ldp_conn *conn, LDAPMessage *message, struct mst_error *err)
{
        const char *mechanism = ldp_bind_of(conn->dir->access) == LDP_BIND_EXTERNAL ? "EXTERNAL" : "GSSAPI";
        struct mst_arena *arena = mst_arena_new(0);
        struct berval **values = NULL;
        char list[200] = "";
        size_t used = 0;

        if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
                values = ldap_get_values_len(conn->ld, message, "supportedSASLMechanisms");
        for (size_t i = 0; values != NULL && values[i] != NULL && arena != NULL; i++) {
                const char *safe = mst_escape_terminal(arena, values[i]->bv_val, values[i]->bv_len);

                if (safe != NULL && used + strlen(safe) + 3 < sizeof list)
                        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", safe);
        }
        ldap_value_free_len(values);
        mst_arena_free(arena);
        return mst_fail(err, MST_ECONFIG, "%s does not offer the SASL mechanism %s; %s%s: set it up at the server, or "
                        "choose another bind", conn->uri.host, mechanism,
                        used > 0 ? "it offers " : "it shows none at all", list);
}

static int
refused(struct ldp_conn *conn, const struct ldp_result *result, struct mst_error *err)
{
        const char *host = conn->uri.host, *advice = ldp_advice(result->rc, result->text);

        switch (result->rc) {
        case LDAP_INVALID_CREDENTIALS:
        case LDAP_INAPPROPRIATE_AUTH:
        case LDAP_NO_SUCH_OBJECT:
                return mst_fail(err, MST_EAUTH, "%s does not accept the login as '%s': %s%s%s", host, who(conn),
                                result->text, advice[0] != '\0' && result->rc == LDAP_INVALID_CREDENTIALS ? "" : ": ",
                                advice[0] != '\0' && result->rc == LDAP_INVALID_CREDENTIALS ? advice : what_to_do(conn));
        case LDAP_AUTH_METHOD_NOT_SUPPORTED:
                return ask_mechanisms(conn, err);
        case LDAP_BUSY:
        case LDAP_UNAVAILABLE:
        case LDAP_OTHER:
                return mst_fail(err, MST_ENET, "%s cannot take the login now: %s", host, result->text);
        case LDAP_CONFIDENTIALITY_REQUIRED:
        case LDAP_STRONG_AUTH_REQUIRED:
                if (conn->gss != NULL && ldap_tls_inplace(conn->ld))
                        return mst_fail(err, MST_ECONFIG, "%s takes no login with Kerberos over TLS: %s: use ldap://, where "
                                        "Kerberos encrypts all that is said, or bind-dn with password, or set "
                                        "'ldap server require strong auth = allow_sasl_over_tls' (Samba)", host, result->text);
                return mst_fail(err, MST_ECONFIG, "%s wants an encrypted connection for the login: %s: use "
                                "ldaps:// or <start-tls>yes</start-tls>", host, result->text);
        case LDAP_INVALID_DN_SYNTAX:
                return mst_fail(err, MST_ECONFIG, "%s does not understand bind-dn '%s': %s: write it as a DN, such as "
                                "cn=muster,ou=services,dc=contoso,dc=example", host, who(conn), result->text);
        default:
                return mst_fail(err, MST_EAUTH, "%s refuses the login as '%s': %s%s", host, who(conn), result->text,
                                advice);
        }
}

/* We are in.  With a layer, all that follows goes through it. */
static int
finish(struct ldp_conn *conn, struct mst_error *err)
{
        if (ldp_gss_wraps(conn->gss)) {
                conn->seal = ldp_seal_attach(conn->gss, conn->ld, conn->dir->host);
                if (conn->seal == NULL)
                        return mst_fail(err, MST_EINTERNAL, "%s: no layer for Kerberos: libldap does not take one, or out of "
                                        "memory", conn->uri.host);
        } else {
                ldp_gss_free(conn->gss);
                conn->gss = NULL;
        }
        conn->state = LDP_READY;
        return MST_OK;
}

int
ldp_login_answer(struct ldp_conn *conn, LDAPMessage *message, struct mst_error *err)
{
        struct berval *token = NULL;
        struct ldp_result result;
        int rc;

        if (conn->state == LDP_ASKING)
                return answer_mechanisms(conn, message, err);
        ldp_result_read(conn->ld, message, &result);
        if (result.rc == LDAP_SASL_BIND_IN_PROGRESS && conn->gss != NULL) {
                (void)ldap_parse_sasl_bind_result(conn->ld, message, &token, 0);
                rc = send_token(conn, token, err);
                ber_bvfree(token);
                return rc;
        }
        if (result.rc != LDAP_SUCCESS)
                return refused(conn, &result, err);
        return finish(conn, err);
}
