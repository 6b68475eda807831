/* assertion.c - client assertions; see assertion.h.
 *
 * A head with a thumbprint (x5t, x5t#S256), or an issuer that is the application itself,
 * makes it a certificate's; anything else is compared with the federations. The two
 * forms of a certificate's are not to be mixed: PS256 with x5t#S256, RS256 with x5t. */
#include "assertion.h"
#include "app.h"
#include "../rest/seal.h"
#include "../rest/text.h"

#include <json-c/json.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { SKEW = 300 };

struct jwt {
        struct json_object *head, *claims;
        struct text signature;
        size_t signed_bytes;            /* of the assertion, before the second dot */
};

static void
jwt_free(struct jwt *j)
{
        json_object_put(j->head);
        json_object_put(j->claims);
        text_free(&j->signature);
}

static struct json_object *
part(const char *from, size_t len)
{
        struct text plain = { 0 };
        struct json_object *o = NULL;

        if (memchr(from, '=', len) == NULL && memchr(from, '+', len) == NULL && memchr(from, '/', len) == NULL &&
            base64_read(&plain, from, len))
                o = json_tokener_parse(text_str(&plain));
        text_free(&plain);
        if (!json_object_is_type(o, json_type_object)) {
                json_object_put(o);
                return NULL;
        }
        return o;
}

static bool
jwt_read(struct jwt *j, const char *assertion)
{
        const char *first = strchr(assertion, '.'), *second = first != NULL ? strchr(first + 1, '.') : NULL;

        *j = (struct jwt){ 0 };
        if (second == NULL || strchr(second + 1, '.') != NULL)
                return false;
        j->head = part(assertion, (size_t)(first - assertion));
        j->claims = part(first + 1, (size_t)(second - first - 1));
        j->signed_bytes = (size_t)(second - assertion);
        return j->head != NULL && j->claims != NULL &&
               base64_read(&j->signature, second + 1, strlen(second + 1));
}

static const char *
member(struct json_object *o, const char *name)
{
        struct json_object *v = json_object_object_get(o, name);

        return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : "";
}

static bool
thumbprint_is(const X509 *x, const EVP_MD *md, const char *want)
{
        unsigned char hash[EVP_MAX_MD_SIZE];
        unsigned len = 0;
        struct text print = { 0 };
        bool same;

        if (X509_digest(x, md, hash, &len) != 1)
                return false;
        base64_write(&print, hash, len, true);
        same = strcmp(text_str(&print), want) == 0;
        text_free(&print);
        return same;
}

/* PS256: PSS with SHA-256 for everything and 32 bytes of salt. RS256: PKCS#1 1.5. */
static bool
signature_good(X509 *x, bool pss, const char *assertion, const struct jwt *j)
{
        EVP_PKEY *key = X509_get_pubkey(x);
        EVP_MD_CTX *c = EVP_MD_CTX_new();
        EVP_PKEY_CTX *inner = NULL;
        bool good = key != NULL && c != NULL && EVP_DigestVerifyInit(c, &inner, EVP_sha256(), NULL, key) == 1;

        if (good && pss)
                good = EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1 &&
                       EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, 32) == 1 &&
                       EVP_PKEY_CTX_set_rsa_mgf1_md(inner, EVP_sha256()) == 1;
        good = good && EVP_DigestVerify(c, (const unsigned char *)j->signature.at, j->signature.len,
                                        (const unsigned char *)assertion, j->signed_bytes) == 1;
        EVP_MD_CTX_free(c);
        EVP_PKEY_free(key);
        return good;
}

static X509 *
find(const struct app *app, const char *sha256, const char *sha1)
{
        for (int i = 0; i < APP_CERTIFICATES; i++) {
                X509 *x = app->certificates[i].x509;

                if (x != NULL && (*sha256 != '\0' ? thumbprint_is(x, EVP_sha256(), sha256)
                                                  : thumbprint_is(x, EVP_sha1(), sha1)))
                        return x;
        }
        return NULL;
}

static bool
one_of(const char *const *urls, const char *url)
{
        while (*urls != NULL && strcmp(*urls, url) != 0)
                urls++;
        return *urls != NULL;
}

