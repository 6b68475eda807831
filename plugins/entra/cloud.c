/* cloud.c - which addresses belong to which cloud.
 *
 * Sign-in, Graph and scope go together: the token of one cloud is no good in
 * another.  Each of them can be set for itself, for emulators and other clouds. */
#include <string.h>

#include "entra.h"

/* In the order of the choices of option 'cloud'. */
static const struct {
        const char *login, *graph;
} clouds[] = {
        { "https://login.microsoftonline.com", "https://graph.microsoft.com" },
        { "https://login.microsoftonline.us", "https://graph.microsoft.us" },
        { "https://login.microsoftonline.us", "https://dod-graph.microsoft.us" },
        { "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn" },
};

static size_t
without_slashes(const char *url)
{
        size_t length = strlen(url);

        while (length > 0 && url[length - 1] == '/')
                length--;
        return length;
}

/* "https://host:port" of an address. */
static const char *
root_of(struct mst_arena *arena, const char *url)
{
        const char *host = strstr(url, "://");
        size_t length = host != NULL ? (size_t)(host - url) + 3 : 0;

        return mst_arena_strndup(arena, url, length + strcspn(url + length, "/?#"));
}

static const char *
versioned(struct mst_arena *arena, const char *graph)
{
        size_t length = strlen(graph);

        if (length >= 5 && strcmp(graph + length - 5, "/v1.0") == 0)
                return graph;
        return mst_arena_printf(arena, "%s/v1.0", graph);
}

/* A tenant is a GUID or a domain name: it becomes part of an address. */
static bool
good_tenant(const char *tenant)
{
        static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
        size_t length = strlen(tenant);

        return length > 0 && length <= 253 && strspn(tenant, fine) == length
                && tenant[0] != '.' && strchr(tenant, '.') != tenant + length - 1;
}

int
entra_cloud_set(struct entra *entra, struct mst_error *err)
{
        const struct entra_config *config = entra->config;
        struct mst_arena *arena = entra->arena;
        size_t cloud = (size_t)config->cloud;
        const char *login, *graph;

        if (cloud >= sizeof clouds / sizeof clouds[0])
                return mst_fail(err, MST_ECONFIG, "there is no such cloud");
        if (entra->tenant == NULL)
                return mst_fail(err, MST_ECONFIG, "the option <tenant> is missing: add the directory's id (GUID) "
                                "or one of its domain names");
        if (!good_tenant(entra->tenant))
                return mst_fail(err, MST_ECONFIG, "tenant '%.100s' is neither a directory id (GUID) nor a "
                                "domain name", entra->tenant);
        if (strcmp(entra->tenant, "common") == 0 || strcmp(entra->tenant, "consumers") == 0
            || strcmp(entra->tenant, "organizations") == 0)
                return mst_fail(err, MST_ECONFIG, "tenant '%s' does not name one directory: give its id "
                                "or a domain name", entra->tenant);
        login = config->login_url != NULL ? config->login_url
                : entra->authority != NULL ? entra->authority : clouds[cloud].login;
        graph = config->graph_url != NULL ? config->graph_url : clouds[cloud].graph;
        entra->login = mst_arena_strndup(arena, login, without_slashes(login));
        entra->graph = mst_arena_strndup(arena, graph, without_slashes(graph));
        if (entra->login == NULL || entra->graph == NULL)
                return mst_fail_memory(err, "setting up the connector");
        entra->base = versioned(arena, entra->graph);
        entra->scope = config->scope != NULL ? mst_arena_strdup(arena, config->scope)
                : mst_arena_printf(arena, "%s/.default", root_of(arena, entra->graph));
        entra->token_url = mst_arena_printf(arena, "%s/%s/oauth2/v2.0/token", entra->login,
                                            entra->tenant);
        if (entra->base == NULL || entra->scope == NULL || entra->token_url == NULL)
                return mst_fail_memory(err, "setting up the connector");
        return MST_OK;
}
