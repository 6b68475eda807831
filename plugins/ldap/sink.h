/* sink.h - one configured LDAP directory: what its files share.
 *
 * Connections live as long as the instance and are reused by find, list and apply;
 * one thread at a time, so nothing here is locked. */
#ifndef LDP_SINK_H
#define LDP_SINK_H

#include <ldap.h>

#include <muster/sink.h>

#include "chunk.h"
#include "conn.h"
#include "directory.h"
#include "kind.h"
#include "number.h"
#include "options.h"

/* Where the objects of one kind are and how they are named. */
struct ldp_place {
        enum mst_kind kind;
        const char *base;                /* NULL: this kind is not written             */
        const char *base_normal;         /* as ldp_dn_normal() gives it                */
        const char **rdn;                /* names of the naming attributes, NULL ends  */
        char **classes;
        const char *stamp;               /* attribute, or NULL                         */
        const char *filter;
        struct ldp_number number;
};

/* What makes an account unusable: a value of an attribute, or a bit of a number. */
struct ldp_lock {
        const char *attribute;           /* NULL: accounts cannot be disabled          */
        const char *on, *off;            /* off NULL: removed                          */
        uint32_t bit;                    /* not 0: it is set and cleared, the others stay */
};

/* A listing under way: one at a time. */
struct ldp_listing {
        enum mst_kind kind;
        uint64_t page;                   /* 0: none                                    */
        struct berval cookie;            /* libldap's memory                           */
        uint64_t connection;             /* serial number of the connection it lives on */
};

struct ldp_request;

struct ldp_sink {
        const struct ldp_config *config;
        struct mst_host *host;
        struct mst_arena *arena;         /* as long as the instance                    */
        struct ldp_dir dir;
        struct ldp_chunk chunk;
        /* From here on set when the dialect is known, at the first connection. */
        struct ldp_place users, groups;  /* their bases before */
        const struct ldp_kind *kind;     /* of groups                                  */
        char *member;                    /* their attribute                            */
        const char *refers;              /* what stands in it: NULL DNs, else values of this */
        bool needs_member;               /* a group must have one; see kind.h          */
        struct ldp_lock lock;            /* complete when the schema was read          */
        struct ldp_listing listing;
        struct ldp_conn *conns;          /* config->connections of them                */
        size_t conn_count;
        struct ldp_request *requests;    /* all of an apply() under way, see pool.c    */
        size_t request_count, renames;   /* how often an entry was renamed             */
        struct ldp_conn side;            /* for numbers, while the others are busy     */
        LDAPControl post_read;           /* "tell me its id"; value in 'arena'          */
};

static inline struct ldp_place *
ldp_place_of(struct ldp_sink *sink, enum mst_kind kind)
{
        return kind == MST_GROUP ? &sink->groups : &sink->users;
}

/* The first connection, ready, and the root DSE read. */
int ldp_sink_first(struct ldp_sink *sink, struct ldp_conn **ret, struct mst_error *err);

/* The same, and the schema read. */
int ldp_sink_schema(struct ldp_sink *sink, struct ldp_conn **ret, struct mst_error *err);

#endif
