/* rest-step.c - ops by tables of steps, many under way at once.
 *
 *   200 and good; 204   the next step, or done
 *   200 and not good    not done: refused, with the service's own words
 *   not found           gone; where there is another way to look, only when that says so, too:
 *                       the object may have been renamed by hand
 *   409                 duplicate (a create)
 *   other 4xx           refused, with its words
 *   429, 5xx, silence   as mst_http_each() says
 *   200 and no JSON     nobody knows what was done */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <muster/escape.h>

#include "net/net.h"
#include "net/rest.h"

struct apply {
        struct mst_rest *rest;
        const struct mst_rest_plan *plan;
        struct mst_rest_task *tasks;         /* under way */
};

struct mst_rest_task {
        struct mst_rest_task *next;
        struct apply *apply;
        struct mst_op *op;                   /* NULL: settled by others, without an answer */
        struct mst_arena *arena;
        void *space;
        const struct mst_rest_step *step;    /* NULL: not begun                        */
        const char *id, *name, *part;
        const char *method, *path;           /* of the request, in place of the step's */
        const struct mst_value **kept;
        size_t kept_count;
        bool set;                            /* id or name is known anew               */
        bool answered, joined, looks;
};

struct mst_op *
mst_rest_op(const struct mst_rest_task *task)
{
        return task->op;
}

void *
mst_rest_self(const struct mst_rest_task *task)
{
        return task->apply->plan->self;
}

struct mst_arena *
mst_rest_task_arena(const struct mst_rest_task *task)
{
        return task->arena;
}

void *
mst_rest_space(const struct mst_rest_task *task)
{
        return task->space;
}

static void
set(struct mst_rest_task *task, const char **to, const char *text)
{
        const char *copy = text != NULL ? mst_arena_strdup(task->arena, text) : NULL;

        if (copy == NULL)
                return;
        *to = copy;
        task->set = true;
}

void
mst_rest_set(struct mst_rest_task *task, const char *id, const char *name)
{
        set(task, &task->id, id);
        set(task, &task->name, name);
}

const char *
mst_rest_task_id(const struct mst_rest_task *task)
{
        return task->id;
}

const char *
mst_rest_task_name(const struct mst_rest_task *task)
{
        return task->name;
}

void
mst_rest_part(struct mst_rest_task *task, const char *part)
{
        task->part = part != NULL ? mst_arena_strdup(task->arena, part) : NULL;
}

/* --- the life of a task -------------------------------------------------------------------- */

static struct mst_rest_task *
begin(struct apply *apply, struct mst_op *op)
{
        struct mst_arena *arena = mst_arena_new(0);
        struct mst_rest_task *task = arena != NULL ? mst_arena_alloc(arena, sizeof *task) : NULL;
        void *space = task != NULL ? mst_arena_alloc(arena, apply->plan->space) : NULL;

        if (space == NULL) {
                mst_arena_free(arena);
                return NULL;
        }
        *task = (struct mst_rest_task){
                .next = apply->tasks, .apply = apply, .op = op, .arena = arena, .space = space,
                .id = mst_op_object(op), .name = mst_op_name(op),
        };
        apply->tasks = task;
        mst_op_set_user(op, task);
        return task;
}

/* The op is settled by the caller, or was. */
static void
end(struct mst_rest_task *task, enum mst_outcome outcome)
{
        struct mst_rest_task **at = &task->apply->tasks;
        struct mst_op *op = task->op;
        enum mst_verb verb = op != NULL ? mst_op_verb(op) : MST_DELETE;

        if (task->apply->plan->end != NULL)
                task->apply->plan->end(task, outcome);
        /* What the object is when all is done, or half of it: who was renamed has his new name. */
        if (op != NULL && verb != MST_DELETE && task->id != NULL
            && (outcome == MST_DONE || (task->set && verb != MST_CREATE)))
                mst_op_set_object(op, task->id, task->name, NULL);
        for (size_t i = 0; op != NULL && task->joined && outcome != MST_DONE && i < mst_op_member_count(op); i++)
                if (mst_op_member_joins(op, i))
                        mst_op_member_settle(op, i, MST_DONE, NULL);
        while (*at != task)
                at = &(*at)->next;
        *at = task->next;
        mst_arena_free(task->arena);
}

