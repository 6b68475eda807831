/* advice.h - what an admin can do about a refusal. */
#ifndef LDP_ADVICE_H
#define LDP_ADVICE_H

/* For an LDAP result code and the server's words: ": " and what it means and what to do; "" where
 * the code says all there is to say.  Constant. */
const char *ldp_advice(int rc, const char *words);

/* The same for a connection that could not be had, by errno. */
const char *ldp_advice_connect(int why);

#endif
