/* workplace.h - what a command works on: the configuration, the setup, the store.
 *
 * Each is opened when it is asked for and not before.  What goes wrong is told here
 * (on stderr, or in the JSON document) and comes back as an exit code; MSTC_END_DONE
 * means that there is something to work with. */
#ifndef MSTC_WORKPLACE_H
#define MSTC_WORKPLACE_H

#include "cli/cli.h"
#include "config/config.h"
#include "engine/engine.h"

struct mstc_workplace {
        const char *file;                    /* the configuration; NULL: as the command line says */
        const char *who;                     /* who asked for it                       */
        struct mstc_report *report;
        struct mstc_config *config;          /* the setup's, once there is one         */
        struct mstc_setup *setup;
        struct mstc_stop *stop;
        struct mstc_engine *engine;
        struct mstc_store *store;            /* for reading                            */
        struct mstc_call *lent;              /* the service that waits for us, or NULL */
};

/* Reads the configuration, as root takes on the state's owner. */
int mstc_workplace_config(struct mstc_cli *cli, struct mstc_workplace *place);
/* And loads the plugins, compiles everything.  Warnings are shown when 'quiet' is not set. */
int mstc_workplace_setup(struct mstc_cli *cli, struct mstc_workplace *place, bool quiet);
/* The configuration, and the store for reading.  When nothing has run yet this says so,
 * gives the document the empty list 'key', and leaves place->store NULL: nothing more is
 * to be done.  With 'key' NULL that is an error. */
int mstc_workplace_store(struct mstc_cli *cli, struct mstc_workplace *place, const char *key);
/* The same, and everything compiled as mstc_workplace_setup() does, warnings left out. */
int mstc_workplace_rules(struct mstc_cli *cli, struct mstc_workplace *place, const char *key);
void mstc_workplace_close(struct mstc_workplace *place);

/* "file:12:3: ", with what is known. */
const char *mstc_place_text(struct mst_arena *arena, const struct mstc_place *place);
/* The complaints: file:line:column: error: text, the remedy below; or "complaints". */
void mstc_report_print(struct mstc_cli *cli, struct mstc_report *report, bool warnings);

/* The configuration has mistakes: they are the message, and this the end of it. */
int mstc_workplace_mistakes(struct mstc_cli *cli, struct mstc_workplace *place);

/* The configuration file's path as the admin wrote it. */
const char *mstc_workplace_file(const struct mstc_cli *cli);

#endif
