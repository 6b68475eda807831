/* SPDX-License-Identifier: Apache-2.0
 *
 * book.c - a file that is replaced, never written into.
 *
 *   lock     an empty file beside it, .NAME.lock, held while it is read, changed, replaced
 *   fresh    read again if it is not the one that was read or written last
 *   save     all of it to .NAME.new in the same folder, to the disk; is the file still the
 *            one that was read?  then renamed over it, and the folder to the disk
 *
 * Whoever looks meanwhile, or after a crash, sees the old file or the new one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

#define PATH_ROOM 4200
#define LOCK_POLL_MS 50

/* "/a/b" with ".lock": "/a/.b.lock" */
static bool
beside(const char *path, const char *end, char *into, size_t room)
{
        const char *slash = strrchr(path, '/');
        int folder = (int)(slash != NULL ? slash - path + 1 : 0);

        return folder < PATH_ROOM
               && (size_t)snprintf(into, room, "%.*s.%s%s", folder, path, path + folder, end) < room;
}

static int
cannot(const char *what, const char *path, struct mst_error *err)
{
        int why = errno;
        bool denied = why == EACCES || why == EPERM || why == EROFS;

        return mst_fail(err, denied ? MST_EPERM : MST_ENET, "'%s' cannot be %s: %s%s", path, what, strerror(why),
                        denied ? "; the user who runs Muster needs to write to the folder it is in" : "");
}

int
fil_book_lock(const struct fil_sink *sink, struct fil_book *book, struct mst_error *err)
{
        int64_t until = mst_host_ticks_ms(sink->host) + sink->config->lock_timeout;
        char path[PATH_ROOM];

        if (!beside(book->plan.layout.path, ".lock", path, sizeof path))
                return mst_fail(err, MST_ECONFIG, "the path '%.100s...' is too long", book->plan.layout.path);
        book->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (book->lock < 0)
                return cannot("opened, to keep others out", path, err);
        while (flock(book->lock, LOCK_EX | LOCK_NB) != 0) {
                if (errno == EINTR)
                        continue;
                if (errno == EWOULDBLOCK && mst_host_ticks_ms(sink->host) < until
                    && mst_host_sleep(sink->host, LOCK_POLL_MS))
                        continue;
                mst_fail(err, MST_ENET, errno == EWOULDBLOCK ? "'%s' is held by somebody else, who writes the file too"
                                                            : "'%s' cannot be locked", path);
                fil_book_unlock(book);
                return err->code;
        }
        return MST_OK;
}

void
fil_book_unlock(struct fil_book *book)
{
        if (book->lock >= 0)
                close(book->lock);
        book->lock = -1;
}

void
fil_book_forget(struct fil_book *book)
{
        fil_table_free(book->table);
        book->table = NULL;
        book->changed = false;
}

/* Is the file the one that the table was read from? */
static bool
is_current(const struct fil_book *book)
{
        struct fil_identity now;
        bool exists = fil_identity_of(book->plan.layout.path, &now);

        return exists == book->exists && (!exists || fil_identity_equal(&now, &book->identity));
}

int
fil_book_fresh(struct fil_book *book, struct mst_error *err)
{
        const char *path = book->plan.layout.path;
        int rc = MST_OK;

        if (book->table != NULL && !book->changed && is_current(book))
                return MST_OK;
        fil_book_forget(book);
        book->exists = fil_identity_of(path, &book->identity);
        if (!book->exists && errno != ENOENT)
                return cannot("looked at", path, err);
        book->table = fil_table_new(&book->plan);
        if (book->table == NULL)
                return mst_fail_memory(err, "reading a file");
        /* An empty file is one that somebody has made for us. */
        if (book->exists && book->identity.size > 0)
                rc = fil_table_load(book->table, err);
        if (rc == MST_OK && book->exists && !is_current(book))
                rc = mst_fail(err, MST_ENET, "the file '%s' is being written by somebody else", path);
        if (rc != MST_OK)
                fil_book_forget(book);
        return rc;
}

/* ---- saving ---- */

static int
write_new(const struct fil_sink *sink, const struct fil_book *book, const char *path, struct stat *st,
          struct mst_error *err)
{
        FILE *out = NULL;
        int fd, rc;

        /* What a crash has left there, under our lock. */
        if (unlink(path) != 0 && errno != ENOENT)
                return cannot("removed", path, err);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return cannot("made", path, err);
        /* The mode first, whatever the umask: from here on it is as it will be. */
        if (fchmod(fd, (mode_t)sink->mode) != 0 || (out = fdopen(fd, "w")) == NULL) {
                rc = cannot("made", path, err);
                close(fd);
                return rc;
        }
        errno = 0;
        rc = fil_table_write(book->table, out, err);
        if (rc == MST_OK && (fflush(out) != 0 || fsync(fd) != 0 || fstat(fd, st) != 0))
                rc = cannot("written", path, err);
        if (fclose(out) != 0 && rc == MST_OK)
                rc = cannot("written", path, err);
        return rc;
}

static int
sync_folder(const char *path, struct mst_error *err)
{
        char folder[PATH_ROOM];
        const char *slash = strrchr(path, '/');
        int fd, rc = MST_OK;

        snprintf(folder, sizeof folder, "%.*s", (int)(slash != NULL ? slash - path + 1 : 1), slash != NULL ? path : ".");
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 || fsync(fd) != 0)
                rc = cannot("written to the disk", folder, err);
        if (fd >= 0)
                close(fd);
        return rc;
}

/* The rename has failed, so it says: is the new file there nevertheless? */
static enum fil_saved
after_failure(const char *path, const char *new, const struct stat *st, struct mst_error *err)
{
        struct stat now;
        int why = errno;

        if (lstat(new, &now) == 0 && now.st_ino == st->st_ino) {
                errno = why;
                cannot("renamed over the old file", new, err);
                unlink(new);
                return FIL_NOT_SAVED;
        }
        mst_fail(err, MST_ENET, "whether '%s' was replaced is not known: %s", path, strerror(why));
        return FIL_IN_DOUBT;
}

enum fil_saved
fil_book_save(const struct fil_sink *sink, struct fil_book *book, struct mst_error *err)
{
        const char *path = book->plan.layout.path;
        char new[PATH_ROOM];
        struct stat st;

        if (!beside(path, ".new", new, sizeof new)) {
                mst_fail(err, MST_ECONFIG, "the path '%.100s...' is too long", path);
                return FIL_NOT_SAVED;
        }
        if (write_new(sink, book, new, &st, err) != MST_OK) {
                unlink(new);
                return FIL_NOT_SAVED;
        }
        if (!is_current(book)) {
                unlink(new);
                return FIL_OVERTAKEN;
        }
        if (rename(new, path) != 0)
                return after_failure(path, new, &st, err);
        if (sync_folder(path, err) != MST_OK)
                return FIL_IN_DOUBT;
        book->exists = fil_identity_of(path, &book->identity);
        /* Replaced at once by somebody else: what is in memory is not what is there. */
        if (!book->exists || book->identity.inode != (uint64_t)st.st_ino)
                fil_book_forget(book);
        book->changed = false;
        return FIL_SAVED;
}
