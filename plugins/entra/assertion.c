/* assertion.c - the assertion that a certificate's key signs (RFC 7523).
 *
 *   head      {"alg":"PS256","typ":"JWT","x5t#S256":"..."}
 *   claims    {"aud":...,"iss":...,"sub":...,"jti":...,"nbf":...,"iat":...,"exp":...}
 *   assertion base64url(head) . base64url(claims) . base64url(signature)
 *
 * Two forms exist and are not mixed: PS256 with the SHA-256 thumbprint, which Microsoft
 * asks for today, and RS256 with the SHA-1 thumbprint, the older one. */
#include "certificate.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

enum { LIFE = 600, WARN_DAYS = 30, GUID = 37 };

/* In the order of the choices of 'certificate-form'. */
static const struct form {
        const char *alg, *thumbprint;
        const EVP_MD *(*digest)(void);
        bool pss;
} forms[] = {
        { "PS256", "x5t#S256", EVP_sha256, true },
        { "RS256", "x5t", EVP_sha1, false },
};

int
entra_assertion_check(struct entra *entra, struct mst_error *err)
{
        struct entra_certificate pair;
        int code = entra_certificate_read(entra->config, &pair, err);

        if (code == MST_OK)
                code = entra_certificate_valid(&pair, mst_host_now(entra->host), err);
        entra_certificate_drop(&pair);
        return code;
}

void
entra_assertion_note(struct entra *entra, struct mst_facts *facts)
{
        struct entra_certificate pair;
        struct mst_error err = { 0 };
        char end[32];

        if (entra_certificate_read(entra->config, &pair, &err) == MST_OK
            && entra_certificate_ends(&pair, mst_host_now(entra->host), WARN_DAYS, end))
                mst_facts_note(facts, true, "the certificate ends on %s: make a new one, register it with the "
                               "application and exchange the file before that", end);
        entra_certificate_drop(&pair);
}

static int
draw_guid(struct entra *entra, char into[GUID], struct mst_error *err)
{
        unsigned char b[16];

        if (mst_host_random(entra->host, b, sizeof b, err) != MST_OK)
                return err->code;
        b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
        b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
        for (size_t i = 0, at = 0; i < sizeof b; i++) {
                at += (size_t)snprintf(into + at, GUID - at, "%02x", b[i]);
                if (i == 3 || i == 5 || i == 7 || i == 9)
                        at += (size_t)snprintf(into + at, GUID - at, "-");
        }
        return MST_OK;
}

/* "head.claims", to be signed. */
static char *
write_text(struct entra *entra, const struct form *form, const X509 *certificate, const char *aud,
           const char *id)
{
        struct mst_arena *arena = entra->scratch;
        int64_t now = (mst_host_now(entra->host) - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND;
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        char *print, *head, *claims, *client, *to;

        if (X509_digest(certificate, form->digest(), hash, &size) != 1)
                return NULL;
        print = entra_base64_write(arena, hash, size);
        client = mst_escape_json(arena, entra->client_id, strlen(entra->client_id));
        to = mst_escape_json(arena, aud, strlen(aud));
        if (print == NULL || client == NULL || to == NULL)
                return NULL;
        head = mst_arena_printf(arena, "{\"alg\":\"%s\",\"typ\":\"JWT\",\"%s\":\"%s\"}", form->alg,
                                form->thumbprint, print);
        claims = mst_arena_printf(arena, "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s\","
                                  "\"nbf\":%lld,\"iat\":%lld,\"exp\":%lld}", to, client, client, id,
                                  (long long)now, (long long)now, (long long)(now + LIFE));
        head = head != NULL ? entra_base64_write(arena, head, strlen(head)) : NULL;
        claims = claims != NULL ? entra_base64_write(arena, claims, strlen(claims)) : NULL;
        return head != NULL && claims != NULL ? mst_arena_printf(arena, "%s.%s", head, claims) : NULL;
}

static bool
set_padding(EVP_PKEY_CTX *context, bool pss)
{
        if (!pss)
                return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0;
}

/* base64url of the signature, or NULL. */
static char *
sign(struct entra *entra, const struct form *form, EVP_PKEY *key, const char *text)
{
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_PKEY_CTX *inner = NULL;
        size_t size = (size_t)EVP_PKEY_size(key);
        unsigned char *bytes = mst_arena_alloc(entra->scratch, size);
        bool good = context != NULL && bytes != NULL
                && EVP_DigestSignInit(context, &inner, EVP_sha256(), NULL, key) == 1
                && set_padding(inner, form->pss)
                && EVP_DigestSign(context, bytes, &size, (const unsigned char *)text, strlen(text)) == 1;

        EVP_MD_CTX_free(context);
        return good ? entra_base64_write(entra->scratch, bytes, size) : NULL;
}

/* Where nobody runs `muster check` the log says it, once an instance. */
static void
warn(struct entra *entra, const struct entra_certificate *pair)
{
        char end[32];

        if (entra->warned || !entra_certificate_ends(pair, mst_host_now(entra->host), WARN_DAYS, end))
                return;
        entra->warned = true;
        mst_host_log(entra->host, MST_LOG_WARNING, "the certificate ends on %s", end);
}

int
entra_assertion_make(struct entra *entra, const char *aud, char **ret, struct mst_error *err)
{
        const struct form *form = &forms[entra->config->certificate_form == 1];
        struct entra_certificate pair;
        char id[GUID], *text, *signature;
        int code = entra_certificate_read(entra->config, &pair, err);

        if (code == MST_OK)
                code = entra_certificate_valid(&pair, mst_host_now(entra->host), err);
        if (code == MST_OK)
                warn(entra, &pair);
        if (code == MST_OK)
                code = draw_guid(entra, id, err);
        if (code == MST_OK) {
                text = write_text(entra, form, pair.certificate, aud, id);
                signature = text != NULL ? sign(entra, form, pair.key, text) : NULL;
                *ret = signature != NULL ? mst_arena_printf(entra->scratch, "%s.%s", text, signature) : NULL;
                if (signature != NULL)
                        mst_secret_wipe(signature, strlen(signature));
                if (*ret == NULL)
                        code = mst_fail(err, MST_EINTERNAL, "the assertion could not be signed (memory is out, "
                                        "or libcrypto may not use %s)", form->alg);
        }
        entra_certificate_drop(&pair);
        ERR_clear_error();
        return code;
}
