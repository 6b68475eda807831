/* entra-trouble.c - the entra source when things go wrong: what is tried again, what
 * ends a round, and the sentence that an admin gets. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "graph.h"
#include "server.h"
#include "unit.h"

static const char *const wants[] = { "accountEnabled", "department", "displayName", "mail", "manager", NULL };

static struct graph g;

static void
end(void)
{
        graph_stop(&g);
}

static void
fault(const char *what)
{
        char json[1000];

        snprintf(json, sizeof json, "[{%s}]", what);
        graph_control(&g, "faults", json);
}

#define DELTA(n, c) "\"kind\":\"delta\",\"from\":" #n ",\"count\":" #c ",\"action\":"

/* What goes wrong with some page; in the end everybody was read, or this is why not. */
static const struct {
        const char *fault;
        int code;
        const char *says;
} pages[] = {
        { DELTA(2, 2) "\"status\",\"status\":503", MST_OK, NULL },
        { DELTA(2, 2) "\"status\",\"status\":500", MST_OK, NULL },
        { DELTA(3, 1) "\"status\",\"status\":504,\"code\":\"UnknownError\",\"message\":\"\"", MST_OK, NULL },
        { DELTA(2, 3) "\"status\",\"status\":429,\"retry-after\":\"0.05\"", MST_OK, NULL },
        { DELTA(2, 1) "\"status\",\"status\":429,\"retry-after\":\"date+1\"", MST_OK, NULL },
        { DELTA(1, 1) "\"status\",\"status\":429", MST_OK, NULL },
        { DELTA(2, 2) "\"close\"", MST_OK, NULL },
        { DELTA(2, 2) "\"reset-after-bytes\",\"after\":500", MST_OK, NULL },
        { DELTA(2, 2) "\"truncate\",\"after\":500", MST_OK, NULL },
        { DELTA(2, 2) "\"short-body\",\"after\":500", MST_OK, NULL },
        { DELTA(2, 2) "\"broken-json\"", MST_OK, NULL },
        { DELTA(2, 2) "\"no-link\"", MST_OK, NULL },
        { DELTA(2, 1) "\"html\"", MST_OK, NULL },
        { DELTA(2, 1) "\"expired-token\"", MST_OK, NULL },
        { DELTA(2, 1) "\"empty-page\"", MST_OK, NULL },
        { DELTA(3, 0) "\"status\",\"status\":500", MST_ENET, "status 500" },
        { DELTA(3, 0) "\"status\",\"status\":429,\"retry-after\":\"3600\"", MST_ETHROTTLED, "slow down" },
        { DELTA(3, 0) "\"close\"", MST_ENET, "reading users" },
        { DELTA(3, 0) "\"broken-json\"", MST_ENET, "damaged: not JSON at byte" },
        { DELTA(3, 0) "\"no-link\"", MST_ENET, "neither a link" },
        { DELTA(3, 0) "\"both-links\"", MST_ENET, "both a link" },
        { DELTA(3, 0) "\"same-link\"", MST_EINTERNAL, "in a circle" },
        { DELTA(3, 0) "\"foreign-next-link\",\"link\":\"https://evil.example/v1.0/users/delta?$skiptoken=x\"",
          MST_EINTERNAL, "must not go there" },
        { DELTA(3, 0) "\"foreign-next-link\",\"link\":\"http://127.0.0.1/v1.0/users/delta?$skiptoken=x\"",
          MST_EINTERNAL, "must not go there" },
        { DELTA(3, 0) "\"foreign-next-link\",\"link\":\"/v1.0/users/delta?$skiptoken=x\"", MST_EINTERNAL,
          "must not go there" },
        { DELTA(3, 0) "\"foreign-next-link\",\"link\":\"\"", MST_EINTERNAL, "not followed" },
        { DELTA(3, 0) "\"foreign-next-link\",\"link\":\"http://127.0.0.1:1/ a\"", MST_EINTERNAL,
          "character" },
        { DELTA(3, 0) "\"status\",\"status\":403,\"code\":\"Authorization_RequestDenied\","
          "\"message\":\"Insufficient privileges\"", MST_EPERM, "User.Read.All" },
        { DELTA(3, 0) "\"status\",\"status\":401,\"code\":\"InvalidAuthenticationToken\"", MST_EAUTH,
          "a new one too" },
        { DELTA(1, 0) "\"status\",\"status\":400,\"code\":\"Request_BadRequest\",\"message\":\"Could not find "
          "a property named 'shoeSize'\"", MST_ECONFIG, "'shoeSize'" },
        { DELTA(1, 0) "\"status\",\"status\":400,\"type\":\"text/html\",\"body\":\"<h1>Request Too Long</h1>\"",
          MST_ECONFIG, "Request Too Long" },
        { DELTA(1, 0) "\"status\",\"status\":501,\"code\":\"NotImplemented\"", MST_ECONFIG, "cannot give" },
        { DELTA(1, 0) "\"status\",\"status\":404,\"code\":\"ResourceNotFound\"", MST_ENOTFOUND, "graph-url" },
        { DELTA(1, 0) "\"status\",\"status\":302,\"link\":\"https://evil.example/\"", MST_ECONFIG,
          "not followed" },
        { DELTA(1, 0) "\"status\",\"status\":418,\"body\":\"\"", MST_EREFUSED, "status 418" },
        /* the same words on a request without a token are no lost cursor */
        { DELTA(1, 0) "\"status\",\"status\":410", MST_ENET, "maintained" },
        { DELTA(1, 0) "\"status\",\"status\":400,\"code\":\"syncStateNotFound\"", MST_ECONFIG,
          "syncStateNotFound" },
        { DELTA(1, 0) "\"status\",\"status\":400,\"code\":\"Request_UnsupportedQuery\"", MST_OK, NULL },
        { "\"kind\":\"token\",\"from\":1,\"count\":2,\"action\":\"status\",\"status\":503", MST_OK, NULL },
        { "\"kind\":\"token\",\"from\":1,\"count\":1,\"action\":\"close\"", MST_OK, NULL },
        { "\"kind\":\"token\",\"from\":1,\"count\":0,\"action\":\"broken-json\"", MST_ENET, "login-url" },
        { "\"kind\":\"token\",\"from\":1,\"count\":0,\"action\":\"html\"", MST_ENET, "signing in" },
};