static bool
settle(struct mst_rest_task *task, enum mst_outcome outcome, const struct mst_error *why)
{
        struct mst_op *op = task->op;

        end(task, outcome);
        mst_op_settle(op, outcome, outcome != MST_DONE ? why : NULL);
        return true;
}

/* --- steps ------------------------------------------------------------------------------------ */

/* A create has no old value to clear. */
static bool
is_written(const struct mst_rest_task *task, size_t change, const char *attributes)
{
        return mst_text_among(attributes, mst_op_change_name(task->op, change))
               && (mst_op_verb(task->op) != MST_CREATE || mst_op_after_text(task->op, change)[0] != '\0');
}

static bool
applies(struct mst_rest_task *task, const struct mst_rest_step *step)
{
        bool any = step->members == MST_REST_ALL, changes = step->changes == NULL;

        for (size_t i = 0; !any && i < mst_op_member_count(task->op); i++)
                any = mst_op_member_joins(task->op, i) == (step->members == MST_REST_JOIN);
        for (size_t i = 0; !changes && i < mst_op_change_count(task->op); i++)
                changes = is_written(task, i, step->changes);
        task->method = task->path = NULL;
        return any && changes && (!step->unknown || task->id == NULL) && (step->when == NULL || step->when(task));
}

void
mst_rest_use(struct mst_rest_task *task, const char *method, const char *path)
{
        task->method = method;
        task->path = path;
}

void
mst_rest_write(const struct mst_rest_task *task, struct mst_json_out *out, const char *attributes)
{
        for (size_t i = 0; i < mst_op_change_count(task->op); i++)
                if (is_written(task, i, attributes))
                        mst_json_out_member(out, mst_op_change_name(task->op, i), mst_op_after_text(task->op, i));
}

void
mst_rest_members(const struct mst_rest_task *task, struct mst_json_out *out, const char *name, bool numbers)
{
        mst_json_out_object(out);
        mst_json_out_name(out, name);
        mst_json_out_array(out);
        for (size_t i = 0; i < mst_op_member_count(task->op); i++) {
                const char *object = mst_op_member_object(task->op, i);

                if (mst_op_member_joins(task->op, i) != (task->step->members == MST_REST_JOIN))
                        continue;
                if (numbers)
                        mst_json_out_int(out, strtoll(object, NULL, 10));
                else
                        mst_json_out_text(out, object, strlen(object));
        }
        mst_json_out_end(out);
        mst_json_out_end(out);
}

/* False: there is none any more. */
static bool
go_on(struct mst_rest_task *task)
{
        const struct mst_rest_step *step = task->step;

        if (step->again && task->answered && applies(task, step))
                return true;
        for (step += task->answered ? 1 : 0; step->method != NULL && !applies(task, step); )
                step++;
        task->step = step;
        return step->method != NULL;
}

static const struct mst_rest_step *
steps_of(const struct apply *apply, const struct mst_op *op)
{
        const struct mst_rest_flow *f = apply->plan->flows;

        while (f->kind != 0 && (f->kind != (int)mst_op_kind(op) || (f->verb != 0 && f->verb != (int)mst_op_verb(op))))
                f++;
        return f->kind != 0 ? f->steps : NULL;
}

/* The path with what is in braces; NULL: no memory, or something that the task has not. */
static const char *
fill_path(struct mst_rest_task *task, const char *path)
{
        const char *done = "";

        while (*path != '\0' && done != NULL) {
                size_t n = strcspn(path, "{");
                const char *text = strncmp(path + n, "{id}", 4) == 0 ? task->id : strncmp(path + n, "{name}", 6) == 0 ? task->name
                                   : strncmp(path + n, "{part}", 6) == 0 ? task->part : path[n] == '\0' ? "" : NULL;

                text = text != NULL ? mst_escape_url(task->arena, text, strlen(text)) : NULL;
                done = text != NULL ? mst_arena_printf(task->arena, "%s%.*s%s", done, (int)n, path, text) : NULL;
                path += n;
                if (*path != '\0')
                        path += strcspn(path, "}") + 1;
        }
        return done;
}

