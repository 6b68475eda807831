/* source.h - one configured directory that is read: what the source's files share.
 *
 * Two connections: one for what is read, which may stand still between two pages with
 * answers on their way, and one for what is looked up meanwhile. */
#ifndef LDP_SOURCE_H
#define LDP_SOURCE_H

#include <ldap.h>

#include <muster/source.h>

#include "absent.h"
#include "columns.h"
#include "conn.h"
#include "directory.h"
#include "entry.h"
#include "reading.h"
#include "result.h"
#include "uuid.h"

enum ldp_family { LDP_FAMILY_OTHER = 0, LDP_FAMILY_389, LDP_FAMILY_AD };

/* Where the records of one kind are. */
struct ldp_shelf {
        enum mst_kind kind;
        const char *base;                /* NULL: this kind is not read                */
        const char *base_normal;
        const char *context;             /* the naming context above                   */
        const char *filter;
        int scope;
        struct ldp_columns columns;
};

struct ldp_resolver;
struct ldp_round;

struct ldp_source {
        const struct ldp_reading *config;
        struct mst_host *host;
        struct mst_arena *arena;         /* as long as the instance                    */
        struct ldp_dir dir;
        struct ldp_conn reader, asker;
        bool planned;                    /* what follows is known                      */
        enum ldp_family family;
        bool sync_offered, dirsync_offered;
        unsigned dirsync_flags;
        const char *domain;              /* AD: the domain's naming context            */
        const char *dsa;                 /* AD: the entry of the server's own settings */
        const char *id_attribute;
        enum ldp_form form;
        struct ldp_shelf users, groups;
        bool members_wanted;
        struct ldp_resolver *resolver;
        struct ldp_round *round;         /* NULL: none under way                       */
        struct ldp_absences absences;    /* of the round                               */
        uint64_t rounds;                 /* begun so far                               */
        uint64_t nonce;                  /* tells this instance's places from another's */
};

static inline struct ldp_shelf *
ldp_shelf_of(struct ldp_source *source, enum mst_kind kind)
{
        return kind == MST_GROUP ? &source->groups : &source->users;
}

/* The reader is ready, the server's family is known, and what is to be read is planned. */
int ldp_source_plan(struct ldp_source *source, struct mst_error *err);

/* The asker is ready. */
int ldp_source_asker(struct ldp_source *source, struct mst_error *err);

/* The first values of attributes of one entry, copied into 'arena'; NULL where there is none.
 * '*rc' is the result's code. */
int ldp_source_entry(struct ldp_source *source, struct ldp_conn *conn, const char *dn, const char *filter,
                     LDAPControl **controls, char **attributes, struct mst_arena *arena, struct berval *values,
                     struct ldp_result *result, struct mst_error *err);

/* Calls of the plugin. */
int ldp_source_open(const void *config, struct mst_host *host, void **self, struct mst_error *err);
int ldp_source_probe(void *self, struct mst_facts *facts, struct mst_error *err);
int ldp_source_read(void *self, const char *cursor, struct mst_page *page, struct mst_error *err);
int ldp_source_fetch(void *self, const struct mst_ids *ids, struct mst_page *page, struct mst_error *err);
void ldp_source_close(void *self);

#endif
