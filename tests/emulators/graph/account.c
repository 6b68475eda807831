/* account.c - a generated person's account: addresses, licences, what came
 * from on premises and the directory extensions; see values.h. */
#include "property.h"
#include "values.h"

enum { DAY = 86400 };

bool
value_enabled(struct text *t, const struct person *p)
{
        text_put(t, p->disabled ? "false" : "true");
        return true;
}

bool
value_user_type(struct text *t, const struct person *p)
{
        if (roll(p, 'U', 200) == 0 && !p->guest)
                return false;                   /* objects from before it existed */
        text_put(t, p->guest ? "\"Guest\"" : "\"Member\"");
        return true;
}

bool
value_other_mails(struct text *t, const struct person *p)
{
        if (!p->guest && roll(p, 2000, 12) != 0)
                return false;
        text_lit(t, "[\"");
        person_alias(t, p);
        text_char(t, '@');
        text_put(t, p->guest ? partners[roll(p, 'g', PARTNERS)] : "home.example");
        text_lit(t, "\"]");
        return true;
}

bool
value_proxy_addresses(struct text *t, const struct person *p)
{
        if (p->guest)
                return false;
        text_lit(t, "[\"SMTP:");
        person_alias(t, p);
        text_char(t, '@');
        text_put(t, p->world->domain);
        text_lit(t, "\",\"smtp:");
        person_alias(t, p);
        text_char(t, '@');
        text_put(t, p->world->own_domain);
        if (p->rank <= RANK_DIRECTOR) {
                text_lit(t, "\",\"X500:/o=Contoso/ou=Exchange/cn=Recipients/cn=");
                text_uint(t, p->index);
        }
        text_lit(t, "\"]");
        return true;
}

bool
value_im_addresses(struct text *t, const struct person *p)
{
        if (!p->licensed)
                return false;
        text_lit(t, "[\"");
        person_alias(t, p);
        text_char(t, '@');
        text_put(t, p->world->domain);
        text_lit(t, "\"]");
        return true;
}

static bool
moment(struct text *t, const struct person *p, unsigned what, uint32_t from_day, uint32_t days)
{
        text_char(t, '"');
        text_time(t, (int64_t)(from_day + roll(p, what, days)) * DAY + (int64_t)roll(p, what + 1, DAY));
        text_char(t, '"');
        return true;
}

bool
value_password_change(struct text *t, const struct person *p)
{
        return moment(t, p, 2100, 20000, 450);
}

bool
value_creation_type(struct text *t, const struct person *p)
{
        if (!p->guest)
                return false;
        text_lit(t, "\"Invitation\"");
        return true;
}

bool
value_external_state(struct text *t, const struct person *p)
{
        if (!p->guest)
                return false;
        text_put(t, roll(p, 2200, 5) == 0 ? "\"PendingAcceptance\"" : "\"Accepted\"");
        return true;
}

bool
value_external_change(struct text *t, const struct person *p)
{
        return p->guest && moment(t, p, 2300, 19500, 900);
}

bool
value_immutable_id(struct text *t, const struct person *p)
{
        uint64_t bytes[2] = { mix(p->dice + 1), mix(p->dice + 2) };

        if (!p->synced)
                return false;
        text_char(t, '"');
        base64_write(t, bytes, sizeof bytes, false);
        text_char(t, '"');
        return true;
}

bool
value_sam_account(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_fmt(t, "\"u%07u\"", (unsigned)p->index);
        return true;
}

bool
value_premises_upn(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_char(t, '"');
        person_alias(t, p);
        text_lit(t, "@corp.contoso.example\"");
        return true;
}

bool
value_premises_dn(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_lit(t, "\"CN=");
        text_put(t, p->family->text);
        text_lit(t, "\\\\, ");                  /* RFC 4514 escape, escaped once more for JSON */
        text_put(t, p->given->text);
        text_fmt(t, " %u,OU=Staff,DC=corp,DC=contoso,DC=example\"", (unsigned)p->index);
        return true;
}

bool
value_premises_domain(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_lit(t, "\"corp.contoso.example\"");
        return true;
}

bool
value_premises_sid(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_fmt(t, "\"S-1-5-21-1004336348-1177238915-682003330-%u\"", 1000U + (unsigned)p->index);
        return true;
}

bool
value_premises_synced(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_lit(t, "true");
        return true;
}

bool
value_premises_last_sync(struct text *t, const struct person *p)
{
        return p->synced && moment(t, p, 2400, 20450, 10);
}

/* All fifteen are always there, mostly null; nobody but the synchronised has
 * the object filled. */
