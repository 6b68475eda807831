/* entra-signin.c - each credential of the entra source against the emulator, which
 * verifies signatures by itself; and the sentences when a credential is wrong. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../emulators/graph/forge.h"
#include "../../plugins/entra/signin.h"
#include "graph.h"
#include "server.h"
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
        if (g.entra != NULL)
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

/* What is wrong with a certificate is said before anything is sent. */
enum bad {
        EXPIRED, NOT_YET, OTHER_KEY, CURVE_KEY, SHORT_KEY, NO_KEY, NO_CERTIFICATE, GARBAGE, BROKEN_KEY, EMPTY_KEY,
        NO_PASSWORD, WRONG_PASSWORD, BOX_WRONG, BOX_AND_KEY, BOX_CUT, LONELY_KEY, LONELY_PASSWORD, TWO_CREDENTIALS,
};

static const struct {
        enum bad bad;
        int code;
        const char *says;
} bad[] = {
        { EXPIRED, MST_EAUTH, "has expired: it was valid from 20" },
        { NOT_YET, MST_EAUTH, "not yet valid: it will be from 20" },
        { OTHER_KEY, MST_ECONFIG, "does not belong to the certificate" },
        { CURVE_KEY, MST_ECONFIG, "not an RSA key" },
        { SHORT_KEY, MST_ECONFIG, "only 1024 bits" },
        { NO_KEY, MST_ECONFIG, "holds no private key" },
        { NO_CERTIFICATE, MST_ECONFIG, "holds no certificate" },
        { GARBAGE, MST_ECONFIG, "holds no private key" },
        { BROKEN_KEY, MST_ECONFIG, "the private key cannot be read" },
        { EMPTY_KEY, MST_ECONFIG, "certificate-key holds no private key" },
        { NO_PASSWORD, MST_ECONFIG, "configure certificate-password" },
        { WRONG_PASSWORD, MST_ECONFIG, "is certificate-password right?" },
        { BOX_WRONG, MST_ECONFIG, "is certificate-password right?" },
        { BOX_AND_KEY, MST_ECONFIG, "remove certificate-key" },
        { BOX_CUT, MST_ECONFIG, "neither PEM nor PKCS#12" },
        { LONELY_KEY, MST_ECONFIG, "certificate-key is configured without certificate" },
        { LONELY_PASSWORD, MST_ECONFIG, "certificate-password is configured without certificate" },
        { TWO_CREDENTIALS, MST_ECONFIG, "both client-secret and certificate are configured" },
};

static void
give(char *certificate, char *apart, const char *password)
{
        g.config.certificate = certificate != NULL ? secret(certificate) : NULL;
        g.config.certificate_key = apart != NULL ? secret(apart) : NULL;
        g.config.certificate_password = password != NULL ? secret(password) : NULL;
        free(certificate);
        free(apart);
}

static void
give_box(X509 *x, size_t cut, char *apart, const char *password)
{
        size_t size;
        char *box = forge_box(x, key, "open sesame", &size);

        g.config.certificate = mst_secret_new(box, size - cut);
        g.config.certificate_key = apart != NULL ? secret(apart) : NULL;
        g.config.certificate_password = secret(password);
        free(box);
        free(apart);
}

static void
give_other(enum bad what, X509 *x)
{
        EVP_PKEY *other = what == CURVE_KEY ? forge_ec() : forge_rsa(what == SHORT_KEY ? 1024 : 2048);
        X509 *own = forge_certificate(other, -DAY, DAY);

        give(what == OTHER_KEY ? forge_pem(x, other, NULL) : forge_pem(own, other, NULL), NULL, NULL);
        X509_free(own);
        EVP_PKEY_free(other);
}

