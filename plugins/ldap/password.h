/* password.h - first passwords, where the admin asks for them, and the file in which they
 * are handed over. */
#ifndef LDP_PASSWORD_H
#define LDP_PASSWORD_H

#include "mods.h"

/* In the order of the option's choices. */
enum ldp_initial { LDP_NO_PASSWORD = 0, LDP_RANDOM_PASSWORD };

/* The options among each other, and the file as far as it is there. */
int ldp_password_check(const struct ldp_config *config, struct mst_error *err);

/* The attribute that holds it; NULL: Muster writes none. */
const char *ldp_password_attribute(const struct ldp_sink *sink);

/* Makes one for a new account, hands it over and puts it into 'mods'; nothing where none is
 * wanted.  False: settled, and nothing must be sent. */
bool ldp_password_put(struct ldp_request *req, struct ldp_mods *mods, enum ldp_next *next);

/* Before the op is settled: takes the line back when the account was not made, and forgets
 * the password. */
void ldp_password_close(struct ldp_request *req, enum mst_outcome outcome);

#endif
