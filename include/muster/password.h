/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/password.h> - first passwords of new accounts, and the file in which they are
 * handed over to the admin.
 *
 * The file is a CSV of time, "new" or "void", the record's id, the account's name and the
 * password, all in quotes.  A line is on disk before the service hears of the password: no
 * account exists whose password nobody knows.  When no account came of it, a "void" line
 * takes the one before it with the same name and password back; when that is not known, the
 * line stands.  The file is opened for each line, so that the admin can take it away at any
 * time; it is made 0600, and refused when others may read or write it.
 */
#ifndef MUSTER_PASSWORD_H
#define MUSTER_PASSWORD_H

#include <muster/error.h>
#include <muster/host.h>
#include <muster/secret.h>

MST_BEGIN

/* Random, with a lower and an upper case letter, a digit and another character in it, and
 * none that looks like another.  'length' 8 to 128.  NULL with 'err' set. */
MST_API struct mst_secret *mst_password_new(struct mst_host *host, size_t length, struct mst_error *err);

/* Whether the file may be used: it is not there yet, or is ours alone.  'option' is what the
 * admin calls it ("password-file"). */
MST_API int mst_password_check(const char *option, const char *path, struct mst_error *err);

/* Adds a line to the file; 'what' is "new" or "void". */
MST_API int mst_password_hand(struct mst_host *host, const char *option, const char *path, const char *what,
                              const char *id, const char *name, const struct mst_secret *password,
                              struct mst_error *err);

MST_END_C
#endif
