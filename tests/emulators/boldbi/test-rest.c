/* test-rest.c - Azure AD settings, attributes, verbs, the UMS, switches (items 23 to 30), and
 * what the control door and the faults do. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#define SCHEDULE B "/v5.0/settings/schedule-synchronization/azure-active-directory"

/* sw v5 settings: NextScheduleDate, 406 bad type, 412 bad start, GET says StartDate; the secret is never
 * returned. */
START_TEST(item_23_schedule)
{
        static const struct step steps[] = {
                { NULL, "GET", SCHEDULE, NULL, 200, "\"EnableSchedule\":false", NULL },
                { NULL, "PUT", SCHEDULE, "{\"StartTime\":\"2999-01-01T08:00:00Z\",\"ScheduleType\":\"Daily\",\"DailySchedule\":{\"EveryNdays\":1}}", 200, "\"NextScheduleDate\":\"2999-01-01T08:00:00Z\"", NULL },
                { NULL, "GET", SCHEDULE, NULL, 200, "\"EnableSchedule\":true,\"ScheduleType\":\"Daily\",\"StartDate\":\"2999-01-01T08:00:00Z\",\"RecurrenceTypeId\"", NULL },
                { NULL, "PUT", SCHEDULE, "{\"StartTime\":\"2999-01-01T08:00:00Z\",\"ScheduleType\":\"Hourly\"}", 406, NULL, NULL },
                { NULL, "PUT", SCHEDULE, "{\"StartTime\":\"2001-01-01T08:00:00Z\",\"ScheduleType\":\"Daily\"}", 412, NULL, NULL },
                { NULL, "PUT", SCHEDULE, "{\"StartTime\":\"soon\",\"ScheduleType\":\"Daily\"}", 412, NULL, NULL }, { NULL, "PUT", SCHEDULE, "{\"ScheduleType\":\"Daily\"}", 412, NULL, NULL },
                { NULL, "PUT", SCHEDULE, "{\"EnableSchedule\":false,\"StartTime\":\"2999-01-01T08:00:00Z\",\"ScheduleType\":\"Weekly\"}", 200, NULL, NULL },
                { NULL, "GET", SCHEDULE, NULL, 200, "\"EnableSchedule\":false", NULL },
                { NULL, "PUT", B "/v5.0/settings/azure-active-directory", "{\"TenantId\":\"t\"}", 412, NULL, NULL },
                { NULL, "PUT", B "/v5.0/settings/azure-active-directory", "{\"TenantId\":\"t\",\"ClientId\":\"c\",\"ClientSecret\":\"hidden\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/settings/azure-active-directory", NULL, 200, "{\"TenantId\":\"t\",\"ClientId\":\"c\",\"EnableGroupUserImport\":true}", "hidden" },
        };

        RUN(steps);
}
END_TEST