START_TEST(item_59_trouble_with_a_page)
{
        graph_start(&g, "1000", wants);
        fault(pages[_i].fault);
        ck_assert_msg(graph_round(&g, NULL) == pages[_i].code, "%s: %d %s", pages[_i].fault, g.err.code,
                      g.err.text);
        if (pages[_i].code == MST_OK) {
                ck_assert_uint_ge(g.whole, 800);
                ck_assert_uint_eq(g.bad, 0);
                return;
        }
        ck_assert_msg(strstr(g.err.text, pages[_i].says) != NULL, "%s", g.err.text);
        ck_assert_ptr_null(strstr(g.err.text, "skiptoken="));
        ck_assert_ptr_null(strstr(g.err.text, "emulator~secret"));
        /* and the place is still good */
        graph_control(&g, "faults", "{\"clear\":true}");
        if (g.pages > 0) {
                char cursor[70000];
                strcpy(cursor, g.cursor);
                graph_open(&g);
                ck_assert_msg(graph_round(&g, cursor) == MST_OK, "%s", g.err.text);
        }
}
END_TEST

/* A server that falls silent, before a reply or in the middle of it, is asked again. */
START_TEST(item_59_silence)
{
        static const char *const faults[] = { DELTA(2, 1) "\"silent\",\"after\":0",
                                              DELTA(2, 1) "\"silent\",\"after\":500" };

        graph_start(&g, "600", wants);
        g.config.http.timeout = 1000;
        graph_open(&g);
        fault(faults[_i]);
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        ck_assert_uint_eq(g.whole, 600);
        ck_assert_ptr_nonnull(strstr(graph_look(&g, "faults"), "\"acted\":1"));
}
END_TEST

