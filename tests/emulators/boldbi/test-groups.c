/* test-groups.c - groups, their members, and imports (items 15 to 22). */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

/* sw v5 POST /groups: the body is an array (KB 17321 shows it); sw v4: one object, Data the id [O sample];
 * 409 when the name exists; the shape of v5's Data is [C]. */
START_TEST(item_15_create_group)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"Finance\",\"Description\":\"Staff\"}]", 200, "\"Data\":2", NULL },
                { NULL, "POST", B "/v5.0/groups", "{\"Name\":\"Sales\"}", 400, NULL, NULL }, { NULL, "POST", B "/v5.0/groups", "[]", 400, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Description\":\"x\"}]", 400, NULL, NULL },
                { NULL, "POST", B "/v4.0/groups", "{\"Name\":\"Sales\"}", 200, "\"Data\":3", NULL }, { NULL, "POST", B "/v4.0/groups", "[{\"Name\":\"X\"}]", 400, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"finance\"}]", 409, "exists", NULL }, { NULL, "POST", B "/v4.0/groups", "{\"Name\":\"Finance\"}", 409, NULL, NULL },
                { NULL, "POST", "/_control/settings", "{\"group-data\":\"list\"}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"A\"}]", 200, "\"Data\":[4]", NULL },
                { NULL, "POST", "/_control/settings", "{\"group-data\":\"objects\"}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"B\"}]", 200, "\"Data\":[{\"Id\":5}]", NULL },
                { NULL, "POST", "/_control/settings", "{\"group-data\":\"null\"}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"C\"}]", 200, "\"Data\":null,\"Status\":true", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5: the list has DirectoryType and UserCount, the detail IsAzureADGroup and neither. */
START_TEST(item_16_group_shapes)
{
        static const struct step steps[] = {
                { NULL, "GET", B "/v5.0/groups", NULL, 200, "\"DirectoryType\":\"Local\",\"UserCount\":1}", "IsAzureADGroup" },
                { NULL, "GET", B "/v5.0/groups/1", NULL, 200, "\"IsAzureADGroup\":false}", "UserCount" },
                { NULL, "GET", B "/v5.0/groups/1", NULL, 200, "{\"Id\":1,\"Name\":\"System Administrator\"", "DirectoryType" },
                { NULL, "GET", B "/v5.0/groups/9", NULL, 404, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 PUT /groups/{id}: 409, 404. */
START_TEST(item_17_update_group)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"A\",\"Description\":\"a\"}]", 200, NULL, NULL }, { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"B\"}]", 200, NULL, NULL },
                { NULL, "PUT", B "/v5.0/groups/2", "{\"Name\":\"b\"}", 409, NULL, NULL }, { NULL, "PUT", B "/v5.0/groups/9", "{\"Name\":\"x\"}", 404, NULL, NULL },
                { NULL, "PUT", B "/v5.0/groups/2", "{}", 400, NULL, NULL }, { NULL, "PUT", B "/v5.0/groups/2", "{\"GroupLogo\":{\"Extension\":\".exe\"}}", 406, NULL, NULL },
                { NULL, "PUT", B "/v5.0/groups/2", "{\"Name\":\"a\"}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/groups/2", NULL, 200, "\"Name\":\"a\",\"Description\":\"a\"", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 DELETE /groups/{id}: 204, no 404 but 406; docs/managing-resources/manage-groups/index: System
 * Administrator cannot be deleted, 417 [C]. */
START_TEST(item_18_delete_group)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"A\"}]", 200, NULL, NULL }, { NULL, "DELETE", B "/v5.0/groups/2", NULL, 204, "", NULL },
                { NULL, "DELETE", B "/v5.0/groups/2", NULL, 406, NULL, NULL }, { NULL, "DELETE", B "/v5.0/groups/A", NULL, 406, NULL, NULL },
                { NULL, "DELETE", B "/v5.0/groups/1", NULL, 417, NULL, NULL }, { NULL, "GET", B "/v5.0/groups/1", NULL, 200, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 POST /groups/{id}/users {"Id":[...]}; docs/managing-resources/manage-groups/index: no user of a
 * provider into that provider's groups; 417 and no-op success are [C]. */
START_TEST(item_19_add_members)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL }, { NULL, "POST", B "/v5.0/users", U(2), 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"A\"}]", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[2,3]}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[2,3]}", 200, NULL, NULL },
                { NULL, "GET", B "/v5.0/groups/2/users", NULL, 200, "\"TotalResults\":2", NULL },
                { NULL, "POST", B "/v5.0/groups/9/users", "{\"Id\":[2]}", 404, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[1,99]}", 417, NULL, NULL },
                { NULL, "GET", B "/v5.0/groups/2/users", NULL, 200, "\"TotalResults\":2", "admin" },
                { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[]}", 400, NULL, NULL }, { NULL, "POST", B "/v5.0/groups/2/users", "", 400, NULL, NULL },
                { NULL, "POST", "/_control/user", "{\"set\":{\"Email\":\"z@x.example\"},\"directory\":\"AzureAD\"}", 200, "\"id\":4", NULL },
                { NULL, "POST", "/_control/group", "{\"set\":{\"Name\":\"Z\"},\"directory\":\"AzureAD\"}", 200, "\"id\":3", NULL },
                { NULL, "POST", B "/v5.0/groups/3/users", "{\"Id\":[4]}", 417, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/3/users", "{\"Id\":[2]}", 200, NULL, NULL }, { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[4]}", 200, NULL, NULL },
                { NULL, "GET", "/_control/effects", NULL, 200, "\"member added\":4", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 DELETE /groups/{id}/users with a JSON body (KB 13353): 204; 400 without. */
START_TEST(item_20_remove_members)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/users", U(1), 200, NULL, NULL }, { NULL, "POST", B "/v5.0/groups", "[{\"Name\":\"A\"}]", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/2/users", "{\"Id\":[2]}", 200, NULL, NULL },
                { NULL, "DELETE", B "/v5.0/groups/2/users", NULL, 400, NULL, NULL }, { NULL, "DELETE", B "/v5.0/groups/2/users", "{\"Id\":[2]}", 204, "", NULL },
                { NULL, "DELETE", B "/v5.0/groups/2/users", "{\"Id\":[2]}", 204, "", NULL }, { NULL, "DELETE", B "/v5.0/groups/9/users", "{\"Id\":[2]}", 404, NULL, NULL },
                { NULL, "POST", "/_control/user", "{\"set\":{\"Email\":\"z@x.example\"},\"directory\":\"AzureAD\"}", 200, NULL, NULL },
                { NULL, "POST", "/_control/group", "{\"set\":{\"Name\":\"Z\"},\"directory\":\"AzureAD\",\"members\":[\"z@x.example\"],\"provided\":true}", 200, NULL, NULL },
                { NULL, "DELETE", B "/v5.0/groups/3/users", "{\"Id\":[3]}", 417, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/3/users", "{\"Id\":[2]}", 200, NULL, NULL }, { NULL, "DELETE", B "/v5.0/groups/3/users", "{\"Id\":[2]}", 204, "", NULL },
                { NULL, "GET", "/_control/effects", NULL, 200, "\"member removed\":2", NULL },
        };

        RUN(steps);
}
END_TEST

/* sw v5 csv-users; header [S]; docs/managing-resources/manage-users/index: attribute columns, ten at most;
 * messages [S bulk-import-result]; v4 answers at once with CsvErrorContent. */
START_TEST(item_21_csv)
{
        static const char csv[] = "UserName,Email,DisplayName,Password,AttributeA,AttributeB,AttributeC,AttributeD,AttributeE,AttributeF,"
                                  "AttributeG,AttributeH,AttributeI,AttributeJ,AttributeK\n"
                                  "adelev,adelev@x.example,Adele Vance,Example1!,a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1\r\n"
                                  "meganb,\"meganb@x.example\",\"Bowen, Megan\",Example1!\n"
                                  "lynner,lynner,Lynne Robbins,Example1!\nadelev,other@x.example,Adele Two,Example1!\n";
        struct client *c = client_open();
        struct text body = { 0 };

        ck_assert_int_eq(client_get(c, B "/v5.0/csv-users/download-template"), 200);
        ck_assert_str_eq(client_text(c, "FileContent"), "VXNlcm5hbWUsRW1haWwsRnVsbG5hbWUsUGFzc3dvcmQK");
        text_lit(&body, "{\"CsvFileContent\":\"");
        base64_write(&body, csv, sizeof csv - 1, false);
        text_lit(&body, "\"}");
        client_do(c, "settings", "{\"job-step\":3}");
        ck_assert_int_eq(client_send(c, "POST", B "/v5.0/csv-users", text_str(&body)), 200);
        ck_assert_str_eq(client_text(c, "JobId"), "1");
        client_get(c, B "/v5.0/user/import/job/1");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"TotalUser\":4,\"FailedImport\":1,\"ImportUser\":2,\"YetToImport\":1"));
        client_get(c, B "/v5.0/user/import/job/1");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"FailedImport\":2,\"ImportUser\":2,\"YetToImport\":0"));
        client_get(c, B "/v5.0/user/import/job/1/failed-import");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "invalid"));
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "Username already exists"));
        ck_assert_int_eq(client_get(c, B "/v5.0/user/import/job/7"), 417);
        client_get(c, "/_control/user/adelev");
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"j\":\"1\""));
        ck_assert_ptr_null(strstr(text_str(&c->raw), "\"k\":\"1\""));            /* the eleventh */
        ck_assert_ptr_nonnull(strstr(text_str(&c->raw), "\"Lastname\":\"Vance\""));
        ck_assert_int_eq(client_send(c, "POST", B "/v4.0/csv-users", text_str(&body)), 200);
        ck_assert_str_ne(client_text(c, "CsvErrorContent"), "");
        ck_assert_int_eq(client_send(c, "POST", B "/v5.0/csv-users", "{\"CsvFileContent\":\"***\"}"), 400);
        text_free(&body);
        client_close(c);
}
END_TEST

