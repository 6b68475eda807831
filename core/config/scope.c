/* scope.c - <scope>: a rule, or filters of clauses as Entra's provisioning shows them. */
#include "build.h"

#include "config/parts.h"

static void
read_clause(struct mstc_walk *walk, xmlNode *node, struct mstc_config_filter *filter)
{
        static const struct mstc_shape shape = { "attribute! operator! value", "", MSTC_NO_TEXT,
                "write <clause attribute=\"department\" operator=\"EQUALS\" value=\"Finance\"/>" };
        struct mstc_config_clause *clause;

        (void)mstc_walk_into(walk, node, &shape);
        clause = mstc_walk_grow(walk, &filter->clauses, &filter->clause_count, sizeof *clause);
        if (clause == NULL)
                return;
        clause->attribute = mstc_walk_attribute(walk, node, "attribute");
        clause->operator_name = mstc_walk_attribute(walk, node, "operator");
        clause->value = mstc_walk_attribute(walk, node, "value");
        clause->place = mstc_walk_at(node, "operator");
}

static void
read_filter(struct mstc_walk *walk, xmlNode *node, struct mstc_config_scope *scope)
{
        static const struct mstc_shape shape = { "", "clause*", MSTC_NO_TEXT,
                "write <filter><clause attribute=\"...\" operator=\"...\" value=\"...\"/></filter>" };
        struct mstc_nodes clauses = mstc_walk_into(walk, node, &shape);
        struct mstc_config_filter *filter = mstc_walk_grow(walk, &scope->filters, &scope->filter_count, sizeof *filter);

        if (filter == NULL)
                return;
        filter->place = mstc_walk_place(node);
        for (size_t i = 0; i < clauses.count; i++)
                read_clause(walk, clauses.at[i], filter);
        if (clauses.count == 0)
                mstc_report_error(walk->report, filter->place, "add a <clause>, or leave the filter out",
                                  "a filter without clauses would let nobody or everybody in");
}

void
mstc_part_scope(struct mstc_walk *walk, xmlNode *node, struct mstc_config_scope *scope)
{
        static const struct mstc_shape shape = { "", "filter*", MSTC_MAY_TEXT,
                "write <scope>a rule</scope>, or leave it out" };
        struct mstc_nodes filters = mstc_walk_into(walk, node, &shape);

        scope->rule = mstc_walk_text(walk, node);
        for (size_t i = 0; i < filters.count; i++)
                read_filter(walk, filters.at[i], scope);
        if (scope->rule.text == NULL && filters.count == 0)
                mstc_report_error(walk->report, mstc_walk_place(node), shape.example, "<scope> is empty");
        else if (scope->rule.text != NULL && filters.count > 0)
                mstc_report_error(walk->report, mstc_walk_place(node), "keep one of them; the rule can say it all",
                                  "<scope> has a rule and filters");
}
