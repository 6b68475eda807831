/* graph.c - one call of Graph. */
#include "entra.h"

void
entra_graph_start(struct entra *entra, struct mst_http_request *request, const char *url,
                  size_t length)
{
        mst_http_start_exact(request, "GET", url, length);
        mst_http_header(request, "Accept", "application/json");
        mst_http_bearer(request, entra->token);
}

int
entra_graph_get(struct entra *entra, const char *url, size_t length, struct mst_error *err)
{
        int code;

        entra_graph_start(entra, entra->request, url, length);
        code = mst_http_do(entra->http, entra->request, entra->reply, err);
        return code;
}
