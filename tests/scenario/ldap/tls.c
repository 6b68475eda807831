/* tls.c - the ways to reach the server, and those that must not work. */
#include "fixture.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char *
in_work(const char *file)
{
        static char paths[4][512];
        static size_t next;
        char *path = paths[next++ % 4];

        snprintf(path, sizeof paths[0], "%s/%s", getenv("LDAP_SINK_WORK"), file);
        return path;
}

/* ldapi: the path with its slashes escaped. */
static char *
socket_uri(void)
{
        static char uri[1024];
        char *at = uri + sprintf(uri, "ldapi://");

        for (const char *path = in_work("main/socket"); *path != '\0'; path++)
                at += *path == '/' ? sprintf(at, "%%2F") : sprintf(at, "%c", *path);
        return uri;
}

static const struct {
        const char *server, *uri;        /* uri: "uri", "ldaps-uri" or "socket" */
        bool start_tls;
        const char *ca;
        int code;
        const char *says;
} ways[] = {
        { "main", "uri", false, NULL, MST_OK, NULL },
        { "main", "socket", false, NULL, MST_OK, NULL },
        { "main", "ldaps-uri", false, "tls/ca.pem", MST_OK, NULL },
        { "main", "uri", true, "tls/ca.pem", MST_OK, NULL },
        { "main", "ldaps-uri", false, "tls/other-ca.pem", MST_ECONFIG, "certificate is not accepted" },
        { "main", "uri", true, "tls/other-ca.pem", MST_ECONFIG, "certificate is not accepted" },
        { "main", "ldaps-uri", false, NULL, MST_ECONFIG, "the system's trusted ones" },
        { "main", "ldaps-uri", false, "tls/missing.pem", MST_ECONFIG, "missing.pem: No such file" },
        { "main", "ldaps-uri", false, "tls/log", MST_ECONFIG, "tls/log" },
        { "small", "ldaps-uri", false, "tls/ca.pem", MST_ECONFIG, "made out for '127.0.0.1'" },   /* a stranger's */
        { "small", "uri", true, "tls/ca.pem", MST_ECONFIG, "made out for '127.0.0.1'" },
};

START_TEST(reached)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        char ca[512];
        int rc;

        fx_start(&fx, ways[_i].server);
        mst_plugin_ldap.sink->close(fx.self);
        fx.self = NULL;
        free(fx.uris[0]);
        fx.uris[0] = strdup(strcmp(ways[_i].uri, "socket") == 0 ? socket_uri() : fx_read(ways[_i].server, ways[_i].uri));
        fx.config.access.start_tls = ways[_i].start_tls;
        if (ways[_i].ca != NULL) {
                snprintf(ca, sizeof ca, "%s", in_work(ways[_i].ca));
                fx.config.access.ca_file = ca;
        }
        ck_assert_msg(fx_open(&fx, &err) == MST_OK, "%s", err.text);
        for (size_t i = 0; i < 200; i++) {
                char uid[32];

                snprintf(uid, sizeof uid, "u%zu", i);
                (void)fx_person(&fx, uid);
        }
        rc = fx_apply(&fx, &err);
        ck_assert_msg(rc == ways[_i].code, "%d %s", rc, err.text);
        if (rc == MST_OK)
                for (size_t i = 0; i < fx.count; i++)
                        fx_outcome(&fx, i, MST_DONE, NULL);
        else
                ck_assert_msg(strstr(err.text, ways[_i].says) != NULL, "%s", err.text);
        ck_assert_uint_eq(fx_entries(&fx, PEOPLE, "(objectClass=person)"), rc == MST_OK ? 200 : 0);
        fx_close(&fx);
}
END_TEST

/* What the environment and its files say to libldap does not count. */
START_TEST(environment)
{
        struct fixture fx;
        struct mst_error err = { 0 };
        FILE *conf = fopen(in_work("ldap.conf"), "w");

        ck_assert_ptr_nonnull(conf);
        fprintf(conf, "TLS_REQCERT never\nREFERRALS on\nSIZELIMIT 1\nTIMELIMIT 1\nDEREF always\nTLS_CACERT %s\n",
                in_work("tls/ca.pem"));
        fclose(conf);
        setenv("LDAPCONF", in_work("ldap.conf"), 1);
        setenv("LDAPTLS_REQCERT", "never", 1);
        setenv("LDAPTLS_CACERT", in_work("tls/ca.pem"), 1);
        fx_begin(&fx, "main");
        free(fx.uris[0]);
        fx.uris[0] = strdup(fx_read("main", "ldaps-uri"));
        fx.config.access.ca_file = in_work("tls/other-ca.pem");
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        (void)fx_person(&fx, "ada");
        ck_assert_int_eq(fx_apply(&fx, &err), MST_ECONFIG);
        ck_assert_ptr_nonnull(strstr(err.text, "certificate is not accepted"));
        fx_close(&fx);
        unsetenv("LDAPCONF");
        unsetenv("LDAPTLS_REQCERT");
        unsetenv("LDAPTLS_CACERT");
}
END_TEST

/* A server that takes the connection and says nothing, or hangs up at once; or answers
 * with what 'says' holds. */
struct impostor {
        int fd;
        char uri[64];
        const char *says;
        size_t length;
        size_t heard;
        char told[4096];
        pthread_t thread;
};

