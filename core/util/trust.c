/* trust.c - owner and mode of files that we are about to believe.
 *
 * Good owners are root and the user who runs us.  Group-writable is refused like
 * world-writable, with one exception for plugins in somebody's own build tree: a
 * group that is named like the owner and has nobody else in it (a umask of 002). */
#include "build.h"

#include "util/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <muster/secret.h>

#include "util/alloc.h"

static void close_drop(int *fd) { if (*fd >= 0) close(*fd); }

MST_PRINTF(2, 3)
static bool
refuse(struct mstc_refusal *no, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(no->text, sizeof no->text, format, ap);
        va_end(ap);
        return false;
}

MST_PRINTF(2, 3)
static void
advise(struct mstc_refusal *no, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(no->remedy, sizeof no->remedy, format, ap);
        va_end(ap);
}

static bool
good_owner(uid_t owner)
{
        return owner == 0 || owner == geteuid();
}

static bool
owner_refused(const char *path, uid_t owner, struct mstc_refusal *no)
{
        advise(no, "chown root '%s'", path);
        return refuse(no, "'%s' belongs to user %lu, who is neither root nor the user running muster",
                      path, (unsigned long)owner);
}

/* A group of which the owner is the only member, as some systems give everybody. */
static bool
lonely_group(const struct stat *st)
{
        struct passwd *user;
        struct group *group;

        if (st->st_uid == 0 || st->st_gid == 0)
                return false;
        user = getpwuid(st->st_uid);
        group = getgrgid(st->st_gid);
        if (user == NULL || group == NULL || strcmp(user->pw_name, group->gr_name) != 0)
                return false;
        for (char **member = group->gr_mem; *member != NULL; member++)
                if (strcmp(*member, user->pw_name) != 0)
                        return false;
        return user->pw_gid == st->st_gid;
}

static bool
group_of_ours(gid_t gid)
{
        gid_t groups[256];
        int count = getgroups((int)(sizeof groups / sizeof *groups), groups);
        struct group *muster;

        if (gid == getegid())
                return true;
        for (int i = 0; i < count; i++)
                if (groups[i] == gid)
                        return true;
        muster = getgrnam("muster");
        return muster != NULL && muster->gr_gid == gid;
}

static bool
judge_secret(const char *path, const struct stat *st, enum mstc_trust how, struct mstc_refusal *no)
{
        unsigned mode = (unsigned)st->st_mode & 0777;

        advise(no, "chmod 600 '%s'", path);
        if ((mode & 07) != 0)
                return refuse(no, "the secret in '%s' can be read by everybody (its mode is %04o)", path, mode);
        if (how == MSTC_TRUST_SECRET && (mode & 070) != 0
            && ((mode & 030) != 0 || !group_of_ours(st->st_gid)))
                return refuse(no, "the secret in '%s' can be read by its group (its mode is %04o)", path, mode);
        return true;
}

static bool
judge(const char *path, const struct stat *st, enum mstc_trust how, struct mstc_refusal *no)
{
        if (!S_ISREG(st->st_mode)) {
                advise(no, "name a regular file");
                return refuse(no, "'%s' is not a regular file", path);
        }
        if (!good_owner(st->st_uid))
                return owner_refused(path, st->st_uid, no);
        if (how != MSTC_TRUST_CONFIG)
                return judge_secret(path, st, how, no);
        if ((st->st_mode & 022) != 0) {
                advise(no, "chmod go-w '%s'", path);
                return refuse(no, "'%s' can be written by others (its mode is %04o)", path,
                              (unsigned)st->st_mode & 0777);
        }
        return true;
}

