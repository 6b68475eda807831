/* identity.c - managed identity: Azure itself vouches for the machine.
 *
 *   App Service, Functions, Container Apps
 *           an address and a header's value in the environment (IDENTITY_ENDPOINT and
 *           IDENTITY_HEADER)
 *   virtual machines, scale sets, AKS nodes
 *           the instance metadata service (IMDS), an address of the link
 *
 * The service lies beside the program: it is asked with a client of its own, which knows
 * no proxy, sends nothing else there and gives up a connection soon.  Trouble has the
 * service's own schedule: five tries, and 70 s of them while it is being upgraded. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "signin.h"

enum { CONNECT_MS = 2000, TIMEOUT_MS = 30000, TRIES = 5, UPGRADE_UNITS = 70, NOWHERE_TRIES = 2 };

static const char default_imds[] = "http://169.254.169.254";

struct entra_identity {
        const char *url;                     /* with the query                         */
        const char *where;                   /* without, for sentences                 */
        const char *what;                    /* the service's name                     */
        struct mst_secret *header;           /* App Service                            */
        struct mst_http_config config;
        struct mst_http *http;
        struct mst_http_request *request;
        struct mst_http_reply *reply;
};

/* --- which identity, at which service ------------------------------------------------ */

static bool
is_guid(const char *text)
{
        return strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36;
}

/* "&client_id=..." and so on; "" for the system's own identity, NULL with 'err' set. */
static const char *
selector(struct entra *entra, bool app_service, struct mst_error *err)
{
        const char *given = entra->config->managed_identity, *name = NULL, *value = given, *safe;

        if (strcmp(given, "system") == 0)
                return "";
        if (is_guid(given)) {
                name = "client_id";
        } else if (strncmp(given, "object:", 7) == 0 && is_guid(given + 7)) {
                name = app_service ? "principal_id" : "object_id";
                value = given + 7;
        } else if (strncasecmp(given, "/subscriptions/", 15) == 0) {
                name = app_service ? "mi_res_id" : "msi_res_id";
        }
        if (name == NULL) {
                mst_fail(err, MST_ECONFIG, "managed-identity '%.100s' is none of: system, a client id (GUID), "
                         "object:GUID, /subscriptions/... (resource id)", given);
                return NULL;
        }
        safe = mst_escape_url(entra->scratch, value, strlen(value));
        safe = safe != NULL ? mst_arena_printf(entra->scratch, "&%s=%s", name, safe) : NULL;
        if (safe == NULL)
                mst_fail_memory(err, "setting up the managed identity");
        return safe;
}

/* What is asked for is a resource, not a scope: "https://graph.microsoft.com/". */
static const char *
resource(struct entra *entra, struct mst_error *err)
{
        static const char end[] = "/.default";
        size_t length = strlen(entra->scope), tail = sizeof end - 1;
        const char *safe;

        if (length <= tail || strcmp(entra->scope + length - tail, end) != 0) {
                mst_fail(err, MST_ECONFIG, "scope '%.200s' does not end in /.default, as managed identity needs",
                         entra->scope);
                return NULL;
        }
        safe = mst_escape_url(entra->scratch, entra->scope, length - tail + 1);
        if (safe == NULL)
                mst_fail_memory(err, "setting up the managed identity");
        return safe;
}

static int
set_address(struct entra *entra, struct entra_identity *identity, struct mst_error *err)
{
        const char *endpoint = getenv("IDENTITY_ENDPOINT"), *header = getenv("IDENTITY_HEADER"), *who, *what;
        bool app_service = endpoint != NULL && *endpoint != '\0' && header != NULL && *header != '\0';

        who = selector(entra, app_service, err);
        what = who != NULL ? resource(entra, err) : NULL;
        if (what == NULL)
                return err->code;
        if (app_service) {
                identity->what = "the identity service of App Service";
                identity->where = mst_arena_strdup(entra->arena, endpoint);
                identity->url = mst_arena_printf(entra->arena, "%s?resource=%s&api-version=2019-08-01%s",
                                                 endpoint, what, who);
                identity->header = mst_secret_new(header, strlen(header));
                if (identity->header == NULL)
                        return mst_fail_memory(err, "setting up the managed identity");
        } else {
                identity->what = "the instance metadata service";
                identity->where = mst_arena_strdup(entra->arena, entra->config->imds_url != NULL
                                                   ? entra->config->imds_url : default_imds);
                identity->url = mst_arena_printf(entra->arena, "%s/metadata/identity/oauth2/token?"
                                                 "api-version=2018-02-01&resource=%s%s",
                                                 identity->where != NULL ? identity->where : "", what, who);
        }
        if (identity->where == NULL || identity->url == NULL)
                return mst_fail_memory(err, "setting up the managed identity");
        return MST_OK;
}

