/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/rest.h> - connectors of services that speak JSON (libmuster-net): one constant that
 * says how the service answers, calls that give its answers as values, and tables that say
 * which requests an op takes.  What stands below <muster/http.h> (tokens, retries, pace, TLS)
 * is done there.
 *
 *      static const struct mst_rest_service acme = {
 *              .size = sizeof acme, .name = "Acme", .message = "detail", .inside = "items", .ids = "id",
 *      };
 *      static const struct mst_rest_step create[] = {
 *              { .method = "POST", .path = "/users", .body = mst_rest_changes, .then = mst_rest_take_id },
 *              { 0 } }, change[] = {
 *              { .method = "PATCH", .path = "/users/{id}", .body = mst_rest_changes }, { 0 } }, drop[] = {
 *              { .method = "DELETE", .path = "/users/{id}" }, { 0 } };
 *      static const struct mst_rest_flow flows[] = {
 *              { MST_USER, MST_CREATE, create }, { MST_USER, MST_DELETE, drop }, { MST_USER, 0, change }, { 0 }
 *      };
 *      ...
 *      self->rest = mst_rest_new(&acme, &config->http, sizeof config->http, host, err);
 *      mst_rest_key(self->rest, "Bearer ", config->key);
 *      ...
 *      return mst_rest_apply(self->rest, feed, &(struct mst_rest_plan){
 *              .size = sizeof(struct mst_rest_plan), .flows = flows, .self = self }, err);
 *
 * A struct mst_rest belongs to one instance and is used by one thread at a time.  Values and
 * texts that it returns live in its arena, until mst_rest_begin().  A call that fails sets 'err'
 * to a sentence that names the request, the service and its own words, and never holds a
 * secret or what follows the '?'.
 */
#ifndef MUSTER_REST_H
#define MUSTER_REST_H

#include <muster/http.h>
#include <muster/json.h>
#include <muster/sink.h>

MST_BEGIN

struct mst_rest;

/* What an answer means that is not as it should be; the first rule that fits counts. */
struct mst_rest_rule {
        const char *method;      /* NULL: any                                          */
        int status;              /* 0: any                                             */
        const char *code;        /* what the service's error code is; NULL: any        */
        int means;               /* enum mst_code; 0 ends the table                    */
        const char *advice;      /* what the admin can do, or NULL                     */
};

/* The service.  Names of members are told apart without regard to case; where several may
 * stand, they are words with a blank between. */
struct mst_rest_service {
        size_t size;             /* of this struct in the connector's build            */
        const char *name;        /* as sentences call it: "Bold BI"                    */
        const char *header, *prefix;  /* of the token; NULL: Authorization, "Bearer " */
        const char *good;        /* members that must be true where they come: "Status" */
        const char *code, *message;   /* members of an answer that tell of an error    */
        const char *inside;      /* members that objects come in: "Data UserList"      */
        const char *ids;         /* an object has one of these, its lasting id: "UserId Id" */
        const char *named;       /* the member that an object is called by: "Name"     */
        const char *domains;     /* hosts below them may be called when an answer leads there */
        const struct mst_rest_rule *rules;
};

/* Nothing is sent.  'service', 'config' (of 'size' bytes) and 'host' are borrowed. */
MST_API struct mst_rest *mst_rest_new(const struct mst_rest_service *service,
                                      const struct mst_http_config *config, size_t size,
                                      struct mst_host *host, struct mst_error *err);
MST_API void mst_rest_free(struct mst_rest *rest);         /* takes NULL */

/* How requests say who we are: by a key as it is, behind a prefix of its own, or by a token that 'get' fetches when it is
 * needed (<muster/http.h>).  Neither: not at all. */
MST_API void mst_rest_key(struct mst_rest *rest, const char *prefix, const struct mst_secret *key);
MST_API int mst_rest_token(struct mst_rest *rest, mst_http_token_get *get, void *self, struct mst_error *err);

/* The client beneath, for its settings; the arena, for what lives as long as answers. */
MST_API struct mst_http *mst_rest_http(struct mst_rest *rest);
MST_API struct mst_arena *mst_rest_arena(struct mst_rest *rest);

/* In probe: the option 'url' is all that tells one place from another; letters' case and a slash at
 * its end make no other one of it. */
