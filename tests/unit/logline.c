/* logline.c - which lines of the log are told, in what form, and what becomes of them when nobody
 * takes them. */
#include "build.h"

#include "cli/logline.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
        const char *levels;
        enum mstc_event event;
        const char *component;
        bool told;
} wanted[] = {
        { "error", MSTC_EVENT_PARKED, "apply", false },
        { "warning", MSTC_EVENT_PARKED, "apply", true },
        { "error,apply=warning", MSTC_EVENT_PARKED, "apply", true },
        { "error,engine=debug", MSTC_EVENT_PARKED, "apply", true },
        { "debug,engine=error", MSTC_EVENT_PARKED, "apply", false },
        { "engine=error,apply=debug", MSTC_EVENT_PARKED, "apply", true },
        { "apply=debug,debug,apply=error", MSTC_EVENT_PARKED, "apply", false },
        { "debug,engine=error", MSTC_EVENT_CONNECTOR_WARNING, "corporate", true },
        { "debug,connector=error", MSTC_EVENT_CONNECTOR_WARNING, "corporate", false },
        { "connector=error corporate=info", MSTC_EVENT_CONNECTOR_INFO, "corporate", true },
        { "debug,http=warning", MSTC_EVENT_HTTP_CALL, "http", false },
        { "debug", MSTC_EVENT_HTTP_CALL, "http", true },
        { "engine=debug,error", MSTC_EVENT_SERVES, "service", false },
        { "service=info", MSTC_EVENT_SERVES, "service", true },
};

START_TEST(levels)
{
        struct mstc_log_levels l = { .all = MST_LOG_ERROR };
        struct mst_error err = { 0 };
        const struct mstc_line line = { .event = wanted[_i].event, .component = wanted[_i].component,
                                        .level = mstc_event_about(wanted[_i].event)->level };

        ck_assert_int_eq(mstc_log_levels_read(wanted[_i].levels, &l, &err), MST_OK);
        ck_assert_int_eq(mstc_log_wants(&l, &line), wanted[_i].told);
}
END_TEST

static const char *const wrong[] = { "", " ", ",", "loud", "http", "http=", "=debug", "http=loud", "debug,http=2", "Debug",
                                     "http==debug", "debug=http" };

START_TEST(levels_wrong)
{
        struct mstc_log_levels l = { .all = MST_LOG_ERROR };
        struct mst_error err = { 0 };

        ck_assert_int_eq(mstc_log_levels_read(wrong[_i], &l, &err), MST_ECONFIG);
        ck_assert_str_ne(err.text, "");
}
END_TEST

START_TEST(levels_many)
{
        struct mstc_log_levels l = { .all = MST_LOG_ERROR };
        struct mst_error err = { 0 };
        char text[2000] = "";

        for (int i = 0; i <= MSTC_LOG_RULES; i++)
                snprintf(text + strlen(text), sizeof text - strlen(text), "c%d=debug,", i);
        ck_assert_int_eq(mstc_log_levels_read(text, &l, &err), MST_ECONFIG);
        memset(text, 'x', 70);
        snprintf(text + 70, sizeof text - 70, "=debug");
        ck_assert_int_eq(mstc_log_levels_read(text, &l, &err), MST_ECONFIG);
}
END_TEST

/* stderr is a file of ours while it lasts. */
struct away { int before; char path[40]; };

static struct away
stderr_to(const char *path)
{
        struct away a = { .before = dup(STDERR_FILENO) };
        int fd;

        strcpy(a.path, "/tmp/muster-logline.XXXXXX");
        fd = path != NULL ? open(path, O_WRONLY) : mkstemp(a.path);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
        close(fd);
        return a;
}

static void
stderr_back(struct away *a, char *into, size_t room)
{
        ssize_t got = 0;

        if (into != NULL) {
                int fd = open(a->path, O_RDONLY);

                got = read(fd, into, room - 1);
                into[got > 0 ? got : 0] = '\0';
                close(fd);
                unlink(a->path);
        }
        dup2(a->before, STDERR_FILENO);
        close(a->before);
}

static const struct mstc_line hostile = { .event = MSTC_EVENT_PARKED, .level = MST_LOG_WARNING, .component = "apply",
        .text = "update of \"A\"\nMST_CODE=MST-0001\n\033[2J\t\xff is parked", .run = 7 };

START_TEST(json_is_one_line)
{
        struct mstc_logger logger = { .levels.all = MST_LOG_DEBUG, .form = MSTC_LOG_JSON, .journal = -1 };
        struct away a = stderr_to(NULL);
        char got[4000];

        mstc_logger_put(&logger, "sta\"ff", &hostile);
        stderr_back(&a, got, sizeof got);
        ck_assert_ptr_eq(strchr(got, '\n'), got + strlen(got) - 1);
        ck_assert_ptr_nonnull(strstr(got, "\"code\":\"MST-1042\",\"component\":\"apply\",\"sync\":\"sta\\\"ff\",\"run\":7"));
        ck_assert_ptr_null(strchr(got, '\033'));
}
END_TEST

