/* SPDX-License-Identifier: Apache-2.0
 *
 * gss.c - SASL GSSAPI (RFC 4752).
 *
 *   talk     tokens back and forth until both sides are sure of each other
 *   offer    the server's wrapped word: which layers it can, how large a buffer
 *   choose   ours: no layer, and as whom we want to act
 *
 * No layer of our own: what follows is protected by TLS, which Active Directory does not
 * let stand together with one, or does not leave this machine.  Tickets got with a keytab
 * are kept in memory, in a cache of this sink's own; nothing is put into the environment,
 * which other threads read. */
#include "gss.h"

#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

#if HAVE_GSSAPI

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#define NO_LAYER 1

struct ldp_gss {
        gss_name_t server;
        gss_cred_id_t cred;
        gss_ctx_id_t context;
        gss_buffer_desc out;
        const char *as;                  /* authzid, or NULL */
        bool sure;                       /* the context is complete */
};

bool
ldp_gss_is_there(void)
{
        return true;
}

static int
fail(struct mst_error *err, OM_uint32 major, OM_uint32 minor, const char *what)
{
        gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
        struct mst_arena *arena = mst_arena_new(0);
        OM_uint32 ignored, more = 0;
        const char *safe = NULL;

        /* Kerberos' own words say more than those of the GSSAPI around it. */
        if (minor != 0)
                (void)gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &text);
        else
                (void)gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &text);
        if (arena != NULL && text.length > 0)
                safe = mst_escape_terminal(arena, text.value, text.length < 200 ? text.length : 200);
        mst_fail(err, MST_EAUTH, "Kerberos: %s: %s: check keytab, credential-cache, principal and krb5.conf", what,
                 safe != NULL ? safe : "no reason given");
        (void)gss_release_buffer(&ignored, &text);
        mst_arena_free(arena);
        return err->code;
}

static int
import(const char *text, gss_OID type, gss_name_t *ret, const char *what, struct mst_error *err)
{
        gss_buffer_desc buffer = { .value = (void *)text, .length = strlen(text) };
        OM_uint32 major, minor;

        major = gss_import_name(&minor, &buffer, type, ret);
        return GSS_ERROR(major) ? fail(err, major, minor, what) : MST_OK;
}

/* From the keytab or cache that the options name; neither: what Kerberos finds itself. */
static int
acquire(struct ldp_gss *gss, const struct ldp_access *access, const struct mst_host *host, struct mst_arena *arena,
        struct mst_error *err)
{
        gss_key_value_element_desc elements[2];
        gss_key_value_set_desc store = { .count = 0, .elements = elements };
        gss_name_t who = GSS_C_NO_NAME;
        OM_uint32 major, minor, ignored;

        if (access->keytab == NULL && access->credential_cache == NULL && access->principal == NULL)
                return MST_OK;
        if (access->keytab != NULL)
                elements[store.count++] = (gss_key_value_element_desc){
                        .key = "client_keytab", .value = mst_arena_printf(arena, "FILE:%s", access->keytab) };
        if (access->credential_cache != NULL || access->keytab != NULL)
                elements[store.count++] = (gss_key_value_element_desc){
                        .key = "ccache", .value = access->credential_cache != NULL
                                ? access->credential_cache
                                : mst_arena_printf(arena, "MEMORY:muster-%s-%p", mst_host_name(host), (const void *)host) };
        for (OM_uint32 i = 0; i < store.count; i++)
                if (elements[i].value == NULL)
                        return mst_fail_memory(err, "making ready for Kerberos");
        if (access->principal != NULL &&
            import(access->principal, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &who, "principal", err) != MST_OK)
                return err->code;
        major = gss_acquire_cred_from(&minor, who, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_INITIATE, &store,
                                      &gss->cred, NULL, NULL);
        (void)gss_release_name(&ignored, &who);
        return GSS_ERROR(major) ? fail(err, major, minor, "no ticket can be had") : MST_OK;
}

int
ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server, struct ldp_gss **ret,
            struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct ldp_gss *gss = calloc(1, sizeof *gss);
        const char *service = arena != NULL ? mst_arena_printf(arena, "ldap@%s", server) : NULL;
        int rc;

        if (gss == NULL || service == NULL) {
                mst_arena_free(arena);
                free(gss);
                return mst_fail_memory(err, "making ready for Kerberos");
        }
        gss->as = access->authzid;
        rc = import(service, GSS_C_NT_HOSTBASED_SERVICE, &gss->server, service, err);
        if (rc == MST_OK)
                rc = acquire(gss, access, host, arena, err);
        mst_arena_free(arena);
        if (rc != MST_OK)
                ldp_gss_free(gss);
        else
                *ret = gss;
        return rc;
}

