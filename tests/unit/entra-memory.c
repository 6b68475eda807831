/* entra-memory.c - memory that runs out at any point of a sign-in: the connector is opened
 * and one page is read with each credential, and the n-th request for memory gets none.
 * What comes of it is a page or an error with a sentence, never less.  The same with whole
 * rounds of users, groups, members and pictures: what is told in the end is complete. */
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

/* --- reading ------------------------------------------------------------------------------------- */

static const char *const all[] = { "department", "displayName", "group.displayName", "group.members", "manager",
                                   "photo", NULL };

enum work { FULL, CHANGES, RESTRICTED, JOINED, FETCH, PROBE };

struct tally {
        size_t whole, patch, soft, hard, outside, members, photos;
};

static struct tally tally;
static char start[70000], pilots[40], people[4][40];

static void
count_page(struct mst_page *page)
{
        enum mst_kind kind;
        const char *member;
        bool joins;

        for (size_t i = 0; i < mst_test_page_count(page); i++) {
                enum mst_test_what what = mst_test_page_what(page, i);

                tally.whole += what == MST_TEST_WHOLE;
                tally.patch += what == MST_TEST_PATCH;
                tally.soft += what == MST_TEST_GONE_SOFT;
                tally.hard += what == MST_TEST_GONE_HARD;
                tally.outside += what == MST_TEST_OUTSIDE;
                tally.photos += mst_record_get(mst_test_page_record(page, i), "photo") != NULL;
                /* a record that memory was too short for is put aside, and is none of those told */
                tally.whole -= mst_record_why_bad(mst_test_page_record(page, i)) != NULL;
        }
        while (mst_test_page_member(page, tally.members, &kind, &member, &joins) != NULL)
                tally.members++;
}

static void
take_id(char into[40], const char *look)
{
        const char *at = strstr(graph_look(&g, look), "\"id\":\"");

        ck_assert_ptr_nonnull(at);
        snprintf(into, 40, "%.36s", at + 6);
}

static void
prepare(enum work work)
{
        char json[300];

        g.config.photo_size = 0;
        graph_wants(&g, all);
        graph_control(&g, "hire", "{\"count\":30}");
        graph_control(&g, "photo", "{\"every\":3}");
        graph_control(&g, "group", "{\"set\":{\"displayName\":\"Pilots\"}}");
        graph_control(&g, "group", "{\"set\":{\"displayName\":\"Other\"}}");
        graph_control(&g, "join", "{\"group\":\"Pilots\",\"count\":8}");
        graph_control(&g, "join", "{\"group\":\"Other\",\"count\":3}");
        take_id(pilots, "group/Pilots");
        for (int i = 0; i < 4; i++) {
                snprintf(json, sizeof json, "people?offset=%d&limit=1", i);
                take_id(people[i], json);
        }
        if (work == RESTRICTED || work == JOINED)
                g.config.restrict_to_group = pilots;
        graph_open(&g);
        if (work != CHANGES && work != JOINED)
                return;
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        strcpy(start, g.cursor);
        graph_control(&g, "join", "{\"group\":\"Pilots\",\"count\":5}");
        graph_control(&g, "leave", "{\"group\":\"Pilots\",\"count\":2}");
        graph_control(&g, "bulk", "{\"op\":\"change\",\"count\":10,\"property\":\"department\"}");
}

/* Each page is taken by another life of the connector where that makes a difference. */
static int
read_round(const char *cursor)
{
        char at[70000];
        int code;

        do {
                mst_test_page_reset(g.page);
                code = mst_plugin_entra.source->read(g.entra, cursor, g.page, &g.err);
                if (code != MST_OK)
                        return code;
                tally.members = 0;
                count_page(g.page);
                snprintf(at, sizeof at, "%s", mst_test_page_cursor(g.page));
                cursor = at;
        } while (!mst_test_page_is_complete(g.page));
        return MST_OK;
}

static int
do_work(enum work work)
{
        const char *ids[4] = { people[0], people[1], people[2], people[3] };
        struct mst_facts *facts;
        struct mst_ids *asked;
        int code;

        g.err = (struct mst_error){ 0 };
        g.entra = NULL;
        tally = (struct tally){ 0 };
        code = mst_plugin_entra.source->open(&g.config, mst_test_host(g.test), &g.entra, &g.err);
        if (code != MST_OK)
                return code;
        switch (work) {
        case FULL: case RESTRICTED: return read_round(NULL);
        case CHANGES: case JOINED: return read_round(start);
        case PROBE:
                facts = mst_test_facts(g.test);
                if (facts == NULL)
                        return mst_fail(&g.err, MST_EINTERNAL, "no memory for the test");
                return mst_plugin_entra.source->probe(g.entra, facts, &g.err);
        case FETCH: break;
        }
        asked = mst_test_ids(g.test, MST_USER, ids, 4);
        if (asked == NULL)
                return mst_fail(&g.err, MST_EINTERNAL, "no memory for the test");
        mst_test_page_reset(g.page);
        code = mst_plugin_entra.source->fetch(g.entra, asked, g.page, &g.err);
        if (code == MST_OK)
                count_page(g.page);
        return code;
}

/* What is told although memory ran out is as complete as what is told when it does not. */
START_TEST(memory_runs_out_reading)
{
        struct tally want;
        long n;

        prepare((enum work)_i);
        mst_plugin_entra.source->close(g.entra);
        ck_assert_msg(do_work((enum work)_i) == MST_OK, "%s", g.err.text);
        want = tally;
        mst_plugin_entra.source->close(g.entra);
        for (n = 1; ; n++) {
                bool failed;
                int code;

                mstc_alloc_fail_at(n);
                code = do_work((enum work)_i);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                if (code != MST_OK) {
                        ck_assert_int_eq(code, g.err.code);
                        ck_assert_msg(g.err.text[0] != '\0', "n=%ld: no sentence", n);
                        ck_assert_msg(failed, "n=%ld: %s", n, g.err.text);
                } else if (_i != FETCH) {            /* there, who is not answered stays as he is */
                        ck_assert_msg(memcmp(&want, &tally, sizeof want) == 0, "n=%ld: %zu %zu %zu %zu %zu %zu %zu",
                                      n, tally.whole, tally.patch, tally.soft, tally.hard, tally.outside, tally.members,
                                      tally.photos);
                } else {
                        ck_assert_uint_le(tally.whole, want.whole);
                        ck_assert_uint_eq(tally.soft + tally.hard + tally.outside, 0);
                }
                if (!failed)
                        break;
                if (g.entra != NULL)
                        mst_plugin_entra.source->close(g.entra);
        }
        ck_assert_int_gt(n, 60);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-memory");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end);
        tcase_add_loop_test(c, memory_runs_out, CERTIFICATE, CHALLENGE + 1);
        tcase_set_timeout(c, 240);
        tcase_add_loop_test(c, memory_runs_out_reading, FULL, PROBE + 1);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
