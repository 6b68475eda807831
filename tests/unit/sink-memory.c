/* sink-memory.c - memory that runs out at any point of what a sink of a REST service does: it is
 * opened, asked for somebody and told to make him, against its emulator, and the n-th request for
 * memory gets none.
 *
 * What fails has a sentence; what is said to be done is there, what is said to be refused or to be
 * tried again is not; and with memory back he is found or made, and there once. */
#include "build.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <muster/http.h>
#include <muster/test.h>

#include "../../plugins/boldbi/boldbi.h"
#include "../../plugins/kaizala/kaizala.h"
#include "unit.h"
#include "util/alloc.h"

extern const struct mst_plugin mst_plugin_boldbi, mst_plugin_kaizala;

static pid_t pid;
static char folder[64], ready[4096], control[200];
static struct mst_test *test, *door_test;
static struct mst_http_config door_config;
static struct mst_http *door;
static struct mst_http_request *request;
static struct mst_http_reply *reply;

/* --- the services ---------------------------------------------------------------------- */

static char *
member(const char *name)
{
        static char values[8][600];
        static int next;
        char *into = values[next++ % 8], look[80];
        const char *at;

        snprintf(look, sizeof look, "\"%s\":\"", name);
        at = strstr(ready, look);
        ck_assert_msg(at != NULL, "no %s: %s", name, ready);
        snprintf(into, 600, "%.*s", (int)strcspn(at + strlen(look), "\""), at + strlen(look));
        return into;
}

static const void *
boldbi_config(void)
{
        static struct bbi_config config;
        static char passwords[120];
        const char *key = member("apiKey");

        snprintf(passwords, sizeof passwords, "%s/passwords", folder);
        config = (struct bbi_config){ .http = { .url = strdup(member("site")), .timeout = 5000 },
                                      .api_key = mst_secret_new(key, strlen(key)), .initial_password = BBI_RANDOM,
                                      .password_file = passwords };
        return &config;
}

static void
boldbi_drop(const void *of)
{
        const struct bbi_config *config = of;

        free(config->http.url);
        mst_secret_free(config->api_key);
}

static const void *
kaizala_config(void)
{
        static char id[] = "6b1d0f5e-1f3c-4a52-9b51-0a6c2f1d7e10", here[] = "127.0.0.1", local[] = "localhost", phone[] = "PhoneNumber", city[] = "City";
        static char *hosts[] = { here, local, NULL }, *columns[] = { phone, city, NULL };
        static char root[200], portal[230], outbox[120];
        static struct kzl_config config;
        const char *token = member("refreshToken");

        snprintf(root, sizeof root, "%.*s", (int)(strlen(control) - strlen("/_control")), control);
        snprintf(portal, sizeof portal, "%s/_portal", root);
        snprintf(outbox, sizeof outbox, "%s/outbox", folder);
        (void)mkdir(outbox, 0700);
        config = (struct kzl_config){ .http = { .url = root, .timeout = 5000 }, .application_id = id, .outbox = outbox,
                                      .portal_url = portal, .trusted_hosts = hosts, .columns = columns, .calls_per_minute = 100000,
                                      .application_secret = mst_secret_new("EXAMPLE0KEY", 11),
                                      .refresh_token = mst_secret_new(token, strlen(token)),
                                      .token_key = mst_secret_new("a key for the tests of the kaizala sink", 39) };
        return &config;
}

static void
kaizala_drop(const void *of)
{
        const struct kzl_config *config = of;

        mst_secret_free(config->application_secret);
        mst_secret_free(config->refresh_token);
        mst_secret_free(config->token_key);
}

static const struct service {
        const char *program, *option, *look;     /* look: the control door's list of everybody */
        const struct mst_plugin *plugin;
        const void *(*config)(void);
        void (*drop)(const void *);
        const char *key, *form;              /* the attribute that he is found by      */
        const char *further;
        long least;                          /* requests for memory that there are     */
} services[] = {
        { "boldbi", NULL, "users", &mst_plugin_boldbi, boldbi_config, boldbi_drop, "Email", "x%05ld@x.example", "Username FirstName", 30 },
        { "kaizala", "--calls", "people", &mst_plugin_kaizala, kaizala_config, kaizala_drop, "PhoneNumber", "+4912345%05ld", "City", 50 },
};

