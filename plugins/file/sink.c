/* SPDX-License-Identifier: Apache-2.0
 *
 * sink.c - the life of a sink: options, plans of its files, what the probe tells. */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

#define C struct fil_sink_config

const struct mst_option fil_sink_options[] = {
        { .name = "path", MST_PATH_OPTION(C, path), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the file of people" },
        { .name = "format", MST_CHOICE_OPTION(C, format), .def = "auto", .choices = "auto|csv|jsonl|ldif",
          .help = "how it is written; auto: by the end of its name",
          .more = "auto knows .csv, .tsv, .txt (csv), .jsonl, .ndjson (jsonl) and .ldif." },
        { .name = "id", MST_TEXT_OPTION(C, id), .def = "id", .flags = MST_OPT_IDENTITY,
          .help = "the column by which a row is known",
          .more = "No two rows may have the same.  Where nothing is mapped to it, it is the source's id." },
        { .name = "columns", MST_LIST_OPTION(C, columns),
          .help = "the first columns, in their order",
          .more = "Default: those of the file, then id, stamp, disabled and what is mapped, in order of the names." },
        { .name = "types", MST_LIST_OPTION(C, types), .help = "types of columns that are not text, such as otherMails=list",
          .more = "As for a source; csv needs to know which columns hold lists." },
        { .name = "delimiter", MST_CHOICE_OPTION(C, delimiter), .def = "comma",
          .choices = "comma|semicolon|tab|pipe", .help = "what stands between the columns of csv" },
        { .name = "list-separator", MST_TEXT_OPTION(C, list_separator), .def = "|",
          .help = "what stands between the values in a cell of csv that holds several" },
        { .name = "defuse-formulas", MST_BOOLEAN_OPTION(C, defuse), .def = "no",
          .help = "put an apostrophe before cells of csv that a spreadsheet would take for formulas",
          .more = "Those that begin with =, +, -, @, a tab or a carriage return.  Muster takes it away again when it "
                  "reads the file; other programs see it." },
        { .name = "mode", MST_TEXT_OPTION(C, mode), .def = "0600", .help = "permissions of the file, in octal" },
        { .name = "stamp-column", MST_TEXT_OPTION(C, stamp), .help = "the column that keeps whose row it is",
          .more = "Without it rows are found by their id and by what <match> compares." },
        { .name = "disabled-column", MST_TEXT_OPTION(C, disabled),
          .help = "the column that says true of who is disabled; without it nobody can be" },
        { .name = "complete-marker", MST_CHOICE_OPTION(C, marker), .def = "newline", .choices = "newline|rows",
          .help = "rows: the last line tells the number of rows (#rows=N)" },
        { .name = "lock-timeout", MST_DURATION_OPTION(C, lock_timeout), .def = "10s", .min = 100, .max = 600000,
          .help = "longest wait for another writer" },
        { .name = "groups-path", MST_PATH_OPTION(C, groups_path), .flags = MST_OPT_IDENTITY,
          .help = "the file of groups; without it there are none" },
        { .name = "groups-format", MST_CHOICE_OPTION(C, groups_format), .def = "auto",
          .choices = "auto|csv|jsonl|ldif", .help = "how it is written" },
        { .name = "group-id", MST_TEXT_OPTION(C, group_id), .def = "name", .flags = MST_OPT_IDENTITY,
          .help = "its column by which a group is known" },
        { .name = "group-columns", MST_LIST_OPTION(C, group_columns), .help = "its first columns, in their order" },
        { .name = "members", MST_TEXT_OPTION(C, members), .def = "members",
          .help = "its column with the ids of the members" },
        { .name = "base", MST_TEXT_OPTION(C, base), .help = "ldif: the DN below which the entries of people are" },
        { .name = "rdn", MST_TEXT_OPTION(C, rdn), .help = "ldif: the attribute of their RDN; default: that of id" },
        { .name = "object-classes", MST_LIST_OPTION(C, classes), .def = "top person organizationalPerson inetOrgPerson",
          .help = "ldif: object classes of people that Muster makes" },
        { .name = "group-base", MST_TEXT_OPTION(C, group_base), .help = "ldif: the DN below which groups are" },
        { .name = "group-rdn", MST_TEXT_OPTION(C, group_rdn), .help = "ldif: the attribute of their RDN; default: that of group-id" },
        { .name = "group-object-classes", MST_LIST_OPTION(C, group_classes), .def = "top groupOfNames",
          .help = "ldif: object classes of groups that Muster makes" },
        { .name = NULL }
};

/* ---- setting up ---- */

/* What maps and matches name, NULL at the end; group attributes are among them. */
static const char *const *
wants_of(struct fil_sink *sink)
{
        size_t count = mst_host_want_count(sink->host);
        const char **wants = mst_arena_alloc(sink->arena, (count + 1) * sizeof(const char *));

        for (size_t i = 0; wants != NULL && i < count; i++)
                wants[i] = mst_host_want(sink->host, i);
        return (const char *const *)wants;
}

static int
check_plan(const struct fil_plan *plan, const char *format, const char *base, struct mst_error *err)
{
        const struct fil_layout *layout = &plan->layout;

        if (layout->format == FIL_AUTO)
                return mst_fail(err, MST_ECONFIG, "the name of '%s' does not tell its format: add <%s>csv</%s> (or jsonl, "
                                "ldif)", layout->path, format, format);
        if (layout->format == FIL_LDIF && (plan->base == NULL || plan->base[0] == '\0'))
                return mst_fail(err, MST_ECONFIG, "the entries of '%s' need a place: add <%s>ou=people,dc=example,dc=org</%s>",
                                layout->path, base, base);
        if (plan->id[0] == '\0' || (layout->format == FIL_LDIF && fil_name_equal(plan->id, "dn")))
                return mst_fail(err, MST_ECONFIG, "the id of '%s' must be a column of its own, and not the DN", layout->path);
        if ((plan->stamp != NULL && fil_name_equal(plan->stamp, plan->id))
            || (plan->disabled != NULL && fil_name_equal(plan->disabled, plan->id))
            || (plan->members != NULL && fil_name_equal(plan->members, plan->id))
            || (plan->stamp != NULL && plan->disabled != NULL && fil_name_equal(plan->stamp, plan->disabled))
            || (plan->stamp != NULL && plan->members != NULL && fil_name_equal(plan->stamp, plan->members)))
                return mst_fail(err, MST_ECONFIG, "two of the columns for id, stamp, disabled and members of '%s' are the "
                                "same", layout->path);
        return MST_OK;
}

static void
plan_book(struct fil_sink *sink, struct fil_book *book, enum mst_kind kind)
{
        const struct fil_sink_config *c = sink->config;
        bool group = kind == MST_GROUP;
        const char *path = group ? c->groups_path : c->path;
        const char *rdn = group ? c->group_rdn : c->rdn;

        book->plan = (struct fil_plan){
                .kind = kind, .types = &sink->types, .separator = c->list_separator, .defuse = c->defuse,
                .layout = { .path = path, .format = fil_format_of(group ? c->groups_format : c->format, path),
                            .delimiter = fil_delimiters[c->delimiter], .header = true, .defused = c->defuse,
                            .marker = (enum fil_marker)c->marker },
                .id = group ? c->group_id : c->id, .stamp = c->stamp, .disabled = group ? NULL : c->disabled,
                .members = group ? c->members : NULL, .columns = group ? c->group_columns : c->columns,
                .base = group ? c->group_base : c->base, .classes = group ? c->group_classes : c->classes,
                .wants = group || c->columns != NULL ? NULL : wants_of(sink),
        };
        book->plan.rdn = rdn != NULL ? rdn : book->plan.id;
        book->lock = -1;
}

static int
set_up(struct fil_sink *sink, struct mst_error *err)
{
        const struct fil_sink_config *c = sink->config;
        char *end;
        unsigned long mode = c->mode != NULL ? strtoul(c->mode, &end, 8) : 0600;

        if (c->mode != NULL && (*end != '\0' || end == c->mode || mode > 0777 || (mode & 0600) != 0600))
                return mst_fail(err, MST_ECONFIG, "mode: '%s' is not octal, or the owner could not read and write (0600, "
                                "0640, 0644)", c->mode);
        sink->mode = (unsigned)mode;
        if (c->list_separator == NULL || c->list_separator[0] == '\0' || strpbrk(c->list_separator, "\r\n\"") != NULL)
                return mst_fail(err, MST_ECONFIG, "list-separator: it must not be empty, and hold no quotation mark or line "
                                "end");
        sink->arena = mst_arena_new(0);
        if (sink->arena == NULL)
                return mst_fail_memory(err, "opening a file sink");
        if (fil_types_parse(c->types, sink->arena, &sink->types, err) != MST_OK)
                return err->code;
        sink->has_groups = c->groups_path != NULL;
        plan_book(sink, &sink->users, MST_USER);
        if (c->columns == NULL && sink->users.plan.wants == NULL)
                return mst_fail_memory(err, "opening a file sink");
        if (check_plan(&sink->users.plan, "format", "base", err) != MST_OK || !sink->has_groups)
                return err->code;
        if (strcmp(c->path, c->groups_path) == 0)
                return mst_fail(err, MST_ECONFIG, "path and groups-path are the same file");
        plan_book(sink, &sink->groups, MST_GROUP);
        return check_plan(&sink->groups.plan, "groups-format", "group-base", err);
}

int
fil_sink_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct fil_sink *sink = calloc(1, sizeof *sink);

        if (sink == NULL)
                return mst_fail_memory(err, "opening a file sink");
        sink->config = config;
        sink->host = host;
        sink->users.lock = sink->groups.lock = -1;
        if (set_up(sink, err) != MST_OK) {
                fil_sink_close(sink);
                return err->code;
        }
        *self = sink;
        return MST_OK;
}

