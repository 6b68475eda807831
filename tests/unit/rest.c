/* rest.c - services in JSON: what answers mean, where calls go, lists that move, polling, and
 * ops by tables; <muster/rest.h>. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include <muster/rest.h>

#include "http-kit.h"
#include "unit.h"

static const struct mst_rest_rule rules[] = {
        { "GET", 400, NULL, MST_ENOTFOUND, NULL }, { NULL, 0, "Ended", MST_EAUTH, "make a new key" },
        { NULL, 403, NULL, MST_EPERM, "ask an admin" }, { NULL, 0, NULL, MST_OK, NULL }
};

static const struct mst_rest_service acme = {
        .size = sizeof acme, .name = "Acme", .good = "Status Ok", .code = "error", .message = "detail",
        .inside = "Data Items", .ids = "UserId Id", .named = "Name", .domains = "acme.example", .rules = rules,
};

static struct mst_rest *rest;

static void
open_rest(const struct server_step *steps, size_t count)
{
        serve(steps, count);
        rest = mst_rest_new(&acme, &config, sizeof config, mst_test_host(test), &err);
        ck_assert_msg(rest != NULL, "%s", err.text);
        mst_http_set(mst_rest_http(rest), MST_HTTP_BACKOFF, 2);
        mst_http_set(mst_rest_http(rest), MST_HTTP_TRIES, 2);
}

static void
end_rest(void)
{
        mst_rest_free(rest);
        rest = NULL;
        end();
}

#define ANSWER(n, body) { .what = SERVER_STATUS, .status = n, .text = body }
#define WITH(n, head, body) { .what = SERVER_STATUS, .status = n, .headers = head, .text = body }

/* --- what an answer means -------------------------------------------------------------- */

static const struct {
        const char *method;
        struct server_step step;
        int code;
        const char *says;
        enum mst_outcome outcome;            /* of a create */
} meanings[] = {
        { "POST", ANSWER(200, "{\"Status\":true}"), MST_OK, NULL, MST_DONE },
        { "POST", ANSWER(204, ""), MST_OK, NULL, MST_DONE },
        { "POST", ANSWER(200, "{\"ok\":\"True\",\"error\":\"\"}"), MST_OK, NULL, MST_DONE },
        { "POST", ANSWER(200, "{\"Status\":false,\"detail\":\"no\"}"), MST_EREFUSED, "Acme refuses it: no (status 200)", MST_REFUSED },
        { "POST", ANSWER(200, "{\"Ok\":\"no\"}"), MST_EREFUSED, "it gives no reason", MST_REFUSED },
        { "POST", ANSWER(200, "{\"error\":\"E7\",\"detail\":\"bad\"}"), MST_EREFUSED, "bad (E7, status 200)", MST_REFUSED },
        { "POST", ANSWER(200, "<html>sign in</html>"), MST_ENET, "Acme's answer is not JSON (status 200)", MST_UNKNOWN },
        { "POST", ANSWER(200, "{\"cut"), MST_ENET, "not JSON", MST_UNKNOWN },
        { "POST", ANSWER(404, "<html>"), MST_ENOTFOUND, "not JSON (status 404)", MST_REFUSED },
        { "POST", ANSWER(401, ""), MST_EAUTH, "Acme does not let us in (status 401)", MST_RETRY },
        { "POST", ANSWER(200, "{\"error\":\"Ended\"}"), MST_EAUTH, "make a new key", MST_RETRY },
        { "POST", ANSWER(403, "{\"detail\":\"not you\"}"), MST_EPERM, "ask an admin: not you", MST_REFUSED },
        { "GET", ANSWER(400, "{}"), MST_ENOTFOUND, "status 400", MST_REFUSED },
        { "POST", ANSWER(400, "{}"), MST_EREFUSED, "status 400", MST_REFUSED },
        { "POST", ANSWER(501, ""), MST_EREFUSED, "status 501", MST_REFUSED },
        { "POST", ANSWER(500, ""), MST_ENET, "500", MST_UNKNOWN },
        { "POST", { .what = SERVER_CLOSE }, MST_ENET, NULL, MST_UNKNOWN },
};

