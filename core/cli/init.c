/* init.c - `muster init`: the first configuration.
 *
 *   draft     from flags, and from somebody at a terminal for what they leave open
 *   lay       secrets, then the file beside its place; read and judged there as check would
 *   place     only what is without mistakes; before that nothing is there, after it all
 *   check     the finished thing, online unless that is not wanted
 *
 * Nothing here knows a connector or an option: they come from the plugins' tables. */
#include "build.h"

#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interview.h"
#include "cli/laying.h"
#include "cli/table.h"
#include "cli/workplace.h"

#define STATE_FOLDER MST_LOCALSTATEDIR "/lib/muster"
#define LONGEST_SECRET 65536

struct init {
        struct mstc_cli *cli;
        struct mstc_draft draft;
        struct mstc_plugins *plugins;
        struct mstc_laying *laying;
        bool usual;                          /* the system's own file                  */
        uid_t owner; gid_t group;            /* whose state and secrets it is to be    */
};

/* ---- places ---- */

static const char *
absolute(struct mstc_cli *cli, const char *path)
{
        char here[PATH_MAX];
        size_t length = strlen(path);
        char *whole;

        if (path[0] == '/' || getcwd(here, sizeof here) == NULL)
                whole = mst_arena_strdup(cli->arena, path);
        else if (strcmp(path, ".") == 0)
                whole = mst_arena_strdup(cli->arena, here);
        else
                whole = mst_arena_printf(cli->arena, "%s/%s", here, strncmp(path, "./", 2) == 0 ? path + 2 : path);
        for (length = whole != NULL ? strlen(whole) : 0; length > 1 && whole[length - 1] == '/'; length--)
                whole[length - 1] = '\0';
        return whole;
}

static const char *
folder_of(struct mstc_cli *cli, const char *file)
{
        const char *slash = strrchr(file, '/');

        return slash == file ? "/" : mst_arena_strndup(cli->arena, file, (size_t)(slash - file));
}

static int
find_places(struct init *init, struct mst_error *err)
{
        struct mstc_cli *cli = init->cli;
        const char *folder = mstc_args_at(cli->args, 0), *state = mstc_args_value(cli->args, "state");
        struct mstc_draft *draft = &init->draft;

        draft->arena = cli->arena;
        if (folder != NULL) {
                folder = absolute(cli, folder);
                draft->config = folder != NULL ? mst_arena_printf(cli->arena, "%s/muster.xml", folder) : NULL;
        } else {
                draft->config = absolute(cli, mstc_workplace_file(cli));
                folder = draft->config != NULL ? folder_of(cli, draft->config) : NULL;
        }
        if (folder == NULL || draft->config == NULL)
                return mst_fail_memory(err, "making a configuration");
        init->usual = strcmp(draft->config, MST_SYSCONFDIR "/muster/muster.xml") == 0;
        draft->secrets = mst_arena_printf(cli->arena, "%s/secrets", folder);
        if (state != NULL)
                draft->state = absolute(cli, state);
        else
                draft->state = init->usual ? STATE_FOLDER : mst_arena_printf(cli->arena, "%s/state", folder);
        draft->store = draft->state != NULL ? mst_arena_printf(cli->arena, "%s/state.db", draft->state) : NULL;
        if (draft->secrets == NULL || draft->store == NULL)
                return mst_fail_memory(err, "making a configuration");
        if (access(draft->config, F_OK) == 0 && !mstc_args_has(cli->args, "force"))
                return mst_fail(err, MST_ECONFIG, "%s is there already, and is not overwritten: name another folder, or say --force, "
                                "which keeps it under another name", draft->config);
        return MST_OK;
}

/* Root makes it for whoever owns the state already, or for the user that packages make. */
static void
find_owner(struct init *init)
{
        const struct passwd *muster;
        struct stat st;

        init->owner = geteuid();
        init->group = getegid();
        if (geteuid() != 0)
                return;
        if (stat(init->draft.state, &st) == 0) {
                init->owner = st.st_uid;
                init->group = st.st_gid;
        } else if (init->usual && (muster = getpwnam("muster")) != NULL) {
                init->owner = muster->pw_uid;
                init->group = muster->pw_gid;
        }
}

