/* shape.c - whether a reply has the shape of the published entity model.
 *
 * Types and names derive from microsoftgraph/msgraph-metadata, Copyright (c)
 * Microsoft Corporation, MIT licence:
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of
 * this software and associated documentation files (the "Software"), to deal in
 * the Software without restriction, including without limitation the rights to
 * use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
 * of the Software, and to permit persons to whom the Software is furnished to do
 * so, subject to the following conditions: The above copyright notice and this
 * permission notice shall be included in all copies or substantial portions of
 * the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
 * EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
 * MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
 * EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
 * OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
 * ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
 * DEALINGS IN THE SOFTWARE. */
#include "shape.h"

#include <stdbool.h>
#include <string.h>

enum shape { END, TEXT, NTEXT, NBOOL, DATE, TEXTS, OBJECTS, NOBJECT, FIFTEEN };

struct field {
        const char *name;
        enum shape shape;               /* N: may be null; DATE always may */
        const struct field *inner;
};

static const struct field license[] = { { "skuId", NTEXT, NULL }, { "disabledPlans", TEXTS, NULL }, { NULL, END, NULL } };
static const struct field plan[] = {
        { "assignedDateTime", DATE, NULL }, { "capabilityStatus", NTEXT, NULL }, { "service", NTEXT, NULL },
        { "servicePlanId", NTEXT, NULL }, { NULL, END, NULL },
};
static const struct field provisioned[] = {
        { "capabilityStatus", NTEXT, NULL }, { "provisioningStatus", NTEXT, NULL }, { "service", NTEXT, NULL },
        { NULL, END, NULL },
};
static const struct field identity[] = {
        { "signInType", NTEXT, NULL }, { "issuer", NTEXT, NULL }, { "issuerAssignedId", NTEXT, NULL }, { NULL, END, NULL },
};
static const struct field state[] = {
        { "skuId", NTEXT, NULL }, { "disabledPlans", TEXTS, NULL }, { "assignedByGroup", NTEXT, NULL },
        { "state", NTEXT, NULL }, { "error", NTEXT, NULL }, { "lastUpdatedDateTime", DATE, NULL }, { NULL, END, NULL },
};
static const struct field org[] = { { "costCenter", NTEXT, NULL }, { "division", NTEXT, NULL }, { NULL, END, NULL } };
static const struct field authorization[] = { { "certificateUserIds", TEXTS, NULL }, { NULL, END, NULL } };
static const struct field none[] = { { NULL, END, NULL } };

static const struct field user[] = {
        { "id", TEXT, NULL }, { "accountEnabled", NBOOL, NULL }, { "ageGroup", NTEXT, NULL },
        { "assignedLicenses", OBJECTS, license }, { "assignedPlans", OBJECTS, plan },
        { "authorizationInfo", NOBJECT, authorization }, { "businessPhones", TEXTS, NULL }, { "city", NTEXT, NULL },
        { "companyName", NTEXT, NULL }, { "consentProvidedForMinor", NTEXT, NULL }, { "country", NTEXT, NULL },
        { "createdDateTime", DATE, NULL }, { "creationType", NTEXT, NULL }, { "customSecurityAttributes", NOBJECT, none },
        { "deletedDateTime", DATE, NULL }, { "department", NTEXT, NULL }, { "displayName", NTEXT, NULL },
        { "employeeHireDate", DATE, NULL }, { "employeeId", NTEXT, NULL }, { "employeeLeaveDateTime", DATE, NULL },
        { "employeeOrgData", NOBJECT, org }, { "employeeType", NTEXT, NULL }, { "externalUserState", NTEXT, NULL },
        { "externalUserStateChangeDateTime", DATE, NULL }, { "faxNumber", NTEXT, NULL }, { "givenName", NTEXT, NULL },
        { "identities", OBJECTS, identity }, { "imAddresses", TEXTS, NULL }, { "isManagementRestricted", NBOOL, NULL },
        { "isResourceAccount", NBOOL, NULL }, { "jobTitle", NTEXT, NULL }, { "lastPasswordChangeDateTime", DATE, NULL },
        { "legalAgeGroupClassification", NTEXT, NULL }, { "licenseAssignmentStates", OBJECTS, state },
        { "mail", NTEXT, NULL }, { "mailNickname", NTEXT, NULL }, { "mobilePhone", NTEXT, NULL },
        { "officeLocation", NTEXT, NULL }, { "onPremisesDistinguishedName", NTEXT, NULL },
        { "onPremisesDomainName", NTEXT, NULL }, { "onPremisesExtensionAttributes", FIFTEEN, NULL },
        { "onPremisesImmutableId", NTEXT, NULL }, { "onPremisesLastSyncDateTime", DATE, NULL },
        { "onPremisesProvisioningErrors", OBJECTS, none }, { "onPremisesSamAccountName", NTEXT, NULL },
        { "onPremisesSecurityIdentifier", NTEXT, NULL }, { "onPremisesSyncEnabled", NBOOL, NULL },
        { "onPremisesUserPrincipalName", NTEXT, NULL }, { "otherMails", TEXTS, NULL }, { "passwordPolicies", NTEXT, NULL },
        { "passwordProfile", NOBJECT, none }, { "postalCode", NTEXT, NULL }, { "preferredDataLocation", NTEXT, NULL },
        { "preferredLanguage", NTEXT, NULL }, { "provisionedPlans", OBJECTS, provisioned },
        { "proxyAddresses", TEXTS, NULL }, { "securityIdentifier", NTEXT, NULL },
        { "serviceProvisioningErrors", OBJECTS, none }, { "showInAddressList", NBOOL, NULL },
        { "signInActivity", NOBJECT, none }, { "signInSessionsValidFromDateTime", DATE, NULL }, { "state", NTEXT, NULL },
        { "streetAddress", NTEXT, NULL }, { "surname", NTEXT, NULL }, { "usageLocation", NTEXT, NULL },
        { "userPrincipalName", NTEXT, NULL }, { "userType", NTEXT, NULL }, { NULL, END, NULL },
};

