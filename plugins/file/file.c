/* SPDX-License-Identifier: Apache-2.0
 *
 * file.c - the descriptor of the 'file' connector: CSV, JSON Lines and LDIF. */
#include <muster/plugin.h>

#include "sink.h"
#include "source.h"

static const struct mst_source_calls source_calls = {
        .size = sizeof source_calls,
        .config_size = sizeof(struct fil_source_config),
        .open = fil_source_open,
        .probe = fil_source_probe,
        .read = fil_source_read,
        .fetch = fil_source_fetch,
        .close = fil_source_close,
};

/* Which columns there are, only the file knows. */
static const struct mst_attribute source_attributes[] = {
        { "accountEnabled", MST_BOOL, 0, 0, "read as a boolean" },
        { "manager", MST_REF, 0, 0, "the id of another row" },
        { "*", MST_TEXT, MST_ATTR_MANY, 0, "every column of the file" },
        { "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0, "every column of the file of groups" },
        { NULL, 0, 0, 0, NULL }
};

static const struct mst_sink_calls sink_calls = {
        .size = sizeof sink_calls,
        .config_size = sizeof(struct fil_sink_config),
        .open = fil_sink_open,
        .probe = fil_sink_probe,
        .find = fil_sink_find,
        .apply = fil_sink_apply,
        .list = fil_sink_list,
        .close = fil_sink_close,
};

static const struct mst_attribute sink_attributes[] = {
        { "manager", MST_REF, 0, 0, "the id (ldif: the DN) of the manager's row" },
        { "*", MST_TEXT, MST_ATTR_MANY, 0, "any column" },
        { "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0, "any column" },
        { NULL, 0, 0, 0, NULL }
};

static const struct mst_default_map sink_map[] = {
        { "displayName", "[displayName]", 0 },
        { "givenName", "[givenName]", 0 },
        { "surname", "[surname]", 0 },
        { "mail", "[mail]", 0 },
        { "userPrincipalName", "[userPrincipalName]", 0 },
        { "jobTitle", "[jobTitle]", 0 },
        { "department", "[department]", 0 },
        { "name", "[name]", MST_ATTR_GROUP },
        { "description", "[title]", MST_ATTR_GROUP },
        { NULL, NULL, 0 }
};

MST_PLUGIN(file) = {
        MST_PLUGIN_HEAD,
        .name = "file",
        .version = FIL_VERSION,
        .summary = "reads and writes people and groups in CSV, JSON Lines and LDIF files",
        .source = &source_calls,
        .source_options = fil_source_options,
        .source_attributes = source_attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_FETCH | MST_CAN_INCREMENTAL,
        .sink = &sink_calls,
        .sink_options = fil_sink_options,
        .sink_attributes = sink_attributes,
        .sink_map = sink_map,
        .sink_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DISABLE | MST_CAN_DELETE |
                    MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_NEST |
                    MST_CAN_PRESENT,
        .sink_in_flight = FIL_AT_ONCE,
};
