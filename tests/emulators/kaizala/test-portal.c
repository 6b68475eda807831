/* test-portal.c - the door to the Directory, and webhooks (checklist 27 to 29). */
#include "suites.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define IMPORT "POST /_portal/directory/import?network=Employee&name=import-0001.csv"
#define HEAD "\xef\xbb\xbfPhoneNumber,First Name,Last Name\r\n"

/* [D] admin/add-users: Processing, Completed (all, or partly), Failed with a log; a row with
 * an existing number updates the person; [S] 1 MB; [C] the rest. */
START_TEST(item_27_import)
{
        static const struct { const char *body, *status; int loaded, failed; } rows[] = {
                { HEAD "+14255550102,Adele,Vance\r\n+14255550103,Zo\xc3\xab,\"O'Hara, \"\"Zo\"\"\"\r\n", "Completed", 2, 0 },
                { HEAD "+14255550102,Adele,Vance\r\n0171,No,Number\r\n", "Completed", 1, 1 },
                { HEAD "0171,No,Number\r\n", "Failed", 0, 1 }, { HEAD, "Failed", 0, 0 },
                { "First Name\r\nAdele\r\n", "Failed", 0, 1 }, { "", "Failed", 0, 1 },
                { "PhoneNumber,Shoe Size\r\n+14255550102,44\r\n", "Failed", 0, 1 },
                { HEAD "+14255550102,Adele\r\n+14255550103,Bo,Bo\r\n", "Completed", 1, 1 },
                { HEAD "+14255550102,\"Adele,Vance\r\n", "Failed", 0, 1 },
        };
        struct client *c = kaizala_client();

        client_do(c, "settings", "{\"import-delay\":\"30s\"}");
        ck_assert_int_eq(kaizala_call(c, IMPORT, "", rows[_i].body), 200);
        ck_assert_str_eq(client_text(c, "job"), "1");
        client_get(c, "/_portal/directory/import/1");
        ck_assert_str_eq(client_text(c, "status"), "Processing");
        ck_assert_str_eq(client_text(c, "fileName"), "import-0001.csv");
        client_do(c, "clock", "{\"advance\":\"30s\"}");
        client_get(c, "/_portal/directory/import/1");
        ck_assert_str_eq(client_text(c, "status"), rows[_i].status);
        ck_assert_int_eq(atoi(client_text(c, "loaded")), rows[_i].loaded);
        ck_assert_int_eq(atoi(client_text(c, "failed")), rows[_i].failed);
        ck_assert_str_eq(kaizala_at(c, "errors.0.message")[0] != '\0' ? "told" : "", rows[_i].failed > 0 ? "told" : "");
        client_get(c, "/_control/people");
        ck_assert_int_eq((int)json_object_array_length(json_object_object_get(c->json, "people")), rows[_i].loaded);
        client_close(c);
}
END_TEST

/* [S] 1 MB is 1,048,576 bytes; [D] the values of who is there already change. */
START_TEST(item_27_size_and_update)
{
        struct client *c = kaizala_client();
        struct text body = { 0 };

        text_lit(&body, HEAD "+14255550102,Adele,Vance\r\n");
        while (body.len <= 1048576)
                text_fmt(&body, "+1425555%04zu,A,B\r\n", body.len % 10000);
        kaizala_call(c, IMPORT, "", text_str(&body));
        client_get(c, "/_portal/directory/import/1");
        ck_assert_str_eq(client_text(c, "status"), "Failed");
        kaizala_call(c, IMPORT, "", HEAD "+14255550102,Adele,Vance\r\n");
        kaizala_call(c, IMPORT, "", "PhoneNumber,Last Name\n+14255550102,Miller\n");
        client_get(c, "/_portal/directory");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\r\n+14255550102,Adele,Miller,"));
        ck_assert_int_eq(kaizala_effects(c, "person added"), 1);
        ck_assert_int_eq(kaizala_effects(c, "person updated"), 1);
        ck_assert_int_eq(kaizala_call(c, "POST /_portal/directory/import", "", HEAD), 400);
        kaizala_reach(c, "{\"reach\":\"user\"}");
        ck_assert_int_eq(kaizala_call(c, IMPORT, "", HEAD), 403);
        text_free(&body);
        client_close(c);
}
END_TEST

/* [D] admin/set-up-directory: types, mandatory, several at once; [S] PhoneNumber stays. */
START_TEST(item_27_attributes)
{
        static const struct { const char *type, *value; bool good; } rows[] = {
                { "Integer", "42", true }, { "Integer", "4x", false }, { "Boolean", "Yes", true }, { "Boolean", "ja", false },
                { "DateTime", "2026-01-15T09:30:00Z", true }, { "DateTime", "soon", false }, { "String", "anything", true },
        };
        struct client *c = kaizala_client();
        struct text body = { 0 };

        ck_assert_int_eq(kaizala_call(c, "PUT /_portal/attributes", rows[_i].type,
                                      "{\"attributes\":[{\"name\":\"Badge\",\"dataType\":\"%s\"}]}"), 200);
        ck_assert_int_eq(kaizala_call(c, "PUT /_portal/attributes", "", "{\"attributes\":[{\"name\":\"PhoneNumber\"}]}"), 400);
        ck_assert_int_eq(kaizala_call(c, "PUT /_portal/attributes", "", "{\"attributes\":[{\"name\":\"X\",\"dataType\":\"?\"}]}"), 400);
        text_fmt(&body, "PhoneNumber,Badge\r\n+14255550102,%s\r\n", rows[_i].value);
        kaizala_call(c, IMPORT, "", text_str(&body));
        client_get(c, "/_portal/directory/import/1");
        ck_assert_str_eq(client_text(c, "status"), rows[_i].good ? "Completed" : "Failed");
        text_free(&body);
        client_close(c);
}
END_TEST