/* ---- flags ---- */

/* "NAME.OPTION=VALUE" */
static int
find_target(struct init *init, const char *flag, const char *text, struct mstc_draft_part **ret_part,
            const struct mst_option **ret_row, const char **ret_value, struct mst_error *err)
{
        const char *equals = strchr(text, '='), *dot = NULL;

        for (const char *at = text; equals != NULL && at < equals; at++)
                if (*at == '.')
                        dot = at;
        if (dot == NULL)
                return mst_fail(err, MST_ECONFIG, "%s '%.*s': write it as NAME.OPTION=VALUE, NAME being that of the source or sink",
                                flag, (int)strcspn(text, "="), text);
        *ret_part = mstc_draft_part(&init->draft, text, (size_t)(dot - text));
        if (*ret_part == NULL)
                return mst_fail(err, MST_ECONFIG, "%s: there is no source or sink named '%.*s'", flag, (int)(dot - text), text);
        *ret_row = mstc_draft_option(*ret_part, dot + 1, (size_t)(equals - dot - 1));
        if (*ret_row == NULL)
                return mst_fail(err, MST_ECONFIG, "%s: the plugin '%s' has no option <%.*s>: `muster plugins %s` shows the options",
                                flag, (*ret_part)->plugin->name, (int)(equals - dot - 1), dot + 1, (*ret_part)->plugin->name);
        *ret_value = equals + 1;
        return MST_OK;
}

