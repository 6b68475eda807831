/* entra-photos.c - the attribute photo: who is asked for a picture, when, and what is told; and
 * how the source keeps below Graph's limit. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph-mirror.h"
#include "unit.h"

static const char *const wants[] = { "displayName", "photo", NULL };

static struct graph g;
static struct mirror m;

static void
end(void)
{
        graph_stop(&g);
        mirror_free(&m);
}

static void
control(const char *what, const char *format, ...) MST_PRINTF(2, 3);

static void
control(const char *what, const char *format, ...)
{
        char json[1000];
        va_list ap;

        va_start(ap, format);
        vsnprintf(json, sizeof json, format, ap);
        va_end(ap);
        graph_control(&g, what, json);
}

static const char *
person(int index, char into[40])
{
        char path[64];
        const char *at;

        snprintf(path, sizeof path, "people?offset=%d&limit=1", index);
        at = strstr(graph_look(&g, path), "\"id\":\"");
        ck_assert_ptr_nonnull(at);
        snprintf(into, 40, "%.36s", at + 6);
        return into;
}

static void
begin(const char *people)
{
        graph_start(&g, people, wants);
        g.config.photo_size = 2;
        graph_open(&g);
        control("photo", "{\"every\":3}");
}

static size_t
pictures(void)
{
        size_t count = 0;

        for (size_t i = 0; i < m.count; i++)
                count += m.all[i].photo > 0;
        return count;
}

/* In a full round everybody is asked for, twenty at a time. */
START_TEST(full)
{
        char id[40];

        begin("250");
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, NULL);
        ck_assert_uint_eq(pictures(), 84);
        ck_assert_uint_eq(mirror_people(&m, MIRROR_LIVE), 250);
        ck_assert_int_eq(graph_cost(&g, "photo", "requests"), 250);
        ck_assert_int_eq(graph_cost(&g, "photo", "calls"), 0);
        ck_assert_int_eq(graph_cost(&g, "batch", "calls"), 10 + 3);      /* pages of 200 and 50 */
        /* the bytes are those of the emulator, in the size that was asked for */
        ck_assert_uint_gt(mirror_find(&m, person(3, id))->photo, 700);
        ck_assert_uint_lt(mirror_find(&m, id)->photo, 1000);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(m.told, 0);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 1);              /* an idle round */
}
END_TEST

START_TEST(bytes)
{
        char id[40];
        const struct mst_value *value;
        const char *text;
        size_t size;

        begin("5");
        control("photo", "{\"id\":\"%s\",\"text\":\"%s\"}", person(1, id), "not quite a JPEG");
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        value = mst_record_get(mst_test_page_find(g.page, id), "photo");
        ck_assert_int_eq(mst_value_type(value), MST_BYTES);
        text = mst_value_text(value, &size);
        ck_assert_uint_eq(size, 16);
        ck_assert_str_eq(text, "not quite a JPEG");
}
END_TEST

/* Who changes anyway is asked for with it; the same picture is not told again. */
START_TEST(with_changes)
{
        char a[40], b[40], c[40];

        begin("100");
        mirror_round(&m, &g, NULL);
        person(3, a);
        person(4, b);
        person(6, c);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"A\"}}", a);
        control("photo", "{\"id\":\"%s\"}", b);                   /* nobody tells of that */
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(m.told, 1);
        ck_assert_uint_eq(m.photos_told, 0);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 2);      /* the delta, one batch */
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"A2\"}}", a);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"B2\"}}", b);
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"C2\"}}", c);
        control("photo", "{\"id\":\"%s\",\"remove\":true}", c);
        if (_i == 1)
                graph_open(&g);                      /* the hashes outlive the process */
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(m.told, 3);
        ck_assert_uint_eq(m.photos_told, 2);
        ck_assert_uint_gt(mirror_find(&m, b)->photo, 0);
        ck_assert_uint_eq(mirror_find(&m, c)->photo, 0);
        ck_assert_uint_gt(mirror_find(&m, a)->photo, 0);
        /* none is none: not told again either */
        control("change", "{\"id\":\"%s\",\"set\":{\"displayName\":\"C3\"}}", c);
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(m.photos_told, 0);
        control("hire", "{\"count\":1}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_uint_eq(m.photos_told, 1);                     /* null, once */
}
END_TEST