static void *
listen_only(void *argument)
{
        struct impostor *impostor = argument;
        int fd = accept(impostor->fd, NULL, NULL);
        ssize_t got;

        if (fd < 0)
                return NULL;
        while (impostor->heard < sizeof impostor->told &&
               (got = read(fd, impostor->told + impostor->heard, sizeof impostor->told - impostor->heard)) > 0) {
                impostor->heard += (size_t)got;
                if (impostor->length > 0 && write(fd, impostor->says, impostor->length) < 0)
                        break;
                impostor->length = 0;
        }
        close(fd);
        return NULL;
}

static void
begin_impostor(struct impostor *impostor, const char *scheme, const char *says, size_t length)
{
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof address;

        memset(impostor, 0, sizeof *impostor);
        impostor->says = says;
        impostor->length = length;
        impostor->fd = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(bind(impostor->fd, (struct sockaddr *)&address, sizeof address), 0);
        ck_assert_int_eq(listen(impostor->fd, 8), 0);
        ck_assert_int_eq(getsockname(impostor->fd, (struct sockaddr *)&address, &size), 0);
        snprintf(impostor->uri, sizeof impostor->uri, "%s://127.0.0.1:%d", scheme, ntohs(address.sin_port));
        ck_assert_int_eq(pthread_create(&impostor->thread, NULL, listen_only, impostor), 0);
}

static void
end_impostor(struct impostor *impostor)
{
        shutdown(impostor->fd, SHUT_RDWR);
        pthread_join(impostor->thread, NULL);
        close(impostor->fd);
}

static void *
stop_soon(void *argument)
{
        usleep(200000);
        mst_test_stop(argument);
        return NULL;
}

/* ldaps, ldap and StartTLS to a server that is silent: stopped at once, or timed out. */
static const struct {
        const char *scheme;
        bool start_tls, stop;
} silences[] = {
        { "ldaps", false, true },  { "ldap", false, true },  { "ldap", true, true },
        { "ldaps", false, false }, { "ldap", false, false }, { "ldap", true, false },
};

START_TEST(silence)
{
        struct impostor impostor;
        struct fixture fx;
        struct mst_error err = { 0 };
        struct timespec before, after;
        pthread_t stopper;

        begin_impostor(&impostor, silences[_i].scheme, NULL, 0);
        fx_begin(&fx, "main");
        free(fx.uris[0]);
        fx.uris[0] = strdup(impostor.uri);
        fx.config.access.start_tls = silences[_i].start_tls;
        fx.config.access.ca_file = in_work("tls/ca.pem");
        fx.config.access.connect_timeout = silences[_i].stop ? 30000 : 400;
        fx.config.attempts = 0;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        (void)fx_person(&fx, "ada");
        if (silences[_i].stop)
                ck_assert_int_eq(pthread_create(&stopper, NULL, stop_soon, fx.test), 0);
        clock_gettime(CLOCK_MONOTONIC, &before);
        ck_assert_int_eq(fx_apply(&fx, &err), MST_ENET);
        clock_gettime(CLOCK_MONOTONIC, &after);
        ck_assert_int_lt(after.tv_sec - before.tv_sec, 2);
        ck_assert_msg(strstr(err.text, silences[_i].stop ? "stopped" : "within 400 ms") != NULL, "%s", err.text);
        fx_outcome(&fx, 0, MST_UNSENT, NULL);
        if (silences[_i].stop)
                pthread_join(stopper, NULL);
        fx_close(&fx);
        end_impostor(&impostor);
}
END_TEST

/* StartTLS stripped: the server says "I do not know that", or anything else.  The password
 * is not sent. */
static const struct {
        const char *answer;
        size_t length;
        const char *says;
} stripped[] = {
        { "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 14, "does not grant StartTLS" },
        { "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00" "plain text", 24, "TLS" },
        { "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14, "" },
        { "HTTP/1.1 400 Bad Request\r\n\r\n", 28, "" },
        { "\x30\x84\x7f\xff\xff\xff", 6, "" },
        { "\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00", 14, "takes its leave" },
};

START_TEST(strip)
{
        struct impostor impostor;
        struct fixture fx;
        struct mst_error err = { 0 };
        const char *secret = fx_read("main", "muster.secret");

        begin_impostor(&impostor, "ldap", stripped[_i].answer, stripped[_i].length);
        fx_begin(&fx, "main");
        free(fx.uris[0]);
        fx.uris[0] = strdup(impostor.uri);
        fx.config.access.start_tls = true;
        fx.config.access.ca_file = in_work("tls/ca.pem");
        fx.config.access.connect_timeout = 500;
        fx.config.attempts = 0;
        ck_assert_int_eq(fx_open(&fx, &err), MST_OK);
        (void)fx_person(&fx, "ada");
        ck_assert_int_ne(fx_apply(&fx, &err), MST_OK);
        ck_assert_msg(strstr(err.text, stripped[_i].says) != NULL, "%s", err.text);
        fx_outcome(&fx, 0, MST_UNSENT, NULL);
        fx_close(&fx);
        end_impostor(&impostor);
        ck_assert_uint_gt(impostor.heard, 0);
        ck_assert_ptr_null(memmem(impostor.told, impostor.heard, secret, strlen(secret)));
        ck_assert_ptr_null(memmem(impostor.told, impostor.heard, LOGIN, strlen(LOGIN)));
}
END_TEST

TCase *
case_tls(void)
{
        TCase *tls = tcase_create("tls");

        tcase_set_timeout(tls, 60);
        tcase_add_loop_test(tls, reached, 0, (int)(sizeof ways / sizeof *ways));
        tcase_add_test(tls, environment);
        tcase_add_loop_test(tls, silence, 0, (int)(sizeof silences / sizeof *silences));
        tcase_add_loop_test(tls, strip, 0, (int)(sizeof stripped / sizeof *stripped));
        return tls;
}
