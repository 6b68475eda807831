/* SPDX-License-Identifier: Apache-2.0
 *
 * kaizala.c - the connector for Microsoft Kaizala, a sink.
 *
 * People are written to the organisation's Directory, which no public call reaches: as
 * files for its import, or through a portal door where one is configured.  Groups are
 * kept by the group API.  This file holds what the program sees: options, descriptor, and
 * the life of an instance. */
#include <stdlib.h>
#include <string.h>

#include <muster/seal.h>

#include "kaizala.h"

enum { FILE_MOST = 1000000 };                /* 1 MB is 1,048,576 [S] */

#define GROUP_ATTRIBUTES "name welcomeMessage groupType parent admins"
#define C struct kzl_config

static const struct mst_option options[] = {
        { .name = "url", MST_URL_OPTION(C, http.url), .flags = MST_OPT_IDENTITY, .choices = "https|http",
          .def = "https://api.kaiza.la", .help = "the root host, which gives tokens" },
        { .name = "application-id", MST_TEXT_OPTION(C, application_id), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the connector's id, from the management portal" },
        { .name = "application-secret", MST_SECRET_OPTION(C, application_secret), .flags = MST_OPT_REQUIRED,
          .help = "the connector's secret" },
        { .name = "refresh-token", MST_SECRET_OPTION(C, refresh_token), .flags = MST_OPT_REQUIRED,
          .help = "user token of an organisation admin, made in the portal",
          .more = "It lives 365 days; before they end the service gives another, which Muster keeps." },
        { .name = "token-key", MST_SECRET_OPTION(C, token_key), .flags = MST_OPT_REQUIRED,
          .help = "key under which refresh tokens that the service gives are kept in the store",
          .more = "At least 16 bytes, of any kind." },
        { .name = "trusted-hosts", MST_LIST_OPTION(C, trusted_hosts), .flags = MST_OPT_ADVANCED,
          .help = "further hosts or domains that the service may send the token to",
          .more = "Beside those below kaiza.la and osi.office.net." },
        { .name = "calls-per-minute", MST_INTEGER_OPTION(C, calls_per_minute), .def = "100", .min = 1, .max = 100000,
          .help = "most calls of the group API in a minute",
          .more = "The service allows 100 to a connector and 300 to all connectors of an organisation." },
        { .name = "outbox", MST_PATH_OPTION(C, outbox), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "folder for the numbered files that are imported into the Directory" },
        { .name = "export-path", MST_PATH_OPTION(C, export_path),
          .help = "file where the admin puts the export of the Directory" },
        { .name = "portal-url", MST_URL_OPTION(C, portal_url), .choices = "https|http",
          .help = "a door to the Directory that takes the files, instead of an admin" },
        { .name = "default-country", MST_TEXT_OPTION(C, default_country),
          .help = "country code of phone numbers that have none, such as +49" },
        { .name = "columns", MST_LIST_OPTION(C, columns), .flags = MST_OPT_WHOLE,
          .help = "the columns of the files, in their order",
          .more = "Default: PhoneNumber, First Name, Last Name, City, and what else is mapped, in order of the names." },
        { .name = "broadcast-people", MST_CHOICE_OPTION(C, broadcast), .def = "subscribers", .choices = "subscribers|members",
          .help = "what people are in broadcast groups" },
        { .name = "leavers", MST_CHOICE_OPTION(C, leavers), .def = "all-groups", .choices = "all-groups|managed-groups",
          .help = "which groups somebody leaves who leaves the Directory",
          .more = "all-groups lists the members of every group of the organisation for it." },
        { .name = "spreadsheet-safe", MST_BOOLEAN_OPTION(C, spreadsheet_safe), .def = "no",
          .help = "put an apostrophe before cells that a spreadsheet would take for formulas" },
        MST_HTTP_COMMON_OPTIONS(C, http),
        { .name = NULL }
};

static const struct mst_attribute attributes[] = {
        { "PhoneNumber", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_NAMING | MST_ATTR_EXACT, 0, "with country code" },
        { "First Name", MST_TEXT, 0, 0, NULL },
        { "Last Name", MST_TEXT, 0, 0, NULL },
        { "City", MST_TEXT, 0, 0, NULL },
        { "*", MST_TEXT, 0, 0, "any attribute of the Directory" },
        { "name", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_REQUIRED | MST_ATTR_NAMING | MST_ATTR_EXACT, 0,
          "not changed later: no call renames a group" },
        { "welcomeMessage", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_FIXED, 0, "shown to each new member" },
        { "groupType", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_FIXED, 0, "Group or ConnectGroup (broadcast)" },
        { "parent", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_EXACT, 0, "id or name of the group that it is below" },
        { "admins", MST_TEXT, MST_ATTR_GROUP | MST_ATTR_MANY, 0, "phone numbers of its admins" },
        { .name = NULL }
};

/* "(0)" and what separates digits is taken out, so that numbers compare however they are written. */
static const struct mst_default_map map[] = {
        { "PhoneNumber", "Replace([mobilePhone], , \"\\\\(0\\\\)|[-\\\\s()./]\", , \"\", , )", 0 },
        { "First Name", "[givenName]", 0 },
        { "Last Name", "[surname]", 0 },
        { "City", "[city]", 0 },
        { "name", "Coalesce([title], [name])", MST_ATTR_GROUP },
        { "welcomeMessage", "Append(\"Welcome to \", Coalesce([title], [name]))", MST_ATTR_GROUP },
        { "groupType", "\"Group\"", MST_ATTR_GROUP },
        { .to = NULL }
};

static void
kzl_close(void *self)
{
        struct kzl *k = self;

        if (k == NULL)
                return;
        mst_roster_free(k->roster);
        mst_rest_free(k->rest);
        mst_arena_free(k->arena);
        free(k);
}

void
kzl_begin(struct kzl *k)
{
        mst_rest_begin(k->rest);
        mst_roster_free(k->roster);
        k->roster = NULL;
        k->groups = NULL;
        k->members_of = NULL;
}

static int
start(struct kzl *k, struct mst_error *err)
{
        static const char *const first[] = { "PhoneNumber", "First Name", "Last Name", "City", NULL };
        const struct kzl_config *c = k->config;

        k->layout = (struct mst_roster_layout){
                .size = sizeof k->layout, .folder = c->outbox, .puts = "import", .drops = "removals",
                .known_by = "the phone number", .begins = "+", .most = FILE_MOST, .safe = c->spreadsheet_safe, .yes = "Yes", .no = "No",
        };
        k->layout.columns = mst_roster_columns(k->host, k->arena, c->columns, first, GROUP_ATTRIBUTES, &k->layout.column_count);
        if (k->layout.columns == NULL)
                return mst_fail_memory(err, "opening the connector");
        if (strcmp(k->layout.columns[0], "PhoneNumber") != 0)
                return mst_fail(err, MST_ECONFIG, "columns: the first must be PhoneNumber, which the Directory knows people by, and "
                                "not '%s'", k->layout.columns[0]);
        if (mst_seal_check("token-key", c->token_key, err) != MST_OK)
                return err->code;
        k->rest = mst_rest_new(&kzl_service, &c->http, sizeof c->http, k->host, err);
        if (k->rest == NULL || mst_rest_token(k->rest, kzl_token_get, k, err) != MST_OK)
                return err->code;
        mst_http_set(mst_rest_http(k->rest), MST_HTTP_MINUTE, c->calls_per_minute);
        mst_rest_trust(k->rest, c->trusted_hosts);
        if (c->portal_url != NULL && mst_rest_allow(k->rest, c->portal_url, err) != MST_OK)
                return mst_wrap(err, "portal-url");
        return MST_OK;
}

static int
kzl_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct kzl *k = calloc(1, sizeof *k);

        if (k == NULL)
                return mst_fail_memory(err, "opening the connector");
        k->config = config;
        k->host = host;
        k->arena = mst_arena_new(0);
        if (k->arena == NULL)
                mst_fail_memory(err, "opening the connector");
        if (k->arena == NULL || start(k, err) != MST_OK) {
                kzl_close(k);
                return err->code;
        }
        *self = k;
        return MST_OK;
}

static const struct mst_sink_calls calls = {
        .size = sizeof calls, .config_size = sizeof(struct kzl_config),
        .open = kzl_open, .probe = kzl_probe, .find = kzl_find, .apply = kzl_apply, .list = kzl_list, .close = kzl_close,
};

MST_PLUGIN(kaizala) = {
        MST_PLUGIN_HEAD,
        .name = "kaizala", .version = "0.1.0",
        .summary = "writes the Directory and the groups of Microsoft Kaizala",
        .sink = &calls, .sink_options = options, .sink_attributes = attributes, .sink_map = map,
        .sink_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE | MST_CAN_LIST
                    | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_NEST | MST_CAN_PRESENT,
        .sink_in_flight = 16384, .sink_members = KZL_NUMBERS,
};
