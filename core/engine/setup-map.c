/* setup-map.c - which expression fills which attribute of the sink.
 *
 * The admin's maps lie over those that the connector brings along, by the name of the
 * attribute without regard to case.  A map that is never to flow stays when it has an
 * expression: a <match> may compare by it. */
#include "build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/maker.h"
#include "util/near.h"

struct mapping {
        struct mstc_maker *maker;
        const struct mstc_instance *sink;
        const struct mstc_schema *schema;
        struct mstc_map *maps;
        size_t count;
        enum mst_kind kind;
        struct mstc_place place;
};

static int
by_to(const void *a, const void *b)
{
        return strcmp(((const struct mstc_map *)a)->to, ((const struct mstc_map *)b)->to);
}

const struct mstc_map *
mstc_maker_find_map(const struct mstc_map *maps, size_t count, const char *to)
{
        for (size_t i = 0; i < count; i++)
                if (strcasecmp(maps[i].to, to) == 0)
                        return &maps[i];
        return NULL;
}

static void
unknown_attribute(struct mapping *m, const struct mstc_config_map *config)
{
        const struct mst_facts *facts = m->sink->promised;
        const char **names = mst_arena_alloc(m->maker->arena, (facts->attribute_count + 1) * sizeof *names), *near;
        uint32_t group = m->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;
        size_t count = 0;

        for (size_t i = 0; names != NULL && i < facts->attribute_count; i++)
                if ((facts->attributes[i].flags & MST_ATTR_GROUP) == group)
                        names[count++] = facts->attributes[i].name;
        near = names == NULL ? NULL : mstc_near(config->to, names, count);
        mstc_report_error(m->maker->report, config->place,
                          near != NULL ? mstc_maker_say(m->maker, "did you mean '%s'?", near)
                                       : mstc_maker_say(m->maker, "`muster plugins %s` lists them",
                                                        m->sink->plugin->name),
                          "the %ss of sink '%s' have no attribute '%s'", m->kind == MST_GROUP ? "group" : "user",
                          m->sink->config->name, config->to);
}

/* What the plugin's table says of it, when the admin may write it. */
static const struct mstc_fact_attribute *
writable(struct mapping *m, const struct mstc_config_map *config)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(m->sink->promised, m->kind, config->to);

        /* "@parent" is a place, not a name that "*" could stand for. */
        if (a == NULL || strcmp(config->to, "*") == 0 || (config->to[0] == '@' && mstc_fact_is_pattern(a->name))) {
                unknown_attribute(m, config);
                return NULL;
        }
        if ((a->flags & MST_ATTR_READ_ONLY) != 0 && config->when != MSTC_NEVER) {
                mstc_report_error(m->maker->report, config->place,
                                  "remove the map, or write when=\"never\" to match by it only",
                                  "'%s' of sink '%s' cannot be written", a->name, m->sink->config->name);
                return NULL;
        }
        return a;
}

static void
check_random(struct mapping *m, const struct mstc_map *map)
{
        if (map->expression == NULL || !mstc_expr_uses_random(map->expression) || map->when != MSTC_ALWAYS)
                return;
        if (map->config != NULL)
                mstc_report_error(m->maker->report, map->config->place, "add when=\"create\"",
                                  "the map to '%s' gives another value each time: it can only be computed at creation",
                                  map->to);
        else
                mstc_report_error(m->maker->report, m->place,
                                  "tell the plugin's author, and map it yourself with when=\"create\"",
                                  "the default map to '%s' of the plugin '%s' gives another value each time", map->to,
                                  m->sink->plugin->name);
}

