/* world.c - a small world: its source, its store, its runs, and what a test asks of it. */
#include "world.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sql.h"

/* ---- the source ------------------------------------------------------------------------ */

static void
put_one(struct mst_record *record, struct mst_value *value, const char *name, const char *text)
{
        if (strcmp(name, "accountEnabled") == 0 || strcmp(name, "securityEnabled") == 0)
                mst_record_bool(record, value, strcmp(text, "true") == 0);
        else if (strcmp(name, "manager") == 0)
                mst_record_ref(record, value, text, strlen(text));
        else
                mst_record_text(record, value, text, strlen(text));
}

static void
put_pairs(struct mst_record *record, char *rest)
{
        char *pair;

        while (record != NULL && rest != NULL && (pair = strsep(&rest, ";")) != NULL) {
                char *is = strchr(pair, '='), *one;
                struct mst_value *value;

                if (is == NULL)
                        continue;
                *is++ = '\0';
                value = mst_record_put(record, pair);
                if (*is == '\0') {
                        mst_record_null(record, value);
                } else if (strcmp(pair, "otherMails") == 0) {
                        mst_record_list(record, value);
                        while ((one = strsep(&is, "|")) != NULL)
                                put_one(record, mst_record_append(record, value), pair, one);
                } else {
                        put_one(record, value, pair, is);
                }
        }
}

void
world_line(struct mst_page *page, char *line)
{
        char *word = strsep(&line, " "), *id = strsep(&line, " ");
        size_t length = id != NULL ? strlen(id) : 0;
        enum mst_kind kind = word[0] == 'g' ? MST_GROUP : MST_USER;
        struct mst_record *record;

        word += word[0] == 'g';
        if (strcmp(word, "w") == 0) {
                record = mst_page_whole(page, kind, id, length);
                if (record != NULL && kind == MST_USER)
                        mst_record_text(record, mst_record_put(record, "id"), id, length);
                put_pairs(record, line);
        } else if (strcmp(word, "p") == 0) {
                put_pairs(mst_page_patch(page, kind, id, length), line);
        } else if (strcmp(word, "s") == 0 || strcmp(word, "h") == 0) {
                (void)mst_page_gone(page, kind, id, length, word[0] == 's' ? MST_GONE_SOFT : MST_GONE_HARD);
        } else if (strcmp(word, "o") == 0) {
                (void)mst_page_outside(page, kind, id, length);
        } else if (strcmp(word, "t") == 0) {
                (void)mst_page_present(page, kind, id, length);
        } else if (strcmp(word, "named") == 0) {
                (void)mst_page_all(page, strcmp(id, "groups") == 0 ? MST_GROUP : MST_USER);
        } else if (strcmp(word, "m") == 0 || strcmp(word, "x") == 0) {
                (void)mst_page_member(page, id, length, line[0] == '@' ? MST_GROUP : MST_USER, line + (line[0] == '@'),
                                      strlen(line + (line[0] == '@')), word[0] == 'm');
        } else if (strcmp(word, "all") == 0) {
                (void)mst_page_members_all(page, id, length);
        } else if (strcmp(word, "bad") == 0) {
                (void)mst_page_bad(page, "%s", id);
        } else if (strcmp(word, "mark") == 0) {
                record = mst_page_whole(page, MST_USER, id, length);
                if (record != NULL)
                        mst_record_bad(record, "%s", line);
        } else {
                ck_abort_msg("what is '%s'?", word);
        }
}

static int
end_line(struct mst_page *page, char *line, bool *ret_ended, struct mst_error *err)
{
        *ret_ended = true;
        if (strcmp(line, "!expired") == 0)
                return mst_fail(err, MST_EEXPIRED, "the cursor is too old");
        if (line[0] == '!')
                return mst_fail(err, MST_ENET, "%s", line + 1);
        if (strncmp(line, "more ", 5) == 0)
                return mst_page_more(page, line + 5, err);
        if (strncmp(line, "complete", 8) == 0)
                return mst_page_complete(page, line[8] == ' ' ? line + 9 : NULL, err);
        *ret_ended = false;
        return MST_OK;
}

static int
source_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err)
{
        struct world *w = self;
        size_t used = strlen(w->cursors);
        const char *script = NULL;
        char *text, *rest, *line;
        int rc = MST_OK;

        (void)snprintf(w->cursors + used, sizeof w->cursors - used, "%s%s", used > 0 ? " " : "", cursor != NULL ? cursor : "-");
        if (w->stop_after_pages > 0 && --w->stop_after_pages == 0)
                mstc_stop_now(w->stop);
        for (const struct world_answer *a = w->answers; a != NULL && a->cursor != NULL && script == NULL; a++)
                if (strcmp(a->cursor, cursor != NULL ? cursor : "-") == 0)
                        script = a->page;
        if (w->answers == NULL && w->page_at < w->page_count)
                script = w->pages[w->page_at++];
        if (script == NULL)
                return mst_page_complete(page, cursor, err);
        rest = text = strdup(script);
        while ((line = strsep(&rest, "\n")) != NULL) {
                bool ended;

                if (line[0] == '\0')
                        continue;
                rc = end_line(page, line, &ended, err);
                if (ended)
                        break;
                world_line(page, line);
        }
        free(text);
        return rc;
}