static void
spoil(enum bad what, X509 *x)
{
        char *pem = NULL;

        switch (what) {
        case EXPIRED: case NOT_YET: case TWO_CREDENTIALS: give(forge_pem(x, key, NULL), NULL, NULL); break;
        case OTHER_KEY: case CURVE_KEY: case SHORT_KEY: give_other(what, x); break;
        case NO_KEY: give(forge_pem(x, NULL, NULL), NULL, NULL); break;
        case NO_CERTIFICATE: give(forge_pem(NULL, key, NULL), NULL, NULL); break;
        case GARBAGE: give(joined("not a", " certificate"), NULL, NULL); break;
        case BROKEN_KEY:
                pem = forge_pem(x, key, NULL);
                memset(strchr(pem, '\n') + 20, 'A', 200);
                give(pem, NULL, NULL);
                break;
        case EMPTY_KEY: give(forge_pem(x, NULL, NULL), joined("", "x"), NULL); break;
        case NO_PASSWORD: give(forge_pem(x, key, "open sesame"), NULL, NULL); break;
        case WRONG_PASSWORD: give(forge_pem(x, key, "open sesame"), NULL, "open barley"); break;
        case BOX_WRONG: give_box(x, 0, NULL, "open barley"); break;
        case BOX_AND_KEY: give_box(x, 0, forge_pem(NULL, key, NULL), "open sesame"); break;
        case BOX_CUT: give_box(x, 100, NULL, "open sesame"); break;
        case LONELY_KEY: give(NULL, forge_pem(NULL, key, NULL), NULL); break;
        case LONELY_PASSWORD: give(NULL, NULL, "open sesame"); break;
        }
}

START_TEST(certificate_bad)
{
        X509 *x = forge_certificate(key, bad[_i].bad == NOT_YET ? DAY : -20 * DAY,
                                    bad[_i].bad == EXPIRED ? -2 * DAY : 300 * DAY);

        if (bad[_i].bad != TWO_CREDENTIALS)
                no_secret();
        graph_control(&g, "clear", "{}");
        spoil(bad[_i].bad, x);
        ck_assert_int_eq(open_code(), bad[_i].code);
        says(bad[_i].says);
        ck_assert_ptr_null(strstr(g.err.text, "open "));
        ck_assert_ptr_nonnull(strstr(graph_look(&g, "counts"), "\"requests\":0"));
        X509_free(x);
}
END_TEST

/* The line end that the reader of secrets takes off was part of the file. */
START_TEST(certificate_box_with_line_end)
{
        X509 *x = forge_certificate(key, -DAY, 300 * DAY);
        size_t size;
        char *box;

        no_secret();
        upload(x);
        box = forge_box(x, key, "", &size);
        /* as if its last byte had been '\n': the count of the MAC's rounds, 2048, ends in 0 */
        box[size - 1] = '\n';
        g.config.certificate = mst_secret_new(box, size - 1);
        ck_assert_int_eq(open_code(), MST_ECONFIG);
        says("certificate-password");        /* read whole, and its MAC is wrong now */
        free(box);
        X509_free(x);
}
END_TEST

START_TEST(certificate_ends_soon)
{
        static const int days[] = { 29, 31 };
        X509 *x = forge_certificate(key, -DAY, (long)days[_i] * DAY);
        struct mst_facts *facts = mst_test_facts(g.test);
        const char *note, *found = NULL;
        bool warns = false;

        no_secret();
        upload(x);
        give(forge_pem(x, key, NULL), NULL, NULL);
        ck_assert_msg(open_code() == MST_OK, "%s", g.err.text);
        ck_assert_msg(mst_plugin_entra.source->probe(g.entra, facts, &g.err) == MST_OK, "%s", g.err.text);
        for (size_t i = 0; found == NULL && (note = mst_test_facts_note(facts, i, &warns)) != NULL; i++)
                if (strstr(note, "the certificate ends on 20") != NULL)
                        found = note;
        ck_assert((found != NULL) == (days[_i] < 30));
        ck_assert(found == NULL || warns);
        warns = false;
        for (size_t i = 0; (note = mst_test_log_at(g.test, i, NULL)) != NULL; i++)
                if (strstr(note, "the certificate ends on 20") != NULL) {
                        ck_assert(!warns);      /* once */
                        warns = true;
                }
        ck_assert(warns == (days[_i] < 30));
        X509_free(x);
}
END_TEST