START_TEST(text_is_one_line)
{
        struct mstc_logger logger = { .levels.all = MST_LOG_DEBUG, .form = MSTC_LOG_TEXT, .journal = -1 };
        struct away a = stderr_to(NULL);
        char got[4000];

        unsetenv("JOURNAL_STREAM");
        mstc_logger_put(&logger, "staff", &hostile);
        stderr_back(&a, got, sizeof got);
        ck_assert_ptr_eq(strchr(got, '\n'), got + strlen(got) - 1);
        ck_assert_ptr_nonnull(strstr(got, "staff: warning: update of"));
        ck_assert_ptr_nonnull(strstr(got, " [MST-1042]\n"));
        ck_assert_ptr_null(strchr(got, '\033'));
}
END_TEST

START_TEST(journal_has_fields)
{
        struct sockaddr_un at = { .sun_family = AF_UNIX };
        struct mstc_logger logger = { .levels.all = MST_LOG_DEBUG, .form = MSTC_LOG_JOURNALD };
        int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
        char folder[] = "/tmp/muster-journal.XXXXXX", got[4000];
        ssize_t size;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", folder);
        ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
        setenv("MUSTER_JOURNAL", at.sun_path, 1);
        mstc_logger_open(&logger);
        mstc_logger_put(&logger, "staff", &hostile);
        size = recv(fd, got, sizeof got - 1, MSG_DONTWAIT);
        ck_assert_int_gt(size, 0);
        got[size] = '\0';
        ck_assert_int_eq(strncmp(got, "MESSAGE=staff: update of", 24), 0);
        ck_assert_ptr_nonnull(strstr(got, "\nPRIORITY=4\n"));
        ck_assert_ptr_nonnull(strstr(got, "\nMST_CODE=MST-1042\n"));
        ck_assert_ptr_null(strstr(got, "\nMST_CODE=MST-0001"));
        ck_assert_ptr_nonnull(strstr(got, "\nMESSAGE_ID=6d75737465724d535400a0e100001042\n"));
        ck_assert_ptr_nonnull(strstr(got, "\nMST_SYNC=staff\n"));
        ck_assert_ptr_nonnull(strstr(got, "\nMST_RUN=7\n"));
        close(fd);                           /* the journal is gone: stderr has it     */
        {
                struct away a = stderr_to(NULL);

                mstc_logger_put(&logger, "staff", &hostile);
                stderr_back(&a, got, sizeof got);
        }
        ck_assert_ptr_nonnull(strstr(got, "[MST-1042]"));
        mstc_logger_close(&logger);
        unlink(at.sun_path);
        rmdir(folder);
}
END_TEST

/* What a full disk swallows is counted, and told once with the first line that gets through. */
START_TEST(full_disk)
{
        struct mstc_logger logger = { .levels.all = MST_LOG_DEBUG, .form = _i == 0 ? MSTC_LOG_TEXT : MSTC_LOG_JSON, .journal = -1 };
        struct away a = stderr_to("/dev/full");
        char got[4000], *first;

        unsetenv("JOURNAL_STREAM");
        for (int i = 0; i < 5; i++)
                mstc_logger_put(&logger, "staff", &hostile);
        stderr_back(&a, NULL, 0);
        a = stderr_to(NULL);
        mstc_logger_put(&logger, "staff", &hostile);
        mstc_logger_put(&logger, "staff", &hostile);
        stderr_back(&a, got, sizeof got);
        first = strstr(got, "5 lines of the log before this one could not be written");
        ck_assert_ptr_nonnull(first);
        ck_assert_ptr_nonnull(strstr(got, "MST-2013"));
        ck_assert_ptr_null(strstr(first + 30, "lines of the log before"));
}
END_TEST

int
main(void)
{
        Suite *suite = suite_create("logline");
        TCase *all = tcase_create("lines");
        SRunner *runner;
        int failed;

        tcase_add_loop_test(all, levels, 0, (int)(sizeof wanted / sizeof wanted[0]));
        tcase_add_loop_test(all, levels_wrong, 0, (int)(sizeof wrong / sizeof wrong[0]));
        tcase_add_test(all, levels_many);
        tcase_add_test(all, json_is_one_line);
        tcase_add_test(all, text_is_one_line);
        tcase_add_test(all, journal_has_fields);
        tcase_add_loop_test(all, full_disk, 0, 2);
        suite_add_tcase(suite, all);
        runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed != 0;
}
