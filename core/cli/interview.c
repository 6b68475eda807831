/* interview.c - the questions of `muster init`, to somebody at a terminal.
 *
 *   parts     which source, which sinks, by what names
 *   options   of each: those that are required and those the plugin marks to be asked for
 *   judge     each answer by its row, then all by the connector; what it blames is asked again
 *   others    any further option, by its name
 *
 * Which questions there are only the plugins' tables say. */
#include "build.h"

#include "cli/interview.h"

#include <stdio.h>
#include <string.h>

#include "cli/table.h"
#include "util/near.h"

struct interview {
        struct mstc_cli *cli;
        struct mstc_ask *ask;
        struct mstc_draft *draft;
        struct mstc_plugins *plugins;
};

static void
say(struct interview *i, unsigned indent, const char *text)
{
        printf("%*s", (int)indent, "");
        mstc_wrap(i->cli->arena, stdout, text != NULL ? text : "", indent, indent, i->cli->width);
}

static void
complain(struct interview *i, const char *text, const char *remedy)
{
        printf("  %s", mstc_paint_on(i->cli->colour, MSTC_BAD));
        mstc_wrap(i->cli->arena, stdout, text != NULL ? text : "", 2, 2, i->cli->width);
        fputs(mstc_paint_off(i->cli->colour, MSTC_BAD), stdout);
        if (remedy != NULL)
                say(i, 4, remedy);
}

/* ---- parts ---- */

static void
list_plugins(struct interview *i, bool source)
{
        size_t count;
        const char *const *names = mstc_plugins_names(i->plugins, &count);

        for (size_t n = 0; n < count; n++) {
                struct mst_error err = { 0 };
                const struct mst_plugin *plugin = mstc_plugins_get(i->plugins, names[n], &err);

                if (plugin == NULL || (source ? plugin->source == NULL : plugin->sink == NULL))
                        continue;
                printf("  %-10s ", plugin->name);
                mstc_wrap(i->cli->arena, stdout, plugin->summary, 13, 13, i->cli->width);
        }
}

/* NULL when it is over; '*ret_none' when nothing more is wanted. */
static struct mstc_draft_part *
ask_part(struct interview *i, bool source, bool required, bool *ret_none)
{
        const char *question = source ? "Source: " : required ? "Sink: " : "Another sink (Enter: none): ";
        struct mstc_draft_part *part = NULL;

        *ret_none = false;
        while (part == NULL) {
                struct mst_error err = { 0 };
                const char *answer = mstc_ask_line(i->ask, question), *name;

                if (answer == NULL || (answer[0] == '\0' && !required)) {
                        *ret_none = answer != NULL;
                        return NULL;
                }
                if (answer[0] == '\0' || strcmp(answer, "?") == 0) {
                        list_plugins(i, source);
                        continue;
                }
                part = mstc_draft_add(i->draft, i->plugins, answer, source, &err);
                if (part == NULL) {
                        complain(i, err.text, NULL);
                        continue;
                }
                if (strchr(answer, '=') != NULL)
                        break;
                /* By which name the configuration, status and the log call it. */
                name = mstc_ask_line(i->ask, mst_arena_printf(i->cli->arena, "Its name [%s]: ", part->name));
                if (name == NULL)
                        return NULL;
                if (name[0] != '\0' && !mstc_draft_name(i->draft, part, name, &err))
                        complain(i, err.text, mst_arena_printf(i->cli->arena, "it is called %s", part->name));
        }
        return part;
}

/* ---- options ---- */

static bool
set_answer(struct interview *i, struct mstc_draft_part *part, const struct mst_option *row, const char *answer)
{
        struct mst_error err = { 0 };

        if (mstc_draft_set(i->draft, part, row, answer, &err) == MST_OK)
                return true;
        complain(i, err.text, NULL);
        return false;
}

