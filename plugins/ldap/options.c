/* SPDX-License-Identifier: Apache-2.0
 *
 * options.c - the table of options, and the checks that need more than a row. */
#include "options.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <ldap.h>

#include "kind.h"
#include "login.h"
#include "number.h"
#include "password.h"
#include "uri.h"

#define C struct ldp_config

const struct mst_option ldp_options[] = {
        LDP_ACCESS_OPTIONS(C),
        { .name = "user-base", MST_TEXT_OPTION(C, user_base),
          .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the entry below which people are" },
        { .name = "group-base", MST_TEXT_OPTION(C, group_base), .flags = MST_OPT_IDENTITY | MST_OPT_ASK,
          .help = "the entry below which groups are; without it there are no groups" },
        { .name = "user-rdn", MST_TEXT_OPTION(C, user_rdn),
          .help = "the attribute that names people, or several joined with '+'",
          .more = "Default: uid; with the dialect ad: cn." },
        { .name = "group-rdn", MST_TEXT_OPTION(C, group_rdn),
          .help = "the attribute that names groups, or several joined with '+'",
          .more = "Default: cn." },
        { .name = "create-parents", MST_BOOLEAN_OPTION(C, create_parents), .def = "no",
          .help = "make the entries that the map of @parent names and that do not exist",
          .more = "One by one below the base, as organizationalUnit, organization, locality, country or "
                  "domain, by the attribute that names them; they are never deleted." },
        { .name = "user-object-classes", MST_LIST_OPTION(C, user_classes),
          .help = "object classes of people that Muster creates",
          .more = "Default: top person organizationalPerson inetOrgPerson; with the dialect ad user in place of "
                  "the last." },
        { .name = "group-object-classes", MST_LIST_OPTION(C, group_classes),
          .help = "object classes of groups that Muster creates",
          .more = "Default: those of group-kind." },
        { .name = "group-kind", MST_CHOICE_OPTION(C, group_kind), .def = "auto",
          .choices = "auto|groupOfNames|groupOfUniqueNames|posixGroup|ad|custom",
          .help = "what groups are: their classes, and what stands in them for a member",
          .more = "auto: groupOfNames, on Active Directory its own.  custom needs group-object-classes and "
                  "member-attribute." },
        { .name = "group-scope", MST_CHOICE_OPTION(C, group_scope), .def = "global",
          .choices = "global|domain-local|universal",
          .help = "Active Directory: the scope of groups that Muster creates" },
        { .name = "group-security", MST_BOOLEAN_OPTION(C, group_security), .def = "yes",
          .help = "Active Directory: whether new groups can be given rights; no makes distribution lists" },
        { .name = "user-filter", MST_TEXT_OPTION(C, user_filter), .flags = MST_OPT_ADVANCED,
          .help = "which entries below user-base are people",
          .more = "Default: those that have the first of user-object-classes after top; with the dialect ad "
                  "those of the category person and the class user." },
        { .name = "group-filter", MST_TEXT_OPTION(C, group_filter), .flags = MST_OPT_ADVANCED,
          .help = "which entries below group-base are groups",
          .more = "Default: those that have the first of group-object-classes after top." },
        { .name = "member-attribute", MST_TEXT_OPTION(C, member_attribute),
          .help = "the attribute of groups that holds their members",
          .more = "Default: that of group-kind (member, uniqueMember, memberUid)." },
        { .name = "member-value", MST_TEXT_OPTION(C, member_value), .flags = MST_OPT_ADVANCED,
          .help = "what stands in it for a member: dn, or an attribute of people such as uid",
          .more = "Default: that of group-kind." },
        { .name = "empty-member", MST_TEXT_OPTION(C, empty_member),
          .help = "DN that stands in a group which would otherwise have no member",
          .more = "groupOfNames must have a member, unless the server's schema says otherwise.  Default: bind-dn, "
                  "or without one the group's own DN; 'none': never.  It goes when a real member joins." },
        { .name = "stamp-attribute", MST_TEXT_OPTION(C, user_stamp),
          .flags = MST_OPT_ASK, .help = "attribute of people that holds the source's id, by which they are found again",
          .more = "Give it an equality index and, if the server can, a uniqueness constraint." },
        { .name = "group-stamp-attribute", MST_TEXT_OPTION(C, group_stamp),
          .help = "the same for groups" },
        { .name = "number-attribute", MST_TEXT_OPTION(C, number_attribute),
          .help = "attribute of people that is given a number of its own at creation, such as uidNumber",
          .more = "Maps cannot write it." },
        { .name = "number-range", MST_TEXT_OPTION(C, number_range),
          .help = "the numbers that may be given, such as 20000-59999" },
        { .name = "number-counter", MST_TEXT_OPTION(C, number_counter),
          .help = "DN of an entry that holds the next free number",
          .more = "Without it the highest in use is looked up and kept; nobody else may draw numbers then." },
        { .name = "number-counter-attribute", MST_TEXT_OPTION(C, number_counter_attribute),
          .flags = MST_OPT_ADVANCED, .help = "its attribute", .more = "Default: as number-attribute." },
        { .name = "group-number-attribute", MST_TEXT_OPTION(C, group_number_attribute),
          .help = "the same for groups, such as gidNumber" },
        { .name = "group-number-range", MST_TEXT_OPTION(C, group_number_range),
          .help = "the numbers that may be given to groups" },
        { .name = "group-number-counter", MST_TEXT_OPTION(C, group_number_counter),
          .help = "DN of an entry that holds the next free number of a group" },
        { .name = "group-number-counter-attribute", MST_TEXT_OPTION(C, group_number_counter_attribute),
          .flags = MST_OPT_ADVANCED, .help = "its attribute", .more = "Default: as group-number-attribute." },
        { .name = "disabled-attribute", MST_TEXT_OPTION(C, disabled_attribute),
          .help = "attribute that locks an account, such as pwdAccountLockedTime",
          .more = "Muster replaces it whole.  Default: that of the dialect (openldap: pwdAccountLockedTime where "
                  "the server knows it; 389ds: nsAccountLock; ad: a bit of userAccountControl)." },
        { .name = "disabled-value", MST_TEXT_OPTION(C, disabled_value),
          .help = "its value in a locked account, such as 000001010000Z" },
        { .name = "enabled-value", MST_TEXT_OPTION(C, enabled_value),
          .help = "its value in an account that is open; by default it is removed" },
        { .name = "initial-password", MST_CHOICE_OPTION(C, initial_password), .def = "none",
          .choices = "none|random", .help = "whether new accounts get a password",
          .more = "none: Muster never invents one; accounts of Active Directory then stay disabled." },
        { .name = "password-file", MST_PATH_OPTION(C, password_file),
          .help = "the file, readable by us only, to which first passwords are added before the account is made" },
        { .name = "password-length", MST_INTEGER_OPTION(C, password_length), .def = "20", .min = 12, .max = 128,
          .help = "characters of a random password" },
        { .name = "password-attribute", MST_TEXT_OPTION(C, password_attribute), .flags = MST_OPT_ADVANCED,
          .help = "the attribute for it", .more = "Default: userPassword; with the dialect ad: unicodePwd." },
        { .name = "must-change", MST_BOOLEAN_OPTION(C, must_change), .def = "no",
          .help = "whether the first password must be changed at the first login",
          .more = "By pwdReset (openldap) or pwdLastSet (ad)." },
        { .name = "connections", MST_INTEGER_OPTION(C, connections), .def = "4", .min = 1, .max = 16,
          .flags = MST_OPT_ADVANCED, .help = "most connections at once" },
        { .name = "window", MST_INTEGER_OPTION(C, window), .def = "8", .min = 1, .max = 32,
          .flags = MST_OPT_ADVANCED, .help = "most operations in flight on each connection" },
        LDP_PATIENCE_OPTIONS(C),
        { .name = "page-size", MST_INTEGER_OPTION(C, page_size), .def = "1000", .min = 1, .max = 10000,
          .flags = MST_OPT_ADVANCED, .help = "entries in one page of a listing" },
        { .name = "max-request-size", MST_SIZE_OPTION(C, max_request), .def = "4000k",
          .min = 65536, .max = 1073741824, .flags = MST_OPT_ADVANCED,
          .help = "largest request to send; groups are written in as few as fit",
          .more = "Must be below the server's limit (slapd: sockbuf_max_incoming_auth, 4 MB; 389 DS: "
                  "nsslapd-maxbersize, 2 MB), which hangs up on a larger one." },
        { .name = "reconnects", MST_INTEGER_OPTION(C, attempts), .def = "5", .min = 0, .max = 100,
          .flags = MST_OPT_ADVANCED, .help = "how often to try to reach a lost server before giving up" },
        { .name = NULL }
};

bool
ldp_is_attribute(const char *name)
{
        if (name == NULL || !isalnum((unsigned char)*name))
                return false;
        for (; *name != '\0'; name++)
                if (!isalnum((unsigned char)*name) && *name != '-' && *name != '.' && *name != ';')
                        return false;
        return true;
}

int
ldp_check_name(const char *option, const char *name, struct mst_error *err)
{
        if (name == NULL || ldp_is_attribute(name))
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "%s: '%s' is not the name of an attribute or class", option, name);
}

