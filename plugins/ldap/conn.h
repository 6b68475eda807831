/* conn.h - one connection to the directory, from socket to login.
 *
 * Nothing here waits without looking at the host's wish to stop.  The pool drives
 * several at once with events() and step(); everybody else calls open(). */
#ifndef LDP_CONN_H
#define LDP_CONN_H

#include <ldap.h>

#include <muster/error.h>

#include "uri.h"
#include "wire.h"

struct ldp_dir;
struct ldp_gss;
struct ldp_seal;

enum ldp_state {
        LDP_CLOSED = 0,
        LDP_CONNECTING,                  /* the socket                                 */
        LDP_STARTING,                    /* StartTLS asked for                         */
        LDP_BINDING,
        LDP_ASKING,                      /* refused: what else could be done?          */
        LDP_READY
};

struct ldp_conn {
        struct ldp_dir *dir;
        enum ldp_state state;
        LDAP *ld;
        int fd;
        uint64_t serial;
        struct ldp_uri uri;
        struct addrinfo *addresses, *address;
        size_t number;                   /* of its server among the uris               */
        bool leaving;                    /* its server takes no writes: it gets no more */
        int msgid;                       /* of StartTLS or bind                        */
        struct ldp_gss *gss;             /* a login with Kerberos under way, or, with  */
        struct ldp_seal *seal;           /* ... this, its key for all that is said     */
        int64_t deadline;
        struct ldp_wire wire;
};

/* Begins; state is CONNECTING afterwards.  On failure it is CLOSED. */
int ldp_conn_start(struct ldp_conn *conn, struct mst_error *err);

/* Its server takes no writes: the connection is 'leaving', and new ones go to others.  False:
 * there are none that are not known to be so. */
bool ldp_conn_set_aside(struct ldp_conn *conn);

/* What to poll 'fd' for. */
short ldp_conn_events(const struct ldp_conn *conn);

/* Goes on while not READY; to be called when poll() says so or the deadline has come.  A
 * failure closes. */
int ldp_conn_step(struct ldp_conn *conn, struct mst_error *err);

/* Makes it READY if it is not, waiting; tries each server once. */
int ldp_conn_open(struct ldp_conn *conn, struct mst_error *err);

/* Whether it can be used as it is; one that the server has ended meanwhile is closed. */
bool ldp_conn_alive(struct ldp_conn *conn);

void ldp_conn_close(struct ldp_conn *conn);

/* One message that answers 'msgid' (LDAP_RES_ANY: any); the caller frees it with
 * ldap_msgfree().  Waits up to the configured timeout; failure closes. */
int ldp_conn_wait(struct ldp_conn *conn, int msgid, LDAPMessage **ret, struct mst_error *err);

/* The same without waiting: MST_OK with '*ret' NULL when there is none. */
int ldp_conn_take(struct ldp_conn *conn, LDAPMessage **ret, struct mst_error *err);

/* A sentence for a connection that libldap says is gone. */
int ldp_conn_lost(struct ldp_conn *conn, int rc, struct mst_error *err);

/* Sends a search and collects nothing yet. */
int ldp_conn_search(struct ldp_conn *conn, const char *base, int scope, const char *filter,
                    char **attributes, LDAPControl **controls, int *msgid, struct mst_error *err);

#endif
