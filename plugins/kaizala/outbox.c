/* SPDX-License-Identifier: Apache-2.0
 *
 * outbox.c - numbered files for the Directory.
 *
 *   import-000001.csv     people to add or change     (layout: protocol sheet, 9.3 [C])
 *   removals-000002.csv   people to take out
 *
 * Each is under 1 MB, appears whole or not at all, and is on disk before anything counts
 * as done.  An admin imports them in the order of their numbers, or the portal door takes
 * them at once and says what became of each row.  They stay in the folder until an export
 * that is newer has been put where export-path says. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaizala.h"

enum { FILE_MOST = 1000000, POLL_MS = 1000, POLLS = 900 };     /* 1 MB is 1,048,576 [S] */

struct numbered {
        size_t number;
        bool removes, newer;            /* than the export */
};

static int
by_number(const void *a, const void *b)
{
        const struct numbered *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

static const char *
path_of(struct kzl *k, size_t number, bool removes, bool part)
{
        const char *path = mst_arena_printf(k->work, "%s/%s%s-%06zu.csv%s", k->config->outbox, part ? "." : "",
                                            removes ? "removals" : "import", number, part ? ".part" : "");

        return path != NULL ? path : "";
}

/* All of it into the arena, with room for a NUL. */
static char *
read_all(struct kzl *k, const char *path, size_t *size, struct mst_error *err)
{
        FILE *f = fopen(path, "re");
        struct stat st;
        char *text = NULL;

        if (f == NULL || fstat(fileno(f), &st) != 0)
                mst_fail(err, errno == EACCES ? MST_EPERM : MST_ECONFIG, "'%s' cannot be read: %s", path, strerror(errno));
        else if ((text = mst_arena_alloc(k->work, (size_t)st.st_size + 1)) == NULL)
                mst_fail_memory(err, "reading the Directory");
        else if (fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
                mst_fail(err, MST_ENET, "'%s' got shorter while it was read", path);
                text = NULL;
        } else {
                *size = (size_t)st.st_size;
                text[*size] = '\0';
        }
        if (f != NULL)
                fclose(f);
        return text;
}

static int
take(struct kzl *k, const char *path, bool removes, bool have, bool want, struct mst_error *err)
{
        size_t size = 0;
        char *text = read_all(k, path, &size, err);

        if (text == NULL)
                return err->code;
        return kzl_book_take(k, text, size, removes, have, want, err) == MST_OK ? MST_OK : mst_wrap(err, "'%s'", path);
}

static bool
later(const struct timespec *a, const struct timespec *b)
{
        return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* The folder's files in their order; 'since' NULL: all are new. */
static int
list_files(struct kzl *k, const struct timespec *since, struct numbered **ret, size_t *count, struct mst_error *err)
{
        DIR *dir = opendir(k->config->outbox);
        struct dirent *entry;
        size_t room = 0;

        *count = 0;
        *ret = NULL;
        k->next_file = 1;
        if (dir == NULL)
                return mst_fail(err, errno == EACCES ? MST_EPERM : MST_ECONFIG, "the outbox '%s' cannot be opened (%s): make the folder, "
                                "for the user who runs Muster", k->config->outbox, strerror(errno));
        while ((entry = readdir(dir)) != NULL) {
                struct numbered one = { .removes = entry->d_name[0] == 'r' };
                struct stat st;
                int used = 0;

                if (sscanf(entry->d_name, one.removes ? "removals-%6zu.csv%n" : "import-%6zu.csv%n", &one.number, &used) != 1
                    || used == 0 || entry->d_name[used] != '\0')
                        continue;
                if (*count == room) {
                        struct numbered *more = mst_arena_alloc(k->work, (room = room * 2 + 64) * sizeof *more);

                        if (more == NULL)
                                break;
                        if (*count > 0)
                                memcpy(more, *ret, *count * sizeof *more);
                        *ret = more;
                }
                one.newer = since == NULL || stat(path_of(k, one.number, one.removes, false), &st) != 0
                            || later(&st.st_mtim, since);
                (*ret)[(*count)++] = one;
                k->next_file = one.number >= k->next_file ? one.number + 1 : k->next_file;
        }
        closedir(dir);
        if (entry != NULL)
                return mst_fail_memory(err, "reading the outbox");
        if (*count > 0)
                qsort(*ret, *count, sizeof **ret, by_number);
        return MST_OK;
}

int
kzl_outbox_read(struct kzl *k, struct mst_error *err)
{
        const char *export = k->config->export_path;
        bool portal = k->config->portal_url != NULL, exported;
        struct numbered *files;
        struct stat st;
        size_t count;

        exported = !portal && export != NULL && stat(export, &st) == 0;
        if (list_files(k, exported ? &st.st_mtim : NULL, &files, &count, err) != MST_OK)
                return err->code;
        if (exported && take(k, export, false, true, false, err) != MST_OK)
                return err->code;
        for (size_t i = 0; !portal && i < count; i++)
                if (take(k, path_of(k, files[i].number, files[i].removes, false), files[i].removes, files[i].newer, true, err)
                    != MST_OK)
                        return err->code;
        return MST_OK;
}

/* ---- writing ---- */

struct writing {
        struct kzl_row **rows;          /* that are pending in this way */
        size_t count;
        bool removes;
};

static void
write_row(const struct kzl *k, FILE *to, const char *const *values, const char *phone, bool removes)
{
        kzl_csv_cell(to, phone, false);
        for (size_t c = 1; !removes && c < k->column_count; c++) {
                fputc(',', to);
                kzl_csv_cell(to, values[c], k->config->spreadsheet_safe);
        }
        fputs("\r\n", to);
}

/* On disk under its name; 0 when it could not be made. */
static size_t
publish(struct kzl *k, const char *bytes, size_t size, bool removes, struct mst_error *err)
{
        size_t number = k->next_file++;
        const char *part = path_of(k, number, removes, true), *path = path_of(k, number, removes, false);
        int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), dir = open(k->config->outbox, O_RDONLY | O_CLOEXEC);
        size_t done = 0;
        ssize_t n = 0;

        while (fd >= 0 && done < size && (n = write(fd, bytes + done, size - done)) > 0)
                done += (size_t)n;
        if (fd < 0 || done < size || fsync(fd) != 0 || link(part, path) != 0 || dir < 0 || fsync(dir) != 0) {
                mst_fail(err, MST_ECONFIG, "'%s' cannot be written: %s", path, strerror(errno));
                number = 0;
                k->sent = false;
        }
        unlink(part);
        if (fd >= 0)
                close(fd);
        if (dir >= 0)
                close(dir);
        return number;
}

/* ---- the portal ---- */

/* One of its errors: {"row":3,"phoneNumber":"+...","message":"..."}. */
static void
take_error(struct kzl *k, const char **whole)
{
        const char *name, *phone = NULL, *message = NULL;
        struct kzl_row *row;
        size_t length;

        if (!mst_json_enter_object(k->json))
                return;
        while (mst_json_member(k->json, &name, &length)) {
                if (kzl_member_is(name, length, "phoneNumber"))
                        phone = kzl_text(k);
                else if (kzl_member_is(name, length, "message"))
                        message = kzl_text(k);
        }
        message = message != NULL ? message : "no reason is told";
        row = phone != NULL ? kzl_row(k, phone, false) : NULL;
        if (row != NULL && row->pending != KZL_QUIET)
                row->why = message;
        else if (*whole == NULL)
                *whole = message;
}

/* Its state; what concerns no row goes to '*whole'. */
static const char *
read_job(struct kzl *k, const char **job, const char **whole)
{
        size_t size, length;
        const char *body = mst_http_content(k->reply, &size), *name, *status = NULL;

        mst_json_start(k->json, body, size);
        mst_json_enter_object(k->json);
        while (mst_json_member(k->json, &name, &length)) {
                if (kzl_member_is(name, length, "status"))
                        status = kzl_text(k);
                else if (job != NULL && kzl_member_is(name, length, "job"))
                        *job = kzl_text(k);
                else if (kzl_member_is(name, length, "errors") && mst_json_enter_array(k->json))
                        while (mst_json_element(k->json))
                                take_error(k, whole);
        }
        return mst_json_finish(k->json) && status != NULL ? status : "";
}

static int
upload(struct kzl *k, const char *bytes, size_t size, size_t number, bool removes, struct mst_error *err)
{
        const char *job = NULL, *whole = NULL, *status = "Processing";
        const char *name = strrchr(path_of(k, number, removes, false), '/') + 1;

        if (kzl_portal(k, "POST", bytes, size, err, removes ? "/directory/removals?source=entra&name=%s"
                       : "/directory/import?network=Employee&source=entra&name=%s", name) != MST_OK)
                return err->code;
        read_job(k, &job, &whole);
        if (job == NULL)
                return mst_fail(err, MST_ENET, "the portal took %s and does not say which job it is", name);
        for (int i = 0; i < POLLS && strcmp(status, "Processing") == 0; i++) {
                if (i > 0 && !mst_host_sleep(k->host, POLL_MS))
                        break;
                if (kzl_portal(k, "GET", NULL, 0, err, "/directory/import/%s", kzl_escaped(k, job)) != MST_OK)
                        return err->code;
                status = read_job(k, NULL, &whole);
        }
        if (strcmp(status, "Processing") == 0)
                return mst_fail(err, MST_ENET, "the portal is still processing %s (job %s)", name, job);
        if (whole == NULL && (strcmp(status, "Completed") == 0 || strcmp(status, "Failed") == 0))
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "the portal refuses %s: %s", name, whole != NULL ? whole : status);
}