static const struct field label[] = { { "labelId", NTEXT, NULL }, { "displayName", NTEXT, NULL }, { NULL, END, NULL } };

static const struct field group[] = {
        { "id", TEXT, NULL }, { "assignedLabels", OBJECTS, label }, { "assignedLicenses", OBJECTS, license },
        { "classification", NTEXT, NULL }, { "createdDateTime", DATE, NULL }, { "deletedDateTime", DATE, NULL },
        { "description", NTEXT, NULL }, { "displayName", NTEXT, NULL }, { "expirationDateTime", DATE, NULL },
        { "groupTypes", TEXTS, NULL }, { "isAssignableToRole", NBOOL, NULL }, { "mail", NTEXT, NULL },
        { "mailEnabled", NBOOL, NULL }, { "mailNickname", NTEXT, NULL }, { "membershipRule", NTEXT, NULL },
        { "membershipRuleProcessingState", NTEXT, NULL }, { "onPremisesDomainName", NTEXT, NULL },
        { "onPremisesExtensionAttributes", FIFTEEN, NULL }, { "onPremisesLastSyncDateTime", DATE, NULL },
        { "onPremisesNetBiosName", NTEXT, NULL }, { "onPremisesSamAccountName", NTEXT, NULL },
        { "onPremisesSecurityIdentifier", NTEXT, NULL }, { "onPremisesSyncEnabled", NBOOL, NULL },
        { "preferredDataLocation", NTEXT, NULL }, { "preferredLanguage", NTEXT, NULL }, { "proxyAddresses", TEXTS, NULL },
        { "renewedDateTime", DATE, NULL }, { "securityEnabled", NBOOL, NULL }, { "securityIdentifier", NTEXT, NULL },
        { "theme", NTEXT, NULL }, { "uniqueName", NTEXT, NULL }, { "visibility", NTEXT, NULL }, { NULL, END, NULL },
};

static bool object_fits(struct json_object *o, const struct field *fields, struct text *why);