static int
source_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err)
{
        struct world *w = self;

        for (size_t i = 0; i < mst_ids_count(ids); i++) {
                char *text = strdup(w->fetch != NULL ? w->fetch : ""), *rest = text, *line;
                size_t used = strlen(w->fetched), length = strlen(mst_ids_at(ids, i));

                (void)snprintf(w->fetched + used, sizeof w->fetched - used, "%s%s", used > 0 ? " " : "", mst_ids_at(ids, i));
                while ((line = strsep(&rest, "\n")) != NULL) {
                        if (line[0] == '!') {
                                int rc = mst_fail(err, MST_ENET, "%s", line + 1);

                                free(text);
                                return rc;
                        }
                        if (strncmp(line, "noend", 5) == 0) {
                                free(text);
                                return MST_OK;
                        }
                        if (line[0] != '\0' && strncmp(line + 2, mst_ids_at(ids, i), length) == 0
                            && (line[2 + length] == ' ' || line[2 + length] == '\0'))
                                world_line(page, line);
                }
                free(text);
        }
        return mst_page_complete(page, NULL, err);
}

static int
source_open(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        (void)config;
        (void)host;
        (void)err;
        *self = world_now;
        return MST_OK;
}

static int
source_probe(void *self, struct mst_facts *facts, struct mst_error *err)
{
        (void)self;
        (void)err;
        mst_facts_identity(facts, "src");
        return MST_OK;
}

static void
source_close(void *self)
{
        (void)self;
}

static const struct mst_source_calls source_calls = {
        .size = sizeof source_calls, .config_size = sizeof(char *) + sizeof(int64_t),
        .open = source_open, .probe = source_probe, .read = source_read, .fetch = source_fetch, .close = source_close,
};

void
world_page(struct world *w, const char *text)
{
        ck_assert(w->page_count < sizeof w->pages / sizeof w->pages[0]);
        w->pages[w->page_count++] = strdup(text);
}

void
world_people(struct world *w, int from, int to, const char *more, const char *end)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (int i = from; i <= to; i++)
                fprintf(out, "w %d displayName=P %d;mail=p%d@x;mailNickname=p%d%s%s\n", i, i, i, i, more[0] != '\0' ? ";" : "",
                        more);
        fprintf(out, "%s\n", end);
        fclose(out);
        world_page(w, text);
        free(text);
}

void
world_fetch(struct world *w, const char *text)
{
        free(w->fetch);
        w->fetch = strdup(text);
}

/* ---- what was done ------------------------------------------------------------------------ */

static void
append(char **text, size_t *used, size_t *room, const char *more)
{
        size_t length = strlen(more);

        if (*used + length + 1 > *room) {
                *room = (*used + length + 1) * 2;
                *text = realloc(*text, *room);
        }
        memcpy(*text + *used, more, length + 1);
        *used += length;
}

void
world_note(struct world *w, const char *format, ...)
{
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        char text[800];
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(text, sizeof text, format, ap);
        va_end(ap);
        pthread_mutex_lock(&lock);
        if (!w->quiet)
                append(&w->did, &w->did_length, &w->did_room, text);
        pthread_mutex_unlock(&lock);
}

void
world_did_so(struct world *w, const char *text)
{
        ck_assert_str_eq(w->did != NULL ? w->did : "", text);
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
}

