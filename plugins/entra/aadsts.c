/* aadsts.c - what the sign-in's error numbers mean for an admin.
 *
 * The numbers choose the sentence, and whether trying again may help; nothing else
 * depends on them. */
#include "entra.h"

#define ENTRA_CA "a Conditional Access policy for workload identities blocks the application: check its " \
        "conditions (location, risk)"
#define ENTRA_CLOUD "the tenant belongs to another national cloud: check the option 'cloud'"
#define ENTRA_CONSENT "admin consent is missing for the application's permissions, or Microsoft Graph is not " \
        "among them: grant consent to the application permission User.Read.All"
#define ENTRA_DISABLED "the application is disabled in this tenant: enable it in the portal, Enterprise " \
        "applications"
#define ENTRA_FEDERATED "no federated credential of the application matches the token exactly"
#define ENTRA_CERTIFICATE "the certificate was refused: it is not registered with the application, has " \
        "expired, or the service wants the other 'certificate-form'"
#define ENTRA_WINDOW "the assertion was outside its time window: check this machine's clock"
#define ENTRA_TRANSIENT "the sign-in service has trouble at the moment"

/* What is told beyond the sentence. */
enum { NONE = ENTRA_HINT_NONE, CLOCK = ENTRA_HINT_CLOCK, CLAIMS = ENTRA_HINT_CLAIMS };

static const struct entra_aadsts numbers[] = {
        { 7000215, MST_EAUTH, NONE, "the client secret is wrong: most often its Secret ID was pasted instead of its "
          "Value" },
        { 7000222, MST_EAUTH, NONE, "the client secret has expired: create a new one in the portal, App "
          "registrations, Certificates & secrets" },
        { 7000218, MST_EAUTH, NONE, "no credential arrived at the service" },
        { 700016, MST_EAUTH, NONE, "there is no application with this client-id in this tenant: check client-id and "
          "tenant, or the application was never installed there" },
        { 7000112, MST_EAUTH, NONE, ENTRA_DISABLED },
        { 70001, MST_EAUTH, NONE, ENTRA_DISABLED },
        { 7000229, MST_EAUTH, NONE, "the application has no service principal in this tenant: grant admin consent" },
        { 90002, MST_ECONFIG, NONE, "the tenant does not exist, or lives in another cloud: check 'tenant' and "
          "'cloud'" },
        { 900023, MST_ECONFIG, NONE, "the tenant is neither a directory id (GUID) nor a domain name" },
        { 90038, MST_ECONFIG, NONE, ENTRA_CLOUD },
        { 900382, MST_ECONFIG, NONE, ENTRA_CLOUD },
        { 900432, MST_ECONFIG, NONE, ENTRA_CLOUD },
        { 70011, MST_ECONFIG, NONE, "the scope is wrong: it must be the Graph address followed by /.default" },
        { 28002, MST_ECONFIG, NONE, "the scope is wrong: it must be the Graph address followed by /.default" },
        { 500011, MST_ECONFIG, NONE, "the Graph address in the scope is unknown in this tenant's cloud: check "
          "'cloud', 'graph-url' and 'scope'" },
        { 700022, MST_ECONFIG, NONE, "the scope names more than one service" },
        { 900144, MST_EINTERNAL, NONE, "the sign-in service misses a field of our request" },
        { 700027, MST_EAUTH, NONE, ENTRA_CERTIFICATE },
        { 50012, MST_EAUTH, NONE, ENTRA_CERTIFICATE },
        { 700024, MST_EAUTH, CLOCK, ENTRA_WINDOW },
        { 500133, MST_EAUTH, CLOCK, ENTRA_WINDOW },
        { 700213, MST_EAUTH, CLAIMS, ENTRA_FEDERATED },
        { 7002131, MST_EAUTH, CLAIMS, ENTRA_FEDERATED },
        { 70021, MST_EAUTH, CLAIMS, ENTRA_FEDERATED },
        { 65001, MST_EPERM, NONE, ENTRA_CONSENT },
        { 650056, MST_EPERM, NONE, ENTRA_CONSENT },
        { 650057, MST_EPERM, NONE, ENTRA_CONSENT },
        { 90094, MST_EPERM, NONE, ENTRA_CONSENT },
        { 53003, MST_EPERM, NONE, ENTRA_CA },
        { 530032, MST_EPERM, NONE, ENTRA_CA },
        { 90033, MST_ENET, NONE, ENTRA_TRANSIENT },
        { 90024, MST_ENET, NONE, ENTRA_TRANSIENT },
        { 90090, MST_ENET, NONE, ENTRA_TRANSIENT },
        { 90012, MST_ENET, NONE, ENTRA_TRANSIENT },
        { 50000, MST_ENET, NONE, ENTRA_TRANSIENT },
        { 90055, MST_ETHROTTLED, NONE, "the sign-in service asks to slow down" },
};

const struct entra_aadsts *
entra_aadsts(long number)
{
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
                if (numbers[i].number == number)
                        return &numbers[i];
        return NULL;
}
