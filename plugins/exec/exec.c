/* SPDX-License-Identifier: Apache-2.0
 *
 * exec.c - a connector in any language: a program that is asked in JSON Lines.
 *
 * This file holds what the program sees: options, descriptor, life of an instance.  The program
 * is started by the first call that needs it, and again when it has ended. */
#include <stdlib.h>
#include <string.h>

#include <muster/plugin.h>

#include "exec.h"

#define C struct exe_config

const struct mst_option exe_options[] = {
        { .name = "command", MST_PATH_OPTION(C, command), .flags = MST_OPT_REQUIRED | MST_OPT_IDENTITY,
          .help = "the program to start",
          .more = "Neither it nor its folder may be writable by anybody but root and the user who runs Muster." },
        { .name = "argument", MST_LIST_OPTION(C, arguments), .flags = MST_OPT_IDENTITY | MST_OPT_WHOLE,
          .help = "what it is started with",
          .more = "No shell reads them.  No secret belongs here: everybody on the system can see it." },
        { .name = "setting", MST_LIST_OPTION(C, settings), .flags = MST_OPT_IDENTITY | MST_OPT_WHOLE,
          .help = "name=value, told to the program when it is greeted" },
        { .name = "secret", MST_SECRET_OPTION(C, secret),
          .help = "a secret that the program reads from its descriptor 3" },
        { .name = "environment", MST_LIST_OPTION(C, environment), .flags = MST_OPT_ADVANCED | MST_OPT_WHOLE,
          .help = "NAME=value, beside PATH, LANG and TZ, which is all that it gets" },
        { .name = "directory", MST_PATH_OPTION(C, directory), .def = "/", .help = "the folder that it works in" },
        { .name = "timeout", MST_DURATION_OPTION(C, timeout), .def = "60s", .min = 100, .max = 86400000,
          .help = "longest wait for its next line" },
        { .name = "start-timeout", MST_DURATION_OPTION(C, start_timeout), .flags = MST_OPT_ADVANCED, .def = "30s",
          .min = 100, .max = 3600000, .help = "longest wait for its first line" },
        { .name = "memory", MST_SIZE_OPTION(C, memory), .flags = MST_OPT_ADVANCED, .def = "0",
          .help = "most address space that it can have",
          .more = "0 is no limit.  Some languages reserve much more than they use." },
        { .name = NULL }
};

static bool
pairs(const char *option, char *const *words, struct mst_error *err)
{
        for (size_t i = 0; words != NULL && words[i] != NULL; i++)
                if (strchr(words[i], '=') == NULL || words[i][0] == '=') {
                        mst_fail(err, MST_ECONFIG, "%s: '%s' is not of the form name=value", option, words[i]);
                        return false;
                }
        return true;
}

static void
exe_close(void *self)
{
        struct exe *x = self;

        if (x == NULL)
                return;
        exe_child_end(x, 2000);
        free(x->child.sending);
        free(x->child.got);
        mst_json_free(x->json);
        mst_json_free(x->date);
        mst_json_out_free(x->out);
        mst_arena_free(x->kept);
        mst_arena_free(x->line);
        free(x);
}

static int
open_as(bool is_sink, const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        const struct exe_config *c = config;
        struct exe *x;

        if (!pairs("setting", c->settings, err) || !pairs("environment", c->environment, err)
            || exe_child_check(c, err) != MST_OK)
                return err->code;
        x = calloc(1, sizeof *x);
        if (x == NULL)
                return mst_fail_memory(err, "opening the connector");
        x->config = c;
        x->host = host;
        x->is_sink = is_sink;
        x->child.in = x->child.out = x->child.err = -1;
        x->json = mst_json_new();
        x->date = mst_json_new();
        x->out = mst_json_out_new();
        x->kept = mst_arena_new(0);
        x->line = mst_arena_new(0);
        if (x->json == NULL || x->date == NULL || x->out == NULL || x->kept == NULL || x->line == NULL) {
                exe_close(x);
                return mst_fail_memory(err, "opening the connector");
        }
        *self = x;
        return MST_OK;
}

static int
open_source(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        return open_as(false, config, host, self, err);
}

static int
open_sink(const void *config, struct mst_host *host, void **self, struct mst_error *err)
{
        return open_as(true, config, host, self, err);
}

static const struct mst_source_calls source = {
        .size = sizeof source, .config_size = sizeof(struct exe_config),
        .open = open_source, .probe = exe_probe, .read = exe_read, .fetch = exe_fetch, .close = exe_close,
};

static const struct mst_sink_calls sink = {
        .size = sizeof sink, .config_size = sizeof(struct exe_config),
        .open = open_sink, .probe = exe_probe, .find = exe_find, .apply = exe_apply, .list = exe_list, .close = exe_close,
};

/* Which there are, only the program knows. */
static const struct mst_attribute attributes[] = {
        { "*", MST_TEXT, MST_ATTR_MANY, 0, "whatever the program names" },
        { "*", MST_TEXT, MST_ATTR_MANY | MST_ATTR_GROUP, 0, "whatever the program names" },
        { .name = NULL }
};

static const struct mst_default_map map[] = {
        { "displayName", "[displayName]", 0 },
        { "givenName", "[givenName]", 0 },
        { "surname", "[surname]", 0 },
        { "mail", "[mail]", 0 },
        { "userPrincipalName", "[userPrincipalName]", 0 },
        { "name", "[name]", MST_ATTR_GROUP },
        { "title", "[title]", MST_ATTR_GROUP },
        { .to = NULL }
};

MST_PLUGIN(exec) = {
        MST_PLUGIN_HEAD,
        .name = "exec", .version = EXE_VERSION,
        .summary = "asks a program in any language, which speaks JSON Lines",
        .source = &source, .source_options = exe_options, .source_attributes = attributes,
        .source_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_INCREMENTAL | MST_CAN_FETCH,
        .sink = &sink, .sink_options = exe_options, .sink_attributes = attributes, .sink_map = map,
        .sink_can = MST_CAN_USERS | MST_CAN_GROUPS | MST_CAN_UPDATE | MST_CAN_RENAME | MST_CAN_DISABLE | MST_CAN_DELETE
                    | MST_CAN_STAMP | MST_CAN_LIST | MST_CAN_FIND | MST_CAN_MEMBERS | MST_CAN_EMPTY_GROUP | MST_CAN_NEST
                    | MST_CAN_PRESENT | MST_CAN_MEMBER_IDS,
        .sink_in_flight = EXE_AT_ONCE,
};
