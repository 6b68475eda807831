/* entry.h - an entry the server sent, turned into what the engine reads. */
#ifndef LDP_ENTRY_H
#define LDP_ENTRY_H

#include <ldap.h>

#include <muster/record.h>

#include "schema.h"
#include "sink.h"

struct ldp_field {
        struct berval name;              /* not NUL-terminated                         */
        struct berval *values;           /* ends with a NULL bv_val                    */
        size_t count;
};

/* Texts lie in the arena given to read(); fields point into the message and are
 * valid until ldp_entry_done(), which comes before the message is freed. */
struct ldp_entry {
        const char *dn;
        const char *id;                  /* lasting id, or NULL                        */
        const char *stamp;               /* or NULL                                    */
        struct ldp_field *fields;
        size_t count;
        BerElement *ber;
};

/* MST_OK, or why it cannot be used (no memory, an answer that cannot be read). */
int ldp_entry_read(LDAP *ld, LDAPMessage *message, const struct ldp_dir *dir, const struct ldp_place *place,
                   struct mst_arena *arena, struct ldp_entry *ret, struct mst_error *err);
void ldp_entry_done(struct ldp_entry *entry);

const struct ldp_field *ldp_entry_field(const struct ldp_entry *entry, const char *name);

/* The same by any of the attribute's names, also with ";binary"; 'type' may be NULL. */
const struct ldp_field *ldp_entry_find(const struct ldp_entry *entry, const char *name, const struct ldp_type *type);

/* One value as 'type', or as text when it is none of that type. */
void ldp_entry_value(struct mst_record *record, struct mst_value *into, const struct berval *value,
                     enum mst_type type);

/* Puts what the host wants into 'record', under the names that it uses. */
void ldp_entry_fill(const struct ldp_entry *entry, struct ldp_sink *sink, const struct ldp_place *place,
                    struct mst_arena *arena, struct mst_record *record);

/* The attributes to ask for: what the host wants, id and stamp; NULL: out of memory. */
char **ldp_entry_wanted(struct ldp_sink *sink, const struct ldp_place *place, struct mst_arena *arena);

#endif
