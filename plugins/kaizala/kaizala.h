/* SPDX-License-Identifier: Apache-2.0
 *
 * kaizala.h - what the files of the connector share.
 *
 * Marks such as [D] (documented), [O] (observed) and [C] (our choice) are those of the
 * protocol sheet: the service ended in 2023 and can be asked no more. */
#ifndef KZL_KAIZALA_H
#define KZL_KAIZALA_H

#include <muster/arena.h>
#include <muster/escape.h>
#include <muster/http.h>
#include <muster/json.h>
#include <muster/outbox.h>
#include <muster/phone.h>
#include <muster/plugin.h>

enum { KZL_NUMBERS = 100,               /* numbers in one call [D: of calls that create] */
       KZL_ADDRESS = 512 };

struct kzl_config {
        struct mst_http_config http;
        char *application_id, *outbox, *export_path, *portal_url, *default_country;
        struct mst_secret *application_secret, *refresh_token, *token_key;
        char **trusted_hosts, **columns;
        int64_t calls_per_minute, broadcast, leavers;
        bool spreadsheet_safe;
};

enum { KZL_SUBSCRIBERS, KZL_MEMBERS };  /* broadcast */
enum { KZL_EVERYWHERE, KZL_MANAGED };   /* leavers */

struct kzl_group {
        const char *id, *name;
        bool connect, below, ours;      /* broadcast; has a parent; of the organisation */
};

struct kzl_member {
        const char *id, *phone;
        bool admin;
};

/* Somebody in the Directory, as far as is known; the values are those of the columns. */
struct kzl_row {
        struct kzl_row *next;
        const char *phone;
        const char **have, **want;      /* NULL: not there; unknown for 'want'         */
        bool leaves;                    /* the last file said so: 'want' is not there  */
        enum { KZL_QUIET, KZL_IMPORT, KZL_REMOVE } pending;
        const char *why;                /* the portal refused it                       */
};

enum { KZL_BUCKETS = 16384 };

struct kzl {
        const struct kzl_config *config;
        struct mst_host *host;
        struct mst_http *http;
        struct mst_http_token *token;
        struct mst_http_request *request, *token_request;
        struct mst_http_reply *reply, *token_reply;
        struct mst_json *json;
        struct mst_json_out *out;
        struct mst_arena *arena, *work; /* of the instance; of one call of the engine */
        char endpoint[KZL_ADDRESS];     /* without a slash at its end; "" before the first token */
        bool sent;                      /* the last call may have been carried out     */
        bool reach_known;               /* groups are made where they should be        */
        const char **columns;
        size_t column_count;

        /* what was read in this call of the engine */
        struct kzl_group *groups;
        size_t group_count;
        const char *members_of;         /* group id, or NULL                           */
        struct kzl_member *members;
        size_t member_count;
        struct kzl_row **book;          /* NULL: not read                              */
        uint64_t last_file;
        size_t lost;                    /* rows that the export should have, and has not */
};

/* kaizala.c: what was read before is forgotten. */
void kzl_begin(struct kzl *k);

/* people.c: the number of a value, or MST_EREFUSED with a sentence. */
int kzl_phone(const struct kzl *k, const struct mst_value *value, char into[MST_PHONE_SIZE], struct mst_error *err);

/* token.c */
int kzl_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);

/* call.c */
bool kzl_trusts(const struct kzl *k, const char *url);
/* The service's own hosts and those of trusted-hosts; allows requests there. */
int kzl_allow(struct kzl *k, const char *url, struct mst_error *err);
/* Where a 308 leads: the whole address for 'path', and the base before it.  Both hold KZL_ADDRESS. */
int kzl_moved(struct kzl *k, const struct mst_http_reply *reply, const char *path, char *url, char *base,
              struct mst_error *err);
/* MST_OK: 2xx, JSON and no errorCode.  Else the class and a sentence. */
int kzl_judge(struct kzl *k, const struct mst_http_request *request, const struct mst_http_reply *reply,
              struct mst_error *err);
/* One call of the group API; the answer is in k->reply.  The body is what k->out holds, for
 * GET and DELETE none. */
int kzl_call(struct kzl *k, const char *method, struct mst_error *err, const char *format, ...) MST_PRINTF(4, 5);
/* One call of the portal door; 'body' may be NULL. */
int kzl_portal(struct kzl *k, const char *method, const char *body, size_t size, struct mst_error *err,
               const char *format, ...) MST_PRINTF(6, 7);
/* Takes the object of the answer by its members; false: it is no JSON object. */
bool kzl_read(struct kzl *k, const struct mst_http_reply *reply, const struct mst_json_field *fields);
/* Puts one more into an array in the arena that doubles as it grows; NULL: no memory. */
void *kzl_more(struct kzl *k, void *array, size_t count, size_t size);
/* The body {"NAME":[...]}. */
void kzl_body(struct kzl *k, const char *name, const char *const *texts, size_t count);

/* groups.c */
int kzl_groups(struct kzl *k, struct mst_error *err);
struct kzl_group *kzl_group_of(struct kzl *k, const char *id);
enum mst_outcome kzl_group_op(struct kzl *k, struct mst_op *op, struct mst_error *why);
/* Groups among the members of an op are attached and detached. */
int kzl_nest(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err);
/* An id as a part of an address. */
const char *kzl_escaped(struct kzl *k, const char *id);

/* members.c */
int kzl_members(struct kzl *k, const char *group, bool fresh, struct mst_error *err);
struct kzl_member *kzl_member_of(struct kzl *k, const char *phone);
int kzl_remove(struct kzl *k, const char *group, const struct kzl_member *member, struct mst_error *err);
enum mst_outcome kzl_members_op(struct kzl *k, struct mst_op *op, const struct kzl_group *group, bool added,
                                struct mst_error *why);
/* The numbers of the op's people who join, or leave. */
const char **kzl_people_of(struct kzl *k, const struct mst_op *op, bool joins, size_t *count);
/* Who is named leaves every group of the organisation but those that he is an admin of. */
int kzl_sweep(struct kzl *k, const char *const *phones, size_t count, struct mst_error *err);

/* book.c: the Directory as it is known; outbox.c: files for it. */
int kzl_book(struct kzl *k, struct mst_error *err);
struct kzl_row *kzl_row(struct kzl *k, const char *phone, bool make);
bool kzl_row_same(const struct kzl *k, const char *const *a, const char *const *b);
/* Rows of a CSV are put into the book: as what is there, as what should be, or both. */
int kzl_book_take(struct kzl *k, char *text, size_t size, bool removes, bool have, bool want, struct mst_error *err);
int kzl_outbox_read(struct kzl *k, struct mst_error *err);
/* Writes, and uploads where there is a portal, what is pending. */
int kzl_outbox_write(struct kzl *k, struct mst_error *err);

/* people.c, find.c, probe.c */
void kzl_people_apply(struct kzl *k, struct mst_op **ops, size_t count, struct mst_error *err);
int kzl_find(void *self, struct mst_search *search, struct mst_error *err);
int kzl_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);
int kzl_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int kzl_apply(void *self, struct mst_feed *feed, struct mst_error *err);

#endif