static int
check_names(const char *option, char *const *names, struct mst_error *err)
{
        if (names == NULL)
                return MST_OK;
        if (names[0] == NULL)
                return mst_fail(err, MST_ECONFIG, "%s: name at least one", option);
        for (size_t i = 0; names[i] != NULL; i++)
                if (ldp_check_name(option, names[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}

static int
check_rdn(const char *option, const char *text, struct mst_error *err)
{
        char name[256];

        if (text == NULL)
                return MST_OK;

        for (const char *at = text;; at++) {
                size_t length = strcspn(at, "+");

                if (length >= sizeof name)
                        return mst_fail(err, MST_ECONFIG, "%s: a name is too long", option);
                memcpy(name, at, length);
                name[length] = '\0';
                if (!ldp_is_attribute(name))
                        return ldp_check_name(option, name, err);
                at += length;
                if (*at == '\0')
                        return MST_OK;
        }
}

int
ldp_check_dn(const char *option, const char *text, struct mst_error *err)
{
        LDAPDN dn = NULL;
        int rc;

        if (text == NULL)
                return MST_OK;
        rc = ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3);
        ldap_dnfree(dn);
        if (rc != LDAP_SUCCESS)
                return mst_fail(err, MST_ECONFIG, "%s: '%s' is not a DN (RFC 4514)", option, text);
        return MST_OK;
}

int
ldp_check_filter(const char *option, const char *text, struct mst_error *err)
{
        LDAP *ld = NULL;
        struct berval value = { 0 };
        int rc;

        if (text == NULL)
                return MST_OK;
        /* libldap's only way to parse a filter without sending it */
        if (ldap_initialize(&ld, NULL) != LDAP_SUCCESS)
                return mst_fail_memory(err, "checking a filter");
        rc = ldap_create_assertion_control_value(ld, (char *)text, &value);
        ber_memfree(value.bv_val);
        ldap_unbind_ext(ld, NULL, NULL);
        if (rc != LDAP_SUCCESS || text[0] != '(')
                return mst_fail(err, MST_ECONFIG, "%s: '%s' is not a filter (RFC 4515), which looks like "
                                "(objectClass=person)", option, text);
        return MST_OK;
}

int
ldp_access_check(const struct ldp_access *access, struct mst_error *err)
{
        if (access->uris == NULL || access->uris[0] == NULL)
                return mst_fail(err, MST_ECONFIG, "uri is missing");
        for (size_t i = 0; access->uris[i] != NULL; i++)
                if (ldp_uri_check(access->uris[i], access->start_tls, err) != MST_OK)
                        return err->code;
        if (ldp_check_dn("bind-dn", access->bind_dn, err) != MST_OK)
                return err->code;
        return ldp_login_check(access, err);
}

/* Which option needs which. */
static int
check_together(const struct ldp_config *c, struct mst_error *err)
{
        if ((c->disabled_attribute != NULL) != (c->disabled_value != NULL))
                return mst_fail(err, MST_ECONFIG, "disabled-attribute and disabled-value go together");
        if (c->enabled_value != NULL && c->disabled_attribute == NULL)
                return mst_fail(err, MST_ECONFIG, "enabled-value needs disabled-attribute");
        if (c->group_stamp != NULL && c->group_base == NULL)
                return mst_fail(err, MST_ECONFIG, "group-stamp-attribute needs group-base");
        if (c->user_stamp != NULL && c->disabled_attribute != NULL &&
            strcasecmp(c->user_stamp, c->disabled_attribute) == 0)
                return mst_fail(err, MST_ECONFIG, "stamp-attribute and disabled-attribute are both '%s'",
                                c->user_stamp);
        return MST_OK;
}

int
ldp_options_check(const struct ldp_config *c, struct mst_error *err)
{
        if (ldp_access_check(&c->access, err) != MST_OK ||
            ldp_check_dn("user-base", c->user_base, err) != MST_OK ||
            ldp_check_dn("group-base", c->group_base, err) != MST_OK ||
            check_rdn("user-rdn", c->user_rdn, err) != MST_OK ||
            check_rdn("group-rdn", c->group_rdn, err) != MST_OK ||
            check_names("user-object-classes", c->user_classes, err) != MST_OK ||
            (c->group_classes != NULL && check_names("group-object-classes", c->group_classes, err) != MST_OK) ||
            ldp_check_filter("user-filter", c->user_filter, err) != MST_OK ||
            ldp_check_filter("group-filter", c->group_filter, err) != MST_OK ||
            ldp_kind_check(c, err) != MST_OK ||
            ldp_number_check("", c->number_attribute, c->number_range, c->number_counter, c->number_counter_attribute,
                             err) != MST_OK ||
            ldp_number_check("group-", c->group_number_attribute, c->group_number_range, c->group_number_counter,
                             c->group_number_counter_attribute, err) != MST_OK ||
            ldp_check_name("member-attribute", c->member_attribute, err) != MST_OK ||
            ldp_check_name("stamp-attribute", c->user_stamp, err) != MST_OK ||
            ldp_check_name("group-stamp-attribute", c->group_stamp, err) != MST_OK ||
            ldp_check_name("password-attribute", c->password_attribute, err) != MST_OK ||
            ldp_password_check(c, err) != MST_OK ||
            ldp_check_name("disabled-attribute", c->disabled_attribute, err) != MST_OK)
                return err->code;
        if (c->empty_member != NULL && strcmp(c->empty_member, "none") != 0 &&
            ldp_check_dn("empty-member", c->empty_member, err) != MST_OK)
                return err->code;
        return check_together(c, err);
}
