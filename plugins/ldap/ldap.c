/* SPDX-License-Identifier: Apache-2.0
 *
 * ldap.c - the descriptor of the 'ldap' connector: a sink for LDAP directories, and a source. */
#include <muster/plugin.h>

#include "columns.h"
#include "options.h"
#include "plugin.h"
#include "reading.h"
#include "source.h"

static const struct mst_sink_calls calls = {
        .size = sizeof calls,
        .config_size = sizeof(struct ldp_config),
        .open = ldp_sink_open,
        .probe = ldp_probe,
        .find = ldp_find,
        .apply = ldp_apply,
        .list = ldp_list,
        .close = ldp_sink_close,
};

static const struct mst_source_calls source_calls = {
        .size = sizeof source_calls,
        .config_size = sizeof(struct ldp_reading),
        .open = ldp_source_open,
        .probe = ldp_source_probe,
        .read = ldp_source_read,
        .fetch = ldp_source_fetch,
        .close = ldp_source_close,
};

/* What inetOrgPerson and groupOfNames have everywhere; the server's own schema, read
 * by the probe, says the rest. */
static const struct mst_attribute attributes[] = {
        { "@parent", MST_TEXT, MST_ATTR_NAMING, 0, "RDNs between user-base and the entry: \"ou=Berlin\"" },
        { "uid", MST_TEXT, MST_ATTR_MANY, 0, "account name; names people unless user-rdn says otherwise" },
        { "cn", MST_TEXT, MST_ATTR_MANY, 0, "full name" },
        { "sn", MST_TEXT, MST_ATTR_MANY, 0, "family name" },
        { "givenName", MST_TEXT, MST_ATTR_MANY, 0, NULL },
        { "displayName", MST_TEXT, 0, 0, NULL },
        { "mail", MST_TEXT, MST_ATTR_MANY, 256, NULL },
        { "title", MST_TEXT, MST_ATTR_MANY, 0, NULL },
        { "manager", MST_REF, MST_ATTR_MANY, 0, "DN of the manager's entry" },
        { "secretary", MST_REF, MST_ATTR_MANY, 0, NULL },
        { "jpegPhoto", MST_BYTES, MST_ATTR_MANY, 0, NULL },
        { "userPassword", MST_TEXT, MST_ATTR_MANY | MST_ATTR_SECRET, 0, NULL },
        { "entryUUID", MST_TEXT, MST_ATTR_READ_ONLY, 0, "the server's lasting id" },
        { "*", MST_TEXT, MST_ATTR_MANY, 0, "whatever the object classes allow" },
        { "@parent", MST_TEXT, MST_ATTR_NAMING | MST_ATTR_GROUP, 0, "RDNs between group-base and the entry" },
        { "cn", MST_TEXT, MST_ATTR_MANY | MST_ATTR_REQUIRED | MST_ATTR_GROUP, 0, "the group's name" },
        { "description", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 1024, NULL },
        { "owner", MST_REF, MST_ATTR_MANY | MST_ATTR_GROUP, 0, NULL },
        { "entryUUID", MST_TEXT, MST_ATTR_READ_ONLY | MST_ATTR_GROUP, 0, "the server's lasting id" },
        { "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0, "whatever the object classes allow" },
        { NULL, 0, 0, 0, NULL }
};

/* employeeNumber is left free: it is what most admins take for the stamp. */
static const struct mst_default_map map[] = {
        { "uid", "ToLower([mailNickname])", 0 },
        { "cn", "Coalesce([displayName], [userPrincipalName])", 0 },
        { "sn", "Coalesce([surname], [displayName], [userPrincipalName])", 0 },
        { "givenName", "[givenName]", 0 },
        { "displayName", "[displayName]", 0 },
        { "mail", "[mail]", 0 },
        { "title", "[jobTitle]", 0 },
        { "ou", "[department]", 0 },
        { "o", "[companyName]", 0 },
        { "telephoneNumber", "[businessPhones]", 0 },
        { "mobile", "[mobilePhone]", 0 },
        { "street", "[streetAddress]", 0 },
        { "l", "[city]", 0 },
        { "st", "[state]", 0 },
        { "postalCode", "[postalCode]", 0 },
        { "preferredLanguage", "[preferredLanguage]", 0 },
        { "manager", "[manager]", 0 },
        { "cn", "[name]", MST_ATTR_GROUP },
        { "description", "[title]", MST_ATTR_GROUP },
        { NULL, NULL, 0 }
};

MST_PLUGIN(ldap) = {
        MST_PLUGIN_HEAD,
        .name = "ldap",
        .version = LDP_VERSION,
        .summary = "reads and writes people and groups of an LDAP directory",
        .source = &source_calls,
        .source_options = ldp_reading_options,
        .source_attributes = ldp_reading_attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_INCREMENTAL | MST_CAN_FETCH,
        .source_ids_unique = true,
        .sink = &calls,
        .sink_options = ldp_options,
        .sink_attributes = attributes,
        .sink_map = map,
        .sink_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DISABLE |
                    MST_CAN_DELETE | MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS |
                    MST_CAN_EMPTY_GROUP | MST_CAN_NEST | MST_CAN_PRESENT,
        .sink_in_flight = 32,
        .sink_members = 0,
};
