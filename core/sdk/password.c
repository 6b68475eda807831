/* password.c - first passwords of new accounts, and the file in which they are handed over;
 * <muster/password.h>. */
#include "build.h"

#include <muster/password.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/date.h"

/* Nothing that looks like something else, or that a spreadsheet or shell takes for more. */
static const char *const kinds[] = { "abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%*.:?_" };
static const char all[] = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#%*.:?_";
#define ALL (sizeof all - 1)
#define LONGEST 128

/* --- make ------------------------------------------------------------------------- */

static bool
has_all_kinds(const char *text)
{
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strpbrk(text, kinds[i]) == NULL)
                        return false;
        return true;
}

/* One of so many characters: a byte beyond the last whole multiple of them is thrown away. */
static int
draw(struct mst_host *host, char *text, size_t length, struct mst_error *err)
{
        unsigned char bytes[64];
        size_t used = 0;

        while (used < length) {
                if (mst_host_random(host, bytes, sizeof bytes, err) != MST_OK)
                        return err->code;
                for (size_t i = 0; i < sizeof bytes && used < length; i++)
                        if (bytes[i] < 256 - 256 % ALL)
                                text[used++] = all[bytes[i] % ALL];
        }
        text[length] = '\0';
        mst_secret_wipe(bytes, sizeof bytes);
        return MST_OK;
}

struct mst_secret *
mst_password_new(struct mst_host *host, size_t length, struct mst_error *err)
{
        char text[LONGEST + 1] = "";
        struct mst_secret *password = NULL;
        int rc;

        if (length < 8 || length > LONGEST) {
                mst_fail(err, MST_EINTERNAL, "a password of %zu characters", length);
                return NULL;
        }
        do {
                rc = draw(host, text, length, err);
        } while (rc == MST_OK && !has_all_kinds(text));
        if (rc == MST_OK && (password = mst_secret_new(text, length)) == NULL)
                mst_fail_memory(err, "making a password");
        mst_secret_wipe(text, sizeof text);
        return password;
}

/* --- the file --------------------------------------------------------------------- */

static int
check_file(const char *option, const char *path, const struct stat *st, struct mst_error *err)
{
        if (!S_ISREG(st->st_mode))
                return mst_fail(err, MST_ECONFIG, "%s %s is not a file", option, path);
        if (st->st_uid != geteuid())
                return mst_fail(err, MST_ECONFIG, "%s %s belongs to somebody else: chown it to the user that "
                                "muster runs as", option, path);
        if ((st->st_mode & 077) != 0)
                return mst_fail(err, MST_ECONFIG, "%s %s can be read or written by others: chmod 600", option, path);
        return MST_OK;
}

int
mst_password_check(const char *option, const char *path, struct mst_error *err)
{
        struct stat st;

        if (lstat(path, &st) == 0)
                return check_file(option, path, &st, err);
        if (errno != ENOENT)
                return mst_fail(err, MST_ECONFIG, "%s %s: %s", option, path, strerror(errno));
        return MST_OK;
}

/* A field of the CSV, always in quotes. */
static char *
quote(char *at, const char *text)
{
        *at++ = '"';
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        *at++ = '"';
                *at++ = *text;
        }
        *at++ = '"';
        return at;
}

static int
open_file(const char *option, const char *path, struct mst_error *err)
{
        struct stat st;
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

        if (fd < 0) {
                mst_fail(err, MST_ECONFIG, "%s %s: %s", option, path, strerror(errno));
                return -1;
        }
        if (fstat(fd, &st) != 0 || check_file(option, path, &st, err) != MST_OK) {
                if (err->code == MST_OK)
                        mst_fail(err, MST_ECONFIG, "%s %s: %s", option, path, strerror(errno));
                close(fd);
                return -1;
        }
        return fd;
}

/* A new file's name must last too. */
static void
sync_folder(const char *path)
{
        const char *slash = strrchr(path, '/');
        char *folder = mstc_strdup(slash != NULL ? path : ".");
        int fd;

        if (folder == NULL)
                return;
        if (slash != NULL)
                folder[slash == path ? 1 : slash - path] = '\0';
        fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        mstc_free(folder);
        if (fd < 0)
                return;
        (void)fsync(fd);
        close(fd);
}

/* One write, so that a line is whole or not there; on disk when this returns. */
static int
append(struct mst_host *host, const char *option, const char *path, const char *line, size_t length,
       struct mst_error *err)
{
        struct stat st = { 0 };
        ssize_t written;
        int fd = open_file(option, path, err), rc = MST_OK;

        if (fd < 0)
                return err->code;
        (void)fstat(fd, &st);
        written = write(fd, line, length);
        if (written != (ssize_t)length || fsync(fd) != 0)
                rc = mst_fail(err, MST_ECONFIG, "%s %s cannot be written: %s", option, path,
                              written >= 0 && written != (ssize_t)length ? "no space left" : strerror(errno));
        if (rc != MST_OK && written > 0 && ftruncate(fd, st.st_size) != 0)
                mst_host_log(host, MST_LOG_WARNING, "%s %s ends with half a line", option, path);
        close(fd);
        if (rc == MST_OK && st.st_size == 0)
                sync_folder(path);
        return rc;
}

int
mst_password_hand(struct mst_host *host, const char *option, const char *path, const char *what, const char *id,
                  const char *name, const struct mst_secret *password, struct mst_error *err)
{
        const char *fields[] = { NULL, what, id, name, mst_secret_reveal(password) };
        size_t room = 64, count = sizeof fields / sizeof *fields;
        char when[40], *line, *at;
        int rc;

        mstc_date_format_iso(mst_host_now(host), when, sizeof when);
        fields[0] = when;
        for (size_t i = 0; i < count; i++)
                room += 2 * strlen(fields[i]) + 3;
        line = at = mstc_alloc(room);
        if (line == NULL)
                return mst_fail_memory(err, "handing over a password");
        for (size_t i = 0; i < count; i++) {
                at = quote(at, fields[i]);
                *at++ = i + 1 < count ? ',' : '\n';
        }
        rc = append(host, option, path, line, (size_t)(at - line), err);
        mst_secret_wipe(line, room);
        mstc_free(line);
        return rc;
}

/* --- one account --------------------------------------------------------------------- */

int
mst_password_begin(struct mst_host *host, const char *option, const char *path, size_t length, const char *id,
                   const char *name, struct mst_secret **ret, struct mst_error *err)
{
        struct mst_error why = { 0 };

        *ret = mst_password_new(host, length, err);
        if (*ret == NULL)
                return err->code;
        if (path == NULL || mst_password_hand(host, option, path, "new", id, name, *ret, &why) == MST_OK)
                return MST_OK;
        mst_secret_free(*ret);
        *ret = NULL;
        return mst_fail(err, MST_ENET, "no account without a password that is known: %s", why.text);
}

void
mst_password_end(struct mst_host *host, const char *option, const char *path, const char *id, const char *name,
                 struct mst_secret **password, enum mst_outcome outcome)
{
        bool stands = path == NULL || outcome == MST_DONE || outcome == MST_UNKNOWN;
        struct mst_error err = { 0 };

        if (*password != NULL && !stands
            && mst_password_hand(host, option, path, "void", id, name, *password, &err) != MST_OK)
                mst_host_log(host, MST_LOG_WARNING, "the password of '%s', who was not created, stays in %s: %s", name, option,
                             err.text);
        mst_secret_free(*password);
        *password = NULL;
}
