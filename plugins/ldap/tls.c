/* SPDX-License-Identifier: Apache-2.0
 *
 * tls.c - TLS on a connection that is there.
 *
 * Each connection gets a context of its own with everything set: what ldap.conf or
 * the environment say about TLS was copied into libldap's defaults before we came.
 *
 * libldap's handshake waits by itself, looks at nothing else and does not always keep
 * to its timeout.  So that "stop" is heard and time runs out nevertheless, a helper
 * thread stands by for its duration and then shuts the socket down, which makes the
 * handshake fail at once. */
#include "tls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "directory.h"
#include "result.h"

struct watch {
        pthread_t thread;
        int socket, stop, done[2];
        int patience;                    /* ms */
        bool over;                       /* it ran out; to be read after the thread's end */
};

static void *
stand_by(void *argument)
{
        struct watch *watch = argument;
        struct pollfd fds[2] = {
                { .fd = watch->done[0], .events = POLLIN },
                { .fd = watch->stop, .events = POLLIN },
        };
        int rc;

        do {
                rc = poll(fds, 2, watch->patience);
        } while (rc < 0 && errno == EINTR);
        watch->over = rc == 0;
        if (rc == 0 || (rc > 0 && fds[0].revents == 0))
                (void)shutdown(watch->socket, SHUT_RDWR);
        return NULL;
}

/* The file of certificates that this system trusts, or NULL: libldap's own choice. */
static const char *
system_trust(void)
{
        static const char *const places[] = {
                "/etc/ssl/certs/ca-certificates.crt",    /* Debian, Arch  */
                "/etc/pki/tls/certs/ca-bundle.crt",      /* Fedora        */
                "/etc/ssl/ca-bundle.pem",                /* SUSE          */
                "/etc/ssl/cert.pem",                     /* Alpine, BSDs  */
        };

        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
                if (access(places[i], R_OK) == 0)
                        return places[i];
        return NULL;
}

static int
make_context(struct ldp_conn *conn, struct mst_error *err)
{
        const struct ldp_access *own = conn->dir->access;
        const char *trust = own->ca_file;
        int demand = LDAP_OPT_X_TLS_DEMAND, client = 0, least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
        static const int unset[] = { LDAP_OPT_X_TLS_CACERTDIR, LDAP_OPT_X_TLS_CIPHER_SUITE, LDAP_OPT_X_TLS_CRLFILE,
                                     LDAP_OPT_X_TLS_PEERKEY_HASH };
        LDAP *ld = conn->ld;

        if (trust != NULL && access(trust, R_OK) != 0)
                return mst_fail(err, MST_ECONFIG, "ca-file %s: %s", trust, strerror(errno));
        if (trust == NULL)
                trust = system_trust();
        for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
                (void)ldap_set_option(ld, unset[i], NULL);
#ifdef LDAP_OPT_X_TLS_REQUIRE_SAN
        (void)ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_SAN, &(int){ LDAP_OPT_X_TLS_ALLOW });
#endif
        if (ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, trust) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_CERTFILE, own->client_certificate) != LDAP_OPT_SUCCESS ||
            ldap_set_option(ld, LDAP_OPT_X_TLS_KEYFILE, own->client_key) != LDAP_OPT_SUCCESS)
                return mst_fail(err, MST_EINTERNAL, "libldap refuses its own TLS options");
        if (ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS)
                return MST_OK;
        if (own->client_certificate != NULL)
                return mst_fail(err, MST_ECONFIG, "client-certificate %s and client-key %s cannot be used (both PEM, the "
                                "key not encrypted and of this certificate, readable by us), or ca-file %s holds no "
                                "certificate", own->client_certificate, own->client_key,
                                trust != NULL ? trust : "(of the system)");
        return mst_fail(err, MST_ECONFIG, "ca-file %s holds no certificate that can be used",
                        trust != NULL ? trust : "(of the system)");
}

static int
say_why(struct ldp_conn *conn, int rc, bool over, struct mst_error *err)
{
        const struct ldp_access *config = conn->dir->access;
        char why[LDP_TEXT];
        bool wordless;

        if (mst_host_stopping(conn->dir->host))
                return mst_fail(err, MST_ENET, "stopped during the TLS handshake with %s", conn->uri.host);
        if (over || rc == LDAP_TIMEOUT)
                return mst_fail(err, MST_ENET, "%s: the TLS handshake did not end within %lld ms",
                                conn->uri.host, (long long)config->connect_timeout);
        ldp_result_diagnostic(conn->ld, rc, why);
        /* GnuTLS has no words for a certificate that libldap itself did not like */
        wordless = strstr(why, "unknown error code") != NULL;
        if (strstr(why, "certificate") == NULL && !wordless)
                return mst_fail(err, MST_ENET, "%s port %s: TLS fails: %s", conn->uri.host, conn->uri.port, why);
        return mst_fail(err, MST_ECONFIG, "%s port %s: the server's certificate is not accepted%s%s%s: it must "
                        "be valid today, be made out for '%s' and lead to a certificate in %s",
                        conn->uri.host, conn->uri.port, wordless ? "" : " (", wordless ? "" : why, wordless ? "" : ")",
                        conn->uri.host,
                        config->ca_file != NULL ? config->ca_file : "the system's trusted ones, or in ca-file");
}

int
ldp_tls_install(struct ldp_conn *conn, struct mst_error *err)
{
        struct watch watch = { .socket = conn->fd, .stop = mst_host_stop_fd(conn->dir->host),
                               .patience = (int)conn->dir->access->connect_timeout };
        int rc;

        if (make_context(conn, err) != MST_OK)
                return err->code;
        if (pipe2(watch.done, O_CLOEXEC) != 0)
                return mst_fail(err, MST_EINTERNAL, "pipe: %s", strerror(errno));
        rc = pthread_create(&watch.thread, NULL, stand_by, &watch);
        if (rc != 0) {
                close(watch.done[0]);
                close(watch.done[1]);
                return mst_fail(err, MST_EINTERNAL, "thread: %s", strerror(rc));
        }
        rc = ldap_install_tls(conn->ld);
        close(watch.done[1]);                    /* the other end becomes readable */
        pthread_join(watch.thread, NULL);
        close(watch.done[0]);
        if (rc != LDAP_SUCCESS)
                return say_why(conn, rc, watch.over, err);
        if (!ldap_tls_inplace(conn->ld))
                return mst_fail(err, MST_EINTERNAL, "libldap reports TLS where there is none");
        return MST_OK;
}
