/* carry.c - <groups from="source">: groups that the source has, carried as they are.
 *
 * Name and title are written with attributes of the group in braces: "{mailNickname}",
 * "grp-{id}"; the text, when there is any, is a rule over group.name. */
#include "build.h"

#include <string.h>

#include "config/parts.h"

/* "{a}" and "x-{a}-{b}": braces in pairs, with something in them. */
static void
check_template(struct mstc_walk *walk, const xmlNode *node, const char *attribute, const char *value, bool hole)
{
        const char *example = "write it like name=\"{mailNickname}\" or name=\"grp-{id}\"";
        size_t holes = 0;

        for (const char *c = value; value != NULL && *c != '\0'; c++) {
                size_t length = *c == '{' ? strcspn(c + 1, "{}") : 0;

                if (*c == '}' || (*c == '{' && (length == 0 || c[1 + length] != '}'))) {
                        mstc_report_error(walk->report, mstc_walk_at(node, attribute), example,
                                          "%s=\"%s\" has a brace that stands alone", attribute, value);
                        return;
                }
                if (*c != '{')
                        continue;
                holes++;
                c += 1 + length;
        }
        if (value != NULL && hole && holes == 0)
                mstc_report_error(walk->report, mstc_walk_at(node, attribute), example,
                                  "%s=\"%s\" would be the same for every group: it names no attribute", attribute, value);
}

void
mstc_part_carry(struct mstc_walk *walk, xmlNode *node, struct mstc_config_sync *sync)
{
        static const struct mstc_shape shape = { "from! name! title on-gone", "", MSTC_MAY_TEXT,
                "write <groups from=\"source\" name=\"{mailNickname}\" title=\"{displayName}\"/>" };
        struct mstc_config_carry *carry;

        (void)mstc_walk_into(walk, node, &shape);
        (void)mstc_walk_choice(walk, node, "from", "source", 0);
        carry = mstc_walk_grow(walk, &sync->carries, &sync->carry_count, sizeof *carry);
        if (carry == NULL)
                return;
        carry->name = mstc_part_group_name(walk, node, "name");
        carry->title = mstc_walk_attribute(walk, node, "title");
        carry->delete_gone = mstc_walk_choice(walk, node, "on-gone", "keep|delete", 0) == 1;
        check_template(walk, node, "name", carry->name, true);
        check_template(walk, node, "title", carry->title, false);
        carry->rule = mstc_walk_text(walk, node);
        carry->place = mstc_walk_at(node, "name");
}
