/* SPDX-License-Identifier: Apache-2.0
 *
 * kaizala.h - what the files of the connector share.
 *
 * Marks such as [D] (documented), [O] (observed) and [C] (our choice) are those of the
 * protocol sheet: the service ended in 2023 and can be asked no more. */
#ifndef KZL_KAIZALA_H
#define KZL_KAIZALA_H

#include <muster/phone.h>
#include <muster/plugin.h>
#include <muster/rest.h>
#include <muster/roster.h>

enum { KZL_NUMBERS = 100 };             /* numbers in one call [D: of calls that create] */

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

struct kzl {
        const struct kzl_config *config;
        struct mst_host *host;
        struct mst_rest *rest;
        struct mst_arena *arena;        /* of the instance */
        struct mst_roster_layout layout;
        bool reach_known;               /* groups are made where they should be        */
        size_t batches;                 /* of the apply() under way                    */
        char number[MST_PHONE_SIZE];    /* that a query means                          */

        /* what was read in this call of the engine */
        struct mst_roster *roster;      /* NULL: not read                              */
        struct kzl_group *groups;       /* NULL: not read                              */
        size_t group_count;
        const char *members_of;         /* group id, or NULL                           */
        struct kzl_member *members;
        size_t member_count;
};

/* kaizala.c: what was read before is forgotten. */
void kzl_begin(struct kzl *k);

/* token.c: the service, and its tokens. */
extern const struct mst_rest_service kzl_service;
int kzl_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);

/* groups.c */
int kzl_groups(struct kzl *k, struct mst_error *err);
enum mst_outcome kzl_group_op(void *self, struct mst_op *op, struct mst_error *why);
/* Groups among the members of an op are attached and detached. */
int kzl_nest(struct kzl *k, struct mst_op *op, const char *group, struct mst_error *err);

/* members.c */
int kzl_members(struct kzl *k, const char *group, bool fresh, struct mst_error *err);
int kzl_remove(struct kzl *k, const char *group, const struct kzl_member *member, struct mst_error *err);
enum mst_outcome kzl_members_op(struct kzl *k, struct mst_op *op, const struct kzl_group *group, bool added,
                                struct mst_error *why);
/* Who is to be deleted leaves every group of the organisation but those that he is an admin of. */
int kzl_sweep(struct kzl *k, struct mst_op *const *ops, size_t count, struct mst_error *err);

/* directory.c: the Directory as it is known, and files for it. */
int kzl_phone(const struct kzl *k, const struct mst_value *value, char into[MST_PHONE_SIZE], struct mst_error *err);
int kzl_directory(struct kzl *k, struct mst_error *err);
int kzl_people_apply(struct kzl *k, struct mst_op **ops, size_t count, struct mst_error *err);

/* find.c, probe.c */
int kzl_find(void *self, struct mst_search *search, struct mst_error *err);
int kzl_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);
int kzl_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int kzl_apply(void *self, struct mst_feed *feed, struct mst_error *err);

#endif