static void
add_own(struct mapping *m, const struct mstc_config_map *config)
{
        const struct mstc_fact_attribute *a = config->to == NULL ? NULL : writable(m, config);
        const struct mstc_expr *expression = mstc_maker_compile(m->maker, MSTC_MAPPING, &config->expression, m->schema);
        struct mstc_map *map;

        if (a == NULL)
                return;
        map = mstc_maker_grow(m->maker, &m->maps, &m->count, sizeof *map);
        if (map == NULL)
                return;
        *map = (struct mstc_map){ .to = mstc_fact_is_pattern(a->name) ? config->to : a->name, .expression = expression,
                                  .when = config->when, .keep_null = config->keep_null,
                                  .own_values = config->own_values, .config = config };
        /* What can only be set at creation is not worth an update that must fail. */
        if ((a->flags & MST_ATTR_FIXED) != 0 && map->when == MSTC_ALWAYS)
                map->when = MSTC_ON_CREATE;
        if (map->own_values && (a->flags & MST_ATTR_MANY) == 0)
                mstc_report_warning(m->maker->report, config->place, "remove values=\"own\"",
                                    "'%s' has one value only: there are no foreign ones to keep", map->to);
        check_random(m, map);
}

/* Does it read anything that this source has (or could have), or nothing at all? */
static bool
worth(const struct mstc_expr *expression, const struct mstc_schema *schema)
{
        size_t count = 0;
        const char *const *reads = mstc_expr_reads(expression, &count);

        for (size_t i = 0; i < count; i++)
                if (mstc_maker_knows(schema, reads[i]))
                        return true;
        return count == 0;
}

static void
add_default(struct mapping *m, const struct mst_default_map *row)
{
        const struct mstc_fact_attribute *a = mstc_facts_find(m->sink->promised, m->kind, row->to);
        const struct mstc_expr *expression;
        struct mstc_map *map;

        if (a == NULL)
                return;
        expression = mstc_maker_compile_default(m->maker, row->expression, m->schema, m->sink->plugin->name, m->place);
        if (expression == NULL || !worth(expression, m->schema))
                return;
        map = mstc_maker_grow(m->maker, &m->maps, &m->count, sizeof *map);
        if (map == NULL)
                return;
        *map = (struct mstc_map){ .to = mstc_fact_is_pattern(a->name) ? row->to : a->name, .expression = expression,
                                  .when = (a->flags & MST_ATTR_FIXED) != 0 ? MSTC_ON_CREATE : MSTC_ALWAYS,
                                  .from_default = true };
        check_random(m, map);
}

static bool
overridden(const struct mstc_config_map *own, size_t count, const char *to)
{
        for (size_t i = 0; i < count; i++)
                if (own[i].to != NULL && strcasecmp(own[i].to, to) == 0)
                        return true;
        return false;
}

static void
check_required(struct mapping *m)
{
        const struct mst_facts *facts = m->sink->promised;
        uint32_t group = m->kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;

        for (size_t i = 0; i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];
                const struct mstc_map *map;

                if ((a->flags & MST_ATTR_GROUP) != group || (a->flags & MST_ATTR_REQUIRED) == 0
                    || (a->flags & MST_ATTR_READ_ONLY) != 0)
                        continue;
                map = mstc_maker_find_map(m->maps, m->count, a->name);
                if (map == NULL || map->when == MSTC_NEVER)
                        mstc_report_error(m->maker->report, m->place,
                                          mstc_maker_say(m->maker, "add <map to=\"%s\">...</map>", a->name),
                                          "nothing is mapped to '%s', without which sink '%s' takes no %s", a->name,
                                          m->sink->config->name, m->kind == MST_GROUP ? "group" : "user");
        }
}

struct mstc_map *
mstc_maker_maps(struct mstc_maker *maker, const struct mstc_instance *sink, enum mst_kind kind,
                const struct mstc_schema *schema, const struct mstc_config_map *own, size_t own_count,
                bool defaults, struct mstc_place place, size_t *ret_count)
{
        struct mapping m = { .maker = maker, .sink = sink, .schema = schema, .kind = kind, .place = place };
        uint32_t group = kind == MST_GROUP ? (uint32_t)MST_ATTR_GROUP : 0;

        for (size_t i = 0; i < own_count; i++)
                add_own(&m, &own[i]);
        for (const struct mst_default_map *row = defaults ? sink->plugin->sink_map : NULL; row != NULL && row->to != NULL;
             row++)
                if ((row->flags & MST_ATTR_GROUP) == group && !overridden(own, own_count, row->to))
                        add_default(&m, row);
        check_required(&m);
        if (m.count > 1)
                qsort(m.maps, m.count, sizeof *m.maps, by_to);
        *ret_count = m.count;
        return m.maps;
}