/* A cursor whose last refresh was so many slots ago. */
static const char *
aged(int slots)
{
        static char cursor[70000];
        char *at;
        long long slot;

        strcpy(cursor, g.cursor);
        at = strstr(cursor, " r=");
        ck_assert_ptr_nonnull(at);
        slot = strtoll(at + 3, NULL, 10);
        ck_assert(slot > slots);
        sprintf(at, " r=%lld", slot - slots);
        return cursor;
}

/* Everybody's again in a week, a seventh a day. */
START_TEST(refreshed)
{
        char id[40];
        int64_t asked;

        begin("300");
        g.config.photo_refresh = 7 * INT64_C(86400000);
        graph_open(&g);
        mirror_round(&m, &g, NULL);
        control("photo", "{\"every\":5}");
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, aged(1));
        asked = graph_cost(&g, "photo", "requests");
        ck_assert(asked > 15 && asked < 90);
        ck_assert_int_eq(graph_cost(&g, "users", "calls"), 1);
        ck_assert_uint_le(m.photos_told, (size_t)asked);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 1);      /* and not twice in a day */
        mirror_round(&m, &g, aged(30));
        ck_assert_uint_gt(mirror_find(&m, person(5, id))->photo, 0);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, aged(7));
        ck_assert_int_eq(graph_cost(&g, "photo", "requests"), 300);
        ck_assert_uint_eq(m.told, 0);                            /* nothing has changed */
}
END_TEST

/* Whose hash was lost is read as a whole, for nobody knows whether the reader knows him. */
START_TEST(hashes_are_lost)
{
        begin("60");
        g.config.photo_refresh = 7 * INT64_C(86400000);
        graph_open(&g);
        mirror_round(&m, &g, NULL);
        ck_assert_ptr_nonnull(strstr(g.cursor, " p=1"));
        ck_assert_int_eq(mst_host_keep(mst_test_host(g.test), "pictures-1", NULL, 0, &g.err), MST_OK);
        graph_open(&g);
        mirror_round(&m, &g, aged(7));
        ck_assert_uint_eq(g.whole, 60);
        ck_assert_uint_eq(pictures(), 20);
        mirror_round(&m, &g, aged(7));
        ck_assert_uint_eq(m.told, 0);
}
END_TEST

START_TEST(never_refreshed)
{
        begin("20");
        mirror_round(&m, &g, NULL);
        ck_assert_ptr_null(strstr(g.cursor, " r="));
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, g.cursor);
        ck_assert_int_eq(graph_cost(&g, NULL, "calls"), 1);
}
END_TEST

START_TEST(not_wanted)
{
        static const char *const few[] = { "displayName", NULL };

        begin("20");
        graph_wants(&g, few);
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, NULL);
        ck_assert_int_eq(graph_cost(&g, "batch", "calls"), 0);
}
END_TEST

/* --- trouble with parts of a batch -------------------------------------------------------------- */

static const struct {
        const char *fault;
        int code;
        const char *says;
        size_t pictures;
} parts[] = {
#define PART(n, c) "\"kind\":\"photo\",\"from\":" #n ",\"count\":" #c ",\"action\":\"status\",\"status\":"
        { PART(3, 1) "429,\"retry-after\":\"0.05\"", MST_OK, NULL, 20 },
        { PART(1, 25) "429,\"retry-after\":\"0.01\"", MST_OK, NULL, 20 },
        { PART(1, 3) "429,\"retry-after\":\"date+1\"", MST_OK, NULL, 20 },
        { PART(1, 3) "429", MST_OK, NULL, 20 },
        { PART(5, 4) "503", MST_OK, NULL, 20 },
        { PART(5, 4) "500", MST_OK, NULL, 20 },
        { PART(5, 0) "500", MST_ENET, "status 500", 0 },
        { PART(1, 0) "429,\"retry-after\":\"3600\"", MST_ETHROTTLED, "", 0 },
        { PART(1, 1) "400,\"code\":\"ErrorAccountSuspend\"", MST_OK, NULL, 19 },
        { PART(1, 1) "403,\"code\":\"accessDenied\"", MST_OK, NULL, 19 },
        { PART(1, 1) "404,\"code\":\"itemNotFound\"", MST_OK, NULL, 19 },
        { PART(1, 1) "200,\"type\":\"application/json\",\"body\":\"{}\"", MST_OK, NULL, 19 },
        { PART(1, 1) "200,\"type\":\"application/json\",\"body\":\"\\\"%%%\\\"\"", MST_OK, NULL, 19 },
        { PART(1, 0) "403,\"code\":\"Authorization_RequestDenied\"", MST_EPERM, "User.Read.All", 0 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":2,\"action\":\"status\",\"status\":503", MST_OK, NULL, 20 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":2,\"action\":\"truncate\",\"after\":300", MST_OK, NULL, 20 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":2,\"action\":\"broken-json\"", MST_OK, NULL, 20 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":1,\"action\":\"status\",\"status\":200,\"body\":\"{\\\"responses\\\":"
          "[{\\\"id\\\":\\\"99\\\",\\\"status\\\":404},{\\\"id\\\":7},{\\\"status\\\":404},7]}\"", MST_OK, NULL, 20 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":1,\"action\":\"status\",\"status\":424,\"body\":\"\"", MST_OK, NULL, 20 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":200,\"body\":\"{}\"", MST_ENET,
          "failed to answer", 0 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":0,\"action\":\"status\",\"status\":400,\"code\":\"BadRequest\"",
          MST_ECONFIG, "reading pictures", 0 },
        { "\"kind\":\"batch\",\"from\":1,\"count\":1,\"action\":\"expired-token\"", MST_OK, NULL, 20 },
};

