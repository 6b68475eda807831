/* draft.c - a configuration that is being made: what was answered, and what is said of it.
 *
 * An answer is judged by the row of its option at once, and all of a connector's together by the
 * connector itself: the same calls that judge muster.xml. */
#include "build.h"

#include "cli/draft.h"

#include <string.h>

#include "host/options.h"
#include "host/value.h"
#include "sdk/host.h"

struct mstc_draft_part *
mstc_draft_part(struct mstc_draft *draft, const char *name, size_t length)
{
        for (size_t i = 0; i < draft->part_count; i++)
                if (strlen(draft->parts[i].name) == length && memcmp(draft->parts[i].name, name, length) == 0)
                        return &draft->parts[i];
        if (draft->part_count > 0 && length == 6 && memcmp(name, "source", 6) == 0)
                return &draft->parts[0];
        if (draft->part_count == 2 && length == 4 && memcmp(name, "sink", 4) == 0)
                return &draft->parts[1];
        return NULL;
}

/* As the configuration has it; files are named for it, too. */
static int
check_name(const char *name, size_t length, struct mst_error *err)
{
        static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

        if (length > 0 && length <= 64 && strspn(name, good) >= length && strchr("._-", name[0]) == NULL)
                return MST_OK;
        return mst_fail(err, MST_ECONFIG, "name=\"%.*s\" is not a name: use letters, digits, '.', '_' and '-', at most 64, a "
                        "letter or digit first", (int)(length > 80 ? 80 : length), name);
}

/* "ldap", or "ldap-2" when there is one. */
static const char *
free_name(struct mstc_draft *draft, const char *wanted)
{
        const char *name = wanted;

        for (unsigned n = 2; name != NULL; n++) {
                bool taken = false;

                for (size_t i = 0; i < draft->part_count; i++)
                        taken |= strcmp(draft->parts[i].name, name) == 0;
                if (!taken)
                        break;
                name = mst_arena_printf(draft->arena, "%s-%u", wanted, n);
        }
        return name;
}

struct mstc_draft_part *
mstc_draft_add(struct mstc_draft *draft, struct mstc_plugins *plugins, const char *what, bool is_source,
               struct mst_error *err)
{
        const char *equals = strchr(what, '='), *name = equals != NULL ? equals + 1 : what;
        const struct mst_plugin *plugin = mstc_plugins_get(plugins, name, err);
        struct mstc_draft_part *part;

        if (plugin == NULL) {
                err->code = MST_ECONFIG;     /* what was answered is wrong, whatever the reason */
                return NULL;
        }
        if (equals != NULL && check_name(what, (size_t)(equals - what), err) != MST_OK)
                return NULL;
        if (is_source ? plugin->source == NULL : plugin->sink == NULL) {
                mst_fail(err, MST_ECONFIG, "the plugin '%s' is no %s: `muster plugins` lists what there is", name,
                         is_source ? "source" : "sink");
                return NULL;
        }
        if (draft->part_count == sizeof draft->parts / sizeof *draft->parts) {
                mst_fail(err, MST_ECONFIG, "more than %d sinks: write the others into the file", MSTC_DRAFT_SINKS);
                return NULL;
        }
        part = &draft->parts[draft->part_count];
        *part = (struct mstc_draft_part){ .is_source = is_source, .plugin = plugin,
                .table = is_source ? plugin->source_options : plugin->sink_options };
        name = equals != NULL ? mst_arena_strndup(draft->arena, what, (size_t)(equals - what)) : free_name(draft, name);
        if (name == NULL) {
                mst_fail_memory(err, "making a configuration");
                return NULL;
        }
        if (!mstc_draft_name(draft, part, name, err))
                return NULL;
        draft->part_count++;
        return part;
}

