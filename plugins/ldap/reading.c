/* SPDX-License-Identifier: Apache-2.0
 *
 * reading.c - the options of a source, and the checks that need more than a row. */
#include "reading.h"

#include <string.h>

#include "columns.h"
#include "options.h"

#define R struct ldp_reading

const struct mst_option ldp_reading_options[] = {
        LDP_ACCESS_OPTIONS(R),
        { .name = "user-base", MST_TEXT_OPTION(R, user_base), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the entry below which people are" },
        { .name = "user-filter", MST_TEXT_OPTION(R, user_filter), .flags = MST_OPT_IDENTITY,
          .help = "which entries below user-base are people",
          .more = "Default: (objectClass=person); Active Directory: "
                  "(&(objectCategory=person)(objectClass=user))." },
        { .name = "user-scope", MST_CHOICE_OPTION(R, user_scope), .flags = MST_OPT_IDENTITY,
          .choices = "subtree|one-level", .def = "subtree",
          .help = "whether people are anywhere below user-base, or directly below it" },
        { .name = "group-base", MST_TEXT_OPTION(R, group_base), .flags = MST_OPT_IDENTITY | MST_OPT_ASK,
          .help = "the entry below which groups are; without it no groups are read" },
        { .name = "group-filter", MST_TEXT_OPTION(R, group_filter), .flags = MST_OPT_IDENTITY,
          .help = "which entries below group-base are groups",
          .more = "Default: (|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
                  "(objectClass=posixGroup)); Active Directory: (objectClass=group)." },
        { .name = "group-scope", MST_CHOICE_OPTION(R, group_scope), .flags = MST_OPT_IDENTITY,
          .choices = "subtree|one-level", .def = "subtree",
          .help = "whether groups are anywhere below group-base, or directly below it" },
        { .name = "member-attribute", MST_LIST_OPTION(R, member_attributes), .flags = MST_OPT_IDENTITY,
          .def = "member uniqueMember memberUid",
          .help = "the attributes of groups that name the members",
          .more = "They hold DNs; memberUid holds the uid of people." },
        { .name = "changes", MST_CHOICE_OPTION(R, changes), .flags = MST_OPT_IDENTITY,
          .choices = "auto|syncrepl|dirsync|usn|modify-timestamp|none", .def = "auto",
          .help = "how the directory is asked for what has changed",
          .more = "auto takes the best that the server offers and can be relied on: syncrepl of OpenLDAP, "
                  "dirsync or usn of Active Directory, else modify-timestamp." },
        { .name = "full-every", MST_DURATION_OPTION(R, full_every), .def = "24h", .min = 0,
          .max = INT64_C(365) * 86400000,
          .help = "how often everything is read where the server does not tell every change",
          .more = "That is so with all ways but syncrepl of OpenLDAP; it shows who is gone.  0s: never again "
                  "after the first time." },
        { .name = "overlap", MST_DURATION_OPTION(R, overlap), .def = "10m", .min = 0, .max = 86400000,
          .flags = MST_OPT_ADVANCED,
          .help = "with modify-timestamp: how far back changes are read again",
          .more = "Longer than a change takes from the server it was made at to the one that is read." },
        { .name = "translate", MST_LIST_OPTION(R, translate), .flags = MST_OPT_IDENTITY,
          .help = "where attributes of people come from, as NAME=ATTRIBUTE or NAME=ATTRIBUTE|ATTRIBUTE",
          .more = "Of several attributes the first that has a value counts.  Muster's own names have a "
                  "translation already; any other name is that of an attribute." },
        { .name = "group-translate", MST_LIST_OPTION(R, group_translate), .flags = MST_OPT_IDENTITY,
          .help = "the same for groups" },
        { .name = "references", MST_LIST_OPTION(R, references), .flags = MST_OPT_IDENTITY | MST_OPT_ADVANCED,
          .def = "manager secretary assistant owner managedBy",
          .help = "the attributes whose DNs stand for people or groups",
          .more = "They become the id of whom they name.  Other DNs are read as text." },
        { .name = "disabled-attribute", MST_TEXT_OPTION(R, disabled_attribute), .flags = MST_OPT_IDENTITY,
          .help = "the attribute that says that an account is disabled",
          .more = "Default: userAccountControl of Active Directory, nsAccountLock of 389 Directory Server, "
                  "pwdAccountLockedTime with the value 000001010000Z elsewhere." },
        { .name = "disabled-value", MST_TEXT_OPTION(R, disabled_value), .flags = MST_OPT_IDENTITY,
          .help = "its value in a disabled account; without it, any" },
        { .name = "page-size", MST_INTEGER_OPTION(R, page_size), .def = "1000", .min = 1, .max = 10000,
          .flags = MST_OPT_ADVANCED, .help = "entries asked for at once",
          .more = "Active Directory gives at most 1000." },
        LDP_PATIENCE_OPTIONS(R),
        { .name = NULL }
};

static int
check_words(const char *option, char *const *words, struct mst_error *err)
{
        for (size_t i = 0; words != NULL && words[i] != NULL; i++)
                if (ldp_check_name(option, words[i], err) != MST_OK)
                        return err->code;
        return MST_OK;
}

int
ldp_reading_check(const struct ldp_reading *c, struct mst_error *err)
{
        if (ldp_access_check(&c->access, err) != MST_OK ||
            ldp_check_dn("user-base", c->user_base, err) != MST_OK ||
            ldp_check_dn("group-base", c->group_base, err) != MST_OK ||
            ldp_check_filter("user-filter", c->user_filter, err) != MST_OK ||
            ldp_check_filter("group-filter", c->group_filter, err) != MST_OK ||
            check_words("member-attribute", c->member_attributes, err) != MST_OK ||
            check_words("references", c->references, err) != MST_OK ||
            ldp_check_name("disabled-attribute", c->disabled_attribute, err) != MST_OK ||
            ldp_columns_check("translate", c->translate, err) != MST_OK ||
            ldp_columns_check("group-translate", c->group_translate, err) != MST_OK)
                return err->code;
        if (c->disabled_value != NULL && c->disabled_attribute == NULL)
                return mst_fail(err, MST_ECONFIG, "disabled-value needs disabled-attribute");
        if (c->group_base == NULL && c->group_filter != NULL)
                return mst_fail(err, MST_ECONFIG, "group-filter needs group-base");
        if (c->group_base == NULL && c->group_translate != NULL && c->group_translate[0] != NULL)
                return mst_fail(err, MST_ECONFIG, "group-translate needs group-base");
        return MST_OK;
}
