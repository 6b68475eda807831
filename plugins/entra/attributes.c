/* attributes.c - what Graph knows of users and groups.
 *
 * The table is what rules and maps may name.  Names that only the membership rules
 * of Entra know (objectId, telephoneNumber, extensionAttribute1 ...) stand in it
 * too, and entra_property() says what is selected for them.  Of what Graph has and
 * delta cannot give, entra_refused() says why. */
#include <string.h>
#include <strings.h>

#include "entra.h"

#define TEXT(n, h) { .name = n, .type = MST_TEXT, .help = h }
#define SIZED(n, l, h) { .name = n, .type = MST_TEXT, .longest = l, .help = h }
#define EXACT(n, h) { .name = n, .type = MST_TEXT, .flags = MST_ATTR_EXACT, .help = h }
#define BOOL(n, h) { .name = n, .type = MST_BOOL, .help = h }
#define DATE(n, h) { .name = n, .type = MST_DATE, .help = h }
#define LIST(n, t, h) { .name = n, .type = t, .flags = MST_ATTR_MANY, .help = h }
#define OBJECT(n, h) { .name = n, .type = MST_OBJECT, .help = h }
#define GROUP(n, t, f, h) { .name = n, .type = t, .flags = MST_ATTR_GROUP | (f), .help = h }
#define EXTRA(n) TEXT("extensionAttribute" #n, "of onPremisesExtensionAttributes")

