/* caller.h - a command that talks to the service of its store.
 *
 *      mstc_call_begin()   reads the configuration, finds out whether a service runs
 *      call.out            takes what belongs to the verb
 *      mstc_call_ask()     sends it, waits, and leaves the answer
 *      mstc_call_end()
 *
 * Where no service runs, mstc_call_is_served() says no and the command works on the store itself. */
#ifndef MSTC_CALLER_H
#define MSTC_CALLER_H

#include "cli/wire.h"
#include "cli/workplace.h"

struct mstc_call {
        struct mstc_cli *cli;
        struct mstc_workplace *place;
        const char *path;                    /* of the socket                          */
        int fd;                              /* -1: nobody is there                    */
        struct mst_json_out *out;            /* the request, begun                     */
        const struct mst_value *answer;      /* what stands in "ok"                    */
        /* What the service tells meanwhile; may be NULL. */
        void (*news)(void *self, const struct mst_value *news);
        void *self;
        bool enough;                         /* set by news(): that was the answer     */
        int silence_ms;                      /* how long it may say nothing; 0: a minute */
        struct mstc_buffer in;
};

/* MSTC_END_DONE, also when nobody is there; else the exit code of what has been told. */
int mstc_call_begin(struct mstc_call *call, struct mstc_cli *cli, struct mstc_workplace *place, const char *verb);
/* The same where place->config has been read. */
int mstc_call_join(struct mstc_call *call, struct mstc_cli *cli, struct mstc_workplace *place, const char *verb);
bool mstc_call_is_served(const struct mstc_call *call);
/* Waits for the answer as long as the service shows that it lives, or place->stop. */
int mstc_call_ask(struct mstc_call *call);
/* The same for who tells the error himself. */
int mstc_call_try(struct mstc_call *call, struct mst_error *err);
void mstc_call_end(struct mstc_call *call);     /* also of one that was never begun       */

/* Where the socket of this configuration lies. */
const char *mstc_call_path(struct mst_arena *arena, const struct mstc_config *config);

#endif