START_TEST(rest_meanings)
{
        const struct mst_value *value;
        int code;

        open_rest(&meanings[_i].step, 1);
        code = mst_rest_call(rest, &value, &err, meanings[_i].method, "/things?secret=1");
        ck_assert_msg(code == meanings[_i].code, "%d: %s", code, err.text);
        ck_assert_int_eq(mst_rest_outcome(rest, code, true), meanings[_i].outcome);
        if (meanings[_i].says != NULL)
                ck_assert_msg(strstr(err.text, meanings[_i].says) != NULL, "%s", err.text);
        check_hidden("secret");
}
END_TEST

/* --- where calls go --------------------------------------------------------------------- */

static const struct {
        const char *url;
        const char *says;                    /* NULL: it may */
} places[] = {
        { "https://acme.example/x/", NULL }, { "https://eu.ACME.example", NULL },
        { "https://acme.example.evil.example", "trusted-hosts" }, { "https://notacme.example", "trusted-hosts" },
        { "https://evil.example/acme.example", "trusted-hosts" }, { "https://evil.example?acme.example", "trusted-hosts" },
        { "https://acme.example@evil.example/", "hidden" }, { "http://acme.example/", "unprotected" },
        { "https://evil.example\\.acme.example/", "trusted-hosts" }, { "acme.example", "trusted-hosts" }, { "", "trusted-hosts" },
        { "https://trusted.example/", NULL }, { "https://sub.trusted.example:8443/", NULL }, { "https://x.example/", "trusted-hosts" },
};

START_TEST(rest_places)
{
        static char trusted[] = "trusted.example", empty[] = "";
        static char *const hosts[] = { empty, trusted, NULL };
        static const struct server_step none[] = { ANSWER(200, "{}") };

        open_rest(none, 1);
        mst_rest_trust(rest, hosts);
        ck_assert_int_eq(mst_rest_base(rest, places[_i].url, &err) == MST_OK, places[_i].says == NULL);
        if (places[_i].says != NULL)
                ck_assert_msg(strstr(err.text, places[_i].says) != NULL, "%s", err.text);
}
END_TEST

START_TEST(rest_moved)
{
        char here[200], whole[200];
        struct server_step steps[] = { WITH(308, here, ""), ANSWER(200, "{\"a\":1}"), WITH(308, whole, ""), ANSWER(200, "{\"a\":2}"),
                                       ANSWER(200, "{\"a\":3}"), WITH(308, "Location: https://evil.example/\r\n", ""),
                                       WITH(308, here, "") };
        const struct mst_value *value;

        open_rest(steps, UNIT_COUNT(steps));
        snprintf(here, sizeof here, "Location: %s/\r\n", server.url);
        snprintf(whole, sizeof whole, "Location: %s/new/v1/x\r\n", server.url);
        ck_assert_int_eq(mst_rest_get(rest, &value, &err, "/v1/x"), MST_OK);
        ck_assert_int_eq(mst_rest_get(rest, &value, &err, "/v1/x"), MST_OK);
        ck_assert_int_eq(mst_value_find_int(value, "a", 0), 2);
        ck_assert_int_eq(mst_rest_get(rest, &value, &err, "/v1/y"), MST_OK);
        ck_assert(strncmp(server_request(&server, 3), "GET /new/v1/x ", 14) == 0);
        ck_assert(strncmp(server_request(&server, 4), "GET /new/v1/y ", 14) == 0);
        ck_assert_int_eq(mst_rest_get(rest, &value, &err, "/v1/y"), MST_EPERM);
        ck_assert_ptr_nonnull(strstr(err.text, "trusted-hosts"));
        ck_assert_int_eq(mst_rest_get(rest, &value, &err, "/v1/y"), MST_ENET);
        ck_assert_ptr_nonnull(strstr(err.text, "in circles"));
}
END_TEST

