/* doctor-kept.c - what an admin has made and Muster keeps: configuration, secrets, store. */
#include "build.h"

#include "cli/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "cli/guise.h"
#include "engine/zone.h"
#include "store/copy.h"

#define DAY (INT64_C(86400) * 1000)
#define LEAST_ROOM (INT64_C(64) << 20)       /* of a disk with a small store on it     */
#define LARGE_LOG (INT64_C(256) << 20)

static const char configuration[] = "Configuration", store[] = "Store";

static void
look_at_zones(struct mstc_doctor *doctor, const struct mstc_config *config)
{
        for (size_t i = 0; i < config->sync_count; i++) {
                const char *zone = config->syncs[i].schedule.zone;

                if (zone != NULL && !mstc_zone_known(zone))
                        mstc_doctor_tell(doctor, configuration, MSTC_ILL, "install tzdata, or correct zone=",
                                         "sync %s: there is no time zone %s on this machine", config->syncs[i].name, zone);
        }
}

void
mstc_doctor_configuration(struct mstc_doctor *doctor)
{
        struct mstc_workplace *place = &doctor->place;
        const char *file = mstc_workplace_file(doctor->cli);
        struct mst_error err = { 0 };
        size_t errors;
        bool changed = false;

        place->report = mstc_report_new();
        if (place->report == NULL)
                return;
        place->config = mstc_config_read(file, place->report);
        if (place->config != NULL && mstc_guise_assume(place->config->store_path, &changed, &err) != MST_OK)
                mstc_doctor_tell(doctor, configuration, MSTC_ILL, NULL, "%s", err.text);
        if (changed) {                       /* what the service can read is what counts */
                mstc_config_free(place->config);
                place->config = mstc_config_read(file, place->report);
        }
        if (place->config != NULL) {
                place->setup = mstc_setup_new(place->config, place->report);
                if (place->setup == NULL)
                        place->config = NULL;
                else
                        (void)mstc_setup_try(place->setup, place->report);
        }
        errors = mstc_report_errors(place->report);
        if (access(file, F_OK) != 0)
                mstc_doctor_tell(doctor, configuration, MSTC_ILL, "muster init makes one; -c names another", "there is no %s", file);
        else if (errors > 0)
                mstc_doctor_tell(doctor, configuration, MSTC_ILL, "muster check tells each with its line, modes of files and secrets included",
                                 "%s has %zu mistake%s", file, errors, errors == 1 ? "" : "s");
        else if (mstc_report_count(place->report) > 0)
                mstc_doctor_tell(doctor, configuration, MSTC_DOUBTFUL, "muster check tells them", "%s has %zu warning%s", file,
                                 mstc_report_count(place->report), mstc_report_count(place->report) == 1 ? "" : "s");
        else
                mstc_doctor_tell(doctor, configuration, MSTC_WELL, NULL, "%s and the secrets that it names are right", file);
        if (place->setup != NULL)
                look_at_zones(doctor, place->setup->config);
}

/* ---- the store ---- */

static const char *
folder_of(struct mstc_doctor *doctor, const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash == path ? "/" : mst_arena_strndup(doctor->cli->arena, path, (size_t)(slash - path));
}

static void
look_at_folder(struct mstc_doctor *doctor, const char *folder)
{
        struct stat st;

        if (stat(folder, &st) != 0)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "the first sync makes it, if it may; or make it with mode 0700",
                                 "the folder %s: %s", folder, strerror(errno));
        else if ((st.st_mode & 077) != 0)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "chmod 700 that folder: the store holds people's data",
                                 "others can look into %s (mode %04o)", folder, (unsigned)st.st_mode & 07777);
        else if (st.st_uid != geteuid())
                mstc_doctor_tell(doctor, store, MSTC_ILL, "run muster as that user, or as root", "the folder %s belongs to user %u",
                                 folder, (unsigned)st.st_uid);
        else
                mstc_doctor_tell(doctor, store, MSTC_WELL, NULL, "%s is ours alone", folder);
}

/* A copy is made before the store is migrated, another by an export: three times its size. */
static void
look_at_room(struct mstc_doctor *doctor, const char *folder, int64_t size)
{
        int64_t wanted = 3 * size > LEAST_ROOM ? 3 * size : LEAST_ROOM, room;
        struct statvfs fs;

        if (statvfs(folder, &fs) != 0)
                return;
        room = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
        if (room < wanted)
                mstc_doctor_tell(doctor, store, room < size ? MSTC_ILL : MSTC_DOUBTFUL, "make room on that disk",
                                 "the disk of %s has %lld MiB left; copies and growth of the store want %lld", folder,
                                 (long long)(room >> 20), (long long)(wanted >> 20));
        else
                mstc_doctor_tell(doctor, store, MSTC_WELL, NULL, "%lld MiB are free", (long long)(room >> 20));
        if (fs.f_files > 0 && fs.f_favail < 16)
                mstc_doctor_tell(doctor, store, MSTC_ILL, "remove small files there", "the disk of %s has no inodes left", folder);
}

static void
look_inside(struct mstc_doctor *doctor, const char *path, const struct mstc_store_facts *facts)
{
        int64_t days = (mstc_now_ms() - facts->last_run) / DAY;

        mstc_doctor_tell(doctor, store, MSTC_WELL, NULL, "%s is sound: %lld entries, %lld links, %lld KiB", path,
                         (long long)facts->entries, (long long)facts->links, (long long)(facts->size >> 10));
        if (facts->log > LARGE_LOG)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "end what reads it for long; the next sync folds the log back",
                                 "%lld MiB of its log are not folded back", (long long)(facts->log >> 20));
        if (facts->runs == 0)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "muster plan, then muster sync", "nothing has run yet");
        else if (days >= 7)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "is the service running? muster status, muster history",
                                 "the last run was %lld days ago", (long long)days);
        if (facts->restored > 0)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "muster holds", "it was put back from a copy, and what follows is held");
        if (facts->holds > 0)
                mstc_doctor_tell(doctor, store, MSTC_DOUBTFUL, "muster holds shows what, and how to let it through",
                                 "guards hold something back (%lld)", (long long)facts->holds);
}

void
mstc_doctor_store(struct mstc_doctor *doctor)
{
        const char *path = doctor->place.setup != NULL ? doctor->place.setup->config->store_path : NULL, *folder;
        struct mstc_store_facts facts = { 0 };
        struct mst_error err = { 0 };

        if (path == NULL || (folder = folder_of(doctor, path)) == NULL)
                return;
        look_at_folder(doctor, folder);
        if (access(path, F_OK) != 0 && errno == ENOENT)
                mstc_doctor_tell(doctor, store, MSTC_WELL, NULL, "nothing has run yet: there is no %s", path);
        else if (mstc_store_inspect(path, true, doctor->cli->arena, &facts, &err) != MST_OK)
                mstc_doctor_tell(doctor, store, MSTC_ILL, "muster state check tells more; muster state import puts a copy in its place",
                                 "%s", err.text);
        else
                look_inside(doctor, path, &facts);
        look_at_room(doctor, folder, facts.size + facts.log);
}
