/* trouble.c - the table of errors; see trouble.h. */
#include "trouble.h"
#include "asked.h"

#define OLD_LINK "DeltaLink older than 30 days is not supported."

const struct trouble_row troubles[] = {
        [T_WRONG_SECRET] = { 401, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent "
                "in the request is the client secret value, not the client secret ID, for a secret added to app '%s'." },
        [T_EXPIRED_SECRET] = { 401, "invalid_client", 7000222, "The provided client secret keys for app '%s' are expired." },
        [T_NO_TENANT] = { 400, "invalid_request", 90002, "Tenant '%s' not found." },
        [T_BAD_TENANT] = { 400, "invalid_request", 900023, "Specified tenant identifier '%s' is neither a valid DNS name, "
                "nor a valid external domain." },
        [T_NO_CLIENT] = { 400, "unauthorized_client", 700016, "Application with identifier '%s' was not found in the directory." },
        [T_DISABLED_CLIENT] = { 400, "unauthorized_client", 7000112, "Application '%s' is disabled." },
        [T_BAD_SCOPE] = { 400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid. "
                "The scope %s is not valid." },
        [T_NO_RESOURCE] = { 400, "invalid_resource", 500011, "The resource principal named %s was not found in the tenant." },
        [T_TWO_RESOURCES] = { 400, "invalid_scope", 700022, "Provided value for the input parameter 'scope' is not valid "
                "because it contains more than one resource: %s" },
        [T_MISSING] = { 400, "invalid_request", 900144, "The request body must contain the following parameter: '%s'." },
        [T_GRANT] = { 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'." },
        [T_NOT_POST] = { 400, "invalid_request", 900561, "The endpoint only accepts POST requests. Received a %s request." },
        [T_NO_CREDENTIAL] = { 401, "invalid_client", 7000218, "The request body must contain the following parameter: "
                "'client_assertion' or 'client_secret'." },
        [T_BAD_ASSERTION] = { 401, "invalid_client", 700027, "The certificate with identifier used to sign the client "
                "assertion is not registered on application '%s'." },
        [T_ASSERTION_TIME] = { 401, "invalid_client", 700024, "Client assertion is not within its valid time range. "
                "Current time and the claims 'nbf' and 'exp' disagree for '%s'." },
        [T_NO_FEDERATION] = { 401, "invalid_client", 700213, "No matching federated identity record found for presented "
                "assertion subject '%s'. Check your federated identity credential Subject, Audience and Issuer against "
                "the presented assertion." },

        [T_IMDS_METHOD] = { 405, "method_not_allowed", 0, "Only GET is allowed." },
        [T_IMDS_HEADER] = { 400, "bad_request_102", 0, "Required metadata header not specified" },
        [T_IMDS_VERSION] = { 400, "bad_request", 0, "The api-version is missing or unknown." },
        [T_IMDS_RESOURCE] = { 400, "invalid_request", 0, "The required query variable 'resource' is missing." },
        [T_IMDS_UNKNOWN] = { 400, "invalid_resource", 0, "AADSTS500011: The resource principal was not found in the "
                "tenant." },
        [T_NO_IDENTITY] = { 400, "invalid_request", 0, "Identity not found" },
        [T_TWO_SELECTORS] = { 400, "invalid_request", 0, "Exactly one of the names of an identity may be given." },
        [T_SEVERAL_IDENTITIES] = { 400, "invalid_request", 0, "Multiple user assigned identities exist, please specify "
                "the clientId / resourceId of the identity in the token request" },
        [T_IDENTITY_HEADER] = { 401, "unauthorized", 0, "The X-IDENTITY-HEADER is missing or wrong." },

        [T_NO_TOKEN] = { 401, "InvalidAuthenticationToken", 0, "Access token is empty." },
        [T_BAD_TOKEN] = { 401, "InvalidAuthenticationToken", 0, "IDX14100: JWT is not well formed, there are no dots (.)." },
        [T_OLD_TOKEN] = { 401, "InvalidAuthenticationToken", 0, "Lifetime validation failed, the token is expired." },
        [T_AUDIENCE] = { 401, "InvalidAuthenticationToken", 0, "Access token validation failure. Invalid audience." },
        [T_DENIED] = { 403, "Authorization_RequestDenied", 0, "Insufficient privileges to complete the operation." },
        [T_CHALLENGE] = { 401, "InvalidAuthenticationToken", 0, "Continuous access evaluation resulted in challenge with "
                "result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp" },
        [T_NO_SEGMENT] = { 400, "BadRequest", 0, "Resource not found for the segment '%s'." },
        [T_NO_METHOD] = { 405, "Request_BadRequest", 0, "Specified HTTP method is not allowed for the request target." },
        [T_NO_OBJECT] = { 404, "Request_ResourceNotFound", 0, "Resource '%s' does not exist or one of its queried "
                "reference-property objects are not present." },
        [T_NO_MANAGER] = { 404, "Request_ResourceNotFound", 0, "Resource 'manager' does not exist or one of its queried "
                "reference-property objects are not present." },
        [T_BAD_URL] = { 400, "BadRequest", 0, "The request address could not be read." },
        [T_BAD_TOP] = { 400, "Request_UnsupportedQuery", 0, "Invalid page size specified: '%s'. Must be between 1 and 999 "
                "inclusive." },
        [T_BAD_SIGN_INS] = { 400, "Request_UnsupportedQuery", 0, "Invalid page size specified: '%s'. Must be between 1 and "
                "500 inclusive." },
        [T_NO_PROPERTY] = { 400, "Request_BadRequest", 0, "Could not find a property named '%s' on type "
                "'microsoft.graph.user'." },
        [T_ELSEWHERE] = { 501, "NotImplemented", 0, "The property '%s' cannot be read from a collection." },
        [T_BAD_FILTER] = { 400, "Request_BadRequest", 0, "Invalid filter clause: %s" },
        [T_ADVANCED] = { 400, "Request_UnsupportedQuery", 0, "%s is only supported with ConsistencyLevel: eventual and "
                "$count=true." },
        [T_COUNT] = { 400, "Request_BadRequest", 0, "$count is not currently supported." },
        [T_UNSUPPORTED] = { 400, "Request_UnsupportedQuery", 0, "Unsupported Query: %s" },
        [T_PAGE_TOKEN] = { 400, "Directory_ExpiredPageToken", 0, "The specified page token value has expired and can no "
                "longer be included in your request." },
        [T_THIRTY] = { 400, "Request_UnsupportedQuery", 0, OLD_LINK },
        [T_SYNC_STATE] = { 400, "syncStateNotFound", 0, "The sync state generation is not found." },
        [T_GONE] = { 410, "Gone", 0, "The tenant was moved; start again from the location given." },
        [T_CAPITAL] = { 410, "SyncStateNotFound", 0, "The sync state is not found." },
        [T_NESTED] = { 400, "BadRequest", 0, "The request is invalid." },
        [T_RESYNC] = { 400, "resyncRequired", 0, "Resync required. Replace any local items with the server's version." },
        [T_SELECT_ON_LINK] = { 400, "Request_BadRequest", 0, "$select is not supported together with $skiptoken." },
        [T_DELTA_FILTER] = { 400, "Request_UnsupportedQuery", 0, "Unsupported or invalid query filter clause specified "
                "for delta: %s" },
        [T_MANY_IDS] = { 400, "Request_UnsupportedQuery", 0, "Too many ids in $filter: at most 50 are supported, found %s." },
        [T_B2C] = { 400, "Request_UnsupportedQuery", 0, "Change enumeration is not supported for requested tenant." },
        [T_TOO_LONG] = { 400, "UnknownError", 0, "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><HTML><HEAD><TITLE>Bad "
                "Request</TITLE></HEAD><BODY><h2>Bad Request - Request Too Long</h2><hr><p>HTTP Error 400. The size of the "
                "request headers is too long.</p></BODY></HTML>" },
        [T_THROTTLED] = { 429, "TooManyRequests", 0, "Too many requests. Retry after %s seconds." },
        [T_CAST_NEEDED] = { 400, "Request_BadRequest", 0, "The deleted items must be asked for with a type: "
                "microsoft.graph.user or microsoft.graph.group." },
        [T_BAD_BATCH] = { 400, "BadRequest", 0, "Invalid batch payload format: %s" },
        [T_NO_GROUP_PROPERTY] = { 400, "Request_BadRequest", 0, "Could not find a property named '%s' on type "
                "'microsoft.graph.group'." },
        [T_NO_PHOTO] = { 404, "ImageNotFound", 0, "Exception of type 'Microsoft.Fast.Profile.Core.Exception."
                "ImageNotFoundException' was thrown." },
        [T_BAD_BODY] = { 400, "BadRequest", 0, "The body of the request could not be read: %s" },
};

const char type_odata[] = "application/json;odata.metadata=minimal;odata.streaming=true;"
                          "IEEE754Compatible=false;charset=utf-8";

/* The inner part of every error: when, and the two request ids. */
static void
inner(struct exchange *x, const char *code)
{
        struct text *t = &x->reply;

        text_lit(t, ",\"innerError\":{");
        if (code != NULL) {
                text_lit(t, "\"code\":");
                text_json(t, code);
                text_char(t, ',');
        }
        text_lit(t, "\"date\":\"");
        text_time(t, x->now);
        t->len--;                               /* no 'Z' in this one */
        text_lit(t, "\",\"request-id\":\"");
        text_put(t, x->own->request_id);
        text_lit(t, "\",\"client-request-id\":\"");
        text_put(t, x->own->client_request_id);
        text_lit(t, "\"}");
}

void
exchange_nested(struct exchange *x, int status, const char *outer, const char *nested, const char *message)
{
        struct text *t = &x->reply;

        t->len = 0;
        x->status = status;
        x->type = type_odata;
        x->code = nested != NULL ? nested : outer;
        text_lit(t, "{\"error\":{\"code\":");
        text_json(t, outer);
        text_lit(t, ",\"message\":");
        text_json(t, message);
        inner(x, nested);
        text_lit(t, "}}");
        if (status == 401)
                exchange_add(x, "WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"https://login."
                             "microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"");
}

void
exchange_error(struct exchange *x, int status, const char *code, const char *message)
{
        exchange_nested(x, status, code, NULL, message);
}

void
exchange_trouble(struct exchange *x, enum trouble what, const char *about)
{
        const struct trouble_row *row = &troubles[what];
        struct text message = { 0 };
        const char *at = strstr(row->text, "%s");

        if (at != NULL) {
                text_raw(&message, row->text, (size_t)(at - row->text));
                text_put(&message, about);
                text_put(&message, at + 2);
        } else {
                text_put(&message, row->text);
        }
        if (what == T_NESTED)
                exchange_nested(x, row->status, row->code, "syncStateNotFound", text_str(&message));
        else
                exchange_error(x, row->status, row->code, text_str(&message));
        text_free(&message);
}

void
exchange_refuse(struct exchange *x, int status, const char *code, const char *message, bool nested)
{
        static const struct { int status; const char *code; } usual[] = {
                { 400, "BadRequest" }, { 401, "InvalidAuthenticationToken" }, { 403, "Authorization_RequestDenied" },
                { 404, "Request_ResourceNotFound" }, { 429, "TooManyRequests" }, { 500, "Service_InternalServerError" },
                { 503, "serviceNotAvailable" }, { 501, "NotImplemented" },
        };
        const char *given = code, *text = message != NULL ? message : "";

        for (size_t i = 0; code == NULL && i < sizeof usual / sizeof usual[0]; i++)
                if (usual[i].status == status)
                        code = usual[i].code;
        if (code == NULL)
                code = "UnknownError";
        if (strcmp(x->kind, "token") == 0) {
                text_fmt(&x->reply, "{\"error\":\"%s\",\"error_description\":\"AADSTS90033: A transient error has "
                         "occurred. Please try again.\",\"error_codes\":[90033]}",
                         given != NULL ? given : "temporarily_unavailable");
                x->status = status;
                x->type = type_json;
        } else if (nested) {
                exchange_nested(x, status, "BadRequest", code, text);
        } else {
                exchange_error(x, status, code, text);
        }
}