/* --- lists and jobs ------------------------------------------------------------------------ */

#define PAGE(total, items) ANSWER(200, "{\"Data\":[{\"Items\":[" items "]}],\"Total\":" #total "}")

static const struct {
        struct server_step steps[9];
        size_t count;
        int code;
        size_t objects, requests;
} lists[] = {
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), PAGE(3, "{\"Id\":3}") }, 2, MST_OK, 3, 2 },
        { { ANSWER(204, "") }, 1, MST_OK, 0, 1 },
        { { PAGE(0, "") }, 1, MST_OK, 0, 1 },
        /* One more comes while it is read; the same one twice; a page that has gone; and again. */
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), PAGE(4, "{\"Id\":2}"), PAGE(1, "{\"Id\":9}") }, 3, MST_OK, 1, 4 },
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), PAGE(3, "{\"Id\":2}"), PAGE(1, "{\"Id\":9}") }, 3, MST_OK, 1, 3 },
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), ANSWER(400, "{}"), PAGE(1, "{\"Id\":9}") }, 3, MST_OK, 1, 3 },
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), PAGE(3, "") }, 2, MST_ENET, 0, 8 },
        { { ANSWER(400, "{}") }, 1, MST_ENOTFOUND, 0, 1 },
        { { PAGE(3, "{\"Id\":1},{\"Id\":2}"), ANSWER(200, "<html>") }, 2, MST_ENET, 0, 2 },
};

START_TEST(rest_lists)
{
        static const struct mst_rest_list list = { .path = "/things?q=a", .page = "page", .most = "size", .size = 2, .total = "Total" };
        struct server_step steps[9];
        const struct mst_value **all = NULL;
        size_t count = 0;

        /* A script of two that must fail is gone through over and over. */
        for (size_t i = 0; i < UNIT_COUNT(steps); i++)
                steps[i] = lists[_i].steps[i % lists[_i].count];
        open_rest(steps, lists[_i].count == 2 ? 8 : lists[_i].count);
        ck_assert_msg(mst_rest_list(rest, &list, &all, &count, &err) == lists[_i].code, "%s", err.text);
        if (lists[_i].code == MST_OK)
                ck_assert_uint_eq(count, lists[_i].objects);
        ck_assert_uint_eq(server_count(&server), lists[_i].requests);
        ck_assert(strncmp(server_request(&server, 0), "GET /things?q=a&page=1&size=2 ", 30) == 0);
}
END_TEST

static const struct {
        struct server_step steps[4];
        size_t count;
        int64_t most_ms;
        int code;
        bool doubt;
} jobs[] = {
        { { ANSWER(200, "{\"job\":7}"), ANSWER(200, "{\"s\":\"busy\"}"), ANSWER(200, "{\"s\":\"done\"}") }, 3, 60000, MST_OK, true },
        { { ANSWER(200, "{\"job\":7}"), ANSWER(200, "{\"s\":\"busy\"}") }, 2, 5, MST_ENET, true },
        { { ANSWER(200, "{\"job\":7}"), WITH(200, "Retry-After: 600\r\n", "{\"s\":\"busy\"}") }, 2, 60000, MST_ENET, true },
        { { ANSWER(200, "{\"job\":7}"), ANSWER(404, "{}") }, 2, 60000, MST_ENOTFOUND, true },
        { { ANSWER(200, "{}") }, 1, 60000, MST_ENET, true },
        { { ANSWER(400, "{}") }, 1, 60000, MST_EREFUSED, false },
};