static enum trouble
check_window(struct json_object *claims, int64_t now)
{
        struct json_object *exp = json_object_object_get(claims, "exp"), *nbf = json_object_object_get(claims, "nbf");

        if (!json_object_is_type(exp, json_type_int))
                return T_BAD_ASSERTION;
        if (json_object_get_int64(exp) <= now)
                return T_ASSERTION_TIME;
        if (nbf != NULL && json_object_get_int64(nbf) > now + SKEW)
                return T_ASSERTION_TIME;
        return T_NONE;
}

static enum trouble
check_certificate(const struct app *app, const char *assertion, const struct jwt *j, const char *const *urls,
                  int64_t now, struct text *about)
{
        const char *alg = member(j->head, "alg"), *sha256 = member(j->head, "x5t#S256"), *sha1 = member(j->head, "x5t");
        bool pss = strcmp(alg, "PS256") == 0;
        time_t at = (time_t)now;
        X509 *x;

        text_put(about, app->id);
        if ((pss ? *sha256 == '\0' || *sha1 != '\0' : strcmp(alg, "RS256") != 0 || *sha1 == '\0' || *sha256 != '\0') ||
            strcmp(member(j->head, "typ"), "JWT") != 0)
                return T_BAD_ASSERTION;
        x = find(app, sha256, sha1);
        if (x == NULL || !signature_good(x, pss, assertion, j) || X509_cmp_time(X509_get0_notAfter(x), &at) <= 0)
                return T_BAD_ASSERTION;
        if (!one_of(urls, member(j->claims, "aud")) || strcmp(member(j->claims, "iss"), app->id) != 0 ||
            strcmp(member(j->claims, "sub"), app->id) != 0 || strlen(member(j->claims, "jti")) == 0)
                return T_BAD_ASSERTION;
        return check_window(j->claims, now);
}

static enum trouble
check_federation(const struct app *app, const struct jwt *j, int64_t now, struct text *about)
{
        for (int i = 0; i < APP_FEDERATIONS; i++) {
                const struct federation *f = &app->federations[i];

                if (f->issuer != NULL && strcmp(f->issuer, member(j->claims, "iss")) == 0 &&
                    strcmp(f->subject, member(j->claims, "sub")) == 0 &&
                    strcmp(f->audience, member(j->claims, "aud")) == 0)
                        return check_window(j->claims, now);
        }
        text_put(about, member(j->claims, "sub"));
        return T_NO_FEDERATION;
}

enum trouble
assertion_check(const struct app *app, const char *assertion, const char *const *urls, int64_t now, struct text *about)
{
        struct jwt j;
        enum trouble what = T_BAD_ASSERTION;

        if (!jwt_read(&j, assertion))
                text_put(about, app->id);
        else if (json_object_object_get(j.head, "x5t") != NULL || json_object_object_get(j.head, "x5t#S256") != NULL ||
                 strcmp(member(j.claims, "iss"), app->id) == 0)
                what = check_certificate(app, assertion, &j, urls, now, about);
        else
                what = check_federation(app, &j, now, about);
        jwt_free(&j);
        return what;
}

bool
assertion_register(struct app *app, const char *pem)
{
        BIO *bio = BIO_new_mem_buf(pem, -1);
        X509 *x = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

        BIO_free(bio);
        for (int i = 0; x != NULL && i < APP_CERTIFICATES; i++)
                if (app->certificates[i].x509 == NULL) {
                        app->certificates[i].x509 = x;
                        return true;
                }
        X509_free(x);
        return false;
}

bool
assertion_trust(struct app *app, const char *issuer, const char *subject, const char *audience)
{
        for (int i = 0; i < APP_FEDERATIONS; i++) {
                struct federation *f = &app->federations[i];

                if (f->issuer != NULL)
                        continue;
                *f = (struct federation){ room_copy(issuer), room_copy(subject), room_copy(audience) };
                return true;
        }
        return false;
}

void
assertion_forget(struct app *app)
{
        for (int i = 0; i < APP_CERTIFICATES; i++) {
                X509_free(app->certificates[i].x509);
                app->certificates[i].x509 = NULL;
        }
        for (int i = 0; i < APP_FEDERATIONS; i++) {
                free(app->federations[i].issuer);
                free(app->federations[i].subject);
                free(app->federations[i].audience);
                app->federations[i] = (struct federation){ 0 };
        }
}
