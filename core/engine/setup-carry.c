/* setup-carry.c - <groups from="source"> against what the source has of groups.
 *
 * Its rule is compiled against the attributes of groups, and what stands in the braces of name
 * and title must be one of them. */
#include "build.h"

#include <stdio.h>
#include <string.h>

#include "engine/maker.h"
#include "util/near.h"

void
mstc_maker_as_pattern(const char *template, char *into, size_t room)
{
        size_t used = 0;

        while (*template != '\0' && used + 1 < room) {
                into[used++] = *template == '{' ? '*' : *template;
                template += *template == '{' ? strcspn(template, "}") : 0;
                template += *template != '\0';
        }
        into[used] = '\0';
}

static void
check_hole(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_schema *schema,
           const char *from, size_t length, struct mstc_place place)
{
        const char **names = mst_arena_alloc(maker->arena, (schema->count + 1) * sizeof *names);
        char *name = mst_arena_strndup(maker->arena, from, length);
        const char *near;

        if (names == NULL || name == NULL) {
                maker->failed = true;
                return;
        }
        if (strcmp(name, "id") == 0 || mstc_maker_knows(schema, name))
                return;
        for (size_t i = 0; i < schema->count; i++)
                names[i] = schema->attributes[i].name;
        near = mstc_near(name, names, schema->count);
        mstc_report_error(maker->report, place,
                          near != NULL ? mstc_maker_say(maker, "did you mean {%s}?", near)
                                       : mstc_maker_say(maker, "`muster plugins %s` lists them; {id} is there always",
                                                        sync->source->plugin->name),
                          "the groups of source '%s' have no attribute '%s'", sync->source->config->name, name);
}

static void
check_template(struct mstc_maker *maker, const struct mstc_sync *sync, const struct mstc_schema *schema,
               const char *template, struct mstc_place place)
{
        for (const char *c = template; c != NULL && (c = strchr(c, '{')) != NULL; c++)
                check_hole(maker, sync, schema, c + 1, strcspn(c + 1, "}"), place);
}

void
mstc_maker_carries(struct mstc_maker *maker, struct mstc_sync *sync)
{
        const struct mstc_config_sync *config = sync->config;
        const struct mstc_schema *schema;

        sync->carries = mst_arena_alloc(maker->arena, (config->carry_count + 1) * sizeof *sync->carries);
        if (sync->carries == NULL) {
                maker->failed = true;
                return;
        }
        if (sync->source == NULL || sync->source->promised == NULL || config->carry_count == 0)
                return;
        if ((sync->source->promised->can & MST_CAN_GROUPS) == 0) {
                mstc_report_error(maker->report, config->carries[0].place, "remove it, or write groups by rules",
                                  "source '%s' has no groups", sync->source->config->name);
                return;
        }
        schema = &maker->group_schemas[sync->source - maker->setup->instances];
        for (size_t i = 0; i < config->carry_count; i++, sync->carry_count++) {
                const struct mstc_config_carry *carry = &config->carries[i];

                sync->carries[i] = (struct mstc_carry){ .config = carry,
                                                        .rule = mstc_maker_compile(maker, MSTC_RULE, &carry->rule, schema) };
                check_template(maker, sync, schema, carry->name, carry->place);
                check_template(maker, sync, schema, carry->title, carry->place);
        }
}