static int
by_text(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a text in order; 'text' is left in pieces, the result is the caller's. */
static char *
sort_lines(char *text)
{
        char *lines[4000], *line, *ret = NULL;
        size_t count = 0, size;
        FILE *out = open_memstream(&ret, &size);

        while ((line = strsep(&text, "\n")) != NULL && count < sizeof lines / sizeof lines[0])
                if (line[0] != '\0')
                        lines[count++] = line;
        qsort(lines, count, sizeof *lines, by_text);
        for (size_t i = 0; i < count; i++)
                fprintf(out, "%s\n", lines[i]);
        fclose(out);
        return ret;
}

void
world_did(struct world *w, const char *text)
{
        char *want = strdup(text), *sorted = sort_lines(want), *is = sort_lines(w->did);

        ck_assert_str_eq(is, sorted);
        w->did_length = 0;
        if (w->did != NULL)
                w->did[0] = '\0';
        free(want);
        free(sorted);
        free(is);
}

static void
take_log(void *self, const struct mstc_line *line)
{
        struct world *w = self;

        append(&w->log, &w->log_length, &w->log_room, line->text);
        append(&w->log, &w->log_length, &w->log_room, "\n");
}

bool
world_logged(const struct world *w, const char *text)
{
        return w->log != NULL && strstr(w->log, text) != NULL;
}

static const char *
own_name(const struct world_object *o)
{
        for (size_t i = 0; i < o->pair_count; i++)
                if (strcmp(o->pairs[i].name, o->kind == MST_USER ? "uid" : "cn") == 0)
                        return o->pairs[i].value;
        return "?";
}

static void
show_object(const struct world_sink *s, const struct world_object *o, FILE *out)
{
        char pairs[20][700], *sorted[20], *members[200];
        size_t count = 0;

        for (size_t i = 0; i < o->pair_count; i++) {
                (void)snprintf(pairs[i], sizeof pairs[i], "%s=%s", o->pairs[i].name, o->pairs[i].value);
                sorted[i] = pairs[i];
        }
        qsort(sorted, o->pair_count, sizeof *sorted, by_text);
        for (size_t i = 0; i < o->pair_count; i++)
                fprintf(out, "%s%s", i > 0 ? " " : "", sorted[i]);
        if (!o->enabled)
                fputs(" (off)", out);
        for (size_t i = 0; i < o->member_count && i < 200; i++)
                if (s->objects[o->members[i] - 1].number != 0)
                        members[count++] = (char *)(uintptr_t)own_name(&s->objects[o->members[i] - 1]);
        qsort(members, count, sizeof *members, by_text);
        if (o->kind == MST_GROUP)
                fputc(':', out);
        for (size_t i = 0; i < count; i++)
                fprintf(out, " %s", members[i]);
        fputc('\n', out);
}

void
world_holds(struct world *w, int sink, const char *text)
{
        const struct world_sink *s = &w->sinks[sink];
        char *is = NULL, *want, *sorted, *held;
        size_t size;
        FILE *out = open_memstream(&is, &size);

        for (size_t k = 0; k < s->count; k++)
                if (s->objects[k].number != 0)
                        show_object(s, &s->objects[k], out);
        fclose(out);
        want = strdup(text);
        sorted = sort_lines(want);
        held = sort_lines(is);
        ck_assert_str_eq(held, sorted);
        free(want);
        free(sorted);
        free(held);
        free(is);
}

/* ---- configuration ---------------------------------------------------------------------------- */

static void
write_config(struct world *w, const char *top, const char *sync)
{
        FILE *out = fopen(w->config_file, "w");
        const char *inside = sync[0] == '|' ? strrchr(sync, '|') + 1 : sync;
        int attributes = inside != sync ? (int)(inside - sync) - 2 : 0;

        ck_assert_ptr_nonnull(out);
        fprintf(out, "<muster xmlns='urn:muster:config:1'><store path='%s'/>\n"
                "<source name='src' plugin='demo-source'><file>/tmp/world</file></source>\n"
                "<sink name='snk' plugin='demo-sink'><file>/tmp/world1</file></sink>\n"
                "<sink name='two' plugin='demo-sink'><file>/tmp/world2</file></sink>\n%s"
                "<sync name='s' source='src' %.*s>%s</sync></muster>\n", w->store_file, top, attributes, sync + 1, inside);
        ck_assert_int_eq(fclose(out), 0);
        ck_assert_int_eq(chmod(w->config_file, 0600), 0);
}

/* The demo plugins give names, attributes and maps; what they do is ours. */
static void
put_calls(struct world *w)
{
        for (size_t i = 0; i < w->setup->instance_count; i++) {
                struct mstc_instance *instance = &w->setup->instances[i];

                if (instance->config->is_source) {
                        w->source_plugin = *instance->plugin;
                        w->source_plugin.source = &source_calls;
                        instance->plugin = &w->source_plugin;
                } else {
                        struct mst_plugin *p = &w->sink_plugins[strcmp(instance->config->name, "two") == 0];

                        *p = *instance->plugin;
                        p->sink = &world_sink_calls;
                        p->sink_can |= MST_CAN_NEST;
                        instance->plugin = p;
                }
        }
}

void
world_configure(struct world *w, const char *top, const char *sync)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config;

        mstc_setup_free(w->setup);
        write_config(w, top, sync);
        config = mstc_config_read(w->config_file, report);
        w->setup = config != NULL ? mstc_setup_new(config, report) : NULL;
        ck_assert_msg(w->setup != NULL, "%s: %s", sync, mstc_report_count(report) > 0 ? mstc_report_at(report, 0)->text : "?");
        mstc_report_free(report);
        put_calls(w);
}

