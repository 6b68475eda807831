/* control.h - the door through which a test says what is to go wrong and asks what was. */
#ifndef LDAP_PROXY_CONTROL_H
#define LDAP_PROXY_CONTROL_H

#include "pair.h"

enum order { NOTHING, RESUME, CUT_ALL, QUIT };  /* what is the loop's to do */

/* One line, without its newline; the answer, which ends with a line "ok" or "error: WHY". */
enum order control_line(struct proxy *, char *line, FILE *answer);

#endif