static int
write_body(struct mst_rest_task *task, struct mst_http_request *request, struct mst_error *err)
{
        struct mst_json_out *out = mst_json_out_new();
        size_t size;
        const char *body;
        int code = MST_OK;

        if (out == NULL)
                return mst_fail_memory(err, "writing a request");
        if (task->step->body != NULL) {
                code = task->step->body(task, out, err);
        } else {
                mst_json_out_object(out);
                mst_rest_write(task, out, task->step->writes);
                mst_json_out_end(out);
        }
        body = code == MST_OK ? mst_json_written(out, &size) : NULL;
        if (body != NULL)
                mst_http_body(request, "application/json", body, size);
        else if (code == MST_OK)
                code = mst_fail_memory(err, "writing a request");
        mst_json_out_free(out);
        return code;
}

static int
fill_request(struct mst_rest_task *task, struct mst_http_request *request, struct mst_error *err)
{
        const struct mst_rest_step *step = task->step;
        const char *method = task->method != NULL ? task->method : step->method;
        const char *path = fill_path(task, task->looks ? task->apply->plan->there : task->path != NULL ? task->path : step->path);
        bool bare = task->looks || (step->body == NULL && step->writes == NULL)
                    || (task->method != NULL && (strcmp(method, "GET") == 0 || strcmp(method, "DELETE") == 0));

        if (path == NULL)
                return mst_fail(err, MST_EINTERNAL, "there is no memory for the address of a request, or no id for it");
        mstc_rest_fill(task->apply->rest, request, task->looks ? "GET" : method, path);
        return bare ? MST_OK : write_body(task, request, err);
}

static int
ask(void *self, struct mst_op *op, struct mst_http_request *request, struct mst_error *err)
{
        struct apply *apply = self;
        struct mst_rest_task *task = mst_op_user(op);
        bool create = mst_op_verb(op) == MST_CREATE;

        if (task == NULL) {
                task = begin(apply, op);
                if (task == NULL)
                        return mst_fail(err, MST_ENET, "out of memory");
                task->step = steps_of(apply, op);
                if (task->step == NULL) {
                        end(task, MST_REFUSED);
                        return mst_fail(err, MST_EREFUSED, "%s has no request for this", apply->rest->service->name);
                }
                if (!go_on(task)) {
                        settle(task, MST_DONE, NULL);
                        return MST_END;
                }
        }
        if (fill_request(task, request, err) == MST_OK)
                return MST_OK;
        /* Nothing was sent: a create of which something was is mst_http_each()'s to doubt. */
        end(task, create && task->answered ? MST_UNKNOWN : err->code == MST_ENET ? MST_RETRY : MST_REFUSED);
        return err->code;
}

/* --- answers -------------------------------------------------------------------------------------- */

/* Not found by its name: not found by its id, too, is the proof. */
static bool
tell_there(struct mst_rest_task *task, int status, struct mst_error *err)
{
        const char *name = task->apply->rest->service->name;

        if (status == 404) {
                mst_fail(err, MST_ENOTFOUND, "%s has no user %s any more", name, task->id);
                return settle(task, MST_GONE, err);
        }
        mst_fail(err, MST_ENET, "user %s is there, but no longer called '%s'", task->id, task->name);
        return settle(task, MST_UNKNOWN, err);
}

static bool
tell_refusal(struct mst_rest_task *task, struct mst_http_reply *reply, int code, struct mst_error *err)
{
        bool create = mst_op_verb(task->op) == MST_CREATE, user = mst_op_kind(task->op) == MST_USER;
        int status = mst_http_status(reply);

        if (create && task->answered)
                return settle(task, MST_UNKNOWN, err);       /* it is there: the engine looks */
        if (create)
                return settle(task, status == 409 ? MST_DUPLICATE : MST_REFUSED, err);
        if (code != MST_ENOTFOUND && (task->step->gone == 0 || task->step->gone != status))
                return settle(task, MST_REFUSED, err);
        if (user && task->apply->plan->there != NULL && task->id != NULL) {
                task->looks = true;
                mst_http_more(reply);
                return true;
        }
        return settle(task, MST_GONE, err);
}

