/* SPDX-License-Identifier: Apache-2.0
 *
 * source.c - the life of a source, and the ids that are asked for one by one.
 *
 * A fetch reads the file from its start to its end, as a round does: only a file that is
 * proven whole can say that somebody is not in it. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "ids.h"

const char fil_delimiters[] = ",;\t|";

#define C struct fil_source_config

const struct mst_option fil_source_options[] = {
        { .name = "path", MST_PATH_OPTION(C, path), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the file of people" },
        { .name = "format", MST_CHOICE_OPTION(C, format), .def = "auto", .choices = "auto|csv|jsonl|ldif",
          .flags = MST_OPT_IDENTITY, .help = "how it is written; auto: by the end of its name",
          .more = "auto knows .csv, .tsv, .txt (csv), .jsonl, .ndjson (jsonl) and .ldif." },
        { .name = "id", MST_TEXT_OPTION(C, id), .flags = MST_OPT_IDENTITY,
          .help = "the column, member or attribute that is the id",
          .more = "Required for csv; default id for jsonl and dn for ldif.  It must never change for a person, and "
                  "no two may have the same." },
        { .name = "delimiter", MST_CHOICE_OPTION(C, delimiter), .def = "comma",
          .choices = "comma|semicolon|tab|pipe", .flags = MST_OPT_IDENTITY, .help = "what stands between the columns of csv" },
        { .name = "header", MST_BOOLEAN_OPTION(C, header), .def = "yes", .flags = MST_OPT_IDENTITY,
          .help = "whether the first row of csv names the columns" },
        { .name = "columns", MST_LIST_OPTION(C, columns), .flags = MST_OPT_IDENTITY,
          .help = "the columns of csv without a header, in their order" },
        { .name = "types", MST_LIST_OPTION(C, types), .flags = MST_OPT_IDENTITY,
          .help = "types of columns that are not text, such as hireDate=date",
          .more = "text, boolean, integer, number, date, reference, bytes, list (of text), or one of them with -list "
                  "behind it.  accountEnabled is a boolean and manager a reference unless something else is said." },
        { .name = "list-separator", MST_TEXT_OPTION(C, list_separator), .def = "|", .flags = MST_OPT_IDENTITY,
          .help = "what stands between the values in a cell of csv that holds several" },
        { .name = "defused", MST_BOOLEAN_OPTION(C, defused), .def = "no", .flags = MST_OPT_IDENTITY,
          .help = "whether the apostrophe before =, +, -, @ in cells of csv was put there by defuse-formulas" },
        { .name = "complete-marker", MST_CHOICE_OPTION(C, marker), .def = "newline",
          .choices = "newline|rows|rows-file|none", .help = "what proves that the file is whole",
          .more = "newline: the last line has a line end.  rows: the last line is #rows=N.  rows-file: another file "
                  "tells N.  none: nothing is looked for." },
        { .name = "rows-file", MST_PATH_OPTION(C, rows_file), .help = "the file that tells the number of rows of path" },
        { .name = "groups-path", MST_PATH_OPTION(C, groups_path), .flags = MST_OPT_IDENTITY,
          .help = "the file of groups; without it there are none" },
        { .name = "groups-format", MST_CHOICE_OPTION(C, groups_format), .def = "auto",
          .choices = "auto|csv|jsonl|ldif", .flags = MST_OPT_IDENTITY, .help = "how it is written" },
        { .name = "group-id", MST_TEXT_OPTION(C, group_id), .flags = MST_OPT_IDENTITY,
          .help = "its column that is the id; default as for id, and id for csv" },
        { .name = "group-columns", MST_LIST_OPTION(C, group_columns), .flags = MST_OPT_IDENTITY,
          .help = "its columns when it is csv without a header" },
        { .name = "members", MST_TEXT_OPTION(C, members), .def = "members", .flags = MST_OPT_IDENTITY,
          .help = "its column with the ids of the people in the group" },
        { .name = "member-groups", MST_TEXT_OPTION(C, member_groups), .flags = MST_OPT_IDENTITY,
          .help = "its column with the ids of the groups in the group" },
        { .name = "groups-rows-file", MST_PATH_OPTION(C, groups_rows_file),
          .help = "the file that tells the number of rows of groups-path" },
        { .name = "page-size", MST_INTEGER_OPTION(C, page_size), .def = "1000", .min = 1, .max = 100000,
          .flags = MST_OPT_ADVANCED, .help = "rows in one page" },
        { .name = NULL }
};

enum fil_format
fil_format_of(int64_t configured, const char *path)
{
        static const struct { const char *end; enum fil_format format; } ends[] = {
                { ".csv", FIL_CSV }, { ".tsv", FIL_CSV }, { ".txt", FIL_CSV }, { ".jsonl", FIL_JSONL },
                { ".ndjson", FIL_JSONL }, { ".ldif", FIL_LDIF },
        };
        size_t length = strlen(path);

        if (configured != FIL_AUTO)
                return (enum fil_format)configured;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
                size_t n = strlen(ends[i].end);

                if (length > n && fil_name_equal(path + length - n, ends[i].end))
                        return ends[i].format;
        }
        return FIL_AUTO;
}

static int
check_layout(const struct fil_layout *layout, const char *option, struct mst_error *err)
{
        if (layout->format == FIL_AUTO)
                return mst_fail(err, MST_ECONFIG, "the name of '%s' does not tell its format: add <%s>csv</%s> (or jsonl, "
                                "ldif)", layout->path, option, option);
        if (layout->format == FIL_CSV && !layout->header && (layout->columns == NULL || layout->columns[0] == NULL))
                return mst_fail(err, MST_ECONFIG, "header is 'no': name the columns of '%s' with <columns> (or "
                                "<group-columns>)", layout->path);
        if (layout->marker == FIL_MARK_ROWS_FILE && layout->rows_file == NULL)
                return mst_fail(err, MST_ECONFIG, "complete-marker is 'rows-file': name that of '%s' with <rows-file> (or "
                                "<groups-rows-file>)", layout->path);
        return MST_OK;
}

static int
lay_out(struct fil_source *source, struct fil_feed *feed, const char *path, int64_t format, const char *id,
        char *const *columns, const char *rows_file, struct mst_error *err)
{
        const struct fil_source_config *c = source->config;
        const char *const defaults[] = { "", feed->kind == MST_GROUP ? "id" : NULL, "id", "dn" };

        feed->layout = (struct fil_layout){
                .path = path, .format = fil_format_of(format, path), .delimiter = fil_delimiters[c->delimiter],
                .header = c->header, .defused = c->defused, .columns = columns, .marker = (enum fil_marker)c->marker,
                .rows_file = rows_file,
        };
        if (check_layout(&feed->layout, feed->kind == MST_GROUP ? "groups-format" : "format", err) != MST_OK)
                return err->code;
        feed->id = id != NULL && id[0] != '\0' ? id : defaults[feed->layout.format];
        if (feed->id == NULL)
                return mst_fail(err, MST_ECONFIG, "which column of '%s' is the id?  Add <id>...</id>: it must be one that "
                                "never changes for a person", path);
        feed->convert = (struct fil_convert){ source->json, source->scratch,
                                              feed->layout.format == FIL_CSV ? c->list_separator : NULL };
        return MST_OK;
}

static int
set_up(struct fil_source *source, struct mst_error *err)
{
        const struct fil_source_config *c = source->config;

        source->arena = mst_arena_new(0);
        source->scratch = mst_arena_new(0);
        source->json = mst_json_new();
        if (source->arena == NULL || source->scratch == NULL || source->json == NULL)
                return mst_fail_memory(err, "opening a file source");
        if (fil_types_parse(c->types, source->arena, &source->types, err) != MST_OK)
                return err->code;
        source->users.kind = MST_USER;
        source->groups.kind = MST_GROUP;
        if (lay_out(source, &source->users, c->path, c->format, c->id, c->columns, c->rows_file, err) != MST_OK)
                return err->code;
        if (c->groups_path == NULL)
                return MST_OK;
        source->groups.members = c->members;
        source->groups.member_groups = c->member_groups;
        return lay_out(source, &source->groups, c->groups_path, c->groups_format, c->group_id, c->group_columns,
                       c->groups_rows_file, err);
}

int
fil_source_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct fil_source *source = calloc(1, sizeof *source);

        if (source == NULL)
                return mst_fail_memory(err, "opening a file source");
        source->config = config;
        source->host = host;
        if (set_up(source, err) != MST_OK) {
                fil_source_close(source);
                return err->code;
        }
        *self = source;
        return MST_OK;
}

void
fil_source_close(void *self)
{
        struct fil_source *source = self;

        fil_round_free(source->round);
        mst_json_free(source->json);
        mst_arena_free(source->arena);
        mst_arena_free(source->scratch);
        free(source);
}

bool
fil_reads_groups(const struct fil_source *source)
{
        return source->config->groups_path != NULL && mst_host_wants(source->host, "group.*");
}

/* ---- fetch ---- */

