/* columns.h - which attributes of the directory make which attributes of a record.
 *
 * Rules and maps name Muster's attributes (surname, jobTitle, manager).  A column is one of
 * them and where it comes from. */
#ifndef LDP_COLUMNS_H
#define LDP_COLUMNS_H

#include <muster/host.h>
#include <muster/plugin.h>

#include "reading.h"

struct ldp_schema;

enum ldp_how {
        LDP_FROM_ATTRIBUTES = 0,
        LDP_FROM_ID,                     /* the record's id                            */
        LDP_FROM_DN,                     /* the entry's DN                             */
        LDP_FROM_PARENT,                 /* the RDNs between the entry and the base    */
        LDP_FROM_LOCK                    /* whether the account is open                */
};

struct ldp_column {
        const char *name;                /* as rules and maps write it                 */
        enum ldp_how how;
        char **from;                     /* attributes; the first with a value counts; NULL ends */
        enum mst_type type;              /* MST_NULL: what the schema says             */
        bool many, one;                  /* a list even of one; never a list           */
};

struct ldp_columns {
        struct ldp_column *list;
        size_t count;
        char **attributes;               /* to ask for, NULL ends; without id and members */
        bool references;                 /* any of them is one                         */
};

/* What rules and maps may name, for the descriptor. */
extern const struct mst_attribute ldp_reading_attributes[];

/* Makes the columns of one kind from what the host wants.  The schema, which may be NULL,
 * says which of several attributes exist. */
int ldp_columns_make(struct mst_arena *arena, const struct ldp_reading *config, bool ad,
                     const struct ldp_schema *schema, const struct mst_host *host, enum mst_kind kind,
                     struct ldp_columns *ret, struct mst_error *err);

/* The type that a value of 'attribute' in 'column' has. */
enum mst_type ldp_column_type(const struct ldp_column *column, const char *attribute,
                              const struct ldp_reading *config, const struct ldp_schema *schema);

/* NAME=ATTRIBUTE|ATTRIBUTE, as 'option' has it. */
int ldp_columns_check(const char *option, char *const *words, struct mst_error *err);

#endif
