/* certificate.h - a certificate and its private key, while something is signed.
 *
 * Both are taken from the secrets of the configuration for each signature and freed
 * afterwards, so that the key lies in ordinary memory for a moment only. */
#ifndef ENTRA_CERTIFICATE_H
#define ENTRA_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "signin.h"

struct entra_certificate {
        X509 *certificate;
        EVP_PKEY *key;
};

/* Reads, and checks that the key is RSA, long enough and the certificate's.  Fails with
 * MST_ECONFIG; 'ret' must be dropped in any case. */
int entra_certificate_read(const struct entra_config *config, struct entra_certificate *ret,
                           struct mst_error *err);
void entra_certificate_drop(struct entra_certificate *certificate);

/* Is it valid at 'now' (an MST_DATE)?  MST_EAUTH with its dates. */
int entra_certificate_valid(const struct entra_certificate *certificate, int64_t now,
                            struct mst_error *err);

/* True when it ends within so many days from 'now'; 'end' gets the day, "2026-11-24". */
bool entra_certificate_ends(const struct entra_certificate *certificate, int64_t now, int days,
                            char end[32]);

#endif
