/* faultscript.h - the fault script as text, one rule a line:
 *
 *   # the third page of a delta breaks off
 *   kind=delta page=3 reset-after-bytes=512
 *   kind=token from=1 count=2 status=503 retry-after=2.128
 *   path=/v1.0/groups message="two words" status=403
 *
 * Words are name=value with the names of the JSON form; page is nth.  An action is a
 * word of its own and takes the number or the text that belongs to it. */
#ifndef REST_FAULTSCRIPT_H
#define REST_FAULTSCRIPT_H
#include "faults.h"

/* Adds all rules of the script; false with "line 3: ..." in 'why', and nothing added. */
bool faultscript_load(struct faults *f, const char *script, struct text *why);
#endif
