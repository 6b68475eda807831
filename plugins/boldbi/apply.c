/* SPDX-License-Identifier: Apache-2.0
 *
 * apply.c - ops, each a few requests in a row.
 *
 * user.c and group.c know which step follows which and what is sent; here is what they share:
 * the life of a task, and what an answer makes of it.
 *
 *   200, both flags true; 204   the next step, or done
 *   200, a flag false           not done: refused, with Bold BI's own words
 *   404 (a user)                gone only when his id is unknown, too: he may have been renamed
 *   409                         duplicate
 *   other 4xx                   refused, with its words
 *   429, 5xx, no answer         the SDK's
 *   200 that is no JSON         nobody knows what was done
 */
#include "boldbi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <muster/password.h>

const char *
bbi_text(const struct mst_value *value)
{
        const struct mst_value *first = mst_value_at(value, 0);

        return first != NULL && mst_value_type(first) == MST_TEXT ? mst_value_text(first, NULL) : "";
}

static bool
is_user(const struct bbi_task *task)
{
        return mst_op_kind(task->op) == MST_USER;
}

/* --- the life of a task ------------------------------------------------------------- */

static struct bbi_task *
begin(struct bbi_sink *sink, struct mst_op *op)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct bbi_task *task = arena != NULL ? mst_arena_alloc(arena, sizeof *task) : NULL;
        const char *object = mst_op_object(op);

        if (task == NULL) {
                mst_arena_free(arena);
                return NULL;
        }
        *task = (struct bbi_task){ .sink = sink, .op = op, .arena = arena, .attributes.arena = arena };
        task->id = object != NULL ? strtoll(object, NULL, 10) : 0;
        task->key = mst_op_name(op);
        task->next = sink->tasks;
        sink->tasks = task;
        mst_op_set_user(op, task);
        return task;
}

static void
end(struct bbi_task *task)
{
        struct bbi_task **at = &task->sink->tasks;

        while (*at != task)
                at = &(*at)->next;
        *at = task->next;
        mst_secret_free(task->password);
        mst_arena_free(task->arena);
}

/* The line in the file is taken back when no account came of it, and stands when one may. */
static void
close_password(struct bbi_task *task, enum mst_outcome outcome)
{
        const struct bbi_config *c = task->sink->config;
        struct mst_error err = { 0 };

        if (task->password == NULL)
                return;
        if (c->password_file != NULL && outcome != MST_DONE && outcome != MST_UNKNOWN
            && mst_password_hand(task->sink->host, "password-file", c->password_file, "void", mst_op_id(task->op), task->key,
                                 task->password, &err) != MST_OK)
                mst_host_log(task->sink->host, MST_LOG_WARNING, "the password of '%s', who was not created, stays in "
                             "password-file: %s", task->key, err.text);
        mst_secret_free(task->password);
        task->password = NULL;
}

/* What the object is, when all is done, or when half of it is: a renamed user has his new name. */
static void
tell_object(const struct bbi_task *task, enum mst_outcome outcome)
{
        bool renamed = mst_op_verb(task->op) != MST_CREATE && is_user(task) && task->step > BBI_PUT && task->step < BBI_DELETE;
        char object[24];

        if ((outcome != MST_DONE && !renamed) || mst_op_verb(task->op) == MST_DELETE)
                return;
        snprintf(object, sizeof object, "%lld", (long long)task->id);
        mst_op_set_object(task->op, object, task->key, NULL);
}

static bool
settle(struct bbi_task *task, enum mst_outcome outcome, const struct mst_error *why)
{
        tell_object(task, outcome);
        /* Who joined has joined, whatever became of those who were to leave. */
        for (size_t i = 0; task->step == BBI_PART && outcome != MST_DONE && i < mst_op_member_count(task->op); i++)
                if (mst_op_member_joins(task->op, i))
                        mst_op_member_settle(task->op, i, MST_DONE, NULL);
        close_password(task, outcome);
        mst_op_settle(task->op, outcome, outcome != MST_DONE ? why : NULL);
        end(task);
        return true;
}

/* --- steps ---------------------------------------------------------------------------- */

/* With BBI_END the task has ended. */
static enum bbi_step
go_on(struct bbi_task *task, struct mst_http_reply *reply)
{
        enum bbi_step step = task->step = is_user(task) ? bbi_user_next(task) : bbi_group_next(task);

        if (step == BBI_END)
                settle(task, MST_DONE, NULL);
        else if (reply != NULL)
                mst_http_more(reply);
        return step;
}

