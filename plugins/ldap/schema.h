/* schema.h - what the server's own schema says about attributes and classes. */
#ifndef LDP_SCHEMA_H
#define LDP_SCHEMA_H

#include <ldap.h>

#include <muster/facts.h>

struct ldp_conn;
struct ldp_schema;

/* How the server compares values, as far as we can do it too. */
enum ldp_rule {
        LDP_RULE_OTHER = 0,              /* telephone numbers, DNs, numbers ...: ask singly */
        LDP_RULE_FOLD,                   /* caseIgnore...: case and blanks do not count */
        LDP_RULE_EXACT,                  /* caseExact...: blanks do not count          */
        LDP_RULE_BYTES                   /* octetString, UUID                          */
};

struct ldp_type {
        const char *name;                /* as asked for when it is an alias           */
        const char *main;                /* the name the server uses                   */
        enum mst_type type;
        enum ldp_rule rule;
        uint32_t flags, longest;         /* as in mst_facts_attribute()                */
        bool operational;                /* belongs to no class                        */
        const char *sup, *syntax, *equality;
};

/* Reads it over 'conn', which is made ready, once.  A server that shows none gives an
 * empty one; only trouble is an error. */
int ldp_schema_need(struct ldp_conn *conn, struct mst_error *err);
void ldp_schema_free(struct ldp_schema *schema);

bool ldp_schema_is_empty(const struct ldp_schema *schema);

/* The attribute of that name, whatever the case and options after ';'; NULL: unknown,
 * or no schema was read yet. */
const struct ldp_type *ldp_schema_type(const struct ldp_schema *schema, const char *name, size_t length);
size_t ldp_schema_count(const struct ldp_schema *schema);
const struct ldp_type *ldp_schema_at(const struct ldp_schema *schema, size_t index);

/* Calls 'each' for every attribute that the class and those it stands on require
 * ('must') or allow.  False: the class is unknown. */
bool ldp_schema_class(const struct ldp_schema *schema, const char *name,
                      void (*each)(void *self, const char *attribute, bool must), void *self);

#endif