/* sw v5 groups/azure-active-directory/import: 412 without settings, ImportStatus for each group; that one
 * bad name does not fail the others is [C]. */
START_TEST(item_22_import_groups)
{
        static const struct step steps[] = {
                { NULL, "POST", B "/v5.0/groups/azure-active-directory/import", "{\"GroupName\":[\"Finance\"]}", 412, NULL, NULL },
                { NULL, "PUT", B "/v5.0/settings/azure-active-directory", "{\"TenantId\":\"t\",\"ClientId\":\"c\",\"ClientSecret\":\"hidden\"}", 200, NULL, "hidden" },
                { NULL, "POST", "/_control/aad-group", "{\"name\":\"Finance\",\"users\":[{\"Email\":\"z@x.example\",\"FirstName\":\"Z\"}]}", 200, NULL, NULL },
                { NULL, "POST", B "/v5.0/groups/azure-active-directory/import", "{\"GroupName\":[\"Nowhere\",\"Finance\"]}", 200,
                  "{\"GroupName\":\"Nowhere\",\"Status\":false,\"StatusMessage\":\"Group not found.\",\"ImportedUsers\":0,\"FailedUsers\":0},"
                  "{\"GroupName\":\"Finance\",\"Status\":true,\"StatusMessage\":\"\",\"ImportedUsers\":1", NULL },
                { NULL, "GET", B "/v5.0/users/z%40x.example", NULL, 200, "\"DirectoryType\":\"AzureAD\"", NULL },
                { NULL, "GET", B "/v5.0/groups/2", NULL, 200, "\"IsAzureADGroup\":true", NULL },
                { NULL, "POST", B "/v5.0/groups/azure-active-directory/import", "{\"GroupName\":[\"Finance\"]}", 200, "already exists", NULL },
                { NULL, "POST", B "/v5.0/groups/azure-active-directory/import", "{}", 400, NULL, NULL },
        };

        RUN(steps);
}
END_TEST

Suite *
suite_groups(void)
{
        Suite *s = suite_create("boldbi groups");
        TCase *t = tcase_create("groups");

        tcase_add_test(t, item_15_create_group);
        tcase_add_test(t, item_16_group_shapes);
        tcase_add_test(t, item_17_update_group);
        tcase_add_test(t, item_18_delete_group);
        tcase_add_test(t, item_19_add_members);
        tcase_add_test(t, item_20_remove_members);
        tcase_add_test(t, item_21_csv);
        tcase_add_test(t, item_22_import_groups);
        suite_add_tcase(s, t);
        return s;
}