struct world *
world_new(const char *top, const char *sync)
{
        struct world *w = calloc(1, sizeof *w);
        const char *build = getenv("top_builddir");
        char plugins[4096];

        (void)snprintf(w->folder, sizeof w->folder, "/tmp/muster-world-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(w->folder));
        (void)snprintf(w->config_file, sizeof w->config_file, "%s/muster.xml", w->folder);
        (void)snprintf(w->store_file, sizeof w->store_file, "%s/state.db", w->folder);
        (void)snprintf(plugins, sizeof plugins, "%s/tests/plugins/.libs", build != NULL ? build : ".");
        ck_assert_int_eq(setenv("MUSTER_PLUGINS", plugins, 1), 0);
        w->stop = mstc_stop_new();
        for (int i = 0; i < WORLD_SINKS; i++) {
                (void)snprintf(w->sinks[i].identity, sizeof w->sinks[i].identity, "sink %d", i + 1);
                w->sinks[i].can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DISABLE
                                | MST_CAN_DELETE | MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS
                                | MST_CAN_EMPTY_GROUP | MST_CAN_PRESENT;
        }
        world_now = w;
        world_configure(w, top, sync);
        return w;
}

void
world_free(struct world *w)
{
        char command[100];

        world_close(w);
        mstc_setup_free(w->setup);
        mstc_stop_free(w->stop);
        for (int i = 0; i < WORLD_SINKS; i++) {
                for (size_t k = 0; k < w->sinks[i].count; k++)
                        free(w->sinks[i].objects[k].members);
                free(w->sinks[i].objects);
        }
        for (size_t i = 0; i < w->page_count; i++)
                free(w->pages[i]);
        free(w->fetch);
        free(w->did);
        free(w->log);
        mstc_summary_done(&w->summary);
        (void)snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
        ck_assert_int_eq(system(command), 0);
        free(w);
}

/* ---- runs ---------------------------------------------------------------------------------------- */

bool
world_open(struct world *w)
{
        struct mstc_watch watch = { .self = w, .log = take_log };

        memset(&w->err, 0, sizeof w->err);
        return mstc_engine_new(w->setup, &watch, w->stop, &w->engine, &w->err) == MST_OK;
}

int
world_run(struct world *w, const struct mstc_sync_options *options)
{
        static const struct mstc_sync_options none;

        mstc_summary_done(&w->summary);
        memset(&w->err, 0, sizeof w->err);
        w->log_length = 0;
        if (w->log != NULL)
                w->log[0] = '\0';
        mstc_engine_sync(w->engine, mstc_setup_sync(w->setup, "s"), options != NULL ? options : &none, &w->summary,
                         &w->err);
        return (int)w->summary.outcome;
}

void
world_close(struct world *w)
{
        mstc_engine_free(w->engine);
        w->engine = NULL;
}

int
world_sync(struct world *w, const struct mstc_sync_options *options)
{
        int outcome;

        ck_assert_msg(world_open(w), "%s", w->err.text);
        outcome = world_run(w, options);
        world_close(w);
        return outcome;
}

uint64_t
world_count(const struct world *w, enum mstc_count what)
{
        return w->summary.counts[what];
}

/* ---- the store ------------------------------------------------------------------------------------ */

int64_t
world_sql(struct world *w, const char *sql)
{
        struct mst_error err = { 0 };
        struct mstc_store *store = NULL;
        int64_t ret = -1;

        ck_assert_msg(mstc_store_open(w->store_file, MSTC_READ, &store, &err) == MST_OK
                      && mstc_sql_number(store, &err, &ret, -1, sql, "") == MST_OK, "%s: %s", sql, err.text);
        mstc_store_close(store);
        return ret;
}

void
world_change(struct world *w, const char *sql)
{
        struct mst_error err = { 0 };
        struct mstc_store *store = NULL;

        ck_assert_msg(mstc_store_open(w->store_file, MSTC_WRITE, &store, &err) == MST_OK
                      && mstc_sql_run(store, &err, sql, "") == MST_OK, "%s: %s", sql, err.text);
        mstc_store_close(store);
}

static uint64_t
decide(struct world *w, int64_t hold, bool yes)
{
        struct mstc_choice choice = { .expect = -1, .who = "admin", .note = "test" };
        struct mst_error err = { 0 };
        uint64_t count = 0;
        int rc;

        ck_assert(world_open(w));
        rc = yes ? mstc_engine_approve(w->engine, hold, &choice, &count, &err)
                 : mstc_engine_reject(w->engine, hold, &choice, &count, &err);
        world_close(w);
        ck_assert_msg(rc == MST_OK, "%s", err.text);
        return count;
}

uint64_t
world_approve(struct world *w, int64_t hold)
{
        return decide(w, hold, true);
}

uint64_t
world_reject(struct world *w, int64_t hold)
{
        return decide(w, hold, false);
}
