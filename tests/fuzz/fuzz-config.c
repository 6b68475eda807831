/* fuzz-config.c - any muster.xml: a configuration, or complaints with a place and a sentence; never
 * both nothing.  What a configuration holds can be told where it stands. */
#include "build.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "fuzz.h"
#include "util/report.h"

static char path[200];

static void
forget(void)
{
        (void)unlink(path);
        *strrchr(path, '/') = '\0';
        (void)rmdir(path);
}

/* A folder of our own: a configuration that others could write is not read. */
static void
make_path(void)
{
        const char *folder = getenv("TMPDIR");

        (void)snprintf(path, sizeof path, "%.150s/muster-fuzz-XXXXXX", folder != NULL ? folder : "/tmp");
        FUZZ_CHECK(mkdtemp(path) != NULL);
        strcat(path, "/muster.xml");
        atexit(forget);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config;
        int fd;

        if (path[0] == '\0')
                make_path();
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0 && report != NULL);
        config = mstc_config_read(path, report);
        FUZZ_CHECK((config == NULL) == (mstc_report_errors(report) > 0));
        for (size_t i = 0; i < mstc_report_count(report); i++) {
                const struct mstc_complaint *c = mstc_report_at(report, i);

                FUZZ_CHECK(c->text != NULL && c->text[0] != '\0');
        }
        mstc_config_free(config);
        mstc_report_free(report);
        return 0;
}
