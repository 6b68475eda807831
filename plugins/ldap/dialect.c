/* SPDX-License-Identifier: Apache-2.0
 *
 * dialect.c - the table of dialects.
 *
 * 389 Directory Server has entryUUID only where its plugin is on, and then not in older
 * entries; nsUniqueId every entry has, the same on all servers of a topology. */
#include "dialect.h"

#include <string.h>

/* libldap wants lists that it could write to, though it never does. */
#define CLASSES(...) (char *[]){ __VA_ARGS__, NULL }
#define NAME(text) (char *)text
#define PEOPLE_CLASSES CLASSES(NAME("top"), NAME("person"), NAME("organizationalPerson"), NAME("inetOrgPerson"))

static const struct ldp_dialect dialects[] = {
        { .name = LDP_OPENLDAP, .title = "OpenLDAP", .id = "entryUUID",
          .user_classes = PEOPLE_CLASSES,
          .user_rdn = "uid", .group_rdn = "cn",
          .lock = "pwdAccountLockedTime", .locked = "000001010000Z", .stamp_hint = "employeeNumber" },
        { .name = LDP_389DS, .title = "389 Directory Server", .id = "nsUniqueId",
          .user_classes = PEOPLE_CLASSES,
          .user_rdn = "uid", .group_rdn = "cn",
          .lock = "nsAccountLock", .locked = "true", .stamp_hint = "employeeNumber" },
        { .name = LDP_AD, .title = "Active Directory", .id = "objectGUID", .id_is_guid = true, .id_addresses = true,
          .user_classes = CLASSES(NAME("top"), NAME("person"), NAME("organizationalPerson"), NAME("user")),
          .user_rdn = "cn", .group_rdn = "cn", .user_filter = "(&(objectCategory=person)(objectClass=user))",
          .lock = "userAccountControl", .lock_bit = 0x2,
          .stamp_hint = "adminDescription, which is indexed, or employeeID", .most_paged = 1000,
          .most_values = 5000 },
        { .name = LDP_OTHER, .title = "a server of no known kind", .id = "entryUUID",
          .user_classes = PEOPLE_CLASSES,
          .user_rdn = "uid", .group_rdn = "cn", .stamp_hint = "employeeNumber" },
};

const struct ldp_dialect *
ldp_dialect_of(enum ldp_dialect_name name)
{
        for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
                if (dialects[i].name == name)
                        return &dialects[i];
        return NULL;
}

static bool
holds(const char *const *list, const char *text)
{
        for (; *list != NULL; list++)
                if (strcmp(*list, text) == 0)
                        return true;
        return false;
}

const struct ldp_dialect *
ldp_dialect_guess(const char *const *capabilities, const char *const *classes, const char *vendor)
{
        if (holds(capabilities, "1.2.840.113556.1.4.800"))
                return ldp_dialect_of(LDP_AD);
        if (holds(classes, "OpenLDAProotDSE"))
                return ldp_dialect_of(LDP_OPENLDAP);
        if (vendor != NULL && (strncmp(vendor, "389 ", 4) == 0 || strncmp(vendor, "389-", 4) == 0))
                return ldp_dialect_of(LDP_389DS);
        return ldp_dialect_of(LDP_OTHER);
}
