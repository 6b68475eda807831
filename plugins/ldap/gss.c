/* SPDX-License-Identifier: Apache-2.0
 *
 * gss.c - SASL GSSAPI (RFC 4752).
 *
 *   talk     tokens back and forth until both sides are sure of each other
 *   offer    the server's wrapped word: which layers it can, how large a piece it takes
 *   choose   ours: a layer, and as whom we want to act
 *   wrap     what follows, where a layer was chosen (seal.c)
 *
 * Over TLS there is no layer, as Active Directory does not let the two stand together; the
 * login is tied to the TLS connection instead (binding.c).  Over ldap:// the best layer is
 * taken that the server has, and it must be one that encrypts where the connection leaves this
 * machine.  Tickets got with a keytab are kept in memory, in a cache of this sink's own; nothing
 * is put into the environment, which other threads read. */
#include "gss.h"

#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

#if HAVE_GSSAPI

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

/* Layers, as bits of the offer and the choice. */
#define NO_LAYER 1
#define SIGNED 2
#define SEALED 4

struct ldp_gss {
        enum ldp_layer wanted;
        unsigned char layer;             /* the one that was chosen                    */
        size_t most;                     /* bytes to wrap at once                      */
        gss_buffer_desc in;              /* unwrapped                                  */
        struct gss_channel_bindings_struct binding;
        char *bound;                     /* its bytes; NULL: none                      */
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
ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server, enum ldp_layer layer,
            const struct berval *binding, struct ldp_gss **ret, struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct ldp_gss *gss = calloc(1, sizeof *gss);
        const char *service = arena != NULL ? mst_arena_printf(arena, "ldap@%s", server) : NULL;
        int rc;

        if (gss != NULL && binding != NULL && (gss->bound = malloc(binding->bv_len)) != NULL) {
                memcpy(gss->bound, binding->bv_val, binding->bv_len);
                gss->binding.application_data = (gss_buffer_desc){ .value = gss->bound, .length = binding->bv_len };
        }
        if (gss == NULL || service == NULL || (binding != NULL && gss->bound == NULL)) {
                mst_arena_free(arena);
                ldp_gss_free(gss);
                return mst_fail_memory(err, "making ready for Kerberos");
        }
        gss->as = access->authzid;
        gss->wanted = layer;
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
        (void)gss_release_buffer(&ignored, &gss->in);
        free(gss->bound);
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
        OM_uint32 wanted = GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG |
                           (gss->wanted != LDP_LAYER_NONE ? GSS_C_CONF_FLAG : 0);

        major = gss_init_sec_context(&minor, gss->cred, &gss->context, gss->server, (gss_OID)gss_mech_krb5, wanted, 0,
                                     gss->bound != NULL ? &gss->binding : GSS_C_NO_CHANNEL_BINDINGS, in, NULL, &gss->out,
                                     &flags, NULL);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "the login fails");
        gss->sure = (major & GSS_S_CONTINUE_NEEDED) == 0;
        if (gss->sure && (flags & GSS_C_MUTUAL_FLAG) == 0)
                return mst_fail(err, MST_EAUTH, "Kerberos: the server has not shown who it is");
        return MST_OK;
}

/* Of the layers in 'offer' the one for us; 0: none of them. */
static unsigned char
pick(const struct ldp_gss *gss, unsigned char offer)
{
        static const unsigned char none_first[] = { NO_LAYER }, best[] = { SEALED, SIGNED, NO_LAYER }, sealed[] = { SEALED };
        static const struct {
                const unsigned char *layers;
                size_t count;
        } orders[] = {
                [LDP_LAYER_NONE] = { none_first, sizeof none_first },
                [LDP_LAYER_BEST] = { best, sizeof best },
                [LDP_LAYER_SEALED] = { sealed, sizeof sealed },
        };

        for (size_t i = 0; i < orders[gss->wanted].count; i++)
                if ((offer & orders[gss->wanted].layers[i]) != 0)
                        return orders[gss->wanted].layers[i];
        return 0;
}

/* How much can be wrapped so that the server takes it. */
static int
measure(struct ldp_gss *gss, size_t server_most, struct mst_error *err)
{
        OM_uint32 major, minor, most = 0;

        if (gss->layer == NO_LAYER)
                return MST_OK;
        major = gss_wrap_size_limit(&minor, gss->context, gss->layer == SEALED, GSS_C_QOP_DEFAULT,
                                    (OM_uint32)(server_most < LDP_GSS_MOST ? server_most : LDP_GSS_MOST), &most);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "how much the server takes at once cannot be told");
        if (most == 0)
                return mst_fail(err, MST_EAUTH, "Kerberos: the server takes pieces of %zu bytes at most, which is too "
                                "little for anything", server_most);
        gss->most = most;
        return MST_OK;
}