static bool
read_all(int fd, const char *path, size_t most, struct mstc_buffer *into, struct mstc_refusal *no)
{
        char piece[16384];
        size_t total = 0;

        for (;;) {
                ssize_t n = read(fd, piece, sizeof piece);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0) {
                        int saved = errno;

                        mst_secret_wipe(piece, sizeof piece);
                        return refuse(no, "'%s' cannot be read: %s", path, strerror(saved));
                }
                if (n == 0)
                        break;
                total += (size_t)n;
                if (total > most)
                        break;
                mstc_buffer_add(into, piece, (size_t)n);
        }
        mst_secret_wipe(piece, sizeof piece);
        if (total > most)
                return refuse(no, "'%s' has more than the %zu bytes that are taken", path, most);
        if (!mstc_buffer_ok(into))
                return refuse(no, "out of memory while reading '%s'", path);
        return true;
}

bool
mstc_trust_read(const char *path, enum mstc_trust how, size_t most, struct mstc_buffer *into,
                bool *is_private, struct mstc_refusal *no)
{
        struct stat st;
        /* Not to hang on a FIFO before we know what it is. */
        MSTC_CLEANUP(close_drop) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        *no = (struct mstc_refusal){ "", "" };
        if (fd < 0) {
                if (errno == EACCES)
                        advise(no, "let the user running muster (uid %lu) read it", (unsigned long)geteuid());
                return refuse(no, "'%s' cannot be opened: %s", path, strerror(errno));
        }
        if (fstat(fd, &st) != 0)
                return refuse(no, "'%s' cannot be examined: %s", path, strerror(errno));
        if (!judge(path, &st, how, no))
                return false;
        no->remedy[0] = '\0';
        if (is_private != NULL)
                *is_private = (st.st_mode & 077) == 0;
        return read_all(fd, path, most, into, no);
}

bool
mstc_trust_plugin(const char *path, struct mstc_refusal *no)
{
        struct stat st;

        *no = (struct mstc_refusal){ "", "" };
        if (stat(path, &st) != 0)
                return refuse(no, "'%s' cannot be examined: %s", path, strerror(errno));
        if (!S_ISREG(st.st_mode))
                return refuse(no, "'%s' is not a regular file", path);
        if (!good_owner(st.st_uid))
                return owner_refused(path, st.st_uid, no);
        if ((st.st_mode & 02) != 0 || ((st.st_mode & 020) != 0 && !lonely_group(&st))) {
                advise(no, "chmod go-w '%s'", path);
                return refuse(no, "'%s' can be written by others (its mode is %04o)", path,
                              (unsigned)st.st_mode & 0777);
        }
        return true;
}

/* Above the folder only "can just anybody move it away?" counts, and a sticky one
 * (/tmp) is good enough: what lies in it belongs to whom we checked. */
static bool
judge_folder(const char *path, bool above, struct mstc_refusal *no)
{
        struct stat st;

        if (stat(path, &st) != 0)
                return refuse(no, "the folder '%s' cannot be examined: %s", path, strerror(errno));
        if (!S_ISDIR(st.st_mode))
                return refuse(no, "'%s' is not a folder", path);
        if (!above && !good_owner(st.st_uid))
                return owner_refused(path, st.st_uid, no);
        if (above && (st.st_mode & S_ISVTX) != 0)
                return true;
        if ((st.st_mode & 02) != 0 || ((st.st_mode & 020) != 0 && !lonely_group(&st))) {
                advise(no, "chmod go-w '%s'", path);
                return refuse(no, "the folder '%s' can be written by others (its mode is %04o)", path,
                              (unsigned)st.st_mode & 07777);
        }
        return true;
}

bool
mstc_trust_folder(const char *path, struct mstc_refusal *no)
{
        char real[PATH_MAX];
        bool above = false;

        *no = (struct mstc_refusal){ "", "" };
        if (path[0] != '/') {
                advise(no, "write the whole path, from /");
                return refuse(no, "the folder '%s' is not an absolute path", path);
        }
        if (realpath(path, real) == NULL)
                return refuse(no, "the folder '%s' cannot be examined: %s", path, strerror(errno));
        for (;;) {
                char *slash = strrchr(real, '/');

                if (!judge_folder(real[0] == '\0' ? "/" : real, above, no))
                        return false;
                if (slash == NULL || real[0] == '\0' || real[1] == '\0')
                        return true;
                *slash = '\0';
                above = true;
        }
}