/* Ahead or behind: refused for its time, and how wrong the clock is. */
static const struct {
        const char *clock, *skew, *says;
} clocks[] = {
        { "{\"advance\":\"20m\"}", "{\"date-skew\":1200}", "min 0 s behind that of the service" },
        { "{\"advance\":\"20m\"}", "{\"date-skew\":0}", "check this machine's clock (" },
};

START_TEST(clock_is_wrong)
{
        X509 *x = forge_certificate(key, -DAY, 300 * DAY);

        no_secret();
        upload(x);
        give(forge_pem(x, key, NULL), NULL, NULL);
        graph_control(&g, "clock", clocks[_i].clock);
        graph_control(&g, "settings", clocks[_i].skew);
        ck_assert_int_eq(try_code(), MST_EAUTH);
        says("AADSTS700024");
        if (_i == 0 && strstr(g.err.text, "19 min ") == NULL && strstr(g.err.text, "20 min") == NULL)
                ck_abort_msg("%s", g.err.text);
        if (_i == 1)
                says(clocks[_i].says);
        X509_free(x);
}
END_TEST

/* --- what is sent ---------------------------------------------------------------------- */

static const struct {
        int64_t form;
        const char *head;               /* with the thumbprint in place of % */
} forms[] = {
        { 0, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%\"}" },
        { 1, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\"%\"}" },
};

/* Part 'index' of the assertion in a request, decoded. */
static const char *
part(const char *request, int index, size_t *size)
{
        const char *at = strstr(request, "&client_assertion=");

        ck_assert_ptr_nonnull(at);
        at += 18;
        for (; index > 0; index--)
                at = strchr(at, '.') + 1;
        return entra_base64_read(((struct entra *)g.entra)->arena, at, strcspn(at, ".&"), size);
}

static long long
number_of(const char *json, const char *name)
{
        char word[20];
        const char *at;

        snprintf(word, sizeof word, "\"%s\":", name);
        at = strstr(json, word);
        ck_assert_ptr_nonnull(at);
        return strtoll(at + strlen(word), NULL, 10);
}

static void
check_claims(const char *claims, const char *url, char jti[40])
{
        char text[500];
        long long nbf = number_of(claims, "nbf");

        snprintf(text, sizeof text, "{\"aud\":\"%s/%s/oauth2/v2.0/token\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"", url,
                 g.tenant, g.client, g.client);
        ck_assert_msg(strncmp(claims, text, strlen(text)) == 0, "%s", claims);
        snprintf(jti, 37, "%s", claims + strlen(text));
        ck_assert_int_eq(claims[strlen(text) + 36], '"');
        ck_assert(llabs(nbf - (long long)time(NULL)) < 300);
        ck_assert_int_eq(number_of(claims, "iat"), nbf);
        ck_assert_int_eq(number_of(claims, "exp"), nbf + 600);
}

