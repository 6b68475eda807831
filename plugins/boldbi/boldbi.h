/* SPDX-License-Identifier: Apache-2.0
 *
 * boldbi.h - what the files of the boldbi sink share. */
#ifndef BBI_BOLDBI_H
#define BBI_BOLDBI_H

#include <muster/http.h>
#include <muster/json.h>
#include <muster/plugin.h>

struct bbi_config {
        struct mst_http_config http;
        char *username;
        struct mst_secret *password, *api_key;
        int64_t version;                     /* enum bbi_version                       */
        int64_t initial_password;            /* enum bbi_initial                       */
        char *password_file;
};
enum bbi_version { BBI_V5 = 0, BBI_V4 };
enum bbi_initial { BBI_RANDOM = 0, BBI_NONE };

struct bbi_sink {
        const struct bbi_config *config;
        struct mst_host *host;
        struct mst_http *http;
        struct mst_http_token *token;        /* NULL with an API key                   */
        struct bbi_task *tasks;              /* under way                              */
};

/* What objects carry, by its name in JSON; those up to BBI_CONTACT are what U2 and U4 write. */
enum bbi_field {
        BBI_USERNAME, BBI_EMAIL, BBI_FIRST, BBI_LAST, BBI_CONTACT, BBI_DIRECTORY, BBI_STATUS, BBI_NAME, BBI_DESCRIPTION,
        BBI_VALUE, BBI_FIELDS
};
extern const char *const bbi_fields[BBI_FIELDS];
/* The field of that name, or BBI_FIELDS: then it is an attribute of users. */
enum bbi_field bbi_field_of(const char *name, size_t length);

struct bbi_item {
        int64_t id;
        const char *text[BBI_FIELDS];        /* NULL: not there                        */
        struct bbi_answer *attributes;       /* of a user, once asked for              */
};

/* An answer of the site API, whatever its shape: items nested in Data, in UserList or bare. */
struct bbi_answer {
        struct mst_arena *arena;             /* everything is in it                    */
        struct bbi_item *items;
        size_t count, room;
        int64_t total;                       /* TotalResults, or -1                    */
        int64_t data;                        /* a number in Data, or -1                */
        bool denied;                         /* Status or ApiStatus is false           */
        bool enabled;                        /* EnableSchedule is true                 */
        const char *message;                 /* StatusMessage, or NULL                 */
};

/* answer.c.  Adds to what is there; a body that is not JSON is an error, an empty one is not. */
int bbi_answer_read(struct bbi_answer *answer, const struct mst_http_reply *reply, struct mst_error *err);
/* The item of that id or NULL; the value of an attribute of its own, or NULL. */
const struct bbi_item *bbi_answer_find(const struct bbi_answer *answer, int64_t id);
const struct bbi_item *bbi_answer_attribute(const struct bbi_answer *attributes, const char *name);

/* site.c: requests with address and credentials; the format is behind the version. */
int bbi_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);
void bbi_start(struct bbi_sink *sink, struct mst_http_request *request, const char *method, const char *format, ...)
        MST_PRINTF(4, 5);
/* GETs and reads the answer; '*status' is 200 or 204, or what is among 'also' (0: none). */
int bbi_get(struct bbi_sink *sink, struct bbi_answer *answer, int also, int *status, struct mst_error *err,
            const char *format, ...) MST_PRINTF(6, 7);
/* "Bold BI refuses it: MESSAGE (status 406)". */
int bbi_fail(struct mst_error *err, const struct mst_http_reply *reply, const struct bbi_answer *answer);

/* look.c */
int bbi_find(void *self, struct mst_search *search, struct mst_error *err);
int bbi_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);
/* Groups whose name fits, all pages. */
int bbi_read_groups(struct bbi_sink *sink, struct bbi_answer *answer, const char *name, struct mst_error *err);
int bbi_probe(void *self, struct mst_facts *facts, struct mst_error *err);

/* apply.c, user.c and group.c: an op under way. */
enum bbi_step {
        BBI_BEGIN = 0,
        BBI_POST, BBI_LOOK, BBI_PUT, BBI_ATTRIBUTES, BBI_ATTRIBUTE, BBI_DELETE, BBI_JOIN, BBI_PART,
        BBI_THERE,                           /* 404: is it there under another name?   */
        BBI_END
};
struct bbi_task {
        struct bbi_task *next;
        struct bbi_sink *sink;
        struct mst_op *op;
        struct mst_arena *arena;
        enum bbi_step step;
        const char *key;                     /* of a user in addresses: e-mail or user name */
        int64_t id;
        size_t at;                           /* of the changes: the attribute at hand  */
        struct bbi_answer attributes;        /* those that the user has                */
        struct mst_secret *password;
};
int bbi_apply(void *self, struct mst_feed *feed, struct mst_error *err);
/* The next step, the request of the one at hand, and what its answer makes of it: true when
 * that was settled or leads on, false leaves it to the status. */
enum bbi_step bbi_user_next(struct bbi_task *task);
int bbi_user_ask(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err);
enum bbi_step bbi_group_next(struct bbi_task *task);
int bbi_group_ask(struct bbi_task *task, struct mst_http_request *request, struct mst_error *err);
/* Text of a value that shall be there; "" clears. */
const char *bbi_text(const struct mst_value *value);

#endif