MST_API void mst_rest_identity(const struct mst_rest *rest, struct mst_facts *facts);

/* At the start of find, list, apply and probe: forgets the answers of before, and lets waits
 * count anew. */
MST_API void mst_rest_begin(struct mst_rest *rest);

/* --- where requests go -------------------------------------------------------------- */

/* Paths are put behind a base, at first the option 'url'.  The service may lead elsewhere: by a
 * 308, which is followed (Location: another base, or the whole address) and remembered; or by an
 * address in an answer, which the connector sets here.  Credentials go along, so the host must
 * be that of the option, below one of the service's domains, or below one of 'hosts', which the
 * admin trusts (a list option; NULL: none): else MST_EPERM, with a sentence that names the option
 * 'trusted-hosts'. */
MST_API void mst_rest_trust(struct mst_rest *rest, char *const *hosts);
MST_API int mst_rest_base(struct mst_rest *rest, const char *url, struct mst_error *err);
/* Allows whole addresses at that host, without making it the base. */
MST_API int mst_rest_allow(struct mst_rest *rest, const char *url, struct mst_error *err);
/* Put between base and path, such as "/v5.0"; borrowed. */
MST_API void mst_rest_prefix(struct mst_rest *rest, const char *prefix);

/* --- calls ---------------------------------------------------------------------------- */

/* One request and its answer.  The body is what was written to mst_rest_body() since the last
 * call; nothing was: none.  MST_OK: a status below 300, no error code, nothing false that should
 * be true; '*ret' (may be NULL) is the answer, null when it was empty.  Else the class: that of
 * the rule that fits, or MST_EAUTH (401), MST_EPERM (403), MST_ENOTFOUND (404, 410), MST_ENET (5xx,
 * or an answer that is no JSON: a proxy's page), MST_EREFUSED.  MST_EAUTH told in a body alone
 * fetches a new token and repeats the call once, as mst_http_do() does for a 401.  'format' is
 * a path, whose parts are escaped already (mst_rest_escape()), or a whole address. */
MST_API struct mst_json_out *mst_rest_body(struct mst_rest *rest);
MST_API int mst_rest_call(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err,
                          const char *method, const char *format, ...) MST_PRINTF(5, 6);
MST_API int mst_rest_get(struct mst_rest *rest, const struct mst_value **ret, struct mst_error *err,
                         const char *format, ...) MST_PRINTF(4, 5);

/* The next call's body at once: {"name":"text"}, {"name":["text","text"]}. */
MST_API void mst_rest_body_text(struct mst_rest *rest, const char *name, const char *text);
MST_API void mst_rest_body_texts(struct mst_rest *rest, const char *name, const char *const *texts, size_t count);

/* The same in two steps, for what is not of that form: a request with address and credentials,
 * to which a body or headers can be added; and its sending, which also takes a request of the
 * connector's own (a sign-in) and frees it.  mst_rest_load() gives the body as it came. */
MST_API struct mst_http_request *mst_rest_start(struct mst_rest *rest, const char *method,
                                                const char *format, ...) MST_PRINTF(3, 4);
MST_API int mst_rest_send(struct mst_rest *rest, struct mst_http_request *request,
                          const struct mst_value **ret, struct mst_error *err);
MST_API int mst_rest_load(struct mst_rest *rest, struct mst_http_request *request, char **ret,
                          size_t *size, struct mst_error *err);

/* GETs a list that comes in one answer, in a member that must be there. */
MST_API int mst_rest_whole(struct mst_rest *rest, const char *member, const struct mst_value ***ret, size_t *count,
                           struct mst_error *err, const char *format, ...) MST_PRINTF(6, 7);

/* Many GETs, as many at once as the client may.  A NULL path is passed over; an answer that
 * means MST_ENOTFOUND leaves its '*ret' NULL, any other error ends all. */
MST_API int mst_rest_gets(struct mst_rest *rest, const char *const *paths, size_t count,
                          const struct mst_value **ret, struct mst_error *err);

/* GETs until the answer's member 'member' is another word than 'busy', 'every_ms' apart (or as
 * long as Retry-After says), for 'most_ms'.  MST_ENET: it is still so; '*ret' is the last answer. */