/* Two sign-ins, the second because of a 401: each assertion is new. */
START_TEST(assertion_sent)
{
        static const struct server_step steps[] = {
                { SERVER_STATUS, 200, "", "{\"access_token\":\"t\",\"expires_in\":3599}", 0, 0 },
                { SERVER_STATUS, 401, "", "{}", 0, 0 },
                { SERVER_STATUS, 200, "", "{\"access_token\":\"t\",\"expires_in\":3599}", 0, 0 },
                { SERVER_STATUS, 401, "", "{}", 0, 0 },
        };
        X509 *x = forge_certificate(key, -DAY, 300 * DAY);
        char *print = forge_thumbprint(x, forms[_i].form == 0), head[200], jti[2][40];
        struct server server;
        size_t size;

        server_start(&server, steps, 4);
        no_secret();
        configure(ONE_FILE, x);
        g.config.certificate_form = forms[_i].form;
        g.config.login_url = g.config.graph_url = server.url;
        ck_assert_int_eq(try_code(), MST_EAUTH);
        snprintf(head, sizeof head, "%.*s%s\"}", (int)strcspn(forms[_i].head, "%"), forms[_i].head, print);
        for (size_t i = 0; i < 2; i++) {
                const char *request = server_request(&server, 2 * i);

                ck_assert_ptr_nonnull(strstr(request, "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                                             "client-assertion-type%3Ajwt-bearer&"));
                ck_assert_ptr_null(strstr(request, "client_secret"));
                ck_assert_str_eq(part(request, 0, &size), head);
                check_claims(part(request, 1, &size), server.url, jti[i]);
                part(request, 2, &size);
                ck_assert_uint_eq(size, 256);
        }
        ck_assert_str_ne(jti[0], jti[1]);
        server_end(&server);
        free(print);
        X509_free(x);
}
END_TEST

/* There and back, compared with another hand's work; and what is no base64. */
START_TEST(base64)
{
        static const char *const no[] = { "A", "AAAAA", "AA A", "AA\n", "A=AA", "=AAA", "AA.A", "\xc3\xa4", "AA%" };
        struct mst_arena *arena = ((struct entra *)g.entra)->arena;
        unsigned char bytes[80];
        size_t size;

        srandom(7);
        for (int n = 0; n < 3000; n++) {
                size_t length = (size_t)n % sizeof bytes;
                char *theirs, *ours, *back;

                for (size_t i = 0; i < length; i++)
                        bytes[i] = (unsigned char)random();
                theirs = forge_base64url(bytes, length);
                ours = entra_base64_write(arena, bytes, length);
                ck_assert_str_eq(ours, theirs);
                back = entra_base64_read(arena, ours, strlen(ours), &size);
                ck_assert(back != NULL && size == length && memcmp(back, bytes, length) == 0);
                EVP_EncodeBlock((unsigned char *)theirs, bytes, (int)length);    /* the other alphabet, padded */
                back = entra_base64_read(arena, theirs, strlen(theirs), &size);
                ck_assert(back != NULL && size == length && memcmp(back, bytes, length) == 0);
                free(theirs);
        }
        for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
                ck_assert_msg(entra_base64_read(arena, no[i], strlen(no[i]), &size) == NULL, "%s", no[i]);
}
END_TEST

/* Each option of signing in has its paragraph in the manual page, and an example there. */
START_TEST(manual_has_options)
{
        static const char *const names[] = {
                "tenant", "client-id", "client-secret", "certificate", "certificate-key", "certificate-password",
                "certificate-form", "federated-token-file", "workload-identity", "managed-identity", "imds-url",
                "cloud", "login-url", "graph-url", "scope", "ca-file", "proxy", "timeout", "patience", "backoff",
        };
        static char page[100000];
        const char *top = getenv("top_srcdir");
        char file[1000], head[100], example[100];
        FILE *f;

        snprintf(file, sizeof file, "%s/plugins/entra/muster-entra.5", top != NULL ? top : ".");
        f = fopen(file, "r");
        ck_assert_msg(f != NULL && fread(page, 1, sizeof page - 1, f) > 0, "%s", file);
        fclose(f);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
                const struct mst_option *o = mst_plugin_entra.source_options;
                const char *at;

                while (o->name != NULL && strcmp(o->name, names[i]) != 0)
                        o++;
                ck_assert_msg(o->name != NULL, "there is no option %s", names[i]);
                snprintf(head, sizeof head, ".TP\n.B %s\n", names[i]);
                snprintf(example, sizeof example, "\n<%s", names[i]);
                at = strstr(page, head);
                ck_assert_msg(at != NULL, "the manual page lacks the option %s", names[i]);
                at = strstr(at, example);
                ck_assert_msg(at != NULL, "the manual page has no example of %s", names[i]);
        }
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-signin");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, certificate_good, 0, UNIT_COUNT(good));
        tcase_add_loop_test(c, certificate_bad, 0, UNIT_COUNT(bad));
        tcase_add_test(c, certificate_box_with_line_end);
        tcase_add_loop_test(c, certificate_ends_soon, 0, 2);
        tcase_add_loop_test(c, clock_is_wrong, 0, UNIT_COUNT(clocks));
        tcase_add_loop_test(c, assertion_sent, 0, UNIT_COUNT(forms));
        tcase_add_test(c, base64);
        tcase_add_test(c, manual_has_options);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
