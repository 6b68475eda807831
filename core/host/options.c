/* options.c - a connector's struct, filled from what the admin wrote.
 *
 *   known       is each element an option? which one was meant?
 *   fill        one row after the other: given, default, or missing
 *
 * All complaints are made before anything is refused, so that one look shows all.
 * Secrets are the only thing that is freed by hand; the rest lies in an arena. */
#include "build.h"

#include "host/options.h"

#include <stdio.h>
#include <string.h>

#include <xxhash.h>

#include "host/secrets.h"
#include "host/value.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/near.h"

#define MOST_WORDS 10000                     /* in one list                            */

struct mstc_filled {
        struct mst_arena *arena;
        char *config;
        struct mst_secret **secrets;
        size_t secret_count;
};

struct filling {
        struct mstc_filled *filled;
        const struct mst_option *table;
        const char *plugin;
        const struct mstc_given *given;
        struct mstc_place owner;
        bool private_file, failed;
        struct mstc_report *report;
};

static size_t
count_rows(const struct mst_option *table)
{
        size_t count = 0;

        while (table != NULL && table[count].name != NULL)
                count++;
        return count;
}

static const struct mst_option *
find_row(const struct mst_option *table, const char *name)
{
        for (; table != NULL && table->name != NULL; table++)
                if (strcmp(table->name, name) == 0)
                        return table;
        return NULL;
}

/* ---- what was written ---- */

static void
unknown(struct filling *f, const struct mstc_given *given)
{
        const char *names[1000], *near;
        char remedy[160];
        size_t count = 0;

        for (const struct mst_option *row = f->table; row != NULL && row->name != NULL && count < 1000; row++)
                names[count++] = row->name;
        near = mstc_near(given->name, names, count);
        if (near != NULL)
                (void)snprintf(remedy, sizeof remedy, "did you mean <%s>?", near);
        else
                (void)snprintf(remedy, sizeof remedy, "`muster plugins %s` shows the options", f->plugin);
        mstc_report_error(f->report, given->place, remedy, "the plugin '%s' has no option <%s>", f->plugin,
                          given->name);
}

static void
check_given(struct filling *f, const struct mstc_given *given)
{
        const struct mst_option *row = find_row(f->table, given->name);
        const struct mstc_given *earlier;

        if (row == NULL) {
                unknown(f, given);
                return;
        }
        if (row->type != MST_OPT_SECRET && (given->file != NULL || given->credential != NULL || given->env != NULL))
                mstc_report_error(f->report, given->place, "write the value between the tags",
                                  "<%s> is not a secret: file=, credential= and env= are for secrets", given->name);
        if ((row->flags & MST_OPT_DEPRECATED) != 0)
                mstc_report_warning(f->report, given->place, row->more != NULL ? row->more : row->help,
                                    "<%s> is deprecated", given->name);
        if (row->type == MST_OPT_LIST)
                return;
        for (earlier = f->given; earlier != given; earlier = earlier->next)
                if (strcmp(earlier->name, given->name) == 0) {
                        mstc_report_error(f->report, given->place, "keep one of them",
                                          "<%s> is given twice; the first is in line %u",
                                          given->name, earlier->place.line);
                        return;
                }
}

/* ---- filling ---- */

static void
put_pointer(struct filling *f, const struct mst_option *row, void *pointer)
{
        if (pointer == NULL)
                f->failed = true;
        memcpy(f->filled->config + row->offset, &pointer, sizeof pointer);
}

static void
put_value(struct filling *f, const struct mst_option *row, const char *text, const struct mstc_parsed *parsed)
{
        char *at = f->filled->config + row->offset;
        bool is = parsed->number != 0;

        switch (row->type) {
        case MST_OPT_TEXT:
        case MST_OPT_URL:
        case MST_OPT_PATH:
                put_pointer(f, row, mst_arena_strdup(f->filled->arena, text));
                break;
        case MST_OPT_BOOLEAN:
                memcpy(at, &is, sizeof is);
                break;
        default:
                memcpy(at, &parsed->number, sizeof parsed->number);
        }
}