START_TEST(rest_jobs)
{
        const struct mst_rest_job job = { .job = "job", .status = "s", .busy = "busy", .path = "/jobs/%s/state", .every_ms = 1,
                                          .most_ms = jobs[_i].most_ms };
        const struct mst_value *value;

        open_rest(jobs[_i].steps, jobs[_i].count);
        ck_assert_msg(mst_rest_job(rest, &job, mst_rest_start(rest, "POST", "/jobs"), &value, &err) == jobs[_i].code, "%s", err.text);
        ck_assert_int_eq(mst_rest_in_doubt(rest), jobs[_i].doubt);
        if (server_count(&server) > 1)
                ck_assert(strncmp(server_request(&server, 1), "GET /jobs/7/state ", 18) == 0);
}
END_TEST

/* --- ops by tables ---------------------------------------------------------------------------- */

static int
post_user(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *why)
{
        (void)why;
        mst_rest_set(task, NULL, "a b");
        mst_json_out_object(out);
        mst_rest_write(task, out, "mail name");
        mst_json_out_end(out);
        return MST_OK;
}

static const struct mst_rest_step create_user[] = {
        { .method = "POST", .path = "/users", .body = post_user, .then = mst_rest_take_id },
        { .method = "GET", .path = "/users?name={name}", .unknown = true, .then = mst_rest_take_named },
        { .method = "PUT", .path = "/users/{id}/phone", .changes = "phone", .writes = "phone" },
        { .method = NULL }
}, update_user[] = {
        { .method = "PATCH", .path = "/users/{id}", .body = mst_rest_changes },
        { .method = NULL }
}, delete_user[] = {
        { .method = "DELETE", .path = "/users/{name}", .gone = 406 },
        { .method = NULL }
};

static const struct mst_rest_flow flows[] = {
        { MST_USER, MST_CREATE, create_user }, { MST_USER, MST_DELETE, delete_user }, { MST_USER, MST_UPDATE, update_user }, { 0, 0, NULL }
};

static const struct {
        enum mst_verb verb;
        struct server_step steps[3];
        size_t count;
        enum mst_outcome outcome;
        const char *object, *last;           /* what the last request begins with */
} ops[] = {
        { MST_CREATE, { ANSWER(200, "{\"Data\":7}"), ANSWER(204, "") }, 2, MST_DONE, "7", "PUT /users/7/phone " },
        { MST_CREATE, { ANSWER(200, "{\"Data\":[{\"Id\":8}]}"), ANSWER(204, "") }, 2, MST_DONE, "8", "PUT /users/8/phone " },
        { MST_CREATE, { ANSWER(200, "{}"), ANSWER(200, "{\"Items\":[{\"Id\":1,\"Name\":\"adam\"},{\"Id\":9,\"Name\":\"a b\"}]}"),
                        ANSWER(204, "") }, 3, MST_DONE, "9", "PUT /users/9/phone " },
        { MST_CREATE, { ANSWER(200, "{}"), ANSWER(200, "{\"Items\":[{\"Id\":1,\"Name\":\"adam\"}]}") }, 2, MST_UNKNOWN, NULL,
          "GET /users?name=a%20b " },
        { MST_CREATE, { ANSWER(409, "{}") }, 1, MST_DUPLICATE, NULL, "POST /users " },
        { MST_CREATE, { ANSWER(404, "{}") }, 1, MST_REFUSED, NULL, "POST /users " },
        { MST_CREATE, { ANSWER(200, "{\"Status\":false}") }, 1, MST_REFUSED, NULL, "POST /users " },
        { MST_CREATE, { ANSWER(200, "<html>") }, 1, MST_UNKNOWN, NULL, "POST /users " },
        { MST_CREATE, { ANSWER(200, "{\"Data\":7}"), ANSWER(409, "{}") }, 2, MST_UNKNOWN, NULL, "PUT /users/7/phone " },
        { MST_CREATE, { ANSWER(200, "{\"Data\":7}"), ANSWER(503, "") }, 2, MST_UNKNOWN, NULL, "PUT /users/7/phone " },
        { MST_CREATE, { ANSWER(503, "") }, 1, MST_RETRY, NULL, "POST /users " },
        { MST_UPDATE, { ANSWER(200, "{}") }, 1, MST_DONE, "5", "PATCH /users/5 " },
        { MST_UPDATE, { ANSWER(409, "{}") }, 1, MST_REFUSED, NULL, "PATCH /users/5 " },
        { MST_UPDATE, { ANSWER(404, "{}"), ANSWER(404, "{}") }, 2, MST_GONE, NULL, "GET /by-id/5 " },
        { MST_UPDATE, { ANSWER(404, "{}"), ANSWER(200, "{}") }, 2, MST_UNKNOWN, NULL, "GET /by-id/5 " },
        { MST_UPDATE, { ANSWER(404, "{}"), ANSWER(503, "{}") }, 2, MST_RETRY, NULL, "GET /by-id/5 " },
        { MST_DELETE, { ANSWER(204, "") }, 1, MST_DONE, NULL, "DELETE /users/a%20b " },
        { MST_DELETE, { ANSWER(406, ""), ANSWER(404, "{}") }, 2, MST_GONE, NULL, "GET /by-id/5 " },
        { MST_DELETE, { ANSWER(400, "") }, 1, MST_REFUSED, NULL, "DELETE /users/a%20b " },
        { MST_DISABLE, { ANSWER(200, "") }, 0, MST_REFUSED, NULL, NULL },
};