/* One record is spoilt: it is put aside with its reason, the others go through. */
static const struct {
        const char *fault, *says;
} records[] = {
        { DELTA(2, 1) "\"wrong-type\",\"property\":\"department\",\"record\":3", "department is" },
        { DELTA(2, 1) "\"wrong-type\",\"property\":\"accountEnabled\",\"record\":0", "accountEnabled is" },
        { DELTA(2, 1) "\"missing-id\",\"record\":5", "no id" },
        { DELTA(2, 1) "\"huge-value\",\"property\":\"displayName\",\"size\":2000000,\"record\":1",
          "displayName" },
        { DELTA(2, 1) "\"bad-utf8\",\"property\":\"displayName\",\"record\":199", "UTF-8" },
        { DELTA(2, 1) "\"lone-surrogate\",\"property\":\"displayName\",\"record\":7", "surrogate" },
        { DELTA(2, 1) "\"nul-escape\",\"property\":\"displayName\",\"record\":7", "NUL" },
};

START_TEST(item_62_a_record_is_spoilt)
{
        const char *why = NULL;

        graph_start(&g, "600", wants);
        fault(records[_i].fault);
        ck_assert_int_eq(graph_read(&g, NULL), MST_OK);
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_OK);
        for (size_t i = 0; i < mst_test_page_count(g.page); i++)
                if (mst_record_why_bad(mst_test_page_record(g.page, i)) != NULL) {
                        ck_assert_ptr_null(why);
                        why = mst_record_why_bad(mst_test_page_record(g.page, i));
                }
        if (why == NULL)
                why = mst_test_page_bad(g.page, 0);
        ck_assert_msg(why != NULL && strstr(why, records[_i].says) != NULL, "%s", why);
        ck_assert_uint_ge(mst_test_page_count(g.page), 199);
        ck_assert_msg(graph_round(&g, g.cursor) == MST_OK, "%s", g.err.text);
}
END_TEST

/* A cursor that is too old, in each of the forms that are known. */
static const char *const forms[] = { "thirty-days", "syncStateNotFound", "gone", "SyncStateNotFound",
                                     "nested", "resyncRequired" };

static void
expire(const char *form, bool with_pages)
{
        char json[100];

        snprintf(json, sizeof json, "{\"form\":\"%s\",\"pages\":%s}", form, with_pages ? "true" : "false");
        graph_control(&g, "expire", json);
}

static void
check_expired(void)
{
        ck_assert_int_eq(g.err.code, MST_EEXPIRED);
        ck_assert_ptr_nonnull(strstr(g.err.text, "`muster reset SYNC`"));
        ck_assert_ptr_nonnull(strstr(g.err.text, "on-expired=\"stop\""));
        ck_assert_ptr_nonnull(strstr(g.err.text, "status 4"));
}

START_TEST(item_42_lost_delta_link)
{
        graph_start(&g, "100", wants);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        expire(forms[_i], false);
        ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
        check_expired();
        if (_i == 0)
                ck_assert_ptr_nonnull(strstr(g.err.text, "DeltaLink older than 30 days is not supported."));
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);        /* the way on */
        ck_assert_uint_eq(g.whole, 100);
}
END_TEST

/* By age: after seven days in each form, or it still works until thirty. */
START_TEST(item_42_old_delta_link)
{
        static const char *const ages[] = { "thirty-days", "syncStateNotFound", "gone", "SyncStateNotFound",
                                            "nested", "resyncRequired", "lenient" };
        bool lenient = strcmp(ages[_i], "lenient") == 0;
        char json[64];

        graph_start(&g, "100", wants);
        snprintf(json, sizeof json, "{\"expiry\":\"%s\"}", ages[_i]);
        graph_control(&g, "settings", json);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        graph_control(&g, "clock", "{\"advance\":\"8d\"}");
        ck_assert_int_eq(graph_round(&g, g.cursor), lenient ? MST_OK : MST_EEXPIRED);
        if (lenient) {
                graph_control(&g, "clock", "{\"advance\":\"31d\"}");
                ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
        }
        check_expired();
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        ck_assert_uint_eq(g.whole, 100);
}
END_TEST

/* In the middle of a full round there is no way back but the beginning. */
START_TEST(item_42_lost_in_a_full_round)
{
        graph_start(&g, "1000", wants);
        ck_assert_int_eq(graph_read(&g, NULL), MST_OK);
        expire(forms[_i], true);
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_EEXPIRED);
        check_expired();
}
END_TEST

/* In the middle of a round of changes the round begins once more, where its deltaLink is
 * still good, and ends expired where it is not. */