int
entra_identity_check(struct entra *entra, struct mst_error *err)
{
        struct entra_identity *identity = calloc(1, sizeof *identity);

        if (identity == NULL)
                return mst_fail_memory(err, "setting up the managed identity");
        entra->identity = identity;
        if (set_address(entra, identity, err) != MST_OK)
                return err->code;
        identity->config = (struct mst_http_config){ .ca_file = entra->config->http.ca_file,
                                                     .timeout = TIMEOUT_MS, .in_flight = 1 };
        identity->http = mst_http_new(&identity->config, sizeof identity->config, entra->host, err);
        if (identity->http == NULL)
                return err->code;
        if (mst_http_allow_link(identity->http, identity->url, err) != MST_OK)
                return mst_wrap(err, identity->header != NULL ? "IDENTITY_ENDPOINT" : "imds-url");
        /* One try a request, not even after "come back in 0 s": the schedule is below. */
        mst_http_set(identity->http, MST_HTTP_TRIES, 1);
        mst_http_set(identity->http, MST_HTTP_PATIENCE, -1);
        mst_http_set(identity->http, MST_HTTP_CONNECT, CONNECT_MS);
        if (entra->config->backoff > 0)
                mst_http_set(identity->http, MST_HTTP_BACKOFF, entra->config->backoff);
        mst_http_id_header(identity->http, "x-ms-client-request-id");
        identity->request = mst_http_request_new();
        identity->reply = mst_http_reply_new();
        if (identity->request == NULL || identity->reply == NULL)
                return mst_fail_memory(err, "setting up the managed identity");
        return MST_OK;
}

void
entra_identity_free(struct entra_identity *identity)
{
        if (identity == NULL)
                return;
        mst_http_request_free(identity->request);
        mst_http_reply_free(identity->reply);
        mst_http_free(identity->http);
        mst_secret_free(identity->header);
        free(identity);
}

/* --- asking ----------------------------------------------------------------------------- */

/* One try.  MST_ENET and MST_ETHROTTLED are worth another. */
static int
ask(struct entra *entra, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct entra_identity *identity = entra->identity;
        struct entra_answer answer;
        int status;
        bool good;

        mst_http_start_exact(identity->request, "GET", identity->url, strlen(identity->url));
        mst_http_secret_reply(identity->request);
        if (identity->header != NULL)
                mst_http_secret_header(identity->request, "X-IDENTITY-HEADER", "", identity->header);
        else
                mst_http_header(identity->request, "Metadata", "true");
        if (mst_http_do(identity->http, identity->request, identity->reply, err) != MST_OK) {
                if (!mst_http_was_sent(identity->reply) && err->code == MST_ENET)
                        return mst_wrap(err, "%s cannot be reached: a managed identity is only there on a "
                                        "machine or service of Azure", identity->what);
                return mst_wrap(err, "%s", identity->what);
        }
        status = mst_http_status(identity->reply);
        good = entra_answer_read(entra, identity->reply, &answer);
        if (status == 200 && good)
                return entra_answer_take(entra, &answer, identity->where, ret, life_ms, err);
        if (status == 404 || status == 410 || status == 200)
                return mst_fail(err, MST_ENET, "%s at %.200s is being updated, or is not what answers there "
                                "(status %d)", identity->what, identity->where, status);
        return mst_fail(err, MST_EAUTH, "%s at %.100s gives no token for managed-identity '%.100s': %s%s%s "
                        "(status %d); is an identity assigned to this machine or service, and is it that one?",
                        identity->what, identity->where, entra->config->managed_identity,
                        answer.error != NULL ? answer.error : "no reason given",
                        answer.description != NULL ? ": " : "",
                        answer.description != NULL ? answer.description : "", status);
}

/* How long to wait before try 'next' (2 is the second), in units of 'backoff'; 0: no more. */
static int64_t
pause_before(int next, int64_t waited, bool upgrading, bool nowhere)
{
        static const int64_t waits[] = { 0, 0, 2, 6, 14, 30 };

        if (nowhere && next > NOWHERE_TRIES)
                return 0;
        if (next <= TRIES)
                return waits[next];
        return upgrading && waited < UPGRADE_UNITS ? 10 : 0;
}

int
entra_identity_get(struct entra *entra, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err)
{
        struct entra_identity *identity = entra->identity;
        int64_t unit = entra->config->backoff > 0 ? entra->config->backoff : 1000, waited = 0;
        bool upgrading = false;

        for (int next = 2;; next++) {
                int code = ask(entra, ret, life_ms, err);
                int64_t units, wait;

                if (code != MST_ENET && code != MST_ETHROTTLED)
                        return code;
                upgrading = upgrading || mst_http_status(identity->reply) == 410;
                units = pause_before(next, waited, upgrading, !mst_http_was_sent(identity->reply)
                                     && mst_http_status(identity->reply) == 0);
                if (units == 0)
                        return code;
                wait = units * unit;
                if ((int64_t)err->retry_after_ms >= wait)
                        wait = (int64_t)err->retry_after_ms + 1;
                mst_host_log(entra->host, MST_LOG_INFO, "%s; trying again in %lld.%01lld s", err->text,
                             (long long)(wait / 1000), (long long)(wait % 1000 / 100));
                if (!mst_host_sleep(entra->host, (uint32_t)wait))
                        return code;
                waited += units;
        }
}
