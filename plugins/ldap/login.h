/* login.h - who we are to the server: simple bind, or SASL EXTERNAL or GSSAPI. */
#ifndef LDP_LOGIN_H
#define LDP_LOGIN_H

#include "conn.h"
#include "directory.h"

/* In the order of the option's choices. */
enum ldp_bind {
        LDP_BIND_AUTO = 0,
        LDP_BIND_SIMPLE,
        LDP_BIND_EXTERNAL,
        LDP_BIND_GSSAPI,
        LDP_BIND_ANONYMOUS
};

/* The admin's word, or what the other options can only mean. */
enum ldp_bind ldp_bind_of(const struct ldp_access *access);

/* The options of the login among each other, and the files they name. */
int ldp_login_check(const struct ldp_access *access, struct mst_error *err);

/* Begins: 'conn' is BINDING afterwards, or READY where there is nothing to say. */
int ldp_login_begin(struct ldp_conn *conn, struct mst_error *err);

/* The answer to a bind, or to the question that follows a refused one: READY, still
 * BINDING, or failed. */
int ldp_login_answer(struct ldp_conn *conn, LDAPMessage *message, struct mst_error *err);

#endif