static bool
is_date(struct json_object *v)
{
        static const char pattern[] = "0000-00-00T00:00:00Z";
        const char *text = json_object_get_string(v);

        for (size_t i = 0; i < sizeof pattern; i++)
                if (pattern[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
                        return false;
        return true;
}

static bool
all_fit(struct json_object *list, const struct field *inner, struct text *why)
{
        if (!json_object_is_type(list, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *v = json_object_array_get_idx(list, i);

                if (inner == NULL ? !json_object_is_type(v, json_type_string) : !object_fits(v, inner, why))
                        return false;
        }
        return true;
}

static bool
fifteen_fit(struct json_object *v)
{
        int n = 0;

        if (v == NULL)
                return true;
        if (!json_object_is_type(v, json_type_object))
                return false;
        json_object_object_foreach(v, name, value) {
                if (strncmp(name, "extensionAttribute", 18) != 0 ||
                    (value != NULL && !json_object_is_type(value, json_type_string)))
                        return false;
                n++;
        }
        return n == 15;
}

static bool
value_fits(struct json_object *v, const struct field *f, struct text *why)
{
        switch (f->shape) {
        case TEXT:
                return json_object_is_type(v, json_type_string);
        case NTEXT:
                return v == NULL || json_object_is_type(v, json_type_string);
        case NBOOL:
                return v == NULL || json_object_is_type(v, json_type_boolean);
        case DATE:
                return v == NULL || (json_object_is_type(v, json_type_string) && is_date(v));
        case TEXTS:
                return all_fit(v, NULL, why);
        case OBJECTS:
                return all_fit(v, f->inner, why);
        case NOBJECT:
                return v == NULL || object_fits(v, f->inner, why);
        case FIFTEEN:
                return fifteen_fit(v);
        case END:
                break;
        }
        return false;
}

static bool
object_fits(struct json_object *o, const struct field *fields, struct text *why)
{
        if (!json_object_is_type(o, json_type_object))
                return false;
        json_object_object_foreach(o, name, value) {
                const struct field *f = fields;

                if (strchr(name, '@') != NULL || strncmp(name, "extension_", 10) == 0 || strcmp(name, "manager") == 0 ||
                    strcmp(name, "unheardOf") == 0)     /* the setting 'extras' */
                        continue;
                while (f->name != NULL && strcmp(f->name, name) != 0)
                        f++;
                if (f->name == NULL || !value_fits(value, f, why)) {
                        if (why->len == 0)
                                text_fmt(why, "'%s' is not as the model says: %s", name, json_object_to_json_string(value));
                        return false;
                }
        }
        return true;
}

static const char *
fits(struct json_object *o, const struct field *fields, struct text *why)
{
        if (!json_object_is_type(json_object_object_get(o, "id"), json_type_string))
                return "no id";
        return object_fits(o, fields, why) ? NULL : why->len > 0 ? text_str(why) : "no object";
}

const char *
shape_user(struct json_object *o, struct text *why)
{
        return fits(o, user, why);
}

const char *
shape_group(struct json_object *o, struct text *why)
{
        return fits(o, group, why);
}

/* {"reason":"changed"} or "deleted", and nothing else. */
static bool
removed_fits(struct json_object *removed)
{
        const char *reason;

        if (!json_object_is_type(removed, json_type_object) || json_object_object_length(removed) != 1)
                return false;
        reason = json_object_get_string(json_object_object_get(removed, "reason"));
        return reason != NULL && (strcmp(reason, "changed") == 0 || strcmp(reason, "deleted") == 0);
}

/* An array of {"@odata.type", "id"}, perhaps with "@removed". */
static bool
relation_fits(struct json_object *list)
{
        if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
                return false;
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                struct json_object *v = json_object_array_get_idx(list, i), *removed;
                bool gone = json_object_object_get_ex(v, "@removed", &removed);

                if (!json_object_is_type(json_object_object_get(v, "id"), json_type_string) ||
                    !json_object_is_type(json_object_object_get(v, "@odata.type"), json_type_string) ||
                    json_object_object_length(v) != 2 + gone || (gone && !removed_fits(removed)))
                        return false;
        }
        return true;
}

static const char *
item_fits(struct json_object *o, const struct field *fields, const char *relation, struct text *why)
{
        struct json_object *removed, *list;

        if (json_object_object_get_ex(o, relation, &list) && !relation_fits(list))
                return "a relation is no array of types and ids";
        if (json_object_object_get_ex(o, "@removed", &removed) && !removed_fits(removed))
                return "@removed without a known reason";
        return fits(o, fields, why);
}

const char *
shape_delta_item(struct json_object *o, struct text *why)
{
        return item_fits(o, user, "manager@delta", why);
}

const char *
shape_group_item(struct json_object *o, struct text *why)
{
        return item_fits(o, group, "members@delta", why);
}

const char *
shape_page(struct json_object *page, bool delta, shape_of *item, struct text *why)
{
        struct json_object *list = json_object_object_get(page, "value"), *v;
        bool next = json_object_object_get_ex(page, "@odata.nextLink", NULL);
        bool last = json_object_object_get_ex(page, "@odata.deltaLink", NULL);
        const char *wrong = NULL;

        if (!json_object_is_type(page, json_type_object) || !json_object_is_type(list, json_type_array))
                return "no array 'value'";
        if (!json_object_object_get_ex(page, "@odata.context", &v))
                return "no '@odata.context'";
        if (delta ? next == last : last)
                return delta ? "neither one link nor the other alone" : "a delta link in a list";
        json_object_object_foreach(page, name, value) {
                bool count = !delta && strcmp(name, "@odata.count") == 0;
                bool text = strcmp(name, "@odata.context") == 0 || strcmp(name, "@odata.nextLink") == 0 ||
                            strcmp(name, "@odata.deltaLink") == 0;

                if (strcmp(name, "value") != 0 &&
                    !(count && json_object_is_type(value, json_type_int)) &&
                    !(text && json_object_is_type(value, json_type_string)))
                        return "a page has an unknown member, or one of the wrong type";
        }
        for (size_t i = 0; wrong == NULL && i < json_object_array_length(list); i++)
                wrong = item(json_object_array_get_idx(list, i), why);
        return wrong;
}

const char *
shape_error(struct json_object *reply, struct text *why)
{
        struct json_object *error = json_object_object_get(reply, "error"), *inner;

        (void)why;
        if (!json_object_is_type(reply, json_type_object) || json_object_object_length(reply) != 1)
                return "something beside the error";
        if (!json_object_is_type(json_object_object_get(error, "code"), json_type_string) ||
            !json_object_is_type(json_object_object_get(error, "message"), json_type_string))
                return "an error without code or message";
        inner = json_object_object_get(error, "innerError");
        if (!json_object_is_type(json_object_object_get(inner, "request-id"), json_type_string) ||
            !json_object_is_type(json_object_object_get(inner, "client-request-id"), json_type_string) ||
            !json_object_is_type(json_object_object_get(inner, "date"), json_type_string))
                return "an error without innerError";
        return NULL;
}
