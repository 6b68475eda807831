/* SPDX-License-Identifier: Apache-2.0
 *
 * boldbi.h - what the files of the boldbi sink share. */
#ifndef BBI_BOLDBI_H
#define BBI_BOLDBI_H

#include <muster/plugin.h>
#include <muster/rest.h>

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
        struct mst_rest *rest;
        size_t waiting;                      /* new users whom the site has sent an e-mail */
};

/* What users have by its own name; any other name is an attribute.  The first five are written. */
#define BBI_WITHOUT_PHONE "Username Email FirstName Lastname"
#define BBI_WRITTEN BBI_WITHOUT_PHONE " ContactNumber"
#define BBI_FIELDS BBI_WRITTEN " DirectoryType UserStatus Name Description Value"

/* site.c: the service, and its token. */
extern const struct mst_rest_service bbi_service;
int bbi_token_get(void *self, struct mst_secret **ret, int64_t *life_ms, struct mst_error *err);

int bbi_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int bbi_find(void *self, struct mst_search *search, struct mst_error *err);
int bbi_list(void *self, enum mst_kind kind, const char *cursor, struct mst_page *page, struct mst_error *err);

/* user.c: an op of a user under way; it ends with its password handed over or taken back. */
struct bbi_user {
        size_t at, next;                         /* of the changes: the one at hand    */
        struct mst_secret *password;
};
extern const struct mst_rest_step bbi_user_create[], bbi_user_update[], bbi_user_delete[];
void bbi_user_end(struct mst_rest_task *task, enum mst_outcome outcome);
/* group.c */
extern const struct mst_rest_step bbi_group_create[], bbi_group_update[], bbi_group_delete[];

#endif
