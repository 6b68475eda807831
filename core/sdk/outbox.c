/* outbox.c - numbered files, and the CSV in them; see <muster/outbox.h>. */
#include "build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <muster/outbox.h>

#include "util/alloc.h"

enum { PATH_MOST = 4096, DIGITS = 6 };

/* ---- reading ---- */

/* "users-000012.csv": false when it is not called so. */
static bool
take_name(const char *entry, struct mst_arena *arena, const char *folder, struct mst_outbox_file *ret, bool *memory)
{
        const char *dash = strrchr(entry, '-');
        struct stat st;
        char *end;

        if (dash == NULL || dash == entry || entry[0] == '.' || strspn(dash + 1, "0123456789") < DIGITS)
                return false;
        errno = 0;
        ret->number = strtoull(dash + 1, &end, 10);
        if (strcmp(end, ".csv") != 0 || errno != 0)
                return false;
        ret->name = mst_arena_strndup(arena, entry, (size_t)(dash - entry));
        ret->path = mst_arena_printf(arena, "%s/%s", folder, entry);
        *memory = ret->name != NULL && ret->path != NULL;
        if (!*memory || stat(ret->path, &st) != 0)
                return false;
        ret->changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        return true;
}

static int
by_number(const void *a, const void *b)
{
        const struct mst_outbox_file *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

int
mst_outbox_read(const char *folder, struct mst_arena *arena, mst_outbox_each *each, void *self, uint64_t *last,
                struct mst_error *err)
{
        struct mst_outbox_file *files = NULL, file, *more;
        size_t count = 0, room = 0;
        struct dirent *entry;
        DIR *dir = opendir(folder);
        bool memory = true;
        int rc = MST_OK;

        *last = 0;
        if (dir == NULL)
                return mst_fail(err, errno == EACCES ? MST_EPERM : MST_ECONFIG, "the folder '%s' cannot be opened (%s): make it, for "
                                "the user who runs Muster", folder, strerror(errno));
        while (memory && (entry = readdir(dir)) != NULL) {
                if (!take_name(entry->d_name, arena, folder, &file, &memory))
                        continue;
                if (count == room) {
                        more = mstc_realloc_array(files, room = room * 2 + 64, sizeof *files);
                        memory = more != NULL;
                        if (!memory)
                                break;
                        files = more;
                }
                files[count++] = file;
        }
        closedir(dir);
        if (!memory)
                rc = mst_fail_memory(err, "reading an outbox");
        if (count > 0)
                qsort(files, count, sizeof *files, by_number);
        for (size_t i = 0; rc == MST_OK && i < count; i++) {
                *last = files[i].number;
                rc = each(self, &files[i], err);
        }
        mstc_free(files);
        return rc;
}

int
mst_outbox_load(const char *path, struct mst_arena *arena, char **ret, size_t *size, struct mst_error *err)
{
        FILE *f = fopen(path, "re");
        struct stat st;

        *ret = NULL;
        if (f == NULL || fstat(fileno(f), &st) != 0)
                mst_fail(err, errno == EACCES ? MST_EPERM : MST_ECONFIG, "'%s' cannot be read: %s", path, strerror(errno));
        else if (!S_ISREG(st.st_mode))
                mst_fail(err, MST_ECONFIG, "'%s' is no file", path);
        else if ((*ret = mst_arena_alloc(arena, (size_t)st.st_size + 1)) == NULL)
                mst_fail_memory(err, "reading an outbox");
        else if (fread(*ret, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
                mst_fail(err, MST_ENET, "'%s' got shorter while it was read", path);
                *ret = NULL;
        } else {
                *size = (size_t)st.st_size;
                (*ret)[*size] = '\0';
        }
        if (f != NULL)
                fclose(f);
        return *ret != NULL ? MST_OK : err->code;
}

/* ---- writing ---- */

int
mst_outbox_write(const char *folder, const char *name, uint64_t number, const void *bytes, size_t size, struct mst_error *err)
{
        char path[PATH_MOST], part[PATH_MOST];
        int n = snprintf(path, sizeof path, "%s/%s-%0*" PRIu64 ".csv", folder, name, DIGITS, number);
        int m = snprintf(part, sizeof part, "%s/.%s-%0*" PRIu64 ".part", folder, name, DIGITS, number), fd, dir;
        size_t done = 0;
        ssize_t w = 0;
        bool good;

        if (n < 0 || m < 0 || n >= PATH_MOST || m >= PATH_MOST)
                return mst_fail(err, MST_ECONFIG, "'%.200s' is too long a path", folder);
        fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dir = open(folder, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && done < size && (w = write(fd, (const char *)bytes + done, size - done)) > 0)
                done += (size_t)w;
        good = fd >= 0 && done == size && fsync(fd) == 0 && link(part, path) == 0 && dir >= 0 && fsync(dir) == 0;
        if (!good)
                mst_fail(err, MST_ECONFIG, "'%s' cannot be written: %s", path, strerror(errno));
        unlink(part);
        if (fd >= 0)
                close(fd);
        if (dir >= 0)
                close(dir);
        return good ? MST_OK : err->code;
}

/* ---- CSV ---- */

/* *at stands on a quotation mark; the cell, with *at behind the closing one, or NULL. */
static char *
quoted(char **at, const char *end)
{
        char *from = *at + 1, *to = from, *start = from;

        while (from < end) {
                if (*from == '"' && from + 1 < end && from[1] == '"')
                        from++;
                else if (*from == '"')
                        break;
                *to++ = *from++;
        }
        if (from == end)
                return NULL;
        *at = from + 1;
        *to = '\0';
        return start;
}

int
mst_csv_row(char **at, char *end, char **cells, int most)
{
        int n = 0;
        char after;

        if (*at >= end)
                return 0;
        do {
                char *cell = *at;
                bool quotes = cell < end && *cell == '"';

                if (n == most || (quotes && (cell = quoted(at, end)) == NULL))
                        return -1;
                while (!quotes && *at < end && **at != ',' && **at != '\r' && **at != '\n')
                        ++*at;
                after = *at < end ? **at : '\n';
                if (after != ',' && after != '\r' && after != '\n')
                        return -1;
                **at = '\0';                 /* on the delimiter, or at the end        */
                cells[n++] = cell;
                if (*at < end)
                        ++*at;
        } while (after == ',');
        if (after == '\r' && *at < end && **at == '\n')
                ++*at;
        return n;
}

const char *
mst_csv_cell(struct mst_arena *arena, const char *text, bool safe)
{
        bool quotes = strpbrk(text, "\",\r\n") != NULL;
        char *cell, *to;

        safe = safe && text[0] != '\0' && strchr("=+-@\t", text[0]) != NULL;
        if (!quotes && !safe)
                return text;
        cell = to = mst_arena_alloc(arena, strlen(text) * 2 + 4);
        if (cell == NULL)
                return NULL;
        if (quotes)
                *to++ = '"';
        if (safe)
                *to++ = '\'';
        for (; *text != '\0'; text++) {
                if (*text == '"')
                        *to++ = '"';
                *to++ = *text;
        }
        if (quotes)
                *to++ = '"';
        *to = '\0';
        return cell;
}