static void
put(struct mst_record *record, const char *name, const char *text)
{
        mst_record_text(record, mst_record_put(record, name), text, strlen(text));
}

static size_t ended;

static void
count_end(struct mst_rest_task *task, enum mst_outcome outcome)
{
        ck_assert_int_eq(outcome, ops[*(const int *)mst_rest_self(task)].outcome);
        ended++;
}

START_TEST(rest_ops)
{
        int index = _i;
        const struct mst_rest_plan plan = { .size = sizeof plan, .flows = flows, .there = "/by-id/{id}", .space = 8, .self = &index,
                                            .end = count_end };
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_op *op = mst_test_op(test, ops[_i].verb, MST_USER, "u1");
        struct mst_record *after = mst_test_op_after(op);
        int code;

        ended = 0;
        open_rest(ops[_i].steps, ops[_i].count > 0 ? ops[_i].count : 1);
        put(after, "mail", "ada@x.org");
        put(after, "phone", "+49 1");
        if (ops[_i].verb != MST_CREATE)
                ck_assert(mst_test_op_object(op, "5", "a b", NULL));
        ck_assert(mst_test_push(feed, op));
        mst_test_end(feed);
        code = mst_rest_apply(rest, feed, &plan, &err);
        mst_test_close(feed, code == MST_OK ? NULL : &err);
        op = mst_test_collect(feed);
        ck_assert_ptr_nonnull(op);
        ck_assert_msg(mst_test_outcome(op) == ops[_i].outcome, "%d: %s", mst_test_outcome(op), mst_test_why(op)->text);
        ck_assert_uint_eq(ended, 1);
        if (ops[_i].object != NULL)
                ck_assert_str_eq(mst_test_new_object(op), ops[_i].object);
        ck_assert_uint_eq(server_count(&server), ops[_i].count);
        if (ops[_i].last != NULL)
                ck_assert_msg(strncmp(server_request(&server, ops[_i].count - 1), ops[_i].last, strlen(ops[_i].last)) == 0, "%s",
                              server_request(&server, ops[_i].count - 1));
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("rest");
        TCase *c = tcase_create("all");

        tcase_add_checked_fixture(c, begin, end_rest);
        tcase_set_timeout(c, 30);
        tcase_add_loop_test(c, rest_meanings, 0, UNIT_COUNT(meanings));
        tcase_add_loop_test(c, rest_places, 0, UNIT_COUNT(places));
        tcase_add_test(c, rest_moved);
        tcase_add_loop_test(c, rest_lists, 0, UNIT_COUNT(lists));
        tcase_add_loop_test(c, rest_jobs, 0, UNIT_COUNT(jobs));
        tcase_add_loop_test(c, rest_ops, 0, UNIT_COUNT(ops));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