/* True when the question is through, also by "none". */
static bool
ask_secret(struct interview *i, struct mstc_draft_part *part, const struct mst_option *row, bool required)
{
        const char *prompt = mst_arena_printf(i->cli->arena, "%s (not shown; @FILE: it is in that file%s): ", row->name,
                                              required ? "" : "; Enter: none");
        struct mst_secret *secret = mstc_ask_secret(i->ask, prompt != NULL ? prompt : row->name);
        struct mst_error err = { 0 };
        int rc;

        if (secret == NULL) {
                if (required && !mstc_ask_over(i->ask))
                        complain(i, mst_arena_printf(i->cli->arena, "<%s> is empty", row->name), row->help);
                return !required || mstc_ask_over(i->ask);
        }
        if (mst_secret_reveal(secret)[0] == '@') {
                rc = mstc_draft_set_file(i->draft, part, row, mst_secret_reveal(secret) + 1, &err);
                mst_secret_free(secret);
        } else
                rc = mstc_draft_set_secret(i->draft, part, row, secret, &err);
        if (rc != MST_OK)
                complain(i, err.text, NULL);
        return rc == MST_OK;
}

static bool
ask_text(struct interview *i, struct mstc_draft_part *part, const struct mst_option *row, bool required)
{
        struct mst_arena *arena = i->cli->arena;
        const char *hint = row->def != NULL ? mst_arena_printf(arena, " [%s]", row->def) : required ? "" : " (Enter: none)";
        const char *prompt = mst_arena_printf(arena, "%s%s: ", row->name, hint != NULL ? hint : "");
        const char *answer = mstc_ask_line(i->ask, prompt != NULL ? prompt : row->name);

        if (answer == NULL || (answer[0] == '\0' && !required))
                return true;
        return set_answer(i, part, row, answer);
}

static void
ask_option(struct interview *i, struct mstc_draft_part *part, const struct mst_option *row)
{
        bool required = (row->flags & MST_OPT_REQUIRED) != 0, done = false;

        say(i, 2, row->help);
        if (row->more != NULL && (row->flags & MST_OPT_REQUIRED) == 0)
                say(i, 4, row->more);
        if (row->type == MST_OPT_CHOICE)
                say(i, 4, mst_arena_printf(i->cli->arena, "one of %s", row->choices));
        while (!done && !mstc_ask_over(i->ask))
                done = row->type == MST_OPT_SECRET ? ask_secret(i, part, row, required) : ask_text(i, part, row, required);
}

static void
list_options(struct interview *i, const struct mstc_draft_part *part)
{
        for (const struct mst_option *row = part->table; row->name != NULL; row++) {
                if ((row->flags & MST_OPT_DEPRECATED) != 0)
                        continue;
                printf("  %-24s %s", row->name, strlen(row->name) > 24 ? "\n" : "");
                mstc_wrap(i->cli->arena, stdout, row->help, 27, 27, i->cli->width);
        }
}

/* The option that somebody names; NULL: none, or it is over. */
static const struct mst_option *
ask_which(struct interview *i, const struct mstc_draft_part *part, const char *question)
{
        for (;;) {
                const char *answer = mstc_ask_line(i->ask, question), *names[256], *near;
                const struct mst_option *row;
                size_t count = 0;

                if (answer == NULL || answer[0] == '\0')
                        return NULL;
                if (strcmp(answer, "?") == 0) {
                        list_options(i, part);
                        continue;
                }
                row = mstc_draft_option(part, answer, strlen(answer));
                if (row != NULL)
                        return row;
                for (row = part->table; row->name != NULL && count < 256; row++)
                        names[count++] = row->name;
                near = mstc_near(answer, names, count);
                complain(i, mst_arena_printf(i->cli->arena, "the plugin '%s' has no option <%s>", part->plugin->name, answer),
                         near != NULL ? mst_arena_printf(i->cli->arena, "did you mean <%s>?", near) : "? lists them");
        }
}

/* The given option that a complaint names by its value or as an element. */
static const struct mst_option *
blamed(struct interview *i, const struct mstc_draft_part *part, const char *text)
{
        for (const struct mstc_given *given = part->given; given != NULL; given = given->next) {
                const char *value = given->file != NULL ? given->file : given->text;
                const char *quoted = mst_arena_printf(i->cli->arena, "'%s'", value);
                const char *element = mst_arena_printf(i->cli->arena, "<%s>", given->name);

                if ((quoted != NULL && value[0] != '\0' && strstr(text, quoted) != NULL)
                    || (element != NULL && strstr(text, element) != NULL))
                        return mstc_draft_option(part, given->name, strlen(given->name));
        }
        return NULL;
}