/* [D] admin/od-network, admin/delete-users: linked people cannot be moved to Others or
 * deleted by hand; the seed page: whoever leaves Entra leaves every organisation group. */
START_TEST(item_28_linked)
{
        struct client *c = kaizala_client();
        char *id = kaizala_group(c, "g");
        int linked = _i;

        kaizala_call(c, linked ? IMPORT "&source=entra" : IMPORT, "", HEAD "+14255550102,Adele,Vance\r\n");
        kaizala_call(c, "PUT /v1/groups/%s/members", id, "{\"members\":[\"+14255550102\",\"+14255550103\"]}");
        ck_assert_int_eq(kaizala_call(c, "POST /_portal/directory/%2B14255550102/network", "", "{\"network\":\"Others\"}"),
                         linked ? 409 : 200);
        kaizala_call(c, "POST /_portal/directory/removals", "", "PhoneNumber\r\n+14255550102\r\n");
        client_get(c, "/_portal/directory/import/2");
        ck_assert_str_eq(client_text(c, "status"), linked ? "Failed" : "Completed");
        if (linked) {
                ck_assert_int_eq(kaizala_call(c, "DELETE /_portal/directory/%2B14255550102", "", NULL), 409);
                kaizala_call(c, "POST /_portal/directory/removals?source=entra", "", "PhoneNumber\r\n+14255550102\r\n");
                client_get(c, "/_portal/directory/import/3");
                ck_assert_str_eq(client_text(c, "status"), "Completed");
        }
        kaizala_call(c, "GET /v1/groups/%s/members", id, NULL);
        ck_assert_str_eq(kaizala_at(c, "members.1.mobileNumber"), "+14255550103");
        client_get(c, "/_portal/directory");
        ck_assert_ptr_null(strstr(text_str(&c->raw), "+14255550102"));
        ck_assert_int_eq(kaizala_call(c, "DELETE /_portal/directory/%2B14255550103", "", NULL), 200);
        free(id);
        client_close(c);
}
END_TEST

/* ---- a callback ---- */

struct callback {
        int listening;
        bool right;
};

static void *
answer_once(void *self)
{
        struct callback *b = self;
        int fd = accept(b->listening, NULL, NULL);
        char request[2048] = "", token[64] = "", reply[256];
        ssize_t n = read(fd, request, sizeof request - 1);
        const char *at = strstr(request, "validationToken=");

        if (n > 0 && at != NULL)
                sscanf(at + 16, "%63[^ &]", token);
        n = snprintf(reply, sizeof reply, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s%s", b->right ? "" : "not ", token);
        ck_assert(write(fd, reply, (size_t)n) == n);
        close(fd);
        return NULL;
}

/* [D] connectors/webHooks: GET callBackUrl?validationToken=..., which must be echoed as plain
 * text within 5 seconds. */
START_TEST(item_29_webhook)
{
        struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof at;
        struct callback b = { .listening = socket(AF_INET, SOCK_STREAM, 0), .right = _i == 0 };
        struct client *c = kaizala_client();
        struct text body = { 0 };
        pthread_t thread;

        ck_assert_int_eq(bind(b.listening, (struct sockaddr *)&at, sizeof at), 0);
        ck_assert_int_eq(listen(b.listening, 1), 0);
        ck_assert_int_eq(getsockname(b.listening, (struct sockaddr *)&at, &size), 0);
        ck_assert_int_eq(pthread_create(&thread, NULL, answer_once, &b), 0);
        text_fmt(&body, "{\"objectId\":\"g\",\"objectType\":\"Group\",\"eventTypes\":[\"MemberAdded\"],"
                 "\"callBackUrl\":\"http://127.0.0.1:%u/hook?a=b\"}", ntohs(at.sin_port));
        ck_assert_int_eq(kaizala_call(c, "POST /v1/webhook", "", text_str(&body)), b.right ? 200 : 400);
        ck_assert_int_eq(client_text(c, "webhookId")[0] != '\0', b.right);
        pthread_join(thread, NULL);
        close(b.listening);
        ck_assert_int_eq(kaizala_call(c, "POST /v1/webhook", "", text_str(&body)), 400);        /* nobody listens */
        client_get(c, "/v1/webhook?objectId=g");
        ck_assert_int_eq((int)json_object_array_length(json_object_object_get(c->json, "webhooks")), b.right ? 1 : 0);
        ck_assert_int_eq(kaizala_call(c, "DELETE /v1/webhook/hook-1", "", NULL), b.right ? 200 : 404);
        text_free(&body);
        client_close(c);
}
END_TEST

TCase *
case_portal(void)
{
        TCase *t = tcase_create("portal");

        tcase_add_loop_test(t, item_27_import, 0, 9);
        tcase_add_test(t, item_27_size_and_update);
        tcase_add_loop_test(t, item_27_attributes, 0, 7);
        tcase_add_loop_test(t, item_28_linked, 0, 2);
        tcase_add_loop_test(t, item_29_webhook, 0, 2);
        return t;
}
