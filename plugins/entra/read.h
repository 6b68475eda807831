/* read.h - reading: what the files behind read() and fetch() share.
 *
 *   read.c       a round: which step comes after which, and how a page ends
 *   cursor.c     the place marker
 *   page.c       one page of Graph, surveyed
 *   users.c      step: users/delta
 *   listing.c    steps for a tenant without change tracking: lists of users and groups
 *   groups.c     step: groups/delta and the members
 *   restrict.c   step: the people of one group, and who came and left
 *   watch.c      whether anything changed in that group and the groups in it
 *   photos.c     the attribute photo, and the step that looks at everybody's again
 *   batch.c      many small reads, twenty at a time
 *   roll.c       a set of ids with a number each
 *   kept.c       rolls that outlive the process
 */
#ifndef ENTRA_READ_H
#define ENTRA_READ_H

#include "entra.h"

/* --- roll.c ---------------------------------------------------------------------------- */

struct entra_roll;
struct entra_roll *entra_roll_new(void);
void entra_roll_free(struct entra_roll *roll);             /* takes NULL */
/* False when memory is out. */
bool entra_roll_put(struct entra_roll *roll, const char *id, size_t length, uint64_t number);
/* 'number' may be NULL. */
bool entra_roll_has(const struct entra_roll *roll, const char *id, size_t length, uint64_t *number);
bool entra_roll_drop(struct entra_roll *roll, const char *id, size_t length);
size_t entra_roll_count(const struct entra_roll *roll);
/* The id at or behind '*at', which moves on; NULL at the end. */
const char *entra_roll_next(const struct entra_roll *roll, size_t *at, size_t *length);
/* As bytes, in 'arena', and back; NULL: no memory, or damaged. */
char *entra_roll_pack(const struct entra_roll *roll, bool numbers, struct mst_arena *arena,
                      size_t *size);
struct entra_roll *entra_roll_unpack(const void *bytes, size_t size);

/* --- kept.c: a cursor names the generation of each roll that it depends on ---------------- */

/* The roll of that generation, from memory or as kept; 0: an empty one.  MST_ENOTFOUND when
 * it is not kept any more. */
int entra_kept_open(struct entra *entra, enum entra_which which, uint64_t generation,
                    struct entra_roll **ret, struct mst_error *err);
/* Puts another roll in its place; it is the instance's from now on. */
void entra_kept_replace(struct entra *entra, enum entra_which which, struct entra_roll *roll);
/* The roll in memory differs from what is kept. */
void entra_kept_touch(struct entra *entra, enum entra_which which);
/* Keeps it, if it was touched, as a new generation, which '*generation' becomes. */
int entra_kept_save(struct entra *entra, enum entra_which which, uint64_t *generation,
                    struct mst_error *err);
/* What is in memory is not believed any more. */
void entra_kept_close(struct entra *entra);
/* A round begins with this generation: the others are forgotten. */
void entra_kept_forget(struct entra *entra, enum entra_which which, uint64_t generation);

/* --- page.c ---------------------------------------------------------------------------- */

struct entra_item {
        size_t offset, size;
        const char *id;
        size_t id_length;
        enum mst_gone gone;                  /* 0: a record                            */
        const char *type;                    /* of @odata.type, or NULL                */
        size_t type_length;
        const char *bad;                     /* why it cannot be told, or NULL         */
};

struct entra_found {
        struct entra_item *items;
        size_t count, room;
        bool has_value;
        const char *next, *delta;
        size_t next_length, delta_length;
        enum mst_json_taken link_taken;      /* of the one that was no good            */
};

struct entra_ask {
        const char *url;
        size_t length;
        const char *doing;                   /* "reading users"                        */
        const char *things;                  /* "users"                                */
        bool list;                           /* the last page has no link              */
        bool advanced;                       /* with ConsistencyLevel: eventual        */
};

/* GETs and surveys a page, again when it is damaged.  MST_END: Graph answered with something
 * else, which is in entra->reply. */
int entra_page_get(struct entra *entra, const struct entra_ask *ask, struct entra_found *ret,
                   struct mst_error *err);
/* Its link leads to the configured Graph, and not in a circle. */
int entra_page_link(struct entra *entra, const struct entra_ask *ask, const struct entra_found *found,
                    struct mst_error *err);
