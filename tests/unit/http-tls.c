/* http-tls.c - TLS: what is not proven is not talked to.
 *
 * The server is openssl's own (`openssl s_server -www`), with certificates made for the
 * test.  Without the program the test is skipped. */
#include "build.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <muster/http.h>
#include <muster/test.h>

#include "unit.h"

static char folder[] = "/tmp/muster-tls-XXXXXX";
static struct mst_test *test;
static pid_t pid;
static int port;

static int
run(const char *format, ...) MST_PRINTF(1, 2);

static int
run(const char *format, ...)
{
        char command[2000];
        va_list ap;

        va_start(ap, format);
        vsnprintf(command, sizeof command, format, ap);
        va_end(ap);
        return system(command);
}

static int
free_port(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET };
        socklen_t length = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ck_assert(bind(fd, (struct sockaddr *)&address, length) == 0
                  && getsockname(fd, (struct sockaddr *)&address, &length) == 0);
        close(fd);
        return ntohs(address.sin_port);
}

static bool
answers(void)
{
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        bool there;

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        there = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        return there;
}

/* A server whose certificate is for 'name', with further arguments or "". */
static void
serve(const char *name, const char *extra)
{
        struct timespec nap = { .tv_nsec = 20000000 };
        char command[1000];

        ck_assert(mkdtemp(folder) != NULL);
        ck_assert_int_eq(run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext "
                             "subjectAltName=%s -keyout %s/key.pem -out %s/cert.pem >/dev/null 2>&1",
                             name, folder, folder), 0);
        port = free_port();
        snprintf(command, sizeof command, "exec openssl s_server -quiet -www -accept 127.0.0.1:%d -cert "
                 "%s/cert.pem -key %s/key.pem %s", port, folder, folder, extra);
        pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
                int null = open("/dev/null", O_RDWR);
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                dup2(null, 0);
                dup2(null, 1);
                dup2(null, 2);
                execl("/bin/sh", "sh", "-c", command, (char *)NULL);
                _exit(127);
        }
        for (int i = 0; i < 500 && !answers(); i++)
                nanosleep(&nap, NULL);
        test = mst_test_new("acme");
}

static void
end(void)
{
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        run("rm -r -f %s", folder);
        strcpy(folder, "/tmp/muster-tls-XXXXXX");
        mst_test_free(test);
}

static int
get(bool trusted, struct mst_error *err)
{
        char url[60], ca[100];
        struct mst_http_config config = { .url = url, .ca_file = trusted ? ca : NULL, .timeout = 5000 };
        struct mst_http_request *request = mst_http_request_new();
        struct mst_http_reply *reply = mst_http_reply_new();
        struct mst_http *http;
        int code;

        snprintf(url, sizeof url, "https://127.0.0.1:%d", port);
        snprintf(ca, sizeof ca, "%s/cert.pem", folder);
        http = mst_http_new(&config, sizeof config, mst_test_host(test), err);
        ck_assert_msg(http != NULL, "%s", err->text);
        mst_http_set(http, MST_HTTP_TRIES, 1);
        mst_http_start(request, "GET", "/");
        code = mst_http_do(http, request, reply, err);
        if (code == MST_OK)
                code = mst_http_status(reply);
        mst_http_request_free(request);
        mst_http_reply_free(reply);
        mst_http_free(http);
        return code;
}

static const struct {
        const char *name, *extra;
        bool trusted;
        int code;
        const char *says;
} cases[] = {
        { "IP:127.0.0.1", "", true, 200, NULL },
        { "IP:127.0.0.1", "-tls1_2", true, 200, NULL },
        { "IP:127.0.0.1", "", false, MST_ECONFIG, "ca-file" },           /* unknown issuer */
        { "DNS:other.example", "", true, MST_ECONFIG, "certificate" },   /* another's name */
        { "IP:127.0.0.1", "-tls1_1 -cipher ALL:@SECLEVEL=0", true, MST_ENET, "https://127.0.0.1" },
};

START_TEST(tls)
{
        struct mst_error err = { 0 };

        serve(cases[_i].name, cases[_i].extra);
        ck_assert_msg(get(cases[_i].trusted, &err) == cases[_i].code, "%d %s", err.code, err.text);
        if (cases[_i].says != NULL)
                ck_assert_msg(strstr(err.text, cases[_i].says) != NULL, "%s", err.text);
}
END_TEST

/* Where everything has been installed nothing may be skipped. */
static void
skip(void)
{
        const char *tests = getenv("MUSTER_TESTS");

        fprintf(stderr, "openssl is not installed\n");
        exit(tests != NULL && strcmp(tests, "all") == 0 ? 1 : 77);
}

static Suite *
suite(void)
{
        Suite *s = suite_create("http-tls");
        TCase *c = tcase_create("all");

        if (run("command -v openssl >/dev/null") != 0)
                skip();
        tcase_add_checked_fixture(c, NULL, end);
        tcase_add_loop_test(c, tls, 0, UNIT_COUNT(cases));
        suite_add_tcase(s, c);
        return s;
}

UNIT_MAIN(suite)
