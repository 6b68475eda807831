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

#include <string.h>
#include <strings.h>

#include <muster/escape.h>
#include <muster/password.h>

enum { PASSWORD_LENGTH = 24 };

static enum bbi_field
field_at(const struct bbi_task *task, size_t at)
{
        const char *name = mst_op_change_name(task->op, at);

        return bbi_field_of(name, strlen(name));
}

/* Is there a change of a field from 'first' to 'last'? A create has no old values to clear. */
static bool
changes(const struct bbi_task *task, enum bbi_field first, enum bbi_field last)
{
        bool create = mst_op_verb(task->op) == MST_CREATE;

        for (size_t i = 0; i < mst_op_change_count(task->op); i++)
                if (field_at(task, i) >= first && field_at(task, i) <= last
                    && (!create || bbi_text(mst_op_after(task->op, i))[0] != '\0'))
                        return true;
        return false;
}

static const struct bbi_item *
present(const struct bbi_task *task)
{
        return bbi_answer_attribute(&task->attributes, mst_op_change_name(task->op, task->at));
}

/* To the next attribute that something must be sent for. */
static bool
next_attribute(struct bbi_task *task)
{
        for (; task->at < mst_op_change_count(task->op); task->at++) {
                const char *after = bbi_text(mst_op_after(task->op, task->at));
                const struct bbi_item *have = present(task);
                const char *value = have != NULL && have->text[BBI_VALUE] != NULL ? have->text[BBI_VALUE] : "";

                if (field_at(task, task->at) == BBI_FIELDS && (have != NULL ? strcmp(value, after) != 0 : after[0] != '\0'))
                        return true;
        }
        return false;
}

/* What the user is called after what was sent. */
static void
take_name(struct bbi_task *task)
{
        const char *email = bbi_text(mst_op_wanted(task->op, "Email"));

        task->key = email[0] != '\0' ? email : bbi_text(mst_op_wanted(task->op, "Username"));
        task->key = mst_arena_strdup(task->arena, task->key);
        if (task->key == NULL)
                task->key = "";
}

enum bbi_step
bbi_user_next(struct bbi_task *task)
{
        bool create = mst_op_verb(task->op) == MST_CREATE;

        switch (task->step) {
        case BBI_BEGIN:
                if (create || mst_op_verb(task->op) == MST_DELETE) {
                        if (create)
                                take_name(task);
                        return create ? BBI_POST : BBI_DELETE;
                }
                if (changes(task, BBI_USERNAME, BBI_CONTACT))
                        return BBI_PUT;
                break;
        case BBI_POST:
        case BBI_LOOK:
                if (task->id <= 0 && task->step == BBI_POST)
                        return BBI_LOOK;             /* it did not say which id it gave */
                if (changes(task, BBI_CONTACT, BBI_CONTACT))
                        return BBI_PUT;
                break;
        case BBI_PUT:
                take_name(task);
                break;
        case BBI_ATTRIBUTE:
                task->at++;
                break;
        case BBI_DELETE:
                return BBI_END;
        default:
                break;
        }
        if (task->step < BBI_ATTRIBUTES && !create && changes(task, BBI_FIELDS, BBI_FIELDS))
                return BBI_ATTRIBUTES;
        return next_attribute(task) ? BBI_ATTRIBUTE : BBI_END;
}

/* --- requests --------------------------------------------------------------------------- */

/* A password of its own for a new user, handed over before it is sent. */
static int
make_password(struct bbi_task *task, struct mst_json_out *out, struct mst_error *err)
{
        const struct bbi_config *c = task->sink->config;
        struct mst_error why = { 0 };

        if (c->initial_password != BBI_RANDOM)
                return MST_OK;
        task->password = mst_password_new(task->sink->host, PASSWORD_LENGTH, err);
        if (task->password == NULL)
                return err->code;
        if (c->password_file != NULL
            && mst_password_hand(task->sink->host, "password-file", c->password_file, "new", mst_op_id(task->op), task->key,
                                 task->password, &why) != MST_OK) {
                mst_secret_free(task->password);
                task->password = NULL;
                return mst_fail(err, MST_ENET, "no account without a password that is known: %s", why.text);
        }
        mst_json_out_name(out, "Password");
        mst_json_out_text(out, mst_secret_reveal(task->password), mst_secret_size(task->password));
        return MST_OK;
}

