/* discovery.c - what client libraries ask before they sign in: where the endpoints of a
 * tenant are, and whether the host is one of Microsoft's. All of it is our own. */
#include "emulator.h"

#include <strings.h>

/* "127.0.0.1:8080" */
static const char *
host_of(const struct emulator *e)
{
        const char *at = strstr(e->rest.base, "://");

        return at != NULL ? at + 3 : e->rest.base;
}

void
discovery_tenant(struct emulator *e, struct exchange *x)
{
        const char *tenant = x->query.segments[0], *base = e->rest.base;
        bool any = strcasecmp(tenant, "common") == 0 || strcasecmp(tenant, "organizations") == 0;
        struct text *t = &x->reply;

        x->type = type_json;
        if (!any && strcasecmp(tenant, e->tenant) != 0 && strcasecmp(tenant, e->domain) != 0) {
                x->status = 400;
                x->code = "invalid_tenant";
                text_lit(t, "{\"error\":\"invalid_tenant\",\"error_description\":\"AADSTS90002: Tenant not found.\","
                         "\"error_codes\":[90002]}");
                return;
        }
        if (!any)
                tenant = e->tenant;
        x->status = 200;
        text_fmt(t, "{\"token_endpoint\":\"%s/%s/oauth2/v2.0/token\",\"token_endpoint_auth_methods_supported\":"
                 "[\"client_secret_post\",\"private_key_jwt\",\"client_secret_basic\"],", base, tenant);
        text_fmt(t, "\"issuer\":\"%s/%s/v2.0\",\"authorization_endpoint\":\"%s/%s/oauth2/v2.0/authorize\","
                 "\"device_authorization_endpoint\":\"%s/%s/oauth2/v2.0/devicecode\",\"jwks_uri\":\"%s/%s/discovery/v2.0/"
                 "keys\",", base, any ? "{tenantid}" : tenant, base, tenant, base, tenant, base, tenant);
        text_fmt(t, "\"response_types_supported\":[\"code\"],\"subject_types_supported\":[\"pairwise\"],"
                 "\"id_token_signing_alg_values_supported\":[\"RS256\"],\"tenant_region_scope\":\"EU\","
                 "\"cloud_instance_name\":\"%s\",\"cloud_graph_host_name\":\"%s\",\"msgraph_host\":\"%s\"}",
                 host_of(e), host_of(e), host_of(e));
}

void
discovery_instance(struct emulator *e, struct exchange *x)
{
        const char *host = host_of(e);

        x->status = 200;
        x->type = type_json;
        text_fmt(&x->reply, "{\"tenant_discovery_endpoint\":\"%s/%s/v2.0/.well-known/openid-configuration\","
                 "\"api-version\":\"1.1\",\"metadata\":[{\"preferred_network\":\"%s\",\"preferred_cache\":\"%s\","
                 "\"aliases\":[\"%s\"]}]}", e->rest.base, e->tenant, host, host, host);
}
