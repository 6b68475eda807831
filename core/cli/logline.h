/* logline.h - a line of the log as it leaves the program: which ones are wanted, and in what form.
 *
 *   text      time  sync: level: sentence [MST-1042]; under a service manager with the priority
 *             that it reads in front, instead of the time
 *   json      one object a line
 *   journald  fields to the journal's socket: MESSAGE, PRIORITY, MESSAGE_ID, MST_CODE, ...
 *   auto      journald where the journal has our stderr, else text
 *
 * A line that cannot be written is lost, and everything else goes on: a log disk that is full must
 * not stop anybody's account.  How many were lost is told once, with the first that can be. */
#ifndef MSTC_LOGLINE_H
#define MSTC_LOGLINE_H

#include <muster/error.h>

#include "engine/event.h"

enum mstc_log_form { MSTC_LOG_AUTO, MSTC_LOG_TEXT, MSTC_LOG_JSON, MSTC_LOG_JOURNALD };

#define MSTC_LOG_RULES 32

/* Which lines: a level for all, and others for single components. */
struct mstc_log_levels {
        enum mst_level all;
        struct { char component[64]; enum mst_level level; } rules[MSTC_LOG_RULES];
        size_t count;
};

struct mstc_logger {
        struct mstc_log_levels levels;
        enum mstc_log_form form;
        int journal;                         /* socket; -1: none                       */
        uint64_t lost;                       /* lines that could not be written        */
        bool dated;                          /* text without a service manager: the time in front */
};

/* The service's own lines from 'info' on, of all others warnings and errors; with 'verbose' all. */
void mstc_log_levels_default(struct mstc_log_levels *levels, bool verbose);
/* "debug", "engine=debug,http=warning" or both, over what is there.  'engine' is every component of
 * the engine; a source or sink is a component by its name. */
int mstc_log_levels_read(const char *text, struct mstc_log_levels *levels, struct mst_error *err);
bool mstc_log_wants(const struct mstc_log_levels *levels, const struct mstc_line *line);
int mstc_log_form_read(const char *text, enum mstc_log_form *ret, struct mst_error *err);
const char *mstc_level_name(enum mst_level level);

/* As the command line says, else the configuration (may be NULL), else the default; opens the
 * journal where that is needed.  What is wrong has been told, with the exit code. */
struct mstc_cli;
struct mstc_config;
int mstc_logger_set(struct mstc_logger *logger, struct mstc_cli *cli, const struct mstc_config *config);

/* Finds out what 'auto' is here and opens the journal. */
void mstc_logger_open(struct mstc_logger *logger);
void mstc_logger_close(struct mstc_logger *logger);
/* 'sync' may be NULL.  Goes to stderr or the journal. */
void mstc_logger_put(struct mstc_logger *logger, const char *sync, const struct mstc_line *line);

#endif