/* A line of standard input, byte by byte: the next one is another secret's. */
static struct mst_secret *
take_secret(void)
{
        char *bytes = malloc(LONGEST_SECRET);
        struct mst_secret *secret = NULL;
        size_t length = 0;
        char c;

        while (bytes != NULL && length < LONGEST_SECRET && read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
                bytes[length++] = c;
        if (length > 0 && bytes[length - 1] == '\r')
                length--;
        if (length > 0)
                secret = mst_secret_new(bytes, length);
        if (bytes != NULL)
                mst_secret_wipe(bytes, LONGEST_SECRET);
        free(bytes);
        return secret;
}

static int
take_secrets(struct init *init, struct mst_error *err)
{
        size_t count;
        const char *const *values = mstc_args_values(init->cli->args, "secret-file", &count);

        for (size_t i = 0; i < count; i++) {
                struct mstc_draft_part *part;
                const struct mst_option *row;
                struct mst_secret *secret;
                const char *file;

                if (find_target(init, "--secret-file", values[i], &part, &row, &file, err) != MST_OK)
                        return err->code;
                if (strcmp(file, "-") != 0) {
                        if (mstc_draft_set_file(&init->draft, part, row, file, err) != MST_OK)
                                return err->code;
                        continue;
                }
                if (row->type != MST_OPT_SECRET)
                        return mst_fail(err, MST_ECONFIG, "<%s> is not a secret: give it with --set", row->name);
                secret = take_secret();
                if (secret == NULL)
                        return mst_fail(err, MST_ECONFIG, "<%s>: standard input is empty: put the secret there", row->name);
                if (mstc_draft_set_secret(&init->draft, part, row, secret, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

static int
take_flags(struct init *init, struct mst_error *err)
{
        const struct mstc_args *args = init->cli->args;
        const char *source = mstc_args_value(args, "source"), *const *values;
        size_t count;

        init->draft.sync = mstc_args_has(args, "sync") ? mstc_args_value(args, "sync") : "people";
        init->draft.every = mstc_args_has(args, "every") ? mstc_args_value(args, "every") : "15m";
        init->draft.scope = mstc_args_value(args, "scope");
        if (source != NULL && mstc_draft_add(&init->draft, init->plugins, source, true, err) == NULL)
                return err->code;
        values = mstc_args_values(args, "sink", &count);
        for (size_t i = 0; i < count; i++)
                if (mstc_draft_add(&init->draft, init->plugins, values[i], false, err) == NULL)
                        return err->code;
        values = mstc_args_values(args, "set", &count);
        for (size_t i = 0; i < count; i++) {
                struct mstc_draft_part *part;
                const struct mst_option *row;
                const char *value;

                if (find_target(init, "--set", values[i], &part, &row, &value, err) != MST_OK
                    || mstc_draft_set(&init->draft, part, row, value, err) != MST_OK)
                        return err->code;
        }
        return take_secrets(init, err);
}

/* ---- making it ---- */

/* What check says of a file that is not there any more by the time it is read: without places. */
static int
tell_mistakes(struct mstc_cli *cli, struct mstc_report *report)
{
        struct mst_error err = { 0 };
        size_t errors = mstc_report_errors(report);

        for (size_t i = 0; i < mstc_report_count(report) && cli->json == NULL; i++) {
                const struct mstc_complaint *complaint = mstc_report_at(report, i);

                if (complaint->warning)
                        continue;
                fprintf(stderr, "%serror:%s %s\n", mstc_paint_on(cli->error_colour, MSTC_BAD),
                        mstc_paint_off(cli->error_colour, MSTC_BAD), mstc_fit(cli->arena, complaint->text, 0));
                if (complaint->remedy != NULL)
                        fprintf(stderr, "        %s\n", mstc_fit(cli->arena, complaint->remedy, 0));
        }
        if (cli->json != NULL)
                mstc_report_print(cli, report, false);
        mst_fail(&err, MST_ECONFIG, "nothing was written: the configuration would have %zu mistake%s", errors,
                 errors == 1 ? "" : "s");
        return mstc_cli_fail(cli, &err);
}

/* The connectors' options, before anything is written. */
static int
try_parts(struct init *init)
{
        struct mstc_report *report = mstc_report_new();
        struct mst_error err = { 0 };
        bool good = report != NULL;
        int code = MSTC_END_DONE;

        if (report == NULL) {
                mst_fail_memory(&err, "making a configuration");
                return mstc_cli_fail(init->cli, &err);
        }
        for (size_t i = 0; i < init->draft.part_count; i++)
                good &= mstc_draft_try(&init->draft, &init->draft.parts[i], report);
        if (!good)
                code = tell_mistakes(init->cli, report);
        mstc_report_free(report);
        return code;
}

/* The whole file where it lies beside its place. */
static int
judge(struct init *init, const char *beside)
{
        struct mstc_report *report = mstc_report_new();
        struct mstc_config *config = report != NULL ? mstc_config_read(beside, report) : NULL;
        struct mstc_setup *setup = config != NULL ? mstc_setup_new(config, report) : NULL;
        struct mst_error err = { 0 };
        int code = MSTC_END_DONE;

        if (report == NULL) {
                mst_fail_memory(&err, "making a configuration");
                return mstc_cli_fail(init->cli, &err);
        }
        if (setup == NULL || !mstc_setup_try(setup, report))
                code = tell_mistakes(init->cli, report);
        mstc_setup_free(setup);
        mstc_report_free(report);
        return code;
}

static int
lay_secrets(struct init *init, struct mst_error *err)
{
        const struct mstc_draft *draft = &init->draft;

        for (size_t i = 0; i < draft->part_count; i++)
                for (const struct mstc_draft_secret *told = draft->parts[i].secrets; told != NULL; told = told->next)
                        if (mstc_laying_folder(init->laying, draft->secrets, 0700, err) != MST_OK
                            || mstc_laying_file(init->laying, told->given->file, 0600, mst_secret_reveal(told->secret),
                                                mst_secret_size(told->secret), NULL, err) != MST_OK)
                                return err->code;
        return mstc_laying_place(init->laying, err);
}

static int
give_away(struct init *init, struct mst_error *err)
{
        const struct mstc_draft *draft = &init->draft;

        if (geteuid() != 0 || init->owner == 0)
                return MST_OK;
        if (mstc_laying_give(init->laying, draft->state, init->owner, init->group, err) != MST_OK
            || mstc_laying_give(init->laying, draft->secrets, init->owner, init->group, err) != MST_OK)
                return err->code;
        /* Who runs it reads its configuration and does not write it. */
        return mstc_laying_give(init->laying, draft->config, 0, init->group, err);
}

static void
tell_file(struct mstc_cli *cli, const struct mstc_laying *laying, const char *path)
{
        const char *kept = mstc_laying_kept(laying, path);

        if (cli->json != NULL) {
                mstc_json_object(cli->json, NULL);
                mstc_json_text(cli->json, "path", path);
                mstc_json_text(cli->json, "kept", kept);
                mstc_json_end(cli->json);
                return;
        }
        printf("  %s\n", mstc_fit(cli->arena, path, 0));
        if (kept != NULL)
                printf("    what was there is now %s\n", mstc_fit(cli->arena, kept, 0));
}

static void
tell_files(const struct init *init)
{
        struct mstc_cli *cli = init->cli;

        if (cli->json != NULL)
                mstc_json_array(cli->json, "files");
        else
                printf("Written:\n");
        tell_file(cli, init->laying, init->draft.config);
        for (size_t i = 0; i < init->draft.part_count; i++)
                for (const struct mstc_draft_secret *told = init->draft.parts[i].secrets; told != NULL; told = told->next)
                        tell_file(cli, init->laying, told->given->file);
        if (cli->json != NULL)
                mstc_json_end(cli->json);
        else
                printf("\n");
}

static int
lay(struct init *init, const char **ret_beside, struct mst_error *err)
{
        const struct mstc_draft *draft = &init->draft;
        struct mstc_buffer text = { 0 };
        bool given = geteuid() == 0 && init->owner != 0;

        mstc_draft_write(draft, &text);
        if (!mstc_buffer_ok(&text))
                mst_fail_memory(err, "making a configuration");
        else if (mstc_laying_folder(init->laying, folder_of(init->cli, draft->config), geteuid() == 0 ? 0755 : 0700, err) == MST_OK
                 && mstc_laying_folder(init->laying, draft->state, 0700, err) == MST_OK && lay_secrets(init, err) == MST_OK)
                (void)mstc_laying_file(init->laying, draft->config, given ? 0640 : 0600, text.bytes, text.length, ret_beside, err);
        mstc_buffer_done(&text);
        return err->code;
}

static int
make(struct init *init)
{
        struct mst_error err = { 0 };
        const char *beside = NULL;
        int code = MSTC_END_DONE;

        if (mstc_laying_new(init->cli->arena, mstc_args_has(init->cli->args, "force"), &init->laying, &err) != MST_OK)
                return mstc_cli_fail(init->cli, &err);
        if (lay(init, &beside, &err) == MST_OK && (code = judge(init, beside)) == MSTC_END_DONE
            && mstc_laying_place(init->laying, &err) == MST_OK && give_away(init, &err) == MST_OK) {
                tell_files(init);
                mstc_laying_end(init->laying, true);
                return MSTC_END_DONE;
        }
        mstc_laying_end(init->laying, false);
        return code != MSTC_END_DONE ? code : mstc_cli_fail(init->cli, &err);
}

/* ---- the command ---- */

static void
tell_next(const struct init *init, int code)
{
        struct mstc_cli *cli = init->cli;
        const char *usual = getenv("MUSTER_CONFIG"), *file = init->draft.config, *with = "";

        if (cli->json != NULL)
                return;
        if (usual == NULL ? !init->usual : strcmp(usual, file) != 0)
                with = mst_arena_printf(cli->arena, " -c %s", mstc_fit(cli->arena, file, 0));
        if (with == NULL)
                return;
        if (code == MSTC_END_DONE)
                printf("\nNext:  muster%s plan\n", with);
        else
                printf("\nNext:  put right what is told above (the file is written), then\n       muster%s check --online\n", with);
}

/* True when there is a draft to be made. */
static bool
interview(struct init *init, int *ret_code)
{
        struct mst_error err = { 0 };
        struct mstc_ask *ask = NULL;
        bool good;

        if (mstc_ask_begin(init->cli->arena, &ask, &err) != MST_OK) {
                *ret_code = mstc_cli_fail(init->cli, &err);
                return false;
        }
        good = mstc_interview(init->cli, ask, &init->draft, init->plugins)
                && mstc_interview_agrees(init->cli, ask, &init->draft);
        if (!good) {
                printf("%sNothing was written.\n", mstc_ask_over(ask) ? "\n" : "");
                *ret_code = MSTC_END_FAILED;
        }
        mstc_ask_end(ask);
        return good;
}

static int
work(struct init *init)
{
        struct mstc_cli *cli = init->cli;
        struct mst_error err = { 0 };
        bool asking = cli->json == NULL && !mstc_args_has(cli->args, "yes") && mstc_ask_possible();
        int code = MSTC_END_DONE;

        if (!asking && !mstc_args_has(cli->args, "yes"))
                return mstc_cli_misused(cli, "say --yes where nobody can be asked, and what there is to know with --source, --sink, "
                                        "--set and --secret-file");
        if (find_places(init, &err) != MST_OK || mstc_plugins_new(NULL, 0, &init->plugins, &err) != MST_OK
            || take_flags(init, &err) != MST_OK)
                return mstc_cli_fail(cli, &err);
        find_owner(init);
        if (!asking && init->draft.part_count < 2)
                return mstc_cli_misused(cli, "name the connectors: --source PLUGIN --sink PLUGIN (`muster plugins` lists them)");
        if (init->draft.part_count > 0 && !init->draft.parts[0].is_source)
                return mstc_cli_misused(cli, "--sink goes with --source");
        if (asking && !interview(init, &code))
                return code;
        if ((code = try_parts(init)) != MSTC_END_DONE || (code = make(init)) != MSTC_END_DONE)
                return code;
        mstc_plugins_free(init->plugins);
        init->plugins = NULL;
        mstc_draft_done(&init->draft);
        code = mstc_check_file(cli, init->draft.config, !mstc_args_has(cli->args, "offline"));
        tell_next(init, code);
        return code;
}

static int
run(struct mstc_cli *cli)
{
        struct init init = { .cli = cli };
        int code;

        if (mstc_args_at(cli->args, 0) != NULL && mstc_args_has(cli->args, "config"))
                return mstc_cli_misused(cli, "give a folder or --config, not both");
        code = work(&init);
        mstc_draft_done(&init.draft);
        mstc_plugins_free(init.plugins);
        return code;
}

static const struct mstc_flag flags[] = {
        { .name = "source", .takes = "[NAME=]PLUGIN", .help = "the connector that people are read from" },
        { .name = "sink", .takes = "[NAME=]PLUGIN", .help = "one that they are written to", .repeats = true },
        { .name = "set", .takes = "NAME.OPTION=VALUE", .help = "an option of the source or sink NAME", .repeats = true },
        { .name = "secret-file", .takes = "NAME.OPTION=FILE",
          .help = "the file that holds a secret; -: a line of standard input", .repeats = true },
        { .name = "sync", .takes = "NAME", .help = "the name of the sync (people)" },
        { .name = "scope", .takes = "RULE", .help = "who is to be in the sinks" },
        { .name = "every", .takes = "TIME", .help = "how often the service starts it (15m)" },
        { .name = "state", .takes = "FOLDER", .help = "where the store is to be" },
        { .name = "force", .help = "when there is a configuration: keep it under another name" },
        { .name = "offline", .help = "check without asking the services" },
        { .name = "yes", .letter = 'y', .help = "ask nothing" },
        { .name = NULL }
};

const struct mstc_command mstc_command_init = {
        .name = "init", .arguments = "[FOLDER]", .flags = flags, .most = 1,
        .summary = "make a first configuration, by a few questions",
        .about =
        "Asks which source and which sinks there are, and for each what it must know; writes a\n"
        "commented muster.xml, the secrets as files for their owner alone, and the state folder;\n"
        "then checks it all with the services themselves.  Without FOLDER it is the system's\n"
        "configuration, or that of --config.  Nothing is overwritten, and when it is broken off\n"
        "nothing is written.  What --source, --sink, --set and --secret-file tell is not asked;\n"
        "with --yes nothing is.  A secret is never given on the command line.  NAME is the\n"
        "connector's when none is given; source and sink also mean the only one.\n"
        "Exits as muster check does; with 4 and nothing written when it was broken off.",
        .example =
        "muster init\n"
        "muster init --yes --source contoso=entra --sink ldap \\\n"
        "  --set contoso.tenant=contoso.example --set contoso.client-id=$ID \\\n"
        "  --secret-file contoso.client-secret=/run/secrets/graph \\\n"
        "  --set ldap.uri=ldaps://ldap.contoso.example ...\n",
        .run = run,
};
