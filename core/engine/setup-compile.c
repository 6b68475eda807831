/* setup-compile.c - expressions, and their mistakes at the place where they stand. */
#include "build.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/maker.h"
#include "rules/filter.h"
#include "util/buffer.h"

static const struct mstc_schema_attribute group_attributes[] = {
        { "name", MST_TEXT, 0 }, { "title", MST_TEXT, 0 },
};
const struct mstc_schema mstc_group_schema = { group_attributes, 2, true };

/* Room is left for two more. */
static struct mstc_schema_attribute *
attributes_of(struct mst_arena *arena, const struct mst_facts *facts, uint32_t group, struct mstc_schema *ret)
{
        struct mstc_schema_attribute *rows = mst_arena_alloc(arena, (facts->attribute_count + 3) * sizeof *rows);

        *ret = (struct mstc_schema){ .attributes = rows, .closed = true };
        for (size_t i = 0; rows != NULL && i < facts->attribute_count; i++) {
                const struct mstc_fact_attribute *a = &facts->attributes[i];

                if ((a->flags & MST_ATTR_GROUP) != group)
                        continue;
                if (strcmp(a->name, "*") == 0)
                        ret->closed = false;
                else
                        rows[ret->count++] = (struct mstc_schema_attribute){ a->name, a->type, a->flags };
        }
        return rows;
}

bool
mstc_setup_schema(const struct mst_facts *facts, struct mst_arena *arena, struct mstc_schema *ret)
{
        static const char *const made[] = { "memberOf", "transitiveMemberOf" };
        struct mstc_schema_attribute *rows = attributes_of(arena, facts, 0, ret);

        if (rows == NULL)
                return false;
        /* Made of the members of groups, where the source has any. */
        for (size_t i = 0; (facts->can & MST_CAN_GROUPS) != 0 && i < 2; i++)
                if (mstc_facts_find(facts, MST_USER, made[i]) == NULL)
                        rows[ret->count++] = (struct mstc_schema_attribute){ made[i], MST_TEXT, MST_ATTR_MANY };
        return true;
}

bool
mstc_maker_group_schemas(struct mstc_maker *maker, const struct mst_facts *facts, struct mstc_schema *ret,
                         struct mstc_schema *ret_map)
{
        struct mstc_schema_attribute *rows = attributes_of(maker->arena, facts, MST_ATTR_GROUP, ret_map);

        if (attributes_of(maker->arena, facts, MST_ATTR_GROUP, ret) == NULL || rows == NULL)
                return false;
        ret->of_groups = true;
        for (size_t i = 0; i < mstc_group_schema.count; i++)
                rows[ret_map->count++] = mstc_group_schema.attributes[i];
        return true;
}

const struct mstc_schema *
mstc_maker_map_schema(const struct mstc_maker *maker, const struct mstc_sync *sync)
{
        return sync->carry_count == 0 ? &mstc_group_schema
             : &maker->map_schemas[sync->source - maker->setup->instances];
}

bool
mstc_maker_knows(const struct mstc_schema *schema, const char *name)
{
        for (size_t i = 0; i < schema->count; i++) {
                const char *known = schema->attributes[i].name;

                if (strcasecmp(known, name) == 0
                    || (mstc_fact_is_pattern(known) && strncasecmp(known, name, strlen(known) - 1) == 0))
                        return true;
        }
        return !schema->closed;
}

const struct mstc_schema *
mstc_maker_schema_of(const struct mstc_maker *maker, const struct mstc_instance *instance)
{
        return &maker->schemas[instance - maker->setup->instances];
}

static const struct mstc_expr *
keep(struct mstc_maker *maker, struct mstc_expr *expr)
{
        struct mstc_expr **slot;

        if (expr == NULL)
                return NULL;
        slot = mstc_maker_grow(maker, &maker->exprs, &maker->expr_count, sizeof *slot);
        if (slot == NULL) {
                mstc_expr_free(expr);
                return NULL;
        }
        *slot = expr;
        return expr;
}

const struct mstc_expr *
mstc_maker_compile(struct mstc_maker *maker, enum mstc_mode mode, const struct mstc_text *text,
                   const struct mstc_schema *schema)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr;
        bool strict = maker->setup->config->strict;

        if (text->text == NULL)
                return NULL;
        expr = mstc_expr_compile(mode, text->text, text->length, schema, maker->arena, &findings);
        if (expr == NULL && findings == NULL)
                maker->failed = true;
        for (; findings != NULL; findings = findings->next) {
                struct mstc_place place = mstc_config_place(text, findings->offset);

                if (findings->warning && !strict)
                        mstc_report_warning(maker->report, place, findings->remedy, "%s", findings->text);
                else
                        mstc_report_error(maker->report, place, findings->remedy, "%s", findings->text);
                mstc_report_show(maker->report, text->text, text->length, findings->offset, findings->length);
        }
        return keep(maker, expr);
}