/* ---- all that is pending ---- */

/* Rows from 'from' on until the file is full; where it ended. */
static size_t
write_file(struct kzl *k, const struct writing *w, size_t from, struct mst_error *err)
{
        char *bytes = NULL;
        size_t size = 0, number, at = from;
        FILE *to = open_memstream(&bytes, &size);

        if (to == NULL) {
                mst_fail_memory(err, "writing the outbox");
                return from;
        }
        fputs("\xef\xbb\xbf", to);
        for (size_t c = 0; c < (w->removes ? 1 : k->column_count); c++) {
                fputs(c > 0 ? "," : "", to);
                kzl_csv_cell(to, k->columns[c], false);
        }
        fputs("\r\n", to);
        for (; at < w->count; at++) {
                long before = ftell(to);

                write_row(k, to, w->rows[at]->want, w->rows[at]->phone, w->removes);
                if (at > from && ftell(to) > FILE_MOST) {
                        fseek(to, before, SEEK_SET);
                        break;
                }
        }
        if (ferror(to) != 0 || fclose(to) != 0) {
                mst_fail_memory(err, "writing the outbox");
        } else {
                number = publish(k, bytes, size, w->removes, err);
                if (number != 0 && k->config->portal_url != NULL)
                        upload(k, bytes, size, number, w->removes, err);
        }
        free(bytes);
        return at;
}

