/* entra-signin.c - each credential of the entra source against the emulator, which
 * verifies signatures by itself; and the sentences when a credential is wrong. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../emulators/graph/forge.h"
#include "graph.h"
#include "unit.h"

enum { DAY = 86400 };

static const char *const wants[] = { "displayName", "mail", NULL };

static struct graph g;
static EVP_PKEY *key;

static void
begin(void)
{
        graph_start(&g, "3", wants);
        key = forge_rsa(2048);
}

static void
end(void)
{
        mst_secret_free(g.config.certificate);
        mst_secret_free(g.config.certificate_key);
        mst_secret_free(g.config.certificate_password);
        graph_stop(&g);
        EVP_PKEY_free(key);
}

static struct mst_secret *
secret(const char *text)
{
        return mst_secret_new(text, strlen(text));
}

/* The client secret is not configured any more. */
static void
no_secret(void)
{
        mst_secret_free(g.config.client_secret);
        g.config.client_secret = NULL;
}

/* Opens the connector; the code of a failure, with g.err filled. */
static int
open_code(void)
{
        mst_plugin_entra.source->close(g.entra);
        g.entra = NULL;
        g.err = (struct mst_error){ 0 };
        if (mst_plugin_entra.source->open(&g.config, mst_test_host(g.test), &g.entra, &g.err) == MST_OK)
                return MST_OK;
        /* end() closes what is open */
        ck_assert_ptr_null(g.entra);
        return g.err.code;
}

/* Opening or else reading: what the admin gets. */
static int
try_code(void)
{
        int code = open_code();

        return code != MST_OK ? code : graph_read(&g, NULL);
}

static void
says(const char *text)
{
        ck_assert_msg(strstr(g.err.text, text) != NULL, "no '%s' in: %s", text, g.err.text);
}

/* Registers the certificate with the emulator's application. */
static void
upload(X509 *x)
{
        struct mst_arena *arena = mst_arena_new(0);
        char *pem = forge_pem(x, NULL, NULL);
        char *json = mst_arena_printf(arena, "{\"certificate\":\"%s\"}", mst_escape_json(arena, pem, strlen(pem)));

        graph_control(&g, "app", json);
        free(pem);
        mst_arena_free(arena);
}

static char *
joined(const char *a, const char *b)
{
        size_t room = strlen(a) + strlen(b) + 1;
        char *text = malloc(room);

        ck_assert_ptr_nonnull(text);
        snprintf(text, room, "%s%s", a, b);
        return text;
}

/* --- certificate ------------------------------------------------------------------ */

enum layout { ONE_FILE, CERTIFICATE_FIRST, TWO_FILES, CHAIN, ENCRYPTED, BOX, BOX_PASSWORD };

static const struct {
        enum layout layout;
        int64_t form;
} good[] = {
        { ONE_FILE, 0 }, { ONE_FILE, 1 }, { CERTIFICATE_FIRST, 0 }, { TWO_FILES, 0 }, { CHAIN, 0 },
        { ENCRYPTED, 0 }, { BOX, 0 }, { BOX_PASSWORD, 1 },
};

static void
configure(enum layout layout, X509 *x)
{
        char *pem = forge_pem(x, NULL, NULL), *secret_key = forge_pem(NULL, key, NULL), *text = NULL;
        X509 *other;
        size_t size;

        switch (layout) {
        case ONE_FILE:
                text = joined(secret_key, pem);
                break;
        case CERTIFICATE_FIRST:
                text = joined(pem, secret_key);
                break;
        case TWO_FILES:
                text = joined("subject=CN = muster\n", pem);
                g.config.certificate_key = secret(secret_key);
                break;
        case CHAIN:
                free(secret_key);
                secret_key = forge_pem(x, key, NULL);
                EVP_PKEY *another = forge_rsa(2048);
                other = forge_certificate(another, -DAY, DAY);
                free(pem);
                pem = forge_pem(other, NULL, NULL);
                text = joined(pem, secret_key);
                X509_free(other);
                EVP_PKEY_free(another);
                break;
        case ENCRYPTED:
                free(secret_key);
                secret_key = forge_pem(NULL, key, "open sesame");
                text = joined(secret_key, pem);
                g.config.certificate_password = secret("open sesame");
                break;
        case BOX:
        case BOX_PASSWORD:
                text = forge_box(x, key, layout == BOX ? "" : "open sesame", &size);
                g.config.certificate = mst_secret_new(text, size);
                if (layout == BOX_PASSWORD)
                        g.config.certificate_password = secret("open sesame");
                break;
        }
        if (g.config.certificate == NULL)
                g.config.certificate = secret(text);
        free(pem);
        free(secret_key);
        free(text);
}

START_TEST(certificate_good)
{
        X509 *x = forge_certificate(key, -DAY, 300 * DAY);

        no_secret();
        configure(good[_i].layout, x);
        g.config.certificate_form = good[_i].form;
        /* what is not registered is refused */
        ck_assert_int_eq(try_code(), MST_EAUTH);
        says("AADSTS700027");
        upload(x);
        ck_assert_msg(try_code() == MST_OK, "%s", g.err.text);
        ck_assert_uint_eq(mst_test_page_count(g.page), 3);
        X509_free(x);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-signin");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, certificate_good, 0, UNIT_COUNT(good));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