const struct mstc_expr *
mstc_maker_compile_text(struct mstc_maker *maker, const char *text, size_t length, const struct mstc_schema *schema,
                        struct mstc_finding **findings)
{
        struct mstc_expr *expr = mstc_expr_compose(text, length, schema, maker->arena, findings);

        if (expr == NULL && *findings == NULL)
                maker->failed = true;
        return keep(maker, expr);
}

/* False: a mistake was told, or memory is out. */
static bool
add_clauses(struct mstc_maker *maker, struct mstc_filter *filter, const struct mstc_config_filter *from)
{
        bool good = mstc_filter_begin(filter);

        maker->failed |= !good;
        for (size_t i = 0; i < from->clause_count && !maker->failed; i++) {
                const struct mstc_config_clause *clause = &from->clauses[i];
                const char *why;

                if (clause->attribute == NULL || clause->operator_name == NULL)
                        good = false;
                else if (!mstc_filter_clause(filter, clause->attribute, clause->operator_name, clause->value,
                                             maker->arena, &why)) {
                        mstc_report_error(maker->report, clause->place, NULL, "%s", why);
                        good = false;
                }
        }
        return good;
}

const struct mstc_expr *
mstc_maker_scope(struct mstc_maker *maker, const struct mstc_config_scope *scope, const struct mstc_schema *schema)
{
        struct mstc_filter *filter;
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr;
        bool good = true;

        if (scope->filter_count == 0)
                return mstc_maker_compile(maker, MSTC_RULE, &scope->rule, schema);
        filter = mstc_filter_new();
        if (filter == NULL) {
                maker->failed = true;
                return NULL;
        }
        for (size_t i = 0; i < scope->filter_count && !maker->failed; i++)
                good = add_clauses(maker, filter, &scope->filters[i]) && good;
        if (!good || maker->failed) {
                mstc_filter_free(filter);
                return NULL;
        }
        expr = mstc_expr_of_filter(filter, schema, maker->arena, &findings);
        maker->failed |= expr == NULL && findings == NULL;
        for (; findings != NULL; findings = findings->next)
                if (findings->warning && !maker->setup->config->strict)
                        mstc_report_warning(maker->report, scope->filters[0].place, findings->remedy, "%s", findings->text);
                else
                        mstc_report_error(maker->report, scope->filters[0].place, findings->remedy, "%s", findings->text);
        return keep(maker, expr);
}

const struct mstc_expr *
mstc_maker_compile_default(struct mstc_maker *maker, const char *text, const struct mstc_schema *schema,
                           const char *plugin, struct mstc_place place)
{
        struct mstc_finding *findings = NULL;
        struct mstc_expr *expr = mstc_expr_compile(MSTC_MAPPING, text, strlen(text), schema, maker->arena, &findings);

        if (expr == NULL && findings == NULL)
                maker->failed = true;
        /* That a source lacks some attribute is no mistake of the default map. */
        for (; findings != NULL; findings = findings->next)
                if (!findings->warning)
                        mstc_report_error(maker->report, place,
                                          "tell the plugin's author; defaults=\"no\" leaves its map out",
                                          "the default map of the plugin '%s': %s in '%s'", plugin, findings->text,
                                          text);
        return keep(maker, expr);
}

const struct mstc_expr *
mstc_maker_compile_any(struct mstc_maker *maker, const struct mstc_text *const *texts, size_t count,
                       const struct mstc_schema *schema)
{
        struct mstc_buffer all = { 0 };
        struct mstc_finding *findings = NULL;
        const struct mstc_expr *expr = NULL;
        size_t good = 0;

        for (size_t i = 0; i < count; i++) {
                const struct mstc_expr *one = mstc_maker_compile(maker, MSTC_RULE, texts[i], schema);

                good += one != NULL;
                expr = one != NULL ? one : expr;
                mstc_buffer_printf(&all, "%s(", i > 0 ? " -or " : "");
                mstc_buffer_add(&all, texts[i]->text, texts[i]->length);
                mstc_buffer_char(&all, ')');
        }
        if (good == count && count > 1) {
                expr = NULL;
                if (mstc_buffer_ok(&all))
                        expr = keep(maker, mstc_expr_compile(MSTC_RULE, all.bytes, all.length, schema, maker->arena,
                                                             &findings));
                maker->failed |= !mstc_buffer_ok(&all);
                if (expr == NULL && findings != NULL)
                        mstc_report_error(maker->report, texts[0]->place, findings->remedy,
                                          "these rules together are not possible: %s", findings->text);
        }
        mstc_buffer_done(&all);
        return good == count ? expr : NULL;
}
