/* forge.c - keys, certificates and assertions for tests; see forge.h. */
#include "forge.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(bool good, const char *what)
{
        if (good)
                return;
        fprintf(stderr, "forge: %s failed\n", what);
        abort();
}

EVP_PKEY *
forge_rsa(int bits)
{
        EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
        EVP_PKEY *key = NULL;

        must(EVP_PKEY_keygen_init(c) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(c, bits) == 1 &&
             EVP_PKEY_keygen(c, &key) == 1, "making an RSA key");
        EVP_PKEY_CTX_free(c);
        return key;
}

EVP_PKEY *
forge_ec(void)
{
        EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
        EVP_PKEY *key = NULL;

        must(EVP_PKEY_keygen_init(c) == 1 && EVP_PKEY_CTX_set_ec_paramgen_curve_nid(c, NID_X9_62_prime256v1) == 1 &&
             EVP_PKEY_keygen(c, &key) == 1, "making an EC key");
        EVP_PKEY_CTX_free(c);
        return key;
}

X509 *
forge_certificate(EVP_PKEY *key, long from, long to)
{
        X509 *x = X509_new();
        X509_NAME *name = X509_NAME_new();

        must(X509_set_version(x, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x), 1 + random() % 1000000) == 1 &&
             X509_gmtime_adj(X509_getm_notBefore(x), from) != NULL &&
             X509_gmtime_adj(X509_getm_notAfter(x), to) != NULL &&
             X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"muster", -1, -1, 0) == 1 &&
             X509_set_subject_name(x, name) == 1 && X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
             X509_sign(x, key, EVP_sha256()) > 0, "making a certificate");
        X509_NAME_free(name);
        return x;
}

static char *
bio_take(BIO *bio, size_t *size)
{
        char *data, *copy;
        long n = BIO_get_mem_data(bio, &data);

        copy = malloc((size_t)n + 1);
        must(copy != NULL, "memory");
        memcpy(copy, data, (size_t)n);
        copy[n] = '\0';
        if (size != NULL)
                *size = (size_t)n;
        BIO_free(bio);
        return copy;
}

char *
forge_pem(X509 *x, EVP_PKEY *key, const char *password)
{
        BIO *bio = BIO_new(BIO_s_mem());
        const EVP_CIPHER *cipher = password != NULL ? EVP_aes_256_cbc() : NULL;

        if (key != NULL)
                must(PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, password,
                                                   password != NULL ? (int)strlen(password) : 0, NULL, NULL) == 1,
                     "writing a key");
        if (x != NULL)
                must(PEM_write_bio_X509(bio, x) == 1, "writing a certificate");
        return bio_take(bio, NULL);
}

char *
forge_box(X509 *x, EVP_PKEY *key, const char *password, size_t *size)
{
        BIO *bio = BIO_new(BIO_s_mem());
        PKCS12 *box = PKCS12_create(password, "muster", key, x, NULL, 0, 0, 0, 0, 0);

        must(box != NULL && i2d_PKCS12_bio(bio, box) == 1, "writing PKCS#12");
        PKCS12_free(box);
        return bio_take(bio, size);
}

char *
forge_base64url(const void *bytes, size_t size)
{
        char *text = malloc(size / 3 * 4 + 5);

        must(text != NULL, "memory");
        EVP_EncodeBlock((unsigned char *)text, bytes, (int)size);
        text[strcspn(text, "=")] = '\0';
        for (char *c = text; *c != '\0'; c++)
                *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
        return text;
}

char *
forge_thumbprint(X509 *x, bool sha256)
{
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned size;

        must(X509_digest(x, sha256 ? EVP_sha256() : EVP_sha1(), hash, &size) == 1, "hashing a certificate");
        return forge_base64url(hash, size);
}

static char *
sign(const char *text, EVP_PKEY *key, bool pss)
{
        EVP_MD_CTX *c = EVP_MD_CTX_new();
        EVP_PKEY_CTX *inner = NULL;
        unsigned char bytes[1024];
        size_t size = sizeof bytes;

        must(EVP_DigestSignInit(c, &inner, EVP_sha256(), NULL, key) == 1, "signing");
        if (pss)
                must(EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, 32) == 1, "padding");
        must(EVP_DigestSign(c, bytes, &size, (const unsigned char *)text, strlen(text)) == 1, "signing");
        EVP_MD_CTX_free(c);
        return forge_base64url(bytes, size);
}

char *
forge_jwt(const char *head, const char *claims, EVP_PKEY *key, bool pss)
{
        char *a = forge_base64url(head, strlen(head)), *b = forge_base64url(claims, strlen(claims)), *text, *s, *all;
        size_t room = strlen(a) + strlen(b) + 2;

        text = malloc(room);
        must(text != NULL, "memory");
        snprintf(text, room, "%s.%s", a, b);
        s = key != NULL ? sign(text, key, pss) : forge_base64url("unsigned", 8);
        room += strlen(s) + 2;
        all = malloc(room);
        must(all != NULL, "memory");
        snprintf(all, room, "%s.%s", text, s);
        free(a);
        free(b);
        free(s);
        free(text);
        return all;
}