bool
mstc_draft_name(struct mstc_draft *draft, struct mstc_draft_part *part, const char *name, struct mst_error *err)
{
        if (check_name(name, strlen(name), err) != MST_OK)
                return false;
        for (size_t i = 0; i < draft->part_count; i++)
                if (&draft->parts[i] != part && strcmp(draft->parts[i].name, name) == 0) {
                        mst_fail(err, MST_ECONFIG, "the name '%s' is taken: sources and sinks share their names", name);
                        return false;
                }
        part->name = mst_arena_strdup(draft->arena, name);
        if (part->name == NULL)
                mst_fail_memory(err, "making a configuration");
        return part->name != NULL;
}

const struct mst_option *
mstc_draft_option(const struct mstc_draft_part *part, const char *name, size_t length)
{
        for (const struct mst_option *row = part->table; row->name != NULL; row++)
                if (strlen(row->name) == length && memcmp(row->name, name, length) == 0)
                        return row;
        return NULL;
}

const struct mstc_given *
mstc_draft_given(const struct mstc_draft_part *part, const struct mst_option *row)
{
        const struct mstc_given *given = part->given;

        while (given != NULL && strcmp(given->name, row->name) != 0)
                given = given->next;
        return given;
}

void
mstc_draft_forget(struct mstc_draft_part *part, const struct mst_option *row)
{
        for (struct mstc_draft_secret **at = &part->secrets; *at != NULL;) {
                struct mstc_draft_secret *one = *at;

                if (strcmp(one->given->name, row->name) != 0) {
                        at = &one->next;
                        continue;
                }
                *at = one->next;
                mst_secret_free(one->secret);
        }
        for (struct mstc_given **at = &part->given; *at != NULL;)
                if (strcmp((*at)->name, row->name) == 0)
                        *at = (*at)->next;
                else
                        at = &(*at)->next;
}

static struct mstc_given *
put(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row, const char *text, const char *file,
    struct mst_error *err)
{
        struct mstc_given *given = mst_arena_alloc(draft->arena, sizeof *given), **tail;

        if (given != NULL)
                *given = (struct mstc_given){ .name = row->name, .text = mst_arena_strdup(draft->arena, text),
                        .file = file != NULL ? mst_arena_strdup(draft->arena, file) : NULL };
        if (given == NULL || given->text == NULL || (file != NULL && given->file == NULL)) {
                mst_fail_memory(err, "making a configuration");
                return NULL;
        }
        if (row->type != MST_OPT_LIST)
                mstc_draft_forget(part, row);
        for (tail = &part->given; *tail != NULL;)
                tail = &(*tail)->next;
        *tail = given;
        return given;
}

int
mstc_draft_set(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row, const char *value,
               struct mst_error *err)
{
        struct mstc_parsed parsed;

        if (row->type == MST_OPT_SECRET)
                return mst_fail(err, MST_ECONFIG, "<%s> is a secret, which others would see on a command line: name a file "
                                "that holds it", row->name);
        for (const char *c = value; *c != '\0'; c++)
                if ((unsigned char)*c < ' ' && *c != '\t')
                        return mst_fail(err, MST_ECONFIG, "<%s>: the value holds control characters", row->name);
        if (value[strspn(value, " \t")] == '\0')
                return mst_fail(err, MST_ECONFIG, "<%s> is empty: %s", row->name, row->help);
        if (!mstc_value_parse(row, value, &parsed))
                return mst_fail(err, MST_ECONFIG, "<%s>: %s: %s", row->name, parsed.why, parsed.remedy);
        return put(draft, part, row, value, NULL, err) != NULL ? MST_OK : err->code;
}

int
mstc_draft_set_file(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row, const char *file,
                    struct mst_error *err)
{
        if (row->type != MST_OPT_SECRET)
                return mst_fail(err, MST_ECONFIG, "<%s> is not a secret: give it with --set", row->name);
        if (file[0] != '/')
                return mst_fail(err, MST_ECONFIG, "<%s>: file=\"%s\" is not an absolute path: write the whole path, from /",
                                row->name, file);
        return put(draft, part, row, "", file, err) != NULL ? MST_OK : err->code;
}

