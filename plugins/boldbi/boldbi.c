/* SPDX-License-Identifier: Apache-2.0
 *
 * boldbi.c - the boldbi sink: users, groups and members of one site of Syncfusion Bold BI, by
 * its site API v5.0 (v4.0 by option).  Options, attributes, descriptor, life of an instance;
 * the README beside it says which file does what. */
#include "boldbi.h"

#include <stdlib.h>

#include <muster/password.h>

#define C struct bbi_config
static const struct mst_option options[] = {
        { .name = "url", MST_URL_OPTION(C, http.url), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .choices = "https|http", .help = "the site's API: https://HOST/bi/api/site/SITE, on Syncfusion's cloud https://HOST/bi/api",
          .more = "http is accepted for this machine (loopback) only." },
        MST_HTTP_COMMON_OPTIONS(C, http),
        { .name = "username", MST_TEXT_OPTION(C, username),
          .flags = MST_OPT_ASK, .help = "e-mail or user name to sign in as, of a local user in the group System Administrator" },
        { .name = "password", MST_SECRET_OPTION(C, password), .flags = MST_OPT_ASK, .help = "password for username" },
        { .name = "api-key", MST_SECRET_OPTION(C, api_key),
          .help = "API key from the profile page, in place of username and password" },
        { .name = "version", MST_CHOICE_OPTION(C, version), .flags = MST_OPT_ADVANCED, .def = "5.0", .choices = "5.0|4.0",
          .help = "of the site API" },
        { .name = "initial-password", MST_CHOICE_OPTION(C, initial_password), .def = "random", .choices = "random|none",
          .help = "whether new users get a password: random where the site activates users at once, none where it "
                  "sends them an e-mail" },
        { .name = "password-file", MST_PATH_OPTION(C, password_file),
          .help = "the file, readable by us only, to which first passwords are added; without it nobody learns them" },
        { .name = NULL }
};

static const struct mst_attribute attributes[] = {
        { "Email", MST_TEXT, MST_ATTR_NAMING, 255, "unique in the site; not to be changed on Syncfusion's cloud" },
        { "Username", MST_TEXT, MST_ATTR_NAMING | MST_ATTR_REQUIRED, 255, "unique in the site" },
        { "FirstName", MST_TEXT, MST_ATTR_EXACT | MST_ATTR_REQUIRED, 255, NULL },
        { "Lastname", MST_TEXT, MST_ATTR_EXACT, 255, NULL },
        { "ContactNumber", MST_TEXT, MST_ATTR_EXACT, 255, NULL },
        { "DirectoryType", MST_TEXT, MST_ATTR_READ_ONLY, 0, "Local, AzureAD, ...: where the user came from" },
        { "UserStatus", MST_TEXT, MST_ATTR_READ_ONLY, 0, "Active or InActive" },
        { "*", MST_TEXT, MST_ATTR_EXACT, 0, "any other name: an attribute of the user" },
        { "Name", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_NAMING | MST_ATTR_REQUIRED, 255, "unique in the site" },
        { "Description", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_EXACT, 0, NULL },
        { NULL, 0, 0, 0, NULL }
};

static const struct mst_default_map map[] = {
        { "Username", "[userPrincipalName]", 0 },
        { "Email", "Coalesce([mail], [userPrincipalName])", 0 },
        { "FirstName", "Coalesce([givenName], [displayName], [userPrincipalName])", 0 },
        { "Lastname", "[surname]", 0 },
        { "ContactNumber", "[mobilePhone]", 0 },
        { "Name", "[name]", MST_ATTR_GROUP },
        { "Description", "[title]", MST_ATTR_GROUP },
        { NULL, NULL, 0 }
};

static int
check(const struct bbi_config *c, struct mst_error *err)
{
        bool by_name = c->username != NULL || c->password != NULL;

        if (c->api_key != NULL ? by_name : c->username == NULL || c->password == NULL)
                return mst_fail(err, MST_ECONFIG, "give either api-key, or username and password");
        if (c->initial_password == BBI_NONE && c->password_file != NULL)
                return mst_fail(err, MST_ECONFIG, "password-file needs <initial-password>random</initial-password>");
        return c->password_file != NULL ? mst_password_check("password-file", c->password_file, err) : MST_OK;
}

static void
bbi_close(void *self)
{
        struct bbi_sink *sink = self;

        if (sink != NULL)
                mst_rest_free(sink->rest);
        free(sink);
}

static int
start(struct bbi_sink *sink, struct mst_error *err)
{
        const struct bbi_config *c = sink->config;

        if (check(c, err) != MST_OK
            || (sink->rest = mst_rest_new(&bbi_service, &c->http, sizeof c->http, sink->host, err)) == NULL)
                return err->code;
        mst_rest_prefix(sink->rest, c->version == BBI_V4 ? "/v4.0" : "/v5.0");
        if (c->api_key == NULL)
                return mst_rest_token(sink->rest, bbi_token_get, sink, err);
        mst_rest_key(sink->rest, "basic ", c->api_key);      /* the word and the key as it is, no base64 */
        return MST_OK;
}

static int
bbi_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct bbi_sink *sink = calloc(1, sizeof *sink);

        if (sink == NULL)
                return mst_fail_memory(err, "opening Bold BI");
        *sink = (struct bbi_sink){ .config = config, .host = host };
        if (start(sink, err) != MST_OK) {
                bbi_close(sink);
                return err->code;
        }
        *self = sink;
        return MST_OK;
}

static int
bbi_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        static const struct mst_rest_flow flows[] = {
                { MST_USER, MST_CREATE, bbi_user_create }, { MST_USER, MST_DELETE, bbi_user_delete },
                { MST_USER, 0, bbi_user_update },
                { MST_GROUP, MST_CREATE, bbi_group_create }, { MST_GROUP, MST_DELETE, bbi_group_delete },
                { MST_GROUP, 0, bbi_group_update },
                { 0, 0, NULL }
        };
        struct bbi_sink *sink = self;
        const struct mst_rest_plan plan = {
                .size = sizeof plan, .flows = flows, .self = sink, .space = sizeof(struct bbi_user),
                .there = "/users/{id}/groups", .end = bbi_user_end,
        };
        int code;

        sink->waiting = 0;
        code = mst_rest_apply(sink->rest, feed, &plan, err);
        if (sink->waiting > 0)
                mst_host_log(sink->host, MST_LOG_INFO, "%zu new users are awaiting activation: they are not active before they follow the "
                             "link in their e-mail, which is good for two days", sink->waiting);
        return code;
}

static const struct mst_sink_calls calls = {
        .size = sizeof calls, .config_size = sizeof(struct bbi_config),
        .open = bbi_open, .probe = bbi_probe, .find = bbi_find, .apply = bbi_apply, .list = bbi_list, .close = bbi_close,
};

MST_PLUGIN(boldbi) = {
        MST_PLUGIN_HEAD,
        .name = "boldbi", .version = "1.0",
        .summary = "writes users, groups and members to a site of Bold BI",
        .sink = &calls, .sink_options = options, .sink_attributes = attributes, .sink_map = map,
        .sink_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE | MST_CAN_LIST
                  | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_PRESENT
                  | MST_CAN_MEMBER_IDS,
        .sink_in_flight = 256, .sink_members = 100, .sink_matches = "Email Username", .sink_gone = MST_DELETE,
        .sink_words = "modified=updated+renamed+adopted deleted=deleted duplicated=duplicate",
};