struct fetching {
        const struct mst_ids *ids;
        bool *met;
};

static size_t
asked(const struct fetching *f, enum mst_kind kind, const char *id)
{
        for (size_t i = 0; i < mst_ids_count(f->ids); i++)
                if (mst_ids_kind_at(f->ids, i) == kind && strcmp(mst_ids_at(f->ids, i), id) == 0)
                        return i;
        return SIZE_MAX;
}

static int
fetch_of(struct fil_source *source, const struct fil_feed *feed, struct fetching *f, struct mst_page *page,
         struct mst_error *err)
{
        struct fil_reader *reader;
        struct fil_row *row;
        bool unreadable = false;
        int rc = fil_reader_open(&reader, &feed->layout, err);

        while (rc == MST_OK && (rc = fil_reader_next(reader, &row, err)) == MST_OK) {
                size_t length, at;
                const char *id;

                mst_arena_reset(source->scratch);
                id = fil_row_id(source, feed, row, &length);
                unreadable = unreadable || id == NULL;
                at = id != NULL ? asked(f, feed->kind, id) : SIZE_MAX;
                if (at == SIZE_MAX || f->met[at])
                        continue;
                f->met[at] = true;
                rc = fil_row_tell(source, feed, row, NULL, page, err);
        }
        fil_reader_close(reader);
        if (rc != MST_END)
                return rc;
        /* Who is in a row that cannot be read is nobody that could be called gone. */
        for (size_t i = 0; !unreadable && i < mst_ids_count(f->ids); i++) {
                const char *id = mst_ids_at(f->ids, i);

                if (!f->met[i] && mst_ids_kind_at(f->ids, i) == feed->kind
                    && mst_page_gone(page, feed->kind, id, strlen(id), MST_GONE_SOFT) != MST_OK)
                        return mst_fail_memory(err, "looking up ids");
        }
        return MST_OK;
}

int
fil_source_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct fil_source *source = self;
        struct fetching f = { ids, NULL };
        bool kinds[2] = { false, false };
        int rc = MST_OK;

        f.met = calloc(mst_ids_count(ids) + 1, sizeof *f.met);
        if (f.met == NULL)
                return mst_fail_memory(err, "looking up ids");
        for (size_t i = 0; i < mst_ids_count(ids); i++)
                kinds[mst_ids_kind_at(ids, i) == MST_GROUP] = true;
        if (kinds[0])
                rc = fetch_of(source, &source->users, &f, page, err);
        if (rc == MST_OK && kinds[1] && source->config->groups_path != NULL)
                rc = fetch_of(source, &source->groups, &f, page, err);
        free(f.met);
        return rc != MST_OK ? rc : mst_page_complete(page, NULL, err);
}
