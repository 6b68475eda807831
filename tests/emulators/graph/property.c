/* property.c - the table of properties; the writers are in values.c. */
#include "property.h"
#include "values.h"

#include <strings.h>

#define ROW(named, k, w, ...) { .name = (named), .key = "\"" named "\":", \
        .key_len = sizeof("\"" named "\":") - 1, .kind = KIND_##k, .write = (w), __VA_ARGS__ }
#define EXTENSION "extension_0f1e2d3c4b5a69788796a5b4c3d2e1f0_"

const struct property properties[] = {
        /* The first ones stand in the order of enum property_id. */
        ROW("id", STRING, value_id, .standard = true),
        ROW("userPrincipalName", STRING, value_upn, .standard = true),
        ROW("displayName", STRING, value_display_name, .standard = true),
        ROW("givenName", STRING, value_given_name, .standard = true),
        ROW("surname", STRING, value_surname, .standard = true),
        ROW("mail", STRING, value_mail, .standard = true),
        ROW("jobTitle", STRING, value_job_title, .standard = true),
        ROW("mobilePhone", STRING, value_mobile, .standard = true),
        ROW("officeLocation", STRING, value_office, .standard = true),
        ROW("preferredLanguage", STRING, value_language, .standard = true),
        ROW("businessPhones", LIST, value_business_phones, .standard = true),
        ROW("accountEnabled", BOOLEAN, value_enabled),
        ROW("department", STRING, value_department),
        ROW("city", STRING, value_city),
        ROW("mailNickname", STRING, value_mail_nickname),
        ROW("userType", STRING, value_user_type),
        ROW("deletedDateTime", DATE, NULL),
        ROW("createdDateTime", DATE, value_created),
        ROW("manager", MANAGER, NULL),
        ROW("companyName", STRING, value_company),
        ROW("employeeId", STRING, value_employee_id),
        ROW("employeeType", STRING, value_employee_type),
        ROW("employeeHireDate", DATE, value_hire_date),
        ROW("employeeLeaveDateTime", DATE, value_leave_date),
        ROW("employeeOrgData", OBJECT, value_org_data),
        ROW("streetAddress", STRING, value_street),
        ROW("state", STRING, value_state),
        ROW("postalCode", STRING, value_postal),
        ROW("country", STRING, value_country),
        ROW("faxNumber", STRING, value_fax),
        ROW("usageLocation", STRING, value_usage_location),
        ROW("otherMails", LIST, value_other_mails),
        ROW("proxyAddresses", LIST, value_proxy_addresses),
        ROW("imAddresses", LIST, value_im_addresses),
        ROW("lastPasswordChangeDateTime", DATE, value_password_change),
        ROW("signInSessionsValidFromDateTime", DATE, value_password_change),
        ROW("creationType", STRING, value_creation_type),
        ROW("externalUserState", STRING, value_external_state),
        ROW("externalUserStateChangeDateTime", DATE, value_external_change),
        ROW("ageGroup", STRING, NULL),
        ROW("consentProvidedForMinor", STRING, NULL),
        ROW("legalAgeGroupClassification", STRING, NULL),
        ROW("onPremisesImmutableId", STRING, value_immutable_id),
        ROW("onPremisesSamAccountName", STRING, value_sam_account),
        ROW("onPremisesUserPrincipalName", STRING, value_premises_upn),
        ROW("onPremisesDistinguishedName", STRING, value_premises_dn),
        ROW("onPremisesDomainName", STRING, value_premises_domain),
        ROW("onPremisesSecurityIdentifier", STRING, value_premises_sid),
        ROW("onPremisesSyncEnabled", BOOLEAN, value_premises_synced),
        ROW("onPremisesLastSyncDateTime", DATE, value_premises_last_sync),
        ROW("onPremisesExtensionAttributes", OBJECT, value_premises_extensions),
        ROW("onPremisesProvisioningErrors", LIST, NULL),
        ROW("serviceProvisioningErrors", LIST, NULL),
        ROW("securityIdentifier", STRING, value_sid),
        ROW("identities", LIST, value_identities),
        ROW("assignedLicenses", LIST, value_licenses),
        ROW("assignedPlans", LIST, value_plans),
        ROW("provisionedPlans", LIST, value_provisioned),
        ROW("licenseAssignmentStates", LIST, value_license_states),
        ROW("authorizationInfo", OBJECT, value_authorization),
        ROW("passwordPolicies", STRING, value_password_policies),
        ROW("passwordProfile", OBJECT, NULL),
        ROW("showInAddressList", BOOLEAN, value_in_address_list),
        ROW("isResourceAccount", BOOLEAN, NULL),
        ROW("isManagementRestricted", BOOLEAN, NULL),
        ROW("preferredDataLocation", STRING, NULL),
        ROW("signInActivity", OBJECT, NULL),
        ROW("customSecurityAttributes", OBJECT, NULL),
        ROW(EXTENSION "costBook", STRING, value_cost_book, .extension = true),
        ROW(EXTENSION "shift", STRING, value_shift, .extension = true),
        ROW(EXTENSION "badgeNumber", INTEGER, value_badge, .extension = true),
        ROW("aboutMe", ELSEWHERE, NULL), ROW("birthday", ELSEWHERE, NULL),
        ROW("hireDate", ELSEWHERE, NULL), ROW("interests", ELSEWHERE, NULL),
        ROW("mySite", ELSEWHERE, NULL), ROW("pastProjects", ELSEWHERE, NULL),
        ROW("preferredName", ELSEWHERE, NULL), ROW("responsibilities", ELSEWHERE, NULL),
        ROW("schools", ELSEWHERE, NULL), ROW("skills", ELSEWHERE, NULL),
        ROW("mailboxSettings", ELSEWHERE, NULL),
};
const unsigned property_count = sizeof properties / sizeof properties[0];

_Static_assert(sizeof properties / sizeof properties[0] <= PROPERTIES_MAX, "a set of properties has 128 places");

int
property_find(const char *name, size_t len)
{
        for (unsigned i = 0; i < property_count; i++)
                if (strncasecmp(properties[i].name, name, len) == 0 && properties[i].name[len] == '\0')
                        return (int)i;
        return -1;
}

void
props_add_kin(struct props *s, unsigned p)
{
        props_add(s, p);
        if (!properties[p].extension)
                return;
        for (unsigned i = 0; i < property_count; i++)
                if (properties[i].extension && properties[i].kind == properties[p].kind)
                        props_add(s, i);
}
