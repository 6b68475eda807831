/* SPDX-License-Identifier: Apache-2.0
 *
 * binding.c - the server's certificate as channel binding "tls-server-end-point".
 *
 * Somebody between us and the server who passes a Kerberos login on has another certificate,
 * so what we put into the login does not fit his connection to the server, and a server that
 * looks (Active Directory with LdapEnforceChannelBinding, slapd with sasl-cbinding) refuses
 * it.  The hash is that of the certificate's signature, but SHA-256 for MD5 and SHA-1. */
#include "binding.h"

#include <string.h>

#if HAVE_LIBCRYPTO

#include <openssl/evp.h>
#include <openssl/x509.h>

#define NAME "tls-server-end-point:"

static const EVP_MD *
hash_of(const X509 *certificate)
{
        int hash = NID_undef;

        if (X509_get_signature_info((X509 *)certificate, &hash, NULL, NULL, NULL) != 1 || hash == NID_undef)
                return NULL;
        if (hash == NID_md5 || hash == NID_sha1)
                hash = NID_sha256;
        return EVP_get_digestbynid(hash);
}

bool
ldp_binding(LDAP *ld, struct mst_arena *arena, struct berval *ret)
{
        struct berval der = { 0 };
        const unsigned char *at;
        X509 *certificate;
        const EVP_MD *hash;
        unsigned size = 0;
        char *bytes;
        bool ok = false;

        if (!ldap_tls_inplace(ld) || ldap_get_option(ld, LDAP_OPT_X_TLS_PEERCERT, &der) != LDAP_OPT_SUCCESS ||
            der.bv_val == NULL)
                return false;
        at = (const unsigned char *)der.bv_val;
        certificate = d2i_X509(NULL, &at, (long)der.bv_len);
        hash = certificate != NULL ? hash_of(certificate) : NULL;
        bytes = mst_arena_alloc(arena, sizeof NAME + EVP_MAX_MD_SIZE);
        if (hash != NULL && bytes != NULL) {
                memcpy(bytes, NAME, sizeof NAME - 1);
                ok = EVP_Digest(der.bv_val, der.bv_len, (unsigned char *)bytes + sizeof NAME - 1, &size, hash, NULL) == 1;
                *ret = (struct berval){ .bv_val = bytes, .bv_len = sizeof NAME - 1 + size };
        }
        X509_free(certificate);
        ber_memfree(der.bv_val);
        return ok;
}

#else

bool
ldp_binding(LDAP *ld, struct mst_arena *arena, struct berval *ret)
{
        (void)ld;
        (void)arena;
        (void)ret;
        return false;
}

#endif
