/* usercard.h - one person, with all there is. */
#ifndef MSTC_USERCARD_H
#define MSTC_USERCARD_H

#include "cli/cli.h"
#include "store/view.h"

void mstc_user_card(struct mstc_cli *cli, const struct mstc_view_person *person);
/* As an object of the document; with the record and what was last applied. */
void mstc_user_json(struct mstc_json *json, const struct mstc_view_person *person, bool verbose);
/* Name and value, line by line; long values are cut, unless --verbose. */
void mstc_user_record(struct mstc_cli *cli, const struct mst_record *record, const char *indent);
/* Removed at the source, or not within what it reads any more. */
const char *mstc_gone_word(const struct mstc_view_person *person);

#endif
