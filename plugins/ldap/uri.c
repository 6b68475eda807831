/* SPDX-License-Identifier: Apache-2.0
 *
 * uri.c - taking an LDAP URI apart.
 *
 * Only the place is taken from it: a base, a scope or a filter in a URI would be
 * silently without effect, so they are refused. */
#include "uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include <ldap.h>

static int
fill(const LDAPURLDesc *url, const char *text, struct ldp_uri *ret, struct mst_error *err)
{
        const char *host = url->lud_host != NULL ? url->lud_host : "";
        size_t room = ret->scheme == LDP_LDAPI ? sizeof ((struct sockaddr_un *)0)->sun_path
                                               : sizeof ret->host;

        if (ret->scheme == LDP_LDAPI && (host[0] != '/'))
                return mst_fail(err, MST_ECONFIG, "uri '%s': write the socket's path with %%2F for each "
                                "slash, as in ldapi://%%2Frun%%2Fslapd%%2Fldapi", text);
        if (host[0] == '\0')
                return mst_fail(err, MST_ECONFIG, "uri '%s' names no host", text);
        if (strlen(host) >= room)
                return mst_fail(err, MST_ECONFIG, "uri '%s': the host or path is too long", text);
        snprintf(ret->host, sizeof ret->host, "%s", host);
        if (ret->scheme == LDP_LDAPI) {
                snprintf(ret->bare, sizeof ret->bare, "ldapi:///");
                return MST_OK;
        }
        /* libldap stores whatever number stands there, also one that is none */
        if (url->lud_port < 0 || url->lud_port > 65535)
                return mst_fail(err, MST_ECONFIG, "uri '%s' has no port between 1 and 65535", text);
        snprintf(ret->port, sizeof ret->port, "%d",
                 url->lud_port != 0 ? url->lud_port : ret->scheme == LDP_LDAPS ? 636 : 389);
        snprintf(ret->bare, sizeof ret->bare, strchr(host, ':') != NULL ? "%s://[%s]:%s" : "%s://%s:%s",
                 ret->scheme == LDP_LDAPS ? "ldaps" : "ldap", host, ret->port);
        return MST_OK;
}

int
ldp_uri_parse(const char *text, struct ldp_uri *ret, struct mst_error *err)
{
        LDAPURLDesc *url = NULL;
        int rc;

        *ret = (struct ldp_uri){ 0 };
        if (strncasecmp(text, "ldap://", 7) == 0)
                ret->scheme = LDP_LDAP;
        else if (strncasecmp(text, "ldaps://", 8) == 0)
                ret->scheme = LDP_LDAPS;
        else if (strncasecmp(text, "ldapi://", 8) == 0)
                ret->scheme = LDP_LDAPI;
        else
                return mst_fail(err, MST_ECONFIG, "uri '%s' must begin with ldaps://, ldap:// or ldapi://", text);
        if (strpbrk(text, "?#@ \t\r\n") != NULL)
                return mst_fail(err, MST_ECONFIG, "uri '%s': only a scheme, a host and a port are "
                                "understood; base and filters have options of their own", text);
        rc = ldap_url_parse(text, &url);
        if (rc != LDAP_URL_SUCCESS || url == NULL)
                return mst_fail(err, MST_ECONFIG, "uri '%s' is not an LDAP URI", text);
        if (url->lud_dn != NULL && url->lud_dn[0] != '\0')
                rc = mst_fail(err, MST_ECONFIG, "uri '%s': write the base as user-base and group-base", text);
        else
                rc = fill(url, text, ret, err);
        ldap_free_urldesc(url);
        return rc;
}

static bool
names_loopback(const char *host)
{
        struct in_addr four;
        struct in6_addr six;

        if (strcasecmp(host, "localhost") == 0)
                return true;
        if (inet_pton(AF_INET, host, &four) == 1)
                return (ntohl(four.s_addr) >> 24) == 127;
        return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

int
ldp_uri_check(const char *text, bool start_tls, struct mst_error *err)
{
        struct ldp_uri uri;

        if (ldp_uri_parse(text, &uri, err) != MST_OK)
                return err->code;
        if (uri.scheme == LDP_LDAP && !start_tls && !names_loopback(uri.host))
                return mst_fail(err, MST_ECONFIG, "uri '%s' would send the password and all data in clear: "
                                "use ldaps:// or <start-tls>yes</start-tls>", text);
        if (uri.scheme != LDP_LDAP && start_tls)
                return mst_fail(err, MST_ECONFIG, "uri '%s': start-tls is for ldap:// only", text);
        return MST_OK;
}

bool
ldp_is_loopback(const struct sockaddr *address)
{
        if (address->sa_family == AF_UNIX)
                return true;
        if (address->sa_family == AF_INET) {
                struct sockaddr_in four;

                memcpy(&four, address, sizeof four);
                return (ntohl(four.sin_addr.s_addr) >> 24) == 127;
        }
        if (address->sa_family == AF_INET6) {
                struct sockaddr_in6 six;

                memcpy(&six, address, sizeof six);
                return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
        }
        return false;
}
