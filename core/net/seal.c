/* seal.c - kept secrets; see <muster/seal.h>.
 *
 * A sealed value is  "MSEAL1" salt(16) nonce(12) tag(16) ciphertext.  Its key is
 * HMAC-SHA-256(admin's key, "muster seal 1" NUL salt), new for each value, so that a nonce
 * never meets the same key twice; instance and name are authenticated with it. */
#include "build.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muster/seal.h>

#include "util/alloc.h"

enum { KEY_LEAST = 16, SALT = 16, NONCE = 12, TAG = 16, MARK = 6, HEAD = MARK + SALT + NONCE + TAG, MOST = 1 << 20 };

static const unsigned char mark[MARK + 1] = "MSEAL1";

int
mst_seal_check(const char *option, const struct mst_secret *key, struct mst_error *err)
{
        if (mst_secret_size(key) >= KEY_LEAST)
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "%s: the key is %s: write one with 'openssl rand -base64 32' into a file that "
                        "only Muster reads, and keep it", option, key == NULL ? "missing" : "shorter than 16 bytes");
}

static bool
derive(const struct mst_secret *key, const unsigned char *salt, unsigned char into[32])
{
        unsigned char text[14 + SALT] = "muster seal 1";
        unsigned size = 32;

        memcpy(text + 14, salt, SALT);
        return HMAC(EVP_sha256(), mst_secret_reveal(key), (int)mst_secret_size(key), text, sizeof text, into, &size) != NULL
               && size == 32;
}

/* Instance and name, with their NULs. */
static bool
authenticate(EVP_CIPHER_CTX *ctx, const struct mst_host *host, const char *name, bool seals)
{
        const char *instance = mst_host_name(host);
        int n, (*update)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int) =
                seals ? EVP_EncryptUpdate : EVP_DecryptUpdate;

        return update(ctx, NULL, &n, (const unsigned char *)instance, (int)strlen(instance) + 1) == 1
               && update(ctx, NULL, &n, (const unsigned char *)name, (int)strlen(name) + 1) == 1;
}

static bool
seal(unsigned char *to, const struct mst_host *host, const char *name, const struct mst_secret *key,
     const struct mst_secret *value)
{
        unsigned char own[32], *salt = to + MARK, *nonce = salt + SALT, *tag = nonce + NONCE;
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        int n;
        bool good = ctx != NULL && derive(key, salt, own)
                    && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, own, nonce) == 1
                    && authenticate(ctx, host, name, true)
                    && EVP_EncryptUpdate(ctx, to + HEAD, &n, (const unsigned char *)mst_secret_reveal(value),
                                         (int)mst_secret_size(value)) == 1
                    && EVP_EncryptFinal_ex(ctx, to + HEAD + n, &n) == 1
                    && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, tag) == 1;

        EVP_CIPHER_CTX_free(ctx);
        mst_secret_wipe(own, sizeof own);
        memcpy(to, mark, MARK);
        return good;
}

int
mst_seal_keep(struct mst_host *host, const char *name, const struct mst_secret *key, const struct mst_secret *value,
              struct mst_error *err)
{
        size_t size = HEAD + mst_secret_size(value);
        unsigned char *sealed;
        int rc;

        if (value == NULL)
                return mst_host_keep(host, name, NULL, 0, err);
        if (mst_seal_check("the key", key, err) != MST_OK)
                return err->code;
        if (size > MOST)
                return mst_fail(err, MST_EINTERNAL, "'%s' is too large to be sealed", name);
        sealed = mstc_alloc(size);
        if (sealed == NULL)
                return mst_fail_memory(err, "sealing a secret");
        rc = mst_host_random(host, sealed + MARK, SALT + NONCE, err);
        if (rc == MST_OK && !seal(sealed, host, name, key, value))
                rc = mst_fail(err, MST_EINTERNAL, "'%s' could not be sealed: libcrypto failed", name);
        if (rc == MST_OK)
                rc = mst_host_keep(host, name, sealed, size, err);
        mstc_free(sealed);
        return rc;
}

