/* SPDX-License-Identifier: Apache-2.0
 *
 * <muster/seal.h> - secrets that change while a connector works (a refresh token that the
 * service rotates), kept in the store so that whoever reads the store does not learn them
 * (libmuster-net).
 *
 * They are kept with mst_host_keep(), encrypted with AES-256-GCM under a key that the admin
 * gives as an option (a file, or a credential of systemd), never under one from the store.
 * What was sealed under one name or for one instance opens under no other.  One thread, from
 * within a call, as for mst_host_keep().
 */
#ifndef MUSTER_SEAL_H
#define MUSTER_SEAL_H

#include <muster/error.h>
#include <muster/host.h>
#include <muster/secret.h>

MST_BEGIN

/* Whether the key can be used: at least 16 bytes.  'option' is what the admin calls it. */
MST_API int mst_seal_check(const char *option, const struct mst_secret *key, struct mst_error *err);

/* Seals and keeps; durable when it returns MST_OK.  'value' NULL forgets it. */
MST_API int mst_seal_keep(struct mst_host *host, const char *name, const struct mst_secret *key,
                          const struct mst_secret *value, struct mst_error *err);

/* What was kept under 'name', a new secret that is the caller's, or NULL with MST_OK when
 * there is nothing.  MST_EAUTH: it was sealed with another key, or was altered. */
MST_API int mst_seal_kept(struct mst_host *host, const char *name, const struct mst_secret *key,
                          struct mst_secret **ret, struct mst_error *err);

/* A token that the service gives anew, and that descends from one that the admin configured: a new one in
 * the configuration wins over what was kept.  The newest that there is, a new secret that is the
 * caller's (NULL: no memory); what is kept and does not open is told in the log, where 'option' names
 * the key.  And keeping a newer one. */
MST_API struct mst_secret *mst_seal_newest(struct mst_host *host, const char *name, const char *option,
                                           const struct mst_secret *key, const struct mst_secret *configured);
MST_API int mst_seal_renew(struct mst_host *host, const char *name, const struct mst_secret *key,
                           const struct mst_secret *configured, const struct mst_secret *newer,
                           struct mst_error *err);

MST_END_C
#endif
