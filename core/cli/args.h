/* args.h - the command line, parsed by a table.
 *
 * Options stand anywhere; "--" ends them.  What every command takes (--config, --json,
 * --verbose, --help) may also stand before the command's name.  Texts are borrowed
 * from argv. */
#ifndef MSTC_ARGS_H
#define MSTC_ARGS_H

#include <stdio.h>

#include <muster/abi.h>

struct mstc_flag {
        const char *name;                    /* without the dashes; NULL ends a table  */
        char letter;                         /* 0: none                                */
        const char *takes;                   /* "FILE"; NULL: takes nothing            */
        const char *help;
        bool repeats;
};

extern const struct mstc_flag mstc_common_flags[];

struct mstc_args;
struct mstc_command;

/* Parses.  On false 'ret_wrong' is a sentence (mstc_free) - or NULL when memory is out -
 * and 'ret' is still usable for what was understood before it.  '*ret_command' is NULL
 * when the line names none. */
bool mstc_args_parse(int argc, char **argv, struct mstc_args **ret,
                     const struct mstc_command **ret_command, char **ret_wrong);
void mstc_args_free(struct mstc_args *args);

/* Was it given?  The name must be in the command's table or the common one. */
bool mstc_args_has(const struct mstc_args *args, const char *flag);
/* The last value given, or NULL. */
const char *mstc_args_value(const struct mstc_args *args, const char *flag);
/* All values, in order; valid until the next call. */
const char *const *mstc_args_values(const struct mstc_args *args, const char *flag, size_t *count);

size_t mstc_args_count(const struct mstc_args *args);
const char *mstc_args_at(const struct mstc_args *args, size_t index);   /* NULL past the end */
const char *const *mstc_args_words(const struct mstc_args *args);       /* all, in order */

#endif
