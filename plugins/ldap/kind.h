/* kind.h - groups of every kind: their classes, and what stands in them for a member. */
#ifndef LDP_KIND_H
#define LDP_KIND_H

#include <stdbool.h>

#include <muster/error.h>

struct ldp_config;
struct ldp_mods;
struct ldp_request;
struct ldp_sink;

/* In the order of the option's choices. */
enum ldp_kind_name {
        LDP_KIND_AUTO = 0,               /* groupOfNames, or what the dialect says      */
        LDP_KIND_NAMES,
        LDP_KIND_UNIQUE,
        LDP_KIND_POSIX,
        LDP_KIND_AD,
        LDP_KIND_CUSTOM
};

struct ldp_kind {
        enum ldp_kind_name name;
        char **classes;                  /* NULL: the admin says them                  */
        const char *member;
        const char *refers;              /* attribute of people; NULL: their DN         */
};

/* The row; never NULL.  'ad': the server is Active Directory, for LDP_KIND_AUTO. */
const struct ldp_kind *ldp_kind_of(enum ldp_kind_name name, bool ad);

/* Options about groups that need each other. */
int ldp_kind_check(const struct ldp_config *config, struct mst_error *err);

/* Does the server's schema, once read, let a group have no member? */
void ldp_kind_settle(struct ldp_sink *sink);

/* The DN that stands in a group which would otherwise have no member, or NULL. */
const char *ldp_kind_holder(const struct ldp_request *req);

/* What a new group has besides what maps give it. */
void ldp_kind_put(struct ldp_request *req, struct ldp_mods *mods);

#endif
