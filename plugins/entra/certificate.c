/* certificate.c - the certificate and its key, as files give them.
 *
 * PEM: certificate and key in one file or in two, in any order, among other text; of
 * several certificates the one that the key belongs to is taken, so that a chain may
 * stand there too.  PKCS#12: what tools call .pfx or .p12.  Either may be encrypted
 * with certificate-password. */
#include "certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <limits.h>
#include <string.h>
#include <time.h>

enum { LEAST_BITS = 2048 };

static const char remedy_key[] = "put the private key into the same file or name its file in certificate-key";

/* What libcrypto says last, without its file names and numbers. */
static const char *
reason(void)
{
        const char *text = ERR_reason_error_string(ERR_peek_last_error());

        return text != NULL ? text : "no reason given";
}

static BIO *
open_secret(const struct mst_secret *secret)
{
        size_t size = mst_secret_size(secret);

        return size > INT_MAX ? NULL : BIO_new_mem_buf(mst_secret_reveal(secret), (int)size);
}

static int
give_password(char *into, int room, int writing, void *self)
{
        const struct mst_secret *password = self;
        size_t size = mst_secret_size(password);

        (void)writing;
        if (password == NULL || size > (size_t)room)
                return -1;
        memcpy(into, mst_secret_reveal(password), size);
        return (int)size;
}

static bool
holds(const struct mst_secret *secret, const char *text)
{
        return strstr(mst_secret_reveal(secret), text) != NULL;
}

static int
read_key(const struct entra_config *config, struct entra_certificate *ret, struct mst_error *err)
{
        bool apart = config->certificate_key != NULL;
        const struct mst_secret *from = apart ? config->certificate_key : config->certificate;
        const char *option = apart ? "certificate-key" : "certificate";
        BIO *bio;

        if (!holds(from, "PRIVATE KEY-----"))
                return mst_fail(err, MST_ECONFIG, "%s holds no private key in PEM form: %s", option,
                                apart ? "it must have a part BEGIN PRIVATE KEY" : remedy_key);
        if (holds(from, "ENCRYPTED") && config->certificate_password == NULL)
                return mst_fail(err, MST_ECONFIG, "%s: the private key is encrypted: configure "
                                "certificate-password", option);
        bio = open_secret(from);
        if (bio == NULL)
                return mst_fail_memory(err, "reading the certificate's key");
        ret->key = PEM_read_bio_PrivateKey(bio, NULL, give_password, config->certificate_password);
        BIO_free(bio);
        if (ret->key == NULL)
                return mst_fail(err, MST_ECONFIG, "%s: the private key cannot be read (%s)%s", option,
                                reason(), config->certificate_password != NULL
                                ? "; is certificate-password right?" : "");
        return MST_OK;
}