const struct mst_attribute entra_attributes[] = {
        { .name = "id", .type = MST_TEXT, .flags = MST_ATTR_REQUIRED | MST_ATTR_FIXED | MST_ATTR_EXACT,
          .help = "object id; never changes" },
        TEXT("userPrincipalName", "sign-in name; can change"),
        TEXT("displayName", "name as shown"),
        TEXT("givenName", "first name"),
        TEXT("surname", "last name"),
        TEXT("jobTitle", "title of the job"),
        TEXT("mail", "address of the mailbox; none without one"),
        TEXT("mailNickname", "mail alias"),
        TEXT("mobilePhone", "mobile number"),
        LIST("businessPhones", MST_TEXT, "office number"),
        TEXT("officeLocation", "office"),
        TEXT("preferredLanguage", "language, such as de-DE"),
        BOOL("accountEnabled", "no: sign-in is blocked"),
        TEXT("userType", "Member or Guest"),
        SIZED("department", 64, "department"),
        SIZED("companyName", 64, "company"),
        SIZED("employeeId", 16, "personnel number"),
        TEXT("employeeType", "such as Employee or Contractor"),
        OBJECT("employeeOrgData", "costCenter and division"),
        DATE("employeeHireDate", "first day"),
        DATE("employeeLeaveDateTime", "last day; needs User-LifeCycleInfo.Read.All too"),
        TEXT("streetAddress", "street"),
        TEXT("city", "city"),
        TEXT("state", "state or province"),
        TEXT("postalCode", "postal code"),
        TEXT("country", "country, as free text"),
        TEXT("usageLocation", "country as two letters"),
        TEXT("faxNumber", "fax number"),
        LIST("otherMails", MST_TEXT, "further addresses"),
        LIST("proxyAddresses", MST_TEXT, "SMTP: primary, smtp: further addresses"),
        LIST("imAddresses", MST_TEXT, "addresses for chat"),
        DATE("createdDateTime", "when the account was made"),
        DATE("deletedDateTime", "when it was deleted"),
        DATE("lastPasswordChangeDateTime", "when the password was changed"),
        DATE("signInSessionsValidFromDateTime", "sessions from before are invalid"),
        TEXT("creationType", "none, Invitation, LocalAccount ..."),
        TEXT("externalUserState", "PendingAcceptance or Accepted"),
        DATE("externalUserStateChangeDateTime", "when that changed"),
        TEXT("ageGroup", "age group"),
        TEXT("consentProvidedForMinor", "consent for a minor"),
        TEXT("legalAgeGroupClassification", "age group by law"),
        EXACT("onPremisesImmutableId", "anchor of a synchronised user"),
        TEXT("onPremisesSamAccountName", "sAMAccountName of a synchronised user"),
        TEXT("onPremisesUserPrincipalName", "UPN of a synchronised user"),
        TEXT("onPremisesDistinguishedName", "DN of a synchronised user"),
        TEXT("onPremisesDomainName", "domain of a synchronised user"),
        TEXT("onPremisesSecurityIdentifier", "SID of a synchronised user"),
        BOOL("onPremisesSyncEnabled", "synchronised, once synchronised (no) or never (none)"),
        DATE("onPremisesLastSyncDateTime", "changes all the time: every run would have changes"),
        OBJECT("onPremisesExtensionAttributes", "extensionAttribute1 to 15"),
        EXTRA(1), EXTRA(2), EXTRA(3), EXTRA(4), EXTRA(5), EXTRA(6), EXTRA(7), EXTRA(8),
        EXTRA(9), EXTRA(10), EXTRA(11), EXTRA(12), EXTRA(13), EXTRA(14), EXTRA(15),
        LIST("onPremisesProvisioningErrors", MST_OBJECT, "errors of the synchronisation"),
        LIST("serviceProvisioningErrors", MST_OBJECT, "errors of services"),
        TEXT("securityIdentifier", "SID in the cloud"),
        LIST("identities", MST_OBJECT, "signInType, issuer, issuerAssignedId"),
        LIST("assignedLicenses", MST_OBJECT, "skuId, disabledPlans"),
        LIST("assignedPlans", MST_OBJECT, "service, servicePlanId, capabilityStatus"),
        LIST("provisionedPlans", MST_OBJECT, "service, capabilityStatus, provisioningStatus"),
        LIST("licenseAssignmentStates", MST_OBJECT, "changes of it are not told by delta"),
        OBJECT("authorizationInfo", "certificateUserIds"),
        TEXT("passwordPolicies", "such as DisablePasswordExpiration"),
        OBJECT("passwordProfile", "without the password"),
        BOOL("showInAddressList", "listed in the address book"),
        BOOL("isResourceAccount", "a room or a device"),
        BOOL("isManagementRestricted", "in a restricted administrative unit"),
        TEXT("preferredDataLocation", "where the data should lie"),
        { .name = "manager", .type = MST_REF, .help = "the manager's object id" },
        EXACT("objectId", "as id"),
        TEXT("mobile", "as mobilePhone"),
        TEXT("telephoneNumber", "first of businessPhones"),
        TEXT("physicalDeliveryOfficeName", "as officeLocation"),
        TEXT("facsimileTelephoneNumber", "as faxNumber"),
        BOOL("dirSyncEnabled", "as onPremisesSyncEnabled"),
        TEXT("sipProxyAddress", "first of imAddresses"),
        { .name = "extension_*", .type = MST_TEXT, .flags = MST_ATTR_MANY,
          .help = "directory extension extension_APPID_NAME, any type" },
        { .name = "photo", .type = MST_BYTES, .help = "picture, as JPEG mostly; asked for one by one" },

        GROUP("id", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_FIXED | MST_ATTR_EXACT, "object id; never changes"),
        GROUP("displayName", MST_TEXT, 0, "name as shown"),
        GROUP("description", MST_TEXT, 0, "description"),
        GROUP("mail", MST_TEXT, 0, "address; none without one"),
        GROUP("mailEnabled", MST_BOOL, 0, "mail can be sent to it"),
        GROUP("mailNickname", MST_TEXT, 0, "mail alias"),
        GROUP("securityEnabled", MST_BOOL, 0, "a security group"),
        GROUP("groupTypes", MST_TEXT, MST_ATTR_MANY, "Unified, DynamicMembership"),
        GROUP("visibility", MST_TEXT, 0, "Public, Private or HiddenMembership"),
        GROUP("createdDateTime", MST_DATE, 0, "when it was made"),
        GROUP("expirationDateTime", MST_DATE, 0, "when it will expire"),
        GROUP("renewedDateTime", MST_DATE, 0, "when it was renewed"),
        GROUP("deletedDateTime", MST_DATE, 0, "when it was deleted"),
        GROUP("membershipRule", MST_TEXT, 0, "rule of a dynamic group"),
        GROUP("membershipRuleProcessingState", MST_TEXT, 0, "On or Paused"),
        GROUP("isAssignableToRole", MST_BOOL, 0, "can be given a directory role"),
        GROUP("classification", MST_TEXT, 0, "classification"),
        GROUP("proxyAddresses", MST_TEXT, MST_ATTR_MANY, "SMTP: primary, smtp: further addresses"),
        GROUP("onPremisesSyncEnabled", MST_BOOL, 0, "synchronised, once synchronised (no) or never (none)"),
        GROUP("onPremisesSamAccountName", MST_TEXT, 0, "sAMAccountName of a synchronised group"),
        GROUP("onPremisesDomainName", MST_TEXT, 0, "domain of a synchronised group"),
        GROUP("onPremisesNetBiosName", MST_TEXT, 0, "NetBIOS name of a synchronised group"),
        GROUP("onPremisesSecurityIdentifier", MST_TEXT, 0, "SID of a synchronised group"),
        GROUP("onPremisesLastSyncDateTime", MST_DATE, 0, "changes all the time: every run would have changes"),
        GROUP("onPremisesExtensionAttributes", MST_OBJECT, 0, "extensionAttribute1 to 15"),
        GROUP("securityIdentifier", MST_TEXT, 0, "SID in the cloud"),
        GROUP("uniqueName", MST_TEXT, MST_ATTR_EXACT, "name that never changes"),
        GROUP("assignedLicenses", MST_OBJECT, MST_ATTR_MANY, "skuId, disabledPlans"),
        GROUP("assignedLabels", MST_OBJECT, MST_ATTR_MANY, "labelId, displayName"),
        GROUP("preferredLanguage", MST_TEXT, 0, "language, such as de-DE"),
        GROUP("preferredDataLocation", MST_TEXT, 0, "where the data should lie"),
        GROUP("theme", MST_TEXT, 0, "colour"),
        { .name = NULL }
};

