/* bundle.c - `muster log RUN --download FILE`: all that is known of a run in one file, for whoever
 * is asked for help.
 *
 *   README              what is in it
 *   run.json            the run: outcome, counts
 *   log.json            its log, with the numbers of events
 *   ops.json            every op with its values and what became of it
 *   errors.json         those that failed or wait, with what the service said and its request id
 *   configuration/N.xml the files of the configuration, without secrets
 *
 * An archive that any tar opens, with parts that can be read as they are.  At the end the whole is
 * looked through for secrets once more (scrub.c), and only then gets its name. */
#include "build.h"

#include "cli/bundle.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/logline.h"
#include "cli/opshow.h"
#include "cli/savefile.h"
#include "cli/scrub.h"
#include "cli/tar.h"
#include "config/redact.h"

#define BATCH 500u

struct bundle {
        struct mstc_cli *cli;
        struct mstc_workplace *place;
        const struct mstc_view_run *run;
        struct mstc_tar tar;
        struct mst_arena *arena;             /* of the batch at hand                   */
};

static int
fail(struct mst_error *err)
{
        return err->code != MST_OK ? err->code : mst_fail(err, MST_EINTERNAL, "the bundle could not be written: %s; is the disk full?",
                                                          strerror(errno));
}

/* ---- the configuration ------------------------------------------------------------------------------ */

static const struct mstc_instance *
instance_of(const struct mstc_setup *setup, bool is_source, const char *name)
{
        for (size_t i = 0; i < setup->instance_count; i++)
                if (setup->instances[i].config->is_source == is_source && strcmp(setup->instances[i].config->name, name) == 0)
                        return &setup->instances[i];
        return NULL;
}

static bool
option_is_secret(void *self, bool is_source, const char *name, const char *option)
{
        const struct mstc_instance *instance = instance_of(self, is_source, name);
        const struct mst_option *row = instance == NULL || instance->plugin == NULL ? NULL : is_source
                                     ? instance->plugin->source_options : instance->plugin->sink_options;

        for (; row != NULL && row->name != NULL; row++)
                if (strcmp(row->name, option) == 0)
                        return row->type == MST_OPT_SECRET;
        return true;
}

static bool
attribute_is_secret(void *self, const char *name)
{
        const struct mstc_setup *setup = self;

        for (size_t i = 0; i < setup->instance_count; i++) {
                const struct mst_facts *facts = setup->instances[i].config->is_source ? NULL : setup->instances[i].promised;

                for (int kind = MST_USER; facts != NULL && kind <= MST_GROUP; kind++) {
                        const struct mstc_fact_attribute *attribute = mstc_facts_find(facts, (enum mst_kind)kind, name);

                        if (attribute != NULL && (attribute->flags & MST_ATTR_SECRET) != 0)
                                return true;
                }
        }
        return strcasestr(name, "password") != NULL;
}

static int
put_configuration(struct bundle *b, struct mst_error *err)
{
        const struct mstc_redact ask = { b->place->setup, option_is_secret, attribute_is_secret };
        const char *file;

        for (size_t i = 0; ; i++) {
                struct mstc_buffer text = { 0 };
                char name[60];
                bool good;

                if (!mstc_config_redact(b->place->setup->config, i, &ask, &file, &text))
                        return MST_OK;
                snprintf(name, sizeof name, "run-%lld/configuration/%zu.xml", (long long)b->run->id, i + 1);
                good = mstc_buffer_ok(&text) && mstc_tar_begin(&b->tar, name)
                    && fwrite(mstc_buffer_cstr(&text), 1, text.length, b->tar.file) == text.length && mstc_tar_end(&b->tar);
                mstc_buffer_done(&text);
                if (!good)
                        return fail(err);
        }
}

/* ---- what the store knows ------------------------------------------------------------------------------ */

static struct mstc_json *
begin(struct bundle *b, const char *part)
{
        char name[60];

        snprintf(name, sizeof name, "run-%lld/%s", (long long)b->run->id, part);
        return mstc_tar_begin(&b->tar, name) ? mstc_json_new(b->tar.file) : NULL;
}

static int
end(struct bundle *b, struct mstc_json *json, struct mst_error *err)
{
        bool good = json != NULL && mstc_json_close(json);

        return err->code == MST_OK && good && mstc_tar_end(&b->tar) ? MST_OK : fail(err);
}

static int
put_run(struct bundle *b, struct mst_error *err)
{
        struct mstc_json *json = begin(b, "run.json");

        if (json != NULL) {
                mstc_json_text(json, "muster", PACKAGE_VERSION);
                mstc_run_json(json, "run", b->run);
        }
        return end(b, json, err);
}