/* sw v4/v5 attribute: 409 name exists; DELETE takes the attribute's id, GET the user's. */
START_TEST(item_24_attributes)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, "\"Data\":2", NULL },
                { NULL, "GET", B "/v5.0/attribute/user/2", NULL, 204, "", NULL },
                { NULL, "POST", B "/v5.0/attribute/user", "{\"Name\":\"Other\",\"Value\":\"x\",\"UserId\":1}", 200, "\"Data\":1", NULL },
                { NULL, "POST", B "/v5.0/attribute/user", "{\"Name\":\"Dept\",\"Value\":\"Sales\",\"UserId\":2}", 200, "\"Data\":2", NULL },
                { NULL, "POST", B "/v5.0/attribute/user", "{\"Name\":\"dept\",\"Value\":\"x\",\"UserId\":2}", 409, NULL, NULL },
                { NULL, "POST", B "/v5.0/attribute/user", "{\"Name\":\"Dept\",\"Value\":\"x\",\"UserId\":99}", 400, NULL, NULL },
                { NULL, "POST", B "/v5.0/attribute/user", "{\"Value\":\"x\",\"UserId\":2}", 406, NULL, NULL },
                { NULL, "PUT", B "/v5.0/attribute/user", "{\"Id\":2,\"Value\":\"Finance\"}", 200, NULL, NULL },
                { NULL, "PUT", B "/v5.0/attribute/user", "{\"Id\":77,\"Value\":\"Finance\"}", 404, NULL, NULL },
                { NULL, "GET", B "/v5.0/attribute/user/2", NULL, 200, "[{\"Id\":2,\"Name\":\"Dept\",\"Value\":\"Finance\"", NULL },
                { NULL, "GET", B "/v5.0/attribute/user/99", NULL, 400, NULL, NULL },
                { NULL, "DELETE", B "/v5.0/attribute/user/2", NULL, 204, "", NULL }, { NULL, "DELETE", B "/v5.0/attribute/user/2", NULL, 404, NULL, NULL },
                { NULL, "GET", B "/v5.0/attribute/user/1", NULL, 200, "Other", NULL },
                { NULL, "POST", B "/v5.0/attribute/group", "{\"Name\":\"G\",\"Value\":\"x\",\"GroupId\":1}", 200, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5: 405; v6.0 has neither users nor groups: 404 [C]. */
START_TEST(item_25_verbs)
{
        static const struct step steps[] = {
                { NULL, "PATCH", B "/v5.0/users", "{}", 405, NULL, NULL }, { NULL, "DELETE", B "/v5.0/users", NULL, 405, NULL, NULL },
                { NULL, "POST", B "/v5.0/users/admin", "{}", 405, NULL, NULL }, { NULL, "PUT", B "/v5.0/groups", "{}", 405, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/1", "{}", 405, NULL, NULL }, { NULL, "PUT", B "/v5.0/groups/1/users", "{}", 405, NULL, NULL },
                { NULL, "POST", B "/v5.0/users/1/groups", "{}", 405, NULL, NULL }, { NULL, "GET", B "/v5.0/csv-users", NULL, 405, NULL, NULL },
                { NULL, "PUT", B "/v5.0/activity-logs", "{}", 405, NULL, NULL }, { NULL, "GET", B "/v5.0/attribute/user", NULL, 405, NULL, NULL },
                { NULL, "GET", B "/v6.0/users", NULL, 404, NULL, NULL }, { NULL, "GET", B "/v5.0/nothing", NULL, 404, NULL, NULL },
                { NULL, "GET", "/bi/api/site/other/v5.0/users", NULL, 404, NULL, NULL }, { NULL, "GET", "/", NULL, 404, NULL, NULL },
                { NULL, "GET", B "/v5.0/users%zz", NULL, 400, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

static struct client *
at_the_ums(void)
{
        struct client *c = client_open();
        struct text bearer = { 0 };

        client_send(c, "POST", B "/v5.0/users", U(1));
        ck_assert_int_eq(client_send(c, "POST", M "/token", "grant_type=client_credentials&client_id=ums-client&client_secret=ums~secret"), 200);
        ck_assert_str_eq(client_text(c, "expires_in"), "3599");
        text_fmt(&bearer, "Bearer %s", client_text(c, "access_token"));
        free(c->bearer);
        c->bearer = text_take(&bearer);
        return c;
}

/* sw UMS: 400 other grant, 401 bad secret, 60 minutes; answers are snake_case [O KB 520]. */
START_TEST(item_26_ums_token)
{
        static const struct step steps[] = {
                { "", "POST", M "/token", "grant_type=password&client_id=ums-client&client_secret=ums~secret", 400, NULL, NULL },
                { "", "POST", M "/token", "grant_type=client_credentials&client_id=ums-client&client_secret=x", 401, NULL, NULL },
                { "", "GET", M "/token", NULL, 405, NULL, NULL }, { "", "GET", M "/v2.0/users", NULL, 401, NULL, NULL },
                { NULL, "GET", M "/v2.0/users/user1", NULL, 200, "{\"api_status\":true,\"status\":true,\"data\":{\"user_id\":", NULL },
                { NULL, "POST", "/_control/settings", "{\"ums-names\":\"pascal\"}", 200, NULL, NULL },
                { NULL, "GET", M "/v2.0/users/user1", NULL, 200, "{\"ApiStatus\":true,\"Status\":true,\"Data\":{\"UserId\":", "user_id" },
                { NULL, "POST", "/_control/clock", "{\"advance\":\"61m\"}", 200, NULL, NULL }, { NULL, "GET", M "/v2.0/users", NULL, 401, NULL, NULL },
        };

        run_with(at_the_ums(), steps, sizeof steps / sizeof steps[0]);
}
END_TEST

/* sw UMS: validate, user/add, grant-access 200, remove-access 204, DELETE user/{guid} 204; KB 518, KB 520. */
START_TEST(item_27_ums_users)
{
        struct client *c = at_the_ums();
        struct text url = { 0 };
        char *guid;

        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/users/validate", "{\"Email\":\"nobody@x\"}"), 404);
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/users/validate", "{\"email\":\"user1@contoso.example\"}"), 200);
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"user_id\":"));
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/user/add", "{\"username\":\"n\",\"email\":\"n@x.example\",\"firstname\":\"N\",\"Password\":\"Example1!\"}"), 200);
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/user/add", "{\"username\":\"n\",\"email\":\"n@x.example\",\"firstname\":\"N\"}"), 406);
        ck_assert_ptr_null(person_named(c->e, "n@x.example"));
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/tenant/3d0d7c1e-54a1-4f6b-9b43-2f4f0a6e5c11/grant-access", "{\"Email\":\"n@x.example\"}"), 200);
        ck_assert_ptr_nonnull(person_named(c->e, "n@x.example"));
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/tenant/none/grant-access", "{\"Email\":\"n@x.example\"}"), 406);
        ck_assert_int_eq(client_send(c, "POST", M "/v2.0/tenant/3d0d7c1e-54a1-4f6b-9b43-2f4f0a6e5c11/remove-access", "{\"Email\":\"n@x.example\"}"), 204);
        ck_assert_ptr_null(person_named(c->e, "n@x.example"));
        guid = room_copy(person_known(c->e, "user1")->guid);
        text_fmt(&url, M "/v2.0/user/%s", guid);
        ck_assert_int_eq(client_send(c, "DELETE", text_str(&url), NULL), 204);
        ck_assert_int_eq(client_send(c, "DELETE", text_str(&url), NULL), 404);
        ck_assert_ptr_null(person_named(c->e, "user1"));
        ck_assert_ptr_null(person_known(c->e, "user1"));
        ck_assert_int_eq(client_send(c, "PUT", M "/v2.0/administration/user-activation", "{\"EmailId\":\"n@x.example\"}"), 200);
        free(guid);
        text_free(&url);
        client_close(c);
}
END_TEST