static int
no_layer(const struct ldp_gss *gss, struct mst_error *err)
{
        if (gss->wanted == LDP_LAYER_NONE)
                return mst_fail(err, MST_ECONFIG, "the server wants Kerberos to protect the connection, which TLS does "
                                "here, and takes no login without: use ldap://, where Kerberos encrypts what is said");
        return mst_fail(err, MST_ECONFIG, "the server does not let Kerberos encrypt the connection: use ldaps:// or "
                        "<start-tls>yes</start-tls>");
}

static int
choose(struct ldp_gss *gss, gss_buffer_t in, struct mst_error *err)
{
        gss_buffer_desc offer = GSS_C_EMPTY_BUFFER, choice;
        size_t length = gss->as != NULL ? strlen(gss->as) : 0, server_most = 0;
        OM_uint32 major, minor, ignored;
        const unsigned char *said;
        char *word;

        major = gss_unwrap(&minor, gss->context, in, &offer, NULL, NULL);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "the server's offer cannot be read");
        said = offer.value;
        if (offer.length == 4) {
                gss->layer = pick(gss, said[0]);
                server_most = (size_t)said[1] << 16 | (size_t)said[2] << 8 | said[3];
        }
        (void)gss_release_buffer(&ignored, &offer);
        if (gss->layer == 0)
                return no_layer(gss, err);
        if (measure(gss, server_most, err) != MST_OK)
                return err->code;
        word = calloc(1, 4 + length + 1);
        if (word == NULL)
                return mst_fail_memory(err, "logging in");
        word[0] = (char)gss->layer;
        for (int i = 1; i < 4 && gss->layer != NO_LAYER; i++)
                word[i] = (char)(LDP_GSS_MOST >> (24 - 8 * i) & 0xff);
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

/* --- after the login ------------------------------------------------------------------ */

bool
ldp_gss_wraps(const struct ldp_gss *gss)
{
        return gss != NULL && (gss->layer & (SIGNED | SEALED)) != 0;
}

bool
ldp_gss_seals(const struct ldp_gss *gss)
{
        return gss != NULL && gss->layer == SEALED;
}

size_t
ldp_gss_most(const struct ldp_gss *gss)
{
        return gss->most;
}

int
ldp_gss_wrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        gss_buffer_desc plain = { .value = in->bv_val, .length = in->bv_len };
        OM_uint32 major, minor, ignored;
        int sealed = 0;

        (void)gss_release_buffer(&ignored, &gss->out);
        major = gss_wrap(&minor, gss->context, gss->layer == SEALED, GSS_C_QOP_DEFAULT, &plain, &sealed, &gss->out);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "what is to be said cannot be wrapped");
        if (gss->layer == SEALED && !sealed)
                return mst_fail(err, MST_EAUTH, "Kerberos does not encrypt what is to be said");
        *out = (struct berval){ .bv_val = gss->out.value, .bv_len = gss->out.length };
        return MST_OK;
}

int
ldp_gss_unwrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        gss_buffer_desc wrapped = { .value = in->bv_val, .length = in->bv_len };
        OM_uint32 major, minor, ignored;
        int sealed = 0;

        (void)gss_release_buffer(&ignored, &gss->in);
        major = gss_unwrap(&minor, gss->context, &wrapped, &gss->in, &sealed, NULL);
        if (GSS_ERROR(major))
                return fail(err, major, minor, "it is not what the server has sent");
        /* a repetition, or one out of its order, is somebody else's doing */
        if ((major & (GSS_S_DUPLICATE_TOKEN | GSS_S_OLD_TOKEN | GSS_S_UNSEQ_TOKEN | GSS_S_GAP_TOKEN)) != 0)
                return mst_fail(err, MST_EAUTH, "a piece came twice, or not in its turn");
        if (gss->layer == SEALED && !sealed)
                return mst_fail(err, MST_EAUTH, "a piece was not encrypted");
        *out = (struct berval){ .bv_val = gss->in.value, .bv_len = gss->in.length };
        return MST_OK;
}

#else

bool
ldp_gss_is_there(void)
{
        return false;
}

int
ldp_gss_new(const struct ldp_access *access, const struct mst_host *host, const char *server, enum ldp_layer layer,
            const struct berval *binding, struct ldp_gss **ret, struct mst_error *err)
{
        (void)access;
        (void)host;
        (void)server;
        (void)layer;
        (void)binding;
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

bool
ldp_gss_wraps(const struct ldp_gss *gss)
{
        (void)gss;
        return false;
}

bool
ldp_gss_seals(const struct ldp_gss *gss)
{
        (void)gss;
        return false;
}

size_t
ldp_gss_most(const struct ldp_gss *gss)
{
        (void)gss;
        return 0;
}

int
ldp_gss_wrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        return ldp_gss_step(gss, in, out, err);
}

int
ldp_gss_unwrap(struct ldp_gss *gss, const struct berval *in, struct berval *out, struct mst_error *err)
{
        return ldp_gss_step(gss, in, out, err);
}

#endif
