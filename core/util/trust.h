/* trust.h - may what this file says be believed, and can others read it?
 *
 * Configuration, secrets and plugins decide over thousands of accounts, so each is
 * taken only from files that nobody but root and the user who runs us can change.
 * Files are judged by their open descriptor, not by their name, so that nothing can
 * be exchanged between the look and the read. */
#ifndef MSTC_TRUST_H
#define MSTC_TRUST_H

#include "util/buffer.h"

/* Why not, and what to do about it: two sentences for an admin. */
struct mstc_refusal {
        char text[1024];
        char remedy[512];                    /* "" when there is nothing to say        */
};

enum mstc_trust {
        MSTC_TRUST_CONFIG = 1,               /* others may read it, not write it       */
        MSTC_TRUST_SECRET,                   /* 0600, or 0640 with a group of ours or "muster" */
        MSTC_TRUST_CREDENTIAL                /* systemd's: an ACL may show as group bits */
};

/* Appends the whole file to 'into'.  False with 'no' filled in when it is not to be
 * trusted, cannot be read or has more than 'most' bytes.  '*is_private' (may be NULL)
 * tells whether only the owner can read it. */
bool mstc_trust_read(const char *path, enum mstc_trust how, size_t most, struct mstc_buffer *into,
                     bool *is_private, struct mstc_refusal *no);

/* A plugin's file; a folder of plugins with all that lies above it. */
bool mstc_trust_plugin(const char *path, struct mstc_refusal *no);
bool mstc_trust_folder(const char *path, struct mstc_refusal *no);

#endif
