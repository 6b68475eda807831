/* options.h - what an admin can say about an LDAP directory. */
#ifndef LDP_OPTIONS_H
#define LDP_OPTIONS_H

#include <muster/error.h>
#include <muster/option.h>

#include "directory.h"

struct ldp_config {
        struct ldp_access access;
        char *user_base, *group_base;
        char *user_rdn, *group_rdn;
        bool create_parents;
        char **user_classes, **group_classes;
        char *user_filter, *group_filter;
        int64_t group_kind;                      /* enum ldp_kind_name                 */
        char *member_attribute, *member_value, *empty_member;
        int64_t group_scope;                     /* see kind.c                         */
        bool group_security;
        char *user_stamp, *group_stamp;
        char *number_attribute, *number_range, *number_counter, *number_counter_attribute;
        char *group_number_attribute, *group_number_range, *group_number_counter, *group_number_counter_attribute;
        char *disabled_attribute, *disabled_value, *enabled_value;
        int64_t initial_password, password_length;       /* enum ldp_initial */
        char *password_file, *password_attribute;
        bool must_change;
        int64_t connections, window;
        int64_t page_size, max_request, attempts;
};

extern const struct mst_option ldp_options[];

/* What no single row can check: options that need each other, names and DNs that
 * are none, a password that would travel in clear. */
int ldp_options_check(const struct ldp_config *config, struct mst_error *err);

/* What both configurations have in common: the login and how safe its way is. */
int ldp_access_check(const struct ldp_access *access, struct mst_error *err);

/* A name, DN or filter that 'option' gives; NULL is none. */
int ldp_check_name(const char *option, const char *name, struct mst_error *err);
int ldp_check_dn(const char *option, const char *text, struct mst_error *err);
int ldp_check_filter(const char *option, const char *text, struct mst_error *err);

/* "[a-z][a-z0-9-]*" or an OID: nothing else can stand before '=' in a filter or DN. */
bool ldp_is_attribute(const char *name);

#endif
