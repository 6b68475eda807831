/* cli.h - what the files of the muster command share.
 *
 * A subcommand is a constant: its name, the words of its help, its options, and a
 * function that does it and returns the exit code.  It prints its rows either as
 * tables for people or, with --json, through cli->json; the rest of the document
 * (version, command, error) is main's business.  Nothing is opened before a command
 * asks for it (workplace.h). */
#ifndef MSTC_CLI_H
#define MSTC_CLI_H

#include <muster/arena.h>
#include <muster/error.h>

#include "cli/args.h"
#include "cli/json.h"
#include "store/store.h"

struct mstc_cli {
        const struct mstc_command *command;
        const struct mstc_args *args;
        struct mstc_json *json;              /* NULL: tables                           */
        struct mst_arena *arena;             /* to the end of the command              */
        bool told;                           /* an error has been                      */
        bool verbose;
        bool colour, error_colour;           /* of stdout, stderr                      */
        unsigned width;                      /* columns of stdout                      */
};

struct mstc_command {
        const char *name;
        const char *arguments;               /* for the usage line: "[PATTERN]", or "" */
        const char *summary;                 /* one line, no full stop                 */
        const char *about;                   /* the help's text; lines are made anew   */
        const char *example;                 /* lines as they are typed, or NULL       */
        const struct mstc_flag *flags;       /* ends with a NULL name; may be NULL     */
        unsigned least, most;                /* arguments                              */
        bool hidden;                         /* for programs: not in the help          */
        bool plain;                          /* needs nothing: no secrets, no files    */
        int (*run)(struct mstc_cli *cli);    /* returns the exit code                  */
};

/* All of them, in the order of the help. */
extern const struct mstc_command *const mstc_commands[];
extern const size_t mstc_command_count;
const struct mstc_command *mstc_command_find(const char *name);

extern const struct mstc_command mstc_command_complete, mstc_command_init, mstc_command_check, mstc_command_doctor, mstc_command_plan, mstc_command_sync, mstc_command_run,
        mstc_command_status, mstc_command_history, mstc_command_log, mstc_command_users,
        mstc_command_groups, mstc_command_duplicates, mstc_command_reset, mstc_command_holds,
        mstc_command_approve, mstc_command_reject, mstc_command_retry, mstc_command_undo, mstc_command_verify, mstc_command_state, mstc_command_apply,
        mstc_command_test, mstc_command_eval, mstc_command_explain, mstc_command_rules, mstc_command_plugins, mstc_command_version,
        mstc_command_timeline, mstc_command_changes,
        mstc_command_pause, mstc_command_resume, mstc_command_metrics, mstc_command_help;

/* The help of the program and of one command, and the line that names its usage. */
void mstc_help_program(FILE *to);
/* Words in lines within the edge, those after the first indented; the cursor stands at 'indent'. */
void mstc_help_words(const char *text, size_t indent, FILE *to);
void mstc_help_command(const struct mstc_command *command, FILE *to);
void mstc_help_usage(const struct mstc_command *command, FILE *to);

/* Tells an error (stderr, or the document's "error") and returns the exit code that
 * its class has: 2 for the configuration, else 4. */
int mstc_cli_fail(struct mstc_cli *cli, const struct mst_error *err);
/* What the admin wrote on the command line is wrong: the sentence, the usage line, 2. */
int mstc_cli_misused(struct mstc_cli *cli, const char *format, ...) MST_PRINTF(2, 3);

struct mstc_view_run;
struct mstc_view_which;

/* A run as an object of the document. */
void mstc_run_json(struct mstc_json *json, const char *key, const struct mstc_view_run *run);
/* Ops of the store, grouped for people, or as "ops". */
int mstc_list_ops(struct mstc_cli *cli, struct mstc_store *store, const struct mstc_view_which *which,
                  const char *when_empty);

/* `muster check [--online]` of a file; NULL: the one of the command line. */
int mstc_check_file(struct mstc_cli *cli, const char *file, bool online);

/* A number among the arguments; on failure the sentence has been told. */
bool mstc_cli_number(struct mstc_cli *cli, const char *what, const char *text, int64_t *ret);

#endif
