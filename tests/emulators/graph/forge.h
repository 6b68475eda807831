/* forge.h - for tests: keys, certificates and assertions, good ones and bad ones.
 *
 * Made with libcrypto alone, so that neither the connector nor the emulator is tested
 * against itself. What is returned as text must be freed with free(). Trouble ends the
 * test program. */
#ifndef GRAPH_FORGE_H
#define GRAPH_FORGE_H
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

EVP_PKEY *forge_rsa(int bits);
EVP_PKEY *forge_ec(void);
/* Self-signed, valid from so many seconds from now to so many. */
X509 *forge_certificate(EVP_PKEY *key, long from, long to);

/* PEM; 'x' or 'key' may be NULL, 'password' too. */
char *forge_pem(X509 *x, EVP_PKEY *key, const char *password);
/* PKCS#12; '*size' bytes. */
char *forge_box(X509 *x, EVP_PKEY *key, const char *password, size_t *size);

char *forge_base64url(const void *bytes, size_t size);
char *forge_thumbprint(X509 *x, bool sha256);
/* JSON texts to an assertion; PS256 or RS256 whatever the head says. */
char *forge_jwt(const char *head, const char *claims, EVP_PKEY *key, bool pss);
#endif