static const struct {
        const char *name, *property;
        enum entra_how how;
} synonyms[] = {
        { "objectId", "id", ENTRA_SAME },
        { "mobile", "mobilePhone", ENTRA_SAME },
        { "telephoneNumber", "businessPhones", ENTRA_FIRST },
        { "physicalDeliveryOfficeName", "officeLocation", ENTRA_SAME },
        { "facsimileTelephoneNumber", "faxNumber", ENTRA_SAME },
        { "dirSyncEnabled", "onPremisesSyncEnabled", ENTRA_SAME },
        { "sipProxyAddress", "imAddresses", ENTRA_FIRST },
};

#define SINGLE_ONLY "Graph gives it for single users only, not for collections (501)"
#define NAVIGATION "delta does not carry it"

static const struct {
        const char *name, *why;
} refused[] = {
        { "aboutMe", SINGLE_ONLY },
        { "birthday", SINGLE_ONLY },
        { "hireDate", SINGLE_ONLY "; employeeHireDate can be read" },
        { "interests", SINGLE_ONLY },
        { "mySite", SINGLE_ONLY },
        { "pastProjects", SINGLE_ONLY },
        { "preferredName", SINGLE_ONLY "; displayName can be read" },
        { "responsibilities", SINGLE_ONLY },
        { "schools", SINGLE_ONLY },
        { "skills", SINGLE_ONLY },
        { "mailboxSettings", SINGLE_ONLY },
        { "memberOf", "only as the groups that the engine makes of group.members" },
        { "transitiveMemberOf", NAVIGATION "; memberOf can be used" },
        { "directReports", NAVIGATION "; manager can be read" },
        { "signInActivity", "it changes with every sign-in and delta does not tell it" },
        { "customSecurityAttributes", "delta does not tell its changes" },
};

static const struct {
        const char *name, *why;
} doubtful[] = {
        { "onPremisesLastSyncDateTime", "it changes all the time, so that every run has changes" },
        { "licenseAssignmentStates", "Graph does not tell its changes: they are seen only after "
          "`muster reset`" },
};

static const struct mst_attribute *
find(const char *name, uint32_t group)
{
        for (const struct mst_attribute *a = entra_attributes; a->name != NULL; a++)
                if ((a->flags & MST_ATTR_GROUP) == group && strcasecmp(a->name, name) == 0)
                        return a;
        return NULL;
}

const struct mst_attribute *
entra_attribute(const char *name)
{
        return find(name, 0);
}

const struct mst_attribute *
entra_group_attribute(const char *name)
{
        return find(name, MST_ATTR_GROUP);
}

const char *
entra_property(const char *name, enum entra_how *how)
{
        *how = ENTRA_SAME;
        for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
                if (strcasecmp(synonyms[i].name, name) == 0) {
                        *how = synonyms[i].how;
                        return synonyms[i].property;
                }
        if (strncasecmp(name, "extensionAttribute", 18) == 0) {
                *how = ENTRA_MEMBER;
                return "onPremisesExtensionAttributes";
        }
        return name;
}

const char *
entra_refused(const char *name)
{
        for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
                if (strcasecmp(refused[i].name, name) == 0)
                        return refused[i].why;
        return NULL;
}

const char *
entra_doubtful(const char *name)
{
        for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++)
                if (strcasecmp(doubtful[i].name, name) == 0)
                        return doubtful[i].why;
        return NULL;
}

/* extension_ 32 hex digits _ name */
bool
entra_extension(const char *name)
{
        static const char hex[] = "0123456789abcdefABCDEF";
        static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

        if (strncmp(name, "extension_", 10) != 0 || strspn(name + 10, hex) != 32
            || name[42] != '_')
                return false;
        name += 43;
        return *name != '\0' && strspn(name, word) == strlen(name);
}
