/* wire.h - what is said on the control socket, by both sides. */
#ifndef MSTC_WIRE_H
#define MSTC_WIRE_H

#include <muster/json.h>

#include "engine/engine.h"

/* A line that was received, in 'arena'; NULL with 'err' when it is no JSON object. */
const struct mst_value *mstc_wire_read(const char *line, size_t length, struct mst_arena *arena, struct mst_error *err);
/* A member's text, NULL when it is none; its texts, and how many. */
const char *mstc_wire_text(const struct mst_value *object, const char *name);
int mstc_wire_texts(const struct mst_value *object, const char *name, struct mst_arena *arena, const char ***ret,
                    size_t *ret_count, struct mst_error *err);

void mstc_wire_number(struct mst_json_out *out, const char *name, int64_t number);
void mstc_wire_bool(struct mst_json_out *out, const char *name, bool is);

/* What a run came to.  Reading leaves the texts in 'arena' and the targets to mstc_summary_done(). */
void mstc_wire_summary(struct mst_json_out *out, const char *sync, const struct mstc_summary *summary);
int mstc_wire_read_summary(const struct mst_value *object, struct mstc_summary *ret, struct mst_error *err);

#endif
