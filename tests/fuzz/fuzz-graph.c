/* fuzz-graph.c - any answers of Microsoft Graph for the entra source: pages, links, refusals, batches.
 *
 * The input is what Graph answers, one answer behind the other, each ended by a byte 0x1e (RS): a
 * digit that stands for the status, then a Retry-After or Location up to the line's end where the
 * status has one, then the body.  A round is read from the start and goes on from each cursor it
 * gives.  Whatever comes, nothing is asked of another host than Graph's, a page that ends has a
 * cursor, a failure has a sentence, and no record lacks its id.
 *
 * mst_http_do() and what reads its reply are replaced (-Wl,--wrap): nothing goes over a wire. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/http.h>
#include <muster/test.h>

#include "../../plugins/entra/entra.h"
#include "fuzz.h"

#define GRAPH "https://graph.example"
enum { ROUNDS = 8, CALLS = 40 };

extern const struct mst_plugin mst_plugin_entra;

static const uint8_t *left;
static size_t left_size;
static struct { int status; char header[300]; const char *body; size_t size; } now;
static unsigned calls;

int __wrap_mst_http_do(struct mst_http *, struct mst_http_request *, struct mst_http_reply *, struct mst_error *);
int __wrap_mst_http_status(const struct mst_http_reply *);
const char *__wrap_mst_http_content(const struct mst_http_reply *, size_t *);
const char *__wrap_mst_http_reply_header(const struct mst_http_reply *, const char *);
bool __wrap_mst_host_sleep(struct mst_host *, uint32_t);
void __wrap_mst_http_start_exact(struct mst_http_request *, const char *, const char *, size_t);
void __real_mst_http_start_exact(struct mst_http_request *, const char *, const char *, size_t);

bool
__wrap_mst_host_sleep(struct mst_host *host, uint32_t ms)
{
        (void)host, (void)ms;
        return true;
}

void
__wrap_mst_http_start_exact(struct mst_http_request *request, const char *method, const char *url, size_t length)
{
        const size_t own = sizeof GRAPH - 1;

        FUZZ_CHECK(length > own && strncasecmp(url, GRAPH, own) == 0 && url[own] == '/');
        FUZZ_CHECK(memchr(url, '\n', length) == NULL && memchr(url, '\r', length) == NULL && memchr(url, ' ', length) == NULL);
        __real_mst_http_start_exact(request, method, url, length);
}

int
__wrap_mst_http_do(struct mst_http *http, struct mst_http_request *request, struct mst_http_reply *reply, struct mst_error *err)
{
        static const int statuses[10] = { 200, 410, 200, 400, 404, 403, 429, 401, 206, 302 };
        const uint8_t *end = left_size > 0 ? memchr(left, 0x1e, left_size) : NULL;
        size_t size = end != NULL ? (size_t)(end - left) : left_size, line = 0;

        (void)http, (void)request, (void)reply;
        if (size == 0 || ++calls > CALLS)
                return mst_fail(err, MST_ENET, "there are no more answers");
        now.status = left[0] >= '0' && left[0] <= '9' ? statuses[left[0] - '0'] : 200;
        now.header[0] = '\0';
        now.body = (const char *)left + 1;
        now.size = size - 1;
        if (now.status != 200) {
                while (line < now.size && now.body[line] != '\n')
                        line++;
                if (line < sizeof now.header && memchr(now.body, '\0', line) == NULL) {
                        memcpy(now.header, now.body, line);
                        now.header[line] = '\0';
                }
                now.body += line;
                now.size -= line;
        }
        left += end != NULL ? size + 1 : size;
        left_size -= end != NULL ? size + 1 : size;
        return MST_OK;
}

int
__wrap_mst_http_status(const struct mst_http_reply *reply)
{
        (void)reply;
        return now.status;
}

const char *
__wrap_mst_http_content(const struct mst_http_reply *reply, size_t *size)
{
        (void)reply;
        if (size != NULL)
                *size = now.size;
        return now.body;
}

const char *
__wrap_mst_http_reply_header(const struct mst_http_reply *reply, const char *name)
{
        (void)reply;
        return now.header[0] != '\0' && (strcmp(name, "Retry-After") == 0 || strcmp(name, "Location") == 0 ||
                                         strcmp(name, "Date") == 0) ? now.header : NULL;
}

static void
check_page(const struct mst_page *page)
{
        for (size_t i = 0; i < mst_test_page_count(page); i++) {
                const struct mst_record *record = mst_test_page_record(page, i);

                FUZZ_CHECK(record == NULL || (mst_record_id(record) != NULL && mst_record_id(record)[0] != '\0'));
        }
        /* Without change tracking a complete round has no cursor. */
        FUZZ_CHECK(!mst_test_page_ended(page) || mst_test_page_cursor(page) != NULL || mst_test_page_is_complete(page));
}

static void
read_on(void *entra, struct mst_page *page)
{
        char *cursor = NULL;

        for (int i = 0; i < ROUNDS; i++) {
                struct mst_error err = { 0 };
                int code;

                mst_test_page_reset(page);
                code = mst_plugin_entra.source->read(entra, cursor, page, &err);
                free(cursor);
                cursor = NULL;
                if (code != MST_OK) {
                        FUZZ_CHECK(err.text[0] != '\0' && err.code == code);
                        return;
                }
                check_page(page);
                if (mst_test_page_cursor(page) == NULL)
                        return;
                cursor = strdup(mst_test_page_cursor(page));
                FUZZ_CHECK(cursor != NULL);
        }
        free(cursor);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static const char *const wants[] = { "displayName", "group.displayName", "group.members", "mail", "manager",
                                             "otherMails", "createdDateTime", "accountEnabled", "photo" };
        static struct mst_secret *secret;
        static struct entra_config config;
        struct mst_test *test = mst_test_new("contoso");
        struct mst_error err = { 0 };
        void *entra = NULL;

        if (secret == NULL) {
                secret = mst_secret_new("s", 1);
                config = (struct entra_config){
                        .tenant = (char *)(uintptr_t)"contoso.example", .client_id = (char *)(uintptr_t)"c1",
                        .client_secret = secret, .graph_url = (char *)(uintptr_t)GRAPH,
                        .login_url = (char *)(uintptr_t)"https://login.example", .backoff = 1, .photo_size = 1 };
        }
        FUZZ_CHECK(test != NULL && secret != NULL);
        FUZZ_CHECK(mst_test_wants(test, wants, sizeof wants / sizeof wants[0] - (size > 0 && bytes[0] == '2' ? 1 : 0)));
        left = bytes;
        left_size = size;
        calls = 0;
        FUZZ_CHECK(mst_plugin_entra.source->open(&config, mst_test_host(test), &entra, &err) == MST_OK);
        read_on(entra, mst_test_page(test));
        mst_plugin_entra.source->close(entra);
        mst_test_free(test);
        return 0;
}
