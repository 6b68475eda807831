/* SPDX-License-Identifier: Apache-2.0
 *
 * file.c - the descriptor of the 'file' connector: CSV, JSON Lines and LDIF. */
#include <muster/plugin.h>

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

MST_PLUGIN(file) = {
        MST_PLUGIN_HEAD,
        .name = "file",
        .version = FIL_VERSION,
        .summary = "reads and writes people and groups in CSV, JSON Lines and LDIF files",
        .source = &source_calls,
        .source_options = fil_source_options,
        .source_attributes = source_attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_FETCH | MST_CAN_INCREMENTAL,
};
