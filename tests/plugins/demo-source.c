/* demo-source.c - reads people from a table in a text file; for tests, without a server.
 *
 *      id;displayName;mail;accountEnabled;otherMails
 *      1;Ada Lovelace;ada@example.org;true;a@x.org|b@x.org
 *
 * The first line names attributes, an empty field is no value, '|' divides the values of
 * an attribute that has many.  Groups stand among the people, and are read when they are wanted:
 *
 *      @group g1;displayName=All staff;mailNickname=staff;securityEnabled=true
 *      @in g1 1
 *      @in g1 @g2
 *
 * the last is a group in a group.  A line "!fail TEXT" breaks the reading off there, as a
 * lost connection would.  Every round reads everything; the cursor is the next line. */
#include <muster/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 40

struct demo_config {
        char *file;
        int64_t page_size;
};

struct demo {
        const struct demo_config *config;
        struct mst_host *host;
        FILE *in;
        char *line;
        size_t room;
        char names[MOST_COLUMNS][64];
        size_t count;
};

static const struct mst_option options[] = {
        { .name = "file", MST_PATH_OPTION(struct demo_config, file), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the table to read" },
        { .name = "page-size", MST_INTEGER_OPTION(struct demo_config, page_size), .def = "100", .min = 1, .max = 100000,
          .help = "people in one page" },
        { .name = NULL }
};

static const struct mst_attribute attributes[] = {
        { "id", MST_TEXT, MST_ATTR_REQUIRED | MST_ATTR_FIXED, 0, NULL },
        { "accountEnabled", MST_BOOL, 0, 0, NULL },
        { "country", MST_TEXT, 0, 0, NULL },
        { "department", MST_TEXT, 0, 0, NULL },
        { "displayName", MST_TEXT, 0, 0, NULL },
        { "employeeHireDate", MST_TEXT, 0, 0, NULL },
        { "employeeId", MST_TEXT, 0, 0, NULL },
        { "givenName", MST_TEXT, 0, 0, NULL },
        { "jobTitle", MST_TEXT, 0, 0, NULL },
        { "mail", MST_TEXT, 0, 0, NULL },
        { "mailNickname", MST_TEXT, 0, 0, NULL },
        { "manager", MST_REF, 0, 0, NULL },
        { "otherMails", MST_TEXT, MST_ATTR_MANY, 0, NULL },
        { "surname", MST_TEXT, 0, 0, NULL },
        { "userPrincipalName", MST_TEXT, 0, 0, NULL },
        { "userType", MST_TEXT, 0, 0, NULL },
        { "description", MST_TEXT, MST_ATTR_GROUP, 0, NULL },
        { "displayName", MST_TEXT, MST_ATTR_GROUP, 0, NULL },
        { "mail", MST_TEXT, MST_ATTR_GROUP, 0, NULL },
        { "mailNickname", MST_TEXT, MST_ATTR_GROUP, 0, NULL },
        { "securityEnabled", MST_BOOL, MST_ATTR_GROUP, 0, NULL },
        { NULL, 0, 0, 0, NULL }
};

static const struct mst_attribute *
attribute(const char *name, uint32_t group)
{
        for (const struct mst_attribute *a = attributes; a->name != NULL; a++)
                if (strcmp(a->name, name) == 0 && (a->flags & MST_ATTR_GROUP) == group)
                        return a;
        return NULL;
}

static int
demo_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        struct demo *demo = calloc(1, sizeof *demo);

        if (demo == NULL)
                return mst_fail_memory(err, "opening a table");
        demo->config = config;
        demo->host = host;
        *self = demo;
        return MST_OK;
}

static void
demo_close(void *self)
{
        struct demo *demo = self;

        if (demo->in != NULL)
                fclose(demo->in);
        free(demo->line);
        free(demo);
}

/* The next line without its end; false at the end of the file. */
static bool
next_line(struct demo *demo)
{
        ssize_t n = getline(&demo->line, &demo->room, demo->in);

        if (n < 0)
                return false;
        while (n > 0 && (demo->line[n - 1] == '\n' || demo->line[n - 1] == '\r'))
                demo->line[--n] = '\0';
        return true;
}

static int
read_names(struct demo *demo, struct mst_error *err)
{
        char *rest, *name;

        if (demo->in != NULL)
                fclose(demo->in);
        demo->in = fopen(demo->config->file, "r");
        if (demo->in == NULL)
                return mst_fail(err, MST_ENET, "'%s' cannot be opened: %s", demo->config->file, strerror(errno));
        if (!next_line(demo))
                return mst_fail(err, MST_ECONFIG, "'%s' is empty", demo->config->file);
        demo->count = 0;
        for (rest = demo->line; (name = strsep(&rest, ";")) != NULL && demo->count < MOST_COLUMNS; demo->count++) {
                if (attribute(name, 0) == NULL)
                        return mst_fail(err, MST_ECONFIG, "'%s': there is no attribute '%s'", demo->config->file, name);
                (void)snprintf(demo->names[demo->count], sizeof demo->names[0], "%s", name);
        }
        if (demo->count == 0 || strcmp(demo->names[0], "id") != 0)
                return mst_fail(err, MST_ECONFIG, "'%s': the first attribute must be id", demo->config->file);
        return MST_OK;
}