static int
write_way(struct kzl *k, bool removes, struct mst_error *err)
{
        struct writing w = { .removes = removes };
        int way = removes ? KZL_REMOVE : KZL_IMPORT;
        size_t count = 0;

        for (size_t b = 0; b < KZL_BUCKETS; b++)
                for (struct kzl_row *row = k->book[b]; row != NULL; row = row->next)
                        count += (int)row->pending == way;
        if (count == 0)
                return MST_OK;
        w.rows = mst_arena_alloc(k->work, count * sizeof(struct kzl_row *));
        if (w.rows == NULL)
                return mst_fail_memory(err, "writing the outbox");
        for (size_t b = 0; b < KZL_BUCKETS; b++)
                for (struct kzl_row *row = k->book[b]; row != NULL; row = row->next)
                        if ((int)row->pending == way)
                                w.rows[w.count++] = row;
        for (size_t at = 0; err->code == MST_OK && at < count; )
                at = write_file(k, &w, at, err);
        for (size_t i = 0; err->code == MST_OK && i < count; i++)
                w.rows[i]->pending = KZL_QUIET;
        return err->code;
}

/* Who comes before who goes: a number that changed hands is then in no file of removals. */
int
kzl_outbox_write(struct kzl *k, struct mst_error *err)
{
        return write_way(k, false, err) == MST_OK ? write_way(k, true, err) : err->code;
}
