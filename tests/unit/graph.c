/* graph.c - an emulator for one test; see graph.h. */
#include "build.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "graph.h"

static const char *
program(void)
{
        const char *path = getenv("GRAPH_EMULATOR");

        return path != NULL ? path : "tests/emulators/graph/graph-emulator";
}

const char *
graph_member(const char *json, const char *name, char *into, size_t room)
{
        struct mst_json *reader = mst_json_new();
        struct mst_arena *arena = mst_arena_new(0);
        const char *member, *text;
        size_t length, size;

        into[0] = '\0';
        mst_json_start(reader, json, strlen(json));
        if (mst_json_enter_object(reader))
                while (mst_json_member(reader, &member, &length))
                        if (length == strlen(name) && memcmp(member, name, length) == 0
                            && mst_json_text(reader, arena, &text, &size) == MST_JSON_OK
                            && size < room) {
                                memcpy(into, text, size);
                                into[size] = '\0';
                        }
        mst_json_free(reader);
        mst_arena_free(arena);
        return into;
}

static void
launch(struct graph *g, const char *people)
{
        char ready[128], text[2048];
        struct timespec nap = { .tv_nsec = 20000000 };
        ssize_t n = 0;

        strcpy(g->folder, "/tmp/muster-graph-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(g->folder));
        snprintf(ready, sizeof ready, "%s/ready", g->folder);
        g->pid = fork();
        ck_assert_int_ge(g->pid, 0);
        if (g->pid == 0) {
                int null = open("/dev/null", O_RDWR);
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(null, 1);
                execl(program(), program(), "--people", people, "--seed", "7", "--ready-file", ready,
                      (char *)NULL);
                _exit(127);
        }
        for (int i = 0; i < 1500 && n <= 0; i++) {
                int fd = open(ready, O_RDONLY);
                if (fd >= 0) {
                        n = read(fd, text, sizeof text - 1);
                        close(fd);
                }
                if (n <= 0)
                        nanosleep(&nap, NULL);
        }
        ck_assert_msg(n > 0, "the emulator did not start");
        text[n] = '\0';
        graph_member(text, "login", g->login, sizeof g->login);
        graph_member(text, "graph", g->graph, sizeof g->graph);
        graph_member(text, "control", g->control, sizeof g->control);
        graph_member(text, "tenant", g->tenant, sizeof g->tenant);
        graph_member(text, "clientId", g->client, sizeof g->client);
        unlink(ready);
        rmdir(g->folder);
}

void
graph_open(struct graph *g)
{
        struct mst_error err = { 0 };

        if (g->entra != NULL)
                mst_plugin_entra.source->close(g->entra);
        g->entra = NULL;
        ck_assert_msg(mst_plugin_entra.source->open(&g->config, mst_test_host(g->test), &g->entra, &err)
                      == MST_OK, "%s", err.text);
}

void
graph_wants(struct graph *g, const char *const *wants)
{
        size_t count = 0;

        while (wants[count] != NULL)
                count++;
        ck_assert(mst_test_wants(g->test, wants, count));
}

void
graph_start(struct graph *g, const char *people, const char *const *wants)
{
        struct mst_error err = { 0 };

        *g = (struct graph){ 0 };
        launch(g, people);
        g->test = mst_test_new("contoso");
        g->http.url = g->control;
        g->door = mst_http_new(&g->http, sizeof g->http, mst_test_host(g->test), &err);
        ck_assert_msg(g->door != NULL, "%s", err.text);
        g->request = mst_http_request_new();
        g->reply = mst_http_reply_new();
        g->page = mst_test_page(g->test);
        g->config = (struct entra_config){
                .tenant = g->tenant, .client_id = g->client, .login_url = g->login,
                .graph_url = g->graph, .client_secret = mst_secret_new("emulator~secret.+&=/", 20),
                .http = { .timeout = 5000, .in_flight = 8 }, .patience = 5000, .backoff = 10,
        };
        graph_wants(g, wants);
        graph_open(g);
}

void
graph_stop(struct graph *g)
{
        if (g->entra != NULL)
                mst_plugin_entra.source->close(g->entra);
        mst_http_request_free(g->request);
        mst_http_reply_free(g->reply);
        mst_http_free(g->door);
        mst_secret_free(g->config.client_secret);
        mst_test_free(g->test);
        kill(g->pid, SIGTERM);
        waitpid(g->pid, NULL, 0);
}

static const char *
door(struct graph *g)
{
        struct mst_error err = { 0 };

        ck_assert_msg(mst_http_do(g->door, g->request, g->reply, &err) == MST_OK, "%s", err.text);
        ck_assert_msg(mst_http_status(g->reply) == 200, "control: %s", mst_http_content(g->reply, NULL));
        return mst_http_content(g->reply, NULL);
}

const char *
graph_control(struct graph *g, const char *what, const char *json)
{
        mst_http_start(g->request, "POST", "/%s", what);
        mst_http_body(g->request, "application/json", json, strlen(json));
        return door(g);
}

int64_t
graph_cost(struct graph *g, const char *kind, const char *what)
{
        struct mst_json *reader = mst_json_new();
        const char *text = graph_look(g, "cost"), *name;
        size_t length;
        int64_t found = 0;

        mst_json_start(reader, text, strlen(text));
        ck_assert(mst_json_enter_object(reader));
        while (mst_json_member(reader, &name, &length)) {
                if (kind == NULL && length == strlen(what) && memcmp(name, what, length) == 0)
                        mst_json_int(reader, &found);
                if (kind == NULL || length != 5 || memcmp(name, "kinds", 5) != 0 || !mst_json_enter_object(reader))
                        continue;
                while (mst_json_member(reader, &name, &length)) {
                        if (length != strlen(kind) || memcmp(name, kind, length) != 0
                            || !mst_json_enter_object(reader))
                                continue;
                        while (mst_json_member(reader, &name, &length))
                                if (length == strlen(what) && memcmp(name, what, length) == 0)
                                        mst_json_int(reader, &found);
                }
        }
        ck_assert(mst_json_finish(reader));
        mst_json_free(reader);
        return found;
}

const char *
graph_look(struct graph *g, const char *what)
{
        mst_http_start(g->request, "GET", "/%s", what);
        return door(g);
}

int
graph_read(struct graph *g, const char *cursor)
{
        int code;

        g->err = (struct mst_error){ 0 };
        mst_test_page_reset(g->page);
        code = mst_plugin_entra.source->read(g->entra, cursor, g->page, &g->err);
        if (code != MST_OK) {
                ck_assert_int_eq(code, g->err.code);
                ck_assert_str_ne(g->err.text, "");
                return code;
        }
        ck_assert(mst_test_page_ended(g->page));
        cursor = mst_test_page_cursor(g->page);
        g->untracked = cursor == NULL;
        snprintf(g->cursor, sizeof g->cursor, "%s", cursor != NULL ? cursor : "");
        return MST_OK;
}

int
graph_round(struct graph *g, const char *cursor)
{
        char at[70000];
        int code;

        g->whole = g->patch = g->soft = g->hard = g->outside = g->pages = g->bad = 0;
        do {
                code = graph_read(g, cursor);
                if (code != MST_OK)
                        return code;
                g->pages++;
                for (size_t i = 0; i < mst_test_page_count(g->page); i++) {
                        enum mst_test_what what = mst_test_page_what(g->page, i);
                        const struct mst_record *record = mst_test_page_record(g->page, i);

                        g->whole += what == MST_TEST_WHOLE;
                        g->patch += what == MST_TEST_PATCH;
                        g->soft += what == MST_TEST_GONE_SOFT;
                        g->hard += what == MST_TEST_GONE_HARD;
                        g->outside += what == MST_TEST_OUTSIDE;
                        g->bad += mst_record_why_bad(record) != NULL;
                }
                while (mst_test_page_bad(g->page, g->bad) != NULL)
                        g->bad++;
                if (g->each != NULL)
                        g->each(g->each_self, g->page);
                snprintf(at, sizeof at, "%s", g->cursor);
                cursor = at;
        } while (!mst_test_page_is_complete(g->page));
        return MST_OK;
}