void
fil_sink_close(void *self)
{
        struct fil_sink *sink = self;

        fil_book_forget(&sink->users);
        fil_book_forget(&sink->groups);
        mst_arena_free(sink->arena);
        free(sink);
}

/* ---- what it is ---- */

static int
probe_folder(const char *path, struct mst_error *err)
{
        char folder[4200];
        const char *slash = strrchr(path, '/');

        snprintf(folder, sizeof folder, "%.*s", (int)(slash != NULL ? slash - path + 1 : 0), path);
        if (folder[0] == '\0' || access(folder, R_OK | W_OK | X_OK) == 0)
                return MST_OK;
        if (errno == ENOENT || errno == ENOTDIR)
                return mst_fail(err, MST_ECONFIG, "there is no folder '%s': make it, or correct the path '%s'", folder, path);
        return mst_fail(err, MST_EPERM, "the folder '%s' cannot be written to by the user who runs Muster (%s), who needs to "
                        "make files in it: '%s' is replaced as a whole", folder, strerror(errno), path);
}

static void
tell_attributes(const struct fil_book *book, struct mst_facts *facts)
{
        const struct fil_table *table = book->table;
        uint32_t group = book->plan.kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;
        bool csv = book->plan.layout.format == FIL_CSV;

        if (group != 0 && fil_attribute(table, "name") == table->id)
                mst_facts_attribute(facts, "name", MST_TEXT, group | MST_ATTR_NAMING | MST_ATTR_EXACT, 1024);
        mst_facts_attribute(facts, "*", MST_TEXT, group | (csv ? 0 : (uint32_t)MST_ATTR_MANY), 0);
        for (uint32_t i = 0; i < table->column_count; i++) {
                bool many = table->types[i].many || (!csv && !table->types[i].given);

                if (i == table->stamp || i == table->disabled || i == table->members)
                        mst_facts_attribute(facts, table->names[i], MST_TEXT, group | MST_ATTR_READ_ONLY, 0);
                else if (i == table->id)
                        mst_facts_attribute(facts, table->names[i], MST_TEXT, group | MST_ATTR_NAMING | MST_ATTR_EXACT, 1024);
                else
                        mst_facts_attribute(facts, table->names[i], table->types[i].type,
                                            group | (many ? (uint32_t)MST_ATTR_MANY : 0), 0);
        }
}