static void
launch(const struct service *s)
{
        char path[100], program[4096];
        const char *top = getenv("top_builddir");
        struct timespec nap = { .tv_nsec = 20000000 };
        ssize_t n = 0;

        strcpy(folder, "/tmp/muster-memory-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/ready", folder);
        snprintf(program, sizeof program, "%s/tests/emulators/%s/%s-emulator", top != NULL ? top : ".", s->program, s->program);
        pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
                int null = open("/dev/null", O_RDWR);
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(null, 1);
                execl(program, program, "--ready-file", path, s->option, "0", "--tenant-calls", "0", (char *)NULL);
                _exit(127);
        }
        for (int i = 0; i < 1500 && n <= 0; i++) {
                int fd = open(path, O_RDONLY);
                if (fd >= 0) {
                        n = read(fd, ready, sizeof ready - 1);
                        close(fd);
                }
                if (n <= 0)
                        nanosleep(&nap, NULL);
        }
        ck_assert_msg(n > 0, "the emulator did not start");
        ready[n] = '\0';
        snprintf(control, sizeof control, "%s", member("control"));
}

static void
begin(const struct service *s)
{
        struct mst_error err = { 0 };

        launch(s);
        door_test = mst_test_new("door");
        door_config = (struct mst_http_config){ .url = control };
        door = mst_http_new(&door_config, sizeof door_config, mst_test_host(door_test), &err);
        ck_assert_msg(door != NULL, "%s", err.text);
        request = mst_http_request_new();
        reply = mst_http_reply_new();
        test = mst_test_new("sink");
}

static void
end(void)
{
        char command[100];

        mst_http_request_free(request);
        mst_http_reply_free(reply);
        mst_http_free(door);
        mst_test_free(test);
        mst_test_free(door_test);
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
        snprintf(command, sizeof command, "rm -rf %s", folder);
        ck_assert_int_eq(system(command), 0);
}

/* How often he is there, as the service itself has it. */
static int
times(const struct service *s, const char *who)
{
        struct mst_error err = { 0 };
        const char *at;
        char quoted[100];
        int count = 0;

        mst_http_start(request, "GET", "/%s", s->look);
        ck_assert_msg(mst_http_do(door, request, reply, &err) == MST_OK && mst_http_status(reply) == 200, "%s", err.text);
        snprintf(quoted, sizeof quoted, "\"%s\":\"%s\"", s->key, who);
        for (at = mst_http_content(reply, NULL); (at = strcasestr(at, quoted)) != NULL; at++)
                count++;
        return count;
}

/* As if he had never been: what a life does must not grow with the lives before it. */
static void
forget(const struct service *s, const char *who)
{
        const bool boldbi = s->plugin == &mst_plugin_boldbi;
        struct mst_error err = { 0 };
        char body[100], command[200];

        snprintf(body, sizeof body, "{\"%s\":\"%s\"}", boldbi ? "id" : "number", who);
        mst_http_start(request, "POST", "/%s", boldbi ? "remove" : "person-remove");
        mst_http_body(request, "application/json", body, strlen(body));
        ck_assert_msg(mst_http_do(door, request, reply, &err) == MST_OK && mst_http_status(reply) == 200, "%s%s", err.text,
                      mst_http_content(reply, NULL));
        snprintf(command, sizeof command, "rm -f %s/outbox/* %s/passwords", folder, folder);
        ck_assert_int_eq(system(command), 0);
}

/* --- what is done ------------------------------------------------------------------------ */