static int
ask(void *self, struct mst_op *op, struct mst_http_request *request, struct mst_error *err)
{
        struct bbi_task *task = mst_op_user(op);
        int rc;

        if (task == NULL) {
                task = begin(self, op);
                if (task == NULL)
                        return mst_fail(err, MST_ENET, "out of memory");
                if (go_on(task, NULL) == BBI_END)
                        return MST_END;
        }
        if (task->step == BBI_THERE) {
                bbi_start(task->sink, request, "GET", "/users/%lld/groups", (long long)task->id);
                return MST_OK;
        }
        rc = is_user(task) ? bbi_user_ask(task, request, err) : bbi_group_ask(task, request, err);
        if (rc == MST_OK)
                return MST_OK;
        /* Nothing was sent: a create of which something was is the SDK's to doubt. */
        close_password(task, MST_REFUSED);
        end(task);
        return rc;
}

/* 404 of an update or delete by name; 404 of the id, too, is the proof. */
static bool
tell_there(struct bbi_task *task, int status, struct mst_error *err)
{
        if (status == 404) {
                mst_fail(err, MST_ENOTFOUND, "Bold BI has no user %lld any more", (long long)task->id);
                return settle(task, MST_GONE, err);
        }
        mst_fail(err, MST_ENET, "user %lld is there, but no longer called '%s'", (long long)task->id, task->key);
        return settle(task, MST_UNKNOWN, err);
}

static bool
tell_refusal(struct bbi_task *task, struct mst_http_reply *reply, const struct bbi_answer *answer, struct mst_error *err)
{
        int status = mst_http_status(reply);
        enum mst_verb verb = mst_op_verb(task->op);

        if (is_user(task) && status == 404 && verb != MST_CREATE && task->id > 0) {
                task->step = BBI_THERE;
                mst_http_more(reply);
                return true;
        }
        bbi_fail(err, reply, answer);
        if (verb == MST_CREATE && task->step != BBI_POST)
                return settle(task, MST_UNKNOWN, err);       /* it is there: the engine looks */
        if (status == 409 && verb == MST_CREATE)
                return settle(task, MST_DUPLICATE, err);
        if (!is_user(task) && (status == 404 || (status == 406 && verb == MST_DELETE)))
                return settle(task, MST_GONE, err);
        return settle(task, MST_REFUSED, err);
}

/* What the step has brought, before the next: an id, a name, attributes. */
static void
keep(struct bbi_task *task, const struct bbi_answer *answer)
{
        if (task->step == BBI_POST || task->step == BBI_LOOK) {
                task->id = answer->data;
                for (size_t i = 0; task->id <= 0 && i < answer->count; i++) {
                        const char *name = answer->items[i].text[BBI_NAME];

                        /* A search for a group finds others, too. */
                        if (name == NULL || is_user(task) || strcmp(name, bbi_text(mst_op_change(task->op, "Name"))) == 0)
                                task->id = answer->items[i].id;
                }
        } else if (task->step == BBI_ATTRIBUTES) {
                task->attributes = *answer;
        }
}

static bool
tell(void *self, struct mst_op *op, struct mst_http_reply *reply, struct mst_error *err)
{
        struct bbi_task *task = mst_op_user(op);
        struct bbi_answer answer = { .arena = task->arena };
        int status = mst_http_status(reply), rc;

        (void)self;
        if (task->step == BBI_THERE && (status == 404 || status == 200 || status == 204))
                return tell_there(task, status, err);
        if (status == 401 || status == 429 || status >= 500 || status < 200) {
                enum mst_outcome outcome = mst_op_verb(op) == MST_CREATE && task->step != BBI_POST ? MST_UNKNOWN : MST_RETRY;

                (void)bbi_answer_read(&answer, reply, &(struct mst_error){ 0 });
                bbi_fail(err, reply, &answer);
                close_password(task, outcome);
                tell_object(task, outcome);
                end(task);
                return false;
        }
        rc = bbi_answer_read(&answer, reply, err);
        if (rc != MST_OK && status < 300)
                return settle(task, MST_UNKNOWN, err);
        if (status >= 300 || answer.denied)
                return tell_refusal(task, reply, &answer, err);
        keep(task, &answer);
        (void)go_on(task, reply);
        return true;
}

int
bbi_apply(void *self, struct mst_feed *feed, struct mst_error *err)
{
        struct bbi_sink *sink = self;
        int rc = mst_http_each(sink->http, feed, ask, tell, sink, err);

        while (sink->tasks != NULL)          /* those that had no answer */
                end(sink->tasks);
        return rc;
}
