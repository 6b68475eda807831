/* help.c - what --help prints, made from the tables that the parser uses. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/helpevent.h"
#include "engine/event.h"

#define INDENT 28                            /* where the words about an option begin  */
#define EDGE 79                              /* the last column that is used           */

/* In lines within the edge, those after the first indented; a line end of the text is a
 * blank like any other.  The cursor stands at column 'indent'. */
void
mstc_help_words(const char *text, size_t indent, FILE *to)
{
        size_t column = indent;

        while (*text != '\0') {
                size_t length = strcspn(text, " \n");

                if (column > indent && column + 1 + length > EDGE) {
                        fprintf(to, "\n%*s", (int)indent, "");
                        column = indent;
                } else if (column > indent) {
                        fputc(' ', to);
                        column++;
                }
                fprintf(to, "%.*s", (int)length, text);
                column += length;
                text += length;
                text += strspn(text, " \n");
        }
        fputc('\n', to);
}

static void
print_flag(const struct mstc_flag *flag, FILE *to)
{
        char left[64], help[512];

        if (flag->letter != 0)
                snprintf(left, sizeof left, "-%c, --%s %s", flag->letter, flag->name,
                         flag->takes != NULL ? flag->takes : "");
        else
                snprintf(left, sizeof left, "    --%s %s", flag->name, flag->takes != NULL ? flag->takes : "");
        snprintf(help, sizeof help, "%s%s", flag->help, flag->repeats ? "; may be repeated" : "");
        if (strlen(left) + 4 > INDENT)
                fprintf(to, "  %s\n%*s", left, INDENT, "");
        else
                fprintf(to, "  %-*s", INDENT - 2, left);
        mstc_help_words(help, INDENT, to);
}

static void
print_flags(const char *title, const struct mstc_flag *flags, FILE *to)
{
        if (flags == NULL || flags->name == NULL)
                return;
        fprintf(to, "\n%s\n", title);
        for (; flags->name != NULL; flags++)
                print_flag(flags, to);
}

void
mstc_help_usage(const struct mstc_command *command, FILE *to)
{
        if (command == NULL) {
                fputs("usage: muster [-c FILE] COMMAND [...]; 'muster help' lists the commands\n", to);
                return;
        }
        fprintf(to, "usage: muster %s%s%s%s\n", command->name,
                command->flags != NULL ? " [OPTION]..." : "", command->arguments[0] != '\0' ? " " : "",
                command->arguments);
}

void
mstc_help_program(FILE *to)
{
        fputs("usage: muster [-c FILE] COMMAND [OPTION]... [ARGUMENT]...\n\n"
              "Keeps user accounts and groups in other systems in step with a directory.\n\n"
              "Commands\n", to);
        for (size_t i = 0; i < mstc_command_count; i++)
                if (!mstc_commands[i]->hidden)
                        fprintf(to, "  %-12s  %s\n", mstc_commands[i]->name, mstc_commands[i]->summary);
        print_flags("Options of every command", mstc_common_flags, to);
        fputs("\nExit codes\n"
              "  0  done\n"
              "  1  done, but some records failed or are parked\n"
              "  2  wrong usage or configuration\n"
              "  3  held by a guard (muster holds)\n"
              "  4  could not run, or was stopped\n\n"
              "'muster COMMAND --help' tells more; the whole is in muster(1) and muster.xml(5).\n", to);
}

void
mstc_help_command(const struct mstc_command *command, FILE *to)
{
        mstc_help_usage(command, to);
        fputc('\n', to);
        mstc_help_words(command->about, 0, to);
        if (command->example != NULL)
                fprintf(to, "\nExample\n%s", command->example);
        print_flags("Options", command->flags, to);
        print_flags("Options of every command", mstc_common_flags, to);
}

static int
run(struct mstc_cli *cli)
{
        const char *name = mstc_args_at(cli->args, 0);
        const struct mstc_command *command = name != NULL ? mstc_command_find(name) : NULL;

        if (name != NULL && mstc_event_read(name) != 0)
                return mstc_help_event(cli, mstc_event_read(name));
        if (name != NULL && strcmp(name, "messages") == 0)
                return mstc_help_events(cli);
        if (name != NULL && command == NULL)
                return mstc_cli_misused(cli, "there is no command '%s'", name);
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "commands");
                for (size_t i = 0; i < mstc_command_count; i++) {
                        if ((command != NULL && command != mstc_commands[i]) || (command == NULL && mstc_commands[i]->hidden))
                                continue;
                        mstc_json_object(cli->json, NULL);
                        mstc_json_text(cli->json, "name", mstc_commands[i]->name);
                        mstc_json_text(cli->json, "arguments", mstc_commands[i]->arguments);
                        mstc_json_text(cli->json, "summary", mstc_commands[i]->summary);
                        mstc_json_end(cli->json);
                }
                mstc_json_end(cli->json);
        } else if (command != NULL)
                mstc_help_command(command, stdout);
        else
                mstc_help_program(stdout);
        return MSTC_END_DONE;
}

const struct mstc_command mstc_command_help = {
        .name = "help", .arguments = "[COMMAND | MST-NUMBER | messages]", .most = 1, .plain = true,
        .summary = "tell what the commands are, or what a message means",
        .about =
        "Without an argument: the list of commands.  With a COMMAND: the same as COMMAND --help.\n"
        "With the number that a line of a log ends with: what it means, why it comes and what to\n"
        "do.  With messages: all of them.",
        .example =
        "  muster help MST-1042\n",
        .run = run,
};
