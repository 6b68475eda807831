/* SPDX-License-Identifier: Apache-2.0
 *
 * user.c - which requests an op of a user takes.
 *
 *   create            POST users, then PUT for the phone number, which POST does not take,
 *                     then POST attribute/user for each further value
 *   update, rename,   PUT users/{e-mail} with what changed; when attributes changed, which the
 *   adopt             user has already (their ids are needed), and a request for each
 *   delete            DELETE users/{e-mail}: from the site; the account of the UMS stays */
#include "boldbi.h"

#include <stdlib.h>
#include <string.h>

#include <muster/password.h>

enum { PASSWORD_LENGTH = 24 };

static bool
new_attributes(struct mst_rest_task *task)
{
        const struct mst_op *op = mst_rest_op(task);

        for (size_t i = 0; i < mst_op_change_count(op); i++)
                if (!mst_text_among(BBI_FIELDS, mst_op_change_name(op, i)))
                        return true;
        return false;
}

/* --- names and numbers ------------------------------------------------------------------- */

/* In paths a user goes by his e-mail, or where he has none by his user name. */
static void
take_name(struct mst_rest_task *task)
{
        const char *email = mst_op_text(mst_rest_op(task), "Email");

        mst_rest_set(task, NULL, email[0] != '\0' ? email : mst_op_text(mst_rest_op(task), "Username"));
}

static int
then_name(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err)
{
        (void)answer, (void)err;
        take_name(task);
        return MST_OK;
}

/* With a password of his own, handed over before it is sent. */
static int
post_user(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err)
{
        const struct bbi_sink *sink = mst_rest_self(task);
        struct bbi_user *user = mst_rest_space(task);

        take_name(task);
        if (sink->config->initial_password == BBI_RANDOM
            && mst_password_begin(sink->host, "password-file", sink->config->password_file, PASSWORD_LENGTH,
                                  mst_op_id(mst_rest_op(task)), mst_rest_task_name(task), &user->password, err) != MST_OK)
                return err->code;
        mst_json_out_object(out);
        mst_rest_write(task, out, BBI_WITHOUT_PHONE);
        if (user->password != NULL)
                mst_json_out_member(out, "Password", mst_secret_reveal(user->password));
        mst_json_out_end(out);
        return MST_OK;
}

void
bbi_user_end(struct mst_rest_task *task, enum mst_outcome outcome)
{
        struct bbi_sink *sink = mst_rest_self(task);
        const struct mst_op *op = mst_rest_op(task);
        struct bbi_user *user = mst_rest_space(task);

        if (op != NULL && mst_op_verb(op) == MST_CREATE && mst_op_kind(op) == MST_USER && outcome == MST_DONE
            && sink->config->initial_password == BBI_NONE)
                sink->waiting++;
        mst_password_end(sink->host, "password-file", sink->config->password_file, op != NULL ? mst_op_id(op) : "",
                         mst_rest_task_name(task), &user->password, outcome);
}

/* --- attributes ---------------------------------------------------------------------------- */

/* To the next attribute that a request is due for; "" is none. */
static bool
next_attribute(struct mst_rest_task *task)
{
        const struct bbi_sink *sink = mst_rest_self(task);
        const struct mst_op *op = mst_rest_op(task);
        struct bbi_user *user = mst_rest_space(task);

        for (; user->next < mst_op_change_count(op); user->next++) {
                const char *name = mst_op_change_name(op, user->next), *after = mst_op_after_text(op, user->next);
                const struct mst_value *have = mst_rest_kept(task, "Name", name);

                if (mst_text_among(BBI_FIELDS, name) || strcmp(mst_value_find_text(have, "Value"), after) == 0)
                        continue;
                mst_rest_part(task, mst_rest_id(sink->rest, have));
                if (after[0] == '\0')
                        mst_rest_use(task, "DELETE", "/attribute/user/{part}");
                else if (have == NULL)
                        mst_rest_use(task, "POST", "/attribute/user");
                user->at = user->next++;
                return true;
        }
        return false;
}

static int
put_attribute(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err)
{
        const struct bbi_user *user = mst_rest_space(task);
        const char *name = mst_op_change_name(mst_rest_op(task), user->at);
        const struct mst_value *have = mst_rest_kept(task, "Name", name);

        (void)err;
        mst_json_out_object(out);
        if (have != NULL) {
                mst_json_out_name(out, "Id");
                mst_json_out_int(out, mst_value_find_int(have, "Id", 0));
        }
        mst_json_out_member(out, "Name", name);
        mst_json_out_member(out, "Value", mst_op_after_text(mst_rest_op(task), user->at));
        mst_json_out_name(out, "UserId");
        mst_json_out_int(out, strtoll(mst_rest_task_id(task), NULL, 10));
        mst_json_out_end(out);
        return MST_OK;
}

/* --- the tables --------------------------------------------------------------------------------- */

#define ATTRIBUTES { .method = "PUT", .path = "/attribute/user", .when = next_attribute, .body = put_attribute, .again = true }

/* For the phone number the names go with it again: a site takes an account back that its UMS
 * knows, and keeps the names it has. */
const struct mst_rest_step bbi_user_create[] = {
        { .method = "POST", .path = "/users", .body = post_user, .then = mst_rest_take_id },
        { .method = "GET", .path = "/users/{name}", .unknown = true, .then = mst_rest_take_id },
        { .method = "PUT", .path = "/users/{name}", .changes = "ContactNumber", .writes = BBI_WRITTEN },
        ATTRIBUTES,
        { .method = NULL }
};

const struct mst_rest_step bbi_user_update[] = {
        { .method = "PUT", .path = "/users/{name}", .changes = BBI_WRITTEN, .writes = BBI_WRITTEN, .then = then_name },
        { .method = "GET", .path = "/attribute/user/{id}", .when = new_attributes, .then = mst_rest_keep },
        ATTRIBUTES,
        { .method = NULL }
};

const struct mst_rest_step bbi_user_delete[] = {
        { .method = "DELETE", .path = "/users/{name}" },
        { .method = NULL }
};