static int
put_log(struct bundle *b, struct mst_error *err)
{
        struct mstc_json *json = begin(b, "log.json");
        int64_t after = 0;
        bool more = json != NULL;

        if (json != NULL)
                mstc_json_array(json, "lines");
        while (more) {
                struct mstc_view_line *lines;
                size_t count = 0;

                mst_arena_reset(b->arena);
                if (mstc_view_log(b->place->store, b->run->id, &after, BATCH, b->arena, &lines, &count, &more, err) != MST_OK)
                        break;
                for (size_t i = 0; i < count; i++) {
                        char code[24];

                        snprintf(code, sizeof code, MSTC_CODE_FORMAT, lines[i].event);
                        mstc_json_object(json, NULL);
                        mstc_json_time(json, "at", lines[i].at);
                        mstc_json_text(json, "level", mstc_level_name((enum mst_level)lines[i].level));
                        mstc_json_text(json, "code", lines[i].event != 0 ? code : NULL);
                        mstc_json_text(json, "text", lines[i].text);
                        mstc_json_end(json);
                }
        }
        return end(b, json, err);
}

static int
put_ops(struct bundle *b, const char *part, bool errors, struct mst_error *err)
{
        const struct mstc_view_which which = { .run = b->run->id };
        const struct mstc_secrets secrets = { b->place->setup };
        struct mstc_json *json = begin(b, part);
        int64_t after = 0;
        bool more = json != NULL;

        if (json != NULL)
                mstc_json_array(json, errors ? "errors" : "ops");
        while (more) {
                struct mstc_view_op *ops;
                size_t count = 0;

                mst_arena_reset(b->arena);
                if (mstc_view_ops(b->place->store, &which, &after, BATCH, b->arena, &ops, &count, &more, err) != MST_OK)
                        break;
                for (size_t i = 0; i < count; i++) {
                        struct mstc_shown_op op = mstc_shown_of_view(&ops[i]);

                        if (!errors || (ops[i].text != NULL && ops[i].text[0] != '\0') || ops[i].outcome > MST_DONE)
                                mstc_op_json(json, secrets, &op);
                }
        }
        return end(b, json, err);
}

static int
put_readme(struct bundle *b, struct mst_error *err)
{
        char name[60];

        snprintf(name, sizeof name, "run-%lld/README", (long long)b->run->id);
        if (!mstc_tar_begin(&b->tar, name)
            || fprintf(b->tar.file, "Run %lld of %s, by muster %s.\n\nrun.json      outcome and counts\nlog.json      its log; muster "
                       "help MST-NUMBER explains a line\nops.json      what was planned, and what became of it\nerrors.json   what "
                       "failed or waits, with request ids of services\nconfiguration/  the configuration\n\nSecrets were taken out. "
                       "Names and other values of people are in it: give it to nobody who may\nnot see them.\n",
                       (long long)b->run->id, b->run->sync, PACKAGE_VERSION) < 0
            || !mstc_tar_end(&b->tar))
                return fail(err);
        return MST_OK;
}

int
mstc_bundle(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_run *run, const char *path, bool force)
{
        struct bundle b = { .cli = cli, .place = place, .run = run, .arena = mst_arena_new(0), .tar.now = mstc_now_ms() / 1000 };
        struct mstc_save *save = NULL;
        struct mst_error err = { 0 };
        int rc;

        if (!force && access(path, F_OK) == 0) {
                mst_arena_free(b.arena);
                return mstc_cli_misused(cli, "%s is there already; choose another name, or write over it with --force", path);
        }
        rc = b.arena == NULL ? mst_fail_memory(&err, "writing a bundle") : mstc_save_open(path, &save, &err);
        if (rc == MST_OK) {
                b.tar.file = mstc_save_file(save);
                if (put_readme(&b, &err) == MST_OK && put_run(&b, &err) == MST_OK && put_log(&b, &err) == MST_OK
                    && put_ops(&b, "ops.json", false, &err) == MST_OK && put_ops(&b, "errors.json", true, &err) == MST_OK
                    && put_configuration(&b, &err) == MST_OK
                    && (!mstc_tar_close(&b.tar) || !mstc_scrub(b.tar.file, place->setup)))
                        fail(&err);
                rc = mstc_save_close(save, err.code == MST_OK, &err);
        }
        mst_arena_free(b.arena);
        if (rc != MST_OK || err.code != MST_OK)
                return mstc_cli_fail(cli, &err);
        if (cli->json != NULL)
                mstc_json_text(cli->json, "file", path);
        else
                printf("Run %lld is in %s, without secrets; it holds names and values of people.\n", (long long)run->id, path);
        return MSTC_END_DONE;
}
