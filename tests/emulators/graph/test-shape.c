/* test-shape.c - the emulator's replies against the published model (shape.c): types,
 * names and what may be null, on every page of every kind of read. */
#include "client.h"
#include "property.h"
#include "shape.h"
#include "suites.h"

#include <check.h>
#include <string.h>

/* %P stands for every property of people, %G for every one of groups, %g for a group's id. */
static const struct {
        const char *url;
        bool delta;
        shape_of *item;
        size_t least;
} reads[] = {
        { "/v1.0/users", false, shape_user, 900 }, { "/v1.0/users?$top=500&$expand=manager&$select=%P", false, shape_user, 900 },
        { "/v1.0/users?$count=true&$select=id,mail", false, shape_user, 900 },
        { "/v1.0/users?$filter=userType%20eq%20'Guest'", false, shape_user, 10 },
        { "/v1.0/users/delta?$select=%P,manager", true, shape_delta_item, 900 },
        { "/v1.0/groups", false, shape_group, 20 }, { "/v1.0/groups?$select=%G&$top=7", false, shape_group, 20 },
        { "/v1.0/groups/delta", true, shape_group_item, 20 },
        { "/v1.0/groups/delta?$select=%G,members", true, shape_group_item, 20 },
        { "/v1.0/groups/%g/members/microsoft.graph.user?$select=%P", false, shape_user, 100 },
        { "/v1.0/directory/deletedItems/microsoft.graph.user?$select=%P", false, shape_user, 30 },
};

static void
fill(struct client *c, const char *url, struct text *t)
{
        char group[GUID_LEN + 1] = "";

        guid_write(group, c->e->groups.realm, 0);
        for (; *url != '\0'; url++) {
                if (url[0] != '%' || strchr("PGg", url[1]) == NULL) {
                        text_char(t, *url);
                        continue;
                }
                url++;
                if (*url == 'g')
                        text_put(t, group);
                else
                        text_put(t, "id");
                for (unsigned p = 0; *url == 'P' && p < property_count; p++)
                        if (properties[p].kind != KIND_ELSEWHERE && properties[p].kind != KIND_MANAGER)
                                text_fmt(t, ",%s", properties[p].name);
                for (unsigned p = 1; *url == 'G' && p < GROUP_MEMBERS; p++)
                        text_fmt(t, ",%s", group_names[p]);
        }
}

static size_t
check_pages(struct client *c, const char *url, bool delta, shape_of *item)
{
        size_t n = 0;

        ck_assert_msg(client_get(c, url) == 200, "%s: %s", url, text_str(&c->raw));
        do {
                struct text why = { 0 };
                const char *wrong = shape_page(c->json, delta, item, &why);

                ck_assert_msg(wrong == NULL, "%s: %s", url, wrong);
                n += client_count(c);
                text_free(&why);
        } while (client_next(c));
        return n;
}

START_TEST(replies_have_the_shape)
{
        struct client *c = client_open(1000);
        struct text url = { 0 };
        size_t n;

        groups_generate(&c->e->groups, &c->e->people, 30);
        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":40}");
        c->headers[0] = "ConsistencyLevel";
        c->headers[1] = "eventual";
        fill(c, reads[_i].url, &url);
        n = check_pages(c, text_str(&url), reads[_i].delta, reads[_i].item);
        ck_assert_msg(n >= reads[_i].least, "%s: %zu", text_str(&url), n);
        text_free(&url);
        client_close(c);
}
END_TEST

/* Rounds of changes: cleared values, removed people, members and managers that come and go. */
START_TEST(changes_have_the_shape)
{
        struct client *c = client_open(500);
        char *people = client_latest(c, "displayName,department,otherMails,businessPhones,manager"), *groups;

        groups_generate(&c->e->groups, &c->e->people, 10);
        groups = client_round(c, "/v1.0/groups/delta?$deltatoken=latest", NULL, NULL, NULL);
        client_do(c, "bulk", "{\"op\":\"change\",\"count\":50,\"property\":\"department\"}");
        client_ask(c, "change", 3, ",\"set\":{\"department\":null,\"otherMails\":null,\"businessPhones\":[],\"manager\":null}");
        client_ask(c, "change", 4, ",\"set\":{\"manager\":null}");
        client_do(c, "bulk", "{\"op\":\"remove\",\"count\":20}");
        client_do(c, "bulk", "{\"op\":\"purge\",\"count\":5}");
        client_do(c, "join", "{\"group\":\"All Staff\",\"others\":4}");
        client_do(c, "leave", "{\"group\":\"All Staff\",\"count\":9}");
        client_do(c, "group", "{\"set\":{\"displayName\":\"Z\",\"onPremisesSamAccountName\":\"z\",\"assignedLabels\":[]}}");
        client_do(c, "group-remove", "{\"group\":\"Z\"}");
        ck_assert_uint_ge(check_pages(c, people, true, shape_delta_item), 50);
        ck_assert_uint_ge(check_pages(c, groups, true, shape_group_item), 2);
        free(people);
        free(groups);
        client_close(c);
}
END_TEST