MST_API int mst_rest_poll(struct mst_rest *rest, const char *member, const char *busy, int64_t every_ms,
                          int64_t most_ms, const struct mst_value **ret, struct mst_error *err,
                          const char *format, ...) MST_PRINTF(8, 9);

/* What the code of the last call makes of an op: done; unknown (a create that may have been
 * carried out, without an answer); retry (network, throttled, credentials); gone; refused. */
MST_API enum mst_outcome mst_rest_outcome(const struct mst_rest *rest, int code, bool creates);
/* The last call may have been carried out, and nobody knows. */
MST_API bool mst_rest_in_doubt(const struct mst_rest *rest);

/* Something that the service takes and finishes later: sends the request, whose answer names a job in
 * the member 'job', and polls 'path', which has one "%s" for that, until 'status' is not 'busy'.  'path' NULL:
 * out of memory. */
struct mst_rest_job {
        const char *job, *status, *busy, *path;
        int64_t every_ms, most_ms;
};
MST_API int mst_rest_job(struct mst_rest *rest, const struct mst_rest_job *job, struct mst_http_request *request,
                         const struct mst_value **ret, struct mst_error *err);

/* The status of the last call's answer; 0: there was none. */
MST_API int mst_rest_status(const struct mst_rest *rest);

/* Text as one part of an address; "-" when there is none, or no memory. */
MST_API const char *mst_rest_escape(struct mst_rest *rest, const char *text);

/* A token by user name and password (RFC 6749, section 4.3), at a path; '*ret' is the answer. */
MST_API int mst_rest_password_grant(struct mst_rest *rest, const char *path, const char *username,
                                    const struct mst_secret *password, const struct mst_value **ret,
                                    struct mst_error *err);

/* The text of an answer's member as a secret, which is the caller's; it is wiped where it stood.
 * NULL: there is none, or no memory. */
MST_API struct mst_secret *mst_rest_secret(const struct mst_value *answer, const char *name);

/* A token endpoint's answer (RFC 6749, section 5.1): access_token, and expires_in, which may be a
 * number, the same as text, or the date on which it ends; 'life_ms' otherwise.  MST_EAUTH: it
 * holds no token. */
MST_API int mst_rest_token_answer(struct mst_rest *rest, const struct mst_value *answer, struct mst_secret **ret,
                                  int64_t *life_ms, struct mst_error *err);

/* --- objects in answers ------------------------------------------------------------------ */

/* The objects in an answer, wherever they stand in it as 'inside' and 'ids' say.  How many; they
 * are added behind the 'count' that '*all' has already.  SIZE_MAX: no memory. */
MST_API size_t mst_rest_objects(struct mst_rest *rest, const struct mst_value *answer,
                                const struct mst_value ***all, size_t count);
/* The object's lasting id as text, or that of the answer's first object, or a bare number in its
 * place; NULL: none. */
MST_API const char *mst_rest_id(struct mst_rest *rest, const struct mst_value *answer);

/* A whole list that comes page by page, by number.  Such a list is no snapshot: what is made or
 * deleted meanwhile shifts the later pages; so it is read again when its total has changed or
 * is not what was read, at most four times, and is an error then. */
struct mst_rest_list {
        const char *path;        /* with '?' and what is searched for, or without      */
        const char *page, *most; /* names of the parameters; 'page' NULL: it is not paged */
        int size;                /* objects a page                                     */
        bool by_item;            /* 'page' counts objects (startIndex), and not pages  */
        const char *total;       /* member with the number of all objects              */
};
MST_API int mst_rest_list(struct mst_rest *rest, const struct mst_rest_list *list,
                          const struct mst_value ***ret, size_t *count, struct mst_error *err);

/* --- ops by tables -------------------------------------------------------------------------- */

/* An op under way.  What its functions are given lives until it is settled. */
struct mst_rest_task;

MST_API struct mst_op *mst_rest_op(const struct mst_rest_task *task);
MST_API void *mst_rest_self(const struct mst_rest_task *task);
MST_API struct mst_arena *mst_rest_task_arena(const struct mst_rest_task *task);
MST_API void *mst_rest_space(const struct mst_rest_task *task);    /* 'space' bytes, zero at first */

