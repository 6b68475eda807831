/* opshow.h - ops for people and for the document: grouped by target and verb, each with its
 * changes before -> after.
 *
 * Ops come in any order and in any number; each group gathers its text in a file without a
 * name, so that a plan of a million costs no memory.  Values of attributes that the sink's
 * connector calls secret are never shown. */
#ifndef MSTC_OPSHOW_H
#define MSTC_OPSHOW_H

#include "cli/cli.h"
#include "engine/setup.h"
#include "store/view.h"

/* One op, from the plan or from the store. */
struct mstc_shown_op {
        int64_t number, run, hold;           /* 0: none                                */
        const char *sync;                    /* NULL: does not matter                  */
        const char *target, *sink;
        int verb, kind, reason, state, outcome;
        const char *id, *title, *object_name;
        const struct mst_record *before, *after;
        uint64_t joins, leaves, members;     /* 'members' where the two are not known  */
        const char *text;
        int64_t ended;
};

/* Which values are secret: asked for a sink's name. */
struct mstc_secrets {
        const struct mstc_setup *setup;      /* NULL: nothing is known (and the store keeps none) */
};

struct mstc_opshow;

/* Shows at most 'most' ops of each group.  NULL: out of memory. */
struct mstc_opshow *mstc_opshow_new(struct mstc_cli *cli, struct mstc_secrets secrets, size_t most);
void mstc_opshow_free(struct mstc_opshow *show);
void mstc_opshow_add(struct mstc_opshow *show, const struct mstc_shown_op *op);
/* Prints all groups; false when a file could not be written or memory ran out. */
bool mstc_opshow_print(struct mstc_opshow *show);
uint64_t mstc_opshow_count(const struct mstc_opshow *show);

/* The op as a row of an array; or without its end, for who has more to say. */
void mstc_op_json_begin(struct mstc_json *json, struct mstc_secrets secrets, const struct mstc_shown_op *op);
void mstc_op_json(struct mstc_json *json, struct mstc_secrets secrets, const struct mstc_shown_op *op);

struct mstc_shown_op mstc_shown_of_view(const struct mstc_view_op *op);
struct mstc_planned;
struct mstc_shown_op mstc_shown_of_planned(const struct mstc_planned *planned, const char *sync);

#endif