/* What is not of the shape is seen: the test above can fail. */
static const struct {
        shape_of *shape;
        const char *json, *says;
} bad[] = {
        { shape_user, "{\"displayName\":\"A\"}", "no id" }, { shape_user, "{\"id\":null}", "no id" },
        { shape_user, "{\"id\":7}", "no id" }, { shape_user, "{\"id\":\"a\",\"displayName\":7}", "'displayName'" },
        { shape_user, "{\"id\":\"a\",\"shoeSize\":\"7\"}", "'shoeSize'" },
        { shape_user, "{\"id\":\"a\",\"accountEnabled\":\"true\"}", "'accountEnabled'" },
        { shape_user, "{\"id\":\"a\",\"businessPhones\":null}", "'businessPhones'" },
        { shape_user, "{\"id\":\"a\",\"businessPhones\":[1]}", "'businessPhones'" },
        { shape_user, "{\"id\":\"a\",\"createdDateTime\":\"2026-01-01\"}", "'createdDateTime'" },
        { shape_user, "{\"id\":\"a\",\"assignedLicenses\":[{\"skuId\":1}]}", "'skuId'" },
        { shape_user, "{\"id\":\"a\",\"onPremisesExtensionAttributes\":{\"extensionAttribute1\":null}}", "'onPremises" },
        { shape_group, "{\"id\":\"a\",\"department\":\"A\"}", "'department'" },
        { shape_group, "{\"id\":\"a\",\"groupTypes\":null}", "'groupTypes'" },
        { shape_group, "{\"id\":\"a\",\"mailEnabled\":0}", "'mailEnabled'" },
        { shape_delta_item, "{\"id\":\"a\",\"@removed\":{\"reason\":\"bored\"}}", "@removed" },
        { shape_delta_item, "{\"id\":\"a\",\"@removed\":null}", "@removed" },
        { shape_delta_item, "{\"id\":\"a\",\"manager@delta\":[]}", "relation" },
        { shape_delta_item, "{\"id\":\"a\",\"manager@delta\":[{\"id\":\"b\"}]}", "relation" },
        { shape_group_item, "{\"id\":\"a\",\"members@delta\":{\"id\":\"b\"}}", "relation" },
        { shape_group_item, "{\"id\":\"a\",\"members@delta\":[{\"@odata.type\":\"x\",\"id\":\"b\",\"mail\":null}]}", "relation" },
        { shape_error, "{\"error\":{\"code\":\"A\",\"message\":\"B\"}}", "innerError" },
        { shape_error, "{\"error\":{\"code\":7,\"message\":\"B\"}}", "code" }, { shape_error, "{\"error\":\"A\"}", "code" },
        { shape_error, "{\"error\":{},\"more\":1}", "beside" },
};

START_TEST(another_shape_is_seen)
{
        struct json_object *o = json_tokener_parse(bad[_i].json);
        struct text why = { 0 };
        const char *wrong;

        ck_assert_ptr_nonnull(o);
        wrong = bad[_i].shape(o, &why);
        ck_assert_msg(wrong != NULL && strstr(wrong, bad[_i].says) != NULL, "%s: %s", bad[_i].json,
                      wrong != NULL ? wrong : "good");
        json_object_put(o);
        text_free(&why);
}
END_TEST

static const struct {
        const char *json;
        bool delta;
} bad_pages[] = {
        { "{}", false }, { "[]", false }, { "{\"@odata.context\":\"c\",\"value\":{}}", false }, { "{\"value\":[]}", false },
        { "{\"@odata.context\":\"c\",\"value\":[]}", true }, { "{\"@odata.context\":7,\"value\":[]}", false },
        { "{\"@odata.context\":\"c\",\"value\":[],\"@odata.deltaLink\":\"d\"}", false },
        { "{\"@odata.context\":\"c\",\"value\":[],\"@odata.deltaLink\":\"d\",\"@odata.nextLink\":\"n\"}", true },
        { "{\"@odata.context\":\"c\",\"value\":[],\"@odata.count\":\"7\"}", false },
        { "{\"@odata.context\":\"c\",\"value\":[],\"count\":7}", false },
        { "{\"@odata.context\":\"c\",\"value\":[7]}", false }, { "{\"@odata.context\":\"c\",\"value\":[{}]}", false },
};

START_TEST(another_page_is_seen)
{
        struct json_object *o = json_tokener_parse(bad_pages[_i].json);
        struct text why = { 0 };

        ck_assert_msg(shape_page(o, bad_pages[_i].delta, shape_user, &why) != NULL, "%s", bad_pages[_i].json);
        json_object_put(o);
        text_free(&why);
}
END_TEST

Suite *
suite_shape(void)
{
        Suite *s = suite_create("graph shape");
        TCase *t = tcase_create("shape of replies");

        tcase_add_loop_test(t, replies_have_the_shape, 0, (int)(sizeof reads / sizeof reads[0]));
        tcase_add_test(t, changes_have_the_shape);
        tcase_add_loop_test(t, another_shape_is_seen, 0, (int)(sizeof bad / sizeof bad[0]));
        tcase_add_loop_test(t, another_page_is_seen, 0, (int)(sizeof bad_pages / sizeof bad_pages[0]));
        suite_add_tcase(s, t);
        return s;
}
