/* view_read.c - what the views share: reading columns into an arena, names of records,
 * patterns. */
#include "build.h"

#include "store/view_read.h"

#include <string.h>

#include "rules/expr.h"

bool
mstc_rows_bound(struct mstc_rows *rows, int rc)
{
        if (rc == SQLITE_OK)
                return true;
        mstc_sql_fail(rows->store, rows->err);
        return false;
}

bool
mstc_rows_next(struct mstc_rows *rows)
{
        return !rows->failed && rows->err->code == 0
            && mstc_sql_step(rows->store, rows->stmt, rows->err) == MST_OK;
}

const char *
mstc_rows_text(struct mstc_rows *rows, int column)
{
        const char *text = mstc_sql_text(rows->stmt, column);
        const char *copy = text != NULL ? mst_arena_strdup(rows->arena, text) : NULL;

        rows->failed |= text != NULL && copy == NULL;
        return copy;
}

int64_t
mstc_rows_number(const struct mstc_rows *rows, int column)
{
        return sqlite3_column_int64(rows->stmt, column);
}

const struct mst_record *
mstc_rows_record(struct mstc_rows *rows, int column, const char *id, bool strict)
{
        struct mst_error err = { 0 };
        struct mst_record *record = NULL;
        size_t size;
        const void *bytes = mstc_sql_blob(rows->stmt, column, &size);

        if (bytes == NULL || size == 0)
                return NULL;
        bytes = mst_arena_memdup(rows->arena, bytes, size);
        if (bytes == NULL) {
                rows->failed = true;
                return NULL;
        }
        if (mstc_record_unflat(bytes, size, id != NULL ? id : "", rows->arena, &record, &err) == MST_OK)
                return record;
        if (strict)
                *rows->err = err;
        return NULL;
}

int
mstc_rows_end(struct mstc_rows *rows, const char *doing)
{
        if (rows->stmt != NULL)
                sqlite3_reset(rows->stmt);
        if (rows->err->code != 0)
                return rows->err->code;
        return rows->failed ? mst_fail_memory(rows->err, doing) : MST_OK;
}

static const char *
first_text(const struct mst_record *record, const char *const *names)
{
        for (; record != NULL && *names != NULL; names++) {
                const struct mst_value *value = mst_value_at(mst_record_get(record, *names), 0);

                if (mst_value_type(value) == MST_TEXT && *mst_value_text(value, NULL) != '\0')
                        return mst_value_text(value, NULL);
        }
        return NULL;
}

const char *
mstc_record_title(const struct mst_record *record)
{
        static const char *const names[] = { "displayName", "cn", "name", "userPrincipalName", "mail", NULL };

        return first_text(record, names);
}

const char *
mstc_record_upn(const struct mst_record *record)
{
        static const char *const names[] = { "userPrincipalName", "uid", NULL };

        return first_text(record, names);
}

const char *
mstc_record_mail(const struct mst_record *record)
{
        static const char *const names[] = { "mail", NULL };

        return first_text(record, names);
}

/* '*' any run, '?' any one character (of UTF-8); both texts are folded.  Remembers the
 * last '*' only, so it is quick whatever the pattern. */
static bool
wild(const char *pattern, const char *text)
{
        const char *star = NULL, *back = NULL;

        while (*text != '\0') {
                if (*pattern == '*') {
                        star = ++pattern;
                        back = text;
                } else if (*pattern == '?') {
                        pattern++;
                        do
                                text++;
                        while (((unsigned char)*text & 0xc0) == 0x80);
                } else if (*pattern == *text && *text != '\0') {
                        pattern++;
                        text++;
                } else if (star != NULL) {
                        pattern = star;
                        do
                                back++;
                        while (((unsigned char)*back & 0xc0) == 0x80);
                        text = back;
                } else
                        return false;
        }
        while (*pattern == '*')
                pattern++;
        return *pattern == '\0';
}

bool
mstc_pattern_matches(const char *folded, const char *text, struct mst_arena *scratch)
{
        size_t length;
        const char *other;

        if (text == NULL)
                return false;
        other = mstc_fold(text, strlen(text), scratch, &length);
        if (other == NULL)
                return false;
        return strpbrk(folded, "*?") != NULL ? wild(folded, other) : strstr(other, folded) != NULL;
}

bool
mstc_rows_grow(struct mst_arena *arena, void **array, size_t count, size_t *room, size_t size)
{
        size_t more = *room > 0 ? *room * 2 : 16;
        void *bigger;

        if (count < *room)
                return true;
        bigger = mst_arena_alloc(arena, more * size);
        if (bigger == NULL)
                return false;
        if (count > 0)
                memcpy(bigger, *array, count * size);
        *array = bigger;
        *room = more;
        return true;
}
