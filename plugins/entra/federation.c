/* federation.c - the token file of a workload identity.
 *
 * Somebody else (a cluster, a CI service) writes a token into a file and exchanges it
 * from time to time; Entra ID trusts it when issuer, subject and audience are those of a
 * federated credential of the application.  The file is read for each sign-in and its
 * content kept nowhere. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signin.h"

enum { MOST = 64 * 1024 };

/* Fills from 'fd' to its end; the bytes read, more than MOST when there are more, or -1. */
static ssize_t
read_all(int fd, char *into)
{
        size_t at = 0;

        while (at <= MOST) {
                ssize_t n = read(fd, into + at, MOST + 1 - at);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -1;
                if (n == 0)
                        break;
                at += (size_t)n;
        }
        return (ssize_t)at;
}

static int
take_file(const char *path, char *into, size_t *length, struct mst_error *err)
{
        /* Not to hang on a FIFO. */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), saved;
        ssize_t n = fd >= 0 ? read_all(fd, into) : -1;

        saved = errno;
        if (fd >= 0)
                close(fd);
        if (n < 0)
                return mst_fail(err, MST_ECONFIG, "the federated token file '%.200s' cannot be read: %s", path,
                                strerror(saved));
        if (n > MOST)
                return mst_fail(err, MST_ECONFIG, "the federated token file '%.200s' has more than 64 KiB: it is "
                                "no token", path);
        while (n > 0 && strchr(" \t\r\n", into[n - 1]) != NULL)
                n--;
        if (n == 0)
                return mst_fail(err, MST_ECONFIG, "the federated token file '%.200s' is empty: who issues the "
                                "token must write it there", path);
        for (ssize_t i = 0; i < n; i++)
                if (into[i] <= ' ' || into[i] > '~')
                        return mst_fail(err, MST_ECONFIG, "the federated token file '%.200s' holds more than one "
                                        "word: it is no token", path);
        into[n] = '\0';
        *length = (size_t)n;
        return MST_OK;
}

static void
drop(char *token)
{
        if (token != NULL)
                mst_secret_wipe(token, MOST + 2);
}

static int
read_token(struct entra *entra, char **token, size_t *length, struct mst_error *err)
{
        *token = mst_arena_alloc(entra->scratch, MOST + 2);
        if (*token == NULL)
                return mst_fail_memory(err, "reading the federated token");
        return take_file(entra->token_file, *token, length, err);
}

int
entra_federation_check(struct entra *entra, struct mst_error *err)
{
        size_t length;
        char *token;
        int code = read_token(entra, &token, &length, err);

        drop(token);
        return code;
}

int
entra_federation_fill(struct entra *entra, struct mst_http_request *request, struct mst_error *err)
{
        size_t length;
        char *token;
        int code = read_token(entra, &token, &length, err);

        if (code == MST_OK)
                entra_assertion_put(request, token, length);
        drop(token);
        return code;
}

/* --- what the token says of itself ---------------------------------------------------- */

/* A text, or the first of a list of texts ("aud" may be one). */
static const char *
claim(struct entra *entra)
{
        const char *text, *safe = NULL;
        size_t length;
        bool list = mst_json_enter_array(entra->json);

        if ((!list || mst_json_element(entra->json))
            && mst_json_text(entra->json, entra->scratch, &text, &length) == MST_JSON_OK)
                safe = mst_escape_terminal(entra->scratch, text, length < 300 ? length : 300);
        if (list)
                mst_json_leave(entra->json);
        return safe;
}

static void
take_claims(struct entra *entra, const char *json, size_t size, struct entra_claims *ret)
{
        const char *name;
        size_t length;

        mst_json_start(entra->json, json, size);
        if (!mst_json_enter_object(entra->json))
                return;
        while (mst_json_member(entra->json, &name, &length)) {
                const char **to = length != 3 ? NULL
                        : memcmp(name, "sub", 3) == 0 ? &ret->sub
                        : memcmp(name, "iss", 3) == 0 ? &ret->iss
                        : memcmp(name, "aud", 3) == 0 ? &ret->aud : NULL;

                if (to != NULL && *to == NULL)
                        *to = claim(entra);
        }
}

bool
entra_federation_claims(struct entra *entra, struct entra_claims *ret)
{
        struct mst_error ignored = { 0 };
        char *token, *first, *second, *json;
        size_t length, size;

        *ret = (struct entra_claims){ 0 };
        if (entra->token_file == NULL || read_token(entra, &token, &length, &ignored) != MST_OK)
                return false;
        first = strchr(token, '.');
        second = first != NULL ? strchr(first + 1, '.') : NULL;
        json = second != NULL ? entra_base64_read(entra->scratch, first + 1, (size_t)(second - first - 1), &size)
                : NULL;
        if (json != NULL)
                take_claims(entra, json, size, ret);
        drop(token);
        return ret->sub != NULL || ret->iss != NULL || ret->aud != NULL;
}
