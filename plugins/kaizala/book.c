/* SPDX-License-Identifier: Apache-2.0
 *
 * book.c - the Directory as far as it is known, by phone number.
 *
 *   have   what is there: from the portal, or from the admin's export and the files that
 *          were written after it; without an export, from all files
 *   want   what all files together say that should be there
 *
 * Where an export lacks what an older file should have brought, the two differ, and the
 * row is written once more. */
#include <stdlib.h>
#include <string.h>

#include "kaizala.h"

enum { CELLS = 256 };

static size_t
bucket(const char *phone)
{
        uint32_t h = 2166136261u;

        for (; *phone != '\0'; phone++)
                h = (h ^ (unsigned char)*phone) * 16777619u;
        return h % KZL_BUCKETS;
}

struct kzl_row *
kzl_row(struct kzl *k, const char *phone, bool make)
{
        size_t at = bucket(phone);
        struct kzl_row *row = k->book[at];

        while (row != NULL && strcmp(row->phone, phone) != 0)
                row = row->next;
        if (row != NULL || !make)
                return row;
        row = mst_arena_alloc(k->work, sizeof *row);
        if (row == NULL)
                return NULL;
        *row = (struct kzl_row){ .next = k->book[at], .phone = mst_arena_strdup(k->work, phone) };
        if (row->phone == NULL)
                return NULL;
        k->book[at] = row;
        return row;
}

bool
kzl_row_same(const struct kzl *k, const char *const *a, const char *const *b)
{
        if (a == NULL || b == NULL)
                return a == b;
        for (size_t c = 1; c < k->column_count; c++)
                if (strcmp(a[c], b[c]) != 0)
                        return false;
        return true;
}

/* Which of the cells is our column; -1: none. */
static void
find_columns(const struct kzl *k, char **names, int count, int *ret)
{
        for (size_t c = 0; c < k->column_count; c++) {
                ret[c] = -1;
                for (int i = 0; i < count; i++)
                        if (strcmp(names[i], k->columns[c]) == 0)
                                ret[c] = i;
        }
}

static bool
take_row(struct kzl *k, char **fields, int count, const int *columns, bool removes, bool have, bool want)
{
        struct kzl_row *row = kzl_row(k, fields[columns[0]], true);
        const char **values = NULL;

        if (row == NULL)
                return false;
        if (!removes) {
                values = mst_arena_alloc(k->work, k->column_count * sizeof *values);
                if (values == NULL)
                        return false;
                for (size_t c = 0; c < k->column_count; c++)
                        values[c] = columns[c] >= 0 && columns[c] < count ? fields[columns[c]] : "";
        }
        if (have)
                row->have = values;
        if (want) {
                row->want = values;
                row->leaves = removes;
        }
        return true;
}

/* 'text' must last as long as the book, and has room for a NUL behind it. */
int
kzl_book_take(struct kzl *k, char *text, size_t size, bool removes, bool have, bool want, struct mst_error *err)
{
        char *fields[CELLS], *at = text, *end = text + size;
        int n, *columns = mst_arena_alloc(k->work, k->column_count * sizeof *columns);

        if (columns == NULL)
                return mst_fail_memory(err, "reading the Directory");
        if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
                at += 3;
        n = mst_csv_row(&at, end, fields, CELLS);
        find_columns(k, fields, n > 0 ? n : 0, columns);
        if (n <= 0 || columns[0] < 0)
                return mst_fail(err, MST_ECONFIG, "it is no CSV with a column PhoneNumber");
        for (size_t row = 2; (n = mst_csv_row(&at, end, fields, CELLS)) != 0; row++) {
                if (n < 0)
                        return mst_fail(err, MST_ECONFIG, "row %zu is no CSV", row);
                if (columns[0] < n && fields[columns[0]][0] == '+'
                    && !take_row(k, fields, n, columns, removes, have, want))
                        return mst_fail_memory(err, "reading the Directory");
        }
        return MST_OK;
}

/* The portal knows what is there. */
static int
ask_portal(struct kzl *k, struct mst_error *err)
{
        size_t size;
        const char *body;
        char *copy;

        if (kzl_portal(k, "GET", NULL, 0, err, "/directory") != MST_OK)
                return err->code;
        body = mst_http_content(k->reply, &size);
        copy = mst_arena_memdup(k->work, body, size + 1);
        if (copy == NULL)
                return mst_fail_memory(err, "reading the Directory");
        return kzl_book_take(k, copy, size, false, true, false, err) == MST_OK ? MST_OK
               : mst_wrap(err, "the portal's export of the Directory");
}

int
kzl_book(struct kzl *k, struct mst_error *err)
{
        int code;

        if (k->book != NULL)
                return MST_OK;
        k->book = mst_arena_alloc(k->work, KZL_BUCKETS * sizeof(struct kzl_row *));
        if (k->book == NULL)
                return mst_fail_memory(err, "reading the Directory");
        memset(k->book, 0, KZL_BUCKETS * sizeof(struct kzl_row *));
        code = kzl_outbox_read(k, err);
        if (code == MST_OK && k->config->portal_url != NULL)
                code = ask_portal(k, err);
        k->lost = 0;
        for (size_t b = 0; code == MST_OK && k->config->portal_url == NULL && b < KZL_BUCKETS; b++)
                for (struct kzl_row *row = k->book[b]; row != NULL; row = row->next)
                        if ((row->want != NULL && !kzl_row_same(k, row->want, row->have)) || (row->leaves && row->have != NULL)) {
                                row->pending = row->leaves ? KZL_REMOVE : KZL_IMPORT;
                                row->have = row->want;
                                k->lost++;
                        }
        if (code != MST_OK)
                k->book = NULL;
        return code;
}
