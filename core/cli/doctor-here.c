/* doctor-here.c - what can be seen on this machine without a configuration: the program, its
 * libraries and plugins; clock, limits, time zones, locale; the service's unit. */
#include "build.h"

#include "cli/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/zone.h"
#include "host/plugins.h"
#include "store/store.h"

#define FEWEST_FILES 256u
#define UNIT_MS 5000                         /* longest wait for systemctl             */

static const char program[] = "Program", machine[] = "Machine", service[] = "Service";

/* Libraries of another line than those it was built with; a newer one of the same is meant to be. */
static void
look_at_library(struct mstc_doctor *doctor, const char *name, const char *built, const char *running)
{
        size_t line = strcspn(built, ".") + 1;

        if (strncmp(built, running, line) == 0)
                mstc_doctor_tell(doctor, program, MSTC_WELL, NULL, "%s %s", name, running);
        else
                mstc_doctor_tell(doctor, program, MSTC_DOUBTFUL, "install the package that Muster was built for, or build it anew",
                                 "%s is %s here, and Muster was built with %s", name, running, built);
}

static void
look_at_plugins(struct mstc_doctor *doctor)
{
        struct mstc_plugins *plugins = NULL;
        struct mst_error err = { 0 };
        const char *const *names;
        size_t count = 0;

        if (mstc_plugins_new(NULL, 0, &plugins, &err) != MST_OK) {
                mstc_doctor_tell(doctor, program, MSTC_ILL, NULL, "plugins cannot be looked for: %s", err.text);
                return;
        }
        names = mstc_plugins_names(plugins, &count);
        for (size_t i = 0; i < count; i++) {
                struct mst_error why = { 0 };
                const struct mst_plugin *plugin = mstc_plugins_get(plugins, names[i], &why);

                if (plugin == NULL)
                        mstc_doctor_tell(doctor, program, MSTC_ILL, "install it anew, or take it out of the plugin folder", "plugin %s: %s",
                                         names[i], why.text);
                else
                        mstc_doctor_tell(doctor, program, MSTC_WELL, NULL, "plugin %s %s, ABI %u.%u", plugin->name, plugin->version,
                                         plugin->abi_major, plugin->abi_minor);
        }
        if (count == 0)
                mstc_doctor_tell(doctor, program, MSTC_ILL, "install a connector: muster(1), FILES", "there are no plugins in %s",
                                 MST_PLUGINDIR);
        mstc_plugins_free(plugins);
}

void
mstc_doctor_program(struct mstc_doctor *doctor)
{
        const char *built, *running;

        mstc_doctor_tell(doctor, program, MSTC_WELL, NULL, "muster %s, plugin ABI %d.%d", PACKAGE_VERSION, MST_ABI_MAJOR, MST_ABI_MINOR);
        mstc_store_library(&built, &running);
        look_at_library(doctor, "SQLite", built, running);
        look_at_library(doctor, "json-c", JSON_C_VERSION, json_c_version());
        look_at_plugins(doctor);
}

/* ---- the machine ---- */

static void
look_at_clock(struct mstc_doctor *doctor)
{
        struct timex state = { 0 };

        if (time(NULL) < 1700000000)         /* 2023: before this program               */
                mstc_doctor_tell(doctor, machine, MSTC_ILL, "timedatectl set-ntp true", "the clock says a time long past");
        else if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
                mstc_doctor_tell(doctor, machine, MSTC_DOUBTFUL, "timedatectl set-ntp true, or see to it that the host's clock is right",
                                 "the system does not know its clock to be set by NTP");
        else
                mstc_doctor_tell(doctor, machine, MSTC_WELL, NULL, "the clock is set by NTP");
}