START_TEST(item_42_lost_among_changes)
{
        static const char lost[] = "\"kind\":\"delta\",\"from\":1,\"count\":1,\"action\":\"status\","
                "\"status\":400,\"code\":\"Directory_ExpiredPageToken\"";

        graph_start(&g, "1000", wants);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        graph_control(&g, "bulk", "{\"op\":\"change\",\"count\":500,\"property\":\"department\"}");
        ck_assert_int_eq(graph_read(&g, g.cursor), MST_OK);
        ck_assert(g.cursor[0] == 'C');
        if (_i == 0) {
                fault(lost);
                ck_assert_msg(graph_round(&g, g.cursor) == MST_OK, "%s", g.err.text);
                ck_assert_uint_eq(g.patch, 500);         /* all of them again */
                ck_assert_uint_eq(g.whole, 0);
        } else {
                expire("syncStateNotFound", true);
                ck_assert_int_eq(graph_round(&g, g.cursor), MST_EEXPIRED);
                check_expired();
        }
}
END_TEST

/* What says nothing about the cursor leaves it as it is. */
START_TEST(item_42_not_lost)
{
        static const char *const faults[] = {
                DELTA(1, 0) "\"status\",\"status\":401,\"code\":\"InvalidAuthenticationToken\"",
                DELTA(1, 0) "\"status\",\"status\":403,\"code\":\"syncStateNotFound\"",
                DELTA(1, 0) "\"status\",\"status\":500,\"code\":\"resyncRequired\"",
                DELTA(1, 0) "\"status\",\"status\":429,\"code\":\"resyncRequired\",\"retry-after\":\"3600\"",
                DELTA(1, 0) "\"status\",\"status\":400,\"code\":\"BadRequest\","
                "\"message\":\"DeltaLink older than 30 days is not supported.\"",
                DELTA(1, 0) "\"status\",\"status\":404,\"code\":\"Request_UnsupportedQuery\"",
                DELTA(1, 0) "\"close\"",
                DELTA(1, 0) "\"html\"",
        };
        int code;

        graph_start(&g, "50", wants);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        fault(faults[_i]);
        code = graph_read(&g, g.cursor);
        ck_assert(code != MST_OK && code != MST_EEXPIRED);
        graph_control(&g, "faults", "{\"clear\":true}");
        graph_open(&g);
        ck_assert_msg(graph_read(&g, g.cursor) == MST_OK, "%s", g.err.text);
}
END_TEST

static const char *const strange[] = { "", "F", "X u u=http://127.0.0.1/", "{\"link\":1}", "F ",
                                       "D u u=https://evil.example/x", "D u", "D u u=http://127.0.0.1:1/x p=x",
                                       "C z l=http://127.0.0.1:1/x", "C u x=http://127.0.0.1:1/x",
                                       "F http://127.0.0.1:1/x", "C http://127.0.0.1:1/x -", "D /relative" };

START_TEST(strange_cursor)
{
        graph_start(&g, "10", wants);
        ck_assert_int_eq(graph_read(&g, strange[_i]), MST_EEXPIRED);
        ck_assert_ptr_nonnull(strstr(g.err.text, "read again"));
}
END_TEST

START_TEST(item_43_b2c_tenant)
{
        graph_start(&g, "10", wants);
        graph_control(&g, "settings", "{\"b2c\":true}");
        ck_assert_msg(graph_round(&g, NULL) == MST_OK, "%s", g.err.text);
        ck_assert_uint_eq(g.whole, 10);
        ck_assert(g.untracked);
        graph_control(&g, "clear", "{}");
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        ck_assert_int_eq(graph_cost(&g, "delta", "calls"), 0);   /* it is not asked for again */
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 1);
}
END_TEST

/* A link to another server gets nothing, above all no token. */
START_TEST(item_61_foreign_link_gets_nothing)
{
        static const struct server_step steps[] = { { .what = SERVER_STATUS, .status = 200, .text = "{}" } };
        struct server other;
        char json[300];

        server_start(&other, steps, 1);
        graph_start(&g, "500", wants);
        snprintf(json, sizeof json, DELTA(1, 0) "\"foreign-next-link\",\"link\":\"%s/v1.0/users/delta\"",
                 other.url);
        fault(json);
        ck_assert_int_eq(graph_round(&g, NULL), MST_EINTERNAL);
        graph_control(&g, "faults", "{\"clear\":true}");
        snprintf(json, sizeof json, DELTA(1, 0) "\"status\",\"status\":307,\"link\":\"%s/\"", other.url);
        fault(json);
        ck_assert_int_eq(graph_round(&g, NULL), MST_ECONFIG);
        ck_assert_uint_eq(other.connections, 0);
        server_end(&other);
}
END_TEST

