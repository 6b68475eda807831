/* SPDX-License-Identifier: Apache-2.0
 *
 * conn.c - one connection to the directory.
 *
 *   start    resolve the name, begin to connect a socket of our own
 *   step     CONNECTING  hand the socket to libldap; ldaps: TLS at once
 *            STARTING    StartTLS was granted: TLS
 *            BINDING     the login was accepted
 *   READY
 *
 * libldap could connect by itself, but then it waits where nobody can tell it to
 * stop, and only it decides which address is loopback.  Nor does it read or write
 * the socket itself; see wire.h.  What a login with Kerberos agreed to protect goes through
 * seal.h. */
#include "conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openldap.h>
#include <poll.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "advice.h"
#include "directory.h"
#include "gss.h"
#include "login.h"
#include "result.h"
#include "seal.h"
#include "tls.h"

void
ldp_conn_close(struct ldp_conn *conn)
{
        conn->wire.patience = 0;                         /* to say goodbye is not worth a wait */
        if (conn->ld != NULL)
                ldap_unbind_ext(conn->ld, NULL, NULL);   /* closes the socket too */
        else if (conn->fd >= 0)
                close(conn->fd);
        if (conn->addresses != NULL)
                freeaddrinfo(conn->addresses);
        ldp_seal_free(conn->seal);
        ldp_gss_free(conn->gss);
        *conn = (struct ldp_conn){ .dir = conn->dir, .fd = -1 };
}

static void
next_server(struct ldp_dir *dir)
{
        size_t count = 0;

        while (dir->access->uris[count] != NULL)
                count++;
        for (size_t i = 0; i < count; i++) {
                dir->uri_at = (dir->uri_at + 1) % count;
                if (dir->uri_at >= 64 || (dir->aside >> dir->uri_at & 1) == 0)
                        return;
        }
}

static bool
is_aside(const struct ldp_dir *dir, size_t number)
{
        return number < 64 && (dir->aside >> number & 1) != 0;
}

bool
ldp_conn_set_aside(struct ldp_conn *conn)
{
        struct ldp_dir *dir = conn->dir;

        if (conn->leaving)
                return true;
        if (conn->number < 64)
                dir->aside |= (uint64_t)1 << conn->number;
        if (dir->uri_at == conn->number)
                next_server(dir);
        conn->leaving = dir->uri_at != conn->number && !is_aside(dir, dir->uri_at);
        if (conn->leaving)
                mst_host_log(dir->host, MST_LOG_WARNING, "%s takes no writes: going on with the next uri", conn->uri.host);
        return conn->leaving;
}

/* Closes, and lets the next attempt go to the next server when this one was not reached. */
static int
give_up(struct ldp_conn *conn, struct mst_error *err)
{
        if (err->code == MST_ENET)
                next_server(conn->dir);
        ldp_conn_close(conn);
        return err->code;
}

static int
deadline(struct ldp_conn *conn)
{
        conn->deadline = mst_host_ticks_ms(conn->dir->host) + conn->dir->access->connect_timeout;
        return MST_OK;
}

static int
begin_socket(struct ldp_conn *conn, const struct sockaddr *address, socklen_t size)
{
        int on = 1;

        conn->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (conn->fd < 0)
                return errno;
        if (address->sa_family != AF_UNIX) {
                (void)setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                (void)setsockopt(conn->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        }
        if (connect(conn->fd, address, size) == 0 || errno == EINPROGRESS)
                return 0;
        on = errno;
        close(conn->fd);
        conn->fd = -1;
        return on;
}

static int
not_reached(struct ldp_conn *conn, int why, struct mst_error *err)
{
        if (conn->uri.scheme == LDP_LDAPI)
                return mst_fail(err, MST_ENET, "socket %s: cannot connect: %s%s", conn->uri.host, strerror(why),
                                ldp_advice_connect(why));
        return mst_fail(err, MST_ENET, "%s port %s: cannot connect: %s%s", conn->uri.host, conn->uri.port,
                        strerror(why), ldp_advice_connect(why));
}

/* The next address of the list that takes a connection, or lets one begin. */
static int
try_addresses(struct ldp_conn *conn, int why, struct mst_error *err)
{
        for (; conn->address != NULL; conn->address = conn->address->ai_next) {
                const struct sockaddr *address = conn->address->ai_addr;

                /* Kerberos encrypts what it is asked to protect */
                if (conn->uri.scheme == LDP_LDAP && !conn->dir->access->start_tls && !ldp_is_loopback(address) &&
                    ldp_bind_of(conn->dir->access) != LDP_BIND_GSSAPI)
                        return mst_fail(err, MST_ECONFIG, "'%s' is not an address of this machine: use "
                                        "ldaps:// or <start-tls>yes</start-tls>", conn->uri.host);
                why = begin_socket(conn, address, conn->address->ai_addrlen);
                if (why == 0)
                        return deadline(conn);
        }
        return not_reached(conn, why, err);
}

static int
begin_unix(struct ldp_conn *conn, struct mst_error *err)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int why;

        /* ldp_uri_parse() has looked at the length */
        memcpy(address.sun_path, conn->uri.host, strnlen(conn->uri.host, sizeof address.sun_path - 1));
        why = begin_socket(conn, (struct sockaddr *)&address, sizeof address);
        if (why != 0)
                return not_reached(conn, why, err);
        return deadline(conn);
}

