/* who.h - who is meant by what an admin typed: id, UPN, mail or SINK:OBJECT. */
#ifndef MSTC_WHO_H
#define MSTC_WHO_H

#include "cli/cli.h"
#include "store/view.h"

/* MSTC_END_DONE with the one who is meant (in cli->arena); else it has been told why not:
 * several are listed and none is taken. */
int mstc_who_meant(struct mstc_cli *cli, struct mstc_store *store, const char *text,
                   struct mstc_view_person **ret);

/* The same for what may be unknown here: '*ret_count' 0 then. */
int mstc_who_maybe(struct mstc_cli *cli, struct mstc_store *store, const char *text,
                   struct mstc_view_person **ret, size_t *ret_count);

struct mstc_chosen { const char *id, *sync; };      /* sync NULL: nobody here knows him */

/* All values of --user; with 'known' each must mean one who is here, else what the store
 * does not know stays as it was typed. */
int mstc_who_chosen(struct mstc_cli *cli, struct mstc_store *store, bool known, struct mstc_chosen **ret,
                    size_t *ret_count);

#endif