/* Until the connector takes all its options. */
static bool
ask_until_good(struct interview *i, struct mstc_draft_part *part)
{
        for (;;) {
                struct mstc_report *report = mstc_report_new();
                const struct mst_option *row = NULL;
                bool good = report != NULL && mstc_draft_try(i->draft, part, report);

                for (size_t n = 0; report != NULL && n < mstc_report_count(report) && !good; n++) {
                        const struct mstc_complaint *complaint = mstc_report_at(report, n);

                        if (complaint->warning)
                                continue;
                        complain(i, complaint->text, complaint->remedy);
                        if (row == NULL)
                                row = blamed(i, part, complaint->text);
                }
                mstc_report_free(report);
                if (good || mstc_ask_over(i->ask))
                        return good;
                if (row == NULL)
                        row = ask_which(i, part, "Which option is to be set or changed (? lists them; Enter: give up): ");
                if (row == NULL)
                        return false;
                mstc_draft_forget(part, row);
                ask_option(i, part, row);
        }
}

static bool
ask_options(struct interview *i, struct mstc_draft_part *part)
{
        const struct mst_option *row;

        printf("\n");
        mstc_head(i->cli->arena, i->cli->colour, i->cli->width, part->name, part->plugin->summary);
        for (row = part->table; row->name != NULL && !mstc_ask_over(i->ask); row++)
                if ((row->flags & (MST_OPT_REQUIRED | MST_OPT_ASK)) != 0 && mstc_draft_given(part, row) == NULL)
                        ask_option(i, part, row);
        while (!mstc_ask_over(i->ask)) {
                if (!ask_until_good(i, part))
                        return false;
                row = ask_which(i, part, "Another option (its name; ? lists them; Enter: none): ");
                if (row == NULL)
                        break;
                mstc_draft_forget(part, row);
                ask_option(i, part, row);
        }
        return !mstc_ask_over(i->ask);
}

bool
mstc_interview(struct mstc_cli *cli, struct mstc_ask *ask, struct mstc_draft *draft, struct mstc_plugins *plugins)
{
        struct interview i = { .cli = cli, .ask = ask, .draft = draft, .plugins = plugins };
        bool none = false, given = draft->part_count > 1;

        say(&i, 0, mst_arena_printf(cli->arena, "This makes %s. Enter takes what stands in [brackets]; ? lists what "
                                    "there is; Ctrl-C ends it, and nothing is written.", draft->config));
        if (draft->part_count == 0) {
                printf("\nWhere people are read from:\n");
                list_plugins(&i, true);
                if (ask_part(&i, true, true, &none) == NULL)
                        return false;
        }
        if (!ask_options(&i, &draft->parts[0]))
                return false;
        for (size_t n = 1; n < draft->part_count; n++)
                if (!ask_options(&i, &draft->parts[n]))
                        return false;
        while (!given) {
                struct mstc_draft_part *part;

                if (draft->part_count == 1) {
                        printf("\nWhere they are written to:\n");
                        list_plugins(&i, false);
                }
                part = ask_part(&i, false, draft->part_count == 1, &none);
                if (part == NULL)
                        return none;
                if (!ask_options(&i, part))
                        return false;
        }
        return true;
}

bool
mstc_interview_agrees(struct mstc_cli *cli, struct mstc_ask *ask, const struct mstc_draft *draft)
{
        const char *answer;

        printf("\nTo be written:\n  %s\n", mstc_fit(cli->arena, draft->config, 0));
        for (size_t i = 0; i < draft->part_count; i++)
                for (const struct mstc_draft_secret *told = draft->parts[i].secrets; told != NULL; told = told->next)
                        printf("  %s\n", mstc_fit(cli->arena, told->given->file, 0));
        printf("  %s/ (a folder)\n", mstc_fit(cli->arena, draft->state, 0));
        answer = mstc_ask_line(ask, "Write them? [Y/n] ");
        return answer != NULL && (answer[0] == '\0' || answer[0] == 'y' || answer[0] == 'Y');
}
