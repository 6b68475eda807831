/* http-kit.c - what the tests of <muster/http.h> stand on; see http-kit.h. */
#include "build.h"

#include "http-kit.h"

#include <string.h>

#include "unit.h"

struct mst_test *test;
struct server server;
struct mst_http_config config;
struct mst_http *http;
struct mst_http_request *request;
struct mst_http_reply *reply;
struct mst_error err;

void
begin(void)
{
        test = mst_test_new("acme");
        request = mst_http_request_new();
        reply = mst_http_reply_new();
        config = (struct mst_http_config){ .timeout = 3000, .in_flight = 4 };
        err = (struct mst_error){ 0 };
        ck_assert(test != NULL && request != NULL && reply != NULL);
}

void
end(void)
{
        mst_http_request_free(request);
        mst_http_reply_free(reply);
        mst_http_free(http);
        http = NULL;
        server_end(&server);
        mst_test_free(test);
}

void
serve(const struct server_step *steps, size_t count)
{
        server_start(&server, steps, count);
        config.url = server.url;
        http = mst_http_new(&config, sizeof config, mst_test_host(test), &err);
        ck_assert_msg(http != NULL, "%s", err.text);
        mst_http_set(http, MST_HTTP_BACKOFF, 2);
        mst_http_set(http, MST_HTTP_TRIES, 3);
        mst_http_set(http, MST_HTTP_PATIENCE, 2000);
}

void
check_hidden(const char *secret)
{
        const char *line;

        ck_assert_ptr_null(strstr(err.text, secret));
        for (size_t i = 0; (line = mst_test_log_at(test, i, NULL)) != NULL; i++)
                ck_assert_msg(strstr(line, secret) == NULL, "%s", line);
}

bool
logged(const char *what)
{
        const char *line;

        for (size_t i = 0; (line = mst_test_log_at(test, i, NULL)) != NULL; i++)
                if (strstr(line, what) != NULL)
                        return true;
        return false;
}