/* docs/site-administration/account-settings: Default Group. */
START_TEST(item_28_default_group)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"Everybody\"}]", 200, "\"Data\":2", NULL },
                { NULL, "POST", "/_control/settings", "{\"default-group\":2}", 200, NULL, NULL }, { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users/2/groups", NULL, 200, "Everybody", NULL },
        };

        RUN(steps);
}
END_TEST

/* docs/managing-resources/manage-users (cloud): the e-mail cannot be changed; no UMS; Azure AD settings are
 * self-hosted only [D conflict, C]. */
START_TEST(item_29_cloud)
{
        static const struct step steps[] = {
                { NULL, "POST", "/_control/settings", "{\"cloud\":true}", 200, NULL, NULL },
                { NULL, "POST", "/bi/api/v5.0/users", "{\"Email\":\"a@x.example\",\"FirstName\":\"A\",\"Password\":\"Example1!\"}", 200, NULL, NULL },
                { NULL, "GET", "/bi/api/v5.0/users/a%40x.example", NULL, 200, "\"Username\":\"a@x.example\"", NULL },
                { NULL, "PUT", "/bi/api/v5.0/users/a%40x.example", "{\"Email\":\"b@x.example\"}", 406, NULL, NULL },
                { NULL, "PUT", "/bi/api/v5.0/users/a%40x.example", "{\"FirstName\":\"B\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/users", NULL, 404, NULL, NULL }, { NULL, "POST", M "/token", "grant_type=client_credentials", 404, NULL, NULL },
                { NULL, "GET", "/bi/api/v5.0/settings/azure-active-directory", NULL, 404, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 activity-logs: SourceType Web, API or Job; 204 when empty. */
START_TEST(item_30_activity_log)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v5.0/activity-logs?activitymodule=user", NULL, 204, "", NULL }, { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL },
                { NULL, "PUT", B "/v5.0/users/user1", "{\"FirstName\":\"V\"}", 200, NULL, NULL }, { NULL, "DELETE", B "/v5.0/users/user1", NULL, 204, NULL, NULL },
                { NULL, "GET", B "/v5.0/activity-logs?activitymodule=user", NULL, 200, "user created\", \"Name\": \"user1@contoso.example\", \"SourceType\": \"API\"", NULL },
                { NULL, "GET", B "/v5.0/activity-logs?activitymodule=user", NULL, 200, "user updated", NULL }, { NULL, "GET", B "/v5.0/activity-logs", NULL, 200, "user deleted", NULL },
                { NULL, "GET", B "/v5.0/activity-logs?activitymodule=group", NULL, 204, "", NULL },
        };

        RUN(steps);
}
END_TEST

/* What a fault makes of an answer; a lost one was carried out. */
START_TEST(faults_act)
{
        struct client *c = client_open();

        client_do(c, "faults", "[{\"kind\":\"users\",\"action\":\"status-false\"},{\"kind\":\"site\",\"action\":\"status\",\"status\":429,\"retry-after\":\"7\"},"
                  "{\"kind\":\"users\",\"action\":\"lose\"}]");
        ck_assert_int_eq(client_get(c, B "/v5.0/users"), 200);
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"Status\":false"));
        ck_assert_int_eq(client_get(c, B "/v5.0/groups"), 429);
        ck_assert_str_eq(client_header(c, "Retry-After"), "7");
        ck_assert_int_eq(client_send(c, "POST", B "/v5.0/users", U(1)), 200);
        ck_assert_int_eq((int)c->ending, (int)ENDING_NO_REPLY);
        ck_assert_ptr_nonnull(person_named(c->e, "user1"));
        client_do(c, "faults", "{\"clear\":true,\"rules\":[{\"kind\":\"users\",\"action\":\"huge-value\",\"property\":\"Email\",\"record\":1}]}");
        client_get(c, B "/v5.0/users");
        ck_assert_uint_gt(c->raw.len, 100000);
        client_do(c, "faults", "{\"kind\":\"users\",\"action\":\"wrong-type\",\"property\":\"UserId\",\"body\":\"\\\"two\\\"\",\"record\":1}");
        client_get(c, B "/v4.0/users");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"UserId\":\"two\""));
        client_get(c, "/_control/ledger");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"fault\":\"lose\""));
        client_close(c);
}
END_TEST

