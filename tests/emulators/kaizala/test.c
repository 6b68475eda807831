/* test.c - the emulator's own test: each of the 29 items of its checklist. */
#include "suites.h"

#include "../../unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct client *
kaizala_client(void)
{
        struct emulator *e = room(sizeof *e);
        struct client *c;

        kaizala_service.begin(e);
        strcpy(e->rest.base, BASE);
        e->rest.now = clock_now(&e->rest.clock);
        kaizala_service.open(e);
        c = client_new(&e->rest);
        ck_assert_int_eq(kaizala_token(c, e->grants.list[0]->token), 200);
        return c;
}

void
kaizala_header(struct client *c, const char *name, const char *value)
{
        int i = 0;

        while (c->headers[i] != NULL && strcasecmp(c->headers[i], name) != 0)
                i += 2;
        ck_assert_int_lt(i, 14);
        c->headers[i] = name;
        c->headers[i + 1] = value;
}

int
kaizala_token(struct client *c, const char *refresh)
{
        static char token[128];
        int status;

        kaizala_header(c, "applicationId", CONNECTOR);
        kaizala_header(c, "applicationSecret", SECRET);
        kaizala_header(c, "refreshToken", refresh);
        status = client_get(c, "/v1/accessToken");
        if (status == 200) {
                snprintf(token, sizeof token, "%s", client_text(c, "accessToken"));
                kaizala_header(c, "accessToken", token);
        }
        return status;
}

void
kaizala_reach(struct client *c, const char *grant)
{
        static char refresh[128];

        client_do(c, "grant", grant);
        snprintf(refresh, sizeof refresh, "%s", client_text(c, "refreshToken"));
        ck_assert_int_eq(kaizala_token(c, refresh), 200);
}

int
kaizala_call(struct client *c, const char *call, const char *id, const char *body)
{
        struct text url = { 0 }, full = { 0 };
        char method[16] = "";
        const char *at = call + strcspn(call, " ");
        int status;

        snprintf(method, sizeof method, "%.*s", (int)(at - call), call);
        for (at++; *at != '\0'; at++)
                if (at[0] == '%' && at[1] == 's')
                        text_put(&url, id), at++;
                else
                        text_char(&url, *at);
        for (const char *b = body; b != NULL && *b != '\0'; b++)
                if (b[0] == '%' && b[1] == 's')
                        text_put(&full, id), b++;
                else
                        text_char(&full, *b);
        status = client_send(c, method, text_str(&url), body != NULL ? text_str(&full) : NULL);
        text_free(&url);
        text_free(&full);
        return status;
}

char *
kaizala_group(struct client *c, const char *name)
{
        ck_assert_int_eq(kaizala_call(c, "POST /v1/groups", name, "{\"name\":\"%s\",\"welcomeMessage\":\"Welcome\",\"members\":[],"
                                      "\"groupType\":\"Group\"}"), 200);
        return room_copy(client_text(c, "groupId"));
}

const char *
kaizala_at(struct client *c, const char *path)
{
        struct json_object *at = c->json;
        char part[64];

        while (*path != '\0' && at != NULL) {
                size_t n = strcspn(path, ".");

                snprintf(part, sizeof part, "%.*s", (int)n, path);
                if (json_object_is_type(at, json_type_array))
                        at = json_object_array_get_idx(at, (size_t)atoi(part));
                else
                        at = json_object_object_get(at, part);
                path += n + (path[n] == '.');
        }
        return at != NULL ? json_object_get_string(at) : "";
}

int
kaizala_effects(struct client *c, const char *what)
{
        struct json_object *v;

        client_get(c, "/_control/effects");
        v = json_object_object_get(json_object_object_get(c->json, "counts"), what);
        return v != NULL ? json_object_get_int(v) : 0;
}

char *
kaizala_numbers(const char *name, int count)
{
        struct text t = { 0 };

        text_fmt(&t, "{\"%s\":[", name);
        for (int i = 0; i < count; i++)
                text_fmt(&t, "%s\"+1425555%04d\"", i > 0 ? "," : "", 1001 + i);
        text_lit(&t, "]}");
        return text_take(&t);
}

int
main(void)
{
        Suite *s = suite_create("kaizala-emulator");
        SRunner *r;
        int failed;

        suite_add_tcase(s, case_signin());
        suite_add_tcase(s, case_groups());
        suite_add_tcase(s, case_members());
        suite_add_tcase(s, case_portal());
        r = srunner_create(s);
        if (UNIT_SANITIZED && getenv("CK_FORK") == NULL)
                srunner_set_fork_status(r, CK_NOFORK);
        srunner_run_all(r, CK_ENV);
        failed = srunner_ntests_failed(r);
        srunner_free(r);
        return failed == 0 ? 0 : 1;
}