static void
fill_value(struct filling *f, const struct mst_option *row, const struct mstc_given *given)
{
        const char *text = given != NULL ? given->text : row->def;
        struct mstc_parsed parsed;

        if (text == NULL)
                return;
        if (given != NULL && (given->file != NULL || given->credential != NULL || given->env != NULL))
                return;                      /* complained of already */
        if (mstc_value_parse(row, text, &parsed))
                put_value(f, row, text, &parsed);
        else
                mstc_report_error(f->report, given != NULL ? given->place : f->owner, parsed.remedy, "<%s>: %s", row->name,
                                  parsed.why);
        if (given != NULL && text[0] == '\0' && row->type == MST_OPT_TEXT && (row->flags & MST_OPT_REQUIRED) != 0)
                mstc_report_error(f->report, given->place, row->help, "<%s> is empty", row->name);
}

static bool
is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The words of 'text' from '*count' on, or all of it as one; 'words' may be NULL to count only. */
static void
take_words(struct filling *f, const char *text, bool whole, char **words, size_t *count)
{
        while (*text != '\0' && *count < MOST_WORDS) {
                size_t length = 0;

                while (is_blank(*text))
                        text++;
                while (text[length] != '\0' && (whole || !is_blank(text[length])))
                        length++;
                while (length > 0 && is_blank(text[length - 1]))
                        length--;
                if (length == 0)
                        return;
                if (words != NULL) {
                        words[*count] = mst_arena_strndup(f->filled->arena, text, length);
                        f->failed |= words[*count] == NULL;
                }
                ++*count;
                text += length;
        }
}

static void
fill_list(struct filling *f, const struct mst_option *row, const struct mstc_given *first)
{
        size_t count = 0, given_count = 0;
        bool whole = (row->flags & MST_OPT_WHOLE) != 0;
        char **words = NULL;

        for (int pass = 0; pass < 2; pass++) {
                count = 0;
                for (const struct mstc_given *g = first; g != NULL; g = g->next)
                        if (strcmp(g->name, row->name) == 0) {
                                given_count += pass == 0;
                                take_words(f, g->text, whole, words, &count);
                        }
                if (first == NULL && row->def != NULL)
                        take_words(f, row->def, whole, words, &count);
                if (pass == 0) {
                        words = mst_arena_alloc(f->filled->arena, (count + 1) * sizeof *words);
                        f->failed |= words == NULL;
                        if (words == NULL)
                                return;
                }
        }
        if (first != NULL && count == 0)
                mstc_report_error(f->report, first->place, row->help, "<%s> is empty", row->name);
        if (count == MOST_WORDS)
                mstc_report_error(f->report, first != NULL ? first->place : f->owner, NULL,
                                  "<%s> has more than %d words",
                                  row->name, MOST_WORDS - 1);
        if (given_count > 0 || row->def != NULL)
                put_pointer(f, row, words);
}

static void
fill_secret(struct filling *f, const struct mst_option *row, const struct mstc_given *given)
{
        struct mst_secret *secret;

        if (given == NULL)
                return;
        secret = mstc_secret_take(given, f->private_file, f->report);
        if (secret == NULL)
                return;
        f->filled->secrets[f->filled->secret_count++] = secret;
        put_pointer(f, row, secret);
}

/* An old and a new name for one member: the default of the one must not overwrite
 * what the other was given. */
static bool
given_elsewhere(const struct filling *f, const struct mst_option *row)
{
        for (const struct mstc_given *g = f->given; g != NULL; g = g->next) {
                const struct mst_option *other = find_row(f->table, g->name);

                if (other != NULL && other != row && other->offset == row->offset)
                        return true;
        }
        return false;
}

static void
fill_row(struct filling *f, const struct mst_option *row)
{
        const struct mstc_given *given = f->given;
        char remedy[512];

        while (given != NULL && strcmp(given->name, row->name) != 0)
                given = given->next;
        if (given == NULL && (row->flags & MST_OPT_REQUIRED) != 0) {
                if (row->type == MST_OPT_SECRET)
                        (void)snprintf(remedy, sizeof remedy, "add <%s file=\"...\"/>: %s", row->name, row->help);
                else
                        (void)snprintf(remedy, sizeof remedy, "add <%s>...</%s>: %s", row->name, row->name, row->help);
                mstc_report_error(f->report, f->owner, remedy, "the option <%s> of the plugin '%s' is missing", row->name,
                                  f->plugin);
                return;
        }
        if (given == NULL && (row->def == NULL || given_elsewhere(f, row)))
                return;
        if (row->type == MST_OPT_SECRET)
                fill_secret(f, row, given);
        else if (row->type == MST_OPT_LIST)
                fill_list(f, row, given);
        else
                fill_value(f, row, given);
}