int
mstc_draft_set_secret(struct mstc_draft *draft, struct mstc_draft_part *part, const struct mst_option *row,
                      struct mst_secret *secret, struct mst_error *err)
{
        struct mstc_draft_secret *told = mst_arena_alloc(draft->arena, sizeof *told);
        const char *file = mst_arena_printf(draft->arena, "%s/%s-%s", draft->secrets, part->name, row->name);

        if (told == NULL || file == NULL) {
                mst_secret_free(secret);
                return mst_fail_memory(err, "making a configuration");
        }
        told->secret = secret;
        told->given = put(draft, part, row, "", file, err);
        if (told->given == NULL) {
                mst_secret_free(secret);
                return err->code;
        }
        told->next = part->secrets;
        part->secrets = told;
        return MST_OK;
}

/* ---- judging ---- */

/* The options as they would be read, but for secrets without a file, which are there as text. */
static struct mstc_given *
as_told(const struct mstc_draft *draft, const struct mstc_draft_part *part)
{
        struct mstc_given *first = NULL, **tail = &first;

        for (const struct mstc_given *given = part->given; given != NULL; given = given->next) {
                struct mstc_given *copy = mst_arena_alloc(draft->arena, sizeof *copy);

                if (copy == NULL)
                        return NULL;
                *copy = *given;
                copy->next = NULL;
                for (const struct mstc_draft_secret *told = part->secrets; told != NULL; told = told->next)
                        if (told->given == given) {
                                copy->text = mst_secret_reveal(told->secret);
                                copy->file = NULL;
                        }
                *tail = copy;
                tail = &copy->next;
        }
        return first;
}

static void
try_open(const struct mstc_draft_part *part, const void *config, struct mstc_report *report)
{
        static const struct mstc_host_calls silent;
        struct mstc_stop *stop = mstc_stop_new();
        struct mst_host *host = stop != NULL ? mstc_host_new(part->name, &silent, NULL, stop) : NULL;
        struct mst_error err = { 0 };
        struct mstc_place nowhere = { 0 };
        void *self = NULL;
        int rc;

        if (host == NULL)
                mstc_report_error(report, nowhere, NULL, "out of memory");
        else {
                rc = part->is_source ? part->plugin->source->open(config, host, &self, &err)
                                     : part->plugin->sink->open(config, host, &self, &err);
                if (rc != MST_OK)
                        mstc_report_error(report, nowhere, NULL, "%s",
                                          err.text[0] != '\0' ? err.text : "refused its options without a reason");
                else if (part->is_source)
                        part->plugin->source->close(self);
                else
                        part->plugin->sink->close(self);
        }
        mstc_host_free(host);
        mstc_stop_free(stop);
}

bool
mstc_draft_try(const struct mstc_draft *draft, const struct mstc_draft_part *part, struct mstc_report *report)
{
        size_t size = part->is_source ? part->plugin->source->config_size : part->plugin->sink->config_size;
        struct mstc_report *own = mstc_report_new();
        struct mstc_filled *filled;
        struct mstc_place nowhere = { 0 };
        bool good;

        if (own == NULL) {
                mstc_report_error(report, nowhere, NULL, "out of memory");
                return false;
        }
        filled = mstc_options_fill(part->table, size, part->plugin->name, as_told(draft, part), nowhere, true, own);
        if (filled != NULL)
                try_open(part, mstc_filled_config(filled), own);
        mstc_filled_free(filled);
        good = mstc_report_errors(own) == 0;
        for (size_t i = 0; i < mstc_report_count(own); i++) {
                const struct mstc_complaint *complaint = mstc_report_at(own, i);

                if (!complaint->warning)
                        mstc_report_error(report, nowhere, complaint->remedy, "%s '%s': %s", part->is_source ? "source" : "sink",
                                          part->name, complaint->text);
        }
        mstc_report_free(own);
        return good;
}

void
mstc_draft_done(struct mstc_draft *draft)
{
        for (size_t i = 0; i < draft->part_count; i++)
                for (struct mstc_draft_secret *told = draft->parts[i].secrets; told != NULL; told = told->next)
                        mst_secret_free(told->secret);
        draft->part_count = 0;
}