static int
begin_tcp(struct ldp_conn *conn, struct mst_error *err)
{
        struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
        int rc;

        rc = getaddrinfo(conn->uri.host, conn->uri.port, &hints, &conn->addresses);
        if (rc == EAI_ADDRFAMILY || rc == EAI_NONAME) {
                hints.ai_flags = 0;          /* AI_ADDRCONFIG hides 127.0.0.1 on a machine without a network */
                rc = getaddrinfo(conn->uri.host, conn->uri.port, &hints, &conn->addresses);
        }
        if (rc != 0)
                return mst_fail(err, MST_ENET, "cannot find the host '%s': %s: correct uri, or see the name service of this "
                                "machine", conn->uri.host, gai_strerror(rc));
        conn->address = conn->addresses;
        return try_addresses(conn, EADDRNOTAVAIL, err);
}

int
ldp_conn_start(struct ldp_conn *conn, struct mst_error *err)
{
        struct ldp_dir *dir = conn->dir;

        ldp_conn_close(conn);
        conn->number = dir->uri_at;
        if (ldp_uri_parse(dir->access->uris[dir->uri_at], &conn->uri, err) != MST_OK)
                return err->code;
        conn->state = LDP_CONNECTING;
        if ((conn->uri.scheme == LDP_LDAPI ? begin_unix(conn, err) : begin_tcp(conn, err)) != MST_OK)
                return give_up(conn, err);
        return MST_OK;
}

short
ldp_conn_events(const struct ldp_conn *conn)
{
        if (conn->state == LDP_CONNECTING)
                return POLLOUT;
        return POLLIN;
}

/* Every option that ldap.conf, .ldaprc or LDAP* variables could have set is set here. */
static int
set_options(struct ldp_conn *conn, struct mst_error *err)
{
        const struct ldp_access *config = conn->dir->access;
        struct timeval patience = { .tv_sec = config->connect_timeout / 1000,
                                    .tv_usec = config->connect_timeout % 1000 * 1000 };
        int version = LDAP_VERSION3, none = 0, never = LDAP_DEREF_NEVER;
        LDAP *ld = conn->ld;

        if (ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_DEREF, &never) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_SIZELIMIT, &none) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_TIMELIMIT, &none) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_TIMEOUT, &patience) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &patience) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_SERVER_CONTROLS, NULL) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_CLIENT_CONTROLS, NULL) != LDAP_OPT_SUCCESS)
                return mst_fail(err, MST_EINTERNAL, "libldap refuses its own options");
        return MST_OK;
}

static int
begin_bind(struct ldp_conn *conn, struct mst_error *err)
{
        (void)deadline(conn);
        return ldp_login_begin(conn, err);
}

static int
secure(struct ldp_conn *conn, struct mst_error *err)
{
        if (ldp_tls_install(conn, err) != MST_OK)
                return err->code;
        return begin_bind(conn, err);
}

