/* test-batch.c - the reads that are POSTs: $batch (checklist 56) and getByIds (63). */
#include "client.h"
#include "suites.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct json_object *
answer_of(struct client *c, const char *id)
{
        struct json_object *list = json_object_object_get(c->json, "responses");

        for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++)
                if (strcmp(json_object_get_string(json_object_object_get(json_object_array_get_idx(list, i), "id")), id) == 0)
                        return json_object_array_get_idx(list, i);
        ck_abort_msg("no answer '%s'", id);
        return NULL;
}

static int
status_of(struct client *c, const char *id)
{
        return json_object_get_int(json_object_object_get(answer_of(c, id), "status"));
}

/* The batch was readable, and that is all that its 200 says. */
START_TEST(item_56_all_failed)
{
        struct client *c = client_open(5);

        client_do(c, "faults", "{\"kind\":\"users\",\"count\":0,\"action\":\"status\",\"status\":429,"
                  "\"retry-after\":\"2.128\"}");
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch",
                "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users\"},"
                "{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/users\"},"
                "{\"id\":\"3\",\"method\":\"GET\",\"url\":\"/nonsense\"}]}"), 200);
        ck_assert_int_eq(status_of(c, "1"), 429);
        ck_assert_int_eq(status_of(c, "2"), 429);
        ck_assert_int_eq(status_of(c, "3"), 400);
        ck_assert_ptr_nonnull(strstr(json_object_to_json_string(answer_of(c, "1")), "\"Retry-After\": \"2.128\""));
        client_close(c);
}
END_TEST

START_TEST(item_56_batch)
{
        struct client *c = client_open(50);

        client_do(c, "faults", "{\"kind\":\"delta\",\"action\":\"status\",\"status\":429,\"retry-after\":\"7\"}");
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch",
                "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users?$top=2\"},"
                "{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/users/delta\"},"
                "{\"id\":\"3\",\"method\":\"GET\",\"url\":\"/users/nobody@x\"},"
                "{\"id\":\"4\",\"method\":\"GET\",\"url\":\"/users\",\"dependsOn\":[\"3\"]},"
                "{\"id\":\"5\",\"method\":\"GET\",\"url\":\"users/$count\",\"headers\":{\"consistencylevel\":\"eventual\"}},"
                "{\"id\":\"6\",\"method\":\"DELETE\",\"url\":\"/users\"}]}"), 200);
        ck_assert_int_eq(status_of(c, "1"), 200);
        ck_assert_int_eq(status_of(c, "2"), 429);
        ck_assert_ptr_nonnull(strstr(json_object_to_json_string(answer_of(c, "2")), "\"Retry-After\": \"7\""));
        ck_assert_int_eq(status_of(c, "3"), 404);
        ck_assert_int_eq(status_of(c, "4"), 424);
        ck_assert_int_eq(status_of(c, "5"), 200);
        ck_assert_int_eq(status_of(c, "6"), 405);
        ck_assert_str_ne(json_object_get_string(json_object_object_get(json_object_array_get_idx(
                json_object_object_get(c->json, "responses"), 0), "id")), "1");
        client_close(c);
}
END_TEST

START_TEST(item_56_batch_malformed)
{
        struct client *c = client_open(5);
        struct text body = { 0 };

        text_lit(&body, "{\"requests\":[");
        for (int i = 0; i < 21; i++) {
                text_fmt(&body, "%s{\"id\":\"%d\",\"method\":\"GET\",\"url\":\"/users\"}", i > 0 ? "," : "", i);
                if (i == 19) {
                        struct text twenty = { 0 };

                        text_fmt(&twenty, "%s]}", text_str(&body));
                        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", text_str(&twenty)), 200);
                        text_free(&twenty);
                }
        }
        text_lit(&body, "]}");
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", text_str(&body)), 400);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", "{\"requests\":[{\"id\":\"a\",\"method\":\"GET\",\"url\":\"/users\"},"
                "{\"id\":\"A\",\"method\":\"GET\",\"url\":\"/users\"}]}"), 400);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", "{\"requests\":[{\"id\":1}]}"), 400);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", "{\"requests\":[]}"), 400);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/$batch", "nonsense"), 400);
        ck_assert_int_eq(client_get(c, "/v1.0/$batch"), 405);
        text_free(&body);
        client_close(c);
}
END_TEST

START_TEST(item_63_by_ids)
{
        struct client *c = client_open(20);
        struct text body = { 0 };
        char id[GUID_LEN + 1] = "";

        client_do(c, "group", "{\"set\":{\"displayName\":\"A\"}}");
        guid_write(id, c->e->people.world.realm, 3);
        text_fmt(&body, "{\"ids\":[\"%s\",\"00000000-0000-4000-8000-000000000000\",", id);
        guid_write(id, c->e->groups.realm, 0);
        text_fmt(&body, "\"%s\",7]}", id);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/directoryObjects/getByIds", text_str(&body)), 200);
        ck_assert_uint_eq(client_count(c), 2);
        body.len--;
        text_lit(&body, ",\"types\":[\"group\"]}");
        client_send(c, "POST", "/v1.0/directoryObjects/getByIds", text_str(&body));
        ck_assert_uint_eq(client_count(c), 1);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(client_value(c, 0), "id")), id);
        ck_assert_int_eq(client_send(c, "POST", "/v1.0/directoryObjects/getByIds", "{}"), 400);
        ck_assert_int_eq(client_get(c, "/v1.0/directoryObjects/getByIds"), 405);
        for (int n = 1000; n <= 1001; n++) {
                body.len = 0;
                guid_write(id, c->e->people.world.realm, 5);
                text_lit(&body, "{\"ids\":[");
                for (int i = 0; i < n; i++)
                        text_fmt(&body, "%s\"%s\"", i > 0 ? "," : "", i == 700 ? id : "00000000-0000-4000-8000-000000000000");
                text_lit(&body, "]}");
                ck_assert_int_eq(client_send(c, "POST", "/v1.0/directoryObjects/getByIds", text_str(&body)),
                                 n == 1000 ? 200 : 400);
                ck_assert_uint_eq(client_count(c), n == 1000 ? 1 : 0);
        }
        text_free(&body);
        client_close(c);
}
END_TEST

Suite *
suite_batch(void)
{
        Suite *s = suite_create("graph batch");
        TCase *t = tcase_create("batch");

        tcase_add_test(t, item_56_all_failed);
        tcase_add_test(t, item_56_batch);
        tcase_add_test(t, item_56_batch_malformed);
        tcase_add_test(t, item_63_by_ids);
        suite_add_tcase(s, t);
        return s;
}