static bool
tell_good(struct mst_rest_task *task, struct mst_http_reply *reply, const struct mst_value *answer, struct mst_error *err)
{
        const struct mst_rest_step *step = task->step;

        if (step->then != NULL && step->then(task, answer, err) != MST_OK)
                return settle(task, MST_UNKNOWN, err);
        task->answered = true;
        task->joined = task->joined || step->members == MST_REST_JOIN;
        if (!go_on(task))
                return settle(task, MST_DONE, NULL);
        mst_http_more(reply);
        return true;
}

static bool
tell(void *self, struct mst_op *op, struct mst_http_reply *reply, struct mst_error *err)
{
        struct mst_rest_task *task = mst_op_user(op);
        struct mst_rest *rest = task->apply->rest;
        const struct mst_value *answer = NULL;
        int status = mst_http_status(reply), code;

        (void)self;
        if (task->looks && (status == 404 || (status >= 200 && status < 300)))
                return tell_there(task, status, err);
        code = mstc_rest_judge(rest, task->looks ? "GET" : task->step->method, reply, task->arena, &answer, err);
        if (status == 401 || status == 429 || status >= 500 || status < 200) {
                end(task, mst_op_verb(op) == MST_CREATE && task->answered ? MST_UNKNOWN : status == 501 ? MST_REFUSED : MST_RETRY);
                return false;
        }
        if (code == MST_OK)
                return tell_good(task, reply, answer, err);
        if (code == MST_ENET && status < 300)
                return settle(task, MST_UNKNOWN, err);
        if (code == MST_EAUTH && status < 300 && rest->token != NULL) {
                mst_http_token_drop(rest->token);
                return settle(task, mst_op_verb(op) == MST_CREATE && task->answered ? MST_UNKNOWN : MST_RETRY, err);
        }
        return tell_refusal(task, reply, code, err);
}

int
mst_rest_apply(struct mst_rest *rest, struct mst_feed *feed, const struct mst_rest_plan *plan, struct mst_error *err)
{
        struct apply apply = { .rest = rest, .plan = plan };
        const struct mst_secret *token;
        int code = MST_OK;

        mst_rest_begin(rest);
        /* The token's answer may lead elsewhere. */
        if (rest->token != NULL && rest->service->domains != NULL)
                code = mst_http_token_use(rest->token, &token, err);
        if (code == MST_OK)
                code = mst_http_each(rest->http, feed, ask, tell, &apply, err);
        while (apply.tasks != NULL) {        /* those that had no answer */
                apply.tasks->op = NULL;
                end(apply.tasks, MST_UNKNOWN);
        }
        return code;
}

/* --- ready-made ------------------------------------------------------------------------------------ */

int
mst_rest_changes(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err)
{
        (void)err;
        mst_json_out_object(out);
        for (size_t i = 0; i < mst_op_change_count(task->op); i++) {
                mst_json_out_name(out, mst_op_change_name(task->op, i));
                mst_json_out_value(out, mst_op_after(task->op, i));
        }
        mst_json_out_end(out);
        return MST_OK;
}

int
mst_rest_take_id(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err)
{
        const char *id = mst_rest_id(task->apply->rest, answer);

        (void)err;
        mst_rest_set(task, id, NULL);
        return MST_OK;
}

int
mst_rest_take_named(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err)
{
        struct mst_rest *rest = task->apply->rest;
        const struct mst_value **all = NULL;
        size_t count = mst_rest_objects(rest, answer, &all, 0);

        for (size_t i = 0; task->name != NULL && count != SIZE_MAX && i < count; i++)
                if (strcmp(mst_value_find_text(all[i], rest->service->named), task->name) == 0) {
                        mst_rest_set(task, mst_rest_id(rest, all[i]), NULL);
                        return MST_OK;
                }
        return mst_fail(err, MST_ENET, "%s has made it, and does not show it", rest->service->name);
}

int
mst_rest_keep(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err)
{
        size_t count = mst_rest_objects(task->apply->rest, answer, &task->kept, 0);

        task->kept_count = count != SIZE_MAX ? count : 0;
        return count != SIZE_MAX ? MST_OK : mst_fail_memory(err, "reading an answer");
}

const struct mst_value *
mst_rest_kept(const struct mst_rest_task *task, const char *member, const char *text)
{
        for (size_t i = 0; i < task->kept_count; i++)
                if (strcasecmp(mst_value_find_text(task->kept[i], member), text) == 0)
                        return task->kept[i];
        return NULL;
}