/* The certificate of 'key' or, when there is none, the first. */
static int
read_certificates(const struct entra_config *config, struct entra_certificate *ret, struct mst_error *err)
{
        BIO *bio = open_secret(config->certificate);
        X509 *next;

        if (bio == NULL)
                return mst_fail_memory(err, "reading the certificate");
        while ((next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
                bool mine = X509_check_private_key(next, ret->key) == 1;

                if (mine || ret->certificate == NULL) {
                        X509_free(ret->certificate);
                        ret->certificate = next;
                } else {
                        X509_free(next);
                }
                if (mine)
                        break;
        }
        BIO_free(bio);
        if (ret->certificate == NULL)
                return mst_fail(err, MST_ECONFIG, "certificate holds no certificate that can be read: it must "
                                "have a part BEGIN CERTIFICATE (PEM) or be a PKCS#12 file");
        return MST_OK;
}

/* A secret's last line end was taken off when it was read; here it may have been part
 * of the file's binary end. */
static PKCS12 *
read_binary(const struct mst_secret *secret)
{
        static const char *const ends[] = { "", "\n", "\r\n" };
        size_t size = mst_secret_size(secret);
        unsigned char *copy = size < INT_MAX ? OPENSSL_malloc(size + 2) : NULL;
        PKCS12 *box = NULL;

        if (copy == NULL)
                return NULL;
        for (size_t i = 0; i < 3 && box == NULL; i++) {
                const unsigned char *at = copy;

                memcpy(copy, mst_secret_reveal(secret), size);
                memcpy(copy + size, ends[i], strlen(ends[i]));
                box = d2i_PKCS12(NULL, &at, (long)(size + strlen(ends[i])));
        }
        OPENSSL_clear_free(copy, size + 2);
        return box;
}

static int
read_box(const struct entra_config *config, struct entra_certificate *ret, struct mst_error *err)
{
        const struct mst_secret *password = config->certificate_password;
        PKCS12 *box = read_binary(config->certificate);
        int good;

        if (box == NULL)
                return mst_fail(err, MST_ECONFIG, "certificate is neither PEM nor PKCS#12 (%s)", reason());
        if (config->certificate_key != NULL) {
                PKCS12_free(box);
                return mst_fail(err, MST_ECONFIG, "certificate is a PKCS#12 file, which holds its key: remove "
                                "certificate-key");
        }
        good = PKCS12_parse(box, password != NULL ? mst_secret_reveal(password) : NULL, &ret->key,
                            &ret->certificate, NULL);
        PKCS12_free(box);
        if (!good)
                return mst_fail(err, MST_ECONFIG, "certificate: the PKCS#12 file cannot be opened (%s); is "
                                "certificate-password right? Files of old tools may need "
                                "`openssl pkcs12 -legacy` to be turned into PEM", reason());
        if (ret->key == NULL || ret->certificate == NULL)
                return mst_fail(err, MST_ECONFIG, "certificate: the PKCS#12 file does not hold both a "
                                "certificate and its private key");
        return MST_OK;
}

static int
check_pair(const struct entra_certificate *pair, struct mst_error *err)
{
        if (EVP_PKEY_base_id(pair->key) != EVP_PKEY_RSA)
                return mst_fail(err, MST_ECONFIG, "certificate: the key is not an RSA key, the only kind that "
                                "Entra ID takes: make a certificate with an RSA key of 2048 bits or more");
        if (EVP_PKEY_bits(pair->key) < LEAST_BITS)
                return mst_fail(err, MST_ECONFIG, "certificate: the RSA key has only %d bits: make one with "
                                "%d or more", EVP_PKEY_bits(pair->key), (int)LEAST_BITS);
        if (X509_check_private_key(pair->certificate, pair->key) != 1)
                return mst_fail(err, MST_ECONFIG, "certificate: the private key does not belong to the "
                                "certificate: check that both files are of the same pair");
        return MST_OK;
}

int
entra_certificate_read(const struct entra_config *config, struct entra_certificate *ret,
                       struct mst_error *err)
{
        bool binary = mst_secret_reveal(config->certificate)[0] == 0x30;
        int code;

        *ret = (struct entra_certificate){ 0 };
        ERR_clear_error();
        code = binary ? read_box(config, ret, err) : read_key(config, ret, err);
        if (code == MST_OK && !binary)
                code = read_certificates(config, ret, err);
        if (code == MST_OK)
                code = check_pair(ret, err);
        /* libcurl shares the thread's list of errors. */
        ERR_clear_error();
        return code;
}

void
entra_certificate_drop(struct entra_certificate *certificate)
{
        X509_free(certificate->certificate);
        EVP_PKEY_free(certificate->key);
        *certificate = (struct entra_certificate){ 0 };
}

static time_t
unix_time(int64_t now)
{
        return (time_t)((now - MST_DATE_UNIX_EPOCH) / MST_DATE_SECOND);
}

static const char *
say_time(const ASN1_TIME *time, char into[32])
{
        struct tm tm;

        if (ASN1_TIME_to_tm(time, &tm) != 1 || strftime(into, 32, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
                memcpy(into, "an unknown time", 16);
        return into;
}

int
entra_certificate_valid(const struct entra_certificate *certificate, int64_t now, struct mst_error *err)
{
        const ASN1_TIME *from = X509_get0_notBefore(certificate->certificate);
        const ASN1_TIME *to = X509_get0_notAfter(certificate->certificate);
        time_t at = unix_time(now);
        char begin[32], end[32], today[32];
        struct tm tm;

        if (X509_cmp_time(to, &at) > 0 && X509_cmp_time(from, &at) < 0)
                return MST_OK;
        if (gmtime_r(&at, &tm) == NULL || strftime(today, sizeof today, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
                memcpy(today, "unknown", 8);
        say_time(from, begin);
        say_time(to, end);
        if (X509_cmp_time(to, &at) <= 0)
                return mst_fail(err, MST_EAUTH, "the certificate has expired: it was valid from %s to %s; make "
                                "a new one and register it with the application", begin, end);
        return mst_fail(err, MST_EAUTH, "the certificate is not yet valid: it will be from %s to %s, and this "
                        "machine's clock says %s; is the clock right?", begin, end, today);
}

bool
entra_certificate_ends(const struct entra_certificate *certificate, int64_t now, int days, char end[32])
{
        const ASN1_TIME *to = X509_get0_notAfter(certificate->certificate);
        time_t then = unix_time(now) + (time_t)days * 86400;

        say_time(to, end);
        return X509_cmp_time(to, &then) < 0;
}