/* The object's id and name, of the op at first; NULL leaves one as it is.  Both are copied. */
MST_API void mst_rest_set(struct mst_rest_task *task, const char *id, const char *name);
MST_API const char *mst_rest_task_id(const struct mst_rest_task *task);
MST_API const char *mst_rest_task_name(const struct mst_rest_task *task);
/* What stands for {part} in the next path: the id of something that the object has. */
MST_API void mst_rest_part(struct mst_rest_task *task, const char *part);

/* Within 'when': the request that follows has another method and path than the table says, and for
 * GET and DELETE no body. */
MST_API void mst_rest_use(struct mst_rest_task *task, const char *method, const char *path);
/* Within 'body': what changes among the attributes, as members of an object that was begun; and who
 * joins, or leaves, in this step, as a whole object {"name":[...]}, by numbers or texts. */
MST_API void mst_rest_write(const struct mst_rest_task *task, struct mst_json_out *out, const char *attributes);
MST_API void mst_rest_members(const struct mst_rest_task *task, struct mst_json_out *out, const char *name, bool numbers);

/* Steps, in their order; a NULL method ends them. */
struct mst_rest_step {
        const char *method;
        const char *path;        /* {id}, {name} and {part} become the task's, escaped */
        /* Passed over unless: the id is not known yet; one of these attributes changes, in a create to
         * something (words); such members are there; and 'when' says so. */
        bool unknown;
        const char *changes;
        enum { MST_REST_ALL, MST_REST_JOIN, MST_REST_LEAVE } members;
        bool (*when)(struct mst_rest_task *task);
        /* The body: an object of what changes among these attributes, as text (words); or written by
         * a function; or none. */
        const char *writes;
        int (*body)(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err);
        int (*then)(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err);
        bool again;              /* the same step until 'when' says no                 */
        int gone;                /* a further status that says that it is not there    */
};

/* Steps of the ops of a kind; 'verb' 0 for all verbs.  The first that fits counts; a kind of 0
 * ends the table. */
struct mst_rest_flow {
        int kind, verb;
        const struct mst_rest_step *steps;
};

struct mst_rest_plan {
        size_t size;             /* of this struct in the connector's build            */
        const struct mst_rest_flow *flows;
        void *self;
        size_t space;            /* see mst_rest_space()                               */
        /* Where a user who is not found under his name is looked for by id, before he counts as
         * gone; NULL: paths have ids only. */
        const char *there;
        /* Called once for each op before it is settled; may be NULL. */
        void (*end)(struct mst_rest_task *task, enum mst_outcome outcome);
};

/* The body of a sink's apply(): the ops of the feed, in-flight of them at once, each by its
 * steps.  Done: when the last one was answered well; the object is the task's id and name.  An
 * answer that is not good makes it gone (MST_ENOTFOUND, but of a create), a duplicate (409 to a
 * create), or refused; a create of which something was answered, and anything answered with
 * what is no JSON, is unknown, so that the engine looks; other statuses, silence and trouble of
 * the whole as mst_http_each() says.  A 'then' that fails leaves it unknown; a 'body' that fails
 * refuses it, or with MST_ENET puts it off.  When a step for those who leave fails, those who
 * joined before have joined. */
MST_API int mst_rest_apply(struct mst_rest *rest, struct mst_feed *feed, const struct mst_rest_plan *plan,
                           struct mst_error *err);

/* Ready for 'then', after a search: the id of the object whose member 'named' of the service is exactly
 * the task's name; MST_ENET when there is none. */
MST_API int mst_rest_take_named(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err);

/* Ready for 'then': keeps the objects of the answer, for later steps; and one of those kept, by a member's
 * text without regard to case, or NULL. */
MST_API int mst_rest_keep(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err);
MST_API const struct mst_value *mst_rest_kept(const struct mst_rest_task *task, const char *member, const char *text);

/* Ready for 'body': each change as a member of its name, cleared ones as null.  Ready for 'then':
 * takes the id of the answer. */
MST_API int mst_rest_changes(struct mst_rest_task *task, struct mst_json_out *out, struct mst_error *err);
MST_API int mst_rest_take_id(struct mst_rest_task *task, const struct mst_value *answer, struct mst_error *err);

MST_END_C
#endif
