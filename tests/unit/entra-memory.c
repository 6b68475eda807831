/* entra-memory.c - memory that runs out at any point of a sign-in: the connector is opened
 * and one page is read with each credential, and the n-th request for memory gets none.
 * What comes of it is a page or an error with a sentence, never less. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../emulators/graph/forge.h"
#include "graph.h"
#include "unit.h"
#include "util/alloc.h"

static const char *const wants[] = { "displayName", "mail", NULL };

static struct graph g;
static char path[] = "/tmp/muster-memory-XXXXXX";

enum way { CERTIFICATE, FEDERATION, IDENTITY, CHALLENGE };

static void
begin(void)
{
        graph_start(&g, "3", wants);
}

static void
end(void)
{
        unlink(path);
        strcpy(path, "/tmp/muster-memory-XXXXXX");
        mst_secret_free(g.config.certificate);
        graph_stop(&g);
}

static void
use_certificate(void)
{
        EVP_PKEY *key = forge_rsa(2048);
        X509 *x = forge_certificate(key, -86400, 86400);         /* about to end: that is noted too */
        char *pem = forge_pem(x, NULL, NULL), *both = forge_pem(x, key, NULL);
        struct mst_arena *arena = mst_arena_new(0);

        graph_control(&g, "app", mst_arena_printf(arena, "{\"certificate\":\"%s\"}",
                                                  mst_escape_json(arena, pem, strlen(pem))));
        g.config.certificate = mst_secret_new(both, strlen(both));
        mst_arena_free(arena);
        free(pem);
        free(both);
        X509_free(x);
        EVP_PKEY_free(key);
}

static void
use_federation(void)
{
        char claims[300], *jwt;
        int fd = mkstemp(path);

        graph_control(&g, "app", "{\"federation\":{\"issuer\":\"i\",\"subject\":\"s\",\"audience\":\"a\"}}");
        snprintf(claims, sizeof claims, "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":%lld}",
                 (long long)time(NULL) + 86400);
        jwt = forge_jwt("{\"alg\":\"RS256\"}", claims, NULL, false);
        ck_assert(fd >= 0 && write(fd, jwt, strlen(jwt)) == (ssize_t)strlen(jwt) && close(fd) == 0);
        free(jwt);
        g.config.token_file = path;
}

static void
configure(enum way way)
{
        if (way != CHALLENGE) {
                mst_secret_free(g.config.client_secret);
                g.config.client_secret = NULL;
        }
        switch (way) {
        case CERTIFICATE: use_certificate(); break;
        case FEDERATION: use_federation(); break;
        case CHALLENGE: graph_control(&g, "settings", "{\"challenge\":true}"); break;
        case IDENTITY:
                graph_control(&g, "identity", "{\"clientId\":\"11111111-0000-4000-8000-000000000001\"}");
                g.config.client_id = NULL;
                g.config.managed_identity = (char *)(uintptr_t)"system";
                g.config.imds_url = g.login;
                break;
        }
        g.config.backoff = 1;
}

static int
open_and_read(void)
{
        int code;

        g.err = (struct mst_error){ 0 };
        g.entra = NULL;
        code = mst_plugin_entra.source->open(&g.config, mst_test_host(g.test), &g.entra, &g.err);
        if (code == MST_OK)
                code = mst_plugin_entra.source->read(g.entra, NULL, g.page, &g.err);
        return code;
}

START_TEST(memory_runs_out)
{
        int fine = 0;
        long n;

        configure((enum way)_i);
        mst_plugin_entra.source->close(g.entra);
        for (n = 1; ; n++) {
                bool failed;
                int code;

                mst_test_page_reset(g.page);
                mstc_alloc_fail_at(n);
                code = open_and_read();
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                if (code != MST_OK) {
                        ck_assert_int_eq(code, g.err.code);
                        ck_assert_msg(g.err.text[0] != '\0', "n=%ld: no sentence", n);
                        ck_assert_msg(failed, "n=%ld: %s", n, g.err.text);
                } else {
                        fine++;
                }
                if (!failed)
                        break;
                if (g.entra != NULL)
                        mst_plugin_entra.source->close(g.entra);
                g.entra = NULL;
        }
        ck_assert_int_gt(n, 40);
        ck_assert_int_ge(fine, 1);
        ck_assert_uint_eq(mst_test_page_count(g.page), 3);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-memory");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, memory_runs_out, CERTIFICATE, CHALLENGE + 1);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