/* The changed fields.  POST takes no phone number; where that needs a PUT behind it, the names go
 * with it again: a site takes an account back that its UMS knows, and keeps the names it has. */
static void
put_fields(struct bbi_task *task, struct mst_json_out *out)
{
        bool create = mst_op_verb(task->op) == MST_CREATE;

        for (size_t i = 0; i < mst_op_change_count(task->op); i++) {
                enum bbi_field field = field_at(task, i);
                const char *text = bbi_text(mst_op_after(task->op, i));

                if (field > BBI_CONTACT || (create && (text[0] == '\0' || (field == BBI_CONTACT && task->step == BBI_POST))))
                        continue;
                mst_json_out_name(out, bbi_fields[field]);
                mst_json_out_text(out, text, strlen(text));
        }
}

static void
put_attribute(struct bbi_task *task, struct mst_json_out *out)
{
        const char *name = mst_op_change_name(task->op, task->at), *text = bbi_text(mst_op_after(task->op, task->at));
        const struct bbi_item *have = present(task);

        if (have != NULL) {
                mst_json_out_name(out, "Id");
                mst_json_out_int(out, have->id);
        }
        mst_json_out_name(out, "Name");
        mst_json_out_text(out, name, strlen(name));
        mst_json_out_name(out, "Value");
        mst_json_out_text(out, text, strlen(text));
        mst_json_out_name(out, "UserId");
        mst_json_out_int(out, task->id);
}

static int
send_json(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err)
{
        struct mst_json_out *out = mst_json_out_new();
        const char *body;
        size_t size;
        int rc = MST_OK;

        mst_json_out_object(out);
        if (task->step == BBI_ATTRIBUTE)
                put_attribute(task, out);
        else
                put_fields(task, out);
        if (task->step == BBI_POST)
                rc = make_password(task, out, err);
        mst_json_out_end(out);
        body = rc == MST_OK ? mst_json_written(out, &size) : NULL;
        if (body != NULL)
                mst_http_body(request, "application/json", body, size);
        else if (rc == MST_OK)
                rc = mst_fail_memory(err, "writing a user");
        mst_json_out_free(out);
        return rc;
}

int
bbi_user_ask(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err)
{
        const char *key = mst_escape_url(task->arena, task->key, strlen(task->key));
        const struct bbi_item *have = task->step == BBI_ATTRIBUTE ? present(task) : NULL;
        struct bbi_sink *sink = task->sink;

        if (key == NULL)
                return mst_fail_memory(err, "writing a user");
        switch (task->step) {
        case BBI_POST:
                bbi_start(sink, request, "POST", "/users");
                return send_json(task, request, err);
        case BBI_LOOK:
                bbi_start(sink, request, "GET", "/users/%s", key);
                return MST_OK;
        case BBI_PUT:
                bbi_start(sink, request, "PUT", "/users/%s", key);
                return send_json(task, request, err);
        case BBI_DELETE:
                bbi_start(sink, request, "DELETE", "/users/%s", key);
                return MST_OK;
        case BBI_ATTRIBUTES:
                bbi_start(sink, request, "GET", "/attribute/user/%lld", (long long)task->id);
                return MST_OK;
        default:
                break;
        }
        if (have != NULL && bbi_text(mst_op_after(task->op, task->at))[0] == '\0') {
                bbi_start(sink, request, "DELETE", "/attribute/user/%lld", (long long)have->id);
                return MST_OK;
        }
        bbi_start(sink, request, have != NULL ? "PUT" : "POST", "/attribute/user");
        return send_json(task, request, err);
}