bool
value_premises_extensions(struct text *t, const struct person *p)
{
        for (unsigned i = 1; i <= 15; i++) {
                text_put(t, i == 1 ? "{\"extensionAttribute" : ",\"extensionAttribute");
                text_uint(t, i);
                if (p->synced && i == 1)
                        text_fmt(t, "\":\"VIP#%u\"", roll(p, 2500, 9));
                else if (p->synced && i == 7)
                        text_fmt(t, "\":\"%s;room=%u\"", p->place->code, roll(p, 2501, 900));
                else
                        text_lit(t, "\":null");
        }
        text_char(t, '}');
        return true;
}

bool
value_sid(struct text *t, const struct person *p)
{
        text_lit(t, "\"S-1-12-1-");
        for (unsigned i = 0; i < 4; i++) {
                if (i > 0)
                        text_char(t, '-');
                text_uint(t, roll(p, 2600 + i, UINT32_MAX));
        }
        text_char(t, '"');
        return true;
}

bool
value_identities(struct text *t, const struct person *p)
{
        text_lit(t, "[{\"signInType\":\"userPrincipalName\",\"issuer\":\"");
        text_put(t, p->world->own_domain);
        text_lit(t, "\",\"issuerAssignedId\":\"");
        person_upn(t, p);
        text_lit(t, "\"}]");
        return true;
}

bool
value_licenses(struct text *t, const struct person *p)
{
        if (!p->licensed)
                return false;
        text_lit(t, "[{\"disabledPlans\":[");
        if (roll(p, 2700, 6) == 0) {
                text_char(t, '"');
                text_put(t, plans[2].id);
                text_char(t, '"');
        }
        text_lit(t, "],\"skuId\":\"");
        text_put(t, skus[roll(p, 2701, SKUS)]);
        text_lit(t, "\"}]");
        return true;
}

static void
one_plan(struct text *t, const struct person *p, unsigned i, const char *status)
{
        text_lit(t, "{\"assignedDateTime\":");
        moment(t, p, 2800 + 4 * i, 19000, 1400);
        text_lit(t, ",\"capabilityStatus\":\"");
        text_put(t, status);
        text_lit(t, "\",\"service\":\"");
        text_put(t, plans[i].service);
        text_lit(t, "\",\"servicePlanId\":\"");
        text_put(t, plans[i].id);
        text_lit(t, "\"}");
}

/* Now and then a dead entry stands beside a live one of the same service. */
bool
value_plans(struct text *t, const struct person *p)
{
        bool dead = roll(p, 2900, 7) == 0;

        if (!p->licensed && !dead)
                return false;
        text_char(t, '[');
        if (dead)
                one_plan(t, p, 0, "Deleted");
        for (unsigned i = 0; p->licensed && i < PLANS; i++) {
                if (i > 0 || dead)
                        text_char(t, ',');
                one_plan(t, p, i, roll(p, 2901 + i, 30) == 0 ? "Warning" : "Enabled");
        }
        text_char(t, ']');
        return true;
}

bool
value_provisioned(struct text *t, const struct person *p)
{
        if (!p->licensed)
                return false;
        text_lit(t, "[{\"capabilityStatus\":\"Enabled\",\"provisioningStatus\":\"Success\",\"service\":\"exchange\"},"
                    "{\"capabilityStatus\":\"Enabled\",\"provisioningStatus\":\"Success\",\"service\":\"exchange\"}]");
        return true;
}

bool
value_license_states(struct text *t, const struct person *p)
{
        if (!p->licensed)
                return false;
        text_lit(t, "[{\"skuId\":\"");
        text_put(t, skus[roll(p, 2701, SKUS)]);
        text_lit(t, "\",\"disabledPlans\":[],\"assignedByGroup\":null,\"state\":\"Active\",\"error\":\"None\","
                    "\"lastUpdatedDateTime\":");
        moment(t, p, 3000, 19500, 900);
        text_lit(t, "}]");
        return true;
}

bool
value_authorization(struct text *t, const struct person *p)
{
        (void)p;
        text_lit(t, "{\"certificateUserIds\":[]}");
        return true;
}

bool
value_password_policies(struct text *t, const struct person *p)
{
        if (!p->synced)
                return false;
        text_lit(t, "\"DisablePasswordExpiration\"");
        return true;
}

bool
value_in_address_list(struct text *t, const struct person *p)
{
        if (roll(p, 3100, 50) != 0)
                return false;
        text_lit(t, "false");
        return true;
}

bool
value_cost_book(struct text *t, const struct person *p)
{
        if (p->guest || roll(p, 3200, 3) != 0)
                return false;
        text_fmt(t, "\"CB-%04u\"", roll(p, 3201, 10000));
        return true;
}

bool
value_shift(struct text *t, const struct person *p)
{
        if (p->guest || roll(p, 3300, 6) != 0)
                return false;
        text_put(t, roll(p, 3301, 2) == 0 ? "\"early\"" : "\"late\"");
        return true;
}

bool
value_badge(struct text *t, const struct person *p)
{
        if (p->guest)
                return false;
        text_uint(t, 700000 + (uint64_t)p->index);
        return true;
}
