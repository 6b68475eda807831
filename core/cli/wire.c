/* wire.c - what is said on the control socket, by both sides. */
#include "build.h"

#include "cli/wire.h"

#include <stdio.h>
#include <string.h>

#include "util/alloc.h"

const struct mst_value *
mstc_wire_read(const char *line, size_t length, struct mst_arena *arena, struct mst_error *err)
{
        struct mst_json *json = mst_json_new();
        const struct mst_value *value;

        if (json == NULL) {
                mst_fail_memory(err, "reading a line of the control socket");
                return NULL;
        }
        mst_json_start(json, line, length);
        value = mst_json_value(json, arena);
        if (!mst_json_finish(json) || value == NULL) {
                mst_json_fail(json, err);
                mst_wrap(err, "a line of the control socket");
                value = NULL;
        } else if (mst_value_type(value) != MST_OBJECT) {
                mst_fail(err, MST_ENET, "a line of the control socket is no JSON object");
                value = NULL;
        }
        mst_json_free(json);
        return value;
}

const char *
mstc_wire_text(const struct mst_value *object, const char *name)
{
        const struct mst_value *value = object != NULL ? mst_value_member(object, name) : NULL;

        return value != NULL && mst_value_type(value) == MST_TEXT ? mst_value_text(value, NULL) : NULL;
}

int
mstc_wire_texts(const struct mst_value *object, const char *name, struct mst_arena *arena, const char ***ret,
                size_t *ret_count, struct mst_error *err)
{
        const struct mst_value *list = mst_value_member(object, name);
        size_t count = list != NULL ? mst_value_count(list) : 0;

        *ret_count = 0;
        *ret = mst_arena_alloc(arena, (count + 1) * sizeof **ret);
        if (*ret == NULL)
                return mst_fail_memory(err, "reading a request");
        for (size_t i = 0; i < count; i++) {
                const struct mst_value *value = mst_value_at(list, i);

                if (value == NULL || mst_value_type(value) != MST_TEXT)
                        return mst_fail(err, MST_EREFUSED, "\"%s\" is a list of texts", name);
                (*ret)[(*ret_count)++] = mst_value_text(value, NULL);
        }
        return MST_OK;
}

void
mstc_wire_number(struct mst_json_out *out, const char *name, int64_t number)
{
        mst_json_out_name(out, name);
        mst_json_out_int(out, number);
}

void
mstc_wire_bool(struct mst_json_out *out, const char *name, bool is)
{
        mst_json_out_name(out, name);
        mst_json_out_bool(out, is);
}

/* ---- what a run came to --------------------------------------------------------------------- */

static void
counts_out(struct mst_json_out *out, const uint64_t *counts)
{
        mst_json_out_name(out, "counts");
        mst_json_out_object(out);
        for (size_t i = 0; i < MSTC_N_COUNTS; i++)
                if (counts[i] > 0)
                        mstc_wire_number(out, mstc_count_names[i], (int64_t)counts[i]);
        mst_json_out_end(out);
}

static void
counts_in(const struct mst_value *object, uint64_t *counts)
{
        const struct mst_value *list = mst_value_member(object, "counts");

        for (size_t i = 0; list != NULL && i < MSTC_N_COUNTS; i++)
                counts[i] = (uint64_t)mst_value_find_int(list, mstc_count_names[i], 0);
}

void
mstc_wire_summary(struct mst_json_out *out, const char *sync, const struct mstc_summary *summary)
{
        mst_json_out_object(out);
        mst_json_out_member(out, "sync", sync);
        mstc_wire_number(out, "run", summary->run);
        mstc_wire_number(out, "mode", (int64_t)summary->mode);
        mstc_wire_number(out, "outcome", (int64_t)summary->outcome);
        mst_json_out_member(out, "text", summary->text);
        mstc_wire_number(out, "ms", summary->ms);
        mstc_wire_number(out, "planned", (int64_t)summary->planned);
        counts_out(out, summary->counts);
        mst_json_out_name(out, "targets");
        mst_json_out_array(out);
        for (size_t i = 0; i < summary->target_count; i++) {
                const struct mstc_target_summary *target = &summary->targets[i];

                mst_json_out_object(out);
                mst_json_out_member(out, "name", target->name);
                if (target->words != NULL)
                        mst_json_out_member(out, "words", target->words);
                if (target->reason != NULL)
                        mst_json_out_member(out, "reason", target->reason);
                counts_out(out, target->counts);
                mst_json_out_end(out);
        }
        mst_json_out_end(out);
        mst_json_out_end(out);
}

int
mstc_wire_read_summary(const struct mst_value *object, struct mstc_summary *ret, struct mst_error *err)
{
        const struct mst_value *targets = mst_value_member(object, "targets");
        size_t count = targets != NULL ? mst_value_count(targets) : 0;
        int64_t outcome = mst_value_find_int(object, "outcome", MSTC_END_FAILED), mode = mst_value_find_int(object, "mode", 0);

        *ret = (struct mstc_summary){
                .run = mst_value_find_int(object, "run", 0), .mode = (enum mstc_run_mode)(mode >= 0 && mode < 100 ? mode : 0),
                .outcome = (enum mstc_run_outcome)(outcome >= 0 && outcome <= MSTC_END_STOPPED ? outcome : MSTC_END_FAILED),
                .ms = mst_value_find_int(object, "ms", 0), .planned = (uint64_t)mst_value_find_int(object, "planned", 0),
        };
        snprintf(ret->text, sizeof ret->text, "%s", mst_value_find_text(object, "text"));
        counts_in(object, ret->counts);
        ret->targets = mstc_alloc((count + 1) * sizeof *ret->targets);
        if (ret->targets == NULL)
                return mst_fail_memory(err, "reading what a run came to");
        for (size_t i = 0; i < count; i++) {
                const struct mst_value *target = mst_value_at(targets, i);
                const char *reason = mstc_wire_text(target, "reason");

                ret->targets[i].name = mst_value_find_text(target, "name");
                ret->targets[i].words = mstc_wire_text(target, "words");
                ret->targets[i].reason = reason != NULL ? mstc_strdup(reason) : NULL;
                counts_in(target, ret->targets[i].counts);
                ret->target_count++;
                if (reason != NULL && ret->targets[i].reason == NULL)
                        return mst_fail_memory(err, "reading what a run came to");
        }
        return MST_OK;
}