/* The socket is connected, or not: libldap takes it over. */
static int
step_connecting(struct ldp_conn *conn, struct mst_error *err)
{
        int why = 0, rc;
        socklen_t size = sizeof why;

        if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
                why = errno;
        if (why != 0 && conn->address != NULL) {
                close(conn->fd);
                conn->fd = -1;
                conn->address = conn->address->ai_next;
                return try_addresses(conn, why, err);
        }
        if (why != 0)
                return not_reached(conn, why, err);
        rc = ldap_init_fd(conn->fd, LDAP_PROTO_EXT, conn->uri.bare, &conn->ld);
        if (rc != LDAP_SUCCESS) {
                conn->ld = NULL;
                return mst_fail(err, MST_EINTERNAL, "libldap does not take a connection: %s", ldap_err2string(rc));
        }
        conn->wire.fd = conn->fd;
        conn->wire.host = conn->dir->host;
        conn->wire.patience = conn->dir->access->timeout;
        if (!ldp_wire_attach(&conn->wire, conn->ld))
                return mst_fail(err, MST_EINTERNAL, "libldap does not take a layer of ours");
        if (set_options(conn, err) != MST_OK)
                return err->code;
        if (conn->uri.scheme == LDP_LDAPS)
                return secure(conn, err);
        if (conn->uri.scheme != LDP_LDAP || !conn->dir->access->start_tls)
                return begin_bind(conn, err);
        rc = ldap_start_tls(conn->ld, NULL, NULL, &conn->msgid);
        if (rc != LDAP_SUCCESS)
                return ldp_conn_lost(conn, rc, err);
        conn->state = LDP_STARTING;
        return deadline(conn);
}

/* The answer to StartTLS or bind. */
static int
step_answer(struct ldp_conn *conn, struct mst_error *err)
{
        LDAPMessage *message = NULL;
        struct ldp_result result;
        int rc;

        if (ldp_conn_take(conn, &message, err) != MST_OK || message == NULL)
                return err->code;
        if (ldap_msgid(message) != conn->msgid) {
                ldap_msgfree(message);
                return mst_fail(err, MST_ENET, "%s answers what was not asked", conn->uri.host);
        }
        if (conn->state != LDP_STARTING) {
                rc = ldp_login_answer(conn, message, err);
                ldap_msgfree(message);
                return rc;
        }
        ldp_result_read(conn->ld, message, &result);
        ldap_msgfree(message);
        if (result.rc != LDAP_SUCCESS)
                return mst_fail(err, MST_ECONFIG, "%s does not grant StartTLS: %s: nothing was sent in clear; "
                                "set it up at the server, or use ldaps://", conn->uri.host, result.text);
        return secure(conn, err);
}

int
ldp_conn_step(struct ldp_conn *conn, struct mst_error *err)
{
        struct pollfd poller = { .fd = conn->fd, .events = ldp_conn_events(conn) };
        int rc = MST_OK;

        err->code = MST_OK;
        if (conn->state == LDP_CONNECTING) {
                if (poll(&poller, 1, 0) > 0)
                        rc = step_connecting(conn, err);
        } else if (conn->state != LDP_READY) {
                rc = step_answer(conn, err);
        }
        if (rc == MST_OK && conn->state != LDP_READY && mst_host_ticks_ms(conn->dir->host) >= conn->deadline)
                rc = mst_fail(err, MST_ENET, "%s: no answer %s within %lld ms", conn->uri.host,
                              conn->state == LDP_CONNECTING ? "to the connection" :
                              conn->state == LDP_STARTING ? "to StartTLS" : "to the login",
                              (long long)conn->dir->access->connect_timeout);
        if (rc == MST_OK && conn->state == LDP_READY)
                conn->serial = ++conn->dir->serial;
        return rc == MST_OK ? MST_OK : give_up(conn, err);
}

/* Waits for the connection, the wish to stop or 'until', whichever is first. */
static int
await(struct ldp_conn *conn, int64_t until, struct mst_error *err)
{
        struct pollfd fds[2] = {
                { .fd = conn->fd, .events = ldp_conn_events(conn) },
                { .fd = mst_host_stop_fd(conn->dir->host), .events = POLLIN },
        };
        int64_t left = until - mst_host_ticks_ms(conn->dir->host);

        if (mst_host_stopping(conn->dir->host))
                return mst_fail(err, MST_ENET, "stopped before %s had answered", conn->uri.host);
        if (left < 0)
                left = 0;
        if (poll(fds, 2, left > 60000 ? 60000 : (int)left) < 0 && errno != EINTR)
                return mst_fail(err, MST_EINTERNAL, "poll: %s", strerror(errno));
        return MST_OK;
}

static int
open_once(struct ldp_conn *conn, struct mst_error *err)
{
        if (ldp_conn_start(conn, err) != MST_OK)
                return err->code;
        while (conn->state != LDP_READY) {
                if (await(conn, conn->deadline, err) != MST_OK) {
                        ldp_conn_close(conn);
                        return err->code;
                }
                if (ldp_conn_step(conn, err) != MST_OK)
                        return err->code;
        }
        return MST_OK;
}

int
ldp_conn_open(struct ldp_conn *conn, struct mst_error *err)
{
        int rc = MST_OK;

        if (ldp_conn_alive(conn))
                return MST_OK;
        for (size_t i = 0; conn->dir->access->uris[i] != NULL; i++) {
                rc = open_once(conn, err);
                if (rc != MST_ENET || mst_host_stopping(conn->dir->host))
                        break;
        }
        return rc;
}