static int
probe_book(struct fil_sink *sink, struct fil_book *book, struct mst_facts *facts, struct mst_error *err)
{
        size_t nameless = 0;

        if (probe_folder(book->plan.layout.path, err) != MST_OK || fil_book_fresh(book, err) != MST_OK)
                return err->code;
        for (size_t i = 0; i < book->table->count; i++)
                nameless += fil_cell_text(&book->table->lines[i], book->table->id)[0] == '\0';
        if (nameless > 0)
                mst_facts_note(facts, true, "'%s': %zu rows have no %s: they stay as they are", book->plan.layout.path,
                               nameless, book->plan.id);
        if (!book->exists)
                mst_facts_note(facts, false, "'%s' is not there yet and will be made", book->plan.layout.path);
        if (sink->config->stamp == NULL && book->plan.kind == MST_USER)
                mst_facts_note(facts, false, "'%s': without <stamp-column> rows are known by their id only",
                               book->plan.layout.path);
        tell_attributes(book, facts);
        return MST_OK;
}

int
fil_sink_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct fil_sink *sink = self;
        uint32_t can = MST_CAN_USERS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DELETE | MST_CAN_LIST | MST_CAN_FIND
                     | MST_CAN_PRESENT;
        char identity[4200];

        snprintf(identity, sizeof identity, "file:%s", sink->config->path);
        mst_facts_identity(facts, identity);
        if (sink->has_groups)
                can |= MST_CAN_GROUPS | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_NEST;
        if (sink->config->stamp != NULL)
                can |= MST_CAN_STAMP;
        if (sink->config->disabled != NULL)
                can |= MST_CAN_DISABLE;
        mst_facts_can(facts, can);
        if (probe_book(sink, &sink->users, facts, err) != MST_OK)
                return err->code;
        return sink->has_groups ? probe_book(sink, &sink->groups, facts, err) : MST_OK;
}
