/* laying.c - files and folders that are put in their places together, or not at all. */
#include "build.h"

#include "cli/laying.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct piece {
        const char *path;
        char *beside;                        /* NULL: a folder                         */
        const char *kept;
        bool placed;
        struct piece *next;                  /* the one before it in time              */
};

struct mstc_laying {
        struct mst_arena *arena;
        struct piece *last;
        sigset_t before;
        bool keep;
};

int
mstc_laying_new(struct mst_arena *arena, bool keep, struct mstc_laying **ret, struct mst_error *err)
{
        struct mstc_laying *laying = mst_arena_alloc(arena, sizeof *laying);
        sigset_t all;

        if (laying == NULL)
                return mst_fail_memory(err, "writing files");
        *laying = (struct mstc_laying){ .arena = arena, .keep = keep };
        sigemptyset(&all);
        sigaddset(&all, SIGINT);
        sigaddset(&all, SIGTERM);
        sigaddset(&all, SIGQUIT);
        sigaddset(&all, SIGHUP);
        sigprocmask(SIG_BLOCK, &all, &laying->before);
        *ret = laying;
        return MST_OK;
}

static struct piece *
add(struct mstc_laying *laying, const char *path, struct mst_error *err)
{
        struct piece *piece = mst_arena_alloc(laying->arena, sizeof *piece);
        const char *copy = mst_arena_strdup(laying->arena, path);

        if (piece == NULL || copy == NULL) {
                mst_fail_memory(err, "writing files");
                return NULL;
        }
        *piece = (struct piece){ .path = copy, .next = laying->last };
        return piece;
}

static int
make_folder(struct mstc_laying *laying, const char *path, mode_t mode, struct mst_error *err)
{
        struct piece *piece;

        if (access(path, F_OK) == 0)
                return MST_OK;
        piece = add(laying, path, err);
        if (piece == NULL)
                return err->code;
        if (mkdir(path, mode) != 0)
                return errno == EEXIST ? MST_OK
                        : mst_fail(err, MST_ECONFIG, "the folder %s cannot be made: %s", path, strerror(errno));
        piece->placed = true;
        laying->last = piece;
        if (chmod(path, mode) != 0)
                return mst_fail(err, MST_ECONFIG, "the folder %s cannot be given its mode: %s", path, strerror(errno));
        return MST_OK;
}

int
mstc_laying_folder(struct mstc_laying *laying, const char *path, mode_t mode, struct mst_error *err)
{
        char *part = mst_arena_strdup(laying->arena, path);
        struct stat st;

        if (part == NULL)
                return mst_fail_memory(err, "writing files");
        for (char *at = part + 1; (at = strchr(at, '/')) != NULL; at++) {
                *at = '\0';
                if (make_folder(laying, part, mode, err) != MST_OK)
                        return err->code;
                *at = '/';
        }
        if (make_folder(laying, path, mode, err) != MST_OK)
                return err->code;
        if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
                return mst_fail(err, MST_ECONFIG, "%s is not a folder", path);
        return MST_OK;
}

static bool
write_all(int fd, const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, bytes, size);

                if (n < 0 && errno != EINTR)
                        return false;
                if (n > 0) {
                        bytes += n;
                        size -= (size_t)n;
                }
        }
        return fsync(fd) == 0;
}

int
mstc_laying_file(struct mstc_laying *laying, const char *path, mode_t mode, const void *bytes, size_t size,
                 const char **ret_beside, struct mst_error *err)
{
        struct piece *piece = add(laying, path, err);
        bool good;
        int fd;

        if (piece == NULL || (piece->beside = mst_arena_printf(laying->arena, "%s.XXXXXX", path)) == NULL)
                return mst_fail_memory(err, "writing files");
        fd = mkostemp(piece->beside, O_CLOEXEC);
        if (fd < 0)
                return mst_fail(err, MST_ECONFIG, "%s cannot be written: %s", path, strerror(errno));
        laying->last = piece;
        good = write_all(fd, bytes, size) && fchmod(fd, mode) == 0;
        if (!good)
                mst_fail(err, MST_ECONFIG, "%s cannot be written: %s", path, strerror(errno));
        close(fd);
        if (ret_beside != NULL)
                *ret_beside = piece->beside;
        return good ? MST_OK : err->code;
}

