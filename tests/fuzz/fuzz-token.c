/* fuzz-token.c - any answer of the sign-in service: a token with a life that makes sense, or a
 * sentence; and what goes along with answers: Retry-After, HTTP dates, and who is of one origin.
 *
 * The first byte chooses the status; what follows is the body, and all of it is a header's text and,
 * cut in two, a pair of addresses.  As in fuzz-graph.c nothing goes over a wire. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/http.h>
#include <muster/test.h>

#include "../../plugins/entra/entra.h"
#include "fuzz.h"

extern const struct mst_plugin mst_plugin_entra;

static const uint8_t *given;
static size_t given_size;
static char *text;                           /* the same with a NUL behind it          */

int __wrap_mst_http_do(struct mst_http *, struct mst_http_request *, struct mst_http_reply *, struct mst_error *);
int __wrap_mst_http_status(const struct mst_http_reply *);
const char *__wrap_mst_http_content(const struct mst_http_reply *, size_t *);
const char *__wrap_mst_http_reply_header(const struct mst_http_reply *, const char *);
bool __wrap_mst_host_sleep(struct mst_host *, uint32_t);

bool
__wrap_mst_host_sleep(struct mst_host *host, uint32_t ms)
{
        (void)host, (void)ms;
        return true;
}

int
__wrap_mst_http_do(struct mst_http *http, struct mst_http_request *request, struct mst_http_reply *reply, struct mst_error *err)
{
        (void)http, (void)request, (void)reply, (void)err;
        return MST_OK;
}

int
__wrap_mst_http_status(const struct mst_http_reply *reply)
{
        static const int statuses[8] = { 200, 400, 401, 429, 500, 200, 503, 403 };

        (void)reply;
        return given_size > 0 ? statuses[given[0] % 8] : 200;
}

const char *
__wrap_mst_http_content(const struct mst_http_reply *reply, size_t *size)
{
        (void)reply;
        if (size != NULL)
                *size = given_size > 0 ? given_size - 1 : 0;
        return given_size > 0 ? (const char *)given + 1 : "";
}

const char *
__wrap_mst_http_reply_header(const struct mst_http_reply *reply, const char *name)
{
        (void)reply, (void)name;
        return strchr(text, '\n') == NULL && strlen(text) < 200 ? text : NULL;
}

static void
sign_in(void)
{
        static struct mst_secret *secret;
        static struct entra_config config;
        struct mst_test *test = mst_test_new("contoso");
        struct mst_secret *token = NULL;
        struct mst_error err = { 0 };
        int64_t life = -1;
        void *entra = NULL;
        int code;

        if (secret == NULL) {
                secret = mst_secret_new("s", 1);
                config = (struct entra_config){
                        .tenant = (char *)(uintptr_t)"contoso.example", .client_id = (char *)(uintptr_t)"c1",
                        .client_secret = secret, .graph_url = (char *)(uintptr_t)"https://graph.example",
                        .login_url = (char *)(uintptr_t)"https://login.example", .backoff = 1 };
        }
        FUZZ_CHECK(test != NULL && secret != NULL);
        FUZZ_CHECK(mst_plugin_entra.source->open(&config, mst_test_host(test), &entra, &err) == MST_OK);
        code = entra_token_get(entra, &token, &life, &err);
        FUZZ_CHECK((code == MST_OK) == (token != NULL));
        FUZZ_CHECK(code != MST_OK || (life > 0 && life <= INT64_C(10000000) * 1000));
        FUZZ_CHECK(code == MST_OK || (err.text[0] != '\0' && err.code == code));
        for (const char *c = err.text; code != MST_OK && *c != '\0'; c++)
                FUZZ_CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
        mst_secret_free(token);
        mst_plugin_entra.source->close(entra);
        mst_test_free(test);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        size_t half;
        int64_t wait, date = 0;
        uint8_t *copy = malloc(size + 1);    /* a token is wiped where it was */

        text = malloc(size + 1);
        FUZZ_CHECK(text != NULL && copy != NULL);
        memcpy(copy, bytes, size);
        given = copy;
        given_size = size;
        memcpy(text, bytes, size);
        text[size] = '\0';
        sign_in();
        wait = mst_http_retry_after(text, MST_DATE_UNIX_EPOCH);
        FUZZ_CHECK(wait >= -1 && wait <= 3600000);
        if (mst_http_date(text, &date))
                FUZZ_CHECK(mst_http_retry_after(text, date) == 0);
        half = strcspn(text, " ");
        FUZZ_CHECK(!mst_http_same_origin(text, "https://other.example/") || strncasecmp(text, "https://other.example", 21) == 0);
        if (text[half] == ' ') {
                text[half] = '\0';
                FUZZ_CHECK(mst_http_same_origin(text, text + half + 1) == mst_http_same_origin(text + half + 1, text));
        }
        free(copy);
        free(text);
        return 0;
}
