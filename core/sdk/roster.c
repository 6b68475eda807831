/* roster.c - who is there and who should be, read from files; see <muster/roster.h>.
 *
 *   have   what is there: as the service tells, or by the export and the files that were
 *          written after it; without an export, by all files
 *   want   what all files together say that should be there
 *
 * Where an export lacks what an older file should have brought, the two differ, and the
 * row is written once more. */
#include "build.h"

#include "sdk/roster.h"

#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"

enum { CELLS = 256 };

/* --- rows -------------------------------------------------------------------------------- */

struct mst_roster *
mst_roster_new(const struct mst_roster_layout *layout, struct mst_host *host)
{
        struct mst_roster *roster = mstc_alloc(sizeof *roster);

        if (roster == NULL)
                return NULL;
        *roster = (struct mst_roster){ .layout = layout, .host = host, .last = &roster->first };
        roster->arena = mst_arena_new(64 * 1024);
        roster->map = mstc_map_new();
        if (roster->arena != NULL && roster->map != NULL)
                return roster;
        mst_roster_free(roster);
        return NULL;
}

void
mst_roster_free(struct mst_roster *roster)
{
        if (roster == NULL)
                return;
        mstc_map_free(roster->map);
        mst_arena_free(roster->arena);
        mstc_free(roster);
}

struct mstc_roster_row *
mstc_roster_row(struct mst_roster *roster, const char *key, bool make)
{
        struct mstc_roster_row *row = mstc_map_get(roster->map, key);

        if (row != NULL || !make)
                return row;
        row = mst_arena_alloc(roster->arena, sizeof *row);
        if (row == NULL)
                return NULL;
        *row = (struct mstc_roster_row){ .key = mst_arena_strdup(roster->arena, key) };
        if (row->key == NULL || !mstc_map_put(roster->map, key, row))
                return NULL;
        *roster->last = row;
        roster->last = &row->next;
        return row;
}

bool
mstc_roster_same(const struct mst_roster *roster, const char *const *a, const char *const *b)
{
        if (a == NULL || b == NULL)
                return a == b;
        for (size_t c = 1; c < roster->layout->column_count; c++)
                if (strcmp(a[c], b[c]) != 0)
                        return false;
        return true;
}

bool
mst_roster_refuse(struct mst_roster *roster, const char *key, const char *why)
{
        struct mstc_roster_row *row = mstc_roster_row(roster, key, false);

        if (row == NULL || row->pending == MSTC_ROSTER_QUIET)
                return false;
        row->why = mst_arena_strdup(roster->arena, why);
        if (row->why == NULL)
                row->why = "the service refuses it";
        return true;
}

size_t
mst_roster_lost(const struct mst_roster *roster)
{
        return roster->lost;
}

void
mst_roster_shelve(const struct mst_roster *roster, struct mst_shelf *shelf)
{
        const struct mst_roster_layout *l = roster->layout;

        for (const struct mstc_roster_row *row = roster->first; row != NULL; row = row->next) {
                struct mst_record *record = row->have != NULL ? mst_shelf_put(shelf, row->key, row->key) : NULL;

                for (size_t c = 0; record != NULL && c < l->column_count; c++) {
                        const char *text = c == 0 ? row->key : row->have[c];

                        if (text[0] != '\0')
                                mst_record_text(record, mst_record_put(record, l->columns[c]), text, strlen(text));
                }
        }
}

/* --- columns ------------------------------------------------------------------------------- */

const char **
mst_roster_columns(const struct mst_host *host, struct mst_arena *arena, char *const *given, const char *const *first,
                   const char *others, size_t *count)
{
        size_t most = mst_host_want_count(host), n = 0;
        const char **columns;

        for (size_t i = 0; given != NULL && given[i] != NULL; i++)
                most++;
        for (size_t i = 0; first[i] != NULL; i++)
                most++;
        columns = mst_arena_alloc(arena, (most + 1) * sizeof *columns);
        if (columns == NULL)
                return NULL;
        for (size_t i = 0; given != NULL && given[i] != NULL; i++)
                columns[n++] = given[i];
        for (size_t i = 0; given == NULL && first[i] != NULL; i++)
                if (i == 0 || mst_host_wants(host, first[i]))
                        columns[n++] = first[i];
        for (size_t i = 0; given == NULL && i < mst_host_want_count(host); i++) {
                const char *name = mst_host_want(host, i);
                bool known = mst_text_among(others, name);

                for (size_t c = 0; c < n; c++)
                        known = known || strcmp(columns[c], name) == 0;
                if (!known)
                        columns[n++] = name;
        }
        *count = n;
        return columns;
}

/* --- reading -------------------------------------------------------------------------------- */

/* What a CSV says: it is what is there, or what should be, or both; or its people leave. */
struct says {
        bool removes, have, want;
};