/* Calls of the control door that are refused. */
static const struct { const char *name, *body; int status; const char *says; } calls[] = {
        { "user", "{}", 409, "must be an object" }, { "user", "{\"set\":{\"Username\":\"x\"}}", 409, "Email" }, { "change", "{\"id\":\"x\"}", 409, "no user 'x'" },
        { "remove", "{}", 409, "no user" }, { "group", "{}", 409, "Name" }, { "group", "{\"set\":{\"Name\":\"g\"},\"members\":[\"x\"]}", 409, "no user 'x'" },
        { "group-remove", "{\"id\":\"x\"}", 409, "no group" }, { "credential", "{}", 409, "no user" }, { "credential", "{\"of\":\"admin\",\"life\":\"soon\"}", 409, "no span" },
        { "revoke", "{\"of\":\"x\"}", 409, "no user" }, { "aad-group", "{}", 409, "array" }, { "nonsense", "{}", 404, "tests/emulators/boldbi/README" },
        { "settings", "{\"shape\":\"round\"}", 409, "cannot be 'round'" }, { "settings", "{\"page-size\":9,\"colour\":1}", 409, "no setting" },
        { "faults", "{\"kind\":\"delta\",\"action\":\"close\"}", 409, "no kind 'delta'" }, { "faults", "{\"action\":\"no-link\"}", 409, "no action" },
};

