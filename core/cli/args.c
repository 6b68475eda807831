/* args.c - the command line, parsed by a table (getopt_long does the walking).
 *
 * Two walks: the first stops at the first word that is no option, which is the
 * command; the second goes over the rest with the command's options added to the
 * common ones.  A word nobody knows is answered with the nearest that there is. */
#include "build.h"

#include "cli/args.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "cli/cli.h"
#include "util/alloc.h"
#include "util/buffer.h"
#include "util/near.h"

#define MOST_FLAGS 32u
#define MOST_COMMANDS 64u

struct given {
        const struct mstc_flag *flag;
        const char *value;
};

struct mstc_args {
        struct given *given;
        const char **values;                 /* mstc_args_values() collects here       */
        const char **words;
        size_t given_count, word_count;
};

const struct mstc_flag mstc_common_flags[] = {
        { .name = "config", .letter = 'c', .takes = "FILE",
          .help = "the configuration (else $MUSTER_CONFIG, else the system's muster.xml)" },
        { .name = "json", .help = "print one JSON object instead of tables" },
        { .name = "verbose", .letter = 'v', .help = "tell more of what is going on" },
        { .name = "help", .letter = 'h', .help = "print this help" },
        { .name = NULL }
};

static const struct mstc_flag version_flag = { .name = "version", .letter = 'V' };

/* One walk's tables for getopt_long. */
struct walk {
        const struct mstc_flag *flags[MOST_FLAGS];
        struct option longs[MOST_FLAGS + 1];
        char shorts[2 + 2 * MOST_FLAGS + 1];
        size_t count;
};

static void
walk_add(struct walk *walk, const struct mstc_flag *flag)
{
        size_t end = strlen(walk->shorts);
        size_t at = walk->count++;

        assert(at < MOST_FLAGS);
        walk->flags[at] = flag;
        walk->longs[at] = (struct option){ .name = flag->name, .val = 256 + (int)at,
                .has_arg = flag->takes != NULL ? required_argument : no_argument };
        if (flag->letter != 0) {
                walk->shorts[end++] = flag->letter;
                if (flag->takes != NULL)
                        walk->shorts[end++] = ':';
                walk->shorts[end] = '\0';
        }
}

static void
walk_add_all(struct walk *walk, const struct mstc_flag *flags)
{
        for (; flags != NULL && flags->name != NULL; flags++)
                walk_add(walk, flags);
}

static const struct mstc_flag *
walk_flag(const struct walk *walk, int got)
{
        if (got >= 256)
                return walk->flags[got - 256];
        for (size_t i = 0; i < walk->count; i++)
                if (walk->flags[i]->letter == got)
                        return walk->flags[i];
        return NULL;
}

static void
keep(struct mstc_args *args, const struct mstc_flag *flag, const char *value)
{
        args->given[args->given_count++] = (struct given){ flag, value };
}

/* "--output=x" without the dashes and the value. */
static char *
bare_name(const char *word)
{
        const char *name = word + strspn(word, "-");

        return mstc_strndup(name, strcspn(name, "="));
}

static const char *
near_flag(const struct walk *walk, const char *name)
{
        const char *names[MOST_FLAGS];

        for (size_t i = 0; i < walk->count; i++)
                names[i] = walk->flags[i]->name;
        return mstc_near(name, names, walk->count);
}

static char *
say_wrong(const struct walk *walk, int got, const char *word, int letter)
{
        struct mstc_buffer say = { 0 };
        char *name;
        const char *near;

        if (got == ':') {
                const struct mstc_flag *flag = walk_flag(walk, letter);

                mstc_buffer_printf(&say, "option %s needs a value%s%s", word,
                                   flag != NULL ? ": " : "", flag != NULL ? flag->takes : "");
                return mstc_buffer_take(&say);
        }
        if (letter >= 256) {                 /* known, but written --flag=value        */
                mstc_buffer_printf(&say, "option --%s takes no value",
                                   walk->flags[letter - 256]->name);
                return mstc_buffer_take(&say);
        }
        if (letter != 0) {
                mstc_buffer_printf(&say, "unknown option -%c", letter);
                if (strpbrk(word, " (") != NULL)         /* a rule that begins with -not   */
                        mstc_buffer_text(&say, "; write -- in front of an argument that begins with a hyphen");
                return mstc_buffer_take(&say);
        }
        name = bare_name(word);
        near = name != NULL ? near_flag(walk, name) : NULL;
        mstc_buffer_printf(&say, "unknown option --%s", name != NULL ? name : word);
        if (near != NULL)
                mstc_buffer_printf(&say, "; did you mean --%s?", near);
        mstc_free(name);
        return mstc_buffer_take(&say);
}

/* Walks from argv[1] of 'argv' (argv[0] is passed over).  Leaves optind at the first
 * word that is no option. */
static bool
walk_over(struct walk *walk, int argc, char **argv, struct mstc_args *args, char **ret_wrong)
{
        int got;

        opterr = 0;
        optind = 0;                          /* glibc, musl: start anew                */
        for (;;) {
                int at = optind > 0 ? optind : 1;

                got = getopt_long(argc, argv, walk->shorts, walk->longs, NULL);
                if (got == -1)
                        return true;
                if (got == '?' || got == ':') {
                        /* optind may or may not have moved past the culprit. */
                        const char *word = argv[optind > at ? optind - 1 : at];

                        *ret_wrong = say_wrong(walk, got, word, optopt);
                        return false;
                }
                keep(args, walk_flag(walk, got), optarg);
        }
}