static enum mst_outcome
make(const struct service *s, void *sink, const char *who, struct mst_error *err)
{
        struct mst_feed *feed = mst_test_feed(test);
        struct mst_op *op = mst_test_op(test, MST_CREATE, MST_USER, who);
        struct mst_record *after = op != NULL ? mst_test_op_after(op) : NULL;
        enum mst_outcome outcome = MST_RETRY;
        char names[60], *save = NULL;
        int code;

        if (feed == NULL || after == NULL || !mst_test_op_stamp(op, who)) {
                mst_fail_memory(err, "making an op");
                return outcome;
        }
        mst_record_text(after, mst_record_put(after, s->key), who, strlen(who));
        snprintf(names, sizeof names, "%s", s->further);
        for (char *name = strtok_r(names, " ", &save); name != NULL; name = strtok_r(NULL, " ", &save))
                mst_record_text(after, mst_record_put(after, name), who, strlen(who));
        if (!mst_test_push(feed, op)) {
                mst_fail_memory(err, "making an op");
                return outcome;
        }
        mst_test_end(feed);
        code = s->plugin->sink->apply(sink, feed, err);
        mst_test_close(feed, code == MST_OK ? NULL : err);
        op = mst_test_collect(feed);
        ck_assert_ptr_nonnull(op);
        outcome = mst_test_outcome(op);
        if (outcome != MST_DONE && mst_test_why(op)->text[0] != 0)       /* else apply() says why, of all that it left */
                *err = *mst_test_why(op);
        if (outcome != MST_DONE)
                ck_assert_msg(err->text[0] != 0, "no sentence: outcome %d", (int)outcome);

        if (outcome == MST_DONE)
                ck_assert_ptr_nonnull(mst_test_new_object(op));
        return outcome;
}

static int
find(const struct service *s, void *sink, const char *who, size_t *found, struct mst_error *err)
{
        struct mst_search *search = mst_test_search(test);
        int code;

        if (search == NULL || !mst_test_ask_text(search, MST_USER, s->key, who))
                return mst_fail_memory(err, "asking");
        code = s->plugin->sink->find(sink, search, err);
        for (*found = 0; code == MST_OK && mst_test_found(mst_search_at(search, 0), *found) != NULL; ++*found)
                ;
        return code;
}

/* One life of the sink; RETRY when it did not come to making him. */
static enum mst_outcome
life(const struct service *s, const void *config, const char *who, struct mst_error *err)
{
        enum mst_outcome outcome = MST_RETRY;
        void *sink = NULL;
        size_t found = 0;

        if (s->plugin->sink->open(config, mst_test_host(test), &sink, err) != MST_OK)
                return outcome;
        if (find(s, sink, who, &found, err) == MST_OK)
                outcome = found > 0 ? MST_DONE : make(s, sink, who, err);
        s->plugin->sink->close(sink);
        return outcome;
}

START_TEST(memory_runs_out)
{
        const struct service *s = &services[_i];
        const void *config;
        long n, fine = 0;

        begin(s);
        config = s->config();
        for (n = 1; ; n++) {
                struct mst_error err = { 0 };
                enum mst_outcome outcome;
                char who[40];
                bool failed;
                int there;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                snprintf(who, sizeof who, s->form, n);
#pragma GCC diagnostic pop
                mstc_alloc_fail_at(n);
                outcome = life(s, config, who, &err);
                failed = mstc_alloc_failed();
                mstc_alloc_fail_at(0);
                there = times(s, who);
                ck_assert_msg(outcome == MST_DONE || outcome == MST_UNKNOWN || err.text[0] != '\0' || failed, "n=%ld: no sentence", n);
                ck_assert_msg(outcome != MST_DONE || there == 1, "n=%ld: done, but there %d times", n, there);
                ck_assert_msg(outcome == MST_DONE || outcome == MST_UNKNOWN || there == 0, "n=%ld: not done (%s), but there", n, err.text);
                fine += outcome == MST_DONE;
                err = (struct mst_error){ 0 };
                outcome = life(s, config, who, &err);
                ck_assert_msg(outcome == MST_DONE, "n=%ld: %d %s", n, (int)outcome, err.text);
                there = times(s, who);
                ck_assert_msg(there == 1, "n=%ld: there %d times: %s", n, there, mst_http_content(reply, NULL));
                forget(s, who);
                if (!failed)
                        break;
                ck_assert_int_lt(n, 5000);
        }
        ck_assert_int_gt(n, s->least);
        ck_assert_int_gt(fine, 0);
        printf("%s: %ld requests for memory, each of which failed once\n", s->program, n);
        s->drop(config);
        end();
}
END_TEST

static Suite *
suite(void)
{
        Suite *s = suite_create("sink-memory");
        TCase *t = tcase_create("all");

        tcase_set_timeout(t, 3600);
        tcase_add_loop_test(t, memory_runs_out, 0, UNIT_COUNT(services));
        suite_add_tcase(s, t);
        return s;
}

UNIT_MAIN(suite)