static void
look_at_limits(struct mstc_doctor *doctor)
{
        struct rlimit files = { 0, 0 };
        char byte;

        if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < FEWEST_FILES)
                mstc_doctor_tell(doctor, machine, MSTC_DOUBTFUL, "LimitNOFILE=1024 in the unit, or ulimit -n 1024",
                                 "a process may have only %llu files open", (unsigned long long)files.rlim_cur);
        else
                mstc_doctor_tell(doctor, machine, MSTC_WELL, NULL, "a process may have %llu files open", (unsigned long long)files.rlim_cur);
        if (getrandom(&byte, 1, GRND_NONBLOCK) != 1)
                mstc_doctor_tell(doctor, machine, MSTC_ILL, "give the machine a source of randomness (virtio-rng)",
                                 "the kernel has no random numbers yet: %s", strerror(errno));
}

static void
look_at_words(struct mstc_doctor *doctor)
{
        const char *locale = getenv("LC_ALL");

        if (locale == NULL || *locale == '\0')
                locale = getenv("LC_CTYPE");
        if (locale == NULL || *locale == '\0')
                locale = getenv("LANG");
        if (locale != NULL && (strcasestr(locale, "utf-8") != NULL || strcasestr(locale, "utf8") != NULL))
                mstc_doctor_tell(doctor, machine, MSTC_WELL, NULL, "the locale is %s", locale);
        else
                mstc_doctor_tell(doctor, machine, isatty(STDOUT_FILENO) ? MSTC_DOUBTFUL : MSTC_WELL,
                                 isatty(STDOUT_FILENO) ? "export LC_ALL=C.UTF-8, if names look wrong" : NULL,
                                 "the locale is %s; Muster itself always reads and writes UTF-8",
                                 locale != NULL && *locale != '\0' ? locale : "not set");
        if (!mstc_zone_known("Europe/Berlin"))
                mstc_doctor_tell(doctor, machine, MSTC_DOUBTFUL, "install tzdata; zone= of a <schedule> needs it",
                                 "there is no time zone data");
        else
                mstc_doctor_tell(doctor, machine, MSTC_WELL, NULL, "time zone data is there");
}

void
mstc_doctor_machine(struct mstc_doctor *doctor)
{
        look_at_clock(doctor);
        look_at_limits(doctor);
        look_at_words(doctor);
}

/* ---- the unit ---- */

/* What systemctl says, at most 'room' bytes of it; false when it cannot be had in time. */
static bool
ask_systemctl(char *into, size_t room)
{
        char *const arguments[] = { (char[]){ "systemctl" }, (char[]){ "is-active" }, (char[]){ "muster.service" }, NULL };
        char *const environment[] = { (char[]){ "PATH=/usr/bin:/bin" }, NULL };
        posix_spawn_file_actions_t actions;
        struct pollfd fd = { .events = POLLIN };
        ssize_t got = -1;
        int ends[2], rc;
        pid_t child;

        if (pipe2(ends, O_CLOEXEC) != 0)
                return false;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        rc = posix_spawn(&child, "/usr/bin/systemctl", &actions, NULL, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        fd.fd = ends[0];
        if (rc == 0 && poll(&fd, 1, UNIT_MS) == 1)
                got = read(ends[0], into, room - 1);
        if (rc == 0) {
                if (got < 0)
                        kill(child, SIGKILL);
                waitpid(child, NULL, 0);
        }
        close(ends[0]);
        into[got > 0 ? got : 0] = '\0';
        into[strcspn(into, "\n")] = '\0';
        return into[0] != '\0';
}

void
mstc_doctor_unit(struct mstc_doctor *doctor)
{
        char state[64] = "";

        if (access("/run/systemd/system", F_OK) != 0)
                mstc_doctor_tell(doctor, service, MSTC_WELL, NULL, "this machine is not run by systemd: no unit to look at");
        else if (!ask_systemctl(state, sizeof state))
                mstc_doctor_tell(doctor, service, MSTC_DOUBTFUL, "systemctl status muster", "systemd does not say how the unit is");
        else if (strcmp(state, "failed") == 0)
                mstc_doctor_tell(doctor, service, MSTC_ILL, "journalctl -u muster tells why; then systemctl restart muster",
                                 "the unit muster.service has failed");
        else
                mstc_doctor_tell(doctor, service, MSTC_WELL, NULL, "the unit muster.service is %s", state);
}
