/* groupparts.h - why somebody is in a group of the configuration, part by part.
 *
 * A group may be made of others and of exceptions by name (setup-group.c makes one rule of all
 * of that); here its parts are told with the names that the admin gave them. */
#ifndef MSTC_GROUPPARTS_H
#define MSTC_GROUPPARTS_H

#include "engine/setup.h"
#include "rules/explain.h"

/* Adds the group as one row and what it is made of below it: its rule's conditions; of any-of,
 * all-of and none-of each group as a row of the role "group" with its own parts below; of
 * <include> and <exclude> (roles of that name) those that name this person, or one row that says
 * that none does.  'eval' must live as long as the rows. */
void mstc_group_conditions(const struct mstc_sync *sync, const struct mstc_rule_group *group,
                           const struct mst_record *record, struct mstc_eval *eval, struct mstc_conditions *into);

#endif