static bool
unseal(unsigned char *into, const unsigned char *from, size_t size, const struct mst_host *host, const char *name,
       const struct mst_secret *key)
{
        const unsigned char *salt = from + MARK, *nonce = salt + SALT;
        unsigned char own[32], tag[TAG];
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
        int n;
        bool good = ctx != NULL && derive(key, salt, own)
                    && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, own, nonce) == 1
                    && authenticate(ctx, host, name, false)
                    && EVP_DecryptUpdate(ctx, into, &n, from + HEAD, (int)(size - HEAD)) == 1;

        memcpy(tag, nonce + NONCE, TAG);
        good = good && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1
               && EVP_DecryptFinal_ex(ctx, into + n, &n) == 1;
        EVP_CIPHER_CTX_free(ctx);
        mst_secret_wipe(own, sizeof own);
        return good;
}

int
mst_seal_kept(struct mst_host *host, const char *name, const struct mst_secret *key, struct mst_secret **ret,
              struct mst_error *err)
{
        struct mst_arena *arena = mst_arena_new(0);
        const unsigned char *kept;
        unsigned char *plain = NULL;
        size_t size = 0;
        int rc = MST_OK;

        *ret = NULL;
        if (arena == NULL)
                return mst_fail_memory(err, "opening a kept secret");
        kept = mst_host_kept(host, name, arena, &size);
        if (kept == NULL || size == 0) {
                mst_arena_free(arena);
                return MST_OK;
        }
        if (size <= MOST && size >= HEAD && memcmp(kept, mark, MARK) == 0)
                plain = mstc_alloc(size - HEAD + 1);
        if (plain == NULL || mst_seal_check("the key", key, err) != MST_OK
            || !unseal(plain, kept, size, host, name, key))
                rc = mst_fail(err, MST_EAUTH, "'%s', which was kept sealed in the store, does not open: the key is not the one "
                              "that it was sealed with", name);
        else if ((*ret = mst_secret_new(plain, size - HEAD)) == NULL)
                rc = mst_fail_memory(err, "opening a kept secret");
        if (plain != NULL)
                mst_secret_wipe(plain, size - HEAD);
        mstc_free(plain);
        mst_arena_free(arena);
        return rc;
}

/* --- lines of descent: the configured one, a line break, the newest ------------------------- */

struct mst_secret *
mst_seal_newest(struct mst_host *host, const char *name, const char *option, const struct mst_secret *key,
                const struct mst_secret *configured)
{
        const char *first = mst_secret_reveal(configured), *both;
        size_t size = mst_secret_size(configured), from = 0, whole = size;
        struct mst_secret *kept = NULL, *newest;
        struct mst_error why = { 0 };

        if (mst_seal_kept(host, name, key, &kept, &why) != MST_OK)
                mst_host_log(host, MST_LOG_WARNING, "%s: %s; the configured one is used", option, why.text);
        both = mst_secret_reveal(kept);
        if (kept != NULL && mst_secret_size(kept) > size + 1 && both[size] == '\n' && memcmp(both, first, size) == 0) {
                from = size + 1;
                whole = mst_secret_size(kept);
        }
        newest = from > 0 ? mst_secret_new(both + from, whole - from) : mst_secret_new(first, size);
        mst_secret_free(kept);
        return newest;
}

int
mst_seal_renew(struct mst_host *host, const char *name, const struct mst_secret *key, const struct mst_secret *configured,
               const struct mst_secret *newer, struct mst_error *err)
{
        size_t size = mst_secret_size(configured), more = mst_secret_size(newer);
        char *both = mstc_alloc(size + more + 2);
        struct mst_secret *value = NULL;
        int code;

        if (both != NULL) {
                memcpy(both, mst_secret_reveal(configured), size);
                both[size] = '\n';
                memcpy(both + size + 1, mst_secret_reveal(newer), more);
                value = mst_secret_new(both, size + 1 + more);
                mst_secret_wipe(both, size + more + 2);
        }
        mstc_free(both);
        code = value != NULL ? mst_seal_keep(host, name, key, value, err) : mst_fail_memory(err, "keeping a token");
        mst_secret_free(value);
        return code;
}