static void *
stop_soon(void *self)
{
        struct timespec nap = { .tv_nsec = 200000000 };

        (void)self;
        nanosleep(&nap, NULL);
        mst_test_stop(g.test);
        return NULL;
}

/* Whatever it waits for, a read comes back within two seconds. */
START_TEST(stops)
{
        static const char *const waits[] = {
                DELTA(1, 0) "\"silent\"", DELTA(1, 0) "\"status\",\"status\":429,\"retry-after\":\"60\"",
                DELTA(1, 0) "\"broken-json\"", "\"kind\":\"token\",\"from\":1,\"count\":0,\"action\":\"silent\"",
        };
        pthread_t thread;
        int64_t start;

        graph_start(&g, "10", wants);
        g.config.http.timeout = 60000;
        g.config.patience = 3600000;
        g.config.backoff = 30000;
        graph_open(&g);
        fault(waits[_i]);
        pthread_create(&thread, NULL, stop_soon, NULL);
        start = mst_host_ticks_ms(mst_test_host(g.test));
        ck_assert_int_eq(graph_read(&g, NULL), MST_ENET);
        ck_assert_int_le(mst_host_ticks_ms(mst_test_host(g.test)) - start, 2000);
        pthread_join(thread, NULL);
}
END_TEST

/* --- signing in ------------------------------------------------------------------------ */

enum spoil { NOTHING, SECRET, TENANT, CLIENT, SCOPE, OLD, DISABLED, ROLES };

static const struct {
        enum spoil spoil;
        const char *value;
        int code;
        const char *says;
} sign_ins[] = {
        { SECRET, "not the secret", MST_EAUTH, "Secret ID" },
        { SECRET, "emulator~secret. &=/", MST_EAUTH, "AADSTS7000215" },
        { TENANT, "nowhere.example", MST_ECONFIG, "AADSTS90002" },
        { CLIENT, "11111111-2222-4333-8444-555555555555", MST_EAUTH, "client-id" },
        { SCOPE, "User.Read.All", MST_ECONFIG, "/.default" },
        { SCOPE, "https://other.example/.default", MST_ECONFIG, "scope" },
        { OLD, "{\"secretEnds\":\"2026-01-01T00:00:00Z\"}", MST_EAUTH, "expired" },
        { DISABLED, "{\"disabled\":true}", MST_EAUTH, "disabled" },
        { ROLES, "{\"roles\":\"\"}", MST_EPERM, "User.Read.All" },
};

static void
spoil(enum spoil what, const char *value)
{
        char *text = (char *)(uintptr_t)value;

        switch (what) {
        case NOTHING: break;
        case SECRET:
                mst_secret_free(g.config.client_secret);
                g.config.client_secret = mst_secret_new(value, strlen(value));
                break;
        case TENANT: g.config.tenant = text; break;
        case CLIENT: g.config.client_id = text; break;
        case SCOPE: g.config.scope = text; break;
        case OLD: case DISABLED: case ROLES: graph_control(&g, "app", value); break;
        }
        graph_open(&g);
}