struct mstc_filled *
mstc_options_fill(const struct mst_option *table, size_t config_size, const char *plugin,
                  const struct mstc_given *given, struct mstc_place owner, bool private_file,
                  struct mstc_report *report)
{
        struct filling f = { .table = table, .plugin = plugin, .given = given, .owner = owner,
                             .private_file = private_file, .report = report };
        size_t errors = mstc_report_errors(report), rows = count_rows(table);

        f.filled = mstc_alloc(sizeof *f.filled);
        if (f.filled != NULL) {
                f.filled->arena = mst_arena_new(0);
                f.filled->config = mstc_alloc(config_size + 1);
                f.filled->secrets = mstc_alloc((rows + 1) * sizeof *f.filled->secrets);
        }
        if (f.filled == NULL || f.filled->arena == NULL || f.filled->config == NULL || f.filled->secrets == NULL) {
                f.failed = true;
        } else {
                for (const struct mstc_given *g = given; g != NULL; g = g->next)
                        check_given(&f, g);
                for (size_t i = 0; i < rows; i++)
                        fill_row(&f, &table[i]);
        }
        if (f.failed)
                mstc_report_error(report, owner, NULL, "out of memory");
        if (mstc_report_errors(report) == errors)
                return f.filled;
        mstc_filled_free(f.filled);
        return NULL;
}

const void *
mstc_filled_config(const struct mstc_filled *filled)
{
        return filled->config;
}

void
mstc_filled_free(struct mstc_filled *filled)
{
        if (filled == NULL)
                return;
        for (size_t i = 0; i < filled->secret_count; i++)
                mst_secret_free(filled->secrets[i]);
        mstc_free(filled->secrets);
        mstc_free(filled->config);
        mst_arena_free(filled->arena);
        mstc_free(filled);
}

/* ---- identity ---- */

static void
add_text(struct mstc_buffer *canonical, const char *text)
{
        /* With its NUL, so that "a","bc" is not "ab","c". */
        mstc_buffer_add(canonical, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

static void
add_member(struct mstc_buffer *canonical, const struct mst_option *row, const char *at)
{
        const char *text;
        char **words;
        int64_t number = 0;
        bool is = false;

        add_text(canonical, row->name);
        switch (row->type) {
        case MST_OPT_SECRET:                 /* a new password reads the same people */
                return;
        case MST_OPT_TEXT:
        case MST_OPT_URL:
        case MST_OPT_PATH:
                memcpy(&text, at, sizeof text);
                add_text(canonical, text);
                return;
        case MST_OPT_LIST:
                memcpy(&words, at, sizeof words);
                for (; words != NULL && *words != NULL; words++)
                        add_text(canonical, *words);
                return;
        case MST_OPT_BOOLEAN:
                memcpy(&is, at, sizeof is);
                number = is;
                break;
        default:
                memcpy(&number, at, sizeof number);
        }
        mstc_buffer_printf(canonical, "%lld", (long long)number);
        mstc_buffer_char(canonical, '\0');
}

bool
mstc_filled_identity(const struct mstc_filled *filled, const struct mst_option *table, char ret[33])
{
        struct mstc_buffer canonical = { 0 };
        XXH128_hash_t hash;
        bool ok;

        for (; table != NULL && table->name != NULL; table++)
                if ((table->flags & MST_OPT_IDENTITY) != 0)
                        add_member(&canonical, table, filled->config + table->offset);
        ok = mstc_buffer_ok(&canonical);
        hash = XXH3_128bits(mstc_buffer_cstr(&canonical), canonical.length);
        mstc_buffer_done(&canonical);
        (void)snprintf(ret, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
        return ok;
}