bool
ldp_conn_alive(struct ldp_conn *conn)
{
        struct pollfd poller = { .fd = conn->fd, .events = POLLIN };

        if (conn->state != LDP_READY)
                return false;
        /* Nothing is under way, so what comes is an end or the notice of one. */
        if (poll(&poller, 1, 0) == 0)
                return true;
        ldp_conn_close(conn);
        return false;
}

int
ldp_conn_lost(struct ldp_conn *conn, int rc, struct mst_error *err)
{
        if (rc == LDAP_NO_MEMORY)
                return mst_fail_memory(err, "talking to the directory");
        if (rc == LDAP_SERVER_DOWN || rc == LDAP_CONNECT_ERROR || rc == LDAP_LOCAL_ERROR)
                return mst_fail(err, MST_ENET, "%s has ended the connection", conn->uri.host);
        return mst_fail(err, MST_ENET, "connection to %s: %s", conn->uri.host, ldap_err2string(rc));
}

/* Bytes that were read from the socket, where poll() does not see them any more: without a
 * wait libldap looks once, and a message in two TLS records needs it twice. */
static bool
has_more(struct ldp_conn *conn)
{
        Sockbuf *sockbuf = NULL;

        return ldap_get_option(conn->ld, LDAP_OPT_SOCKBUF, &sockbuf) == LDAP_OPT_SUCCESS && sockbuf != NULL &&
               ber_sockbuf_ctrl(sockbuf, LBER_SB_OPT_DATA_READY, NULL) > 0;
}

int
ldp_conn_take(struct ldp_conn *conn, LDAPMessage **ret, struct mst_error *err)
{
        struct timeval now = { 0 };
        int rc;

        *ret = NULL;
        do {
                rc = ldap_result(conn->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &now, ret);
        } while (rc == 0 && has_more(conn));
        if (rc > 0) {
                if (ldap_msgid(*ret) != LDAP_RES_UNSOLICITED)
                        return MST_OK;
                /* the notice of disconnection is the only one there is */
                ldap_msgfree(*ret);
                *ret = NULL;
                return mst_fail(err, MST_ENET, "%s takes its leave", conn->uri.host);
        }
        *ret = NULL;
        if (rc == 0)
                return MST_OK;
        if (ldap_get_option(conn->ld, LDAP_OPT_RESULT_CODE, &rc) != LDAP_OPT_SUCCESS)
                rc = LDAP_LOCAL_ERROR;
        return ldp_conn_lost(conn, rc, err);
}

int
ldp_conn_wait(struct ldp_conn *conn, int msgid, LDAPMessage **ret, struct mst_error *err)
{
        int64_t until = mst_host_ticks_ms(conn->dir->host) + conn->dir->access->timeout;
        int rc;

        for (;;) {
                rc = ldp_conn_take(conn, ret, err);
                if (rc == MST_OK && *ret != NULL && (msgid == LDAP_RES_ANY || ldap_msgid(*ret) == msgid))
                        return MST_OK;
                if (rc == MST_OK && *ret != NULL) {
                        ldap_msgfree(*ret);
                        *ret = NULL;
                        continue;
                }
                if (rc == MST_OK && mst_host_ticks_ms(conn->dir->host) >= until)
                        rc = mst_fail(err, MST_ENET, "%s: no answer within %lld ms", conn->uri.host,
                                      (long long)conn->dir->access->timeout);
                if (rc == MST_OK)
                        rc = await(conn, until, err);
                if (rc != MST_OK) {
                        ldp_conn_close(conn);
                        return rc;
                }
        }
}

int
ldp_conn_search(struct ldp_conn *conn, const char *base, int scope, const char *filter,
                char **attributes, LDAPControl **controls, int *msgid, struct mst_error *err)
{
        int rc;

        rc = ldap_search_ext(conn->ld, base, scope, filter, attributes, 0, controls, NULL, NULL,
                             LDAP_NO_LIMIT, msgid);
        if (rc == LDAP_FILTER_ERROR)
                return mst_fail(err, MST_EINTERNAL, "libldap does not understand the filter %.200s", filter);
        if (rc != LDAP_SUCCESS) {
                ldp_conn_lost(conn, rc, err);
                ldp_conn_close(conn);
                return err->code;
        }
        mst_host_count(conn->dir->host, MST_COUNT_CALLS, 1);
        return MST_OK;
}
