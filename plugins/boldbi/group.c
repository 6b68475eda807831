/* SPDX-License-Identifier: Apache-2.0
 *
 * group.c - which requests an op of a group takes.
 *
 *   create    POST groups, in v5 an array of one; where the answer does not tell the id, the
 *             group of exactly that name; then its first members
 *   update    PUT groups/{id}
 *   delete    DELETE groups/{id}
 *   members   POST groups/{id}/users for those who join, DELETE with a body for those who
 *             leave; at most a hundred each, and a refusal is of all of them */
#include "boldbi.h"

#include <stdlib.h>
#include <string.h>

#include <muster/escape.h>

static bool
any_member(const struct bbi_task *task, bool joins)
{
        for (size_t i = 0; i < mst_op_member_count(task->op); i++)
                if (mst_op_member_joins(task->op, i) == joins)
                        return true;
        return false;
}

static enum bbi_step
members(const struct bbi_task *task, enum bbi_step done)
{
        if (done != BBI_JOIN && any_member(task, true))
                return BBI_JOIN;
        return any_member(task, false) ? BBI_PART : BBI_END;
}

enum bbi_step
bbi_group_next(struct bbi_task *task)
{
        enum mst_verb verb = mst_op_verb(task->op);
        const char *name = bbi_text(mst_op_wanted(task->op, "Name"));

        switch (task->step) {
        case BBI_BEGIN:
                if (verb == MST_CREATE || verb == MST_DELETE)
                        return verb == MST_CREATE ? BBI_POST : BBI_DELETE;
                return verb != MST_MEMBERS && mst_op_change_count(task->op) != 0 ? BBI_PUT : members(task, BBI_PUT);
        case BBI_POST:
                if (task->id <= 0)
                        return BBI_LOOK;
                /* fall through */
        case BBI_LOOK:
        case BBI_PUT:
                if (name[0] != '\0')
                        task->key = mst_arena_strdup(task->arena, name);
                return members(task, BBI_PUT);
        case BBI_JOIN:
                return members(task, BBI_JOIN);
        default:
                return BBI_END;
        }
}

static void
put_group(const struct bbi_task *task, struct mst_json_out *out)
{
        static const enum bbi_field fields[] = { BBI_NAME, BBI_DESCRIPTION };
        bool array = task->step == BBI_POST && task->sink->config->version != BBI_V4;

        if (array)
                mst_json_out_array(out);
        mst_json_out_object(out);
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
                const struct mst_value *value = mst_op_change(task->op, bbi_fields[fields[i]]);

                if (value == NULL)
                        continue;
                mst_json_out_name(out, bbi_fields[fields[i]]);
                mst_json_out_text(out, bbi_text(value), strlen(bbi_text(value)));
        }
        mst_json_out_end(out);
        if (array)
                mst_json_out_end(out);
}

static void
put_members(const struct bbi_task *task, struct mst_json_out *out)
{
        mst_json_out_object(out);
        mst_json_out_name(out, "Id");
        mst_json_out_array(out);
        for (size_t i = 0; i < mst_op_member_count(task->op); i++)
                if (mst_op_member_joins(task->op, i) == (task->step == BBI_JOIN))
                        mst_json_out_int(out, strtoll(mst_op_member_object(task->op, i), NULL, 10));
        mst_json_out_end(out);
        mst_json_out_end(out);
}

static int
send_json(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err)
{
        struct mst_json_out *out = mst_json_out_new();
        const char *body;
        size_t size;

        if (task->step == BBI_JOIN || task->step == BBI_PART)
                put_members(task, out);
        else
                put_group(task, out);
        body = mst_json_written(out, &size);
        if (body != NULL)
                mst_http_body(request, "application/json", body, size);
        mst_json_out_free(out);
        return body != NULL ? MST_OK : mst_fail_memory(err, "writing a group");
}

int
bbi_group_ask(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err)
{
        static const char *const verbs[] = { [BBI_PUT] = "PUT", [BBI_DELETE] = "DELETE", [BBI_JOIN] = "POST", [BBI_PART] = "DELETE" };
        const char *name = bbi_text(mst_op_change(task->op, "Name"));
        struct bbi_sink *sink = task->sink;

        if (task->step == BBI_LOOK) {
                const char *escaped = mst_escape_url(task->arena, name, strlen(name));

                if (escaped == NULL)
                        return mst_fail_memory(err, "finding a group");
                if (sink->config->version == BBI_V4)
                        bbi_start(sink, request, "GET", "/groups");
                else
                        bbi_start(sink, request, "GET", "/groups?page=1&page_size=100&q=%s", escaped);
                return MST_OK;
        }
        if (task->step == BBI_POST)
                bbi_start(sink, request, "POST", "/groups");
        else
                bbi_start(sink, request, verbs[task->step], "/groups/%lld%s", (long long)task->id,
                          task->step == BBI_JOIN || task->step == BBI_PART ? "/users" : "");
        return task->step != BBI_DELETE ? send_json(task, request, err) : MST_OK;
}