/* Puts what is in the way aside, under a name with the time. */
static int
put_aside(struct mstc_laying *laying, struct piece *piece, struct mst_error *err)
{
        time_t now = time(NULL);
        char stamp[32] = "";
        const char *kept;
        struct tm utc;

        if (gmtime_r(&now, &utc) != NULL)
                (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
        kept = mst_arena_printf(laying->arena, "%s.%s", piece->path, stamp);
        if (kept == NULL)
                return mst_fail_memory(err, "writing files");
        if (link(piece->path, kept) != 0)
                return mst_fail(err, MST_ECONFIG, "%s cannot be kept as %s: %s", piece->path, kept, strerror(errno));
        piece->kept = kept;
        return MST_OK;
}

static int
place(struct mstc_laying *laying, struct piece *piece, struct mst_error *err)
{
        if (link(piece->beside, piece->path) == 0) {
                piece->placed = true;
                unlink(piece->beside);
                return MST_OK;
        }
        if (errno != EEXIST)
                return mst_fail(err, MST_ECONFIG, "%s cannot be put in place: %s", piece->path, strerror(errno));
        if (!laying->keep)
                return mst_fail(err, MST_ECONFIG, "%s is there already, and is not overwritten (--force keeps it under another "
                                "name)", piece->path);
        if (put_aside(laying, piece, err) != MST_OK)
                return err->code;
        if (rename(piece->beside, piece->path) != 0)
                return mst_fail(err, MST_ECONFIG, "%s cannot be put in place: %s", piece->path, strerror(errno));
        piece->placed = true;
        return MST_OK;
}

int
mstc_laying_place(struct mstc_laying *laying, struct mst_error *err)
{
        for (struct piece *piece = laying->last; piece != NULL; piece = piece->next)
                if (piece->beside != NULL && !piece->placed && place(laying, piece, err) != MST_OK)
                        return err->code;
        return MST_OK;
}

const char *
mstc_laying_kept(const struct mstc_laying *laying, const char *path)
{
        for (const struct piece *piece = laying->last; piece != NULL; piece = piece->next)
                if (strcmp(piece->path, path) == 0 && piece->kept != NULL)
                        return piece->kept;
        return NULL;
}

int
mstc_laying_give(struct mstc_laying *laying, const char *path, uid_t owner, gid_t group, struct mst_error *err)
{
        size_t length = strlen(path);

        for (const struct piece *piece = laying->last; piece != NULL; piece = piece->next) {
                if (!piece->placed || strncmp(piece->path, path, length) != 0
                    || (piece->path[length] != '\0' && piece->path[length] != '/'))
                        continue;
                if (lchown(piece->path, owner, group) != 0)
                        return mst_fail(err, MST_ECONFIG, "%s cannot be given to user %u: %s", piece->path, (unsigned)owner,
                                        strerror(errno));
        }
        return MST_OK;
}

/* The newest first: a folder is empty by the time it goes. */
static void
undo(struct piece *piece)
{
        if (piece->beside == NULL) {
                rmdir(piece->path);
                return;
        }
        if (!piece->placed)
                unlink(piece->beside);
        if (piece->kept != NULL) {
                (void)rename(piece->kept, piece->path);
                unlink(piece->kept);         /* still there when both were one file    */
        } else if (piece->placed)
                unlink(piece->path);
}

void
mstc_laying_end(struct mstc_laying *laying, bool keep)
{
        if (laying == NULL)
                return;
        for (struct piece *piece = laying->last; piece != NULL; piece = piece->next)
                if (!keep || (piece->beside != NULL && !piece->placed))
                        undo(piece);
        sigprocmask(SIG_SETMASK, &laying->before, NULL);
}
