/* planfile.h - a plan in a file: written by `muster plan -o`, read by `muster apply`.
 *
 * One JSON object, for its owner's eyes (0600).  "seal" tells which store it is of, who made it,
 * when, and until when it may be applied; "ops" what the plan holds, each with its own seal;
 * "configurations" what each sync was configured like; the last member, "digest", covers all the
 * bytes before it.  Nothing in it is secret. */
#ifndef MSTC_PLANFILE_H
#define MSTC_PLANFILE_H

#include "cli/cli.h"
#include "cli/opshow.h"
#include "cli/workplace.h"
#include "engine/seal.h"

struct mstc_planfile;

int mstc_planfile_open(struct mstc_engine *engine, const char *path, const char *who, struct mstc_planfile **ret,
                       struct mst_error *err);
struct mstc_json *mstc_planfile_json(struct mstc_planfile *file);
/* One op, in order; and, after the last of all, what each sync was configured like. */
void mstc_planfile_op(struct mstc_planfile *file, struct mstc_secrets secrets, const struct mstc_shown_op *op,
                      const struct mstc_seal *seal);
void mstc_planfile_configurations(struct mstc_planfile *file, struct mstc_sync *const *syncs, size_t count);
/* 'keep': sealed and put in place; else it is as if nothing had been. */
int mstc_planfile_close(struct mstc_planfile *file, bool keep, struct mst_error *err);

struct mstc_planread {
        const char *made, *until, *by;       /* as they stand there                    */
        struct mstc_sealed *syncs; size_t sync_count;
};
/* Reads it into 'arena', and refuses what was altered, is too old, or of another store or
 * configuration. */
int mstc_planfile_read(struct mstc_engine *engine, const struct mstc_setup *setup, const char *path, struct mst_arena *arena,
                       struct mstc_planread *ret, struct mst_error *err);

#define MSTC_PLAN_FORMAT 1
#define MSTC_PLAN_DIGEST ",\n \"digest\":\""         /* how the last member begins     */
#define MSTC_PLAN_CHUNK 65536u                       /* so much at a time is digested  */

#endif