void
ldp_gss_free(struct ldp_gss *gss)
{
        OM_uint32 ignored;

        if (gss == NULL)
                return;
        (void)gss_release_buffer(&ignored, &gss->out);
        if (gss->context != GSS_C_NO_CONTEXT)
                (void)gss_delete_sec_context(&ignored, &gss->context, GSS_C_NO_BUFFER);
        (void)gss_release_cred(&ignored, &gss->cred);
        (void)gss_release_name(&ignored, &gss->server);
        free(gss);
}

static int
talk(struct ldp_gss *gss, gss_buffer_t in, struct mst_error *err)
{
        OM_uint32 major, minor, flags = 0;

        major = gss_init_sec_context(&minor, gss->cred, &gss->context, gss->server, (gss_OID)gss_mech_krb5,
                                     GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG, 0,
                                     GSS_C_NO_CHANNEL_BINDINGS, in, NULL, &gss->out, &flags, NULL);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "the login fails");
        gss->sure = (major & GSS_S_CONTINUE_NEEDED) == 0;
        if (gss->sure && (flags & GSS_C_MUTUAL_FLAG) == 0)
                return mst_fail(err, MST_EAUTH, "Kerberos: the server has not shown who it is");
        return MST_OK;
}

static int
choose(struct ldp_gss *gss, gss_buffer_t in, struct mst_error *err)
{
        gss_buffer_desc offer = GSS_C_EMPTY_BUFFER, choice;
        size_t length = gss->as != NULL ? strlen(gss->as) : 0;
        OM_uint32 major, minor, ignored;
        unsigned char layers = 0;
        char *word;

        major = gss_unwrap(&minor, gss->context, in, &offer, NULL, NULL);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "the server's offer cannot be read");
        if (offer.length == 4)
                layers = *(const unsigned char *)offer.value;
        (void)gss_release_buffer(&ignored, &offer);
        if ((layers & NO_LAYER) == 0)
                return mst_fail(err, MST_ECONFIG, "the server wants Kerberos to protect the connection, which TLS "
                                "does here: use ldaps:// or <start-tls>yes</start-tls>");
        word = calloc(1, 4 + length + 1);
        if (word == NULL)
                return mst_fail_memory(err, "logging in");
        word[0] = NO_LAYER;
        if (length > 0)
                memcpy(word + 4, gss->as, length);
        choice = (gss_buffer_desc){ .value = word, .length = 4 + length };
        major = gss_wrap(&minor, gss->context, 0, GSS_C_QOP_DEFAULT, &choice, NULL, &gss->out);
        free(word);
        return GSS_ERROR(major) ? fail(err, major, minor, "our answer cannot be written") : MST_OK;
}

int
ldp_gss_step(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
        OM_uint32 ignored;
        int rc;

        (void)gss_release_buffer(&ignored, &gss->out);
        if (in != NULL)
                token = (gss_buffer_desc){ .value = in->bv_val, .length = in->bv_len };
        rc = gss->sure ? choose(gss, &token, err) : talk(gss, in != NULL ? &token : GSS_C_NO_BUFFER, err);
        if (rc != MST_OK)
                return rc;
        /* An empty token is sent too: it is the server's turn. */
        out->bv_val = gss->out.length > 0 ? gss->out.value : (char *)"";
        out->bv_len = gss->out.length;
        return MST_OK;
}

#else

bool
ldp_gss_is_there(void)
{
        return false;
}

int
ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server, struct ldp_gss **ret,
            struct mst_error *err)
{
        (void)access;
        (void)host;
        (void)server;
        (void)ret;
        return mst_fail(err, MST_ECONFIG, "this build of the ldap connector knows no Kerberos (GSSAPI)");
}

void
ldp_gss_free(struct ldp_gss *gss)
{
        (void)gss;
}

int
ldp_gss_step(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        (void)gss;
        (void)in;
        (void)out;
        return mst_fail(err, MST_EINTERNAL, "no Kerberos in this build");
}

#endif