static bool
take_row(struct mst_roster *roster, char **fields, int count, const int *places, const struct says *says)
{
        struct mstc_roster_row *row = mstc_roster_row(roster, fields[places[0]], true);
        size_t columns = roster->layout->column_count;
        const char **values = NULL;

        if (row == NULL)
                return false;
        if (!says->removes) {
                values = mst_arena_alloc(roster->arena, columns * sizeof *values);
                if (values == NULL)
                        return false;
                for (size_t c = 0; c < columns; c++)
                        values[c] = places[c] >= 0 && places[c] < count ? fields[places[c]] : "";
        }
        if (says->have)
                row->have = values;
        if (says->want) {
                row->want = values;
                row->leaves = says->removes;
        }
        return true;
}

/* Which of the cells is which of our columns; -1: none. */
static void
find_columns(const struct mst_roster_layout *l, char **names, int count, int *places)
{
        for (size_t c = 0; c < l->column_count; c++) {
                places[c] = -1;
                for (int i = 0; i < count; i++)
                        if (strcmp(names[i], l->columns[c]) == 0)
                                places[c] = i;
        }
}

/* Lines whose key is none are passed over: remarks of whoever made the file. */
static bool
is_key(const struct mst_roster_layout *l, const char *key)
{
        return key[0] != '\0' && (l->begins == NULL || strncmp(key, l->begins, strlen(l->begins)) == 0);
}

static int
take(struct mst_roster *roster, char *text, size_t size, const struct says *says, struct mst_error *err)
{
        const struct mst_roster_layout *l = roster->layout;
        char *fields[CELLS], *at = text, *end = text + size;
        int n, *places = mst_arena_alloc(roster->arena, l->column_count * sizeof *places);

        if (places == NULL)
                return mst_fail_memory(err, "reading who is there");
        if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
                at += 3;
        n = mst_csv_row(&at, end, fields, CELLS);
        find_columns(l, fields, n > 0 ? n : 0, places);
        if (n <= 0 || places[0] < 0)
                return mst_fail(err, MST_ECONFIG, "it is no CSV with a column %s", l->columns[0]);
        for (size_t row = 2; (n = mst_csv_row(&at, end, fields, CELLS)) != 0; row++) {
                if (n < 0)
                        return mst_fail(err, MST_ECONFIG, "row %zu is no CSV", row);
                if (places[0] < n && is_key(l, fields[places[0]]) && !take_row(roster, fields, n, places, says))
                        return mst_fail_memory(err, "reading who is there");
        }
        return MST_OK;
}

static int
take_path(struct mst_roster *roster, const char *path, const struct says *says, struct mst_error *err)
{
        size_t size;
        char *text;

        if (mst_outbox_load(path, roster->arena, &text, &size, err) != MST_OK)
                return err->code;
        return take(roster, text, size, says, err) == MST_OK ? MST_OK : mst_wrap(err, "'%s'", path);
}

struct reading {
        struct mst_roster *roster;
        int64_t since;                       /* the export's time; -1: there is none   */
        bool numbers;                        /* only these count                       */
};

static int
take_file(void *self, const struct mst_outbox_file *file, struct mst_error *err)
{
        struct reading *r = self;
        const struct mst_roster_layout *l = r->roster->layout;
        struct says says = { .removes = strcmp(file->name, l->drops) == 0, .have = file->changed_ns > r->since, .want = true };

        if (r->numbers || (!says.removes && strcmp(file->name, l->puts) != 0))
                return MST_OK;
        return take_path(r->roster, file->path, &says, err);
}

/* What older files should have brought, and did not. */
static void
find_lost(struct mst_roster *roster)
{
        for (struct mstc_roster_row *row = roster->first; row != NULL; row = row->next)
                if ((row->want != NULL && !mstc_roster_same(roster, row->want, row->have)) || (row->leaves && row->have != NULL)) {
                        row->pending = row->leaves ? MSTC_ROSTER_DROP : MSTC_ROSTER_PUT;
                        row->have = row->want;
                        roster->lost++;
                }
}

int
mst_roster_read(struct mst_roster *roster, const char *export_path, struct mst_error *err)
{
        struct reading r = { .roster = roster, .since = -1 };
        struct says there = { .have = true };
        struct stat st;

        if (export_path != NULL && stat(export_path, &st) == 0) {
                r.since = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
                if (take_path(roster, export_path, &there, err) != MST_OK)
                        return err->code;
        }
        if (mst_outbox_read(roster->layout->folder, roster->arena, take_file, &r, &roster->number, err) != MST_OK)
                return err->code;
        find_lost(roster);
        return MST_OK;
}

int
mst_roster_told(struct mst_roster *roster, char *csv, size_t size, struct mst_error *err)
{
        struct reading r = { .roster = roster, .numbers = true };
        struct says there = { .have = true };

        if (mst_outbox_read(roster->layout->folder, roster->arena, take_file, &r, &roster->number, err) != MST_OK)
                return err->code;
        return take(roster, csv, size, &there, err);
}
