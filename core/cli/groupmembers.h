/* groupmembers.h - who is in a group, since when, and why. */
#ifndef MSTC_GROUPMEMBERS_H
#define MSTC_GROUPMEMBERS_H

#include "cli/traits.h"
#include "cli/workplace.h"
#include "store/view.h"

/* One group with its members. */
int mstc_members_card(struct mstc_cli *cli, struct mstc_workplace *place, const struct mstc_view_group *group);

/* The members of many groups in one list: opened once, a call for each, closed by the caller.  'group'
 * must not lie in the list's arena. */
extern const struct mstc_trait mstc_member_traits[];
bool mstc_members_open(struct mstc_cli *cli, struct mstc_traits *chosen, struct mstc_listing *list);
int mstc_members_rows(struct mstc_listing *list, struct mstc_workplace *place, const struct mstc_view_group *group,
                      struct mstc_traits *chosen, struct mst_error *err);

/* groups.c: the group as an object of the document, and how it stands in the sinks. */
void mstc_group_json(struct mstc_json *json, const struct mstc_view_group *group);
const char *mstc_group_links(struct mst_arena *arena, const struct mstc_view_group *group);

#endif
