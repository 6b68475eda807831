/* graph.c - one call of Graph. */
#include "entra.h"

void
entra_graph_start(struct entra *entra, struct mst_http_request *request, const char *url,
                  size_t length)
{
        static const char *const priorities[] = { "Normal", "Low", "High" };

        mst_http_start_exact(request, "GET", url, length);
        mst_http_header(request, "Accept", "application/json");
        if (entra->config->priority > 0 && entra->config->priority < 3)
                mst_http_header(request, "x-ms-throttle-priority", priorities[entra->config->priority]);
        mst_http_bearer(request, entra->token);
}

static int
get(struct entra *entra, const char *url, size_t length, bool advanced, struct mst_error *err)
{
        int code;

        entra_graph_start(entra, entra->request, url, length);
        if (advanced)
                mst_http_header(entra->request, "ConsistencyLevel", "eventual");
        code = mst_http_do(entra->http, entra->request, entra->reply, err);
        if (code == MST_OK)
                entra_pace_note(entra, entra->reply, 1);
        return code;
}

int
entra_graph_get(struct entra *entra, const char *url, size_t length, struct mst_error *err)
{
        return get(entra, url, length, false, err);
}

int
entra_graph_get_advanced(struct entra *entra, const char *url, size_t length, struct mst_error *err)
{
        return get(entra, url, length, true, err);
}
