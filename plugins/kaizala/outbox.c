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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kaizala.h"

enum { FILE_MOST = 1000000, POLL_MS = 1000, POLLS = 900 };     /* 1 MB is 1,048,576 [S] */

static const char import[] = "import", removals[] = "removals";

struct reading {
        struct kzl *k;
        int64_t since;                  /* the export's time; -1: there is none        */
};

static int
take(struct kzl *k, const char *path, bool removes, bool have, bool want, struct mst_error *err)
{
        size_t size;
        char *text;

        if (mst_outbox_load(path, k->work, &text, &size, err) != MST_OK)
                return err->code;
        return kzl_book_take(k, text, size, removes, have, want, err) == MST_OK ? MST_OK : mst_wrap(err, "'%s'", path);
}

static int
take_file(void *self, const struct mst_outbox_file *file, struct mst_error *err)
{
        struct reading *r = self;
        bool removes = strcmp(file->name, removals) == 0;

        if (r->k->config->portal_url != NULL || (!removes && strcmp(file->name, import) != 0))
                return MST_OK;
        return take(r->k, file->path, removes, file->changed_ns > r->since, true, err);
}

int
kzl_outbox_read(struct kzl *k, struct mst_error *err)
{
        const char *export = k->config->export_path;
        struct reading r = { .k = k, .since = -1 };
        struct stat st;

        if (k->config->portal_url == NULL && export != NULL && stat(export, &st) == 0) {
                r.since = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
                if (take(k, export, false, true, false, err) != MST_OK)
                        return err->code;
        }
        return mst_outbox_read(k->config->outbox, k->work, take_file, &r, &k->last_file, err);
}

/* ---- writing ---- */

struct writing {
        struct kzl_row **rows;          /* that are pending in this way */
        size_t count;
        bool removes;
};

/* A cell that there is no memory for fails the file. */
static bool
write_cell(struct kzl *k, FILE *to, const char *text, bool first, bool safe)
{
        const char *cell = mst_csv_cell(k->work, text, safe);

        return cell != NULL && fprintf(to, "%s%s", first ? "" : ",", cell) >= 0;
}

static bool
write_row(struct kzl *k, FILE *to, const char *const *values, const char *phone, bool removes)
{
        bool good = write_cell(k, to, phone, true, false);

        for (size_t c = 1; good && !removes && c < k->column_count; c++)
                good = write_cell(k, to, values[c], false, k->config->spreadsheet_safe);
        return good && fputs("\r\n", to) >= 0;
}

/* ---- the portal ---- */

/* What the portal said of a file: what concerns no row goes to 'whole'. */
struct verdict {
        struct kzl *k;
        const char *job, *status, *whole;
};

/* One of its errors: {"row":3,"phoneNumber":"+...","message":"..."}. */
static void
take_error(void *self)
{
        struct verdict *v = self;
        const char *phone = "", *message = "no reason is told";
        const struct mst_json_field fields[] = {
                { .name = "phoneNumber", .text = &phone }, { .name = "message", .text = &message }, { .name = NULL }
        };
        struct kzl_row *row;

        mst_json_fields(v->k->json, v->k->work, fields, sizeof *fields);
        row = kzl_row(v->k, phone, false);
        if (row != NULL && row->pending != KZL_QUIET)
                row->why = message;
        else if (v->whole == NULL)
                v->whole = message;
}

static bool
read_job(struct verdict *v)
{
        const struct mst_json_field fields[] = {
                { .name = "job", .text = &v->job }, { .name = "status", .text = &v->status },
                { .name = "errors", .each = take_error, .self = v }, { .name = NULL }
        };

        return kzl_read(v->k, v->k->reply, fields);
}

static int
upload(struct kzl *k, const char *bytes, size_t size, bool removes, struct mst_error *err)
{
        struct verdict v = { .k = k, .status = "Processing" };
        const char *name = removes ? removals : import;
        int number = (int)k->last_file;

        if (kzl_portal(k, "POST", bytes, size, err, removes ? "/directory/removals?source=entra&name=%s-%06d.csv"
                       : "/directory/import?network=Employee&source=entra&name=%s-%06d.csv", name, number) != MST_OK)
                return err->code;
        if (!read_job(&v) || v.job == NULL)
                return mst_fail(err, MST_ENET, "the portal took %s-%06d.csv and does not say which job it is", name, number);
        for (int i = 0; i < POLLS && strcmp(v.status, "Processing") == 0; i++) {
                if (i > 0 && !mst_host_sleep(k->host, POLL_MS))
                        break;
                if (kzl_portal(k, "GET", NULL, 0, err, "/directory/import/%s", kzl_escaped(k, v.job)) != MST_OK)
                        return err->code;
                read_job(&v);
        }
        k->sent = true;
        if (strcmp(v.status, "Processing") == 0)
                return mst_fail(err, MST_ENET, "the portal is still processing %s-%06d.csv (job %s)", name, number, v.job);
        if (v.whole == NULL && (strcmp(v.status, "Completed") == 0 || strcmp(v.status, "Failed") == 0))
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "the portal refuses %s-%06d.csv: %s", name, number, v.whole != NULL ? v.whole : v.status);
}

/* ---- all that is pending ---- */

/* Rows from 'from' on until the file is full; where it ended. */
static size_t
write_file(struct kzl *k, const struct writing *w, size_t from, struct mst_error *err)
{
        char *bytes = NULL;
        size_t size = 0, at = from;
        FILE *to = open_memstream(&bytes, &size);
        bool good;

        if (to == NULL) {
                mst_fail_memory(err, "writing the outbox");
                return from;
        }
        fputs("\xef\xbb\xbf", to);
        good = write_row(k, to, k->columns, k->columns[0], w->removes);
        for (; good && at < w->count; at++) {
                long before = ftell(to);

                good = write_row(k, to, w->rows[at]->want, w->rows[at]->phone, w->removes);
                if (at > from && ftell(to) > FILE_MOST) {
                        fseek(to, before, SEEK_SET);
                        break;
                }
        }
        if (fclose(to) != 0 || !good) {
                mst_fail_memory(err, "writing the outbox");
        } else {
                k->sent = false;
                if (mst_outbox_write(k->config->outbox, w->removes ? removals : import, ++k->last_file, bytes, size, err) == MST_OK
                    && k->config->portal_url != NULL)
                        upload(k, bytes, size, w->removes, err);
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