static int
demo_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        struct demo *demo = self;

        if (read_names(demo, err) != MST_OK)
                return err->code;
        mst_facts_identity(facts, demo->config->file);
        return MST_OK;
}

static void
put(struct mst_record *record, struct mst_value *value, const struct mst_attribute *a, const char *text)
{
        if (a->type == MST_BOOL)
                mst_record_bool(record, value, strcmp(text, "true") == 0);
        else if (a->type == MST_REF)
                mst_record_ref(record, value, text, strlen(text));
        else
                mst_record_text(record, value, text, strlen(text));
}

static void
read_row(const struct demo *demo, struct mst_page *page)
{
        char *rest = demo->line, *id = strsep(&rest, ";"), *field;
        struct mst_record *record;

        if (id[0] == '\0') {
                (void)mst_page_bad(page, "a row without an id");
                return;
        }
        record = mst_page_whole(page, MST_USER, id, strlen(id));
        mst_record_text(record, mst_record_put(record, "id"), id, strlen(id));
        for (size_t i = 1; i < demo->count && (field = strsep(&rest, ";")) != NULL; i++) {
                const struct mst_attribute *a = attribute(demo->names[i], 0);
                struct mst_value *value;
                char *one;

                if (field[0] == '\0')
                        continue;
                value = mst_record_put(record, a->name);
                if ((a->flags & MST_ATTR_MANY) == 0) {
                        put(record, value, a, field);
                        continue;
                }
                mst_record_list(record, value);
                while ((one = strsep(&field, "|")) != NULL)
                        put(record, mst_record_append(record, value), a, one);
        }
}

/* "g1;displayName=All staff;mailNickname=staff" */
static void
read_group(char *rest, struct mst_page *page)
{
        char *id = strsep(&rest, ";"), *field;
        struct mst_record *record = mst_page_whole(page, MST_GROUP, id, strlen(id));

        while ((field = strsep(&rest, ";")) != NULL) {
                char *is = strchr(field, '=');
                const struct mst_attribute *a;

                if (is == NULL)
                        continue;
                *is++ = '\0';
                a = attribute(field, MST_ATTR_GROUP);
                if (a == NULL)
                        mst_record_bad(record, "groups have no attribute '%s'", field);
                else if (*is != '\0')
                        put(record, mst_record_put(record, a->name), a, is);
        }
}

/* A line of groups, or of people; what is not wanted is not told. */
static void
read_line(const struct demo *demo, struct mst_page *page)
{
        char *rest = demo->line, *group;

        if (strncmp(rest, "@group ", 7) == 0) {
                if (mst_host_wants(demo->host, "group.*"))
                        read_group(rest + 7, page);
        } else if (strncmp(rest, "@in ", 4) == 0) {
                rest += 4;
                group = strsep(&rest, " ");
                if (rest == NULL)
                        (void)mst_page_bad(page, "'@in' without a member");
                else if (mst_host_wants(demo->host, "group.members"))
                        (void)mst_page_member(page, group, strlen(group), rest[0] == '@' ? MST_GROUP : MST_USER,
                                              rest + (rest[0] == '@'), strlen(rest + (rest[0] == '@')), true);
        } else {
                read_row(demo, page);
        }
}

static int
demo_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct demo *demo = self;
        long skip = cursor != NULL ? strtol(cursor, NULL, 10) : 0, line = 0;
        char next[32];

        if (read_names(demo, err) != MST_OK)
                return err->code;
        while (next_line(demo)) {
                if (demo->line[0] == '\0' || line++ < skip)
                        continue;
                if (strncmp(demo->line, "!fail ", 6) == 0)
                        return mst_fail(err, MST_ENET, "%s", demo->line + 6);
                read_line(demo, page);
                if (line - skip == demo->config->page_size) {
                        (void)snprintf(next, sizeof next, "%ld", line);
                        return mst_page_more(page, next, err);
                }
        }
        if (ferror(demo->in))
                return mst_fail(err, MST_ENET, "'%s' cannot be read: %s", demo->config->file, strerror(errno));
        return mst_page_complete(page, NULL, err);
}

static int
demo_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct demo *demo = self;

        for (size_t i = 0; i < mst_ids_count(ids); i++) {
                const char *id = mst_ids_at(ids, i);
                bool found = false;

                if (read_names(demo, err) != MST_OK)
                        return err->code;
                while (!found && next_line(demo)) {
                        const char *row = demo->line;

                        if (mst_ids_kind_at(ids, i) == MST_GROUP)
                                row += strncmp(row, "@group ", 7) == 0 ? 7 : strlen(row);
                        found = strncmp(row, id, strlen(id)) == 0 && row[strlen(id)] == ';';
                        if (found)
                                read_line(demo, page);
                }
                if (!found)
                        (void)mst_page_gone(page, mst_ids_kind_at(ids, i), id, strlen(id), MST_GONE_HARD);
        }
        return mst_page_complete(page, NULL, err);
}

static const struct mst_source_calls calls = {
        .size = sizeof calls, .config_size = sizeof(struct demo_config),
        .open = demo_open, .probe = demo_probe, .read = demo_read, .fetch = demo_fetch, .close = demo_close,
};

MST_PLUGIN(demo_source) = {
        MST_PLUGIN_HEAD,
        .name = "demo-source",
        .version = "1.0",
        .summary = "reads people from a table in a text file",
        .source = &calls,
        .source_options = options,
        .source_attributes = attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_FETCH,
};