/* Both, to the end of a list: tell() hears of each good item. */
typedef int entra_tell_item(void *self, const struct entra_item *item, struct mst_error *err);
int entra_page_each(struct entra *entra, struct entra_ask *ask, entra_tell_item *tell, void *self,
                    struct mst_error *err);
/* True for "#microsoft.graph.user" and its like. */
bool entra_item_is(const struct entra_item *item, const char *type);
void entra_page_bad(struct mst_page *page, const struct entra_item *item, const char *what, size_t at);

/* --- batch.c --------------------------------------------------------------------------- */

/* The answer to one part; its body is JSON and lies in the reply until tell() returns. */
struct entra_part {
        int status;
        const char *body;
        size_t size;
        const char *etag;
        size_t etag_length;
};

struct entra_batch {
        size_t count;
        /* "/users/ID", below the version, in entra->scratch; NULL when memory is out. */
        const char *(*url)(void *self, size_t index);
        int (*tell)(void *self, size_t index, const struct entra_part *part, struct mst_error *err);
        void *self;
        const char *doing;
};
int entra_batch_do(struct entra *entra, const struct entra_batch *batch, struct mst_error *err);
/* The refusal of a part, for entra_problem_has() and its like. */
void entra_part_problem(struct entra *entra, const struct entra_part *part, struct entra_problem *ret);

/* --- steps: each tells a page and moves '*at' on ------------------------------------------- */

int entra_step_users(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                     struct mst_error *err);
int entra_step_list(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                    struct mst_error *err);
int entra_step_groups(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                      struct mst_error *err);
int entra_step_group_list(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                          struct mst_error *err);
int entra_step_people(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                      struct mst_error *err);
int entra_step_photos(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                      struct mst_error *err);

/* The round goes on with what comes after this step. */
void entra_step_over(struct entra *entra, struct entra_cursor *at);
/* Graph refused a request that carried a token: true when the step begins once more from the
 * link that the round began with. */
bool entra_begin_again(struct entra *entra, struct entra_cursor *at, const struct entra_link *start);
/* Graph refused a first request because the tenant has no change tracking. */
bool entra_no_tracking(struct entra *entra);
/* Graph refused the page: MST_EEXPIRED when a token was carried and is lost, else its class. */
int entra_page_refused(struct entra *entra, const struct entra_ask *ask, bool token, const char *needs,
                       struct mst_error *err);

/* --- what steps share ------------------------------------------------------------------------ */

/* photos.c: people who were told in this page and whose picture is wanted. */
struct entra_sitter {
        const char *id;
        size_t length;
        struct mst_record *record;           /* NULL: told only if the picture changed */
        bool whole;
};
int entra_photos_put(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                     struct entra_sitter *sitters, size_t count, struct mst_error *err);
bool entra_photos_due(struct entra *entra, const struct entra_cursor *at);
/* The refresh that was due is done. */
void entra_photos_done(struct entra *entra, struct entra_cursor *at);

/* users.c: single people, whole, by their ids; those that Graph gives are told and 'told'
 * hears of them. */
typedef int entra_told(void *self, size_t index, int status, struct mst_error *err);
int entra_users_whole(struct entra *entra, struct entra_cursor *at, struct mst_page *page,
                      const struct entra_link *ids, size_t count, entra_told *told, void *self,
                      struct mst_error *err);

/* groups.c: all direct members of a group, from its list. */
int entra_group_members(struct entra *entra, struct mst_page *page, const char *id, size_t length,
                        struct mst_error *err);

/* restrict.c: the id of the group that the source is restricted to, asked for when it is
 * configured by name. */
bool entra_restricted(const struct entra *entra);
/* A GUID in lower case: fit for an address or a filter as it is. */
bool entra_is_guid(const char *id, size_t length);
int entra_restrict_id(struct entra *entra, const char **ret, struct mst_error *err);

/* The group's list was refused; a group that is not there must never look like an empty one. */
int entra_restrict_refused(struct entra *entra, const struct entra_ask *ask, struct mst_error *err);

/* watch.c: at->watch becomes a link that tells when members of the group, or of the groups in
 * it, change; or none, when Graph offers none. */
int entra_watch_start(struct entra *entra, struct entra_cursor *at, const char *group,
                      struct mst_error *err);
/* '*changed': membership must be compared.  at->watch becomes the next link. */
int entra_watch_look(struct entra *entra, struct entra_cursor *at, bool *changed, struct mst_error *err);

#endif
