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

#define GROUP "Name Description"

static int
post_group(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err)
{
        const struct bbi_sink *sink = mst_rest_self(task);
        bool array = sink->config->version != BBI_V4;

        (void)err;
        if (array)
                mst_json_out_array(out);
        mst_json_out_object(out);
        mst_rest_write(task, out, GROUP);
        mst_json_out_end(out);
        if (array)
                mst_json_out_end(out);
        return MST_OK;
}

static int
take_name(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err)
{
        const char *name = mst_op_text(mst_rest_op(task), "Name");

        mst_rest_set(task, NULL, name[0] != '\0' ? name : NULL);
        return mst_op_verb(mst_rest_op(task)) == MST_CREATE ? mst_rest_take_id(task, answer, err) : MST_OK;
}

static int
put_members(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err)
{
        (void)err;
        mst_rest_members(task, out, "Id", true);
        return MST_OK;
}

#define MEMBERS \
        { .method = "POST", .path = "/groups/{id}/users", .body = put_members, .members = MST_REST_JOIN }, \
        { .method = "DELETE", .path = "/groups/{id}/users", .body = put_members, .members = MST_REST_LEAVE }, \
        { .method = NULL }

const struct mst_rest_step bbi_group_create[] = {
        { .method = "POST", .path = "/groups", .body = post_group, .then = take_name },
        { .method = "GET", .path = "/groups?page=1&page_size=100&q={name}", .unknown = true, .then = mst_rest_take_named },
        MEMBERS
};

const struct mst_rest_step bbi_group_update[] = {
        { .method = "PUT", .path = "/groups/{id}", .changes = GROUP, .writes = GROUP, .then = take_name },
        MEMBERS
};

const struct mst_rest_step bbi_group_delete[] = {
        { .method = "DELETE", .path = "/groups/{id}", .gone = 406 },
        { .method = NULL }
};