START_TEST(sign_in)
{
        struct mst_error err = { 0 };

        graph_start(&g, "10", wants);
        spoil(sign_ins[_i].spoil, sign_ins[_i].value);
        ck_assert_msg(graph_read(&g, NULL) == sign_ins[_i].code, "%d %s", g.err.code, g.err.text);
        ck_assert_msg(strstr(g.err.text, sign_ins[_i].says) != NULL, "%s", g.err.text);
        if (sign_ins[_i].spoil != ROLES)
                ck_assert_msg(strstr(g.err.text, "correlation id ") != NULL
                              && strstr(g.err.text, "trace id ") != NULL && strstr(g.err.text, "time 20"),
                              "%s", g.err.text);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err),
                         sign_ins[_i].code);
        ck_assert_msg(strstr(err.text, sign_ins[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* --- probe ------------------------------------------------------------------------------ */

START_TEST(probe)
{
        struct mst_facts *facts;
        struct mst_error err = { 0 };
        enum mst_type type = MST_NULL;
        static const char *const more[] = { "employeeLeaveDateTime",
                "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_costBook", "mail", NULL };

        graph_start(&g, "10", wants);
        graph_wants(&g, more);
        facts = mst_test_facts(g.test);
        ck_assert_msg(mst_plugin_entra.source->probe(g.entra, facts, &err) == MST_OK, "%s", err.text);
        ck_assert_str_eq(mst_test_facts_identity(facts), g.tenant);
        ck_assert_uint_eq(mst_test_facts_can(facts), MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_INCREMENTAL
                          | MST_CAN_FETCH | MST_CAN_PHOTO);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, "manager", &type, NULL));
        ck_assert_int_eq(type, MST_REF);
        ck_assert(mst_test_facts_attribute(facts, MST_USER, more[1], NULL, NULL));
        ck_assert(!mst_test_facts_attribute(facts, MST_USER, "shoeSize", NULL, NULL));
}
END_TEST

/* A tenant known by name only, whose id may not be read: the name stands for it. */
START_TEST(probe_by_name)
{
        struct mst_facts *facts;
        struct mst_error err = { 0 };

        graph_start(&g, "10", wants);
        g.config.tenant = (char *)(uintptr_t)"contoso.example";
        graph_open(&g);
        fault("\"path\":\"/v1.0/organization\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":403");
        facts = mst_test_facts(g.test);
        ck_assert_msg(mst_plugin_entra.source->probe(g.entra, facts, &err) == MST_OK, "%s", err.text);
        ck_assert(strncmp(mst_test_facts_identity(facts), "contoso.example@127.0.0.1:", 26) == 0);
}
END_TEST

static const struct {
        const char *fault;
        int code;
        const char *says;
} probes[] = {
        { "\"kind\":\"users\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":403", MST_EPERM,
          "listing users" },
        { "\"kind\":\"delta\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":403", MST_EPERM,
          "asking for changes" },
        { "\"kind\":\"delta\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":400,"
          "\"code\":\"Request_BadRequest\",\"message\":\"named 'mail'\"", MST_ECONFIG, "'mail'" },
        { "\"kind\":\"users\",\"from\":1,\"count\":0,\"action\":\"close\"", MST_ENET, "listing users" },
};

START_TEST(probe_trouble)
{
        struct mst_error err = { 0 };

        graph_start(&g, "10", wants);
        fault(probes[_i].fault);
        ck_assert_int_eq(mst_plugin_entra.source->probe(g.entra, mst_test_facts(g.test), &err),
                         probes[_i].code);
        ck_assert_msg(strstr(err.text, probes[_i].says) != NULL, "%s", err.text);
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-trouble");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, NULL, end);
        tcase_add_loop_test(c, item_59_trouble_with_a_page, 0, UNIT_COUNT(pages));
        tcase_add_loop_test(c, item_59_silence, 0, 2);
        tcase_add_loop_test(c, item_62_a_record_is_spoilt, 0, UNIT_COUNT(records));
        tcase_add_loop_test(c, item_42_lost_delta_link, 0, UNIT_COUNT(forms));
        tcase_add_loop_test(c, item_42_old_delta_link, 0, 7);
        tcase_add_loop_test(c, item_42_lost_in_a_full_round, 0, UNIT_COUNT(forms));
        tcase_add_loop_test(c, item_42_lost_among_changes, 0, 2);
        tcase_add_loop_test(c, item_42_not_lost, 0, 8);
        tcase_add_loop_test(c, strange_cursor, 0, UNIT_COUNT(strange));
        tcase_add_test(c, item_43_b2c_tenant);
        tcase_add_test(c, item_61_foreign_link_gets_nothing);
        tcase_add_loop_test(c, stops, 0, 4);
        tcase_add_loop_test(c, sign_in, 0, UNIT_COUNT(sign_ins));
        tcase_add_test(c, probe);
        tcase_add_test(c, probe_by_name);
        tcase_add_loop_test(c, probe_trouble, 0, UNIT_COUNT(probes));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