static char *
unknown_command(const char *word)
{
        struct mstc_buffer say = { 0 };
        const char *names[MOST_COMMANDS], *near;

        assert(mstc_command_count <= MOST_COMMANDS);
        for (size_t i = 0; i < mstc_command_count; i++)
                names[i] = mstc_commands[i]->name;
        near = mstc_near(word, names, mstc_command_count);
        mstc_buffer_printf(&say, "unknown command '%s'", word);
        if (near != NULL)
                mstc_buffer_printf(&say, "; did you mean '%s'?", near);
        return mstc_buffer_take(&say);
}

static bool
check_words(const struct mstc_command *command, const struct mstc_args *args, char **ret_wrong)
{
        struct mstc_buffer say = { 0 };

        if (args->word_count < command->least)
                mstc_buffer_printf(&say, "%s needs %s", command->name, command->arguments);
        else if (args->word_count > command->most && command->most == 0)
                mstc_buffer_printf(&say, "%s takes no arguments, and '%s' is one", command->name,
                                   args->words[0]);
        else if (args->word_count > command->most)
                mstc_buffer_printf(&say, "%s takes at most %u argument%s, and '%s' is one more",
                                   command->name, command->most, command->most == 1 ? "" : "s",
                                   args->words[command->most]);
        else
                return true;
        *ret_wrong = mstc_buffer_take(&say);
        return false;
}

static bool
parse_command(const struct mstc_command *command, int argc, char **argv, struct mstc_args *args,
              char **ret_wrong)
{
        struct walk walk = { .shorts = ":" };

        walk_add_all(&walk, mstc_common_flags);
        walk_add_all(&walk, command->flags);
        if (!walk_over(&walk, argc, argv, args, ret_wrong))
                return false;
        for (int i = optind; i < argc; i++)
                args->words[args->word_count++] = argv[i];
        return mstc_args_has(args, "help") || check_words(command, args, ret_wrong);
}

static struct mstc_args *
args_new(int argc, char **argv)
{
        struct mstc_args *args = mstc_alloc(sizeof *args);
        size_t most = 1;

        if (args == NULL)
                return NULL;
        for (int i = 0; i < argc; i++)       /* -vvv is one word and three options     */
                most += strlen(argv[i]) + 1;
        args->given = mstc_realloc_array(NULL, most, sizeof *args->given);
        args->values = mstc_realloc_array(NULL, most, sizeof *args->values);
        args->words = mstc_realloc_array(NULL, most, sizeof *args->words);
        if (args->given != NULL && args->values != NULL && args->words != NULL)
                return args;
        mstc_args_free(args);
        return NULL;
}

bool
mstc_args_parse(int argc, char **argv, struct mstc_args **ret, const struct mstc_command **ret_command,
                char **ret_wrong)
{
        struct walk walk = { .shorts = "+:" };
        struct mstc_args *args = args_new(argc, argv);
        int at;

        *ret = args;
        *ret_command = NULL;
        *ret_wrong = NULL;
        if (args == NULL)
                return false;
        walk_add_all(&walk, mstc_common_flags);
        walk_add(&walk, &version_flag);
        if (!walk_over(&walk, argc, argv, args, ret_wrong))
                return false;
        at = optind;
        for (size_t i = 0; i < args->given_count; i++)
                if (args->given[i].flag == &version_flag) {
                        *ret_command = &mstc_command_version;
                        return true;
                }
        if (at >= argc)
                return true;
        *ret_command = mstc_command_find(argv[at]);
        if (*ret_command == NULL) {
                *ret_wrong = unknown_command(argv[at]);
                return false;
        }
        return parse_command(*ret_command, argc - at, argv + at, args, ret_wrong);
}

void
mstc_args_free(struct mstc_args *args)
{
        if (args == NULL)
                return;
        mstc_free(args->given);
        mstc_free(args->values);
        mstc_free(args->words);
        mstc_free(args);
}

bool
mstc_args_has(const struct mstc_args *args, const char *flag)
{
        for (size_t i = 0; i < args->given_count; i++)
                if (strcmp(args->given[i].flag->name, flag) == 0)
                        return true;
        return false;
}

const char *
mstc_args_value(const struct mstc_args *args, const char *flag)
{
        for (size_t i = args->given_count; i-- > 0; )
                if (strcmp(args->given[i].flag->name, flag) == 0)
                        return args->given[i].value;
        return NULL;
}

const char *const *
mstc_args_values(const struct mstc_args *args, const char *flag, size_t *count)
{
        const char **into = args->values;    /* asked for one option at a time         */

        *count = 0;
        for (size_t i = 0; i < args->given_count; i++)
                if (strcmp(args->given[i].flag->name, flag) == 0)
                        into[(*count)++] = args->given[i].value;
        return into;
}

size_t
mstc_args_count(const struct mstc_args *args)
{
        return args->word_count;
}

const char *
mstc_args_at(const struct mstc_args *args, size_t index)
{
        return index < args->word_count ? args->words[index] : NULL;
}

const char *const *
mstc_args_words(const struct mstc_args *args)
{
        return args->words;
}