START_TEST(control_refuses)
{
        struct client *c = client_open();
        struct text url = { 0 };

        text_fmt(&url, "/_control/%s", calls[_i].name);
        ck_assert_int_eq(client_send(c, "POST", text_str(&url), calls[_i].body), calls[_i].status);
        ck_assert_msg(strstr(text_str(&c->raw), calls[_i].says) != NULL, "%s", text_str(&c->raw));
        ck_assert_int_eq(c->e->set.page_size, 25);              /* all or nothing */
        text_free(&url);
        client_close(c);
}
END_TEST

/* What is found by name is what has the name now: after renames forth and back, of two with
 * one name the older, and of none that have left. */
START_TEST(names_are_found)
{
        struct client *c = client_open();
        struct person *p, *other;
        char name[32];

        for (int i = 0; i < 1000; i++)
                person_local(c->e);
        for (int i = 1; i <= 1000; i++) {
                snprintf(name, sizeof name, "LOCAL%d", i + 1);
                p = person_named(c->e, name);
                ck_assert_ptr_nonnull(p);
                ck_assert_ptr_eq(person_numbered(c->e, p->id), p);
                ck_assert_ptr_eq(person_guid(c->e, p->guid), p);
        }
        for (int i = 0; i < 600; i++)                   /* many under one key, none of them twice */
                person_call(c->e, p, i % 2 == 0 ? "lee" : "kim", NULL);
        ck_assert_ptr_null(person_named(c->e, "lee"));
        ck_assert_ptr_null(person_named(c->e, name));
        ck_assert_ptr_eq(person_named(c->e, "Kim"), p);
        other = person_named(c->e, "local2");
        person_call(c->e, other, "kim", NULL);
        ck_assert_ptr_eq(person_named(c->e, "kim"), other);
        person_leave(c->e, other);
        ck_assert_ptr_eq(person_named(c->e, "kim"), p);
        ck_assert_ptr_eq(person_known(c->e, "kim"), other);
        ck_assert_ptr_null(person_named(c->e, ""));
        ck_assert_ptr_null(person_numbered(c->e, 0));
        ck_assert_ptr_null(person_numbered(c->e, UINT32_MAX));
        client_close(c);
}
END_TEST

Suite *
suite_rest(void)
{
        Suite *s = suite_create("boldbi rest");
        TCase *t = tcase_create("rest");

        tcase_add_test(t, item_23_schedule);
        tcase_add_test(t, item_24_attributes);
        tcase_add_test(t, item_25_verbs);
        tcase_add_test(t, item_26_ums_token);
        tcase_add_test(t, item_27_ums_users);
        tcase_add_test(t, item_28_default_group);
        tcase_add_test(t, item_29_cloud);
        tcase_add_test(t, item_30_activity_log);
        tcase_add_test(t, faults_act);
        tcase_add_test(t, names_are_found);
        tcase_add_loop_test(t, control_refuses, 0, (int)(sizeof calls / sizeof calls[0]));
        suite_add_tcase(s, t);
        return s;
}
