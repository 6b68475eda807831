/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/phone.h> - phone numbers with country code (E.164), as services want them.  Any
 * thread; no state.
 */
#ifndef MUSTER_PHONE_H
#define MUSTER_PHONE_H

#include <muster/error.h>

MST_BEGIN

#define MST_PHONE_SIZE 17        /* '+', at most 15 digits, NUL                        */

/* Writes the number as '+' and digits.  Nothing is guessed: what separates digits (spaces,
 * - ( ) . /) is dropped, 00 in front is +, "(0)" is the prefix that nobody dials from abroad
 * and is left out; a number without country code gets 'country' ("+49", may be NULL) in place
 * of its leading 0.  MST_EREFUSED: it is no number, has no country code, or too few (8) or too
 * many (15) digits; MST_ECONFIG: 'country' is none. */
MST_API int mst_phone(const char *text, const char *country, char into[MST_PHONE_SIZE],
                      struct mst_error *err);

MST_END_C
#endif
