/* result.h - what an answer says: a code, the server's words, and what it means for
 * an op. */
#ifndef LDP_RESULT_H
#define LDP_RESULT_H

#include <ldap.h>

#include <muster/op.h>

#define LDP_TEXT 320

struct ldp_result {
        int rc;
        char text[LDP_TEXT];     /* the code's name and the server's words, safe to print */
};

/* Reads the result; '*ret' is complete whatever the server sent. */
void ldp_result_read(LDAP *ld, LDAPMessage *message, struct ldp_result *ret);

/* libldap's own words on its last failure. */
void ldp_result_diagnostic(LDAP *ld, int rc, char text[LDP_TEXT]);

/* The control with that OID and its value; NULL: there is none, or it came without a value, which
 * libldap's readers take for a mistake of ours and end the program.  'controls' may be NULL. */
LDAPControl *ldp_result_control(LDAPControl **controls, const char *oid);

/* What a code means for an op where nothing more is known. */
enum mst_outcome ldp_result_outcome(int rc);

/* The sink as a whole is meant, not the entry: credentials, a read-only copy. */
bool ldp_result_is_fatal(int rc);
int ldp_result_fatal(const char *host, const struct ldp_result *result, struct mst_error *err);

/* The answer to a write says that this server takes none: a copy that refers to another, or
 * refuses (slapd: a shadow without referral; read-only databases). */
bool ldp_result_is_read_only(LDAP *ld, LDAPMessage *message);

/* The answer was cut short (size, time, administrative limit). */
bool ldp_result_is_short(int rc);

#endif
