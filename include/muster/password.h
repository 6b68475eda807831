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
#include <muster/op.h>
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

/* Both for one account, from before it is asked for until its outcome is known: a password, with a
 * line "new" in the file where there is one ('path' may be NULL).  MST_ENET: the line could not be
 * written, and the account must wait.  Then the end: anything but done and unknown takes the line
 * back, or logs a warning that it stands; frees the password ('*password' may be NULL). */
MST_API int mst_password_begin(struct mst_host *host, const char *option, const char *path, size_t length,
                               const char *id, const char *name, struct mst_secret **ret,
                               struct mst_error *err);
MST_API void mst_password_end(struct mst_host *host, const char *option, const char *path, const char *id,
                              const char *name, struct mst_secret **password, enum mst_outcome outcome);

MST_END_C
#endif
