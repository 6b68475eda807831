/* meter.h - what is counted for metrics while a run goes on: see meter.c. */
#ifndef MSTC_METER_H
#define MSTC_METER_H

#include <muster/op.h>

struct mstc_engine;
struct mstc_run;

struct mstc_meter;
struct mstc_meters {
        struct mstc_meter *rows; size_t count, room;
        int64_t run, run_began;              /* the run that an op was last asked of   */
};

/* 'name' is a literal of <store/meters.h>. */
int mstc_meter_add(struct mstc_engine *engine, const char *name, int64_t owner, int64_t part, int64_t more,
                   struct mst_error *err);
/* Into the store; in a transaction. */
int mstc_meters_save(struct mstc_engine *engine, struct mst_error *err);
void mstc_meters_done(struct mstc_engine *engine);

/* An op that was settled. */
int mstc_meter_op(struct mstc_run *run, const struct mst_op *op, struct mst_error *err);
/* The end of a run, in its transaction, with its summary made; 'good': nothing broke it off. */
int mstc_meter_run(struct mstc_run *run, bool good, struct mst_error *err);

#endif
