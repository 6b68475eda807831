/* help.c - what --help prints, made from the tables that the parser uses. */
#include "build.h"

#include "cli/cli.h"

#include <string.h>

#define INDENT 28                            /* where the words begin                  */
#define WIDTH (80 - INDENT)

/* In lines that end before column 80; the first begins where the cursor is. */
static void
print_words(const char *text, FILE *to)
{
        while (strlen(text) > WIDTH) {
                size_t length = WIDTH;

                while (length > 0 && text[length] != ' ')
                        length--;
                if (length == 0)
                        break;
                fprintf(to, "%.*s\n%*s", (int)length, text, INDENT, "");
                text += length + 1;
        }
        fprintf(to, "%s\n", text);
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
        print_words(help, to);
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
        fprintf(to, "\n%s\n", command->about);
        print_flags("Options", command->flags, to);
        print_flags("Options of every command", mstc_common_flags, to);
}

static int
run(struct mstc_cli *cli)
{
        const char *name = mstc_args_at(cli->args, 0);
        const struct mstc_command *command = name != NULL ? mstc_command_find(name) : NULL;

        if (name != NULL && command == NULL)
                return mstc_cli_misused(cli, "there is no command '%s'", name);
        if (cli->json != NULL) {
                mstc_json_array(cli->json, "commands");
                for (size_t i = 0; i < mstc_command_count; i++) {
                        if (command != NULL && command != mstc_commands[i])
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
        .name = "help", .arguments = "[COMMAND]", .most = 1, .plain = true,
        .summary = "tell what the commands are, or all about one",
        .about = "Without COMMAND: the list of commands.  With one: the same as COMMAND --help.",
        .run = run,
};
