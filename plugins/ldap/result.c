/* SPDX-License-Identifier: Apache-2.0
 *
 * result.c - LDAP result codes, and the server's text made safe to print. */
#include "result.h"

#include <stdio.h>
#include <string.h>

#include <muster/escape.h>

/* The server's words, cut to what fits in an error beside ours. */
static void
sanitise(const char *words, size_t room, char *into)
{
        struct mst_arena *arena = mst_arena_new(0);
        size_t length = strnlen(words, 200);
        const char *safe;

        while (length > 0 && ((unsigned char)words[length] & 0xc0) == 0x80)
                length--;                        /* not in the middle of a character */
        safe = arena != NULL ? mst_escape_terminal(arena, words, length) : NULL;
        snprintf(into, room, "%s", safe != NULL ? safe : "(text lost: out of memory)");
        mst_arena_free(arena);
}

void
ldp_result_read(LDAP *ld, LDAPMessage *message, struct ldp_result *ret)
{
        char *words = NULL;
        int rc;

        ret->rc = LDAP_OTHER;
        ret->text[0] = '\0';
        rc = ldap_parse_result(ld, message, &ret->rc, NULL, &words, NULL, NULL, 0);
        if (rc != LDAP_SUCCESS) {
                ret->rc = LDAP_OTHER;
                snprintf(ret->text, sizeof ret->text, "an answer that cannot be read");
        } else if (ret->rc != LDAP_SUCCESS) {
                size_t used = (size_t)snprintf(ret->text, sizeof ret->text, "%s (%d)",
                                               ldap_err2string(ret->rc), ret->rc);

                if (words != NULL && words[0] != '\0' && used + 3 < sizeof ret->text) {
                        memcpy(ret->text + used, ": ", 3);
                        sanitise(words, sizeof ret->text - used - 2, ret->text + used + 2);
                }
        }
        ldap_memfree(words);
}

void
ldp_result_diagnostic(LDAP *ld, int rc, char text[LDP_TEXT])
{
        char *words = NULL;

        (void)ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &words);
        sanitise(words != NULL && words[0] != '\0' ? words : ldap_err2string(rc), LDP_TEXT, text);
        ldap_memfree(words);
}

LDAPControl *
ldp_result_control(LDAPControl **controls, const char *oid)
{
        LDAPControl *control = controls != NULL ? ldap_control_find(oid, controls, NULL) : NULL;

        return control != NULL && control->ldctl_value.bv_val != NULL ? control : NULL;
}

enum mst_outcome
ldp_result_outcome(int rc)
{
        switch (rc) {
        case LDAP_SUCCESS:
                return MST_DONE;
        case LDAP_ALREADY_EXISTS:
                return MST_DUPLICATE;
        case LDAP_OPERATIONS_ERROR:
        case LDAP_TIMELIMIT_EXCEEDED:
        case LDAP_ADMINLIMIT_EXCEEDED:
        case LDAP_BUSY:
        case LDAP_UNAVAILABLE:
        case LDAP_OTHER:
                return MST_RETRY;
        default:
                return MST_REFUSED;
        }
}

bool
ldp_result_is_fatal(int rc)
{
        switch (rc) {
        case LDAP_STRONG_AUTH_REQUIRED:
        case LDAP_CONFIDENTIALITY_REQUIRED:
        case LDAP_INAPPROPRIATE_AUTH:
        case LDAP_INVALID_CREDENTIALS:
        case LDAP_REFERRAL:
                return true;
        default:
                return false;
        }
}

int
ldp_result_fatal(const char *host, const struct ldp_result *result, struct mst_error *err)
{
        if (result->rc == LDAP_REFERRAL)
                return mst_fail(err, MST_EPERM, "%s refers writes to another server (%s): name the server that "
                                "can be written to as uri", host, result->text);
        if (result->rc == LDAP_CONFIDENTIALITY_REQUIRED || result->rc == LDAP_STRONG_AUTH_REQUIRED)
                return mst_fail(err, MST_EPERM, "%s wants a stronger login or encryption: %s: set bind-dn, or "
                                "use ldaps:// or start-tls", host, result->text);
        return mst_fail(err, MST_EAUTH, "%s does not accept our login any more: %s", host, result->text);
}

bool
ldp_result_is_read_only(LDAP *ld, LDAPMessage *message)
{
        struct ldp_result result;

        ldp_result_read(ld, message, &result);
        return result.rc == LDAP_REFERRAL ||
               (result.rc == LDAP_UNWILLING_TO_PERFORM &&
                (strcasestr(result.text, "shadow context") != NULL || strcasestr(result.text, "restricted") != NULL ||
                 strcasestr(result.text, "read-only") != NULL || strcasestr(result.text, "read only") != NULL));
}

bool
ldp_result_is_short(int rc)
{
        return rc == LDAP_SIZELIMIT_EXCEEDED || rc == LDAP_TIMELIMIT_EXCEEDED || rc == LDAP_ADMINLIMIT_EXCEEDED ||
               rc == LDAP_PARTIAL_RESULTS;
}