START_TEST(part)
{
        begin("60");
        control("faults", "[{%s}]", parts[_i].fault);
        g.each = mirror_take;
        g.each_self = &m;
        ck_assert_msg(graph_round(&g, NULL) == parts[_i].code, "%s: %d %s", parts[_i].fault, g.err.code, g.err.text);
        if (parts[_i].code == MST_OK)
                ck_assert_msg(pictures() == parts[_i].pictures, "%s: %zu", parts[_i].fault, pictures());
        else
                ck_assert_msg(strstr(g.err.text, parts[_i].says) != NULL, "%s", g.err.text);
}
END_TEST

/* --- resource units ------------------------------------------------------------------------------ */

/* The emulator's bucket is as large as ours: it never has to refuse. */
START_TEST(paced)
{
        begin("1400");
        g.config.resource_units = 1200;
        graph_open(&g);
        control("settings", "{\"throttle\":true,\"throttle-units\":1200,\"throttle-seconds\":10}");
        graph_control(&g, "clear", "{}");
        mirror_round(&m, &g, NULL);
        ck_assert_int_eq(graph_cost(&g, "photo", "requests"), 1400);
        ck_assert_int_gt(graph_cost(&g, NULL, "units"), 1200);
        ck_assert_int_eq(graph_cost(&g, "batch", "errors"), 0);
        ck_assert_int_eq(graph_cost(&g, "delta", "errors"), 0);
        ck_assert(entra_pace_level(g.entra) > 0.3);
        ck_assert_int_eq(mst_http_waited(((struct entra *)g.entra)->http), 0);   /* it costs no patience */
}
END_TEST

/* What Graph says of its own bucket counts, where it is fuller than ours. */
START_TEST(percentage)
{
        begin("20");
        g.config.resource_units = 100000;
        graph_open(&g);
        ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
        ck_assert(entra_pace_level(g.entra) < 0.1);
        control("settings", "{\"throttle\":true,\"throttle-units\":12,\"throttle-seconds\":100}");
        for (int i = 0; i < 12; i++)
                ck_assert_int_eq(graph_round(&g, g.cursor), MST_OK);
        ck_assert(entra_pace_level(g.entra) > 0.5);
}
END_TEST

START_TEST(priority)
{
        begin("5");
        for (int i = 0; i < 3; i++) {
                g.config.priority = i;
                graph_open(&g);
                ck_assert_int_eq(graph_round(&g, NULL), MST_OK);
                ck_assert_ptr_nonnull(strstr(graph_look(&g, "ledger?after=0&limit=100"), i == 0 ? "\"priority\":\"\""
                                             : i == 1 ? "\"priority\":\"Low\"" : "\"priority\":\"High\""));
        }
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("entra-photos");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, NULL, end);
        tcase_set_timeout(c, 60);
        tcase_add_test(c, full);
        tcase_add_test(c, bytes);
        tcase_add_loop_test(c, with_changes, 0, 2);
        tcase_add_test(c, refreshed);
        tcase_add_test(c, hashes_are_lost);
        tcase_add_test(c, never_refreshed);
        tcase_add_test(c, not_wanted);
        tcase_add_loop_test(c, part, 0, UNIT_COUNT(parts));
        tcase_add_test(c, paced);
        tcase_add_test(c, percentage);
        tcase_add_test(c, priority);
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
