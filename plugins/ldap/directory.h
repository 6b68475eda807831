/* directory.h - an LDAP directory as such: how it is reached and what it says of itself.
 *
 * The sink and the source both have one.  It lives as long as the instance; one thread
 * at a time, so nothing here is locked. */
#ifndef LDP_DIRECTORY_H
#define LDP_DIRECTORY_H

#include <ldap.h>

#include <muster/host.h>
#include <muster/option.h>

#include "dialect.h"
#include "id.h"

struct ldp_conn;
struct ldp_schema;

/* The options that say how to get there; a part of both configurations. */
struct ldp_access {
        char **uris;
        int64_t dialect;                         /* enum ldp_dialect_name */
        char *id_attribute;
        bool start_tls;
        char *ca_file;
        int64_t bind;                            /* enum ldp_bind */
        char *bind_dn;
        struct mst_secret *password;
        char *client_certificate, *client_key;
        char *keytab, *credential_cache, *principal, *authzid;
        int64_t timeout, connect_timeout;        /* ms */
};

/* Their rows in the table of a configuration that has them as its member 'access'. */
#define LDP_ACCESS_OPTIONS(s)                                                                            \
        { .name = "uri", MST_LIST_OPTION(s, access.uris), .flags = MST_OPT_REQUIRED,                     \
          .help = "the server: ldaps://, ldap:// or ldapi://; several are tried in their order",         \
          .more = "All must be servers of the same directory; a sink's must be writable.  ldap:// "      \
                  "without start-tls is accepted for this machine only." },                              \
        { .name = "dialect", MST_CHOICE_OPTION(s, access.dialect), .def = "auto",                        \
          .choices = "auto|openldap|389ds|ad|other",                                                     \
          .help = "the family of the server, from which other options have their defaults",              \
          .more = "auto: as its root DSE says." },                                                       \
        { .name = "id-attribute", MST_TEXT_OPTION(s, access.id_attribute),                               \
          .flags = MST_OPT_ADVANCED | MST_OPT_IDENTITY,                                                  \
          .help = "the attribute that holds an entry's lasting id",                                      \
          .more = "Default: that of the dialect (entryUUID; 389ds: nsUniqueId; ad: objectGUID)." },      \
        { .name = "start-tls", MST_BOOLEAN_OPTION(s, access.start_tls), .def = "no",                     \
          .help = "encrypt ldap:// connections with StartTLS before anything else is sent" },            \
        { .name = "ca-file", MST_PATH_OPTION(s, access.ca_file),                                         \
          .help = "certificates (PEM) that the server's certificate must lead to",                       \
          .more = "Without it those that the system trusts.  The certificate is always verified, and "   \
                  "ldap.conf, .ldaprc and LDAP* variables have no say in it." },                         \
        { .name = "bind-dn", MST_TEXT_OPTION(s, access.bind_dn),                                         \
          .flags = MST_OPT_ASK, .help = "the entry to log in as" },                                      \
        { .name = "password", MST_SECRET_OPTION(s, access.password),                                     \
          .flags = MST_OPT_ASK, .help = "password of bind-dn" },                                         \
        { .name = "bind", MST_CHOICE_OPTION(s, access.bind), .def = "auto",                              \
          .choices = "auto|simple|external|gssapi|anonymous", .help = "the way to log in",               \
          .more = "auto: simple with bind-dn; gssapi with keytab, credential-cache or principal; "       \
                  "external with client-certificate or over ldapi; else anonymous." },                   \
        { .name = "client-certificate", MST_PATH_OPTION(s, access.client_certificate),                   \
          .help = "our own certificate (PEM), with those that lead to its root" },                       \
        { .name = "client-key", MST_PATH_OPTION(s, access.client_key),                                   \
          .help = "the certificate's key (PEM, not encrypted), which only we may read" },                \
        { .name = "keytab", MST_PATH_OPTION(s, access.keytab),                                           \
          .help = "keys of the Kerberos principal that logs in" },                                       \
        { .name = "credential-cache", MST_TEXT_OPTION(s, access.credential_cache),                       \
          .help = "tickets that something else keeps fresh, such as FILE:/run/muster/krb5cc" },          \
        { .name = "principal", MST_TEXT_OPTION(s, access.principal),                                     \
          .help = "the Kerberos principal, where the keytab or cache has several" },                     \
        { .name = "authzid", MST_TEXT_OPTION(s, access.authzid), .flags = MST_OPT_ADVANCED,              \
          .help = "whom to act as after a SASL login, such as dn:cn=muster,dc=contoso,dc=example" }

#define LDP_PATIENCE_OPTIONS(s)                                                                          \
        { .name = "timeout", MST_DURATION_OPTION(s, access.timeout), .def = "30s", .min = 100,           \
          .max = 3600000, .help = "longest wait for one answer" },                                       \
        { .name = "connect-timeout", MST_DURATION_OPTION(s, access.connect_timeout), .def = "10s",       \
          .min = 100, .max = 300000, .help = "longest wait for a connection, TLS and login, each" }

/* What the root DSE told; read over the first connection. */
struct ldp_server {
        bool known;
        bool post_read, assertion, paging;
        bool pre_read, increment;
        bool permissive;                 /* passes over values that are there, or not, already */
        bool who_am_i;                   /* RFC 4532 */
        const char *dn_attribute;        /* entries are found by it and their DN without an index; NULL: none */
        const char *subschema;           /* DN, or NULL                                */
        const char **contexts;           /* namingContexts, NULL ends                  */
        const char *vendor;
        const char **mechanisms;         /* supportedSASLMechanisms, NULL ends         */
        const struct ldp_dialect *looks; /* like this; NULL: it shows nothing          */
};

struct ldp_dir {
        const struct ldp_access *access;
        struct mst_host *host;
        struct mst_arena *arena;         /* as long as the instance                    */
        struct ldp_server server;
        const struct ldp_dialect *dialect;       /* NULL until the root DSE was read    */
        struct ldp_id id;                /* then                                       */
        const char *self;                /* our own entry's DN, normal; NULL: not known */
        bool self_known;                 /* ... or cannot be; see self.h               */
        struct ldp_schema *schema;       /* NULL until needed; see schema.h            */
        size_t uri_at;                   /* the server that answered last              */
        uint64_t aside;                  /* those found to be read-only, a bit for each */
        uint64_t serial;                 /* connections made so far                    */
};

/* Makes 'conn' ready if it is not, and reads the root DSE if nobody has. */
int ldp_dir_ready(struct ldp_conn *conn, struct mst_error *err);

/* The naming context that a DN lies in, or the DN itself. */
const char *ldp_dir_context(const struct ldp_dir *dir, struct mst_arena *arena, const char *dn);

#endif
